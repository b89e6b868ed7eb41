/*
 * sekisho-login: a role of a post. It computes what is slow on purpose (Argon2id) for its gate, which says what is to be held
 * against what and decides what follows; and asks a directory whether a password is right. It has no store and no key, and keeps no
 * password of anybody. Before it hears of one it gives up the file system, other programs and every socket but those to the directory
 * (post/confine.h); where there is no directory, all of them.
 *
 * Things: "settings", "directory" (the password with which people are looked for there, or nothing).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "login/pool.h"
#include "post/child.h"
#include "post/places.h"
#include "post/settings.h"

struct role {
	struct sk_child child;
	struct sk_pool *pool;
	unsigned talk;  /* with the gate that is there now; what an earlier one asked is void */
	unsigned asked; /* by it, and not answered */
	struct sk_settings *settings;
	struct sk_directory directory;
	char secret[SK_SECRET_TEXT + 1];            /* of the directory's user */
	struct sk_secret_task late[SK_SECRET_POOL]; /* answers that are not due yet */
	size_t nlate;
};

static int fail(const char *what)
{
	fprintf(stderr, "sekisho-login: %s\n", what);
	return SK_EIO;
}

static void take_directory(struct role *l)
{
	const struct sk_settings *s = l->settings;

	/* what this machine says of other directories is not meant: ldap.conf(5) */
	setenv("LDAPNOINIT", "1", 1);
	l->directory = (struct sk_directory){.uri = sk_settings_get(s, "directory"),
	    .ca = sk_settings_get(s, "directory-ca"),
	    .base = sk_settings_get(s, "directory-base"),
	    .filter = sk_settings_get(s, "directory-filter"),
	    .user = sk_settings_get(s, "directory-user"),
	    .secret = l->secret};
}

/* One line; nothing where nobody is named. */
static int take_secret(struct role *l)
{
	sk_autoclose int fd = sk_child_take(&l->child, "directory");
	ssize_t n = fd < 0 ? -1 : pread(fd, l->secret, sizeof(l->secret) - 1, 0);

	if (n < 0)
		return SK_EIO;
	l->secret[strcspn(l->secret, "\r\n")] = '\0';
	return l->directory.user && l->secret[0] == '\0' ? SK_EFORMAT : 0;
}

static int confine(const struct sk_directory *d)
{
	struct sk_confined keeps;
	const char *what = "the directory's address";
	int status = sk_directory_keeps(d, &keeps);

	if (status == 0)
		status = sk_confine_but(&keeps, &what);
	if (status)
		fprintf(stderr, "sekisho-login: it cannot be confined: %s\n", what);
	return status;
}

static int begin(void *ctx)
{
	struct role *l = ctx;
	sk_autoclose int fd = sk_child_take(&l->child, "settings");
	char why[256] = "there are no settings";
	int status = fd < 0 ? SK_EIO : sk_settings_read(fd, &l->settings, why, sizeof(why));

	if (status)
		return fail(why);
	take_directory(l);
	if (take_secret(l))
		return fail("the password of the directory's user cannot be read");
	if (confine(&l->directory))
		return SK_EIO;
	return sk_secret_pool_new(&l->directory, &l->pool) ? fail("no memory or threads") : 0;
}

static void met(void *ctx, size_t place)
{
	struct role *l = ctx;

	if (place != SK_PLACE_GATE)
		return;
	l->talk++;
	l->asked = 0;
	l->nlate = 0;
	sk_pool_drop(l->pool);
}

static int serve_ask(void *ctx, struct sk_message *m)
{
	struct role *l = ctx;
	struct sk_secret_task one = {.serial = m->serial, .talk = l->talk};
	int status = sk_secret_get_ask(m->body, &one.ask);

	if (status == 0)
		status = l->asked < SK_SECRETS_AT_ONCE ? sk_pool_put(l->pool, &one) : SK_ELIMIT;
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
	p[0] = (struct pollfd){sk_pool_fd(l->pool), POLLIN, 0};
	return 1;
}

/* Of one talk there are never more than SK_SECRETS_AT_ONCE. */
static void happened(void *ctx, const struct pollfd *p, size_t n)
{
	struct role *l = ctx;
	struct sk_secret_task one;

	(void)n;
	while (p[0].revents && sk_pool_take(l->pool, &one) == 0) {
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
