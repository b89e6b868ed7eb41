/*
 * WebP: own reader and writer of the container; of both bitstreams every symbol is decoded and written
 * anew (vp8.c, vp8l.c), which loses nothing and takes no memory for each pixel. Pixels are made only
 * to be turned or flattened. Cleaner's jail. RFC 9649 (WebP), RFC 6386 (VP8).
 */
#include "format/image/vp8.h"
#include "format/image/vp8l.h"
#include "format/image/pic.h"

#include <stdlib.h>

#include <webp/decode.h>
#include <webp/encode.h>

#define CANVAS_MAX 16384 /* of one side of a bitstream */
#define LARGE (2U << 20) /* pixels: above, our own encoder; libwebp's takes 34 bytes for each */
#define FLAG_ICC 0x20
#define FLAG_ALPHA 0x10
#define FLAG_ANIMATION 0x02
#define ALPHA_PLAIN 0 /* how an alpha plane is compressed */
#define ALPHA_LOSSLESS 1

/* The three chunks that make a picture. */
struct image {
	struct sk_slice alph, vp8, vp8l;
	uint32_t unknown;
};

struct webp {
	struct sk_slice body; /* of the RIFF chunk, behind "WEBP" */
	bool extended, animated;
	uint32_t width, height; /* of the canvas */
	struct image still;
	struct sk_icc icc;
	bool has_icc;
	struct sk_exif exif;
	uint32_t background;
	unsigned loop;
	uint32_t metadata, unknown, damaged, slack; /* slack: bitstreams with bytes behind them */
	size_t end;
	bool alpha; /* of the output */
	uint32_t frames;
};

static struct sk_slice next_chunk(struct sk_reader *r, struct sk_slice *name)
{
	*name = sk_read_slice(r, 4);
	uint32_t n = sk_read_u32le(r);
	size_t left = sk_read_left(r);
	struct sk_slice data = sk_read_slice(r, n > left ? left : n);

	if (n & 1 && sk_read_left(r))
		sk_read_skip(r, 1);
	return data;
}

static bool image_chunk(struct image *im, struct sk_slice name, struct sk_slice data)
{
	struct sk_slice *to = sk_slice_is(name, "ALPH")   ? &im->alph
			      : sk_slice_is(name, "VP8 ") ? &im->vp8
			      : sk_slice_is(name, "VP8L") ? &im->vp8l
							  : NULL;

	if (to == NULL || im->vp8.n || im->vp8l.n || to->n)
		return false;
	*to = data;
	return true;
}

static void read_extended(struct webp *w, struct sk_slice data)
{
	struct sk_reader r = sk_reader(data);

	w->extended = true;
	w->animated = sk_read_u8(&r) & FLAG_ANIMATION;
	sk_read_skip(&r, 3);
	w->width = sk_read_u24le(&r) + 1;
	w->height = sk_read_u24le(&r) + 1;
}

static void read_chunk(struct webp *w, struct sk_slice name, struct sk_slice data)
{
	struct sk_reader r = sk_reader(data);

	if (sk_slice_is(name, "VP8X") && !w->extended) {
		read_extended(w, data);
	} else if (sk_slice_is(name, "ICCP") && !w->has_icc) {
		w->has_icc = true;
		w->icc = sk_icc_read(data);
	} else if (sk_slice_is(name, "EXIF")) {
		bool prefix = sk_slice_starts(data, SK_SLICE_LIT("Exif\0\0"));
		w->exif = sk_exif_read(sk_slice_sub(data, prefix ? 6 : 0, data.n));
		w->metadata++;
	} else if (sk_slice_is(name, "XMP ")) {
		w->metadata++;
	} else if (sk_slice_is(name, "ANIM") && w->animated) {
		w->background = sk_read_u32le(&r);
		w->loop = sk_read_u16le(&r);
	} else if (sk_slice_is(name, "ANMF") && w->animated) {
		w->frames++;
	} else if (w->animated || !image_chunk(&w->still, name, data)) {
		w->unknown++;
	}
}

