/* Figures, paths, clipping and pictures of the device context ([MS-EMF] 2.3). Cleaner's jail. */
#include "format/metafile/gdi.h"

#include <math.h>

enum { RGN_AND = 1, RGN_OR, RGN_XOR, RGN_DIFF, RGN_COPY };
enum {
	ROP_SRCCOPY = 0xCC0020,
	ROP_SRCAND = 0x8800C6,
	ROP_SRCPAINT = 0xEE0086,
	ROP_SRCINVERT = 0x660046,
	ROP_PATCOPY = 0xF00021,
	ROP_BLACKNESS = 0x000042,
	ROP_WHITENESS = 0xFF0062,
	ROP_DSTINVERT = 0x550009,
	ROP_NOP = 0xAA0029,
	ROP_NOTSRCCOPY = 0x330008
};

static void source(cairo_t *cr, uint32_t bgr, double alpha)
{
	cairo_set_source_rgba(
	    cr, (bgr & 255) / 255.0, (bgr >> 8 & 255) / 255.0, (bgr >> 16 & 255) / 255.0, alpha);
}

static void go(struct sk_gdi *g, struct sk_point p, bool line)
{
	sk_gdi_to_pixels(g, &p.x, &p.y);
	if (line)
		cairo_line_to(g->cr, p.x, p.y);
	else
		cairo_move_to(g->cr, p.x, p.y);
}

/* Length of one logical unit in pixels, for pen widths. */
static double unit(const struct sk_gdi *g)
{
	double x0 = 0, y0 = 0, x1 = 1, y1 = 0, x2 = 0, y2 = 1;

	sk_gdi_to_pixels(g, &x0, &y0);
	sk_gdi_to_pixels(g, &x1, &y1);
	sk_gdi_to_pixels(g, &x2, &y2);
	return (hypot(x1 - x0, y1 - y0) + hypot(x2 - x0, y2 - y0)) / 2;
}

/* [MS-EMF] 2.1.25: dashes in multiples of the pen's width. */
static void set_dashes(struct sk_gdi *g, double width)
{
	static const double dash[] = {3, 1}, dot[] = {1, 1}, dashdot[] = {3, 1, 1, 1},
			    dashdotdot[] = {3, 1, 1, 1, 1, 1};
	static const struct {
		const double *v;
		int n;
	} styles[] = {{NULL, 0}, {dash, 2}, {dot, 2}, {dashdot, 4}, {dashdotdot, 6}};
	unsigned style = g->s.pen.style & 15;
	double scaled[6];

	if (style == 0 || style > 4) {
		cairo_set_dash(g->cr, NULL, 0, 0);
		return;
	}
	double k = width < 1 ? 3 : width * 1.5;
	for (int i = 0; i < styles[style].n; i++)
		scaled[i] = styles[style].v[i] * k;
	cairo_set_dash(g->cr, scaled, styles[style].n, 0);
}

static void set_pen(struct sk_gdi *g)
{
	const struct sk_gdi_object *p = &g->s.pen;
	double width = p->width * unit(g);

	width = width < 1 || !isfinite(width) ? 1 : width > 4096 ? 4096 : width;
	cairo_set_line_width(g->cr, width);
	set_dashes(g, width);
	cairo_set_line_cap(g->cr, p->cap == 1   ? CAIRO_LINE_CAP_SQUARE
				  : p->cap == 2 ? CAIRO_LINE_CAP_BUTT
						: CAIRO_LINE_CAP_ROUND);
	cairo_set_line_join(g->cr, p->join == 1   ? CAIRO_LINE_JOIN_BEVEL
				   : p->join == 2 ? CAIRO_LINE_JOIN_MITER
						  : CAIRO_LINE_JOIN_ROUND);
	cairo_set_miter_limit(g->cr, g->s.miter);
	source(g->cr, p->color, 1);
}

