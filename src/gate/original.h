/*
 * Requests for an original (原本取り寄せ): it is released in the zone where it came in, to who asked for it, by somebody who may.
 * A table of states of their own (SK_ORIGINAL in state.def), in which nothing leads to another zone. In the caller's
 * transaction (batch.h). The gate.
 */
#ifndef SK_GATE_ORIGINAL_H
#define SK_GATE_ORIGINAL_H

#include "gate/people.h"
#include "store/original.h"

/*
 * By its recipient at a post where it did not come in: the other one is asked to release it there, in a letter; whether it does is
 * told and collected there alone. *where is that zone, in the arena. SK_EREFUSED: it is none of his, or came in here; SK_EARG:
 * the reason fits no letter.
 */
int sk_gate_want_original(struct sk_gate *g, struct sk_arena *a, const char *transfer,
    const char *member, const char *reason, const char **where);
/*
 * By who asked for the transfer, or its recipient; asked again before it is over, or fetched as often as it may be, it is the same request. SK_EREFUSED: it did
 * not come in here, is kept no more, was asked for too often, or the policy denies it.
 */
int sk_gate_ask_original(struct sk_gate *g, struct sk_arena *a, const char *transfer,
    const char *member, int login, const char *reason, struct sk_original *after);
/* As sk_gate_vote(); holds and output of the ballot are not looked at, an assertion is about hold "original" (signed.h). */
int sk_gate_vote_original(struct sk_gate *g, struct sk_arena *a, const char *id,
    const struct sk_ballot *ballot, struct sk_original *after);
int sk_gate_cancel_original(struct sk_gate *g, struct sk_arena *a, const char *id,
    const char *member, struct sk_original *after);
/*
 * Who asked for it is handed its bytes here, as often and as long after it was released as the route says of what crosses: *row names
 * the blob of the original, *counted is as in sk_gate_hand(). SK_EREFUSED: it is not released, not to him, too late, or fetched often enough.
 */
int sk_gate_hand_original(struct sk_gate *g, struct sk_arena *a, const char *id, const char *member,
    bool *counted, struct sk_original *after, struct sk_transfer *row);
/* All of it has left: that counts. SK_EREFUSED: nothing was handed out, it is over meanwhile, or not his: then nothing counts. */
int sk_gate_collect_original(struct sk_gate *g, struct sk_arena *a, const char *id,
    const char *member, struct sk_original *after);

/* What an entry and a passkey name a request by: SHA-256 of its number (doc/passkey.md, section 1). */
void sk_gate_request_hash(const char *id, uint8_t hash[32]);

/* Only src/gate: requests that expire; n is raised when there are that many. Those for an original that is kept no more. */
int sk_gate_originals_due(struct sk_gate *g, struct sk_arena *a, size_t most, size_t *n);
int sk_gate_end_originals(struct sk_gate *g, struct sk_arena *a, const char *transfer);

#endif
