/* Naming the members that have no place in the output. Cleaner's jail. */
#include "format/odf/odf.h"

/* By the first word that the name holds; SK_CODE_NONE: left out without a word. */
static const struct {
	const char *word;
	enum sk_code code;
} words[] = {
    {"META-INF/documentsignatures.xml", SK_OOXML_SIGNATURE},
    {"META-INF/macrosignatures.xml", SK_OOXML_SIGNATURE},
    {"META-INF/packagesignatures.xml", SK_OOXML_SIGNATURE},
    {"Thumbnails/", SK_OOXML_THUMBNAIL},
    {"Basic/", SK_OOXML_MACRO},
    {"Dialogs/", SK_OOXML_MACRO},
    {"Scripts/", SK_OOXML_MACRO},
    {"Configurations/", SK_OOXML_CUSTOM_UI},
    {"Configurations2/", SK_OOXML_CUSTOM_UI},
    {"Versions/", SK_OOXML_METADATA},
    {"VersionList.xml", SK_OOXML_METADATA},
    {"manifest.rdf", SK_OOXML_METADATA},
    {"meta.xml", SK_OOXML_METADATA},
    {"layout-cache", SK_CODE_NONE},
    {"Fonts/", SK_OOXML_FONT},
    {"media/", SK_OOXML_MEDIA},
    {"Media/", SK_OOXML_MEDIA},
    {"Sounds/", SK_OOXML_MEDIA},
    {"database/", SK_OOXML_CONNECTION},
    {"forms/", SK_OOXML_CONNECTION},
    {"reports/", SK_OOXML_CONNECTION},
    {"ObjectReplacements/", SK_OOXML_UNLINKED},
    {"Pictures/", SK_OOXML_UNLINKED},
    {"Object", SK_OOXML_OLE},
};

static enum sk_code code_of(const struct od_member *m)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(m->name, words[i].word))
			return words[i].code;
	return SK_OOXML_UNKNOWN_PART;
}

void od_report_rest(struct od_pkg *pkg)
{
	for (size_t i = 0; i < pkg->nmembers; i++) {
		const struct od_member *m = &pkg->members[i];
		/* Programs write empty files for menus that nobody changed. */
		if (m->seen || (m->zip->size == 0 && !m->bad))
			continue;
		enum sk_code code = m->bad ? SK_OOXML_IMAGE : code_of(m);
		if (code != SK_CODE_NONE)
			sk_job_removed(pkg->job, code, 1, "%s", m->name);
	}
}
