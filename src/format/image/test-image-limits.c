/* Limits of pictures, one below, at and one above: pixels, all pixels together, sides, frames and pages. */
#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>

#include <webp/encode.h>

#include "format/handler.h"
#include "format/image/pic.h"
#include "format/image/png.h"
#include "format/image/tiff.h"

static struct sk_report report;

/* Clean with at most `one` pixels a picture and `all` pixels together; 0 stands for the limit in force. */
static int clean(const struct sk_buf *b, uint64_t one, uint64_t all, enum sk_method method)
{
	struct sk_limits limits = sk_limits_for(b->len);
	struct sk_budget budget = {
	    limits.expand, all ? all : limits.pixels_total, limits.members, 1};
	struct sk_job job = {.arena = sk_arena_new(limits.memory),
	    .report = &report,
	    .limits = &limits,
	    .budget = &budget,
	    .name = "picture"};
	struct sk_output out = {.bytes = SK_BUF(limits.output)};
	enum sk_filetype type = sk_image_type(sk_buf_slice(b));

	limits.pixels = one ? one : limits.pixels;
	report = (struct sk_report){0};
	assert_non_null(job.arena);
	int rc = method == SK_METHOD_FLATTEN
		     ? sk_image_handler.flatten(&job, type, sk_buf_slice(b), &out)
		     : sk_image_handler.rebuild(&job, type, sk_buf_slice(b), &out);
	sk_buf_free(&out.bytes);
	sk_arena_free(job.arena);
	return rc;
}

static void refused(int rc, enum sk_code reason)
{
	assert_int_equal(rc, SK_EREFUSED);
	assert_int_equal(report.reason, reason);
}

#define SIDE 8
#define PIXELS (SIDE * SIDE)

static struct sk_pixmap pixels(unsigned channels)
{
	static uint8_t data[PIXELS * 4];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 5);
	return (struct sk_pixmap){SIDE, SIDE, channels, data};
}

static struct sk_buf a_jpeg(void)
{
	struct sk_pixmap p = pixels(3);
	struct sk_buf b = SK_BUF(1 << 20);

	assert_int_equal(sk_jpeg_encode(&p, 80, 96, &b), 0);
	return b;
}

static struct sk_buf a_png(void)
{
	struct sk_pixmap p = pixels(3);
	struct sk_buf b = SK_BUF(1 << 20);

	assert_int_equal(sk_png_encode(&p, 0, &b), 0);
	return b;
}

static struct sk_buf a_webp(bool lossless)
{
	struct sk_pixmap p = pixels(4);
	struct sk_buf b = SK_BUF(1 << 20);
	uint8_t *out = NULL;
	size_t n = lossless ? WebPEncodeLosslessRGBA(p.data, SIDE, SIDE, SIDE * 4, &out)
			    : WebPEncodeRGBA(p.data, SIDE, SIDE, SIDE * 4, 60, &out);

	sk_buf_put(&b, out, n);
	WebPFree(out);
	return b;
}

static struct sk_buf a_bmp(void)
{
	struct sk_buf b = SK_BUF(1 << 20);

	sk_buf_put(
	    &b, "BM\xf6\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x08\0\0\0\x08\0\0\0\1\0\x18\0", 30);
	sk_buf_fill(&b, 0, 24);
	sk_buf_fill(&b, 99, (size_t)PIXELS * 3);
	return b;
}

/* Pictures of 8 × 8 in one file each. */
static struct sk_buf a_gif(unsigned frames)
{
	static const uint8_t frame[] = {0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0};
	struct sk_buf b = SK_BUF(1 << 20);

	sk_buf_put(&b, "GIF89a\1\0\1\0\xf0\0\0\0\0\0\xff\xff\xff", 19);
	while (frames--)
		sk_buf_put(&b, frame, sizeof(frame));
	sk_buf_putc(&b, 0x3b);
	return b;
}

