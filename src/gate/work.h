/*
 * What workers and the scanner found out, and what becomes of a transfer by it. In the caller's transaction (batch.h). Each
 * takes the job under whose lease it was found out: with the queue in the store's database the job ends with it; with a
 * queue of its own the caller ends it when this is committed. SK_ECHANGED: the lease is another's; SK_EREFUSED: the transfer
 * waits for no such thing any more: nothing was written, the job can go. The gate.
 */
#ifndef SK_GATE_WORK_H
#define SK_GATE_WORK_H

#include "gate/receive.h"
#include "jobs/work.h"

/* What the virus scanner said of the original. */
struct sk_gate_scan {
	enum sk_scan verdict;
	int64_t signatures; /* their age in seconds; SK_UNKNOWN */
};

/*
 * A worker has cleaned it, or says why not; output: the blob of what came out, there exactly when the verdict is SK_CLEAN.
 * scan: NULL when the scanner was not asked. It goes on as far as the policy lets it. SK_EINTERNAL: what the worker says does
 * not fit the transfer, or the blob, or no policy is in force; the job is to be tried again.
 */
int sk_gate_cleaned(struct sk_gate *g, struct sk_arena *a, const struct sk_job *job,
    const struct sk_work_done *done, const struct sk_gate_scan *scan, const struct sk_blob *output,
    struct sk_transfer *after);

/* A worker of the receiver has verified what came (SK_JOB_VERIFY): it is released when the policy of this post says so once more, else rejected. */
int sk_gate_checked(struct sk_gate *g, struct sk_arena *a, const struct sk_job *job,
    const struct sk_work_done *done, struct sk_transfer *after);

/* The scanner has looked at the original once more (SK_JOB_SCAN), or still cannot: then it is asked again some minutes later. */
int sk_gate_scanned(struct sk_gate *g, struct sk_arena *a, const struct sk_job *job,
    const struct sk_gate_scan *scan, struct sk_transfer *after);

/*
 * Nobody could end the job, whatever its kind: what is not cleaned is refused, what is not verified rejected, and what is not
 * scanned stays held. `word` says why, "space": it waits for room instead. The job itself is the caller's to remove.
 */
int sk_gate_lapse(struct sk_gate *g, struct sk_arena *a, const struct sk_job *job, const char *word,
    struct sk_transfer *after);

#endif
