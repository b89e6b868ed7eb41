/*
 * DICT data of CFF (Adobe TN 5176, section 4): numbers are read into one decimal form and written in
 * one. Cleaner's jail.
 */
#include "format/font/dict.h"

#define DECIMALS 12

/* m × 10^e in units of 10^-12, rounded to the nearest; saturates. */
static int64_t scale(uint64_t m, int e)
{
	if (m == 0)
		return 0;
	for (e += DECIMALS; e < 0 && m; e++)
		m = e == -1 ? (m + 5) / 10 : m / 10;
	for (; e > 0; e--) {
		if (m > INT64_MAX / 10)
			return INT64_MAX;
		m *= 10;
	}
	return m > INT64_MAX ? INT64_MAX : (int64_t)m;
}

struct decimal {
	uint64_t m;
	int e, exp;
	bool negative, point, exponent, negative_exp, digits;
};

static void digit(struct decimal *d, unsigned v)
{
	d->digits = true;
	if (d->exponent) {
		if (d->exp < 1000)
			d->exp = d->exp * 10 + (int)v;
	} else if (d->m < 100000000000000000U) {
		d->m = d->m * 10 + v;
		d->e -= d->point;
	} else if (d->e < 1000) {
		d->e += !d->point;
	}
}

static int64_t value(const struct decimal *d)
{
	int64_t v = scale(d->m, d->e + (d->negative_exp ? -d->exp : d->exp));

	return d->negative ? -v : v;
}

bool sk_decimal_parse(struct sk_slice s, int64_t *pico)
{
	struct decimal d = {0};

	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];
		if (c >= '0' && c <= '9')
			digit(&d, c - '0');
		else if (c == '.' && !d.point && !d.exponent)
			d.point = true;
		else if ((c == 'e' || c == 'E') && d.digits && !d.exponent)
			d.exponent = true;
		else if (c == '-' && d.exponent && (s.p[i - 1] | 32) == 'e')
			d.negative_exp = true;
		else if (c == '-' && i == 0)
			d.negative = true;
		else if (c != '+' || (i != 0 && (s.p[i - 1] | 32) != 'e'))
			return false;
	}
	*pico = value(&d);
	return d.digits;
}

static int64_t read_real(struct sk_reader *r)
{
	struct decimal d = {0};

	for (;;) {
		uint8_t b = sk_read_u8(r);
		if (r->bad)
			return 0;
		for (int half = 0; half < 2; half++) {
			unsigned nibble = half ? b & 15 : b >> 4;
			if (nibble == 15)
				return value(&d);
			if (nibble < 10)
				digit(&d, nibble);
			else if (nibble == 10)
				d.point = true;
			else if (nibble == 11 || nibble == 12)
				d.exponent = true, d.negative_exp = nibble == 12;
			else if (nibble == 14)
				d.negative = true;
		}
	}
}

static int32_t floor_pico(int64_t pico)
{
	int64_t i = pico / SK_PICO - (pico % SK_PICO < 0);

	return i > INT32_MAX ? INT32_MAX : i < INT32_MIN ? INT32_MIN : (int32_t)i;
}

static int64_t pico_of(int32_t i)
{
	const int32_t most = (int32_t)(INT64_MAX / SK_PICO);

	return i > most ? INT64_MAX : i < -most ? -INT64_MAX : i * SK_PICO;
}

static int32_t read_int(struct sk_reader *r, unsigned b)
{
	if (b == 28)
		return (int16_t)sk_read_u16be(r);
	if (b == 29)
		return (int32_t)sk_read_u32be(r);
	if (b <= 246)
		return (int32_t)b - 139;
	if (b <= 250)
		return (int32_t)(b - 247) * 256 + sk_read_u8(r) + 108;
	return -(int32_t)(b - 251) * 256 - sk_read_u8(r) - 108;
}

int sk_dict_next(struct sk_dict *d)
{
	d->n = 0;
	while (sk_read_left(&d->r)) {
		unsigned b = sk_read_u8(&d->r);
		if (b <= 21) {
			d->op = b == 12 ? SK_DICT_ESC | sk_read_u8(&d->r) : b;
			return d->r.bad ? SK_EFORMAT : 1;
		}
		if (b == 31 || b == 255 || (b >= 22 && b <= 27))
			continue; /* reserved */
		if (d->n == SK_DICT_OPERANDS)
			return SK_EFORMAT;
		struct sk_dict_number *v = &d->v[d->n++];
		if (b == 30) {
			v->pico = read_real(&d->r);
			v->i = floor_pico(v->pico);
		} else {
			v->i = read_int(&d->r, b);
			v->pico = pico_of(v->i);
		}
		if (d->r.bad)
			return SK_EFORMAT;
	}
	return 0;
}

void sk_dict_put_int(struct sk_buf *out, int32_t v)
{
	if (v >= -107 && v <= 107) {
		(void)sk_buf_putc(out, (uint8_t)(v + 139));
	} else if (v >= 108 && v <= 1131) {
		(void)sk_buf_putc(out, (uint8_t)(247 + ((v - 108) >> 8)));
		(void)sk_buf_putc(out, (uint8_t)(v - 108));
	} else if (v >= -1131 && v <= -108) {
		(void)sk_buf_putc(out, (uint8_t)(251 + ((-v - 108) >> 8)));
		(void)sk_buf_putc(out, (uint8_t)(-v - 108));
	} else if (v >= -32768 && v <= 32767) {
		(void)sk_buf_putc(out, 28);
		(void)sk_buf_put_u16be(out, (uint16_t)v);
	} else {
		sk_dict_put_offset(out, (uint32_t)v);
	}
}

void sk_dict_put_offset(struct sk_buf *out, uint32_t v)
{
	(void)sk_buf_putc(out, 29);
	(void)sk_buf_put_u32be(out, v);
}

void sk_dict_put_number(struct sk_buf *out, int64_t pico)
{
	char text[48];
	uint64_t v = pico < 0 ? 0 - (uint64_t)pico : (uint64_t)pico;
	uint64_t one = (uint64_t)SK_PICO, whole = v / one;
	int n;

	if (v % one == 0) {
		sk_dict_put_int(out, (int32_t)(pico / SK_PICO));
		return;
	}
	if (whole)
		n = snprintf(text, sizeof(text), "%s%llu.%012llu", pico < 0 ? "-" : "",
		    (unsigned long long)whole, (unsigned long long)(v % one));
	else
		n = snprintf(
		    text, sizeof(text), "%s.%012llu", pico < 0 ? "-" : "", (unsigned long long)v);
	while (n > 0 && text[n - 1] == '0')
		n--;
	text[n++] = 'f';
	if (n % 2)
		text[n++] = 'f';
	(void)sk_buf_putc(out, 30);
	for (int i = 0; i < n; i += 2) {
		uint8_t b = 0;
		for (int k = 0; k < 2; k++) {
			char c = text[i + k];
			b = (uint8_t)(b << 4 | (c == 'f'      ? 15
						   : c == '.' ? 10
						   : c == '-' ? 14
							      : c - '0'));
		}
		(void)sk_buf_putc(out, b);
	}
}

void sk_dict_put_op(struct sk_buf *out, unsigned op)
{
	if (op & SK_DICT_ESC)
		(void)sk_buf_putc(out, 12);
	(void)sk_buf_putc(out, (uint8_t)op);
}
