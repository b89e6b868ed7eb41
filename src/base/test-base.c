/* Tests of the base layer: reader, buffer, arena, UTF-8, report wire form, limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/day.h"
#include "base/err.h"
#include "base/hex.h"
#include "base/limits.h"
#include "base/report.h"
#include "base/slice.h"
#include "base/utf8.h"

static void test_reader_fails_stickily(void **state)
{
	struct sk_reader r = sk_reader(SK_SLICE_LIT("\x01\x02\x03\x04\x05"));

	assert_int_equal(sk_read_u16le(&r), 0x0201);
	assert_int_equal(sk_read_u16be(&r), 0x0304);
	assert_int_equal(sk_read_u32le(&r), 0);
	assert_true(r.bad);
	assert_int_equal(sk_read_u8(&r), 0);
	assert_int_equal(sk_read_left(&r), 0);
	assert_false(sk_read_at_end(&r));
}

static void parses(const char *text, int year, int month, int day, bool late)
{
	int32_t found = 0;
	bool ended = !late;

	assert_int_equal(sk_day_parse(sk_slice_str(text), &found, &ended), 0);
	assert_int_equal(found, sk_day(year, month, day));
	assert_int_equal(ended, late);
}

/* The days on which eras change, the ways of writing them, and what is no date. */
static void test_days(void **state)
{
	static const char *const wrong[] = {"", "2026", "2026-13-01", "2026-02-29", "2026-4",
	    "令和8年4月", "令和8年4月1", "令和8年2月30日", "令和0年5月1日", "平成元年1月7日",
	    "令和元年4月30日", "明治5年12月2日", "8.4.1", "X8.4.1", "2026-04/01", "2026-04-01x",
	    "R8.4.1.1", "R99999.1.1", "1872-12-31 ", "\xFF"};
	char text[SK_DAY_TEXT];
	int32_t day;
	bool late;

	parses("2026-04-01", 2026, 4, 1, false);
	parses("2026年4月1日", 2026, 4, 1, false);
	parses("令和8年4月1日", 2026, 4, 1, false);
	parses("令和八年四月一日", 2026, 4, 1, false);
	parses("昭和六十四年一月七日", 1989, 1, 7, false);
	parses("R8.4.1", 2026, 4, 1, false);
	parses("Ｒ８．４．１", 2026, 4, 1, false);
	parses("r8/4/1", 2026, 4, 1, false);
	parses("㋿8年4月1日", 2026, 4, 1, false);
	parses("令和元年5月1日", 2019, 5, 1, false);
	parses("平成31年4月30日", 2019, 4, 30, false);
	parses("平成31年5月1日", 2019, 5, 1, true);
	parses("平成元年1月8日", 1989, 1, 8, false);
	parses("昭和元年12月25日", 1926, 12, 25, false);
	parses("大正15年12月25日", 1926, 12, 25, false);
	parses("大正元年7月30日", 1912, 7, 30, false);
	parses("明治45年7月30日", 1912, 7, 30, false);
	parses("明治6年1月1日", 1873, 1, 1, false);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(sk_day_parse(sk_slice_str(wrong[i]), &day, &late), SK_EFORMAT);
	sk_day_era(sk_day(2026, 4, 1), text);
	assert_string_equal(text, "令和8年4月1日");
	sk_day_era(sk_day(2019, 5, 1), text);
	assert_string_equal(text, "令和元年5月1日");
	sk_day_era(sk_day(1989, 1, 7), text);
	assert_string_equal(text, "昭和64年1月7日");
	sk_day_era(sk_day(1872, 12, 31), text);
	assert_string_equal(text, "1872-12-31");
}

/* Every day of four hundred years is its date, and the date is that day. */
static void test_days_round(void **state)
{
	int y = 0, m = 0, d = 0, before = 0;

	for (int32_t day = sk_day(1800, 1, 1); day <= sk_day(2200, 1, 1); day++) {
		sk_day_date(day, &y, &m, &d);
		assert_int_equal(sk_day(y, m, d), day);
		assert_true(y * 10000 + m * 100 + d > before);
		before = y * 10000 + m * 100 + d;
	}
}

static void test_find(void **state)
{
	struct sk_slice s = SK_SLICE_LIT("abcabc");

	assert_int_equal(sk_slice_find(s, 0, SK_SLICE_LIT("bc")), 1);
	assert_int_equal(sk_slice_find(s, 2, SK_SLICE_LIT("bc")), 4);
	assert_true(sk_slice_find(s, 7, SK_SLICE_LIT("bc")) == SIZE_MAX);
	assert_int_equal(sk_slice_rfind(s, 6, SK_SLICE_LIT("ab")), 3);
	assert_int_equal(sk_slice_rfind(s, 4, SK_SLICE_LIT("ab")), 0);
	assert_true(sk_slice_rfind(s, 6, SK_SLICE_LIT("x")) == SIZE_MAX);
}

