/* One request: where it may go, and the heads of every answer. portal.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/utf8.h"
#include "portal/portal.h"

#define MOVED ((uint64_t)64 << 10) /* so much must move each times.give */

/* --- answering --- */

enum MHD_Result sk_visit_give(struct sk_visit *v, unsigned status, struct MHD_Response *r)
{
	enum MHD_Result rc = sk_heads_queue(v->c, status, r);

	if (r)
		MHD_destroy_response(r);
	v->headed = true;
	sk_line_work(&v->portal->lines, v->line, sk_now_ms() + v->portal->times.give);
	return rc;
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
	else if (a->status == MHD_HTTP_OK && v->word && strcmp(v->word, "logout") == 0)
		set_cookie(r, SK_PORTAL_SESSION, "", "; Max-Age=0");
	if (a->device[0])
		set_cookie(r, SK_PORTAL_DEVICE, a->device, "; Max-Age=31536000");
}

static enum MHD_Result give_answer(struct sk_visit *v, struct sk_slice body)
{
	unsigned status = v->answer.status;
	struct MHD_Response *r = sk_heads_object(body);

	if (r == NULL)
		return MHD_NO;
	if (status == MHD_HTTP_TOO_MANY_REQUESTS || status == MHD_HTTP_SERVICE_UNAVAILABLE)
		MHD_add_response_header(r, MHD_HTTP_HEADER_RETRY_AFTER, "1");
	set_cookies(v, r);
	return sk_visit_give(v, status, r);
}

enum MHD_Result sk_visit_answer(struct sk_visit *v)
{
	if (v->answer.status == 0)
		return sk_visit_refuse(v, SK_FRONT_WHY_FAULT, NULL);
	return give_answer(
	    v, v->answer.text.len ? sk_buf_slice(&v->answer.text) : sk_buf_slice(&v->body));
}

enum MHD_Result sk_visit_refuse(struct sk_visit *v, enum sk_front_why why, const char *field)
{
	sk_buf_reset(&v->answer.text);
	if (sk_portal_refusal(why, field, &v->answer))
		return MHD_NO;
	return give_answer(v, sk_buf_slice(&v->answer.text));
}

enum MHD_Result sk_visit_no_such(struct sk_visit *v, const char *url)
{
	size_t n = strlen(SK_PORTAL_API);
	char shown[64];

	sk_utf8_display(shown, sizeof(shown),
	    sk_slice_str(strncmp(url, SK_PORTAL_API, n) == 0 ? url + n : url));
	return sk_visit_refuse(v, SK_FRONT_WHY_NO_SUCH_ASK, shown);
}

enum MHD_Result sk_visit_say(
    struct sk_visit *v, unsigned status, const char *name, const char *value, const char *fmt, ...)
{
	struct sk_buf b = SK_BUF(1024);
	struct MHD_Response *r;
	va_list ap;

	va_start(ap, fmt);
	sk_buf_vprintf(&b, fmt, ap);
	va_end(ap);
	r = b.err ? NULL : sk_heads_object(sk_buf_slice(&b));
	sk_buf_free(&b);
	if (r && name)
		MHD_add_response_header(r, name, value);
	return sk_visit_give(v, status, r);
}

void sk_visit_moved(struct sk_visit *v, uint64_t n)
{
	v->moved += n;
	if (v->moved < MOVED)
		return;
	v->moved = 0;
	sk_line_work(&v->portal->lines, v->line, sk_now_ms() + v->portal->times.give);
}

/* The gate has its own time to answer: the connection waits without a bound of ours. */
enum MHD_Result sk_visit_ask(struct sk_visit *v, struct sk_slice json)
{
	enum sk_front_why why;

