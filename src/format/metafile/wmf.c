/*
 * Reader of WMF records ([MS-WMF] 2.3): a table of those that are listed; anything else makes the whole picture a
 * grey box. Escapes (META_ESCAPE) are never acted on. Cleaner's jail.
 */
#include "format/metafile/read.h"

#include <math.h>

#include "format/text/charset.h"

#define PLACEABLE 0x9AC6CDD7U
#define TEXT_MAX 4096

/* WMF states y before x. */
static struct sk_point yx(struct sk_reader *r)
{
	double y = sk_read_i16(r), x = sk_read_i16(r);
	return (struct sk_point){x, y};
}

static void add_object(struct sk_gdi *g, const struct sk_gdi_object *o)
{
	sk_gdi_set_object(g, sk_gdi_free_slot(g), o);
}

static void create_pen(struct sk_gdi *g, struct sk_reader *r)
{
	struct sk_gdi_object o = {.kind = SK_GDI_PEN, .style = sk_read_u16le(r)};

	o.width = fabs(sk_read_i16(r));
	sk_read_skip(r, 2);
	o.color = sk_read_u32le(r);
	add_object(g, &o);
}

static void create_brush(struct sk_gdi *g, struct sk_reader *r)
{
	unsigned style = sk_read_u16le(r);
	uint32_t color = sk_read_u32le(r);
	struct sk_gdi_object o = sk_brush(style, color, sk_read_u16le(r));

	add_object(g, &o);
}

static void create_font(struct sk_gdi *g, struct sk_reader *r)
{
	struct sk_gdi_object o = {.kind = SK_GDI_FONT, .height = sk_read_i16(r)};

	sk_read_skip(r, 2);
	o.escapement = sk_read_i16(r);
	sk_read_skip(r, 2);
	o.bold = sk_read_i16(r) > 550;
	sk_read_face(r, &o);
	add_object(g, &o);
}

/* A bitmap that follows: header, palette and bits in one. */
static cairo_surface_t *packed_dib(struct sk_gdi *g, struct sk_reader *r)
{
	struct sk_slice all = sk_slice_sub(r->s, r->pos, SIZE_MAX);
	struct sk_reader h = sk_reader(all);
	uint32_t size = sk_read_u32le(&h), extra = 0;

	if (size < 12)
		return NULL;
	sk_read_seek(&h, size == 12 ? 10 : 14);
	unsigned bits = sk_read_u16le(&h);
	uint32_t compression = size == 12 ? 0 : sk_read_u32le(&h), colors = 0;
	if (size >= 40) {
		sk_read_seek(&h, 32);
		colors = sk_read_u32le(&h);
	}
	if (bits <= 8)
		extra =
		    (colors && colors < (1U << bits) ? colors : 1U << bits) * (size == 12 ? 3 : 4);
	else if (compression == 3 && size == 40)
		extra = 12;
	struct sk_slice header = sk_slice_sub(all, 0, (size_t)size + extra);
	return h.bad ? NULL
		     : sk_gdi_own(g, sk_gdi_dib(g->job, header,
					 sk_slice_sub(all, (size_t)size + extra, SIZE_MAX), false));
}

static void create_pattern(struct sk_gdi *g, struct sk_reader *r)
{
	sk_read_skip(r, 4);
	add_object(g,
	    &(struct sk_gdi_object){
		.kind = SK_GDI_BRUSH, .color = 0x808080, .hatch = -1, .pattern = packed_dib(g, r)});
}

static void polypolygon(struct sk_gdi *g, struct sk_reader *r)
{
	unsigned n = sk_read_u16le(r);
	size_t sum = 0;
	uint32_t *counts = sk_arena_array(g->job->arena, n, sizeof(*counts));

	for (unsigned i = 0; counts && i < n; i++)
		sum += counts[i] = sk_read_u16le(r);
	struct sk_point *p = counts ? sk_read_points(g, r, sum, false) : NULL;
	if (p)
		sk_gdi_polypoly(g, p, counts, n, true);
}

static void poly(struct sk_gdi *g, struct sk_reader *r, bool closed)
{
	unsigned n = sk_read_u16le(r);
	struct sk_point *p = sk_read_points(g, r, n, false);

	if (p)
		sk_gdi_poly(g, p, n, closed);
}

