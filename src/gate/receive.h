/*
 * The beginning of a transfer, and how far the policy lets it go by itself. In the caller's transaction (batch.h). The gate.
 */
#ifndef SK_GATE_RECEIVE_H
#define SK_GATE_RECEIVE_H

#include "gate/facts.h"

/*
 * It is there, durably: the blob of the original has its name. *t says what the policy is not asked about: original,
 * original_hash, original_size, file_name, requester_name, recipient, reason, sender_proof; `facts` what somebody asks for (carry, from,
 * to, route, origin, classes, claimed, attached) and who he is (requester, login, source, mac, port, protocol), and space (no: there is no room to clean it). What else
 * stands there is not taken: it is for the post to find out; and so is the origin of what it was brought itself. It goes on to the queue, or is denied at once, or waits for room.
 * *after is the row; it borrows from *t and the arena. SK_EARG: what must be said is not. SK_EREFUSED: no policy is in
 * force, or it does not begin here.
 */
int sk_gate_receive(struct sk_gate *g, struct sk_arena *a, const struct sk_transfer *t,
    const struct sk_recorded *facts, struct sk_transfer *after);

/*
 * Ask the policy, and do what follows: hold, lift what it no longer holds for, deny, offer. Of a transfer that waits for
 * nobody nothing follows (0), and nothing while no policy is in force. For what was held when a policy came into force, or time has passed.
 */
int sk_gate_advance(
    struct sk_gate *g, struct sk_arena *a, const char *id, struct sk_transfer *after);

/* Room has come: what was held for it goes to the queue. SK_EREFUSED: it was not. */
int sk_gate_room(struct sk_gate *g, struct sk_arena *a, const char *id, struct sk_transfer *after);

/* Seconds behind the time for which the policy lets the other post have it, after which its silence is taken for an answer. */
#define SK_GATE_SILENCE 86400
/* When that is for a row of ours that the other post has now. Only src/gate. */
int64_t sk_gate_silence(const struct sk_gate *g, const struct sk_transfer *t);

/* Seconds. Longer than anything that a policy gives a person: a transfer that nobody cares for ends, here or there. */
#define SK_GATE_LIFE ((int64_t)90 * 86400)

/* Seconds after which the scanner is asked again. */
#define SK_GATE_SCAN_AGAIN 300
/* And after which what waits for room is tried. */
#define SK_GATE_ROOM_AGAIN 300

/* Who brings it about that a reason to hold goes; {SK_BY_GATE, NULL}: nobody. */
struct sk_gate_who {
	enum sk_actor actor;
	const char *person;
};
/* The same as sk_gate_advance() for a row that this transaction has read, or written. Only src/gate. */
int sk_gate_go_on(
    struct sk_gate *g, struct sk_arena *a, struct sk_transfer *t, struct sk_gate_who who);
/* How long it may take until somebody offers or ends it. Only src/gate. */
void sk_gate_live(const struct sk_gate *g, struct sk_transfer *t);
/* The row as it is when all is over: what remains is forgotten after a time. Only src/gate. */
void sk_gate_close(const struct sk_gate *g, struct sk_transfer *t);

#endif
