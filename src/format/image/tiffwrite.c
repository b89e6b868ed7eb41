/*
 * Writing TIFF: little endian, classic, strips by Deflate or Group 4, or a JPEG stream, as doc/profiles/image.md lays it out.
 * Cleaner's jail. TIFF 6.0, TIFF Technical Note 2 (Deflate).
 */
#include "format/image/tiff.h"

#include <stdlib.h>

#include <libdeflate.h>

#include "format/image/g4.h"

#define STRIP_BYTES 1048576
#define LEVEL 6

enum { SHORT = 3, LONG = 4, RATIONAL = 5, UNDEFINED = 7 };

/* A directory entry; values that do not fit in four bytes follow the directory. */
struct entry {
	uint16_t tag, type;
	uint32_t count;
	uint32_t value;       /* when it fits */
	const uint8_t *bytes; /* when it does not: `size` of them */
	size_t size;
};

struct directory {
	struct entry e[24];
	unsigned n;
	uint8_t bits[16], formats[16], xres[8], yres[8], palette[1536], icc[SK_ICC_BYTES];
	uint8_t *offsets, *lengths;
};

static void put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v & 0xFFFF);
	put16(p + 2, v >> 16);
}

static void add(struct directory *d, unsigned tag, unsigned type, uint32_t count, uint32_t value,
    const uint8_t *bytes, size_t size)
{
	d->e[d->n++] = (struct entry){
	    (uint16_t)tag, (uint16_t)type, count, value, size > 4 ? bytes : NULL, size};
}

static void add_one(struct directory *d, unsigned tag, unsigned type, uint32_t value)
{
	add(d, tag, type, 1, value, NULL, 0);
}

/* The same SHORT once for each sample. */
static void add_each(
    struct directory *d, unsigned tag, unsigned samples, unsigned value, uint8_t store[16])
{
	for (unsigned i = 0; i < samples; i++)
		put16(store + (size_t)i * 2, value);
	add(d, tag, SHORT, samples, value | (samples > 1 ? value << 16 : 0), store,
	    (size_t)samples * 2);
}

static void add_strips(struct directory *d, unsigned tag, uint32_t n, const uint8_t *bytes)
{
	uint32_t first = bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
			 (uint32_t)bytes[3] << 24;

	add(d, tag, LONG, n, first, bytes, (size_t)n * 4);
}

static void add_resolution(struct directory *d, const struct sk_tiff_page *p)
{
	put32(d->xres, p->xres[0]);
	put32(d->xres + 4, p->xres[1]);
	put32(d->yres, p->yres[0]);
	put32(d->yres + 4, p->yres[1]);
	add(d, 282, RATIONAL, 1, 0, d->xres, 8);
	add(d, 283, RATIONAL, 1, 0, d->yres, 8);
}

static bool has_resolution(const struct sk_tiff_page *p)
{
	return p->xres[0] && p->xres[1] && p->yres[0] && p->yres[1];
}

static unsigned predictor(const struct sk_tiff_page *p)
{
	if (p->jpeg.len)
		return 1;
	return (p->bits == 8 || p->bits == 16) && p->photometric != 3 ? 2 : 1;
}

static unsigned compression(const struct sk_tiff_page *p)
{
	return p->jpeg.len ? 7 : p->bits == 1 && !p->deflate ? 4 : 8;
}

