/* Fuzzes the BMP checker, with the size in the file header put right. */
#include "verify/image/fuzz-parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_right(uint8_t *p, size_t size)
{
	if (size >= 6)
		put_u32le(p + 2, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_check(sk_verify_bmp, put_right, 4 << 20, data, size);
	return 0;
}
