/* base64 in its one form: what stands for bytes, and all that looks like it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "verify/base64.h"

static int decode(const char *text, struct sk_slice want)
{
	struct sk_check c = {.arena = sk_arena_new(1 << 16)};
	struct sk_slice out;
	int rc = sk_vb_text(&c, sk_slice_str(text), 0, &out);

	if (rc == 0)
		assert_true(sk_slice_eq(out, want));
	sk_arena_free(c.arena);
	return rc;
}

static void test_right(void **state)
{
	assert_int_equal(decode("YQ==", SK_SLICE_LIT("a")), 0);
	assert_int_equal(decode("YWI=", SK_SLICE_LIT("ab")), 0);
	assert_int_equal(decode("YWJj", SK_SLICE_LIT("abc")), 0);
	assert_int_equal(decode("+/+/AA==", SK_SLICE_LIT("\xFB\xFF\xBF\0")), 0);
}

static void test_wrong(void **state)
{
	static const char *const wrong[] = {"", "Y", "YQ", "YQ=", "=",
	    "====", "Y===", "YQ==YQ==", "YR==", "YWJ=", "YQ=a", "Y=Q=", "YW I", "YWI\n", "YW-_",
	    "YWJjYQ=", "\xE3\x81\x82="};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (decode(wrong[i], SK_SLICE_LIT("")) != SK_EFORMAT)
			fail_msg("passed: %s", wrong[i]);
}

/* Padding in a line that is not the last one of all. */
static void test_groups(void **state)
{
	uint8_t to[8];
	size_t n = 0, bad;

	assert_true(sk_vb_groups(SK_SLICE_LIT("YWJj"), false, to, &n, &bad));
	assert_false(sk_vb_groups(SK_SLICE_LIT("YWJjYQ=="), false, to, &n, &bad));
	assert_int_equal(bad, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_right),
	    cmocka_unit_test(test_wrong),
	    cmocka_unit_test(test_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
