/*
 * BMP: own reader of all headers from OS/2 1.x to V5, 1 to 32 bits, RLE and bit fields; written as
 * plain rows with 1, 4, 8 or 24 bits, or 32 with alpha. Embedded JPEG or PNG and profiles are not
 * read. Cleaner's jail. [MS-WMF] 2.2.2, Windows GDI bitmap structures.
 */
#include "format/image/pic.h"

#include <stdlib.h>

enum { BI_RGB, BI_RLE8, BI_RLE4, BI_BITFIELDS, BI_JPEG, BI_PNG, BI_ALPHABITFIELDS };

struct bmp {
	uint32_t header, offset, width, height, compression, size_image, colours;
	uint32_t declared; /* size of the file by its own word */
	unsigned bits;
	bool top_down, core, profile;
	uint32_t xppm, yppm;
	uint32_t masks[4]; /* red green blue alpha */
	unsigned entries;
	uint8_t palette[1024]; /* B G R 0 */
	size_t end;            /* of headers and palette */
	/* the output */
	unsigned out_bits;
	size_t stride;
	uint8_t *rows; /* bottom-up, as written */
	bool damaged;
	size_t used; /* bytes of the source up to the end of its pixels */
};

static void read_core(struct bmp *b, struct sk_reader *r)
{
	b->core = true;
	b->width = sk_read_u16le(r);
	b->height = sk_read_u16le(r);
	sk_read_u16le(r);
	b->bits = sk_read_u16le(r);
}

static void read_info(struct bmp *b, struct sk_reader *r)
{
	struct sk_reader h = sk_reader(sk_read_slice(r, b->header - 4));
	int32_t width = (int32_t)sk_read_u32le(&h), height = (int32_t)sk_read_u32le(&h);

	b->width = width < 0 ? 0 : (uint32_t)width;
	b->top_down = height < 0;
	b->height = height < 0 ? 0U - (uint32_t)height : (uint32_t)height;
	sk_read_u16le(&h);
	b->bits = sk_read_u16le(&h);
	if (b->header >= 20) {
		b->compression = sk_read_u32le(&h);
	}
	if (b->header >= 40) {
		b->size_image = sk_read_u32le(&h);
		b->xppm = sk_read_u32le(&h);
		b->yppm = sk_read_u32le(&h);
		b->colours = sk_read_u32le(&h);
		sk_read_u32le(&h);
	}
	bool fields = b->compression == BI_BITFIELDS || b->compression == BI_ALPHABITFIELDS;
	if (b->header == 64)
		fields = false; /* OS/2 2.x: other fields stand here */
	for (unsigned i = 0; i < 4 && fields && b->header >= 52; i++)
		b->masks[i] = b->header >= 56 || i < 3 ? sk_read_u32le(&h) : 0;
	if (b->header >= 108) {
		sk_read_seek(&h, 52);
		uint32_t space = sk_read_u32le(&h);
		b->profile = space == 0x4C494E4B || space == 0x4D424544;
	}
	/* With the 40 byte header the masks stand behind it. */
	if (fields && b->header < 52) {
		unsigned n = b->compression == BI_ALPHABITFIELDS ? 4 : 3;
		for (unsigned i = 0; i < n; i++)
			b->masks[i] = sk_read_u32le(r);
	}
	if (h.bad)
		r->bad = true;
}

static void default_masks(struct bmp *b)
{
	bool fields = b->compression == BI_BITFIELDS || b->compression == BI_ALPHABITFIELDS;

	if (fields && (b->masks[0] | b->masks[1] | b->masks[2]))
		return;
	memset(b->masks, 0, sizeof(b->masks));
	b->masks[0] = b->bits == 16 ? 0x7C00 : 0xFF0000;
	b->masks[1] = b->bits == 16 ? 0x03E0 : 0x00FF00;
	b->masks[2] = b->bits == 16 ? 0x001F : 0x0000FF;
}

static void read_palette(struct bmp *b, struct sk_reader *r)
{
	unsigned size = b->core ? 3 : 4, want = 1U << b->bits, room;

	if (b->colours && b->colours < want)
		want = b->colours;
	room =
	    b->offset > r->pos
		? (unsigned)((b->offset - r->pos) / size > 256 ? 256 : (b->offset - r->pos) / size)
		: 0;
	if (want > room)
		want = room;
	for (unsigned i = 0; i < want && sk_read_left(r) >= size; i++) {
		struct sk_slice c = sk_read_slice(r, size);
		memcpy(b->palette + (size_t)i * 4, c.p, 3);
		b->entries = i + 1;
	}
}

