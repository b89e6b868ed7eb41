/*
 * TrueType outlines (ISO/IEC 14496-22, loca and glyf): every glyph read to its last byte, in the
 * one form the profile has, no instructions; composites have no loops and cannot swell. Verifier's
 * jail.
 */
#include "verify/font/font.h"

enum {
	MAX_POINTS = 32767,
	MAX_PARTS = 256, /* components of one glyph */
	MAX_DEPTH = 8,
	MAX_RESOLVED = 65535, /* simple glyphs that one composite comes to in the end */
	ON_CURVE = 0x01,
	X_SHORT = 0x02,
	Y_SHORT = 0x04,
	REPEAT = 0x08,
	X_SAME = 0x10,
	Y_SAME = 0x20,
	OVERLAP = 0x40,
	ARGS_ARE_WORDS = 0x0001,
	ARGS_ARE_XY = 0x0002,
	ROUND_XY = 0x0004,
	HAVE_SCALE = 0x0008,
	MORE = 0x0020,
	HAVE_XY_SCALE = 0x0040,
	HAVE_2X2 = 0x0080,
	USE_METRICS = 0x0200,
	COMPOUND_OVERLAP = 0x0400,
	SCALED_OFFSET = 0x0800,
	UNSCALED_OFFSET = 0x1000,
	ALL_FLAGS = ARGS_ARE_WORDS | ARGS_ARE_XY | ROUND_XY | HAVE_SCALE | MORE | HAVE_XY_SCALE |
		    HAVE_2X2 | USE_METRICS | COMPOUND_OVERLAP | SCALED_OFFSET | UNSCALED_OFFSET,
};

/* What a glyph comes to, its parts included. */
struct sum {
	uint32_t points, contours, leaves;
	uint8_t depth; /* 0: simple or empty */
	bool known;
};

struct walk {
	struct sk_check *c;
	struct sk_vf_glyf *g;
	struct sum *sums;
	uint8_t *flags; /* of the points of one glyph */
	uint32_t glyph;
};

static int fault(struct walk *w, const char *what)
{
	return sk_fail(w->c, w->glyph, "glyph %u: %s", w->glyph, what);
}