static void fill(struct directory *d, const struct sk_tiff_page *p, uint32_t nstrips, uint32_t rows)
{
	add_one(d, 256, LONG, p->width);
	add_one(d, 257, LONG, p->height);
	add_each(d, 258, p->samples, p->bits, d->bits);
	add_one(d, 259, SHORT, compression(p));
	add_one(d, 262, SHORT, p->photometric);
	add_strips(d, 273, nstrips, d->offsets);
	if (p->orientation > 1)
		add_one(d, 274, SHORT, p->orientation);
	add_one(d, 277, SHORT, p->samples);
	add_one(d, 278, LONG, rows);
	add_strips(d, 279, nstrips, d->lengths);
	if (has_resolution(p))
		add_resolution(d, p);
	add_one(d, 284, SHORT, 1);
	if (has_resolution(p))
		add_one(d, 296, SHORT, p->unit);
	if (predictor(p) == 2)
		add_one(d, 317, SHORT, 2);
	if (p->photometric == 3) {
		for (unsigned i = 0; i < 768; i++)
			put16(d->palette + (size_t)i * 2, p->palette[i]);
		add(d, 320, SHORT, 768, 0, d->palette, sizeof(d->palette));
	}
	if (p->extra < 3)
		add_one(d, 338, SHORT, p->extra);
	if (p->format != 1)
		add_each(d, 339, p->samples, p->format, d->formats);
	if (p->photometric == 6)
		add(d, 530, SHORT, 2, p->sampling[0] | p->sampling[1] << 16, NULL, 0);
	if (p->icc.kind == SK_ICC_MATRIX && (p->photometric == 2 || p->photometric == 6)) {
		size_t n = sk_icc_write(&p->icc, d->icc);
		add(d, 34675, UNDEFINED, (uint32_t)n, 0, d->icc, n);
	}
}

/* Samples little endian; horizontal differences, where they are used. */
static void prepare_row(const struct sk_tiff_page *p, const uint8_t *from, uint8_t *to)
{
	size_t n = (size_t)p->width * p->samples;
	bool diff = predictor(p) == 2;

	if (p->bits == 16) {
		for (size_t i = 0; i < n; i++) {
			uint16_t v, before = 0;
			memcpy(&v, from + i * 2, 2);
			if (diff && i >= p->samples)
				memcpy(&before, from + (i - p->samples) * 2, 2);
			put16(to + i * 2, (uint16_t)(v - before));
		}
	} else if (p->bits == 32) {
		for (size_t i = 0; i < n; i++) {
			uint32_t v;
			memcpy(&v, from + i * 4, 4);
			put32(to + i * 4, v);
		}
	} else {
		memcpy(to, from, p->row);
		for (size_t i = p->samples; diff && i < n; i++)
			to[i] = (uint8_t)(from[i] - from[i - p->samples]);
	}
}

struct strips {
	struct libdeflate_compressor *c;
	uint8_t *store;
	uint32_t rows, n;
};

static int put_strip(
    struct sk_tiff_writer *w, const struct sk_tiff_page *p, struct strips *s, uint32_t first)
{
	uint32_t rows = p->height - first < s->rows ? p->height - first : s->rows;

	if (p->jpeg.len)
		return sk_buf_put_slice(w->out, sk_buf_slice(&p->jpeg));
	if (compression(p) == 4)
		return sk_g4_encode(p->data + first * p->row, p->width, rows, w->out);
	for (uint32_t y = 0; y < rows; y++)
		prepare_row(p, p->data + (first + (size_t)y) * p->row, s->store + y * p->row);
	size_t bound = libdeflate_zlib_compress_bound(s->c, rows * p->row);
	if (sk_buf_reserve(w->out, bound))
		return w->out->err;
	w->out->len +=
	    libdeflate_zlib_compress(s->c, s->store, rows * p->row, w->out->p + w->out->len, bound);
	return 0;
}

static int put_strips(struct sk_tiff_writer *w, const struct sk_tiff_page *p, struct strips *s,
    size_t offsets, size_t lengths)
{
	for (uint32_t i = 0; i < s->n; i++) {
		size_t at = w->out->len;
		int rc = put_strip(w, p, s, i * s->rows);
		if (rc)
			return rc;
		if (w->out->len - w->base > UINT32_MAX)
			return SK_ELIMIT;
		put32(w->out->p + offsets + (size_t)i * 4, (uint32_t)(at - w->base));
		put32(w->out->p + lengths + (size_t)i * 4, (uint32_t)(w->out->len - at));
		if ((w->out->len - w->base) & 1)
			sk_buf_putc(w->out, 0);
	}
	return w->out->err;
}

/*
 * The directory and its values. The places of the strip tables in the output are given back: their
 * numbers are known only when the strips are written.
 */
