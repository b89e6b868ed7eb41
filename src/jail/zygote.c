/*
 * The life of a zygote: lock up, prove it, then one forked process per job until the caller hangs up.
 * Every zygote. It trusts neither its caller's messages nor its jobs.
 */
#include "jail/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "jail/view.h"

#define PARKED_FD 12 /* where a job's descriptors wait while 3..6 are made free */

#define RESERVED_FD \
	16 /* below, descriptors are kept for jobs: a role with a view opens some of its own */

/*
 * A job's process ends with its file: giving memory back to the kernel in between, only to take it again page by page,
 * costs more than it saves. Above this size it goes back all the same, and grows without being copied (mremap).
 */
#define KEPT_MEMORY (4 << 20)

#define LOOK_MS 250 /* how often a waiting zygote looks whether its caller is still there */

static uint64_t mapped_at_start;

/* Nothing of the caller's is left open but the control socket; standard streams lead nowhere. */
static int take_over_descriptors(const char **what)
{
	*what = "standard streams";
	int null = open("/dev/null", O_RDWR);
	if (null < 0)
		return SK_EIO;
	for (int fd = 0; fd < 3; fd++)
		if (null != fd && dup2(null, fd) < 0)
			return SK_EIO;
	*what = "closing descriptors";
	return close_range(SK_FD_CONTROL + 1, ~0U, 0) ? SK_EIO : 0;
}

/*
 * What a role opens for good, and what its libraries open behind a fork, must not lie where the descriptors of
 * jobs will be: those numbers stay taken.
 */
static int reserve_descriptors(void)
{
	for (int fd = SK_FD_CONTROL + 1; fd < RESERVED_FD; fd++)
		if (dup2(STDIN_FILENO, fd) < 0)
			return SK_EIO;
	return 0;
}

/* All of the jail in its order. NULL, or what is missing. */
static const char *lock_up(const struct sk_role *role)
{
	const char *what = "an unprivileged user";

	if (sk_jail_limits_suffice(role->view, &what) || sk_jail_become_unprivileged(&what))
		return what;
	if (role->init && role->init())
		return role->needs ? role->needs : "the role's own initialisation";
	what = "reading its own size";
	if ((mapped_at_start = sk_jail_mapped()) == 0)
		return what;
	if (sk_jail_filters_prepare(role->view, &what) || sk_jail_namespaces(&what) ||
	    sk_jail_root(role->view, &what) || sk_jail_drop_capabilities(&what) ||
	    sk_jail_landlock(role->view, &what))
		return what;
	if ((what = sk_jail_prove_zygote(role->view)))
		return what;
	sk_autoclose int scratch = sk_memfd("proof");
	if (sk_jail_filter_zygote(&what))
		return what;
	if ((what = sk_jail_prove_jobs(role->view, scratch)))
		return what;
	sk_close(&scratch);
	what = "descriptors for jobs";
	return role->view && reserve_descriptors() ? what : NULL;
}

static void say_failed(const struct sk_role *role, const char *what, int err)
{
	struct sk_failed_msg m = {.optional = what == role->needs};

	if (m.optional)
		err = 0; /* the name says it all */
	snprintf(m.text, sizeof(m.text), "%s%s%s", what, err ? ": " : "", err ? strerror(err) : "");
	sk_msg_send(SK_FD_CONTROL, SK_MSG_FAILED, &m, sizeof(m), NULL, 0);
}

static int place_descriptors(const int fds[4], bool keep_above)
{
	for (int i = 0; i < 4; i++)
		if (dup3(fds[i], PARKED_FD + i, 0) < 0)
			return SK_EIO;
	for (int i = 0; i < 4; i++)
		if (dup2(PARKED_FD + i, SK_FD_INPUT + i) < 0)
			return SK_EIO;
	for (int i = 0; i < 4 && keep_above; i++)
		close(fds[i]);
	return close_range(SK_FD_REQUEST + 1, keep_above ? RESERVED_FD - 1 : ~0U, 0) ? SK_EIO : 0;
}

/* The job's own process: locked further, run, gone. Never returns. */
static void be_job(const struct sk_role *role, const struct sk_job_msg *job, const int fds[4])
{
	if (place_descriptors(fds, role->view != NULL) ||
	    (role->view && sk_jail_renew_pipes(RESERVED_FD, getdtablesize())) ||
	    sk_jail_ceilings(role->view, mapped_at_start + job->memory, job->output, job->cpu_s) ||
	    sk_jail_filter_job())
		_exit(126);
	_exit(role->run(job));
}

