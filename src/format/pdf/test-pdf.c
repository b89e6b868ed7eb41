/* Tests of the PDF rebuild: small documents made here, cleaned, verified, and cleaned again. */
#include "verify/verify.h"
#include "format/pdf/sample-doc.h"

/* --- the file --- */

static void test_simple(void **state)
{
	struct doc d = simple();
	struct sk_buf b = cleaned(&d), s = streams(&b);

	assert_int_equal(report.nremoved, 0);
	assert_true(has(&s, "BT\n/R1 12 Tf\n10 10 Td\n(Hello)Tj\nET\n"));
	assert_true(has(&b, "/BaseFont/Helvetica"));
	sk_buf_free(&b);
	sk_buf_free(&s);
}

static void test_probe(void **state)
{
	static const char late[] = "junk\n%PDF-1.4\nstartxref";
	struct sk_report *r = calloc(1, sizeof(*r));

	sk_pdf_handler.probe(SK_SLICE_LIT("%PDF-1.4\nnothing more"), "x", r);
	assert_int_equal(r->nclaims, 1);
	assert_int_equal(r->claims[0].strength, SK_CLAIM_SIGNATURE);
	sk_pdf_handler.probe(SK_SLICE_LIT(late), "x", r);
	assert_int_equal(r->nclaims, 2);
	assert_int_equal(r->claims[1].strength, SK_CLAIM_STRUCTURE);
	assert_int_equal(r->claims[1].offset, 5);
	sk_pdf_handler.probe(SK_SLICE_LIT("%PDX-1.4"), "x", r);
	assert_int_equal(r->nclaims, 2);
	free(r);
}

/* What must go, where it stands, and what it is called. EVIL marks it in the bytes. */
static const struct {
	const char *catalog, *page;
	enum sk_code code;
} forbidden[] = {
    {"/OpenAction<</S/JavaScript/JS(EVIL)>>", "", SK_PDF_JAVASCRIPT},
    {"/OpenAction<</S/Launch/F(EVIL)>>", "", SK_PDF_LAUNCH},
    {"/OpenAction<</S/Named/N/Print/Next<</S/JavaScript/JS(EVIL)>>>>", "", SK_PDF_JAVASCRIPT},
    {"/AA<</WC<</S/JavaScript/JS(EVIL)>>>>", "", SK_PDF_JAVASCRIPT},
    {"/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(EVIL)>>]>>>>", "", SK_PDF_JAVASCRIPT},
    {"/Names<</EmbeddedFiles<</Names[(a)<</F(EVIL)>>]>>>>", "", SK_PDF_EMBEDDED},
    {"/AF[<</F(EVIL)>>]", "", SK_PDF_EMBEDDED},
    {"/AcroForm<</XFA(EVIL)/Fields[]>>", "", SK_PDF_XFA},
    {"/Perms<</DocMDP(EVIL)>>", "", SK_PDF_SIGNATURE},
    {"/URI<</Base(EVIL)>>", "", SK_PDF_EXTERNAL},
    {"/PieceInfo<</X(EVIL)>>", "", SK_PDF_METADATA},
    {"/EVIL(EVIL)", "", SK_PDF_UNKNOWN_KEY},
    {"", "/AA<</O<</S/JavaScript/JS(EVIL)>>>>", SK_PDF_JAVASCRIPT},
    {"", "/PieceInfo<</X(EVIL)>>", SK_PDF_METADATA},
    {"", "/ZEVIL[(EVIL)]", SK_PDF_UNKNOWN_KEY},
    {"", "/Annots[<</Subtype/Link/Rect[0 0 1 1]/A<</S/URI/URI(javascript:EVIL)>>>>]", SK_PDF_LINK},
    {"", "/Annots[<</Subtype/Link/Rect[0 0 1 1]/A<</S/URI/URI(file:///EVIL)>>>>]", SK_PDF_LINK},
    {"", "/Annots[<</Subtype/Link/Rect[0 0 1 1]/A<</S/GoToR/F(EVIL)/D[0/Fit]>>>>]", SK_PDF_LINK},
    {"", "/Annots[<</Subtype/Link/Rect[0 0 1 1]/A<</S/Launch/F(EVIL)>>>>]", SK_PDF_LAUNCH},
    {"", "/Annots[<</Subtype/Link/Rect[0 0 1 1]/A<</S/ImportData/F(EVIL)>>>>]", SK_PDF_SUBMIT},
    {"", "/Annots[<</Subtype/Link/Rect[0 0 1 1]/A<</S/Rendition/R(EVIL)>>>>]", SK_PDF_MEDIA},
    {"", "/Annots[<</Subtype/FileAttachment/Rect[0 0 1 1]/FS<</F(EVIL)>>>>]", SK_PDF_EMBEDDED},
    {"", "/Annots[<</Subtype/Movie/Rect[0 0 1 1]/Movie<</F(EVIL)>>>>]", SK_PDF_MEDIA},
    {"", "/Annots[<</Subtype/RichMedia/Rect[0 0 1 1]/X(EVIL)>>]", SK_PDF_MEDIA},
    {"", "/Annots[<</Subtype/Text/F 2/Rect[0 0 1 1]/Contents(EVIL)>>]", SK_PDF_ANNOTATION},
    {"", "/Annots[<</Subtype/Text/Rect[0 0 1 1]/T(EVIL)>>]", SK_PDF_METADATA},
    {"", "/Annots[<</Subtype/Link/Rect[0 0 1 1]/Dest[3 0 R/Fit]/PA<</S/URI/URI(EVIL)>>>>]",
	SK_PDF_LINK},
};

