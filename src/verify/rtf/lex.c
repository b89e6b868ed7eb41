/* Tokens of cleaned RTF: one way to write each (doc/profiles/rtf.md, section 2). Verifier's jail. */
#include "verify/rtf/rtf.h"

int vr_fail(struct vr *v, const char *what)
{
	return sk_fail(v->c, v->r.pos, "%s", what);
}

static bool letter(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool digit(int c)
{
	return c >= '0' && c <= '9';
}

/* Without leading zeros, and no minus before zero. */
static int number(struct vr *v, struct vr_token *t)
{
	bool minus = sk_read_peek(&v->r, 0) == '-';
	size_t from;

	if (minus)
		sk_read_skip(&v->r, 1);
	if (minus && !digit(sk_read_peek(&v->r, 0)))
		return vr_fail(v, "minus without a number");
	from = v->r.pos;
	while (digit(sk_read_peek(&v->r, 0)) && v->r.pos - from < 11)
		t->number = t->number * 10 + (sk_read_u8(&v->r) - '0');
	size_t n = v->r.pos - from;
	t->numbered = n > 0;
	if (n > 10 || (n > 1 && v->r.s.p[from] == '0') || (minus && t->number == 0))
		return vr_fail(v, "number in another form");
	if (minus)
		t->number = -t->number;
	return 0;
}

/* The space that ends a word stands only where the word would go on without it. */
static int delimiter(struct vr *v)
{
	int next = sk_read_peek(&v->r, 0), then = sk_read_peek(&v->r, 1);

	if (next != ' ')
		return next == '-' ? vr_fail(v, "word without its end") : 0;
	if (then != ' ' && then != '-' && !letter(then) && !digit(then))
		return vr_fail(v, "space behind a word");
	sk_read_skip(&v->r, 1);
	return 0;
}

static int unit(struct vr *v, int64_t n, uint32_t *u)
{
	if (n < -32768 || n > 32767 || sk_read_u8(&v->r) != '?')
		return vr_fail(v, "character in another form");
	*u = n < 0 ? (uint32_t)(n + 65536) : (uint32_t)n;
	return 0;
}

/* The other half of a pair stands directly behind. */
static int low_half(struct vr *v, uint32_t *u)
{
	struct vr_token t = {0};

	if (sk_read_u8(&v->r) != '\\' || sk_read_u8(&v->r) != 'u')
		return vr_fail(v, "half a pair");
	int rc = number(v, &t);
	if (rc == 0)
		rc = unit(v, t.number, u);
	if (rc == 0 && (*u < 0xDC00 || *u > 0xDFFF))
		return vr_fail(v, "half a pair");
	return rc;
}

static int character(struct vr *v, struct vr_token *t)
{
	uint32_t u = 0, low = 0;
	int rc = unit(v, t->number, &u);

	if (rc == 0 && u >= 0xD800 && u < 0xDC00) {
		rc = low_half(v, &low);
		u = 0x10000 + ((u - 0xD800) << 10) + (low - 0xDC00);
	}
	if (rc)
		return rc;
	if (u < 0xA0 || (u >= 0xD800 && u < 0xE000) || (u >= 0xFDD0 && u <= 0xFDEF) ||
	    (u & 0xFFFE) == 0xFFFE)
		return vr_fail(v, "character that is none");
	*t = (struct vr_token){.kind = VR_CHAR, .number = u};
	return 0;
}

static int word(struct vr *v, struct vr_token *t)
{
	size_t from = v->r.pos;

	while (letter(sk_read_peek(&v->r, 0)))
		sk_read_skip(&v->r, 1);
	*t =
	    (struct vr_token){.kind = VR_WORD, .name = sk_slice_sub(v->r.s, from, v->r.pos - from)};
	int rc = number(v, t);
	if (rc)
		return rc;
	if (sk_slice_is(t->name, "u"))
		return t->numbered ? character(v, t) : vr_fail(v, "character without a number");
	return delimiter(v);
}

static int hex_value(int c)
{
	return digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int control(struct vr *v, struct vr_token *t)
{
	int c = sk_read_peek(&v->r, 0);

	if (letter(c))
		return word(v, t);
	sk_read_skip(&v->r, 1);
	if (c == '*')
		*t = (struct vr_token){.kind = VR_STAR};
	else if (c == '~' || c == '_' || c == '-' || c == ':')
		*t = (struct vr_token){.kind = VR_SYMBOL, .number = c};
	else if (c == '\\' || c == '{' || c == '}')
		*t = (struct vr_token){.kind = VR_CHAR, .number = c};
	else if (c == '\'') {
		int high = hex_value(sk_read_u8(&v->r)), low = hex_value(sk_read_u8(&v->r));
		if (high < 0 || low < 0)
			return vr_fail(v, "byte in another form");
		*t = (struct vr_token){.kind = VR_BYTE, .number = high << 4 | low};
	} else
		return vr_fail(v, "unknown sign behind a backslash");
	return v->r.bad ? vr_fail(v, "cut short") : 0;
}

int vr_next(struct vr *v, struct vr_token *t)
{
	int c = sk_read_peek(&v->r, 0);

	if (c == '\n') {
		sk_read_skip(&v->r, 1);
		c = sk_read_peek(&v->r, 0);
	}
	if (c < 0) {
		*t = (struct vr_token){.kind = VR_END};
		return 0;
	}
	sk_read_skip(&v->r, 1);
	if (c == '\\')
		return control(v, t);
	if (c == '{' || c == '}')
		*t = (struct vr_token){.kind = c == '{' ? VR_OPEN : VR_CLOSE};
	else if (c >= 0x20 && c < 0x7F)
		*t = (struct vr_token){.kind = VR_CHAR, .number = c};
	else
		return vr_fail(v, "byte that is no ASCII");
	return 0;
}

int vr_expect(struct vr *v, enum vr_kind kind, struct vr_token *t, const char *what)
{
	int rc = vr_next(v, t);

	return rc ? rc : t->kind == kind ? 0 : vr_fail(v, what);
}
