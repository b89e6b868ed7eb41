/*
 * Lossless WebP (RFC 9649, 3) and the alpha plane of a lossy one: transforms, colour cache, groups
 * of prefix codes, every symbol to the last pixel. Only pictures that steer the decoding (the
 * choice of groups) are kept; the others are counted. What steers it says nothing that a decoder would
 * not heed, and each code that is listed occurs. Verifier's jail.
 */
#include "verify/image/vp8.h"

#include <endian.h>

#include "verify/image/image.h"

/* Bits of the table that is asked first. */
#define LOOK 8
#define CODE_MAX 15
#define LENGTH_CODE_MAX 7
#define GREEN_MAX (256 + 24 + 2048)

/* A prefix code. Bits come from the stream the lowest first, codes are canonical. */
struct code {
	uint16_t *look;  /* symbol << 4 | length, by the next `root` bits; 0: longer */
	uint16_t *order; /* symbols longer than the table by length, then by value */
	uint8_t *listed; /* by symbol: 1 listed, 0 not, or it has occurred; NULL: no matter */
	unsigned symbols;
	unsigned root, longest;
	uint16_t first[CODE_MAX + 1], count[CODE_MAX + 1], index[CODE_MAX + 1];
};

enum { GREEN, RED, BLUE, ALPHA, DISTANCE, CODES };

struct group {
	struct code code[CODES];
	bool constant; /* one colour that takes no bits */
};

struct vp8l {
	struct sk_check *c;
	uint64_t at;
	const uint8_t *p, *end;
	uint64_t buf;
	unsigned have, pad; /* bits in buf; bytes of zeros fed behind the end */
	uint32_t w, h;
	uint16_t length_look[1 << LENGTH_CODE_MAX];
};

/* A picture inside the stream: its size, and where its pixels go (NULL: they are only counted). */
struct plane {
	uint32_t w, h;
	uint32_t *pixels;
	unsigned cache_bits;
	bool cached; /* a symbol of the cache occurs */
	uint32_t cache[2048];
	struct group *groups;
	unsigned ngroups;
	uint32_t *choice; /* the group of each tile, in bits 8 to 23; NULL: always the first */
	unsigned tile_bits;
	uint32_t tiles_wide;
};

/* The distances of codes 1 to 120: columns, rows (RFC 9649, 3.6.2.2). */
static const int8_t near[120][2] = {{0, 1}, {1, 0}, {1, 1}, {-1, 1}, {0, 2}, {2, 0}, {1, 2},
    {-1, 2}, {2, 1}, {-2, 1}, {2, 2}, {-2, 2}, {0, 3}, {3, 0}, {1, 3}, {-1, 3}, {3, 1}, {-3, 1},
    {2, 3}, {-2, 3}, {3, 2}, {-3, 2}, {0, 4}, {4, 0}, {1, 4}, {-1, 4}, {4, 1}, {-4, 1}, {3, 3},
    {-3, 3}, {2, 4}, {-2, 4}, {4, 2}, {-4, 2}, {0, 5}, {3, 4}, {-3, 4}, {4, 3}, {-4, 3}, {5, 0},
    {1, 5}, {-1, 5}, {5, 1}, {-5, 1}, {2, 5}, {-2, 5}, {5, 2}, {-5, 2}, {4, 4}, {-4, 4}, {3, 5},
    {-3, 5}, {5, 3}, {-5, 3}, {0, 6}, {6, 0}, {1, 6}, {-1, 6}, {6, 1}, {-6, 1}, {2, 6}, {-2, 6},
    {6, 2}, {-6, 2}, {4, 5}, {-4, 5}, {5, 4}, {-5, 4}, {3, 6}, {-3, 6}, {6, 3}, {-6, 3}, {0, 7},
    {7, 0}, {1, 7}, {-1, 7}, {5, 5}, {-5, 5}, {7, 1}, {-7, 1}, {4, 6}, {-4, 6}, {6, 4}, {-6, 4},
    {2, 7}, {-2, 7}, {7, 2}, {-7, 2}, {3, 7}, {-3, 7}, {7, 3}, {-7, 3}, {5, 6}, {-5, 6}, {6, 5},
    {-6, 5}, {8, 0}, {4, 7}, {-4, 7}, {7, 4}, {-7, 4}, {8, 1}, {8, 2}, {6, 6}, {-6, 6}, {8, 3},
    {5, 7}, {-5, 7}, {7, 5}, {-7, 5}, {8, 4}, {6, 7}, {-6, 7}, {7, 6}, {-7, 6}, {8, 5}, {7, 7},
    {-7, 7}, {8, 6}, {8, 7}};

