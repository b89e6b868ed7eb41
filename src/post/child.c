/* A role's loop: child.h. Every role of a post. */
#include "post/child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

enum phase { EQUIPPING, GOING, STOPPING };

static int serve_thing(void *ctx, struct sk_message *m)
{
	struct sk_child *c = ctx;

	if (c->nthings >= SK_CHILD_THINGS)
		return SK_ELIMIT;
	snprintf(c->thing[c->nthings].name, sizeof(c->thing[0].name), "%.*s", (int)m->body.n,
	    (const char *)m->body.p);
	c->thing[c->nthings++].fd = m->fds[0];
	m->fds[0] = -1;
	return 0;
}

static int serve_peer(void *ctx, struct sk_message *m)
{
	struct sk_child *c = ctx;
	size_t place = m->body.p[0];
	int fd = m->fds[0], status;

	if (place >= SK_POST_ROLES)
		return SK_EFORMAT;
	sk_channel_close(&c->peer[place]);
	m->fds[0] = -1;
	status = sk_channel_open(&c->peer[place], fd);
	c->state[place] = 0;
	c->there[place] = status == 0;
	if (status == 0 && c->phase != EQUIPPING && c->ops->met)
		c->ops->met(c->ctx, place);
	return status;
}

static int serve_go(void *ctx, struct sk_message *m)
{
	struct sk_child *c = ctx;
	int status = c->ops->begin ? c->ops->begin(c->ctx) : 0;

	if (status)
		return status;
	c->phase = GOING;
	for (size_t i = 0; i < SK_POST_ROLES && c->ops->met; i++)
		if (c->peer[i].sock >= 0)
			c->ops->met(c->ctx, i);
	return sk_channel_send(&c->supervisor, SK_POST_READY, 0, sk_slice("", 0), NULL, 0);
}

static int serve_reload(void *ctx, struct sk_message *m)
{
	struct sk_child *c = ctx;
	char answer[1 + SK_POST_TEXT] = {0};

	if (c->ops->reload == NULL)
		return SK_EFORMAT;
	answer[0] = (char)(c->ops->reload(c->ctx, m->fds[0], answer + 1, SK_POST_TEXT) != 0);
	return sk_channel_send(&c->supervisor, SK_POST_RELOADED, m->serial,
	    sk_slice(answer, 1 + strlen(answer + 1)), NULL, 0);
}

static int serve_stop(void *ctx, struct sk_message *m)
{
	struct sk_child *c = ctx;

	c->phase = STOPPING;
	return 0;
}

#define AT(phase) (1U << (phase))

static const struct sk_permit from_supervisor[] = {
    {SK_POST_THING, AT(EQUIPPING), 1, SK_POST_NAME, 1, serve_thing},
    {SK_POST_PEER, AT(EQUIPPING) | AT(GOING) | AT(STOPPING), 1, 1, 1, serve_peer},
    {SK_POST_GO, AT(EQUIPPING), 0, 0, 0, serve_go},
    {SK_POST_RELOAD, AT(GOING), 0, 0, 1, serve_reload},
    {SK_POST_STOP, AT(EQUIPPING) | AT(GOING), 0, 0, 0, serve_stop},
};

/* A peer that broke the rules: it is told, and nothing more is read from it. */
void sk_child_denounce(struct sk_child *c, size_t place)
{
	uint8_t who = (uint8_t)place;

	sk_channel_close(&c->peer[place]);
	sk_channel_send(&c->supervisor, SK_POST_BAD_PEER, 0, sk_slice(&who, 1), NULL, 0);
}

static void listen_to(struct sk_child *c, size_t place, short events)
{
	const struct sk_child_peer *p = &c->ops->peers[place];
	int status = 0;

	c->now = place;
	if (events & POLLOUT)
		status = sk_channel_flush(&c->peer[place]);
	if (!status && events & (POLLIN | POLLHUP))
		status = sk_channel_serve(
		    &c->peer[place], p->permits, p->npermits, &c->state[place], c->ctx);
	if (status == SK_EIO) /* it ended; the supervisor brings the next one */
		sk_channel_close(&c->peer[place]);
	else if (status)
		sk_child_denounce(c, place);
}

static int of_supervisor(struct sk_child *c, short events)
{
	int status = 0;

	if (events & POLLOUT)
		status = sk_channel_flush(&c->supervisor);
	if (!status && events & (POLLIN | POLLHUP))
		status = sk_channel_serve(&c->supervisor, from_supervisor,
		    sizeof(from_supervisor) / sizeof(*from_supervisor), &c->phase, c);
	return status;
}

