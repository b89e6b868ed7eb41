/* Who is who on a day: superiors, approvers, deputies. Pure. Any process that reads a policy. */
#ifndef SK_POLICY_PEOPLE_H
#define SK_POLICY_PEOPLE_H

#include "policy/policy.h"

/* Departments within departments. */
#define SK_POLICY_DEPARTMENT_DEPTH 16

/* What holds of a person on a day: his statement of that day; none: the first of all. NULL of NULL. */
const struct sk_member *sk_member_on(const struct sk_member *m, int32_t day);
/* Whether two statements are about one person. */
bool sk_member_same(const struct sk_member *a, const struct sk_member *b);
bool sk_member_has_role(const struct sk_member *m, const struct sk_role *role);
bool sk_member_may(const struct sk_member *m, enum sk_right right);
/* Whether a member may use what is said to be for these: of one of the departments, and with one of the roles. */
bool sk_member_among(
    const struct sk_member *m, const struct sk_refs *departments, const struct sk_refs *roles);

/* Whether his word counts on that day: he has a right, or a role that a route's approval names, or is deputy of somebody who has. */
bool sk_policy_trusts(const struct sk_policy *p, const struct sk_member *who, int32_t day);

/*
 * Who may approve for `who` on that day under a route's approval: for "superior" those with the right to approve in his
 * own department or, if there is none but him, in the next one above; else the holders of the role. The requester is
 * never among them, nor who may administer: whoever runs the posts approves nothing. The first *nfirst may do so at once, the rest are their deputies. Returns the number, at most max.
 */
size_t sk_policy_approvers(const struct sk_policy *p, const struct sk_approval *a,
    const struct sk_member *who, int32_t day, const struct sk_member **found, size_t max,
    size_t *nfirst);

#endif
