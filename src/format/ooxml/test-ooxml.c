/* Tests of the Office cleaner: what must go, what must stay, and that a second cleaning changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "format/ooxml/flt.h"
#include "format/ooxml/test-pkg.h"
#include "format/office/test-parts.h"

#define RELS(rows) \
	"<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" rows \
	"</Relationships>"
#define REL(id, type, target) \
	"<Relationship Id=\"" id "\" Type=\"" T_REL type "\" Target=\"" target "\"/>"
#define EXT(id, type, target) \
	"<Relationship Id=\"" id "\" Type=\"" T_REL type "\" Target=\"" target \
	"\" TargetMode=\"External\"/>"
#define DOC(body) \
	"<w:document " T_W " " T_R " " T_MC " " T_A "><w:body>" body "</w:body></w:document>"
#define WML T_CT "wordprocessingml."
#define SML T_CT "spreadsheetml."
#define PML T_CT "presentationml."

static struct sk_report report;

/* Clean a package, check that a second cleaning changes nothing, and give a part of the output. */
static char *clean_parts(const struct t_part *parts, size_t n, const char *want)
{
	struct sk_buf in = SK_BUF(16 << 20);
	struct sk_output out, again;
	static struct sk_report second;

	assert_int_equal(t_package(parts, n, &in), 0);
	assert_int_equal(t_clean(sk_buf_slice(&in), SK_METHOD_REBUILD, &report, &out), 0);
	assert_int_equal(t_clean(sk_buf_slice(&out.bytes), SK_METHOD_REBUILD, &second, &again), 0);
	sk_buf_free(&in);
	return part_of_both(&out, &again, &second, want);
}

static char *clean_doc(const char *xml, const char *rels)
{
	struct t_part p[] = {T_PART("word/document.xml", WML "document.main+xml", xml),
	    T_PART("word/_rels/document.xml.rels", NULL, rels ? rels : RELS(""))};

	return clean_parts(p, 2, "word/document.xml");
}

static int refuse_doc(const char *xml)
{
	struct t_part p[] = {T_PART("word/document.xml", WML "document.main+xml", xml)};
	struct sk_buf in = SK_BUF(16 << 20);
	struct sk_output out;

	assert_int_equal(t_package(p, 1, &in), 0);
	int rc = t_clean(sk_buf_slice(&in), SK_METHOD_REBUILD, &report, &out);
	sk_buf_free(&in);
	sk_buf_free(&out.bytes);
	return rc;
}

static void canonical_form(void **state)
{
	(void)state;
	char *t = clean_doc(
	    "<?xml version='1.0'?><!-- x --><z:document xmlns:z='http://purl.oclc.org/ooxml/wordprocessingml/main' "
	    "xmlns:q='urn:q' q:a='1'> <z:body><z:p><q:r>no</q:r><z:r><z:t xml:space='preserve'>a &amp; &#13;<![CDATA[<b>]]></z:t>"
	    "</z:r></z:p><z:sectPr></z:sectPr></z:body></z:document>",
	    NULL);
	assert_string_equal(t,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
	    "<w:document " T_W
	    "><w:body><w:p><w:r><w:t xml:space=\"preserve\">a &amp; &#13;&lt;b&gt;</w:t>"
	    "</w:r></w:p><w:sectPr/></w:body></w:document>");
	assert_true(sk_report_count(&report, SK_OOXML_UNKNOWN_XML) >= 3);
	free(t);
}

static void same_name_by_two_prefixes(void **state)
{
	(void)state;
	char *t = clean_doc(
	    "<w:document " T_W
	    " xmlns:v='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>"
	    "<w:body><w:p><w:pPr><w:jc w:val='left' v:val='right'/></w:pPr></w:p></w:body></w:document>",
	    NULL);
	has(t, "<w:jc w:val=\"left\"/>");
	free(t);
}

static void split_field_goes_its_result_stays(void **state)
{
	(void)state;
	char *t = clean_doc(
	    DOC("<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>DD</w:instrText></w:r>"
		"<w:r><w:instrText>EAUTO c:\\x</w:instrText></w:r><w:r><w:fldChar w:fldCharType='separate'/></w:r>"
		"<w:r><w:t>shown</w:t></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>"),
	    NULL);
	has_not(t, "fldChar");
	has_not(t, "EAUTO");
	has(t, "<w:t>shown</w:t>");
	assert_int_equal(sk_report_count(&report, SK_OOXML_FIELD), 1);
	free(t);
}

/* { IF { DDE x } = 1 } : the inner one goes alone; { { "DDEAUTO" } x }: its result becomes the name. */
static void nested_fields(void **state)
{
	(void)state;
	char *t = clean_doc(
	    DOC("<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>IF </w:instrText></w:r>"
		"<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>LINK a</w:instrText></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>"
		"<w:r><w:instrText> = 1</w:instrText></w:r><w:r><w:fldChar w:fldCharType='separate'/></w:r>"
		"<w:r><w:t>yes</w:t></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>"),
	    NULL);
	has_not(t, "LINK");
	has(t, "IF ");
	has(t, "yes");
	free(t);
	t = clean_doc(
	    DOC("<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r>"
		"<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>QUOTE \"x\"</w:instrText></w:r><w:r><w:fldChar w:fldCharType='separate'/></w:r>"
		"<w:r><w:t>DDEAUTO</w:t></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>"
		"<w:r><w:instrText> cmd x</w:instrText></w:r><w:r><w:fldChar w:fldCharType='separate'/></w:r>"
		"<w:r><w:t>result</w:t></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>"),
	    NULL);
	has_not(t, "DDEAUTO");
	has_not(t, "cmd");
	has(t, "result");
	free(t);
}

static void open_field_goes(void **state)
{
	(void)state;
	char *t = clean_doc(
	    DOC("<w:p><w:r><w:fldChar w:fldCharType='begin'/><w:instrText>PAGE</w:instrText></w:r></w:p>"),
	    NULL);
	has_not(t, "fldChar");
	has_not(t, "PAGE");
	free(t);
}

#define FCHAR(t) "<w:r><w:fldChar w:fldCharType='" t "'/></w:r>"
#define CODE(t) "<w:r><w:instrText>" t "</w:instrText></w:r>"
#define BOX(t) \
	"<w:r><w:pict><v:shape><v:textbox><w:txbxContent>" t \
	"</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
#define FIELD_OF(code) \
	"<w:p>" FCHAR("begin") \
	    code FCHAR("separate") "<w:r><w:t>shown</w:t></w:r>" FCHAR("end") "</w:p>"
#define CHANGED(kind, id, t) "<w:" kind " w:id='" id "' w:author='a'>" t "</w:" kind ">"

