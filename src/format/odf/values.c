/*
 * Values that could reach outside the document: formulas (OpenFormula, ODF 1.3 part 4), ranges of cells, addresses;
 * and the name of the program (doc/profiles/odf.md, sections 5 to 8). Pure. Cleaner's jail.
 */
#include "format/odf/odf.h"

#include "format/office/office.h"

/* What may stand in front of a formula; without one it is a condition or an old formula. */
#define EXCEL "msoxl:"
static const char *const grammars[] = {"of:", "oooc:", "ooow:", EXCEL};

/* In front of functions that only compute and have dots in their names. */
static const char *const namespaces[] = {"COM.SUN.STAR.SHEET.ADDIN.ANALYSIS.",
    "COM.SUN.STAR.SHEET.ADDIN.DATEFUNCTIONS.", "COM.SUN.STAR.SHEET.ADDIN.DATEFUNCS.",
    "COM.SUN.STAR.SHEET.ADDIN.PRICINGFUNCTIONS.", "COM.MICROSOFT.", "ORG.LIBREOFFICE.",
    "ORG.OPENOFFICE.", "LEGACY.", "MULTIPLE.", "_XLFN.ORG.LIBREOFFICE.", "_XLFN."};

/* The name of a table: no path, no address; and no other file, which a '#' behind it would mean. */
static const char *past_table(const char *s)
{
	const char *end = sk_formula_past_quoted(s, '\'');

	for (const char *p = s + 1; end && p < end - 1; p++)
		if (strchr("/\\|:", *p))
			return NULL;
	return end && *end != '#' ? end : NULL;
}

/* '#' in a reference: one that is lost, or a part of a table. */
static bool is_known_mark(const char *s)
{
	static const char *const marks[] = {
	    "#REF!", "#All", "#Data", "#Headers", "#Totals", "#This Row"};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (strncmp(s, marks[i], strlen(marks[i])) == 0)
			return true;
	return false;
}

/* Past one character or name of a reference; NULL when it must not stand there. */
static const char *past_reference_token(const char *s)
{
	if (*s == '\'')
		return past_table(s);
	if (*s == '#' && !is_known_mark(s))
		return NULL;
	return strchr("/\\|\"{}()", *s) ? NULL : s + 1;
}

/* Past "[.A1:.B2]" or "Table[[#Data];[x]]". */
static const char *past_bracket(const char *s)
{
	unsigned depth = 0;

	while (s && *s) {
		depth += *s == '[';
		depth -= *s == ']';
		s = past_reference_token(s);
		if (depth == 0)
			return s;
	}
	return NULL;
}

bool od_ranges_ok(const char *value)
{
	while (value && *value)
		value = past_reference_token(value);
	return value != NULL;
}

/* The first argument of HYPERLINK: one literal that may be followed, or a concatenation that begins with one. */
static bool link_argument_ok(const char *args)
{
	char link[SK_FORMULA_LINK];
	bool more;

	return sk_formula_link(args, link, &more) && !(more && link[0] == '#') && od_link_ok(link);
}

static const char *past_namespaces(const char *name)
{
	for (size_t i = 0; i < sizeof(namespaces) / sizeof(namespaces[0]);) {
		size_t n = strlen(namespaces[i]);
		bool has = strncmp(name, namespaces[i], n) == 0;
		name += has ? n : 0;
		i = has ? 0 : i + 1;
	}
	return name;
}

/* `args` is behind the parenthesis, or NULL. FORMULA gives the text of a formula (OpenFormula 6.13.9). */
static bool function_ok(const char *plain, const char *args)
{
	const char *name = past_namespaces(plain);

	if (strncmp(name, "CUBE", 4) == 0 && args)
		return false;
	if (args && strcmp(name, "HYPERLINK") == 0)
		return link_argument_ok(args);
	if (args && strcmp(name, "INDIRECT") == 0 && !sk_function_indirect_ok(args))
		return false;
	if (args && sk_function_forbidden(name) && strcmp(name, "FORMULA") != 0)
		return false;
	if (!args && sk_function_forbidden_bare(name) && strcmp(name, "DDE") == 0)
		return false;
	if (args && strchr(name, '.') && name == plain)
		return sk_function_later(name);
	return !(args && strchr(name, '.')) || sk_function_later(name);
}

static bool name_ok(const char *s, size_t n)
{
	const char *next = sk_formula_past_blanks(s + n);
	char plain[SK_FUNCTION_CHARS + 1];

	if (n > (size_t)SK_FUNCTION_CHARS * 4 || memchr(s, '\\', n) ||
	    !sk_function_plain(s, n, plain))
		return false;
	return function_ok(plain, *next == '(' ? next + 1 : NULL);
}

/* Past the token at s; `*braces` counts arrays written out, in which '|' parts the rows. */
static const char *past_token(const char *s, unsigned *braces)
{
	const char *end = s;

	switch (*s) {
	case '"':
		return sk_formula_past_quoted(s, '"');
	case '\'':
		return past_table(s);
	case '[':
		return past_bracket(s);
	case '{':
		++*braces;
		return s + 1;
	case '}':
		*braces -= *braces > 0;
		return s + 1;
	case '|':
		return *braces ? s + 1 : NULL;
	case ':':
		return s[1] == '/' ? NULL : s + 1;
	default:
		break;
	}
	while (sk_formula_is_name((unsigned char)*end))
		end++;
	if (end == s)
		return s + 1;
	return name_ok(s, (size_t)(end - s)) ? end : NULL;
}

