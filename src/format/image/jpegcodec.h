/*
 * Inside the image family: the one thin layer around libjpeg-turbo, for JPEG files and for pages of TIFF.
 * Cleaner's jail.
 */
#ifndef SK_FORMAT_IMAGE_JPEGCODEC_H
#define SK_FORMAT_IMAGE_JPEGCODEC_H

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#include "format/image/pic.h"

/* libjpeg reports errors by a function that must not return: set `jump` before any call. */
struct sk_jpeg_codec {
	struct jpeg_error_mgr err;
	jmp_buf jump;
	int status;
	unsigned harmless; /* warnings that do not concern the coefficients */
	struct jpeg_progress_mgr progress;
	struct jpeg_destination_mgr dest;
	struct sk_buf *out;
};

void sk_jpeg_codec_init(struct sk_jpeg_codec *k);

/* The decoder warned of more than bytes between markers. */
static inline bool sk_jpeg_warned(const struct sk_jpeg_codec *k)
{
	return k->err.num_warnings > (long)k->harmless;
}

void sk_jpeg_dest(j_compress_ptr c, struct sk_jpeg_codec *k, struct sk_buf *out);

/* The component ids that tell the colour space of the output. */
void sk_jpeg_ids(j_compress_ptr c);

/* No quantisation step is 0, which would be divided by. */
bool sk_jpeg_sane_tables(j_decompress_ptr d);

/* One strip or tile of a TIFF page: an abbreviated JPEG stream, and where it belongs. */
struct sk_jpeg_piece {
	struct sk_slice in;
	uint32_t x, y, width, height; /* of the piece; the page may end before it does */
};

struct sk_jpeg_page {
	uint32_t width, height;
	J_COLOR_SPACE space;
	struct sk_slice tables; /* JPEGTables; may be empty */
	const struct sk_jpeg_piece *piece;
	size_t n;
};

/*
 * All pieces of a page as one JPEG stream, by their coefficients. sampling: horizontal and vertical factor of
 * the first component. SK_EFORMAT when they cannot be joined without loss, or are not sane.
 */
int sk_jpeg_join(const struct sk_pic *p, const struct sk_jpeg_page *page, unsigned sampling[2],
    struct sk_buf *out);

#endif