static void test_forbidden(void **state)
{
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(*forbidden); i++) {
		struct doc d = simple();
		char catalog[300], one[400];
		snprintf(catalog, sizeof(catalog), "<</Type/Catalog/Pages 2 0 R%s>>",
		    forbidden[i].catalog);
		snprintf(
		    one, sizeof(one), "%.*s%s>>", (int)strlen(page) - 2, page, forbidden[i].page);
		d.body[0] = catalog;
		d.body[2] = one;
		struct sk_buf b = cleaned(&d), s = streams(&b);
		if (has(&b, "EVIL") || has(&s, "EVIL") || count(forbidden[i].code) == 0)
			print_error("row %zu: %s%s\n", i, forbidden[i].catalog, forbidden[i].page);
		assert_false(has(&b, "EVIL"));
		assert_false(has(&s, "EVIL"));
		assert_int_not_equal(count(forbidden[i].code), 0);
		sk_buf_free(&b);
		sk_buf_free(&s);
	}
}

/* What may stay. */
static const struct {
	const char *catalog, *page, *stays;
} allowed[] = {
    {"/Lang(ja)/PageLayout/OneColumn", "", "/PageLayout/OneColumn"},
    {"/OpenAction[3 0 R/FitH 7]", "", "/FitH 7]"},
    {"/Outlines 6 0 R", "", "/Title(Chapter)"},
    {"/PageLabels<</Kids[<</Nums[0<</S/r>>]>>]>>", "", "/Nums[0<</S/r>>]"},
    {"/Names<</Dests<</Names[(one)[3 0 R/Fit]]>>>>", "", "/Dests<</one["},
    {"/MarkInfo<</Marked true>>/StructTreeRoot 8 0 R", "", "/Alt(a picture)"},
    {"", "/Rotate 450", "/Rotate 90"},
    {"", "/CropBox[100 100 0 0]", "/CropBox[0 0 100 100]"},
    {"", "/Annots[<</Subtype/Link/Rect[0 0 1 1]/A<</S/URI/URI(HTTPS://x.test/a b)>>>>]",
	"(https://x.test/a%20b)"},
    {"", "/Annots[<</Subtype/Link/Rect[0 0 1 1]/A<</S/GoTo/D[3 0 R/XYZ 1 null 2]>>>>]",
	"/XYZ 1 null 2]"},
    {"", "/Annots[<</Subtype/Highlight/Rect[0 0 1 1]/QuadPoints[1 2 3 4 5 6 7 8]/Contents(note)>>]",
	"(note)"},
    {"", "/Annots[<</Subtype/FreeText/Rect[0 0 1 1]/DA(1 0 0 rg /Arial 9 Tf BX)>>]",
	"(1 0 0 rg /Helv 9 Tf)"},
};

