/*
 * Attacks on the PDF rebuild: each row is a document with one thing in it that must not come out, or that must
 * not cost more than it may. EVIL marks what is to be gone, in the file's bytes and in its streams.
 */
#include "verify/verify.h"
#include "format/pdf/sample-doc.h"

/* Objects from 6 on: a value, or "@dictionary@data" for a stream. A page that begins with "<<" is all of it. */
struct attack {
	const char *what, *catalog, *page, *more[6];
	enum sk_code code; /* of the report; SK_REASON_…: refused for it */
	const char *stays; /* may be NULL */
};

#define JS "<</S/JavaScript/JS(EVIL)>>"
#define LINK(action) "/Annots[<</Subtype/Link/Rect[0 0 1 1]/A" action ">>]"
#define WIDGET(keys) "/Annots[<</Subtype/Widget/Rect[0 0 9 9]" keys ">>]"
#define PAGE(resources) \
	"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 7 0 R/Resources<<" resources ">>>>"
#define FORM "/Type/XObject/Subtype/Form/BBox[0 0 9 9]"
#define IMAGE \
	"/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray"
#define OC(config) "/OCProperties<</OCGs[6 0 R]/D<<" config ">>>>"
#define OCG "<</Type/OCG/Name(a)>>"
#define SECRET "@@BT /F1 9 Tf ET /OC /P BDC BT (EVIL) Tj ET EMC 1 w"

#define CALLS \
	"/F Do /F Do /F Do /F Do /F Do /F Do /F Do /F Do /F Do /F Do " \
	"/F Do /F Do /F Do /F Do /F Do /F Do /F Do /F Do /F Do /F Do " \
	"/F Do /F Do /F Do /F Do /F Do /F Do /F Do /F Do /F Do /F Do "
#define CALLING(n) FORM "/Resources<</XObject<</F " n " 0 R>>>>"
#define TILE "/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/Resources<<>>"
#define A20 "aaaaaaaaaaaaaaaaaaaa"
#define A100 A20 A20 A20 A20 A20

