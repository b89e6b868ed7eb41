/* Static checks of classes: nothing may be carried to where it may not lie. Any process that reads a policy. */
#include "policy/load.h"

static bool goes_down(const struct sk_route *r)
{
	const struct sk_zone *from = r->from.to, *to = r->to.to;

	return from->rank < to->rank;
}

/* Level 0 is the strictest, so a ceiling that admits more has the smaller level. */
static void check_route(struct sk_loading *l, const struct sk_route *r)
{
	const struct sk_zone *to = r->to.to;
	const struct sk_ceiling *holds = &to->holds[SK_CONFIDENTIALITY],
				*asks = &r->classes[SK_CONFIDENTIALITY];
	const struct sk_entry *e = r->named.where;

	if (!goes_down(r))
		return;
	if (holds->where == NULL)
		sk_diag(l->diags, SK_DIAG_CLASS_CEILING, to->named.where->source,
		    &to->named.where->tokens[1], to->named.name, NULL);
	if (asks->where == NULL)
		sk_diag(
		    l->diags, SK_DIAG_CLASS_MISSING, e->source, &e->tokens[1], r->named.name, NULL);
	else if (holds->where && asks->level < holds->level)
		sk_diag(l->diags, SK_DIAG_CLASS_HIGHER, e->source, asks->token, r->named.name,
		    to->named.name);
}

static void check_screen(struct sk_loading *l, const struct sk_route *r)
{
	const struct sk_route *files = r->files.to;

	if (files == NULL)
		return;
	/* Files come back from where the screen shows: against its direction. */
	if (files->carry != SK_CARRY_FILE || files->from.to != r->to.to ||
	    files->to.to != r->from.to)
		sk_diag(l->diags, SK_DIAG_NOT_FILE_ROUTE, r->named.where->source, r->files.token,
		    r->files.token->value, NULL);
}

void sk_check_classes(struct sk_loading *l)
{
	const struct sk_list *routes = &l->policy->list[SK_KIND_ROUTE];

	for (size_t i = 0; i < routes->n; i++) {
		const struct sk_route *r = routes->v[i];
		/* Through a screen pictures leave by the eye, not by the route. */
		if (r->carry != SK_CARRY_SCREEN)
			check_route(l, r);
		check_screen(l, r);
	}
}
