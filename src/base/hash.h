/* SHA-256 (FIPS 180-4), by nettle. Every process. */
#ifndef SK_BASE_HASH_H
#define SK_BASE_HASH_H

#include "base/slice.h"

#define SK_SHA256_BYTES 32
#define SK_SHA256_HEX 65 /* with the NUL */

/* hex: lower case, NUL-terminated. */
void sk_sha256_hex(struct sk_slice in, char hex[SK_SHA256_HEX]);

#endif
