/* The database layer and the migrations, on both back ends alike. */
#include "store/db.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <libpq-fe.h>

#include "base/err.h"
#include "store/test-both.h"

static char where[256];
static struct sk_db *db;

static int setup(void **state)
{
	db = open_empty(where);
	return 0;
}

static int teardown(void **state)
{
	sk_db_close(db);
	db = NULL;
	return 0;
}

static int run_sql(struct sk_db *d, void *arg)
{
	return sk_db_exec(d, (const char *)arg, SK_NO_BINDS, NULL);
}

static int change(const char *sql)
{
	char text[1200];

	snprintf(text, sizeof(text), "%s", sql);
	return sk_db_transact(db, SK_DB_WRITE, run_sql, text);
}

static void make_table(void)
{
	assert_int_equal(
	    change("CREATE TABLE t (id {id}, n {int} UNIQUE, s TEXT NOT NULL, b {bytes}) {strict}"),
	    0);
}

static int64_t number(const char *sql)
{
	struct sk_rows r;

	if (sk_db_query(db, sql, SK_NO_BINDS, &r))
		fail_msg("%s", sk_db_why(db));
	int64_t n = sk_rows_int(&r, 0, 0);
	assert_false(r.bad);
	sk_rows_free(&r);
	return n;
}

static int put_values(struct sk_db *d, void *arg)
{
	static const uint8_t raw[] = {0, 1, 0xff, '\'', 0};

	assert_int_equal(
	    sk_db_exec(d, "INSERT INTO t (n, s, b) VALUES ($1, $2, $3)",
		SK_BINDS(sk_int(INT64_MIN), sk_text("関所 'x' \"y\""), sk_bytes(raw, sizeof(raw))),
		NULL),
	    0);
	/* The same number twice, in any order, and what is not there. */
	return sk_db_exec(d, "INSERT INTO t (n, s, b) VALUES ($2, $1, NULL), ($2 + 1, $1, $3)",
	    SK_BINDS(sk_text(""), sk_int(INT64_MAX - 1), sk_bytes(raw, 0)), NULL);
}

static void test_values(void **state)
{
	struct sk_rows r;

	make_table();
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, put_values, NULL), 0);
	assert_int_equal(sk_db_query(db, "SELECT n, s, b FROM t ORDER BY id", SK_NO_BINDS, &r), 0);
	assert_int_equal(r.rows, 3);
	assert_int_equal(r.columns, 3);
	assert_true(sk_rows_int(&r, 0, 0) == INT64_MIN);
	assert_true(sk_slice_is(sk_rows_text(&r, 0, 1), "関所 'x' \"y\""));
	assert_memory_equal(sk_rows_bytes(&r, 0, 2).p, "\0\1\xff'", 5);
	assert_true(sk_rows_int(&r, 2, 0) == INT64_MAX);
	assert_int_equal(sk_rows_text(&r, 1, 1).n, 0);
	assert_non_null(sk_rows_text(&r, 1, 1).p);
	assert_true(sk_rows_null(&r, 1, 2));
	assert_false(sk_rows_null(&r, 2, 2));
	assert_null(sk_rows_bytes(&r, 1, 2).p);
	assert_false(r.bad);
	sk_rows_free(&r);
	sk_rows_free(&r);
}

/* A column read as what it is not, or that is not there, is told. */
static void test_wrong_columns(void **state)
{
	struct sk_rows r;

	make_table();
	assert_int_equal(change("INSERT INTO t (n, s) VALUES (1, 'a')"), 0);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(sk_db_query(db, "SELECT n, s, b FROM t", SK_NO_BINDS, &r), 0);
		if (i == 0)
			sk_rows_int(&r, 0, 1);
		else if (i == 1)
			sk_rows_text(&r, 0, 0);
		else if (i == 2)
			sk_rows_bytes(&r, 0, 1);
		else if (i == 3)
			sk_rows_int(&r, 0, 3);
		else
			sk_rows_int(&r, 1, 0);
		assert_true(r.bad);
		sk_rows_free(&r);
	}
}

