/*
 * A cleaned GIF (GIF89a): blocks in the order and with the values of doc/profiles/image.md, the LZW
 * data of each frame decoded to its end. Only lengths of strings are kept: every pixel of a string
 * came from a one-pixel code before, and those are checked. Verifier's jail.
 */
#include "verify/image/image.h"

struct gif {
	struct sk_check *c;
	struct sk_reader r;
	unsigned global; /* entries of the global table, or 0 */
};

/* The sub-blocks of a frame, as one row of bits. */
struct lzw {
	struct gif *d;
	const uint8_t *p, *end;  /* of the sub-block at hand */
	bool short_block, ended; /* one of less than 255 bytes came; the terminator came */
	uint64_t buf;
	unsigned have;
	unsigned root, entries; /* bits of a pixel; pixels allowed */
	uint32_t length[4096];  /* pixels that a code stands for */
};

static int fault(struct gif *d, const char *what)
{
	return sk_fail(d->c, d->r.pos, "GIF: %s", what);
}

/* Skip a colour table. */
static int table(struct gif *d, unsigned entries)
{
	sk_read_skip(&d->r, (size_t)3 * entries);
	return d->r.bad ? fault(d, "colour table is cut off") : 0;
}

static int screen(struct gif *d)
{
	if (!sk_slice_eq(sk_read_slice(&d->r, 6), SK_SLICE_LIT("GIF89a")))
		return fault(d, "signature");
	unsigned w = sk_read_u16le(&d->r), h = sk_read_u16le(&d->r), packed = sk_read_u8(&d->r);
	unsigned background = sk_read_u8(&d->r), aspect = sk_read_u8(&d->r);
	if (d->r.bad || w == 0 || h == 0)
		return fault(d, "screen of no size");
	if ((packed & 0x70) != 0x70 || packed & 0x08 || aspect)
		return fault(d, "screen descriptor");
	if (packed & 0x80)
		d->global = 2u << (packed & 7);
	else if (packed & 7)
		return fault(d, "size of a table that is not there");
	if (background >= (d->global ? d->global : 1))
		return fault(d, "background index");
	return table(d, d->global);
}

static int loop_extension(struct gif *d)
{
	if (sk_read_peek(&d->r, 0) != 0x21 || sk_read_peek(&d->r, 1) != 0xFF)
		return 0;
	if (!sk_slice_eq(sk_read_slice(&d->r, 16), SK_SLICE_LIT("\x21\xFF\x0BNETSCAPE2.0\3\1")))
		return fault(d, "application extension");
	sk_read_skip(&d->r, 2);
	return sk_read_u8(&d->r) || d->r.bad ? fault(d, "application extension goes on") : 0;
}

static int control(struct gif *d)
{
	if (sk_read_peek(&d->r, 0) != 0x21)
		return 0;
	if (sk_read_u24be(&d->r) != 0x21F904)
		return fault(d, "extension");
	unsigned packed = sk_read_u8(&d->r);
	sk_read_skip(&d->r, 2);
	unsigned index = sk_read_u8(&d->r), end = sk_read_u8(&d->r);
	if (d->r.bad || packed & 0xE2 || packed >> 2 > 3 || end)
		return fault(d, "graphic control extension");
	return !(packed & 1) && index ? fault(d, "transparent index without its flag") : 0;
}

/* The next sub-block. 0, or the fault. */
static int next_block(struct lzw *z)
{
	struct gif *d = z->d;
	unsigned n = sk_read_u8(&d->r);
	struct sk_slice s = sk_read_slice(&d->r, n);

	if (d->r.bad)
		return fault(d, "sub-block is cut off");
	if (n == 0)
		z->ended = true;
	else if (z->short_block)
		return fault(d, "sub-block after a short one");
	z->short_block = n < 255;
	z->p = s.p;
	z->end = s.p + s.n;
	return 0;
}

/* A code of n bits. 0, or the fault. */
static inline int next_code(struct lzw *z, unsigned n, unsigned *code)
{
	while (z->have < n) {
		if (z->p == z->end) {
			int rc = z->ended ? SK_EFORMAT : next_block(z);
			if (rc || z->ended)
				return rc && z->d->c->fault.what[0]
					   ? rc
					   : fault(z->d, "LZW data ends too early");
		}
		while (z->have <= 56 && z->p < z->end) {
			z->buf |= (uint64_t)*z->p++ << z->have;
			z->have += 8;
		}
	}
	*code = (unsigned)(z->buf & ((1u << n) - 1));
	z->buf >>= n;
	z->have -= n;
	return 0;
}

