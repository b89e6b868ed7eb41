/* base64 (RFC 4648, section 4) in the one form in which it may stand: no other character, unused bits zero. Verifier's jail. */
#ifndef SK_VERIFY_BASE64_H
#define SK_VERIFY_BASE64_H

#include "verify/verify.h"

/* The value of a digit, -1 for any other byte. */
int sk_vb_digit(uint8_t b);

/*
 * Append the bytes of whole groups of four digits to to[*n]; padding stands in the last group only, and there only where it is the
 * `last` of all. False: *bad is the offset of what is wrong.
 */
bool sk_vb_groups(struct sk_slice in, bool last, uint8_t *to, size_t *n, size_t *bad);

/* All of a text that is not empty, in the arena; `at`: where it stands. 0, SK_EFORMAT, SK_ENOMEM. */
int sk_vb_text(struct sk_check *c, struct sk_slice in, uint64_t at, struct sk_slice *out);

#endif
