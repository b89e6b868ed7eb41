/* The queue and the outbox, on both back ends alike. */
#include "store/queue.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "store/outbox.h"
#include "store/test-both.h"

#define HOUR 3600000

static char where[256];
static struct sk_db *db;
static struct sk_queue *queue;
static struct sk_arena *arena;

static int setup(void **state)
{
	db = open_store(where);
	assert_int_equal(sk_queue_open(db, &queue), 0);
	arena = sk_arena_new(64 << 20);
	return 0;
}

static int teardown(void **state)
{
	sk_arena_free(arena);
	sk_queue_close(queue);
	sk_db_close(db);
	return 0;
}

struct puts {
	int64_t kind;
	unsigned from, n;
	int rc;
};

static int put_some(struct sk_db *d, void *arg)
{
	const struct puts *p = arg;
	char name[32];

	for (unsigned i = 0; i < p->n; i++) {
		snprintf(name, sizeof(name), "job %u", p->from + i);
		int rc = sk_queue_put(d, p->kind, name, SK_SLICE_LIT("b\0dy"), 0);
		if (rc)
			return rc;
	}
	return p->rc;
}

static void put(int64_t kind, unsigned from, unsigned n)
{
	struct puts p = {kind, from, n, 0};

	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, put_some, &p), 0);
}

static size_t claim(int64_t kind, int64_t lease, size_t most, struct sk_job **jobs)
{
	size_t n = 999;

	int rc = sk_queue_claim(queue, arena, kind, "w", lease, most, jobs, &n);
	if (rc)
		fail_msg("%d: %s", rc, sk_db_why(db));
	return n;
}

static struct sk_queue_counts counts(void)
{
	struct sk_queue_counts c;

	assert_int_equal(sk_queue_counts(queue, &c), 0);
	return c;
}

static int put_claimed(struct sk_db *d, void *arg)
{
	struct sk_job *job = arg;

	return sk_queue_put_claimed(d, 1, "mine", "w", HOUR, job);
}

/* What is claimed as it is put is nobody else's, ends by its fence, and is there for others when its claimer is gone. */
static void test_claimed(void **state)
{
	struct sk_job first, second, *jobs = NULL;

	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, put_claimed, &first), 0);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, put_claimed, &second), 0);
	assert_true(second.id > first.id && first.fence == 1 && first.tries == 1);
	assert_int_equal(claim(1, HOUR, 10, &jobs), 0);
	assert_int_equal(counts().running, 2);
	assert_int_equal(sk_queue_extend(queue, &first, HOUR), 0);
	assert_int_equal(sk_queue_done(queue, &first, 1), 0);
	assert_int_equal(sk_queue_release(queue, "w"), 0);
	assert_int_equal(claim(1, HOUR, 10, &jobs), 1);
	assert_true(jobs[0].id == second.id && jobs[0].fence > second.fence);
	assert_string_equal(jobs[0].name, "mine");
	assert_int_equal(sk_queue_done(queue, &second, 1), SK_ECHANGED);
	assert_int_equal(sk_queue_done(queue, jobs, 1), 0);
}

static void test_in_order(void **state)
{
	struct sk_job *jobs = NULL;
	char name[32];

	assert_int_equal(claim(1, HOUR, 10, &jobs), 0);
	put(1, 0, 25);
	put(2, 100, 1);
	for (unsigned at = 0; at < 25;) {
		size_t n = claim(1, HOUR, 10, &jobs);
		assert_int_equal(n, at < 20 ? 10 : 5);
		for (size_t i = 0; i < n; i++, at++) {
			snprintf(name, sizeof(name), "job %u", at);
			assert_string_equal(jobs[i].name, name);
			assert_true(sk_slice_eq(jobs[i].body, SK_SLICE_LIT("b\0dy")));
			assert_int_equal(jobs[i].tries, 1);
			assert_int_equal(jobs[i].fence, 1);
		}
		assert_int_equal(sk_queue_done(queue, jobs, n), 0);
		assert_int_equal(sk_queue_done(queue, jobs, n), SK_ECHANGED);
	}
	assert_int_equal(claim(1, HOUR, 10, &jobs), 0);
	assert_int_equal(claim(2, HOUR, 10, &jobs), 1);
	assert_int_equal(counts().ready, 0);
	assert_int_equal(counts().running, 1);
}

