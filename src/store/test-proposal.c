/* Proposed changes, on both back ends alike. */
#include "store/proposal.h"

#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "store/test-both.h"

static char where[256];
static struct sk_db *db;
static struct sk_arena *arena;
static uint8_t hash[32] = {1, 2, 3};

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

struct deed {
	const char *by;
	int64_t number;
	enum sk_proposal_state to;
	struct sk_slice policy;
};

static int add_work(struct sk_db *d, void *arg)
{
	struct deed *w = arg;
	const struct sk_proposal p = {
	    .said_by = w->by, .moves = "ni\t\tzei\n", .policy = sk_slice(hash, sizeof(hash))};

	return sk_proposal_add(d, &p, &w->number);
}

static int decide_work(struct sk_db *d, void *arg)
{
	const struct deed *w = arg;

	return w->to == SK_PROPOSAL_DONE ? sk_proposal_done(d, w->number)
	       : w->to == SK_PROPOSAL_OPEN
		   ? sk_proposal_reopen(d, w->number)
		   : sk_proposal_decide(d, w->number, w->to, w->by, w->policy);
}

static int64_t add(const char *by)
{
	struct deed w = {.by = by};

	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, add_work, &w), 0);
	return w.number;
}

static int decide(int64_t number, enum sk_proposal_state to)
{
	static const uint8_t seen[32] = "what was seen when he decided";
	struct deed w = {.by = "bucho", .number = number, .to = to};

	if (to == SK_PROPOSAL_APPROVED)
		w.policy = sk_slice(seen, sizeof(seen));

	return sk_db_transact(db, SK_DB_WRITE, decide_work, &w);
}

static struct sk_proposal load(int64_t number)
{
	struct sk_proposal p;

	assert_int_equal(sk_proposal_load(db, arena, number, &p), 0);
	return p;
}

static int back_a_year(struct sk_db *d, void *arg)
{
	return sk_db_exec(d,
	    "UPDATE proposal SET said = said - 31622400000, decided = decided - 31622400000 WHERE id <= $1",
	    SK_BINDS(sk_int(*(int64_t *)arg)), NULL);
}

static int forget_work(struct sk_db *d, void *arg)
{
	return sk_proposal_forget(d, INT64_C(366) * 86400000);
}

/* What is decided and done is forgotten after a year; what is open, or not in the file yet, is not. */
static void test_forget(void **state)
{
	int64_t v[5];
	struct sk_proposal p;

	for (int i = 0; i < 5; i++)
		v[i] = add("kan");
	for (int i = 1; i < 5; i++)
		assert_int_equal(
		    decide(v[i], i == 2 ? SK_PROPOSAL_DENIED : SK_PROPOSAL_APPROVED), 0);
	assert_int_equal(decide(v[1], SK_PROPOSAL_DONE), 0);
	assert_int_equal(decide(v[4], SK_PROPOSAL_DONE), 0);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, back_a_year, &v[3]), 0);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, forget_work, NULL), 0);
	for (int i = 0; i < 5; i++)
		assert_int_equal(
		    sk_proposal_load(db, arena, v[i], &p), i == 1 || i == 2 ? SK_ENOENTRY : 0);
	assert_true(add("kan") > v[4]);
}

static void test_life(void **state)
{
	int64_t number = add("kan"), other = add(NULL);
	struct sk_proposal p = load(number);

	assert_string_equal(p.moves, "ni\t\tzei\n");
	assert_string_equal(p.said_by, "kan");
	assert_int_equal(p.state, SK_PROPOSAL_OPEN);
	assert_int_equal(p.decided, 0);
	assert_memory_equal(p.policy.p, hash, sizeof(hash));
	assert_int_equal(decide(number, SK_PROPOSAL_APPROVED), 0);
	assert_int_equal(decide(number, SK_PROPOSAL_DENIED), SK_ECHANGED);
	p = load(number);
	assert_int_equal(p.state, SK_PROPOSAL_APPROVED);
	assert_string_equal(p.decided_by, "bucho");
	assert_true(p.decided >= p.said);
	assert_string_equal(p.policy.p, "what was seen when he decided");
	assert_int_equal(decide(number, SK_PROPOSAL_OPEN), 0);
	p = load(number);
	assert_int_equal(p.state, SK_PROPOSAL_OPEN);
	assert_int_equal(p.decided, 0);
	assert_null(p.decided_by);
	assert_int_equal(decide(number, SK_PROPOSAL_APPROVED), 0);
	assert_int_equal(decide(number, SK_PROPOSAL_DONE), 0);
	assert_int_equal(decide(number, SK_PROPOSAL_OPEN), 0);
	assert_int_equal(load(number).state, SK_PROPOSAL_DONE);
	assert_int_equal(decide(other, SK_PROPOSAL_DENIED), 0);
	assert_int_equal(decide(other, SK_PROPOSAL_DONE), 0);
	assert_int_equal(load(other).state, SK_PROPOSAL_DENIED);
	assert_memory_equal(load(other).policy.p, hash, sizeof(hash));
	assert_null(load(other).said_by);
	assert_int_equal(sk_proposal_load(db, arena, other + 1, &p), SK_ENOENTRY);
}

static void test_lists(void **state)
{
	struct sk_proposal *v = NULL;
	struct deed w = {.by = "kan"};
	int64_t first = add("kan");
	size_t n = 0;

	for (int i = 1; i < SK_PROPOSALS_OPEN; i++)
		add("kan");
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, add_work, &w), SK_ELIMIT);
	assert_int_equal(decide(first, SK_PROPOSAL_APPROVED), 0);
	add("kan");
	assert_int_equal(sk_proposal_list(db, arena, SK_PROPOSAL_STATES, 0, 10, &v, &n), 0);
	assert_int_equal(n, 10);
	assert_true(v[0].number > v[9].number);
	assert_int_equal(
	    sk_proposal_list(db, arena, SK_PROPOSAL_STATES, v[9].number, 100, &v, &n), 0);
	assert_int_equal(n, SK_PROPOSALS_OPEN + 1 - 10);
	assert_int_equal(sk_proposal_list(db, arena, SK_PROPOSAL_APPROVED, 0, 10, &v, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(v[0].number, first);
}

static const struct CMUnitTest both[] = {T(test_life), T(test_forget), T(test_lists)};

MAIN_ON_BOTH("proposal", IN_MEMORY, both, both)