static int fault(struct vp8l *d, const char *what)
{
	return sk_fail(d->c, d->at, "VP8L: %s", what);
}

/* At least 32 bits in the buffer. */
static inline void refill(struct vp8l *d)
{
	if (d->have >= 32)
		return;
	if (d->end - d->p >= 8) {
		uint64_t word;
		memcpy(&word, d->p, 8);
		d->buf |= le64toh(word) << d->have;
		d->p += (63 - d->have) >> 3;
		d->have |= 56;
		return;
	}
	while (d->have <= 56) {
		if (d->p < d->end)
			d->buf |= (uint64_t)*d->p++ << d->have;
		else
			d->pad++;
		d->have += 8;
	}
}

/* Up to 24 bits. */
static inline uint32_t take(struct vp8l *d, unsigned n)
{
	refill(d);
	uint32_t v = (uint32_t)(d->buf & ((1u << n) - 1));
	d->buf >>= n;
	d->have -= n;
	return v;
}

static inline bool over(const struct vp8l *d)
{
	return d->pad > d->have / 8;
}

static unsigned reversed(unsigned v, unsigned n)
{
	unsigned out = 0;

	while (n--) {
		out = out << 1 | (v & 1);
		v >>= 1;
	}
	return out;
}

/* The code of one symbol takes no bits; any other must be complete. */
static int count_lengths(
    struct vp8l *d, struct code *t, const uint8_t *lengths, unsigned n, unsigned *only)
{
	unsigned used = 0, left = 1, code = 0;

	for (unsigned i = 0; i < n; i++) {
		if (lengths[i] == 0)
			continue;
		t->count[lengths[i]]++;
		*only = i;
		used++;
		t->longest = lengths[i] > t->longest ? lengths[i] : t->longest;
	}
	if (used == 0)
		return fault(d, "prefix code without symbols");
	if (used == 1) {
		t->longest = 0;
		return 0;
	}
	for (unsigned len = 1; len <= t->longest; len++) {
		t->first[len] = (uint16_t)code;
		code = (code + t->count[len]) << 1;
		left = left * 2;
		if (t->count[len] > left)
			return fault(d, "prefix code with too many codes");
		left -= t->count[len];
	}
	return left ? fault(d, "prefix code is not complete") : 0;
}

/* Enter a symbol whose code fits the table. */
static void enter(struct code *t, unsigned symbol, unsigned code, unsigned len)
{
	for (unsigned at = reversed(code, len); at < 1u << t->root; at += 1u << len)
		t->look[at] = (uint16_t)(symbol << 4 | len);
}

/* Make a code from the lengths of its symbols. A table that is there already is used again. */
static int build(struct vp8l *d, struct code *t, const uint8_t *lengths, unsigned n)
{
	uint16_t next[CODE_MAX + 1], slot[CODE_MAX + 1];
	unsigned only = 0, longer = 0;
	int rc = count_lengths(d, t, lengths, n, &only);

	if (rc)
		return rc;
	t->root = t->longest < LOOK ? t->longest : LOOK;
	for (unsigned len = LOOK + 1; len <= CODE_MAX; len++) {
		t->index[len] = (uint16_t)longer;
		longer += t->count[len];
	}
	if (t->look == NULL)
		t->look = sk_arena_array(d->c->arena, (size_t)1 << t->root, sizeof(*t->look));
	t->order = sk_arena_array(d->c->arena, longer, sizeof(*t->order));
	if (t->look == NULL || t->order == NULL)
		return SK_ENOMEM;
	if (t->longest == 0) {
		t->look[0] = (uint16_t)(only << 4);
		return 0;
	}
	memcpy(next, t->first, sizeof(next));
	memcpy(slot, t->index, sizeof(slot));
	for (unsigned i = 0; i < n; i++) {
		unsigned len = lengths[i];
		if (len > LOOK)
			t->order[slot[len]++] = (uint16_t)i;
		else if (len)
			enter(t, i, next[len]++, len);
	}
	return 0;
}

