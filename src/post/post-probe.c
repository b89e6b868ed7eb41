/*
 * A role for the tests of the supervisor: it writes what happens to it into the file that it is handed, and behaves as its
 * name says. Never installed.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "post/child.h"

enum { PING = 100, PONG };

struct probe {
	struct sk_child child;
	const char *name;
	int log;
	unsigned pongs;
};

static void note(const struct probe *p, const char *what, const char *more)
{
	char line[SK_POST_TEXT + 100];
	int n = snprintf(line, sizeof(line), "%s %d %s %s\n", p->name, (int)getpid(), what, more);

	sk_write_all(p->log, line, (size_t)n);
}

/* The descriptors it has, for the test to count. */
static void note_descriptors(const struct probe *p)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *e;
	char text[32];
	int n = 0;

	while (dir && (e = readdir(dir)))
		n += e->d_name[0] != '.' && strtol(e->d_name, NULL, 10) != dirfd(dir);
	if (dir)
		closedir(dir);
	snprintf(text, sizeof(text), "%d", n);
	note(p, "descriptors", text);
	snprintf(text, sizeof(text), "%d", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	note(p, "no-new-privileges", text);
	snprintf(text, sizeof(text), "%d", (int)geteuid());
	note(p, "user", text);
}

static int begin(void *ctx)
{
	struct probe *p = ctx;

	p->log = sk_child_take(&p->child, "log");
	if (p->log < 0)
		return SK_EARG;
	note(p, "begin", "");
	note_descriptors(p);
	if (strcmp(p->name, "crasher") == 0)
		_exit(7);
	while (strcmp(p->name, "sleeper") == 0)
		pause();
	return 0;
}

static void met(void *ctx, size_t place)
{
	struct probe *p = ctx;
	char text[16];

	snprintf(text, sizeof(text), "%zu", place);
	note(p, "met", text);
	if (strcmp(p->name, "slanderer") == 0)
		sk_channel_send(&p->child.supervisor, SK_POST_BAD_PEER, 0,
		    sk_slice(&(uint8_t){(uint8_t)place}, 1), NULL, 0);
	else if (strcmp(p->name, "liar") == 0)
		sk_child_send(&p->child, place, 4711, 0, SK_SLICE_LIT("nonsense"), NULL, 0);
	else
		sk_child_send(&p->child, place, PING, 1, SK_SLICE_LIT("hello"), NULL, 0);
}

static int serve_ping(void *ctx, struct sk_message *m)
{
	struct probe *p = ctx;

	note(p, "ping", "");
	return sk_child_send(&p->child, p->child.now, PONG, m->serial, sk_slice("", 0), NULL, 0) ==
		       SK_EARG
		   ? SK_EARG
		   : 0;
}

static int serve_pong(void *ctx, struct sk_message *m)
{
	note(ctx, "pong", "");
	return 0;
}

static int reload(void *ctx, int fd, char *text, size_t size)
{
	char policy[64] = {0};

	if (read(fd, policy, sizeof(policy) - 1) > 0 && strcmp(policy, "good") == 0) {
		note(ctx, "policy", policy);
		return 0;
	}
	snprintf(text, size, "line 1: %s", policy);
	return SK_EFORMAT;
}

static bool finished(void *ctx)
{
	struct probe *p = ctx;

	if (strcmp(p->name, "stubborn") == 0)
		return false;
	note(p, "finished", "");
	return true;
}

static const struct sk_permit permits[] = {
    {PING, 1, 0, 16, 0, serve_ping},
    {PONG, 1, 0, 0, 0, serve_pong},
};

int main(int argc, char **argv)
{
	struct sk_child_ops ops = {
	    .begin = begin, .met = met, .reload = reload, .finished = finished};
	struct probe p = {.name = argc > 0 ? argv[0] : "", .log = -1};

	for (size_t i = 0; i < SK_POST_ROLES; i++)
		ops.peers[i] = (struct sk_child_peer){permits, sizeof(permits) / sizeof(*permits)};
	if (strcmp(p.name, "mumbler") == 0) {
		sk_write_all(SK_POST_FD, "?", 1);
		pause();
	}
	return sk_child_run(&p.child, &ops, &p);
}
