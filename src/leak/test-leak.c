/* Tests of the leak check. The individual numbers are computed here or published test values; none is anybody's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "leak/fold.h"
#include "leak/leak.h"
#include "leak/number.h"

#define N12 "123456789018"  /* a published test value */
#define C13 "7000012050002" /* the National Tax Agency's */

static struct sk_arena *arena;
static const uint8_t key[SK_FIND_KEY] = {1, 2, 3};
static struct sk_leaks leaks;

static int setup(void **state)
{
	arena = sk_arena_new((size_t)512 << 20);
	return arena == NULL;
}

static int teardown(void **state)
{
	sk_arena_free(arena);
	return 0;
}

static void scan(const char *text)
{
	assert_int_equal(sk_leak_scan(arena, sk_slice_str(text), NULL, key, &leaks), 0);
}

static uint32_t all(enum sk_find_kind kind)
{
	return leaks.count[kind][0] + leaks.count[kind][1] + leaks.count[kind][2];
}

/* The text holds one finding of that kind and trust, and no other. */
static void one(const char *text, enum sk_find_kind kind, enum sk_find_trust trust)
{
	scan(text);
	if (leaks.n != 1 || leaks.v[0].kind != kind || leaks.v[0].trust != trust)
		fail_msg("%s: %zu found, the first of kind %d, trust %d", text, leaks.n,
		    leaks.n ? leaks.v[0].kind : -1, leaks.n ? leaks.v[0].trust : -1);
}

static void none(const char *text)
{
	scan(text);
	if (leaks.n != 0)
		fail_msg("%s: %zu found", text, leaks.n);
}

static void digits(const char *s, uint8_t *d)
{
	for (size_t i = 0; s[i]; i++)
		d[i] = (uint8_t)(s[i] - '0');
}

