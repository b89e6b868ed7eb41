/* One value of a declaration: its tokens by kind (doc/profiles/html.md, section 5.3). Cleaner's jail. */
#include "format/css/value.h"

#include "base/utf8.h"
#include "format/css/words.h"
#include "format/text/filter.h"

#define DEPTH_MAX 16
#define NUMBER_MAX 16
#define NAME_MAX 128

struct value {
	struct sk_css *css;
	struct sk_css_lexer *l;
	struct sk_buf *out;
	unsigned kinds[DEPTH_MAX]; /* of each open bracket */
	unsigned depth;
	bool space; /* one is owed before the next item */
	bool items;
};

static bool is_ascii(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 0x80)
			return false;
	return true;
}

/* Escapes may have made characters of it that cleaned text does not have. */
static bool is_clean(struct sk_slice s)
{
	struct sk_buf tmp = SK_BUF(s.n * 3 + 16);
	struct sk_text_counts counts = {0};
	bool same = is_ascii(s) ||
		    (sk_text_filter(s, &tmp, &counts) == 0 && sk_slice_eq(sk_buf_slice(&tmp), s));

	sk_buf_free(&tmp);
	return same;
}

static bool is_letter(uint8_t b)
{
	return b >= 0x80 || b == '_' || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z');
}

bool sk_css_is_name(struct sk_slice s)
{
	size_t at = s.n && s.p[0] == '-';

	if (s.n == 0 || s.n > NAME_MAX || at == s.n || !is_letter(s.p[at]))
		return false;
	for (; at < s.n; at++)
		if (!is_letter(s.p[at]) && s.p[at] != '-' && !(s.p[at] >= '0' && s.p[at] <= '9'))
			return false;
	return is_clean(s);
}

int sk_css_put_string(struct sk_slice s, struct sk_buf *out)
{
	struct sk_buf tmp = SK_BUF(s.n * 3 + 16);
	struct sk_text_counts counts = {0};
	int rc = sk_text_filter(s, &tmp, &counts);

	sk_buf_putc(out, '\'');
	for (size_t i = 0; i < tmp.len; i++) {
		uint8_t b = tmp.p[i];
		if (b == '\'' || b == '\\' || b == '<' || b == '\n')
			sk_buf_printf(out, "\\%x ", b);
		else if (b != '\r')
			sk_buf_putc(out, b);
	}
	sk_buf_free(&tmp);
	return rc ? rc : sk_buf_putc(out, '\'');
}

static void before(struct value *v)
{
	if (v->space)
		sk_buf_putc(v->out, ' ');
	v->space = v->items = true;
}

static int refuse(struct value *v)
{
	return v->out->err ? v->out->err : SK_EREFUSED;
}

int sk_css_put_measure(const struct sk_css_lexer *l, struct sk_buf *out)
{
	struct sk_slice n = l->text;
	const char *unit = l->unit.n ? sk_css_unit(l->unit) : "";

	if (unit == NULL || n.n > NUMBER_MAX)
		return SK_EREFUSED;
	if (n.p[0] == '+')
		n = sk_slice_sub(n, 1, n.n);
	sk_buf_put_slice(out, n);
	return sk_buf_puts(out, unit);
}

static int put_number(struct value *v, unsigned kinds)
{
	if (!(kinds & SK_CW_MEASURE))
		return refuse(v);
	before(v);
	return sk_css_put_measure(v->l, v->out);
}

static int put_word(struct value *v, unsigned kinds)
{
	const char *word = kinds & SK_CW_WORD ? sk_css_word(v->l->text) : NULL;

	if (word == NULL && (!(kinds & SK_CW_NAME) || !sk_css_is_name(v->l->text)))
		return refuse(v);
	/* attr() of two names would be one to load: attr(href url). */
	if (kinds == SK_CW_NAME && v->depth && v->out->p[v->out->len - 1] != '(')
		return refuse(v);
	before(v);
	return word ? sk_buf_puts(v->out, word) : sk_buf_put_slice(v->out, v->l->text);
}

static int put_hash(struct value *v, unsigned kinds)
{
	struct sk_slice s = v->l->text;
	bool fits = s.n == 3 || s.n == 4 || s.n == 6 || s.n == 8;

	for (size_t i = 0; i < s.n; i++)
		fits = fits && ((s.p[i] >= '0' && s.p[i] <= '9') ||
				   ((s.p[i] | 0x20) >= 'a' && (s.p[i] | 0x20) <= 'f'));
	if (!fits || !(kinds & SK_CW_COLOUR))
		return refuse(v);
	before(v);
	sk_buf_putc(v->out, '#');
	for (size_t i = 0; i < s.n; i++)
		sk_buf_putc(v->out, s.p[i] >= 'A' && s.p[i] <= 'F' ? s.p[i] | 0x20 : s.p[i]);
	return v->out->err;
}

/* Letters of places that need no quotation marks and end nothing. */
static bool is_plain_place(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t b = s.p[i];
		bool alnum = (b >= '0' && b <= '9') || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z');
		if (b == 0 || (!alnum && strchr("+/=:;,._@%$!*~#-", b) == NULL))
			return false;
	}
	return s.n > 0;
}

