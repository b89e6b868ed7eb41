/* Fuzz target: whatever a HEIF file says, what comes out is a clean picture. */
#include <stdlib.h>

#include "format/heif/testheif.h"
#include "verify/verify.h"

static void check(const struct sk_output *out)
{
	struct sk_check c = {.arena = sk_arena_new((size_t)1 << 30),
	    .inflate_left = (uint64_t)1 << 30,
	    .pixels_left = SK_LIMIT_PIXELS_TOTAL};
	struct sk_slice s = sk_buf_slice(&out->bytes);

	if (c.arena == NULL ||
	    (out->type == SK_FT_PNG ? sk_verify_png(&c, s) : sk_verify_jpeg(&c, s)))
		abort();
	sk_arena_free(c.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sk_report report;
	struct sk_limits limits = sk_limits_for(size);
	struct sk_budget budget = {limits.expand, 20000000, limits.members, 10};
	struct sk_services services = {.decode_picture = th_decode};
	struct sk_job job = {.arena = sk_arena_new(limits.memory),
	    .report = &report,
	    .limits = &limits,
	    .budget = &budget,
	    .services = &services,
	    .name = "x",
	    .method = SK_METHOD_REBUILD};
	struct sk_output out = {.bytes = SK_BUF((size_t)64 << 20)};

	limits.pixels = 4000000;
	report = (struct sk_report){0};
	if (job.arena == NULL)
		return 0;
	if (sk_heif_handler.rebuild(&job, SK_FT_HEIC, sk_slice(data, size), &out) == 0)
		check(&out);
	sk_buf_free(&out.bytes);
	sk_arena_free(job.arena);
	return 0;
}
