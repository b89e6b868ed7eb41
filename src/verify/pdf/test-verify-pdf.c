/*
 * The PDF verifier accepts a document made to the profile and catches each single forbidden thing put back
 * into it. Everything else in the changed document is right (numbers, lengths, table, ID), so only the
 * rule in question can notice.
 */
#include "verify/pdf/sample-pdf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static int check(struct sk_slice in, struct sk_fault *why)
{
	struct sk_check c = {.arena = sk_arena_new((size_t)256 << 20),
	    .inflate_left = (uint64_t)256 << 20,
	    .pixels_left = SK_LIMIT_PIXELS};

	assert_non_null(c.arena);
	int rc = sk_verify_pdf(&c, in);
	*why = c.fault;
	sk_arena_free(c.arena);
	return rc;
}

static void good(void **state)
{
	struct sample_pdf *f = sample_pdf();
	struct sk_fault why;

	sample_pdf_build(f);
	if (check(sk_slice(f->out, f->nout), &why))
		fail_msg("%s at %llu", why.what, (unsigned long long)why.offset);
	free(f);
}

/* One text of one object, or of its stream, replaced; the fault must say `why`. */
struct change {
	const char *what, *object, *from, *to, *why;
	bool data;
};

#define IN_DICT false
#define IN_DATA true

