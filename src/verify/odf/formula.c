/*
 * Formulas and references (OpenFormula, ODF 1.3 part 4; doc/profiles/odf.md, section 6): a tokeniser that knows
 * strings, names of tables, references and names, and what each must not be. Verifier's jail.
 */
#include "verify/odf/value.h"
#include "verify/text/function.h"

struct scan {
	struct sk_slice s;
	size_t pos;
	unsigned braces;
	size_t excel; /* where a formula in the grammar of Excel begins; 0: it is in another one */
};

static uint8_t at(const struct scan *f, size_t i)
{
	return i < f->s.n ? f->s.p[i] : 0;
}

static bool starts(const struct scan *f, const char *text)
{
	return sk_slice_starts(sk_slice_sub(f->s, f->pos, f->s.n), sk_slice_str(text));
}

static void skip_blanks(struct scan *f)
{
	f->pos = sk_vf_past_blanks(f->s, f->pos);
}

/* From the quote at pos to behind its partner. */
static bool quoted(struct scan *f)
{
	size_t end = sk_vf_past_quoted(f->s, f->pos);

	f->pos = end == SIZE_MAX ? f->s.n : end;
	return end != SIZE_MAX;
}

/* A table of this document: what is quoted is no path, and no '#' follows that would make it another file. */
static bool table(struct scan *f)
{
	const char *never = f->excel ? "/\\|:[]" : "/\\|:";
	size_t from = f->pos + 1;

	if (!quoted(f))
		return false;
	for (size_t i = from; i + 1 < f->pos; i++)
		if (f->s.p[i] && strchr(never, f->s.p[i]))
			return false;
	return at(f, f->pos) != '#';
}

static bool mark(const struct scan *f)
{
	return starts(f, "#REF!") || starts(f, "#All") || starts(f, "#Data") ||
	       starts(f, "#Headers") || starts(f, "#Totals") || starts(f, "#This Row");
}

/* One step through a reference. */
static bool reference_step(struct scan *f)
{
	uint8_t ch = at(f, f->pos);

	if (ch == '\'')
		return table(f);
	if (ch == 0 || strchr("/\\|\"{}()", ch) || (ch == '#' && !mark(f)))
		return false;
	f->pos++;
	return true;
}

static bool brackets(struct scan *f)
{
	unsigned depth = 0;

	/* In the grammar of Excel these are parts of the table named before, or another file. */
	if (f->excel && (f->pos == f->excel || !sk_vf_name_byte(f->s.p[f->pos - 1])))
		return false;
	do {
		uint8_t ch = at(f, f->pos);
		depth += ch == '[';
		depth -= ch == ']';
		if (!reference_step(f))
			return false;
	} while (depth);
	return true;
}

bool sk_vo_ranges(struct sk_slice ranges)
{
	struct scan f = {.s = ranges};

	while (f.pos < f.s.n)
		if (!reference_step(&f))
			return false;
	return true;
}

/* The link at pos: a literal that stands alone, or with more appended when it leads outside anyway. */
static bool hyperlink(struct scan *f)
{
	skip_blanks(f);
	size_t from = f->pos + 1;
	if (at(f, f->pos) != '"' || !quoted(f))
		return false;
	struct sk_slice text = sk_slice_sub(f->s, from, f->pos - 1 - from);
	if (!sk_vo_link(text))
		return false;
	skip_blanks(f);
	uint8_t next = at(f, f->pos);
	if (next == '&')
		return text.p[0] != '#';
	return next == ',' || next == ';' || next == ')';
}

static const char *behind_namespaces(const char *name)
{
	static const char *const spaces[] = {"COM.SUN.STAR.SHEET.ADDIN.ANALYSIS.",
	    "COM.SUN.STAR.SHEET.ADDIN.DATEFUNCTIONS.", "COM.SUN.STAR.SHEET.ADDIN.DATEFUNCS.",
	    "COM.SUN.STAR.SHEET.ADDIN.PRICINGFUNCTIONS.", "COM.MICROSOFT.", "ORG.LIBREOFFICE.",
	    "ORG.OPENOFFICE.", "LEGACY.", "MULTIPLE.", "_XLFN."};
	bool again = true;

	while (again) {
		again = false;
		for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
			if (strncmp(name, spaces[i], strlen(spaces[i])) == 0) {
				name += strlen(spaces[i]);
				again = true;
			}
	}
	return name;
}

static bool called_ok(struct scan *f, const char *name)
{
	if (strcmp(name, "HYPERLINK") == 0)
		return hyperlink(f);
	if (strcmp(name, "INDIRECT") == 0 && !sk_vf_indirect(sk_slice_sub(f->s, f->pos, f->s.n)))
		return false;
	if (strncmp(name, "CUBE", 4) == 0)
		return false;
	if (sk_vf_forbidden(name) && strcmp(name, "FORMULA") != 0)
		return false;
	return strchr(name, '.') == NULL || sk_vf_later(name);
}

/* A name, a number or a call. */
static bool word(struct scan *f)
{
	char plain[SK_VF_NAME + 1];
	size_t from = f->pos;

	while (sk_vf_name_byte(at(f, f->pos)))
		f->pos++;
	struct sk_slice name = sk_slice_sub(f->s, from, f->pos - from);
	if (name.n > (size_t)SK_VF_NAME * 4 || memchr(name.p, '\\', name.n) ||
	    !sk_vf_plain(name, plain))
		return false;
	size_t end = f->pos;
	if (f->excel && at(f, end) == '!' && memchr(name.p, '.', name.n)) /* a.xlsx!Name */
		return false;
	skip_blanks(f);
	if (at(f, f->pos) == '(') {
		f->pos++;
		return called_ok(f, behind_namespaces(plain));
	}
	f->pos = end;
	return strcmp(behind_namespaces(plain), "DDE") != 0;
}

static bool step(struct scan *f)
{
	uint8_t ch = at(f, f->pos);

	if (ch == '"')
		return quoted(f);
	if (ch == '\'')
		return table(f);
	if (ch == '[')
		return brackets(f);
	if (sk_vf_name_byte(ch))
		return word(f);
	if ((ch == '|' && f->braces == 0) || (ch == ':' && at(f, f->pos + 1) == '/'))
		return false;
	f->braces += ch == '{';
	f->braces -= ch == '}' && f->braces;
	f->pos++;
	return true;
}

/* Behind the name of a grammar; one that is not known, in front of '=', is not allowed. */
static bool grammar(struct scan *f)
{
	static const char *const known[] = {"of:", "oooc:", "ooow:", "msoxl:"};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (starts(f, known[i])) {
			f->pos = strlen(known[i]);
			f->excel = known[i][0] == 'm' ? f->pos : 0;
			return true;
		}
	while (sk_vf_name_byte(at(f, n)) || at(f, n) == '-')
		n++;
	return n == 0 || at(f, n) != ':' || at(f, n + 1) != '=';
}

bool sk_vo_formula(struct sk_slice formula)
{
	struct scan f = {.s = formula};
	bool ok = grammar(&f);

	while (ok && f.pos < f.s.n)
		ok = step(&f);
	return ok;
}
