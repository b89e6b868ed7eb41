/* The fields of mailto: (doc/profiles/text.md, section 7). Verifier's jail. */
#include "verify/text/mailto.h"

static bool begins(struct sk_slice s, size_t at, const char *word)
{
	for (; *word; word++, at++)
		if (at >= s.n ||
		    (s.p[at] >= 'A' && s.p[at] <= 'Z' ? s.p[at] + 32 : s.p[at]) != *word)
			return false;
	return true;
}

bool sk_vt_mailto(struct sk_slice link)
{
	bool inside = false, good = true;

	if (!begins(link, 0, "mailto:"))
		return true;
	for (size_t i = 7; i < link.n; i++) {
		if (link.p[i] == '=' && !good)
			return false;
		if (link.p[i] != (inside ? '&' : '?'))
			continue;
		inside = true;
		good = begins(link, i + 1, "subject=") || begins(link, i + 1, "body=") ||
		       begins(link, i + 1, "cc=") || begins(link, i + 1, "to=");
	}
	return true;
}
