/*
 * Rebuilds glyf (ISO/IEC 14496-22): every glyph is decoded to points or components and encoded again without
 * instructions. A glyph that is broken becomes empty, as readers draw nothing for it. Cleaner's jail.
 */
#include "format/font/internal.h"

#define POINTS_MAX 32767
#define COMPONENTS_MAX 256

enum { ON_CURVE = 1, X_SHORT = 2, Y_SHORT = 4, REPEAT = 8, X_SAME = 16, Y_SAME = 32, OVERLAP = 64 };

enum {
	WORDS = 0x0001,
	XY = 0x0002,
	SCALE = 0x0008,
	MORE = 0x0020,
	XY_SCALE = 0x0040,
	TWO_BY_TWO = 0x0080,
	KEPT = 0x1e07, /* words xy round | my metrics, overlap, scaled and unscaled offset */
};

struct simple {
	uint32_t ncontours, npoints;
	uint16_t *ends;
	uint8_t *flags;
	int32_t *x, *y;
	uint8_t *coded; /* flags as written */
};

/* What a glyph is made of, for maxp and for the order of composites. */
struct shape {
	uint16_t points, contours;
	uint8_t depth; /* composites: 1 + deepest component */
	enum { UNSEEN, BUSY, EMPTY, SIMPLE, COMPOSITE } kind;
};

struct work {
	struct sk_glyf *g;
	struct sk_buf *out;
	struct shape *shapes;
	struct simple s, again; /* as read, and as read from what was written */
	uint32_t broken, drawn;
};

/* ---- simple glyphs ---- */

static bool read_coordinates(
    struct sk_reader *r, const struct simple *s, int32_t *to, uint8_t is_short, uint8_t same)
{
	int32_t v = 0;

	for (uint32_t i = 0; i < s->npoints; i++) {
		if (s->flags[i] & is_short) {
			int32_t d = sk_read_u8(r);
			v += s->flags[i] & same ? d : -d;
		} else if (!(s->flags[i] & same)) {
			v += (int16_t)sk_read_u16be(r);
		}
		if (v < INT16_MIN || v > INT16_MAX)
			return false;
		to[i] = v;
	}
	return !r->bad;
}

static bool read_ends(struct sk_reader *r, struct simple *s)
{
	int32_t last = -1;

	for (uint32_t i = 0; i < s->ncontours; i++) {
		s->ends[i] = sk_read_u16be(r);
		if (r->bad || s->ends[i] <= last || s->ends[i] >= POINTS_MAX)
			return false;
		last = s->ends[i];
	}
	s->npoints = (uint32_t)last + 1;
	return true;
}

static bool read_simple(struct sk_reader *r, uint32_t ncontours, struct simple *s)
{
	s->ncontours = ncontours;
	if (!read_ends(r, s))
		return false;
	sk_read_skip(r, sk_read_u16be(r)); /* instructions */
	for (uint32_t i = 0; i < s->npoints && !r->bad;) {
		uint8_t flag = sk_read_u8(r);
		unsigned n = 1U + (flag & REPEAT ? sk_read_u8(r) : 0);
		for (; n && i < s->npoints; n--)
			s->flags[i++] = flag;
	}
	return read_coordinates(r, s, s->x, X_SHORT, X_SAME) &&
	       read_coordinates(r, s, s->y, Y_SHORT, Y_SAME);
}

/* The flag bits of one coordinate's difference. */
static uint8_t code_delta(int32_t d, uint8_t is_short, uint8_t same)
{
	if (d == 0)
		return same;
	if (d >= -255 && d <= 255)
		return d > 0 ? is_short | same : is_short;
	return 0;
}

static void write_coordinates(struct sk_buf *out, const int32_t *v, uint32_t n)
{
	int32_t last = 0;

	for (uint32_t i = 0; i < n; i++) {
		int32_t d = v[i] - last;
		last = v[i];
		if (d == 0)
			continue;
		if (d >= -255 && d <= 255)
			(void)sk_buf_putc(out, (uint8_t)(d < 0 ? -d : d));
		else
			(void)sk_buf_put_u16be(out, (uint16_t)d);
	}
}

