/*
 * A jailed program that misbehaves on request: the job's name says how. Built like the real ones on
 * sk_zygote_main(), so what holds for it holds for them. Test program, never installed.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/report.h"
#include "jail/jail.h"

/* Exit statuses that the test understands: 40 the call went through, 41 it was denied. */
#define WENT_THROUGH 40
#define DENIED 41

/* As a library might open one while it loads. */
static int library_pipe[2];

static void load_library(void (*live)(void), const char **what)
{
	*what = "a pipe";
	if (pipe2(library_pipe, O_CLOEXEC | O_NONBLOCK) == 0)
		live();
}

static int told(long result)
{
	return result >= 0 ? WENT_THROUGH : DENIED;
}

static int spin(void)
{
	volatile unsigned long turns = 1;

	while (turns)
		turns |= 1;
	return DENIED;
}

static int flood(void)
{
	static uint8_t block[1 << 20];

	while (sk_write_all(SK_FD_OUTPUT, block, sizeof(block)) == 0)
		;
	return DENIED;
}

/* The scratch has a ceiling of its own besides that of one file. */
static int fill_scratch(void)
{
	static uint8_t block[1 << 16];
	char name[] = "/tmp/a";
	int files = 0;

	for (; name[5] <= 'z'; name[5]++) {
		int fd = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
		for (int i = 0; i < 16; i++)
			if (fd < 0 || write(fd, block, sizeof(block)) != sizeof(block))
				return files < 20 ? DENIED : WENT_THROUGH;
		files++;
	}
	return WENT_THROUGH;
}

static int eat_memory(uint64_t ceiling)
{
	uint64_t got = 0;

	/* cppcheck-suppress leakNoVarFunctionCall ; to use it all up is the point */
	while (malloc(1 << 20)) /* NOLINT(clang-analyzer-unix.Malloc) */
		got += 1 << 20;
	return got > ceiling ? WENT_THROUGH : DENIED;
}

static int good_report(void)
{
	static struct sk_report r = {.type = SK_FT_TXT, .out_type = SK_FT_TXT};
	struct sk_buf wire = SK_BUF(SK_LIMIT_REPORT_BYTES);

	return sk_report_encode(&r, &wire) || sk_write_all(SK_FD_REPORT, wire.p, wire.len) ? 1 : 0;
}

static int clean_copy(void)
{
	struct sk_slice in;

	if (sk_map(SK_FD_INPUT, &in) || sk_write_all(SK_FD_OUTPUT, in.p, in.n))
		return 1;
	return good_report();
}

/* The verifier's role in these tests: every output passes. It has no output and no requests of its own. */
static int pass(void)
{
	char byte;

	if (write(SK_FD_OUTPUT, "x", 1) != -1 || read(SK_FD_REQUEST, &byte, 1) != 0)
		return WENT_THROUGH;
	return good_report();
}

static int garbage_report(void)
{
	uint8_t junk[100] = {0x53, 0x4b, 0x52, 0x31, 0xff, 0xff, 0xff};
	return sk_write_all(SK_FD_REPORT, junk, sizeof(junk)) ? 1 : 0;
}

static int huge_report(void)
{
	return ftruncate(SK_FD_REPORT, (off_t)SK_LIMIT_REPORT_BYTES + 1) ? 1 : 0;
}

/* Nonsense on the request stream, then wait for an answer that must never come. */
static int nonsense_request(void)
{
	uint8_t junk[24], byte;

	memset(junk, 0xff, sizeof(junk));
	if (sk_write_all(SK_FD_REQUEST, junk, sizeof(junk)))
		return 1;
	return sk_read_all(SK_FD_REQUEST, &byte, 1) ? DENIED : WENT_THROUGH;
}

/* A good request, whose answer nobody takes. */
static int hang_up(void)
{
	struct sk_ask_head load = {.what = SK_ASK_LOAD, .length = 1},
			   count = {.what = SK_ASK_COUNT};

	if (sk_write_all(SK_FD_REQUEST, &load, sizeof(load)) ||
	    sk_write_all(SK_FD_REQUEST, "x", 1) ||
	    sk_write_all(SK_FD_REQUEST, &count, sizeof(count)))
		return 1;
	close(SK_FD_REQUEST);
	return spin();
}

static int change_input(void)
{
	return told(pwrite(SK_FD_INPUT, "x", 1, 0));
}

static int count_descriptors(void)
{
	int open_fds = 0;

	for (int fd = 0; fd < 1024; fd++)
		open_fds += fcntl(fd, F_GETFL) >= 0;
	return open_fds == SK_FD_REQUEST + 1 ? DENIED : WENT_THROUGH;
}

static int be_killed(void)
{
	__builtin_trap();
	return 1;
}