/* Corners come last first: bottom, right, top, left. */
static void box(struct sk_gdi *g, struct sk_reader *r, unsigned f)
{
	struct sk_point a = {0, 0}, b = {0, 0};

	if (f == 0x061C || f == 0x0817 || f == 0x081A || f == 0x0830)
		b = yx(r);
	if (f == 0x0817 || f == 0x081A || f == 0x0830)
		a = yx(r);
	struct sk_point high = yx(r), low = yx(r);
	if (f == 0x0418)
		sk_gdi_ellipse(g, low.x, low.y, high.x, high.y);
	else if (f == 0x041B || f == 0x061C)
		sk_gdi_rect(g, low.x, low.y, high.x, high.y, b.x / 2, b.y / 2);
	else
		sk_gdi_arc(g, low.x, low.y, high.x, high.y, a, b,
		    f == 0x0817   ? SK_ARC_OPEN
		    : f == 0x081A ? SK_ARC_PIE
				  : SK_ARC_CHORD);
}

static struct sk_slice decode(struct sk_gdi *g, struct sk_slice raw)
{
	struct sk_buf b = SK_BUF(4 * TEXT_MAX);
	uint32_t bad = 0;
	/* SHIFTJIS_CHARSET, or bytes that are Japanese all the same; else Western. */
	enum sk_charset cs = g->s.font.charset == 128 ? SK_CS_CP932 : SK_CS_LATIN1;

	sk_charset_to_utf8(cs, raw, &b, &bad);
	uint8_t *copy = sk_arena_dup(g->job->arena, b.p, b.len);
	struct sk_slice s = sk_slice(copy, copy ? b.len : 0);
	sk_buf_free(&b);
	return s;
}

static void text_out(struct sk_gdi *g, struct sk_reader *r)
{
	unsigned n = sk_read_u16le(r);
	struct sk_slice raw = sk_read_slice(r, n);

	sk_read_skip(r, n & 1);
	struct sk_point at = yx(r);
	if (n <= TEXT_MAX)
		sk_gdi_text(g, at, decode(g, raw), NULL, 0, 0, NULL);
}

static void ext_text_out(struct sk_gdi *g, struct sk_reader *r)
{
	struct sk_point at = yx(r);
	unsigned n = sk_read_u16le(r), options = sk_read_u16le(r);
	double rect[4] = {0}, *dx = NULL;

	if (options & 6)
		for (int i = 0; i < 4; i++)
			rect[i] = sk_read_i16(r);
	struct sk_slice raw = sk_read_slice(r, n);
	if (r->bad || n > TEXT_MAX)
		return;
	struct sk_slice text = decode(g, raw);
	/* Advances are per byte: usable when every character is one byte. */
	if (text.n == n && sk_read_left(r) >= (n & 1) + (size_t)n * 2 &&
	    (dx = sk_arena_array(g->job->arena, n, sizeof(*dx)))) {
		sk_read_skip(r, n & 1);
		for (unsigned i = 0; i < n; i++)
			dx[i] = fabs(sk_read_i16(r));
	}
	sk_gdi_text(g, at, text, dx, dx ? n : 0, options, options & 6 ? rect : NULL);
}

static void stretch(struct sk_gdi *g, struct sk_reader *r, unsigned f)
{
	uint32_t rop = f == 0x0D33 ? 0xCC0020 : sk_read_u32le(r);

	if (f == 0x0F43)
		sk_read_skip(r, 2);
	if (f == 0x0D33) {
		sk_read_skip(r, 6);
		struct sk_point s = yx(r), e = yx(r), d = yx(r);
		cairo_surface_t *src = packed_dib(g, r);
		if (src)
			sk_gdi_blit(g, src, d.x, d.y, e.x, e.y, s.x, s.y, e.x, e.y, rop, 1);
		return;
	}
	struct sk_point se = {0, 0}, s;
	if (f == 0x0F43 || f == 0x0B41)
		se = yx(r);
	s = yx(r);
	if (f == 0x0940 && r->s.n == 6 + 18)
		sk_read_skip(r, 2); /* the form without a bitmap has a reserved word here */
	struct sk_point e = yx(r), d = yx(r);
	cairo_surface_t *src = sk_read_left(r) > 12 ? packed_dib(g, r) : NULL;
	if (f == 0x0940)
		se = e;
	if (src || f != 0x0F43)
		sk_gdi_blit(g, src, d.x, d.y, e.x, e.y, s.x, s.y, se.x, se.y, rop, 1);
}

