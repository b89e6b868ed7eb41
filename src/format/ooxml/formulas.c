/*
 * Formulas of SpreadsheetML (ISO/IEC 29500-1, 18.17): a scan of their tokens for what reaches
 * outside the workbook or runs something. Pure. Cleaner's jail.
 */
#include "format/office/office.h"
#include "format/ooxml/ox.h"

/* Names of the sheets that went, ascending, as they are compared. */
static int by_name(const void *a, const void *b)
{
	return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

int ox_dropped_sheets(struct ox_pkg *pkg)
{
	size_t n = pkg->nsheets - pkg->nkept;

	if (n == 0)
		return 0;
	pkg->dropped = sk_arena_array(pkg->job->arena, n, sizeof(*pkg->dropped));
	if (pkg->dropped == NULL)
		return SK_ENOMEM;
	for (size_t i = 0; i < pkg->nsheets; i++)
		if (!pkg->sheets[i].kept)
			pkg->dropped[pkg->ndropped++] = pkg->sheets[i].name;
	qsort(pkg->dropped, n, sizeof(*pkg->dropped), by_name);
	return 0;
}

static bool dropped_sheet(const struct ox_pkg *pkg, const char *s, size_t n)
{
	size_t lo = 0, hi = pkg->ndropped;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		const char *name = pkg->dropped[mid];
		int c = strncasecmp(name, s, n);
		if (c == 0 && name[n] == '\0')
			return true;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

/* 'Sheet name'! or 'One:Two'!: no path, no workbook, no address, no DDE. */
static bool quoted_sheet_ok(const struct ox_pkg *pkg, const char *s, const char *end)
{
	size_t n = end - s >= 2 ? (size_t)(end - s) - 2 : 0;

	for (size_t i = 1; i <= n; i++)
		if (strchr("[]|\\/*?", s[i]))
			return false;
	const char *colon = memchr(s + 1, ':', n);
	if (colon && memchr(colon + 1, ':', n - (size_t)(colon - s)))
		return false;
	return *end != '!' || !dropped_sheet(pkg, s + 1, n);
}

/* Past a bracket: Table[[#Data],[x]] within the workbook. NULL when it names another one ([1]Sheet!A1), or has no
 * end. */
static const char *past_bracket(const char *s)
{
	unsigned depth = 0;

	for (; *s; s++) {
		if (*s == '\'' && s[1])
			s++;
		else if (*s == '[')
			depth++;
		else if (*s == ']' && --depth == 0)
			break;
	}
	if (*s == '\0')
		return NULL;
	s++;
	return sk_formula_is_name((unsigned char)*s) || (*s && strchr("!'$[", *s)) ? NULL : s;
}

/*
 * The first argument of HYPERLINK: one literal that may be followed as a link, or a concatenation that begins with
 * one and can only make it longer: of a place in the workbook the sheet must be told.
 */
static bool link_argument_ok(const char *args)
{
	char link[SK_FORMULA_LINK];
	bool more;

	if (!sk_formula_link(args, link, &more) ||
	    (more && link[0] == '#' && strchr(link, '!') == NULL))
		return false;
	return ox_link_ok(link);
}

/* *later: one of those that a later function has. */
static const char *past_prefixes(const char *s, bool *later)
{
	static const char *const prefixes[] = {
	    "_XLFN.", "_XLWS.", "_XLUDF.", "_XLPM.", "_XLETA.", "COM.MICROSOFT."};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]);) {
		size_t n = strlen(prefixes[i]);
		bool has = strncmp(s, prefixes[i], n) == 0;
		s += has ? n : 0;
		*later |= has && i < 3;
		i = has ? 0 : i + 1;
	}
	return s;
}

/* A name that is called, or stands alone; `args` is behind the parenthesis, or NULL. */
static bool function_ok(const char *plain, const char *args)
{
	bool later = false;
	const char *name = past_prefixes(plain, &later);

	if (strncmp(name, "CUBE", 4) == 0 && (args || name != plain))
		return false;
	if (args && strcmp(name, "HYPERLINK") == 0)
		return link_argument_ok(args);
	if (args && strcmp(name, "INDIRECT") == 0 && !sk_function_indirect_ok(args))
		return false;
	if ((args || name != plain) && sk_function_forbidden(name))
		return false;
	if (!args && sk_function_forbidden_bare(name))
		return false;
	/* Dots are in names of macro functions (GET.CELL) and of programs (Module1.Run) too. */
	if (later || (args && strchr(name, '.')))
		return sk_function_later(name);
	return strncmp(name, "_XL", 3) != 0 || strncmp(name, "_XLNM.", 6) == 0 ||
	       strncmp(name, "_XLCHART.", 9) == 0;
}

/* \\host or c:\file instead of a name; a sheet's name without quotation marks has no backslash either. */
static bool is_path(const char *name, const char *next, char before)
{
	const char *slash = strchr(name, '\\');

	return slash && (slash[1] == '\\' || *next == '!' || before == ':');
}

/* A run of name characters of n bytes; what follows it decides whether it is a call or a sheet. */
static bool name_ok(const struct ox_pkg *pkg, const char *s, size_t n, char before)
{
	const char *next = sk_formula_past_blanks(s + n);
	char plain[SK_FUNCTION_CHARS + 1];

	if (n > (size_t)SK_FUNCTION_CHARS * 4)
		return false;
	if (!sk_function_plain(s, n, plain) || is_path(plain, next, before) ||
	    strstr(plain, "_XLL."))
		return false;
	if (s[n] == '!')
		return !dropped_sheet(pkg, s, n);
	return function_ok(plain, *next == '(' ? next + 1 : NULL);
}

/* Past the token at s; NULL when it must not stand there. */
static const char *past_token(const struct ox_pkg *pkg, const char *s, char before)
{
	const char *end;

	switch (*s) {
	case '"':
		return sk_formula_past_quoted(s, '"');
	case '\'':
		end = sk_formula_past_quoted(s, '\'');
		return end && quoted_sheet_ok(pkg, s, end) ? end : NULL;
	case '[':
		return past_bracket(s);
	case '|':
		return NULL; /* DDE */
	case ':':
		return s[1] == '/' ? NULL : s + 1; /* file:///…, http://… */
	default:
		break;
	}
	for (end = s; sk_formula_is_name((unsigned char)*end); end++)
		continue;
	if (end == s)
		return s + 1;
	return name_ok(pkg, s, (size_t)(end - s), before) ? end : NULL;
}

bool ox_formula_ok(const struct ox_pkg *pkg, const char *formula)
{
	const char *s = formula;

	while (s && *s)
		s = past_token(pkg, s, s > formula ? s[-1] : 0);
	return s != NULL;
}

bool ox_defined_name_ok(const char *name)
{
	static const char *const automatic[] = {"AUTO_OPEN", "AUTO_CLOSE", "AUTO_ACTIVATE",
	    "AUTO_DEACTIVATE", "AUTOOPEN", "AUTOCLOSE", "AUTOACTIVATE", "AUTODEACTIVATE"};
	char plain[SK_FUNCTION_CHARS + 1];
	const char *s = plain;

	if (!sk_function_plain(name, strnlen(name, (size_t)SK_FUNCTION_CHARS * 4), plain))
		return false;
	while (strncmp(s, "_XLNM.", 6) == 0)
		s += 6;
	if (strncmp(s, "EXCEL_BUILTIN_", 14) == 0) /* LibreOffice's way to keep such a name */
		s += 14;
	for (size_t i = 0; i < sizeof(automatic) / sizeof(automatic[0]); i++)
		if (strncmp(s, automatic[i], strlen(automatic[i])) == 0)
			return false;
	return true;
}
