/*
 * A cleaned PNG or APNG (PNG third edition): the chunks in the order and with the values of
 * doc/profiles/image.md, each with its CRC, the rows inflated and looked at. Verifier's jail.
 */
#include "verify/image/image.h"

#include <endian.h>

/* The most a profile block can be stored in: it does not compress below, nor grow above. */
#define PROFILE_MAX 424

struct png {
	struct sk_check *c;
	struct sk_reader r;
	uint32_t crc[4][256];
	/* the chunk at hand: its type, its data and where that starts */
	uint32_t type;
	struct sk_reader b;
	uint64_t at;
	uint32_t w, h, frames, fctl, sequence;
	unsigned depth, colour, channels, entries;
	bool animated;
};

/* State of a frame whose rows must be unfiltered to be looked at. */
struct rows {
	struct png *d;
	uint8_t *before; /* the row above, unfiltered */
	uint8_t largest[256];
	size_t bytes;
	uint32_t w;
};

/* CRC-32 of PNG Annex D, four bytes a step. */
static void crc_tables(struct png *d)
{
	for (uint32_t n = 0; n < 256; n++) {
		uint32_t v = n;
		for (int k = 0; k < 8; k++)
			v = v & 1 ? 0xEDB88320 ^ v >> 1 : v >> 1;
		d->crc[0][n] = v;
	}
	for (int t = 1; t < 4; t++)
		for (uint32_t n = 0; n < 256; n++)
			d->crc[t][n] = d->crc[t - 1][n] >> 8 ^ d->crc[0][d->crc[t - 1][n] & 255];
}

static uint32_t crc_of(const struct png *d, struct sk_slice s)
{
	uint32_t v = 0xFFFFFFFF;
	size_t i = 0;

	for (; i + 4 <= s.n; i += 4) {
		uint32_t word;
		memcpy(&word, s.p + i, 4);
		v ^= le32toh(word);
		v = d->crc[3][v & 255] ^ d->crc[2][v >> 8 & 255] ^ d->crc[1][v >> 16 & 255] ^
		    d->crc[0][v >> 24];
	}
	for (; i < s.n; i++)
		v = d->crc[0][(v ^ s.p[i]) & 255] ^ v >> 8;
	return ~v;
}

static int chunk_fault(struct png *d, const char *what)
{
	return sk_fail(d->c, d->at - 8, "PNG chunk %c%c%c%c: %s", (int)(d->type >> 24),
	    (int)(d->type >> 16 & 255), (int)(d->type >> 8 & 255), (int)(d->type & 255), what);
}

static bool next_is(const struct png *d, const char *type)
{
	for (unsigned i = 0; i < 4; i++)
		if (sk_read_peek(&d->r, 4 + i) != type[i])
			return false;
	return true;
}

/* Read the next chunk, which must be of the type. */
static int chunk(struct png *d, const char *type)
{
	struct sk_reader start = d->r;

	if (!next_is(d, type))
		return sk_fail(d->c, d->r.pos, "PNG: chunk %s expected", type);
	uint32_t n = sk_read_u32be(&d->r);
	d->type = sk_read_u32be(&d->r);
	d->at = d->r.pos;
	if (n > 0x7FFFFFFF)
		return chunk_fault(d, "length");
	d->b = sk_reader(sk_read_slice(&d->r, n));
	uint32_t crc = sk_read_u32be(&d->r);
	if (d->r.bad)
		return chunk_fault(d, "is cut off");
	sk_read_skip(&start, 4);
	if (crc != crc_of(d, sk_read_slice(&start, (size_t)n + 4)))
		return chunk_fault(d, "CRC");
	return 0;
}

