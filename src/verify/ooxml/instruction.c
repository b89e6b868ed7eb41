/* Field instructions of Word (ISO/IEC 29500-1, 17.16; doc/profiles/ooxml.md, section 5). Verifier's jail. */
#include <strings.h>

#include "verify/ooxml/value.h"

#define MAX_WORD 20 /* longer than any field name */

/* Fields that show something of this document or of the program, and do nothing else. */
static const char *const harmless[] = {
    "ADVANCE",
    "AUTHOR",
    "AUTONUM",
    "AUTONUMLGL",
    "AUTONUMOUT",
    "BARCODE",
    "BIBLIOGRAPHY",
    "BIDIOUTLINE",
    "CITATION",
    "COMMENTS",
    "COMPARE",
    "CREATEDATE",
    "DATE",
    "DOCPROPERTY",
    "DOCVARIABLE",
    "DISPLAYBARCODE",
    "EDITTIME",
    "EQ",
    "FILENAME",
    "FILESIZE",
    "FORMCHECKBOX",
    "FORMDROPDOWN",
    "FORMTEXT",
    "HYPERLINK",
    "IF",
    "INDEX",
    "INFO",
    "KEYWORDS",
    "LASTSAVEDBY",
    "LISTNUM",
    "MERGEFIELD",
    "NOTEREF",
    "NUMCHARS",
    "NUMPAGES",
    "NUMWORDS",
    "PAGE",
    "PAGEREF",
    "PRINTDATE",
    "QUOTE",
    "REF",
    "REVNUM",
    "SAVEDATE",
    "SECTION",
    "SECTIONPAGES",
    "SEQ",
    "SET",
    "STYLEREF",
    "SUBJECT",
    "SYMBOL",
    "TA",
    "TC",
    "TEMPLATE",
    "TIME",
    "TITLE",
    "TOA",
    "TOC",
    "USERADDRESS",
    "USERINITIALS",
    "USERNAME",
    "XE",
};

/* Words that must not stand outside quotes in any instruction. */
static const char *const harmful[] = {
    "DDE",
    "DDEAUTO",
    "INCLUDETEXT",
    "INCLUDEPICTURE",
    "LINK",
    "IMPORT",
    "DATABASE",
    "MACROBUTTON",
    "GOTOBUTTON",
    "AUTOTEXT",
    "AUTOTEXTLIST",
    "PRINT",
    "ADDIN",
    "RD",
    "ASK",
    "FILLIN",
    "CONTROL",
    "HTMLCONTROL",
    "EMBED",
    "SHAPE",
    "INCLUDE",
};

static bool listed(const char *const *list, size_t n, struct sk_slice word)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(list[i]) == word.n &&
		    strncasecmp(list[i], (const char *)word.p, word.n) == 0)
			return true;
	return false;
}

static bool letter(uint8_t ch)
{
	return ((ch | 0x20) >= 'a' && (ch | 0x20) <= 'z') || (ch >= '0' && ch <= '9') || ch == '_';
}

static struct sk_slice word_at(struct sk_slice s, size_t i)
{
	size_t n = 0;

	while (i + n < s.n && letter(s.p[i + n]))
		n++;
	return sk_slice_sub(s, i, n);
}

/* Bytes of a blank at i, U+00A0 among them, or 0. */
static size_t blank_at(struct sk_slice s, size_t i)
{
	if (s.n - i >= 2 && s.p[i] == 0xc2 && s.p[i + 1] == 0xa0)
		return 2;
	return s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\n' || s.p[i] == '\r';
}

static size_t skip_blanks(struct sk_slice s, size_t i)
{
	size_t n;

	while (i < s.n && (n = blank_at(s, i)) != 0)
		i += n;
	return i;
}

/* Bytes of a quotation mark at i, or 0. */
static size_t quote_at(struct sk_slice s, size_t i, bool curly)
{
	if (s.p[i] == '"')
		return 1;
	if (curly && s.n - i >= 3 && s.p[i] == 0xe2 && s.p[i + 1] == 0x80 && s.p[i + 2] >= 0x9c &&
	    s.p[i + 2] <= 0x9f)
		return 3;
	return 0;
}

/* Is there a harmful word outside quotes, when quotes are read that way? */
static bool has_harmful(struct sk_slice s, bool escapes, bool curly, bool ignore_quotes)
{
	bool inside = false;

	for (size_t i = 0; i < s.n;) {
		size_t n = quote_at(s, i, curly);
		if (n) {
			inside = !inside;
			i += n;
		} else if (escapes && s.p[i] == '\\') {
			i += 2;
		} else if (letter(s.p[i])) {
			struct sk_slice word = word_at(s, i);
			if ((!inside || ignore_quotes) &&
			    listed(harmful, sizeof(harmful) / sizeof(harmful[0]), word))
				return true;
			i += word.n;
		} else {
			i++;
		}
	}
	return false;
}

