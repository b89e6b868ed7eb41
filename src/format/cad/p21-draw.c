/*
 * SXF in its p21 form: the presentation of AP202 (ISO 10303-202, 10303-46) from the drawing sheet down: styled curves, areas,
 * words and signs, callouts, figures that are mapped. Other models have no sheet and are refused. Cleaner's jail.
 */
#include "format/cad/p21-draw.h"

#include <math.h>

#include "format/cad/sxf.h"

static struct sk_slice string(const struct p21_frame *x, struct sk_slice value)
{
	return p21_string(x->f, x->c->job, value);
}

/* --- styles --- */

static uint32_t colour(const struct p21_frame *x, size_t i)
{
	struct sk_slice a;
	uint32_t rgb = 0;

	if (p21_get(x, i, "DRAUGHTING_PRE_DEFINED_COLOUR", &a) ||
	    p21_get(x, i, "PRE_DEFINED_COLOUR", &a)) {
		sxf_colour(sxf_colour_named(string(x, p21_arg(a, 0))), &rgb);
		return rgb;
	}
	for (size_t k = 1; k < 4 && p21_get(x, i, "COLOUR_RGB", &a); k++)
		rgb = rgb << 8 |
		      (uint32_t)lround(255 * fmax(0, fmin(1, p21_real(x, p21_arg(a, k), 0))));
	return rgb;
}

/* Predefined by its name, or lengths that are drawn and left out in turn. */
static struct sk_cad_dashes dashes(const struct p21_frame *x, size_t i)
{
	struct sk_cad_dashes d = {0};
	struct sk_slice a, one;
	size_t at = 0;
	uint64_t id;

	if (p21_get(x, i, "DRAUGHTING_PRE_DEFINED_CURVE_FONT", &a)) {
		sxf_line_type(sxf_line_type_named(string(x, p21_arg(a, 0))), &d);
		return d;
	}
	if (!p21_get(x, i, "CURVE_STYLE_FONT", &a))
		return d;
	struct sk_slice list = p21_arg(a, 1);
	for (unsigned n = 0; n < SK_CAD_DASHES / 2 && p21_next(list, &at, &id); n++) {
		if (!p21_get(x, p21_find(x->f, id), "CURVE_STYLE_FONT_PATTERN", &one))
			continue;
		d.v[d.n++] = fabs(p21_real(x, p21_arg(one, 0), 0));
		d.v[d.n++] = fabs(p21_real(x, p21_arg(one, 1), 0));
	}
	return d;
}

static bool curve_style(const struct p21_frame *x, size_t i, struct sk_cad_pen *pen)
{
	struct sk_slice a, unit;
	double mm = 0.25;

	if (!p21_get(x, i, "CURVE_STYLE", &a))
		return false;
	struct sk_slice width = p21_arg(a, 2);
	if (p21_get(x, p21_ref(x->f, width), "LENGTH_MEASURE_WITH_UNIT", &unit))
		width = p21_arg(unit, 0);
	mm = p21_real(x, width, mm);
	*pen = (struct sk_cad_pen){sxf_visible(colour(x, p21_ref(x->f, p21_arg(a, 3)))),
	    mm > 0 && mm < 100 ? mm : 0.25, dashes(x, p21_ref(x->f, p21_arg(a, 1)))};
	return true;
}

#define STYLES 8 /* of one item: one, in SXF */

/* The i-th style of a styled item: through its assignments. */
static size_t style_at(const struct p21_frame *x, struct sk_slice item, size_t i)
{
	struct sk_slice list = p21_arg(item, item.n && item.p[0] == '\'');
	size_t at = 0, seen = 0;
	uint64_t id, style;
	struct sk_slice a;

	while (seen++ < STYLES && p21_next(list, &at, &id)) {
		size_t inner = 0;
		if (!p21_get(x, p21_find(x->f, id), "PRESENTATION_STYLE_ASSIGNMENT", &a))
			continue;
		while (p21_next(a, &inner, &style))
			if (i-- == 0)
				return p21_find(x->f, style);
	}
	return SIZE_MAX;
}

