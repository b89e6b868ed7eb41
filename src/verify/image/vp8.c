/*
 * A lossy WebP picture: a VP8 key frame (RFC 6386). Headers, modes and tokens of all macroblocks
 * are decoded by the boolean decoder; values are not kept, no pixel is made. Verifier's jail.
 */
#include "verify/image/vp8.h"

#include "verify/image/image.h"

/* Bytes of a partition that may stay unread: what a boolean encoder writes out when it ends. */
#define REST_MAX 4

/* Modes of 4 × 4 blocks in the order of the probabilities. */
enum { B_DC, B_TM, B_VE, B_HE, B_RD, B_VR, B_LD, B_VL, B_HD, B_HU };

/* Kinds of blocks in the order of the token probabilities. */
enum { Y_AFTER_Y2, Y2, CHROMA, Y_WITH_DC };

struct boolean {
	uint64_t value;
	int bits; /* of value below the eight that are compared */
	uint32_t range;
	const uint8_t *p, *end;
	unsigned pad; /* bytes of zeros fed behind the end */
};

/* Which blocks above or to the left had tokens. */
struct context {
	uint8_t y[4], uv[2][2], y2;
	uint8_t mode[4];
};

struct vp8 {
	struct sk_check *c;
	uint64_t at;
	struct sk_slice in;
	uint32_t w, h;
	struct boolean first, part[8];
	unsigned parts;
	uint8_t probs[4][8][3][11];
	uint8_t segment_probs[3];
	bool map, skips;
	uint8_t skip_prob;
	uint32_t wide, high; /* macroblocks */
	struct context *above, left;
};

static void start(struct boolean *b, struct sk_slice s)
{
	*b = (struct boolean){.bits = -8, .range = 255, .p = s.p, .end = s.p + s.n};
}

static __attribute__((noinline)) void load(struct boolean *b)
{
	if (b->end - b->p >= 8) {
		uint64_t word;
		memcpy(&word, b->p, 8);
		b->value = b->value << 48 | __builtin_bswap64(word) >> 16;
		b->p += 6;
		b->bits += 48;
		return;
	}
	b->value <<= 8;
	b->bits += 8;
	if (b->p < b->end)
		b->value |= *b->p++;
	else
		b->pad += b->pad < 1000;
}

/* RFC 6386, 7.3. */
static inline unsigned get(struct boolean *b, unsigned prob)
{
	if (b->bits < 0)
		load(b);
	uint32_t split = 1 + ((b->range - 1) * prob >> 8);
	uint64_t big = (uint64_t)split << b->bits;
	unsigned bit = b->value >= big;
	if (bit) {
		b->value -= big;
		b->range -= split;
	} else {
		b->range = split;
	}
	unsigned shift = (unsigned)__builtin_clz(b->range) - 24;
	b->range <<= shift;
	b->bits -= (int)shift;
	return bit;
}

static unsigned literal(struct boolean *b, unsigned n)
{
	unsigned v = 0;

	while (n--)
		v = v << 1 | get(b, 128);
	return v;
}

/* An optional value with a sign. */
static void optional(struct boolean *b, unsigned n)
{
	if (get(b, 128))
		literal(b, n + 1);
}

/* Bytes that were never needed; negative when there were too few. */
static int64_t unread(const struct boolean *b)
{
	return b->end - b->p + (b->bits >= 0 ? b->bits / 8 : 0) - b->pad;
}

static int check_end(struct vp8 *d, const struct boolean *b, const char *what)
{
	if (unread(b) < 0)
		return sk_fail(d->c, d->at, "VP8: %s ends too early", what);
	if (unread(b) > REST_MAX)
		return sk_fail(d->c, d->at, "VP8: %s has bytes that are not used", what);
	return 0;
}

/* 9.3: segments. */
static void segmentation(struct vp8 *d)
{
	struct boolean *b = &d->first;

	if (!get(b, 128))
		return;
	d->map = get(b, 128);
	if (get(b, 128)) {
		literal(b, 1);
		for (int i = 0; i < 4; i++)
			optional(b, 7);
		for (int i = 0; i < 4; i++)
			optional(b, 6);
	}
	for (int i = 0; d->map && i < 3; i++)
		d->segment_probs[i] = get(b, 128) ? (uint8_t)literal(b, 8) : 255;
}

/* 9.6: the loop filter and its adjustments. */
static void loop_filter(struct boolean *b)
{
	literal(b, 1 + 6 + 3);
	if (get(b, 128) && get(b, 128))
		for (int i = 0; i < 8; i++)
			optional(b, 6);
}