/* A code longer than the table. The code is complete, so that one matches. */
static unsigned long_symbol(struct vp8l *d, const struct code *t)
{
	unsigned code = reversed((unsigned)d->buf & ((1u << LOOK) - 1), LOOK);

	for (unsigned len = LOOK + 1; len <= t->longest; len++) {
		code = code << 1 | (unsigned)(d->buf >> (len - 1) & 1);
		if (code - t->first[len] >= t->count[len])
			continue;
		d->buf >>= len;
		d->have -= len;
		return t->order[t->index[len] + code - t->first[len]];
	}
	return 0;
}

/* The next symbol; the buffer holds at least 15 bits. */
static inline unsigned symbol(struct vp8l *d, const struct code *t)
{
	unsigned e = t->look[d->buf & ((1u << t->root) - 1)], len = e & 15;

	if (__builtin_expect(len == 0 && t->longest, 0))
		return long_symbol(d, t);
	d->buf >>= len;
	d->have -= len;
	return e >> 4;
}

/* The next symbol, which has occurred now. */
static inline unsigned occurring(struct vp8l *d, const struct code *t)
{
	unsigned v = symbol(d, t);

	t->listed[v] = 0;
	return v;
}

/* 3.7.2.1.1: a code of one or two symbols. */
static int simple_lengths(struct vp8l *d, uint8_t *lengths, unsigned n)
{
	unsigned two = take(d, 1), first = take(d, take(d, 1) ? 8 : 1), second;

	if (first >= n)
		return fault(d, "symbol outside of its alphabet");
	lengths[first] = 1;
	if (!two)
		return 0;
	second = take(d, 8);
	if (second >= n || second == first)
		return fault(d, "symbol outside of its alphabet, or twice");
	lengths[second] = 1;
	return 0;
}

