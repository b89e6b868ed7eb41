/*
 * Landlock, landlock(7): every right of the ABI the kernel offers is handled and none is granted.
 * Debian 12's header knows ABI 2, so the later parts are stated here (include/uapi/linux/landlock.h).
 */
#include "jail/jail.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"

struct ruleset_attr {
	uint64_t handled_access_fs;
	uint64_t handled_access_net; /* ABI 4 */
	uint64_t scoped;             /* ABI 6 */
};

#define RULESET_VERSION 1U /* flag: ask for the ABI */

int sk_jail_landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, RULESET_VERSION);
	return abi < 0 ? 0 : (int)abi;
}

/* File system rights: 13 in ABI 1, then REFER, TRUNCATE, and IOCTL_DEV (ABI 5). */
static uint64_t fs_rights(int abi)
{
	unsigned bits = abi >= 5 ? 16 : abi >= 3 ? 15 : abi == 2 ? 14 : 13;
	return (1ULL << bits) - 1;
}

int sk_jail_landlock(const char **what)
{
	int abi = sk_jail_landlock_abi();
	struct ruleset_attr attr = {.handled_access_fs = fs_rights(abi)};
	size_t size = sizeof(attr.handled_access_fs);

	*what = "Landlock in the kernel";
	if (abi < 1)
		return SK_EIO;
	if (abi >= 4) {
		attr.handled_access_net = 3; /* bind and connect of TCP */
		size = 2 * sizeof(uint64_t);
	}
	if (abi >= 6) {
		attr.scoped = 3; /* abstract Unix sockets, signals */
		size = sizeof(attr);
	}
	*what = "a Landlock rule set";
	int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
	if (fd < 0)
		return SK_EIO;
	long rc = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (rc == 0)
		rc = syscall(SYS_landlock_restrict_self, fd, 0);
	close(fd);
	return rc ? SK_EIO : 0;
}
