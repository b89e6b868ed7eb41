/*
 * What people do with transfers. Who somebody is has been shown before (login, passkey); whether he may says the policy, and
 * here in addition: nobody decides about what he asked for himself. In the caller's transaction (batch.h). The gate.
 */
#ifndef SK_GATE_PEOPLE_H
#define SK_GATE_PEOPLE_H

#include "gate/receive.h"

/* One person's word about the output that he saw. Borrowed. */
struct sk_ballot {
	const char *member; /* his name in the policy */
	int login; /* enum sk_login: how he showed who he is; SK_LOGIN_PASSKEY only when his signature was verified */
	bool allow;
	unsigned
	    holds; /* bits of enum sk_hold, APPROVAL and LEAK: what it is about; 0: all of those for which it is held and he may */
	uint8_t output[32]; /* hash of what he saw */
	/* What his passkey signed about one of them, in the form of the ledger (doc/passkey.md, section 3); else nothing. */
	struct sk_slice assertion;
	const char *comment; /* or NULL */
	bool bulk;           /* it is about others as well: the policy must allow that */
};

/*
 * Count it, and go on. SK_ECHANGED: the output is another by now. SK_EREFUSED: it is not held for that, he may not decide
 * (yet), it is his own, he showed too little of himself, nobody has said its class yet and he says yes, or his word is about others, too,
 * and the policy does not allow that.
 */
int sk_gate_vote(struct sk_gate *g, struct sk_arena *a, const char *id,
    const struct sk_ballot *ballot, struct sk_transfer *after);

/* Whether his word would count now for one of the reasons for which a row is held: bits of enum sk_hold. For lists. */
int sk_gate_may_vote(struct sk_gate *g, struct sk_arena *a, const struct sk_transfer *t,
    const char *member, unsigned *holds);

/*
 * Whether one word may be about this and others: the policy says so of its route and class, and it is held for nothing that has to be
 * looked at by itself.
 */
int sk_gate_may_bulk(
    struct sk_gate *g, struct sk_arena *a, const struct sk_transfer *t, bool *bulk);

/* Say its class in one dimension, once: who asked for it, or somebody who may approve it. SK_EREFUSED: it has one, no such class, not his. */
int sk_gate_class(struct sk_gate *g, struct sk_arena *a, const char *id, const char *member,
    enum sk_dimension dimension, const char *class, struct sk_transfer *after);

/* A password for it, sealed for the workers where it lies: it is cleaned anew. By who asked for it, or its recipient, at its giver's
 * post, or at his own when that was told of it (waits.h). */
int sk_gate_password(struct sk_gate *g, struct sk_arena *a, const char *id, const char *member,
    struct sk_slice sealed, struct sk_transfer *after);
/* The same for a row that was read, whoever it is. Only src/gate. */
int sk_gate_take_password(
    struct sk_gate *g, struct sk_transfer *t, struct sk_gate_who who, struct sk_slice sealed);

/* Take it back, by who asked for it, until the other post has begun. */
int sk_gate_cancel(struct sk_gate *g, struct sk_arena *a, const char *id, const char *member,
    struct sk_transfer *after);

/* Bytes that were handed out and did not arrive count for nothing so often; from then on each counts when it begins. */
#define SK_GATE_INTERRUPTED 3

/*
 * Its recipient (where none is named: who asked for it) is handed its bytes here; after->output names the blob. *counted: it
 * has counted already, since too many were interrupted; otherwise sk_gate_collect() counts it when all of it has left. How many are
 * under way at one time is the caller's to see. SK_EREFUSED: it is not released, not his, too late, or fetched often enough.
 */
int sk_gate_hand(struct sk_gate *g, struct sk_arena *a, const char *id, const char *member,
    bool *counted, struct sk_transfer *after);
/* He is shown a page of it, which is told and counts for nothing. SK_EREFUSED: as above. */
int sk_gate_look(struct sk_gate *g, struct sk_arena *a, const char *id, const char *member,
    struct sk_transfer *after);
/* All that he was handed has left. SK_EREFUSED: nothing was, or it is over meanwhile: then nothing counts. */
int sk_gate_collect(struct sk_gate *g, struct sk_arena *a, const char *id, const char *member,
    struct sk_transfer *after);

#endif
