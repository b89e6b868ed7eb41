/* Fuzzes the BMP checker. */
#include "verify/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_check c = {.arena = sk_arena_new((size_t)256 << 20),
	    .inflate_left = 64 << 20,
	    .pixels_left = 4 << 20};

	if (c.arena)
		(void)sk_verify_bmp(&c, sk_slice(data, size));
	sk_arena_free(c.arena);
	return 0;
}
