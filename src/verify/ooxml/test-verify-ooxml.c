/*
 * Tests of the verifier of Office documents: three honest documents pass; each with one forbidden thing put back
 * does not. A mutation replaces one text in one part, which must be there; or renames, adds or drops a part.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "verify/ooxml/value.h"
#include "verify/text/testzip.h"

/* Pictures are checked by their own verifiers; here one word is enough. */
int sk_verify(struct sk_check *c, enum sk_filetype type, struct sk_slice in)
{
	if (type == SK_FT_PNG)
		return sk_slice_is(in, "good png") ? 0 : sk_fail(c, 0, "picture");
	if (type == SK_FT_XLSX && c->depth == 1)
		return sk_slice_is(in, "good book") ? 0 : sk_fail(c, 0, "workbook");
	return sk_fail(c, 0, "type of picture");
}

#define DECL "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define DOC "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define RELS \
	DECL \
	    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
#define REL(id, type, target) \
	"<Relationship Id=\"" id "\" Type=\"" DOC type "\" Target=\"" target "\"/>"
#define LINK(id, target) \
	"<Relationship Id=\"" id "\" Type=\"" DOC "hyperlink\" Target=\"" target \
	"\" TargetMode=\"External\"/>"
#define TYPES DECL "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
#define DEF(ext, type) "<Default Extension=\"" ext "\" ContentType=\"" type "\"/>"
#define DEF_PNG DEF("png", "image/png")
#define DEF_RELS DEF("rels", "application/vnd.openxmlformats-package.relationships+xml")
#define DEF_XLSX DEF("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
#define DEF_XML DEF("xml", "application/xml")
#define OVER(name, type) \
	"<Override PartName=\"/" name \
	"\" ContentType=\"application/vnd.openxmlformats-officedocument." type "+xml\"/>"
#define NS_W "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""
#define NS_X "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
#define NS_P "xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\""
#define NS_A "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\""
#define NS_R "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\""
#define NS_PIC "xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\""
#define NS_WP "xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\""
#define NS_XDR "xmlns:xdr=\"http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing\""
#define NS_MC "xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\""
#define NS_V "xmlns:v=\"urn:schemas-microsoft-com:vml\""
#define NS_O "xmlns:o=\"urn:schemas-microsoft-com:office:office\""
#define NS_XV "xmlns:x=\"urn:schemas-microsoft-com:office:excel\""
#define NS_C "xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\""
#define NS_W14 "xmlns:w14=\"http://schemas.microsoft.com/office/word/2010/wordml\""
#define NS_WPS "xmlns:wps=\"http://schemas.microsoft.com/office/word/2010/wordprocessingShape\""
#define FIELD(t) "<w:r><w:fldChar w:fldCharType=\"" t "\"/></w:r>"
#define INSTR(t) "<w:r><w:instrText>" t "</w:instrText></w:r>"

struct part {
	const char *name, *text;
};

