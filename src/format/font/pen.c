/*
 * The pen: takes an outline as moves, lines and curves and writes the one Type 2 charstring that this
 * outline has in our profile (no hints, no subroutines). Adobe TN 5177. Cleaner's jail.
 */
#include "format/font/internal.h"

enum {
	OP_VMOVETO = 4,
	OP_RLINETO = 5,
	OP_HLINETO = 6,
	OP_VLINETO = 7,
	OP_RRCURVETO = 8,
	OP_ENDCHAR = 14,
	OP_RMOVETO = 21,
	OP_HMOVETO = 22,
	OP_VVCURVETO = 26,
	OP_HHCURVETO = 27,
	OP_VHCURVETO = 30,
	OP_HVCURVETO = 31,
};

#define STACK 48 /* operands a Type 2 interpreter must hold */
#define COORDINATE SK_FIXED(32767)

void sk_pen_start(struct sk_pen *pen, struct sk_buf *out, uint64_t *budget)
{
	*pen = (struct sk_pen){.out = out, .budget = budget, .hash = 0xcbf29ce484222325U};
}

static void mix(struct sk_pen *pen, uint64_t v)
{
	pen->hash = (pen->hash ^ v) * 0x9e3779b97f4a7c15U;
	pen->hash ^= pen->hash >> 29;
}

static void put_number(struct sk_buf *b, int32_t v)
{
	int32_t i = v >> 16;

	if (v & 0xffff) {
		(void)sk_buf_putc(b, 255);
		(void)sk_buf_put_u32be(b, (uint32_t)v);
	} else if (i >= -107 && i <= 107) {
		(void)sk_buf_putc(b, (uint8_t)(i + 139));
	} else if (i >= 108 && i <= 1131) {
		(void)sk_buf_putc(b, (uint8_t)(247 + ((i - 108) >> 8)));
		(void)sk_buf_putc(b, (uint8_t)(i - 108));
	} else if (i >= -1131 && i <= -108) {
		(void)sk_buf_putc(b, (uint8_t)(251 + ((-i - 108) >> 8)));
		(void)sk_buf_putc(b, (uint8_t)(-i - 108));
	} else {
		(void)sk_buf_putc(b, 28);
		(void)sk_buf_put_u16be(b, (uint16_t)i);
	}
}

/* Write the operator under way with all it has collected. */
static void flush(struct sk_pen *pen)
{
	if (pen->op == 0)
		return;
	if (pen->out) {
		if (pen->has_width)
			put_number(pen->out, pen->width);
		for (unsigned i = 0; i < pen->nargs; i++)
			put_number(pen->out, pen->args[i]);
		(void)sk_buf_putc(pen->out, pen->op);
	}
	pen->has_width = false;
	pen->op = 0;
	pen->nargs = 0;
}

static void begin(struct sk_pen *pen, uint8_t op)
{
	flush(pen);
	pen->op = op;
}

static void arg(struct sk_pen *pen, sk_fixed v)
{
	if (v < INT32_MIN || v > INT32_MAX) {
		pen->err = SK_EFORMAT;
		return;
	}
	mix(pen, (uint64_t)v);
	pen->args[pen->nargs++] = (int32_t)v;
}

static bool room(const struct sk_pen *pen, unsigned n)
{
	return pen->nargs + n <= STACK;
}

/* Move the program's point, watching that it stays where numbers can reach. */
static void advance(struct sk_pen *pen, sk_fixed dx, sk_fixed dy)
{
	pen->x += dx;
	pen->y += dy;
	if (pen->x < -COORDINATE || pen->x > COORDINATE || pen->y < -COORDINATE ||
	    pen->y > COORDINATE) {
		pen->err = SK_EFORMAT;
		pen->x = pen->y = 0;
	}
}

void sk_pen_width(struct sk_pen *pen, sk_fixed width, int nominal, int standard)
{
	sk_fixed d = width - SK_FIXED(nominal);

	mix(pen, (uint64_t)width);
	if (width == SK_FIXED(standard))
		return;
	if (d < INT32_MIN || d > INT32_MAX) {
		pen->err = SK_EFORMAT;
		return;
	}
	pen->width = (int32_t)d;
	pen->has_width = true;
}

void sk_pen_move(struct sk_pen *pen, sk_fixed dx, sk_fixed dy)
{
	pen->open = false;
	advance(pen, dx, dy);
}

void sk_pen_close(struct sk_pen *pen)
{
	pen->open = false;
}

