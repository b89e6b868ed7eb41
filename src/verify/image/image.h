/*
 * What the picture checkers share: the budget of pixels, the colour profile block, and zlib's
 * inflate run row by row. Rules: doc/profiles/image.md. Verifier's jail.
 */
#ifndef SK_VERIFY_IMAGE_IMAGE_H
#define SK_VERIFY_IMAGE_IMAGE_H

#include "verify/verify.h"

/*
 * Run a check with an arena of its own in c->arena, which goes when it ends: a container or an animation
 * may have thousands of pictures, and none needs what another needed. What `run` returns, or SK_ENOMEM.
 */
int sk_vimg_apart(struct sk_check *c, int (*run)(void *ctx), void *ctx);

/* Count one frame of w × h at `at` against the limits of a picture and of the job. 0 or SK_EFORMAT.
 */
int sk_vimg_size(struct sk_check *c, uint64_t at, uint32_t w, uint32_t h);

/* `icc` is exactly the profile block. 0 or SK_EFORMAT. */
int sk_vimg_profile(struct sk_check *c, uint64_t at, struct sk_slice icc);

/* A zlib stream that unpacks to `rows` rows of `row` bytes and nothing more. */
struct sk_vimg_rows {
	size_t row;
	uint32_t rows;
	/* Called for each row in order unless NULL; may change the bytes; 0 or SK_EFORMAT
	 * (sk_fail). */
	int (*see)(struct sk_check *c, void *ctx, uint8_t *row);
	void *ctx;
	bool dense; /* no block of the stream is empty */
};

/*
 * Inflate all of `in` as `want` says, in memory of a few rows. The ceiling is the size that the
 * frame itself has, already counted by sk_vimg_size(). 0, SK_EFORMAT or SK_ENOMEM.
 */
int sk_vimg_inflate(
    struct sk_check *c, uint64_t at, struct sk_slice in, const struct sk_vimg_rows *want);

/* A JPEG stream in a TIFF: what the page must say. */
struct sk_vimg_jpeg {
	uint32_t width, height;
	unsigned photometric;  /* 1 (or 0), 2, 5, 6; 0: there is none for it */
	unsigned across, down; /* sampling of the first component */
	bool even;             /* the others, and it too unless photometric is 6, are not sampled */
};

int sk_vimg_jpeg_in_tiff(
    struct sk_check *c, uint64_t at, struct sk_slice in, struct sk_vimg_jpeg *out);

#endif