static int put_url(struct value *v, unsigned kinds)
{
	struct sk_buf *place = &v->css->tmp;
	int rc = SK_EREFUSED;

	sk_buf_reset(place);
	if ((kinds & SK_CW_PICTURE) && v->css->picture && v->l->text.n)
		rc = v->css->picture(v->css->ctx, v->l->text, place);
	if (rc == 0 && !is_plain_place(sk_buf_slice(place)))
		rc = SK_EREFUSED;
	if (rc) {
		v->css->remote += rc == SK_EREFUSED;
		return rc;
	}
	before(v);
	sk_buf_puts(v->out, "url(");
	sk_buf_put_slice(v->out, sk_buf_slice(place));
	return sk_buf_putc(v->out, ')');
}

static int open_function(struct value *v, unsigned kinds, const char *name)
{
	if (name == NULL || v->depth + 1 == DEPTH_MAX)
		return refuse(v);
	before(v);
	v->space = false;
	v->kinds[++v->depth] = kinds;
	sk_buf_puts(v->out, name);
	return sk_buf_putc(v->out, '(');
}

static int put_function(struct value *v, unsigned kinds)
{
	unsigned inside = 0;
	const char *name = sk_css_function(v->l->text, kinds, &inside);

	return open_function(v, inside, name);
}

static int put_sign(struct value *v, unsigned kinds)
{
	uint8_t b = v->l->delim;

	if (b == ',' && (kinds != SK_CW_NAME || v->depth == 0)) {
		v->space = false;
		return sk_buf_putc(v->out, b);
	}
	if (b == ')' && v->depth) {
		v->depth--;
		v->space = true;
		return sk_buf_putc(v->out, b);
	}
	if (b == '(' && (kinds & SK_CW_SUM))
		return open_function(v, kinds, "");
	if ((b == '/' && (kinds & (SK_CW_SLASH | SK_CW_SUM))) ||
	    ((b == '+' || b == '-' || b == '*') && (kinds & SK_CW_SUM))) {
		before(v);
		return sk_buf_putc(v->out, b);
	}
	return refuse(v);
}

static int put_token(struct value *v)
{
	unsigned kinds = v->kinds[v->depth];

	switch (v->l->type) {
	case SK_CT_SPACE:
		return 0;
	case SK_CT_NUMBER:
		return put_number(v, kinds);
	case SK_CT_IDENT:
		return put_word(v, kinds);
	case SK_CT_HASH:
		return put_hash(v, kinds);
	case SK_CT_URL:
		return put_url(v, kinds);
	case SK_CT_FUNCTION:
		return put_function(v, kinds);
	case SK_CT_STRING:
		if (!(kinds & SK_CW_STRING))
			return refuse(v);
		before(v);
		return sk_css_put_string(v->l->text, v->out);
	case SK_CT_DELIM:
		return put_sign(v, kinds);
	default:
		return refuse(v);
	}
}

/* At the `!`; important is all that may follow. */
static int put_important(struct value *v)
{
	sk_css_next_word(v->l);
	if (v->l->type != SK_CT_IDENT || v->l->text.n != 9 ||
	    strncasecmp((const char *)v->l->text.p, "important", 9) != 0 || v->depth || !v->items)
		return refuse(v);
	sk_css_next_word(v->l);
	return sk_buf_puts(v->out, "!important");
}

static bool at_end(const struct sk_css_lexer *l)
{
	return l->type == SK_CT_END || sk_css_is_delim(l, ';') || sk_css_is_delim(l, '}');
}

int sk_css_put_value(struct sk_css *css, struct sk_css_lexer *l, unsigned kinds, struct sk_buf *out)
{
	struct value v = {.css = css, .l = l, .out = out, .kinds = {kinds}};
	size_t start = out->len;
	int rc = 0;

	sk_css_next_word(l);
	while (rc == 0 && !at_end(l)) {
		if (sk_css_is_delim(l, '!')) {
			rc = put_important(&v);
			if (rc == 0 && !at_end(l))
				rc = SK_EREFUSED;
			continue;
		}
		rc = put_token(&v);
		if (rc == 0)
			sk_css_next(l);
	}
	if (rc == 0 && (v.depth || !v.items))
		rc = SK_EREFUSED;
	if (rc == SK_EREFUSED)
		out->len = start;
	return rc ? rc : out->err;
}

static unsigned is_opening(const struct sk_css_lexer *l)
{
	return l->type == SK_CT_FUNCTION || sk_css_is_delim(l, '(') || sk_css_is_delim(l, '[') ||
	       sk_css_is_delim(l, '{');
}

static unsigned is_closing(const struct sk_css_lexer *l)
{
	return sk_css_is_delim(l, ')') || sk_css_is_delim(l, ']') || sk_css_is_delim(l, '}');
}

void sk_css_skip(struct sk_css_lexer *l)
{
	size_t depth = 0;

	while (l->type != SK_CT_END && (depth || !at_end(l))) {
		if (is_opening(l))
			depth++;
		else if (is_closing(l) && depth)
			depth--;
		sk_css_next(l);
	}
}
