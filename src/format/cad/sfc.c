/*
 * A cleaned sfc drawn: the features of SXF 3.1 in their order. What stands before a definition (a figure, a composite curve, the
 * sheet) belongs to it; tables count from 1 on in the order they stand in. Cleaner's jail.
 */
#include "format/cad/sxf.h"

#include <math.h>
#include <stdlib.h>

#define OWN 17       /* first code of colours and line types of one's own */
#define OWN_WIDTH 11 /* of widths */

struct feature {
	struct sk_slice name;
	const struct sk_slice *args;
	size_t n;
};

/* Features from..to, not itself. */
struct group {
	struct sk_slice name;
	size_t from, to, at;
	bool open;
};

struct table {
	size_t *v; /* features */
	size_t n, cap;
};

struct sfc {
	struct sk_cad *cad;
	struct sk_slice *args;
	size_t nargs, args_cap;
	struct feature *features;
	size_t nfeatures, features_cap;
	struct group *figures; /* by name */
	size_t nfigures, figures_cap;
	struct group *curves;
	size_t ncurves, curves_cap;
	struct group sheet;
	bool has_sheet;
	struct table layers, colours, types, widths, fonts;
};

struct frame {
	struct sfc *s;
	struct sk_cad_canvas *c;
	unsigned depth;
};

/* --- reading --- */

static void *room(struct sk_job *job, void *old, size_t *cap, size_t n, size_t size)
{
	return sk_arena_grow(job->arena, old, cap, n + 1, size);
}

/* The end of a parameter: its quote before a comma or the parenthesis (profile, section 4). */
static size_t param_end(const struct sfc *s, struct sk_slice in, size_t at, bool text)
{
	while (at < in.n) {
		size_t n = sk_cad_character(s->cad, in, at), q = at + text;
		bool end = (!text || in.p[at] == '\\') && q + 1 < in.n && in.p[q] == '\'' &&
			   (in.p[q + 1] == ',' || in.p[q + 1] == ')');
		if (end)
			return at;
		at += n ? n : 1;
	}
	return in.n;
}

static int read_args(struct sfc *s, struct sk_slice line, size_t at, struct feature *f)
{
	while (at < line.n && (line.p[at] == '\'' || line.p[at] == '\\')) {
		bool text = line.p[at] == '\\';
		size_t from = at + 1 + text, end = param_end(s, line, from, text);
		struct sk_slice *more =
		    room(s->cad->job, s->args, &s->args_cap, s->nargs, sizeof(*more));
		if (more == NULL)
			return SK_ENOMEM;
		s->args = more;
		s->args[s->nargs++] = sk_slice_sub(line, from, end - from);
		f->n++;
		at = end + 2 + text;
	}
	return 0;
}

/* #n = name(…) */
static int read_feature(struct sfc *s, struct sk_slice line)
{
	size_t at = sk_slice_find(line, 0, SK_SLICE_LIT(" = "));
	size_t open = sk_slice_find(line, 0, SK_SLICE_LIT("("));

	if (at == SIZE_MAX || open == SIZE_MAX || open < at + 3)
		return 0;
	struct feature *more =
	    room(s->cad->job, s->features, &s->features_cap, s->nfeatures, sizeof(*more));
	if (more == NULL)
		return SK_ENOMEM;
	s->features = more;
	struct feature *f = &s->features[s->nfeatures++];
	*f = (struct feature){sk_slice_sub(line, at + 3, open - at - 3), NULL, 0};
	/* The array moves as it grows: for now the number of the first. */
	return read_args(s, line, open + 1, f);
}

static int read_lines(struct sfc *s, struct sk_slice in)
{
	bool inside = false;
	int rc = 0;

	for (size_t at = 0; at < in.n && rc == 0;) {
		struct sk_slice line = sk_cad_line(in, &at);
		if (inside && line.n && line.p[0] == '#')
			rc = read_feature(s, line);
		inside = sk_slice_starts(line, SK_SLICE_LIT("/*SXF"));
	}
	size_t n = 0;
	for (size_t i = 0; i < s->nfeatures; i++) {
		s->features[i].args = s->args + n;
		n += s->features[i].n;
	}
	return rc;
}