/* What another field, another story or a tracked change contributes may be something else tomorrow. */
static void fields_that_others_complete(void **state)
{
	static const char *const bodies[] = {
	    FIELD_OF(CODE("HYPERLINK &quot;") FCHAR("begin") CODE("REF x")
		    FCHAR("separate") "<w:r><w:t>https://ok/</w:t></w:r>" FCHAR("end")
			CODE("file:///EVILTOK&quot;")),
	    FIELD_OF(FCHAR("begin") CODE("REF x")
		    FCHAR("separate") "<w:r><w:t>PAGE</w:t></w:r>" FCHAR("end") CODE(" EVILTOK")),
	    FIELD_OF("<w:fldSimple w:instr='REF x'><w:r><w:t>PAGE</w:t></w:r></w:fldSimple>" CODE(
		" EVILTOK")),
	    FIELD_OF(BOX("<w:p>" CODE("QUOTE &quot;") "</w:p>") CODE("DDEAUTO EVILTOK&quot;")),
	    FIELD_OF(CODE("TOC &quot;") BOX("<w:p/>") CODE("DDEAUTO EVILTOK&quot;")),
	    FIELD_OF(CHANGED("del", "1", CODE("QUOTE &quot;")) CODE("DDEAUTO EVILTOK&quot;")),
	    FIELD_OF(CHANGED("ins", "1", CODE("TOC ")) CHANGED("ins", "2", CODE("DDEx EVILTOK"))),
	    FIELD_OF(
		CHANGED("moveTo", "1", CODE("HYPERLINK &quot;https://")) CODE("EVILTOK&quot;")),
	    FIELD_OF(CODE("HYPERLINK \\s &quot;file:///EVILTOK&quot; \\l a")),
	    /* a field lost within what the one around it keeps */
	    FIELD_OF(CODE("IF 1 = ") BOX(FIELD_OF(CODE("DDE EVILTOK"))) CODE(" 1"))};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		char body[4096];
		snprintf(body, sizeof(body),
		    "<w:document " T_W
		    " xmlns:v='urn:schemas-microsoft-com:vml'><w:body>%s</w:body></w:document>",
		    bodies[i]);
		char *t = clean_doc(body, NULL);
		has_not(t, "EVILTOK");
		has(t, "shown");
		assert_true(sk_report_count(&report, SK_OOXML_FIELD) >= 1);
		free(t);
	}
}

/* A whole instruction in one tracked change, text boxes in results, other fields behind the first word. */
static void fields_of_their_own_stay(void **state)
{
	static const char *const bodies[] = {
	    FIELD_OF(CHANGED("ins", "1", CODE("HYPERLINK &quot;https://") CODE("KEEP/&quot;"))),
	    FIELD_OF(CODE("REF KEEP ") CHANGED("ins", "1", CODE("\\h"))),
	    FIELD_OF(CODE("IF ") FCHAR("begin") CODE("REF x") FCHAR("end") CODE(" = 1 KEEP")),
	    "<w:p>" FCHAR("begin") CODE("REF KEEP") FCHAR("separate") BOX(FIELD_OF(CODE("PAGE")))
		FCHAR("end") "</w:p>"};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		char body[4096];
		snprintf(body, sizeof(body),
		    "<w:document " T_W
		    " xmlns:v='urn:schemas-microsoft-com:vml'><w:body>%s</w:body></w:document>",
		    bodies[i]);
		char *t = clean_doc(body, NULL);
		has(t, "KEEP");
		has(t, "shown");
		assert_int_equal(report.nremoved, 0);
		free(t);
	}
}

static char *clean_sheet(const char *sheets, const char *sheet)
{
	char book[1024], page[4096];
	snprintf(book, sizeof(book), "<workbook " T_S " " T_R ">%s</workbook>", sheets);
	snprintf(page, sizeof(page), "<worksheet " T_S "><sheetData/>%s</worksheet>", sheet);
	struct t_part p[] = {T_PART("xl/workbook.xml", SML "sheet.main+xml", book),
	    T_PART("xl/worksheets/sheet1.xml", SML "worksheet+xml", page),
	    T_PART("xl/_rels/workbook.xml.rels", NULL,
		RELS(REL("s", "worksheet", "worksheets/sheet1.xml")))};

	return clean_parts(p, 3, sheet[0] ? "xl/worksheets/sheet1.xml" : "xl/workbook.xml");
}

#define ONE_SHEET(more) "<sheets><sheet name='S' sheetId='1' r:id='s'" more "/></sheets>"

static void formulas_in_other_places(void **state)
{
	static const struct {
		const char *xml;
		enum sk_code code;
	} cases[] = {
	    {"<conditionalFormatting sqref='A1'><cfRule type='colorScale' priority='1'><colorScale>"
	     "<cfvo type='formula' val='WEBSERVICE(EVILTOK)'/></colorScale></cfRule></conditionalFormatting>",
		SK_OOXML_FORMULA},
	    {"<scenarios><scenario name='s'><inputCells r='A1' val='=WEBSERVICE(EVILTOK)'/></scenario></scenarios>",
		SK_OOXML_FORMULA},
	    {"<scenarios><scenario name='s' user='EVILTOK'><inputCells r='A1' val='1'/></scenario></scenarios>",
		SK_OOXML_METADATA},
	    {"<protectedRanges><protectedRange name='s' sqref='A1' securityDescriptor='EVILTOK'/></protectedRanges>",
		SK_OOXML_METADATA},
	    {"<hyperlinks><hyperlink ref='A1' location='javascript:EVILTOK'/></hyperlinks>",
		SK_OOXML_LINK},
	    {"<hyperlinks><hyperlink ref='A1' location='file:EVILTOK'/></hyperlinks>",
		SK_OOXML_LINK},
	    {"<autoFilter ref='[1]EVILTOK!A1'/>", SK_OOXML_FORMULA}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *t = clean_sheet(ONE_SHEET(""), cases[i].xml);
		has_not(t, "EVILTOK");
		assert_true(sk_report_count(&report, cases[i].code) >= 1);
		free(t);
	}
	char *t = clean_sheet(ONE_SHEET(""),
	    "<conditionalFormatting sqref='A1'><cfRule type='colorScale' priority='1'><colorScale>"
	    "<cfvo type='formula' val='$B$1+1'/></colorScale></cfRule></conditionalFormatting>"
	    "<hyperlinks><hyperlink ref='A1' location=\"'My sheet'!$A$1:B2\"/></hyperlinks>");
	has(t, "val=\"$B$1+1\"");
	has(t, "$A$1:B2");
	assert_int_equal(report.nremoved, 0);
	free(t);
}

static void hidden_sheets_can_be_shown(void **state)
{
	(void)state;
	char *t = clean_sheet(ONE_SHEET(" state='veryHidden'") "<sheets/>", "");
	has(t, "state=\"hidden\"");
	assert_int_equal(sk_report_count(&report, SK_OOXML_HIDDEN_SHEET), 1);
	char *second = strstr(strstr(t, "<sheets>") + 1, "<sheets");
	assert_null(second);
	free(t);
}

/* A pivot cache whose source is in another workbook goes with its table. */
static void pivot_sources(void **state)
{
	static const struct {
		const char *source;
		bool stays;
	} cases[] = {{"<worksheetSource ref='A1:B2' sheet='S'/>", true},
	    {"<worksheetSource name='total'/>", true},
	    {"<worksheetSource name=\"'\\\\h\\s\\[b.xls]S'!x\"/>", false},
	    {"<worksheetSource ref='A1:B2' sheet='[b.xls]S'/>", false},
	    {"<worksheetSource ref='A1:B2' sheet='None'/>", false},
	    {"<worksheetSource name='http://h/b'/><worksheetSource name='total'/>", false}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char cache[1024];
		snprintf(cache, sizeof(cache),
		    "<pivotCacheDefinition " T_S
		    " refreshedBy='EVILTOK'><cacheSource type='worksheet'>%s"
		    "</cacheSource><cacheFields count='0'/></pivotCacheDefinition>",
		    cases[i].source);
		struct t_part p[] = {
		    T_PART("xl/workbook.xml", SML "sheet.main+xml",
			"<workbook " T_S " " T_R ">" ONE_SHEET(
			    "") "<pivotCaches><pivotCache cacheId='1' r:id='c'/></pivotCaches></workbook>"),
		    T_PART("xl/worksheets/sheet1.xml", SML "worksheet+xml",
			"<worksheet " T_S "><sheetData/></worksheet>"),
		    T_PART("xl/pivotCache/c.xml", SML "pivotCacheDefinition+xml", cache),
		    T_PART("xl/_rels/workbook.xml.rels", NULL,
			RELS(REL("s", "worksheet", "worksheets/sheet1.xml")
				REL("c", "pivotCacheDefinition", "pivotCache/c.xml")))};
		char *t = clean_parts(p, 4, "xl/pivotCache/pivotCacheDefinition1.xml");
		has_not(t, "EVILTOK");
		assert_int_equal(t[0] != '\0', cases[i].stays);
		if (!cases[i].stays)
			assert_int_equal(sk_report_count(&report, SK_OOXML_CONNECTION), 1);
		free(t);
	}
}

