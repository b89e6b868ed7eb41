/* Fuzzes the WebP checker, with the size in the file header put right. */
#include "verify/image/fuzz-parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_right(uint8_t *p, size_t size)
{
	if (size >= 8)
		put_u32le(p + 4, size - 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_check(sk_verify_webp, put_right, 1 << 18, data, size);
	return 0;
}
