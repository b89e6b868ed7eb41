/* Several scans at once: pool.h. The scanner's process. */
#include "scan/pool.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/pool.h"
#include "scan/age.h"
#include "scan/clamd.h"

#define THREADS 8 /* clamd itself has 10 when nothing is said */

static int millis_for(const struct sk_scan_task *s)
{
	if (s->millis)
		return s->millis > SK_LIMIT_TIME_MAX_MS ? SK_LIMIT_TIME_MAX_MS : (int)s->millis;
	return (int)sk_limits_for((size_t)s->what.size).time_ms;
}

struct asked {
	char *socket, *signatures;
};

static void scan(void *task, const void *ctx)
{
	const struct asked *pool = ctx;
	struct sk_scan_task *s = task;
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

static void forget(void *task)
{
	struct sk_scan_task *s = task;

	sk_close(&s->file);
}

int sk_scan_pool_new(const char *socket, const char *signatures, struct sk_pool **out)
{
	static const struct sk_pool_kind kind = {
	    sizeof(struct sk_scan_task), SK_SCAN_POOL, THREADS, scan, forget};
	static struct asked asked;

	asked.socket = socket ? strdup(socket) : NULL;
	asked.signatures = signatures ? strdup(signatures) : NULL;
	if ((socket && asked.socket == NULL) || (signatures && asked.signatures == NULL))
		return SK_ENOMEM;
	return sk_pool_new(&kind, &asked, out);
}
