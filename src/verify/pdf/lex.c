/*
 * The verifier's own tokens of PDF (ISO 32000-1, 7.2 and 7.3), narrowed to what the profile writes. There is
 * one way to write each number, name and string, so nothing can hide in the spelling. Verifier's jail.
 */
#include "verify/pdf/lex.h"

enum { REGULAR = 1, DIGIT = 2, HEXDIGIT = 4 };

enum {
	MAX_DIGITS = 10,
	MAX_NAME = 127, /* ISO 32000-1, annex C */
};
#define MAX_VALUE 2147483647

#define R REGULAR
#define D (REGULAR | DIGIT | HEXDIGIT)
#define H (REGULAR | HEXDIGIT)

/* What each byte may be; 0 for white space, delimiters, `#`, control bytes and those above ASCII. */
static const uint8_t class_of[256] = {
    ['!'] = R,
    ['"'] = R,
    ['$'] = R,
    ['&'] = R,
    ['\''] = R,
    ['*'] = R,
    ['+'] = R,
    [','] = R,
    ['-'] = R,
    ['.'] = R,
    ['0' ... '9'] = D,
    [':'] = R,
    [';'] = R,
    ['='] = R,
    ['?'] = R,
    ['@'] = R,
    ['A' ... 'Z'] = R,
    ['\\'] = R,
    ['^'] = R,
    ['_'] = R,
    ['`'] = R,
    ['a' ... 'f'] = H,
    ['g' ... 'z'] = R,
    ['|'] = R,
    ['~'] = R,
};

void sk_pv_lex_init(struct sk_pv_lex *l, struct sk_slice in)
{
	*l = (struct sk_pv_lex){.start = in.p, .p = in.p, .end = in.p + in.n};
}

static enum sk_pv_token token(struct sk_pv_lex *l, enum sk_pv_token kind, bool regular)
{
	l->kind = kind;
	l->regular = regular;
	return kind;
}

static enum sk_pv_token bad(struct sk_pv_lex *l)
{
	return token(l, SK_PV_BAD, false);
}

static int hexval(uint8_t ch)
{
	return ch <= '9' ? ch - '0' : ch - 'a' + 10;
}

/* Digits into *v; how many, or -1 when there are too many. */
static int digits(struct sk_pv_lex *l, int64_t *v)
{
	int n = 0;

	while (l->p < l->end && (class_of[*l->p] & DIGIT)) {
		if (++n > MAX_DIGITS)
			return -1;
		*v = *v * 10 + (*l->p++ - '0');
	}
	return n;
}

/* No leading zero, no `-0`, no whole part of 0 before a point, no 0 at the end behind it. */
static bool one_spelling(const struct sk_pv_lex *l, int nwhole, int npart, int64_t whole, bool real)
{
	const uint8_t *first = l->text + (*l->text == '-');

	if (nwhole < 0 || npart < 0 || whole > MAX_VALUE)
		return false;
	if (real)
		return npart && l->p[-1] != '0' && !(nwhole && *first == '0');
	return nwhole && !(*first == '0' && (nwhole > 1 || *l->text == '-'));
}

static enum sk_pv_token number(struct sk_pv_lex *l)
{
	static const double scale[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10};
	bool negative = *l->p == '-', real;
	int64_t whole = 0, part = 0;
	int nwhole, npart = 0;

	l->text = l->p;
	l->p += negative;
	nwhole = digits(l, &whole);
	real = nwhole >= 0 && l->p < l->end && *l->p == '.';
	if (real) {
		l->p++;
		npart = digits(l, &part);
	}
	if (!one_spelling(l, nwhole, npart, whole, real) ||
	    (l->p < l->end && (class_of[*l->p] & REGULAR)))
		return bad(l);
	l->n = (uint32_t)(l->p - l->text);
	l->i = negative ? -whole : whole;
	l->r = (double)whole + (npart ? (double)part / scale[npart] : 0);
	if (negative)
		l->r = -l->r;
	return token(l, real ? SK_PV_REAL : SK_PV_INT, true);
}

/* `#xx` is for bytes that cannot stand for themselves. */
static bool good_escape(const struct sk_pv_lex *l)
{
	if (l->end - l->p < 3 || !(class_of[l->p[1]] & HEXDIGIT) || !(class_of[l->p[2]] & HEXDIGIT))
		return false;
	int byte = hexval(l->p[1]) << 4 | hexval(l->p[2]);
	return byte && !(class_of[byte] & REGULAR);
}

static enum sk_pv_token name(struct sk_pv_lex *l)
{
	unsigned bytes = 0;

