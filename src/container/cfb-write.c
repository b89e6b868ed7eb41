/*
 * Compound files ([MS-CFB]) of one form: version 3, sectors of 512 bytes in the order large streams, small streams'
 * stream, its FAT, directory, FAT, list of FAT sectors; every chain in one piece, no times, all filling zero. Cleaner's jail.
 */
#include "container/cfb.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/utf8.h"

#define SECTOR 512U
#define MINI 64U
#define CUTOFF 4096U
#define HEADER_FAT 109U
#define PER (SECTOR / 4)
#define NAME_UNITS 31U
#define FREE 0xFFFFFFFFU
#define END 0xFFFFFFFEU
#define FAT_SECTOR 0xFFFFFFFDU
#define DIFAT_SECTOR 0xFFFFFFFCU

struct entry {
	const struct sk_cfb_node *node;
	uint16_t name[NAME_UNITS + 1];
	unsigned units;
	uint32_t left, right, child, start;
	bool red;
};

struct writing {
	const struct sk_cfb_node *nodes;
	struct entry *entries;
	uint32_t n, *order; /* nodes of one storage, sorted */
	uint32_t mini_sectors, mini_start, fat_sectors, difat_sectors, directory_start,
	    minifat_start, fat_start;
	uint32_t minifat_sectors, directory_sectors, sectors;
};

static uint32_t pieces(size_t n, size_t size)
{
	return (uint32_t)((n + size - 1) / size);
}

static int set_name(struct entry *e)
{
	struct sk_slice s = sk_slice_str(e->node->name);

	for (size_t at = 0; at < s.n;) {
		int32_t c = sk_utf8_next(s, &at);
		if (c < 0 || c > 0xFFFF || e->units >= NAME_UNITS)
			return SK_EARG;
		e->name[e->units++] = (uint16_t)c;
	}
	return e->units ? 0 : SK_EARG;
}

static unsigned upper(unsigned c)
{
	return c >= 'a' && c <= 'z' ? c - 32 : c;
}

/* 2.6.4: shorter names first, then by capital letters. */
static int compare(const void *a, const void *b, void *ctx)
{
	const struct entry *entries = ctx, *x = &entries[*(const uint32_t *)a],
			   *y = &entries[*(const uint32_t *)b];

	if (x->units != y->units)
		return x->units < y->units ? -1 : 1;
	for (unsigned i = 0; i < x->units; i++)
		if (upper(x->name[i]) != upper(y->name[i]))
			return upper(x->name[i]) < upper(y->name[i]) ? -1 : 1;
	return 0;
}

/* A balanced tree of what is sorted; only its lowest, incomplete level is red. */
static uint32_t tree(
    struct writing *w, const uint32_t *ids, uint32_t n, unsigned level, unsigned full)
{
	if (n == 0)
		return FREE;
	uint32_t middle = n / 2;
	struct entry *e = &w->entries[ids[middle]];
	e->red = level >= full;
	e->left = tree(w, ids, middle, level + 1, full);
	e->right = tree(w, ids + middle + 1, n - middle - 1, level + 1, full);
	return ids[middle];
}

static int link_storage(struct writing *w, uint32_t storage)
{
	uint32_t n = 0;
	unsigned full = 0;

	for (uint32_t i = 1; i < w->n; i++)
		if (w->nodes[i].parent == storage)
			w->order[n++] = i;
	qsort_r(w->order, n, sizeof(*w->order), compare, w->entries);
	for (uint32_t i = 1; i < n; i++)
		if (compare(&w->order[i - 1], &w->order[i], w->entries) == 0)
			return SK_EARG;
	while ((2U << full) - 1 <= n)
		full++;
	w->entries[storage].child = tree(w, w->order, n, 0, full);
	return 0;
}

