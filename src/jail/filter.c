/*
 * The two seccomp filters, seccomp(2). Default: the process is killed. A short table of calls that libraries
 * make without need is answered with an error instead, each with its reason. The job's filter has no way to
 * start a process; only the zygote's has, and with one exact set of flags.
 */
#include "jail/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

/* What a job needs: its descriptors, memory, its end. Arguments are checked where noted in add_memory(). */
static const int job_calls[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),
    SCMP_SYS(lseek),
    SCMP_SYS(ftruncate),
    SCMP_SYS(fstat),
    SCMP_SYS(close),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(brk),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(getrandom),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(clock_gettime), /* Tesseract measures itself; most clocks need no call at all (vdso) */
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

/* What the zygote needs besides: to take a job, start it, watch it, and lock it further. */
static const int zygote_calls[] = {
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),
    SCMP_SYS(dup2),
    SCMP_SYS(dup3),
    SCMP_SYS(close_range),
    SCMP_SYS(wait4),
    SCMP_SYS(rt_sigtimedwait),
    SCMP_SYS(kill),
    SCMP_SYS(seccomp),
    SCMP_SYS(prlimit64),
    SCMP_SYS(setrlimit),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
};

/*
 * What LibreOffice needs besides, and only where a role has a view: files of the view and the scratch (Landlock
 * decides which), threads, their clocks.
 */
static const int view_calls[] = {
    SCMP_SYS(open),
    SCMP_SYS(openat),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(statfs),
    SCMP_SYS(fstatfs),
    SCMP_SYS(getdents64),
    SCMP_SYS(getcwd),
    SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),
    SCMP_SYS(rmdir),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(link),
    SCMP_SYS(chmod),
    SCMP_SYS(fchmod),
    SCMP_SYS(fchmodat),
    SCMP_SYS(fallocate),
    SCMP_SYS(utimensat),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(flock),
    SCMP_SYS(fcntl),
    SCMP_SYS(dup),
    SCMP_SYS(pipe2),
    SCMP_SYS(eventfd2),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(umask),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(getppid),
    SCMP_SYS(getrlimit),
    SCMP_SYS(getrusage),
    SCMP_SYS(times),
    SCMP_SYS(sched_yield),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(mmap), /* it loads parts of itself, and makes call bridges between them at run time */
    SCMP_SYS(mprotect),
    SCMP_SYS(mincore),
    SCMP_SYS(membarrier),
};

/* Calls answered instead of killed. */
static const struct {
	int call, error;
	const char *reason;
} answered[] = {
    {SCMP_SYS(open), ENOENT, "there are no files, and libraries cope with that"},
    {SCMP_SYS(openat), ENOENT, "likewise; gconv, fontconfig and locale code look for files"},
    {SCMP_SYS(access), ENOENT, "likewise"},
    {SCMP_SYS(readlink), ENOENT, "likewise"},
    {SCMP_SYS(sysinfo), EPERM, "glibc's qsort() asks how much memory there is, and does without"},
    {SCMP_SYS(ioctl), ENOTTY, "stdio asks whether a stream is a terminal"},
    {SCMP_SYS(tgkill), EPERM, "abort(): glibc goes on to a trap, so the end shows as a crash"},
    {SCMP_SYS(clone3), ENOSYS, "its flags cannot be checked; glibc falls back to clone"},
    {SCMP_SYS(sched_getaffinity), ENOSYS, "thread pools ask for processors; one is assumed"},
    {SCMP_SYS(uname), EPERM, "version checks of libraries"},
};

/* Likewise, where a role has a view: what LibreOffice tries and does without. */
static const struct {
	int call, error;
	const char *reason;
} view_answered[] = {
    {SCMP_SYS(socket), EACCES, "it looks for a name service and for another instance of itself"},
    {SCMP_SYS(socketpair), EACCES, "likewise"},
    {SCMP_SYS(connect), EACCES, "likewise"},
    {SCMP_SYS(prctl), EPERM, "names of threads"},
    {SCMP_SYS(execve), EACCES, "it asks other programs about the desktop"},
    {SCMP_SYS(kill), EPERM, "it asks whether the owner of a lock lives"},
    {SCMP_SYS(sched_setscheduler), EPERM, "priorities of threads"},
    {SCMP_SYS(setpriority), EPERM, "likewise"},
    {SCMP_SYS(shmget), ENOSYS, "shared memory of displays"},
};

static struct sock_fprog job_filter, zygote_filter;

static int allow_all(scmp_filter_ctx f, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i], 0))
			return SK_EIO;
	return 0;
}

