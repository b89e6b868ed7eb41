/* Requests made up to compare two policies: grid.h. Any process that compares policies. */
#include "policy/grid.h"

#include <string.h>

#include "base/err.h"
#include "policy/decide.h"
#include "policy/people.h"

#define DAY ((int64_t)86400)
#define MOST_PEOPLE 16
#define MOST_DAYS 64
#define MOST_TYPES 24

struct names {
	const char **v;
	size_t n, cap;
};

struct grid {
	struct sk_arena *arena;
	const struct sk_policy *of[2]; /* old and new */
	int64_t now;
	sk_grid_each *each;
	void *user;
	struct names zones, people, levels;
	int32_t days[MOST_DAYS]; /* on which something begins or ends */
	size_t ndays;
	enum sk_filetype types[MOST_TYPES]; /* of which either policy speaks */
	size_t ntypes;
};

/* --- what either policy speaks of --- */

static void add_name(struct grid *g, struct names *to, const char *name)
{
	for (size_t i = 0; i < to->n; i++)
		if (strcmp(to->v[i], name) == 0)
			return;
	const char **v = sk_arena_grow(g->arena, to->v, &to->cap, to->n + 1, sizeof(*v));
	if (v == NULL)
		return;
	to->v = v;
	v[to->n++] = name;
}

static void add_types(struct grid *g, const struct sk_types *types)
{
	for (size_t i = 0; i < types->n; i++) {
		bool there = g->ntypes == MOST_TYPES;
		for (size_t k = 0; k < g->ntypes; k++)
			there |= g->types[k] == types->v[i];
		if (!there)
			g->types[g->ntypes++] = types->v[i];
	}
}

static void add_day(struct grid *g, int32_t day)
{
	for (size_t i = 0; i < g->ndays; i++)
		if (g->days[i] == day)
			return;
	if (day > 0 && g->ndays < MOST_DAYS)
		g->days[g->ndays++] = day;
}

/* The first day and the last, and those beside them. */
static void add_span(struct grid *g, const struct sk_span *span)
{
	if (span->from != SK_DAY_NONE)
		add_day(g, span->from - 1), add_day(g, span->from);
	if (span->until != SK_DAY_NONE)
		add_day(g, span->until), add_day(g, span->until + 1);
}

/* The first of the organisation for whom a statement is meant. */
static void add_member_among(struct grid *g, const struct sk_policy *p,
    const struct sk_refs *departments, const struct sk_refs *roles)
{
	const struct sk_list *members = &p->list[SK_KIND_MEMBER];

	for (size_t i = 0; i < members->n && g->people.n < MOST_PEOPLE; i++) {
		const struct sk_member *m = members->v[i];
		if (sk_member_among(m, departments, roles)) {
			add_name(g, &g->people, m->named.name);
			return;
		}
	}
}

/* One of each role, and of all whom a route or a denial names. */
static void add_people(struct grid *g, const struct sk_policy *p)
{
	static const struct sk_refs all;

	for (size_t i = 0; i < p->list[SK_KIND_ROLE].n; i++) {
		struct sk_ref role = {.to = p->list[SK_KIND_ROLE].v[i]};
		struct sk_refs roles = {.v = &role, .n = 1};
		add_member_among(g, p, &all, &roles);
	}
	for (size_t i = 0; i < p->list[SK_KIND_ROUTE].n; i++) {
		const struct sk_route *r = p->list[SK_KIND_ROUTE].v[i];
		add_member_among(g, p, &r->departments, &r->roles);
	}
	for (size_t i = 0; i < p->list[SK_KIND_DENIAL].n; i++) {
		const struct sk_denial *d = p->list[SK_KIND_DENIAL].v[i];
		add_member_among(g, p, &d->departments, &d->roles);
	}
}

static void add_statements(struct grid *g, const struct sk_policy *p)
{
	for (size_t i = 0; i < p->list[SK_KIND_ZONE].n; i++)
		add_name(
		    g, &g->zones, ((const struct sk_zone *)p->list[SK_KIND_ZONE].v[i])->named.name);
	for (size_t i = 0; i < p->list[SK_KIND_ROUTE].n; i++) {
		const struct sk_route *r = p->list[SK_KIND_ROUTE].v[i];
		add_types(g, &r->types);
		add_span(g, &r->guard.span);
	}
	for (size_t i = 0; i < p->list[SK_KIND_DENIAL].n; i++) {
		const struct sk_denial *d = p->list[SK_KIND_DENIAL].v[i];
		add_types(g, &d->types);
		add_span(g, &d->span);
	}
	for (size_t i = 0; i < p->list[SK_KIND_FLOW].n; i++)
		add_span(g, &((const struct sk_flow *)p->list[SK_KIND_FLOW].v[i])->guard.span);
	const struct sk_scheme *s =
	    sk_policy_find(p, SK_KIND_SCHEME, sk_dimension_words[SK_CONFIDENTIALITY]);
	for (size_t i = 0; s && i < s->nlevels; i++)
		add_name(g, &g->levels, s->levels[i]->value);
}

