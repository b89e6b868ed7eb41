/* The process of the portal, its daemon and its loop: portal.h. */
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "portal/portal.h"
#include "post/confine.h"
#include "post/places.h"
#include "post/settings.h"

#define NAME "sekisho-portal"
#define CONNECTIONS 16384                    /* where as many descriptors are to be had */
#define OTHER_DESCRIPTORS 256                /* that are no connections */
#define CONNECTION_MEMORY ((size_t)32 << 10) /* heads of a request, and a piece of its body */
#define SILENT_S 120                         /* nothing at all; lines.h is stricter */
#define PEM_BYTES ((size_t)64 << 10)
#define END_MS 3000 /* answers are waited for so long when the post ends */
/* TLS 1.2 with what has forward secrecy and authenticates what it enciphers; 1.3. Nothing older. */
#define PRIORITIES \
	"NONE:+VERS-TLS1.3:+VERS-TLS1.2:+AES-256-GCM:+AES-128-GCM:+CHACHA20-POLY1305:+ECDHE-ECDSA:+ECDHE-RSA:+AEAD:+SIGN-ALL:-SIGN-RSA-SHA1:" \
	"-SIGN-ECDSA-SHA1:-SIGN-DSA-SHA1:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:+COMP-NULL:+CTYPE-X509:%SERVER_PRECEDENCE"

/* --- connections --- */

static void address_of(const struct sockaddr *from, uint8_t to[16])
{
	memset(to, 0, 16);
	if (from->sa_family == AF_INET6) {
		memcpy(to, &((const struct sockaddr_in6 *)from)->sin6_addr, 16);
	} else if (from->sa_family == AF_INET) {
		to[10] = to[11] = 0xFF;
		memcpy(to + 12, &((const struct sockaddr_in *)from)->sin_addr, 4);
	}
}

static struct sk_line *begin_line(struct sk_portal *p, struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *fd =
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
	const union MHD_ConnectionInfo *from =
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	uint8_t address[16] = {0};

	if (from && from->client_addr)
		address_of(from->client_addr, address);
	return fd ? sk_lines_add(&p->lines, fd->connect_fd, address, sk_now_ms()) : NULL;
}

static void connected(
    void *ctx, struct MHD_Connection *c, void **line, enum MHD_ConnectionNotificationCode what)
{
	struct sk_portal *p = ctx;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		*line = begin_line(p, c);
	} else if (*line) {
		sk_lines_remove(&p->lines, *line);
		*line = NULL;
	}
}

/* Addresses are plain: what is written otherwise is another one. */
static size_t as_it_stands(void *ctx, struct MHD_Connection *c, char *text)
{
	return strlen(text);
}

/* --- the loop --- */

static size_t watch(void *ctx, struct pollfd *fds, size_t max)
{
	struct sk_portal *p = ctx;
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(p->daemon, MHD_DAEMON_INFO_EPOLL_FD);

	fds[0] = (struct pollfd){info ? info->epoll_fd : -1, POLLIN, 0};
	return 1;
}

static int until(void *ctx)
{
	struct sk_portal *p = ctx;
	int due = p->ending ? 100 : sk_lines_until(&p->lines, sk_now_ms());
	MHD_UNSIGNED_LONG_LONG ms;

	if (MHD_get_timeout(p->daemon, &ms) == MHD_YES && (due < 0 || ms < (unsigned)due))
		due = (int)ms;
	return due;
}

static void tick(void *ctx)
{
	struct sk_portal *p = ctx;

	sk_lines_tick(&p->lines, sk_now_ms());
	sk_uploads_tick(&p->uploads, sk_now_ms());
	sk_events_tick(p, sk_now_ms());
	MHD_run(p->daemon);
}

static void met(void *ctx, size_t place)
{
	struct sk_portal *p = ctx;

	if (place != SK_PLACE_GATE)
		return;
	sk_relay_lost(p); /* what another gate was asked, nobody answers any more */
	sk_uploads_clear(&p->uploads);
	sk_events_end(p);
}

static bool finished(void *ctx)
{
	struct sk_portal *p = ctx;

	if (!p->ending) {
		p->ending = sk_now_ms();
		int fd = MHD_quiesce_daemon(p->daemon); /* nobody new */
		sk_close(&fd);
	}
	return !sk_relay_waits(p) || sk_now_ms() - p->ending > END_MS;
}

/* --- the process --- */

static int fail(const char *what, const char *why)
{
	fprintf(stderr, NAME ": %s: %s\n", what, why);
	return SK_EARG;
}

static int read_thing(struct sk_portal *p, const char *thing, struct sk_buf *out)
{
	sk_autoclose int fd = sk_child_take(&p->child, thing);
	struct sk_slice s = {NULL, 0};
	int status = fd < 0 ? SK_EARG : sk_map(fd, &s);

	status = status ? status : sk_buf_put_slice(out, s);
	status = status ? status : sk_buf_putc(out, 0); /* a text for the library */
	sk_unmap(&s);
	return status ? fail(thing, fd < 0 ? "not handed over" : sk_strerror(status)) : 0;
}

/* One number makes all of them short or long together. */
static void take_settings(struct sk_portal *p, const struct sk_settings *s, const char *origin)
{
	int64_t ms = 1000 * (int64_t)sk_settings_number(s, "portal-patience", SK_PORTAL_PATIENCE_S);

	snprintf(p->origin, sizeof(p->origin), "%s", origin);
	p->times = (struct sk_portal_times){ms, ms * 2 / 5, ms * 8 / 5};
}

