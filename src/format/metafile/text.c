/* Text of the device context: alignment, advances, rotation ([MS-EMF] 2.3.5.8). Cleaner's jail. */
#include "format/metafile/gdi.h"

#include <math.h>

#include "base/utf8.h"

enum { TA_UPDATECP = 1, TA_RIGHT = 2, TA_CENTER = 6, TA_BOTTOM = 8, TA_BASELINE = 24 };
enum { ETO_OPAQUE = 2, ETO_CLIPPED = 4 };

struct line {
	double size;     /* pixels of the em */
	double angle;    /* radians, downwards positive */
	double per_unit; /* pixels per logical unit along the line */
};

static struct line measure(const struct sk_gdi *g)
{
	double x0 = 0, y0 = 0, x1 = 1, y1 = 0, x2 = 0, y2 = 1;
	double h = g->s.font.height;

	sk_gdi_to_pixels(g, &x0, &y0);
	sk_gdi_to_pixels(g, &x1, &y1);
	sk_gdi_to_pixels(g, &x2, &y2);
	double vertical = hypot(x2 - x0, y2 - y0);
	/* A negative height is that of the letters, a positive one that of the line. */
	double size = h < 0 ? -h * vertical : h * vertical * 0.84;
	if (!isfinite(size) || size < 1)
		size = 1;
	return (struct line){size > 2000 ? 2000 : size, -g->s.font.escapement * M_PI / 1800,
	    hypot(x1 - x0, y1 - y0)};
}

static double advance(struct sk_gdi *g, const char *utf8)
{
	cairo_text_extents_t e;

	cairo_text_extents(g->cr, utf8, &e);
	return isfinite(e.x_advance) ? e.x_advance : 0;
}

/* One character as a C string, its face chosen. False when no font has it. */
static bool pick(struct sk_gdi *g, struct sk_slice s, size_t *pos, char out[8])
{
	size_t from = *pos;
	int32_t cp = sk_utf8_next(s, pos);

	if (cp < 0x20)
		return false;
	memcpy(out, s.p + from, *pos - from);
	out[*pos - from] = '\0';
	cairo_font_face_t *face = sk_gdi_font(&g->s.font, (uint32_t)cp);
	if (face == NULL)
		return false;
	cairo_set_font_face(g->cr, face);
	return true;
}

/* Width of all in pixels; draws when `draw`. */
static double run(struct sk_gdi *g, struct sk_slice s, const double *dx, size_t ndx,
    const struct line *l, bool draw)
{
	double x = 0;
	char one[8];

	cairo_set_font_size(g->cr, l->size);
	for (size_t pos = 0, i = 0; pos < s.n; i++) {
		bool there = pick(g, s, &pos, one);
		if (there && draw) {
			cairo_move_to(g->cr, x, 0);
			cairo_show_text(g->cr, one);
		}
		x += i < ndx ? dx[i] * l->per_unit : there ? advance(g, one) : l->size / 2;
	}
	return x;
}

static void color(struct sk_gdi *g, uint32_t bgr)
{
	cairo_set_source_rgb(
	    g->cr, (bgr & 255) / 255.0, (bgr >> 8 & 255) / 255.0, (bgr >> 16 & 255) / 255.0);
}

static void background(struct sk_gdi *g, unsigned options, const double rect[4])
{
	if (rect == NULL || !(options & ETO_OPAQUE))
		return;
	struct sk_gdi_object kept_pen = g->s.pen, kept_brush = g->s.brush;
	g->s.pen.null = true;
	g->s.brush =
	    (struct sk_gdi_object){.kind = SK_GDI_BRUSH, .color = g->s.back_color, .hatch = -1};
	sk_gdi_rect(g, rect[0], rect[1], rect[2], rect[3], 0, 0);
	g->s.pen = kept_pen;
	g->s.brush = kept_brush;
}

/* Lines under and through, and the box behind opaque text. */
static void decorate(struct sk_gdi *g, const struct line *l, double width, bool behind)
{
	if (behind) {
		if (!g->s.opaque)
			return;
		color(g, g->s.back_color);
		cairo_rectangle(g->cr, 0, -l->size * 0.85, width, l->size * 1.1);
		cairo_fill(g->cr);
		return;
	}
	if (g->s.font.underline)
		cairo_rectangle(g->cr, 0, l->size * 0.1, width, fmax(1, l->size / 16));
	if (g->s.font.strike)
		cairo_rectangle(g->cr, 0, -l->size * 0.3, width, fmax(1, l->size / 16));
	cairo_fill(g->cr);
}

static void draw_at(struct sk_gdi *g, struct sk_point p, struct sk_slice s, const double *dx,
    size_t ndx, const struct line *l)
{
	double width = run(g, s, dx, ndx, l, false);
	unsigned align = g->s.text_align;
	double shift = (align & TA_CENTER) == TA_CENTER  ? -width / 2
		       : (align & TA_CENTER) == TA_RIGHT ? -width
							 : 0;
	double drop = (align & TA_BASELINE) == TA_BASELINE ? 0
		      : align & TA_BOTTOM                  ? -l->size * 0.2
							   : l->size * 0.85;

	sk_gdi_to_pixels(g, &p.x, &p.y);
	cairo_translate(g->cr, p.x, p.y);
	cairo_rotate(g->cr, l->angle);
	cairo_translate(g->cr, shift, drop);
	decorate(g, l, width, true);
	color(g, g->s.text_color);
	run(g, s, dx, ndx, l, true);
	cairo_new_path(g->cr);
	decorate(g, l, width, false);
	if (align & TA_UPDATECP && l->per_unit > 0)
		g->s.at.x += width / l->per_unit;
}

void sk_gdi_text(struct sk_gdi *g, struct sk_point p, struct sk_slice utf8, const double *dx,
    size_t ndx, unsigned options, const double rect[4])
{
	struct line l = measure(g);

	if (g->in_path)
		return;
	background(g, options, rect);
	cairo_save(g->cr);
	if (rect && options & ETO_CLIPPED)
		sk_gdi_clip_rect(g, rect[0], rect[1], rect[2], rect[3], false);
	if (g->s.text_align & TA_UPDATECP)
		p = g->s.at;
	draw_at(g, p, utf8, dx, ndx, &l);
	cairo_restore(g->cr);
}