static int ihdr(struct png *d)
{
	static const uint8_t channels[7] = {1, 0, 3, 1, 2, 0, 4};
	/* the depths of a colour type, as a set */
	static const uint32_t depths[7] = {1u << 1 | 1u << 2 | 1u << 4 | 1u << 8 | 1u << 16, 0,
	    1u << 8 | 1u << 16, 1u << 1 | 1u << 2 | 1u << 4 | 1u << 8, 1u << 8 | 1u << 16, 0,
	    1u << 8 | 1u << 16};
	int rc = chunk(d, "IHDR");

	if (rc)
		return rc;
	d->w = sk_read_u32be(&d->b);
	d->h = sk_read_u32be(&d->b);
	d->depth = sk_read_u8(&d->b);
	d->colour = sk_read_u8(&d->b);
	uint32_t methods = sk_read_u24be(&d->b);
	if (!sk_read_at_end(&d->b) || methods || d->colour > 6 || d->depth > 16 ||
	    !(depths[d->colour] >> d->depth & 1))
		return chunk_fault(d, "values");
	d->channels = channels[d->colour];
	if (d->w == 0 || d->h == 0 || d->w > SK_LIMIT_SIDE || d->h > SK_LIMIT_SIDE)
		return chunk_fault(d, "size");
	return 0;
}

static int iccp(struct png *d)
{
	struct sk_slice icc = {0};
	int rc = chunk(d, "iCCP");

	if (rc)
		return rc;
	if (d->colour != 2 && d->colour != 3 && d->colour != 6)
		return chunk_fault(d, "not with this colour type");
	if (!sk_slice_eq(sk_read_slice(&d->b, 5), SK_SLICE_LIT("RGB\0\0")))
		return chunk_fault(d, "name or method");
	struct sk_slice packed = sk_read_slice(&d->b, sk_read_left(&d->b));
	rc = sk_verify_inflate(d->c, packed, true, PROFILE_MAX, &icc);
	return rc ? rc : sk_vimg_profile(d->c, d->at, icc);
}

static int gamma_and_chroma(struct png *d)
{
	int rc = 0;

	if (next_is(d, "gAMA")) {
		if ((rc = chunk(d, "gAMA")))
			return rc;
		uint32_t gamma = sk_read_u32be(&d->b);
		if (!sk_read_at_end(&d->b) || gamma < 1 || gamma > 1000000)
			return chunk_fault(d, "value");
	}
	if (next_is(d, "cHRM")) {
		if ((rc = chunk(d, "cHRM")))
			return rc;
		for (int i = 0; i < 8; i++)
			if (sk_read_u32be(&d->b) > 100000)
				return chunk_fault(d, "value");
		if (!sk_read_at_end(&d->b))
			return chunk_fault(d, "length");
	}
	return 0;
}

static int colour_space(struct png *d)
{
	if (next_is(d, "iCCP"))
		return iccp(d);
	if (!next_is(d, "sRGB"))
		return gamma_and_chroma(d);
	int rc = chunk(d, "sRGB");
	if (rc == 0 && (sk_read_u8(&d->b) || !sk_read_at_end(&d->b)))
		rc = chunk_fault(d, "intent");
	return rc;
}

static int plte(struct png *d)
{
	if (d->colour != 3)
		return 0;
	int rc = chunk(d, "PLTE");
	if (rc)
		return rc;
	d->entries = (unsigned)(d->b.s.n / 3);
	if (d->b.s.n % 3 || d->b.s.n == 0 || d->b.s.n > (size_t)3 << d->depth)
		return chunk_fault(d, "length");
	return 0;
}

static int trns(struct png *d)
{
	if (!next_is(d, "tRNS"))
		return 0;
	int rc = chunk(d, "tRNS");
	if (rc)
		return rc;
	size_t n = d->b.s.n;
	if (d->colour == 3)
		return n < 1 || n > d->entries || d->b.s.p[n - 1] == 255 ? chunk_fault(d, "values")
									 : 0;
	if (d->colour > 3 || n != (size_t)2 * d->channels)
		return chunk_fault(d, "not with this colour type");
	for (unsigned i = 0; i < d->channels; i++)
		if (sk_read_u16be(&d->b) >= 1u << d->depth)
			return chunk_fault(d, "value");
	return 0;
}

