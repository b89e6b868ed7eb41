/* Selectors (doc/profiles/html.md, section 5.4; Selectors Level 3). Cleaner's jail. */
#include <strings.h>

#include "format/css/sheet.h"
#include "format/css/value.h"

#define NTH_MAX 24

static const char *one_of(const struct sk_css_lexer *l, const char *const *list)
{
	for (; *list; list++)
		if (l->text.n == strlen(*list) &&
		    strncasecmp((const char *)l->text.p, *list, l->text.n) == 0)
			return *list;
	return NULL;
}

static bool is_plain(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t b = s.p[i];
		bool letter = (b | 0x20) >= 'a' && (b | 0x20) <= 'z';
		if (!letter && (i == 0 || (b != '-' && !(b >= '0' && b <= '9'))))
			return false;
	}
	return s.n > 0 && s.n < 64;
}

static int put_named(struct sk_css_lexer *l, uint8_t sign, struct sk_buf *out)
{
	if (!sk_css_is_name(l->text))
		return SK_EREFUSED;
	sk_buf_putc(out, sign);
	sk_buf_put_slice(out, l->text);
	sk_css_next(l);
	return out->err;
}

static int put_class(struct sk_css_lexer *l, struct sk_buf *out)
{
	sk_css_next(l);
	return l->type == SK_CT_IDENT ? put_named(l, '.', out) : SK_EREFUSED;
}

static int put_attribute(struct sk_css_lexer *l, struct sk_buf *out)
{
	sk_css_next_word(l);
	if (l->type != SK_CT_IDENT || !is_plain(l->text))
		return SK_EREFUSED;
	sk_buf_putc(out, '[');
	sk_buf_put_slice(out, l->text);
	sk_css_next_word(l);
	if (!sk_css_is_delim(l, ']')) {
		if (l->type == SK_CT_DELIM && l->delim && strchr("~|^$*", l->delim)) {
			sk_buf_putc(out, l->delim);
			sk_css_next(l);
		}
		if (!sk_css_is_delim(l, '='))
			return SK_EREFUSED;
		sk_buf_putc(out, '=');
		sk_css_next_word(l);
		if (l->type != SK_CT_IDENT && l->type != SK_CT_STRING)
			return SK_EREFUSED;
		if (sk_css_put_string(l->text, out))
			return out->err;
		sk_css_next_word(l);
	}
	if (!sk_css_is_delim(l, ']'))
		return SK_EREFUSED;
	sk_css_next(l);
	return sk_buf_putc(out, ']');
}

static size_t digits(const char *s)
{
	size_t n = 0;

	while (s[n] >= '0' && s[n] <= '9')
		n++;
	return n;
}

/* odd, even, 3, -n+3, 2n-1 */
static bool is_nth(const char *s)
{
	if (strcmp(s, "odd") == 0 || strcmp(s, "even") == 0)
		return true;
	s += *s == '-';
	size_t n = digits(s);
	if (s[n] == 0)
		return n > 0;
	if (s[n] != 'n')
		return false;
	s += n + 1;
	if (*s == 0)
		return true;
	if (*s != '+' && *s != '-')
		return false;
	n = digits(++s);
	return n > 0 && s[n] == 0;
}

static bool append(char *to, size_t size, struct sk_slice s)
{
	size_t n = strlen(to);

	if (s.n >= size - n)
		return false;
	for (size_t i = 0; i < s.n; i++)
		to[n + i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] | 0x20 : s.p[i]);
	to[n + s.n] = 0;
	return true;
}

/* What stands in the brackets of nth-child(), up to and with the closing one. */
static int put_nth(struct sk_css_lexer *l, struct sk_buf *out)
{
	char nth[NTH_MAX] = "";
	bool ok = true;

	for (sk_css_next_word(l); ok && !sk_css_is_delim(l, ')'); sk_css_next_word(l)) {
		if (l->type == SK_CT_NUMBER)
			ok = append(nth, sizeof(nth), l->text) && append(nth, sizeof(nth), l->unit);
		else if (l->type == SK_CT_IDENT)
			ok = append(nth, sizeof(nth), l->text);
		else
			ok = (sk_css_is_delim(l, '+') || sk_css_is_delim(l, '-')) &&
			     append(nth, sizeof(nth), sk_slice(&l->delim, 1));
	}
	const char *plain = nth + (nth[0] == '+');
	if (!ok || !is_nth(plain))
		return SK_EREFUSED;
	sk_css_next(l);
	return sk_buf_printf(out, "(%s)", plain);
}

