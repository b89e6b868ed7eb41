/* Fuzz target of the checker of drawings. */
#include <stdlib.h>

#include "verify/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_check c = {.arena = sk_arena_new((size_t)1 << 30),
	    .inflate_left = (uint64_t)1 << 28,
	    .pixels_left = 1 << 24};

	if (c.arena == NULL)
		return 0;
	int rc = sk_verify_svg(&c, sk_slice(data, size));
	if (rc == SK_EFORMAT && c.fault.what[0] == '\0')
		abort(); /* a refusal without a reason */
	sk_arena_free(c.arena);
	return 0;
}