static const struct part docx[] = {
    {"[Content_Types].xml", TYPES DEF_PNG DEF_RELS DEF_XML
	"<Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>" OVER(
	    "word/document.xml", "wordprocessingml.document.main") OVER("word/header1.xml",
	    "wordprocessingml.header") OVER("word/settings.xml", "wordprocessingml.settings")
	    OVER("word/styles.xml", "wordprocessingml.styles") "</Types>"},
    {"_rels/.rels",
	RELS REL("rId1", "officeDocument",
	    "word/document.xml") "<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" "
				 "Target=\"docProps/core.xml\"/></Relationships>"},
    {"docProps/core.xml", DECL
	"<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" "
	"xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>A &amp; B</dc:title></cp:coreProperties>"},
    {"word/_rels/document.xml.rels",
	RELS REL("rId1", "styles", "styles.xml") REL("rId2", "settings", "settings.xml")
	    REL("rId3", "header", "header1.xml") REL("rId4", "image", "media/image1.png")
		LINK("rId5", "https://example.jp/?a=1&amp;b=2") "</Relationships>"},
    {"word/document.xml", DECL
	"<w:document " NS_W " " NS_A " " NS_R " " NS_PIC " " NS_WP " " NS_MC " " NS_V " " NS_O
	" " NS_W14 " " NS_WPS " mc:Ignorable=\"w14\"><w:body>"
	"<w:p w14:paraId=\"00000001\"><w:r><w:t xml:space=\"preserve\">text &lt;1&gt; </w:t></w:r></w:p>"
	"<w:p>" FIELD("begin") INSTR(" PAGE \\* MERGEFORMAT ") FIELD("separate") "<w:r><w:t>1</w:t></w:r>" FIELD(
	    "end") "</w:p>"
		   "<w:p>" FIELD("begin") INSTR(" IF ") FIELD("begin") INSTR("REF b") FIELD(
		       "separate") "<w:r><w:t>inner</w:t></w:r>" FIELD("end")
		       INSTR(" = \"x\" \"yes\" \"no\"") FIELD(
			   "end") "</w:p>"
				  "<w:p>" FIELD("begin") INSTR(
				      "HYPERLINK \"https://a.jp/\" \\l \"b\" \\o \"tip\"")
				      FIELD(
					  "end") "</w:p>"
						 "<w:p><w:fldSimple w:instr=\" DATE \\@ &quot;yyyy&quot; \"><w:r><w:t>2026</w:t></w:r></w:fldSimple></w:p>"
						 "<w:p><w:hyperlink r:id=\"rId5\"><w:r><w:t>link</w:t></w:r></w:hyperlink></w:p>"
						 "<w:p><w:r><w:drawing><wp:inline distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\"><wp:extent cx=\"1\" cy=\"1\"/>"
						 "<wp:docPr id=\"1\" name=\"p\"/><a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\">"
						 "<pic:pic><pic:nvPicPr><pic:cNvPr id=\"1\" name=\"p\"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>"
						 "<a:blip r:embed=\"rId4\"/></pic:blipFill><pic:spPr/></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
						 "<w:p><w:r><mc:AlternateContent><mc:Choice Requires=\"wps\"><w:drawing><wp:inline><wp:extent cx=\"1\" cy=\"1\"/>"
						 "<wp:docPr id=\"2\" name=\"s\"/><a:graphic><a:graphicData uri=\"http://schemas.microsoft.com/office/word/2010/wordprocessingShape\">"
						 "<wps:wsp><wps:cNvSpPr/><wps:spPr/><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>"
						 "<mc:Fallback><w:pict><v:shape id=\"s\" style=\"width:1pt\"><v:imagedata r:id=\"rId4\" o:title=\"t\"/><v:textbox><w:txbxContent>"
						 "<w:p/></w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
						 "<w:sectPr><w:headerReference w:type=\"default\" r:id=\"rId3\"/></w:sectPr></w:body></w:document>"},
    {"word/header1.xml", DECL "<w:hdr " NS_W "><w:p/></w:hdr>"},
    {"word/media/image1.png", "good png"},
    {"word/settings.xml", DECL "<w:settings " NS_W "><w:zoom w:percent=\"100\"/></w:settings>"},
    {"word/styles.xml", DECL
	"<w:styles " NS_W
	"><w:style w:type=\"paragraph\" w:styleId=\"a\"><w:name w:val=\"Normal\"/></w:style></w:styles>"},
};

