/*
 * Pictures that stand in the text of a page or a drawing as `data:` places (RFC 2397), cleaned by their own family.
 * Cleaner's jail.
 */
#ifndef SK_FORMAT_CSS_DATA_H
#define SK_FORMAT_CSS_DATA_H

#include "format/job.h"

/* Whether the place is a data: one, letter case ignored. */
bool sk_data_is(struct sk_slice url);

/*
 * Clean the picture in a data: place and append the place of the clean one (`data:image/png;base64,…`) to out: JPEG, PNG, GIF, WebP or
 * BMP. SK_EREFUSED: it is no picture, or not one that can be rebuilt; nothing is appended. Other errors end the job.
 */
int sk_data_picture(struct sk_job *job, struct sk_slice url, struct sk_buf *out);

/* The same for the bytes of a picture, named `name` in the report. */
int sk_data_from_bytes(
    struct sk_job *job, const char *name, struct sk_slice bytes, struct sk_buf *out);

#endif
