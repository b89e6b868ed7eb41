/* Static checks of the organisation: circles, vacancies, and approvers who would be requesters. Any process that reads a policy. */
#include "policy/load.h"
#include "policy/people.h"

static void check_department(struct sk_loading *l, const struct sk_department *d)
{
	const struct sk_department *up = d;

	for (unsigned depth = 0; up; depth++, up = up->in.to) {
		if (depth < SK_POLICY_DEPARTMENT_DEPTH)
			continue;
		sk_diag(l->diags, SK_DIAG_CIRCLE, d->named.where->source, d->in.token,
		    d->named.name, NULL);
		return;
	}
}

/* A requester counts on the day of the check; one who comes later, on his first day. */
static int32_t day_of(const struct sk_loading *l, const struct sk_member *m)
{
	return m->span.from != SK_DAY_NONE && m->span.from > l->today ? m->span.from : l->today;
}

static bool would_approve_himself(const struct sk_route *r, const struct sk_member *m)
{
	const struct sk_approval *a = &r->approve;

	return a->superior ? sk_member_may(m, SK_RIGHT_APPROVE) : sk_member_has_role(m, a->role.to);
}

static void check_requester(
    struct sk_loading *l, const struct sk_route *r, const struct sk_member *m)
{
	const struct sk_member *found[1];
	size_t first;

	if (sk_policy_approvers(l->policy, &r->approve, m, day_of(l, m), found, 1, &first))
		return;
	enum sk_diag_code code =
	    would_approve_himself(r, m) ? SK_DIAG_SELF_APPROVAL : SK_DIAG_NO_APPROVER;
	sk_diag(l->diags, code, m->named.where->source, &m->named.where->tokens[1], m->named.name,
	    r->named.name);
}

static void check_requesters(struct sk_loading *l, const struct sk_route *r)
{
	const struct sk_list *members = &l->policy->list[SK_KIND_MEMBER];

	for (size_t i = 0; i < members->n; i++) {
		const struct sk_member *m = members->v[i];
		bool gone = m->span.until != SK_DAY_NONE && m->span.until < l->today;
		if (!gone && sk_member_among(m, &r->departments, &r->roles))
			check_requester(l, r, m);
	}
}

static void check_member(struct sk_loading *l, const struct sk_member *m)
{
	if (sk_member_may(m, SK_RIGHT_APPROVE) && sk_member_may(m, SK_RIGHT_ADMIN))
		sk_diag(l->diags, SK_DIAG_RUNS_AND_APPROVES, m->named.where->source,
		    &m->named.where->tokens[1], m->named.name, NULL);
	if (sk_member_may(m, SK_RIGHT_APPROVE) && m->deputies.n == 0)
		sk_diag(l->diags, SK_DIAG_NO_DEPUTY, m->named.where->source,
		    &m->named.where->tokens[1], m->named.name, NULL);
}

void sk_check_people(struct sk_loading *l)
{
	const struct sk_list *list = l->policy->list;

	for (size_t i = 0; i < list[SK_KIND_DEPARTMENT].n; i++)
		check_department(l, list[SK_KIND_DEPARTMENT].v[i]);
	for (size_t i = 0; i < list[SK_KIND_MEMBER].n; i++)
		check_member(l, list[SK_KIND_MEMBER].v[i]);
	for (size_t i = 0; i < list[SK_KIND_ROUTE].n; i++) {
		const struct sk_route *r = list[SK_KIND_ROUTE].v[i];
		if (r->approve.wanted)
			check_requesters(l, r);
	}
}
