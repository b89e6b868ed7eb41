/* Texts on the wire between gate and worker: a length (u16, little-endian) and UTF-8. Only src/jobs looks in here. */
#ifndef SK_JOBS_TEXT_H
#define SK_JOBS_TEXT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

void sk_work_put_text(struct sk_buf *out, const char *s);
/* Into dst of `size` bytes, with its NUL. False: too long, no UTF-8, or a NUL in it. */
bool sk_work_get_text(struct sk_reader *r, char *dst, size_t size);

#endif
