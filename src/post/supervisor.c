/* The supervisor's loop: supervisor.h. sekishod. */
#include "post/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "ipc/channel.h"
#include "post/life.h"
#include "post/spawn.h"

#define WATCHED_BYTES ((size_t)1 << 16)

struct seat;
struct supervisor;
static void renew_all(struct supervisor *v);

struct supervisor {
	const struct sk_post_setup *setup;
	struct seat *seat;
	sigset_t before;
	int signals;
	bool ending;
};

/* A role and its process, if there is one. */
struct seat {
	struct supervisor *of;
	const struct sk_post_role *role;
	size_t place;
	struct sk_role_life life;
	struct sk_channel channel;
	pid_t pid;
	int pidfd;            /* -1: there is none */
	struct sk_buf handed; /* what its watched things held */
};

static void tell(const struct seat *s, enum sk_post_event event, const char *text)
{
	s->of->setup->tell(s->of->setup->ctx, s->place, event, text);
}

/* Its process is killed; that it is gone comes back through its pidfd. */
static void kill_role(struct seat *s)
{
	if (s->pidfd >= 0)
		syscall(SYS_pidfd_send_signal, s->pidfd, SIGKILL, NULL, 0);
	sk_channel_close(&s->channel);
}

static void drop(struct seat *s, const char *why)
{
	if (s->life.state == SK_LIFE_DOWN)
		return;
	tell(s, SK_POST_DROPPED, why);
	sk_life_dropped(&s->life);
	kill_role(s);
}

static void say(
    struct seat *s, enum sk_post_kind kind, struct sk_slice body, const int *fds, size_t nfds)
{
	int status = sk_channel_send(&s->channel, kind, 0, body, fds, nfds);

	/* that its process is gone is told when that is seen */
	if (status && status != SK_EIO)
		drop(s, "it does not read what it is told");
}

/* --- what a role says --- */

static int serve_ready(void *ctx, struct sk_message *m)
{
	struct seat *s = ctx;

	if (!sk_life_ready(&s->life, sk_now_ms()))
		return SK_EFORMAT;
	if (s->life.state == SK_LIFE_READY)
		tell(s, SK_POST_IS_READY, "");
	return 0;
}

static int serve_reloaded(void *ctx, struct sk_message *m)
{
	struct seat *s = ctx;
	char text[SK_POST_TEXT + 1];

	snprintf(text, sizeof(text), "%.*s", (int)m->body.n - 1, (const char *)m->body.p + 1);
	tell(s, m->body.p[0] ? SK_POST_POLICY_KEPT : SK_POST_POLICY_TAKEN, text);
	if (m->body.p[0] == 0) /* some of what roles are handed follows from it */
		renew_all(s->of);
	return 0;
}

static bool linked(const struct supervisor *v, size_t a, size_t b)
{
	return a != b && ((v->setup->roles[a].peers >> b | v->setup->roles[b].peers >> a) & 1U);
}

static int serve_bad_peer(void *ctx, struct sk_message *m)
{
	struct seat *s = ctx;
	size_t other = m->body.p[0];
	char why[64];

	if (other >= s->of->setup->nroles || !linked(s->of, s->place, other))
		return SK_EFORMAT;
	if (s->role->judges) {
		snprintf(why, sizeof(why), "%s: it talked nonsense", s->role->name);
		drop(&s->of->seat[other], why);
		return 0;
	}
	snprintf(why, sizeof(why), "it does not understand %s", s->of->setup->roles[other].name);
	drop(s, why);
	return 0;
}

#define AT(state) (1U << SK_LIFE_##state)

static const struct sk_permit permits[] = {
    {SK_POST_READY, AT(STARTING) | AT(STOPPING), 0, 0, 0, serve_ready},
    {SK_POST_RELOADED, AT(READY) | AT(STOPPING), 1, 1 + SK_POST_TEXT, 0, serve_reloaded},
    {SK_POST_BAD_PEER, AT(STARTING) | AT(READY) | AT(STOPPING), 1, 1, 0, serve_bad_peer},
};

/* --- starting --- */

static int read_thing(const struct seat *s, const struct sk_post_thing *t, struct sk_buf *out)
{
	sk_autoclose int fd = t->open(s->of->setup->ctx, s->place, t->name);
	char piece[4096];
	off_t at = 0;
	ssize_t n = 0;

	if (fd < 0)
		return SK_EIO;
	sk_buf_puts(out, t->name);
	sk_buf_putc(out, '\0');
	while (out->err == 0 && (n = pread(fd, piece, sizeof(piece), at)) > 0) {
		sk_buf_put(out, piece, (size_t)n);
		at += n;
	}
	sk_buf_putc(out, '\0');
	return n < 0 ? SK_EIO : out->err;
}

/* What its watched things hold now. */
static int read_things(const struct seat *s, struct sk_buf *out)
{
	int status = 0;

	for (const struct sk_post_thing *t = s->role->things; t && t->name && status == 0; t++)
		if (t->watched)
			status = read_thing(s, t, out);
	return status;
}

