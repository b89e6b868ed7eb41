/*
 * What two posts have to say to each other about transfers, and what becomes of them by it (link/letter.h). In the caller's
 * transaction (batch.h), so that a letter goes out, or counts as heard, exactly when what it says is so. A letter never moves
 * what is this post's to decide about, but for FETCH: what another post says of its own rows is mirrored, by a table of its
 * own (SK_TOLD in state.def). `zone` is always that of the post that wrote, as its link says: not what the letter claims. The gate.
 */
#ifndef SK_GATE_LETTERS_H
#define SK_GATE_LETTERS_H

#include "gate/manifest.h"
#include "gate/receive.h"
#include "link/letter.h"
#include "store/original.h"

/* The channel of the outbox that leads to a zone, and the number of its last letter that was taken; heard: may be NULL. A link that is not
 * there yet is made, also outside of a transaction: to be called for the zones that are configured, before anything else. */
int sk_gate_link(struct sk_gate *g, const char *zone, int64_t *channel, int64_t *heard);
/* 0 when there is a link to that zone; SK_ENOENTRY. */
int sk_gate_linked(struct sk_gate *g, const char *zone);
/* To the other post. SK_ENOENTRY: no link leads there. SK_EARG: it is no letter. */
int sk_gate_letter(struct sk_gate *g, const char *zone, const struct sk_letter *l);
/* A letter of the other post is taken, behind `before`. SK_EREFUSED: it was already; SK_ECHANGED: `before` was not. */
int sk_gate_heard(struct sk_gate *g, const char *zone, int64_t before, int64_t number);

/* --- receiver --- */

/*
 * A manifest that sk_manifest_check() found good. The policy of this post decides about what it says: it will be fetched
 * (after->state is SK_AT_CROSSING, a letter FETCH goes out), or is rejected at once (SK_AT_REJECTED; END follows from the
 * ledger's entry). SK_EREFUSED: that transfer is known already.
 */
int sk_gate_offered(
    struct sk_gate *g, struct sk_arena *a, const struct sk_manifest *m, struct sk_transfer *after);
/* One that it found not good. END follows from the ledger's entry "transfer.bad-offer". SK_EREFUSED: the transfer is known. */
int sk_gate_bad_offer(struct sk_gate *g, struct sk_arena *a, const char *zone,
    const struct sk_letter *l, const char *why);
/* Its bytes are here, durably; a worker verifies them next. SK_EREFUSED: it is not awaited; SK_EINTERNAL: these are other bytes. */
int sk_gate_arrived(struct sk_gate *g, struct sk_arena *a, const char *id,
    const struct sk_blob *blob, struct sk_transfer *after);
/* The other post gave other bytes than its manifest says: rejected. */
int sk_gate_other_bytes(
    struct sk_gate *g, struct sk_arena *a, const char *id, struct sk_transfer *after);
/* GONE: it was taken back before we began, or before it was offered (waits.h). */
int sk_gate_gone(struct sk_gate *g, struct sk_arena *a, const char *id, const char *zone,
    struct sk_transfer *after);

/* --- giver --- */

/*
 * FETCH: the other post begins. The policy is asked once more; what no longer passes, was cancelled or has expired is
 * answered by GONE, and SK_EREFUSED says so only when there is nothing to tell either. after->state: SK_AT_CROSSING when the bytes may go.
 */
int sk_gate_fetched(struct sk_gate *g, struct sk_arena *a, const char *id, const char *zone,
    struct sk_transfer *after);
/* END: what became of it there. SK_EREFUSED: no such word, or it cannot have become that. */
int sk_gate_told(struct sk_gate *g, struct sk_arena *a, const char *id, const char *zone,
    const char *event, const char *reason, struct sk_transfer *after);
/* A row of ours that the other post has, and of which it has said nothing for too long: it ends, and a late answer is taken. Only src/gate. */
int sk_gate_silent(struct sk_gate *g, struct sk_transfer *t);
/* PASSWORD, sealed for our workers, from the post of its recipient. SK_EREFUSED: it waits for none. */
int sk_gate_password_came(struct sk_gate *g, struct sk_arena *a, const char *id, const char *zone,
    struct sk_slice sealed, struct sk_transfer *after);
/* ORIGINAL: somebody there asks that the original be released here, by whoever may. SK_EREFUSED, SK_ENOENTRY. */
int sk_gate_original_wanted(
    struct sk_gate *g, struct sk_arena *a, const char *zone, const struct sk_letter *l);

#endif
