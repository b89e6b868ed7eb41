/*
 * A text does not begin like a file of another kind (doc/profiles/text.md, section 1), whatever its name says.
 * Verifier's jail.
 */
#include <strings.h>

#include "verify/text/text.h"

static bool has(struct sk_slice in, size_t at, const char *what)
{
	struct sk_slice there = sk_slice_sub(in, at, strlen(what));

	return there.n == strlen(what) && strncasecmp((const char *)there.p, what, there.n) == 0;
}

int sk_vt_begin(struct sk_check *c, struct sk_slice in)
{
	static const char first[][16] = {"<script", "<!doctype", "<html", "<head", "<body", "<svg",
	    "{\\rt", "%!PS", "GIF87a", "GIF89a", "MIME-Version:"};
	static const char anywhere[][20] = {"%PDF-", "<?mso-application"};
	size_t at = has(in, 0, "\xef\xbb\xbf") ? 3 : 0;

	while (at < in.n && (in.p[at] == ' ' || in.p[at] == '\t' || in.p[at] == '\r' ||
				in.p[at] == '\n' || in.p[at] == '"'))
		at++;
	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		if (has(in, at, first[i]))
			return sk_fail(c, at, "text begins with %s", first[i]);
	for (at = 0; at < in.n && at < 1024; at++)
		for (size_t i = 0; i < sizeof(anywhere) / sizeof(anywhere[0]); i++)
			if (has(in, at, anywhere[i]))
				return sk_fail(c, at, "text holds %s", anywhere[i]);
	return 0;
}
