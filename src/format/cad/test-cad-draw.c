/* Tests of method flatten: what the readers put onto the canvas, measured and as lines of words; limits; what is refused and told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "format/cad/draw.h"
#include "format/cad/sxf.h"
#include "format/metafile/metafile.h"

#define N "\r\n"
#define G(code, value) code N value N
#define SECTION(name, inner) G("  0", "SECTION") G("  2", name) inner G("  0", "ENDSEC")
#define ENTITIES(inner) SECTION("ENTITIES", inner) G("  0", "EOF")
#define XY(c, x, y) G(" 1" c, x) G(" 2" c, y)
#define PAGE 400 /* pixels of the canvas that words are drawn on, one to a unit */

static struct sk_report *report;
static struct sk_limits limits;
static struct sk_job job;
static struct sk_cad_canvas canvas;
static cairo_surface_t *surface;

static int setup(void **state)
{
	report = calloc(1, sizeof(*report));
	return report == NULL || sk_metafile_init();
}

static int teardown(void **state)
{
	if (canvas.cr)
		cairo_destroy(canvas.cr);
	if (surface)
		cairo_surface_destroy(surface);
	sk_arena_free(job.arena);
	free(report);
	return 0;
}

static void begin(bool measure)
{
	static struct sk_budget budget;

	*report = (struct sk_report){0};
	sk_arena_free(job.arena);
	if (canvas.cr)
		cairo_destroy(canvas.cr);
	if (surface)
		cairo_surface_destroy(surface);
	surface = NULL;
	limits = sk_limits_for(1000);
	budget = (struct sk_budget){limits.expand, limits.pixels_total, limits.members, 10};
	job = (struct sk_job){.report = report,
	    .limits = &limits,
	    .budget = &budget,
	    .name = "x",
	    .arena = sk_arena_new(limits.memory)};
	canvas = (struct sk_cad_canvas){
	    .job = &job, .m = SK_AFFINE_ONE, .page = SK_AFFINE_ONE, .scale = 1, .px_mm = 1};
	if (measure)
		return;
	surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, PAGE, PAGE);
	canvas.cr = cairo_create(surface);
	cairo_set_source_rgb(canvas.cr, 1, 1, 1);
	cairo_paint(canvas.cr);
	canvas.page = (struct sk_affine){1, 0, 0, -1, 0, PAGE};
	canvas.clip[2] = canvas.clip[3] = PAGE;
	canvas.seen = UINT32_MAX;
}

typedef int reader(struct sk_cad *c, struct sk_slice in, struct sk_cad_drawing *out);

static int read_and_draw(reader *read, struct sk_slice in, bool measure)
{
	struct sk_cad_drawing d = {0};

	begin(measure);
	struct sk_cad c = {.job = &job, .charset = SK_CS_UTF8};
	int rc = read(&c, in, &d);
	if (rc)
		return rc;
	d.draw(d.data, 0, &canvas);
	return canvas.err;
}

static void reaches(struct sk_slice in, double left, double low, double right, double high)
{
	const double want[4] = {left, low, right, high};

	assert_int_equal(read_and_draw(sk_cad_read_dxf, in, true), 0);
	assert_true(canvas.inked);
	for (unsigned i = 0; i < 4; i++)
		if (fabs(canvas.bounds[i] - want[i]) > 0.05)
			fail_msg("%g %g %g %g", canvas.bounds[0], canvas.bounds[1],
			    canvas.bounds[2], canvas.bounds[3]);
}

#define REACHES(inner, ...) reaches(SK_SLICE_LIT(ENTITIES(inner)), __VA_ARGS__)

static bool is_dark(unsigned x, unsigned y)
{
	cairo_surface_flush(surface);
	const uint8_t *row =
	    cairo_image_surface_get_data(surface) +
	    (size_t)(PAGE - 1 - y) * (size_t)cairo_image_surface_get_stride(surface);
	return row[4 * (size_t)x] < 128;
}

