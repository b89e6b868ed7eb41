/* Fields of mailto: (RFC 6068). Pure. Cleaner's jail. */
#include "format/text/mailto.h"

#include <strings.h>

/* What has no sign of equality is no field, but a part of a value whose writer did not encode it: "Q&A". */
static bool field_ok(struct sk_slice f)
{
	static const char *const seen[] = {"subject=", "body=", "cc=", "to="};

	for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++)
		if (f.n >= strlen(seen[i]) &&
		    strncasecmp((const char *)f.p, seen[i], strlen(seen[i])) == 0)
			return true;
	return sk_slice_find(f, 0, SK_SLICE_LIT("=")) == SIZE_MAX;
}

bool sk_mailto_ok(struct sk_slice link)
{
	size_t at = sk_slice_find(link, 0, SK_SLICE_LIT("?"));

	if (link.n < 7 || strncasecmp((const char *)link.p, "mailto:", 7) != 0)
		return true;
	while (at != SIZE_MAX) {
		size_t next = sk_slice_find(link, at + 1, SK_SLICE_LIT("&"));
		size_t end = next == SIZE_MAX ? link.n : next;
		if (!field_ok(sk_slice_sub(link, at + 1, end - at - 1)))
			return false;
		at = next;
	}
	return true;
}
