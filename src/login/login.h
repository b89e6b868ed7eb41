/*
 * What a gate asks of its login role, and what it gets back: bodies of messages (ipc/channel.h), with the serial of the question.
 * What is slow (Argon2id) or speaks with a directory is done there, so that the gate waits for neither. Both sides read what
 * the other wrote as if it were hostile. Gate and login role.
 */
#ifndef SK_LOGIN_LOGIN_H
#define SK_LOGIN_LOGIN_H

#include "base/buf.h"

enum sk_secret_kind {
	SK_SECRET_ASK = 1, /* gate → login */
	SK_SECRET_DONE,    /* login → gate */
};

#define SK_SECRETS_AT_ONCE 32 /* under way; the role takes no more from a gate */
#define SK_SECRET_TEXT 256    /* bytes of a password or name */
#define SK_SECRET_HASH 127    /* of what Argon2id writes down */
#define SK_SECRET_ASK_MOST (4 * 2 + SK_SECRET_HASH + 3 * SK_SECRET_TEXT)
#define SK_SECRET_DONE_MOST (1 + 2 * 2 + SK_SECRET_HASH + SK_SECRET_TEXT)

/* "": not said. Whoever holds one wipes it. */
struct sk_secret_ask {
	char hash[SK_SECRET_HASH + 1];   /* the secret must fit it */
	char name[SK_SECRET_TEXT + 1];   /* or be what this one logs in with at the directory */
	char secret[SK_SECRET_TEXT + 1]; /* with neither, nothing is looked at */
	char new[SK_SECRET_TEXT + 1];    /* when that was right: what Argon2id makes of this */
};

enum sk_secret_verdict { SK_SECRET_RIGHT = 1, SK_SECRET_WRONG, SK_SECRET_FAILED };

struct sk_secret_done {
	uint8_t verdict;
	char hash[SK_SECRET_HASH + 1]; /* of `new` */
	char text
	    [SK_SECRET_TEXT +
		1]; /* FAILED: why it could not be told, English, for those who look after the post */
};

int sk_secret_put_ask(const struct sk_secret_ask *a, struct sk_buf *out);
/* SK_EFORMAT on anything unexpected. */
int sk_secret_get_ask(struct sk_slice in, struct sk_secret_ask *a);
int sk_secret_put_done(const struct sk_secret_done *d, struct sk_buf *out);
int sk_secret_get_done(struct sk_slice in, struct sk_secret_done *d);

#endif
