/* What the other post asks, and what it gets: server.h. Each request stands in one table; whatever else is asked is not there. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "crossing/crossing.h"
#include "crossing/range.h"
#include "crossing/server.h"

#define READ_BYTES ((size_t)256 << 10) /* of an object at a time */

/* One request while it lasts. */
struct sk_visit {
	struct MHD_Connection *c;
	const struct page *page;
	struct sk_buf body;
	char id[SK_LETTER_ID + 1];
	unsigned long number;
	uint64_t came, known; /* of the other post, when it asked */
	bool held, woken;     /* its answer is held back; no longer */
};

struct page {
	const char *method, *url;
	bool id; /* the url ends by one */
	/* At its head. 0: go on; else the status of the answer. */
	unsigned (*head)(struct sk_server *s, struct sk_visit *v);
	/* Bytes of its body. False: the connection is cut. NULL: there may be none. */
	bool (*more)(struct sk_server *s, struct sk_visit *v, struct sk_slice data);
	/* All of it is there. */
	enum MHD_Result (*end)(struct sk_server *s, struct sk_visit *v);
};

static enum MHD_Result give(struct sk_visit *v, unsigned status, struct MHD_Response *r)
{
	enum MHD_Result rc = r ? MHD_queue_response(v->c, status, r) : MHD_NO;

	if (r)
		MHD_destroy_response(r);
	return rc;
}

static enum MHD_Result nothing(struct sk_visit *v, unsigned status)
{
	return give(v, status, MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT));
}

static const char *field(struct sk_visit *v, const char *name)
{
	return MHD_lookup_connection_value(v->c, MHD_HEADER_KIND, name);
}

/* The length that the head says; false: none, or no number. */
static bool length(struct sk_visit *v, uint64_t *n)
{
	const char *text = field(v, MHD_HTTP_HEADER_CONTENT_LENGTH);

	return text && sk_number_get(text, n);
}

/* --- letters --- */

bool sk_server_has_news(const struct sk_server *s)
{
	const struct sk_mail *m = &s->end.mail;
	const struct sk_visit *v = s->poll;

	return v && (!m->begun || sk_mail_waits(m, v->came) || m->heard > v->known);
}

static unsigned letters_head(struct sk_server *s, struct sk_visit *v)
{
	uint64_t n;

	if (!length(v, &n))
		return MHD_HTTP_LENGTH_REQUIRED;
	if (n > SK_EXCHANGE_BYTES)
		return MHD_HTTP_CONTENT_TOO_LARGE;
	return s->end.mail.begun ? 0 : MHD_HTTP_SERVICE_UNAVAILABLE;
}

static bool letters_more(struct sk_server *s, struct sk_visit *v, struct sk_slice data)
{
	return sk_buf_put_slice(&v->body, data) == 0;
}

static enum MHD_Result letters_answer(
    struct sk_server *s, struct sk_visit *v, const struct sk_exchange *asked)
{
	struct sk_mail *m = &s->end.mail;
	struct sk_exchange e = {
	    .came = m->came, .heard = m->heard, .known = m->sent, .after = asked->came};
	struct sk_buf batch = SK_BUF(SK_LETTERS_BYTES), out = SK_BUF(SK_EXCHANGE_BYTES);
	enum MHD_Result rc = MHD_NO;

	s->promised = m->came;
	if (asked->wait)
		sk_mail_batch(m, asked->came, &batch);
	if (sk_exchange_put(&e, sk_buf_slice(&batch), &out) == 0)
		rc = give(v, MHD_HTTP_OK,
		    MHD_create_response_from_buffer(out.len, out.p, MHD_RESPMEM_MUST_COPY));
	sk_buf_free(&batch);
	sk_buf_free(&out);
	return rc;
}

/* The other post believes that more of its letters came than did: our gate began anew meanwhile, and they are to come again. */
static bool believes_more(const struct sk_server *s, const struct sk_exchange *asked)
{
	return s->end.mail.came < s->promised || s->end.mail.came < asked->after;
}

/* Only what is asked with patience is answered with letters: so they come on one way and in order. */
static enum MHD_Result letters_hold(
    struct sk_server *s, struct sk_visit *v, const struct sk_exchange *asked)
{
	if (s->poll)
		sk_server_wake(s); /* an earlier one, which nobody reads any more */
	v->held = true;
	v->came = asked->came;
	v->known = asked->known;
	s->poll = v;
	s->poll_due = sk_now_ms() + asked->wait * 1000;
	MHD_suspend_connection(v->c);
	return MHD_YES;
}

