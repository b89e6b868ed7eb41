/*
 * Tests of sekisho-control as a process, from the places of its supervisor, its gate and the people on the machine: what is
 * asked comes to the gate with who asked it, answers find their way back, and nonsense ends a talk. Takes the program's path.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/hex.h"
#include "front/front.h"
#include "post/test-role.h"

#define STATUS "{\"ask\":\"status\"}"
#define SEND "{\"ask\":\"send\",\"to\":\"lgwan\",\"name\":\"a.txt\"}"
#define GET "{\"ask\":\"get\",\"id\":\"00112233445566778899aabbccddeeff\"}"

static char top[64], path[96];
static struct {
	int asks;
	uint32_t serial[64], user;
	char body[1024];
} gate;
static struct {
	int answers;
	uint32_t serial;
	char body[1024];
} got;

/* --- the gate --- */

static int serve_ask(void *ctx, struct sk_message *m)
{
	memcpy(&gate.user, m->body.p, 4);
	snprintf(
	    gate.body, sizeof(gate.body), "%.*s", (int)m->body.n - 4, (const char *)m->body.p + 4);
	gate.serial[gate.asks++ % 64] = m->serial;
	return 0;
}

/* Nothing else: no descriptor ever comes to the gate. */
static const struct sk_permit heard[] = {{SK_FRONT_ASK, 1, 6, SK_CHANNEL_BODY, 0, serve_ask}};

static void gate_answers(int ask, const char *json)
{
	assert_int_equal(sk_channel_send(&role_gate, SK_FRONT_ANSWER, gate.serial[ask],
			     sk_slice_str(json), NULL, 0),
	    0);
}

/* --- people --- */

static int serve_answer(void *ctx, struct sk_message *m)
{
	got.answers++;
	got.serial = m->serial;
	snprintf(got.body, sizeof(got.body), "%.*s", (int)m->body.n, (const char *)m->body.p);
	return 0;
}

static struct sk_channel client(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct sk_channel ch;
	int sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	assert_int_equal(connect(sock, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(sk_channel_open(&ch, sock), 0);
	return ch;
}

static void ask(struct sk_channel *ch, uint32_t serial, const char *json, int fd)
{
	assert_int_equal(sk_channel_send(ch, fd < 0 ? SK_FRONT_ASK : SK_FRONT_GIVE, serial,
			     sk_slice_str(json), &fd, fd >= 0),
	    0);
}

/* Read what comes until there are so many answers; false: it was cut. */
static bool hear(struct sk_channel *ch, int want)
{
	static const struct sk_permit permits[] = {
	    {SK_FRONT_ANSWER, 1, 2, SK_CHANNEL_BODY, 0, serve_answer}};
	unsigned state = 0;

	while (got.answers < want) {
		struct pollfd p = {ch->sock, POLLIN, 0};
		if (poll(&p, 1, 60000) <= 0)
			fail_msg("no answer");
		if (sk_channel_serve(ch, permits, 1, &state, NULL))
			return false;
	}
	return true;
}

static void says(struct sk_channel *ch, int want, const char *text)
{
	assert_true(hear(ch, want));
	if (strstr(got.body, text) == NULL)
		fail_msg("%s instead of %s", got.body, text);
}

static int sealed(const char *text)
{
	int fd = sk_memfd("bytes");

	assert_int_equal(sk_write_all(fd, text, strlen(text)), 0);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK), 0);
	return fd;
}

/* --- the role --- */

static int setup(void **state)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	memset(&gate, 0, sizeof(gate));
	memset(&got, 0, sizeof(got));
	snprintf(top, sizeof(top), "/tmp/sk-control-XXXXXX");
	assert_non_null(mkdtemp(top));
	snprintf(path, sizeof(path), "%s/control", top);
	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	assert_int_equal(bind(sock, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(sock, 16), 0);
	role_heard = heard;
	role_nheard = 1;
	role_spawn("control");
	role_hand("control", sock);
	role_go();
	role_await(&role_ready, 1);
	return 0;
}

static int teardown(void **state)
{
	role_stop();
	unlink(path);
	return rmdir(top);
}