/* --- values --- */

static struct sk_slice string(const struct feature *f, size_t i)
{
	return i < f->n ? f->args[i] : sk_slice("", 0);
}

/* Numbers are short; what is long is read no further. */
static struct sk_slice field(const struct feature *f, size_t i)
{
	return sk_cad_trim(sk_slice_sub(string(f, i), 0, 80));
}

static double real(const struct frame *x, const struct feature *f, size_t i)
{
	return i < f->n ? sk_cad_real(x->c, field(f, i)) : 0;
}

static int64_t integer(const struct feature *f, size_t i)
{
	return i < f->n ? sk_cad_integer(field(f, i)) : 0;
}

static struct sk_xy point(const struct frame *x, const struct feature *f, size_t i)
{
	return (struct sk_xy){real(x, f, i), real(x, f, i + 1)};
}

/* (1,2,3) */
static double *numbers(struct sk_cad_canvas *c, struct sk_slice s, size_t *n)
{
	size_t most = 1, from = 0;

	for (size_t i = 0; i < s.n; i++)
		most += s.p[i] == ',';
	double *v = sk_arena_array(c->job->arena, most, sizeof(*v));
	*n = 0;
	if (v == NULL)
		c->err = SK_ENOMEM;
	for (size_t i = 0; v && i < s.n; i++) {
		if (s.p[i] == '(')
			from = i + 1;
		if ((s.p[i] != ',' && s.p[i] != ')') || *n == most)
			continue;
		if (i > from)
			v[(*n)++] = sk_cad_real(c, sk_cad_trim(sk_slice_sub(s, from, i - from)));
		from = i + 1;
	}
	return v;
}

static struct sk_xy *points(const struct frame *x, const struct feature *f, size_t i, size_t *n)
{
	size_t nx, ny;
	const double *vx = numbers(x->c, string(f, i), &nx);
	const double *vy = numbers(x->c, string(f, i + 1), &ny);

	*n = nx < ny ? nx : ny;
	struct sk_xy *p = sk_arena_array(x->c->job->arena, *n + 1, sizeof(*p));
	if (p == NULL || vx == NULL || vy == NULL) {
		x->c->err = SK_ENOMEM;
		*n = 0;
		return NULL;
	}
	for (size_t k = 0; k < *n; k++)
		p[k] = (struct sk_xy){vx[k], vy[k]};
	return p;
}

/* --- tables and groups --- */

static int note(struct sfc *s, struct table *t, size_t i)
{
	size_t *more = room(s->cad->job, t->v, &t->cap, t->n, sizeof(*more));

	if (more == NULL)
		return SK_ENOMEM;
	t->v = more;
	t->v[t->n++] = i;
	return 0;
}

static struct table *table_of(struct sfc *s, struct sk_slice name)
{
	if (sk_slice_is(name, "layer_feature"))
		return &s->layers;
	if (sk_slice_is(name, "user_defined_colour_feature"))
		return &s->colours;
	if (sk_slice_is(name, "user_defined_font_feature"))
		return &s->types;
	if (sk_slice_is(name, "text_font_feature"))
		return &s->fonts;
	return NULL;
}

/* Widths stand in one table, predefined ones with their own codes. */
static bool own_width(const struct feature *f)
{
	double mm, v = sk_cad_real(NULL, field(f, 0));

	for (int64_t i = 1; sxf_width(i, &mm); i++)
		if (fabs(mm - v) < 1e-6)
			return false;
	return true;
}

