/*
 * One post's end of a link, tested from the places of its supervisor and its gate: a real role as a process, and a gate that takes letters in
 * order and once each. Include it behind cmocka.h. Tests alone.
 */
#ifndef SK_CROSSING_TEST_SIDE_H
#define SK_CROSSING_TEST_SIDE_H

#include <arpa/inet.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "crossing/crossing.h"
#include "crossing/keys.h"
#include "ipc/channel.h"
#include "link/link.h"
#include "post/places.h"
#include "post/spawn.h"

#define SIDE_PATIENCE_MS 60000 /* only against waiting for ever */
#define SIDE_GOTS 16

struct side {
	const char *name;
	char program[4096];
	struct sk_buf key, crt, pins; /* texts */
	int listen;                   /* server; -1: it connects */
	int port;                     /* client: to where */
	struct sk_channel supervisor, gate;
	pid_t pid;
	int pidfd, ready, bad_peer, cames;
	/* the gate's letters */
	uint64_t last, first; /* numbers first…last are to be sent, `sent` are */
	uint64_t sent, given, heard, wrong;
	size_t letter; /* bytes of each one's body */
	bool deaf;     /* it does not take what came */
	struct sk_link_got got[SIDE_GOTS];
	size_t ngots, spoilt;
	struct sk_link_status state;
	unsigned seen; /* bits of states it was in */
};

static struct side *side_now;

/* --- keys --- */

static inline void side_key(struct side *s, const char *name, int64_t now)
{
	s->key = SK_BUF(SK_PEM_BYTES);
	s->crt = SK_BUF(SK_PEM_BYTES);
	s->pins = SK_BUF(SK_PEM_BYTES);
	assert_int_equal(sk_crossing_key_new(name, now, &s->key, &s->crt), 0);
}

static inline void side_pin(struct side *s, const struct sk_buf *crt)
{
	uint8_t pin[SK_PIN_BYTES];
	char text[SK_PIN_TEXT];

	assert_int_equal(sk_crossing_pin(sk_buf_slice(crt), pin), 0);
	sk_crossing_pin_text(pin, text);
	sk_buf_printf(&s->pins, "%s\n", text);
}

static inline void side_free_keys(struct side *s)
{
	sk_buf_free(&s->key);
	sk_buf_free(&s->crt);
	sk_buf_free(&s->pins);
}

/* --- what the gate hears --- */

static int side_came(void *ctx, struct sk_message *m)
{
	static struct sk_letters l;
	struct sk_buf b = SK_BUF(8);
	struct side *s = side_now;

	s->cames++;
	if (sk_letters_get(m->body, &l) || l.n == 0)
		return SK_EFORMAT;
	for (size_t i = 0; i < l.n && !s->deaf; i++) {
		if (l.v[i].number <= s->heard)
			continue;
		s->wrong += l.v[i].number != s->heard + 1;
		s->heard = l.v[i].number;
	}
	sk_link_put_number(s->heard, &b);
	if (!s->deaf)
		sk_channel_send(&s->gate, SK_LINK_HEARD, 0, sk_buf_slice(&b), NULL, 0);
	sk_buf_free(&b);
	return 0;
}

static int side_sent(void *ctx, struct sk_message *m)
{
	return sk_link_get_number(m->body, &side_now->sent);
}

static int side_got(void *ctx, struct sk_message *m)
{
	assert_true(side_now->ngots < SIDE_GOTS);
	return sk_link_get_got(m->body, &side_now->got[side_now->ngots++]);
}

static int side_spoilt(void *ctx, struct sk_message *m)
{
	char id[SK_LETTER_ID + 1];

	side_now->spoilt++;
	return sk_link_get_id(m->body, id);
}

static int side_state(void *ctx, struct sk_message *m)
{
	int status = sk_link_get_status(m->body, &side_now->state);

	side_now->seen |= 1U << side_now->state.state;
	return status;
}

static int side_ready(void *ctx, struct sk_message *m)
{
	side_now->ready++;
	return 0;
}

static int side_bad_peer(void *ctx, struct sk_message *m)
{
	side_now->bad_peer++;
	return 0;
}

