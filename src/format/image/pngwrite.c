/* Writing PNG: filters, chunks, and pixels from elsewhere. Cleaner's jail. ISO/IEC 15948. */
#include "format/image/png.h"

#include <stdlib.h>

#include <libdeflate.h>

/* The level where libdeflate is about as small as zlib at its best and several times as fast. */
#define LEVEL 6
/* For rows that somebody took more trouble to compress: slower ones, by the bytes of the rows. */
#define SMALL ((size_t)64 << 10)
#define LEVEL_SMALL 12
#define LEVEL_LARGE 9
#define LARGE ((size_t)16 << 20) /* of rows, where memory counts more than time */

static uint8_t paeth(int a, int b, int c)
{
	int pa = abs(b - c), pb = abs(a - c), pc = abs(a + b - 2 * c);

	if (pa <= pb && pa <= pc)
		return (uint8_t)a;
	return (uint8_t)(pb <= pc ? b : c);
}

static void undo_first(uint8_t *row, size_t n, size_t step, unsigned filter)
{
	for (size_t i = step; i < n; i++) {
		if (filter == 1 || filter == 4)
			row[i] = (uint8_t)(row[i] + row[i - step]);
		else if (filter == 3)
			row[i] = (uint8_t)(row[i] + row[i - step] / 2);
	}
}

static void undo_average(uint8_t *row, const uint8_t *up, size_t n, size_t step)
{
	for (size_t i = 0; i < n && i < step; i++)
		row[i] = (uint8_t)(row[i] + up[i] / 2);
	for (size_t i = step; i < n; i++)
		row[i] = (uint8_t)(row[i] + (row[i - step] + up[i]) / 2);
}

static void undo_paeth(uint8_t *row, const uint8_t *up, size_t n, size_t step)
{
	for (size_t i = 0; i < n && i < step; i++)
		row[i] = (uint8_t)(row[i] + up[i]);
	for (size_t i = step; i < n; i++)
		row[i] = (uint8_t)(row[i] + paeth(row[i - step], up[i], up[i - step]));
}

bool sk_png_undo_filters(struct sk_png_rows *r)
{
	size_t step = sk_png_step(r), stride = r->row + 1;

	for (uint32_t y = 0; y < r->height; y++) {
		uint8_t *at = r->data + y * stride, *row = at + 1, *up = row - stride;
		unsigned filter = at[0];
		if (filter > 4)
			return false;
		at[0] = 0;
		if (y == 0) {
			undo_first(row, r->row, step, filter);
		} else if (filter == 1) {
			undo_first(row, r->row, step, 1);
		} else if (filter == 2) {
			for (size_t i = 0; i < r->row; i++)
				row[i] = (uint8_t)(row[i] + up[i]);
		} else if (filter == 3) {
			undo_average(row, up, r->row, step);
		} else if (filter == 4) {
			undo_paeth(row, up, r->row, step);
		}
	}
	return true;
}

/* Paeth's guess without branches, PNG 9.4. */
static inline uint8_t nearest(uint8_t left, uint8_t up, uint8_t corner)
{
	int16_t a = left, b = up, c = corner, pa = (int16_t)(b - c), pb = (int16_t)(a - c);
	int16_t pc = (int16_t)(pa + pb);

	pa = (int16_t)(pa < 0 ? -pa : pa);
	pb = (int16_t)(pb < 0 ? -pb : pb);
	pc = (int16_t)(pc < 0 ? -pc : pc);
	int16_t near = pb <= pc ? b : c;
	return (uint8_t)(pa <= pb && pa <= pc ? a : near);
}

/*
 * The filtered form of a row behind its first pixel, one plain loop a filter, so that the compiler makes vectors
 * of them: this is a tenth of all work on Office files.
 */
