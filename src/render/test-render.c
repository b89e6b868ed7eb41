/* Tests of rendering: pixels where something is drawn, text where it stands, errors for what is no page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "render/render.h"

/* MuPDF rebuilds the missing cross-reference table. */
static const char page[] =
    "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 200]/Contents 4 0 R"
    "/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
    "4 0 obj<</Length 63>>stream\n1 0 0 rg 0 150 50 50 re f 0 g BT /F 20 Tf 10 40 Td (Sekisho) Tj ET\nendstream endobj\n"
    "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
    "trailer<</Root 1 0 R/Size 6>>\n%%EOF\n";

static void test_pixels(void **state)
{
	struct sk_pixmap p;

	assert_int_equal(sk_render_page(SK_SLICE_LIT(page), 0, 72, 100000, &p), 0);
	assert_int_equal(p.width, 100);
	assert_int_equal(p.height, 200);
	assert_int_equal(p.channels, 3);
	const uint8_t *red = p.data + (20 * 100 + 20) * 3, *white = p.data + (100 * 100 + 80) * 3;
	assert_true(red[0] > 200 && red[1] < 60 && red[2] < 60);
	assert_true(white[0] == 255 && white[1] == 255);
	free(p.data);
}

static void test_text_and_count(void **state)
{
	struct sk_arena *a = sk_arena_new(1 << 20);
	struct sk_page_text t;
	uint32_t n = 0;

	assert_int_equal(sk_render_count(SK_SLICE_LIT(page), &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(sk_render_text(SK_SLICE_LIT(page), 0, a, &t), 0);
	assert_int_equal(t.nlines, 1);
	assert_true(sk_slice_is(t.lines[0].text, "Sekisho"));
	assert_true(t.lines[0].x > 5 && t.lines[0].x < 15);
	assert_true(t.lines[0].y > 135 && t.lines[0].y < 165);
	sk_arena_free(a);
}

static void test_share_of_pictures(void **state)
{
	static const char half[] =
	    "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
	    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
	    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 200]/Contents 4 0 R"
	    "/Resources<</XObject<</I 5 0 R>>>>>>endobj\n"
	    "4 0 obj<</Length 32>>stream\nq 100 0 0 100 0 -50 cm /I Do Q  \nendstream endobj\n"
	    "5 0 obj<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray"
	    "/BitsPerComponent 8/Length 1>>stream\nx\nendstream endobj\n"
	    "trailer<</Root 1 0 R/Size 6>>\n%%EOF\n";
	uint32_t share = 7;

	assert_int_equal(sk_render_share(SK_SLICE_LIT(page), 0, &share), 0);
	assert_int_equal(share, 0);
	assert_int_equal(sk_render_share(SK_SLICE_LIT(half), 0, &share), 0);
	assert_int_equal(share, 250);
	assert_int_equal(sk_render_share(SK_SLICE_LIT(half), 1, &share), SK_EFORMAT);
}

static void test_limits_and_errors(void **state)
{
	struct sk_pixmap p;

	assert_int_equal(sk_render_page(SK_SLICE_LIT(page), 0, 72, 20000, &p), 0);
	free(p.data);
	assert_int_equal(sk_render_page(SK_SLICE_LIT(page), 0, 72, 19999, &p), SK_ELIMIT);
	assert_int_equal(sk_render_page(SK_SLICE_LIT(page), 1, 72, 100000, &p), SK_EFORMAT);
	assert_int_equal(
	    sk_render_page(SK_SLICE_LIT(page), UINT32_MAX, 72, 100000, &p), SK_EFORMAT);
	assert_int_equal(
	    sk_render_page(SK_SLICE_LIT("no document"), 0, 72, 100000, &p), SK_EFORMAT);
}

static int init(void **state)
{
	return sk_render_init();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pixels),
	    cmocka_unit_test(test_text_and_count),
	    cmocka_unit_test(test_share_of_pictures),
	    cmocka_unit_test(test_limits_and_errors),
	};
	return cmocka_run_group_tests(tests, init, NULL);
}
