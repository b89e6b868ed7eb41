/*
 * Code pages of RTF: those of Windows, of DOS and the Macintosh's first one. The tables are filled from iconv before
 * the jail closes. Cleaner's jail.
 */
#include "format/rtf/rtf.h"

#include <iconv.h>

#include "base/utf8.h"
#include "format/text/charset.h"

/* Code pages of one byte: the characters of 80 to FF, 0 where there is none. */
static struct {
	unsigned cp;
	const char *name;
	uint16_t to[128];
} singles[] = {
    {437, "CP437", {0}},
    {850, "CP850", {0}},
    {852, "CP852", {0}},
    {866, "CP866", {0}},
    {874, "CP874", {0}},
    {1250, "CP1250", {0}},
    {1251, "CP1251", {0}},
    {1252, "CP1252", {0}},
    {1253, "CP1253", {0}},
    {1254, "CP1254", {0}},
    {1255, "CP1255", {0}},
    {1256, "CP1256", {0}},
    {1257, "CP1257", {0}},
    {1258, "CP1258", {0}},
    {10000, "MACINTOSH", {0}},
};

#define SINGLES (sizeof(singles) / sizeof(singles[0]))
#define LEADS 126U  /* 81 to FE */
#define TRAILS 191U /* 40 to FE */

/* Korean and traditional Chinese, by lead and trail byte. */
static struct {
	unsigned cp;
	const char *name;
	uint16_t to[LEADS * TRAILS];
} doubles[] = {{949, "CP949", {0}}, {950, "BIG5-HKSCS", {0}}};

/* The one BMP character these bytes mean, or 0. */
static uint16_t ask(iconv_t cd, const uint8_t *bytes, size_t n)
{
	char in[2] = {(char)bytes[0], n > 1 ? (char)bytes[1] : 0}, *from = in;
	uint8_t out[8];
	char *to = (char *)out;
	size_t left = n, room = sizeof(out);

	iconv(cd, NULL, NULL, NULL, NULL);
	if (iconv(cd, &from, &left, &to, &room) == (size_t)-1 || left || room != sizeof(out) - 2)
		return 0;
	return (uint16_t)(out[0] | out[1] << 8);
}

static int fill_single(size_t i)
{
	iconv_t cd = iconv_open("UTF-16LE", singles[i].name);

	if (cd == (iconv_t)-1)
		return SK_EIO;
	for (unsigned b = 0; b < 128; b++)
		singles[i].to[b] = ask(cd, (const uint8_t[]){(uint8_t)(b + 128)}, 1);
	iconv_close(cd);
	return 0;
}

static int fill_double(size_t i)
{
	iconv_t cd = iconv_open("UTF-16LE", doubles[i].name);

	if (cd == (iconv_t)-1)
		return SK_EIO;
	for (unsigned k = 0; k < LEADS * TRAILS; k++)
		doubles[i].to[k] = ask(cd,
		    (const uint8_t[]){(uint8_t)(0x81 + k / TRAILS), (uint8_t)(0x40 + k % TRAILS)},
		    2);
	iconv_close(cd);
	return 0;
}

int rtf_codepages_init(void)
{
	int rc = sk_charset_init();

	for (size_t i = 0; i < SINGLES && rc == 0; i++)
		rc = fill_single(i);
	for (size_t i = 0; i < 2 && rc == 0; i++)
		rc = fill_double(i);
	return rc;
}

unsigned rtf_codepage_of_charset(int64_t charset)
{
	static const struct {
		int16_t charset;
		uint16_t cp;
	} table[] = {{0, 1252}, {2, RTF_CP_SYMBOL}, {77, 10000}, {78, 932}, {128, 932}, {129, 949},
	    {134, 936}, {136, 950}, {161, 1253}, {162, 1254}, {163, 1258}, {177, 1255}, {178, 1256},
	    {186, 1257}, {204, 1251}, {222, 874}, {238, 1250}, {254, 437}, {255, 850}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].charset == charset)
			return table[i].cp;
	return 0;
}

static bool is_double(unsigned cp)
{
	return cp == 932 || cp == 936 || cp == 949 || cp == 950;
}

bool rtf_codepage_known(int64_t cp)
{
	bool found = is_double((unsigned)cp) || cp == 65001;

	for (size_t i = 0; i < SINGLES; i++)
		found = found || singles[i].cp == cp;
	return found;
}

unsigned rtf_codepage_length(unsigned cp, uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (cp == 65001)
		return first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
	if (cp == 932)
		return first == 0x80 || first == 0xA0 || (first >= 0xA1 && first <= 0xDF) ||
			       first > 0xFC
			   ? 1
			   : 2;
	return is_double(cp) && first != 0x80 && first != 0xFF ? 2 : 1;
}

static bool put_single(unsigned cp, uint8_t b, struct sk_buf *out)
{
	uint32_t c = 0;

	for (size_t i = 0; i < SINGLES; i++)
		if (singles[i].cp == cp)
			c = singles[i].to[b - 128];
	if (cp == RTF_CP_SYMBOL)
		c = 0xF000U | b;
	/* Windows has controls where its code page has nothing. */
	if (c == 0 || (c >= 0x80 && c < 0xA0))
		return false;
	(void)sk_utf8_put(out, c);
	return true;
}

static bool put_double(unsigned cp, struct sk_slice s, struct sk_buf *out)
{
	for (size_t i = 0; i < 2; i++) {
		if (doubles[i].cp != cp || s.p[0] < 0x81 || s.p[1] < 0x40 || s.p[0] == 0xFF ||
		    s.p[1] == 0xFF)
			continue;
		uint16_t c = doubles[i].to[(s.p[0] - 0x81U) * TRAILS + s.p[1] - 0x40U];
		if (c)
			(void)sk_utf8_put(out, c);
		return c != 0;
	}
	return false;
}

/* By the tables of the text family. */
static bool put_charset(enum sk_charset cs, struct sk_slice s, struct sk_buf *out)
{
	size_t before = out->len;
	uint32_t bad = 0;

	(void)sk_charset_to_utf8(cs, s, out, &bad);
	if (bad)
		out->len = before;
	return bad == 0;
}

bool rtf_codepage_put(unsigned cp, struct sk_slice s, struct sk_buf *out)
{
	if (s.n == 1 && s.p[0] < 0x80) {
		(void)sk_buf_putc(out, s.p[0]);
		return true;
	}
	if (cp == 932)
		return put_charset(SK_CS_CP932, s, out);
	if (cp == 936)
		return put_charset(SK_CS_GBK, s, out);
	if (cp == 65001)
		return sk_utf8_valid(s) && sk_buf_put_slice(out, s) == 0;
	return s.n == 2 ? put_double(cp, s, out) : s.n == 1 && put_single(cp, s.p[0], out);
}
