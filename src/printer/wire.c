/* Answers of the printer on the wire: print.h. Size (u64, little-endian), hash, text. */
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "printer/print.h"

int sk_print_put_done(const struct sk_print_done *d, struct sk_buf *out)
{
	sk_buf_put_u64le(out, d->size);
	sk_buf_put(out, d->sha256, sizeof(d->sha256));
	sk_buf_puts(out, d->text);
	return out->err;
}

/* Either there is something, and nothing to be said, or the other way round. */
static bool is_done(const struct sk_print_done *d)
{
	static const uint8_t none[sizeof(d->sha256)];

	if (d->size)
		return d->size <= SK_PRINT_BYTES && !d->text[0];
	return d->text[0] && memcmp(d->sha256, none, sizeof(none)) == 0;
}

int sk_print_get_done(struct sk_slice in, struct sk_print_done *d)
{
	struct sk_reader r = sk_reader(in);
	struct sk_slice hash, text;

	memset(d, 0, sizeof(*d));
	d->size = sk_read_u64le(&r);
	hash = sk_read_slice(&r, sizeof(d->sha256));
	text = sk_read_slice(&r, in.n - 40);
	if (r.bad || text.n > SK_PRINT_TEXT || !sk_utf8_valid(text) ||
	    (text.n && memchr(text.p, 0, text.n)))
		return SK_EFORMAT;
	memcpy(d->sha256, hash.p, hash.n);
	if (text.n)
		memcpy(d->text, text.p, text.n);
	if (is_done(d))
		return 0;
	memset(d, 0, sizeof(*d));
	return SK_EFORMAT;
}
