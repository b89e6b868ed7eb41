/* Pictures in data: addresses (RFC 2397, RFC 4648 section 4, written in one way only). Verifier's jail. */
#include "verify/svg/svg.h"

static const struct {
	const char *head;
	int (*check)(struct sk_check *c, struct sk_slice in);
} kinds[] = {
    {"data:image/png;base64,", sk_verify_png},
    {"data:image/jpeg;base64,", sk_verify_jpeg},
    {"data:image/gif;base64,", sk_verify_gif},
    {"data:image/webp;base64,", sk_verify_webp},
};

static int sixbits(uint8_t b)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = b ? strchr(alphabet, b) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

/* Four digits to `n` bytes; what is left over must be zero. */
static bool group(const uint8_t *p, uint8_t *out, unsigned n)
{
	uint32_t v = 0;

	for (unsigned i = 0; i < 4; i++) {
		int d = i > n ? (p[i] == '=' ? 0 : -1) : sixbits(p[i]);
		if (d < 0)
			return false;
		v = v << 6 | (uint32_t)d;
	}
	for (unsigned i = 0; i < 3; i++)
		if (i < n)
			out[i] = (uint8_t)(v >> (16 - 8 * i));
		else if (v >> (16 - 8 * i) & 0xFF)
			return false;
	return true;
}

static int decode(struct sk_check *c, uint64_t at, struct sk_slice in, struct sk_slice *out)
{
	size_t n = in.n / 4 * 3;

	if (in.n == 0 || in.n % 4)
		return sk_fail(c, at, "SVG: length of base64");
	n -= (size_t)(in.p[in.n - 1] == '=') + (in.p[in.n - 2] == '=');
	uint8_t *p = sk_arena_alloc(c->arena, n);
	if (p == NULL)
		return SK_ENOMEM;
	for (size_t i = 0; i < in.n / 4; i++) {
		size_t left = n - i * 3;
		if (!group(in.p + i * 4, p + i * 3, left < 3 ? (unsigned)left : 3))
			return sk_fail(c, at + i * 4, "SVG: base64");
	}
	*out = sk_slice(p, n);
	return 0;
}

int sk_vs_picture(struct sk_check *c, uint64_t at, struct sk_slice v)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct sk_slice head = sk_slice_str(kinds[i].head), bytes;
		if (!sk_slice_starts(v, head))
			continue;
		int rc = decode(c, at, sk_slice_sub(v, head.n, v.n), &bytes);
		return rc ? rc : kinds[i].check(c, bytes);
	}
	return sk_fail(c, at, "SVG: a picture that is not inside");
}
