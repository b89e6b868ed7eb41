/* Several tasks at once: pool.h. A role that holds no store. */
#include "base/pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/err.h"

#define STACK ((size_t)512 << 10)

/* A ring of what waits, and one of what is done; together never more than kind->most. */
struct ring {
	uint8_t *v;
	size_t at, n;
};

struct sk_pool {
	const struct sk_pool_kind *kind;
	const void *ctx;
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct ring waiting, done;
	size_t all; /* waiting, under way, done */
	int event;
};

static void push(const struct sk_pool *pool, struct ring *r, const void *task)
{
	const struct sk_pool_kind *k = pool->kind;

	memcpy(r->v + (r->at + r->n++) % k->most * k->size, task, k->size);
}

/* Nothing of it stays: it may hold what nobody else is to see. */
static void pop(const struct sk_pool *pool, struct ring *r, void *task)
{
	const struct sk_pool_kind *k = pool->kind;

	memcpy(task, r->v + r->at * k->size, k->size);
	explicit_bzero(r->v + r->at * k->size, k->size);
	r->at = (r->at + 1) % k->most;
	r->n--;
}

/* --- threads --- */

static void one(struct sk_pool *pool, void *task)
{
	uint64_t more = 1;

	pthread_mutex_lock(&pool->lock);
	while (pool->waiting.n == 0)
		pthread_cond_wait(&pool->more, &pool->lock);
	pop(pool, &pool->waiting, task);
	pthread_mutex_unlock(&pool->lock);
	pool->kind->work(task, pool->ctx);
	pthread_mutex_lock(&pool->lock);
	push(pool, &pool->done, task);
	pthread_mutex_unlock(&pool->lock);
	explicit_bzero(task, pool->kind->size);
	/* it cannot be full: so many tasks there are not */
	ssize_t n = TEMP_FAILURE_RETRY(write(pool->event, &more, sizeof(more)));
	(void)n;
}

struct thread {
	struct sk_pool *pool;
	void *task;
};

static void *work(void *arg)
{
	struct thread *t = arg;

	for (;;)
		one(t->pool, t->task);
	return NULL;
}

static int start(struct sk_pool *pool, const pthread_attr_t *attr)
{
	struct thread *t = malloc(sizeof(*t));
	pthread_t thread;

	if (t)
		*t = (struct thread){pool, calloc(1, pool->kind->size)};
	if (t && t->task)
		return pthread_create(&thread, attr, work, t) ? SK_EIO
							      : 0; /* it is the thread's now */
	free(t);
	return SK_ENOMEM;
}

static int start_all(struct sk_pool *pool)
{
	pthread_attr_t attr;
	int status = 0;

	if (pthread_attr_init(&attr))
		return SK_ENOMEM;
	pthread_attr_setstacksize(&attr, STACK);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	for (unsigned i = 0; i < pool->kind->threads && status == 0; i++)
		status = start(pool, &attr);
	pthread_attr_destroy(&attr);
	return status;
}

/* --- the caller's thread --- */

int sk_pool_new(const struct sk_pool_kind *kind, const void *ctx, struct sk_pool **out)
{
	/* threads that were started go on using it: it is never freed */
	struct sk_pool *pool = calloc(1, sizeof(*pool));

	if (pool == NULL)
		return SK_ENOMEM;
	*pool = (struct sk_pool){.kind = kind,
	    .ctx = ctx,
	    .lock = PTHREAD_MUTEX_INITIALIZER,
	    .more = PTHREAD_COND_INITIALIZER,
	    .waiting = {.v = calloc(kind->most, kind->size)},
	    .done = {.v = calloc(kind->most, kind->size)},
	    .event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
	*out = pool;
	if (pool->waiting.v == NULL || pool->done.v == NULL)
		return SK_ENOMEM;
	return pool->event < 0 ? SK_EIO : start_all(pool);
}

int sk_pool_fd(const struct sk_pool *pool)
{
	return pool->event;
}

int sk_pool_put(struct sk_pool *pool, const void *task)
{
	bool full;

	pthread_mutex_lock(&pool->lock);
	full = pool->all == pool->kind->most;
	if (!full) {
		pool->all++;
		push(pool, &pool->waiting, task);
		pthread_cond_signal(&pool->more);
	}
	pthread_mutex_unlock(&pool->lock);
	return full ? SK_ELIMIT : 0;
}

void sk_pool_drop(struct sk_pool *pool)
{
	const struct sk_pool_kind *k = pool->kind;

	pthread_mutex_lock(&pool->lock);
	for (; pool->waiting.n; pool->waiting.n--, pool->all--) {
		uint8_t *task = pool->waiting.v + pool->waiting.at * k->size;
		if (k->forget)
			k->forget(task);
		explicit_bzero(task, k->size);
		pool->waiting.at = (pool->waiting.at + 1) % k->most;
	}
	pthread_mutex_unlock(&pool->lock);
}

int sk_pool_take(struct sk_pool *pool, void *task)
{
	uint64_t ignored;
	bool any;
	/* cleared before looking: one that is done meanwhile sets it again */
	ssize_t n = TEMP_FAILURE_RETRY(read(pool->event, &ignored, sizeof(ignored)));

	(void)n;
	pthread_mutex_lock(&pool->lock);
	any = pool->done.n > 0;
	if (any) {
		pop(pool, &pool->done, task);
		pool->all--;
	}
	pthread_mutex_unlock(&pool->lock);
	return any ? 0 : SK_ENOENTRY;
}
