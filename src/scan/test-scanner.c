/*
 * Tests of the scanner as a process, from the place of its supervisor and its gate, with a clamd of our own: several files
 * at once, a clamd that is away, a gate that asks too much. Takes the program's path.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "bytes/test-plain.h"
#include "post/test-role.h"
#include "scan/scan.h"

#define VERSION "ClamAV 1.4.6/27800/Mon Nov 23 08:30:12 2026"
#define UNDATED "ClamAV 1.4.6"

static struct {
	int done;
	uint32_t serial;
	struct sk_scan_done what;
	unsigned serials; /* a bit each */
} got;
static const char *version = VERSION;
static char dir[] = "/tmp/sekisho-scanner-XXXXXX", place[64];
static int listener = -1;
static pthread_mutex_t shut = PTHREAD_MUTEX_INITIALIZER; /* held: clamd answers no file */

/* --- clamd --- */

/* "zVERSION", or a stream: found when there is an 'X' in it. */
static void *serve_one(void *arg)
{
	int fd = (int)(intptr_t)arg;
	static const char found[] = "stream: Inert.Token FOUND", ok[] = "stream: OK";
	char b[4096];
	size_t n = 0;
	ssize_t r;

	while ((r = read(fd, b + n, sizeof(b) - n)) > 0) {
		n += (size_t)r;
		if (n == 9 && memcmp(b, "zVERSION", 9) == 0) {
			send(fd, version, strlen(version) + 1, MSG_NOSIGNAL);
			break;
		}
		if (n >= 14 && memcmp(b + n - 4, "\0\0\0\0", 4) == 0) {
			bool is = memchr(b + 10, 'X', n - 10) != NULL;
			pthread_mutex_lock(&shut);
			pthread_mutex_unlock(&shut);
			send(fd, is ? found : ok, is ? sizeof(found) : sizeof(ok), MSG_NOSIGNAL);
			break;
		}
	}
	close(fd);
	return NULL;
}

static void *serve(void *arg)
{
	int fd;

	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		pthread_t t;
		assert_int_equal(pthread_create(&t, NULL, serve_one, (void *)(intptr_t)fd), 0);
		pthread_detach(t);
	}
	return NULL;
}

static int start_clamd(void **state)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	pthread_t t;

	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(place, sizeof(place), "%s/socket", dir);
	memcpy(a.sun_path, place, strlen(place) + 1);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(listener, (struct sockaddr *)&a, sizeof(a)) || listen(listener, 64))
		return -1;
	return pthread_create(&t, NULL, serve, NULL);
}

static int stop_clamd(void **state)
{
	unlink(place);
	return rmdir(dir);
}

/* --- what the scanner says --- */

static int serve_done(void *ctx, struct sk_message *m)
{
	got.done++;
	got.serial = m->serial;
	got.serials |= 1U << m->serial;
	return sk_scan_get_done(m->body, &got.what);
}

static const struct sk_permit heard[] = {{SK_SCAN_DONE, 1, 1, SK_SCAN_DONE_BYTES, 0, serve_done}};

static int settings(const char *socket)
{
	char text[256];
	int fd = sk_memfd("settings");

	snprintf(text, sizeof(text), "zone a\npolicy /p\nstate /s\nsignatures %s\n%s%s\n", dir,
	    socket ? "clamd " : "", socket ? socket : "");
	assert_int_equal(sk_write_all(fd, text, strlen(text)), 0);
	return fd;
}

static void start(const char *socket)
{
	memset(&got, 0, sizeof(got));
	role_heard = heard;
	role_nheard = 1;
	role_spawn("scanner");
	role_hand("settings", settings(socket));
	role_go();
	role_await(&role_ready, 1);
}

static int start_scanner(void **state)
{
	start(place);
	return 0;
}

static int stop_scanner(void **state)
{
	role_stop();
	return 0;
}

