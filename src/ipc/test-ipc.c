/* Tests of control messages: exact kinds, lengths and descriptors, and nothing leaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "ipc/msg.h"

static int pair[2];

static int setup(void **state)
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
}

static int teardown(void **state)
{
	close(pair[0]);
	close(pair[1]);
	return 0;
}

static int open_fds(void)
{
	int n = 0;
	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void test_round_trip(void **state)
{
	struct sk_done_msg in = {SK_END_SIGNAL, 31}, out = {0};

	assert_int_equal(sk_msg_send(pair[0], SK_MSG_DONE, &in, sizeof(in), NULL, 0), 0);
	assert_int_equal(sk_msg_recv(pair[1], SK_MSG_DONE, &out, sizeof(out), NULL, 0), 0);
	assert_int_equal(out.end, SK_END_SIGNAL);
	assert_int_equal(out.detail, 31);
}

static void test_descriptors(void **state)
{
	int got[2], before = open_fds();

	assert_int_equal(sk_msg_send(pair[0], SK_MSG_JOB, "ab", 2, pair, 2), 0);
	char text[2];
	assert_int_equal(sk_msg_recv(pair[1], SK_MSG_JOB, text, 2, got, 2), 0);
	assert_int_equal(open_fds(), before + 2);
	close(got[0]);
	close(got[1]);
}

static void expect_rejected(void)
{
	char text[2];
	int got[2], before = open_fds();

	assert_int_equal(sk_msg_recv(pair[1], SK_MSG_JOB, text, 2, got, 2), SK_EFORMAT);
	assert_int_equal(open_fds(), before);
}

static void test_nonsense_is_rejected_without_leak(void **state)
{
	int four[4] = {pair[0], pair[0], pair[0], pair[0]};

	sk_msg_send(pair[0], SK_MSG_DONE, "ab", 2, pair, 2);
	expect_rejected();
	sk_msg_send(pair[0], SK_MSG_JOB, "abc", 3, pair, 2);
	expect_rejected();
	sk_msg_send(pair[0], SK_MSG_JOB, "a", 1, pair, 2);
	expect_rejected();
	sk_msg_send(pair[0], SK_MSG_JOB, "ab", 2, pair, 1);
	expect_rejected();
	sk_msg_send(pair[0], SK_MSG_JOB, "ab", 2, four, 4);
	expect_rejected();
	assert_int_equal(send(pair[0], "x", 1, 0), 1);
	expect_rejected();
}

static void test_peer_gone(void **state)
{
	char text[2];

	close(pair[0]);
	assert_int_equal(sk_msg_recv(pair[1], SK_MSG_JOB, text, 2, NULL, 0), SK_EIO);
	pair[0] = -1;
}

static void test_too_large_is_not_sent(void **state)
{
	static char big[SK_MSG_MAX];

	assert_int_equal(sk_msg_send(pair[0], SK_MSG_JOB, big, sizeof(big), NULL, 0), SK_EARG);
}

static void test_either(void **state)
{
	struct sk_done_msg done;
	struct sk_failed_msg failed = {.text = "why"};

	sk_msg_send(pair[0], SK_MSG_FAILED, &failed, sizeof(failed), NULL, 0);
	assert_int_equal(sk_msg_recv_either(pair[1], SK_MSG_READY, NULL, 0, SK_MSG_FAILED, &failed,
			     sizeof(failed)),
	    SK_MSG_FAILED);
	sk_msg_send(pair[0], SK_MSG_READY, "", 0, NULL, 0);
	assert_int_equal(sk_msg_recv_either(pair[1], SK_MSG_DONE, &done, sizeof(done),
			     SK_MSG_FAILED, &failed, sizeof(failed)),
	    SK_EFORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_round_trip, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_descriptors, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_nonsense_is_rejected_without_leak, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_peer_gone, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_too_large_is_not_sent, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_either, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
