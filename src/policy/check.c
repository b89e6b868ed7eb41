/* What the parts of a policy mean together. Any process that reads a policy. */
#include <string.h>

#include "policy/load.h"

static const struct sk_token *word_of(const struct sk_entry *e)
{
	return &e->tokens[0];
}

static void watch_clauses(struct sk_loading *l)
{
	const struct sk_policy *p = l->policy;

	for (size_t i = 0; i < p->list[SK_KIND_CLAUSE].n; i++) {
		const struct sk_clause *clause = p->list[SK_KIND_CLAUSE].v[i];
		bool watched = false;
		for (size_t k = 0; k < p->list[SK_KIND_CONTROL].n && !watched; k++) {
			const struct sk_control *c = p->list[SK_KIND_CONTROL].v[k];
			for (size_t j = 0; j < c->clauses.n; j++)
				watched |= c->clauses.v[j].to == clause;
		}
		if (!watched)
			sk_diag(l->diags, SK_DIAG_NO_CONTROL, clause->named.where->source,
			    &clause->named.where->tokens[1], clause->named.name, NULL);
	}
}

static void tell_expired(struct sk_loading *l, const struct sk_named *s, const struct sk_span *span)
{
	char day[SK_DAY_TEXT];

	if (span->until == SK_DAY_NONE || span->until >= l->today || span->where == NULL)
		return;
	sk_day_era(span->until, day);
	sk_diag(l->diags, SK_DIAG_EXPIRED, span->where->source, word_of(span->where), s->name, day);
}

static void watch_ends(struct sk_loading *l)
{
	const struct sk_list *list = l->policy->list;

	for (size_t i = 0; i < list[SK_KIND_ROUTE].n; i++) {
		const struct sk_route *r = list[SK_KIND_ROUTE].v[i];
		tell_expired(l, &r->named, &r->guard.span);
	}
	for (size_t i = 0; i < list[SK_KIND_FLOW].n; i++) {
		const struct sk_flow *f = list[SK_KIND_FLOW].v[i];
		tell_expired(l, &f->named, &f->guard.span);
	}
}

void sk_check(struct sk_loading *l)
{
	sk_check_places(l);
	sk_check_classes(l);
	sk_check_paths(l);
	sk_check_people(l);
	watch_clauses(l);
	watch_ends(l);
}
