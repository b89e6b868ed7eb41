/*
 * Tests of the picture cleaners: what goes, what stays to the last pixel, what is refused. Every
 * cleaned picture is held against its verifier and cleaned once more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include <sys/mman.h>
#include <unistd.h>

#include <tiffio.h>
#include <webp/decode.h>
#include <webp/encode.h>

#include "format/handler.h"
#include "format/image/lzw.h"
#include "format/image/pic.h"
#include "format/image/vp8l.h"
#include "format/image/png.h"
#include "format/image/tiff.h"
#include "verify/verify.h"

#define W 37
#define H 21

static struct sk_report report;
static uint32_t seed = 1;

static uint32_t noise(void)
{
	seed = seed * 1664525U + 1013904223U;
	return seed >> 8;
}

struct bench {
	struct sk_limits limits;
	struct sk_budget budget;
	struct sk_job job;
};

static void bench_open(struct bench *b, size_t n)
{
	b->limits = sk_limits_for(n);
	b->budget =
	    (struct sk_budget){b->limits.expand, b->limits.pixels_total, b->limits.members, 1};
	b->job = (struct sk_job){.arena = sk_arena_new(b->limits.memory),
	    .report = &report,
	    .limits = &b->limits,
	    .budget = &b->budget,
	    .name = "picture"};
	report = (struct sk_report){0};
	assert_non_null(b->job.arena);
}

static int clean(struct sk_slice in, struct sk_buf *out)
{
	struct bench b;

	bench_open(&b, in.n);
	*out = SK_BUF(b.limits.output);
	enum sk_filetype type = sk_image_type(in);
	int rc = type ? sk_image_clean(&b.job, type, in, NULL, out) : SK_EUNSUPPORTED;
	sk_arena_free(b.job.arena);
	return rc;
}

static void verify(struct sk_slice in)
{
	static int (*const checks[])(struct sk_check *, struct sk_slice) = {
	    [SK_FT_JPEG] = sk_verify_jpeg,
	    [SK_FT_PNG] = sk_verify_png,
	    [SK_FT_GIF] = sk_verify_gif,
	    [SK_FT_BMP] = sk_verify_bmp,
	    [SK_FT_WEBP] = sk_verify_webp,
	    [SK_FT_TIFF] = sk_verify_tiff};
	struct sk_check c = {.arena = sk_arena_new((size_t)1 << 30),
	    .inflate_left = (uint64_t)1 << 30,
	    .pixels_left = (uint64_t)1 << 30};

	int rc = checks[sk_image_type(in)](&c, in);
	if (rc)
		print_error(
		    "verifier: %s at %llu\n", c.fault.what, (unsigned long long)c.fault.offset);
	assert_int_equal(rc, 0);
	sk_arena_free(c.arena);
}

/* A cleaned picture passes its verifier, and cleaning it again changes and reports nothing. */
static void assert_stable(struct sk_slice once)
{
	struct sk_buf twice;

	verify(once);
	assert_int_equal(clean(once, &twice), 0);
	assert_int_equal(report.nremoved, 0);
	assert_int_equal(twice.len, once.n);
	assert_memory_equal(twice.p, once.p, once.n);
	sk_buf_free(&twice);
}

static struct sk_buf clean_well(struct sk_slice in)
{
	struct sk_buf out;
	static struct sk_report kept;

	assert_int_equal(clean(in, &out), 0);
	kept = report;
	assert_stable(sk_buf_slice(&out));
	report = kept;
	return out;
}

static struct sk_pixmap decode(struct bench *b, struct sk_slice in)
{
	struct sk_pixmap p = {0};

	bench_open(b, in.n);
	assert_int_equal(sk_image_decode(&b->job, sk_image_type(in), in, &p), 0);
	return p;
}

/* The same but for `most` in the mean of all samples. */
static void assert_near_pixels(struct sk_slice a, struct sk_slice b, double most)
{
	struct bench ba, bb;
	struct sk_pixmap pa = decode(&ba, a), pb = decode(&bb, b);

	assert_int_equal(pa.width, pb.width);
	assert_int_equal(pa.height, pb.height);
	assert_int_equal(pa.channels, pb.channels);
	size_t n = (size_t)pa.width * pa.height * pa.channels;
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += abs(pa.data[i] - pb.data[i]);
	assert_true(sum <= most * (double)n);
	sk_arena_free(ba.job.arena);
	sk_arena_free(bb.job.arena);
}

static void assert_same_pixels(struct sk_slice a, struct sk_slice b)
{
	assert_near_pixels(a, b, 0);
}

/* Put bytes into a file at a place. */
static struct sk_buf insert(struct sk_slice in, size_t at, const void *p, size_t n)
{
	struct sk_buf b = SK_BUF(in.n + n + 64);

	sk_buf_put_slice(&b, sk_slice_sub(in, 0, at));
	sk_buf_put(&b, p, n);
	sk_buf_put_slice(&b, sk_slice_sub(in, at, in.n));
	assert_int_equal(b.err, 0);
	return b;
}

static void assert_absent(const struct sk_buf *b, const char *word)
{
	assert_true(sk_slice_find(sk_buf_slice(b), 0, sk_slice_str(word)) == SIZE_MAX);
}

static struct sk_pixmap picture(unsigned channels)
{
	static uint8_t data[W * H * 4];

	for (size_t i = 0; i < (size_t)W * H; i++)
		for (unsigned c = 0; c < channels; c++)
			data[i * channels + c] =
			    (uint8_t)(c == 3 ? 255 - i % 7 * 30 : (i % W) * (c + 3) + i / W * 4);
	return (struct sk_pixmap){W, H, channels, data};
}

static struct sk_buf a_jpeg(void)
{
	struct sk_pixmap p = picture(3);
	struct sk_buf b = SK_BUF(1 << 20);

