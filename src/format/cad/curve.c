/* Curves as points of the path: as many as their size on the page needs. Cleaner's jail. */
#include "format/cad/draw.h"

#include <math.h>

#define TURN (2 * M_PI)
#define MOST 720 /* pieces of a full circle: A0 at 200 dpi stays within half a pixel */

/* Pieces of a part of a circle with this radius in what is drawn. */
static unsigned pieces(const struct sk_cad_canvas *c, double radius, double angle)
{
	double px = fabs(radius) * sk_affine_scale(&c->m) * c->scale;
	double n = c->cr ? fabs(angle) * sqrt(px) : fabs(angle) * 16;

	if (!isfinite(n) || n > MOST)
		return MOST;
	return n < 8 ? 8 : (unsigned)n;
}

void sk_cad_ellipse(struct sk_cad_canvas *c, struct sk_xy o, struct sk_xy major, struct sk_xy minor,
    double t0, double t1)
{
	double radius = fmax(hypot(major.x, major.y), hypot(minor.x, minor.y));
	unsigned n = pieces(c, radius, t1 - t0);

	for (unsigned i = 1; i <= n && !c->err; i++) {
		double t = t0 + (t1 - t0) * i / n;
		sk_cad_to(c, o.x + major.x * cos(t) + minor.x * sin(t),
		    o.y + major.y * cos(t) + minor.y * sin(t));
	}
}

void sk_cad_arc(struct sk_cad_canvas *c, double x, double y, double r, double from, double to)
{
	double t0 = fmod(from * M_PI / 180, TURN), t1 = fmod(to * M_PI / 180, TURN);

	if (t1 <= t0 + 1e-9)
		t1 += TURN;
	sk_cad_move(c, x + r * cos(t0), y + r * sin(t0));
	sk_cad_ellipse(c, (struct sk_xy){x, y}, (struct sk_xy){r, 0}, (struct sk_xy){0, r}, t0, t1);
}

/* The last point, in what is drawn: the caller knows it better than the path. */
static void bulge_from(struct sk_cad_canvas *c, struct sk_xy a, struct sk_xy b, double bulge)
{
	double angle = 4 * atan(bulge), chord = hypot(b.x - a.x, b.y - a.y);
	double r = chord / (2 * sin(angle / 2));
	double h = r * cos(angle / 2), t = atan2(b.y - a.y, b.x - a.x);
	struct sk_xy o = {(a.x + b.x) / 2 - h * sin(t), (a.y + b.y) / 2 + h * cos(t)};
	double t0 = atan2(a.y - o.y, a.x - o.x);

	r = fabs(r);
	sk_cad_ellipse(c, o, (struct sk_xy){r, 0}, (struct sk_xy){0, r}, t0, t0 + angle);
}

void sk_cad_bulge(struct sk_cad_canvas *c, double x, double y, double bulge)
{
	struct sk_affine kept = c->m;

	if (fabs(bulge) < 1e-6 || c->npoints == 0 || fabs(bulge) > 1e6) {
		sk_cad_to(c, x, y);
		return;
	}
	struct sk_xy a = c->points[c->npoints - 1];
	double det = kept.a * kept.d - kept.b * kept.c;
	if (det == 0 || !isfinite(det)) {
		sk_cad_to(c, x, y);
		return;
	}
	double dx = a.x - kept.e, dy = a.y - kept.f;
	struct sk_xy from = {(kept.d * dx - kept.c * dy) / det, (kept.a * dy - kept.b * dx) / det};
	bulge_from(c, from, (struct sk_xy){x, y}, bulge);
}

/* From p[0] over p[1] and p[2] to p[3]; p[0] is where the path is. */
static void cubic(struct sk_cad_canvas *c, const struct sk_xy p[4])
{
	double size = hypot(p[1].x - p[0].x, p[1].y - p[0].y) +
		      hypot(p[2].x - p[1].x, p[2].y - p[1].y) +
		      hypot(p[3].x - p[2].x, p[3].y - p[2].y);
	unsigned n = pieces(c, size, 1);

	for (unsigned i = 1; i <= n && !c->err; i++) {
		double t = (double)i / n, s = 1 - t;
		double w[4] = {s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t};
		sk_cad_to(c, w[0] * p[0].x + w[1] * p[1].x + w[2] * p[2].x + w[3] * p[3].x,
		    w[0] * p[0].y + w[1] * p[1].y + w[2] * p[2].y + w[3] * p[3].y);
	}
}

