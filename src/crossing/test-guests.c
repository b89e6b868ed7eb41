/* Tests of who may wait at the door. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "crossing/guests.h"

static const char name[200];

/* The one who has waited for longest goes; the other post, which is known, does not. */
static void test_many(void **state)
{
	struct sk_guests g = {0};
	int fd = 100;

	assert_int_equal(sk_guests_add(&g, &name[0], fd++, 1), -1);
	sk_guests_know(&g, &name[0]);
	for (int i = 1; i <= SK_GUESTS_STRANGE; i++)
		assert_int_equal(sk_guests_add(&g, &name[i], fd++, i), -1);
	for (int i = 1; i < 100; i++) {
		assert_int_equal(
		    sk_guests_add(&g, &name[SK_GUESTS_STRANGE + i], fd++, 1000 + i), 100 + i);
		sk_guests_remove(&g, &name[i]);
	}
	sk_guests_remove(&g, &name[0]);
	assert_int_equal(sk_guests_late(&g, INT64_MAX / 2), 200);
}

static void test_time(void **state)
{
	struct sk_guests g = {0};

	assert_int_equal(sk_guests_due(&g), INT64_MAX);
	sk_guests_add(&g, &name[0], 5, 100);
	sk_guests_add(&g, &name[1], 6, 200);
	assert_int_equal(sk_guests_due(&g), 100 + SK_GUEST_MS);
	assert_int_equal(sk_guests_late(&g, 99 + SK_GUEST_MS), -1);
	assert_int_equal(sk_guests_late(&g, 100 + SK_GUEST_MS), 5);
	assert_int_equal(sk_guests_late(&g, 100 + SK_GUEST_MS), -1); /* told once */
	sk_guests_know(&g, &name[1]);
	assert_int_equal(sk_guests_due(&g), INT64_MAX);
	assert_int_equal(sk_guests_late(&g, INT64_MAX / 2), -1);
}

/* Nobody is forgotten where one is nobody. */
static void test_nobody(void **state)
{
	struct sk_guests g = {0};

	sk_guests_know(&g, &name[9]);
	sk_guests_remove(&g, &name[9]);
	sk_guests_remove(&g, NULL);
	for (int i = 0; i < SK_GUESTS; i++) {
		sk_guests_add(&g, &name[i], i, i);
		sk_guests_know(&g, &name[i]);
	}
	assert_int_equal(
	    sk_guests_add(&g, &name[SK_GUESTS], 999, 1), -1); /* no room, and nobody to go */
	assert_int_equal(sk_guests_late(&g, INT64_MAX / 2), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_many), cmocka_unit_test(test_time),
	    cmocka_unit_test(test_nobody)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
