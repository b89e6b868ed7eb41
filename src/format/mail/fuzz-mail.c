/*
 * Fuzz target: the first byte chooses kind and method; what comes out is cleaned again and must stay as it is.
 */
#include "base/utf8.h"
#include "format/mail/mail.h"
#include "format/test-run.h"

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

/* What people are shown of a mail is text, whatever it is: of the input itself, which is worse than what was cleaned. */
static void show(const struct sk_services *services, struct sk_slice in)
{
	static struct sk_report report;
	struct sk_limits limits = sk_limits_for(in.n);
	struct sk_budget budget = {limits.expand, limits.pixels_total, limits.members, 10};
	struct sk_job job = {.report = &report,
	    .limits = &limits,
	    .budget = &budget,
	    .services = services,
	    .name = "x",
	    .method = SK_METHOD_SHOW,
	    .arena = sk_arena_new((size_t)256 << 20)};
	struct sk_mail m = {.job = &job, .arena = job.arena};
	struct sk_buf lines = SK_BUF((size_t)64 << 20);
	struct sk_part *root = NULL;

	sk_report_clear(&report);
	if (sk_mail_parse(&m, in, &root) == 0 && sk_mail_lines(&m, root, &lines) == 0 &&
	    !sk_utf8_valid(sk_buf_slice(&lines)))
		abort();
	sk_buf_free(&lines);
	sk_arena_free(job.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum sk_filetype kinds[] = {
	    SK_FT_EML, SK_FT_EML, SK_FT_EML, SK_FT_TNEF, SK_FT_MSG, SK_FT_MBOX};
	static const struct sk_services services = {.clean_member = fake_clean};
	static struct sk_report report;
	struct tr_run t = {&sk_mail_handler, .name = "x", .services = &services,
	    .expand = (uint64_t)64 << 20, .memory = (size_t)256 << 20, .members = 500};
	struct sk_output one, two;

	if (size == 0)
		return 0;
	if (data[0] & 16)
		show(&services, sk_slice(data + 1, size - 1));
	t.type = kinds[(data[0] & 7) % 6];
	t.text = data[0] & 8;
	int rc = tr_clean(&t, sk_slice(data + 1, size - 1), &report, &one);
	if (rc == 0 && one.type == SK_FT_EML) {
		t.type = SK_FT_EML;
		rc = tr_clean(&t, sk_buf_slice(&one.bytes), &report, &two);
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
