/* Tests of metafiles: drawings made of records, and what must become a grey box. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "format/handler.h"
#include "format/image/image.h"
#include "format/metafile/metafile.h"
#include "verify/verify.h"

struct fixture {
	struct sk_report report;
	struct sk_limits limits;
	struct sk_budget budget;
	struct sk_job job;
	struct sk_buf in, out;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return -1;
	f->limits = sk_limits_for(1 << 20);
	f->budget =
	    (struct sk_budget){f->limits.expand, f->limits.pixels_total, f->limits.members, 10};
	f->job = (struct sk_job){.arena = sk_arena_new(256 << 20),
	    .report = &f->report,
	    .limits = &f->limits,
	    .budget = &f->budget,
	    .name = "test",
	    .method = SK_METHOD_REBUILD};
	f->in = SK_BUF(1 << 20);
	f->out = SK_BUF(1 << 26);
	*state = f;
	return f->job.arena ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	sk_arena_free(f->job.arena);
	sk_buf_free(&f->in);
	sk_buf_free(&f->out);
	free(f);
	return 0;
}

/* A record: type, then 32-bit operands. */
static void emr(struct fixture *f, uint32_t type, const uint32_t *v, size_t n)
{
	sk_buf_put_u32le(&f->in, type);
	sk_buf_put_u32le(&f->in, (uint32_t)(8 + 4 * n));
	for (size_t i = 0; i < n; i++)
		sk_buf_put_u32le(&f->in, v[i]);
}

#define EMR(f, type, ...) \
	emr(f, type, (uint32_t[]){__VA_ARGS__}, sizeof((uint32_t[]){__VA_ARGS__}) / 4)

/* 100 × 50 pixels of a device with 4 pixels a millimetre: 25 × 12.5 mm. */
static void header(struct fixture *f)
{
	EMR(f, 1, 0, 0, 99, 49, 0, 0, 2500, 1250, 0x464D4520, 0x10000, 0, 0, 4, 0, 0, 0, 1000, 1000,
	    250, 250);
}

static void draw(struct fixture *f, struct sk_pixmap *p)
{
	assert_int_equal(sk_metafile_to_png(&f->job, sk_buf_slice(&f->in), "x", &f->out), 0);
	assert_int_equal(sk_image_decode(&f->job, SK_FT_PNG, sk_buf_slice(&f->out), p), 0);
}

/* The colour in per cent of the picture's width and height. */
static uint32_t at(const struct sk_pixmap *p, unsigned x, unsigned y)
{
	const uint8_t *c =
	    p->data + ((size_t)(p->height * y / 100) * p->width + p->width * x / 100) * p->channels;
	return p->channels < 3 ? c[0] * 0x10101U
			       : (uint32_t)c[0] << 16 | (uint32_t)c[1] << 8 | c[2];
}

static void test_filled_rectangle(void **state)
{
	struct fixture *f = *state;
	struct sk_pixmap p;

	header(f);
	EMR(f, 39, 1, 0, 0x0000FF, 0); /* a red brush */
	EMR(f, 37, 1);
	EMR(f, 37, 0x80000008); /* no pen */
	EMR(f, 43, 0, 0, 50, 50);
	EMR(f, 14, 0, 16, 20);
	assert_int_equal(sk_metafile_type(sk_buf_slice(&f->in)), SK_FT_EMF);
	draw(f, &p);
	assert_int_equal(p.width, 400);
	assert_int_equal(p.height, 200);
	assert_int_equal(at(&p, 25, 50), 0xFF0000);
	assert_int_equal(at(&p, 75, 50), 0xFFFFFF);
	assert_int_equal(sk_report_count(&f->report, SK_IMAGE_METAFILE), 0);
}

static void test_world_transform_and_restore(void **state)
{
	struct fixture *f = *state;
	struct sk_pixmap p;

	header(f);
	EMR(f, 37, 0x80000004); /* black brush */
	EMR(f, 33, 0);
	EMR(f, 35, 0x3F800000, 0, 0, 0x3F800000, 0x42480000, 0); /* 50 to the right */
	EMR(f, 43, 0, 0, 20, 50);
	EMR(f, 34, (uint32_t)-1);
	EMR(f, 43, 0, 0, 10, 50);
	EMR(f, 14, 0, 16, 20);
	draw(f, &p);
	assert_int_equal(at(&p, 60, 50), 0);
	assert_int_equal(at(&p, 5, 50), 0);
	assert_int_equal(at(&p, 30, 50), 0xFFFFFF);
}

