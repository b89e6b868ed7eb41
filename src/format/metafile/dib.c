/*
 * Device-independent bitmaps inside metafiles ([MS-WMF] 2.2.2.3, 2.2.2.9): 1 to 32 bits, RLE, bit fields.
 * Cleaner's jail.
 */
#include "format/metafile/gdi.h"

#define BI_RGB 0
#define BI_RLE8 1
#define BI_RLE4 2
#define BI_BITFIELDS 3
#define DIB_SIDE 16384 /* pictures in drawings; larger ones are no honest part of one */

struct dib {
	uint32_t width, height;
	bool top_down;
	unsigned bits, compression;
	uint32_t colors;
	uint32_t mask[3];
	uint32_t palette[256]; /* 0x00RRGGBB */
};

static void read_palette(struct sk_reader *r, struct dib *d, bool core)
{
	uint32_t most = d->bits <= 8 ? 1U << d->bits : 0;
	uint32_t n = d->colors && d->colors < most ? d->colors : most;

	for (uint32_t i = 0; i < n; i++) {
		d->palette[i] = sk_read_u24le(r);
		if (!core)
			sk_read_skip(r, 1);
	}
}

static bool read_masks(struct sk_reader *r, struct dib *d)
{
	if (d->compression == BI_BITFIELDS) {
		for (int i = 0; i < 3; i++)
			d->mask[i] = sk_read_u32le(r);
		return d->bits == 16 || d->bits == 32;
	}
	if (d->bits == 16)
		memcpy(d->mask, (uint32_t[3]){0x7C00, 0x3E0, 0x1F}, sizeof(d->mask));
	else
		memcpy(d->mask, (uint32_t[3]){0xFF0000, 0xFF00, 0xFF}, sizeof(d->mask));
	return true;
}

static bool read_info(struct sk_reader *r, struct dib *d, uint32_t size)
{
	int32_t w = (int32_t)sk_read_u32le(r), h = (int32_t)sk_read_u32le(r);

	sk_read_skip(r, 2);
	d->bits = sk_read_u16le(r);
	d->compression = sk_read_u32le(r);
	sk_read_skip(r, 12);
	d->colors = sk_read_u32le(r);
	sk_read_skip(r, 4);
	if (w <= 0 || h == 0 || h == INT32_MIN || size > 124)
		return false;
	d->width = (uint32_t)w;
	d->top_down = h < 0;
	d->height = (uint32_t)(h < 0 ? -h : h);
	/* V4 and V5 headers carry the masks at the same place where a small header is followed by them. */
	if (!read_masks(r, d))
		return false;
	if (size > 40)
		sk_read_seek(r, size);
	return true;
}

static bool read_header(struct sk_slice in, struct dib *d)
{
	struct sk_reader r = sk_reader(in);
	uint32_t size = sk_read_u32le(&r);

	if (size == 12) {
		d->width = sk_read_u16le(&r);
		d->height = sk_read_u16le(&r);
		sk_read_skip(&r, 2);
		d->bits = sk_read_u16le(&r);
		read_masks(&r, d);
	} else if (size < 40 || !read_info(&r, d, size)) {
		return false;
	}
	read_palette(&r, d, size == 12);
	if (r.bad || d->width == 0 || d->height == 0 || d->width > DIB_SIDE || d->height > DIB_SIDE)
		return false;
	return d->bits == 1 || d->bits == 4 || d->bits == 8 || d->bits == 16 || d->bits == 24 ||
	       d->bits == 32;
}

/* A masked field scaled to eight bits. */
static uint32_t field(uint32_t v, uint32_t mask)
{
	if (mask == 0)
		return 0;
	unsigned shift = (unsigned)__builtin_ctz(mask);
	uint32_t top = mask >> shift;
	return (uint32_t)((uint64_t)((v & mask) >> shift) * 255 / top);
}

