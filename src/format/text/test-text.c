/* Tests of the text family: what stays, what goes, and that cleaning twice changes and reports
 * nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "format/test-run.h"
#include "format/text/text.h"

static struct sk_report *report;
static struct sk_output out;

static int setup(void **state)
{
	report = calloc(1, sizeof(*report));
	return report ? 0 : -1;
}

static int teardown(void **state)
{
	sk_buf_free(&out.bytes);
	free(report);
	return 0;
}

static int run(enum sk_filetype type, struct sk_slice in, bool text)
{
	struct tr_run t = {&sk_text_handler, type, .text = text, .name = "x"};

	return tr_clean(&t, in, report, &out);
}

/* Cleans `in` to `want`, reporting n times `code` (and nothing else when code is none); then once
 * more. */
static void gives(
    enum sk_filetype type, struct sk_slice in, struct sk_slice want, enum sk_code code, uint32_t n)
{
	assert_int_equal(run(type, in, false), 0);
	if (!sk_slice_eq(sk_buf_slice(&out.bytes), want))
		fail_msg("got <%.*s>, not <%.*s>", (int)out.bytes.len, (const char *)out.bytes.p,
		    (int)want.n, (const char *)want.p);
	if (code != SK_CODE_NONE)
		assert_int_equal(sk_report_count(report, code), n);
	assert_int_equal(report->nremoved, code != SK_CODE_NONE);
	struct sk_buf first = out.bytes;
	assert_int_equal(run(type, sk_buf_slice(&first), false), 0);
	assert_true(sk_slice_eq(sk_buf_slice(&out.bytes), want));
	assert_int_equal(report->nremoved, 0);
	sk_buf_free(&first);
	sk_buf_free(&out.bytes);
}

#define GIVES(type, in, want, code, n) gives(type, SK_SLICE_LIT(in), SK_SLICE_LIT(want), code, n)
#define TXT(in, want, code, n) GIVES(SK_FT_TXT, in, want, code, n)
#define BOM "\xEF\xBB\xBF"
#define CSV(in, want, code, n) GIVES(SK_FT_CSV, in, BOM want, code, n)
#define JSON(in, want, code, n) GIVES(SK_FT_JSON, in, want, code, n)
#define DECL "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define XML(in, want, code, n) GIVES(SK_FT_XML, in, DECL want "\n", code, n)

static void refused(enum sk_filetype type, const char *in, enum sk_code reason)
{
	assert_int_equal(run(type, sk_slice_str(in), false), SK_EREFUSED);
	assert_int_equal(report->reason, reason);
	sk_buf_free(&out.bytes);
}

static void test_txt_characters(void **state)
{
	TXT("a\tb\nあ", "a\tb\nあ", SK_CODE_NONE, 0);
	TXT("a\0b\7\x7F\xC2\x81"
	    "c",
	    "abc", SK_TEXT_CONTROL, 4);
	TXT("f \xE2\x80\xAEgpj.exe\xE2\x81\xA6x\xE2\x81\xA9\xD8\x9C", "f gpj.exex", SK_TEXT_BIDI,
	    4);
	TXT("a\xE2\x80\x8B\xEF\xBB\xBF\xF3\xA0\x81\x81"
	    "b",
	    "ab", SK_TEXT_INVISIBLE, 3);
	TXT("漢字と表示a\xC0\xAF"
	    "b",
	    "漢字と表示a\xEF\xBF\xBD\xEF\xBF\xBD"
	    "b",
	    SK_TEXT_INVALID, 2);
	TXT("\xEF\xBF\xBE", "\xEF\xBF\xBD", SK_TEXT_INVALID, 1);
}

static void test_txt_escape_sequences(void **state)
{
	TXT("a\x1B[31;1mred\x1B[0mb", "aredb", SK_TEXT_ESCAPE, 2);
	TXT("a\x1B]0;title\7b\x1B]52;c;eA==\x1B\\c", "abc", SK_TEXT_ESCAPE, 2);
	TXT("a\x1B]0;endless\nb", "a\nb", SK_TEXT_ESCAPE, 1);
	TXT("a\xC2\x9B"
	    "31mb\x1B",
	    "ab", SK_TEXT_ESCAPE, 2);
	TXT("a\x1B#8b\x1B(Kc", "abc", SK_TEXT_ESCAPE, 2);
}