/* 13.4 */
static void token_probs(struct vp8 *d)
{
	const uint8_t *update = &sk_vp8_update_probs[0][0][0][0];
	uint8_t *prob = &d->probs[0][0][0][0];

	memcpy(d->probs, sk_vp8_token_probs, sizeof(d->probs));
	for (size_t i = 0; i < sizeof(d->probs); i++)
		if (get(&d->first, update[i]))
			prob[i] = (uint8_t)literal(&d->first, 8);
}

/* 9.5: the sizes of the token partitions, and what they hold; all bytes belong to one. */
static int partitions(struct vp8 *d, struct sk_reader *r)
{
	struct sk_reader sizes = sk_reader(sk_read_slice(r, 3 * ((size_t)d->parts - 1)));

	for (unsigned i = 0; i < d->parts; i++) {
		size_t n = i + 1 < d->parts ? sk_read_u24le(&sizes) : sk_read_left(r);
		start(&d->part[i], sk_read_slice(r, n));
	}
	return r->bad || sizes.bad ? sk_fail(d->c, d->at, "VP8: a partition is cut off") : 0;
}

/* 9.1 and 9.2: the ten bytes before the first partition. */
static int frame_tag(struct vp8 *d, struct sk_reader *r, size_t *first)
{
	uint32_t tag = sk_read_u24le(r), code = sk_read_u24be(r);

	d->w = sk_read_u16le(r);
	d->h = sk_read_u16le(r);
	*first = tag >> 5;
	if (r->bad || tag & 1 || (tag >> 1 & 7) > 3 || !(tag >> 4 & 1))
		return sk_fail(d->c, d->at, "VP8: not a key frame that is shown");
	if (code != 0x9D012A)
		return sk_fail(d->c, d->at, "VP8: start code");
	if (d->w >> 14 || d->h >> 14)
		return sk_fail(d->c, d->at, "VP8: frame is to be scaled");
	return sk_vimg_size(d->c, d->at, d->w, d->h);
}

static int headers(struct vp8 *d, struct sk_reader *r, size_t first)
{
	struct boolean *b = &d->first;
	struct sk_slice s = sk_read_slice(r, first);

	if (r->bad)
		return sk_fail(d->c, d->at, "VP8: the first partition is cut off");
	start(b, s);
	if (get(b, 128))
		return sk_fail(d->c, d->at, "VP8: colour space");
	literal(b, 1);
	segmentation(d);
	loop_filter(b);
	d->parts = 1u << literal(b, 2);
	int rc = partitions(d, r);
	if (rc)
		return rc;
	literal(b, 7);
	for (int i = 0; i < 5; i++)
		optional(b, 4);
	literal(b, 1);
	token_probs(d);
	d->skips = get(b, 128);
	if (d->skips)
		d->skip_prob = (uint8_t)literal(b, 8);
	return 0;
}

/* 11.2 to 11.4, the tree of the modes of a 4 × 4 block: node i asks probability i. */
static unsigned block_mode(struct boolean *b, const uint8_t *p)
{
	if (!get(b, p[0]))
		return B_DC;
	if (!get(b, p[1]))
		return B_TM;
	if (!get(b, p[2]))
		return B_VE;
	if (!get(b, p[3])) {
		if (!get(b, p[4]))
			return B_HE;
		return get(b, p[5]) ? B_VR : B_RD;
	}
	if (!get(b, p[6]))
		return B_LD;
	if (!get(b, p[7]))
		return B_VL;
	return get(b, p[8]) ? B_HU : B_HD;
}

static void block_modes(struct boolean *b, struct context *above, struct context *left)
{
	for (int y = 0; y < 4; y++)
		for (int x = 0; x < 4; x++) {
			unsigned m =
			    block_mode(b, sk_vp8_mode_probs[above->mode[x]][left->mode[y]]);
			above->mode[x] = left->mode[y] = (uint8_t)m;
		}
}

/* The header of a macroblock. *blocks: its luma is predicted by 4 × 4; *skip: it has no tokens. */
static void macroblock_header(struct vp8 *d, struct context *above, bool *blocks, bool *skip)
{
	struct boolean *b = &d->first;

	if (d->map)
		get(b, d->segment_probs[get(b, d->segment_probs[0]) ? 2 : 1]);
	*skip = d->skips && get(b, d->skip_prob);
	*blocks = !get(b, 145);
	if (*blocks) {
		block_modes(b, above, &d->left);
	} else {
		unsigned m =
		    get(b, 156) ? (get(b, 128) ? B_TM : B_HE) : (get(b, 163) ? B_VE : B_DC);
		memset(above->mode, (int)m, 4);
		memset(d->left.mode, (int)m, 4);
	}
	if (get(b, 142) && get(b, 114))
		get(b, 183);
}