static void test_buffer_ceiling(void **state)
{
	struct sk_buf b = SK_BUF(10);

	assert_int_equal(sk_buf_puts(&b, "123456789"), 0);
	assert_int_equal(sk_buf_putc(&b, '0'), 0);
	assert_int_equal(sk_buf_putc(&b, 'x'), SK_ELIMIT);
	assert_int_equal(b.len, 10);
	assert_int_equal(sk_buf_puts(&b, ""), SK_ELIMIT);
	sk_buf_reset(&b);
	assert_int_equal(sk_buf_printf(&b, "%d", 42), 0);
	assert_true(sk_slice_is(sk_buf_slice(&b), "42"));
	sk_buf_free(&b);
}

static void test_hex(void **state)
{
	static const uint8_t bytes[] = {0x00, 0x9a, 0xbf, 0xff};
	static const char *const wrong[] = {
	    "009abff", "009abffff", "009Abfff", "009abff ", "009abffg", ""};
	struct sk_buf b = SK_BUF(9);
	char text[9];
	uint8_t back[4] = {1, 2, 3, 4}, none;

	sk_hex_text(text, bytes, 4);
	assert_string_equal(text, "009abfff");
	sk_hex_text(text, bytes, 0);
	assert_string_equal(text, "");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_int_equal(sk_hex_parse(sk_slice_str(wrong[i]), back, 4), SK_EFORMAT);
	assert_memory_equal(back, "\1\2\3\4", 4);
	assert_int_equal(sk_hex_parse(SK_SLICE_LIT("009abfff"), back, 4), 0);
	assert_memory_equal(back, bytes, 4);
	assert_int_equal(sk_hex_parse(sk_slice("", 0), &none, 0), 0);
	assert_int_equal(sk_hex_write(sk_slice(bytes, 4), &b), 0);
	assert_true(sk_slice_is(sk_buf_slice(&b), "009abfff"));
	assert_int_not_equal(sk_hex_write(sk_slice(bytes, 1), &b), 0);
	sk_buf_free(&b);
}

static void test_buffer_printf_long(void **state)
{
	struct sk_buf b = SK_BUF(4096);

	assert_int_equal(sk_buf_printf(&b, "%0600d", 7), 0);
	assert_int_equal(b.len, 600);
	assert_int_equal(b.p[599], '7');
	sk_buf_free(&b);
}

static void test_arena(void **state)
{
	struct sk_arena *a = sk_arena_new(1 << 20);
	size_t cap = 0;
	int *v = NULL;

	for (size_t i = 0; i < 1000; i++) {
		v = sk_arena_grow(a, v, &cap, i + 1, sizeof(*v));
		v[i] = (int)i;
	}
	assert_int_equal(v[999], 999);
	assert_string_equal(sk_arena_printf(a, "%s-%d", "x", 3), "x-3");
	assert_null(sk_arena_alloc(a, 2 << 20));
	assert_true(sk_arena_failed(a));
	assert_null(sk_arena_array(a, SIZE_MAX / 2, 4));
	sk_arena_free(a);
}

/* At each change of length, and what is no character. */
static void test_utf8_encode(void **state)
{
	static const int32_t cps[] = {
	    0, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF};
	static const size_t lengths[] = {1, 1, 2, 2, 3, 3, 3, 3, 4, 4};
	uint8_t bytes[4];

	for (size_t i = 0; i < sizeof(cps) / sizeof(*cps); i++) {
		size_t pos = 0, n = sk_utf8_encode(bytes, (uint32_t)cps[i]);
		assert_int_equal(n, lengths[i]);
		assert_int_equal(sk_utf8_next(sk_slice(bytes, n), &pos), cps[i]);
	}
	assert_int_equal(sk_utf8_encode(bytes, 0xD800), 3);
	assert_memory_equal(bytes, "\xEF\xBF\xBD", 3);
	assert_int_equal(sk_utf8_encode(bytes, 0x110000), 3);
}

static void test_utf8(void **state)
{
	struct sk_buf b = SK_BUF(64);
	size_t pos = 0;
	char shown[8];

	sk_utf8_put(&b, 0x5E02);
	sk_utf8_put(&b, 0x1F600);
	assert_true(sk_utf8_valid(sk_buf_slice(&b)));
	assert_int_equal(sk_utf8_next(sk_buf_slice(&b), &pos), 0x5E02);
	assert_int_equal(sk_utf8_next(sk_buf_slice(&b), &pos), 0x1F600);
	assert_int_equal(sk_utf8_next(sk_buf_slice(&b), &pos), -2);
	assert_false(sk_utf8_valid(SK_SLICE_LIT("\xC0\x80")));
	assert_false(sk_utf8_valid(SK_SLICE_LIT("\xED\xA0\x80")));
	assert_false(sk_utf8_valid(SK_SLICE_LIT("\xF4\x90\x80\x80")));
	assert_false(sk_utf8_valid(SK_SLICE_LIT("\xE3\x81")));
	sk_utf8_display(shown, sizeof(shown), SK_SLICE_LIT("a\n\xE2\x80\xAE\xE5\xB8\x82zzzz"));
	assert_string_equal(shown, "a??\xE5\xB8\x82z");
	sk_buf_free(&b);
}

