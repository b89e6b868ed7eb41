/* Several passwords at once: pool.h. The login role. */
#include "login/pool.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"

#define THREADS 4 /* each takes 64 MiB for Argon2id */
/* A password that is not right is not told before: so that it cannot be seen by what it was not right. */
#define WRONG_MS 400

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

static void answer(void *task, const void *directory)
{
	struct sk_secret_task *t = task;

	t->due = sk_now_ms() + WRONG_MS;
	t->done = (struct sk_secret_done){.verdict = SK_SECRET_RIGHT};
	if (t->ask.hash[0])
		verify(&t->ask, &t->done);
	else if (t->ask.name[0])
		sk_directory_ask(directory, t->ask.name, t->ask.secret, &t->done);
	if (t->done.verdict == SK_SECRET_RIGHT && t->ask.new[0])
		make(&t->ask, &t->done);
	explicit_bzero(&t->ask, sizeof(t->ask));
	if (t->done.verdict == SK_SECRET_RIGHT)
		t->due = 0;
}

int sk_secret_pool_new(const struct sk_directory *d, struct sk_pool **out)
{
	static const struct sk_pool_kind kind = {.size = sizeof(struct sk_secret_task),
	    .most = SK_SECRET_POOL,
	    .threads = THREADS,
	    .work = answer};

	return sodium_init() < 0 ? SK_EIO : sk_pool_new(&kind, d, out);
}
