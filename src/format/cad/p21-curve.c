/* Curves of AP202 (ISO 10303-42) onto the path. Cleaner's jail. */
#include "format/cad/p21-draw.h"

#include <math.h>

#include "format/cad/sxf.h"

bool p21_get(const struct p21_frame *x, size_t i, const char *type, struct sk_slice *args)
{
	if (i < x->f->n && x->f->v[i].body.n > 4096 && x->f->v[i].body.p[0] == '(' &&
	    !sk_cad_spend(x->c, x->f->v[i].body.n / 256))
		return false;
	return p21_record(x->f, i, type, args);
}

double p21_real(const struct p21_frame *x, struct sk_slice value, double missing)
{
	double v;

	return p21_number(x->c, value, &v) ? v : missing;
}

struct sk_xy p21_point(const struct p21_frame *x, size_t i)
{
	struct sk_slice a, list;

	if (!p21_get(x, i, "CARTESIAN_POINT", &a))
		return (struct sk_xy){0, 0};
	list = p21_arg(a, 1);
	list = sk_slice_sub(list, 1, list.n > 2 ? list.n - 2 : 0);
	return (struct sk_xy){p21_real(x, p21_arg(list, 0), 0), p21_real(x, p21_arg(list, 1), 0)};
}

static struct sk_xy direction(const struct p21_frame *x, size_t i)
{
	struct sk_slice a, list;

	if (!p21_get(x, i, "DIRECTION", &a))
		return (struct sk_xy){1, 0};
	list = p21_arg(a, 1);
	list = sk_slice_sub(list, 1, list.n > 2 ? list.n - 2 : 0);
	struct sk_xy d = {p21_real(x, p21_arg(list, 0), 1), p21_real(x, p21_arg(list, 1), 0)};
	double l = hypot(d.x, d.y);
	return l > 0 ? (struct sk_xy){d.x / l, d.y / l} : (struct sk_xy){1, 0};
}

struct sk_xy p21_vector(const struct p21_frame *x, size_t i)
{
	struct sk_slice a;

	if (!p21_get(x, i, "VECTOR", &a))
		return (struct sk_xy){0, 0};
	struct sk_xy d = direction(x, p21_ref(x->f, p21_arg(a, 1)));
	double l = p21_real(x, p21_arg(a, 2), 1);
	return (struct sk_xy){d.x * l, d.y * l};
}

struct sk_affine p21_placement(const struct p21_frame *x, size_t i)
{
	struct sk_slice a;

	if (!p21_get(x, i, "AXIS2_PLACEMENT_2D", &a))
		return SK_AFFINE_ONE;
	struct sk_xy o = p21_point(x, p21_ref(x->f, p21_arg(a, 1)));
	struct sk_xy d = direction(x, p21_ref(x->f, p21_arg(a, 2)));
	return (struct sk_affine){d.x, d.y, -d.y, d.x, o.x, o.y};
}

static void put(const struct p21_frame *x, bool begin, double px, double py)
{
	if (begin)
		sk_cad_move(x->c, px, py);
	else
		sk_cad_to(x->c, px, py);
}

/* Points of a list of references. */
static struct sk_xy *points(const struct p21_frame *x, struct sk_slice list, size_t *n)
{
	size_t most = 0, at = 0;
	uint64_t id;

	while (p21_next(list, &at, &id))
		most++;
	struct sk_xy *p = sk_arena_array(x->c->job->arena, most + 1, sizeof(*p));
	*n = 0;
	if (p == NULL)
		x->c->err = SK_ENOMEM;
	for (at = 0; p && *n < most && p21_next(list, &at, &id) && sk_cad_spend(x->c, 1);)
		p[(*n)++] = p21_point(x, p21_find(x->f, id));
	return p;
}

static void polyline(const struct p21_frame *x, struct sk_slice list, bool begin, bool back)
{
	size_t n;
	const struct sk_xy *p = points(x, list, &n);

	for (size_t i = 0; p && i < n; i++, begin = false)
		put(x, begin, p[back ? n - 1 - i : i].x, p[back ? n - 1 - i : i].y);
}

