/* Tests of reading what shows no words: what was read is looked through, what was not, or not surely, is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "clean/clean.h"
#include "clean/leaks.h"
#include "clean/read.h"
#include "format/image/image.h"

static struct sk_arena *arena;
static struct sk_report report;
static struct sk_content content;
static const uint8_t key[SK_FIND_KEY];

/* --- the other jails --- */

static const char *says; /* what is read; NULL: nothing that is sure */
static int fails;
static unsigned pages, reads, dpis, share;
static bool has_words;

static int page_count(struct sk_job *job, struct sk_slice pdf, uint32_t *count)
{
	*count = pages;
	return 0;
}

static int page_text(
    struct sk_job *job, struct sk_slice pdf, uint32_t page, struct sk_page_text *out)
{
	static struct sk_text_line line = {.text = SK_SLICE_LIT("個人番号 123456789018")};

	if (has_words)
		*out = (struct sk_page_text){.nlines = 1, .lines = &line};
	return 0;
}

static int page_pictures(struct sk_job *job, struct sk_slice pdf, uint32_t page, uint32_t *of)
{
	*of = share;
	return 0;
}

/* Not blank, and too large for more than 150 dpi. */
static int render_page(
    struct sk_job *job, struct sk_slice pdf, uint32_t page, unsigned dpi, struct sk_pixmap *out)
{
	dpis = dpi;
	if (dpi > 150)
		return SK_ELIMIT;
	*out = (struct sk_pixmap){4, 4, 3, sk_arena_alloc(job->arena, 48)};
	memset(out->data, 255, 48);
	out->data[20] = 0;
	return 0;
}

static int read_words(struct sk_job *job, const struct sk_pixmap *grey, struct sk_slice *words)
{
	assert_int_equal(grey->channels, 1);
	reads++;
	*words = sk_slice_str(says ? says : "");
	return fails ? fails : says ? 0 : SK_EFORMAT;
}

static const struct sk_services services = {.page_count = page_count,
    .page_text = page_text,
    .render_page = render_page,
    .page_pictures = page_pictures,
    .read_words = read_words};

/* --- looking --- */

static int setup_all(void **state)
{
	return sk_clean_init();
}

static int setup(void **state)
{
	arena = sk_arena_new((size_t)512 << 20);
	says = NULL;
	fails = 0;
	pages = 1;
	reads = dpis = share = 0;
	has_words = false;
	return arena == NULL;
}

static int teardown(void **state)
{
	sk_arena_free(arena);
	return 0;
}

static int look(const char *name, struct sk_slice in, bool ocr)
{
	struct sk_leaks_request req = {.in = in,
	    .name = name,
	    .words = sk_slice("", 0),
	    .key = key,
	    .services = &services,
	    .ocr = ocr};

	return sk_clean_leaks(&req, arena, &report, &content);
}

#define PDF SK_SLICE_LIT("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")

static uint32_t numbers(void)
{
	const uint32_t *c = content.count[SK_FIND_MYNUMBER];

	return c[0] + c[1] + c[2];
}

static void found(uint32_t n, uint32_t read, uint32_t unread)
{
	assert_int_equal(numbers(), n);
	assert_int_equal(content.read, read);
	assert_int_equal(
	    content.unread[SK_UNREAD_PAGE] + content.unread[SK_UNREAD_PICTURE], unread);
}

static void test_page(void **state)
{
	says = "個人番号 1234 5678 9018\n";
	assert_int_equal(look("a.pdf", PDF, true), 0);
	found(1, 1, 0);
	assert_true(content.ocr);
	assert_string_equal(content.v[0].where, "page 1");
	assert_int_equal(dpis, 150);
}

static void test_not_asked_for(void **state)
{
	says = "個人番号 123456789018";
	assert_int_equal(look("a.pdf", PDF, false), 0);
	found(0, 0, 1);
	assert_false(content.ocr);
	assert_int_equal(reads, 0);
}

static void test_nothing_sure(void **state)
{
	pages = 3;
	assert_int_equal(look("a.pdf", PDF, true), 0);
	found(0, 0, 3);
	assert_true(content.ocr);
}

