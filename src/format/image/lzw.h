/* The LZW of GIF (GIF89a, Appendix F). Cleaner's jail. */
#ifndef SK_FORMAT_IMAGE_LZW_H
#define SK_FORMAT_IMAGE_LZW_H

#include "base/buf.h"

/*
 * Decode the code stream `in` (sub-blocks already joined) into n indices. Returns how many came
 * out; the rest of `out` is untouched. *extra is set when the stream goes on behind the n-th.
 */
size_t sk_lzw_decode(struct sk_slice in, unsigned code_size, uint8_t *out, size_t n, bool *extra);

/* Encode n indices (each < 1 << code_size) as sub-blocks with their end. 0 or SK_E*. */
int sk_lzw_encode(const uint8_t *in, size_t n, unsigned code_size, struct sk_buf *out);

#endif
