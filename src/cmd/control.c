/*
 * sekisho-control: a role of a post. It takes what people on this machine ask (doc/front.md) from a Unix socket, looks at
 * it by the table of asks, says to the gate who asks as the kernel tells it, and brings the answers back. Of bytes that come and go it
 * holds the key of the one file, for as long as they are under way (control-bytes.c). It has no store, and looks into no file.
 *
 * Things: "control" (the listening socket, SOCK_SEQPACKET), "settings".
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "cmd/control.h"
#include "post/places.h"

#define CLIENTS_OF_USER 32
#define ASKS_OF_USER 64
#define IDLE_MS 120000 /* a connection that asks nothing so long is closed */
#define END_MS 3000    /* answers are waited for so long when the post ends */
#define ARENA ((size_t)1 << 20)

/* --- connections --- */

struct client *control_client(struct control *c, uint64_t number)
{
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		if (c->client[i].ch.sock >= 0 && c->client[i].number == number)
			return &c->client[i];
	return NULL;
}

/* Its answers, when they come, are for nobody. */
static void cut(struct client *cl)
{
	sk_channel_close(&cl->ch);
}

static struct client *place_for(struct control *c, uint32_t user)
{
	struct client *empty = NULL;
	size_t same = 0;

	for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
		struct client *cl = &c->client[i];
		if (cl->ch.sock < 0)
			empty = cl;
		else
			same += cl->user == user;
	}
	return same < CLIENTS_OF_USER ? empty : NULL;
}

static void welcome(struct control *c, int sock)
{
	struct ucred who;
	socklen_t n = sizeof(who);
	struct client *cl = NULL;

	if (getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &who, &n) == 0 && who.uid != (uid_t)-1)
		cl = place_for(c, who.uid);
	if (cl == NULL) {
		close(sock);
		return;
	}
	*cl = (struct client){.user = who.uid, .number = ++c->connections, .since = sk_now_ms()};
	if (sk_channel_open(&cl->ch, sock))
		cl->ch.sock = -1;
}

static bool full(const struct control *c)
{
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		if (c->client[i].ch.sock < 0)
			return false;
	return true;
}

/* --- answers --- */

static void answer(struct client *cl, uint32_t serial, struct sk_slice body)
{
	if (sk_channel_send(&cl->ch, SK_FRONT_ANSWER, serial, body, NULL, 0))
		cut(cl);
}

static int refuse(struct client *cl, uint32_t serial, enum sk_front_why why, const char *field)
{
	struct sk_buf b = SK_BUF(512);
	int rc = sk_front_refuse(&b, why, field);

	if (rc == 0)
		answer(cl, serial, sk_buf_slice(&b));
	sk_buf_free(&b);
	return rc;
}

static struct asked *take_asked(struct control *c, uint32_t serial)
{
	for (size_t i = 0; serial && i < CONTROL_ASKS; i++)
		if (c->asked[i].step != STEP_FREE && c->asked[i].serial == serial)
			return &c->asked[i];
	return NULL;
}

void control_tell(struct control *c, struct asked *a, struct sk_slice body)
{
	struct client *cl = control_client(c, a->number);

	a->number = 0;
	if (cl == NULL)
		return;
	cl->asks--;
	cl->since = sk_now_ms();
	answer(cl, a->theirs, body);
}

void control_tell_why(struct control *c, struct asked *a, enum sk_front_why why)
{
	struct sk_buf b = SK_BUF(512);

	if (sk_front_refuse(&b, why, NULL) == 0)
		control_tell(c, a, sk_buf_slice(&b));
	sk_buf_free(&b);
}

void control_settle(struct control *c, struct asked *a, struct sk_slice body)
{
	control_tell(c, a, body);
	control_free(a);
}

void control_refuse(struct control *c, struct asked *a, enum sk_front_why why)
{
	control_tell_why(c, a, why);
	control_free(a);
}

static int serve_answer(void *ctx, struct sk_message *m)
{
	struct control *c = ctx;
	struct asked *a = take_asked(c, m->serial);

	return a && control_answered(c, a, m->body) ? 0 : SK_EFORMAT;
}

static int serve_handed(void *ctx, struct sk_message *m)
{
	struct control *c = ctx;
	struct asked *a = take_asked(c, m->serial);

	return a && control_handed(c, a, m->body, &m->fds[0]) ? 0 : SK_EFORMAT;
}

/* Another gate: what the one before was asked, nobody answers any more. */
static void met(void *ctx, size_t place)
{
	struct control *c = ctx;
	struct sk_buf b = SK_BUF(512);

	if (place == SK_PLACE_GATE && sk_front_refuse(&b, SK_FRONT_WHY_LOST, NULL) == 0)
		for (size_t i = 0; i < CONTROL_ASKS; i++)
			if (c->asked[i].step != STEP_FREE)
				control_lost(c, &c->asked[i], sk_buf_slice(&b));
	sk_buf_free(&b);
}