static bool legal(const struct bmp *b)
{
	bool direct = b->bits == 16 || b->bits == 24 || b->bits == 32;

	if (b->bits != 1 && b->bits != 2 && b->bits != 4 && b->bits != 8 && !direct)
		return false;
	switch (b->compression) {
	case BI_RGB:
		return true;
	case BI_RLE8:
		return b->bits == 8;
	case BI_RLE4:
		return b->bits == 4;
	case BI_BITFIELDS:
	case BI_ALPHABITFIELDS:
		return b->header != 64 && (b->bits == 16 || b->bits == 32);
	default:
		return false;
	}
}

static int read_headers(struct sk_slice in, struct bmp *b)
{
	struct sk_reader r = sk_reader(in);

	*b = (struct bmp){0};
	if (!sk_slice_starts(in, SK_SLICE_LIT("BM")))
		return SK_EFORMAT;
	sk_read_skip(&r, 2);
	b->declared = sk_read_u32le(&r);
	sk_read_skip(&r, 4);
	b->offset = sk_read_u32le(&r);
	b->header = sk_read_u32le(&r);
	if (b->header == 12)
		read_core(b, &r);
	else if (b->header >= 16 && b->header <= 124)
		read_info(b, &r);
	else
		return SK_EFORMAT;
	if (r.bad || b->width == 0 || b->height == 0 || !legal(b))
		return SK_EFORMAT;
	default_masks(b);
	if (b->bits <= 8)
		read_palette(b, &r);
	b->end = r.pos;
	return b->offset >= b->end && b->offset < in.n ? 0 : SK_EFORMAT;
}

bool sk_bmp_header(struct sk_slice in)
{
	static const uint8_t lengths[] = {12, 16, 40, 52, 56, 64, 108, 124};
	struct sk_slice length = sk_slice_sub(in, 14, 4);

	for (size_t i = 0; i < sizeof(lengths) && length.n == 4; i++)
		if (length.p[0] == lengths[i] && !length.p[1] && !length.p[2] && !length.p[3])
			return true;
	return false;
}

bool sk_bmp_structure(struct sk_slice in)
{
	struct bmp *b = calloc(1, sizeof(*b));
	bool yes = b && read_headers(in, b) == 0;

	free(b);
	return yes;
}

static uint8_t *out_row(const struct bmp *b, uint32_t y_from_top)
{
	return b->rows + (size_t)(b->height - 1 - y_from_top) * b->stride;
}

/* One sample of a bit field as 8 bits. */
static uint8_t field(uint32_t v, uint32_t mask)
{
	if (mask == 0)
		return 0;
	unsigned shift = (unsigned)__builtin_ctz(mask);
	uint64_t max = mask >> shift, got = (v & mask) >> shift;
	return (uint8_t)((got * 255 + max / 2) / max);
}

static void direct_row(const struct bmp *b, const uint8_t *from, uint8_t *to)
{
	unsigned in_step = b->bits / 8, out_step = b->out_bits / 8;

	for (uint32_t x = 0; x < b->width; x++, from += in_step, to += out_step) {
		uint32_t v = from[0] | (uint32_t)from[1] << 8;
		if (in_step > 2)
			v |= (uint32_t)from[2] << 16;
		if (in_step > 3)
			v |= (uint32_t)from[3] << 24;
		for (unsigned i = 0; i < 3; i++)
			to[2 - i] = field(v, b->masks[i]);
		if (out_step == 4)
			to[3] = field(v, b->masks[3]);
	}
}

static void index_row(const struct bmp *b, const uint8_t *from, uint8_t *to)
{
	if (b->bits == 2) {
		for (uint32_t x = 0; x < b->width; x++)
			to[x / 2] |=
			    (uint8_t)((from[x / 4] >> (6 - x % 4 * 2) & 3) << (x % 2 ? 0 : 4));
		return;
	}
	size_t n = ((size_t)b->width * b->bits + 7) / 8;
	memcpy(to, from, n);
	unsigned used = b->width * b->bits % 8;
	if (used)
		to[n - 1] &= (uint8_t)(0xFF00 >> used);
}

static int read_plain(struct sk_slice in, struct bmp *b)
{
	size_t row = ((size_t)b->width * b->bits + 7) / 8, stride = (row + 3) & ~(size_t)3;
	size_t at = b->offset;

	for (uint32_t i = 0; i < b->height; i++, at += stride) {
		struct sk_slice s = sk_slice_sub(in, at, row);
		if (s.n < row) {
			b->damaged = true;
			break;
		}
		uint8_t *to = out_row(b, b->top_down ? i : b->height - 1 - i);
		if (b->bits <= 8)
			index_row(b, s.p, to);
		else
			direct_row(b, s.p, to);
	}
	b->used = at > in.n ? in.n : at;
	return 0;
}

