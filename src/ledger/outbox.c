/*
 * Which entry an outbox number became: a sparse file of eight bytes a number. It is derived from the entries; an answer is
 * believed when the entry at that index bears the number, so that no state of the file can make an entry double or lost.
 *
 * Head (64 bytes): 16 of magic, 8: entries whose numbers are durably in it, 32: leaf hash of the last of those. Then one
 * slot a number, holding index + 1. All little-endian.
 */
#include "ledger/inside.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

#define MAGIC "sekisho-outbox1\n"
#define HEAD 64

static off_t slot_of(uint64_t id)
{
	return (off_t)(HEAD + id * 8);
}

static uint64_t get64(const uint8_t *p)
{
	struct sk_reader r = sk_reader(sk_slice(p, 8));

	return sk_read_u64le(&r);
}

static void put64(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

int sk_ids_add(struct sk_ledger *l, uint64_t id, uint64_t index)
{
	uint8_t raw[8];

	if (id == 0) /* the first entry of a successor */
		return 0;
	put64(raw, index + 1);
	return pwrite(l->outbox, raw, 8, slot_of(id)) == 8 ? 0 : SK_EIO;
}

static bool bears(struct sk_ledger *l, uint64_t index, uint64_t id)
{
	struct sk_buf b = SK_BUF(SK_ENTRY_BYTES);
	struct sk_leaf e;

	bool yes = sk_ledger_entry(l, index, &b) == 0 &&
		   sk_entry_parse(sk_buf_slice(&b), &e) == 0 && sk_entry_outbox(&e) == id;
	sk_buf_free(&b);
	return yes;
}

int sk_ids_find(struct sk_ledger *l, uint64_t id, uint64_t *index)
{
	uint8_t raw[8];

	if (l->outbox < 0 || id == 0 || id > SK_OUTBOX_MAX)
		return SK_EARG;
	ssize_t n = pread(l->outbox, raw, 8, slot_of(id));
	if (n < 0)
		return SK_EIO;
	uint64_t v = n == 8 ? get64(raw) : 0;
	if (v == 0 || v > l->size || !bears(l, v - 1, id))
		return SK_EARG;
	*index = v - 1;
	return 0;
}

static int leaf_of(struct sk_ledger *l, uint64_t index, struct sk_hash *h)
{
	struct sk_buf b = SK_BUF(SK_ENTRY_BYTES);

	int rc = sk_ledger_entry(l, index, &b);
	if (rc == 0)
		*h = sk_hash_leaf(sk_buf_slice(&b));
	sk_buf_free(&b);
	return rc;
}

/* The slots first, then the head that says so. */
int sk_ids_mark(struct sk_ledger *l)
{
	uint8_t head[HEAD] = MAGIC;
	struct sk_hash h = {{0}};

	if (l->stale || l->indexed == l->size)
		return 0;
	if (leaf_of(l, l->size - 1, &h) || fdatasync(l->outbox))
		return SK_EIO;
	put64(head + 16, l->size);
	memcpy(head + 24, h.b, SK_HASH_BYTES);
	if (pwrite(l->outbox, head, HEAD, 0) != HEAD || fdatasync(l->outbox))
		return SK_EIO;
	l->indexed = l->size;
	return 0;
}

/* How many entries of this ledger the file knows; 0 when it belongs to another state or another ledger. */
static uint64_t known(struct sk_ledger *l)
{
	uint8_t head[HEAD];
	struct sk_hash h;

	if (pread(l->outbox, head, HEAD, 0) != HEAD || memcmp(head, MAGIC, 16) != 0)
		return 0;
	uint64_t n = get64(head + 16);
	if (n == 0 || n > l->size || leaf_of(l, n - 1, &h) ||
	    memcmp(h.b, head + 24, SK_HASH_BYTES) != 0)
		return 0;
	return n;
}

static int index_bundle(struct sk_ledger *l, uint64_t from, uint64_t to)
{
	struct sk_slice bundle, entry;
	struct sk_leaf e;

	int rc = sk_ledger_bundle(l, from / SK_TILE_WIDTH, l->size, &bundle);
	struct sk_reader r = sk_reader(bundle);
	for (uint64_t i = from - from % SK_TILE_WIDTH; rc == 0 && i < to; i++) {
		entry = sk_read_slice(&r, sk_read_u16be(&r));
		if (r.bad || sk_entry_parse(entry, &e))
			return SK_EFORMAT;
		if (i >= from)
			rc = sk_ids_add(l, sk_entry_outbox(&e), i);
	}
	return rc;
}

int sk_ids_open(struct sk_ledger *l)
{
	int rc = 0;

	if (l->outbox < 0)
		l->outbox =
		    openat(l->dir, "outbox.index", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (l->outbox < 0)
		return SK_EIO;
	l->indexed = known(l);
	if (l->indexed == 0 && ftruncate(l->outbox, 0))
		return SK_EIO;
	for (uint64_t i = l->indexed; i < l->size && rc == 0;) {
		uint64_t next = (i / SK_TILE_WIDTH + 1) * SK_TILE_WIDTH;
		rc = index_bundle(l, i, next < l->size ? next : l->size);
		i = next;
	}
	return rc ? rc : sk_ids_mark(l);
}
