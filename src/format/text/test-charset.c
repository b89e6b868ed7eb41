/* Tests of decoding and detecting Japanese character sets. The expected texts are written in UTF-8.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "format/text/charset.h"

static void reads(enum sk_charset cs, struct sk_slice in, const char *text, uint32_t bad)
{
	struct sk_buf out = SK_BUF(10000);
	uint32_t n = 0;
	assert_int_equal(sk_charset_to_utf8(cs, in, &out, &n), 0);
	assert_int_equal(sk_buf_putc(&out, 0), 0);
	assert_string_equal((const char *)out.p, text);
	assert_int_equal(n, bad);
	sk_buf_free(&out);
}

static void is(struct sk_slice in, enum sk_charset cs, const char *text)
{
	assert_int_equal(sk_charset_detect(in), cs);
	reads(cs, in, text, 0);
}

#define IS(bytes, cs, text) is(SK_SLICE_LIT(bytes), cs, text)
#define READS(cs, bytes, text, bad) reads(cs, SK_SLICE_LIT(bytes), text, bad)

static void test_short_japanese(void **state)
{
	IS("\x95\x5C", SK_CS_CP932, "表"); /* trail byte is a backslash */
	IS("\x83\x5C\x83\x74\x83\x67", SK_CS_CP932, "ソフト");
	IS("\x8F\x5A\x96\xAF\x95\x5B", SK_CS_CP932, "住民票");
	IS("\xBD\xBB\xCC\xB1\xC9\xBC", SK_CS_EUCJP, "住民票");
	IS("\xA4\xE8\xA4\xC6\xA4\xA4", SK_CS_EUCJP, "よてい");
	IS("\x82\xE6\x82\xC4\x82\xA2", SK_CS_CP932, "よてい");
	IS("\xE4\xBD\x8F\xE6\xB0\x91", SK_CS_UTF8, "住民");
	IS("No.\x87\x40 \x8E\x52\xFB\xFC", SK_CS_CP932, "No.① 山髙"); /* NEC and IBM rows */
	IS("\xD4\xCF\xC0\xDE \xC0\xDB\xB3,0012345", SK_CS_CP932,
	    "ﾔﾏﾀﾞ ﾀﾛｳ,0012345"); /* bank data */
	IS("abc", SK_CS_UTF8, "abc");
	IS("caf\xE9 cr\xE8me", SK_CS_LATIN1, "café crème");
	IS("", SK_CS_UTF8, "");
}

