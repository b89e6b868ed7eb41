/* Fuzz target: any bytes through the whole engine; what comes out must pass its verifier. */
#include "clean/clean.h"

#include <stdlib.h>

#include "verify/verify.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	return sk_clean_init();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sk_report r;
	struct sk_output out;
	struct sk_clean_request req = {
	    .in = sk_slice(data, size), .name = "x.csv", .method = SK_METHOD_REBUILD};

	if (sk_clean(&req, &r, &out) == 0) {
		struct sk_limits l = sk_limits_for(out.bytes.len);
		struct sk_check c = {.arena = sk_arena_new(l.memory),
		    .inflate_left = l.expand,
		    .pixels_left = l.pixels_total};
		if (sk_verify(&c, out.type, sk_buf_slice(&out.bytes)))
			abort();
		sk_arena_free(c.arena);
	}
	sk_buf_free(&out.bytes);
	return 0;
}
