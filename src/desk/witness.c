/*
 * Each post is the witness of the other's ledger: requests and cosignatures go as letters, the scribe makes and reads them.
 * links.h, pump.h. The gate.
 */
#include "desk/links.h"
#include "desk/pump.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"

#define PATIENCE_MS 60000
#define SILENCE_MS 3000
#define EVERY_MS 10000 /* a checkpoint that grew is shown this often */

/* What the scribe was asked about a witness: the serial is SK_PUMP_WITNESS + kind + number of the way. */
enum asked { ASK_REQUEST, ASK_ANSWER, ASK_COSIGN, ASK_SAW, ASK_LAST, ASKED };

static uint32_t serial(enum asked what, size_t way)
{
	return SK_PUMP_WITNESS | (uint32_t)what << 8 | (uint32_t)way;
}

static size_t number_of(const struct sk_way *w)
{
	return w->place - SK_PLACE_LINK;
}

static int file_of(struct sk_slice s)
{
	int fd = sk_memfd("note");

	if (fd >= 0 && s.n && (sk_write_all(fd, s.p, s.n) || lseek(fd, 0, SEEK_SET)))
		sk_close(&fd);
	return fd;
}

static int say(
    struct sk_way *w, enum asked what, uint32_t kind, uint16_t number, const int *fds, size_t nfds)
{
	const struct sk_record_ask ask = {.witness = (uint16_t)number_of(w),
	    .http = kind == SK_RECORD_ANSWER ? number : 0,
	    .openings = kind == SK_RECORD_SAW && number};
	struct sk_buf body = SK_BUF(SK_RECORD_ASK_BYTES);
	int status = kind == SK_RECORD_COSIGN ? 0 : sk_record_put_ask(&ask, &body);

	if (status == 0)
		status = sk_child_send(&w->desk->child, SK_PLACE_SCRIBE, kind,
		    serial(what, number_of(w)), sk_buf_slice(&body), fds, nfds);
	sk_buf_free(&body);
	return status;
}

/* --- letters out --- */

/* fd: its body; -1: none. What is lost here is asked for again. */
static void send_letter(struct sk_way *w, uint8_t kind, uint16_t http, int fd)
{
	struct sk_letter l = {.kind = kind, .http = http};
	struct sk_slice bytes = {0};

	if (fd >= 0 && sk_map(fd, &bytes))
		return;
	l.body = bytes;
	sk_way_write(w, &l);
	if (fd >= 0)
		sk_unmap(&bytes);
}

/* What an older scribe was at is not answered any more. */
void sk_witness_met(struct sk_desk *d)
{
	for (size_t i = 0; i < d->links->n; i++) {
		sk_close(&d->links->way[i].request);
		sk_close(&d->links->way[i].cosigned);
		sk_close(&d->links->way[i].last);
		d->links->way[i].shown = 0;
	}
}

/* --- what they know of our ledger --- */

/* The scribe takes the answers of all at once. */
static void say_seen(struct sk_desk *d)
{
	for (size_t i = 0; i < d->links->n; i++) {
		struct sk_way *w = &d->links->way[i];
		sk_autoclose int note = file_of(sk_buf_slice(&w->seen));
		if (note >= 0)
			say(w, ASK_SAW, SK_RECORD_SAW, w->seen_said, &note, 1);
	}
	d->pump->witnesses_said = true;
}

/* Once it was told, it is told each that comes later. */
static void tell_when_all_spoke(struct sk_desk *d)
{
	bool all = true;

	for (size_t i = 0; i < d->links->n; i++)
		all &= d->links->way[i].seen_came;
	if (all || d->pump->witnesses_said)
		say_seen(d);
}

/*
 * The scribe asks its witnesses when it opens its ledger. They are other posts, and not reached at once: they have some seconds,
 * since whoever signs before they speak may sign another history after his files went back in time. Then it goes on without
 * those that are silent, as long as the policy tolerates that; after a restore it waits for all.
 */
void sk_witness_asked(struct sk_desk *d)
{
	d->pump->asked_witnesses = sk_now_ms();
	d->pump->witnesses_said = false;
	for (size_t i = 0; i < d->links->n; i++) {
		d->links->way[i].seen_said = d->links->way[i].seen_came = false;
		sk_buf_reset(&d->links->way[i].seen);
		send_letter(&d->links->way[i], SK_LETTER_LAST, 0, -1);
	}
	tell_when_all_spoke(d);
}

static void take_seen(struct sk_way *w, const struct sk_letter *l)
{
	sk_buf_reset(&w->seen);
	w->seen_said = (l->http == 200 || l->http == 404) &&
		       sk_buf_put(&w->seen, l->body.p, l->http == 200 ? l->body.n : 0) == 0;
	w->seen_came = true;
	tell_when_all_spoke(w->desk);
}

/* --- our ledger, shown to the other post --- */

