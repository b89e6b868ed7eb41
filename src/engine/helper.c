/* Zygotes as processes: started with one socket and nothing else, stopped and reaped. Caller's process. */
#include "engine/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

#define READY_MS 120000 /* LibreOffice from a cold disk is the slowest to start */
#define STOP_MS 400     /* a busy zygote looks whether its caller is there every 250 */

static const char *const names[SK_ROLE_COUNT] = {"sekisho-cleaner", "sekisho-verifier",
    "sekisho-renderer", "sekisho-converter", "sekisho-reader"};

const char *sk_helper_name(enum sk_jail_role role)
{
	return names[role];
}

/* Signals as a fresh program expects them, and a process group of its own: Ctrl-C is the caller's matter. */
static int set_attributes(posix_spawnattr_t *attr)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	int rc = posix_spawnattr_setsigmask(attr, &none);
	if (rc == 0)
		rc = posix_spawnattr_setsigdefault(attr, &all);
	if (rc == 0)
		rc = posix_spawnattr_setpgroup(attr, 0);
	if (rc == 0)
		rc = posix_spawnattr_setflags(
		    attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
	return rc;
}

/* Execute `path` with an empty environment and `sock` as descriptor 3. 0 or an errno. */
static int spawn(const char *path, int sock, pid_t *pid)
{
	char *argv[] = {(char *)(uintptr_t)path, NULL};
	char *envp[] = {NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int rc = posix_spawnattr_init(&attr);

	if (rc)
		return rc;
	rc = posix_spawn_file_actions_init(&actions);
	if (rc == 0) {
		rc = set_attributes(&attr);
		if (rc == 0)
			rc = posix_spawn_file_actions_adddup2(&actions, sock, 3);
		if (rc == 0)
			rc = posix_spawn(pid, path, &actions, &attr, argv, envp);
		posix_spawn_file_actions_destroy(&actions);
	}
	posix_spawnattr_destroy(&attr);
	return rc;
}

int sk_helper_start(
    struct sk_helper *h, const char *dir, enum sk_jail_role role, char *text, size_t size)
{
	char path[4096];
	int pair[2];

	if (snprintf(path, sizeof(path), "%s/%s", dir, names[role]) >= (int)sizeof(path)) {
		snprintf(text, size, "the folder name of %s is too long", names[role]);
		return SK_EARG;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) {
		snprintf(text, size, "a socket for %s: %s", names[role], strerror(errno));
		return SK_EIO;
	}
	int rc = spawn(path, pair[1], &h->pid);
	close(pair[1]);
	h->control = pair[0];
	h->pidfd = rc ? -1 : (int)syscall(SYS_pidfd_open, h->pid, 0);
	if (rc == 0)
		return 0;
	h->pid = 0;
	close(pair[0]);
	snprintf(text, size, "starting %s: %s", path, strerror(rc));
	return SK_EIO;
}

int sk_helper_ready(struct sk_helper *h, enum sk_jail_role role, char *text, size_t size)
{
	struct sk_failed_msg failed = {0};
	struct pollfd p = {h->control, POLLIN, 0};
	char nothing;
	int kind = 0;

	if (TEMP_FAILURE_RETRY(poll(&p, 1, READY_MS)) == 1)
		kind = sk_msg_recv_either(
		    h->control, SK_MSG_READY, &nothing, 0, SK_MSG_FAILED, &failed, sizeof(failed));

	if (kind == SK_MSG_READY)
		return 0;
	failed.text[sizeof(failed.text) - 1] = '\0';
	snprintf(text, size, "%s: %s", names[role],
	    kind == SK_MSG_FAILED ? failed.text : "ended before its jail was ready");
	sk_helper_stop(h);
	return kind == SK_MSG_FAILED && failed.optional ? SK_EUNSUPPORTED : SK_EIO;
}

/* A zygote that is hung up on ends by itself, at once when idle; then its time is accounted to us. */
static bool ends_by_itself(int pidfd)
{
	struct pollfd p = {pidfd, POLLIN, 0};

	return pidfd >= 0 && poll(&p, 1, STOP_MS) == 1;
}

void sk_helper_stop(struct sk_helper *h)
{
	if (h->pid == 0)
		return;
	close(h->control);
	if (!ends_by_itself(h->pidfd)) /* its death is the death of its whole pid namespace */
		syscall(SYS_pidfd_send_signal, h->pidfd, SIGKILL, NULL, 0);
	while (waitid(P_PIDFD, (id_t)h->pidfd, NULL, WEXITED) < 0 && errno == EINTR)
		;
	sk_close(&h->pidfd);
	*h = (struct sk_helper){.pidfd = -1};
}
