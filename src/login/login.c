/* Questions to the login role and its answers on the wire: login.h. A text is its length (u16, little-endian) and UTF-8. */
#include "login/login.h"

#include <string.h>

#include "base/err.h"
#include "base/utf8.h"

static void put_text(struct sk_buf *out, const char *s)
{
	sk_buf_put_u16le(out, (uint16_t)strlen(s));
	sk_buf_puts(out, s);
}

static bool get_text(struct sk_reader *r, char *dst, size_t most)
{
	struct sk_slice s = sk_read_slice(r, sk_read_u16le(r));

	if (r->bad || s.n > most || !sk_utf8_valid(s) || (s.n && memchr(s.p, 0, s.n)))
		return false;
	if (s.n)
		memcpy(dst, s.p, s.n);
	dst[s.n] = '\0';
	return true;
}

int sk_secret_put_ask(const struct sk_secret_ask *a, struct sk_buf *out)
{
	put_text(out, a->hash);
	put_text(out, a->name);
	put_text(out, a->secret);
	put_text(out, a->new);
	return out->err;
}

/* A password is held against one thing; where nothing is, a new one is wanted. */
static bool is_ask(const struct sk_secret_ask *a)
{
	bool against = a->hash[0] || a->name[0];

	return !(a->hash[0] && a->name[0]) && (against ? a->secret[0] : !a->secret[0] && a->new[0]);
}

int sk_secret_get_ask(struct sk_slice in, struct sk_secret_ask *a)
{
	struct sk_reader r = sk_reader(in);

	memset(a, 0, sizeof(*a));
	if (get_text(&r, a->hash, SK_SECRET_HASH) && get_text(&r, a->name, SK_SECRET_TEXT) &&
	    get_text(&r, a->secret, SK_SECRET_TEXT) && get_text(&r, a->new, SK_SECRET_TEXT) &&
	    sk_read_at_end(&r) && is_ask(a))
		return 0;
	explicit_bzero(a, sizeof(*a));
	return SK_EFORMAT;
}

int sk_secret_put_done(const struct sk_secret_done *d, struct sk_buf *out)
{
	sk_buf_putc(out, d->verdict);
	put_text(out, d->hash);
	put_text(out, d->text);
	return out->err;
}

/* Only what is right makes a hash, and only what failed has a reason. */
int sk_secret_get_done(struct sk_slice in, struct sk_secret_done *d)
{
	struct sk_reader r = sk_reader(in);

	memset(d, 0, sizeof(*d));
	d->verdict = sk_read_u8(&r);
	if (get_text(&r, d->hash, SK_SECRET_HASH) && get_text(&r, d->text, SK_SECRET_TEXT) &&
	    sk_read_at_end(&r) && d->verdict >= SK_SECRET_RIGHT && d->verdict <= SK_SECRET_FAILED &&
	    (d->verdict == SK_SECRET_RIGHT || !d->hash[0]) &&
	    (d->verdict == SK_SECRET_FAILED) == (d->text[0] != '\0'))
		return 0;
	memset(d, 0, sizeof(*d));
	return SK_EFORMAT;
}
