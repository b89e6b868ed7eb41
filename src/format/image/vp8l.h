/* The lossless bitstream of WebP, and the alpha plane of a lossy one. Cleaner's jail. RFC 9649, 3. */
#ifndef SK_FORMAT_IMAGE_VP8L_H
#define SK_FORMAT_IMAGE_VP8L_H

#include "base/buf.h"
#include "base/slice.h"

/* A picture in a bitstream of its own (`head`), or an alpha plane, whose stream has no header. */
struct sk_vp8l {
	uint32_t width, height;
	bool head;
	bool alpha;    /* of the header: some pixel is not opaque */
	size_t memory; /* that may be used */
};

/*
 * Read every symbol of a stream and write the same symbols with codes of our own: the same pixels, and
 * nothing besides them. v->alpha is filled in; *left are the bytes behind the stream. SK_EFORMAT when
 * it is not a whole one of that size.
 */
int sk_vp8l_rewrite(struct sk_slice in, struct sk_vp8l *v, size_t *left, struct sk_buf *out);

/* Encode pixels 0xAARRGGBB, which are lost. Uses no memory for each pixel. */
int sk_vp8l_encode(uint32_t *argb, const struct sk_vp8l *v, struct sk_buf *out);

#endif