static void test_taken_back(void **state)
{
	struct puts p = {1, 0, 3, SK_EREFUSED};
	struct sk_job *jobs = NULL;

	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, put_some, &p), SK_EREFUSED);
	assert_int_equal(claim(1, HOUR, 10, &jobs), 0);
	assert_int_equal(sk_queue_claim(queue, arena, 1, "w", 0, 1, &jobs, &(size_t){0}), SK_EARG);
	assert_int_equal(
	    sk_queue_claim(queue, arena, 1, "w", HOUR, 0, &jobs, &(size_t){0}), SK_EARG);
}

/* A lease that is over: the next claim gets another fence, and who had it before can finish nothing. */
static void test_fence(void **state)
{
	struct sk_job *late = NULL, *jobs = NULL;
	bool dead = true;

	put(1, 0, 1);
	assert_int_equal(claim(1, 1, 1, &late), 1);
	while (claim(1, HOUR, 1, &jobs) == 0)
		usleep(1000);
	assert_int_equal(jobs->id, late->id);
	assert_int_equal(jobs->fence, late->fence + 1);
	assert_int_equal(jobs->tries, 2);
	assert_int_equal(sk_queue_done(queue, late, 1), SK_ECHANGED);
	assert_int_equal(sk_queue_extend(queue, late, HOUR), SK_ECHANGED);
	assert_int_equal(sk_queue_later(queue, late, &dead), SK_ECHANGED);
	assert_int_equal(sk_queue_extend(queue, jobs, HOUR), 0);
	assert_int_equal(claim(1, HOUR, 1, &late), 0);
	assert_int_equal(sk_queue_done(queue, jobs, 1), 0);
}

/* One of a batch that is another's: nothing of the batch is changed. */
static void test_batch(void **state)
{
	struct sk_job *jobs = NULL;

	put(1, 0, 3);
	assert_int_equal(claim(1, HOUR, 3, &jobs), 3);
	jobs[1].fence--;
	assert_int_equal(sk_queue_done(queue, jobs, 3), SK_ECHANGED);
	assert_int_equal(counts().running, 3);
	jobs[1].fence++;
	assert_int_equal(sk_queue_done(queue, jobs, 3), 0);
	assert_int_equal(counts().running, 0);
}

static int make_ready(struct sk_db *d, void *arg)
{
	static const char *const SQL[] = {"UPDATE job_0 SET ready = 0",
	    "UPDATE job_1 SET ready = 0", "UPDATE job_2 SET ready = 0",
	    "UPDATE job_3 SET ready = 0"};
	int rc = 0;

	for (int i = 0; i < 4 && rc == 0; i++)
		rc = sk_db_exec(d, SQL[i], SK_NO_BINDS, NULL);
	return rc;
}

static void all_ready(void)
{
	assert_int_equal(sk_db_transact(db, SK_DB_QUEUE, make_ready, NULL), 0);
}

static void test_pauses(void **state)
{
	struct sk_job *jobs = NULL;
	bool dead = true;

	put(1, 0, 1);
	for (unsigned i = 1; i <= SK_LIMIT_JOB_TRIES; i++) {
		assert_int_equal(claim(1, HOUR, 1, &jobs), 1);
		assert_int_equal(jobs->tries, i);
		assert_int_equal(sk_queue_later(queue, jobs, &dead), 0);
		assert_int_equal(dead, i == SK_LIMIT_JOB_TRIES);
		struct sk_job *none = NULL;
		assert_int_equal(claim(1, HOUR, 1, &none), 0);
		assert_int_equal(
		    sk_queue_done(queue, jobs, 1), SK_ECHANGED); /* the lease has ended */
		all_ready();
	}
	assert_int_equal(counts().dead, 1);
	assert_int_equal(counts().ready + counts().running, 0);
}

/* A job that kills whoever takes it is set aside, and the one behind it comes. */
static void test_poison(void **state)
{
	struct sk_job *jobs = NULL;
	size_t n = 0;

	put(1, 0, 1);
	for (unsigned i = 0; i < SK_LIMIT_JOB_TRIES; i++) {
		assert_int_equal(claim(1, HOUR, 1, &jobs), 1);
		all_ready();
	}
	put(1, 1, 1);
	assert_int_equal(claim(1, HOUR, 1, &jobs), 1);
	assert_string_equal(jobs->name, "job 1");
	assert_int_equal(counts().dead, 1);
	assert_int_equal(sk_queue_dead(queue, arena, 8, &jobs, &n), 0);
	assert_int_equal(n, 1);
	assert_string_equal(jobs->name, "job 0");
	assert_int_equal(jobs->kind, 1);
	assert_int_equal(sk_queue_bury(queue, jobs), 0);
	assert_int_equal(counts().dead, 0);
}