static void test_ask(void **state)
{
	struct sk_channel a = client(), b = client();

	ask(&a, 7, STATUS, -1);
	role_await(&gate.asks, 1);
	assert_string_equal(gate.body, STATUS);
	assert_int_equal(gate.user, getuid());
	ask(&b, 7, STATUS, -1);
	role_await(&gate.asks, 2);
	assert_int_not_equal(gate.serial[0], gate.serial[1]);
	gate_answers(1, "{\"to\":\"b\"}");
	says(&b, 1, "{\"to\":\"b\"}");
	assert_int_equal(got.serial, 7);
	gate_answers(0, "{\"to\":\"a\"}");
	says(&a, 2, "{\"to\":\"a\"}");
	sk_channel_close(&a);
	sk_channel_close(&b);
}

/* --- bytes --- */

#define UPLOAD "0f0e0d0c0b0a09080706050403020100"

static struct sk_bytes bytes;

/* What the gate hands out, with its answer. */
static void gate_hands(int ask, int fd, const char *json)
{
	struct sk_buf b = SK_BUF(SK_CHANNEL_BODY);

	assert_int_equal(sk_front_put_handed(&bytes, sk_slice_str(json), &b), 0);
	assert_int_equal(sk_channel_send(&role_gate, SK_FRONT_HANDED, gate.serial[ask],
			     sk_buf_slice(&b), &fd, 1),
	    0);
	sk_buf_free(&b);
}

/* An empty file for what is brought. */
static int upload(int ask)
{
	int fd = sk_memfd("upload");

	bytes = (struct sk_bytes){.sealed = true, .name = "00112233445566778899aabbccddeeff"};
	memset(bytes.key, 9, sizeof(bytes.key));
	gate_hands(ask, fd, "{\"status\":\"ok\",\"upload\":\"" UPLOAD "\"}");
	return fd;
}

/* The member of the last ask. */
static void asked_for(const char *name, const char *value)
{
	char text[256];

	snprintf(text, sizeof(text), "\"%s\":%s", name, value);
	if (strstr(gate.body, text) == NULL)
		fail_msg("%s without %s", gate.body, text);
}

static void holds(int fd, const char *text)
{
	sk_autoclose int plain = sk_memfd("plain");
	char got_text[64] = "";

	assert_int_equal(sk_unsealing_copy(fd, &bytes, plain), 0);
	assert_int_equal(pread(plain, got_text, sizeof(got_text) - 1, 0), strlen(text));
	assert_string_equal(got_text, text);
}

static void sum_of(const char *text, uint8_t sum[32])
{
	struct sk_bytes what = {.sealed = true, .name = "00112233445566778899aabbccddeeff"};
	struct sk_sealing *s;
	sk_autoclose int fd = sk_memfd("sum");
	uint64_t size;

	assert_int_equal(sk_sealing_new(fd, &what, &s), 0);
	assert_int_equal(sk_sealing_put(s, text, strlen(text)), 0);
	assert_int_equal(sk_sealing_end(s, sum, &size), 0);
	sk_sealing_free(s);
}

/* It is sealed into what the gate hands out, and only then asked for, as what it has become. */
static void test_send(void **state)
{
	struct sk_channel a = client();
	int good = sealed("x,y\n");
	char hash[65], quoted[67];

	ask(&a, 1,
	    "{\"ask\":\"send\",\"to\":\"lgwan\",\"name\":\"a.txt\",\"upload\":\"00000000000000000000000000000000\",\"size\":1}",
	    good);
	role_await(&gate.asks, 1);
	asked_for("ask", "\"upload.begin\"");
	asked_for("size", "4");
	int fd = upload(0);
	role_await(&gate.asks, 2);
	asked_for("ask", "\"send\"");
	asked_for("upload", "\"" UPLOAD "\"");
	asked_for("to", "\"lgwan\"");
	asked_for("size", "4");
	sum_of("x,y\n", bytes.sha256);
	sk_hex_text(hash, bytes.sha256, 32);
	snprintf(quoted, sizeof(quoted), "\"%s\"", hash);
	asked_for("hash", quoted);
	bytes.size = 4;
	holds(fd, "x,y\n");
	gate_answers(1, "{\"status\":\"ok\",\"transfer\":{}}");
	says(&a, 1, "\"transfer\"");
	/* refused: the upload is over, which the gate hears, and its client only once */
	ask(&a, 2, SEND, good);
	role_await(&gate.asks, 3);
	close(fd);
	fd = upload(2);
	role_await(&gate.asks, 4);
	gate_answers(3, "{\"status\":\"refused\",\"why\":\"policy\"}");
	says(&a, 2, "\"policy\"");
	role_await(&gate.asks, 5);
	asked_for("ask", "\"upload.drop\"");
	gate_answers(4, "{\"status\":\"ok\"}");
	/* refused before anything was brought */
	ask(&a, 3, SEND, good);
	role_await(&gate.asks, 6);
	gate_answers(5, "{\"status\":\"refused\",\"why\":\"space\"}");
	says(&a, 3, "\"space\"");
	ask(&a, 4, STATUS, -1);
	role_await(&gate.asks, 7);
	close(good);
	close(fd);
	sk_channel_close(&a);
}

