/*
 * A role as a process, tested from the places of its supervisor and of its gate (or of another peer: role_place). Include it behind cmocka.h; the test sets
 * what its gate may hear, and calls role_start() and role_stop(). Tests alone.
 */
#ifndef SK_POST_TEST_ROLE_H
#define SK_POST_TEST_ROLE_H

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "ipc/channel.h"
#include "post/places.h"
#include "post/spawn.h"

static char role_program[4096];
static struct sk_channel role_supervisor, role_gate;
static pid_t role_pid;
static int role_pidfd, role_ready, role_bad_peer;
static uint8_t role_place = SK_PLACE_GATE; /* as whom the test talks to it */
static const struct sk_permit *role_heard; /* by the gate */
static size_t role_nheard;

static int role_serve_ready(void *ctx, struct sk_message *m)
{
	role_ready++;
	return 0;
}

static int role_serve_bad_peer(void *ctx, struct sk_message *m)
{
	role_bad_peer++;
	return 0;
}

/* Serve both channels until a count is reached; the guard is only against waiting for ever. */
static void role_await(const int *count, int want)
{
	static const struct sk_permit permits[] = {{SK_POST_READY, 1, 0, 0, 0, role_serve_ready},
	    {SK_POST_BAD_PEER, 1, 1, 1, 0, role_serve_bad_peer}};
	unsigned state = 0;

	while (*count < want) {
		struct pollfd p[2] = {
		    {role_supervisor.sock, POLLIN, 0}, {role_gate.sock, POLLIN, 0}};
		if (poll(p, 2, 120000) <= 0)
			fail_msg("the role says nothing");
		if (p[0].revents && sk_channel_serve(&role_supervisor, permits, 2, &state, NULL))
			fail_msg("the role is gone");
		if (p[1].revents &&
		    sk_channel_serve(&role_gate, role_heard, role_nheard, &state, NULL))
			sk_channel_close(&role_gate);
	}
}

/* Become its gate, in place of an earlier one. */
static void role_meet(void)
{
	int pair[2];

	sk_channel_close(&role_gate);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(sk_channel_send(&role_supervisor, SK_POST_PEER, 0,
			     sk_slice(&role_place, 1), &pair[1], 1),
	    0);
	close(pair[1]);
	assert_int_equal(sk_channel_open(&role_gate, pair[0]), 0);
}

static void role_spawn(const char *name)
{
	const struct sk_post_role role = {.name = name, .program = role_program};
	int pair[2];

	role_gate = (struct sk_channel){.sock = -1};
	role_ready = role_bad_peer = 0;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(sk_post_spawn(&role, pair[1], &role_pid, &role_pidfd), 0);
	close(pair[1]);
	assert_int_equal(sk_channel_open(&role_supervisor, pair[0]), 0);
}

/* Hand a thing over; the descriptor is closed here. */
static inline void role_hand(const char *name, int fd)
{
	assert_true(fd >= 0);
	assert_int_equal(
	    sk_channel_send(&role_supervisor, SK_POST_THING, 0, sk_slice_str(name), &fd, 1), 0);
	close(fd);
}

static void role_go(void)
{
	role_meet();
	assert_int_equal(
	    sk_channel_send(&role_supervisor, SK_POST_GO, 0, sk_slice("", 0), NULL, 0), 0);
}

static void role_close(void)
{
	sk_channel_close(&role_supervisor);
	sk_channel_close(&role_gate);
	close(role_pidfd);
}

/* It ends when it is asked to, with this exit status. */
static void role_stop(void)
{
	int status;

	assert_int_equal(
	    sk_channel_send(&role_supervisor, SK_POST_STOP, 0, sk_slice("", 0), NULL, 0), 0);
	assert_int_equal(waitpid(role_pid, &status, 0), role_pid);
	assert_int_equal(status, 0);
	role_close();
}

#endif