	assert_int_equal(sk_jpeg_encode(&p, 80, 96, &b), 0);
	return b;
}

static struct sk_buf a_png(unsigned channels)
{
	struct sk_pixmap p = picture(channels);
	struct sk_buf b = SK_BUF(1 << 20);

	assert_int_equal(sk_png_encode(&p, 150, &b), 0);
	return b;
}

static struct sk_buf a_webp(float quality, bool alpha)
{
	struct sk_pixmap p = picture(4);
	struct sk_buf b = SK_BUF(1 << 20);
	uint8_t *out = NULL;

	for (size_t i = 0; !alpha && i < (size_t)W * H; i++)
		p.data[i * 4 + 3] = 255;
	size_t n = quality > 0 ? WebPEncodeRGBA(p.data, W, H, W * 4, quality, &out)
			       : WebPEncodeLosslessRGBA(p.data, W, H, W * 4, &out);
	assert_true(n > 0);
	sk_buf_put(&b, out, n);
	WebPFree(out);
	return b;
}

static struct sk_buf a_gif(void)
{
	uint8_t pixels[W * H];
	struct sk_buf b = SK_BUF(1 << 20);

	sk_buf_put(&b, "GIF89a\x25\0\x15\0\xf1\0\0", 13);
	for (unsigned i = 0; i < 12; i++)
		sk_buf_putc(&b, (uint8_t)(i * 20));
	sk_buf_put(&b, "\x21\xff\x0bNETSCAPE2.0\3\1\5\0\0", 19);
	for (unsigned f = 0; f < 2; f++) {
		for (size_t i = 0; i < sizeof(pixels); i++)
			pixels[i] = noise() & 3;
		sk_buf_put(&b, "\x21\xf9\4\5\x0a\0\1\0", 8);
		sk_buf_put(&b, "\x2c\0\0\0\0\x25\0\x15\0\0\2", 11);
		assert_int_equal(sk_lzw_encode(pixels, sizeof(pixels), 2, &b), 0);
	}
	sk_buf_putc(&b, 0x3b);
	return b;
}

static struct sk_buf a_bmp(unsigned bits, unsigned compression, const void *rest, size_t n,
    unsigned width, unsigned height, unsigned colours)
{
	struct sk_buf b = SK_BUF(1 << 20);
	uint32_t offset = 54 + colours * 4 + (compression == 3 ? 12 : 0);

	sk_buf_puts(&b, "BM");
	sk_buf_put_u32le(&b, (uint32_t)(offset + n));
	sk_buf_put_u32le(&b, 0);
	sk_buf_put_u32le(&b, offset);
	sk_buf_put_u32le(&b, 40);
	sk_buf_put_u32le(&b, width);
	sk_buf_put_u32le(&b, height);
	sk_buf_put_u16le(&b, 1);
	sk_buf_put_u16le(&b, (uint16_t)bits);
	sk_buf_put_u32le(&b, compression);
	sk_buf_put_u32le(&b, (uint32_t)n);
	sk_buf_put_u32le(&b, 2835);
	sk_buf_put_u32le(&b, 2835);
	sk_buf_put_u32le(&b, colours);
	sk_buf_put_u32le(&b, 0);
	if (compression == 3) {
		sk_buf_put_u32le(&b, 0xF800);
		sk_buf_put_u32le(&b, 0x07E0);
		sk_buf_put_u32le(&b, 0x001F);
	}
	for (unsigned i = 0; i < colours; i++)
		sk_buf_put_u32le(&b, i * 0x00102030U);
	sk_buf_put(&b, rest, n);
	return b;
}

static struct sk_buf a_tiff(unsigned bits, uint32_t width, uint32_t height)
{
	struct sk_buf b = SK_BUF(8 << 20);
	struct sk_tiff_writer w;
	struct sk_tiff_page p = {.width = width,
	    .height = height,
	    .bits = bits,
	    .samples = 1,
	    .photometric = bits > 1,
	    .orientation = 1,
	    .format = 1,
	    .extra = 3,
	    .unit = 2,
	    .xres = {300, 1},
	    .yres = {300, 1}};

	p.row = ((size_t)width * bits + 7) / 8;
	p.data = calloc(height, p.row);
	for (size_t i = 0; i < height * p.row; i++)
		p.data[i] = noise() % 5 ? 0xFF : (uint8_t)noise();
	for (size_t y = 0; bits == 1 && width % 8 && y < height; y++)
		p.data[(y + 1) * p.row - 1] &= (uint8_t)(0xFF00 >> (width % 8));
	assert_int_equal(sk_tiff_start(&w, &b), 0);
	assert_int_equal(sk_tiff_put_page(&w, &p), 0);
	assert_int_equal(sk_tiff_put_page(&w, &p), 0);
	free(p.data);
	return b;
}

static void test_jpeg_segments_go_and_coefficients_stay(void **state)
{
	static const char segments[] =
	    "\xff\xe1\0\x0cSECRETxmp!\xff\xfe\0\x08SECRET\xff\xec\0\x08SECRET";
	struct sk_buf plain = a_jpeg(),
		      dirty = insert(sk_buf_slice(&plain), 20, segments, sizeof(segments) - 1);

	sk_buf_puts(&dirty, "SECRET behind");
	struct sk_buf out = clean_well(sk_buf_slice(&dirty));
	assert_absent(&out, "SECRET");
	assert_int_equal(sk_report_count(&report, SK_IMAGE_METADATA), 2);
	assert_int_equal(sk_report_count(&report, SK_IMAGE_UNKNOWN_PART), 1);
	assert_int_equal(sk_report_count(&report, SK_GENERIC_TRAILING), 1);
	assert_same_pixels(sk_buf_slice(&plain), sk_buf_slice(&out));
	sk_buf_free(&plain);
	sk_buf_free(&dirty);
	sk_buf_free(&out);
}

