/*
 * Letters, at the side that connects: client.h. Two requests: `poll` asks for letters with patience and brings none, `push` brings ours and
 * comes back at once without any. So each way has its order, and nobody waits behind somebody who waits.
 */
#include "base/clock.h"
#include "base/err.h"
#include "crossing/client.h"
#include "crossing/crossing.h"

#define FIRST_PAUSE_MS 100
#define MOST_PAUSE_MS 10000
#define SLOW_GATE_MS 200 /* the other post takes no more letters now */
#define EMPTY_MS 100     /* between answers that say nothing */

int64_t sk_client_pause(unsigned failures, int64_t first, int64_t most)
{
	for (unsigned i = 1; i < failures && first < most; i++)
		first *= 2;
	return first < most ? first : most;
}

static size_t read_in(char *data, size_t size, size_t n, void *ctx)
{
	struct sk_request *r = ctx;

	return sk_buf_put(&r->in, data, size * n) ? 0 : size * n;
}

static bool start(struct sk_request *r, uint16_t wait, struct sk_slice batch)
{
	struct sk_client *c = r->client;
	const struct sk_mail *m = &c->end.mail;
	struct sk_exchange e = {
	    .came = m->came, .heard = m->heard, .known = m->sent, .after = c->theirs, .wait = wait};

	sk_buf_reset(&r->out);
	sk_buf_reset(&r->in);
	r->heard = m->heard;
	r->batch = batch.n > 0;
	r->patient = wait > 0;
	if (!sk_request_prepare(r, SK_CROSSING_LETTERS) || sk_exchange_put(&e, batch, &r->out))
		return false;
	curl_easy_setopt(r->easy, CURLOPT_POST, 1L);
	curl_easy_setopt(r->easy, CURLOPT_POSTFIELDSIZE, (long)r->out.len);
	curl_easy_setopt(r->easy, CURLOPT_POSTFIELDS, (char *)r->out.p);
	curl_easy_setopt(r->easy, CURLOPT_WRITEFUNCTION, read_in);
	curl_easy_setopt(r->easy, CURLOPT_WRITEDATA, r);
	curl_easy_setopt(r->easy, CURLOPT_TIMEOUT_MS, (wait + 15L) * 1000);
	sk_request_head(r, "Content-Type: application/octet-stream");
	sk_request_head(r, "Expect:");
	return sk_request_start(r);
}

static bool may_poll(const struct sk_client *c)
{
	return !c->poll.busy && sk_mail_room(&c->end.mail);
}

static bool may_push(const struct sk_client *c)
{
	const struct sk_mail *m = &c->end.mail;

	return !c->push.busy && c->met && (sk_mail_waits(m, c->theirs) || m->heard > c->told);
}

static void start_push(struct sk_client *c)
{
	struct sk_buf batch = SK_BUF(SK_LETTERS_BYTES);

	sk_mail_batch(&c->end.mail, c->theirs, &batch);
	if (!start(&c->push, 0, sk_buf_slice(&batch)))
		c->push_due = sk_now_ms() + FIRST_PAUSE_MS;
	sk_buf_free(&batch);
}

void sk_talk(struct sk_client *c, int64_t now)
{
	if (!c->end.mail.begun)
		return;
	/* the first one only asks how far the other post is */
	if (may_poll(c) && now >= c->poll_due &&
	    !start(&c->poll, c->met ? SK_EXCHANGE_WAIT : 0, sk_slice("", 0)))
		c->poll_due = now + FIRST_PAUSE_MS;
	if (may_push(c) && now >= c->push_due)
		start_push(c);
}

int64_t sk_talk_due(const struct sk_client *c)
{
	int64_t due = INT64_MAX;

	if (!c->end.mail.begun)
		return due;
	if (may_poll(c))
		due = c->poll_due;
	if (may_push(c) && c->push_due < due)
		due = c->push_due;
	return due;
}

/* --- answers --- */

void sk_talk_failed(struct sk_client *c, enum sk_link_state state, const char *text)
{
	/* neither waits where the other has failed: it begins by asking how far the other post is */
	sk_request_stop(&c->poll);
	sk_request_stop(&c->push);
	c->met = false;
	c->failures++;
	c->poll_due = c->push_due =
	    sk_now_ms() + sk_client_pause(c->failures, FIRST_PAUSE_MS, MOST_PAUSE_MS);
	sk_end_state(&c->end, state, text);
}

static void answered(struct sk_client *c, struct sk_request *r, const struct sk_exchange *x)
{
	int64_t now = sk_now_ms();
	bool stuck = r->batch && x->came <= c->theirs;

	c->failures = 0;
	c->met = true;
	c->theirs = x->came;
	if (r->heard > c->told)
		c->told = r->heard;
	if (r == &c->push)
		c->push_due = stuck ? now + SLOW_GATE_MS : now;
	else
		c->poll_due = r->patient && x->letters.n == 0 && now - r->since < EMPTY_MS
				  ? now + EMPTY_MS
				  : now;
	sk_end_state(&c->end, SK_LINK_IS_UP, "");
	sk_end_heard(&c->end, x);
}

void sk_talk_done(struct sk_request *r, long http, CURLcode code)
{
	struct sk_client *c = r->client;
	static struct sk_exchange x;

	if (http == 0)
		sk_talk_failed(c, sk_request_failure(r, code),
		    r->error[0] ? r->error : curl_easy_strerror(code));
	else if (http == 503)
		sk_talk_failed(c, SK_LINK_NOT_READY, "");
	else if (http != 200 || sk_exchange_get(sk_buf_slice(&r->in), &x))
		sk_talk_failed(c, SK_LINK_NONSENSE, "an answer that is none");
	else
		answered(c, r, &x);
}
