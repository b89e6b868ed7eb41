/*
 * What the printer lays out, while the gate goes on: first the scribe takes the proof out of the ledger, then the printer gets it with what is to stand
 * there and an empty file, which goes to who asked when it can no longer be changed. desk.h, printer/print.h. The gate.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "desk/asks.h"
#include "desk/prints.h"
#include "printer/print.h"
#include "record/record.h"

#define OF_ONE_TERMINAL 4

enum stage { FREE, PROVING, PRINTING };

struct print {
	enum stage stage;
	struct sk_asked *q;
	uint32_t serial, kind; /* kind: enum sk_print_kind */
	json_t *what;          /* owned */
	int in, out;           /* in: proof, or rows */
	int64_t until;         /* sk_now_ms: the scribe, or the printer, answers before */
};

struct sk_prints {
	struct print v[SK_PRINTS_AT_ONCE];
	uint32_t count;
	bool there; /* the printer is */
};

int sk_prints_open(struct sk_desk *d)
{
	d->prints = calloc(1, sizeof(*d->prints));
	return d->prints ? 0 : SK_ENOMEM;
}

static void clear(struct print *p)
{
	json_decref(p->what);
	sk_close(&p->in);
	sk_close(&p->out);
	*p = (struct print){.in = -1, .out = -1};
}

/* It is answered; the place is free. */
static void end(struct print *p, int status)
{
	struct sk_asked *q = p->q;

	clear(p);
	if (status == 0 && q->how->run) /* what becomes of it is told before it is handed over */
		sk_asked_go_on(q);
	else
		sk_asked_answer(q, status);
}

static void unready(struct print *p, const char *who)
{
	end(p, sk_asked_fail(p->q, SK_FRONT_WHY_UNREADY, who));
}

static void end_all(struct sk_prints *s, enum stage stage, const char *who)
{
	for (size_t i = 0; i < SK_PRINTS_AT_ONCE; i++)
		if (s->v[i].stage == stage)
			unready(&s->v[i], who);
}

void sk_prints_met(struct sk_desk *d)
{
	end_all(d->prints, PRINTING, "printer");
	d->prints->there = true;
}

void sk_prints_lost(struct sk_desk *d)
{
	d->prints->there = false;
	end_all(d->prints, PRINTING, "printer");
}

int64_t sk_prints_due(const struct sk_desk *d)
{
	int64_t at = INT64_MAX;

	for (size_t i = 0; i < SK_PRINTS_AT_ONCE; i++)
		if (d->prints->v[i].stage != FREE && d->prints->v[i].until < at)
			at = d->prints->v[i].until;
	return at;
}

/* A printer that does not answer is started anew. The scribe may be at a long append: only who waits for a proof waits no longer. */
void sk_prints_tick(struct sk_desk *d)
{
	struct sk_prints *s = d->prints;
	int64_t now = sk_now_ms();
	bool hung = false;

	for (size_t i = 0; i < SK_PRINTS_AT_ONCE; i++) {
		struct print *p = &s->v[i];
		if (p->stage == PROVING && p->until <= now)
			unready(p, "ledger");
		hung |= p->stage == PRINTING && p->until <= now;
	}
	if (!hung)
		return;
	sk_desk_log("the printer does not answer");
	sk_child_denounce(&d->child, SK_PLACE_PRINTER);
	sk_prints_lost(d);
}

void sk_prints_lost_scribe(struct sk_desk *d)
{
	end_all(d->prints, PROVING, "ledger");
}

void sk_prints_close(struct sk_desk *d)
{
	if (d->prints) {
		end_all(d->prints, PRINTING, "printer");
		end_all(d->prints, PROVING, "ledger");
	}
	free(d->prints);
	d->prints = NULL;
}

/* --- to the printer --- */

static int send_what(struct sk_desk *d, const struct print *p)
{
	char *text = json_dumps(p->what, JSON_COMPACT);
	const int fds[] = {p->in, p->out};
	int status = text ? sk_child_send(&d->child, SK_PLACE_PRINTER, p->kind, p->serial,
				sk_slice_str(text), fds, 2)
			  : SK_ENOMEM;

	free(text);
	return status;
}

static void print(struct sk_desk *d, struct print *p)
{
	p->stage = PRINTING;
	p->until = sk_now_ms() + sk_desk_answer_ms(d);
	if (send_what(d, p))
		unready(p, "printer");
}

/* --- the proof --- */

/* In the place of a pump's serial: sk_pump's own are below SK_PUMP_PRINT in their lower half. */
static uint32_t serial_of(struct sk_prints *s, size_t i)
{
	return (++s->count & 0x3fff) << 16 | SK_PUMP_PRINT | (uint32_t)i;
}

static int ask_proof(struct sk_desk *d, const struct print *p, int64_t index, int64_t number)
{
	const struct sk_record_ask ask = {.index = (uint64_t)(index == SK_NONE ? number : index)};
	struct sk_buf body = SK_BUF(SK_RECORD_ASK_BYTES);
	int status = d->pump->here ? sk_record_put_ask(&ask, &body) : SK_EIO;

	if (status == 0)
		status = sk_child_send(&d->child, SK_PLACE_SCRIBE,
		    index == SK_NONE ? SK_RECORD_PROVE : SK_RECORD_RECEIPT, p->serial,
		    sk_buf_slice(&body), &p->in, 1);
	sk_buf_free(&body);
	return status;
}

