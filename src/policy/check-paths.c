/*
 * Static checks of ways through several routes: what reaches a zone in two steps or more although no route leads there
 * directly was laundered, unless the last route says that it takes such things on. Any process that reads a policy.
 */
#include "policy/load.h"

bool sk_policy_leads(
    const struct sk_policy *p, const struct sk_zone *from, const struct sk_zone *to)
{
	const struct sk_list *routes = &p->list[SK_KIND_ROUTE];

	for (size_t i = 0; i < routes->n; i++) {
		const struct sk_route *r = routes->v[i];
		if (r->from.to == from && r->to.to == to && r->carry != SK_CARRY_SCREEN)
			return true;
	}
	return false;
}

static const struct sk_token *origin(const struct sk_route *r, const struct sk_zone *zone)
{
	for (size_t i = 0; i < r->origins.n; i++)
		if (r->origins.v[i].to == zone)
			return r->origins.v[i].token;
	return NULL;
}

/* Zones from which something can come to lie in `zone`, without passing `through`; a bit for each rank. */
static uint64_t sources_of(const struct sk_policy *p, const struct sk_zone *zone)
{
	const struct sk_list *routes = &p->list[SK_KIND_ROUTE];
	uint64_t reached = UINT64_C(1) << zone->rank, before;

	do {
		before = reached;
		for (size_t i = 0; i < routes->n; i++) {
			const struct sk_route *r = routes->v[i];
			const struct sk_zone *from = r->from.to, *to = r->to.to;
			if (r->carry != SK_CARRY_SCREEN && reached & UINT64_C(1) << to->rank)
				reached |= UINT64_C(1) << from->rank;
		}
	} while (reached != before);
	return reached;
}

static void check_route(struct sk_loading *l, const struct sk_route *r)
{
	const struct sk_list *zones = &l->policy->list[SK_KIND_ZONE];
	uint64_t sources = sources_of(l->policy, r->from.to);

	for (size_t i = 0; i < zones->n; i++) {
		const struct sk_zone *z = zones->v[i];
		bool reaches = sources & UINT64_C(1) << z->rank;
		if (!reaches || z == r->from.to || z == r->to.to ||
		    sk_policy_leads(l->policy, z, r->to.to) || origin(r, z))
			continue;
		sk_diag(l->diags, SK_DIAG_LAUNDER, r->named.where->source,
		    &r->named.where->tokens[1], z->named.name,
		    ((const struct sk_zone *)r->to.to)->named.name);
	}
}

/* What an explicit `deny` forbids cannot be taken on from another zone. */
static void check_denials(struct sk_loading *l, const struct sk_route *r)
{
	const struct sk_list *denials = &l->policy->list[SK_KIND_DENIAL];

	for (size_t i = 0; i < denials->n; i++) {
		const struct sk_denial *d = denials->v[i];
		const struct sk_token *t = origin(r, d->from.to);
		bool whole = d->types.n == 0 && d->departments.n == 0 && d->roles.n == 0;
		if (t && whole && d->to.to == r->to.to &&
		    (d->carry < 0 || d->carry == (int)r->carry))
			sk_diag(l->diags, SK_DIAG_ORIGIN_DENIED, r->named.where->source, t,
			    t->value, d->named.name);
	}
}

static void check_ends(struct sk_loading *l, const struct sk_named *s, const struct sk_ref *from,
    const struct sk_ref *to)
{
	if (from->to && from->to == to->to)
		sk_diag(l->diags, SK_DIAG_SAME_ZONE, s->where->source, to->token,
		    from->token->value, NULL);
}

void sk_check_paths(struct sk_loading *l)
{
	const struct sk_list *list = l->policy->list;

	for (size_t i = 0; i < list[SK_KIND_ROUTE].n; i++) {
		const struct sk_route *r = list[SK_KIND_ROUTE].v[i];
		check_ends(l, &r->named, &r->from, &r->to);
		if (r->carry == SK_CARRY_SCREEN)
			continue;
		check_route(l, r);
		check_denials(l, r);
	}
	for (size_t i = 0; i < list[SK_KIND_DENIAL].n; i++) {
		const struct sk_denial *d = list[SK_KIND_DENIAL].v[i];
		check_ends(l, &d->named, &d->from, &d->to);
	}
	for (size_t i = 0; i < list[SK_KIND_FLOW].n; i++) {
		const struct sk_flow *f = list[SK_KIND_FLOW].v[i];
		check_ends(l, &f->named, &f->from, &f->to);
	}
	for (size_t i = 0; i < list[SK_KIND_CROSSING].n; i++) {
		const struct sk_crossing *x = list[SK_KIND_CROSSING].v[i];
		check_ends(l, &x->named, &x->between[0], &x->between[1]);
	}
}
