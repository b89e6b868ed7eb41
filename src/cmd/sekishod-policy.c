/*
 * The policy as far as starting a post needs it: sekishod.h. It is read in a process of its own, under the gate's user: what
 * stands in it reaches the supervisor as one number or one sentence.
 */
#include "cmd/sekishod.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "cmd/policy.h"
#include "desk/fits.h"

struct said {
	int status;
	uint64_t tolerate;
	char why[512];
};

static void become_gate(const struct post *p)
{
	const struct passwd *pw =
	    sk_settings_yes(p->settings, "users") ? getpwnam("sekisho-gate") : NULL;

	if (pw && (setgroups(0, NULL) || setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) ||
		      setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid)))
		_exit(1);
}

/* In the process of its own. A policy that is not good is no obstacle: the gate keeps the last good one, if it has one. */
static _Noreturn void look(const struct post *p, int to)
{
	struct said said = {.status = 0};
	struct opened o;

	become_gate(p);
	if (cli_policy_open(
		&o, sk_settings_get(p->settings, "policy"), sk_day_of(time(NULL)), false) == 0)
		said.status =
		    sk_desk_fits(o.policy, p->settings, &said.tolerate, said.why, sizeof(said.why));
	_exit(sk_write_all(to, &said, sizeof(said)) ? 1 : 0);
}

int post_look_at_policy(struct post *p)
{
	struct said said = {.status = 0};
	int pipes[2], rc;
	pid_t pid;

	if (pipe(pipes))
		return post_fail("%s", strerror(errno));
	pid = fork();
	if (pid == 0) {
		close(pipes[0]);
		look(p, pipes[1]);
	}
	close(pipes[1]);
	rc = pid < 0 ? -1 : sk_read_all(pipes[0], &said, sizeof(said));
	close(pipes[0]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (rc)
		return post_fail("the policy cannot be looked at");
	p->tolerate = said.tolerate;
	said.why[sizeof(said.why) - 1] = '\0';
	return said.status ? post_fail("%s", said.why) : 0;
}
