/*
 * One file: a private, sealed copy goes to the cleaner's jail, what comes out is sealed and goes to the
 * verifier's jail, and only bytes that passed reach the caller's descriptor. Caller's process; it looks
 * into no file.
 */
#include "engine/task.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nettle/sha2.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "engine/lock.h"

static int clean(struct sk_task *t)
{
	struct sk_job_fds fds = SK_JOB_FDS(t->input);
	struct sk_job_msg job;

	sk_task_fill(t, t->size_in, &job);
	job.method = t->req->method;
	snprintf(job.name, sizeof(job.name), "%s", t->req->name ? t->req->name : "");
	job.passwords = t->passwords;
	sk_engine_begin(t->engine, SK_PART_CLEAN);
	int rc = sk_task_run(t, SK_ROLE_CLEANER, &job, &fds, &t->report);
	sk_passwords_wipe(&job.passwords);
	t->output = fds.output;
	sk_close(&fds.report);
	if (rc)
		return rc;
	if (t->report.reason != SK_CODE_NONE)
		return SK_EREFUSED;
	return fcntl(t->output, F_ADD_SEALS, SK_SEALS) ? sk_task_system(t, "sealing the output")
						       : 0;
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
static int deliver_locked(struct sk_task *t, const char *password)
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
		return sk_task_system(t, "writing the output");
	if (rc)
		return sk_report_refuse(
		    &t->report, SK_REASON_INTERNAL, "encrypting the output: %s", sk_strerror(rc));
	t->size_out = sink.size;
	sk_task_hex(&sink.hash, t->sha256_out);
	t->report.out_type = SK_FT_ZIP;
	return 0;
}

/* Hand out the bytes that passed, and only those. */
static int deliver(struct sk_task *t)
{
	uint32_t opened = t->req->reencrypt ? t->report.opened : 0;
	const struct sk_source from = {.fd = t->output};
	bool over = false;

	if (opened && opened <= t->passwords.n)
		return deliver_locked(t, sk_password(&t->passwords, opened - 1));
	if (lseek(t->output, 0, SEEK_SET) < 0 ||
	    sk_task_copy(
		&from, t->req->output, SK_LIMIT_OUTPUT, &t->size_out, t->sha256_out, &over))
		return sk_task_system(t, "writing the output");
	return over ? sk_report_refuse(&t->report, SK_REASON_LIMIT_OUTPUT, "output") : 0;
}

/* An empty one is none: what opens without a password is opened without. */
static int take_passwords(struct sk_task *t)
{
	memset(&t->passwords, 0, sizeof(t->passwords));
	for (const char *const *p = t->req->passwords; p && *p; p++)
		if (**p && sk_passwords_add(&t->passwords, sk_slice_str(*p)))
			return sk_report_refuse(&t->report, SK_REASON_PASSWORD,
			    "more than %d passwords, or longer than %d bytes", SK_LIMIT_PASSWORDS,
			    SK_LIMIT_PASSWORD);
	return 0;
}

static void finish(const struct sk_task *t, struct sk_result *r, int64_t started)
{
	r->size_in = t->size_in;
	memcpy(r->sha256_in, t->sha256_in, sizeof(r->sha256_in));
	if (r->verdict == SK_CLEAN) {
		r->size_out = t->size_out;
		memcpy(r->sha256_out, t->sha256_out, sizeof(r->sha256_out));
	}
	r->millis = (uint32_t)(sk_now_ms() - started);
}

int sk_engine_clean(
    struct sk_engine *engine, const struct sk_request *request, struct sk_result **result)
{
	static _Thread_local struct sk_task t;
	int64_t started = sk_now_ms();

	sk_task_begin(&t, engine, request);
	if (take_passwords(&t) == 0 && sk_task_take(&t) == 0 && clean(&t) == 0 &&
	    sk_task_verify(&t) == 0)
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
