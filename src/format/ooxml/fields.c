/*
 * Field instructions of WordprocessingML (ISO/IEC 29500-1, 17.16.5): those that only compute or
 * refer within the document. Pure. Cleaner's jail.
 */
#include "format/ooxml/ox.h"

static const char *const harmless[] = {"ADVANCE", "AUTHOR", "AUTONUM", "AUTONUMLGL", "AUTONUMOUT",
    "BARCODE", "BIBLIOGRAPHY", "BIDIOUTLINE", "CITATION", "COMMENTS", "COMPARE", "CREATEDATE",
    "DATE", "DISPLAYBARCODE", "DOCPROPERTY", "DOCVARIABLE", "EDITTIME", "EQ", "FILENAME",
    "FILESIZE", "FORMCHECKBOX", "FORMDROPDOWN", "FORMTEXT", "HYPERLINK", "IF", "INDEX", "INFO",
    "KEYWORDS", "LASTSAVEDBY", "LISTNUM", "MERGEFIELD", "NOTEREF", "NUMCHARS", "NUMPAGES",
    "NUMWORDS", "PAGE", "PAGEREF", "PRINTDATE", "QUOTE", "REF", "REVNUM", "SAVEDATE", "SECTION",
    "SECTIONPAGES", "SEQ", "SET", "STYLEREF", "SUBJECT", "SYMBOL", "TA", "TC", "TEMPLATE", "TIME",
    "TITLE", "TOA", "TOC", "USERADDRESS", "USERINITIALS", "USERNAME", "XE"};

/* Words that may not stand anywhere in an instruction outside quotation marks. */
static const char *const forbidden[] = {"ADDIN", "ASK", "AUTOTEXT", "AUTOTEXTLIST", "CONTROL",
    "DATABASE", "DDE", "DDEAUTO", "EMBED", "FILLIN", "GOTOBUTTON", "HTMLCONTROL", "IMPORT",
    "INCLUDE", "INCLUDEPICTURE", "INCLUDETEXT", "LINK", "MACROBUTTON", "PRINT", "RD", "SHAPE"};

static bool in_list(const char *const *list, size_t n, struct sk_slice word)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(list[i]) == word.n &&
		    strncasecmp(list[i], (const char *)word.p, word.n) == 0)
			return true;
	return false;
}

#define IN(list, word) in_list(list, sizeof(list) / sizeof((list)[0]), word)

static uint8_t at(struct sk_slice s, size_t i)
{
	return i < s.n ? s.p[i] : 0;
}

/* Bytes of the blank at i: also the one that does not break; 0 when there is none. */
static size_t blank(struct sk_slice s, size_t i)
{
	if (at(s, i) == 0xC2 && at(s, i + 1) == 0xA0)
		return 2;
	return i < s.n && strchr(" \t\r\n", s.p[i]) && s.p[i] ? 1 : 0;
}

/* Bytes of the quotation mark at i: the straight one, or one of the curly ones U+201C to U+201F. */
static size_t quote(struct sk_slice s, size_t i, bool curly)
{
	if (at(s, i) == '"')
		return 1;
	bool is = at(s, i) == 0xE2 && at(s, i + 1) == 0x80 && at(s, i + 2) >= 0x9C &&
		  at(s, i + 2) <= 0x9F;
	return curly && is ? 3 : 0;
}

static size_t past_blanks(struct sk_slice s, size_t i)
{
	for (size_t n; (n = blank(s, i)) > 0;)
		i += n;
	return i;
}

/* The run of letters, digits and low lines at i. */
static struct sk_slice word(struct sk_slice s, size_t i)
{
	size_t end = i;

	for (; end < s.n; end++) {
		uint8_t c = s.p[end] | 0x20;
		bool part = (c >= 'a' && c <= 'z') || (s.p[end] >= '0' && s.p[end] <= '9') ||
			    s.p[end] == '_';
		if (!part)
			break;
	}
	return sk_slice_sub(s, i, end - i);
}

/*
 * Whether a forbidden word stands outside quotation marks. Whether curly ones count and what a backslash does
 * depends on who reads it, so each way is tried; `all`: where marks open and close is not known.
 */
