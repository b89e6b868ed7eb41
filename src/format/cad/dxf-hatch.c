/*
 * Hatches of a DXF: the loops of their boundary as one path with an odd-even inside, filled or crossed by the lines of the
 * pattern, which stand in the record with their angle and distance. Cleaner's jail.
 */
#include "format/cad/dxf-draw.h"

#include <math.h>

/* A place in the record; what is read goes behind it. */
struct cursor {
	const struct dxf_frame *f;
	const struct dxf_record *r;
	size_t i;
};

/* The value of the next group if it is of this code. */
static bool take(struct cursor *k, int code, double *v)
{
	if (k->i >= k->r->n || k->r->p[k->i].code != code)
		return false;
	*v = sk_cad_real(k->f->c, k->r->p[k->i++].v);
	return true;
}

static double want(struct cursor *k, int code)
{
	double v = 0;

	take(k, code, &v);
	return v;
}

static struct sk_xy want_point(struct cursor *k, int code)
{
	double x = want(k, code), y = want(k, code + 10);

	return (struct sk_xy){x, y};
}

/* To the next group of this code. */
static bool seek(struct cursor *k, int code)
{
	while (k->i < k->r->n && k->r->p[k->i].code != code)
		k->i++;
	return k->i < k->r->n;
}

static void put(struct cursor *k, bool *first, double x, double y)
{
	if (*first)
		sk_cad_move(k->f->c, x, y);
	else
		sk_cad_to(k->f->c, x, y);
	*first = false;
}

/* 72 with bulges, 73 closed, 93 points: 10, 20, 42. */
static void polyline(struct cursor *k)
{
	bool bulges = want(k, 72) != 0, first = true;
	double x0 = 0, y0 = 0, bulge = 0;

	want(k, 73);
	for (double n = want(k, 93); n > 0 && k->i < k->r->n && k->r->p[k->i].code == 10; n--) {
		struct sk_xy p = want_point(k, 10);
		if (first) {
			x0 = p.x;
			y0 = p.y;
			put(k, &first, p.x, p.y);
		} else {
			sk_cad_bulge(k->f->c, p.x, p.y, bulge);
		}
		bulge = bulges ? want(k, 42) : 0;
	}
	if (!first)
		sk_cad_bulge(k->f->c, x0, y0, bulge);
}

/* Angles run the way 73 says: against the clock, or mirrored. */
static void curve(struct cursor *k, bool *first, bool is_ellipse)
{
	struct sk_xy o = want_point(k, 10), a, b;
	double ratio = 1;

	if (is_ellipse) {
		a = want_point(k, 11);
		ratio = want(k, 40);
	} else {
		a = (struct sk_xy){want(k, 40), 0};
	}
	double t0 = want(k, 50) * M_PI / 180, t1 = want(k, 51) * M_PI / 180;
	bool against = want(k, 73) != 0;
	b = (struct sk_xy){-a.y * ratio, a.x * ratio};
	t0 = fmod(t0, 4 * M_PI);
	t1 = fmod(t1, 4 * M_PI);
	if (!against) {
		t0 = -t0;
		t1 = -t1;
	}
	if (against && t1 <= t0)
		t1 += 2 * M_PI;
	if (!against && t1 >= t0)
		t1 -= 2 * M_PI;
	put(k, first, o.x + a.x * cos(t0) + b.x * sin(t0), o.y + a.y * cos(t0) + b.y * sin(t0));
	sk_cad_ellipse(k->f->c, o, a, b, t0, t1);
}

/* 94 degree, 73, 74, 95 knots, 96 points, 40, 10 and 20 and 42, 97 points it goes through. */
static void spline(struct cursor *k, bool *first)
{
	struct sk_cad_nurbs s = {.degree = (unsigned)fmin(1000, fmax(0, want(k, 94)))};
	size_t from = k->i, end = k->i;

	while (end < k->r->n && k->r->p[end].code != 72 && k->r->p[end].code != 97)
		end++;
	const struct dxf_record part = {k->r->p + from, end - from, k->r->name};
	s.p = dxf_points(k->f, &part, 10, &s.n);
	s.knots = dxf_reals(k->f, &part, 40, &s.nknots);
	k->i = end;
	if (k->f->c->err || s.n == 0)
		return;
	/* Its own part of the path would be a loop of its own: its points join the loop instead. */
	size_t starts = k->f->c->nstarts;
	bool whole = sk_cad_nurbs(k->f->c, &s);
	for (size_t i = 0; !whole && i < s.n; i++)
		put(k, first, s.p[i].x, s.p[i].y);
	if (whole && !*first)
		k->f->c->nstarts = starts;
	k->f->c->simplified += !whole;
	*first = false;
}

