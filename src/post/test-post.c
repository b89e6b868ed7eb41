/* Tests of the supervisor: its judgement of a role's life, and real processes that live, die, lie and hang. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "post/life.h"
#include "post/supervisor.h"

/* --- the judgement --- */

static void test_a_good_life(void **state)
{
	struct sk_role_life l = SK_ROLE_LIFE;

	assert_int_equal(sk_life_tick(&l, 5), SK_LIFE_START);
	sk_life_started(&l, 5);
	assert_int_equal(sk_life_tick(&l, 6), SK_LIFE_NOTHING);
	assert_true(sk_life_ready(&l, 10));
	assert_false(sk_life_ready(&l, 11));
	assert_int_equal(sk_life_tick(&l, INT64_MAX - 1), SK_LIFE_NOTHING);
	sk_life_stop(&l, 20);
	assert_false(sk_life_over(&l));
	sk_life_ended(&l, 21);
	assert_true(sk_life_over(&l));
	assert_int_equal(sk_life_tick(&l, 1000000), SK_LIFE_NOTHING);
}

static void test_back_off(void **state)
{
	struct sk_role_life l = SK_ROLE_LIFE;
	int64_t now = 1, wait = SK_LIFE_BACK_OFF_MS;

	for (int i = 0; i < 2000; i++) {
		assert_int_equal(sk_life_tick(&l, now), SK_LIFE_START);
		sk_life_started(&l, now);
		sk_life_ended(&l, now);
		assert_int_equal(sk_life_tick(&l, now + wait - 1), SK_LIFE_NOTHING);
		now += wait;
		wait = wait * 2 < SK_LIFE_BACK_OFF_MAX_MS ? wait * 2 : SK_LIFE_BACK_OFF_MAX_MS;
	}
	/* after a good life all is forgotten */
	assert_int_equal(sk_life_tick(&l, now), SK_LIFE_START);
	sk_life_started(&l, now);
	assert_true(sk_life_ready(&l, now));
	sk_life_ended(&l, now + SK_LIFE_GOOD_MS);
	assert_int_equal(l.due, now + SK_LIFE_GOOD_MS + SK_LIFE_BACK_OFF_MS);
}

static void test_late_ones_are_killed(void **state)
{
	struct sk_role_life l = SK_ROLE_LIFE;

	sk_life_tick(&l, 1);
	sk_life_started(&l, 1);
	assert_int_equal(sk_life_tick(&l, SK_LIFE_START_MS), SK_LIFE_NOTHING);
	assert_int_equal(sk_life_tick(&l, 1 + SK_LIFE_START_MS), SK_LIFE_KILL);
	assert_int_equal(sk_life_tick(&l, 2 + SK_LIFE_START_MS), SK_LIFE_NOTHING);
	sk_life_ended(&l, 40000);
	sk_life_tick(&l, 50000);
	sk_life_started(&l, 50000);
	assert_true(sk_life_ready(&l, 50001));
	sk_life_stop(&l, 60000);
	assert_int_equal(sk_life_tick(&l, 60000 + SK_LIFE_STOP_MS), SK_LIFE_KILL);
	sk_life_ended(&l, 90000);
	assert_true(sk_life_over(&l));
}

static void test_started_anew(void **state)
{
	struct sk_role_life l = SK_ROLE_LIFE;

	sk_life_tick(&l, 1);
	sk_life_started(&l, 1);
	sk_life_again(&l, 2); /* it is just beginning with what there is */
	assert_int_equal(l.state, SK_LIFE_STARTING);
	assert_true(sk_life_ready(&l, 3));
	l.failures = 9;
	sk_life_again(&l, 10);
	assert_int_equal(sk_life_tick(&l, 10 + SK_LIFE_STOP_MS), SK_LIFE_KILL);
	sk_life_ended(&l, 20000);
	assert_false(sk_life_over(&l));
	assert_int_equal(sk_life_tick(&l, 20000 + SK_LIFE_BACK_OFF_MS), SK_LIFE_START);
}

static void test_hung_up_and_dropped(void **state)
{
	struct sk_role_life l = SK_ROLE_LIFE;

	sk_life_tick(&l, 1);
	sk_life_started(&l, 1);
	sk_life_hung_up(&l, 100);
	assert_int_equal(sk_life_tick(&l, 100 + SK_LIFE_HUNG_UP_MS), SK_LIFE_KILL);
	sk_life_ended(&l, 2000);
	sk_life_dropped(&l);
	assert_int_equal(l.state, SK_LIFE_DOWN);
	assert_int_equal(sk_life_tick(&l, 2000 + SK_LIFE_BACK_OFF_MS), SK_LIFE_START);
	sk_life_stop(&l, 3000);
	assert_true(sk_life_over(&l));
}

