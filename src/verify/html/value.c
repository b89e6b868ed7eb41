/* Values of attributes (doc/profiles/html.md, section 4). Verifier's jail. */
#include "verify/html/html.h"
#include "verify/text/chars.h"

static bool digit(uint8_t b)
{
	return b >= '0' && b <= '9';
}

static bool letter(uint8_t b)
{
	return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
}

static bool hex(uint8_t b)
{
	return digit(b) || (b >= 'a' && b <= 'f') || (b >= 'A' && b <= 'F');
}

static bool is_number(struct sk_slice v)
{
	size_t at = v.n && (v.p[0] == '-' || v.p[0] == '+'), from = at;

	while (at < v.n && digit(v.p[at]))
		at++;
	return at > from && at == v.n && v.n <= 9;
}

static bool is_length(struct sk_slice v)
{
	size_t n = v.n && v.p[v.n - 1] == '%' ? v.n - 1 : v.n;

	for (size_t i = 0; i < n; i++)
		if (!digit(v.p[i]) && (i == 0 || v.p[i] != '.'))
			return false;
	return n > 0 && n <= 9;
}

static bool is_colour(struct sk_slice v)
{
	bool sign = v.n && v.p[0] == '#';

	for (size_t i = sign; i < v.n; i++)
		if (sign ? !hex(v.p[i]) : !letter(v.p[i]))
			return false;
	return sign ? v.n == 4 || v.n == 7 : v.n > 0 && v.n <= 20;
}

static bool is_word(struct sk_slice v, size_t max)
{
	for (size_t i = 0; i < v.n; i++)
		if (!letter(v.p[i]) && !digit(v.p[i]) && v.p[i] != '-')
			return false;
	return v.n <= max;
}

static bool is_coords(struct sk_slice v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!digit(v.p[i]) && (v.p[i] == 0 || strchr(",. -%", v.p[i]) == NULL))
			return false;
	return v.n > 0 && v.n <= 2000;
}

static bool has_space(struct sk_slice v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] <= ' ')
			return true;
	return false;
}

/* Names with one space between them. */
static bool is_classes(struct sk_slice v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] < ' ' ||
		    (v.p[i] == ' ' && (i == 0 || i + 1 == v.n || v.p[i - 1] == ' ')))
			return false;
	return v.n > 0 && v.n <= 4096;
}

static bool is_place(struct sk_slice v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] < 0x80 && !letter(v.p[i]) && !digit(v.p[i]) &&
		    (v.p[i] == 0 || strchr("-._~:/?#[]@!$&'()*+,;=%", v.p[i]) == NULL))
			return false;
	return true;
}

/* A host, maybe with a port, up to the path; nobody's name and password before it. */
static bool is_web(struct sk_slice v, const char *scheme)
{
	size_t at = strlen(scheme), from = at;

	if (!sk_slice_starts(v, sk_slice_str(scheme)))
		return false;
	while (at < v.n && (letter(v.p[at]) || digit(v.p[at]) || v.p[at] >= 0x80 ||
			       v.p[at] == '.' || v.p[at] == '-' || v.p[at] == '_'))
		at++;
	if (at == from)
		return false;
	if (at < v.n && v.p[at] == ':')
		for (at++; at < v.n && digit(v.p[at]); at++)
			continue;
	return at == v.n || v.p[at] == '/' || v.p[at] == '?' || v.p[at] == '#';
}

static bool begins(struct sk_slice v, size_t at, const char *what)
{
	for (size_t i = 0; what[i]; i++)
		if (at + i >= v.n || (v.p[at + i] | 0x20) != (what[i] | 0x20))
			return false;
	return true;
}

static bool is_mail(struct sk_slice v)
{
	static const char *const fields[] = {"subject=", "body=", "cc=", "to="};
	uint8_t sign = '?';

	if (!sk_slice_starts(v, SK_SLICE_LIT("mailto:")))
		return false;
	for (size_t at = 7; at < v.n; at++) {
		if (v.p[at] == '#')
			return false;
		if (v.p[at] != sign)
			continue;
		bool known = false;
		for (size_t i = 0; i < 4; i++)
			known = known || begins(v, at + 1, fields[i]);
		if (!known)
			return false;
		sign = '&';
	}
	return true;
}

static bool is_link(struct sk_slice v)
{
	if (v.n == 0 || !is_place(v))
		return false;
	return v.p[0] == '#' || is_web(v, "http://") || is_web(v, "https://") || is_mail(v);
}

static bool fits(char kind, struct sk_slice v)
{
	switch (kind) {
	case 't':
		return true;
	case 'n':
		return v.n > 0 && v.n <= 256 && !has_space(v);
	case '#':
		return v.n > 1 && v.n <= 257 && v.p[0] == '#' && !has_space(v);
	case 'k':
		return is_classes(v);
	case 'g':
		return is_word(v, 35);
	case 'i':
		return is_number(v);
	case 'l':
		return is_length(v);
	case 'c':
		return is_colour(v);
	case 'w':
		return is_word(v, 20);
	case 'o':
		return is_coords(v);
	case 'h':
		return is_link(v);
	default:
		return false;
	}
}

int sk_vh_value(struct sk_check *c, char kind, struct sk_slice v, uint64_t at)
{
	if (!fits(kind, v))
		return sk_fail(c, at, "HTML: value of an attribute of kind %c", kind);
	return sk_vt_check(c, v, at, SK_VT_CTL('\t') | SK_VT_CTL('\n'));
}
