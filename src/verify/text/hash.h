/* The hash of XML names, shared with the table that mknames.py makes. Verifier's jail. */
#ifndef SK_VERIFY_TEXT_HASH_H
#define SK_VERIFY_TEXT_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Up to eight bytes at p as a little-endian number; `room` bytes may be read. */
static inline uint64_t sk_vx_load(const uint8_t *p, size_t n, size_t room)
{
	uint64_t v = 0;

	if (n >= 8) {
		memcpy(&v, p, 8);
		return v;
	}
	if (room >= 8) {
		memcpy(&v, p, 8);
		return n ? v & (UINT64_MAX >> (64 - 8 * n)) : 0;
	}
	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

/* First and last eight bytes and the length decide. */
static inline uint32_t sk_vx_hash(const uint8_t *p, size_t n, size_t room)
{
	uint64_t a = sk_vx_load(p, n, room);
	uint64_t b = n > 8 ? sk_vx_load(p + n - 8, 8, 8) : 0;
	uint64_t h = (a ^ (b << 29 | b >> 35) ^ n) * 0x9E3779B97F4A7C15ULL;

	return (uint32_t)((h ^ h >> 32) * 0xC2B2AE3D27D4EB4FULL >> 32);
}

#endif
