/*
 * Text and attribute values as XML is written (doc/profiles/text.md, section 5; ooxml.md and odf.md, section 4; svg.md,
 * section 1). In attribute values white space is written as a reference, or a parser would make spaces of it. Pure.
 * Cleaner's jail.
 */
#include "format/text/text.h"

enum { ALWAYS = 1, IN_ATTRIBUTES = 2 };

/* A table, since nearly every byte of an Office file passes here. */
static const uint8_t escaped[256] = {
    ['&'] = ALWAYS,
    ['<'] = ALWAYS,
    ['>'] = ALWAYS,
    ['\r'] = ALWAYS,
    ['"'] = IN_ATTRIBUTES,
    ['\t'] = IN_ATTRIBUTES,
    ['\n'] = IN_ATTRIBUTES,
};

static const char *reference(uint8_t c)
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

void sk_text_escape(struct sk_buf *out, struct sk_slice s, bool attribute)
{
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		uint8_t how = escaped[s.p[i]];
		if (how == 0 || (how == IN_ATTRIBUTES && !attribute))
			continue;
		sk_buf_put(out, s.p + from, i - from);
		sk_buf_puts(out, reference(s.p[i]));
		from = i + 1;
	}
	sk_buf_put(out, s.p + from, s.n - from);
}