static void ask(const char *text, uint32_t serial)
{
	struct sk_buf body = SK_BUF(SK_SCAN_FILE_BYTES);
	int fd = sk_memfd("file");

	/* where it stands does not matter */
	assert_int_equal(sk_write_all(fd, text, strlen(text)), 0);
	struct sk_bytes what = plain_of(fd);
	assert_int_equal(sk_scan_put_file(0, &what, &body), 0);
	assert_int_equal(
	    sk_channel_send(&role_gate, SK_SCAN_FILE, serial, sk_buf_slice(&body), &fd, 1), 0);
	sk_buf_free(&body);
	close(fd);
}

static void test_clean_and_found(void **state)
{
	ask("letters", 3);
	role_await(&got.done, 1);
	assert_int_equal(got.serial, 3);
	assert_int_equal(got.what.verdict, SK_SCANNED_CLEAN);
	assert_string_equal(got.what.engine, "ClamAV 1.4.6/27800");
	assert_true(got.what.age >= -1);
	ask("lettersX", 4);
	role_await(&got.done, 2);
	assert_int_equal(got.what.verdict, SK_SCANNED_FOUND);
	assert_string_equal(got.what.text, "Inert.Token");
}

static void test_many_at_once(void **state)
{
	for (uint32_t i = 0; i < SK_SCANS_AT_ONCE; i++)
		ask("letters", i);
	role_await(&got.done, SK_SCANS_AT_ONCE);
	assert_int_equal(got.serials, 0xFFFF);
}

/* What an earlier gate asked is not answered to the next one. */
static void test_a_new_gate(void **state)
{
	pthread_mutex_lock(&shut);
	for (uint32_t i = 0; i < SK_SCANS_AT_ONCE; i++)
		ask("letters", 1);
	role_meet();
	ask("lettersX", 2);
	pthread_mutex_unlock(&shut);
	role_await(&got.done, 1);
	assert_int_equal(got.serial, 2);
	assert_int_equal(got.what.verdict, SK_SCANNED_FOUND);
}

static void test_too_many(void **state)
{
	pthread_mutex_lock(&shut);
	for (uint32_t i = 0; i <= SK_SCANS_AT_ONCE; i++)
		ask("letters", 1);
	role_await(&role_bad_peer, 1);
	pthread_mutex_unlock(&shut);
}

static void test_nonsense(void **state)
{
	int fd = sk_memfd("file");

	assert_int_equal(
	    sk_channel_send(&role_gate, SK_SCAN_FILE, 0, SK_SLICE_LIT("12345"), &fd, 1), 0);
	close(fd);
	role_await(&role_bad_peer, 1);
	role_meet();
	test_clean_and_found(state);
}

/* Where clamd tells no date, its folder does. */
static void test_age_of_a_folder(void **state)
{
	const struct timespec when[2] = {{1000, 0}, {1000, 0}};
	char path[80];
	int fd;

	version = UNDATED;
	ask("letters", 1);
	role_await(&got.done, 1);
	assert_int_equal(got.what.age, -1);
	snprintf(path, sizeof(path), "%s/own.ndb", dir);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_int_equal(futimens(fd, when), 0);
	close(fd);
	ask("letters", 1);
	role_await(&got.done, 2);
	assert_true(got.what.age > 1000000000);
	version = VERSION;
	ask("letters", 1);
	role_await(&got.done, 3);
	assert_true(got.what.age < 1000000000);
	unlink(path);
}

static void fails(const char *socket)
{
	start(socket);
	ask("letters", 1);
	role_await(&got.done, 1);
	assert_int_equal(got.what.verdict, SK_SCANNED_FAILED);
	assert_int_equal(got.what.age, -1);
	assert_true(got.what.text[0]);
	role_stop();
}

static void test_clamd_is_away(void **state)
{
	fails("/nonexistent/clamd");
	fails(NULL);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, start_scanner, stop_scanner)
	    T(test_clean_and_found), T(test_many_at_once), T(test_a_new_gate), T(test_too_many),
	    T(test_nonsense), T(test_age_of_a_folder), cmocka_unit_test(test_clamd_is_away)};

	if (argc != 2 || realpath(argv[1], role_program) == NULL) {
		fprintf(stderr, "usage: test-scanner PATH-OF-sekisho-scanner\n");
		return 2;
	}
	return cmocka_run_group_tests(tests, start_clamd, stop_clamd);
}
