/*
 * Pictures inside a drawing: data: addresses (RFC 2397) in base64 (RFC 4648), cleaned by the image family like any
 * member; only the kinds that every viewer shows stay. Cleaner's jail.
 */
#include "format/svg/svg.h"

#include <stdio.h>

#include "container/digits.h"

static const struct {
	enum sk_filetype type;
	const char *head;
} kinds[] = {
    {SK_FT_PNG, "data:image/png;base64,"},
    {SK_FT_JPEG, "data:image/jpeg;base64,"},
    {SK_FT_GIF, "data:image/gif;base64,"},
    {SK_FT_WEBP, "data:image/webp;base64,"},
};

/* White space counts for nothing; it ends at the first '='. */
static bool decode(struct sk_slice in, struct sk_buf *out)
{
	struct sk_base64_seen seen;

	return sk_base64_read(in, " \t\r\n", true, out, &seen) == 0 && seen.foreign == 0 &&
	       out->len > 0;
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
			sk_base64_put(sk_buf_slice(&o->bytes), out);
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
	if (payload(in, &data) && decode(data, &bytes))
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
