/* Handler of types that are named but not cleaned: each becomes a refusal that says what the file is. Cleaner's jail. */
#include "format/other/other.h"

#include <strings.h>

static const enum sk_filetype types[] = {SK_FT_UNKNOWN};

bool sk_name_ends(const char *name, const char *const *words)
{
	const char *dot = strrchr(name, '.');

	for (; dot && *words; words++)
		if (strcasecmp(dot + 1, *words) == 0)
			return true;
	return false;
}

static void probe(struct sk_slice in, const char *name, struct sk_report *claims)
{
	sk_probe_magic(in, name, claims);
	sk_probe_programs(in, name, claims);
	sk_probe_media(in, name, claims);
	sk_probe_cfb(in, name, claims);
	sk_probe_zip_kinds(in, name, claims);
	sk_probe_text_kinds(in, name, claims);
}

const struct sk_handler sk_other_handler = {
    .name = "other",
    .types = types,
    .probe = probe,
};