static void test_jpeg_orientation_stays_alone(void **state)
{
	/* Exif, little endian: Make and Orientation 6, then more in the directory's values. */
	static const char exif[] = "\xff\xe1\0\x32"
				   "Exif\0\0II*\0\x08\0\0\0\2\0"
				   "\x0f\1\2\0\x06\0\0\0\x26\0\0\0"
				   "\x12\1\3\0\1\0\0\0\6\0\0\0"
				   "\0\0\0\0SECRET";
	struct sk_buf plain = a_jpeg(), dirty = insert(sk_buf_slice(&plain), 20, exif, 52);
	struct sk_buf out = clean_well(sk_buf_slice(&dirty));
	uint8_t want[SK_EXIF_BYTES];

	sk_exif_write(6, want);
	assert_absent(&out, "SECRET");
	assert_true(sk_slice_find(sk_buf_slice(&out), 0, sk_slice(want, sizeof(want))) != SIZE_MAX);
	assert_int_equal(sk_report_count(&report, SK_IMAGE_METADATA), 1);
	sk_buf_free(&plain);
	sk_buf_free(&dirty);
	sk_buf_free(&out);
}

static void test_jpeg_cut_off_is_encoded_again(void **state)
{
	struct sk_buf plain = a_jpeg();
	struct sk_buf out = clean_well(sk_slice(plain.p, plain.len - 60));

	assert_int_equal(sk_report_count(&report, SK_IMAGE_DAMAGED), 1);
	sk_buf_free(&plain);
	sk_buf_free(&out);
}

/* Bytes between two segments, and in front of the end. */
static void test_jpeg_gaps_are_told(void **state)
{
	struct sk_buf plain = a_jpeg();
	size_t places[2] = {20, plain.len - 2};

	for (int i = 0; i < 2; i++) {
		struct sk_buf dirty = insert(sk_buf_slice(&plain), places[i], "SECRET", 6);
		struct sk_buf out = clean_well(sk_buf_slice(&dirty));
		assert_absent(&out, "SECRET");
		assert_int_equal(sk_report_count(&report, SK_GENERIC_HIDDEN), 1);
		sk_buf_free(&dirty);
		sk_buf_free(&out);
	}
	sk_buf_free(&plain);
}

/* In front of the first directory, which nothing refers to. */
static void test_tiff_gaps_are_told(void **state)
{
	struct sk_tiff_survey s = {.arena = sk_arena_new(1 << 20)};
	uint8_t in[40] = {'I', 'I', 42, 0, 14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0x0f, 1, 2};

	in[20] = 1;
	sk_tiff_survey(sk_slice(in, sizeof(in)), 14, &s);
	assert_false(sk_tiff_gaps(sk_slice(in, sizeof(in)), &s));
	in[9] = 'S';
	assert_true(sk_tiff_gaps(sk_slice(in, sizeof(in)), &s));
	sk_arena_free(s.arena);
}

static void test_jpeg_for_pdf_warns_by_status(void **state)
{
	struct sk_buf plain = a_jpeg(), out = SK_BUF(1 << 20);
	struct bench b;

	bench_open(&b, plain.len);
	assert_int_equal(sk_jpeg_transcode(&b.job, sk_buf_slice(&plain), NULL, true, &out), 0);
	assert_true(out.len > 0);
	sk_buf_reset(&out);
	assert_int_equal(
	    sk_jpeg_transcode(&b.job, sk_slice(plain.p, plain.len / 2), NULL, true, &out),
	    SK_EFORMAT);
	assert_int_equal(out.len, 0);
	sk_arena_free(b.job.arena);
	sk_buf_free(&plain);
	sk_buf_free(&out);
}

static void test_jpeg_size_without_data_is_refused(void **state)
{
	struct sk_buf b = a_jpeg(), out;
	size_t sof = sk_slice_find(sk_buf_slice(&b), 0, SK_SLICE_LIT("\xff\xc0"));

	assert_true(sof != SIZE_MAX);
	memset(b.p + sof + 5, 0x3F, 4);
	assert_int_equal(clean(sk_buf_slice(&b), &out), SK_EFORMAT);
	sk_buf_free(&b);
}

/* 12 bits a sample, and lossless: named, not called damaged. */
static void test_jpeg_of_other_kinds_is_named(void **state)
{
	static const uint8_t kinds[3][2] = {{0xC1, 12}, {0xC3, 8}, {0xC7, 8}};

	for (unsigned i = 0; i < 3; i++) {
		struct sk_buf b = a_jpeg(), out;
		size_t at = sk_slice_find(sk_buf_slice(&b), 0, SK_SLICE_LIT("\xff\xc0\0\x11"));
		assert_true(at < b.len);
		b.p[at + 1] = kinds[i][0];
		b.p[at + 4] = kinds[i][1];
		assert_int_equal(clean(sk_buf_slice(&b), &out), SK_EREFUSED);
		assert_int_equal(report.reason, SK_REASON_UNSUPPORTED_TYPE);
		sk_buf_free(&b);
		sk_buf_free(&out);
	}
}

