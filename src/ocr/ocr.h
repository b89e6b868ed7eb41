/*
 * Words in a picture, by Tesseract with its Japanese data. Both are found at run time: a machine without them reads no
 * pictures, and nothing else is missing. The data are read before the jail closes; a job sees no file. Reader's jail only.
 */
#ifndef SK_OCR_OCR_H
#define SK_OCR_OCR_H

#include "base/buf.h"
#include "base/page.h"

/* Mean certainty, of 100, from which words count as read: print and scans have above 75, what is no writing nothing or below 67. */
#define SK_OCR_SURE 70

/* Once per process, before the jail closes. 0, or SK_EUNSUPPORTED: not installed. */
int sk_ocr_init(void);

/*
 * Append the words in a grey picture, in UTF-8, a line each; it may lie on its side or stand on its head.
 * SK_EFORMAT: no words in it that are sure, SK_ENOMEM. *sure: how much so.
 */
int sk_ocr_read(const struct sk_pixmap *grey, struct sk_buf *out, int *sure);

#endif