static const struct part xlsx[] = {
    {"[Content_Types].xml",
	TYPES DEF_PNG DEF_RELS DEF(
	    "vml", "application/vnd.openxmlformats-officedocument.vmlDrawing")
	    DEF_XML OVER("docProps/app.xml", "extended-properties") OVER("xl/comments1.xml",
		"spreadsheetml.comments") OVER("xl/drawings/drawing1.xml", "drawing")
		OVER("xl/sharedStrings.xml", "spreadsheetml.sharedStrings")
		    OVER("xl/workbook.xml", "spreadsheetml.sheet.main")
			OVER("xl/worksheets/sheet1.xml", "spreadsheetml.worksheet") "</Types>"},
    {"_rels/.rels", RELS REL("rId1", "officeDocument", "xl/workbook.xml")
			REL("rId2", "extended-properties", "docProps/app.xml") "</Relationships>"},
    {"docProps/app.xml", DECL
	"<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\">"
	"<Application>Microsoft Excel</Application></Properties>"},
    {"xl/_rels/workbook.xml.rels",
	RELS REL("rId1", "worksheet", "worksheets/sheet1.xml")
	    REL("rId2", "sharedStrings", "sharedStrings.xml") "</Relationships>"},
    {"xl/comments1.xml", DECL
	"<comments " NS_X
	"><authors><author>A</author></authors><commentList><comment ref=\"A1\" authorId=\"0\">"
	"<text><t>note</t></text></comment></commentList></comments>"},
    {"xl/drawings/_rels/drawing1.xml.rels",
	RELS REL("rId1", "image", "../media/image1.png") "</Relationships>"},
    {"xl/drawings/drawing1.xml", DECL
	"<xdr:wsDr " NS_A " " NS_R " " NS_XDR
	"><xdr:oneCellAnchor><xdr:from><xdr:col>1</xdr:col></xdr:from>"
	"<xdr:pic><xdr:nvPicPr><xdr:cNvPr id=\"1\" name=\"p\"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed=\"rId1\"/>"
	"</xdr:blipFill><xdr:spPr/></xdr:pic><xdr:clientData/></xdr:oneCellAnchor><xdr:oneCellAnchor><xdr:sp textlink=\"$A$1\">"
	"<xdr:spPr/></xdr:sp><xdr:clientData/></xdr:oneCellAnchor></xdr:wsDr>"},
    {"xl/drawings/vmlDrawing1.vml", DECL
	"<xml " NS_V " " NS_O " " NS_XV
	"><o:shapelayout v:ext=\"edit\"/><v:shape id=\"n\" style=\"width:1pt\">"
	"<v:textbox/><x:ClientData ObjectType=\"Note\"><x:Row>0</x:Row></x:ClientData></v:shape></xml>"},
    {"xl/media/image1.png", "good png"},
    {"xl/sharedStrings.xml", DECL "<sst " NS_X " count=\"1\"><si><t>shared</t></si></sst>"},
    {"xl/workbook.xml", DECL
	"<workbook " NS_X " " NS_R
	"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets>"
	"<definedNames><definedName name=\"total\">S!$A$1</definedName></definedNames></workbook>"},
    {"xl/worksheets/_rels/sheet1.xml.rels",
	RELS LINK("rId1", "mailto:a@b.jp") REL("rId2", "drawing", "../drawings/drawing1.xml")
	    REL("rId3", "vmlDrawing", "../drawings/vmlDrawing1.vml")
		REL("rId4", "comments", "../comments1.xml") "</Relationships>"},
    {"xl/worksheets/sheet1.xml", DECL
	"<worksheet " NS_X " " NS_R "><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c>"
	"<c r=\"B1\"><f>SUM('My sheet'!A1:A2,T[[#All],[x]])&amp;\"http://x|y\"</f><v>1</v></c><c r=\"C1\"><f>HYPERLINK(\"#S!A1\",\"go\")</f></c></row>"
	"</sheetData><conditionalFormatting sqref=\"A1\"><cfRule type=\"expression\" priority=\"1\"><formula>A1&gt;1</formula></cfRule>"
	"</conditionalFormatting><dataValidations count=\"1\"><dataValidation type=\"list\" sqref=\"A1\"><formula1>\"a,b\"</formula1>"
	"</dataValidation></dataValidations><hyperlinks><hyperlink ref=\"A1\" r:id=\"rId1\"/><hyperlink ref=\"A2\" location=\"S!A1\"/></hyperlinks>"
	"<drawing r:id=\"rId2\"/><legacyDrawing r:id=\"rId3\"/></worksheet>"},
};