static void test_txt_joiners_and_selectors(void **state)
{
	TXT("葛\xF3\xA0\x84\x80飾", "葛\xF3\xA0\x84\x80飾", SK_CODE_NONE,
	    0); /* a variant of a kanji */
	TXT("1\xEF\xB8\x8F\xE2\x83\xA3", "1\xEF\xB8\x8F\xE2\x83\xA3", SK_CODE_NONE, 0);
	TXT("👨\xE2\x80\x8D👩", "👨\xE2\x80\x8D👩", SK_CODE_NONE, 0);
	TXT("क्\xE2\x80\x8Dष", "क्\xE2\x80\x8Dष", SK_CODE_NONE, 0);
	TXT("a\xE2\x80\x8D"
	    "b\xE2\x80\x8C",
	    "ab", SK_TEXT_INVISIBLE, 2);
	TXT("a\xF3\xA0\x84\x80", "a", SK_TEXT_INVISIBLE, 1);
	TXT("x\xEF\xB8\x8F\xEF\xB8\x8F\n\xEF\xB8\x8F", "x\xEF\xB8\x8F\n", SK_TEXT_INVISIBLE, 2);
}

static void test_txt_combining_flood(void **state)
{
	TXT("a\xCC\x80\xCC\x80\xCC\x80\xCC\x80\xCC\x80\xCC\x80\xCC\x80\xCC\x80\xCC\x80\xCC\x80",
	    "a\xCC\x80\xCC\x80\xCC\x80\xCC\x80\xCC\x80\xCC\x80\xCC\x80\xCC\x80", SK_TEXT_MARKS, 2);
	TXT("か\xE3\x82\x99", "か\xE3\x82\x99", SK_CODE_NONE, 0);
}

static void test_txt_lines_and_charsets(void **state)
{
	TXT("a\r\nb\nc\r\n", "a\r\nb\r\nc\r\n", SK_CODE_NONE, 0);
	TXT("a\rb\nc", "a\nb\nc", SK_CODE_NONE, 0);
	TXT("a\rb\r", "a\nb\n", SK_CODE_NONE, 0);
	TXT(BOM, "\n", SK_CODE_NONE, 0);
	TXT("\x95\x5C\x8E\xA6", "表示", SK_CODE_NONE, 0);
	TXT("\xFF\xFE\x42\x30", "あ", SK_CODE_NONE, 0);
	TXT("\x1B$B=;L1\x1B(B", "住民", SK_CODE_NONE, 0);
}

static void test_csv_plain(void **state)
{
	CSV("id,name\r\n1,\"a, \"\"b\"\"\"\r\n", "id,name\r\n1,\"a, \"\"b\"\"\"\r\n", SK_CODE_NONE,
	    0);
	CSV("a,b\n\nc,\"x\ny\"", "a,b\n\nc,\"x\ny\"\n", SK_CODE_NONE, 0);
	CSV("a;b\n1,5;2,5\n", "a;b\n1,5;2,5\n", SK_CODE_NONE, 0);
	CSV("a,b\"c\n", "a,\"b\"\"c\"\n", SK_CODE_NONE, 0);
	CSV("a,\"b\"c\n", "a,\"bc\"\n", SK_CODE_NONE, 0);
	CSV("a,\"endless\n", "a,\"endless\n\"\n", SK_CODE_NONE, 0);
	CSV("a,", "a,\n", SK_CODE_NONE, 0);
	CSV(BOM, "\n", SK_CODE_NONE, 0);
	CSV("ID;PWXL\n", "ID;PWXL\n", SK_CODE_NONE, 0); /* no SYLK behind a byte-order mark */
	GIVES(SK_FT_TSV, "a,b\t\"c\td\"\n", BOM "a,b\t\"c\td\"\n", SK_CODE_NONE, 0);
}