static int read_webp(struct sk_slice in, struct webp *w)
{
	struct sk_reader r = sk_reader(in);

	*w = (struct webp){.exif = {.orientation = 1}};
	if (!sk_slice_is(sk_read_slice(&r, 4), "RIFF"))
		return SK_EFORMAT;
	uint32_t size = sk_read_u32le(&r);
	if (!sk_slice_is(sk_read_slice(&r, 4), "WEBP") || size < 12)
		return SK_EFORMAT;
	w->body = sk_read_slice(&r, sk_read_left(&r) < size - 4 ? sk_read_left(&r) : size - 4);
	w->damaged += w->body.n < size - 4;
	w->end = 12 + w->body.n + (w->body.n & 1);
	struct sk_reader b = sk_reader(w->body);
	while (sk_read_left(&b) >= 8) {
		struct sk_slice name, data = next_chunk(&b, &name);
		read_chunk(w, name, data);
	}
	return w->frames || w->still.vp8.n || w->still.vp8l.n ? 0 : SK_EFORMAT;
}

bool sk_webp_structure(struct sk_slice in)
{
	struct webp w;

	return read_webp(in, &w) == 0;
}

/* The size that a bitstream states; 0 when there is none. */
static void stream_size(const struct image *im, uint32_t *width, uint32_t *height)
{
	*width = *height = 0;
	if (im->vp8l.n >= 5 && im->vp8l.p[0] == 0x2F) {
		struct sk_reader r = sk_reader(sk_slice_sub(im->vp8l, 1, 4));
		uint32_t v = sk_read_u32le(&r);
		*width = (v & 0x3FFF) + 1;
		*height = (v >> 14 & 0x3FFF) + 1;
	} else if (im->vp8.n >= 10) {
		struct sk_reader r = sk_reader(sk_slice_sub(im->vp8, 6, 4));
		*width = sk_read_u16le(&r) & 0x3FFF;
		*height = sk_read_u16le(&r) & 0x3FFF;
	}
}

static void put_chunk(struct sk_buf *out, const char *name, struct sk_slice data)
{
	sk_buf_put(out, name, 4);
	sk_buf_put_u32le(out, (uint32_t)data.n);
	sk_buf_put_slice(out, data);
	if (data.n & 1)
		sk_buf_putc(out, 0);
}

/* A file of its own around the chunks of one picture, for libwebp. */
static int wrap(const struct image *im, uint32_t width, uint32_t height, struct sk_buf *out)
{
	uint8_t x[10] = {im->alph.n ? FLAG_ALPHA : 0, 0, 0, 0, (uint8_t)(width - 1),
	    (uint8_t)((width - 1) >> 8), (uint8_t)((width - 1) >> 16), (uint8_t)(height - 1),
	    (uint8_t)((height - 1) >> 8), (uint8_t)((height - 1) >> 16)};

	sk_buf_put(out, "RIFF\0\0\0\0WEBP", 12);
	if (im->vp8.n && im->alph.n)
		put_chunk(out, "VP8X", sk_slice(x, 10));
	if (im->vp8.n && im->alph.n)
		put_chunk(out, "ALPH", im->alph);
	put_chunk(out, im->vp8l.n ? "VP8L" : "VP8 ", im->vp8l.n ? im->vp8l : im->vp8);
	if (out->err)
		return out->err;
	uint32_t size = (uint32_t)out->len - 8;
	for (unsigned i = 0; i < 4; i++)
		out->p[4 + i] = (uint8_t)(size >> (i * 8));
	return 0;
}

/* All pixels as the encoder wants them: 0xAARRGGBB in the machine's order, made with
 * sk_pic_alloc(). */
static int decode(
    const struct sk_pic *p, const struct image *im, uint32_t width, uint32_t height, uint32_t **out)
{
	struct sk_buf file = SK_BUF(p->in.n + 256);
	uint64_t n = (uint64_t)width * height;
	int rc = wrap(im, width, height, &file);
	uint32_t *argb = rc ? NULL : sk_pic_alloc(p, n * 4);

	if (rc == 0 && argb == NULL)
		rc = sk_pic_nomem(p);
	if (rc == 0 &&
	    !WebPDecodeBGRAInto(file.p, file.len, (uint8_t *)argb, n * 4, (int)width * 4))
		rc = SK_EFORMAT;
	sk_buf_free(&file);
	if (rc) {
		free(argb);
		return rc;
	}
	/* Bytes B G R A are this very number on the little-endian machines we run on; others swap.
	 */
	for (uint64_t i = 0; __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ && i < n; i++)
		argb[i] = __builtin_bswap32(argb[i]);
	*out = argb;
	return 0;
}

static int write_bytes(const uint8_t *data, size_t n, const WebPPicture *pic)
{
	return sk_buf_put(pic->custom_ptr, data, n) == 0;
}

/* Encode; the payload of the one bitstream chunk is returned in `file`. */
static int encode(uint32_t *argb, uint32_t width, uint32_t height, float lossy, struct sk_buf *file,
    struct sk_slice *data)
{
	WebPConfig c;
	WebPPicture pic;

