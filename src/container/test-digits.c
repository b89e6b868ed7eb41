#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "container/digits.h"

static void test_hex(void **state)
{
	static const char text[] = "%41%4g%%4a%4";
	struct sk_buf out = SK_BUF(100);

	for (size_t at = 0; at < sizeof(text) - 1;)
		sk_buf_putc(&out, sk_hex_byte(sk_slice_str(text), &at, '%'));
	assert_true(sk_slice_is(sk_buf_slice(&out), "A%4g%J%4"));
	assert_int_equal(sk_hex('F'), 15);
	assert_int_equal(sk_hex('f'), 15);
	assert_int_equal(sk_hex('g'), -1);
	assert_int_equal(sk_hex(-1), -1);
	sk_buf_free(&out);
}

static void both_ways(const char *plain, const char *coded)
{
	struct sk_buf out = SK_BUF(100);
	struct sk_base64_seen seen;

	assert_int_equal(sk_base64_put(sk_slice_str(plain), &out), 0);
	assert_true(sk_slice_is(sk_buf_slice(&out), coded));
	sk_buf_reset(&out);
	assert_int_equal(sk_base64_read(sk_slice_str(coded), "", false, &out, &seen), 0);
	assert_true(sk_slice_is(sk_buf_slice(&out), plain));
	assert_int_equal(seen.foreign + seen.behind, 0);
	sk_buf_free(&out);
}

/* RFC 4648, section 10 */
static void test_base64(void **state)
{
	both_ways("", "");
	both_ways("f", "Zg==");
	both_ways("fo", "Zm8=");
	both_ways("foo", "Zm9v");
	both_ways("foob", "Zm9vYg==");
	both_ways("fooba", "Zm9vYmE=");
	both_ways("foobar", "Zm9vYmFy");
}

static void sees(const char *in, bool url, const char *plain, struct sk_base64_seen want)
{
	struct sk_buf out = SK_BUF(100);
	struct sk_base64_seen seen;

	assert_int_equal(sk_base64_read(sk_slice_str(in), " \n", url, &out, &seen), 0);
	assert_true(sk_slice_is(sk_buf_slice(&out), plain));
	assert_memory_equal(&seen, &want, sizeof(seen));
	sk_buf_free(&out);
}

static void test_odd_base64(void **state)
{
	sees("Zm 9v\nYg = = \n", false, "foob", (struct sk_base64_seen){6, 0, 2, 0});
	sees("Z!m\t9v", false, "foo", (struct sk_base64_seen){4, 2, 0, 0});
	sees("Zg==Zm9v!", false, "f", (struct sk_base64_seen){2, 0, 2, 5});
	sees("Zm9vY", false, "foo", (struct sk_base64_seen){5, 0, 0, 0});
	sees("--__", false, "", (struct sk_base64_seen){0, 4, 0, 0});
	sees("--__", true, "\xFB\xEF\xFF", (struct sk_base64_seen){4, 0, 0, 0});
}

/* A NUL is no white space, whatever ends the list of it. */
static void test_nul(void **state)
{
	struct sk_buf out = SK_BUF(1);
	struct sk_base64_seen seen;

	assert_int_equal(sk_base64_read(SK_SLICE_LIT("Z\0g"), " ", false, &out, &seen), 0);
	assert_int_equal(seen.foreign, 1);
	assert_int_not_equal(sk_base64_read(SK_SLICE_LIT("Zm9v"), " ", false, &out, &seen), 0);
	sk_buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_hex),
	    cmocka_unit_test(test_base64), cmocka_unit_test(test_odd_base64),
	    cmocka_unit_test(test_nul)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