/* Something visible follows: open a contour if there is none. False when the pen has failed. */
static bool draw(struct sk_pen *pen)
{
	if (pen->err)
		return false;
	if (*pen->budget == 0) {
		pen->err = SK_ELIMIT;
		return false;
	}
	--*pen->budget;
	if (pen->open)
		return true;
	sk_fixed dx = pen->x - pen->ex, dy = pen->y - pen->ey;
	begin(pen, dy == 0 ? OP_HMOVETO : dx == 0 ? OP_VMOVETO : OP_RMOVETO);
	mix(pen, pen->op);
	if (dy == 0 || dx != 0)
		arg(pen, dx);
	if (dy != 0)
		arg(pen, dy);
	pen->ex = pen->x;
	pen->ey = pen->y;
	pen->open = true;
	return !pen->err;
}

/* hlineto and vlineto alternate: which comes next after n operands of `op`? */
static uint8_t next_line(const struct sk_pen *pen)
{
	bool horizontal = (pen->op == OP_HLINETO) == (pen->nargs % 2 == 0);

	return horizontal ? OP_HLINETO : OP_VLINETO;
}

void sk_pen_line(struct sk_pen *pen, sk_fixed dx, sk_fixed dy)
{
	if (!draw(pen))
		return;
	mix(pen, OP_RLINETO);
	if (dy == 0 || dx == 0) {
		uint8_t op = dy == 0 ? OP_HLINETO : OP_VLINETO;
		bool going = pen->op == OP_HLINETO || pen->op == OP_VLINETO;
		if (!going || next_line(pen) != op || !room(pen, 1))
			begin(pen, op);
		arg(pen, dy == 0 ? dx : dy);
	} else {
		if (pen->op != OP_RLINETO || !room(pen, 2))
			begin(pen, OP_RLINETO);
		arg(pen, dx);
		arg(pen, dy);
	}
	advance(pen, dx, dy);
	pen->ex = pen->x;
	pen->ey = pen->y;
}

/* hvcurveto and vhcurveto alternate every four operands. */
static uint8_t next_curve(const struct sk_pen *pen)
{
	bool horizontal = (pen->op == OP_HVCURVETO) == (pen->nargs / 4 % 2 == 0);

	return horizontal ? OP_HVCURVETO : OP_VHCURVETO;
}

static uint8_t curve_kind(const sk_fixed d[6])
{
	if (d[1] == 0 && d[4] == 0)
		return OP_HVCURVETO;
	if (d[0] == 0 && d[5] == 0)
		return OP_VHCURVETO;
	if (d[1] == 0 && d[5] == 0)
		return OP_HHCURVETO;
	if (d[0] == 0 && d[4] == 0)
		return OP_VVCURVETO;
	return OP_RRCURVETO;
}

/* Which of the six deltas each kind of curve writes. */
static uint8_t curve_operands(uint8_t op)
{
	switch (op) {
	case OP_HVCURVETO:
		return 0x2d; /* dx1 dx2 dy2 dy3 */
	case OP_VHCURVETO:
		return 0x1e; /* dy1 dx2 dy2 dx3 */
	case OP_HHCURVETO:
		return 0x1d; /* dx1 dx2 dy2 dx3 */
	case OP_VVCURVETO:
		return 0x2e; /* dy1 dx2 dy2 dy3 */
	default:
		return 0x3f;
	}
}

void sk_pen_curve(struct sk_pen *pen, const sk_fixed d[6])
{
	uint8_t op = curve_kind(d), mask = curve_operands(op);
	bool turning = op == OP_HVCURVETO || op == OP_VHCURVETO;
	bool going;

	if (!draw(pen))
		return;
	mix(pen, op);
	if (turning)
		going =
		    (pen->op == OP_HVCURVETO || pen->op == OP_VHCURVETO) && next_curve(pen) == op;
	else
		going = pen->op == op;
	if (!going || !room(pen, op == OP_RRCURVETO ? 6 : 4))
		begin(pen, op);
	for (unsigned i = 0; i < 6; i++) {
		if (mask & 1U << i)
			arg(pen, d[i]);
	}
	for (unsigned i = 0; i < 6; i += 2)
		advance(pen, d[i], d[i + 1]);
	pen->ex = pen->x;
	pen->ey = pen->y;
}

int sk_pen_end(struct sk_pen *pen)
{
	begin(pen, OP_ENDCHAR);
	flush(pen);
	return pen->err ? pen->err : pen->out ? pen->out->err : 0;
}