/* The eleven remainders, worked out by hand from the ordinance: remainder → check digit. */
static void test_mynumber_all_remainders(void **state)
{
	static const uint8_t want[11] = {0, 0, 9, 8, 7, 6, 5, 4, 3, 2, 1};
	bool seen[11] = {0};

	for (unsigned base = 1; base < 200; base++) {
		char text[16];
		uint8_t d[12];
		unsigned sum = 0;
		static const uint8_t weight[11] = {6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
		snprintf(text, sizeof(text), "%011u0", base * 7919);
		digits(text, d);
		for (unsigned i = 0; i < 11; i++)
			sum += d[i] * weight[i];
		seen[sum % 11] = true;
		for (uint8_t c = 0; c < 10; c++) {
			d[11] = c;
			assert_int_equal(sk_mynumber_valid(d), c == want[sum % 11]);
		}
	}
	for (unsigned i = 0; i < 11; i++)
		assert_true(seen[i]);
}

static void test_check_digits_published(void **state)
{
	uint8_t d[13];

	digits(N12, d);
	assert_true(sk_mynumber_valid(d));
	digits("000000000060", d); /* remainder 1 */
	assert_true(sk_mynumber_valid(d));
	digits("000000000140", d); /* remainder 0 */
	assert_true(sk_mynumber_valid(d));
	digits("000000000000", d);
	assert_false(sk_mynumber_valid(d));
	digits(C13, d);
	assert_true(sk_corporate_valid(d));
	digits("7123456789012", d);
	assert_true(sk_corporate_valid(d));
	digits("8123456789012", d);
	assert_false(sk_corporate_valid(d));
}

static void test_forms_of_one_number(void **state)
{
	one("x " N12 " y", SK_FIND_MYNUMBER, SK_TRUST_LIKELY);
	one("1234-5678-9018", SK_FIND_MYNUMBER, SK_TRUST_LIKELY);
	one("1234 5678 9018", SK_FIND_MYNUMBER, SK_TRUST_LIKELY);
	one("1234\xE3\x80\x80"
	    "5678\xE3\x80\x80"
	    "9018",
	    SK_FIND_MYNUMBER, SK_TRUST_LIKELY);
	one("１２３４５６７８９０１８", SK_FIND_MYNUMBER, SK_TRUST_LIKELY);
	one("１２３４ー５６７８ー９０１８", SK_FIND_MYNUMBER, SK_TRUST_LIKELY);
	one("1234‐5678‐9018", SK_FIND_MYNUMBER, SK_TRUST_LIKELY);
	one("123456-789018", SK_FIND_MYNUMBER, SK_TRUST_LIKELY);
	one("①②③④⑤⑥⑦⑧⑨⓪①⑧", SK_FIND_MYNUMBER, SK_TRUST_LIKELY);
	one("1\t2\t3\t4\t5\t6\t7\t8\t9\t0\t1\t8", SK_FIND_MYNUMBER, SK_TRUST_LIKELY);
	one("1\n2\n3\n4\n5\n6\n7\n8\n9\n0\n1\n8\n", SK_FIND_MYNUMBER, SK_TRUST_LIKELY);
	one("1234\t5678\t9018", SK_FIND_MYNUMBER, SK_TRUST_LIKELY);
	one("平成 12 1234 5678 9018 号", SK_FIND_MYNUMBER, SK_TRUST_LIKELY);
}

static void test_forms_that_are_none(void **state)
{
	none("123456789017");
	none("0" N12);
	none(N12 "0");
	none("1234 5678 9018 2222 3333");
	none("1234\n5678\n9018");
	none("1234  5678 9018");
	none("1234/5678/9018");
	none("1\t2\t3\t4\t5\t6\t7\t8\t9\t0\t1\t8\t3");
	none("000000000000");
}

static void test_words_beside(void **state)
{
	one("個人番号:" N12, SK_FIND_MYNUMBER, SK_TRUST_SURE);
	one("ﾏｲﾅﾝﾊﾞｰ " N12, SK_FIND_MYNUMBER, SK_TRUST_SURE);
	one("ＭＹ　ＮＵＭＢＥＲ " N12, SK_FIND_MYNUMBER, SK_TRUST_SURE);
	one(N12 "（個人番号）", SK_FIND_MYNUMBER, SK_TRUST_SURE);
	one("マイナンバー\n\n1234-5678-9018", SK_FIND_MYNUMBER, SK_TRUST_SURE);
	one("口座 " N12, SK_FIND_MYNUMBER, SK_TRUST_WEAK);
	one("TEL." N12, SK_FIND_MYNUMBER, SK_TRUST_WEAK);
	one("hotel " N12, SK_FIND_MYNUMBER, SK_TRUST_LIKELY);
	one("hotel, tel " N12, SK_FIND_MYNUMBER, SK_TRUST_WEAK);
	one("口座でなく個人番号 " N12, SK_FIND_MYNUMBER, SK_TRUST_SURE);
	one("0." N12, SK_FIND_MYNUMBER, SK_TRUST_WEAK);
	one("番号." N12, SK_FIND_MYNUMBER, SK_TRUST_LIKELY);
	one("99-" N12, SK_FIND_MYNUMBER, SK_TRUST_WEAK);
	one("法人番号 " C13, SK_FIND_CORPORATE, SK_TRUST_SURE);
	one("7-0000-1205-0002", SK_FIND_CORPORATE, SK_TRUST_LIKELY);
	one("7 0000 1205 0002", SK_FIND_CORPORATE, SK_TRUST_LIKELY);
	none("登録番号 T" C13);
	none("Ｔ-" C13);
	one("at " C13, SK_FIND_CORPORATE, SK_TRUST_LIKELY);
}

static void test_row_longer_than_one_needs_words(void **state)
{
	one("個人番号\t3\t1\t2\t3\t4\t5\t6\t7\t8\t9\t0\t1\t8", SK_FIND_MYNUMBER, SK_TRUST_LIKELY);
	assert_int_equal(leaks.v[0].cell, 2);
}

/* A minute written without separators, a code of goods: the check digit is right by chance. */
static void test_other_meanings(void **state)
{
	char text[16];
	unsigned weak = 0;

	for (unsigned minute = 0; minute < 60; minute++) {
		snprintf(text, sizeof(text), "2026112313%02u", minute);
		scan(text);
		weak += leaks.count[SK_FIND_MYNUMBER][SK_TRUST_WEAK];
		assert_int_equal(leaks.count[SK_FIND_MYNUMBER][SK_TRUST_LIKELY], 0);
	}
	assert_true(weak > 0);
}

static void test_places(void **state)
{
	one("一\n二\t三," N12, SK_FIND_MYNUMBER, SK_TRUST_LIKELY);
	assert_int_equal(leaks.v[0].line, 2);
	assert_int_equal(leaks.v[0].column, 5);
	assert_int_equal(leaks.v[0].cell, 2);
}

/* The same number has the same hash however it is written, another key another hash. */
static void test_hashes(void **state)
{
	static const uint8_t other[SK_FIND_KEY] = {9};
	uint8_t hash[32];

	scan("1234-5678-9018 と " N12);
	assert_int_equal(leaks.n, 2);
	assert_memory_equal(leaks.v[0].hash, leaks.v[1].hash, 32);
	memcpy(hash, leaks.v[0].hash, 32);
	assert_int_equal(sk_leak_scan(arena, SK_SLICE_LIT(N12), NULL, other, &leaks), 0);
	assert_memory_not_equal(leaks.v[0].hash, hash, 32);
}

/* Number i of a column: eleven digits and a check digit, right or off by some. */
static void row(struct sk_buf *b, unsigned i, unsigned off)
{
	uint8_t d[12];
	char text[16];

	snprintf(text, sizeof(text), "%011u0", 10000000U + i * 7919U);
	digits(text, d);
	while (!sk_mynumber_valid(d))
		d[11]++;
	sk_buf_printf(b, "%u\t%.11s%u\t氏名\n", i, text, (d[11] + off) % 10U);
}

static void test_column_of_right_numbers_is_sure(void **state)
{
	struct sk_buf b = SK_BUF(1 << 20);

	for (unsigned i = 0; i < 3; i++)
		row(&b, i, 0);
	assert_int_equal(sk_leak_scan(arena, sk_buf_slice(&b), NULL, key, &leaks), 0);
	assert_int_equal(leaks.count[SK_FIND_MYNUMBER][SK_TRUST_SURE], 3);
	sk_buf_free(&b);
}

static void test_column_of_mostly_wrong_numbers_is_chance(void **state)
{
	struct sk_buf b = SK_BUF(1 << 20);

	for (unsigned i = 0; i < 100; i++)
		row(&b, i, i % 10);
	assert_int_equal(sk_leak_scan(arena, sk_buf_slice(&b), NULL, key, &leaks), 0);
	assert_int_equal(leaks.count[SK_FIND_MYNUMBER][SK_TRUST_WEAK], 10);
	assert_int_equal(leaks.n, 10);
	sk_buf_free(&b);
}

static void test_head_of_column(void **state)
{
	scan("氏名,個人番号,電話\n職員1," N12 ",0312345678\n");
	assert_int_equal(leaks.count[SK_FIND_MYNUMBER][SK_TRUST_SURE], 1);
	/* an empty line ends the table */
	scan(
	    "個人番号\n" N12
	    "\n\n本文の文章がここから長く続き、そのあとに番号らしいものが出てくるが、それは表の外にあるので"
	    "見出しの言葉とは関係がないものとして扱われるべきである。そのために十分に長い文を書いておく。\n" N12
	    "\n");
	assert_int_equal(leaks.n, 2);
	assert_int_equal(leaks.v[0].trust, SK_TRUST_SURE);
	assert_int_equal(leaks.v[1].trust, SK_TRUST_LIKELY);
}

/* A sheet took the zeros in front away; only under its head such a number is one. */
static void test_zeros_in_front(void **state)
{
	none("67890123\t12345678");
	scan("個人番号\n60\n");
	assert_int_equal(leaks.n, 0);
	struct sk_buf b = SK_BUF(1 << 12);
	uint8_t d[12];
	digits("001000000000", d);
	while (!sk_mynumber_valid(d))
		d[11]++;
	sk_buf_printf(&b, "個人番号\n100000000%u\n", d[11]);
	assert_int_equal(sk_leak_scan(arena, sk_buf_slice(&b), NULL, key, &leaks), 0);
	assert_int_equal(leaks.n, 1);
	assert_int_equal(leaks.v[0].trust, SK_TRUST_LIKELY);
	sk_buf_free(&b);
	none("見出し\n1000000009\n");
}

static void test_many_are_counted(void **state)
{
	struct sk_buf b = SK_BUF(1 << 20);

	for (unsigned i = 0; i < SK_LIMIT_FINDINGS + 5; i++)
		sk_buf_puts(&b, N12 "\n");
	assert_int_equal(sk_leak_scan(arena, sk_buf_slice(&b), NULL, key, &leaks), 0);
	assert_int_equal(leaks.n, SK_LIMIT_FINDINGS);
	assert_int_equal(all(SK_FIND_MYNUMBER), SK_LIMIT_FINDINGS + 5);
	sk_buf_free(&b);
}

static const struct sk_words *list(const char *text)
{
	const struct sk_words *words = NULL;
	uint32_t line;

	assert_int_equal(sk_words_load(arena, sk_slice_str(text), &words, &line), 0);
	return words;
}

static uint32_t hits(const struct sk_words *words, const char *text)
{
	assert_int_equal(sk_leak_scan(arena, sk_slice_str(text), words, key, &leaks), 0);
	return all(SK_FIND_WORD);
}

static void test_words(void **state)
{
	const struct sk_words *w = list("# 例\n取扱注意\nnda\n  生活保護 \r\n生活\n");

	assert_int_equal(hits(w, "この文書は取扱注意です。"), 1);
	assert_int_equal(leaks.v[0].column, 6);
	assert_int_equal(leaks.v[0].word, 0);
	assert_int_equal(hits(w, "ＮＤＡ、nda; NDA"), 3);
	assert_int_equal(hits(w, "agenda ndas xnda"), 0);
	assert_int_equal(hits(w, "生活保護"), 2);
	assert_int_equal(hits(w, "例"), 0);
	assert_int_equal(hits(w, "取扱注"), 0);
	assert_int_equal(hits(w, "注意取扱注意"), 1);
}

static void test_patterns(void **state)
{
	const struct sk_words *w = list("\\a\\a\\s\\d\\d\\d\\d\n職員番号\\s\\d\\d\nc:\\\\x\n");

	assert_int_equal(hits(w, "AB1234 ab-1234 AB 1234 AB  1234 A1234 AB12345"), 3);
	assert_int_equal(hits(w, "職員番号１２"), 1);
	assert_int_equal(hits(w, "職員番号－１２ ｃ：＼ｘ"), 2);
}

static void test_bad_words(void **state)
{
	static const char *const bad[] = {
	    "ok\n\\q\n", "ok\n\\d\\d\n", "ok\n\\sx\n", "ok\nx\\s\n", "ok\nx\\"};
	const struct sk_words *words = NULL;
	uint32_t line;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(
		    sk_words_load(arena, sk_slice_str(bad[i]), &words, &line), SK_EFORMAT);
		assert_int_equal(line, 2);
	}
	assert_int_equal(sk_words_load(arena, sk_slice("\xFF", 1), &words, &line), SK_EFORMAT);
	assert_null(words);
}

