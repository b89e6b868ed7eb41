/* Tests of a jail with a view: what the converter may, what it may not, and what it leaves to the next job. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "engine/engine.h"

#define WENT_THROUGH 40
#define DENIED 41

static const char *probe;
static char folder[] = "/tmp/sekisho-view-XXXXXX";
static struct sk_engine *engine;

static void each_link(void (*act)(const char *link))
{
	char link[256];

	for (int role = 0; role < SK_ROLE_COUNT; role++) {
		snprintf(
		    link, sizeof(link), "%s/%s", folder, sk_helper_name((enum sk_jail_role)role));
		act(link);
	}
}

static void make(const char *link)
{
	char *whole = realpath(probe, NULL);

	assert_non_null(whole);
	assert_int_equal(symlink(whole, link), 0);
	free(whole);
}

static void drop(const char *link)
{
	unlink(link);
}

static int setup(void **state)
{
	char *why = NULL;

	if (mkdtemp(folder) == NULL || chmod(folder, 0755))
		return -1;
	each_link(make);
	int rc = sk_engine_open(&engine, folder, &why);
	if (rc)
		fprintf(stderr, "%s\n", why);
	free(why);
	return rc;
}

static int teardown(void **state)
{
	sk_engine_close(engine);
	each_link(drop);
	return rmdir(folder);
}

/* One act in the place of the converter. */
static struct sk_done_msg act(const char *name, uint32_t millis)
{
	struct sk_job_msg job = {
	    .time_ms = millis, .cpu_s = 20, .memory = 64 << 20, .output = 4 << 20};
	sk_autoclose int input = sk_memfd("in"), output = sk_memfd("out"), report = sk_memfd("r");
	struct sk_job_fds fds = {input, output, report};
	struct sk_done_msg done = {0};
	bool interrupted = false;

	snprintf(job.name, sizeof(job.name), "%s", name);
	assert_int_equal(
	    sk_engine_run(engine, SK_ROLE_CONVERTER, &job, &fds, &done, &interrupted), 0);
	print_message("%s: %u %d\n", name, done.end, done.detail);
	return done;
}

static void expect(const char *name, enum sk_end end, int detail)
{
	struct sk_done_msg done = act(name, 20000);

	assert_int_equal(done.end, end);
	assert_int_equal(done.detail, detail);
}

static void test_denied(void **state)
{
	static const char *const names[] = {"open", "proc", "list-root", "write-shown",
	    "remove-shown", "socket", "connect", "execve", "kill", "memory", "fill-scratch"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		expect(names[i], SK_END_EXIT, DENIED);
}

static void test_deadly(void **state)
{
	static const char *const names[] = {
	    "fork", "ptrace", "mount", "unshare", "io_uring", "bpf", "perf", "recvmsg", "symlink"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		expect(names[i], SK_END_SIGNAL, SIGSYS);
}

static void test_ceilings(void **state)
{
	expect("flood", SK_END_SIGNAL, SIGXFSZ);
	assert_int_equal(act("spin", 300).end, SK_END_TIMEOUT);
}

static void test_scratch_is_emptied(void **state)
{
	expect("leave", SK_END_EXIT, WENT_THROUGH);
	expect("left", SK_END_EXIT, DENIED);
	expect("fill-scratch", SK_END_EXIT, DENIED);
	expect("leave", SK_END_EXIT, WENT_THROUGH); /* and there is room again */
}

static void test_folder_is_open_again(void **state)
{
	expect("shut", SK_END_EXIT, WENT_THROUGH);
	expect("enter", SK_END_EXIT, WENT_THROUGH);
}

/* What libraries opened before the fork is no way from one job to the next. */
static void test_pipes_are_not_shared(void **state)
{
	expect("use-pipe", SK_END_EXIT, WENT_THROUGH);
	expect("fill-pipe", SK_END_EXIT, WENT_THROUGH);
	expect("read-pipe", SK_END_EXIT, DENIED);
}

static void test_killed_zygote_is_replaced(void **state)
{
	kill(engine->helpers[SK_ROLE_CONVERTER].pid, SIGKILL);
	usleep(50000);
	expect("left", SK_END_EXIT, DENIED);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_denied),
	    cmocka_unit_test(test_deadly),
	    cmocka_unit_test(test_ceilings),
	    cmocka_unit_test(test_scratch_is_emptied),
	    cmocka_unit_test(test_folder_is_open_again),
	    cmocka_unit_test(test_pipes_are_not_shared),
	    cmocka_unit_test(test_killed_zygote_is_replaced),
	};

	probe = argc > 1 ? argv[1] : "jail-probe";
	return cmocka_run_group_tests(tests, setup, teardown);
}