	if (!WebPConfigInit(&c) || !WebPPictureInit(&pic))
		return SK_EINTERNAL;
	c.lossless = lossy > 0 ? 0 : 1;
	c.quality = lossy > 0 ? lossy : 75;
	c.method = lossy > 0 ? 4 : 3;
	c.exact = 1;
	pic.use_argb = 1;
	pic.width = (int)width;
	pic.height = (int)height;
	pic.argb = argb;
	pic.argb_stride = (int)width;
	pic.writer = write_bytes;
	pic.custom_ptr = file;
	if (!WebPEncode(&c, &pic)) {
		WebPPictureFree(&pic);
		return pic.error_code == VP8_ENC_ERROR_OUT_OF_MEMORY ? SK_ENOMEM
		       : file->err                                   ? file->err
								     : SK_EINTERNAL;
	}
	WebPPictureFree(&pic);
	struct sk_reader r = sk_reader(sk_buf_slice(file));
	sk_read_skip(&r, 12);
	while (sk_read_left(&r) >= 8) {
		struct sk_slice name;
		*data = next_chunk(&r, &name);
		if (sk_slice_is(name, "VP8L") || sk_slice_is(name, "VP8 "))
			return 0;
	}
	return SK_EINTERNAL;
}

static bool has_alpha(const uint32_t *argb, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		if (argb[i] >> 24 != 255)
			return true;
	return false;
}

/* A lossless stream of pixels, which are lost. */
static int encode_lossless(
    const struct sk_pic *p, uint32_t *argb, struct sk_vp8l *v, struct sk_buf *out)
{
	struct sk_buf file = SK_BUF(out->max);
	struct sk_slice data;

	v->memory = p->job->limits->memory;
	if ((uint64_t)v->width * v->height > LARGE || v->width > WEBP_MAX_DIMENSION ||
	    v->height > WEBP_MAX_DIMENSION)
		return sk_vp8l_encode(argb, v, out);
	int rc = encode(argb, v->width, v->height, 0, &file, &data);
	if (rc == 0)
		rc = sk_vp8l_rewrite(data, v, &(size_t){0}, out);
	sk_buf_free(&file);
	return rc;
}

static int put_pixels(const struct sk_pic *p, struct webp *w, uint32_t *argb, uint32_t width,
    uint32_t height, struct sk_buf *out)
{
	struct sk_buf data = SK_BUF(out->max);
	struct sk_vp8l v = {width, height, true, has_alpha(argb, (uint64_t)width * height), 0};
	int rc = encode_lossless(p, argb, &v, &data);

	w->alpha = w->alpha || v.alpha;
	if (rc == 0)
		put_chunk(out, "VP8L", sk_buf_slice(&data));
	sk_buf_free(&data);
	return rc ? rc : out->err;
}

/* An alpha plane is a lossless picture with the values in green, without the head of the stream. */
static int put_alpha_pixels(const struct sk_pic *p, uint32_t *argb, uint32_t width, uint32_t height,
    unsigned filter, struct sk_buf *out)
{
	struct sk_vp8l v = {width, height, false, false, p->job->limits->memory};
	struct sk_buf alph = SK_BUF(out->max);

	for (uint64_t i = 0; i < (uint64_t)width * height; i++)
		argb[i] = 0xFF000000U | argb[i] >> 24 << 8;
	sk_buf_putc(&alph, (uint8_t)(ALPHA_LOSSLESS | filter << 2));
	int rc = sk_vp8l_encode(argb, &v, &alph);
	if (rc == 0)
		put_chunk(out, "ALPH", sk_buf_slice(&alph));
	sk_buf_free(&alph);
	return rc ? rc : out->err;
}

/* RFC 9649, 2.7.1.2: an alpha plane that is stored plainly gets compressed. */
static int put_plain_alpha(const struct sk_pic *p, struct sk_slice in, uint32_t width,
    uint32_t height, unsigned filter, struct sk_buf *out)
{
	uint64_t n = (uint64_t)width * height;
	uint32_t *argb = in.n < n ? NULL : sk_pic_alloc(p, n * 4);

	if (argb == NULL)
		return in.n < n ? SK_EFORMAT : sk_pic_nomem(p);
	for (uint64_t i = 0; i < n; i++)
		argb[i] = (uint32_t)in.p[i] << 24;
	int rc = put_alpha_pixels(p, argb, width, height, filter, out);
	free(argb);
	return rc;
}

