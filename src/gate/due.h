/* What time brings. In the caller's transaction (batch.h). The gate. */
#ifndef SK_GATE_DUE_H
#define SK_GATE_DUE_H

#include "gate/receive.h"

#define SK_GATE_ERASE 64

struct sk_gate_due {
	size_t n; /* rows for which a date had come; as many as `most`: there may be more */
	size_t nerase;
	/* Originals whose time is over: erase their keys when this is committed. What refers to them is gone: one that stays because
	 * nobody comes to that is removed by the next sweep (sk_blobs_sweep). */
	char erase[SK_GATE_ERASE][SK_BLOB_NAME];
};

/*
 * Another policy is in force: what waits, and was decided about under another one, is asked about anew by the next calls of
 * sk_gate_due(). In the transaction in which the policy is kept (sk_policy_keep).
 */
int sk_gate_policy_came(struct sk_db *db, const uint8_t hash[32]);

/*
 * At most `most` rows of each kind: what expires does; what has been over for long is forgotten, with the people in it;
 * originals are kept no longer than the policy says, but until they are cleaned; what waits for somebody is counted as reminded
 * (reminders, in the row; `transfer.remind` in the ledger) and asked about anew, since deputies may decide by then; what waits for the scanner becomes a job for it;
 * what waits for room is tried.
 */
int sk_gate_due(struct sk_gate *g, struct sk_arena *a, size_t most, struct sk_gate_due *due);

#endif
