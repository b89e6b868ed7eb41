/*
 * Formulas (ISO/IEC 29500-1, 18.17; doc/profiles/ooxml.md, section 7): a tokeniser that knows strings, quoted
 * sheet names, brackets and names, and what each must not be. Verifier's jail.
 */
#include <strings.h>

#include "verify/ooxml/value.h"

#include "base/utf8.h"

#define MAX_NAME 255 /* bytes of a name that could be a function: Excel allows 255 characters */

/* Functions that load, run, call or reach outside; worksheet and macro ones. Names that start with CUBE too. */
static const char *const forbidden[] = {
    "WEBSERVICE",
    "FILTERXML",
    "IMAGE",
    "RTD",
    "CALL",
    "REGISTER",
    "REGISTER.ID",
    "EXEC",
    "EVALUATE",
    "DDE",
    "RUN",
    "PY",
    "ENCODEURL",
    "SQL.REQUEST",
    "STOCKHISTORY",
    "IMPORTDATA",
    "EXECUTE",
    "FOPEN",
    "FWRITE",
    "FWRITELN",
    "FREAD",
    "FREADLN",
    "FILES",
    "DIRECTORY",
    "SEND.KEYS",
    "INITIATE",
    "POKE",
    "REQUEST",
    "TERMINATE",
    "ON.TIME",
    "FORMULA",
    "ECHO",
    "ALERT",
    "HALT",
};

struct formula {
	struct sk_slice s;
	size_t pos;
	const char *why;
};

static bool bad(struct formula *f, const char *why)
{
	f->why = why;
	return false;
}

static uint8_t at(const struct formula *f, size_t i)
{
	return i < f->s.n ? f->s.p[i] : 0;
}

static bool name_byte(uint8_t ch)
{
	return ch >= 0x80 || ((ch | 0x20) >= 'a' && (ch | 0x20) <= 'z') ||
	       (ch >= '0' && ch <= '9') || ch == '_' || ch == '.' || ch == '?' ||
	       ch == '\\'; /* a name may begin with a backslash */
}

static void skip_blanks(struct formula *f)
{
	while (at(f, f->pos) == ' ' || at(f, f->pos) == '\n' || at(f, f->pos) == '\r' ||
	       at(f, f->pos) == '\t')
		f->pos++;
}

/* From the quote at pos to behind its partner; doubled ones are part of the content. */
static bool skip_quoted(struct formula *f, uint8_t quote)
{
	for (f->pos++; f->pos < f->s.n; f->pos++) {
		if (f->s.p[f->pos] != quote)
			continue;
		f->pos++;
		if (at(f, f->pos) != quote)
			return true;
	}
	return bad(f, "quote without an end");
}

/* A sheet name in quotes: of this workbook only. */
static bool sheet_name(struct formula *f)
{
	size_t from = f->pos;

	if (!skip_quoted(f, '\''))
		return false;
	for (size_t i = from + 1; i + 1 < f->pos; i++)
		if (strchr("[]|\\/", f->s.p[i]) != NULL)
			return bad(f, "sheet of another file, or DDE");
	return true;
}

/* A bracket: a column of a table, never the number or name of a workbook. */
static bool brackets(struct formula *f)
{
	unsigned depth = 0;

	for (; f->pos < f->s.n; f->pos++) {
		uint8_t ch = f->s.p[f->pos];
		if (ch == '\'')
			f->pos++; /* escapes the next character of a column's name */
		else if (ch == '[')
			depth++;
		else if (ch == ']' && --depth == 0)
			break;
	}
	if (f->pos >= f->s.n)
		return bad(f, "bracket without an end");
	f->pos++;
	uint8_t next = at(f, f->pos);
	if (next == '!' || next == '\'' || next == '$' || name_byte(next))
		return bad(f, "reference to another workbook");
	return true;
}

/* Letters as they count: A–Z large, full-width forms as plain ones. */
static size_t plain_name(struct sk_slice raw, char out[MAX_NAME + 1])
{
	size_t n = 0;

	for (size_t pos = 0; pos < raw.n && n < MAX_NAME;) {
		int32_t cp = sk_utf8_next(raw, &pos);
		if (cp >= 0xff01 && cp <= 0xff5e)
			cp -= 0xfee0;
		if (cp >= 'a' && cp <= 'z')
			cp -= 0x20;
		out[n++] = cp > 0 && cp < 0x80 ? (char)cp : '?';
	}
	out[n] = '\0';
	return n;
}

