/*
 * Method flatten of the families that LibreOffice prints: what LibreOffice sees is the rebuilt file, and what it prints becomes
 * pictures by the PDF family. Slides keep their own size, sheets and texts that of their print. Cleaner's jail.
 */
#include "format/office/office.h"

int sk_office_flatten(struct sk_job *job, const struct sk_handler *family, enum sk_filetype type,
    struct sk_slice in, struct sk_output *out)
{
	struct sk_output rebuilt = {.bytes = SK_BUF(job->limits->output)};
	struct sk_job inner = *job;

	if (job->services == NULL || job->services->print == NULL)
		return sk_job_refuse(job, SK_REASON_METHOD, "no printer");
	inner.method = SK_METHOD_REBUILD;
	int rc = family->rebuild(&inner, type, in, &rebuilt);
	if (rc == 0)
		rc = job->services->print(job, sk_buf_slice(&rebuilt.bytes), rebuilt.type, out);
	sk_buf_free(&rebuilt.bytes);
	return rc;
}