static void test_curves(void **state)
{
	REACHES(G("  0", "LINE") XY("0", "1", "2") XY("1", "-3", "4E1"), -3, 2, 1, 40);
	REACHES(G("  0", "ARC") XY("0", "0", "0") G(" 40", "10") G(" 50", "0") G(" 51", "90"), 0, 0,
	    10, 10);
	REACHES(G("  0", "ARC") XY("0", "0", "0") G(" 40", "10") G(" 50", "350") G(" 51", "10"),
	    9.85, -1.74, 10, 1.74);
	REACHES(G("  0", "CIRCLE") XY("0", "5", "5") G(" 40", "2"), 3, 3, 7, 7);
	/* Its coordinates are seen from behind. */
	REACHES(G("  0", "CIRCLE") XY("0", "5", "5") G(" 40", "2") G("210", "0") G("220", "0")
		    G("230", "-1"),
	    -7, 3, -3, 7);
	REACHES(G("  0", "ELLIPSE") XY("0", "0", "0") XY("1", "10", "0") G(" 40", "0.5"), -10, -5,
	    10, 5);
	/* Half a circle to the right of the line from 0,0 to 10,0. */
	REACHES(G("  0", "LWPOLYLINE") XY("0", "0", "0") G(" 42", "1") XY("0", "10", "0"), 0, -5,
	    10, 0);
	REACHES(G("  0", "POLYLINE") G(" 70", "1") G("  0", "VERTEX") XY("0", "0", "0")
		    G("  0", "VERTEX") XY("0", "8", "0") G(" 42", "-1") G("  0", "VERTEX")
			XY("0", "8", "4") G("  0", "SEQEND"),
	    0, 0, 8, 4);
	/* One cubic: from the first point to the last, inside the two others. */
	REACHES(G("  0", "SPLINE") G(" 71", "3") G(" 40", "0") G(" 40", "0") G(" 40", "0")
		    G(" 40", "0") G(" 40", "1") G(" 40", "1") G(" 40", "1") G(" 40", "1")
			XY("0", "0", "0") XY("0", "0", "4") XY("0", "10", "4") XY("0", "10", "0"),
	    0, 0, 10, 3);
	REACHES(G("  0", "SOLID") XY("0", "0", "0") XY("1", "4", "0") XY("2", "0", "4")
		    XY("3", "4", "4"),
	    0, 0, 4, 4);
}

static void test_splines_that_are_none(void **state)
{
	REACHES(G("  0", "SPLINE") G(" 71", "30") XY("0", "0", "0") XY("0", "6", "6"), 0, 0, 6, 6);
	assert_int_equal(canvas.simplified, 1);
	REACHES(G("  0", "SPLINE") G(" 71", "3") G(" 40", "1") G(" 40", "0") XY("0", "0", "0")
		    XY("0", "6", "6"),
	    0, 0, 6, 6);
	assert_int_equal(canvas.simplified, 1);
	/* Not in its range, not in any. */
	REACHES(G("  0", "LINE") XY("0", "1", "1") XY("1", "2", "2") G("  0", "LINE")
		    XY("0", "3", "3") XY("1", "1E999", "-1E14"),
	    1, 1, 3, 3);
	assert_int_equal(canvas.odd, 2 - 1);
}

#define BLOCK(name, inner) \
	G("  0", "BLOCK") G("  2", name) XY("0", "1", "0") inner G("  0", "ENDBLK")
#define UNIT G("  0", "LINE") G("  8", "0") XY("0", "1", "0") XY("1", "2", "0")

