/*
 * sekisho-login: a role of a post. It computes what is slow on purpose (Argon2id) for its gate, which says what is to be held
 * against what and decides what follows. It has no store and no key, and keeps no password.
 *
 * Things: "settings".
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "login/pool.h"
#include "post/child.h"
#include "post/places.h"

struct role {
	struct sk_child child;
	struct sk_secret_pool *pool;
	unsigned talk;  /* with the gate that is there now; what an earlier one asked is void */
	unsigned asked; /* by it, and not answered */
	struct sk_secret_task late[SK_SECRET_POOL]; /* answers that are not due yet */
	size_t nlate;
};

static int begin(void *ctx)
{
	struct role *l = ctx;
	int settings = sk_child_take(&l->child, "settings");

	sk_close(&settings); /* it needs none of them */
	if (sk_secret_pool_new(&l->pool) == 0)
		return 0;
	fprintf(stderr, "sekisho-login: no memory or threads\n");
	return SK_EIO;
}

static void met(void *ctx, size_t place)
{
	struct role *l = ctx;

	if (place != SK_PLACE_GATE)
		return;
	l->talk++;
	l->asked = 0;
	l->nlate = 0;
	sk_secret_pool_drop(l->pool);
}

static int serve_ask(void *ctx, struct sk_message *m)
{
	struct role *l = ctx;
	struct sk_secret_task one = {.serial = m->serial, .talk = l->talk};
	int status = sk_secret_get_ask(m->body, &one.ask);

	if (status == 0)
		status =
		    l->asked < SK_SECRETS_AT_ONCE ? sk_secret_pool_put(l->pool, &one) : SK_ELIMIT;
	explicit_bzero(&one, sizeof(one));
	l->asked += status == 0;
	return status;
}

/* --- answers --- */

static void answer(struct role *l, const struct sk_secret_task *one)
{
	struct sk_buf body = SK_BUF(SK_SECRET_DONE_MOST);

	l->asked--;
	if (sk_secret_put_done(&one->done, &body) == 0)
		sk_child_send(&l->child, SK_PLACE_GATE, SK_SECRET_DONE, one->serial,
		    sk_buf_slice(&body), NULL, 0);
	sk_buf_free(&body);
}

static size_t watch(void *ctx, struct pollfd *p, size_t max)
{
	struct role *l = ctx;

	(void)max;
	p[0] = (struct pollfd){sk_secret_pool_fd(l->pool), POLLIN, 0};
	return 1;
}

/* Of one talk there are never more than SK_SECRETS_AT_ONCE. */
static void happened(void *ctx, const struct pollfd *p, size_t n)
{
	struct role *l = ctx;
	struct sk_secret_task one;

	(void)n;
	while (p[0].revents && sk_secret_pool_take(l->pool, &one) == 0) {
		if (one.talk != l->talk)
			continue;
		if (one.due > sk_now_ms())
			l->late[l->nlate++] = one;
		else
			answer(l, &one);
	}
}

static int until(void *ctx)
{
	const struct role *l = ctx;
	int64_t now = sk_now_ms(), at = INT64_MAX;

	for (size_t i = 0; i < l->nlate; i++)
		at = l->late[i].due < at ? l->late[i].due : at;
	return at == INT64_MAX ? -1 : at <= now ? 0 : (int)(at - now);
}

static void tick(void *ctx)
{
	struct role *l = ctx;
	int64_t now = sk_now_ms();

	for (size_t i = l->nlate; i-- > 0;)
		if (l->late[i].due <= now) {
			answer(l, &l->late[i]);
			l->late[i] = l->late[--l->nlate];
		}
}

static const struct sk_permit permits[] = {
    {SK_SECRET_ASK, 1, 1, SK_SECRET_ASK_MOST, 0, serve_ask},
};

int main(void)
{
	static const struct sk_child_ops ops = {
	    .peers = {[SK_PLACE_GATE] = {permits, sizeof(permits) / sizeof(*permits)}},
	    .begin = begin,
	    .met = met,
	    .watch = watch,
	    .happened = happened,
	    .until = until,
	    .tick = tick,
	};
	static struct role l;

	return sk_child_run(&l.child, &ops, &l);
}