/* The code that the lengths of another are written in. */
static int length_code(struct vp8l *d, struct code *t)
{
	static const uint8_t order[19] = {
	    17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
	uint8_t lengths[19] = {0};
	unsigned n = 4 + take(d, 4);

	for (unsigned i = 0; i < n; i++)
		lengths[order[i]] = (uint8_t)take(d, 3);
	memset(d->length_look, 0, sizeof(d->length_look));
	*t = (struct code){.look = d->length_look};
	return build(d, t, lengths, 19);
}

/* 3.7.2.1.2: lengths with repeats. */
static int normal_lengths(struct vp8l *d, uint8_t *lengths, unsigned n)
{
	unsigned limit = n, before = 8;
	struct code t;
	int rc = length_code(d, &t);

	if (rc)
		return rc;
	if (take(d, 1)) {
		unsigned bits = 2 + 2 * take(d, 3);
		limit = 2 + take(d, bits);
		if (limit > n)
			return fault(d, "more code lengths than symbols");
	}
	for (unsigned i = 0; i < n && limit; limit--) {
		refill(d);
		unsigned v = symbol(d, &t), repeat = 1, with = v;
		if (v < 16) {
			before = v ? v : before;
		} else {
			with = v == 16 ? before : 0;
			repeat = v == 16   ? 3 + take(d, 2)
				 : v == 17 ? 3 + take(d, 3)
					   : 11 + take(d, 7);
		}
		if (repeat > n - i)
			return fault(d, "code lengths go on after the alphabet");
		memset(lengths + i, (int)with, repeat);
		i += repeat;
	}
	return 0;
}

static int read_code(struct vp8l *d, struct code *t, unsigned n)
{
	uint8_t lengths[GREEN_MAX] = {0};
	int rc = take(d, 1) ? simple_lengths(d, lengths, n) : normal_lengths(d, lengths, n);

	if (rc == 0 && over(d))
		rc = fault(d, "ends within a prefix code");
	if (rc == 0)
		rc = build(d, t, lengths, n);
	if (rc)
		return rc;
	t->symbols = n;
	t->listed = sk_arena_array(d->c->arena, n, 1);
	for (unsigned i = 0; t->listed && i < n; i++)
		t->listed[i] = lengths[i] > 0;
	return t->listed ? 0 : SK_ENOMEM;
}

/* Every symbol of a code has occurred; where none did, the code has the symbol 0 alone. */
static int check_listed(struct vp8l *d, const struct plane *pl)
{
	for (unsigned i = 0; i < pl->ngroups * CODES; i++) {
		struct code *t = &pl->groups[i / CODES].code[i % CODES];
		if (t->longest == 0 && t->look[0] >> 4 == 0)
			continue;
		if (memchr(t->listed, 1, t->symbols))
			return fault(d, "prefix code with a symbol that does not occur");
	}
	return 0;
}

/* `n` groups of five codes. */
static int read_groups(struct vp8l *d, struct plane *pl, unsigned n)
{
	const unsigned green = 256 + 24 + (pl->cache_bits ? 1u << pl->cache_bits : 0);

	/* Each code takes four bits at least: no more groups are made room for than can be there.
	 */
	if (n > ((uint64_t)(d->end - d->p) * 8 + d->have) / (4 * CODES))
		return fault(d, "more groups of codes than there is room for");
	pl->ngroups = n;
	pl->groups = sk_arena_array(d->c->arena, n, sizeof(*pl->groups));
	if (pl->groups == NULL)
		return SK_ENOMEM;
	for (unsigned i = 0; i < n; i++) {
		struct group *g = &pl->groups[i];
		for (unsigned k = 0; k < CODES; k++) {
			unsigned alphabet = k == GREEN ? green : k == DISTANCE ? 40 : 256;
			int rc = read_code(d, &g->code[k], alphabet);
			if (rc)
				return rc;
		}
		g->constant = true;
		for (unsigned k = GREEN; k <= ALPHA; k++)
			g->constant = g->constant && g->code[k].longest == 0;
		g->constant = g->constant && g->code[GREEN].look[0] >> 4 < 256;
	}
	return 0;
}

/* 3.6.2: a length or a distance from its prefix. */
static inline uint32_t prefixed(struct vp8l *d, unsigned v)
{
	if (v < 4)
		return v + 1;
	unsigned extra = (v - 2) >> 1;
	return ((2 + (v & 1)) << extra) + take(d, extra) + 1;
}

/* How many pixels back a distance code goes. */
static inline uint64_t distance(uint32_t code, uint32_t w)
{
	if (code > 120)
		return code - 120;
	int64_t back = near[code - 1][0] + (int64_t)near[code - 1][1] * w;
	return back < 1 ? 1 : (uint64_t)back;
}

/* Keep a pixel of a plane that is kept. */
static inline void keep(struct plane *pl, uint64_t at, uint32_t argb)
{
	pl->pixels[at] = argb;
	if (pl->cache_bits)
		pl->cache[0x1E35A7BDu * argb >> (32 - pl->cache_bits)] = argb;
}

static inline const struct group *group_at(const struct plane *pl, uint32_t x, uint32_t y)
{
	if (pl->choice == NULL)
		return pl->groups;
	size_t tile = (size_t)(y >> pl->tile_bits) * pl->tiles_wide + (x >> pl->tile_bits);
	return pl->groups + (pl->choice[tile] >> 8 & 0xFFFF);
}

/* A copy of earlier pixels. The number of pixels, or 0 when there is none such. */
static uint64_t copy(
    struct vp8l *d, struct plane *pl, const struct group *g, uint64_t at, unsigned prefix)
{
	uint64_t n = prefixed(d, prefix), left = (uint64_t)pl->w * pl->h - at;

	refill(d);
	uint64_t back = distance(prefixed(d, occurring(d, &g->code[DISTANCE])), pl->w);
	if (back > at || n > left)
		return 0;
	for (uint64_t i = 0; pl->pixels && i < n; i++)
		keep(pl, at + i, pl->pixels[at + i - back]);
	return n;
}

static inline void literal(
    struct vp8l *d, struct plane *pl, const struct group *g, uint64_t at, unsigned green)
{
	uint32_t red = occurring(d, &g->code[RED]);
	refill(d);
	uint32_t blue = occurring(d, &g->code[BLUE]), alpha = occurring(d, &g->code[ALPHA]);

	if (pl->pixels)
		keep(pl, at, alpha << 24 | red << 16 | (uint32_t)green << 8 | blue);
}

/* Pixels that a group of one colour gives without a bit: to the edge of its tile, or all. */
static uint64_t constant_run(
    const struct plane *pl, const struct group *g, uint32_t x, uint64_t left)
{
	uint32_t tile = 1u << pl->tile_bits;
	uint32_t edge = tile - (x & (tile - 1));

	for (unsigned k = RED; k <= ALPHA; k++)
		g->code[k].listed[g->code[k].look[0] >> 4] = 0;
	if (pl->choice == NULL)
		return left;
	return edge < pl->w - x ? edge : pl->w - x;
}

/* All pixels of a plane. */
static int read_pixels(struct vp8l *d, struct plane *pl)
{
	uint64_t at = 0, n = (uint64_t)pl->w * pl->h;
	uint32_t x = 0, y = 0, mask = pl->choice ? (1u << pl->tile_bits) - 1 : UINT32_MAX;
	const struct group *g = group_at(pl, 0, 0);

	while (at < n) {
		uint64_t step = 1;
		if ((x & mask) == 0)
			g = group_at(pl, x, y);
		refill(d);
		unsigned v = occurring(d, &g->code[GREEN]);
		pl->cached = pl->cached || v >= 256 + 24;
		if (g->constant && pl->pixels == NULL)
			step = constant_run(pl, g, x, n - at);
		else if (v < 256)
			literal(d, pl, g, at, v);
		else if (v < 256 + 24)
			step = copy(d, pl, g, at, v - 256);
		else if (pl->pixels)
			keep(pl, at, pl->cache[v - 256 - 24]);
		if (step == 0)
			return fault(d, "copy of pixels that are not there");
		if (over(d))
			return fault(d, "ends before the last pixel");
		at += step;
		x += (uint32_t)step;
		if (x >= pl->w) {
			y += x / pl->w;
			x %= pl->w;
		}
		if (step > 1 && at < n)
			g = group_at(pl, x, y);
	}
	if (pl->cache_bits && !pl->cached)
		return fault(d, "colour cache that is not used");
	return check_listed(d, pl);
}

static int read_plane(struct vp8l *d, struct plane *pl, bool main_picture);

static uint32_t tiles(uint32_t n, unsigned bits)
{
	return (n + (1u << bits) - 1) >> bits;
}

/* A picture of a number for each tile. */
static int read_tiles(
    struct vp8l *d, uint32_t w, uint32_t h, unsigned bits, uint32_t **out, size_t *n)
{
	struct plane *pl = sk_arena_alloc(d->c->arena, sizeof(*pl));

	if (pl == NULL)
		return SK_ENOMEM;
	pl->w = tiles(w, bits);
	pl->h = tiles(h, bits);
	*n = (size_t)pl->w * pl->h;
	*out = pl->pixels = sk_arena_array(d->c->arena, *n, sizeof(**out));
	return pl->pixels ? read_plane(d, pl, false) : SK_ENOMEM;
}

/* 3.7.2.2: which group each tile takes, numbered as they come up; *groups: how many, two at least. */
static int read_choice(struct vp8l *d, struct plane *pl, unsigned *groups)
{
	size_t n;

	pl->tile_bits = 2 + take(d, 3);
	pl->tiles_wide = tiles(pl->w, pl->tile_bits);
	int rc = read_tiles(d, pl->w, pl->h, pl->tile_bits, &pl->choice, &n);
	*groups = 0;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		unsigned g = pl->choice[i] >> 8 & 0xFFFF;
		if (pl->choice[i] & 0xFF0000FF || g > *groups)
			return fault(d, "choice of a group of codes");
		*groups += g == *groups;
	}
	return rc || *groups > 1 ? rc : fault(d, "choice of one group of codes");
}

