/* Pictures in data: places (RFC 2397; base64: RFC 4648, section 4). Cleaner's jail. */
#include "format/css/data.h"

#include <strings.h>

static const struct {
	enum sk_filetype type;
	const char *name;
} kinds[] = {
    {SK_FT_JPEG, "image/jpeg"},
    {SK_FT_PNG, "image/png"},
    {SK_FT_GIF, "image/gif"},
    {SK_FT_WEBP, "image/webp"},
    {SK_FT_BMP, "image/bmp"},
};

bool sk_data_is(struct sk_slice url)
{
	return url.n >= 5 && strncasecmp((const char *)url.p, "data:", 5) == 0;
}

static int digit(uint8_t b)
{
	if (b >= 'A' && b <= 'Z')
		return b - 'A';
	if (b >= 'a' && b <= 'z')
		return b - 'a' + 26;
	if (b >= '0' && b <= '9')
		return b - '0' + 52;
	if (b == '+' || b == '-')
		return 62;
	return b == '/' || b == '_' ? 63 : -1;
}

static int hex(uint8_t b)
{
	if (b >= '0' && b <= '9')
		return b - '0';
	b |= 0x20;
	return b >= 'a' && b <= 'f' ? b - 'a' + 10 : -1;
}

/* The byte at *at, a %xx made one. */
static uint8_t take(struct sk_slice s, size_t *at)
{
	uint8_t b = s.p[(*at)++];

	if (b == '%' && s.n - *at >= 2 && hex(s.p[*at]) >= 0 && hex(s.p[*at + 1]) >= 0) {
		b = (uint8_t)(hex(s.p[*at]) << 4 | hex(s.p[*at + 1]));
		*at += 2;
	}
	return b;
}

/* As browsers read it: white space is skipped; what else is no digit makes it no picture. */
static int from_base64(struct sk_slice s, struct sk_buf *out)
{
	uint32_t bits = 0;
	unsigned n = 0;

	for (size_t at = 0; at < s.n;) {
		uint8_t b = take(s, &at);
		if (b == ' ' || (b >= 9 && b <= 13))
			continue;
		if (b == '=')
			break;
		int d = digit(b);
		if (d < 0)
			return SK_EREFUSED;
		bits = bits << 6 | (uint32_t)d;
		if (++n % 4 == 0) {
			uint8_t three[3] = {
			    (uint8_t)(bits >> 16), (uint8_t)(bits >> 8), (uint8_t)bits};
			sk_buf_put(out, three, 3);
		}
	}
	if (n % 4 == 1)
		return SK_EREFUSED;
	if (n % 4 >= 2)
		sk_buf_putc(out, (uint8_t)(n % 4 == 2 ? bits >> 4 : bits >> 10));
	if (n % 4 == 3)
		sk_buf_putc(out, (uint8_t)(bits >> 2));
	return out->err;
}

static void to_base64(struct sk_slice s, struct sk_buf *out)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t at = 0; at < s.n; at += 3) {
		size_t n = s.n - at < 3 ? s.n - at : 3;
		uint32_t v = (uint32_t)s.p[at] << 16 | (n > 1 ? (uint32_t)s.p[at + 1] << 8 : 0) |
			     (n > 2 ? s.p[at + 2] : 0);
		uint8_t four[4] = {(uint8_t)digits[v >> 18], (uint8_t)digits[v >> 12 & 63],
		    (uint8_t)(n > 1 ? digits[v >> 6 & 63] : '='),
		    (uint8_t)(n > 2 ? digits[v & 63] : '=')};
		sk_buf_put(out, four, 4);
	}
}

static int put_place(enum sk_filetype type, struct sk_slice bytes, struct sk_buf *out)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].type == type) {
			sk_buf_printf(out, "data:%s;base64,", kinds[i].name);
			to_base64(bytes, out);
			return out->err;
		}
	return SK_EREFUSED;
}

int sk_data_from_bytes(
    struct sk_job *job, const char *name, struct sk_slice bytes, struct sk_buf *out)
{
	struct sk_output clean = {.bytes = SK_BUF(job->limits->output)};
	enum sk_code why = SK_CODE_NONE;
	struct sk_job inner = *job;

	if (bytes.n == 0 || job->services == NULL || job->services->clean_member == NULL)
		return SK_EREFUSED;
	inner.method = SK_METHOD_REBUILD; /* a picture stays one, whatever becomes of the page */
	int rc = inner.services->clean_member(&inner, name, bytes, &clean, &why);
	if (rc == 0)
		rc = put_place(clean.type, sk_buf_slice(&clean.bytes), out);
	sk_buf_free(&clean.bytes);
	return rc;
}

int sk_data_picture(struct sk_job *job, struct sk_slice url, struct sk_buf *out)
{
	size_t comma = sk_slice_find(url, 0, SK_SLICE_LIT(","));
	struct sk_buf bytes = SK_BUF(job->limits->output);

	if (!sk_data_is(url) || comma == SIZE_MAX)
		return SK_EREFUSED;
	struct sk_slice head = sk_slice_sub(url, 5, comma - 5);
	bool base64 =
	    head.n >= 7 && strncasecmp((const char *)head.p + head.n - 7, ";base64", 7) == 0;
	bool picture = head.n >= 6 && strncasecmp((const char *)head.p, "image/", 6) == 0;
	struct sk_slice body = sk_slice_sub(url, comma + 1, url.n);
	int rc = base64 && picture ? from_base64(body, &bytes) : SK_EREFUSED;
	if (rc == 0)
		rc = sk_data_from_bytes(job, "picture", sk_buf_slice(&bytes), out);
	sk_buf_free(&bytes);
	return rc;
}
