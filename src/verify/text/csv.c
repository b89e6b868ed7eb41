/*
 * Tables (doc/profiles/text.md, section 3): RFC 4180 with one separator and one record end in the whole file,
 * and no cell that a spreadsheet program would calculate. A file need not name its separator: it passes when it
 * is a harmless table for one of the four. Commas start cells in all of them, so a program that splits at
 * commas finds none that it would calculate, whichever it was. Verifier's jail.
 */
#include "verify/text/text.h"

#include <strings.h>

#include "base/utf8.h"
#include "verify/text/chars.h"

static const uint8_t separators[] = {',', ';', '|', '\t'};

struct table {
	struct sk_check *c;
	struct sk_slice in; /* behind the byte-order mark */
	uint8_t sep;
	size_t end;        /* bytes of a record end, 0 before the first */
	bool inner_commas; /* commas inside a field start a cell too */
	uint8_t *scratch;  /* an unquoted field: as long as the file */
};

/* --- is a cell dangerous? (section 3, 1 to 3) --- */

static bool one_of(int32_t cp, const int32_t *set)
{
	for (; *set; set++)
		if (*set == cp)
			return true;
	return false;
}

static const int32_t blanks[] = {0x20, 0xa0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005,
    0x2006, 0x2007, 0x2008, 0x2009, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x2800, 0x3000, '\n',
    '"', 0};
static const int32_t starters[] = {'=', '+', '-', '@', '\t', '\r', 0xff1d, 0xff0b, 0xff0d, 0xff20,
    0xfe62, 0xfe63, 0xfe66, 0xfe6b, 0x2212, 0x207a, 0x207b, 0x207c, 0x208a, 0x208b, 0x208c, 0};
static const int32_t signs[] = {
    0x20, 0xa0, 0x3000, '\n', '\r', '=', '+', '-', '"', 0xff1d, 0xff0b, 0xff0d, 0x2212, 0};

static bool starts_formula(struct sk_slice cell)
{
	for (size_t pos = 0; pos < cell.n;) {
		size_t here = pos;
		int32_t cp = sk_utf8_next(cell, &pos);
		if (cp == '\r' && here + 1 < cell.n && cell.p[here + 1] == '\n')
			continue;
		if (!one_of(cp, blanks))
			return one_of(cp, starters);
	}
	return false;
}

static bool only_signs(struct sk_slice cell)
{
	for (size_t pos = 0; pos < cell.n;)
		if (!one_of(sk_utf8_next(cell, &pos), signs))
			return false;
	return true;
}

static size_t skip_spaces(struct sk_slice s, size_t i)
{
	while (i < s.n && s.p[i] == ' ')
		i++;
	return i;
}

static bool is_digit(struct sk_slice s, size_t i)
{
	return i < s.n && s.p[i] >= '0' && s.p[i] <= '9';
}

static bool is_sign(struct sk_slice s, size_t i)
{
	return i < s.n && (s.p[i] == '+' || s.p[i] == '-');
}

/* U+2212, which some character sets have where others have the sign of ASCII. */
static bool is_minus(struct sk_slice s, size_t i)
{
	return sk_slice_eq(sk_slice_sub(s, i, 3), SK_SLICE_LIT("\xe2\x88\x92"));
}

/* An optional yen sign (U+00A5, or the backslash of Japanese code pages) or dollar sign. */
static size_t skip_currency(struct sk_slice s, size_t i)
{
	if (i < s.n && (s.p[i] == '\\' || s.p[i] == '$'))
		return i + 1;
	return s.n - i >= 2 && s.p[i] == 0xc2 && s.p[i + 1] == 0xa5 ? i + 2 : i;
}

static bool is_number(struct sk_slice s)
{
	size_t i = skip_spaces(s, 0);
	bool digits = false;

	i += is_minus(s, i) ? 3 : is_sign(s, i);
	i = skip_currency(s, i);
	for (; i < s.n && (is_digit(s, i) || s.p[i] == '.' || s.p[i] == ',' || s.p[i] == ' '); i++)
		digits = digits || is_digit(s, i);
	if (!digits)
		return false;
	if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
		i += 1 + is_sign(s, i + 1);
		if (!is_digit(s, i))
			return false;
		while (is_digit(s, i))
			i++;
	}
	while (i < s.n && (s.p[i] == ' ' || s.p[i] == '%'))
		i++;
	return i == s.n;
}

static bool dangerous(struct sk_slice cell)
{
	return starts_formula(cell) && !is_number(cell) && !only_signs(cell);
}

/* Where commas inside a field start cells, line ends do too: who splits there does not see the quotes. */
static int check_field(struct table *t, struct sk_slice text, size_t at)
{
	if (!t->inner_commas)
		return dangerous(text) ? sk_fail(t->c, at, "cell starts a formula") : 0;
	for (size_t from = 0; from <= text.n; from++) {
		bool line = from && text.p[from - 1] == '\n';
		if (from && !line && text.p[from - 1] != ',')
			continue;
		size_t to = from;
		while (to < text.n && text.p[to] != ',' && !(line && text.p[to] == '\n'))
			to++;
		if (dangerous(sk_slice_sub(text, from, to - from)))
			return sk_fail(t->c, at, "cell starts a formula");
	}
	return 0;
}

/* --- records --- */