/* Lines of a hatch brush, eight pixels apart, over the current path. */
static void fill_hatch(struct sk_gdi *g, const struct sk_gdi_object *b)
{
	double l, t, r, e;

	cairo_save(g->cr);
	cairo_clip_preserve(g->cr);
	cairo_path_extents(g->cr, &l, &t, &r, &e);
	cairo_path_t *kept = cairo_copy_path(g->cr);
	if (g->s.opaque) {
		source(g->cr, g->s.back_color, 1);
		cairo_fill_preserve(g->cr);
	}
	cairo_new_path(g->cr);
	double span = e - t;
	for (double x = floor((l - span) / 8) * 8; x < r + span && x < l + 40000; x += 8) {
		if (b->hatch == 1 || b->hatch == 4) {
			cairo_move_to(g->cr, x, t);
			cairo_line_to(g->cr, x, e);
		}
		if (b->hatch == 2 || b->hatch == 5) {
			cairo_move_to(g->cr, x, t);
			cairo_line_to(g->cr, x + span, e);
		}
		if (b->hatch == 3 || b->hatch == 5) {
			cairo_move_to(g->cr, x, e);
			cairo_line_to(g->cr, x + span, t);
		}
	}
	for (double y = floor(t / 8) * 8; (b->hatch == 0 || b->hatch == 4) && y < e; y += 8) {
		cairo_move_to(g->cr, l, y);
		cairo_line_to(g->cr, r, y);
	}
	cairo_set_dash(g->cr, NULL, 0, 0);
	cairo_set_line_width(g->cr, 1);
	source(g->cr, b->color, 1);
	cairo_stroke(g->cr);
	cairo_append_path(g->cr, kept);
	cairo_path_destroy(kept);
	cairo_restore(g->cr);
}

static void fill_keep(struct sk_gdi *g, const struct sk_gdi_object *b)
{
	if (b->null || g->s.rop2 == 11)
		return;
	cairo_set_fill_rule(
	    g->cr, g->s.winding ? CAIRO_FILL_RULE_WINDING : CAIRO_FILL_RULE_EVEN_ODD);
	if (b->pattern) {
		cairo_set_source_surface(g->cr, b->pattern, 0, 0);
		cairo_pattern_set_extend(cairo_get_source(g->cr), CAIRO_EXTEND_REPEAT);
		cairo_fill_preserve(g->cr);
	} else if (b->hatch >= 0) {
		fill_hatch(g, b);
	} else {
		source(g->cr, b->color, 1);
		cairo_fill_preserve(g->cr);
	}
}

static void stroke_keep(struct sk_gdi *g)
{
	if (g->s.pen.null || (g->s.pen.style & 15) == 5 || g->s.rop2 == 11)
		return;
	set_pen(g);
	cairo_stroke_preserve(g->cr);
}

/* Draw what was just added, unless a path is being collected. */
static void finish(struct sk_gdi *g, bool fill)
{
	if (g->in_path)
		return;
	if (fill)
		fill_keep(g, &g->s.brush);
	stroke_keep(g);
	cairo_new_path(g->cr);
}

void sk_gdi_poly(struct sk_gdi *g, const struct sk_point *p, size_t n, bool closed)
{
	for (size_t i = 0; i < n; i++)
		go(g, p[i], i > 0);
	if (closed && n)
		cairo_close_path(g->cr);
	finish(g, closed);
}

void sk_gdi_polypoly(
    struct sk_gdi *g, const struct sk_point *p, const uint32_t *counts, size_t n, bool closed)
{
	for (size_t k = 0; k < n; k++) {
		for (uint32_t i = 0; i < counts[k]; i++)
			go(g, p[i], i > 0);
		if (closed && counts[k])
			cairo_close_path(g->cr);
		p += counts[k];
	}
	finish(g, closed);
}

void sk_gdi_move(struct sk_gdi *g, struct sk_point p)
{
	g->s.at = p;
	if (g->in_path)
		go(g, p, false);
}

void sk_gdi_poly_to(struct sk_gdi *g, const struct sk_point *p, size_t n)
{
	if (!g->in_path || !cairo_has_current_point(g->cr))
		go(g, g->s.at, false);
	for (size_t i = 0; i < n; i++)
		go(g, p[i], true);
	if (n)
		g->s.at = p[n - 1];
	finish(g, false);
}

void sk_gdi_bezier(struct sk_gdi *g, const struct sk_point *p, size_t n, bool from_current)
{
	struct sk_point c[3];
	size_t i = 0;

	if (n == 0)
		return;
	if (!from_current)
		go(g, p[i++], false);
	else if (!g->in_path || !cairo_has_current_point(g->cr))
		go(g, g->s.at, false);
	for (; i + 3 <= n; i += 3) {
		memcpy(c, p + i, sizeof(c));
		for (int k = 0; k < 3; k++)
			sk_gdi_to_pixels(g, &c[k].x, &c[k].y);
		cairo_curve_to(g->cr, c[0].x, c[0].y, c[1].x, c[1].y, c[2].x, c[2].y);
	}
	if (from_current)
		g->s.at = p[n - 1];
	finish(g, false);
}

