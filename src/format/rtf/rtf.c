/* Handler of RTF: read to a tree, write what is listed (doc/profiles/rtf.md). Cleaner's jail. */
#include "format/rtf/rtf.h"

#include "format/handler.h"
#include "format/office/office.h"
#include "format/text/text.h"

static const enum sk_filetype types[] = {SK_FT_RTF, SK_FT_UNKNOWN};

/* The family "other" looks at the beginning of texts, and claims this type. */
static void probe(struct sk_slice in, const char *name, struct sk_report *claims)
{
	(void)in;
	(void)name;
	(void)claims;
}

static void report(struct sk_job *job, const struct rtf_doc *d)
{
	if (d->leading)
		sk_job_removed(job, SK_GENERIC_LEADING, 1, "%s", "");
	if (d->trailing)
		sk_job_removed(job, SK_GENERIC_TRAILING, 1, "%s", "");
	if (d->unreadable)
		sk_job_removed(job, SK_TEXT_INVALID, d->unreadable, "RTF");
	if (d->odd + d->unclosed)
		sk_job_removed(job, SK_RTF_DAMAGED, d->odd + d->unclosed, "RTF");
}

static void report_written(struct sk_job *job, const struct rtf_out *o)
{
	if (o->controls)
		sk_job_removed(job, SK_TEXT_CONTROL, o->controls, "RTF");
	if (o->words)
		sk_job_removed(job, SK_OOXML_UNKNOWN_XML, o->words, "RTF");
	if (o->hidden)
		sk_job_removed(job, SK_GENERIC_HIDDEN, o->hidden, "RTF");
}

/* Version and character set are always told in the same words. */
static int put_document(struct rtf_out *o)
{
	const struct rtf_doc *d = o->doc;

	rtf_put_open(o);
	rtf_put_number(o, "rtf", 1);
	rtf_put_word(o, "ansi");
	rtf_put_number(o, "ansicpg", d->codepage == 65001 ? 1252 : d->codepage);
	rtf_put_number(o, "uc", 1);
	if (d->default_font >= 0)
		rtf_put_number(o, "deff", d->default_font);
	int rc = rtf_put_content(o, d->root, RTF_C_ROOT);
	rtf_put_close(o);
	rtf_put_line(o);
	return rc ? rc : o->b->err;
}

static int rebuild(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct rtf_doc doc;
	struct rtf_out o = {.job = job, .doc = &doc, .b = &out->bytes};
	int rc = rtf_read(job, in, &doc);

	(void)type;
	if (rc)
		return rc;
	report(job, &doc);
	rc = put_document(&o);
	report_written(job, &o);
	out->type = SK_FT_RTF;
	return rc;
}

static int filtered(struct sk_job *job, struct sk_slice text, struct sk_output *out)
{
	struct sk_text_counts counts = {0};
	int rc = sk_text_filter(text, &out->bytes, &counts);

	sk_text_report(job, &counts, "RTF");
	if (rc == 0 && out->bytes.len == 0)
		sk_buf_putc(&out->bytes, '\n');
	return rc ? rc : sk_text_mark(job, &out->bytes);
}

static int text(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct sk_buf plain = SK_BUF(out->bytes.max);
	struct rtf_doc doc;
	int rc = rtf_read(job, in, &doc);

	(void)type;
	if (rc)
		return rc;
	report(job, &doc);
	rc = rtf_text(&doc, &plain);
	if (rc == 0)
		rc = filtered(job, sk_buf_slice(&plain), out);
	sk_buf_free(&plain);
	out->type = SK_FT_TXT;
	return rc;
}

/* LibreOffice sees the rebuilt file alone. */
static int flatten(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	return sk_office_flatten(job, &sk_rtf_handler, type, in, out);
}

static enum sk_filetype out_type(enum sk_filetype type, enum sk_method method)
{
	(void)type;
	return method == SK_METHOD_TEXT      ? SK_FT_TXT
	       : method == SK_METHOD_FLATTEN ? SK_FT_PDF
					     : SK_FT_RTF;
}

const struct sk_handler sk_rtf_handler = {
    .name = "rtf",
    .types = types,
    .methods = SK_METHOD_REBUILD | SK_METHOD_FLATTEN | SK_METHOD_TEXT,
    .probe = probe,
    .rebuild = rebuild,
    .flatten = flatten,
    .text = text,
    .out_type = out_type,
};
