/*
 * What happens to transfers, each happening in one transaction: the row, its history, the entry for the ledger and the job
 * that follows are there together or not at all (invariant 7). Which happenings there can be says state.h; whether one is
 * right says the policy, before. The gate.
 */
#ifndef SK_GATE_TRANSFER_H
#define SK_GATE_TRANSFER_H

#include "gate/state.h"
#include "ledger/entry.h"
#include "store/queue.h"
#include "store/transfer.h"

/* Kinds of jobs. */
enum sk_gate_job { SK_JOB_CLEAN = 1, SK_JOB_VERIFY = 2 };

struct sk_gate {
	struct sk_db *db;
	bool own_queue; /* the queue has a database of its own */
};

/* Something that is said in the ledger besides what the row says. Borrowed. */
struct sk_saying {
	enum sk_entry_field field;
	struct sk_slice value;
};

struct sk_step_of {
	struct sk_happening what;
	const char *person; /* who; NULL: nobody but the post itself */
	const char *reason; /* a word, or NULL */
	/* Sets what else changes in the row, from what is there; may be called again. NULL: nothing does. 0, or a status that ends it. */
	int (*change)(void *ctx, struct sk_transfer *t);
	void *ctx;
	const struct sk_saying *say;
	size_t nsay;
	/* The lease under which it was found out: SK_ECHANGED when it is another's by now. The job ends with the step. NULL: none. */
	const struct sk_job *job;
};

/*
 * It is there, durably: the blob of the original has its name, *t says who sent what where. Its row begins as `received` and
 * goes on at once to the queue. SK_EARG: what must be said is not.
 */
int sk_gate_receive(
    struct sk_gate *g, struct sk_transfer *t, const struct sk_saying *say, size_t nsay);

/*
 * Make it happen. *after is the row as it is then; its text lies in the arena. SK_EREFUSED: it cannot happen now, or not by
 * this actor; nothing has changed. SK_ENOENTRY: there is no such transfer. SK_ECHANGED: the lease is another's.
 */
int sk_gate_happen(struct sk_gate *g, struct sk_arena *a, const char *id,
    const struct sk_step_of *step, struct sk_transfer *after);

/* A row of the outbox's ledger channel as an entry; `number` is 24 bytes for the digits of its number. SK_EFORMAT. */
int sk_gate_entry(int64_t row, struct sk_slice body, char number[24], struct sk_leaf *e);

#endif