static void test_blocks(void **state)
{
	/* From its base, twice as long, upright, twice beside each other; and that in another one. */
	reaches(SK_SLICE_LIT(SECTION("BLOCKS", BLOCK("A", UNIT))
			ENTITIES(G("  0", "INSERT") G("  2", "a") XY("0", "10", "10") G(" 41", "2")
				G(" 42", "1") G(" 50", "90") G(" 70", "2") G(" 44", "3"))),
	    10, 10, 10, 15);
	reaches(
	    SK_SLICE_LIT(SECTION("BLOCKS",
		BLOCK("A", UNIT) BLOCK("B", G("  0", "INSERT") G("  2", "A") XY("0", "1", "0")))
		    ENTITIES(G("  0", "INSERT") G("  2", "B") XY("0", "5", "5") G(" 41", "-4"))),
	    1, 5, 5, 5);
	/* One that holds itself is drawn once; one that is missing is told. */
	reaches(SK_SLICE_LIT(SECTION("BLOCKS", BLOCK("A", UNIT G("  0", "INSERT") G("  2", "A")
							      XY("0", "0", "9"))) ENTITIES(G("  0",
		    "INSERT") G("  2", "A") XY("0", "0", "0") G("  0", "INSERT") G("  2", "none"))),
	    0, 0, 1, 0);
	assert_int_equal(canvas.left_out, 2);
	assert_int_equal(read_and_draw(sk_cad_read_dxf,
			     SK_SLICE_LIT(SECTION("BLOCKS", BLOCK("A", UNIT)) ENTITIES(G("  0",
				 "INSERT") G("  2", "A") G(" 70", "32000") G(" 71", "32000"))),
			     true),
	    SK_EREFUSED);
	assert_int_equal(report->reason, SK_REASON_LIMIT_PAINTINGS);
}

#define LAYER(name, flags, colour) G("  0", "LAYER") G("  2", name) G(" 70", flags) G(" 62", colour)

static void test_layers(void **state)
{
	reaches(SK_SLICE_LIT(SECTION("TABLES", LAYER("off", "0", "-1") LAYER("frozen", "1", "1"))
			SECTION("BLOCKS", BLOCK("A", UNIT)) ENTITIES(
			    G("  0", "LINE") G("  8", "OFF") XY("0", "50", "50") XY("1", "60", "60")
				G("  0", "LINE") G("  8", "frozen") XY("0", "50", "50") XY("1",
				    "60", "60") G("  0", "LINE") G(" 60", "1") XY("0", "50", "50")
				    XY("1", "60", "60") G("  0", "INSERT") G("  8", "frozen")
					G("  2", "A") XY("0", "50", "50") G("  0", "LINE")
					    G("  8", "other") XY("0", "1", "1") XY("1", "2", "2"))),
	    1, 1, 2, 2);
	assert_int_equal(canvas.hidden, 4);
}

/* --- words --- */

static const struct sk_text_line *line(size_t i)
{
	assert_true(i < canvas.nlines);
	return &canvas.lines[i];
}

static void says(size_t i, const char *words)
{
	struct sk_slice got = line(i)->text;

	if (!sk_slice_is(got, words))
		fail_msg("got <%.*s>, not <%s>", (int)got.n, (const char *)got.p, words);
}

static void draws(struct sk_slice in, size_t lines)
{
	assert_int_equal(read_and_draw(sk_cad_read_dxf, in, false), 0);
	assert_int_equal(canvas.nlines, lines);
}

#define DRAWS(inner, lines) draws(SK_SLICE_LIT(ENTITIES(inner)), lines)
#define TEXT(words, more) G("  0", "TEXT") XY("0", "100", "100") G(" 40", "20") G("  1", words) more
/* Points of a pixel. */
#define PT (72 / 25.4F)

