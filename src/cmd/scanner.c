/*
 * sekisho-scanner: a role of a post. It has the files its gate hands over scanned for viruses by clamd, over clamd's own
 * socket, and says what came of it. It reads the bytes only to pass them on, and decides nothing: what clamd does not say
 * clearly has failed, and is for the gate to hold.
 *
 * Things: "settings" (of which it takes clamd's socket and the folder of its signatures).
 */
#include <stdio.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "post/child.h"
#include "post/places.h"
#include "post/settings.h"
#include "scan/pool.h"

struct scanner {
	struct sk_child child;
	struct sk_pool *pool;
	unsigned talk;  /* with the gate that is there now; what an earlier one asked is void */
	unsigned asked; /* by it, and not answered */
};

static int fail(const char *what)
{
	fprintf(stderr, "sekisho-scanner: %s\n", what);
	return SK_EIO;
}

static int begin(void *ctx)
{
	struct scanner *s = ctx;
	struct sk_settings *settings = NULL;
	sk_autoclose int fd = sk_child_take(&s->child, "settings");
	char why[256] = "there are no settings";
	int status = fd < 0 ? SK_EIO : sk_settings_read(fd, &settings, why, sizeof(why));

	if (status)
		return fail(why);
	status = sk_scan_pool_new(
	    sk_settings_get(settings, "clamd"), sk_settings_get(settings, "signatures"), &s->pool);
	sk_settings_free(settings);
	return status ? fail("no memory or threads") : 0;
}

static void met(void *ctx, size_t place)
{
	struct scanner *s = ctx;

	if (place != SK_PLACE_GATE)
		return;
	s->talk++;
	s->asked = 0;
	sk_pool_drop(s->pool);
}

static int serve_file(void *ctx, struct sk_message *m)
{
	struct scanner *s = ctx;
	struct sk_scan_task one = {.file = m->fds[0], .serial = m->serial, .talk = s->talk};
	int status = sk_scan_get_file(m->body, &one.millis, &one.what);

	if (status == 0)
		status = s->asked < SK_SCANS_AT_ONCE ? sk_pool_put(s->pool, &one) : SK_ELIMIT;
	sk_bytes_wipe(&one.what);
	if (status)
		return status;
	m->fds[0] = -1;
	s->asked++;
	return 0;
}

static size_t watch(void *ctx, struct pollfd *p, size_t max)
{
	struct scanner *s = ctx;

	(void)max;
	p[0] = (struct pollfd){sk_pool_fd(s->pool), POLLIN, 0};
	return 1;
}

static void answer(struct scanner *s, const struct sk_scan_task *one)
{
	struct sk_buf body = SK_BUF(SK_SCAN_DONE_BYTES);

	s->asked -= one->talk == s->talk;
	if (one->talk == s->talk && sk_scan_put_done(&one->done, &body) == 0)
		sk_child_send(&s->child, SK_PLACE_GATE, SK_SCAN_DONE, one->serial,
		    sk_buf_slice(&body), NULL, 0);
	sk_buf_free(&body);
}

static void happened(void *ctx, const struct pollfd *p, size_t n)
{
	struct scanner *s = ctx;
	struct sk_scan_task one;

	(void)n;
	while (p[0].revents && sk_pool_take(s->pool, &one) == 0)
		answer(s, &one);
}

static const struct sk_permit permits[] = {
    {SK_SCAN_FILE, 1, SK_SCAN_FILE_BYTES, SK_SCAN_FILE_BYTES, 1, serve_file},
};

int main(void)
{
	static const struct sk_child_ops ops = {
	    .peers = {[SK_PLACE_GATE] = {permits, sizeof(permits) / sizeof(*permits)}},
	    .begin = begin,
	    .met = met,
	    .watch = watch,
	    .happened = happened,
	};
	static struct scanner s;

	return sk_child_run(&s.child, &ops, &s);
}
