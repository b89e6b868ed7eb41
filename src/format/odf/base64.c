/* base64 (RFC 4648), as pictures stand in flat files. Pure. Cleaner's jail. */
#include "format/odf/odf.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool od_base64_decode(struct sk_slice in, struct sk_buf *out)
{
	uint32_t bits = 0;
	unsigned have = 0, pads = 0;

	for (size_t i = 0; i < in.n; i++) {
		uint8_t c = in.p[i];
		const char *digit = c ? strchr(digits, c) : NULL;
		if (c == ' ' || c == '\n' || c == '\r' || c == '\t')
			continue;
		pads += c == '=';
		if ((digit == NULL && c != '=') || (digit && pads))
			return false;
		if (digit == NULL)
			continue;
		bits = bits << 6 | (uint32_t)(digit - digits);
		have += 6;
		if (have >= 8) {
			have -= 8;
			sk_buf_putc(out, (uint8_t)(bits >> have));
		}
	}
	return pads <= 2 && out->err == 0 && out->len > 0;
}

void od_base64_encode(struct sk_slice in, struct sk_buf *out)
{
	for (size_t i = 0; i < in.n; i += 3) {
		size_t n = in.n - i < 3 ? in.n - i : 3;
		uint32_t bits = (uint32_t)in.p[i] << 16;
		bits |= n > 1 ? (uint32_t)in.p[i + 1] << 8 : 0;
		bits |= n > 2 ? in.p[i + 2] : 0;
		for (unsigned k = 0; k < 4; k++)
			sk_buf_putc(
			    out, (uint8_t)(k <= n ? digits[bits >> (18 - 6 * k) & 63] : '='));
	}
}