static int read_settings(struct sk_portal *p)
{
	sk_autoclose int fd = sk_child_take(&p->child, "settings");
	struct sk_settings *s = NULL;
	char why[256] = "not handed over";
	int status = fd < 0 ? SK_EARG : sk_settings_read(fd, &s, why, sizeof(why));
	const char *origin = status ? NULL : sk_settings_get(s, "portal");

	if (status == 0 && origin == NULL)
		snprintf(why, sizeof(why), "it does not say 'portal ORIGIN'");
	else if (status == 0)
		take_settings(p, s, origin);
	sk_settings_free(s);
	return p->origin[0] ? 0 : fail("settings", why);
}

static int read_pages(struct sk_portal *p)
{
	sk_autoclose int fd = sk_child_take(&p->child, "assets");
	int status = fd < 0 ? SK_EARG : sk_assets_load(fd, &p->assets);

	if (status)
		return fail("assets",
		    status == SK_ENOENTRY ? "there is no index.html" : sk_strerror(status));
	return 0;
}

/* As many connections as there are descriptors, up to a bound; the last eighth makes room for who comes while idle ones go. */
static unsigned take_descriptors(struct sk_portal *p)
{
	struct rlimit files = {0, 0};
	rlim_t n = CONNECTIONS;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
		if (files.rlim_max < n + OTHER_DESCRIPTORS)
			n = files.rlim_max > 2 * OTHER_DESCRIPTORS
				? files.rlim_max - OTHER_DESCRIPTORS
				: OTHER_DESCRIPTORS / 2;
	}
	sk_lines_init(&p->lines, n - n / 8, p->times.idle);
	return (unsigned)n;
}

static int start(struct sk_portal *p)
{
	unsigned most = take_descriptors(p);

	if (!sk_heads_ready())
		return fail("the server", "its library is not the one that is known");
	p->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_TLS | MHD_ALLOW_SUSPEND_RESUME, 0,
	    NULL, NULL, sk_portal_visit, p, MHD_OPTION_LISTEN_SOCKET, p->listen,
	    MHD_OPTION_HTTPS_MEM_KEY, (char *)p->key.p, MHD_OPTION_HTTPS_MEM_CERT, (char *)p->crt.p,
	    MHD_OPTION_HTTPS_PRIORITIES, PRIORITIES, MHD_OPTION_NOTIFY_CONNECTION, connected, p,
	    MHD_OPTION_NOTIFY_COMPLETED, sk_portal_leave, p, MHD_OPTION_CONNECTION_LIMIT, most,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SILENT_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
	    CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_UNESCAPE_CALLBACK,
	    as_it_stands, NULL, MHD_OPTION_END);
	return p->daemon ? 0 : fail("the server", "it cannot be started with this key and socket");
}

static int begin(void *ctx)
{
	const struct sk_confined keeps = {.threads = true};
	struct sk_portal *p = ctx;
	const char *what = "";
	uint64_t seed;
	int status = read_settings(p);

	status = status ? status : read_thing(p, "own.key", &p->key);
	status = status ? status : read_thing(p, "own.crt", &p->crt);
	status = status ? status : read_pages(p);
	if (status == 0 && gnutls_rnd(GNUTLS_RND_NONCE, &seed, sizeof(seed)))
		status = SK_EINTERNAL;
	p->limits = status ? NULL : sk_limits_new(seed);
	if (status == 0 && p->limits == NULL)
		status = SK_ENOMEM;
	p->listen = sk_child_take(&p->child, "listen");
	if (status == 0 && p->listen < 0)
		status = fail("listen", "not handed over");
	status = status ? status : start(p);
	if (status == 0 && sk_confine_but(&keeps, &what))
		status = fail("it cannot be confined", what);
	if (status == 0 && sk_sealer_new(&p->uploads.sealer))
		status = fail("the server", "there is no thread for uploads");
	return status;
}

static void end(struct sk_portal *p)
{
	sk_relay_lost(p); /* nothing may be suspended then */
	sk_events_end(p);
	if (p->daemon)
		MHD_stop_daemon(p->daemon);
	else
		sk_close(&p->listen);
	sk_uploads_clear(&p->uploads);
	if (p->key.p)
		explicit_bzero(p->key.p, p->key.len);
	sk_buf_free(&p->key);
	sk_buf_free(&p->crt);
	sk_assets_free(p->assets);
	sk_limits_free(p->limits);
}

int sk_portal(void)
{
	static const struct sk_permit permits[] = {
	    {SK_FRONT_ANSWER, 1, 2, SK_CHANNEL_BODY, 0, sk_relay_answer},
	    {SK_FRONT_HANDED, 1, SK_BYTES_WIRE + 2, SK_CHANNEL_BODY, 1, sk_relay_handed},
	    {SK_FRONT_NOTICE, 1, 4, 4096, 0, sk_events_notice},
	    {SK_FRONT_NOTICES_END, 1, 0, 0, 0, sk_events_ended}};
	static const struct sk_child_ops ops = {.peers = {[SK_PLACE_GATE] = {permits, 4}},
	    .begin = begin,
	    .met = met,
	    .watch = watch,
	    .until = until,
	    .tick = tick,
	    .finished = finished};
	static struct sk_portal p = {
	    .listen = -1, .key = SK_BUF(PEM_BYTES), .crt = SK_BUF(PEM_BYTES)};
	int status;

	signal(SIGPIPE, SIG_IGN);
	status = sk_child_run(&p.child, &ops, &p);
	end(&p);
	return status;
}