static void test_allowed(void **state)
{
	for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed); i++) {
		struct doc d = simple();
		char catalog[300], one[400];
		snprintf(catalog, sizeof(catalog), "<</Type/Catalog/Pages 2 0 R%s>>",
		    allowed[i].catalog);
		snprintf(
		    one, sizeof(one), "%.*s%s>>", (int)strlen(page) - 2, page, allowed[i].page);
		d.body[0] = catalog;
		d.body[2] = one;
		d.body[5] = "<</First 7 0 R/Last 7 0 R>>";
		d.body[6] =
		    "<</Title(Chapter)/Parent 6 0 R/Dest(one)/Next 7 0 R>>"; /* its own successor */
		d.body[7] = "<</Type/StructTreeRoot/K 9 0 R/ParentTree<</Nums[0[9 0 R]]>>>>";
		d.body[8] =
		    "<</S/Figure/P 8 0 R/Pg 3 0 R/K[0 9 0 R]/Alt(a picture)>>"; /* its own kid */
		d.n = 9;
		struct sk_buf b = cleaned(&d);
		if (!has(&b, allowed[i].stays))
			print_error(
			    "row %zu: %s\n%.*s\n", i, allowed[i].stays, (int)b.len, (char *)b.p);
		assert_true(has(&b, allowed[i].stays));
		sk_buf_free(&b);
	}
}

/* --- content --- */

static char *stream(const char *dict, const char *data)
{
	static char text_of[4][4000];
	static int next;
	char *to = text_of[next++ % 4];

	snprintf(to, 4000, "<<%s/Length %zu>>stream\n%s\nendstream", dict, strlen(data), data);
	return to;
}

static const struct {
	const char *in, *out;
	bool removed;
} contents[] = {
    {"q 1.50 0 0 -.0 +3 007 cm Q", "q\n1.5 0 0 0 3 7 cm\nQ\n", false},
    {"q q Q", "q\nq\nQ\nQ\n", false},
    {"Q Q q Q", "q\nQ\n", true},
    {"BT BT ET ET", "BT\nET\n", true},
    {"BT [<41>(B)-12.0 (\\103\\)\\\n)]TJ", "BT\n[(A)(B)-12(C\\))]TJ\nET\n", false},
    {"1 2 3 m 1 2 l", "2 3 m\n1 2 l\n", true},
    {"(x) w /A w 1 w", "1 w\n", true},
    {"1 evil 2 w (EVIL) evil", "2 w\n", true},
    {"5 J 1 J 1.5 j", "1 J\n", true},
    {"99999999999 0 m", "2147483647 0 m\n", false},
    {"/Evil ri /Perceptual ri", "/Perceptual ri\n", true},
    {"/P <</MCID 3/EVIL(EVIL)>> BDC EMC EMC", "/P<</MCID 3>>BDC\nEMC\n", true},
    {"/P BMC", "/P BMC\nEMC\n", false},
    {"/None gs /None Do 1 w", "1 w\n", true},
    {"[1 2 /x] 0 d", "[1 2]0 d\n", true},
    {"0 0 1 1 re F", "0 0 1 1 re\nf\n", false},
    {"BX 1 w EX", "1 w\n", false},
    {"BI /W 1 /H 1 /BPC 8 /CS /G /L 1 ID x EI (\2) Tj 1 w",
	"BI/W 1/H 1/BPC 8/CS/G/L 1 ID x\nEI\n(\2)Tj\n1 w\n", false},
    {"% EVIL comment\n1 w", "1 w\n", false},
    {"BI /W 2 /H 2 /BPC 8 /CS /G ID abcd EI 1 w", "BI/W 2/H 2/BPC 8/CS/G/L 4 ID abcd\nEI\n1 w\n",
	false},
    {"BI /W 9 /H 2 /IM true /D [1 0] /F /AHx ID 00ff00ff> EI 1 w",
	"BI/W 9/H 2/IM true/D[1 0]/L 4 ID", false},
    {"BI /W 0 /H 2 /BPC 8 /CS /G ID abcd EI 1 w", "1 w\n", true},
    {"3 w BI /W 2 /H 2 ID abcd", "3 w\n", true},
};

static void test_content(void **state)
{
	for (size_t i = 0; i < sizeof(contents) / sizeof(*contents); i++) {
		struct doc d = simple();
		d.body[3] = stream("", contents[i].in);
		struct sk_buf b = cleaned(&d), s = streams(&b);
		if (!has(&s, contents[i].out) || (report.nremoved > 0) != contents[i].removed)
			print_error("row %zu: %s\n%s", i, contents[i].in, (char *)s.p);
		assert_true(has(&s, contents[i].out));
		assert_false(has(&s, "EVIL"));
		assert_int_equal(report.nremoved > 0, contents[i].removed);
		sk_buf_free(&b);
		sk_buf_free(&s);
	}
}

