/*
 * Formulas of SpreadsheetML (ISO/IEC 29500-1, 18.17): a scan of their tokens for what reaches
 * outside the workbook or runs something. Pure. Cleaner's jail.
 */
#include "base/utf8.h"
#include "format/ooxml/ox.h"

#define NAME_MAX_CHARS 255 /* of a name that could be a function: Excel's own limit */

static const char *const forbidden[] = {"ABSREF", "ACTIVATE", "ALERT", "CALL", "CANCEL.KEY", "DDE",
    "DIRECTORY", "DELETE", "ECHO", "ENCODEURL", "ENTER.DATA", "ERROR", "EVALUATE", "EXEC",
    "EXECUTE", "FCLOSE", "FILES", "FILE.DELETE", "FILTERXML", "FOPEN", "FORMULA", "FORMULA.ARRAY",
    "FORMULA.FILL", "FREAD", "FREADLN", "FWRITE", "FWRITELN", "GET.CELL", "GET.DOCUMENT",
    "GET.WINDOW", "GET.WORKBOOK", "GET.WORKSPACE", "GOTO", "HALT", "IMAGE", "IMPORTDATA",
    "INITIATE", "KILL", "NEW", "NOTE", "ON.KEY", "ON.RECALC", "ON.TIME", "ON.WINDOW", "OPEN",
    "OPEN.XL", "POKE", "PY", "REGISTER", "REGISTER.ID", "REQUEST", "RTD", "RUN", "SAVE.AS",
    "SEND.KEYS", "SEND.MAIL", "SET.NAME", "SET.VALUE", "SQL.BIND", "SQL.EXEC.QUERY", "SQL.OPEN",
    "SQL.REQUEST", "STOCKHISTORY", "TERMINATE", "UNREGISTER", "VBA.INSERT.FILE", "VBA.MAKE.ADDIN",
    "WEBSERVICE", "WORKBOOK.HIDE"};

static bool is_name(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.' || c == '\\' || c == '?' || c >= 0x80;
}

static bool dropped_sheet(const struct ox_pkg *pkg, const char *s, size_t n)
{
	for (size_t i = 0; i < pkg->nsheets; i++)
		if (!pkg->sheets[i].kept && strlen(pkg->sheets[i].name) == n &&
		    strncasecmp(pkg->sheets[i].name, s, n) == 0)
			return true;
	return false;
}

/* Past a string literal that begins at s ("" stands for a quotation mark in it); NULL when it has no end. */
static const char *past_quoted(const char *s, char quote)
{
	for (s++; *s; s++) {
		if (*s != quote)
			continue;
		if (s[1] != quote)
			return s + 1;
		s++;
	}
	return NULL;
}

static const char *past_blanks(const char *s)
{
	while (*s == ' ' || *s == '\n' || *s == '\r' || *s == '\t')
		s++;
	return s;
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
	return is_name((unsigned char)*s) || (*s && strchr("!'$[", *s)) ? NULL : s;
}

/* Past one cell: letters and digits with dollars, perhaps behind a sheet, or a column of a table. */
static const char *past_cell(const struct ox_pkg *pkg, const char *s)
{
	bool digit = false;

	if (*s == '\'') {
		const char *end = past_quoted(s, '\'');
		if (end == NULL || !quoted_sheet_ok(pkg, s, end))
			return NULL;
		s = end;
	}
	for (; is_name((unsigned char)*s) || *s == '$' || *s == '!'; s++)
		digit = *s >= '0' && *s <= '9';
	if (*s == '[')
		return past_bracket(s);
	return digit ? s : NULL;
}

/* Past a literal that may be followed as a link. */
static const char *past_link(const char *s)
{
	char literal[8200];
	const char *end = past_quoted(s, '"');
	size_t n = end ? (size_t)(end - s) - 2 : 0;

	if (end == NULL || n >= sizeof(literal))
		return NULL;
	memcpy(literal, s + 1, n);
	literal[n] = '\0';
	return ox_link_ok(literal) ? end : NULL;
}

/* The first argument of HYPERLINK: one literal, a concatenation that begins with one, or a cell. */
static bool link_argument_ok(const struct ox_pkg *pkg, const char *s)
{
	s = past_blanks(s);
	bool literal = *s == '"';

	s = literal ? past_link(s) : past_cell(pkg, s);
	if (s == NULL)
		return false;
	s = past_blanks(s);
	return *s == ',' || *s == ')' || *s == ';' || (literal && *s == '&');
}

/* A name as Excel compares it: capitals, full-width forms (U+FF01 to U+FF5E) as plain ones, others as '?'. */
static void plain_name(const char *s, size_t n, char out[NAME_MAX_CHARS + 1])
{
	struct sk_slice raw = sk_slice(s, n);
	size_t len = 0;

	for (size_t pos = 0; pos < raw.n && len < NAME_MAX_CHARS;) {
		int32_t cp = sk_utf8_next(raw, &pos);
		if (cp >= 0xFF01 && cp <= 0xFF5E)
			cp -= 0xFEE0;
		if (cp >= 'a' && cp <= 'z')
			cp -= 32;
		out[len++] = (char)(cp > 0 && cp < 0x80 ? cp : '?');
	}
	out[len] = '\0';
}

static const char *past_prefixes(const char *s)
{
	static const char *const prefixes[] = {"_XLFN.", "_XLWS.", "_XLUDF.", "_XLPM."};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]);) {
		size_t n = strlen(prefixes[i]);
		bool has = strncmp(s, prefixes[i], n) == 0;
		s += has ? n : 0;
		i = has ? 0 : i + 1;
	}
	return s;
}

static bool function_ok(const char *name)
{
	if (strncmp(name, "CUBE", 4) == 0)
		return false;
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
		if (strcmp(forbidden[i], name) == 0)
			return false;
	return true;
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
	const char *next = past_blanks(s + n);
	char plain[NAME_MAX_CHARS + 1];

	if (n > (size_t)NAME_MAX_CHARS * 4)
		return false;
	plain_name(s, n, plain);
	if (is_path(plain, next, before) || strstr(plain, "_XLL."))
		return false;
	if (s[n] == '!')
		return !dropped_sheet(pkg, s, n);
	if (*next != '(')
		return true;
	const char *name = past_prefixes(plain);
	if (strcmp(name, "HYPERLINK") == 0)
		return link_argument_ok(pkg, next + 1);
	return function_ok(name);
}

/* Past the token at s; NULL when it must not stand there. */
static const char *past_token(const struct ox_pkg *pkg, const char *s, char before)
{
	const char *end;

	switch (*s) {
	case '"':
		return past_quoted(s, '"');
	case '\'':
		end = past_quoted(s, '\'');
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
	for (end = s; is_name((unsigned char)*end); end++)
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
	char plain[NAME_MAX_CHARS + 1];
	const char *s = plain;

	plain_name(name, strnlen(name, (size_t)NAME_MAX_CHARS * 4), plain);
	while (strncmp(s, "_XLNM.", 6) == 0)
		s += 6;
	for (size_t i = 0; i < sizeof(automatic) / sizeof(automatic[0]); i++)
		if (strncmp(s, automatic[i], strlen(automatic[i])) == 0)
			return false;
	return true;
}
