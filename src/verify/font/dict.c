/*
 * DICT data of CFF (Adobe TN 5176, section 4), each number in the one form the profile allows.
 * Verifier's jail.
 */
#include "verify/font/font.h"

static int fault(struct sk_check *c, const struct sk_reader *r, const char *what)
{
	return sk_fail(c, r->pos, "CFF DICT: %s", what);
}

static int integer(struct sk_check *c, struct sk_reader *r, uint8_t b, struct sk_vf_number *v)
{
	v->integer = true;
	v->wide = b == 29;
	if (b == 28) {
		v->i = (int16_t)sk_read_u16be(r);
		if (v->i >= -1131 && v->i <= 1131)
			return fault(c, r, "integer is not in its shortest form");
	} else if (b == 29) {
		v->i = (int32_t)sk_read_u32be(r);
	} else if (b <= 246) {
		v->i = b - 139;
	} else {
		int low = sk_read_u8(r);
		v->i = b <= 250 ? (b - 247) * 256 + low + 108 : -(b - 251) * 256 - low - 108;
	}
	v->r = (double)v->i;
	return 0;
}

/* The digits of a real, as nibbles; 0xF ends it and fills its last byte. Text form in `s`. */
static int nibbles(struct sk_check *c, struct sk_reader *r, char *s, size_t max)
{
	static const char sign[16] = "0123456789.??\0-\0";
	size_t n = 0;

	for (;;) {
		uint8_t b = sk_read_u8(r);
		if (r->bad || b >> 4 == 0xf)
			return b == 0xff && n && !r->bad ? 0 : fault(c, r, "real is broken");
		for (int half = 4; half >= 0; half -= 4) {
			unsigned d = b >> half & 15;
			if (d == 15)
				return 0;
			if ((d > 10 && d != 14) || n + 1 >= max)
				return fault(c, r, "real has a form that is not allowed");
			s[n++] = sign[d];
			s[n] = 0;
		}
	}
}

/* `-`? digits without leading zero, point, decimals without trailing zero; no whole number. */
static bool plain(const char *s)
{
	s += *s == '-';
	size_t whole = strspn(s, "0123456789");
	const char *part = s + whole;

	if (*part++ != '.' || (whole && s[0] == '0') || whole > 9)
		return false;
	size_t n = strspn(part, "0123456789");
	return n && n <= 12 && part[n] == 0 && part[n - 1] != '0';
}

static double value(const char *s)
{
	bool negative = *s == '-';
	double v = 0, scale = 0;

	for (s += negative; *s; s++) {
		if (*s == '.') {
			scale = 1;
			continue;
		}
		scale *= 10;
		v = v * 10 + (*s - '0');
	}
	return (negative ? -v : v) / scale;
}

static int real(struct sk_check *c, struct sk_reader *r, struct sk_vf_number *v)
{
	char s[32] = "";
	int rc = nibbles(c, r, s, sizeof(s));

	if (rc == 0 && !plain(s))
		return fault(c, r, "real has a form that is not allowed");
	if (rc == 0)
		v->r = value(s);
	return rc;
}

int sk_vf_dict(struct sk_check *c, struct sk_slice in, struct sk_vf_dict *d)
{
	struct sk_reader r = sk_reader(in);
	struct sk_vf_operator *o = d->o;
	int rc = 0;

	*d = (struct sk_vf_dict){0};
	while (rc == 0 && sk_read_left(&r)) {
		uint8_t b = sk_read_u8(&r);
		if (b <= 21) {
			o->op = b == 12 ? (uint16_t)(0x0c00 | sk_read_u8(&r)) : b;
			o++;
			if (++d->n == SK_VF_DICT_OPERATORS)
				return fault(c, &r, "too many operators");
			continue;
		}
		if (o->n == SK_VF_DICT_OPERANDS || b == 31 || b == 255 || (b >= 22 && b <= 27))
			return fault(c, &r, "operand is not allowed");
		struct sk_vf_number *v = &o->v[o->n++];
		rc = b == 30 ? real(c, &r, v) : integer(c, &r, b, v);
	}
	if (rc == 0 && (r.bad || o->n))
		return fault(c, &r, "is cut off");
	return rc;
}
