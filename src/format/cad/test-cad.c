/* Tests of drawings: what stays, what goes, and that cleaning twice changes and reports nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "format/cad/cad.h"
#include "format/test-gives.h"

#define N "\r\n"
#define HEAD "ISO-10303-21;" N "HEADER;" N "FILE_DESCRIPTION((''),'2;1');" N
#define P21(data) HEAD "ENDSEC;" N "DATA;" N data "ENDSEC;" N "END-ISO-10303-21;" N
#define SFC(line) P21("/*SXF" N line N "SXF*/" N)
#define SECTION(name, inner) "  0" N "SECTION" N "  2" N name N inner "  0" N "ENDSEC" N
#define DXF(name, inner) SECTION(name, inner) "  0" N "EOF" N

static int run(enum sk_filetype type, struct sk_slice in, bool text)
{
	struct tr_run t = {&sk_cad_handler, type, .text = text, .name = "x"};

	sk_buf_free(&out.bytes);
	return tr_clean(&t, in, report, &out);
}

#define GIVES(type, in, want, code) gives(SK_FT_##type, SK_SLICE_LIT(in), SK_SLICE_LIT(want), code)
#define P21_STAYS(data) GIVES(STEP, P21(data), P21(data), SK_CODE_NONE)
#define P21_GIVES(data, want, code) GIVES(STEP, P21(data), P21(want), code)
#define SFC_STAYS(line) GIVES(SFC, SFC(line), SFC(line), SK_CODE_NONE)
#define DXF_STAYS(name, inner) GIVES(DXF, DXF(name, inner), DXF(name, inner), SK_CODE_NONE)
#define DXF_GIVES(name, inner, want, code) GIVES(DXF, DXF(name, inner), DXF(name, want), code)

static void test_p21(void **state)
{
	P21_STAYS("#1=A('it''s',$,*,.T.,-1.E-3,2,#12,(#1,(2)),\"0AF\",B(3.));" N
		  "#2=(A()B(.MILLI.,.METRE.));" N);
	P21_STAYS("#1=T('\\X2\\65E5672C\\X0\\ \\X\\E4');" N);
	P21_STAYS("#1=T('\x95\x5C\x83\x5C\x94\x5C \x8F\xBA\x98\x61');" N); /* CP932: 表ソ能 昭和 */
	P21_STAYS("#1=T('\xC9\xBD \xBE\xBC\xCF\xC2\xA4\xCE\xC9\xBD');" N); /* EUC */
	P21_STAYS("#1=T('昭和 外字\xEE\x80\x80 http://example.jp/');" N);
	P21_GIVES("#1 = A ( /* c */ 1 ,\r\n 2 ) ;", "#1=A(1,2);" N, SK_CAD_METADATA);
	P21_GIVES("#1=F('\\\\\\\\server\\\\share\\\\\x90\x7D.tif');" N, "#1=F('\x90\x7D.tif');" N,
	    SK_CAD_EXTERNAL);
	P21_GIVES("#1=F('file:///C:/x.tif','C:\\\\\x95\x5C\\\\b.tif');" N,
	    "#1=F('x.tif','b.tif');" N, SK_CAD_EXTERNAL);
	P21_GIVES(
	    "#1=T('a\\X2\\65E5202E\\X0\\');" N, "#1=T('a\\X2\\65E5\\X0\\');" N, SK_TEXT_CONTROL);
	P21_GIVES("#1=T('a\1b');" N, "#1=T('ab');" N, SK_TEXT_CONTROL);
	P21_GIVES("#1=A(;" N "#2=B();" N, "#2=B();" N, SK_CAD_DAMAGED);
	P21_GIVES("EVIL(1);" N "#2=B();" N, "#2=B();" N, SK_CAD_UNKNOWN);
	GIVES(STEP, HEAD "FILE_POPULATION('x','y',$);" N "ENDSEC;" N "END-ISO-10303-21;" N,
	    HEAD "ENDSEC;" N "END-ISO-10303-21;" N, SK_CAD_UNKNOWN);
	GIVES(STEP, P21("") "MZ", P21(""), SK_GENERIC_TRAILING);
	assert_int_equal(run(SK_FT_STEP, SK_SLICE_LIT("no exchange file"), false), SK_EFORMAT);
}

static void test_sfc(void **state)
{
	SFC_STAYS(
	    "#10 = text_string_feature('1','1','1',\\'\x95\x5C\x83\x5C\x94\x5C\\','1','2.5')");
	SFC_STAYS("#10 = polyline_feature('1','2','1','3','5','(0,4,4,0,0)','(0,0,3,3,0)')");
	SFC_STAYS("#30 = sfig_org_feature(\\'$$RASTER$$\x90\x7D.tif\\','1')");
	GIVES(SFC, P21("/*SXF" N "#1 = evil_feature('1')" N "SXF*/" N), P21(""), SK_CAD_UNKNOWN);
	GIVES(SFC, SFC("#30 = sfig_org_feature(\\'\\\\server\\x.tif\\','1')"),
	    SFC("#30 = sfig_org_feature(\\'x.tif\\','1')"), SK_CAD_EXTERNAL);
	GIVES(SFC, P21("/*SXF3.1" N "#1 = clothoid_feature('1')" N "SXF3.1*/" N),
	    P21("/*SXF3.1" N "#1 = clothoid_feature('1')" N "SXF3.1*/" N), SK_CODE_NONE);
	GIVES(
	    STEP, SFC("#1 = line_feature('1')"), P21(""), SK_CAD_METADATA); /* comments of a p21 */
}

