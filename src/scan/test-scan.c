/* Tests of the scan: a clamd of our own that answers well, badly, late or not at all; only a clear answer is one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/err.h"
#include "bytes/test-plain.h"
#include "scan/clamd.h"
#include "scan/scan.h"

/* What stands in for clamd: it reads until a command (and its stream) has ended, answers, and hangs up. */
struct fake {
	int fd;
	const char *answer; /* NULL: it never says anything */
	size_t n;           /* bytes of the answer */
	int stop_after;     /* bytes; hang up then. 0: never */
	uint8_t *got;
	size_t ngot;
};

static struct fake fakes[2];
static uint8_t buffers[2][1 << 20];

static bool whole(const struct fake *f)
{
	if (f->ngot >= 9 && memcmp(f->got, "zVERSION", 9) == 0)
		return true;
	return f->ngot >= 14 && memcmp(f->got + f->ngot - 4, "\0\0\0\0", 4) == 0;
}

static void *serve(void *arg)
{
	struct fake *f = arg;
	ssize_t n;

	while (!whole(f) && (n = read(f->fd, f->got + f->ngot, sizeof(buffers[0]) - f->ngot)) > 0) {
		f->ngot += (size_t)n;
		if (f->stop_after && f->ngot >= (size_t)f->stop_after)
			break;
	}
	if (f->answer == NULL) {
		while (read(f->fd, f->got, 1) > 0)
			;
		return NULL;
	}
	send(f->fd, f->answer, f->n, MSG_NOSIGNAL);
	close(f->fd);
	return NULL;
}

/* What is said of the file besides what it is. */
static int wrong;

static struct sk_clamd_result scan(const char *version, struct fake stream, size_t size, int millis)
{
	struct sk_clamd_result out;
	pthread_t thread[2];
	int pair[2][2], file = sk_memfd("x");
	static uint8_t byte = 'x';

	for (size_t i = 0; i < size; i++)
		assert_int_equal(write(file, &byte, 1), 1);
	fakes[0] = (struct fake){.answer = version, .n = strlen(version) + 1};
	fakes[1] = stream;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair[i]), 0);
		fakes[i].fd = pair[i][1];
		fakes[i].got = buffers[i];
		assert_int_equal(pthread_create(&thread[i], NULL, serve, &fakes[i]), 0);
	}
	struct sk_bytes what = plain_of(file);
	what.sha256[5] ^= (uint8_t)wrong;
	sk_clamd_scan(pair[0][0], pair[1][0], file, &what, millis, &out);
	for (int i = 0; i < 2; i++) {
		close(pair[i][0]);
		pthread_join(thread[i], NULL);
		if (fakes[i].answer == NULL)
			close(fakes[i].fd);
	}
	close(file);
	return out;
}

#define VERSION "ClamAV 1.4.6/27800/Mon Nov 23 08:30:12 2026"
#define SAYS(text) ((struct fake){.answer = (text), .n = sizeof(text)})

static void test_clean(void **state)
{
	struct sk_clamd_result s = scan(VERSION, SAYS("stream: OK"), 100000, 60000);

	assert_int_equal(s.verdict, SK_CLAMD_CLEAN);
	assert_string_equal(s.engine, "ClamAV 1.4.6/27800");
	assert_int_equal(s.signatures, 1795422612);
	/* two pieces, their lengths, the end */
	assert_int_equal(fakes[1].ngot, 10 + 4 + 65536 + 4 + 34464 + 4);
	assert_memory_equal(fakes[1].got, "zINSTREAM\0\0\1\0\0x", 15);
}

/* Of other bytes than were brought nothing is said, whatever clamd says. */
static void test_other_bytes(void **state)
{
	wrong = 1;
	struct sk_clamd_result s = scan(VERSION, SAYS("stream: OK"), 100000, 60000);
	wrong = 0;

	assert_int_equal(s.verdict, SK_CLAMD_UNKNOWN);
	assert_string_equal(s.text, "the file is not what was brought");
	assert_int_equal(fakes[1].ngot, 10 + 4 + 65536); /* its end was kept back */
}

static void test_found(void **state)
{
	struct sk_clamd_result s =
	    scan(VERSION, SAYS("stream: Sekisho.Test.Inert.UNOFFICIAL FOUND"), 10, 60000);

	assert_int_equal(s.verdict, SK_CLAMD_FOUND);
	assert_string_equal(s.text, "Sekisho.Test.Inert.UNOFFICIAL");
}

static void test_an_empty_file(void **state)
{
	assert_int_equal(scan(VERSION, SAYS("stream: OK"), 0, 60000).verdict, SK_CLAMD_CLEAN);
}

static void unclear(struct fake f)
{
	struct sk_clamd_result s = scan(VERSION, f, 10, 60000);

	assert_int_equal(s.verdict, SK_CLAMD_UNKNOWN);
	assert_true(s.text[0]);
}

static void test_what_is_not_clear_is_unknown(void **state)
{
	static char long_one[4096];

	memset(long_one, 'x', sizeof(long_one) - 1);
	unclear((struct fake){.answer = "", .n = 0});
	unclear((struct fake){.answer = "", .n = 1});
	unclear((struct fake){.answer = "stream: OK", .n = 10});
	unclear((struct fake){.answer = "stream: OK\0stream: OK", .n = 22});
	unclear(SAYS("OK"));
	unclear(SAYS("stream: ok"));
	unclear(SAYS("stream:  FOUND"));
	unclear(SAYS("stream: Can't allocate memory ERROR"));
	unclear(SAYS("INSTREAM size limit exceeded. ERROR"));
	unclear((struct fake){.answer = long_one, .n = sizeof(long_one)});
}

