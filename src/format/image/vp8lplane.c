/*
 * Planes of lossless WebP that serve the picture (modes of tiles, colour tables): read to pixels, and
 * written as runs and single pixels. Cleaner's jail. RFC 9649, 3.
 */
#include "format/image/vp8lplane.h"

#define RUN_MIN 3
#define RUN_MAX 4096
#define CACHE_MAX 11

/* 3.6.2.2: a neighbour as row << 4 | 8 - column, in the order of the codes 1 to 120. */
static const uint8_t neighbours[120] = {0x18, 0x07, 0x17, 0x19, 0x28, 0x06, 0x27, 0x29, 0x16, 0x1a,
    0x26, 0x2a, 0x38, 0x05, 0x37, 0x39, 0x15, 0x1b, 0x36, 0x3a, 0x25, 0x2b, 0x48, 0x04, 0x47, 0x49,
    0x14, 0x1c, 0x35, 0x3b, 0x46, 0x4a, 0x24, 0x2c, 0x58, 0x45, 0x4b, 0x34, 0x3c, 0x03, 0x57, 0x59,
    0x13, 0x1d, 0x56, 0x5a, 0x23, 0x2d, 0x44, 0x4c, 0x55, 0x5b, 0x33, 0x3d, 0x68, 0x02, 0x67, 0x69,
    0x12, 0x1e, 0x66, 0x6a, 0x22, 0x2e, 0x54, 0x5c, 0x43, 0x4d, 0x65, 0x6b, 0x32, 0x3e, 0x78, 0x01,
    0x77, 0x79, 0x53, 0x5d, 0x11, 0x1f, 0x64, 0x6c, 0x42, 0x4e, 0x76, 0x7a, 0x21, 0x2f, 0x75, 0x7b,
    0x31, 0x3f, 0x63, 0x6d, 0x52, 0x5e, 0x00, 0x74, 0x7c, 0x41, 0x4f, 0x10, 0x20, 0x62, 0x6e, 0x30,
    0x73, 0x7d, 0x51, 0x5f, 0x40, 0x72, 0x7e, 0x61, 0x6f, 0x50, 0x71, 0x7f, 0x60, 0x70};

uint64_t sk_vp8l_back(uint32_t distance, uint32_t width)
{
	if (distance > 120)
		return distance - 120;
	unsigned v = neighbours[distance - 1];
	int64_t back = (int64_t)(v >> 4) * width + 8 - (v & 15);
	return back < 1 ? 1 : (uint64_t)back;
}

struct reading {
	struct sk_vp8l_in *in;
	struct sk_vp8l_code code[SK_VP8L_CODES];
	uint32_t width;
	uint64_t at, n;
	uint32_t *pixels, *cache;
	unsigned cache_bits;
};

static void keep(struct reading *d, uint32_t argb)
{
	d->pixels[d->at++] = argb;
	if (d->cache_bits)
		d->cache[argb * 0x1E35A7BDU >> (32 - d->cache_bits)] = argb;
}

static bool copy(struct reading *d, unsigned prefix)
{
	uint32_t n = sk_vp8l_number(prefix, sk_vp8l_take(d->in, sk_vp8l_extra(prefix)));

	sk_vp8l_fill(d->in);
	prefix = sk_vp8l_symbol(d->in, &d->code[SK_VP8L_DISTANCE]);
	uint64_t back = sk_vp8l_back(
	    sk_vp8l_number(prefix, sk_vp8l_take(d->in, sk_vp8l_extra(prefix))), d->width);
	if (back > d->at || n > d->n - d->at)
		return false;
	while (n--)
		keep(d, d->pixels[d->at - back]);
	return true;
}

static void single(struct reading *d, uint32_t green)
{
	uint32_t red = sk_vp8l_symbol(d->in, &d->code[SK_VP8L_RED]);

	sk_vp8l_fill(d->in);
	uint32_t blue = sk_vp8l_symbol(d->in, &d->code[SK_VP8L_BLUE]);
	uint32_t alpha = sk_vp8l_symbol(d->in, &d->code[SK_VP8L_ALPHA]);
	keep(d, alpha << 24 | red << 16 | green << 8 | blue);
}

static int read_pixels(struct reading *d)
{
	while (d->at < d->n) {
		sk_vp8l_fill(d->in);
		unsigned v = sk_vp8l_symbol(d->in, &d->code[SK_VP8L_GREEN]);
		if (v < 256)
			single(d, v);
		else if (v >= 256 + SK_VP8L_LENGTHS)
			keep(d, d->cache[v - 256 - SK_VP8L_LENGTHS]);
		else if (!copy(d, v - 256))
			return SK_EFORMAT;
		if (sk_vp8l_over(d->in))
			return SK_EFORMAT;
	}
	return 0;
}

