/*
 * What people ask through a front end (front/front.h, doc/front.md): who asks, whether he may, what is done, the answer.
 * Only asks*.c look in here.
 */
#ifndef SK_DESK_ASKS_H
#define SK_DESK_ASKS_H

#include <jansson.h>

#include "desk/desk.h"
#include "front/front.h"
#include "gate/original.h"
#include "gate/people.h"
#include "gate/signed.h"
#include "login/login.h"
#include "jobs/work.h"
#include "store/session.h"
#include "store/sheet.h"

struct sk_deciding_one;
/* Bits of what a transfer can be held for until somebody says his word about it. */
#define SK_ASKED_VOTED ((int64_t)(1 << SK_HELD_APPROVAL | 1 << SK_HELD_LEAK))
#define SK_DECIDE_MOST 100 /* transfers that one word may be about */

/* One question under way. Freed when it is answered. */
struct sk_asked {
	struct sk_act act; /* for what changes the store */
	size_t place;      /* of the front end */
	uint32_t serial, epoch;
	bool portal; /* asked there: */
	struct sk_front_terminal terminal;
	struct sk_session session; /* of it; number 0: none */
	int login;                 /* enum sk_login: how he has shown who he is */
	struct sk_login_try *try;  /* of a login */
	uint32_t uid;              /* of whoever asks at the control socket, as the system says */
	bool root;                 /* may administer, and never approves */
	bool
	    disabled; /* he has an account, and it is closed: then he is no member and has no rights */
	bool
	    alone; /* one person alone said how he logs in (decisions/0032): he has no rights until two stand for it */
	const char *member;     /* name in the policy; NULL: he has no account */
	const char *title;      /* what the policy calls him; NULL: it has no such member today */
	unsigned rights;        /* bits of enum sk_right, by his roles of today */
	struct sk_arena *arena; /* the question's texts, and whatever is read to answer it */
	struct sk_front_ask ask;
	char about
	    [SK_TRANSFER_ID]; /* the transfer that it is about, once it is known that there is one */
	enum sk_front_why refused; /* why it was not done, last */
	json_t *out;               /* the answer as it grows */
	int fd;                    /* that goes along with the answer; -1: none */
	struct sk_bytes handed;    /* what lies behind it */
	struct sk_hand *hand;      /* that begins with the answer; NULL: none */
	const struct sk_ask_of *how;
	char number[SK_TRANSFER_ID];    /* of the transfer or request that it became */
	char blob[SK_BLOB_NAME];        /* whose bytes go out */
	struct sk_sheet sheet;          /* a page that is drawn */
	struct sk_sheet print;          /* what it is drawn of, where that is not the file itself */
	bool prints;                    /* that is made first */
	bool elsewhere;                 /* the original that is asked for lies at another post */
	bool looks;                     /* at what crossed to him: it is told before he has it */
	char type[SK_WORK_TYPE + 1];    /* of what is drawn */
	struct sk_slice made;           /* hash of the policy that a proposal makes */
	struct sk_deciding_one *decide; /* what one word is about (asks-decide.c) */
	size_t ndecide;
	int64_t rows; /* of a list that is handed out */
	bool cut;     /* there are more */
};

enum sk_ask_who {
	SK_ASK_EVERYBODY, /* whoever reaches the socket */
	SK_ASK_MEMBER,    /* whoever has an account and stands in the policy today */
	SK_ASK_VOTER,     /* the same, unless he runs the posts */
	SK_ASK_ADMIN,     /* root, or the right to administer */
	SK_ASK_AUDITOR,   /* that, or the right to audit or oversee */
	SK_ASK_OVERSEER,  /* root, or the right to administer or to oversee */
	SK_ASK_SEER,      /* an auditor, or a member */
};

struct sk_ask_of {
	enum sk_front_what what;
	enum sk_ask_who who;
	/*
	 * Answer it, or prepare it: 0, or a failure (sk_asked_fail() said why). NULL: nothing is to be prepared. With `run` NULL this
	 * is all, and only reads the store. Otherwise `run` follows in a transaction, again when that is done again (the answer is
	 * empty then); then `after`.
	 */
	int (*look)(struct sk_asked *q);
	int (*run)(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q);
	int (*after)(struct sk_asked *q); /* committed; may be NULL, and say SK_ASKED_LATER */
	void (*why)(struct sk_asked *q, int status); /* it was refused: say why; may be NULL */
};