static int add_group(struct sfc *s, struct group **v, size_t *n, size_t *cap, const struct group *g)
{
	struct group *more = room(s->cad->job, *v, cap, *n, sizeof(*more));

	if (more == NULL)
		return SK_ENOMEM;
	*v = more;
	(*v)[(*n)++] = *g;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct group *x = a, *y = b;
	size_t n = x->name.n < y->name.n ? x->name.n : y->name.n;
	int d = n ? memcmp(x->name.p, y->name.p, n) : 0;

	return d ? d : (x->name.n > y->name.n) - (x->name.n < y->name.n);
}

static int arrange(struct sfc *s)
{
	size_t from = 0;
	int rc = 0;

	for (size_t i = 0; i < s->nfeatures && rc == 0; i++) {
		const struct feature *f = &s->features[i];
		struct group g = {string(f, 0), from, i, i, false};
		struct table *t = table_of(s, f->name);
		bool figure = sk_slice_is(f->name, "sfig_org_feature");
		bool curve = sk_slice_is(f->name, "composite_curve_org_feature");
		bool sheet = sk_slice_is(f->name, "drawing_sheet_feature");
		if (t)
			rc = note(s, t, i);
		else if (sk_slice_is(f->name, "width_feature") && own_width(f))
			rc = note(s, &s->widths, i);
		else if (figure)
			rc = add_group(s, &s->figures, &s->nfigures, &s->figures_cap, &g);
		else if (curve)
			rc = add_group(s, &s->curves, &s->ncurves, &s->curves_cap, &g);
		else if (sheet && !s->has_sheet)
			s->sheet = g;
		s->has_sheet = s->has_sheet || sheet;
		if (figure || curve || sheet)
			from = i + 1;
	}
	if (!s->has_sheet)
		s->sheet = (struct group){{0}, from, s->nfeatures, 0, false};
	if (s->nfigures)
		qsort(s->figures, s->nfigures, sizeof(*s->figures), by_name);
	return rc;
}

/* --- look --- */

static const struct feature *entry(
    const struct sfc *s, const struct table *t, int64_t code, int64_t first)
{
	int64_t i = code - first;

	return i >= 0 && i < (int64_t)t->n ? &s->features[t->v[i]] : NULL;
}

static uint32_t colour(const struct sfc *s, int64_t code)
{
	const struct feature *f = entry(s, &s->colours, code, OWN);
	uint32_t rgb = 0;

	for (unsigned i = 0; f && i < 3; i++) {
		int64_t v = integer(f, i);
		rgb = rgb << 8 | (uint32_t)(v < 0 ? 0 : v > 255 ? 255 : v);
	}
	return f || sxf_colour(code, &rgb) ? rgb : 0;
}

static struct sk_cad_dashes dashes(const struct frame *x, int64_t code)
{
	const struct feature *f = entry(x->s, &x->s->types, code, OWN);
	struct sk_cad_dashes d = {0};
	size_t n;

	if (f == NULL) {
		sxf_line_type(code, &d);
		return d;
	}
	const double *v = numbers(x->c, sk_slice_sub(string(f, 2), 0, 1024), &n);
	for (size_t i = 0; v && i < n && i < SK_CAD_DASHES; i++)
		d.v[d.n++] = fabs(v[i]);
	d.n -= d.n % 2;
	return d;
}

static double width(const struct sfc *s, int64_t code)
{
	const struct feature *f = entry(s, &s->widths, code, OWN_WIDTH);
	double mm = f ? sk_cad_real(NULL, field(f, 0)) : 0;

	if (!(mm > 0 && mm < 100) && !sxf_width(code, &mm))
		mm = 0.13;
	return mm;
}

/* Colour, line type and width at i. */
static struct sk_cad_pen pen_of(const struct frame *x, const struct feature *f, size_t i)
{
	return (struct sk_cad_pen){sxf_visible(colour(x->s, integer(f, i))),
	    width(x->s, integer(f, i + 2)), dashes(x, integer(f, i + 1))};
}

/* --- figures --- */

