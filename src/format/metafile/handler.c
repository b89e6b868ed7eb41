/*
 * EMF and WMF as files of their own: drawn once, to a PNG. Cleaner's jail. What comes of them: doc/profiles/image.md.
 */
#include "format/handler.h"
#include "format/image/flatten.h"
#include "format/metafile/metafile.h"

static void probe(struct sk_slice in, const char *name, struct sk_report *claims)
{
	enum sk_filetype type = sk_metafile_type(in);

	(void)name;
	if (type != SK_FT_UNKNOWN)
		sk_report_claim(claims, type, SK_CLAIM_STRUCTURE, 0, "drawing header and size");
}

static void report(struct sk_job *job, const struct sk_metafile_survey *s, size_t n)
{
	if (s->comments)
		sk_job_removed(
		    job, SK_IMAGE_UNKNOWN_PART, s->comments, "records for other programs");
	if (s->description)
		sk_job_removed(job, SK_IMAGE_METADATA, 1, "description");
	if (s->cut)
		sk_job_removed(job, SK_IMAGE_DAMAGED, 1, "the end is missing");
	else if (n > s->end)
		sk_job_removed(job, SK_GENERIC_TRAILING, 1, "after the end record");
}

static int rebuild(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	if (sk_metafile_type(in) != type)
		return SK_EFORMAT;
	struct sk_metafile_survey s = sk_metafile_survey(in);
	/* Its plain records would give an empty picture. */
	if (s.plus_only)
		return sk_job_refuse(job, SK_REASON_UNSUPPORTED_TYPE, "a drawing in EMF+ alone");
	int rc = sk_metafile_draw(job, in, &out->bytes);
	if (rc == 0)
		report(job, &s, in.n);
	out->type = SK_FT_PNG;
	return rc;
}

static int flatten(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct sk_output png = {.bytes = SK_BUF(job->limits->output)};
	int rc = rebuild(job, type, in, &png);

	if (rc == 0)
		rc = sk_image_flatten(job, SK_FT_PNG, sk_buf_slice(&png.bytes), out);
	sk_buf_free(&png.bytes);
	return rc;
}

static enum sk_filetype out_type(enum sk_filetype type, enum sk_method method)
{
	(void)type;
	return method == SK_METHOD_FLATTEN ? SK_FT_PDF : SK_FT_PNG;
}

static const enum sk_filetype types[] = {SK_FT_EMF, SK_FT_WMF, SK_FT_UNKNOWN};

const struct sk_handler sk_metafile_handler = {
    .name = "metafile",
    .types = types,
    .methods = SK_METHOD_REBUILD | SK_METHOD_FLATTEN,
    .init = sk_metafile_init,
    .probe = probe,
    .rebuild = rebuild,
    .flatten = flatten,
    .out_type = out_type,
};
