/*
 * The entities of a DXF onto the canvas: which of them are shown, with which colour, line type and width, blocks in blocks,
 * layouts and their views of the model. What stands still in space is seen from above. Cleaner's jail.
 */
#include "format/cad/dxf-draw.h"

#include <math.h>
#include <strings.h>

#define DEFAULT_MM 0.18
#define BYLAYER 256

typedef void entity_fn(
    const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look);

static void range(const struct dxf_frame *f, size_t from, size_t to);

/* --- look --- */

uint32_t dxf_colour(int64_t colour)
{
	return colour >> 24 == 1 ? (uint32_t)(colour & 0xFFFFFF) : dxf_aci(colour);
}

static bool is(struct sk_slice s, const char *word)
{
	s = sk_cad_trim(s);
	return s.n == strlen(word) && strncasecmp((const char *)s.p, word, s.n) == 0;
}

static struct sk_cad_dashes dashes(
    const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_layer *layer)
{
	struct sk_slice name = dxf_string(r, 6);
	double scale = f->d->ltscale * fabs(dxf_real(r, 48, 1));

	if (is(name, "BYBLOCK"))
		return f->dashes;
	if ((name.n == 0 || is(name, "BYLAYER")) && layer)
		name = layer->ltype;
	size_t i = dxf_find(&f->d->ltype_names, name);
	if (i == SIZE_MAX)
		return (struct sk_cad_dashes){0};
	struct sk_cad_dashes l = f->d->ltypes[i];
	for (unsigned k = 0; k < l.n; k++)
		l.v[k] *= scale;
	return l;
}

static int64_t own_colour(
    const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_layer *layer)
{
	if (dxf_has(r, 420))
		return INT64_C(1) << 24 | (dxf_int(r, 420, 0) & 0xFFFFFF);
	int64_t colour = dxf_int(r, 62, BYLAYER);
	if (colour == 0)
		return f->colour;
	return colour != BYLAYER ? colour : layer ? layer->colour : 7;
}

static void resolve(const struct dxf_frame *f, const struct dxf_record *r, struct dxf_look *look)
{
	struct sk_slice name = dxf_string(r, 8);
	size_t i = dxf_find(&f->d->layer_names, name);
	int64_t weight = dxf_int(r, 370, -1);

	look->layer = i == SIZE_MAX ? NULL : &f->d->layers[i];
	if (f->layer && is(name, "0"))
		look->layer = f->layer;
	look->colour = own_colour(f, r, look->layer);
	look->rgb = dxf_colour(look->colour);
	look->pen.rgb = sk_cad_visible(look->rgb);
	look->weight = weight == -2 ? f->weight : (int)weight;
	if (weight == -1)
		look->weight = look->layer ? look->layer->weight : -3;
	look->pen.mm = look->weight < 0 || look->weight > 300 ? DEFAULT_MM : look->weight / 100.0;
	look->pen.dashes = dashes(f, r, look->layer);
}

/* --- points --- */

struct sk_xy *dxf_points(const struct dxf_frame *f, const struct dxf_record *r, int code, size_t *n)
{
	size_t most = 0, k = 0;

	for (size_t i = 0; i < r->n; i++)
		most += r->p[i].code == code;
	struct sk_xy *p = sk_arena_array(f->c->job->arena, most + 1, sizeof(*p));
	*n = 0;
	if (p == NULL) {
		f->c->err = SK_ENOMEM;
		return NULL;
	}
	for (size_t i = 0; i < r->n; i++) {
		if (r->p[i].code == code)
			p[k++].x = sk_cad_real(f->c, r->p[i].v);
		else if (r->p[i].code == code + 10 && k)
			p[k - 1].y = sk_cad_real(f->c, r->p[i].v);
	}
	*n = k;
	return p;
}

double *dxf_reals(const struct dxf_frame *f, const struct dxf_record *r, int code, size_t *n)
{
	size_t most = 0;

	for (size_t i = 0; i < r->n; i++)
		most += r->p[i].code == code;
	double *v = sk_arena_array(f->c->job->arena, most + 1, sizeof(*v));
	*n = 0;
	if (v == NULL)
		f->c->err = SK_ENOMEM;
	for (size_t i = 0; v && i < r->n; i++)
		if (r->p[i].code == code)
			v[(*n)++] = sk_cad_real(f->c, r->p[i].v);
	return v;
}

