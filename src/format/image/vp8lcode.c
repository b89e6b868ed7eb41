/* Prefix codes of lossless WebP, read and written. Cleaner's jail. RFC 9649, 3.7.2. */
#include "format/image/vp8lcode.h"

#include <stdlib.h>

#define QUICK 8    /* bits of the table that is asked first */
#define META 19    /* symbols of the code that lengths are written in */
#define META_MAX 7 /* bits of one of its codes */
#define BEFORE 8   /* the length that a repeat stands for at the start */

static const uint8_t meta_order[META] = {
    17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/* The lowest n bits of v, the other way round. */
static unsigned mirrored(unsigned v, unsigned n)
{
	unsigned out = 0;

	for (unsigned i = 0; i < n; i++)
		out |= (v >> i & 1) << (n - 1 - i);
	return out;
}

unsigned sk_vp8l_long(struct sk_vp8l_in *in, const struct sk_vp8l_code *c)
{
	unsigned code = 0, first = 0, index = 0;

	for (unsigned len = 1; len <= c->longest; len++) {
		code |= (unsigned)(in->buf >> (len - 1)) & 1;
		if (code - first < c->count[len]) {
			sk_vp8l_drop(in, len);
			return c->sorted[index + code - first];
		}
		index += c->count[len];
		first = (first + c->count[len]) << 1;
		code <<= 1;
	}
	return 0; /* not reached: codes are complete */
}

/* Fill the table with the short codes; `sorted` has all symbols in the order of their codes. */
static void fill_quick(struct sk_vp8l_code *c)
{
	unsigned code = 0, at = 0;

	for (unsigned len = 1; len <= c->bits; len++, code <<= 1)
		for (unsigned i = 0; i < c->count[len]; i++, at++, code++)
			for (unsigned k = mirrored(code, len); k < 1U << c->bits; k += 1U << len)
				c->quick[k] = (uint16_t)(c->sorted[at] << 4 | len);
}

/* The codes fill the space of codes, or there is but one symbol, which takes no bits. */
static bool count_lengths(const uint8_t *length, unsigned n, struct sk_vp8l_code *c)
{
	uint32_t space = 0, used = 0;

	for (unsigned i = 0; i < n; i++)
		c->count[length[i]]++;
	c->count[0] = 0;
	for (unsigned len = 1; len <= SK_VP8L_LONGEST; len++) {
		used += c->count[len];
		space += (uint32_t)c->count[len] << (SK_VP8L_LONGEST - len);
		if (c->count[len])
			c->longest = (uint8_t)len;
	}
	if (used == 1)
		c->longest = 0;
	c->bits = c->longest < QUICK ? c->longest : QUICK;
	return used == 1 || space == 1U << SK_VP8L_LONGEST;
}

static int build(struct sk_arena *a, const uint8_t *length, unsigned n, struct sk_vp8l_code *c)
{
	unsigned next[SK_VP8L_LONGEST + 1], used = 0;

	*c = (struct sk_vp8l_code){0};
	if (!count_lengths(length, n, c))
		return SK_EFORMAT;
	for (unsigned len = 1; len <= SK_VP8L_LONGEST; len++) {
		next[len] = used;
		used += c->count[len];
	}
	c->sorted = sk_arena_array(a, used, sizeof(c->sorted[0]));
	c->quick = sk_arena_array(a, (size_t)1 << c->bits, sizeof(c->quick[0]));
	if (c->sorted == NULL || c->quick == NULL)
		return SK_ENOMEM;
	for (unsigned i = 0; i < n; i++)
		if (length[i])
			c->sorted[next[length[i]]++] = (uint16_t)i;
	if (c->longest)
		fill_quick(c);
	else
		c->quick[0] = (uint16_t)(c->sorted[0] << 4);
	return 0;
}

/* 3.7.2.1.1 */
static bool read_simple(struct sk_vp8l_in *in, unsigned n, uint8_t *length)
{
	unsigned two = sk_vp8l_take(in, 1), wide = sk_vp8l_take(in, 1) ? 8 : 1;
	unsigned first = sk_vp8l_take(in, wide), second = two ? sk_vp8l_take(in, 8) : first;

	if (first >= n || second >= n)
		return false;
	length[first] = length[second] = 1;
	return true;
}

/* 3.7.2.1.2: how many lengths one token stands for, and which. */
static unsigned read_token(
    struct sk_vp8l_in *in, const struct sk_vp8l_code *meta, uint8_t *before, uint8_t *value)
{
	sk_vp8l_fill(in);
	unsigned v = sk_vp8l_symbol(in, meta);

	*value = (uint8_t)(v < 16 ? v : v == 16 ? *before : 0);
	if (v < 16 && v)
		*before = (uint8_t)v;
	return v < 16    ? 1
	       : v == 16 ? 3 + sk_vp8l_take(in, 2)
	       : v == 17 ? 3 + sk_vp8l_take(in, 3)
			 : 11 + sk_vp8l_take(in, 7);
}

static int read_normal(struct sk_arena *a, struct sk_vp8l_in *in, unsigned n, uint8_t *length)
{
	uint8_t meta_length[META] = {0}, before = BEFORE, value;
	unsigned metas = 4 + sk_vp8l_take(in, 4), tokens = n;
	struct sk_vp8l_code meta;

	for (unsigned i = 0; i < metas; i++)
		meta_length[meta_order[i]] = (uint8_t)sk_vp8l_take(in, 3);
	int rc = build(a, meta_length, META, &meta);
	if (rc)
		return rc;
	if (sk_vp8l_take(in, 1)) {
		tokens = 2 + sk_vp8l_take(in, 2 + 2 * sk_vp8l_take(in, 3));
		if (tokens > n)
			return SK_EFORMAT;
	}
	for (unsigned at = 0; at < n && tokens; tokens--) {
		unsigned repeat = read_token(in, &meta, &before, &value);
		if (repeat > n - at)
			return SK_EFORMAT;
		memset(length + at, value, repeat);
		at += repeat;
	}
	return 0;
}

int sk_vp8l_read_code(struct sk_arena *a, struct sk_vp8l_in *in, unsigned n, struct sk_vp8l_code *c)
{
	uint8_t length[SK_VP8L_SYMBOLS] = {0};
	int rc = 0;

	if (sk_vp8l_take(in, 1))
		rc = read_simple(in, n, length) ? 0 : SK_EFORMAT;
	else
		rc = read_normal(a, in, n, length);
	if (rc == 0 && sk_vp8l_over(in))
		rc = SK_EFORMAT;
	return rc || c == NULL ? rc : build(a, length, n, c);
}

/* ---- writing ---- */

int sk_vp8l_flush(struct sk_vp8l_out *o)
{
	for (; o->have; o->have = o->have < 8 ? 0 : o->have - 8, o->buf >>= 8)
		sk_buf_putc(o->out, (uint8_t)o->buf);
	return o->out->err;
}

static int by_count(const void *a, const void *b)
{
	const struct sk_vp8l_leaf *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? -1 : 1;
	return x->symbol < y->symbol ? -1 : 1;
}

/* Join the two lightest nodes until one is left: Huffman's method, with the leaves sorted. */
static unsigned join(struct sk_vp8l_out *o, unsigned n)
{
	unsigned leaf = 0, inner = n, made = n;

	while (made < 2 * n - 1) {
		uint64_t sum = 0;
		for (unsigned k = 0; k < 2; k++) {
			bool take_leaf =
			    leaf < n && (inner == made || o->weight[leaf] <= o->weight[inner]);
			unsigned node = take_leaf ? leaf++ : inner++;
			sum += o->weight[node];
			o->parent[node] = (uint16_t)made;
		}
		o->weight[made++] = sum;
	}
	return made - 1;
}

/* Lengths of the codes of n > 1 leaves, at most `limit`: the rarest symbols count for more until
 * it holds. */
static void make_lengths(struct sk_vp8l_out *o, unsigned n, unsigned limit)
{
	uint16_t *depth = o->parent; /* of a node, once its parent's is known */
	unsigned longest;

	for (uint64_t least = 1;; least *= 2) {
		for (unsigned i = 0; i < n; i++)
			o->weight[i] = o->leaf[i].count > least ? o->leaf[i].count : least;
		unsigned root = join(o, n);
		depth[root] = 0;
		for (unsigned i = root; i-- > 0;)
			depth[i] = (uint16_t)(depth[depth[i]] + 1);
		longest = depth[0];
		for (unsigned i = 0; i < n; i++)
			longest = depth[i] > longest ? depth[i] : longest;
		if (longest <= limit)
			break;
	}
	for (unsigned i = 0; i < n; i++)
		o->length[o->leaf[i].symbol] = (uint8_t)depth[i];
}

/* Lengths of all symbols of an alphabet; how many occur. */
static unsigned measure(struct sk_vp8l_out *o, const uint32_t *count, unsigned n, unsigned limit)
{
	unsigned used = 0;

	memset(o->length, 0, n);
	for (unsigned i = 0; i < n; i++)
		if (count[i])
			o->leaf[used++] = (struct sk_vp8l_leaf){count[i], (uint16_t)i};
	if (used == 1)
		o->length[o->leaf[0].symbol] = 1;
	if (used < 2)
		return used;
	qsort(o->leaf, used, sizeof(o->leaf[0]), by_count);
	make_lengths(o, used, limit);
	return used;
}

/* Codes from lengths; one symbol alone takes no bits. */
static void assign(const uint8_t *length, unsigned n, unsigned used, uint32_t *sym)
{
	unsigned count[SK_VP8L_LONGEST + 2] = {0}, next[SK_VP8L_LONGEST + 2] = {0};

	for (unsigned i = 0; i < n; i++)
		count[length[i]]++;
	count[0] = 0;
	for (unsigned len = 1; len <= SK_VP8L_LONGEST; len++)
		next[len] = (next[len - 1] + count[len - 1]) << 1;
	for (unsigned i = 0; i < n; i++) {
		unsigned len = length[i];
		sym[i] = len && used > 1 ? mirrored(next[len]++, len) | len << 16 : 0;
	}
}

static void put_simple(struct sk_vp8l_out *o, unsigned used, unsigned first, unsigned second)
{
	sk_vp8l_put(o, 1, 1);
	sk_vp8l_put(o, used > 1, 1);
	sk_vp8l_put(o, first > 1, 1);
	sk_vp8l_put(o, first, first > 1 ? 8 : 1);
	if (used > 1)
		sk_vp8l_put(o, second, 8);
}

/* Add the tokens of `run` equal lengths at the end of the list. */
static unsigned put_run(struct sk_vp8l_out *o, unsigned at, unsigned run, uint8_t value, bool again)
{
	if (!again) {
		o->token[at] = value;
		o->extra[at++] = 0;
		run--;
	}
	while (run) {
		unsigned n = run, token = value, extra = 0;
		if (value == 0 && run >= 11) {
			n = run < 138 ? run : 138;
			token = 18;
			extra = n - 11;
		} else if (run >= 3) {
			unsigned most = value ? 6 : 10;
			n = run < most ? run : most;
			token = value ? 16 : 17;
			extra = n - 3;
		} else {
			n = 1;
		}
		o->token[at] = (uint8_t)token;
		o->extra[at++] = (uint8_t)extra;
		run -= n;
	}
	return at;
}

/* The lengths of n symbols as tokens; those at the end that only say "none" are left out. */
static unsigned tokens_of(struct sk_vp8l_out *o, unsigned n)
{
	uint8_t before = BEFORE;
	unsigned tokens = 0;

	while (n && o->length[n - 1] == 0)
		n--;
	for (unsigned i = 0, run; i < n; i += run) {
		uint8_t v = o->length[i];
		for (run = 1; i + run < n && o->length[i + run] == v;)
			run++;
		tokens = put_run(o, tokens, run, v, v == 0 || v == before);
		before = v ? v : before;
	}
	return tokens;
}

static void put_meta(struct sk_vp8l_out *o, uint32_t meta[META], unsigned tokens)
{
	unsigned used, metas = META;

	memset(meta, 0, META * sizeof(meta[0]));
	for (unsigned i = 0; i < tokens; i++)
		meta[o->token[i]]++;
	used = measure(o, meta, META, META_MAX);
	while (metas > 4 && o->length[meta_order[metas - 1]] == 0)
		metas--;
	sk_vp8l_put(o, metas - 4, 4);
	for (unsigned i = 0; i < metas; i++)
		sk_vp8l_put(o, o->length[meta_order[i]], 3);
	assign(o->length, META, used, meta);
}

static void put_normal(struct sk_vp8l_out *o, unsigned n)
{
	static const uint8_t widths[META] = {[16] = 2, [17] = 3, [18] = 7};
	uint32_t meta[META];
	bool whole = o->length[n - 1] != 0;
	unsigned tokens = tokens_of(o, n), pairs = 0;

	sk_vp8l_put(o, 0, 1);
	/* A limit of one token cannot be written. */
	if (tokens < 2) {
		o->token[1] = o->extra[1] = 0;
		tokens = 2;
	}
	put_meta(o, meta, tokens);
	sk_vp8l_put(o, !whole, 1);
	if (!whole) {
		while ((tokens - 2) >> (2 * pairs + 2))
			pairs++;
		sk_vp8l_put(o, pairs, 3);
		sk_vp8l_put(o, tokens - 2, 2 * pairs + 2);
	}
	for (unsigned i = 0; i < tokens; i++) {
		sk_vp8l_put_symbol(o, meta, o->token[i]);
		sk_vp8l_put(o, o->extra[i], widths[o->token[i]]);
	}
}

void sk_vp8l_put_code(struct sk_vp8l_out *o, uint32_t *sym, unsigned n)
{
	unsigned used = measure(o, sym, n, SK_VP8L_LONGEST), first = 0, second = 0;

	for (unsigned i = 0; i < used && i < 2; i++) {
		second = first;
		first = o->leaf[i].symbol;
	}
	if (used > 1 && first > second) {
		unsigned swap = first;
		first = second;
		second = swap;
	}
	assign(o->length, n, used, sym);
	if (used <= 2 && first < 256 && second < 256)
		put_simple(o, used, first, second);
	else
		put_normal(o, n);
}
