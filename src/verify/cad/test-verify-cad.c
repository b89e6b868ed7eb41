/* Tests of the verifier of drawings: what must not be in an output is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "verify/text/testzip.h"

#define N "\r\n"
#define P21(data) \
	"ISO-10303-21;" N "HEADER;" N "FILE_NAME('');" N "ENDSEC;" N "DATA;" N data "ENDSEC;" N \
	"END-ISO-10303-21;" N
#define SFC(line) P21("/*SXF" N line N "SXF*/" N)
#define DXF(name, inner) "  0" N "SECTION" N "  2" N name N inner "  0" N "ENDSEC" N "  0" N "EOF" N
#define LINE(inner) DXF("ENTITIES", "  0" N "LINE" N inner)

static void expect(enum sk_filetype type, const char *const *all, int want)
{
	for (; *all; all++) {
		struct sk_check c = tz_check();
		int rc = sk_verify_cad(&c, type, sk_slice_str(*all));
		if (rc != want)
			fail_msg("%s: %s", *all, c.fault.what);
		if (rc == SK_EFORMAT)
			assert_true(c.fault.what[0] != '\0');
		sk_arena_free(c.arena);
	}
}

static void test_p21(void **state)
{
	static const char *const good[] = {P21(""),
	    P21("#1=A('it''s',$,*,.T.,-1.E-3,#2,(1,(2)),\"0A\",B(3.));" N), P21("#1=(A()B());" N),
	    P21("#1=A('\\X2\\65E5\\X0\\');" N), P21("#1=A('\x95\x5C');" N), NULL};
	static const char *const bad[] = {"", P21("") " ", P21("#1= A();" N), P21("#1=A();"),
	    P21("#1=A(;" N), P21("/* c */" N), P21("#1=A('\\\\\\\\server\\\\x');" N),
	    P21("#1=A('C:/x');" N), P21("#1=A('file:x');" N), P21("#1=A('../x');" N),
	    P21("#1=A('ldap://x');" N), P21("#1=A('\\X2\\202E\\X0\\');" N),
	    P21("#1=A('\\X\\07');" N), P21("#1=A('\x1B');" N),
	    P21("#1=A('\x95\x5C','\xE6\x97\xA5\xE6');" N), P21("EVIL();" N), P21("#1=A(1.E);" N),
	    SFC("#1 = line_feature('1')"), NULL};

	expect(SK_FT_STEP, good, 0);
	expect(SK_FT_STEP, bad, SK_EFORMAT);
}

static void test_sfc(void **state)
{
	static const char *const good[] = {SFC("#1 = line_feature('1',\\'\x95\x5C\\')"), NULL};
	static const char *const bad[] = {SFC("#1 = evil_feature('1')"),
	    SFC("#1=line_feature('1')"), SFC("#1 = line_feature('1' )"),
	    SFC("#1 = line_feature(\\'C:\\x\\')"), SFC("#1 = line_feature('1')x"),
	    P21("/*SXF9" N "#1 = line_feature('1')" N "SXF9*/" N), NULL};

	expect(SK_FT_SFC, good, 0);
	expect(SK_FT_SFC, bad, SK_EFORMAT);
}

static void test_dxf(void **state)
{
	static const char *const good[] = {LINE(" 10" N "1.0" N),
	    LINE("1001" N "ACAD" N "1070" N "1" N),
	    LINE("102" N "{ACAD_REACTORS" N "330" N "1F" N "102" N "}" N),
	    DXF("BLOCKS", "  0" N "BLOCK" N " 70" N "1" N "  1" N N),
	    DXF("ENTITIES", "  0" N "MTEXT" N "  1" N "A:\\Px" N), NULL};
	static const char *const bad[] = {"", LINE("") "x", LINE("10" N "1.0" N),
	    LINE(" 10" N "x" N), LINE("310" N "00" N), LINE("999" N "x" N),
	    LINE("1001" N "PE_URL" N), LINE("1000" N "x" N),
	    LINE("1001" N "ACAD" N "1004" N "00" N),
	    LINE("102" N "{X" N "  1" N "x" N "102" N "}" N), LINE("102" N "{X" N),
	    LINE("  3" N "\\\\server\\x" N), DXF("ENTITIES", "  0" N "IMAGE" N),
	    DXF("ENTITIES", "  0" N "OLE2FRAME" N), DXF("OBJECTS", "  0" N "XRECORD" N),
	    DXF("THUMBNAILIMAGE", ""), DXF("BLOCKS", "  0" N "BLOCK" N " 70" N "4" N),
	    DXF("BLOCKS", "  0" N "BLOCK" N "  1" N "x" N),
	    DXF("CLASSES", "  0" N "CLASS" N "  3" N "evil.arx" N),
	    DXF("CLASSES", "  0" N "CLASS" N "  1" N "EVIL" N),
	    DXF("HEADER", "  9" N "$LASTSAVEDBY" N), DXF("HEADER", "  0" N "LINE" N),
	    LINE("  5" N "\1" N), DXF("ENTITIES", "  0" N "TEXT" N "  1" N "\\U+202E" N), NULL};

	expect(SK_FT_DXF, good, 0);
	expect(SK_FT_DXF, bad, SK_EFORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_p21),
	    cmocka_unit_test(test_sfc),
	    cmocka_unit_test(test_dxf),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