static enum MHD_Result letters_end(struct sk_server *s, struct sk_visit *v)
{
	struct sk_mail *m = &s->end.mail;
	static struct sk_exchange asked;

	if (!m->begun)
		return nothing(v, MHD_HTTP_SERVICE_UNAVAILABLE);
	if (sk_exchange_get(sk_buf_slice(&v->body), &asked)) {
		sk_end_state(&s->end, SK_LINK_NONSENSE, "a request for letters that is none");
		return nothing(v, MHD_HTTP_BAD_REQUEST);
	}
	s->asked = sk_now_ms();
	sk_end_state(&s->end, SK_LINK_IS_UP, "");
	if (!v->held)
		sk_end_heard(&s->end, &asked);
	if (asked.wait && !v->woken && !believes_more(s, &asked) && !sk_mail_waits(m, asked.came) &&
	    m->heard <= asked.known)
		return letters_hold(s, v, &asked);
	return letters_answer(s, v, &asked);
}

void sk_server_wake(struct sk_server *s)
{
	struct sk_visit *v = s->poll;

	s->poll = NULL;
	v->woken = true;
	MHD_resume_connection(v->c);
}

/* --- objects that we give --- */

static struct sk_object *object(struct sk_server *s, struct sk_visit *v, bool fetch)
{
	return sk_objects_find(&s->end.objects, v->id, fetch);
}

struct reading {
	int fd;
	uint64_t from;
};

static ssize_t read_more(void *ctx, uint64_t at, char *to, size_t most)
{
	const struct reading *r = ctx;
	ssize_t n = TEMP_FAILURE_RETRY(pread(r->fd, to, most, (off_t)(r->from + at)));

	/* where the file ends too early, the answer does, too: the other post sees that it is not whole */
	return n > 0 ? n : MHD_CONTENT_READER_END_WITH_ERROR;
}

static void free_reading(void *ctx)
{
	struct reading *r = ctx;

	sk_close(&r->fd);
	free(r);
}

static struct MHD_Response *read_object(const struct sk_object *o, uint64_t from)
{
	struct reading *r = calloc(1, sizeof(*r));
	struct MHD_Response *answer = NULL;

	if (r == NULL)
		return NULL;
	*r = (struct reading){dup(o->fd), from};
	if (r->fd >= 0)
		answer = MHD_create_response_from_callback(
		    o->what.size - from, READ_BYTES, read_more, r, free_reading);
	if (answer == NULL)
		free_reading(r);
	return answer;
}

static enum MHD_Result get_end(struct sk_server *s, struct sk_visit *v)
{
	const struct sk_object *o = object(s, v, false);
	const char *range = field(v, MHD_HTTP_HEADER_RANGE);
	char text[SK_RANGE_TEXT];
	struct MHD_Response *r;
	uint64_t from = 0;

	if (o == NULL)
		return nothing(v, MHD_HTTP_NOT_FOUND);
	if (!o->proved)
		return nothing(v, MHD_HTTP_SERVICE_UNAVAILABLE);
	if (range == NULL || !sk_range_get(range, &from))
		return nothing(v, MHD_HTTP_BAD_REQUEST);
	if (from >= o->what.size)
		return nothing(v, MHD_HTTP_RANGE_NOT_SATISFIABLE);
	r = read_object(o, from);
	if (r == NULL)
		return nothing(v, MHD_HTTP_SERVICE_UNAVAILABLE);
	sk_content_range_put(text, from, o->what.size);
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_RANGE, text);
	return give(v, MHD_HTTP_PARTIAL_CONTENT, r);
}

/* --- objects that we are given --- */

static enum MHD_Result have(struct sk_visit *v, unsigned status, const struct sk_object *o)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)o->have);
	if (r)
		MHD_add_response_header(r, SK_CROSSING_HAVE, text);
	return give(v, status, r);
}

static enum MHD_Result head_end(struct sk_server *s, struct sk_visit *v)
{
	const struct sk_object *o = object(s, v, true);

	return o ? have(v, MHD_HTTP_OK, o) : nothing(v, MHD_HTTP_NOT_FOUND);
}