/* A circle or an ellipse, its axes mapped by its placement. */
struct conic {
	struct sk_xy o, major, minor;
	double a, b;
	struct sk_affine m;
};

static bool conic_of(const struct p21_frame *x, size_t i, struct conic *k)
{
	struct sk_slice a;
	bool circle = p21_get(x, i, "CIRCLE", &a);

	if (!circle && !p21_get(x, i, "ELLIPSE", &a))
		return false;
	k->m = p21_placement(x, p21_ref(x->f, p21_arg(a, 1)));
	k->a = p21_real(x, p21_arg(a, 2), 0);
	k->b = circle ? k->a : p21_real(x, p21_arg(a, 3), 0);
	k->o = (struct sk_xy){k->m.e, k->m.f};
	k->major = (struct sk_xy){k->m.a * k->a, k->m.b * k->a};
	k->minor = (struct sk_xy){k->m.c * k->b, k->m.d * k->b};
	return true;
}

static void conic(
    const struct p21_frame *x, const struct conic *k, double t0, double t1, bool begin)
{
	put(x, begin, k->o.x + k->major.x * cos(t0) + k->minor.x * sin(t0),
	    k->o.y + k->major.y * cos(t0) + k->minor.y * sin(t0));
	sk_cad_ellipse(x->c, k->o, k->major, k->minor, t0, t1);
}

/* Where a trim lies: a parameter, or the point there. */
static double parameter(const struct p21_frame *x, const struct conic *k, struct sk_slice trim)
{
	double t;

	if (sk_slice_find(trim, 0, SK_SLICE_LIT("PARAMETER_VALUE")) != SIZE_MAX &&
	    p21_number(x->c, trim, &t))
		return fmod(t, 2 * M_PI);
	struct sk_xy p = p21_point(x, p21_ref(x->f, trim));
	double dx = p.x - k->o.x, dy = p.y - k->o.y;
	double u = dx * k->m.a + dy * k->m.b, v = dx * k->m.c + dy * k->m.d;
	return k->a > 0 && k->b > 0 ? atan2(v / k->b, u / k->a) : 0;
}

static struct sk_xy end_of_line(
    const struct p21_frame *x, struct sk_slice line, struct sk_slice trim)
{
	double t;
	size_t i = p21_ref(x->f, trim);

	if (i != SIZE_MAX || !p21_number(x->c, trim, &t))
		return p21_point(x, i);
	struct sk_xy o = p21_point(x, p21_ref(x->f, p21_arg(line, 1)));
	struct sk_xy v = p21_vector(x, p21_ref(x->f, p21_arg(line, 2)));
	return (struct sk_xy){o.x + v.x * t, o.y + v.y * t};
}

/* SXF writes its lengths into the name of the trimmed curve, and its way into that of the clothoid. */
static void clothoid(const struct p21_frame *x, struct sk_slice basis, struct sk_slice a)
{
	struct sk_slice name = p21_string(x->f, x->c->job, p21_arg(a, 0));
	struct sk_slice way = p21_string(x->f, x->c->job, p21_arg(basis, 0));
	const uint8_t *comma = name.n ? memchr(name.p, ',', name.n) : NULL;
	struct sk_affine kept = x->c->m;
	double from = p21_real(x, p21_arg(a, 2), 0), to = p21_real(x, p21_arg(a, 3), 0);

	if (comma) {
		size_t at = (size_t)(comma - name.p);
		from = p21_real(x, sk_slice_sub(name, 0, at), 0);
		to = p21_real(x, sk_slice_sub(name, at + 1, name.n), 0);
	}
	x->c->m = sk_affine_mul(kept, p21_placement(x, p21_ref(x->f, p21_arg(basis, 1))));
	sxf_clothoid(
	    x->c, p21_real(x, p21_arg(basis, 2), 0), sk_slice_is(sk_cad_trim(way), "1"), from, to);
	x->c->m = kept;
}