/* The next argument from *i: a switch, a quoted text or a bare one. False at the end. */
static bool next_arg(struct sk_slice s, size_t *i, struct sk_slice *arg)
{
	size_t from = skip_blanks(s, *i), n;

	if (from >= s.n)
		return false;
	n = quote_at(s, from, true);
	size_t end = from + n;
	if (n) {
		while (end < s.n && quote_at(s, end, true) == 0)
			end++;
		*arg = sk_slice_sub(s, from + n, end - from - n);
		*i = end < s.n ? end + quote_at(s, end, true) : end;
	} else {
		while (end < s.n && blank_at(s, end) == 0 && quote_at(s, end, true) == 0)
			end++;
		*arg = sk_slice_sub(s, from, end - from);
		*i = end;
	}
	return true;
}

/* What follows a switch that wants something: a place, a tip, a word. */
static bool switch_value(struct sk_slice s, size_t *i, uint8_t sw, struct sk_slice *place)
{
	struct sk_slice arg;

	if (!next_arg(s, i, &arg) || arg.n == 0 || arg.p[0] == '\\' || memchr(arg.p, 0, arg.n))
		return false;
	if (sw == 'l' && place->n)
		return false;
	if (sw == 'l')
		*place = arg;
	return sw == 'o' || sw == 'l' || word_at(arg, 0).n == arg.n;
}

/* Behind a target a place is the end of it; alone it is in this document. */
static bool good_place(struct sk_slice place, bool target)
{
	for (size_t i = 0; i < place.n; i++)
		if (place.p[i] && strchr("\\\"<>", place.p[i]))
			return false;
	return target || sk_oo_place(place);
}

/* HYPERLINK [target] [\l place] [\o tip] [\t frame] [\m] [\n] [\h] [\* word]; `i` is behind the name. */
static bool hyperlink(struct sk_slice s, size_t i, const char **why)
{
	struct sk_slice arg;
	struct sk_slice place = {0};
	bool target = false;

	while (next_arg(s, &i, &arg)) {
		if (arg.n && arg.p[0] == '\\') {
			uint8_t sw = arg.n == 2 ? arg.p[1] | 0x20 : '?';
			bool wants = strchr("lot*", sw) != NULL;
			if (!wants && strchr("mnh", sw) == NULL)
				*why = "HYPERLINK with an unknown switch";
			else if (wants && !switch_value(s, &i, sw, &place))
				*why = "HYPERLINK with an unknown value of a switch";
			continue;
		}
		if (target || !sk_oo_link(arg))
			*why = "HYPERLINK to a place that is not allowed";
		target = true;
	}
	if (!good_place(place, target))
		*why = "HYPERLINK to a place that is not allowed";
	if (!target && place.n == 0)
		*why = "HYPERLINK without a target";
	return *why == NULL;
}

/* QUOTE with numbers would write its text as character codes. */
static bool plain_quote(struct sk_slice s, size_t i)
{
	struct sk_slice arg;

	while (next_arg(s, &i, &arg)) {
		bool number = arg.n > 0;
		for (size_t j = 0; j < arg.n; j++)
			number = number && ((arg.p[j] >= '0' && arg.p[j] <= '9') ||
					       strchr("xXabcdefABCDEF", arg.p[j]));
		if (number && arg.p[0] >= '0' && arg.p[0] <= '9')
			return false;
	}
	return true;
}

bool sk_oo_instruction(struct sk_slice s, size_t own, bool pieces, const char **why)
{
	size_t i = skip_blanks(s, 0);
	struct sk_slice name = word_at(s, i);
	bool nested = own != SIZE_MAX;

	*why = NULL;
	if (nested && (i >= own || (s.p[i] != '=' && i + name.n >= own)))
		*why = "first word of a field is not its own alone";
	if (s.n && memchr(s.p, '|', s.n))
		*why = "bar in an instruction";
	if (*why == NULL && i < s.n && s.p[i] != '=' &&
	    (name.n > MAX_WORD || !listed(harmless, sizeof(harmless) / sizeof(harmless[0]), name)))
		*why = "field is not a listed one";
	for (unsigned how = 0; *why == NULL && how < 4; how++)
		if (has_harmful(s, how & 1, how & 2, pieces))
			*why = "field that could load or run something";
	if (*why)
		return false;
	if (name.n == 9 && strncasecmp((const char *)name.p, "HYPERLINK", 9) == 0 && nested)
		*why = "HYPERLINK with something else in it";
	else if (name.n == 9 && strncasecmp((const char *)name.p, "HYPERLINK", 9) == 0)
		return hyperlink(s, i + name.n, why);
	if (name.n == 5 && strncasecmp((const char *)name.p, "QUOTE", 5) == 0 &&
	    (nested || !plain_quote(s, i + name.n)))
		*why = "QUOTE with character codes or a field";
	return *why == NULL;
}