static const struct attack attacks[] = {
    /* scripts, wherever they may hang */
    {"script under a disguised name", "/Open#41ction 6 0 R", "",
	{"<</S/Java#53cript/#4aS 7 0 R>>", "@@EVIL"}, SK_PDF_JAVASCRIPT, NULL},
    {"script far down a name tree", "/Names<</JavaScript 6 0 R>>", "",
	{"<</Kids[7 0 R]>>", "<</Limits[(EVIL)(EVIL)]/Names[(EVIL)" JS "]>>"}, SK_PDF_JAVASCRIPT,
	NULL},
    {"scripts of a field", "/AcroForm<</Fields[6 0 R]/CO[6 0 R]>>", "/Annots[6 0 R]",
	{"<</Subtype/Widget/FT/Tx/T(EVIL)/Rect[0 0 9 9]/AA<</K" JS "/F" JS "/V" JS "/C" JS ">>>>"},
	SK_PDF_JAVASCRIPT, NULL},
    {"script behind a harmless action", "", LINK("<</S/URI/URI(https://a.test/)/Next[" JS "]>>"),
	{NULL}, SK_PDF_JAVASCRIPT, NULL},
    {"script of a bookmark", "/Outlines<</First 6 0 R/Last 6 0 R>>", "",
	{"<</Title(one)/A" JS "/AA<</X" JS ">>>>"}, SK_PDF_JAVASCRIPT, NULL},
    {"script of a rendition", "", LINK("<</S/Rendition/OP 0/JS(EVIL)>>"), {NULL}, SK_PDF_MEDIA,
	NULL},
    {"script on every trigger of an annotation", "",
	"/Annots[<</Subtype/Text/Rect[0 0 1 1]/AA<</E" JS "/X" JS "/D" JS "/U" JS "/Fo" JS "/Bl" JS
	"/PO" JS "/PC" JS "/PV" JS "/PI" JS ">>>>]",
	{NULL}, SK_PDF_JAVASCRIPT, NULL},
    {"opening key twice", "/OpenAction[3 0 R/Fit]/OpenAction" JS, "", {NULL}, SK_PDF_JAVASCRIPT,
	NULL},
    {"action as a named place", "/Dests<</go<</D[3 0 R/Fit]/S/JavaScript/JS(EVIL)>>>>", "", {NULL},
	SK_CODE_NONE, NULL},
    /* other actions */
    {"mail with an attachment", "",
	LINK("<</S/URI/URI(mailto:a@b?attach=EVIL&Subject=x&amp;EVIL=1&cc=c@d&bcc=EVIL)>>"), {NULL},
	SK_PDF_LINK, "(mailto:a@b?Subject=x&cc=c@d)"},
    {"start of a program", "", LINK("<</S/Launch/Win<</F(EVIL)/P(EVIL)>>/Mac<</F(EVIL)>>>>"),
	{NULL}, SK_PDF_LAUNCH, NULL},
    {"file elsewhere", "", LINK("<</S/GoToR/D[0/Fit]/F<</FS/URL/F(\\\\\\\\EVIL\\\\x)>>>>"), {NULL},
	SK_PDF_LINK, NULL},
    {"file inside", "", LINK("<</S/GoToE/D[0/Fit]/T<</R/C/N(EVIL)>>>>"), {NULL}, SK_PDF_LINK, NULL},
    {"article thread", "", LINK("<</S/Thread/F(EVIL)/D 0>>"), {NULL}, SK_PDF_LINK, NULL},
    {"form sent", "", WIDGET("/FT/Btn/A<</S/SubmitForm/F<</FS/URL/F(http://EVIL)>>>>"), {NULL},
	SK_PDF_SUBMIT, NULL},
    {"form filled from a file", "", WIDGET("/FT/Btn/A<</S/ImportData/F(EVIL)>>"), {NULL},
	SK_PDF_SUBMIT, NULL},
    {"layers switched", "", LINK("<</S/SetOCGState/State[/ON(EVIL)]>>"), {NULL}, SK_PDF_ACTION,
	NULL},
    {"things hidden", "", LINK("<</S/Hide/T(EVIL)/H true>>"), {NULL}, SK_PDF_ACTION, NULL},
    {"menu command", "", LINK("<</S/Named/N/EVIL>>"), {NULL}, SK_PDF_ACTION, NULL},
    {"page effect", "", LINK("<</S/Trans/Trans<</S/EVIL>>>>"), {NULL}, SK_PDF_ACTION, NULL},
    {"film", "", LINK("<</S/Movie/T(EVIL)>>"), {NULL}, SK_PDF_MEDIA, NULL},
    {"sound", "", LINK("<</S/Sound/Sound 6 0 R>>"), {"@/Type/Sound/R 8000@EVIL"}, SK_PDF_MEDIA,
	NULL},
    {"view of a model", "", LINK("<</S/GoTo3DView/TA(EVIL)/V 0>>"), {NULL}, SK_PDF_MEDIA, NULL},
    {"command to a medium", "", LINK("<</S/RichMediaExecute/CMD<</C(EVIL)>>>>"), {NULL},
	SK_PDF_MEDIA, NULL},
    {"unknown action", "", LINK("<</S/EVIL>>"), {NULL}, SK_PDF_ACTION, NULL},
    /* addresses */
    {"address: data", "", LINK("<</S/URI/URI(data:text/html,EVIL)>>"), {NULL}, SK_PDF_LINK, NULL},
    {"address: program of the system", "", LINK("<</S/URI/URI(ms-msdt:EVIL)>>"), {NULL},
	SK_PDF_LINK, NULL},
    {"address: script in capitals", "", LINK("<</S/URI/URI( JaVaScRiPt:EVIL)>>"), {NULL},
	SK_PDF_LINK, NULL},
    {"address: file server", "", LINK("<</S/URI/URI(//EVIL/share)>>"), {NULL}, SK_PDF_LINK, NULL},
    {"address: relative", "/URI<</Base(http://EVIL/)>>", LINK("<</S/URI/URI(EVIL.exe)>>"), {NULL},
	SK_PDF_LINK, NULL},
    /* files inside */
    {"attachment of a page", "", "/AF[6 0 R]",
	{"<</Type/Filespec/F(EVIL)/EF<</F 7 0 R>>>>", "@/Type/EmbeddedFile@EVIL"}, SK_PDF_EMBEDDED,
	NULL},
    {"attachment of a note", "", "/Annots[<</Subtype/Text/Rect[0 0 1 1]/AF[6 0 R]>>]",
	{"<</Type/Filespec/F(EVIL)/EF<</UF 7 0 R>>>>", "@/Type/EmbeddedFile@EVIL"}, SK_PDF_EMBEDDED,
	NULL},
    {"portfolio", "/Collection<</D(EVIL)/View/H>>/Names<</EmbeddedFiles<</Names[(EVIL)6 0 R]>>>>",
	"", {"<</Type/Filespec/F(EVIL)/EF<</F 7 0 R>>>>", "@/Type/EmbeddedFile@EVIL"},
	SK_PDF_EMBEDDED, NULL},
    {"attachment of the structure", "/StructTreeRoot<</K 6 0 R>>", "",
	{"<</S/P/AF[<</F(EVIL)>>]/A<</O/UserProperties/P[<</N(EVIL)>>]>>>>"}, SK_CODE_NONE, NULL},
    {"text without an end", "", PAGE(""), {"null", "@@0 0 1 1 re f BT (EVIL Tj ET"}, SK_PDF_DAMAGED,
	NULL},
    {"text of a window", "", "/Annots[<</Subtype/Popup/Rect[0 0 9 9]/Contents(EVIL)>>]", {NULL},
	SK_PDF_ANNOTATION, NULL},
    {"bytes behind the rows of a picture", "", PAGE("/XObject<</I 6 0 R>>"),
	{"@" IMAGE "@aEVIL", "@@/I Do"}, SK_GENERIC_TRAILING, "/Width 1"},
    {"forms that call forms", "", PAGE("/XObject<</F 6 0 R>>"),
	{"@" CALLING("8") "@" CALLS, "@@" CALLS, "@" CALLING("9") "@" CALLS,
	    "@" CALLING("10") "@" CALLS, "@" CALLING("11") "@" CALLS, "@" FORM "@0 0 1 1 re f"},
	SK_REASON_LIMIT_PAINTINGS, NULL},
    {"tiles without number", "", PAGE("/Pattern<</P 6 0 R>>"),
	{"@" TILE "/XStep .001/YStep .001@0 0 1 1 re f", "@@/Pattern cs /P scn 0 0 9 9 re f"},
	SK_REASON_LIMIT_PAINTINGS, NULL},
    {"tiles that are visible for a small part", "", PAGE("/XObject<</F 6 0 R>>"),
	{"@/Type/XObject/Subtype/Form/BBox[0 0 99999 99999]/Resources<</Pattern<</P 8 0 R>>>>@"
	 "/Pattern cs /P scn 0 0 9 9 re f",
	    "@@.5 0 0 .5 0 0 cm /F Do", "@" TILE "/XStep 1/YStep 1@0 0 1 1 re f"},
	SK_CODE_NONE, "/XStep 1"},
    {"text of glyphs that draw much", "",
	"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 7 0 R/Resources<</Font<</F 6 0 "
	"R>>>>>>",
	{"<</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[1 0 0 1 0 0]/FirstChar "
	 "97/LastChar 97/Widths[1]/Encoding<</Differences[97/a]>>/CharProcs<</a 8 0 "
	 "R>>/Resources<</XObject<</F 9 0 R>>>>>>",
	    "@@BT /F 1 Tf (" A100 A100 ") Tj ET", "@@0 0 d0 " CALLS CALLS,
	    "@" CALLING("10") "@" CALLS CALLS CALLS, "@" CALLING("11") "@" CALLS CALLS CALLS,
	    "@" FORM "@0 0 1 1 re f 0 0 1 1 re f"},
	SK_REASON_LIMIT_PAINTINGS, NULL},
    {"attachment of a picture", "", PAGE("/XObject<</I 6 0 R>>"),
	{"@" IMAGE "/AF[<</F(EVIL)>>]/Metadata 8 0 R@x", "@@/I Do", "@/Subtype/XML@EVIL"},
	SK_PDF_EMBEDDED, "/Subtype/Image"},
    {"rich media", "", "/Annots[<</Subtype/RichMedia/Rect[0 0 1 1]/RichMediaContent 6 0 R>>]",
	{"<</Assets<</Names[(EVIL)7 0 R]>>>>", "@@EVIL"}, SK_PDF_MEDIA, NULL},
    {"model with a script", "", "/Annots[<</Subtype/3D/Rect[0 0 1 1]/3DD 6 0 R>>]",
	{"@/Type/3D/Subtype/U3D/OnInstantiate 7 0 R@EVIL", "@@EVIL"}, SK_PDF_MEDIA, NULL},
    {"programmable form", "/AcroForm<</Fields[]/XFA[(EVIL)6 0 R]>>", "", {"@@<x>EVIL</x>"},
	SK_PDF_XFA, NULL},
    {"signature", "/AcroForm<</SigFlags 3/Fields[6 0 R]>>/DSS<</Certs[7 0 R]>>", "/Annots[6 0 R]",
	{"<</Subtype/Widget/FT/Sig/Rect[0 0 0 0]/V<</Type/Sig/Contents(EVIL)/ByteRange[0 1 2 3]>>>>",
	    "@@EVIL"},
	SK_PDF_SIGNATURE, NULL},
    /* loaded from outside, printed by others */
    {"content from a file", "", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 6 0 R>>",
	{"@/F(EVIL)/FFilter/FlateDecode@EVIL"}, SK_PDF_EXTERNAL, NULL},
    {"picture from a file", "", PAGE("/XObject<</I 6 0 R>>"),
	{"@" IMAGE "/F<</FS/URL/F(http://EVIL)>>@x", "@@/I Do"}, SK_PDF_EXTERNAL, NULL},
    {"form of another document", "", PAGE("/XObject<</I 6 0 R>>"),
	{"@" FORM "/Ref<</F(EVIL)/Page 0>>@0 g", "@@/I Do"}, SK_PDF_EXTERNAL, "/Subtype/Form"},
    {"PostScript object", "", PAGE("/XObject<</I 6 0 R>>"),
	{"@/Type/XObject/Subtype/PS/Level1 8 0 R@EVIL", "@@/I Do", "@@EVIL"}, SK_PDF_IMAGE, NULL},
    {"PostScript in a form", "", PAGE("/XObject<</I 6 0 R>>"),
	{"@" FORM "/Subtype2/PS/PS 8 0 R@(EVIL) PS", "@@/I Do", "@@EVIL"}, SK_PDF_UNKNOWN_KEY,
	NULL},
    {"prepress picture", "", PAGE("/XObject<</I 6 0 R>>"),
	{"@" IMAGE "/OPI<</2.0<</F(EVIL)>>>>@x", "@@/I Do"}, SK_PDF_EXTERNAL, "/Subtype/Image"},
    {"alternate picture", "", PAGE("/XObject<</I 6 0 R>>"),
	{"@" IMAGE "/Alternates[<</Image 8 0 R/DefaultForPrinting true>>]@x", "@@/I Do",
	    "@" IMAGE "@EVIL"},
	SK_PDF_EXTERNAL, "/Subtype/Image"},
    {"private data of a form", "", PAGE("/XObject<</I 6 0 R>>"),
	{"@" FORM "/PieceInfo<</X<</Private(EVIL)>>>>@0 g", "@@/I Do"}, SK_PDF_METADATA, NULL},
    /* what is not shown */
    {"hidden layer", OC("/OFF[6 0 R]"), PAGE("/Font<</F1 5 0 R>>/Properties<</P 6 0 R>>"),
	{OCG, SECRET}, SK_PDF_HIDDEN_LAYER, NULL},
    {"layers hidden at first", OC("/BaseState/OFF"),
	PAGE("/Font<</F1 5 0 R>>/Properties<</P 6 0 R>>"), {OCG, SECRET}, SK_PDF_HIDDEN_LAYER,
	NULL},
    {"hidden by an expression", OC(""), PAGE("/Font<</F1 5 0 R>>/Properties<</P 8 0 R>>"),
	{OCG, SECRET, "<</Type/OCMD/OCGs[6 0 R]/VE[/Not 6 0 R]>>"}, SK_PDF_HIDDEN_LAYER, NULL},
    {"hidden by a rule", OC(""), PAGE("/Font<</F1 5 0 R>>/Properties<</P 8 0 R>>"),
	{OCG, SECRET, "<</Type/OCMD/OCGs[6 0 R]/P/AllOff>>"}, SK_PDF_HIDDEN_LAYER, NULL},
    {"hidden form", OC("/OFF[6 0 R]"), PAGE("/XObject<</I 8 0 R>>"),
	{OCG, "@@/I Do", "@" FORM "/OC 6 0 R@(EVIL) Tj"}, SK_PDF_HIDDEN_LAYER, NULL},
    {"note on a hidden layer", OC("/OFF[6 0 R]"),
	"/Annots[<</Subtype/Text/Rect[0 0 1 1]/OC 6 0 R/Contents(EVIL)>>]", {OCG},
	SK_PDF_ANNOTATION, NULL},
    {"text behind a note", "",
	"/Annots[<</Subtype/Text/Rect[0 0 1 1]/RC(EVIL)/Subj(EVIL)/T(EVIL)>>]", {NULL},
	SK_PDF_METADATA, NULL},
    {"operators in a default appearance", "",
	"/Annots[<</Subtype/FreeText/Rect[0 0 1 1]/DA((EVIL) Tj /EVIL Do 0 g)>>]", {NULL},
	SK_CODE_NONE, "(0 g)"},
    /* programs in data */
    {"operators in a character map", "",
	"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F1 6 0 R>>>>>>",
	{"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 7 0 R>>",
	    "@@1 begincodespacerange <00><ff> endcodespacerange (EVIL) run 1 beginbfchar <41> <0041> endbfchar"},
	SK_CODE_NONE, "/ToUnicode"},
    {"operators in a function", "", PAGE("/ColorSpace<</C[/Separation/S/DeviceGray 6 0 R]>>"),
	{"@/FunctionType 4/Domain[0 1]/Range[0 1]@{(EVIL) run}", "@@/C cs 1 scn 0 0 1 1 re f"},
	SK_PDF_DAMAGED, NULL},
    {"attributes of a colour space", "",
	PAGE("/ColorSpace<</C[/DeviceN[/S]/DeviceGray 6 0 R 8 0 R]>>"),
	{"@/FunctionType 4/Domain[0 1]/Range[0 1]@{}", "@@/C cs 1 scn",
	    "<</Subtype/NChannel/X(EVIL)>>"},
	SK_CODE_NONE, "/DeviceN"},
    {"halftone and transfer functions", "", PAGE("/ExtGState<</G 6 0 R>>"),
	{"<</Type/ExtGState/LW 2/HT<</X(EVIL)>>/TR(EVIL)/BG(EVIL)>>", "@@/G gs"}, SK_CODE_NONE,
	"/LW 2"},
    {"glyph with an object of PostScript", "", PAGE("/Font<</F 6 0 R>>"),
	{"<</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[1 0 0 1 0 0]/FirstChar 65/LastChar 65"
	 "/Widths[1]/Encoding<</Differences[65/A]>>/CharProcs<</A 8 0 R>>/Resources<</XObject<</X 9 0 R>>"
	 "/Font<</F 6 0 R>>>>>>",
	    "@@BT /F 9 Tf (A) Tj ET", "@@1 0 d0 /X Do BT /F 1 Tf (A) Tj ET", "@/Subtype/PS@EVIL"},
	SK_PDF_IMAGE, "/Type3"},
    {"inline picture with a filter of its own", "", PAGE(""),
	{"null", "@@BI /W 1 /H 1 /BPC 8 /CS /G /F /EVIL ID EVIL EI 1 w"}, SK_PDF_IMAGE, NULL},
    {"inline picture without an end", "", PAGE(""), {"null", "@@1 w BI /W 9 /H 9 ID EVIL"},
	SK_PDF_IMAGE, NULL},
    {"damaged JBIG2", "", PAGE("/XObject<</I 6 0 R>>"),
	{"@" IMAGE "/Filter/JBIG2Decode@EVIL", "@@/I Do"}, SK_PDF_IMAGE, NULL},
    {"damaged JPEG 2000", "", PAGE("/XObject<</I 6 0 R>>"),
	{"@" IMAGE "/Filter/JPXDecode@\xff\x4f\xff\x51 EVIL", "@@/I Do"}, SK_PDF_IMAGE, NULL},
    {"filter that does not exist", "", PAGE("/XObject<</I 6 0 R>>"),
	{"@" IMAGE "/Filter/EVILDecode@EVIL", "@@/I Do"}, SK_PDF_IMAGE, NULL},
    {"nine filters", "", PAGE("/XObject<</I 6 0 R>>"),
	{"@" IMAGE "/Filter[/AHx/AHx/AHx/AHx/AHx/AHx/AHx/AHx/AHx]@EVIL", "@@/I Do"}, SK_PDF_IMAGE,
	NULL},
    {"fax of no width", "", PAGE("/XObject<</I 6 0 R>>"),
	{"@" IMAGE "/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 0>>@EVIL", "@@/I Do"},
	SK_PDF_IMAGE, NULL},
    {"fax of great width", "", PAGE("/XObject<</I 6 0 R>>"),
	{"@" IMAGE "/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 2000000000>>@EVIL",
	    "@@/I Do"},
	SK_PDF_IMAGE, NULL},
    /* loops and what has no end */
    {"page tree of itself", "", "", {NULL}, SK_PDF_DAMAGED, NULL},
    {"form in itself", "", PAGE("/XObject<</I 6 0 R>>"),
	{"@" FORM "/Resources<</XObject<</I 8 0 R>>>>@/I Do 1 w", "@@/I Do",
	    "@" FORM "/Resources<</XObject<</I 6 0 R>>>>@/I Do 2 w"},
	SK_PDF_IMAGE, "/Subtype/Form"},
    {"pattern in itself", "", PAGE("/Pattern<</P 6 0 R>>"),
	{"@/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep 1/YStep 1/Resources<</Pattern<</P 6 0 "
	 "R>>>>@/Pattern cs /P scn 0 0 1 1 re f",
	    "@@/Pattern cs /P scn 0 0 1 1 re f"},
	SK_PDF_DAMAGED, NULL},
    {"soft mask in itself", "", PAGE("/XObject<</I 6 0 R>>"),
	{"@" IMAGE "/SMask 6 0 R@x", "@@/I Do"}, SK_CODE_NONE, "/Subtype/Image"},
    {"function in itself", "", PAGE("/ColorSpace<</C[/Separation/S/DeviceGray 6 0 R]>>"),
	{"<</FunctionType 3/Domain[0 1]/Functions[6 0 R]/Bounds[]/Encode[0 1]>>", "@@/C cs 1 scn"},
	SK_PDF_DAMAGED, NULL},
    {"colour space in itself", "", PAGE("/ColorSpace<</C 6 0 R>>"),
	{"[/Indexed 6 0 R 0(a)]", "@@/C cs 1 scn"}, SK_PDF_DAMAGED, NULL},
    {"actions in a circle", "", LINK(" 6 0 R"), {"<</S/EVIL/Next[6 0 R 6 0 R 6 0 R 6 0 R]>>"},
	SK_PDF_ACTION, NULL},
    {"bookmarks in a circle", "/Outlines 6 0 R", "",
	{"<</First 7 0 R/Last 7 0 R>>", "<</Title(a)/Next 7 0 R/First 6 0 R/A 8 0 R>>", JS},
	SK_PDF_JAVASCRIPT, NULL},
    {"names in a circle", "/Names<</Dests 6 0 R>>", "", {"<</Kids[6 0 R 6 0 R 6 0 R]>>"},
	SK_CODE_NONE, NULL},
    {"layers in a circle", OC("/Order 7 0 R"), "",
	{OCG, "[7 0 R 7 0 R 7 0 R 7 0 R 7 0 R 7 0 R 7 0 R 7 0 R 7 0 R]"}, SK_REASON_LIMIT_OBJECTS,
	NULL},
    {"expression in a circle", OC(""), PAGE("/Properties<</P 8 0 R>>"),
	{OCG, "@@/OC /P BDC 1 w EMC", "<</Type/OCMD/OCGs[6 0 R]/VE 9 0 R>>",
	    "[/And 9 0 R 9 0 R 9 0 R 9 0 R 9 0 R 9 0 R]"},
	SK_REASON_LIMIT_OBJECTS, NULL},
    {"reference to itself", "/Lang 6 0 R", "", {"6 0 R"}, SK_CODE_NONE, NULL},
};

