/* Who is away, on both back ends alike. */
#include "store/absence.h"

#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "store/test-both.h"

#define HOUR ((int64_t)3600 * 1000)

static char where[256];
static struct sk_db *db;
static struct sk_arena *arena;
static struct sk_absence *v;
static size_t n;

static int setup(void **state)
{
	db = open_store(where);
	arena = sk_arena_new(1 << 20);
	return 0;
}

static int teardown(void **state)
{
	sk_arena_free(arena);
	sk_db_close(db);
	return 0;
}

static int add_work(struct sk_db *d, void *arg)
{
	return sk_absence_add(d, arg);
}

static int end_work(struct sk_db *d, void *arg)
{
	return sk_absence_end(d, *(int64_t *)arg);
}

static int forget_work(struct sk_db *d, void *arg)
{
	return sk_absence_forget(d, *(int64_t *)arg);
}

static int64_t now(void)
{
	int64_t ms = 0;

	assert_int_equal(sk_db_now(db, &ms), 0);
	return ms;
}

static int add(const char *member, int64_t begins, int64_t ends)
{
	struct sk_absence a = {
	    .member = member, .begins = begins, .ends = ends, .said_by = "kacho"};

	return sk_db_transact(db, SK_DB_WRITE, add_work, &a);
}

static int end(int64_t number)
{
	return sk_db_transact(db, SK_DB_WRITE, end_work, &number);
}

static void list(const char *member, int64_t time)
{
	assert_int_equal(sk_absence_list(db, arena, member, time, 50, &v, &n), 0);
}

static void test_list(void **state)
{
	int64_t t = now();

	assert_int_equal(add("kacho", t + 2 * HOUR, t + 3 * HOUR), 0);
	assert_int_equal(add("kacho", t - HOUR, t + HOUR), 0);
	assert_int_equal(add("bucho", t, t + 5 * HOUR), 0);
	list("kacho", t);
	assert_int_equal(n, 2);
	assert_true(v[0].begins >= t); /* nothing is said of the past */
	assert_int_equal(v[0].ends, t + HOUR);
	assert_int_equal(v[1].begins, t + 2 * HOUR);
	assert_string_equal(v[0].said_by, "kacho");
	assert_true(v[0].said >= t);
	list("kacho", t + HOUR);
	assert_int_equal(n, 1);
	list(NULL, t + 3 * HOUR);
	assert_int_equal(n, 1);
	assert_string_equal(v[0].member, "bucho");
}

static void test_bounds(void **state)
{
	int64_t t = now();

	assert_int_equal(add("kacho", t, t), SK_EARG);
	assert_int_equal(add("kacho", t - 2 * HOUR, t - HOUR), SK_EARG);
	assert_int_equal(add("kacho", t + HOUR, t + HOUR + SK_ABSENCE_MOST_MS + 1), SK_EARG);
	assert_int_equal(add("kacho", t + HOUR, t + HOUR + SK_ABSENCE_MOST_MS), 0);
	for (int i = 1; i < SK_ABSENCES_OF_ONE; i++)
		assert_int_equal(add("kacho", t + i * HOUR, t + (i + 1) * HOUR), 0);
	assert_int_equal(add("kacho", t + HOUR, t + 2 * HOUR), SK_ELIMIT);
	assert_int_equal(add("bucho", t + HOUR, t + 2 * HOUR), 0);
}

/* What has ended is kept: saying and ending all day long fills no list of others. */
static void test_over_and_over(void **state)
{
	int64_t t = now();

	for (int i = 0; i < SK_ABSENCES_OF_ONE; i++) {
		assert_int_equal(add("kacho", t, t + HOUR), 0);
		list("kacho", now());
		assert_int_equal(n, 1);
		usleep(2000); /* it has begun */
		assert_int_equal(end(v[0].number), 0);
	}
	assert_int_equal(add("kacho", t, t + HOUR), SK_ELIMIT);
}

/* One that has begun ends now, and what was decided in it stays so; one to come is gone. */
static void test_end(void **state)
{
	struct sk_absence a;
	int64_t t = now();

	assert_int_equal(add("kacho", t, t + HOUR), 0);
	assert_int_equal(add("kacho", t + HOUR, t + 2 * HOUR), 0);
	list("kacho", t);
	assert_int_equal(n, 2);
	int64_t begun = v[0].number, to_come = v[1].number;
	assert_int_equal(end(begun), 0);
	assert_int_equal(end(begun), SK_ENOENTRY);
	assert_int_equal(end(to_come), 0);
	assert_int_equal(end(to_come), SK_ENOENTRY);
	assert_int_equal(sk_absence_load(db, arena, to_come, &a), SK_ENOENTRY);
	assert_int_equal(sk_absence_load(db, arena, begun, &a), 0);
	assert_true(a.ends >= t && a.ends < t + HOUR);
	int64_t later = t + HOUR;
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, forget_work, &later), 0);
	assert_int_equal(sk_absence_load(db, arena, begun, &a), SK_ENOENTRY);
}

static const struct CMUnitTest both[] = {
    T(test_list), T(test_bounds), T(test_over_and_over), T(test_end)};

MAIN_ON_BOTH("absence", IN_MEMORY, both, both)
