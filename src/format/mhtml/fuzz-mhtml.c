/*
 * Fuzz target: the page that comes out of several is one that the family of pages leaves as it is, unreported, and the checker takes
 * it; their text is one. The first byte chooses the method.
 */
#include <stdlib.h>

#include "format/handler.h"
#include "verify/verify.h"

/* No picture passes: their families have fuzzers of their own. */
static int fake_clean(struct sk_job *job, const char *name, struct sk_slice in,
    struct sk_output *out, enum sk_code *why)
{
	*why = SK_REASON_UNKNOWN_TYPE;
	return SK_EREFUSED;
}

static int clean(const struct sk_handler *family, struct sk_slice in, struct sk_report *report,
    bool text, struct sk_output *out)
{
	enum sk_filetype type = family == &sk_html_handler ? SK_FT_HTML : SK_FT_MHTML;
	static const struct sk_services services = {.clean_member = fake_clean};
	struct sk_limits limits = sk_limits_for(in.n);
	struct sk_budget budget = {limits.expand, limits.pixels_total, 500, 10};
	struct sk_job job = {.report = report,
	    .limits = &limits,
	    .budget = &budget,
	    .services = &services,
	    .name = "x.mht",
	    .method = text ? SK_METHOD_TEXT : SK_METHOD_REBUILD};

	sk_report_clear(report);
	*out = (struct sk_output){.bytes = SK_BUF((size_t)64 << 20)};
	job.arena = sk_arena_new(limits.memory);
	if (job.arena == NULL)
		return SK_ENOMEM;
	int rc = text ? family->text(&job, type, in, out) : family->rebuild(&job, type, in, out);
	sk_arena_free(job.arena);
	return rc;
}

static void check(struct sk_slice out, enum sk_filetype type)
{
	struct sk_check c = {.arena = sk_arena_new((size_t)512 << 20),
	    .inflate_left = 1 << 26,
	    .pixels_left = 1 << 26};
	int rc = type == SK_FT_HTML ? sk_verify_html(&c, out) : sk_verify_text(&c, type, out);

	if (rc) {
		fprintf(stderr, "%s at %llu\n", c.fault.what, (unsigned long long)c.fault.offset);
		abort();
	}
	sk_arena_free(c.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sk_report report;
	struct sk_output one, two;

	if (size < 1)
		return 0;
	bool text = data[0] & 1;
	if (clean(&sk_mhtml_handler, sk_slice(data + 1, size - 1), &report, text, &one) == 0) {
		struct sk_slice made = sk_buf_slice(&one.bytes);
		check(made, one.type);
		if (!text && (clean(&sk_html_handler, made, &report, false, &two) ||
				 report.nremoved || !sk_slice_eq(made, sk_buf_slice(&two.bytes))))
			abort();
		if (!text)
			sk_buf_free(&two.bytes);
	}
	sk_buf_free(&one.bytes);
	return 0;
}
