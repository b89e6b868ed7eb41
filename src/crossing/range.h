/* Ranges of bytes in heads of HTTP (RFC 9110, section 14), in the one form that this protocol uses. Link roles. */
#ifndef SK_CROSSING_RANGE_H
#define SK_CROSSING_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#define SK_RANGE_TEXT 80

/* "bytes=N-": from N to the end. */
bool sk_range_get(const char *text, uint64_t *from);
void sk_range_put(char text[SK_RANGE_TEXT], uint64_t from);
/* "bytes N-M/SIZE" with M the last one, SIZE - 1. */
bool sk_content_range_get(const char *text, uint64_t *from, uint64_t *size);
void sk_content_range_put(char text[SK_RANGE_TEXT], uint64_t from, uint64_t size);
/* A whole text of digits. */
bool sk_number_get(const char *text, uint64_t *n);

#endif
