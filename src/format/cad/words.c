/*
 * Words of a drawing: outlines of the fonts that the metafiles have mapped before the jail closed, under any affine map, and
 * the lines of the text layer. Cleaner's jail.
 */
#include "format/cad/draw.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_ADVANCES_H
#include FT_OUTLINE_H
#include <math.h>

#include "base/utf8.h"
#include "format/metafile/gdi.h"

#define ASCENT 1.05 /* of the box of a line, of the height of its letters */
#define DESCENT 0.25
#define LAYER_CHARS 2000 /* of one line of the text layer */
#define LAYER_LEAST 1.0  /* points: below that readers drop words */

struct glyph {
	FT_Face face; /* NULL: no font has it */
	FT_UInt index;
	double em, advance; /* of the height of the letters */
	double stretch;     /* of its width: letters of a fixed width are half an em */
	bool none;          /* joins the one before it */
};

static bool is_wide(uint32_t cp)
{
	return cp >= 0x2E80 || cp == 0x3000 || (cp >= 0x2190 && cp < 0x2780);
}

static bool is_half(uint32_t cp)
{
	return cp >= 0xFF61 && cp <= 0xFFDC;
}

static bool is_mark(uint32_t cp)
{
	return (cp >= 0x300 && cp <= 0x36F) || (cp >= 0xFE00 && cp <= 0xFE0F) ||
	       (cp >= 0xE0100 && cp <= 0xE01EF) || cp == 0x200D || cp == 0x200C;
}

static struct glyph glyph_of(const struct sk_cad_look *look, uint32_t cp, uint32_t next)
{
	struct glyph g = {
	    .em = is_wide(cp) ? look->wide : look->latin, .stretch = 1, .none = is_mark(cp)};

	if (g.none || cp < 0x20)
		return g;
	g.face = sk_gdi_face(look->mono && !is_wide(cp), look->serif, look->bold, cp);
	g.advance = g.em * (is_wide(cp) && !is_half(cp) ? 1 : 0.5);
	if (g.face == NULL)
		return g;
	if (next >= 0xE0100 && next <= 0xE01EF)
		g.index = FT_Face_GetCharVariantIndex(g.face, cp, next);
	if (g.index == 0)
		g.index = FT_Get_Char_Index(g.face, cp);
	FT_Fixed advance = 0;
	if (g.face->units_per_EM == 0 ||
	    FT_Get_Advance(g.face, g.index, FT_LOAD_NO_SCALE, &advance))
		g.face = NULL;
	else
		g.advance = g.em * (double)advance / g.face->units_per_EM;
	if (look->mono && !is_wide(cp) && g.advance > 0) {
		g.stretch = g.em / 2 / g.advance;
		g.advance = g.em / 2;
	}
	return g;
}

static uint32_t next_of(struct sk_slice s, size_t at)
{
	int32_t cp = sk_utf8_next(s, &at);

	return cp < 0 ? 0 : (uint32_t)cp;
}

double sk_cad_words_width(
    const struct sk_cad_canvas *c, struct sk_slice s, const struct sk_cad_look *look)
{
	double width = 0;
	int32_t cp;

	(void)c;
	for (size_t at = 0; (cp = sk_utf8_next(s, &at)) != -2;) {
		struct glyph g = glyph_of(look, cp < 0 ? 0xFFFD : (uint32_t)cp, next_of(s, at));
		if (!g.none)
			width += (look->vertical ? look->wide : g.advance) + look->tracking;
	}
	return width - (width > 0 ? look->tracking : 0);
}

/* --- outlines --- */

struct pen {
	struct sk_cad_canvas *c;
	struct sk_affine m; /* units of the font to pixels */
};

static struct sk_xy on_page(const struct pen *pen, const FT_Vector *v)
{
	struct sk_xy p = sk_affine_of(&pen->m, (double)v->x, (double)v->y);

	p.x = fmax(-1e6, fmin(1e6, p.x));
	p.y = fmax(-1e6, fmin(1e6, p.y));
	return p;
}

static int move(const FT_Vector *to, void *user)
{
	const struct pen *pen = user;
	struct sk_xy p = on_page(pen, to);

	cairo_close_path(pen->c->cr);
	cairo_move_to(pen->c->cr, p.x, p.y);
	return 0;
}

static int line(const FT_Vector *to, void *user)
{
	const struct pen *pen = user;
	struct sk_xy p = on_page(pen, to);

	cairo_line_to(pen->c->cr, p.x, p.y);
	return 0;
}

static int conic(const FT_Vector *control, const FT_Vector *to, void *user)
{
	const struct pen *pen = user;
	struct sk_xy q = on_page(pen, control), p = on_page(pen, to);
	double x, y;

	cairo_get_current_point(pen->c->cr, &x, &y);
	cairo_curve_to(pen->c->cr, x + (q.x - x) * 2 / 3, y + (q.y - y) * 2 / 3,
	    p.x + (q.x - p.x) * 2 / 3, p.y + (q.y - p.y) * 2 / 3, p.x, p.y);
	return 0;
}

