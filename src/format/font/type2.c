/*
 * A bounded interpreter of Type 2 charstrings (Adobe TN 5177): subroutines, hints and arithmetic are
 * carried out or skipped, the outline goes to the pen. Lenient where font programs in use are: a charstring or
 * a subroutine may end without its last operator, reserved operators do nothing. Cleaner's jail.
 */
#include "format/font/internal.h"

/* The specification asks for 48 operands and 10 levels; some fonts in use exceed the first. */
#define STACK 192
#define DEPTH 10
#define TRANSIENT 32

struct state {
	const struct sk_type2_font *font;
	struct sk_pen *pen;
	sk_fixed stack[STACK];
	sk_fixed transient[TRANSIENT];
	unsigned n, hints, depth;
	bool has_width, done, accent;
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

/* The first operator of a charstring may carry the width in front of its own `want` operands. */
static void take_width(struct state *s, bool extra)
{
	const struct sk_cff_fd *fd = s->font->fd;

	if (s->has_width)
		return;
	s->has_width = true;
	if (extra && s->n > 0) {
		s->width = fd->read_nominal + s->stack[0];
		memmove(s->stack, s->stack + 1, (s->n - 1) * sizeof(s->stack[0]));
		s->n--;
	}
	if (!s->accent)
		sk_pen_width(s->pen, s->width, fd->nominal, fd->standard);
}

static void stems(struct state *s)
{
	take_width(s, s->n % 2 == 1);
	s->hints += s->n / 2;
	s->n = 0;
}

static int move(struct state *s, unsigned want, bool horizontal)
{
	take_width(s, s->n > want);
	if (s->n < want)
		return SK_EFORMAT;
	const sk_fixed *a = s->stack + s->n - want;
	if (want == 2)
		sk_pen_move(s->pen, a[0], a[1]);
	else
		sk_pen_move(s->pen, horizontal ? a[0] : 0, horizontal ? 0 : a[0]);
	return 0;
}

static void lines(struct state *s, unsigned from, unsigned to)
{
	for (unsigned i = from; i + 1 < to; i += 2)
		sk_pen_line(s->pen, s->stack[i], s->stack[i + 1]);
}

static void curves(struct state *s, unsigned from, unsigned to)
{
	for (unsigned i = from; i + 5 < to; i += 6)
		sk_pen_curve(s->pen, s->stack + i);
}

static void alternating_lines(struct state *s, bool horizontal)
{
	for (unsigned i = 0; i < s->n; i++, horizontal = !horizontal)
		sk_pen_line(s->pen, horizontal ? s->stack[i] : 0, horizontal ? 0 : s->stack[i]);
}

static void straight_curves(struct state *s, bool horizontal)
{
	unsigned i = s->n % 2;
	sk_fixed first = i ? s->stack[0] : 0;

	for (; i + 3 < s->n; i += 4, first = 0) {
		const sk_fixed *a = s->stack + i;
		if (horizontal)
			sk_pen_curve(s->pen, (sk_fixed[6]){a[0], first, a[1], a[2], a[3], 0});
		else
			sk_pen_curve(s->pen, (sk_fixed[6]){first, a[0], a[1], a[2], 0, a[3]});
	}
}

static void turning_curves(struct state *s, bool horizontal)
{
	for (unsigned i = 0; i + 3 < s->n; i += 4, horizontal = !horizontal) {
		const sk_fixed *a = s->stack + i;
		sk_fixed last = s->n - i == 5 ? a[4] : 0;
		if (horizontal)
			sk_pen_curve(s->pen, (sk_fixed[6]){a[0], 0, a[1], a[2], last, a[3]});
		else
			sk_pen_curve(s->pen, (sk_fixed[6]){0, a[0], a[1], a[2], a[3], last});
	}
}

static sk_fixed absolute(sk_fixed v)
{
	return v < 0 ? -v : v;
}

static int flex(struct state *s, unsigned op)
{
	const sk_fixed *a = s->stack;
	static const uint8_t want[] = {7, 12, 9, 11}; /* hflex flex hflex1 flex1 */

	if (s->n < want[op - 34])
		return SK_EFORMAT;
	if (op == 35) {
		curves(s, 0, 12);
	} else if (op == 34) {
		sk_pen_curve(s->pen, (sk_fixed[6]){a[0], 0, a[1], a[2], a[3], 0});
		sk_pen_curve(s->pen, (sk_fixed[6]){a[4], 0, a[5], -a[2], a[6], 0});
	} else if (op == 36) {
		sk_pen_curve(s->pen, (sk_fixed[6]){a[0], a[1], a[2], a[3], a[4], 0});
		sk_pen_curve(
		    s->pen, (sk_fixed[6]){a[5], 0, a[6], a[7], a[8], -(a[1] + a[3] + a[7])});
	} else {
		sk_fixed dx = a[0] + a[2] + a[4] + a[6] + a[8];
		sk_fixed dy = a[1] + a[3] + a[5] + a[7] + a[9];
		bool wide = absolute(dx) > absolute(dy);
		curves(s, 0, 6);
		sk_pen_curve(s->pen,
		    (sk_fixed[6]){a[6], a[7], a[8], a[9], wide ? a[10] : -dx, wide ? -dy : a[10]});
	}
	return 0;
}

static sk_fixed square_root(sk_fixed v)
{
	uint64_t n = v > 0 ? (uint64_t)v << 16 : 0, root = 0;

	for (int bit = 31; bit >= 0; bit--) {
		uint64_t t = root | 1ULL << bit;
		if (t * t <= n)
			root = t;
	}
	return (sk_fixed)root;
}

/* Values kept in 32 bits as the specification's interpreter has them. */
static sk_fixed wrap(sk_fixed v)
{
	return (int32_t)(uint32_t)v;
}

static int two(struct state *s, unsigned op)
{
	if (s->n < 2)
		return SK_EFORMAT;
	sk_fixed a = wrap(s->stack[s->n - 2]), b = wrap(s->stack[s->n - 1]), r;
	switch (op) {
	case 3:
		r = SK_FIXED(a && b);
		break;
	case 4:
		r = SK_FIXED(a || b);
		break;
	case 10:
		r = a + b;
		break;
	case 11:
		r = a - b;
		break;
	case 12:
		r = b ? a * 65536 / b : 0;
		break;
	case 15:
		r = SK_FIXED(a == b);
		break;
	default:
		r = a * b / 65536;
	}
	s->n -= 2;
	return push(s, wrap(r));
}

static int one(struct state *s, unsigned op)
{
	if (s->n < 1)
		return SK_EFORMAT;
	sk_fixed *a = &s->stack[s->n - 1];
	*a = wrap(*a);
	if (op == 5)
		*a = SK_FIXED(*a == 0);
	else if (op == 9)
		*a = absolute(*a);
	else if (op == 14)
		*a = wrap(-*a);
	else
		*a = square_root(*a);
	return 0;
}

static int roll(struct state *s)
{
	if (s->n < 2)
		return SK_EFORMAT;
	sk_fixed count = s->stack[s->n - 2] / 65536, by = s->stack[s->n - 1] / 65536;
	s->n -= 2;
	if (count < 0 || count > s->n)
		return SK_EFORMAT;
	if (count == 0)
		return 0;
	sk_fixed copy[STACK];
	sk_fixed *base = s->stack + s->n - count;
	memcpy(copy, base, (size_t)count * sizeof(copy[0]));
	for (sk_fixed i = 0; i < count; i++)
		base[((i + by) % count + count) % count] = copy[i];
	return 0;
}

static int storage(struct state *s, bool put)
{
	unsigned want = put ? 2 : 1;

	if (s->n < want)
		return SK_EFORMAT;
	sk_fixed at = s->stack[s->n - 1] / 65536;
	if (at < 0 || at >= TRANSIENT)
		return SK_EFORMAT;
	if (put)
		s->transient[at] = s->stack[s->n - 2];
	s->n -= want;
	return put ? 0 : push(s, s->transient[at]);
}

static int shuffle(struct state *s, unsigned op)
{
	static const uint8_t want[] = {[18] = 1, [22] = 4, [27] = 1, [28] = 2, [29] = 1};
	sk_fixed *top = s->stack + s->n;

	if (s->n < want[op])
		return SK_EFORMAT;
	if (op == 18) {
		s->n--;
	} else if (op == 22) {
		s->n -= 3;
		if (top[-2] > top[-1])
			top[-4] = top[-3];
	} else if (op == 27) {
		return push(s, top[-1]);
	} else if (op == 28) {
		sk_fixed t = top[-1];
		top[-1] = top[-2];
		top[-2] = t;
	} else {
		sk_fixed i = top[-1] < 0 ? 0 : top[-1] / 65536;
		if (i > (sk_fixed)s->n - 2)
			return SK_EFORMAT;
		top[-1] = top[-2 - i];
	}
	return 0;
}

/* Two-byte operators: flexes draw, the others calculate. */
static int escape(struct state *s, unsigned op)
{
	int r;

	switch (op) {
	case 3:
	case 4:
	case 10:
	case 11:
	case 12:
	case 15:
	case 24:
		return two(s, op);
	case 5:
	case 9:
	case 14:
	case 26:
		return one(s, op);
	case 18:
	case 22:
	case 27:
	case 28:
	case 29:
		return shuffle(s, op);
	case 20:
		return storage(s, true);
	case 21:
		return storage(s, false);
	case 23: /* random: one value is as good as another, and the output must not vary */
		return push(s, 32768);
	case 30:
		return roll(s);
	case 34:
	case 35:
	case 36:
	case 37:
		take_width(s, false);
		r = flex(s, op);
		s->n = 0;
		return r;
	default:
		s->n = 0;
		return 0;
	}
}

static int call(struct state *s, const struct sk_index *subrs)
{
	int32_t bias = subrs->count < 1240 ? 107 : subrs->count < 33900 ? 1131 : 32768;

	if (s->n == 0 || s->depth >= DEPTH)
		return SK_EFORMAT;
	sk_fixed i = s->stack[--s->n] / 65536 + bias;
	if (i < 0 || i >= subrs->count)
		return SK_EFORMAT;
	s->depth++;
	int r = run(s, sk_index_get(subrs, (uint32_t)i));
	s->depth--;
	return r;
}

/* A glyph of StandardEncoding as a part of an accented one, drawn from (x, y). */
static int part(struct state *s, sk_fixed code, sk_fixed x, sk_fixed y)
{
	const struct sk_cff *f = s->font->cff;
	unsigned sid =
	    code < 0 || code > SK_FIXED(255) ? 0 : sk_standard_encoding((unsigned)(code >> 16));
	uint32_t g = 0;

	if (f->cid || f->charset == NULL)
		return SK_EFORMAT;
	while (g < f->nglyphs && f->charset[g] != sid)
		g++;
	if (g == f->nglyphs)
		return SK_EFORMAT;
	struct state sub = {.font = s->font, .pen = s->pen, .accent = true};
	s->pen->x = s->pen->y = 0;
	sk_pen_move(s->pen, x, y);
	return run(&sub, sk_index_get(&f->chars, g));
}

static int endchar(struct state *s)
{
	int r = 0;

	take_width(s, s->n == 1 || s->n == 5);
	if (s->n >= 4) {
		const sk_fixed *a = s->stack + s->n - 4;
		if (s->accent)
			return SK_EFORMAT;
		r = part(s, a[2], 0, 0);
		if (r == 0)
			r = part(s, a[3], a[0], a[1]);
	}
	s->done = true;
	return r;
}

/* Path operators without an escape; all clear the stack. */
static int paint(struct state *s, unsigned op)
{
	unsigned n = s->n;
	int r = 0;

	if (op != 4 && op != 21 && op != 22)
		take_width(s, false);
	switch (op) {
	case 4:
		r = move(s, 1, false);
		break;
	case 21:
		r = move(s, 2, false);
		break;
	case 22:
		r = move(s, 1, true);
		break;
	case 5:
		lines(s, 0, n);
		break;
	case 6:
	case 7:
		alternating_lines(s, op == 6);
		break;
	case 8:
		curves(s, 0, n);
		break;
	case 24: /* rcurveline */
		if (n < 2)
			return SK_EFORMAT;
		curves(s, 0, n - 2);
		lines(s, n - 2, n);
		break;
	case 25: /* rlinecurve */
		if (n < 6)
			return SK_EFORMAT;
		lines(s, 0, n - 6);
		curves(s, n - 6, n);
		break;
	case 26:
	case 27:
		straight_curves(s, op == 27);
		break;
	case 30:
	case 31:
		turning_curves(s, op == 31);
		break;
	default:
		break; /* reserved: does nothing */
	}
	s->n = 0;
	return r;
}

static int operator(struct state *s, struct sk_reader *r, unsigned op)
{
	switch (op) {
	case 1:
	case 3:
	case 18:
	case 23:
		stems(s);
		return 0;
	case 19:
	case 20:
		stems(s);
		sk_read_skip(r, (s->hints + 7) / 8);
		return r->bad ? SK_EFORMAT : 0;
	case 10:
		return call(s, &s->font->fd->subrs);
	case 29:
		return call(s, &s->font->cff->gsubrs);
	case 12:
		return escape(s, sk_read_u8(r));
	case 14:
		return endchar(s);
	default:
		return paint(s, op);
	}
}

static int number(struct state *s, struct sk_reader *r, unsigned b)
{
	if (b == 28)
		return push(s, SK_FIXED((int16_t)sk_read_u16be(r)));
	if (b <= 246)
		return push(s, SK_FIXED((int)b - 139));
	if (b <= 250)
		return push(s, SK_FIXED((int)(b - 247) * 256 + sk_read_u8(r) + 108));
	if (b <= 254)
		return push(s, SK_FIXED(-(int)(b - 251) * 256 - sk_read_u8(r) - 108));
	return push(s, (int32_t)sk_read_u32be(r));
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
		if (b == 11)
			return 0;
		err = b == 28 || b >= 32 ? number(s, &r, b) : operator(s, &r, b);
		if (r.bad)
			return SK_EFORMAT;
	}
	return err;
}

int sk_type2_draw(
    const struct sk_type2_font *font, struct sk_slice code, struct sk_pen *pen, sk_fixed *width)
{
	struct state s;

	/* The stack is not cleared: nothing above s.n is read. */
	s.font = font;
	s.pen = pen;
	memset(s.transient, 0, sizeof(s.transient));
	s.n = s.hints = s.depth = 0;
	s.has_width = s.done = s.accent = false;
	s.width = font->fd->read_default;
	int err = run(&s, code);
	take_width(&s, err == 0 && s.n == 1);
	*width = s.width;
	return err ? err : pen->err;
}
