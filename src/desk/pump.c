/*
 * What happened goes from the outbox into the ledger, in batches, one at a time; what the other post must be able to prove
 * gets its receipt, and the letter with it; then the batch is marked as done, in one transaction with its letters. Whoever
 * dies in between begins the batch anew: the scribe gives the same entries their old places. desk.h. The gate.
 */
#include "desk/prints.h"
#include "desk/searches.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "store/outbox.h"

#define LOOK_MS 1000
#define PAUSE_MS 2000 /* after the scribe refused */
#define ASKED_AT_ONCE 64

int sk_pump_open(struct sk_desk *d)
{
	d->pump = calloc(1, sizeof(*d->pump));
	return d->pump ? 0 : SK_ENOMEM;
}

/* What was under way is begun anew. */
static void reset(struct sk_pump *p)
{
	for (size_t i = 0; i < p->nproofs; i++) {
		sk_close(&p->proof[i].fd);
		sk_buf_free(&p->proof[i].receipt);
	}
	sk_outbox_rows_free(&p->rows);
	p->phase = SK_PUMP_IDLE;
	p->epoch++; /* answers that are still to come count for nothing */
	p->n = p->nproofs = p->asked = p->got = 0;
}

void sk_pump_close(struct sk_desk *d)
{
	if (d->pump)
		reset(d->pump);
	free(d->pump);
	d->pump = NULL;
}

/* A batch that is being marked is with the store, and the store says when it is over. */
void sk_pump_met(struct sk_desk *d)
{
	struct sk_pump *p = d->pump;

	p->here = d->gate.numbers = true;
	p->asked_witnesses = 0;
	p->state.state = SK_LEDGER_UNASKED; /* until it says */
	sk_witness_met(d);
	sk_forget_met(d);
	sk_prints_lost_scribe(d);
	sk_searches_lost_scribe(d);
	sk_backup_ledger(d, SK_EIO, 0); /* who was asked for a copy is gone */
	if (p->phase != SK_PUMP_MARKING)
		reset(p);
	p->look = 0;
}

int sk_pump_copy(struct sk_desk *d, int fd, bool openings)
{
	const struct sk_record_ask what = {.openings = openings};
	struct sk_buf body = SK_BUF(SK_RECORD_ASK_BYTES);
	int status = d->pump->here ? sk_record_put_ask(&what, &body) : SK_EIO;

	if (status == 0)
		status = sk_child_send(&d->child, SK_PLACE_SCRIBE, SK_RECORD_COPY, SK_PUMP_COPY,
		    sk_buf_slice(&body), &fd, 1);
	sk_buf_free(&body);
	return status;
}

void sk_pump_look(struct sk_desk *d)
{
	d->pump->again = true;
	if (!d->pump->refused)
		d->pump->look = 0;
}

/* A scribe that waits for its witnesses would refuse; it says when that is over. */
static bool can_append(const struct sk_pump *p)
{
	return p->here && p->phase == SK_PUMP_IDLE && p->state.state != SK_LEDGER_UNASKED;
}

int64_t sk_pump_due(const struct sk_desk *d)
{
	return can_append(d->pump) ? d->pump->look : INT64_MAX;
}

static uint32_t serial(const struct sk_pump *p, size_t i)
{
	return (p->epoch & 0x3fff) << 16 | (uint32_t)(i & 0xffff);
}

/* --- appending --- */

/* The entries of the first rows, as many as go into one message. */
static int write_entries(struct sk_pump *p, struct sk_buf *body)
{
	static char digits[SK_RECORD_BATCH][24];
	static struct sk_leaf leaf[SK_RECORD_BATCH];
	int status = 0;

	for (size_t i = 0; i < p->n && status == 0; i++)
		status =
		    sk_gate_entry(p->rows.row[i].number, p->rows.row[i].body, digits[i], &leaf[i]);
	if (status)
		return status;
	while ((status = sk_record_put_entries(leaf, p->n, body)) == SK_ELIMIT && p->n > 1) {
		sk_buf_free(body);
		*body = (struct sk_buf)SK_BUF(SK_CHANNEL_BODY);
		p->n /= 2;
	}
	for (size_t i = 0; i < p->n && status == 0; i++) {
		sk_pump_about_people(&leaf[i], &p->about[i]);
		sk_pump_wants(&leaf[i], &p->proof[p->nproofs]);
		p->row[p->nproofs] = i;
		p->nproofs += p->proof[p->nproofs].what != SK_PROVE_NOTHING;
	}
	return status;
}