/* Before they are handed over: what changes in between is seen at the next reload. */
static void note_things(struct seat *s)
{
	sk_buf_free(&s->handed);
	s->handed = (struct sk_buf)SK_BUF(WATCHED_BYTES);
	read_things(s, &s->handed);
}

static int hand_things(struct seat *s)
{
	note_things(s);
	for (const struct sk_post_thing *t = s->role->things; t && t->name; t++) {
		int fd = t->open(s->of->setup->ctx, s->place, t->name);
		if (fd < 0)
			return errno ? errno : EINVAL;
		say(s, SK_POST_THING, sk_slice_str(t->name), &fd, 1);
		close(fd);
	}
	return 0;
}

/* A fresh channel between two roles that both have a process; an older one ends with it. */
static int connect_two(struct seat *a, struct seat *b)
{
	uint8_t place_a = (uint8_t)a->place, place_b = (uint8_t)b->place;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair))
		return errno;
	say(a, SK_POST_PEER, sk_slice(&place_b, 1), &pair[0], 1);
	say(b, SK_POST_PEER, sk_slice(&place_a, 1), &pair[1], 1);
	close(pair[0]);
	close(pair[1]);
	return 0;
}

static int connect_peers(struct seat *s)
{
	struct supervisor *v = s->of;
	int error = 0;

	for (size_t i = 0; !error && i < v->setup->nroles; i++)
		if (linked(v, s->place, i) && v->seat[i].channel.sock >= 0)
			error = connect_two(s, &v->seat[i]);
	return error;
}

static int spawn_role(struct seat *s)
{
	int pair[2], error;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return errno;
	error = sk_post_spawn(s->role, pair[1], &s->pid, &s->pidfd);
	close(pair[1]);
	if (error) {
		close(pair[0]);
		return error;
	}
	return sk_channel_open(&s->channel, pair[0]) ? ENOMEM : 0;
}

static void start(struct seat *s)
{
	int error = spawn_role(s);

	if (error) {
		tell(s, SK_POST_NOT_STARTED, strerror(error));
		if (s->pidfd < 0) {
			sk_life_ended(&s->life, sk_now_ms());
			return;
		}
	}
	sk_life_started(&s->life, sk_now_ms());
	if (error == 0)
		error = hand_things(s);
	if (error == 0)
		error = connect_peers(s);
	if (error) {
		drop(s, strerror(error));
		return;
	}
	say(s, SK_POST_GO, sk_slice("", 0), NULL, 0);
	tell(s, SK_POST_STARTED, "");
}

/* --- ending --- */

static void reap(struct seat *s)
{
	siginfo_t how = {0};
	char text[64];

	while (waitid(P_PIDFD, (id_t)s->pidfd, &how, WEXITED) < 0 && errno == EINTR)
		;
	snprintf(text, sizeof(text), how.si_code == CLD_EXITED ? "exit status %d" : "signal %d",
	    how.si_status);
	sk_close(&s->pidfd);
	sk_channel_close(&s->channel);
	sk_life_ended(&s->life, sk_now_ms());
	tell(s, SK_POST_ENDED, text);
}

/* The last one of the table that still lives is asked to end: those before it may still be needed by it. */
static void end_next(struct supervisor *v)
{
	for (size_t i = v->setup->nroles; i-- > 0;) {
		struct seat *s = &v->seat[i];
		if (sk_life_over(&s->life))
			continue;
		if (!s->life.unwanted) {
			sk_life_stop(&s->life, sk_now_ms());
			say(s, SK_POST_STOP, sk_slice("", 0), NULL, 0);
		}
		if (!sk_life_over(&s->life))
			return;
	}
}

static bool all_over(const struct supervisor *v)
{
	for (size_t i = 0; i < v->setup->nroles; i++)
		if (!sk_life_over(&v->seat[i].life))
			return false;
	return true;
}

/* What cannot be read now changes nothing: who is there goes on with what it has. */
static void renew(struct seat *s)
{
	struct sk_buf now = SK_BUF(WATCHED_BYTES);

	if (s->life.state == SK_LIFE_READY && read_things(s, &now) == 0 &&
	    !sk_slice_eq(sk_buf_slice(&now), sk_buf_slice(&s->handed))) {
		tell(s, SK_POST_CHANGED, "");
		sk_life_again(&s->life, sk_now_ms());
		say(s, SK_POST_STOP, sk_slice("", 0), NULL, 0);
	}
	sk_buf_free(&now);
}

static void renew_all(struct supervisor *v)
{
	for (size_t i = 0; i < v->setup->nroles && !v->ending; i++)
		if (v->setup->roles[i].program)
			renew(&v->seat[i]);
}

