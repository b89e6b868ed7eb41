/*
 * Pictures: clean one of any image type, and encode pixels. Used by the image handler itself and by
 * the families that carry pictures (PDF, Office). Cleaner's jail.
 */
#ifndef SK_FORMAT_IMAGE_IMAGE_H
#define SK_FORMAT_IMAGE_IMAGE_H

#include "format/job.h"

/* The image type at the start of `in` by its signature (JPEG PNG GIF BMP WEBP TIFF), or
 * SK_FT_UNKNOWN. */
enum sk_filetype sk_image_type(struct sk_slice in);

/*
 * Clean a picture into the same type: decoded completely, encoded again (JPEG by its coefficients
 * without loss when they are sane). Removals are recorded under `where` (NULL: the file itself).
 * out must be empty. SK_EREFUSED when it must not pass (limit), SK_EFORMAT when it cannot be
 * decoded.
 */
int sk_image_clean(struct sk_job *job, enum sk_filetype type, struct sk_slice in, const char *where,
    struct sk_buf *out);

/* Decode the first frame to pixels in the arena (1, 3 or 4 channels). Same errors as
 * sk_image_clean(). */
int sk_image_decode(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_pixmap *out);

/* Encode pixels: deterministic; dpi 0 leaves the resolution out. 0 or SK_E*. */
int sk_png_encode(const struct sk_pixmap *p, unsigned dpi, struct sk_buf *out);
int sk_jpeg_encode(const struct sk_pixmap *p, unsigned quality, unsigned dpi, struct sk_buf *out);

/*
 * Re-write a JPEG by its coefficients: markers, metadata and trailing data gone, tables optimised.
 * When `keep_adobe` the Adobe transform marker is kept (PDF's DCTDecode, CMYK). SK_EFORMAT when the
 * stream is not sane (any decoder warning): the caller decides to decode and encode, or to drop it.
 */
int sk_jpeg_transcode(
    struct sk_job *job, struct sk_slice in, const char *where, bool keep_adobe, struct sk_buf *out);

#endif