static void test_report_wire(void **state)
{
	static struct sk_report a, b;
	struct sk_buf wire = SK_BUF(SK_LIMIT_REPORT_BYTES);

	a = (struct sk_report){.type = SK_FT_DOCM, .out_type = SK_FT_DOCX};
	sk_report_claim(&a, SK_FT_DOCM, SK_CLAIM_STRUCTURE, 7, "main part");
	sk_report_removed(&a, SK_OOXML_MACRO, 1, "word/%s", "vbaProject.bin");
	sk_report_removed(&a, SK_OOXML_MACRO, 2, "other");
	assert_int_equal(sk_report_refuse(&a, SK_REASON_POLYGLOT, "two"), SK_EREFUSED);
	sk_report_refuse(&a, SK_REASON_EMPTY, "later ones do not replace the first");
	assert_int_equal(sk_report_encode(&a, &wire), 0);
	assert_int_equal(sk_report_decode(sk_buf_slice(&wire), &b), 0);
	assert_int_equal(b.type, SK_FT_DOCM);
	assert_int_equal(b.reason, SK_REASON_POLYGLOT);
	assert_int_equal(b.nclaims, 1);
	assert_int_equal(b.claims[0].offset, 7);
	assert_int_equal(sk_report_count(&b, SK_OOXML_MACRO), 3);
	assert_string_equal(b.removed[0].where, "word/vbaProject.bin");
	for (size_t n = 0; n < wire.len; n++)
		assert_int_equal(sk_report_decode(sk_slice(wire.p, n), &b), SK_EFORMAT);
	sk_buf_free(&wire);
}

/* What lies in members of members is counted at the top, with the number of levels between. */
static void test_report_inside(void **state)
{
	static struct sk_report top, zip, back;
	struct sk_buf wire = SK_BUF(SK_LIMIT_REPORT_BYTES);

	sk_report_clear(&top);
	sk_report_clear(&zip);
	zip.type = SK_FT_ZIP;
	sk_report_pages(&zip, 3);
	sk_report_holds(&zip, 1, SK_FT_PDF, SK_CODE_NONE);
	sk_report_holds(&zip, 1, SK_FT_UNKNOWN, SK_REASON_PASSWORD);
	sk_report_holds_file(&top, 1, &zip);
	sk_report_merge(&top, &zip, "a.zip");
	assert_int_equal(sk_report_encode(&top, &wire), 0);
	assert_int_equal(sk_report_decode(sk_buf_slice(&wire), &back), 0);
	assert_int_equal(back.inside.members, 3);
	assert_int_equal(back.inside.depth, 2);
	assert_int_equal(back.inside.pages, 3);
	assert_true(sk_report_locked(&back) && sk_report_shut(&back));
	assert_true(sk_report_holds_type(&back, SK_FT_ZIP));
	assert_true(sk_report_holds_type(&back, SK_FT_PDF));
	assert_false(sk_report_holds_type(&back, SK_FT_UNKNOWN));
	assert_false(sk_report_holds_type(&back, SK_FT_DOCX));
	sk_buf_free(&wire);
}

static void test_report_many_codes(void **state)
{
	static struct sk_report r, m;

	r = m = (struct sk_report){0};
	for (unsigned c = 1; c < SK_CODE_COUNT; c++)
		sk_report_removed(&m, (enum sk_code)c, UINT32_MAX, "p");
	sk_report_merge(&r, &m, "inner.zip");
	sk_report_merge(&r, &m, "again.zip");
	assert_int_equal(r.nremoved, SK_CODE_COUNT - 1);
	assert_true(r.removed[0].count == UINT32_MAX);
	assert_string_equal(r.removed[0].where, "inner.zip!p");
}

static void test_limits_grow_and_end(void **state)
{
	assert_int_equal(sk_limits_for(0).output, SK_LIMIT_OUTPUT_FLOOR);
	assert_true(sk_limits_for(1 << 20).output > sk_limits_for(0).output);
	assert_int_equal(sk_limits_for(SIZE_MAX).output, SK_LIMIT_OUTPUT);
	assert_int_equal(sk_limits_for(SIZE_MAX).time_ms, SK_LIMIT_TIME_MAX_MS);
	assert_true(sk_limits_for(0).time_ms > 0);
}

static void test_codes_unique(void **state)
{
	for (unsigned a = 1; a < SK_CODE_COUNT; a++)
		for (unsigned b = a + 1; b < SK_CODE_COUNT; b++)
			assert_string_not_equal(
			    sk_code_name((enum sk_code)a), sk_code_name((enum sk_code)b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_reader_fails_stickily),
	    cmocka_unit_test(test_find),
	    cmocka_unit_test(test_days),
	    cmocka_unit_test(test_days_round),
	    cmocka_unit_test(test_buffer_ceiling),
	    cmocka_unit_test(test_hex),
	    cmocka_unit_test(test_buffer_printf_long),
	    cmocka_unit_test(test_arena),
	    cmocka_unit_test(test_utf8_encode),
	    cmocka_unit_test(test_utf8),
	    cmocka_unit_test(test_report_wire),
	    cmocka_unit_test(test_report_inside),
	    cmocka_unit_test(test_report_many_codes),
	    cmocka_unit_test(test_limits_grow_and_end),
	    cmocka_unit_test(test_codes_unique),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
