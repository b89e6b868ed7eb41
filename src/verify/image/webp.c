/*
 * A cleaned WebP (RFC 9649, 2): the chunks of doc/profiles/image.md in their order; vp8.c and
 * vp8l.c decode what is in them. Verifier's jail.
 */
#include "verify/image/image.h"
#include "verify/image/vp8.h"

enum { ANIMATION = 0x02, ALPHA = 0x10, PROFILE = 0x20 };

struct webp {
	struct sk_check *c;
	uint32_t w, h; /* of the canvas */
	bool alpha;    /* a frame has an alpha plane or says so */
	unsigned frames;
};

/* Chunks within a run of bytes that starts at `base` of the file. */
struct chunks {
	struct sk_reader r;
	uint64_t base;
};

static bool next_is(const struct chunks *k, const char *type)
{
	for (unsigned i = 0; i < 4; i++)
		if (sk_read_peek(&k->r, i) != type[i])
			return false;
	return true;
}

/* The content of the next chunk, which must be of the type. */
static int chunk(
    struct webp *d, struct chunks *k, const char *type, struct sk_slice *out, uint64_t *at)
{
	if (!next_is(k, type))
		return sk_fail(d->c, k->base + k->r.pos, "WebP: chunk %s expected", type);
	sk_read_skip(&k->r, 4);
	uint32_t n = sk_read_u32le(&k->r);
	*at = k->base + k->r.pos;
	*out = sk_read_slice(&k->r, n);
	if ((n & 1 && sk_read_u8(&k->r)) || k->r.bad)
		return sk_fail(d->c, *at, "WebP: chunk %s is cut off or not filled with 0", type);
	return 0;
}

/* VP8L, or VP8 with or without ALPH: a picture of w × h. */
static int picture(struct webp *d, struct chunks *k, uint32_t w, uint32_t h)
{
	struct sk_slice alph = {0}, s;
	uint64_t alph_at = 0, at;
	uint32_t pw = 0, ph = 0;
	bool alpha = false, lossless = next_is(k, "VP8L"), has_alph = next_is(k, "ALPH");
	int rc = has_alph ? chunk(d, k, "ALPH", &alph, &alph_at) : 0;

	if (rc == 0)
		rc = chunk(d, k, lossless ? "VP8L" : "VP8 ", &s, &at);
	if (rc == 0)
		rc = lossless ? sk_vp8l_check(d->c, at, s, &pw, &ph, &alpha)
			      : sk_vp8_check(d->c, at, s, &pw, &ph);
	if (rc == 0 && (pw != w || ph != h))
		rc = sk_fail(
		    d->c, at, "WebP: picture of %u by %u in a frame of %u by %u", pw, ph, w, h);
	/* Compressed; any of the four filters; nothing else said. */
	if (rc == 0 && has_alph && (alph.n == 0 || (alph.p[0] & ~0x0C) != 1))
		rc = sk_fail(d->c, alph_at, "WebP: kind of alpha plane");
	if (rc == 0 && has_alph)
		rc = sk_vp8l_check_alpha(d->c, alph_at + 1, sk_slice_sub(alph, 1, alph.n), w, h);
	d->alpha = d->alpha || alpha || has_alph;
	return rc;
}

static int frame(struct webp *d, struct chunks *k)
{
	struct sk_slice s;
	uint64_t at;
	int rc = chunk(d, k, "ANMF", &s, &at);

	if (rc)
		return rc;
	struct chunks in = {sk_reader(s), at};
	uint64_t x = 2 * (uint64_t)sk_read_u24le(&in.r), y = 2 * (uint64_t)sk_read_u24le(&in.r);
	uint32_t w = sk_read_u24le(&in.r) + 1, h = sk_read_u24le(&in.r) + 1;
	sk_read_skip(&in.r, 3); /* the duration */
	unsigned flags = sk_read_u8(&in.r);
	if (in.r.bad || flags > 3)
		return sk_fail(d->c, at, "WebP: frame header");
	if (x + w > d->w || y + h > d->h)
		return sk_fail(d->c, at, "WebP: frame outside the canvas");
	if (++d->frames > SK_LIMIT_FRAMES)
		return sk_fail(d->c, at, "WebP: too many frames");
	rc = picture(d, &in, w, h);
	if (rc == 0 && !sk_read_at_end(&in.r))
		rc = sk_fail(d->c, at + in.r.pos, "WebP: bytes after the picture of a frame");
	return rc;
}

