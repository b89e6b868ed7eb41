/* Tests of the OpenDocument cleaner: what must go, what must stay, and that a second cleaning changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "format/odf/odf.h"
#include "format/odf/test-pkg.h"
#include "format/office/test-parts.h"

#define TEXT(inner) T_CONTENT("<office:body><office:text>" inner "</office:text></office:body>")
#define SHEET(inner) \
	T_CONTENT( \
	    "<office:body><office:spreadsheet><table:table table:name=\"表\"><table:table-row>" inner \
	    "</table:table-row></table:table></office:spreadsheet></office:body>")

static struct sk_report report;

static char *clean(enum sk_filetype type, const struct t_part *parts, size_t n, const char *want)
{
	struct sk_buf in = SK_BUF(16 << 20);
	struct sk_output out, again;
	static struct sk_report second;

	assert_int_equal(t_package(T_MEDIA "text", parts, n, &in), 0);
	assert_int_equal(t_clean(sk_buf_slice(&in), type, SK_METHOD_REBUILD, &report, &out), 0);
	assert_int_equal(
	    t_clean(sk_buf_slice(&out.bytes), out.type, SK_METHOD_REBUILD, &second, &again), 0);
	sk_buf_free(&in);
	assert_memory_equal(out.bytes.p + 30, "mimetype", 8); /* the first name in the zip */
	return part_of_both(&out, &again, &second, want);
}

static char *clean_content(enum sk_filetype type, const char *xml)
{
	struct t_part p[] = {
	    T_PART("content.xml", xml), {"Pictures/a.png", {tr_dot, sizeof(tr_dot)}}};

	return clean(type, p, 2, "content.xml");
}

static void links(void **state)
{
	(void)state;
	char *t = clean_content(SK_FT_ODT,
	    TEXT(
		"<text:p><text:a xlink:href=\"https://a.example/\">A</text:a><text:a "
		"xlink:href=\"vnd.sun.star.script:x?language=Basic\">B</text:a><text:a "
		"xlink:href=\"#.uno:Save\">C</text:a><text:a xlink:href=\"#見出し|outline\">D</text:a>"
		"<text:a xlink:href=\"file:///c:/x\">E</text:a></text:p>"));
	has(t,
	    "<text:a xlink:href=\"https://a.example/\">A</text:a>BC<text:a xlink:href=\"#見出し|outline\">D</text:a>E</text:p>");
	assert_int_equal(sk_report_count(&report, SK_OOXML_LINK), 3);
	free(t);
}

static void programs(void **state)
{
	(void)state;
	char *t = clean_content(SK_FT_ODT,
	    T_CONTENT(
		"<office:scripts><office:event-listeners><script:event-listener xlink:href=\"x\"/>"
		"</office:event-listeners></office:scripts><office:body><office:text><text:p>a"
		"<text:execute-macro>shown</text:execute-macro><text:script>code()</text:script>"
		"<draw:frame><draw:object-ole xlink:href=\"./Object 1\"/><draw:image "
		"xlink:href=\"Pictures/a.png\"/></draw:frame><draw:frame><draw:floating-frame "
		"xlink:href=\"http://x.invalid/\"/></draw:frame></text:p><text:section "
		"text:name=\"s\"><text:section-source xlink:href=\"file:///x\"/><text:p>s</text:p>"
		"</text:section></office:text></office:body>"));
	has(t,
	    "<text:p>ashown<draw:frame><draw:image xlink:href=\"Pictures/image1.png\"/></draw:frame><draw:frame/>");
	has(t, "<text:section text:name=\"s\"><text:p>s</text:p></text:section>");
	has_not(t, "script:event");
	has_not(t, "code()");
	assert_int_equal(sk_report_count(&report, SK_OOXML_OLE), 1);
	assert_int_equal(sk_report_count(&report, SK_OOXML_EXTERNAL), 2);
	assert_int_equal(sk_report_count(&report, SK_OOXML_MACRO), 3);
	free(t);
}