static uint32_t loca_at(const struct sk_vf_glyf *g, uint32_t i)
{
	const uint8_t *p = g->loca.p + (size_t)i * (g->long_loca ? 4 : 2);

	if (!g->long_loca)
		return 2U * (uint32_t)(p[0] << 8 | p[1]);
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int check_loca(struct sk_check *c, struct sk_vf_glyf *g)
{
	uint32_t last = 0;

	if (g->loca.n != ((size_t)g->nglyphs + 1) * (g->long_loca ? 4 : 2))
		return sk_fail(c, 0, "loca does not fit the number of glyphs");
	if (g->long_loca != (g->glyf.n > 131070))
		return sk_fail(c, 0, "loca is not in the form that the length of glyf asks for");
	for (uint32_t i = 0; i <= g->nglyphs; i++) {
		uint32_t at = loca_at(g, i);
		if ((i == 0 && at) || at < last || at % 2)
			return sk_fail(c, i, "loca is not an even rising list from 0");
		last = at;
	}
	return last == g->glyf.n ? 0 : sk_fail(c, 0, "loca does not end with glyf");
}

static struct sk_reader glyph_data(const struct sk_vf_glyf *g, uint32_t i)
{
	uint32_t at = loca_at(g, i);

	return sk_reader(sk_slice_sub(g->glyf, at, loca_at(g, i + 1) - at));
}

/* Behind a glyph: nothing, or the zero byte that makes it even. */
static int check_end(struct walk *w, struct sk_reader *r)
{
	if (r->bad)
		return fault(w, "is cut off");
	if (r->pos % 2 && sk_read_u8(r) != 0)
		return fault(w, "padding is not zero");
	return sk_read_at_end(r) ? 0 : fault(w, "bytes after its end");
}

/* Equal flags: three to 256 as one run with a count, fewer one by one. `raw` holds them as written.
 */
static int check_runs(struct walk *w, const uint8_t *raw, unsigned n)
{
	for (unsigned i = 0; i < n;) {
		unsigned run = 1;
		while (run < 256 && i + run < n && w->flags[i + run] == w->flags[i])
			run++;
		if (run < 3 ? *raw != w->flags[i]
			    : raw[0] != (w->flags[i] | REPEAT) || raw[1] != run - 1)
			return fault(w, "flags are not in their shortest form");
		raw += run < 3 ? 1 : 2;
		i += run < 3 ? 1 : run;
	}
	return 0;
}

/* The flags of n points. */
static int read_flags(struct walk *w, struct sk_reader *r, unsigned n)
{
	const uint8_t *raw = r->s.p + r->pos;

	for (unsigned i = 0; i < n;) {
		uint8_t flag = sk_read_u8(r);
		unsigned run = flag & REPEAT ? sk_read_u8(r) + 1U : 1;
		if (r->bad || run > n - i)
			return fault(w, "flags are cut off");
		if (flag & 0x80 || (flag & OVERLAP && (i || run > 1)))
			return fault(w, "flag is not allowed");
		memset(w->flags + i, flag & (uint8_t)~REPEAT, run);
		i += run;
	}
	return check_runs(w, raw, n);
}

static int read_axis(
    struct walk *w, struct sk_reader *r, unsigned n, uint8_t is_short, uint8_t is_same)
{
	int32_t at = 0;

	for (unsigned i = 0; i < n; i++) {
		uint8_t flag = w->flags[i];
		int32_t d = 0;
		if (flag & is_short) {
			d = sk_read_u8(r);
			if (d == 0)
				return fault(w, "step is not in its shortest form");
			d = flag & is_same ? d : -d;
		} else if (!(flag & is_same)) {
			d = (int16_t)sk_read_u16be(r);
			if (d >= -255 && d <= 255)
				return fault(w, "step is not in its shortest form");
		}
		at += d;
		if (at < INT16_MIN || at > INT16_MAX)
			return fault(w, "leaves the coordinate space");
	}
	return r->bad ? fault(w, "is cut off") : 0;
}

static int read_simple(struct walk *w, struct sk_reader *r, unsigned contours, struct sum *s)
{
	int last = -1;

	for (unsigned i = 0; i < contours; i++) {
		int end = sk_read_u16be(r);
		if (r->bad || end <= last || end >= MAX_POINTS)
			return fault(w, "contours do not rise");
		last = end;
	}
	unsigned n = (unsigned)last + 1;
	if (sk_read_u16be(r) != 0)
		return fault(w, "has instructions");
	int rc = read_flags(w, r, n);
	if (rc == 0)
		rc = read_axis(w, r, n, X_SHORT, X_SAME);
	if (rc == 0)
		rc = read_axis(w, r, n, Y_SHORT, Y_SAME);
	*s = (struct sum){.points = n, .contours = contours, .leaves = 1, .known = true};
	return rc ? rc : check_end(w, r);
}

static bool good_part_flags(uint16_t flags)
{
	uint16_t scale = flags & (HAVE_SCALE | HAVE_XY_SCALE | HAVE_2X2);

	return !(flags & ~ALL_FLAGS) && !(scale & (scale - 1)) &&
	       (flags & (SCALED_OFFSET | UNSCALED_OFFSET)) != (SCALED_OFFSET | UNSCALED_OFFSET);
}

/* The two arguments; in words only when bytes would not hold them. */
static bool read_arguments(struct sk_reader *r, uint16_t flags)
{
	if (!(flags & ARGS_ARE_WORDS)) {
		sk_read_skip(r, 2);
		return true;
	}
	uint16_t a = sk_read_u16be(r), b = sk_read_u16be(r);
	if (!(flags & ARGS_ARE_XY))
		return a > 255 || b > 255;
	return (int16_t)a < -128 || (int16_t)a > 127 || (int16_t)b < -128 || (int16_t)b > 127;
}

/* One component: its glyph, or a negative status. */
static int read_part(struct walk *w, struct sk_reader *r, bool *more)
{
	uint16_t flags = sk_read_u16be(r), part = sk_read_u16be(r);

	if (!r->bad && !good_part_flags(flags))
		return fault(w, "component has flags that are not allowed");
	if (part >= w->g->nglyphs)
		return fault(w, "component does not exist");
	if (!read_arguments(r, flags))
		return fault(w, "component is not in its shortest form");
	sk_read_skip(r, flags & HAVE_SCALE      ? 2
			: flags & HAVE_XY_SCALE ? 4
			: flags & HAVE_2X2      ? 8
						: 0);
	*more = flags & MORE;
	return r->bad ? fault(w, "is cut off") : part;
}

static int sum_glyph(struct walk *w, uint32_t i, unsigned depth);

static int read_composite(struct walk *w, struct sk_reader *r, struct sum *s, unsigned depth)
{
	uint32_t self = w->glyph, n = 0;
	bool more = true;

	*s = (struct sum){.depth = 1, .known = true};
	while (more) {
		if (++n > MAX_PARTS)
			return fault(w, "has too many components");
		int part = read_part(w, r, &more);
		if (part < 0)
			return part;
		int rc = sum_glyph(w, (uint32_t)part, depth + 1);
		w->glyph = self;
		if (rc)
			return rc;
		const struct sum *p = &w->sums[part];
		s->points += p->points;
		s->contours += p->contours;
		s->leaves += p->leaves + (p->leaves == 0);
		s->depth = p->depth >= s->depth ? (uint8_t)(p->depth + 1) : s->depth;
		if (s->points > MAX_POINTS || s->leaves > MAX_RESOLVED || s->depth > MAX_DEPTH)
			return fault(w, "comes to too many points or levels");
	}
	w->g->elements = n > w->g->elements ? n : w->g->elements;
	return check_end(w, r);
}

/* Read a glyph unless it is known. The depth of the calls is what ends a loop of components. */
static int sum_glyph(struct walk *w, uint32_t i, unsigned depth)
{
	struct sk_reader r = glyph_data(w->g, i);
	struct sum s = {.known = true};
	int rc = 0;

	if (w->sums[i].known)
		return 0;
	w->glyph = i;
	if (depth > MAX_DEPTH)
		return fault(w, "components nest too deeply or in a circle");
	if (sk_read_left(&r)) {
		int16_t contours = (int16_t)sk_read_u16be(&r);
		sk_read_skip(&r, 8);
		if (contours == 0 || contours < -1)
			return fault(w, "has a number of contours that is not allowed");
		rc = contours > 0 ? read_simple(w, &r, (unsigned)contours, &s)
				  : read_composite(w, &r, &s, depth);
	}
	w->sums[i] = s;
	return rc;
}

static void keep_max(uint32_t *max, uint32_t v)
{
	*max = v > *max ? v : *max;
}

int sk_vf_glyf(struct sk_check *c, struct sk_vf_glyf *g)
{
	struct walk w = {.c = c, .g = g};
	int rc = check_loca(c, g);

	w.sums = sk_arena_array(c->arena, g->nglyphs, sizeof(*w.sums));
	w.flags = sk_arena_alloc(c->arena, MAX_POINTS);
	if (w.sums == NULL || w.flags == NULL)
		return SK_ENOMEM;
	for (uint32_t i = 0; rc == 0 && i < g->nglyphs; i++) {
		rc = sum_glyph(&w, i, 0);
		const struct sum *s = &w.sums[i];
		keep_max(s->depth ? &g->composite_points : &g->points, s->points);
		keep_max(s->depth ? &g->composite_contours : &g->contours, s->contours);
		keep_max(&g->depth, s->depth);
	}
	return rc;
}
