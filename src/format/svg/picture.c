/*
 * Pictures inside a drawing: data: addresses (RFC 2397) in base64 (RFC 4648), cleaned by the image family like any
 * member; only the kinds that every viewer shows stay. Cleaner's jail.
 */
#include "format/svg/svg.h"

#include <stdio.h>

static const struct {
	enum sk_filetype type;
	const char *head;
} kinds[] = {
    {SK_FT_PNG, "data:image/png;base64,"},
    {SK_FT_JPEG, "data:image/jpeg;base64,"},
    {SK_FT_GIF, "data:image/gif;base64,"},
    {SK_FT_WEBP, "data:image/webp;base64,"},
};

static int digit(uint8_t b)
{
	if (b >= 'A' && b <= 'Z')
		return b - 'A';
	if (b >= 'a' && b <= 'z')
		return b - 'a' + 26;
	if (b >= '0' && b <= '9')
		return b - '0' + 52;
	return b == '+' || b == '-' ? 62 : b == '/' || b == '_' ? 63 : -1;
}

/* White space counts for nothing; it ends at the first '='. */
static bool decode(struct sk_slice in, struct sk_buf *out)
{
	uint32_t bits = 0, n = 0;

	for (size_t i = 0; i < in.n && in.p[i] != '='; i++) {
		int d = digit(in.p[i]);
		if (d < 0 && in.p[i] > ' ')
			return false;
		if (d < 0)
			continue;
		bits = bits << 6 | (uint32_t)d;
		if (++n % 4 == 0) {
			sk_buf_putc(out, (uint8_t)(bits >> 16));
			sk_buf_putc(out, (uint8_t)(bits >> 8));
			sk_buf_putc(out, (uint8_t)bits);
		}
	}
	if (n % 4 >= 2)
		sk_buf_putc(out, (uint8_t)(bits >> (n % 4 == 2 ? 4 : 10)));
	if (n % 4 == 3)
		sk_buf_putc(out, (uint8_t)(bits >> 2));
	return out->len > 0;
}

static void encode(struct sk_slice in, struct sk_buf *out)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < in.n; i += 3) {
		size_t n = in.n - i < 3 ? in.n - i : 3;
		uint32_t v = (uint32_t)in.p[i] << 16;
		if (n > 1)
			v |= (uint32_t)in.p[i + 1] << 8;
		if (n > 2)
			v |= in.p[i + 2];
		sk_buf_putc(out, (uint8_t)digits[v >> 18]);
		sk_buf_putc(out, (uint8_t)digits[v >> 12 & 63]);
		sk_buf_putc(out, n > 1 ? (uint8_t)digits[v >> 6 & 63] : '=');
		sk_buf_putc(out, n > 2 ? (uint8_t)digits[v & 63] : '=');
	}
}

/* Behind the comma, when the address says base64. */
static bool payload(struct sk_slice in, struct sk_slice *out)
{
	size_t comma = sk_slice_find(in, 0, SK_SLICE_LIT(","));

	if (comma == SIZE_MAX || comma < 7 || memcmp(in.p + comma - 7, ";base64", 7) != 0)
		return false;
	*out = sk_slice_sub(in, comma + 1, in.n);
	return true;
}

static bool put_address(const struct sk_output *o, struct sk_buf *out)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].type == o->type) {
			sk_buf_puts(out, kinds[i].head);
			encode(sk_buf_slice(&o->bytes), out);
			return true;
		}
	}
	return false;
}

/* One that is no picture, or of a kind that does not stay, takes its own report with it. */
static int clean(struct sk_svg *s, struct sk_slice bytes, struct sk_buf *out, bool *kept)
{
	struct sk_output o = {.bytes = SK_BUF(s->job->limits->output)};
	enum sk_code why = SK_CODE_NONE;
	char name[32];

	if (s->job->services == NULL || s->job->services->clean_member == NULL)
		return 0;
	snprintf(name, sizeof(name), "picture %u", ++s->pictures);
	int rc = s->job->services->clean_member(s->job, name, bytes, &o, &why);
	if (rc == 0)
		*kept = put_address(&o, out);
	sk_buf_free(&o.bytes);
	return rc == SK_EREFUSED ? 0 : rc;
}

int sk_svg_picture(struct sk_svg *s, struct sk_slice in, struct sk_slice *out, bool *kept)
{
	struct sk_buf bytes = SK_BUF(SK_LIMIT_SVG_VALUE), made = SK_BUF(SK_LIMIT_SVG_VALUE);
	struct sk_slice data;
	int rc = 0;

	*kept = false;
	if (s->job->method == SK_METHOD_TEXT)
		return 0;
	if (payload(in, &data) && decode(data, &bytes) && bytes.err == 0)
		rc = clean(s, sk_buf_slice(&bytes), &made, kept);
	if (rc == 0 && made.err)
		rc = made.err;
	if (rc == 0 && *kept) {
		uint8_t *p = sk_arena_dup(s->job->arena, made.p, made.len);
		*out = sk_slice(p, made.len);
		rc = p ? 0 : SK_ENOMEM;
	}
	if (rc == 0 && !*kept)
		sk_svg_removed(s, SK_SVG_PICTURE);
	sk_buf_free(&bytes);
	sk_buf_free(&made);
	return rc;
}
