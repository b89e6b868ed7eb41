/*
 * Reader of EMF records ([MS-EMF] 2.3): a table of those that are listed; anything else makes the whole picture a
 * grey box. EMF+ lies in comments and is left out: its files carry plain records of the same drawing.
 * Cleaner's jail.
 */
#include "format/metafile/read.h"

#include <math.h>

#include "base/utf8.h"

#define EMR_HEADER 1
#define EMR_EOF 14
#define STOCK 0x80000000U

static cairo_matrix_t matrix(struct sk_reader *r)
{
	cairo_matrix_t m;

	m.xx = sk_read_f32(r);
	m.yx = sk_read_f32(r);
	m.xy = sk_read_f32(r);
	m.yy = sk_read_f32(r);
	m.x0 = sk_read_f32(r);
	m.y0 = sk_read_f32(r);
	return m;
}

/* --- objects --- */

static void create_pen(struct sk_gdi *g, struct sk_reader *r)
{
	uint32_t i = sk_read_u32le(r), style = sk_read_u32le(r);
	double width = fabs(sk_read_i32(r));
	sk_read_skip(r, 4);
	uint32_t color = sk_read_u32le(r);

	sk_gdi_set_object(g, i,
	    &(struct sk_gdi_object){
		.kind = SK_GDI_PEN, .style = style, .width = width, .color = color});
}

static void create_ext_pen(struct sk_gdi *g, struct sk_reader *r)
{
	uint32_t i = sk_read_u32le(r);

	sk_read_skip(r, 16);
	uint32_t style = sk_read_u32le(r), width = sk_read_u32le(r), brush = sk_read_u32le(r),
		 color = sk_read_u32le(r);
	struct sk_gdi_object o = {
	    .kind = SK_GDI_PEN, .style = style, .width = width, .color = color};
	o.null = brush == 1;
	o.cap = style >> 8 & 15;
	o.join = style >> 12 & 15;
	if ((style & 0x10000) == 0)
		o.width = 1;
	sk_gdi_set_object(g, i, &o);
}

static void create_brush(struct sk_gdi *g, struct sk_reader *r)
{
	uint32_t i = sk_read_u32le(r), style = sk_read_u32le(r), color = sk_read_u32le(r),
		 hatch = sk_read_u32le(r);

	struct sk_gdi_object o = sk_brush(style, color, hatch);
	sk_gdi_set_object(g, i, &o);
}

/* The bitmap of a record: header and bits by offset from the record's start. */
static cairo_surface_t *bitmap(struct sk_gdi *g, struct sk_slice record, uint32_t off_header,
    uint32_t n_header, uint32_t off_bits, uint32_t n_bits, bool alpha)
{
	struct sk_slice head = sk_slice_sub(record, off_header, n_header);
	struct sk_slice bits = sk_slice_sub(record, off_bits, n_bits);

	if (head.n != n_header || n_header == 0 || bits.n != n_bits)
		return NULL;
	return sk_gdi_own(g, sk_gdi_dib(g->job, head, bits, alpha));
}

static void create_pattern_brush(struct sk_gdi *g, struct sk_reader *r)
{
	uint32_t i = sk_read_u32le(r);

	sk_read_skip(r, 4);
	uint32_t oh = sk_read_u32le(r), nh = sk_read_u32le(r), ob = sk_read_u32le(r),
		 nb = sk_read_u32le(r);
	struct sk_gdi_object o = {.kind = SK_GDI_BRUSH,
	    .hatch = -1,
	    .color = 0x808080,
	    .pattern = bitmap(g, r->s, oh, nh, ob, nb, false)};
	sk_gdi_set_object(g, i, &o);
}

static void create_font(struct sk_gdi *g, struct sk_reader *r)
{
	uint32_t i = sk_read_u32le(r);
	struct sk_gdi_object o = {.kind = SK_GDI_FONT, .height = sk_read_i32(r)};

	sk_read_skip(r, 4);
	o.escapement = sk_read_i32(r);
	sk_read_skip(r, 4);
	o.bold = sk_read_i32(r) > 550;
	sk_read_face(r, &o);
	sk_gdi_set_object(g, i, &o);
}

static void select_or_delete(struct sk_gdi *g, struct sk_reader *r, bool del)
{
	uint32_t i = sk_read_u32le(r);

	if (del && !(i & STOCK))
		sk_gdi_set_object(g, i, &(struct sk_gdi_object){0});
	else if (!del && i & STOCK)
		sk_gdi_select_stock(g, i & 0xFF);
	else if (!del)
		sk_gdi_select(g, i);
}

/* --- pictures --- */

