/* Tokens, links, actions and styles (doc/profiles/ooxml.md, sections 4, 6, 8, 9). Verifier's jail. */
#include <strings.h>

#include "verify/ooxml/value.h"

#include "base/utf8.h"
#include "verify/text/mailto.h"

#define MAX_TOKEN 64
#define MAX_LONG 65536
#define MAX_LINK 8192

static bool token_byte(uint8_t ch)
{
	static const char extra[] = "+.:%#_ ,;()/-";

	if ((ch | 0x20) >= 'a' && (ch | 0x20) <= 'z')
		return true;
	return (ch >= '0' && ch <= '9') || (ch && memchr(extra, ch, sizeof(extra) - 1) != NULL);
}

static bool base64_byte(uint8_t ch)
{
	return ((ch | 0x20) >= 'a' && (ch | 0x20) <= 'z') || (ch >= '0' && ch <= '9') ||
	       ch == '+' || ch == '/' || ch == '=';
}

static bool word_byte(uint8_t ch)
{
	return token_byte(ch) && (ch == '-' || ch == '_' || strchr("+.:%# ,;()/", ch) == NULL);
}

bool sk_oo_fits(enum sk_oo_class kind, struct sk_slice value)
{
	bool (*fits)(uint8_t) = kind == SK_OO_BASE64 ? base64_byte
				: kind == SK_OO_WORD ? word_byte
						     : token_byte;

	if (value.n > (kind == SK_OO_TOKEN || kind == SK_OO_WORD ? MAX_TOKEN : MAX_LONG))
		return false;
	for (size_t i = 0; i < value.n; i++)
		if (!fits(value.p[i]))
			return false;
	return true;
}

static bool starts_with(struct sk_slice s, const char *head)
{
	size_t n = strlen(head);
	return s.n >= n && strncasecmp((const char *)s.p, head, n) == 0;
}

static bool holds_byte(struct sk_slice s, const char *set)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] && strchr(set, s.p[i]))
			return true;
	return false;
}

/* Up to three letters, up to seven digits, dollars before either; all of s. */
static bool is_cell(struct sk_slice s)
{
	size_t i = 0, n[2] = {0, 0};

	for (unsigned part = 0; part < 2; part++) {
		i += i < s.n && s.p[i] == '$';
		for (; i < s.n && n[part] < (part ? 7 : 3); i++, n[part]++) {
			uint8_t low = s.p[i] | 0x20;
			bool fits =
			    part ? s.p[i] >= '0' && s.p[i] <= '9' : low >= 'a' && low <= 'z';
			if (!fits)
				break;
		}
	}
	return i == s.n && n[0] + n[1] > 0;
}

bool sk_oo_place(struct sk_slice s)
{
	size_t colon = SIZE_MAX, sheet = 0;

	if (holds_byte(s, "[]|\\/\"<>"))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '!')
			sheet = i + 1;
		if (s.p[i] == ':' && colon != SIZE_MAX)
			return false;
		if (s.p[i] == ':')
			colon = i;
	}
	if (colon == SIZE_MAX)
		return true;
	return colon > sheet && is_cell(sk_slice_sub(s, sheet, colon - sheet)) &&
	       is_cell(sk_slice_sub(s, colon + 1, s.n));
}

bool sk_oo_link(struct sk_slice t)
{
	if (t.n == 0 || t.n > MAX_LINK)
		return false;
	for (size_t pos = 0; pos < t.n;) {
		bool edge = pos == 0;
		int32_t cp = sk_utf8_next(t, &pos);
		bool blank = cp == 0x20 || cp == 0xa0 || cp == 0x3000;
		if (cp < 0x20 || (cp >= 0x7f && cp <= 0x9f) || cp == '"' || cp == '<' ||
		    cp == '>' || cp == '\\')
			return false;
		if (blank && (edge || pos == t.n))
			return false;
	}
	if (t.p[0] == '#')
		return sk_oo_place(sk_slice_sub(t, 1, t.n));
	return starts_with(t, "http://") || starts_with(t, "https://") ||
	       (starts_with(t, "mailto:") && sk_vt_mailto(t));
}

static bool digits(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

static bool custom_show(struct sk_slice id)
{
	static const char *const tails[] = {"&return=true", "&return=false"};

	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(tails[i]);
		if (id.n > n && memcmp(id.p + id.n - n, tails[i], n) == 0)
			id.n -= n;
	}
	return digits(id);
}

int sk_oo_action(struct sk_slice action)
{
	static const char *const jumps[] = {
	    "firstslide", "lastslide", "nextslide", "previousslide", "lastslideviewed", "endshow"};
	const struct sk_slice jump = SK_SLICE_LIT("ppaction://hlinkshowjump?jump=");
	const struct sk_slice show = SK_SLICE_LIT("ppaction://customshow?id=");

	if (sk_slice_is(action, "ppaction://hlinksldjump"))
		return 2;
	if (sk_slice_is(action, "ppaction://noaction"))
		return 1;
	if (sk_slice_starts(action, show))
		return custom_show(sk_slice_sub(action, show.n, action.n));
	if (!sk_slice_starts(action, jump))
		return 0;
	for (size_t i = 0; i < sizeof(jumps) / sizeof(jumps[0]); i++)
		if (sk_slice_is(sk_slice_sub(action, jump.n, action.n), jumps[i]))
			return 1;
	return 0;
}

static bool holds(struct sk_slice s, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= s.n; i++)
		if (strncasecmp((const char *)s.p + i, word, n) == 0)
			return true;
	return false;
}

bool sk_oo_style(struct sk_slice s)
{
	return !holds_byte(s, "(@<{\\") && !holds(s, "/*") && !holds(s, "expression") &&
	       !holds(s, "behavio") && !holds(s, "javascript") && !holds(s, "binding");
}