void dxf_lines(const struct dxf_frame *f, const struct sk_xy *p, size_t n, bool closed,
    const struct dxf_look *look)
{
	sk_cad_begin(f->c);
	for (size_t i = 0; i < n; i++) {
		if (i)
			sk_cad_to(f->c, p[i].x, p[i].y);
		else
			sk_cad_move(f->c, p[i].x, p[i].y);
	}
	if (closed)
		sk_cad_close(f->c);
	sk_cad_stroke(f->c, &look->pen);
}

/* Millimetres of paper in what is drawn. */
static double on_paper(const struct dxf_frame *f, double mm)
{
	double unit = sk_affine_scale(&f->c->m) * f->c->scale;

	return unit > 0 ? mm * f->c->px_mm / unit : 0;
}

void dxf_arrow(const struct dxf_frame *f, struct sk_xy p, struct sk_xy from, double mm,
    const struct dxf_look *look)
{
	double dx = from.x - p.x, dy = from.y - p.y, l = hypot(dx, dy);
	double size = fmin(on_paper(f, mm), l / 2);

	if (!(l > 0))
		return;
	dx *= size / l;
	dy *= size / l;
	sk_cad_begin(f->c);
	sk_cad_move(f->c, p.x, p.y);
	sk_cad_to(f->c, p.x + dx - dy / 6, p.y + dy + dx / 6);
	sk_cad_to(f->c, p.x + dx + dy / 6, p.y + dy - dx / 6);
	sk_cad_fill(f->c, look->pen.rgb);
}

/* --- simple entities --- */

/* Draws under the coordinates of the record. */
static struct sk_affine enter(const struct dxf_frame *f, const struct dxf_record *r)
{
	struct sk_affine kept = f->c->m;

	f->c->m = sk_affine_mul(kept, dxf_ocs(r));
	return kept;
}

static void line(const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	const struct sk_xy p[2] = {dxf_point(r, 10), dxf_point(r, 11)};

	dxf_lines(f, p, 2, false, look);
}

static void arc(const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	struct sk_affine kept = enter(f, r);
	struct sk_xy o = dxf_point(r, 10);
	bool full = sk_slice_is(r->name, "CIRCLE");

	sk_cad_begin(f->c);
	sk_cad_arc(f->c, o.x, o.y, dxf_real(r, 40, 0), full ? 0 : dxf_real(r, 50, 0),
	    full ? 360 : dxf_real(r, 51, 360));
	sk_cad_stroke(f->c, &look->pen);
	f->c->m = kept;
}

static void ellipse(
    const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	struct sk_xy o = dxf_point(r, 10), a = dxf_point(r, 11);
	double z = dxf_real(r, 31, 0), k = dxf_real(r, 40, 1);
	double nx = dxf_real(r, 210, 0), ny = dxf_real(r, 220, 0), nz = dxf_real(r, 230, 1);
	struct sk_xy b = {k * (ny * z - nz * a.y), k * (nz * a.x - nx * z)};
	double t0 = fmod(dxf_real(r, 41, 0), 2 * M_PI),
	       t1 = fmod(dxf_real(r, 42, 2 * M_PI), 2 * M_PI);

	if (t1 <= t0 + 1e-9)
		t1 += 2 * M_PI;
	sk_cad_begin(f->c);
	sk_cad_move(f->c, o.x + a.x * cos(t0) + b.x * sin(t0), o.y + a.y * cos(t0) + b.y * sin(t0));
	sk_cad_ellipse(f->c, o, a, b, t0, t1);
	sk_cad_stroke(f->c, &look->pen);
}

