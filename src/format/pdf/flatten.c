/*
 * Methods flatten and text of the PDF family: pages come as pixels and as lines of text from the rendering
 * jail; nothing of the input's own bytes gets into the output. Cleaner's jail.
 */
#include "format/pdf/flatten.h"

#include <math.h>

#include "format/image/flat.h"
#include "format/text/text.h"

#define DPI 200
/* Large plans are rendered more coarsely until they fit the limit of pixels. */
#define DPI_LEAST 50
/* Memory of one page: pixels of the largest picture, three bytes each, and its text. */
#define PAGE_ARENA(job) ((size_t)(job)->limits->pixels * 3 + ((size_t)64 << 20))

static int can_render(struct sk_job *job)
{
	const struct sk_services *s = job->services;

	if (s == NULL || s->page_count == NULL || s->render_page == NULL || s->page_text == NULL)
		return sk_job_refuse(job, SK_REASON_METHOD, "no renderer");
	return 0;
}

static int count_pages(struct sk_job *job, struct sk_slice in, uint32_t most, uint32_t *n)
{
	int r = can_render(job);

	if (r == 0)
		r = job->services->page_count(job, in, n);
	if (r == 0 && *n == 0)
		return SK_EFORMAT;
	if (r == 0 && *n > most)
		return sk_job_refuse(job, SK_REASON_LIMIT_PAGES, "%u pages, at most %u", *n, most);
	return r;
}

/*
 * What the renderer is to see: the rebuilt file, so that the report names what was taken out and a password is
 * not needed any more; the input itself when it cannot be rebuilt.
 */
static int prepare(
    struct sk_job *job, struct sk_slice in, struct sk_output *rebuilt, struct sk_slice *pdf)
{
	struct sk_report *report = sk_arena_alloc(job->arena, sizeof(*report));
	struct sk_job inner = *job;
	struct sk_services services = job->services ? *job->services : (struct sk_services){0};

	services.progress = NULL; /* its pages are drawn, or read, behind it */
	if (report == NULL)
		return SK_ENOMEM;
	*report = *job->report;
	inner.report = report;
	inner.method = SK_METHOD_REBUILD;
	inner.services = job->services ? &services : NULL;
	int r = sk_pdf_handler.rebuild(&inner, SK_FT_PDF, in, rebuilt);
	if (r == 0) {
		*job->report = *report;
		*pdf = sk_buf_slice(&rebuilt->bytes);
		return 0;
	}
	if (r == SK_EREFUSED && report->reason != SK_REASON_DAMAGED) {
		*job->report = *report;
		return r;
	}
	*pdf = in;
	return r == SK_EREFUSED || r == SK_EFORMAT ? 0 : r;
}

static int render(
    struct sk_job *job, struct sk_slice pdf, uint32_t page, struct sk_pixmap *out, unsigned *dpi)
{
	int r = SK_ELIMIT;

	for (*dpi = DPI; r == SK_ELIMIT && *dpi >= DPI_LEAST;
	     *dpi = r == SK_ELIMIT ? *dpi / 2 : *dpi)
		r = job->services->render_page(job, pdf, page, *dpi, out);
	if (r == SK_ELIMIT)
		return sk_job_refuse(job, SK_REASON_LIMIT_PIXELS, "page %u", page + 1);
	return r;
}

static int flatten_page(struct sk_job *job, struct sk_slice pdf, uint32_t page, struct sk_flat *f)
{
	struct sk_page_text text = {0};
	struct sk_pixmap px;
	unsigned dpi;
	int r = render(job, pdf, page, &px, &dpi);

	if (r == 0)
		r = job->services->page_text(job, pdf, page, &text);
	if (r)
		return r;
	double w = px.width * 72.0 / dpi, h = px.height * 72.0 / dpi;
	/* The page's own size, unless it disagrees with the picture by more than rounding. */
	if (isfinite(text.width) && fabs(text.width - w) < 1)
		w = text.width;
	if (isfinite(text.height) && fabs(text.height - h) < 1)
		h = text.height;
	return sk_flat_page(f, &px, w, h, &text);
}

/* Each page in an arena of its own: the pixels of a book do not fit into one. */
static int flatten_pages(struct sk_job *job, struct sk_slice pdf, uint32_t n, struct sk_flat *f)
{
	int r = 0;

	for (uint32_t i = 0; i < n && r == 0; i++) {
		struct sk_job page = *job;
		sk_job_done(job, i, n);
		page.arena = sk_arena_new(PAGE_ARENA(job));
		r = page.arena ? flatten_page(&page, pdf, i, f) : SK_ENOMEM;
		sk_arena_free(page.arena);
	}
	return r;
}

int sk_pdf_flatten(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct sk_output rebuilt = {.bytes = SK_BUF(job->limits->output)};
	struct sk_flat *f = sk_flat_new(job);
	struct sk_slice pdf = in;
	uint32_t n = 0;
	int r = f ? can_render(job) : SK_ENOMEM;

	(void)type;
	if (r == 0)
		r = prepare(job, in, &rebuilt, &pdf);
	if (r == 0)
		r = count_pages(job, pdf, SK_LIMIT_PAGES_FLATTEN, &n);
	if (r == 0 && pdf.p == in.p) /* rebuilt, they were counted then */
		sk_report_pages(job->report, n);
	if (r == 0)
		r = flatten_pages(job, pdf, n, f);
	if (r == 0)
		r = sk_flat_write(f, &out->bytes);
	out->type = SK_FT_PDF;
	sk_flat_free(f);
	sk_buf_free(&rebuilt.bytes);
	return r;
}

/* Lines of one page, a blank line between pages. */
static int text_page(struct sk_job *job, struct sk_slice pdf, uint32_t page, struct sk_buf *raw)
{
	struct sk_page_text text = {0};
	int r = job->services->page_text(job, pdf, page, &text);

	if (r)
		return r;
	if (page)
		(void)sk_buf_putc(raw, '\n');
	sk_pdf_put_text(&text, raw);
	return raw->err;
}

int sk_pdf_text(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct sk_output rebuilt = {.bytes = SK_BUF(job->limits->output)};
	struct sk_buf raw = SK_BUF(job->limits->output);
	struct sk_text_counts counts = {0};
	struct sk_slice pdf = in;
	uint32_t n = 0;
	int r = can_render(job);

	(void)type;
	if (r == 0)
		r = prepare(job, in, &rebuilt, &pdf);
	if (r == 0)
		r = count_pages(job, pdf, SK_LIMIT_PAGES, &n);
	if (r == 0 && pdf.p == in.p)
		sk_report_pages(job->report, n);
	for (uint32_t i = 0; i < n && r == 0; i++) {
		struct sk_job page = *job;
		sk_job_done(job, i, n);
		page.arena = sk_arena_new((size_t)256 << 20);
		r = page.arena ? text_page(&page, pdf, i, &raw) : SK_ENOMEM;
		sk_arena_free(page.arena);
	}
	if (r == 0)
		r = sk_text_filter(sk_buf_slice(&raw), &out->bytes, &counts);
	if (r == 0 && out->bytes.len == 0) /* a text file is never empty */
		r = sk_buf_putc(&out->bytes, '\n');
	if (r == 0)
		r = sk_text_mark(job, &out->bytes);
	out->type = SK_FT_TXT;
	sk_buf_free(&raw);
	sk_buf_free(&rebuilt.bytes);
	return r;
}
