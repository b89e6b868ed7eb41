/*
 * Lossless WebP, symbol by symbol: the pixels, copies and colour cache entries of the source are read with
 * its prefix codes and written with codes made from how often each occurs; what steers the decoding
 * (transforms, choice of groups) is read to its values and encoded anew. The pixels stay the same, no
 * decoder meets a table that is not ours, and no memory is needed for each pixel. Cleaner's jail.
 * RFC 9649, 3.
 */
#include "format/image/vp8l.h"

#include "format/image/vp8lplane.h"

#define CACHE_MAX 11
#define MODES 14          /* of the predictor */
#define UNUSED UINT32_MAX /* a group that no tile takes */

enum { PREDICTOR, COLOUR, GREEN, TABLE };

struct rewrite {
	struct sk_arena *arena;
	struct sk_vp8l_in in;
	struct sk_vp8l_out *out;
	uint32_t width, height; /* of the main plane */
	unsigned cache_bits;
	bool cached; /* a symbol of the cache occurs */
	uint32_t *choice, ngroups, tile_bits, tiles_wide;
	struct group *groups;
};

struct group {
	struct sk_vp8l_code code[SK_VP8L_CODES];
	struct sk_vp8l_group *sym;
	bool one_colour; /* pixels that take no bits */
};

static uint32_t tiles(uint32_t n, unsigned bits)
{
	return (n + (1U << bits) - 1) >> bits;
}

/* ---- transforms ---- */

/* 4.1, 4.2: of a value for each tile only the bits that mean something. */
static void settle_tiles(unsigned kind, uint32_t *pixels, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned mode = pixels[i] >> 8 & 15;
		if (kind == PREDICTOR)
			pixels[i] = 0xFF000000U | (mode < MODES ? mode << 8 : 0);
		else
			pixels[i] |= 0xFF000000U;
	}
}

static int tile_values(struct rewrite *w, unsigned kind)
{
	unsigned bits = sk_vp8l_take(&w->in, 3);
	uint32_t across = tiles(w->width, bits + 2), down = tiles(w->height, bits + 2), *pixels;
	int rc = sk_vp8l_read_plane(w->arena, &w->in, across, down, &pixels);

	if (rc)
		return rc;
	settle_tiles(kind, pixels, (size_t)across * down);
	sk_vp8l_put(w->out, bits, 3);
	return sk_vp8l_put_plane(w->arena, w->out, pixels, across, down, false);
}

/* Each channel by itself. */
static uint32_t minus(uint32_t a, uint32_t b)
{
	uint32_t out = 0;

	for (unsigned shift = 0; shift < 32; shift += 8)
		out |= (((a >> shift) - (b >> shift)) & 255) << shift;
	return out;
}

/*
 * 4.4: a table of colours, each written as its difference to the one before. It is filled up with the
 * colour that decoders show for an index behind its end, so that there is no such index.
 */
static int colour_table(struct rewrite *w)
{
	uint32_t n = sk_vp8l_take(&w->in, 8) + 1, full = n <= 2    ? 2
							 : n <= 4  ? 4
							 : n <= 16 ? 16
								   : 256;
	uint32_t *pixels, table[256] = {0}, last = 0;
	int rc = sk_vp8l_read_plane(w->arena, &w->in, n, 1, &pixels);

	if (rc)
		return rc;
	memcpy(table, pixels, n * sizeof(table[0]));
	for (uint32_t i = 0; i < n; i++)
		last = minus(last, minus(0, table[i]));
	if (n < full)
		table[n] = minus(0, last);
	sk_vp8l_put(w->out, full - 1, 8);
	w->width = tiles(w->width, full == 2 ? 3 : full == 4 ? 2 : full == 16 ? 1 : 0);
	return sk_vp8l_put_plane(w->arena, w->out, table, full, 1, false);
}