static int phys(struct png *d)
{
	if (!next_is(d, "pHYs"))
		return 0;
	int rc = chunk(d, "pHYs");
	if (rc)
		return rc;
	uint32_t x = sk_read_u32be(&d->b), y = sk_read_u32be(&d->b);
	unsigned unit = sk_read_u8(&d->b);
	if (!sk_read_at_end(&d->b) || x < 1 || x > 1000000 || y < 1 || y > 1000000 || unit > 1)
		return chunk_fault(d, "values");
	return 0;
}

static int actl(struct png *d)
{
	if (!next_is(d, "acTL"))
		return 0;
	int rc = chunk(d, "acTL");
	if (rc)
		return rc;
	d->animated = true;
	d->frames = sk_read_u32be(&d->b);
	uint32_t plays = sk_read_u32be(&d->b);
	if (!sk_read_at_end(&d->b) || d->frames < 1 || d->frames > SK_LIMIT_FRAMES ||
	    plays > 0x7FFFFFFF)
		return chunk_fault(d, "values");
	return 0;
}

static int fctl(struct png *d, bool first, uint32_t *w, uint32_t *h)
{
	int rc = chunk(d, "fcTL");

	if (rc)
		return rc;
	if (sk_read_u32be(&d->b) != d->sequence)
		return chunk_fault(d, "sequence number");
	*w = sk_read_u32be(&d->b);
	*h = sk_read_u32be(&d->b);
	uint32_t x = sk_read_u32be(&d->b), y = sk_read_u32be(&d->b);
	sk_read_skip(&d->b, 4); /* the delay */
	unsigned dispose = sk_read_u8(&d->b), blend = sk_read_u8(&d->b);
	if (!sk_read_at_end(&d->b) || dispose > 2 || blend > 1)
		return chunk_fault(d, "values");
	if (*w == 0 || *h == 0 || *w > d->w || *h > d->h || x > d->w - *w || y > d->h - *h)
		return chunk_fault(d, "outside the canvas");
	if (first && (*w != d->w || *h != d->h))
		return chunk_fault(d, "the first frame does not cover the canvas");
	d->sequence++;
	d->fctl++;
	return d->fctl > d->frames ? chunk_fault(d, "more frames than stated") : 0;
}

static int see_filter(struct sk_check *c, void *ctx, uint8_t *row)
{
	return row[0] > 4 ? sk_fail(c, 0, "PNG: filter type %u", row[0]) : 0;
}

