/* Keys from passwords against published values, bounds, and what must not be taken for protected. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "container/crypt.h"
#include "format/locked/rc4.h"

struct fixture {
	struct sk_report report;
	struct sk_limits limits;
	struct sk_budget budget;
	struct sk_passwords passwords;
	struct sk_job job;
};

static int setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){.limits = sk_limits_for(1000)};
	f.budget = (struct sk_budget){
	    .expand = 1 << 20, .members = 10, .rounds = SK_LIMIT_KEY_ROUNDS_TOTAL};
	f.job = (struct sk_job){.arena = sk_arena_new((size_t)64 << 20),
	    .report = &f.report,
	    .limits = &f.limits,
	    .budget = &f.budget,
	    .passwords = &f.passwords,
	    .name = ""};
	*state = &f;
	return f.job.arena ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	sk_arena_free(f->job.arena);
	return 0;
}

/* The 40-bit scheme, with values that are published for "password1". */
static void test_rc4(void **state)
{
	struct fixture *f = *state;
	static const uint8_t header[] =
	    "\1\0\1\0"
	    "\xe8\x77\x2c\x1d\x91\xc5\x6a\x37\x96\x47\x61\xb2\x80\x18\x32\x17"
	    "\xc9\xe9\x97\xd4\x54\x97\x3d\x31\x0b\xb1\xba\x70\x14\x26\x83\x7e"
	    "\xb1\xde\x17\x8f\x07\xe9\x89\xc4\x4d\xae\x5e\x4c\xf9\x6a\xc4\x07";
	struct sk_rc4 k;

	assert_int_equal(sk_rc4_read(&f->job, sk_slice(header, 52), &k), 0);
	assert_int_equal(sk_rc4_try(&f->job, &k, "password1"), 0);
	assert_int_equal(sk_rc4_try(&f->job, &k, "password2"), SK_EREFUSED);
	assert_int_equal(sk_rc4_read(&f->job, sk_slice(header, 51), &k), SK_EFORMAT);
}

static void test_unknown_versions(void **state)
{
	struct fixture *f = *state;
	struct sk_rc4 k;

	assert_int_equal(sk_rc4_read(&f->job, SK_SLICE_LIT("\1\0\2\0"), &k), SK_EREFUSED);
	assert_int_equal(f->report.reason, SK_REASON_ENCRYPTED);
	assert_int_equal(sk_rc4_read(&f->job, SK_SLICE_LIT("\1\0\1"), &k), SK_EFORMAT);
	assert_int_equal(sk_rc4_read(&f->job, SK_SLICE_LIT("\4\0\2\0\0\0"), &k), SK_EFORMAT);
}

/* Keys and verifiers as Excel writes them for these passwords. */
static void test_xor(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *password;
		uint16_t key, verifier;
	} rows[] = {{"abc", 0x514A, 0xCC1A}, {"123456789012345", 0x8265, 0x9EB1}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sk_xor x = {.key = rows[i].key, .verifier = rows[i].verifier};
		assert_int_equal(sk_xor_try(&f->job, &x, rows[i].password), 0);
		assert_int_equal(sk_xor_try(&f->job, &x, "abd"), SK_EREFUSED);
	}
	/* What is longer than fifteen bytes is cut. */
	struct sk_xor x = {.key = rows[1].key, .verifier = rows[1].verifier};
	assert_int_equal(sk_xor_try(&f->job, &x, "1234567890123456"), 0);
}

/* A position in the stream counts, however it is reached. */
static void test_stream(void **state)
{
	struct sk_rc4 k = {.api = true, .key_bytes = 16};
	struct sk_rc4_stream s;
	uint8_t whole[300] = {0}, parts[300] = {0};

	sk_rc4_begin(&s, &k, 100, 0);
	sk_rc4_next(&s, whole, sizeof(whole));
	sk_rc4_begin(&s, &k, 100, 0);
	sk_rc4_next(&s, parts, 7);
	sk_rc4_next(&s, NULL, 193);
	memset(parts + 7, 0, 193);
	sk_rc4_next(&s, parts + 200, 100);
	assert_memory_equal(whole, parts, 7);
	assert_memory_equal(whole + 200, parts + 200, 100);
	sk_rc4_begin(&s, &k, 100, 2);
	memset(parts, 0, 100);
	sk_rc4_next(&s, parts, 100);
	assert_memory_equal(whole + 200, parts, 100);
}

static void test_forms(void **state)
{
	struct fixture *f = *state;
	struct sk_slice v[SK_PASSWORD_FORMS], wide;

	assert_int_equal(sk_password_bytes(f->job.arena, "plain", v), 1);
	assert_int_equal(sk_password_bytes(f->job.arena, "\xE8\xA1\xA8", v), 2); /* 表 */
	assert_true(sk_slice_is(v[0], "\xE8\xA1\xA8"));
	assert_true(sk_slice_is(v[1], "\x95\x5C"));
	assert_int_equal(sk_password_bytes(f->job.arena, "\x95\x5C", v), 2);
	assert_true(sk_slice_is(v[1], "\xE8\xA1\xA8"));
	assert_int_equal(sk_password_bytes(f->job.arena, "caf\xC3\xA9", v), 2);
	assert_true(sk_slice_is(v[1], "caf\xE9"));
	assert_int_equal(sk_password_utf16(f->job.arena, "\x95\x5C", &wide), 0);
	assert_true(sk_slice_eq(wide, SK_SLICE_LIT("\x68\x88")));
	assert_int_equal(sk_password_utf16(f->job.arena, "\xF0\xA0\xAE\x9F", &wide), 0); /* 𠮟 */
	assert_true(sk_slice_eq(wide, SK_SLICE_LIT("\x42\xD8\x9F\xDF")));
	assert_int_equal(sk_password_utf16(f->job.arena, "\xFF\xFF", &wide), SK_EFORMAT);
}

