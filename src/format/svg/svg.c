/* The handler of SVG and svgz: read, judged as a whole, written anew. Cleaner's jail. */
#include "format/svg/svg.h"
#include "format/office/office.h"
#include "format/text/text.h"

#include <strings.h>

static const enum sk_filetype types[] = {SK_FT_SVG, SK_FT_SVGZ, SK_FT_UNKNOWN};

/* The family "other" claims drawings by their first element. gzip says nothing of what is in it; the name does. */
static void probe(struct sk_slice in, const char *name, struct sk_report *claims)
{
	const char *dot = strrchr(name, '.');

	if (sk_svg_is_packed(in) && dot && strcasecmp(dot, ".svgz") == 0)
		sk_report_claim(claims, SK_FT_SVGZ, SK_CLAIM_STRUCTURE, 0, "gzip and the name");
}

static enum sk_filetype out_type(enum sk_filetype type, enum sk_method method)
{
	(void)type;
	return method == SK_METHOD_TEXT      ? SK_FT_TXT
	       : method == SK_METHOD_FLATTEN ? SK_FT_PDF
					     : SK_FT_SVG;
}

static int decode(struct sk_job *job, struct sk_slice in, struct sk_buf *utf8)
{
	bool unknown = false;
	enum sk_charset cs = sk_text_declared(in, &unknown);
	uint32_t bad = 0;

	if (unknown)
		return sk_job_refuse(
		    job, SK_REASON_UNSUPPORTED_TYPE, "SVG in a character set that is not known");
	if (cs == SK_CS_COUNT)
		cs = sk_charset_detect(in);
	int rc = sk_charset_to_utf8(cs, in, utf8, &bad);
	if (bad)
		sk_job_removed(job, SK_TEXT_INVALID, bad, "%s", sk_charset_name(cs));
	return rc;
}

static int load(struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_svg *s)
{
	struct sk_buf utf8 = SK_BUF(job->limits->expand);
	int rc = type == SK_FT_SVGZ ? sk_svg_unpack(job, in, &in) : 0;

	if (rc == 0)
		rc = decode(job, in, &utf8);
	if (rc == 0)
		rc = sk_svg_read(s, sk_buf_slice(&utf8));
	if (rc == 0)
		rc = sk_svg_check_references(s);
	sk_buf_free(&utf8);
	return rc;
}

static int rebuild(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct sk_svg s = {.job = job};
	int rc = load(job, type, in, &s);

	out->type = SK_FT_SVG;
	return rc ? rc : sk_svg_write(&s, &out->bytes);
}

static int flatten(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	return sk_office_flatten(job, &sk_svg_handler, type, in, out);
}

static int text(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct sk_svg s = {.job = job};
	int rc = load(job, type, in, &s);

	out->type = SK_FT_TXT;
	rc = rc ? rc : sk_svg_write_text(&s, &out->bytes);
	return rc ? rc : sk_text_mark(job, &out->bytes);
}

const struct sk_handler sk_svg_handler = {
    .name = "svg",
    .types = types,
    .methods = SK_METHOD_REBUILD | SK_METHOD_FLATTEN | SK_METHOD_TEXT,
    .probe = probe,
    .rebuild = rebuild,
    .flatten = flatten,
    .text = text,
    .out_type = out_type,
};