static void test_csv_formulas(void **state)
{
	CSV("a,=1+1\n", "a,'=1+1\n", SK_TEXT_FORMULA, 1);
	CSV("a,\"=HYPERLINK(\"\"x\"\",1)\"\n", "a,\"'=HYPERLINK(\"\"x\"\",1)\"\n", SK_TEXT_FORMULA,
	    1);
	CSV("+cmd|'/C @'!A0,-2+3,@SUM(1)\n", "'+cmd|'/C @'!A0,'-2+3,'@SUM(1)\n", SK_TEXT_FORMULA,
	    3);
	CSV("a,＝1,＋x,－y,＠z\n", "a,'＝1,'＋x,'－y,'＠z\n", SK_TEXT_FORMULA, 4);
	CSV("a, =1,\xC2\xA0=1,\xE3\x80\x80=1,\"\n=1\"\n",
	    "a,' =1,'\xC2\xA0=1,'\xE3\x80\x80=1,\"'\n=1\"\n", SK_TEXT_FORMULA, 4);
	CSV("a,\"\"\"=1\",\tx\n", "a,\"'\"\"=1\",'\tx\n", SK_TEXT_FORMULA, 2);
	CSV("tel\n+81-3-1234-5678\n", "tel\n'+81-3-1234-5678\n", SK_TEXT_FORMULA, 1);
	GIVES(SK_FT_TSV, "a\t=1\n", BOM "a\t'=1\n", SK_TEXT_FORMULA, 1);
	/* An invisible character in front hides nothing. */
	assert_int_equal(run(SK_FT_CSV, SK_SLICE_LIT("a,\xE2\x80\x8B=1\n"), false), 0);
	assert_true(sk_slice_is(sk_buf_slice(&out.bytes), BOM "a,'=1\n"));
	sk_buf_free(&out.bytes);
}

static void test_csv_numbers_stay(void **state)
{
	CSV("-5,\"-1,234.50\",+3,-.5,-12.5%,-$3,-\\100,-1e5,-2.5E-03\n",
	    "-5,\"-1,234.50\",+3,-.5,-12.5%,-$3,-\\100,-1e5,-2.5E-03\n", SK_CODE_NONE, 0);
	CSV("-,--,=,－,'=x,a=b\n", "-,--,=,－,'=x,a=b\n", SK_CODE_NONE, 0);
	CSV("a,-1e\n", "a,'-1e\n", SK_TEXT_FORMULA, 1);
}

/* Excel in Japan splits at commas whatever the file says. */
static void test_csv_other_delimiters(void **state)
{
	CSV("a;b\n1,=x;2\n", "a;b\n1,'=x;2\n", SK_TEXT_FORMULA, 1);
	CSV("\"a\";\"- b\n- c\n-5\"\n", "\"a\";\"'- b\n'- c\n-5\"\n", SK_TEXT_FORMULA, 2);
	CSV("1;\"a,=x\"\n", "1;\"a,'=x\"\n", SK_TEXT_FORMULA, 1);
	CSV("sep=;\r\nA;1\r\n", "sep=;\r\nA;1\r\n", SK_CODE_NONE, 0);
	CSV("\"SEP=;\"\r\nA;=1\r\n", "sep=;\r\nA;'=1\r\n", SK_TEXT_FORMULA, 1);
	/* LibreOffice splits at several characters, but heeds quotes. */
	CSV("a;=1+1,b\n", "\"a;=1+1\",b\n", SK_CODE_NONE, 0);
	CSV("a|x;-1,b\tc;@d\n", "a|x;-1,\"b\tc;@d\"\n", SK_CODE_NONE, 0);
	CSV("a;-1|x,b\n", "\"a;-1|x\",b\n", SK_CODE_NONE, 0);
	GIVES(SK_FT_TSV, "a,=1\tb\n", BOM "\"a,=1\"\tb\n", SK_CODE_NONE, 0);
	CSV("sep=x\nax=1\n", "'sep=x\nax=1\n", SK_TEXT_FORMULA, 1);
	CSV("sep=;\n", "sep=;\n\n", SK_CODE_NONE, 0);
}