/* What a claimer had that is gone is there again at once; it comes back to nothing. */
static void test_release(void **state)
{
	struct sk_job *jobs = NULL, *again = NULL;

	put(1, 0, 3);
	assert_int_equal(claim(1, HOUR, 2, &jobs), 2);
	assert_int_equal(sk_queue_release(queue, "another"), 0);
	assert_int_equal(counts().ready, 1);
	assert_int_equal(sk_queue_release(queue, "w"), 0);
	assert_int_equal(counts().ready, 3);
	assert_int_equal(sk_queue_done(queue, jobs, 1), SK_ECHANGED);
	sk_queue_close(queue); /* the next claimer */
	assert_int_equal(sk_queue_open(db, &queue), 0);
	assert_int_equal(claim(1, HOUR, 3, &again), 3);
	assert_string_equal(again->name, jobs->name);
}

/* The ring is turned under jobs that wait, pause and are leased; each is there once afterwards. */
static void test_ring(void **state)
{
	struct sk_job *leased = NULL, *paused = NULL, *jobs = NULL;
	bool turned = false, dead = true;
	char seen[60] = {0};

	put(1, 0, 2);
	assert_int_equal(claim(1, HOUR, 1, &leased), 1);
	assert_int_equal(claim(1, HOUR, 1, &paused), 1);
	assert_int_equal(sk_queue_later(queue, paused, &dead), 0);
	assert_int_equal(sk_queue_rotate(queue, HOUR, &turned), 0);
	assert_false(turned); /* it is too young */
	for (unsigned i = 0; i < 9; i++) {
		put(1, 2 + i * 2, 2);
		assert_int_equal(sk_queue_rotate(queue, 0, &turned), 0);
		assert_true(turned);
	}
	assert_int_equal(counts().rotations, 9);
	assert_int_equal(sk_queue_done(queue, leased, 1), 0);
	all_ready();
	for (size_t n; (n = claim(1, HOUR, 7, &jobs));)
		for (size_t i = 0; i < n; i++)
			seen[strtoul(jobs[i].name + 4, NULL, 10)]++;
	for (unsigned i = 0; i < 20; i++)
		assert_int_equal(seen[i], i != 0);
}

static int hold_and_turn(struct sk_db *d, void *arg)
{
	bool turned = true;
	struct sk_queue *other = arg;

	int rc = sk_queue_put(d, 1, "late", sk_slice(NULL, 0), 0);
	if (rc == 0 && postgres) {
		assert_int_equal(sk_queue_rotate(other, 0, &turned), 0);
		assert_true(turned); /* the next table: nobody is in it */
	}
	return rc;
}

/* A job that is written to a table while the ring goes on is not lost when that table's turn comes. */
static void test_late_writer(void **state)
{
	struct sk_db *second = place_open(where);
	struct sk_queue *other = NULL;
	struct sk_job *jobs = NULL;
	bool turned = false;

	assert_int_equal(sk_queue_open(second, &other), 0);
	assert_int_equal(sk_db_transact(db, SK_DB_QUEUE, hold_and_turn, other), 0);
	for (int i = 0; i < 5; i++)
		assert_int_equal(sk_queue_rotate(other, 0, &turned), 0);
	assert_int_equal(claim(1, HOUR, 5, &jobs), 1);
	assert_string_equal(jobs->name, "late");
	sk_queue_close(other);
	sk_db_close(second);
}

/* Several processes claim at once, give some back, and let leases run out: each job is finished once. */
#define MANY 600

static int work(unsigned seed, int out)
{
	struct sk_db *d = place_open(where);
	struct sk_queue *q = NULL;
	struct sk_job *jobs = NULL;
	size_t n = 0;
	bool dead, turned;
	int idle = 0;

	if (sk_queue_open(d, &q))
		return 1;
	while (idle < 20) {
		struct sk_arena *a = sk_arena_new(8 << 20);
		seed = seed * 1664525 + 1013904223;
		if (sk_queue_claim(q, a, 1, "w", HOUR, 1 + (seed >> 28), &jobs, &n))
			return 2;
		idle = n ? 0 : idle + 1;
		for (size_t i = 0; i < n; i++) {
			if (seed >> 16 & 1 && jobs[i].tries == 1) { /* not now */
				if (sk_queue_later(q, &jobs[i], &dead))
					return 3;
			} else if (sk_queue_done(q, &jobs[i], 1))
				return 4;
			else if (write(out, jobs[i].name, 16) != 16)
				return 5;
		}
		if (n && (seed >> 20 & 15) == 0 && sk_queue_rotate(q, 0, &turned))
			return 6;
		if (n == 0)
			usleep(100000);
		sk_arena_free(a);
	}
	sk_queue_close(q);
	sk_db_close(d);
	return 0;
}

