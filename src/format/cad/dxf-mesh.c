/* Polylines of a DXF, flat and in space, with their widths; nets of faces; double lines. Cleaner's jail. */
#include "format/cad/dxf-draw.h"

#include <math.h>

struct vertex {
	struct sk_xy p;
	double start, end, bulge; /* of the piece that begins here */
};

/* Widths that change along a piece, or thicker than a pen draws: an area. */
static void wide_piece(
    const struct dxf_frame *f, const struct vertex *v, struct sk_xy to, const struct dxf_look *look)
{
	double dx = to.x - v->p.x, dy = to.y - v->p.y, l = hypot(dx, dy);

	if (!(l > 0))
		return;
	dx /= 2 * l;
	dy /= 2 * l;
	sk_cad_begin(f->c);
	sk_cad_move(f->c, v->p.x - dy * v->start, v->p.y + dx * v->start);
	sk_cad_to(f->c, to.x - dy * v->end, to.y + dx * v->end);
	sk_cad_to(f->c, to.x + dy * v->end, to.y - dx * v->end);
	sk_cad_to(f->c, v->p.x + dy * v->start, v->p.y - dx * v->start);
	sk_cad_fill(f->c, look->rgb);
}

static void wide_bow(
    const struct dxf_frame *f, const struct vertex *v, struct sk_xy to, const struct dxf_look *look)
{
	struct sk_cad_pen pen = look->pen;
	double unit = sk_affine_scale(&f->c->m) * f->c->scale;

	pen.mm = fmax(pen.mm, (v->start + v->end) / 2 * unit / f->c->px_mm);
	pen.dashes.n = 0;
	sk_cad_begin(f->c);
	sk_cad_move(f->c, v->p.x, v->p.y);
	sk_cad_bulge(f->c, to.x, to.y, v->bulge);
	sk_cad_stroke(f->c, &pen);
}

static void draw(const struct dxf_frame *f, const struct vertex *v, size_t n, bool closed,
    const struct dxf_look *look)
{
	size_t pieces = closed ? n : n ? n - 1 : 0;

	sk_cad_begin(f->c);
	if (n)
		sk_cad_move(f->c, v[0].p.x, v[0].p.y);
	for (size_t i = 0; i < pieces; i++)
		sk_cad_bulge(f->c, v[(i + 1) % n].p.x, v[(i + 1) % n].p.y, v[i].bulge);
	sk_cad_stroke(f->c, &look->pen);
	for (size_t i = 0; i < pieces; i++) {
		struct sk_xy to = v[(i + 1) % n].p;
		if (!(v[i].start > 0 || v[i].end > 0))
			continue;
		if (fabs(v[i].bulge) > 1e-6)
			wide_bow(f, &v[i], to, look);
		else
			wide_piece(f, &v[i], to, look);
	}
}

static struct vertex *room(const struct dxf_frame *f, size_t n)
{
	struct vertex *v = sk_arena_array(f->c->job->arena, n + 1, sizeof(*v));

	if (v == NULL)
		f->c->err = SK_ENOMEM;
	return v;
}

static void lw_value(struct sk_cad_canvas *c, struct vertex *v, const struct dxf_pair *p)
{
	double x = sk_cad_real(c, p->v);

	switch (p->code) {
	case 20:
		v->p.y = x;
		break;
	case 40:
		v->start = x;
		break;
	case 41:
		v->end = x;
		break;
	case 42:
		v->bulge = x;
		break;
	default:
		break;
	}
}

void dxf_lwpolyline(
    const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	double width = fmax(0, dxf_real(r, 43, 0));
	struct sk_affine kept = f->c->m;
	size_t most = 0, n = 0;

	for (size_t i = 0; i < r->n; i++)
		most += r->p[i].code == 10;
	struct vertex *v = room(f, most);
	if (v == NULL)
		return;
	for (size_t i = 0; i < r->n; i++) {
		if (r->p[i].code == 10)
			v[n++] =
			    (struct vertex){{sk_cad_real(f->c, r->p[i].v), 0}, width, width, 0};
		else if (n)
			lw_value(f->c, &v[n - 1], &r->p[i]);
	}
	f->c->m = sk_affine_mul(kept, dxf_ocs(r));
	draw(f, v, n, dxf_int(r, 70, 0) & 1, look);
	f->c->m = kept;
}

