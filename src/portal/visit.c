/* One request: where it may go, and the heads of every answer. portal.h. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/utf8.h"
#include "portal/portal.h"

/*
 * What all answers say: nothing is loaded from elsewhere, run that is no file of ours, framed, guessed at, or told to others. The pages have what
 * their own scripts, styles and pictures need.
 */
static const struct head {
	const char *name, *value;
} heads[] = {
    {"Content-Security-Policy",
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
	"manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"},
    {"Strict-Transport-Security", "max-age=31536000"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Embedder-Policy", "require-corp"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Origin-Agent-Cluster", "?1"},
    {"Permissions-Policy",
	"publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), microphone=(), geolocation=(), "
	"display-capture=(), usb=(), serial=(), hid=(), bluetooth=(), payment=()"},
};

/* --- answering --- */

enum MHD_Result sk_visit_give(struct sk_visit *v, unsigned status, struct MHD_Response *r)
{
	enum MHD_Result rc = r ? MHD_YES : MHD_NO;

	for (size_t i = 0; rc == MHD_YES && i < sizeof(heads) / sizeof(*heads); i++)
		rc = MHD_add_response_header(r, heads[i].name, heads[i].value);
	if (rc == MHD_YES)
		rc = MHD_queue_response(v->c, status, r);
	if (r)
		MHD_destroy_response(r);
	sk_line_work(&v->portal->lines, v->line, sk_now_ms() + SK_PORTAL_GIVE_MS);
	return rc;
}

/* What is nobody's: the address as it stands is wrong. */
static enum MHD_Result give_text(struct sk_visit *v, unsigned status, const char *text)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(
	    strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);

	if (r) {
		MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, "text/plain");
		MHD_add_response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	}
	return sk_visit_give(v, status, r);
}

static void set_cookie(
    struct MHD_Response *r, const char *name, const char *value, const char *lasts)
{
	char text[256];

	snprintf(text, sizeof(text), "%s=%s; Path=/; Secure; HttpOnly; SameSite=Strict%s", name,
	    value, lasts);
	MHD_add_response_header(r, MHD_HTTP_HEADER_SET_COOKIE, text);
	explicit_bzero(text, sizeof(text));
}

/* A browser keeps the session as long as it runs, what it is known by for a year; the gate ends both by itself. */
static void set_cookies(struct sk_visit *v, struct MHD_Response *r)
{
	const struct sk_portal_answer *a = &v->answer;

	if (a->session[0])
		set_cookie(r, SK_PORTAL_SESSION, a->session, "");
	else if (a->status == 200 && v->word && strcmp(v->word, "logout") == 0)
		set_cookie(r, SK_PORTAL_SESSION, "", "; Max-Age=0");
	if (a->device[0])
		set_cookie(r, SK_PORTAL_DEVICE, a->device, "; Max-Age=31536000");
}

enum MHD_Result sk_visit_answer(struct sk_visit *v, struct sk_slice from_gate)
{
	struct sk_portal_answer *a = &v->answer;
	struct sk_slice body = a->text.len ? sk_buf_slice(&a->text) : from_gate;
	struct MHD_Response *r = MHD_create_response_from_buffer(
	    body.n, (void *)(uintptr_t)body.p, MHD_RESPMEM_MUST_COPY);

	if (r == NULL)
		return MHD_NO;
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
	MHD_add_response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	if (a->status == MHD_HTTP_TOO_MANY_REQUESTS || a->status == MHD_HTTP_SERVICE_UNAVAILABLE)
		MHD_add_response_header(r, MHD_HTTP_HEADER_RETRY_AFTER, "1");
	set_cookies(v, r);
	return sk_visit_give(v, a->status, r);
}

enum MHD_Result sk_visit_refuse(struct sk_visit *v, enum sk_front_why why, const char *field)
{
	sk_buf_reset(&v->answer.text);
	if (sk_portal_refusal(why, field, &v->answer))
		return MHD_NO;
	return sk_visit_answer(v, sk_slice("", 0));
}

/* --- what a request says --- */

struct looking {
	const char *name, *value;
	size_t n;
};

static enum MHD_Result look_at(
    void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct looking *l = ctx;

	if (strcasecmp(name, l->name) == 0) {
		l->value = value;
		l->n++;
	}
	return MHD_YES;
}

const char *sk_visit_head(const struct sk_visit *v, const char *name)
{
	struct looking l = {.name = name};

	MHD_get_connection_values(v->c, MHD_HEADER_KIND, look_at, &l);
	return l.n == 1 ? l.value : NULL;
}