static void stroke_points(
    const struct frame *x, const struct sk_xy *p, size_t n, const struct sk_cad_pen *pen)
{
	sk_cad_begin(x->c);
	for (size_t i = 0; i < n; i++) {
		if (i)
			sk_cad_to(x->c, p[i].x, p[i].y);
		else
			sk_cad_move(x->c, p[i].x, p[i].y);
	}
	sk_cad_stroke(x->c, pen);
}

struct bow {
	struct sk_xy o;
	double rx, ry, turn, from, to; /* degrees */
	bool clockwise;
};

/* Continues the path, or begins one. */
static void bow(const struct frame *x, const struct bow *b, bool begin)
{
	double r = fmod(b->turn, 360) * M_PI / 180;
	double t0 = fmod(b->from, 360) * M_PI / 180, t1 = fmod(b->to, 360) * M_PI / 180;
	struct sk_xy major = {b->rx * cos(r), b->rx * sin(r)},
		     minor = {-b->ry * sin(r), b->ry * cos(r)};
	double px = b->o.x + major.x * cos(t0) + minor.x * sin(t0);
	double py = b->o.y + major.y * cos(t0) + minor.y * sin(t0);

	if (b->clockwise && t1 >= t0 - 1e-9)
		t1 -= 2 * M_PI;
	if (!b->clockwise && t1 <= t0 + 1e-9)
		t1 += 2 * M_PI;
	if (begin)
		sk_cad_move(x->c, px, py);
	else
		sk_cad_to(x->c, px, py);
	sk_cad_ellipse(x->c, b->o, major, minor, t0, t1);
}

/* Points of a spline are those of cubics, three and one more; others it goes through. */
static void spline(const struct frame *x, const struct feature *f, bool begin)
{
	size_t n;
	const struct sk_xy *p = points(x, f, 6, &n);

	if (x->c->err || n < 2)
		return;
	if (n % 3 != 1) {
		sk_cad_through(x->c, p, n);
		return;
	}
	if (begin)
		sk_cad_move(x->c, p[0].x, p[0].y);
	else
		sk_cad_to(x->c, p[0].x, p[0].y);
	for (size_t i = 0; i + 3 < n; i += 3)
		sk_cad_bezier(x->c, p + i);
}

static void clothoid(const struct frame *x, const struct feature *f)
{
	struct sk_affine kept = x->c->m;

	x->c->m = sk_affine_mul(kept, sk_affine_place(real(x, f, 4), real(x, f, 5),
					  fmod(real(x, f, 8), 360) * M_PI / 180, 1, 1));
	sxf_clothoid(x->c, real(x, f, 6), integer(f, 7) == 1, real(x, f, 9), real(x, f, 10));
	x->c->m = kept;
}

static bool is(const struct feature *f, const char *name)
{
	return sk_slice_is(f->name, name);
}

/* A feature that is a line, onto the path; false: it is none. */
static bool curve(const struct frame *x, const struct feature *f, bool begin)
{
	size_t n = 0;
	struct bow b = {point(x, f, 4), real(x, f, 6), real(x, f, 6), 0, 0, 360, false};

	if (is(f, "line_feature") || is(f, "polyline_feature")) {
		struct sk_xy ends[2] = {point(x, f, 4), point(x, f, 6)};
		const struct sk_xy *p = ends;
		if (is(f, "polyline_feature"))
			p = points(x, f, 5, &n);
		else
			n = 2;
		for (size_t i = 0; i < n; i++, begin = false) {
			if (begin)
				sk_cad_move(x->c, p[i].x, p[i].y);
			else
				sk_cad_to(x->c, p[i].x, p[i].y);
		}
	} else if (is(f, "circle_feature")) {
		bow(x, &b, begin);
	} else if (is(f, "arc_feature")) {
		b.clockwise = integer(f, 7) == 1;
		b.from = real(x, f, 8);
		b.to = real(x, f, 9);
		bow(x, &b, begin);
	} else if (is(f, "ellipse_feature")) {
		b.ry = real(x, f, 7);
		b.turn = real(x, f, 8);
		bow(x, &b, begin);
	} else if (is(f, "ellipse_arc_feature")) {
		b.ry = real(x, f, 7);
		b.clockwise = integer(f, 8) == 1;
		b.turn = real(x, f, 9);
		b.from = real(x, f, 10);
		b.to = real(x, f, 11);
		bow(x, &b, begin);
	} else if (is(f, "spline_feature")) {
		spline(x, f, begin);
	} else if (is(f, "clothoid_feature")) {
		clothoid(x, f);
	} else {
		return false;
	}
	return true;
}

