/* All statements of a policy, those of included files in the place of their `include`. Any process that reads a policy. */
#ifndef SK_POLICY_STATEMENTS_H
#define SK_POLICY_STATEMENTS_H

#include "policy/policy.h"

struct sk_statements {
	const struct sk_entry **v;
	size_t n, cap;
};

/* 0 or SK_ENOMEM. */
int sk_policy_statements(
    struct sk_arena *arena, const struct sk_policy *p, struct sk_statements *all);

/*
 * What tells one statement from another: its word and its name, "route file-in"; its word alone where there is one of
 * it. At most 200 bytes.
 */
#define SK_STATEMENT_KEY 200
void sk_statement_key(const struct sk_entry *e, char key[SK_STATEMENT_KEY]);

#endif