static const struct part pptx[] = {
    {"[Content_Types].xml",
	TYPES DEF_PNG DEF_RELS DEF_XLSX DEF_XML OVER("ppt/charts/chart1.xml", "drawingml.chart")
	    OVER("ppt/presentation.xml", "presentationml.presentation.main")
		OVER("ppt/slideLayouts/slideLayout1.xml", "presentationml.slideLayout")
		    OVER("ppt/slideMasters/slideMaster1.xml", "presentationml.slideMaster")
			OVER("ppt/slides/slide1.xml", "presentationml.slide")
			    OVER("ppt/slides/slide2.xml", "presentationml.slide")
				OVER("ppt/theme/theme1.xml", "theme") "</Types>"},
    {"_rels/.rels", RELS REL("rId1", "officeDocument", "ppt/presentation.xml") "</Relationships>"},
    {"ppt/_rels/presentation.xml.rels",
	RELS REL("rId1", "slideMaster", "slideMasters/slideMaster1.xml") REL("rId2", "slide",
	    "slides/slide1.xml") REL("rId3", "slide", "slides/slide2.xml") "</Relationships>"},
    {"ppt/charts/_rels/chart1.xml.rels",
	RELS REL("rId1", "package", "../embeddings/workbook1.xlsx") "</Relationships>"},
    {"ppt/charts/chart1.xml", DECL
	"<c:chartSpace " NS_R " " NS_C
	"><c:chart><c:plotArea><c:barChart><c:ser><c:val><c:numRef><c:f>S!$A$1</c:f></c:numRef></c:val>"
	"</c:ser></c:barChart></c:plotArea></c:chart><c:externalData r:id=\"rId1\"><c:autoUpdate val=\"0\"/></c:externalData></c:chartSpace>"},
    {"ppt/embeddings/workbook1.xlsx", "good book"},
    {"ppt/media/image1.png", "good png"},
    {"ppt/presentation.xml", DECL
	"<p:presentation " NS_P " " NS_R
	"><p:sldMasterIdLst><p:sldMasterId id=\"2147483648\" r:id=\"rId1\"/></p:sldMasterIdLst>"
	"<p:sldIdLst><p:sldId id=\"256\" r:id=\"rId2\"/><p:sldId id=\"257\" r:id=\"rId3\"/></p:sldIdLst></p:presentation>"},
    {"ppt/slideLayouts/_rels/slideLayout1.xml.rels",
	RELS REL("rId1", "slideMaster", "../slideMasters/slideMaster1.xml") "</Relationships>"},
    {"ppt/slideLayouts/slideLayout1.xml", DECL "<p:sldLayout " NS_P "><p:cSld/></p:sldLayout>"},
    {"ppt/slideMasters/_rels/slideMaster1.xml.rels",
	RELS REL("rId1", "slideLayout", "../slideLayouts/slideLayout1.xml")
	    REL("rId2", "theme", "../theme/theme1.xml") "</Relationships>"},
    {"ppt/slideMasters/slideMaster1.xml",
	DECL "<p:sldMaster " NS_P " " NS_R
	     "><p:cSld/><p:sldLayoutIdLst><p:sldLayoutId id=\"2147483649\" r:id=\"rId1\"/>"
	     "</p:sldLayoutIdLst></p:sldMaster>"},
    {"ppt/slides/_rels/slide1.xml.rels",
	RELS REL("rId1", "slideLayout", "../slideLayouts/slideLayout1.xml")
	    REL("rId2", "image", "../media/image1.png") REL("rId3", "slide", "slide2.xml")
		LINK("rId4", "http://example.jp/")
		    REL("rId5", "chart", "../charts/chart1.xml") "</Relationships>"},
    {"ppt/slides/_rels/slide2.xml.rels",
	RELS REL("rId1", "slideLayout", "../slideLayouts/slideLayout1.xml") "</Relationships>"},
    {"ppt/slides/slide1.xml", DECL
	"<p:sld " NS_P " " NS_A " " NS_R " " NS_C
	"><p:cSld><p:spTree><p:pic><p:nvPicPr><p:cNvPr id=\"1\" name=\"n\">"
	"<a:hlinkClick r:id=\"rId3\" action=\"ppaction://hlinksldjump\"/></p:cNvPr><p:cNvPicPr/><p:nvPr/></p:nvPicPr><p:blipFill><a:blip r:embed=\"rId2\"/>"
	"</p:blipFill><p:spPr/></p:pic><p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"m\"><a:hlinkHover r:id=\"\" "
	"action=\"ppaction://hlinkshowjump?jump=nextslide\"/></p:cNvPr><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:p><a:r><a:rPr>"
	"<a:hlinkClick r:id=\"rId4\"/></a:rPr><a:t>link</a:t></a:r></a:p></p:txBody></p:sp><p:graphicFrame><a:graphic>"
	"<a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/table\"><a:tbl/></a:graphicData></a:graphic></p:graphicFrame>"
	"<p:graphicFrame><a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/chart\"><c:chart r:id=\"rId5\"/>"
	"</a:graphicData></a:graphic></p:graphicFrame>"
	"</p:spTree></p:cSld></p:sld>"},
    {"ppt/slides/slide2.xml", DECL "<p:sld " NS_P "><p:cSld/></p:sld>"},
    {"ppt/theme/theme1.xml", DECL "<a:theme " NS_A " name=\"t\"/>"},
};

