/* Lists of addresses (doc/profiles/mail.md, section 2). Verifier's jail. */
#include <strings.h>

#include "base/utf8.h"
#include "verify/mail/mail.h"

#define ADDRESS_MAX 330 /* with its quotes */

static bool letter(uint8_t b)
{
	return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9');
}

static bool local_part(struct sk_slice s)
{
	bool quoted = s.n > 2 && s.p[0] == '"' && s.p[s.n - 1] == '"';
	struct sk_slice in = quoted ? sk_slice_sub(s, 1, s.n - 2) : s;

	for (size_t i = 0; i < in.n; i++)
		if (!letter(in.p[i]) &&
		    (in.p[i] == 0 || strchr("!#$%&'*+-/=?^_`{|}~.", in.p[i]) == NULL))
			return false;
	return in.n > 0;
}

static bool domain(struct sk_slice s)
{
	bool literal = s.n > 2 && s.p[0] == '[' && s.p[s.n - 1] == ']';
	struct sk_slice in = literal ? sk_slice_sub(s, 1, s.n - 2) : s;

	for (size_t i = 0; i < in.n; i++) {
		bool dot = in.p[i] == '.';
		if (!letter(in.p[i]) && !dot && in.p[i] != '-' && in.p[i] != '_' &&
		    !(literal && in.p[i] == ':'))
			return false;
		if (dot && !literal && (i == 0 || i + 1 == in.n || in.p[i + 1] == '.'))
			return false;
	}
	return in.n > 0;
}

static bool addr_spec(struct sk_slice s)
{
	size_t at = s.n;

	while (at && s.p[at - 1] != '@')
		at--;
	if (s.n > ADDRESS_MAX)
		return false;
	return at ? local_part(sk_slice_sub(s, 0, at - 1)) && domain(sk_slice_sub(s, at, s.n))
		  : local_part(s);
}

/* Does this name show an address: an at sign, of any width, with something on both sides? */
static bool shows_address(struct sk_slice s)
{
	int32_t before = ' ';

	for (size_t at = 0; at < s.n;) {
		int32_t cp = sk_utf8_next(s, &at);
		size_t peek = at;
		int32_t after = sk_utf8_next(s, &peek);
		if ((cp == '@' || cp == 0xff20 || cp == 0xfe6b) && before > ' ' && after > ' ')
			return true;
		before = cp;
	}
	return false;
}

static bool same(struct sk_slice name, struct sk_slice address)
{
	while (name.n > 1 && (name.p[0] == '\'' || name.p[0] == '<' || name.p[0] == '('))
		name = sk_slice_sub(name, 1, name.n - 2);
	return name.n == address.n &&
	       strncasecmp((const char *)name.p, (const char *)address.p, name.n) == 0;
}

static int phrase(struct sk_check *c, struct sk_vm_text t, struct sk_slice *name)
{
	struct sk_slice s = t.s;

	if (s.n == 0 || s.p[0] != '"')
		return sk_vm_words(c, t, name);
	if (s.n < 3 || s.p[s.n - 1] != '"')
		return sk_fail(c, t.at, "mail: name without its end");
	*name = sk_slice_sub(s, 1, s.n - 2);
	if (!sk_vm_is_plain(*name) || memchr(name->p, '"', name->n) ||
	    memchr(name->p, '\\', name->n))
		return sk_fail(c, t.at, "mail: name that has to be encoded");
	return 0;
}

/* [name CR LF SP] "<" address ">", or name ":;". */
static int mailbox(struct sk_check *c, struct sk_vm_text t)
{
	struct sk_slice s = t.s, name = {0}, address = {0};
	size_t open = sk_slice_rfind(s, s.n, SK_SLICE_LIT("<"));
	bool group = s.n > 2 && s.p[s.n - 2] == ':' && s.p[s.n - 1] == ';';
	size_t end = group ? s.n - 2 : open == 0 ? 0 : open - 3;
	int rc = 0;

	if (!group) {
		if (open == SIZE_MAX || s.p[s.n - 1] != '>')
			return sk_fail(c, t.at, "mail: address expected");
		address = sk_slice_sub(s, open + 1, s.n - open - 2);
		if (!addr_spec(address))
			return sk_fail(c, t.at + open, "mail: address is not of the allowed form");
		if (open && (open < 3 || memcmp(s.p + end, "\r\n ", 3) != 0))
			return sk_fail(c, t.at, "mail: name and address are not on two lines");
	}
	if (end)
		rc = phrase(c, (struct sk_vm_text){sk_slice_sub(s, 0, end), t.at}, &name);
	if (rc == 0 && shows_address(name) && !same(name, address))
		rc = sk_fail(c, t.at, "mail: name shows another address");
	return rc;
}

int sk_vm_addresses(struct sk_check *c, struct sk_vm_text list)
{
	int rc = 0;

	for (size_t at = 0; rc == 0 && at <= list.s.n;) {
		size_t end = sk_slice_find(list.s, at, SK_SLICE_LIT(",\r\n "));
		end = end == SIZE_MAX ? list.s.n : end;
		rc = mailbox(
		    c, (struct sk_vm_text){sk_slice_sub(list.s, at, end - at), list.at + at});
		at = end == list.s.n ? end + 1 : end + 4;
	}
	return rc;
}