static void spline(
    const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	struct sk_cad_nurbs s = {.degree = (unsigned)dxf_int(r, 71, 3)};
	size_t nweights, nfit;

	s.p = dxf_points(f, r, 10, &s.n);
	s.knots = dxf_reals(f, r, 40, &s.nknots);
	s.weights = dxf_reals(f, r, 41, &nweights);
	const struct sk_xy *fit = dxf_points(f, r, 11, &nfit);
	if (f->c->err)
		return;
	s.weights = nweights == s.n ? s.weights : NULL;
	s.knots = s.nknots ? s.knots : NULL;
	sk_cad_begin(f->c);
	if (!sk_cad_nurbs(f->c, &s)) {
		f->c->simplified += nfit < 2;
		sk_cad_through(f->c, nfit > 1 ? fit : s.p, nfit > 1 ? nfit : s.n);
	}
	sk_cad_stroke(f->c, &look->pen);
}

/* The third and the fourth corner stand crosswise. */
static void solid(
    const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	struct sk_affine kept = enter(f, r);
	static const int order[] = {10, 11, 13, 12};

	sk_cad_begin(f->c);
	for (unsigned i = 0; i < 4; i++) {
		struct sk_xy p = dxf_point(r, order[i] == 13 && !dxf_has(r, 13) ? 12 : order[i]);
		if (i)
			sk_cad_to(f->c, p.x, p.y);
		else
			sk_cad_move(f->c, p.x, p.y);
	}
	sk_cad_fill(f->c, look->rgb);
	f->c->m = kept;
}

static void face(const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	int64_t hidden = dxf_int(r, 70, 0);

	sk_cad_begin(f->c);
	for (int i = 0; i < 4; i++) {
		int next = (i + 1) % 4;
		struct sk_xy p = dxf_point(r, 10 + i);
		struct sk_xy q = dxf_point(r, 10 + (next == 3 && !dxf_has(r, 13) ? 2 : next));
		if (hidden >> i & 1)
			continue;
		sk_cad_move(f->c, p.x, p.y);
		sk_cad_to(f->c, q.x, q.y);
	}
	sk_cad_stroke(f->c, &look->pen);
}

static void point(
    const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	struct sk_xy p = dxf_point(r, 10);
	int mode = f->d->point_mode & 15;
	double s = f->d->point_size > 0 ? f->d->point_size / 2 : on_paper(f, 1);

	/* Where dimensions begin: never printed. */
	if (is(dxf_string(r, 8), "DEFPOINTS"))
		return;
	if (mode == 0)
		sk_cad_dot(f->c, p.x, p.y, fmax(0.4, look->pen.mm), look->pen.rgb);
	sk_cad_begin(f->c);
	if (mode == 2 || mode == 3) {
		double x = mode == 2 ? 0 : s, y = mode == 2 ? 0 : s;
		sk_cad_move(f->c, p.x - s, p.y - y);
		sk_cad_to(f->c, p.x + s, p.y + y);
		sk_cad_move(f->c, p.x - x, p.y + s);
		sk_cad_to(f->c, p.x + x, p.y - s);
	}
	if (f->d->point_mode & 32)
		sk_cad_arc(f->c, p.x, p.y, s / 2, 0, 360);
	sk_cad_stroke(f->c, &look->pen);
}

/* Lines without an end count for no paper: they are drawn as far as it reaches. */
static void endless(
    const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	struct sk_xy p = dxf_point(r, 10), v = dxf_point(r, 11);
	double l = hypot(v.x, v.y), reach = on_paper(f, 1e6);

	if (f->c->cr == NULL || !(l > 0))
		return;
	double back = sk_slice_is(r->name, "RAY") ? 0 : reach / l;
	const struct sk_xy ends[2] = {
	    {p.x - v.x * back, p.y - v.y * back}, {p.x + v.x * reach / l, p.y + v.y * reach / l}};
	dxf_lines(f, ends, 2, false, look);
}

static void leader(
    const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	size_t n;
	const struct sk_xy *p = dxf_points(f, r, 10, &n);

	if (f->c->err || n < 2)
		return;
	sk_cad_begin(f->c);
	if (dxf_int(r, 72, 0) == 1) {
		sk_cad_through(f->c, p, n);
		sk_cad_stroke(f->c, &look->pen);
	} else {
		dxf_lines(f, p, n, false, look);
	}
	if (dxf_int(r, 71, 1))
		dxf_arrow(f, p[0], p[1], 2.5, look);
}

