/*
 * Proposed changes of the organisation (policy/moves.h), who decided about them, and whether they stand in the policy's file
 * yet. In the caller's transaction; only reading needs none. The gate.
 */
#ifndef SK_STORE_PROPOSAL_H
#define SK_STORE_PROPOSAL_H

#include "base/arena.h"
#include "store/db.h"

enum sk_proposal_state {
	SK_PROPOSAL_OPEN,
	SK_PROPOSAL_APPROVED, /* not in the file yet */
	SK_PROPOSAL_DONE,
	SK_PROPOSAL_DENIED,
	SK_PROPOSAL_STATES
};

struct sk_proposal {
	int64_t number;      /* set by the store */
	int64_t said;        /* ms, set by the store */
	const char *said_by; /* member; NULL: root */
	const char *moves;   /* lines of policy/moves.h; NULL in lists */
	const char *comment; /* NULL: none */
	struct sk_slice
	    policy; /* hash of the policy that it makes, as it was proposed or approved */
	enum sk_proposal_state state;
	int64_t decided; /* ms; 0: not yet */
	const char *decided_by;
};

extern const char *const sk_proposal_words[]; /* of the states */

#define SK_PROPOSALS_OPEN 50

/* SK_ELIMIT: enough of them are open. *number: of the new one. */
int sk_proposal_add(struct sk_db *db, const struct sk_proposal *p, int64_t *number);
/* SK_ENOENTRY. What is read lies in the arena. */
int sk_proposal_load(struct sk_db *db, struct sk_arena *a, int64_t number, struct sk_proposal *out);
/* The newest first, those before the number `before` (0: all); `state` SK_PROPOSAL_STATES: of any. Without their moves. */
int sk_proposal_list(struct sk_db *db, struct sk_arena *a, enum sk_proposal_state state,
    int64_t before, size_t most, struct sk_proposal **out, size_t *n);
/* From OPEN to APPROVED or DENIED; `policy`: the hash that is approved (else empty). SK_ECHANGED: it is not open any more. */
int sk_proposal_decide(struct sk_db *db, int64_t number, enum sk_proposal_state to, const char *by,
    struct sk_slice policy);
/* From APPROVED to OPEN: it would make another policy by now than the one that was approved. */
int sk_proposal_reopen(struct sk_db *db, int64_t number);
/* It stands in the file. */
int sk_proposal_done(struct sk_db *db, int64_t number);
/* Those that were decided about so many ms ago, or before, and need nothing any more: who moved where is forgotten. */
int sk_proposal_forget(struct sk_db *db, int64_t ms);

#endif