static void missing_parts_are_told(void **state)
{
	(void)state;
	char *t =
	    clean_doc(DOC("<w:p/>"), RELS(REL("t", "attachedTemplate", "file:///EVILTOK.dotm")));
	assert_int_equal(sk_report_count(&report, SK_OOXML_TEMPLATE), 1);
	free(t);
}

static void external_things_go(void **state)
{
	(void)state;
	char *t = clean_doc(
	    DOC("<w:p><w:hyperlink r:id='l'><w:r><w:t>bad</w:t></w:r></w:hyperlink><w:hyperlink r:id='g'><w:r><w:t>good</w:t>"
		"</w:r></w:hyperlink><w:subDoc r:id='s'/></w:p><w:altChunk r:id='c'/>"
		"<w:p><w:r><w:object><w:control r:id='k'/></w:object></w:r></w:p>"),
	    RELS(EXT("l", "hyperlink", "file:///x") EXT("g", "hyperlink",
		"https://a.example/?a=1&amp;b=2") EXT("s", "subDocument", "file:///y")
		    REL("c", "aFChunk", "chunk.html") EXT("k", "control", "x")));
	has(t, "<w:hyperlink><w:r><w:t>bad</w:t>");
	has(t, "<w:hyperlink r:id=\"rId1\"><w:r><w:t>good</w:t>");
	has_not(t, "altChunk");
	has_not(t, "subDoc");
	has_not(t, "control");
	assert_int_equal(sk_report_count(&report, SK_OOXML_LINK), 1);
	free(t);
}

static void alternatives(void **state)
{
	(void)state;
	char *t = clean_doc(
	    "<w:document " T_W " " T_MC
	    " xmlns:u='urn:u' xmlns:s='http://schemas.microsoft.com/office/word/2010/wordprocessingShape'><w:body>"
	    "<w:p><w:r><mc:AlternateContent><mc:Choice Requires='u'><w:t>1</w:t></mc:Choice><mc:Fallback><w:t>2</w:t></mc:Fallback></mc:AlternateContent></w:r>"
	    "<w:r><mc:AlternateContent><mc:Choice Requires='s'><w:t>3</w:t></mc:Choice><mc:Fallback><w:t>4</w:t></mc:Fallback></mc:AlternateContent></w:r>"
	    "<w:r><mc:AlternateContent><mc:Choice Requires='s'><w:control/></mc:Choice><mc:Fallback><w:t>5</w:t></mc:Fallback></mc:AlternateContent></w:r>"
	    "</w:p></w:body></w:document>",
	    NULL);
	has(t, "<w:r><w:t>2</w:t></w:r>");
	has(t,
	    "<w:r><mc:AlternateContent><mc:Choice Requires=\"wps\"><w:t>3</w:t></mc:Choice><mc:Fallback><w:t>4</w:t></mc:Fallback>");
	has(t, "<w:r><w:t>5</w:t></w:r>");
	has_not(t, "urn:u");
	free(t);
}

static void entity_bomb_does_not_grow(void **state)
{
	(void)state;
	char *t = clean_doc(
	    "<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>"
	    "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY x SYSTEM 'file:///etc/passwd'>]>" DOC(
		"<w:p><w:r><w:t>k&c;&x;e</w:t></w:r></w:p>"),
	    NULL);
	has(t, "<w:t>ke</w:t>");
	has_not(t, "aaaa");
	has_not(t, "DOCTYPE");
	assert_true(sk_report_count(&report, SK_OOXML_DTD) > 0);
	free(t);
}

static void broken_and_deep_xml_is_refused(void **state)
{
	struct sk_buf deep = SK_BUF(1 << 20);

	(void)state;
	assert_int_equal(refuse_doc("<w:document " T_W "><w:body>"), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_DAMAGED);
	assert_int_equal(refuse_doc("<a/>"), SK_EREFUSED);
	sk_buf_puts(&deep, "<w:document " T_W "><w:body>");
	for (int i = 0; i < 600; i++)
		sk_buf_puts(&deep, "<w:tbl><w:tr><w:tc>");
	sk_buf_putc(&deep, 0);
	assert_int_equal(refuse_doc((char *)deep.p), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_LIMIT_NESTING);
	sk_buf_free(&deep);
}

/* A paragraph in a table cell, and tables in cells, as the schema nests them. */
static void object_becomes_its_picture(void **state)
{
	struct t_part p[] = {
	    T_PART("word/document.xml", WML "document.main+xml",
		"<w:document " T_W " " T_R
		" xmlns:v='urn:schemas-microsoft-com:vml' xmlns:o='urn:schemas-microsoft-com:office:office'><w:body><w:p><w:r><w:object w:dxaOrig='1'>"
		"<v:shape id='s' style='width:9pt'><v:imagedata r:id='i' o:href='file:///x'/></v:shape><o:OLEObject Type='Embed' r:id='e'/></w:object></w:r></w:p></w:body></w:document>"),
	    T_PART("word/_rels/document.xml.rels", NULL,
		RELS(REL("i", "image", "media/x.bin") REL("e", "oleObject", "o.bin"))),
	    {"word/media/x.bin", NULL, {tr_dot, sizeof(tr_dot)}}, T_PART("word/o.bin", NULL, "x")};

	(void)state;
	char *t = clean_parts(p, 4, "word/document.xml");
	has(t,
	    "<w:pict><v:shape id=\"s\" style=\"width:9pt\"><v:imagedata r:id=\"rId1\"/></v:shape></w:pict>");
	has_not(t, "OLEObject");
	assert_true(sk_report_count(&report, SK_OOXML_OLE) > 0);
	free(t);
}

static char *clean_book(const char *book, const char *sheet, const char *want)
{
	struct t_part p[] = {T_PART("xl/workbook.xml", SML "sheet.main+xml", book),
	    T_PART("xl/_rels/workbook.xml.rels", NULL,
		RELS(REL("a", "worksheet", "s.xml") REL("b", "worksheet",
		    "t.xml") "<Relationship Id=\"m\" Type=\"http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet\" Target=\"m.xml\"/>")),
	    T_PART("xl/s.xml", SML "worksheet+xml", sheet),
	    T_PART("xl/t.xml", SML "worksheet+xml", "<worksheet " T_S "><sheetData/></worksheet>"),
	    T_PART("xl/m.xml", "application/vnd.ms-excel.macrosheet+xml", "<m/>")};

	return clean_parts(p, 5, want);
}

#define BOOK \
	"<workbook " T_S " " T_R "><bookViews><workbookView activeTab='2'/></bookViews><sheets>" \
	"<sheet name='Mac' sheetId='1' r:id='m'/><sheet name='A' sheetId='2' r:id='a'/><sheet name='B' sheetId='3' r:id='b'/></sheets>" \
	"<definedNames><definedName name='_xlnm.Auto_Open'>Mac!$A$1</definedName><definedName name='x' localSheetId='2'>A!$A$1</definedName>" \
	"<definedName name='y' localSheetId='0'>A!$A$1</definedName><definedName name='z'>Mac!$A$1</definedName></definedNames></workbook>"

