/* Tokens of a style sheet (CSS Syntax Level 3, section 4). Cleaner's jail. */
#include "format/css/lex.h"

#include "base/utf8.h"

#define SCRATCH_MAX ((size_t)64 << 20)

void sk_css_lex_init(struct sk_css_lexer *l, struct sk_slice in)
{
	*l = (struct sk_css_lexer){.in = in, .scratch = SK_BUF(SCRATCH_MAX)};
}

void sk_css_lex_free(struct sk_css_lexer *l)
{
	sk_buf_free(&l->scratch);
}

static int peek(const struct sk_css_lexer *l, size_t ahead)
{
	return l->at + ahead < l->in.n ? l->in.p[l->at + ahead] : -1;
}

static bool is_space(int b)
{
	return b == ' ' || b == '\t' || b == '\n' || b == '\r' || b == '\f';
}

static bool is_digit(int b)
{
	return b >= '0' && b <= '9';
}

static bool is_hex(int b)
{
	return is_digit(b) || ((b | 0x20) >= 'a' && (b | 0x20) <= 'f');
}

static bool starts_name(int b)
{
	return b >= 0x80 || b == '_' || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z' && b > 0);
}

static bool in_name(int b)
{
	return starts_name(b) || is_digit(b) || b == '-';
}

static bool is_escape(const struct sk_css_lexer *l, size_t ahead)
{
	int b = peek(l, ahead + 1);

	return peek(l, ahead) == '\\' && b >= 0 && b != '\n' && b != '\r' && b != '\f';
}

static bool would_start_name(const struct sk_css_lexer *l, size_t ahead)
{
	int b = peek(l, ahead), next = peek(l, ahead + 1);

	if (b == '-')
		return starts_name(next) || next == '-' || is_escape(l, ahead + 1);
	return starts_name(b) || is_escape(l, ahead);
}

static bool would_start_number(const struct sk_css_lexer *l)
{
	size_t at = peek(l, 0) == '+' || peek(l, 0) == '-';

	return is_digit(peek(l, at)) || (peek(l, at) == '.' && is_digit(peek(l, at + 1)));
}

/* Section 4.3.7: at the backslash. */
static void take_escape(struct sk_css_lexer *l)
{
	uint32_t cp = 0;
	unsigned n = 0;

	l->at++;
	if (!is_hex(peek(l, 0))) {
		size_t from = l->at;
		(void)sk_utf8_next(l->in, &l->at);
		sk_buf_put(&l->scratch, l->in.p + from, l->at - from);
		return;
	}
	for (; n < 6 && is_hex(peek(l, 0)); n++, l->at++) {
		int b = peek(l, 0);
		cp = cp * 16 + (uint32_t)(is_digit(b) ? b - '0' : (b | 0x20) - 'a' + 10);
	}
	if (peek(l, 0) == '\r' && peek(l, 1) == '\n')
		l->at++;
	if (is_space(peek(l, 0)))
		l->at++;
	sk_utf8_put(&l->scratch, cp ? cp : 0xFFFD);
}

/* A name, in place where it has no escapes. */
static struct sk_slice take_name(struct sk_css_lexer *l)
{
	size_t from = l->at;

	while (in_name(peek(l, 0)))
		l->at++;
	if (!is_escape(l, 0))
		return sk_slice_sub(l->in, from, l->at - from);
	size_t start = l->scratch.len;
	sk_buf_put(&l->scratch, l->in.p + from, l->at - from);
	for (;;) {
		from = l->at;
		while (in_name(peek(l, 0)))
			l->at++;
		sk_buf_put(&l->scratch, l->in.p + from, l->at - from);
		if (!is_escape(l, 0))
			break;
		take_escape(l);
	}
	return sk_slice_sub(sk_buf_slice(&l->scratch), start, SIZE_MAX);
}

static void take_string(struct sk_css_lexer *l, uint8_t quote)
{
	l->type = SK_CT_STRING;
	for (;;) {
		int b = peek(l, 0);
		if (b < 0 || b == quote) {
			l->at += b >= 0;
			break;
		}
		if (b == '\n' || b == '\r' || b == '\f') {
			l->type = SK_CT_BAD;
			break;
		}
		if (b != '\\') {
			sk_buf_putc(&l->scratch, (uint8_t)b);
			l->at++;
		} else if (is_escape(l, 0)) {
			take_escape(l);
		} else {
			l->at += 1 + (peek(l, 1) == '\r' && peek(l, 2) == '\n') + (peek(l, 1) >= 0);
		}
	}
	l->text = sk_buf_slice(&l->scratch);
}

static void skip_bad_url(struct sk_css_lexer *l)
{
	l->type = SK_CT_BAD;
	while (peek(l, 0) >= 0 && peek(l, 0) != ')')
		l->at += is_escape(l, 0) ? 2 : 1;
	if (peek(l, 0) == ')')
		l->at++;
}

