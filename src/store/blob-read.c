/* Reading blobs, with proof that they are what was written. Runs in the gate. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "store/blob-inside.h"

struct sk_blob_reader {
	struct sk_blobs *store;
	enum sk_blob_kind kind;
	int fd;
	char name[SK_BLOB_NAME];
	struct sha256_ctx hash;
	bool over;
	/* of an original: the open piece and what of it is given */
	struct sk_pieces pieces;
	size_t have, given;
	uint8_t piece[SK_SEAL_CHUNK];
};

static int begin_open(struct sk_blob_reader *r)
{
	struct sk_bytes what = {.sealed = true};
	int rc = sk_blob_key_read(r->store, r->name, what.key);

	if (rc)
		return rc;
	memcpy(what.name, r->name, sizeof(what.name));
	rc = sk_pieces_begin(&r->pieces, r->fd, &what);
	if (rc == SK_EFORMAT)
		sk_blobs_fail(r->store, rc, "original %s: its head is damaged", r->name);
	else if (rc)
		rc = sk_blobs_errno(r->store, r->name);
	sk_bytes_wipe(&what);
	return rc;
}

static int open_file(struct sk_blob_reader *r)
{
	enum sk_place place = r->kind == SK_BLOB_OUTPUT ? SK_PLACE_OUTPUT : SK_PLACE_ORIGINAL;
	char path[72];

	if (!sk_blob_path(place, r->name, path))
		return sk_blobs_fail(r->store, SK_EARG, "no name of a blob");
	r->fd = openat(r->store->dirs[place], path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (r->fd < 0)
		return errno == ENOENT
			   ? sk_blobs_fail(r->store, SK_ENOENTRY, "there is no blob %s", r->name)
			   : sk_blobs_errno(r->store, r->name);
	return r->kind == SK_BLOB_ORIGINAL ? begin_open(r) : 0;
}

int sk_blob_open(
    struct sk_blobs *b, enum sk_blob_kind kind, const char *name, struct sk_blob_reader **out)
{
	struct sk_blob_reader *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return SK_ENOMEM;
	r->store = b;
	r->kind = kind;
	r->fd = -1;
	memcpy(r->name, name, strnlen(name, SK_BLOB_NAME - 1));
	sha256_init(&r->hash);
	int rc = open_file(r);
	if (rc) {
		sk_blob_close(r);
		return rc;
	}
	*out = r;
	return 0;
}

/* Up to n bytes, fewer only at the end of the file. */
static ssize_t read_up_to(int fd, uint8_t *p, size_t n)
{
	size_t got = 0;

	while (got < n) {
		ssize_t k = read(fd, p + got, n - got);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return -1;
		if (k == 0)
			break;
		got += (size_t)k;
	}
	return (ssize_t)got;
}

/* The next piece; after the last one there must be nothing, and before it there must be one. */
static int next_piece(struct sk_blob_reader *r)
{
	const char *how = NULL;
	int rc = sk_pieces_next(&r->pieces, r->piece, &r->have, &how);

	r->given = 0;
	if (rc == 0) {
		r->over = r->have == SIZE_MAX;
		r->have = r->over ? 0 : r->have;
		return 0;
	}
	r->have = 0;
	if (rc != SK_EFORMAT)
		return sk_blobs_errno(r->store, r->name);
	return sk_blobs_fail(r->store, rc,
	    "original %s: %s at piece %" PRIu64 " (byte %" PRIu64 ")", r->name, how, r->pieces.n,
	    r->pieces.n * SK_SEAL_CHUNK);
}

static int get_sealed(struct sk_blob_reader *r, uint8_t *p, size_t n, size_t *got)
{
	while (r->given == r->have && !r->over) {
		int rc = next_piece(r);
		if (rc)
			return rc;
	}
	size_t k = r->have - r->given;
	k = k < n ? k : n;
	memcpy(p, r->piece + r->given, k);
	r->given += k;
	*got = k;
	return 0;
}

static int prove(struct sk_blob_reader *r)
{
	uint8_t digest[32];
	char name[SK_BLOB_NAME];

	sha256_digest(&r->hash, sizeof(digest), digest);
	sk_blob_name(digest, name);
	return strcmp(name, r->name) == 0 ? 0
					  : sk_blobs_fail(r->store, SK_EFORMAT,
						"output %s: its bytes are damaged", r->name);
}

int sk_blob_get(struct sk_blob_reader *r, void *p, size_t n, size_t *got)
{
	if (n == 0)
		return SK_EARG;
	if (r->kind == SK_BLOB_ORIGINAL)
		return get_sealed(r, p, n, got);
	if (r->over) {
		*got = 0;
		return 0;
	}
	ssize_t k = read_up_to(r->fd, p, n);
	if (k < 0)
		return sk_blobs_errno(r->store, r->name);
	sha256_update(&r->hash, (size_t)k, p);
	r->over = k == 0;
	int rc = r->over ? prove(r) : 0;
	if (rc == 0)
		*got = (size_t)k;
	return rc;
}

void sk_blob_close(struct sk_blob_reader *r)
{
	if (r == NULL)
		return;
	sk_close(&r->fd);
	sodium_memzero(r, sizeof(*r)); /* content of an original */
	free(r);
}

static int copy_all(struct sk_blob_reader *r, int fd, uint8_t *p, size_t room)
{
	for (size_t n = 0;;) {
		int rc = sk_blob_get(r, p, room, &n);
		if (rc || n == 0)
			return rc;
		if (fd >= 0 && sk_write_all(fd, p, n))
			return sk_blobs_errno(r->store, "copy");
	}
}

int sk_blob_copy(struct sk_blobs *b, enum sk_blob_kind kind, const char *name, int fd)
{
	struct sk_blob_reader *r = NULL;
	uint8_t *p = malloc(SK_SEAL_CHUNK);

	int rc = p ? sk_blob_open(b, kind, name, &r) : SK_ENOMEM;
	if (rc == 0)
		rc = copy_all(r, fd, p, SK_SEAL_CHUNK);
	if (rc && fd >= 0 && (ftruncate(fd, 0) || lseek(fd, 0, SEEK_SET)))
		rc = SK_EIO;
	sk_blob_close(r);
	if (p)
		sodium_memzero(p, SK_SEAL_CHUNK);
	free(p);
	return rc;
}

/* --- by somebody else --- */

int sk_blob_lend(
    struct sk_blobs *b, enum sk_blob_kind kind, const char *name, struct sk_bytes *what, int *out)
{
	bool sealed = kind == SK_BLOB_ORIGINAL;
	char path[72];

	if (!sk_blob_path(sealed ? SK_PLACE_ORIGINAL : SK_PLACE_OUTPUT, name, path))
		return sk_blobs_fail(b, SK_EARG, "no name of a blob");
	sk_autoclose int fd = openat(b->dirs[sealed ? SK_PLACE_ORIGINAL : SK_PLACE_OUTPUT], path,
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? sk_blobs_fail(b, SK_ENOENTRY, "there is no blob %s", name)
				       : sk_blobs_errno(b, name);
	int rc = sealed ? sk_blob_key_read(b, name, what->key) : 0;
	if (rc)
		return rc;
	what->sealed = sealed;
	if (sealed)
		memcpy(what->name, name, sizeof(what->name));
	*out = fd;
	fd = -1;
	return 0;
}
