/* Strings of drawings and numbers (doc/profiles/cad.md, sections 1 and 2). Verifier's jail. */
#include <ctype.h>
#include <strings.h>

#include "base/utf8.h"
#include "verify/cad/cad.h"
#include "verify/text/chars.h"

static unsigned at(struct sk_slice s, size_t i)
{
	return i < s.n ? s.p[i] : 0;
}

static bool between(unsigned b, unsigned from, unsigned to)
{
	return b >= from && b <= to;
}

static size_t in_cp932(struct sk_slice s, size_t i)
{
	unsigned b = at(s, i), t = at(s, i + 1);

	if (between(b, 0xa1, 0xdf))
		return 1;
	return (between(b, 0x81, 0x9f) || between(b, 0xe0, 0xfc)) && between(t, 0x40, 0xfc) &&
		       t != 0x7f
		   ? 2
		   : 0;
}

static size_t in_euc(struct sk_slice s, size_t i)
{
	unsigned b = at(s, i), t = at(s, i + 1);

	if (b == 0x8e)
		return between(t, 0xa1, 0xdf) ? 2 : 0;
	if (b == 0x8f)
		return between(t, 0xa1, 0xfe) && between(at(s, i + 2), 0xa1, 0xfe) ? 3 : 0;
	return between(b, 0xa1, 0xfe) && between(t, 0xa1, 0xfe) ? 2 : 0;
}

static size_t in_latin(struct sk_slice s, size_t i)
{
	return at(s, i) >= 0xa0;
}

static bool all(struct sk_slice s, size_t (*length)(struct sk_slice, size_t))
{
	for (size_t i = 0, n; i < s.n; i += n) {
		n = s.p[i] < 0x80 ? 1 : length(s, i);
		if (n == 0)
			return false;
	}
	return true;
}

static unsigned charsets_of(struct sk_check *c, struct sk_slice s)
{
	struct sk_check quiet = {.arena = c->arena};

	return (sk_vt_check(&quiet, s, 0, 0) == 0 ? SK_VD_UTF8 : 0) |
	       (all(s, in_cp932) ? SK_VD_CP932 : 0) | (all(s, in_euc) ? SK_VD_EUC : 0) |
	       (all(s, in_latin) ? SK_VD_LATIN : 0);
}

/* --- places --- */

static bool starts(struct sk_slice s, size_t i, const char *word)
{
	size_t n = strlen(word);

	return i + n <= s.n && strncasecmp((const char *)s.p + i, word, n) == 0;
}

static bool has_scheme(struct sk_slice s, size_t from)
{
	static const char bad[][12] = {"file:", "javascript:", "vbscript:", "search-ms:", "mhtml:"};
	size_t i = from;

	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
		if (starts(s, from, bad[k]))
			return true;
	while (i < s.n && s.p[i] < 0x80 && (isalnum(s.p[i]) || strchr("+-.", s.p[i])) && s.p[i])
		i++;
	return i > from + 1 && isalpha(s.p[from]) && starts(s, i, "://") &&
	       !starts(s, from, "http://") && !starts(s, from, "https://");
}

static bool slash(unsigned b)
{
	return b == '/' || b == '\\';
}

static bool is_place(struct sk_slice s)
{
	size_t i = 0, end = s.n;

	while (i < end && (s.p[i] == ' ' || s.p[i] == '\t'))
		i++;
	while (end > i && (s.p[end - 1] == ' ' || s.p[end - 1] == '\t'))
		end--;
	s.n = end;
	if (end - i > 2 &&
	    ((isalpha(s.p[i]) && s.p[i] < 0x80 && s.p[i + 1] == ':' && slash(s.p[i + 2])) ||
		(slash(s.p[i]) && s.p[i] == s.p[i + 1])))
		return true;
	for (size_t k = i; k + 2 < end; k++)
		if (s.p[k] == '.' && s.p[k + 1] == '.' && slash(s.p[k + 2]) &&
		    (k == i || slash(s.p[k - 1])))
			return true;
	return i < end && has_scheme(s, i);
}

