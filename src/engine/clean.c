/*
 * One file: a private, sealed copy goes to the cleaner's jail, what comes out is sealed and goes to the
 * verifier's jail, and only bytes that passed reach the caller's descriptor. Caller's process; it looks
 * into no file.
 */
#include "engine/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <nettle/sha2.h>

#include "base/err.h"
#include "base/fd.h"
#include "engine/lock.h"

#define SHA256_HEX 65 /* with the NUL */

struct task {
	struct sk_engine *engine;
	const struct sk_request *req;
	struct sk_report report;
	uint64_t size_in, size_out;
	char sha256_in[SHA256_HEX], sha256_out[SHA256_HEX];
	int input, output; /* anonymous files; -1 until made */
	bool failed;       /* a jailed process did not end by itself */
	struct sk_passwords passwords;
};

static void hex_of(struct sha256_ctx *ctx, char hex[SHA256_HEX])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t sum[SHA256_DIGEST_SIZE];

	sha256_digest(ctx, sizeof(sum), sum);
	for (size_t i = 0; i < sizeof(sum); i++) {
		hex[2 * i] = digits[sum[i] >> 4];
		hex[2 * i + 1] = digits[sum[i] & 15];
	}
	hex[2 * sizeof(sum)] = '\0';
}

static int refuse_system(struct task *t, const char *what)
{
	return sk_report_refuse(&t->report, SK_REASON_SYSTEM, "%s: %s", what, strerror(errno));
}

