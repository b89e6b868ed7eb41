/* Fuzz target: what is rebuilt passes the checker, comes out again unchanged and unreported; so does its text. */
#include <stdlib.h>

#include "format/handler.h"
#include "verify/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return sk_metafile_handler.init();
}

static int clean(struct sk_slice in, struct sk_output *out, struct sk_report *report, bool text)
{
	struct sk_limits limits = sk_limits_for(in.n);
	struct sk_budget budget = {limits.expand, limits.pixels_total, limits.members, 10};
	struct sk_services services = {0};
	struct sk_job job = {.report = report,
	    .limits = &limits,
	    .budget = &budget,
	    .services = &services,
	    .name = "x.rtf",
	    .method = text ? SK_METHOD_TEXT : SK_METHOD_REBUILD};

	limits.pixels = limits.pixels < 1000000 ? limits.pixels : 1000000;
	sk_report_clear(report);
	*out = (struct sk_output){.bytes = SK_BUF((size_t)64 << 20)};
	job.arena = sk_arena_new((size_t)256 << 20);
	if (job.arena == NULL)
		return SK_ENOMEM;
	int rc = text ? sk_rtf_handler.text(&job, SK_FT_RTF, in, out)
		      : sk_rtf_handler.rebuild(&job, SK_FT_RTF, in, out);
	if (rc == 0 && sk_arena_failed(job.arena))
		rc = SK_ENOMEM;
	sk_arena_free(job.arena);
	return rc;
}

static void must_pass(enum sk_filetype type, struct sk_slice in)
{
	struct sk_check c = {.arena = sk_arena_new((size_t)256 << 20),
	    .inflate_left = (uint64_t)256 << 20,
	    .pixels_left = 100000000};

	if (c.arena && sk_verify(&c, type, in))
		abort();
	sk_arena_free(c.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sk_report report;
	struct sk_output one, two;

	if (clean(sk_slice(data, size), &one, &report, false) == 0) {
		must_pass(SK_FT_RTF, sk_buf_slice(&one.bytes));
		if (clean(sk_buf_slice(&one.bytes), &two, &report, false) || report.nremoved ||
		    !sk_slice_eq(sk_buf_slice(&one.bytes), sk_buf_slice(&two.bytes)))
			abort();
		sk_buf_free(&two.bytes);
	}
	sk_buf_free(&one.bytes);
	if (clean(sk_slice(data, size), &one, &report, true) == 0)
		must_pass(SK_FT_TXT, sk_buf_slice(&one.bytes));
	sk_buf_free(&one.bytes);
	return 0;
}