static void test_hidden_layer(void **state)
{
	struct doc d = simple();

	d.body[0] =
	    "<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[6 0 R 7 0 R]/D<</OFF[6 0 R]>>>>>>";
	d.body[2] =
	    "<</Type/Page/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>/Properties<</A 6 0 R/B "
	    "7 0 R>>>>>>";
	d.body[3] =
	    stream("", "/OC /A BDC 0 0 1 1 re f BT /F1 9 Tf (SECRET) Tj ET EMC /OC /B BDC 2 w EMC");
	d.body[5] = "<</Type/OCG/Name(off)>>";
	d.body[6] = "<</Type/OCG/Name(on)>>";
	d.n = 7;
	struct sk_buf b = cleaned(&d), s = streams(&b);
	assert_false(has(&s, "SECRET"));
	assert_false(has(&b, "(off)"));
	assert_true(has(&b, "(on)"));
	assert_true(has(&s, "/OC/R1 BDC\n2 w\nEMC\n"));
	assert_int_equal(count(SK_PDF_HIDDEN_LAYER), 1);
	sk_buf_free(&b);
	sk_buf_free(&s);
}

static void test_field(void **state)
{
	struct doc d = simple();

	d.body[0] =
	    "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R 8 0 R 9 0 R]/DR<</Font<</Helv 5 0 R>>>>>>>>";
	d.body[2] = "<</Type/Page/MediaBox[0 0 99 99]/Contents 4 0 R/Annots[6 0 R 8 0 R 9 0 R]>>";
	d.body[3] = stream("", "1 0 0 1 50 50 cm");
	d.body[5] =
	    "<</Subtype/Widget/FT/Tx/V(EVIL)/Rect[10 10 30 20]/AP<</N 7 0 R>>/AA<</K<</S/JavaScript/JS(EVIL)>>>>>>";
	d.body[6] = stream("/BBox[0 0 10 10]", "BT /Helv 9 Tf (SHOWN) Tj ET");
	d.body[7] = "<</Subtype/Widget/FT/Tx/V(VALUE)/DA(/Helv 8 Tf)/Rect[10 30 60 45]>>";
	d.body[8] =
	    "<</Subtype/Widget/FT/Ch/Opt[<FEFF6CE8> <FEFF610F>]/DA(/Helv 8 Tf)/Rect[10 60 60 90]>>";
	d.n = 9;
	struct sk_buf b = cleaned(&d), s = streams(&b);
	assert_true(has(&s, "(\x6c\xe8)Tj\n0 -9.6 Td\n(\x61\x0f)Tj\n"));
	assert_true(has(&b, "/Encoding/UniJIS-UTF16-H"));
	assert_true(has(&s, "q\n1 0 0 1 50 50 cm\nQ\nq\n2 0 0 1 10 10 cm\n/R1 Do\nQ\n"));
	assert_true(has(&s, "(SHOWN)Tj"));
	assert_true(has(&s, "(VALUE)Tj"));
	assert_false(has(&b, "EVIL"));
	assert_int_equal(count(SK_PDF_FORM), 3);
	assert_int_equal(count(SK_PDF_JAVASCRIPT), 1);
	sk_buf_free(&b);
	sk_buf_free(&s);
}

/* --- objects --- */

/* A page with one resource, used by its content; the resource's body is object 6. */
static struct doc with_resource(const char *category, const char *use, const char *body)
{
	static char one[300];
	struct doc d = simple();

	snprintf(one, sizeof(one),
	    "<</Type/Page/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</%s<</X 6 0 R>>>>>>",
	    category);
	d.body[2] = one;
	d.body[3] = stream("", use);
	d.body[5] = body;
	d.n = 6;
	return d;
}

