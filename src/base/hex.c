/* Hexadecimal digits: hex.h. */
#include "base/hex.h"

#include "base/err.h"

static const char digits[] = "0123456789abcdef";

void sk_hex_text(char *to, const void *p, size_t n)
{
	const uint8_t *bytes = p;

	for (size_t i = 0; i < n; i++) {
		*to++ = digits[bytes[i] >> 4];
		*to++ = digits[bytes[i] & 15];
	}
	*to = '\0';
}

int sk_hex_write(struct sk_slice bytes, struct sk_buf *out)
{
	for (size_t i = 0; i < bytes.n; i++) {
		sk_buf_putc(out, (uint8_t)digits[bytes.p[i] >> 4]);
		sk_buf_putc(out, (uint8_t)digits[bytes.p[i] & 15]);
	}
	return out->err;
}

static int value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int sk_hex_parse(struct sk_slice text, uint8_t *p, size_t n)
{
	if (text.n != n * 2)
		return SK_EFORMAT;
	for (size_t i = 0; i < text.n; i++)
		if (value(text.p[i]) < 0)
			return SK_EFORMAT;
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(value(text.p[2 * i]) << 4 | value(text.p[2 * i + 1]));
	return 0;
}