/* A colour cache, groups of codes, pixels. Only the main picture may choose among groups. */
static int read_plane(struct vp8l *d, struct plane *pl, bool main_picture)
{
	unsigned groups = 1;
	int rc = 0;

	if (take(d, 1)) {
		pl->cache_bits = take(d, 4);
		if (pl->cache_bits < 1 || pl->cache_bits > 11)
			return fault(d, "size of the colour cache");
	}
	if (main_picture && take(d, 1))
		rc = read_choice(d, pl, &groups);
	if (rc == 0)
		rc = read_groups(d, pl, groups);
	return rc ? rc : read_pixels(d, pl);
}

/* 3.5.1: a mode for each tile; there are fourteen. */
static int predictor(struct vp8l *d, uint32_t w, uint32_t h)
{
	uint32_t *modes = NULL;
	size_t n = 0;
	int rc = read_tiles(d, w, h, 2 + take(d, 3), &modes, &n);

	for (size_t i = 0; rc == 0 && i < n; i++)
		if (modes[i] < 0xFF000000 || modes[i] & 0xFF00FF || (modes[i] >> 8 & 0xFF) > 13)
			rc = fault(d, "predictor mode");
	return rc;
}

/* 3.5.2: three factors for each tile. */
static int colour_factors(struct vp8l *d, uint32_t w, uint32_t h)
{
	uint32_t *factors = NULL;
	size_t n = 0;
	int rc = read_tiles(d, w, h, 2 + take(d, 3), &factors, &n);

	for (size_t i = 0; rc == 0 && i < n; i++)
		if (factors[i] < 0xFF000000)
			rc = fault(d, "factors of the colour transform");
	return rc;
}

