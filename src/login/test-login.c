/* Tests of what gate and login role say to each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/err.h"
#include "login/login.h"

static void put(
    struct sk_buf *b, const char *hash, const char *name, const char *secret, const char *new)
{
	struct sk_secret_ask a = {0};

	snprintf(a.hash, sizeof(a.hash), "%s", hash);
	snprintf(a.name, sizeof(a.name), "%s", name);
	snprintf(a.secret, sizeof(a.secret), "%s", secret);
	snprintf(a.new, sizeof(a.new), "%s", new);
	sk_buf_free(b);
	*b = (struct sk_buf)SK_BUF(SK_SECRET_ASK_MOST);
	assert_int_equal(sk_secret_put_ask(&a, b), 0);
}

static void test_asks(void **state)
{
	static const struct {
		const char *hash, *name, *secret, *new;
		int status;
	} cases[] = {
	    {"$argon2id$x", "", "ひみつ", "", 0},
	    {"$argon2id$x", "", "a", "b", 0},
	    {"", "ichi", "a", "", 0},
	    {"", "", "", "b", 0},
	    {"", "", "", "", SK_EFORMAT},            /* nothing is asked */
	    {"", "", "a", "b", SK_EFORMAT},          /* held against nothing */
	    {"$argon2id$x", "", "", "", SK_EFORMAT}, /* an empty password is never asked about */
	    {"", "ichi", "", "", SK_EFORMAT},        /* and would be an anonymous bind */
	    {"$argon2id$x", "ichi", "a", "", SK_EFORMAT},
	};
	struct sk_buf b = SK_BUF(0);
	struct sk_secret_ask a;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		put(&b, cases[i].hash, cases[i].name, cases[i].secret, cases[i].new);
		assert_int_equal(sk_secret_get_ask(sk_buf_slice(&b), &a), cases[i].status);
		if (cases[i].status == 0)
			assert_string_equal(a.secret, cases[i].secret);
		for (size_t n = 0; n < b.len; n++)
			assert_int_equal(sk_secret_get_ask(sk_slice(b.p, n), &a), SK_EFORMAT);
	}
	sk_buf_free(&b);
}

static void test_answers(void **state)
{
	static const struct {
		struct sk_secret_done d;
		int status;
	} cases[] = {
	    {{SK_SECRET_RIGHT, "", ""}, 0},
	    {{SK_SECRET_RIGHT, "$argon2id$x", ""}, 0},
	    {{SK_SECRET_WRONG, "", ""}, 0},
	    {{SK_SECRET_FAILED, "", "away"}, 0},
	    {{0, "", ""}, SK_EFORMAT},
	    {{SK_SECRET_FAILED + 1, "", "x"}, SK_EFORMAT},
	    {{SK_SECRET_WRONG, "$argon2id$x", ""}, SK_EFORMAT},
	    {{SK_SECRET_RIGHT, "", "x"}, SK_EFORMAT},
	    {{SK_SECRET_FAILED, "", ""}, SK_EFORMAT},
	};
	struct sk_secret_done d;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sk_buf b = SK_BUF(SK_SECRET_DONE_MOST);
		assert_int_equal(sk_secret_put_done(&cases[i].d, &b), 0);
		assert_int_equal(sk_secret_get_done(sk_buf_slice(&b), &d), cases[i].status);
		sk_buf_free(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_asks), cmocka_unit_test(test_answers)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
