/*
 * What stands on pages and pictures that hold no words of their own, read by the jail for that: pixels go there, words come
 * back. Cleaner's jail.
 */
#ifndef SK_CLEAN_READ_H
#define SK_CLEAN_READ_H

#include "format/job.h"

/*
 * Append the words, in UTF-8. 0; SK_EFORMAT: nothing was read that is sure; SK_EUNSUPPORTED: this machine reads no pictures;
 * SK_ENOMEM, SK_EIO. Whatever is wrong with one picture leaves the job and its report as they are.
 */
int sk_read_page(struct sk_job *job, struct sk_slice pdf, uint32_t page, struct sk_buf *words);
/* All pages of a picture file. SK_EFORMAT also where it is of no kind that is decoded here, or only some of it was read. */
int sk_read_picture(struct sk_job *job, struct sk_slice in, struct sk_buf *words);

/*
 * Append what was read once more, with digits that spaces keep apart put together: what is read gets its spaces wrong.
 * *rows: of 12 or 13 digits. One of them that is no number may be one with a digit that was read wrong. out's error.
 */
int sk_read_join(struct sk_slice words, struct sk_buf *out, uint32_t *rows);

#endif