static void stretch_dib(struct sk_gdi *g, struct sk_reader *r, bool to_device)
{
	sk_read_skip(r, 16);
	struct sk_point d = sk_read_point32(r), s = sk_read_point32(r), se = sk_read_point32(r),
			de = se;
	uint32_t oh = sk_read_u32le(r), nh = sk_read_u32le(r), ob = sk_read_u32le(r),
		 nb = sk_read_u32le(r);
	uint32_t rop = 0xCC0020;

	sk_read_skip(r, 4);
	if (to_device) {
		sk_read_skip(r, 8);
	} else {
		rop = sk_read_u32le(r);
		de = sk_read_point32(r);
	}
	cairo_surface_t *src = bitmap(g, r->s, oh, nh, ob, nb, false);
	if (src)
		sk_gdi_blit(g, src, d.x, d.y, de.x, de.y, s.x, s.y, se.x, se.y, rop, 1);
}

/* BitBlt, StretchBlt, AlphaBlend, TransparentBlt share a layout; `stretch` ones state the source's size. */
static void blit(struct sk_gdi *g, struct sk_reader *r, bool stretch, bool blend)
{
	sk_read_skip(r, 16);
	struct sk_point d = sk_read_point32(r), de = sk_read_point32(r);
	uint32_t rop = sk_read_u32le(r);
	struct sk_point s = sk_read_point32(r);

	sk_read_skip(r, 24 + 4 + 4); /* source transform, background, colour usage */
	uint32_t oh = sk_read_u32le(r), nh = sk_read_u32le(r), ob = sk_read_u32le(r),
		 nb = sk_read_u32le(r);
	struct sk_point se = stretch ? sk_read_point32(r) : de;
	cairo_surface_t *src =
	    nh ? bitmap(g, r->s, oh, nh, ob, nb, blend && (rop >> 24 & 1)) : NULL;
	if (nh && src == NULL)
		return;
	sk_gdi_blit(g, src, d.x, d.y, de.x, de.y, s.x, s.y, se.x, se.y, blend ? 0xCC0020 : rop,
	    blend ? (rop >> 16 & 255) / 255.0 : 1);
}

/* --- text --- */

static struct sk_slice utf16_text(struct sk_gdi *g, struct sk_slice raw, bool wide)
{
	struct sk_buf b = SK_BUF(1 << 20);
	struct sk_reader r = sk_reader(raw);

	while (sk_read_left(&r) >= (wide ? 2 : 1)) {
		uint32_t c = wide ? sk_read_u16le(&r) : sk_read_u8(&r);
		if (wide && c >= 0xD800 && c < 0xDC00 && sk_read_left(&r) >= 2)
			c = 0x10000 + ((c & 0x3FF) << 10) + (sk_read_u16le(&r) & 0x3FF);
		sk_utf8_put(&b, c);
	}
	uint8_t *copy = sk_arena_dup(g->job->arena, b.p, b.len);
	struct sk_slice s = sk_slice(copy, copy ? b.len : 0);
	sk_buf_free(&b);
	return s;
}

static void text_out(struct sk_gdi *g, struct sk_reader *r, bool wide)
{
	double rect[4], *dx = NULL;

	sk_read_skip(r, 16 + 12); /* bounds, graphics mode, scales */
	struct sk_point at = sk_read_point32(r);
	uint32_t n = sk_read_u32le(r), off = sk_read_u32le(r), options = sk_read_u32le(r);
	for (int i = 0; i < 4; i++)
		rect[i] = sk_read_i32(r);
	uint32_t off_dx = sk_read_u32le(r);
	if (r->bad || n > SK_GDI_POINTS)
		return;
	struct sk_slice raw = sk_slice_sub(r->s, off, n * (wide ? 2 : 1));
	struct sk_reader d = sk_reader(sk_slice_sub(r->s, off_dx, (size_t)n * 4));
	if (off_dx && d.s.n == (size_t)n * 4 &&
	    (dx = sk_arena_array(g->job->arena, n, sizeof(*dx))))
		for (uint32_t i = 0; i < n; i++)
			dx[i] = fabs(sk_read_i32(&d));
	sk_gdi_text(g, at, options & 0x10 ? sk_slice("", 0) : utf16_text(g, raw, wide), dx,
	    dx ? n : 0, options, options & 6 ? rect : NULL);
}

static void small_text(struct sk_gdi *g, struct sk_reader *r)
{
	struct sk_point at = sk_read_point32(r);
	uint32_t n = sk_read_u32le(r), options = sk_read_u32le(r);

	sk_read_skip(r, 12);
	if (!(options & 0x100))
		sk_read_skip(r, 16);
	bool wide = !(options & 0x200);
	if (n <= SK_GDI_POINTS)
		sk_gdi_text(g, at, utf16_text(g, sk_read_slice(r, n * (wide ? 2 : 1)), wide), NULL,
		    0, 0, NULL);
}

