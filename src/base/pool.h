/*
 * Several tasks at once, where each waits for somebody else or takes long on purpose: threads that each work on one. One thread
 * of the caller's puts tasks in and takes them out again when they are done. A role that holds no store.
 */
#ifndef SK_BASE_POOL_H
#define SK_BASE_POOL_H

#include <stddef.h>

struct sk_pool;

/* What kind of tasks: structs of `size` bytes, copied in and out. */
struct sk_pool_kind {
	size_t size, most; /* most: waiting, under way and done together */
	unsigned threads;
	void (*work)(void *task, const void *ctx); /* in one of the threads */
	void (*forget)(void *task); /* of one that was never begun: what it holds goes */
};

/* kind and ctx live as long as the process, as does the pool. 0, SK_EIO, SK_ENOMEM. */
int sk_pool_new(const struct sk_pool_kind *kind, const void *ctx, struct sk_pool **out);
/* Readable when there is a task to take out. */
int sk_pool_fd(const struct sk_pool *pool);
/* SK_ELIMIT: there are enough; what the task holds stays the caller's then. */
int sk_pool_put(struct sk_pool *pool, const void *task);
/* Forget what has not been begun. */
void sk_pool_drop(struct sk_pool *pool);
/* The next that is done. SK_ENOENTRY: none. */
int sk_pool_take(struct sk_pool *pool, void *task);

#endif
