/*
 * Bits and prefix codes of lossless WebP, read and written. Cleaner's jail. RFC 9649, 3.7.2: bits come
 * lowest first, codes are canonical, and a code of one symbol takes no bits.
 */
#ifndef SK_FORMAT_IMAGE_VP8LCODE_H
#define SK_FORMAT_IMAGE_VP8LCODE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#define SK_VP8L_LENGTHS 24 /* prefixes of lengths, behind the 256 greens */
#define SK_VP8L_SYMBOLS (256 + SK_VP8L_LENGTHS + 2048) /* of the largest alphabet */
#define SK_VP8L_DISTANCES 40
#define SK_VP8L_LONGEST 15

enum { SK_VP8L_GREEN, SK_VP8L_RED, SK_VP8L_BLUE, SK_VP8L_ALPHA, SK_VP8L_DISTANCE, SK_VP8L_CODES };

struct sk_vp8l_in {
	struct sk_reader r;
	uint64_t buf;
	unsigned have, past; /* bits in buf; bytes of zeros given behind the end */
};

/* At least 32 bits. */
static inline void sk_vp8l_fill(struct sk_vp8l_in *in)
{
	if (in->have >= 32)
		return;
	if (sk_read_left(&in->r) >= 4) {
		in->buf |= (uint64_t)sk_read_u32le(&in->r) << in->have;
		in->have += 32;
		return;
	}
	for (; in->have < 32; in->have += 8) {
		if (sk_read_left(&in->r))
			in->buf |= (uint64_t)sk_read_u8(&in->r) << in->have;
		else
			in->past++;
	}
}

static inline void sk_vp8l_drop(struct sk_vp8l_in *in, unsigned n)
{
	in->buf >>= n;
	in->have -= n;
}

/* At most 24 bits. */
static inline uint32_t sk_vp8l_take(struct sk_vp8l_in *in, unsigned n)
{
	sk_vp8l_fill(in);
	uint32_t v = (uint32_t)in->buf & ((1U << n) - 1);
	sk_vp8l_drop(in, n);
	return v;
}

/* More was taken than there is. */
static inline bool sk_vp8l_over(const struct sk_vp8l_in *in)
{
	return in->past * 8 > in->have;
}

/* A code as it is read. */
struct sk_vp8l_code {
	uint16_t *quick;  /* symbol << 4 | length for the next `bits` bits; 0: a longer code */
	uint16_t *sorted; /* all symbols, shorter codes first */
	uint16_t count[SK_VP8L_LONGEST + 1];
	uint8_t bits, longest;
};

/* A symbol whose code is longer than the table. */
unsigned sk_vp8l_long(struct sk_vp8l_in *in, const struct sk_vp8l_code *c);

/* The next symbol; 15 bits must be there. */
static inline unsigned sk_vp8l_symbol(struct sk_vp8l_in *in, const struct sk_vp8l_code *c)
{
	unsigned e = c->quick[in->buf & ((1U << c->bits) - 1)];

	if (__builtin_expect((e & 15) == 0 && c->longest, 0))
		return sk_vp8l_long(in, c);
	sk_vp8l_drop(in, e & 15);
	return e >> 4;
}

/* Read a code of an alphabet of n symbols; c NULL: only pass over it. SK_EFORMAT, SK_ENOMEM. */
int sk_vp8l_read_code(
    struct sk_arena *a, struct sk_vp8l_in *in, unsigned n, struct sk_vp8l_code *c);

/* Where bits go, and the room in which codes are made. */
struct sk_vp8l_out {
	struct sk_buf *out;
	uint64_t buf;
	unsigned have;
	uint64_t weight[2 * SK_VP8L_SYMBOLS];
	uint16_t parent[2 * SK_VP8L_SYMBOLS];
	uint8_t length[SK_VP8L_SYMBOLS], token[SK_VP8L_SYMBOLS], extra[SK_VP8L_SYMBOLS];
	struct sk_vp8l_leaf {
		uint32_t count;
		uint16_t symbol;
	} leaf[SK_VP8L_SYMBOLS];
};

/* The n low bits of v, at most 24; no others are set. */
static inline void sk_vp8l_put(struct sk_vp8l_out *o, uint32_t v, unsigned n)
{
	o->buf |= (uint64_t)v << o->have;
	o->have += n;
	if (o->have >= 32) {
		sk_buf_put_u32le(o->out, (uint32_t)o->buf);
		o->buf >>= 32;
		o->have -= 32;
	}
}

/* Symbol of a code that sk_vp8l_put_code() made. */
static inline void sk_vp8l_put_symbol(struct sk_vp8l_out *o, const uint32_t *code, unsigned symbol)
{
	sk_vp8l_put(o, code[symbol] & 0xFFFF, code[symbol] >> 16);
}

/* The last bits, filled with zeros to the byte. */
int sk_vp8l_flush(struct sk_vp8l_out *o);

/*
 * Make a code from how often each of n symbols occurs, and write its lengths. sym[] holds the counts and
 * then the codes: bits in writing order | length << 16.
 */
void sk_vp8l_put_code(struct sk_vp8l_out *o, uint32_t *sym, unsigned n);

#endif
