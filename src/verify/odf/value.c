/* Words, links, settings and the program's name (doc/profiles/odf.md, sections 4, 5 and 8). Verifier's jail. */
#include <strings.h>

#include "verify/odf/value.h"

#include "base/utf8.h"
#include "verify/text/mailto.h"

#define MAX_LINK 8192

static bool letter(uint8_t ch)
{
	return (ch | 0x20) >= 'a' && (ch | 0x20) <= 'z';
}

static bool digit(uint8_t ch)
{
	return ch >= '0' && ch <= '9';
}

static bool one_of(uint8_t ch, const char *set)
{
	return ch && strchr(set, ch);
}

bool sk_vo_words(struct sk_slice value, size_t max)
{
	if (value.n > max)
		return false;
	for (size_t i = 0; i < value.n; i++)
		if (!letter(value.p[i]) && !digit(value.p[i]) &&
		    !one_of(value.p[i], ".:%#_ ,;()+-/*=?!'$@"))
			return false;
	return true;
}

bool sk_vo_chart(struct sk_slice value)
{
	size_t from = sk_slice_starts(value, SK_SLICE_LIT("chart:")) ? 6 : 0;

	for (size_t i = from; i < value.n; i++)
		if (value.p[i] != '-' && (value.p[i] < 'a' || value.p[i] > 'z'))
			return false;
	return value.n > from && value.n - from <= 64;
}

static bool starts_with(struct sk_slice s, const char *head)
{
	size_t n = strlen(head);
	return s.n >= n && strncasecmp((const char *)s.p, head, n) == 0;
}

/* "Sheet1.$A$1" or "A1": a column of up to three letters and a row of up to seven digits behind the last dot. */
static bool cell(struct sk_slice s)
{
	size_t i = 0, letters = 0, digits = 0;

	for (size_t k = 0; k < s.n; k++)
		if (s.p[k] == '.') {
			i = k + 1;
			break;
		}
	i += i < s.n && s.p[i] == '$';
	for (; i < s.n && letter(s.p[i]); i++)
		letters++;
	i += i < s.n && s.p[i] == '$';
	for (; i < s.n && digit(s.p[i]); i++)
		digits++;
	return i == s.n && letters >= 1 && letters <= 3 && digits >= 1 && digits <= 7;
}

static bool place(struct sk_slice s)
{
	size_t n = 0;

	if (s.n && s.p[0] == '.')
		return false;
	for (size_t i = 1; i < s.n; i++)
		if (s.p[i] == '/' && s.p[i - 1] == '/')
			return false;
	while (n < s.n && (letter(s.p[n]) || digit(s.p[n]) || one_of(s.p[n], "+-.$")))
		n++;
	if (n < 2 || n == s.n || s.p[n] != ':')
		return true;
	return cell(sk_slice_sub(s, 0, n)) && cell(sk_slice_sub(s, n + 1, s.n));
}

bool sk_vo_link(struct sk_slice t)
{
	if (t.n == 0 || t.n > MAX_LINK)
		return false;
	for (size_t pos = 0; pos < t.n;) {
		int32_t cp = sk_utf8_next(t, &pos);
		bool blank = cp == 0x20 || cp == 0xa0 || cp == 0x3000;
		if (cp < 0x20 || (cp >= 0x7f && cp <= 0x9f) || cp == '"' || cp == '<' ||
		    cp == '>' || cp == '\\' || (blank && pos == t.n))
			return false;
	}
	if (t.p[0] == '#')
		return place(sk_slice_sub(t, 1, t.n));
	return starts_with(t, "http://") || starts_with(t, "https://") ||
	       (starts_with(t, "mailto:") && sk_vt_mailto(t));
}

/* --- the program --- */

/* Moves s behind `text`. */
static bool skip(struct sk_slice *s, const char *text)
{
	struct sk_slice head = sk_slice_str(text);
	bool has = sk_slice_starts(*s, head);

	if (has)
		*s = sk_slice_sub(*s, head.n, s->n);
	return has;
}

static bool skip_run(struct sk_slice *s, const char *set, size_t max)
{
	size_t n = 0;

	while (n < s->n && one_of(s->p[n], set))
		n++;
	*s = sk_slice_sub(*s, n, s->n);
	return n >= 1 && n <= max;
}

bool sk_vo_generator(struct sk_slice s)
{
	static const char version[] = "0123456789.";

	if (skip(&s, "LibreOffice/"))
		return skip_run(&s, version, 24) && sk_slice_is(s, "$Any LibreOffice_project/0");
	if (skip(&s, "OpenOffice.org/"))
		return skip_run(&s, version, 24) && skip(&s, "$Any OpenOffice.org_project/") &&
		       (s.n == 0 || skip_run(&s, "0123456789abcdefm$Build-", 40)) && s.n == 0;
	return skip(&s, "MicrosoftOffice/") && skip_run(&s, version, 24) &&
	       (sk_slice_is(s, " MicrosoftWord") || sk_slice_is(s, " MicrosoftExcel") ||
		   sk_slice_is(s, " MicrosoftPowerPoint"));
}

/* --- settings --- */

static bool number(struct sk_slice s)
{
	size_t digits = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (digit(s.p[i]))
			digits++;
		else if (!(s.p[i] == '-' && i == 0) && !(s.p[i] == '.' && digits))
			return false;
	}
	return digits && s.n <= 24;
}

static bool layers(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!letter(s.p[i]) && !digit(s.p[i]) && !one_of(s.p[i], "+/= \t\r"))
			return false;
	return s.n <= 64;
}

bool sk_vo_setting_value(char kind, struct sk_slice value)
{
	switch (kind) {
	case 'b':
		return sk_slice_is(value, "true") || sk_slice_is(value, "false");
	case 'n':
		return number(value);
	case 'l':
		return layers(value);
	case 't':
		return value.n <= 4096;
	default:
		return false;
	}
}
