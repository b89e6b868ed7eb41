/*
 * Character sets of mails. Labels are often wrong or missing: text is read as its label says, and where that leaves
 * unreadable characters, as it looks. Cleaner's jail.
 */
#include "format/mail/mail.h"

#include <strings.h>

#include "base/utf8.h"
#include "container/codepage.h"
#include "format/text/charset.h"

#define SETS (sizeof(sets) / sizeof(sets[0]))

/* One byte a character; by the names that mails and code pages of Windows use. */
static const struct {
	const char *name;
	uint16_t codepage;
} sets[] = {{"iso-8859-2", 28592}, {"iso-8859-3", 28593}, {"iso-8859-4", 28594},
    {"iso-8859-5", 28595}, {"iso-8859-6", 28596}, {"iso-8859-7", 28597}, {"iso-8859-8", 28598},
    {"iso-8859-9", 28599}, {"iso-8859-10", 28600}, {"iso-8859-13", 28603}, {"iso-8859-14", 28604},
    {"iso-8859-15", 28605}, {"iso-8859-16", 28606}, {"windows-1250", 1250}, {"windows-1251", 1251},
    {"windows-1253", 1253}, {"windows-1254", 1254}, {"windows-1255", 1255}, {"windows-1256", 1256},
    {"windows-1257", 1257}, {"windows-1258", 1258}, {"koi8-r", 20866}, {"koi8-u", 21866},
    {"tis-620", 874}};

static const struct {
	const char *label;
	enum sk_charset cs;
} japanese[] = {{"iso-2022-jp", SK_CS_ISO2022JP}, {"iso-2022-jp-1", SK_CS_ISO2022JP},
    {"iso-2022-jp-2", SK_CS_ISO2022JP}, {"iso-2022-jp-3", SK_CS_ISO2022JP},
    {"iso-2022-jp-ms", SK_CS_ISO2022JP}, {"cp50220", SK_CS_ISO2022JP}, {"cp50221", SK_CS_ISO2022JP},
    {"cp50222", SK_CS_ISO2022JP}, {"csiso2022jp", SK_CS_ISO2022JP}, {"shift_jisx0213", SK_CS_CP932},
    {"csshiftjis", SK_CS_CP932}, {"eucjp-ms", SK_CS_EUCJP}, {"cp51932", SK_CS_EUCJP},
    {"utf-16le", SK_CS_UTF16LE}, {"utf-16be", SK_CS_UTF16BE}, {"gb2312", SK_CS_GBK},
    {"gbk", SK_CS_GBK}, {"gb18030", SK_CS_GBK}, {"cp936", SK_CS_GBK}, {"x-gbk", SK_CS_GBK},
    {"iso8859-1", SK_CS_LATIN1}, {"iso_8859-1", SK_CS_LATIN1}, {"cp1252", SK_CS_LATIN1}};

const char *sk_mail_codepage(uint32_t number)
{
	static const struct {
		uint16_t number;
		const char *label;
	} all[] = {{932, "shift_jis"}, {50220, "iso-2022-jp"}, {50221, "iso-2022-jp"},
	    {50222, "iso-2022-jp"}, {51932, "euc-jp"}, {20932, "euc-jp"}, {65001, "utf-8"},
	    {1252, "windows-1252"}, {28591, "iso-8859-1"}, {936, "gbk"}, {54936, "gb18030"},
	    {949, "euc-kr"}, {51949, "euc-kr"}, {950, "big5"}, {1200, "utf-16le"}};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].number == number)
			return all[i].label;
	for (size_t i = 0; i < SETS; i++)
		if (sets[i].codepage == number)
			return sets[i].name;
	return "";
}

static int utf7_value(uint8_t b)
{
	if (b >= 'A' && b <= 'Z')
		return b - 'A';
	if (b >= 'a' && b <= 'z')
		return b - 'a' + 26;
	if (b >= '0' && b <= '9')
		return b - '0' + 52;
	return b == '+' ? 62 : b == '/' ? 63 : -1;
}

/* A run of UTF-7 behind its plus sign: UTF-16 in base64 (RFC 2152). Returns the offset behind it. */
static size_t utf7_run(struct sk_slice in, size_t at, struct sk_buf *out, uint32_t *bad)
{
	struct sk_buf units = SK_BUF(in.n + 16);
	uint32_t bits = 0;
	unsigned have = 0;

	if (at < in.n && in.p[at] == '-')
		sk_buf_putc(out, '+');
	for (; at < in.n && utf7_value(in.p[at]) >= 0; at++) {
		bits = bits << 6 | (uint32_t)utf7_value(in.p[at]);
		have += 6;
		if (have >= 16) {
			have -= 16;
			sk_buf_put_u16be(&units, (uint16_t)(bits >> have));
			bits &= (1U << have) - 1;
		}
	}
	(void)sk_charset_to_utf8(SK_CS_UTF16BE, sk_buf_slice(&units), out, bad);
	sk_buf_free(&units);
	return at < in.n && in.p[at] == '-' ? at + 1 : at;
}

