/* Tests of what gate and scribe say to each other: it comes back as it went, and nothing else is taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/err.h"
#include "record/record.h"

static struct sk_buf b = SK_BUF(65536);

static int setup(void **state)
{
	sk_buf_reset(&b);
	return 0;
}

static int teardown_all(void **state)
{
	sk_buf_free(&b);
	return 0;
}

static struct sk_leaf entry(const char *kind, const char *file)
{
	struct sk_leaf e = {0};

	e.field[SK_ENTRY_KIND] = sk_slice_str(kind);
	e.field[SK_ENTRY_PERSONAL_FILE] = sk_slice_str(file);
	return e;
}

static void test_entries(void **state)
{
	static struct sk_record_entries got;
	const struct sk_leaf v[2] = {
	    entry("transfer.received", "予定表.xlsx"), entry("transfer.cleaned", "")};

	assert_int_equal(sk_record_put_entries(v, 2, &b), 0);
	assert_int_equal(sk_record_get_entries(sk_buf_slice(&b), &got), 0);
	assert_int_equal(got.n, 2);
	assert_true(sk_slice_is(got.v[0].field[SK_ENTRY_KIND], "transfer.received"));
	assert_true(sk_slice_is(got.v[0].field[SK_ENTRY_PERSONAL_FILE], "予定表.xlsx"));
	assert_non_null(got.v[1].field[SK_ENTRY_PERSONAL_FILE].p);
	assert_null(got.v[1].field[SK_ENTRY_ROUTE].p);
	for (size_t n = 0; n < b.len; n++)
		assert_int_equal(sk_record_get_entries(sk_slice(b.p, n), &got), SK_EFORMAT);
	sk_buf_putc(&b, 0);
	assert_int_equal(sk_record_get_entries(sk_buf_slice(&b), &got), SK_EFORMAT);
}

static void test_entries_with_nonsense(void **state)
{
	static struct sk_record_entries got;
	static const uint8_t none[] = {0, 0}, many[] = {1, 1}, unknown[] = {1, 0, 1, 200, 0, 0},
			     twice[] = {1, 0, 2, 3, 0, 0, 3, 0, 0},
			     back[] = {1, 0, 2, 3, 0, 0, 2, 0, 0};

	assert_int_equal(sk_record_get_entries(sk_slice(none, 2), &got), SK_EFORMAT);
	assert_int_equal(sk_record_get_entries(sk_slice(many, 2), &got), SK_EFORMAT);
	assert_int_equal(sk_record_get_entries(sk_slice(unknown, 6), &got), SK_EFORMAT);
	assert_int_equal(sk_record_get_entries(sk_slice(twice, 9), &got), SK_EFORMAT);
	assert_int_equal(sk_record_get_entries(sk_slice(back, 9), &got), SK_EFORMAT);
	assert_int_equal(sk_record_put_entries(NULL, 0, &b), SK_ELIMIT);
	assert_int_equal(sk_record_put_entries(NULL, SK_RECORD_BATCH + 1, &b), SK_ELIMIT);
}

static void test_too_much_for_one_message(void **state)
{
	static char name[4000];
	struct sk_leaf v[20];

	memset(name, 'x', sizeof(name) - 1);
	for (int i = 0; i < 20; i++)
		v[i] = entry("k", name);
	assert_int_not_equal(sk_record_put_entries(v, 20, &b), 0);
}

static void test_appended(void **state)
{
	static struct sk_record_appended a = {0, 2, {5, 1ULL << 39}}, got;

	assert_int_equal(sk_record_put_appended(&a, &b), 0);
	assert_int_equal(sk_record_get_appended(sk_buf_slice(&b), &got), 0);
	assert_memory_equal(&a, &got, sizeof(a));
	for (size_t n = 0; n < b.len; n++)
		assert_int_equal(sk_record_get_appended(sk_slice(b.p, n), &got), SK_EFORMAT);
	sk_buf_reset(&b);
	a = (struct sk_record_appended){.status = SK_EREFUSED};
	assert_int_equal(sk_record_put_appended(&a, &b), 0);
	assert_int_equal(sk_record_get_appended(sk_buf_slice(&b), &got), 0);
	/* done, and nothing done; failed, and done */
	assert_int_equal(sk_record_get_appended(sk_slice("\0\0\0\0\0\0", 6), &got), SK_EFORMAT);
	assert_int_equal(sk_record_get_appended(sk_slice("\1\0\0\0\0\0", 6), &got), SK_EFORMAT);
}