static size_t prepare(struct sk_child *c, struct pollfd *p)
{
	size_t n = 0;

	p[n++] = (struct pollfd){c->supervisor.sock,
	    (short)(POLLIN | (sk_channel_waits(&c->supervisor) ? POLLOUT : 0)), 0};
	for (size_t i = 0; i < SK_POST_ROLES; i++)
		p[n++] = (struct pollfd){c->phase == EQUIPPING ? -1 : c->peer[i].sock,
		    (short)(POLLIN | (sk_channel_waits(&c->peer[i]) ? POLLOUT : 0)), 0};
	if (c->phase != EQUIPPING && c->ops->watch)
		n += c->ops->watch(c->ctx, p + n, SK_CHILD_WATCHED);
	return n;
}

static int take_events(struct sk_child *c, const struct pollfd *p, size_t n)
{
	size_t own = 1 + SK_POST_ROLES;
	int status = p[0].revents ? of_supervisor(c, p[0].revents) : 0;

	for (size_t i = 0; !status && i < SK_POST_ROLES; i++)
		if (p[1 + i].revents && c->peer[i].sock == p[1 + i].fd)
			listen_to(c, i, p[1 + i].revents);
	if (!status && n > own && c->ops->happened)
		c->ops->happened(c->ctx, p + own, n - own);
	return status;
}

static void tell_lost(struct sk_child *c)
{
	for (size_t i = 0; i < SK_POST_ROLES; i++)
		if (c->there[i] && c->peer[i].sock < 0) {
			c->there[i] = false;
			if (c->ops->lost)
				c->ops->lost(c->ctx, i);
		}
}

static bool done(const struct sk_child *c)
{
	return c->phase == STOPPING && (c->ops->finished == NULL || c->ops->finished(c->ctx)) &&
	       !sk_channel_waits(&c->supervisor);
}

static int loop(struct sk_child *c, struct pollfd *p)
{
	int status = 0;

	while (!status && !done(c)) {
		size_t n = prepare(c, p);
		int wait = c->phase != EQUIPPING && c->ops->until ? c->ops->until(c->ctx) : -1;
		int happened = poll(p, n, wait);
		if (happened < 0 && errno != EINTR)
			return SK_EIO;
		if (happened > 0)
			status = take_events(c, p, n);
		if (!status && c->phase != EQUIPPING)
			tell_lost(c);
		if (!status && c->phase != EQUIPPING && c->ops->tick)
			c->ops->tick(c->ctx);
	}
	return status;
}

static void close_everything(struct sk_child *c)
{
	sk_channel_close(&c->supervisor);
	for (size_t i = 0; i < SK_POST_ROLES; i++)
		sk_channel_close(&c->peer[i]);
	for (size_t i = 0; i < c->nthings; i++)
		sk_close(&c->thing[i].fd);
}

int sk_child_run(struct sk_child *c, const struct sk_child_ops *ops, void *ctx)
{
	struct pollfd *p = calloc(1 + SK_POST_ROLES + SK_CHILD_WATCHED, sizeof(*p));
	int status;

	*c = (struct sk_child){.ops = ops, .ctx = ctx, .supervisor = {.sock = -1}};
	for (size_t i = 0; i < SK_POST_ROLES; i++)
		c->peer[i].sock = -1;
	status = p ? sk_channel_open(&c->supervisor, SK_POST_FD) : SK_ENOMEM;
	if (status == 0)
		fcntl(SK_POST_FD, F_SETFD, FD_CLOEXEC);
	if (status == 0)
		status = loop(c, p);
	close_everything(c);
	free(p);
	return status ? 1 : 0;
}

int sk_child_take(struct sk_child *c, const char *name)
{
	for (size_t i = 0; i < c->nthings; i++)
		if (strcmp(c->thing[i].name, name) == 0) {
			int fd = c->thing[i].fd;
			c->thing[i].fd = -1;
			return fd;
		}
	return -1;
}

int sk_child_send(struct sk_child *c, size_t place, uint32_t kind, uint32_t serial,
    struct sk_slice body, const int *fds, size_t nfds)
{
	int status;

	if (place >= SK_POST_ROLES)
		return SK_EARG;
	status = sk_channel_send(&c->peer[place], kind, serial, body, fds, nfds);
	if (status == SK_ELIMIT)
		sk_child_denounce(c, place);
	return status == SK_ELIMIT ? SK_EIO : status;
}
