/* Pictures in data: places (RFC 2397; RFC 4648, section 4, in its one canonical form). Verifier's jail. */
#include "verify/base64.h"
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

/* RFC 2392: the name of a part of the same mail. */
static bool is_part(struct sk_slice s)
{
	for (size_t i = 4; i < s.n; i++) {
		uint8_t b = s.p[i];
		bool plain = sk_vb_digit(b) >= 0 || (b && strchr("=:;,._@%$!*~#-", b));
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
		int rc = sk_vb_text(c, sk_slice_sub(place, head.n, place.n), at + head.n, &bytes);
		return rc ? rc : kinds[i].check(c, bytes);
	}
	return sk_fail(c, at, "HTML: picture from elsewhere");
}
