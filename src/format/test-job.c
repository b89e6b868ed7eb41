/* Tests of the budget of a job: one below, at, and one above each limit, each with its own reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "format/job.h"

static struct sk_report report;
static struct sk_limits limits;
static struct sk_budget budget;
static struct sk_job job;

static int setup(void **state)
{
	limits = sk_limits_for(0);
	budget = (struct sk_budget){
	    limits.expand, limits.pixels_total, limits.members, SK_LIMIT_REQUESTS};
	report = (struct sk_report){0};
	job = (struct sk_job){.report = &report, .limits = &limits, .budget = &budget, .name = "x"};
	return 0;
}

static void test_expansion(void **state)
{
	assert_int_equal(sk_job_expand(&job, limits.expand - 1), 0);
	assert_int_equal(sk_job_expand_left(&job), 1);
	assert_int_equal(sk_job_expand(&job, 1), 0);
	assert_int_equal(report.reason, SK_CODE_NONE);
	assert_int_equal(sk_job_expand(&job, 1), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_BOMB);
	assert_int_equal(sk_job_expand(&job, UINT64_MAX), SK_EREFUSED);
}

static void test_sides(void **state)
{
	assert_int_equal(sk_job_pixels(&job, SK_LIMIT_SIDE - 1, 1), 0);
	assert_int_equal(sk_job_pixels(&job, SK_LIMIT_SIDE, 1), 0);
	assert_int_equal(sk_job_pixels(&job, SK_LIMIT_SIDE + 1, 1), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_LIMIT_PIXELS);
}

static void test_pixels_of_one_picture(void **state)
{
	assert_int_equal(sk_job_pixels(&job, 20000, SK_LIMIT_PIXELS / 20000), 0);
	assert_int_equal(sk_job_pixels(&job, 20000, SK_LIMIT_PIXELS / 20000 + 1), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_LIMIT_PIXELS);
}

static void test_pixels_of_all_pictures(void **state)
{
	budget.pixels = 100;
	assert_int_equal(sk_job_pixels(&job, 9, 11), 0);
	assert_int_equal(sk_job_pixels(&job, 1, 1), 0);
	assert_int_equal(sk_job_pixels(&job, 1, 1), SK_EREFUSED);
}

static void test_no_pixels_is_damaged(void **state)
{
	assert_int_equal(sk_job_pixels(&job, 0, 5), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_DAMAGED);
}

static void test_overflowing_sides(void **state)
{
	assert_int_equal(sk_job_pixels(&job, UINT64_MAX, UINT64_MAX), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_LIMIT_PIXELS);
}

static void test_members(void **state)
{
	for (uint32_t i = 0; i < limits.members; i++)
		assert_int_equal(sk_job_member(&job), 0);
	assert_int_equal(sk_job_member(&job), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_LIMIT_MEMBERS);
}

static uint32_t told;

static void hear(struct sk_job *j, uint32_t thousandths)
{
	assert_true(j == &job);
	told = thousandths;
}

/* What is told is of the file itself, never that it is over, and never wrong whatever a package says of its size. */
static void test_progress(void **state)
{
	static const struct sk_services services = {.progress = hear};

	sk_job_done(&job, 1, 2); /* nobody hears it */
	job.services = &services;
	sk_job_done(&job, 1, 4);
	assert_int_equal(told, 250);
	sk_job_done(&job, 4, 4);
	sk_job_done(&job, 0, 0);
	assert_int_equal(told, 250);
	budget.whole = UINT64_MAX;
	sk_job_moved(&job, UINT64_MAX / 2);
	assert_in_range(told, 499, 500);
	budget.whole = 10;
	sk_job_moved(&job, 1);
	assert_in_range(told, 499, 500);
	told = 0;
	job.depth = 1;
	sk_job_done(&job, 1, 2);
	sk_job_moved(&job, 1);
	assert_int_equal(told, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_expansion, setup),
	    cmocka_unit_test_setup(test_sides, setup),
	    cmocka_unit_test_setup(test_pixels_of_one_picture, setup),
	    cmocka_unit_test_setup(test_pixels_of_all_pictures, setup),
	    cmocka_unit_test_setup(test_no_pixels_is_damaged, setup),
	    cmocka_unit_test_setup(test_overflowing_sides, setup),
	    cmocka_unit_test_setup(test_members, setup),
	    cmocka_unit_test_setup(test_progress, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