static void macro_sheet_goes_with_its_references(void **state)
{
	(void)state;
	char *t =
	    clean_book(BOOK, "<worksheet " T_S "><sheetData/></worksheet>", "xl/workbook.xml");
	has(t, "activeTab=\"1\"");
	has_not(t, "Mac");
	has(t, "<definedName name=\"x\" localSheetId=\"1\">A!$A$1</definedName></definedNames>");
	assert_int_equal(sk_report_count(&report, SK_OOXML_MACRO_SHEET) > 0, 1);
	free(t);
}

static void bad_formulas_leave_their_values(void **state)
{
	(void)state;
	char *t = clean_book(BOOK,
	    "<worksheet " T_S
	    "><sheetData><row r='1'><c r='A1'><f>WEBSERVICE(\"http://x\")</f><v>1</v></c><c r='B1'><f>SUM(A1:A2)</f><v>2</v></c>"
	    "<c r='C1'><f t='shared' ref='C1:C2' si='0'>cmd|'/c x'!A1</f><v>3</v></c><c r='C2'><f t='shared' si='0'/><v>4</v></c>"
	    "<c r='D1'><f t='shared' ref='D1:D2' si='1'>A1+1</f><v>5</v></c><c r='D2'><f t='shared' si='1'/><v>6</v></c></row></sheetData>"
	    "<conditionalFormatting sqref='A1'><cfRule type='expression' priority='1'><formula>[1]X!A1</formula></cfRule></conditionalFormatting></worksheet>",
	    "xl/worksheets/sheet1.xml");
	has(t,
	    "<c r=\"A1\"><v>1</v></c><c r=\"B1\"><f>SUM(A1:A2)</f><v>2</v></c><c r=\"C1\"><v>3</v></c><c r=\"C2\"><v>4</v></c>");
	has(t,
	    "<f t=\"shared\" ref=\"D1:D2\" si=\"1\">A1+1</f><v>5</v></c><c r=\"D2\"><f t=\"shared\" si=\"1\"/><v>6</v></c>");
	has_not(t, "conditionalFormatting");
	assert_int_equal(sk_report_count(&report, SK_OOXML_FORMULA), 5);
	free(t);
}

static void formulas(void **state)
{
	static const char *const good[] = {"SUM(A1:B2)", "\"cmd|x\"", "Table1[[#This Row],[a|b]]",
	    "'My sheet'!A1", "A!$A$1", "Table1[1]", "HYPERLINK(\"https://a.example/\",\"x\")",
	    "HYPERLINK(\"#A!A1\")", "HYPERLINK(\"http://a/\"&A1)", "HYPERLINK(\"#A!A\"&B1)",
	    "_xlfn.XLOOKUP(A1,B:B,C:C)", "CALLS(1)", "{1,2;3,4}", "IF(A1=\"WEBSERVICE(\",1,2)", "",
	    "'One:Two'!A1", "_xlfn.SINGLE(A1)", "市区!A1", "INDIRECT(\"A\"&B1)",
	    "INDIRECT(\"'\"&A1&\"'!B2\")", "INDIRECT(\"R[-1]C[2]\",FALSE)",
	    "INDIRECT(\"表1[品名]\")", "INDIRECT(\"T\"&A1&\"[[#All],[x]]\")",
	    "INDIRECT(A1&\"[品名]\")", "INDIRECT(\"'\"&TEXT(A1,\"yyyy/mm\")&\"'!B2\")",
	    "INDIRECT(\"'No#1'!A1\")", "INDIRECT((\"A\"&1))", "\"INDIRECT(\"\"[1]S!A1\"\")\"",
	    "INDIRECT(A1)&\"/\"", "INDIRECT(IF(A1,\"a\",\"b\")&\"!A1\")", "INDIRECT(A1,\"/\")"};
	static const char *const bad[] = {"cmd|'/c calc'!A1", "WEBSERVICE(A1)",
	    "_xlfn.WEBSERVICE(A1)", "webservice (A1)", "_xlfn._xlws.PY(0)",
	    "HYPERLINK(\"file:///x\")", "HYPERLINK( \"\\\\host\\x\")", "[1]Sheet1!A1",
	    "'[Book.xlsx]S'!A1", "'C:\\[a.xlsx]b'!A1", "EXEC(\"x\")", "A1+CALL(\"k\",\"x\",\"J\")",
	    "REGISTER.ID(1)", "_xll.X(1)", "SUM([2]!name)", "_xlfn.IMAGE(\"http://x\")",
	    "RTD(\"a\",,\"b\")", "http://x/y!A1", "'x|y'!A1", "HYPERLINK(\"ht\"&\"tp:\")",
	    "HYPERLINK(\"unterminated", "HYPERLINK(A1)", "HYPERLINK(\"#\"&A1)",
	    "HYPERLINK(\"#file:///x\")", "_xlfn.HYPERLINK(\"file:///x\")", "_xlpm.WEBSERVICE(1)",
	    "_xlfn.MAP(A1:A9,_xleta.WEBSERVICE)", "_xlfn.REDUCE(A1,A2,_xleta.HYPERLINK)",
	    "_xlfn.MAP(A1:A9,WEBSERVICE)", "_xlfn.IMPORTTEXT(1)", "_xlfn.NOTKNOWN(1)",
	    "_xlbgnm.X(1)", "Module1.Run(1)", "GET.CELL(1)", "WEBSERVICE\xC2\xA0(1)",
	    "WEBSERVICE\xE3\x80\x80(1)", "WEBSERVICE\xE2\x80\x8B(1)",
	    "INDIRECT(\"[Book.xlsx]S!A1\")", "INDIRECT(\"'[Book.xlsx]S'!A1\")",
	    "INDIRECT(( \"'[\"&A1&\"]S'!B2\"))", "INDIRECT(\"'C:\\[b.xlsx]S'!A1\")",
	    "INDIRECT(\"'file:///x'#$S.A1\")", "INDIRECT(\"'x.ods'#$S.A1\")",
	    "indirect (A1&\"/x\")", "INDIRECT(A1&\"b]S!A1\")", "INDIRECT(\"cmd|x!a\")",
	    "INDIRECT(TEXT(A1,\"0\")&\"//h/x\")", "INDIRECT(\"R[a]C\")",
	    "INDIRECT(+\"[1]S!A1\",FALSE)"};
	struct ox_pkg pkg = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!ox_formula_ok(&pkg, good[i]))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (ox_formula_ok(&pkg, bad[i]))
			fail_msg("passed: %s", bad[i]);
}

static void fields(void **state)
{
	static const char *const good[] = {" PAGE ", "PAGE \\* MERGEFORMAT", "TOC \\o \"1-3\" \\h",
	    " REF x \\h", "=SUM(ABOVE)", "=2+3", "", "HYPERLINK \"https://a.example/\"",
	    "HYPERLINK \\l \"x\"", "HYPERLINK \"mailto:a@b\" \\t \"_blank\"", "date \\@ \"yyyy\"",
	    "IF 1 = 1 \"DDE\" \"x\"", "QUOTE \"abc\"", "SEQ fig"};
	static const char *const bad[] = {"DDE a b", " ddeauto c", "INCLUDEPICTURE \"x\"",
	    "LINK Excel.Sheet.8 x", "HYPERLINK \"file:///x\"", "HYPERLINK x y", "HYPERLINK",
	    "MACROBUTTON x y", "QUOTE 68 68 69", "IF 1 = 1 DDE", "\"DDE\" a", "unknown x",
	    "DATABASE \\d x", "HYPERLINK \"https://a/\" \"file:///b\"", "EQ |", "AUTOTEXT x",
	    "INCLUDETEXT x", "HYPERLINK \"\\\\\\\\host\\\\x\""};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!ox_field_ok(sk_slice_str(good[i]), SIZE_MAX, false))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (ox_field_ok(sk_slice_str(bad[i]), SIZE_MAX, false))
			fail_msg("passed: %s", bad[i]);
}

