/* Fuzz target of the checker of web pages; the first byte tells whether it is that of a mail. */
#include <stdlib.h>

#include "verify/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_check c = {.arena = sk_arena_new((size_t)256 << 20),
	    .inflate_left = 1 << 26,
	    .pixels_left = 1 << 26};

	if (size && c.arena) {
		struct sk_slice in = sk_slice(data + 1, size - 1);
		int rc = data[0] & 1 ? sk_verify_html_in_mail(&c, in) : sk_verify_html(&c, in);
		if (rc == SK_EFORMAT && c.fault.what[0] == '\0')
			abort(); /* a refusal without a reason */
	}
	sk_arena_free(c.arena);
	return 0;
}