static void test_workers(void **state)
{
	int pipes[2], status;
	unsigned char seen[MANY] = {0};
	char name[16];

	for (unsigned i = 0; i < MANY; i += 100)
		put(1, 1000000 + i, 100);
	assert_int_equal(pipe(pipes), 0);
	fflush(NULL);
	for (unsigned w = 0; w < 4; w++)
		if (fork() == 0)
			_exit(work(w * 77, pipes[1]));
	close(pipes[1]);
	unsigned n = 0;
	while (read(pipes[0], name, 16) == 16) {
		unsigned long at = strtoul(name + 4, NULL, 10) - 1000000;
		assert_true(at < MANY);
		assert_int_equal(seen[at]++, 0);
		n++;
	}
	close(pipes[0]);
	for (unsigned w = 0; w < 4; w++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(n, MANY);
	assert_int_equal(counts().dead, 0);
}

/* Outbox */
static int put_rows(struct sk_db *d, void *arg)
{
	const struct puts *p = arg;

	for (unsigned i = 0; i < p->n; i++) {
		uint8_t body = (uint8_t)(p->from + i);
		int rc = sk_outbox_put(d, SK_CHANNEL_LEDGER, p->kind, sk_slice(&body, 1));
		if (rc)
			return rc;
	}
	return p->rc;
}

static void expect_rows(size_t most, int64_t first, size_t n, uint8_t body)
{
	struct sk_outbox_rows rows;

	int rc = sk_outbox_read(db, SK_CHANNEL_LEDGER, most, &rows);
	if (rc)
		fail_msg("%s", sk_db_why(db));
	assert_int_equal(rows.n, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(rows.row[i].number, first + (int64_t)i);
		assert_int_equal(rows.row[i].kind, 5);
		assert_int_equal(rows.row[i].body.p[0], body + i);
	}
	sk_outbox_rows_free(&rows);
}

static void test_outbox(void **state)
{
	struct puts p = {5, 0, 5, 0}, back = {5, 100, 5, SK_EREFUSED}, more = {5, 5, 3, 0};

	expect_rows(10, 0, 0, 0);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, put_rows, &p), 0);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, put_rows, &back), SK_EREFUSED);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, put_rows, &more), 0);
	expect_rows(3, 1, 3, 0);
	expect_rows(3, 1, 3, 0); /* the same until they are done */
	assert_int_equal(sk_outbox_done(db, SK_CHANNEL_LEDGER, 2), 0);
	expect_rows(100, 3, 6, 2);
	assert_int_equal(sk_outbox_done(db, SK_CHANNEL_LEDGER, 8), 0);
	expect_rows(100, 0, 0, 0);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, put_rows, &p), 0);
	expect_rows(100, 9, 5, 0); /* numbers are not used twice */
	assert_int_equal(
	    sk_outbox_put(db, SK_CHANNEL_LEDGER, 5, sk_slice("", SK_LIMIT_JOB_BODY + 1)),
	    SK_ELIMIT);
}

static int put_and_wait(struct sk_db *d, void *arg)
{
	struct puts p = {5, 50, 1, 0}, *other = arg;
	int64_t sent;
	int rc = put_rows(d, &p);

	if (rc == 0)
		rc = sk_db_now(d, &sent); /* what was posted has its place */
	if (rc == 0 && postgres) {        /* one that began later is committed and read first */
		struct sk_db *second = place_open(where);
		assert_int_equal(sk_db_transact(second, SK_DB_WRITE, put_rows, other), 0);
		struct sk_db *mine = db;
		db = second;
		expect_rows(10, 1, 1, 70);
		assert_int_equal(sk_outbox_done(second, SK_CHANNEL_LEDGER, 1), 0);
		db = mine;
		sk_db_close(second);
	}
	return rc;
}

/* A transaction that began first and ends last: its row comes, with a later number. */
static void test_outbox_late(void **state)
{
	struct puts other = {5, 70, 1, 0};

	assert_int_equal(sk_db_transact(db, SK_DB_QUEUE, put_and_wait, &other), 0);
	expect_rows(10, postgres ? 2 : 1, 1, 50);
}

static int put_and_number(struct sk_db *d, void *arg)
{
	int rc = put_rows(d, arg);

	return rc ? rc : sk_outbox_number(d);
}

static int skip_to_90(struct sk_db *d, void *arg)
{
	return sk_outbox_skip(d, SK_CHANNEL_LEDGER, 90);
}

