/* What is denied by its own statement, what has ended, and connections that carry no transfer: deciding.h. Any process
 * that asks the policy. */
#include <string.h>

#include "policy/deciding.h"
#include "policy/people.h"
#include "policy/value.h"

/* --- from and until --- */

void sk_decide_span(struct sk_deciding *g, const struct sk_named *s, const struct sk_guard *guard)
{
	const struct sk_span *span = &guard->span;
	char day[SK_DAY_TEXT];

	if (span->from != SK_DAY_NONE && g->day < span->from) {
		sk_day_era(span->from, day);
		sk_deny(g, SK_WHY_NOT_YET, span->from_where ? span->from_where : s->where, s->name,
		    day);
	}
	if (span->until != SK_DAY_NONE && g->day > span->until) {
		sk_day_era(span->until, day);
		sk_deny(g, SK_WHY_ENDED, span->where ? span->where : s->where, s->name, day);
	}
	if (guard->approved_where && g->day < guard->approved_on) {
		sk_day_era(guard->approved_on, day);
		sk_deny(g, SK_WHY_APPROVED_LATER, guard->approved_where, s->name, day);
	}
}

/* --- from which terminal to which port --- */

static bool same_net(const struct sk_net *a, const struct sk_net *b)
{
	return sk_net_overlap(a, b) && a->prefix == b->prefix;
}

static bool among(const struct sk_nets *nets, const struct sk_net *n)
{
	for (size_t i = 0; i < nets->n; i++)
		if (same_net(&nets->v[i], n))
			return true;
	return false;
}

/* The first of them stands for all in the message. */
static void check_address(struct sk_deciding *g, const struct sk_nets *said, bool known,
    const struct sk_net *is, enum sk_fact fact, enum sk_why why, const struct sk_entry *where)
{
	char a[50], b[50];

	if (said->n == 0)
		return;
	if (!known) {
		sk_await(g, SK_HOLD_FACT, fact, where);
		return;
	}
	sk_net_text(is, a);
	sk_net_text(&said->v[0], b);
	if (!among(said, is))
		sk_deny(g, why, where, a, b);
}

static void mac_text(const struct sk_mac *mac, char text[20])
{
	snprintf(text, 20, "%02x:%02x:%02x:%02x:%02x:%02x", mac->b[0], mac->b[1], mac->b[2],
	    mac->b[3], mac->b[4], mac->b[5]);
}

static void check_mac(
    struct sk_deciding *g, const struct sk_guard *said, const struct sk_entry *where)
{
	char a[20], b[20];

	if (!said->has_mac)
		return;
	mac_text(&g->q->mac, a);
	mac_text(&said->mac, b);
	if (!g->q->has_mac)
		sk_await(g, SK_HOLD_FACT, SK_FACT_MAC, where);
	else if (memcmp(g->q->mac.b, said->mac.b, sizeof(said->mac.b)))
		sk_deny(g, SK_WHY_MAC, where, a, b);
}

static void check_port(
    struct sk_deciding *g, const struct sk_guard *said, const struct sk_entry *where)
{
	const struct sk_query *q = g->q;
	const char *is = q->udp == SK_YES ? "udp" : "tcp", *must = said->udp ? "udp" : "tcp";
	bool good = false;
	char a[40], b[40];

	if (said->nports == 0)
		return;
	if (q->port < 0 || q->udp == SK_NOT_KNOWN) {
		sk_await(g, SK_HOLD_FACT, SK_FACT_PORT, where);
		return;
	}
	for (unsigned i = 0; i < said->nports; i++)
		good |= q->port == said->ports[i] && said->udp == (q->udp == SK_YES);
	snprintf(a, sizeof(a), "%s %lld", is, (long long)q->port);
	snprintf(b, sizeof(b), "%s %u", must, said->ports[0]);
	if (!good)
		sk_deny(g, SK_WHY_PORT, where, a, b);
}

void sk_decide_guard(struct sk_deciding *g, const struct sk_named *s, const struct sk_guard *guard)
{
	const struct sk_entry *source = guard->source_where ? guard->source_where : s->where;
	const struct sk_entry *ports = guard->ports_where ? guard->ports_where : s->where;

	check_address(g, &guard->source, g->q->has_source, &g->q->source, SK_FACT_SOURCE,
	    SK_WHY_SOURCE, source);
	check_mac(g, guard, source);
	check_port(g, guard, ports);
}

/* --- denials --- */

static enum sk_effect type_matches(const struct sk_deciding *g, const struct sk_denial *d)
{
	const struct sk_query *q = g->q;
	bool hit = sk_type_in(&d->types, q->claimed) || sk_type_in(&d->types, q->found);