static void expect_grey(struct fixture *f)
{
	struct sk_pixmap p;

	draw(f, &p);
	assert_int_equal(at(&p, 50, 50), 0xC0C0C0);
	assert_int_equal(sk_report_count(&f->report, SK_IMAGE_METAFILE), 1);
}

static void test_unknown_record_is_a_grey_box(void **state)
{
	struct fixture *f = *state;

	header(f);
	EMR(f, 105, 1, 2, 3); /* DrawEscape */
	EMR(f, 14, 0, 16, 20);
	expect_grey(f);
}

static void test_operands_past_the_record_are_a_grey_box(void **state)
{
	struct fixture *f = *state;

	header(f);
	EMR(f, 3, 0, 0, 0, 0, 1000000, 0, 0); /* a polygon of a million points in 12 bytes */
	EMR(f, 14, 0, 16, 20);
	expect_grey(f);
}

static void test_record_size_zero_is_a_grey_box(void **state)
{
	struct fixture *f = *state;

	header(f);
	sk_buf_put_u32le(&f->in, 43);
	sk_buf_put_u32le(&f->in, 0);
	expect_grey(f);
}

static void test_endless_saving_ends(void **state)
{
	struct fixture *f = *state;

	header(f);
	for (int i = 0; i < 1000; i++)
		EMR(f, 33, 0);
	EMR(f, 14, 0, 16, 20);
	expect_grey(f);
}

static void wmf(struct fixture *f, unsigned function, const int16_t *v, size_t n)
{
	sk_buf_put_u32le(&f->in, (uint32_t)(3 + n));
	sk_buf_put_u16le(&f->in, (uint16_t)function);
	for (size_t i = 0; i < n; i++)
		sk_buf_put_u16le(&f->in, (uint16_t)v[i]);
}

#define WMF(f, fn, ...) wmf(f, fn, (int16_t[]){__VA_ARGS__}, sizeof((int16_t[]){__VA_ARGS__}) / 2)

static void wmf_header(struct fixture *f)
{
	static const uint16_t head[] = {
	    0xCDD7, 0x9AC6, 0, 0, 0, 1000, 500, 1000, 0, 0, 0, 1, 9, 0x300, 100, 0, 4, 50, 0, 0};

	for (size_t i = 0; i < sizeof(head) / 2; i++)
		sk_buf_put_u16le(&f->in, head[i]);
}

static void test_wmf(void **state)
{
	struct fixture *f = *state;
	struct sk_pixmap p;

	wmf_header(f);
	WMF(f, 0x020B, 0, 0);
	WMF(f, 0x020C, 500, 1000);
	WMF(f, 0x02FC, 0, 0, 0xFF, 0); /* a blue brush */
	WMF(f, 0x012D, 0);
	WMF(f, 0x041B, 500, 500, 0, 0);
	WMF(f, 0x0626, 9, 0); /* an escape: SETABORTPROC */
	WMF(f, 0x0000, 0);
	assert_int_equal(sk_metafile_type(sk_buf_slice(&f->in)), SK_FT_WMF);
	draw(f, &p);
	assert_int_equal(at(&p, 25, 50), 0x0000FF);
	assert_int_equal(at(&p, 75, 50), 0xFFFFFF);
}

static void test_wmf_unknown_function(void **state)
{
	struct fixture *f = *state;

	wmf_header(f);
	WMF(f, 0x7777, 0);
	expect_grey(f);
}

static void test_no_metafile(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(sk_metafile_type(SK_SLICE_LIT("hello")), SK_FT_UNKNOWN);
	assert_int_equal(
	    sk_metafile_to_png(&f->job, SK_SLICE_LIT("hello"), "x", &f->out), SK_EFORMAT);
}

/* --- files of their own --- */

static int rebuild(struct fixture *f, struct sk_output *out)
{
	struct sk_slice in = sk_buf_slice(&f->in);

	*out = (struct sk_output){.bytes = SK_BUF(1 << 26)};
	return sk_metafile_handler.rebuild(&f->job, sk_metafile_type(in), in, out);
}

static void assert_png(struct sk_output *out)
{
	struct sk_check c = {
	    .arena = sk_arena_new(64 << 20), .inflate_left = 64 << 20, .pixels_left = 64 << 20};

	assert_int_equal(out->type, SK_FT_PNG);
	assert_int_equal(sk_verify_png(&c, sk_buf_slice(&out->bytes)), 0);
	sk_arena_free(c.arena);
	sk_buf_free(&out->bytes);
}