static struct sk_cad_pen pen_of(const struct p21_frame *x, struct sk_slice item)
{
	struct sk_cad_pen pen = {0, 0.25, {0}};

	for (size_t i = 0; i < STYLES; i++)
		if (curve_style(x, style_at(x, item, i), &pen))
			break;
	return pen;
}

/* --- words --- */

static unsigned row_and_column(struct sk_slice name, int *row)
{
	static const char *const rows[] = {"baseline", "middleline", "topline"};

	*row = -1;
	for (int i = 0; i < 3; i++)
		if (sk_slice_find(name, 0, sk_slice_str(rows[i])) != SIZE_MAX)
			*row = i;
	if (sk_slice_find(name, 0, SK_SLICE_LIT("right")) != SIZE_MAX)
		return 2;
	return sk_slice_find(name, 0, SK_SLICE_LIT("cent")) != SIZE_MAX;
}

static void text_style(const struct p21_frame *x, struct sk_slice item, struct sxf_words *w)
{
	struct sk_slice a, box;

	for (size_t i = 0; i < STYLES; i++) {
		size_t style = style_at(x, item, i);
		if (p21_get(x, style, "TEXT_STYLE", &a) &&
		    p21_get(x, p21_ref(x->f, p21_arg(a, 1)), "TEXT_STYLE_FOR_DEFINED_FONT", &box))
			w->rgb = sxf_visible(colour(x, p21_ref(x->f, box)));
		if (!p21_get(x, style, "TEXT_STYLE_WITH_BOX_CHARACTERISTICS", &a))
			continue;
		size_t at = sk_slice_find(a, 0, SK_SLICE_LIT("BOX_SLANT_ANGLE("));
		struct sk_slice slant = at == SIZE_MAX ? sk_slice("", 0) : sk_slice_sub(a, at, a.n);
		w->slant = p21_real(x, slant, 0) * 180 / M_PI;
	}
}

/* The point SXF means stands in the name; the library moves it off by parts of the height. */
static void words(const struct p21_frame *x, struct sk_slice item, struct sk_slice a)
{
	static const double moved[] = {-0.5, 0.5, 1};
	struct sk_affine at = p21_placement(x, p21_ref(x->f, p21_arg(a, 2)));
	struct sk_slice name = string(x, p21_arg(a, 0)), extent, font;
	struct sxf_words w = {.utf8 = string(x, p21_arg(a, 1)),
	    .angle = atan2(at.b, at.a) * 180 / M_PI,
	    .vertical = p21_is(p21_arg(a, 4), ".DOWN.")};
	int row;
	bool sxf = sk_slice_starts(name, SK_SLICE_LIT("$$SXF_"));
	unsigned column = row_and_column(sxf ? name : string(x, p21_arg(a, 3)), &row);

	if (p21_get(x, p21_ref(x->f, p21_arg(a, 6)), "PLANAR_EXTENT", &extent)) {
		w.width = fabs(p21_real(x, p21_arg(extent, 1), 0));
		w.height = fabs(p21_real(x, p21_arg(extent, 2), 0));
	}
	if (p21_get(x, p21_ref(x->f, p21_arg(a, 5)), "EXTERNALLY_DEFINED_TEXT_FONT", &font))
		w.font = string(x, sk_slice_sub(p21_arg(font, 0), 0, 256));
	text_style(x, item, &w);
	row = row < 0 ? 0 : row;
	double off = sxf && x->f->scadec ? moved[row] * w.height : 0;
	w.x = at.e + at.c * off;
	w.y = at.f + at.d * off;
	w.base = 1 + column + 3 * (unsigned)row;
	sxf_words(x->c, &w);
}

/* --- signs --- */

