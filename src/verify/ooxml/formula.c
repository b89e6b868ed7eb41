/*
 * Formulas (ISO/IEC 29500-1, 18.17; doc/profiles/ooxml.md, section 7): a tokeniser that knows strings, quoted
 * sheet names, brackets and names, and what each must not be. Verifier's jail.
 */
#include <strings.h>

#include "verify/ooxml/value.h"

#include "base/utf8.h"

#define MAX_NAME 255 /* bytes of a name that could be a function: Excel allows 255 characters */

/* Functions that load, run, send or reach outside; worksheet and macro ones. Names that start with CUBE too. */
static const char *const forbidden[] = {"ABSREF", "ACTIVATE", "ALERT", "ARGUMENT", "CALL", "CALLER",
    "COPILOT", "DDE", "DDEINIT", "DELETE", "DETECTLANGUAGE", "DIRECTORY", "DOCUMENTS", "ECHO",
    "EMBED", "ENCODEURL", "ERROR", "EVALUATE", "EXEC", "EXECUTE", "FCLOSE", "FILES", "FILTERXML",
    "FOPEN", "FORMULA", "FREAD", "FREADLN", "FWRITE", "FWRITELN", "GOTO", "HALT", "IMAGE",
    "IMPORTCSV", "IMPORTDATA", "IMPORTTEXT", "INITIATE", "INPUT", "KILL", "LINKS", "MAIL",
    "MESSAGE", "NEW", "NOTE", "OPEN", "POKE", "PRINT", "PY", "REGISTER", "REQUEST", "RESULT",
    "RETURN", "RTD", "RUN", "STOCKHISTORY", "TERMINATE", "TRANSLATE", "UNREGISTER", "VOLATILE",
    "WEBSERVICE", "WINDOWS"};

/* Those of worksheets that may be handed on by their bare name (_xleta.NAME, MAP(A1:A9,NAME)). */
static const char *const never_bare[] = {"CALL", "COPILOT", "DDE", "DETECTLANGUAGE", "ENCODEURL",
    "FILTERXML", "HYPERLINK", "IMPORTCSV", "IMPORTDATA", "IMPORTTEXT", "PY", "REGISTER.ID", "RTD",
    "SQL.REQUEST", "STOCKHISTORY", "TRANSLATE", "WEBSERVICE"};

/* What may stand behind _xlfn., _xlws. and _xludf.: functions that came after 2007 and only compute; the same, and
 * no others, may have a dot in their name. */
static const char *const later[] = {"ACOT", "ACOTH", "AGGREGATE", "ANCHORARRAY", "ARABIC",
    "ARRAYTOTEXT", "AVERAGEIF", "AVERAGEIFS", "BASE", "BETA.DIST", "BETA.INV", "BINOM.DIST",
    "BINOM.DIST.RANGE", "BINOM.INV", "BITAND", "BITLSHIFT", "BITOR", "BITRSHIFT", "BITXOR", "BYCOL",
    "BYROW", "CEILING.MATH", "CEILING.PRECISE", "CHISQ.DIST", "CHISQ.DIST.RT", "CHISQ.INV",
    "CHISQ.INV.RT", "CHISQ.TEST", "CHOOSECOLS", "CHOOSEROWS", "COMBINA", "CONCAT",
    "CONFIDENCE.NORM", "CONFIDENCE.T", "COT", "COTH", "COUNTIFS", "COVARIANCE.P", "COVARIANCE.S",
    "CSC", "CSCH", "DAYS", "DECIMAL", "DROP", "ERF.PRECISE", "ERFC.PRECISE", "ERROR.TYPE", "EXPAND",
    "EXPON.DIST", "F.DIST", "F.DIST.RT", "F.INV", "F.INV.RT", "F.TEST", "FIELDVALUE", "FILTER",
    "FLOOR.MATH", "FLOOR.PRECISE", "FORECAST.ETS", "FORECAST.ETS.CONFINT",
    "FORECAST.ETS.SEASONALITY", "FORECAST.ETS.STAT", "FORECAST.LINEAR", "FORMULATEXT", "GAMMA",
    "GAMMA.DIST", "GAMMA.INV", "GAMMALN.PRECISE", "GAUSS", "GROUPBY", "HSTACK", "HYPGEOM.DIST",
    "IFERROR", "IFNA", "IFS", "IMCOSH", "IMCOT", "IMCSC", "IMCSCH", "IMSEC", "IMSECH", "IMSINH",
    "IMTAN", "ISFORMULA", "ISO.CEILING", "ISOMITTED", "ISOWEEKNUM", "LAMBDA", "LET", "LOGNORM.DIST",
    "LOGNORM.INV", "MAKEARRAY", "MAP", "MAXIFS", "MINIFS", "MODE.MULT", "MODE.SNGL", "MUNIT",
    "NEGBINOM.DIST", "NETWORKDAYS.INTL", "NORM.DIST", "NORM.INV", "NORM.S.DIST", "NORM.S.INV",
    "NUMBERVALUE", "PDURATION", "PERCENTILE.EXC", "PERCENTILE.INC", "PERCENTOF", "PERCENTRANK.EXC",
    "PERCENTRANK.INC", "PERMUTATIONA", "PHI", "PIVOTBY", "POISSON.DIST", "QUARTILE.EXC",
    "QUARTILE.INC", "RANDARRAY", "RANK.AVG", "RANK.EQ", "REDUCE", "REGEXEXTRACT", "REGEXREPLACE",
    "REGEXTEST", "RRI", "SCAN", "SEC", "SECH", "SEQUENCE", "SHEET", "SHEETS", "SINGLE", "SKEW.P",
    "SORT", "SORTBY", "STDEV.P", "STDEV.S", "SUMIFS", "SWITCH", "T.DIST", "T.DIST.2T", "T.DIST.RT",
    "T.INV", "T.INV.2T", "T.TEST", "TAKE", "TEXTAFTER", "TEXTBEFORE", "TEXTJOIN", "TEXTSPLIT",
    "TOCOL", "TOROW", "TRIMRANGE", "UNICHAR", "UNICODE", "UNIQUE", "VALUETOTEXT", "VAR.P", "VAR.S",
    "VSTACK", "WEIBULL.DIST", "WORKDAY.INTL", "WRAPCOLS", "WRAPROWS", "XLOOKUP", "XMATCH", "XOR",
    "Z.TEST", "_TRO_ALL", "_TRO_LEADING", "_TRO_TRAILING", "__XLUDF.DUMMYFUNCTION"};

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

