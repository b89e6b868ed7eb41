/*
 * Who is logged in at the portal, and the browsers that somebody has logged in with before. The store has only the SHA-256 of what
 * a browser holds. All of these run in the caller's transaction; only reading needs none. The gate.
 */
#ifndef SK_STORE_SESSION_H
#define SK_STORE_SESSION_H

#include "base/arena.h"
#include "store/db.h"

#define SK_SESSION_TOKEN 32
#define SK_SESSION_ADDRESS 16
#define SK_SESSIONS_OF_ONE 20 /* the oldest ends for a new one */
#define SK_DEVICES_OF_ONE 50  /* the same */

/* How somebody has shown who he is. Kept as bits: none may change its number. */
enum sk_factor {
	SK_FACTOR_PASSWORD,
	SK_FACTOR_CODE,
	SK_FACTOR_PASSKEY,
	SK_FACTOR_LINK,
	SK_FACTORS
};

struct sk_session {
	int64_t number;
	const char *member;
	int64_t login;    /* enum sk_login of the policy */
	unsigned factors; /* bits of enum sk_factor */
	int64_t created, seen, idle,
	    ends; /* ms; over when nothing was asked for `idle`, or at `ends` */
	uint8_t address[SK_SESSION_ADDRESS]; /* from where it began: IPv6 */
	bool disabled;                       /* the account is closed; set by sk_session_find() */
	bool alone; /* one person alone said how its member logs in; the same */
};

/*
 * A new one with this token; `created`, `seen` and `number` are set by the store, `ends` is taken as a time from now on. Where the
 * member has enough, those that were asked least lately end. SK_ENOENTRY: no such account.
 */
int sk_session_add(
    struct sk_db *db, const uint8_t token[SK_SESSION_TOKEN], const struct sk_session *s);
/* SK_ENOENTRY: there is none of this token, or it is over. Texts lie in the arena. */
int sk_session_find(struct sk_db *db, struct sk_arena *a, const uint8_t token[SK_SESSION_TOKEN],
    struct sk_session *out);
/* The same by its number. */
int sk_session_of(struct sk_db *db, struct sk_arena *a, int64_t number, struct sk_session *out);
/* Something was asked in it now. */
int sk_session_seen(struct sk_db *db, int64_t number);
/* He has shown more: another token in place of the old one. SK_ENOENTRY: it is gone. */
int sk_session_raise(struct sk_db *db, int64_t number, const uint8_t token[SK_SESSION_TOKEN],
    int64_t login, unsigned factors);
/* Those that are not over, the newest first. */
int sk_session_list(
    struct sk_db *db, struct sk_arena *a, const char *member, struct sk_session **out, size_t *n);
/* End one of a member's, or all but `but` (0: none is spared). *ended: how many; 0 is no failure. */
int sk_session_end(struct sk_db *db, const char *member, int64_t number, int64_t *ended);
int sk_session_end_all(struct sk_db *db, const char *member, int64_t but, int64_t *ended);
/* Everybody is out, every link that was not opened is void: for what comes back from a backup, where they may have ended since. */
int sk_session_end_everybody(struct sk_db *db);
/* Rows that are over go. */
int sk_session_sweep(struct sk_db *db);

/* A browser that a member has logged in with. Adding one that is there is fine; the oldest go for a new one. */
int sk_device_add(struct sk_db *db, const uint8_t token[SK_SESSION_TOKEN], const char *member);
/* Whether he has; the token may be all zero (it is nobody's). */
int sk_device_is(
    struct sk_db *db, const uint8_t token[SK_SESSION_TOKEN], const char *member, bool *is);
int sk_device_forget(struct sk_db *db, const char *member);

#endif
