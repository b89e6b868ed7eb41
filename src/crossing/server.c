/*
 * sekisho-crossing-server: the link role of the less protected post, which the other one connects to. It has sockets on the link and a channel to
 * its gate, nothing else. HTTP and TLS are libmicrohttpd's, driven from the role's own loop; nobody gets behind the handshake without TLS 1.3 and
 * a certificate whose key is pinned. doc/crossing.md
 */
#include "crossing/server.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "crossing/crossing.h"
#include "post/places.h"

/* The other post needs two for letters and some for objects, and is known when its handshake is over; strangers share the rest. */
#define CONNECTIONS SK_GUESTS
#define IDLE_S 60
#define CONNECTION_MEMORY ((size_t)128 << 10)
#define PRIORITIES "SECURE128:-VERS-ALL:+VERS-TLS1.3"

/* GnuTLS gives its callbacks the session alone, and in it stands MHD's own. One process, one server. */
static struct sk_server *the_server;

/* --- who connects --- */

bool sk_server_trusts(struct sk_server *s, gnutls_session_t session)
{
	char why[SK_PEER_WHY];

	if (sk_crossing_peer(session, &s->end.pins, (int64_t)time(NULL), why) == 0) {
		sk_guests_know(&s->guests, session);
		return true;
	}
	/* one that is up stays up, whoever knocks */
	if (s->end.said.state != SK_LINK_IS_UP)
		sk_end_state(&s->end, SK_LINK_NOT_PINNED, why);
	return false;
}

/* In the handshake: not 0 ends it. */
static int verify(gnutls_session_t session)
{
	return sk_server_trusts(the_server, session) ? 0 : GNUTLS_E_CERTIFICATE_ERROR;
}

/* That it is over is seen by MHD, which closes it. */
static void show_out(int fd)
{
	if (fd >= 0)
		shutdown(fd, SHUT_RDWR);
}

static void come_in(struct MHD_Connection *c, gnutls_session_t session)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);

	if (info)
		show_out(
		    sk_guests_add(&the_server->guests, session, info->connect_fd, sk_now_ms()));
}

static void connected(void *ctx, struct MHD_Connection *c, void **socket_ctx,
    enum MHD_ConnectionNotificationCode what)
{
	const union MHD_ConnectionInfo *info;

	if (what != MHD_CONNECTION_NOTIFY_STARTED) {
		sk_guests_remove(&the_server->guests, *socket_ctx);
		return;
	}
	info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	if (info == NULL || info->tls_session == NULL)
		return; /* then no request is answered: sk_server_visit() */
	gnutls_certificate_server_set_request(info->tls_session, GNUTLS_CERT_REQUIRE);
	gnutls_certificate_send_x509_rdn_sequence(info->tls_session, 1); /* names no authorities */
	gnutls_session_set_verify_function(info->tls_session, verify);
	*socket_ctx = info->tls_session;
	come_in(c, info->tls_session);
}

/* --- the loop --- */

static void news(struct sk_end *e)
{
	struct sk_server *s = (struct sk_server *)e;

	if (sk_server_has_news(s))
		sk_server_wake(s);
}

static size_t watch(void *ctx, struct pollfd *p, size_t max)
{
	struct sk_server *s = ctx;
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);

	p[0] = (struct pollfd){info ? info->epoll_fd : -1, POLLIN, 0};
	return 1;
}

static int until(void *ctx)
{
	struct sk_server *s = ctx;
	int64_t now = sk_now_ms(), due = s->asked + SK_CROSSING_SILENT_MS;
	MHD_UNSIGNED_LONG_LONG ms;

	if (s->end.said.state != SK_LINK_IS_UP)
		due = now + SK_CROSSING_SILENT_MS;
	if (s->poll && s->poll_due < due)
		due = s->poll_due;
	if (sk_guests_due(&s->guests) < due)
		due = sk_guests_due(&s->guests);
	due = due > now ? due - now : 0;
	if (sk_objects_unproved(&s->end.objects))
		due = 0;
	if (MHD_get_timeout(s->daemon, &ms) == MHD_YES && (int64_t)ms < due)
		due = (int64_t)ms;
	return (int)due;
}

static void tick(void *ctx)
{
	struct sk_server *s = ctx;
	int64_t now = sk_now_ms();

	if (s->poll && now >= s->poll_due)
		sk_server_wake(s);
	for (int fd = 0; fd >= 0;) {
		fd = sk_guests_late(&s->guests, now);
		show_out(fd);
	}
	sk_end_prove(&s->end);
	MHD_run(s->daemon);
	if (s->end.said.state == SK_LINK_IS_UP && now - s->asked >= SK_CROSSING_SILENT_MS)
		sk_end_state(&s->end, SK_LINK_IS_DOWN, "");
}

/* --- the process --- */

static int start(struct sk_server *s)
{
	s->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_TLS | MHD_ALLOW_SUSPEND_RESUME, 0,
	    NULL, NULL, sk_server_visit, s, MHD_OPTION_LISTEN_SOCKET, s->listen,
	    MHD_OPTION_HTTPS_MEM_KEY, (char *)s->end.key.p, MHD_OPTION_HTTPS_MEM_CERT,
	    (char *)s->end.crt.p, MHD_OPTION_HTTPS_PRIORITIES, PRIORITIES,
	    MHD_OPTION_NOTIFY_CONNECTION, connected, s, MHD_OPTION_NOTIFY_COMPLETED,
	    sk_server_leave, s, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
	    CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
	if (s->daemon == NULL)
		fprintf(stderr, "%s: the server cannot be started with this key and socket\n",
		    s->end.name);
	return s->daemon ? 0 : SK_EIO;
}

static int begin(void *ctx)
{
	struct sk_server *s = ctx;
	int status = sk_end_begin(&s->end);

	if (status)
		return status;
	s->listen = sk_child_take(&s->end.child, SK_CROSSING_LISTEN);
	if (s->listen < 0) {
		fprintf(stderr, "%s: " SK_CROSSING_LISTEN ": not handed over\n", s->end.name);
		return SK_EARG;
	}
	status = start(s);
	return status ? status : sk_end_confine(&s->end, 0);
}

static void met(void *ctx, size_t place)
{
	if (place == SK_PLACE_GATE)
		sk_end_met(ctx);
}

int sk_crossing_server(void)
{
	static struct sk_child_ops ops = {
	    .begin = begin, .met = met, .watch = watch, .until = until, .tick = tick};
	static struct sk_server s = {.listen = -1,
	    .end = {.name = "sekisho-crossing-server",
		.news = news,
		.key = SK_BUF(SK_PEM_BYTES),
		.crt = SK_BUF(SK_PEM_BYTES)}};
	int status;

	the_server = &s;
	ops.peers[SK_PLACE_GATE] = (struct sk_child_peer){sk_end_permits, sk_end_npermits};
	status = sk_child_run(&s.end.child, &ops, &s);
	if (s.poll)
		sk_server_wake(&s);
	if (s.daemon)
		MHD_stop_daemon(s.daemon); /* and closes the socket it listens on */
	else
		sk_close(&s.listen);
	sk_end_free(&s.end);
	return status;
}
