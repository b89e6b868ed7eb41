/* Input, jobs and reports of one file: task.h. Caller's process. */
#include "engine/task.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nettle/sha2.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/hex.h"

void sk_task_hex(struct sha256_ctx *ctx, char hex[SK_SHA256_HEX])
{
	uint8_t sum[SHA256_DIGEST_SIZE];

	sha256_digest(ctx, sizeof(sum), sum);
	sk_hex_text(hex, sum, sizeof(sum));
}

int sk_task_system(struct sk_task *t, const char *what)
{
	return sk_report_refuse(&t->report, SK_REASON_SYSTEM, "%s: %s", what, strerror(errno));
}

static ssize_t some(const struct sk_source *from, void *p, size_t n)
{
	return from->read ? from->read(from->read_from, p, n)
			  : TEMP_FAILURE_RETRY(read(from->fd, p, n));
}

int sk_task_copy(const struct sk_source *from, int to, uint64_t max, uint64_t *size,
    char hex[SK_SHA256_HEX], bool *over)
{
	static _Thread_local uint8_t block[1 << 17];
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	*size = 0;
	for (;;) {
		ssize_t n = some(from, block, sizeof(block));
		if (n < 0)
			return SK_EIO;
		if (n == 0)
			break;
		sha256_update(&ctx, (size_t)n, block);
		*size += (uint64_t)n;
		*over = *size > max;
		if (*over)
			return 0;
		if (to >= 0 && sk_write_all(to, block, (size_t)n))
			return SK_EIO;
	}
	sk_task_hex(&ctx, hex);
	return 0;
}

int sk_task_take(struct sk_task *t)
{
	uint64_t max = t->req->max_input && t->req->max_input < SK_LIMIT_INPUT ? t->req->max_input
									       : SK_LIMIT_INPUT;
	const struct sk_source from = {t->req->input, t->req->read, t->req->read_from};
	bool over = false;

	if (t->input < 0)
		t->input = sk_memfd("input");
	if (t->input < 0)
		return sk_task_system(t, "memory for the input");
	if (sk_task_copy(&from, t->input, max, &t->size_in, t->sha256_in, &over))
		return sk_task_system(t, "reading the input");
	if (over)
		return sk_report_refuse(&t->report, SK_REASON_LIMIT_SIZE, "more than %llu bytes",
		    (unsigned long long)max);
	if (fcntl(t->input, F_ADD_SEALS, SK_SEALS))
		return sk_task_system(t, "sealing the input");
	return 0;
}

/* A job that did not end by itself left no report worth reading: say how it ended. */
static int explain_end(struct sk_task *t, const struct sk_done_msg *done, const char *who)
{
	struct sk_report *r = &t->report;

	t->failed = true;
	if (done->end == SK_END_TIMEOUT)
		return sk_report_refuse(r, SK_REASON_LIMIT_TIME, "%s", who);
	if (done->end == SK_END_NO_FORK)
		return sk_report_refuse(
		    r, SK_REASON_SYSTEM, "%s: no process: %s", who, strerror(done->detail));
	if (done->end == SK_END_SIGNAL && done->detail == SIGSYS)
		return sk_report_refuse(r, SK_REASON_SANDBOX, "%s", who);
	if (done->end == SK_END_SIGNAL && done->detail == SIGXFSZ)
		return sk_report_refuse(r, SK_REASON_LIMIT_OUTPUT, "%s", who);
	if (done->end == SK_END_SIGNAL && (done->detail == SIGXCPU || done->detail == SIGKILL))
		return sk_report_refuse(r, SK_REASON_LIMIT_TIME, "%s: processor time", who);
	if (done->end == SK_END_SIGNAL)
		return sk_report_refuse(r, SK_REASON_CRASH, "%s: signal %d", who, done->detail);
	return sk_report_refuse(r, SK_REASON_CRASH, "%s: exit status %d", who, done->detail);
}

/* It comes from a jail that read hostile bytes: nothing is assumed. */
static int take_report(struct sk_task *t, enum sk_jail_role role, int report, struct sk_report *got)
{
	struct sk_slice bytes = {0};
	struct stat st;
	int rc = fstat(report, &st) || (size_t)st.st_size > SK_LIMIT_REPORT_BYTES ||
		 sk_map(report, &bytes);

	if (rc == 0)
		rc = sk_report_decode(bytes, got);
	sk_unmap(&bytes);
	return rc ? sk_report_refuse(
			&t->report, SK_REASON_INTERNAL, "report of %s", sk_helper_name(role))
		  : 0;
}

int sk_task_run(struct sk_task *t, enum sk_jail_role role, const struct sk_job_msg *job,
    struct sk_job_fds *fds, struct sk_report *got)
{
	struct sk_done_msg done = {0};
	bool interrupted = false;
	int rc = sk_engine_run(t->engine, role, job, fds, &done, &interrupted);

	if (rc == SK_ENOMEM)
		return sk_task_system(t, "memory for a job");
	if (rc) {
		t->failed = true;
		return sk_report_refuse(&t->report,
		    interrupted ? SK_REASON_INTERRUPTED : SK_REASON_CRASH, "%s",
		    sk_helper_name(role));
	}
	if (done.end != SK_END_EXIT || done.detail != 0)
		return explain_end(t, &done, sk_helper_name(role));
	return take_report(t, role, fds->report, got);
}

void sk_task_fill(const struct sk_task *t, uint64_t size, struct sk_job_msg *job)
{
	struct sk_limits l = sk_limits_for((size_t)size);

	*job = (struct sk_job_msg){
	    .time_ms = l.time_ms, .cpu_s = l.cpu_s, .memory = l.memory, .output = l.output};
	if (t->req->max_millis && t->req->max_millis < l.time_ms)
		job->time_ms = t->req->max_millis;
}

void sk_task_begin(struct sk_task *t, struct sk_engine *engine, const struct sk_request *request)
{
	t->engine = engine;
	t->req = request;
	sk_report_clear(&t->report);
	t->size_in = t->size_out = 0;
	t->sha256_in[0] = t->sha256_out[0] = '\0';
	t->input = t->output = -1;
	t->failed = false;
}