static void links_and_actions(void **state)
{
	bool slide;

	(void)state;
	assert_true(ox_link_ok("https://a.example/x y?z#w"));
	assert_true(ox_link_ok("HTTP://a.example/"));
	assert_true(ox_link_ok("mailto:a@b.example"));
	assert_true(ox_link_ok("MAILTO:a@b.example?Subject=Q&A&cc=c@b.example&body=a=b"));
	assert_true(ox_link_ok("https://a.example/?attach=x"));
	assert_false(ox_link_ok("mailto:a@b.example?attach=/etc/passwd"));
	assert_false(ox_link_ok("Mailto:?to=a&%61ttach=x"));
	assert_true(ox_link_ok("#Sheet1!A1"));
	assert_false(ox_link_ok("file:///c:/x"));
	assert_false(ox_link_ok("javascript:x"));
	assert_false(ox_link_ok("\\\\host\\x"));
	assert_false(ox_link_ok("https://a\\@b"));
	assert_false(ox_link_ok("ms-msdt:/id x"));
	assert_false(ox_link_ok("other.docx"));
	assert_false(ox_link_ok(" https://a"));
	assert_false(ox_link_ok("https://a\nb"));
	assert_false(ox_link_ok(""));
	assert_true(ox_action_ok("ppaction://hlinkshowjump?jump=nextslide", &slide) && !slide);
	assert_true(ox_action_ok("ppaction://hlinksldjump", &slide) && slide);
	assert_true(ox_action_ok("ppaction://customshow?id=1&return=true", &slide));
	assert_false(ox_action_ok("ppaction://program", &slide));
	assert_false(ox_action_ok("ppaction://macro?name=x", &slide));
	assert_false(ox_action_ok("ppaction://ole?verb=0", &slide));
	assert_false(ox_action_ok("ppaction://hlinkshowjump?jump=x", &slide));
	assert_true(ox_defined_name_ok("Print_Area"));
	assert_false(ox_defined_name_ok("_xlnm.Auto_Open"));
	assert_false(ox_defined_name_ok("Excel_BuiltIn_Auto_Open"));
	assert_false(ox_defined_name_ok("auto_close_x"));
	assert_false(ox_style_ok("background:url(http://x)"));
}

#define SLIDE(shapes) \
	"<p:sld " T_P " " T_A " " T_R " " T_MC \
	"><p:cSld><p:spTree><p:nvGrpSpPr/><p:grpSpPr/>" shapes "</p:spTree></p:cSld></p:sld>"

static char *clean_slide(const char *xml)
{
	struct t_part p[] = {
	    T_PART("ppt/presentation.xml", PML "presentation.main+xml",
		"<p:presentation " T_P " " T_R
		"><p:sldIdLst><p:sldId id='256' r:id='s'/></p:sldIdLst></p:presentation>"),
	    T_PART("ppt/_rels/presentation.xml.rels", NULL, RELS(REL("s", "slide", "s.xml"))),
	    T_PART("ppt/s.xml", PML "slide+xml", xml),
	    T_PART("ppt/_rels/s.xml.rels", NULL,
		RELS(REL("i", "image", "i.png") EXT("o", "oleObject", "file:///x")
			EXT("h", "hyperlink", "https://a.example/") REL("s", "slide", "s.xml")
			    EXT("m", "video", "http://x"))),
	    {"ppt/i.png", NULL, {tr_dot, sizeof(tr_dot)}}};

	return clean_parts(p, 5, "ppt/slides/slide1.xml");
}

static void slide_object_becomes_its_picture(void **state)
{
	(void)state;
	char *t = clean_slide(SLIDE(
	    "<p:graphicFrame><p:nvGraphicFramePr/><p:xfrm/><a:graphic><a:graphicData uri='http://schemas.openxmlformats.org/presentationml/2006/ole'>"
	    "<mc:AlternateContent><mc:Choice xmlns:v='urn:schemas-microsoft-com:vml' Requires='v'><p:oleObj r:id='o'><p:embed/></p:oleObj></mc:Choice><mc:Fallback>"
	    "<p:oleObj r:id='o'><p:link/><p:pic><p:nvPicPr><p:cNvPr id='0' name=''/><p:cNvPicPr/><p:nvPr/></p:nvPicPr><p:blipFill><a:blip r:embed='i'/></p:blipFill><p:spPr/></p:pic>"
	    "</p:oleObj></mc:Fallback></mc:AlternateContent></a:graphicData></a:graphic></p:graphicFrame>"));
	has(t, "<p:grpSpPr/><p:pic><p:nvPicPr>");
	has(t, "<a:blip r:embed=\"rId1\"/></p:blipFill><p:spPr/></p:pic></p:spTree>");
	has_not(t, "graphicFrame");
	has_not(t, "oleObj");
	has_not(t, "xmlns:mc");
	free(t);
}

#define VML_SHAPE(attributes) \
	"<xml xmlns:v='urn:schemas-microsoft-com:vml' xmlns:o='urn:schemas-microsoft-com:office:office'><v:shape " attributes \
	">\n<![if gte mso 9]><v:imagedata o:relid='i'/>\n<![endif]></v:shape></xml>"

static char *clean_controls(const char *controls, const char *vml)
{
	char xml[4096];

	snprintf(xml, sizeof(xml),
	    "<p:sld " T_P " " T_A " " T_R " " T_MC
	    "><p:cSld><p:spTree><p:nvGrpSpPr/><p:grpSpPr/></p:spTree><p:controls>%s</p:controls></p:cSld></p:sld>",
	    controls);
	struct t_part p[] = {
	    T_PART("ppt/presentation.xml", PML "presentation.main+xml",
		"<p:presentation " T_P " " T_R
		"><p:sldIdLst><p:sldId id='256' r:id='s'/></p:sldIdLst></p:presentation>"),
	    T_PART("ppt/_rels/presentation.xml.rels", NULL, RELS(REL("s", "slide", "s.xml"))),
	    T_PART("ppt/s.xml", PML "slide+xml", xml),
	    T_PART("ppt/_rels/s.xml.rels", NULL,
		RELS(REL("c", "control", "c.xml") REL("d", "vmlDrawing", "v.vml")
			REL("i", "image", "i.png"))),
	    T_PART("ppt/v.vml", T_CT "vmlDrawing", vml),
	    T_PART("ppt/_rels/v.vml.rels", NULL, RELS(REL("i", "image", "i.png"))),
	    T_PART("ppt/c.xml", "application/vnd.ms-office.activeX+xml", "<x/>"),
	    {"ppt/i.png", NULL, {tr_dot, sizeof(tr_dot)}}};

	return clean_parts(p, 8, "ppt/slides/slide1.xml");
}