static int prepare(struct sk_arena *arena, struct writing *w)
{
	w->entries = sk_arena_array(arena, w->n, sizeof(*w->entries));
	w->order = sk_arena_array(arena, w->n, sizeof(*w->order));
	if (w->entries == NULL || w->order == NULL)
		return SK_ENOMEM;
	for (uint32_t i = 0; i < w->n; i++) {
		struct entry *e = &w->entries[i];
		*e = (struct entry){
		    .node = &w->nodes[i], .left = FREE, .right = FREE, .child = FREE, .start = END};
		if (set_name(e) || (i && w->nodes[i].parent >= i))
			return SK_EARG;
	}
	for (uint32_t i = 0; i < w->n; i++) {
		int rc = i == 0 || w->nodes[i].storage ? link_storage(w, i) : 0;
		if (rc)
			return rc;
	}
	return 0;
}

static bool is_large(const struct sk_cfb_node *n)
{
	return !n->storage && n->data.n >= CUTOFF;
}

static bool is_small(const struct sk_cfb_node *n)
{
	return !n->storage && n->data.n > 0 && n->data.n < CUTOFF;
}

/* Where everything will lie. */
static void lay_out(struct writing *w)
{
	uint32_t at = 0;

	for (uint32_t i = 1; i < w->n; i++) {
		if (is_large(&w->nodes[i])) {
			w->entries[i].start = at;
			at += pieces(w->nodes[i].data.n, SECTOR);
		} else if (is_small(&w->nodes[i])) {
			w->entries[i].start = w->mini_sectors;
			w->mini_sectors += pieces(w->nodes[i].data.n, MINI);
		}
	}
	w->mini_start = at;
	at += pieces((size_t)w->mini_sectors * MINI, SECTOR);
	w->minifat_start = at;
	w->minifat_sectors = pieces((size_t)w->mini_sectors * 4, SECTOR);
	w->directory_start = w->minifat_start + w->minifat_sectors;
	w->directory_sectors = pieces((size_t)w->n * 128, SECTOR);
	w->fat_start = w->directory_start + w->directory_sectors;
	do {
		w->sectors = w->fat_start + w->fat_sectors + w->difat_sectors;
		w->fat_sectors = pieces(w->sectors, PER);
		w->difat_sectors =
		    w->fat_sectors > HEADER_FAT ? pieces(w->fat_sectors - HEADER_FAT, PER - 1) : 0;
	} while (w->sectors != w->fat_start + w->fat_sectors + w->difat_sectors);
	if (w->mini_sectors)
		w->entries[0].start = w->mini_start;
}