static void test_png_chunks_go_and_pixels_stay(void **state)
{
	for (unsigned channels = 1; channels <= 4; channels += channels == 1 ? 2 : 1) {
		struct sk_buf plain = a_png(channels), extra = SK_BUF(1 << 10);
		sk_png_chunk(&extra, "tEXt", SK_SLICE_LIT("Comment\0SECRET"));
		sk_png_chunk(&extra, "prVt", SK_SLICE_LIT("SECRET"));
		struct sk_buf dirty = insert(sk_buf_slice(&plain), 33, extra.p, extra.len);
		sk_buf_puts(&dirty, "SECRET");
		struct sk_buf out = clean_well(sk_buf_slice(&dirty));
		assert_absent(&out, "SECRET");
		assert_int_equal(sk_report_count(&report, SK_IMAGE_METADATA), 1);
		assert_int_equal(sk_report_count(&report, SK_IMAGE_UNKNOWN_PART), 1);
		assert_int_equal(sk_report_count(&report, SK_GENERIC_TRAILING), 1);
		assert_same_pixels(sk_buf_slice(&plain), sk_buf_slice(&out));
		sk_buf_free(&plain);
		sk_buf_free(&extra);
		sk_buf_free(&dirty);
		sk_buf_free(&out);
	}
}

static void put_head(struct sk_buf *b, uint32_t width, uint32_t height, unsigned depth,
    unsigned type, unsigned interlace)
{
	uint8_t head[13] = {(uint8_t)(width >> 24), (uint8_t)(width >> 16), (uint8_t)(width >> 8),
	    (uint8_t)width, (uint8_t)(height >> 24), (uint8_t)(height >> 16),
	    (uint8_t)(height >> 8), (uint8_t)height, (uint8_t)depth, (uint8_t)type, 0, 0,
	    (uint8_t)interlace};

	sk_buf_put(b, "\x89PNG\r\n\x1a\n", 8);
	sk_png_chunk(b, "IHDR", sk_slice(head, 13));
}

static void test_png_of_gigabytes_takes_no_memory(void **state)
{
	struct sk_buf b = SK_BUF(1 << 10), out;
	struct bench j;

	put_head(&b, 17000, 17000, 16, 6, 0);
	sk_png_chunk(&b, "IDAT", SK_SLICE_LIT("\x78\x9c\3\0\0\0\0\1"));
	sk_png_chunk(&b, "IEND", SK_SLICE_LIT(""));
	assert_int_equal(clean(sk_buf_slice(&b), &out), SK_EFORMAT);
	sk_buf_free(&b);
	put_head(&b, 50000, 50000, 8, 2, 0);
	sk_png_chunk(&b, "IDAT", SK_SLICE_LIT("\x78\x9c\3\0\0\0\0\1"));
	bench_open(&j, b.len);
	out = SK_BUF(1 << 20);
	assert_int_equal(
	    sk_image_clean(&j.job, SK_FT_PNG, sk_buf_slice(&b), NULL, &out), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_LIMIT_PIXELS);
	sk_arena_free(j.job.arena);
	sk_buf_free(&b);
}

/* 8 × 8 grey, Adam7: every pass holds the value x + 8 y of its pixels. */
static void test_png_interlaced_becomes_plain(void **state)
{
	static const uint8_t adam7[7][4] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
	    {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};
	uint8_t rows[128];
	size_t n = 0;
	struct sk_buf b = SK_BUF(1 << 12);

	for (unsigned p = 0; p < 7; p++)
		for (unsigned y = adam7[p][1]; y < 8; y += adam7[p][3]) {
			rows[n++] = 0;
			for (unsigned x = adam7[p][0]; x < 8; x += adam7[p][2])
				rows[n++] = (uint8_t)(x + 8 * y);
		}
	put_head(&b, 8, 8, 8, 0, 1);
	struct sk_png_rows r = {.width = 1, .height = 1, .bits = 8, .row = n - 1, .data = rows};
	assert_int_equal(sk_png_rows_chunk(&b, "IDAT", sk_slice(NULL, 0), &r), 0);
	sk_png_chunk(&b, "IEND", sk_slice(NULL, 0));
	struct sk_buf out = clean_well(sk_buf_slice(&b));
	struct bench j;
	struct sk_pixmap p = decode(&j, sk_buf_slice(&out));
	for (unsigned i = 0; i < 64; i++)
		assert_int_equal(p.data[i], i);
	assert_same_pixels(sk_buf_slice(&b), sk_buf_slice(&out));
	sk_arena_free(j.job.arena);
	sk_buf_free(&b);
	sk_buf_free(&out);
}

static void test_png_palette_grows_to_the_indices(void **state)
{
	uint8_t rows[2] = {0, 0xE4}; /* four pixels of two bits: 3 2 1 0 */
	struct sk_png_rows r = {.width = 4, .height = 1, .bits = 2, .row = 1, .data = rows};
	struct sk_buf b = SK_BUF(1 << 12);

	put_head(&b, 4, 1, 2, 3, 0);
	sk_png_chunk(&b, "PLTE", SK_SLICE_LIT("\1\2\3\4\5\6"));
	sk_png_rows_chunk(&b, "IDAT", sk_slice(NULL, 0), &r);
	sk_png_chunk(&b, "IEND", sk_slice(NULL, 0));
	struct sk_buf out = clean_well(sk_buf_slice(&b));
	assert_true(sk_slice_find(sk_buf_slice(&out), 0,
			SK_SLICE_LIT("\0\0\0\14PLTE\1\2\3\4\5\6\0\0\0\0\0\0")) != SIZE_MAX);
	sk_buf_free(&b);
	sk_buf_free(&out);
}

static void test_png_animation_stays(void **state)
{
	uint8_t rows[2] = {0, 7}, control[26] = {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1};
	struct sk_png_rows r = {.width = 1, .height = 1, .bits = 8, .row = 1, .data = rows};
	struct sk_buf b = SK_BUF(1 << 12);

	control[21] = 5;
	put_head(&b, 1, 1, 8, 0, 0);
	sk_png_chunk(&b, "acTL", SK_SLICE_LIT("\0\0\0\2\0\0\0\3"));
	sk_png_chunk(&b, "fcTL", sk_slice(control, 26));
	sk_png_rows_chunk(&b, "IDAT", sk_slice(NULL, 0), &r);
	control[3] = 1;
	sk_png_chunk(&b, "fcTL", sk_slice(control, 26));
	sk_png_rows_chunk(&b, "fdAT", SK_SLICE_LIT("\0\0\0\2"), &r);
	sk_png_chunk(&b, "IEND", sk_slice(NULL, 0));
	struct sk_buf out = clean_well(sk_buf_slice(&b));
	assert_int_equal(out.len, b.len);
	assert_memory_equal(out.p, b.p, b.len);
	sk_buf_free(&b);
	sk_buf_free(&out);
}