/* --- words, dimensions --- */

/* Font, string, place, height, width, spacing, angle, slant, base, direction from i on. */
static void words(const struct frame *x, const struct feature *f, size_t i)
{
	const struct sfc *s = x->s;
	const struct feature *font = entry(s, &s->fonts, integer(f, i), 1);
	enum sk_charset cs = s->cad->charset;
	struct sk_slice name =
	    font ? sk_cad_utf8(x->c->job, cs, sk_slice_sub(string(font, 0), 0, 256))
		 : sk_slice("", 0);
	int64_t base = integer(f, i + 9);
	struct sxf_words w = {sk_cad_utf8(x->c->job, cs, string(f, i + 1)), real(x, f, i + 2),
	    real(x, f, i + 3), real(x, f, i + 4), real(x, f, i + 5), real(x, f, i + 6),
	    real(x, f, i + 7), real(x, f, i + 8), base > 0 && base < 10 ? (unsigned)base : 1,
	    integer(f, i + 10) == 2, name, sxf_visible(colour(s, integer(f, 1)))};

	sxf_words(x->c, &w);
}

static void line(
    const struct frame *x, struct sk_xy a, struct sk_xy b, const struct sk_cad_pen *pen)
{
	const struct sk_xy p[2] = {a, b};

	stroke_points(x, p, 2, pen);
}

/* Whether there is one, its base, its beginning and its end. */
static void extension(
    const struct frame *x, const struct feature *f, size_t i, const struct sk_cad_pen *pen)
{
	if (integer(f, i) == 1)
		line(x, point(x, f, i + 3), point(x, f, i + 5), pen);
}

/* Sign, direction (1 out of the line, 2 into it), place, scale; `out` is the way out of the line there. */
static void arrow(const struct frame *x, const struct feature *f, size_t i, struct sk_xy out,
    const struct sk_cad_pen *pen)
{
	int64_t way = integer(f, i + 1);

	if (way == 2)
		out = (struct sk_xy){-out.x, -out.y};
	if (way)
		sxf_arrow(x->c, integer(f, i), point(x, f, i + 2), out, real(x, f, i + 4), pen);
}

/* Out of the line a to b at the place of the arrow: away from the farther end. */
static struct sk_xy way_out(
    const struct frame *x, const struct feature *f, size_t i, struct sk_xy a, struct sk_xy b)
{
	struct sk_xy p = point(x, f, i + 2);
	bool at_a = hypot(p.x - a.x, p.y - a.y) < hypot(p.x - b.x, p.y - b.y);

	return at_a ? (struct sk_xy){a.x - b.x, a.y - b.y} : (struct sk_xy){b.x - a.x, b.y - a.y};
}

static void linear(const struct frame *x, const struct feature *f, const struct sk_cad_pen *pen)
{
	struct sk_xy a = point(x, f, 4), b = point(x, f, 6);

	line(x, a, b, pen);
	extension(x, f, 8, pen);
	extension(x, f, 15, pen);
	arrow(x, f, 22, way_out(x, f, 22, a, b), pen);
	arrow(x, f, 27, way_out(x, f, 27, a, b), pen);
	if (integer(f, 32) == 1)
		words(x, f, 33);
}

