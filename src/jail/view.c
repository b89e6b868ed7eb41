/*
 * The file system of a role that sees more than nothing: some folders of the system, read only at their own
 * place, and a scratch that is emptied after every job. mount_setattr(2). Zygotes.
 */
#include "jail/view.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

#define DEPTH_MAX 32

/* Make the folders of an absolute path below the working directory. */
static int make_folders(const char *path)
{
	char copy[256];

	if (snprintf(copy, sizeof(copy), "%s/", path + 1) >= (int)sizeof(copy))
		return SK_EARG;
	for (char *slash = copy; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		if (mkdir(copy, 0755) && errno != EEXIST)
			return SK_EIO;
	}
	return 0;
}

static int show_folder(const char *path)
{
	struct mount_attr attr = {
	    .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV};

	if (make_folders(path) || mount(path, path + 1, NULL, MS_BIND | MS_REC, NULL))
		return SK_EIO;
	return mount_setattr(AT_FDCWD, path + 1, AT_RECURSIVE, &attr, sizeof(attr)) ? SK_EIO : 0;
}

/* Debian's programs and libraries lie below /usr; the linker looks for them at the old places too. */
static int make_links(void)
{
	return symlink("usr/lib", "lib") || symlink("usr/lib64", "lib64") ? SK_EIO : 0;
}

/*
 * Libraries of ciphers want /dev/urandom, LibreOffice's print to PDF among them, and numbers that repeat make it
 * fall over. It is the one device that is shown; Landlock allows to read it and no ioctl.
 */
static int show_random(void)
{
	struct mount_attr attr = {
	    .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC};
	static const char *const place = SK_JAIL_RANDOM;

	if (mkdir("dev", 0755))
		return SK_EIO;
	sk_autoclose int fd = open(place + 1, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (fd < 0 || mount(place, place + 1, NULL, MS_BIND, NULL))
		return SK_EIO;
	return mount_setattr(AT_FDCWD, place + 1, 0, &attr, sizeof(attr)) ? SK_EIO : 0;
}

int sk_jail_show(const struct sk_view *view, const char **what)
{
	char options[64];

	for (const char *const *f = view->folders; *f; f++) {
		*what = *f;
		if (show_folder(*f))
			return SK_EIO;
	}
	*what = "a place to write";
	snprintf(options, sizeof(options), "size=%zu,nr_inodes=4096,mode=0700", view->scratch);
	if (make_links() || show_random() || mkdir(&SK_JAIL_SCRATCH[1], 0700) ||
	    mount(
		"scratch", &SK_JAIL_SCRATCH[1], "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options))
		return SK_EIO;
	return 0;
}

static int empty(int parent, const char *name, unsigned depth);

static int empty_entry(int dir, const char *name, unsigned depth)
{
	if (unlinkat(dir, name, 0) == 0)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return SK_EIO;
	if (empty(dir, name, depth + 1))
		return SK_EIO;
	return unlinkat(dir, name, AT_REMOVEDIR) ? SK_EIO : 0;
}

/* Remove what a folder holds. A job may have made it unreadable or very deep; links are not followed. */
static int empty(int parent, const char *name, unsigned depth)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int rc = 0;

	if (fd < 0 && fchmodat(parent, name, 0700, 0) == 0)
		fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 || depth > DEPTH_MAX ? NULL : fdopendir(fd);
	if (dir == NULL) {
		sk_close(&fd);
		return SK_EIO;
	}
	for (const struct dirent *e; rc == 0 && (e = readdir(dir));)
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			rc = empty_entry(fd, e->d_name, depth);
	closedir(dir);
	return rc;
}

int sk_jail_empty_scratch(void)
{
	return empty(AT_FDCWD, SK_JAIL_SCRATCH, 0);
}
