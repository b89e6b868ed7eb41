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

/* Remove what a folder holds. A job may have shut it, or made it very deep; links are not followed. */
static int empty(int parent, const char *name, unsigned depth)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int rc = 0;

	if (fd < 0 && fchmodat(parent, name, 0700, 0) == 0)
		fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && fchmod(fd, 0700))
		sk_close(&fd);
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

static bool is_pipe(int fd, ino_t *which)
{
	struct stat st;
	bool is = fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);

	*which = is ? st.st_ino : 0;
	return is;
}

/* The same end of a new pipe, with the flags it had. */
static int renew_end(int fd, const int ends[2])
{
	int status = fcntl(fd, F_GETFL), flags = fcntl(fd, F_GETFD);

	if (status < 0 || flags < 0)
		return SK_EIO;
	if (dup3(ends[(status & O_ACCMODE) != O_RDONLY], fd, flags & FD_CLOEXEC ? O_CLOEXEC : 0) <
	    0)
		return SK_EIO;
	return fcntl(fd, F_SETFL, status & ~O_ACCMODE) < 0 ? SK_EIO : 0;
}

static int renew_pipe(int from, int to, ino_t which)
{
	sk_autoclose int reader = -1, writer = -1;
	int ends[2], rc = 0;
	ino_t other;

	if (pipe2(ends, O_CLOEXEC))
		return SK_EIO;
	reader = ends[0];
	writer = ends[1];
	for (int fd = from; fd < to && rc == 0; fd++)
		if (is_pipe(fd, &other) && other == which)
			rc = renew_end(fd, ends);
	return rc;
}

int sk_jail_renew_pipes(int from, int to)
{
	ino_t before[8], which;
	size_t n = 0;

	for (int fd = from; fd < to; fd++) {
		bool old = false;
		if (!is_pipe(fd, &which))
			continue;
		for (size_t i = 0; i < n; i++)
			old = old || before[i] == which;
		if (!old && n == sizeof(before) / sizeof(before[0]))
			return SK_EIO;
		if (!old)
			before[n++] = which;
	}
	for (size_t i = 0; i < n; i++)
		if (renew_pipe(from, to, before[i]))
			return SK_EIO;
	return 0;
}
