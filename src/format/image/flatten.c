/*
 * Method flatten of the image family: a PDF with the picture as its page, a page for each one of a TIFF.
 * Cleaner's jail.
 */
#include "format/image/flatten.h"

#include "format/image/flat.h"
#include "format/image/pic.h"

/* A picture is shown at this resolution, or as large as a sheet of A4. */
#define DPI 96.0
#define SHEET_SHORT 595.0
#define SHEET_LONG 842.0

/* How a camera wants its JPEG turned (1 to 8): the Exif block of the first APP1 that has one. */
static unsigned orientation(struct sk_slice in)
{
	struct sk_reader r = sk_reader(in);

	sk_read_skip(&r, 2);
	while (sk_read_left(&r) >= 4 && sk_read_u8(&r) == 0xff) {
		uint8_t marker = sk_read_u8(&r);
		uint16_t n = sk_read_u16be(&r);
		if (marker == 0xda || n < 2)
			break;
		struct sk_slice s = sk_read_slice(&r, n - 2U);
		if (marker == 0xe1 && sk_slice_starts(s, SK_SLICE_LIT("Exif\0\0")))
			return sk_exif_read(sk_slice_sub(s, 6, s.n)).orientation;
	}
	return 1;
}

/* Where the pixel at (x, y) of the turned picture lies in the stored one. */
static size_t source(const struct sk_pixmap *p, unsigned turn, uint32_t x, uint32_t y)
{
	uint32_t w = p->width - 1, h = p->height - 1, sx = x, sy = y;

	if (turn >= 5) {
		sx = y;
		sy = x;
	}
	if (turn == 2 || turn == 3 || turn == 7 || turn == 8)
		sx = w - sx;
	if (turn == 3 || turn == 4 || turn == 6 || turn == 7)
		sy = h - sy;
	return ((size_t)sy * p->width + sx) * p->channels;
}

static int upright(struct sk_job *job, unsigned turn, struct sk_pixmap *p)
{
	struct sk_pixmap o = *p;
	size_t at = 0;

	if (turn < 2 || turn > 8)
		return 0;
	if (turn >= 5) {
		o.width = p->height;
		o.height = p->width;
	}
	o.data = sk_arena_array(job->arena, (size_t)o.width * o.height, o.channels);
	if (o.data == NULL)
		return SK_ENOMEM;
	for (uint32_t y = 0; y < o.height; y++) {
		for (uint32_t x = 0; x < o.width; x++, at += o.channels)
			memcpy(o.data + at, p->data + source(p, turn, x, y), o.channels);
	}
	*p = o;
	return 0;
}

static int add_page(struct sk_flat *f, const struct sk_pixmap *p)
{
	bool wide = p->width > p->height;
	double scale = 72 / DPI, w = wide ? SHEET_LONG : SHEET_SHORT,
	       h = wide ? SHEET_SHORT : SHEET_LONG;

	if (p->width * scale > w)
		scale = w / p->width;
	if (p->height * scale > h)
		scale = h / p->height;
	double pw = p->width * scale, ph = p->height * scale;
	return sk_flat_page(f, p, pw < 1 ? 1 : pw, ph < 1 ? 1 : ph, NULL);
}

static int one_page(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, uint32_t page, struct sk_flat *f)
{
	struct sk_pixmap px;
	int r;

	if (type == SK_FT_TIFF)
		r = sk_tiff_decode_page(&(struct sk_pic){.job = job, .in = in}, page, &px);
	else
		r = sk_image_decode(job, type, in, &px);
	if (r == 0 && type == SK_FT_JPEG)
		r = upright(job, orientation(in), &px);
	return r ? r : add_page(f, &px);
}

static int all_pages(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_flat *f)
{
	int r = 0;

	for (uint32_t i = 0; r == 0 && (i == 0 || type == SK_FT_TIFF); i++) {
		struct sk_job page = *job;
		/* The picture as stored and turned upright, four bytes a pixel. */
		page.arena = sk_arena_new((size_t)job->limits->pixels * 8 + ((size_t)16 << 20));
		r = page.arena ? one_page(&page, type, in, i, f) : SK_ENOMEM;
		sk_arena_free(page.arena);
		if (r == SK_EARG && i)
			return 0; /* behind the last page */
		if (i == SK_LIMIT_PAGES_FLATTEN)
			return sk_job_refuse(job, SK_REASON_LIMIT_PAGES, "more than %u pages", i);
	}
	return r;
}

/* The chunks of a cleaned PNG or WebP with a name; those of a PNG behind its picture are marked. */
static uint32_t count_chunks(struct sk_slice in, size_t at, bool png, const char *name)
{
	struct sk_reader r = sk_reader(in);
	bool behind = !png;
	uint32_t n = 0;

	sk_read_seek(&r, at);
	while (sk_read_left(&r) >= 8) {
		uint32_t size = png ? sk_read_u32be(&r) : 0;
		struct sk_slice kind = sk_read_slice(&r, 4);
		if (!png)
			size = sk_read_u32le(&r);
		behind = behind || sk_slice_is(kind, "IDAT");
		n += behind && sk_slice_is(kind, name);
		sk_read_skip(&r, size + (png ? 4 : (size_t)(size & 1)));
	}
	return n;
}

static size_t table_bytes(unsigned packed)
{
	return packed & 0x80 ? (size_t)3 << ((packed & 7) + 1) : 0;
}

/* The pictures of a cleaned GIF. */
static uint32_t count_gif(struct sk_slice in)
{
	struct sk_reader r = sk_reader(in);
	uint32_t n = 0;

	sk_read_skip(&r, 10);
	sk_read_skip(&r, 2 + table_bytes(sk_read_u8(&r)));
	while (!r.bad) {
		unsigned kind = sk_read_u8(&r), size;
		if (kind == 0x2C) {
			n++;
			sk_read_skip(&r, 8);
			sk_read_skip(&r, 1 + table_bytes(sk_read_u8(&r)));
		} else if (kind == 0x21) {
			sk_read_skip(&r, 1);
		} else {
			break;
		}
		while ((size = sk_read_u8(&r)) != 0)
			sk_read_skip(&r, size);
	}
	return n;
}

uint32_t sk_image_left_out(enum sk_filetype type, struct sk_slice in)
{
	uint32_t n = 0;

	if (type == SK_FT_PNG)
		return count_chunks(in, 8, true, "fcTL");
	if (type == SK_FT_WEBP)
		n = count_chunks(in, 12, false, "ANMF");
	else if (type == SK_FT_GIF)
		n = count_gif(in);
	return n ? n - 1 : 0;
}

/* The picture is cleaned first: what goes is reported, and orientation applied where cleaning does so. */
static int clean(struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_buf *out)
{
	struct sk_budget budget = *job->budget;
	struct sk_job inner = *job;

	inner.budget = &budget;
	int r = sk_image_clean(&inner, type, in, NULL, out);
	uint32_t frames = r ? 0 : sk_image_left_out(type, sk_buf_slice(out));
	if (frames)
		sk_job_removed(job, SK_IMAGE_ANIMATION, frames, "pictures behind the first");
	return r;
}

int sk_image_flatten(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct sk_buf cleaned = SK_BUF(job->limits->output);
	struct sk_flat *f = sk_flat_new(job);
	int r = f ? clean(job, type, in, &cleaned) : SK_ENOMEM;

	if (r == 0)
		r = all_pages(job, type, sk_buf_slice(&cleaned), f);
	sk_buf_free(&cleaned);
	if (r == 0)
		r = sk_flat_write(f, &out->bytes);
	out->type = SK_FT_PDF;
	sk_flat_free(f);
	return r;
}
