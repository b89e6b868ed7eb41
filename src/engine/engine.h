/* Parts of the library behind include/sekisho.h. The caller's process. */
#ifndef SK_ENGINE_ENGINE_H
#define SK_ENGINE_ENGINE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/report.h"
#include "ipc/msg.h"
#include "sekisho.h"

/* Nothing about the bytes of a file can change any more. */
#define SK_SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)

enum sk_jail_role {
	SK_ROLE_CLEANER,
	SK_ROLE_VERIFIER,
	SK_ROLE_RENDERER,
	SK_ROLE_CONVERTER,
	SK_ROLE_READER,
	SK_ROLE_COUNT
};

/* One zygote as its caller sees it. */
struct sk_helper {
	pid_t pid; /* 0: not running */
	int pidfd; /* means it, also when the caller's program has reaped it and the number is somebody else's */
	int control; /* its socket */
};

struct sk_engine {
	char *helper_dir;
	struct sk_helper helpers[SK_ROLE_COUNT];
	int stop;           /* eventfd: readable once interrupted */
	int nothing;        /* an empty sealed file, for jobs that have no output or no requests */
	int64_t reading_ms; /* left for reading pictures of the file that is looked through */
	void (*told)(void *ctx, enum sk_part part, unsigned thousandths); /* NULL: nobody is */
	void *told_ctx;
	enum sk_part part; /* that is under way, and how much of it was told */
	uint32_t done;
	bool late; /* the running job has waited for a helper to start, and is to begin anew */
};

const char *sk_helper_name(enum sk_jail_role role);

/*
 * Start a zygote without waiting for it; wait until it has proved its jail. SK_E*; text gets what is missing.
 * SK_EUNSUPPORTED: the program that the role is built around is not installed.
 */
int sk_helper_start(
    struct sk_helper *h, const char *dir, enum sk_jail_role role, char *text, size_t size);
int sk_helper_ready(struct sk_helper *h, enum sk_jail_role role, char *text, size_t size);
/* Hang up, kill, reap. A helper that does not run is fine. */
void sk_helper_stop(struct sk_helper *h);

/* What a job gets: anonymous files. The input is lent, the other two are made by sk_engine_run(). */
struct sk_job_fds {
	int input, output, report;
};
#define SK_JOB_FDS(in) \
	{ \
		.input = (in), .output = -1, .report = -1 \
	}

/* Closes output and report, where there are any. */
void sk_job_fds_close(struct sk_job_fds *fds);

/*
 * Run one job in a helper and answer its requests until it ends; once more when the helper itself was killed
 * meanwhile. In any case sk_job_fds_close() is the caller's. SK_ENOMEM when no
 * file can be made, SK_EIO when the helper is gone or was
 * interrupted (*interrupted); then it has been stopped. Otherwise *done says how the job's process ended.
 */
int sk_engine_run(struct sk_engine *e, enum sk_jail_role role, const struct sk_job_msg *job,
    struct sk_job_fds *fds, struct sk_done_msg *done, bool *interrupted);

/* A part of the running file begins. */
void sk_engine_begin(struct sk_engine *e, enum sk_part part);
/* One request of a job is waiting on `request`: serve it. `pdf` holds what it loaded (-1: nothing). */
int sk_engine_serve(struct sk_engine *e, int request, int *pdf, const struct sk_job_msg *of);

/* A system's or our own failure is an error; everything else that stops a file is a refusal. */
enum sk_verdict sk_verdict_of(enum sk_code reason, bool failed);
/* Public result from a report; `failed`: a jailed process did not end by itself. NULL when memory is out. */
struct sk_result *sk_result_new(const struct sk_report *r, const char *name, bool failed);

#endif