static struct sk_request_from from_of(const struct sk_visit *v)
{
	return (struct sk_request_from){.host = sk_visit_head(v, MHD_HTTP_HEADER_HOST),
	    .origin = sk_visit_head(v, MHD_HTTP_HEADER_ORIGIN),
	    .mark = sk_visit_head(v, SK_PORTAL_MARK),
	    .site = sk_visit_head(v, "Sec-Fetch-Site")};
}

static void find_who(struct sk_visit *v)
{
	const char *cookies = sk_visit_head(v, MHD_HTTP_HEADER_COOKIE);

	memcpy(v->who.address, v->line->address, sizeof(v->who.address));
	sk_request_cookie(cookies, SK_PORTAL_SESSION, v->who.session);
	sk_request_cookie(cookies, SK_PORTAL_DEVICE, v->who.device);
}

/* --- pages --- */

/* What is there. `head` is called when the heads are read: MHD_YES without an answer, and the body comes; `more` for its pieces; `end` behind it. */
struct sk_page {
	const char *method, *path;
	bool below; /* whatever begins with the path */
	bool own;   /* nothing but a page of this portal may have it sent */
	enum MHD_Result (*head)(struct sk_visit *v, const char *url, bool *answered);
	bool (*more)(struct sk_visit *v, struct sk_slice data);
	enum MHD_Result (*end)(struct sk_visit *v, const char *url);
};

/* What was asked for, as far as it can be shown. */
static enum MHD_Result no_such_ask(struct sk_visit *v, const char *url)
{
	char shown[64];

	sk_utf8_display(shown, sizeof(shown), sk_slice_str(url));
	return sk_visit_refuse(v, SK_FRONT_WHY_NO_SUCH_ASK, shown);
}

static enum MHD_Result ask_head(struct sk_visit *v, const char *url, bool *answered)
{
	const char *length = sk_visit_head(v, MHD_HTTP_HEADER_CONTENT_LENGTH);
	enum sk_front_what what;
	uint64_t n = 0;

	*answered = true;
	if (!sk_front_find(url + strlen(SK_PORTAL_API), &what))
		return no_such_ask(v, url + strlen(SK_PORTAL_API));
	if (length && (!sk_request_number(length, &n) || n > SK_FRONT_ASK_BYTES))
		return give_text(v, MHD_HTTP_CONTENT_TOO_LARGE, "too large\n");
	/* bytes come and go by addresses of their own, and a send names its upload */
	if (sk_front_file(what) == SK_FRONT_ROLE || sk_front_file(what) == SK_FRONT_WRITE)
		return no_such_ask(v, url + strlen(SK_PORTAL_API));
	if (!sk_relay_allowed(v))
		return sk_visit_refuse(v, SK_FRONT_WHY_LIMIT, NULL);
	*answered = false;
	v->word = sk_front_word(what);
	v->body.max = SK_FRONT_ASK_BYTES;
	sk_line_work(&v->portal->lines, v->line, sk_now_ms() + SK_PORTAL_ASK_MS);
	return MHD_YES;
}

static bool ask_more(struct sk_visit *v, struct sk_slice data)
{
	return sk_buf_put_slice(&v->body, data) == 0;
}

/* The gate has its own time to answer: the connection waits without a bound of ours. */
static enum MHD_Result ask_end(struct sk_visit *v, const char *url)
{
	struct sk_buf json = SK_BUF(SK_FRONT_ASK_BYTES);
	struct sk_front_fault fault = {0};
	enum sk_front_why why = SK_FRONT_WHY_FAULT;
	int rc;

	if (v->answered)
		return v->answer.status ? sk_visit_answer(v, sk_buf_slice(&v->body))
					: sk_visit_refuse(v, SK_FRONT_WHY_FAULT, NULL);
	rc = sk_portal_ask(v->word, sk_buf_slice(&v->body), &json, &fault);
	sk_line_work(&v->portal->lines, v->line, INT64_MAX);
	if (rc == 0)
		why = sk_relay_ask(v, sk_buf_slice(&json));
	else if (rc != SK_ENOMEM)
		why = fault.why;
	if (json.p)
		explicit_bzero(json.p, json.len);
	sk_buf_free(&json);
	return why ? sk_visit_refuse(v, why, rc ? fault.field : NULL) : MHD_YES;
}

/* --- the built pages --- */

static struct MHD_Response *asset_of(const struct sk_asset *f, enum sk_coding coding, bool known)
{
	static const char *const names[] = {NULL, "gzip", "br"};
	const struct sk_buf *b = &f->body[coding];
	struct MHD_Response *r = MHD_create_response_from_buffer(
	    known ? 0 : b->len, known || !b->len ? NULL : (void *)b->p, MHD_RESPMEM_PERSISTENT);

