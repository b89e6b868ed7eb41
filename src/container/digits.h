/* Bytes that are written in digits: hexadecimal ones, and base64 (RFC 4648). Pure. Cleaner's jail. */
#ifndef SK_CONTAINER_DIGITS_H
#define SK_CONTAINER_DIGITS_H

#include "base/buf.h"

/* The value of a hexadecimal digit in either case, -1 for what is none. */
static inline int sk_hex(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * The byte at *at, which moves behind it: `sign` and two hexadecimal digits are one byte ('%': RFC 3986, 2.1); a sign without them
 * stands for itself.
 */
uint8_t sk_hex_byte(struct sk_slice s, size_t *at, uint8_t sign);

/* Whether this is a digit of base64 (RFC 4648, section 4). */
bool sk_is_base64(uint8_t b);

/* What stood in base64: digits up to the first '='; other bytes than digits and white space before it; '='; other bytes behind it. */
struct sk_base64_seen {
	size_t digits, foreign, pads, behind;
};

/*
 * Append the bytes of the digits up to the first '='; the caller decides by *seen what it lets pass. `blank`: what counts as white
 * space. `url`: '-' and '_' are digits as well (RFC 4648, section 5). Bits left over are dropped. 0 or out's error.
 */
int sk_base64_read(struct sk_slice in, const char *blank, bool url, struct sk_buf *out,
    struct sk_base64_seen *seen);

/* Append `in` as base64, padded, in one line. 0 or out's error. */
int sk_base64_put(struct sk_slice in, struct sk_buf *out);

#endif
