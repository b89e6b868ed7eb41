/*
 * What the policy says to a request: decide.h. Here: how reasons are put together, which route is meant, and in which
 * order the parts are asked. Any process that asks the policy.
 */
#include <string.h>

#include "base/utf8.h"
#include "policy/deciding.h"
#include "policy/people.h"
#include "policy/when.h"

static const struct {
	const char *name, *text;
} whys[] =
    {
#define SK_WHY(id, code, text) {code, text},
#include "policy/decide.def"
#undef SK_WHY
},
  facts[] = {
      {"", ""},
#define SK_FACT(id, word, text) {word, text},
#include "policy/decide.def"
#undef SK_FACT
};

_Static_assert(SK_FACTS <= 32, "a bit for each fact");

const char *const sk_effect_words[] = {"pass", "hold", "deny", NULL};
const char *const sk_ask_words[] = {"file", "mail", "screen", "flow", NULL};
const char *const sk_known_words[] = {"unknown", "no", "yes", NULL};
const char *const sk_scan_words[] = {"unknown", "clean", "found", "failed", NULL};
const char *const sk_clip_words[] = {"none", "in", "out", NULL};
const char *const sk_hold_words[] = {
    "none", "fact", "password", "approval", "class", "leak", "scan", "space", "original", NULL};

const char *sk_why_name(enum sk_why why)
{
	return whys[why].name;
}

const char *sk_why_text(enum sk_why why)
{
	return whys[why].text;
}

const char *sk_fact_name(enum sk_fact fact)
{
	return facts[fact].name;
}

const char *sk_fact_text(enum sk_fact fact)
{
	return facts[fact].text;
}

void sk_query_init(struct sk_query *q)
{
	*q = (struct sk_query){.ask = -1, .login = -1, .port = SK_UNKNOWN, .size = SK_UNKNOWN};
	q->depth = q->members = q->pages = q->attached = q->unreadable = SK_UNKNOWN;
	for (unsigned i = 0; i < SK_LEAKS; i++)
		q->leaks[i] = SK_UNKNOWN;
	q->signatures = q->received = q->released = q->downloads = SK_UNKNOWN;
}

/* --- reasons --- */

/* Where it goes when all places are taken: never over the only reason for what is decided. */
static struct sk_reason *place(struct sk_decision *d, enum sk_effect effect)
{
	if (d->nreasons < SK_DECISION_REASONS)
		return &d->reasons[d->nreasons++];
	return effect > d->effect ? &d->reasons[SK_DECISION_REASONS - 1] : NULL;
}

static void add(struct sk_deciding *g, struct sk_reason reason, const char *a, const char *b)
{
	struct sk_reason *r = place(g->d, reason.effect);

	if (reason.effect > g->d->effect)
		g->d->effect = reason.effect;
	if (reason.effect == SK_HOLD)
		g->d->holds |= 1U << reason.hold;
	if (reason.fact != SK_FACT_NONE)
		g->d->awaits |= UINT32_C(1) << reason.fact;
	if (r == NULL)
		return;
	*r = reason;
	sk_utf8_display(r->a, sizeof(r->a), sk_slice_str(a ? a : ""));
	sk_utf8_display(r->b, sizeof(r->b), sk_slice_str(b ? b : ""));
}

void sk_deny(struct sk_deciding *g, enum sk_why why, const struct sk_entry *where, const char *a,
    const char *b)
{
	add(g, (struct sk_reason){.why = why, .effect = SK_DENY, .where = where}, a, b);
}

void sk_hold(struct sk_deciding *g, enum sk_hold hold, enum sk_why why,
    const struct sk_entry *where, const char *a, const char *b)
{
	add(g, (struct sk_reason){.why = why, .effect = SK_HOLD, .hold = hold, .where = where}, a,
	    b);
}

void sk_permit(struct sk_deciding *g, enum sk_why why, const struct sk_entry *where, const char *a)
{
	if (g->d->effect == SK_PASS)
		add(g, (struct sk_reason){.why = why, .effect = SK_PASS, .where = where}, a, NULL);
}