/*
 * Appendix F. `before` is the length of the last string, 0 after a clear code. The string of a code
 * is known to be that of an earlier one and one pixel more.
 */
static int codes(struct lzw *z, uint64_t pixels)
{
	const unsigned clear = 1u << z->root, stop = clear + 1;
	unsigned bits = z->root + 1, next = clear + 2, code = 0;
	uint32_t before = 0;
	int rc = next_code(z, bits, &code);

	if (rc == 0 && code != clear)
		rc = fault(z->d, "LZW data does not start with a clear code");
	while (rc == 0 && (rc = next_code(z, bits, &code)) == 0 && code != stop) {
		uint32_t length = 1;
		if (code == clear) {
			if (before == 0)
				return fault(z->d, "LZW clear code twice");
			bits = z->root + 1;
			next = clear + 2;
			before = 0;
			continue;
		}
		if (code < clear && code >= z->entries)
			return fault(z->d, "pixel has no colour");
		if (code > stop && (before == 0 || code > next || code >= 4096))
			return fault(z->d, "LZW code without a string");
		if (before && next < 4096) {
			z->length[next++] = before + 1;
			bits += next == 1u << bits && bits < 12;
		}
		if (code > stop)
			length = code < next ? z->length[code] : 0;
		if (length == 0 || length > pixels)
			return fault(z->d, length ? "more pixels than the frame has"
						  : "LZW code without a string");
		pixels -= length;
		before = length;
	}
	return rc == 0 && pixels ? fault(z->d, "fewer pixels than the frame has") : rc;
}

/* Nothing is left behind the end code but the 0 bits of its byte. */
static int lzw_end(struct lzw *z)
{
	if (z->have >= 8 || z->p != z->end || z->buf)
		return fault(z->d, "bits after the end code");
	int rc = z->ended ? 0 : next_block(z);
	return rc == 0 && !z->ended ? fault(z->d, "sub-block after the end code") : rc;
}

static int pixels(struct gif *d, uint64_t n, unsigned entries)
{
	struct lzw z = {.d = d, .entries = entries, .root = 2};

	while (1u << z.root < entries)
		z.root++;
	if (sk_read_u8(&d->r) != z.root)
		return fault(d, "LZW code size");
	int rc = codes(&z, n);
	return rc ? rc : lzw_end(&z);
}

static int frame(struct gif *d)
{
	uint64_t at = d->r.pos;
	int rc = control(d);

	if (rc)
		return rc;
	if (sk_read_u8(&d->r) != 0x2C)
		return fault(d, "block that is no picture");
	uint32_t left = sk_read_u16le(&d->r), top = sk_read_u16le(&d->r);
	uint32_t w = sk_read_u16le(&d->r), h = sk_read_u16le(&d->r);
	unsigned packed = sk_read_u8(&d->r), entries = d->global;
	if (d->r.bad || packed & 0x78 || (!(packed & 0x80) && packed & 7))
		return fault(d, "picture descriptor");
	if (left + w > 65535 || top + h > 65535)
		return fault(d, "picture outside of any screen");
	if (packed & 0x80) {
		entries = 2u << (packed & 7);
		rc = table(d, entries);
	}
	if (rc == 0 && entries == 0)
		rc = fault(d, "picture without a colour table");
	if (rc == 0)
		rc = sk_vimg_size(d->c, at, w, h);
	return rc ? rc : pixels(d, (uint64_t)w * h, entries);
}

int sk_verify_gif(struct sk_check *c, struct sk_slice in)
{
	struct gif d = {.c = c, .r = sk_reader(in)};
	unsigned frames = 0;
	int rc = screen(&d);

	if (rc == 0)
		rc = loop_extension(&d);
	do {
		if (rc == 0)
			rc = frame(&d);
		if (rc == 0 && ++frames > SK_LIMIT_FRAMES)
			rc = fault(&d, "too many frames");
	} while (rc == 0 && sk_read_peek(&d.r, 0) != 0x3B);
	if (rc)
		return rc;
	sk_read_skip(&d.r, 1);
	return sk_read_at_end(&d.r) ? 0 : fault(&d, "bytes after the trailer");
}