/* --- one thing after the other --- */

static void ask(struct grid *g, const struct sk_recorded *r)
{
	g->each(g->user, r);
}

#define ASK(g, base, change) \
	do { \
		struct sk_recorded r = *(base); \
		struct sk_query *q = &r.request; \
		(void)q; \
		change; \
		ask(g, &r); \
	} while (0)

static void vary_object(struct grid *g, const struct sk_recorded *base)
{
	for (size_t i = 0; i < g->ntypes; i++)
		ASK(g, base, q->claimed = q->found = g->types[i]);
	for (unsigned i = 0; i < SK_LEAKS; i++)
		ASK(g, base, q->leaks[i] = 1);
	ASK(g, base, q->unreadable = 1);
	ASK(g, base, (q->encrypted = SK_YES, q->opened = SK_NO));
	ASK(g, base, q->encrypted = q->opened = SK_YES);
	ASK(g, base, q->cleaned[SK_STEP_REBUILD] = SK_NO);
	ASK(g, base, q->cleaned[SK_STEP_REBUILD] = q->cleaned[SK_STEP_FLATTEN] = SK_NO);
	ASK(g, base, q->cleaned[SK_STEP_TEXT] = SK_NO);
	ASK(g, base, q->attached = 1);
	ASK(g, base,
	    (q->attached = 1, memset(q->attached_cleaned, 0, sizeof(q->attached_cleaned)),
		q->attached_cleaned[0] = q->attached_cleaned[1] = q->attached_cleaned[2] = SK_NO));
	ASK(g, base, q->scan = SK_SCAN_FAILED);
	ASK(g, base, q->scan = SK_SCAN_FOUND);
	for (int64_t days = 1; days <= 32; days *= 2)
		ASK(g, base, q->signatures = days * DAY);
}

static void vary_person(struct grid *g, const struct sk_recorded *base)
{
	for (int login = 0; login < SK_LOGIN_PASSKEY; login++)
		ASK(g, base, q->login = login);
	for (size_t i = 0; i < g->zones.n; i++)
		ASK(g, base, q->origin = g->zones.v[i]);
	ASK(g, base, q->clipboard = SK_CLIP_IN);
	ASK(g, base, q->clipboard = SK_CLIP_OUT);
	ASK(g, base, (q->original = SK_YES, q->to = q->from));
	for (size_t i = 0; i < g->ndays; i++)
		ASK(g, base, (r.time = g->days[i] * DAY, q->received = r.time - DAY));
}

/* Beside what either policy sets as a limit on this way. */
static void vary_limits(
    struct grid *g, const struct sk_recorded *base, const struct sk_route *route)
{
	for (int more = 0; more <= 1; more++) {
		ASK(g, base, q->size = (int64_t)route->limits.size + more);
		ASK(g, base, q->depth = (int64_t)route->limits.depth + more);
		ASK(g, base, q->members = (int64_t)route->limits.members + more);
		ASK(g, base, q->pages = (int64_t)route->limits.pages + more);
		ASK(g, base, q->signatures = route->signatures_age + more);
		ASK(g, base, (q->released = g->now - route->expire - more, q->downloads = 0));
		ASK(g, base,
		    (q->released = g->now, q->downloads = (int64_t)route->downloads - more));
		ASK(g, base,
		    (q->received = g->now - route->password_wait - more, q->encrypted = SK_YES));
		ASK(g, base,
		    (q->received = g->now - route->keep - more, q->original = SK_YES,
			q->to = q->from));
	}
}

/* All who may say yes do, or the first alone. */
static void vary_votes(struct grid *g, const struct sk_recorded *base, const struct sk_decision *d)
{
	const struct sk_duties *duties = &d->duties;
	struct sk_recorded r = *base;
	struct sk_query *q = &r.request;

	for (size_t i = 0; i < duties->napprovers && q->nvotes + 1 < SK_QUERY_VOTES; i++) {
		const char *name = duties->approvers[i].member->named.name;
		q->votes[q->nvotes++] =
		    (struct sk_vote){name, SK_HOLD_APPROVAL, SK_YES, SK_YES, base->time};
		if (i == 0) {
			ask(g, &r);
			q->votes[q->nvotes - 1].passkey = SK_NO;
			ask(g, &r);
			q->votes[q->nvotes - 1].passkey = SK_YES;
		}
	}
	if (q->nvotes == base->request.nvotes)
		return;
	ask(g, &r);
	vary_object(g, &r);
	vary_person(g, &r);
}

static bool may_release(const struct grid *g, const char *name)
{
	bool may = false;

	for (int i = 0; i < 2; i++) {
		const struct sk_member *m =
		    sk_member_on(sk_policy_find(g->of[i], SK_KIND_MEMBER, name), sk_day_of(g->now));
		may |= m && sk_member_may(m, SK_RIGHT_ORIGINAL);
	}
	return may;
}