static void test_text(void **state)
{
	DRAWS(TEXT("図面 %%c5 %%d%%p %%065\\U+9AD9%%%", ""), 1);
	says(0, "図面 Ø5 °± A髙%");
	float width = line(0)->width;
	assert_float_equal(line(0)->x, 100 * PT, 0.5);
	DRAWS(TEXT("図面 %%c5 %%d%%p %%065\\U+9AD9%%%", G(" 72", "2") XY("1", "300", "100")), 1);
	assert_float_equal(line(0)->x + width, 300 * PT, 0.5);
	DRAWS(TEXT("図面 %%c5 %%d%%p %%065\\U+9AD9%%%", G(" 72", "1") XY("1", "200", "100")), 1);
	assert_float_equal(line(0)->x + width / 2, 200 * PT, 0.5);
	/* Fitted between two points, whatever its letters are. */
	DRAWS(TEXT("図面", G(" 72", "5") XY("1", "350", "100")), 1);
	assert_float_equal(line(0)->width, 250 * PT, 0.5);
	/* Higher by half its height, and by all of it. */
	DRAWS(TEXT("図面", G(" 73", "3") XY("1", "100", "100")), 1);
	float top = line(0)->y;
	DRAWS(TEXT("図面", G(" 73", "2") XY("1", "100", "100")), 1);
	assert_float_equal(top - line(0)->y, 10 * PT, 0.5);
	/* A turned line is put flat around its middle. */
	DRAWS(TEXT("回転した文字", G(" 50", "90")), 1);
	says(0, "回転した文字");
	assert_true(line(0)->width > line(0)->height);
	assert_true(is_dark(95, 150) || is_dark(90, 150) || is_dark(88, 155) || is_dark(92, 145));
}

#define MTEXT(words, more) \
	G("  0", "MTEXT") XY("0", "100", "300") G(" 40", "20") G("  1", words) more

static void test_mtext(void **state)
{
	DRAWS(MTEXT("{\\fMS Gothic|b0;一行目}\\P二行目\\~\\{x\\}\\\\", ""), 2);
	says(0, "一行目");
	says(1, "二行目\xC2\xA0{x}\\");
	assert_float_equal(line(1)->y - line(0)->y, 20 * 5 / 3.0F * PT, 0.5);
	/* Colours make lines of their own, breaks stand where the width says and never before a comma. */
	DRAWS(MTEXT("あい\\C1;うえ\\H0.5x;お", ""), 3);
	says(1, "うえ");
	assert_true(line(2)->height < line(1)->height);
	DRAWS(MTEXT("あいうえ、お", G(" 41", "92")), 2);
	says(0, "あいうえ、");
	says(1, "お");
	DRAWS(MTEXT("\\S1/2;\\S+0.1^-0.2;", ""), 1);
	assert_int_equal(canvas.simplified, 1);
	/* Groups without end, codes without a value. */
	DRAWS(MTEXT("}}{{{{\\H;\\fx;a\\", ""), 1);
	/* From the lower right corner: left of and above its point. */
	DRAWS(MTEXT("右下", G(" 71", "9")), 1);
	assert_float_equal(line(0)->x + line(0)->width, 100 * PT, 0.5);
	assert_true(line(0)->y + line(0)->height < 107 * PT);
}

static void test_glyphs(void **state)
{
	/* A character of the private area is a box, and stays among the words. */
	DRAWS(TEXT("a\xEE\x80\x80", ""), 1);
	says(0, "a\xEE\x80\x80");
	assert_int_equal(canvas.missing, 1);
	/* Out of all measure: no height, no words; no width, words in the text layer alone. */
	DRAWS(G("  0", "TEXT") XY("0", "1", "1") G(" 40", "1E300") G("  1", "x"), 0);
	DRAWS(TEXT("x", G(" 41", "1E200")), 1);
}

static void test_hatch(void **state)
{
#define SQUARE(flags, a, b) \
	G(" 92", flags) \
	G(" 72", "0") \
	G(" 73", "1") \
	G(" 93", "4") XY("0", a, a) XY("0", b, a) XY("0", b, b) XY("0", a, b) G(" 97", "0")
	DRAWS(G("  0", "HATCH") G("  2", "SOLID") G(" 70", "1") G(" 91", "2")
		  SQUARE("3", "100", "300") SQUARE("2", "150", "250") G(" 75", "0"),
	    0);
	assert_true(is_dark(120, 200));
	assert_false(is_dark(200, 200));
	DRAWS(G("  0", "HATCH") G("  2", "SOLID") G(" 70", "1") G(" 91", "2")
		  SQUARE("3", "100", "300") SQUARE("2", "150", "250") G(" 75", "2"),
	    0);
	assert_true(is_dark(200, 200));
	/* Lines 50 apart through 0,0. */
#define LINES(step) \
	G(" 75", "0") \
	G(" 78", "1") \
	G(" 53", "0") G(" 43", "0") G(" 44", "0.5") G(" 45", "0") G(" 46", step) G(" 79", "0")
	DRAWS(
	    G("  0", "HATCH") G(" 70", "0") G(" 91", "1") SQUARE("3", "100", "300") LINES("50"), 0);
	assert_true(is_dark(200, 150));
	assert_false(is_dark(200, 170));
	assert_false(is_dark(90, 150));
	assert_int_equal(canvas.simplified, 0);
	DRAWS(G("  0", "HATCH") G(" 70", "0") G(" 91", "1") SQUARE("3", "100", "300") LINES("1E-9"),
	    0);
	assert_int_equal(canvas.simplified, 1);
}

