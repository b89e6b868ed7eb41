/* Bytes as hexadecimal digits in lower case, and back. What checks has code of its own for them. */
#ifndef SK_BASE_HEX_H
#define SK_BASE_HEX_H

#include "base/buf.h"

/* 2n digits and a NUL. */
void sk_hex_text(char *to, const void *p, size_t n);
/* The digits, appended. 0 or the sticky error. */
int sk_hex_write(struct sk_slice bytes, struct sk_buf *out);
/* Exactly 2n digits; SK_EFORMAT, and nothing is written. */
int sk_hex_parse(struct sk_slice text, uint8_t *p, size_t n);

#endif