/* Where a leader comes from at its end; the direction of its arrow is written in two ways. */
static bool leader_way(const struct p21_frame *x, size_t i, struct sk_xy at, struct sk_xy *way)
{
	struct sk_slice a;
	struct sk_affine kept = x->c->m;

	if (!p21_get(x, i, "STYLED_ITEM", &a))
		return false;
	size_t curve = p21_ref(x->f, p21_arg(a, 1 + (a.n && a.p[0] == '\'')));
	sk_cad_begin(x->c);
	x->c->m = SK_AFFINE_ONE;
	bool known = p21_curve(x, curve, true, false, 0);
	x->c->m = kept;
	size_t n = x->c->npoints;
	if (!known || n < 2)
		return false;
	const struct sk_xy *p = x->c->points;
	bool last =
	    hypot(p[n - 1].x - at.x, p[n - 1].y - at.y) < hypot(p[0].x - at.x, p[0].y - at.y);
	struct sk_xy end = p[last ? n - 1 : 0], before = p[last ? n - 2 : 1];
	*way = (struct sk_xy){end.x - before.x, end.y - before.y};
	return true;
}

/* Arrows have the width of the curve they end. */
static double width_of(const struct p21_frame *x, size_t i)
{
	struct sk_slice a;

	return p21_get(x, i, "STYLED_ITEM", &a) ? pen_of(x, a).mm : 0.25;
}

static void sign(const struct p21_frame *x, size_t self, struct sk_slice item, struct sk_slice a)
{
	size_t definition = p21_ref(x->f, p21_arg(a, 1));
	struct sk_slice target, v, style;
	struct sk_cad_pen pen = {0, 0.25, {0}};

	if (!p21_get(x, p21_ref(x->f, p21_arg(a, 2)), "SYMBOL_TARGET", &target)) {
		x->c->left_out++;
		return;
	}
	struct sk_affine m = p21_placement(x, p21_ref(x->f, p21_arg(target, 1)));
	struct sk_xy at = {m.e, m.f}, way = {m.a, m.b};
	double scale = p21_real(x, p21_arg(target, 2), 1);
	for (size_t i = 0; i < STYLES; i++)
		if (p21_get(x, style_at(x, item, i), "SYMBOL_STYLE", &style) &&
		    p21_get(x, p21_ref(x->f, p21_arg(style, 1)), "SYMBOL_COLOUR", &v))
			pen.rgb = sxf_visible(colour(x, p21_ref(x->f, v)));
	if (p21_get(x, definition, "PRE_DEFINED_TERMINATOR_SYMBOL", &v)) {
		struct sk_slice of;
		size_t curve =
		    p21_get(x, self, "TERMINATOR_SYMBOL", &of) ? p21_ref(x->f, of) : SIZE_MAX;
		struct sk_slice leader;
		if (p21_get(x, self, "LEADER_TERMINATOR", &leader))
			leader_way(x, curve, at, &way);
		pen.mm = width_of(x, curve);
		sxf_arrow(x->c, sxf_arrow_named(string(x, p21_arg(v, 0))), at, way, scale, &pen);
	} else if (p21_get(x, definition, "PRE_DEFINED_POINT_MARKER_SYMBOL", &v) ||
		   p21_get(x, definition, "PRE_DEFINED_MARKER", &v)) {
		pen.mm = 0.13;
		sxf_marker(x->c, sxf_marker_named(string(x, p21_arg(v, 0))), at,
		    atan2(m.b, m.a) * 180 / M_PI, scale, &pen);
	} else {
		x->c->simplified++;
		sxf_marker(x->c, 4, at, 0, 1, &pen);
	}
}

/* --- areas --- */

