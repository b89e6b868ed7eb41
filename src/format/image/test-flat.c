/* Tests of PDFs made of pictures: how pixels are coded, the text layer, and that the verifier agrees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>
#include <zlib.h>

#include "format/handler.h"
#include "format/image/flat.h"
#include "base/utf8.h"
#include "format/image/image.h"
#include "verify/verify.h"

struct fixture {
	struct sk_limits limits;
	struct sk_budget budget;
	struct sk_report *report;
	struct sk_job job;
};

static void start(struct fixture *x)
{
	x->limits = sk_limits_for(1 << 20);
	x->budget = (struct sk_budget){x->limits.expand, x->limits.pixels_total, 100, 100};
	x->report = calloc(1, sizeof(*x->report));
	x->job = (struct sk_job){.arena = sk_arena_new((size_t)256 << 20),
	    .report = x->report,
	    .limits = &x->limits,
	    .budget = &x->budget,
	    .name = "test"};
}

static void stop(struct fixture *x)
{
	sk_arena_free(x->job.arena);
	free(x->report);
}

static void verified(const struct sk_buf *pdf)
{
	struct sk_check c = {.arena = sk_arena_new((size_t)256 << 20),
	    .inflate_left = (uint64_t)1 << 30,
	    .pixels_left = (uint64_t)1 << 30};

	if (sk_verify_pdf(&c, sk_buf_slice(pdf)))
		fail_msg("%s at %llu", c.fault.what, (unsigned long long)c.fault.offset);
	sk_arena_free(c.arena);
}

static struct sk_pixmap paint(uint32_t w, uint32_t h, unsigned channels, uint8_t with)
{
	struct sk_pixmap p = {w, h, channels, malloc((size_t)w * h * channels)};

	memset(p.data, with, (size_t)w * h * channels);
	return p;
}

/* One page, checked; the file stays with the caller. */
static struct sk_buf one_page(const struct sk_pixmap *p, const struct sk_page_text *text)
{
	struct sk_buf out = SK_BUF((size_t)64 << 20);
	struct fixture x;

	start(&x);
	struct sk_flat *f = sk_flat_new(&x.job);
	assert_int_equal(sk_flat_page(f, p, 100.5, 200, text), 0);
	assert_int_equal(sk_flat_write(f, &out), 0);
	sk_flat_free(f);
	stop(&x);
	verified(&out);
	return out;
}

static struct sk_flat_picture coded(const struct sk_pixmap *p)
{
	struct sk_flat_picture o = {.data = SK_BUF((size_t)64 << 20)};

	assert_int_equal(sk_flat_picture(p, &o), 0);
	struct sk_buf file = one_page(p, NULL);
	sk_buf_free(&file);
	return o;
}

static unsigned next_random(unsigned *seed)
{
	return *seed = *seed * 1103515245U + 12345U, *seed >> 16;
}

static void two_levels_are_g4(void **state)
{
	struct sk_pixmap p = paint(100, 100, 3, 255);

	memset(p.data + 3000, 0, 300);
	struct sk_flat_picture o = coded(&p);
	assert_int_equal(o.coding, SK_FLAT_G4);
	assert_int_equal(o.bits, 1);
	assert_true(o.data.len < 100);
	sk_buf_free(&o.data);
	free(p.data);
}

static void greys_stay_exact_in_sixteen_steps(void **state)
{
	struct sk_pixmap p = paint(64, 32, 1, 255);

	for (unsigned i = 0; i < 16; i++)
		p.data[i * 70] = (uint8_t)(i * 17);
	struct sk_flat_picture o = coded(&p);
	assert_int_equal(o.coding, SK_FLAT_FLATE);
	assert_int_equal(o.bits, 4);
	uint8_t rows[32 * 32];
	uLongf n = sizeof(rows);
	assert_int_equal(uncompress(rows, &n, o.data.p, o.data.len), Z_OK);
	assert_int_equal(n, sizeof(rows));
	for (unsigned i = 0; i < 16; i++) {
		unsigned at = i * 70, byte = rows[at / 2];
		assert_int_equal(at % 2 ? byte & 15 : byte >> 4, i);
	}
	sk_buf_free(&o.data);
	free(p.data);
}

