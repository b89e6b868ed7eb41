/*
 * A bounded interpreter of Type 1 charstrings (Adobe Type 1 Font Format, chapters 6 and 8): hints are
 * skipped, flex and accented characters become plain outlines. Cleaner's jail.
 */
#include "format/font/internal.h"

/* The format asks for 24 operands and 10 levels of calls. */
#define STACK 64
#define DEPTH 12
/* Points that lie farther cannot be written. */
#define FAR SK_FIXED(65535)

struct state {
	const struct sk_type1 *font;
	struct sk_pen *pen;
	sk_fixed stack[STACK], ps[STACK];
	unsigned n, nps, depth;
	bool done, accent, flex;
	unsigned nflex;
	sk_fixed flex_x[7], flex_y[7]; /* relative to the point where the flex began */
	sk_fixed fx, fy;
	sk_fixed sbx, sby, ox, oy; /* side bearing; where this glyph's origin lies */
	sk_fixed width;
};

static int run(struct state *s, struct sk_slice code);

static int push(struct state *s, sk_fixed v)
{
	if (s->n == STACK)
		return SK_EFORMAT;
	s->stack[s->n++] = v;
	return 0;
}

static void move(struct state *s, sk_fixed dx, sk_fixed dy)
{
	if (s->flex) {
		s->fx += dx;
		s->fy += dy;
		if (s->fx > FAR || s->fx < -FAR || s->fy > FAR || s->fy < -FAR) {
			s->fx = s->fy = 0;
			s->pen->err = SK_EFORMAT;
		}
	} else {
		sk_pen_move(s->pen, dx, dy);
	}
}

static int bearing(struct state *s, sk_fixed x, sk_fixed y, sk_fixed width)
{
	s->sbx = x;
	s->sby = y;
	s->width = width;
	if (!s->accent)
		sk_pen_width(s->pen, width, 0, 0);
	s->pen->open = false;
	s->pen->x = s->ox;
	s->pen->y = s->oy;
	sk_pen_move(s->pen, x, y);
	return 0;
}

static int part(struct state *s, sk_fixed code, sk_fixed x, sk_fixed y)
{
	unsigned sid =
	    code < 0 || code > SK_FIXED(255) ? 0 : sk_standard_encoding((unsigned)(code >> 16));
	long g = sk_type1_find(s->font, s->font->sids->name[sid]);

	if (g < 0)
		return SK_EFORMAT;
	struct state sub = {.font = s->font, .pen = s->pen, .accent = true, .ox = x, .oy = y};
	return run(&sub, s->font->codes[g]);
}

/* asb adx ady bchar achar: two glyphs of StandardEncoding, the second shifted. */
static int seac(struct state *s)
{
	const sk_fixed *a = s->stack;

	if (s->n < 5 || s->accent)
		return SK_EFORMAT;
	int r = part(s, a[3], 0, 0);
	if (r == 0)
		r = part(s, a[4], s->sbx + a[1] - a[0], s->sby + a[2]);
	s->done = true;
	return r;
}

static int divide(struct state *s)
{
	if (s->n < 2 || s->stack[s->n - 1] == 0)
		return SK_EFORMAT;
	sk_fixed a = s->stack[s->n - 2], b = s->stack[s->n - 1];
	/* Operands are 32-bit integers, or quotients of them: no overflow in 128 bits. */
	__int128 q = (__int128)a * 65536 / b;
	s->n--;
	if (q > SK_FIXED(INT32_MAX) || q < SK_FIXED(INT32_MIN))
		return SK_EFORMAT;
	s->stack[s->n - 1] = (sk_fixed)q;
	return 0;
}

static int end_flex(struct state *s)
{
	const sk_fixed *x = s->flex_x, *y = s->flex_y;

	s->flex = false;
	if (s->nflex != 7)
		return SK_EFORMAT;
	/* The first point is only a reference; the others are two curves from where the flex began. */
	sk_pen_curve(
	    s->pen, (sk_fixed[6]){x[1], y[1], x[2] - x[1], y[2] - y[1], x[3] - x[2], y[3] - y[2]});
	sk_pen_curve(s->pen, (sk_fixed[6]){x[4] - x[3], y[4] - y[3], x[5] - x[4], y[5] - y[4],
				 x[6] - x[5], y[6] - y[5]});
	return 0;
}

static int flex_point(struct state *s)
{
	if (!s->flex)
		return SK_EFORMAT;
	if (s->nflex == 7)
		return SK_EFORMAT;
	s->flex_x[s->nflex] = s->fx;
	s->flex_y[s->nflex++] = s->fy;
	return 0;
}

