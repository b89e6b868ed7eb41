/*
 * Notices: GET /api/v1/events is a stream of server-sent events (the HTML standard, section 9.2) that ends when the browser goes, with its session, when the gate is
 * another one, and after a while by itself: the browser comes again, and is somebody only as long as its session lasts. portal.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "portal/portal.h"

#define QUEUE \
	((size_t)64 << 10) /* of a browser that does not read; one more, and it is to begin anew */
#define BEAT_MS 20000      /* so often it is shown to be alive, on the way and at both ends */
#define LIFE_MS (10 * 60 * 1000) /* then it begins anew */
#define STREAMS 4096

struct sk_stream {
	struct sk_stream *before, *behind;
	struct sk_visit *visit;
	struct sk_buf queue;
	size_t given; /* of the queue */
	bool asleep;  /* its connection is suspended */
	bool over;
	int64_t until;
};

static void wake(struct sk_stream *s)
{
	if (s->asleep)
		MHD_resume_connection(s->visit->c);
	s->asleep = false;
}

static void put(struct sk_stream *s, const char *text, size_t n)
{
	/* what was not read of it is too much: the browser asks for everything when it comes back */
	if (sk_buf_put(&s->queue, text, n))
		s->over = true;
	wake(s);
}

/* --- what the browser reads --- */

static ssize_t read_more(void *ctx, uint64_t at, char *to, size_t most)
{
	struct sk_stream *s = ctx;
	size_t n = s->queue.len - s->given;

	n = n < most ? n : most;
	if (n == 0 && s->over)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (n == 0) {
		s->asleep = true;
		MHD_suspend_connection(s->visit->c);
		return 0;
	}
	memcpy(to, s->queue.p + s->given, n);
	s->given += n;
	if (s->given == s->queue.len) {
		sk_buf_reset(&s->queue);
		s->given = 0;
	}
	return (ssize_t)n;
}

static struct sk_stream *new_stream(struct sk_visit *v)
{
	struct sk_portal *p = v->portal;
	struct sk_stream *s = p->nstreams < STREAMS ? calloc(1, sizeof(*s)) : NULL;

	if (s == NULL)
		return NULL;
	*s = (struct sk_stream){.visit = v,
	    .queue = SK_BUF(QUEUE),
	    .behind = p->streams,
	    .until = sk_now_ms() + LIFE_MS};
	if (p->streams)
		p->streams->before = s;
	p->streams = s;
	p->nstreams++;
	return s;
}

static enum MHD_Result begin(struct sk_visit *v)
{
	struct MHD_Response *r;

	r = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, read_more, v->stream, NULL);
	if (r) {
		MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, "text/event-stream");
		MHD_add_response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	}
	enum MHD_Result rc = sk_visit_give(v, MHD_HTTP_OK, r);
	sk_line_work(&v->portal->lines, v->line, INT64_MAX);
	return rc;
}

static enum MHD_Result end(struct sk_visit *v, const char *url)
{
	static const char hello[] = "retry: 2000\n: sekisho\n\n";

	if (!v->answered) {
		/* notices may come right behind the answer */
		v->stream = new_stream(v);
		if (v->stream == NULL)
			return sk_visit_refuse(v, SK_FRONT_WHY_BUSY, NULL);
		put(v->stream, hello, sizeof(hello) - 1);
		return sk_visit_ask(v, SK_SLICE_LIT("{\"ask\":\"watch\"}"));
	}
	return v->answer.status == MHD_HTTP_OK ? begin(v) : sk_visit_answer(v);
}

void sk_events_leave(struct sk_visit *v)
{
	struct sk_stream *s = v->stream;
	char json[64];

	if (s == NULL)
		return;
	if (s->before)
		s->before->behind = s->behind;
	else
		v->portal->streams = s->behind;
	if (s->behind)
		s->behind->before = s->before;
	v->portal->nstreams--;
	snprintf(json, sizeof(json), "{\"ask\":\"unwatch\",\"number\":%u}", (unsigned)v->serial);
	if (v->serial)
		sk_relay_tell(v->portal, &v->who, sk_slice_str(json));
	sk_buf_free(&s->queue);
	free(s);
	v->stream = NULL;
}

/* --- what the gate says --- */

static struct sk_stream *find(struct sk_portal *p, uint32_t serial)
{
	for (struct sk_stream *s = p->streams; s; s = s->behind)
		if (s->visit->serial == serial)
			return s;
	return NULL;
}

int sk_events_notice(void *ctx, struct sk_message *m)
{
	struct sk_stream *s = find(ctx, m->serial);
	struct sk_buf b = SK_BUF(8192);
	size_t word;

	if (!sk_portal_notice(m->body, &word))
		return SK_EFORMAT;
	if (s == NULL) /* its browser is gone, and the gate has not heard of it yet */
		return 0;
	sk_buf_printf(&b, "event: %.*s\ndata: %.*s\n\n", (int)word, (const char *)m->body.p,
	    (int)(m->body.n - word - 1), (const char *)m->body.p + word + 1);
	if (b.err == 0)
		put(s, (const char *)b.p, b.len);
	sk_buf_free(&b);
	return 0;
}

int sk_events_ended(void *ctx, struct sk_message *m)
{
	struct sk_stream *s = find(ctx, m->serial);

	if (s) {
		s->over = true;
		wake(s);
	}
	return 0;
}

void sk_events_tick(struct sk_portal *p, int64_t now)
{
	if (p->streams == NULL || now - p->beaten < BEAT_MS)
		return;
	p->beaten = now;
	for (struct sk_stream *s = p->streams; s; s = s->behind) {
		s->over |= now >= s->until;
		put(s, ":\n\n", 3);
	}
}

void sk_events_end(struct sk_portal *p)
{
	for (struct sk_stream *s = p->streams; s; s = s->behind) {
		s->over = true;
		wake(s);
	}
}

const struct sk_page sk_pages_event[] = {
    {.method = "GET", .path = SK_PORTAL_API "events", .end = end},
    {.method = NULL},
};