static int put_alpha(const struct sk_pic *p, struct webp *w, struct sk_slice in, uint32_t width,
    uint32_t height, struct sk_buf *out)
{
	struct sk_vp8l v = {width, height, false, false, p->job->limits->memory};
	struct sk_buf alph = SK_BUF(out->max);
	unsigned filter = in.p[0] >> 2 & 3, method = in.p[0] & 3;
	size_t left = 0;

	w->alpha = true;
	in = sk_slice_sub(in, 1, in.n);
	if (method == ALPHA_PLAIN)
		return put_plain_alpha(p, in, width, height, filter, out);
	if (method != ALPHA_LOSSLESS)
		return SK_EFORMAT;
	sk_buf_putc(&alph, (uint8_t)(ALPHA_LOSSLESS | filter << 2));
	int rc = sk_vp8l_rewrite(in, &v, &left, &alph);
	w->slack += left > 0;
	if (rc == 0)
		put_chunk(out, "ALPH", sk_buf_slice(&alph));
	sk_buf_free(&alph);
	return rc ? rc : out->err;
}

static int put_lossless(const struct sk_pic *p, struct webp *w, struct sk_slice vp8l,
    uint32_t width, uint32_t height, struct sk_buf *out)
{
	struct sk_vp8l v = {width, height, true, false, p->job->limits->memory};
	struct sk_buf data = SK_BUF(out->max);
	size_t left = 0;
	int rc = sk_vp8l_rewrite(vp8l, &v, &left, &data);

	w->alpha = w->alpha || v.alpha;
	w->slack += left > 0;
	if (rc == 0)
		put_chunk(out, "VP8L", sk_buf_slice(&data));
	sk_buf_free(&data);
	return rc ? rc : out->err;
}

static int put_lossy(struct sk_slice vp8, uint32_t width, uint32_t height, struct sk_buf *out)
{
	struct sk_buf data = SK_BUF(out->max);
	int rc = sk_vp8_rewrite(vp8, width, height, &data);

	if (rc == 0)
		put_chunk(out, "VP8 ", sk_buf_slice(&data));
	sk_buf_free(&data);
	return rc ? rc : out->err;
}

/* Turn pixels as the orientation says; 5..8 exchange the sides. */
static int turn(const struct sk_pic *p, unsigned orientation, uint32_t **argb, uint32_t *width,
    uint32_t *height)
{
	uint32_t w = *width, h = *height;
	bool swap = orientation >= 5;
	uint32_t *to = sk_pic_alloc(p, (uint64_t)w * h * 4), ow = swap ? h : w;

	if (to == NULL)
		return sk_pic_nomem(p);
	for (uint32_t y = 0; y < h; y++)
		for (uint32_t x = 0; x < w; x++) {
			uint32_t fx = orientation == 2 || orientation == 3 || orientation == 7 ||
					      orientation == 8
					  ? w - 1 - x
					  : x;
			uint32_t fy = orientation == 3 || orientation == 4 || orientation == 6 ||
					      orientation == 7
					  ? h - 1 - y
					  : y;
			size_t at = swap ? (size_t)fx * ow + fy : (size_t)fy * ow + fx;
			to[at] = (*argb)[(size_t)y * w + x];
		}
	free(*argb);
	*argb = to;
	if (swap) {
		*width = h;
		*height = w;
	}
	return 0;
}

/* A lossy picture that has to be turned is encoded once more, at a quality where nobody sees it. */
static int put_turned_lossy(const struct sk_pic *p, struct webp *w, uint32_t *argb, uint32_t width,
    uint32_t height, struct sk_buf *out)
{
	struct sk_buf file = SK_BUF(out->max);
	struct sk_slice data;
	uint64_t n = (uint64_t)width * height;
	bool alpha = has_alpha(argb, n);
	uint8_t *kept = alpha ? sk_pic_alloc(p, n) : NULL;

	if (alpha && kept == NULL)
		return sk_pic_nomem(p);
	for (uint64_t i = 0; alpha && i < n; i++) {
		kept[i] = (uint8_t)(argb[i] >> 24);
		argb[i] |= 0xFF000000U;
	}
	int rc = encode(argb, width, height, 95, &file, &data);
	for (uint64_t i = 0; alpha && i < n; i++)
		argb[i] = (uint32_t)kept[i] << 24;
	free(kept);
	if (rc == 0 && alpha) {
		w->alpha = true;
		rc = put_alpha_pixels(p, argb, width, height, 0, out);
	}
	if (rc == 0)
		rc = put_lossy(data, width, height, out);
	sk_buf_free(&file);
	return rc;
}