static inline void side_serve(struct side *s)
{
	static const struct sk_permit from_gate[] = {
	    {SK_LINK_CAME, 1, 1, SK_LETTERS_BYTES, 0, side_came},
	    {SK_LINK_SENT, 1, SK_LINK_NUMBER_BYTES, SK_LINK_NUMBER_BYTES, 0, side_sent},
	    {SK_LINK_GOT, 1, SK_LINK_GOT_BYTES, SK_LINK_GOT_BYTES, 0, side_got},
	    {SK_LINK_STATE, 1, 1, SK_LINK_STATUS_BYTES, 0, side_state},
	    {SK_LINK_SPOILT, 1, SK_LINK_ID_BYTES, SK_LINK_ID_BYTES, 0, side_spoilt}};
	static const struct sk_permit from_supervisor[] = {
	    {SK_POST_READY, 1, 0, 0, 0, side_ready}, {SK_POST_BAD_PEER, 1, 1, 1, 0, side_bad_peer}};
	unsigned state = 0;

	side_now = s;
	if (s->gate.sock >= 0 && sk_channel_flush(&s->gate))
		sk_channel_close(&s->gate);
	if (sk_channel_serve(&s->supervisor, from_supervisor, 2, &state, NULL))
		fail_msg("%s is gone", s->name);
	if (s->gate.sock >= 0 && sk_channel_serve(&s->gate, from_gate, 5, &state, NULL))
		sk_channel_close(&s->gate);
}

/* Letters that may be under way. */
static inline void side_send(struct side *s)
{
	static uint8_t filler[SK_LETTER_BYTES];
	struct sk_buf b = SK_BUF(SK_CHANNEL_BODY);

	while (s->given < s->last && s->given + 1 < s->sent + SK_LINK_AHEAD) {
		struct sk_carried c = {s->given + 1, SK_LETTER_OFFER, {filler, s->letter}};
		if (sk_letters_put(&c, &b))
			break;
		s->given++;
	}
	if (b.len)
		sk_channel_send(&s->gate, SK_LINK_LETTERS, 0, sk_buf_slice(&b), NULL, 0);
	sk_buf_free(&b);
}

static inline void side_show(const struct side *s)
{
	print_error("%s: heard %u given %u sent %u cut %d gate %d state %u %s\n", s->name,
	    (unsigned)s->heard, (unsigned)s->given, (unsigned)s->sent, s->bad_peer, s->gate.sock,
	    s->state.state, s->state.text);
}

static inline void sides_fail(const struct side *a, const struct side *b)
{
	side_show(a);
	if (b)
		side_show(b);
	fail_msg("this takes too long");
}

/* Let both go on until it is so. */
static inline void sides_go(
    struct side *a, struct side *b, bool (*so)(struct side *a, struct side *b))
{
	int64_t end = sk_now_ms() + SIDE_PATIENCE_MS;

	while (!so(a, b)) {
		struct pollfd p[4] = {{a->supervisor.sock, POLLIN, 0}, {a->gate.sock, POLLIN, 0},
		    {b ? b->supervisor.sock : -1, POLLIN, 0}, {b ? b->gate.sock : -1, POLLIN, 0}};
		side_send(a);
		if (b)
			side_send(b);
		poll(p, 4, 20);
		side_serve(a);
		if (b)
			side_serve(b);
		if (sk_now_ms() > end)
			sides_fail(a, b);
	}
}

/* --- the process --- */

static inline void side_meet_silently(struct side *s)
{
	uint8_t place = SK_PLACE_GATE;
	int pair[2];

	sk_channel_close(&s->gate);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(
	    sk_channel_send(&s->supervisor, SK_POST_PEER, 0, sk_slice(&place, 1), &pair[1], 1), 0);
	close(pair[1]);
	assert_int_equal(sk_channel_open(&s->gate, pair[0]), 0);
}

static inline void side_say_heard(struct side *s)
{
	struct sk_buf b = SK_BUF(8);

	sk_link_put_number(s->heard, &b);
	assert_int_equal(sk_channel_send(&s->gate, SK_LINK_HEARD, 0, sk_buf_slice(&b), NULL, 0), 0);
	sk_buf_free(&b);
	s->given = s->sent; /* all that is not SENT is said again */
}

/* A gate in place of an earlier one: it says again what it knows. */
static inline void side_meet(struct side *s)
{
	side_meet_silently(s);
	side_say_heard(s);
}

static inline void side_hand(struct side *s, const char *name, struct sk_slice text)
{
	int fd = sk_memfd(name);

	assert_true(fd >= 0);
	assert_int_equal(sk_write_all(fd, text.p, text.n), 0);
	lseek(fd, 0, SEEK_SET);
	assert_int_equal(
	    sk_channel_send(&s->supervisor, SK_POST_THING, 0, sk_slice_str(name), &fd, 1), 0);
	close(fd);
}