static void put_header(const struct writing *w, struct sk_buf *b)
{
	sk_buf_put(b, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
	sk_buf_fill(b, 0, 16);
	sk_buf_put_u16le(b, 0x3E);
	sk_buf_put_u16le(b, 3);
	sk_buf_put_u16le(b, 0xFFFE);
	sk_buf_put_u16le(b, 9);
	sk_buf_put_u16le(b, 6);
	sk_buf_fill(b, 0, 10);
	sk_buf_put_u32le(b, w->fat_sectors);
	sk_buf_put_u32le(b, w->directory_start);
	sk_buf_put_u32le(b, 0);
	sk_buf_put_u32le(b, CUTOFF);
	sk_buf_put_u32le(b, w->minifat_sectors ? w->minifat_start : END);
	sk_buf_put_u32le(b, w->minifat_sectors);
	sk_buf_put_u32le(b, w->difat_sectors ? w->fat_start + w->fat_sectors : END);
	sk_buf_put_u32le(b, w->difat_sectors);
	for (uint32_t i = 0; i < HEADER_FAT; i++)
		sk_buf_put_u32le(b, i < w->fat_sectors ? w->fat_start + i : FREE);
}

static void fill_to(struct sk_buf *b, uint8_t byte, size_t size)
{
	sk_buf_fill(b, byte, (size - b->len % size) % size);
}

static void put_streams(const struct writing *w, struct sk_buf *b)
{
	for (uint32_t i = 1; i < w->n; i++)
		if (is_large(&w->nodes[i])) {
			sk_buf_put_slice(b, w->nodes[i].data);
			fill_to(b, 0, SECTOR);
		}
	for (uint32_t i = 1; i < w->n; i++)
		if (is_small(&w->nodes[i])) {
			sk_buf_put_slice(b, w->nodes[i].data);
			fill_to(b, 0, MINI);
		}
	fill_to(b, 0, SECTOR);
}

/* `n` sectors in one piece, beginning with number `at`. */
static void put_chain(struct sk_buf *b, uint32_t at, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
		sk_buf_put_u32le(b, at + i);
	if (n)
		sk_buf_put_u32le(b, END);
}

static void put_minifat(const struct writing *w, struct sk_buf *b)
{
	for (uint32_t i = 1; i < w->n; i++)
		if (is_small(&w->nodes[i]))
			put_chain(b, w->entries[i].start, pieces(w->nodes[i].data.n, MINI));
	fill_to(b, 0xFF, SECTOR);
}

static void put_entry(const struct writing *w, uint32_t i, struct sk_buf *b)
{
	const struct entry *e = &w->entries[i];
	bool storage = e->node->storage && i;
	size_t size = i ? e->node->data.n : (size_t)w->mini_sectors * MINI;

	for (unsigned k = 0; k < 32; k++)
		sk_buf_put_u16le(b, k < e->units ? e->name[k] : 0);
	sk_buf_put_u16le(b, (uint16_t)((e->units + 1) * 2));
	sk_buf_putc(b, i == 0 ? 5 : storage ? 1 : 2);
	sk_buf_putc(b, !e->red);
	sk_buf_put_u32le(b, e->left);
	sk_buf_put_u32le(b, e->right);
	sk_buf_put_u32le(b, e->child);
	sk_buf_fill(b, 0, 36);
	sk_buf_put_u32le(b, storage ? 0 : e->start);
	sk_buf_put_u32le(b, storage ? 0 : (uint32_t)size);
	sk_buf_put_u32le(b, 0);
}

static void put_directory(const struct writing *w, struct sk_buf *b)
{
	for (uint32_t i = 0; i < w->n; i++)
		put_entry(w, i, b);
	for (uint32_t i = w->n; i % 4; i++) {
		sk_buf_fill(b, 0, 68);
		sk_buf_fill(b, 0xFF, 12);
		sk_buf_fill(b, 0, 48);
	}
}

static void put_fat(const struct writing *w, struct sk_buf *b)
{
	for (uint32_t i = 1; i < w->n; i++)
		if (is_large(&w->nodes[i]))
			put_chain(b, w->entries[i].start, pieces(w->nodes[i].data.n, SECTOR));
	put_chain(b, w->mini_start, w->minifat_start - w->mini_start);
	put_chain(b, w->minifat_start, w->minifat_sectors);
	put_chain(b, w->directory_start, w->directory_sectors);
	for (uint32_t i = 0; i < w->fat_sectors; i++)
		sk_buf_put_u32le(b, FAT_SECTOR);
	for (uint32_t i = 0; i < w->difat_sectors; i++)
		sk_buf_put_u32le(b, DIFAT_SECTOR);
	fill_to(b, 0xFF, SECTOR);
}

/* The FAT sectors that the header has no room for, each list ended by the number of the next. */
static void put_difat(const struct writing *w, struct sk_buf *b)
{
	uint32_t next = HEADER_FAT;

	for (uint32_t i = 0; i < w->difat_sectors; i++) {
		for (uint32_t k = 0; k < PER - 1; k++, next++)
			sk_buf_put_u32le(b, next < w->fat_sectors ? w->fat_start + next : FREE);
		sk_buf_put_u32le(
		    b, i + 1 < w->difat_sectors ? w->fat_start + w->fat_sectors + i + 1 : END);
	}
}

int sk_cfb_write(
    struct sk_arena *arena, const struct sk_cfb_node *nodes, uint32_t n, struct sk_buf *out)
{
	struct writing w = {.nodes = nodes, .n = n};
	size_t total = 0;

	for (uint32_t i = 0; i < n; i++)
		total += nodes[i].data.n;
	if (n == 0 || n > SK_CFB_NODES_MAX || total > (size_t)1 << 31)
		return SK_EARG;
	int rc = prepare(arena, &w);
	if (rc)
		return rc;
	lay_out(&w);
	put_header(&w, out);
	put_streams(&w, out);
	put_minifat(&w, out);
	put_directory(&w, out);
	put_fat(&w, out);
	put_difat(&w, out);
	return out->err;
}
