/* Fuzzes the GIF checker. */
#include "verify/image/fuzz-parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_check(sk_verify_gif, NULL, 4 << 20, data, size);
	return 0;
}
