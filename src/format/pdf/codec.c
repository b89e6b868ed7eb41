/*
 * Picture codings that become others: JPEG 2000 by OpenJPEG, JBIG2 by jbig2dec. Cleaner's
 * jail.
 */
#include "format/pdf/pdf.h"

#include <jbig2.h>
#include <openjpeg.h>

/* --- JPEG 2000 --- */

struct memory {
	struct sk_slice s;
	size_t at;
};

static OPJ_SIZE_T read_memory(void *to, OPJ_SIZE_T n, void *ctx)
{
	struct memory *m = ctx;
	struct sk_slice part = sk_slice_sub(m->s, m->at, n);

	if (part.n == 0)
		return (OPJ_SIZE_T)-1;
	memcpy(to, part.p, part.n);
	m->at += part.n;
	return part.n;
}

static OPJ_OFF_T skip_memory(OPJ_OFF_T n, void *ctx)
{
	struct memory *m = ctx;

	if (n < 0 || (uint64_t)n > m->s.n - m->at)
		n = (OPJ_OFF_T)(m->s.n - m->at);
	m->at += (size_t)n;
	return n;
}

static OPJ_BOOL seek_memory(OPJ_OFF_T n, void *ctx)
{
	struct memory *m = ctx;

	if (n < 0 || (uint64_t)n > m->s.n)
		return OPJ_FALSE;
	m->at = (size_t)n;
	return OPJ_TRUE;
}

/* Does the codestream use the wavelet that cannot be undone exactly? */
static bool irreversible(opj_codec_t *codec)
{
	opj_codestream_info_v2_t *info = opj_get_cstr_info(codec);
	bool lossy = info && info->m_default_tile_info.tccp_info &&
		     info->m_default_tile_info.tccp_info->qmfbid == 0;

	opj_destroy_cstr_info(&info);
	return lossy;
}

static opj_image_t *decode_jpx(struct sk_pdf *x, struct sk_slice in, bool indexed, bool *lossy)
{
	static const struct sk_slice jp2 = {(const uint8_t *)"\0\0\0\x0cjP", 6};
	struct memory m = {in, 0};
	opj_dparameters_t parms;
	opj_image_t *image = NULL;
	opj_codec_t *codec =
	    opj_create_decompress(sk_slice_starts(in, jp2) ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K);
	opj_stream_t *stream = opj_stream_create(1 << 16, OPJ_TRUE);
	bool good = false;

	if (codec == NULL || stream == NULL)
		goto out;
	opj_stream_set_read_function(stream, read_memory);
	opj_stream_set_skip_function(stream, skip_memory);
	opj_stream_set_seek_function(stream, seek_memory);
	opj_stream_set_user_data(stream, &m, NULL);
	opj_stream_set_user_data_length(stream, in.n);
	opj_set_default_decoder_parameters(&parms);
	if (indexed)
		parms.flags |= OPJ_DPARAMETERS_IGNORE_PCLR_CMAP_CDEF_FLAG;
	if (!opj_setup_decoder(codec, &parms) || !opj_read_header(stream, codec, &image))
		goto out;
	if (image->x1 <= image->x0 || image->y1 <= image->y0 || image->numcomps == 0 ||
	    image->numcomps > 8)
		goto out;
	int rc = sk_job_pixels(x->job, image->x1 - image->x0, image->y1 - image->y0);
	if (rc) {
		sk_pdf_fatal(x, rc);
		goto out;
	}
	*lossy = irreversible(codec);
	good = opj_decode(codec, stream, image) && opj_end_decompress(codec, stream);
out:
	if (stream)
		opj_stream_destroy(stream);
	if (codec)
		opj_destroy_codec(codec);
	if (!good && image) {
		opj_image_destroy(image);
		image = NULL;
	}
	return image;
}

static uint8_t scale_sample(const opj_image_comp_t *c, int v, bool keep)
{
	if (c->sgnd)
		v += 1 << (c->prec - 1);
	if (!keep && c->prec > 8)
		v >>= c->prec - 8;
	else if (!keep && c->prec < 8)
		v = v * 255 / ((1 << c->prec) - 1);
	return v < 0 ? 0 : v > 255 ? 255 : (uint8_t)v;
}

/* One component into every `step`-th byte, repeated where it is sampled more coarsely. */
static void spread(
    const opj_image_comp_t *c, uint32_t w, uint32_t h, unsigned step, bool keep, uint8_t *to)
{
	for (uint32_t y = 0; y < h; y++) {
		uint32_t sy = (uint32_t)((uint64_t)y * c->h / h);
		for (uint32_t i = 0; i < w; i++) {
			uint32_t sx = c->w == w ? i : (uint32_t)((uint64_t)i * c->w / w);
			to[((size_t)y * w + i) * step] =
			    scale_sample(c, c->data[(size_t)sy * c->w + sx], keep);
		}
	}
}

