/* Addresses, click actions and styles: which may stay (doc/profiles/ooxml.md). Pure. Cleaner's
 * jail. */
#include "format/ooxml/ox.h"

#define LINK_MAX 8192

/* A space of any width at the end, or a control character of the upper half (U+0080 to U+009F). */
static bool has_odd_space(const char *t, size_t n)
{
	static const char *const ends[] = {" ", "\xC2\xA0", "\xE3\x80\x80"};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t len = strlen(ends[i]);
		if (n >= len && memcmp(t + n - len, ends[i], len) == 0)
			return true;
	}
	for (size_t i = 0; i + 1 < n; i++)
		if (t[i] == '\xC2' && (unsigned char)t[i + 1] < 0xA0)
			return true;
	return false;
}

/* One side of a range: letters and a number, each with or without its dollar. Bytes, or 0. */
static size_t cell(const char *s)
{
	size_t i = s[0] == '$', letters = 0, digits = 0;

	for (; letters < 3 && ((s[i] | 0x20) >= 'a' && (s[i] | 0x20) <= 'z'); i++)
		letters++;
	i += letters && s[i] == '$';
	for (; digits < 7 && s[i] >= '0' && s[i] <= '9'; i++)
		digits++;
	return letters || digits ? i : 0;
}

/* A colon stands between two cells only: no scheme of an address has one so. */
bool ox_place_ok(const char *s)
{
	const char *colon = strchr(s, ':'), *bang = strrchr(s, '!');
	const char *from = bang ? bang + 1 : s;

	if (strpbrk(s, "[]|\\/\"<>"))
		return false;
	if (colon == NULL)
		return true;
	if (colon < from || cell(from) != (size_t)(colon - from) || colon == from)
		return false;
	size_t n = cell(colon + 1);
	return n && colon[1 + n] == '\0';
}

bool ox_link_ok(const char *t)
{
	size_t n = strlen(t);
	bool scheme = strncasecmp(t, "http://", 7) == 0 || strncasecmp(t, "https://", 8) == 0 ||
		      strncasecmp(t, "mailto:", 7) == 0 || t[0] == '#';

	if (!scheme || n > LINK_MAX || has_odd_space(t, n))
		return false;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)t[i] < 0x20 || t[i] == 0x7F || strchr("\"<>\\", t[i]))
			return false;
	return t[0] != '#' || ox_place_ok(t + 1);
}

static bool all_digits(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return n > 0 && n < 10;
}

static bool is_custom_show(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return all_digits(s, n) && (s[n] == '\0' || strcmp(s + n, "&return=true") == 0 ||
				       strcmp(s + n, "&return=false") == 0);
}

bool ox_action_ok(const char *action, bool *needs_slide)
{
	static const char *const jumps[] = {
	    "firstslide", "lastslide", "nextslide", "previousslide", "lastslideviewed", "endshow"};
	static const char jump[] = "ppaction://hlinkshowjump?jump=",
			  show[] = "ppaction://customshow?id=";

	*needs_slide = strcmp(action, "ppaction://hlinksldjump") == 0;
	if (*needs_slide || strcmp(action, "ppaction://noaction") == 0)
		return true;
	if (strncmp(action, show, sizeof(show) - 1) == 0)
		return is_custom_show(action + sizeof(show) - 1);
	if (strncmp(action, jump, sizeof(jump) - 1) != 0)
		return false;
	for (size_t i = 0; i < sizeof(jumps) / sizeof(jumps[0]); i++)
		if (strcmp(action + sizeof(jump) - 1, jumps[i]) == 0)
			return true;
	return false;
}

bool ox_style_ok(const char *s)
{
	/* Properties with plain values need none of the bytes that make functions, rules and comments. */
	static const char *const active[] = {"(", "@", "<", "{", "/*", "\\", "expression",
	    "behavior", "behaviour", "javascript", "binding"};

	for (size_t i = 0; i < sizeof(active) / sizeof(active[0]); i++)
		if (strcasestr(s, active[i]))
			return false;
	return true;
}