struct document {
	enum sk_filetype type;
	const struct part *parts;
	size_t n;
};

#define DOCUMENT(type, parts) \
	{ \
		type, parts, sizeof(parts) / sizeof((parts)[0]) \
	}
static const struct document documents[] = {
    DOCUMENT(SK_FT_DOCX, docx), DOCUMENT(SK_FT_XLSX, xlsx), DOCUMENT(SK_FT_PPTX, pptx)};

/* Replace `find` in the part `part`, which must hold it; find == NULL renames the part to `replace` or drops it. */
struct mutation {
	const char *part, *find, *replace;
};

#include "test-mutations.h"

#define MAX_PARTS 24

static int run(const struct document *d, const struct mutation *mu, char why[256])
{
	struct tz_member m[MAX_PARTS];
	struct sk_buf zip = SK_BUF((size_t)1 << 20), text = SK_BUF((size_t)1 << 20);
	struct sk_check c = tz_check();
	size_t n = 0, applied = 0;

	for (size_t i = 0; i < d->n; i++) {
		m[n] = (struct tz_member){
		    .name = d->parts[i].name, .data = sk_slice_str(d->parts[i].text)};
		if (mu == NULL || strcmp(mu->part, m[n].name) != 0) {
			n++;
			continue;
		}
		applied++;
		if (mu->find == NULL) {
			m[n].name = mu->replace;
			n += mu->replace != NULL;
			continue;
		}
		size_t at = sk_slice_find(m[n].data, 0, sk_slice_str(mu->find));
		if (at == SIZE_MAX)
			fail_msg("%s does not hold %s", mu->part, mu->find);
		sk_buf_put(&text, m[n].data.p, at);
		sk_buf_puts(&text, mu->replace);
		sk_buf_put_slice(&text, sk_slice_sub(m[n].data, at + strlen(mu->find), SIZE_MAX));
		m[n++].data = sk_buf_slice(&text);
	}
	assert_true(mu == NULL || applied == 1);
	tz_write(&zip, m, n);
	int rc = sk_verify_ooxml(&c, d->type, sk_buf_slice(&zip));
	memcpy(why, c.fault.what, 256);
	sk_arena_free(c.arena);
	sk_buf_free(&zip);
	sk_buf_free(&text);
	return rc;
}

static void run_all(const struct document *d, const struct mutation *mu, size_t n)
{
	char why[256];

	if (run(d, NULL, why) != 0)
		fail_msg("the honest document fails: %s", why);
	for (size_t i = 0; i < n; i++) {
		if (run(d, &mu[i], why) != SK_EFORMAT)
			fail_msg("mutation %zu passed: %s: %s", i, mu[i].part,
			    mu[i].replace ? mu[i].replace : "dropped");
		assert_true(why[0] != '\0');
		if (getenv("SK_TEST_VERBOSE"))
			print_message("%s | %s\n", mu[i].replace ? mu[i].replace : "dropped", why);
	}
}

