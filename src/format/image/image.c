/* The image family: what is this picture, and the handler. Cleaner's jail. */
#include "format/handler.h"
#include "format/image/flatten.h"
#include "format/image/ico.h"
#include "format/image/pic.h"

#include <stdlib.h>

void sk_pic_removed(const struct sk_pic *p, enum sk_code code, uint32_t count, const char *what)
{
	if (count == 0)
		return;
	if (p->where)
		sk_job_removed(p->job, code, count, "%s: %s", p->where, what);
	else
		sk_job_removed(p->job, code, count, "%s", what);
}

void *sk_pic_alloc(const struct sk_pic *p, uint64_t n)
{
	if (n > p->job->limits->memory) {
		(void)sk_job_refuse(p->job, SK_REASON_LIMIT_MEMORY, "a picture of %llu bytes",
		    (unsigned long long)n);
		return NULL;
	}
	return calloc(1, n ? (size_t)n : 1);
}

int sk_pic_nomem(const struct sk_pic *p)
{
	return p->job->report->reason ? SK_EREFUSED : SK_ENOMEM;
}

struct format {
	enum sk_filetype type;
	struct sk_slice head;
	size_t at;
	bool (*structure)(struct sk_slice in);
	int (*clean)(const struct sk_pic *p);
	int (*decode)(const struct sk_pic *p, struct sk_pixmap *out);
};

#define LIT(s) \
	{ \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

static const struct format formats[] = {
    {SK_FT_JPEG, LIT("\xff\xd8\xff"), 0, sk_jpeg_structure, sk_jpeg_clean, sk_jpeg_decode},
    {SK_FT_PNG, LIT("\x89PNG\r\n\x1a\n"), 0, sk_png_structure, sk_png_clean, sk_png_decode},
    {SK_FT_GIF, LIT("GIF87a"), 0, sk_gif_structure, sk_gif_clean, sk_gif_decode},
    {SK_FT_GIF, LIT("GIF89a"), 0, sk_gif_structure, sk_gif_clean, sk_gif_decode},
    {SK_FT_WEBP, LIT("WEBP"), 8, sk_webp_structure, sk_webp_clean, sk_webp_decode},
    {SK_FT_TIFF, LIT("II*\0"), 0, sk_tiff_structure, sk_tiff_clean, sk_tiff_decode},
    {SK_FT_TIFF, LIT("MM\0*"), 0, sk_tiff_structure, sk_tiff_clean, sk_tiff_decode},
    {SK_FT_TIFF, LIT("II+\0"), 0, sk_tiff_structure, sk_tiff_clean, sk_tiff_decode},
    {SK_FT_TIFF, LIT("MM\0+"), 0, sk_tiff_structure, sk_tiff_clean, sk_tiff_decode},
    {SK_FT_BMP, LIT("BM"), 0, sk_bmp_structure, sk_bmp_clean, sk_bmp_decode},
};

#define FORMATS (sizeof(formats) / sizeof(formats[0]))

/* The format whose signature stands at the start. BMP's two letters alone prove nothing. */
static const struct format *find(struct sk_slice in)
{
	for (size_t i = 0; i < FORMATS; i++) {
		const struct format *f = &formats[i];
		if (!sk_slice_starts(sk_slice_sub(in, f->at, f->head.n), f->head))
			continue;
		if (f->type == SK_FT_WEBP && !sk_slice_starts(in, SK_SLICE_LIT("RIFF")))
			continue;
		if (f->type == SK_FT_BMP && !sk_bmp_header(in))
			continue;
		return f;
	}
	return NULL;
}

static const struct format *by_type(enum sk_filetype type)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (formats[i].type == type)
			return &formats[i];
	return NULL;
}

enum sk_filetype sk_image_type(struct sk_slice in)
{
	const struct format *f = find(in);

	return f ? f->type : SK_FT_UNKNOWN;
}

int sk_image_clean(struct sk_job *job, enum sk_filetype type, struct sk_slice in, const char *where,
    struct sk_buf *out)
{
	const struct format *f = by_type(type);
	struct sk_pic p = {job, where, in, out};

	if (f == NULL || find(in) == NULL || find(in)->type != type)
		return SK_EFORMAT;
	int rc = f->clean(&p);
	if (rc == 0)
		rc = out->err;
	if (rc)
		sk_buf_free(out);
	return rc;
}

int sk_image_decode(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_pixmap *out)
{
	const struct format *f = by_type(type);
	struct sk_pic p = {job, NULL, in, NULL};

	if (f == NULL || find(in) == NULL || find(in)->type != type)
		return SK_EFORMAT;
	return f->decode(&p, out);
}

static void probe(struct sk_slice in, const char *name, struct sk_report *claims)
{
	const struct format *f = find(in);

	(void)name;
	if (f == NULL) {
		if (sk_ico_is(in))
			sk_report_claim(claims, SK_FT_ICO, SK_CLAIM_STRUCTURE, 0, "icon directory");
		return;
	}
	bool whole = f->structure(in);
	sk_report_claim(claims, f->type, whole ? SK_CLAIM_STRUCTURE : SK_CLAIM_SIGNATURE, 0,
	    whole ? "picture signature and header" : "picture signature");
}

static int rebuild(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	if (type == SK_FT_ICO)
		return sk_ico_convert(job, in, out);
	out->type = type;
	return sk_image_clean(job, type, in, NULL, &out->bytes);
}

/* An icon becomes a picture of another type first. */
static int flatten(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct sk_output other = {.bytes = SK_BUF(job->limits->output)};

	if (type != SK_FT_ICO)
		return sk_image_flatten(job, type, in, out);
	int rc = sk_ico_convert(job, in, &other);
	if (rc == 0)
		rc = sk_image_flatten(job, other.type, sk_buf_slice(&other.bytes), out);
	sk_buf_free(&other.bytes);
	return rc;
}

static enum sk_filetype out_type(enum sk_filetype type, enum sk_method method)
{
	if (method == SK_METHOD_FLATTEN)
		return SK_FT_PDF;
	return type == SK_FT_ICO ? SK_FT_PNG : type;
}

static const enum sk_filetype types[] = {
    SK_FT_JPEG, SK_FT_PNG, SK_FT_GIF, SK_FT_BMP, SK_FT_WEBP, SK_FT_TIFF, SK_FT_ICO, SK_FT_UNKNOWN};

const struct sk_handler sk_image_handler = {
    .name = "image",
    .types = types,
    .methods = SK_METHOD_REBUILD | SK_METHOD_FLATTEN,
    .probe = probe,
    .rebuild = rebuild,
    .flatten = flatten,
    .out_type = out_type,
};