/* --- regions --- */

static struct sk_point *region(struct sk_gdi *g, struct sk_reader *r, size_t *n)
{
	sk_read_skip(r, 8);
	uint32_t count = sk_read_u32le(r);

	sk_read_skip(r, 20);
	*n = (size_t)count * 2;
	return count > SK_GDI_POINTS / 2 ? NULL : sk_read_points(g, r, *n, true);
}

static void clip_region(struct sk_gdi *g, struct sk_reader *r)
{
	uint32_t size = sk_read_u32le(r), mode = sk_read_u32le(r);
	size_t n = 0;
	struct sk_point *p = size ? region(g, r, &n) : NULL;

	if (size == 0 || p)
		sk_gdi_clip_region(g, p, n, mode);
}

static void fill_region(struct sk_gdi *g, struct sk_reader *r, bool own_brush)
{
	size_t n = 0;

	sk_read_skip(r, 20);
	uint32_t i = own_brush ? sk_read_u32le(r) : 0;
	struct sk_point *p = region(g, r, &n);
	if (p && (!own_brush || i < g->ntable))
		sk_gdi_fill_region(g, p, n, own_brush ? &g->table[i] : &g->s.brush);
}

/* --- the table --- */

/* State with one operand or two. True when the type is one of them. */
static bool state(struct sk_gdi *g, struct sk_reader *r, uint32_t type)
{
	struct sk_gdi_state *s = &g->s;
	uint32_t v;

	switch (type) {
	case 9:
		s->window_ext = sk_read_point32(r);
		return true;
	case 10:
		s->window_org = sk_read_point32(r);
		return true;
	case 11:
		s->view_ext = sk_read_point32(r);
		return true;
	case 12:
		s->view_org = sk_read_point32(r);
		return true;
	case 17:
		v = sk_read_u32le(r);
		s->map = v >= 1 && v <= 8 ? (enum sk_map_mode)v : SK_MM_TEXT;
		return true;
	case 18:
		s->opaque = sk_read_u32le(r) == 2;
		return true;
	case 19:
		s->winding = sk_read_u32le(r) == 2;
		return true;
	case 20:
		s->rop2 = sk_read_u32le(r);
		return true;
	case 22:
		s->text_align = sk_read_u32le(r);
		return true;
	case 24:
		s->text_color = sk_read_u32le(r);
		return true;
	case 25:
		s->back_color = sk_read_u32le(r);
		return true;
	case 57:
		s->clockwise = sk_read_u32le(r) == 2;
		return true;
	case 58:
		s->miter = fmax(1, sk_read_u32le(r));
		return true;
	default:
		return false;
	}
}

static void scale_extent(struct sk_point *e, struct sk_reader *r)
{
	double xn = sk_read_i32(r), xd = sk_read_i32(r), yn = sk_read_i32(r), yd = sk_read_i32(r);

	if (xd != 0 && yd != 0) {
		e->x *= xn / xd;
		e->y *= yn / yd;
	}
}

/* Coordinates, saving, paths and clipping. */
static bool space(struct sk_gdi *g, struct sk_reader *r, uint32_t type)
{
	struct sk_point a, b;
	cairo_matrix_t m;

	switch (type) {
	case 29:
	case 30:
		a = sk_read_point32(r);
		b = sk_read_point32(r);
		sk_gdi_clip_rect(g, a.x, a.y, b.x, b.y, type == 29);
		return true;
	case 31:
		scale_extent(&g->s.view_ext, r);
		return true;
	case 32:
		scale_extent(&g->s.window_ext, r);
		return true;
	case 33:
		sk_gdi_save(g);
		return true;
	case 34:
		sk_gdi_restore(g, (int32_t)sk_read_u32le(r));
		return true;
	case 35:
		g->s.world = matrix(r);
		return true;
	case 36:
		m = matrix(r);
		sk_gdi_modify_world(g, &m, sk_read_u32le(r));
		return true;
	case 59:
		sk_gdi_begin_path(g);
		return true;
	case 60:
		g->in_path = false;
		return true;
	case 61:
		cairo_close_path(g->cr);
		return true;
	case 62:
	case 63:
	case 64:
		sk_gdi_paint_path(g, type != 64, type != 62);
		return true;
	case 67:
		sk_gdi_clip_path(g, sk_read_u32le(r));
		return true;
	case 68:
		g->in_path = false;
		cairo_new_path(g->cr);
		return true;
	default:
		return false;
	}
}

