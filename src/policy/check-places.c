/* Static checks of networks, hosts, and of what touches the most protected zone. Any process that reads a policy. */
#include <string.h>

#include "policy/load.h"

static void check_pair(struct sk_loading *l, const struct sk_nets *a, const struct sk_nets *b,
    const struct sk_source *source, bool same)
{
	char one[50], other[50];

	for (size_t i = 0; i < b->n; i++) {
		for (size_t k = 0; k < (same ? i : a->n); k++) {
			if (!sk_net_overlap(&a->v[k], &b->v[i]))
				continue;
			sk_net_text(&b->v[i], one);
			sk_net_text(&a->v[k], other);
			sk_diag(l->diags, SK_DIAG_OVERLAP, source, b->token[i], one, other);
		}
	}
}

static void check_networks(struct sk_loading *l)
{
	const struct sk_list *zones = &l->policy->list[SK_KIND_ZONE];

	for (size_t i = 0; i < zones->n; i++) {
		const struct sk_zone *z = zones->v[i];
		check_pair(l, &z->networks, &z->networks, z->named.where->source, true);
		for (size_t k = 0; k < i; k++) {
			const struct sk_zone *other = zones->v[k];
			check_pair(
			    l, &other->networks, &z->networks, z->named.where->source, false);
		}
	}
}

static bool within(const struct sk_net *address, const struct sk_nets *nets)
{
	for (size_t i = 0; i < nets->n; i++)
		if (sk_net_overlap(&nets->v[i], address) && nets->v[i].prefix <= address->prefix)
			return true;
	return false;
}

static void need_within(struct sk_loading *l, const struct sk_nets *addresses,
    const struct sk_zone *z, const struct sk_source *source)
{
	char text[50];

	for (size_t i = 0; i < addresses->n; i++) {
		if (within(&addresses->v[i], &z->networks))
			continue;
		sk_net_text(&addresses->v[i], text);
		sk_diag(l->diags, SK_DIAG_HOST_OUTSIDE, source, addresses->token[i], text,
		    z->named.name);
	}
}

static void check_hosts(struct sk_loading *l)
{
	const struct sk_list *hosts = &l->policy->list[SK_KIND_HOST];

	for (size_t i = 0; i < hosts->n; i++) {
		const struct sk_host *h = hosts->v[i];
		for (size_t k = 0; k < h->n; k++)
			if (h->v[k]->zone.to)
				need_within(l, &h->v[k]->addresses, h->v[k]->zone.to,
				    h->named.where->source);
	}
}

/* What has to be said is asked for one by one, so that each is a message of its own. */
static void need_guard(struct sk_loading *l, const struct sk_named *s, const struct sk_guard *g,
    bool flow, bool approval)
{
	const struct {
		const char *word;
		bool said;
	} words[] = {{"source ADDRESS", g->source.n > 0}, {"mac", g->has_mac},
	    {flow ? "tcp / udp" : "tcp", g->nports > 0}, {"until", g->span.until != SK_DAY_NONE},
	    {"approved by … on …", g->approved_by != NULL}, {"approve by …", approval}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!words[i].said)
			sk_diag(l->diags, SK_DIAG_GUARDED, s->where->source, &s->where->tokens[1],
			    s->name, words[i].word);
}

static bool most_protected(const struct sk_ref *zone)
{
	const struct sk_zone *z = zone->to;

	return z && z->rank == 0;
}

static void check_guards(struct sk_loading *l)
{
	const struct sk_list *list = l->policy->list;

	for (size_t i = 0; i < list[SK_KIND_ROUTE].n; i++) {
		const struct sk_route *r = list[SK_KIND_ROUTE].v[i];
		if (most_protected(&r->from) || most_protected(&r->to))
			need_guard(l, &r->named, &r->guard, false, r->approve.wanted);
		need_within(l, &r->guard.source, r->from.to, r->named.where->source);
	}
	for (size_t i = 0; i < list[SK_KIND_FLOW].n; i++) {
		const struct sk_flow *f = list[SK_KIND_FLOW].v[i];
		need_guard(l, &f->named, &f->guard, true, true);
		need_within(l, &f->guard.source, f->from.to, f->named.where->source);
		if (f->to.to)
			need_within(l, &f->destination, f->to.to, f->named.where->source);
	}
}

void sk_check_places(struct sk_loading *l)
{
	check_networks(l);
	check_hosts(l);
	check_guards(l);
}
