/* Fuzz target: any bytes as a metafile, in a document and as a file of its own. */
#include <stdlib.h>

#include "format/handler.h"
#include "format/metafile/metafile.h"
#include "verify/verify.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	return sk_metafile_init();
}

/* What a file of its own becomes passes its verifier. */
static void as_file(struct sk_job *job, struct sk_slice in)
{
	struct sk_output out = {.bytes = SK_BUF(1 << 26)};
	struct sk_check c = {
	    .arena = sk_arena_new(64 << 20), .inflate_left = 1 << 30, .pixels_left = 100000000};

	if (sk_metafile_handler.rebuild(job, sk_metafile_type(in), in, &out) == 0 &&
	    sk_verify_png(&c, sk_buf_slice(&out.bytes)))
		abort();
	sk_arena_free(c.arena);
	sk_buf_free(&out.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sk_report report;
	struct sk_limits limits = sk_limits_for(size);
	struct sk_budget budget = {limits.expand, 100000000, limits.members, 10};
	struct sk_job job = {.arena = sk_arena_new(256 << 20),
	    .report = &report,
	    .limits = &limits,
	    .budget = &budget,
	    .name = "fuzz",
	    .method = SK_METHOD_REBUILD};
	struct sk_buf out = SK_BUF(1 << 26);

	report = (struct sk_report){0};
	sk_metafile_to_png(&job, sk_slice(data, size), "x", &out);
	sk_buf_free(&out);
	as_file(&job, sk_slice(data, size));
	sk_arena_free(job.arena);
	return 0;
}