/* --- real processes --- */

struct world {
	char folder[64], log[96], policy[96], told[96];
	pid_t post;
};

static struct world w;
static char probe[4096];

static int open_log(void *ctx, size_t place, const char *name)
{
	return open(w.log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
}

static int open_nothing(void *ctx, size_t place, const char *name)
{
	errno = ENOENT;
	return -1;
}

static int open_policy(void *ctx)
{
	return open(w.policy, O_RDONLY | O_CLOEXEC);
}

static void tell(void *ctx, size_t role, enum sk_post_event event, const char *text)
{
	static const char *const words[] = {"started", "ready", "ended", "dropped", "not-started",
	    "policy-taken", "changed", "policy-kept"};
	const struct sk_post_role *roles = ctx;
	int fd = open(w.told, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);

	dprintf(fd, "%s %s %s\n", roles[role].name, words[event], text);
	close(fd);
}

static const struct sk_post_thing things[] = {{"log", open_log}, {NULL, NULL}};
static const struct sk_post_thing no_log[] = {{"log", open_nothing}, {NULL, NULL}};

static int setup(void **state)
{
	snprintf(w.folder, sizeof(w.folder), "/tmp/sk-post-XXXXXX");
	if (mkdtemp(w.folder) == NULL)
		return 1;
	snprintf(w.log, sizeof(w.log), "%s/log", w.folder);
	snprintf(w.policy, sizeof(w.policy), "%s/policy", w.folder);
	snprintf(w.told, sizeof(w.told), "%s/told", w.folder);
	w.post = 0;
	/* roles of another user write into the log, too */
	return chmod(w.folder, 0777);
}

static int teardown(void **state)
{
	if (w.post > 0) {
		kill(w.post, SIGKILL);
		waitpid(w.post, NULL, 0);
	}
	unlink(w.log);
	unlink(w.policy);
	unlink(w.told);
	return rmdir(w.folder);
}

static void start(const struct sk_post_role *roles, size_t n)
{
	struct sk_post_setup s = {.roles = roles,
	    .nroles = n,
	    .ctx = (void *)(uintptr_t)roles,
	    .policy = open_policy,
	    .tell = tell};

	w.post = fork();
	assert_true(w.post >= 0);
	if (w.post == 0)
		_exit(sk_post_run(&s) ? 1 : 0);
}

/* Number of lines that hold the text. */
static int count(const char *path, const char *text)
{
	FILE *f = fopen(path, "re");
	char line[2048];
	int n = 0;

	while (f && fgets(line, sizeof(line), f))
		n += strstr(line, text) != NULL;
	if (f)
		fclose(f);
	return n;
}

static void nap(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
}

/* Wait until a text stands there so often; the guard is only against waiting for ever. */
static void await(const char *path, const char *text, int times)
{
	for (int i = 0; i < 12000; i++) {
		if (count(path, text) >= times)
			return;
		nap();
	}
	fail_msg("never %d times: %s", times, text);
}

static void end_well(void)
{
	int status;

	assert_int_equal(kill(w.post, SIGTERM), 0);
	assert_int_equal(waitpid(w.post, &status, 0), w.post);
	w.post = 0;
	assert_int_equal(status, 0);
}

/* The process number that a line of the log names. */
static pid_t pid_of(const char *name, const char *what)
{
	FILE *f = fopen(w.log, "re");
	char line[2048], end[64];
	size_t n = strlen(name);
	pid_t found = 0;

	snprintf(end, sizeof(end), " %s \n", what);
	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, name, n) == 0 && line[n] == ' ' && strstr(line, end))
			found = (pid_t)strtol(line + n, NULL, 10);
	if (f)
		fclose(f);
	return found;
}

