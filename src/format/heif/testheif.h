/* HEIF files made byte by byte, for tests and the fuzzer: a decoder that draws what two bytes say. Test code. */
#ifndef SK_FORMAT_HEIF_TESTHEIF_H
#define SK_FORMAT_HEIF_TESTHEIF_H

#include "format/heif/heif.h"

/*
 * The "coded" picture ends with its width and height; each pixel is its place. Grey: a ramp from 0. A codec that does
 * not fit what is sent is no picture.
 */
static inline int th_decode(
    struct sk_job *job, struct sk_slice in, struct sk_coding coding, struct sk_pixmap *out)
{
	if (in.n < 2 || in.p[in.n - 2] == 0 || in.p[in.n - 1] == 0)
		return SK_EFORMAT;
	*out = (struct sk_pixmap){in.p[in.n - 2], in.p[in.n - 1], coding.grey ? 1 : 3, NULL};
	int rc = sk_job_pixels(job, out->width, out->height);
	uint8_t *p = sk_arena_array(job->arena, (size_t)out->width * out->height, out->channels);
	out->data = p;
	for (uint32_t y = 0; rc == 0 && p && y < out->height; y++)
		for (uint32_t x = 0; x < out->width; x++)
			for (unsigned c = 0; c < out->channels; c++)
				*p++ = (uint8_t)(c == 0 ? x * 8 : c == 1 ? y * 8 : 200);
	return rc ? rc : p ? 0 : SK_ENOMEM;
}

#endif