/* Memory is never executable; the path-less form of stat is what fstat() became in glibc. */
static int add_memory(scmp_filter_ctx f)
{
	if (seccomp_rule_add(
		f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) ||
	    seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
		SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)))
		return SK_EIO;
	if (seccomp_rule_add(
		f, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1, SCMP_A3(SCMP_CMP_EQ, AT_EMPTY_PATH)))
		return SK_EIO;
	return seccomp_rule_add(
		   f, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, F_GETFL))
		   ? SK_EIO
		   : 0;
}

static bool is_view_call(int call)
{
	for (size_t i = 0; i < sizeof(view_calls) / sizeof(view_calls[0]); i++)
		if (view_calls[i] == call)
			return true;
	return false;
}

static int add_answers(scmp_filter_ctx f, bool view)
{
	for (size_t i = 0; i < sizeof(answered) / sizeof(answered[0]); i++)
		if (!(view && is_view_call(answered[i].call)) &&
		    seccomp_rule_add(f, SCMP_ACT_ERRNO(answered[i].error), answered[i].call, 0))
			return SK_EIO;
	return 0;
}

/* Threads of one process: the exact flags of glibc's pthread_create(). */
static int add_view(scmp_filter_ctx f)
{
	const unsigned long thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SYSVSEM |
				     CLONE_SIGHAND | CLONE_THREAD | CLONE_SETTLS |
				     CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;

	if (allow_all(f, view_calls, sizeof(view_calls) / sizeof(view_calls[0])))
		return SK_EIO;
	for (size_t i = 0; i < sizeof(view_answered) / sizeof(view_answered[0]); i++)
		if (seccomp_rule_add(
			f, SCMP_ACT_ERRNO(view_answered[i].error), view_answered[i].call, 0))
			return SK_EIO;
	/* its own limits only, not those of the zygote, which has the same user */
	if (seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A0(SCMP_CMP_EQ, 0)))
		return SK_EIO;
	return seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_EQ, thread))
		   ? SK_EIO
		   : 0;
}

/* fork() of glibc, and nothing else: no thread, no namespace, no shared memory. */
static int add_fork(scmp_filter_ctx f)
{
	const unsigned long flags = CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD;

	return seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_EQ, flags))
		   ? SK_EIO
		   : 0;
}

/* Compile to the form the kernel takes, through an anonymous file. */
static int export_filter(scmp_filter_ctx f, struct sock_fprog *out)
{
	sk_autoclose int fd = sk_memfd("filter");
	struct stat st;

	if (fd < 0 || seccomp_export_bpf(f, fd) || fstat(fd, &st) || st.st_size <= 0)
		return SK_EIO;
	struct sock_filter *code = malloc((size_t)st.st_size);
	if (code == NULL)
		return SK_ENOMEM;
	if (lseek(fd, 0, SEEK_SET) || sk_read_all(fd, code, (size_t)st.st_size)) {
		free(code);
		return SK_EIO;
	}
	out->filter = code;
	out->len = (unsigned short)((size_t)st.st_size / sizeof(*code));
	return 0;
}

static int build(bool zygote, bool view, struct sock_fprog *out)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int rc = f ? 0 : SK_ENOMEM;

	if (rc == 0)
		rc = allow_all(f, job_calls, sizeof(job_calls) / sizeof(job_calls[0]));
	if (rc == 0 && zygote)
		rc = allow_all(f, zygote_calls, sizeof(zygote_calls) / sizeof(zygote_calls[0]));
	if (rc == 0 && zygote)
		rc = add_fork(f);
	if (rc == 0)
		rc = view ? add_view(f) : add_memory(f);
	if (rc == 0)
		rc = add_answers(f, view);
	/* A balanced tree instead of a list: a fifth of the instructions per call. */
	if (rc == 0)
		rc = seccomp_attr_set(f, SCMP_FLTATR_CTL_OPTIMIZE, 2) ? SK_EIO : 0;
	if (rc == 0)
		rc = export_filter(f, out);
	if (f)
		seccomp_release(f);
	return rc;
}

int sk_jail_filters_prepare(const struct sk_view *view, const char **what)
{
	*what = "compiling the seccomp filters";
	int rc = build(true, view != NULL, &zygote_filter);
	return rc ? rc : build(false, view != NULL, &job_filter);
}

static int apply(const struct sock_fprog *p)
{
	if (p->filter == NULL)
		return SK_EINTERNAL;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, p) ? SK_EIO : 0;
}

int sk_jail_filter_zygote(const char **what)
{
	*what = "seccomp in the kernel";
	return apply(&zygote_filter);
}

int sk_jail_filter_job(void)
{
	return apply(&job_filter);
}