struct rle {
	struct bmp *b;
	uint32_t x, y; /* y from the first row of the file */
};

static void plot(struct rle *p, unsigned v)
{
	struct bmp *b = p->b;

	if (p->x < b->width && p->y < b->height) {
		uint8_t *row =
		    b->rows + (size_t)(b->top_down ? b->height - 1 - p->y : p->y) * b->stride;
		if (b->bits == 8)
			row[p->x] = (uint8_t)v;
		else
			row[p->x / 2] |= (uint8_t)((v & 15) << (p->x % 2 ? 0 : 4));
	} else {
		b->damaged = true;
	}
	p->x++;
}

static void run(struct rle *p, unsigned n, unsigned v)
{
	for (unsigned i = 0; i < n; i++)
		plot(p, p->b->bits == 8 ? v : i % 2 ? v & 15 : v >> 4);
}

static void literal(struct rle *p, unsigned n, struct sk_reader *r)
{
	size_t bytes = p->b->bits == 8 ? n : (n + 1) / 2;
	struct sk_slice s = sk_read_slice(r, bytes);

	for (unsigned i = 0; i < n && s.n; i++)
		plot(p, p->b->bits == 8 ? s.p[i]
			: i % 2         ? s.p[i / 2] & 15U
					: (unsigned)s.p[i / 2] >> 4);
	if (bytes % 2 && sk_read_left(r))
		sk_read_skip(r, 1);
}

static int read_rle(struct sk_slice in, struct bmp *b)
{
	struct sk_reader r = sk_reader(in);
	struct rle p = {b, 0, 0};

	sk_read_seek(&r, b->offset);
	while (p.y < b->height && sk_read_left(&r) >= 2) {
		unsigned n = sk_read_u8(&r), v = sk_read_u8(&r);
		if (n) {
			run(&p, n, v);
		} else if (v == 0) {
			p.x = 0;
			p.y++;
		} else if (v == 1) {
			b->used = r.pos;
			return 0;
		} else if (v == 2) {
			p.x += sk_read_u8(&r);
			p.y += sk_read_u8(&r);
		} else {
			literal(&p, v, &r);
		}
	}
	/* Many writers end the last row and then the picture. */
	if (sk_read_peek(&r, 0) == 0 && sk_read_peek(&r, 1) == 1)
		sk_read_skip(&r, 2);
	else
		b->damaged = b->damaged || p.y < b->height;
	b->used = r.bad ? in.n : r.pos;
	return 0;
}

/* Refuse rows that the file cannot hold, before memory is taken for them. */
static bool plausible(const struct sk_pic *p, const struct bmp *b)
{
	uint64_t n = (uint64_t)b->width * b->height;

	if (b->compression == BI_RLE8 || b->compression == BI_RLE4)
		return n / 65536 <=
		       p->in.n; /* deltas may skip, but a byte does not skip this far */
	return n * b->bits / 8 / 2 <= p->in.n;
}

static int read_bmp(const struct sk_pic *p, struct bmp *b)
{
	int rc = read_headers(p->in, b);

	if (rc == 0 && !plausible(p, b))
		rc = SK_EFORMAT;
	if (rc == 0)
		rc = sk_job_pixels(p->job, b->width, b->height);
	if (rc)
		return rc;
	b->out_bits = b->bits == 2 ? 4 : b->bits <= 8 ? b->bits : b->masks[3] ? 32 : 24;
	b->stride = (((size_t)b->width * b->out_bits + 31) / 32) * 4;
	b->rows = sk_pic_alloc(p, (uint64_t)b->stride * b->height);
	if (b->rows == NULL)
		return sk_pic_nomem(p);
	return b->compression == BI_RLE8 || b->compression == BI_RLE4 ? read_rle(p->in, b)
								      : read_plain(p->in, b);
}

static unsigned index_at(const struct bmp *b, const uint8_t *row, uint32_t x)
{
	if (b->out_bits == 8)
		return row[x];
	if (b->out_bits == 4)
		return row[x / 2] >> (x % 2 ? 0 : 4) & 15U;
	return row[x / 8] >> (7 - x % 8) & 1U;
}

/* The palette covers every index that occurs; what is missing is black. */
static void settle_palette(struct bmp *b)
{
	unsigned most = 0;

	for (uint32_t y = 0; y < b->height; y++)
		for (uint32_t x = 0; x < b->width; x++) {
			unsigned v = index_at(b, b->rows + y * b->stride, x);
			if (v > most)
				most = v;
		}
	if (most >= b->entries)
		b->entries = most + 1;
	for (unsigned i = 0; i < 256; i++)
		b->palette[i * 4 + 3] = 0;
}