/* It did not answer: it is shown the next one. */
static void give_up(struct sk_way *w, int64_t now)
{
	if (w->request < 0 || now < w->shown_at + PATIENCE_MS)
		return;
	sk_close(&w->request);
	w->shown = 0;
}

/* When those that are silent have been so for long enough; then, what was asked may have been lost on its way. */
static int64_t silence_ends(const struct sk_desk *d)
{
	const struct sk_pump *p = d->pump;

	if (!p->here || p->asked_witnesses == 0)
		return INT64_MAX;
	return p->asked_witnesses + (p->witnesses_said ? PATIENCE_MS : SILENCE_MS);
}

static void end_silence(struct sk_desk *d)
{
	if (d->pump->witnesses_said)
		sk_witness_asked(d);
	else
		say_seen(d);
}

void sk_witness_tick(struct sk_desk *d)
{
	int64_t now = sk_now_ms();

	if (now >= silence_ends(d))
		end_silence(d);
	for (size_t i = 0; i < d->links->n; i++) {
		struct sk_way *w = &d->links->way[i];
		give_up(w, now);
		if (!w->here || !d->pump->here || w->shown_at > now || w->request >= 0 ||
		    d->pump->state.size == w->shown)
			continue;
		w->shown_at = now + EVERY_MS;
		w->shown = d->pump->state.size;
		w->request = file_of(sk_slice("", 0));
		if (w->request < 0 || say(w, ASK_REQUEST, SK_RECORD_REQUEST, 0, &w->request, 1))
			sk_close(&w->request);
	}
}

int64_t sk_witness_due(const struct sk_desk *d)
{
	int64_t at = silence_ends(d);

	for (size_t i = 0; i < d->links->n; i++) {
		const struct sk_way *w = &d->links->way[i];
		if (w->here && d->pump->here && w->request < 0 && d->pump->state.size != w->shown &&
		    w->shown_at < at)
			at = w->shown_at;
	}
	return at;
}

/* --- what came --- */

/* An empty file for what the scribe makes of what the other post asks, one thing of each kind at a time. */
static void have_made(
    struct sk_way *w, enum asked what, uint32_t kind, struct sk_slice body, int *into)
{
	sk_autoclose int in = file_of(body);

	if (*into >= 0 || in < 0)
		return; /* it asks again */
	*into = file_of(sk_slice("", 0));
	const int fds[] = {in, *into};
	bool reads = kind == SK_RECORD_COSIGN;
	if (*into < 0 || say(w, what, kind, 0, reads ? fds : into, reads ? 2 : 1))
		sk_close(into);
}

static void take_cosigned(struct sk_way *w, const struct sk_letter *l)
{
	sk_autoclose int body = file_of(l->body);
	const int fds[] = {w->request, body};

	if (body < 0 || w->request < 0)
		return;
	say(w, ASK_ANSWER, SK_RECORD_ANSWER, l->http, fds, 2);
	sk_close(&w->request);
	w->shown_at = sk_now_ms() + EVERY_MS;
}

void sk_witness_letter(struct sk_way *w, const struct sk_letter *l)
{
	if (l->kind == SK_LETTER_COSIGNED)
		take_cosigned(w, l);
	else if (l->kind == SK_LETTER_CHECKPOINT)
		have_made(w, ASK_COSIGN, SK_RECORD_COSIGN, l->body, &w->cosigned);
	else if (l->kind == SK_LETTER_LAST)
		have_made(w, ASK_LAST, SK_RECORD_LAST, sk_slice("", 0), &w->last);
	else if (l->kind == SK_LETTER_SEEN)
		take_seen(w, l);
}

static void answer(struct sk_way *w, uint8_t kind, const struct sk_record_done *done, int *made)
{
	if (*made >= 0 && done->status == 0 && done->number >= 100 && done->number <= 599)
		send_letter(w, kind, (uint16_t)done->number, *made);
	sk_close(made);
}

static void made(struct sk_way *w, enum asked what, const struct sk_record_done *done)
{
	if (what == ASK_REQUEST && w->request >= 0) {
		if (done->status == 0)
			send_letter(w, SK_LETTER_CHECKPOINT, 0, w->request);
		else
			sk_close(&w->request);
	} else if (what == ASK_COSIGN) {
		answer(w, SK_LETTER_COSIGNED, done, &w->cosigned);
	} else if (what == ASK_LAST) {
		answer(w, SK_LETTER_SEEN, done, &w->last);
	} else if (what == ASK_ANSWER && done->status) {
		sk_desk_log("the witness %s did not cosign (%d)", w->zone, done->status);
	}
}

int sk_witness_done(struct sk_desk *d, struct sk_message *m)
{
	struct sk_record_done done;
	size_t way = m->serial & 0xff, what = m->serial >> 8 & 0xff;

	if (sk_record_get_done(m->body, &done) || way >= d->links->n || what >= ASKED)
		return SK_EFORMAT;
	made(&d->links->way[way], (enum asked)what, &done);
	return 0;
}