/* --- SXF --- */

#define FEATURE(line) "/*SXF" N "#1 = " line N "SXF*/" N

static void test_sfc(void **state)
{
	static const char in[] = FEATURE("line_feature('1','2','1','1','0','0','10','0')") FEATURE(
	    "text_string_feature('1','2','1',\\'部品\\','0','0','5','20','0','0','0','5','1')")
	    FEATURE("sfig_org_feature(\\'A\\','1')")
		FEATURE("sfig_locate_feature('0',\\'A\\','100','100','90','2','2')")
		    FEATURE("line_feature('2','2','1','1','0','0','10','0')")
			FEATURE("drawing_sheet_feature(\\'s\\','3','0','0','0')")
			    FEATURE("layer_feature(\\'1\\','1')")
				FEATURE("layer_feature(\\'2\\','0')");
	struct sk_cad_drawing d;
	struct sk_cad_paper p = {0};

	assert_int_equal(read_and_draw(sk_cad_read_sfc, SK_SLICE_LIT(in), true), 0);
	assert_int_equal(canvas.hidden, 1);
	/* The line upwards, twice as long; the words around its beginning. */
	assert_float_equal(canvas.bounds[3], 120, 0.1);
	assert_float_equal(canvas.bounds[1], 80, 0.1);
	struct sk_cad c = {.job = &job, .charset = SK_CS_UTF8};
	assert_int_equal(sk_cad_read_sfc(&c, SK_SLICE_LIT(in), &d), 0);
	d.paper(d.data, 0, &p);
	assert_true(p.given);
	assert_float_equal(p.width, 297, 0.001); /* A3, upright */
	assert_float_equal(p.height, 420, 0.001);
	assert_int_equal(read_and_draw(sk_cad_read_sfc, SK_SLICE_LIT(in), false), 0);
	says(0, "部品");
	/* Figures that hold each other, curves that are missing, numbers that are none. */
	assert_int_equal(
	    read_and_draw(sk_cad_read_sfc,
		SK_SLICE_LIT(FEATURE("sfig_locate_feature('0',\\'A\\','0','0','0','1','1')")
			FEATURE("sfig_org_feature(\\'A\\','1')")
			    FEATURE("sfig_locate_feature('0',\\'A\\','0','0','0','1','1')")
				FEATURE("fill_area_style_colour_feature('1','2','99','0','()')")
				    FEATURE("polyline_feature('1','2','1','1','3','(1,,x','(')")
					FEATURE("line_feature('')")),
		true),
	    0);
	assert_int_equal(canvas.left_out, 2);
}

#define STYLE \
	"#1=CARTESIAN_POINT('',(10.,20.));" N "#2=CARTESIAN_POINT('',(30.,20.));" N \
	"#3=POLYLINE('',(#1,#2));" N "#4=DRAUGHTING_PRE_DEFINED_COLOUR('red');" N \
	"#5=CURVE_STYLE('',$,$,#4);" N "#6=PRESENTATION_STYLE_ASSIGNMENT((#5));" N