static void edges(struct cursor *k)
{
	bool first = true;

	for (double n = want(k, 93); n > 0 && k->i < k->r->n && !k->f->c->err; n--) {
		double type = 0;
		if (!take(k, 72, &type))
			break;
		if (type == 1) {
			struct sk_xy a = want_point(k, 10), b = want_point(k, 11);
			put(k, &first, a.x, a.y);
			put(k, &first, b.x, b.y);
		} else if (type == 2 || type == 3) {
			curve(k, &first, type == 3);
		} else {
			spline(k, &first);
			if (k->i < k->r->n && k->r->p[k->i].code == 97)
				while (k->i < k->r->n && k->r->p[k->i].code != 72 &&
				       k->r->p[k->i].code != 330 && k->r->p[k->i].code != 92 &&
				       k->r->p[k->i].code != 75)
					k->i++;
		}
	}
}

/* Islands as 75 says: 0 all in turn, 1 the outermost alone, 2 none. Boxes around words are drawn over. */
static bool counts(int64_t style, int64_t flags)
{
	if (flags & 8)
		return false;
	return style == 0 || (flags & 1) || (style == 1 && flags & 16);
}

static void boundary(struct cursor *k, int64_t style)
{
	struct sk_cad_canvas *c = k->f->c;

	sk_cad_begin(c);
	if (!seek(k, 91))
		return;
	for (double loops = want(k, 91); loops > 0 && seek(k, 92) && !c->err; loops--) {
		int64_t flags = (int64_t)want(k, 92);
		size_t starts = c->nstarts, points = c->npoints;
		if (flags & 2)
			polyline(k);
		else
			edges(k);
		if (starts && !counts(style, flags)) {
			c->nstarts = starts;
			c->npoints = points;
		}
	}
}

/* 78 lines: 53 angle, 43 and 44 base, 45 and 46 offset, 79 dashes 49. */
static bool pattern(struct cursor *k, const struct dxf_look *look)
{
	struct sk_cad_pen pen = look->pen;
	bool all = true;

	if (!seek(k, 78))
		return false;
	pen.mm = fmin(pen.mm, 0.13);
	double lines = want(k, 78);
	for (; lines > 0 && k->i < k->r->n && k->r->p[k->i].code == 53; lines--) {
		double angle = want(k, 53) * M_PI / 180;
		double x = want(k, 43), y = want(k, 44), dx = want(k, 45), dy = want(k, 46), v = 0;
		struct sk_cad_dashes *d = &pen.dashes;
		d->n = 0;
		for (double n = want(k, 79); n > 0 && take(k, 49, &v) && d->n + 2 < SK_CAD_DASHES;
		     n--) {
			if ((v < 0) != (d->n % 2 == 1))
				d->v[d->n++] = 0;
			d->v[d->n++] = fabs(v) * sk_affine_scale(&k->f->c->m);
		}
		if (d->n % 2)
			d->v[d->n++] = 0;
		/* The canvas knows its own units only. */
		const struct sk_affine *m = &k->f->c->m;
		struct sk_xy base = sk_affine_of(m, x, y);
		struct sk_xy offset = {m->a * dx + m->c * dy, m->b * dx + m->d * dy};
		double s = sin(angle), c = cos(angle);
		angle = atan2(m->b * c + m->d * s, m->a * c + m->c * s);
		all = sk_cad_hatch(k->f->c, &pen, base, angle, offset) && all;
	}
	return all;
}

void dxf_hatch(const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	struct cursor k = {f, r, 0};
	struct sk_affine kept = f->c->m;
	bool solid = dxf_int(r, 70, 0) & 1;

	/* The first 10, 20, 30 are its height. */
	f->c->m = sk_affine_mul(kept, dxf_ocs(r));
	boundary(&k, dxf_int(r, 75, 0));
	if (solid) {
		bool shaded = dxf_int(r, 450, 0) == 1 && dxf_has(r, 421);
		sk_cad_fill(f->c, shaded ? (uint32_t)dxf_int(r, 421, 0) & 0xFFFFFF : look->rgb);
	} else if (!pattern(&k, look)) {
		f->c->simplified++;
		sk_cad_stroke(f->c, &look->pen);
	}
	f->c->m = kept;
}