/* Behind `url(` and its spaces, no quotation mark follows. */
static void take_url(struct sk_css_lexer *l)
{
	l->type = SK_CT_URL;
	for (;;) {
		int b = peek(l, 0);
		size_t n = 0;
		while (is_space(peek(l, n)))
			n++;
		if (n && peek(l, n) >= 0 && peek(l, n) != ')')
			return skip_bad_url(l);
		if (n || b < 0 || b == ')') {
			l->at += n;
			l->at += peek(l, 0) == ')';
			break;
		}
		if (b == '"' || b == '\'' || b == '(' || (b == '\\' && !is_escape(l, 0)))
			return skip_bad_url(l);
		if (b == '\\') {
			take_escape(l);
			continue;
		}
		sk_buf_putc(&l->scratch, (uint8_t)b);
		l->at++;
	}
	l->text = sk_buf_slice(&l->scratch);
}

static bool is_url(struct sk_slice name)
{
	return name.n == 3 && (name.p[0] | 0x20) == 'u' && (name.p[1] | 0x20) == 'r' &&
	       (name.p[2] | 0x20) == 'l';
}

/* url( with a string in it is told as one token, too. */
static void take_url_string(struct sk_css_lexer *l)
{
	uint8_t quote = (uint8_t)peek(l, 0);

	l->at++;
	take_string(l, quote);
	while (is_space(peek(l, 0)))
		l->at++;
	if (l->type == SK_CT_STRING && (peek(l, 0) == ')' || peek(l, 0) < 0)) {
		l->type = SK_CT_URL;
		l->at += peek(l, 0) == ')';
	} else {
		skip_bad_url(l);
	}
}

static void take_ident(struct sk_css_lexer *l)
{
	struct sk_slice name = take_name(l);

	l->type = SK_CT_IDENT;
	l->text = name;
	if (peek(l, 0) != '(')
		return;
	l->at++;
	l->type = SK_CT_FUNCTION;
	if (!is_url(name))
		return;
	sk_buf_reset(&l->scratch);
	while (is_space(peek(l, 0)))
		l->at++;
	if (peek(l, 0) == '"' || peek(l, 0) == '\'')
		take_url_string(l);
	else
		take_url(l);
}

static void take_number(struct sk_css_lexer *l)
{
	size_t from = l->at;

	l->at += peek(l, 0) == '+' || peek(l, 0) == '-';
	while (is_digit(peek(l, 0)))
		l->at++;
	if (peek(l, 0) == '.' && is_digit(peek(l, 1)))
		for (l->at++; is_digit(peek(l, 0)); l->at++)
			continue;
	l->type = SK_CT_NUMBER;
	l->text = sk_slice_sub(l->in, from, l->at - from);
	l->unit = sk_slice(l->in.p, 0);
	if (peek(l, 0) == '%') {
		l->unit = sk_slice_sub(l->in, l->at, 1);
		l->at++;
	} else if (would_start_name(l, 0)) {
		l->unit = take_name(l); /* an exponent ends here, too: no unit is called so */
	}
}

static bool skip_comment(struct sk_css_lexer *l)
{
	if (peek(l, 0) != '/' || peek(l, 1) != '*')
		return false;
	size_t end = sk_slice_find(l->in, l->at + 2, SK_SLICE_LIT("*/"));
	l->at = end == SIZE_MAX ? l->in.n : end + 2;
	l->comments++;
	return true;
}

/* `<!--` and `-->` stand around old style sheets and say nothing. */
static bool skip_markup(struct sk_css_lexer *l)
{
	struct sk_slice rest = sk_slice_sub(l->in, l->at, 4);

	if (sk_slice_starts(rest, SK_SLICE_LIT("<!--")))
		l->at += 4;
	else if (sk_slice_starts(rest, SK_SLICE_LIT("-->")))
		l->at += 3;
	else
		return false;
	return true;
}

static void take_at_or_hash(struct sk_css_lexer *l, int b)
{
	l->at++;
	l->type = b == '@' ? SK_CT_AT : SK_CT_HASH;
	l->text = take_name(l);
}

void sk_css_next(struct sk_css_lexer *l)
{
	sk_buf_reset(&l->scratch);
	while (skip_comment(l) || skip_markup(l))
		continue;
	int b = peek(l, 0);
	if (b < 0) {
		l->type = SK_CT_END;
	} else if (is_space(b)) {
		l->type = SK_CT_SPACE;
		while (is_space(peek(l, 0)))
			l->at++;
	} else if (b == '"' || b == '\'') {
		l->at++;
		take_string(l, (uint8_t)b);
	} else if (would_start_number(l)) {
		take_number(l);
	} else if (would_start_name(l, 0)) {
		take_ident(l);
	} else if ((b == '@' && would_start_name(l, 1)) ||
		   (b == '#' && (in_name(peek(l, 1)) || is_escape(l, 1)))) {
		take_at_or_hash(l, b);
	} else {
		l->type = SK_CT_DELIM;
		l->delim = (uint8_t)b;
		l->at++;
	}
}

void sk_css_next_word(struct sk_css_lexer *l)
{
	do
		sk_css_next(l);
	while (l->type == SK_CT_SPACE);
}
