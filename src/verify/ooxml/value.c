/* Tokens, links, actions and styles (doc/profiles/ooxml.md, sections 4, 6, 8, 9). Verifier's jail. */
#include <strings.h>

#include "verify/ooxml/value.h"

#include "base/utf8.h"

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

bool sk_oo_fits(enum sk_oo_class kind, struct sk_slice value)
{
	bool (*fits)(uint8_t) = kind == SK_OO_BASE64 ? base64_byte : token_byte;

	if (value.n > (kind == SK_OO_TOKEN ? MAX_TOKEN : MAX_LONG))
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
	return t.p[0] == '#' || starts_with(t, "http://") || starts_with(t, "https://") ||
	       starts_with(t, "mailto:");
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
	return !holds(s, "url(") && !holds(s, "expression") && !holds(s, "@import") &&
	       !holds(s, "\\") && !holds(s, "behavior") && !holds(s, "javascript");
}