static int transforms(struct rewrite *w)
{
	unsigned seen = 0;
	int rc = 0;

	while (rc == 0 && sk_vp8l_take(&w->in, 1)) {
		unsigned kind = sk_vp8l_take(&w->in, 2);
		if (seen >> kind & 1)
			return SK_EFORMAT;
		seen |= 1U << kind;
		sk_vp8l_put(w->out, 1, 1);
		sk_vp8l_put(w->out, kind, 2);
		if (kind == TABLE)
			rc = colour_table(w);
		else if (kind != GREEN)
			rc = tile_values(w, kind);
	}
	sk_vp8l_put(w->out, 0, 1);
	return rc;
}

/* ---- groups of codes ---- */

/* Number the groups in the order in which tiles first take them. *n: of the source, then of ours. */
static uint32_t *number_groups(struct rewrite *w, size_t ntiles, uint32_t *n)
{
	uint32_t *names, used = 0;

	*n = 0;
	for (size_t i = 0; i < ntiles; i++) {
		w->choice[i] = w->choice[i] >> 8 & 0xFFFF;
		*n = w->choice[i] >= *n ? w->choice[i] + 1 : *n;
	}
	names = sk_arena_array(w->arena, *n, sizeof(names[0]));
	if (names == NULL)
		return NULL;
	memset(names, 0xFF, *n * sizeof(names[0]));
	for (size_t i = 0; i < ntiles; i++) {
		uint32_t *name = &names[w->choice[i]];
		if (*name == UNUSED)
			*name = used++;
		w->choice[i] = *name;
	}
	w->ngroups = used;
	return names;
}

static int read_group(struct rewrite *w, struct group *g)
{
	unsigned cache = w->cache_bits ? 1U << w->cache_bits : 0;
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < SK_VP8L_CODES; i++)
		rc = sk_vp8l_read_code(
		    w->arena, &w->in, sk_vp8l_alphabet(i, cache), g ? &g->code[i] : NULL);
	if (rc || g == NULL)
		return rc;
	g->one_colour = g->code[SK_VP8L_GREEN].sorted[0] < 256;
	for (unsigned i = SK_VP8L_GREEN; i <= SK_VP8L_ALPHA; i++)
		g->one_colour = g->one_colour && g->code[i].longest == 0;
	g->sym = sk_arena_alloc(w->arena, sizeof(*g->sym));
	return g->sym ? 0 : SK_ENOMEM;
}

static int read_groups(struct rewrite *w)
{
	uint32_t *names = NULL, n = 1;
	int rc = 0;

	w->ngroups = 1;
	if (sk_vp8l_take(&w->in, 1)) {
		w->tile_bits = 2 + sk_vp8l_take(&w->in, 3);
		w->tiles_wide = tiles(w->width, w->tile_bits);
		uint32_t down = tiles(w->height, w->tile_bits);
		rc = sk_vp8l_read_plane(w->arena, &w->in, w->tiles_wide, down, &w->choice);
		if (rc)
			return rc;
		names = number_groups(w, (size_t)w->tiles_wide * down, &n);
		if (names == NULL)
			return SK_ENOMEM;
	}
	w->groups = sk_arena_array(w->arena, w->ngroups, sizeof(w->groups[0]));
	if (w->groups == NULL)
		return SK_ENOMEM;
	for (uint32_t i = 0; rc == 0 && i < n; i++) {
		uint32_t name = names ? names[i] : 0;
		rc = read_group(w, name == UNUSED ? NULL : &w->groups[name]);
	}
	return rc;
}

/* Which group each tile takes: only where there is a choice. */
static int put_choice(struct rewrite *w)
{
	uint32_t down = tiles(w->height, w->tile_bits);
	size_t n = (size_t)w->tiles_wide * down;

	sk_vp8l_put(w->out, w->ngroups > 1, 1);
	if (w->ngroups == 1)
		return 0;
	uint32_t *pixels = sk_arena_array(w->arena, n, sizeof(pixels[0]));
	if (pixels == NULL)
		return SK_ENOMEM;
	for (size_t i = 0; i < n; i++)
		pixels[i] = w->choice[i] << 8;
	sk_vp8l_put(w->out, w->tile_bits - 2, 3);
	return sk_vp8l_put_plane(w->arena, w->out, pixels, w->tiles_wide, down, false);
}

