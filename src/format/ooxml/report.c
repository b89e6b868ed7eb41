/* Naming what is left out: a code for each relationship and part that has no place. Cleaner's jail.
 */
#include "format/ooxml/ox.h"

static const struct {
	const char
	    *word; /* in the relationship type's last part, or in a part's name, lower case */
	enum sk_code code;
} words[] = {
    {"vbaproject", SK_OOXML_MACRO},
    {"vbadata", SK_OOXML_MACRO},
    {"wordvbadata", SK_OOXML_MACRO},
    {"keymap", SK_OOXML_MACRO},
    {"customizations.xml", SK_OOXML_MACRO},
    {"attachedtoolbars", SK_OOXML_CUSTOM_UI},
    {"macrosheet", SK_OOXML_MACRO_SHEET},
    {"dialogsheet", SK_OOXML_MACRO_SHEET},
    {"activex", SK_OOXML_ACTIVEX},
    {"ctrlprop", SK_OOXML_FORM_CONTROL},
    {"control", SK_OOXML_ACTIVEX},
    {"oleobject", SK_OOXML_OLE},
    {"embeddings/microsoft_excel", SK_OOXML_EMBEDDED_BOOK},
    {"embeddings/", SK_OOXML_OLE},
    {"externallink", SK_OOXML_EXTERNAL},
    {"attachedtemplate", SK_OOXML_TEMPLATE},
    {"subdocument", SK_OOXML_EXTERNAL},
    {"afchunk", SK_OOXML_EXTERNAL},
    {"frame", SK_OOXML_EXTERNAL},
    {"slideupdate", SK_OOXML_EXTERNAL},
    {"mailmerge", SK_OOXML_MAIL_MERGE},
    {"recipient", SK_OOXML_MAIL_MERGE},
    {"hyperlink", SK_OOXML_LINK},
    {"connections", SK_OOXML_CONNECTION},
    {"querytable", SK_OOXML_CONNECTION},
    {"xmlmaps", SK_OOXML_CONNECTION},
    {"volatiledependencies", SK_OOXML_CONNECTION},
    {"datamodel", SK_OOXML_CONNECTION},
    {"model/", SK_OOXML_CONNECTION},
    {"customui", SK_OOXML_CUSTOM_UI},
    {"extensibility", SK_OOXML_CUSTOM_UI},
    {"usercustomization", SK_OOXML_CUSTOM_UI},
    {"webextension", SK_OOXML_WEB_EXTENSION},
    {"taskpane", SK_OOXML_WEB_EXTENSION},
    {"custom-properties", SK_OOXML_METADATA},
    {"extended-properties", SK_OOXML_METADATA},
    {"core-properties", SK_OOXML_METADATA},
    {"docprops/thumbnail", SK_OOXML_THUMBNAIL},
    {"docprops/", SK_OOXML_METADATA},
    {"customxml", SK_OOXML_CUSTOM_XML},
    {"customproperty", SK_OOXML_CUSTOM_XML},
    {"customdata", SK_OOXML_CUSTOM_XML},
    {"tags", SK_OOXML_CUSTOM_XML},
    {"digital-signature", SK_OOXML_SIGNATURE},
    {"_xmlsignatures", SK_OOXML_SIGNATURE},
    {"thumbnail", SK_OOXML_THUMBNAIL},
    {"printersettings", SK_OOXML_PRINTER},
    {"audio", SK_OOXML_MEDIA},
    {"video", SK_OOXML_MEDIA},
    {"relationships/media", SK_OOXML_MEDIA},
    {"media/media", SK_OOXML_MEDIA},
    {".wav", SK_OOXML_MEDIA},
    {".mp3", SK_OOXML_MEDIA},
    {".mp4", SK_OOXML_MEDIA},
    {".wmv", SK_OOXML_MEDIA},
    {"model3d", SK_OOXML_MEDIA},
    {"relationships/font", SK_OOXML_FONT},
    {"fonts/", SK_OOXML_FONT},
    {"odttf", SK_OOXML_FONT},
    {"fntdata", SK_OOXML_FONT},
    {"relationships/image", SK_OOXML_IMAGE},
    {"relationships/package", SK_OOXML_EMBEDDED_BOOK},
    {"revisionlog", SK_OOXML_METADATA},
    {"revisionheaders", SK_OOXML_METADATA},
    {"commentsextensible", SK_OOXML_METADATA},
    {"usernames", SK_OOXML_METADATA},
    {"classificationlabels", SK_OOXML_METADATA},
};

static enum sk_code code_in(const char *text)
{
	char lower[256];
	size_t n = 0;

	for (; text[n] && n + 1 < sizeof(lower); n++)
		lower[n] = (char)(text[n] >= 'A' && text[n] <= 'Z' ? text[n] + 32 : text[n]);
	lower[n] = '\0';
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(lower, words[i].word))
			return words[i].code;
	return SK_CODE_NONE;
}

enum sk_code ox_code_of_rel(const char *type, bool external)
{
	const char *last = strstr(type, "relationships/");
	enum sk_code c = code_in(last ? last : type);

	if (external && (c == SK_CODE_NONE || c == SK_OOXML_IMAGE || c == SK_OOXML_OLE))
		return SK_OOXML_EXTERNAL;
	return c ? c : SK_OOXML_UNKNOWN_PART;
}

/* Left out without a word: the calculation order, which Excel makes anew. */
static bool is_silent(const char *name)
{
	char lower[256];
	size_t n = 0;

	for (; name[n] && n + 1 < sizeof(lower); n++)
		lower[n] = (char)(name[n] >= 'A' && name[n] <= 'Z' ? name[n] + 32 : name[n]);
	lower[n] = '\0';
	return strstr(lower, "calcchain") != NULL;
}

void ox_report_rel(struct ox_pkg *pkg, struct ox_member *of, struct ox_rel *rel)
{
	if (rel->reported || rel->new_id)
		return;
	rel->reported = true;
	/* The part itself may be used elsewhere, and one that nobody uses is named at the end. */
	if (!rel->external && (rel->member || is_silent(rel->type)))
		return;
	sk_job_removed(pkg->job, ox_code_of_rel(rel->type, rel->external), 1, "%s",
	    of ? of->name : "_rels/.rels");
}

static bool is_rels(const char *lower)
{
	size_t n = strlen(lower);

	return n > 5 && strcmp(lower + n - 5, ".rels") == 0;
}

void ox_report_rest(struct ox_pkg *pkg)
{
	for (size_t i = 0; i < pkg->nmembers; i++) {
		const struct ox_member *m = &pkg->members[i];
		if (m->out || m->seen || is_rels(m->lower) || is_silent(m->name))
			continue;
		enum sk_code c = code_in(m->name);
		if (c == SK_CODE_NONE)
			c = code_in(m->type);
		if (m->bad)
			c = m->as == OX_BOOK ? SK_OOXML_EMBEDDED_BOOK : SK_OOXML_IMAGE;
		sk_job_removed(pkg->job, c ? c : SK_OOXML_UNLINKED, 1, "%s", m->name);
	}
}
