/*
 * VP8 key frames, symbol by symbol: each boolean that the source codes is read with its probability
 * and coded again with the same one. What a decoder sees stays the same to the last pixel; what no
 * decoder reads (bytes behind the last symbol, between partitions, spare header bits) is gone.
 * Cleaner's jail. RFC 6386.
 */
#include "format/image/vp8.h"

#include <stdlib.h>

#include "base/err.h"
#include "format/image/vp8tables.h"

#define PARTITIONS 8
#define FIRST_MAX 0x7FFFF /* 19 bits of the frame tag */
#define PART_MAX 0xFFFFFF /* 24 bits of the partition table */
#define PAST_END 4        /* bytes a decoder may ask for behind the end: zeros */

/* Sections 7.3: one partition read, and the same one written. */
struct coder {
	struct sk_slice in;
	size_t pos, past;
	uint32_t value, range;
	int bits; /* of `value` that are still to be used, beyond eight */
	struct sk_buf out;
	uint32_t bottom, out_range;
	int out_bits; /* shifts until the next byte is due */
};

struct frame {
	struct coder head, part[PARTITIONS];
	unsigned nparts;
	uint8_t probs[4][8][3][11];
	bool skipping;
	uint8_t skip_prob;
	uint32_t mb_w, mb_h;
	uint8_t *mb;                 /* bit 0: split into 4x4, bit 1: without coefficients */
	uint8_t *top_modes, *top_nz; /* 4 and 9 for each column */
	uint8_t left_modes[4], left_nz[9];
};

static unsigned next_byte(struct coder *c)
{
	if (c->pos < c->in.n)
		return c->in.p[c->pos++];
	c->past++;
	return 0;
}

static void start(struct coder *c, struct sk_slice in)
{
	*c = (struct coder){.in = in, .range = 255, .out_range = 255, .out_bits = 24};
	c->out = SK_BUF((size_t)1 << 26);
	c->value = next_byte(c) << 8;
	c->value |= next_byte(c);
}

static void carry(struct sk_buf *b)
{
	size_t i = b->len;

	while (i > 0 && b->p[--i] == 255)
		b->p[i] = 0;
	if (b->len)
		b->p[i]++;
}

static void write_bool(struct coder *c, unsigned prob, bool bit)
{
	uint32_t split = 1 + ((c->out_range - 1) * prob >> 8);

	if (bit) {
		c->bottom += split;
		c->out_range -= split;
	} else {
		c->out_range = split;
	}
	while (c->out_range < 128) {
		c->out_range <<= 1;
		if (c->bottom & 0x80000000U)
			carry(&c->out);
		c->bottom <<= 1;
		if (--c->out_bits == 0) {
			sk_buf_putc(&c->out, (uint8_t)(c->bottom >> 24));
			c->bottom &= 0xFFFFFF;
			c->out_bits = 8;
		}
	}
}

static void finish(struct coder *c)
{
	uint32_t v = c->bottom;
	int n = c->out_bits;

	if (v & 1U << (32 - n))
		carry(&c->out);
	v <<= n & 7;
	for (n >>= 3; n > 0; n--)
		v <<= 8;
	for (unsigned i = 0; i < 4; i++)
		sk_buf_putc(&c->out, (uint8_t)(v >> (24 - i * 8)));
}

static bool read_bool(struct coder *c, unsigned prob)
{
	uint32_t split = 1 + ((c->range - 1) * prob >> 8);
	bool bit = c->value >= split << 8;

	if (bit) {
		c->range -= split;
		c->value -= split << 8;
	} else {
		c->range = split;
	}
	while (c->range < 128) {
		c->value <<= 1;
		c->range <<= 1;
		if (++c->bits == 8) {
			c->bits = 0;
			c->value |= next_byte(c);
		}
	}
	return bit;
}

/* The one thing that happens to every symbol. */
static bool pass(struct coder *c, unsigned prob)
{
	bool bit = read_bool(c, prob);

	write_bool(c, prob, bit);
	return bit;
}

