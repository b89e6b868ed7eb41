/* Fuzzes the JPEG checker. */
#include "verify/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_check c = {.arena = sk_arena_new((size_t)256 << 20),
	    .inflate_left = 64 << 20,
	    .pixels_left = 4 << 20};
	uint32_t w, h;
	unsigned channels;

	if (c.arena) {
		(void)sk_verify_jpeg(&c, sk_slice(data, size));
		(void)sk_verify_jpeg_in_pdf(&c, sk_slice(data, size), &w, &h, &channels);
	}
	sk_arena_free(c.arena);
	return 0;
}