	l->text = ++l->p;
	for (; l->p < l->end; bytes++) {
		if (class_of[*l->p] & REGULAR)
			l->p++;
		else if (*l->p == '#' && good_escape(l))
			l->p += 3;
		else if (*l->p == '#')
			return bad(l);
		else
			break;
	}
	l->n = (uint32_t)(l->p - l->text);
	return bytes && bytes <= MAX_NAME ? token(l, SK_PV_NAME, true) : bad(l);
}

static enum sk_pv_token word(struct sk_pv_lex *l)
{
	l->text = l->p;
	while (l->p < l->end && (class_of[*l->p] & REGULAR))
		l->p++;
	l->n = (uint32_t)(l->p - l->text);
	return token(l, SK_PV_WORD, true);
}

/* Only the four bytes that would be misread are escaped, and always. */
static enum sk_pv_token string(struct sk_pv_lex *l)
{
	l->text = ++l->p;
	for (; l->p < l->end && *l->p != ')'; l->p++) {
		if (*l->p == '(' || *l->p == '\r')
			return bad(l);
		if (*l->p != '\\')
			continue;
		if (++l->p == l->end ||
		    (*l->p != '(' && *l->p != ')' && *l->p != '\\' && *l->p != 'r'))
			return bad(l);
	}
	if (l->p >= l->end || l->p - l->text > INT32_MAX)
		return bad(l);
	l->n = (uint32_t)(l->p++ - l->text);
	return token(l, SK_PV_STRING, false);
}

static enum sk_pv_token hex(struct sk_pv_lex *l)
{
	l->text = ++l->p;
	while (l->p < l->end && (class_of[*l->p] & HEXDIGIT))
		l->p++;
	if (l->p == l->end || *l->p != '>' || (l->p - l->text) % 2 || l->p - l->text > INT32_MAX)
		return bad(l);
	l->n = (uint32_t)(l->p++ - l->text);
	return token(l, SK_PV_HEX, false);
}

static enum sk_pv_token punctuation(struct sk_pv_lex *l, enum sk_pv_token kind, size_t n)
{
	l->text = l->p;
	l->n = (uint32_t)n;
	l->p += n;
	return token(l, kind, false);
}

static bool doubled(const struct sk_pv_lex *l)
{
	return l->end - l->p >= 2 && l->p[1] == l->p[0];
}

static enum sk_pv_token delimited(struct sk_pv_lex *l)
{
	switch (*l->p) {
	case '/':
		return name(l);
	case '(':
		return string(l);
	case '[':
		return punctuation(l, SK_PV_OPEN, 1);
	case ']':
		return punctuation(l, SK_PV_CLOSE, 1);
	case '<':
		return doubled(l) ? punctuation(l, SK_PV_DICT, 2) : hex(l);
	case '>':
		return doubled(l) ? punctuation(l, SK_PV_DICTEND, 2) : bad(l);
	default:
		return bad(l);
	}
}

enum sk_pv_token sk_pv_next(struct sk_pv_lex *l)
{
	if (l->p == l->end)
		return token(l, SK_PV_END, false);
	if (*l->p == ' ') {
		l->p++;
		if (!l->regular || l->p == l->end || !(class_of[*l->p] & REGULAR))
			return bad(l);
	}
	uint8_t what = class_of[*l->p];
	if ((what & DIGIT) || *l->p == '-' || *l->p == '.')
		return number(l);
	return what & REGULAR ? word(l) : delimited(l);
}

bool sk_pv_skip(struct sk_pv_lex *l, uint8_t ch)
{
	if (l->p == l->end || *l->p != ch)
		return false;
	l->p++;
	l->regular = false;
	return true;
}

bool sk_pv_word(const struct sk_pv_lex *l, const char *w)
{
	return l->kind == SK_PV_WORD && strlen(w) == l->n && memcmp(l->text, w, l->n) == 0;
}

size_t sk_pv_unescape(enum sk_pv_token kind, struct sk_slice text, uint8_t *out, size_t max)
{
	size_t used = 0;

	for (size_t i = 0; i < text.n; used++) {
		uint8_t byte = text.p[i++];
		if (kind == SK_PV_STRING && byte == '\\') {
			byte = text.p[i++];
			byte = byte == 'r' ? '\r' : byte;
		} else if (kind == SK_PV_NAME && byte == '#') {
			byte = (uint8_t)(hexval(text.p[i]) << 4 | hexval(text.p[i + 1]));
			i += 2;
		}
		if (out && used < max)
			out[used] = byte;
	}
	return used;
}