static void slide_control_becomes_its_picture(void **state)
{
	(void)state;
	char *t = clean_controls("<p:control spid='7' name='a&amp;&quot;b' r:id='c'/>",
	    VML_SHAPE(
		"id='x' o:spid='_x0000_s7' style='position:absolute; left:-1.5pt;top:1in;width:10px;\nheight:2cm'"));
	has(t, "<p:grpSpPr/><p:pic><p:nvPicPr><p:cNvPr id=\"7\" name=\"a&amp;&quot;b\"/>");
	has(t,
	    "<a:blip r:embed=\"rId1\"/><a:stretch><a:fillRect/></a:stretch></p:blipFill><p:spPr><a:xfrm><a:off x=\"-19050\" y=\"914400\"/><a:ext cx=\"95250\" cy=\"720000\"/></a:xfrm>");
	has_not(t, "control");
	assert_true(sk_report_count(&report, SK_OOXML_ACTIVEX) > 0);
	free(t);
	/* Newer: the picture beside it tells the place; the choice and its fallback are one control. */
	t = clean_controls(
	    "<mc:AlternateContent><mc:Choice xmlns:v='urn:schemas-microsoft-com:vml' Requires='v'><p:control name='a' r:id='c'/></mc:Choice>"
	    "<mc:Fallback><p:control name='a' r:id='c'><p:pic><p:nvPicPr><p:cNvPr id='70' name='a'/></p:nvPicPr><p:blipFill><a:blip r:embed='i'/></p:blipFill><p:spPr><a:xfrm><a:off x='1' y='2'/><a:ext cx='3' cy='4'/></a:xfrm></p:spPr></p:pic></p:control></mc:Fallback></mc:AlternateContent>",
	    VML_SHAPE("id='a' style='left:9pt;top:9pt;width:9pt;height:9pt'"));
	has(t, "<p:grpSpPr/><p:pic><p:nvPicPr><p:cNvPr id=\"70\" name=\"a\"/>");
	has(t,
	    "<a:off x=\"1\" y=\"2\"/><a:ext cx=\"3\" cy=\"4\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></p:spPr></p:pic></p:spTree></p:cSld>");
	free(t);
	/* Without a place there is nothing to show; a shape named like the control is its own. */
	t = clean_controls(
	    "<p:control name='a' r:id='c'/>", VML_SHAPE("id='a' style='left:9pt;top:9em'"));
	has_not(t, "p:pic");
	free(t);
	t = clean_controls("<p:control name='a' r:id='c'/>",
	    VML_SHAPE("id='a' style='left:9pt;top:9pt;width:9pt;height:9pt'"));
	has(t, "<a:off x=\"114300\" y=\"114300\"/>");
	free(t);
}

#define ANCHOR(shape) \
	"<xdr:twoCellAnchor><xdr:from/><xdr:to/>" shape "<xdr:clientData/></xdr:twoCellAnchor>"
#define SHAPE_OF(spid) \
	"<xdr:sp macro='' textlink=''><xdr:nvSpPr><xdr:cNvPr id='5' name='o' hidden='1'><a:extLst><a:ext uri='{63B3BB69-23CF-44E3-9099-C40C66FF867C}'>" \
	"<a14:compatExt spid='" spid \
	"'/></a:ext></a:extLst></xdr:cNvPr><xdr:cNvSpPr/></xdr:nvSpPr><xdr:spPr/></xdr:sp>"
#define IN_CHOICE(content, fallback) \
	"<mc:AlternateContent " T_MC \
	"><mc:Choice xmlns:a14='http://schemas.microsoft.com/office/drawing/2010/main' Requires='a14'>" content \
	"</mc:Choice>" fallback "</mc:AlternateContent>"

/* Programs that do not know what the object needed show its picture too. */
static void sheet_object_needs_no_alternative(void **state)
{
	struct t_part p[] = {
	    T_PART("xl/workbook.xml", SML "sheet.main+xml",
		"<workbook " T_S " " T_R
		"><sheets><sheet name='S' sheetId='1' r:id='s'/></sheets></workbook>"),
	    T_PART("xl/_rels/workbook.xml.rels", NULL, RELS(REL("s", "worksheet", "s.xml"))),
	    T_PART("xl/s.xml", SML "worksheet+xml",
		"<worksheet " T_S " " T_R
		"><sheetData/><drawing r:id='d'/><legacyDrawing r:id='v'/></worksheet>"),
	    T_PART("xl/_rels/s.xml.rels", NULL,
		RELS(REL("d", "drawing", "d.xml") REL("v", "vmlDrawing", "v.vml"))),
	    T_PART("xl/d.xml", T_CT "drawing+xml",
		"<xdr:wsDr xmlns:xdr='http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing' " T_A
		">" IN_CHOICE(ANCHOR(SHAPE_OF("s1")), "<mc:Fallback/>")
		    IN_CHOICE(ANCHOR(SHAPE_OF("s1")), "") "</xdr:wsDr>"),
	    T_PART("xl/v.vml", T_CT "vmlDrawing", VML_SHAPE("id='s1'")),
	    T_PART("xl/_rels/v.vml.rels", NULL, RELS(REL("i", "image", "i.png"))),
	    {"xl/i.png", NULL, {tr_dot, sizeof(tr_dot)}}};

	(void)state;
	char *t = clean_parts(p, 8, "xl/drawings/drawing1.xml");
	has(t, "<xdr:twoCellAnchor><xdr:from/><xdr:to/><xdr:pic>");
	has(t, "<a:blip r:embed=\"rId1\"/>");
	has(t, "</xdr:pic><xdr:clientData/></xdr:twoCellAnchor><xdr:twoCellAnchor>");
	has_not(t, "mc:");
	has_not(t, "a14");
	free(t);
}

static void slide_actions(void **state)
{
	(void)state;
#define SHAPE(link) \
	"<p:sp><p:nvSpPr><p:cNvPr id='2' name='x'>" link \
	"</p:cNvPr><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/></p:sp>"
	char *t = clean_slide(SLIDE(
	    SHAPE("<a:hlinkClick r:id='' action='ppaction://macro?name=x'/>")
		SHAPE("<a:hlinkClick r:id='' action='ppaction://hlinkshowjump?jump=nextslide'/>")
		    SHAPE("<a:hlinkClick r:id='s' action='ppaction://hlinksldjump'/>")
			SHAPE("<a:hlinkClick r:id='h' action='ppaction://program'/>")
			    SHAPE("<a:hlinkClick r:id='h'/>") SHAPE("<a:hlinkHover r:id='m'/>")));
	has(t, "<a:hlinkClick r:id=\"\" action=\"ppaction://hlinkshowjump?jump=nextslide\"/>");
	has(t, "<a:hlinkClick r:id=\"rId1\" action=\"ppaction://hlinksldjump\"/>");
	has(t, "<a:hlinkClick r:id=\"rId2\"/>");
	has_not(t, "macro");
	has_not(t, "program");
	has_not(t, "hlinkHover");
	free(t);
}

static void graphic_without_content_goes_with_its_frame(void **state)
{
	(void)state;
	char *t = clean_slide(SLIDE(
	    "<p:graphicFrame><p:nvGraphicFramePr/><p:xfrm/><a:graphic><a:graphicData uri='urn:x'><x xmlns='urn:x'/></a:graphicData></a:graphic></p:graphicFrame>"));
	has_not(t, "graphic");
	free(t);
}

static void repaired_or_removed(void **state)
{
	(void)state;
	char *t = clean_doc(
	    DOC("<w:p><w:r><w:instrText>PAGE</w:instrText><w:t>a</w:t></w:r>"
		"<w:hyperlink r:id=''><w:r><w:t>b</w:t></w:r></w:hyperlink>"
		"<w:r><w:fldChar w:fldCharType='begin'><w:fldData>QQ==</w:fldData></w:fldChar></w:r>"
		"<w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>"),
	    NULL);
	has(t, "<w:p><w:r><w:t>a</w:t></w:r><w:hyperlink><w:r><w:t>b</w:t></w:r></w:hyperlink>"
	       "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r>");
	assert_int_equal(sk_report_count(&report, SK_OOXML_FIELD), 1);
	assert_int_equal(sk_report_count(&report, SK_OOXML_CUSTOM_XML), 1);
	assert_int_equal(sk_report_count(&report, SK_OOXML_UNKNOWN_XML), 1);
	free(t);
	t = clean_book(BOOK,
	    "<worksheet " T_S
	    "><sheetData/><conditionalFormatting sqref='A1'><cfRule type='expression' priority='1'><formula>HYPERLINK(name)</formula></cfRule>"
	    "</conditionalFormatting></worksheet>",
	    "xl/worksheets/sheet1.xml");
	has_not(t, "HYPERLINK");
	assert_int_equal(sk_report_count(&report, SK_OOXML_FORMULA) > 0, 1);
	free(t);
}