static void japanese_stays(void **state)
{
	static const char inner[] =
	    "<text:p>\xEE\x80\x80\xE8\x91\x9B\xF3\xA0\x84\x80 ｶﾅ <text:ruby><text:ruby-base>漢</text:ruby-base>"
	    "<text:ruby-text>かん</text:ruby-text></text:ruby></text:p>";

	(void)state;
	char *t = clean_content(SK_FT_ODT,
	    T_CONTENT(
		"<office:automatic-styles><number:date-style style:name=\"N\"><number:era "
		"number:calendar=\"gengou\"/><number:text>年</number:text></number:date-style>"
		"<style:style style:name=\"v\" style:family=\"paragraph\"><style:paragraph-properties "
		"style:writing-mode=\"tb-rl\"/></style:style></office:automatic-styles><office:body>"
		"<office:text>"
		"<text:p>\xEE\x80\x80\xE8\x91\x9B\xF3\xA0\x84\x80 ｶﾅ <text:ruby><text:ruby-base>漢</text:ruby-base>"
		"<text:ruby-text>かん</text:ruby-text></text:ruby></text:p></office:text></office:body>"));
	has(t, inner);
	has(t, "<number:era number:calendar=\"gengou\"/><number:text>年</number:text>");
	has(t, "style:writing-mode=\"tb-rl\"");
	assert_int_equal(report.nremoved, 1); /* the picture that is not shown */
	free(t);
}

static void formulas(void **state)
{
	(void)state;
	char *t = clean_content(SK_FT_ODS,
	    SHEET(
		"<table:table-cell table:formula=\"of:=SUM([.A1:.B2])\" office:value=\"1\"/>"
		"<table:table-cell table:formula=\"of:=DDE(&quot;a&quot;;&quot;b&quot;;&quot;c&quot;)\" "
		"table:number-matrix-rows-spanned=\"1\" office:value=\"7\"/>"
		"<table:table-cell table:formula=\"of:=['file:///a.ods'#$S.A1]\" office:value=\"8\"/>"));
	has(t, "<table:table-cell table:formula=\"of:=SUM([.A1:.B2])\" office:value=\"1\"/>"
	       "<table:table-cell office:value=\"7\"/><table:table-cell office:value=\"8\"/>");
	assert_int_equal(sk_report_count(&report, SK_OOXML_FORMULA), 2);
	free(t);
}

static void formula_rules(void **state)
{
	static const char *const good[] = {"of:=[.A1]+1",
	    "of:=IF([.A1]=\"a/b|c\";{1;2|3;4};[$'表 1'.A1])", "of:=COM.MICROSOFT.CONCAT([.A1])",
	    "of:=MULTIPLE.OPERATIONS([.A1];[.B1];[.C1])",
	    "of:=HYPERLINK(\"https://a.example/\";\"x\")", "oooc:=SUM([.A1:.A9])", "ooow:x EQ 1",
	    "cell-content-is-in-list(\"a\";\"b\")", "is-true-formula([.A1]>0)",
	    "of:=FORMULA([.A1])", "value()>=0", "of:=Table1[[#This Row];[x]]", "of:=#REF!+1",
	    "msoxl:=SUM(Table1[[#This Row],[x]])+'a b'!A1+Sheet1!B2", "of:=[$'a[1]'.A1]",
	    "msoxl:=\"[a.xlsx]\"&A1", "msoxl:=1.5+A1",
	    "of:=HYPERLINK(\"mailto:a@example.jp?subject=Q&A\")",
	    "of:=INDIRECT(\"$Sheet1.A\"&[.B1])", "of:=INDIRECT([.A1]&\"[品名]\";0)",
	    "of:=INDIRECT(\"'\"&TEXT([.A1];\"yyyy/mm\")&\"'.B2\")"};
	static const char *const bad[] = {"of:=WEBSERVICE(\"http://x\")", "of:=dde(\"a\")",
	    "of:=ＤＤＥ(1)", "of:=COM.MICROSOFT.WEBSERVICE(1)", "of:=['file:///a'#$S.A1]",
	    "of:='file:///a'#$S.A1", "of:=[file:///a#S.A1]", "of:=\"a", "x:=1", "of:=cmd|'/c x'!A1",
	    "of:=HYPERLINK(A1)", "of:=HYPERLINK(\"file:///x\")", "of:=org.x.Module.Run(1)",
	    "a.b:=1", "表:=1", "msoxl:=[a.xlsx]Sheet1!A1", "msoxl:=1+[1]Sheet1!A1",
	    "msoxl:='[a.xlsx]S'!A1", "msoxl:=a.xlsx!Name", "msoxl:[1]!x",
	    "of:=HYPERLINK(\"mailto:?subject=x&Attach=x\")", "of:=[.A1", "of:=['a",
	    "of:=\\\\host\\x", "of:=http://x.invalid", "of:=INDIRECT(\"'file:///x'#$Sheet1.A1\")",
	    "of:=INDIRECT([.A1]&\"'x.ods'#S.A1\")", "of:=COM.MICROSOFT.INDIRECT(\"[x]S!A1\")",
	    "of:=INDIRECT (\"http://x\";1)"};
	static const char *const far[] = {
	    "'file:///a.ods'#$S.A1", "http://x/", "a|b", "'..\\x'.A1"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!od_formula_ok(good[i]))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (od_formula_ok(bad[i]))
			fail_msg("passed: %s", bad[i]);
	for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++)
		if (od_ranges_ok(far[i]))
			fail_msg("passed: %s", far[i]);
	assert_true(od_ranges_ok("$Sheet1.$A$1:.$B$2 'a b'.A1 Sheet1.#REF!"));
	assert_true(od_link_ok("#Sheet1.A1:B2"));
	assert_false(od_link_ok("#vnd.sun.star.script:x"));
	assert_false(od_link_ok("//host/x"));
}