/* A large one goes in pieces; others are served meanwhile. */
static void test_large(void **state)
{
	struct sk_channel a = client(), b = client();
	int good = sk_memfd("large");
	uint8_t piece[65536];

	memset(piece, 'a', sizeof(piece));
	for (int i = 0; i < 256; i++)
		assert_int_equal(sk_write_all(good, piece, sizeof(piece)), 0);
	assert_int_equal(fcntl(good, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK), 0);
	ask(&a, 1, SEND, good);
	role_await(&gate.asks, 1);
	int fd = upload(0);
	ask(&b, 2, STATUS, -1);
	role_await(&gate.asks, 2);
	asked_for("ask", "\"status\"");
	role_await(&gate.asks, 3);
	asked_for("size", "16777216");
	assert_int_equal(lseek(fd, 0, SEEK_END), sk_bytes_sealed_size(16777216));
	close(good);
	close(fd);
	sk_channel_close(&a);
	sk_channel_close(&b);
}

/* Who brings goes away: what he brought is dropped. A gate that goes away: it is brought once more. */
static void test_send_cut(void **state)
{
	struct sk_channel a = client();
	int good = sealed("x,y\n");

	ask(&a, 1, SEND, good);
	role_await(&gate.asks, 1);
	role_meet();
	role_await(&gate.asks, 2);
	asked_for("ask", "\"upload.begin\"");
	sk_channel_close(&a);
	a = client(); /* served behind the end of the other one */
	ask(&a, 1, STATUS, -1);
	role_await(&gate.asks, 3);
	close(upload(1));
	role_await(&gate.asks, 4);
	asked_for("ask", "\"upload.drop\"");
	gate_answers(3, "{\"status\":\"ok\"}");
	gate_answers(2, "{\"status\":\"ok\"}");
	says(&a, 1, "ok");
	close(good);
	sk_channel_close(&a);
}

/* What the gate hands out is in the client's file when he hears of it, and counts then; what is damaged never is. */
static void test_get(void **state)
{
	struct sk_channel a = client();
	int to = sk_memfd("to"), out = sealed("x,y\n");
	char text[64] = "";

	ask(&a, 1, GET, to);
	role_await(&gate.asks, 1);
	assert_string_equal(gate.body, GET);
	bytes = (struct sk_bytes){.size = 4};
	sum_of("x,y\n", bytes.sha256);
	gate_hands(0, out, "{\"status\":\"ok\",\"transfer\":{\"state\":\"released\"}}");
	role_await(&gate.asks, 2);
	asked_for("ask", "\"get.done\"");
	asked_for("whole", "true");
	assert_int_equal(pread(to, text, sizeof(text), 0), 4);
	assert_string_equal(text, "x,y\n");
	gate_answers(1, "{\"status\":\"ok\",\"transfer\":{\"state\":\"collected\"}}");
	says(&a, 1, "collected");
	assert_int_equal(ftruncate(to, 0), 0);
	/* it is over meanwhile: he has it all the same */
	ask(&a, 2, GET, to);
	role_await(&gate.asks, 3);
	gate_hands(2, out, "{\"status\":\"ok\",\"transfer\":{\"state\":\"released\"}}");
	role_await(&gate.asks, 4);
	gate_answers(3, "{\"status\":\"refused\",\"why\":\"state\"}");
	says(&a, 2, "released");
	assert_int_equal(ftruncate(to, 0), 0);
	bytes.sha256[0]++;
	ask(&a, 3, GET, to);
	role_await(&gate.asks, 5);
	gate_hands(4, out, "{\"status\":\"ok\",\"transfer\":{}}");
	role_await(&gate.asks, 6);
	asked_for("ask", "\"get.done\"");
	assert_null(strstr(gate.body, "whole"));
	says(&a, 3, "\"fault\"");
	assert_int_equal(lseek(to, 0, SEEK_END), 0);
	gate_answers(5, "{\"status\":\"ok\"}");
	close(to);
	close(out);
	sk_channel_close(&a);
}

