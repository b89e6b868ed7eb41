/*
 * The canvas: paths as points, strokes cut to the page and into dashes here, so that cairo never sees what lies outside, and
 * hatch lines cut with the edges of the path. Cleaner's jail.
 */
#include "format/cad/draw.h"

#include <math.h>
#include <stdlib.h>

#define FAR 1e12     /* no drawing is larger, in any unit */
#define RUN 64       /* segments cairo strokes at once */
#define LEAST_PX 1.0 /* thinnest line */
#define DASH_PX 1.5  /* dashes finer than this are a line */

struct sk_affine sk_affine_mul(struct sk_affine o, struct sk_affine i)
{
	return (struct sk_affine){o.a * i.a + o.c * i.b, o.b * i.a + o.d * i.b,
	    o.a * i.c + o.c * i.d, o.b * i.c + o.d * i.d, o.a * i.e + o.c * i.f + o.e,
	    o.b * i.e + o.d * i.f + o.f};
}

struct sk_xy sk_affine_of(const struct sk_affine *m, double x, double y)
{
	return (struct sk_xy){m->a * x + m->c * y + m->e, m->b * x + m->d * y + m->f};
}

double sk_affine_scale(const struct sk_affine *m)
{
	return sqrt(fabs(m->a * m->d - m->b * m->c));
}

struct sk_affine sk_affine_place(double x, double y, double angle, double sx, double sy)
{
	double s = sin(angle), k = cos(angle);

	return (struct sk_affine){k * sx, s * sx, -s * sy, k * sy, x, y};
}

bool sk_cad_spend(struct sk_cad_canvas *c, uint64_t n)
{
	if (c->err)
		return false;
	c->drawn += n;
	if (c->drawn <= SK_LIMIT_CAD_DRAWN)
		return true;
	c->err = sk_job_refuse(c->job, SK_REASON_LIMIT_PAINTINGS,
	    "more than %u points, dashes and letters", (unsigned)SK_LIMIT_CAD_DRAWN);
	return false;
}

/* --- the path --- */

void sk_cad_begin(struct sk_cad_canvas *c)
{
	c->npoints = c->nstarts = 0;
}

static void measure(struct sk_cad_canvas *c, struct sk_xy p)
{
	if (!c->inked) {
		c->bounds[0] = c->bounds[2] = p.x;
		c->bounds[1] = c->bounds[3] = p.y;
		c->inked = true;
	}
	c->bounds[0] = fmin(c->bounds[0], p.x);
	c->bounds[1] = fmin(c->bounds[1], p.y);
	c->bounds[2] = fmax(c->bounds[2], p.x);
	c->bounds[3] = fmax(c->bounds[3], p.y);
}

void sk_cad_to(struct sk_cad_canvas *c, double x, double y)
{
	struct sk_xy p = sk_affine_of(&c->m, x, y);

	if (!(fabs(p.x) < FAR && fabs(p.y) < FAR)) {
		c->odd++;
		return;
	}
	if (!sk_cad_spend(c, 1))
		return;
	struct sk_xy *more =
	    sk_arena_grow(c->job->arena, c->points, &c->points_cap, c->npoints + 1, sizeof(*more));
	if (more == NULL) {
		c->err = SK_ENOMEM;
		return;
	}
	c->points = more;
	c->points[c->npoints++] = p;
}

void sk_cad_move(struct sk_cad_canvas *c, double x, double y)
{
	size_t *more =
	    sk_arena_grow(c->job->arena, c->starts, &c->starts_cap, c->nstarts + 1, sizeof(*more));

	if (more == NULL) {
		c->err = SK_ENOMEM;
		return;
	}
	c->starts = more;
	c->starts[c->nstarts++] = c->npoints;
	sk_cad_to(c, x, y);
}

static size_t part_end(const struct sk_cad_canvas *c, size_t part)
{
	return part + 1 < c->nstarts ? c->starts[part + 1] : c->npoints;
}