/* --- asks --- */

/*
 * A file of the kind that is wanted, in memory, so that the gate never waits for one: bytes that nobody can change any
 * more, or an empty one that can be filled.
 */
static bool is_file(int fd, enum sk_front_file kind)
{
	int fixed = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW, seals = fcntl(fd, F_GET_SEALS);
	int flags = fcntl(fd, F_GETFL);
	struct stat st;

	if (seals < 0 || flags < 0 || fstat(fd, &st))
		return false;
	if (kind == SK_FRONT_READ)
		return (seals & fixed) == fixed && (flags & O_ACCMODE) != O_WRONLY;
	return !(seals & fixed) && (flags & O_ACCMODE) == O_RDWR && st.st_size == 0;
}

bool control_ask(struct control *c, struct asked *a, struct sk_slice json)
{
	struct sk_buf b = SK_BUF(SK_CHANNEL_BODY);

	sk_front_put_user(a->user, json, &b);
	if (++c->serial == 0)
		c->serial = 1;
	a->serial = c->serial;
	int rc = b.err ? b.err
		       : sk_child_send(&c->child, SK_PLACE_GATE, SK_FRONT_ASK, a->serial,
			     sk_buf_slice(&b), NULL, 0);
	if (b.p)
		explicit_bzero(b.p, b.cap);
	sk_buf_free(&b);
	return rc == 0;
}

static void take_on(struct control *c, struct client *cl, struct sk_message *m, struct asked *a,
    enum sk_front_file file)
{
	*a = (struct asked){.step = STEP_ASKED,
	    .theirs = m->serial,
	    .number = cl->number,
	    .user = cl->user,
	    .file = -1,
	    .blob = -1};
	cl->asks++;
	if (file != SK_FRONT_NONE) {
		int fd = m->fds[0];
		m->fds[0] = -1;
		control_begin(c, a, file, m->body, fd);
	} else if (!control_ask(c, a, m->body)) {
		control_refuse(c, a, SK_FRONT_WHY_NO_GATE);
	}
}

/* NULL, and why, when too much is asked already: by this user, or by all. */
static struct asked *room(struct control *c, uint32_t user, enum sk_front_why *why)
{
	struct asked *empty = NULL;
	size_t same = 0;

	for (size_t i = 0; i < CONTROL_ASKS; i++)
		if (c->asked[i].step == STEP_FREE)
			empty = &c->asked[i];
		else
			same += c->asked[i].user == user;
	*why = same < ASKS_OF_USER ? SK_FRONT_WHY_BUSY : SK_FRONT_WHY_LIMIT;
	return same < ASKS_OF_USER ? empty : NULL;
}

/* SK_EFORMAT: it talks nonsense. Otherwise *why says what is wrong with it. */
static int look(const struct sk_message *m, enum sk_front_file *file, struct sk_front_fault *fault)
{
	struct sk_arena *arena = sk_arena_new(ARENA);
	struct sk_front_ask ask;
	int rc = arena ? sk_front_read(m->body, arena, &ask, fault) : SK_ENOMEM;

	sk_arena_free(arena);
	if (rc)
		return rc == SK_EFORMAT && fault->why != SK_FRONT_WHY_NOT_JSON ? 0 : rc;
	*file = sk_front_file(ask.what);
	if (*file == SK_FRONT_ROLE) { /* asked by us, not through us */
		fault->why = SK_FRONT_WHY_NO_SUCH_ASK;
		snprintf(fault->field, sizeof(fault->field), "%s", sk_front_word(ask.what));
	} else if ((*file == SK_FRONT_NONE) != (m->nfds == 0) ||
		   (m->nfds && !is_file(m->fds[0], *file)))
		fault->why = SK_FRONT_WHY_FILE;
	return 0;
}

static int serve_ask(void *ctx, struct sk_message *m)
{
	struct control *c = ctx;
	struct client *cl = c->now;
	struct sk_front_fault fault = {0};
	enum sk_front_why why;
	struct asked *a = room(c, cl->user, &why);
	enum sk_front_file file = SK_FRONT_NONE;
	int rc = look(m, &file, &fault);

	if (rc)
		return rc;
	cl->since = sk_now_ms();
	if (fault.why)
		return refuse(cl, m->serial, fault.why, fault.field);
	if (a == NULL)
		return refuse(cl, m->serial, why, NULL);
	take_on(c, cl, m, a, file);
	return 0;
}

/* --- the loop --- */