/* Along an arc the way out is its tangent, backwards at its beginning. */
static void angular(const struct frame *x, const struct feature *f, const struct sk_cad_pen *pen)
{
	struct bow b = {
	    point(x, f, 4), real(x, f, 6), real(x, f, 6), 0, real(x, f, 7), real(x, f, 8), false};

	sk_cad_begin(x->c);
	bow(x, &b, true);
	sk_cad_stroke(x->c, pen);
	extension(x, f, 9, pen);
	extension(x, f, 16, pen);
	for (size_t i = 23; i <= 28; i += 5) {
		struct sk_xy p = point(x, f, i + 2);
		double sign = i == 23 ? 1 : -1;
		struct sk_xy out = {(p.y - b.o.y) * sign, (b.o.x - p.x) * sign};
		arrow(x, f, i, out, pen);
	}
	if (integer(f, 33) == 1)
		words(x, f, 34);
}

static void radial(
    const struct frame *x, const struct feature *f, bool two, const struct sk_cad_pen *pen)
{
	struct sk_xy a = point(x, f, 4), b = point(x, f, 6);
	size_t at = two ? 18 : 13;

	line(x, a, b, pen);
	arrow(x, f, 8, way_out(x, f, 8, a, b), pen);
	if (two)
		arrow(x, f, 13, way_out(x, f, 13, a, b), pen);
	if (integer(f, at) == 1)
		words(x, f, at + 1);
}

static void label(
    const struct frame *x, const struct feature *f, bool balloon, const struct sk_cad_pen *pen)
{
	size_t n, i = balloon ? 10 : 7;
	const struct sk_xy *p = points(x, f, 5, &n);

	if (x->c->err)
		return;
	stroke_points(x, p, n, pen);
	if (balloon) {
		sk_cad_begin(x->c);
		sk_cad_arc(x->c, real(x, f, 7), real(x, f, 8), real(x, f, 9), 0, 360);
		sk_cad_stroke(x->c, pen);
	}
	if (n > 1)
		sxf_arrow(x->c, integer(f, i), p[0],
		    (struct sk_xy){p[0].x - p[1].x, p[0].y - p[1].y}, real(x, f, i + 1), pen);
	if (integer(f, i + 2) == 1)
		words(x, f, i + 3);
}

/* --- hatches --- */

/* A composite curve as a part of the path. */
static void outline(const struct frame *x, int64_t code)
{
	const struct sfc *s = x->s;

	if (code < 1 || code > (int64_t)s->ncurves) {
		x->c->left_out++;
		return;
	}
	const struct group *g = &s->curves[code - 1];
	bool begin = true;
	for (size_t i = g->from; i < g->to && sk_cad_spend(x->c, 1); i++)
		if (curve(x, &s->features[i], begin))
			begin = false;
}

/* The curve itself where it is to be seen: colour, type, width, whether it is. */
static void visible_outline(const struct frame *x, int64_t code)
{
	if (code < 1 || code > (int64_t)x->s->ncurves)
		return;
	const struct feature *f = &x->s->features[x->s->curves[code - 1].at];
	struct sk_cad_pen pen = pen_of(x, f, 0);
	if (integer(f, 3) != 1)
		return;
	sk_cad_begin(x->c);
	outline(x, code);
	sk_cad_stroke(x->c, &pen);
}

/* (colour, type, width, x, y, spacing, angle) */
static void hatch_lines(const struct frame *x, struct sk_slice list)
{
	const struct sk_affine *m = &x->c->m;
	size_t n;
	const double *v = numbers(x->c, list, &n);

	if (v == NULL || n < 7)
		return;
	struct sk_cad_pen pen = {sxf_visible(colour(x->s, (int64_t)v[0])),
	    width(x->s, (int64_t)v[2]), dashes(x, (int64_t)v[1])};
	double angle = fmod(v[6], 360) * M_PI / 180, s = sin(angle), c = cos(angle);
	struct sk_xy base = sk_affine_of(m, v[3], v[4]);
	struct sk_xy offset = {
	    m->a * -s * v[5] + m->c * c * v[5], m->b * -s * v[5] + m->d * c * v[5]};
	angle = atan2(m->b * c + m->d * s, m->a * c + m->c * s);
	x->c->simplified += !sk_cad_hatch(x->c, &pen, base, angle, offset);
}