/* Only bytes that nobody can change, or an empty file, and only where the ask is about one. */
static void test_files(void **state)
{
	struct sk_channel a = client();
	int good = sealed("x,y\n"), open_one = sk_memfd("open"), folder = open("/", O_RDONLY);

	ask(&a, 2, SEND, open_one);
	says(&a, 1, "\"file\"");
	ask(&a, 3, SEND, folder);
	says(&a, 2, "\"file\"");
	ask(&a, 4, SEND, -1);
	says(&a, 3, "\"file\"");
	ask(&a, 5, STATUS, good);
	says(&a, 4, "\"file\"");
	ask(&a, 6, GET, good);
	says(&a, 5, "\"file\"");
	ask(&a, 7, "{\"ask\":\"upload.begin\",\"size\":1}", -1);
	says(&a, 6, "\"no-such-ask\"");
	ask(&a, 8, "{\"ask\":\"get.done\",\"whole\":true,\"id\":\"" UPLOAD "\"}", -1);
	says(&a, 7, "\"no-such-ask\"");
	assert_int_equal(gate.asks, 0);
	close(good);
	close(open_one);
	close(folder);
	sk_channel_close(&a);
}

/* What is wrong is told; what is no ask at all ends the connection, and no other. */
static void test_nonsense(void **state)
{
	struct sk_channel a = client(), b = client();

	ask(&a, 1, "{\"ask\":\"open\"}", -1);
	says(&a, 1, "\"no-such-ask\"");
	ask(&a, 2, "{\"ask\":\"status\",\"uid\":0}", -1);
	says(&a, 2, "\"no-such-member\"");
	ask(&a, 3, "nonsense", -1);
	assert_false(hear(&a, 3));
	assert_int_equal(sk_channel_send(&b, SK_FRONT_ANSWER, 1, sk_slice_str(STATUS), NULL, 0), 0);
	assert_false(hear(&b, 3));
	sk_channel_close(&a);
	sk_channel_close(&b);
	a = client();
	ask(&a, 4, STATUS, -1);
	role_await(&gate.asks, 1);
	sk_channel_close(&a);
}

/* A gate that is gone: said at once, and to those that wait for an answer of the one before. */
static void test_another_gate(void **state)
{
	struct sk_channel a = client();

	ask(&a, 1, STATUS, -1);
	role_await(&gate.asks, 1);
	sk_channel_close(&role_gate);
	do
		ask(&a, 2, STATUS, -1);
	while (hear(&a, got.answers + 1) && strstr(got.body, "\"no-gate\"") == NULL);
	role_meet();
	says(&a, got.answers + 1, "\"lost\"");
	ask(&a, 3, STATUS, -1);
	role_await(&gate.asks, 2);
	gate_answers(1, "{}");
	says(&a, got.answers + 1, "{}");
	sk_channel_close(&a);
}

/* One user cannot take all places; asks of connections that are gone count until they are answered. */
static void test_limits(void **state)
{
	struct sk_channel a = client(), b;

	for (uint32_t i = 0; i < 65; i++)
		ask(&a, i, STATUS, -1);
	says(&a, 1, "\"limit\"");
	role_await(&gate.asks, 64);
	sk_channel_close(&a);
	b = client();
	ask(&b, 1, STATUS, -1);
	says(&b, 2, "\"limit\"");
	for (int i = 0; i < 64; i++)
		gate_answers(i, "{}");
	do
		ask(&b, 2, STATUS, -1);
	while (gate.asks < 65 && (poll(NULL, 0, 10), 1) &&
	       sk_channel_serve(&role_gate, heard, 1, (unsigned[]){0}, NULL) == 0 &&
	       gate.asks < 65);
	sk_channel_close(&b);
}

/* A gate that answers what nobody asked is told to the supervisor. */
static void test_bad_gate(void **state)
{
	gate.serial[0] = 12345;
	gate_answers(0, "{}");
	role_await(&role_bad_peer, 1);
	role_meet();
}

int main(int argc, char **argv)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_ask), T(test_send), T(test_large),
	    T(test_send_cut), T(test_get), T(test_files), T(test_nonsense), T(test_another_gate),
	    T(test_limits), T(test_bad_gate)};

	if (argc != 2 || realpath(argv[1], role_program) == NULL) {
		fprintf(stderr, "usage: test-control PATH-OF-sekisho-control\n");
		return 2;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
