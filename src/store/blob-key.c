/* The file set of wrapped keys: one small file an original. Runs in the gate. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "store/blob-inside.h"

int sk_blob_key_stage(
    struct sk_blobs *b, const char *name, const uint8_t key[SK_DATA_KEY], char temporary[33])
{
	uint8_t wrapped[SK_WRAPPED];

	if (sk_master_wrap(b->master, name, key, wrapped)) {
		sk_blobs_fail(b, SK_EINTERNAL, "original %s: its key cannot be wrapped", name);
		return -1;
	}
	int fd = sk_blob_fresh(b, SK_PLACE_KEY, temporary);
	if (fd >= 0 && sk_write_all(fd, wrapped, sizeof(wrapped)) == 0)
		return fd;
	sk_blobs_errno(b, "key");
	if (fd >= 0)
		unlinkat(b->fresh_key, temporary, 0);
	sk_close(&fd);
	return -1;
}

int sk_blob_key_read(struct sk_blobs *b, const char *name, uint8_t key[SK_DATA_KEY])
{
	uint8_t wrapped[SK_WRAPPED];
	char path[72];

	if (!sk_blob_path(SK_PLACE_KEY, name, path))
		return sk_blobs_fail(b, SK_EARG, "no name of an original");
	sk_autoclose int fd =
	    openat(b->dirs[SK_PLACE_KEY], path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT
			   ? sk_blobs_fail(b, SK_ENOENTRY, "original %s: its key is erased", name)
			   : sk_blobs_errno(b, "key");
	if (b->master == NULL)
		return sk_blobs_fail(
		    b, SK_EUNSUPPORTED, "original %s: there is no master key", name);
	if (sk_read_all(fd, wrapped, sizeof(wrapped)))
		return sk_blobs_fail(b, SK_EFORMAT, "original %s: its key is cut", name);
	int rc = sk_master_unwrap(b->master, name, wrapped, key);
	if (rc)
		sk_blobs_fail(b, rc, "original %s: its key is %s", name,
		    rc == SK_EUNSUPPORTED ? "of another master key" : "damaged");
	return rc;
}

/* Overwritten first: where the disk writes in place, nothing of it is left. */
int sk_blob_erase(struct sk_blobs *b, const char *name)
{
	static const uint8_t nothing[SK_WRAPPED];
	char path[72];

	if (!sk_blob_path(SK_PLACE_KEY, name, path))
		return sk_blobs_fail(b, SK_EARG, "no name of an original");
	sk_autoclose int fd =
	    openat(b->dirs[SK_PLACE_KEY], path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT) /* it may have gone just now, and not be durably so */
		return sk_blob_sync_folder(b, SK_PLACE_KEY, name);
	if (fd < 0)
		return sk_blobs_errno(b, "key");
	if (sk_write_all(fd, nothing, sizeof(nothing)) || fdatasync(fd))
		return sk_blobs_errno(b, "key");
	if (unlinkat(b->dirs[SK_PLACE_KEY], path, 0) && errno != ENOENT)
		return sk_blobs_errno(b, "key");
	return sk_blob_sync_folder(b, SK_PLACE_KEY, name);
}
