/* Bytes that are written in digits (container/digits.h). Pure. Cleaner's jail. */
#include "container/digits.h"

uint8_t sk_hex_byte(struct sk_slice s, size_t *at, uint8_t sign)
{
	size_t i = (*at)++;
	int high = s.p[i] == sign && s.n - i > 2 ? sk_hex(s.p[i + 1]) : -1;
	int low = high >= 0 ? sk_hex(s.p[i + 2]) : -1;

	if (low < 0)
		return s.p[i];
	*at = i + 3;
	return (uint8_t)(high << 4 | low);
}

static int digit(uint8_t b, bool url)
{
	if (b >= 'A' && b <= 'Z')
		return b - 'A';
	if (b >= 'a' && b <= 'z')
		return b - 'a' + 26;
	if (b >= '0' && b <= '9')
		return b - '0' + 52;
	if (b == '+' || (url && b == '-'))
		return 62;
	return b == '/' || (url && b == '_') ? 63 : -1;
}

bool sk_is_base64(uint8_t b)
{
	return digit(b, false) >= 0;
}

static bool is_one_of(uint8_t b, const char *blank)
{
	return b && strchr(blank, b);
}

/* The first n bytes of three. */
static void put_bytes(uint32_t bits, size_t n, struct sk_buf *out)
{
	uint8_t three[3] = {(uint8_t)(bits >> 16), (uint8_t)(bits >> 8), (uint8_t)bits};

	sk_buf_put(out, three, n);
}

int sk_base64_read(struct sk_slice in, const char *blank, bool url, struct sk_buf *out,
    struct sk_base64_seen *seen)
{
	uint32_t bits = 0;
	size_t at = 0;

	*seen = (struct sk_base64_seen){0};
	for (; at < in.n && in.p[at] != '='; at++) {
		int d = digit(in.p[at], url);
		if (d < 0) {
			seen->foreign += !is_one_of(in.p[at], blank);
			continue;
		}
		bits = bits << 6 | (uint32_t)d;
		if (++seen->digits % 4 == 0)
			put_bytes(bits, 3, out);
	}
	size_t left = seen->digits % 4;
	if (left > 1)
		put_bytes(bits << (left == 2 ? 12 : 6), left - 1, out);
	for (; at < in.n; at++) {
		seen->pads += in.p[at] == '=';
		seen->behind += in.p[at] != '=' && !is_one_of(in.p[at], blank);
	}
	return out->err;
}

static void put_four(const uint8_t *b, size_t n, struct sk_buf *out)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t v = (uint32_t)b[0] << 16 | (n > 1 ? (uint32_t)b[1] << 8 : 0) | (n > 2 ? b[2] : 0);
	uint8_t four[4] = {(uint8_t)digits[v >> 18], (uint8_t)digits[v >> 12 & 63],
	    n > 1 ? (uint8_t)digits[v >> 6 & 63] : '=', n > 2 ? (uint8_t)digits[v & 63] : '='};

	sk_buf_put(out, four, 4);
}

int sk_base64_put(struct sk_slice in, struct sk_buf *out)
{
	for (size_t at = 0; at < in.n; at += 3)
		put_four(in.p + at, in.n - at, out);
	return out->err;
}
