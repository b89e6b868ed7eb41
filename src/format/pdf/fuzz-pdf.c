/*
 * Fuzzer of the PDF rebuild: any bytes. What comes out must pass its verifier, and a second cleaning must
 * change nothing and report nothing. Test program.
 */
#include <stdlib.h>

#include "format/handler.h"
#include "verify/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct sk_report report;

/* Any page can be drawn: all white. */
static int render_page(
    struct sk_job *job, struct sk_slice pdf, uint32_t page, unsigned dpi, struct sk_pixmap *out)
{
	*out = (struct sk_pixmap){8, 8, 3, sk_arena_alloc(job->arena, 192)};
	if (out->data == NULL)
		return SK_ENOMEM;
	memset(out->data, 255, 192);
	return 0;
}

static struct sk_limits small_limits(size_t n)
{
	struct sk_limits l = sk_limits_for(n);

	/* Large pictures and expansions are slow under the sanitizers and show nothing new. */
	l.pixels = l.pixels_total = 1 << 20;
	l.expand = (size_t)16 << 20;
	l.memory = (size_t)512 << 20;
	return l;
}

static int clean(struct sk_slice in, struct sk_output *out)
{
	static const struct sk_services services = {.render_page = render_page};
	struct sk_limits l = small_limits(in.n);
	struct sk_budget b = {l.expand, l.pixels_total, l.members, 1000};
	struct sk_job job = {.arena = sk_arena_new(l.memory),
	    .report = &report,
	    .limits = &l,
	    .budget = &b,
	    .services = &services,
	    .name = "x"};

	report = (struct sk_report){0};
	*out = (struct sk_output){.bytes = SK_BUF(l.output)};
	if (job.arena == NULL)
		abort();
	int rc = sk_pdf_handler.rebuild(&job, SK_FT_PDF, in, out);
	if (rc == SK_EREFUSED && report.reason == SK_CODE_NONE)
		abort();
	if (rc == 0 && sk_arena_failed(job.arena))
		rc = SK_ENOMEM;
	sk_arena_free(job.arena);
	return rc;
}

static void check(struct sk_slice out)
{
	struct sk_limits l = sk_limits_for(out.n);
	struct sk_check c = {.arena = sk_arena_new(l.memory),
	    .inflate_left = l.expand,
	    .pixels_left = l.pixels_total};

	if (c.arena == NULL)
		abort();
	if (sk_verify_pdf(&c, out)) {
		fprintf(stderr, "verifier: %s\n", c.fault.what);
		abort();
	}
	sk_arena_free(c.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_output first, second;

	if (clean(sk_slice(data, size), &first) == 0) {
		check(sk_buf_slice(&first.bytes));
		int rc = clean(sk_buf_slice(&first.bytes), &second);
		/* the small limits may stop the second pass where the first just fitted */
		if (rc != SK_EREFUSED && rc != SK_ENOMEM &&
		    (rc || report.nremoved ||
			!sk_slice_eq(sk_buf_slice(&first.bytes), sk_buf_slice(&second.bytes)))) {
			fprintf(stderr, "second pass: %d, %s\n", rc,
			    report.nremoved ? sk_code_name(report.removed[0].code) : "other bytes");
			abort();
		}
		sk_buf_free(&second.bytes);
	}
	sk_buf_free(&first.bytes);
	return 0;
}