/* Blanks, controls and characters without a shape: they hide what a name is. */
static bool hides(int32_t cp)
{
	static const struct {
		int32_t from, to;
	} ranges[] = {{0, 0x20}, {0x7f, 0xa0}, {0xad, 0xad}, {0x34f, 0x34f}, {0x61c, 0x61c},
	    {0x115f, 0x1160}, {0x1680, 0x1680}, {0x17b4, 0x17b5}, {0x180b, 0x180f},
	    {0x2000, 0x200f}, {0x2028, 0x202f}, {0x205f, 0x206f}, {0x2800, 0x2800},
	    {0x3000, 0x3000}, {0x3164, 0x3164}, {0xfeff, 0xfeff}, {0xffa0, 0xffa0},
	    {0xfff0, 0xfffb}, {0xe0000, 0x10ffff}};

	for (size_t i = 0; cp > 0x7e && i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (cp >= ranges[i].from && cp <= ranges[i].to)
			return true;
	return cp <= 0x20;
}

/* Letters as they count: A–Z large, full-width forms as plain ones. False: something in it hides. */
static bool plain_name(struct sk_slice raw, char out[MAX_NAME + 1])
{
	size_t n = 0;

	for (size_t pos = 0; pos < raw.n && n < MAX_NAME;) {
		int32_t cp = sk_utf8_next(raw, &pos);
		if (hides(cp))
			return false;
		if (cp >= 0xff01 && cp <= 0xff5e)
			cp -= 0xfee0;
		if (cp >= 'a' && cp <= 'z')
			cp -= 0x20;
		out[n++] = cp > 0 && cp < 0x80 ? (char)cp : '?';
	}
	out[n] = '\0';
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

static bool one_of(const char *const *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (*list[i] == *name && strcmp(list[i], name) == 0)
			return true;
	return false;
}

#define ONE_OF(list, name) one_of(list, sizeof(list) / sizeof((list)[0]), name)

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
	if (!skip_quoted(f, '"'))
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

	if (use ? ONE_OF(forbidden, name) || strncmp(name, "CUBE", 4) == 0
		: ONE_OF(never_bare, name))
		return bad(f, "function that loads, runs or calls something");
	if (called && strcmp(name, "HYPERLINK") == 0)
		return hyperlink(f);
	bool plain_xl = strncmp(name, "_XLNM.", 6) == 0 || strncmp(name, "_XLCHART.", 9) == 0;
	if ((newer || (called && strchr(name, '.'))) && !ONE_OF(later, name))
		return bad(f, "function that is not listed");
	if (!newer && strncmp(name, "_XL", 3) == 0 && !plain_xl)
		return bad(f, "name of an unknown kind");
	return !use || called || !ONE_OF(never_bare, name) ||
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
	char name[MAX_NAME + 1];
	size_t from = f->pos;

	while (name_byte(at(f, f->pos)))
		f->pos++;
	size_t end = f->pos;
	skip_blanks(f);
	if (end - from > (size_t)MAX_NAME * 4)
		return bad(f, "name is longer than allowed");
	if (!plain_name(sk_slice_sub(f->s, from, end - from), name))
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

	if (!plain_name(sk_slice_sub(name, 0, (size_t)MAX_NAME * 4), plain))
		return false;
	while (strncmp(p, "_XLNM.", 6) == 0)
		p += 6;
	p += strncmp(p, "EXCEL_BUILTIN_", 14) == 0 ? 14 : 0;
	for (size_t i = 0; i < sizeof(automatic) / sizeof(automatic[0]); i++)
		if (strncmp(p, automatic[i], strlen(automatic[i])) == 0)
			return false;
	return true;
}
