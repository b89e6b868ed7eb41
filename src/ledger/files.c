/* Files of a ledger: files.h. */
#include "ledger/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

/* --- names --- */

/* 1234067 is x001/x234/067 */
static void put_number(struct sk_buf *b, uint64_t n)
{
	uint64_t part[8];
	size_t i = 0;

	do
		part[i++] = n % 1000;
	while ((n /= 1000) != 0 && i < 8);
	while (i-- > 0)
		sk_buf_printf(b, i ? "x%03u/" : "%03u", (unsigned)part[i]);
}

static void tile_path(char path[SK_PATH_BYTES], const char *kind, uint64_t n, unsigned width)
{
	struct sk_buf b = SK_BUF(SK_PATH_BYTES - 1);

	sk_buf_printf(&b, "%s/", kind);
	put_number(&b, n);
	if (width != SK_TILE_WIDTH)
		sk_buf_printf(&b, ".p/%u", width);
	snprintf(path, SK_PATH_BYTES, "%.*s", (int)b.len, (const char *)b.p);
	sk_buf_free(&b);
}

void sk_tile_path(char path[SK_PATH_BYTES], unsigned level, uint64_t n, unsigned width)
{
	char kind[32];

	snprintf(kind, sizeof(kind), "tile/%u", level);
	tile_path(path, kind, n, width);
}

void sk_bundle_path(char path[SK_PATH_BYTES], uint64_t n, unsigned width)
{
	tile_path(path, "tile/entries", n, width);
}

void sk_openings_path(char path[SK_PATH_BYTES], uint64_t n)
{
	tile_path(path, "openings", n, SK_TILE_WIDTH);
}

void sk_partial_folder(char path[SK_PATH_BYTES], const char *full)
{
	snprintf(path, SK_PATH_BYTES, "%s.p", full);
}

/* --- writing --- */

static void step(struct sk_files *f, const char *what)
{
	if (f->step)
		f->step(f->user, what);
}

/* Remember that a folder's entries changed; "" is the top. */
static int touch(struct sk_files *f, const char *path, size_t n)
{
	for (size_t i = 0; i < f->n; i++)
		if (strlen(f->folder[i]) == n && memcmp(f->folder[i], path, n) == 0)
			return 0;
	if (f->n == SK_FOLDERS && sk_files_sync(f))
		return SK_EIO;
	snprintf(f->folder[f->n++], SK_PATH_BYTES, "%.*s", (int)n, path);
	return 0;
}

/* Make the folders above a path. */
static int make_folders(struct sk_files *f, const char *path)
{
	char folder[SK_PATH_BYTES];
	size_t above = 0;

	for (const char *p = strchr(path, '/'); p; p = strchr(p + 1, '/')) {
		size_t n = (size_t)(p - path);
		snprintf(folder, sizeof(folder), "%.*s", (int)n, path);
		if (mkdirat(f->dir, folder, 0750) == 0) {
			if (touch(f, path, above))
				return SK_EIO;
		} else if (errno != EEXIST) {
			return SK_EIO;
		}
		above = n;
	}
	return 0;
}

int sk_files_open(struct sk_files *f, const char *path, int flags)
{
	const char *slash = strrchr(path, '/');
	int fd = openat(f->dir, path, flags | O_CLOEXEC | O_NOFOLLOW, 0640);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	if (make_folders(f, path) || touch(f, path, slash ? (size_t)(slash - path) : 0))
		return -1;
	return openat(f->dir, path, flags | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
}

static int write_beside(struct sk_files *f, const char *temp, struct sk_slice bytes)
{
	step(f, "write");
	sk_autoclose int fd = sk_files_open(f, temp, O_WRONLY | O_TRUNC);
	if (fd < 0 || sk_write_all(fd, bytes.p, bytes.n))
		return SK_EIO;
	step(f, "sync");
	return fsync(fd) ? SK_EIO : 0;
}

int sk_files_put(struct sk_files *f, const char *path, struct sk_slice bytes)
{
	const char *slash = strrchr(path, '/');
	char temp[SK_PATH_BYTES + 8];

	if (snprintf(temp, sizeof(temp), "%s.new", path) >= SK_PATH_BYTES)
		return SK_EARG;
	int rc = write_beside(f, temp, bytes);
	step(f, "rename");
	if (rc == 0 && renameat(f->dir, temp, f->dir, path))
		rc = SK_EIO;
	if (rc == 0)
		rc = touch(f, path, slash ? (size_t)(slash - path) : 0);
	return rc;
}

int sk_files_sync(struct sk_files *f)
{
	int rc = 0;

	for (size_t i = 0; i < f->n && rc == 0; i++) {
		const char *folder = f->folder[i][0] ? f->folder[i] : ".";
		step(f, "sync-folder");
		sk_autoclose int fd = openat(f->dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0 || fsync(fd))
			rc = SK_EIO;
	}
	f->n = 0;
	return rc;
}

void sk_files_drop_partial(struct sk_files *f, const char *full)
{
	char folder[SK_PATH_BYTES];

	sk_partial_folder(folder, full);
	int fd = openat(f->dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (d == NULL) {
		sk_close(&fd);
		return;
	}
	step(f, "drop");
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		if (e->d_name[0] != '.')
			unlinkat(dirfd(d), e->d_name, 0);
	closedir(d);
	unlinkat(f->dir, folder, AT_REMOVEDIR);
}

/* --- reading --- */

int sk_file_read(int dir, const char *path, size_t max, struct sk_buf *out)
{
	uint8_t piece[16384];
	size_t start = out->len;
	ssize_t n;

	sk_autoclose int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return SK_EIO;
	while ((n = read(fd, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return SK_EIO;
		if (out->len - start + (size_t)n > max)
			return SK_ELIMIT;
		if (sk_buf_put(out, piece, (size_t)n))
			return out->err;
	}
	return 0;
}