/* Spaces where there were none; and a digit that was read as another. */
static void test_groups(void **state)
{
	says = "個人番号 12345678 9018";
	assert_int_equal(look("a.pdf", PDF, true), 0);
	found(1, 1, 0);
	says = "個人番号 1234 5679 9018";
	assert_int_equal(look("a.pdf", PDF, true), 0);
	found(0, 0, 1);
	says = "電話 03 1234 5678";
	assert_int_equal(look("a.pdf", PDF, true), 0);
	found(0, 1, 0);
}

/* What is read beside words is told once; a logo is not looked at. */
static void test_beside_words(void **state)
{
	has_words = true;
	says = "個人番号 1234 56789018";
	share = 10;
	assert_int_equal(look("a.pdf", PDF, true), 0);
	found(1, 0, 0);
	assert_int_equal(reads, 0);
	share = 800;
	assert_int_equal(look("a.pdf", PDF, true), 0);
	found(1, 1, 0);
	assert_int_equal(look("a.pdf", PDF, false), 0);
	found(1, 0, 0);
	says = NULL;
	assert_int_equal(look("a.pdf", PDF, true), 0);
	found(1, 0, 1);
}

static void test_no_reader(void **state)
{
	fails = SK_EUNSUPPORTED;
	pages = 5;
	assert_int_equal(look("a.pdf", PDF, true), 0);
	found(0, 0, 5);
	assert_false(content.ocr);
	assert_int_equal(reads, 1);
}

/* The jail itself is gone: nothing is known about the file. */
static void test_reader_gone(void **state)
{
	fails = SK_EIO;
	assert_int_equal(look("a.pdf", PDF, true), SK_EREFUSED);
	fails = SK_ELIMIT;
	assert_int_equal(look("a.pdf", PDF, true), 0);
	found(0, 0, 1);
	fails = SK_ENOMEM; /* for this picture */
	assert_int_equal(look("a.pdf", PDF, true), 0);
	found(0, 0, 1);
}

static void put_png(struct sk_buf *b, const uint8_t *pixels, unsigned channels)
{
	struct sk_pixmap p = {2, 2, channels, (uint8_t *)(uintptr_t)pixels};

	assert_int_equal(sk_png_encode(&p, 0, b), 0);
}

static void test_pictures(void **state)
{
	static const uint8_t some[16] = {0, 0, 0, 255, 9, 9, 9, 255}, white[4] = {7, 7, 7, 7};
	struct sk_buf png = SK_BUF(1 << 16);

	says = "個人番号 123456789018";
	put_png(&png, some, 4);
	assert_int_equal(look("a.png", sk_buf_slice(&png), true), 0);
	found(1, 1, 0);
	sk_buf_reset(&png);
	put_png(&png, white, 1);
	assert_int_equal(look("a.png", sk_buf_slice(&png), true), 0);
	found(0, 1, 0);
	assert_int_equal(reads, 1);
	assert_int_equal(look("a.gif", SK_SLICE_LIT("GIF89a\1\0\1\0\0\0\0;"), true), 0);
	found(0, 0, 1);
	sk_buf_free(&png);
}

static void joined(const char *words, const char *want, uint32_t rows)
{
	struct sk_buf b = SK_BUF(1 << 16);
	uint32_t n;

	assert_int_equal(sk_read_join(sk_slice_str(words), &b, &n), 0);
	sk_buf_putc(&b, 0);
	assert_string_equal(b.p, want);
	assert_int_equal(n, rows);
	sk_buf_free(&b);
}

static void test_join(void **state)
{
	joined("", "", 0);
	joined("a b 1 2", "a b 12", 0);
	joined("1234 5678  9018", "123456789018", 1);
	joined("1234 5678 9018 x 1 ", "123456789018 x 1 ", 1);
	joined("1234567\n89018", "1234567\n89018", 0);
	joined("1 234567890123 ", "1234567890123 ", 1);
	joined("12345678901234", "12345678901234", 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	    T(test_page), T(test_not_asked_for), T(test_nothing_sure), T(test_groups),
	    T(test_beside_words), T(test_no_reader), T(test_reader_gone), T(test_pictures),
	    T(test_join)};

	return cmocka_run_group_tests(tests, setup_all, NULL);
}