static int put_simple(struct sk_css_lexer *l, bool first, bool inside, struct sk_buf *out);

/* One compound in the brackets of not(). */
static int put_not(struct sk_css_lexer *l, struct sk_buf *out)
{
	bool first = true;
	int rc = 0;

	sk_buf_puts(out, ":not(");
	for (sk_css_next_word(l); rc == 0 && !sk_css_is_delim(l, ')'); first = false) {
		if (l->type == SK_CT_SPACE) {
			sk_css_next_word(l);
			if (!sk_css_is_delim(l, ')'))
				return SK_EREFUSED;
			break;
		}
		rc = put_simple(l, first, true, out);
	}
	if (rc || first)
		return rc ? rc : SK_EREFUSED;
	sk_css_next(l);
	return sk_buf_putc(out, ')');
}

static int put_pseudo_function(struct sk_css_lexer *l, bool inside, struct sk_buf *out)
{
	static const char *const nth[] = {
	    "nth-child", "nth-last-child", "nth-of-type", "nth-last-of-type", NULL};
	static const char *const not [] = {"not", NULL};
	const char *name = one_of(l, nth);

	if (name) {
		sk_buf_printf(out, ":%s", name);
		return put_nth(l, out);
	}
	return one_of(l, not ) && !inside ? put_not(l, out) : SK_EREFUSED;
}

static int put_pseudo(struct sk_css_lexer *l, bool inside, struct sk_buf *out)
{
	static const char *const classes[] = {"link", "visited", "hover", "active", "focus",
	    "first-child", "last-child", "only-child", "first-of-type", "last-of-type",
	    "only-of-type", "empty", "root", "target", NULL};
	static const char *const elements[] = {
	    "before", "after", "first-line", "first-letter", "marker", NULL};

	sk_css_next(l);
	bool two = sk_css_is_delim(l, ':');
	if (two)
		sk_css_next(l);
	if (l->type == SK_CT_FUNCTION && !two)
		return put_pseudo_function(l, inside, out);
	if (l->type != SK_CT_IDENT)
		return SK_EREFUSED;
	const char *class = two ? NULL : one_of(l, classes), *element = one_of(l, elements);
	if (class == NULL && (element == NULL || inside))
		return SK_EREFUSED;
	sk_css_next(l);
	return class ? sk_buf_printf(out, ":%s", class) : sk_buf_printf(out, "::%s", element);
}

/* One part of a compound; the name of an element can only be its first. */
static int put_simple(struct sk_css_lexer *l, bool first, bool inside, struct sk_buf *out)
{
	if (l->type == SK_CT_HASH)
		return put_named(l, '#', out);
	if (sk_css_is_delim(l, '.'))
		return put_class(l, out);
	if (sk_css_is_delim(l, ':'))
		return put_pseudo(l, inside, out);
	if (sk_css_is_delim(l, '['))
		return put_attribute(l, out);
	if (first && sk_css_is_delim(l, '*')) {
		sk_css_next(l);
		return sk_buf_putc(out, '*');
	}
	if (!first || l->type != SK_CT_IDENT || !is_plain(l->text))
		return SK_EREFUSED;
	sk_buf_put_slice(out, l->text);
	sk_css_next(l);
	return out->err;
}

static bool at_selector_end(const struct sk_css_lexer *l)
{
	return l->type == SK_CT_END || sk_css_is_delim(l, '{') || sk_css_is_delim(l, ',');
}