/* What is below it is not to be seen. */
static void wipeout(
    const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	struct sk_xy o = dxf_point(r, 10), u = dxf_point(r, 11), v = dxf_point(r, 12);
	double high = dxf_real(r, 23, 1);
	size_t n;
	const struct sk_xy *p = dxf_points(f, r, 14, &n);

	(void)look;
	if (f->c->err || n < 2)
		return;
	const struct sk_xy box[4] = {p[0], {p[1].x, p[0].y}, p[1], {p[0].x, p[1].y}};
	if (n == 2) {
		p = box;
		n = 4;
	}
	sk_cad_begin(f->c);
	for (size_t i = 0; i < n; i++) {
		double a = p[i].x + 0.5, b = high - p[i].y - 0.5;
		double x = o.x + a * u.x + b * v.x, y = o.y + a * u.y + b * v.y;
		if (i)
			sk_cad_to(f->c, x, y);
		else
			sk_cad_move(f->c, x, y);
	}
	sk_cad_fill(f->c, 0xFFFFFF);
}

/* --- blocks --- */

static void block(const struct dxf_frame *f, size_t i, const struct dxf_look *look)
{
	struct dxf_block *b = &f->d->blocks[i];
	struct dxf_frame inner = *f;

	if (b->open || f->depth >= SK_LIMIT_CAD_BLOCKS) {
		f->c->left_out++;
		return;
	}
	inner.depth++;
	inner.space = -1;
	inner.layer = look->layer;
	inner.colour = look->colour;
	inner.weight = look->weight;
	inner.dashes = look->pen.dashes;
	b->open = true;
	range(&inner, b->from, b->to);
	b->open = false;
}

static int64_t times(const struct dxf_record *r, int code)
{
	int64_t n = dxf_int(r, code, 1);

	return n < 1 ? 1 : n > 32767 ? 32767 : n;
}

static void insert(
    const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	size_t i = dxf_find(&f->d->block_names, dxf_string(r, 2));
	struct sk_affine kept = enter(f, r);
	struct sk_xy at = dxf_point(r, 10);
	int64_t columns = times(r, 70), rows = times(r, 71);

	if (i == SIZE_MAX) {
		f->c->left_out++;
		f->c->m = kept;
		return;
	}
	struct sk_xy base = f->d->blocks[i].base;
	struct sk_affine turned = sk_affine_mul(
	    f->c->m, sk_affine_place(at.x, at.y, dxf_real(r, 50, 0) * M_PI / 180, 1, 1));
	double sx = dxf_real(r, 41, 1), sy = dxf_real(r, 42, 1);
	for (int64_t n = 0; n < columns * rows && sk_cad_spend(f->c, 1); n++) {
		int64_t column = n % columns, row = n / columns;
		double x = (double)column * dxf_real(r, 44, 0);
		double y = (double)row * dxf_real(r, 45, 0);
		f->c->m = sk_affine_mul(
		    turned, (struct sk_affine){sx, 0, 0, sy, x - base.x * sx, y - base.y * sy});
		block(f, i, look);
	}
	f->c->m = kept;
}

/* A dimension whose block is missing: the line that is measured, and its words. */
static void bare_dimension(
    const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	const struct sk_xy p[3] = {dxf_point(r, 13), dxf_point(r, 10), dxf_point(r, 14)};

	f->c->simplified++;
	if ((dxf_int(r, 70, 0) & 7) < 2)
		dxf_lines(f, p, 3, false, look);
	dxf_text(f, r, look);
}

/* Its picture is a block, in the coordinates of the drawing. */
static void pictured(
    const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	size_t i = dxf_find(&f->d->block_names, dxf_string(r, 2));
	bool table = sk_slice_is(r->name, "ACAD_TABLE");
	struct sk_xy at = dxf_point(r, table ? 10 : 12);
	struct sk_affine kept = f->c->m;

	if (i == SIZE_MAX && table) {
		f->c->left_out++;
	} else if (i == SIZE_MAX) {
		bare_dimension(f, r, look);
	} else {
		struct sk_xy base = f->d->blocks[i].base;
		double angle = table ? atan2(dxf_real(r, 21, 0), dxf_real(r, 11, 1)) : 0;
		f->c->m = sk_affine_mul(kept, sk_affine_place(at.x, at.y, angle, 1, 1));
		f->c->m = sk_affine_mul(f->c->m, (struct sk_affine){1, 0, 0, 1, -base.x, -base.y});
		block(f, i, look);
	}
	f->c->m = kept;
}