static bool state(struct sk_gdi *g, struct sk_reader *r, unsigned f)
{
	struct sk_gdi_state *s = &g->s;
	unsigned v;

	switch (f) {
	case 0x0102:
		s->opaque = sk_read_u16le(r) == 2;
		return true;
	case 0x0103:
		v = sk_read_u16le(r);
		s->map = v >= 1 && v <= 8 ? (enum sk_map_mode)v : SK_MM_TEXT;
		return true;
	case 0x0104:
		s->rop2 = sk_read_u16le(r);
		return true;
	case 0x0106:
		s->winding = sk_read_u16le(r) == 2;
		return true;
	case 0x012E:
		s->text_align = sk_read_u16le(r);
		return true;
	case 0x0201:
		s->back_color = sk_read_u32le(r);
		return true;
	case 0x0209:
		s->text_color = sk_read_u32le(r);
		return true;
	case 0x020B:
		s->window_org = yx(r);
		return true;
	case 0x020C:
		s->window_ext = yx(r);
		return true;
	case 0x020D:
		s->view_org = yx(r);
		return true;
	case 0x020E:
		s->view_ext = yx(r);
		return true;
	default:
		return false;
	}
}

static bool control(struct sk_gdi *g, struct sk_reader *r, unsigned f)
{
	struct sk_point a, b;

	switch (f) {
	case 0x001E:
		sk_gdi_save(g);
		return true;
	case 0x0127:
		sk_gdi_restore(g, (int16_t)sk_read_u16le(r));
		return true;
	case 0x012D:
		sk_gdi_select(g, sk_read_u16le(r));
		return true;
	case 0x01F0:
		sk_gdi_set_object(g, sk_read_u16le(r), &(struct sk_gdi_object){0});
		return true;
	case 0x0415:
	case 0x0416:
		b = yx(r);
		a = yx(r);
		sk_gdi_clip_rect(g, a.x, a.y, b.x, b.y, f == 0x0415);
		return true;
	case 0x020F:
		a = yx(r);
		g->s.window_org.x += a.x;
		g->s.window_org.y += a.y;
		return true;
	default:
		return false;
	}
}

static bool create(struct sk_gdi *g, struct sk_reader *r, unsigned f)
{
	switch (f) {
	case 0x02FA:
		create_pen(g, r);
		return true;
	case 0x02FB:
		create_font(g, r);
		return true;
	case 0x02FC:
		create_brush(g, r);
		return true;
	case 0x0142:
		create_pattern(g, r);
		return true;
	case 0x00F7:
	case 0x06FF:
	case 0x01F9:
		/* Palettes, regions and old pattern brushes take a slot and draw nothing. */
		add_object(g, &(struct sk_gdi_object){.kind = SK_GDI_OTHER});
		return true;
	default:
		return false;
	}
}

static bool figure(struct sk_gdi *g, struct sk_reader *r, unsigned f)
{
	struct sk_point p;
	uint32_t color;

	switch (f) {
	case 0x0213:
		p = yx(r);
		sk_gdi_poly_to(g, &p, 1);
		return true;
	case 0x0214:
		sk_gdi_move(g, yx(r));
		return true;
	case 0x0324:
	case 0x0325:
		poly(g, r, f == 0x0324);
		return true;
	case 0x0538:
		polypolygon(g, r);
		return true;
	case 0x041F:
		color = sk_read_u32le(r);
		sk_gdi_pixel(g, yx(r), color);
		return true;
	case 0x0418:
	case 0x041B:
	case 0x061C:
	case 0x0817:
	case 0x081A:
	case 0x0830:
		box(g, r, f);
		return true;
	case 0x0521:
		text_out(g, r);
		return true;
	case 0x0A32:
		ext_text_out(g, r);
		return true;
	case 0x0F43:
	case 0x0B41:
	case 0x0940:
	case 0x0D33:
		stretch(g, r, f);
		return true;
	case 0x061D:
		color = sk_read_u32le(r);
		p = yx(r);
		struct sk_point at = yx(r);
		sk_gdi_blit(g, NULL, at.x, at.y, p.x, p.y, 0, 0, 0, 0, color, 1);
		return true;
	default:
		return false;
	}
}

