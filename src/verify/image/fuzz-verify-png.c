/* Fuzzes the PNG checker, with the checksums that a mutation breaks put right. */
#include <zlib.h>

#include "verify/image/fuzz-parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Write the CRC of each chunk that is there. */
static void put_right(uint8_t *p, size_t size)
{
	size_t at = 8;

	while (at + 12 <= size) {
		struct sk_reader r = sk_reader(sk_slice(p + at, size - at));
		size_t n = sk_read_u32be(&r);
		if (n > size - at - 12)
			break;
		uint32_t crc = (uint32_t)crc32(0, p + at + 4, (uInt)n + 4);
		for (unsigned i = 0; i < 4; i++)
			p[at + 8 + n + i] = (uint8_t)(crc >> (24 - 8 * i));
		at += n + 12;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_check(sk_verify_png, put_right, 4 << 20, data, size);
	return 0;
}
