/*
 * The two WebP codecs, decoded to the end without making a picture. Verifier's jail.
 */
#ifndef SK_VERIFY_IMAGE_VP8_H
#define SK_VERIFY_IMAGE_VP8_H

#include "verify/verify.h"

extern const uint8_t sk_vp8_token_probs[4][8][3][11];
extern const uint8_t sk_vp8_update_probs[4][8][3][11];
extern const uint8_t sk_vp8_mode_probs[10][10][9];

/* A `VP8 ` chunk: a key frame of RFC 6386, all of its bytes. `at`: where it stands. Gives its size.
 */
int sk_vp8_check(struct sk_check *c, uint64_t at, struct sk_slice in, uint32_t *w, uint32_t *h);

/* A `VP8L` chunk with its header (RFC 9649, 3). Gives its size and its alpha bit. */
int sk_vp8l_check(
    struct sk_check *c, uint64_t at, struct sk_slice in, uint32_t *w, uint32_t *h, bool *alpha);

/* The image stream of w × h behind the first byte of an `ALPH` chunk. */
int sk_vp8l_check_alpha(
    struct sk_check *c, uint64_t at, struct sk_slice in, uint32_t w, uint32_t h);

#endif
