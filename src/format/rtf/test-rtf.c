/* Unit tests of the RTF family: what is read one way, what stays, what goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "format/handler.h"
#include "verify/verify.h"

static struct sk_report report;
static struct sk_limits limits;

static int run(enum sk_method method, struct sk_slice in, struct sk_buf *out)
{
	static struct sk_budget budget;
	static struct sk_services services;
	struct sk_job job = {.arena = sk_arena_new((size_t)64 << 20),
	    .report = &report,
	    .limits = &limits,
	    .budget = &budget,
	    .services = &services,
	    .name = "x.rtf",
	    .method = method};
	struct sk_output o = {.bytes = SK_BUF((size_t)16 << 20)};

	limits = sk_limits_for(in.n);
	budget = (struct sk_budget){limits.expand, limits.pixels_total, limits.members, 10};
	sk_report_clear(&report);
	int rc = method == SK_METHOD_TEXT ? sk_rtf_handler.text(&job, SK_FT_RTF, in, &o)
					  : sk_rtf_handler.rebuild(&job, SK_FT_RTF, in, &o);
	sk_arena_free(job.arena);
	*out = o.bytes;
	return rc;
}

static void assert_verified(struct sk_slice in)
{
	struct sk_check c = {.arena = sk_arena_new((size_t)64 << 20),
	    .inflate_left = 1 << 24,
	    .pixels_left = 1 << 24};
	int rc = sk_verify(&c, SK_FT_RTF, in);

	if (rc)
		print_error("%s at %d in %.*s\n", c.fault.what, (int)c.fault.offset, (int)in.n,
		    (const char *)in.p);
	assert_int_equal(rc, 0);
	sk_arena_free(c.arena);
}

#define HEAD "{\\rtf1\\ansi\\ansicpg1252\\uc1"

/* What the body becomes, within the header above; verified, and the same when cleaned again. */
static void becomes_bytes(struct sk_slice in, const char *want)
{
	struct sk_buf out, again;

	assert_int_equal(run(SK_METHOD_REBUILD, in, &out), 0);
	struct sk_slice got = sk_buf_slice(&out);
	char *text = malloc(got.n + 1);
	assert_non_null(text);
	memcpy(text, got.p, got.n);
	text[got.n] = '\0';
	assert_string_equal(text, want);
	free(text);
	assert_verified(got);
	struct sk_report first = report;
	assert_int_equal(run(SK_METHOD_REBUILD, got, &again), 0);
	assert_true(sk_slice_eq(got, sk_buf_slice(&again)));
	assert_int_equal(report.nremoved, 0);
	report = first;
	sk_buf_free(&out);
	sk_buf_free(&again);
}

static void becomes(const char *in, const char *want)
{
	becomes_bytes(sk_slice_str(in), want);
}

#define ANSI "{\\rtf1\\ansi "
#define SJIS "{\\rtf1\\ansi\\ansicpg932{\\fonttbl{\\f0\\fcharset128 A;}}\\f0 "
#define SJIS_HEAD "{\\rtf1\\ansi\\ansicpg932\\uc1{\\fonttbl{\\f0\\fnil\\fcharset128 A;}\n}\n\\f0"

static void test_text(void **state)
{
	(void)state;
	becomes(ANSI "a\\b b\\b0  c\\par d}", HEAD " a\\b b\\b0  c\\par\nd}\n");
}

static void test_characters(void **state)
{
	(void)state;
	/* Bytes of the code page, signed and unsigned units, a pair, one that is none. */
	becomes(ANSI "\\'e9\\u-3913?\\u61623?\\u-10179?\\u-8704?\\u-10179?x}",
	    HEAD "\\u233?\\u-3913?\\u-3913?\\u-10179?\\u-8704?\\u-3?x}\n");
	assert_int_equal(sk_report_count(&report, SK_TEXT_INVALID), 1);
	becomes(ANSI "\\{\\\\\\}\\~\\_\\-}", HEAD "\\{\\\\\\}\\~\\_\\-}\n");
	/* What stands in for \u is as long as \uc says, and ends with its group. */
	becomes(ANSI "\\uc2\\u12354\\'82\\'a0b{\\uc0\\u12354 c}{\\u12354 }d}",
	    HEAD "\\u12354?b{\\u12354?c}{\\u12354?}d}\n");
	becomes(ANSI "\\u12354\\tab e}", HEAD "\\u12354?\\tab e}\n");
}