/* Which character separates the cells; what is quoted, torn or between digits does not. */
static void test_csv_delimiter(void **state)
{
	static const struct {
		const char *in;
		char d;
	} cases[] = {
	    {"", ','},
	    {"one\ntwo\n", ','},
	    {"a,b\n1,2\n", ','},
	    {"a;b\n1;2\n", ';'},
	    {"a\tb\n1\t2\n", '\t'},
	    {"a|b\n1|2\n", '|'},
	    {"令和6年度 統計\n\n項目,値\na,1\nb,2\n", ','},
	    {"番号,備考\n1,x;y\n2,z;w\n3,v\n", ','},
	    {"name,tags\na,x|y|z\nb,x|y|z\n", ','},
	    {"a,b\tc,d\n1,2,3\te\n4\tf\n", '\t'},
	    {"\"a;b\",c\n\"d;e\",f\n", ','},
	    {"\"a,b\";c\n\"d,e\";f\n", ';'},
	    {"1,\"x\n;y;\n;z\"\n2,\"p;q\"\n", ','},
	    {"\"Column1\";\"Column2\"\n\"a\";\"- b\n\n- c\"\n", ';'},
	    {"a;1,5\nb;2,5\n", ';'},
	    {"1,5;2,5\n", ';'},
	    {"1,234|5,678\n", '|'},
	    {"1,2,3\n4,5,6\n", ','},
	    /* Quotes that no field begins with: the pairs tell what belongs together. */
	    {"a\\\"x;y;\\\",b\\\"x;y;\\\"\na\\\"x;y;\\\",b\\\"x;y;\\\",c\n", ','},
	    {"5\" disk,1\n3\" disk,2\n", ','},
	    {"5\" disk;1\n3\" disk;2\n", ';'},
	    {"a,b\n\"endless;\n;\n", ','},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (sk_text_delimiter(sk_slice_str(cases[i].in)) != (uint8_t)cases[i].d)
			fail_msg("not %c: %s", cases[i].d, cases[i].in);
}

static void test_json(void **state)
{
	JSON("{\"a\": [1.50, -0e+9,\r\n true,null,\"\\u3042\\/\\n\"] } \n\n",
	    "{\"a\": [1.50, -0e+9,\n true,null,\"あ/\\n\"] }\n", SK_CODE_NONE, 0);
	JSON(BOM "\"\\ud83d\\ude00\"", "\"😀\"\n", SK_CODE_NONE, 0);
	JSON("[\"\\u0000\\u0001\"]", "[\"\"]\n", SK_TEXT_CONTROL, 2);
}

static void test_json_strings(void **state)
{
	JSON("[\"\\u202e\\b\\f\"]", "[\"\\b\\f\"]\n", SK_TEXT_BIDI, 1);
	JSON("[\"\\ud800x\"]", "[\"\xEF\xBF\xBDx\"]\n", SK_TEXT_INVALID, 1);
	JSON("[\"\\ud800\\u0041\"]",
	    "[\"\xEF\xBF\xBD"
	    "A\"]\n",
	    SK_TEXT_INVALID, 1);
}

static void test_json_refused(void **state)
{
	static const char *const bad[] = {"", "{", "[1,]", "{\"a\":1,}", "[01]", "[1.]", "[.5]",
	    "[+1]", "[NaN]", "'a'", "[1] x", "{\"a\" 1}", "{a:1}", "[\"\\x\"]", "[\"\\u12\"]",
	    "[\"\n\"]", "[\"a", "// c\n1", "[1 2]", "]", "{\"a\":1,\"\\u0061\":2}", "[}", "tru"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refused(SK_FT_JSON, bad[i], SK_REASON_DAMAGED);
	char deep[SK_LIMIT_JSON_DEPTH + 2];
	memset(deep, '[', sizeof(deep) - 1);
	deep[sizeof(deep) - 1] = '\0';
	refused(SK_FT_JSON, deep, SK_REASON_LIMIT_NESTING);
}

static void test_xml(void **state)
{
	XML("<a><b c='1&#10;\"'>x&amp;y<![CDATA[<z>]]></b><d></d></a>",
	    "<a><b c=\"1&#10;&quot;\">x&amp;y&lt;z&gt;</b><d/></a>", SK_CODE_NONE, 0);
	XML("<?xml version='1.0' encoding='Shift_JIS'?><\x95\x5C>\x8E\xA6</\x95\x5C>",
	    "<表>示</表>", SK_CODE_NONE, 0);
	XML("<a><?xml-stylesheet href='x'?><!-- c --></a>", "<a/>", SK_TEXT_INSTRUCTION, 2);
	XML("<!DOCTYPE a SYSTEM 'http://x.invalid/a.dtd'><a/>", "<a/>", SK_TEXT_DTD, 1);
	XML("<a b='&#x202E;x'>&#x202E;</a>", "<a b=\"x\"/>", SK_TEXT_BIDI, 2);
	XML("<a> \n <b/>\t</a>", "<a> \n <b/>\t</a>", SK_CODE_NONE, 0);
	XML("<a xmlns='http://xml.e-gov.go.jp/a' xmlns:x='http://www.w3.org/1999/xlink' x:href='b.xml'/>",
	    "<a xmlns=\"http://xml.e-gov.go.jp/a\" xmlns:x=\"http://www.w3.org/1999/xlink\" x:href=\"b.xml\"/>",
	    SK_CODE_NONE, 0);
}

/* Links that something would load from this machine or its network are left out. */
static void test_xml_links(void **state)
{
	XML("<a href='file:///etc/passwd' x='1'/>", "<a x=\"1\"/>", SK_TEXT_LINK, 1);
	XML("<a href='\\\\host\\share' actuate='onLoad'/>", "<a/>", SK_TEXT_LINK, 2);
	XML("<a src='javascript:x' xml:base='//h/s'/>", "<a/>", SK_TEXT_LINK, 2);
	XML("<a href=' #b https://x.invalid/?a:b ' src='c.png' actuate='other'/>",
	    "<a href=\" #b https://x.invalid/?a:b \" src=\"c.png\" actuate=\"other\"/>",
	    SK_CODE_NONE, 0);
}

/* Namespaces that are not known as data. */
static void test_xml_namespaces(void **state)
{
	static const char *const bad[] = {"http://www.w3.org/2000/svg",
	    "http://www.w3.org/1999/XSL/Transform", "http://www.w3.org/2001/XInclude",
	    "http://www.mozilla.org/xbl", "urn:schemas-microsoft-com:vml",
	    "urn:schemas-microsoft-com:office:spreadsheet", "x-schema:http://x.jp/a",
	    "clr-namespace:System", "http://openoffice.org/2000/office", "http://go.jp.evil.com/",
	    "http://evil.com/.jp", "http://user@go.jp/", "/a", "a b"};
	char text[200];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "<a><n:b xmlns:n='%s'/></a>", bad[i]);
		refused(SK_FT_XML, text, SK_REASON_UNSUPPORTED_TYPE);
	}
}

