/*
 * Many deeds in one transaction: one commit, one sync for all of them. A deed is what one of the functions of this folder
 * does to one transfer; all of them run in the transaction of sk_gate_do(). The gate.
 */
#ifndef SK_GATE_BATCH_H
#define SK_GATE_BATCH_H

#include "gate/transfer.h"

struct sk_deed {
	/*
	 * May be called again, with what it did before taken back: it has effects in the store alone. What it puts into the
	 * arena lives until its `done`. It answers SK_EREFUSED, SK_ENOENTRY or SK_ECHANGED only when it has written nothing.
	 */
	int (*run)(struct sk_gate *g, struct sk_arena *a, void *ctx);
	void (*done)(void *ctx, int status); /* committed, or not done at all */
	void *ctx;
};

/*
 * All of them, in their order. One that is refused harms no other; when one fails otherwise nothing of the transaction
 * stands, and each is tried alone. g->now is the database's clock at its beginning.
 */
void sk_gate_do(struct sk_gate *g, const struct sk_deed *v, size_t n);

#endif