/* Flex (0 to 2), hint replacement (3), counter hints (12, 13); of others only the stack effect. */
static int other_subr(struct state *s)
{
	if (s->n < 2)
		return SK_EFORMAT;
	sk_fixed which = s->stack[s->n - 1] >> 16, count = s->stack[s->n - 2] >> 16;
	s->n -= 2;
	if (count < 0 || count > s->n)
		return SK_EFORMAT;
	s->n -= (unsigned)count;
	s->nps = 0;
	/* A pop gives the first argument first. */
	for (sk_fixed i = 0; i < count; i++)
		s->ps[s->nps++] = s->stack[s->n + (unsigned)(count - 1 - i)];
	switch (which) {
	case 0:
		return end_flex(s);
	case 1:
		s->flex = true;
		s->nflex = 0;
		s->fx = s->fy = 0;
		return 0;
	case 2:
		return flex_point(s);
	case 14:
	case 15:
	case 16:
	case 17:
	case 18: /* blends of multiple masters */
		return SK_EFORMAT;
	default:
		return 0;
	}
}

static int escape(struct state *s, unsigned op)
{
	const sk_fixed *a = s->stack;
	int r = 0;

	switch (op) {
	case 6:
		return seac(s);
	case 7:
		r = s->n < 4 ? SK_EFORMAT : bearing(s, a[0], a[1], a[2]);
		break;
	case 12:
		return divide(s);
	case 16:
		return other_subr(s);
	case 17:
		return push(s, s->nps ? s->ps[--s->nps] : 0);
	default: /* dotsection, vstem3, hstem3, setcurrentpoint, reserved */
		break;
	}
	s->n = 0;
	return r;
}

static int call(struct state *s)
{
	if (s->n == 0 || s->depth >= DEPTH)
		return SK_EFORMAT;
	sk_fixed i = s->stack[--s->n] >> 16;
	if (i < 0 || i >= (sk_fixed)s->font->nsubrs)
		return SK_EFORMAT;
	s->depth++;
	int r = run(s, s->font->subrs[i]);
	s->depth--;
	return r;
}

static const uint8_t operands[32] = {
    [4] = 1, [5] = 2, [6] = 1, [7] = 1, [8] = 6, [13] = 2, [21] = 2, [22] = 1, [30] = 4, [31] = 4};

static int paint(struct state *s, unsigned op)
{
	unsigned want = operands[op];
	int r = 0;

	if (s->n < want)
		return SK_EFORMAT;
	const sk_fixed *a = s->stack + s->n - want;
	switch (op) {
	case 4:
		move(s, 0, a[0]);
		break;
	case 5:
		sk_pen_line(s->pen, a[0], a[1]);
		break;
	case 6:
		sk_pen_line(s->pen, a[0], 0);
		break;
	case 7:
		sk_pen_line(s->pen, 0, a[0]);
		break;
	case 8:
		sk_pen_curve(s->pen, a);
		break;
	case 9:
		sk_pen_close(s->pen);
		break;
	case 13:
		r = bearing(s, a[0], 0, a[1]);
		break;
	case 14:
		s->done = true;
		break;
	case 21:
		move(s, a[0], a[1]);
		break;
	case 22:
		move(s, a[0], 0);
		break;
	case 30:
		sk_pen_curve(s->pen, (sk_fixed[6]){0, a[0], a[1], a[2], a[3], 0});
		break;
	case 31:
		sk_pen_curve(s->pen, (sk_fixed[6]){a[0], 0, a[1], a[2], 0, a[3]});
		break;
	default: /* hstem, vstem, reserved */
		break;
	}
	s->n = 0;
	return r;
}

static int number(struct state *s, struct sk_reader *r, unsigned b)
{
	if (b <= 246)
		return push(s, SK_FIXED((int)b - 139));
	if (b <= 250)
		return push(s, SK_FIXED((int)(b - 247) * 256 + sk_read_u8(r) + 108));
	if (b <= 254)
		return push(s, SK_FIXED(-(int)(b - 251) * 256 - sk_read_u8(r) - 108));
	return push(s, SK_FIXED((int32_t)sk_read_u32be(r)));
}

static int run(struct state *s, struct sk_slice code)
{
	struct sk_reader r = sk_reader(code);
	int err = 0;

	while (!err && !s->done && sk_read_left(&r)) {
		unsigned b = sk_read_u8(&r);
		if (*s->font->budget == 0)
			return SK_ELIMIT;
		--*s->font->budget;
		if (b >= 32)
			err = number(s, &r, b);
		else if (b == 10)
			err = call(s);
		else if (b == 11)
			return 0;
		else if (b == 12)
			err = escape(s, sk_read_u8(&r));
		else
			err = paint(s, b);
		if (r.bad)
			return SK_EFORMAT;
	}
	return err;
}

int sk_type1_draw(
    const struct sk_type1 *f, struct sk_slice code, struct sk_pen *pen, sk_fixed *width)
{
	struct state s = {.font = f, .pen = pen};
	int err = run(&s, code);

	*width = s.width;
	return err ? err : pen->err;
}