static void test_shift_jis(void **state)
{
	(void)state;
	/* Characters with a backslash as their second byte, half-width kana, one of the private area. */
	becomes(SJIS "\\'95\\'5c\\'83\\\\\\'b1\\'f0\\'40}",
	    SJIS_HEAD "\\u-30616?\\u12477?\\u-143?\\u-8192?}\n");
	/* Halves in different tokens and groups. */
	becomes(SJIS "\\'82{\\b\\'a0}x}", SJIS_HEAD "{\\b\\u12354?}x}\n");
	becomes(SJIS "\\'82\\par x}", SJIS_HEAD "\\u-3?\\par\nx}\n");
	assert_int_equal(sk_report_count(&report, SK_TEXT_INVALID), 1);
}

static void test_fonts_of_charsets(void **state)
{
	(void)state;
	becomes(
	    "{\\rtf1\\ansi{\\fonttbl{\\f0\\fcharset0 A;}{\\f1\\fcharset204 B;}{\\f2\\fcharset129 C;}}\\f1\\'e6\\f2\\'b0\\'a1\\f0\\'e6}",
	    HEAD
	    "{\\fonttbl{\\f0\\fnil\\fcharset0 A;}\n{\\f1\\fnil\\fcharset204 B;}\n{\\f2\\fnil\\fcharset129 C;}\n}\n"
	    "\\f1\\u1078?\\f2\\u-21504?\\f0\\u230?}\n");
}

static void test_dropped(void **state)
{
	static const struct {
		const char *in;
		enum sk_code code;
	} list[] = {
	    {"{\\object\\objemb\\objupdate{\\*\\objclass Package}{\\*\\objdata 0105}}",
		SK_OOXML_OLE},
	    {"{\\object\\objocx{\\*\\objdata 0105}}", SK_OOXML_ACTIVEX},
	    {"{\\*\\objdata 0105}", SK_OOXML_OLE},
	    {"{\\objdata 0105}", SK_OOXML_OLE},
	    {"{\\*\\template http://x.invalid/t}", SK_OOXML_TEMPLATE},
	    {"{\\*\\datastore 0102}", SK_OOXML_CUSTOM_XML},
	    {"{\\*\\filetbl{\\file\\fid0 x}}", SK_OOXML_EXTERNAL},
	    {"{\\*\\hlinkbase x}", SK_OOXML_EXTERNAL},
	    {"{\\info{\\author x}{\\*\\company y}}", SK_OOXML_METADATA},
	    {"{\\*\\generator x}", SK_OOXML_METADATA},
	    {"{\\*\\mmquery SELECT}", SK_OOXML_MAIL_MERGE},
	    {"{\\*\\htmltag64 <script>}", SK_RTF_HTML},
	    {"{\\*\\nobodyknows x}", SK_OOXML_UNKNOWN_PART},
	    {"{\\*\\pnseclvl40000 x}", SK_OOXML_UNKNOWN_XML},
	    {"{\\*x}", SK_OOXML_UNKNOWN_PART},
	    {"\\nobodyknows12 ", SK_OOXML_UNKNOWN_XML},
	    {"\\bin3 abc", SK_GENERIC_HIDDEN},
	    {"{\\*\\fldinst DDEAUTO c}", SK_OOXML_FIELD},
	    {"{\\pict\\pngblip 010203}", SK_OOXML_IMAGE},
	};
	char in[256], want[64];

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		snprintf(in, sizeof(in), ANSI "a%sb}", list[i].in);
		snprintf(want, sizeof(want), HEAD " ab}\n");
		becomes(in, want);
		assert_int_equal(sk_report_count(&report, list[i].code), 1);
	}
}

static void test_obfuscated(void **state)
{
	(void)state;
	/* A destination in the middle of a group takes its rest; that of the file's first group takes all. */
	becomes(ANSI "{a\\*\\objdata 0105{b}c}d}", HEAD "{a}d}\n");
	becomes(ANSI "{a\\objdata 0105}d}", HEAD "{a}d}\n");
	/* \bin by its count, also when that holds braces; less than nothing is nothing; too much is all. */
	becomes(ANSI "a\\bin4 }}}}b}", HEAD " ab}\n");
	becomes(ANSI "a\\bin-4 b}", HEAD " ab}\n");
	becomes(ANSI "a\\bin b}", HEAD " ab}\n");
	becomes(ANSI "a\\bin99999 b}", HEAD " a}\n");
	becomes(ANSI "{\\object{\\*\\obj\ndata 01}{\\result{\\pard r}}}", HEAD "{{\\pard r}}}\n");
	becomes("{\\rt\\ansi{\\*\\objdata 01}a}", HEAD " a}\n");
	becomes(ANSI "a}b", HEAD " a}\n");
	assert_int_equal(sk_report_count(&report, SK_GENERIC_TRAILING), 1);
	becomes(ANSI "a{\\b b", HEAD " a{\\b b}}\n");
	assert_int_equal(sk_report_count(&report, SK_RTF_DAMAGED), 2);
}

