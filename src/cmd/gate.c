/* sekisho-gate: a role of a post. The desk (desk/desk.h) at work: what its peers say is decided and kept here. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/notices.h"
#include "desk/peers.h"

static int begin(void *ctx)
{
	return sk_desk_open(ctx);
}

static void met(void *ctx, size_t place)
{
	struct sk_desk *d = ctx;

	if (place == SK_PLACE_SCRIBE)
		sk_pump_met(d);
	else if (place == SK_PLACE_SCANNER ||
		 (place >= SK_PLACE_WORKER && place < SK_PLACE_WORKER + SK_POST_WORKERS))
		sk_bench_met(d, place);
	else if (place >= SK_PLACE_LINK && place < SK_PLACE_LINK + SK_POST_LINKS)
		sk_links_met(d, place);
	else if (place == SK_PLACE_CONTROL || place == SK_PLACE_PORTAL)
		sk_asks_met(d, place);
	else if (place == SK_PLACE_LOGIN)
		sk_logins_met(d);
	else if (place == SK_PLACE_PRINTER)
		sk_prints_met(d);
}

/* Whoever waits for it is answered now, not when the next one comes. */
static void lost(void *ctx, size_t place)
{
	struct sk_desk *d = ctx;

	if (place == SK_PLACE_CONTROL || place == SK_PLACE_PORTAL)
		sk_asks_lost(d, place);
	else if (place == SK_PLACE_LOGIN)
		sk_logins_lost(d);
	else if (place == SK_PLACE_PRINTER)
		sk_prints_lost(d);
}

static int reload(void *ctx, int fd, char *text, size_t size)
{
	sk_links_keys(ctx);
	return sk_desk_policy_reload(ctx, fd, text, size);
}

static int64_t earliest(const struct sk_desk *d)
{
	const int64_t due[] = {sk_bench_due(d), sk_pump_due(d), sk_links_due(d), sk_round_due(d),
	    sk_asks_due(d), sk_gather_due(d), sk_notices_due(d), sk_logins_due(d),
	    sk_prints_due(d)};
	int64_t at = INT64_MAX;

	for (size_t i = 0; i < sizeof(due) / sizeof(*due); i++)
		at = due[i] < at ? due[i] : at;
	return at < d->failed_until ? d->failed_until : at;
}

static int until(void *ctx)
{
	struct sk_desk *d = ctx;
	int64_t now = sk_now_ms(), at = earliest(d);

	if (d->nacts)
		at = d->failed_until;
	if (at == INT64_MAX)
		return -1;
	return at <= now ? 0 : at - now > 60000 ? 60000 : (int)(at - now);
}

/* What was asked for is done first, so that what follows from it is seen in the same turn; workers are at work meanwhile. */
static void tick(void *ctx)
{
	struct sk_desk *d = ctx;

	sk_bench_give(d);
	if (d->nacts && d->failed_until <= sk_now_ms())
		sk_desk_commit(d);
	sk_bench_tick(d);
	sk_pump_tick(d);
	sk_links_tick(d);
	sk_round_tick(d);
	sk_asks_tick(d);
	sk_gather_tick(d);
	sk_notices_tick(d);
	sk_logins_tick(d);
	sk_prints_tick(d);
}

static bool finished(void *ctx)
{
	struct sk_desk *d = ctx;

	return d->nacts == 0 || d->failed_until > sk_now_ms();
}

int main(void)
{
	static struct sk_child_ops ops = {.begin = begin,
	    .met = met,
	    .lost = lost,
	    .reload = reload,
	    .until = until,
	    .tick = tick,
	    .finished = finished};
	static struct sk_desk d;
	int status;

	sk_desk_peers(ops.peers);
	status = sk_child_run(&d.child, &ops, &d);
	sk_desk_close(&d);
	return status;
}