/*
 * 3.5.4: a table of colours; small indices are packed, so that the picture gets narrower. It has all
 * colours that an index of its width can name.
 */
static int colour_table(struct vp8l *d, uint32_t *w)
{
	uint32_t entries = take(d, 8) + 1, *colours;
	size_t n;

	if (entries != 2 && entries != 4 && entries != 16 && entries != 256)
		return fault(d, "colour table that an index can miss");
	int rc = read_tiles(d, entries, 1, 0, &colours, &n);

	if (entries <= 16)
		*w = tiles(*w, entries <= 2 ? 3 : entries <= 4 ? 2 : 1);
	return rc;
}

/* 3.5: each transform at most once. The main picture is w wide behind them. */
static int transforms(struct vp8l *d, uint32_t *w, uint32_t h)
{
	unsigned seen = 0;
	int rc = 0;

	while (rc == 0 && take(d, 1)) {
		unsigned kind = take(d, 2);
		if (seen & 1u << kind)
			return fault(d, "transform twice");
		seen |= 1u << kind;
		if (kind == 0)
			rc = predictor(d, *w, h);
		else if (kind == 1)
			rc = colour_factors(d, *w, h);
		else if (kind == 3)
			rc = colour_table(d, w);
	}
	return rc;
}

/* The whole stream, and less than a byte of zeros behind it. */
static int image_stream(void *ctx)
{
	struct vp8l *d = ctx;
	uint32_t w = d->w;
	struct plane *pl = sk_arena_alloc(d->c->arena, sizeof(*pl));

	if (pl == NULL)
		return SK_ENOMEM;
	int rc = transforms(d, &w, d->h);
	pl->w = w;
	pl->h = d->h;
	if (rc == 0)
		rc = read_plane(d, pl, true);
	if (rc)
		return rc;
	int64_t rest = (int64_t)d->have - 8 * (int64_t)d->pad + 8 * (d->end - d->p);
	if (rest >= 8)
		return fault(d, "bytes after the last pixel");
	return rest > 0 && d->buf & ((1u << rest) - 1) ? fault(d, "bits after the last pixel") : 0;
}

int sk_vp8l_check_alpha(struct sk_check *c, uint64_t at, struct sk_slice in, uint32_t w, uint32_t h)
{
	struct vp8l d = {.c = c, .at = at, .p = in.p, .end = in.p + in.n, .w = w, .h = h};

	return sk_vimg_apart(c, image_stream, &d);
}

int sk_vp8l_check(
    struct sk_check *c, uint64_t at, struct sk_slice in, uint32_t *w, uint32_t *h, bool *alpha)
{
	struct vp8l d = {.c = c, .at = at, .p = in.p, .end = in.p + in.n};

	if (take(&d, 8) != 0x2F)
		return fault(&d, "signature");
	*w = d.w = take(&d, 14) + 1;
	*h = d.h = take(&d, 14) + 1;
	*alpha = take(&d, 1);
	if (take(&d, 3) || over(&d))
		return fault(&d, "version");
	int rc = sk_vimg_size(c, at, *w, *h);
	return rc ? rc : sk_vimg_apart(c, image_stream, &d);
}
