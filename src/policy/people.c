/* Who is who on a day: people.h. Any process that reads a policy. */
#include "policy/people.h"

const struct sk_member *sk_member_on(const struct sk_member *m, int32_t day)
{
	for (const struct sk_member *part = m ? m->first : NULL; part; part = part->next)
		if (sk_span_holds(&part->span, day))
			return part;
	return m ? m->first : NULL;
}

bool sk_member_same(const struct sk_member *a, const struct sk_member *b)
{
	return a && b && a->first == b->first;
}

bool sk_member_has_role(const struct sk_member *m, const struct sk_role *role)
{
	for (size_t i = 0; i < m->roles.n; i++)
		if (m->roles.v[i].to == role)
			return true;
	return false;
}

bool sk_member_may(const struct sk_member *m, enum sk_right right)
{
	for (size_t i = 0; i < m->roles.n; i++) {
		const struct sk_role *r = m->roles.v[i].to;
		if (r && r->rights & 1U << right)
			return true;
	}
	return false;
}

/* Whether a department is `in` or lies within it. */
static bool lies_within(const struct sk_department *d, const struct sk_department *in)
{
	for (unsigned depth = 0; d && depth < SK_POLICY_DEPARTMENT_DEPTH; depth++, d = d->in.to)
		if (d == in)
			return true;
	return false;
}

static bool in_one_of(const struct sk_member *m, const struct sk_refs *departments)
{
	for (size_t i = 0; i < departments->n; i++)
		if (lies_within(m->department.to, departments->v[i].to))
			return true;
	return departments->n == 0;
}

bool sk_member_among(
    const struct sk_member *m, const struct sk_refs *departments, const struct sk_refs *roles)
{
	bool role = roles->n == 0;

	for (size_t i = 0; i < roles->n; i++)
		role |= sk_member_has_role(m, roles->v[i].to);
	return role && in_one_of(m, departments);
}

/* --- whose word counts --- */

static bool approves(const struct sk_policy *p, const struct sk_role *role)
{
	const struct sk_list *routes = &p->list[SK_KIND_ROUTE];

	for (size_t i = 0; role && i < routes->n; i++)
		if (((const struct sk_route *)routes->v[i])->approve.role.to == role)
			return true;
	return false;
}

static bool has_say(const struct sk_policy *p, const struct sk_member *m)
{
	for (size_t i = 0; i < m->roles.n; i++) {
		const struct sk_role *r = m->roles.v[i].to;
		if (r && (r->rights || approves(p, r)))
			return true;
	}
	return false;
}

static bool is_deputy_of(const struct sk_member *who, const struct sk_member *m)
{
	for (size_t i = 0; i < m->deputies.n; i++)
		if (sk_member_same(who, m->deputies.v[i].to))
			return true;
	return false;
}

bool sk_policy_trusts(const struct sk_policy *p, const struct sk_member *who, int32_t day)
{
	const struct sk_list *members = &p->list[SK_KIND_MEMBER];
	bool trusts = has_say(p, sk_member_on(who, day));

	for (size_t i = 0; i < members->n && !trusts; i++) {
		const struct sk_member *m = members->v[i];
		trusts = sk_span_holds(&m->span, day) && is_deputy_of(who, m) && has_say(p, m);
	}
	return trusts;
}

/* --- who approves --- */

struct approvers {
	const struct sk_member *who, **v;
	int32_t day;
	size_t n, max;
};

/* Whoever runs the posts approves nothing, whatever else he is. */
static bool counts(const struct sk_member *m)
{
	return !sk_member_may(m, SK_RIGHT_ADMIN);
}

static void add(struct approvers *a, const struct sk_member *m)
{
	if (m == NULL || !counts(m) || sk_member_same(m, a->who) ||
	    !sk_span_holds(&m->span, a->day) || a->n == a->max)
		return;
	for (size_t i = 0; i < a->n; i++)
		if (sk_member_same(a->v[i], m))
			return;
	a->v[a->n++] = m;
}

static void add_superiors(
    struct approvers *a, const struct sk_policy *p, const struct sk_department *d)
{
	const struct sk_list *members = &p->list[SK_KIND_MEMBER];

	for (unsigned depth = 0; d && a->n == 0 && depth < SK_POLICY_DEPARTMENT_DEPTH; depth++) {
		for (size_t i = 0; i < members->n; i++) {
			const struct sk_member *m = members->v[i];
			if (m->department.to == d && sk_member_may(m, SK_RIGHT_APPROVE))
				add(a, m);
		}
		d = d->in.to;
	}
}

static void add_holders(struct approvers *a, const struct sk_policy *p, const struct sk_role *role)
{
	const struct sk_list *members = &p->list[SK_KIND_MEMBER];

	for (size_t i = 0; i < members->n; i++) {
		const struct sk_member *m = members->v[i];
		if (sk_member_has_role(m, role))
			add(a, m);
	}
}

/* Deputies of a superior who is the requester himself stand in for him, too. */
static void add_deputies(
    struct approvers *a, const struct sk_policy *p, const struct sk_approval *approval, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < a->v[i]->deputies.n; k++)
			add(a, sk_member_on(a->v[i]->deputies.v[k].to, a->day));
	bool himself = approval->superior ? sk_member_may(a->who, SK_RIGHT_APPROVE)
					  : sk_member_has_role(a->who, approval->role.to);
	for (size_t k = 0; himself && counts(a->who) && k < a->who->deputies.n; k++)
		add(a, sk_member_on(a->who->deputies.v[k].to, a->day));
}

size_t sk_policy_approvers(const struct sk_policy *p, const struct sk_approval *approval,
    const struct sk_member *who, int32_t day, const struct sk_member **found, size_t max,
    size_t *nfirst)
{
	struct approvers a = {.who = sk_member_on(who, day), .v = found, .day = day, .max = max};

	if (approval->superior)
		add_superiors(&a, p, a.who->department.to);
	else
		add_holders(&a, p, approval->role.to);
	*nfirst = a.n;
	if (approval->deputy_after >= 0)
		add_deputies(&a, p, approval, a.n);
	return a.n;
}
