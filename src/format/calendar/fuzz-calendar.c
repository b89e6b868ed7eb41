/* Fuzz target: the first byte chooses type and method; what comes out must come out again, unchanged and unreported. */
#include <stdlib.h>

#include "format/handler.h"

/* Any bytes pass as a picture: the family of pictures has a fuzzer of its own. */
static int picture(struct sk_job *job, const char *name, struct sk_slice in, struct sk_output *out,
    enum sk_code *why)
{
	out->type = in.n % 3 == 0 ? SK_FT_JPEG : SK_FT_PNG;
	return sk_buf_put_slice(&out->bytes, in);
}

static int clean(enum sk_filetype type, struct sk_slice in, struct sk_output *out,
    struct sk_report *report, bool text)
{
	struct sk_limits limits = sk_limits_for(in.n);
	struct sk_budget budget = {limits.expand, limits.pixels_total, limits.members, 10};
	struct sk_services services = {.clean_member = picture};
	struct sk_job job = {.report = report,
	    .limits = &limits,
	    .budget = &budget,
	    .services = &services,
	    .name = "x",
	    .method = text ? SK_METHOD_TEXT : SK_METHOD_REBUILD};
	const struct sk_handler *h = type == SK_FT_TXT ? &sk_text_handler : &sk_calendar_handler;

	sk_report_clear(report);
	*out = (struct sk_output){.bytes = SK_BUF((size_t)64 << 20)};
	job.arena = sk_arena_new(limits.memory);
	if (job.arena == NULL)
		return SK_ENOMEM;
	int rc = text ? h->text(&job, type, in, out) : h->rebuild(&job, type, in, out);
	sk_arena_free(job.arena);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sk_report report;
	struct sk_output one, two;

	if (size < 1)
		return 0;
	struct sk_slice in = sk_slice(data + 1, size - 1);
	enum sk_filetype type = data[0] & 1 ? SK_FT_VCF : SK_FT_ICS;
	sk_report_clear(&report);
	sk_calendar_handler.probe(in, "x.ics", &report);
	if (clean(type, in, &one, &report, data[0] & 0x80) == 0) {
		if (clean(one.type, sk_buf_slice(&one.bytes), &two, &report, false) ||
		    report.nremoved ||
		    !sk_slice_eq(sk_buf_slice(&one.bytes), sk_buf_slice(&two.bytes)))
			abort();
		sk_buf_free(&two.bytes);
	}
	sk_buf_free(&one.bytes);
	return 0;
}
