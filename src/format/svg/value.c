/*
 * Values of attributes and properties (doc/profiles/svg.md, section 4): numbers, words, colours, strings and the
 * functions on the list. Nothing in one can name a place outside the drawing. Cleaner's jail.
 */
#include "format/svg/svg.h"

#include <strings.h>

#define NESTING 8 /* functions in functions: colours in filters have two */

static bool is_name(uint8_t b)
{
	return b >= 0x80 || (b >= '0' && b <= '9') || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z') ||
	       b == '-' || b == '_';
}

static bool is_white(uint8_t b)
{
	return b == ' ' || b == '\t' || b == '\n' || b == '\r';
}

/* What may stand in the name behind '#'. Nothing that is written in two ways: references are followed. */
static bool is_of_fragment(uint8_t b)
{
	return is_name(b) || (b && strchr(".:+,!$*=@~/", b));
}

bool sk_svg_is_fragment(struct sk_slice in)
{
	if (in.n < 2 || in.p[0] != '#')
		return false;
	for (size_t i = 1; i < in.n; i++)
		if (!is_of_fragment(in.p[i]))
			return false;
	return true;
}

/* Behind "url(": the reference in or without quotes, to the bracket. */
static bool put_url(struct sk_reader *r, struct sk_buf *out)
{
	while (is_white((uint8_t)sk_read_peek(r, 0)))
		sk_read_skip(r, 1);
	int quote = sk_read_peek(r, 0);
	if (quote == '"' || quote == '\'')
		sk_read_skip(r, 1);
	else
		quote = 0;
	size_t from = r->pos;
	while (sk_read_peek(r, 0) == '#' || is_of_fragment((uint8_t)sk_read_peek(r, 0)))
		if (sk_read_at_end(r))
			return false;
		else
			sk_read_skip(r, 1);
	struct sk_slice name = sk_slice_sub(r->s, from, r->pos - from);
	if (quote && sk_read_u8(r) != quote)
		return false;
	while (is_white((uint8_t)sk_read_peek(r, 0)))
		sk_read_skip(r, 1);
	if (!sk_svg_is_fragment(name) || sk_read_u8(r) != ')' || r->bad)
		return false;
	sk_buf_puts(out, "url(");
	sk_buf_put_slice(out, name);
	sk_buf_putc(out, ')');
	return true;
}

/* A name, and the bracket behind it when it is a function. */
static bool put_name(struct sk_reader *r, struct sk_buf *out, unsigned *depth)
{
	size_t from = r->pos;

	while (sk_read_left(r) && is_name((uint8_t)sk_read_peek(r, 0)))
		sk_read_skip(r, 1);
	struct sk_slice name = sk_slice_sub(r->s, from, r->pos - from);
	if (sk_read_peek(r, 0) == ' ' && sk_read_peek(r, 1) == '(')
		sk_read_skip(r, 1); /* SVG 1.1 lets "rotate (30)" pass */
	if (sk_read_peek(r, 0) != '(')
		return sk_buf_put_slice(out, name) == 0;
	sk_read_skip(r, 1);
	if (name.n == 3 && strncasecmp((const char *)name.p, "url", 3) == 0)
		return put_url(r, out);
	if (!sk_svg_function(name) || ++*depth > NESTING)
		return false;
	sk_buf_put_slice(out, name);
	return sk_buf_putc(out, '(') == 0;
}

/* A string in quotes: names of fonts. */
static bool put_string(struct sk_reader *r, struct sk_buf *out)
{
	uint8_t quote = sk_read_u8(r), b;

	sk_buf_putc(out, quote);
	do {
		b = sk_read_u8(r);
		if (r->bad || b < 0x20 || strchr("\\<>{};", b))
			return false;
		sk_buf_putc(out, b);
	} while (b != quote);
	return true;
}

static bool put_parts(struct sk_reader *r, struct sk_buf *out)
{
	unsigned depth = 0;

	while (sk_read_left(r)) {
		uint8_t b = (uint8_t)sk_read_peek(r, 0);
		if (is_name(b)) {
			if (!put_name(r, out, &depth))
				return false;
		} else if (b == '"' || b == '\'') {
			if (!put_string(r, out))
				return false;
		} else if (b == ')' ? depth-- == 0 : b == 0 || !strchr(" \t\n\r,.+%#/", b)) {
			return false;
		} else {
			sk_buf_putc(out, sk_read_u8(r));
		}
	}
	return depth == 0;
}

bool sk_svg_put_value(struct sk_slice in, struct sk_buf *out)
{
	struct sk_reader r = sk_reader(in);
	size_t from = out->len;

	if (put_parts(&r, out))
		return true;
	if (!out->err)
		out->len = from;
	return false;
}

/* One number without an exponent; false when there is none, or it is larger. */
static bool small_number(struct sk_reader *r, unsigned max)
{
	uint64_t whole = 0;
	unsigned digits = 0;

	if (sk_read_peek(r, 0) == '-' || sk_read_peek(r, 0) == '+')
		sk_read_skip(r, 1);
	for (; sk_read_peek(r, 0) >= '0' && sk_read_peek(r, 0) <= '9' && whole <= max; digits++)
		whole = whole * 10 + (sk_read_u8(r) - '0');
	bool point = sk_read_peek(r, 0) == '.';
	if (point)
		sk_read_skip(r, 1);
	for (; point && sk_read_peek(r, 0) >= '0' && sk_read_peek(r, 0) <= '9'; digits++)
		sk_read_skip(r, 1);
	return digits && whole <= max;
}

bool sk_svg_small_numbers(struct sk_slice in, unsigned max)
{
	struct sk_reader r = sk_reader(in);

	while (sk_read_left(&r)) {
		int b = sk_read_peek(&r, 0);
		if (is_white((uint8_t)b) || b == ',')
			sk_read_skip(&r, 1);
		else if (!small_number(&r, max))
			return false;
	}
	return true;
}