static void test_list(void **state)
{
	static struct sk_passwords p;
	char longest[SK_LIMIT_PASSWORD + 2] = "";

	memset(longest, 'x', SK_LIMIT_PASSWORD + 1);
	sk_passwords_wipe(&p);
	assert_true(sk_passwords_valid(&p));
	assert_int_equal(sk_passwords_add(&p, sk_slice(longest, SK_LIMIT_PASSWORD + 1)), SK_ELIMIT);
	assert_int_equal(sk_passwords_add(&p, sk_slice(longest, SK_LIMIT_PASSWORD)), 0);
	assert_int_equal(sk_passwords_add(&p, sk_slice("", 0)), SK_EFORMAT);
	assert_int_equal(sk_passwords_add(&p, sk_slice("a\0b", 3)), SK_EFORMAT);
	for (unsigned i = 0; i < SK_LIMIT_PASSWORDS - 1; i++) {
		const char c = (char)('A' + i);
		assert_int_equal(sk_passwords_add(&p, sk_slice(&c, 1)), 0);
	}
	assert_int_equal(sk_passwords_add(&p, SK_SLICE_LIT("A")), 0); /* is there */
	assert_int_equal(sk_passwords_add(&p, SK_SLICE_LIT("one more")), SK_ELIMIT);
	assert_int_equal(p.n, SK_LIMIT_PASSWORDS);
	assert_true(sk_passwords_valid(&p));
	p.at[3]++;
	assert_false(sk_passwords_valid(&p));
	p.at[3]--;
	p.n = SK_LIMIT_PASSWORDS + 1;
	assert_false(sk_passwords_valid(&p));
}

static int fits_two(struct sk_job *job, void *ctx, const char *password)
{
	return strcmp(password, "two") == 0 ? 0 : SK_EREFUSED;
}

static void test_order_and_reasons(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(sk_locked_try(&f->job, true, fits_two, NULL), SK_EREFUSED);
	assert_int_equal(f->report.reason, SK_REASON_ENCRYPTED);
	f->report.reason = SK_CODE_NONE;
	sk_passwords_add(&f->passwords, SK_SLICE_LIT("one"));
	assert_int_equal(sk_locked_try(&f->job, true, fits_two, NULL), SK_EREFUSED);
	assert_int_equal(f->report.reason, SK_REASON_PASSWORD);
	f->report.reason = SK_CODE_NONE;
	sk_passwords_add(&f->passwords, SK_SLICE_LIT("two"));
	assert_int_equal(sk_locked_try(&f->job, true, fits_two, NULL), 0);
	assert_int_equal(f->report.opened, 2);
	assert_int_equal(sk_report_count(&f->report, SK_GENERIC_ENCRYPTION), 1);
}

static void test_rounds(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(sk_job_rounds(&f->job, SK_LIMIT_KEY_ROUNDS), 0);
	assert_int_equal(sk_job_rounds(&f->job, SK_LIMIT_KEY_ROUNDS + 1), SK_EREFUSED);
	assert_int_equal(f->report.reason, SK_REASON_LIMIT_KEY);
	f->report.reason = SK_CODE_NONE;
	f->budget.rounds = 10;
	assert_int_equal(sk_job_rounds(&f->job, 10), 0);
	assert_int_equal(sk_job_rounds(&f->job, 1), SK_EREFUSED);
	assert_int_equal(f->report.reason, SK_REASON_LIMIT_KEY);
}

/* Nothing here is protected, or not readable: it goes on as it is. */
static void test_others_stay(void **state)
{
	struct fixture *f = *state;
	static const enum sk_filetype types[] = {
	    SK_FT_DOC, SK_FT_XLS, SK_FT_PPT, SK_FT_ODT, SK_FT_PDF, SK_FT_ZIP};
	struct sk_slice in = SK_SLICE_LIT("no container"), plain;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		assert_int_equal(sk_locked_open(&f->job, types[i], in, &plain), 0);
		assert_ptr_equal(plain.p, in.p);
	}
	assert_int_equal(sk_locked_open(&f->job, SK_FT_OFFICE_ENCRYPTED, in, &plain), SK_EFORMAT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_rc4),
	    TEST(test_unknown_versions),
	    TEST(test_xor),
	    TEST(test_stream),
	    TEST(test_forms),
	    TEST(test_list),
	    TEST(test_order_and_reasons),
	    TEST(test_rounds),
	    TEST(test_others_stay),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