static void test_xml_refused(void **state)
{
	refused(SK_FT_XML, "<a>", SK_REASON_DAMAGED);
	refused(SK_FT_XML, "<!DOCTYPE a [<!ENTITY b 'x'>]><a>&b;</a>", SK_REASON_UNSUPPORTED_TYPE);
	refused(SK_FT_XML, "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
	    SK_REASON_UNSUPPORTED_TYPE);
	refused(SK_FT_XML, "<!DOCTYPE a SYSTEM 'x'><a>&undefined;</a>", SK_REASON_DAMAGED);
	refused(SK_FT_XML, "<a xmlns:h='http://www.w3.org/1999/xhtml'><h:script/></a>",
	    SK_REASON_UNSUPPORTED_TYPE);
	refused(SK_FT_XML, "<a xmlns:h='http://www.w3.org/1999/&#x200B;xhtml'/>",
	    SK_REASON_UNSUPPORTED_TYPE);
	refused(SK_FT_XML, "<Scriptlet/>", SK_REASON_UNSUPPORTED_TYPE);
	refused(SK_FT_XML, "<?xml version='1.0' encoding='x-unknown'?><a/>",
	    SK_REASON_UNSUPPORTED_TYPE);
}

static void text_is(enum sk_filetype type, const char *in, const char *want)
{
	assert_int_equal(run(type, sk_slice_str(in), true), 0);
	assert_int_equal(out.type, SK_FT_TXT);
	assert_int_equal(sk_buf_putc(&out.bytes, 0), 0);
	assert_string_equal((const char *)out.bytes.p, want);
	sk_buf_free(&out.bytes);
}

