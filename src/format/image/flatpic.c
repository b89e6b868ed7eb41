/*
 * How a rendered page or a picture is coded in a PDF: by what it shows. Text and drawings have few colours and hard
 * edges; photographs and scans have many small differences between neighbours. Cleaner's jail.
 */
#include "format/image/flat.h"

#include <libdeflate.h>

#include "format/image/g4.h"
#include "format/image/image.h"

#define LEVEL 6
#define QUALITY 80
/* Neighbours that differ by less than this in each channel lie in a gradient or in noise … */
#define SOFT 12
/* … and one in so many pixels makes a photograph; smoothed letters have one in 150. */
#define SOFT_SHARE 40
#define SLOTS 1024

struct survey {
	bool grey, photo;
};

static unsigned difference(unsigned a, unsigned b)
{
	return a > b ? a - b : b - a;
}

/* Most that two neighbours differ by in a channel. */
static unsigned step(const uint8_t *a, const uint8_t *b, unsigned channels)
{
	unsigned most = difference(a[0], b[0]);

	for (unsigned k = 1; k < channels; k++) {
		unsigned d = difference(a[k], b[k]);
		most = d > most ? d : most;
	}
	return most;
}

static struct survey look(const struct sk_pixmap *p)
{
	size_t soft = 0, n = (size_t)p->width * p->height;
	struct survey s = {.grey = true};
	unsigned c = p->channels, coloured = 0;

	for (uint32_t y = 0; y < p->height; y++) {
		const uint8_t *row = p->data + (size_t)y * p->width * c;
		for (uint32_t x = 0; x < p->width; x++, row += c) {
			unsigned d = x ? step(row, row - c, c) : 0;
			soft += d > 0 && d < SOFT;
			if (c == 3)
				coloured |= (row[0] ^ row[1]) | (row[1] ^ row[2]);
		}
	}
	s.grey = coloured == 0;
	s.photo = soft > n / SOFT_SHARE;
	return s;
}

/* Without transparency, on white; into memory that the caller frees. */
static int opaque(const struct sk_pixmap *p, struct sk_pixmap *out)
{
	size_t n = (size_t)p->width * p->height;

	*out = (struct sk_pixmap){p->width, p->height, 3, calloc(n, 3)};
	if (out->data == NULL)
		return SK_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const uint8_t *from = p->data + i * 4;
		for (unsigned k = 0; k < 3; k++)
			out->data[i * 3 + k] =
			    (uint8_t)((from[k] * from[3] + 255 * (255 - from[3]) + 127) / 255);
	}
	return 0;
}

static int one_channel(const struct sk_pixmap *p, struct sk_pixmap *out)
{
	size_t n = (size_t)p->width * p->height;

	*out = (struct sk_pixmap){p->width, p->height, 1, malloc(n)};
	if (out->data == NULL)
		return SK_ENOMEM;
	for (size_t i = 0; i < n; i++)
		out->data[i] = p->data[i * 3];
	return 0;
}

static int deflate(const uint8_t *p, size_t n, struct sk_buf *out)
{
	struct libdeflate_compressor *d = libdeflate_alloc_compressor(LEVEL);
	int r = SK_ENOMEM;

	if (d == NULL)
		return r;
	sk_buf_reset(out);
	r = sk_buf_reserve(out, libdeflate_zlib_compress_bound(d, n));
	if (r == 0) {
		out->len = libdeflate_zlib_compress(d, p, n, out->p, out->cap);
		r = out->len ? 0 : SK_EINTERNAL;
	}
	libdeflate_free_compressor(d);
	return r;
}

/* Samples of one byte each packed into rows of `bits` a sample, high bits first. */
static int pack(struct sk_flat_picture *o, const uint8_t *samples, uint8_t **rows, size_t *n)
{
	size_t stride = ((size_t)o->width * o->bits + 7) / 8;
	uint8_t *p = *rows = calloc(o->height, stride);

	if (p == NULL)
		return SK_ENOMEM;
	*n = stride * o->height;
	for (uint32_t y = 0; y < o->height; y++, p += stride) {
		unsigned byte = 0, left = 8;
		uint8_t *to = p;
		for (uint32_t x = 0; x < o->width; x++) {
			left -= o->bits;
			byte |= (unsigned)*samples++ << left;
			if (left == 0) {
				*to++ = (uint8_t)byte;
				byte = 0;
				left = 8;
			}
		}
		if (left < 8)
			*to = (uint8_t)byte;
	}
	return 0;
}

static int write_packed(struct sk_flat_picture *o, const uint8_t *samples)
{
	uint8_t *rows;
	size_t n;
	int r = pack(o, samples, &rows, &n);

	if (r)
		return r;
	o->coding = SK_FLAT_FLATE;
	r = deflate(rows, n, &o->data);
	free(rows);
	return r;
}

/* Two levels by ITU-T T.6; a set bit is black. */
static int write_bilevel(struct sk_flat_picture *o, const uint8_t *grey, uint8_t *scratch)
{
	size_t n = (size_t)o->width * o->height;
	uint8_t *rows;

	for (size_t i = 0; i < n; i++)
		scratch[i] = grey[i] < 160; /* thin strokes are grey; they must not get lost */
	o->bits = 1;
	int r = pack(o, scratch, &rows, &n);
	if (r)
		return r;
	o->coding = SK_FLAT_G4;
	sk_buf_reset(&o->data);
	r = sk_g4_encode(rows, o->width, o->height, &o->data);
	free(rows);
	return r;
}