static void from_utf7(struct sk_slice in, struct sk_buf *out, uint32_t *bad)
{
	for (size_t at = 0; at < in.n && !out->err;) {
		uint8_t b = in.p[at++];
		if (b == '+') {
			at = utf7_run(in, at, out, bad);
		} else if (b < 0x80) {
			sk_buf_putc(out, b);
		} else {
			(*bad)++;
			sk_utf8_put(out, 0xFFFD);
		}
	}
}

static bool is_label(struct sk_slice label, const char *name)
{
	return label.n == strlen(name) && strncasecmp((const char *)label.p, name, label.n) == 0;
}

static bool is_any(struct sk_slice label, const char *const *names)
{
	for (; *names; names++)
		if (is_label(label, *names))
			return true;
	return false;
}

/* UTF-16 without a mark is big endian by its definition, but little endian in practice; the zero bytes tell. */
static int from_utf16(struct sk_slice in, struct sk_buf *out, uint32_t *bad)
{
	enum sk_charset cs = sk_charset_detect_wide(in);

	return sk_charset_to_utf8(cs == SK_CS_COUNT ? SK_CS_UTF16BE : cs, in, out, bad);
}

/* By the label. SK_EUNSUPPORTED when it names nothing that is known. */
static int by_label(struct sk_slice label, struct sk_slice in, struct sk_buf *out, uint32_t *bad)
{
	static const char *const kr[] = {"euc-kr", "ks_c_5601-1987", "cp949", "uhc", NULL};
	static const char *const tw[] = {"big5", "big5-hkscs", "cp950", NULL};
	static const char *const wide[] = {"utf-16", "unicode", NULL};

	for (size_t i = 0; i < sizeof(japanese) / sizeof(japanese[0]); i++)
		if (is_label(label, japanese[i].label))
			return sk_charset_to_utf8(japanese[i].cs, in, out, bad);
	for (size_t i = 0; i < SETS; i++)
		if (is_label(label, sets[i].name))
			return sk_codepage_to_utf8(sets[i].codepage, in, out, bad);
	if (is_label(label, "utf-7") || is_label(label, "unicode-1-1-utf-7"))
		from_utf7(in, out, bad);
	else if (is_any(label, kr) || is_any(label, tw))
		return sk_codepage_to_utf8(is_any(label, kr) ? 949 : 950, in, out, bad);
	else if (is_any(label, wide))
		return from_utf16(in, out, bad);
	else if (sk_charset_by_name(label) != SK_CS_COUNT)
		return sk_charset_to_utf8(sk_charset_by_name(label), in, out, bad);
	else
		return SK_EUNSUPPORTED;
	return out->err;
}

static bool is_seven_bit(struct sk_slice in)
{
	for (size_t i = 0; i < in.n; i++)
		if (in.p[i] >= 0x80 || in.p[i] == 0x1B || in.p[i] == 0x0E)
			return false;
	return true;
}

int sk_mail_to_utf8(struct sk_slice label, struct sk_slice in, struct sk_buf *out, uint32_t *bad)
{
	size_t start = out->len;
	uint32_t wrong = 0, again = 0;
	bool seven = is_seven_bit(in),
	     utf7 = label.n >= 5 &&
		    sk_slice_starts(sk_slice_sub(label, label.n - 1, 1), SK_SLICE_LIT("7"));

	/* An escape sequence in what says it is ASCII or UTF-8 is unlabelled ISO-2022-JP. */
	bool plain = is_label(label, "us-ascii") || is_label(label, "ascii") ||
		     is_label(label, "utf-8") || label.n == 0;
	int rc = plain && !seven && memchr(in.p, 0x1B, in.n) ? SK_EUNSUPPORTED
							     : by_label(label, in, out, &wrong);
	if (rc != SK_EUNSUPPORTED && (rc || wrong == 0 || (seven && !utf7))) {
		*bad += wrong;
		return rc;
	}
	struct sk_buf guess = SK_BUF(out->max);
	int rc2 = sk_charset_to_utf8(sk_charset_detect(in), in, &guess, &again);
	if (rc2 == 0 && (rc == SK_EUNSUPPORTED || again < wrong)) {
		out->len = start;
		sk_buf_put_slice(out, sk_buf_slice(&guess));
		wrong = again;
	}
	sk_buf_free(&guess);
	*bad += wrong;
	return out->err;
}
