/*
 * sekisho-crossing-client: the link role of the more protected post, which opens every connection. It has sockets on the link and a channel to its
 * gate, nothing else. HTTP and TLS are libcurl's (GnuTLS), driven from the role's own loop. doc/crossing.md
 */
#include "crossing/client.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "crossing/crossing.h"
#include "crossing/range.h"
#include "post/places.h"

/* --- where to --- */

static bool take_word(struct sk_slice *text, char *to, size_t size)
{
	size_t n = 0, at = 0;

	while (at < text->n && text->p[at] == ' ')
		at++;
	while (at + n < text->n && text->p[at + n] > ' ' && text->p[at + n] < 0x7f)
		n++;
	if (n == 0 || n >= size)
		return false;
	memcpy(to, text->p + at, n);
	to[n] = '\0';
	*text = sk_slice_sub(*text, at + n, SIZE_MAX);
	return true;
}

static bool is_address(const char *text, int family)
{
	uint8_t address[16];

	return inet_pton(family, text, address) == 1;
}

static int find_base(struct sk_client *c, struct sk_slice line)
{
	char zone[65], how[16], address[INET6_ADDRSTRLEN + 1], port[8];
	uint64_t number = 0;
	bool six;

	while (line.n && line.p[line.n - 1] <= ' ')
		line.n--;
	if (!take_word(&line, zone, sizeof(zone)) || !take_word(&line, how, sizeof(how)) ||
	    !take_word(&line, address, sizeof(address)) || !take_word(&line, port, sizeof(port)) ||
	    line.n)
		return SK_EFORMAT;
	six = is_address(address, AF_INET6);
	if (strcmp(how, "connect") != 0 || !(six || is_address(address, AF_INET)) ||
	    !sk_number_get(port, &number) || number == 0 || number > 65535)
		return SK_EFORMAT;
	c->port = (uint16_t)number;
	snprintf(
	    c->base, sizeof(c->base), six ? "https://[%s]:%s" : "https://%s:%s", address, port);
	return 0;
}

static int begin(void *ctx)
{
	struct sk_client *c = ctx;
	struct sk_buf line = SK_BUF(1024);
	int status = sk_end_begin(&c->end);

	status = status ? status : sk_end_read(&c->end, SK_CROSSING_LINK, &line);
	if (status == 0 && find_base(c, sk_buf_slice(&line))) {
		fprintf(
		    stderr, "%s: " SK_CROSSING_LINK ": ZONE connect ADDRESS PORT\n", c->end.name);
		status = SK_EFORMAT;
	}
	sk_buf_free(&line);
	status = status ? status : sk_requests_open(c);
	return status ? status : sk_end_confine(&c->end, c->port);
}

/* --- the loop --- */

static void stop_all(struct sk_client *c)
{
	sk_request_stop(&c->poll);
	sk_request_stop(&c->push);
	for (size_t i = 0; i < SK_CLIENT_CARRIES; i++)
		sk_request_stop(&c->carry[i]);
}

/* What is on its way was asked for by an earlier gate. */
static void met(void *ctx, size_t place)
{
	struct sk_client *c = ctx;

	if (place != SK_PLACE_GATE)
		return;
	stop_all(c);
	c->met = false;
	c->theirs = c->told = 0;
	c->poll_due = c->push_due = 0;
	sk_end_met(&c->end);
}

static size_t watch(void *ctx, struct pollfd *p, size_t max)
{
	struct sk_client *c = ctx;

	for (size_t i = 0; i < c->nsockets; i++)
		p[i] = (struct pollfd){c->socket[i].fd, c->socket[i].events, 0};
	return c->nsockets;
}

static void happened(void *ctx, const struct pollfd *p, size_t n)
{
	struct sk_client *c = ctx;
	int running;

	for (size_t i = 0; i < n; i++) {
		int bits = (p[i].revents & (POLLIN | POLLHUP) ? CURL_CSELECT_IN : 0) |
			   (p[i].revents & POLLOUT ? CURL_CSELECT_OUT : 0) |
			   (p[i].revents & (POLLERR | POLLNVAL) ? CURL_CSELECT_ERR : 0);
		if (bits)
			curl_multi_socket_action(c->multi, p[i].fd, bits, &running);
	}
}

static int until(void *ctx)
{
	struct sk_client *c = ctx;
	int64_t now = sk_now_ms(), due = c->due, other = sk_talk_due(c);

	if (sk_objects_unproved(&c->end.objects))
		return 0;
	due = other < due ? other : due;
	other = sk_carry_due(c);
	due = other < due ? other : due;
	if (due == INT64_MAX)
		return -1;
	return due <= now ? 0 : due - now > 60000 ? 60000 : (int)(due - now);
}

static void tick(void *ctx)
{
	struct sk_client *c = ctx;
	int64_t now = sk_now_ms();
	int running;

	if (now >= c->due) {
		c->due = INT64_MAX;
		curl_multi_socket_action(c->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	}
	sk_requests_finish(c);
	sk_talk(c, now);
	sk_end_prove(&c->end);
	sk_carry(c, now);
}

/* --- the process --- */

static void init(struct sk_client *c)
{
	c->end.name = "sekisho-crossing-client";
	c->end.key = c->end.crt = SK_BUF(SK_PEM_BYTES);
	c->key_fd = c->crt_fd = -1;
	c->due = INT64_MAX;
	c->poll.out = c->poll.in = c->push.out = c->push.in = SK_BUF(SK_EXCHANGE_BYTES);
	for (size_t i = 0; i < SK_CLIENT_CARRIES; i++)
		c->carry[i].out = c->carry[i].in = SK_BUF(1);
}

int sk_crossing_client(void)
{
	static struct sk_child_ops ops = {.begin = begin,
	    .met = met,
	    .watch = watch,
	    .happened = happened,
	    .until = until,
	    .tick = tick};
	static struct sk_client c;
	int status;

	init(&c);
	ops.peers[SK_PLACE_GATE] = (struct sk_child_peer){sk_end_permits, sk_end_npermits};
	status = sk_child_run(&c.end.child, &ops, &c);
	sk_requests_close(&c);
	sk_end_free(&c.end);
	return status;
}