static const char *object(const char *s, char *to, size_t size)
{
	if (s[0] != '@')
		return s;
	const char *data = strchr(s + 1, '@') + 1;
	snprintf(to, size, "<<%.*s/Length %zu>>stream\n%s\nendstream", (int)(data - s) - 2, s + 1,
	    strlen(data), data);
	return to;
}

static void compose(const struct attack *a, struct doc *d)
{
	static char catalog[600], one[1000], more[6][1000];

	*d = simple();
	snprintf(catalog, sizeof(catalog), "<</Type/Catalog/Pages 2 0 R%s>>", a->catalog);
	snprintf(one, sizeof(one), "%.*s%s>>", (int)strlen(page) - 2, page, a->page);
	d->body[0] = catalog;
	d->body[2] = strncmp(a->page, "<<", 2) == 0 ? a->page : one;
	for (int i = 0; i < 6 && a->more[i]; i++)
		d->body[d->n++] = object(a->more[i], more[i], sizeof(more[i]));
	if (strcmp(a->what, "page tree of itself") == 0)
		d->body[1] = "<</Type/Pages/Kids[2 0 R 3 0 R 1 0 R]/Count -5>>";
}

static void attack(const struct attack *a)
{
	struct doc d;

	compose(a, &d);
	if (a->code == SK_REASON_LIMIT_OBJECTS || a->code == SK_REASON_LIMIT_PAINTINGS) {
		if (refused(&d) != SK_EREFUSED || report.reason != a->code)
			fail_msg("%s: not refused", a->what);
		return;
	}
	struct sk_buf b = cleaned(&d), s = streams(&b);
	if (has(&b, "EVIL") || has(&s, "EVIL"))
		fail_msg(
		    "%s: came through:\n%.*s\n%s", a->what, (int)b.len, (char *)b.p, (char *)s.p);
	if (a->code != SK_CODE_NONE && count(a->code) == 0)
		fail_msg("%s: not reported", a->what);
	if (a->stays && !has(&b, a->stays))
		fail_msg("%s: too much is gone:\n%.*s", a->what, (int)b.len, (char *)b.p);
	sk_buf_free(&b);
	sk_buf_free(&s);
}