static const struct change changes[] = {
    {"script at opening", "catalog", "[@page/FitH 10]", " @spare-js", "destination", IN_DICT},
    {"action at opening", "catalog", "[@page/FitH 10]", "<</S/GoTo/D[@page/Fit]>>", "destination",
	IN_DICT},
    {"names tree", "catalog", "/Lang(ja)", "/Names<</JavaScript<</Names[(x)@spare-js]>>>>",
	"key Names", IN_DICT},
    {"embedded files", "catalog", "/Lang(ja)", "/Names<</EmbeddedFiles<</Names[]>>>>", "key Names",
	IN_DICT},
    {"associated files", "catalog", "/Lang(ja)", "/AF[@spare-file]", "key AF", IN_DICT},
    {"additional actions", "catalog", "/Lang(ja)", "/AA<</WC @spare-js>>", "key AA", IN_DICT},
    {"form", "catalog", "/Lang(ja)", "/AcroForm<</Fields[]>>", "key AcroForm", IN_DICT},
    {"XFA", "catalog", "/Lang(ja)", "/AcroForm<</XFA @spare-file/Fields[]>>", "key AcroForm",
	IN_DICT},
    {"metadata", "catalog", "/Lang(ja)", "/Metadata @spare-metadata", "key Metadata", IN_DICT},
    {"base address", "catalog", "/Lang(ja)", "/URI<</Base(http://x/)>>", "key URI", IN_DICT},
    {"portfolio", "catalog", "/Lang(ja)", "/Collection<<>>", "key Collection", IN_DICT},
    {"signature rights", "catalog", "/Lang(ja)", "/Perms<<>>", "key Perms", IN_DICT},
    {"hidden layer", "catalog", "/D<</Order", "/D<</OFF[@ocg]/Order", "key OFF", IN_DICT},
    {"layer not listed", "catalog", "/Order[@ocg(x)", "/Order[@spare-ocg(x)", "not in OCGs",
	IN_DICT},
    {"print script", "catalog", "/FitWindow true", "/NonFullScreenPageMode/UseNone",
	"ViewerPreferences has", IN_DICT},
    {"destination outside", "catalog", "a[@page/Fit]", "a[3/Fit]", "destination", IN_DICT},
    {"destinations unsorted", "catalog", "a[@page/Fit]", "c[@page/Fit]", "not sorted", IN_DICT},
    {"author", "info", "/Title(t)", "/Title(t)/Author(x)", "key Author", IN_DICT},
    {"page count", "pages", "/Count 1", "/Count 2", "number of pages", IN_DICT},
    {"page twice", "pages", "[@page]", "[@page @page]", "twice", IN_DICT},
    {"page tree", "pages", "/Count 1", "/Count 1/Parent @pages", "key Parent", IN_DICT},
    {"page inherits", "pages", "/Count 1", "/Count 1/Resources<<>>", "key Resources", IN_DICT},
    {"page action", "page", "/Tabs/S", "/AA<</O @spare-js>>", "key AA", IN_DICT},
    {"page private data", "page", "/Tabs/S", "/PieceInfo<<>>", "key PieceInfo", IN_DICT},
    {"page thumbnail", "page", "/Tabs/S", "/Thumb @image", "key Thumb", IN_DICT},
    {"page transition", "page", "/Tabs/S", "/Trans<</S/Wipe>>", "key Trans", IN_DICT},
    {"page metadata", "page", "/Tabs/S", "/Metadata @spare-metadata", "key Metadata", IN_DICT},
    {"page box", "page", "[0 0 200 200]", "[0 0 -200 200]", "rectangle", IN_DICT},
    {"rotation", "page", "/Rotate 90", "/Rotate 45", "Rotate", IN_DICT},
    {"resource kind", "page", "/Resources<<", "/Resources<</ProcSet[/PDF]",
	"kind that is not allowed", IN_DICT},
    {"resource not used", "page", "/R4 @indexed", "/R4 @indexed/R5 @image", "not used", IN_DICT},
    {"resource name", "page", "/R2 @type0", "/F2 @type0", "R1, R2", IN_DICT},
    {"two contents", "page", "/Contents @contents", "/Contents[@contents @contents]", "one stream",
	IN_DICT},
    {"widget", "page", "[@link", "[@spare-widget @link", "kind that is not allowed", IN_DICT},
    {"mail with an attachment", "link", "mailto:a@example.jp", "mailto:a@example.jp?attach=x",
	"mail address with fields", IN_DICT},
    {"mail with a hidden copy", "link", "mailto:a@example.jp",
	"mailto:a@example.jp?Subject=x&bcc=y", "mail address with fields", IN_DICT},
    {"launch", "link", "<</S/URI/URI(mailto:a@example.jp)>>", " @spare-launch", "not a dictionary",
	IN_DICT},
    {"launch direct", "link", "/S/URI/URI(mailto:a@example.jp)", "/S/Launch/F(cmd)",
	"names allowed", IN_DICT},
    {"remote page", "link", "/S/URI/URI(mailto:a@example.jp)", "/S/GoToR/F(x.pdf)", "names allowed",
	IN_DICT},
    {"form submission", "link", "/S/URI/URI(mailto:a@example.jp)", "/S/SubmitForm/F(http://x)",
	"names allowed", IN_DICT},
    {"script address", "link", "mailto:", "javascript:", "URI", IN_DICT},
    {"file address", "link", "mailto:a@example.jp", "file://server/share", "URI", IN_DICT},
    {"next action", "link", "/S/URI", "/Next @spare-js/S/URI", "key Next", IN_DICT},
    {"old destination and action", "link", "/F 4", "/Dest[@page/Fit]", "one of Dest and A",
	IN_DICT},
    {"annotation action", "link", "/F 4", "/AA<</E @spare-js>>", "key AA", IN_DICT},
    {"hidden annotation", "link", "/F 4", "/F 2", "flag", IN_DICT},
    {"attachment", "note", "/Subtype/Text", "/Subtype/FileAttachment", "kind that is not allowed",
	IN_DICT},
    {"screen", "note", "/Subtype/Text", "/Subtype/Screen", "kind that is not allowed", IN_DICT},
    {"rich media", "note", "/Subtype/Text", "/Subtype/RichMedia", "kind that is not allowed",
	IN_DICT},
    {"three dimensions", "note", "/Subtype/Text", "/Subtype/3D", "kind that is not allowed",
	IN_DICT},
    {"sound", "note", "/Subtype/Text", "/Subtype/Sound", "kind that is not allowed", IN_DICT},
    {"popup", "note", "/Name/Note", "/Popup @high", "key Popup", IN_DICT},
    {"rich text", "note", "/Name/Note", "/RC(<body/>)", "key RC", IN_DICT},
    {"author of a note", "note", "/Name/Note", "/T(name)", "key T", IN_DICT},
    {"rollover appearance", "high", "/N @form2", "/N @form2/R @form2", "key R", IN_DICT},
    {"appearance is a picture", "high", "/N @form2", "/N @image", "not a form", IN_DICT},
    {"default appearance", "free", "0 g", "/x Do", "not allowed in a default", IN_DICT},
    {"bookmark action", "item3", "/S/URI/URI(https://example.jp/)", "/S/JavaScript/JS(x)",
	"names allowed", IN_DICT},
    {"bookmark loop", "item2", "/Prev @item1", "/Prev @item1/Next @item1", "two places", IN_DICT},
    {"bookmark back link", "item2", "/Prev @item1", "/Prev @item3", "do not fit", IN_DICT},
    {"bookmark last", "outlines", "/Last @item2", "/Last @item1", "last bookmark", IN_DICT},
    {"structure file", "elem2", "/Alt(alt)", "/AF[@spare-file]", "key AF", IN_DICT},
    {"structure loop", "elem2", "/K[0", "/K[@elem 0", "parent alone", IN_DICT},
    {"structure orphan", "parents", "1 @elem]", "1 @spare-elem]", "else than elements", IN_DICT},
    {"structure attribute", "elem2", "/O/Table", "/O/Table/JS(x)", "not allowed", IN_DICT},
    {"user properties", "elem2", "/O/Table", "/O/UserProperties", "owner", IN_DICT},
    {"object not shown", "elem2", "/Obj @link", "/Obj @spare-widget", "no page shows", IN_DICT},
    {"external form", "form", "/OC @ocg", "/F(http://x)", "key F", IN_DICT},
    {"reference form", "form", "/OC @ocg", "/Ref<<>>", "key Ref", IN_DICT},
    {"form metadata", "form", "/OC @ocg", "/Metadata @spare-metadata", "key Metadata", IN_DICT},
    {"form PostScript", "form", "/Subtype/Form", "/Subtype/PS", "kind that is not allowed",
	IN_DICT},
    {"form in itself", "form", "/R1 @image", "/R1 @form", "inside itself", IN_DICT},
    {"prepress", "image", "/Interpolate true", "/OPI<<>>", "key OPI", IN_DICT},
    {"alternate image", "image", "/Interpolate true", "/Alternates[]", "key Alternates", IN_DICT},
    {"image too small", "image", "/Height 2", "/Height 3", "shorter", IN_DICT},
    {"image too large", "image", "/Height 2", "/Height 1", "longer", IN_DICT},
    {"image of other depth", "image", "/BitsPerComponent 8", "/BitsPerComponent 3", "bits",
	IN_DICT},
    {"soft mask of a soft mask", "smask", "/Matte[0 0 0]", "/SMask @image", "plain grey", IN_DICT},
    {"soft mask in colour", "smask", "/DeviceGray", "/DeviceRGB", "plain grey", IN_DICT},
    {"predictor of other width", "smask", "/Columns 2", "/Columns 3", "does not fit", IN_DICT},
    {"predictor", "smask", "\2ab", "\7ab", "predictor", IN_DATA},
    {"JPEG 2000", "image", "/Interpolate true", "/Filter/JPXDecode", "twice", IN_DICT},
    {"mask with colours", "mask", "/ImageMask true", "/ImageMask true/ColorSpace/DeviceGray",
	"colours", IN_DICT},
    {"colour table too short", "indexed", "(012345)", "(01234)", "colour table", IN_DICT},
    {"colour table in a table", "indexed", "/DeviceRGB 1(012345)",
	"[/Indexed/DeviceGray 1(ab)]1(01)", "may not have", IN_DICT},
    {"profile of a device", "profile", "mntr", "link", "class", IN_DATA},
    {"profile of other colours", "profile", "GRAY", "RGB ", "colour space", IN_DATA},
    {"profile text", "profile", "wtpt", "desc", "tag", IN_DATA},
    {"tint of other size", "sep", "/DeviceCMYK", "/DeviceRGB", "tint", IN_DICT},
    {"calculator operator", "calc", "2 mul", "2 run", "operator", IN_DATA},
    {"calculator string", "calc", "2 mul", "(x) pop", "operator", IN_DATA},
    {"calculator group", "calc", "{ pop 1 } ", "{ pop 1 } 1 ", "group", IN_DATA},
    {"function of functions", "stitch", "[@sampled", "[@stitch", "too deeply", IN_DICT},
    {"sample data", "sampled", "/Size[2]", "/Size[3]", "shorter", IN_DICT},
    {"halftone", "gs", "/LW 2", "/HT/Default", "key HT", IN_DICT},
    {"transfer function", "gs", "/LW 2", "/TR/Identity", "key TR", IN_DICT},
    {"blend mode", "gs", "/Multiply", "/Foo", "names allowed", IN_DICT},
    {"tiles without number", "tile", "/XStep 5/YStep 5", "/XStep .001/YStep .001",
	"more drawing than allowed", IN_DICT},
    {"pattern in itself", "tile", "/Resources<<>>", "/Resources<</Pattern<</R1 @tile>>>>",
	"not used", IN_DICT},
    {"shading type", "shadepat", "/ShadingType 2", "/ShadingType 4", "type asks for", IN_DICT},
    {"external font", "desc", "/FontFile2 @ttf", "/FontFile @ttf", "key FontFile", IN_DICT},
    {"other font kind", "desc", "/FontFile2 @ttf", "/FontFile3 @ttf", "font program", IN_DICT},
    {"font length", "ttf", "/Length1 ", "/Length1 1", "Length1", IN_DICT},
    {"font with instructions", "ttf", "glyf", "fpgm", "table", IN_DATA},
    {"font metadata", "ttf", "/Length1", "/Metadata @spare-metadata/Length1", "key Metadata",
	IN_DICT},
    {"CMap operator", "cmap", "endcmap", "(x)run\nendcmap", "end is not", IN_DATA},
    {"CMap of a file", "cmap", "/CMapType 1 def\n", "/CMapType 1 def\n(/etc/x)run\n", "CMap",
	IN_DATA},
    {"CMap other names", "cmap", "(Identity)", "(Japan1)", "head", IN_DATA},
    {"ToUnicode range", "tounicode", "<0010><0011>", "<0010><0111>", "line of a block", IN_DATA},
    {"ToUnicode count", "tounicode", "1 beginbfchar", "2 beginbfchar", "line of a block", IN_DATA},
    {"encoding name", "type0", " @cmap", "/Foo-H", "name of a CMap", IN_DICT},
    {"width list", "cid", "3 4 700", "3 4", "complete", IN_DICT},
    {"glyph map", "gidmap", "\1", "\1\1", "length", IN_DATA},
    {"simple font key", "simple", "/BaseFont/Helvetica", "/BaseFont/Helvetica/Name/F1", "key Name",
	IN_DICT},
    {"glyph without width", "glyph", "10 0 0 0 10 10 d1\n", "", "d0 or d1", IN_DATA},
    {"unknown operator", "contents", "f\nQ", "zz\nQ", "operator is not allowed", IN_DATA},
    {"compatibility", "contents", "f\nQ", "BX\nf\nEX\nQ", "operator is not allowed", IN_DATA},
    {"PostScript operator", "contents", "f\nQ", "PS\nQ", "operator is not allowed", IN_DATA},
    {"operand missing", "contents", "0 0 10 10 re", "0 0 10 re", "number of operands", IN_DATA},
    {"operand of wrong type", "contents", "0 0 10 10 re", "0 0(x)10 re", "wrong type", IN_DATA},
    {"state not restored", "contents", "f\nQ", "f", "middle of something", IN_DATA},
    {"state restored twice", "contents", "f\nQ", "f\nQ\nQ", "balance", IN_DATA},
    {"text in text", "contents", "BT\n/R1", "BT\nBT\n/R1", "alternate", IN_DATA},
    {"marked content not ended", "contents", "EMC\n/P", "/P", "middle of something", IN_DATA},
    {"resource missing", "contents", "/R4 Do", "/R5 Do", "resource does not exist", IN_DATA},
    {"resource order", "contents", "/R1 Do\n/R2 Do", "/R2 Do\n/R1 Do", "out of order", IN_DATA},
    {"property list", "contents", "/Lang(ja)", "/JS(x)", "property list", IN_DATA},
    {"comment", "contents", "f\nQ", "f\n%x\nQ", "no operand", IN_DATA},
    {"space", "contents", "f\nQ", "f\n Q", "no operand", IN_DATA},
    {"operator line", "contents", "f\nQ", "f Q", "line feed", IN_DATA},
    {"inline image length", "contents", "/W 2/H 1", "/W 3/H 1", "wrong length", IN_DATA},
    {"inline image filter", "contents", "/L 2", "/F/DCT/L 2", "filter", IN_DATA},
    {"inline image key", "contents", "/L 2", "/Foo 1/L 2", "without a length", IN_DATA},
    {"render mode", "contents", "(a\\(b)Tj", "8 Tr", "0 to 7", IN_DATA},
    {"number spelling", "contents", ".5 scn", "0.5 scn", "no operand", IN_DATA},
    {"number with plus", "contents", "1 J", "+1 J", "operator is not allowed", IN_DATA},
    {"name escaped", "simple", "/Helvetica", "/#48elvetica", "not part of any value", IN_DICT},
    {"name in upper case", "simple", "/Helvetica", "/A#2F", "not part of any value", IN_DICT},
    {"key twice", "simple", "/Type/Font", "/Type/Font/Type/Font", "twice", IN_DICT},
    {"string escape", "info", "(t)", "(\\t)", "not part of any value", IN_DICT},
    {"string in hexadecimal", "info", "(t)", "<74>", "not a string", IN_DICT},
    {"reference to a scalar", "page", "/StructParents 0", "/StructParents @parent0",
	"not an integer", IN_DICT},
    {"stream in place of a dictionary", "page", "/R1 @gs", "/R1 @image", "two different things",
	IN_DICT},
    {"object stream", "form2", "/Type/XObject/Subtype/Form", "/Type/ObjStm/N 1/First 4",
	"not a form", IN_DICT},
    {"table stream", "form2", "/Type/XObject", "/Type/XRef", "Type", IN_DICT},
    {"structure identifiers", "struct", "/ParentTreeNextKey 1", "/IDTree<</Names[]>>", "key IDTree",
	IN_DICT},
    {"structure address", "elem2", "/Alt(alt)", "/NS<<>>", "key NS", IN_DICT},
    {"page reader", "page", "/Tabs/S", "/VP[]", "key VP", IN_DICT},
    {"page thread", "page", "/Tabs/S", "/B[]", "key B", IN_DICT},
    {"page output intent", "page", "/Tabs/S", "/OutputIntents[]", "key OutputIntents", IN_DICT},
    {"extensions", "catalog", "/Lang(ja)", "/Extensions<<>>", "key Extensions", IN_DICT},
    {"requirements", "catalog", "/Lang(ja)", "/Requirements[]", "key Requirements", IN_DICT},
    {"threads", "catalog", "/Lang(ja)", "/Threads[]", "key Threads", IN_DICT},
    {"security store", "catalog", "/Lang(ja)", "/DSS<<>>", "key DSS", IN_DICT},
    {"label of a loop", "catalog", "/Nums[0<</S/D", "/Kids[@pages]/Nums[0<</S/D", "PageLabels",
	IN_DICT},
    {"external data", "contents", "<<", "<</F(http://x)", "key F", IN_DICT},
    {"file filter", "contents", "<<", "<</FFilter/FlateDecode", "key FFilter", IN_DICT},
    {"decode parameters", "contents", "<<", "<</DecodeParms<<>>", "key DecodeParms", IN_DICT},
};