static void hatch_lines(const struct p21_frame *x, struct sk_slice a)
{
	const struct sk_affine *m = &x->c->m;
	struct sk_cad_pen pen = {0, 0.13, {0}};
	struct sk_slice repeat;
	struct sk_xy v = {0, 0}, p = p21_point(x, p21_ref(x->f, p21_arg(a, 3)));
	double angle = fmod(p21_real(x, p21_arg(a, 5), 0), 2 * M_PI);

	curve_style(x, p21_ref(x->f, p21_arg(a, 1)), &pen);
	if (p21_get(x, p21_ref(x->f, p21_arg(a, 2)), "ONE_DIRECTION_REPEAT_FACTOR", &repeat))
		v = p21_vector(x, p21_ref(x->f, p21_arg(repeat, 1)));
	struct sk_xy base = sk_affine_of(m, p.x, p.y);
	struct sk_xy offset = {m->a * v.x + m->c * v.y, m->b * v.x + m->d * v.y};
	angle = atan2(m->b * cos(angle) + m->d * sin(angle), m->a * cos(angle) + m->c * sin(angle));
	x->c->simplified += !sk_cad_hatch(x->c, &pen, base, angle, offset);
}

static void area_style(const struct p21_frame *x, struct sk_slice list)
{
	struct sk_slice a;
	size_t at = 0;
	uint64_t id;

	while (p21_next(list, &at, &id) && sk_cad_spend(x->c, 1)) {
		size_t i = p21_find(x->f, id);
		if (p21_get(x, i, "FILL_AREA_STYLE_COLOUR", &a)) {
			sk_cad_fill(x->c, colour(x, p21_ref(x->f, p21_arg(a, 1))));
		} else if (p21_get(x, i, "FILL_AREA_STYLE_HATCHING", &a)) {
			hatch_lines(x, a);
		} else if (!p21_get(x, i, "EXTERNALLY_DEFINED_HATCH_STYLE", &a) ||
			   !sk_slice_is(string(x, p21_arg(a, 0)), "Area_control")) {
			x->c->simplified++;
		}
	}
}

/* Areas with nothing but a name of a pattern are left open: their outline is an item of its own. */
static void area(const struct p21_frame *x, struct sk_slice item, struct sk_slice a)
{
	struct sk_slice curves = p21_arg(a, 1), style;
	size_t at = 0;
	uint64_t id;

	sk_cad_begin(x->c);
	while (p21_next(curves, &at, &id) && !x->c->err)
		p21_curve(x, p21_find(x->f, id), true, false, 0);
	for (size_t i = 0; i < STYLES && !x->c->err; i++)
		if (p21_get(x, style_at(x, item, i), "FILL_AREA_STYLE", &style))
			area_style(x, p21_arg(style, 1));
}

/* --- items --- */

static void items(const struct p21_frame *x, struct sk_slice list);

static bool is_background(struct sk_slice name)
{
	return sk_slice_find(name, 0, SK_SLICE_LIT("$$ATRU$$")) != SIZE_MAX &&
	       sk_slice_find(name, 0, SK_SLICE_LIT("背景色")) != SIZE_MAX;
}

static struct sk_affine inverse(const struct sk_affine *m)
{
	/* Placements only turn and move. */
	struct sk_affine r = {m->a, m->c, m->b, m->d, 0, 0};

	r.e = -(r.a * m->e + r.c * m->f);
	r.f = -(r.b * m->e + r.d * m->f);
	return r;
}