static void apply_behind(unsigned filter, const uint8_t *row, const uint8_t *up, size_t n,
    size_t step, uint8_t *restrict out)
{
	switch (filter) {
	case 1:
		for (size_t i = step; i < n; i++)
			out[i] = (uint8_t)(row[i] - row[i - step]);
		return;
	case 2:
		for (size_t i = step; i < n; i++)
			out[i] = (uint8_t)(row[i] - up[i]);
		return;
	case 3:
		for (size_t i = step; i < n; i++)
			out[i] = (uint8_t)(row[i] - (uint8_t)((row[i - step] + up[i]) / 2));
		return;
	default:
		for (size_t i = step; i < n; i++)
			out[i] = (uint8_t)(row[i] - nearest(row[i - step], up[i], up[i - step]));
	}
}

/* The filtered form of a row; `up` is a row of zeros above the first one. */
static void apply(
    unsigned filter, const uint8_t *row, const uint8_t *up, size_t n, size_t step, uint8_t *out)
{
	for (size_t i = 0; i < n && i < step; i++) {
		uint8_t guess = filter == 1 ? 0 : filter == 3 ? (uint8_t)(up[i] / 2) : up[i];
		out[i] = (uint8_t)(row[i] - guess);
	}
	apply_behind(filter, row, up, n, step, out);
}

static uint64_t cost(const uint8_t *p, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n;) {
		uint32_t part = 0;
		for (size_t end = n - i < 4096 ? n : i + 4096; i < end; i++)
			part += (uint8_t)(p[i] < 128 ? p[i] : 256 - p[i]);
		sum += part;
	}
	return sum;
}

/* From the last row to the first, so that the row above is still unfiltered. */
void sk_png_choose_filters(struct sk_png_rows *r)
{
	size_t step = sk_png_step(r), stride = r->row + 1;
	uint8_t *best = malloc(r->row + 1), *tried = malloc(r->row + 1);
	uint8_t *zeros = calloc(1, r->row + 1);

	/* Without filters the picture is the same, only larger. */
	for (uint32_t y = r->height; best && tried && zeros && y > 0; y--) {
		uint8_t *at = r->data + (y - 1) * stride, *row = at + 1;
		uint64_t least = cost(row, r->row);
		for (unsigned f = 1; f <= 4 && least; f++) {
			apply(f, row, y > 1 ? row - stride : zeros, r->row, step, tried);
			uint64_t c = cost(tried, r->row);
			if (c < least) {
				uint8_t *swap = best;
				best = tried;
				tried = swap;
				least = c;
				at[0] = (uint8_t)f;
			}
		}
		if (at[0])
			memcpy(row, best, r->row);
	}
	free(best);
	free(tried);
	free(zeros);
}

int sk_png_chunk(struct sk_buf *out, const char type[4], struct sk_slice data)
{
	sk_buf_put_u32be(out, (uint32_t)data.n);
	sk_buf_put(out, type, 4);
	sk_buf_put_slice(out, data);
	uint32_t crc = libdeflate_crc32(0, type, 4);
	if (data.n) /* libdeflate starts anew when it is given NULL */
		crc = libdeflate_crc32(crc, data.p, data.n);
	return sk_buf_put_u32be(out, crc);
}

/* Compress to the end of `out`, which has room for the bound. Returns the length, 0 when memory is
 * out. */
static size_t compress(const struct sk_png_rows *r, int level, struct sk_buf *out)
{
	size_t n = (size_t)r->height * (r->row + 1);
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(level);

	if (c == NULL)
		return 0;
	size_t bound = libdeflate_zlib_compress_bound(c, n);
	size_t got = sk_buf_reserve(out, bound)
			 ? 0
			 : libdeflate_zlib_compress(c, r->data, n, out->p + out->len, bound);
	libdeflate_free_compressor(c);
	return got;
}

/* Likewise without a second buffer: where the slower level is no smaller, the usual one is made again. */
static int put_slowly(const struct sk_png_rows *r, size_t usual, struct sk_buf *out)
{
	size_t got = compress(r, LEVEL_LARGE, out);

	if (got == 0 || got >= usual)
		got = compress(r, LEVEL, out);
	out->len += got;
	return got ? 0 : out->err ? out->err : SK_ENOMEM;
}

