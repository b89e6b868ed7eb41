/*
 * Styles: declarations of a style attribute and rules of a style element (CSS Syntax, level 3, sections 4 and 5),
 * as far as the list of properties goes; rules with '@' all go. Cleaner's jail.
 */
#include "format/svg/svg.h"

#include <strings.h>

static bool is_white(int b)
{
	return b == ' ' || (b >= 9 && b <= 13);
}

static struct sk_slice trim(struct sk_slice s)
{
	while (s.n && is_white(s.p[0]))
		s = sk_slice_sub(s, 1, s.n);
	while (s.n && is_white(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* Without comments, and without the marks that hid styles from browsers of 1996. */
static int strip(struct sk_slice in, struct sk_buf *out)
{
	for (size_t at = 0; at < in.n;) {
		struct sk_slice left = sk_slice_sub(in, at, in.n);
		if (sk_slice_starts(left, SK_SLICE_LIT("/*"))) {
			size_t end = sk_slice_find(in, at + 2, SK_SLICE_LIT("*/"));
			at = end == SIZE_MAX ? in.n : end + 2;
			sk_buf_putc(out, ' ');
		} else if (sk_slice_starts(left, SK_SLICE_LIT("<!--"))) {
			at += 4;
		} else if (sk_slice_starts(left, SK_SLICE_LIT("-->"))) {
			at += 3;
		} else {
			sk_buf_putc(out, in.p[at++]);
		}
	}
	return out->err;
}

/* The place of the first of these bytes outside strings and brackets; the end when there is none. */
static size_t find(struct sk_slice s, size_t at, const char *stops)
{
	uint8_t quote = 0;
	unsigned depth = 0;

	for (; at < s.n; at++) {
		uint8_t b = s.p[at];
		if (b == '\\')
			at++;
		else if (quote)
			quote = b == quote ? 0 : quote;
		else if (b == '"' || b == '\'')
			quote = b;
		else if (b == '(')
			depth++;
		else if (b == ')' && depth)
			depth--;
		else if (b && depth == 0 && strchr(stops, b))
			return at;
	}
	return s.n;
}

/* Properties are written in small letters. */
static bool put_property(struct sk_slice name, struct sk_buf *out)
{
	char small[40];

	if (name.n >= sizeof(small))
		return false;
	for (size_t i = 0; i < name.n; i++)
		small[i] =
		    (char)(name.p[i] >= 'A' && name.p[i] <= 'Z' ? name.p[i] | 0x20 : name.p[i]);
	small[name.n] = '\0';
	if (!sk_svg_property(small))
		return false;
	sk_buf_puts(out, small);
	return sk_buf_putc(out, ':') == 0;
}

static bool is_important(struct sk_slice value, struct sk_slice *rest)
{
	static const char word[] = "important";
	size_t n = sizeof(word) - 1;

	*rest = value;
	if (value.n < n || strncasecmp((const char *)value.p + value.n - n, word, n) != 0)
		return false;
	struct sk_slice s = trim(sk_slice_sub(value, 0, value.n - n));
	if (s.n == 0 || s.p[s.n - 1] != '!')
		return false;
	*rest = trim(sk_slice_sub(s, 0, s.n - 1));
	return true;
}

static bool put_declaration(struct sk_slice d, bool first, struct sk_buf *out)
{
	size_t from = out->len, colon = find(d, 0, ":");
	struct sk_slice value;
	bool important = is_important(trim(sk_slice_sub(d, colon + 1, d.n)), &value);

	if (!first)
		sk_buf_putc(out, ';');
	bool ok = colon < d.n && value.n && put_property(trim(sk_slice_sub(d, 0, colon)), out) &&
		  sk_svg_put_value(value, out);
	if (ok && important)
		sk_buf_puts(out, "!important");
	if (!ok && !out->err)
		out->len = from;
	return ok;
}

/* Between them: what goes because its value would load something is told as such. */
static enum sk_code kind_of(struct sk_slice d)
{
	size_t at = sk_slice_find(d, 0, SK_SLICE_LIT("url"));
	return at != SIZE_MAX && sk_slice_find(d, at, SK_SLICE_LIT("#")) != at + 4 ? SK_SVG_EXTERNAL
										   : SK_SVG_STYLES;
}

static void put_stripped(struct sk_svg *s, struct sk_slice in, struct sk_buf *out)
{
	bool first = true;

	for (size_t at = 0; at < in.n;) {
		size_t end = find(in, at, ";");
		struct sk_slice d = trim(sk_slice_sub(in, at, end - at));
		if (d.n && put_declaration(d, first, out))
			first = false;
		else if (d.n)
			sk_svg_removed(s, kind_of(d));
		at = end + 1;
	}
}

void sk_svg_put_declarations(struct sk_svg *s, struct sk_slice in, struct sk_buf *out)
{
	struct sk_buf plain = SK_BUF(out->max);

	if (strip(in, &plain) == 0)
		put_stripped(s, sk_buf_slice(&plain), out);
	else
		out->err = plain.err;
	sk_buf_free(&plain);
}

/* Elements, classes, names and their relations; nothing that looks at values. White space becomes one space. */
static bool put_selector(struct sk_slice sel, struct sk_buf *out)
{
	for (size_t i = 0; i < sel.n; i++) {
		uint8_t b = sel.p[i];
		if (is_white(b)) {
			if (!is_white(sel.p[i - 1]))
				sk_buf_putc(out, ' ');
		} else if (b >= 0x80 || (b >= '0' && b <= '9') ||
			   ((b | 0x20) >= 'a' && (b | 0x20) <= 'z') || strchr("-_.#*,>+~:()", b)) {
			sk_buf_putc(out, b);
		} else {
			return false;
		}
	}
	return sel.n > 0;
}

static void put_rule(
    struct sk_svg *s, struct sk_slice selector, struct sk_slice block, struct sk_buf *out)
{
	size_t from = out->len;
	bool ok = put_selector(trim(selector), out);

	sk_buf_putc(out, '{');
	size_t inside = out->len;
	if (ok)
		put_stripped(s, block, out);
	if (!ok)
		sk_svg_removed(s, SK_SVG_STYLES);
	if ((!ok || out->len == inside) && !out->err)
		out->len = from;
	else
		sk_buf_puts(out, "}\n");
}

/* Behind the bracket at `at`, or the end. */
static size_t past_block(struct sk_slice s, size_t at)
{
	unsigned depth = 0;

	for (at = find(s, at, "{}"); at < s.n; at = find(s, at + 1, "{}")) {
		depth += s.p[at] == '{' ? 1 : -1U;
		if (depth == 0 || depth == -1U)
			return at + 1;
	}
	return s.n;
}

static size_t skip_at_rule(struct sk_svg *s, struct sk_slice in, size_t at)
{
	struct sk_slice left = sk_slice_sub(in, at, in.n);
	size_t end = find(in, at, ";{");
	bool font = left.n > 10 && strncasecmp((const char *)left.p, "@font-face", 10) == 0;
	bool import = left.n > 7 && strncasecmp((const char *)left.p, "@import", 7) == 0;

	sk_svg_removed(s, font ? SK_SVG_FONT : import ? SK_SVG_EXTERNAL : SK_SVG_STYLES);
	return end < in.n && in.p[end] == '{' ? past_block(in, end) : end + 1;
}

static void put_rules(struct sk_svg *s, struct sk_slice in, struct sk_buf *out)
{
	for (size_t at = 0; at < in.n;) {
		if (is_white(in.p[at]) || in.p[at] == ';' || in.p[at] == '}') {
			at++;
		} else if (in.p[at] == '@') {
			at = skip_at_rule(s, in, at);
		} else {
			size_t open = find(in, at, "{"), end = past_block(in, open);
			size_t close = end > open + 1 && in.p[end - 1] == '}' ? end - 1 : end;
			if (open < in.n)
				put_rule(s, sk_slice_sub(in, at, open - at),
				    sk_slice_sub(in, open + 1, close - open - 1), out);
			else
				sk_svg_removed(s, SK_SVG_STYLES);
			at = end;
		}
	}
}

void sk_svg_put_sheet(struct sk_svg *s, struct sk_slice in, struct sk_buf *out)
{
	struct sk_buf plain = SK_BUF(out->max);

	if (strip(in, &plain) == 0)
		put_rules(s, sk_buf_slice(&plain), out);
	else
		out->err = plain.err;
	sk_buf_free(&plain);
}