static int put_turned(const struct sk_pic *p, struct webp *w, const struct image *im,
    unsigned orientation, uint32_t *width, uint32_t *height, struct sk_buf *out)
{
	uint32_t *argb = NULL;
	int rc = decode(p, im, *width, *height, &argb);

	if (rc == 0)
		rc = turn(p, orientation, &argb, width, height);
	if (rc == 0 && im->vp8l.n)
		rc = put_pixels(p, w, argb, *width, *height, out);
	else if (rc == 0)
		rc = put_turned_lossy(p, w, argb, *width, *height, out);
	free(argb);
	return rc;
}

/* Write the chunks of one picture; *width and *height become its size. */
static int put_image(const struct sk_pic *p, struct webp *w, const struct image *im,
    unsigned orientation, uint32_t *width, uint32_t *height, struct sk_buf *out)
{
	stream_size(im, width, height);
	if (*width == 0 || *height == 0 || *width > CANVAS_MAX || *height > CANVAS_MAX)
		return SK_EFORMAT;
	int rc = sk_job_pixels(p->job, *width, *height);
	if (rc == 0 && orientation > 1)
		return put_turned(p, w, im, orientation, width, height, out);
	if (rc == 0 && im->vp8l.n)
		return put_lossless(p, w, im->vp8l, *width, *height, out);
	if (rc == 0 && im->alph.n)
		rc = put_alpha(p, w, im->alph, *width, *height, out);
	return rc ? rc : put_lossy(im->vp8, *width, *height, out);
}

static void put_u24(struct sk_buf *out, uint32_t v)
{
	sk_buf_put_u16le(out, (uint16_t)v);
	sk_buf_putc(out, (uint8_t)(v >> 16));
}

static int put_frame(
    const struct sk_pic *p, struct webp *w, struct sk_slice data, struct sk_buf *out)
{
	struct sk_reader r = sk_reader(data);
	struct sk_slice head = sk_read_slice(&r, 16);
	struct sk_buf body = SK_BUF(out->max);
	struct image im = {0};
	uint32_t width, height;

	if (head.n == 0)
		return SK_EFORMAT;
	while (sk_read_left(&r) >= 8) {
		struct sk_slice name, chunk = next_chunk(&r, &name);
		w->unknown += !image_chunk(&im, name, chunk);
	}
	sk_buf_put(&body, head.p, 15);
	sk_buf_putc(&body, head.p[15] & 3);
	int rc = put_image(p, w, &im, 1, &width, &height, &body);
	struct sk_reader h = sk_reader(head);
	uint64_t x = (uint64_t)sk_read_u24le(&h) * 2, y = (uint64_t)sk_read_u24le(&h) * 2;
	if (rc == 0 && (sk_read_u24le(&h) + 1 != width || sk_read_u24le(&h) + 1 != height ||
			   x + width > w->width || y + height > w->height))
		rc = SK_EFORMAT;
	if (rc == 0)
		put_chunk(out, "ANMF", sk_buf_slice(&body));
	sk_buf_free(&body);
	return rc ? rc : out->err;
}

static int put_frames(const struct sk_pic *p, struct webp *w, struct sk_buf *out)
{
	struct sk_reader r = sk_reader(w->body);
	int rc = 0;

	if (w->frames > SK_LIMIT_FRAMES)
		return sk_job_refuse(
		    p->job, SK_REASON_LIMIT_PAGES, "more than %d frames", SK_LIMIT_FRAMES);
	if (w->width > SK_LIMIT_SIDE || w->height > SK_LIMIT_SIDE ||
	    (uint64_t)w->width * w->height > p->job->limits->pixels)
		return sk_job_refuse(p->job, SK_REASON_LIMIT_PIXELS, "canvas of %u x %u pixels",
		    w->width, w->height);
	struct sk_buf head = SK_BUF(64);
	sk_buf_put_u32le(&head, w->background);
	sk_buf_put_u16le(&head, (uint16_t)w->loop);
	put_chunk(out, "ANIM", sk_buf_slice(&head));
	sk_buf_free(&head);
	while (rc == 0 && sk_read_left(&r) >= 8) {
		struct sk_slice name, data = next_chunk(&r, &name);
		if (sk_slice_is(name, "ANMF"))
			rc = put_frame(p, w, data, out);
	}
	return rc;
}

