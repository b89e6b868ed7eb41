/*
 * Bilevel pictures in ITU-T T.6 coding. Verifier's jail.
 */
#ifndef SK_VERIFY_IMAGE_G4_H
#define SK_VERIFY_IMAGE_G4_H

#include "verify/verify.h"

struct sk_g4;

/* A decoder for rows of w pixels, in the arena. NULL when memory is out. */
struct sk_g4 *sk_g4_new(struct sk_check *c, uint32_t w);

/* All of `in`, which starts at `at`: `rows` rows, the end code twice, 0 bits. 0 or SK_EFORMAT. */
int sk_g4_check(struct sk_g4 *g, uint64_t at, struct sk_slice in, uint32_t rows);

#endif
