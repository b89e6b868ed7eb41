/*
 * The JPEG scan decoder: sequential (T.81 F.2) and progressive (G.2) Huffman coding. No coefficient
 * is computed: a block is well formed when its codes are, and refinement needs to know only which
 * coefficients are not zero. The stuffing is taken out first, so that the bit buffer fills by whole
 * words. Verifier's jail.
 */
#include "verify/image/jpegscan.h"

/* Bytes of zeros behind the data: more than the longest block takes (64 × 27 bits, and a word). */
#define TAIL 256

struct bits {
	uint64_t buf; /* the next bits, from the top */
	unsigned have;
	const uint8_t *start, *p, *end;
};

struct scan {
	struct sk_check *c;
	struct sk_jpeg *j;
	struct sk_jpeg_scan *s;
	struct bits b;
	uint32_t eobrun;
	int32_t dc[4];
};

/* At least 56 bits. May read up to TAIL past the end; over() tells. */
static inline void refill(struct bits *b)
{
	uint64_t word;

	memcpy(&word, b->p, 8);
	b->buf |= __builtin_bswap64(word) >> b->have;
	b->p += (63 - b->have) >> 3;
	b->have |= 56;
}

static inline void drop(struct bits *b, unsigned n)
{
	b->buf <<= n;
	b->have -= n;
}

/* 1..32 bits of a filled buffer. */
static inline uint32_t take(struct bits *b, unsigned n)
{
	uint32_t v = (uint32_t)(b->buf >> (64 - n));

	drop(b, n);
	return v;
}

static inline uint64_t used_bits(const struct bits *b)
{
	return (uint64_t)(b->p - b->start) * 8 - b->have;
}

/* More bits were taken than there are. The pointer test keeps reads within TAIL. */
static inline bool over(const struct bits *b)
{
	return b->p > b->end && used_bits(b) > (uint64_t)(b->end - b->start) * 8;
}

static int fault(struct scan *d, const char *what)
{
	if (over(&d->b))
		what = "ends too early";
	return sk_fail(d->c, d->s->at + used_bits(&d->b) / 8, "scan data: %s", what);
}

/* What a symbol takes besides its code, and how far it steps; 0 for one that must not be. */
static uint32_t symbol_entry(const struct sk_jpeg_scan *s, bool dc, unsigned sym, unsigned len)
{
	unsigned size = sym & 15, run = sym >> 4, extra = size, step = run + 1;

	if (dc) {
		if (sym > 11)
			return 0;
		extra = 0; /* its bits are read: the prediction is followed */
	} else if (s->ss == 0 || s->ah == 0) {
		if (size > 10 || (size == 0 && run != 0 && run != 15 && s->ss == 0))
			return 0;
		if (size == 0 && run != 15)
			step = 128; /* end of block or band */
	} else {
		if (size > 1)
			return 0;
		extra = 0;
	}
	return sym | (len + extra) << 8 | step << 16;
}

/*
 * The lookup of a table. T.81 Annex K.2 makes codes that leave only the all-ones code of the
 * longest length free.
 */
static int prepare(struct scan *d, struct sk_jpeg_table *t, bool dc)
{
	uint32_t code = 0;
	unsigned at = 0, longest = 0;

	memset(t->look, 0, sizeof(t->look));
	memset(t->seen, 0, sizeof(t->seen));
	for (unsigned len = 1; len <= 16; len++) {
		t->first[len] = code;
		t->index[len] = at;
		if (t->count[len])
			longest = len;
		for (unsigned i = 0; i < t->count[len]; i++, at++, code++) {
			uint32_t e = symbol_entry(d->s, dc, t->val[at], len);
			if (e == 0)
				return sk_fail(
				    d->c, t->at, "Huffman table has symbol %02X", t->val[at]);
			if (code >= 1u << len)
				return sk_fail(d->c, t->at, "Huffman table has too many codes");
			if (len > SK_JPEG_LOOK)
				continue;
			uint32_t from = code << (SK_JPEG_LOOK - len);
			for (uint32_t k = 0; k < 1u << (SK_JPEG_LOOK - len); k++)
				t->look[from + k] = e;
		}
		t->limit[len] = code;
		if (at == t->n && longest == len && code != (1u << len) - 1)
			return sk_fail(d->c, t->at, "Huffman code is not complete");
		code <<= 1;
	}
	return 0;
}

/* Each code that a table lists has occurred. */
static int all_seen(struct scan *d, const struct sk_jpeg_table *t)
{
	for (unsigned i = 0; i < t->n; i++)
		if (!t->seen[t->val[i]])
			return sk_fail(d->c, t->at,
			    "Huffman table has a code for %02X that does not occur", t->val[i]);
	return 0;
}

/* A code longer than the lookup. 0: there is none such. */
static uint32_t long_code(
    const struct bits *b, const struct sk_jpeg_scan *s, const struct sk_jpeg_table *t, bool dc)
{
	for (unsigned len = SK_JPEG_LOOK + 1; len <= 16; len++) {
		uint32_t code = (uint32_t)(b->buf >> (64 - len));
		if (code < t->limit[len])
			return symbol_entry(
			    s, dc, t->val[t->index[len] + code - t->first[len]], len);
	}
	return 0;
}