static inline void side_spawn(struct side *s)
{
	const struct sk_post_role role = {.name = s->name, .program = s->program};
	char link[64];
	int pair[2];

	s->ready = 0;
	s->gate = (struct sk_channel){.sock = -1};
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(sk_post_spawn(&role, pair[1], &s->pid, &s->pidfd), 0);
	close(pair[1]);
	assert_int_equal(sk_channel_open(&s->supervisor, pair[0]), 0);
	side_hand(s, SK_CROSSING_OWN_KEY, sk_buf_slice(&s->key));
	side_hand(s, SK_CROSSING_OWN_CRT, sk_buf_slice(&s->crt));
	side_hand(s, SK_CROSSING_PINS, sk_buf_slice(&s->pins));
	snprintf(link, sizeof(link), "other connect 127.0.0.1 %d\n", s->port);
	if (s->listen >= 0)
		assert_int_equal(sk_channel_send(&s->supervisor, SK_POST_THING, 0,
				     sk_slice_str(SK_CROSSING_LISTEN), &s->listen, 1),
		    0);
	else
		side_hand(s, SK_CROSSING_LINK, sk_slice_str(link));
}

static inline bool side_is_ready(struct side *a, struct side *b)
{
	return a->ready;
}

static inline void side_start(struct side *s)
{
	side_spawn(s);
	side_meet(s);
	assert_int_equal(
	    sk_channel_send(&s->supervisor, SK_POST_GO, 0, sk_slice("", 0), NULL, 0), 0);
	sides_go(s, NULL, side_is_ready);
}

static inline void side_close(struct side *s)
{
	sk_channel_close(&s->supervisor);
	sk_channel_close(&s->gate);
	close(s->pidfd);
	s->pid = 0;
}

static inline void side_stop(struct side *s)
{
	int status;

	if (s->pid == 0)
		return;
	assert_int_equal(
	    sk_channel_send(&s->supervisor, SK_POST_STOP, 0, sk_slice("", 0), NULL, 0), 0);
	assert_int_equal(waitpid(s->pid, &status, 0), s->pid);
	assert_int_equal(status, 0);
	side_close(s);
}

static inline void side_kill(struct side *s)
{
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	side_close(s);
}

/* A socket that listens on loopback; its port. */
static inline int side_listen(int *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0 && bind(fd, (struct sockaddr *)&at, n) == 0 && listen(fd, 64) == 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

/* --- objects --- */

/* Bytes that are always the same for a seed, as an anonymous file. */
static inline int side_bytes(size_t size, unsigned seed, struct sk_link_object *o)
{
	uint8_t *p = malloc(size);
	int fd = sk_memfd("bytes");

	assert_true(p && fd >= 0);
	for (size_t i = 0; i < size; i++)
		p[i] = (uint8_t)((seed = seed * 1103515245U + 12345U) >> 16);
	assert_int_equal(sk_write_all(fd, p, size), 0);
	*o = (struct sk_link_object){.size = size};
	snprintf(o->id, sizeof(o->id), "%032x", seed);
	gnutls_hash_fast(GNUTLS_DIG_SHA256, p, size, o->sha256);
	free(p);
	return fd;
}

static inline void side_object(
    struct side *s, uint32_t kind, const struct sk_link_object *o, int fd)
{
	struct sk_buf b = SK_BUF(SK_LINK_OBJECT_BYTES);

	assert_int_equal(sk_link_put_object(o, &b), 0);
	assert_int_equal(sk_channel_send(&s->gate, kind, 0, sk_buf_slice(&b), &fd, 1), 0);
	sk_buf_free(&b);
}

/* Whether a file has the bytes of the object. */
static inline bool side_has(int fd, const struct sk_link_object *o)
{
	struct sk_slice s = {NULL, 0};
	uint8_t sum[32];

	assert_int_equal(sk_map(fd, &s), 0);
	gnutls_hash_fast(GNUTLS_DIG_SHA256, s.p, s.n, sum);
	bool same = s.n == o->size && memcmp(sum, o->sha256, 32) == 0;
	sk_unmap(&s);
	return same;
}

/* --- both ends, new for each test --- */

static struct side server = {.name = "server"}, client = {.name = "client"};

static inline int setup(void **state)
{
	struct side fresh = {.name = "server"};

	memcpy(fresh.program, server.program, sizeof(fresh.program));
	server = fresh;
	fresh.name = "client";
	memcpy(fresh.program, client.program, sizeof(fresh.program));
	client = fresh;
	client.listen = -1;
	server.listen = side_listen(&client.port);
	side_key(&server, "internet", time(NULL));
	side_key(&client, "lgwan", time(NULL));
	side_pin(&server, &client.crt);
	side_pin(&client, &server.crt);
	return 0;
}

static inline int teardown(void **state)
{
	side_stop(&client);
	side_stop(&server);
	close(server.listen);
	side_free_keys(&server);
	side_free_keys(&client);
	return 0;
}

#endif
