/* Statements by their names. Any process that reads a policy. */
#ifndef SK_POLICY_INDEX_H
#define SK_POLICY_INDEX_H

#include "policy/policy.h"

struct sk_index {
	struct sk_named **v; /* sorted by name; of equal names the first of the text stands first */
	size_t n;
};

/* NULL when memory is out. */
struct sk_index *sk_index_new(struct sk_arena *arena, const struct sk_list *list);
void *sk_index_find(const struct sk_index *index, const char *name);

#endif
