/* Starting a role: spawn.h. Supervisor. */
#include "post/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"

struct who {
	uid_t uid;
	gid_t gid;
	bool change;
};

static int find_user(const struct sk_post_role *role, struct who *who)
{
	const struct passwd *pw;

	*who = (struct who){0};
	if (role->user == NULL || geteuid() != 0)
		return 0;
	errno = 0;
	pw = getpwnam(role->user);
	if (pw == NULL)
		return errno ? errno : ENOENT;
	*who = (struct who){pw->pw_uid, pw->pw_gid, true};
	return 0;
}

static int become(const struct who *who)
{
	if (!who->change)
		return 0;
	return setgroups(0, NULL) || setresgid(who->gid, who->gid, who->gid) ||
	       setresuid(who->uid, who->uid, who->uid);
}

static int reset_signals(void)
{
	struct sigaction normal = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		sigaction(sig, &normal, NULL);
	sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Descriptors 0 to 3 as the program expects them, and no other. */
static int set_descriptors(int sock)
{
	int null = open("/dev/null", O_RDONLY);

	if (null < 0 || dup2(null, 0) < 0 || dup2(2, 1) < 0)
		return -1;
	/* where it is number 3 already, it would close at execve() */
	if (sock == SK_POST_FD ? fcntl(sock, F_SETFD, 0) : dup2(sock, SK_POST_FD) < 0)
		return -1;
	return (int)syscall(SYS_close_range, SK_POST_FD + 1, ~0U, 0);
}

/* In the new process: does not return. `parent` is ours. */
static _Noreturn void execute(
    const struct sk_post_role *role, int sock, const struct who *who, pid_t parent)
{
	char *argv[] = {(char *)(uintptr_t)role->name, NULL};
	char lang[] = "LANG=C.UTF-8", path[] = "PATH=/usr/bin:/bin";
	char *envp[] = {lang, path, NULL};

	if (setpgid(0, 0) || reset_signals() || set_descriptors(sock) || become(who) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0))
		_exit(126);
	/* we may have died before it asked to die with us */
	if (getppid() != parent)
		_exit(126);
	execve(role->program, argv, envp);
	_exit(127);
}

int sk_post_spawn(const struct sk_post_role *role, int sock, pid_t *pid, int *pidfd)
{
	struct who who;
	int error = find_user(role, &who);
	pid_t parent = getpid();

	if (error == 0 && access(role->program, X_OK))
		error = errno;
	if (error)
		return error;
	*pid = fork();
	if (*pid == 0)
		execute(role, sock, &who, parent);
	if (*pid < 0)
		return errno;
	*pidfd = (int)syscall(SYS_pidfd_open, *pid, 0);
	if (*pidfd >= 0)
		return 0;
	error = errno;
	kill(*pid, SIGKILL);
	while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR)
		;
	return error;
}