static unsigned pass_number(struct coder *c, unsigned bits)
{
	unsigned v = 0;

	while (bits-- > 0)
		v = v << 1 | pass(c, 128);
	return v;
}

/* A flag, and when it is set a number with its sign. */
static void pass_optional(struct coder *c, unsigned times, unsigned bits)
{
	for (unsigned i = 0; i < times; i++)
		if (pass(c, 128))
			pass_number(c, bits + 1);
}

/* Section 9.3; returns whether macroblocks name their segment, with the probabilities for it. */
static bool pass_segments(struct coder *c, uint8_t probs[3])
{
	memset(probs, 255, 3);
	if (!pass(c, 128))
		return false;
	bool map = pass(c, 128), data = pass(c, 128);
	if (data) {
		pass(c, 128);
		pass_optional(c, 4, 7);
		pass_optional(c, 4, 6);
	}
	for (unsigned i = 0; map && i < 3; i++)
		if (pass(c, 128))
			probs[i] = (uint8_t)pass_number(c, 8);
	return map;
}

/* Sections 9.2 to 9.11, up to the modes. */
static bool pass_header(struct frame *f, uint8_t segment_probs[3])
{
	struct coder *c = &f->head;

	(void)read_bool(c, 128); /* colour space: only 0 is defined */
	write_bool(c, 128, false);
	pass(c, 128); /* clamping */
	bool map = pass_segments(c, segment_probs);
	pass_number(c, 1 + 6 + 3); /* loop filter: type, level, sharpness */
	bool adjusted = pass(c, 128);
	if (adjusted && pass(c, 128))
		pass_optional(c, 8, 6);
	f->nparts = 1U << pass_number(c, 2);
	pass_number(c, 7); /* quantizer */
	pass_optional(c, 5, 4);
	pass(c, 128); /* keep the probabilities: there is no next frame */
	memcpy(f->probs, sk_vp8_default_probs, sizeof(f->probs));
	uint8_t *p = &f->probs[0][0][0][0];
	const uint8_t *u = &sk_vp8_update_probs[0][0][0][0];
	for (size_t i = 0; i < sizeof(f->probs); i++)
		if (pass(c, u[i]))
			p[i] = (uint8_t)pass_number(c, 8);
	f->skipping = pass(c, 128);
	if (f->skipping)
		f->skip_prob = (uint8_t)pass_number(c, 8);
	return map;
}

/* Section 11.2: the modes of sub-blocks in the order of the table of probabilities. */
static unsigned pass_submode(struct coder *c, const uint8_t p[9])
{
	if (!pass(c, p[0]))
		return 0;
	if (!pass(c, p[1]))
		return 1;
	if (!pass(c, p[2]))
		return 2;
	if (!pass(c, p[3])) {
		if (!pass(c, p[4]))
			return 3;
		return pass(c, p[5]) ? 5 : 4;
	}
	if (!pass(c, p[6]))
		return 6;
	if (!pass(c, p[7]))
		return 7;
	return pass(c, p[8]) ? 9 : 8;
}

static void pass_modes(
    struct frame *f, uint8_t *mb, uint8_t *top, bool map, const uint8_t segment_probs[3])
{
	struct coder *c = &f->head;

	if (map)
		pass(c, segment_probs[pass(c, segment_probs[0]) ? 2 : 1]);
	bool skip = f->skipping && pass(c, f->skip_prob), split = !pass(c, 145);
	*mb = (uint8_t)(split | skip << 1);
	if (split) {
		for (unsigned y = 0; y < 4; y++)
			for (unsigned x = 0; x < 4; x++)
				top[x] = f->left_modes[y] = (uint8_t)pass_submode(
				    c, sk_vp8_mode_probs[top[x]][f->left_modes[y]]);
	} else {
		uint8_t mode = pass(c, 156) ? (pass(c, 128) ? 1 : 3) : (pass(c, 163) ? 2 : 0);
		memset(top, mode, 4);
		memset(f->left_modes, mode, 4);
	}
	if (pass(c, 142) && pass(c, 114))
		pass(c, 183);
}