	if (r == NULL)
		return NULL;
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, f->type);
	MHD_add_response_header(r, MHD_HTTP_HEADER_ETAG, f->tag[coding]);
	MHD_add_response_header(r, MHD_HTTP_HEADER_VARY, MHD_HTTP_HEADER_ACCEPT_ENCODING);
	MHD_add_response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL,
	    f->lasting ? "public, max-age=31536000, immutable" : "no-cache");
	if (names[coding] && !known)
		MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_ENCODING, names[coding]);
	return r;
}

static enum MHD_Result asset_end(struct sk_visit *v, const char *url)
{
	const struct sk_asset *f = sk_assets_find(v->portal->assets, url);
	enum sk_coding coding;
	bool known;

	if (f == NULL)
		return give_text(v, MHD_HTTP_NOT_FOUND, "not found\n");
	coding = sk_asset_coding(
	    f, sk_request_codings(sk_visit_head(v, MHD_HTTP_HEADER_ACCEPT_ENCODING)));
	known = sk_request_has(sk_visit_head(v, MHD_HTTP_HEADER_IF_NONE_MATCH), f->tag[coding]);
	return sk_visit_give(
	    v, known ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK, asset_of(f, coding, known));
}

static const struct sk_page pages[] = {
    {"POST", SK_PORTAL_API, true, true, ask_head, ask_more, ask_end},
    {"GET", SK_PORTAL_API, true, false, NULL, NULL, no_such_ask},
    {"GET", "/api", true, false, NULL, NULL, no_such_ask},
    {"GET", "/", true, false, NULL, NULL, asset_end},
    {"HEAD", "/", true, false, NULL, NULL, asset_end},
};

static const struct sk_page *find_page(const char *method, const char *url)
{
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
		const struct sk_page *p = &pages[i];
		if (strcmp(p->method, method) == 0 &&
		    (p->below ? strncmp(url, p->path, strlen(p->path)) : strcmp(url, p->path)) == 0)
			return p;
	}
	return NULL;
}

/* --- MHD's callbacks --- */

static enum MHD_Result arrive(struct sk_visit *v, const char *method, const char *url)
{
	struct sk_request_from from = from_of(v);
	bool answered = false;
	enum MHD_Result rc;

	if (!sk_request_is_ours(&from, v->portal->origin))
		return give_text(v, MHD_HTTP_MISDIRECTED_REQUEST, "this is another portal\n");
	v->page = find_page(method, url);
	if (v->page == NULL)
		return give_text(v, MHD_HTTP_METHOD_NOT_ALLOWED, "not here\n");
	if (v->page->own && !sk_request_is_own(&from, v->portal->origin))
		return sk_visit_refuse(v, SK_FRONT_WHY_FOREIGN, NULL);
	find_who(v);
	sk_line_work(&v->portal->lines, v->line, sk_now_ms() + SK_PORTAL_ASK_MS);
	rc = v->page->head ? v->page->head(v, url, &answered) : MHD_YES;
	return rc;
}

static struct sk_line *line_of(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

static enum MHD_Result begin(struct sk_portal *p, struct MHD_Connection *c, const char *method,
    const char *url, void **visit)
{
	struct sk_line *line = line_of(c);
	struct sk_visit *v = line ? calloc(1, sizeof(*v)) : NULL;

	if (v == NULL)
		return MHD_NO;
	*v = (struct sk_visit){.portal = p,
	    .c = c,
	    .line = line,
	    .body = SK_BUF(1),
	    .answer = {.text = SK_BUF(2 * SK_CHANNEL_BODY)}};
	*visit = v;
	return arrive(v, method, url);
}

enum MHD_Result sk_portal_visit(void *ctx, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *data, size_t *size, void **visit)
{
	struct sk_visit *v = *visit;

	if (v == NULL)
		return begin(ctx, c, method, url, visit);
	if (*size == 0)
		return v->page->end(v, url);
	if (v->page->more == NULL || !v->page->more(v, sk_slice(data, *size)))
		return MHD_NO;
	*size = 0;
	return MHD_YES;
}

void sk_portal_leave(
    void *ctx, struct MHD_Connection *c, void **visit, enum MHD_RequestTerminationCode how)
{
	struct sk_portal *p = ctx;
	struct sk_visit *v = *visit;

	if (v == NULL)
		return;
	sk_relay_forget(v);
	sk_line_rest(&p->lines, v->line, sk_now_ms());
	if (v->body.p)
		explicit_bzero(v->body.p, v->body.len);
	sk_buf_free(&v->body);
	sk_buf_free(&v->answer.text);
	free(v);
	*visit = NULL;
}