/* --- codes of characters --- */

static bool hex_number(struct sk_slice s, size_t i, unsigned n, uint64_t *cp)
{
	*cp = 0;
	for (unsigned k = 0; k < n; k++) {
		unsigned b = at(s, i + k);
		if (b >= 0x80 || !isxdigit((int)b))
			return false;
		*cp = *cp << 4 | (b <= '9' ? b - '0' : (b | 32) - 'a' + 10);
	}
	return true;
}

static bool may_be_meant(struct sk_check *c, uint64_t cp)
{
	struct sk_check quiet = {.arena = c->arena};
	struct sk_buf b = SK_BUF(16);

	if (cp >= 0xd800 && cp <= 0xdfff)
		return true;
	if (cp < 0x20 || cp > 0x10ffff)
		return false;
	sk_utf8_put(&b, 0x4e00);
	sk_utf8_put(&b, (uint32_t)cp);
	int rc = sk_vt_check(&quiet, sk_buf_slice(&b), 0, 0);
	sk_buf_free(&b);
	return rc == 0;
}

static bool codes_are_clean(struct sk_check *c, struct sk_slice s, bool dxf)
{
	static const struct {
		const char *sign;
		bool dxf, many;
		unsigned width;
	} signs[] = {{"\\X2\\", false, true, 4}, {"\\X4\\", false, true, 8},
	    {"\\X\\", false, false, 2}, {"\\U+", true, false, 4}};
	uint64_t cp;

	for (size_t i = 0; i < s.n; i++) {
		for (size_t k = 0; s.p[i] == '\\' && k < sizeof(signs) / sizeof(signs[0]); k++) {
			size_t n = strlen(signs[k].sign), pos = i + n;
			if (signs[k].dxf != dxf || pos > s.n ||
			    memcmp(s.p + i, signs[k].sign, n) != 0)
				continue;
			bool more = true;
			for (; more && hex_number(s, pos, signs[k].width, &cp);
			     pos += signs[k].width, more = signs[k].many)
				if (!may_be_meant(c, cp))
					return false;
		}
	}
	return true;
}

int sk_vd_string(struct sk_vd *v, struct sk_slice s, enum sk_vd_kind kind)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] == 0x7f)
			return sk_fail(v->c, v->pos, "a control character in a string");
	v->charsets &= charsets_of(v->c, s);
	if (v->charsets == 0)
		return sk_fail(v->c, v->pos, "strings in no one character set");
	if (kind != SK_VD_WORDS && is_place(s))
		return sk_fail(v->c, v->pos, "a string names a place");
	if (!codes_are_clean(v->c, s, kind != SK_VD_STEP))
		return sk_fail(v->c, v->pos, "a code of a character that is not allowed");
	return 0;
}

/* --- numbers --- */

static size_t run(struct sk_slice s, size_t i)
{
	size_t from = i;

	while (between(at(s, i), '0', '9'))
		i++;
	return i - from;
}

bool sk_vd_integer(struct sk_slice s)
{
	size_t i = at(s, 0) == '-' || at(s, 0) == '+';

	return s.n > i && s.n <= 20 && run(s, i) == s.n - i;
}

bool sk_vd_real(struct sk_slice s)
{
	size_t i = at(s, 0) == '-' || at(s, 0) == '+', whole = run(s, i), rest = 0;

	i += whole;
	if (at(s, i) == '.')
		i += 1 + (rest = run(s, i + 1));
	if (whole + rest == 0 || s.n > 64)
		return false;
	if ((at(s, i) | 32) == 'e' && i < s.n) {
		i += 1 + (at(s, i + 1) == '-' || at(s, i + 1) == '+');
		size_t n = run(s, i);
		if (n == 0 || n > 4)
			return false;
		i += n;
	}
	return i == s.n;
}
