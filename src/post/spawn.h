/* One role as a process. Supervisor. */
#ifndef SK_POST_SPAWN_H
#define SK_POST_SPAWN_H

#include <sys/types.h>

#include "post/supervisor.h"

/*
 * Execute the role's program with `sock` as descriptor 3, nothing as standard input, our standard error as its output and
 * error, no other descriptor, an empty environment but the language, under its user, without a way to more privileges; it
 * dies with us. 0, or an errno; *pid and *pidfd are the caller's to reap and close.
 */
int sk_post_spawn(const struct sk_post_role *role, int sock, pid_t *pid, int *pidfd);

#endif
