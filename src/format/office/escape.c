/* Text and attribute values as they are written (doc/profiles/ooxml.md, section 4; odf.md, section 4). Cleaner's jail. */
#include "format/office/office.h"

static unsigned char plain[256]; /* 1: written as it is, 2: escaped in attributes only */

void sk_office_escape_init(void)
{
	if (plain['a'])
		return;
	memset(plain, 1, sizeof(plain));
	plain['&'] = plain['<'] = plain['>'] = plain['\r'] = 0;
	plain['"'] = plain['\t'] = plain['\n'] = 2;
}

static const char *reference(unsigned char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\t':
		return "&#9;";
	case '\n':
		return "&#10;";
	default:
		return "&#13;";
	}
}

void sk_office_escape(struct sk_buf *b, const char *s, size_t n, bool attribute)
{
	size_t from = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		if (plain[c] == 1 || (plain[c] == 2 && !attribute))
			continue;
		sk_buf_put(b, s + from, i - from);
		sk_buf_puts(b, reference(c));
		from = i + 1;
	}
	sk_buf_put(b, s + from, n - from);
}
