/* What the asks of logins share: tries and their waits, who comes in, what the ledger hears. Only src/desk/asks-*.c look in here. */
#ifndef SK_DESK_LOGIN_H
#define SK_DESK_LOGIN_H

#include "desk/asks.h"
#include "store/login.h"

#define SK_LOGIN_KEYS 3
#define SK_LOGIN_ADDRESS 46 /* of an address as text */

/* A login under way. In the arena of its question. */
struct sk_login_try {
	const char *member; /* who he says he is */
	bool known;         /* the browser is one that this member has logged in with */
	bool
	    vain; /* nothing that he could show is right: he learns no more than who shows something wrong */
	bool there; /* there is such an account: so that the ledger may hold its name */
	bool blind; /* he does not say who he is: what he shows does */
	enum sk_factor by;
	struct sk_try_key {
		uint8_t key[SK_TRY_KEY];
		int64_t free, most;
		bool
		    his; /* of this member: what is right ends it, which it does not for others at his address */
	} key[SK_LOGIN_KEYS]; /* what wrong tries are counted by */
	size_t nkeys;
	bool right;                    /* what was shown */
	char hash[SK_SECRET_HASH + 1]; /* of a new password */
};

/*
 * q->try, for somebody who says that he is `member` and shows a factor; told where he has to wait first. NULL: what he shows says
 * who he is (and cannot be guessed).
 */
int sk_login_try(struct sk_asked *q, const char *member, enum sk_factor by);
/* Counted by its address alone, under this word. */
void sk_login_count(struct sk_asked *q, const char *what, int64_t free, int64_t most);
/* Told when he has to wait. */
int sk_login_waits(struct sk_asked *q);
/* It was wrong: counted and logged; the answer says so. In a transaction; 0. `reason`: word for the ledger. */
int sk_login_wrong(struct sk_gate *g, struct sk_asked *q, const char *reason);
/* It was right: a session, or the one he has raised, with a new token; the answer says so. In a transaction. */
int sk_login_admit(struct sk_gate *g, struct sk_asked *q);
/* What happened to a login or account of `member` (NULL: he is not named), said behind commitments; `auth`, `reason`: words or NULL. */
int sk_login_log(struct sk_gate *g, const struct sk_asked *q, const char *kind, const char *member,
    const char *auth, const char *reason);
/* How long a session lives in this zone, ms. */
void sk_login_lives(const struct sk_asked *q, int64_t *idle, int64_t *ends);
/* New passkeys are of makers that the post knows. */
bool sk_login_attested(const struct sk_asked *q);
/* Which level they give together: enum sk_login. */
int sk_login_level(unsigned factors);
void sk_login_address(const uint8_t address[16], char text[SK_LOGIN_ADDRESS]);
/* A link for him, into the answer. In a transaction. */
int sk_login_link(
    struct sk_gate *g, struct sk_asked *q, const char *member, enum sk_link_kind kind);
/*
 * --- alone.c ---
 * Whether who asks may say without anybody else how `member` logs in: he himself may, and root, who has the store; an administrator
 * where it was never used and the member's word counts for nothing (sk_policy_trusts()). Told (`recovery`) when not.
 */
int sk_login_alone(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q, const char *member);
/* He has said it: until two persons stand for it, its member decides nothing. In a transaction, the account is there. */
int sk_login_said(struct sk_gate *g, struct sk_asked *q, const char *member);
/* Nothing that he has shown before opens his account any more. In a transaction. */
int sk_login_forget(struct sk_gate *g, struct sk_arena *a, const char *member);
/* Whoever has a second factor changes none without having shown one; told when he has not. */
int sk_login_may_change(struct sk_asked *q);
/* He is at the portal; told when not. */
int sk_login_at_portal(struct sk_asked *q);

#endif
