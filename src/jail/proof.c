/*
 * The jail proves itself at every start: from the zygote and from jobs forked out of it, it tries what must
 * fail. After bubblewrap's idea of trying each call; every zygote.
 */
#include "jail/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"

enum expect {
	DENIED,  /* the call returns an error */
	KILLED,  /* the process ends by SIGSYS */
	TOO_BIG, /* the process ends by SIGXFSZ */
};

/* --- before seccomp: namespaces and Landlock alone must hold --- */

static int sees_files(void)
{
	sk_autoclose int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd >= 0 || open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0;
}

static int sees_proc(void)
{
	return open("/proc/self/status", O_RDONLY | O_CLOEXEC) >= 0;
}

static int makes_files(void)
{
	return mkdir("/x", 0700) == 0 || open("/x", O_CREAT | O_WRONLY | O_CLOEXEC, 0600) >= 0;
}

static int reaches_network(void)
{
	struct sockaddr_in to = {
	    .sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	sk_autoclose int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	/* In an empty network namespace even loopback is down. A refused connection would mean it is up. */
	if (fd < 0)
		return 0;
	return connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 || errno == ECONNREFUSED;
}

static int has_privileges(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{0}};

	if (getuid() == 0 || geteuid() == 0 || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return 1;
	if (syscall(SYS_capget, &head, data))
		return 1;
	return (data[0].effective | data[0].permitted | data[1].effective | data[1].permitted) != 0;
}

static int sees_processes(void)
{
	return getpid() != 1 || getppid() != 0;
}

/* What is shown must not be writable, whoever owns it. */
static int writes_shown(const struct sk_view *view)
{
	for (const char *const *f = view->folders; *f; f++) {
		sk_autoclose int fd = open(*f, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
		sk_autoclose int dir = open(*f, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0 || mkdirat(dir, "sekisho-proof", 0700) == 0)
			return 1;
	}
	return 0;
}

const char *sk_jail_prove_zygote(const struct sk_view *view)
{
	if (sees_files())
		return "files can be seen";
	if (sees_proc())
		return "/proc can be read";
	if (makes_files() || (view && writes_shown(view)))
		return "files can be made";
	if (reaches_network())
		return "the network can be reached";
	if (has_privileges())
		return "privileges are left";
	if (sees_processes())
		return "other processes can be seen";
	return NULL;
}

/* --- in a job's process: one attempt each; a return value says the call went through --- */

static int try_open(void)
{
	return open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0;
}

static int try_read_proc(void)
{
	return open("/proc/self/maps", O_RDONLY | O_CLOEXEC) >= 0;
}

static int try_write_outside(void)
{
	return open("/x", O_CREAT | O_WRONLY | O_CLOEXEC, 0600) >= 0;
}

static int try_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static int try_connect(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	return connect(SK_FD_CONTROL, (struct sockaddr *)&to, sizeof(to)) == 0;
}

static int try_exec(void)
{
	char *const none[] = {NULL};
	return execve("/bin/true", none, none) == 0;
}

static int try_fork(void)
{
	return fork() >= 0;
}

static int try_ptrace(void)
{
	return syscall(SYS_ptrace, 0, 0, 0, 0) == 0;
}

static int try_kill(void)
{
	return kill(1, 0) == 0;
}

static int try_mount(void)
{
	return syscall(SYS_mount, "none", "/", "tmpfs", 0, NULL) == 0;
}

static int try_io_uring(void)
{
	return syscall(SYS_io_uring_setup, 1, NULL) >= 0;
}

static int try_bpf(void)
{
	return syscall(SYS_bpf, 0, NULL, 0) >= 0;
}

static int try_perf(void)
{
	return syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0) >= 0;
}

static int try_executable_memory(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
	       MAP_FAILED;
}

static int try_descriptor(void)
{
	return dup(SK_FD_CONTROL) >= 0;
}

static int try_too_much_memory(void)
{
	return mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
	       MAP_FAILED;
}

static int try_too_much_output(void)
{
	return pwrite(SK_FD_OUTPUT, "x", 1, 4096) == 1;
}

static const struct probe {
	const char *hole;
	int (*attempt)(void);
	enum expect expect;
	int not_with_view; /* LibreOffice needs it, and threads and files of its own with it */
} probes[] = {
    {"a job can open files", try_open, DENIED},
    {"a job can read /proc", try_read_proc, DENIED},
    {"a job can write outside", try_write_outside, DENIED},
    {"a job can make sockets", try_socket, KILLED},
    {"a job can connect", try_connect, KILLED},
    {"a job can execute programs", try_exec, KILLED},
    {"a job can fork", try_fork, KILLED},
    {"a job can trace others", try_ptrace, KILLED},
    {"a job can signal others", try_kill, KILLED},
    {"a job can mount", try_mount, KILLED},
    {"a job can use io_uring", try_io_uring, KILLED},
    {"a job can load BPF", try_bpf, KILLED},
    {"a job can open perf events", try_perf, KILLED},
    {"a job can make memory executable", try_executable_memory, KILLED, 1},
    {"a job can duplicate descriptors", try_descriptor, KILLED, 1},
    {"a job can exceed its memory", try_too_much_memory, DENIED},
    {"a job can exceed its output", try_too_much_output, TOO_BIG},
};

/* The attempt, under exactly the ceilings and the filter of a job. 2: the jail itself failed. */
static int attempt(const struct probe *p, const struct sk_view *view, int output)
{
	if (p->expect == TOO_BIG && dup2(output, SK_FD_OUTPUT) < 0)
		return 2;
	if (sk_jail_ceilings(view, 16 << 20, 4096, 5) || sk_jail_filter_job())
		return 2;
	return p->attempt() ? 1 : 0;
}

/* A role with a view gets an error for some of what kills the others. */
static int as_expected(enum expect e, const struct sk_view *view, int status)
{
	if ((e == DENIED || (e == KILLED && view)) && WIFEXITED(status))
		return WEXITSTATUS(status) == 0;
	if (e == DENIED)
		return 0;
	return WIFSIGNALED(status) && WTERMSIG(status) == (e == KILLED ? SIGSYS : SIGXFSZ);
}

const char *sk_jail_prove_jobs(const struct sk_view *view, int output)
{
	for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
		int status = 0;
		if (view && probes[i].not_with_view)
			continue;
		pid_t child = fork();
		if (child < 0)
			return "a job cannot be started";
		if (child == 0)
			_exit(attempt(&probes[i], view, output));
		if (waitpid(child, &status, 0) != child ||
		    !as_expected(probes[i].expect, view, status))
			return probes[i].hole;
	}
	return NULL;
}