static void test_constraints(void **state)
{
	make_table();
	assert_int_equal(
	    change("CREATE TABLE u (t {int} REFERENCES t (id), n {int} CHECK (n > 0)) {strict}"),
	    0);
	assert_int_equal(change("INSERT INTO t (n, s) VALUES (1, 'a')"), 0);
	assert_int_equal(change("INSERT INTO t (n, s) VALUES (1, 'a')"), SK_EEXIST);
	assert_int_equal(change("INSERT INTO t (n, s) VALUES (2, NULL)"), SK_EFORMAT);
	assert_int_equal(change("INSERT INTO u (t) VALUES (77)"), SK_EEXIST);
	assert_int_equal(change("INSERT INTO u (n) VALUES (0)"), SK_EFORMAT);
	assert_int_equal(change("INSERT INTO nowhere VALUES (0)"), SK_EINTERNAL);
	assert_int_equal(change("INSERT {nonsense} INTO t"), SK_ENOMEM);
	assert_int_equal(number("SELECT count(*) FROM t"), 1);
}

/* The message names file, line and statement, and no value. */
static int secret(struct sk_db *d, void *arg)
{
	return sk_db_exec(d, "INSERT INTO t (n, s) VALUES ($1, $2)",
	    SK_BINDS(sk_int(5), sk_text("himitsu")), NULL);
}

static void test_messages(void **state)
{
	make_table();
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, secret, NULL), 0);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, secret, NULL), SK_EEXIST);
	assert_non_null(strstr(sk_db_why(db), "test-db.c:"));
	assert_non_null(strstr(sk_db_why(db), "INSERT INTO t (n, s)"));
	assert_null(strstr(sk_db_why(db), "himitsu"));
}

static int insert_then_fail(struct sk_db *d, void *arg)
{
	int rc = sk_db_exec(d, "INSERT INTO t (n, s) VALUES (9, 'x')", SK_NO_BINDS, NULL);

	return rc ? rc : SK_EREFUSED;
}

static int nested(struct sk_db *d, void *arg)
{
	assert_int_equal(sk_db_transact(d, SK_DB_WRITE, run_sql, NULL), SK_EARG);
	return 0;
}

/* A failed statement that the work passes over does not get committed. */
static int passes_over(struct sk_db *d, void *arg)
{
	assert_int_equal(
	    sk_db_exec(d, "INSERT INTO t (n, s) VALUES (10, 'x')", SK_NO_BINDS, NULL), 0);
	assert_int_not_equal(
	    sk_db_exec(d, "INSERT INTO t (n, s) VALUES (10, 'x')", SK_NO_BINDS, NULL), 0);
	assert_int_equal(
	    sk_db_exec(d, "INSERT INTO t (n, s) VALUES (11, 'x')", SK_NO_BINDS, NULL), SK_EARG);
	return 0;
}

static void test_transactions(void **state)
{
	make_table();
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, insert_then_fail, NULL), SK_EREFUSED);
	assert_int_equal(number("SELECT count(*) FROM t"), 0);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, nested, NULL), SK_EINTERNAL);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, passes_over, NULL), SK_EINTERNAL);
	assert_int_equal(number("SELECT count(*) FROM t"), 0);
	assert_int_equal(
	    sk_db_exec(db, "INSERT INTO t (n, s) VALUES (1, 'x')", SK_NO_BINDS, NULL), SK_EARG);
	assert_int_equal(sk_db_in(db), SK_DB_NONE);
}

/* Two that read and then write the same: each adds to what the other has written, none is lost. */
struct adder {
	pthread_t thread;
	int failed;
};

static int add_one(struct sk_db *d, void *arg)
{
	struct sk_rows r;
	int rc = sk_db_query(d, "SELECT n FROM t WHERE s = 'sum'", SK_NO_BINDS, &r);

	if (rc)
		return rc;
	int64_t n = sk_rows_int(&r, 0, 0);
	sk_rows_free(&r);
	return sk_db_exec(d, "UPDATE t SET n = $1 WHERE s = 'sum'", SK_BINDS(sk_int(n + 1)), NULL);
}

static void *adds(void *arg)
{
	struct adder *a = arg;
	struct sk_db *d = place_open(where);

	for (int i = 0; i < 50; i++)
		a->failed += sk_db_transact(d, SK_DB_WRITE, add_one, NULL) != 0;
	sk_db_close(d);
	return NULL;
}

