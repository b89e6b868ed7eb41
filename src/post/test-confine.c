/* Tests of what a role on a network has given up, each in a process of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "post/confine.h"

#define PORT 8443

/* How a confined process ends that tries something: its exit status, or 256 and the signal. */
static int tries_with(const struct sk_confined *keeps, int (*what)(void))
{
	const char *missing;
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(sk_confine_but(keeps, &missing) ? 99 : what());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

static int tries(uint16_t port, int (*what)(void))
{
	return tries_with(&(struct sk_confined){.ports = {port}}, what);
}

/* Each returns 0 when it was denied. */
static int open_a_file(void)
{
	return open("/etc/passwd", O_RDONLY) >= 0 || open("/tmp", O_TMPFILE | O_WRONLY, 0600) >= 0;
}

static int open_any_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static int open_other_sockets(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) >= 0 || socket(AF_INET, SOCK_DGRAM, 0) >= 0 ||
	       socket(AF_NETLINK, SOCK_RAW, 0) >= 0 || socket(AF_INET, SOCK_STREAM, 0) < 0;
}

static int reach(uint16_t port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	    .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return connect(fd, (struct sockaddr *)&at, sizeof(at)) ? errno : 0;
}

/* Kernels before 6.7 do not know ports. */
static int reach_another_port(void)
{
	int error = reach(PORT + 1);

	return error != EACCES && syscall(SYS_landlock_create_ruleset, NULL, 0, 1U) >= 4;
}

static int reach_its_port(void)
{
	int error = reach(PORT);

	return error == EACCES || error == EPERM;
}

static int listen_somewhere(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0;
}

static int run_a_program(void)
{
	char *argv[] = {NULL};

	execve("/bin/true", argv, argv);
	return 0;
}

static int begin_a_process(void)
{
	return (int)syscall(SYS_fork);
}

static int run_what_it_wrote(void)
{
	void *p = NULL;

	return posix_memalign(&p, 4096, 4096) || syscall(SYS_mprotect, p, 4096, 5) == 0;
}

static void test_given_up(void **state)
{
	if (SK_SANITIZED)
		skip();
	assert_int_equal(tries(0, open_a_file), 0);
	assert_int_equal(tries(PORT, open_a_file), 0);
	assert_int_equal(tries(PORT, reach_another_port), 0);
	assert_int_equal(tries(PORT, reach_its_port), 0);
	assert_int_equal(tries(0, open_any_socket), 0);
	assert_int_equal(tries(PORT, open_other_sockets), 0);
	assert_int_equal(tries(PORT, listen_somewhere), 0);
	assert_int_equal(tries(0, run_what_it_wrote), 0);
	assert_int_equal(tries(0, run_a_program), 256 + SIGSYS);
	assert_int_equal(tries(PORT, begin_a_process), 256 + SIGSYS);
}

/* --- what may be kept --- */

static int read_its_file_alone(void)
{
	return open("/etc/hosts", O_RDONLY) < 0 || open("/etc/passwd", O_RDONLY) >= 0 ||
	       open("/etc/hosts", O_WRONLY) >= 0 || open("/etc", O_RDONLY | O_DIRECTORY) >= 0;
}

static int ask_for_names(void)
{
	return socket(AF_INET, SOCK_DGRAM, 0) < 0 || socket(AF_INET6, SOCK_DGRAM, 0) < 0 ||
	       socket(AF_UNIX, SOCK_STREAM, 0) >= 0 || socket(AF_NETLINK, SOCK_RAW, 0) >= 0 ||
	       socket(AF_INET, SOCK_RAW, 0) >= 0;
}

static void *in_a_thread(void *denied)
{
	*(int *)denied = open("/etc/passwd", O_RDONLY) < 0 && socket(AF_INET, SOCK_STREAM, 0) < 0;
	return NULL;
}

/* What holds for who calls holds for each. */
static int start_a_thread(void)
{
	pthread_t t;
	int denied = 0;

	if (pthread_create(&t, NULL, in_a_thread, &denied) || pthread_join(t, NULL))
		return 1;
	return !denied;
}

static int start_a_process(void)
{
	return fork() >= 0;
}

static int start_a_namespace(void)
{
	return (int)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0) >= 0;
}

static void test_kept(void **state)
{
	const struct sk_confined reads = {.files = {"/etc/hosts", "/nowhere"}},
				 names = {.ports = {PORT}, .names = true},
				 threads = {.threads = true};

	if (SK_SANITIZED)
		skip();
	assert_int_equal(tries_with(&reads, read_its_file_alone), 0);
	assert_int_equal(tries_with(&names, ask_for_names), 0);
	assert_int_equal(tries_with(&names, reach_another_port), 0);
	assert_int_equal(tries_with(&threads, start_a_thread), 0);
	assert_int_equal(tries_with(&threads, open_a_file), 0);
	assert_int_equal(tries_with(&threads, open_any_socket), 0);
	/* a new process is none of its threads: it is denied, or the end of it */
	assert_int_equal(tries_with(&threads, start_a_process), 0);
	assert_int_equal(tries_with(&threads, start_a_namespace), 0);
	assert_int_equal(tries_with(&reads, start_a_process), 256 + SIGSYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_given_up), cmocka_unit_test(test_kept)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