static int put_directory(
    struct sk_tiff_writer *w, const struct directory *d, size_t *offsets, size_t *lengths)
{
	struct sk_buf *o = w->out;
	size_t start = o->len - w->base, values = start + 2 + (size_t)d->n * 12 + 4;

	put32(o->p + w->next, (uint32_t)start);
	sk_buf_put_u16le(o, (uint16_t)d->n);
	for (unsigned i = 0; i < d->n; i++) {
		const struct entry *e = &d->e[i];
		size_t *place = e->tag == 273 ? offsets : e->tag == 279 ? lengths : NULL;
		sk_buf_put_u16le(o, e->tag);
		sk_buf_put_u16le(o, e->type);
		sk_buf_put_u32le(o, e->count);
		if (place)
			*place = e->bytes ? w->base + values : o->len;
		sk_buf_put_u32le(o, e->bytes ? (uint32_t)values : e->value);
		if (e->bytes)
			values += (e->size + 1) & ~(size_t)1;
	}
	w->next = o->len;
	sk_buf_put_u32le(o, 0);
	for (unsigned i = 0; i < d->n; i++) {
		if (d->e[i].bytes == NULL)
			continue;
		sk_buf_put(o, d->e[i].bytes, d->e[i].size);
		if (d->e[i].size & 1)
			sk_buf_putc(o, 0);
	}
	return o->err;
}

int sk_tiff_start(struct sk_tiff_writer *w, struct sk_buf *out)
{
	w->out = out;
	w->base = out->len;
	w->next = out->len + 4;
	return sk_buf_put(out, "II*\0\0\0\0\0", 8);
}

static int put_page(struct sk_tiff_writer *w, const struct sk_tiff_page *p)
{
	size_t offsets = 0, lengths = 0;
	struct strips s = {0};

	if ((p->row == 0 && p->jpeg.len == 0) || p->height == 0)
		return SK_EARG;
	struct directory *d = calloc(1, sizeof(*d));
	s.rows = p->jpeg.len ? p->height : (uint32_t)(STRIP_BYTES / p->row);
	if (s.rows == 0)
		s.rows = 1;
	if (s.rows > p->height)
		s.rows = p->height;
	s.n = (p->height + s.rows - 1) / s.rows;
	s.store = malloc(p->jpeg.len ? 1 : s.rows * p->row);
	s.c = libdeflate_alloc_compressor(LEVEL);
	if (d) {
		d->offsets = calloc(s.n, 4);
		d->lengths = calloc(s.n, 4);
	}
	int rc = d && d->offsets && d->lengths && s.store && s.c ? 0 : SK_ENOMEM;
	if (rc == 0) {
		fill(d, p, s.n, s.rows);
		rc = put_directory(w, d, &offsets, &lengths);
	}
	if (rc == 0)
		rc = put_strips(w, p, &s, offsets, lengths);
	if (s.c)
		libdeflate_free_compressor(s.c);
	free(s.store);
	if (d) {
		free(d->offsets);
		free(d->lengths);
	}
	free(d);
	return rc;
}

/* Bytes that a page takes, as it stands. */
static int measure(const struct sk_tiff_page *p, size_t max, size_t *n)
{
	struct sk_buf scratch = SK_BUF(max);
	struct sk_tiff_writer w;
	int rc = sk_tiff_start(&w, &scratch);

	if (rc == 0)
		rc = put_page(&w, p);
	*n = scratch.len;
	sk_buf_free(&scratch);
	return rc;
}

/* Dithered pictures of one bit grow by T.6: of those that did not come so, the smaller coding is taken. */
int sk_tiff_put_page(struct sk_tiff_writer *w, struct sk_tiff_page *p)
{
	size_t fax = 0, deflated = 0;

	p->deflate = false;
	if (p->bits == 1 && !p->fax) {
		int rc = measure(p, w->out->max, &fax);
		p->deflate = true;
		if (rc == 0)
			rc = measure(p, w->out->max, &deflated);
		if (rc)
			return rc;
		p->deflate = deflated < fax;
	}
	return put_page(w, p);
}
