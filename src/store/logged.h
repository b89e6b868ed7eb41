/*
 * Which entries of the ledger hold, behind commitments, something about the people of a transfer, by their numbers in the
 * outbox; and which says that it was released here, which a receipt shows: when the store forgets them, the ledger does, too. In the caller's transaction; only reading needs none.
 */
#ifndef SK_STORE_LOGGED_H
#define SK_STORE_LOGGED_H

#include "base/arena.h"
#include "store/db.h"

/* Such an entry is in the ledger; one that is noted already is fine. */
int sk_logged_add(struct sk_db *db, const char *transfer, int64_t number);
/* The number of the newest that is not to be erased; 0: there is none. */
int sk_logged_last(struct sk_db *db, const char *transfer, int64_t *number);
/* What is behind the commitments of a transfer's entries is to be erased. */
int sk_logged_forget(struct sk_db *db, const char *transfer);
/* At most `most` that are to be erased, the lowest numbers first. */
int sk_logged_list(struct sk_db *db, struct sk_arena *a, size_t most, int64_t **numbers, size_t *n);
/* It is erased. */
int sk_logged_done(struct sk_db *db, int64_t number);

#endif
