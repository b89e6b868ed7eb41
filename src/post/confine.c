/* Giving up: confine.h. landlock(7), seccomp(2). */
#include "post/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

/* --- files and ports --- */

/* Debian 12's header knows ABI 2: include/uapi/linux/landlock.h */
struct ruleset {
	uint64_t files, net, scoped;
};

struct __attribute__((packed)) port_rule {
	uint64_t allowed, port;
};

#define NAMESPACES \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | \
	    CLONE_NEWPID | CLONE_NEWNET)
#define ASK_VERSION 1U
#define NET_PORT 2
#define NET_BIND_AND_CONNECT 3
#define NET_CONNECT 2
#define SCOPE_ABSTRACT_AND_SIGNALS 3

static uint64_t file_rights(long abi)
{
	return (UINT64_C(1) << (abi >= 5 ? 16 : abi >= 3 ? 15 : abi == 2 ? 14 : 13)) - 1;
}

static size_t rules_for(long abi, struct ruleset *r)
{
	*r = (struct ruleset){file_rights(abi), NET_BIND_AND_CONNECT, SCOPE_ABSTRACT_AND_SIGNALS};
	return abi >= 6 ? sizeof(*r) : abi >= 4 ? 2 * sizeof(r->files) : sizeof(r->files);
}

#define PATH_BENEATH 1
#define FILES_READ (UINT64_C(1) << 2)

struct __attribute__((packed)) path_rule {
	uint64_t allowed;
	int32_t parent;
};

/* One that is not there is none. */
static int keep_file(int rules, const char *path)
{
	sk_autoclose int fd = open(path, O_PATH | O_CLOEXEC);
	struct path_rule rule = {FILES_READ, fd};

	if (fd < 0)
		return 0;
	return syscall(SYS_landlock_add_rule, rules, PATH_BENEATH, &rule, 0) ? SK_EIO : 0;
}

static int keep_port(int rules, uint16_t port)
{
	struct port_rule rule = {NET_CONNECT, port};

	return syscall(SYS_landlock_add_rule, rules, NET_PORT, &rule, 0) ? SK_EIO : 0;
}

static int give_up_files(const struct sk_confined *keeps)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);
	struct ruleset r;
	int status = 0;
	size_t size;

	if (abi < 1)
		return SK_EIO;
	size = rules_for(abi, &r);
	sk_autoclose int fd = (int)syscall(SYS_landlock_create_ruleset, &r, size, 0);
	if (fd < 0)
		return SK_EIO;
	for (size_t i = 0; i < SK_CONFINE_PORTS && status == 0; i++)
		if (abi >= 4 && keeps->ports[i])
			status = keep_port(fd, keeps->ports[i]);
	for (size_t i = 0; i < SK_CONFINE_FILES && status == 0; i++)
		if (keeps->files[i])
			status = keep_file(fd, keeps->files[i]);
	if (status)
		return status;
	return syscall(SYS_landlock_restrict_self, fd, 0) ? SK_EIO : 0;
}

/* --- calls --- */

/* What the loop, the libraries of HTTP and TLS, and the C library need. openat() is for libcurl, which reads our key by its descriptor's name. */
static const int calls[] = {SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev),
    SCMP_SYS(pread64), SCMP_SYS(pwrite64), SCMP_SYS(lseek), SCMP_SYS(ftruncate),
    SCMP_SYS(fdatasync), SCMP_SYS(sync_file_range), SCMP_SYS(fstat), SCMP_SYS(newfstatat),
    SCMP_SYS(openat), SCMP_SYS(close), SCMP_SYS(dup), SCMP_SYS(fcntl), SCMP_SYS(ioctl),
    SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_ctl), SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg),
    SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(shutdown), SCMP_SYS(getsockname),
    SCMP_SYS(getpeername), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), SCMP_SYS(mmap),
    SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(futex),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(time),
    SCMP_SYS(getrandom), SCMP_SYS(getrusage), SCMP_SYS(getpid), SCMP_SYS(gettid),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall), SCMP_SYS(sched_yield), SCMP_SYS(exit), SCMP_SYS(exit_group)};

