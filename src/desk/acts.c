/* What is to be done in the store, many at once: desk.h. The gate. */
#include "desk/desk.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"

/* One transaction: what else waits has its turn behind it. */
#define AT_ONCE 128
#define PAUSE_MS 500 /* after the store failed */

void sk_desk_do(struct sk_desk *d, struct sk_act *act)
{
	act->desk = d;
	act->next = NULL;
	act->pin = -1;
	act->status = 0;
	*d->last = act;
	d->last = &act->next;
	d->nacts++;
}

void sk_desk_again(struct sk_act *act)
{
	struct sk_desk *d = act->desk;
	int pin = d->pin;

	d->pin = -1;
	sk_desk_do(d, act);
	act->pin = pin;
}

static size_t take(struct sk_desk *d, struct sk_act **v)
{
	size_t n = 0;

	for (; d->first && n < AT_ONCE; n++) {
		v[n] = d->first;
		d->first = v[n]->next;
	}
	if (d->first == NULL)
		d->last = &d->first;
	d->nacts -= n;
	return n;
}

/* Their bytes are on disk, all of them, or they fail with the reason. */
static void make_durable(struct sk_act **v, size_t n)
{
	struct sk_blob_writer *writer[AT_ONCE];
	struct sk_act *whose[AT_ONCE];
	struct sk_blob blob[AT_ONCE];
	int pin[AT_ONCE];
	size_t m = 0;

	for (size_t i = 0; i < n; i++)
		if (v[i]->writer) {
			whose[m] = v[i];
			writer[m++] = v[i]->writer;
			v[i]->writer = NULL;
		}
	int status = m ? sk_blob_end_all(writer, m, blob, pin) : 0;
	for (size_t i = 0; i < m; i++) {
		whose[i]->status = status;
		whose[i]->blob = blob[i];
		whose[i]->pin = status ? -1 : pin[i];
	}
}

static int run(struct sk_gate *g, struct sk_arena *a, void *ctx)
{
	struct sk_act *act = ctx;

	return act->run(g, a, act);
}

/* A failure of the store, not of what was wanted: everything else would fail as well. */
static bool stays(int status)
{
	return status == SK_EIO || status == SK_EBUSY || status == SK_ENOSPACE ||
	       status == SK_ENOMEM;
}

/* What its bytes became is kept from every sweep until it is over: it may be put once more. */
static void finish(struct sk_act *act, int status)
{
	struct sk_desk *d = act->desk;

	d->pin = act->pin;
	if (stays(status))
		d->failed_until = sk_now_ms() + PAUSE_MS;
	act->done(act, status);
	sk_close(&d->pin);
}

static void done(void *ctx, int status)
{
	finish(ctx, status);
}

static void run_all(struct sk_desk *d, struct sk_act **v, size_t n)
{
	struct sk_deed deed[AT_ONCE];

	for (size_t i = 0; i < n; i++)
		deed[i] = (struct sk_deed){run, done, v[i]};
	if (n == 0)
		return;
	sk_bench_ready(d);
	sk_gate_do(&d->gate, deed, n);
}

void sk_desk_commit(struct sk_desk *d)
{
	struct sk_act *v[AT_ONCE], *good[AT_ONCE];
	size_t n = take(d, v), m = 0;

	make_durable(v, n);
	for (size_t i = 0; i < n; i++)
		if (v[i]->status)
			finish(v[i], v[i]->status);
		else
			good[m++] = v[i];
	run_all(d, good, m);
}

void sk_desk_forget_acts(struct sk_desk *d)
{
	d->closing = true;
	while (d->first) {
		struct sk_act *act = d->first;
		d->first = act->next;
		if (act->writer)
			sk_blob_drop(act->writer);
		act->writer = NULL;
		sk_close(&act->pin);
		act->done(act, SK_EIO);
	}
	d->last = &d->first;
	d->nacts = 0;
}