/* A grammar's prefix that is not known may mean anything. */
static const char *past_grammar(const char *s)
{
	size_t n = 0;

	while (sk_formula_is_name((unsigned char)s[n]) || s[n] == '-')
		n++;
	if (s[n] != ':' || n == 0)
		return s;
	for (size_t i = 0; i < sizeof(grammars) / sizeof(grammars[0]); i++)
		if (strlen(grammars[i]) == n + 1 && strncmp(s, grammars[i], n + 1) == 0)
			return s + n + 1;
	return s[n + 1] == '=' ? NULL : s;
}

/*
 * Formulas of Excel put another file into brackets, "[a.xlsx]S!A1" and "'[a.xlsx]S'!A1", where those of OpenDocument have a reference, or
 * in front of a name, "a.xlsx!N". Brackets behind a name are a part of a table.
 */
static bool is_other_file(const char *begin, const char *s)
{
	size_t n = 0;

	if (*s == '[')
		return s == begin || !sk_formula_is_name((unsigned char)s[-1]);
	if (*s == '\'') {
		const char *end = sk_formula_past_quoted(s, '\'');
		n = strcspn(s, "[]");
		return end == NULL || s + n < end;
	}
	while (sk_formula_is_name((unsigned char)s[n]))
		n++;
	return s[n] == '!' && memchr(s, '.', n);
}

bool od_formula_ok(const char *value)
{
	unsigned braces = 0;
	bool excel = strncmp(value, EXCEL, strlen(EXCEL)) == 0;
	const char *s = past_grammar(value), *begin = s;

	while (s && *s)
		s = excel && is_other_file(begin, s) ? NULL : past_token(s, &braces);
	return s != NULL;
}

/* "Sheet1.A1" or "$A$1" before or behind the colon of a range; nothing of an address. */
static bool is_cell(const char *s, size_t n)
{
	const char *dot = memchr(s, '.', n);
	size_t i = dot ? (size_t)(dot - s) + 1 : 0, letters = 0, digits = 0;

	i += i < n && s[i] == '$';
	for (; i < n && ((s[i] | 0x20) >= 'a' && (s[i] | 0x20) <= 'z'); i++)
		letters++;
	i += i < n && s[i] == '$';
	for (; i < n && s[i] >= '0' && s[i] <= '9'; i++)
		digits++;
	return i == n && letters <= 3 && digits <= 7 && digits && letters;
}

/* A place in the document itself: no scheme of an address in front, no path. */
static bool place_ok(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.$");

	if (*s == '.' || strstr(s, "//"))
		return false;
	if (s[n] != ':' || n < 2)
		return true;
	return is_cell(s, n) && is_cell(s + n + 1, strlen(s + n + 1));
}

bool od_link_ok(const char *value)
{
	if (value[0] == '#')
		return sk_office_plain_link(value) && place_ok(value + 1);
	return sk_office_address_ok(value);
}

bool od_is_foreign_table(const char *name)
{
	return name[0] == '\'' && strstr(name, "'#") != NULL;
}

/* --- the program --- */

/* n bytes at *s that are all of `set`, at least one; *s moves behind them. */
static bool run(const char **s, const char *set)
{
	size_t n = strspn(*s, set);

	*s += n;
	return n > 0 && n <= 24;
}

static bool word(const char **s, const char *text)
{
	size_t n = strlen(text);
	bool has = strncmp(*s, text, n) == 0;

	*s += has ? n : 0;
	return has;
}

#define VERSION "0123456789."
#define HEX "0123456789abcdef"

/* Programs by which readers tell how a file is meant; of their names only the versions say something to them. */
void od_generator(struct sk_slice in, struct sk_buf *out)
{
	char text[256];
	const char *s = text, *from, *build;

	if (in.n >= sizeof(text) || memchr(in.p, 0, in.n))
		return;
	memcpy(text, in.p, in.n);
	text[in.n] = '\0';
	if (word(&s, "LibreOffice/") || word(&s, "LibreOfficeDev/")) {
		from = s;
		if (run(&s, VERSION))
			sk_buf_printf(out, "LibreOffice/%.*s$Any LibreOffice_project/0",
			    (int)(s - from), from);
		return;
	}
	if (word(&s, "OpenOffice.org/") || word(&s, "OpenOffice/")) {
		from = s;
		if (!run(&s, VERSION))
			return;
		int n = (int)(s - from);
		build = strstr(s, "_project/");
		build = build ? build + 9 : "0";
		size_t m = strspn(build, HEX "m$Build-");
		sk_buf_printf(out, "OpenOffice.org/%.*s$Any OpenOffice.org_project/%.*s", n, from,
		    m <= 40 ? (int)m : 0, build);
		return;
	}
	if (word(&s, "MicrosoftOffice/")) {
		from = s;
		bool version = run(&s, VERSION);
		int n = (int)(s - from);
		if (version && (word(&s, " MicrosoftWord") || word(&s, " MicrosoftExcel") ||
				   word(&s, " MicrosoftPowerPoint")))
			sk_buf_printf(out, "MicrosoftOffice/%.*s%.*s", n, from, (int)(s - from) - n,
			    from + n);
	}
}