static const struct {
	const char *category, *use, *body, *stays; /* stays NULL: the resource goes */
} resources[] = {
    {"ExtGState", "/X gs", "<</CA .5/BM[/Evil/Multiply]/SMask/None/EVIL(EVIL)>>",
	"/BM/Multiply/SMask/None/CA .5"},
    {"ColorSpace", "/X cs", "[/Indexed/DeviceRGB 1<000000ffffff>]", "[/Indexed/DeviceRGB 1("},
    {"ColorSpace", "/X cs", "[/Indexed/DeviceRGB 300<00>]", NULL},
    {"ColorSpace", "/X cs", "[/Separation/Spot/DeviceGray<</FunctionType 2/Domain[0 1]/N 1>>]",
	"/Separation/Spot"},
    {"ColorSpace", "/X cs", "[/Separation/Spot/DeviceCMYK<</FunctionType 2/Domain[0 1]/N 1>>]",
	NULL},
    {"ColorSpace", "/X cs", "[/CalRGB<</WhitePoint[1 1 1]/EVIL(EVIL)>>]", "/WhitePoint[1 1 1]>>"},
    {"ColorSpace", "/X cs", "6 0 R", NULL},
    {"ColorSpace", "/X cs", "[/Pattern 6 0 R]", "/Pattern"},
    {"Shading", "/X sh",
	"<</ShadingType 2/ColorSpace/DeviceGray/Coords[0 0 1 1]/Function<</FunctionType 2/Domain[0 1]/N 1>>>>",
	"/ShadingType 2"},
    {"Shading", "/X sh", "<</ShadingType 2/ColorSpace/DeviceGray/Coords[0 0 1 1]>>", NULL},
    {"XObject", "/X Do", "<</Type/XObject/Subtype/PS/Length 4>>stream\nEVIL\nendstream", NULL},
    {"XObject", "/X Do", "<</Subtype/Form/BBox[0 0 1 1]/Length 6>>stream\n/X Do \nendstream",
	"/Subtype/Form"},
    {"XObject", "/X Do", "<</Subtype/Form/BBox[0 0 1 1]/F(EVIL)/Length 3>>stream\n1 w\nendstream",
	NULL},
    {"XObject", "/X Do",
	"<</Subtype/Image/Width 2/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray/Length 9>>stream\nabTRAILER\nendstream",
	"/Subtype/Image"},
    {"XObject", "/X Do",
	"<</Subtype/Image/Width 65535/Height 65535/BitsPerComponent 8/ColorSpace/DeviceGray/Length 0>>stream\n\nendstream",
	"REFUSED"},
    {"XObject", "/X Do",
	"<</Subtype/Image/Width 2/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/JPXDecode/Length "
	"4>>stream\nEVIL\nendstream",
	NULL},
    {"Pattern", "/Pattern cs /X scn",
	"<</PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep 1/YStep "
	"1/Length 3>>stream\n1 w\nendstream",
	"/PatternType 1"},
    {"Font", "BT /X 9 Tf ET",
	"<</Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[1 0 0 1 0 0]/CharProcs<</a 4 0 "
	"R>>/Encoding<</Differences[65/a]>>/FirstChar 65/LastChar 65/Widths[1]/EVIL(EVIL)>>",
	"/Subtype/Type3"},
    {"Font", "BT /X 9 Tf ET",
	"<</Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[<</Subtype/CIDFontType2"
	"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor<</FontName/A"
	"/Flags 4>>/W[1[2 3]4 5 6]>>]>>",
	"/W[1[2 3]4 5 6]"},
    {"Font", "BT /X 9 Tf ET",
	"<</Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[<</Subtype/CIDFontType2/W[1[2]]>>]>>",
	"/Ordering(Identity)"},
};

static void test_resources(void **state)
{
	for (size_t i = 0; i < sizeof(resources) / sizeof(*resources); i++) {
		struct doc d =
		    with_resource(resources[i].category, resources[i].use, resources[i].body);
		if (resources[i].stays && strcmp(resources[i].stays, "REFUSED") == 0) {
			assert_int_equal(refused(&d), SK_EREFUSED);
			assert_int_equal(report.reason, SK_REASON_LIMIT_PIXELS);
			continue;
		}
		struct sk_buf b = cleaned(&d), s = streams(&b);
		bool stays = resources[i].stays && has(&b, resources[i].stays);
		if (stays != (resources[i].stays != NULL))
			print_error(
			    "row %zu: %s\n%.*s\n", i, resources[i].body, (int)b.len, (char *)b.p);
		assert_int_equal(stays, resources[i].stays != NULL);
		if (!resources[i].stays)
			assert_true(has(&b, "/Resources<<>>") && report.nremoved > 0);
		assert_false(has(&b, "EVIL") || has(&s, "EVIL") || has(&s, "TRAILER"));
		sk_buf_free(&b);
		sk_buf_free(&s);
	}
}

