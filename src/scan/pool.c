/* Several scans at once: pool.h. The scanner's process. */
#include "scan/pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"
#include "scan/age.h"
#include "scan/clamd.h"

#define THREADS 8 /* clamd itself has 10 when nothing is said */
#define STACK ((size_t)512 << 10)

/* A ring of what waits, and one of what ended; together never more than SK_SCAN_POOL. */
struct ring {
	struct sk_scan_task v[SK_SCAN_POOL];
	size_t at, n;
};

struct sk_scan_pool {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct ring waiting, ended;
	size_t all; /* waiting, being scanned, ended */
	int event;
	char *socket, *signatures;
};

static void push(struct ring *r, const struct sk_scan_task *s)
{
	r->v[(r->at + r->n++) % SK_SCAN_POOL] = *s;
}

static void pop(struct ring *r, struct sk_scan_task *s)
{
	*s = r->v[r->at];
	sk_bytes_wipe(&r->v[r->at].what);
	r->at = (r->at + 1) % SK_SCAN_POOL;
	r->n--;
}

static int millis_for(const struct sk_scan_task *s)
{
	if (s->millis)
		return s->millis > SK_LIMIT_TIME_MAX_MS ? SK_LIMIT_TIME_MAX_MS : (int)s->millis;
	return (int)sk_limits_for((size_t)s->what.size).time_ms;
}

static void scan(const struct sk_scan_pool *pool, struct sk_scan_task *s)
{
	struct sk_clamd_result r = {.text = "no clamd is named in the settings"};
	int version = pool->socket ? sk_clamd_connect(pool->socket) : -1;
	int stream = pool->socket ? sk_clamd_connect(pool->socket) : -1;

	if (pool->socket)
		sk_clamd_scan(version, stream, s->file, &s->what, millis_for(s), &r);
	sk_close(&version);
	sk_close(&stream);
	sk_close(&s->file);
	sk_bytes_wipe(&s->what);
	if (r.signatures == 0 && r.engine[0] && pool->signatures)
		r.signatures = sk_scan_newest(pool->signatures);
	sk_scan_from_clamd(&r, time(NULL), &s->done);
}

static void *work(void *arg)
{
	struct sk_scan_pool *pool = arg;
	struct sk_scan_task s;
	uint64_t one = 1;

	for (;;) {
		pthread_mutex_lock(&pool->lock);
		while (pool->waiting.n == 0)
			pthread_cond_wait(&pool->more, &pool->lock);
		pop(&pool->waiting, &s);
		pthread_mutex_unlock(&pool->lock);
		scan(pool, &s);
		pthread_mutex_lock(&pool->lock);
		push(&pool->ended, &s);
		pthread_mutex_unlock(&pool->lock);
		/* it cannot be full: so many ends there are not */
		ssize_t n = TEMP_FAILURE_RETRY(write(pool->event, &one, sizeof(one)));
		(void)n;
	}
	return NULL;
}

static int start_threads(struct sk_scan_pool *pool)
{
	pthread_attr_t attr;
	pthread_t thread;
	int failed = pthread_attr_init(&attr);

	if (failed)
		return SK_ENOMEM;
	pthread_attr_setstacksize(&attr, STACK);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	for (int i = 0; !failed && i < THREADS; i++)
		failed = pthread_create(&thread, &attr, work, pool);
	pthread_attr_destroy(&attr);
	return failed ? SK_EIO : 0;
}

int sk_scan_pool_new(const char *socket, const char *signatures, struct sk_scan_pool **out)
{
	/* threads that were started go on using it: it is never freed */
	static struct sk_scan_pool pool = {
	    .lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER, .event = -1};
	int status;

	pool.socket = socket ? strdup(socket) : NULL;
	pool.signatures = signatures ? strdup(signatures) : NULL;
	if ((socket && pool.socket == NULL) || (signatures && pool.signatures == NULL))
		return SK_ENOMEM;
	pool.event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	status = pool.event < 0 ? SK_EIO : start_threads(&pool);
	if (status == 0)
		*out = &pool;
	return status;
}

int sk_scan_pool_fd(const struct sk_scan_pool *pool)
{
	return pool->event;
}

int sk_scan_pool_put(struct sk_scan_pool *pool, const struct sk_scan_task *s)
{
	bool full;

	pthread_mutex_lock(&pool->lock);
	full = pool->all == SK_SCAN_POOL;
	if (!full) {
		pool->all++;
		push(&pool->waiting, s);
		pthread_cond_signal(&pool->more);
	}
	pthread_mutex_unlock(&pool->lock);
	return full ? SK_ELIMIT : 0;
}

void sk_scan_pool_drop(struct sk_scan_pool *pool)
{
	struct sk_scan_task s;

	pthread_mutex_lock(&pool->lock);
	while (pool->waiting.n) {
		pop(&pool->waiting, &s);
		sk_close(&s.file);
		sk_bytes_wipe(&s.what);
		pool->all--;
	}
	pthread_mutex_unlock(&pool->lock);
}

int sk_scan_pool_take(struct sk_scan_pool *pool, struct sk_scan_task *s)
{
	uint64_t ignored;
	bool any;
	/* cleared before looking: an end that comes meanwhile sets it again */
	ssize_t n = TEMP_FAILURE_RETRY(read(pool->event, &ignored, sizeof(ignored)));

	(void)n;
	pthread_mutex_lock(&pool->lock);
	any = pool->ended.n > 0;
	if (any) {
		pop(&pool->ended, s);
		pool->all--;
	}
	pthread_mutex_unlock(&pool->lock);
	return any ? 0 : SK_ENOENTRY;
}