static struct sk_done_msg describe(int status, int timed_out)
{
	if (timed_out)
		return (struct sk_done_msg){SK_END_TIMEOUT, 0};
	if (WIFSIGNALED(status))
		return (struct sk_done_msg){SK_END_SIGNAL, WTERMSIG(status)};
	return (struct sk_done_msg){SK_END_EXIT, WEXITSTATUS(status)};
}

/* The caller is gone: nobody wants the job's result any more. */
static int hung_up(void)
{
	char byte;
	struct iovec iov = {&byte, 1};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};

	return recvmsg(SK_FD_CONTROL, &m, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* Wait for the job at most its time, then kill it. SIGCHLD is blocked and taken by sigtimedwait(). */
static struct sk_done_msg watch(pid_t child, uint32_t time_ms, const sigset_t *chld)
{
	int64_t end = sk_now_ms() + time_ms;
	int status = 0, timed_out = 0;

	while (waitpid(child, &status, WNOHANG) == 0) {
		int64_t left = end - sk_now_ms();
		if (left <= 0 || hung_up()) {
			timed_out = 1;
			kill(child, SIGKILL);
			while (waitpid(child, &status, 0) < 0 && errno == EINTR)
				;
			break;
		}
		if (left > LOOK_MS)
			left = LOOK_MS;
		struct timespec t = {left / 1000, left % 1000 * 1000000};
		sigtimedwait(chld, NULL, &t);
	}
	return describe(status, timed_out);
}

static struct sk_done_msg start(
    const struct sk_role *role, const struct sk_job_msg *job, int fds[4], const sigset_t *chld)
{
	pid_t child = fork();

	if (child == 0) {
		sigprocmask(SIG_UNBLOCK, chld, NULL);
		be_job(role, job, fds);
	}
	for (int i = 0; i < 4; i++)
		close(fds[i]);
	if (child < 0)
		return (struct sk_done_msg){SK_END_NO_FORK, errno};
	return watch(child, job->time_ms, chld);
}

/* Neither a preparation nor a job leaves anything to the next job; where that fails there is no next one. */
static void empty_scratch(const struct sk_role *role)
{
	if (role->view && sk_jail_empty_scratch())
		_exit(1);
}

static struct sk_done_msg one_job(
    const struct sk_role *role, const struct sk_job_msg *job, int fds[4], const sigset_t *chld)
{
	if (role->prepare) {
		role->prepare(job);
		empty_scratch(role);
	}
	struct sk_done_msg done = start(role, job, fds, chld);
	empty_scratch(role);
	return done;
}

static int serve(const struct sk_role *role)
{
	static struct sk_job_msg job;
	sigset_t chld;
	int fds[4];

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	while (sk_msg_recv(SK_FD_CONTROL, SK_MSG_JOB, &job, sizeof(job), fds, 4) == 0) {
		job.name[SK_LIMIT_NAME] = '\0';
		if (!sk_passwords_valid(&job.passwords))
			return 1;
		struct sk_done_msg done = one_job(role, &job, fds, &chld);
		explicit_bzero(&job, sizeof(job));
		if (sk_msg_send(SK_FD_CONTROL, SK_MSG_DONE, &done, sizeof(done), NULL, 0))
			return 1;
	}
	return 0;
}

/* A starter may have ignored or blocked what our ceilings rely on (SIGXFSZ, SIGXCPU, SIGCHLD). */
static void default_signals(void)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* From here on nothing is made ready any more. */
static int live(const struct sk_role *role)
{
	if (role->view && sk_jail_empty_scratch()) {
		say_failed(role, "an empty scratch", errno);
		return 1;
	}
	if (sk_msg_send(SK_FD_CONTROL, SK_MSG_READY, role->name, 0, NULL, 0))
		return 1;
	/* Free memory is put in order here once: a job that did it would copy every page it touches. */
	malloc_trim(0);
	mallopt(M_MMAP_THRESHOLD, KEPT_MEMORY);
	mallopt(M_TRIM_THRESHOLD, INT_MAX);
	return serve(role);
}

static const struct sk_role *own;

static void live_within(void)
{
	_exit(live(own));
}

int sk_zygote_main(const struct sk_role *role)
{
	const char *what = NULL;

	default_signals();
	if (take_over_descriptors(&what) == 0) {
		errno = 0;
		what = lock_up(role);
	}
	if (what == NULL && (role->view == NULL || role->enter == NULL))
		return live(role);
	if (what == NULL) {
		own = role;
		role->enter(live_within, &what);
	}
	say_failed(role, what, errno);
	return 1;
}