void sk_cad_close(struct sk_cad_canvas *c)
{
	struct sk_affine kept = c->m;

	if (c->nstarts == 0 || c->starts[c->nstarts - 1] >= c->npoints)
		return;
	struct sk_xy first = c->points[c->starts[c->nstarts - 1]];
	c->m = SK_AFFINE_ONE;
	sk_cad_to(c, first.x, first.y);
	c->m = kept;
}

/* --- strokes --- */

struct stroke {
	struct sk_cad_canvas *c;
	const struct sk_cad_pen *pen;
	double width, period; /* pixels; 0: no dashes */
	double phase;         /* pixels into the pattern */
	struct sk_xy at;      /* where cairo's path ends */
	unsigned held;        /* segments not yet stroked */
};

void sk_cad_colour(struct sk_cad_canvas *c, uint32_t rgb)
{
	if (rgb == SK_CAD_COLOUR_FRONT)
		rgb = 0;
	if (rgb == c->seen)
		return;
	cairo_set_source_rgb(
	    c->cr, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
	c->seen = rgb;
}

/* Colours are chosen for black screens: on paper a light one is darkened until it can be seen. */
uint32_t sk_cad_visible(uint32_t rgb)
{
	double r = rgb >> 16 & 255, g = rgb >> 8 & 255, b = rgb & 255;
	double light = 0.299 * r + 0.587 * g + 0.114 * b;

	if (rgb == SK_CAD_COLOUR_FRONT || light <= 170)
		return rgb;
	double k = 170 / light;
	return (uint32_t)(r * k) << 16 | (uint32_t)(g * k) << 8 | (uint32_t)(b * k);
}

/* Liang and Barsky: the part of a segment inside the box, as parameters. */
static bool inside(const double box[4], struct sk_xy a, struct sk_xy b, double *t0, double *t1)
{
	const double p[4] = {a.x - b.x, b.x - a.x, a.y - b.y, b.y - a.y};
	const double q[4] = {a.x - box[0], box[2] - a.x, a.y - box[1], box[3] - a.y};

	*t0 = 0;
	*t1 = 1;
	for (unsigned i = 0; i < 4; i++) {
		if (p[i] == 0 && q[i] < 0)
			return false;
		if (p[i] < 0)
			*t0 = fmax(*t0, q[i] / p[i]);
		else if (p[i] > 0)
			*t1 = fmin(*t1, q[i] / p[i]);
	}
	return *t0 <= *t1;
}

static void flush(struct stroke *s)
{
	if (s->held)
		cairo_stroke(s->c->cr);
	s->held = 0;
}

static void ink(struct stroke *s, struct sk_xy a, struct sk_xy b)
{
	if (s->held == 0 || s->at.x != a.x || s->at.y != a.y)
		cairo_move_to(s->c->cr, a.x, a.y);
	/* A dot is a line of no length with a round end. */
	cairo_line_to(s->c->cr, b.x, b.y);
	s->at = b;
	if (++s->held == RUN)
		flush(s);
}

static struct sk_xy between(struct sk_xy a, struct sk_xy b, double t)
{
	return (struct sk_xy){a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t};
}

/* Which dash a place of the pattern lies in; *left: pixels to its end. */
static unsigned dash_at(const struct stroke *s, double at, double *left)
{
	unsigned i = 0;

	for (; i + 1 < s->pen->dashes.n; i++) {
		double l = s->pen->dashes.v[i] * s->c->scale;
		if (at < l)
			break;
		at -= l;
	}
	*left = fmax(0, s->pen->dashes.v[i] * s->c->scale - at);
	return i;
}

static void dashed(struct stroke *s, struct sk_xy a, struct sk_xy b, double length)
{
	double at = 0, left;
	unsigned i = dash_at(s, s->phase, &left);

	while (at < length && sk_cad_spend(s->c, 1)) {
		double to = fmin(length, at + left);
		if (i % 2 == 0)
			ink(s, between(a, b, at / length), between(a, b, to / length));
		if (to >= length)
			break;
		at = to;
		i = (i + 1) % s->pen->dashes.n;
		left = s->pen->dashes.v[i] * s->c->scale;
	}
}

static void segment(struct stroke *s, struct sk_xy a, struct sk_xy b)
{
	double t0, t1, length = hypot(b.x - a.x, b.y - a.y), margin = s->width + 2;
	const double *k = s->c->clip;
	const double box[4] = {k[0] - margin, k[1] - margin, k[2] + margin, k[3] + margin};
	double phase = s->phase;

	if (inside(box, a, b, &t0, &t1)) {
		struct sk_xy from = t0 > 0 ? between(a, b, t0) : a,
			     to = t1 < 1 ? between(a, b, t1) : b;
		double shown = length * (t1 - t0);
		if (s->period > 0)
			s->phase = fmod(phase + length * t0, s->period);
		if (s->period > 0 && shown > 0)
			dashed(s, from, to, shown);
		else
			ink(s, from, to);
	}
	if (s->period > 0)
		s->phase = fmod(phase + length, s->period);
}

static double period_of(const struct sk_cad_canvas *c, const struct sk_cad_pen *pen)
{
	double all = 0;

	for (unsigned i = 0; i < pen->dashes.n; i++)
		all += pen->dashes.v[i] * c->scale;
	return pen->dashes.n > 1 && isfinite(all) && all >= DASH_PX * pen->dashes.n / 2 ? all : 0;
}

static struct stroke start(struct sk_cad_canvas *c, const struct sk_cad_pen *pen)
{
	struct stroke s = {.c = c,
	    .pen = pen,
	    .width = fmax(LEAST_PX, pen->mm * c->px_mm),
	    .period = period_of(c, pen)};

	sk_cad_colour(c, pen->rgb);
	cairo_set_line_width(c->cr, s.width);
	cairo_set_line_cap(
	    c->cr, s.period > 0 && s.width > 2 ? CAIRO_LINE_CAP_BUTT : CAIRO_LINE_CAP_ROUND);
	return s;
}

void sk_cad_stroke(struct sk_cad_canvas *c, const struct sk_cad_pen *pen)
{
	for (size_t i = 0; c->cr == NULL && i < c->npoints; i++)
		measure(c, c->points[i]);
	if (c->cr == NULL || c->err)
		return;
	struct stroke s = start(c, pen);
	for (size_t part = 0; part < c->nstarts; part++) {
		size_t i = c->starts[part], end = part_end(c, part);
		s.phase = 0;
		if (i >= end)
			continue;
		struct sk_xy a = sk_affine_of(&c->page, c->points[i].x, c->points[i].y);
		if (i + 1 == end)
			segment(&s, a, a);
		for (i++; i < end; i++) {
			struct sk_xy b = sk_affine_of(&c->page, c->points[i].x, c->points[i].y);
			segment(&s, a, b);
			a = b;
		}
	}
	flush(&s);
}

/* --- areas --- */

static double within(double v, double low, double high)
{
	return v < low ? low : v > high ? high : v;
}

void sk_cad_fill(struct sk_cad_canvas *c, uint32_t rgb)
{
	const double *k = c->clip;

	for (size_t i = 0; c->cr == NULL && i < c->npoints; i++)
		measure(c, c->points[i]);
	if (c->cr == NULL || !sk_cad_spend(c, 1 + c->npoints / 4))
		return;
	cairo_new_path(c->cr);
	for (size_t part = 0; part < c->nstarts; part++) {
		for (size_t i = c->starts[part]; i < part_end(c, part); i++) {
			struct sk_xy p = sk_affine_of(&c->page, c->points[i].x, c->points[i].y);
			/* Far away is as good as a page away: only the direction is lost. */
			p.x = within(p.x, k[0] - 1e5, k[2] + 1e5);
			p.y = within(p.y, k[1] - 1e5, k[3] + 1e5);
			cairo_line_to(c->cr, p.x, p.y);
		}
		cairo_close_path(c->cr);
		cairo_new_sub_path(c->cr);
	}
	sk_cad_colour(c, rgb);
	cairo_set_fill_rule(c->cr, CAIRO_FILL_RULE_EVEN_ODD);
	cairo_fill(c->cr);
}

void sk_cad_dot(struct sk_cad_canvas *c, double x, double y, double mm, uint32_t rgb)
{
	struct sk_cad_pen pen = {.rgb = rgb, .mm = mm};

	sk_cad_begin(c);
	sk_cad_move(c, x, y);
	sk_cad_stroke(c, &pen);
}

/* --- hatches --- */

static int by_place(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Where the line y = level, in turned coordinates, meets the edges of the path. */
static size_t cut(struct sk_cad_canvas *c, double sine, double cosine, double level)
{
	size_t n = 0;

	for (size_t part = 0; part < c->nstarts; part++) {
		size_t from = c->starts[part], end = part_end(c, part);
		for (size_t i = from; i < end; i++) {
			struct sk_xy p = c->points[i], q = c->points[i + 1 < end ? i + 1 : from];
			double v0 = p.y * cosine - p.x * sine - level;
			double v1 = q.y * cosine - q.x * sine - level;
			if ((v0 < 0) == (v1 < 0))
				continue;
			double *more = sk_arena_grow(
			    c->job->arena, c->cuts, &c->cuts_cap, n + 1, sizeof(*more));
			if (more == NULL) {
				c->err = SK_ENOMEM;
				return 0;
			}
			c->cuts = more;
			double u0 = p.x * cosine + p.y * sine, u1 = q.x * cosine + q.y * sine;
			c->cuts[n++] = u0 + (u1 - u0) * v0 / (v0 - v1);
		}
	}
	if (n)
		qsort(c->cuts, n, sizeof(*c->cuts), by_place);
	return n;
}

static void hatch_line(
    struct stroke *s, double sine, double cosine, double level, double origin, size_t n)
{
	struct sk_cad_canvas *c = s->c;

	for (size_t i = 0; i + 1 < n; i += 2) {
		double u = c->cuts[i], w = c->cuts[i + 1];
		struct sk_xy a =
		    sk_affine_of(&c->page, u * cosine - level * sine, u * sine + level * cosine);
		struct sk_xy b =
		    sk_affine_of(&c->page, w * cosine - level * sine, w * sine + level * cosine);
		/* The pattern begins at the base of each line, not at the edge. */
		if (s->period > 0) {
			s->phase = fmod((u - origin) * c->scale, s->period);
			s->phase += s->phase < 0 ? s->period : 0;
		}
		segment(s, a, b);
	}
}

bool sk_cad_hatch(struct sk_cad_canvas *c, const struct sk_cad_pen *pen, struct sk_xy base,
    double angle, struct sk_xy offset)
{
	double sine = sin(angle), cosine = cos(angle), low = INFINITY, high = -INFINITY;
	double step = offset.y * cosine - offset.x * sine,
	       shift = offset.x * cosine + offset.y * sine;
	double v = base.y * cosine - base.x * sine, u = base.x * cosine + base.y * sine;

	if (c->cr == NULL || c->npoints < 3 || !sk_cad_spend(c, 1 + c->npoints / 8))
		return true;
	for (size_t i = 0; i < c->npoints; i++) {
		low = fmin(low, c->points[i].y * cosine - c->points[i].x * sine);
		high = fmax(high, c->points[i].y * cosine - c->points[i].x * sine);
	}
	double first = ceil((low - v) / step), last = floor((high - v) / step);
	if (step < 0) {
		double t = ceil((high - v) / step);
		last = floor((low - v) / step);
		first = t;
	}
	/* Lines closer than a pixel would be an area; lines times edges is what it costs. */
	double lines = last - first + 1, cost = lines * (double)c->npoints / 8;
	if (!isfinite(lines) || fabs(step) * c->scale < 1 || cost > SK_LIMIT_CAD_DRAWN / 4)
		return lines <= 0;
	struct stroke s = start(c, pen);
	for (double k = first; k <= last && sk_cad_spend(c, 1 + c->npoints / 8); k++) {
		double level = v + k * step;
		hatch_line(&s, sine, cosine, level, u + k * shift, cut(c, sine, cosine, level));
	}
	flush(&s);
	return true;
}