static void objects(void **state)
{
	struct t_part p[] = {
	    T_PART("content.xml",
		TEXT("<text:p><draw:frame><draw:object xlink:href=\"./Chart\"/><draw:image "
		     "xlink:href=\"./ObjectReplacements/Chart\"/></draw:frame><draw:frame>"
		     "<draw:image xlink:href=\"Pictures/old\"/></draw:frame></text:p>")),
	    T_PART("Chart/content.xml",
		T_CONTENT(
		    "<office:scripts><office:script/></office:scripts><office:body><office:chart>"
		    "<chart:chart chart:class=\"chart:bar\" xlink:href=\"file:///x\"/></office:chart></office:body>")),
	    T_PART("ObjectReplacements/Chart", "VCLMTF"), T_PART("Pictures/old", "VCLMTF")};

	(void)state;
	char *t = clean(SK_FT_ODT, p, 4, "content.xml");
	has(t,
	    "<draw:frame><draw:object xlink:href=\"./Object 1\"/></draw:frame><draw:frame><draw:image "
	    "xlink:href=\"Pictures/image1.png\"/></draw:frame>");
	free(t);
	t = clean(SK_FT_ODT, p, 4, "Object 1/content.xml");
	has(t,
	    "<office:body><office:chart><chart:chart chart:class=\"chart:bar\"/></office:chart></office:body>");
	assert_int_equal(sk_report_count(&report, SK_IMAGE_METAFILE), 1);
	free(t);
	t = clean(SK_FT_ODT, p, 4, "META-INF/manifest.xml");
	has(t, "manifest:full-path=\"Object 1/\" manifest:media-type=\"" T_MEDIA "chart\"");
	free(t);
}

/* LibreOffice starts whatever component a shape or a chart names. */
static void components(void **state)
{
	struct t_part p[] = {
	    T_PART("content.xml",
		TEXT(
		    "<text:p><draw:custom-shape draw:name=\"a\" draw:engine=\"com.sun.star.script.x\" draw:data=\"x\"/>"
		    "<draw:frame><draw:object xlink:href=\"./Chart\"/></draw:frame></text:p>")),
	    T_PART("Chart/content.xml",
		T_CONTENT(
		    "<office:body><office:chart><chart:chart chart:class=\"chart:bar\"><chart:plot-area>"
		    "<chart:series chart:class=\"ooo:com.sun.star.script.x\"/></chart:plot-area></chart:chart></office:chart></office:body>"))};

	(void)state;
	char *t = clean(SK_FT_ODT, p, 2, "content.xml");
	has(t, "<draw:custom-shape draw:name=\"a\"/>");
	assert_int_equal(sk_report_count(&report, SK_OOXML_UNKNOWN_XML), 3);
	free(t);
	t = clean(SK_FT_ODT, p, 2, "Object 1/content.xml");
	has(t, "<chart:chart chart:class=\"chart:bar\"><chart:plot-area><chart:series/>");
	free(t);
}

