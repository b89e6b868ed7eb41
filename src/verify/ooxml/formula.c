/*
 * Formulas (ISO/IEC 29500-1, 18.17; doc/profiles/ooxml.md, section 7): a tokeniser that knows strings, quoted
 * sheet names, brackets and names, and what each must not be. Verifier's jail.
 */
#include <strings.h>

#include "verify/ooxml/value.h"
#include "verify/text/function.h"

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

static void skip_blanks(struct formula *f)
{
	f->pos = sk_vf_past_blanks(f->s, f->pos);
}

/* From the quote at pos to behind its partner. */
static bool skip_quoted(struct formula *f)
{
	size_t end = sk_vf_past_quoted(f->s, f->pos);

	f->pos = end == SIZE_MAX ? f->s.n : end;
	return end != SIZE_MAX || bad(f, "quote without an end");
}

/* A sheet name in quotes: of this workbook only. */
static bool sheet_name(struct formula *f)
{
	size_t from = f->pos;

	if (!skip_quoted(f))
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
	if (next == '!' || next == '\'' || next == '$' || sk_vf_name_byte(next))
		return bad(f, "reference to another workbook");
	return true;
}

/* Behind its prefixes; *newer: one of the first three was there. */
static const char *bare_name(const char *name, bool *newer)
{
	static const char *const prefixes[] = {
	    "_XLFN.", "_XLWS.", "_XLUDF.", "_XLETA.", "_XLPM.", "COM.MICROSOFT."};

	*newer = false;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]);) {
		size_t n = strlen(prefixes[i]);
		if (strncmp(name, prefixes[i], n) == 0) {
			*newer = *newer || i < 3;
			name += n;
			i = 0;
		} else {
			i++;
		}
	}
	return name;
}

/*
 * The link at pos: a literal that may stand alone, or with more appended. A place in the workbook must name its sheet
 * before anything is appended, since that could be another file.
 */
static bool hyperlink(struct formula *f)
{
	skip_blanks(f);
	size_t from = f->pos + 1;
	if (at(f, f->pos) != '"')
		return bad(f, "HYPERLINK to something that is not a literal");
	if (!skip_quoted(f))
		return false;
	struct sk_slice text = sk_slice_sub(f->s, from, f->pos - 1 - from);
	if (!sk_oo_link(text))
		return bad(f, "HYPERLINK to a place that is not allowed");
	skip_blanks(f);
	uint8_t next = at(f, f->pos);
	if (next == '&' && text.p[0] == '#' && memchr(text.p, '!', text.n) == NULL)
		return bad(f, "HYPERLINK to a sheet that is computed");
	return next == ',' || next == ')' || next == ';' || next == '&' ||
	       bad(f, "HYPERLINK to something that is not a literal");
}

/* What a name does that is called, or handed on. */
static bool function(struct formula *f, const char *plain, bool called)
{
	bool newer;
	const char *name = bare_name(plain, &newer);
	bool use = called || name != plain;

	if (use ? sk_vf_forbidden(name) || strncmp(name, "CUBE", 4) == 0 : sk_vf_never_bare(name))
		return bad(f, "function that loads, runs or calls something");
	if (called && strcmp(name, "HYPERLINK") == 0)
		return hyperlink(f);
	if (called && strcmp(name, "INDIRECT") == 0 &&
	    !sk_vf_indirect(sk_slice_sub(f->s, f->pos, f->s.n)))
		return bad(f, "INDIRECT to another file");
	bool plain_xl = strncmp(name, "_XLNM.", 6) == 0 || strncmp(name, "_XLCHART.", 9) == 0;
	if ((newer || (called && strchr(name, '.'))) && !sk_vf_later(name))
		return bad(f, "function that is not listed");
	if (!newer && strncmp(name, "_XL", 3) == 0 && !plain_xl)
		return bad(f, "name of an unknown kind");
	return !use || called || !sk_vf_never_bare(name) ||
	       bad(f, "function handed on by its name");
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
	char name[SK_VF_NAME + 1];
	size_t from = f->pos;

	while (sk_vf_name_byte(at(f, f->pos)))
		f->pos++;
	size_t end = f->pos;
	skip_blanks(f);
	if (end - from > (size_t)SK_VF_NAME * 4)
		return bad(f, "name is longer than allowed");
	if (!sk_vf_plain(sk_slice_sub(f->s, from, end - from), name))
		return bad(f, "name with characters that are not seen");
	if (is_path(f, name, from))
		return bad(f, "path of a file");
	if (strstr(name, "_XLL."))
		return bad(f, "call of an add-in");
	if (at(f, end) == '!')
		return true;
	bool called = at(f, f->pos) == '(';
	f->pos += called;
	return function(f, name, called);
}

bool sk_oo_formula(struct sk_slice formula, const char **why)
{
	struct formula f = {.s = formula};
	bool ok = true;

	while (ok && f.pos < f.s.n) {
		uint8_t ch = f.s.p[f.pos];
		if (ch == '"')
			ok = skip_quoted(&f);
		else if (ch == '\'')
			ok = sheet_name(&f);
		else if (ch == '[')
			ok = brackets(&f);
		else if (ch == '|')
			ok = bad(&f, "DDE");
		else if (ch == ':' && at(&f, f.pos + 1) == '/')
			ok = bad(&f, "web address");
		else if (sk_vf_name_byte(ch))
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
	char plain[SK_VF_NAME + 1];
	const char *p = plain;

	if (!sk_vf_plain(sk_slice_sub(name, 0, (size_t)SK_VF_NAME * 4), plain))
		return false;
	while (strncmp(p, "_XLNM.", 6) == 0)
		p += 6;
	p += strncmp(p, "EXCEL_BUILTIN_", 14) == 0 ? 14 : 0;
	for (size_t i = 0; i < sizeof(automatic) / sizeof(automatic[0]); i++)
		if (strncmp(p, automatic[i], strlen(automatic[i])) == 0)
			return false;
	return true;
}