static void test_two_that_talk(void **state)
{
	const struct sk_post_role roles[] = {
	    {"one", probe, NULL, 1U << 1, false, things}, {"two", probe, NULL, 0, false, things}};

	start(roles, 2);
	await(w.told, "ready", 2);
	await(w.log, "pong", 1);
	/* 0 to 3, the log, one peer: nothing else was inherited */
	await(w.log, "no-new-privileges 1", 2);
	/* 0 to 3, the log, a peer for the second one: nothing else was inherited */
	assert_int_equal(count(w.log, "one") > 0 && count(w.log, "descriptors 5"), 1);
	assert_int_equal(count(w.log, "descriptors 6"), 1);
	end_well();
	assert_int_equal(count(w.told, "ended exit status 0"), 2);
	assert_int_equal(count(w.log, "finished"), 2);
}

/* A place of the table that nobody takes: the others keep theirs. */
static void test_empty_place(void **state)
{
	const struct sk_post_role roles[] = {{"one", probe, NULL, 1U << 1 | 1U << 2, false, things},
	    {NULL, NULL, NULL, 1U << 0, false, NULL}, {"two", probe, NULL, 0, false, things}};

	start(roles, 3);
	await(w.told, "ready", 2);
	await(w.log, "met 2", 1);
	assert_int_equal(count(w.log, "met 1"), 0);
	end_well();
	assert_int_equal(count(w.told, "started"), 2);
}

static void test_killed_one_comes_back_alone(void **state)
{
	const struct sk_post_role roles[] = {
	    {"one", probe, NULL, 1U << 1, false, things}, {"two", probe, NULL, 0, false, things}};
	pid_t one;

	start(roles, 2);
	await(w.told, "ready", 2);
	one = pid_of("one", "begin");
	kill(pid_of("two", "begin"), SIGKILL);
	await(w.told, "two ready", 2);
	await(w.log, "met", 4);
	assert_int_equal(count(w.told, "two ended signal 9"), 1);
	assert_int_equal(count(w.told, "one ended"), 0);
	assert_int_equal(pid_of("one", "begin"), one);
	end_well();
}

static void test_crasher_does_not_disturb(void **state)
{
	const struct sk_post_role roles[] = {{"one", probe, NULL, 1U << 1, false, things},
	    {"crasher", probe, NULL, 0, false, things}};

	start(roles, 2);
	await(w.told, "crasher ended exit status 7", 3);
	assert_int_equal(count(w.told, "one ended"), 0);
	end_well();
}

/* Who talks nonsense to a peer is killed and started anew; the peer lives on. */
static void test_liar(void **state)
{
	const struct sk_post_role roles[] = {{"one", probe, NULL, 1U << 1, false, things, true},
	    {"liar", probe, NULL, 0, false, things}};

	start(roles, 2);
	await(w.told, "liar dropped one: it talked nonsense", 2);
	assert_int_equal(count(w.told, "one dropped"), 0);
	assert_int_equal(count(w.told, "one ended"), 0);
	end_well();
}

/* A role whose word does not count has nobody dropped: only itself. */
static void test_slanderer(void **state)
{
	const struct sk_post_role roles[] = {{"one", probe, NULL, 1U << 1, false, things, true},
	    {"slanderer", probe, NULL, 0, false, things}};

	start(roles, 2);
	await(w.told, "slanderer dropped it does not understand one", 2);
	assert_int_equal(count(w.told, "one dropped"), 0);
	assert_int_equal(count(w.told, "one ended"), 0);
	end_well();
}

/* And who talks nonsense to the supervisor. */
static void test_mumbler(void **state)
{
	const struct sk_post_role roles[] = {
	    {"one", probe, NULL, 0, false, things}, {"mumbler", probe, NULL, 0, false, things}};

	start(roles, 2);
	await(w.told, "mumbler dropped it said what it may not", 2);
	await(w.told, "one ready", 1);
	assert_int_equal(count(w.told, "one dropped"), 0);
	end_well();
}

static void test_what_cannot_be_handed_over(void **state)
{
	const struct sk_post_role roles[] = {{"one", probe, NULL, 0, false, no_log}};

	start(roles, 1);
	await(w.told, "one dropped No such file", 2);
	end_well();
}

static void test_what_cannot_be_started(void **state)
{
	const struct sk_post_role roles[] = {{"none", "/nonexistent/role", NULL, 0, false, things},
	    {"nobody", probe, "no-such-user", 0, false, things}};

	start(roles, geteuid() == 0 ? 2 : 1);
	await(w.told, "none not-started No such file", 2);
	if (geteuid() == 0)
		await(w.told, "nobody not-started", 2);
	end_well();
}

