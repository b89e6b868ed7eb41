/* SHA-256. Runs in every process. */
#include "base/hash.h"

#include <nettle/sha2.h>

void sk_sha256_hex(struct sk_slice in, char hex[SK_SHA256_HEX])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t sum[SK_SHA256_BYTES];
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, in.n, in.p);
	sha256_digest(&ctx, sizeof(sum), sum);
	for (size_t i = 0; i < sizeof(sum); i++) {
		hex[2 * i] = digits[sum[i] >> 4];
		hex[2 * i + 1] = digits[sum[i] & 15];
	}
	hex[SK_SHA256_HEX - 1] = '\0';
}