static bool forbidden_function(const char *name)
{
	static const char *const prefixes[] = {"_XLFN.", "_XLWS.", "_XLUDF.", "_XLL."};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]);) {
		size_t n = strlen(prefixes[i]);
		if (strncmp(name, prefixes[i], n) == 0) {
			name += n;
			i = 0;
		} else {
			i++;
		}
	}
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
		if (strcmp(name, forbidden[i]) == 0)
			return true;
	return strncmp(name, "CUBE", 4) == 0;
}

/* A literal at pos that begins a link; pos moves behind it. */
static bool link_literal(struct formula *f)
{
	size_t from = f->pos + 1;

	if (!skip_quoted(f, '"'))
		return false;
	struct sk_slice text = sk_slice_sub(f->s, from, f->pos - 1 - from);
	return sk_oo_link(text) || bad(f, "HYPERLINK to a place that is not allowed");
}

/* One cell: letters and digits with dollars, perhaps behind a sheet, or a column of a table. */
static bool cell_reference(struct formula *f)
{
	if (at(f, f->pos) == '\'' && !sheet_name(f))
		return false;
	bool digit = false;
	while (name_byte(at(f, f->pos)) || at(f, f->pos) == '$' || at(f, f->pos) == '!') {
		digit = f->s.p[f->pos] >= '0' && f->s.p[f->pos] <= '9';
		f->pos++;
	}
	if (at(f, f->pos) == '[')
		return brackets(f);
	return digit || bad(f, "HYPERLINK to something that is neither a literal nor a cell");
}

/* The first argument of HYPERLINK, behind its parenthesis. */
static bool hyperlink(struct formula *f)
{
	bool literal;

	skip_blanks(f);
	literal = at(f, f->pos) == '"';
	if (!(literal ? link_literal(f) : cell_reference(f)))
		return false;
	skip_blanks(f);
	uint8_t next = at(f, f->pos);
	return next == ',' || next == ')' || next == ';' || (literal && next == '&') ||
	       bad(f, "HYPERLINK to something that is neither a literal nor a cell");
}

/* \\host or c:\file instead of a name; a sheet's name without quotes has no backslash either. */
static bool is_path(const struct formula *f, const char *name, size_t from)
{
	const char *slash = strchr(name, '\\');

	return slash &&
	       (slash[1] == '\\' || at(f, f->pos) == '!' || (from && f->s.p[from - 1] == ':'));
}

/* A name, a number or a call. */
static bool word(struct formula *f)
{
	char name[MAX_NAME + 1];
	size_t from = f->pos;

	while (name_byte(at(f, f->pos)))
		f->pos++;
	size_t end = f->pos;
	skip_blanks(f);
	if (end - from > (size_t)MAX_NAME * 4)
		return bad(f, "name is longer than allowed");
	plain_name(sk_slice_sub(f->s, from, end - from), name);
	if (is_path(f, name, from))
		return bad(f, "path of a file");
	if (strstr(name, "_XLL."))
		return bad(f, "call of an add-in");
	if (at(f, f->pos) != '(')
		return true;
	f->pos++;
	if (forbidden_function(name))
		return bad(f, "function that loads, runs or calls something");
	return strcmp(name, "HYPERLINK") != 0 || hyperlink(f);
}

bool sk_oo_formula(struct sk_slice formula, const char **why)
{
	struct formula f = {.s = formula};
	bool ok = true;

	while (ok && f.pos < f.s.n) {
		uint8_t ch = f.s.p[f.pos];
		if (ch == '"')
			ok = skip_quoted(&f, '"');
		else if (ch == '\'')
			ok = sheet_name(&f);
		else if (ch == '[')
			ok = brackets(&f);
		else if (ch == '|')
			ok = bad(&f, "DDE");
		else if (ch == ':' && at(&f, f.pos + 1) == '/')
			ok = bad(&f, "web address");
		else if (name_byte(ch))
			ok = word(&f);
		else
			f.pos++;
	}
	*why = f.why;
	return ok;
}

bool sk_oo_defined_name(struct sk_slice name)
{
	static const char *const automatic[] = {"AUTO_OPEN", "AUTO_CLOSE", "AUTO_ACTIVATE",
	    "AUTO_DEACTIVATE", "AUTOOPEN", "AUTOCLOSE", "AUTOACTIVATE", "AUTODEACTIVATE"};
	char plain[MAX_NAME + 1];
	const char *p = plain;

	plain_name(sk_slice_sub(name, 0, (size_t)MAX_NAME * 4), plain);
	while (strncmp(p, "_XLNM.", 6) == 0)
		p += 6;
	for (size_t i = 0; i < sizeof(automatic) / sizeof(automatic[0]); i++)
		if (strncmp(p, automatic[i], strlen(automatic[i])) == 0)
			return false;
	return true;
}
