/*
 * -lh5- of LHA: Huffman codes in blocks, a window of 8 KiB. Codes of lengths, then of characters and lengths, then of
 * distances, each anew with every block (Okumura and Yoshizaki's ar002, as LHA documents it). Cleaner's jail.
 */
#include "base/err.h"
#include "format/ichitaro/ichitaro.h"

#define CODES 510U /* 256 characters and lengths of 3 to 256 */
#define LENGTHS 19U
#define DISTANCES 14U
#define WINDOW 8192U
#define LONGEST 16U

struct code {
	uint16_t first[LONGEST + 2], count[LONGEST + 1]; /* by length */
	uint16_t symbols[CODES];
	int only; /* the one symbol of a code without bits, or -1 */
};

struct lh5 {
	struct sk_slice in;
	size_t bit;
	bool bad;
	struct code codes, lengths, distances;
};

static unsigned bits(struct lh5 *l, unsigned n)
{
	unsigned v = 0;

	for (unsigned i = 0; i < n; i++, l->bit++) {
		size_t at = l->bit / 8;
		if (at >= l->in.n)
			l->bad = true;
		v = v << 1 | (at < l->in.n ? l->in.p[at] >> (7 - l->bit % 8) & 1U : 0);
	}
	return v;
}

/* Canonical codes by their lengths; too many of one length do not fit. */
static bool make_code(struct code *c, const uint8_t *len, unsigned n)
{
	unsigned space = 0, at = 0;

	*c = (struct code){.only = -1};
	for (unsigned i = 0; i < n; i++)
		c->count[len[i]]++;
	c->count[0] = 0;
	for (unsigned bits = 1; bits <= LONGEST; bits++) {
		c->first[bits] = (uint16_t)at;
		for (unsigned i = 0; i < n; i++)
			if (len[i] == bits)
				c->symbols[at++] = (uint16_t)i;
		space += (unsigned)c->count[bits] << (LONGEST - bits);
	}
	return space <= 1U << LONGEST;
}

static unsigned symbol(struct lh5 *l, const struct code *c)
{
	unsigned code = 0, first = 0;

	if (c->only >= 0)
		return (unsigned)c->only;
	for (unsigned n = 1; n <= LONGEST; n++) {
		code = code << 1 | bits(l, 1);
		if (code - first < c->count[n])
			return c->symbols[c->first[n] + (code - first)];
		first = (first + c->count[n]) << 1;
	}
	l->bad = true;
	return 0;
}

static void only(struct lh5 *l, struct code *c, unsigned width, unsigned most)
{
	unsigned s = bits(l, width);

	*c = (struct code){.only = (int)s};
	l->bad = l->bad || s >= most;
}

/* Lengths of 0 to 6 in three bits, longer ones by as many ones as they are longer. */
static unsigned short_length(struct lh5 *l)
{
	unsigned n = bits(l, 3);

	if (n == 7)
		while (n < LONGEST && bits(l, 1))
			n++;
	return n;
}

/* `special`: behind that many, two bits say how many are not there. */
static void read_small(
    struct lh5 *l, struct code *c, unsigned most, unsigned width, unsigned special)
{
	uint8_t len[LENGTHS] = {0};
	unsigned n = bits(l, width);

	if (n == 0) {
		only(l, c, width, most);
		return;
	}
	for (unsigned i = 0; i < n && i < most && !l->bad;) {
		len[i++] = (uint8_t)short_length(l);
		if (i == special)
			i += bits(l, 2);
	}
	l->bad = l->bad || n > most || !make_code(c, len, most);
}

static void read_codes(struct lh5 *l)
{
	uint8_t len[CODES] = {0};
	unsigned n = bits(l, 9);

	if (n == 0) {
		only(l, &l->codes, 9, CODES);
		return;
	}
	for (unsigned i = 0; i < n && i < CODES && !l->bad;) {
		unsigned s = symbol(l, &l->lengths);
		if (s == 0)
			i += 1;
		else if (s == 1)
			i += bits(l, 4) + 3;
		else if (s == 2)
			i += bits(l, 9) + 20;
		else
			len[i++] = (uint8_t)(s - 2);
	}
	l->bad = l->bad || n > CODES || !make_code(&l->codes, len, CODES);
}

static unsigned distance(struct lh5 *l)
{
	unsigned s = symbol(l, &l->distances);

	return s < 2 ? s : (1U << (s - 1)) + bits(l, s - 1);
}

/* What lies before the beginning is a blank. */
static size_t copy(struct lh5 *l, uint8_t *out, size_t at, size_t size, unsigned n)
{
	size_t back = (size_t)distance(l) + 1;

	for (; n && at < size; n--, at++)
		out[at] = back <= at ? out[at - back] : ' ';
	l->bad = l->bad || n || back > WINDOW;
	return at;
}

int ich_lh5(struct sk_slice in, uint8_t *out, size_t size)
{
	struct lh5 l = {.in = in};
	unsigned left = 0;

	for (size_t at = 0; at < size && !l.bad;) {
		if (left == 0) {
			left = bits(&l, 16);
			read_small(&l, &l.lengths, LENGTHS, 5, 3);
			read_codes(&l);
			read_small(&l, &l.distances, DISTANCES, 4, LENGTHS);
			l.bad = l.bad || left == 0;
			continue;
		}
		left--;
		unsigned s = symbol(&l, &l.codes);
		if (s < 256)
			out[at++] = (uint8_t)s;
		else
			at = copy(&l, out, at, size, s - 253);
	}
	return l.bad ? SK_EFORMAT : 0;
}