/* Hints, palettes, escapes: nothing is drawn and nothing is done. */
static bool silent(unsigned f)
{
	static const uint16_t list[] = {0x0000, 0x0035, 0x0037, 0x0105, 0x0107, 0x0108, 0x010A,
	    0x0149, 0x0220, 0x0231, 0x0234, 0x0436, 0x0626, 0x012C, 0x0139, 0x0410, 0x0412, 0x0211,
	    0x0240};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (list[i] == f)
			return true;
	return false;
}

static void play(struct sk_gdi *g, unsigned f, struct sk_slice record)
{
	struct sk_reader r = sk_reader(record);

	sk_read_skip(&r, 6);
	if (!state(g, &r, f) && !control(g, &r, f) && !create(g, &r, f) && !figure(g, &r, f) &&
	    !silent(f))
		g->unknown = true;
	if (r.bad)
		g->unknown = true;
}

static size_t header_at(struct sk_slice in)
{
	struct sk_reader r = sk_reader(in);
	return sk_read_u32le(&r) == PLACEABLE ? 22 : 0;
}

int sk_wmf_play(struct sk_gdi *g, struct sk_slice in)
{
	struct sk_reader r = sk_reader(in);

	sk_read_seek(&r, header_at(in) + 18);
	while (sk_read_left(&r) >= 6 && !g->unknown) {
		size_t at = r.pos;
		uint64_t size = (uint64_t)sk_read_u32le(&r) * 2;
		unsigned f = sk_read_u16le(&r);
		if (size < 6 || size > in.n - at)
			return f == 0 ? 0 : SK_EFORMAT;
		if (f == 0)
			return 0;
		if (sk_arena_failed(g->job->arena))
			return SK_ENOMEM;
		play(g, f, sk_slice_sub(in, at, (size_t)size));
		sk_read_seek(&r, at + (size_t)size);
	}
	return 0;
}

size_t sk_wmf_objects(struct sk_slice in)
{
	struct sk_reader r = sk_reader(in);

	sk_read_seek(&r, header_at(in) + 10);
	return (size_t)sk_read_u16le(&r) + 1;
}

/* The first window extent and origin in the records, for files without a placeable header. */
static void window(struct sk_slice in, size_t at, struct sk_metafile_size *s)
{
	struct sk_reader r = sk_reader(in);

	sk_read_seek(&r, at + 18);
	for (int i = 0; i < 200 && sk_read_left(&r) >= 6; i++) {
		size_t start = r.pos;
		uint64_t size = (uint64_t)sk_read_u32le(&r) * 2;
		unsigned f = sk_read_u16le(&r);
		if (size < 6 || size > in.n - start)
			return;
		if (f == 0x020B || f == 0x020C) {
			struct sk_point p = yx(&r);
			if (f == 0x020B) {
				s->left = p.x;
				s->top = p.y;
			} else {
				s->right = p.x;
				s->bottom = p.y;
			}
		}
		sk_read_seek(&r, start + (size_t)size);
	}
}

int sk_wmf_size(struct sk_slice in, struct sk_metafile_size *size)
{
	struct sk_reader r = sk_reader(in);
	struct sk_metafile_size s = {0};
	size_t at = header_at(in);
	double inch = 1440;

	if (at) {
		sk_read_skip(&r, 6);
		s.left = sk_read_i16(&r);
		s.top = sk_read_i16(&r);
		s.right = sk_read_i16(&r);
		s.bottom = sk_read_i16(&r);
		inch = sk_read_u16le(&r);
		s.placeable = true;
	}
	sk_read_seek(&r, at);
	unsigned type = sk_read_u16le(&r), words = sk_read_u16le(&r), version = sk_read_u16le(&r);
	if (r.bad || (type != 1 && type != 2) || words != 9 ||
	    (version != 0x100 && version != 0x300))
		return SK_EFORMAT;
	if (!at) {
		window(in, at, &s);
		s.right += s.left;
		s.bottom += s.top;
	}
	s.width_mm = fabs(s.right - s.left) / (inch > 0 ? inch : 1440) * 25.4;
	s.height_mm = fabs(s.bottom - s.top) / (inch > 0 ? inch : 1440) * 25.4;
	if (s.width_mm <= 0 || s.height_mm <= 0)
		return SK_EFORMAT;
	*size = s;
	return 0;
}