static void settings_and_meta(void **state)
{
	struct t_part p[] = {T_PART("content.xml", TEXT("<text:p/>")),
	    T_PART("settings.xml",
		"<office:document-settings" T_SPACES "><office:settings><config:config-item-set "
		"config:name=\"ooo:configuration-settings\"><config:config-item config:name=\"AddParaTableSpacing\" "
		"config:type=\"boolean\">true</config:config-item><config:config-item config:name=\"PrinterSetup\" "
		"config:type=\"base64Binary\">AAAA</config:config-item><config:config-item config:name=\"LinkUpdateMode\" "
		"config:type=\"short\">3</config:config-item></config:config-item-set></office:settings>"
		"</office:document-settings>"),
	    T_PART("meta.xml",
		"<office:document-meta" T_SPACES "><office:meta><dc:title>題</dc:title>"
		"<dc:creator>x</dc:creator><meta:generator>LibreOffice/7.4.7.2$Linux_X86_64 x</meta:generator>"
		"</office:meta></office:document-meta>")};

	(void)state;
	char *t = clean(SK_FT_OTT, p, 3, "settings.xml");
	has(t,
	    "<config:config-item config:name=\"AddParaTableSpacing\" config:type=\"boolean\">true</config:config-item></config:config-item-set>");
	assert_int_equal(sk_report_count(&report, SK_OOXML_PRINTER), 1);
	free(t);
	t = clean(SK_FT_OTT, p, 3, "meta.xml");
	has(t,
	    "<office:meta><dc:title>題</dc:title><meta:generator>LibreOffice/7.4.7.2$Any LibreOffice_project/0</meta:generator></office:meta>");
	free(t);
	t = clean(SK_FT_OTT, p, 3, "mimetype");
	assert_string_equal(t, T_MEDIA "text");
	free(t);
}

static int refuse(const struct t_part *p, size_t n)
{
	struct sk_buf in = SK_BUF(1 << 20);
	struct sk_output out;

	assert_int_equal(t_package(T_MEDIA "text", p, n, &in), 0);
	int rc = t_clean(sk_buf_slice(&in), SK_FT_ODT, SK_METHOD_REBUILD, &report, &out);
	sk_buf_free(&in);
	sk_buf_free(&out.bytes);
	return rc;
}

static void refused(void **state)
{
	struct t_part encrypted[] = {T_PART("content.xml", "xx"),
	    T_PART("META-INF/manifest.xml",
		"<m:manifest xmlns:m='urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'>"
		"<m:file-entry><m:encryption-data/></m:file-entry></m:manifest>")};
	struct t_part other[] = {
	    T_PART("content.xml", T_CONTENT("<office:body><office:spreadsheet/></office:body>"))};

	(void)state;
	assert_int_equal(refuse(encrypted, 2), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_ENCRYPTED);
	assert_int_equal(refuse(other, 1), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_DAMAGED);
	assert_int_equal(refuse(other, 0), SK_EREFUSED);
}

static void flat(void **state)
{
	static const char in[] =
	    "<office:document" T_SPACES " office:mimetype=\"" T_MEDIA
	    "text-template\"><office:body><office:text><text:p><draw:frame><draw:image>"
	    "<office:binary-data>iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4"
	    "//// fwAJ+wP9BUNFygAAAABJRU5ErkJggg==</office:binary-data></draw:image></draw:frame>x</text:p>"
	    "</office:text></office:body></office:document>";
	static struct sk_report claims;
	struct sk_output out, again;

	(void)state;
	sk_odf_handler.probe(sk_slice_str(in), "x", &claims);
	assert_int_equal(claims.nclaims, 1);
	assert_int_equal(claims.claims[0].type, SK_FT_FODT);
	assert_int_equal(
	    t_clean(sk_slice_str(in), SK_FT_FODT, SK_METHOD_REBUILD, &report, &out), 0);
	assert_int_equal(out.type, SK_FT_FODT);
	sk_buf_putc(&out.bytes, 0);
	has((char *)out.bytes.p, "office:mimetype=\"" T_MEDIA "text\"");
	has((char *)out.bytes.p, "<draw:image><office:binary-data>iVBORw0KGgo");
	out.bytes.len--;
	assert_int_equal(
	    t_clean(sk_buf_slice(&out.bytes), SK_FT_FODT, SK_METHOD_REBUILD, &report, &again), 0);
	assert_true(sk_slice_eq(sk_buf_slice(&out.bytes), sk_buf_slice(&again.bytes)));
	sk_buf_free(&out.bytes);
	sk_buf_free(&again.bytes);
}

