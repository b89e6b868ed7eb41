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

#include "front/front.h"
#include "post/test-role.h"

#define STATUS "{\"ask\":\"status\"}"
#define SEND "{\"ask\":\"send\",\"to\":\"lgwan\",\"name\":\"a.txt\"}"
#define GET "{\"ask\":\"get\",\"id\":\"00112233445566778899aabbccddeeff\"}"

static char top[64], path[96];
static struct {
	int asks, files;
	uint32_t serial[64], user;
	char body[512], content[64];
} gate;
static struct {
	int answers;
	uint32_t serial;
	char body[1024];
} got;

/* --- the gate --- */

static int serve_ask(void *ctx, struct sk_message *m)
{
	ssize_t n = m->nfds ? pread(m->fds[0], gate.content, sizeof(gate.content) - 1, 0) : 0;

	if (n > 0)
		gate.content[n] = '\0';
	gate.files += m->nfds == 1;
	memcpy(&gate.user, m->body.p, 4);
	snprintf(
	    gate.body, sizeof(gate.body), "%.*s", (int)m->body.n - 4, (const char *)m->body.p + 4);
	gate.serial[gate.asks++ % 64] = m->serial;
	return 0;
}

static const struct sk_permit heard[] = {
    {SK_FRONT_ASK, 1, 6, SK_CHANNEL_BODY, 0, serve_ask},
    {SK_FRONT_GIVE, 1, 6, SK_CHANNEL_BODY, 1, serve_ask},
};

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
	role_nheard = 2;
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

/* Only bytes that nobody can change, or an empty file, and only where the ask is about one. */
static void test_files(void **state)
{
	struct sk_channel a = client();
	int good = sealed("x,y\n"), open_one = sk_memfd("open"), folder = open("/", O_RDONLY);

	ask(&a, 1, SEND, good);
	role_await(&gate.files, 1);
	assert_string_equal(gate.content, "x,y\n");
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
	ask(&a, 7, GET, open_one);
	role_await(&gate.files, 2);
	assert_int_equal(gate.asks, 2);
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
	       sk_channel_serve(&role_gate, heard, 2, (unsigned[]){0}, NULL) == 0 &&
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
	const struct CMUnitTest tests[] = {T(test_ask), T(test_files), T(test_nonsense),
	    T(test_another_gate), T(test_limits), T(test_bad_gate)};

	if (argc != 2 || realpath(argv[1], role_program) == NULL) {
		fprintf(stderr, "usage: test-control PATH-OF-sekisho-control\n");
		return 2;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
