/* Tests of channels: what is permitted passes in order with its descriptors, all else drops the peer and leaks nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "ipc/channel.h"

enum { HELLO = 1, GIVE, BYE };
enum { NEW, OPEN };

static struct sk_channel a, b;
static unsigned state;
static char got[64];
static uint32_t serials[600];
static size_t nserials;
static int kept;

static int hello(void *ctx, struct sk_message *m)
{
	snprintf(got, sizeof(got), "%.*s", (int)m->body.n, (const char *)m->body.p);
	if (nserials < sizeof(serials) / sizeof(*serials))
		serials[nserials++] = m->serial;
	state = OPEN;
	return 0;
}

static int give(void *ctx, struct sk_message *m)
{
	kept = m->fds[0];
	m->fds[0] = -1;
	return 0;
}

static int bye(void *ctx, struct sk_message *m)
{
	return SK_EREFUSED;
}

static const struct sk_permit permits[] = {
    {HELLO, 1U << NEW | 1U << OPEN, 1, 8, 0, hello},
    {GIVE, 1U << OPEN, 0, 0, 2, give},
    {BYE, 1U << OPEN, 0, 0, 0, bye},
};

static int serve(void)
{
	return sk_channel_serve(&b, permits, sizeof(permits) / sizeof(*permits), &state, NULL);
}

static int send_text(uint32_t kind, const char *text)
{
	return sk_channel_send(&a, kind, 7, sk_slice_str(text), NULL, 0);
}

static int setup(void **st)
{
	int pair[2];

	state = NEW;
	nserials = 0;
	kept = -1;
	got[0] = '\0';
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) ||
	       sk_channel_open(&a, pair[0]) || sk_channel_open(&b, pair[1]);
}

static int teardown(void **st)
{
	sk_channel_close(&a);
	sk_channel_close(&b);
	return 0;
}

static int open_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 512; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void test_permitted(void **st)
{
	int two[2] = {a.sock, b.sock};
	int before = open_fds();

	assert_int_equal(send_text(HELLO, "hi"), 0);
	assert_int_equal(serve(), 0);
	assert_string_equal(got, "hi");
	assert_int_equal(serials[0], 7);
	assert_int_equal(sk_channel_send(&a, GIVE, 0, sk_slice("", 0), two, 2), 0);
	assert_int_equal(serve(), 0);
	assert_int_equal(open_fds(), before + 1);
	close(kept);
	assert_int_equal(open_fds(), before);
}

static void test_server_may_drop(void **st)
{
	assert_int_equal(send_text(HELLO, "x"), 0);
	assert_int_equal(send_text(BYE, ""), 0);
	assert_int_equal(serve(), SK_EREFUSED);
}

static void nonsense(uint32_t kind, struct sk_slice body, size_t nfds)
{
	int fds[SK_CHANNEL_FDS] = {0};
	int before = open_fds();

	assert_int_equal(sk_channel_send(&a, kind, 0, body, fds, nfds), 0);
	assert_int_equal(serve(), SK_EFORMAT);
	assert_int_equal(open_fds(), before);
}

static void test_not_permitted(void **st)
{
	nonsense(BYE, sk_slice("", 0), 0);
	nonsense(GIVE, sk_slice("", 0), 2);
	nonsense(99, sk_slice("", 0), 0);
	nonsense(HELLO, sk_slice("", 0), 0);
	nonsense(HELLO, SK_SLICE_LIT("123456789"), 0);
	nonsense(HELLO, SK_SLICE_LIT("1"), 1);
	state = OPEN;
	nonsense(GIVE, sk_slice("", 0), 1);
	nonsense(GIVE, sk_slice("", 0), 3);
	state = 40;
	nonsense(HELLO, SK_SLICE_LIT("1"), 0);
}

static void test_raw_nonsense(void **st)
{
	static const uint8_t big[SK_CHANNEL_BODY + 9];
	struct msghdr m = {0};

	assert_int_equal(send(a.sock, "x", 1, 0), 1);
	assert_int_equal(serve(), SK_EFORMAT);
	assert_int_equal(send(a.sock, big, sizeof(big), 0), sizeof(big));
	assert_int_equal(serve(), SK_EFORMAT);
	/* an empty message reads like an end */
	assert_int_equal(sendmsg(a.sock, &m, 0), 0);
	assert_int_equal(serve(), SK_EIO);
}

static void test_peer_gone(void **st)
{
	sk_channel_close(&a);
	assert_int_equal(serve(), SK_EIO);
	assert_int_equal(sk_channel_send(&b, HELLO, 0, SK_SLICE_LIT("x"), NULL, 0), SK_EIO);
	assert_int_equal(send_text(HELLO, "x"), SK_EIO);
}

static void test_too_large_is_the_senders_fault(void **st)
{
	static const uint8_t big[SK_CHANNEL_BODY + 1];
	int fds[5] = {0};

	assert_int_equal(
	    sk_channel_send(&a, HELLO, 0, sk_slice(big, sizeof(big)), NULL, 0), SK_EARG);
	assert_int_equal(sk_channel_send(&a, HELLO, 0, sk_slice("", 0), fds, 5), SK_EARG);
}

/* A peer that does not read neither blocks nor fills the memory; when it reads, all comes in order. */
static void test_slow_peer(void **st)
{
	uint32_t sent = 0;
	int before = open_fds(), status = 0;

	while (!status && sent < 5000) {
		status = sk_channel_send(&a, HELLO, sent, SK_SLICE_LIT("12345678"), NULL, 0);
		sent += !status;
	}
	assert_int_equal(status, SK_ELIMIT);
	assert_true(sk_channel_waits(&a));
	assert_true(sent > SK_CHANNEL_WAITING && sent < 600);
	while (nserials < sent) {
		assert_int_equal(serve(), 0);
		assert_int_equal(sk_channel_flush(&a), 0);
	}
	assert_false(sk_channel_waits(&a));
	for (uint32_t i = 0; i < sent; i++)
		assert_int_equal(serials[i], i);
	assert_int_equal(open_fds(), before);
}

static void test_turns(void **st)
{
	for (uint32_t i = 0; i < SK_CHANNEL_TURN + 3; i++)
		assert_int_equal(sk_channel_send(&a, HELLO, i, SK_SLICE_LIT("1"), NULL, 0), 0);
	assert_int_equal(serve(), 0);
	assert_int_equal(nserials, SK_CHANNEL_TURN);
	assert_int_equal(serve(), 0);
	assert_int_equal(nserials, SK_CHANNEL_TURN + 3);
}

/* Descriptors that wait are the channel's own, and go with it. */
static void test_waiting_descriptors_go(void **st)
{
	int before = open_fds(), status = 0, fds[2] = {0, 0};

	while (!status)
		status = sk_channel_send(&a, GIVE, 0, sk_slice("", 0), fds, 2);
	assert_int_equal(status, SK_ELIMIT);
	assert_true(open_fds() > before);
	sk_channel_close(&a);
	sk_channel_close(&b);
	assert_int_equal(open_fds(), before - 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	    T(test_permitted), T(test_server_may_drop), T(test_not_permitted), T(test_raw_nonsense),
	    T(test_peer_gone), T(test_too_large_is_the_senders_fault), T(test_slow_peer),
	    T(test_turns), T(test_waiting_descriptors_go)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
