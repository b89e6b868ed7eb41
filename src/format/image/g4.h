/* ITU-T T.6 (fax group 4) encoding of bilevel rows. Cleaner's jail. */
#ifndef SK_FORMAT_IMAGE_G4_H
#define SK_FORMAT_IMAGE_G4_H

#include "base/buf.h"

/*
 * Encode rows of (width + 7) / 8 bytes, ended by EOFB and zero bits; a set bit is what T.6 calls black.
 * 0 or SK_E*.
 */
int sk_g4_encode(const uint8_t *rows, uint32_t width, uint32_t height, struct sk_buf *out);

#endif
