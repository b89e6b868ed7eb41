/* Files of a post's state folder: post.h. */
#include "cmd/post.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

int post_tell(const char *name, const char *what)
{
	fprintf(stderr, "sekisho: %s: %s\n", name, what);
	return -1;
}

static int failed(const char *name)
{
	return post_tell(name, cli_errno_text(errno));
}

static int give(int fd, const char *user)
{
	const struct passwd *pw = user ? getpwnam(user) : NULL;

	if (user == NULL)
		return 0;
	if (pw == NULL)
		return post_tell(user, _("there is no such system user"));
	return fchown(fd, pw->pw_uid, pw->pw_gid) ? failed(user) : 0;
}

int post_make_folder(int dir, const char *name, mode_t mode, const char *user)
{
	sk_autoclose int fd = -1;

	if (mkdirat(dir, name, 0700))
		return failed(name);
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fchmod(fd, mode))
		return failed(name);
	if (give(fd, user))
		return -1;
	return fsync(fd) || fsync(dir) ? failed(name) : 0;
}

static int fill(int fd, struct sk_slice bytes, mode_t mode)
{
	return sk_write_all(fd, bytes.p, bytes.n) || fchmod(fd, mode) || fsync(fd);
}

int post_make_file(int dir, const char *name, struct sk_slice bytes, mode_t mode, const char *user)
{
	sk_autoclose int fd =
	    openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0 || fill(fd, bytes, mode))
		return failed(name);
	if (give(fd, user))
		return -1;
	return dir != AT_FDCWD && fsync(dir) ? failed(name) : 0;
}

int post_put_file(int dir, const char *name, struct sk_slice bytes, mode_t mode)
{
	char fresh[256];
	int n = snprintf(fresh, sizeof(fresh), "%s.new", name);

	if (n < 0 || (size_t)n >= sizeof(fresh))
		return post_tell(name, cli_errno_text(ENAMETOOLONG));
	unlinkat(dir, fresh, 0);
	if (post_make_file(dir, fresh, bytes, mode, NULL))
		return -1;
	return renameat(dir, fresh, dir, name) || fsync(dir) ? failed(name) : 0;
}

int post_read_file(int dir, const char *name, bool may, struct sk_buf *out)
{
	sk_autoclose int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	uint8_t piece[POST_KEY_BYTES + 1];
	size_t n = 0;
	ssize_t got = 1;

	if (fd < 0)
		return may && errno == ENOENT ? 0 : failed(name);
	while (n < sizeof(piece) && got > 0) {
		got = TEMP_FAILURE_RETRY(read(fd, piece + n, sizeof(piece) - n));
		n += got > 0 ? (size_t)got : 0;
	}
	if (got < 0)
		return failed(name);
	if (n > POST_KEY_BYTES)
		return post_tell(name, cli_errno_text(EFBIG));
	return sk_buf_put(out, piece, n) ? post_tell(name, cli_errno_text(ENOMEM)) : 0;
}

int post_open_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		failed(path);
	return fd;
}

int post_read_zone(int dir, const char *name, char zone[SK_SETTINGS_ZONE])
{
	struct sk_buf text = SK_BUF(POST_KEY_BYTES);
	int rc = post_read_file(dir, name, false, &text);
	size_t n = text.len && text.p[text.len - 1] == '\n' ? text.len - 1 : text.len;

	if (rc == 0 &&
	    (n == 0 || n >= SK_SETTINGS_ZONE || memchr(text.p, '/', n) || text.p[0] == '.'))
		rc = post_tell(name, _("this is not the name of a zone"));
	if (rc == 0)
		snprintf(zone, SK_SETTINGS_ZONE, "%.*s", (int)n, (const char *)text.p);
	sk_buf_free(&text);
	return rc;
}

static bool is_running(int state)
{
	sk_autoclose int lock = openat(state, SK_POST_LOCK, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	return lock >= 0 && flock(lock, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;
}

void post_tell_running(int dir)
{
	if (is_running(dir))
		printf("%s\n", _("The post is running: it counts from its next reload or start ("
				 "'systemctl reload sekishod')."));
}
