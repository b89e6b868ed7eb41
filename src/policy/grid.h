/*
 * Requests made up to see where two policies differ when none were recorded: every way between the zones and every
 * route by its name, for people of every kind and every class, each with one thing after the other that may be wrong
 * with an object; every flow. Pure. Any process that compares policies.
 */
#ifndef SK_POLICY_GRID_H
#define SK_POLICY_GRID_H

#include "policy/recorded.h"

typedef void sk_grid_each(void *user, const struct sk_recorded *r);

/* Each request is lent for the time of the call; its names belong to the policies. 0 or SK_ENOMEM. */
int sk_policy_grid(struct sk_arena *arena, const struct sk_policy *old, const struct sk_policy *new,
    int64_t now, sk_grid_each *each, void *user);

#endif