/* A page full of letters: hard edges with smoothed borders, too much for 16 greys. */
static void dense_text_is_small(void **state)
{
	struct sk_pixmap p = paint(1654, 2339, 3, 255);
	unsigned seed = 1;

	for (uint32_t y = 100; y < 2200; y++) {
		for (uint32_t x = 100; x < 1500; x++) {
			unsigned r = next_random(&seed) % 16;
			uint8_t v = r < 3    ? 0
				    : r == 3 ? (uint8_t)(next_random(&seed) % 16 * 17)
					     : 255;
			if (y % 40 < 26 && (x / 3 + y / 4 * 7) % 5 < 2)
				memset(p.data + ((size_t)y * 1654 + x) * 3, v, 3);
		}
	}
	struct sk_flat_picture o = coded(&p);
	assert_int_equal(o.coding, SK_FLAT_G4);
	sk_buf_free(&o.data);
	free(p.data);
}

static void few_colours_stay_exact(void **state)
{
	struct sk_pixmap p = paint(40, 40, 3, 255);

	memcpy(p.data + 300, "\x12\x34\x56", 3);
	memcpy(p.data + 600, "\xfe\x01\x80", 3);
	struct sk_flat_picture o = coded(&p);
	assert_int_equal(o.coding, SK_FLAT_FLATE);
	assert_int_equal(o.ncolours, 3);
	assert_int_equal(o.bits, 2);
	assert_memory_equal(o.palette, "\xff\xff\xff\x12\x34\x56\xfe\x01\x80", 9);
	sk_buf_free(&o.data);
	free(p.data);
}

static void photographs_are_jpeg(void **state)
{
	struct sk_pixmap p = paint(200, 200, 3, 0);

	for (unsigned i = 0; i < 200 * 200 * 3; i++)
		p.data[i] = (uint8_t)(i / 700 + i % 5);
	struct sk_flat_picture o = coded(&p);
	assert_int_equal(o.coding, SK_FLAT_JPEG);
	assert_int_equal(o.channels, 3);
	sk_buf_free(&o.data);
	free(p.data);
}

static void transparent_is_white(void **state)
{
	struct sk_pixmap p = paint(20, 20, 4, 0);

	memcpy(p.data + 4, "\xff\0\0\xff", 4);
	struct sk_flat_picture o = coded(&p);
	assert_int_equal(o.ncolours, 2);
	assert_memory_equal(o.palette, "\xff\xff\xff\xff\0\0", 6);
	sk_buf_free(&o.data);
	free(p.data);
}

/* The content stream of a file with one page: the last object that is a bare Flate stream of the page. */
static size_t content(const struct sk_buf *pdf, char *to, size_t max)
{
	struct sk_slice s = sk_buf_slice(pdf);
	size_t at = sk_slice_find(s, 0, sk_slice_str("<</Filter/FlateDecode/Length "));
	uLongf n = max;

	assert_true(at != SIZE_MAX);
	at = sk_slice_find(s, at, sk_slice_str("stream\n")) + 7;
	size_t end = sk_slice_find(s, at, sk_slice_str("\nendstream"));
	assert_int_equal(uncompress((uint8_t *)to, &n, s.p + at, end - at), Z_OK);
	to[n] = 0;
	return n;
}

static struct sk_buf with_line(struct sk_text_line line, char *to, size_t max)
{
	struct sk_page_text text = {100.5F, 200, 1, &line};
	struct sk_pixmap p = paint(10, 20, 3, 255);
	struct sk_buf out = one_page(&p, &text);

	memset(to, 0, max);
	(void)content(&out, to, max - 1);
	free(p.data);
	return out;
}

static void text_lies_in_its_box(void **state)
{
	char c[1000];
	struct sk_text_line line = {10, 20, 30, 10, 10, SK_SLICE_LIT("ab\xe6\xbc\xa2")};
	struct sk_buf out = with_line(line, c, sizeof(c));

	/* Two narrow and one wide character, 2 ems of 8 points, stretched to 30. */
	static const char want[] =
	    "q\n100.5 0 0 200 0 0 cm\n/R1 Do\nQ\nBT\n3 Tr\n/R1 8 Tf\n187.5 Tz\n"
	    "1 0 0 1 10 172 Tm\n(\0a\0bo\x22)Tj\nET\n";
	assert_memory_equal(c, want, sizeof(want) - 1);
	sk_buf_free(&out);
}

