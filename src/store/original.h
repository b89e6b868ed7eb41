/*
 * Requests for originals (原本取り寄せ) and who decided about them; never anything that leads to another zone. What a state is
 * says the gate. In the caller's transaction; only reading needs none.
 */
#ifndef SK_STORE_ORIGINAL_H
#define SK_STORE_ORIGINAL_H

#include "store/transfer.h"

struct sk_original {
	char id[SK_TRANSFER_ID];
	const char *transfer;
	int64_t version, state, login, asked, changed, expires, released, downloads, downloads_most;
	int64_t handed;                 /* how often its bytes began to leave */
	const char *requester, *reason; /* erased when all is over */
};

/* A new id; state, login, transfer, requester, reason and expires are the caller's; it is not released. */
int sk_original_insert(struct sk_db *db, struct sk_original *o);
/* State, expires, released and what is said of downloads; SK_ECHANGED when the row is not the one that was read. */
int sk_original_save(struct sk_db *db, struct sk_original *o);
int sk_original_load(struct sk_db *db, struct sk_arena *a, const char *id, struct sk_original *out);
/* All of a transfer, or, NULL, all of a state; the oldest first. */
int sk_original_list(struct sk_db *db, struct sk_arena *a, const char *transfer, int64_t state,
    size_t most, struct sk_original **out, size_t *n);
int sk_original_due(
    struct sk_db *db, struct sk_arena *a, size_t most, struct sk_original **out, size_t *n);
/* What is known about people in the requests for a transfer's original. */
int sk_original_forget(struct sk_db *db, const char *transfer);

struct sk_original_vote {
	int64_t at, allow;
	const char *person, *method, *comment;
	struct sk_slice
	    proof;   /* what his passkey signed (doc/passkey.md, section 3); else nothing */
	bool closed; /* his account is: then his word counts no more; only of what is listed */
};
int sk_original_vote_add(struct sk_db *db, const char *original, const struct sk_original_vote *v);
int sk_original_vote_list(struct sk_db *db, struct sk_arena *a, const char *original,
    struct sk_original_vote **out, size_t *n);

#endif
