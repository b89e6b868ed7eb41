/*
 * The jail, attacked from inside by jail-probe, and the engine in front of it: every forbidden call, every
 * ceiling, and what a broken worker leaves behind (nothing).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "engine/engine.h"

static struct sk_engine *engine;
static char folder[] = "/tmp/sekisho-test-XXXXXX";
static const char *probe;

static int open_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

/* Make the probe the cleaner, the verifier and the renderer. */
static int setup(void **state)
{
	char link[256], *why = NULL;

	if (mkdtemp(folder) == NULL || chmod(folder, 0755))
		return -1;
	char *whole = realpath(probe, NULL);
	for (int role = 0; role < SK_ROLE_COUNT; role++) {
		snprintf(
		    link, sizeof(link), "%s/%s", folder, sk_helper_name((enum sk_jail_role)role));
		if (whole == NULL || symlink(whole, link))
			return -1;
	}
	free(whole);
	if (sk_engine_open(&engine, folder, &why)) {
		fprintf(stderr, "%s\n", why);
		return -1;
	}
	return 0;
}

static int teardown(void **state)
{
	char link[256];

	sk_engine_close(engine);
	for (int role = 0; role < SK_ROLE_COUNT; role++) {
		snprintf(
		    link, sizeof(link), "%s/%s", folder, sk_helper_name((enum sk_jail_role)role));
		unlink(link);
	}
	rmdir(folder);
	return waitpid(-1, NULL, WNOHANG) == -1 ? 0 : -1; /* no child is left */
}

/* Run the probe's act through the public interface. */
static struct sk_result *act(const char *name, int *out, uint32_t max_millis)
{
	struct sk_result *r = NULL;
	int in = sk_memfd("in");

	assert_int_equal(sk_write_all(in, "hello", 5), 0);
	assert_int_equal(lseek(in, 0, SEEK_SET), 0);
	*out = sk_memfd("out");
	struct sk_request req = {.input = in,
	    .output = *out,
	    .name = name,
	    .method = SK_REBUILD,
	    .max_millis = max_millis};
	assert_int_equal(sk_engine_clean(engine, &req, &r), 0);
	close(in);
	return r;
}

/* The act must end as an error of this kind, deliver nothing, and leave no descriptor and no process. */
static void expect_error(
    const char *name, const char *reason, const char *detail, uint32_t max_millis)
{
	int out, before = open_fds();
	struct sk_result *r = act(name, &out, max_millis);

	print_message("%s: %s (%s)\n", name, r->reason ? r->reason : "clean", r->detail);
	assert_int_equal(r->verdict, SK_ERROR);
	assert_string_equal(r->reason, reason);
	assert_non_null(strstr(r->detail, detail));
	assert_int_equal(lseek(out, 0, SEEK_END), 0);
	sk_result_free(r);
	close(out);
	assert_true(open_fds() <= before); /* fewer when the jail itself had to go */
}

static void test_good_file_passes(void **state)
{
	int out;
	struct sk_result *r = act("good", &out, 0);

	assert_int_equal(r->verdict, SK_CLEAN);
	assert_int_equal(r->size_out, 5);
	assert_string_equal(r->sha256_in, r->sha256_out);
	assert_int_equal(lseek(out, 0, SEEK_END), 5);
	sk_result_free(r);
	close(out);
}

static void test_denied_calls(void **state)
{
	static const char *const denied[] = {
	    "open", "proc", "write", "change-input", "descriptors", "memory"};

	for (size_t i = 0; i < sizeof(denied) / sizeof(denied[0]); i++)
		expect_error(denied[i], "worker-crashed", "exit status 41", 0);
}

static void test_deadly_calls(void **state)
{
	static const char *const deadly[] = {"socket", "connect", "execve", "fork", "thread",
	    "ptrace", "kill", "mount", "unshare", "io_uring", "bpf", "perf", "recvmsg",
	    "executable", "rlimit"};

	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++)
		expect_error(deadly[i], "worker-forbidden", "", 0);
}

static void test_ceilings(void **state)
{
	expect_error("flood", "limit.output", "", 0);
	expect_error("spin", "limit.time", "", 300);
	expect_error("sleep", "limit.time", "", 300);
}

static void test_broken_workers(void **state)
{
	expect_error("crash", "worker-crashed", "signal 4", 0);
	expect_error("garbage-report", "internal", "report", 0);
	expect_error("huge-report", "internal", "report", 0);
	expect_error("nonsense-request", "worker-crashed", "exit status 41", 0);
	test_good_file_passes(state);
}

/* The caller has not arranged for SIGPIPE: an answer that nobody takes does not end it. */
static void test_job_that_hangs_up(void **state)
{
	int out;
	struct sk_result *r = act("hang-up", &out, 300);

	assert_string_equal(r->reason, "limit.time");
	sk_result_free(r);
	close(out);
	test_good_file_passes(state);
}

static void test_killed_zygote_is_replaced(void **state)
{
	/* Killed between two jobs: the next one starts it again. */
	kill(engine->helpers[SK_ROLE_CLEANER].pid, SIGKILL);
	usleep(50000);
	int out;
	struct sk_result *r = act("good", &out, 0);
	assert_int_equal(r->verdict, SK_CLEAN);
	sk_result_free(r);
	close(out);
}

static void test_interrupt(void **state)
{
	sk_engine_interrupt(engine);
	expect_error("sleep", "interrupted", "", 0);
}

static void test_too_large_input_is_refused(void **state)
{
	struct sk_result *r = NULL;
	int in = sk_memfd("in");

	assert_int_equal(sk_write_all(in, "hello", 5), 0);
	lseek(in, 0, SEEK_SET);
	struct sk_request req = {
	    .input = in, .output = -1, .name = "good", .method = SK_REBUILD, .max_input = 4};
	assert_int_equal(sk_engine_clean(engine, &req, &r), 0);
	assert_int_equal(r->verdict, SK_REFUSED);
	assert_string_equal(r->reason, "limit.size");
	sk_result_free(r);
	lseek(in, 0, SEEK_SET);
	req.max_input = 5;
	assert_int_equal(sk_engine_clean(engine, &req, &r), 0);
	assert_int_equal(r->verdict, SK_CLEAN);
	sk_result_free(r);
	close(in);
}

static void test_missing_helper_is_named(void **state)
{
	struct sk_engine *none = NULL;
	char *why = NULL;

	assert_int_equal(sk_engine_open(&none, "/nonexistent", &why), -1);
	assert_null(none);
	assert_non_null(strstr(why, "/nonexistent/sekisho-cleaner"));
	free(why);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_good_file_passes),
	    cmocka_unit_test(test_denied_calls),
	    cmocka_unit_test(test_deadly_calls),
	    cmocka_unit_test(test_ceilings),
	    cmocka_unit_test(test_broken_workers),
	    cmocka_unit_test(test_job_that_hangs_up),
	    cmocka_unit_test(test_killed_zygote_is_replaced),
	    cmocka_unit_test(test_too_large_input_is_refused),
	    cmocka_unit_test(test_missing_helper_is_named),
	    cmocka_unit_test(test_interrupt),
	};
	probe = argc > 1 ? argv[1] : "";
	return cmocka_run_group_tests(tests, setup, teardown);
}
