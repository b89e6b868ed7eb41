/*
 * Japanese character sets to UTF-8, by the tables of code pages. CP932 with NEC and IBM extensions and 外字 (to the private
 * use area), EUC-JP-MS with JIS X 0212, ISO-2022-JP as CP50220 to CP50222 write it. Cleaner's jail.
 */
#include "format/text/charset.h"

#include <strings.h>

#include "base/err.h"
#include "base/utf8.h"
#include "container/codepage.h"

static const char *const names[SK_CS_COUNT] = {
    [SK_CS_UTF8] = "UTF-8",
    [SK_CS_UTF16LE] = "UTF-16LE",
    [SK_CS_UTF16BE] = "UTF-16BE",
    [SK_CS_UTF32LE] = "UTF-32LE",
    [SK_CS_UTF32BE] = "UTF-32BE",
    [SK_CS_CP932] = "CP932",
    [SK_CS_EUCJP] = "EUC-JP",
    [SK_CS_ISO2022JP] = "ISO-2022-JP",
    [SK_CS_LATIN1] = "Windows-1252",
    [SK_CS_GBK] = "GBK",
    [SK_CS_CP437] = "CP437",
#define SK_CHARSET(id, name, codepage) [SK_CS_##id] = (name),
#include "format/text/charsets.def"
#undef SK_CHARSET
};

static const uint16_t codepages[SK_CS_COUNT] = {
    [SK_CS_CP932] = 932,
    [SK_CS_LATIN1] = 1252,
    [SK_CS_GBK] = 936,
    [SK_CS_CP437] = 437,
#define SK_CHARSET(id, name, codepage) [SK_CS_##id] = (codepage),
#include "format/text/charsets.def"
#undef SK_CHARSET
};

static const struct {
	const char *name;
	enum sk_charset cs;
} aliases[] = {
    {"utf-8", SK_CS_UTF8},
    {"utf8", SK_CS_UTF8},
    {"us-ascii", SK_CS_UTF8},
    {"ascii", SK_CS_UTF8},
    {"shift_jis", SK_CS_CP932},
    {"shift-jis", SK_CS_CP932},
    {"sjis", SK_CS_CP932},
    {"x-sjis", SK_CS_CP932},
    {"windows-31j", SK_CS_CP932},
    {"cp932", SK_CS_CP932},
    {"ms932", SK_CS_CP932},
    {"ms_kanji", SK_CS_CP932},
    {"euc-jp", SK_CS_EUCJP},
    {"eucjp", SK_CS_EUCJP},
    {"x-euc-jp", SK_CS_EUCJP},
    {"iso-2022-jp", SK_CS_ISO2022JP},
    {"iso-8859-1", SK_CS_LATIN1},
    {"latin1", SK_CS_LATIN1},
    {"iso8859-1", SK_CS_LATIN1},
    {"iso_8859-1", SK_CS_LATIN1},
    {"cp1252", SK_CS_LATIN1},
    {"windows-1252", SK_CS_LATIN1},
    {"csshiftjis", SK_CS_CP932},
    {"shift_jisx0213", SK_CS_CP932},
    {"eucjp-ms", SK_CS_EUCJP},
    {"cp51932", SK_CS_EUCJP},
    {"csiso2022jp", SK_CS_ISO2022JP},
    {"iso-2022-jp-1", SK_CS_ISO2022JP},
    {"iso-2022-jp-2", SK_CS_ISO2022JP},
    {"iso-2022-jp-3", SK_CS_ISO2022JP},
    {"iso-2022-jp-ms", SK_CS_ISO2022JP},
    {"cp50220", SK_CS_ISO2022JP},
    {"cp50221", SK_CS_ISO2022JP},
    {"cp50222", SK_CS_ISO2022JP},
    {"gb2312", SK_CS_GBK},
    {"gbk", SK_CS_GBK},
    {"gb18030", SK_CS_GBK},
    {"cp936", SK_CS_GBK},
    {"x-gbk", SK_CS_GBK},
    {"ks_c_5601-1987", SK_CS_KOREAN},
    {"cp949", SK_CS_KOREAN},
    {"uhc", SK_CS_KOREAN},
    {"big5-hkscs", SK_CS_BIG5},
    {"cp950", SK_CS_BIG5},
};

const char *sk_charset_name(enum sk_charset cs)
{
	return names[cs];
}

static bool same_name(const char *a, struct sk_slice b)
{
	return strlen(a) == b.n && b.n && strncasecmp(a, (const char *)b.p, b.n) == 0;
}

enum sk_charset sk_charset_by_name(struct sk_slice name)
{
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (same_name(aliases[i].name, name))
			return aliases[i].cs;
	for (unsigned i = SK_CS_CP437 + 1; i < SK_CS_COUNT; i++)
		if (same_name(names[i], name))
			return (enum sk_charset)i;
	return SK_CS_COUNT;
}