/* The file around what was written to `body`. */
static int put_file(const struct sk_pic *p, const struct webp *w, const struct sk_buf *body)
{
	uint8_t icc[SK_ICC_BYTES];
	size_t n_icc = w->has_icc && w->icc.kind == SK_ICC_MATRIX ? sk_icc_write(&w->icc, icc) : 0;
	bool alph = w->alpha &&
		    (w->still.alph.n || sk_slice_starts(sk_buf_slice(body), SK_SLICE_LIT("ALPH")));
	bool extended = n_icc || w->frames || alph;
	uint64_t size = 4 + body->len + (extended ? 18 : 0) + (n_icc ? 8 + n_icc : 0);
	struct sk_buf *o = p->out;

	if (size > UINT32_MAX - 10)
		return SK_ELIMIT;
	sk_buf_puts(o, "RIFF");
	sk_buf_put_u32le(o, (uint32_t)size);
	sk_buf_puts(o, "WEBP");
	if (extended) {
		sk_buf_put(o, "VP8X\12\0\0\0", 8);
		sk_buf_put_u32le(o, (n_icc ? FLAG_ICC : 0U) | (w->alpha ? FLAG_ALPHA : 0U) |
					(w->frames ? FLAG_ANIMATION : 0U));
		put_u24(o, w->width - 1);
		put_u24(o, w->height - 1);
	}
	if (n_icc)
		put_chunk(o, "ICCP", sk_slice(icc, n_icc));
	return sk_buf_put_slice(o, sk_buf_slice(body));
}

static void report(const struct sk_pic *p, const struct webp *w)
{
	sk_pic_removed(p, SK_IMAGE_METADATA, w->metadata, "chunks");
	sk_pic_removed(p, SK_IMAGE_UNKNOWN_PART, w->unknown, "chunks");
	sk_pic_removed(p, SK_IMAGE_DAMAGED, w->damaged, "end of the file");
	sk_pic_removed(p, SK_GENERIC_TRAILING, (w->end < p->in.n) + w->slack, "after the picture");
	if (w->has_icc)
		sk_icc_report(p, &w->icc);
}

int sk_webp_clean(const struct sk_pic *p)
{
	struct webp w;
	struct sk_buf body = SK_BUF(p->out->max);
	uint32_t width = 0, height = 0;

	int rc = read_webp(p->in, &w);
	if (rc == 0 && w.frames)
		rc = put_frames(p, &w, &body);
	else if (rc == 0)
		rc = put_image(p, &w, &w.still, w.exif.orientation, &width, &height, &body);
	if (rc == 0 && w.frames == 0) {
		w.width = width;
		w.height = height;
	}
	if (rc == 0)
		rc = put_file(p, &w, &body);
	sk_buf_free(&body);
	if (rc == 0)
		report(p, &w);
	return rc;
}

/* The first picture of an animation, or the picture. */
static struct image first_image(const struct webp *w)
{
	struct sk_reader r = sk_reader(w->body);
	struct image im = {0};

	while (w->frames && sk_read_left(&r) >= 8) {
		struct sk_slice name, data = next_chunk(&r, &name);
		if (!sk_slice_is(name, "ANMF"))
			continue;
		struct sk_reader f = sk_reader(data);
		sk_read_skip(&f, 16);
		while (sk_read_left(&f) >= 8) {
			data = next_chunk(&f, &name);
			(void)image_chunk(&im, name, data);
		}
		return im;
	}
	return w->still;
}

int sk_webp_decode(const struct sk_pic *p, struct sk_pixmap *out)
{
	struct webp w;
	uint32_t width = 0, height = 0, *argb = NULL;

	int rc = read_webp(p->in, &w);
	struct image im = {0};
	if (rc == 0)
		im = first_image(&w);
	if (rc == 0)
		stream_size(&im, &width, &height);
	if (rc == 0 && (width == 0 || height == 0))
		rc = SK_EFORMAT;
	if (rc == 0)
		rc = sk_job_pixels(p->job, width, height);
	if (rc == 0)
		rc = decode(p, &im, width, height, &argb);
	uint8_t *data = rc ? NULL : sk_arena_array(p->job->arena, (size_t)width * height, 4);
	if (rc == 0 && data == NULL)
		rc = SK_ENOMEM;
	for (size_t i = 0; rc == 0 && i < (size_t)width * height; i++)
		for (unsigned j = 0; j < 4; j++)
			data[i * 4 + j] = (uint8_t)(argb[i] >> (j == 3 ? 24 : 16 - j * 8));
	free(argb);
	if (rc == 0)
		*out = (struct sk_pixmap){width, height, 4, data};
	return rc;
}