static inline uint32_t next_code(
    struct bits *b, const struct sk_jpeg_scan *s, struct sk_jpeg_table *t, bool dc)
{
	uint32_t e = t->look[b->buf >> (64 - SK_JPEG_LOOK)];

	if (__builtin_expect(e == 0, 0))
		e = long_code(b, s, t, dc);
	t->seen[e & 255] = 1;
	drop(b, e >> 8 & 31);
	return e;
}

/* The difference of a DC coefficient; the sum must fit the 16 bits that decoders keep. */
static inline bool dc_first(struct scan *d, unsigned i)
{
	struct bits *b = &d->b;

	refill(b);
	uint32_t e = next_code(b, d->s, d->s->dc[i], true);
	unsigned size = e & 255;
	if (e == 0)
		return false;
	if (size) {
		int32_t v = (int32_t)take(b, size);
		if (v < 1 << (size - 1))
			v -= (1 << size) - 1;
		d->dc[i] += v;
	}
	int32_t full = d->dc[i] * (1 << d->s->al);
	return full >= -32768 && full <= 32767;
}

/* The 63 AC coefficients of a sequential block. */
static inline bool ac_block(struct scan *d, struct sk_jpeg_table *t)
{
	struct bits *b = &d->b;
	unsigned k = 1;
	uint32_t e = 0;

	while (k < 64) {
		refill(b);
		e = next_code(b, d->s, t, false);
		if (e == 0)
			return false;
		k += e >> 16;
		if (k >= 64)
			break;
		e = next_code(b, d->s, t, false); /* two codes take at most 52 bits */
		if (e == 0)
			return false;
		k += e >> 16;
	}
	return k >= 128 || (k == 64 && (e & 255) != 0xF0);
}

static int sequential_block(struct scan *d, unsigned i)
{
	if (!dc_first(d, i))
		return fault(d, "no such DC code");
	if (!ac_block(d, d->s->ac[i]))
		return fault(d, "block is not well formed");
	return over(&d->b) ? fault(d, "") : 0;
}

/* A DC scan of a progressive picture. */
static int dc_block(struct scan *d, unsigned i)
{
	if (d->s->ah == 0) {
		if (!dc_first(d, i))
			return fault(d, "no such DC code");
	} else {
		refill(&d->b);
		drop(&d->b, 1);
	}
	return over(&d->b) ? fault(d, "") : 0;
}

/* The length of a run of ended bands, this one included. */
static inline uint32_t read_eobrun(struct bits *b, unsigned bits)
{
	uint32_t run = 1u << bits;

	return bits ? run + take(b, bits) : run;
}

/* First pass over a band: note which coefficients become non-zero. */
static int ac_first(struct scan *d, uint64_t *nonzero)
{
	struct bits *b = &d->b;
	unsigned k = d->s->ss, se = d->s->se;

	while (k <= se) {
		refill(b);
		uint32_t e = next_code(b, d->s, d->s->ac[0], false);
		unsigned size = e & 15, run = e >> 4 & 15;
		if (e == 0)
			return fault(d, "no such AC code");
		if (size == 0 && run != 15) {
			d->eobrun = read_eobrun(b, run);
			break;
		}
		k += run + 1;
		if (k > se + 1 || (size == 0 && k > se))
			return fault(d, "coefficient after the end of the band");
		if (size)
			*nonzero |= (uint64_t)1 << (k - 1);
	}
	return over(b) ? fault(d, "") : 0;
}

/* Drop up to 63 correction bits. */
static inline void drop_many(struct bits *b, unsigned n)
{
	if (n > 32) {
		refill(b);
		drop(b, 32);
		n -= 32;
	}
	refill(b);
	drop(b, n);
}

/* The bits `from`..`to` of a word; to < 64. */
static inline uint64_t band(unsigned from, unsigned to)
{
	return from > to ? 0 : ~(uint64_t)0 >> (63 - to) & ~(uint64_t)0 << from;
}

/*
 * A later pass: a run counts coefficients that were zero, and each non-zero one that is passed has
 * a correction bit.
 */
static int ac_refine(struct scan *d, uint64_t *nonzero)
{
	struct bits *b = &d->b;
	unsigned k = d->s->ss, se = d->s->se;
	uint64_t old = *nonzero;

	while (k <= se && d->eobrun == 0) {
		refill(b);
		uint32_t e = next_code(b, d->s, d->s->ac[0], false);
		unsigned size = e & 15, run = e >> 4 & 15;
		if (e == 0)
			return fault(d, "no such AC code");
		if (size == 0 && run != 15) {
			d->eobrun = read_eobrun(b, run);
			break;
		}
		drop(b, size); /* the sign */
		uint64_t zero = ~old & band(k, se);
		for (unsigned i = 0; i < run; i++)
			zero &= zero - 1;
		if (zero == 0)
			return fault(d, "run goes past the end of the band");
		unsigned at = (unsigned)__builtin_ctzll(zero);
		drop_many(b, (unsigned)__builtin_popcountll(old & band(k, at)));
		*nonzero |= (uint64_t)size << at;
		k = at + 1;
		if (size == 0 && k > se)
			return fault(d, "run of zeros ends the band");
	}
	if (d->eobrun)
		drop_many(b, (unsigned)__builtin_popcountll(old & band(k, se)));
	return over(b) ? fault(d, "") : 0;
}

