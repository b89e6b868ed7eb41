/* Pictures in data: places (RFC 2397; RFC 4648, section 4, in its one canonical form). Verifier's jail. */
#include "verify/html/html.h"

static const struct {
	const char *head;
	int (*check)(struct sk_check *c, struct sk_slice in);
} kinds[] = {
    {"data:image/jpeg;base64,", sk_verify_jpeg},
    {"data:image/png;base64,", sk_verify_png},
    {"data:image/gif;base64,", sk_verify_gif},
    {"data:image/webp;base64,", sk_verify_webp},
    {"data:image/bmp;base64,", sk_verify_bmp},
};

static int32_t six(uint8_t b)
{
	return b >= 'A' && b <= 'Z'   ? b - 'A'
	       : b >= 'a' && b <= 'z' ? b - 'a' + 26
	       : b >= '0' && b <= '9' ? b - '0' + 52
	       : b == '+'             ? 62
	       : b == '/'             ? 63
				      : -1;
}

/* The last four digits, of which up to two are `=`; the bits they leave over are zero. */
static int last(const uint8_t *p, uint8_t *out)
{
	int32_t a = six(p[0]), b = six(p[1]), c = six(p[2]), d = six(p[3]);

	if (a < 0 || b < 0)
		return -1;
	out[0] = (uint8_t)(a << 2 | b >> 4);
	if (p[2] == '=' && p[3] == '=')
		return b & 15 ? -1 : 1;
	if (c < 0)
		return -1;
	out[1] = (uint8_t)(b << 4 | c >> 2);
	if (p[3] == '=')
		return c & 3 ? -1 : 2;
	out[2] = (uint8_t)(c << 6 | d);
	return d < 0 ? -1 : 3;
}

static int decode(struct sk_check *c, struct sk_slice s, uint64_t at, struct sk_slice *out)
{
	uint8_t *p = s.n && s.n % 4 == 0 ? sk_arena_alloc(c->arena, s.n / 4 * 3) : NULL;
	size_t n = 0;

	if (s.n == 0 || s.n % 4)
		return sk_fail(c, at, "HTML: length of base64");
	if (p == NULL)
		return SK_ENOMEM;
	for (size_t i = 0; i + 4 < s.n; i += 4) {
		int32_t v[4] = {six(s.p[i]), six(s.p[i + 1]), six(s.p[i + 2]), six(s.p[i + 3])};
		if ((v[0] | v[1] | v[2] | v[3]) < 0)
			return sk_fail(c, at + i, "HTML: base64");
		p[n++] = (uint8_t)(v[0] << 2 | v[1] >> 4);
		p[n++] = (uint8_t)(v[1] << 4 | v[2] >> 2);
		p[n++] = (uint8_t)(v[2] << 6 | v[3]);
	}
	int more = last(s.p + s.n - 4, p + n);
	if (more < 0)
		return sk_fail(c, at + s.n - 4, "HTML: end of base64");
	*out = sk_slice(p, n + (size_t)more);
	return 0;
}

/* RFC 2392: the name of a part of the same mail. */
static bool is_part(struct sk_slice s)
{
	for (size_t i = 4; i < s.n; i++) {
		uint8_t b = s.p[i];
		bool plain = six(b) >= 0 || (b && strchr("=:;,._@%$!*~#-", b));
		if (!plain)
			return false;
	}
	return s.n > 4 && s.n < 1024 && sk_slice_starts(s, SK_SLICE_LIT("cid:"));
}

int sk_vh_picture(struct sk_check *c, void *ctx, struct sk_slice place, uint64_t at)
{
	const bool *mail = ctx;
	struct sk_slice bytes = {0};

	if (*mail && is_part(place))
		return 0;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct sk_slice head = sk_slice_str(kinds[i].head);
		if (!sk_slice_starts(place, head))
			continue;
		int rc = decode(c, sk_slice_sub(place, head.n, place.n), at + head.n, &bytes);
		return rc ? rc : kinds[i].check(c, bytes);
	}
	return sk_fail(c, at, "HTML: picture from elsewhere");
}
