/*
 * What happens to transfers: the row, its history, the entry for the ledger and the job that follows are written in one
 * transaction, the caller's (batch.h), or not at all (invariant 7). Which happenings there can be says state.h; whether one is
 * right says the policy, before. Everything of src/gate refuses before it writes. The gate.
 *
 * The ledger's clear fields hold words of ASCII only. A route, a zone or a class whose name is none (the policy allows any
 * name) stands there by its place in the policy: "route-3", "zone-0", "confidentiality-2"; hash.policy says in which. So no
 * policy makes the gate fail; the name itself is behind the commitment personal.request of an offer.
 */
#ifndef SK_GATE_TRANSFER_H
#define SK_GATE_TRANSFER_H

#include "gate/state.h"
#include "ledger/entry.h"
#include "policy/policy.h"
#include "store/queue.h"
#include "store/transfer.h"

/* Kinds of jobs. Their name is the id of the transfer; they have no body. */
enum sk_gate_job {
	SK_JOB_CLEAN = 1,
	SK_JOB_VERIFY = 2,
	SK_JOB_SCAN = 3 /* the original, once more (work.h: sk_gate_scanned) */
};

struct sk_gate_claims;

/* Links as the present transaction knows them: letters.c asks the store for each of the first once. */
#define SK_GATE_LINKS 8
struct sk_gate_link {
	char zone[64];
	int64_t number, heard;
};
struct sk_gate_links {
	uint64_t run; /* sk_db_run_number */
	size_t n;
	struct sk_gate_link v[SK_GATE_LINKS];
};

struct sk_gate {
	struct sk_db *db;
	bool own_queue;                 /* the queue has a database of its own */
	bool numbers;                   /* this process reads the outbox (store/outbox.h) */
	const char *zone;               /* of this post */
	const struct sk_policy *policy; /* NULL: none is in force, and nothing passes */
	int64_t now; /* seconds, of this transaction by the database's clock (sk_gate_do sets it) */
	struct sk_gate_links links;
	struct sk_gate_claims *claims; /* NULL: jobs are for whoever looks for them (claims.h) */
	/* Something happened to a transfer; the transaction may still be taken back. NULL: nobody wants to know. */
	void (*changed)(void *ctx, const struct sk_transfer *t);
	void *changed_ctx;
};

/* Keep a row that was loaded, or a new one; whoever watches is told. As sk_transfer_save(), sk_transfer_insert(). */
int sk_gate_save(struct sk_gate *g, struct sk_transfer *t);

/* Something that is said in the ledger besides what the row says. Borrowed. */
struct sk_saying {
	enum sk_entry_field field;
	struct sk_slice value;
};

#define SK_SAYINGS 16

struct sk_step_of {
	struct sk_happening what;
	const char *person; /* who; NULL: nobody but the post itself */
	const char *reason; /* a word, or NULL */
	const struct sk_saying *say;
	size_t nsay;
	/* The lease under which it was found out: SK_ECHANGED when it is another's by now. The job ends with the step. NULL: none. */
	const struct sk_job *job;
};

/*
 * Make it happen to the row *t, which was read in this transaction; what else is to change stands in it already. SK_EREFUSED:
 * it cannot happen now, or not by this actor; SK_ECHANGED: the lease is another's. Then nothing was written.
 */
int sk_gate_step(struct sk_gate *g, struct sk_transfer *t, const struct sk_step_of *step);
/* The same for the transfer of that number. *after is the row as it is then; its text lies in the arena. SK_ENOENTRY. */
int sk_gate_happen(struct sk_gate *g, struct sk_arena *a, const char *id,
    const struct sk_step_of *step, struct sk_transfer *after);
/* The row's beginning as `state`, without what follows from it; one that was read begins anew. */
int sk_gate_begin(struct sk_gate *g, struct sk_transfer *t, enum sk_transfer_state state,
    const struct sk_step_of *step);
/* A row that was inserted stands in the lists that are looked through, with its requester's department (or its recipient's). */
int sk_gate_list(struct sk_gate *g, const struct sk_transfer *t);
/* An entry of that kind about something that is no event of the table: "transfer.vote", "original.lift". */
int sk_gate_tell(struct sk_gate *g, const struct sk_transfer *t, const char *kind,
    const struct sk_step_of *step);

/* An entry about something else than a transfer, without its number, in the caller's transaction. SK_EARG: no entry. */
int sk_gate_log(struct sk_gate *g, const struct sk_leaf *e);

/* A row of the outbox's ledger channel as an entry; `number` is 24 bytes for the digits of its number. SK_EFORMAT. */
int sk_gate_entry(int64_t row, struct sk_slice body, char number[24], struct sk_leaf *e);

#endif
