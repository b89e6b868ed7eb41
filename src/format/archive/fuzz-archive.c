/* Fuzz target: cleans a zip whose members become texts; the result is cleaned again and must stay as it is. */
#include "format/test-run.h"

static int fake_clean(struct sk_job *job, const char *name, struct sk_slice in,
    struct sk_output *out, enum sk_code *why)
{
	if (job->depth < 3 && sk_slice_starts(in, SK_SLICE_LIT("PK\3\4"))) {
		struct sk_job inner = *job;
		inner.depth++;
		int rc = sk_archive_handler.rebuild(&inner, SK_FT_ZIP, in, out);
		if (rc == 0 || rc != SK_EREFUSED)
			return rc;
		sk_buf_reset(&out->bytes);
		job->report->reason = SK_CODE_NONE;
	}
	*why = SK_REASON_UNKNOWN_TYPE;
	if (in.n == 0 || in.p[0] == 'x')
		return SK_EREFUSED;
	out->type = SK_FT_TXT;
	return sk_buf_put_slice(&out->bytes, in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct sk_services services = {.clean_member = fake_clean};
	static struct sk_report report;
	struct tr_run t = {&sk_archive_handler, SK_FT_ZIP, .name = "x", .services = &services,
	    .expand = (uint64_t)16 << 20, .memory = (size_t)256 << 20, .members = 500};
	struct sk_output one, two;

	if (tr_clean(&t, sk_slice(data, size), &report, &one) == 0) {
		int rc = tr_clean(&t, sk_buf_slice(&one.bytes), &report, &two);
		if (rc && report.reason != SK_REASON_BOMB &&
		    report.reason != SK_REASON_LIMIT_MEMBERS)
			abort();
		if (rc == 0 && report.nremoved == 0 &&
		    !sk_slice_eq(sk_buf_slice(&one.bytes), sk_buf_slice(&two.bytes)))
			abort();
		for (uint32_t i = 0; rc == 0 && i < report.nremoved; i++)
			if (report.removed[i].code != SK_ARCHIVE_MEMBER &&
			    report.removed[i].code != SK_NAME_CHANGED)
				abort(); /* texts that begin with x are refused by the stand-in itself */
		sk_buf_free(&two.bytes);
	}
	sk_buf_free(&one.bytes);
	return 0;
}
