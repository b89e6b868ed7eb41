/*
 * libde265 and dav1d, found at run time: a machine without them refuses such pictures and nothing else. Both
 * are told to use no threads, which the jail does not have. Renderer's jail.
 */
#include "render/picture.h"

#include <dav1d/dav1d.h>
#include <dlfcn.h>
#include <errno.h>
#include <libde265/de265.h>
#include <string.h>

#include "base/limits.h"
#include "render/yuv.h"

#define STEPS \
	100000 /* calls until the first picture: a bound on a decoder that never says that it has ended */

static struct {
	de265_decoder_context *(*new_decoder)(void);
	de265_error (*free_decoder)(de265_decoder_context *);
	de265_error (*push_data)(de265_decoder_context *, const void *, int, de265_PTS, void *);
	de265_error (*flush_data)(de265_decoder_context *);
	de265_error (*decode)(de265_decoder_context *, int *);
	const struct de265_image *(*get_next_picture)(de265_decoder_context *);
	int (*width)(const struct de265_image *, int);
	int (*height)(const struct de265_image *, int);
	enum de265_chroma (*chroma)(const struct de265_image *);
	int (*bits)(const struct de265_image *, int);
	const uint8_t *(*plane)(const struct de265_image *, int, int *);
	int (*full_range)(const struct de265_image *);
	int (*matrix)(const struct de265_image *);
} hevc;

static struct {
	void (*default_settings)(Dav1dSettings *);
	int (*open)(Dav1dContext **, const Dav1dSettings *);
	uint8_t *(*data_create)(Dav1dData *, size_t);
	void (*data_unref)(Dav1dData *);
	int (*send_data)(Dav1dContext *, Dav1dData *);
	int (*get_picture)(Dav1dContext *, Dav1dPicture *);
	void (*picture_unref)(Dav1dPicture *);
	void (*close)(Dav1dContext **);
} av1;

static bool has_hevc, has_av1;

/* A function of a library, into a pointer of its own type. */
static bool load(void *library, const char *name, void *pointer)
{
	void *f = library ? dlsym(library, name) : NULL;

	memcpy(pointer, &f, sizeof(f));
	return f != NULL;
}

static bool load_hevc(void *l)
{
	return load(l, "de265_new_decoder", &hevc.new_decoder) &&
	       load(l, "de265_free_decoder", &hevc.free_decoder) &&
	       load(l, "de265_push_data", &hevc.push_data) &&
	       load(l, "de265_flush_data", &hevc.flush_data) &&
	       load(l, "de265_decode", &hevc.decode) &&
	       load(l, "de265_get_next_picture", &hevc.get_next_picture) &&
	       load(l, "de265_get_image_width", &hevc.width) &&
	       load(l, "de265_get_image_height", &hevc.height) &&
	       load(l, "de265_get_chroma_format", &hevc.chroma) &&
	       load(l, "de265_get_bits_per_pixel", &hevc.bits) &&
	       load(l, "de265_get_image_plane", &hevc.plane) &&
	       load(l, "de265_get_image_full_range_flag", &hevc.full_range) &&
	       load(l, "de265_get_image_matrix_coefficients", &hevc.matrix);
}

static bool load_av1(void *l)
{
	return load(l, "dav1d_default_settings", &av1.default_settings) &&
	       load(l, "dav1d_open", &av1.open) && load(l, "dav1d_data_create", &av1.data_create) &&
	       load(l, "dav1d_data_unref", &av1.data_unref) &&
	       load(l, "dav1d_send_data", &av1.send_data) &&
	       load(l, "dav1d_get_picture", &av1.get_picture) &&
	       load(l, "dav1d_picture_unref", &av1.picture_unref) &&
	       load(l, "dav1d_close", &av1.close);
}

void sk_picture_init(void)
{
	has_hevc = load_hevc(dlopen("libde265.so.0", RTLD_NOW | RTLD_LOCAL));
	has_av1 = load_av1(dlopen("libdav1d.so.6", RTLD_NOW | RTLD_LOCAL));
}

/* What the container says goes before what the stream says (ISO/IEC 23008-12, 6.5.5). */
static void set_colour(struct sk_planes *p, struct sk_coding c, bool full_range, int matrix)
{
	p->full_range = c.has_colour ? c.full_range : full_range;
	p->matrix = c.has_colour && c.matrix != 2 ? c.matrix : (unsigned)matrix;
}

/* --- HEVC --- */

static int take_hevc(
    const struct de265_image *im, struct sk_coding c, uint64_t pixels, struct sk_pixmap *out)
{
	enum de265_chroma chroma = hevc.chroma(im);
	int width = hevc.width(im, 0), height = hevc.height(im, 0);
	struct sk_planes p = {.planes = chroma == de265_chroma_mono ? 1 : 3,
	    .width = (uint32_t)width,
	    .height = (uint32_t)height,
	    .bits = (unsigned)hevc.bits(im, 0),
	    .across = chroma != de265_chroma_444,
	    .down = chroma == de265_chroma_420};

	if (width <= 0 || height <= 0)
		return SK_EFORMAT;
	if ((uint64_t)width * (uint64_t)height > pixels)
		return SK_ELIMIT;
	for (unsigned i = 0; i < p.planes; i++) {
		int stride = 0;
		p.data[i] = hevc.plane(im, (int)i, &stride);
		if (stride <= 0)
			return SK_EFORMAT;
		p.stride[i] = (size_t)stride;
	}
	if (p.planes == 3) {
		p.width2 = (uint32_t)hevc.width(im, 1);
		p.height2 = (uint32_t)hevc.height(im, 1);
		p.bits2 = (unsigned)hevc.bits(im, 1);
	}
	set_colour(&p, c, hevc.full_range(im), hevc.matrix(im));
	return sk_planes_convert(&p, c.grey, out);
}