static void test_calculator(void **state)
{
	struct doc d = with_resource("ColorSpace", "/X cs", "[/Separation/S/DeviceGray 7 0 R]");
	struct sk_buf b, s;

	d.n = 7;
	d.body[6] = stream(
	    "/FunctionType 4/Domain[0 1]/Range[0 1]", "{ dup .50 gt{1 exch sub}if % EVIL\n}");
	b = cleaned(&d);
	s = streams(&b);
	assert_true(has(&s, "{ dup .5 gt { 1 exch sub } if }"));
	assert_false(has(&s, "EVIL"));
	sk_buf_free(&b);
	sk_buf_free(&s);
	d.body[6] = stream("/FunctionType 4/Domain[0 1]/Range[0 1]", "{ (EVIL) run }");
	b = cleaned(&d);
	assert_true(has(&b, "/Resources<<>>"));
	sk_buf_free(&b);
}

static void test_tounicode(void **state)
{
	struct doc d = simple();

	d.body[4] = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>";
	d.body[5] = stream("",
	    "1 begincodespacerange <00><FF> endcodespacerange 1 beginbfchar <41> <00620063> endbfchar "
	    "2 beginbfrange <50> <52> <00FE> <60> <61> [<0041> <0042>] endbfrange (EVIL) run");
	d.n = 6;
	struct sk_buf b = cleaned(&d), s = streams(&b);
	assert_true(has(&s, "3 beginbfchar\n<41><00620063>\n<60><0041>\n<61><0042>\nendbfchar\n"));
	assert_true(has(&s, "2 beginbfrange\n<50><51><00fe>\n<52><52><0100>\nendbfrange\n"));
	assert_false(has(&s, "EVIL"));
	sk_buf_free(&b);
	sk_buf_free(&s);
}

static void test_bad_font_flattens(void **state)
{
	struct doc d = simple();

	d.body[4] =
	    "<</Type/Font/Subtype/TrueType/BaseFont/A/FontDescriptor<</FontName/A/Flags 4/FontFile2 6 0 R>>>>";
	d.body[5] = stream("", "this is no font");
	d.n = 6;
	renderer = false;
	assert_int_equal(refused(&d), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_DAMAGED);
	renderer = true;
	struct sk_buf b = cleaned(&d), s = streams(&b);
	assert_int_equal(count(SK_PDF_PAGE_FLATTENED), 1);
	assert_true(has(&s, "200 0 0 200 0 0 cm\n/R1 Do\n"));
	assert_false(has(&b, "/FontFile2"));
	renderer = false;
	sk_buf_free(&b);
	sk_buf_free(&s);
}

/* --- structure --- */

static void test_page_tree_loop(void **state)
{
	struct doc d = simple();

	d.body[1] = "<</Type/Pages/Kids[2 0 R 3 0 R 2 0 R]/Count 3>>";
	struct sk_buf b = cleaned(&d);
	assert_true(has(&b, "/Count 1"));
	assert_int_not_equal(count(SK_PDF_DAMAGED), 0);
	sk_buf_free(&b);
	d.body[1] = "<</Type/Pages/Kids[2 0 R]/Count 1>>";
	d.body[2] = "<<>>";
	assert_int_equal(refused(&d), SK_EFORMAT);
}

static void test_no_pdf(void **state)
{
	struct sk_output out;

	assert_int_not_equal(run(SK_SLICE_LIT("%PDF-1.4\n%%EOF"), &out), 0);
	assert_int_not_equal(run(SK_SLICE_LIT(""), &out), 0);
	sk_buf_free(&out.bytes);
}

static void test_truncated(void **state)
{
	struct doc d = simple();
	struct sk_buf in = write_doc(&d);
	struct sk_output out;

	for (size_t n = 0; n < in.len; n += 7) {
		if (run(sk_slice(in.p, n), &out) == 0)
			verify(sk_buf_slice(&out.bytes));
		sk_buf_free(&out.bytes);
	}
	sk_buf_free(&in);
}