/* Part of an ellipse through logical space, as short lines: right under any transformation. */
static void add_arc(
    struct sk_gdi *g, struct sk_point c, double rx, double ry, double from, double sweep, bool line)
{
	int steps = 8 + (int)(fabs(sweep) * 24);

	for (int i = 0; i <= steps; i++) {
		double a = from + sweep * i / steps;
		go(g, (struct sk_point){c.x + rx * cos(a), c.y + ry * sin(a)}, line || i > 0);
	}
}

void sk_gdi_ellipse(struct sk_gdi *g, double l, double t, double r, double b)
{
	struct sk_point c = {(l + r) / 2, (t + b) / 2};

	add_arc(g, c, (r - l) / 2, (b - t) / 2, 0, 2 * M_PI, false);
	cairo_close_path(g->cr);
	finish(g, true);
}

void sk_gdi_rect(struct sk_gdi *g, double l, double t, double r, double b, double rx, double ry)
{
	if (rx <= 0 || ry <= 0) {
		sk_gdi_poly(g, (struct sk_point[]){{l, t}, {r, t}, {r, b}, {l, b}}, 4, true);
		return;
	}
	rx = copysign(fmin(rx, fabs(r - l) / 2), r - l);
	ry = copysign(fmin(ry, fabs(b - t) / 2), b - t);
	add_arc(g, (struct sk_point){r - rx, t + ry}, rx, ry, -M_PI / 2, M_PI / 2, false);
	add_arc(g, (struct sk_point){r - rx, b - ry}, rx, ry, 0, M_PI / 2, true);
	add_arc(g, (struct sk_point){l + rx, b - ry}, rx, ry, M_PI / 2, M_PI / 2, true);
	add_arc(g, (struct sk_point){l + rx, t + ry}, rx, ry, M_PI, M_PI / 2, true);
	cairo_close_path(g->cr);
	finish(g, true);
}

void sk_gdi_arc(struct sk_gdi *g, double l, double t, double r, double b, struct sk_point from,
    struct sk_point to, enum sk_arc how)
{
	struct sk_point c = {(l + r) / 2, (t + b) / 2};
	double rx = (r - l) / 2, ry = (b - t) / 2;

	if (rx == 0 || ry == 0)
		return;
	double a0 = atan2((from.y - c.y) / ry, (from.x - c.x) / rx),
	       a1 = atan2((to.y - c.y) / ry, (to.x - c.x) / rx);
	double sweep = a1 - a0;
	if (g->s.clockwise && sweep <= 0)
		sweep += 2 * M_PI;
	else if (!g->s.clockwise && sweep >= 0)
		sweep -= 2 * M_PI;
	if (how == SK_ARC_TO)
		go(g, g->s.at, g->in_path && cairo_has_current_point(g->cr));
	add_arc(g, c, rx, ry, a0, sweep, how == SK_ARC_TO);
	if (how == SK_ARC_PIE)
		go(g, c, true);
	if (how == SK_ARC_PIE || how == SK_ARC_CHORD)
		cairo_close_path(g->cr);
	if (how == SK_ARC_TO)
		g->s.at = (struct sk_point){c.x + rx * cos(a1), c.y + ry * sin(a1)};
	finish(g, how == SK_ARC_PIE || how == SK_ARC_CHORD);
}

void sk_gdi_angle_arc(
    struct sk_gdi *g, struct sk_point c, double radius, double start, double sweep)
{
	double from = -start * M_PI / 180, turn = -sweep * M_PI / 180;

	if (!isfinite(from) || !isfinite(turn) || fabs(turn) > 100)
		return;
	go(g, g->s.at, g->in_path && cairo_has_current_point(g->cr));
	add_arc(g, c, radius, radius, from, turn, true);
	g->s.at =
	    (struct sk_point){c.x + radius * cos(from + turn), c.y + radius * sin(from + turn)};
	finish(g, false);
}

void sk_gdi_pixel(struct sk_gdi *g, struct sk_point p, uint32_t color)
{
	sk_gdi_to_pixels(g, &p.x, &p.y);
	cairo_rectangle(g->cr, floor(p.x), floor(p.y), 1, 1);
	source(g->cr, color, 1);
	cairo_fill(g->cr);
}

void sk_gdi_begin_path(struct sk_gdi *g)
{
	cairo_new_path(g->cr);
	g->in_path = true;
}