/* --- POLYLINE: flat, in space, nets --- */

/* A net of m by n points, its rows and columns closed or not. */
static void net(const struct dxf_frame *f, const struct vertex *v, size_t n, int64_t columns,
    int64_t rows, int64_t flags, const struct dxf_look *look)
{
	if (columns < 1 || rows < 1 || (uint64_t)columns * (uint64_t)rows > n)
		return;
	sk_cad_begin(f->c);
	for (int64_t i = 0; i < columns * rows && !f->c->err; i++) {
		int64_t x = i / rows, y = i % rows;
		bool down = x + 1 < columns || flags & 1, right = y + 1 < rows || flags & 32;
		const struct vertex *a = &v[i], *b = &v[(x + 1) % columns * rows + y],
				    *c = &v[x * rows + (y + 1) % rows];
		if (down) {
			sk_cad_move(f->c, a->p.x, a->p.y);
			sk_cad_to(f->c, b->p.x, b->p.y);
		}
		if (right) {
			sk_cad_move(f->c, a->p.x, a->p.y);
			sk_cad_to(f->c, c->p.x, c->p.y);
		}
	}
	sk_cad_stroke(f->c, &look->pen);
}

/* A face names up to four points by their number, from 1 on; negative: the edge behind it is not seen. */
static void poly_face(const struct dxf_frame *f, const struct dxf_record *r, const struct vertex *v,
    size_t n, const struct dxf_look *look)
{
	int64_t at[4];
	unsigned count = 0;

	for (int code = 71; code <= 74; code++) {
		int64_t i = dxf_int(r, code, 0);
		if (i && i >= -(int64_t)n && i <= (int64_t)n)
			at[count++] = i;
	}
	sk_cad_begin(f->c);
	for (unsigned i = 0; i < count && count > 1; i++) {
		int64_t next = at[(i + 1) % count];
		const struct vertex *a = &v[(at[i] < 0 ? -at[i] : at[i]) - 1];
		const struct vertex *b = &v[(next < 0 ? -next : next) - 1];
		if (at[i] < 0)
			continue;
		sk_cad_move(f->c, a->p.x, a->p.y);
		sk_cad_to(f->c, b->p.x, b->p.y);
	}
	sk_cad_stroke(f->c, &look->pen);
}

static struct vertex read_vertex(const struct dxf_record *r, const struct dxf_record *of)
{
	return (struct vertex){dxf_point(r, 10), fmax(0, dxf_real(r, 40, dxf_real(of, 40, 0))),
	    fmax(0, dxf_real(r, 41, dxf_real(of, 41, 0))), dxf_real(r, 42, 0)};
}

void dxf_polyline(const struct dxf_frame *f, const struct dxf_record *r, size_t from, size_t to,
    const struct dxf_look *look)
{
	int64_t flags = dxf_int(r, 70, 0);
	struct vertex *v = room(f, to - from);
	struct sk_affine kept = f->c->m;
	size_t n = 0;

	if (v == NULL)
		return;
	for (size_t i = from; i < to; i++) {
		const struct dxf_record *one = &f->d->records[i];
		int64_t kind = dxf_int(one, 70, 0);
		/* The frame of a spline is not the line itself; a face is no point. */
		if (!(kind & 16) && !((kind & 128) && !(kind & 64)))
			v[n++] = read_vertex(one, r);
	}
	if (flags & 64) {
		for (size_t i = from; i < to; i++) {
			const struct dxf_record *one = &f->d->records[i];
			if ((dxf_int(one, 70, 0) & (64 | 128)) == 128)
				poly_face(f, one, v, n, look);
		}
		return;
	}
	if (flags & 16) {
		net(f, v, n, dxf_int(r, flags & 4 ? 73 : 71, 0), dxf_int(r, flags & 4 ? 74 : 72, 0),
		    flags, look);
		return;
	}
	if (!(flags & 8))
		f->c->m = sk_affine_mul(kept, dxf_ocs(r));
	draw(f, v, n, flags & 1, look);
	f->c->m = kept;
}