void sk_cad_bezier(struct sk_cad_canvas *c, const struct sk_xy p[4])
{
	cubic(c, p);
}

void sk_cad_through(struct sk_cad_canvas *c, const struct sk_xy *p, size_t n)
{
	if (n == 0)
		return;
	sk_cad_move(c, p[0].x, p[0].y);
	for (size_t i = 0; i + 1 < n && !c->err; i++) {
		struct sk_xy a = p[i ? i - 1 : 0], b = p[i], d = p[i + 1],
			     e = p[i + 2 < n ? i + 2 : i + 1];
		const struct sk_xy q[4] = {b, {b.x + (d.x - a.x) / 6, b.y + (d.y - a.y) / 6},
		    {d.x - (e.x - b.x) / 6, d.y - (e.y - b.y) / 6}, d};
		cubic(c, q);
	}
}

/* --- NURBS --- */

static double knot(const struct sk_cad_nurbs *s, size_t i)
{
	size_t last = s->n - s->degree;

	if (s->knots)
		return s->knots[i];
	/* Uniform inside, as often as the degree wants at its ends. */
	return i <= s->degree ? 0 : i >= s->n ? (double)last : (double)(i - s->degree);
}

/* de Boor in homogeneous coordinates, inside the span [knot k, knot k + 1]. */
static struct sk_xy at(const struct sk_cad_nurbs *s, size_t k, double t)
{
	double x[SK_LIMIT_CAD_DEGREE + 1], y[SK_LIMIT_CAD_DEGREE + 1], w[SK_LIMIT_CAD_DEGREE + 1];
	unsigned p = s->degree;

	for (unsigned j = 0; j <= p; j++) {
		size_t i = k - p + j;
		w[j] = s->weights ? s->weights[i] : 1;
		x[j] = s->p[i].x * w[j];
		y[j] = s->p[i].y * w[j];
	}
	for (unsigned r = 1; r <= p; r++)
		for (unsigned j = p; j >= r; j--) {
			double low = knot(s, k - p + j), high = knot(s, j + 1 + k - r);
			double f = high > low ? (t - low) / (high - low) : 0;
			x[j] = (1 - f) * x[j - 1] + f * x[j];
			y[j] = (1 - f) * y[j - 1] + f * y[j];
			w[j] = (1 - f) * w[j - 1] + f * w[j];
		}
	return (struct sk_xy){x[p] / w[p], y[p] / w[p]};
}

static bool is_sound(const struct sk_cad_nurbs *s)
{
	if (s->degree < 1 || s->degree > SK_LIMIT_CAD_DEGREE || s->n <= s->degree)
		return false;
	if (s->knots && s->nknots != s->n + s->degree + 1)
		return false;
	for (size_t i = 0; s->knots && i + 1 < s->nknots; i++)
		if (!(s->knots[i] <= s->knots[i + 1]))
			return false;
	return true;
}

bool sk_cad_nurbs(struct sk_cad_canvas *c, const struct sk_cad_nurbs *s)
{
	bool first = true;

	if (!is_sound(s))
		return false;
	for (size_t k = s->degree; k < s->n && !c->err; k++) {
		double from = knot(s, k), to = knot(s, k + 1), size = 0;
		if (!(to > from))
			continue;
		for (size_t i = k - s->degree; i < k; i++)
			size += hypot(s->p[i + 1].x - s->p[i].x, s->p[i + 1].y - s->p[i].y);
		unsigned n = pieces(c, size, s->degree > 1 ? 1 : 0);
		for (unsigned i = !first; i <= n && !c->err; i++) {
			struct sk_xy q = at(s, k, from + (to - from) * i / n);
			sk_cad_spend(c, s->degree);
			if (first)
				sk_cad_move(c, q.x, q.y);
			else
				sk_cad_to(c, q.x, q.y);
			first = false;
		}
	}
	return true;
}