/* --- a view of the model on a layout --- */

static void view(const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	struct sk_cad_canvas *c = f->c;
	struct sk_xy o = dxf_point(r, 10), at = dxf_point(r, 12), target = dxf_point(r, 17);
	double w = dxf_real(r, 40, 0) / 2, h = dxf_real(r, 41, 0) / 2, high = dxf_real(r, 45, 0);
	double turn = dxf_real(r, 51, 0) * M_PI / 180, k = high > 0 ? 2 * h / high : 0;
	const struct sk_xy box[4] = {
	    {o.x - w, o.y - h}, {o.x + w, o.y - h}, {o.x + w, o.y + h}, {o.x - w, o.y + h}};
	struct sk_cad_canvas kept = *c;
	struct dxf_frame model = *f;

	/* 1 is the layout itself; those that look from aside show no drawing. */
	if (f->space != 1 || dxf_int(r, 69, 2) == 1 || dxf_int(r, 68, 1) == 0)
		return;
	bool above = dxf_real(r, 16, 0) == 0 && dxf_real(r, 26, 0) == 0;
	if (!above || !(k > 0)) {
		c->left_out++;
		return;
	}
	dxf_lines(f, box, 4, true, look);
	if (c->cr == NULL || c->err)
		return;
	struct sk_xy a = sk_affine_of(&c->page, box[0].x, box[0].y);
	struct sk_xy b = sk_affine_of(&c->page, box[2].x, box[2].y);
	const double clip[4] = {fmax(c->clip[0], a.x), fmax(c->clip[1], b.y), fmin(c->clip[2], b.x),
	    fmin(c->clip[3], a.y)};
	memcpy(c->clip, clip, sizeof(clip));
	struct sk_affine onto =
	    sk_affine_mul((struct sk_affine){k, 0, 0, k, o.x - at.x * k, o.y - at.y * k},
		sk_affine_mul(sk_affine_place(0, 0, turn, 1, 1),
		    (struct sk_affine){1, 0, 0, 1, -target.x, -target.y}));
	c->page = sk_affine_mul(c->page, onto);
	c->scale *= k;
	model.space = 0;
	cairo_save(c->cr);
	cairo_rectangle(c->cr, clip[0], clip[1], clip[2] - clip[0], clip[3] - clip[1]);
	cairo_clip(c->cr);
	range(&model, f->d->from, f->d->to);
	cairo_restore(c->cr);
	/* What the model has that is not drawn is told on its own page. */
	memcpy(c->clip, kept.clip, sizeof(kept.clip));
	c->page = kept.page;
	c->scale = kept.scale;
	c->odd = kept.odd;
	c->left_out = kept.left_out;
	c->hidden = kept.hidden;
	c->simplified = kept.simplified;
	c->missing = kept.missing;
	c->seen = UINT32_MAX;
}

static void none(const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	(void)f;
	(void)r;
	(void)look;
}

/* --- all of them --- */

static const struct {
	const char *name;
	entity_fn *draw;
} entities[] = {{"LINE", line}, {"TEXT", dxf_text}, {"LWPOLYLINE", dxf_lwpolyline},
    {"INSERT", insert}, {"ARC", arc}, {"CIRCLE", arc}, {"POINT", point}, {"MTEXT", dxf_mtext},
    {"HATCH", dxf_hatch}, {"DIMENSION", pictured}, {"ARC_DIMENSION", pictured},
    {"LARGE_RADIAL_DIMENSION", pictured}, {"ACAD_TABLE", pictured}, {"ATTRIB", dxf_text},
    {"ATTDEF", dxf_text}, {"SOLID", solid}, {"TRACE", solid}, {"3DFACE", face},
    {"ELLIPSE", ellipse}, {"SPLINE", spline}, {"HELIX", spline}, {"LEADER", leader},
    {"MULTILEADER", dxf_multileader}, {"MLINE", dxf_mline}, {"TOLERANCE", dxf_tolerance},
    {"MESH", dxf_mesh}, {"RAY", endless}, {"XLINE", endless}, {"WIPEOUT", wipeout},
    {"VIEWPORT", view}, {"VERTEX", none}, {"SEQEND", none}, {"ENDBLK", none}, {"BLOCK", none}};

