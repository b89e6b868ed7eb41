/* Handler of web pages in one file (MHTML): they become one page that needs nothing else. Cleaner's jail. */
#include "format/mhtml/mhtml.h"

#include "format/office/office.h"
#include "format/text/text.h"

static const enum sk_filetype types[] = {SK_FT_MHTML, SK_FT_UNKNOWN};

/* Known by the family that names texts by how they begin (format/other). */
static void probe(struct sk_slice in, const char *name, struct sk_report *claims)
{
}

static int rebuild(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct sk_mhtml h;
	int rc = sk_mhtml_read(&h, job, in);

	out->type = SK_FT_HTML;
	rc = rc ? rc : sk_mhtml_write(&h, &out->bytes);
	sk_mhtml_free(&h);
	return rc;
}

static int to_text(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct sk_mhtml h;
	int rc = sk_mhtml_read(&h, job, in);

	out->type = SK_FT_TXT;
	sk_job_removed(job, SK_TEXT_MARKUP, 1, "%s", "HTML");
	rc = rc ? rc : sk_mhtml_text(&h, &out->bytes);
	sk_mhtml_free(&h);
	return rc ? rc : sk_text_mark(job, &out->bytes);
}

static int flatten(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	return sk_office_flatten(job, &sk_mhtml_handler, type, in, out);
}

const struct sk_handler sk_mhtml_handler = {
    .name = "mhtml",
    .types = types,
    .methods = SK_METHOD_REBUILD | SK_METHOD_FLATTEN | SK_METHOD_TEXT,
    .probe = probe,
    .rebuild = rebuild,
    .flatten = flatten,
    .text = to_text,
    .out_type = sk_html_out_type,
};