static void text_that_cannot_be_is_left_out(void **state)
{
	struct sk_text_line bad[] = {{NAN, 0, 10, 10, 10, SK_SLICE_LIT("a")},
	    {0, 0, INFINITY, 10, 10, SK_SLICE_LIT("a")}, {0, 0, 0, 10, 10, SK_SLICE_LIT("a")},
	    {0, 0, 10, -5, 10, SK_SLICE_LIT("a")}, {0, 0, 10, 10, 10, SK_SLICE_LIT("\1\x7f\xff")},
	    {0, 0, 10, 10, 10, SK_SLICE_LIT("")}};
	char c[1000];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct sk_buf out = with_line(bad[i], c, sizeof(c));
		assert_null(strstr(c, "BT"));
		assert_true(
		    sk_slice_find(sk_buf_slice(&out), 0, sk_slice_str("/Font")) == SIZE_MAX);
		sk_buf_free(&out);
	}
}

static void delimiters_in_text_are_escaped(void **state)
{
	/* U+2829 is "()" and U+5C0D is a backslash and a carriage return. */
	struct sk_text_line line = {0, 0, 10, 10, 10, SK_SLICE_LIT("\xe2\xa0\xa9\xe5\xb0\x8d")};
	char c[1000];
	struct sk_buf out = with_line(line, c, sizeof(c));

	assert_non_null(strstr(c, "(\\(\\)\\\\\\r)Tj\n"));
	sk_buf_free(&out);
}

static void vertical_text_has_a_place_a_character(void **state)
{
	struct sk_text_line line = {
	    50, 0, 10, 30, 10, SK_SLICE_LIT("\xe7\xb8\xa6\xe6\x9b\xb8\xe3\x81\x8d")};
	char c[1000];
	struct sk_buf out = with_line(line, c, sizeof(c));

	assert_non_null(strstr(c, "1 0 0 1 50 191.5 Tm"));
	assert_non_null(strstr(c, "1 0 0 1 50 181.5 Tm"));
	assert_non_null(strstr(c, "1 0 0 1 50 171.5 Tm"));
	sk_buf_free(&out);
}

/* "abc" in a font that claims three times its size as height: its letters still stand side by side. */
static void tall_boxes_are_not_vertical_writing(void **state)
{
	struct sk_text_line line = {50, 0, 15, 30, 10, SK_SLICE_LIT("abc")};
	char c[1000];
	struct sk_buf out = with_line(line, c, sizeof(c));

	assert_non_null(strstr(c, "/R1 10 Tf\n100 Tz\n"));
	assert_non_null(strstr(c, "1 0 0 1 50 176 Tm"));
	assert_null(strstr(strstr(c, "Tm") + 1, "Tm"));
	sk_buf_free(&out);
}

/* More characters beyond U+FFFF than one block of the CMap holds, and than there are codes for. */
static void many_rare_characters(void **state)
{
	struct sk_buf text = SK_BUF(1 << 20);
	struct sk_text_line lines[30];
	struct sk_page_text page = {100, 200, 30, lines};
	struct sk_pixmap p = paint(10, 20, 3, 255);

	for (uint32_t i = 0; i < 3000; i++)
		sk_utf8_put(&text, 0x20000 + i);
	for (size_t i = 0; i < 30; i++)
		lines[i] = (struct sk_text_line){
		    0, 5.0F * (float)i, 90, 5, 5, sk_slice_sub(sk_buf_slice(&text), i * 400, 400)};
	struct sk_buf out = one_page(&p, &page);
	sk_buf_free(&out);
	sk_buf_free(&text);
	free(p.data);
}