static int write_bmp(const struct sk_pic *p, const struct bmp *b)
{
	static const uint32_t masks[4] = {0xFF0000, 0xFF00, 0xFF, 0xFF000000};
	uint32_t header = b->out_bits == 32 ? 108 : 40, entries = b->out_bits <= 8 ? b->entries : 0;
	uint32_t offset = 14 + header + entries * 4;
	uint64_t size = (uint64_t)b->stride * b->height;
	struct sk_buf *o = p->out;

	if (size + offset > UINT32_MAX)
		return SK_ELIMIT;
	sk_buf_puts(o, "BM");
	sk_buf_put_u32le(o, (uint32_t)size + offset);
	sk_buf_put_u32le(o, 0);
	sk_buf_put_u32le(o, offset);
	sk_buf_put_u32le(o, header);
	sk_buf_put_u32le(o, b->width);
	sk_buf_put_u32le(o, b->height);
	sk_buf_put_u16le(o, 1);
	sk_buf_put_u16le(o, (uint16_t)b->out_bits);
	sk_buf_put_u32le(o, b->out_bits == 32 ? BI_BITFIELDS : BI_RGB);
	sk_buf_put_u32le(o, (uint32_t)size);
	sk_buf_put_u32le(o, b->xppm <= 1000000 ? b->xppm : 0);
	sk_buf_put_u32le(o, b->yppm <= 1000000 ? b->yppm : 0);
	sk_buf_put_u32le(o, entries);
	sk_buf_put_u32le(o, 0);
	if (b->out_bits == 32) {
		for (unsigned i = 0; i < 4; i++)
			sk_buf_put_u32le(o, masks[i]);
		sk_buf_put_u32le(o, 0x73524742);
		sk_buf_fill(o, 0, 48);
	}
	sk_buf_put(o, b->palette, (size_t)entries * 4);
	return sk_buf_put(o, b->rows, (size_t)size);
}

static void report(const struct sk_pic *p, const struct bmp *b)
{
	if (b->offset > b->end)
		sk_pic_removed(p, b->bits > 8 ? SK_IMAGE_UNKNOWN_PART : SK_GENERIC_HIDDEN, 1,
		    "between the header and the picture");
	/* Reserved words of the file header (BITMAPFILEHEADER). */
	if (p->in.n > 10 && (p->in.p[6] || p->in.p[7] || p->in.p[8] || p->in.p[9]))
		sk_pic_removed(p, SK_GENERIC_HIDDEN, 1, "header");
	if (b->profile)
		sk_pic_removed(p, SK_IMAGE_PROFILE, 1, "header");
	if (b->damaged)
		sk_pic_removed(p, SK_IMAGE_DAMAGED, 1, "rows");
	if (p->in.n > b->used)
		sk_pic_removed(p, SK_GENERIC_TRAILING, 1, "after the picture");
}

int sk_bmp_clean(const struct sk_pic *p)
{
	struct bmp *b = calloc(1, sizeof(*b));
	int rc = b ? read_bmp(p, b) : SK_ENOMEM;

	if (rc == 0 && b->out_bits <= 8)
		settle_palette(b);
	if (rc == 0)
		rc = write_bmp(p, b);
	if (rc == 0)
		report(p, b);
	if (b)
		free(b->rows);
	free(b);
	return rc;
}

int sk_bmp_decode(const struct sk_pic *p, struct sk_pixmap *out)
{
	struct bmp *b = calloc(1, sizeof(*b));
	int rc = b ? read_bmp(p, b) : SK_ENOMEM;
	unsigned channels = rc == 0 && b->out_bits == 32 ? 4 : 3;
	uint8_t *data = NULL;

	if (rc == 0 &&
	    (data = sk_arena_array(p->job->arena, (size_t)b->width * b->height, channels)) == NULL)
		rc = SK_ENOMEM;
	for (uint32_t y = 0; rc == 0 && y < b->height; y++) {
		const uint8_t *row = out_row(b, y);
		for (uint32_t x = 0; x < b->width; x++) {
			uint8_t *to = data + ((size_t)y * b->width + x) * channels;
			const uint8_t *c = b->out_bits > 8
					       ? row + (size_t)x * channels
					       : b->palette + (size_t)index_at(b, row, x) * 4;
			for (unsigned i = 0; i < 3; i++)
				to[i] = c[2 - i];
			if (channels == 4)
				to[3] = c[3];
		}
	}
	if (rc == 0)
		*out = (struct sk_pixmap){b->width, b->height, channels, data};
	if (b)
		free(b->rows);
	free(b);
	return rc;
}