static void test_png_orientation_is_applied(void **state)
{
	struct sk_buf plain = a_png(3), chunk = SK_BUF(1 << 10);
	uint8_t exif[SK_EXIF_BYTES];
	struct bench ba, bb;

	sk_exif_write(6, exif);
	sk_png_chunk(&chunk, "eXIf", sk_slice(exif, sizeof(exif)));
	struct sk_buf turned = insert(sk_buf_slice(&plain), 33, chunk.p, chunk.len);
	struct sk_buf out = clean_well(sk_buf_slice(&turned));
	struct sk_pixmap a = decode(&ba, sk_buf_slice(&plain)), b = decode(&bb, sk_buf_slice(&out));
	assert_int_equal(b.width, H);
	assert_int_equal(b.height, W);
	/* The left column read upwards becomes the first row. */
	for (uint32_t x = 0; x < H; x++)
		assert_memory_equal(
		    b.data + (size_t)x * 3, a.data + (size_t)(H - 1 - x) * W * 3, 3);
	sk_arena_free(ba.job.arena);
	sk_arena_free(bb.job.arena);
	sk_buf_free(&plain);
	sk_buf_free(&chunk);
	sk_buf_free(&turned);
	sk_buf_free(&out);
}

static void test_lzw_both_ways(void **state)
{
	static uint8_t in[70000], back[70000];

	for (unsigned size = 2; size <= 8; size++)
		for (unsigned kind = 0; kind < 3; kind++) {
			struct sk_buf blocks = SK_BUF(1 << 20), codes = SK_BUF(1 << 20);
			bool extra = false;
			size_t n = kind == 0 ? 1 : sizeof(in) - kind;
			for (size_t i = 0; i < n; i++)
				in[i] =
				    (uint8_t)((kind == 1 ? noise() : i / 977) & ((1U << size) - 1));
			assert_int_equal(sk_lzw_encode(in, n, size, &blocks), 0);
			for (size_t at = 0; blocks.p[at]; at += blocks.p[at] + 1U)
				sk_buf_put(&codes, blocks.p + at + 1, blocks.p[at]);
			assert_int_equal(
			    sk_lzw_decode(sk_buf_slice(&codes), size, back, n, &extra), n);
			assert_false(extra);
			assert_memory_equal(in, back, n);
			sk_buf_free(&blocks);
			sk_buf_free(&codes);
		}
}

static void test_gif_extensions_go_and_animation_stays(void **state)
{
	struct sk_buf plain = a_gif();
	struct sk_buf dirty = insert(
	    sk_buf_slice(&plain), 25, "\x21\xfe\6SECRET\0\x21\xff\x0bXMP DataXMP\6SECRET\0", 32);

	sk_buf_puts(&dirty, "SECRET");
	struct sk_buf out = clean_well(sk_buf_slice(&dirty));
	assert_int_equal(out.len, plain.len);
	assert_memory_equal(out.p, plain.p, plain.len);
	assert_int_equal(sk_report_count(&report, SK_IMAGE_METADATA), 2);
	assert_int_equal(sk_report_count(&report, SK_GENERIC_TRAILING), 1);
	sk_buf_free(&plain);
	sk_buf_free(&dirty);
	sk_buf_free(&out);
}

static void test_gif_index_outside_the_table(void **state)
{
	static const uint8_t pixels[4] = {0, 1, 2, 7};
	struct sk_buf b = SK_BUF(1 << 10);

	sk_buf_put(&b, "GIF89a\4\0\1\0\x80\0\0\1\2\3\4\5\6", 19);
	sk_buf_put(&b, "\x2c\0\0\0\0\4\0\1\0\0\3", 11);
	sk_lzw_encode(pixels, 4, 3, &b);
	sk_buf_putc(&b, 0x3b);
	struct sk_buf out = clean_well(sk_buf_slice(&b));
	assert_same_pixels(sk_buf_slice(&b), sk_buf_slice(&out));
	sk_buf_free(&b);
	sk_buf_free(&out);
}

static void test_gif_claims_more_pixels_than_codes(void **state)
{
	struct sk_buf b = SK_BUF(1 << 10), out;

	sk_buf_put(&b, "GIF89a\xff\x3f\xff\x3f\0\0\0\x2c\0\0\0\0\xff\x3f\xff\x3f\0\2\2L\1\0;", 28);
	assert_int_equal(clean(sk_buf_slice(&b), &out), SK_EFORMAT);
	sk_buf_free(&b);
}

