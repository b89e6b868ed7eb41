/* One job in a jail, and its requests to another, each limited. Caller's process. */
#include "engine/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"

/* A helper that took longer to start has eaten into the time of the job that waited. */
#define LATE_MS 2000
#define GRACE_MS 5000 /* beyond the job's own time, for the zygote to notice and say so */

static int ensure(struct sk_engine *e, enum sk_jail_role role)
{
	struct sk_helper *h = &e->helpers[role];
	char text[512];

	if (h->pid)
		return 0;
	int rc = sk_helper_start(h, e->helper_dir, role, text, sizeof(text));
	return rc ? rc : sk_helper_ready(h, role, text, sizeof(text));
}

/* Send the job with its descriptors; `theirs` is the job's end of the requests. */
static int send_job(struct sk_engine *e, enum sk_jail_role role, const struct sk_job_msg *job,
    const struct sk_job_fds *fds, int theirs, bool *gone)
{
	int list[4] = {fds->input, fds->output, fds->report, theirs};

	if (ensure(e, role))
		return SK_EIO;
	int rc = sk_msg_send(e->helpers[role].control, SK_MSG_JOB, job, sizeof(*job), list, 4);
	*gone = rc != 0;
	return rc;
}

/*
 * Wait for the end of the job, serving its requests. While an answer is being made the job waits for it, so
 * its time is counted by the zygote all the same.
 */
static int wait_done(struct sk_engine *e, enum sk_jail_role role, const struct sk_job_msg *job,
    int request, struct sk_done_msg *done, bool *interrupted, bool *gone)
{
	sk_autoclose int pdf = -1;
	struct pollfd p[3] = {
	    {e->helpers[role].control, POLLIN, 0}, {e->stop, POLLIN, 0}, {request, POLLIN, 0}};

	for (;;) {
		int n = poll(p, 3, (int)job->time_ms + GRACE_MS);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return SK_EIO;
		if (p[1].revents) {
			*interrupted = true;
			return SK_EIO;
		}
		if (p[0].revents) {
			*gone =
			    sk_msg_recv(p[0].fd, SK_MSG_DONE, done, sizeof(*done), NULL, 0) != 0;
			return *gone ? SK_EIO : 0;
		}
		if (p[2].revents && sk_engine_serve(e, request, &pdf, job)) {
			/* It talks nonsense, or has no more requests: no more answers. */
			shutdown(request, SHUT_RDWR);
			p[2].fd = -1;
		}
	}
}

/* Once; `gone` says that the zygote itself was: it was killed from outside, maybe before this job. */
static int run_once(struct sk_engine *e, enum sk_jail_role role, const struct sk_job_msg *job,
    const struct sk_job_fds *fds, struct sk_done_msg *done, bool *interrupted, bool *gone)
{
	sk_autoclose int ours = -1, theirs = -1;
	int pair[2];

	if (role == SK_ROLE_CLEANER) {
		e->done = 0;
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
			return SK_EIO;
		ours = pair[0];
		theirs = pair[1];
	}
	int rc = send_job(e, role, job, fds, theirs < 0 ? e->nothing : theirs, gone);
	sk_close(&theirs);
	if (rc == 0)
		rc = wait_done(e, role, job, ours, done, interrupted, gone);
	if (rc)
		sk_helper_stop(&e->helpers[role]);
	return rc ? SK_EIO : 0;
}

/* Fresh ones: a job of a zygote that was killed may for a moment still write into those it had. */
static int make_files(struct sk_engine *e, enum sk_jail_role role, struct sk_job_fds *fds)
{
	sk_job_fds_close(fds);
	fds->output =
	    role == SK_ROLE_VERIFIER ? fcntl(e->nothing, F_DUPFD_CLOEXEC, 0) : sk_memfd("output");
	fds->report = sk_memfd("report");
	return fds->output < 0 || fds->report < 0 ? SK_ENOMEM : 0;
}

void sk_job_fds_close(struct sk_job_fds *fds)
{
	sk_close(&fds->output);
	sk_close(&fds->report);
}

int sk_engine_run(struct sk_engine *e, enum sk_jail_role role, const struct sk_job_msg *job,
    struct sk_job_fds *fds, struct sk_done_msg *done, bool *interrupted)
{
	bool gone = false;
	int rc = make_files(e, role, fds);