static void hatch(const struct frame *x, const struct feature *f)
{
	size_t nholes = 0;
	int64_t out = f->n > 3 ? integer(f, f->n - 3) : 0;
	const double *holes = f->n > 3 ? numbers(x->c, string(f, f->n - 1), &nholes) : NULL;

	if (holes == NULL)
		return;
	sk_cad_begin(x->c);
	outline(x, out);
	for (size_t i = 0; i < nholes && !x->c->err; i++)
		outline(x, (int64_t)holes[i]);
	if (is(f, "fill_area_style_colour_feature"))
		sk_cad_fill(x->c, colour(x->s, integer(f, 1)));
	else if (is(f, "fill_area_style_hatching_feature"))
		for (size_t i = 2; i + 3 < f->n && !x->c->err; i++)
			hatch_lines(x, string(f, i));
	else if (!sk_slice_is(sk_cad_trim(string(f, 1)), "Area_control"))
		x->c->simplified++; /* patterns that stand nowhere in the file: their outline */
	visible_outline(x, out);
	for (size_t i = 0; i < nholes && !x->c->err; i++)
		visible_outline(x, (int64_t)holes[i]);
}

/* --- groups --- */

static void group(const struct frame *x, struct group *g);

/* Names beginning so carry attributes; that of the background has an area that would cover the sheet. */
static bool is_background(const struct frame *x, struct sk_slice name)
{
	struct sk_slice s = sk_cad_utf8(x->c->job, x->s->cad->charset, sk_slice_sub(name, 0, 256));

	return sk_slice_starts(s, SK_SLICE_LIT("$$ATRU$$")) &&
	       sk_slice_find(s, 0, SK_SLICE_LIT("背景色")) != SIZE_MAX;
}

static void locate(const struct frame *x, const struct feature *f)
{
	const struct group want = {.name = string(f, 1)};
	struct group *g = x->s->nfigures
			      ? bsearch(&want, x->s->figures, x->s->nfigures, sizeof(want), by_name)
			      : NULL;
	struct frame inner = *x;
	struct sk_affine kept = x->c->m;

	if (g == NULL || g->open || x->depth >= SK_LIMIT_CAD_BLOCKS) {
		x->c->left_out++;
		return;
	}
	if (is_background(x, g->name))
		return;
	x->c->m = sk_affine_mul(
	    kept, sk_affine_place(real(x, f, 2), real(x, f, 3),
		      fmod(real(x, f, 4), 360) * M_PI / 180, real(x, f, 5), real(x, f, 6)));
	/* 2: coordinates of a survey, x to the north and y to the east. */
	if (integer(&x->s->features[g->at], 1) == 2)
		x->c->m = sk_affine_mul(x->c->m, (struct sk_affine){0, 1, 1, 0, 0, 0});
	inner.depth++;
	group(&inner, g);
	x->c->m = kept;
}

static void symbol(const struct frame *x, const struct feature *f)
{
	struct sk_cad_pen pen = {sxf_visible(colour(x->s, integer(f, 2))), 0.13, {0}};

	x->c->simplified++;
	sxf_marker(x->c, 4, point(x, f, 4), 0, 1, &pen);
}

