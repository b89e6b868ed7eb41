/*
 * The pixel budget, the colour profile block of doc/profiles/image.md (a matrix profile of
 * ICC.1:2010), and inflate by rows. Verifier's jail.
 */
#include "verify/image/image.h"

#include <zlib.h>

/* Unpacked at a time, unless one row is larger. */
#define CHUNK ((size_t)64 << 10)

int sk_vimg_apart(struct sk_check *c, int (*run)(void *ctx), void *ctx)
{
	struct sk_arena *outer = c->arena;
	struct sk_arena *own = sk_arena_new(SK_LIMIT_MEMORY_FLOOR);

	if (own == NULL)
		return SK_ENOMEM;
	c->arena = own;
	int rc = run(ctx);
	c->arena = outer;
	sk_arena_free(own);
	return rc;
}

int sk_vimg_size(struct sk_check *c, uint64_t at, uint32_t w, uint32_t h)
{
	uint64_t n = (uint64_t)w * h;

	if (w == 0 || h == 0 || w > SK_LIMIT_SIDE || h > SK_LIMIT_SIDE)
		return sk_fail(c, at, "picture of %u by %u", w, h);
	if (n > SK_LIMIT_PIXELS || n > c->pixels_left)
		return sk_fail(c, at, "too many pixels: %u by %u", w, h);
	c->pixels_left -= n;
	return 0;
}

/* Bytes 0..331 of the block; the size at 0 and the sizes of the curves are patched in. */
static const uint8_t profile_head[332] = {0, 0, 0, 0, 0, 0, 0, 0, 4, 0x20, 0, 0, 'm', 'n', 't', 'r',
    'R', 'G', 'B', ' ', 'X', 'Y', 'Z', ' ',
    /* 24: date */ 7, 0xD0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 'a', 'c', 's', 'p',
    /* 40 */ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    /* 68: D50 */ 0, 0, 0xF6, 0xD6, 0, 1, 0, 0, 0, 0, 0xD3, 0x2D,
    /* 128: tag table */
    [131] = 9, 'd', 'e', 's', 'c', 0, 0, 0, 240, 0, 0, 0, 34, 'c', 'p', 'r', 't', 0, 0, 1, 20, 0, 0,
    0, 34, 'w', 't', 'p', 't', 0, 0, 1, 56, 0, 0, 0, 20, 'r', 'X', 'Y', 'Z', 0, 0, 1, 76, 0, 0, 0,
    20, 'g', 'X', 'Y', 'Z', 0, 0, 1, 96, 0, 0, 0, 20, 'b', 'X', 'Y', 'Z', 0, 0, 1, 116, 0, 0, 0, 20,
    'r', 'T', 'R', 'C', 0, 0, 1, 136, 0, 0, 0, 0, 'g', 'T', 'R', 'C', 0, 0, 1, 136, 0, 0, 0, 0, 'b',
    'T', 'R', 'C', 0, 0, 1, 136, 0, 0, 0, 0,
    /* 240: desc */ 'm', 'l', 'u', 'c', 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 12, 'e', 'n', 'U', 'S', 0,
    0, 0, 6, 0, 0, 0, 28, 0, 'R', 0, 'G', 0, 'B', 0, 0,
    /* 276: cprt */ 'm', 'l', 'u', 'c', 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 12, 'e', 'n', 'U', 'S', 0,
    0, 0, 6, 0, 0, 0, 28, 0, 'C', 0, 'C', 0, '0', 0, 0,
    /* 312: wtpt */ 'X', 'Y', 'Z', ' ', 0, 0, 0, 0, 0, 0, 0xF6, 0xD6, 0, 1, 0, 0, 0, 0, 0xD3, 0x2D};

static const uint8_t xyz_head[8] = {'X', 'Y', 'Z', ' '};
static const uint8_t gamma_head[12] = {'p', 'a', 'r', 'a'};
static const uint8_t srgb_curve[32] = {'p', 'a', 'r', 'a', 0, 0, 0, 0, 0, 3, 0, 0, 0, 2, 0x66, 0x66,
    0, 0, 0xF2, 0xA7, 0, 0, 0x0D, 0x59, 0, 0, 0x13, 0xD0, 0, 0, 0x0A, 0x5B};
static const int32_t d50[3] = {0xF6D6, 0x10000, 0xD32D};

/* Three colorants in range, together near the white point (0.05 in s15Fixed16). */
static int check_colorants(struct sk_check *c, uint64_t at, struct sk_reader *r)
{
	int32_t sum[3] = {0, 0, 0};

	for (int i = 0; i < 3; i++) {
		struct sk_slice head = sk_read_slice(r, sizeof(xyz_head));
		if (!sk_slice_eq(head, sk_slice(xyz_head, sizeof(xyz_head))))
			return sk_fail(c, at, "colour profile: colorant has no XYZ type");
		for (int k = 0; k < 3; k++) {
			int32_t v = (int32_t)sk_read_u32be(r);
			if (v < -0x8000 || v > 0x20000 || v & 15)
				return sk_fail(c, at, "colour profile: colorant out of range");
			sum[k] += v;
		}
	}
	for (int k = 0; k < 3; k++)
		if (sum[k] - d50[k] > 3276 || d50[k] - sum[k] > 3276)
			return sk_fail(c, at, "colour profile: colorants do not add up to white");
	return 0;
}