/* 13.2: the extra bits of a large value, after the token has said "more than four". */
static void large_value(struct boolean *b, const uint8_t *p)
{
	static const uint8_t extra[4][12] = {{173, 148, 140}, {176, 155, 140, 135},
	    {180, 157, 141, 134, 130}, {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}};

	if (!get(b, p[6])) {
		if (!get(b, p[7])) {
			get(b, 159);
		} else {
			get(b, 165);
			get(b, 145);
		}
		return;
	}
	unsigned high = get(b, p[8]);
	for (const uint8_t *e = extra[2 * high + get(b, p[9 + high])]; *e; e++)
		get(b, *e);
}

/* 13: the tokens of a block from coefficient n on. True when it has any but the end. */
static bool tokens(struct boolean *b, const uint8_t probs[8][3][11], unsigned n, unsigned ctx)
{
	static const uint8_t band[17] = {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0};
	const uint8_t *p = probs[band[n]][ctx];

	if (!get(b, p[0]))
		return false;
	for (;;) {
		while (!get(b, p[1])) {
			if (++n == 16)
				return true;
			p = probs[band[n]][0];
		}
		unsigned size = 1;
		if (get(b, p[2])) {
			size = 2;
			if (get(b, p[3]))
				large_value(b, p);
			else if (get(b, p[4]))
				get(b, p[5]);
		}
		get(b, 128);
		if (++n == 16)
			return true;
		p = probs[band[n]][size];
		if (!get(b, p[0]))
			return true;
	}
}

/* The 25 or 24 blocks of a macroblock. */
static void residuals(struct vp8 *d, struct boolean *b, struct context *above, bool blocks)
{
	struct context *left = &d->left;
	unsigned from = blocks ? 0 : 1;
	const uint8_t(*luma)[3][11] = d->probs[blocks ? Y_WITH_DC : Y_AFTER_Y2];

	if (!blocks)
		above->y2 = left->y2 = tokens(b, d->probs[Y2], 0, (unsigned)above->y2 + left->y2);
	for (int y = 0; y < 4; y++)
		for (int x = 0; x < 4; x++)
			above->y[x] = left->y[y] =
			    tokens(b, luma, from, (unsigned)above->y[x] + left->y[y]);
	for (int i = 0; i < 4 * 2; i++) {
		uint8_t *a = &above->uv[i / 4][i % 2], *l = &left->uv[i / 4][i / 2 % 2];
		*a = *l = tokens(b, d->probs[CHROMA], 0, (unsigned)*a + *l);
	}
}

/* A macroblock without tokens: what lies around sees none; Y2 only when it would have had one. */
static void clear(struct context *x, bool blocks)
{
	memset(x->y, 0, sizeof(x->y));
	memset(x->uv, 0, sizeof(x->uv));
	if (!blocks)
		x->y2 = 0;
}

static int macroblocks(struct vp8 *d)
{
	for (uint32_t y = 0; y < d->high; y++) {
		struct boolean *b = &d->part[y & (d->parts - 1)];
		d->left = (struct context){0};
		for (uint32_t x = 0; x < d->wide; x++) {
			bool blocks, skip;
			macroblock_header(d, &d->above[x], &blocks, &skip);
			if (!skip) {
				residuals(d, b, &d->above[x], blocks);
				continue;
			}
			clear(&d->above[x], blocks);
			clear(&d->left, blocks);
		}
		if (unread(&d->first) < 0 || unread(b) < 0)
			return sk_fail(d->c, d->at, "VP8: a partition ends too early");
	}
	return 0;
}

static int check_frame(void *ctx)
{
	struct vp8 *d = ctx;
	struct sk_reader r = sk_reader(d->in);
	size_t first = 0;
	int rc = frame_tag(d, &r, &first);

	if (rc || (rc = headers(d, &r, first)))
		return rc;
	d->wide = (d->w + 15) / 16;
	d->high = (d->h + 15) / 16;
	d->above = sk_arena_array(d->c->arena, d->wide, sizeof(*d->above));
	if (d->above == NULL)
		return SK_ENOMEM;
	rc = macroblocks(d);
	if (rc == 0)
		rc = check_end(d, &d->first, "the first partition");
	for (unsigned i = 0; rc == 0 && i < d->parts; i++)
		rc = check_end(d, &d->part[i], "a partition");
	return rc;
}

int sk_vp8_check(struct sk_check *c, uint64_t at, struct sk_slice in, uint32_t *w, uint32_t *h)
{
	struct vp8 d = {.c = c, .at = at, .in = in};
	int rc = sk_vimg_apart(c, check_frame, &d);

	*w = d.w;
	*h = d.h;
	return rc;
}
