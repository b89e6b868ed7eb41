/* Rules of a style sheet: style rules, @media, @page (doc/profiles/html.md, section 5.4). Cleaner's jail. */
#include "format/css/sheet.h"

#include <strings.h>

#include "format/css/value.h"

#define RULES_DEPTH 3

static bool is_named(const struct sk_css_lexer *l, const char *name)
{
	return l->text.n == strlen(name) &&
	       strncasecmp((const char *)l->text.p, name, l->text.n) == 0;
}

/* From anywhere in a rule to behind its block, or behind the `;` of a rule without one. */
static void skip_rule(struct sk_css_lexer *l)
{
	size_t depth = 0;

	for (; l->type != SK_CT_END; sk_css_next(l)) {
		if (sk_css_is_delim(l, '{')) {
			depth++;
		} else if (sk_css_is_delim(l, '}')) {
			if (depth <= 1)
				break;
			depth--;
		} else if (sk_css_is_delim(l, ';') && depth == 0) {
			break;
		}
	}
	sk_css_next_word(l);
}

/* The block at `{`, behind it; a rule that says nothing goes, back to `mark`. */
static int put_braces(struct sk_css *css, struct sk_css_lexer *l, size_t mark, struct sk_buf *out)
{
	sk_buf_putc(out, '{');
	size_t start = out->len;
	sk_css_next(l);
	int rc = sk_css_put_block(css, l, out);
	if (rc == 0 && out->len == start)
		out->len = mark;
	else
		sk_buf_puts(out, "}\n");
	if (l->type != SK_CT_END)
		sk_css_next_word(l);
	return rc ? rc : out->err;
}

static int put_style(struct sk_css *css, struct sk_css_lexer *l, struct sk_buf *out)
{
	size_t mark = out->len;
	int rc = sk_css_put_selectors(css, l, out);

	if (rc)
		return rc;
	if (out->len == mark || l->type == SK_CT_END) {
		out->len = mark;
		skip_rule(l);
		return out->err;
	}
	return put_braces(css, l, mark, out);
}

static int put_media(struct sk_css *css, struct sk_css_lexer *l, unsigned depth, struct sk_buf *out)
{
	size_t mark = out->len;

	sk_css_next_word(l);
	sk_buf_puts(out, "@media ");
	int rc = depth == RULES_DEPTH ? SK_EREFUSED : sk_css_put_media(l, out);
	if (rc) {
		out->len = mark;
		css->dropped++;
		skip_rule(l);
		return rc == SK_EREFUSED ? out->err : rc;
	}
	sk_buf_puts(out, "{\n");
	size_t start = out->len;
	sk_css_next_word(l);
	rc = sk_css_put_rules(css, l, depth + 1, out);
	if (rc == 0 && out->len == start)
		out->len = mark;
	else
		sk_buf_puts(out, "}\n");
	if (l->type != SK_CT_END)
		sk_css_next_word(l);
	return rc ? rc : out->err;
}

/* Only the page itself, not the kinds of pages that Word makes names for. */
static int put_page(struct sk_css *css, struct sk_css_lexer *l, struct sk_buf *out)
{
	size_t mark = out->len;

	sk_css_next_word(l);
	if (!sk_css_is_delim(l, '{')) {
		css->dropped++;
		skip_rule(l);
		return 0;
	}
	sk_buf_puts(out, "@page");
	return put_braces(css, l, mark, out);
}

static int put_at(struct sk_css *css, struct sk_css_lexer *l, unsigned depth, struct sk_buf *out)
{
	if (is_named(l, "media"))
		return put_media(css, l, depth, out);
	if (is_named(l, "page"))
		return put_page(css, l, out);
	if (is_named(l, "import") || is_named(l, "font-face"))
		css->remote++;
	else
		css->dropped++;
	skip_rule(l);
	return 0;
}

int sk_css_put_rules(struct sk_css *css, struct sk_css_lexer *l, unsigned depth, struct sk_buf *out)
{
	int rc = 0;

	while (rc == 0 && l->type != SK_CT_END) {
		if (sk_css_is_delim(l, '}')) {
			if (depth)
				break;
			css->dropped++;
			sk_css_next_word(l);
		} else if (l->type == SK_CT_SPACE || sk_css_is_delim(l, ';')) {
			sk_css_next_word(l);
		} else if (l->type == SK_CT_AT) {
			rc = put_at(css, l, depth, out);
		} else {
			rc = put_style(css, l, out);
		}
	}
	return rc ? rc : out->err;
}

static const char *one_of(const struct sk_css_lexer *l, const char *const *list)
{
	for (; l->type == SK_CT_IDENT && *list; list++)
		if (is_named(l, *list))
			return *list;
	return NULL;
}

static int put_feature_value(struct sk_css_lexer *l, struct sk_buf *out)
{
	static const char *const words[] = {
	    "portrait", "landscape", "hover", "none", "light", "dark", NULL};
	const char *word = one_of(l, words);

	if (l->type == SK_CT_NUMBER)
		return sk_css_put_measure(l, out);
	return word ? sk_buf_puts(out, word) : SK_EREFUSED;
}

/* `(name:value)` or `(name)`, at the bracket. */
static int put_feature(struct sk_css_lexer *l, struct sk_buf *out)
{
	static const char *const names[] = {"width", "min-width", "max-width", "height",
	    "min-height", "max-height", "device-width", "min-device-width", "max-device-width",
	    "device-height", "min-device-height", "max-device-height", "orientation", "resolution",
	    "min-resolution", "max-resolution", "color", "hover", "prefers-color-scheme", NULL};

	if (!sk_css_is_delim(l, '('))
		return SK_EREFUSED;
	sk_css_next_word(l);
	const char *name = one_of(l, names);
	if (name == NULL)
		return SK_EREFUSED;
	sk_buf_printf(out, "(%s", name);
	sk_css_next_word(l);
	if (sk_css_is_delim(l, ':')) {
		sk_buf_putc(out, ':');
		sk_css_next_word(l);
		if (put_feature_value(l, out))
			return SK_EREFUSED;
		sk_css_next_word(l);
	}
	if (!sk_css_is_delim(l, ')'))
		return SK_EREFUSED;
	sk_css_next_word(l);
	return sk_buf_putc(out, ')');
}

/* One query: a medium, features, or both, with `and` between them; up to `,` or `{`. */
static int put_query(struct sk_css_lexer *l, struct sk_buf *out)
{
	static const char *const media[] = {"all", "screen", "print", "speech", NULL};
	static const char *const not_or_only[] = {"not", "only", NULL};
	static const char *const and[] = {"and", NULL};
	const char *prefix = one_of(l, not_or_only);

	if (prefix) {
		sk_buf_printf(out, "%s ", prefix);
		sk_css_next_word(l);
	}
	const char *medium = one_of(l, media);
	if (medium) {
		sk_buf_puts(out, medium);
		sk_css_next_word(l);
	} else if (prefix || put_feature(l, out)) {
		return SK_EREFUSED;
	}
	while (one_of(l, and)) {
		sk_buf_puts(out, " and ");
		sk_css_next_word(l);
		if (put_feature(l, out))
			return SK_EREFUSED;
	}
	return out->err;
}

int sk_css_put_media(struct sk_css_lexer *l, struct sk_buf *out)
{
	for (;;) {
		int rc = put_query(l, out);
		if (rc)
			return rc;
		if (sk_css_is_delim(l, '{'))
			return 0;
		if (!sk_css_is_delim(l, ','))
			return SK_EREFUSED;
		sk_buf_putc(out, ',');
		sk_css_next_word(l);
	}
}