void sk_await(
    struct sk_deciding *g, enum sk_hold hold, enum sk_fact fact, const struct sk_entry *where)
{
	add(g,
	    (struct sk_reason){.why = SK_WHY_AWAITED,
		.effect = SK_HOLD,
		.hold = hold,
		.fact = fact,
		.where = where},
	    NULL, NULL);
}

const struct sk_entry *sk_line(const struct sk_deciding *g, const struct sk_entry *said)
{
	return said ? said : g->r->named.where;
}

bool sk_time_known(const struct sk_deciding *g, int64_t time)
{
	return time >= 0 && time <= g->now;
}

bool sk_type_in(const struct sk_types *types, enum sk_filetype type)
{
	for (size_t i = 0; i < types->n; i++)
		if (types->v[i] == type)
			return true;
	return false;
}

/* --- the way --- */

/* What nothing in the policy permits is denied by its first line: this is a policy. */
static const struct sk_entry *first_line(const struct sk_deciding *g)
{
	return &g->p->sources[0]->root;
}

const struct sk_zone *sk_decide_zone(struct sk_deciding *g, const char *name, enum sk_fact fact)
{
	const struct sk_zone *z = name ? sk_policy_find(g->p, SK_KIND_ZONE, name) : NULL;

	if (name == NULL)
		sk_await(g, SK_HOLD_FACT, fact, first_line(g));
	else if (z == NULL)
		sk_deny(g, SK_WHY_ZONE_UNKNOWN, g->p->protect_where, name, NULL);
	return z;
}

/* An original is asked for in the zone where it came in, under the route by which it did. */
static bool fits(const struct sk_deciding *g, const struct sk_route *r)
{
	bool here = g->q->original == SK_YES || r->to.to == g->to;

	return r->from.to == g->from && here && (int)r->carry == g->q->ask;
}

static const struct sk_route *named_route(struct sk_deciding *g)
{
	const struct sk_route *r = sk_policy_find(g->p, SK_KIND_ROUTE, g->q->route);

	if (r && fits(g, r))
		return r;
	if (r)
		sk_deny(g, SK_WHY_ROUTE_OTHER, r->named.where, r->named.name, NULL);
	else
		sk_deny(g, SK_WHY_ROUTE_UNKNOWN, first_line(g), g->q->route, NULL);
	return NULL;
}

/*
 * The one route between these zones for this kind. Nothing but these three is looked at: if a route that denies did not
 * count, a further condition on it could let another one permit.
 */
static const struct sk_route *only_route(struct sk_deciding *g)
{
	const struct sk_list *routes = &g->p->list[SK_KIND_ROUTE];
	const struct sk_route *found = NULL;
	bool several = false;

	for (size_t i = 0; i < routes->n; i++) {
		const struct sk_route *r = routes->v[i];
		if (!fits(g, r))
			continue;
		if (found)
			sk_deny(g, SK_WHY_AMBIGUOUS, r->named.where, r->named.name, NULL);
		several |= found != NULL;
		found = found ? found : r;
	}
	if (several)
		sk_deny(g, SK_WHY_AMBIGUOUS, found->named.where, found->named.name, NULL);
	else if (found == NULL)
		sk_deny(g, SK_WHY_NO_ROUTE, first_line(g), g->from->named.name, g->to->named.name);
	return several ? NULL : found;
}

/* What came through another zone is taken on only where that is said, or a route leads directly. */
static void check_origin(struct sk_deciding *g)
{
	const struct sk_route *r = g->r;

	if (g->origin == g->from || g->origin == g->to || sk_policy_leads(g->p, g->origin, g->to))
		return;
	for (size_t i = 0; i < r->origins.n; i++)
		if (r->origins.v[i].to == g->origin)
			return;
	sk_deny(g, SK_WHY_LAUNDERED, sk_line(g, r->origin_where), g->origin->named.name,
	    g->to->named.name);
}

/* --- the order --- */