static void write_flags(struct sk_buf *out, const uint8_t *flags, uint32_t n)
{
	for (uint32_t i = 0, run; i < n; i += run) {
		for (run = 1; i + run < n && run < 256 && flags[i + run] == flags[i]; run++)
			;
		if (run >= 3) {
			(void)sk_buf_putc(out, flags[i] | REPEAT);
			(void)sk_buf_putc(out, (uint8_t)(run - 1));
		} else {
			(void)sk_buf_fill(out, flags[i], run);
		}
	}
}

static void write_simple(const struct simple *s, struct sk_buf *out)
{
	int32_t x = 0, y = 0;

	for (uint32_t i = 0; i < s->ncontours; i++)
		(void)sk_buf_put_u16be(out, s->ends[i]);
	(void)sk_buf_put_u16be(out, 0);
	for (uint32_t i = 0; i < s->npoints; i++) {
		uint8_t f = s->flags[i] & (i ? ON_CURVE : ON_CURVE | OVERLAP);
		f |= code_delta(s->x[i] - x, X_SHORT, X_SAME);
		f |= code_delta(s->y[i] - y, Y_SHORT, Y_SAME);
		s->coded[i] = f;
		x = s->x[i];
		y = s->y[i];
	}
	write_flags(out, s->coded, s->npoints);
	write_coordinates(out, s->x, s->npoints);
	write_coordinates(out, s->y, s->npoints);
}

/* ---- composite glyphs ---- */

struct component {
	uint16_t flags, glyph;
	int32_t a, b;
	struct sk_slice scale;
};

static unsigned scale_bytes(unsigned flags)
{
	return flags & SCALE ? 2 : flags & XY_SCALE ? 4 : flags & TWO_BY_TWO ? 8 : 0;
}

static bool read_component(struct sk_reader *r, struct component *c)
{
	uint16_t f = sk_read_u16be(r);

	c->glyph = sk_read_u16be(r);
	if (f & WORDS) {
		c->a = sk_read_u16be(r);
		c->b = sk_read_u16be(r);
		if (f & XY) {
			c->a = (int16_t)c->a;
			c->b = (int16_t)c->b;
		}
	} else {
		c->a = sk_read_u8(r);
		c->b = sk_read_u8(r);
		if (f & XY) {
			c->a -= c->a < 128 ? 0 : 256;
			c->b -= c->b < 128 ? 0 : 256;
		}
	}
	c->scale = sk_read_slice(r, scale_bytes(f));
	uint16_t scale = f & SCALE ? SCALE : f & XY_SCALE ? XY_SCALE : f & TWO_BY_TWO;
	c->flags = (uint16_t)((f & KEPT & ~WORDS) | scale | (f & MORE));
	if ((c->flags & 0x1800) == 0x1800)
		c->flags &= (uint16_t)~0x1000U; /* readers ask for the scaled offset first */
	return !r->bad;
}

static void write_component(const struct component *c, struct sk_buf *out)
{
	int32_t low = c->flags & XY ? -128 : 0, high = c->flags & XY ? 127 : 255;
	bool words = c->a < low || c->a > high || c->b < low || c->b > high;

	(void)sk_buf_put_u16be(out, (uint16_t)(c->flags | (words ? WORDS : 0)));
	(void)sk_buf_put_u16be(out, c->glyph);
	if (words) {
		(void)sk_buf_put_u16be(out, (uint16_t)c->a);
		(void)sk_buf_put_u16be(out, (uint16_t)c->b);
	} else {
		(void)sk_buf_putc(out, (uint8_t)c->a);
		(void)sk_buf_putc(out, (uint8_t)c->b);
	}
	(void)sk_buf_put_slice(out, c->scale);
}

