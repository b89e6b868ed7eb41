/*
 * Changes of who is who (policy/moves.h): what policy they would make, and how they come into its file. Only src/desk looks in
 * here.
 */
#ifndef SK_DESK_ORGANISATION_H
#define SK_DESK_ORGANISATION_H

#include "desk/desk.h"
#include "policy/moves.h"

/* What some changes make. */
struct sk_organisation {
	struct sk_move *moves; /* as they were read, in the caller's arena */
	size_t n;
	struct sk_buf text; /* of the file */
	struct sk_desk_policy before,
	    after; /* after.policy NULL: it is not good, `why` says what is wrong */
	struct sk_move_fault fault; /* SK_EFORMAT: of the changes themselves */
	char why[SK_POST_TEXT];
};

/*
 * SK_EFORMAT with fault: a change that cannot be; SK_EREFUSED with why: this post's organisation is not changed so, or its files
 * cannot be read. To be dropped in every case.
 */
int sk_organisation_make(
    struct sk_desk *d, struct sk_arena *arena, struct sk_slice moves, struct sk_organisation *o);
void sk_organisation_drop(struct sk_organisation *o);
/* The text takes the file's place, whole or not at all. SK_EIO with why. */
int sk_organisation_write(struct sk_desk *d, struct sk_organisation *o);

#endif
