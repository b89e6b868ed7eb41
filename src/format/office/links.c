/* Addresses that may be followed (doc/profiles/ooxml.md, section 6; odf.md, section 5). Pure. Cleaner's jail. */
#include "format/office/office.h"
#include "format/text/mailto.h"

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

bool sk_office_plain_link(const char *t)
{
	size_t n = strlen(t);

	if (n > LINK_MAX || has_odd_space(t, n))
		return false;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)t[i] < 0x20 || t[i] == 0x7F || strchr("\"<>\\", t[i]))
			return false;
	return true;
}

bool sk_office_address_ok(const char *t)
{
	bool scheme = strncasecmp(t, "http://", 7) == 0 || strncasecmp(t, "https://", 8) == 0 ||
		      strncasecmp(t, "mailto:", 7) == 0;

	return scheme && sk_office_plain_link(t) && sk_mailto_ok(sk_slice_str(t));
}
