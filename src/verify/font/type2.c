/*
 * Follows Type 2 charstrings (Adobe TN 5177) without drawing. The profile leaves only outlines:
 * moves, lines, curves, one endchar. Numbers have their shortest form; the pen stays within 16
 * bits. Verifier's jail.
 */
#include "verify/font/font.h"

enum {
	MAX_STACK = 48, /* TN 5177 appendix B */
	MAX_LENGTH = 65535,
	FIXED = 65536, /* all coordinates are counted in 1/65536 */
	MAX_COORD = 32767,
};

struct pen {
	struct sk_check *c;
	int64_t stack[MAX_STACK]; /* 16.16 */
	unsigned n;
	uint32_t glyph;
	int64_t x, y, nominal, standard;
	bool width, open, drawn, ended;
};

static int fault(struct pen *r, const char *what)
{
	return sk_fail(r->c, r->glyph, "charstring of glyph %u: %s", r->glyph, what);
}

static int push(struct pen *r, int64_t v)
{
	if (r->n >= MAX_STACK)
		return fault(r, "too many operands");
	r->stack[r->n++] = v;
	return 0;
}

/* An operand that starts with byte b. */
static int number(struct pen *r, struct sk_reader *in, uint8_t b)
{
	if (b == 28) {
		int v = (int16_t)sk_read_u16be(in);
		if (v >= -1131 && v <= 1131)
			return fault(r, "number is not in its shortest form");
		return push(r, (int64_t)v * FIXED);
	}
	if (b == 255) {
		int32_t v = (int32_t)sk_read_u32be(in);
		if (v % FIXED == 0)
			return fault(r, "whole number is written as a fraction");
		return push(r, v);
	}
	if (b < 247)
		return push(r, (b - 139) * FIXED);
	int low = sk_read_u8(in);
	int v = b < 251 ? (b - 247) * 256 + low + 108 : -(b - 251) * 256 - low - 108;
	return push(r, (int64_t)v * FIXED);
}

/* The width may stand in front of the `want` operands of the first operator. */
static int take_width(struct pen *r, unsigned want)
{
	if (!r->width && r->n == want + 1) {
		if (r->stack[0] == (r->standard - r->nominal) * FIXED)
			return fault(r, "standard width is written out");
		memmove(r->stack, r->stack + 1, --r->n * sizeof(r->stack[0]));
	}
	r->width = true;
	return r->n == want ? 0 : fault(r, "wrong number of operands");
}

static int step(struct pen *r, int64_t dx, int64_t dy)
{
	r->x += dx;
	r->y += dy;
	if (r->x > MAX_COORD * (int64_t)FIXED || r->x < -MAX_COORD * (int64_t)FIXED ||
	    r->y > MAX_COORD * (int64_t)FIXED || r->y < -MAX_COORD * (int64_t)FIXED)
		return fault(r, "leaves the coordinate space");
	return 0;
}

static int move(struct pen *r, unsigned want, bool horizontal)
{
	int rc = take_width(r, want);

	if (rc)
		return rc;
	if (r->open && !r->drawn)
		return fault(r, "moves without drawing");
	r->open = true;
	r->drawn = false;
	r->n = 0;
	if (want == 2)
		return step(r, r->stack[0], r->stack[1]);
	return horizontal ? step(r, r->stack[0], 0) : step(r, 0, r->stack[0]);
}

static int rlineto(struct pen *r)
{
	int rc = r->n >= 2 && r->n % 2 == 0 ? 0 : fault(r, "wrong number of operands");

	for (unsigned i = 0; rc == 0 && i < r->n; i += 2)
		rc = step(r, r->stack[i], r->stack[i + 1]);
	return rc;
}

static int alternating_lines(struct pen *r, bool horizontal)
{
	int rc = r->n ? 0 : fault(r, "wrong number of operands");

	for (unsigned i = 0; rc == 0 && i < r->n; i++, horizontal = !horizontal)
		rc = horizontal ? step(r, r->stack[i], 0) : step(r, 0, r->stack[i]);
	return rc;
}

/* Three steps of one Bézier curve. */
static int curve(
    struct pen *r, int64_t xa, int64_t ya, int64_t xb, int64_t yb, int64_t xc, int64_t yc)
{
	int rc = step(r, xa, ya);

	if (rc == 0)
		rc = step(r, xb, yb);
	return rc ? rc : step(r, xc, yc);
}

static int rrcurveto(struct pen *r)
{
	const int64_t *s = r->stack;
	int rc = r->n >= 6 && r->n % 6 == 0 ? 0 : fault(r, "wrong number of operands");

	for (unsigned i = 0; rc == 0 && i < r->n; i += 6)
		rc = curve(r, s[i], s[i + 1], s[i + 2], s[i + 3], s[i + 4], s[i + 5]);
	return rc;
}

/* Curves of four operands: both tangents horizontal or vertical, or (turning) one of each in turn.
 */
static int short_curves(struct pen *r, bool horizontal, bool turning)
{
	const int64_t *s = r->stack;
	int rc = r->n >= 4 && r->n % 4 == 0 ? 0 : fault(r, "wrong number of operands");

	for (unsigned i = 0; rc == 0 && i < r->n; i += 4) {
		bool out = turning ? !horizontal : horizontal;
		rc = curve(r, horizontal ? s[i] : 0, horizontal ? 0 : s[i], s[i + 1], s[i + 2],
		    out ? s[i + 3] : 0, out ? 0 : s[i + 3]);
		if (turning)
			horizontal = !horizontal;
	}
	return rc;
}

static int draw(struct pen *r, uint8_t op)
{
	if (!r->open)
		return fault(r, "draws before a moveto");
	switch (op) {
	case 5:
		return rlineto(r);
	case 6:
	case 7:
		return alternating_lines(r, op == 6);
	case 8:
		return rrcurveto(r);
	case 26: /* vvcurveto */
	case 27: /* hhcurveto */
		return short_curves(r, op == 27, false);
	case 30: /* vhcurveto */
	case 31: /* hvcurveto */
		return short_curves(r, op == 31, true);
	default:
		return fault(r, "operator is not allowed");
	}
}

static int operator(struct pen *r, uint8_t op)
{
	int rc;

	switch (op) {
	case 21: /* rmoveto */
		return move(r, 2, false);
	case 4:  /* vmoveto */
	case 22: /* hmoveto */
		return move(r, 1, op == 22);
	case 14: /* endchar */
		r->ended = true;
		rc = take_width(r, 0);
		return rc == 0 && r->open && !r->drawn ? fault(r, "moves without drawing") : rc;
	case 5 ... 8:
	case 26:
	case 27:
	case 30:
	case 31:
		rc = draw(r, op);
		r->drawn = true;
		r->n = 0;
		return rc;
	default:
		return fault(r, "operator is not allowed");
	}
}

int sk_vf_type2(
    struct sk_check *c, struct sk_slice code, uint32_t glyph, int64_t nominal, int64_t standard)
{
	struct pen r = {.c = c, .glyph = glyph, .nominal = nominal, .standard = standard};
	struct sk_reader in = sk_reader(code);
	int rc = code.n <= MAX_LENGTH ? 0 : fault(&r, "is too long");

	while (rc == 0 && !r.ended) {
		uint8_t b = sk_read_u8(&in);
		rc = b >= 32 || b == 28 ? number(&r, &in, b) : operator(&r, b);
		if (in.bad)
			return fault(&r, "is cut off");
	}
	if (rc == 0 && !sk_read_at_end(&in))
		return fault(&r, "goes on after endchar");
	return rc;
}