/* A figure where it is mapped to: the map has its own origin and the figure, the target place, angle and scale. */
static void mapped(const struct p21_frame *x, struct sk_slice a)
{
	struct sk_slice map, figure, target;
	struct sk_affine kept = x->c->m;
	struct p21_frame inner = *x;

	if (!p21_get(x, p21_ref(x->f, p21_arg(a, 0)), "SYMBOL_REPRESENTATION_MAP", &map)) {
		x->c->left_out++;
		return;
	}
	size_t i = p21_ref(x->f, p21_arg(map, 1));
	if (!p21_get(x, i, "DRAUGHTING_SUBFIGURE_REPRESENTATION", &figure) || x->d->open[i] ||
	    x->depth >= SK_LIMIT_CAD_BLOCKS) {
		x->c->left_out++;
		return;
	}
	struct sk_slice name = string(x, sk_slice_sub(p21_arg(figure, 0), 0, 1024));
	if (is_background(name))
		return;
	if (p21_get(x, p21_ref(x->f, p21_arg(a, 1)), "SYMBOL_TARGET", &target)) {
		struct sk_affine to = p21_placement(x, p21_ref(x->f, p21_arg(target, 1)));
		double sx = p21_real(x, p21_arg(target, 2), 1),
		       sy = p21_real(x, p21_arg(target, 3), sx);
		x->c->m = sk_affine_mul(x->c->m, to);
		x->c->m = sk_affine_mul(x->c->m, (struct sk_affine){sx, 0, 0, sy, 0, 0});
	}
	struct sk_affine source = p21_placement(x, p21_ref(x->f, p21_arg(map, 0)));
	x->c->m = sk_affine_mul(x->c->m, inverse(&source));
	if (sk_slice_starts(name, SK_SLICE_LIT("$$SXF_FG_")))
		x->c->m = sk_affine_mul(x->c->m, (struct sk_affine){0, 1, 1, 0, 0, 0});
	inner.depth++;
	inner.figure = ++x->d->figures;
	x->d->open[i] = 1;
	items(&inner, p21_arg(figure, 1));
	x->d->open[i] = 0;
	x->c->m = kept;
}

static void styled(const struct p21_frame *x, size_t self, struct sk_slice item)
{
	size_t target = p21_ref(x->f, p21_arg(item, 1 + (item.n && item.p[0] == '\'')));
	struct sk_slice a;

	if (p21_get(x, target, "TEXT_LITERAL_WITH_EXTENT", &a) ||
	    p21_get(x, target, "TEXT_LITERAL", &a)) {
		words(x, item, a);
	} else if (p21_get(x, target, "ANNOTATION_FILL_AREA", &a)) {
		area(x, item, a);
	} else if (p21_get(x, target, "DEFINED_SYMBOL", &a)) {
		sign(x, self, item, a);
	} else if (p21_get(x, target, "MAPPED_ITEM", &a)) {
		mapped(x, a);
	} else {
		struct sk_cad_pen pen = pen_of(x, item);
		sk_cad_begin(x->c);
		if (p21_curve(x, target, true, false, 0))
			sk_cad_stroke(x->c, &pen);
		else
			x->c->left_out++;
	}
}

/* Boxes and placements stand among the items of a sheet. */
static bool is_frame(const struct p21_frame *x, size_t i)
{
	struct sk_slice a;

	return p21_get(x, i, "PLANAR_BOX", &a) || p21_get(x, i, "AXIS2_PLACEMENT_2D", &a) ||
	       p21_get(x, i, "CARTESIAN_POINT", &a);
}

static void item(const struct p21_frame *x, size_t i)
{
	struct p21_frame inner = *x;
	struct sk_slice a, angular;

	if (i == SIZE_MAX || x->d->seen[i] == x->figure || x->depth > SK_LIMIT_CAD_BLOCKS ||
	    !sk_cad_spend(x->c, x->f->v[i].body.n / 256))
		return;
	x->d->seen[i] = x->figure;
	if (x->d->hidden[i]) {
		x->c->hidden++;
		return;
	}
	inner.depth++;
	if (p21_get(x, i, "DRAUGHTING_CALLOUT", &a)) {
		inner.against = p21_get(x, i, "ANGULAR_DIMENSION", &angular);
		items(&inner, a.n && a.p[0] == '\'' ? p21_arg(a, 1) : a);
	} else if (p21_get(x, i, "STYLED_ITEM", &a)) {
		size_t target = p21_ref(x->f, p21_arg(a, 1 + (a.n && a.p[0] == '\'')));
		if (p21_get(x, target, "DRAUGHTING_CALLOUT", &angular))
			item(&inner, target);
		else
			styled(x, i, a);
	} else if (p21_get(x, i, "MAPPED_ITEM", &a)) {
		mapped(x, a);
	} else if (!is_frame(x, i)) {
		x->c->left_out++;
	}
}