static void reload(struct supervisor *v)
{
	for (size_t i = 0; i < v->setup->nroles; i++) {
		struct seat *s = &v->seat[i];
		int fd;
		if (!s->role->reloads || s->life.state != SK_LIFE_READY)
			continue;
		fd = v->setup->policy(v->setup->ctx);
		if (fd < 0) {
			tell(s, SK_POST_POLICY_KEPT, strerror(errno));
			continue;
		}
		say(s, SK_POST_RELOAD, sk_slice("", 0), &fd, 1);
		close(fd);
	}
}

/* --- the loop --- */

static void take_signals(struct supervisor *v)
{
	struct signalfd_siginfo info;

	while (read(v->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGHUP) {
			reload(v);
			renew_all(v);
		} else
			v->ending = true;
	}
}

static void listen_to(struct seat *s, short events)
{
	int status = 0;

	if (events & POLLOUT)
		status = sk_channel_flush(&s->channel);
	if (!status && events & (POLLIN | POLLHUP))
		status = sk_channel_serve(
		    &s->channel, permits, sizeof(permits) / sizeof(*permits), &s->life.state, s);
	if (status == SK_EIO) {
		sk_channel_close(&s->channel);
		sk_life_hung_up(&s->life, sk_now_ms());
	} else if (status)
		drop(s, "it said what it may not");
}

/* Poll entries: the signals, and two for each seat. */
static size_t prepare(const struct supervisor *v, struct pollfd *p)
{
	p[0] = (struct pollfd){v->signals, POLLIN, 0};
	for (size_t i = 0; i < v->setup->nroles; i++) {
		const struct seat *s = &v->seat[i];
		short events = (short)(POLLIN | (sk_channel_waits(&s->channel) ? POLLOUT : 0));
		p[1 + 2 * i] = (struct pollfd){s->channel.sock, events, 0};
		p[2 + 2 * i] = (struct pollfd){s->pidfd, POLLIN, 0};
	}
	return 1 + 2 * v->setup->nroles;
}

static int until_next(const struct supervisor *v)
{
	int64_t due = INT64_MAX, now = sk_now_ms();

	for (size_t i = 0; i < v->setup->nroles; i++)
		if (v->seat[i].life.due < due)
			due = v->seat[i].life.due;
	if (due == INT64_MAX)
		return -1;
	return due <= now ? 0 : due - now > 60000 ? 60000 : (int)(due - now);
}

static void tick(struct supervisor *v)
{
	for (size_t i = 0; i < v->setup->nroles; i++) {
		struct seat *s = &v->seat[i];
		enum sk_life_act act = sk_life_tick(&s->life, sk_now_ms());
		if (act == SK_LIFE_START)
			start(s);
		else if (act == SK_LIFE_KILL) {
			tell(s, SK_POST_DROPPED, "it took too long");
			kill_role(s);
		}
	}
}

static void take_events(struct supervisor *v, const struct pollfd *p)
{
	if (p[0].revents)
		take_signals(v);
	for (size_t i = 0; i < v->setup->nroles; i++) {
		struct seat *s = &v->seat[i];
		/* the poll is about the channel that was there then */
		if (p[1 + 2 * i].revents && s->channel.sock == p[1 + 2 * i].fd)
			listen_to(s, p[1 + 2 * i].revents);
		if (p[2 + 2 * i].revents && s->pidfd == p[2 + 2 * i].fd)
			reap(s);
	}
}

static void loop(struct supervisor *v)
{
	struct pollfd p[1 + 2 * SK_POST_ROLES];

	while (!all_over(v)) {
		tick(v);
		if (v->ending)
			end_next(v);
		if (all_over(v))
			break;
		if (poll(p, prepare(v, p), until_next(v)) > 0)
			take_events(v, p);
	}
}

static int open_signals(struct supervisor *v)
{
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &ours, &v->before))
		return SK_EIO;
	v->signals = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
	if (v->signals >= 0)
		return 0;
	sigprocmask(SIG_SETMASK, &v->before, NULL);
	return SK_EIO;
}

int sk_post_run(const struct sk_post_setup *setup)
{
	struct supervisor v = {.setup = setup, .signals = -1};
	int status;

	if (setup->nroles > SK_POST_ROLES)
		return SK_EARG;
	v.seat = calloc(setup->nroles ? setup->nroles : 1, sizeof(*v.seat));
	if (v.seat == NULL)
		return SK_ENOMEM;
	for (size_t i = 0; i < setup->nroles; i++)
		v.seat[i] = (struct seat){.of = &v,
		    .role = &setup->roles[i],
		    .place = i,
		    .life = {.unwanted = setup->roles[i].program == NULL},
		    .channel = {.sock = -1},
		    .pidfd = -1};
	status = open_signals(&v);
	if (status == 0) {
		loop(&v);
		sk_close(&v.signals);
		sigprocmask(SIG_SETMASK, &v.before, NULL);
	}
	for (size_t i = 0; i < setup->nroles; i++)
		sk_buf_free(&v.seat[i].handed);
	free(v.seat);
	return status;
}
