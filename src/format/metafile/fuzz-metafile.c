/* Fuzz target: any bytes as a metafile. */
#include "format/metafile/metafile.h"
#include "format/text/charset.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	return sk_metafile_init() || sk_charset_init();
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
	sk_arena_free(job.arena);
	return 0;
}