/* The tables of asks, each ended by SK_FRONT_COUNT: one for a file of handlers. */
#define SK_ASKS(name) extern const struct sk_ask_of sk_asks_##name[];
#include "desk/asks-tables.def"
#undef SK_ASKS

/* `look` and `after` may say: somebody answers later, by sk_asked_answer(). */
#define SK_ASKED_LATER 1
/* What there is to say, or why not; frees the question. */
void sk_asked_answer(struct sk_asked *q, int status);
/* `run` of it follows now. */
void sk_asked_go_on(struct sk_asked *q);

/* Why it is not done. Returns SK_EREFUSED. */
int sk_asked_fail(struct sk_asked *q, enum sk_front_why why, const char *field);

/* --- asks-vote.c --- */
/* Which of the reasons to hold the question is about (bits of enum sk_hold); 0: it does not say. Told when it is none. */
int sk_asked_holds(struct sk_asked *q, unsigned *holds);
/* The policy that was shown, if the question names one, is the one in force; told when it is not. */
int sk_asked_same_policy(struct sk_asked *q);
/* --- asks-user.c --- */
/*
 * The entry about what was asked, for it concerns who may decide what: whose (personal.actor), who asked (`by`,
 * personal.requester), and what else stands behind a commitment (`more`, or NULL). SK_EREFUSED never: it follows a write.
 */
int sk_asked_log(struct sk_gate *g, const struct sk_asked *q, const char *member, const char *more);
/* The same under another kind. */
int sk_asked_log_as(struct sk_gate *g, const struct sk_asked *q, const char *kind,
    const char *member, const char *more);
/* --- asks-passkey.c --- */
/* What a browser is asked for a decision: challenge, for whom, which keys he has, hash and policy. */
int sk_asked_to_sign(struct sk_asked *q, const struct sk_passkey_asked *asked);
/* For whom passkeys sign here; told when this post has no portal. */
int sk_asked_party(struct sk_asked *q, struct sk_passkey_party *party);

/* What a browser is asked with: challenge, for whom, which keys `member` has (NULL: not told). */
int sk_asked_show_challenge(struct sk_asked *q, const struct sk_passkey_party *party,
    const uint8_t challenge[SK_PASSKEY_CHALLENGE], const char *member);
struct sk_passkey;
/* A list of them as doc/front.md says, new. */
json_t *sk_show_passkeys(const struct sk_passkey *v, size_t n);
/* Which key is whose from now on, or no longer, for who looks at signatures later. */
int sk_asked_log_key(struct sk_gate *g, const char *kind, const char *member, struct sk_slice cose);

/* --- asks-who.c --- */
/* Whose account this system user has, and what he may. */
int sk_asked_who(struct sk_asked *q);
bool sk_asked_may(const struct sk_asked *q, enum sk_ask_who who);
/*
 * Who asks is one of the two people whom it takes to run or to oversee the posts together: a member with one of these rights, and an
 * account. Told when he is not, as root is not.
 */
int sk_asked_is_person(struct sk_asked *q);
/* A member of the policy as it is today, or NULL. */
const struct sk_member *sk_asked_member(const struct sk_asked *q, const char *name);
unsigned sk_member_rights(const struct sk_member *m);
/* Sees everything, without what tells of its content. */
bool sk_asked_runs_post(const struct sk_asked *q);
bool sk_asked_audits(const struct sk_asked *q);
/* Whether what people wrote about it is shown to him: not when he only runs the post. */
bool sk_asked_reads(const struct sk_asked *q, const char *requester, const char *recipient);
/* Decides for others of his department, and this is his own or stands below it. */
bool sk_asked_heads(const struct sk_asked *q, const char *department);
/* Whether he is concerned with a transfer; *holds: what his vote would count for now (bits of enum sk_hold). */
int sk_asked_concerned(
    struct sk_asked *q, const struct sk_transfer *t, unsigned *holds, bool *concerned);
/* The transfer of the question, when it exists for him. */
int sk_asked_load(struct sk_asked *q, const char *id, struct sk_transfer *t, unsigned *holds);
/* The gate as it is for reading now. */
struct sk_gate sk_asked_gate(const struct sk_asked *q);

/* --- asks-original.c --- */
/* `sign` for a request for an original. */
int sk_asked_sign_original(struct sk_asked *q);

