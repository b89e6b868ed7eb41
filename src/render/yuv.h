/* Planes of a decoded picture, and their colours. Renderer's jail. */
#ifndef SK_RENDER_YUV_H
#define SK_RENDER_YUV_H

#include "base/err.h"
#include "base/page.h"

struct sk_planes {
	const uint8_t *data[3];
	size_t stride[3]; /* bytes */
	uint32_t width, height;
	uint32_t width2, height2; /* of planes 1 and 2 */
	unsigned across, down;    /* how much smaller these are, as shifts */
	unsigned planes;          /* 1 or 3 */
	unsigned bits, bits2;     /* a sample; above 8 it lies in two bytes, little endian */
	unsigned matrix;          /* H.273, 8.3 */
	bool full_range;
};

/* To 1 or 3 channels of 8 bits, data by malloc(). */
int sk_planes_convert(const struct sk_planes *p, bool grey, struct sk_pixmap *out);

#endif
