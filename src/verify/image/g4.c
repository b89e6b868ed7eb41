/*
 * The T.6 decoder: two-dimensional coding of rows (ITU-T T.6, 2.2), run lengths of ITU-T T.4 tables
 * 2 and 3. A row is kept as the places where its colour changes. Verifier's jail.
 */
#include "verify/image/g4.h"

#define LONGEST 13 /* bits of a run length code */

enum { TERMINATING = 64, MAKE_UP = 104 };

/* Run lengths 0 to 63, then 64, 128 … 2560: white and black. */
static const char *const white_codes[104] = {"00110101", "000111", "0111", "1000", "1011", "1100",
    "1110", "1111", "10011", "10100", "00111", "01000", "001000", "000011", "110100", "110101",
    "101010", "101011", "0100111", "0001100", "0001000", "0010111", "0000011", "0000100", "0101000",
    "0101011", "0010011", "0100100", "0011000", "00000010", "00000011", "00011010", "00011011",
    "00010010", "00010011", "00010100", "00010101", "00010110", "00010111", "00101000", "00101001",
    "00101010", "00101011", "00101100", "00101101", "00000100", "00000101", "00001010", "00001011",
    "01010010", "01010011", "01010100", "01010101", "00100100", "00100101", "01011000", "01011001",
    "01011010", "01011011", "01001010", "01001011", "00110010", "00110011", "00110100", "11011",
    "10010", "010111", "0110111", "00110110", "00110111", "01100100", "01100101", "01101000",
    "01100111", "011001100", "011001101", "011010010", "011010011", "011010100", "011010101",
    "011010110", "011010111", "011011000", "011011001", "011011010", "011011011", "010011000",
    "010011001", "010011010", "011000", "010011011", "00000001000", "00000001100", "00000001101",
    "000000010010", "000000010011", "000000010100", "000000010101", "000000010110", "000000010111",
    "000000011100", "000000011101", "000000011110", "000000011111"};

static const char *const black_codes[104] = {"0000110111", "010", "11", "10", "011", "0011", "0010",
    "00011", "000101", "000100", "0000100", "0000101", "0000111", "00000100", "00000111",
    "000011000", "0000010111", "0000011000", "0000001000", "00001100111", "00001101000",
    "00001101100", "00000110111", "00000101000", "00000010111", "00000011000", "000011001010",
    "000011001011", "000011001100", "000011001101", "000001101000", "000001101001", "000001101010",
    "000001101011", "000011010010", "000011010011", "000011010100", "000011010101", "000011010110",
    "000011010111", "000001101100", "000001101101", "000011011010", "000011011011", "000001010100",
    "000001010101", "000001010110", "000001010111", "000001100100", "000001100101", "000001010010",
    "000001010011", "000000100100", "000000110111", "000000111000", "000000100111", "000000101000",
    "000001011000", "000001011001", "000000101011", "000000101100", "000001011010", "000001100110",
    "000001100111", "0000001111", "000011001000", "000011001001", "000001011011", "000000110011",
    "000000110100", "000000110101", "0000001101100", "0000001101101", "0000001001010",
    "0000001001011", "0000001001100", "0000001001101", "0000001110010", "0000001110011",
    "0000001110100", "0000001110101", "0000001110110", "0000001110111", "0000001010010",
    "0000001010011", "0000001010100", "0000001010101", "0000001011010", "0000001011011",
    "0000001100100", "0000001100101", "00000001000", "00000001100", "00000001101", "000000010010",
    "000000010011", "000000010100", "000000010101", "000000010110", "000000010111", "000000011100",
    "000000011101", "000000011110", "000000011111"};

struct sk_g4 {
	struct sk_check *c;
	uint64_t at;
	struct sk_slice in;
	uint64_t pos; /* in bits */
	uint32_t w;
	/* the changes of the row above and of this row, ended by w; this row has n */
	uint32_t *above, *row;
	uint32_t n;
	/* by colour and the next bits: entry of the list << 4 | length, 0 when there is no such
	 * code */
	uint16_t look[2][1 << LONGEST];
};

static void enter(uint16_t *look, const char *code, unsigned entry)
{
	size_t len = strlen(code);
	unsigned v = 0;

	for (size_t i = 0; i < len; i++)
		v = v << 1 | (code[i] == '1');
	v <<= LONGEST - len;
	for (unsigned i = 0; i < 1u << (LONGEST - len); i++)
		look[v + i] = (uint16_t)(entry << 4 | len);
}

struct sk_g4 *sk_g4_new(struct sk_check *c, uint32_t w)
{
	struct sk_g4 *g = sk_arena_alloc(c->arena, sizeof(*g));

	if (g == NULL)
		return NULL;
	g->c = c;
	g->w = w;
	g->above = sk_arena_array(c->arena, (size_t)w + 3, sizeof(*g->above));
	g->row = sk_arena_array(c->arena, (size_t)w + 3, sizeof(*g->row));
	if (g->above == NULL || g->row == NULL)
		return NULL;
	for (unsigned i = 0; i < MAKE_UP; i++) {
		enter(g->look[0], white_codes[i], i);
		enter(g->look[1], black_codes[i], i);
	}
	return g;
}

static int fault(struct sk_g4 *g, const char *what)
{
	return sk_fail(g->c, g->at + g->pos / 8, "T.6 data: %s", what);
}

