/*
 * When the store forgets the people of a transfer, what the ledger keeps behind its commitments about them is erased, too;
 * every proof stays. pump.h. The gate.
 */
#include "desk/pump.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "store/logged.h"

#define EVERY_MS 20000

void sk_forget_met(struct sk_desk *d)
{
	d->pump->nforget = d->pump->forgotten = 0;
	d->pump->forget_epoch++;
}

static uint32_t serial(const struct sk_pump *p, size_t i)
{
	return SK_PUMP_FORGET | (p->forget_epoch & 0x3fff) << 16 | (uint32_t)i;
}

static int ask(struct sk_desk *d, size_t i)
{
	const struct sk_record_ask what = {.index = (uint64_t)d->pump->forget[i]};
	struct sk_buf body = SK_BUF(SK_RECORD_ASK_BYTES);
	int status = sk_record_put_ask(&what, &body);

	if (status == 0)
		status = sk_child_send(&d->child, SK_PLACE_SCRIBE, SK_RECORD_FORGET,
		    serial(d->pump, i), sk_buf_slice(&body), NULL, 0);
	sk_buf_free(&body);
	return status;
}

static void begin(struct sk_desk *d, const int64_t *numbers, size_t n)
{
	struct sk_pump *p = d->pump;

	p->forgotten = 0;
	p->nforget = n;
	memcpy(p->forget, numbers, n * sizeof(*numbers));
	for (size_t i = 0; i < n; i++)
		if (ask(d, i)) {
			sk_forget_met(d);
			return;
		}
}

void sk_forget_tick(struct sk_desk *d)
{
	struct sk_pump *p = d->pump;
	struct sk_arena *a;
	int64_t *numbers;
	size_t n = 0;

	if (!p->here || p->nforget || p->forget_at > sk_now_ms())
		return;
	p->forget_at = sk_now_ms() + EVERY_MS;
	a = sk_arena_new(65536);
	if (a && sk_logged_list(d->db, a, SK_PUMP_FORGETS, &numbers, &n) == 0 && n)
		begin(d, numbers, n);
	sk_arena_free(a);
}

/* --- done --- */

static int run(struct sk_gate *g, struct sk_arena *a, struct sk_act *act)
{
	const struct sk_pump *p = act->desk->pump;
	int status = 0;

	for (size_t i = 0; i < p->nforget && status == 0; i++)
		status = sk_logged_done(g->db, p->forget[i]);
	return status;
}

/* What could not be marked is erased once more, which changes nothing. */
static void done(struct sk_act *act, int status)
{
	struct sk_pump *p = act->desk->pump;

	if (status == 0 && p->nforget == SK_PUMP_FORGETS)
		p->forget_at = 0;
	sk_forget_met(act->desk);
	free(act);
}

static void mark(struct sk_desk *d)
{
	struct sk_act *act = calloc(1, sizeof(*act));

	if (act == NULL) {
		sk_forget_met(d);
		return;
	}
	act->run = run;
	act->done = done;
	sk_desk_do(d, act);
}

int sk_forget_done(struct sk_desk *d, struct sk_message *m)
{
	struct sk_pump *p = d->pump;
	struct sk_record_done what;
	size_t i = m->serial & 0xffff;

	if (sk_record_get_done(m->body, &what))
		return SK_EFORMAT;
	if (i >= p->nforget || m->serial != serial(p, i) || p->forgotten >= p->nforget)
		return 0; /* of an older scribe */
	if (what.status) {
		sk_desk_log(
		    "entry %lld cannot be erased (%d)", (long long)p->forget[i], what.status);
		sk_forget_met(d);
		return 0;
	}
	if (++p->forgotten == p->nforget)
		mark(d);
	return 0;
}