/* Copy `from` to `to` (-1: only hash) until its end, at most max bytes. *over: there was more. */
static int copy_hashed(
    int from, int to, uint64_t max, uint64_t *size, char hex[SHA256_HEX], bool *over)
{
	static _Thread_local uint8_t block[1 << 17];
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	*size = 0;
	for (;;) {
		ssize_t n = read(from, block, sizeof(block));
		if (n < 0 && errno == EINTR)
			continue;
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
	hex_of(&ctx, hex);
	return 0;
}

/* The caller may change his file while we work: the jails see one sealed copy of it. */
static int take_input(struct task *t)
{
	uint64_t max = t->req->max_input && t->req->max_input < SK_LIMIT_INPUT ? t->req->max_input
									       : SK_LIMIT_INPUT;
	bool over = false;

	t->input = sk_memfd("input");
	if (t->input < 0)
		return refuse_system(t, "memory for the input");
	if (copy_hashed(t->req->input, t->input, max, &t->size_in, t->sha256_in, &over))
		return refuse_system(t, "reading the input");
	if (over)
		return sk_report_refuse(&t->report, SK_REASON_LIMIT_SIZE, "more than %llu bytes",
		    (unsigned long long)max);
	if (fcntl(t->input, F_ADD_SEALS, SK_SEALS))
		return refuse_system(t, "sealing the input");
	return 0;
}

/* A job that did not end by itself left no report worth reading: say how it ended. */
static int explain_end(struct task *t, const struct sk_done_msg *done, const char *who)
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
static int take_report(struct task *t, enum sk_jail_role role, int report, struct sk_report *got)
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

/* Run a job and take its report, into t->report or another. */
static int run_reported(struct task *t, enum sk_jail_role role, const struct sk_job_msg *job,
    struct sk_job_fds *fds, struct sk_report *got)
{
	struct sk_done_msg done = {0};
	bool interrupted = false;
	int rc = sk_engine_run(t->engine, role, job, fds, &done, &interrupted);

	if (rc == SK_ENOMEM)
		return refuse_system(t, "memory for a job");
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

static void fill_job(const struct task *t, uint64_t size, struct sk_job_msg *job)
{
	struct sk_limits l = sk_limits_for((size_t)size);

	*job = (struct sk_job_msg){
	    .time_ms = l.time_ms, .cpu_s = l.cpu_s, .memory = l.memory, .output = l.output};
	if (t->req->max_millis && t->req->max_millis < l.time_ms)
		job->time_ms = t->req->max_millis;
}

static int clean(struct task *t)
{
	struct sk_job_fds fds = SK_JOB_FDS(t->input);
	struct sk_job_msg job;

	fill_job(t, t->size_in, &job);
	job.method = t->req->method;
	snprintf(job.name, sizeof(job.name), "%s", t->req->name ? t->req->name : "");
	job.passwords = t->passwords;
	int rc = run_reported(t, SK_ROLE_CLEANER, &job, &fds, &t->report);
	sk_passwords_wipe(&job.passwords);
	t->output = fds.output;
	sk_close(&fds.report);
	if (rc)
		return rc;
	if (t->report.reason != SK_CODE_NONE)
		return SK_EREFUSED;
	return fcntl(t->output, F_ADD_SEALS, SK_SEALS) ? refuse_system(t, "sealing the output") : 0;
}

/* The second opinion. What it finds ends as an error of ours: the cleaner let something through. */
static int verify(struct task *t)
{
	static _Thread_local struct sk_report got;
	struct sk_job_fds fds = SK_JOB_FDS(t->output);
	struct sk_job_msg job;
	struct stat st;

	if (fstat(t->output, &st))
		return refuse_system(t, "size of the output");
	fill_job(t, (uint64_t)st.st_size, &job);
	job.method = t->report.out_type;
	int rc = run_reported(t, SK_ROLE_VERIFIER, &job, &fds, &got);
	sk_job_fds_close(&fds);
	if (rc)
		return rc;
	if (got.reason != SK_CODE_NONE || got.out_type != t->report.out_type)
		return sk_report_refuse(&t->report, SK_REASON_VERIFY, "%s: %s",
		    sk_filetype_name(t->report.out_type), got.detail);
	return 0;
}

struct sink {
	int fd; /* -1: only hash */
	struct sha256_ctx hash;
	uint64_t size;
};

static int put(void *ctx, const void *p, size_t n)
{
	struct sink *s = ctx;

	sha256_update(&s->hash, n, p);
	s->size += n;
	return s->fd < 0 ? 0 : sk_write_all(s->fd, p, n);
}

/* The bytes that passed, under the password that opened the input. */
static int deliver_locked(struct task *t, const char *password)
{
	struct sink sink = {.fd = t->req->output};
	struct sk_slice plain = {0};
	char *name = sk_lock_member_name(t->req->name, sk_filetype_ext(t->report.out_type));
	struct sk_lock lock = {.password = password, .name = name, .put = put, .ctx = &sink};

	sha256_init(&sink.hash);
	int rc = name ? sk_map(t->output, &plain) : SK_ENOMEM;
	if (rc == 0)
		rc = sk_lock_write(&lock, t->report.out_type, plain);
	sk_unmap(&plain);
	free(name);
	if (rc == SK_EIO)
		return refuse_system(t, "writing the output");
	if (rc)
		return sk_report_refuse(
		    &t->report, SK_REASON_INTERNAL, "encrypting the output: %s", sk_strerror(rc));
	t->size_out = sink.size;
	hex_of(&sink.hash, t->sha256_out);
	t->report.out_type = SK_FT_ZIP;
	return 0;
}

/* Hand out the bytes that passed, and only those. */
static int deliver(struct task *t)
{
	uint32_t opened = t->req->reencrypt ? t->report.opened : 0;
	bool over = false;

	if (opened && opened <= t->passwords.n)
		return deliver_locked(t, sk_password(&t->passwords, opened - 1));
	if (lseek(t->output, 0, SEEK_SET) < 0 ||
	    copy_hashed(
		t->output, t->req->output, SK_LIMIT_OUTPUT, &t->size_out, t->sha256_out, &over))
		return refuse_system(t, "writing the output");
	return over ? sk_report_refuse(&t->report, SK_REASON_LIMIT_OUTPUT, "output") : 0;
}

/* An empty one is none: what opens without a password is opened without. */
static int take_passwords(struct task *t)
{
	memset(&t->passwords, 0, sizeof(t->passwords));
	for (const char *const *p = t->req->passwords; p && *p; p++)
		if (**p && sk_passwords_add(&t->passwords, sk_slice_str(*p)))
			return sk_report_refuse(&t->report, SK_REASON_PASSWORD,
			    "more than %d passwords, or longer than %d bytes", SK_LIMIT_PASSWORDS,
			    SK_LIMIT_PASSWORD);
	return 0;
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void finish(const struct task *t, struct sk_result *r, int64_t started)
{
	r->size_in = t->size_in;
	memcpy(r->sha256_in, t->sha256_in, sizeof(r->sha256_in));
	if (r->verdict == SK_CLEAN) {
		r->size_out = t->size_out;
		memcpy(r->sha256_out, t->sha256_out, sizeof(r->sha256_out));
	}
	r->millis = (uint32_t)(now_ms() - started);
}

static void begin(struct task *t, struct sk_engine *engine, const struct sk_request *request)
{
	t->engine = engine;
	t->req = request;
	sk_report_clear(&t->report);
	t->size_in = t->size_out = 0;
	t->sha256_in[0] = t->sha256_out[0] = '\0';
	t->input = t->output = -1;
	t->failed = false;
}

int sk_engine_clean(
    struct sk_engine *engine, const struct sk_request *request, struct sk_result **result)
{
	static _Thread_local struct task t;
	int64_t started = now_ms();

	begin(&t, engine, request);
	if (take_passwords(&t) == 0 && take_input(&t) == 0 && clean(&t) == 0 && verify(&t) == 0)
		deliver(&t);
	sk_passwords_wipe(&t.passwords);
	sk_close(&t.input);
	sk_close(&t.output);
	struct sk_result *r = sk_result_new(&t.report, request->name, t.failed);
	if (r == NULL)
		return -1;
	finish(&t, r, started);
	*result = r;
	return 0;
}
