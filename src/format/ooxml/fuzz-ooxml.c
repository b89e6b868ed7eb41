/*
 * Fuzzer of the Office cleaner. The first byte tells what the rest is: a whole file, or one part of a
 * package that is otherwise sound. What comes out must pass its verifier and come out again unchanged.
 */
#include "format/ooxml/test-pkg.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void rels(struct sk_buf *b, const char *more)
{
	sk_buf_printf(b,
	    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
	    "<Relationship Id=\"rId1\" Type=\"" T_REL
	    "hyperlink\" Target=\"https://a.example/\" TargetMode=\"External\"/>"
	    "<Relationship Id=\"rId2\" Type=\"" T_REL
	    "oleObject\" Target=\"file:///c:/x\" TargetMode=\"External\"/>%s"
	    "</Relationships>",
	    more);
}

/* The drawing that shows a picture for a control of a slide. */
#define CONTROL_VML \
	"<xml xmlns:v='urn:schemas-microsoft-com:vml' xmlns:o='urn:schemas-microsoft-com:office:office'>" \
	"<v:shape id='a' o:spid='_x0000_s7' style='left:1.5pt;top:1in;width:9px;height:2cm'>" \
	"<![if gte mso 9]><v:imagedata o:relid='rId3'/><![endif]></v:shape></xml>"

static int slide(struct sk_slice xml, struct sk_buf *out)
{
	struct sk_buf r = SK_BUF(4096), s = SK_BUF(4096), v = SK_BUF(4096);

	rels(&r, "<Relationship Id=\"rId3\" Type=\"" T_REL "slide\" Target=\"s.xml\"/>");
	rels(&s, "<Relationship Id=\"rId3\" Type=\"" T_REL "image\" Target=\"i.png\"/>"
		 "<Relationship Id=\"rId4\" Type=\"" T_REL "control\" Target=\"c.xml\"/>"
		 "<Relationship Id=\"rId5\" Type=\"" T_REL "vmlDrawing\" Target=\"v.vml\"/>");
	rels(&v, "<Relationship Id=\"rId3\" Type=\"" T_REL "image\" Target=\"i.png\"/>");
	struct t_part p[] = {
	    T_PART("ppt/presentation.xml", T_CT "presentationml.presentation.main+xml",
		"<p:presentation " T_P " " T_R "><p:sldIdLst><p:sldId id=\"256\" "
		"r:id=\"rId3\"/></p:sldIdLst></p:presentation>"),
	    {"ppt/_rels/presentation.xml.rels", NULL, sk_buf_slice(&r)},
	    {"ppt/s.xml", T_CT "presentationml.slide+xml", xml},
	    {"ppt/_rels/s.xml.rels", NULL, sk_buf_slice(&s)},
	    T_PART("ppt/v.vml", T_CT "vmlDrawing", CONTROL_VML),
	    {"ppt/_rels/v.vml.rels", NULL, sk_buf_slice(&v)},
	    {"ppt/i.png", NULL, {tr_dot, sizeof(tr_dot)}}};
	int rc = t_package(p, 7, out);
	sk_buf_free(&r);
	sk_buf_free(&s);
	sk_buf_free(&v);
	return rc;
}

static int package(unsigned kind, struct sk_slice xml, struct sk_buf *out)
{
	struct sk_buf r = SK_BUF(4096);
	int rc;

	if (kind == 1) {
		rels(&r, "");
		struct t_part p[] = {
		    {"word/document.xml", T_CT "wordprocessingml.document.main+xml", xml},
		    {"word/_rels/document.xml.rels", NULL, sk_buf_slice(&r)}};
		rc = t_package(p, 2, out);
	} else if (kind == 2) {
		rels(
		    &r, "<Relationship Id=\"rId3\" Type=\"" T_REL "worksheet\" Target=\"s.xml\"/>");
		struct t_part p[] = {
		    T_PART("xl/workbook.xml", T_CT "spreadsheetml.sheet.main+xml",
			"<workbook " T_S " " T_R "><sheets><sheet name=\"a\" sheetId=\"1\" "
			"r:id=\"rId3\"/></sheets></workbook>"),
		    {"xl/_rels/workbook.xml.rels", NULL, sk_buf_slice(&r)},
		    {"xl/s.xml", T_CT "spreadsheetml.worksheet+xml", xml}};
		rc = t_package(p, 3, out);
	} else if (kind == 3) {
		rc = slide(xml, out);
	} else {
		rels(
		    &r, "<Relationship Id=\"rId3\" Type=\"" T_REL "worksheet\" Target=\"s.xml\"/>");
		struct t_part p[] = {{"xl/workbook.xml", T_CT "spreadsheetml.sheet.main+xml", xml},
		    {"xl/_rels/workbook.xml.rels", NULL, sk_buf_slice(&r)},
		    T_PART("xl/s.xml", T_CT "spreadsheetml.worksheet+xml",
			"<worksheet " T_S "><sheetData/></worksheet>")};
		rc = t_package(p, 3, out);
	}
	sk_buf_free(&r);
	return rc;
}

static void check(struct sk_slice in)
{
	static struct sk_report r;
	struct sk_output out, again;

	if (t_clean(in, SK_METHOD_REBUILD, &r, &out) == 0) {
		tr_passes(sk_verify, &out);
		if (t_clean(sk_buf_slice(&out.bytes), SK_METHOD_REBUILD, &r, &again) ||
		    r.nremoved ||
		    !sk_slice_eq(sk_buf_slice(&out.bytes), sk_buf_slice(&again.bytes)))
			abort();
		sk_buf_free(&again.bytes);
	}
	sk_buf_free(&out.bytes);
	(void)t_clean(in, SK_METHOD_TEXT, &r, &out);
	sk_buf_free(&out.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_buf b = SK_BUF((size_t)64 << 20);

	if (size < 2)
		return 0;
	struct sk_slice rest = sk_slice(data + 1, size - 1);
	if (data[0] % 5 == 0)
		check(rest);
	else if (package(data[0] % 5, rest, &b) == 0)
		check(sk_buf_slice(&b));
	sk_buf_free(&b);
	return 0;
}
