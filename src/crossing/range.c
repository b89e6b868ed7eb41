/* Ranges of bytes: range.h. */
#include "crossing/range.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* At least one digit, at most 18, no needless 0 in front. */
static bool digits(const char **text, uint64_t *n)
{
	size_t len = strspn(*text, "0123456789");

	if (len == 0 || len > 18 || (len > 1 && (*text)[0] == '0'))
		return false;
	*n = 0;
	for (size_t i = 0; i < len; i++)
		*n = *n * 10 + (uint64_t)((*text)[i] - '0');
	*text += len;
	return true;
}

static bool skip(const char **text, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(*text, word, n) != 0)
		return false;
	*text += n;
	return true;
}

bool sk_range_get(const char *text, uint64_t *from)
{
	return skip(&text, "bytes=") && digits(&text, from) && strcmp(text, "-") == 0;
}

void sk_range_put(char text[SK_RANGE_TEXT], uint64_t from)
{
	snprintf(text, SK_RANGE_TEXT, "bytes=%" PRIu64 "-", from);
}

bool sk_content_range_get(const char *text, uint64_t *from, uint64_t *size)
{
	uint64_t last;

	return skip(&text, "bytes ") && digits(&text, from) && skip(&text, "-") &&
	       digits(&text, &last) && skip(&text, "/") && digits(&text, size) && *text == '\0' &&
	       *from <= last && last + 1 == *size;
}

void sk_content_range_put(char text[SK_RANGE_TEXT], uint64_t from, uint64_t size)
{
	snprintf(
	    text, SK_RANGE_TEXT, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, from, size - 1, size);
}

bool sk_number_get(const char *text, uint64_t *n)
{
	return digits(&text, n) && *text == '\0';
}