static void append(struct sk_desk *d)
{
	struct sk_pump *p = d->pump;
	struct sk_buf body = SK_BUF(SK_CHANNEL_BODY);

	p->n = p->rows.n;
	int status = write_entries(p, &body);
	if (status == 0)
		status = sk_child_send(&d->child, SK_PLACE_SCRIBE, SK_RECORD_APPEND,
		    serial(p, 0xffff), sk_buf_slice(&body), NULL, 0);
	sk_buf_free(&body);
	if (status == 0) {
		p->phase = SK_PUMP_APPENDING;
		return;
	}
	if (status != SK_EIO)
		sk_desk_log("an entry for the ledger cannot be written (%d)", status);
	reset(p);
	p->look = sk_now_ms() + PAUSE_MS;
}

void sk_pump_tick(struct sk_desk *d)
{
	struct sk_pump *p = d->pump;

	if (!can_append(p) || p->look > sk_now_ms() || d->failed_until > sk_now_ms())
		return;
	p->refused = p->again = false;
	p->look = sk_now_ms() + LOOK_MS;
	int status = sk_outbox_read(d->db, SK_CHANNEL_LEDGER, SK_RECORD_BATCH, &p->rows);
	if (status)
		sk_desk_log("the outbox cannot be read: %s", sk_db_why(d->db));
	else if (p->rows.n)
		append(d);
	else
		sk_outbox_rows_free(&p->rows);
}

/* --- proofs --- */

static void ask_proofs(struct sk_desk *d)
{
	struct sk_pump *p = d->pump;

	while (p->asked < p->nproofs && p->asked - p->got < ASKED_AT_ONCE) {
		struct sk_proof_wanted *w = &p->proof[p->asked];
		const struct sk_record_ask ask = {
		    .index = w->index, .openings = w->what != SK_PROVE_END};
		struct sk_buf body = SK_BUF(SK_RECORD_ASK_BYTES);

		w->fd = sk_memfd("receipt");
		int status = w->fd < 0 ? SK_EIO : sk_record_put_ask(&ask, &body);
		if (status == 0)
			status = sk_child_send(&d->child, SK_PLACE_SCRIBE, SK_RECORD_RECEIPT,
			    serial(p, p->asked), sk_buf_slice(&body), &w->fd, 1);
		sk_buf_free(&body);
		if (status) { /* the scribe that comes next begins anew */
			reset(p);
			p->look = sk_now_ms() + PAUSE_MS;
			return;
		}
		p->asked++;
	}
}

/* --- marking --- */

/* When what the ledger holds about people behind an entry is erased. */
static int note(struct sk_desk *d, struct sk_db *db, const struct sk_outbox_row *row,
    const struct sk_pump_about *about)
{
	int64_t until = row->at + sk_desk_remembers(d);
	int status =
	    about->is ? sk_logged_add(db, about->of, row->number, about->dated ? until : 0) : 0;

	return status || !about->ends ? status : sk_logged_until(db, about->of, until);
}

static int run_mark(struct sk_gate *g, struct sk_arena *a, struct sk_act *act)
{
	struct sk_pump *p = act->desk->pump;
	int status = 0;

	for (size_t i = 0; i < p->nproofs && status == 0; i++)
		status = sk_pump_letter(g, a, &p->proof[i]);
	for (size_t i = 0; i < p->n && status == 0; i++)
		status = note(act->desk, g->db, &p->rows.row[i], &p->about[i]);
	return status ? status
		      : sk_outbox_mark(g->db, SK_CHANNEL_LEDGER, p->rows.row[p->n - 1].number);
}

static void marked(struct sk_act *act, int status)
{
	struct sk_desk *d = act->desk;
	struct sk_pump *p = d->pump;
	bool more = p->rows.n == SK_RECORD_BATCH || p->n < p->rows.n;

	if (status) {
		sk_desk_log("what is in the ledger cannot be marked: %s", sk_db_why(d->db));
		more = false;
	} else if (p->nproofs) {
		sk_links_look(d);
	}
	reset(p);
	p->look = more || p->again ? 0 : sk_now_ms() + (status ? PAUSE_MS : LOOK_MS);
	free(act);
}

static void mark(struct sk_desk *d)
{
	struct sk_act *act = calloc(1, sizeof(*act));

	if (act == NULL) {
		reset(d->pump);
		return;
	}
	act->run = run_mark;
	act->done = marked;
	d->pump->phase = SK_PUMP_MARKING;
	sk_desk_do(d, act);
}

