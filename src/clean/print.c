/*
 * Printing: LibreOffice's print of a document that was made in this jail, drawn page by page by the PDF family.
 * Cleaner's jail.
 */
#include "clean/print.h"

/* What goes from LibreOffice's own print tells nothing about the input: only a refusal is passed on. */
static int draw(struct sk_job *job, struct sk_slice pdf, struct sk_output *out)
{
	struct sk_report *report = sk_arena_alloc(job->arena, sizeof(*report));
	struct sk_job inner = *job;

	if (report == NULL)
		return SK_ENOMEM;
	*report = *job->report;
	report->inside.pages = 0;
	inner.report = report;
	int rc = sk_pdf_handler.flatten(&inner, SK_FT_PDF, pdf, out);
	if (rc == 0 && report->inside.pages > job->report->inside.pages)
		job->report->inside.pages = report->inside.pages;
	if (rc == SK_EREFUSED)
		*job->report = *report;
	return rc;
}

int sk_clean_print(
    struct sk_job *job, struct sk_slice document, enum sk_filetype type, struct sk_output *out)
{
	struct sk_slice pdf = {0};

	if (job->services->convert == NULL)
		return sk_job_refuse(job, SK_REASON_METHOD, "no converter");
	int rc = job->services->convert(job, document, type, SK_FT_PDF, &pdf);
	return rc ? rc : draw(job, pdf, out);
}