static void test_limits_of_words(void **state)
{
	struct sk_buf b = SK_BUF(1 << 24);
	const struct sk_words *words = NULL;
	uint32_t line;

	sk_buf_fill(&b, 'x', SK_LIMIT_WORD);
	assert_int_equal(sk_words_load(arena, sk_buf_slice(&b), &words, &line), 0);
	sk_buf_putc(&b, 'x');
	assert_int_equal(sk_words_load(arena, sk_buf_slice(&b), &words, &line), SK_EFORMAT);
	sk_buf_reset(&b);
	for (unsigned i = 0; i < SK_LIMIT_WORDS; i++)
		sk_buf_printf(&b, "w%u\n", i);
	assert_int_equal(sk_words_load(arena, sk_buf_slice(&b), &words, &line), 0);
	sk_buf_puts(&b, "more\n");
	assert_int_equal(sk_words_load(arena, sk_buf_slice(&b), &words, &line), SK_ELIMIT);
	sk_buf_free(&b);
}

static void test_folding(void **state)
{
	struct sk_slice s = sk_slice_str("Ａｶﾞﾊﾟｳﾞ　ﾞ");
	static const int32_t want[] = {'a', 0x30AC, 0x30D1, 0x30F4, ' ', 0xFF9E, -2};
	size_t pos = 0;

	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++)
		assert_int_equal(sk_fold_next(s, &pos), want[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	    T(test_mynumber_all_remainders), T(test_check_digits_published),
	    T(test_forms_of_one_number), T(test_forms_that_are_none), T(test_words_beside),
	    T(test_row_longer_than_one_needs_words), T(test_other_meanings), T(test_places),
	    T(test_hashes), T(test_column_of_right_numbers_is_sure),
	    T(test_column_of_mostly_wrong_numbers_is_chance), T(test_head_of_column),
	    T(test_zeros_in_front), T(test_many_are_counted), T(test_words), T(test_patterns),
	    T(test_bad_words), T(test_limits_of_words), T(test_folding)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
