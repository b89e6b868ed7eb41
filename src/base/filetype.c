/* The table of file types. Runs in every process. */
#include "base/filetype.h"

#include <string.h>

static const struct {
	const char *name, *ext, *text;
	enum sk_family family;
} types[SK_FT_COUNT] = {
#define SK_FT(id, name, ext, family, text) {name, ext, text, family},
#include "base/filetype.def"
#undef SK_FT
};

static enum sk_filetype known(enum sk_filetype t)
{
	return (unsigned)t < SK_FT_COUNT ? t : SK_FT_UNKNOWN;
}

const char *sk_filetype_name(enum sk_filetype t)
{
	return types[known(t)].name;
}

const char *sk_filetype_ext(enum sk_filetype t)
{
	return types[known(t)].ext;
}

const char *sk_filetype_text(enum sk_filetype t)
{
	return types[known(t)].text;
}

enum sk_family sk_filetype_family(enum sk_filetype t)
{
	return types[known(t)].family;
}

enum sk_filetype sk_filetype_by_name(const char *name)
{
	for (unsigned t = 0; t < SK_FT_COUNT; t++)
		if (strcmp(types[t].name, name) == 0)
			return (enum sk_filetype)t;
	return SK_FT_UNKNOWN;
}
