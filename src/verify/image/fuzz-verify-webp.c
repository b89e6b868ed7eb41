/* Fuzzes the WebP checker, with the size in the file header put right. */
#include "verify/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_right(uint8_t *p, size_t size)
{
	if (size >= 8)
		for (unsigned i = 0; i < 4; i++)
			p[4 + i] = (uint8_t)((size - 8) >> 8 * i);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_check c = {.arena = sk_arena_new((size_t)256 << 20),
	    .inflate_left = 64 << 20,
	    .pixels_left = 1 << 18};
	uint8_t *copy = malloc(size ? size : 1);

	if (c.arena && copy) {
		memcpy(copy, data, size);
		put_right(copy, size);
		(void)sk_verify_webp(&c, sk_slice(copy, size));
	}
	free(copy);
	sk_arena_free(c.arena);
	return 0;
}
