/* Tests of the pace of another post. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "desk/pace.h"

/* Letters per second of somebody who sends each as soon as he may, after `first` of them at once. */
static int64_t in_an_hour(int64_t cost)
{
	struct sk_pace p;
	int64_t now = 1000, n = 0;

	sk_pace_begin(&p, now);
	while (now < 1000 + 3600 * 1000) {
		sk_pace_spend(&p, cost, now);
		now = sk_pace_due(&p, now);
		n++;
	}
	return n;
}

static void test_in_vain(void **state)
{
	int64_t n = in_an_hour(SK_PACE_VAIN);

	assert_in_range(n, 3600 * 100, 3600 * 100 + SK_PACE_BURST / SK_PACE_VAIN + 1);
}

static void test_a_burst_waits_for_nothing(void **state)
{
	struct sk_pace p;

	sk_pace_begin(&p, 5);
	for (int i = 0; i < SK_PACE_BURST; i++) {
		sk_pace_spend(&p, SK_PACE_LETTER, 5);
		assert_int_equal(sk_pace_due(&p, 5), 5);
	}
	sk_pace_spend(&p, SK_PACE_LETTER, 5);
	assert_int_equal(sk_pace_due(&p, 5), 6);
}

/* Silence saves no more than a burst, however long it is; a clock that stands still or goes back gives nothing. */
static void test_saved_up(void **state)
{
	struct sk_pace p;

	sk_pace_begin(&p, 0);
	sk_pace_spend(&p, SK_PACE_BURST, INT64_MAX / 4);
	assert_int_equal(sk_pace_due(&p, INT64_MAX / 4), INT64_MAX / 4);
	sk_pace_spend(&p, SK_PACE_RATE, 7);
	assert_int_equal(sk_pace_due(&p, INT64_MAX / 4), INT64_MAX / 4 + 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_in_vain),
	    cmocka_unit_test(test_a_burst_waits_for_nothing), cmocka_unit_test(test_saved_up)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