static uint32_t loca_entry(const struct sk_glyf *g, uint32_t i, bool *ok)
{
	size_t width = g->long_loca ? 4 : 2, at = (size_t)i * width;

	*ok = at + width <= g->loca.n;
	if (!*ok)
		return 0;
	const uint8_t *p = g->loca.p + at;
	if (!g->long_loca)
		return (uint32_t)(p[0] << 8 | p[1]) * 2;
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The bytes of a glyph. Where the offsets do not rise it reaches to the end of the table, as readers have it. */
static struct sk_slice glyph_bytes(const struct sk_glyf *g, uint32_t i)
{
	bool ok, next_ok;
	uint32_t at = loca_entry(g, i, &ok), next = loca_entry(g, i + 1, &next_ok);

	if (!ok || at >= g->glyf.n)
		return (struct sk_slice){g->glyf.p, 0};
	if (next_ok && next == at)
		return (struct sk_slice){g->glyf.p, 0};
	return sk_slice_sub(g->glyf, at, next_ok && next > at ? next - at : g->glyf.n);
}

static const struct shape *shape_of(struct work *w, uint32_t i, unsigned level);

/* Sizes of a composite; false when it is broken, too deep or refers to itself. */
static bool measure_composite(struct work *w, struct sk_reader r, struct shape *s, unsigned level)
{
	struct component c;
	unsigned n = 0, points = 0, contours = 0, depth = 0;

	do {
		if (!read_component(&r, &c) || c.glyph >= w->g->nglyphs || ++n > COMPONENTS_MAX)
			return false;
		const struct shape *part = shape_of(w, c.glyph, level + 1);
		if (part == NULL)
			return false;
		points += part->points;
		contours += part->contours;
		if (part->depth > depth)
			depth = part->depth;
		if (points > POINTS_MAX || contours > POINTS_MAX)
			return false;
	} while (c.flags & MORE);
	*s = (struct shape){(uint16_t)points, (uint16_t)contours, (uint8_t)(depth + 1), COMPOSITE};
	return s->depth <= SK_LIMIT_FONT_DEPTH;
}

/* Kind and size of a glyph, found once. NULL: it lies on the way to itself, or too deep. */
static const struct shape *shape_of(struct work *w, uint32_t i, unsigned level)
{
	struct shape *s = &w->shapes[i];
	struct sk_reader r = sk_reader(glyph_bytes(w->g, i));
	struct shape found = {.kind = EMPTY};

	if (s->kind == BUSY || level > SK_LIMIT_FONT_DEPTH)
		return NULL;
	if (s->kind != UNSEEN)
		return s;
	int16_t n = (int16_t)sk_read_u16be(&r);
	sk_read_skip(&r, 8);
	if (!r.bad && n > 0 && read_simple(&r, (uint32_t)n, &w->s)) {
		found = (struct shape){(uint16_t)w->s.npoints, (uint16_t)n, 0, SIMPLE};
	} else if (!r.bad && n < 0) {
		s->kind = BUSY;
		if (!measure_composite(w, r, &found, level))
			found = (struct shape){.kind = EMPTY};
	}
	*s = found;
	return s;
}

static unsigned write_composite(struct sk_reader r, struct sk_buf *out)
{
	struct component c;
	unsigned n = 0;

	do {
		if (!read_component(&r, &c))
			return n;
		write_component(&c, out);
		n++;
	} while (c.flags & MORE);
	return n;
}

/* ---- comparison ---- */

static bool same_simple(const struct simple *a, const struct simple *b)
{
	if (a->ncontours != b->ncontours || a->npoints != b->npoints ||
	    memcmp(a->ends, b->ends, a->ncontours * sizeof(a->ends[0])) != 0 ||
	    memcmp(a->x, b->x, a->npoints * sizeof(a->x[0])) != 0 ||
	    memcmp(a->y, b->y, a->npoints * sizeof(a->y[0])) != 0)
		return false;
	for (uint32_t i = 0; i < a->npoints; i++) {
		if ((a->flags[i] ^ b->flags[i]) & ON_CURVE)
			return false;
	}
	return true;
}

static bool same_composite(struct sk_reader a, struct sk_reader b)
{
	struct component c, d;

	do {
		if (!read_component(&a, &c) || !read_component(&b, &d) || c.flags != d.flags ||
		    c.glyph != d.glyph || c.a != d.a || c.b != d.b ||
		    !sk_slice_eq(c.scale, d.scale))
			return false;
	} while (c.flags & MORE);
	return true;
}

/* The glyph that was just written, read again, must be the one that was read before. */
static bool same_glyph(struct work *w, struct sk_reader before, size_t start, bool simple)
{
	struct sk_reader r = sk_reader(sk_slice_sub(sk_buf_slice(w->out), start, w->out->len));
	int16_t n = (int16_t)sk_read_u16be(&r);

	sk_read_skip(&r, 8);
	if (!simple)
		return n == -1 && same_composite(before, r);
	return n > 0 && read_simple(&r, (uint32_t)n, &w->again) && same_simple(&w->s, &w->again);
}

static void most(unsigned *v, unsigned n)
{
	if (n > *v)
		*v = n;
}

static int write_glyph(struct work *w, uint32_t i)
{
	const struct shape *s = shape_of(w, i, 0);
	struct sk_slice bytes = glyph_bytes(w->g, i);
	struct sk_reader r = sk_reader(bytes);
	size_t start = w->out->len;
	struct sk_glyf *g = w->g;

	if (s == NULL || s->kind == EMPTY) {
		w->broken += bytes.n > 10; /* a glyph of a header only has no contours */
		return 0;
	}
	w->drawn++;
	int16_t n = (int16_t)sk_read_u16be(&r);
	(void)sk_buf_put_u16be(w->out, (uint16_t)(n > 0 ? n : -1));
	(void)sk_buf_put_slice(w->out, sk_read_slice(&r, 8));
	struct sk_reader body = r;
	if (s->kind == SIMPLE) {
		(void)read_simple(&r, (uint32_t)n, &w->s);
		write_simple(&w->s, w->out);
		most(&g->points, s->points);
		most(&g->contours, s->contours);
	} else {
		most(&g->components, write_composite(r, w->out));
		most(&g->composite_points, s->points);
		most(&g->composite_contours, s->contours);
		most(&g->depth, s->depth);
	}
	if (w->out->len % 2)
		(void)sk_buf_putc(w->out, 0);
	if (w->out->err)
		return w->out->err;
	return same_glyph(w, body, start, s->kind == SIMPLE) ? 0 : SK_EFORMAT;
}

static int make_room(struct sk_arena *a, struct simple *s)
{
	s->ends = sk_arena_array(a, POINTS_MAX, sizeof(s->ends[0]));
	s->flags = sk_arena_array(a, POINTS_MAX, sizeof(s->flags[0]));
	s->coded = sk_arena_array(a, POINTS_MAX, sizeof(s->coded[0]));
	s->x = sk_arena_array(a, POINTS_MAX, sizeof(s->x[0]));
	s->y = sk_arena_array(a, POINTS_MAX, sizeof(s->y[0]));
	return s->ends && s->flags && s->coded && s->x && s->y ? 0 : SK_ENOMEM;
}

int sk_glyf_rebuild(struct sk_arena *arena, struct sk_glyf *g, struct sk_buf *out)
{
	struct work w = {.g = g, .out = out};
	int r = make_room(arena, &w.s);

	if (r == 0)
		r = make_room(arena, &w.again);
	w.shapes = sk_arena_array(arena, g->nglyphs, sizeof(w.shapes[0]));
	g->ends = sk_arena_array(arena, g->nglyphs, sizeof(g->ends[0]));
	if (r || w.shapes == NULL || g->ends == NULL)
		return SK_ENOMEM;
	for (uint32_t i = 0; i < g->nglyphs && r == 0; i++) {
		r = write_glyph(&w, i);
		g->ends[i] = (uint32_t)out->len;
	}
	/* A few broken glyphs are in many fonts; when a quarter is broken the font was not understood. */
	return r == 0 && w.broken > 2 + w.drawn / 3 ? SK_EFORMAT : r;
}
