/* UTF-8 (RFC 3629), strict. Every process. */
#ifndef SK_BASE_UTF8_H
#define SK_BASE_UTF8_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * The code point at s[*pos], moving *pos past it. Surrogates, overlong forms and values above U+10FFFF are
 * invalid: returns -1 and moves past one byte. At the end returns -2.
 */
int32_t sk_utf8_next(struct sk_slice s, size_t *pos);

bool sk_utf8_valid(struct sk_slice s);

/* A code point as bytes; an invalid one is U+FFFD. Returns their number. */
size_t sk_utf8_encode(uint8_t to[4], uint32_t cp);

/* Append a code point; an invalid one becomes U+FFFD. */
int sk_utf8_put(struct sk_buf *b, uint32_t cp);

/*
 * Copy s into dst (size bytes, always NUL-terminated), invalid bytes, controls and bidi overrides replaced
 * by '?', cut at a character. For names and places shown to people.
 */
void sk_utf8_display(char *dst, size_t size, struct sk_slice s);

#endif