static size_t free_place(const struct sk_prints *s, const struct sk_asked *q)
{
	size_t at = SK_PRINTS_AT_ONCE, same = 0;

	for (size_t i = 0; i < SK_PRINTS_AT_ONCE; i++)
		if (s->v[i].stage == FREE)
			at = i;
		else
			same += memcmp(s->v[i].q->terminal.address, q->terminal.address,
				    sizeof(q->terminal.address)) == 0;
	return same < OF_ONE_TERMINAL ? at : SK_PRINTS_AT_ONCE;
}

static int begin(struct sk_desk *d, struct print *p, int64_t index, int64_t number)
{
	bool any = index != SK_NONE || number;

	p->stage = any ? PROVING : PRINTING;
	if (any && ask_proof(d, p, index, number))
		return sk_asked_fail(p->q, SK_FRONT_WHY_UNREADY, "ledger");
	if (!any && send_what(d, p))
		return sk_asked_fail(p->q, SK_FRONT_WHY_UNREADY, "printer");
	return SK_ASKED_LATER;
}

int sk_prints_ready(struct sk_asked *q)
{
	struct sk_prints *s = q->act.desk->prints;

	if (!s->there)
		return sk_asked_fail(q, SK_FRONT_WHY_UNREADY, "printer");
	return free_place(s, q) == SK_PRINTS_AT_ONCE ? sk_asked_fail(q, SK_FRONT_WHY_BUSY, NULL)
						     : 0;
}

/* What was given is its own, whatever comes of it. */
static int take(struct sk_asked *q, uint32_t kind, json_t *what, int in, struct print **out)
{
	struct sk_prints *s = q->act.desk->prints;
	struct print p = {
	    .q = q, .kind = kind, .what = what, .in = in, .out = sk_memfd("document")};
	int status = sk_prints_ready(q);
	size_t i = status ? 0 : free_place(s, q);

	if (status == 0 && (p.what == NULL || p.in < 0 || p.out < 0))
		status = sk_asked_fail(q, SK_FRONT_WHY_FAULT, NULL);
	if (status) {
		clear(&p);
		return status;
	}
	s->v[i] = p;
	s->v[i].serial = serial_of(s, i);
	s->v[i].until = sk_now_ms() + sk_desk_answer_ms(q->act.desk);
	*out = &s->v[i];
	return 0;
}

int sk_prints_receipt(struct sk_asked *q, json_t *what, int64_t index, int64_t number)
{
	struct print *p;
	int status = take(q, SK_PRINT_RECEIPT, what, sk_memfd("proof"), &p);

	if (status == 0)
		status = begin(q->act.desk, p, index, number);
	else
		return status;
	if (status != SK_ASKED_LATER)
		clear(p);
	return status;
}

int sk_prints_book(struct sk_asked *q, json_t *how, int rows)
{
	struct print *p;
	int status = take(q, SK_PRINT_BOOK, how, rows, &p);

	if (status)
		return status;
	p->stage = PRINTING;
	if (send_what(q->act.desk, p) == 0)
		return SK_ASKED_LATER;
	clear(p);
	return sk_asked_fail(q, SK_FRONT_WHY_UNREADY, "printer");
}

/* --- what comes back --- */

static struct print *find(struct sk_prints *s, uint32_t serial, enum stage stage)
{
	for (size_t i = 0; i < SK_PRINTS_AT_ONCE; i++)
		if (s->v[i].stage == stage && s->v[i].serial == serial)
			return &s->v[i];
	return NULL;
}

int sk_prints_proved(struct sk_desk *d, struct sk_message *m)
{
	struct print *p = find(d->prints, m->serial, PROVING);
	struct sk_record_done done;

	if (sk_record_get_done(m->body, &done))
		return SK_EFORMAT;
	if (p == NULL)
		return 0; /* of an older scribe */
	if (done.status) {
		sk_desk_log("an entry of the ledger has no proof (%d)", done.status);
		unready(p, "ledger");
	} else {
		print(d, p);
	}
	return 0;
}

/* Nobody can change it any more, and it is as long as was said. */
static bool is_closed(int fd, uint64_t size)
{
	struct stat st;

	return fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) ==
		   0 &&
	       fstat(fd, &st) == 0 && (uint64_t)st.st_size == size;
}

static void hand_out(struct print *p, const struct sk_print_done *done)
{
	struct sk_asked *q = p->q;

	q->fd = p->out;
	p->out = -1;
	q->handed = (struct sk_bytes){.size = done->size};
	memcpy(q->handed.sha256, done->sha256, sizeof(q->handed.sha256));
	if (q->how->run == NULL)
		json_object_set_new(q->out, "status", json_string("ok"));
	end(p, 0);
}

static int serve_done(void *ctx, struct sk_message *m)
{
	struct sk_desk *d = ctx;
	struct print *p = find(d->prints, m->serial, PRINTING);
	struct sk_print_done done;

	if (p == NULL || sk_print_get_done(m->body, &done))
		return SK_EFORMAT;
	if (done.size && is_closed(p->out, done.size)) {
		hand_out(p, &done);
		return 0;
	}
	sk_desk_log("a document: %s", done.size ? "it is not what was said of it" : done.text);
	end(p, sk_asked_fail(p->q, SK_FRONT_WHY_FAULT, NULL));
	return 0;
}

const struct sk_permit sk_prints_permits[] = {
    {SK_PRINT_DONE, 1, 40, SK_PRINT_DONE_MOST, 0, serve_done},
};
const size_t sk_prints_npermits = sizeof(sk_prints_permits) / sizeof(*sk_prints_permits);