static void test_concurrent(void **state)
{
	struct adder adders[3] = {0};

	make_table();
	assert_int_equal(change("INSERT INTO t (n, s) VALUES (0, 'sum')"), 0);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&adders[i].thread, NULL, adds, &adders[i]), 0);
	for (size_t i = 0; i < 3; i++) {
		pthread_join(adders[i].thread, NULL);
		assert_int_equal(adders[i].failed, 0);
	}
	assert_int_equal(number("SELECT n FROM t WHERE s = 'sum'"), 150);
}

static int two_looks(struct sk_db *d, void *arg)
{
	struct sk_db *other = arg;
	char sql[] = "INSERT INTO t (n, s) VALUES (1, 'a')";

	assert_int_equal(number("SELECT count(*) FROM t"), 0);
	assert_int_equal(sk_db_transact(other, SK_DB_WRITE, run_sql, sql), 0);
	assert_int_equal(number("SELECT count(*) FROM t"), 0);
	return 0;
}

static void test_one_picture(void **state)
{
	make_table();
	struct sk_db *other = place_open(where);
	assert_int_equal(sk_db_transact(db, SK_DB_READ, two_looks, other), 0);
	assert_int_equal(number("SELECT count(*) FROM t"), 1);
	sk_db_close(other);
}

static int slow(struct sk_db *d, void *arg)
{
	struct sk_rows r = {0};
	int rc = sk_db_query(d,
	    "WITH RECURSIVE r (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 1000000000) SELECT count(*) FROM r",
	    SK_NO_BINDS, &r);

	sk_rows_free(&r);
	return rc;
}

static void test_time(void **state)
{
	char why[256] = "";
	struct sk_db_options o = {.statement_ms = 50};
	struct sk_db *d = NULL;
	int64_t ms = 0;

	assert_int_equal(sk_db_open(where, &o, why, sizeof(why), &d), 0);
	assert_int_equal(sk_db_transact(d, SK_DB_READ, slow, NULL), SK_ELIMIT);
	assert_int_equal(sk_db_now(d, &ms), 0); /* and it goes on working */
	assert_true(ms > 1700000000000 && ms < 4000000000000);
	sk_db_close(d);
}

static void test_many_statements(void **state)
{
	char sql[64];

	for (int i = 0; i < 400; i++) {
		snprintf(sql, sizeof(sql), "SELECT %d", i % 300);
		assert_int_equal(number(sql), i % 300);
	}
}

/* What was posted, and what came of it: the status of each statement in the last run, and how many runs there were. */
struct posting {
	const char *const *sql;
	size_t n;
	int64_t rows; /* that the last one must change */
	int status[4], runs;
};

static int post_all(struct sk_db *d, void *arg)
{
	struct posting *p = arg;
	int rc = 0;

	p->runs++;
	for (size_t i = 0; i < p->n && rc == 0; i++)
		rc = p->status[i] =
		    sk_db_post(d, p->sql[i], SK_NO_BINDS, i + 1 == p->n ? p->rows : SK_ANY_ROWS);
	return rc;
}

#define POST(p, must, ...) \
	static const char *const sql_##p[] = {__VA_ARGS__}; \
	struct posting p = {.sql = sql_##p, .n = sizeof(sql_##p) / sizeof(*sql_##p), .rows = (must)}

/* What is posted is there for those behind it; its failure is found at the commit, and told in a second run where it belongs. */
static void test_posted(void **state)
{
	make_table();
	POST(good, 2, "INSERT INTO t (n, s) VALUES (1, 'a')",
	    "INSERT INTO t (n, s) VALUES (2, 'a')", "UPDATE t SET s = 'b' WHERE s = 'a'");
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, post_all, &good), 0);
	assert_int_equal(good.runs, 1);
	assert_int_equal(number("SELECT count(*) FROM t WHERE s = 'b'"), 2);

	POST(twice, 1, "INSERT INTO t (n, s) VALUES (3, 'c')",
	    "INSERT INTO t (n, s) VALUES (1, 'c')", "INSERT INTO t (n, s) VALUES (4, 'c')");
	twice.status[2] = -1;
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, post_all, &twice), SK_EEXIST);
	assert_int_equal(twice.runs, postgres ? 2 : 1);
	assert_int_equal(twice.status[0], 0);
	assert_int_equal(twice.status[1], SK_EEXIST);
	assert_int_equal(number("SELECT count(*) FROM t"), 2);
	assert_non_null(strstr(sk_db_why(db), "VALUES (1, 'c')"));
}