static void test_bmp_kinds(void **state)
{
	static const uint8_t rle[] = {3, 1, 0, 3, 2, 3, 0, 0, 0, 0, 0, 2, 1, 0, 2, 2, 0, 1};
	static const uint8_t rows565[] = {0x1f, 0, 0xe0, 7, 0, 0xf8, 0xff, 0xff};
	struct sk_buf b = a_bmp(8, 1, rle, sizeof(rle), 6, 2, 4), out;
	struct bench j;

	out = clean_well(sk_buf_slice(&b));
	struct sk_pixmap p = decode(&j, sk_buf_slice(&out));
	/* bottom row 1 1 1 2 3 0, top row 0 2 2 0 0 0; colour 1 is 10 20 30 in R G B */
	assert_memory_equal(p.data, ((uint8_t[]){0, 0, 0, 0x20, 0x40, 0x60}), 6);
	assert_memory_equal(p.data + 18, ((uint8_t[]){0x10, 0x20, 0x30}), 3);
	sk_arena_free(j.job.arena);
	sk_buf_free(&b);
	sk_buf_free(&out);
	b = a_bmp(16, 3, rows565, sizeof(rows565), 2, 2, 0);
	out = clean_well(sk_buf_slice(&b));
	p = decode(&j, sk_buf_slice(&out));
	assert_memory_equal(
	    p.data, ((uint8_t[]){255, 0, 0, 255, 255, 255, 0, 0, 255, 0, 255, 0}), 12);
	sk_arena_free(j.job.arena);
	sk_buf_free(&b);
	sk_buf_free(&out);
	/* a JPEG inside */
	b = a_bmp(24, 4, rows565, sizeof(rows565), 2, 1, 0);
	assert_int_equal(clean(sk_buf_slice(&b), &out), SK_EFORMAT);
	sk_buf_free(&b);
}

static void test_bmp_gap_goes(void **state)
{
	uint8_t rows[16] = {1, 2, 3, 4, 5, 6};
	struct sk_buf plain = a_bmp(24, 0, rows, 16, 2, 2, 0),
		      dirty = insert(sk_buf_slice(&plain), 54, "SECRET", 6);

	dirty.p[10] += 6;
	sk_buf_puts(&dirty, "SECRET");
	struct sk_buf out = clean_well(sk_buf_slice(&dirty));
	assert_absent(&out, "SECRET");
	assert_same_pixels(sk_buf_slice(&plain), sk_buf_slice(&out));
	sk_buf_free(&plain);
	sk_buf_free(&dirty);
	sk_buf_free(&out);
}

static void test_tiff_pages_and_fax(void **state)
{
	static const uint32_t widths[] = {1, 7, 8, 9, 64, 65, 200, 2561, 6000};

	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		struct sk_buf b = a_tiff(1, widths[i], 19);
		/* libtiff reads what we wrote, and we write what it read */
		assert_stable(sk_buf_slice(&b));
		sk_buf_free(&b);
		for (unsigned bits = 8; bits <= 32; bits *= 2) {
			b = a_tiff(bits, widths[i], 5);
			assert_stable(sk_buf_slice(&b));
			sk_buf_free(&b);
		}
	}
}

/* A page of JPEG strips of 16 rows, or of tiles, as libtiff writes it. */
static struct sk_buf a_jpeg_tiff(uint16_t photometric, unsigned samples, bool tiled)
{
	int fd = memfd_create("tiff", MFD_CLOEXEC);
	TIFF *t = TIFFFdOpen(fd, "memory", "w");
	struct sk_buf b = SK_BUF(1 << 20);
	uint8_t rows[32 * 32 * 4];