static void fields_and_alternatives(void **state)
{
#define CHAR(t) "<w:r><w:fldChar w:fldCharType='" t "'/></w:r>"
#define CODE(t) "<w:r><w:instrText>" t "</w:instrText></w:r>"
#define ALT(inner) \
	"<mc:AlternateContent><mc:Choice xmlns:w14='http://schemas.microsoft.com/office/word/2010/wordml' Requires='w14'>" inner \
	"</mc:Choice></mc:AlternateContent>"
	(void)state;
	/* An alternative neither ends a field of outside nor leaves one open; a bad one in it goes. */
	char *t = clean_doc(
	    DOC("<w:p>" CHAR("begin")
		    CODE("PAGE") "<w:r>" ALT("<w:fldChar w:fldCharType='end'/>") "</w:r>" CHAR("end") "<w:r>" ALT("<w:fldChar w:fldCharType='begin'/><w:instrText>DDE x</w:instrText><w:fldChar w:fldCharType='end'/><w:t>x</w:t>") "</w:r><w:r>" ALT(
			"<w:fldChar w:fldCharType='begin'/><w:t>y</w:t>") "</w:r></w:p>"),
	    NULL);
	has_not(t, "DDE");
	has(t, "Requires=\"w14\"><w:t>x</w:t></mc:Choice>");
	has(t, "Requires=\"w14\"><w:t>y</w:t></mc:Choice>");
	free(t);
	/* Behind the fallback comes no choice. */
	t = clean_doc(
	    DOC("<w:p><w:r><mc:AlternateContent><mc:Fallback><w:t>a</w:t></mc:Fallback><mc:Choice "
		"xmlns:w14='http://schemas.microsoft.com/office/word/2010/wordml' Requires='w14'><w:t>b</w:t></mc:Choice>"
		"</mc:AlternateContent></w:r></w:p>"),
	    NULL);
	has(t, "<w:r><w:t>a</w:t></w:r>");
	free(t);
}

#define CHART_CT "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"

#define SPREADSHEET "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
#define WITH_CHART \
	"<xdr:wsDr xmlns:xdr='" SPREADSHEET "' " T_A \
	"><xdr:absoluteAnchor><xdr:pos x='0' y='0'/><xdr:ext cx='9' cy='9'/>" \
	"<xdr:graphicFrame macro=''><xdr:nvGraphicFramePr><xdr:cNvPr id='2' name='c'/><xdr:cNvGraphicFramePr/>" \
	"</xdr:nvGraphicFramePr><xdr:xfrm><a:off x='0' y='0'/><a:ext cx='9' cy='9'/></xdr:xfrm><a:graphic><a:graphicData " \
	"uri='http://schemas.openxmlformats.org/drawingml/2006/chart'><c:chart " \
	"xmlns:c='http://schemas.openxmlformats.org/drawingml/2006/chart' " T_R \
	" r:id='c'/></a:graphicData></a:graphic>" \
	"</xdr:graphicFrame><xdr:clientData/></xdr:absoluteAnchor></xdr:wsDr>"
#define SHEET_OF(n) \
	T_PART("xl/worksheets/sheet" n ".xml", T_CT "spreadsheetml.worksheet+xml", \
	    "<worksheet " T_S " " T_R "><sheetData/><drawing r:id='d'/></worksheet>"), \
	    T_PART("xl/worksheets/_rels/sheet" n ".xml.rels", NULL, \
		RELS(REL("d", "drawing", "../drawings/drawing" n ".xml"))), \
	    T_PART("xl/drawings/drawing" n ".xml", T_CT "drawing+xml", WITH_CHART), \
	    T_PART("xl/drawings/_rels/drawing" n ".xml.rels", NULL, \
		RELS(REL("c", "chart", "../charts/chart1.xml")))

/* Two drawings that show one part: a mistake of the converter, which another program may mean. */
static void charts_that_the_converter_mixed_up_go(void **state)
{
	const struct t_part p[] = {
	    T_PART("xl/workbook.xml", T_CT "spreadsheetml.sheet.main+xml",
		"<workbook " T_S " " T_R
		"><sheets><sheet name='a' sheetId='1' r:id='s1'/><sheet name='b' sheetId='2' "
		"r:id='s2'/></sheets></workbook>"),
	    T_PART("xl/_rels/workbook.xml.rels", NULL,
		RELS(REL("s1", "worksheet", "worksheets/sheet1.xml")
			REL("s2", "worksheet", "worksheets/sheet2.xml"))),
	    SHEET_OF("1"),
	    SHEET_OF("2"),
	    T_PART("xl/charts/chart1.xml", CHART_CT,
		"<c:chartSpace xmlns:c='http://schemas.openxmlformats.org/drawingml/2006/chart'><c:chart><c:plotArea/>"
		"</c:chart></c:chartSpace>"),
	};
	struct sk_buf in = SK_BUF(16 << 20);
	struct sk_output out;

	assert_int_equal(t_package(p, sizeof(p) / sizeof(p[0]), &in), 0);
	assert_int_equal(t_clean(sk_buf_slice(&in), SK_METHOD_REBUILD, &report, &out), 0);
	assert_int_equal(sk_report_count(&report, SK_OOXML_CHART), 0);
	char *chart = part_of(sk_buf_slice(&out.bytes), "xl/charts/chart1.xml");
	assert_true(chart[0] != 0);
	free(chart);
	sk_buf_free(&out.bytes);
	assert_int_equal(t_clean_as(sk_buf_slice(&in), SK_METHOD_REBUILD, true, &report, &out), 0);
	assert_int_equal(sk_report_count(&report, SK_OOXML_CHART), 1);
	chart = part_of(sk_buf_slice(&out.bytes), "xl/charts/chart1.xml");
	assert_string_equal(chart, "");
	free(chart);
	sk_buf_free(&out.bytes);
	sk_buf_free(&in);
}

/* The workbook of a chart is cleaned and kept; one that is none goes, and the chart stays. */
static void chart_keeps_its_workbook(void **state)
{
	struct t_part book[] = {
	    T_PART("xl/workbook.xml", SML "sheet.main+xml",
		"<workbook " T_S " " T_R
		"><sheets><sheet name='A' sheetId='1' r:id='a'/></sheets></workbook>"),
	    T_PART("xl/_rels/workbook.xml.rels", NULL, RELS(REL("a", "worksheet", "s.xml"))),
	    T_PART("xl/s.xml", SML "worksheet+xml",
		"<worksheet " T_S
		"><sheetData><row r='1'><c r='A1'><f>WEBSERVICE(1)</f><v>7</v></c></row></sheetData></worksheet>")};
	struct sk_buf inner = SK_BUF(1 << 20);
	struct t_part p[] = {
	    T_PART("word/document.xml", WML "document.main+xml",
		DOC("<w:p><w:r><w:drawing><wp:inline xmlns:wp='http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing'><a:graphic><a:graphicData "
		    "uri='http://schemas.openxmlformats.org/drawingml/2006/chart'><c:chart xmlns:c='http://schemas.openxmlformats.org/drawingml/2006/chart' "
		    "r:id='c'/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>")),
	    T_PART(
		"word/_rels/document.xml.rels", NULL, RELS(REL("c", "chart", "charts/chart7.xml"))),
	    T_PART("word/charts/chart7.xml", CHART_CT,
		"<c:chartSpace xmlns:c='http://schemas.openxmlformats.org/drawingml/2006/chart' " T_R
		"><c:chart/><c:externalData r:id='b'><c:autoUpdate val='0'/></c:externalData></c:chartSpace>"),
	    T_PART("word/charts/_rels/chart7.xml.rels", NULL,
		RELS(REL("b", "package", "../embeddings/Microsoft_Excel_Sheet1.xlsx"))),
	    {"word/embeddings/Microsoft_Excel_Sheet1.xlsx", NULL, {NULL, 0}}};

	(void)state;
	assert_int_equal(t_package(book, 3, &inner), 0);
	p[4].data = sk_buf_slice(&inner);
	char *t = clean_parts(p, 5, "word/charts/chart1.xml");
	has(t, "<c:externalData r:id=\"rId1\"><c:autoUpdate val=\"0\"/></c:externalData>");
	assert_int_equal(sk_report_count(&report, SK_OOXML_FORMULA), 1);
	free(t);
	t = clean_parts(p, 5, "word/charts/_rels/chart1.xml.rels");
	has(t, "Target=\"../embeddings/workbook1.xlsx\"");
	free(t);
	p[4].data = SK_SLICE_LIT("no workbook");
	t = clean_parts(p, 5, "word/charts/chart1.xml");
	has_not(t, "externalData");
	assert_int_equal(sk_report_count(&report, SK_OOXML_EMBEDDED_BOOK), 1);
	free(t);
	sk_buf_free(&inner);
}