static void test_method_text(void **state)
{
	text_is(SK_FT_CSV, "a;\"b\nc\"\n=1;2\n", "a\tb c\n=1\t2\n");
	text_is(SK_FT_JSON, "{\"a\":1}", "{\"a\":1}\n");
	text_is(SK_FT_XML, "<a>x<b y='z'> &lt;w</b></a>", "x <w");
	text_is(SK_FT_XML, "<a/>", "\n");
}

static enum sk_filetype probed(struct sk_slice in, const char *name)
{
	*report = (struct sk_report){0};
	sk_text_handler.probe(in, name, report);
	assert_true(report->nclaims < 2);
	return report->nclaims ? report->claims[0].type : SK_FT_UNKNOWN;
}

static void page_has(const char *text, bool table, const char *part)
{
	struct sk_buf page = SK_BUF(1 << 16);

	assert_int_equal(sk_text_page(sk_slice_str(text), table, &page), 0);
	if (sk_slice_find(sk_buf_slice(&page), 0, sk_slice_str(part)) == SIZE_MAX)
		fail_msg("%s is not in %.*s", part, (int)page.len, (const char *)page.p);
	sk_buf_free(&page);
}

static void test_pages_to_print(void **state)
{
#define LINE(s) "<text:p text:style-name=\"L\">" s "</text:p>"
#define CELL(s) "<table:table-cell table:style-name=\"C\">" LINE(s) "</table:table-cell>"
	page_has("\xef\xbb\xbf"
		 "a b\r\n\n<c>",
	    false, "<office:text>" LINE("a b") LINE("") LINE("&lt;c&gt;") "</office:text>");
	page_has("  a\tb  c ", false, LINE("<text:s/><text:s/>a<text:tab/>b <text:s/>c<text:s/>"));
	page_has("a\tb\nc\n", true,
	    "repeated=\"2\"/><table:table-row>" CELL("a")
		CELL("b") "</table:table-row><table:table-row>" CELL("c")
		    CELL("") "</table:table-row></table:table>");
	page_has("", true, "repeated=\"1\"/></table:table>");
#undef LINE
#undef CELL
}

static void test_probe(void **state)
{
	assert_int_equal(probed(SK_SLICE_LIT("a,b\n"), "x.CSV"), SK_FT_CSV);
	assert_int_equal(probed(SK_SLICE_LIT("a,b\n"), "x.txt"), SK_FT_TXT);
	assert_int_equal(probed(SK_SLICE_LIT("a\tb\n"), "x.tsv"), SK_FT_TSV);
	assert_int_equal(probed(SK_SLICE_LIT("{\"a\":1}"), "x.json"), SK_FT_JSON);
	assert_int_equal(probed(SK_SLICE_LIT("{// no\n}"), "x.json"), SK_FT_TXT);
	assert_int_equal(probed(SK_SLICE_LIT("<?xml version='1.0'?><a/>"), "x"), SK_FT_XML);
	assert_int_equal(probed(SK_SLICE_LIT("<?xml version='1.0'?><a/>"), "x.txt"), SK_FT_TXT);
	assert_int_equal(probed(SK_SLICE_LIT("<?x\2ml version='1.0'?><a/>"), "x"), SK_FT_XML);
	assert_int_equal(probed(SK_SLICE_LIT("<a/>"), "x.xml"), SK_FT_XML);
	assert_int_equal(probed(SK_SLICE_LIT("ab\0cd plus some more text\n"), "x.txt"), SK_FT_TXT);
	assert_int_equal(
	    probed(SK_SLICE_LIT("\0\1\2\3\4\5\6\7\0\1\2\3\4\5\6"), "x.txt"), SK_FT_UNKNOWN);
	assert_int_equal(
	    probed(SK_SLICE_LIT("\xFF\xFE\1\0\2\0\3\0\4\0\5\0"), "x.txt"), SK_FT_UNKNOWN);
	assert_int_equal(
	    probed(SK_SLICE_LIT("\xFF\xD8\xFF\xE0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xFF\xDB"), "x.txt"),
	    SK_FT_UNKNOWN);
}

