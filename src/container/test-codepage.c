#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "container/codepage.h"

static void reads(unsigned number, struct sk_slice in, const char *text, uint32_t bad)
{
	struct sk_buf out = SK_BUF(1000);
	uint32_t n = 0;

	assert_int_equal(sk_codepage_to_utf8(number, in, &out, &n), 0);
	sk_buf_putc(&out, 0);
	assert_string_equal((const char *)out.p, text);
	assert_int_equal(n, bad);
	sk_buf_free(&out);
}

#define READS(number, bytes, text, bad) reads(number, SK_SLICE_LIT(bytes), text, bad)

static void test_one_byte(void **state)
{
	READS(1252, "a\x80\xE9\x81", "a€é\uFFFD", 1);
	READS(437, "\x80\xE1", "Çß", 0);
	READS(20866, "\xF0\xD2", "Пр", 0);
	READS(28605, "\xA4", "€", 0);
	READS(10000, "\x8E", "é", 0);
}

static void test_two_bytes(void **state)
{
	READS(932, "\x95\x5C a\xB1\xF0\x40\x87\x40", "表 aｱ\uE000①", 0);
	READS(932, "\x81\x22\x95", "\uFFFD\"\uFFFD", 2);
	READS(936, "\xC4\xE3", "你", 0);
	READS(949, "\xB0\xA1", "가", 0);
	READS(950, "\xA7\x41", "你", 0);
	READS(949, "\xFF\xFF\x80", "\uFFFD\uFFFD", 2);
}

static void test_unknown(void **state)
{
	struct sk_buf out = SK_BUF(10);
	uint32_t bad = 0;

	assert_int_equal(sk_codepage_to_utf8(1, SK_SLICE_LIT("a"), &out, &bad), SK_EUNSUPPORTED);
	assert_false(sk_codepage_known(1));
	assert_true(sk_codepage_known(950) && sk_codepage_known(1258));
	sk_buf_free(&out);
}

static void test_to_932(void **state)
{
	struct sk_buf out = SK_BUF(100);

	assert_int_equal(sk_codepage_to_932(sk_slice_str("𠮷"), &out), SK_EFORMAT);
	sk_buf_reset(&out);
	/* Of several places for a sign: JIS before NEC before IBM, and IBM's own before NEC's selection of it. */
	assert_int_equal(sk_codepage_to_932(sk_slice_str("aｱ表①∵Ⅰ髙～"), &out), 0);
	assert_memory_equal(
	    out.p, "a\xB1\x95\x5C\x87\x40\x81\xE6\x87\x54\xFB\xFC\x81\x60", out.len);
	sk_buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_one_byte),
	    cmocka_unit_test(test_two_bytes),
	    cmocka_unit_test(test_unknown),
	    cmocka_unit_test(test_to_932),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