static void test_unused_and_old(void **state)
{
	struct doc d = simple();

	d.body[5] = "<</S/JavaScript/JS(EVIL)>>";
	d.n = 6;
	d.trailer = "/Info<</Title(Kept)/Author(EVIL)>>/XEVIL(EVIL)";
	struct sk_buf b = cleaned(&d);
	assert_false(has(&b, "EVIL"));
	assert_true(has(&b, "/Title(Kept)"));
	assert_int_equal(count(SK_PDF_UNUSED_OBJECT), 1);
	assert_int_equal(count(SK_PDF_METADATA), 1);
	assert_int_equal(count(SK_PDF_UNKNOWN_KEY), 1);
	sk_buf_free(&b);
}

static void test_wrong_length(void **state)
{
	struct doc d = simple();

	d.body[3] = "<</Length 9>>stream\nBT /F1 12 Tf 10 10 Td (Hello) Tj ET\nendstream";
	struct sk_buf b = cleaned(&d), s = streams(&b);
	assert_true(has(&s, "(Hello)Tj"));
	assert_int_equal(count(SK_PDF_DAMAGED), 1);
	sk_buf_free(&b);
	sk_buf_free(&s);
}

/* --- protection --- */

/* The simple document, protected by qpdf with a user password. */
static struct sk_buf protect(const char *user)
{
	struct doc d = simple();
	struct sk_buf in = write_doc(&d), out = SK_BUF(1 << 20);
	qpdf_data q = qpdf_init();

	qpdf_silence_errors(q);
	assert_int_equal(qpdf_read_memory(q, "x", (const char *)in.p, in.len, NULL), 0);
	qpdf_init_write_memory(q);
	qpdf_set_r6_encryption_parameters2(q, user, "owner", 1, 1, 1, 1, 1, 1, qpdf_r3p_full, 1);
	assert_int_equal(qpdf_write(q), 0);
	sk_buf_put(&out, qpdf_get_buffer(q), qpdf_get_buffer_length(q));
	qpdf_cleanup(&q);
	sk_buf_free(&in);
	return out;
}

static void test_encrypted(void **state)
{
	static const struct {
		const char *user, *given;
		enum sk_code reason;
	} rows[] = {{"", NULL, SK_CODE_NONE}, {"", "nonsense", SK_CODE_NONE},
	    {"pw", NULL, SK_REASON_ENCRYPTED}, {"pw", "nonsense", SK_REASON_PASSWORD},
	    {"pw", "pw", SK_CODE_NONE}, {"pw", "owner", SK_CODE_NONE}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sk_buf in = protect(rows[i].user);
		struct sk_output out;
		sk_passwords_wipe(&passwords);
		if (rows[i].given)
			sk_passwords_add(&passwords, sk_slice_str(rows[i].given));
		int rc = run(sk_buf_slice(&in), &out);
		sk_passwords_wipe(&passwords);
		assert_int_equal(rc, rows[i].reason ? SK_EREFUSED : 0);
		assert_int_equal(report.reason, rows[i].reason);
		if (rc == 0) {
			assert_int_equal(count(SK_PDF_ENCRYPTION), 1);
			verify(sk_buf_slice(&out.bytes));
		}
		sk_buf_free(&out.bytes);
		sk_buf_free(&in);
	}
}

/* --- decoders --- */

static void test_filters(void **state)
{
	struct sk_buf b = SK_BUF(1000);

	assert_true(sk_pdf_asciihex(SK_SLICE_LIT("48 65 6C6c6>EVIL"), &b));
	assert_true(sk_slice_is(sk_buf_slice(&b), "Hell`"));
	sk_buf_reset(&b);
	assert_true(sk_pdf_ascii85(SK_SLICE_LIT("87cUR\nD]i,\"Ebo80z~>EVIL"), &b));
	assert_int_equal(b.len, 16);
	assert_memory_equal(b.p, "Hello World!\0\0\0\0", 16);
	sk_buf_reset(&b);
	assert_true(sk_pdf_runlength(SK_SLICE_LIT("\x02"
						  "abc\xfez\x80"
						  "EVIL"),
	    &b));
	assert_true(sk_slice_is(sk_buf_slice(&b), "abczzz"));
	sk_buf_reset(&b);
	/* the example of ISO 32000-1, 7.4.4.2 */
	assert_true(sk_pdf_lzw(SK_SLICE_LIT("\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01"), true, &b));
	assert_true(sk_slice_is(sk_buf_slice(&b), "-----A---B"));
	sk_buf_free(&b);
	b = SK_BUF(100);
	static const uint8_t bomb[64] = {0x81};
	assert_false(sk_pdf_runlength(sk_slice(bomb, sizeof(bomb)), &b));
	assert_int_equal(b.err, SK_ELIMIT);
	sk_buf_free(&b);
}

