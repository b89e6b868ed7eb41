/* Words between tags, and in some attributes: xmlwords.h. Cleaner's jail. */
#include "clean/xmlwords.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

/* Attributes (without prefix) in which Office documents keep words and values that no page need show. */
static const char *const attributes[] = {"descr", "title", "name", "tooltip", "Target", "href",
    "value", "string-value", "formula", "alt", "instr", "display", "author", "creator", "initials",
    "text", "prompt", "promptTitle", "error", "errorTitle"};

#define REFERENCE 12 /* bytes of the longest one */

static bool carries_words(struct sk_slice name)
{
	for (size_t i = name.n; i-- > 0;)
		if (name.p[i] == ':') {
			name = sk_slice_sub(name, i + 1, name.n);
			break;
		}
	for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++)
		if (sk_slice_is(name, attributes[i]))
			return true;
	return false;
}

/* The code point of a reference without & and ;, or -1. */
static int32_t reference(struct sk_slice r)
{
	static const struct {
		const char *name;
		char c;
	} named[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
	bool hex = r.n > 1 && r.p[1] == 'x';
	int32_t cp = 0;

	for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++)
		if (sk_slice_is(r, named[i].name))
			return named[i].c;
	if (r.n < 2 || r.p[0] != '#' || r.n > 8)
		return -1;
	for (size_t i = hex ? 2 : 1; i < r.n; i++) {
		int c = r.p[i] | 0x20;
		int digit = r.p[i] >= '0' && r.p[i] <= '9' ? r.p[i] - '0'
			    : hex && c >= 'a' && c <= 'f'  ? c - 'a' + 10
							   : -1;
		if (digit < 0)
			return -1;
		cp = cp * (hex ? 16 : 10) + digit;
	}
	return cp;
}

/* Text with its references undone, on a line of its own. */
static void put_words(struct sk_slice s, struct sk_buf *out)
{
	size_t begin = out->len;

	for (size_t i = 0; i < s.n; i++) {
		struct sk_slice ref = sk_slice_sub(s, i, s.p[i] == '&' ? REFERENCE : 0);
		size_t end = sk_slice_find(ref, 0, SK_SLICE_LIT(";"));
		int32_t cp = end == SIZE_MAX ? -1 : reference(sk_slice_sub(ref, 1, end - 1));
		if (cp < 0) {
			sk_buf_putc(out, s.p[i]);
			continue;
		}
		sk_utf8_put(out, (uint32_t)cp);
		i += end;
	}
	if (out->len > begin)
		sk_buf_putc(out, '\n');
}

static bool blank(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ' && s.p[i] != '\n' && s.p[i] != '\r' && s.p[i] != '\t')
			return false;
	return true;
}

/* A tag without its brackets: the attributes that carry words. */
static void put_attributes(struct sk_slice tag, struct sk_buf *out)
{
	size_t at = 0;

	for (;;) {
		size_t sign = sk_slice_find(tag, at, SK_SLICE_LIT("=")), begin = sign, end;
		struct sk_slice quote;
		if (sign == SIZE_MAX || sign + 1 >= tag.n)
			return;
		quote = sk_slice_sub(tag, sign + 1, 1);
		end = quote.p[0] == '"' || quote.p[0] == '\'' ? sk_slice_find(tag, sign + 2, quote)
							      : SIZE_MAX;
		if (end == SIZE_MAX)
			return;
		while (begin > at && tag.p[begin - 1] > ' ')
			begin--;
		if (carries_words(sk_slice_sub(tag, begin, sign - begin)))
			put_words(sk_slice_sub(tag, sign + 2, end - sign - 2), out);
		at = end + 1;
	}
}

/* Where a tag ends: a > outside quotes. */
static size_t tag_end(struct sk_slice xml, size_t at)
{
	uint8_t quote = 0;

	for (; at < xml.n; at++) {
		uint8_t c = xml.p[at];
		if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '>')
			break;
	}
	return at;
}

int sk_xml_words(struct sk_slice xml, struct sk_buf *out)
{
	size_t at = 0;

	while (at < xml.n && !out->err) {
		size_t open = sk_slice_find(xml, at, SK_SLICE_LIT("<")), end;
		struct sk_slice words =
		    sk_slice_sub(xml, at, (open == SIZE_MAX ? xml.n : open) - at);
		if (!blank(words))
			put_words(words, out);
		if (open == SIZE_MAX)
			break;
		end = tag_end(xml, open + 1);
		put_attributes(sk_slice_sub(xml, open + 1, end - open - 1), out);
		at = end + 1;
	}
	return out->err;
}