/* ---- pixels ---- */

static inline struct group *group_at(const struct rewrite *w, uint32_t x, uint32_t y)
{
	if (w->choice == NULL)
		return w->groups;
	return w->groups +
	       w->choice[(size_t)(y >> w->tile_bits) * w->tiles_wide + (x >> w->tile_bits)];
}

/* One symbol: counted, or written with the code that came of the count. */
static inline void pass(struct rewrite *w, bool write, uint32_t *sym, unsigned symbol)
{
	if (write)
		sk_vp8l_put_symbol(w->out, sym, symbol);
	else
		sym[symbol]++;
}

static inline unsigned pass_number(
    struct rewrite *w, bool write, uint32_t *sym, unsigned symbol, unsigned prefix)
{
	unsigned n = sk_vp8l_extra(prefix);
	uint32_t extra = sk_vp8l_take(&w->in, n);

	pass(w, write, sym, symbol);
	if (write)
		sk_vp8l_put(w->out, extra, n);
	return sk_vp8l_number(prefix, extra);
}

/* A copy of earlier pixels; 0 when they are not there. */
static inline uint64_t pass_copy(
    struct rewrite *w, bool write, struct group *g, unsigned symbol, uint64_t at)
{
	uint64_t n = pass_number(w, write, g->sym->green, symbol, symbol - 256);

	sk_vp8l_fill(&w->in);
	unsigned prefix = sk_vp8l_symbol(&w->in, &g->code[SK_VP8L_DISTANCE]);
	uint64_t back =
	    sk_vp8l_back(pass_number(w, write, g->sym->distance, prefix, prefix), w->width);
	if (back > at || n > (uint64_t)w->width * w->height - at)
		return 0;
	return n;
}

static inline void pass_single(struct rewrite *w, bool write, struct group *g, unsigned green)
{
	pass(w, write, g->sym->green, green);
	pass(w, write, g->sym->red, sk_vp8l_symbol(&w->in, &g->code[SK_VP8L_RED]));
	sk_vp8l_fill(&w->in);
	pass(w, write, g->sym->blue, sk_vp8l_symbol(&w->in, &g->code[SK_VP8L_BLUE]));
	pass(w, write, g->sym->alpha, sk_vp8l_symbol(&w->in, &g->code[SK_VP8L_ALPHA]));
}

/* How many pixels of one colour follow: as far as the group reaches. */
static uint64_t reach(const struct rewrite *w, uint32_t x, uint64_t left)
{
	uint32_t size = 1U << w->tile_bits, edge = size - (x & (size - 1));

	if (w->choice == NULL)
		return left;
	return edge < w->width - x ? edge : w->width - x;
}

/* The only symbols of a group of one colour: how often they occur makes no difference. */
static void note_colour(struct group *g)
{
	g->sym->green[g->code[SK_VP8L_GREEN].sorted[0]] = 1;
	g->sym->red[g->code[SK_VP8L_RED].sorted[0]] = 1;
	g->sym->blue[g->code[SK_VP8L_BLUE].sorted[0]] = 1;
	g->sym->alpha[g->code[SK_VP8L_ALPHA].sorted[0]] = 1;
}

/* One symbol and what belongs to it; the number of pixels, 0 for a copy of what is not there. */
static inline uint64_t pass_one(struct rewrite *w, bool write, struct group *g, uint64_t at)
{
	sk_vp8l_fill(&w->in);
	unsigned v = sk_vp8l_symbol(&w->in, &g->code[SK_VP8L_GREEN]);
	if (v >= 256 && v < 256 + SK_VP8L_LENGTHS)
		return pass_copy(w, write, g, v, at);
	if (v < 256) {
		pass_single(w, write, g, v);
	} else {
		w->cached = true;
		pass(w, write, g->sym->green, v);
	}
	return 1;
}

