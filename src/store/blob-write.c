/*
 * A blob is written under a temporary name by somebody else, who was handed its descriptor and, of an original, its key; here it
 * is synced, and then gets its name. Runs in the gate.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "store/blob-inside.h"

struct sk_blob_writer {
	struct sk_blobs *store;
	enum sk_blob_kind kind;
	int fd; /* locked as long as it is open: no sweep takes it away */
	char temporary[33];
	struct sk_blob blob;
	uint64_t promised;
	bool handed, said; /* to who writes it; he has said what it is */
	bool named;        /* the temporary name is gone */
	int key_fd;        /* of the staged key */
	char key_temporary[33];
	bool key_named;
	struct sk_bytes what; /* of an original: its key */
};

/* What others were promised is as good as gone, whether they have written it or not. */
int sk_blobs_room(struct sk_blobs *b, struct sk_blobs_room *out)
{
	struct statvfs v;

	if (fstatvfs(b->fresh, &v))
		return sk_blobs_errno(b, "folder");
	uint64_t left = (uint64_t)v.f_bavail * v.f_frsize, kept = b->spare + b->promised;
	*out = (struct sk_blobs_room){.all = (uint64_t)v.f_blocks * v.f_frsize,
	    .free = left < kept ? 0 : left - kept,
	    .kept = kept};
	return 0;
}

static int space(struct sk_blobs *b, uint64_t size)
{
	struct sk_blobs_room room;
	int status = sk_blobs_room(b, &room);

	if (status)
		return status;
	return room.free < size || room.free == 0
		   ? sk_blobs_fail(b, SK_ENOSPACE, "less is free than must stay free")
		   : 0;
}

static int begin_original(struct sk_blob_writer *w)
{
	uint8_t raw[16];

	if (w->store->master == NULL)
		return sk_blobs_fail(w->store, SK_EUNSUPPORTED, "there is no master key");
	randombytes_buf(raw, sizeof(raw));
	sodium_bin2hex(w->blob.name, sizeof(w->blob.name), raw, sizeof(raw));
	w->what.sealed = true;
	memcpy(w->what.name, w->blob.name, sizeof(w->what.name));
	crypto_secretstream_xchacha20poly1305_keygen(w->what.key);
	return 0;
}

int sk_blob_begin(
    struct sk_blobs *b, enum sk_blob_kind kind, uint64_t size, struct sk_blob_writer **out)
{
	int rc = space(b, size);

	if (rc)
		return rc;
	struct sk_blob_writer *w = calloc(1, sizeof(*w));
	if (w == NULL)
		return SK_ENOMEM;
	w->store = b;
	w->kind = kind;
	w->key_fd = -1;
	w->promised = size;
	b->promised += size;
	w->fd = sk_blob_fresh(b, SK_PLACE_OUTPUT, w->temporary);
	if (w->fd < 0 || flock(w->fd, LOCK_SH))
		rc = sk_blobs_errno(b, "a new blob");
	if (rc == 0 && kind == SK_BLOB_ORIGINAL)
		rc = begin_original(w);
	if (rc) {
		sk_blob_drop(w);
		return rc;
	}
	*out = w;
	return 0;
}

/* --- its bytes --- */

int sk_blob_hand(struct sk_blob_writer *w, struct sk_bytes *what)
{
	w->handed = true;
	*what = w->what;
	return w->fd;
}

/*
 * Its own description of the file, locked: whoever has the other one could unlock that. Only what it is said to be can be
 * in a file of this size.
 */
