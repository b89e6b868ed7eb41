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
		return sk_blob_sync_folder(b, SK_PLACE_OUTPUT, w->blob.name);
	}
	if (renameat(b->fresh, w->temporary, b->dirs[SK_PLACE_OUTPUT], path))
		return sk_blobs_errno(b, w->blob.name);
	w->named = true;
	return sk_blob_sync_folder(b, SK_PLACE_OUTPUT, w->blob.name);
}

static int publish(struct sk_blob_writer *w)
{
	enum sk_place place = w->kind == SK_BLOB_OUTPUT ? SK_PLACE_OUTPUT : SK_PLACE_ORIGINAL;
	struct sk_blobs *b = w->store;
	char path[72];

	int rc = sk_blob_publish(b, w->temporary, place, w->blob.name);
	w->named = rc == 0;
	if (rc != SK_EEXIST || place != SK_PLACE_OUTPUT || !sk_blob_path(place, w->blob.name, path))
		return rc;
	/* No sweep between the look and the lock. */
	if (flock(b->lock, LOCK_SH))
		return sk_blobs_errno(b, "lock");
	rc = meet(w, path);
	flock(b->lock, LOCK_UN);
	return rc;
}

static int finish(struct sk_blob_writer *w)
{
	int rc = 0;

	sha256_digest(&w->hash, sizeof(w->blob.sha256), w->blob.sha256);
	if (w->kind == SK_BLOB_OUTPUT)
		sk_blob_name(w->blob.sha256, w->blob.name);
	else
		rc = seal_piece(w, crypto_secretstream_xchacha20poly1305_TAG_FINAL);
	if (rc == 0 && fsync(w->fd))
		rc = sk_blobs_errno(w->store, w->blob.name);
	if (rc == 0 &&
	    w->kind ==
		SK_BLOB_ORIGINAL) /* before the original has its name, or it could never be read */
		rc = sk_blob_key_write(w->store, w->blob.name, w->key);
	return rc ? rc : publish(w);
}

int sk_blob_end(struct sk_blob_writer *w, struct sk_blob *out, int *pin)
{
	int rc = finish(w);

	if (rc == 0) {
		*out = w->blob;
		*pin = w->fd;
		w->fd = -1;
	} else if (w->kind == SK_BLOB_ORIGINAL && !w->named) {
		char why[sizeof(w->store->why)];
		memcpy(why, w->store->why, sizeof(why));
		(void)sk_blob_erase(w->store, w->blob.name);
		memcpy(w->store->why, why, sizeof(why));
	}
	sk_blob_drop(w);
	return rc;
}

void sk_blob_drop(struct sk_blob_writer *w)
{
	if (w == NULL)
		return;
	if (!w->named)
		unlinkat(w->store->fresh, w->temporary, 0);
	sk_close(&w->fd);
	sodium_memzero(w, sizeof(*w));
	free(w);
}