void sk_gdi_paint_path(struct sk_gdi *g, bool fill, bool stroke)
{
	if (fill)
		fill_keep(g, &g->s.brush);
	if (stroke)
		stroke_keep(g);
	cairo_new_path(g->cr);
}

static bool clip_mode(struct sk_gdi *g, unsigned mode)
{
	if (mode == RGN_COPY)
		cairo_reset_clip(g->cr);
	return mode == RGN_COPY || mode == RGN_AND;
}

/* Unions and differences with a region are beyond cairo's clip: the clip then stays as it is. */
void sk_gdi_clip_path(struct sk_gdi *g, unsigned mode)
{
	if (clip_mode(g, mode)) {
		cairo_set_fill_rule(
		    g->cr, g->s.winding ? CAIRO_FILL_RULE_WINDING : CAIRO_FILL_RULE_EVEN_ODD);
		cairo_clip(g->cr);
	}
	cairo_new_path(g->cr);
}

static void add_rect(struct sk_gdi *g, double l, double t, double r, double b)
{
	struct sk_point p[4] = {{l, t}, {r, t}, {r, b}, {l, b}};

	for (int i = 0; i < 4; i++)
		go(g, p[i], i > 0);
	cairo_close_path(g->cr);
}

void sk_gdi_clip_rect(struct sk_gdi *g, double l, double t, double r, double b, bool exclude)
{
	cairo_path_t *kept = g->in_path ? cairo_copy_path(g->cr) : NULL;

	cairo_new_path(g->cr);
	add_rect(g, l, t, r, b);
	if (exclude)
		cairo_rectangle(g->cr, 0, 0, cairo_image_surface_get_width(g->surface),
		    cairo_image_surface_get_height(g->surface));
	cairo_set_fill_rule(g->cr, CAIRO_FILL_RULE_EVEN_ODD);
	cairo_clip(g->cr);
	if (kept) {
		cairo_append_path(g->cr, kept);
		cairo_path_destroy(kept);
	}
}

/* Device rectangles, corner pairs, as a path. */
static void region_path(struct sk_gdi *g, const struct sk_point *c, size_t n)
{
	cairo_new_path(g->cr);
	for (size_t i = 0; i + 1 < n; i += 2) {
		struct sk_point a = c[i], b = c[i + 1];
		cairo_matrix_transform_point(&g->base, &a.x, &a.y);
		cairo_matrix_transform_point(&g->base, &b.x, &b.y);
		cairo_rectangle(g->cr, a.x, a.y, b.x - a.x, b.y - a.y);
	}
}

void sk_gdi_clip_region(struct sk_gdi *g, const struct sk_point *corners, size_t n, unsigned mode)
{
	if (!clip_mode(g, mode) || n == 0)
		return;
	region_path(g, corners, n);
	cairo_set_fill_rule(g->cr, CAIRO_FILL_RULE_WINDING);
	cairo_clip(g->cr);
}

void sk_gdi_fill_region(
    struct sk_gdi *g, const struct sk_point *corners, size_t n, const struct sk_gdi_object *brush)
{
	region_path(g, corners, n);
	fill_keep(g, brush);
	cairo_new_path(g->cr);
}

/* Raster operations without a source, as a colour; false when nothing is to be drawn. */
static bool solid_rop(struct sk_gdi *g, uint32_t rop)
{
	switch (rop) {
	case ROP_BLACKNESS:
		source(g->cr, 0, 1);
		return true;
	case ROP_WHITENESS:
		source(g->cr, 0xFFFFFF, 1);
		return true;
	case ROP_DSTINVERT:
		source(g->cr, 0xFFFFFF, 1);
		cairo_set_operator(g->cr, CAIRO_OPERATOR_DIFFERENCE);
		return true;
	default:
		source(g->cr, g->s.brush.color, 1);
		return rop == ROP_PATCOPY && !g->s.brush.null;
	}
}

static cairo_operator_t source_rop(uint32_t rop)
{
	switch (rop) {
	case ROP_SRCAND:
		return CAIRO_OPERATOR_MULTIPLY;
	case ROP_SRCPAINT:
		return CAIRO_OPERATOR_SCREEN;
	case ROP_SRCINVERT:
		return CAIRO_OPERATOR_DIFFERENCE;
	default:
		return CAIRO_OPERATOR_OVER;
	}
}

