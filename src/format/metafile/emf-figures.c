/* Lines, curves, areas and gradients of EMF records ([MS-EMF] 2.3.5). Cleaner's jail. */
#include "format/metafile/read.h"

enum poly { BEZIER, POLYGON, POLYLINE, BEZIER_TO, LINE_TO };

static void poly(struct sk_gdi *g, struct sk_reader *r, enum poly how, bool wide)
{
	sk_read_skip(r, 16);
	uint32_t n = sk_read_u32le(r);
	struct sk_point *p = sk_read_points(g, r, n, wide);

	if (p == NULL)
		return;
	switch (how) {
	case BEZIER:
	case BEZIER_TO:
		sk_gdi_bezier(g, p, n, how == BEZIER_TO);
		break;
	case LINE_TO:
		sk_gdi_poly_to(g, p, n);
		break;
	default:
		sk_gdi_poly(g, p, n, how == POLYGON);
	}
}

static void polypoly(struct sk_gdi *g, struct sk_reader *r, bool closed, bool wide)
{
	sk_read_skip(r, 16);
	uint32_t n = sk_read_u32le(r), total = sk_read_u32le(r);
	uint64_t sum = 0;

	if (n > sk_read_left(r) / 4) {
		r->bad = true;
		return;
	}
	uint32_t *counts = sk_arena_array(g->job->arena, n, sizeof(*counts));
	for (uint32_t i = 0; counts && i < n; i++)
		sum += counts[i] = sk_read_u32le(r);
	struct sk_point *p =
	    counts && sum <= total ? sk_read_points(g, r, (size_t)sum, wide) : NULL;
	if (p)
		sk_gdi_polypoly(g, p, counts, n, closed);
	else
		r->bad = true;
}

/* PolyDraw: points with a type each ([MS-EMF] 2.3.5.22). */
static void polydraw(struct sk_gdi *g, struct sk_reader *r, bool wide)
{
	sk_read_skip(r, 16);
	uint32_t n = sk_read_u32le(r);
	struct sk_point *p = sk_read_points(g, r, n, wide);
	struct sk_slice types = sk_read_slice(r, n);

	for (uint32_t i = 0; p && types.n && i < n; i++) {
		unsigned t = types.p[i] & 6;
		if (t == 6) {
			sk_gdi_move(g, p[i]);
		} else if (t == 2) {
			sk_gdi_poly_to(g, p + i, 1);
		} else if (t == 4 && i + 3 <= n) {
			sk_gdi_bezier(g, p + i, 3, true);
			i += 2;
		}
	}
}

static void box(struct sk_gdi *g, struct sk_reader *r, uint32_t type)
{
	struct sk_point a = sk_read_point32(r), b = sk_read_point32(r), c = {0, 0}, d = {0, 0};

	if (type == 42) {
		sk_gdi_ellipse(g, a.x, a.y, b.x, b.y);
	} else if (type == 43) {
		sk_gdi_rect(g, a.x, a.y, b.x, b.y, 0, 0);
	} else if (type == 44) {
		c = sk_read_point32(r);
		sk_gdi_rect(g, a.x, a.y, b.x, b.y, c.x / 2, c.y / 2);
	} else {
		c = sk_read_point32(r);
		d = sk_read_point32(r);
		sk_gdi_arc(g, a.x, a.y, b.x, b.y, c, d,
		    type == 45   ? SK_ARC_OPEN
		    : type == 46 ? SK_ARC_CHORD
		    : type == 47 ? SK_ARC_PIE
				 : SK_ARC_TO);
	}
}

static void angle_arc(struct sk_gdi *g, struct sk_reader *r)
{
	struct sk_point c = sk_read_point32(r);
	double radius = sk_read_u32le(r), start = sk_read_f32(r), sweep = sk_read_f32(r);

	sk_gdi_angle_arc(g, c, radius, start, sweep);
}

static void gradient(struct sk_gdi *g, struct sk_reader *r)
{
	sk_read_skip(r, 16);
	uint32_t nv = sk_read_u32le(r), nt = sk_read_u32le(r), mode = sk_read_u32le(r);

	if (nv > sk_read_left(r) / 16 || mode > 2) {
		r->bad = true;
		return;
	}
	struct sk_vertex *v = sk_arena_array(g->job->arena, nv, sizeof(*v));
	for (uint32_t i = 0; v && i < nv; i++) {
		v[i].p = sk_read_point32(r);
		v[i].r = sk_read_u16le(r) / 65280.0;
		v[i].g = sk_read_u16le(r) / 65280.0;
		v[i].b = sk_read_u16le(r) / 65280.0;
		sk_read_skip(r, 2);
	}
	for (uint32_t i = 0; v && i < nt && !r->bad; i++) {
		uint32_t a = sk_read_u32le(r), b = sk_read_u32le(r),
			 c = mode == 2 ? sk_read_u32le(r) : a;
		if (a < nv && b < nv && c < nv && !r->bad)
			sk_gdi_gradient(g, (struct sk_vertex[]){v[a], v[b], v[c]}, mode);
	}
}

bool sk_emf_figure(struct sk_gdi *g, struct sk_reader *r, uint32_t type)
{
	struct sk_point p;

	switch (type) {
	case 2:
	case 3:
	case 4:
	case 5:
	case 6:
		poly(g, r, (enum poly)(type - 2), true);
		return true;
	case 85:
	case 86:
	case 87:
	case 88:
	case 89:
		poly(g, r, (enum poly)(type - 85), false);
		return true;
	case 7:
	case 8:
		polypoly(g, r, type == 8, true);
		return true;
	case 90:
	case 91:
		polypoly(g, r, type == 91, false);
		return true;
	case 56:
	case 92:
		polydraw(g, r, type == 56);
		return true;
	case 15:
		p = sk_read_point32(r);
		sk_gdi_pixel(g, p, sk_read_u32le(r));
		return true;
	case 27:
		sk_gdi_move(g, sk_read_point32(r));
		return true;
	case 54:
		p = sk_read_point32(r);
		sk_gdi_poly_to(g, &p, 1);
		return true;
	case 41:
		angle_arc(g, r);
		return true;
	case 42:
	case 43:
	case 44:
	case 45:
	case 46:
	case 47:
	case 55:
		box(g, r, type);
		return true;
	case 118:
		gradient(g, r);
		return true;
	default:
		return false;
	}
}