/* --- asks-session.c --- */
/* Whether his session is enough for this question: told when it is not. */
int sk_asked_session(struct sk_asked *q);
/* What a session of the portal is: how far its member has shown who he is, and how long it lives. */
int sk_show_session(struct sk_asked *q);
/* The level of login that the zone wants, and how long a session lives there, ms. */
int sk_asked_wants(const struct sk_asked *q);
/* As what his vote counts that no passkey has signed: a passkey that logged him in did not see what he decides. */
int sk_asked_vote_login(const struct sk_asked *q);
/*
 * A yes that lets something pass needs the level that the zone's policy names, at the control socket as well, unless a passkey signs it;
 * told when it has less. Where the policy says nothing of logins, the system's is enough.
 */
int sk_asked_yes(struct sk_asked *q);
/* Words of factors: a list. */
json_t *sk_show_factors(unsigned factors);
/* "more" of an answer: by what a login with these can be raised. */
int sk_show_more(struct sk_asked *q, const char *member, unsigned factors);
/* One's own, or, in a session of the level that the zone wants, anybody's for who runs the post; told when it is neither. */
int sk_asked_whose(struct sk_asked *q, const char **member);

/* --- logins.c --- */
/* Have it looked at; `then` is called once, with NULL when nobody can. SK_EBUSY: told. The ask is copied. */
typedef void sk_logins_then(struct sk_asked *q, const struct sk_secret_done *done);
int sk_logins_ask(struct sk_asked *q, const struct sk_secret_ask *ask, sk_logins_then *then);

/* --- asks-show.c: objects of doc/front.md; NULL: no memory --- */
json_t *sk_show_transfer(
    const struct sk_asked *q, const struct sk_transfer *t, unsigned holds, bool whole);
json_t *sk_show_original(const struct sk_asked *q, const struct sk_original *o);
/* Whether he may see what tells of the content: not who runs the post and has nothing else to do with it. */
bool sk_show_content(const struct sk_asked *q, const struct sk_transfer *t, unsigned holds);
json_t *sk_show_hash(struct sk_slice hash);
json_t *sk_show_text(const char *text);
/* Put a value under a name, unless it is NULL. */
void sk_show_set(json_t *o, const char *name, json_t *value);
void sk_show_number(json_t *o, const char *name, int64_t n); /* not SK_NONE */
/* --- asks-decision.c --- */
/* What the policy said about something received then (seconds). */
json_t *sk_show_decided(const struct sk_decision *d, int64_t received);
json_t *sk_show_decision(struct sk_asked *q, const struct sk_transfer *t);
json_t *sk_show_history(struct sk_asked *q, const char *id);
json_t *sk_show_votes(struct sk_asked *q, const struct sk_transfer *t);

/* --- asks-page.c: lists in pages --- */
struct sk_page {
	json_t *list;
	size_t bytes; /* of the answer so far */
	size_t most;
};
/* `most` of the question, and room for one answer beside what stands in it already. */
struct sk_page sk_page_begin(const struct sk_asked *q);
/* False: it has no place any more; the value is dropped then. */
bool sk_page_add(struct sk_page *p, json_t *value);
/* "TIME-NUMBER" as a place in a list, and back. SK_EREFUSED: told that it is none. */
int sk_page_after(struct sk_asked *q, int64_t *time, const char **id);
void sk_page_next(struct sk_asked *q, int64_t time, const char *id);

/* --- asks-tasks.c --- */
/* What waits for somebody, each counted to 200. */
struct sk_tasks_of {
	int64_t received, approvals, passwords, classes, originals, proposals;
};
/* Of the member of the question, whose rights stand in it. `c` is zero before. */
int sk_tasks_count(struct sk_asked *q, struct sk_tasks_of *c);
void sk_tasks_show(json_t *o, const struct sk_tasks_of *c);

/* --- asks-list.c --- */
struct sk_list_place {
	int64_t received;
	const char *id; /* of the last one that was seen; NULL: from the newest */
};
/* What `list` finds for this question, if he may; texts lie in the arena. Told when he may not, or when it asks for what is not. */
int sk_asked_listed(struct sk_asked *q, struct sk_arena *a, const struct sk_list_place *from,
    size_t most, struct sk_transfer **t, size_t *n);

/* --- asks-export.c --- */
/* `run` of asks by which somebody takes a list away: the entry about it, and how many there were (q->rows, q->cut). */
int sk_asked_taken(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q);

/* --- asks-get.c --- */
/* The blob that q->blob names goes along with the answer; its hash and size stand in q->handed already. */
int sk_asked_lend(struct sk_asked *q, enum sk_blob_kind kind);

#endif