/* The bits of a value above 4 (section 13.2, categories 1 to 6). */
static void pass_large(struct coder *c, const uint8_t p[11])
{
	static const uint8_t extra[4][12] = {{173, 148, 140}, {176, 155, 140, 135},
	    {180, 157, 141, 134, 130}, {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}};

	if (!pass(c, p[6])) {
		if (!pass(c, p[7])) {
			pass(c, 159);
		} else {
			pass(c, 165);
			pass(c, 145);
		}
		return;
	}
	unsigned high = pass(c, p[8]), category = high * 2 + pass(c, p[9 + high]);
	for (const uint8_t *e = extra[category]; *e; e++)
		pass(c, *e);
}

/* One block of coefficients; returns whether it has any behind `first`. */
static bool pass_block(
    struct coder *c, const uint8_t probs[8][3][11], unsigned context, unsigned first)
{
	static const uint8_t bands[17] = {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0};
	unsigned n = first;

	while (n < 16) {
		const uint8_t *p = probs[bands[n]][context];
		if (!pass(c, p[0]))
			return n > first;
		while (!pass(c, p[1])) {
			if (++n == 16)
				return true;
			p = probs[bands[n]][0];
		}
		context = 1;
		if (pass(c, p[2])) {
			context = 2;
			if (pass(c, p[3]))
				pass_large(c, p);
			else if (pass(c, p[4]))
				pass(c, p[5]);
		}
		pass(c, 128);
		n++;
	}
	return true;
}

/* A square of blocks with the marks of its neighbours. */
static void pass_plane(struct coder *c, const uint8_t probs[8][3][11], unsigned size,
    unsigned first, uint8_t *top, uint8_t *left)
{
	for (unsigned y = 0; y < size; y++)
		for (unsigned x = 0; x < size; x++)
			top[x] = left[y] = pass_block(c, probs, (unsigned)top[x] + left[y], first);
}

/* Section 13: marks 0..3 luma, 4..5 U, 6..7 V, 8 the block of averages. */
static void pass_tokens(struct frame *f, struct coder *c, unsigned mb, uint8_t *top)
{
	uint8_t *left = f->left_nz;
	bool split = mb & 1;

	if (mb & 2) {
		memset(top, 0, split ? 8 : 9);
		memset(left, 0, split ? 8 : 9);
		return;
	}
	if (!split)
		top[8] = left[8] = pass_block(c, f->probs[1], (unsigned)top[8] + left[8], 0);
	pass_plane(c, f->probs[split ? 3 : 0], 4, split ? 0 : 1, top, left);
	pass_plane(c, f->probs[2], 2, 0, top + 4, left + 4);
	pass_plane(c, f->probs[2], 2, 0, top + 6, left + 6);
}

static int pass_picture(struct frame *f, bool map, const uint8_t segment_probs[3])
{
	for (uint32_t y = 0; y < f->mb_h; y++) {
		memset(f->left_modes, 0, 4);
		for (uint32_t x = 0; x < f->mb_w; x++)
			pass_modes(f, &f->mb[(size_t)y * f->mb_w + x], f->top_modes + (size_t)x * 4,
			    map, segment_probs);
		if (f->head.past > PAST_END)
			return SK_EFORMAT;
	}
	for (uint32_t y = 0; y < f->mb_h; y++) {
		struct coder *c = &f->part[y & (f->nparts - 1)];
		memset(f->left_nz, 0, 9);
		for (uint32_t x = 0; x < f->mb_w; x++)
			pass_tokens(
			    f, c, f->mb[(size_t)y * f->mb_w + x], f->top_nz + (size_t)x * 9);
		if (c->past > PAST_END)
			return SK_EFORMAT;
	}
	return 0;
}

