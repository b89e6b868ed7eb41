/* Forms of passwords. Cleaner's jail. */
#include "container/crypt.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "container/codepage.h"

/* Into the arena, whole, or empty where it cannot be. What was converted on the way does not stay behind. */
static struct sk_slice keep(struct sk_arena *a, struct sk_buf *b, int rc)
{
	uint8_t *p = rc ? NULL : sk_arena_alloc(a, b->len);
	size_t n = b->len;

	if (p && n)
		memcpy(p, b->p, n);
	if (b->p)
		explicit_bzero(b->p, b->cap);
	sk_buf_free(b);
	return sk_slice(p, p ? n : 0);
}

static struct sk_slice to_cp932(struct sk_arena *a, struct sk_slice utf8)
{
	struct sk_buf b = SK_BUF(2 * utf8.n + 1);
	int rc = sk_codepage_to_932(utf8, &b);

	return keep(a, &b, rc);
}

static struct sk_slice from_cp932(struct sk_arena *a, struct sk_slice in)
{
	struct sk_buf b = SK_BUF(4 * in.n + 1);
	uint32_t bad = 0;
	int rc = sk_codepage_to_utf8(932, in, &b, &bad);

	return keep(a, &b, bad ? SK_EFORMAT : rc);
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
	if (is_ascii(given))
		return n;
	if (sk_utf8_valid(given)) {
		other[0] = to_cp932(a, given);
		other[1] = latin1(a, given);
	} else {
		other[0] = from_cp932(a, given);
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

	if (!sk_utf8_valid(s)) {
		s = from_cp932(a, s);
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
