/*
 * Names of functions in formulas: those that load, run, send or reach outside, and those that only compute, as
 * Excel and LibreOffice compare them (doc/profiles/ooxml.md, section 7; odf.md, section 6). Pure. Cleaner's jail.
 */
#include "base/utf8.h"
#include "format/office/office.h"

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
static const char *const no_argument[] = {"CALL", "COPILOT", "DDE", "DETECTLANGUAGE", "ENCODEURL",
    "FILTERXML", "HYPERLINK", "IMPORTCSV", "IMPORTDATA", "IMPORTTEXT", "PY", "REGISTER.ID", "RTD",
    "SQL.REQUEST", "STOCKHISTORY", "TRANSLATE", "WEBSERVICE"};

/* What may stand behind _xlfn., _xlws. and _xludf.: functions that came after 2007 and only compute; the same, and
 * no others, may have a dot in their name. */
static const char *const future[] = {"ACOT", "ACOTH", "AGGREGATE", "ANCHORARRAY", "ARABIC",
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

/* Spaces of any kind, and characters that are not seen, make one name look like another (Zs, Cf and the like). */
static bool is_odd(int32_t cp)
{
	return cp <= 0x20 || (cp >= 0x7F && cp <= 0xA0) || cp == 0xAD || cp == 0x34F ||
	       cp == 0x61C || cp == 0x115F || cp == 0x1160 || cp == 0x1680 || cp == 0x17B4 ||
	       cp == 0x17B5 || (cp >= 0x180B && cp <= 0x180F) || (cp >= 0x2000 && cp <= 0x200F) ||
	       (cp >= 0x2028 && cp <= 0x202F) || (cp >= 0x205F && cp <= 0x206F) || cp == 0x2800 ||
	       cp == 0x3000 || cp == 0x3164 || cp == 0xFEFF || cp == 0xFFA0 ||
	       (cp >= 0xFFF0 && cp <= 0xFFFB) || cp >= 0xE0000;
}

/* A name as Excel compares it: capitals, full-width forms (U+FF01 to U+FF5E) as plain ones, others as '?'. False when there are odd
 * characters in it. */
bool sk_function_plain(const char *s, size_t n, char out[SK_FUNCTION_CHARS + 1])
{
	struct sk_slice raw = sk_slice(s, n);
	size_t len = 0;

	for (size_t pos = 0; pos < raw.n && len < SK_FUNCTION_CHARS;) {
		int32_t cp = sk_utf8_next(raw, &pos);
		if (is_odd(cp))
			return false;
		if (cp >= 0xFF01 && cp <= 0xFF5E)
			cp -= 0xFEE0;
		if (cp >= 'a' && cp <= 'z')
			cp -= 32;
		out[len++] = (char)(cp > 0 && cp < 0x80 ? cp : '?');
	}
	out[len] = '\0';
	return true;
}

static bool listed(const char *const *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (list[i][0] == name[0] && strcmp(list[i], name) == 0)
			return true;
	return false;
}

#define LISTED(list, name) listed(list, sizeof(list) / sizeof((list)[0]), name)

bool sk_function_forbidden(const char *plain)
{
	return LISTED(forbidden, plain);
}

bool sk_function_forbidden_bare(const char *plain)
{
	return LISTED(no_argument, plain);
}

bool sk_function_later(const char *plain)
{
	return LISTED(future, plain);
}
