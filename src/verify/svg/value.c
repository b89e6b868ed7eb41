/* Values, declarations and sheets (doc/profiles/svg.md, sections 4 and 5). Pure. Verifier's jail. */
#include "verify/svg/svg.h"
#include "verify/text/mailto.h"

#include <strings.h>

static bool letter(uint8_t b)
{
	return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') ||
	       b == '-' || b == '_' || b > 0x7F;
}

static bool one_of(uint8_t b, const char *set)
{
	return b && strchr(set, b);
}

bool sk_vs_fragment(struct sk_slice v)
{
	for (size_t i = 1; i < v.n; i++)
		if (!letter(v.p[i]) && !one_of(v.p[i], ".:+,!$*=@~/"))
			return false;
	return v.n > 1 && v.p[0] == '#';
}

/* The length of a string with its quotes, 0 when it is none. */
static size_t string_at(struct sk_slice v)
{
	for (size_t i = 1; i < v.n; i++) {
		if (v.p[i] == v.p[0])
			return i + 1;
		if (v.p[i] < 0x20 || one_of(v.p[i], "\\<>{};"))
			return 0;
	}
	return 0;
}

/* The length of a name, or of a function with its bracket; url(#name) goes to its end. */
static size_t name_at(struct sk_slice v, unsigned *open)
{
	size_t n = 0;

	while (n < v.n && letter(v.p[n]))
		n++;
	if (n == v.n || v.p[n] != '(')
		return n;
	if (n == 3 && memcmp(v.p, "url", 3) == 0) {
		const uint8_t *close = memchr(v.p, ')', v.n);
		size_t end = close ? (size_t)(close - v.p) : 4;
		return sk_vs_fragment(sk_slice_sub(v, 4, end - 4)) ? end + 1 : 0;
	}
	if (!sk_vs_function(sk_slice_sub(v, 0, n)))
		return 0;
	++*open;
	return n + 1;
}

bool sk_vs_value(struct sk_slice v)
{
	unsigned open = 0, opened = 0;

	for (size_t n; v.n; v = sk_slice_sub(v, n, v.n)) {
		unsigned before = open;
		n = 1;
		if (letter(v.p[0]))
			n = name_at(v, &open);
		else if (one_of(v.p[0], "\"'"))
			n = string_at(v);
		else if (v.p[0] == ')' && open)
			open--;
		else if (!one_of(v.p[0], " \t\n\r,.+%#/"))
			return false;
		opened += open > before;
		if (n == 0 || opened > 8)
			return false;
	}
	return open == 0;
}

static bool declaration(struct sk_slice d)
{
	static const char mark[] = "!important";
	const uint8_t *colon = d.n ? memchr(d.p, ':', d.n) : NULL;
	size_t at = colon ? (size_t)(colon - d.p) : 0, m = sizeof(mark) - 1;

	if (colon == NULL || !sk_vs_property(sk_slice_sub(d, 0, at)))
		return false;
	struct sk_slice v = sk_slice_sub(d, at + 1, d.n);
	if (v.n > m && memcmp(v.p + v.n - m, mark, m) == 0)
		v.n -= m;
	return v.n && !one_of(v.p[0], " \t\n\r") && !one_of(v.p[v.n - 1], " \t\n\r") &&
	       sk_vs_value(v);
}

/* No value holds a semicolon, not even in a string. */
bool sk_vs_declarations(struct sk_slice v)
{
	size_t from = 0, semi;

	while ((semi = sk_slice_find(v, from, SK_SLICE_LIT(";"))) != SIZE_MAX) {
		if (!declaration(sk_slice_sub(v, from, semi - from)))
			return false;
		from = semi + 1;
	}
	return declaration(sk_slice_sub(v, from, v.n));
}

bool sk_vs_numbers(struct sk_slice v, unsigned max)
{
	for (size_t i = 0; i < v.n;) {
		uint64_t whole = 0;
		size_t digits = 0;
		if (one_of(v.p[i], " ,\t\n\r")) {
			i++;
			continue;
		}
		i += one_of(v.p[i], "+-");
		for (; i < v.n && v.p[i] >= '0' && v.p[i] <= '9' && whole <= max; i++, digits++)
			whole = whole * 10 + v.p[i] - '0';
		if (i < v.n && v.p[i] == '.')
			for (i++; i < v.n && v.p[i] >= '0' && v.p[i] <= '9'; i++)
				digits++;
		if (digits == 0 || whole > max)
			return false;
	}
	return true;
}

bool sk_vs_web(struct sk_slice v)
{
	static const char *const begin[] = {"http://", "https://", "mailto:"};

	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] <= 0x20 || one_of(v.p[i], "\"'<>\\`{}"))
			return false;
	for (size_t i = 0; i < sizeof(begin) / sizeof(begin[0]); i++)
		if (v.n > strlen(begin[i]) &&
		    strncasecmp((const char *)v.p, begin[i], strlen(begin[i])) == 0)
			return sk_vt_mailto(v);
	return false;
}

static bool selector(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!letter(s.p[i]) && !one_of(s.p[i], " .#*,>+~:()"))
			return false;
		if (s.p[i] == ' ' && (i == 0 || i + 1 == s.n || s.p[i - 1] == ' '))
			return false;
	}
	return s.n > 0;
}

/* selector{declarations} and a line end, as often as needed. */
bool sk_vs_sheet(struct sk_slice css)
{
	while (css.n) {
		const uint8_t *open = memchr(css.p, '{', css.n), *close = memchr(css.p, '}', css.n);
		if (open == NULL || close == NULL || close < open)
			return false;
		size_t from = (size_t)(open - css.p), to = (size_t)(close - css.p);
		if (!selector(sk_slice_sub(css, 0, from)) ||
		    !sk_vs_declarations(sk_slice_sub(css, from + 1, to - from - 1)))
			return false;
		if (to + 1 == css.n || css.p[to + 1] != '\n')
			return false;
		css = sk_slice_sub(css, to + 2, css.n);
	}
	return true;
}
