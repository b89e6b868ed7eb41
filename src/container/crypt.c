/* Forms of passwords. Cleaner's jail. */
#include "container/crypt.h"

#include <iconv.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"

static iconv_t to_cp932, from_cp932;

int sk_crypt_init(void)
{
	if (to_cp932)
		return 0;
	from_cp932 = iconv_open("UTF-8", "CP932");
	to_cp932 = iconv_open("CP932", "UTF-8");
	return to_cp932 == (iconv_t)-1 || from_cp932 == (iconv_t)-1 ? SK_EUNSUPPORTED : 0;
}

/* Converted whole, or empty. */
static struct sk_slice convert(struct sk_arena *a, iconv_t cd, struct sk_slice in)
{
	size_t left = in.n, room = 4 * in.n;
	uint8_t *p = sk_arena_alloc(a, room);
	char *from = (char *)(uintptr_t)in.p, *to = (char *)p;

	if (p == NULL || iconv(cd, NULL, NULL, NULL, NULL) == (size_t)-1 ||
	    iconv(cd, &from, &left, &to, &room) != 0)
		return sk_slice("", 0);
	return sk_slice(p, (size_t)((uint8_t *)to - p));
}

static bool is_ascii(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 0x80)
			return false;
	return true;
}

/* Empty when a character lies beyond. */
static struct sk_slice latin1(struct sk_arena *a, struct sk_slice utf8)
{
	uint8_t *p = sk_arena_alloc(a, utf8.n);
	size_t n = 0;

	for (size_t at = 0; p && at < utf8.n;) {
		int32_t cp = sk_utf8_next(utf8, &at);
		if (cp < 0 || cp > 0xFF)
			return sk_slice("", 0);
		p[n++] = (uint8_t)cp;
	}
	return sk_slice(p, n);
}

unsigned sk_password_bytes(
    struct sk_arena *a, const char *password, struct sk_slice forms[SK_PASSWORD_FORMS])
{
	struct sk_slice given = sk_slice_str(password), other[2] = {{0}, {0}};
	unsigned n = 0;

	forms[n++] = given;
	if (is_ascii(given) || sk_crypt_init())
		return n;
	if (sk_utf8_valid(given)) {
		other[0] = convert(a, to_cp932, given);
		other[1] = latin1(a, given);
	} else {
		other[0] = convert(a, from_cp932, given);
	}
	for (unsigned i = 0; i < 2; i++)
		if (other[i].n)
			forms[n++] = other[i];
	return sk_arena_failed(a) ? 0 : n;
}

int sk_password_utf16(struct sk_arena *a, const char *password, struct sk_slice *out)
{
	struct sk_slice s = sk_slice_str(password);
	uint8_t *p = sk_arena_alloc(a, 2 * s.n);
	size_t n = 0;

	if (!sk_utf8_valid(s) && sk_crypt_init() == 0) {
		s = convert(a, from_cp932, s);
		p = sk_arena_alloc(a, 2 * s.n);
	}
	if (p == NULL || sk_arena_failed(a))
		return SK_ENOMEM;
	for (size_t at = 0; at < s.n;) {
		int32_t cp = sk_utf8_next(s, &at);
		if (cp < 0)
			return SK_EFORMAT;
		uint32_t u = (uint32_t)cp, high = 0xD7C0 + (u >> 10);
		if (u > 0xFFFF) {
			p[n++] = (uint8_t)high;
			p[n++] = (uint8_t)(high >> 8);
			u = 0xDC00 + (u & 0x3FF);
		}
		p[n++] = (uint8_t)u;
		p[n++] = (uint8_t)(u >> 8);
	}
	*out = sk_slice(p, n);
	return n ? 0 : SK_EFORMAT;
}
