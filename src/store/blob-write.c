/*
 * A blob is written under a temporary name, synced, and then gets its name. Originals are sealed on the way in pieces:
 * libsodium's secretstream (https://doc.libsodium.org/secret-key_cryptography/secretstream), 64 KiB a piece, the name as
 * additional data, the last piece marked. Runs in the gate.
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
	struct sha256_ctx hash;
	struct sk_blob blob;
	bool named; /* the temporary name is gone */
	int key_fd; /* of the staged key */
	char key_temporary[33];
	bool key_named;
	/* of an original */
	crypto_secretstream_xchacha20poly1305_state seal;
	uint8_t key[SK_DATA_KEY];
	size_t held;
	uint8_t piece[SK_SEAL_CHUNK], sealed[SK_SEAL_CHUNK + SK_SEAL_MORE];
};

static int space(struct sk_blobs *b, uint64_t size)
{
	struct statvfs v;

	if (fstatvfs(b->fresh, &v))
		return sk_blobs_errno(b, "folder");
	uint64_t left = (uint64_t)v.f_bavail * v.f_frsize;
	return left < b->spare || left - b->spare < size
		   ? sk_blobs_fail(b, SK_ENOSPACE, "less is free than must stay free")
		   : 0;
}

static int begin_seal(struct sk_blob_writer *w)
{
	uint8_t head[SK_SEAL_HEAD] = SK_SEAL_MAGIC;
	uint8_t raw[16];

	if (w->store->master == NULL)
		return sk_blobs_fail(w->store, SK_EUNSUPPORTED, "there is no master key");
	randombytes_buf(raw, sizeof(raw));
	sodium_bin2hex(w->blob.name, sizeof(w->blob.name), raw, sizeof(raw));
	crypto_secretstream_xchacha20poly1305_keygen(w->key);
	crypto_secretstream_xchacha20poly1305_init_push(&w->seal, head + 8, w->key);
	return sk_write_all(w->fd, head, sizeof(head)) ? sk_blobs_errno(w->store, "original") : 0;
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
	sha256_init(&w->hash);
	w->fd = sk_blob_fresh(b, SK_PLACE_OUTPUT, w->temporary);
	if (w->fd < 0 || flock(w->fd, LOCK_SH))
		rc = sk_blobs_errno(b, "a new blob");
	if (rc == 0 && kind == SK_BLOB_ORIGINAL)
		rc = begin_seal(w);
	if (rc) {
		sk_blob_drop(w);
		return rc;
	}
	*out = w;
	return 0;
}

static int seal_piece(struct sk_blob_writer *w, uint8_t tag)
{
	unsigned long long n = 0;

	crypto_secretstream_xchacha20poly1305_push(&w->seal, w->sealed, &n, w->piece, w->held,
	    (const uint8_t *)w->blob.name, strlen(w->blob.name), tag);
	w->held = 0;
	return sk_write_all(w->fd, w->sealed, (size_t)n) ? sk_blobs_errno(w->store, "original") : 0;
}

/* A full piece waits for more, since the last one must be known to be it. */
static int put_sealed(struct sk_blob_writer *w, const uint8_t *p, size_t n)
{
	int rc = 0;

	while (n && rc == 0) {
		if (w->held == SK_SEAL_CHUNK)
			rc = seal_piece(w, 0);
		size_t k = SK_SEAL_CHUNK - w->held;
		k = k < n ? k : n;
		memcpy(w->piece + w->held, p, k);
		w->held += k;
		p += k;
		n -= k;
	}
	return rc;
}

int sk_blob_put(struct sk_blob_writer *w, const void *p, size_t n)
{
	if (n == 0)
		return 0;
	sha256_update(&w->hash, n, p);
	w->blob.size += n;
	if (w->kind == SK_BLOB_ORIGINAL)
		return put_sealed(w, p, n);
	return sk_write_all(w->fd, p, n) ? sk_blobs_errno(w->store, "output") : 0;
}

static enum sk_place place_of(const struct sk_blob_writer *w)
{
	return w->kind == SK_BLOB_OUTPUT ? SK_PLACE_OUTPUT : SK_PLACE_ORIGINAL;
}

/* The same bytes are there already: theirs are proved and held, or, damaged, replaced by ours. */
static int meet(struct sk_blob_writer *w, const char *path)
{
	struct sk_blobs *b = w->store;

	sk_autoclose int fd =
	    openat(b->dirs[SK_PLACE_OUTPUT], path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0 && flock(fd, LOCK_SH) == 0 && futimens(fd, NULL) == 0 &&
	    sk_blob_copy(b, SK_BLOB_OUTPUT, w->blob.name, -1) == 0) {
		int held = w->fd;
		w->fd = fd;
		fd = held;
		return 0;
	}
	if (renameat(b->fresh, w->temporary, b->dirs[SK_PLACE_OUTPUT], path))
		return sk_blobs_errno(b, w->blob.name);
	w->named = true;
	return 0;
}

static int publish(struct sk_blob_writer *w)
{
	struct sk_blobs *b = w->store;
	char path[72];

	int rc = sk_blob_publish(b, w->temporary, place_of(w), w->blob.name);
	w->named = rc == 0;
	if (rc != SK_EEXIST || w->kind != SK_BLOB_OUTPUT ||
	    !sk_blob_path(SK_PLACE_OUTPUT, w->blob.name, path))
		return rc;
	/* No sweep between the look and the lock. */
	if (flock(b->lock, LOCK_SH))
		return sk_blobs_errno(b, "lock");
	rc = meet(w, path);
	flock(b->lock, LOCK_UN);
	return rc;
}

/* All bytes are written, those of the key too; nothing has its name. */
static int stage(struct sk_blob_writer *w)
{
	sha256_digest(&w->hash, sizeof(w->blob.sha256), w->blob.sha256);
	if (w->kind == SK_BLOB_OUTPUT) {
		sk_blob_name(w->blob.sha256, w->blob.name);
		return 0;
	}
	int rc = seal_piece(w, crypto_secretstream_xchacha20poly1305_TAG_FINAL);
	if (rc)
		return rc;
	errno = 0;
	w->key_fd = sk_blob_key_stage(w->store, w->blob.name, w->key, w->key_temporary);
	if (w->key_fd >= 0)
		return 0;
	return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? SK_ENOSPACE : SK_EIO;
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
	sodium_memzero(w, sizeof(*w));
	free(w);
}