static struct sk_buf a_tiff(unsigned pages)
{
	uint8_t grey[1] = {7};
	struct sk_tiff_page p = {.width = 1,
	    .height = 1,
	    .bits = 8,
	    .samples = 1,
	    .photometric = 1,
	    .orientation = 1,
	    .format = 1,
	    .extra = 3,
	    .row = 1,
	    .data = grey};
	struct sk_buf b = SK_BUF(4 << 20);
	struct sk_tiff_writer w;

	assert_int_equal(sk_tiff_start(&w, &b), 0);
	while (pages--)
		assert_int_equal(sk_tiff_put_page(&w, &p), 0);
	return b;
}

static void put_u24(struct sk_buf *b, uint32_t v)
{
	sk_buf_put_u16le(b, (uint16_t)v);
	sk_buf_putc(b, (uint8_t)(v >> 16));
}

static struct sk_buf an_animated_webp(unsigned frames)
{
	struct sk_buf one = a_webp(true), b = SK_BUF(4 << 20);
	struct sk_slice picture = sk_slice_sub(sk_buf_slice(&one), 12, one.len);

	sk_buf_put(&b, "RIFF\0\0\0\0WEBPVP8X\12\0\0\0\x12\0\0\0\7\0\0\7\0\0", 30);
	sk_buf_put(&b, "ANIM\6\0\0\0\0\0\0\0\0\0", 14);
	while (frames--) {
		sk_buf_puts(&b, "ANMF");
		sk_buf_put_u32le(&b, 16 + (uint32_t)picture.n);
		sk_buf_fill(&b, 0, 6);
		put_u24(&b, SIDE - 1);
		put_u24(&b, SIDE - 1);
		sk_buf_fill(&b, 0, 4);
		sk_buf_put_slice(&b, picture);
	}
	uint32_t size = (uint32_t)b.len - 8;
	for (unsigned i = 0; i < 4; i++)
		b.p[4 + i] = (uint8_t)(size >> 8 * i);
	sk_buf_free(&one);
	return b;
}

static void put_be(uint8_t *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static struct sk_buf an_animated_png(unsigned frames)
{
	uint8_t rows[2] = {0, 7}, control[26] = {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1}, n[8] = {0};
	struct sk_png_rows r = {.width = 1, .height = 1, .bits = 8, .row = 1, .data = rows};
	struct sk_buf b = SK_BUF(4 << 20);
	uint32_t number = 1;

	put_be(n, frames);
	sk_buf_put(&b, "\x89PNG\r\n\x1a\n", 8);
	sk_png_chunk(&b, "IHDR", SK_SLICE_LIT("\0\0\0\1\0\0\0\1\10\0\0\0\0"));
	sk_png_chunk(&b, "acTL", sk_slice(n, 8));
	sk_png_chunk(&b, "fcTL", sk_slice(control, 26));
	sk_png_rows_chunk(&b, "IDAT", sk_slice(NULL, 0), &r);
	for (unsigned i = 1; i < frames; i++) {
		put_be(control, number++);
		sk_png_chunk(&b, "fcTL", sk_slice(control, 26));
		put_be(n, number++);
		sk_png_rows_chunk(&b, "fdAT", sk_slice(n, 4), &r);
	}
	sk_png_chunk(&b, "IEND", sk_slice(NULL, 0));
	return b;
}

static void test_pixels(void **state)
{
	struct sk_buf all[] = {a_jpeg(), a_png(), a_webp(true), a_webp(false), a_bmp()};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		refused(clean(&all[i], PIXELS - 1, 0, SK_METHOD_REBUILD), SK_REASON_LIMIT_PIXELS);
		assert_int_equal(clean(&all[i], PIXELS, 0, SK_METHOD_REBUILD), 0);
		assert_int_equal(clean(&all[i], PIXELS + 1, 0, SK_METHOD_REBUILD), 0);
		refused(clean(&all[i], PIXELS - 1, 0, SK_METHOD_FLATTEN), SK_REASON_LIMIT_PIXELS);
		assert_int_equal(clean(&all[i], PIXELS, 0, SK_METHOD_FLATTEN), 0);
		sk_buf_free(&all[i]);
	}
}

