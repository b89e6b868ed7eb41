/* The lossy bitstream of WebP. Cleaner's jail. RFC 6386. */
#ifndef SK_FORMAT_IMAGE_VP8_H
#define SK_FORMAT_IMAGE_VP8_H

#include "base/buf.h"

/*
 * Read every symbol of a key frame of width × height and write the same symbols anew: the same
 * pixels, and nothing besides them. SK_EFORMAT when the frame is not a whole one of that size.
 */
int sk_vp8_rewrite(struct sk_slice in, uint32_t width, uint32_t height, struct sk_buf *out);

#endif
