/* Several passwords at once: pool.h. The login role. */
#include "login/pool.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"

#define THREADS 4 /* each takes 64 MiB for Argon2id */
#define STACK ((size_t)512 << 10)
/* A password that is not right is not told before: so that it cannot be seen by what it was not right. */
#define WRONG_MS 400

/* A ring of what waits, and one of what ended; together never more than SK_SECRET_POOL. */
struct ring {
	struct sk_secret_task v[SK_SECRET_POOL];
	size_t at, n;
};

struct sk_secret_pool {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct ring waiting, ended;
	size_t all; /* waiting, under way, ended */
	int event;
	const struct sk_directory *directory;
};

static void push(struct ring *r, const struct sk_secret_task *t)
{
	r->v[(r->at + r->n++) % SK_SECRET_POOL] = *t;
}

static void pop(struct ring *r, struct sk_secret_task *t)
{
	*t = r->v[r->at];
	explicit_bzero(&r->v[r->at], sizeof(r->v[r->at]));
	r->at = (r->at + 1) % SK_SECRET_POOL;
	r->n--;
}

/* --- one --- */

static void failed(struct sk_secret_done *d, const char *why)
{
	*d = (struct sk_secret_done){.verdict = SK_SECRET_FAILED};
	snprintf(d->text, sizeof(d->text), "%s", why);
}

static void verify(const struct sk_secret_ask *a, struct sk_secret_done *d)
{
	int rc = crypto_pwhash_str_verify(a->hash, a->secret, strlen(a->secret));

	d->verdict = rc ? SK_SECRET_WRONG : SK_SECRET_RIGHT;
}

static void make(const struct sk_secret_ask *a, struct sk_secret_done *d)
{
	_Static_assert(
	    sizeof(d->hash) >= crypto_pwhash_STRBYTES, "what Argon2id writes down has room");

	if (crypto_pwhash_str(d->hash, a->new, strlen(a->new), crypto_pwhash_OPSLIMIT_INTERACTIVE,
		crypto_pwhash_MEMLIMIT_INTERACTIVE))
		failed(d, "there is no memory for a password");
}

static void answer(const struct sk_secret_pool *pool, struct sk_secret_task *t)
{
	t->due = sk_now_ms() + WRONG_MS;
	t->done = (struct sk_secret_done){.verdict = SK_SECRET_RIGHT};
	if (t->ask.hash[0])
		verify(&t->ask, &t->done);
	else if (t->ask.name[0])
		sk_directory_ask(pool->directory, t->ask.name, t->ask.secret, &t->done);
	if (t->done.verdict == SK_SECRET_RIGHT && t->ask.new[0])
		make(&t->ask, &t->done);
	explicit_bzero(&t->ask, sizeof(t->ask));
	if (t->done.verdict == SK_SECRET_RIGHT)
		t->due = 0;
}

/* --- threads --- */

static void *work(void *arg)
{
	struct sk_secret_pool *pool = arg;
	struct sk_secret_task t;
	uint64_t one = 1;

	for (;;) {
		pthread_mutex_lock(&pool->lock);
		while (pool->waiting.n == 0)
			pthread_cond_wait(&pool->more, &pool->lock);
		pop(&pool->waiting, &t);
		pthread_mutex_unlock(&pool->lock);
		answer(pool, &t);
		pthread_mutex_lock(&pool->lock);
		push(&pool->ended, &t);
		pthread_mutex_unlock(&pool->lock);
		/* it cannot be full: so many answers there are not */
		ssize_t n = TEMP_FAILURE_RETRY(write(pool->event, &one, sizeof(one)));
		(void)n;
	}
	return NULL;
}

static int start_threads(struct sk_secret_pool *pool)
{
	pthread_attr_t attr;
	pthread_t thread;
	int failure = pthread_attr_init(&attr);

	if (failure)
		return SK_ENOMEM;
	pthread_attr_setstacksize(&attr, STACK);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	for (int i = 0; !failure && i < THREADS; i++)
		failure = pthread_create(&thread, &attr, work, pool);
	pthread_attr_destroy(&attr);
	return failure ? SK_EIO : 0;
}

int sk_secret_pool_new(const struct sk_directory *d, struct sk_secret_pool **out)
{
	/* threads that were started go on using it: it is never freed */
	static struct sk_secret_pool pool = {
	    .lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER, .event = -1};
	int status;

	if (sodium_init() < 0)
		return SK_EIO;
	pool.directory = d;
	pool.event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	status = pool.event < 0 ? SK_EIO : start_threads(&pool);
	if (status == 0)
		*out = &pool;
	return status;
}

int sk_secret_pool_fd(const struct sk_secret_pool *pool)
{
	return pool->event;
}

int sk_secret_pool_put(struct sk_secret_pool *pool, const struct sk_secret_task *t)
{
	bool full;

	pthread_mutex_lock(&pool->lock);
	full = pool->all == SK_SECRET_POOL;
	if (!full) {
		pool->all++;
		push(&pool->waiting, t);
		pthread_cond_signal(&pool->more);
	}
	pthread_mutex_unlock(&pool->lock);
	return full ? SK_ELIMIT : 0;
}

void sk_secret_pool_drop(struct sk_secret_pool *pool)
{
	struct sk_secret_task t;

	pthread_mutex_lock(&pool->lock);
	while (pool->waiting.n) {
		pop(&pool->waiting, &t);
		pool->all--;
	}
	pthread_mutex_unlock(&pool->lock);
	explicit_bzero(&t, sizeof(t));
}

int sk_secret_pool_take(struct sk_secret_pool *pool, struct sk_secret_task *t)
{
	uint64_t ignored;
	bool any;
	/* cleared before looking: an answer that comes meanwhile sets it again */
	ssize_t n = TEMP_FAILURE_RETRY(read(pool->event, &ignored, sizeof(ignored)));

	(void)n;
	pthread_mutex_lock(&pool->lock);
	any = pool->ended.n > 0;
	if (any) {
		pop(&pool->ended, t);
		pool->all--;
	}
	pthread_mutex_unlock(&pool->lock);
	return any ? 0 : SK_ENOENTRY;
}
