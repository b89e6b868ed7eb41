/*
 * Jobs that the process which puts them does itself: claimed as they are put, in the same transaction, as long as it has
 * room, so that nobody has to look for them and no other commit is needed. They are leased like all others: queue.h. The gate.
 */
#ifndef SK_GATE_CLAIMS_H
#define SK_GATE_CLAIMS_H

#include "gate/transfer.h"

#define SK_GATE_CLAIMS 64

struct sk_gate_claims {
	/* set by the desk; borrowed */
	const char *worker;
	int64_t lease_ms;
	size_t room; /* so many more, at most SK_GATE_CLAIMS in one transaction */
	/* When they are committed. `ctx` is yours. */
	void (*committed)(const struct sk_gate_claims *c, void *ctx);
	void *ctx;
	/* of the present transaction */
	size_t n;
	struct sk_job job[SK_GATE_CLAIMS];
	char name[SK_GATE_CLAIMS][SK_TRANSFER_ID];
	unsigned
	    left; /* kinds of jobs that were put and that nobody has claimed: 1 << sk_gate_job */
};

/* A transaction begins. */
void sk_gate_claims_begin(struct sk_gate *g);
/* A job for the transfer of that number, ours when there is room. */
int sk_gate_put_job(struct sk_gate *g, enum sk_gate_job kind, const char *id);
/* The transaction is committed. */
void sk_gate_claims_end(struct sk_gate *g);

#endif