static int64_t not_numbered(void)
{
	struct sk_rows r;

	assert_int_equal(
	    sk_db_query(db, "SELECT count(*) FROM outbox WHERE number IS NULL", SK_NO_BINDS, &r),
	    0);
	int64_t n = sk_rows_int(&r, 0, 0);
	sk_rows_free(&r);
	return n;
}

/* Numbers of the writer's own transaction go on where those of readers ended, and the other way round. */
static void test_outbox_numbered(void **state)
{
	struct puts p = {5, 0, 3, 0}, none = {5, 0, 0, 0}, late = {5, 3, 2, 0}, more = {5, 5, 1, 0},
		    back = {5, 100, 2, SK_EREFUSED};

	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, put_and_number, &p), 0);
	assert_int_equal(not_numbered(), 0);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, put_and_number, &back), SK_EREFUSED);
	expect_rows(10, 1, 3, 0);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, put_rows, &late), 0);
	assert_int_equal(not_numbered(), 2);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, put_and_number, &none), 0);
	assert_int_equal(not_numbered(), 2);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, put_and_number, &more), 0);
	expect_rows(10, 1, 6, 0);
	assert_int_equal(sk_outbox_done(db, SK_CHANNEL_LEDGER, 5), 0);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, skip_to_90, NULL), 0);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, skip_to_90, NULL), 0);
	expect_rows(10, 6, 1, 5); /* what has its number keeps it */
	assert_int_equal(sk_outbox_done(db, SK_CHANNEL_LEDGER, 6), 0);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, put_and_number, &p), 0);
	expect_rows(10, 91, 3, 0);
}

static int post_three(struct sk_db *d, void *arg)
{
	int rc = 0;

	for (int i = 0; i < 3 && rc == 0; i++)
		rc = sk_queue_post(d, *(bool *)arg, 7, "transfer", SK_SLICE_LIT("x"));
	return rc;
}

static int fed_seven(struct sk_db *d, void *arg)
{
	return sk_db_exec(d, "UPDATE job_ring SET fed = 7", SK_NO_BINDS, NULL);
}

/* A queue of its own: each job moves once, also when the mark in the outbox was never made. */
static void test_feed(void **state)
{
	char elsewhere[256];
	bool own = true;
	size_t moved = 0, n = 0;
	struct sk_queue *q = NULL;
	struct sk_job *jobs = NULL;
	struct sk_outbox_rows rows;

	place_second_database(&place, postgres, elsewhere, sizeof(elsewhere));
	struct sk_db *second = place_open(elsewhere);
	assert_int_equal(sk_db_migrate(second, "queue"), 0);
	assert_int_equal(sk_queue_open(second, &q), 0);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, post_three, &own), 0);
	assert_int_equal(sk_queue_feed(db, second, &moved), 0);
	assert_int_equal(moved, 3);
	assert_int_equal(sk_queue_feed(db, second, &moved), 0);
	assert_int_equal(moved, 0);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, post_three, &own), 0);
	assert_int_equal(sk_queue_feed(db, second, &moved), 0);
	/* As if it had died before it marked the outbox: number 7 is in the queue already, 8 and 9 are not. */
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, post_three, &own), 0);
	assert_int_equal(sk_outbox_read(db, SK_CHANNEL_JOBS, 10, &rows), 0);
	assert_int_equal(rows.row[0].number, 7);
	sk_outbox_rows_free(&rows);
	assert_int_equal(sk_db_transact(second, SK_DB_WRITE, fed_seven, NULL), 0);
	assert_int_equal(sk_queue_feed(db, second, &moved), 0);
	assert_int_equal(moved, 2);
	assert_int_equal(sk_queue_claim(q, arena, 7, "w", HOUR, 20, &jobs, &n), 0);
	assert_int_equal(n, 8);
	assert_string_equal(jobs[0].name, "transfer");
	assert_true(sk_slice_is(jobs[0].body, "x"));
	own = false;
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, post_three, &own), 0);
	assert_int_equal(claim(7, HOUR, 20, &jobs), 3);
	sk_queue_close(q);
	sk_db_close(second);
}

static const struct CMUnitTest tests[] = {T(test_claimed), T(test_in_order), T(test_taken_back),
    T(test_fence), T(test_batch), T(test_pauses), T(test_poison), T(test_release), T(test_ring),
    T(test_late_writer), T(test_workers), T(test_outbox), T(test_outbox_late),
    T(test_outbox_numbered), T(test_feed)};

MAIN_ON_BOTH("queue", NULL, tests, tests)