static void pages_with_and_without_text(void **state)
{
	struct sk_text_line line = {0, 0, 10, 10, 10, SK_SLICE_LIT("a")};
	struct sk_page_text text = {100, 200, 1, &line};
	struct sk_pixmap p = paint(10, 20, 3, 255);
	struct sk_buf out[2] = {SK_BUF(1 << 20), SK_BUF(1 << 20)};

	for (int i = 0; i < 2; i++) {
		struct fixture x;
		start(&x);
		struct sk_flat *f = sk_flat_new(&x.job);
		assert_int_equal(sk_flat_write(f, &out[i]), SK_EARG);
		assert_int_equal(sk_flat_page(f, &p, 100, 200, NULL), 0);
		assert_int_equal(sk_flat_page(f, &p, 100, 200, &text), 0);
		assert_int_equal(sk_flat_page(f, &p, 100, 200, NULL), 0);
		assert_int_equal(sk_flat_write(f, &out[i]), 0);
		sk_flat_free(f);
		stop(&x);
		verified(&out[i]);
	}
	assert_int_equal(out[0].len, out[1].len);
	assert_memory_equal(out[0].p, out[1].p, out[0].len);
	sk_buf_free(&out[0]);
	sk_buf_free(&out[1]);
	free(p.data);
}

/* A camera held on its side: 20 × 10 stored, orientation 6, is shown 10 wide and 20 high. */
static void pictures_are_turned_upright(void **state)
{
	static const char exif[] = "\xff\xe1\0\x22"
				   "Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0";
	struct sk_pixmap p = paint(20, 10, 3, 255);
	struct sk_buf jpeg = SK_BUF(1 << 20), turned = SK_BUF(1 << 20);
	struct sk_output out = {.bytes = SK_BUF(1 << 20)};
	struct fixture x;

	memset(p.data, 0, 15);
	start(&x);
	assert_int_equal(sk_jpeg_encode(&p, 90, 0, &jpeg), 0);
	sk_buf_put(&turned, jpeg.p, 2);
	sk_buf_put(&turned, exif, sizeof(exif) - 1);
	sk_buf_put(&turned, jpeg.p + 2, jpeg.len - 2);
	assert_int_equal(
	    sk_image_handler.flatten(&x.job, SK_FT_JPEG, sk_buf_slice(&turned), &out), 0);
	assert_int_equal(out.type, SK_FT_PDF);
	verified(&out.bytes);
	struct sk_slice s = sk_buf_slice(&out.bytes);
	assert_true(sk_slice_find(s, 0, sk_slice_str("/Width 10/Height 20")) != SIZE_MAX);
	assert_true(sk_slice_find(s, 0, sk_slice_str("/MediaBox[0 0 7.5 15]")) != SIZE_MAX);
	stop(&x);
	sk_buf_free(&jpeg);
	sk_buf_free(&turned);
	sk_buf_free(&out.bytes);
	free(p.data);
}

/* One picture of two, of each kind of animation. */
static void animations_become_their_first_picture(void **state)
{
	static const char gif[] = "GIF89a\2\0\2\0\xf0\0\0\0\0\0\xff\xff\xff"
				  "\x21\xff\x0bNETSCAPE2.0\3\1\0\0\0"
				  "\x2c\0\0\0\0\2\0\2\0\0\2\3\x44\x02\x05\0"
				  "\x2c\0\0\0\0\2\0\2\0\0\2\3\x44\x02\x05\0;";
	struct sk_output out = {.bytes = SK_BUF(1 << 20)};
	struct fixture x;

	start(&x);
	assert_int_equal(
	    sk_image_handler.flatten(&x.job, SK_FT_GIF, sk_slice(gif, sizeof(gif) - 1), &out), 0);
	verified(&out.bytes);
	assert_int_equal(sk_report_count(x.job.report, SK_IMAGE_ANIMATION), 1);
	stop(&x);
	sk_buf_free(&out.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(two_levels_are_g4),
	    cmocka_unit_test(greys_stay_exact_in_sixteen_steps),
	    cmocka_unit_test(dense_text_is_small),
	    cmocka_unit_test(few_colours_stay_exact),
	    cmocka_unit_test(photographs_are_jpeg),
	    cmocka_unit_test(transparent_is_white),
	    cmocka_unit_test(text_lies_in_its_box),
	    cmocka_unit_test(text_that_cannot_be_is_left_out),
	    cmocka_unit_test(delimiters_in_text_are_escaped),
	    cmocka_unit_test(vertical_text_has_a_place_a_character),
	    cmocka_unit_test(tall_boxes_are_not_vertical_writing),
	    cmocka_unit_test(many_rare_characters),
	    cmocka_unit_test(pages_with_and_without_text),
	    cmocka_unit_test(pictures_are_turned_upright),
	    cmocka_unit_test(animations_become_their_first_picture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