/* All symbols of the main plane, counted or written. */
static inline int pass_all(struct rewrite *w, bool write)
{
	uint64_t at = 0, n = (uint64_t)w->width * w->height, step;
	uint32_t x = 0, y = 0, mask = w->choice ? (1U << w->tile_bits) - 1 : UINT32_MAX;
	struct group *g = group_at(w, 0, 0);

	for (; at < n; at += step) {
		if ((x & mask) == 0)
			g = group_at(w, x, y);
		if (g->one_colour) {
			step = reach(w, x, n - at);
			if (!write)
				note_colour(g);
		} else {
			step = pass_one(w, write, g, at);
		}
		if (step == 0 || sk_vp8l_over(&w->in))
			return SK_EFORMAT;
		uint64_t next = x + step;
		if (next >= w->width) {
			y += (uint32_t)(next / w->width);
			next %= w->width;
		}
		x = (uint32_t)next;
		if (step > 1 && at + step < n)
			g = group_at(w, x, y);
	}
	return 0;
}

/* Two passes over the same bits: the first makes the codes of the second. */
static int main_plane(struct rewrite *w)
{
	if (sk_vp8l_take(&w->in, 1)) {
		w->cache_bits = sk_vp8l_take(&w->in, 4);
		if (w->cache_bits < 1 || w->cache_bits > CACHE_MAX)
			return SK_EFORMAT;
	}
	int rc = read_groups(w);
	if (rc)
		return rc;
	struct sk_vp8l_in start = w->in;
	rc = pass_all(w, false);
	if (rc)
		return rc;
	sk_vp8l_put(w->out, w->cached, 1);
	if (w->cached)
		sk_vp8l_put(w->out, w->cache_bits, 4);
	rc = put_choice(w);
	for (uint32_t i = 0; rc == 0 && i < w->ngroups; i++)
		sk_vp8l_put_group(w->out, w->groups[i].sym, w->cached ? 1U << w->cache_bits : 0);
	w->in = start;
	return rc ? rc : pass_all(w, true);
}

static int header(struct rewrite *w, struct sk_vp8l *v)
{
	if (!v->head)
		return 0;
	if (sk_vp8l_take(&w->in, 8) != 0x2F || sk_vp8l_take(&w->in, 14) + 1 != v->width ||
	    sk_vp8l_take(&w->in, 14) + 1 != v->height)
		return SK_EFORMAT;
	v->alpha = sk_vp8l_take(&w->in, 1);
	return sk_vp8l_take(&w->in, 3) ? SK_EFORMAT : 0; /* the version */
}

static void put_header(struct sk_vp8l_out *o, const struct sk_vp8l *v)
{
	if (!v->head)
		return;
	sk_vp8l_put(o, 0x2F, 8);
	sk_vp8l_put(o, v->width - 1, 14);
	sk_vp8l_put(o, v->height - 1, 14);
	sk_vp8l_put(o, v->alpha, 1);
	sk_vp8l_put(o, 0, 3);
}

static int rewrite(struct rewrite *w, struct sk_vp8l *v, size_t *left)
{
	int rc = header(w, v);

	if (rc)
		return rc;
	put_header(w->out, v);
	rc = transforms(w);
	if (rc == 0)
		rc = main_plane(w);
	if (rc)
		return rc;
	*left = sk_read_left(&w->in.r) + w->in.have / 8 - w->in.past;
	/* A zero at the end is how some encoders close. */
	struct sk_slice all = w->in.r.s;
	if (*left == 1 && all.p[all.n - 1] == 0)
		*left = 0;
	return sk_vp8l_flush(w->out);
}

