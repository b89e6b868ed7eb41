/*
 * Accounts: which system user stands for which member of the policy, his password for a portal, his passkeys. What a member
 * may do, the policy alone says. All of these run in the caller's transaction; only reading needs none. The gate.
 */
#ifndef SK_STORE_ACCOUNT_H
#define SK_STORE_ACCOUNT_H

#include "base/arena.h"
#include "store/db.h"

#define SK_ACCOUNT_NO_USER ((int64_t)-1)
#define SK_PASSKEYS_OF_ONE 10

struct sk_account {
	const char *member;      /* name in the policy */
	const char *system_user; /* as it was called when it was linked; NULL: none */
	int64_t uid;             /* of the system user; SK_ACCOUNT_NO_USER: none */
	const char *password;    /* as argon2id writes it down (never the password); NULL: none */
	bool disabled;
	int64_t created, changed; /* ms, set by the store */
	int64_t used;             /* ms: when somebody was let in with it first; 0: never */
	const char *
	    alone; /* who alone said how its member logs in, so that it decides nothing; NULL: root, two persons, he himself */
};

/* SK_EEXIST: the member has one, or the system user stands for another. SK_EARG: a system user that cannot be linked
 * (root), or a password that is not written down by argon2id or too cheaply. */
int sk_account_add(struct sk_db *db, const struct sk_account *a);
/* SK_ENOENTRY. Texts lie in the arena. */
int sk_account_load(
    struct sk_db *db, struct sk_arena *arena, const char *member, struct sk_account *out);
/* Whether the member has one: 0, or SK_ENOENTRY. */
int sk_account_there(struct sk_db *db, const char *member);
int sk_account_of(struct sk_db *db, struct sk_arena *arena, int64_t uid, struct sk_account *out);
/* By name, after `after` (NULL: from the beginning), at most `most`. */
int sk_account_list(struct sk_db *db, struct sk_arena *arena, const char *after, size_t most,
    struct sk_account **out, size_t *n);

/* Changes; SK_ENOENTRY when there is no such account, otherwise as sk_account_add(). NULL and SK_ACCOUNT_NO_USER: none. */
int sk_account_link(struct sk_db *db, const char *member, const char *system_user, int64_t uid);
int sk_account_password(struct sk_db *db, const char *member, const char *password);
int sk_account_disable(struct sk_db *db, const char *member, bool disabled);
int sk_account_alone(struct sk_db *db, const char *member, const char *by);
/* Somebody was let in with it. No such account: nothing. */
int sk_account_used(struct sk_db *db, const char *member);

/* Whether it is what argon2id writes down, with what it must cost at least. */
bool sk_account_password_good(const char *password);

struct sk_passkey {
	const char *member;
	struct sk_slice credential; /* its id, at most 1023 bytes (WebAuthn 6.5.1) */
	struct sk_slice key;        /* COSE_Key */
	int64_t counter;            /* of signatures, as last seen */
	const char *title;          /* what its owner calls it */
	int64_t created, used;      /* ms, set by the store; used: 0 for never */
};

/* SK_EEXIST: somebody has it. SK_ENOENTRY: no such account. SK_ELIMIT: the member has enough. */
int sk_passkey_add(struct sk_db *db, const struct sk_passkey *k);
int sk_passkey_find(
    struct sk_db *db, struct sk_arena *arena, struct sk_slice credential, struct sk_passkey *out);
int sk_passkey_list(struct sk_db *db, struct sk_arena *arena, const char *member,
    struct sk_passkey **out, size_t *n);
/* It has signed, counting so far. SK_ECHANGED: it has counted as far before, so there are two of it (WebAuthn 6.1.1);
 * one that never counts says 0 always. */
int sk_passkey_used(struct sk_db *db, struct sk_slice credential, int64_t counter);
int sk_passkey_remove(struct sk_db *db, const char *member, struct sk_slice credential);

#endif
