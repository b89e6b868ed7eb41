/*
 * Character sets of mails. Labels are often wrong or missing: text is read as its label says, and where that leaves
 * unreadable characters, as it looks. Cleaner's jail.
 */
#include "format/mail/mail.h"

#include <strings.h>

#include "base/utf8.h"
#include "format/text/charset.h"

/* The code page of Windows that a part of an Outlook mail is in, as a label; "" when it is not known. */
const char *sk_mail_codepage(uint32_t number)
{
	static const struct {
		uint16_t number;
		const char *label;
	} others[] = {{50220, "iso-2022-jp"}, {50221, "iso-2022-jp"}, {50222, "iso-2022-jp"},
	    {51932, "euc-jp"}, {20932, "euc-jp"}, {65001, "utf-8"}, {28591, "iso-8859-1"},
	    {54936, "gb18030"}, {51949, "euc-kr"}, {1200, "utf-16le"}};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (others[i].number == number)
			return others[i].label;
	enum sk_charset cs = sk_charset_by_codepage(number);
	return cs == SK_CS_COUNT ? "" : sk_charset_name(cs);
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

	size_t from = at;

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
	/* What is left over are less than six bits, all zero; a plus sign alone is none of UTF-7. */
	bool lone = units.len == 0 && (at == in.n || in.p[at] != '-' || at > from);
	*bad += have >= 6 || bits != 0 || lone;
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
	static const char *const wide[] = {"utf-16", "unicode", NULL};
	enum sk_charset cs = sk_charset_by_name(label);

	if (is_label(label, "utf-7") || is_label(label, "unicode-1-1-utf-7")) {
		from_utf7(in, out, bad);
		return out->err;
	}
	if (is_any(label, wide))
		return from_utf16(in, out, bad);
	if (is_label(label, "utf-16le") || is_label(label, "utf-16be"))
		cs = is_label(label, "utf-16le") ? SK_CS_UTF16LE : SK_CS_UTF16BE;
	return cs == SK_CS_COUNT ? SK_EUNSUPPORTED : sk_charset_to_utf8(cs, in, out, bad);
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
