/* Handler of web pages. Cleaner's jail. */
#include "format/html/html.h"

#include "format/handler.h"
#include "format/office/office.h"
#include "format/text/text.h"

static const enum sk_filetype types[] = {SK_FT_HTML, SK_FT_UNKNOWN};

static const struct sk_html_place alone = {.charset = SK_CS_COUNT};

/* Pages are known by the family that names texts by how they begin (format/other). */
static void probe(struct sk_slice in, const char *name, struct sk_report *claims)
{
}

static int rebuild(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	out->type = SK_FT_HTML;
	return sk_html_clean(job, &alone, in, &out->bytes);
}

static int to_text(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	int rc = sk_html_text(job, &alone, in, &out->bytes);

	out->type = SK_FT_TXT;
	sk_job_removed(job, SK_TEXT_MARKUP, 1, "%s", "HTML");
	return rc ? rc : sk_text_mark(job, &out->bytes);
}

/* LibreOffice loads what a page names: it sees the rebuilt one, which names nothing outside. */
static int flatten(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	return sk_office_flatten(job, &sk_html_handler, type, in, out);
}

enum sk_filetype sk_html_out_type(enum sk_filetype type, enum sk_method method)
{
	return method == SK_METHOD_TEXT      ? SK_FT_TXT
	       : method == SK_METHOD_FLATTEN ? SK_FT_PDF
					     : SK_FT_HTML;
}

const struct sk_handler sk_html_handler = {
    .name = "html",
    .types = types,
    .methods = SK_METHOD_REBUILD | SK_METHOD_FLATTEN | SK_METHOD_TEXT,
    .probe = probe,
    .rebuild = rebuild,
    .flatten = flatten,
    .text = to_text,
    .out_type = sk_html_out_type,
};