static int cubic(const FT_Vector *c1, const FT_Vector *c2, const FT_Vector *to, void *user)
{
	const struct pen *pen = user;
	struct sk_xy a = on_page(pen, c1), b = on_page(pen, c2), p = on_page(pen, to);

	cairo_curve_to(pen->c->cr, a.x, a.y, b.x, b.y, p.x, p.y);
	return 0;
}

static bool reaches(const struct sk_cad_canvas *c, const struct sk_affine *m)
{
	double reach = 3 * (fabs(m->a) + fabs(m->b) + fabs(m->c) + fabs(m->d));

	return isfinite(reach) && m->e + reach >= c->clip[0] && m->e - reach <= c->clip[2] &&
	       m->f + reach >= c->clip[1] && m->f - reach <= c->clip[3];
}

/* A character that no font has: an empty box, so that it is seen that something is there. */
static void box(struct sk_cad_canvas *c, const struct sk_affine *m, double w)
{
	const double x[] = {0.05, w - 0.05, w - 0.05, 0.05};
	const double y[] = {0, 0, 0.9, 0.9};

	c->missing++;
	if (c->cr == NULL || !reaches(c, m))
		return;
	for (unsigned i = 0; i < 4; i++) {
		struct sk_xy p = sk_affine_of(m, x[i], y[i]);
		cairo_line_to(c->cr, p.x, p.y);
	}
	cairo_close_path(c->cr);
	cairo_set_line_width(c->cr, fmax(1, 0.1 * c->px_mm));
	cairo_stroke(c->cr);
}

/* `m`: the space of the letters, moved to this one, to pixels. */
static void draw_glyph(struct sk_cad_canvas *c, const struct glyph *g, const struct sk_affine *m)
{
	static const FT_Outline_Funcs funcs = {move, line, conic, cubic, 0, 0};

	if (g->face == NULL) {
		box(c, m, g->advance);
		return;
	}
	double unit = g->em / g->face->units_per_EM;
	struct pen pen = {
	    c, sk_affine_mul(*m, (struct sk_affine){unit * g->stretch, 0, 0, unit, 0, 0})};
	if (!reaches(c, m) ||
	    FT_Load_Glyph(g->face, g->index, FT_LOAD_NO_SCALE | FT_LOAD_NO_BITMAP) ||
	    g->face->glyph->format != FT_GLYPH_FORMAT_OUTLINE)
		return;
	FT_Outline *o = &g->face->glyph->outline;
	if (o->n_points <= 0 || !sk_cad_spend(c, (uint64_t)o->n_points / 4 + 1))
		return;
	cairo_new_path(c->cr);
	FT_Outline_Decompose(o, &funcs, &pen);
	cairo_close_path(c->cr);
	cairo_set_fill_rule(c->cr, CAIRO_FILL_RULE_WINDING);
	cairo_fill(c->cr);
}

/* Brackets and bars stand along the line in vertical writing, commas in the upper right corner (JIS X 4051). */
static struct sk_affine upright(uint32_t cp, const struct glyph *g, double em)
{
	struct sk_affine m = {1, 0, 0, 1, -g->advance / 2, 0};
	bool lies = (cp >= 0x3008 && cp <= 0x3011) || (cp >= 0x3014 && cp <= 0x301B) ||
		    cp == 0x30FC || cp == 0x2026 || cp == 0x2014 || cp == 0x301C || cp == 0xFF5E ||
		    cp == 0xFF08 || cp == 0xFF09 || cp == 0xFF0D || cp == 0xFF1D || cp < 0x80;

	if (cp == 0x3001 || cp == 0x3002) {
		m.e += em * 0.55;
		m.f += em * 0.55;
	}
	if (lies)
		m = (struct sk_affine){0, -1, 1, 0, -em * 0.38, em * 0.4 + g->advance / 2};
	return m;
}

static void glyphs(struct sk_cad_canvas *c, struct sk_slice s, const struct sk_cad_look *look,
    const struct sk_affine *m)
{
	double at_x = 0;
	int32_t cp;

	for (size_t at = 0; (cp = sk_utf8_next(s, &at)) != -2 && !c->err;) {
		uint32_t known = cp < 0 ? 0xFFFD : (uint32_t)cp;
		struct glyph g = glyph_of(look, known, next_of(s, at));
		if (g.none)
			continue;
		struct sk_affine to = {1, 0, 0, 1, at_x, 0};
		if (look->vertical) {
			to = upright(known, &g, look->wide);
			to.f -= at_x + look->wide * 0.85;
		}
		to = sk_affine_mul(*m, to);
		if (known > 0x20 && known != 0x3000)
			draw_glyph(c, &g, &to);
		at_x += (look->vertical ? look->wide : g.advance) + look->tracking;
	}
}

/* --- the text layer --- */