enum sk_charset sk_charset_by_codepage(uint32_t number)
{
	for (unsigned i = 0; i < SK_CS_COUNT; i++)
		if (codepages[i] && codepages[i] == number)
			return (enum sk_charset)i;
	return SK_CS_COUNT;
}

static void put(struct sk_buf *out, uint32_t cp, uint32_t *bad)
{
	if (cp == 0) {
		(*bad)++;
		cp = 0xFFFD;
	}
	sk_utf8_put(out, cp);
}

static size_t ascii_run(struct sk_slice in, size_t at)
{
	size_t end = at;

	while (end < in.n && in.p[end] < 0x80 && in.p[end] != 0x1B)
		end++;
	return end - at;
}

/* What CP932 has at this row and cell of JIS X 0208, in its arithmetic. */
static uint16_t cp932_cell(unsigned row, unsigned cell)
{
	unsigned lead = row / 2 + (row < 62 ? 0x81 : 0xC1);
	unsigned trail = row & 1 ? cell + 0x9F : cell + (cell < 63 ? 0x40 : 0x41);

	return row > 93 || cell > 93
		   ? 0
		   : sk_codepage_pair(sk_codepage_932, (uint8_t)lead, (uint8_t)trail);
}

static uint16_t euc_pair(uint8_t lead, uint8_t trail)
{
	uint16_t cp = sk_codepage_pair(sk_codepage_euc, lead, trail);

	return cp ? cp : cp932_cell(lead - 0xA1U, trail - 0xA1U);
}

/* CP50220 to CP50222 have NEC's selection of IBM's kanji in rows 89 to 92, where EUC-JP-MS has 外字. */
static uint16_t iso_pair(uint8_t lead, uint8_t trail)
{
	bool nec = lead >= 0xA1 + 88 && lead <= 0xA1 + 91;
	uint16_t cp = nec ? cp932_cell(lead - 0xA1U, trail - 0xA1U) : 0;

	return cp ? cp : euc_pair(lead, trail);
}

static void from_eucjp(struct sk_slice in, struct sk_buf *out, uint32_t *bad)
{
	for (size_t at = 0; at < in.n && !out->err;) {
		uint8_t b = in.p[at], b1 = at + 1 < in.n ? in.p[at + 1] : 0,
			b2 = at + 2 < in.n ? in.p[at + 2] : 0;
		size_t n = ascii_run(in, at);
		if (n || b == 0x1B) {
			n = n ? n : 1;
			sk_buf_put(out, in.p + at, n);
		} else if (b == 0x8E && b1 >= 0xA1 && b1 <= 0xDF) {
			put(out, 0xFF61U + b1 - 0xA1, bad);
			n = 2;
		} else if (b == 0x8F && b1 >= 0xA1 && b2 >= 0xA1) {
			put(out, sk_codepage_pair(sk_codepage_jisx0212, b1, b2), bad);
			n = 3;
		} else if (b >= 0xA1 && b1 >= 0xA1) {
			put(out, euc_pair(b, b1), bad);
			n = 2;
		} else {
			put(out, 0, bad);
			n = 1;
		}
		at += n;
	}
}

enum iso2022_set { SET_ASCII, SET_KANA, SET_0208, SET_0212 };

/* The escape sequence at `at`: its length, 0 when it is none of ISO-2022-JP. */
static size_t designate(struct sk_slice in, size_t at, enum iso2022_set *set)
{
	static const struct {
		const char *seq;
		enum iso2022_set set;
	} all[] = {
	    {"\033(B", SET_ASCII},
	    {"\033(J", SET_ASCII},
	    {"\033(H", SET_ASCII},
	    {"\033(I", SET_KANA},
	    {"\033$@", SET_0208},
	    {"\033$B", SET_0208},
	    {"\033$(@", SET_0208},
	    {"\033$(B", SET_0208},
	    {"\033$(D", SET_0212},
	    {"\033&@", SET_0208},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (!sk_slice_starts(sk_slice_sub(in, at, in.n - at), sk_slice_str(all[i].seq)))
			continue;
		if (all[i].seq[1] != '&') /* ESC & @ announces the ESC $ B that follows it */
			*set = all[i].set;
		return strlen(all[i].seq);
	}
	return 0;
}

/* JIS X 0201 Roman is read as ASCII, as every Japanese program does: yen sign and backslash are
 * one. */
