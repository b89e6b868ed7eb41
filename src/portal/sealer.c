/* A thread that seals: sealer.h. */
#include "portal/sealer.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/err.h"

struct sk_sealer {
	pthread_mutex_t mutex;
	pthread_cond_t given, done;
	bool busy; /* what stands below is under way, the thread's own */
	struct sk_sealing *to;
	const uint8_t *p;
	size_t n;
	int *status;
};

static void *work(void *ctx)
{
	struct sk_sealer *s = ctx;

	pthread_mutex_lock(&s->mutex);
	for (;;) {
		while (!s->busy)
			pthread_cond_wait(&s->given, &s->mutex);
		pthread_mutex_unlock(&s->mutex);
		if (*s->status == 0)
			*s->status = sk_sealing_put(s->to, s->p, s->n);
		pthread_mutex_lock(&s->mutex);
		s->busy = false;
		pthread_cond_signal(&s->done);
	}
	return NULL;
}

/* Signals are for the one that has the loop. */
static int begin(struct sk_sealer *s)
{
	sigset_t all, before;
	pthread_t t;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&t, NULL, work, s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc == 0)
		pthread_detach(t);
	return rc ? SK_ENOMEM : 0;
}

int sk_sealer_new(struct sk_sealer **out)
{
	struct sk_sealer *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return SK_ENOMEM;
	pthread_mutex_init(&s->mutex, NULL);
	pthread_cond_init(&s->given, NULL);
	pthread_cond_init(&s->done, NULL);
	if (begin(s)) {
		free(s);
		return SK_ENOMEM;
	}
	*out = s;
	return 0;
}

static void wait_locked(struct sk_sealer *s)
{
	while (s->busy)
		pthread_cond_wait(&s->done, &s->mutex);
}

void sk_sealer_put(
    struct sk_sealer *s, struct sk_sealing *to, const uint8_t *p, size_t n, int *status)
{
	pthread_mutex_lock(&s->mutex);
	wait_locked(s);
	s->to = to;
	s->p = p;
	s->n = n;
	s->status = status;
	s->busy = true;
	pthread_cond_signal(&s->given);
	pthread_mutex_unlock(&s->mutex);
}

void sk_sealer_wait(struct sk_sealer *s)
{
	if (s == NULL)
		return;
	pthread_mutex_lock(&s->mutex);
	wait_locked(s);
	pthread_mutex_unlock(&s->mutex);
}