static void test_fields(void **state)
{
	(void)state;
	becomes(ANSI "{\\field{\\*\\fldinst{ PAGE }}{\\fldrslt 1}}}",
	    HEAD "{\\field{\\*\\fldinst{ PAGE }}{\\fldrslt 1}}}\n");
	becomes(ANSI
	    "{\\field\\flddirty{\\*\\fldinst HYPERLINK \"https://example.jp/\" \\\\o \"x\"{\\*\\datafield 00}}{\\fldrslt r}}}",
	    HEAD
	    "{\\field\\flddirty{\\*\\fldinst HYPERLINK \"https://example.jp/\" \\\\o \"x\"}{\\fldrslt r}}}\n");
	becomes(
	    ANSI "{\\field{\\*\\fldinst HYPERLINK \"file://x/y\"}{\\fldrslt r}}}", HEAD "{r}}\n");
	assert_int_equal(sk_report_count(&report, SK_OOXML_LINK), 1);
	becomes(ANSI "{\\field{\\*\\fldinst D{\\b DE}A{}UTO c}{\\fldrslt r}}}", HEAD "{r}}\n");
	assert_int_equal(sk_report_count(&report, SK_OOXML_FIELD), 1);
	becomes(ANSI "{\\field{\\*\\fldinst \\u68?\\'44E x}{\\fldrslt r}}}", HEAD "{r}}\n");
	becomes(
	    ANSI "{\\field{\\*\\fldinst PAGE}{\\*\\fldinst DDE x}{\\fldrslt r}}}", HEAD "{r}}\n");
	becomes(ANSI
	    "{\\field{\\*\\fldinst IF 1=1 {\\field{\\*\\fldinst DDE x}{\\fldrslt y}}}{\\fldrslt r}}}",
	    HEAD "{r}}\n");
	becomes(ANSI "{\\field{\\*\\fldinst QUOTE \\ldblquote x}{\\fldrslt r}}}", HEAD "{r}}\n");
	becomes(ANSI
	    "{\\field{\\*\\fldinst FORMTEXT{\\*\\formfield{\\fftype0{\\*\\ffname T}{\\*\\ffentrymcr M}}}}{\\fldrslt r}}}",
	    HEAD
	    "{\\field{\\*\\fldinst FORMTEXT{\\*\\formfield{\\fftype0{\\*\\ffname T}}}}{\\fldrslt r}}}\n");
}

static void test_tables(void **state)
{
	(void)state;
	becomes(ANSI
	    "{\\fonttbl\\f0\\fswiss Helvetica;\\f1\\froman\\fcharset128{\\*\\panose 02020609040205080304}{\\*\\fontemb 00}{\\*\\falt X}\\'82\\'6c;}}",
	    HEAD
	    "{\\fonttbl{\\f0\\fswiss Helvetica;}\n{\\f1\\froman\\fcharset128{\\*\\panose 02020609040205080304}{\\*\\falt X}\\u-211?;}\n}\n}\n");
	assert_int_equal(sk_report_count(&report, SK_OOXML_FONT), 1);
	becomes(ANSI "{\\colortbl;\\red1\\green2\\blue256;hidden;}}",
	    HEAD "{\\colortbl;\\red1\\green2;;}\n}\n");
	becomes(ANSI
	    "{\\*\\listoverridetable{\\listoverride\\listid1\\listoverridecount25{\\lfolevel\\listoverridestartat}\\ls1}}}",
	    HEAD
	    "{\\*\\listoverridetable{\\listoverride\\listid1\\listoverridecount1{\\lfolevel\\listoverridestartat}\n\\ls1}\n}}\n");
	becomes(ANSI
	    "{\\*\\listtable{\\list{\\listlevel{\\leveltext\\'7f\\'91\\'00.;}{\\levelnumbers\\'02\\'03;}}}}}",
	    HEAD
	    "{\\*\\listtable{\\list{\\listlevel{\\leveltext\\'03\\u8216?\\'00.;}{\\levelnumbers\\'02;}}}\n}}\n");
	becomes(ANSI "{\\stylesheet{\\s1\\b One;}{\\*\\cs10 \\additive Two;}}{\\cs10 x}}",
	    HEAD "{\\stylesheet{\\s1\\b One;}{\\*\\cs10\\additive Two;}}{\\cs10 x}}\n");
}