/* Another number of rows than was said takes all of it back, though no statement failed. */
static void test_posted_rows(void **state)
{
	make_table();
	POST(none, 1, "INSERT INTO t (n, s) VALUES (1, 'a')", "UPDATE t SET s = 'b' WHERE n = 9");
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, post_all, &none), SK_ECHANGED);
	assert_int_equal(none.status[1], SK_ECHANGED);
	POST(two, 1, "INSERT INTO t (n, s) VALUES (1, 'a'), (2, 'a')", "DELETE FROM t");
	assert_int_equal(sk_db_transact(db, SK_DB_QUEUE, post_all, &two), SK_ECHANGED);
	assert_int_equal(number("SELECT count(*) FROM t"), 0);
	assert_int_equal(
	    sk_db_post(db, "DELETE FROM t", SK_NO_BINDS, SK_ANY_ROWS), SK_EARG); /* outside */
}

#define FIRST_USED "INSERT INTO t (n, s) VALUES (77, 'x')"

static int post_behind(struct sk_db *d, void *arg)
{
	int rc = sk_db_post(d, "UPDATE t SET s = 'z' WHERE n = 9", SK_NO_BINDS, 1);

	return rc ? rc : sk_db_post(d, FIRST_USED, SK_NO_BINDS, 1);
}

/* What was first used behind one that changed another number of rows can be used ever after. */
static void test_posted_behind(void **state)
{
	make_table();
	POST(once, 1, FIRST_USED);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, post_behind, NULL), SK_ECHANGED);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, post_all, &once), 0);
	assert_int_equal(number("SELECT count(*) FROM t WHERE n = 77"), 1);
}

/* The one that asks behind them hears of their failure; passing over it does not help. */
static int ask_behind(struct sk_db *d, void *arg)
{
	int *runs = arg;
	struct sk_rows r;
	int rc = sk_db_post(d, "INSERT INTO t (n, s) VALUES (5, 'e'), (5, 'e')", SK_NO_BINDS, 2);

	++*runs;
	if (rc == 0)
		rc = sk_db_query(d, "SELECT n FROM t", SK_NO_BINDS, &r);
	if (rc == 0)
		sk_rows_free(&r);
	return *runs == 1 ? 0 : rc;
}

static int post_many(struct sk_db *d, void *arg)
{
	int rc = 0;

	for (int i = 0; i < 1000 && rc == 0; i++)
		rc = sk_db_post(d, "INSERT INTO t (n, s) VALUES ($1, 'm')", SK_BINDS(sk_int(i)), 1);
	return rc ? rc : sk_db_post(d, "DELETE FROM t WHERE n % 2 = 1", SK_NO_BINDS, 500);
}

static void test_posted_and_asked(void **state)
{
	int runs = 0;

	make_table();
	int rc = sk_db_transact(db, SK_DB_WRITE, ask_behind, &runs);
	assert_int_equal(rc, postgres ? SK_EEXIST : SK_EINTERNAL);
	assert_int_equal(runs, postgres ? 2 : 1);
	assert_int_equal(number("SELECT count(*) FROM t"), 0);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, post_many, NULL), 0);
	assert_int_equal(number("SELECT count(*) FROM t"), 500);
}

static int tell_time(struct sk_db *d, void *arg)
{
	int64_t *ms = arg;
	struct timespec t = {0, 20 * 1000 * 1000};

	int rc = sk_db_now(d, &ms[0]);
	nanosleep(&t, NULL);
	return rc ? rc : sk_db_now(d, &ms[1]);
}

/* A transaction asks for the time once, and its clock goes on. */
static void test_clock(void **state)
{
	int64_t ms[2], before = number("SELECT {now}");

	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, tell_time, ms), 0);
	assert_true(ms[0] >= before && ms[1] >= ms[0] + 19);
	assert_true(number("SELECT {now}") >= ms[1] - 1);
}