static bool object(struct sk_gdi *g, struct sk_reader *r, uint32_t type)
{
	switch (type) {
	case 37:
	case 40:
		select_or_delete(g, r, type == 40);
		return true;
	case 38:
		create_pen(g, r);
		return true;
	case 39:
		create_brush(g, r);
		return true;
	case 82:
		create_font(g, r);
		return true;
	case 93:
	case 94:
		create_pattern_brush(g, r);
		return true;
	case 95:
		create_ext_pen(g, r);
		return true;
	default:
		return false;
	}
}

static bool picture(struct sk_gdi *g, struct sk_reader *r, uint32_t type)
{
	switch (type) {
	case 76:
		blit(g, r, false, false);
		return true;
	case 77:
	case 114:
	case 116:
		blit(g, r, true, type == 114);
		return true;
	case 80:
	case 81:
		stretch_dib(g, r, type == 80);
		return true;
	case 83:
	case 84:
		text_out(g, r, type == 84);
		return true;
	case 108:
		small_text(g, r);
		return true;
	case 71:
		fill_region(g, r, true);
		return true;
	case 74:
		fill_region(g, r, false);
		return true;
	case 75:
		clip_region(g, r);
		return true;
	default:
		return false;
	}
}

/* Records that draw nothing here: header, palettes, comments, colour management, hints. */
static bool silent(uint32_t type)
{
	static const uint8_t list[] = {1, 13, 14, 16, 21, 23, 26, 28, 48, 49, 50, 51, 52, 65, 66,
	    70, 98, 99, 100, 101, 104, 109, 110, 111, 112, 113, 115, 119, 120, 121, 122};

	for (size_t i = 0; i < sizeof(list); i++)
		if (list[i] == type)
			return true;
	return false;
}

static void play(struct sk_gdi *g, uint32_t type, struct sk_slice record)
{
	struct sk_reader r = sk_reader(record);

	sk_read_skip(&r, 8);
	if (!state(g, &r, type) && !space(g, &r, type) && !object(g, &r, type) &&
	    !sk_emf_figure(g, &r, type) && !picture(g, &r, type) && !silent(type))
		g->unknown = true;
	if (r.bad)
		g->unknown = true;
}

int sk_emf_play(struct sk_gdi *g, struct sk_slice in)
{
	struct sk_reader r = sk_reader(in);

	while (sk_read_left(&r) >= 8 && !g->unknown) {
		size_t at = r.pos;
		uint32_t type = sk_read_u32le(&r), size = sk_read_u32le(&r);
		if (size < 8 || size % 4 || size > in.n - at)
			return SK_EFORMAT;
		if (sk_arena_failed(g->job->arena))
			return SK_ENOMEM;
		play(g, type, sk_slice_sub(in, at, size));
		if (type == EMR_EOF)
			return 0;
		sk_read_seek(&r, at + size);
	}
	return 0;
}

size_t sk_emf_objects(struct sk_slice in)
{
	struct sk_reader r = sk_reader(in);

	sk_read_skip(&r, 56);
	return (size_t)sk_read_u16le(&r) + 1;
}

/* [MS-EMF] 2.3.4.2: bounds and frame, then the reference device in pixels and millimetres. */
int sk_emf_size(struct sk_slice in, struct sk_metafile_size *size)
{
	struct sk_reader r = sk_reader(in);
	struct sk_metafile_size s = {0};

	if (sk_read_u32le(&r) != EMR_HEADER || sk_read_u32le(&r) < 88)
		return SK_EFORMAT;
	sk_read_skip(&r, 16);
	struct sk_point a = sk_read_point32(&r), b = sk_read_point32(&r);
	if (sk_read_u32le(&r) != 0x464D4520)
		return SK_EFORMAT;
	sk_read_seek(&r, 72);
	struct sk_point pixels = sk_read_point32(&r), mm = sk_read_point32(&r);
	if (r.bad || mm.x <= 0 || mm.y <= 0 || pixels.x <= 0 || pixels.y <= 0 || b.x <= a.x ||
	    b.y <= a.y)
		return SK_EFORMAT;
	s.device_x = pixels.x / mm.x;
	s.device_y = pixels.y / mm.y;
	s.width_mm = (b.x - a.x) / 100;
	s.height_mm = (b.y - a.y) / 100;
	s.left = a.x / 100 * s.device_x;
	s.right = b.x / 100 * s.device_x;
	s.top = a.y / 100 * s.device_y;
	s.bottom = b.y / 100 * s.device_y;
	*size = s;
	return 0;
}