static void test_beginnings(void **state)
{
	TXT(" {\\rtf1 x}\n", " '{\\rtf1 x}\n", SK_TEXT_SIGNATURE, 1);
	TXT("\n<HTML>\n", "\n'<HTML>\n", SK_TEXT_SIGNATURE, 1);
	TXT("a %PDF-1.4 %pdf-\n", "a %'PDF-1.4 %'pdf-\n", SK_TEXT_SIGNATURE, 2);
	TXT("MZ and #!\n", "MZ and #!\n", SK_CODE_NONE, 0);
	TXT("a <html>\n", "a <html>\n", SK_CODE_NONE, 0);
	CSV("\"<html>\",b\n", "\"'<html>\",b\n", SK_TEXT_SIGNATURE, 1);
	CSV("GIF89a,b\n", "'GIF89a,b\n", SK_TEXT_SIGNATURE, 1);
}

static void test_rare_starts(void **state)
{
	CSV("a,\xE2\x88\x92"
	    "b\n",
	    "a,'\xE2\x88\x92"
	    "b\n",
	    SK_TEXT_FORMULA, 1);
	CSV("a,\xE2\x88\x92"
	    "5\n",
	    "a,\xE2\x88\x92"
	    "5\n",
	    SK_CODE_NONE, 0);
	CSV("a,\xE2\x80\x83=b\n", "a,'\xE2\x80\x83=b\n", SK_TEXT_FORMULA, 1);
	CSV("a,\xE2\x81\xBC"
	    "b\n",
	    "a,'\xE2\x81\xBC"
	    "b\n",
	    SK_TEXT_FORMULA, 1);
	TXT("a\xC2\xAD\xCD\x8F\xE3\x85\xA4\xEF\xBE\xA0\xE1\x85\x9F"
	    "b\n",
	    "ab\n", SK_TEXT_INVISIBLE, 5);
}

static void test_namespaces_well_formed(void **state)
{
	refused(SK_FT_XML, "<x:a/>", SK_REASON_DAMAGED);
	refused(SK_FT_XML, "<a x:b='1'/>", SK_REASON_DAMAGED);
	refused(SK_FT_XML, "<a:b:c xmlns:a='u'/>", SK_REASON_DAMAGED);
	refused(
	    SK_FT_XML, "<a xmlns:x='u' xmlns:y='u'><b x:c='1' y:c='2'/></a>", SK_REASON_DAMAGED);
	XML("<a xmlns:x='u' xmlns:y='v'><b x:c='1' y:c='2' c='3'/></a>",
	    "<a xmlns:x=\"u\" xmlns:y=\"v\"><b x:c=\"1\" y:c=\"2\" c=\"3\"/></a>", SK_CODE_NONE, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_txt_characters),
	    cmocka_unit_test(test_txt_escape_sequences),
	    cmocka_unit_test(test_txt_joiners_and_selectors),
	    cmocka_unit_test(test_txt_combining_flood),
	    cmocka_unit_test(test_txt_lines_and_charsets),
	    cmocka_unit_test(test_csv_plain),
	    cmocka_unit_test(test_csv_formulas),
	    cmocka_unit_test(test_csv_numbers_stay),
	    cmocka_unit_test(test_csv_other_delimiters),
	    cmocka_unit_test(test_csv_delimiter),
	    cmocka_unit_test(test_json),
	    cmocka_unit_test(test_json_strings),
	    cmocka_unit_test(test_json_refused),
	    cmocka_unit_test(test_xml),
	    cmocka_unit_test(test_xml_links),
	    cmocka_unit_test(test_xml_namespaces),
	    cmocka_unit_test(test_xml_refused),
	    cmocka_unit_test(test_method_text),
	    cmocka_unit_test(test_pages_to_print),
	    cmocka_unit_test(test_probe),
	    cmocka_unit_test(test_beginnings),
	    cmocka_unit_test(test_rare_starts),
	    cmocka_unit_test(test_namespaces_well_formed),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
