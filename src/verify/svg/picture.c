/* Pictures in data: addresses (RFC 2397, RFC 4648 section 4, written in one way only). Verifier's jail. */
#include "verify/base64.h"
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

int sk_vs_picture(struct sk_check *c, uint64_t at, struct sk_slice v)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct sk_slice head = sk_slice_str(kinds[i].head), bytes;
		if (!sk_slice_starts(v, head))
			continue;
		int rc = sk_vb_text(c, sk_slice_sub(v, head.n, v.n), at, &bytes);
		return rc ? rc : kinds[i].check(c, bytes);
	}
	return sk_fail(c, at, "SVG: a picture that is not inside");
}