/* Map the source rectangle onto the logical destination, mirrored when extents are negative. */
static bool place_source(
    struct sk_gdi *g, cairo_surface_t *src, const double d[4], const double s[4])
{
	double x0 = d[0], y0 = d[1], x1 = d[0] + d[2], y1 = d[1], x2 = d[0], y2 = d[1] + d[3];

	sk_gdi_to_pixels(g, &x0, &y0);
	sk_gdi_to_pixels(g, &x1, &y1);
	sk_gdi_to_pixels(g, &x2, &y2);
	if (s[2] == 0 || s[3] == 0)
		return false;
	cairo_matrix_t m = {
	    (x1 - x0) / s[2], (y1 - y0) / s[2], (x2 - x0) / s[3], (y2 - y0) / s[3], x0, y0};
	cairo_matrix_t back = m;
	if (cairo_matrix_invert(&back))
		return false;
	cairo_transform(g->cr, &m);
	cairo_set_source_surface(g->cr, src, -s[0], -s[1]);
	cairo_pattern_set_extend(cairo_get_source(g->cr), CAIRO_EXTEND_PAD);
	cairo_rectangle(g->cr, 0, 0, s[2], s[3]);
	return true;
}

void sk_gdi_blit(struct sk_gdi *g, cairo_surface_t *src, double x, double y, double w, double h,
    double sx, double sy, double sw, double sh, uint32_t rop, double alpha)
{
	cairo_path_t *kept = g->in_path ? cairo_copy_path(g->cr) : NULL;

	cairo_save(g->cr);
	cairo_new_path(g->cr);
	if (src == NULL) {
		add_rect(g, x, y, x + w, y + h);
		if (solid_rop(g, rop))
			cairo_fill(g->cr);
	} else if (rop != ROP_NOP &&
		   place_source(g, src, (double[]){x, y, w, h}, (double[]){sx, sy, sw, sh})) {
		cairo_set_operator(g->cr, source_rop(rop));
		cairo_clip(g->cr);
		cairo_paint_with_alpha(g->cr, alpha);
		if (rop == ROP_NOTSRCCOPY) {
			cairo_set_operator(g->cr, CAIRO_OPERATOR_DIFFERENCE);
			source(g->cr, 0xFFFFFF, 1);
			cairo_paint(g->cr);
		}
	}
	cairo_new_path(g->cr);
	cairo_restore(g->cr);
	if (kept) {
		cairo_append_path(g->cr, kept);
		cairo_path_destroy(kept);
	}
}

static void gradient_triangle(struct sk_gdi *g, const struct sk_vertex v[3])
{
	cairo_pattern_t *mesh = cairo_pattern_create_mesh();

	cairo_mesh_pattern_begin_patch(mesh);
	for (unsigned i = 0; i < 3; i++) {
		struct sk_point p = v[i].p;
		sk_gdi_to_pixels(g, &p.x, &p.y);
		if (i)
			cairo_mesh_pattern_line_to(mesh, p.x, p.y);
		else
			cairo_mesh_pattern_move_to(mesh, p.x, p.y);
	}
	for (unsigned i = 0; i < 3; i++)
		cairo_mesh_pattern_set_corner_color_rgb(mesh, i, v[i].r, v[i].g, v[i].b);
	cairo_mesh_pattern_end_patch(mesh);
	cairo_set_source(g->cr, mesh);
	cairo_paint(g->cr);
	cairo_pattern_destroy(mesh);
}

void sk_gdi_gradient(struct sk_gdi *g, const struct sk_vertex v[3], unsigned mode)
{
	if (mode == 2) {
		gradient_triangle(g, v);
		return;
	}
	struct sk_point a = v[0].p, b = mode == 0 ? (struct sk_point){v[1].p.x, a.y}
						  : (struct sk_point){a.x, v[1].p.y};
	cairo_new_path(g->cr);
	add_rect(g, v[0].p.x, v[0].p.y, v[1].p.x, v[1].p.y);
	sk_gdi_to_pixels(g, &a.x, &a.y);
	sk_gdi_to_pixels(g, &b.x, &b.y);
	cairo_pattern_t *lin = cairo_pattern_create_linear(a.x, a.y, b.x, b.y);
	cairo_pattern_add_color_stop_rgb(lin, 0, v[0].r, v[0].g, v[0].b);
	cairo_pattern_add_color_stop_rgb(lin, 1, v[1].r, v[1].g, v[1].b);
	cairo_set_source(g->cr, lin);
	cairo_fill(g->cr);
	cairo_pattern_destroy(lin);
}
