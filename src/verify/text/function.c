/* Names of functions and how programs compare them. Verifier's jail. */
#include "verify/text/function.h"

#include "base/utf8.h"

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
bool sk_vf_plain(struct sk_slice raw, char out[SK_VF_NAME + 1])
{
	size_t n = 0;

	for (size_t pos = 0; pos < raw.n && n < SK_VF_NAME;) {
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

static bool one_of(const char *const *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (*list[i] == *name && strcmp(list[i], name) == 0)
			return true;
	return false;
}

#define ONE_OF(list, name) one_of(list, sizeof(list) / sizeof((list)[0]), name)

bool sk_vf_forbidden(const char *plain)
{
	return ONE_OF(forbidden, plain);
}

bool sk_vf_never_bare(const char *plain)
{
	return ONE_OF(never_bare, plain);
}

bool sk_vf_later(const char *plain)
{
	return ONE_OF(later, plain);
}

bool sk_vf_name_byte(uint8_t b)
{
	return b >= 0x80 || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z') || (b >= '0' && b <= '9') ||
	       b == '_' || b == '.' || b == '?' || b == '\\'; /* with which a name may begin */
}

size_t sk_vf_past_blanks(struct sk_slice f, size_t at)
{
	while (
	    at < f.n && (f.p[at] == ' ' || f.p[at] == '\n' || f.p[at] == '\r' || f.p[at] == '\t'))
		at++;
	return at;
}

/* Doubled marks are part of the content. */
size_t sk_vf_past_quoted(struct sk_slice f, size_t at)
{
	uint8_t mark = f.p[at++];

	while (at < f.n && (f.p[at] != mark || (at + 1 < f.n && f.p[at + 1] == mark)))
		at += f.p[at] == mark ? 2 : 1;
	return at < f.n ? at + 1 : SIZE_MAX;
}

/* "[-3]" of "R[-3]" at `at`: its length, 0 for anything else. */
static size_t relative(struct sk_slice t, size_t at)
{
	size_t from = at + 1, end;
	uint8_t axis = at ? t.p[at - 1] & 0xDF : 0;

	if (axis != 'R' && axis != 'C')
		return 0;
	from += from < t.n && t.p[from] == '-';
	for (end = from; end < t.n && t.p[end] >= '0' && t.p[end] <= '9'; end++)
		continue;
	return end > from && end < t.n && t.p[end] == ']' ? end + 1 - at : 0;
}

static bool stays_inside(struct sk_slice t, bool first)
{
	if (first &&
	    (sk_slice_starts(t, SK_SLICE_LIT("[")) || sk_slice_starts(t, SK_SLICE_LIT("'["))))
		return false;
	for (size_t i = 0; i < t.n; i++) {
		uint8_t ch = t.p[i], next = i + 1 < t.n ? t.p[i + 1] : ']';
		if (ch == '/' || ch == '\\' || ch == '|' || (ch == '\'' && next == '#'))
			return false;
		size_t number = ch == '[' ? relative(t, i) : 0;
		if (number)
			i += number - 1;
		else if (ch == ']' && next != ']' && next != ',' && next != ':' && next != ' ' &&
			 next != '"')
			return false;
	}
	return true;
}

/* Whether the bracket at `at` opens more than a group: a call, an array, a reference. */
static bool opens_other(struct sk_slice f, size_t at)
{
	uint8_t ch = f.p[at], before = at ? f.p[at - 1] : 0;

	if (ch == '[' || ch == '{')
		return true;
	return ch == '(' && (before == '.' || before == '_' || (before >= '0' && before <= '9') ||
				((before | 0x20) >= 'a' && (before | 0x20) <= 'z'));
}

bool sk_vf_indirect(struct sk_slice f)
{
	size_t groups = 0, inner = 0; /* open groups; brackets open since the first that is none */
	bool first = true;

	for (size_t at = 0, end; at < f.n; at = end) {
		uint8_t ch = f.p[at];
		bool quoted = ch == '"' || ch == '\'';
		end = quoted ? sk_vf_past_quoted(f, at) : at + 1;
		end = end == SIZE_MAX ? f.n : end;
		if (groups + inner == 0 && (ch == ',' || ch == ';' || ch == ')'))
			break;
		if (ch == '"' && inner == 0 &&
		    !stays_inside(sk_slice_sub(f, at + 1, end - at - 2), first))
			return false;
		if (ch == '(' || ch == '[' || ch == '{') {
			bool other = inner || opens_other(f, at);
			inner += other;
			groups += !other;
		} else if (ch == ')' || ch == ']' || ch == '}') {
			*(inner ? &inner : &groups) -= inner || groups;
		}
		first = first && (ch == ' ' || ch == '(');
	}
	return true;
}
