/* Tests of icons and cursors: which picture stays, what hides it, what is told and refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "format/handler.h"
#include "format/image/ico.h"
#include "verify/verify.h"

struct fixture {
	struct sk_report report;
	struct sk_limits limits;
	struct sk_budget budget;
	struct sk_job job;
	struct sk_buf in;
	struct sk_output out;
	struct sk_pixmap p;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return -1;
	f->limits = sk_limits_for(1 << 16);
	f->budget =
	    (struct sk_budget){f->limits.expand, f->limits.pixels_total, f->limits.members, 1};
	f->job = (struct sk_job){.arena = sk_arena_new(f->limits.memory),
	    .report = &f->report,
	    .limits = &f->limits,
	    .budget = &f->budget,
	    .name = "icon",
	    .method = SK_METHOD_REBUILD};
	f->in = SK_BUF(1 << 20);
	f->out.bytes = SK_BUF(1 << 24);
	*state = f;
	return f->job.arena ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	sk_arena_free(f->job.arena);
	sk_buf_free(&f->in);
	sk_buf_free(&f->out.bytes);
	free(f);
	return 0;
}

/* --- making icons --- */

static void directory(struct fixture *f, unsigned type, unsigned n)
{
	sk_buf_put_u16le(&f->in, 0);
	sk_buf_put_u16le(&f->in, (uint16_t)type);
	sk_buf_put_u16le(&f->in, (uint16_t)n);
}

static void entry(struct fixture *f, unsigned side, size_t size, size_t at)
{
	sk_buf_put(&f->in, (uint8_t[]){(uint8_t)side, (uint8_t)side, 0, 0}, 4);
	sk_buf_put_u32le(&f->in, 1);
	sk_buf_put_u32le(&f->in, (uint32_t)size);
	sk_buf_put_u32le(&f->in, (uint32_t)at);
}

static void info(struct fixture *f, uint32_t side, unsigned bits)
{
	sk_buf_put_u32le(&f->in, 40);
	sk_buf_put_u32le(&f->in, side);
	sk_buf_put_u32le(&f->in, side * 2);
	sk_buf_put_u16le(&f->in, 1);
	sk_buf_put_u16le(&f->in, (uint16_t)bits);
	sk_buf_fill(&f->in, 0, 24);
}

/* 2 by 2 in 32 bits: bottom row red and half green, top row blue and nothing; the mask hides none. */
static void alpha_2x2(struct fixture *f)
{
	static const uint8_t rows[] = {
	    0, 0, 255, 255, 0, 255, 0, 128, 255, 0, 0, 255, 77, 77, 77, 0};

	info(f, 2, 32);
	sk_buf_put(&f->in, rows, sizeof(rows));
	sk_buf_fill(&f->in, 0, 8);
}
#define ALPHA_BYTES (40 + 16 + 8)

/* 1 by 1 in 24 bits: its colour, and whether the mask hides it. */
static void one_pixel(struct fixture *f, uint32_t colour, bool hidden)
{
	info(f, 1, 24);
	sk_buf_put_u32le(&f->in, colour);
	sk_buf_put_u32le(&f->in, hidden ? 0x80 : 0);
}
#define ONE_BYTES (40 + 4 + 4)

/* --- what comes of them --- */

static int convert(struct fixture *f)
{
	return sk_image_handler.rebuild(&f->job, SK_FT_ICO, sk_buf_slice(&f->in), &f->out);
}

static void convert_well(struct fixture *f)
{
	struct sk_check c = {
	    .arena = sk_arena_new(64 << 20), .inflate_left = 64 << 20, .pixels_left = 64 << 20};

	assert_int_equal(convert(f), 0);
	assert_int_equal(f->out.type, SK_FT_PNG);
	assert_int_equal(sk_verify_png(&c, sk_buf_slice(&f->out.bytes)), 0);
	sk_arena_free(c.arena);
	assert_int_equal(
	    sk_image_decode(&f->job, SK_FT_PNG, sk_buf_slice(&f->out.bytes), &f->p), 0);
}

static void assert_pixel(const struct fixture *f, size_t i, uint32_t rgba)
{
	const uint8_t *c = f->p.data + i * f->p.channels;
	unsigned a = f->p.channels == 4 ? c[3] : 255, n = f->p.channels < 3 ? 0 : 1;

	assert_int_equal(
	    (uint32_t)c[0] << 24 | (uint32_t)c[n] << 16 | (uint32_t)c[2 * n] << 8 | a, rgba);
}

static void test_alpha(void **state)
{
	struct fixture *f = *state;

	directory(f, 1, 1);
	entry(f, 2, ALPHA_BYTES, 22);
	alpha_2x2(f);
	convert_well(f);
	assert_int_equal(f->p.width, 2);
	assert_int_equal(f->p.height, 2);
	assert_pixel(f, 0, 0x0000FFFF);
	assert_pixel(f, 1, 0x00000000); /* a colour nobody sees is gone */
	assert_pixel(f, 2, 0xFF0000FF);
	assert_pixel(f, 3, 0x00FF0080);
	assert_int_equal(f->report.nremoved, 0);
}