static uint32_t pixel(const struct dib *d, const uint8_t *row, uint32_t x, bool alpha)
{
	if (d->bits <= 8) {
		unsigned per = 8 / d->bits, shift = 8 - d->bits * (x % per + 1);
		return 0xFF000000 | d->palette[row[x / per] >> shift & ((1U << d->bits) - 1)];
	}
	if (d->bits == 24)
		return 0xFF000000 | (uint32_t)row[3 * x + 2] << 16 | (uint32_t)row[3 * x + 1] << 8 |
		       row[3 * x];
	const uint8_t *p = row + (size_t)x * d->bits / 8;
	uint32_t v = p[0] | (uint32_t)p[1] << 8;
	if (d->bits == 32)
		v |= (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
	uint32_t a = alpha && d->bits == 32 ? v >> 24 : 255;
	return a << 24 | field(v, d->mask[0]) << 16 | field(v, d->mask[1]) << 8 |
	       field(v, d->mask[2]);
}

/* One run or literal of RLE4/RLE8 into an index plane; false at the end. */
static bool rle_step(
    struct sk_reader *r, const struct dib *d, uint8_t *plane, uint32_t *x, uint32_t *y)
{
	unsigned n = sk_read_u8(r), v = sk_read_u8(r);
	bool four = d->compression == BI_RLE4;

	if (r->bad || *y >= d->height)
		return false;
	if (n) {
		for (unsigned i = 0; i < n && *x < d->width; i++)
			plane[(size_t)*y * d->width + (*x)++] =
			    (uint8_t)(four ? (i & 1 ? v & 15 : v >> 4) : v);
		return true;
	}
	if (v == 0) {
		*x = 0;
		(*y)++;
	} else if (v == 2) {
		*x += sk_read_u8(r);
		*y += sk_read_u8(r);
	} else if (v > 2) {
		struct sk_slice lit = sk_read_slice(r, four ? ((v + 3) / 4) * 2 : (v + 1) & ~1U);
		for (unsigned i = 0; i < v && lit.n && *x < d->width; i++)
			plane[(size_t)*y * d->width + (*x)++] =
			    (uint8_t)(four ? (i & 1 ? lit.p[i / 2] & 15 : lit.p[i / 2] >> 4)
					   : lit.p[i]);
	}
	return v != 1 && !r->bad;
}

/* RLE becomes an 8-bit plane of its own. */
static const uint8_t *unpack_rle(struct sk_job *job, struct dib *d, struct sk_slice bits)
{
	struct sk_reader r = sk_reader(bits);
	uint8_t *plane = sk_arena_array(job->arena, d->width, d->height);
	uint32_t x = 0, y = 0;

	while (plane && rle_step(&r, d, plane, &x, &y))
		;
	d->bits = 8;
	return plane;
}

static void fill(
    const struct dib *d, const uint8_t *rows, size_t stride, cairo_surface_t *s, bool alpha)
{
	uint8_t *out = cairo_image_surface_get_data(s);
	size_t out_stride = (size_t)cairo_image_surface_get_stride(s);

	for (uint32_t y = 0; y < d->height; y++) {
		const uint8_t *row = rows + stride * (d->top_down ? y : d->height - 1 - y);
		uint32_t *to = (uint32_t *)(void *)(out + out_stride * y);
		for (uint32_t x = 0; x < d->width; x++)
			to[x] = pixel(d, row, x, alpha);
	}
	cairo_surface_mark_dirty(s);
}

cairo_surface_t *sk_gdi_dib(
    struct sk_job *job, struct sk_slice header, struct sk_slice bits, bool alpha)
{
	struct dib d = {0};

	if (!read_header(header, &d) || sk_job_pixels(job, d.width, d.height))
		return NULL;
	size_t stride = ((size_t)d.width * d.bits + 31) / 32 * 4;
	const uint8_t *rows = bits.p;
	if (d.compression == BI_RLE8 || d.compression == BI_RLE4) {
		if (d.bits != (d.compression == BI_RLE8 ? 8U : 4U))
			return NULL;
		rows = unpack_rle(job, &d, bits);
		stride = d.width;
	} else if (d.compression > BI_BITFIELDS || stride * d.height > bits.n) {
		return NULL;
	}
	if (rows == NULL)
		return NULL;
	cairo_surface_t *s =
	    cairo_image_surface_create(CAIRO_FORMAT_ARGB32, (int)d.width, (int)d.height);
	if (cairo_surface_status(s)) {
		cairo_surface_destroy(s);
		return NULL;
	}
	fill(&d, rows, stride, s, alpha);
	return s;
}
