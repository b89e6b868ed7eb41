/*
 * Which entries of the ledger hold, behind commitments, something about people, by their numbers in the outbox; and which says that a
 * transfer was released here, which a receipt shows. What is about a transfer is erased when the store forgets its people, what is
 * about a passkey some time after that is gone, everything else at a date. In the caller's transaction; only reading needs none.
 */
#ifndef SK_STORE_LOGGED_H
#define SK_STORE_LOGGED_H

#include "base/arena.h"
#include "store/db.h"

#define SK_LOGGED_ABOUT \
	72 /* bytes of what an entry is about: a transfer, a passkey, or nothing that is remembered */
/*
 * Such an entry is in the ledger; one that is noted already is fine. `until`: ms, when it is to be erased; 0: when what it is about is
 * forgotten.
 */
int sk_logged_add(struct sk_db *db, const char *about, int64_t number, int64_t until);
/* What is about this has a date now. */
int sk_logged_until(struct sk_db *db, const char *about, int64_t until);
/* What is past its date is to be erased. */
int sk_logged_due(struct sk_db *db);
/* The number of the newest that is not to be erased; 0: there is none. */
int sk_logged_last(struct sk_db *db, const char *transfer, int64_t *number);
/* What is behind the commitments of a transfer's entries is to be erased. */
int sk_logged_forget(struct sk_db *db, const char *transfer);
/* At most `most` that are to be erased, the lowest numbers first. */
int sk_logged_list(struct sk_db *db, struct sk_arena *a, size_t most, int64_t **numbers, size_t *n);
/* It is erased. */
int sk_logged_done(struct sk_db *db, int64_t number);

#endif
