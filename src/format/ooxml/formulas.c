/*
 * Formulas of SpreadsheetML (ISO/IEC 29500-1, 18.17): a scan of their tokens for what reaches
 * outside the workbook or runs something. Pure. Cleaner's jail.
 */
#include "format/ooxml/ox.h"

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

/* Past a string literal that begins at s ("" stands for a quotation mark in it). */
static const char *past_quoted(const char *s, char quote)
{
	for (s++; *s; s++) {
		if (*s != quote)
			continue;
		if (s[1] != quote)
			return s + 1;
		s++;
	}
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

/* The argument of HYPERLINK: a literal that may be followed, or a reference within the workbook. */
static bool link_argument_ok(const char *s)
{
	char literal[1024];
	size_t n = 0;

	while (*s == ' ' || *s == '\n' || *s == '\r' || *s == '\t')
		s++;
	if (*s != '"')
		return (*s >= 'A' && *s <= 'Z') || (*s >= 'a' && *s <= 'z') || *s == '$' ||
		       *s == '_' || *s == '\'' || (unsigned char)*s >= 0x80;
	const char *end = past_quoted(s, '"');
	for (const char *p = s + 1; p + 1 < end && n + 1 < sizeof(literal); p++)
		literal[n++] = *p;
	literal[n] = '\0';
	return (size_t)(end - s) < sizeof(literal) && ox_link_ok(literal);
}

static const char *skip_prefixes(const char *s, size_t *n, bool *user)
{
	static const char *const prefixes[] = {"_xlfn.", "_xlws.", "_xludf.", "_xlpm."};
	bool more = true;

	*user = *n > 5 && strncasecmp(s, "_xll.", 5) == 0;
	while (more) {
		more = false;
		for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
			size_t len = strlen(prefixes[i]);
			if (*n <= len || strncasecmp(s, prefixes[i], len) != 0)
				continue;
			s += len;
			*n -= len;
			more = true;
		}
	}
	*user |= *n > 5 && strncasecmp(s, "_xll.", 5) == 0;
	return s;
}

/* A run of name characters of n bytes; what follows it decides whether it is a call or a sheet. */
static bool name_ok(const struct ox_pkg *pkg, const char *s, size_t n)
{
	const char *next = s + n;
	bool user;

	if (*next == '!')
		return !dropped_sheet(pkg, s, n);
	const char *name = skip_prefixes(s, &n, &user);
	if (user)
		return false;
	while (*next == ' ' || *next == '\n' || *next == '\r' || *next == '\t')
		next++;
	if (*next != '(')
		return true;
	if (n == 9 && strncasecmp(name, "HYPERLINK", 9) == 0)
		return link_argument_ok(next + 1);
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
		if (strlen(forbidden[i]) == n && strncasecmp(forbidden[i], name, n) == 0)
			return false;
	return true;
}

/* Past a bracket: Table[[#Data],[x]] within the workbook; [1]Sheet!A1 names another workbook. */
static const char *past_bracket(const char *s, bool after_name, bool *ok)
{
	unsigned depth = 0;

	for (; *s; s++) {
		if (*s == '\'' && s[1])
			s++;
		else if (*s == '[')
			depth++;
		else if (*s == ']' && --depth == 0) {
			s++;
			break;
		}
	}
	if (!after_name)
		*ok = !is_name((unsigned char)*s) && *s != '!' && *s != '\'' && *s != '[';
	return s;
}

bool ox_formula_ok(const struct ox_pkg *pkg, const char *s)
{
	bool after_name = false, ok = true;

	while (*s && ok) {
		const char *at = s;
		if (*s == '"') {
			s = past_quoted(s, '"');
		} else if (*s == '\'') {
			s = past_quoted(s, '\'');
			ok = quoted_sheet_ok(pkg, at, s);
		} else if (*s == '[') {
			s = past_bracket(s, after_name, &ok);
		} else if (*s == '|') {
			ok = false;
		} else if (is_name((unsigned char)*s)) {
			while (is_name((unsigned char)*s))
				s++;
			ok = name_ok(pkg, at, (size_t)(s - at));
			/* file:///…, http://… */
			ok = ok && strncmp(s, "://", 3) != 0;
			after_name = true;
			continue;
		} else {
			s++;
		}
		after_name = false;
	}
	return ok;
}

bool ox_defined_name_ok(const char *name)
{
	static const char *const automatic[] = {"AUTO_OPEN", "AUTO_CLOSE", "AUTO_ACTIVATE",
	    "AUTO_DEACTIVATE", "AUTOOPEN", "AUTOCLOSE", "AUTOACTIVATE", "AUTODEACTIVATE"};

	if (strncasecmp(name, "_xlnm.", 6) == 0)
		name += 6;
	for (size_t i = 0; i < sizeof(automatic) / sizeof(automatic[0]); i++)
		if (strncasecmp(name, automatic[i], strlen(automatic[i])) == 0)
			return false;
	return true;
}