static uint8_t paeth(int a, int b, int c)
{
	int p = a + b - c, pa = abs(p - a), pb = abs(p - b), pc = abs(p - c);

	return (uint8_t)(pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
}

/* Undo the filter of a row whose pixels are at most a byte (PNG 9.2). */
static void unfilter(uint8_t *row, const uint8_t *up, size_t n, unsigned filter)
{
	uint8_t left = 0, corner = 0;

	switch (filter) {
	case 1:
		for (size_t i = 0; i < n; i++)
			left = row[i] = (uint8_t)(row[i] + left);
		break;
	case 2:
		for (size_t i = 0; i < n; i++)
			row[i] = (uint8_t)(row[i] + up[i]);
		break;
	case 3:
		for (size_t i = 0; i < n; i++)
			left = row[i] = (uint8_t)(row[i] + (left + up[i]) / 2);
		break;
	case 4:
		for (size_t i = 0; i < n; i++) {
			left = row[i] = (uint8_t)(row[i] + paeth(left, up[i], corner));
			corner = up[i];
		}
		break;
	}
}

/* The largest sample of each byte. Bits behind the row are 0, which every palette has. */
static void find_largest(uint8_t largest[256], unsigned depth)
{
	for (unsigned v = 0; v < 256; v++)
		for (unsigned at = 0; at < 8; at += depth) {
			unsigned sample = v >> at & ((1u << depth) - 1);
			if (sample > largest[v])
				largest[v] = (uint8_t)sample;
		}
}

static bool indices_fit(const struct rows *s, const uint8_t *row)
{
	unsigned max = 0;

	for (size_t i = 0; i < s->bytes; i++)
		max = s->largest[row[i]] > max ? s->largest[row[i]] : max;
	return max < s->d->entries;
}

/* A row of small samples: palette indices in range, nothing in the unused bits. */
static int see_small(struct sk_check *c, void *ctx, uint8_t *row)
{
	struct rows *s = ctx;
	unsigned rest = (unsigned)(s->bytes * 8 - (size_t)s->w * s->d->depth);

	if (row[0] > 4)
		return sk_fail(c, 0, "PNG: filter type %u", row[0]);
	if (row[0])
		unfilter(row + 1, s->before, s->bytes, row[0]);
	memcpy(s->before, row + 1, s->bytes);
	if (row[s->bytes] & ((1u << rest) - 1))
		return sk_fail(c, 0, "PNG: unused bits of a row are not 0");
	if (s->d->colour == 3 && !indices_fit(s, row + 1))
		return sk_fail(c, 0, "PNG: palette index out of range");
	return 0;
}

/* The rows of a frame of w × h, packed in the rest of the chunk. */
static int frame(struct png *d, uint32_t w, uint32_t h)
{
	unsigned bits = d->channels * d->depth;
	size_t bytes = ((size_t)w * bits + 7) / 8;
	struct rows s = {.d = d, .bytes = bytes, .w = w};
	struct sk_vimg_rows want = {
	    .row = bytes + 1, .rows = h, .see = see_filter, .ctx = &s, .dense = true};
	int rc = sk_vimg_size(d->c, d->at, w, h);

	if (rc)
		return rc;
	if (bytes * 8 != (size_t)w * bits || (d->colour == 3 && d->entries < 1u << d->depth)) {
		s.before = calloc(bytes, 1);
		if (s.before == NULL)
			return SK_ENOMEM;
		find_largest(s.largest, d->depth);
		want.see = see_small;
	}
	uint64_t at = d->at + d->b.pos;
	rc = sk_vimg_inflate(d->c, at, sk_read_slice(&d->b, sk_read_left(&d->b)), &want);
	free(s.before);
	return rc;
}

/* The frames of an animation behind IDAT. */
static int more_frames(struct png *d)
{
	uint32_t w, h;

	while (d->animated && next_is(d, "fcTL")) {
		int rc = fctl(d, false, &w, &h);
		if (rc == 0)
			rc = chunk(d, "fdAT");
		if (rc == 0 && sk_read_u32be(&d->b) != d->sequence)
			rc = chunk_fault(d, "sequence number");
		d->sequence++;
		if (rc == 0)
			rc = frame(d, w, h);
		if (rc)
			return rc;
	}
	return d->fctl == d->frames ? 0
				    : sk_fail(d->c, d->r.pos, "PNG: not as many frames as stated");
}

static int headers(struct png *d)
{
	int rc;

	if (!sk_slice_eq(sk_read_slice(&d->r, 8), SK_SLICE_LIT("\x89PNG\r\n\x1A\n")))
		return sk_fail(d->c, 0, "PNG signature");
	if ((rc = ihdr(d)) || (rc = colour_space(d)) || (rc = plte(d)) || (rc = trns(d)) ||
	    (rc = phys(d)))
		return rc;
	return actl(d);
}

static int check_png(void *ctx)
{
	struct png *d = ctx;
	uint32_t w, h;
	int rc = headers(d);

	if (rc == 0 && d->animated && next_is(d, "fcTL"))
		rc = fctl(d, true, &w, &h);
	if (rc == 0)
		rc = chunk(d, "IDAT");
	if (rc == 0)
		rc = frame(d, d->w, d->h);
	if (rc == 0)
		rc = more_frames(d);
	if (rc == 0)
		rc = chunk(d, "IEND");
	if (rc)
		return rc;
	if (!sk_read_at_end(&d->b))
		return chunk_fault(d, "is not empty");
	return sk_read_at_end(&d->r) ? 0 : sk_fail(d->c, d->r.pos, "PNG: bytes after IEND");
}

int sk_verify_png(struct sk_check *c, struct sk_slice in)
{
	struct png d = {.c = c, .r = sk_reader(in)};

	crc_tables(&d);
	return sk_vimg_apart(c, check_png, &d);
}