/* An arena, and in it the room for codes. */
static struct sk_vp8l_out *start_out(size_t memory, struct sk_buf *out, struct sk_arena **a)
{
	*a = sk_arena_new(memory);
	struct sk_vp8l_out *o = *a ? sk_arena_alloc(*a, sizeof(*o)) : NULL;
	if (o)
		o->out = out;
	return o;
}

int sk_vp8l_rewrite(struct sk_slice in, struct sk_vp8l *v, size_t *left, struct sk_buf *out)
{
	struct rewrite w = {.in = {.r = sk_reader(in)}, .width = v->width, .height = v->height};
	size_t start = out->len;

	w.out = start_out(v->memory, out, &w.arena);
	int rc = w.out ? rewrite(&w, v, left) : SK_ENOMEM;
	if (rc)
		out->len = start;
	sk_arena_free(w.arena);
	return rc;
}

/* ---- pixels to a stream ---- */

/* 4.1, mode 11: the neighbour, left or above, that the third one speaks for. */
static uint32_t foretell(uint32_t left, uint32_t above, uint32_t corner)
{
	int to_left = 0, to_above = 0;

	for (unsigned shift = 0; shift < 32; shift += 8) {
		int l = (int)(left >> shift & 255), a = (int)(above >> shift & 255),
		    c = (int)(corner >> shift & 255);
		to_left += a > c ? a - c : c - a;
		to_above += l > c ? l - c : c - l;
	}
	return to_left < to_above ? left : above;
}

/* What the predictor leaves of the pixels; from the end, so that neighbours are still whole. */
static void predict(uint32_t *argb, uint32_t width, uint32_t height)
{
	for (uint32_t y = height; y-- > 0;)
		for (uint32_t x = width; x-- > 0;) {
			uint32_t *p = argb + (size_t)y * width + x;
			uint32_t by = 0xFF000000U;
			if (y && x)
				by =
				    foretell(p[-1], p[-(ptrdiff_t)width], p[-(ptrdiff_t)width - 1]);
			else if (y || x)
				by = x ? p[-1] : p[-(ptrdiff_t)width];
			*p = minus(*p, by);
		}
}

/* 4.3: green goes with red and blue in most pictures. */
static void subtract_green(uint32_t *argb, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t green = argb[i] >> 8 & 255;
		argb[i] = minus(argb[i], green << 16 | green);
	}
}

static int put_picture(
    struct sk_arena *a, struct sk_vp8l_out *o, uint32_t *argb, const struct sk_vp8l *v)
{
	const unsigned bits = 7; /* the largest tiles: all have the same mode */
	uint32_t across = tiles(v->width, bits + 2), down = tiles(v->height, bits + 2);
	uint32_t *modes = sk_arena_array(a, (size_t)across * down, sizeof(modes[0]));

	if (modes == NULL)
		return SK_ENOMEM;
	for (size_t i = 0; i < (size_t)across * down; i++)
		modes[i] = 0xFF000B00U;
	put_header(o, v);
	/* An alpha plane is all green: nothing goes with it. */
	if (v->head) {
		sk_vp8l_put(o, 1 | GREEN << 1, 3);
		subtract_green(argb, (size_t)v->width * v->height);
	}
	sk_vp8l_put(o, 1 | PREDICTOR << 1, 3);
	sk_vp8l_put(o, bits, 3);
	int rc = sk_vp8l_put_plane(a, o, modes, across, down, false);
	sk_vp8l_put(o, 0, 1);
	predict(argb, v->width, v->height);
	if (rc == 0)
		rc = sk_vp8l_put_plane(a, o, argb, v->width, v->height, true);
	return rc ? rc : sk_vp8l_flush(o);
}

int sk_vp8l_encode(uint32_t *argb, const struct sk_vp8l *v, struct sk_buf *out)
{
	struct sk_arena *a;
	struct sk_vp8l_out *o = start_out(v->memory, out, &a);
	int rc = o ? put_picture(a, o, argb, v) : SK_ENOMEM;

	sk_arena_free(a);
	return rc;
}
