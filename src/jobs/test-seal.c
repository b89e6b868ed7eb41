/* Tests of sealed passwords: they open for their key and their transfer, and for no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/err.h"
#include "jobs/seal.h"

#define A "00112233445566778899aabbccddeeff"
#define B "00112233445566778899aabbccddeef0"

static struct sk_seal_pair ours, theirs;

static int setup(void **state)
{
	return sk_seal_pair_new(&ours) || sk_seal_pair_new(&theirs);
}

static void test_opens(void **state)
{
	struct sk_work_sealed box;
	struct sk_passwords p = {0};

	assert_int_equal(sk_seal(ours.public, A, SK_SLICE_LIT("開けごま"), &box), 0);
	assert_int_equal(sk_unseal(&ours, A, &box, &p), 0);
	assert_int_equal(p.n, 1);
	assert_string_equal(sk_password(&p, 0), "開けごま");
}

static void refused(
    const struct sk_seal_pair *pair, const char *transfer, const struct sk_work_sealed *box)
{
	struct sk_passwords p = {0};

	assert_int_equal(sk_unseal(pair, transfer, box, &p), SK_EREFUSED);
	assert_int_equal(p.n, 0);
}

static void test_opens_for_nobody_else(void **state)
{
	struct sk_work_sealed box, bad;

	assert_int_equal(sk_seal(ours.public, A, SK_SLICE_LIT("x"), &box), 0);
	refused(&theirs, A, &box);
	refused(&ours, B, &box);
	refused(&ours, "", &box);
	for (uint16_t n = 0; n < box.n; n++) {
		bad = box;
		bad.b[n] ^= 1;
		refused(&ours, A, &bad);
		bad = box;
		bad.n = n;
		refused(&ours, A, &bad);
	}
}

/* All passwords up to a length give boxes of one length. */
static void test_length(void **state)
{
	struct sk_work_sealed one, two;
	static uint8_t text[SK_SEAL_TEXT + 1];
	struct sk_passwords p = {0};

	memset(text, 'p', sizeof(text));
	assert_int_equal(sk_seal(ours.public, A, sk_slice(text, 1), &one), 0);
	assert_int_equal(sk_seal(ours.public, A, sk_slice(text, 64), &two), 0);
	assert_int_equal(one.n, two.n);
	assert_int_equal(sk_seal(ours.public, A, sk_slice(text, SK_SEAL_TEXT), &two), 0);
	assert_int_equal(sk_unseal(&ours, A, &two, &p), 0);
	assert_int_equal(strlen(sk_password(&p, 0)), SK_SEAL_TEXT);
}

static void test_what_is_no_password(void **state)
{
	static const uint8_t text[SK_SEAL_TEXT + 1] = {'a'};
	struct sk_work_sealed box;

	assert_int_equal(sk_seal(ours.public, A, sk_slice("", 0), &box), SK_EFORMAT);
	assert_int_equal(sk_seal(ours.public, A, sk_slice("a\0b", 3), &box), SK_EFORMAT);
	assert_int_equal(sk_seal(ours.public, A, sk_slice("\xFF", 1), &box), SK_EFORMAT);
	assert_int_equal(sk_seal(ours.public, A, sk_slice(text, sizeof(text)), &box), SK_ELIMIT);
	assert_int_equal(sk_seal(ours.public, "a", SK_SLICE_LIT("x"), &box), SK_EARG);
}

static void test_keys(void **state)
{
	struct sk_buf text = SK_BUF(100);
	struct sk_seal_pair back;
	uint8_t key[SK_SEAL_KEY];

	assert_int_equal(sk_seal_key_write(ours.secret, &text), 0);
	assert_int_equal(sk_seal_key_read(sk_buf_slice(&text), key), 0);
	assert_int_equal(sk_seal_pair_of(key, &back), 0);
	assert_memory_equal(back.public, ours.public, SK_SEAL_KEY);
	assert_int_equal(sk_seal_key_read(sk_slice(text.p, 64), key), 0);
	assert_int_equal(sk_seal_key_read(sk_slice(text.p, 63), key), SK_EFORMAT);
	sk_buf_putc(&text, '\n');
	assert_int_equal(sk_seal_key_read(sk_buf_slice(&text), key), SK_EFORMAT);
	text.p[3] = 'x';
	assert_int_equal(sk_seal_key_read(sk_slice(text.p, 64), key), SK_EFORMAT);
	sk_buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_opens),
	    cmocka_unit_test(test_opens_for_nobody_else), cmocka_unit_test(test_length),
	    cmocka_unit_test(test_what_is_no_password), cmocka_unit_test(test_keys)};

	return cmocka_run_group_tests(tests, setup, NULL);
}
