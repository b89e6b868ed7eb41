/*
 * A vote that its owner signs with a passkey (doc/passkey.md): the same as sk_gate_vote(), and what was signed goes with it. In
 * the caller's transaction. The gate.
 */
#ifndef SK_GATE_SIGNED_H
#define SK_GATE_SIGNED_H

#include "gate/original.h"
#include "passkey/passkey.h"

struct sk_gate_signed {
	const struct sk_passkey_party *party; /* the portal that asked */
	struct sk_slice answer; /* as a front end hands it on (doc/passkey.md, section 4) */
};

/* What is to be signed for a vote about this row as it is now: texts and hashes lie in the row, the arena and the gate. */
int sk_gate_to_sign(struct sk_gate *g, struct sk_arena *a, const struct sk_transfer *t, bool allow,
    enum sk_hold hold, struct sk_passkey_asked *asked);

/*
 * `ballot` is about one hold, APPROVAL or LEAK; its login and assertion are set here, once the passkey is known as the member's
 * and has signed just this. SK_EREFUSED: as sk_gate_vote(), or *why is not GOOD: FORM also when no account of the member has this
 * passkey or it is disabled. SK_ECHANGED: the output is another by now. SK_EARG: about more than one hold.
 */
int sk_gate_vote_signed(struct sk_gate *g, struct sk_arena *a, const char *id,
    const struct sk_ballot *ballot, const struct sk_gate_signed *by, struct sk_transfer *after,
    enum sk_passkey_why *why);

/* The same for a request for an original, which the ballot is about whatever its holds and output are; `hash` keeps that of the request. */
int sk_gate_to_sign_original(struct sk_gate *g, struct sk_arena *a, const struct sk_original *o,
    const struct sk_transfer *t, bool allow, uint8_t hash[32], struct sk_passkey_asked *asked);
int sk_gate_vote_original_signed(struct sk_gate *g, struct sk_arena *a, const char *id,
    const struct sk_ballot *ballot, const struct sk_gate_signed *by, struct sk_original *after,
    enum sk_passkey_why *why);

#endif
