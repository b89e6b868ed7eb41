/* Tests of what is done many at once: what a transaction failed to keep stays pinned until it is tried once more. Its gate is made up here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "desk/desk.h"

static struct sk_desk desk;
static int fails; /* so many transactions */
static int pins, dropped, told, last_status;
static bool again;

/* --- what acts.c has beside it in the gate --- */

int sk_blob_end_all(struct sk_blob_writer **w, size_t n, struct sk_blob *out, int *pin)
{
	for (size_t i = 0; i < n; i++) {
		pin[i] = sk_memfd("pin");
		assert_true(pin[i] >= 0);
		out[i].size = 5;
		pins++;
	}
	return 0;
}

void sk_blob_drop(struct sk_blob_writer *w)
{
	dropped++;
}

void sk_bench_ready(struct sk_desk *d)
{
}

void sk_gate_do(struct sk_gate *g, const struct sk_deed *v, size_t n)
{
	int status = fails > 0 ? SK_EBUSY : 0;

	fails--;
	for (size_t i = 0; i < n; i++) {
		if (status == 0)
			v[i].run(g, NULL, v[i].ctx);
		v[i].done(v[i].ctx, status);
	}
}

/* --- an act --- */

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static int seen; /* the pin, while it is done */

static int run(struct sk_gate *g, struct sk_arena *a, struct sk_act *act)
{
	assert_int_equal(act->blob.size, 5);
	seen = act->pin;
	assert_true(is_open(seen));
	return 0;
}

static void done(struct sk_act *act, int status)
{
	told++;
	last_status = status;
	if (status && again)
		sk_desk_again(act);
}

static void begin(struct sk_act *act)
{
	desk = (struct sk_desk){.last = &desk.first, .pin = -1};
	pins = dropped = told = 0;
	*act = (struct sk_act){.writer = (void *)act, .run = run, .done = done};
	sk_desk_do(&desk, act);
}

static void test_done(void **state)
{
	struct sk_act act;

	fails = 0;
	begin(&act);
	sk_desk_commit(&desk);
	assert_int_equal(told, 1);
	assert_int_equal(last_status, 0);
	assert_false(is_open(seen));
}

/* The store is away twice: the bytes are made durable once, and kept all the time. */
static void test_again(void **state)
{
	struct sk_act act;

	fails = 2;
	again = true;
	begin(&act);
	sk_desk_commit(&desk);
	int pin = act.pin;
	assert_true(is_open(pin));
	assert_int_equal(desk.nacts, 1);
	assert_true(desk.failed_until > 0);
	sk_desk_commit(&desk);
	assert_int_equal(act.pin, pin);
	assert_true(is_open(pin));
	sk_desk_commit(&desk);
	assert_int_equal(last_status, 0);
	assert_int_equal(seen, pin);
	assert_false(is_open(pin));
	assert_int_equal(pins, 1);
	assert_int_equal(told, 3);
}

/* Given up, or told that nothing will be tried any more: nothing is kept. */
static void test_given_up(void **state)
{
	struct sk_act act;

	fails = 1;
	again = false;
	begin(&act);
	sk_desk_commit(&desk);
	assert_int_equal(last_status, SK_EBUSY);
	assert_false(is_open(act.pin));
	fails = 1;
	again = true;
	begin(&act);
	sk_desk_commit(&desk);
	int pin = act.pin;
	again = false;
	sk_desk_forget_acts(&desk);
	assert_int_equal(last_status, SK_EIO);
	assert_false(is_open(pin));
	begin(&act);
	sk_desk_forget_acts(&desk);
	assert_int_equal(dropped, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_done),
	    cmocka_unit_test(test_again), cmocka_unit_test(test_given_up)};

	return cmocka_run_group_tests_name("acts", tests, NULL, NULL);
}
