/* Tokens of PDF syntax (ISO 32000-1, 7.2 and 7.3), lenient as readers are. Cleaner's jail. */
#include "container/digits.h"
#include "format/pdf/lex.h"

enum { SPACE = 1, DELIM = 2, NUMERIC = 4 };

static const uint8_t class_of[256] = {
    [0] = SPACE,
    ['\t'] = SPACE,
    ['\n'] = SPACE,
    ['\f'] = SPACE,
    ['\r'] = SPACE,
    [' '] = SPACE,
    ['('] = DELIM,
    [')'] = DELIM,
    ['<'] = DELIM,
    ['>'] = DELIM,
    ['['] = DELIM,
    [']'] = DELIM,
    ['{'] = DELIM,
    ['}'] = DELIM,
    ['/'] = DELIM,
    ['%'] = DELIM,
    ['0' ... '9'] = NUMERIC,
    ['+'] = NUMERIC,
    ['-'] = NUMERIC,
    ['.'] = NUMERIC,
};

bool sk_pdf_space(uint8_t c)
{
	return class_of[c] & SPACE;
}

bool sk_pdf_regular(uint8_t c)
{
	return !(class_of[c] & (SPACE | DELIM));
}

static void skip_space(struct sk_pdf_lex *l)
{
	for (; l->p < l->end; l->p++) {
		if (*l->p == '%') {
			while (l->p < l->end && *l->p != '\n' && *l->p != '\r')
				l->p++;
			if (l->p == l->end)
				return;
		} else if (!(class_of[*l->p] & SPACE)) {
			return;
		}
	}
}

static enum sk_pdf_token regular(struct sk_pdf_lex *l, const uint8_t *from)
{
	while (l->p < l->end && !(class_of[*l->p] & (SPACE | DELIM)))
		l->p++;
	l->text = sk_slice(from, (size_t)(l->p - from));
	return SK_PDF_T_WORD;
}

/*
 * A token of digits, signs and points. Readers accept signs and points in odd places ("--5", "1.2.3",
 * "5-3"): those count as numbers too, and the canonical form reads what readers read.
 */
static enum sk_pdf_token number(struct sk_pdf_lex *l)
{
	const uint8_t *from = l->p;
	bool real = false, digit = false;

	for (; l->p < l->end && (class_of[*l->p] & NUMERIC); l->p++) {
		real |= *l->p == '.';
		digit |= *l->p >= '0' && *l->p <= '9';
	}
	l->text = sk_slice(from, (size_t)(l->p - from));
	if (l->p < l->end && !(class_of[*l->p] & (SPACE | DELIM))) {
		/* "0w", "1.5E3": a number ends where its digits end only when a word follows it */
		if (!digit || *l->p == 'E' || *l->p == 'e')
			return regular(l, from);
	}
	if (!digit && !real && l->text.n == 0)
		return SK_PDF_T_WORD;
	return real ? SK_PDF_T_REAL : SK_PDF_T_INT;
}

/* Parentheses nest; a string that never ends is taken up to the end. */
static enum sk_pdf_token string(struct sk_pdf_lex *l)
{
	const uint8_t *from = ++l->p;
	unsigned depth = 1;

	for (; l->p < l->end; l->p++) {
		if (*l->p == '\\' && l->end - l->p > 1)
			l->p++;
		else if (*l->p == '(')
			depth++;
		else if (*l->p == ')' && --depth == 0)
			break;
	}
	l->text = sk_slice(from, (size_t)(l->p - from));
	if (l->p < l->end)
		l->p++;
	return SK_PDF_T_STRING;
}

static enum sk_pdf_token hex(struct sk_pdf_lex *l)
{
	const uint8_t *from = ++l->p;

	while (l->p < l->end && *l->p != '>')
		l->p++;
	l->text = sk_slice(from, (size_t)(l->p - from));
	if (l->p < l->end)
		l->p++;
	return SK_PDF_T_HEX;
}

static enum sk_pdf_token delimiter(struct sk_pdf_lex *l)
{
	bool twice = l->end - l->p > 1 && l->p[1] == l->p[0];

	switch (*l->p) {
	case '/':
		l->p++;
		regular(l, l->p);
		return SK_PDF_T_NAME;
	case '(':
		return string(l);
	case '<':
		if (!twice)
			return hex(l);
		l->p += 2;
		return SK_PDF_T_DICT;
	case '>':
		l->p += twice ? 2 : 1;
		return twice ? SK_PDF_T_DICTEND : SK_PDF_T_WORD;
	case '[':
		l->p++;
		return SK_PDF_T_OPEN;
	case ']':
		l->p++;
		return SK_PDF_T_CLOSE;
	case '{':
		l->p++;
		return SK_PDF_T_BRACE;
	case '}':
		l->p++;
		return SK_PDF_T_BRACEEND;
	default:
		l->p++;
		return SK_PDF_T_WORD;
	}
}