	assert_non_null(t);
	TIFFSetField(t, TIFFTAG_IMAGEWIDTH, 75);
	TIFFSetField(t, TIFFTAG_IMAGELENGTH, 50);
	TIFFSetField(t, TIFFTAG_BITSPERSAMPLE, 8);
	TIFFSetField(t, TIFFTAG_SAMPLESPERPIXEL, samples);
	TIFFSetField(t, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
	TIFFSetField(t, TIFFTAG_COMPRESSION, COMPRESSION_JPEG);
	TIFFSetField(t, TIFFTAG_PHOTOMETRIC, photometric);
	if (photometric == PHOTOMETRIC_YCBCR)
		TIFFSetField(t, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
	if (tiled) {
		TIFFSetField(t, TIFFTAG_TILEWIDTH, 32);
		TIFFSetField(t, TIFFTAG_TILELENGTH, 32);
	} else {
		TIFFSetField(t, TIFFTAG_ROWSPERSTRIP, 16);
	}
	for (unsigned i = 0; i < (tiled ? 6 : 4); i++) {
		for (size_t k = 0; k < sizeof(rows); k++)
			rows[k] = (uint8_t)(k % 97 * i + (noise() & 15));
		if (tiled)
			TIFFWriteEncodedTile(t, i, rows, TIFFTileSize(t));
		else
			TIFFWriteEncodedStrip(t, i, rows, TIFFVStripSize(t, i < 3 ? 16 : 2));
	}
	TIFFFlush(t);
	off_t n = lseek(fd, 0, SEEK_END);
	assert_int_equal(sk_buf_reserve(&b, (size_t)n), 0);
	assert_int_equal(pread(fd, b.p, (size_t)n, 0), n);
	b.len = (size_t)n;
	TIFFClose(t);
	return b;
}

static void test_tiff_of_jpeg_stays_jpeg(void **state)
{
	static const struct {
		uint16_t photometric;
		unsigned samples;
	} kinds[] = {{PHOTOMETRIC_MINISBLACK, 1}, {PHOTOMETRIC_YCBCR, 3}, {PHOTOMETRIC_RGB, 3},
	    {PHOTOMETRIC_SEPARATED, 4}};

	for (unsigned i = 0; i < 8; i++) {
		struct sk_buf b =
		    a_jpeg_tiff(kinds[i / 2].photometric, kinds[i / 2].samples, i & 1);
		struct sk_buf out = clean_well(sk_buf_slice(&b));
		/* Decoders smooth sampled colours across what was the edge of a strip. */
		assert_near_pixels(sk_buf_slice(&b), sk_buf_slice(&out),
		    kinds[i / 2].photometric == PHOTOMETRIC_YCBCR ? 1 : 0);
		/* 259 SHORT 1, 7 */
		assert_true(sk_slice_find(sk_buf_slice(&out), 0,
				SK_SLICE_LIT("\3\1\3\0\1\0\0\0\7\0\0\0")) < out.len);
		assert_true(out.len < b.len);
		sk_buf_free(&b);
		sk_buf_free(&out);
	}
}

static void test_tiff_loop_ends(void **state)
{
	struct sk_buf b = a_tiff(8, 16, 16), out;

	/* The second page names the first as its next. */
	uint32_t second = b.p[8 + 2 + b.p[8] * 12] | (uint32_t)b.p[9 + 2 + b.p[8] * 12] << 8;
	b.p[second + 2 + b.p[second] * 12U] = 8;
	int rc = clean(sk_buf_slice(&b), &out);
	assert_true(rc == 0 || rc == SK_EFORMAT);
	sk_buf_free(&b);
	sk_buf_free(&out);
}

static void test_tiff_trailing_goes(void **state)
{
	struct sk_buf b = a_tiff(8, 16, 16);

	sk_buf_puts(&b, "SECRET");
	struct sk_buf out = clean_well(sk_buf_slice(&b));
	assert_absent(&out, "SECRET");
	assert_int_equal(sk_report_count(&report, SK_GENERIC_TRAILING), 1);
	sk_buf_free(&b);
	sk_buf_free(&out);
}

static void test_webp_pixels_stay(void **state)
{
	for (unsigned i = 0; i < 4; i++) {
		struct sk_buf b = a_webp(i & 1 ? 70 : 0, i & 2);
		struct sk_buf out = clean_well(sk_buf_slice(&b));
		assert_int_equal(report.nremoved, 0);
		assert_same_pixels(sk_buf_slice(&b), sk_buf_slice(&out));
		sk_buf_free(&b);
		sk_buf_free(&out);
	}
}

static void set_size(struct sk_buf *b, size_t at, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		b->p[at + i] = (uint8_t)(v >> (i * 8));
}

static void test_webp_bytes_behind_the_last_symbol_go(void **state)
{
	struct sk_buf plain = a_webp(70, false), dirty = SK_BUF(1 << 20);

	sk_buf_put_slice(&dirty, sk_slice(plain.p, plain.len));
	sk_buf_puts(&dirty, "SECRETSECRETSECRET");
	set_size(&dirty, 4, (uint32_t)dirty.len - 8);
	set_size(&dirty, 16, (uint32_t)dirty.len - 20);
	struct sk_buf out = clean_well(sk_buf_slice(&dirty)),
		      once = clean_well(sk_buf_slice(&plain));
	assert_absent(&out, "SECRET");
	assert_int_equal(out.len, once.len);
	sk_buf_free(&plain);
	sk_buf_free(&dirty);
	sk_buf_free(&out);
	sk_buf_free(&once);
}

static void put_riff(struct sk_buf *b, const char *chunk, struct sk_slice data)
{
	sk_buf_put(b, "RIFF\0\0\0\0WEBP", 12);
	sk_buf_put(b, chunk, 4);
	sk_buf_put_u32le(b, (uint32_t)data.n);
	sk_buf_put_slice(b, data);
	if (data.n & 1)
		sk_buf_putc(b, 0);
	set_size(b, 4, (uint32_t)b->len - 8);
}

/* Our own encoder, for pictures that are turned and large: another decoder sees the same pixels. */
static void test_webp_own_encoder(void **state)
{
	for (unsigned k = 0; k < 3; k++) {
		const struct sk_vp8l v = {W, H, true, true, (size_t)64 << 20};
		uint32_t before[W * H], argb[W * H];
		struct sk_buf data = SK_BUF(1 << 20), file = SK_BUF(1 << 20);
		for (unsigned i = 0; i < W * H; i++)
			before[i] = k == 0   ? i * 0x00010203U
				    : k == 1 ? noise() << 16 ^ noise()
					     : 0x12345678U;
		memcpy(argb, before, sizeof(argb));
		assert_int_equal(sk_vp8l_encode(argb, &v, &data), 0);
		put_riff(&file, "VP8L", sk_buf_slice(&data));
		struct sk_buf out = clean_well(sk_buf_slice(&file));
		assert_int_equal(report.nremoved, 0);
		assert_ptr_equal(
		    WebPDecodeBGRAInto(out.p, out.len, (uint8_t *)argb, sizeof(argb), W * 4), argb);
		assert_memory_equal(argb, before, sizeof(argb));
		sk_buf_free(&data);
		sk_buf_free(&file);
		sk_buf_free(&out);
	}
}

/* An index behind the table of colours means the transparent colour: the table says so itself. */
static void test_webp_colour_table_is_filled_up(void **state)
{
	struct sk_pixmap p = picture(4);
	uint8_t *bytes = NULL;

	for (size_t i = 0; i < (size_t)W * H; i++)
		memcpy(p.data + i * 4, &(uint32_t){i % 5 * 0x01020304U | 0xFF000000U}, 4);
	size_t n = WebPEncodeLosslessRGBA(p.data, W, H, W * 4, &bytes);
	struct sk_buf out = clean_well(sk_slice(bytes, n));
	assert_same_pixels(sk_slice(bytes, n), sk_buf_slice(&out));
	assert_int_equal(report.nremoved, 0);
	sk_buf_free(&out);
	WebPFree(bytes);
}

static void test_webp_unknown_chunks_go(void **state)
{
	struct sk_buf b = a_webp(0, true);

	sk_buf_put(&b, "XMP \6\0\0\0SECRETCANV\6\0\0\0SECRET", 28);
	set_size(&b, 4, (uint32_t)b.len - 8);
	struct sk_buf out = clean_well(sk_buf_slice(&b));
	assert_absent(&out, "SECRET");
	assert_int_equal(sk_report_count(&report, SK_IMAGE_METADATA), 1);
	assert_int_equal(sk_report_count(&report, SK_IMAGE_UNKNOWN_PART), 1);
	sk_buf_free(&b);
	sk_buf_free(&out);
}

static void test_profile_from_parameters(void **state)
{
	struct sk_icc p3 = {.kind = SK_ICC_MATRIX,
	    .gamma = 0,
	    .xyz = {0x83D0, 0x3DC0, -0x40, 0x4AC0, 0xB130, 0x0AC0, 0x2840, 0x1110, 0xC8B0}};
	uint8_t bytes[SK_ICC_BYTES];
	struct sk_icc back = sk_icc_read(sk_slice(bytes, sk_icc_write(&p3, bytes)));

	assert_int_equal(back.kind, SK_ICC_MATRIX);
	assert_true(back.canonical);
	p3.gamma = 0x23300;
	back = sk_icc_read(sk_slice(bytes, sk_icc_write(&p3, bytes)));
	assert_int_equal(back.gamma, 0x23300);
	assert_true(back.canonical);
	bytes[260] ^= 1; /* another name: the same colours */
	back = sk_icc_read(sk_slice(bytes, 408));
	assert_int_equal(back.kind, SK_ICC_MATRIX);
	assert_false(back.canonical);
	bytes[16] = 'C';
	assert_int_equal(sk_icc_read(sk_slice(bytes, 408)).kind, SK_ICC_UNKNOWN);
}

static void test_only_named_types_are_claimed(void **state)
{
	struct sk_buf b = a_png(3);

	report = (struct sk_report){0};
	sk_image_handler.probe(sk_buf_slice(&b), "x.jpg", &report);
	assert_int_equal(report.nclaims, 1);
	assert_int_equal(report.claims[0].type, SK_FT_PNG);
	assert_int_equal(report.claims[0].strength, SK_CLAIM_STRUCTURE);
	report = (struct sk_report){0};
	sk_image_handler.probe(sk_slice(b.p, 12), "x.png", &report);
	assert_int_equal(report.claims[0].strength, SK_CLAIM_SIGNATURE);
	report = (struct sk_report){0};
	sk_image_handler.probe(SK_SLICE_LIT("BM is how this text begins"), "x.bmp", &report);
	assert_int_equal(report.nclaims, 0);
	sk_buf_free(&b);
}

/* Whatever happens to a file, what comes out is whole or nothing does. */
static void torture(const struct sk_buf *b)
{
	struct sk_buf out;

	for (unsigned i = 0; i < 16; i++) {
		if (clean(sk_slice(b->p, b->len * i / 16), &out) == 0)
			assert_stable(sk_buf_slice(&out));
		sk_buf_free(&out);
	}
	uint8_t *copy = malloc(b->len);
	for (unsigned i = 0; i < 150; i++) {
		memcpy(copy, b->p, b->len);
		copy[noise() % b->len] ^= (uint8_t)(1U << noise() % 8);
		if (clean(sk_slice(copy, b->len), &out) == 0)
			assert_stable(sk_buf_slice(&out));
		sk_buf_free(&out);
	}
	free(copy);
}

static void test_damage_of_every_kind(void **state)
{
	uint8_t rows[64] = {0};
	struct sk_buf all[] = {a_jpeg(), a_png(3), a_png(4), a_gif(),
	    a_bmp(4, 0, rows, 64, 9, 8, 16), a_tiff(1, 99, 20), a_tiff(16, 20, 20),
	    a_jpeg_tiff(PHOTOMETRIC_YCBCR, 3, false), a_jpeg_tiff(PHOTOMETRIC_SEPARATED, 4, true),
	    a_webp(0, true), a_webp(60, false), a_webp(60, true)};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		torture(&all[i]);
		sk_buf_free(&all[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_jpeg_segments_go_and_coefficients_stay),
	    cmocka_unit_test(test_jpeg_orientation_stays_alone),
	    cmocka_unit_test(test_jpeg_cut_off_is_encoded_again),
	    cmocka_unit_test(test_jpeg_gaps_are_told),
	    cmocka_unit_test(test_tiff_gaps_are_told),
	    cmocka_unit_test(test_jpeg_for_pdf_warns_by_status),
	    cmocka_unit_test(test_jpeg_size_without_data_is_refused),
	    cmocka_unit_test(test_jpeg_of_other_kinds_is_named),
	    cmocka_unit_test(test_png_chunks_go_and_pixels_stay),
	    cmocka_unit_test(test_png_of_gigabytes_takes_no_memory),
	    cmocka_unit_test(test_png_interlaced_becomes_plain),
	    cmocka_unit_test(test_png_palette_grows_to_the_indices),
	    cmocka_unit_test(test_png_animation_stays),
	    cmocka_unit_test(test_png_orientation_is_applied),
	    cmocka_unit_test(test_lzw_both_ways),
	    cmocka_unit_test(test_gif_extensions_go_and_animation_stays),
	    cmocka_unit_test(test_gif_index_outside_the_table),
	    cmocka_unit_test(test_gif_claims_more_pixels_than_codes),
	    cmocka_unit_test(test_bmp_kinds),
	    cmocka_unit_test(test_bmp_gap_goes),
	    cmocka_unit_test(test_tiff_pages_and_fax),
	    cmocka_unit_test(test_tiff_of_jpeg_stays_jpeg),
	    cmocka_unit_test(test_tiff_loop_ends),
	    cmocka_unit_test(test_tiff_trailing_goes),
	    cmocka_unit_test(test_webp_pixels_stay),
	    cmocka_unit_test(test_webp_bytes_behind_the_last_symbol_go),
	    cmocka_unit_test(test_webp_own_encoder),
	    cmocka_unit_test(test_webp_colour_table_is_filled_up),
	    cmocka_unit_test(test_webp_unknown_chunks_go),
	    cmocka_unit_test(test_profile_from_parameters),
	    cmocka_unit_test(test_only_named_types_are_claimed),
	    cmocka_unit_test(test_damage_of_every_kind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