static int check_curve(struct sk_check *c, uint64_t at, struct sk_slice curve)
{
	struct sk_reader r = sk_reader(curve);

	if (sk_slice_eq(curve, sk_slice(srgb_curve, sizeof(srgb_curve))))
		return 0;
	if (curve.n != 16 || !sk_slice_eq(sk_read_slice(&r, 12), sk_slice(gamma_head, 12)))
		return sk_fail(c, at, "colour profile: unknown curve");
	uint32_t gamma = sk_read_u32be(&r);
	if (gamma < 0x8000 || gamma > 0x40000 || gamma & 255)
		return sk_fail(c, at, "colour profile: gamma out of range");
	return 0;
}

int sk_vimg_profile(struct sk_check *c, uint64_t at, struct sk_slice icc)
{
	uint8_t head[sizeof(profile_head)];
	struct sk_reader r = sk_reader(icc);

	if (icc.n != 408 && icc.n != 424)
		return sk_fail(c, at, "colour profile of %zu bytes", icc.n);
	memcpy(head, profile_head, sizeof(head));
	head[2] = (uint8_t)(icc.n >> 8);
	head[3] = (uint8_t)icc.n;
	for (size_t i = 215; i <= 239; i += 12)
		head[i] = (uint8_t)(icc.n - 392);
	if (!sk_slice_eq(sk_read_slice(&r, sizeof(head)), sk_slice(head, sizeof(head))))
		return sk_fail(c, at, "colour profile is not the known one");
	if (check_colorants(c, at, &r))
		return SK_EFORMAT;
	return check_curve(c, at, sk_slice_sub(icc, 392, 32));
}

/* A stream, and what was out of it where the block at hand began. */
struct stream {
	z_stream z;
	uLong from;
	bool begun, dense; /* dense: no block may be empty */
};

/* On to the end of a block or of the output. Empty blocks (RFC 1951) show nothing, but their number could tell much. */
static int step(struct stream *s)
{
	int rc = inflate(&s->z, s->dense ? Z_BLOCK : Z_NO_FLUSH);

	if (!s->dense || rc != Z_OK || !(s->z.data_type & 128))
		return rc;
	if (s->begun && s->z.total_out == s->from)
		return Z_DATA_ERROR;
	s->begun = true;
	s->from = s->z.total_out;
	return rc;
}

/* Fill `n` bytes of a chunk. *end: the stream ended. */
static int fill(struct sk_check *c, uint64_t at, struct stream *s, uint8_t *p, size_t n, bool *end)
{
	z_stream *z = &s->z;

	z->next_out = p;
	z->avail_out = (uInt)n;
	while (z->avail_out && !*end) {
		int rc = step(s);
		if (rc == Z_STREAM_END)
			*end = true;
		else if (rc == Z_MEM_ERROR)
			return SK_ENOMEM;
		else if (rc != Z_OK)
			return sk_fail(
			    c, at + z->total_in, "compressed rows are broken or too short");
	}
	return z->avail_out ? sk_fail(c, at, "compressed rows end too early") : 0;
}

/* Nothing may follow the last row: neither rows nor bytes behind the stream. */
static int at_end(struct sk_check *c, uint64_t at, struct stream *s, bool end)
{
	z_stream *z = &s->z;
	uint8_t more;
	int rc = end ? Z_STREAM_END : Z_OK;

	z->next_out = &more;
	z->avail_out = 1;
	while (rc == Z_OK)
		rc = step(s);
	if (rc != Z_STREAM_END)
		return sk_fail(c, at, "compressed rows go on after the picture");
	if (z->avail_out == 0)
		return sk_fail(c, at, "compressed rows hold more than the picture");
	if (z->avail_in)
		return sk_fail(c, at + z->total_in, "bytes after the end of compressed rows");
	return 0;
}

static int inflate_rows(struct sk_check *c, uint64_t at, struct stream *z,
    const struct sk_vimg_rows *want, uint8_t *chunk, uint32_t rows_a_chunk)
{
	uint32_t left = want->rows;
	bool end = false;

	while (left) {
		uint32_t now = left < rows_a_chunk ? left : rows_a_chunk;
		int rc = fill(c, at, z, chunk, want->row * now, &end);
		for (uint32_t i = 0; rc == 0 && want->see && i < now; i++)
			rc = want->see(c, want->ctx, chunk + want->row * i);
		if (rc)
			return rc;
		left -= now;
	}
	return at_end(c, at, z, end);
}

int sk_vimg_inflate(
    struct sk_check *c, uint64_t at, struct sk_slice in, const struct sk_vimg_rows *want)
{
	uint32_t rows = want->row < CHUNK ? (uint32_t)(CHUNK / want->row) : 1;
	struct stream s = {.z = {.next_in = (Bytef *)(uintptr_t)in.p, .avail_in = (uInt)in.n},
	    .dense = want->dense};

	if (in.n > SK_LIMIT_INPUT)
		return SK_ELIMIT;
	rows = rows < want->rows ? rows : want->rows;
	uint8_t *chunk = malloc(want->row * rows);
	if (chunk == NULL)
		return SK_ENOMEM;
	int rc = inflateInit2(&s.z, MAX_WBITS) == Z_OK ? 0 : SK_ENOMEM;
	if (rc == 0) {
		rc = inflate_rows(c, at, &s, want, chunk, rows);
		inflateEnd(&s.z);
	}
	free(chunk);
	return rc;
}