static void test_file_reports_what_it_leaves(void **state)
{
	struct fixture *f = *state;
	struct sk_output out;

	EMR(f, 1, 0, 0, 99, 49, 0, 0, 2500, 1250, 0x464D4520, 0x10000, 0, 0, 4, 6, 100, 0, 1000,
	    1000, 250, 250, 0x00540053, 0x00520041, 0);
	EMR(f, 70, 4, 0x54455354);                     /* a comment */
	EMR(f, 70, 16, 0x2B464D45, 0x00014001, 12, 0); /* EMF+ of a drawing that is here, too */
	EMR(f, 43, 0, 0, 50, 50);
	EMR(f, 14, 0, 16, 20);
	sk_buf_puts(&f->in, "SEKISHO-TOKEN");
	assert_int_equal(rebuild(f, &out), 0);
	assert_int_equal(sk_report_count(&f->report, SK_IMAGE_UNKNOWN_PART), 2);
	assert_int_equal(sk_report_count(&f->report, SK_IMAGE_METADATA), 1);
	assert_int_equal(sk_report_count(&f->report, SK_GENERIC_TRAILING), 1);
	assert_int_equal(sk_report_count(&f->report, SK_IMAGE_DAMAGED), 0);
	assert_png(&out);
}

static void test_file_cut_off(void **state)
{
	struct fixture *f = *state;
	struct sk_output out;

	header(f);
	EMR(f, 43, 0, 0, 50, 50);
	assert_int_equal(rebuild(f, &out), 0);
	assert_int_equal(sk_report_count(&f->report, SK_IMAGE_DAMAGED), 1);
	assert_png(&out);
}

static void test_file_in_wmf(void **state)
{
	struct fixture *f = *state;
	struct sk_output out;

	wmf_header(f);
	WMF(f, 0x020B, 0, 0);
	WMF(f, 0x020C, 500, 1000);
	WMF(f, 0x0626, 9, 0);
	WMF(f, 0x0000, 0);
	sk_buf_puts(&f->in, "xx");
	assert_int_equal(rebuild(f, &out), 0);
	assert_int_equal(sk_report_count(&f->report, SK_IMAGE_UNKNOWN_PART), 1);
	assert_int_equal(sk_report_count(&f->report, SK_GENERIC_TRAILING), 1);
	assert_png(&out);
}

/* Inside a document a grey box keeps the place; a file of its own would be nothing but that box. */
static void test_file_that_cannot_be_drawn(void **state)
{
	struct fixture *f = *state;
	struct sk_output out;

	header(f);
	EMR(f, 12345, 0);
	assert_int_equal(rebuild(f, &out), SK_EREFUSED);
	assert_int_equal(f->report.reason, SK_REASON_UNSUPPORTED_TYPE);
	sk_buf_free(&out.bytes);
}

static void test_file_in_emf_plus_alone(void **state)
{
	struct fixture *f = *state;
	struct sk_output out;

	header(f);
	EMR(f, 70, 16, 0x2B464D45, 0x00004001, 12, 0);
	EMR(f, 14, 0, 16, 20);
	assert_int_equal(rebuild(f, &out), SK_EREFUSED);
	assert_int_equal(f->report.reason, SK_REASON_UNSUPPORTED_TYPE);
	sk_buf_free(&out.bytes);
}

static void test_file_flattened(void **state)
{
	struct fixture *f = *state;
	struct sk_output out = {.bytes = SK_BUF(1 << 26)};

	header(f);
	EMR(f, 43, 0, 0, 50, 50);
	EMR(f, 14, 0, 16, 20);
	assert_int_equal(
	    sk_metafile_handler.flatten(&f->job, SK_FT_EMF, sk_buf_slice(&f->in), &out), 0);
	assert_int_equal(out.type, SK_FT_PDF);
	assert_memory_equal(out.bytes.p, "%PDF-", 5);
	sk_buf_free(&out.bytes);
}

static int init(void **state)
{
	return sk_metafile_init();
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_filled_rectangle),
	    TEST(test_world_transform_and_restore),
	    TEST(test_unknown_record_is_a_grey_box),
	    TEST(test_operands_past_the_record_are_a_grey_box),
	    TEST(test_record_size_zero_is_a_grey_box),
	    TEST(test_endless_saving_ends),
	    TEST(test_wmf),
	    TEST(test_wmf_unknown_function),
	    TEST(test_no_metafile),
	    TEST(test_file_reports_what_it_leaves),
	    TEST(test_file_cut_off),
	    TEST(test_file_in_wmf),
	    TEST(test_file_that_cannot_be_drawn),
	    TEST(test_file_in_emf_plus_alone),
	    TEST(test_file_flattened),
	};
	return cmocka_run_group_tests(tests, init, NULL);
}
