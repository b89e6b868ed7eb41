/* No file of uuencode stands in a text: mail programs would show it as an attachment (doc/profiles/mail.md, section 3). Verifier's jail. */
#include "verify/mail/mail.h"

/* The line at *at without its end; *at moves behind it. */
static struct sk_slice line_at(struct sk_slice text, size_t *at)
{
	size_t end = sk_slice_find(text, *at, SK_SLICE_LIT("\n"));
	struct sk_slice l = sk_slice_sub(text, *at, (end == SIZE_MAX ? text.n : end) - *at);

	*at = end == SIZE_MAX ? text.n : end + 1;
	if (l.n && l.p[l.n - 1] == '\r')
		l.n--;
	return l;
}

/* begin, spaces, three or four octal digits, a space, a name. */
static bool begins_file(struct sk_slice l)
{
	size_t i = 5, digits = 0;

	if (!sk_slice_starts(l, SK_SLICE_LIT("begin ")))
		return false;
	while (i < l.n && l.p[i] == ' ')
		i++;
	for (; i < l.n && l.p[i] >= '0' && l.p[i] <= '7'; i++)
		digits++;
	return (digits == 3 || digits == 4) && i + 1 < l.n && l.p[i] == ' ';
}

/* The first character says how many bytes a line holds, three in four characters; programs forgive two more or fewer. */
static bool holds_bytes(struct sk_slice l)
{
	if (l.n == 0 || l.p[0] < 0x20 || l.p[0] > 0x60)
		return false;
	size_t bytes = (l.p[0] - 0x20U) % 64, right = (bytes + 2) / 3 * 4 + 1;

	return l.n <= right + 2 && right <= l.n + 2;
}

int sk_vm_no_file(struct sk_check *c, struct sk_slice text, uint64_t at)
{
	bool begun = false;

	for (size_t pos = 0; pos < text.n;) {
		size_t start = pos;
		struct sk_slice l = line_at(text, &pos);
		if (begun && holds_bytes(l))
			return sk_fail(c, at + start, "mail: a file inside a text (uuencode)");
		begun = begins_file(l);
	}
	return 0;
}
