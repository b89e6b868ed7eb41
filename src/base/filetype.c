/* The table of file types. Runs in every process. */
#include "base/filetype.h"

#include <string.h>
#include <strings.h>

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

/* Extensions that people use for a type besides its own. */
static const struct {
	enum sk_filetype type;
	const char *ext;
} aliases[] = {
    {SK_FT_JPEG, "jpeg"},
    {SK_FT_JPEG, "jpe"},
    {SK_FT_JPEG, "jfif"},
    {SK_FT_TIFF, "tif"},
    {SK_FT_HEIC, "heif"},
    {SK_FT_BMP, "dib"},
    {SK_FT_ICO, "cur"},
    {SK_FT_TXT, "text"},
    {SK_FT_TXT, "log"},
    {SK_FT_TXT, "md"},
    {SK_FT_TSV, "tab"},
    {SK_FT_XML, "xsd"},
    {SK_FT_DOC, "dot"},
    {SK_FT_XLS, "xlt"},
    {SK_FT_XLS, "xlw"},
    {SK_FT_PPT, "pot"},
    {SK_FT_PPT, "pps"},
    {SK_FT_MBOX, "mbx"},
    {SK_FT_TNEF, "tnef"},
    {SK_FT_HTML, "htm"},
    {SK_FT_HTML, "xhtml"},
    {SK_FT_HTML, "shtml"},
    {SK_FT_MHTML, "mhtml"},
    {SK_FT_LZH, "lha"},
    {SK_FT_JTD, "jtt"},
    {SK_FT_JTTC, "jtdc"},
    {SK_FT_ICS, "ifb"},
    {SK_FT_ICS, "ical"},
    {SK_FT_VCF, "vcard"},
    {SK_FT_STEP, "stp"},
    {SK_FT_DOCUWORKS, "xbd"},
    {SK_FT_DOCUWORKS, "xct"},
    {SK_FT_ACCESS, "accdb"},
    {SK_FT_JWW, "jws"},
    {SK_FT_STEP, "step"},
    {SK_FT_GZIP, "tgz"},
    {SK_FT_BZIP2, "tbz"},
    {SK_FT_BZIP2, "tbz2"},
    {SK_FT_XZ, "txz"},
    {SK_FT_LZMA, "tlz"},
    {SK_FT_ZSTD, "tzst"},
};

bool sk_filetype_fits(enum sk_filetype type, const char *name)
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
