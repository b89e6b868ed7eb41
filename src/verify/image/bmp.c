/*
 * A cleaned BMP: headers, palette and rows of doc/profiles/image.md, nothing between or behind
 * them. Verifier's jail.
 */
#include "verify/image/image.h"

struct bmp {
	struct sk_check *c;
	struct sk_reader r;
	uint32_t w, h, bits, entries, image;
};

static int fault(struct bmp *d, const char *what)
{
	return sk_fail(d->c, d->r.pos, "BMP: %s", what);
}

/* The part of BITMAPINFOHEADER that all have. */
static int info_header(struct bmp *d)
{
	uint32_t size = sk_read_u32le(&d->r);

	d->w = sk_read_u32le(&d->r);
	d->h = sk_read_u32le(&d->r);
	unsigned planes = sk_read_u16le(&d->r);
	d->bits = sk_read_u16le(&d->r);
	uint32_t compression = sk_read_u32le(&d->r);
	d->image = sk_read_u32le(&d->r);
	uint32_t x = sk_read_u32le(&d->r), y = sk_read_u32le(&d->r);
	d->entries = sk_read_u32le(&d->r);
	uint32_t important = sk_read_u32le(&d->r);
	bool palette = d->bits == 1 || d->bits == 4 || d->bits == 8;
	if (d->r.bad || (!palette && d->bits != 24 && d->bits != 32))
		return fault(d, "bits a pixel");
	if (size != (d->bits == 32 ? 108 : 40) || compression != (d->bits == 32 ? 3 : 0))
		return fault(d, "header kind or compression");
	if (planes != 1 || important || x > 1000000 || y > 1000000)
		return fault(d, "header values");
	if (palette ? d->entries < 1 || d->entries > 1u << d->bits : d->entries != 0)
		return fault(d, "number of colours");
	return sk_vimg_size(d->c, 18, d->w, d->h);
}

/* The rest of BITMAPV4HEADER: masks, sRGB, no end points and no gamma. */
static int v4_header(struct bmp *d)
{
	static const uint8_t head[20] = {
	    0, 0, 0xFF, 0, 0, 0xFF, 0, 0, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 'B', 'G', 'R', 's'};
	struct sk_slice s = sk_read_slice(&d->r, 20), zero = sk_read_slice(&d->r, 48);

	if (d->r.bad || !sk_slice_eq(s, sk_slice(head, 20)))
		return fault(d, "masks or colour space");
	for (size_t i = 0; i < zero.n; i++)
		if (zero.p[i])
			return fault(d, "end points of a colour space");
	return 0;
}

static int palette(struct bmp *d)
{
	for (uint32_t i = 0; i < d->entries; i++)
		if (sk_read_u32le(&d->r) >> 24)
			return fault(d, "reserved byte of a colour");
	return d->r.bad ? fault(d, "palette is cut off") : 0;
}

static int row(struct bmp *d, size_t stride)
{
	struct sk_slice s = sk_read_slice(&d->r, stride);
	size_t used = (size_t)d->w * d->bits;

	if (d->r.bad)
		return fault(d, "row is cut off");
	for (size_t bit = used; bit < stride * 8; bit++)
		if (s.p[bit / 8] >> (7 - bit % 8) & 1)
			return fault(d, "row is not filled with 0");
	if (d->entries == 0 || d->entries == 1u << d->bits)
		return 0;
	for (uint32_t x = 0; x < d->w; x++) {
		size_t bit = (size_t)x * d->bits;
		if ((s.p[bit / 8] >> (8 - d->bits - bit % 8) & ((1u << d->bits) - 1)) >= d->entries)
			return fault(d, "pixel has no colour");
	}
	return 0;
}

static int rows(struct bmp *d)
{
	size_t stride = ((size_t)d->w * d->bits + 31) / 32 * 4;
	int rc = 0;

	if ((uint64_t)stride * d->h != d->image || d->image != sk_read_left(&d->r))
		return fault(d, "size of the rows");
	for (uint32_t y = 0; rc == 0 && y < d->h; y++)
		rc = row(d, stride);
	return rc;
}

int sk_verify_bmp(struct sk_check *c, struct sk_slice in)
{
	struct bmp d = {.c = c, .r = sk_reader(in)};

	if (sk_read_u16be(&d.r) != 0x424D || sk_read_u32le(&d.r) != in.n || sk_read_u32le(&d.r))
		return fault(&d, "file header");
	uint32_t offset = sk_read_u32le(&d.r);
	int rc = info_header(&d);
	if (rc == 0 && d.bits == 32)
		rc = v4_header(&d);
	if (rc == 0)
		rc = palette(&d);
	if (rc == 0 && offset != d.r.pos)
		rc = fault(&d, "rows do not start behind the headers");
	return rc ? rc : rows(&d);
}