	if (d->types.n == 0)
		return SK_DENY;
	for (size_t i = 0; i < q->ncontains; i++)
		hit |= sk_type_in(&d->types, q->contains[i]);
	if (hit)
		return SK_DENY;
	return q->found == SK_FT_UNKNOWN || q->members < 0 ? SK_HOLD : SK_PASS;
}

static enum sk_effect person_matches(const struct sk_deciding *g, const struct sk_denial *d)
{
	if (d->departments.n == 0 && d->roles.n == 0)
		return SK_DENY;
	if (g->q->requester == NULL)
		return SK_HOLD;
	return g->who && sk_member_among(g->who, &d->departments, &d->roles) ? SK_DENY : SK_PASS;
}

static bool way_matches(const struct sk_deciding *g, const struct sk_denial *d)
{
	bool carry = d->carry < 0 || d->carry == g->q->ask;

	return carry && d->to.to == g->to && (d->from.to == g->from || d->from.to == g->origin) &&
	       sk_span_holds(&d->span, g->day);
}

static void check_denial(struct sk_deciding *g, const struct sk_denial *d)
{
	enum sk_effect type = type_matches(g, d), person = person_matches(g, d);

	if (!way_matches(g, d) || type == SK_PASS || person == SK_PASS)
		return;
	if (type == SK_HOLD)
		sk_await(g, SK_HOLD_FACT,
		    g->q->found == SK_FT_UNKNOWN ? SK_FACT_FOUND : SK_FACT_MEMBERS, d->named.where);
	if (person == SK_HOLD)
		sk_await(g, SK_HOLD_FACT, SK_FACT_REQUESTER, d->named.where);
	if (type == SK_DENY && person == SK_DENY)
		sk_deny(g, SK_WHY_DENIED, d->named.where, d->named.name, NULL);
}

void sk_decide_denials(struct sk_deciding *g)
{
	const struct sk_list *denials = &g->p->list[SK_KIND_DENIAL];

	for (size_t i = 0; i < denials->n; i++)
		check_denial(g, denials->v[i]);
}

/* --- flows --- */

static bool fits(const struct sk_deciding *g, const struct sk_flow *f)
{
	const struct sk_query *q = g->q;

	if (f->from.to != g->from || (q->route && strcmp(q->route, f->named.name)))
		return false;
	if (q->host)
		return f->host && strcmp(f->host, q->host) == 0;
	return f->host == NULL && f->to.to == g->to && g->to;
}

static void decide_one(struct sk_deciding *g, const struct sk_flow *f)
{
	g->d->duties.flow = f;
	sk_decide_span(g, &f->named, &f->guard);
	sk_decide_guard(g, &f->named, &f->guard);
	check_address(g, &f->destination, g->q->has_destination, &g->q->destination,
	    SK_FACT_DESTINATION, SK_WHY_DESTINATION, f->named.where);
	sk_permit(g, SK_WHY_FLOW_PERMITTED, f->named.where, f->named.name);
}

/* Of two that answer the same the name decides, not their order. */
static bool is_better(const struct sk_decision *a, const struct sk_decision *b)
{
	if (a->effect != b->effect)
		return a->effect < b->effect;
	return strcmp(a->duties.flow->named.name, b->duties.flow->named.name) < 0;
}

/*
 * A connection passes when any one flow permits it, as in a firewall; the answer is that of the flow that permits most,
 * on top of what applies to all of them.
 */
static void decide_best(struct sk_deciding *g)
{
	const struct sk_list *flows = &g->p->list[SK_KIND_FLOW];
	struct sk_decision best, before = *g->d;
	bool found = false;

	for (size_t i = 0; i < flows->n; i++) {
		if (!fits(g, flows->v[i]))
			continue;
		*g->d = before;
		decide_one(g, flows->v[i]);
		if (!found || is_better(g->d, &best))
			best = *g->d;
		found = true;
	}
	if (found)
		*g->d = best;
	else
		sk_deny(g, SK_WHY_NO_FLOW, &g->p->sources[0]->root, g->from->named.name,
		    g->q->host ? g->q->host : g->to->named.name);
}

void sk_decide_flow(struct sk_deciding *g)
{
	g->from = g->origin = sk_decide_zone(g, g->q->from, SK_FACT_FROM);
	if (g->q->host == NULL)
		g->to = sk_decide_zone(g, g->q->to, SK_FACT_TO);
	if (g->from == NULL || (g->to == NULL && g->q->host == NULL))
		return;
	if (g->to)
		sk_decide_denials(g);
	decide_best(g);
}