static void items(const struct p21_frame *x, struct sk_slice list)
{
	size_t at = 0;
	uint64_t id;

	while (p21_next(list, &at, &id) && sk_cad_spend(x->c, 1))
		item(x, p21_find(x->f, id));
}

static void draw(void *data, unsigned page, struct sk_cad_canvas *c)
{
	struct p21_drawing *d = data;
	struct p21_frame x = {d, &d->f, c, 0, 1, false};
	struct sk_slice a;

	(void)page;
	d->figures = 1;
	memset(d->seen, 0, d->f.n * sizeof(*d->seen));
	if (p21_record(&d->f, d->sheet, "DRAWING_SHEET_REVISION", &a))
		items(&x, p21_arg(a, 1));
}

static void paper(void *data, unsigned page, struct sk_cad_paper *p)
{
	const struct p21_drawing *d = data;

	(void)page;
	sxf_paper(p, -1, false, d->width, d->height);
}

/* --- reading --- */

/* A layer hides all that is on it. */
static void hide(struct p21_drawing *d, struct sk_slice list)
{
	size_t at = 0;
	uint64_t id, member;
	struct sk_slice a;

	while (p21_next(list, &at, &id)) {
		size_t i = p21_find(&d->f, id), inner = 0;
		if (i == SIZE_MAX || d->hidden[i])
			continue;
		d->hidden[i] = 1;
		if (!p21_record(&d->f, i, "PRESENTATION_LAYER_ASSIGNMENT", &a))
			continue;
		struct sk_slice on = p21_arg(a, 2);
		while (p21_next(on, &inner, &member))
			if (p21_find(&d->f, member) != SIZE_MAX)
				d->hidden[p21_find(&d->f, member)] = 1;
	}
}

static void survey(struct p21_drawing *d)
{
	struct sk_slice a;

	for (size_t i = 0; i < d->f.n; i++) {
		if (p21_record(&d->f, i, "DRAWING_SHEET_REVISION", &a) && d->sheet == SIZE_MAX)
			d->sheet = i;
		else if (p21_record(&d->f, i, "INVISIBILITY", &a))
			hide(d, a);
	}
}

/* The box among the items of the sheet. */
static void measure_sheet(struct p21_drawing *d)
{
	struct sk_slice a, box;
	size_t at = 0;
	uint64_t id;

	if (!p21_record(&d->f, d->sheet, "DRAWING_SHEET_REVISION", &a))
		return;
	struct sk_slice list = p21_arg(a, 1);
	while (p21_next(list, &at, &id)) {
		if (!p21_record(&d->f, p21_find(&d->f, id), "PLANAR_BOX", &box))
			continue;
		p21_number(NULL, p21_arg(box, 1), &d->width);
		p21_number(NULL, p21_arg(box, 2), &d->height);
	}
}

int sk_cad_read_p21(struct sk_cad *c, struct sk_slice in, struct sk_cad_drawing *out)
{
	struct p21_drawing *d = sk_arena_alloc(c->job->arena, sizeof(*d));

	if (d == NULL)
		return SK_ENOMEM;
	*d = (struct p21_drawing){.f = {.job = c->job, .charset = c->charset}, .sheet = SIZE_MAX};
	int rc = p21_load(&d->f, in);
	d->hidden = sk_arena_alloc(c->job->arena, d->f.n);
	d->open = sk_arena_alloc(c->job->arena, d->f.n);
	d->seen = sk_arena_array(c->job->arena, d->f.n, sizeof(*d->seen));
	if (rc || d->hidden == NULL || d->open == NULL || d->seen == NULL)
		return rc ? rc : SK_ENOMEM;
	survey(d);
	if (d->sheet == SIZE_MAX)
		return sk_job_refuse(c->job, SK_REASON_MODEL, "no drawing sheet");
	measure_sheet(d);
	*out = (struct sk_cad_drawing){d, 1, draw, paper};
	return 0;
}
