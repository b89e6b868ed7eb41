/* ITU-T T.6 (fax group 4) encoding of bilevel rows. Cleaner's jail. */
#ifndef SK_FORMAT_IMAGE_G4_H
#define SK_FORMAT_IMAGE_G4_H

#include "base/buf.h"

struct sk_fax_code {
	uint16_t bits;
	uint8_t length;
};

/* Tables 2 and 3 of T.4: runs of 0..63, then 64, 128 … 1728; and the codes common to both colours above. */
enum { SK_FAX_CODES = 91, SK_FAX_LONG = 13 };
extern const struct sk_fax_code sk_fax_white[SK_FAX_CODES], sk_fax_black[SK_FAX_CODES],
    sk_fax_long[SK_FAX_LONG];

/*
 * Encode rows of (width + 7) / 8 bytes, ended by EOFB and zero bits; a set bit is what T.6 calls black.
 * 0 or SK_E*.
 */
int sk_g4_encode(const uint8_t *rows, uint32_t width, uint32_t height, struct sk_buf *out);

#endif