static void test_dxf_records(void **state)
{
	DXF_STAYS("ENTITIES",
	    "  0" N "LINE" N "  8" N "\x95\x5C\x83\x5C" N " 10" N "1.0" N " 62" N "7" N);
	DXF_STAYS("ENTITIES",
	    "  0" N "MTEXT" N "  1" N "A:\\P..\\P\\U+3042 {\\fMS \x96\xBE\x92\xA9;x}" N);
	DXF_STAYS("HEADER", "  9" N "$ACADVER" N "  1" N "AC1015" N);
	DXF_GIVES("ENTITIES", "  0" N "OLE2FRAME" N "310" N "D0CF" N, "", SK_CAD_EMBEDDED);
	DXF_GIVES("ENTITIES", "  0" N "IMAGE" N "340" N "41" N, "", SK_CAD_EXTERNAL);
	DXF_GIVES("ENTITIES", "  0" N "3DSOLID" N "  1" N "x" N, "", SK_CAD_EMBEDDED);
	DXF_GIVES("ENTITIES", "  0" N "EVIL" N, "", SK_CAD_UNKNOWN);
	DXF_GIVES("ENTITIES",
	    "  0" N "MTEXT" N " 10" N "5" N "101" N "Embedded Object" N " 10" N "1.0" N,
	    "  0" N "MTEXT" N " 10" N "5" N, SK_CAD_UNKNOWN);
	DXF_GIVES("OBJECTS", "  0" N "VBA_PROJECT" N "310" N "00" N, "", SK_CAD_EMBEDDED);
	DXF_GIVES("HEADER", "  9" N "$LASTSAVEDBY" N "  1" N "x" N, "", SK_CAD_METADATA);
	/* Names with what goes when they are written, so that they would be others then. */
	DXF_GIVES("HEADER", "  9" N "$HYPERLINKBASE\f" N "  1" N "x" N, "", SK_CAD_METADATA);
	DXF_GIVES("TABLES", "  0" N "APPID" N "  2" N "PE_\fURL" N, "", SK_CAD_LINK);
	DXF_GIVES("ENTITIES", "  0" N "LINE" N " 10" N "evil" N, "  0" N "LINE" N, SK_CAD_DAMAGED);
	DXF_GIVES("ENTITIES", "  0" N "TEXT" N "  1" N "\\U+202Ex" N,
	    "  0" N "TEXT" N "  1" N "x" N, SK_TEXT_CONTROL);
	GIVES(DXF, SECTION("THUMBNAILIMAGE", "310" N "00" N) DXF("ENTITIES", ""),
	    DXF("ENTITIES", ""), SK_CAD_EMBEDDED);
	GIVES(DXF, "999\ncomment\n  0\nSECTION\n  2\nENTITIES\n  0\nENDSEC\n  0\nEOF\n",
	    DXF("ENTITIES", ""), SK_CAD_METADATA);
	assert_int_equal(
	    run(SK_FT_DXF, SK_SLICE_LIT("AutoCAD Binary DXF\r\n\x1A"), false), SK_EREFUSED);
	assert_int_equal(report->reason, SK_REASON_UNSUPPORTED_TYPE);
	assert_int_equal(run(SK_FT_DXF, SK_SLICE_LIT("0\nLINE\n"), false), SK_EFORMAT);
}

static void test_dxf_references(void **state)
{
	DXF_GIVES("BLOCKS", "  0" N "BLOCK" N " 70" N "4" N "  1" N "\\\\server\\x.dwg" N,
	    "  0" N "BLOCK" N " 70" N "0" N "  1" N N, SK_CAD_EXTERNAL);
	DXF_GIVES("TABLES", "  0" N "STYLE" N "  3" N "\\\\server\\txt.shx" N,
	    "  0" N "STYLE" N "  3" N "txt.shx" N, SK_CAD_EXTERNAL);
	DXF_GIVES("ENTITIES",
	    "  0" N "LINE" N "1001" N "PE_URL" N "1000" N "http://x/" N "1001" N "ACAD" N "1070" N
	    "1" N,
	    "  0" N "LINE" N "1001" N "ACAD" N "1070" N "1" N, SK_CAD_LINK);
	DXF_GIVES("OBJECTS",
	    "  0" N "DICTIONARY" N "  3" N "A" N "350" N "41" N "  3" N "B" N "350" N "42" N "  0" N
	    "IMAGEDEF" N "  5" N "41" N "  0" N "LAYOUT" N "  5" N "42" N "102" N "{ACAD_REACTORS" N
	    "330" N "41" N "102" N "}" N "340" N "41" N,
	    "  0" N "DICTIONARY" N "  3" N "B" N "350" N "42" N "  0" N "LAYOUT" N "  5" N "42" N
	    "102" N "{ACAD_REACTORS" N "102" N "}" N "340" N "0" N,
	    SK_CAD_EXTERNAL);
	DXF_GIVES(
	    "CLASSES", "  0" N "CLASS" N "  1" N "EVIL" N "  3" N "evil.arx" N, "", SK_CAD_UNKNOWN);
}

static void test_text(void **state)
{
	assert_int_equal(
	    run(SK_FT_DXF,
		SK_SLICE_LIT(DXF("ENTITIES", "  0" N "TEXT" N "  1" N "\x95\x5C \\U+3042" N)),
		true),
	    0);
	is_now(SK_SLICE_LIT("表 あ\n"));
	assert_int_equal(
	    run(SK_FT_SFC, SK_SLICE_LIT(SFC("#10 = layer_feature(\\'\x95\x5C\\','1')")), true), 0);
	is_now(SK_SLICE_LIT("2;1\n表\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_p21),
	    cmocka_unit_test(test_sfc),
	    cmocka_unit_test(test_dxf_records),
	    cmocka_unit_test(test_dxf_references),
	    cmocka_unit_test(test_text),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
