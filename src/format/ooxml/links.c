/* Addresses, click actions and styles: which may stay (doc/profiles/ooxml.md). Pure. Cleaner's
 * jail. */
#include "format/office/office.h"
#include "format/ooxml/ox.h"

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
	if (t[0] == '#')
		return sk_office_plain_link(t) && ox_place_ok(t + 1);
	return sk_office_address_ok(t);
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