#define RUN(doc, list) run_all(doc, list, sizeof(list) / sizeof((list)[0]))

static void test_docx(void **state)
{
	(void)state;
	RUN(&documents[0], docx_mutations);
}

static void test_xlsx(void **state)
{
	(void)state;
	RUN(&documents[1], xlsx_mutations);
}

static void test_pptx(void **state)
{
	(void)state;
	RUN(&documents[2], pptx_mutations);
}

/* The rules that hold for every part, tried in each kind of document. */
static void test_common(void **state)
{
	static const char *const mains[] = {
	    "word/document.xml", "xl/workbook.xml", "ppt/presentation.xml"};
	char why[256];

	(void)state;
	for (size_t d = 0; d < 3; d++) {
		for (size_t i = 0; i < sizeof(common_mutations) / sizeof(common_mutations[0]);
		     i++) {
			struct mutation mu = common_mutations[i];
			mu.part = mu.part ? mu.part : mains[d];
			if (run(&documents[d], &mu, why) != SK_EFORMAT)
				fail_msg("mutation %zu of %s passed: %s", i, mains[d], mu.replace);
			if (getenv("SK_TEST_VERBOSE"))
				print_message("%s | %s\n", mu.replace, why);
		}
	}
}

/* A docx is not an xlsx. */
static void test_type(void **state)
{
	char why[256];

	(void)state;
	for (size_t d = 0; d < 3; d++) {
		struct document wrong = documents[d];
		wrong.type = documents[(d + 1) % 3].type;
		assert_int_equal(run(&wrong, NULL, why), SK_EFORMAT);
	}
}

static void test_formulas(void **state)
{
	const char *why = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(good_formulas) / sizeof(good_formulas[0]); i++)
		if (!sk_oo_formula(sk_slice_str(good_formulas[i]), &why))
			fail_msg("formula refused: %s: %s", good_formulas[i], why);
	for (size_t i = 0; i < sizeof(bad_formulas) / sizeof(bad_formulas[0]); i++)
		if (sk_oo_formula(sk_slice_str(bad_formulas[i]), &why))
			fail_msg("formula passed: %s", bad_formulas[i]);
}

static void test_instructions(void **state)
{
	const char *why = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(good_fields) / sizeof(good_fields[0]); i++)
		if (!sk_oo_instruction(sk_slice_str(good_fields[i]), SIZE_MAX, false, &why))
			fail_msg("field refused: %s: %s", good_fields[i], why);
	for (size_t i = 0; i < sizeof(bad_fields) / sizeof(bad_fields[0]); i++)
		if (sk_oo_instruction(sk_slice_str(bad_fields[i]), SIZE_MAX, false, &why))
			fail_msg("field passed: %s", bad_fields[i]);
	assert_false(sk_oo_instruction(SK_SLICE_LIT("QUOTE \"a\""), 9, false, &why));
	assert_false(sk_oo_instruction(SK_SLICE_LIT("HYPERLINK \"https://a\""), 11, false, &why));
	assert_false(sk_oo_instruction(SK_SLICE_LIT("PAGE x"), 0, false, &why));
	assert_false(sk_oo_instruction(SK_SLICE_LIT("PAGE x"), 4, false, &why));
	assert_true(sk_oo_instruction(SK_SLICE_LIT("PAGE x"), 5, false, &why));
	assert_false(sk_oo_instruction(SK_SLICE_LIT(""), 0, false, &why));
	assert_false(sk_oo_instruction(SK_SLICE_LIT("REF \"DDE\""), SIZE_MAX, true, &why));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_docx),
	    cmocka_unit_test(test_xlsx),
	    cmocka_unit_test(test_pptx),
	    cmocka_unit_test(test_common),
	    cmocka_unit_test(test_type),
	    cmocka_unit_test(test_formulas),
	    cmocka_unit_test(test_instructions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
