/*
 * Small documents for the tests of the PDF rebuild: made, cleaned, verified, and cleaned again. Test programs only;
 * they include verify/verify.h first.
 */
#ifndef SK_FORMAT_PDF_SAMPLE_DOC_H
#define SK_FORMAT_PDF_SAMPLE_DOC_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <libdeflate.h>

#include "format/pdf/pdf.h"

enum { MAX_OBJECTS = 40 };

/* A document: object i + 1 is body[i]. Objects 1 and 2 are catalog and page tree with one page, 3. */
struct doc {
	const char *body[MAX_OBJECTS];
	int n;
	const char *trailer;
};

static const char pages[] = "<</Type/Pages/Kids[3 0 R]/Count 1>>";
static const char page[] =
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F1 5 "
    "0 R>>>>>>";
static const char text[] = "<</Length 35>>stream\nBT /F1 12 Tf 10 10 Td (Hello) Tj ET\nendstream";
static const char font[] = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>";

static inline struct doc simple(void)
{
	return (struct doc){{"<</Type/Catalog/Pages 2 0 R>>", pages, page, text, font}, 5, ""};
}

static inline struct sk_buf write_doc(const struct doc *d)
{
	struct sk_buf b = SK_BUF(1 << 20);
	size_t at[MAX_OBJECTS];

	sk_buf_puts(&b, "%PDF-1.4\n");
	for (int i = 0; i < d->n; i++) {
		at[i] = b.len;
		sk_buf_printf(&b, "%d 0 obj\n%s\nendobj\n", i + 1, d->body[i]);
	}
	size_t xref = b.len;
	sk_buf_printf(&b, "xref\n0 %d\n0000000000 65535 f \n", d->n + 1);
	for (int i = 0; i < d->n; i++)
		sk_buf_printf(&b, "%010zu 00000 n \n", at[i]);
	sk_buf_printf(&b, "trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%zu\n%%%%EOF\n", d->n + 1,
	    d->trailer, xref);
	assert_int_equal(b.err, 0);
	return b;
}

static struct sk_report report;
static struct sk_passwords passwords;
static bool renderer;

static inline int render_page(
    struct sk_job *job, struct sk_slice pdf, uint32_t index, unsigned dpi, struct sk_pixmap *out)
{
	*out = (struct sk_pixmap){8, 8, 3, sk_arena_alloc(job->arena, 192)};
	return out->data ? 0 : SK_ENOMEM;
}

static inline int run(struct sk_slice in, struct sk_output *out)
{
	struct sk_services services = {.render_page = renderer ? render_page : NULL};
	struct sk_limits l = sk_limits_for(in.n);
	struct sk_budget b = {l.expand, l.pixels_total, l.members, 100};
	struct sk_job job = {.arena = sk_arena_new(l.memory),
	    .report = &report,
	    .limits = &l,
	    .budget = &b,
	    .services = &services,
	    .passwords = &passwords,
	    .name = "x.pdf"};

	report = (struct sk_report){0};
	*out = (struct sk_output){.bytes = SK_BUF(l.output)};
	assert_non_null(job.arena);
	int rc = sk_pdf_handler.rebuild(&job, SK_FT_PDF, in, out);
	sk_arena_free(job.arena);
	return rc;
}

static inline void verify(struct sk_slice out)
{
	struct sk_limits l = sk_limits_for(out.n);
	struct sk_check c = {.arena = sk_arena_new(l.memory),
	    .inflate_left = l.expand,
	    .pixels_left = l.pixels_total};

	int rc = sk_verify_pdf(&c, out);
	if (rc)
		print_error(
		    "verifier: %s at %llu\n", c.fault.what, (unsigned long long)c.fault.offset);
	assert_int_equal(rc, 0);
	sk_arena_free(c.arena);
}

/* Clean, verify, clean again: the same bytes and nothing more to remove. The report is the first one's. */
static inline struct sk_buf cleaned(const struct doc *d)
{
	struct sk_buf in = write_doc(d);
	struct sk_output first, second;

	assert_int_equal(run(sk_buf_slice(&in), &first), 0);
	verify(sk_buf_slice(&first.bytes));
	struct sk_report kept = report;
	assert_int_equal(run(sk_buf_slice(&first.bytes), &second), 0);
	assert_int_equal(report.nremoved, 0);
	assert_int_equal(first.bytes.len, second.bytes.len);
	assert_memory_equal(first.bytes.p, second.bytes.p, first.bytes.len);
	sk_buf_free(&second.bytes);
	sk_buf_free(&in);
	report = kept;
	return first.bytes;
}

static inline int refused(const struct doc *d)
{
	struct sk_buf in = write_doc(d);
	struct sk_output out;

	int rc = run(sk_buf_slice(&in), &out);
	sk_buf_free(&in);
	sk_buf_free(&out.bytes);
	return rc;
}

static inline bool has(const struct sk_buf *b, const char *s)
{
	return sk_slice_find(sk_buf_slice(b), 0, sk_slice_str(s)) != SIZE_MAX;
}

/* All streams of a cleaned file, inflated, one after the other. */
static inline struct sk_buf streams(const struct sk_buf *b)
{
	struct libdeflate_decompressor *z = libdeflate_alloc_decompressor();
	struct sk_buf all = SK_BUF(1 << 24);
	struct sk_slice s = sk_buf_slice(b);

	for (size_t at = 0; (at = sk_slice_find(s, at, SK_SLICE_LIT("\nstream\n"))) != SIZE_MAX;) {
		size_t got = 0, used = 0;
		at += 8;
		assert_int_equal(sk_buf_reserve(&all, 1 << 20), 0);
		if (libdeflate_zlib_decompress_ex(
			z, s.p + at, s.n - at, all.p + all.len, 1 << 20, &used, &got) == 0)
			all.len += got;
	}
	sk_buf_putc(&all, 0);
	libdeflate_free_decompressor(z);
	return all;
}

static inline uint32_t count(enum sk_code c)
{
	return sk_report_count(&report, c);
}

#endif