static void listen_to(struct control *c, struct client *cl, short events)
{
	static const struct sk_permit permits[] = {
	    {SK_FRONT_ASK, 1, 2, SK_FRONT_ASK_BYTES, 0, serve_ask},
	    {SK_FRONT_GIVE, 1, 2, SK_FRONT_ASK_BYTES, 1, serve_ask},
	};
	int rc = events & POLLOUT ? sk_channel_flush(&cl->ch) : 0;

	c->now = cl;
	if (rc == 0 && events & (POLLIN | POLLHUP | POLLERR))
		rc = sk_channel_serve(&cl->ch, permits, 2, &cl->state, c);
	if (rc)
		cut(cl);
}

static size_t watch(void *ctx, struct pollfd *p, size_t max)
{
	struct control *c = ctx;
	size_t n = 0;

	if (!c->ending)
		p[n++] = (struct pollfd){full(c) ? -1 : c->listener, POLLIN, 0};
	for (size_t i = 0; i < CONTROL_CLIENTS && n < max; i++)
		if (c->client[i].ch.sock >= 0)
			p[n++] = (struct pollfd){c->client[i].ch.sock,
			    (short)(POLLIN | (sk_channel_waits(&c->client[i].ch) ? POLLOUT : 0)),
			    0};
	return n;
}

static struct client *client_at(struct control *c, int sock)
{
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		if (c->client[i].ch.sock == sock)
			return &c->client[i];
	return NULL;
}

static void happened(void *ctx, const struct pollfd *p, size_t n)
{
	struct control *c = ctx;
	bool more = false;

	for (size_t i = 0; i < n; i++) {
		struct client *cl = p[i].fd < 0 || !p[i].revents ? NULL : client_at(c, p[i].fd);
		if (cl) /* not one that was cut meanwhile */
			listen_to(c, cl, p[i].revents);
		more |= p[i].fd == c->listener && p[i].revents;
	}
	/* last, so that a new one does not get a number that stands in p */
	int sock = more ? accept4(c->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK) : -1;
	if (sock >= 0)
		welcome(c, sock);
}

static bool waits(const struct control *c)
{
	for (size_t i = 0; i < CONTROL_ASKS; i++)
		if (c->asked[i].step != STEP_FREE)
			return true;
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		if (c->client[i].ch.sock >= 0 && sk_channel_waits(&c->client[i].ch))
			return true;
	return false;
}

static int until(void *ctx)
{
	const struct control *c = ctx;

	if (control_moves(c))
		return 0;
	if (c->ending)
		return 100;
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		if (c->client[i].ch.sock >= 0)
			return IDLE_MS / 8;
	return -1;
}

static void tick(void *ctx)
{
	struct control *c = ctx;
	int64_t now = sk_now_ms();

	control_move(c);
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		if (c->client[i].ch.sock >= 0 && c->client[i].asks == 0 &&
		    now - c->client[i].since > IDLE_MS)
			cut(&c->client[i]);
}

static bool finished(void *ctx)
{
	struct control *c = ctx;

	if (!c->ending)
		c->ending = sk_now_ms();
	return !waits(c) || sk_now_ms() - c->ending > END_MS;
}

static int begin(void *ctx)
{
	struct control *c = ctx;
	int settings = sk_child_take(&c->child, "settings");

	sk_close(&settings); /* it needs none of them */
	c->listener = sk_child_take(&c->child, "control");
	if (c->listener >= 0 && fcntl(c->listener, F_SETFL, O_NONBLOCK) == 0)
		return 0;
	fprintf(stderr, "sekisho-control: there is no socket to listen on\n");
	return SK_EIO;
}

int main(void)
{
	static const struct sk_permit permits[] = {
	    {SK_FRONT_ANSWER, 1, 2, SK_CHANNEL_BODY, 0, serve_answer},
	    {SK_FRONT_HANDED, 1, SK_BYTES_WIRE + 2, SK_CHANNEL_BODY, 1, serve_handed}};
	static const struct sk_child_ops ops = {
	    .peers = {[SK_PLACE_GATE] = {permits, 2}},
	    .begin = begin,
	    .met = met,
	    .watch = watch,
	    .happened = happened,
	    .until = until,
	    .tick = tick,
	    .finished = finished,
	};
	static struct control c = {.listener = -1};
	int status;

	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		c.client[i].ch.sock = -1;
	for (size_t i = 0; i < CONTROL_ASKS; i++)
		control_free(&c.asked[i]);
	status = sk_child_run(&c.child, &ops, &c);
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		sk_channel_close(&c.client[i].ch);
	for (size_t i = 0; i < CONTROL_ASKS; i++)
		control_free(&c.asked[i]);
	sk_close(&c.listener);
	return status;
}
