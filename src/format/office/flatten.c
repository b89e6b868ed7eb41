/*
 * Method flatten of the families that LibreOffice prints: what LibreOffice sees is the rebuilt file, and what it prints becomes
 * pictures by the PDF family. Slides keep their own size, sheets and texts that of their print. Cleaner's jail.
 */
#include "format/office/office.h"

static int print(struct sk_job *job, const struct sk_output *rebuilt, struct sk_slice *pdf)
{
	return job->services->convert(
	    job, sk_buf_slice(&rebuilt->bytes), rebuilt->type, SK_FT_PDF, pdf);
}

/* What goes from LibreOffice's own print tells nothing about the input: only a refusal is passed on. */
static int draw(struct sk_job *job, struct sk_slice pdf, struct sk_output *out)
{
	struct sk_report *report = sk_arena_alloc(job->arena, sizeof(*report));
	struct sk_job inner = *job;

	if (report == NULL)
		return SK_ENOMEM;
	*report = *job->report;
	inner.report = report;
	int rc = sk_pdf_handler.flatten(&inner, SK_FT_PDF, pdf, out);
	if (rc == SK_EREFUSED)
		*job->report = *report;
	return rc;
}

int sk_office_flatten(struct sk_job *job, const struct sk_handler *family, enum sk_filetype type,
    struct sk_slice in, struct sk_output *out)
{
	struct sk_output rebuilt = {.bytes = SK_BUF(job->limits->output)};
	struct sk_job inner = *job;
	struct sk_slice pdf = {0};

	if (job->services == NULL || job->services->convert == NULL)
		return sk_job_refuse(job, SK_REASON_METHOD, "no converter");
	inner.method = SK_METHOD_REBUILD;
	int rc = family->rebuild(&inner, type, in, &rebuilt);
	if (rc == 0)
		rc = print(job, &rebuilt, &pdf);
	if (rc == 0)
		rc = draw(job, pdf, out);
	sk_buf_free(&rebuilt.bytes);
	return rc;
}