int sk_vp8l_read_plane(
    struct sk_arena *a, struct sk_vp8l_in *in, uint32_t width, uint32_t height, uint32_t **out)
{
	struct reading d = {.in = in, .width = width, .n = (uint64_t)width * height};
	int rc = 0;

	if (sk_vp8l_take(in, 1)) {
		d.cache_bits = sk_vp8l_take(in, 4);
		if (d.cache_bits < 1 || d.cache_bits > CACHE_MAX)
			return SK_EFORMAT;
	}
	d.cache = sk_arena_array(a, (size_t)1 << d.cache_bits, sizeof(d.cache[0]));
	d.pixels = sk_arena_array(a, d.n, sizeof(d.pixels[0]));
	if (d.cache == NULL || d.pixels == NULL)
		return SK_ENOMEM;
	for (unsigned i = 0; rc == 0 && i < SK_VP8L_CODES; i++)
		rc = sk_vp8l_read_code(
		    a, in, sk_vp8l_alphabet(i, d.cache_bits ? 1U << d.cache_bits : 0), &d.code[i]);
	if (rc == 0)
		rc = read_pixels(&d);
	if (rc == 0)
		*out = d.pixels;
	return rc;
}

/* ---- writing ---- */

void sk_vp8l_put_group(struct sk_vp8l_out *o, struct sk_vp8l_group *g, unsigned cache)
{
	sk_vp8l_put_code(o, g->green, sk_vp8l_alphabet(SK_VP8L_GREEN, cache));
	sk_vp8l_put_code(o, g->red, 256);
	sk_vp8l_put_code(o, g->blue, 256);
	sk_vp8l_put_code(o, g->alpha, 256);
	sk_vp8l_put_code(o, g->distance, SK_VP8L_DISTANCES);
}

struct writing {
	struct sk_vp8l_out *o; /* NULL: only count */
	struct sk_vp8l_group *g;
	const uint32_t *pixels;
	uint32_t width;
	uint64_t n;
};

/* How many pixels from `at` are the same as those `back` before. */
static uint32_t run_at(const struct writing *w, uint64_t at, uint64_t back)
{
	uint32_t n = 0;

	if (back > at)
		return 0;
	while (n < RUN_MAX && at + n < w->n && w->pixels[at + n] == w->pixels[at + n - back])
		n++;
	return n;
}

static void put_single(const struct writing *w, uint32_t v)
{
	unsigned a = v >> 24, r = v >> 16 & 255, g = v >> 8 & 255, b = v & 255;

	if (w->o) {
		sk_vp8l_put_symbol(w->o, w->g->green, g);
		sk_vp8l_put_symbol(w->o, w->g->red, r);
		sk_vp8l_put_symbol(w->o, w->g->blue, b);
		sk_vp8l_put_symbol(w->o, w->g->alpha, a);
	} else {
		w->g->green[g]++;
		w->g->red[r]++;
		w->g->blue[b]++;
		w->g->alpha[a]++;
	}
}

/* A run of n > 0 pixels; `distance` is 1 (the row above) or 2 (to the left). */
static void put_run(const struct writing *w, uint32_t n, unsigned distance)
{
	unsigned prefix = n - 1, extra = 0;

	if (n > 4) {
		unsigned top = 31 - (unsigned)__builtin_clz(n - 1);
		extra = top - 1;
		prefix = 2 * top + ((n - 1) >> extra & 1);
	}
	if (w->o) {
		sk_vp8l_put_symbol(w->o, w->g->green, 256 + prefix);
		sk_vp8l_put(w->o, (n - 1) & ((1U << extra) - 1), extra);
		sk_vp8l_put_symbol(w->o, w->g->distance, distance - 1);
	} else {
		w->g->green[256 + prefix]++;
		w->g->distance[distance - 1]++;
	}
}

static void walk(const struct writing *w)
{
	for (uint64_t at = 0; at < w->n;) {
		uint32_t left = run_at(w, at, 1), above = run_at(w, at, w->width);
		uint32_t n = above > left ? above : left;
		if (n < RUN_MIN) {
			put_single(w, w->pixels[at++]);
			continue;
		}
		put_run(w, n, above >= left ? 1 : 2);
		at += n;
	}
}

int sk_vp8l_put_plane(struct sk_arena *a, struct sk_vp8l_out *o, const uint32_t *pixels,
    uint32_t width, uint32_t height, bool main)
{
	struct writing w = {
	    NULL, sk_arena_alloc(a, sizeof(*w.g)), pixels, width, (uint64_t)width * height};

	if (w.g == NULL)
		return SK_ENOMEM;
	walk(&w);
	sk_vp8l_put(o, 0, 1); /* no colour cache */
	if (main)
		sk_vp8l_put(o, 0, 1); /* one group */
	sk_vp8l_put_group(o, w.g, 0);
	w.o = o;
	walk(&w);
	return o->out->err;
}