static void test_p21(void **state)
{
	/* An arc against the clock, one with it, and a figure mapped twice as large. */
	static const char in[] = STYLE
	    "#7=(ANNOTATION_CURVE_OCCURRENCE()STYLED_ITEM((#6),#3));" N
	    "#8=DRAUGHTING_SUBFIGURE_REPRESENTATION('A',(#7,#12),$);" N
	    "#9=AXIS2_PLACEMENT_2D('',#1,$);" N "#10=SYMBOL_REPRESENTATION_MAP(#9,#8);" N
	    "#11=SYMBOL_TARGET('',#9,2.,2.);" N "#12=(ANNOTATION_SYMBOL()MAPPED_ITEM(#10,#11));" N
	    "#20=DRAWING_SHEET_REVISION('it''s (',(#12,#7,#7,#99),$,'01');" N;
	assert_int_equal(read_and_draw(sk_cad_read_p21, SK_SLICE_LIT(in), true), 0);
	assert_float_equal(canvas.bounds[0], 10, 0.01);
	assert_float_equal(canvas.bounds[2], 50, 0.01);
	assert_int_equal(canvas.left_out, 1); /* the figure in itself */
	static const char arc[] = STYLE
	    "#7=AXIS2_PLACEMENT_2D('',#1,$);" N "#8=CIRCLE('',#7,5.);" N
	    "#9=TRIMMED_CURVE('',#8,(PARAMETER_VALUE(0.)),(PARAMETER_VALUE(1.5707963)),.F.,.PARAMETER.);" N
	    "#10=(A()STYLED_ITEM((#6),#9));" N "#20=DRAWING_SHEET_REVISION('',(#10),$,'01');" N;
	assert_int_equal(read_and_draw(sk_cad_read_p21, SK_SLICE_LIT(arc), true), 0);
	assert_float_equal(canvas.bounds[0], 5, 0.01);
	assert_float_equal(canvas.bounds[1], 15, 0.01);
	assert_int_equal(
	    read_and_draw(sk_cad_read_p21,
		SK_SLICE_LIT("#1=ADVANCED_BREP_SHAPE_REPRESENTATION('',(),$);" N), true),
	    SK_EREFUSED);
	assert_int_equal(report->reason, SK_REASON_MODEL);
}

static void test_clothoid(void **state)
{
	begin(true);
	const struct sk_cad_pen pen = {.mm = 1};
	sk_cad_begin(&canvas);
	sxf_clothoid(&canvas, 100, false, 0, 100);
	sk_cad_stroke(&canvas, &pen);
	/* Of Fresnel's integrals: x = L (1 - L^4 / 40 A^4 …), y = L^3 / 6 A^2 (1 - L^4 / 56 A^4 …). */
	assert_float_equal(canvas.bounds[2], 97.53, 0.02);
	assert_float_equal(canvas.bounds[3], 16.37, 0.02);
	sxf_clothoid(&canvas, 1, false, 0, 1e9);
	assert_int_equal(canvas.odd, 1);
}

static void test_print(void **state)
{
	struct sk_cad_drawing d;
	struct sk_buf out = SK_BUF((size_t)1 << 20);

	begin(true);
	struct sk_cad c = {.job = &job, .charset = SK_CS_UTF8};
	/* Nothing at all is a page of its own; hidden things are told. */
	assert_int_equal(
	    sk_cad_read_dxf(&c, SK_SLICE_LIT(ENTITIES(G("  0", "LINE") G(" 60", "1"))), &d), 0);
	assert_int_equal(sk_cad_print(&job, &d, &out), 0);
	assert_true(sk_slice_find(sk_buf_slice(&out), 0, SK_SLICE_LIT("/Count 1")) != SIZE_MAX);
	assert_int_equal(report->removed[0].code, SK_CAD_HIDDEN);
	sk_buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_curves),
	    cmocka_unit_test(test_splines_that_are_none),
	    cmocka_unit_test(test_blocks),
	    cmocka_unit_test(test_layers),
	    cmocka_unit_test(test_text),
	    cmocka_unit_test(test_mtext),
	    cmocka_unit_test(test_glyphs),
	    cmocka_unit_test(test_hatch),
	    cmocka_unit_test(test_sfc),
	    cmocka_unit_test(test_p21),
	    cmocka_unit_test(test_clothoid),
	    cmocka_unit_test(test_print),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
