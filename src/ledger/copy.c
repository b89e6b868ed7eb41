/* Copies of a ledger in one file: copy.h. The scribe; reading also the command. */
#include "ledger/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/fd.h"
#include "ledger/files.h"

#define BLOCK 512

/* The head of a file in an archive (POSIX.1-1988, "ustar"); all of it text. */
struct head {
	char name[100], mode[8], uid[8], gid[8], size[12], time[12], sum[8], type, link[100],
	    magic[6], version[2], owner[32], group[32], major[8], minor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct head) == BLOCK, "a head is one block");

static unsigned sum_of(const struct head *h)
{
	const uint8_t *p = (const uint8_t *)h;
	unsigned sum = 0;

	for (size_t i = 0; i < BLOCK; i++)
		sum +=
		    i >= offsetof(struct head, sum) && i < offsetof(struct head, type) ? ' ' : p[i];
	return sum;
}

/* --- writing --- */

struct writing {
	int from, to;
	uint64_t size; /* of the ledger */
};

static int put(int fd, const void *p, size_t n)
{
	if (sk_write_all(fd, p, n) == 0)
		return 0;
	return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? SK_ENOSPACE : SK_EIO;
}

/* Digits up to a NUL that stands there. */
static void octal(char *to, size_t size, uint64_t n)
{
	for (size_t i = size - 1; i > 0; n >>= 3)
		to[--i] = (char)('0' + (n & 7));
}

int sk_ledger_archive_put(int fd, const char *path, struct sk_slice bytes)
{
	static const uint8_t zeros[BLOCK];
	struct head h = {.type = '0', .magic = "ustar", .version = {'0', '0'}};
	size_t over = bytes.n % BLOCK;

	memcpy(h.name, path, strnlen(path, sizeof(h.name)));
	octal(h.mode, sizeof(h.mode), 0600);
	octal(h.uid, sizeof(h.uid), 0);
	octal(h.gid, sizeof(h.gid), 0);
	octal(h.size, sizeof(h.size), bytes.n);
	octal(h.time, sizeof(h.time), 0);
	octal(h.sum, 7, sum_of(&h));
	h.sum[7] = ' ';
	int rc = put(fd, &h, sizeof(h));
	if (rc == 0)
		rc = put(fd, bytes.p, bytes.n);
	return rc || over == 0 ? rc : put(fd, zeros, BLOCK - over);
}

int sk_ledger_archive_end(int fd)
{
	static const uint8_t end[2 * BLOCK];

	return put(fd, end, sizeof(end));
}

static bool is_missing(int rc)
{
	return rc == SK_EIO && errno == ENOENT;
}

static int copy_file(const struct writing *w, const char *path)
{
	struct sk_buf b = SK_BUF(SK_FILE_BYTES + 1);
	int rc = sk_file_read(w->from, path, SK_FILE_BYTES, &b);

	if (rc == 0)
		rc = sk_ledger_archive_put(w->to, path, sk_buf_slice(&b));
	sk_buf_free(&b);
	return rc;
}

/* A partial one may have become full in the meantime: that begins with it. */
static int copy_bundle(const struct writing *w, uint64_t n)
{
	uint64_t left = w->size - n * SK_TILE_WIDTH;
	char path[SK_PATH_BYTES];

	sk_bundle_path(path, n, left < SK_TILE_WIDTH ? (unsigned)left : SK_TILE_WIDTH);
	int rc = copy_file(w, path);
	if (!is_missing(rc) || left >= SK_TILE_WIDTH)
		return rc;
	sk_bundle_path(path, n, SK_TILE_WIDTH);
	return copy_file(w, path);
}

static int copy_all(const struct writing *w, struct sk_slice checkpoint)
{
	int rc = sk_ledger_archive_put(w->to, "checkpoint", checkpoint);

	if (rc == 0)
		rc = copy_file(w, "key.pub");
	if (rc == 0)
		rc = copy_file(w, "witnessed");
	if (is_missing(rc)) /* nobody has cosigned it yet */
		rc = 0;
	for (uint64_t n = 0; rc == 0 && n * SK_TILE_WIDTH < w->size; n++)
		rc = copy_bundle(w, n);
	return rc ? rc : sk_ledger_archive_end(w->to);
}

int sk_ledger_copy(int dir, int fd, uint64_t *entries)
{
	struct sk_ledger *l = NULL;
	int rc = sk_ledger_read(dir, &l);

	if (rc)
		return rc;
	const struct writing w = {.from = dir, .to = fd, .size = sk_ledger_size(l)};
	rc = copy_all(&w, sk_ledger_checkpoint(l));
	if (rc == 0)
		*entries = w.size;
	sk_ledger_free(l);
	return rc;
}

/* --- reading --- */

/* Octal digits, then a NUL or a blank. */
static bool number(const char *text, size_t size, uint64_t *n)
{
	*n = 0;
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '\0' || text[i] == ' ')
			return i > 0;
		if (text[i] < '0' || text[i] > '7')
			return false;
		*n = *n << 3 | (uint64_t)(text[i] - '0');
	}
	return false;
}

/* The file at a place; *next: of the one behind it. SK_ENOENTRY: here it ends. */
static int file_at(
    struct sk_slice bytes, size_t at, char name[101], struct sk_slice *file, size_t *next)
{
	struct sk_slice block = sk_slice_sub(bytes, at, BLOCK);
	uint64_t size = 0, sum = 0;
	struct head h;

	if (block.n != BLOCK)
		return SK_EFORMAT;
	memcpy(&h, block.p, BLOCK);
	if (h.name[0] == '\0')
		return SK_ENOENTRY;
	if (memcmp(h.magic, "ustar", 6) != 0 || (h.type != '0' && h.type != '\0') || h.prefix[0] ||
	    !number(h.sum, sizeof(h.sum), &sum) || sum != sum_of(&h) ||
	    !number(h.size, sizeof(h.size), &size) || size > SK_OPENINGS_BYTES ||
	    size > bytes.n - at - BLOCK)
		return SK_EFORMAT;
	memcpy(name, h.name, sizeof(h.name));
	name[sizeof(h.name)] = '\0';
	*file = sk_slice_sub(bytes, at + BLOCK, (size_t)size);
	*next = at + BLOCK + ((size_t)size + BLOCK - 1) / BLOCK * BLOCK;
	return 0;
}

/* From one place to another, or to the end (SK_ENOENTRY). */
static int look(
    struct sk_ledger_archive *a, size_t from, size_t to, const char *path, struct sk_slice *file)
{
	struct sk_slice found;
	char name[101];
	size_t next = from;
	int rc = 0;

	for (size_t at = from; at < to && rc == 0; at = next) {
		rc = file_at(a->bytes, at, name, &found, &next);
		if (rc == 0 && strcmp(name, path) == 0) {
			a->at = next;
			*file = found;
			return 0;
		}
	}
	return rc ? rc : SK_ENOENTRY;
}

int sk_ledger_archived(struct sk_ledger_archive *a, const char *path, struct sk_slice *file)
{
	size_t from = a->at;
	int rc = look(a, from, SIZE_MAX, path, file);

	return rc == SK_ENOENTRY && from ? look(a, 0, from, path, file) : rc;
}
