/*
 * ICO and CUR: own reader of the directory; the largest picture becomes a PNG, by the readers of PNG and BMP. What
 * stands beside it is told. Cleaner's jail. [MS-ICO]: ICONDIR, ICONDIRENTRY; "Icons", Windows SDK.
 */
#include "format/image/ico.h"

#include <stdlib.h>

#include "format/image/png.h"

/* Sizes of one icon: programs have up to about 20. */
#define MOST 256
#define ENTRY 16
#define INFO 40
#define BI_RGB 0

struct entry {
	size_t at, n;
	bool png;
	uint32_t width, height;
	unsigned bits;
};

static const uint8_t png_head[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

/* Size and depth as the picture itself says; the directory counts to 255 only, and may say anything. */
static bool measure(struct sk_slice in, struct entry *e)
{
	struct sk_reader r = sk_reader(sk_slice_sub(in, e->at, e->n));

	if (sk_slice_starts(r.s, sk_slice(png_head, sizeof(png_head)))) {
		e->png = true;
		sk_read_seek(&r, 16);
		e->width = sk_read_u32be(&r);
		e->height = sk_read_u32be(&r);
		e->bits = 32;
		return !r.bad;
	}
	if (sk_read_u32le(&r) != INFO)
		return false;
	e->width = sk_read_u32le(&r);
	e->height = sk_read_u32le(&r) / 2; /* of both masks */
	sk_read_skip(&r, 2);
	e->bits = sk_read_u16le(&r);
	return sk_read_u32le(&r) == BI_RGB && !r.bad;
}

static bool directory(struct sk_slice in, unsigned *n)
{
	struct sk_reader r = sk_reader(in);
	unsigned zero = sk_read_u16le(&r), type = sk_read_u16le(&r);

	*n = sk_read_u16le(&r);
	return !r.bad && zero == 0 && (type == 1 || type == 2) && *n > 0 && *n <= MOST &&
	       in.n > 6 + (size_t)*n * ENTRY;
}

static bool read_entry(struct sk_slice in, unsigned i, struct entry *e)
{
	struct sk_reader r = sk_reader(in);

	*e = (struct entry){0};
	sk_read_seek(&r, 6 + (size_t)i * ENTRY + 8);
	e->n = sk_read_u32le(&r);
	e->at = sk_read_u32le(&r);
	return e->n > 0 && e->at < in.n && e->n <= in.n - e->at && measure(in, e) && e->width > 0 &&
	       e->height > 0 && e->width <= SK_LIMIT_SIDE && e->height <= SK_LIMIT_SIDE;
}

static bool larger(const struct entry *a, const struct entry *b)
{
	uint64_t na = (uint64_t)a->width * a->height, nb = (uint64_t)b->width * b->height;

	return na != nb ? na > nb : a->bits > b->bits;
}

/* The largest picture, how many others there are, and how many that none can be. */
static bool choose(struct sk_slice in, struct entry *best, uint32_t *others, uint32_t *broken)
{
	struct entry e;
	uint32_t good = 0;
	unsigned n;

	*broken = 0;
	for (unsigned i = 0; directory(in, &n) && i < n; i++) {
		if (!read_entry(in, i, &e)) {
			++*broken;
			continue;
		}
		if (good++ == 0 || larger(&e, best))
			*best = e;
	}
	*others = good ? good - 1 : 0;
	return good > 0;
}

/* The byte that is reserved in the first entry is zero, unless a picture is there to show that it is one. */
bool sk_ico_is(struct sk_slice in)
{
	struct entry e;
	uint32_t others, broken;
	unsigned n;

	return directory(in, &n) && (in.p[9] == 0 || choose(in, &e, &others, &broken));
}

/* --- gaps between what the directory names --- */

struct span {
	size_t from, to;
};

static int by_place(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

static void report_gaps(const struct sk_pic *p)
{
	struct span s[MOST] = {0};
	unsigned n = 0, used = 0;
	uint32_t gaps = 0;

	for (unsigned i = 0; directory(p->in, &n) && i < n; i++) {
		struct entry e;
		(void)read_entry(p->in, i, &e);
		if (e.at < p->in.n && e.n <= p->in.n - e.at)
			s[used++] = (struct span){e.at, e.at + e.n};
	}
	qsort(s, used, sizeof(s[0]), by_place);
	size_t end = 6 + (size_t)n * ENTRY;
	for (unsigned i = 0; i < used; i++) {
		gaps += s[i].from > end;
		if (s[i].to > end)
			end = s[i].to;
	}
	sk_pic_removed(p, SK_GENERIC_HIDDEN, gaps, "between the pictures of an icon");
	sk_pic_removed(p, SK_GENERIC_TRAILING, p->in.n > end, "after the last picture of an icon");
}

/* --- a picture without its file header --- */

static size_t palette_entries(struct sk_slice dib, unsigned bits)
{
	struct sk_reader r = sk_reader(dib);

	sk_read_seek(&r, 32);
	uint32_t n = sk_read_u32le(&r);
	if (bits > 8)
		return n <= 256 ? n : 0;
	return n && n <= 256 ? n : (size_t)1 << bits;
}

/* The same as a BMP file: file header, the info header with the height of one mask, palette and rows. */
static int as_bmp(const struct entry *e, struct sk_slice dib, size_t pixels, struct sk_buf *o)
{
	sk_buf_puts(o, "BM");
	sk_buf_put_u32le(o, 0);
	sk_buf_put_u32le(o, 0);
	sk_buf_put_u32le(o, (uint32_t)(14 + pixels));
	sk_buf_put_u32le(o, INFO);
	sk_buf_put_u32le(o, e->width);
	sk_buf_put_u32le(o, e->height);
	sk_buf_put_u16le(o, 1);
	sk_buf_put_u16le(o, (uint16_t)e->bits);
	sk_buf_put_u32le(o, BI_RGB);
	sk_buf_fill(o, 0, 12);
	sk_buf_put_u32le(o, (uint32_t)((pixels - INFO) / 4));
	sk_buf_put_u32le(o, 0);
	return sk_buf_put(o, dib.p + INFO, dib.n - INFO);
}

static int by_bmp(const struct sk_pic *p, const struct entry *e, struct sk_slice dib, size_t pixels,
    struct sk_pixmap *out)
{
	struct sk_buf bmp = SK_BUF(dib.n + 128);
	int rc = as_bmp(e, dib, pixels, &bmp);
	struct sk_pic inner = {p->job, p->where, sk_buf_slice(&bmp), NULL};

	if (rc == 0)
		rc = sk_bmp_decode(&inner, out);
	sk_buf_free(&bmp);
	return rc;
}

/* Rows of B G R A, which a BMP file would not show as such; what is missing stays transparent. */
static int direct(
    const struct sk_pic *p, const struct entry *e, struct sk_slice rows, struct sk_pixmap *out)
{
	size_t stride = (size_t)e->width * 4;

	/* Before memory is taken: half of the rows are there. */
	if (stride * e->height / 2 > rows.n)
		return SK_EFORMAT;
	int rc = sk_job_pixels(p->job, e->width, e->height);
	if (rc)
		return rc;
	uint8_t *data = sk_arena_array(p->job->arena, (size_t)e->width * e->height, 4);
	if (data == NULL)
		return SK_ENOMEM;
	memset(data, 0, stride * e->height);
	for (uint32_t i = 0; i < e->height && (i + 1) * stride <= rows.n; i++) {
		const uint8_t *from = rows.p + i * stride;
		uint8_t *to = data + (e->height - 1 - i) * stride;
		for (size_t x = 0; x < stride; x += 4) {
			to[x] = from[x + 2];
			to[x + 1] = from[x + 1];
			to[x + 2] = from[x];
			to[x + 3] = from[x + 3];
		}
	}
	*out = (struct sk_pixmap){e->width, e->height, 4, data};
	return 0;
}

static bool any_alpha(const struct sk_pixmap *p)
{
	size_t n = (size_t)p->width * p->height;

	for (size_t i = 0; p->channels == 4 && i < n; i++)
		if (p->data[i * 4 + 3])
			return true;
	return false;
}

static bool masked(struct sk_slice mask, size_t stride, uint32_t height, uint32_t x, uint32_t y)
{
	size_t at = (height - 1 - y) * stride + x / 8;

	return at < mask.n && mask.p[at] >> (7 - x % 8) & 1;
}

/*
 * Colours with what hides them, as RGBA: the fourth byte where any is set, else the second mask. A pixel that
 * inverts the screen is black in a picture of two colours, as the I of a text cursor. Hidden colours go.
 */
static void combine(
    const struct entry *e, const struct sk_pixmap *from, struct sk_slice mask, struct sk_pixmap *to)
{
	size_t stride = (((size_t)e->width + 31) / 32) * 4, at = 0;
	bool alpha = any_alpha(from);

	for (uint32_t y = 0; y < e->height; y++) {
		for (uint32_t x = 0; x < e->width; x++, at++) {
			const uint8_t *c = from->data + at * from->channels;
			uint8_t *o = to->data + at * 4;
			bool hides = !alpha && masked(mask, stride, e->height, x, y);
			bool inverts = hides && e->bits == 1 && (c[0] | c[1] | c[2]);
			unsigned a = alpha ? c[3] : hides && !inverts ? 0 : 255;
			for (unsigned i = 0; i < 3; i++)
				o[i] = a && !inverts ? c[i] : 0;
			o[3] = (uint8_t)a;
		}
	}
}

/* Whether rows and mask are there, and whether anything stands behind them. */
static void report_end(const struct sk_pic *p, const struct entry *e, size_t pixels)
{
	size_t row = (((size_t)e->width * e->bits + 31) / 32) * 4;
	size_t mask = (((size_t)e->width + 31) / 32) * 4;
	uint64_t colours = pixels + (uint64_t)row * e->height,
		 whole = colours + (uint64_t)mask * e->height;

	/* Writers of 32 bits leave the mask out. */
	sk_pic_removed(p, SK_IMAGE_DAMAGED, e->n < (e->bits == 32 ? colours : whole), "rows");
	sk_pic_removed(p, SK_GENERIC_HIDDEN, e->n > whole, "behind the mask");
}

static int from_dib(const struct sk_pic *p, const struct entry *e)
{
	struct sk_slice dib = sk_slice_sub(p->in, e->at, e->n);
	size_t pixels = INFO + 4 * palette_entries(dib, e->bits);
	struct sk_pixmap colours;

	if (pixels >= dib.n)
		return SK_EFORMAT;
	struct sk_slice rows = sk_slice_sub(dib, pixels, dib.n - pixels);
	int rc = e->bits == 32 ? direct(p, e, rows, &colours) : by_bmp(p, e, dib, pixels, &colours);
	if (rc)
		return rc;
	struct sk_pixmap whole = {e->width, e->height, 4, colours.data};
	/* In place where there are four bytes already. */
	if (colours.channels != 4)
		whole.data = sk_arena_array(p->job->arena, (size_t)e->width * e->height, 4);
	if (whole.data == NULL)
		return SK_ENOMEM;
	uint64_t size = (((uint64_t)e->width * e->bits + 31) / 32) * 4 * e->height;
	struct sk_slice mask = size < rows.n
				   ? sk_slice_sub(rows, (size_t)size, rows.n - (size_t)size)
				   : (struct sk_slice){0};
	combine(e, &colours, mask, &whole);
	report_end(p, e, pixels);
	return sk_png_encode(&whole, 0, p->out);
}

static int to_png(const struct sk_pic *p)
{
	struct entry e = {0};
	uint32_t others, broken;

	if (!choose(p->in, &e, &others, &broken))
		return SK_EFORMAT;
	struct sk_pic inner = *p;
	inner.in = sk_slice_sub(p->in, e.at, e.n);
	int rc = e.png ? sk_png_clean(&inner) : from_dib(p, &e);
	if (rc)
		return rc;
	sk_pic_removed(p, SK_IMAGE_OTHERS, others, "other sizes of an icon");
	sk_pic_removed(p, SK_IMAGE_DAMAGED, broken, "other sizes of an icon");
	report_gaps(p);
	return 0;
}

int sk_ico_convert(struct sk_job *job, struct sk_slice in, struct sk_output *out)
{
	struct sk_pic p = {job, NULL, in, &out->bytes};
	int rc = to_png(&p);

	out->type = SK_FT_PNG;
	if (rc == 0)
		rc = out->bytes.err;
	if (rc)
		sk_buf_free(&out->bytes);
	return rc;
}