static uint8_t clamp(int v)
{
	return v < 0 ? 0 : v > 255 ? 255 : (uint8_t)v;
}

static void ycc_to_rgb(uint8_t *s, size_t pixels)
{
	for (; pixels; pixels--, s += 3) {
		int y = s[0], cb = s[1] - 128, cr = s[2] - 128;
		s[0] = clamp(y + (91881 * cr) / 65536);
		s[1] = clamp(y - (22554 * cb + 46802 * cr) / 65536);
		s[2] = clamp(y + (116130 * cb) / 65536);
	}
}

static bool usable(const opj_image_t *image)
{
	for (uint32_t i = 0; i < image->numcomps; i++) {
		const opj_image_comp_t *c = &image->comps[i];
		if (c->data == NULL || c->w == 0 || c->h == 0 || c->prec == 0 || c->prec > 24)
			return false;
	}
	return image->comps[0].w <= SK_LIMIT_SIDE && image->comps[0].h <= SK_LIMIT_SIDE;
}

static bool take_samples(
    struct sk_pdf *x, const opj_image_t *image, bool indexed, struct sk_pdf_jpx *out)
{
	unsigned n = image->numcomps, colours = n >= 3 ? 3 : 1;

	if (n >= 4 && (image->color_space == OPJ_CLRSPC_CMYK || image->comps[3].alpha == 0))
		colours = 4;
	*out = (struct sk_pdf_jpx){
	    .w = image->comps[0].w, .h = image->comps[0].h, .n = indexed ? 1 : colours};
	size_t pixels = (size_t)out->w * out->h;
	out->samples = sk_arena_array(x->tmp, pixels, out->n);
	if (out->samples == NULL)
		return sk_pdf_fatal(x, SK_ENOMEM);
	for (unsigned i = 0; i < out->n; i++)
		spread(&image->comps[i], out->w, out->h, out->n, indexed, out->samples + i);
	if (image->color_space == OPJ_CLRSPC_SYCC && out->n == 3)
		ycc_to_rgb(out->samples, pixels);
	if (n > out->n && !indexed) {
		out->alpha = sk_arena_alloc(x->tmp, pixels);
		if (out->alpha == NULL)
			return sk_pdf_fatal(x, SK_ENOMEM);
		spread(&image->comps[out->n], out->w, out->h, 1, false, out->alpha);
	}
	return true;
}

bool sk_pdf_jpx(struct sk_pdf *x, struct sk_slice in, bool indexed, struct sk_pdf_jpx *out)
{
	bool lossy = false;
	opj_image_t *image = decode_jpx(x, in, indexed, &lossy);

	if (image == NULL)
		return false;
	bool good = usable(image) && take_samples(x, image, indexed, out);
	opj_image_destroy(image);
	out->lossy = lossy;
	return good;
}

/* --- JBIG2 --- */

static void no_message(void *data, const char *msg, Jbig2Severity severity, uint32_t seg)
{
}

/* Copy the page's rows: JBIG2 has 1 for black, as T.6 has. */
static bool take_page(
    struct sk_pdf *x, const Jbig2Image *page, uint32_t w, uint32_t h, struct sk_slice *bits)
{
	size_t row = (w + 7U) / 8;
	uint8_t *out = sk_arena_array(x->tmp, h, row);

	if (out == NULL)
		return sk_pdf_fatal(x, SK_ENOMEM);
	for (uint32_t y = 0; y < h && y < page->height; y++)
		memcpy(out + y * row, page->data + (size_t)y * page->stride,
		    row < page->stride ? row : page->stride);
	*bits = sk_slice(out, row * h);
	return true;
}

bool sk_pdf_jbig2(struct sk_pdf *x, struct sk_slice in, struct sk_slice globals, uint32_t w,
    uint32_t h, struct sk_slice *bits)
{
	Jbig2GlobalCtx *shared = NULL;
	Jbig2Ctx *ctx = NULL;
	bool good = false;

	if (globals.n) {
		ctx = jbig2_ctx_new(NULL, JBIG2_OPTIONS_EMBEDDED, NULL, no_message, NULL);
		if (ctx == NULL || jbig2_data_in(ctx, globals.p, globals.n) < 0)
			goto out;
		shared = jbig2_make_global_ctx(ctx);
	}
	ctx = jbig2_ctx_new(NULL, JBIG2_OPTIONS_EMBEDDED, shared, no_message, NULL);
	if (ctx == NULL || jbig2_data_in(ctx, in.p, in.n) < 0)
		goto out;
	jbig2_complete_page(ctx);
	Jbig2Image *page = jbig2_page_out(ctx);
	if (page) {
		good = take_page(x, page, w, h, bits);
		jbig2_release_page(ctx, page);
	}
out:
	if (ctx)
		jbig2_ctx_free(ctx);
	if (shared)
		jbig2_global_ctx_free(shared);
	return good;
}