/* The first who may release an original does, without a passkey and with one. */
static void vary_release(struct grid *g, const struct sk_recorded *base)
{
	const char *requester = base->request.requester;
	size_t i = 0;

	while (i < g->people.n &&
	       (strcmp(g->people.v[i], requester) == 0 || !may_release(g, g->people.v[i])))
		i++;
	for (int known = SK_NO; i < g->people.n && known <= SK_YES; known++)
		ASK(g, base,
		    (q->original = SK_YES, q->to = q->from, q->nvotes = 1,
			q->votes[0] = (struct sk_vote){g->people.v[i], SK_HOLD_ORIGINAL, SK_YES,
			    (enum sk_known)known, base->time}));
}

static void vary(struct grid *g, const struct sk_recorded *base)
{
	struct sk_decision d;

	ask(g, base);
	vary_object(g, base);
	vary_person(g, base);
	vary_release(g, base);
	for (int i = 0; i < 2; i++) {
		sk_decide(g->of[i], &base->request, base->time, &d);
		if (d.duties.route)
			vary_limits(g, base, d.duties.route);
		vary_votes(g, base, &d);
	}
}

/* --- ways --- */

static void each_class(struct grid *g, struct sk_recorded *base)
{
	for (size_t i = 0; i <= g->levels.n; i++) {
		base->request.classes[SK_CONFIDENTIALITY] = i < g->levels.n ? g->levels.v[i] : NULL;
		vary(g, base);
	}
}

static void add_way(struct grid *g, int kind, const char *from, const char *to, const char *route)
{
	struct sk_recorded base;

	for (size_t i = 0; i < g->people.n; i++) {
		sk_recorded_init(&base);
		base.time = g->now;
		base.request.ask = kind;
		base.request.from = from;
		base.request.to = to;
		base.request.route = route;
		base.request.requester = g->people.v[i];
		base.request.claimed = SK_FT_DOCX;
		sk_recorded_assume(&base, g->now - DAY);
		if (kind == SK_ASK_SCREEN)
			vary_person(g, &base), ask(g, &base);
		else
			each_class(g, &base);
	}
}

static void add_ways(struct grid *g)
{
	for (int kind = 0; kind < SK_ASK_FLOW; kind++)
		for (size_t i = 0; i < g->zones.n; i++)
			for (size_t k = 0; k < g->zones.n; k++)
				if (i != k)
					add_way(g, kind, g->zones.v[i], g->zones.v[k], NULL);
}

static void add_routes(struct grid *g, const struct sk_policy *p)
{
	for (size_t i = 0; i < p->list[SK_KIND_ROUTE].n; i++) {
		const struct sk_route *r = p->list[SK_KIND_ROUTE].v[i];
		add_way(g, (int)r->carry, r->from.token->value, r->to.token->value, r->named.name);
	}
}

/* --- flows --- */

static void vary_flow(struct grid *g, const struct sk_recorded *base)
{
	ask(g, base);
	ASK(g, base, q->source.addr[3] ^= 1);
	ASK(g, base, q->mac.b[5] ^= 1);
	ASK(g, base, q->destination.addr[3] ^= 1);
	ASK(g, base, q->port ^= 1);
	ASK(g, base, q->udp = q->udp == SK_YES ? SK_NO : SK_YES);
	for (size_t i = 0; i < g->ndays; i++)
		ASK(g, base, r.time = g->days[i] * DAY);
}

static void add_flow(struct grid *g, const struct sk_flow *f)
{
	struct sk_recorded base;
	struct sk_query *q = &base.request;

	sk_recorded_init(&base);
	base.time = g->now;
	q->ask = SK_ASK_FLOW;
	q->from = f->from.token->value;
	q->to = f->host ? NULL : f->to.token->value;
	q->host = f->host;
	q->mac = f->guard.mac;
	q->udp = f->guard.udp ? SK_YES : SK_NO;
	q->has_source = q->has_mac = q->has_destination = true;
	for (size_t i = 0; i < f->guard.source.n; i++)
		for (size_t k = 0; k < f->destination.n; k++)
			for (unsigned p = 0; p < f->guard.nports; p++) {
				q->source = f->guard.source.v[i];
				q->destination = f->destination.v[k];
				q->port = f->guard.ports[p];
				vary_flow(g, &base);
			}
}

int sk_policy_grid(struct sk_arena *arena, const struct sk_policy *old, const struct sk_policy *new,
    int64_t now, sk_grid_each *each, void *user)
{
	struct grid g = {.arena = arena, .of = {old, new}, .now = now, .each = each, .user = user};

	for (int i = 0; i < 2; i++) {
		add_statements(&g, g.of[i]);
		add_people(&g, g.of[i]);
	}
	if (sk_arena_failed(arena))
		return SK_ENOMEM;
	add_ways(&g);
	for (int i = 0; i < 2; i++) {
		add_routes(&g, g.of[i]);
		for (size_t k = 0; k < g.of[i]->list[SK_KIND_FLOW].n; k++)
			add_flow(&g, g.of[i]->list[SK_KIND_FLOW].v[k]);
	}
	return 0;
}
