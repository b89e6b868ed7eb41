/* What files are called that go out: name.h. */
#include "base/name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

#define LONGEST 255 /* bytes that file systems take */

size_t sk_name_stem(const char *name)
{
	const char *dot = strrchr(name, '.');
	return dot && dot != name ? (size_t)(dot - name) : strlen(name);
}

static bool ends_with(const char *name, size_t n, const char *extension)
{
	size_t k = strlen(extension);
	return n > k + 1 && name[n - k - 1] == '.' && strncasecmp(name + n - k, extension, k) == 0;
}

size_t sk_name_cut(const char *name, size_t n, size_t max)
{
	if (n <= max)
		return n;
	while (max && ((unsigned char)name[max] & 0xC0) == 0x80)
		max--;
	return max;
}

/* Characters that turn the reading direction: with one "exe.pdf" is shown of what ends in "fdp.exe" (UAX #9). */
static bool turns_direction(int32_t cp)
{
	return (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0x200E ||
	       cp == 0x200F || cp == 0x061C;
}

/* A copy of a name without those; other bytes, also such that are not UTF-8, stay. Allocated. */
static char *upright(const char *name)
{
	struct sk_slice in = sk_slice_str(name);
	char *out = malloc(in.n + 1);
	size_t n = 0;

	if (out == NULL)
		return NULL;
	for (size_t pos = 0, from = 0; pos < in.n; from = pos) {
		if (turns_direction(sk_utf8_next(in, &pos)))
			continue;
		memcpy(out + n, name + from, pos - from);
		n += pos - from;
	}
	out[n] = '\0';
	return out;
}

char *sk_name_output(const char *path, const char *extension, bool fits, bool clean, bool *changed)
{
	const char *slash = strrchr(path, '/');
	const char *given = strcmp(path, "-") == 0 ? "stdin" : slash ? slash + 1 : path;
	char *name = upright(given), *out = NULL;

	if (name == NULL)
		return NULL;
	size_t stem = sk_name_stem(name);

	/* A name that is right stays as it is written; "letter.pdf.exe" that is a PDF becomes "letter.pdf". */
	if (fits && name[stem])
		extension = name + stem + 1;
	else if (ends_with(name, stem, extension))
		stem -= strlen(extension) + 1;
	size_t rest = strlen(extension) + strlen(".") + (clean ? strlen(".clean") : 0);
	size_t kept = sk_name_cut(name, stem, LONGEST - rest);
	*changed = kept < stem || strcmp(name, given) != 0;
	if (asprintf(&out, "%.*s%s.%s", (int)kept, name, clean ? ".clean" : "", extension) < 0)
		out = NULL;
	free(name);
	return out;
}