static bool annotation(const struct frame *x, const struct feature *f, const struct sk_cad_pen *pen)
{
	if (is(f, "linear_dim_feature"))
		linear(x, f, pen);
	else if (is(f, "curve_dim_feature") || is(f, "angular_dim_feature"))
		angular(x, f, pen);
	else if (is(f, "radius_dim_feature") || is(f, "diameter_dim_feature"))
		radial(x, f, is(f, "diameter_dim_feature"), pen);
	else if (is(f, "label_feature") || is(f, "balloon_feature"))
		label(x, f, is(f, "balloon_feature"), pen);
	else
		return false;
	return true;
}

static bool is_hatch(const struct feature *f)
{
	return is(f, "externally_defined_hatch_feature") ||
	       is(f, "fill_area_style_colour_feature") ||
	       is(f, "fill_area_style_hatching_feature") || is(f, "fill_area_style_tiles_feature");
}

/* Entries of tables stand between the others. */
static bool is_entry(const struct feature *f)
{
	static const char *const names[] = {"layer_feature", "pre_defined_colour_feature",
	    "pre_defined_font_feature", "user_defined_colour_feature", "user_defined_font_feature",
	    "width_feature", "text_font_feature", "drawing_attribute_feature"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (is(f, names[i]))
			return true;
	return false;
}

static void one(const struct frame *x, const struct feature *f)
{
	const struct feature *layer = entry(x->s, &x->s->layers, integer(f, 0), 1);
	struct sk_cad_pen pen = pen_of(x, f, 1);

	if (is_entry(f))
		return;
	if (layer && integer(layer, 1) == 0) {
		x->c->hidden++;
		return;
	}
	sk_cad_begin(x->c);
	if (curve(x, f, true)) {
		sk_cad_stroke(x->c, &pen);
	} else if (is(f, "text_string_feature")) {
		words(x, f, 2);
	} else if (is(f, "point_marker_feature")) {
		pen.mm = 0.13;
		sxf_marker(x->c, integer(f, 4), point(x, f, 2), real(x, f, 5), real(x, f, 6), &pen);
	} else if (is(f, "sfig_locate_feature")) {
		locate(x, f);
	} else if (is(f, "externally_defined_symbol_feature")) {
		symbol(x, f);
	} else if (is_hatch(f)) {
		hatch(x, f);
	} else if (!annotation(x, f, &pen)) {
		x->c->left_out++;
	}
}

/* What a feature holds is read each time its figure is drawn. */
static uint64_t cost(const struct feature *f)
{
	const struct sk_slice *last = f->n ? &f->args[f->n - 1] : NULL;

	return 1 + (last ? (uint64_t)(last->p + last->n - f->args[0].p) / 256 : 0);
}

static void group(const struct frame *x, struct group *g)
{
	g->open = true;
	for (size_t i = g->from; i < g->to && sk_cad_spend(x->c, cost(&x->s->features[i])); i++)
		one(x, &x->s->features[i]);
	g->open = false;
}

static void draw(void *data, unsigned page, struct sk_cad_canvas *c)
{
	struct sfc *s = data;
	const struct frame x = {s, c, 0};

	(void)page;
	group(&x, &s->sheet);
}

/* Name, size, 0 upright or 1 lying, own width and height. */
static void paper(void *data, unsigned page, struct sk_cad_paper *p)
{
	const struct sfc *s = data;
	const struct feature *f = &s->features[s->sheet.at];

	(void)page;
	if (s->has_sheet)
		sxf_paper(p, integer(f, 1), integer(f, 2) == 0, sk_cad_real(NULL, field(f, 3)),
		    sk_cad_real(NULL, field(f, 4)));
}

int sk_cad_read_sfc(struct sk_cad *c, struct sk_slice in, struct sk_cad_drawing *out)
{
	struct sfc *s = sk_arena_alloc(c->job->arena, sizeof(*s));

	if (s == NULL)
		return SK_ENOMEM;
	s->cad = c;
	int rc = read_lines(s, in);
	rc = rc ? rc : arrange(s);
	*out = (struct sk_cad_drawing){s, 1, draw, paper};
	return rc;
}