/* Names of files in archives: Japanese unless the signs of another language are clear. */
static void test_names(void **state)
{
	static const struct {
		enum sk_charset cs;
		const char *text, *bytes;
		bool dos;
	} cases[] = {
	    {SK_CS_CP932, "住民税申告書.xlsx\n",
		"\x8FZ\x96\xAF\x90\xC5\x90\\\x8D\x90\x8F\x91.xlsx\n", true},
	    {SK_CS_CP932, "表.txt\nソフト一覧.csv\n",
		"\x95\\.txt\n\x83\\\x83t\x83g\x88\xEA\x97\x97.csv\n", true},
	    {SK_CS_CP932, "ﾒﾓ.txt\n予定表.xls\n", "\xD2\xD3.txt\n\x97\\\x92\xE8\x95\\.xls\n", true},
	    {SK_CS_CP932, "Excel用.xlsx\n", "Excel\x97p.xlsx\n", true},
	    {SK_CS_CP932, "fileト.txt\n", "file\x83g.txt\n", true},
	    {SK_CS_CP932, "渡邊.doc\n", "\x93n\xE7\xB2.doc\n", true},
	    {SK_CS_CP932, "機能.txt\n", "\x8B@\x94\\.txt\n", true},
	    {SK_CS_EUCJP, "住民税申告書.xlsx\n",
		"\xBD\xBB\xCC\xB1\xC0\xC7\xBF\xBD\xB9\xF0\xBD\xF1.xlsx\n", true},
	    {SK_CS_EUCJP, "議会資料.doc\n繁忙期.txt\n",
		"\xB5\xC4\xB2\xF1\xBB\xF1\xCE\xC1.doc\n\xC8\xCB\xCB\xBB\xB4\xFC.txt\n", true},
	    {SK_CS_EUCJP, "よてい.txt\n", "\xA4\xE8\xA4\xC6\xA4\xA4.txt\n", true},
	    {SK_CS_GBK, "审计压缩包文件检索测试/\n",
		"\xC9\xF3\xBC\xC6\xD1\xB9\xCB\xF5\xB0\xFC\xCE\xC4\xBC\xFE\xBC\xEC\xCB\xF7\xB2\xE2\xCA\xD4/\n",
		true},
	    {SK_CS_GBK, "新建文件夹/合同.doc\n新建文件夹/说明.txt\n",
		"\xD0\xC2\xBD\xA8\xCE\xC4\xBC\xFE\xBC\xD0/\xBA\xCF\xCD\xAC.doc\n\xD0\xC2\xBD\xA8\xCE\xC4\xBC\xFE\xBC\xD0/\xCB\xB5\xC3\xF7.txt\n",
		true},
	    {SK_CS_GBK, "会议纪要.doc\n", "\xBB\xE1\xD2\xE9\xBC\xCD\xD2\xAA.doc\n", true},
	    {SK_CS_CP437, "Müller.txt\n", "M\x81ller.txt\n", true},
	    {SK_CS_CP437, "café.txt\n", "caf\x82.txt\n", true},
	    {SK_CS_CP437, "Übersicht Köln.xls\n",
		"\x9A"
		"bersicht K\x94ln.xls\n",
		true},
	    {SK_CS_CP437, "résumé.doc\n", "r\x82sum\x82.doc\n", true},
	    {SK_CS_CP437, "école/élève.txt\n",
		"\x82"
		"cole/\x82l\x8Ave.txt\n",
		true},
	    {SK_CS_LATIN1, "café.txt\n", "caf\xE9.txt\n", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sk_slice in = sk_slice_str(cases[i].bytes);
		enum sk_charset cs = sk_charset_of_names(in, cases[i].dos);
		if (cs != cases[i].cs)
			fail_msg("%s read as %s", cases[i].text, sk_charset_name(cs));
		reads(cs, in, cases[i].text, 0);
	}
}

static void test_wide(void **state)
{
	IS("\xFF\xFE\x42\x30\n\0", SK_CS_UTF16LE, "あ\n");
	IS("\xFE\xFF\x30\x42\0\n", SK_CS_UTF16BE, "あ\n");
	IS("a\0b\0\n\0", SK_CS_UTF16LE, "ab\n");
	IS("\0a\0b\0\n", SK_CS_UTF16BE, "ab\n");
	IS("\x4F\x4F\x6C\x11\0\n\x79\x68\x30\x92\0\n", SK_CS_UTF16BE, "住民\n票を\n");
	IS("\xFF\xFE\0\0a\0\0\0\x42\x30\0\0", SK_CS_UTF32LE, "aあ");
	IS("a\0\0\0\x42\x30\0\0b\0\0\0", SK_CS_UTF32LE, "aあb");
	READS(SK_CS_UTF16LE, "\x3D\xD8\x00\xDE", "😀", 0);
	READS(SK_CS_UTF16LE,
	    "\x3D\xD8"
	    "a\0",
	    "\xEF\xBF\xBD"
	    "a",
	    1);
	READS(SK_CS_UTF16LE, "a\0b", "a\xEF\xBF\xBD", 1);
	/* Some zero bytes in a text of bytes do not make it UTF-16. */
	assert_int_equal(sk_charset_detect(SK_SLICE_LIT("KEEP this\nab\0cd\n")), SK_CS_UTF8);
}

static void test_iso2022jp(void **state)
{
	IS("\x1B$B=;L1I<\x1B(B.\r\n", SK_CS_ISO2022JP, "住民票.\r\n");
	IS("\x1B$@=;L1\x1B(J\\\x1B(B", SK_CS_ISO2022JP, "住民\\");
	IS("\x1B(I@M@^\x1B(B x", SK_CS_ISO2022JP, "ﾀﾍﾀﾞ x"); /* CP50221 */
	READS(SK_CS_ISO2022JP, "\x0E@M\x0Fx \xC0\xCD", "ﾀﾍx ﾀﾍ",
	    0);                                              /* CP50222, and left in eight bits */
	READS(SK_CS_ISO2022JP, "\x1B$B=;\nL1", "住\nL1", 0); /* the line end resets */
	READS(SK_CS_ISO2022JP, "\x1B$(D\"/\x1B(B", "˘", 0);
}

static void test_special_characters(void **state)
{
	READS(SK_CS_CP932, "\x81\x60\x81\x7C\x5C\x7E", "～－\\~", 0);
	READS(SK_CS_CP932, "\xF0\x40", "\xEE\x80\x80", 0); /* 外字: U+E000 */
	READS(SK_CS_CP932,
	    "\x82 \xFF"
	    "b\x85",
	    "\xEF\xBF\xBD \xEF\xBF\xBD"
	    "b\xEF\xBF\xBD",
	    3);
	READS(SK_CS_EUCJP, "\x8E\xB1\x8F\xA2\xAF\xAD\xA1", "ｱ˘①", 0);
	READS(SK_CS_EUCJP,
	    "\xA4"
	    "a",
	    "\xEF\xBF\xBD"
	    "a",
	    1);
	READS(SK_CS_LATIN1, "\x80\x81", "€\xEF\xBF\xBD", 1);
	READS(SK_CS_UTF8,
	    "\xEF\xBB\xBF"
	    "a\xC0\xAF\xED\xA0\x80",
	    "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 5);
}

/* The first bytes of a file may end within a character. */
static void test_cut_character(void **state)
{
	struct sk_slice s = SK_SLICE_LIT("текст на русском языке");
	assert_int_equal(sk_charset_detect_head(sk_slice_sub(s, 0, s.n - 1)), SK_CS_UTF8);
	s = SK_SLICE_LIT("住民票");
	assert_int_equal(sk_charset_detect_head(sk_slice_sub(s, 0, s.n - 1)), SK_CS_UTF8);
	assert_int_equal(sk_charset_detect_head(sk_slice_sub(s, 0, s.n - 2)), SK_CS_UTF8);
}

static void test_damaged_utf8_stays_utf8(void **state)
{
	assert_int_equal(sk_charset_detect(SK_SLICE_LIT("住民票の写し\xFF。申請")), SK_CS_UTF8);
}

static void test_names_of_charsets(void **state)
{
	assert_int_equal(sk_charset_by_name(SK_SLICE_LIT("Shift_JIS")), SK_CS_CP932);
	assert_int_equal(sk_charset_by_name(SK_SLICE_LIT("Shift_JIS2")), SK_CS_COUNT);
	for (int cs = 0; cs < SK_CS_COUNT; cs++)
		assert_non_null(sk_charset_name((enum sk_charset)cs));
}

static void test_by_code_page(void **state)
{
	READS(SK_CS_LATIN2, "\xB9\xE8", "šč", 0);
	READS(SK_CS_KOI8R, "\xF0", "П", 0);
	READS(SK_CS_KOREAN, "\xB0\xA1", "가", 0);
	assert_int_equal(sk_charset_by_name(sk_slice_str("iso-8859-2")), SK_CS_LATIN2);
	assert_int_equal(sk_charset_by_name(sk_slice_str("BIG5-HKSCS")), SK_CS_BIG5);
	assert_int_equal(sk_charset_by_name(sk_slice_str("")), SK_CS_COUNT);
	assert_int_equal(sk_charset_by_codepage(1251), SK_CS_CP1251);
	assert_int_equal(sk_charset_by_codepage(0), SK_CS_COUNT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_by_code_page),
	    cmocka_unit_test(test_short_japanese),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_wide),
	    cmocka_unit_test(test_iso2022jp),
	    cmocka_unit_test(test_special_characters),
	    cmocka_unit_test(test_cut_character),
	    cmocka_unit_test(test_damaged_utf8_stays_utf8),
	    cmocka_unit_test(test_names_of_charsets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