enum sk_pdf_token sk_pdf_next(struct sk_pdf_lex *l)
{
	skip_space(l);
	l->text = sk_slice(l->p, 0);
	if (l->p == l->end)
		return l->kind = SK_PDF_T_END;
	uint8_t c = class_of[*l->p];
	if (c & NUMERIC)
		return l->kind = number(l);
	if (c & DELIM)
		return l->kind = delimiter(l);
	return l->kind = regular(l, l->p);
}

/* Digits of the whole part without leading zeros; too large a value becomes the largest. */
static size_t put_whole(const uint8_t *d, size_t n, char *out)
{
	while (n && *d == '0') {
		d++;
		n--;
	}
	if (n > 10 || (n == 10 && memcmp(d, "2147483647", 10) > 0)) {
		memcpy(out, "2147483647", 10);
		return 10;
	}
	memcpy(out, d, n);
	return n;
}

size_t sk_pdf_canonical(struct sk_slice t, char out[SK_PDF_NUMBER], bool *integer)
{
	size_t at = 0, n = 0;
	bool minus = false;

	while (at < t.n && (t.p[at] == '-' || t.p[at] == '+'))
		minus |= t.p[at++] == '-';
	size_t whole = at;
	while (at < t.n && t.p[at] >= '0' && t.p[at] <= '9')
		at++;
	size_t nwhole = at - whole;
	size_t part = at, npart = 0;
	if (at < t.n && t.p[at] == '.') {
		part = ++at;
		while (at < t.n && t.p[at] >= '0' && t.p[at] <= '9' && npart < 10) {
			at++;
			npart++;
		}
	}
	while (npart && t.p[part + npart - 1] == '0')
		npart--;
	if (minus)
		out[n++] = '-';
	size_t digits = put_whole(t.p + whole, nwhole, out + n);
	if (digits == 10 && memcmp(out + n, "2147483647", 10) == 0)
		npart = 0;
	n += digits;
	*integer = npart == 0;
	if (npart) {
		out[n++] = '.';
		memcpy(out + n, t.p + part, npart);
		n += npart;
	} else if (digits == 0) {
		out[0] = '0';
		n = 1;
	}
	return n;
}

static size_t unescape_hex(struct sk_slice text, uint8_t *out)
{
	size_t n = 0;
	int high = -1;

	for (size_t i = 0; i < text.n; i++) {
		int v = sk_hex(text.p[i]);
		if (v < 0)
			continue;
		if (high < 0) {
			high = v;
		} else {
			out[n++] = (uint8_t)(high << 4 | v);
			high = -1;
		}
	}
	if (high >= 0)
		out[n++] = (uint8_t)(high << 4);
	return n;
}

static size_t unescape_name(struct sk_slice text, uint8_t *out)
{
	size_t n = 0;

	for (size_t at = 0; at < text.n;)
		out[n++] = sk_hex_byte(text, &at, '#');
	return n;
}

/* What stands behind a backslash at s[i]; moves i to its last byte. -1: nothing (a continued line). */
static int escaped(struct sk_slice s, size_t *i)
{
	static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
	uint8_t c = s.p[*i];
	const char *known = c ? strchr(from, c) : NULL;

	if (known)
		return to[known - from];
	if (c == '\r' || c == '\n') {
		if (c == '\r' && *i + 1 < s.n && s.p[*i + 1] == '\n')
			++*i;
		return -1;
	}
	if (c < '0' || c > '7')
		return c;
	int v = c - '0';
	for (int k = 0; k < 2 && *i + 1 < s.n && s.p[*i + 1] >= '0' && s.p[*i + 1] <= '7'; k++)
		v = v << 3 | (s.p[++*i] - '0');
	return v & 0xff;
}

static size_t unescape_string(struct sk_slice s, uint8_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		int c = s.p[i];
		if (c == '\\') {
			if (++i == s.n)
				break;
			c = escaped(s, &i);
		} else if (c == '\r') {
			c = '\n';
			if (i + 1 < s.n && s.p[i + 1] == '\n')
				i++;
		}
		if (c >= 0)
			out[n++] = (uint8_t)c;
	}
	return n;
}

size_t sk_pdf_unescape(enum sk_pdf_token kind, struct sk_slice text, uint8_t *out)
{
	if (kind == SK_PDF_T_HEX)
		return unescape_hex(text, out);
	if (kind == SK_PDF_T_NAME)
		return unescape_name(text, out);
	return unescape_string(text, out);
}