/* It says OK before it has all: what it did not see is not clean. */
static void test_hangs_up_early(void **state)
{
	struct fake f = SAYS("stream: OK");

	f.stop_after = 1000;
	assert_int_equal(scan(VERSION, f, 900000, 60000).verdict, SK_CLAMD_UNKNOWN);
}

static void test_silent(void **state)
{
	struct sk_clamd_result s = scan(VERSION, (struct fake){0}, 10, 50);

	assert_int_equal(s.verdict, SK_CLAMD_UNKNOWN);
	assert_string_equal(s.text, "clamd took too long");
}

static void test_versions(void **state)
{
	static const struct {
		const char *text;
		const char *engine;
		int64_t made;
	} v[] = {{"ClamAV 1.4.6", "ClamAV 1.4.6", 0}, {VERSION, "ClamAV 1.4.6/27800", 1795422612},
	    {"ClamAV 1.4.6/27800/yesterday", "ClamAV 1.4.6/27800", 0},
	    {"ClamAV 1.4.6/27800/Mon Nov 23 08:30:12 2026 and more", "ClamAV 1.4.6/27800", 0},
	    {"PONG", "", 0}, {"ClamAV \x1B[2J", "ClamAV ?[2J", 0}};
	struct sk_clamd_result s;

	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++) {
		sk_clamd_read_version(v[i].text, strlen(v[i].text) + 1, &s);
		assert_string_equal(s.engine, v[i].engine);
		assert_int_equal(s.signatures, v[i].made);
	}
}

/* --- on the wire --- */

static struct sk_scan_done answer_of(enum sk_clamd_verdict verdict, int64_t signatures)
{
	struct sk_clamd_result r = {.verdict = verdict, .signatures = signatures};
	struct sk_scan_done d;

	snprintf(r.text, sizeof(r.text), "%s", verdict == SK_CLAMD_CLEAN ? "" : "a name");
	sk_scan_from_clamd(&r, 1000000, &d);
	return d;
}

static void test_answers(void **state)
{
	assert_int_equal(answer_of(SK_CLAMD_CLEAN, 999900).verdict, SK_SCANNED_CLEAN);
	assert_int_equal(answer_of(SK_CLAMD_CLEAN, 999900).age, 100);
	assert_int_equal(answer_of(SK_CLAMD_CLEAN, 1000100).age, 0);
	assert_int_equal(answer_of(SK_CLAMD_CLEAN, 2000000).age, -1);
	assert_int_equal(answer_of(SK_CLAMD_CLEAN, 0).age, -1);
	assert_int_equal(answer_of(SK_CLAMD_FOUND, 1).verdict, SK_SCANNED_FOUND);
	assert_string_equal(answer_of(SK_CLAMD_FOUND, 1).text, "a name");
	assert_int_equal(answer_of(SK_CLAMD_UNKNOWN, 1).verdict, SK_SCANNED_FAILED);
}

static void test_wire(void **state)
{
	struct sk_scan_done in = answer_of(SK_CLAMD_FOUND, 999900), out;
	struct sk_buf b = SK_BUF(SK_SCAN_DONE_BYTES + 1);
	struct sk_bytes what;
	uint32_t millis = 0;

	assert_int_equal(sk_scan_put_done(&in, &b), 0);
	assert_int_equal(sk_scan_get_done(sk_buf_slice(&b), &out), 0);
	assert_memory_equal(&in, &out, sizeof(in));
	for (size_t n = 0; n < b.len; n++)
		assert_int_equal(sk_scan_get_done(sk_slice(b.p, n), &out), SK_EFORMAT);
	/* found without a name, clean with one */
	in.text[0] = '\0';
	sk_buf_reset(&b);
	assert_int_equal(sk_scan_put_done(&in, &b), 0);
	assert_int_equal(sk_scan_get_done(sk_buf_slice(&b), &out), SK_EFORMAT);
	sk_buf_reset(&b);
	assert_int_equal(sk_scan_put_file(77, &(struct sk_bytes){.size = 9}, &b), 0);
	assert_int_equal(sk_scan_get_file(sk_buf_slice(&b), &millis, &what), 0);
	assert_int_equal(millis, 77);
	assert_int_equal(what.size, 9);
	assert_int_equal(b.len, SK_SCAN_FILE_BYTES);
	for (size_t n = 0; n < b.len; n++)
		assert_int_equal(sk_scan_get_file(sk_slice(b.p, n), &millis, &what), SK_EFORMAT);
	sk_buf_free(&b);
}

static void test_connect(void **state)
{
	char path[200];

	assert_int_equal(sk_clamd_connect("/nonexistent/clamd"), -1);
	memset(path, 'x', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(sk_clamd_connect(path), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_clean),
	    cmocka_unit_test(test_other_bytes),
	    cmocka_unit_test(test_found),
	    cmocka_unit_test(test_an_empty_file),
	    cmocka_unit_test(test_what_is_not_clear_is_unknown),
	    cmocka_unit_test(test_hangs_up_early),
	    cmocka_unit_test(test_silent),
	    cmocka_unit_test(test_versions),
	    cmocka_unit_test(test_answers),
	    cmocka_unit_test(test_wire),
	    cmocka_unit_test(test_connect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