static void prove_or_mark(struct sk_desk *d)
{
	struct sk_pump *p = d->pump;

	if (p->got == p->nproofs)
		mark(d);
	else
		ask_proofs(d);
}

/* --- what the scribe says --- */

static int serve_appended(void *ctx, struct sk_message *m)
{
	static struct sk_record_appended got;
	struct sk_desk *d = ctx;
	struct sk_pump *p = d->pump;

	if (m->serial != serial(p, 0xffff))
		return 0; /* of a batch that was begun anew */
	if (p->phase != SK_PUMP_APPENDING)
		return SK_EFORMAT;
	if (sk_record_get_appended(m->body, &got) || (got.status == 0 && got.n != p->n))
		return SK_EFORMAT;
	if (got.status) {
		sk_desk_log("the ledger takes no entries now (%d)", got.status);
		reset(p);
		p->refused = true;
		p->look = sk_now_ms() + PAUSE_MS;
		return 0;
	}
	for (size_t i = 0; i < p->nproofs; i++)
		p->proof[i].index = got.index[p->row[i]];
	p->phase = SK_PUMP_PROVING;
	prove_or_mark(d);
	return 0;
}

static int read_receipt(struct sk_proof_wanted *w)
{
	uint8_t piece[16384];
	ssize_t n = 0;

	while ((n = pread(w->fd, piece, sizeof(piece), (off_t)w->receipt.len)) > 0 &&
	       w->receipt.err == 0)
		sk_buf_put(&w->receipt, piece, (size_t)n);
	sk_close(&w->fd);
	return n < 0 || w->receipt.err ? SK_EFORMAT : 0;
}

static int serve_done(void *ctx, struct sk_message *m)
{
	struct sk_desk *d = ctx;
	struct sk_pump *p = d->pump;
	struct sk_record_done done;
	size_t i = m->serial & 0xffff;

	if ((m->serial & SK_PUMP_COPY) == SK_PUMP_COPY)
		return sk_record_get_done(m->body, &done) || m->serial != SK_PUMP_COPY
			   ? SK_EFORMAT
			   : sk_backup_ledger(d, done.status, done.number);
	if (m->serial & SK_PUMP_WITNESS)
		return sk_witness_done(d, m);
	if (m->serial & SK_PUMP_FORGET)
		return sk_forget_done(d, m);
	if ((i & 0xf000) == SK_PUMP_SEARCH)
		return sk_searches_proved(d, m);
	if (i >= SK_PUMP_PRINT && i != 0xffff)
		return sk_prints_proved(d, m);
	if (m->serial != serial(p, i))
		return 0;
	if (p->phase != SK_PUMP_PROVING || i >= p->asked || p->proof[i].fd < 0 ||
	    sk_record_get_done(m->body, &done))
		return SK_EFORMAT;
	if (done.status || read_receipt(&p->proof[i])) {
		sk_desk_log("entry %llu of the ledger has no proof (%d)",
		    (unsigned long long)p->proof[i].index, done.status);
		reset(p);
		p->look = sk_now_ms() + PAUSE_MS;
		return 0;
	}
	p->got++;
	prove_or_mark(d);
	return 0;
}

static int serve_state(void *ctx, struct sk_message *m)
{
	struct sk_desk *d = ctx;

	int status = sk_record_get_state(m->body, &d->pump->state);

	if (status == 0 && d->pump->state.state != SK_LEDGER_UNASKED)
		d->pump->asked_witnesses = 0;
	else if (status == 0 && d->pump->asked_witnesses == 0)
		sk_witness_asked(d);
	if (status == 0)
		d->pump->look = 0;
	return status;
}

const struct sk_permit sk_pump_permits[] = {
    {SK_RECORD_APPENDED, 1, 6, SK_CHANNEL_BODY, 0, serve_appended},
    {SK_RECORD_DONE, 1, SK_RECORD_DONE_BYTES, SK_RECORD_DONE_BYTES, 0, serve_done},
    {SK_RECORD_STATE, 1, SK_RECORD_STATE_BYTES, SK_RECORD_STATE_BYTES, 0, serve_state},
    {SK_RECORD_FOUND, 1, SK_RECORD_FOUND_BYTES, SK_RECORD_FOUND_BYTES, 0, sk_searches_found},
};
const size_t sk_pump_npermits = sizeof(sk_pump_permits) / sizeof(*sk_pump_permits);