static entity_fn *drawer(struct sk_slice name)
{
	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
		if (sk_slice_is(name, entities[i].name))
			return entities[i].draw;
	return NULL;
}

static bool is_shown(
    const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	bool block = sk_slice_is(r->name, "INSERT") && look->layer && !look->layer->frozen;
	bool off = look->layer && (look->layer->off || look->layer->frozen);

	/* A layer that is off hides its own lines; the blocks on it have layers of their own. */
	if ((off && !block) || (dxf_int(r, 60, 0) & 1)) {
		f->c->hidden++;
		return false;
	}
	return true;
}

static size_t vertices(const struct dxf_frame *f, size_t i, size_t to)
{
	for (i++; i < to && sk_slice_is(f->d->records[i].name, "VERTEX");)
		i++;
	return i;
}

static void one(const struct dxf_frame *f, size_t i, size_t end)
{
	const struct dxf_record *r = &f->d->records[i];
	entity_fn *draw = drawer(r->name);
	struct dxf_look look = {0};

	/* What a record holds is read each time its block is drawn. */
	if (draw == none || !sk_cad_spend(f->c, r->n / 8 + (end - i)))
		return;
	if (f->space >= 0 && dxf_int(r, 67, 0) != f->space)
		return;
	resolve(f, r, &look);
	if (!is_shown(f, r, &look))
		return;
	if (sk_slice_is(r->name, "POLYLINE"))
		dxf_polyline(f, r, i + 1, end, &look);
	else if (draw)
		draw(f, r, &look);
	else
		f->c->left_out++;
}

static void range(const struct dxf_frame *f, size_t from, size_t to)
{
	size_t next;

	for (size_t i = from; i < to && sk_cad_spend(f->c, 1); i = next) {
		next = i + 1;
		if (sk_slice_is(f->d->records[i].name, "POLYLINE"))
			next = vertices(f, i, to);
		one(f, i, next);
	}
}

/* Page 0 is the model, then the layout that was open, then the others. */
static void draw(void *data, unsigned page, struct sk_cad_canvas *c)
{
	struct dxf_drawing *d = data;
	struct dxf_frame f = {.d = d, .c = c, .colour = 7, .weight = -3};
	unsigned other = page - (d->paper ? 2 : 1);

	if (page == 0 || (page == 1 && d->paper)) {
		f.space = page ? 1 : 0;
		range(&f, d->from, d->to);
		return;
	}
	const struct dxf_block *b = &d->blocks[d->pages[other]];
	for (size_t i = b->from; i < b->to && sk_cad_spend(c, 1); i++) {
		f.space = 1;
		size_t end =
		    sk_slice_is(d->records[i].name, "POLYLINE") ? vertices(&f, i, b->to) : i + 1;
		f.space = sk_slice_is(d->records[i].name, "VIEWPORT") ? 1 : -1;
		one(&f, i, end);
		i = end - 1;
	}
}

static void paper(void *data, unsigned page, struct sk_cad_paper *p)
{
	const struct dxf_drawing *d = data;

	/* Layouts are in millimetres of paper. */
	p->unit_mm = page ? 1 : d->unit_mm;
}

int sk_cad_read_dxf(struct sk_cad *c, struct sk_slice in, struct sk_cad_drawing *out)
{
	struct dxf_drawing *d = sk_arena_alloc(c->job->arena, sizeof(*d));

	if (d == NULL)
		return SK_ENOMEM;
	*d = (struct dxf_drawing){.job = c->job, .charset = c->charset, .ltscale = 1};
	int rc = dxf_load(d, in);
	*out = (struct sk_cad_drawing){d, 1 + d->paper + (unsigned)d->npages, draw, paper};
	return rc;
}
