/* Fuzz target: method flatten. What the cleaner makes of the input is read and drawn, coarsely so that it stays quick. */
#include <stdlib.h>

#include "format/cad/draw.h"
#include "format/metafile/metafile.h"

#define LEAST ((uint64_t)2000000) /* pixels: A1 at the least resolution */

static int draw(enum sk_filetype type, struct sk_slice in, struct sk_report *report)
{
	struct sk_limits limits = sk_limits_for(in.n);
	struct sk_budget budget = {limits.expand, limits.pixels_total, limits.members, 10};
	struct sk_job job = {.report = report,
	    .limits = &limits,
	    .budget = &budget,
	    .name = "x",
	    .method = SK_METHOD_FLATTEN};
	struct sk_output out = {.bytes = SK_BUF((size_t)64 << 20)};

	limits.pixels = LEAST;
	job.arena = sk_arena_new((size_t)1 << 30);
	if (job.arena == NULL)
		return SK_ENOMEM;
	int rc = sk_cad_handler.flatten(&job, type, in, &out);
	sk_arena_free(job.arena);
	if (rc == 0 && (out.type != SK_FT_PDF || out.bytes.len == 0))
		abort();
	sk_buf_free(&out.bytes);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sk_report report;

	if (size < 1 || sk_metafile_init())
		return 0;
	sk_report_clear(&report);
	draw(sk_cad_handler.types[data[0] % 3], sk_slice(data + 1, size - 1), &report);
	return 0;
}
