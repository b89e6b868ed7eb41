/* Strict UTF-8. Runs in every process. */
#include "base/utf8.h"

static int32_t tail(struct sk_slice s, size_t at, unsigned n, uint32_t cp, uint32_t least)
{
	for (unsigned i = 1; i <= n; i++) {
		if (at + i >= s.n || (s.p[at + i] & 0xC0) != 0x80)
			return -1;
		cp = cp << 6 | (s.p[at + i] & 0x3F);
	}
	return cp < least || cp > 0x10FFFF || (cp >= 0xD800 && cp < 0xE000) ? -1 : (int32_t)cp;
}

/* Three bytes that nothing more has to be asked of: U+1000 to U+CFFF, where most of a Japanese text lies. */
static bool plain_three(const uint8_t *p)
{
	return p[0] >= 0xE1 && p[0] <= 0xEC && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80;
}

int32_t sk_utf8_next(struct sk_slice s, size_t *pos)
{
	if (*pos >= s.n)
		return -2;
	const uint8_t *p = s.p + *pos;
	if (s.n - *pos >= 3 && plain_three(p)) {
		*pos += 3;
		return (p[0] & 0x0F) << 12 | (p[1] & 0x3F) << 6 | (p[2] & 0x3F);
	}
	uint8_t b = *p;
	unsigned n = b < 0x80 ? 0 : b < 0xC2 ? 9 : b < 0xE0 ? 1 : b < 0xF0 ? 2 : b < 0xF5 ? 3 : 9;
	int32_t cp = b;

	if (n == 9)
		cp = -1;
	else if (n)
		cp = tail(s, *pos, n, b & (0x3F >> n), n == 1 ? 0x80 : n == 2 ? 0x800 : 0x10000);
	*pos += cp < 0 ? 1 : n + 1;
	return cp;
}

/* The bytes of ASCII from `at`, where one stands; eight are looked at together. */
static size_t ascii_run(struct sk_slice s, size_t at)
{
	size_t end = at + 1;
	uint64_t w;

	for (; s.n - end >= sizeof(w); end += sizeof(w)) {
		memcpy(&w, s.p + end, sizeof(w));
		if (w & 0x8080808080808080U)
			break;
	}
	return end - at;
}

bool sk_utf8_valid(struct sk_slice s)
{
	for (size_t pos = 0; pos < s.n;) {
		if (s.p[pos] < 0x80)
			pos += ascii_run(s, pos);
		else if (s.n - pos >= 3 && plain_three(s.p + pos))
			pos += 3;
		else if (sk_utf8_next(s, &pos) < 0)
			return false;
	}
	return true;
}

size_t sk_utf8_encode(uint8_t to[4], uint32_t cp)
{
	if (cp > 0x10FFFF || (cp >= 0xD800 && cp < 0xE000))
		cp = 0xFFFD;
	if (cp < 0x80) {
		to[0] = (uint8_t)cp;
		return 1;
	}
	size_t n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	for (size_t i = n - 1; i > 0; i--, cp >>= 6)
		to[i] = (uint8_t)(0x80 | (cp & 0x3F));
	to[0] = (uint8_t)((0xF00U >> n) | cp);
	return n;
}

int sk_utf8_put(struct sk_buf *b, uint32_t cp)
{
	uint8_t bytes[4];

	if (cp < 0x80)
		return sk_buf_putc(b, (uint8_t)cp);
	return sk_buf_put(b, bytes, sk_utf8_encode(bytes, cp));
}

static bool shown(int32_t cp)
{
	if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0xFEFF || cp == 0x61C)
		return false;
	if ((cp >= 0x200B && cp <= 0x200F) || (cp >= 0x2028 && cp <= 0x202E) ||
	    (cp >= 0x2060 && cp <= 0x206F))
		return false;
	return cp < 0xE0000 || cp > 0xE007F;
}

void sk_utf8_display(char *dst, size_t size, struct sk_slice s)
{
	size_t used = 0;

	for (size_t pos = 0, at = 0; pos < s.n; at = pos) {
		int32_t cp = sk_utf8_next(s, &pos);
		size_t n = shown(cp) ? pos - at : 1;
		if (used + n + 1 > size)
			break;
		if (shown(cp))
			memcpy(dst + used, s.p + at, n);
		else
			dst[used] = '?';
		used += n;
	}
	if (size)
		dst[used] = '\0';
}
