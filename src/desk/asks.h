/*
 * What people ask through a front end (front/front.h): one JSON object with "do", the name of the ask, and its members;
 * doc/front.md lists them. Only asks*.c look in here.
 */
#ifndef SK_DESK_ASKS_H
#define SK_DESK_ASKS_H

#include <jansson.h>

#include "desk/desk.h"

/* One question under way. Freed when it is answered. */
struct sk_asked {
	struct sk_act act; /* for what changes the store */
	size_t place;      /* of the front end */
	uint32_t serial, epoch;
	uint32_t uid;     /* of whoever asks, as the system says */
	char *member;     /* name in the policy; NULL: he has no account, or it is closed */
	unsigned rights;  /* bits of enum sk_right, by his roles of today; 0 without an account */
	bool root;        /* may administer, and never approves */
	json_t *in, *out; /* out: the answer as it grows */
	int fd;           /* that came along; -1: none */
	const struct sk_ask *ask;
	void *own; /* of the ask: freed with free() */
};

enum sk_ask_who {
	SK_ASK_ANYBODY, /* whoever has an account */
	SK_ASK_ADMIN,   /* root, or the right to administer */
	SK_ASK_AUDITOR, /* the right to audit or oversee, or admin */
};

struct sk_ask {
	const char *name; /* of "do" */
	enum sk_ask_who who;
	bool file; /* a descriptor comes along */
	/*
	 * Take the question apart (sk_ask_*() below) and answer it: 0, or a failure (sk_asked_fail() said why). NULL `run`:
	 * this alone, reading the store. Otherwise `run` follows in a transaction, again when that is done again; then `after`.
	 */
	int (*look)(struct sk_asked *q);
	int (*run)(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q);
	void (*after)(struct sk_asked *q); /* committed; may be NULL */
};

/* The tables of asks, each ended by a NULL name: one for a file of handlers. */
extern const struct sk_ask sk_asks_transfer[], sk_asks_user[], sk_asks_post[];

/* --- asks-who.c --- */
/* Whose account this uid has, and what he may. */
int sk_asked_who(struct sk_asked *q);

/* Why it is not done: a stable word, and an English sentence (gettext message id). Returns SK_EREFUSED. */
int sk_asked_fail(struct sk_asked *q, const char *reason, const char *sentence);

/* Members of the question; each may be asked for once, and one that nobody asked for is an error. NULL: not there. */
const char *sk_asked_text(struct sk_asked *q, const char *name, bool needed);
bool sk_asked_number(struct sk_asked *q, const char *name, int64_t *n);
bool sk_asked_flag(struct sk_asked *q, const char *name);

#endif
