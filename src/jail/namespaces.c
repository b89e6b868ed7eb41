/*
 * Unprivileged user, namespaces, empty root, capabilities: namespaces(7), user_namespaces(7),
 * pivot_root(2). Every zygote, at its start.
 */
#include "jail/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "jail/view.h"

/* "nobody": has no files, and inside the jail no name either. */
#define UNPRIVILEGED_ID 65534U

int sk_jail_become_unprivileged(const char **what)
{
	*what = "giving up root";
	if (geteuid() == 0 || getuid() == 0) {
		if (setgroups(0, NULL) ||
		    setresgid(UNPRIVILEGED_ID, UNPRIVILEGED_ID, UNPRIVILEGED_ID) ||
		    setresuid(UNPRIVILEGED_ID, UNPRIVILEGED_ID, UNPRIVILEGED_ID))
			return SK_EIO;
	}
	if (getuid() == 0 || geteuid() == 0 || getgid() == 0 || getegid() == 0)
		return SK_EIO;
	/* The uid map is written through /proc/self, which belongs to root while not dumpable. */
	return prctl(PR_SET_DUMPABLE, 1) ? SK_EIO : 0;
}

static int write_file(const char *path, const char *text)
{
	sk_autoclose int fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd < 0 ? SK_EIO : sk_write_all(fd, text, strlen(text));
}

/* Inside, the only identity is UNPRIVILEGED_ID, whoever started the program. */
static int map_ids(unsigned uid, unsigned gid)
{
	char map[64];

	snprintf(map, sizeof(map), "%u %u 1\n", UNPRIVILEGED_ID, uid);
	if (write_file("/proc/self/uid_map", map) || write_file("/proc/self/setgroups", "deny"))
		return SK_EIO;
	snprintf(map, sizeof(map), "%u %u 1\n", UNPRIVILEGED_ID, gid);
	return write_file("/proc/self/gid_map", map);
}

/* The parent outside the pid namespace: holds nothing, ends as its child does. */
static void wait_outside(pid_t child)
{
	int status = 0;

	close_range(0, ~0U, 0);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 125);
}

int sk_jail_namespaces(const char **what)
{
	unsigned uid = geteuid(), gid = getegid();

	*what = "a user namespace";
	if (unshare(CLONE_NEWUSER) || map_ids(uid, gid))
		return SK_EIO;
	*what = "mount, pid, ipc, net, uts and cgroup namespaces";
	if (unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWUTS |
		    CLONE_NEWCGROUP))
		return SK_EIO;
	*what = "a first process in the pid namespace";
	pid_t child = fork();
	if (child < 0)
		return SK_EIO;
	if (child > 0)
		wait_outside(child);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		return SK_EIO;
	return getpid() == 1 ? 0 : SK_EIO;
}

/* An empty file system over any folder, which becomes the working directory. */
static int new_root(const char *options)
{
	static const char *const places[] = {"/tmp", "/run", "/usr", "/dev"};
	size_t i = 0;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return SK_EIO;
	while (i < sizeof(places) / sizeof(places[0]) &&
	       mount("jail", places[i], "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options))
		i++;
	return i == sizeof(places) / sizeof(places[0]) || chdir(places[i]) ? SK_EIO : 0;
}

int sk_jail_root(const struct sk_view *view, const char **what)
{
	*what = "an empty root file system";
	if (new_root(view ? "size=64k,nr_inodes=64,mode=0755" : "size=4k,nr_inodes=2,mode=0555"))
		return SK_EIO;
	if (view && sk_jail_show(view, what))
		return SK_EIO;
	*what = "a root file system of its own";
	if (syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) || chdir("/"))
		return SK_EIO;
	*what = "a read-only root file system";
	if (mount(NULL, "/", NULL,
		MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL))
		return SK_EIO;
	return 0;
}

int sk_jail_drop_capabilities(const char **what)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}};

	*what = "dropping capabilities";
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++)
		if (prctl(PR_CAPBSET_DROP, cap))
			return SK_EIO;
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) ||
	    syscall(SYS_capset, &head, none))
		return SK_EIO;
	*what = "no_new_privs";
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return SK_EIO;
	*what = "forbidding others to trace it";
	return prctl(PR_SET_DUMPABLE, 0) ? SK_EIO : 0;
}