static void test_migrations(void **state)
{
	int64_t v = -1;

	assert_int_equal(sk_db_version(db, "store", &v), 0);
	assert_int_equal(v, 0);
	assert_int_equal(sk_db_migrate(db, "store"), 0);
	assert_int_equal(sk_db_migrate(db, "queue"), 0);
	assert_int_equal(sk_db_migrate(db, "queue"), 0);
	assert_int_equal(sk_db_migrate(db, "nothing"), SK_EARG);
	assert_int_equal(sk_db_version(db, "store", &v), 0);
	assert_true(v >= 1);
	assert_int_equal(number("SELECT count(*) FROM transfer"), 0);
	assert_int_equal(number("SELECT part FROM job_ring"), 0);
	/* One that a later program has changed. */
	assert_int_equal(
	    change("UPDATE schema_version SET version = 999 WHERE component = 'store'"), 0);
	assert_int_equal(sk_db_migrate(db, "store"), SK_EUNSUPPORTED);
	assert_non_null(strstr(sk_db_why(db), "999"));
	assert_int_equal(sk_db_migrate(db, "queue"), 0);
	assert_int_equal(sk_db_check(db), 0);
}

static void *migrates(void *arg)
{
	struct adder *a = arg;
	struct sk_db *d = place_open(where);

	a->failed = sk_db_migrate(d, "store") != 0 || sk_db_migrate(d, "queue") != 0;
	sk_db_close(d);
	return NULL;
}

static void test_migrations_at_once(void **state)
{
	struct adder a[3] = {0};

	for (size_t i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&a[i].thread, NULL, migrates, &a[i]), 0);
	for (size_t i = 0; i < 3; i++) {
		pthread_join(a[i].thread, NULL);
		assert_int_equal(a[i].failed, 0);
	}
	assert_int_equal(number("SELECT count(*) FROM job_ring"), 1);
}

static void test_bad_places(void **state)
{
	char why[256] = "";
	struct sk_db *d = NULL;
	struct sk_db_options o = {.connect_ms = 50};

	assert_int_equal(sk_db_open("mysql:x", NULL, why, sizeof(why), &d), SK_EARG);
	assert_int_equal(sk_db_open("sqlite:/nowhere/at/all", NULL, why, sizeof(why), &d), SK_EIO);
	assert_int_equal(sk_db_open("postgresql:host=/nowhere", &o, why, sizeof(why), &d), SK_EIO);
	assert_string_not_equal(why, "");
	assert_null(d);
}

/* SQLite: nobody else reads the file, and a damaged one is not used. */
static void test_sqlite_file(void **state)
{
	struct stat st;
	char why[256] = "";
	struct sk_db_options o = {.check = true};
	struct sk_db *d = NULL;
	const char *path = where + strlen("sqlite:");

	make_table();
	for (int i = 0; i < 60; i++)
		assert_int_equal(
		    change(
			"INSERT INTO t (s) VALUES ('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')"),
		    0);
	sk_db_close(db);
	db = NULL;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(sk_db_open(where, &o, why, sizeof(why), &d), 0);
	sk_db_close(d);
	FILE *f = fopen(path, "r+b");
	assert_non_null(f);
	fseek(f, 4096, SEEK_SET);
	for (int i = 0; i < 4096; i++)
		fputc(0x5a, f);
	fclose(f);
	assert_int_equal(sk_db_open(where, &o, why, sizeof(why), &d), SK_EFORMAT);
}

static int killed_once(struct sk_db *d, void *arg)
{
	int *times = arg;
	struct sk_rows r;
	int rc = sk_db_exec(d, "INSERT INTO t (n, s) VALUES (3, 'x')", SK_NO_BINDS, NULL);

	if (rc || (*times)++)
		return rc;
	rc = sk_db_query(d, "SELECT pg_terminate_backend(pg_backend_pid())", SK_NO_BINDS, &r);
	if (rc == 0)
		sk_rows_free(&r);
	return rc;
}

static int sleepy(struct sk_db *d, void *arg)
{
	int *times = arg;
	int rc = sk_db_exec(d, "INSERT INTO t (n, s) VALUES (4, 'x')", SK_NO_BINDS, NULL);

	if (rc == 0 && (*times)++ == 0) {
		usleep(300000);
		rc = sk_db_exec(d, "INSERT INTO t (n, s) VALUES (5, 'x')", SK_NO_BINDS, NULL);
	}
	return rc;
}

