/* Fuzz target of the checker of 一太郎 documents. */
#include <stdlib.h>

#include "verify/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_check c = {
	    .arena = sk_arena_new((size_t)64 << 20), .inflate_left = 1, .pixels_left = 1};

	if (c.arena && sk_verify_ichitaro(&c, sk_slice(data, size)) == SK_EFORMAT &&
	    c.fault.what[0] == '\0')
		abort(); /* a refusal without a reason */
	sk_arena_free(c.arena);
	return 0;
}