/* What only somebody who has taken over would try ends the process; everything else that is not listed fails. */
static const int deadly[] = {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork),
    SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev),
    SCMP_SYS(pidfd_getfd), SCMP_SYS(kill), SCMP_SYS(tkill), SCMP_SYS(mount), SCMP_SYS(unshare),
    SCMP_SYS(setns), SCMP_SYS(bpf), SCMP_SYS(keyctl), SCMP_SYS(io_uring_setup),
    SCMP_SYS(userfaultfd), SCMP_SYS(open_by_handle_at)};

static int add_all(scmp_filter_ctx f, uint32_t action, const int *v, size_t n)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = seccomp_rule_add(f, action, v[i], 0);
	return rc;
}

/* What the C library and a pool of threads need beside. */
static const int thread_calls[] = {SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(pipe2),
    SCMP_SYS(eventfd2), SCMP_SYS(sched_getaffinity)};

/* A thread is one of this process, and in no namespace of its own; clone3() cannot be looked into, and there is clone(). */
static int add_threads(scmp_filter_ctx f)
{
	int rc =
	    add_all(f, SCMP_ACT_ALLOW, thread_calls, sizeof(thread_calls) / sizeof(*thread_calls));

	if (rc == 0)
		rc = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	if (rc == 0)
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
		    SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD | NAMESPACES, CLONE_THREAD));
	return rc;
}

static int add_no_threads(scmp_filter_ctx f)
{
	static const int both[] = {SCMP_SYS(clone), SCMP_SYS(clone3)};

	return add_all(f, SCMP_ACT_KILL_PROCESS, both, 2);
}

/* Its own sockets are streams on the link; the channel to its gate is there already. */
static int add_sockets(scmp_filter_ctx f, int kind)
{
	int rc = 0;

	for (int i = 0; rc == 0 && i < 2; i++)
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2,
		    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)(i ? AF_INET6 : AF_INET)),
		    SCMP_A1(SCMP_CMP_MASKED_EQ, 0xf, (scmp_datum_t)kind));
	return rc;
}

static int add_network(scmp_filter_ctx f, const struct sk_confined *keeps)
{
	int rc = keeps->ports[0] ? seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(connect), 0) : 0;

	if (rc == 0 && keeps->ports[0])
		rc = add_sockets(f, SOCK_STREAM);
	if (rc == 0 && keeps->names)
		rc = add_sockets(f, SOCK_DGRAM);
	if (rc == 0 && keeps->names)
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(sendmmsg), 0);
	return rc;
}

static int give_up_calls(const struct sk_confined *keeps)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc = f ? add_all(f, SCMP_ACT_ALLOW, calls, sizeof(calls) / sizeof(*calls)) : -1;

	if (rc == 0)
		rc = add_all(f, SCMP_ACT_KILL_PROCESS, deadly, sizeof(deadly) / sizeof(*deadly));
	/* memory that was written is never executed */
	if (rc == 0)
		rc = seccomp_rule_add(
		    f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, 4, 0));
	if (rc == 0)
		rc = keeps->threads ? add_threads(f) : add_no_threads(f);
	if (rc == 0)
		rc = add_network(f, keeps);
	if (rc == 0)
		rc = seccomp_load(f);
	if (f)
		seccomp_release(f);
	return rc ? SK_EIO : 0;
}

/* Something that must fail now. */
static int prove(void)
{
	sk_autoclose int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? 0 : SK_EIO;
}

int sk_confine_but(const struct sk_confined *keeps, const char **what)
{
	if (SK_SANITIZED)
		return 0;
	*what = "Landlock in the kernel";
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || give_up_files(keeps))
		return SK_EIO;
	*what = "seccomp in the kernel";
	if (give_up_calls(keeps))
		return SK_EIO;
	*what = "the file system, which can still be read";
	return prove();
}

int sk_confine(uint16_t port, const char **what)
{
	return sk_confine_but(&(struct sk_confined){.ports = {port}}, what);
}