/*
 * The usual level first; where the source was smaller, a slower one, and the smaller of both. As
 * both depend on the rows alone, a second cleaning finds its source as small and decides the same.
 */
static int put_compressed(const struct sk_png_rows *r, struct sk_buf *out)
{
	size_t n = (size_t)r->height * (r->row + 1), got = compress(r, LEVEL, out);

	if (got == 0)
		return out->err ? out->err : SK_ENOMEM;
	if (r->source && got > r->source && n > LARGE)
		return put_slowly(r, got, out);
	if (r->source && got > r->source) {
		struct sk_buf slow = SK_BUF(out->max);
		size_t better = compress(r, n <= SMALL ? LEVEL_SMALL : LEVEL_LARGE, &slow);
		if (better && better < got) {
			memcpy(out->p + out->len, slow.p, better);
			got = better;
		}
		sk_buf_free(&slow);
	}
	out->len += got;
	return 0;
}

int sk_png_rows_chunk(
    struct sk_buf *out, const char type[4], struct sk_slice head, const struct sk_png_rows *r)
{
	size_t start = out->len;

	sk_buf_put_u32be(out, 0);
	sk_buf_put(out, type, 4);
	sk_buf_put_slice(out, head);
	int rc = out->err ? out->err : put_compressed(r, out);
	if (rc)
		return rc;
	uint8_t *p = out->p + start;
	size_t size = out->len - start - 8;
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(size >> (24 - i * 8));
	return sk_buf_put_u32be(out, libdeflate_crc32(0, p + 4, out->len - start - 4));
}

int sk_png_encode(const struct sk_pixmap *p, unsigned dpi, struct sk_buf *out)
{
	static const uint8_t types[5] = {0, 0, 0, 2, 6};
	struct sk_png_rows r = {.width = p->width, .height = p->height, .bits = p->channels * 8};

	if (p->channels < 1 || p->channels > 4 || p->channels == 2 || p->width == 0 ||
	    p->height == 0)
		return SK_EARG;
	r.row = (size_t)p->width * p->channels;
	r.data = calloc(p->height, r.row + 1);
	if (r.data == NULL)
		return SK_ENOMEM;
	for (uint32_t y = 0; y < p->height; y++)
		memcpy(r.data + y * (r.row + 1) + 1, p->data + y * r.row, r.row);
	sk_png_choose_filters(&r);
	uint32_t ppm = (uint32_t)(((uint64_t)dpi * 10000 + 127) / 254);
	uint8_t head[13] = {(uint8_t)(p->width >> 24), (uint8_t)(p->width >> 16),
	    (uint8_t)(p->width >> 8), (uint8_t)p->width, (uint8_t)(p->height >> 24),
	    (uint8_t)(p->height >> 16), (uint8_t)(p->height >> 8), (uint8_t)p->height, 8,
	    types[p->channels], 0, 0, 0};
	uint8_t phys[9] = {(uint8_t)(ppm >> 24), (uint8_t)(ppm >> 16), (uint8_t)(ppm >> 8),
	    (uint8_t)ppm, (uint8_t)(ppm >> 24), (uint8_t)(ppm >> 16), (uint8_t)(ppm >> 8),
	    (uint8_t)ppm, 1};
	sk_buf_put_slice(out, SK_SLICE_LIT("\x89PNG\r\n\x1a\n"));
	sk_png_chunk(out, "IHDR", sk_slice(head, 13));
	if (ppm >= 1 && ppm <= 1000000)
		sk_png_chunk(out, "pHYs", sk_slice(phys, 9));
	int rc = sk_png_rows_chunk(out, "IDAT", sk_slice(NULL, 0), &r);
	free(r.data);
	return rc ? rc : sk_png_chunk(out, "IEND", sk_slice(NULL, 0));
}