static void test_many_fonts(void **state)
{
	struct sk_buf in = SK_BUF(1 << 20), out;

	(void)state;
	sk_buf_puts(&in, "{\\rtf1{\\fonttbl");
	for (int i = 0; i < 32767; i++)
		sk_buf_printf(&in, "{\\f%dA;}", i);
	sk_buf_puts(&in, "}x}");
	assert_int_equal(run(SK_METHOD_REBUILD, sk_buf_slice(&in), &out), 0);
	assert_int_equal(
	    sk_report_count(&report, SK_OOXML_UNKNOWN_XML), 32767 - SK_LIMIT_RTF_FONTS);
	assert_verified(sk_buf_slice(&out));
	sk_buf_free(&in);
	sk_buf_free(&out);
}

static void test_shapes(void **state)
{
	static const char shape[] =
	    "{\\shp{\\*\\shpinst\\shpleft1%s{\\shptxt T}}{\\shprslt{\\pard fallback}}}}";
	static const struct {
		const char *in, *out;
	} list[] = {
	    {"{\\sp{\\sn shapeType}{\\sv 202}}", "{\\sp{\\sn shapeType}{\\sv 202}}"},
	    {"{\\sp{\\sn pFragments}{\\sv 1;1;0123456789}}", ""},
	    {"{\\sp{\\sn shapeType}{\\sv 99999999999}}", ""},
	    {"{\\sp{\\sn pVerticies}{\\sv 8;2;(1,2);(3,4)}}",
		"{\\sp{\\sn pVerticies}{\\sv 8;2;(1,2);(3,4)}}"},
	    {"{\\sp{\\sn pVerticies}{\\sv 8;9;(1,2);(3,4)}}", ""},
	    {"{\\sp{\\sn pihlShape}{\\sv {\\*\\hl{\\hlloc x}}}}", ""},
	    {"{\\sp{\\sn gtextUNICODE}{\\sv \\u12354?}}",
		"{\\sp{\\sn gtextUNICODE}{\\sv\\u12354?}}"},
	};
	char in[400], want[400];

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		char kept[300];
		snprintf(in, sizeof(in), ANSI "%s", "");
		snprintf(kept, sizeof(kept), shape, list[i].in);
		snprintf(in + strlen(in), sizeof(in) - strlen(in), "%s", kept);
		snprintf(want, sizeof(want),
		    HEAD "{\\shp{\\*\\shpinst\\shpleft1%s{\\shptxt T}}}}\n", list[i].out);
		becomes(in, want);
	}
}

/* A PNG of one pixel. */
#define PNG \
	"89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360000000020001e221bc33" \
	"0000000049454e44ae426082"

static void test_pictures(void **state)
{
	struct sk_buf out;

	(void)state;
	assert_int_equal(run(SK_METHOD_REBUILD,
			     sk_slice_str(ANSI "{\\*\\shppict{\\pict\\picwgoal30\\pngblip " PNG
					       "}}{\\nonshppict{\\pict\\wmetafile8 00}}}"),
			     &out),
	    0);
	assert_true(
	    sk_slice_find(sk_buf_slice(&out), 0,
		SK_SLICE_LIT(
		    "{\\*\\shppict{\\pict\\picw1\\pich1\\picwgoal30\\pichgoal15\\pngblip\n89504e47")) !=
	    SIZE_MAX);
	assert_true(sk_slice_find(sk_buf_slice(&out), 0, SK_SLICE_LIT("nonshppict")) == SIZE_MAX);
	assert_verified(sk_buf_slice(&out));
	assert_int_equal(report.nremoved, 0);
	sk_buf_free(&out);
}

static void test_depth(void **state)
{
	struct sk_buf in = SK_BUF(1 << 20), out;

	(void)state;
	for (int more = 0; more < 2; more++) {
		sk_buf_reset(&in);
		sk_buf_puts(&in, "{\\rtf1 ");
		sk_buf_fill(&in, '{', SK_LIMIT_RTF_DEPTH - 1 + (size_t)more);
		sk_buf_fill(&in, '}', SK_LIMIT_RTF_DEPTH + (size_t)more);
		assert_int_equal(
		    run(SK_METHOD_REBUILD, sk_buf_slice(&in), &out), more ? SK_EREFUSED : 0);
		if (!more)
			assert_verified(sk_buf_slice(&out));
		sk_buf_free(&out);
	}
	assert_int_equal(report.reason, SK_REASON_LIMIT_NESTING);
	sk_buf_free(&in);
}

