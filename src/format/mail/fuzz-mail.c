/*
 * Fuzz target: the first byte chooses kind and method; what comes out is cleaned again and must stay as it is.
 */
#include <stdio.h>
#include <stdlib.h>

#include "format/handler.h"

static int fake_clean(struct sk_job *job, const char *name, struct sk_slice in,
    struct sk_output *out, enum sk_code *why)
{
	bool mark = sk_slice_starts(in, SK_SLICE_LIT("\xEF\xBB\xBF"));

	in = sk_slice_sub(in, mark ? 3 : 0, in.n);
	*why = SK_REASON_UNKNOWN_TYPE;
	if (in.n == 0 || in.p[0] == 'x')
		return SK_EREFUSED;
	out->type = in.p[0] == '<' && job->method == SK_METHOD_REBUILD ? SK_FT_HTML
		    : in.p[0] == 'P'                                   ? SK_FT_PNG
								       : SK_FT_TXT;
	return sk_buf_put_slice(&out->bytes, in);
}

static int clean(enum sk_filetype type, enum sk_method method, struct sk_slice in,
    struct sk_output *out, struct sk_report *report)
{
	struct sk_limits limits = sk_limits_for(in.n);
	struct sk_budget budget = {(uint64_t)64 << 20, limits.pixels_total, 500, 10};
	struct sk_services services = {.clean_member = fake_clean};
	struct sk_job job = {.report = report,
	    .limits = &limits,
	    .budget = &budget,
	    .services = &services,
	    .name = "x",
	    .method = method};

	limits.members = 500;
	limits.memory = (size_t)256 << 20;
	sk_report_clear(report);
	*out = (struct sk_output){.bytes = SK_BUF((size_t)64 << 20)};
	job.arena = sk_arena_new(limits.memory);
	if (job.arena == NULL)
		return SK_ENOMEM;
	int rc = sk_mail_handler.rebuild(&job, type, in, out);
	sk_arena_free(job.arena);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Notes of the stand-in's own refusals may come, as text of one pass may begin with x in the next; nothing else. */
static void check_second(const struct sk_report *r)
{
	for (uint32_t i = 0; i < r->nremoved; i++)
		if (r->removed[i].code != SK_MAIL_PART) {
			fprintf(stderr, "%s: %s\n", sk_code_name(r->removed[i].code),
			    r->removed[i].where);
			abort();
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum sk_filetype kinds[] = {
	    SK_FT_EML, SK_FT_EML, SK_FT_EML, SK_FT_TNEF, SK_FT_MSG, SK_FT_MBOX};
	static struct sk_report report;
	struct sk_output one, two;

	if (size == 0)
		return 0;
	enum sk_filetype kind = kinds[(data[0] & 7) % 6];
	enum sk_method method = data[0] & 8 ? SK_METHOD_TEXT : SK_METHOD_REBUILD;
	int rc = clean(kind, method, sk_slice(data + 1, size - 1), &one, &report);
	if (rc == 0 && one.type == SK_FT_EML) {
		rc = clean(SK_FT_EML, method, sk_buf_slice(&one.bytes), &two, &report);
		if (rc && report.reason != SK_REASON_LIMIT_MEMBERS &&
		    report.reason != SK_REASON_LIMIT_NESTING)
			abort();
		if (rc == 0)
			check_second(&report);
		if (rc == 0 && report.nremoved == 0 &&
		    !sk_slice_eq(sk_buf_slice(&one.bytes), sk_buf_slice(&two.bytes)))
			abort();
		sk_buf_free(&two.bytes);
	}
	sk_buf_free(&one.bytes);
	return 0;
}
