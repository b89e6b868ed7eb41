/* Fuzz target: what comes out must pass the checker and come out again, unchanged and unreported. */
#include <stdlib.h>

#include "format/handler.h"
#include "verify/verify.h"

/* Any picture of a kind that stays is a small one. */
static int member(struct sk_job *job, const char *name, struct sk_slice in, struct sk_output *out,
    enum sk_code *why)
{
	static const uint8_t gif[] =
	    "GIF89a\1\0\1\0\xf0\0\0\0\0\0\xff\xff\xff,\0\0\0\0\1\0\1\0\0\2\2D\1\0;";

	out->type = SK_FT_GIF;
	return sk_buf_put(&out->bytes, gif, sizeof(gif) - 1);
}

static int clean(enum sk_filetype type, struct sk_slice in, struct sk_output *out,
    struct sk_report *report, bool text)
{
	struct sk_limits limits = sk_limits_for(in.n);
	struct sk_budget budget = {limits.expand, limits.pixels_total, limits.members, 10};
	struct sk_services services = {.clean_member = member};
	struct sk_job job = {.report = report,
	    .limits = &limits,
	    .budget = &budget,
	    .services = &services,
	    .name = "x",
	    .method = text ? SK_METHOD_TEXT : SK_METHOD_REBUILD};

	*report = (struct sk_report){.type = type};
	*out = (struct sk_output){.bytes = SK_BUF((size_t)64 << 20)};
	job.arena = sk_arena_new(limits.memory);
	if (job.arena == NULL)
		return SK_ENOMEM;
	int rc = text ? sk_svg_handler.text(&job, type, in, out)
		      : sk_svg_handler.rebuild(&job, type, in, out);
	sk_arena_free(job.arena);
	return rc;
}

static void check(struct sk_slice in)
{
	struct sk_check c = {.arena = sk_arena_new((size_t)1 << 30),
	    .inflate_left = (uint64_t)1 << 30,
	    .pixels_left = SK_LIMIT_PIXELS_TOTAL};

	if (c.arena == NULL || sk_verify_svg(&c, in))
		abort();
	sk_arena_free(c.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sk_report report;
	struct sk_output one, two;
	struct sk_slice in = sk_slice(data, size);
	bool packed = size && data[0] == 0x1f;

	report = (struct sk_report){0};
	sk_svg_handler.probe(in, "x.svgz", &report);
	if (clean(SK_FT_SVG, in, &one, &report, true) == 0 && one.bytes.len == 0)
		abort();
	sk_buf_free(&one.bytes);
	if (clean(packed ? SK_FT_SVGZ : SK_FT_SVG, in, &one, &report, false) == 0) {
		check(sk_buf_slice(&one.bytes));
		if (clean(one.type, sk_buf_slice(&one.bytes), &two, &report, false) ||
		    report.nremoved ||
		    !sk_slice_eq(sk_buf_slice(&one.bytes), sk_buf_slice(&two.bytes)))
			abort();
		sk_buf_free(&two.bytes);
	}
	sk_buf_free(&one.bytes);
	return 0;
}
