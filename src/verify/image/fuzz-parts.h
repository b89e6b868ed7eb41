/* For the fuzzers of the picture checkers: one run over a copy whose sums were put right. Test programs. */
#ifndef SK_VERIFY_IMAGE_FUZZ_PARTS_H
#define SK_VERIFY_IMAGE_FUZZ_PARTS_H

#include <stdlib.h>

#include "verify/verify.h"

/* A number of four bytes, little endian. */
static inline void put_u32le(uint8_t *p, size_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static inline void fuzz_check(int (*check)(struct sk_check *c, struct sk_slice in),
    void (*put_right)(uint8_t *p, size_t size), uint64_t pixels, const uint8_t *data, size_t size)
{
	struct sk_check c = {.arena = sk_arena_new((size_t)256 << 20),
	    .inflate_left = 64 << 20,
	    .pixels_left = pixels};
	uint8_t *copy = malloc(size ? size : 1);

	if (c.arena && copy) {
		memcpy(copy, data, size);
		if (put_right)
			put_right(copy, size);
		(void)check(&c, sk_slice(copy, size));
	}
	free(copy);
	sk_arena_free(c.arena);
}

#endif