	if (rc == 0)
		rc = run_once(e, role, job, fds, done, interrupted, &gone);
	bool again = (rc && gone) || e->late;
	e->late = false;
	if (!again || *interrupted)
		return rc;
	/* The zygote's death, or a helper's slow start, is no word about the file: once more. */
	rc = make_files(e, role, fds);
	return rc ? rc : run_once(e, role, job, fds, done, interrupted, &gone);
}

/* Copy exactly n bytes from a job's stream into a fresh anonymous file. -1 on failure. */
static int receive_file(int request, uint64_t n)
{
	uint8_t block[65536];
	int fd = sk_memfd("pdf");

	while (fd >= 0 && n) {
		size_t part = n < sizeof(block) ? (size_t)n : sizeof(block);
		if (sk_read_all(request, block, part) || sk_write_all(fd, block, part))
			sk_close(&fd); /* and -1 is returned */
		n -= part;
	}
	return fd;
}

/* A job that is gone by now, or has hung up, must not be the end of the program that asked us (SIGPIPE). */
static int send_all(int request, const void *p, size_t n)
{
	const uint8_t *at = p;

	while (n) {
		ssize_t k = TEMP_FAILURE_RETRY(send(request, at, n, MSG_NOSIGNAL));
		if (k < 0)
			return SK_EIO;
		at += k;
		n -= (size_t)k;
	}
	return 0;
}

static int answer(int request, const struct sk_answer_head *head, struct sk_slice body)
{
	int rc = send_all(request, head, sizeof(*head));
	return rc ? rc : send_all(request, body.p, body.n);
}

/*
 * What a job is told when another one that it asked did not end well. A converter that falls over did so because
 * of the file; one that is gone or was killed from outside says nothing about the file.
 */
static int32_t failure(enum sk_jail_role role, const struct sk_done_msg *done)
{
	if (role != SK_ROLE_CONVERTER)
		return SK_EFORMAT;
	if (done->end == SK_END_TIMEOUT || (done->end == SK_END_SIGNAL && done->detail == SIGXCPU))
		return SK_ELIMIT;
	if (done->end == SK_END_EXIT || (done->end == SK_END_SIGNAL && done->detail != SIGKILL))
		return SK_EFORMAT;
	return SK_EIO;
}

/* Run a job in another jail for the one that asks; its output is an answer head followed by the bytes. */
static int forward(
    struct sk_engine *e, enum sk_jail_role role, int request, int pdf, const struct sk_job_msg *job)
{
	struct sk_answer_head head = {.status = SK_EFORMAT};
	struct sk_job_fds fds = SK_JOB_FDS(pdf);
	struct sk_done_msg done = {0};
	struct sk_slice out = {0};
	bool interrupted = false;

	if (sk_engine_run(e, role, job, &fds, &done, &interrupted)) {
		sk_job_fds_close(&fds);
		head.status = failure(role, &(struct sk_done_msg){0});
		return answer(request, &head, sk_slice("", 0));
	}
	head.status = failure(role, &done);
	if (done.end == SK_END_EXIT && done.detail == 0 && sk_map(fds.output, &out) == 0 &&
	    out.n >= sizeof(head)) {
		memcpy(&head, out.p, sizeof(head));
		/* Of what went wrong only this is passed on: the job has no decoder of that kind. */
		if (head.status == SK_EUNSUPPORTED)
			head = (struct sk_answer_head){.status = SK_EUNSUPPORTED};
		else if (head.status || head.length != out.n - sizeof(head))
			head = (struct sk_answer_head){.status = SK_EFORMAT};
	}
	struct sk_slice body =
	    head.status ? sk_slice("", 0) : sk_slice_sub(out, sizeof(head), out.n);
	int rc = answer(request, &head, body);
	sk_unmap(&out);
	sk_job_fds_close(&fds);
	return rc;
}

/* What renders and converts has an open document before it: passwords are not even copied. */
static void without_passwords(const struct sk_job_msg *of, struct sk_job_msg *job)
{
	*job = (struct sk_job_msg){
	    .time_ms = of->time_ms, .cpu_s = of->cpu_s, .memory = of->memory, .output = of->output};
	memcpy(job->name, of->name, sizeof(job->name));
}

static int render(struct sk_engine *e, int request, int pdf, const struct sk_ask_head *ask,
    const struct sk_job_msg *of)
{
	struct sk_job_msg job;

	if (pdf < 0 || ask->length || ask->dpi > 600)
		return SK_EFORMAT;
	without_passwords(of, &job);
	job.what = ask->what;
	job.page = ask->page;
	job.dpi = ask->dpi;
	return forward(e, SK_ROLE_RENDERER, request, pdf, &job);
}

