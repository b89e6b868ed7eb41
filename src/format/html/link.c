/* Places that a link may lead to (doc/profiles/html.md, section 4.2). Cleaner's jail. */
#include <strings.h>

#include "format/html/page.h"

#define LINK_MAX 8192

static bool starts(struct sk_slice s, const char *head)
{
	size_t n = strlen(head);

	return s.n >= n && strncasecmp((const char *)s.p, head, n) == 0;
}

static bool is_alnum(uint8_t b)
{
	return (b >= '0' && b <= '9') || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z');
}

static struct sk_slice trim(struct sk_slice s)
{
	size_t at = 0, end = s.n;

	while (at < end && s.p[at] <= ' ')
		at++;
	while (end > at && s.p[end - 1] <= ' ')
		end--;
	return sk_slice_sub(s, at, end - at);
}

static bool is_break(uint8_t b)
{
	return b == '\t' || b == '\n' || b == '\r';
}

/* As browsers read it: tabs and line ends are not there, nor spaces and controls around it. Borrowed, of s or of `room`. */
static struct sk_slice strip(struct sk_slice s, struct sk_buf *room)
{
	size_t at = 0;

	s = trim(s);
	while (at < s.n && !is_break(s.p[at]))
		at++;
	if (at == s.n)
		return s;
	sk_buf_put(room, s.p, at);
	for (; at < s.n; at++)
		if (!is_break(s.p[at]))
			sk_buf_putc(room, s.p[at]);
	return sk_buf_slice(room);
}

/* What stands in no place as it is becomes %xx. */
static int put_encoded(struct sk_slice s, struct sk_buf *out)
{
	for (size_t i = 0, from = 0; i < s.n; from = i) {
		while (i < s.n && (s.p[i] >= 0x80 || is_alnum(s.p[i]) ||
				      (s.p[i] && strchr("-._~:/?#[]@!$&'()*+,;=%", s.p[i]))))
			i++;
		sk_buf_put(out, s.p + from, i - from);
		if (i < s.n)
			sk_buf_printf(out, "%%%02X", s.p[i++]);
	}
	return out->err;
}

/* Letters, digits, dots and hyphens, beyond ASCII too, and a port; no name or password before it. */
static bool is_host(struct sk_slice s)
{
	size_t at = 0;

	while (at < s.n && (is_alnum(s.p[at]) || s.p[at] >= 0x80 || s.p[at] == '.' ||
			       s.p[at] == '-' || s.p[at] == '_'))
		at++;
	if (at == 0)
		return false;
	if (at < s.n && s.p[at] == ':')
		for (at++; at < s.n && s.p[at] >= '0' && s.p[at] <= '9'; at++)
			continue;
	return at == s.n;
}

static int put_web(struct sk_slice s, const char *scheme, struct sk_buf *out)
{
	struct sk_slice rest = sk_slice_sub(s, strlen(scheme), s.n);
	size_t n = 0;

	while (n < rest.n && rest.p[n] != '/' && rest.p[n] != '?' && rest.p[n] != '#')
		n++;
	if (!is_host(sk_slice_sub(rest, 0, n)) || memchr(rest.p, '\\', rest.n))
		return SK_EREFUSED;
	sk_buf_puts(out, scheme);
	return put_encoded(rest, out);
}

/* Fields of a mail that a link may fill in: nothing that attaches a file. */
static bool is_field(struct sk_slice s)
{
	static const char *const names[] = {"subject=", "body=", "cc=", "to=", NULL};

	for (const char *const *n = names; *n; n++)
		if (starts(s, *n))
			return true;
	return false;
}

static int put_mail(struct sk_slice s, struct sk_buf *out)
{
	size_t at = 0;
	char sign = '?';

	while (at < s.n && s.p[at] != '?' && s.p[at] != '#')
		at++;
	sk_buf_puts(out, "mailto:");
	put_encoded(sk_slice_sub(s, 7, at - 7), out); /* no sign stands in the scheme */
	while (at < s.n && s.p[at] != '#') {
		size_t from = ++at;
		while (at < s.n && s.p[at] != '&' && s.p[at] != '#')
			at++;
		struct sk_slice field = sk_slice_sub(s, from, at - from);
		if (field.n == 0)
			continue;
		if (!is_field(field))
			return SK_EREFUSED;
		sk_buf_putc(out, (uint8_t)sign);
		put_encoded(field, out);
		sign = '&';
	}
	return out->err;
}

static int put_place(struct sk_slice s, struct sk_buf *out)
{
	if (s.n > LINK_MAX)
		return SK_EREFUSED;
	if (s.n && s.p[0] == '#')
		return put_encoded(s, out);
	if (starts(s, "mailto:"))
		return put_mail(s, out);
	if (starts(s, "http://"))
		return put_web(s, "http://", out);
	return starts(s, "https://") ? put_web(s, "https://", out) : SK_EREFUSED;
}

int sk_html_put_link(struct sk_slice url, struct sk_buf *out)
{
	struct sk_buf plain = SK_BUF(out->max);
	size_t start = out->len;

	struct sk_slice place = strip(url, &plain);
	int rc = plain.err ? plain.err : put_place(place, out);
	if (rc)
		out->len = start;
	sk_buf_free(&plain);
	return rc;
}