static void says(const char *in, const char *want)
{
	struct sk_buf out;

	assert_int_equal(run(SK_METHOD_TEXT, sk_slice_str(in), &out), 0);
	assert_int_equal(out.len, strlen(want));
	assert_memory_equal(out.p, want, out.len);
	sk_buf_free(&out);
}

static void test_plain_text(void **state)
{
	(void)state;
	says(ANSI "{\\header H\\par}a\\par{\\listtext 1.\\tab}b\\bullet c}",
	    "H\na\n1.\tb\xE2\x80\xA2"
	    "c\n");
	says(ANSI "\\trowd\\cellx1\\cellx2\\intbl a\\par b\\cell c\\cell\\row\\pard d}",
	    "a b\tc\nd\n");
	says(ANSI "x{\\footnote F}y{\\field{\\*\\fldinst PAGE}{\\fldrslt 3}}{\\deleted z}}",
	    "x[1]y3\n[1] F\n");
	says(ANSI "{\\shp{\\*\\shpinst{\\shptxt T}}{\\shprslt U}}v}", "T\nv\n");
	says(ANSI "a\\'0db\\'0ac}", "abc\n");
	says(SJIS "\\'93\\'fa\\'96\\'7b}", "\xE6\x97\xA5\xE6\x9C\xAC\n");
}

static void test_not_rtf(void **state)
{
	static const char *const list[] = {"", "{", "{\\", "rtf", "{\\rtx", "{ \\rtf1}", "\\rtf1"};
	struct sk_buf out;

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		int rc = run(SK_METHOD_REBUILD, sk_slice_str(list[i]), &out);
		assert_int_equal(rc, strcmp(list[i], "{\\rtx") == 0 ? 0 : SK_EFORMAT);
		sk_buf_free(&out);
	}
}

/* What the profile does not have, the checker does not take, whoever wrote it. */
static void test_checker_refuses(void **state)
{
	static const char *const list[] = {"{\\rtf1\\ansi\\ansicpgx1252\\uc1}\n",
	    "{\\rtf1\\ansi\\ansicpg1252\\uc2}\n", HEAD "}", HEAD "}\n\n", HEAD "\n\n}\n",
	    HEAD "\\b x}\n ", HEAD "{\\object x}}\n", HEAD "{\\*\\objdata 00}}\n",
	    HEAD "{\\*\\template x}}\n", HEAD "\\bin1 x}\n", HEAD "\\objupdate}\n", HEAD "\\u8?}\n",
	    HEAD "\\u-10240?}\n", HEAD "\\'41}\n", HEAD "\x80}\n", HEAD "\\fs020}\n",
	    HEAD "\\fs99999}\n", HEAD "{\\field{\\*\\fldinst DDEAUTO a b}{\\fldrslt}}}\n",
	    HEAD "{\\field{\\*\\fldinst HYPERLINK \"file:a\"}{\\fldrslt}}}\n",
	    HEAD "{\\field{\\*\\fldinst{INCLUDE}{PICTURE \"a\"}}{\\fldrslt}}}\n",
	    HEAD "{\\shp{\\*\\shpinst{\\sp{\\sn pFragments}{\\sv 1}}}}}\n",
	    HEAD "{\\pict\\wmetafile8\n00}}\n", HEAD "{\\*\\pnseclvl40000}}\n"};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		struct sk_check c = {.arena = sk_arena_new((size_t)64 << 20)};
		if (sk_verify(&c, SK_FT_RTF, sk_slice_str(list[i])) == 0)
			fail_msg("%s", list[i]);
		sk_arena_free(c.arena);
	}
	assert_verified(SK_SLICE_LIT(HEAD "\\b x}\n"));
}

static int init(void **state)
{
	(void)state;
	return sk_metafile_handler.init();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_text),
	    cmocka_unit_test(test_characters),
	    cmocka_unit_test(test_shift_jis),
	    cmocka_unit_test(test_fonts_of_charsets),
	    cmocka_unit_test(test_dropped),
	    cmocka_unit_test(test_obfuscated),
	    cmocka_unit_test(test_fields),
	    cmocka_unit_test(test_tables),
	    cmocka_unit_test(test_many_fonts),
	    cmocka_unit_test(test_shapes),
	    cmocka_unit_test(test_pictures),
	    cmocka_unit_test(test_depth),
	    cmocka_unit_test(test_plain_text),
	    cmocka_unit_test(test_not_rtf),
	    cmocka_unit_test(test_checker_refuses),
	};
	return cmocka_run_group_tests(tests, init, NULL);
}