/* LibreOffice may take long to start, from a cold disk; the job that waited for it begins anew with all its time. */
static int ensure_converter(struct sk_engine *e)
{
	bool running = e->helpers[SK_ROLE_CONVERTER].pid != 0;
	int64_t before = sk_now_ms();
	int rc = ensure(e, SK_ROLE_CONVERTER);

	e->late = rc == 0 && !running && sk_now_ms() - before > LATE_MS;
	return rc;
}

/* LibreOffice is not everywhere; without it the job is told so, and nothing else suffers. */
static int convert(struct sk_engine *e, int request, int file, const struct sk_ask_head *ask,
    const struct sk_job_msg *of)
{
	struct sk_answer_head missing = {.status = SK_EUNSUPPORTED};
	struct sk_job_msg job;
	int rc;

	if (file < 0 || ask->length || ask->page >= SK_FT_COUNT || ask->dpi >= SK_FT_COUNT)
		return SK_EFORMAT;
	if ((rc = ensure_converter(e))) {
		missing.status = rc;
		return answer(request, &missing, sk_slice("", 0));
	}
	if (e->late)
		return SK_EIO;
	without_passwords(of, &job);
	job.what = ask->what;
	job.method = ask->page;
	job.page = ask->dpi;
	job.memory = of->memory + SK_LIMIT_CONVERT_MEMORY;
	return forward(e, SK_ROLE_CONVERTER, request, file, &job);
}

/* Words in a picture, as long as there is time left for this file. */
static int words(struct sk_engine *e, int request, int file, const struct sk_ask_head *ask,
    const struct sk_job_msg *of)
{
	struct sk_answer_head none = {.status = SK_ELIMIT};
	int64_t began = sk_now_ms();
	struct sk_job_msg job;
	int rc;

	if (file < 0 || ask->length || of->what != SK_WHAT_LEAKS || of->page != 1)
		return SK_EFORMAT;
	if (e->reading_ms <= 0)
		return answer(request, &none, sk_slice("", 0));
	if ((none.status = ensure(e, SK_ROLE_READER)))
		return answer(request, &none, sk_slice("", 0));
	without_passwords(of, &job);
	job.name[0] = '\0';
	job.what = ask->what;
	job.page = ask->page;
	job.dpi = ask->dpi;
	job.time_ms = e->reading_ms < SK_LIMIT_READ_MS ? (uint32_t)e->reading_ms : SK_LIMIT_READ_MS;
	job.cpu_s = job.time_ms / 1000 + 1;
	rc = forward(e, SK_ROLE_READER, request, file, &job);
	e->reading_ms -= sk_now_ms() - began;
	return rc;
}

void sk_engine_begin(struct sk_engine *e, enum sk_part part)
{
	e->part = part;
	e->done = 0;
	if (e->told)
		e->told(e->told_ctx, part, 0);
}

/* It comes from a jail: it rises, or nothing more is answered. */
static int hear_progress(struct sk_engine *e, const struct sk_ask_head *ask)
{
	if (ask->length || ask->page <= e->done || ask->page >= 1000)
		return SK_EFORMAT;
	e->done = ask->page;
	if (e->told)
		e->told(e->told_ctx, e->part, e->done);
	return 0;
}

int sk_engine_serve(struct sk_engine *e, int request, int *pdf, const struct sk_job_msg *of)
{
	struct sk_ask_head ask;

	if (sk_read_all(request, &ask, sizeof(ask)))
		return SK_EIO;
	switch (ask.what) {
	case SK_ASK_LOAD:
		if (ask.length > SK_LIMIT_INPUT)
			return SK_EFORMAT;
		sk_close(pdf);
		*pdf = receive_file(request, ask.length);
		return *pdf < 0 ? SK_EIO : 0;
	case SK_ASK_RENDER:
	case SK_ASK_TEXT:
	case SK_ASK_COUNT:
	case SK_ASK_SHARE:
	case SK_ASK_PICTURE:
		return render(e, request, *pdf, &ask, of);
	case SK_ASK_PROGRESS:
		return hear_progress(e, &ask);
	case SK_ASK_WORDS:
		return words(e, request, *pdf, &ask, of);
	case SK_ASK_CONVERT:
		return convert(e, request, *pdf, &ask, of);
	default:
		return SK_EFORMAT;
	}
}
