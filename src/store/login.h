/*
 * What logins leave in the store: codes (TOTP), links that open once, requests for a recovery, wrong tries, challenges that were
 * answered. All of these run in the caller's transaction; only reading needs none. The gate.
 */
#ifndef SK_STORE_LOGIN_H
#define SK_STORE_LOGIN_H

#include "base/arena.h"
#include "store/db.h"
#include "store/master.h"

/* --- codes: the secret is wrapped by the master key (master.h) --- */

struct sk_code {
	struct sk_slice secret; /* wrapped */
	bool confirmed;         /* its owner has shown one of its codes */
	int64_t step;           /* of the last code that was taken */
};
/* One that waits to be confirmed, in place of another that does. SK_EEXIST: he has a confirmed one. SK_ENOENTRY: no account. */
int sk_code_begin(struct sk_db *db, const char *member, struct sk_slice secret);
/* SK_ENOENTRY: he has none. */
int sk_code_load(struct sk_db *db, struct sk_arena *a, const char *member, struct sk_code *out);
/* The code of this step was shown; it confirms. SK_ECHANGED: this one or a later one was taken before. */
int sk_code_taken(struct sk_db *db, const char *member, int64_t step);
/* *removed: whether there was a confirmed one. */
int sk_code_remove(struct sk_db *db, const char *member, bool *removed);

/* The secret of a member's device under the master key, for him alone; what they return is as in master.h. */
int sk_code_wrap(const struct sk_master *m, const char *member, const uint8_t secret[SK_DATA_KEY],
    uint8_t wrapped[SK_WRAPPED]);
int sk_code_unwrap(const struct sk_master *m, const char *member, struct sk_slice wrapped,
    uint8_t secret[SK_DATA_KEY]);
/* All that an older master key wraps are wrapped by the present one. *renewed, *lost: how many were, and how many no key opens. */
int sk_code_renew(struct sk_db *db, const struct sk_master *m, size_t *renewed, size_t *lost);

/* --- links --- */

#define SK_LINK_TOKEN 32
enum sk_link_kind { SK_LINK_INVITE, SK_LINK_RECOVERY };
/* In place of what he has. `lives`: ms. SK_ENOENTRY: no account. */
int sk_once_add(struct sk_db *db, const uint8_t token[SK_LINK_TOKEN], const char *member,
    enum sk_link_kind kind, int64_t lives);
/* It opens, and is gone. SK_ENOENTRY: there is none, or it is over. */
int sk_once_open(struct sk_db *db, struct sk_arena *a, const uint8_t token[SK_LINK_TOKEN],
    const char **member, enum sk_link_kind *kind);

/* --- recoveries --- */

struct sk_recovery {
	const char *member;
	int64_t asked, ends; /* ms */
	const char *by;      /* who stands for it; NULL: nobody yet */
	const char *comment; /* or NULL */
	const char *
	    system_user; /* who is to stand for him instead of a new login at the portal; NULL: that */
	int64_t uid;     /* of that; SK_ACCOUNT_NO_USER */
};
/* `asked`, `ends`: set by the store. SK_EEXIST: there is one that is not over. SK_ENOENTRY: no account. */
int sk_recovery_add(struct sk_db *db, const struct sk_recovery *r, int64_t lives);
/* SK_ENOENTRY. */
int sk_recovery_load(
    struct sk_db *db, struct sk_arena *a, const char *member, struct sk_recovery *out);
int sk_recovery_by(struct sk_db *db, const char *member, const char *by);
int sk_recovery_list(
    struct sk_db *db, struct sk_arena *a, size_t most, struct sk_recovery **out, size_t *n);
int sk_recovery_remove(struct sk_db *db, const char *member);

/* --- wrong tries, by a hash of what is tried --- */

#define SK_TRY_KEY 32
/* How many ms until the next may be made; 0: now. */
int sk_try_wait(struct sk_db *db, const uint8_t key[SK_TRY_KEY], int64_t *ms);
/* One more: from the `free`th on the next waits, 1 second, then twice as long each time, at most `most` ms. A day without any ends the row. */
int sk_try_wrong(struct sk_db *db, const uint8_t key[SK_TRY_KEY], int64_t free, int64_t most);
/* All of them are forgiven; *wrong: how many there were. */
int sk_try_right(struct sk_db *db, const uint8_t key[SK_TRY_KEY], int64_t *wrong);
/* So many less; a wait that has begun goes on. */
int sk_try_less(struct sk_db *db, const uint8_t key[SK_TRY_KEY], int64_t n);

/* --- challenges --- */

#define SK_CHALLENGE 32
/* SK_EEXIST: it was answered before. */
int sk_challenge_fresh(struct sk_db *db, const uint8_t challenge[SK_CHALLENGE]);
/* The same, and from now on it is, for `lives` ms. */
int sk_challenge_take(struct sk_db *db, const uint8_t challenge[SK_CHALLENGE], int64_t lives);

/* What is over goes. */
int sk_login_sweep(struct sk_db *db);

#endif