/* PostgreSQL: sessions that end, a server that starts again, a transaction that sleeps. */
static void test_server_away(void **state)
{
	int times = 0;
	char why[256] = "";
	struct sk_db_options o = {.idle_ms = 50};
	struct sk_db *d = NULL;

	make_table();
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, killed_once, &times), 0);
	assert_int_equal(times, 2);
	assert_int_equal(number("SELECT count(*) FROM t"), 1);
	place_stop_server(&place, SIGQUIT);
	place_start_server(&place);
	assert_int_equal(number("SELECT count(*) FROM t"), 1);
	place_stop_server(&place, SIGINT);
	place_start_server(&place);
	assert_int_equal(change("INSERT INTO t (n, s) VALUES (6, 'x')"), 0);
	times = 0;
	assert_int_equal(sk_db_open(where, &o, why, sizeof(why), &d), 0);
	assert_int_equal(sk_db_transact(d, SK_DB_WRITE, sleepy, &times), 0);
	sk_db_close(d);
	assert_int_equal(number("SELECT count(*) FROM t"), 3);
}

/* A commit of which no answer came is looked up. The trigger ends the session when the commit is under way, before it. */
static void test_lost_commit(void **state)
{
	make_table();
	assert_int_equal(
	    change(
		"CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF nextval('once') = 1 THEN"
		" PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); END IF; RETURN NULL; END $$"),
	    0);
	assert_int_equal(change("CREATE SEQUENCE once"), 0);
	assert_int_equal(
	    change("CREATE CONSTRAINT TRIGGER die AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED"
		   " FOR EACH ROW EXECUTE FUNCTION die()"),
	    0);
	assert_int_equal(change("INSERT INTO t (n, s) VALUES (7, 'x')"), 0);
	assert_int_equal(number("SELECT count(*) FROM t"), 1);
	assert_int_equal(number("SELECT last_value FROM once"), 2);
}

/* A trigger in the commit kills its own session, once, by a program; the server takes that for a crash and recovers by itself. */
static void crash_in_commit(const char *also)
{
	char sql[1200];

	make_table();
	snprintf(sql, sizeof(sql),
	    "CREATE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN COPY (SELECT 1) TO PROGRAM"
	    " 'cd %s/pg; mkdir %s 2>/dev/null || exit 0; %s kill -9 $PPID'; RETURN NULL; END $$",
	    place.dir, *also ? "second" : "first", also);
	assert_int_equal(change(sql), 0);
	assert_int_equal(
	    change("CREATE CONSTRAINT TRIGGER crash AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED"
		   " FOR EACH ROW EXECUTE FUNCTION crash()"),
	    0);
}

/* The number of the transaction reached no disk: the server knows none of that number, and the transaction is done again. */
static void test_crash_in_commit(void **state)
{
	crash_in_commit("");
	assert_int_equal(change("INSERT INTO t (n, s) VALUES (8, 'x')"), 0);
	assert_int_equal(number("SELECT count(*) FROM t"), 1);
}

/* Nobody comes in again before another one has written, who gets the lost number: that he committed says nothing of us. */
static void test_number_of_another(void **state)
{
	crash_in_commit("mv .s.PGSQL.5432 second; (until psql -h $PWD/second -U sekisho postgres -c"
			" \"INSERT INTO t (n, s) VALUES (9, chr(120))\"; do sleep 0.05; done;"
			" mv second/.s.PGSQL.5432 .) >/dev/null 2>&1 &");
	assert_int_equal(change("INSERT INTO t (n, s) VALUES (8, 'x')"), 0);
	assert_int_equal(number("SELECT count(*) FROM t WHERE n = 9"), 1);
	assert_int_equal(number("SELECT count(*) FROM t WHERE n = 8"), 1);
}

#define BOTH \
	T(test_values), T(test_wrong_columns), T(test_constraints), T(test_messages), \
	    T(test_transactions), T(test_concurrent), T(test_one_picture), T(test_time), \
	    T(test_many_statements), T(test_posted), T(test_posted_rows), T(test_posted_behind), \
	    T(test_posted_and_asked), T(test_clock), T(test_migrations), \
	    T(test_migrations_at_once)

static const struct CMUnitTest sqlite[] = {BOTH, T(test_bad_places), T(test_sqlite_file)};
static const struct CMUnitTest pgsql[] = {BOTH, T(test_server_away), T(test_lost_commit),
    T(test_crash_in_commit), T(test_number_of_another)};

MAIN_ON_BOTH("db", NULL, sqlite, pgsql)