static void put_layer(struct sk_cad_canvas *c, struct sk_slice text, const struct sk_text_line *l)
{
	struct sk_text_line *more =
	    sk_arena_grow(c->job->arena, c->lines, &c->lines_cap, c->nlines + 1, sizeof(*more));
	void *copy = sk_arena_dup(c->job->arena, text.p, text.n);

	if (more == NULL || copy == NULL) {
		c->err = SK_ENOMEM;
		return;
	}
	c->lines = more;
	c->lines[c->nlines] = *l;
	c->lines[c->nlines++].text = sk_slice(copy, text.n);
}

static size_t characters(struct sk_slice s, size_t from, size_t *to)
{
	size_t n = 0;

	*to = from;
	while (n < LAYER_CHARS && sk_utf8_next(s, to) != -2)
		n++;
	return n;
}

/*
 * The box of a line that lies flat, stretched over it. Other lines are put flat around their middle in letters that fit: a
 * line that is turned would come apart into single letters.
 */
static void layer(
    struct sk_cad_canvas *c, struct sk_slice s, const double box[4], bool flat, double height)
{
	double k = 72 / (25.4 * c->px_mm); /* points of a pixel */
	double w = (box[2] - box[0]) * k, h = (box[3] - box[1]) * k, size = height * k;
	size_t end;

	if (box[2] < c->clip[0] || box[0] > c->clip[2] || box[3] < c->clip[1] ||
	    box[1] > c->clip[3])
		return;
	for (size_t from = 0, n; from < s.n && (n = characters(s, from, &end)) > 0; from = end) {
		struct sk_text_line l = {(float)(box[0] * k), (float)(box[1] * k), (float)w,
		    (float)h, (float)fmax(LAYER_LEAST, size), sk_slice_sub(s, from, end - from)};
		if (!flat || w < (double)n * 0.3 * LAYER_LEAST || h < LAYER_LEAST * 1.25) {
			double fit = fmax(LAYER_LEAST, fmin(size, w / (double)n));
			l.width = (float)(fit * (double)n);
			l.height = (float)(fit * 1.25);
			l.x = (float)fmax(0, (box[0] + box[2]) / 2 * k - (double)l.width / 2);
			l.y = (float)fmax(0, (box[1] + box[3]) / 2 * k - (double)l.height / 2);
			l.size = (float)fit;
		}
		put_layer(c, l.text, &l);
	}
}

static bool has_ink(struct sk_slice s)
{
	int32_t cp;

	for (size_t at = 0; (cp = sk_utf8_next(s, &at)) != -2;)
		if (cp > 0x20 && cp != 0x3000)
			return true;
	return false;
}

static void corners(const struct sk_affine *m, const double local[4], double box[4])
{
	box[0] = box[1] = INFINITY;
	box[2] = box[3] = -INFINITY;
	for (unsigned i = 0; i < 4; i++) {
		struct sk_xy p = sk_affine_of(m, local[i & 1 ? 2 : 0], local[i & 2 ? 3 : 1]);
		box[0] = fmin(box[0], p.x);
		box[1] = fmin(box[1], p.y);
		box[2] = fmax(box[2], p.x);
		box[3] = fmax(box[3], p.y);
	}
}

/* In what is drawn, so that words count for the paper they need. */
static void measure_box(struct sk_cad_canvas *c, const double local[4], const struct sk_affine *m)
{
	const struct sk_cad_pen none = {.rgb = 0};
	struct sk_affine kept = c->m;

	c->m = sk_affine_mul(kept, *m);
	sk_cad_begin(c);
	for (unsigned i = 0; i < 4; i++)
		sk_cad_move(c, local[i & 1 ? 2 : 0], local[i & 2 ? 3 : 1]);
	sk_cad_stroke(c, &none);
	c->m = kept;
}

void sk_cad_words_draw(struct sk_cad_canvas *c, struct sk_slice s, const struct sk_cad_look *look,
    const struct sk_affine *m)
{
	struct sk_affine px = sk_affine_mul(c->page, sk_affine_mul(c->m, *m));
	double length = sk_cad_words_width(c, s, look), drawn[4];
	const double across[4] = {0, -DESCENT, length, ASCENT};
	const double down[4] = {-look->wide / 2, -length, look->wide / 2, 0};
	const double *local = look->vertical ? down : across;
	double size = hypot(px.c, px.d);

	if (!has_ink(s) || !sk_cad_spend(c, s.n))
		return;
	corners(&px, local, drawn);
	if (!isfinite(drawn[0] + drawn[1] + drawn[2] + drawn[3]) || fabs(drawn[2]) > 1e12) {
		c->odd += c->cr == NULL;
		return;
	}
	if (c->cr == NULL) {
		measure_box(c, local, m);
		return;
	}
	sk_cad_colour(c, look->rgb);
	glyphs(c, s, look, &px);
	bool flat = !look->vertical && px.a > 0 && fabs(px.b) < 0.15 * px.a && px.d < 0;
	layer(c, s, drawn, flat, size);
}
