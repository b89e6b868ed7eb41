/* Looking up the names of a policy when all of it is read. Any process that reads a policy. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/index.h"
#include "policy/load.h"

static const struct sk_token *name_token(const struct sk_named *s)
{
	return &s->where->tokens[s->where->ntokens > 1 ? 1 : 0];
}

static void tell_second(struct sk_loading *l, enum sk_diag_code code, const struct sk_named *first,
    const struct sk_named *second)
{
	char place[300];

	snprintf(place, sizeof(place), "%s:%u", first->where->source->name,
	    first->where->tokens[0].line);
	sk_diag(l->diags, code, second->where->source, name_token(second), second->name, place);
}

static int by_name_and_day(const void *a, const void *b)
{
	const struct sk_member *x = *(struct sk_member *const *)a,
			       *y = *(struct sk_member *const *)b;
	int order = strcmp(x->named.name, y->named.name);

	if (order == 0)
		order = (x->span.from > y->span.from) - (x->span.from < y->span.from);
	return order ? order
		     : (x->named.where > y->named.where) - (x->named.where < y->named.where);
}

/* The statements of each person in the order of their days; none may reach into the next. */
static void join_parts(struct sk_loading *l, struct sk_index *index)
{
	struct sk_member **v = (struct sk_member **)index->v;

	qsort(v, index->n, sizeof(*v), by_name_and_day);
	for (size_t i = 0; i < index->n; i++) {
		bool goes_on = i > 0 && strcmp(v[i - 1]->named.name, v[i]->named.name) == 0;
		v[i]->first = goes_on ? v[i - 1]->first : v[i];
		if (!goes_on)
			continue;
		v[i - 1]->next = v[i];
		if (v[i - 1]->span.until == SK_DAY_NONE || v[i - 1]->span.until >= v[i]->span.from)
			tell_second(l, SK_DIAG_PARTS, &v[i - 1]->named, &v[i]->named);
	}
}

static void build_index(struct sk_loading *l, enum sk_kind kind)
{
	struct sk_index *index = sk_index_new(l->arena, &l->policy->list[kind]);

	l->policy->index[kind] = index;
	if (index && kind == SK_KIND_MEMBER) {
		join_parts(l, index);
		return;
	}
	for (size_t i = 1; index && i < index->n; i++)
		if (strcmp(index->v[i - 1]->name, index->v[i]->name) == 0)
			tell_second(l, SK_DIAG_DUPLICATE, index->v[i - 1], index->v[i]);
}

static void resolve_names(struct sk_loading *l)
{
	for (size_t i = 0; i < l->npending; i++) {
		const struct sk_pending *p = &l->pending[i];
		const char *name = p->ref->token->value;
		p->ref->to = sk_policy_find(l->policy, p->kind, name);
		if (p->ref->to == NULL)
			sk_diag(l->diags, SK_DIAG_UNKNOWN, p->source, p->ref->token, name,
			    sk_kind_word(p->kind));
	}
}

static void resolve_classes(struct sk_loading *l)
{
	for (size_t i = 0; i < l->nclasses; i++) {
		const struct sk_pending_class *p = &l->classes[i];
		const char *level = p->ceiling->token->value;
		p->ceiling->level = sk_policy_level(l->policy, p->dimension, level);
		if (p->ceiling->level < 0)
			sk_diag(l->diags, SK_DIAG_UNKNOWN, p->source, p->ceiling->token, level,
			    sk_dimension_words[p->dimension]);
	}
}

/* `protect` names every zone once. */
static void rank_zones(struct sk_loading *l)
{
	struct sk_policy *p = l->policy;

	for (size_t i = 0; i < p->protect.n; i++) {
		struct sk_zone *z = sk_policy_find(p, SK_KIND_ZONE, p->protect.v[i].token->value);
		if (z && z->rank >= 0)
			sk_diag(l->diags, SK_DIAG_TWICE, p->protect_where->source,
			    p->protect.v[i].token, z->named.name, NULL);
		else if (z)
			z->rank = (int)i;
	}
	for (size_t i = 0; i < p->list[SK_KIND_ZONE].n && p->protect_where; i++) {
		const struct sk_zone *z = p->list[SK_KIND_ZONE].v[i];
		if (z->rank < 0)
			sk_diag(l->diags, SK_DIAG_PROTECT_ZONE, p->protect_where->source,
			    &p->protect_where->tokens[0], z->named.name, NULL);
	}
}

static void need_basics(struct sk_loading *l)
{
	const struct sk_policy *p = l->policy;

	if (p->city == NULL)
		sk_diag(l->diags, SK_DIAG_NO_CITY, p->sources[0], NULL, NULL, NULL);
	if (p->list[SK_KIND_ZONE].n < 2)
		sk_diag(l->diags, SK_DIAG_NO_ZONES, p->sources[0], NULL, NULL, NULL);
	if (p->protect_where == NULL)
		sk_diag(l->diags, SK_DIAG_NO_PROTECT, p->sources[0], NULL, NULL, NULL);
}

void sk_resolve(struct sk_loading *l)
{
	for (unsigned kind = 0; kind < SK_KINDS; kind++)
		build_index(l, kind);
	resolve_names(l);
	resolve_classes(l);
	rank_zones(l);
	if (!l->diags->errors)
		need_basics(l);
}