/* Section 9.5: the sizes of all partitions but the last stand before them. */
static int open_partitions(struct frame *f, struct sk_slice rest)
{
	struct sk_reader sizes = sk_reader(rest), r = sk_reader(rest);

	sk_read_skip(&r, (size_t)(f->nparts - 1) * 3);
	for (unsigned i = 0; i < f->nparts; i++) {
		size_t n = i + 1 < f->nparts ? sk_read_u24le(&sizes) : sk_read_left(&r);
		start(&f->part[i], sk_read_slice(&r, n));
	}
	return r.bad ? SK_EFORMAT : 0;
}

static void put_u24(struct sk_buf *out, size_t v)
{
	sk_buf_put_u16le(out, (uint16_t)v);
	sk_buf_putc(out, (uint8_t)(v >> 16));
}

static int put_frame(
    struct frame *f, unsigned tag, uint32_t width, uint32_t height, struct sk_buf *out)
{
	finish(&f->head);
	for (unsigned i = 0; i < f->nparts; i++)
		finish(&f->part[i]);
	if (f->head.out.err || f->head.out.len > FIRST_MAX)
		return SK_EFORMAT;
	/* key frame, version, shown, size of the first partition */
	put_u24(out, (tag & 0x0E) | 0x10 | f->head.out.len << 5);
	sk_buf_put(out, "\x9d\x01\x2a", 3);
	sk_buf_put_u16le(out, (uint16_t)width);
	sk_buf_put_u16le(out, (uint16_t)height);
	sk_buf_put_slice(out, sk_buf_slice(&f->head.out));
	for (unsigned i = 0; i < f->nparts; i++) {
		if (f->part[i].out.err || f->part[i].out.len > PART_MAX)
			return SK_EFORMAT;
		if (i + 1 < f->nparts)
			put_u24(out, f->part[i].out.len);
	}
	for (unsigned i = 0; i < f->nparts; i++)
		sk_buf_put_slice(out, sk_buf_slice(&f->part[i].out));
	return out->err;
}

static int rewrite(
    struct frame *f, struct sk_slice in, uint32_t width, uint32_t height, struct sk_buf *out)
{
	struct sk_reader r = sk_reader(in);
	uint8_t segment_probs[3];
	uint32_t tag = sk_read_u24le(&r);
	struct sk_slice code = sk_read_slice(&r, 3);

	if (!sk_slice_is(code, "\x9d\x01\x2a") || (tag & 1) || !(tag & 0x10) || (tag >> 1 & 7) > 3)
		return SK_EFORMAT;
	if ((sk_read_u16le(&r) & 0x3FFF) != width || (sk_read_u16le(&r) & 0x3FFF) != height ||
	    !width || !height)
		return SK_EFORMAT;
	struct sk_slice first = sk_read_slice(&r, tag >> 5);
	if (r.bad || first.n == 0)
		return SK_EFORMAT;
	f->mb_w = (width + 15) / 16;
	f->mb_h = (height + 15) / 16;
	f->mb = calloc(f->mb_w, f->mb_h);
	f->top_modes = calloc(f->mb_w, 4);
	f->top_nz = calloc(f->mb_w, 9);
	if (f->mb == NULL || f->top_modes == NULL || f->top_nz == NULL)
		return SK_ENOMEM;
	start(&f->head, first);
	bool map = pass_header(f, segment_probs);
	int rc = open_partitions(f, sk_slice_sub(in, r.pos, in.n));
	if (rc == 0)
		rc = pass_picture(f, map, segment_probs);
	return rc ? rc : put_frame(f, tag, width, height, out);
}

int sk_vp8_rewrite(struct sk_slice in, uint32_t width, uint32_t height, struct sk_buf *out)
{
	struct frame *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return SK_ENOMEM;
	int rc = rewrite(f, in, width, height, out);
	sk_buf_free(&f->head.out);
	for (unsigned i = 0; i < PARTITIONS; i++)
		sk_buf_free(&f->part[i].out);
	free(f->mb);
	free(f->top_modes);
	free(f->top_nz);
	free(f);
	return rc;
}