static void test_the_others(void **state)
{
	struct sk_record_ask ask = {1ULL << 38, SK_ENTRY_FIELDS, 1, 15, 409}, ask2;
	struct sk_record_done done = {SK_EIO, 409}, done2;
	struct sk_record_state st = {SK_LEDGER_ALONE, 77, {{1, 2}}}, st2;

	assert_int_equal(sk_record_put_ask(&ask, &b), 0);
	assert_int_equal(b.len, SK_RECORD_ASK_BYTES);
	assert_int_equal(sk_record_get_ask(sk_buf_slice(&b), &ask2), 0);
	assert_int_equal(ask2.http, 409);
	b.p[8] = SK_ENTRY_FIELDS + 1;
	assert_int_equal(sk_record_get_ask(sk_buf_slice(&b), &ask2), SK_EFORMAT);
	sk_buf_reset(&b);
	assert_int_equal(sk_record_put_done(&done, &b), 0);
	assert_int_equal(b.len, SK_RECORD_DONE_BYTES);
	assert_int_equal(sk_record_get_done(sk_buf_slice(&b), &done2), 0);
	assert_int_equal(done2.status, SK_EIO);
	assert_int_equal(sk_record_get_done(sk_slice(b.p, 7), &done2), SK_EFORMAT);
	sk_buf_reset(&b);
	assert_int_equal(sk_record_put_state(&st, &b), 0);
	assert_int_equal(b.len, SK_RECORD_STATE_BYTES);
	assert_int_equal(sk_record_get_state(sk_buf_slice(&b), &st2), 0);
	assert_int_equal(st2.root.b[1], 2);
	b.p[0] = SK_LEDGER_READS + 1;
	assert_int_equal(sk_record_get_state(sk_buf_slice(&b), &st2), SK_EFORMAT);
}

static void test_finds(void **state)
{
	struct sk_record_find f = {.first = 1,
				  .before = 9,
				  .until = UINT64_MAX,
				  .look = 1,
				  .most = SK_RECORD_FINDS,
				  .form = SK_RECORD_RECEIPTS,
				  .openings = 1,
				  .kind = SK_SLICE_LIT("transfer")},
			      got;

	assert_int_equal(sk_record_put_find(&f, &b), 0);
	assert_in_range(b.len, SK_RECORD_FIND_LEAST, SK_RECORD_FIND_BYTES);
	assert_int_equal(sk_record_get_find(sk_buf_slice(&b), &got), 0);
	assert_true(sk_slice_is(got.kind, "transfer") && got.member.n == 0);
	assert_int_equal(got.before, 9);
	for (size_t n = 0; n < b.len; n++)
		assert_int_equal(sk_record_get_find(sk_slice(b.p, n), &got), SK_EFORMAT);
	for (int i = 0; i < 4; i++) { /* one below, one above what may be said */
		struct sk_record_find bad = f;
		bad.most = i == 0 ? 0 : i == 1 ? SK_RECORD_FINDS + 1 : 1;
		bad.look = i == 2 ? 0 : i == 3 ? SK_RECORD_LOOKS + 1 : 1;
		sk_buf_reset(&b);
		assert_int_equal(sk_record_put_find(&bad, &b), 0);
		assert_int_equal(sk_record_get_find(sk_buf_slice(&b), &got), SK_EFORMAT);
	}
}

static void test_rows(void **state)
{
	struct sk_record_row row = {.index = 7, .text = SK_SLICE_LIT("entry")}, got;
	size_t at = 0;

	row.opened[SK_ENTRY_PERSONAL_FILE] = SK_SLICE_LIT("予定表.xlsx");
	assert_int_equal(sk_record_put_row(&row, &b), 0);
	size_t one = b.len;
	assert_int_equal(sk_record_put_row(&row, &b), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(sk_record_get_row(sk_buf_slice(&b), &at, &got), 0);
		assert_true(got.index == 7 && sk_slice_is(got.text, "entry"));
		assert_true(sk_slice_is(got.opened[SK_ENTRY_PERSONAL_FILE], "予定表.xlsx"));
		assert_null(got.opened[SK_ENTRY_PERSONAL_ACTOR].p);
	}
	assert_int_equal(sk_record_get_row(sk_buf_slice(&b), &at, &got), SK_ENOENTRY);
	for (size_t n = 1; n < one; n++) {
		at = 0;
		assert_int_equal(sk_record_get_row(sk_slice(b.p, n), &at, &got), SK_EFORMAT);
	}
	b.p[one - row.opened[SK_ENTRY_PERSONAL_FILE].n - 3] = SK_ENTRY_KIND; /* stands in clear */
	at = 0;
	assert_int_equal(sk_record_get_row(sk_buf_slice(&b), &at, &got), SK_EFORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup(f, setup)
	    T(test_entries), T(test_entries_with_nonsense), T(test_too_much_for_one_message),
	    T(test_appended), T(test_the_others), T(test_finds), T(test_rows)};

	return cmocka_run_group_tests(tests, NULL, teardown_all);
}
