/* Does a name tell the truth about the content? Cleaner's jail and the command. */
#include "clean/clean.h"

#include <strings.h>

/* Extensions that people use for a type besides its own. */
static const struct {
	enum sk_filetype type;
	const char *ext;
} aliases[] = {
    {SK_FT_JPEG, "jpeg"}, {SK_FT_JPEG, "jpe"}, {SK_FT_JPEG, "jfif"}, {SK_FT_TIFF, "tif"}, {SK_FT_BMP, "dib"},
    {SK_FT_TXT, "text"}, {SK_FT_TXT, "log"}, {SK_FT_TXT, "md"}, {SK_FT_TSV, "tab"}, {SK_FT_XML, "xsd"},
};

bool sk_name_fits(const char *name, enum sk_filetype type)
{
	const char *dot = strrchr(name, '.');

	if (dot == NULL || dot == name)
		return false;
	if (strcasecmp(dot + 1, sk_filetype_ext(type)) == 0)
		return true;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (aliases[i].type == type && strcasecmp(dot + 1, aliases[i].ext) == 0)
			return true;
	return false;
}