int sk_blob_said(struct sk_blob_writer *w, const uint8_t sha256[32], uint64_t size)
{
	bool sealed = w->kind == SK_BLOB_ORIGINAL;
	struct stat st;

	sk_autoclose int fd =
	    openat(w->store->fresh, w->temporary, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (!w->handed || fd < 0 || flock(fd, LOCK_SH | LOCK_NB) || fstat(fd, &st))
		return w->handed ? sk_blobs_errno(w->store, "what somebody wrote") : SK_EARG;
	if ((uint64_t)st.st_size != (sealed ? sk_bytes_sealed_size(size) : size))
		return sk_blobs_fail(
		    w->store, SK_EFORMAT, "what somebody wrote has not the size that was said");
	memcpy(w->blob.sha256, sha256, 32);
	w->blob.size = size;
	w->said = true;
	int held = w->fd;
	w->fd = fd;
	fd = held;
	return 0;
}

/* --- its end --- */

static enum sk_place place_of(const struct sk_blob_writer *w)
{
	return w->kind == SK_BLOB_OUTPUT ? SK_PLACE_OUTPUT : SK_PLACE_ORIGINAL;
}

/* Under its name, whatever was there; who has the older one open goes on reading it. */
static int put_in_place(struct sk_blob_writer *w, const char *path)
{
	struct sk_blobs *b = w->store;

	if (flock(b->lock, LOCK_SH))
		return sk_blobs_errno(b, "lock");
	int rc = renameat(b->fresh, w->temporary, b->dirs[SK_PLACE_OUTPUT], path)
		     ? sk_blobs_errno(b, w->blob.name)
		     : 0;
	flock(b->lock, LOCK_UN);
	w->named = rc == 0;
	return rc;
}

/* The file that has its name already, kept from every sweep, and as young as what was to come in its place; -1: there is none. */
static int pin_older(struct sk_blobs *b, const char *path)
{
	if (flock(b->lock, LOCK_SH))
		return -1;
	int fd = openat(b->dirs[SK_PLACE_OUTPUT], path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0 && (flock(fd, LOCK_SH | LOCK_NB) || futimens(fd, NULL)))
		sk_close(&fd);
	flock(b->lock, LOCK_UN);
	return fd;
}

/*
 * An output whose bytes are there already, whole, stays as it is: what somebody says about new bytes takes nobody else's
 * place. One that was damaged is made good.
 */
static int publish_output(struct sk_blob_writer *w)
{
	char path[72];

	if (!sk_blob_path(SK_PLACE_OUTPUT, w->blob.name, path))
		return SK_EARG;
	int older = pin_older(w->store, path);
	if (older < 0 || sk_blob_copy(w->store, SK_BLOB_OUTPUT, w->blob.name, -1)) {
		sk_close(&older);
		return put_in_place(w, path);
	}
	sk_close(&w->fd);
	w->fd = older;
	return 0;
}

static int publish(struct sk_blob_writer *w)
{
	if (w->kind == SK_BLOB_OUTPUT)
		return publish_output(w);
	int rc = sk_blob_publish(w->store, w->temporary, place_of(w), w->blob.name);
	w->named = rc == 0;
	return rc;
}

static int stage_key(struct sk_blob_writer *w)
{
	errno = 0;
	w->key_fd = sk_blob_key_stage(w->store, w->blob.name, w->what.key, w->key_temporary);
	if (w->key_fd >= 0)
		return 0;
	return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? SK_ENOSPACE : SK_EIO;
}

/* All bytes are written, those of the key too; nothing has its name. */
static int stage(struct sk_blob_writer *w)
{
	if (!w->said)
		return SK_EARG;
	if (w->kind == SK_BLOB_ORIGINAL)
		return stage_key(w);
	sk_blob_name(w->blob.sha256, w->blob.name);
	return 0;
}

/* The key first: an original that has its name can be read. */
static int publish_all(struct sk_blob_writer *w)
{
	if (w->kind == SK_BLOB_ORIGINAL) {
		int rc = sk_blob_publish(w->store, w->key_temporary, SK_PLACE_KEY, w->blob.name);
		if (rc)
			return rc;
		w->key_named = true;
	}
	return publish(w);
}

static int sync_one(struct sk_blob_writer *w)
{
	if (fsync(w->fd) || (w->key_fd >= 0 && fsync(w->key_fd)))
		return sk_blobs_errno(w->store, w->blob.name);
	int rc = publish_all(w);
	if (rc == 0 && w->kind == SK_BLOB_ORIGINAL)
		rc = sk_blob_sync_folder(w->store, SK_PLACE_KEY, w->blob.name);
	return rc ? rc : sk_blob_sync_folder(w->store, place_of(w), w->blob.name);
}

/* Two syncs of the file systems, however many: bytes, then names. */
static int sync_disks(struct sk_blobs *b)
{
	return syncfs(b->fresh) || syncfs(b->fresh_key) ? sk_blobs_errno(b, "sync") : 0;
}

static int sync_many(struct sk_blob_writer **w, size_t n)
{
	int rc = sync_disks(w[0]->store);

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = publish_all(w[i]);
	return rc ? rc : sync_disks(w[0]->store);
}

/* A key whose original will not be there. */
static void undo(struct sk_blob_writer *w)
{
	char why[sizeof(w->store->why)];

	if (!w->key_named || w->named)
		return;
	memcpy(why, w->store->why, sizeof(why));
	(void)sk_blob_erase(w->store, w->blob.name);
	memcpy(w->store->why, why, sizeof(why));
}

int sk_blob_end_all(struct sk_blob_writer **w, size_t n, struct sk_blob *out, int *pins)
{
	int rc = n ? 0 : SK_EARG;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = stage(w[i]);
	if (rc == 0)
		rc = n == 1 ? sync_one(w[0]) : sync_many(w, n);
	for (size_t i = 0; i < n; i++) {
		if (rc == 0) {
			out[i] = w[i]->blob;
			pins[i] = w[i]->fd;
			w[i]->fd = -1;
		} else
			undo(w[i]);
		sk_blob_drop(w[i]);
	}
	return rc;
}

int sk_blob_end(struct sk_blob_writer *w, struct sk_blob *out, int *pin)
{
	return sk_blob_end_all(&w, 1, out, pin);
}

void sk_blob_drop(struct sk_blob_writer *w)
{
	if (w == NULL)
		return;
	if (!w->named)
		unlinkat(w->store->fresh, w->temporary, 0);
	if (w->key_fd >= 0 && !w->key_named)
		unlinkat(w->store->fresh_key, w->key_temporary, 0);
	sk_close(&w->fd);
	sk_close(&w->key_fd);
	w->store->promised -= w->promised;
	sodium_memzero(w, sizeof(*w));
	free(w);
}