/* `>`, `+`, `~` or, where a compound follows spaces, one space. */
static void put_combinator(struct sk_css_lexer *l, struct sk_buf *out)
{
	uint8_t sign = ' ';

	if (l->type == SK_CT_SPACE)
		sk_css_next_word(l);
	if (sk_css_is_delim(l, '>') || sk_css_is_delim(l, '+') || sk_css_is_delim(l, '~')) {
		sign = l->delim;
		sk_css_next_word(l);
	} else if (at_selector_end(l)) {
		return;
	}
	sk_buf_putc(out, sign);
}

static bool at_combinator(const struct sk_css_lexer *l)
{
	return l->type == SK_CT_SPACE || sk_css_is_delim(l, '>') || sk_css_is_delim(l, '+') ||
	       sk_css_is_delim(l, '~');
}

static bool is_element(const struct sk_css_lexer *l, const char *name)
{
	return l->type == SK_CT_IDENT && l->text.n == strlen(name) &&
	       strncasecmp((const char *)l->text.p, name, l->text.n) == 0;
}

/* What a selector with a scope begins with; true: its first compound has begun. */
static bool put_scope(const struct sk_css *css, struct sk_css_lexer *l, struct sk_buf *out)
{
	bool body = is_element(l, "body"), known = body || is_element(l, "html");

	sk_buf_printf(out, "#%s%s", css->scope, body ? ">div" : known ? "" : " ");
	if (known)
		sk_css_next(l);
	return known;
}

/* Behind a sign between compounds. */
static bool put_scoped_body(struct sk_css_lexer *l, struct sk_buf *out)
{
	if (!is_element(l, "body"))
		return false;
	out->len--;
	sk_buf_puts(out, ">div");
	sk_css_next(l);
	return true;
}

/* Nothing stands beside a root or a body; beside the element of a scope stand those of other pages. */
static bool leaves_scope(const struct sk_buf *out, size_t before)
{
	return out->len > before && strchr("+~", out->p[out->len - 1]);
}

static int put_selector(const struct sk_css *css, struct sk_css_lexer *l, struct sk_buf *out)
{
	bool first = true, scope = false; /* nothing of this compound yet; it is the scope itself */
	int rc = 0;

	if (css->scope && !at_selector_end(l) && !at_combinator(l)) {
		scope = put_scope(css, l, out);
		first = !scope;
	}
	while (rc == 0 && !at_selector_end(l)) {
		if (at_combinator(l) && first)
			return SK_EREFUSED;
		if (at_combinator(l)) {
			size_t before = out->len;
			put_combinator(l, out);
			if (scope && leaves_scope(out, before))
				return SK_EREFUSED;
			scope = false;
			first = out->len > before;
			if (first && css->scope)
				first = !put_scoped_body(l, out);
			continue;
		}
		rc = put_simple(l, first, false, out);
		first = false;
	}
	if (rc == 0 && first)
		rc = SK_EREFUSED;
	return rc;
}

static void skip_selector(struct sk_css_lexer *l)
{
	size_t depth = 0;

	while (l->type != SK_CT_END && !sk_css_is_delim(l, '{') &&
	       (depth || !sk_css_is_delim(l, ','))) {
		if (l->type == SK_CT_FUNCTION || sk_css_is_delim(l, '(') || sk_css_is_delim(l, '['))
			depth++;
		else if ((sk_css_is_delim(l, ')') || sk_css_is_delim(l, ']')) && depth)
			depth--;
		sk_css_next(l);
	}
}

int sk_css_put_selectors(struct sk_css *css, struct sk_css_lexer *l, struct sk_buf *out)
{
	size_t start = out->len;

	for (;;) {
		size_t mark = out->len;
		if (mark > start)
			sk_buf_putc(out, ',');
		if (l->type == SK_CT_SPACE)
			sk_css_next_word(l);
		int rc = put_selector(css, l, out);
		if (rc && rc != SK_EREFUSED)
			return rc;
		if (rc) {
			out->len = mark;
			css->dropped++;
			skip_selector(l);
		}
		if (!sk_css_is_delim(l, ','))
			return out->err;
		sk_css_next_word(l);
	}
}
