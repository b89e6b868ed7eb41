/*
 * The directory tells what a compound Office file carries; short reads tell whether it is encrypted:
 * [MS-DOC] 2.5.2 FibBase, [MS-XLS] 2.4.117 FilePass, [MS-PPT] 2.3.2 CurrentUserAtom. Cleaner's jail.
 */
#include "format/legacy/survey.h"

#include <strings.h>

#include "container/cfb.h"
#include "format/legacy/fields.h"

/* Storages and streams that mean something, by name. A name that ends in '*' stands for all that begin so. */
static const struct {
	const char *name;
	enum sk_code code;
} known[] = {
    {"Macros", SK_OOXML_MACRO},
    {"_VBA_PROJECT_CUR", SK_OOXML_MACRO},
    {"VBA", SK_OOXML_MACRO},
    {"_SRP_*", SK_OOXML_MACRO},
    {"ObjectPool", SK_OOXML_OLE},
    {"MBD*", SK_OOXML_OLE},
    {"\001Ole10Native", SK_OOXML_OLE},
    {"Equation Native", SK_OOXML_OLE},
    {"Ctls", SK_OOXML_ACTIVEX},
    {"\003OCXDATA", SK_OOXML_ACTIVEX},
    {"_xmlsignatures", SK_OOXML_SIGNATURE},
    {"_signatures", SK_OOXML_SIGNATURE},
    {"MsoDataStore", SK_OOXML_CUSTOM_XML},
    {"\005SummaryInformation", SK_OOXML_METADATA},
    {"\005DocumentSummaryInformation", SK_OOXML_METADATA},
};

static bool is_name(const char *name, const char *pattern)
{
	size_t n = strlen(pattern);

	if (pattern[n - 1] == '*')
		return strncasecmp(name, pattern, n - 1) == 0;
	return strcasecmp(name, pattern) == 0;
}

static void report_entry(struct sk_job *job, const struct sk_cfb_entry *e)
{
	size_t mark =
	    e->name[0] > 0 && e->name[0] < ' ' ? 1 : 0; /* kinds of streams, not letters */

	for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
		if (e->kind && is_name(e->name, known[k].name))
			sk_job_removed(job, known[k].code, 1, "%s", e->name + mark);
}

/* The first bytes of a stream at the root; empty when there is none. */
static struct sk_slice head(struct sk_cfb *c, const char *name, size_t n)
{
	struct sk_slice out = {0};
	uint32_t i = sk_cfb_find(c, SK_CFB_ROOT, name);

	if (i == SK_CFB_NONE || sk_cfb_read(c, i, n, &out))
		return sk_slice("", 0);
	return out;
}

/* [MS-DOC] fEncrypted is bit 8 of the flags at offset 10. */
static bool doc_is_encrypted(struct sk_cfb *c)
{
	struct sk_slice fib = head(c, "WordDocument", 32);
	return fib.n >= 12 && (fib.p[11] & 1) != 0;
}

/* [MS-XLS] records are type, length, data; FilePass stands behind the first BOF. */
static bool has_file_pass(struct sk_slice book)
{
	struct sk_reader r = sk_reader(book);

	for (int i = 0; i < 8 && sk_read_left(&r) >= 4; i++) {
		uint16_t type = sk_read_u16le(&r), n = sk_read_u16le(&r);
		if (type == 0x002F)
			return true;
		sk_read_skip(&r, n);
	}
	return false;
}

static bool xls_is_encrypted(struct sk_cfb *c)
{
	struct sk_slice book = head(c, "Workbook", 512);

	return has_file_pass(book.n ? book : head(c, "Book", 512));
}

/* [MS-PPT] the token of an encrypted document. */
static bool ppt_is_encrypted(struct sk_cfb *c)
{
	struct sk_slice user = head(c, "Current User", 64);
	return user.n >= 16 && memcmp(user.p + 12, "\xDF\xC4\xD1\xF3", 4) == 0;
}

static bool is_encrypted(struct sk_cfb *c, enum sk_filetype type)
{
	switch (type) {
	case SK_FT_DOC:
		return doc_is_encrypted(c);
	case SK_FT_XLS:
		return xls_is_encrypted(c);
	case SK_FT_PPT:
		return ppt_is_encrypted(c);
	default:
		return false;
	}
}

static int survey_compound(
    struct sk_job *job, enum sk_filetype type, struct sk_slice *io, struct sk_slides_found *found)
{
	struct sk_cfb c;
	int rc = sk_cfb_open(job->arena, *io, &c);

	if (rc)
		return rc;
	if (is_encrypted(&c, type))
		return sk_job_refuse(job, SK_REASON_ENCRYPTED, "%s", sk_filetype_name(type));
	for (uint32_t i = 1; i < c.n; i++)
		report_entry(job, &c.entries[i]);
	if (type == SK_FT_PPT)
		return sk_legacy_slides(job, &c, found);
	return type == SK_FT_DOC ? sk_legacy_fields(job, &c, io) : 0;
}

/* What the XML of Office 2003 carries in base64, by the elements that hold it. */
static int survey_xml(struct sk_job *job, struct sk_slice in)
{
	static const struct {
		struct sk_slice mark;
		enum sk_code code;
	} marks[] = {{SK_SLICE_LIT("docSuppData>"), SK_OOXML_MACRO},
	    {SK_SLICE_LIT("docOleData>"), SK_OOXML_OLE}};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (sk_slice_find(in, 0, marks[i].mark) < in.n)
			sk_job_removed(job, marks[i].code, 1, "%.*s", (int)marks[i].mark.n - 1,
			    (const char *)marks[i].mark.p);
	return 0;
}

/* Word 2 has the flag where later versions have it, Excel 2 to 4 the record; WordPerfect a key in its prefix. */
static bool bare_is_encrypted(struct sk_slice in)
{
	if (sk_legacy_is_word2(in))
		return (in.p[11] & 1) != 0;
	if (sk_legacy_is_biff(in))
		return has_file_pass(in);
	return sk_legacy_is_wordperfect(in) && (in.p[12] || in.p[13]);
}

int sk_legacy_survey(
    struct sk_job *job, enum sk_filetype type, struct sk_slice *io, struct sk_slides_found *found)
{
	if (sk_cfb_is(*io))
		return survey_compound(job, type, io, found);
	if (sk_legacy_xml_kind(*io) != SK_FT_UNKNOWN)
		return survey_xml(job, *io);
	if (bare_is_encrypted(*io))
		return sk_job_refuse(job, SK_REASON_ENCRYPTED, "%s", sk_filetype_name(type));
	return 0;
}
