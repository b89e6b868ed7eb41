/*
 * Word, Excel and PowerPoint files up to 2003, Excel's binary workbooks, WordPerfect: LibreOffice, in a jail of its
 * own, reads them and writes the modern form; that is then cleaned as if it had come from outside. The family "other"
 * reads the directories of compound files and packages, and claims those types. doc/profiles/legacy.md. Cleaner's jail.
 */
#include "format/handler.h"
#include "format/legacy/survey.h"

static const enum sk_filetype types[] = {SK_FT_DOC, SK_FT_XLS, SK_FT_PPT, SK_FT_XLSB,
    SK_FT_WORDPERFECT, SK_FT_WORD_XML, SK_FT_EXCEL_XML, SK_FT_UNKNOWN};

static enum sk_filetype modern(enum sk_filetype type)
{
	switch ((int)type) {
	case SK_FT_DOC:
	case SK_FT_WORDPERFECT:
	case SK_FT_WORD_XML:
		return SK_FT_DOCX;
	case SK_FT_PPT:
		return SK_FT_PPTX;
	default:
		return SK_FT_XLSX;
	}
}

static enum sk_filetype out_type(enum sk_filetype type, enum sk_method method)
{
	switch (method) {
	case SK_METHOD_TEXT:
		return SK_FT_TXT;
	case SK_METHOD_FLATTEN:
		return SK_FT_PDF;
	default:
		return modern(type);
	}
}

static int convert(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_slice *out)
{
	struct sk_slides_found found = {0};
	int rc = sk_legacy_survey(job, type, &in, &found);

	if (rc)
		return rc;
	if (job->services == NULL || job->services->convert == NULL)
		return sk_job_refuse(job, SK_REASON_METHOD, "no converter");
	rc = job->services->convert(job, in, type, modern(type), out);
	job->converted = rc == 0;
	if (rc == 0 && type == SK_FT_PPT)
		sk_slides_tell_lost(job, &found, *out);
	return rc;
}

static int rebuild(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct sk_slice converted;
	int rc = convert(job, type, in, &converted);

	return rc ? rc : sk_ooxml_handler.rebuild(job, modern(type), converted, out);
}

static int flatten(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct sk_slice converted;
	int rc = convert(job, type, in, &converted);

	return rc ? rc : sk_ooxml_handler.flatten(job, modern(type), converted, out);
}

static int text(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct sk_slice converted;
	int rc = convert(job, type, in, &converted);

	return rc ? rc : sk_ooxml_handler.text(job, modern(type), converted, out);
}

const struct sk_handler sk_legacy_handler = {
    .name = "legacy",
    .types = types,
    .methods = SK_METHOD_REBUILD | SK_METHOD_FLATTEN | SK_METHOD_TEXT,
    .probe = sk_legacy_probe,
    .rebuild = rebuild,
    .flatten = flatten,
    .text = text,
    .out_type = out_type,
};
