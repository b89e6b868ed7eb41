/* Fields that EMF and WMF records share. Cleaner's jail. [MS-EMF], [MS-WMF]. */
#include "format/metafile/read.h"

#include <math.h>
#include <string.h>

double sk_read_i16(struct sk_reader *r)
{
	return (int16_t)sk_read_u16le(r);
}

double sk_read_i32(struct sk_reader *r)
{
	return (int32_t)sk_read_u32le(r);
}

double sk_read_f32(struct sk_reader *r)
{
	uint32_t bits = sk_read_u32le(r);
	float v;

	memcpy(&v, &bits, sizeof(v));
	return isfinite(v) ? v : 0;
}

struct sk_point sk_read_point16(struct sk_reader *r)
{
	double x = sk_read_i16(r), y = sk_read_i16(r);
	return (struct sk_point){x, y};
}

struct sk_point sk_read_point32(struct sk_reader *r)
{
	double x = sk_read_i32(r), y = sk_read_i32(r);
	return (struct sk_point){x, y};
}

struct sk_point *sk_read_points(struct sk_gdi *g, struct sk_reader *r, size_t n, bool wide)
{
	if (n > SK_GDI_POINTS || n > sk_read_left(r) / (wide ? 8 : 4)) {
		r->bad = true;
		return NULL;
	}
	struct sk_point *p = sk_arena_array(g->job->arena, n, sizeof(*p));
	for (size_t i = 0; p && i < n; i++)
		p[i] = wide ? sk_read_point32(r) : sk_read_point16(r);
	return p;
}

void sk_read_face(struct sk_reader *r, struct sk_gdi_object *f)
{
	f->italic = sk_read_u8(r);
	f->underline = sk_read_u8(r);
	f->strike = sk_read_u8(r);
	f->charset = sk_read_u8(r);
	sk_read_skip(r, 3);
	unsigned pitch_and_family = sk_read_u8(r), family = pitch_and_family & 0xF0;
	f->mono = (pitch_and_family & 3) == 1 || family == 0x30;
	f->serif = family == 0x10;
}

struct sk_gdi_object sk_brush(uint32_t style, uint32_t color, uint32_t hatch)
{
	return (struct sk_gdi_object){.kind = SK_GDI_BRUSH,
	    .null = style == 1,
	    .color = color,
	    .hatch = style == 2 && hatch <= 5 ? (int)hatch : -1};
}