static int run_hevc(de265_decoder_context *d, struct sk_slice in, struct sk_coding c,
    uint64_t pixels, struct sk_pixmap *out)
{
	int more = 1;

	if (in.n > INT32_MAX || hevc.push_data(d, in.p, (int)in.n, 0, NULL) != DE265_OK ||
	    hevc.flush_data(d) != DE265_OK)
		return SK_EFORMAT;
	for (unsigned i = 0; more && i < STEPS; i++) {
		more = 0;
		de265_error e = hevc.decode(d, &more);
		const struct de265_image *im = hevc.get_next_picture(d);
		if (im)
			return take_hevc(im, c, pixels, out);
		if (e != DE265_OK && e != DE265_ERROR_IMAGE_BUFFER_FULL)
			return SK_EFORMAT;
	}
	return SK_EFORMAT;
}

static int decode_hevc(
    struct sk_slice in, struct sk_coding c, uint64_t pixels, struct sk_pixmap *out)
{
	de265_decoder_context *d = hevc.new_decoder();

	if (d == NULL)
		return SK_ENOMEM;
	int rc = run_hevc(d, in, c, pixels, out);
	hevc.free_decoder(d);
	return rc;
}

/* --- AV1 --- */

static int take_av1(const Dav1dPicture *im, struct sk_coding c, struct sk_pixmap *out)
{
	enum Dav1dPixelLayout l = im->p.layout;
	struct sk_planes p = {.planes = l == DAV1D_PIXEL_LAYOUT_I400 ? 1 : 3,
	    .width = (uint32_t)im->p.w,
	    .height = (uint32_t)im->p.h,
	    .bits = (unsigned)im->p.bpc,
	    .bits2 = (unsigned)im->p.bpc,
	    .across = l == DAV1D_PIXEL_LAYOUT_I420 || l == DAV1D_PIXEL_LAYOUT_I422,
	    .down = l == DAV1D_PIXEL_LAYOUT_I420};

	if (im->p.w <= 0 || im->p.h <= 0 || im->stride[0] <= 0)
		return SK_EFORMAT;
	p.width2 = (p.width + p.across) >> p.across;
	p.height2 = (p.height + p.down) >> p.down;
	for (unsigned i = 0; i < p.planes; i++) {
		p.data[i] = im->data[i];
		p.stride[i] = (size_t)im->stride[i > 0];
	}
	set_colour(&p, c, im->seq_hdr->color_range, (int)im->seq_hdr->mtrx);
	return sk_planes_convert(&p, c.grey, out);
}

/* Until the first picture comes: what is sent may be needed in several pieces. */
static int run_av1(Dav1dContext *d, struct sk_slice in, struct sk_coding c, struct sk_pixmap *out)
{
	Dav1dData data = {0};
	Dav1dPicture im = {0};
	uint8_t *p = av1.data_create(&data, in.n);
	int rc = p ? 0 : SK_ENOMEM, got = DAV1D_ERR(EAGAIN);

	if (p)
		memcpy(p, in.p, in.n);
	for (unsigned i = 0; rc == 0 && got == DAV1D_ERR(EAGAIN) && i < STEPS; i++) {
		int sent = data.sz ? av1.send_data(d, &data) : 0;
		if (sent < 0 && sent != DAV1D_ERR(EAGAIN))
			rc = SK_EFORMAT;
		bool last = data.sz == 0;
		if (rc == 0)
			got = av1.get_picture(d, &im);
		if (got == DAV1D_ERR(EAGAIN) && last && i)
			rc = SK_EFORMAT;
	}
	if (data.sz)
		av1.data_unref(&data);
	if (rc == 0)
		rc = got ? SK_EFORMAT : take_av1(&im, c, out);
	if (got == 0)
		av1.picture_unref(&im);
	return rc;
}

static int decode_av1(
    struct sk_slice in, struct sk_coding c, uint64_t pixels, struct sk_pixmap *out)
{
	Dav1dContext *d = NULL;
	Dav1dSettings s;

	av1.default_settings(&s);
	s.n_threads = 1;
	s.max_frame_delay = 1;
	s.all_layers = 0;
	s.frame_size_limit = pixels > UINT32_MAX ? UINT32_MAX : (unsigned)pixels;
	s.logger.callback = NULL;
	if (av1.open(&d, &s))
		return SK_ENOMEM;
	int rc = run_av1(d, in, c, out);
	av1.close(&d);
	return rc;
}

int sk_picture_decode(
    struct sk_slice in, struct sk_coding coding, uint64_t pixels, struct sk_pixmap *out)
{
	if (in.n == 0)
		return SK_EFORMAT;
	switch (coding.codec) {
	case SK_CODEC_HEVC:
		return has_hevc ? decode_hevc(in, coding, pixels, out) : SK_EUNSUPPORTED;
	case SK_CODEC_AV1:
		return has_av1 ? decode_av1(in, coding, pixels, out) : SK_EUNSUPPORTED;
	default:
		return SK_EFORMAT;
	}
}