static void check_clipboard(struct sk_deciding *g)
{
	enum sk_clip way = g->q->clipboard;
	const struct sk_route *r = g->r;

	if ((way == SK_CLIP_IN && !r->clipboard_in) || (way == SK_CLIP_OUT && !r->clipboard_out))
		sk_deny(g, SK_WHY_CLIPBOARD, sk_line(g, r->clipboard_where), NULL, NULL);
}

/* What lies at the receiver's side, or an original that was released, can be collected for some time, some times. */
static void check_collection(struct sk_deciding *g)
{
	const struct sk_query *q = g->q;
	const struct sk_route *r = g->r;
	char a[SK_TIME_TEXT], b[24];

	if (q->released == SK_UNKNOWN)
		return;
	if (!sk_time_known(g, q->released)) {
		sk_await(g, SK_HOLD_FACT, SK_FACT_RELEASED, sk_line(g, r->expire_where));
		return;
	}
	g->d->duties.expire_at = q->released + r->expire;
	sk_time_era(g->d->duties.expire_at, a);
	if (g->now > g->d->duties.expire_at)
		sk_deny(g, SK_WHY_EXPIRED, sk_line(g, r->expire_where), a, NULL);
	if (q->downloads < 0)
		sk_await(g, SK_HOLD_FACT, SK_FACT_DOWNLOADS, sk_line(g, r->expire_where));
	snprintf(a, sizeof(a), "%lld", (long long)q->downloads);
	snprintf(b, sizeof(b), "%u", r->downloads);
	if (q->downloads >= (int64_t)r->downloads)
		sk_deny(g, SK_WHY_DOWNLOADS, sk_line(g, r->expire_where), a, b);
}

static void decide_on_route(struct sk_deciding *g)
{
	const struct sk_query *q = g->q;

	g->d->duties.route = g->r;
	sk_decide_span(g, &g->r->named, &g->r->guard);
	sk_decide_guard(g, &g->r->named, &g->r->guard);
	sk_decide_requester(g);
	if (q->original == SK_YES) {
		sk_decide_original(g);
		check_collection(g);
	} else if (q->ask == SK_ASK_SCREEN) {
		check_clipboard(g);
	} else {
		check_origin(g);
		sk_decide_object(g);
		sk_decide_results(g);
		sk_decide_scan(g);
		sk_decide_approval(g);
		check_collection(g);
	}
	sk_permit(g, SK_WHY_PERMITTED, g->r->named.where, g->r->named.name);
}

static void decide_transfer(struct sk_deciding *g)
{
	const struct sk_query *q = g->q;

	g->from = sk_decide_zone(g, q->from, SK_FACT_FROM);
	g->to = sk_decide_zone(g, q->to, SK_FACT_TO);
	g->origin = q->origin ? sk_decide_zone(g, q->origin, SK_FACT_FROM) : g->from;
	if (g->from == NULL || g->to == NULL || g->origin == NULL)
		return;
	g->who = q->requester
		     ? sk_member_on(sk_policy_find(g->p, SK_KIND_MEMBER, q->requester), g->day)
		     : NULL;
	sk_decide_denials(g);
	g->r = q->route ? named_route(g) : only_route(g);
	if (g->r)
		decide_on_route(g);
}

static void clear(struct sk_decision *d)
{
	*d = (struct sk_decision){.effect = SK_PASS};
	d->duties.method = d->duties.attached_method = -1;
	d->duties.password_until = d->duties.keep_until = d->duties.expire_at = SK_UNKNOWN;
}

void sk_decide(
    const struct sk_policy *p, const struct sk_query *q, int64_t now, struct sk_decision *d)
{
	struct sk_deciding g = {.p = p, .q = q, .now = now, .d = d};

	clear(d);
	if (now < 0 || now > SK_TIME_MOST) {
		sk_deny(&g, SK_WHY_CLOCK, first_line(&g), NULL, NULL);
		return;
	}
	g.day = sk_day_of(now);
	if (q->ask < 0 || q->ask >= SK_ASKS)
		sk_await(&g, SK_HOLD_FACT, SK_FACT_ASK, first_line(&g));
	else if (q->ask == SK_ASK_FLOW)
		sk_decide_flow(&g);
	else
		decide_transfer(&g);
}