static int animation(struct webp *d, struct chunks *k)
{
	struct sk_slice s;
	uint64_t at;
	int rc = chunk(d, k, "ANIM", &s, &at);

	if (rc == 0 && s.n != 6)
		rc = sk_fail(d->c, at, "WebP: length of ANIM");
	do {
		if (rc == 0)
			rc = frame(d, k);
	} while (rc == 0 && sk_read_left(&k->r));
	return rc;
}

static int extended(struct webp *d, struct chunks *k)
{
	struct sk_slice s;
	uint64_t at, icc_at;
	int rc = chunk(d, k, "VP8X", &s, &at);

	if (rc)
		return rc;
	struct sk_reader r = sk_reader(s);
	unsigned flags = sk_read_u8(&r), reserved = sk_read_u24le(&r);
	d->w = sk_read_u24le(&r) + 1;
	d->h = sk_read_u24le(&r) + 1;
	if (!sk_read_at_end(&r) || reserved || flags & ~(unsigned)(ANIMATION | ALPHA | PROFILE))
		return sk_fail(d->c, at, "WebP: flags of VP8X");
	if (d->w > SK_LIMIT_SIDE || d->h > SK_LIMIT_SIDE || (uint64_t)d->w * d->h > SK_LIMIT_PIXELS)
		return sk_fail(d->c, at, "WebP: canvas of %u by %u", d->w, d->h);
	if (flags & PROFILE &&
	    ((rc = chunk(d, k, "ICCP", &s, &icc_at)) || (rc = sk_vimg_profile(d->c, icc_at, s))))
		return rc;
	if (!(flags & (PROFILE | ANIMATION)) && !next_is(k, "ALPH"))
		return sk_fail(d->c, at, "WebP: extended form without need");
	rc = flags & ANIMATION ? animation(d, k) : picture(d, k, d->w, d->h);
	if (rc == 0 && d->alpha != !!(flags & ALPHA))
		rc = sk_fail(d->c, at, "WebP: the alpha flag does not fit the frames");
	return rc;
}

/* One chunk alone gives the size of the picture itself. */
static int simple(struct webp *d, struct chunks *k)
{
	bool lossless = next_is(k, "VP8L");
	struct sk_slice s;
	uint64_t at;
	int rc = chunk(d, k, lossless ? "VP8L" : "VP8 ", &s, &at);

	if (rc)
		return rc;
	return lossless ? sk_vp8l_check(d->c, at, s, &d->w, &d->h, &d->alpha)
			: sk_vp8_check(d->c, at, s, &d->w, &d->h);
}

int sk_verify_webp(struct sk_check *c, struct sk_slice in)
{
	struct webp d = {.c = c};
	struct chunks k = {sk_reader(in), 0};

	struct sk_slice riff = sk_read_slice(&k.r, 4);
	uint32_t size = sk_read_u32le(&k.r);
	if (!sk_slice_is(riff, "RIFF") || (uint64_t)size + 8 != in.n ||
	    !sk_slice_is(sk_read_slice(&k.r, 4), "WEBP"))
		return sk_fail(c, 0, "WebP: file header");
	int rc = next_is(&k, "VP8X") ? extended(&d, &k) : simple(&d, &k);
	if (rc == 0 && !sk_read_at_end(&k.r))
		rc = sk_fail(c, k.r.pos, "WebP: bytes after the last chunk");
	return rc;
}
