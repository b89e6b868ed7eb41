/* Code pages of RTF: those of Windows, of DOS and the Macintosh's first one. Cleaner's jail. */
#include "format/rtf/rtf.h"

#include "base/utf8.h"
#include "container/codepage.h"

#define LAST 10000 /* those of mails have greater numbers */

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
	return cp == 65001 || (cp > 0 && cp <= LAST && sk_codepage_known((unsigned)cp));
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

/* Characters as they are, or none; Windows has controls where its code page has nothing. */
static bool put_whole(unsigned cp, struct sk_slice s, struct sk_buf *out)
{
	size_t before = out->len;
	uint32_t bad = 0;

	(void)sk_codepage_to_utf8(cp, s, out, &bad);
	bool control =
	    out->len == before + 2 && out->p[before] == 0xC2 && out->p[before + 1] < 0xA0;
	if (bad || control)
		out->len = before;
	return bad == 0 && !control;
}

bool rtf_codepage_put(unsigned cp, struct sk_slice s, struct sk_buf *out)
{
	if (s.n == 1 && s.p[0] < 0x80) {
		(void)sk_buf_putc(out, s.p[0]);
		return true;
	}
	if (cp == RTF_CP_SYMBOL && s.n == 1)
		return sk_utf8_put(out, 0xF000U | s.p[0]) == 0;
	if (cp == 65001)
		return sk_utf8_valid(s) && sk_buf_put_slice(out, s) == 0;
	return put_whole(cp, s, out);
}