static void types_are_told_from_content(void **state)
{
	static const struct {
		const char *type;
		enum sk_filetype is;
	} rows[] = {{WML "document.main+xml", SK_FT_DOCX},
	    {"application/vnd.ms-word.document.macroEnabled.main+xml", SK_FT_DOCM},
	    {WML "template.main+xml", SK_FT_DOTX},
	    {"application/vnd.ms-excel.sheet.binary.macroEnabled.main", SK_FT_XLSB},
	    {"application/vnd.ms-visio.drawing.main+xml", SK_FT_VSDX},
	    {PML "slideshow.main+xml", SK_FT_PPSX}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct t_part p[] = {T_PART("a/b.xml", rows[i].type, "<x/>")};
		struct sk_buf in = SK_BUF(1 << 20);
		report = (struct sk_report){0};
		assert_int_equal(t_package(p, 1, &in), 0);
		sk_ooxml_handler.probe(sk_buf_slice(&in), "x", &report);
		assert_int_equal(report.nclaims, 1);
		assert_int_equal(report.claims[0].type, rows[i].is);
		sk_buf_free(&in);
	}
}

static void text_method(void **state)
{
	struct t_part p[] = {T_PART("word/document.xml", WML "document.main+xml",
	    DOC("<w:p><w:r><w:t>One</w:t><w:tab/><w:t>two</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p><w:p><w:r><w:t>b</w:t></w:r></w:p>"
		"</w:tc><w:tc><w:p><w:r><w:t>c</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p><w:r><w:instrText>PAGE</w:instrText><w:t>end</w:t></w:r></w:p>"))};
	struct sk_buf in = SK_BUF(1 << 20);
	struct sk_output out;

	(void)state;
	assert_int_equal(t_package(p, 1, &in), 0);
	assert_int_equal(t_clean(sk_buf_slice(&in), SK_METHOD_TEXT, &report, &out), 0);
	assert_true(sk_slice_is(sk_buf_slice(&out.bytes), "One\ttwo\na b\tc\nend\n"));
	assert_int_equal(out.type, SK_FT_TXT);
	sk_buf_free(&in);
	sk_buf_free(&out.bytes);
}

static void text_of_sheets(void **state)
{
	struct t_part p[] = {
	    T_PART("xl/workbook.xml", SML "sheet.main+xml",
		"<workbook " T_S " " T_R
		"><sheets><sheet name='市' sheetId='1' r:id='a'/></sheets></workbook>"),
	    T_PART("xl/_rels/workbook.xml.rels", NULL,
		RELS(REL("a", "worksheet", "s.xml") REL("b", "sharedStrings", "t.xml")
			REL("c", "styles", "y.xml"))),
	    T_PART("xl/s.xml", SML "worksheet+xml",
		"<worksheet " T_S
		"><sheetData><row r='1'><c r='A1' t='s'><v>1</v></c><c r='C1' s='1'><v>45292.5</v></c></row>"
		"<row r='2'><c r='B2'><v>0.1</v></c><c r='C2' s='2'><v>0.25</v></c><c t='b'><v>1</v></c><c t='inlineStr'><is><t>x</t></is></c></row></sheetData></worksheet>"),
	    T_PART("xl/t.xml", SML "sharedStrings+xml",
		"<sst " T_S
		"><si><t>no</t></si><si><r><t>名</t></r><r><t>前</t></r><rPh sb='0' eb='1'><t>ナ</t></rPh></si></sst>"),
	    T_PART("xl/y.xml", SML "styles+xml",
		"<styleSheet " T_S
		"><numFmts><numFmt numFmtId='170' formatCode='yyyy/m/d h:mm'/></numFmts><cellStyleXfs><xf numFmtId='9'/></cellStyleXfs>"
		"<cellXfs><xf numFmtId='0'/><xf numFmtId='170'/><xf numFmtId='9'/></cellXfs></styleSheet>")};
	struct sk_buf in = SK_BUF(1 << 20);
	struct sk_output out;

	(void)state;
	assert_int_equal(t_package(p, 5, &in), 0);
	assert_int_equal(t_clean(sk_buf_slice(&in), SK_METHOD_TEXT, &report, &out), 0);
	sk_buf_putc(&out.bytes, 0);
	assert_string_equal(
	    (char *)out.bytes.p, "== 市 ==\n名前\t\t2024-01-01 12:00:00\n\t0.1\t25%\tTRUE\tx\n");
	sk_buf_free(&in);
	sk_buf_free(&out.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(canonical_form),
	    cmocka_unit_test(same_name_by_two_prefixes),
	    cmocka_unit_test(split_field_goes_its_result_stays),
	    cmocka_unit_test(nested_fields),
	    cmocka_unit_test(open_field_goes),
	    cmocka_unit_test(fields_that_others_complete),
	    cmocka_unit_test(fields_of_their_own_stay),
	    cmocka_unit_test(formulas_in_other_places),
	    cmocka_unit_test(hidden_sheets_can_be_shown),
	    cmocka_unit_test(pivot_sources),
	    cmocka_unit_test(missing_parts_are_told),
	    cmocka_unit_test(external_things_go),
	    cmocka_unit_test(alternatives),
	    cmocka_unit_test(entity_bomb_does_not_grow),
	    cmocka_unit_test(broken_and_deep_xml_is_refused),
	    cmocka_unit_test(object_becomes_its_picture),
	    cmocka_unit_test(macro_sheet_goes_with_its_references),
	    cmocka_unit_test(bad_formulas_leave_their_values),
	    cmocka_unit_test(formulas),
	    cmocka_unit_test(fields),
	    cmocka_unit_test(links_and_actions),
	    cmocka_unit_test(slide_control_becomes_its_picture),
	    cmocka_unit_test(sheet_object_needs_no_alternative),
	    cmocka_unit_test(slide_object_becomes_its_picture),
	    cmocka_unit_test(slide_actions),
	    cmocka_unit_test(graphic_without_content_goes_with_its_frame),
	    cmocka_unit_test(repaired_or_removed),
	    cmocka_unit_test(fields_and_alternatives),
	    cmocka_unit_test(chart_keeps_its_workbook),
	    cmocka_unit_test(charts_that_the_converter_mixed_up_go),
	    cmocka_unit_test(types_are_told_from_content),
	    cmocka_unit_test(text_method),
	    cmocka_unit_test(text_of_sheets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