static void test_mask(void **state)
{
	struct fixture *f = *state;

	directory(f, 2, 1);
	entry(f, 1, ONE_BYTES, 22);
	one_pixel(f, 0x123456, true);
	convert_well(f);
	assert_pixel(f, 0, 0);
}

/* A cursor of two colours: a pixel that inverts the screen stays to be seen. */
static void test_inverting(void **state)
{
	struct fixture *f = *state;

	directory(f, 2, 1);
	entry(f, 1, 40 + 8 + 8, 22);
	info(f, 1, 1);
	sk_buf_put_u32le(&f->in, 0);
	sk_buf_put_u32le(&f->in, 0xFFFFFF);
	sk_buf_put_u32le(&f->in, 0x80);
	sk_buf_put_u32le(&f->in, 0x80);
	convert_well(f);
	assert_pixel(f, 0, 0x000000FF);
}

static void test_largest_stays(void **state)
{
	struct fixture *f = *state;

	directory(f, 1, 3);
	entry(f, 255, ONE_BYTES, 54); /* says it is the larger one */
	entry(f, 1, ALPHA_BYTES, 54 + ONE_BYTES);
	entry(f, 16, 400, 100000); /* is not there */
	one_pixel(f, 0x0000FF, false);
	alpha_2x2(f);
	convert_well(f);
	assert_int_equal(f->p.width, 2);
	assert_int_equal(sk_report_count(&f->report, SK_IMAGE_OTHERS), 1);
	assert_int_equal(sk_report_count(&f->report, SK_IMAGE_DAMAGED), 1);
}

static void test_png_inside(void **state)
{
	struct fixture *f = *state;
	uint8_t red[] = {255, 0, 0};
	struct sk_pixmap p = {1, 1, 3, red};
	struct sk_buf png = SK_BUF(1 << 16);

	assert_int_equal(sk_png_encode(&p, 0, &png), 0);
	directory(f, 1, 1);
	entry(f, 0, png.len + 9, 22);
	sk_buf_put(&f->in, png.p, png.len);
	sk_buf_puts(&f->in, "FLAG-9042"); /* behind IEND, inside the entry */
	sk_buf_free(&png);
	convert_well(f);
	assert_pixel(f, 0, 0xFF0000FF);
	assert_int_equal(sk_report_count(&f->report, SK_GENERIC_TRAILING), 1);
}

static void test_hidden_bytes_are_told(void **state)
{
	struct fixture *f = *state;

	directory(f, 1, 1);
	entry(f, 1, ONE_BYTES + 5, 26);
	sk_buf_puts(&f->in, "FLAG");
	one_pixel(f, 0x0000FF, false);
	sk_buf_puts(&f->in, "TOKENbehind");
	convert_well(f);
	assert_int_equal(sk_report_count(&f->report, SK_GENERIC_HIDDEN), 2);
	assert_int_equal(sk_report_count(&f->report, SK_GENERIC_TRAILING), 1);
}

static void test_flattened(void **state)
{
	struct fixture *f = *state;

	directory(f, 1, 1);
	entry(f, 2, ALPHA_BYTES, 22);
	alpha_2x2(f);
	assert_int_equal(
	    sk_image_handler.flatten(&f->job, SK_FT_ICO, sk_buf_slice(&f->in), &f->out), 0);
	assert_int_equal(f->out.type, SK_FT_PDF);
	assert_memory_equal(f->out.bytes.p, "%PDF-", 5);
}

/* --- hostile --- */

static void test_more_than_the_file_holds(void **state)
{
	struct fixture *f = *state;

	directory(f, 1, 1);
	entry(f, 0, 48, 22);
	info(f, 60000, 32); /* 14 GB of pixels in 8 bytes */
	sk_buf_fill(&f->in, 0, 8);
	assert_int_equal(convert(f), SK_EFORMAT);
}

static void test_no_picture_at_all(void **state)
{
	struct fixture *f = *state;

	directory(f, 1, 2);
	entry(f, 1, 0xFFFFFFFF, 22);
	entry(f, 1, 30, 0xFFFFFFF0);
	sk_buf_fill(&f->in, 0, 100);
	assert_int_equal(convert(f), SK_EFORMAT);
	assert_true(sk_ico_is(sk_buf_slice(&f->in))); /* so that the refusal names it */
}

static void test_counts_more_than_there_is(void **state)
{
	struct fixture *f = *state;

	directory(f, 1, 200);
	entry(f, 1, ONE_BYTES, 22);
	one_pixel(f, 0, false);
	assert_int_equal(convert(f), SK_EFORMAT);
	assert_false(sk_ico_is(sk_buf_slice(&f->in)));
}

static void test_palette_past_the_end(void **state)
{
	struct fixture *f = *state;

	directory(f, 1, 1);
	entry(f, 1, 60, 22);
	info(f, 1, 8);
	sk_buf_fill(&f->in, 0, 20);
	assert_int_equal(convert(f), SK_EFORMAT);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_alpha),
	    TEST(test_mask),
	    TEST(test_inverting),
	    TEST(test_largest_stays),
	    TEST(test_png_inside),
	    TEST(test_hidden_bytes_are_told),
	    TEST(test_flattened),
	    TEST(test_more_than_the_file_holds),
	    TEST(test_no_picture_at_all),
	    TEST(test_counts_more_than_there_is),
	    TEST(test_palette_past_the_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
