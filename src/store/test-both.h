/*
 * Tests of what stands on a database, on both back ends alike: each starts with an empty one, first on SQLite and then on
 * a PostgreSQL. Who includes this has setup() and teardown(). Tests only.
 */
#ifndef SK_STORE_TEST_BOTH_H
#define SK_STORE_TEST_BOTH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/test-place.h"

static struct place place;
static bool postgres;

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

/* An empty database, opened. */
static inline struct sk_db *open_empty(char where[256])
{
	place_database(&place, postgres, where, 256);
	return place_open(where);
}

/* One with the tables of a store and of its queue. */
static inline struct sk_db *open_store(char where[256])
{
	struct sk_db *db = open_empty(where);

	assert_int_equal(sk_db_migrate(db, "store"), 0);
	assert_int_equal(sk_db_migrate(db, "queue"), 0);
	return db;
}

/* main(): the tests for the one and for the other, in a place below a folder (place_make). */
#define MAIN_ON_BOTH(what, below, sqlite, pgsql) \
	int main(void) \
	{ \
		place_make(&place, (below)); \
		int failed = cmocka_run_group_tests_name(what " on SQLite", sqlite, NULL, NULL); \
		postgres = true; \
		failed += cmocka_run_group_tests_name(what " on PostgreSQL", pgsql, NULL, NULL); \
		place_remove(&place); \
		return failed; \
	}

/* In memory where there is such a folder: for what syncs much. */
#define IN_MEMORY (access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NULL)

#endif