static void test_attacks(void **state)
{
	for (size_t i = 0; i < sizeof(attacks) / sizeof(*attacks); i++)
		attack(&attacks[i]);
}

/* --- the file around the objects --- */

static struct sk_buf whole(struct sk_buf *in)
{
	struct sk_output out;

	assert_int_equal(run(sk_buf_slice(in), &out), 0);
	verify(sk_buf_slice(&out.bytes));
	assert_false(has(&out.bytes, "EVIL"));
	sk_buf_free(in);
	return out.bytes;
}

static void test_old_revision(void **state)
{
	struct doc d = simple();

	d.body[4] = "<</Type/Font/Subtype/Type1/BaseFont/EVIL>>";
	struct sk_buf in = write_doc(&d);
	size_t prev = sk_slice_rfind(sk_buf_slice(&in), in.len, SK_SLICE_LIT("\nxref")) + 1;
	size_t at = in.len;
	sk_buf_printf(&in, "5 0 obj\n%s\nendobj\n", font);
	size_t table = in.len;
	sk_buf_printf(&in,
	    "xref\n5 1\n%010zu 00000 n \ntrailer<</Size 6/Root 1 0 R/Prev %zu>>\nstartxref\n%zu\n%%%%EOF\n",
	    at, prev, table);
	struct sk_buf out = whole(&in);
	assert_int_not_equal(count(SK_PDF_OLD_REVISION), 0);
	sk_buf_free(&out);
}

