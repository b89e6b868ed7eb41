/*
 * An output appears whole under its name or not at all: a nameless file (O_TMPFILE) is filled, synced and then
 * linked, so that even a killed process leaves nothing behind. Where the file system has no nameless files, a
 * temporary name is used. The command.
 */
#include "cmd/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

static void temp_name(char *name, size_t size)
{
	uint64_t r = 0;

	if (getrandom(&r, sizeof(r), 0) != sizeof(r))
		r = (uint64_t)getpid() << 32 | (uint64_t)(uintptr_t)name;
	snprintf(name, size, ".sekisho-%016llx.tmp", (unsigned long long)r);
}

int cli_output_open(struct output *o, int dir, mode_t mode)
{
	*o = (struct output){.fd = -1, .dir = dir};
	mode &= 0666;
	o->fd = openat(o->dir, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
	if (o->fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT)) {
		temp_name(o->temp, sizeof(o->temp));
		o->fd = openat(o->dir, o->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (o->fd < 0)
			o->temp[0] = '\0';
	}
	return o->fd < 0 ? -1 : 0;
}

/* Give a nameless file a name; it must not exist. */
static int link_as(struct output *o, const char *name)
{
	char self[64];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", o->fd);
	return linkat(AT_FDCWD, self, o->dir, name, AT_SYMLINK_FOLLOW);
}

/* Take a name that must not exist; on file systems that know no such renaming (NFS), by a second link. */
static int rename_new(struct output *o, const char *name)
{
	if (renameat2(o->dir, o->temp, o->dir, name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL || linkat(o->dir, o->temp, o->dir, name, 0))
		return -1;
	unlinkat(o->dir, o->temp, 0);
	return 0;
}

/* Replace or take a name with a file that has a temporary one. */
static int rename_to(struct output *o, const char *name, bool force)
{
	int rc = force ? renameat(o->dir, o->temp, o->dir, name) : rename_new(o, name);
	if (rc == 0)
		o->temp[0] = '\0';
	return rc;
}

int cli_output_publish(struct output *o, const char *name, bool force)
{
	if (fsync(o->fd))
		return -1;
	if (o->temp[0] == '\0') {
		if (link_as(o, name) == 0)
			return 0;
		if (errno != EEXIST || !force)
			return -1;
		temp_name(o->temp, sizeof(o->temp));
		if (link_as(o, o->temp)) {
			o->temp[0] = '\0';
			return -1;
		}
	}
	return rename_to(o, name, force);
}

void cli_output_close(struct output *o)
{
	if (o->temp[0] && o->dir >= 0)
		unlinkat(o->dir, o->temp, 0);
	o->temp[0] = '\0';
	sk_close(&o->fd);
	sk_close(&o->dir);
}

/* Some file systems cannot sync a folder and say EINVAL; then there is nothing to be done about it. */
int cli_sync_folder(const char *dir)
{
	sk_autoclose int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	return fsync(fd) && errno != EINVAL ? -1 : 0;
}

/* The folder `name` (n bytes) in `dir`, made when missing, which is closed. A descriptor or -1. */
static int step_into(int dir, const char *name, size_t n)
{
	sk_autoclose int above = dir;
	char one[NAME_MAX + 1];

	if (n > NAME_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(one, name, n);
	one[n] = '\0';
	if (mkdirat(above, one, 0777) && errno != EEXIST)
		return -1;
	return openat(above, one, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int cli_make_folders(const char *dir, const char *relative)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	while (fd >= 0 && *relative) {
		size_t n = strcspn(relative, "/");
		if (n)
			fd = step_into(fd, relative, n);
		relative += n + (relative[n] == '/');
	}
	return fd;
}