/* The next 24 bits; zeros behind the end. */
static uint32_t peek(const struct sk_g4 *g)
{
	struct sk_reader r = sk_reader(sk_slice_sub(g->in, (size_t)(g->pos / 8), 4));
	uint32_t v = 0;

	for (int i = 0; i < 4; i++)
		v = v << 8 | (sk_read_left(&r) ? sk_read_u8(&r) : 0);
	return v << (g->pos & 7) >> 8;
}

/* A run of a colour: make-up codes, then a terminating one. */
static int run(struct sk_g4 *g, unsigned colour, uint32_t *length)
{
	uint32_t total = 0;

	for (;;) {
		unsigned e = g->look[colour][peek(g) >> (24 - LONGEST)], entry = e >> 4;
		if (e == 0)
			return fault(g, "no such run length");
		g->pos += e & 15;
		total += entry < TERMINATING ? entry : (entry - TERMINATING + 1) * 64;
		if (total > g->w)
			return fault(g, "run goes past the row");
		if (entry < TERMINATING)
			break;
	}
	*length = total;
	return 0;
}

/* The colour changes at x. Only the first change may be at the start. */
static int change(struct sk_g4 *g, uint32_t x)
{
	if (x > g->w || (g->n && x <= g->row[g->n - 1]))
		return fault(g, "change of colour out of order");
	if (x < g->w)
		g->row[g->n++] = x;
	return 0;
}

/* Horizontal mode: two runs from a0. */
static int horizontal(struct sk_g4 *g, unsigned colour, uint32_t *a0)
{
	uint32_t one, two;
	int rc = run(g, colour, &one);

	if (rc == 0)
		rc = run(g, !colour, &two);
	if (rc)
		return rc;
	if (one > g->w - *a0 || two > g->w - *a0 - one)
		return fault(g, "run goes past the row");
	if ((one == 0 && *a0) || (two == 0 && *a0 + one < g->w))
		return fault(g, "empty run");
	rc = change(g, *a0 + one);
	*a0 += one + two;
	if (rc == 0 && two)
		rc = change(g, *a0);
	return rc;
}

/*
 * The code of a mode (T.6 table 1) at the top of 24 bits: its length, and what it says: -3..3
 * vertical, or one of the others.
 */
enum { PASS = 10, HORIZONTAL, NONE };

static int mode(uint32_t bits, unsigned *length)
{
	static const struct {
		uint8_t length, code;
		int8_t mode;
	} modes[] = {{1, 1, 0}, {3, 3, 1}, {3, 2, -1}, {3, 1, HORIZONTAL}, {4, 1, PASS}, {6, 3, 2},
	    {6, 2, -2}, {7, 3, 3}, {7, 2, -3}};

	for (unsigned i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (bits >> (24 - modes[i].length) == modes[i].code) {
			*length = modes[i].length;
			return modes[i].mode;
		}
	return NONE;
}

/* One row against the row above. */
static int read_row(struct sk_g4 *g)
{
	uint32_t a0 = 0, b = 0;
	unsigned colour = 0, length = 0;
	bool start = true; /* a0 stands before the first pixel */
	int rc = 0;

	g->n = 0;
	while (rc == 0 && (a0 < g->w || start)) {
		/* b1: the first change above behind a0, to the colour that is not this one */
		while (b > 0 && g->above[b - 1] > a0)
			b--;
		while (g->above[b] < g->w && (g->above[b] < a0 + !start || (b & 1) != colour))
			b++;
		uint32_t b1 = g->above[b], b2 = b1 < g->w ? g->above[b + 1] : b1;
		int m = mode(peek(g), &length);
		g->pos += length;
		if (m == NONE)
			return fault(g, "no such mode");
		if (m == PASS) {
			if (b2 >= g->w)
				return fault(g, "pass mode to the end of the row");
			a0 = b2;
		} else if (m == HORIZONTAL) {
			rc = horizontal(g, colour, &a0);
		} else if ((m < 0 && b1 < (uint32_t)-m) || b1 + (uint32_t)m > g->w ||
			   (!start && b1 + (uint32_t)m <= a0)) {
			rc = fault(g, "change of colour out of order");
		} else {
			a0 = b1 + (uint32_t)m;
			rc = change(g, a0);
			colour = !colour;
		}
		start = false;
	}
	return rc;
}

int sk_g4_check(struct sk_g4 *g, uint64_t at, struct sk_slice in, uint32_t rows)
{
	g->at = at;
	g->in = in;
	g->pos = 0;
	g->above[0] = g->above[1] = g->w;
	for (uint32_t y = 0; y < rows; y++) {
		int rc = read_row(g);
		if (rc)
			return rc;
		uint32_t *t = g->above;
		g->above = g->row;
		g->row = t;
		g->above[g->n] = g->above[g->n + 1] = g->w;
		if (g->pos > (uint64_t)in.n * 8)
			return fault(g, "ends too early");
	}
	if (peek(g) != 0x001001)
		return fault(g, "no end code behind the last row");
	g->pos += 24;
	if ((g->pos + 7) / 8 != in.n)
		return fault(g, "bytes after the end code");
	return g->pos % 8 && peek(g) >> (16 + g->pos % 8) ? fault(g, "bits after the end code") : 0;
}
