/* base64 (verify/base64.h). Verifier's jail. */
#include "verify/base64.h"

/* The value of a digit and one: a table, for the bits of a picture are nothing that a processor could guess. */
static const uint8_t digits[256] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 63, 0, 0, 0, 64, 53, 54, 55,
    56, 57, 58, 59, 60, 61, 62, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 0, 0, 0, 0, 0, 0, 27, 28, 29, 30, 31, 32, 33,
    34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52};

int sk_vb_digit(uint8_t b)
{
	return digits[b] - 1;
}

/* How many bytes a group gives, 0 when it is not right. */
static size_t group(const uint8_t *p, bool last, uint8_t out[3])
{
	size_t n = last && p[3] == '=' ? (p[2] == '=' ? 1 : 2) : 3;
	int a = digits[p[0]] - 1, b = digits[p[1]] - 1, c = n > 1 ? digits[p[2]] - 1 : 0,
	    d = n > 2 ? digits[p[3]] - 1 : 0;

	if ((a | b | c | d) < 0)
		return 0;
	out[0] = (uint8_t)(a << 2 | b >> 4);
	out[1] = (uint8_t)(b << 4 | c >> 2);
	out[2] = (uint8_t)(c << 6 | d);
	/* Bits that no byte uses are zero, or two texts would give one file. */
	return (n == 1 && out[1]) || (n == 2 && out[2]) ? 0 : n;
}

bool sk_vb_groups(struct sk_slice in, bool last, uint8_t *to, size_t *n, size_t *bad)
{
	uint8_t three[3];

	*bad = in.n - in.n % 4;
	if (in.n % 4)
		return false;
	for (size_t i = 0; i < in.n; i += 4) {
		size_t got = group(in.p + i, last && i + 4 == in.n, three);
		*bad = i;
		if (got == 0)
			return false;
		memcpy(to + *n, three, got);
		*n += got;
	}
	return true;
}

int sk_vb_text(struct sk_check *c, struct sk_slice in, uint64_t at, struct sk_slice *out)
{
	uint8_t *to = sk_arena_alloc(c->arena, in.n / 4 * 3 + 3);
	size_t n = 0, bad;

	if (to == NULL)
		return SK_ENOMEM;
	if (in.n == 0 || in.n % 4)
		return sk_fail(c, at, "base64: length of %zu", in.n);
	if (!sk_vb_groups(in, true, to, &n, &bad))
		return sk_fail(c, at + bad, "base64: not canonical");
	*out = sk_slice(to, n);
	return 0;
}
