/* Pictures in data: places (RFC 2397; base64: RFC 4648, section 4). Cleaner's jail. */
#include "format/css/data.h"

#include <strings.h>

#include "container/digits.h"

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

/* As browsers read it: white space is skipped; what else is no digit makes it no picture. */
static int from_base64(struct sk_slice s, struct sk_buf *out)
{
	struct sk_buf plain = SK_BUF(s.n + 1); /* without percent signs */
	struct sk_base64_seen seen = {0};

	for (size_t at = 0; at < s.n;)
		sk_buf_putc(&plain, sk_hex_byte(s, &at, '%'));
	int rc = plain.err ? plain.err
			   : sk_base64_read(sk_buf_slice(&plain), " \t\n\v\f\r", true, out, &seen);
	sk_buf_free(&plain);
	return seen.foreign || seen.digits % 4 == 1 ? SK_EREFUSED : rc;
}

static int put_place(enum sk_filetype type, struct sk_slice bytes, struct sk_buf *out)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].type == type) {
			sk_buf_printf(out, "data:%s;base64,", kinds[i].name);
			return sk_base64_put(bytes, out);
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