/* Points (10), then faces (90): the number of their corners and those. */
void dxf_mesh(const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	size_t n, i = 0;
	const struct sk_xy *p = dxf_points(f, r, 10, &n);

	if (f->c->err)
		return;
	while (i < r->n && r->p[i].code != 93)
		i++;
	int64_t left = i < r->n ? sk_cad_integer(r->p[i++].v) : 0;
	while (left > 0 && i < r->n && r->p[i].code == 90 && !f->c->err) {
		int64_t corners = sk_cad_integer(r->p[i++].v);
		left -= corners + 1;
		bool first = true;
		sk_cad_begin(f->c);
		for (; corners > 0 && i < r->n && r->p[i].code == 90; corners--, i++) {
			int64_t k = sk_cad_integer(r->p[i].v);
			if (k < 0 || (size_t)k >= n)
				continue;
			if (first)
				sk_cad_move(f->c, p[k].x, p[k].y);
			else
				sk_cad_to(f->c, p[k].x, p[k].y);
			first = false;
		}
		sk_cad_close(f->c);
		sk_cad_stroke(f->c, &look->pen);
	}
}

/* --- MLINE --- */

/* A point of the middle line (11, 21), the direction across (13, 23), and for each line how far it lies that way (41). */
struct corner {
	struct sk_xy p, across;
	size_t at;
};

/* How far line `k` lies at a corner: the first of its numbers. */
static bool distance(
    const struct dxf_frame *f, const struct dxf_record *r, size_t at, int64_t k, double *v)
{
	for (; at < r->n && r->p[at].code != 11; at++) {
		if (r->p[at].code != 74 || k-- > 0)
			continue;
		if (at + 1 >= r->n || r->p[at + 1].code != 41)
			return false;
		*v = sk_cad_real(f->c, r->p[at + 1].v);
		return true;
	}
	return false;
}

static size_t corners(const struct dxf_frame *f, const struct dxf_record *r, struct corner *out)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		int code = r->p[i].code;
		double v = code == 11 || code == 21 || code == 13 || code == 23
			       ? sk_cad_real(f->c, r->p[i].v)
			       : 0;
		if (code == 11)
			out[n++] = (struct corner){{v, 0}, {0, 0}, i + 1};
		else if (n && code == 21)
			out[n - 1].p.y = v;
		else if (n && code == 13)
			out[n - 1].across.x = v;
		else if (n && code == 23)
			out[n - 1].across.y = v;
	}
	return n;
}

void dxf_mline(const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	int64_t lines = dxf_int(r, 73, 1);
	size_t most = 0;

	for (size_t i = 0; i < r->n; i++)
		most += r->p[i].code == 11;
	struct corner *all = sk_arena_array(f->c->job->arena, most + 1, sizeof(*all));
	if (all == NULL) {
		f->c->err = SK_ENOMEM;
		return;
	}
	size_t n = corners(f, r, all);
	for (int64_t k = 0; k < lines && k < SK_CAD_DASHES && !f->c->err; k++) {
		sk_cad_begin(f->c);
		for (size_t i = 0; i < n; i++) {
			double d = 0;
			if (!distance(f, r, all[i].at, k, &d))
				continue;
			double x = all[i].p.x + all[i].across.x * d,
			       y = all[i].p.y + all[i].across.y * d;
			if (f->c->npoints)
				sk_cad_to(f->c, x, y);
			else
				sk_cad_move(f->c, x, y);
		}
		if (dxf_int(r, 71, 0) & 2)
			sk_cad_close(f->c);
		sk_cad_stroke(f->c, &look->pen);
	}
}