static void from_iso2022jp(struct sk_slice in, struct sk_buf *out, uint32_t *bad)
{
	enum iso2022_set set = SET_ASCII;
	bool shifted = false; /* SO: katakana until SI (CP50222) */

	for (size_t at = 0; at < in.n && !out->err;) {
		uint8_t b = in.p[at], b1 = at + 1 < in.n ? in.p[at + 1] : 0;
		size_t n = b == 0x1B ? designate(in, at, &set) : 0;
		if (n) {
			at += n;
			continue;
		}
		n = 1;
		if (b == 0x0E || b == 0x0F) {
			shifted = b == 0x0E;
		} else if (b == '\n' || b == '\r') {
			set = SET_ASCII; /* an unterminated line must not eat the next one */
			shifted = false;
			sk_buf_putc(out, b);
		} else if (b >= 0xA1 && b <= 0xDF) {
			put(out, 0xFF61U + b - 0xA1, bad); /* CP50221 leaves them in eight bits */
		} else if (b >= 0x80) {
			put(out, 0, bad);
		} else if ((set == SET_KANA || shifted) && b >= 0x21 && b <= 0x5F) {
			put(out, 0xFF61U + b - 0x21, bad);
		} else if ((set == SET_0208 || set == SET_0212) && b > 0x20 && b < 0x7F &&
			   b1 > 0x20 && b1 < 0x7F) {
			uint8_t hi = b | 0x80, lo = b1 | 0x80;
			put(out,
			    set == SET_0208 ? iso_pair(hi, lo)
					    : sk_codepage_pair(sk_codepage_jisx0212, hi, lo),
			    bad);
			n = 2;
		} else {
			sk_buf_putc(out, b);
		}
		at += n;
	}
}

static void from_utf8(struct sk_slice in, struct sk_buf *out, uint32_t *bad)
{
	size_t at = 0;

	while (at < in.n && !out->err) {
		size_t n = 0, pos = at;
		while (at + n < in.n && in.p[at + n] < 0x80)
			n++;
		sk_buf_put(out, in.p + at, n);
		pos = at += n;
		int32_t cp = sk_utf8_next(in, &pos);
		if (cp == -2)
			break;
		put(out, cp < 0 ? 0 : (uint32_t)cp, bad);
		at = pos;
	}
}

static void from_utf16(struct sk_slice in, bool be, struct sk_buf *out, uint32_t *bad)
{
	struct sk_reader r = sk_reader(in);

	while (sk_read_left(&r) >= 2 && !out->err) {
		uint32_t cp = be ? sk_read_u16be(&r) : sk_read_u16le(&r);
		if (cp >= 0xD800 && cp < 0xDC00 && sk_read_left(&r) >= 2) {
			struct sk_reader low = r;
			uint32_t next = be ? sk_read_u16be(&low) : sk_read_u16le(&low);
			if (next >= 0xDC00 && next < 0xE000) {
				cp = 0x10000 + ((cp - 0xD800) << 10) + (next - 0xDC00);
				r = low;
			}
		}
		if (cp == 0)
			sk_buf_putc(out, 0); /* the filter of characters counts it */
		else
			put(out, cp >= 0xD800 && cp < 0xE000 ? 0 : cp, bad);
	}
	if (sk_read_left(&r))
		put(out, 0, bad);
}

static void from_utf32(struct sk_slice in, bool be, struct sk_buf *out, uint32_t *bad)
{
	struct sk_reader r = sk_reader(in);

	while (sk_read_left(&r) >= 4 && !out->err) {
		uint32_t cp = be ? sk_read_u32be(&r) : sk_read_u32le(&r);
		if (cp == 0)
			sk_buf_putc(out, 0);
		else
			put(out, cp > 0x10FFFF || (cp >= 0xD800 && cp < 0xE000) ? 0 : cp, bad);
	}
	if (sk_read_left(&r))
		put(out, 0, bad);
}

static struct sk_slice without_mark(enum sk_charset cs, struct sk_slice in)
{
	static const struct {
		enum sk_charset cs;
		struct sk_slice mark;
	} marks[] = {
	    {SK_CS_UTF8, {(const uint8_t *)"\xEF\xBB\xBF", 3}},
	    {SK_CS_UTF16LE, {(const uint8_t *)"\xFF\xFE", 2}},
	    {SK_CS_UTF16BE, {(const uint8_t *)"\xFE\xFF", 2}},
	    {SK_CS_UTF32LE, {(const uint8_t *)"\xFF\xFE\0\0", 4}},
	    {SK_CS_UTF32BE, {(const uint8_t *)"\0\0\xFE\xFF", 4}},
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (marks[i].cs == cs && sk_slice_starts(in, marks[i].mark))
			return sk_slice_sub(in, marks[i].mark.n, in.n);
	return in;
}

int sk_charset_to_utf8(enum sk_charset cs, struct sk_slice in, struct sk_buf *out, uint32_t *bad)
{
	in = without_mark(cs, in);
	switch (cs) {
	case SK_CS_UTF8:
		from_utf8(in, out, bad);
		break;
	case SK_CS_UTF16LE:
	case SK_CS_UTF16BE:
		from_utf16(in, cs == SK_CS_UTF16BE, out, bad);
		break;
	case SK_CS_UTF32LE:
	case SK_CS_UTF32BE:
		from_utf32(in, cs == SK_CS_UTF32BE, out, bad);
		break;
	case SK_CS_EUCJP:
		from_eucjp(in, out, bad);
		break;
	case SK_CS_ISO2022JP:
		from_iso2022jp(in, out, bad);
		break;
	default:
		return sk_codepage_to_utf8(codepages[cs], in, out, bad);
	}
	return out->err;
}
