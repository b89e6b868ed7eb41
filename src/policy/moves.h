/*
 * Changes of the organisation by the day from which they hold (人事異動): who comes, goes, or has another department, role or
 * deputy from then on. They become text of a policy's file again, in which all else stays as it was; what the whole means,
 * and whether it is good, sk_policy_load() says then. Pure. The gate.
 */
#ifndef SK_POLICY_MOVES_H
#define SK_POLICY_MOVES_H

#include "policy/policy.h"

/* One person from one day on. What is NULL stays as it was; who is new needs title, department and roles. */
struct sk_move {
	const char *member; /* name in the policy */
	const char *title;
	const char *department;
	const char *roles;    /* names with ", " between them */
	const char *deputies; /* the same; "" for none any more */
	int32_t from;         /* SK_DAY_NONE, with nothing but `until`: he leaves */
	int32_t until;        /* his last day; SK_DAY_NONE: none is known */
	unsigned line;        /* of the text it was read from */
};

/* Lines of one text: a city's yearly transfers with room to spare. */
#define SK_MOVES_MOST 5000

/* The line that cannot be taken, why (a message id, with {1}), and what {1} stands for. */
struct sk_move_fault {
	unsigned line;
	const char *why;
	char what[80];
};

/*
 * One a line: member, title, department, roles, deputies, from, until, with tabs between them; several names with commas or
 * spaces; what is empty is not said, deputies "-" are none. Dates as in a policy. 0, SK_EFORMAT with *fault, SK_ENOMEM.
 */
int sk_moves_read(struct sk_arena *arena, struct sk_slice text, struct sk_move **v, size_t *n,
    struct sk_move_fault *fault);

/*
 * The text of `file`, one of the policy's, with these changes, appended to `out`. SK_EFORMAT with *fault: one that fits nobody,
 * or somebody who stands in another file. SK_ENOMEM.
 */
int sk_moves_apply(struct sk_arena *arena, const struct sk_policy *policy,
    const struct sk_source *file, const struct sk_move *v, size_t n, struct sk_buf *out,
    struct sk_move_fault *fault);

#endif
