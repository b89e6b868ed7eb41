/*
 * What all tests of the policy share: an arena for each test, and reading a policy into it. Include it behind cmocka.h.
 * Tests alone.
 */
#ifndef SK_POLICY_TEST_READ_H
#define SK_POLICY_TEST_READ_H

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "policy/policy.h"

#define N "\n"
#define TODAY 20544 /* 2026-04-01 */

static struct sk_arena *arena;
static struct sk_diags diags;          /* of what was read last */
static const struct sk_policy *policy; /* NULL: it cannot be used */

static inline int setup(void **state)
{
	arena = sk_arena_new((size_t)64 << 20);
	return arena == NULL;
}

static inline int teardown(void **state)
{
	sk_arena_free(arena);
	arena = NULL;
	return 0;
}

static inline int load_on(struct sk_slice text, int32_t today)
{
	diags = (struct sk_diags){.arena = arena};
	policy = NULL;
	return sk_policy_load(arena, &diags, "p", text, NULL, NULL, today, &policy);
}

static inline void must_load_on(struct sk_slice text, int32_t today)
{
	if (load_on(text, today))
		fail_msg("%u: %s %s %s", diags.v[0].line, sk_diag_name(diags.v[0].code),
		    diags.v[0].a, diags.v[0].b);
}

/* The text of a buffer, in the arena, where a policy that is read from it stays. */
static inline struct sk_slice keep(struct sk_buf *text)
{
	struct sk_slice kept = sk_slice(sk_arena_dup(arena, text->p, text->len), text->len);

	sk_buf_free(text);
	return kept;
}

#endif