static void change_one(const struct change *m)
{
	struct sample_pdf *f = sample_pdf();
	struct sk_fault why;

	if (!sample_change(sample_find(f, m->object), m->data, m->from, m->to))
		fail_msg("%s: the sample has no such text", m->what);
	sample_pdf_build(f);
	if (check(sk_slice(f->out, f->nout), &why) != SK_EFORMAT)
		fail_msg("accepted: %s", m->what);
	if (strstr(why.what, m->why) == NULL)
		fail_msg("%s: caught by another rule: %s", m->what, why.what);
	free(f);
}

static void changed(void **state)
{
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		change_one(&changes[i]);
}

/* Bytes of the finished file exchanged for as many others, the seal renewed. */
static void swapped(void **state)
{
	static const struct {
		const char *from, *to, *why;
	} rows[] = {
	    {"%PDF-1.7", "%PDF-1.4", "header"},
	    {"\xe2\xe3", "\xe2\xe4", "header"},
	    {"\n2 0 obj", "\n2 1 obj", "its number"},
	    {"\n2 0 obj", "\n3 0 obj", "its number"},
	    {"/Pages 2 0 R", "/Pages 9 0 R", "numbered"},
	    {"endstream\n", "endstream ", "Length says"},
	    {"\nendobj\n3 0", "\nendobj 3 0", "endobj"},
	    {"0000000000 65535 f", "0000000000 65536 f", "entry 0"},
	    {"0000000015 00000 n", "0000000016 00000 n", "behind the one before"},
	    {"0000000015 00000 n", "0000000015 00001 n", "entry 1"},
	    {"/Size ", "/Sizf ", "Size"},
	    {"/Root 1 0", "/Root 2 0", "Root"},
	    {"%%EOF\n", "%%EOF ", "end of the file"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sample_pdf *f = sample_pdf();
		struct sk_fault why;
		sample_pdf_build(f);
		size_t at = sk_slice_find(sk_slice(f->out, f->nout), 0, sk_slice_str(rows[i].from));
		assert_true(at != SIZE_MAX);
		memcpy(f->out + at, rows[i].to, strlen(rows[i].to));
		sample_pdf_seal(f);
		assert_int_equal(check(sk_slice(f->out, f->nout), &why), SK_EFORMAT);
		if (strstr(why.what, rows[i].why) == NULL)
			fail_msg("%s: caught by another rule: %s", rows[i].to, why.what);
		free(f);
	}
}

/* Data that a stream's compressed bytes do not account for. */
static void raw_streams(void **state)
{
	struct sample_pdf *f = sample_pdf();
	struct sk_fault why;

	struct sample_object *o = sample_find(f, "form2");
	assert_true(sample_change(o, false, "/Resources<<>>", "/Resources<<>>/Filter/FlateDecode"));
	o->raw = true;
	memcpy(o->data, "\x78\x9c\x33\x50\x48\xe7\x02\x00\x02\x9d\x00\xd2junk", 16);
	o->ndata = 16;
	sample_pdf_build(f);
	assert_int_equal(check(sk_slice(f->out, f->nout), &why), SK_EFORMAT);
	assert_non_null(strstr(why.what, "compressed data"));
	free(f);
}

static void trailer_keys(void **state)
{
	static const char *const keys[] = {"/Prev 15", "/XRefStm 15",
	    "/Encrypt<</Filter/Standard>>", "/Type/XRef", "/W[1 2 1]", "/DocChecksum/x", "/AA<<>>"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct sample_pdf *f = sample_pdf();
		struct sk_fault why;
		snprintf(f->trailer, sizeof(f->trailer), "%s", keys[i]);
		sample_pdf_build(f);
		assert_int_equal(check(sk_slice(f->out, f->nout), &why), SK_EFORMAT);
		assert_non_null(strstr(why.what, "trailer: key"));
		free(f);
	}
}

/* A second revision behind the first: what readers would show is not what was checked. */
static void second_revision(void **state)
{
	struct sample_pdf *f = sample_pdf();
	struct sk_fault why;
	char more[400];

	sample_pdf_build(f);
	int n = snprintf(more, sizeof(more),
	    "1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\nxref\n0 1\n0000000000 65535 f \n1 1\n%010zu 00000 n "
	    "\ntrailer\n<</Size 99/Root 1 0 R/Prev 15>>\nstartxref\n%zu\n%%%%EOF\n",
	    f->nout, f->nout + 45);
	memcpy(f->out + f->nout, more, (size_t)n);
	assert_int_equal(check(sk_slice(f->out, f->nout + (size_t)n), &why), SK_EFORMAT);
	free(f);
}

/* Bytes put between the parts of the file, everything behind them moved on. */
static void gaps(void **state)
{
	static const struct {
		const char *before, *bytes;
	} rows[] = {{"2 0 obj\n", "%x\n"}, {"2 0 obj\n", "\n"},
	    {"2 0 obj\n", "99 0 obj\n<<>>\nendobj\n"}, {"xref\n0", "%x\n"}, {"trailer\n", "\n"},
	    {"startxref\n", "%x\n"}, {"%%EOF", "\n"}, {"endstream", "\n"}, {"endobj", " "},
	    {"stream\n", "\r"}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sample_pdf *f = sample_pdf();
		struct sk_fault why;
		sample_pdf_build(f);
		size_t at =
		    sk_slice_find(sk_slice(f->out, f->nout), 15, sk_slice_str(rows[i].before));
		size_t n = strlen(rows[i].bytes);
		assert_true(at != SIZE_MAX);
		memmove(f->out + at + n, f->out + at, f->nout - at);
		memcpy(f->out + at, rows[i].bytes, n);
		f->nout += n;
		sample_pdf_seal(f);
		if (check(sk_slice(f->out, f->nout), &why) != SK_EFORMAT)
			fail_msg("accepted: gap %zu", i);
		free(f);
	}
}

/* Bytes in front, behind, and every cut. */
static void ends(void **state)
{
	struct sample_pdf *f = sample_pdf();
	struct sk_fault why;

	sample_pdf_build(f);
	f->out[f->nout] = '\n';
	assert_int_equal(check(sk_slice(f->out, f->nout + 1), &why), SK_EFORMAT);
	assert_int_equal(check(sk_slice(f->out + 1, f->nout - 1), &why), SK_EFORMAT);
	for (size_t n = 0; n < f->nout; n += 7)
		assert_int_equal(check(sk_slice(f->out, n), &why), SK_EFORMAT);
	free(f);
}

/* An ID that is not that of the bytes, an object that nothing refers to. */
static void seal(void **state)
{
	struct sample_pdf *f = sample_pdf();
	struct sk_fault why;

	sample_pdf_build(f);
	size_t at = sk_slice_rfind(sk_slice(f->out, f->nout), f->nout, SK_SLICE_LIT("/ID[<"));
	f->out[at + 5] = f->out[at + 5] == '0' ? '1' : '0';
	assert_int_equal(check(sk_slice(f->out, f->nout), &why), SK_EFORMAT);
	assert_non_null(strstr(why.what, "ID"));
	free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(good),
	    cmocka_unit_test(changed),
	    cmocka_unit_test(swapped),
	    cmocka_unit_test(raw_streams),
	    cmocka_unit_test(trailer_keys),
	    cmocka_unit_test(second_revision),
	    cmocka_unit_test(gaps),
	    cmocka_unit_test(ends),
	    cmocka_unit_test(seal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
