/* Methods flatten and text of the PDF family, for its handler: as sk_handler's. Cleaner's jail. */
#ifndef SK_FORMAT_PDF_FLATTEN_H
#define SK_FORMAT_PDF_FLATTEN_H

#include "format/handler.h"

int sk_pdf_flatten(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out);
int sk_pdf_text(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out);
/* The page's lines, each ended by a line feed. */
void sk_pdf_put_text(const struct sk_page_text *t, struct sk_buf *out);

#endif