/* The quoted field at *pos into the scratch; *pos moves behind its closing quote. */
static int read_quoted(struct table *t, size_t *pos, struct sk_slice *text)
{
	size_t from = *pos, n = 0;

	for (size_t i = from + 1; i < t->in.n; i++) {
		if (t->in.p[i] == '"') {
			if (i + 1 == t->in.n || t->in.p[i + 1] != '"') {
				*pos = i + 1;
				*text = sk_slice(t->scratch, n);
				return 0;
			}
			i++;
		}
		t->scratch[n++] = t->in.p[i];
	}
	return sk_fail(t->c, from, "quoted field has no end");
}

/* Without quotes, whoever splits at another separator, or at several, must find no formula either. */
static int check_plain(struct table *t, struct sk_slice text, size_t at)
{
	for (size_t from = 1; from <= text.n; from++) {
		size_t to = from;
		if (memchr(separators, text.p[from - 1], sizeof(separators)) == NULL)
			continue;
		while (to < text.n && memchr(separators, text.p[to], sizeof(separators)) == NULL)
			to++;
		if (dangerous(sk_slice_sub(text, from, to - from)) ||
		    dangerous(sk_slice_sub(text, from, text.n - from)))
			return sk_fail(
			    t->c, at, "formula behind another separator, without quotes");
	}
	return 0;
}

static int read_plain(struct table *t, size_t *pos, struct sk_slice *text)
{
	size_t i = *pos;

	while (i < t->in.n && t->in.p[i] != t->sep && t->in.p[i] != '\r' && t->in.p[i] != '\n') {
		if (t->in.p[i] == '"')
			return sk_fail(t->c, i, "quote inside a plain field");
		i++;
	}
	*text = sk_slice(t->in.p + *pos, i - *pos);
	int rc = check_plain(t, *text, *pos);
	*pos = i;
	return rc;
}

/* The record end at *pos; the first one tells what all are like. */
static bool read_record_end(struct table *t, size_t *pos)
{
	size_t n = *pos < t->in.n && t->in.p[*pos] == '\r' ? 2 : 1;

	if (t->in.n - *pos < n || t->in.p[*pos + n - 1] != '\n' || (t->end && t->end != n))
		return false;
	t->end = n;
	*pos += n;
	return true;
}

static int read_field(struct table *t, size_t *pos)
{
	struct sk_slice text = {0};
	size_t from = *pos;
	int rc = from < t->in.n && t->in.p[from] == '"' ? read_quoted(t, pos, &text)
							: read_plain(t, pos, &text);

	return rc ? rc : check_field(t, text, from);
}

static int read_records(struct table *t, size_t pos)
{
	int rc = 0;

	if (pos == t->in.n)
		return sk_fail(t->c, pos, "table without a record");
	while (rc == 0 && pos < t->in.n) {
		rc = read_field(t, &pos);
		while (rc == 0 && pos < t->in.n && t->in.p[pos] == t->sep) {
			pos++;
			rc = read_field(t, &pos);
		}
		if (rc == 0 && !read_record_end(t, &pos))
			return sk_fail(t->c, pos, "record end or separator expected");
	}
	return rc;
}

static bool named_separator(struct sk_slice in)
{
	return in.n >= 5 && memcmp(in.p, "sep=", 4) == 0 &&
	       memchr(separators, in.p[4], sizeof(separators)) != NULL;
}

static bool begins_with_sep(struct sk_slice in)
{
	size_t at = in.n && in.p[0] == '"';
	return in.n - at >= 4 && strncasecmp((const char *)in.p + at, "sep=", 4) == 0;
}

static int check_with(struct table *t, uint8_t sep, size_t pos, bool csv)
{
	t->sep = sep;
	t->inner_commas = csv && sep != ',';
	return read_records(t, pos);
}

/* The fault that is told is the one with the comma. */
static int check_unnamed(struct table *t)
{
	struct sk_fault first = {0};

	for (size_t i = 0; i < sizeof(separators); i++) {
		t->end = 0;
		int rc = check_with(t, separators[i], 0, true);
		if (rc != SK_EFORMAT)
			return rc;
		if (i == 0)
			first = t->c->fault;
		t->c->fault = (struct sk_fault){0};
	}
	return sk_fail(t->c, first.offset, "%s", first.what);
}

int sk_vt_table(struct sk_check *c, struct sk_slice in, bool tabs_only)
{
	struct table t = {.c = c, .in = sk_slice_sub(in, 3, in.n)};
	size_t pos = 5;

	if (!sk_slice_starts(in, SK_SLICE_LIT("\xef\xbb\xbf")))
		return sk_fail(c, 0, "table without byte-order mark");
	int rc = sk_vt_begin(c, in);
	if (rc == 0)
		rc = sk_vt_check_cr(c, t.in, 3);
	if (rc == 0)
		rc = sk_vt_check(c, t.in, 3, SK_VT_CTL('\t') | SK_VT_CTL('\n') | SK_VT_CTL('\r'));
	if (rc)
		return rc;
	t.scratch = sk_arena_alloc(c->arena, t.in.n + 1);
	if (t.scratch == NULL)
		return SK_ENOMEM;
	if (!tabs_only && named_separator(t.in)) {
		if (!read_record_end(&t, &pos))
			return sk_fail(c, pos, "record end expected behind the separator's name");
		return check_with(&t, t.in.p[4], pos, true);
	}
	if (begins_with_sep(t.in))
		return sk_fail(c, 3, "first field begins with sep=");
	return tabs_only ? check_with(&t, '\t', 0, false) : check_unnamed(&t);
}
