/* The tiles of a ledger as they lie there, and whether each leads up to the checkpoint. */
#include <stdio.h>

#include "base/err.h"
#include "ledgerverify/folder.h"

static void put_parts(struct sk_buf *b, uint64_t n, bool last)
{
	if (n >= 1000)
		put_parts(b, n / 1000, false);
	sk_buf_printf(b, last ? "%03u" : "x%03u/", (unsigned)(n % 1000));
}

void sk_lv_path(char path[PATH_BYTES], const char *kind, uint64_t n, unsigned width)
{
	struct sk_buf b = SK_BUF(PATH_BYTES - 1);

	sk_buf_printf(&b, "tile/%s/", kind);
	put_parts(&b, n, true);
	if (width < WIDTH)
		sk_buf_printf(&b, ".p/%u", width);
	snprintf(path, PATH_BYTES, "%.*s", (int)b.len, (const char *)b.p);
	sk_buf_free(&b);
}

void sk_lv_tile_path(char path[PATH_BYTES], unsigned level, uint64_t n, unsigned width)
{
	sk_lv_path(path, (const char *const[]){"0", "1", "2", "3", "4", "5", "6"}[level], n, width);
}

unsigned sk_lv_width(const struct whole *w, unsigned level, uint64_t n)
{
	uint64_t all = w->size >> 8 * level;

	return all / WIDTH > n ? WIDTH : all / WIDTH == n ? (unsigned)(all % WIDTH) : 0;
}

/* A partial tile may be gone once the full one is there, which begins with it. */
static int read_tile(
    struct whole *w, unsigned level, struct stored *s, struct sk_buf *b, char path[PATH_BYTES])
{
	char full[PATH_BYTES];

	sk_lv_tile_path(path, level, s->n, s->width);
	int rc = w->get(w->user, path, sizeof(s->h) + 1, b);
	if (rc == 0)
		return b->len == s->width * sizeof(s->h[0]) ? 0 : SK_EFORMAT;
	sk_lv_tile_path(full, level, s->n, WIDTH);
	sk_buf_reset(b);
	if (rc == SK_ELIMIT || s->width == WIDTH || w->get(w->user, full, sizeof(s->h) + 1, b))
		return rc == SK_ELIMIT ? SK_EFORMAT : SK_EIO;
	return b->len == sizeof(s->h) ? 0 : SK_EFORMAT;
}

const struct stored *sk_lv_stored(struct whole *w, unsigned level, uint64_t n)
{
	struct stored *s = &w->tile[level];
	struct sk_buf b = SK_BUF(sizeof(s->h) + 2);
	char path[PATH_BYTES];

	if (s->tried && s->n == n)
		return s->there ? s : NULL;
	*s = (struct stored){.tried = true, .n = n, .width = sk_lv_width(w, level, n)};
	int rc = s->width ? read_tile(w, level, s, &b, path) : SK_EARG;
	if (rc == 0) {
		memcpy(s->h, b.p, s->width * sizeof(s->h[0]));
		s->there = true;
	} else if (rc != SK_EARG) {
		sk_lv_tell(w->r, rc == SK_EFORMAT ? SK_LV_TILE_LENGTH : SK_LV_TILE_MISSING, path);
	}
	sk_buf_free(&b);
	return s->there ? s : NULL;
}

/* The root of `count` hashes, a power of two. */
struct sk_lv_hash sk_lv_group(const struct sk_lv_hash *h, unsigned count)
{
	if (count == 1)
		return h[0];
	struct sk_lv_hash left = sk_lv_group(h, count / 2),
			  right = sk_lv_group(h + count / 2, count / 2);
	return sk_lv_node(&left, &right);
}

/* The part of the root that one edge tile adds, from its right end. */
static void fold(const struct stored *s, struct sk_lv_hash *root, bool *any)
{
	unsigned end = s->width;

	for (unsigned count = 1; count < WIDTH; count *= 2) {
		if (!(s->width & count))
			continue;
		struct sk_lv_hash h = sk_lv_group(s->h + end - count, count);
		*root = *any ? sk_lv_node(&h, root) : h;
		*any = true;
		end -= count;
	}
}

void sk_lv_judge_edge(struct whole *w)
{
	struct sk_lv_hash root = sk_lv_hash(sk_slice("", 0));
	bool any = false, all = true;

	for (unsigned level = 0; level < LEVELS; level++) {
		uint64_t hashes = w->size >> 8 * level;
		if (hashes % WIDTH == 0)
			continue;
		const struct stored *s = sk_lv_stored(w, level, hashes / WIDTH);
		if (s)
			fold(s, &root, &any);
		all &= s != NULL;
	}
	w->edge_good = all && sk_lv_same(&root, &w->root);
}

bool sk_lv_believed(struct whole *w, unsigned level, uint64_t n)
{
	const struct stored *s = sk_lv_stored(w, level, n), *up;

	if (s == NULL)
		return false;
	if (s->judged)
		return s->good;
	bool good = w->edge_good;
	if (s->width == WIDTH) {
		up = level < LEVELS ? sk_lv_stored(w, level + 1, n / WIDTH) : NULL;
		struct sk_lv_hash h = sk_lv_group(s->h, WIDTH);
		good = up && sk_lv_same(&h, &up->h[n % WIDTH]) &&
		       sk_lv_believed(w, level + 1, n / WIDTH);
	}
	w->tile[level].judged = true;
	w->tile[level].good = good;
	return good;
}
