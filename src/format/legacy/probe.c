/*
 * Office files that are no compound files: Word 2, single sheets and books of Excel 2 to 4, WordPerfect 5 and later, and the XML of
 * Office 2003. What is claimed here LibreOffice has a reader for. Cleaner's jail.
 */
#include "format/legacy/survey.h"

#define XML_HEAD ((size_t)8 << 10) /* the root element begins within */
#define RECORDS 8                  /* that must fit before a stream counts as a sheet */

/* Word 1 and 2: magic, version, and a text that lies within the file (fcMin, fcMac). */
bool sk_legacy_is_word2(struct sk_slice in)
{
	struct sk_reader r = sk_reader(in);
	uint16_t magic = sk_read_u16le(&r), version = sk_read_u16le(&r);

	sk_read_seek(&r, 24);
	uint32_t begin = sk_read_u32le(&r), end = sk_read_u32le(&r);
	return !r.bad && magic == 0xA5DB && version >= 0x21 && version <= 0x3F && begin >= 32 &&
	       begin <= end && end <= in.n;
}

/* BOF of version 2, 3 or 4, of a sheet or a book, and some records behind it. [MS-XLS] 2.4.21 knows the later ones. */
bool sk_legacy_is_biff(struct sk_slice in)
{
	struct sk_reader r = sk_reader(in);
	uint16_t type = sk_read_u16le(&r), n = sk_read_u16le(&r);

	(void)sk_read_u16le(&r);
	uint16_t what = sk_read_u16le(&r);
	bool bof =
	    (type == 0x0009 && n == 4) || (type == 0x0209 && n == 6) || (type == 0x0409 && n == 6);
	if (r.bad || !bof || (what != 0x10 && what != 0x100))
		return false;
	sk_read_seek(&r, 4 + (size_t)n);
	for (int i = 0; i < RECORDS && !r.bad; i++) {
		type = sk_read_u16le(&r);
		n = sk_read_u16le(&r);
		if (type == 0x000A) /* EOF */
			return !r.bad;
		if (type == 0 || type > 0x0FFF)
			return false;
		sk_read_skip(&r, n);
	}
	return !r.bad;
}

/* Prefix of WordPerfect: pointer to the text, product 1 (WordPerfect), kind 10 (document). */
bool sk_legacy_is_wordperfect(struct sk_slice in)
{
	struct sk_reader r = sk_reader(in);

	sk_read_seek(&r, 4);
	uint32_t text = sk_read_u32le(&r);
	uint8_t product = sk_read_u8(&r), kind = sk_read_u8(&r);
	return sk_slice_starts(in, SK_SLICE_LIT("\xFFWPC")) && !r.bad && text >= 16 &&
	       text <= in.n && product == 1 && kind == 10;
}

/* The start tag of the root element of XML without document type; empty where there is none. */
static struct sk_slice root_tag(struct sk_slice in)
{
	struct sk_slice head = sk_slice_sub(in, 0, XML_HEAD);
	size_t at = sk_slice_starts(head, SK_SLICE_LIT("\xEF\xBB\xBF")) ? 3 : 0;

	if (!sk_slice_starts(sk_slice_sub(head, at, 5), SK_SLICE_LIT("<?xml")))
		return sk_slice("", 0);
	for (;;) {
		size_t open = sk_slice_find(head, at, SK_SLICE_LIT("<"));
		struct sk_slice rest = sk_slice_sub(head, open, head.n);
		bool note = sk_slice_starts(rest, SK_SLICE_LIT("<!--"));
		if (rest.n < 2 || (rest.p[1] == '!' && !note))
			return sk_slice("", 0);
		struct sk_slice end = note ? SK_SLICE_LIT("-->") : SK_SLICE_LIT(">");
		size_t close = sk_slice_find(head, open, end);
		if (close >= head.n)
			return sk_slice("", 0);
		if (!note && rest.p[1] != '?')
			return sk_slice_sub(head, open + 1, close - open - 1);
		at = close + end.n;
	}
}

/* Whether a root element has this local name, and this namespace on it. */
static bool is_root(struct sk_slice tag, const char *name, const char *space)
{
	size_t n = 0, colon = 0;

	while (n < tag.n && !strchr(" \t\r\n/>", tag.p[n])) {
		if (tag.p[n] == ':')
			colon = n + 1;
		n++;
	}
	return sk_slice_is(sk_slice_sub(tag, colon, n - colon), name) &&
	       sk_slice_find(tag, n, sk_slice_str(space)) < tag.n;
}

enum sk_filetype sk_legacy_xml_kind(struct sk_slice in)
{
	struct sk_slice tag = root_tag(in);

	if (is_root(
		tag, "wordDocument", "\"http://schemas.microsoft.com/office/word/2003/wordml\""))
		return SK_FT_WORD_XML;
	if (is_root(tag, "Workbook", "\"urn:schemas-microsoft-com:office:spreadsheet\""))
		return SK_FT_EXCEL_XML;
	return SK_FT_UNKNOWN;
}

void sk_legacy_probe(struct sk_slice in, const char *name, struct sk_report *claims)
{
	enum sk_filetype xml = sk_legacy_xml_kind(in);

	if (sk_legacy_is_word2(in))
		sk_report_claim(claims, SK_FT_DOC, SK_CLAIM_STRUCTURE, 0, "Word 2 header");
	if (sk_legacy_is_biff(in))
		sk_report_claim(
		    claims, SK_FT_XLS, SK_CLAIM_STRUCTURE, 0, "records of Excel 2 to 4");
	if (sk_legacy_is_wordperfect(in))
		sk_report_claim(
		    claims, SK_FT_WORDPERFECT, SK_CLAIM_STRUCTURE, 0, "WordPerfect prefix");
	if (xml != SK_FT_UNKNOWN)
		sk_report_claim(claims, xml, SK_CLAIM_STRUCTURE, 0, "root element");
}