static bool forbids(struct sk_slice s, bool escapes, bool curly, bool all)
{
	bool inside = false;

	for (size_t i = 0; i < s.n;) {
		size_t mark = quote(s, i, curly);
		struct sk_slice w = word(s, i);
		if (mark)
			inside = !inside;
		else if (w.n && (all || !inside) && IN(forbidden, w))
			return true;
		i += mark ? mark : w.n ? w.n : escapes && s.p[i] == '\\' ? 2 : 1;
	}
	return false;
}

/* The next argument: what stands between quotation marks, else between blanks. False at the end. */
static bool next_argument(struct sk_slice s, size_t *pos, struct sk_slice *arg)
{
	size_t from = past_blanks(s, *pos), mark = quote(s, from, true), end = from + mark;

	if (from >= s.n)
		return false;
	while (end < s.n && quote(s, end, true) == 0 && (mark || blank(s, end) == 0))
		end++;
	*arg = sk_slice_sub(s, from + mark, end - from - mark);
	*pos = end + (mark ? quote(s, end, true) : 0);
	return true;
}

static bool address_ok(struct sk_slice s)
{
	char text[8200];

	if (s.n >= sizeof(text) || memchr(s.p, 0, s.n))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return ox_link_ok(text);
}

/* The argument of a switch: of \* and \t a word; never another switch. */
static bool switch_argument_ok(uint8_t sw, struct sk_slice arg)
{
	if (arg.n == 0 || arg.p[0] == '\\' || memchr(arg.p, 0, arg.n))
		return false;
	return sw == 'o' || sw == 'l' || word(arg, 0).n == arg.n;
}

/* Behind an address a place is the end of it; alone it must be one of this document. */
static bool place_ok(struct sk_slice s, bool address)
{
	char text[8200] = "#";

	if (s.n >= sizeof(text) - 1)
		return false;
	memcpy(text + 1, s.p, s.n);
	text[s.n + 1] = '\0';
	return address ? strpbrk(text, "\\\"<>") == NULL : ox_link_ok(text);
}

/* HYPERLINK ["address"] [\l "place"] [\m] [\n] [\h] [\o "tip"] [\t "target"] [\* word] (17.16.5.25) */
static bool hyperlink_ok(struct sk_slice s, size_t pos)
{
	struct sk_slice arg, place = {0};
	bool address = false;

	while (next_argument(s, &pos, &arg)) {
		if (arg.n && arg.p[0] == '\\') {
			uint8_t sw = arg.n == 2 ? arg.p[1] | 0x20 : 0;
			if (sw == 0 || strchr("lotmnh*", sw) == NULL)
				return false;
			if (strchr("lot*", sw) == NULL)
				continue;
			if (!next_argument(s, &pos, &arg) || !switch_argument_ok(sw, arg))
				return false;
			if (sw == 'l' && place.n)
				return false;
			place = sw == 'l' ? arg : place;
			continue;
		}
		if (address || !address_ok(arg))
			return false;
		address = true;
	}
	return place.n ? place_ok(place, address) : address;
}

/* QUOTE writes numbers as the characters they stand for. */
static bool quote_ok(struct sk_slice s, size_t pos)
{
	struct sk_slice arg;

	while (next_argument(s, &pos, &arg)) {
		size_t n = 0;
		while (n < arg.n && arg.p[n] && strchr("0123456789abcdefABCDEFxX", arg.p[n]))
			n++;
		if (n && n == arg.n && arg.p[0] <= '9')
			return false;
	}
	return true;
}

bool ox_field_ok(struct sk_slice s, size_t own, bool pieces)
{
	size_t i = past_blanks(s, 0);
	struct sk_slice name = word(s, i);
	bool sum = at(s, i) == '=', nested = own != SIZE_MAX;

	if (i < s.n && !sum && !IN(harmless, name))
		return false;
	/* What something else contributes may say another word tomorrow. */
	if (nested && i + (sum ? 0 : name.n) >= own)
		return false;
	if (s.n && memchr(s.p, '|', s.n))
		return false;
	for (unsigned way = 0; way < 4; way++)
		if (forbids(s, way & 1, way & 2, pieces))
			return false;
	if (name.n == 9 && strncasecmp((const char *)name.p, "HYPERLINK", 9) == 0)
		return !nested && hyperlink_ok(s, i + name.n);
	if (name.n == 5 && strncasecmp((const char *)name.p, "QUOTE", 5) == 0)
		return !nested && quote_ok(s, i + name.n);
	return true;
}