static unsigned put_head(struct sk_server *s, struct sk_visit *v)
{
	struct sk_object *o = object(s, v, true);
	const char *range = field(v, MHD_HTTP_HEADER_CONTENT_RANGE);
	uint64_t from, size, n;

	if (o == NULL)
		return MHD_HTTP_NOT_FOUND;
	if (!length(v, &n))
		return MHD_HTTP_LENGTH_REQUIRED;
	if (range == NULL || !sk_content_range_get(range, &from, &size) || n != size - from)
		return MHD_HTTP_BAD_REQUEST;
	if (size != o->what.size)
		return MHD_HTTP_UNPROCESSABLE_CONTENT;
	if (from != o->have)
		return MHD_HTTP_CONFLICT;
	o->writer = v->number;
	return 0;
}

static bool put_more(struct sk_server *s, struct sk_visit *v, struct sk_slice data)
{
	struct sk_object *o = object(s, v, true);
	int status;

	if (o == NULL || o->writer != v->number)
		return false;
	s->asked = sk_now_ms();
	status = sk_object_write(o, data.p, data.n);
	if (status)
		sk_end_got(&s->end, o, status);
	return status == 0;
}

static enum MHD_Result put_end(struct sk_server *s, struct sk_visit *v)
{
	struct sk_object *o = object(s, v, true);

	if (o == NULL || o->writer != v->number)
		return nothing(v, MHD_HTTP_CONFLICT);
	o->writer = 0;
	if (o->have < o->what.size)
		return have(v, MHD_HTTP_CONFLICT, o);
	switch (sk_end_complete(&s->end, o)) {
	case 0:
		return nothing(v, MHD_HTTP_NO_CONTENT);
	case SK_EBUSY: /* what was there before was wrong: once more, from the beginning */
		return nothing(v, MHD_HTTP_CONFLICT);
	default:
		return nothing(v, MHD_HTTP_UNPROCESSABLE_CONTENT);
	}
}

/* --- one request --- */

static const struct page pages[] = {
    {"POST", SK_CROSSING_LETTERS, false, letters_head, letters_more, letters_end},
    {"GET", SK_CROSSING_OBJECTS, true, NULL, NULL, get_end},
    {"HEAD", SK_CROSSING_OBJECTS, true, NULL, NULL, head_end},
    {"PUT", SK_CROSSING_OBJECTS, true, put_head, put_more, put_end},
};

static bool is_page(
    const struct page *p, const char *method, const char *url, char id[SK_LETTER_ID + 1])
{
	size_t n = strlen(p->url);

	if (strcmp(p->method, method) != 0 || strncmp(p->url, url, n) != 0)
		return false;
	return p->id ? sk_link_get_id(sk_slice_str(url + n), id) == 0 : url[n] == '\0';
}

static const struct page *find(const char *method, const char *url, char id[SK_LETTER_ID + 1])
{
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
		if (is_page(&pages[i], method, url, id))
			return &pages[i];
	return NULL;
}

/* The handshake let nobody else in; a server that forgot to ask there must not answer here. */
static bool trusted(struct sk_server *s, struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_GNUTLS_SESSION);

	return info && info->tls_session && sk_server_trusts(s, info->tls_session);
}

static enum MHD_Result arrive(struct sk_server *s, struct MHD_Connection *c, const char *method,
    const char *url, void **visit)
{
	struct sk_visit *v;
	unsigned status;

	if (!trusted(s, c))
		return MHD_NO;
	v = calloc(1, sizeof(*v));
	if (v == NULL)
		return MHD_NO;
	*visit = v;
	*v = (struct sk_visit){.c = c, .body = SK_BUF(SK_EXCHANGE_BYTES), .number = ++s->visits};
	v->page = find(method, url, v->id);
	if (v->page == NULL)
		return nothing(v, MHD_HTTP_NOT_FOUND);
	status = v->page->head ? v->page->head(s, v) : 0;
	return status ? nothing(v, status) : MHD_YES;
}

enum MHD_Result sk_server_visit(void *ctx, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *data, size_t *size, void **visit)
{
	struct sk_server *s = ctx;
	struct sk_visit *v = *visit;

	if (v == NULL)
		return arrive(s, c, method, url, visit);
	if (*size == 0)
		return v->page->end(s, v);
	if (v->page->more == NULL || !v->page->more(s, v, sk_slice(data, *size)))
		return MHD_NO;
	*size = 0;
	return MHD_YES;
}

void sk_server_leave(
    void *ctx, struct MHD_Connection *c, void **visit, enum MHD_RequestTerminationCode how)
{
	struct sk_server *s = ctx;
	struct sk_visit *v = *visit;

	if (v == NULL)
		return;
	if (s->poll == v)
		s->poll = NULL;
	sk_buf_free(&v->body);
	free(v);
	*visit = NULL;
}
