/*
 * Landlock, landlock(7): every right of the ABI the kernel offers is handled and none is granted.
 * Debian 12's header knows ABI 2, so the later parts are stated here (include/uapi/linux/landlock.h).
 */
#include "jail/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "jail/view.h"

struct ruleset_attr {
	uint64_t handled_access_fs;
	uint64_t handled_access_net; /* ABI 4 */
	uint64_t scoped;             /* ABI 6 */
};

#define RULESET_VERSION 1U /* flag: ask for the ABI */

/* Of the kernel, 0 when there is none. */
static int kernel_abi(void)
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

/* Reading files and folders; in the scratch also writing, making, removing and moving plain files and folders. */
#define READ ((1ULL << 2) | (1ULL << 3))
#define WRITE ((1ULL << 1) | (1ULL << 4) | (1ULL << 5) | (1ULL << 7) | (1ULL << 8))
#define REFER (1ULL << 13)    /* ABI 2 */
#define TRUNCATE (1ULL << 14) /* ABI 3 */

struct __attribute__((packed)) beneath_attr {
	uint64_t allowed;
	int32_t parent;
};

static int allow(int ruleset, const char *path, uint64_t rights)
{
	sk_autoclose int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct beneath_attr rule = {rights, fd};

	if (fd < 0)
		return SK_EIO;
	return syscall(SYS_landlock_add_rule, ruleset, 1 /* path beneath */, &rule, 0) ? SK_EIO : 0;
}

static int allow_view(int ruleset, const struct sk_view *view, uint64_t handled)
{
	for (const char *const *f = view->folders; *f; f++)
		if (allow(ruleset, *f, READ))
			return SK_EIO;
	if (allow(ruleset, "/dev", READ)) /* nothing but SK_JAIL_RANDOM */
		return SK_EIO;
	return allow(ruleset, SK_JAIL_SCRATCH, (READ | WRITE | REFER | TRUNCATE) & handled);
}

int sk_jail_landlock(const struct sk_view *view, const char **what)
{
	int abi = kernel_abi();
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
	sk_autoclose int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
	if (fd < 0 || (view && allow_view(fd, view, attr.handled_access_fs)))
		return SK_EIO;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return SK_EIO;
	return syscall(SYS_landlock_restrict_self, fd, 0) ? SK_EIO : 0;
}