/* A scan of one component: its own blocks in rows. */
static int scan_band(struct scan *d)
{
	struct sk_jpeg_component *comp = &d->j->comp[d->s->comp[0]];
	uint64_t blocks = (uint64_t)comp->wide * comp->high;

	for (uint64_t i = 0; i < blocks; i++) {
		int rc = 0;
		if (d->s->ah)
			rc = ac_refine(d, comp->nonzero + i);
		else if (d->eobrun == 0)
			rc = ac_first(d, comp->nonzero + i);
		if (rc)
			return rc;
		d->eobrun -= d->eobrun > 0;
	}
	return d->eobrun ? fault(d, "run of ended bands goes past the last block") : 0;
}

/* One MCU of a scan of several components. */
static inline int mcu(struct scan *d)
{
	for (unsigned i = 0; i < d->s->n; i++) {
		const struct sk_jpeg_component *comp = &d->j->comp[d->s->comp[i]];
		for (unsigned k = 0; k < (unsigned)comp->h * comp->v; k++) {
			int rc = d->j->progressive ? dc_block(d, i) : sequential_block(d, i);
			if (rc)
				return rc;
		}
	}
	return 0;
}

static int scan_blocks(struct scan *d)
{
	const struct sk_jpeg_component *comp = &d->j->comp[d->s->comp[0]];
	uint64_t n = (uint64_t)d->j->mcu_wide * d->j->mcu_high;
	int rc = 0;

	if (d->s->n > 1) {
		for (uint64_t i = 0; rc == 0 && i < n; i++)
			rc = mcu(d);
		return rc;
	}
	n = (uint64_t)comp->wide * comp->high;
	for (uint64_t i = 0; rc == 0 && i < n; i++)
		rc = d->j->progressive ? dc_block(d, 0) : sequential_block(d, 0);
	return rc;
}

/* Take out the stuffing; no FF may stand before anything but 00. */
static int unstuff(struct scan *d, struct sk_slice in, uint8_t *out)
{
	struct sk_reader r = sk_reader(in);
	uint8_t *w = out;

	while (sk_read_left(&r)) {
		const uint8_t *from = in.p + r.pos;
		const uint8_t *ff = memchr(from, 0xFF, sk_read_left(&r));
		size_t n = ff ? (size_t)(ff - from) + 1 : sk_read_left(&r);
		struct sk_slice run = sk_read_slice(&r, n);
		memcpy(w, run.p, run.n);
		w += run.n;
		if (ff && sk_read_u8(&r) != 0)
			return sk_fail(d->c, d->s->at + r.pos, "scan data: FF without 00");
	}
	memset(w, 0, TAIL);
	d->b = (struct bits){.start = out, .p = out, .end = w};
	return r.bad ? sk_fail(d->c, d->s->at + in.n, "scan data ends with FF") : 0;
}

/* The data is used up to the last byte, and that is filled with ones. */
static int check_end(struct scan *d)
{
	uint64_t used = used_bits(&d->b), bytes = (uint64_t)(d->b.end - d->b.start);
	unsigned rest = (unsigned)(-used & 7);

	if ((used + 7) / 8 != bytes)
		return sk_fail(d->c, d->s->at + used / 8, "scan data goes on after the last block");
	if (rest && (d->b.end[-1] & ((1u << rest) - 1)) != (1u << rest) - 1)
		return sk_fail(d->c, d->s->at + used / 8, "scan data is not filled with ones");
	for (unsigned i = 0; i < d->s->n; i++) {
		if (d->s->dc[i] && all_seen(d, d->s->dc[i]))
			return SK_EFORMAT;
		if (d->s->ac[i] && all_seen(d, d->s->ac[i]))
			return SK_EFORMAT;
	}
	return 0;
}

int sk_jpeg_scan_check(
    struct sk_check *c, struct sk_jpeg *j, struct sk_jpeg_scan *s, struct sk_slice data)
{
	struct scan d = {.c = c, .j = j, .s = s};
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < s->n; i++) {
		rc = s->dc[i] ? prepare(&d, s->dc[i], true) : 0;
		if (rc == 0 && s->ac[i])
			rc = prepare(&d, s->ac[i], false);
	}
	if (rc)
		return rc;
	uint8_t *plain = malloc(data.n + TAIL);
	if (plain == NULL)
		return SK_ENOMEM;
	rc = unstuff(&d, data, plain);
	if (rc == 0)
		rc = s->ss ? scan_band(&d) : scan_blocks(&d);
	if (rc == 0)
		rc = check_end(&d);
	free(plain);
	return rc;
}