static void test_all_pixels_together(void **state)
{
	struct sk_buf all[] = {a_tiff(3), an_animated_webp(3), a_gif(3), an_animated_png(3)};
	static const unsigned each[] = {1, PIXELS, 1, 1};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		uint64_t n = each[i] * 3ULL;
		refused(clean(&all[i], 0, n - 1, SK_METHOD_REBUILD), SK_REASON_LIMIT_PIXELS);
		assert_int_equal(clean(&all[i], 0, n, SK_METHOD_REBUILD), 0);
		assert_int_equal(clean(&all[i], 0, n + 1, SK_METHOD_REBUILD), 0);
		sk_buf_free(&all[i]);
	}
}

static void test_frames(void **state)
{
	static struct sk_buf (*const makers[])(unsigned) = {
	    a_tiff, an_animated_webp, a_gif, an_animated_png};

	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++)
		for (unsigned n = SK_LIMIT_FRAMES - 1; n <= SK_LIMIT_FRAMES + 1; n++) {
			struct sk_buf b = makers[i](n);
			int rc = clean(&b, 0, 0, SK_METHOD_REBUILD);
			if (n > SK_LIMIT_FRAMES)
				refused(rc, SK_REASON_LIMIT_PAGES);
			else
				assert_int_equal(rc, 0);
			sk_buf_free(&b);
		}
}

/* A page more than may be drawn. */
static void test_pages_drawn(void **state)
{
	for (unsigned n = 0; n < 2; n++) {
		struct sk_buf b = a_tiff(SK_LIMIT_PAGES_FLATTEN + n);
		int rc = clean(&b, 0, 0, SK_METHOD_FLATTEN);
		if (n)
			refused(rc, SK_REASON_LIMIT_PAGES);
		else
			assert_int_equal(rc, 0);
		sk_buf_free(&b);
	}
}

/* The largest side that every format can state, and one more, in the header of a PNG. */
static void test_sides(void **state)
{
	for (uint32_t side = SK_LIMIT_SIDE; side <= SK_LIMIT_SIDE + 1; side++) {
		struct sk_png_rows r = {
		    .width = side, .height = 1, .bits = 1, .row = (side + 7) / 8};
		struct sk_buf b = SK_BUF(1 << 20);
		uint8_t head[13] = {0, 0, 0, 0, 0, 0, 0, 1, 1};
		put_be(head, side);
		r.data = calloc(r.row, 1);
		sk_buf_put(&b, "\x89PNG\r\n\x1a\n", 8);
		sk_png_chunk(&b, "IHDR", sk_slice(head, 13));
		sk_png_rows_chunk(&b, "IDAT", sk_slice(NULL, 0), &r);
		sk_png_chunk(&b, "IEND", sk_slice(NULL, 0));
		int rc = clean(&b, 0, 0, SK_METHOD_REBUILD);
		if (side > SK_LIMIT_SIDE)
			refused(rc, SK_REASON_LIMIT_PIXELS);
		else
			assert_int_equal(rc, 0);
		free((void *)(uintptr_t)r.data);
		sk_buf_free(&b);
	}
}

/* The canvas of an animation takes no pixels of its own, but readers make room for it. */
static void test_canvas(void **state)
{
	for (uint32_t side = SK_LIMIT_SIDE - 1; side <= SK_LIMIT_SIDE + 1; side++) {
		struct sk_buf b = an_animated_webp(1);
		uint32_t w = side - 1;
		for (unsigned i = 0; i < 3; i++)
			b.p[24 + i] = (uint8_t)(w >> 8 * i);
		int rc = clean(&b, 0, 0, SK_METHOD_REBUILD);
		if (side > SK_LIMIT_SIDE)
			refused(rc, SK_REASON_LIMIT_PIXELS);
		else
			assert_int_equal(rc, 0);
		sk_buf_free(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pixels),
	    cmocka_unit_test(test_all_pixels_together),
	    cmocka_unit_test(test_frames),
	    cmocka_unit_test(test_pages_drawn),
	    cmocka_unit_test(test_sides),
	    cmocka_unit_test(test_canvas),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