static void plain_text(void **state)
{
	struct t_part p[] = {T_PART("content.xml",
	    TEXT(
		"<text:h>題</text:h><text:p>一<text:s text:c=\"2\"/>二<text:note><text:note-citation>1"
		"</text:note-citation><text:note-body><text:p>注</text:p></text:note-body></text:note></text:p>"
		"<table:table table:name=\"T\"><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>"
		"<table:table-cell table:number-columns-repeated=\"2\"/><table:table-cell><text:p>b</text:p><text:p>c</text:p>"
		"</table:table-cell></table:table-row></table:table>"))};
	struct sk_buf in = SK_BUF(1 << 20);
	struct sk_output out;

	(void)state;
	assert_int_equal(t_package(T_MEDIA "text", p, 1, &in), 0);
	assert_int_equal(t_clean(sk_buf_slice(&in), SK_FT_ODT, SK_METHOD_TEXT, &report, &out), 0);
	sk_buf_putc(&out.bytes, 0);
	assert_string_equal((char *)out.bytes.p, "題\n一  二[注]\n\n[T]\na\t\t\tb c\n");
	sk_buf_free(&in);
	sk_buf_free(&out.bytes);
}

#define MASTER(inner) \
	"<office:document-styles" T_SPACES \
	"><office:styles><x>no</x></office:styles><office:master-styles>" inner \
	"</office:master-styles></office:document-styles>"

/* What stands on every page: once, without its fields and prompts; notes of a slide behind it. */
static void plain_text_of_every_page(void **state)
{
	struct t_part p[] = {
	    T_PART("content.xml",
		T_CONTENT(
		    "<office:body><office:presentation><presentation:footer-decl>足</presentation:footer-decl>"
		    "<draw:page draw:name=\"S\"><draw:frame presentation:placeholder=\"true\"><draw:text-box>"
		    "<text:p>prompt</text:p></draw:text-box></draw:frame><presentation:notes><text:p>覚</text:p>"
		    "</presentation:notes></draw:page></office:presentation></office:body>")),
	    T_PART("styles.xml",
		MASTER(
		    "<style:master-page><style:header><text:p>総務課</text:p><text:p>- <text:page-number>3</text:page-number>"
		    " -</text:p></style:header><style:header-left><text:p>総務課</text:p></style:header-left>"
		    "<style:footer style:display=\"false\"><text:p>off</text:p></style:footer></style:master-page>"))};
	struct sk_buf in = SK_BUF(1 << 20);
	struct sk_output out;

	(void)state;
	assert_int_equal(t_package(T_MEDIA "presentation", p, 2, &in), 0);
	assert_int_equal(t_clean(sk_buf_slice(&in), SK_FT_ODP, SK_METHOD_TEXT, &report, &out), 0);
	sk_buf_putc(&out.bytes, 0);
	assert_string_equal((char *)out.bytes.p, "足\n\n[S]\n覚\n総務課\n");
	sk_buf_free(&in);
	sk_buf_free(&out.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(links), cmocka_unit_test(programs),
	    cmocka_unit_test(japanese_stays), cmocka_unit_test(formulas),
	    cmocka_unit_test(formula_rules), cmocka_unit_test(objects),
	    cmocka_unit_test(components), cmocka_unit_test(settings_and_meta),
	    cmocka_unit_test(refused), cmocka_unit_test(flat), cmocka_unit_test(plain_text),
	    cmocka_unit_test(plain_text_of_every_page)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
