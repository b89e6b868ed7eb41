/* base64 (verify/base64.h). Verifier's jail. */
#include "verify/base64.h"

int sk_vb_digit(uint8_t b)
{
	return b >= 'A' && b <= 'Z'   ? b - 'A'
	       : b >= 'a' && b <= 'z' ? b - 'a' + 26
	       : b >= '0' && b <= '9' ? b - '0' + 52
	       : b == '+'             ? 62
	       : b == '/'             ? 63
				      : -1;
}

/* How many bytes a group gives, 0 when it is not right. */
static size_t group(const uint8_t *p, bool last, uint8_t out[3])
{
	size_t n = last && p[3] == '=' ? (p[2] == '=' ? 1 : 2) : 3;
	int v[4] = {0};

	for (size_t i = 0; i <= n; i++) {
		v[i] = sk_vb_digit(p[i]);
		if (v[i] < 0)
			return 0;
	}
	out[0] = (uint8_t)(v[0] << 2 | v[1] >> 4);
	out[1] = (uint8_t)(v[1] << 4 | v[2] >> 2);
	out[2] = (uint8_t)(v[2] << 6 | v[3]);
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
