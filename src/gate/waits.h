/*
 * A transfer that waits for a password where it lies is told to the post of its recipient, before anything is offered to it:
 * he sees it there and can say the password, which goes back in a sealed box (link/letter.h). At his post the row is a
 * mirror, with a table of its own (SK_WAITS in state.def): nothing of it lets anything pass, and it becomes a transfer like
 * others when it is offered. In the caller's transaction (batch.h). The gate.
 */
#ifndef SK_GATE_WAITS_H
#define SK_GATE_WAITS_H

#include "gate/letters.h"

/* Whether the row is such a mirror: what another post tells, and has not offered yet. */
bool sk_gate_mirrors(const struct sk_gate *g, const struct sk_transfer *t);

/* --- giver --- */

/* What the entry of the hold says besides, so that it proves all that the other post shows: `room` of at least 4, whose text
 * lies in `request` and the row. How many; 0: the other post is not told. */
size_t sk_gate_waits_say(struct sk_gate *g, struct sk_arena *a, const struct sk_transfer *t,
    const struct sk_recorded *r, struct sk_buf *request, struct sk_saying *room);
/* The letter that tells it, with the receipt of that entry; nothing when it waits no longer. */
int sk_gate_waits_tell(struct sk_gate *g, struct sk_transfer *t, struct sk_slice receipt);
/* Somebody said a password here: it waits for none there, either. */
int sk_gate_waits_no_more(struct sk_gate *g, const struct sk_transfer *t);
/* It has ended before it was offered. */
int sk_gate_waits_gone(struct sk_gate *g, const struct sk_transfer *t);

/* --- receiver --- */

/* WAITS: told by a receipt that sk_manifest_waits() found good. SK_EREFUSED: known, or the policy here would not take it. */
int sk_gate_waits(
    struct sk_gate *g, struct sk_arena *a, const struct sk_manifest *m, struct sk_transfer *after);
/* Its password was said there. SK_EREFUSED: it is no mirror that waits. */
int sk_gate_waits_over(struct sk_gate *g, struct sk_arena *a, const char *id, const char *zone,
    struct sk_transfer *after);
/* A password from its recipient here, sealed for the workers of the other post: the row was read. */
int sk_gate_waits_password(
    struct sk_gate *g, struct sk_transfer *t, const char *member, struct sk_slice sealed);
/* It ends here: taken back there, or nobody has said the password in time. */
int sk_gate_waits_end(
    struct sk_gate *g, struct sk_transfer *t, enum sk_transfer_event event, const char *reason);

#endif
