/* Folders and names of the blob store. Runs in the gate. */
#include "store/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"
#include "store/blob-inside.h"

int sk_blobs_fail(struct sk_blobs *b, int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(b->why, sizeof(b->why), fmt, ap);
	va_end(ap);
	return status;
}

int sk_blobs_errno(struct sk_blobs *b, const char *doing)
{
	int e = errno;
	bool full = e == ENOSPC || e == EDQUOT || e == EFBIG;

	return sk_blobs_fail(b, full ? SK_ENOSPACE : SK_EIO, "%s: %s", doing, strerrordesc_np(e));
}

const char *sk_blobs_why(const struct sk_blobs *b)
{
	return b->why;
}

bool sk_blob_path(enum sk_place place, const char *name, char path[72])
{
	size_t want = place == SK_PLACE_OUTPUT ? 64 : 32;

	if (strspn(name, "0123456789abcdef") != want || name[want])
		return false;
	snprintf(path, 72, "%.2s/%s", name, name);
	return true;
}

void sk_blob_name(const uint8_t sha256[32], char name[SK_BLOB_NAME])
{
	sodium_bin2hex(name, SK_BLOB_NAME, sha256, 32);
}

/* A folder of ours: made when it is not there; nobody else may look into it. */
static int open_folder(int at, const char *name)
{
	struct stat st;

	if (mkdirat(at, name, 0700) && errno != EEXIST)
		return -1;
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 && (fstat(fd, &st) || st.st_uid != geteuid() || st.st_mode & 077)) {
		sk_close(&fd);
		errno = EPERM;
	}
	return fd;
}

/* All 256 at once, so that later only files are new. */
static int open_place(int at, const char *name, int *out)
{
	char sub[3];

	sk_autoclose int fd = open_folder(at, name);
	if (fd < 0)
		return -1;
	for (unsigned i = 0; i < 256; i++) {
		snprintf(sub, sizeof(sub), "%02x", i);
		if (mkdirat(fd, sub, 0700) && errno != EEXIST)
			return -1;
	}
	if (fsync(fd))
		return -1;
	*out = fd;
	fd = -1;
	return 0;
}

static int open_all(struct sk_blobs *b, const struct sk_blobs_options *o)
{
	sk_autoclose int root = open_folder(AT_FDCWD, o->folder);

	if (root < 0 || open_place(root, "output", &b->dirs[SK_PLACE_OUTPUT]) ||
	    open_place(root, "original", &b->dirs[SK_PLACE_ORIGINAL]) ||
	    open_place(AT_FDCWD, o->keys, &b->dirs[SK_PLACE_KEY]))
		return -1;
	b->fresh = open_folder(root, "new");
	b->fresh_key = open_folder(b->dirs[SK_PLACE_KEY], "new");
	b->lock = openat(root, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	b->hold = openat(root, "hold", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return b->fresh < 0 || b->fresh_key < 0 || b->lock < 0 || b->hold < 0 || fsync(root) ? -1
											     : 0;
}

int sk_blobs_open(const struct sk_blobs_options *o, struct sk_blobs **out)
{
	if (sodium_init() < 0)
		return SK_EINTERNAL;
	struct sk_blobs *b = calloc(1, sizeof(*b));
	if (b == NULL)
		return SK_ENOMEM;
	for (size_t i = 0; i < SK_PLACES; i++)
		b->dirs[i] = -1;
	b->fresh = b->fresh_key = b->lock = b->hold = -1;
	b->master = o->master;
	b->spare = o->spare ? o->spare : SK_LIMIT_STORE_SPARE;
	if (open_all(b, o)) {
		int rc = errno == EPERM                       ? SK_EREFUSED
			 : errno == ENOSPC || errno == EDQUOT ? SK_ENOSPACE
							      : SK_EIO;
		sk_blobs_close(b);
		return rc;
	}
	*out = b;
	return 0;
}

void sk_blobs_close(struct sk_blobs *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < SK_PLACES; i++)
		sk_close(&b->dirs[i]);
	sk_close(&b->fresh);
	sk_close(&b->fresh_key);
	sk_close(&b->lock);
	sk_close(&b->hold);
	free(b);
}

int sk_blob_fresh_folder(const struct sk_blobs *b, enum sk_place place)
{
	return place == SK_PLACE_KEY ? b->fresh_key : b->fresh;
}

int sk_blob_fresh(struct sk_blobs *b, enum sk_place place, char name[33])
{
	uint8_t raw[16];

	randombytes_buf(raw, sizeof(raw));
	sodium_bin2hex(name, 33, raw, sizeof(raw));
	return openat(
	    sk_blob_fresh_folder(b, place), name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

int sk_blob_sync_folder(struct sk_blobs *b, enum sk_place place, const char *name)
{
	char sub[3];

	snprintf(sub, sizeof(sub), "%.2s", name);
	sk_autoclose int fd = openat(b->dirs[place], sub, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 || fsync(fd) ? sk_blobs_errno(b, "folder") : 0;
}

/* Not over one that is there; NFS cannot say that in a rename, but in a link. */
static int rename_new(int from_dir, const char *from, int to_dir, const char *to)
{
	if (renameat2(from_dir, from, to_dir, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (linkat(from_dir, from, to_dir, to, 0))
		return -1;
	return unlinkat(from_dir, from, 0);
}

int sk_blob_publish(
    struct sk_blobs *b, const char *temporary, enum sk_place place, const char *name)
{
	char path[72];

	if (!sk_blob_path(place, name, path))
		return SK_EARG;
	if (flock(b->lock, LOCK_SH))
		return sk_blobs_errno(b, "lock");
	int failed = rename_new(sk_blob_fresh_folder(b, place), temporary, b->dirs[place], path);
	int e = errno;
	flock(b->lock, LOCK_UN);
	errno = e;
	if (failed)
		return e == EEXIST ? SK_EEXIST : sk_blobs_errno(b, name);
	return 0;
}

int sk_blobs_hold(struct sk_blobs *b)
{
	char path[32];

	/* A description of its own: a lock belongs to that, and the sweep of this process has one, too. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", b->hold);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd >= 0 && flock(fd, LOCK_SH))
		sk_close(&fd);
	return fd;
}
