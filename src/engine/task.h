/* One file on its way through the jails: what all of libsekisho's jobs share. Caller's process; it looks into no file. */
#ifndef SK_ENGINE_TASK_H
#define SK_ENGINE_TASK_H

#include "engine/engine.h"

#define SK_SHA256_HEX 65 /* with the NUL */

struct sk_task {
	struct sk_engine *engine;
	const struct sk_request *req;
	struct sk_report report;
	uint64_t size_in, size_out;
	char sha256_in[SK_SHA256_HEX], sha256_out[SK_SHA256_HEX];
	int input, output; /* anonymous files; -1 until made */
	bool failed;       /* a jailed process did not end by itself */
	struct sk_passwords passwords;
};

void sk_task_begin(struct sk_task *t, struct sk_engine *engine, const struct sk_request *request);
/* The system did not do `what`: SK_EREFUSED. */
int sk_task_system(struct sk_task *t, const char *what);
/*
 * Copy what is to be cleaned into t->input, behind what stands there already, hash it, and seal it: the caller may change
 * his file while we work, the jails see one copy of it.
 */
int sk_task_take(struct sk_task *t);
/* Times and ceilings of a job over so many bytes. */
void sk_task_fill(const struct sk_task *t, uint64_t size, struct sk_job_msg *job);
/* Run a job and take its report, into t->report or another. */
int sk_task_run(struct sk_task *t, enum sk_jail_role role, const struct sk_job_msg *job,
    struct sk_job_fds *fds, struct sk_report *got);

/*
 * The second opinion about t->output, which is to be of t->report.out_type. What it finds ends as an error of ours: the
 * cleaner let something through.
 */
int sk_task_verify(struct sk_task *t);

struct sha256_ctx;
void sk_task_hex(struct sha256_ctx *ctx, char hex[SK_SHA256_HEX]);
/* Where bytes come from: a descriptor, or somebody who gives them (sekisho.h). */
struct sk_source {
	int fd;
	long (*read)(void *read_from, void *p, unsigned long n);
	void *read_from;
};
/* Copy `from` to `to` (-1: only hash) until its end, at most max bytes. *over: there was more. 0 or SK_EIO. */
int sk_task_copy(const struct sk_source *from, int to, uint64_t max, uint64_t *size,
    char hex[SK_SHA256_HEX], bool *over);

#endif