static bool trimmed(const struct p21_frame *x, struct sk_slice a, bool begin, bool back)
{
	size_t i = p21_ref(x->f, p21_arg(a, 1));
	bool sense = !p21_is(p21_arg(a, 4), ".F.") || x->against;
	struct sk_slice basis;
	struct conic k;

	if (p21_get(x, i, "LINE", &basis)) {
		struct sk_xy p = end_of_line(x, basis, p21_arg(a, back ? 3 : 2));
		struct sk_xy q = end_of_line(x, basis, p21_arg(a, back ? 2 : 3));
		put(x, begin, p.x, p.y);
		put(x, false, q.x, q.y);
		return true;
	}
	if (p21_get(x, i, "CLOTHOID", &basis)) {
		clothoid(x, basis, a);
		return true;
	}
	if (!conic_of(x, i, &k))
		return false;
	double t0 = parameter(x, &k, p21_arg(a, 2)), t1 = parameter(x, &k, p21_arg(a, 3));
	if (sense && t1 <= t0 + 1e-9)
		t1 += 2 * M_PI;
	if (!sense && t1 >= t0 - 1e-9)
		t1 -= 2 * M_PI;
	conic(x, &k, back ? t1 : t0, back ? t0 : t1, begin);
	return true;
}

/* Bézier curves and those with knots: values of B_SPLINE_CURVE, after a name where it stands alone. */
static bool spline(const struct p21_frame *x, size_t i, bool begin)
{
	struct sk_cad_nurbs s = {0};
	struct sk_slice a;
	bool bare = p21_get(x, i, "B_SPLINE_CURVE", &a);

	if (!bare && !p21_get(x, i, "BEZIER_CURVE", &a) &&
	    !p21_get(x, i, "B_SPLINE_CURVE_WITH_KNOTS", &a) &&
	    !p21_get(x, i, "UNIFORM_CURVE", &a) && !p21_get(x, i, "QUASI_UNIFORM_CURVE", &a))
		return false;
	size_t at = p21_arg(a, 0).n && p21_arg(a, 0).p[0] == '\'';
	double degree = p21_real(x, p21_arg(a, at), 3);
	const struct sk_xy *p = points(x, p21_arg(a, at + 1), &s.n);
	if (p == NULL || s.n < 2)
		return true;
	if (degree == 3 && s.n % 3 == 1) {
		put(x, begin, p[0].x, p[0].y);
		for (size_t k = 0; k + 3 < s.n; k += 3)
			sk_cad_bezier(x->c, p + k);
		return true;
	}
	sk_cad_through(x->c, p, s.n);
	x->c->simplified++;
	return true;
}

static bool composite(const struct p21_frame *x, struct sk_slice a, bool begin, unsigned depth)
{
	struct sk_slice list = p21_arg(a, 1), one;
	size_t at = 0;
	uint64_t id;

	while (p21_next(list, &at, &id) && sk_cad_spend(x->c, 1)) {
		if (!p21_get(x, p21_find(x->f, id), "COMPOSITE_CURVE_SEGMENT", &one))
			continue;
		bool back = p21_is(p21_arg(one, 1), ".F.");
		if (p21_curve(x, p21_ref(x->f, p21_arg(one, 2)), begin, back, depth + 1))
			begin = false;
	}
	return true;
}

bool p21_curve(const struct p21_frame *x, size_t i, bool begin, bool back, unsigned depth)
{
	struct sk_slice a;
	struct conic k;

	if (depth > SK_LIMIT_CAD_BLOCKS || !sk_cad_spend(x->c, 1))
		return false;
	if (p21_get(x, i, "POLYLINE", &a)) {
		polyline(x, p21_arg(a, 1), begin, back);
		return true;
	}
	if (p21_get(x, i, "TRIMMED_CURVE", &a))
		return trimmed(x, a, begin, back);
	if (conic_of(x, i, &k)) {
		conic(x, &k, 0, 2 * M_PI, begin);
		return true;
	}
	if (p21_get(x, i, "COMPOSITE_CURVE", &a))
		return composite(x, a, begin, depth);
	return spline(x, i, begin);
}