/* 16 greys, 4, or 2: the first that is small enough; 2 at once when there are no others. */
static int write_greys(struct sk_flat_picture *o, const struct sk_pixmap *p)
{
	size_t n = (size_t)p->width * p->height, between = 0;
	uint8_t *scratch = malloc(n);
	int r = 0;

	if (scratch == NULL)
		return SK_ENOMEM;
	o->channels = 1;
	for (size_t i = 0; i < n; i++)
		between += p->data[i] > 8 && p->data[i] < 247;
	for (unsigned bits = between ? 4 : 1; bits > 1; bits /= 2) {
		uint8_t level[256];
		for (unsigned i = 0; i < 256; i++)
			level[i] = (uint8_t)((i * ((1U << bits) - 1) + 127) / 255);
		for (size_t i = 0; i < n; i++)
			scratch[i] = level[p->data[i]];
		o->bits = bits;
		r = write_packed(o, scratch);
		if (r || o->data.len <= SK_FLAT_PAGE)
			goto out;
	}
	r = write_bilevel(o, p->data, scratch);
out:
	free(scratch);
	return r;
}

/* ---- few colours ---- */

struct colours {
	uint32_t key[SLOTS]; /* 0x01rrggbb; 0: free */
	uint8_t index[SLOTS];
	unsigned n;
};

static uint32_t reduce(const uint8_t *c, unsigned bits)
{
	unsigned top = (1U << bits) - 1;
	uint32_t v = 1;

	for (unsigned k = 0; k < 3; k++)
		v = v << 8 | ((c[k] * top + 127) / 255 * 255 + top / 2) / top;
	return v;
}

/* Index of a colour, a new one when there is room; -1: more than 256. */
static int find_colour(struct colours *t, uint32_t key)
{
	uint32_t at = key * 0x9e3779b1U >> 22;

	while (t->key[at] && t->key[at] != key)
		at = (at + 1) % SLOTS;
	if (t->key[at] == 0) {
		if (t->n == 256)
			return -1;
		t->key[at] = key;
		t->index[at] = (uint8_t)t->n++;
	}
	return t->index[at];
}

static bool map_colours(const struct sk_pixmap *p, unsigned bits, struct colours *t, uint8_t *to)
{
	size_t n = (size_t)p->width * p->height;
	const uint8_t *c = p->data, *last = NULL;
	int index = 0;

	memset(t, 0, sizeof(*t));
	for (size_t i = 0; i < n; i++, c += 3) {
		if (last == NULL || memcmp(c, last, 3) != 0)
			index = find_colour(t, reduce(c, bits));
		if (index < 0)
			return false;
		last = c;
		to[i] = (uint8_t)index;
	}
	return true;
}

static int write_palette(struct sk_flat_picture *o, const struct colours *t, const uint8_t *samples)
{
	o->channels = 1;
	o->ncolours = t->n;
	o->bits = t->n <= 2 ? 1 : t->n <= 4 ? 2 : t->n <= 16 ? 4 : 8;
	for (unsigned i = 0; i < SLOTS; i++) {
		for (unsigned k = 0; k < 3 && t->key[i]; k++)
			o->palette[t->index[i] * 3U + k] = (uint8_t)(t->key[i] >> (16 - 8 * k));
	}
	return write_packed(o, samples);
}

static int write_jpeg(struct sk_flat_picture *o, const struct sk_pixmap *p)
{
	o->coding = SK_FLAT_JPEG;
	o->channels = p->channels;
	o->bits = 8;
	o->ncolours = 0;
	sk_buf_reset(&o->data);
	return sk_jpeg_encode(p, QUALITY, 0, &o->data);
}

/* All colours as they are, or in 5 or 4 bits a channel; a JPEG when that is smaller. */
static int write_colours(struct sk_flat_picture *o, const struct sk_pixmap *p)
{
	struct colours *t = malloc(sizeof(*t));
	uint8_t *samples = malloc((size_t)p->width * p->height);
	struct sk_flat_picture other = *o;
	int r = t && samples ? 0 : SK_ENOMEM;
	bool mapped = false;

	for (unsigned bits = 8; r == 0 && !mapped && bits >= 4; bits = bits == 8 ? 5 : bits - 1)
		mapped = map_colours(p, bits, t, samples);
	if (r == 0 && mapped)
		r = write_palette(o, t, samples);
	free(t);
	free(samples);
	if (r || (mapped && o->data.len <= SK_FLAT_PAGE))
		return r;
	other.data = SK_BUF(o->data.max);
	r = write_jpeg(&other, p);
	if (r == 0 && (!mapped || other.data.len < o->data.len)) {
		struct sk_buf worse = o->data;
		*o = other;
		other.data = worse;
	}
	sk_buf_free(&other.data);
	return r;
}

static int code(const struct sk_pixmap *p, const struct survey *s, struct sk_flat_picture *out)
{
	if (s->photo)
		return write_jpeg(out, p);
	return s->grey ? write_greys(out, p) : write_colours(out, p);
}

int sk_flat_picture(const struct sk_pixmap *p, struct sk_flat_picture *out)
{
	struct sk_pixmap flat = {0}, grey = {0};
	int r = p->width && p->height ? 0 : SK_EARG;

	if (r == 0 && p->channels == 4)
		r = opaque(p, &flat);
	if (r)
		return r;
	if (p->channels == 4)
		p = &flat;
	out->width = p->width;
	out->height = p->height;
	struct survey s = look(p);
	if (s.grey && p->channels == 3) {
		r = one_channel(p, &grey);
		p = &grey;
	}
	if (r == 0)
		r = code(p, &s, out);
	free(flat.data);
	free(grey.data);
	return r ? r : out->data.err;
}