	if (!sk_relay_allowed(v))
		return sk_visit_refuse(v, SK_FRONT_WHY_LIMIT, NULL);
	sk_line_work(&v->portal->lines, v->line, INT64_MAX);
	why = sk_relay_ask(v, json);
	return why ? sk_visit_refuse(v, why, NULL) : MHD_YES;
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

bool sk_visit_length(struct sk_visit *v, uint64_t most, uint64_t *n, enum MHD_Result *rc)
{
	const char *text = sk_visit_head(v, MHD_HTTP_HEADER_CONTENT_LENGTH);

	if (text && sk_request_number(text, n) && *n <= most)
		return true;
	*rc = sk_visit_refuse(v, text ? SK_FRONT_WHY_TOO_LARGE : SK_FRONT_WHY_LENGTH, NULL);
	return false;
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

/* --- where it goes --- */

static bool is_page(
    const struct sk_page *p, const char *method, const char *url, struct sk_visit *v)
{
	if (strcmp(p->method, method) != 0)
		return false;
	if (p->sheet)
		return sk_request_sheet(url, p->path, v->id, &v->sheet);
	if (p->id)
		return sk_request_id(url, p->path, p->tail ? p->tail : "", v->id);
	return p->below ? strncmp(url, p->path, strlen(p->path)) == 0 : strcmp(url, p->path) == 0;
}

static const struct sk_page *find_page(struct sk_visit *v, const char *method, const char *url)
{
	const struct sk_page *const tables[] = {sk_pages_upload, sk_pages_download,
	    sk_pages_document, sk_pages_event, sk_pages_ask, sk_pages_built};

	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		for (const struct sk_page *p = tables[i]; p->method; p++)
			if (is_page(p, method, url, v))
				return p;
	return NULL;
}

static enum MHD_Result take_heads(struct sk_visit *v, const char *url)
{
	if (v->page->head)
		return v->page->head(v, url);
	v->headed = true;
	return MHD_YES;
}

static enum MHD_Result arrive(struct sk_visit *v, const char *method, const char *url)
{
	struct sk_request_from from = from_of(v);

	if (!sk_request_is_ours(&from, v->portal->origin))
		return sk_visit_refuse(v, SK_FRONT_WHY_OTHER_PORTAL, NULL);
	v->page = find_page(v, method, url);
	/* a body whose end is told in two ways is told by nobody of ours */
	if (MHD_lookup_connection_value(v->c, MHD_HEADER_KIND, MHD_HTTP_HEADER_TRANSFER_ENCODING))
		return sk_visit_refuse(v, SK_FRONT_WHY_LENGTH, NULL);
	if (v->page == NULL)
		return sk_visit_refuse(v, SK_FRONT_WHY_METHOD, NULL);
	if (v->page->own && !sk_request_is_own(&from, v->portal->origin))
		return sk_visit_refuse(v, SK_FRONT_WHY_FOREIGN, NULL);
	find_who(v);
	/* what another site has a browser open gets no answer that hangs on who is logged in */
	if (!v->page->own && !sk_request_may_read(&from))
		memset(v->who.session, 0, sizeof(v->who.session));
	sk_line_work(&v->portal->lines, v->line, sk_now_ms() + v->portal->times.ask);
	return take_heads(v, url);
}

/* --- MHD's callbacks --- */

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
	    .number = ++p->visits,
	    .fd = -1,
	    .body = SK_BUF(1),
	    .kept = SK_BUF(SK_FRONT_ASK_BYTES),
	    .answer = {.text = SK_BUF((size_t)2 * SK_CHANNEL_BODY)}};
	*visit = v;
	return arrive(v, method, url);
}

enum MHD_Result sk_portal_visit(void *ctx, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *data, size_t *size, void **visit)
{
	struct sk_visit *v = *visit;

	if (v == NULL)
		return begin(ctx, c, method, url, visit);
	if (!v->headed)
		return take_heads(v, url);
	if (*size == 0)
		return v->page->end(v, url);
	if (v->page->more == NULL || !v->page->more(v, sk_slice(data, *size)))
		return MHD_NO;
	*size = 0;
	return MHD_YES;
}

/* What was handed out has left, or not: the gate counts by that. */
static void tell_done(struct sk_visit *v, bool whole)
{
	struct sk_buf b = SK_BUF(256);

	sk_buf_printf(
	    &b, "{\"ask\":\"%s\",\"id\":\"%s\"%s}", v->done, v->id, whole ? ",\"whole\":true" : "");
	sk_relay_tell(v->portal, &v->who, sk_buf_slice(&b));
	sk_buf_free(&b);
}

void sk_portal_leave(
    void *ctx, struct MHD_Connection *c, void **visit, enum MHD_RequestTerminationCode how)
{
	struct sk_visit *v = *visit;

	if (v == NULL)
		return;
	if (v->done)
		tell_done(v, how == MHD_REQUEST_TERMINATED_COMPLETED_OK);
	sk_events_leave(v);
	sk_relay_forget(v);
	sk_line_rest(&v->portal->lines, v->line, sk_now_ms());
	if (v->body.p)
		explicit_bzero(v->body.p, v->body.len);
	sk_buf_free(&v->body);
	sk_buf_free(&v->answer.text);
	sk_buf_free(&v->kept);
	sk_close(&v->fd);
	explicit_bzero(v, sizeof(*v));
	free(v);
	*visit = NULL;
}
