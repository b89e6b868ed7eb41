/*
 * Field instructions of WordprocessingML (ISO/IEC 29500-1, 17.16.5): those that only compute or
 * refer within the document. Pure. Cleaner's jail.
 */
#include "format/ooxml/ox.h"

static const char *const harmless[] = {"=", "ADVANCE", "AUTHOR", "AUTONUM", "AUTONUMLGL",
    "AUTONUMOUT", "BARCODE", "BIBLIOGRAPHY", "BIDIOUTLINE", "CITATION", "COMMENTS", "COMPARE",
    "CREATEDATE", "DATE", "DISPLAYBARCODE", "DOCPROPERTY", "DOCVARIABLE", "EDITTIME", "EQ",
    "FILENAME", "FILESIZE", "FORMCHECKBOX", "FORMDROPDOWN", "FORMTEXT", "HYPERLINK", "IF", "INDEX",
    "INFO", "KEYWORDS", "LASTSAVEDBY", "LISTNUM", "MERGEFIELD", "NOTEREF", "NUMCHARS", "NUMPAGES",
    "NUMWORDS", "PAGE", "PAGEREF", "PRINTDATE", "QUOTE", "REF", "REVNUM", "SAVEDATE", "SECTION",
    "SECTIONPAGES", "SEQ", "SET", "STYLEREF", "SUBJECT", "SYMBOL", "TA", "TC", "TEMPLATE", "TIME",
    "TITLE", "TOA", "TOC", "USERADDRESS", "USERINITIALS", "USERNAME", "XE"};

/* Words that may not stand anywhere in an instruction outside quotation marks. */
static const char *const forbidden[] = {"ADDIN", "ASK", "AUTOTEXT", "AUTOTEXTLIST", "CONTROL",
    "DATABASE", "DDE", "DDEAUTO", "EMBED", "FILLIN", "GOTOBUTTON", "HTMLCONTROL", "IMPORT",
    "INCLUDE", "INCLUDEPICTURE", "INCLUDETEXT", "LINK", "MACROBUTTON", "PRINT", "RD", "SHAPE"};

static bool in_list(const char *const *list, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(list[i], word) == 0)
			return true;
	return false;
}

#define IN(list, word) in_list(list, sizeof(list) / sizeof((list)[0]), word)

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/*
 * The next word: what stands between blanks, or between quotation marks ("" and the curly ones are
 * not special to Word's parser but for the straight ones). *quoted tells which. NULL at the end.
 */
static const char *next_word(const char *s, char *word, size_t size, bool *quoted)
{
	size_t n = 0;

	while (is_blank(*s))
		s++;
	if (*s == '\0')
		return NULL;
	*quoted = *s == '"';
	if (*quoted)
		s++;
	while (*s && (*quoted ? *s != '"' : !is_blank(*s) && *s != '"')) {
		/* A backslash before a quotation mark or another backslash keeps it in the word. */
		if (*s == '\\' && *quoted && (s[1] == '"' || s[1] == '\\'))
			s++;
		if (n + 1 < size)
			word[n++] = *s;
		s++;
	}
	word[n] = '\0';
	if (*quoted && *s == '"')
		s++;
	return s;
}

static bool takes_argument(const char *sw)
{
	return strchr("loLOstST", sw[1]) && sw[1] && sw[2] == '\0';
}

/* HYPERLINK ["address"] [\l "place"] [\m] [\n] [\o "tip"] [\t "target"] */
static bool hyperlink_ok(const char *s, char *word, size_t size)
{
	bool quoted, address = false, local = false;

	while ((s = next_word(s, word, size, &quoted))) {
		if (!quoted && word[0] == '\\') {
			bool skip = takes_argument(word);
			local |= strcasecmp(word, "\\l") == 0;
			if (skip && (s = next_word(s, word, size, &quoted)) == NULL)
				break;
			continue;
		}
		if (word[0] == '\0')
			continue;
		if (address || !ox_link_ok(word))
			return false;
		address = true;
	}
	return address || local;
}

bool ox_field_ok(const char *instruction)
{
	char word[8256], first[16];
	bool quoted;
	const char *s = next_word(instruction, word, sizeof(word), &quoted), *rest = s;

	if (s == NULL)
		return true; /* an empty field does nothing */
	if (quoted || strlen(word) >= sizeof(first))
		return false;
	memcpy(first, word[0] == '=' ? "=" : word, word[0] == '=' ? 2 : strlen(word) + 1);
	if (!IN(harmless, first) || strchr(instruction, '|'))
		return false;
	if (strcasecmp(first, "QUOTE") == 0)
		for (const char *p = rest; (p = next_word(p, word, sizeof(word), &quoted));)
			if (!quoted && word[0] >= '0' && word[0] <= '9')
				return false;
	while ((s = next_word(s, word, sizeof(word), &quoted)))
		if (!quoted && IN(forbidden, word))
			return false;
	/* Nested instructions may also hide in quotation marks of IF and QUOTE: as text they are
	 * harmless. */
	return strcasecmp(first, "HYPERLINK") != 0 || hyperlink_ok(rest, word, sizeof(word));
}
