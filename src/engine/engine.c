/* The engine's life: jails up, jails down, what they can do. Caller's process. */
#include "engine/engine.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

const char *sk_version(void)
{
	return SK_VERSION;
}

/* Cleaner and verifier come up side by side; the renderer only when a file needs it. */
static int start_jails(struct sk_engine *e, char *text, size_t size)
{
	int rc = sk_helper_start(
	    &e->helpers[SK_ROLE_CLEANER], e->helper_dir, SK_ROLE_CLEANER, text, size);

	if (rc == 0)
		rc = sk_helper_start(
		    &e->helpers[SK_ROLE_VERIFIER], e->helper_dir, SK_ROLE_VERIFIER, text, size);
	if (rc == 0)
		rc = sk_helper_ready(&e->helpers[SK_ROLE_CLEANER], SK_ROLE_CLEANER, text, size);
	if (rc == 0)
		rc = sk_helper_ready(&e->helpers[SK_ROLE_VERIFIER], SK_ROLE_VERIFIER, text, size);
	return rc;
}

static int make_nothing(void)
{
	int fd = sk_memfd("nothing");

	if (fd >= 0 && fcntl(fd, F_ADD_SEALS, SK_SEALS))
		sk_close(&fd);
	return fd;
}

void sk_engine_watch(struct sk_engine *engine,
    void (*told)(void *ctx, enum sk_part part, unsigned thousandths), void *ctx)
{
	engine->told = told;
	engine->told_ctx = ctx;
}

int sk_engine_open(struct sk_engine **engine, const char *helper_dir, char **why)
{
	char text[512] = "memory for the engine";
	struct sk_engine *e = calloc(1, sizeof(*e));

	if (e) {
		e->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		e->nothing = make_nothing();
		e->helper_dir = strdup(helper_dir ? helper_dir : SK_HELPER_DIR);
	}
	if (e && e->helper_dir && e->stop >= 0 && e->nothing >= 0 &&
	    start_jails(e, text, sizeof(text)) == 0) {
		*engine = e;
		return 0;
	}
	sk_engine_close(e);
	if (why)
		*why = strdup(text);
	return -1;
}

void sk_engine_close(struct sk_engine *e)
{
	if (e == NULL)
		return;
	for (int i = 0; i < SK_ROLE_COUNT; i++)
		sk_helper_stop(&e->helpers[i]);
	sk_close(&e->stop);
	sk_close(&e->nothing);
	free(e->helper_dir);
	free(e);
}

void sk_engine_interrupt(struct sk_engine *engine)
{
	uint64_t one = 1;
	ssize_t n = write(engine->stop, &one, sizeof(one));
	(void)n; /* full means interrupted already */
}

int sk_selftest(const char *helper_dir,
    void (*row)(void *ctx, const char *role, const char *missing), void *ctx)
{
	const char *dir = helper_dir ? helper_dir : SK_HELPER_DIR;
	int failed = 0;

	for (int i = 0; i < SK_ROLE_COUNT; i++) {
		struct sk_helper h = {0};
		char text[512] = "";
		int rc = sk_helper_start(&h, dir, (enum sk_jail_role)i, text, sizeof(text));
		if (rc == 0)
			rc = sk_helper_ready(&h, (enum sk_jail_role)i, text, sizeof(text));
		row(ctx, sk_helper_name((enum sk_jail_role)i), rc ? text : NULL);
		failed +=
		    rc != 0 && rc != SK_EUNSUPPORTED; /* LibreOffice and Tesseract may be missing */
		sk_helper_stop(&h);
	}
	return failed;
}
