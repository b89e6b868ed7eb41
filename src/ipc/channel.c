/* Channels between roles: channel.h. */
#include "ipc/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

struct head {
	uint32_t kind, serial;
};

struct sk_waiting {
	struct sk_waiting *next;
	struct head head;
	int fds[SK_CHANNEL_FDS];
	size_t nfds, n;
	uint8_t body[];
};

int sk_channel_open(struct sk_channel *ch, int sock)
{
	int flags = fcntl(sock, F_GETFL);

	*ch = (struct sk_channel){.sock = sock};
	if (flags < 0 || fcntl(sock, F_SETFL, flags | O_NONBLOCK)) {
		sk_channel_close(ch);
		return SK_EIO;
	}
	/* a byte more than is allowed, so that too much is seen */
	ch->buf = malloc(sizeof(struct head) + SK_CHANNEL_BODY + 1);
	if (ch->buf)
		return 0;
	sk_channel_close(ch);
	return SK_ENOMEM;
}

static void close_all(const int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static void drop_first(struct sk_channel *ch)
{
	struct sk_waiting *w = ch->first;

	ch->first = w->next;
	if (ch->first == NULL)
		ch->last = NULL;
	ch->nwaiting--;
	close_all(w->fds, w->nfds);
	explicit_bzero(w->body, w->n); /* it may be a password, or a key */
	free(w);
}

void sk_channel_close(struct sk_channel *ch)
{
	while (ch->first)
		drop_first(ch);
	free(ch->buf);
	sk_close(&ch->sock);
	*ch = (struct sk_channel){.sock = -1};
}

/* 0, 1: the peer does not read now, SK_EIO. */
static int transmit(int sock, struct head head, struct sk_slice body, const int *fds, size_t nfds)
{
	struct iovec iov[2] = {{&head, sizeof(head)}, {(void *)(uintptr_t)body.p, body.n}};
	struct msghdr m = {.msg_iov = iov, .msg_iovlen = 2};
	union sk_fds_room room = {0};
	ssize_t sent;

	sk_fds_put(&m, &room, fds, nfds);
	sent = TEMP_FAILURE_RETRY(sendmsg(sock, &m, MSG_NOSIGNAL | MSG_DONTWAIT));
	if (sent == (ssize_t)(sizeof(head) + body.n))
		return 0;
	return sent < 0 && (errno == EAGAIN || errno == ENOBUFS || errno == ETOOMANYREFS) ? 1
											  : SK_EIO;
}

/* Keep a message with descriptors of its own. */
static int keep(
    struct sk_channel *ch, struct head head, struct sk_slice body, const int *fds, size_t nfds)
{
	struct sk_waiting *w;

	if (ch->nwaiting >= SK_CHANNEL_WAITING)
		return SK_ELIMIT;
	w = calloc(1, sizeof(*w) + body.n);
	if (w == NULL)
		return SK_ENOMEM;
	w->head = head;
	w->n = body.n;
	if (body.n)
		memcpy(w->body, body.p, body.n);
	for (; w->nfds < nfds; w->nfds++) {
		w->fds[w->nfds] = fcntl(fds[w->nfds], F_DUPFD_CLOEXEC, 3);
		if (w->fds[w->nfds] < 0) {
			close_all(w->fds, w->nfds);
			free(w);
			return SK_EIO;
		}
	}
	*(ch->last ? &ch->last->next : &ch->first) = w;
	ch->last = w;
	ch->nwaiting++;
	return 0;
}

int sk_channel_send(struct sk_channel *ch, uint32_t kind, uint32_t serial, struct sk_slice body,
    const int *fds, size_t nfds)
{
	struct head head = {kind, serial};
	int status = 1;

	if (body.n > SK_CHANNEL_BODY || nfds > SK_CHANNEL_FDS)
		return SK_EARG;
	if (ch->sock < 0)
		return SK_EIO;
	/* nothing overtakes what waits */
	if (ch->first == NULL)
		status = transmit(ch->sock, head, body, fds, nfds);
	return status == 1 ? keep(ch, head, body, fds, nfds) : status;
}

bool sk_channel_waits(const struct sk_channel *ch)
{
	return ch->first != NULL;
}

int sk_channel_flush(struct sk_channel *ch)
{
	while (ch->first) {
		struct sk_waiting *w = ch->first;
		int status = transmit(ch->sock, w->head, sk_slice(w->body, w->n), w->fds, w->nfds);
		if (status)
			return status == 1 ? 0 : status;
		drop_first(ch);
	}
	return 0;
}

/* 0 with *out set, 1: nothing there, SK_EIO, SK_EFORMAT. Descriptors in *out are the caller's in any case. */
static int receive(struct sk_channel *ch, struct sk_message *out)
{
	struct iovec iov = {ch->buf, sizeof(struct head) + SK_CHANNEL_BODY + 1};
	union sk_fds_room room = {0};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	struct head head;
	ssize_t n;

	sk_fds_expect(&m, &room);
	n = TEMP_FAILURE_RETRY(recvmsg(ch->sock, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT));
	*out = (struct sk_message){0};
	if (n < 0 && errno == EAGAIN)
		return 1;
	if (n < 0)
		return SK_EIO;
	out->nfds = sk_fds_take(&m, out->fds, SK_CHANNEL_FDS);
	if (n == 0 && out->nfds == 0)
		return SK_EIO;
	if (m.msg_flags & (MSG_TRUNC | MSG_CTRUNC) || (size_t)n < sizeof(head) ||
	    (size_t)n > sizeof(head) + SK_CHANNEL_BODY)
		return SK_EFORMAT;
	memcpy(&head, ch->buf, sizeof(head));
	out->kind = head.kind;
	out->serial = head.serial;
	out->body = sk_slice(ch->buf + sizeof(head), (size_t)n - sizeof(head));
	return 0;
}

static const struct sk_permit *permit_of(
    const struct sk_permit *table, size_t n, unsigned state, const struct sk_message *m)
{
	for (size_t i = 0; i < n; i++)
		if (table[i].kind == m->kind && state < 32 && table[i].states & 1U << state &&
		    m->body.n >= table[i].min && m->body.n <= table[i].max &&
		    m->nfds == table[i].nfds)
			return &table[i];
	return NULL;
}

int sk_channel_serve(struct sk_channel *ch, const struct sk_permit *table, size_t n,
    const unsigned *state, void *ctx)
{
	for (int i = 0; i < SK_CHANNEL_TURN && ch->sock >= 0; i++) {
		const struct sk_permit *permit = NULL;
		struct sk_message m;
		int status = receive(ch, &m);

		if (status == 1)
			return 0;
		if (status == 0) {
			permit = permit_of(table, n, *state, &m);
			status = permit ? permit->serve(ctx, &m) : SK_EFORMAT;
		}
		close_all(m.fds, m.nfds);
		if (status)
			return status;
	}
	return 0;
}