static void test_head_and_tail(void **state)
{
	struct doc d = simple();
	struct sk_buf in = SK_BUF(1 << 20), body = write_doc(&d);

	sk_buf_puts(&in, "MZ EVIL head\n");
	sk_buf_put(&in, body.p, body.len);
	sk_buf_puts(&in, "PK\3\4 EVIL tail");
	sk_buf_free(&body);
	struct sk_buf out = whole(&in);
	assert_int_not_equal(count(SK_GENERIC_LEADING), 0);
	assert_int_not_equal(count(SK_GENERIC_TRAILING), 0);
	sk_buf_free(&out);
}

static void test_trailer(void **state)
{
	static const char *const keys[] = {"/EVIL(EVIL)", "/XRefStm 9",
	    "/Info<</Author(EVIL)/X(EVIL)>>", "/AA<</O" JS ">>", "/Prev 99999999",
	    "/ID[(EVIL)(EVIL)]"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		struct doc d = simple();
		d.trailer = keys[i];
		struct sk_buf in = write_doc(&d), out = whole(&in);
		sk_buf_free(&out);
	}
}

/* Nodes whose kids are one and the same: 2^30 walks, if each were walked. */
static void test_shared_branches(void **state)
{
	static char node[30][64];
	struct doc d = simple();

	for (int i = 0; i < 30; i++) {
		snprintf(node[i], sizeof(node[i]), "<</Type/Pages/Count 1/Kids[%d 0 R %d 0 R]>>",
		    i + 7, i + 7);
		d.body[d.n++] = node[i];
	}
	d.body[d.n - 1] = "<</Type/Pages/Kids[]>>";
	d.body[1] = "<</Type/Pages/Kids[6 0 R 3 0 R]>>";
	assert_int_equal(refused(&d), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_LIMIT_PAGES);
	d.body[1] = pages;
	d.body[0] = "<</Type/Catalog/Pages 2 0 R/Names<</Dests 6 0 R>>>>";
	struct sk_buf b = cleaned(&d);
	sk_buf_free(&b);
}

/* What a property list is the first to refer to outlives the stream that it stands in. */
static void test_shared_values(void **state)
{
	struct doc d = simple();
	char text_of[200];

	snprintf(text_of, sizeof(text_of), "%s",
	    "<</Length 60>>stream\n/A /P BDC EMC /A /P BDC EMC /A /P BDC EMC                  \nendstream");
	d.body[3] = text_of;
	d.body[2] =
	    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Properties<</P 6 0 "
	    "R>>>>/Annots[<</Subtype/Text/Rect[0 0 1 1]/Contents 7 0 R>>]>>";
	d.body[5] = "<</Lang 7 0 R>>";
	d.body[6] = "(the language)";
	d.n = 7;
	struct sk_buf b = cleaned(&d);
	assert_true(has(&b, "/Contents(the language)"));
	sk_buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_attacks),
	    cmocka_unit_test(test_old_revision),
	    cmocka_unit_test(test_head_and_tail),
	    cmocka_unit_test(test_trailer),
	    cmocka_unit_test(test_shared_branches),
	    cmocka_unit_test(test_shared_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