/* A copy of the program where another user may reach it. */
static void copy_probe(const char *to)
{
	int in = open(probe, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	struct stat st;

	assert_int_equal(fstat(in, &st), 0);
	for (off_t left = st.st_size; left > 0;) {
		ssize_t n = sendfile(out, in, NULL, (size_t)left);
		assert_true(n > 0);
		left -= n;
	}
	close(in);
	close(out);
}

static void test_user_of_its_own(void **state)
{
	char copy[128];
	const struct sk_post_role roles[] = {{"one", copy, "nobody", 0, false, things}};

	if (geteuid() != 0)
		skip();
	snprintf(copy, sizeof(copy), "%s/probe", w.folder);
	copy_probe(copy);
	start(roles, 1);
	await(w.log, "user 65534", 1);
	end_well();
	unlink(copy);
}

static void write_policy(const char *text)
{
	int fd = open(w.policy, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void test_reload(void **state)
{
	const struct sk_post_role roles[] = {
	    {"one", probe, NULL, 0, true, things}, {"two", probe, NULL, 0, false, things}};

	start(roles, 2);
	await(w.told, "ready", 2);
	kill(w.post, SIGHUP);
	await(w.told, "one policy-kept No such file", 1);
	write_policy("bad");
	kill(w.post, SIGHUP);
	await(w.told, "one policy-kept line 1: bad", 1);
	assert_int_equal(count(w.log, "policy good"), 0);
	write_policy("good");
	kill(w.post, SIGHUP);
	await(w.told, "one policy-taken", 1);
	assert_int_equal(count(w.log, "policy good"), 1);
	assert_int_equal(count(w.told, "two policy"), 0);
	end_well();
}

static int open_pins(void *ctx, size_t place, const char *name)
{
	return open(w.policy, O_RDONLY | O_CLOEXEC);
}

/* Who was handed a file that says something else by now is started anew, without waiting longer each time; nobody else is. */
static void test_what_was_handed_changes(void **state)
{
	static const struct sk_post_thing pins[] = {
	    {"log", open_log}, {"pins", open_pins, true}, {NULL, NULL}};
	const struct sk_post_role roles[] = {
	    {"one", probe, NULL, 0, false, pins}, {"two", probe, NULL, 0, false, things}};

	write_policy("first");
	start(roles, 2);
	await(w.told, "ready", 2);
	kill(w.post, SIGHUP); /* nothing is different */
	for (int i = 1; i <= 3; i++) {
		write_policy(i % 2 ? "second" : "third");
		kill(w.post, SIGHUP);
		await(w.told, "one changed", i);
		await(w.told, "one ready", i + 1);
	}
	unlink(w.policy); /* what cannot be read is no news */
	kill(w.post, SIGHUP);
	assert_int_equal(count(w.told, "changed"), 3);
	assert_int_equal(count(w.told, "two ended"), 0);
	assert_int_equal(count(w.told, "dropped"), 0);
	end_well();
}

/* A supervisor that is killed takes its roles with it. */
static void test_killed_supervisor(void **state)
{
	const struct sk_post_role roles[] = {{"one", probe, NULL, 0, false, things}};
	pid_t one;

	start(roles, 1);
	await(w.told, "one ready", 1);
	one = pid_of("one", "begin");
	assert_true(one > 0);
	kill(w.post, SIGKILL);
	waitpid(w.post, NULL, 0);
	w.post = 0;
	for (int i = 0; i < 12000 && kill(one, 0) == 0; i++)
		nap();
	assert_int_equal(kill(one, 0), -1);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_good_life),
	    cmocka_unit_test(test_back_off),
	    cmocka_unit_test(test_late_ones_are_killed),
	    cmocka_unit_test(test_started_anew),
	    cmocka_unit_test(test_hung_up_and_dropped),
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	    T(test_two_that_talk),
	    T(test_empty_place),
	    T(test_killed_one_comes_back_alone),
	    T(test_crasher_does_not_disturb),
	    T(test_liar),
	    T(test_slanderer),
	    T(test_mumbler),
	    T(test_what_cannot_be_handed_over),
	    T(test_what_cannot_be_started),
	    T(test_user_of_its_own),
	    T(test_reload),
	    T(test_what_was_handed_changes),
	    T(test_killed_supervisor),
	};

	if (argc != 2 || realpath(argv[1], probe) == NULL) {
		fprintf(stderr, "usage: test-post PATH-OF-post-probe\n");
		return 2;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