static long call(const char *name)
{
	char *const none[] = {NULL};

	if (strcmp(name, "open") == 0)
		return open("/etc/passwd", O_RDONLY);
	if (strcmp(name, "proc") == 0)
		return open("/proc/self/status", O_RDONLY);
	if (strcmp(name, "write") == 0)
		return open("/tmp/outside", O_CREAT | O_WRONLY, 0600);
	if (strcmp(name, "write-shown") == 0)
		return open("/usr/lib/outside", O_CREAT | O_WRONLY, 0600);
	if (strcmp(name, "remove-shown") == 0)
		return rename("/usr/lib/os-release", "/tmp/moved");
	if (strcmp(name, "list-root") == 0)
		return open("/etc", O_RDONLY | O_DIRECTORY);
	if (strcmp(name, "leave") == 0)
		return mkdir("/tmp/left", 0) || mkdir("/tmp/deep", 0700) ||
			       open("/tmp/deep/file", O_CREAT | O_WRONLY, 0) < 0
			   ? -1
			   : 0;
	if (strcmp(name, "left") == 0)
		return access("/tmp/left", F_OK) && access("/tmp/deep", F_OK) ? -1 : 0;
	if (strcmp(name, "shut") == 0)
		return chmod("/tmp", 0500);
	if (strcmp(name, "enter") == 0)
		return open("/tmp/file", O_CREAT | O_WRONLY, 0600);
	if (strcmp(name, "fill-pipe") == 0)
		return write(library_pipe[1], "x", 1);
	if (strcmp(name, "read-pipe") == 0)
		return read(library_pipe[0], (char[1]){0}, 1);
	if (strcmp(name, "use-pipe") == 0)
		return write(library_pipe[1], "x", 1) == 1 ? read(library_pipe[0], (char[1]){0}, 1)
							   : -1;
	if (strcmp(name, "symlink") == 0)
		return symlink("/etc/passwd", "/tmp/link");
	if (strcmp(name, "socket") == 0)
		return socket(AF_UNIX, SOCK_STREAM, 0);
	if (strcmp(name, "connect") == 0)
		return connect(SK_FD_REQUEST, NULL, 0);
	if (strcmp(name, "execve") == 0)
		return execve("/bin/true", none, none);
	if (strcmp(name, "fork") == 0)
		return fork();
	if (strcmp(name, "thread") == 0)
		return syscall(SYS_clone, 0x3d0f00, 0, 0, 0, 0);
	if (strcmp(name, "ptrace") == 0)
		return syscall(SYS_ptrace, 0, 0, 0, 0);
	if (strcmp(name, "kill") == 0)
		return kill(1, SIGTERM);
	if (strcmp(name, "mount") == 0)
		return syscall(SYS_mount, "a", "/", "tmpfs", 0, 0);
	if (strcmp(name, "unshare") == 0)
		return syscall(SYS_unshare, 0x10000000);
	if (strcmp(name, "io_uring") == 0)
		return syscall(SYS_io_uring_setup, 1, NULL);
	if (strcmp(name, "bpf") == 0)
		return syscall(SYS_bpf, 0, NULL, 0);
	if (strcmp(name, "perf") == 0)
		return syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0);
	if (strcmp(name, "recvmsg") == 0)
		return recvmsg(SK_FD_REQUEST, &(struct msghdr){0}, MSG_DONTWAIT);
	if (strcmp(name, "executable") == 0)
		return mmap(NULL, 4096, PROT_EXEC | PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			   0) == MAP_FAILED
			   ? -1
			   : 0;
	if (strcmp(name, "rlimit") == 0)
		return syscall(SYS_prlimit64, 0, 0, NULL, NULL);
	return -2;
}

static int run(const struct sk_job_msg *job)
{
	static const struct {
		const char *name;
		int (*act)(void);
	} acts[] = {
	    {"spin", spin},
	    {"flood", flood},
	    {"fill-scratch", fill_scratch},
	    {"good", clean_copy},
	    {"garbage-report", garbage_report},
	    {"huge-report", huge_report},
	    {"nonsense-request", nonsense_request},
	    {"hang-up", hang_up},
	    {"change-input", change_input},
	    {"descriptors", count_descriptors},
	    {"crash", be_killed},
	};

	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (strcmp(job->name, acts[i].name) == 0)
			return acts[i].act();
	if (strcmp(job->name, "memory") == 0)
		return eat_memory(job->memory);
	if (strcmp(job->name, "sleep") == 0)
		return sk_read_all(SK_FD_REQUEST, (char[1]){0}, 1) ? DENIED : WENT_THROUGH;
	if (job->name[0] == '\0')
		return pass();
	long result = call(job->name);
	return result == -2 ? 99 : told(result);
}

/* In the place of the converter it has a view as that one has. */
int main(int argc, char **argv)
{
	static const char *const folders[] = {"/usr/lib", "/usr/share", NULL};
	static const struct sk_view view = {folders, 16 << 20};
	struct sk_role role = {.name = "probe", .run = run};

	if (argc > 0 && strstr(argv[0], "converter")) {
		role.view = &view;
		role.enter = load_library;
	}
	return sk_zygote_main(&role);
}