static void test_numbers(void **state)
{
	static const char *const rows[][2] = {{"0", "0"}, {"-0", "0"}, {"+7", "7"}, {"007", "7"},
	    {"1.", "1"}, {".50", ".5"}, {"-0.25", "-.25"}, {"-.0", "0"}, {"--5", "-5"},
	    {"1.23456789012345", "1.2345678901"}, {"1.2.3", "1.2"}, {"99999999999", "2147483647"},
	    {"2147483647.5", "2147483647"}, {"-", "0"}, {".", "0"}};
	char out[SK_PDF_NUMBER + 1];
	bool integer;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		out[sk_pdf_canonical(sk_slice_str(rows[i][0]), out, &integer)] = 0;
		assert_string_equal(out, rows[i][1]);
		assert_int_equal(integer, strchr(out, '.') == NULL);
	}
}

/* One picture of 8 × 4 in every fax coding; in the last its third row is broken, and the one above stands for it. */
static const struct {
	const char *parms, *data;
} faxes[] = {
    {"/K -1", "98fc60020020"},
    {"/K -1/EncodedByteAlign true", "8031c0e018"},
    {"/K -1/EncodedByteAlign true", "8031c0e018001001"},
    {"/K 0", "9c711c4c"},
    {"/EncodedByteAlign true", "988e008e0098"},
    {"/EndOfLine true", "0019800c700031c000cc004004004004004004"},
    {"/K 0", "000198000c7000031c0000cc004004004004004004"},
    {"/EndOfLine true/EncodedByteAlign true", "00019800018e00018e000198"},
    {"/K 4/EndOfLine true", "001cc00463800b800e6003001800c00600300180"},
    {"/K 4", "cf1c3860"},
    {"/K 4/EncodedByteAlign true", "ccc700700c"},
    {"/EndOfLine true", "0019800c70003001001980"},
};

static void test_fax(void **state)
{
	struct sk_buf first = {0};

	for (size_t i = 0; i < sizeof(faxes) / sizeof(*faxes); i++) {
		struct doc d = simple();
		char dict[400];
		snprintf(dict, sizeof(dict),
		    "/Subtype/Image/Width 8/Height 4/BitsPerComponent 1/ColorSpace/DeviceGray/Filter[/AHx/CCITTFaxDecode]"
		    "/DecodeParms[null<</Columns 8%s>>]",
		    faxes[i].parms);
		d.body[2] =
		    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</I 6 0 "
		    "R>>>>>>";
		d.body[3] = "<</Length 5>>stream\n/I Do\nendstream";
		d.body[d.n++] = stream(dict, faxes[i].data);
		struct sk_buf b = cleaned(&d);
		if (i == 0) {
			first = b;
			continue;
		}
		if (b.len != first.len || memcmp(b.p, first.p, b.len) != 0)
			fail_msg("another picture: %s", faxes[i].parms);
		sk_buf_free(&b);
	}
	assert_int_not_equal(count(SK_PDF_DAMAGED), 0);
	sk_buf_free(&first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_simple),
	    cmocka_unit_test(test_probe),
	    cmocka_unit_test(test_forbidden),
	    cmocka_unit_test(test_allowed),
	    cmocka_unit_test(test_content),
	    cmocka_unit_test(test_hidden_layer),
	    cmocka_unit_test(test_field),
	    cmocka_unit_test(test_resources),
	    cmocka_unit_test(test_calculator),
	    cmocka_unit_test(test_tounicode),
	    cmocka_unit_test(test_bad_font_flattens),
	    cmocka_unit_test(test_page_tree_loop),
	    cmocka_unit_test(test_no_pdf),
	    cmocka_unit_test(test_truncated),
	    cmocka_unit_test(test_unused_and_old),
	    cmocka_unit_test(test_wrong_length),
	    cmocka_unit_test(test_encrypted),
	    cmocka_unit_test(test_fax),
	    cmocka_unit_test(test_filters),
	    cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
