/* What happens to transfers, on both back ends alike: row, history, ledger and queue agree, or nothing has happened. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "gate/batch.h"
#include "gate/claims.h"
#include "store/outbox.h"
#include "store/test-both.h"

static char where[256];
static struct sk_gate gate;
static struct sk_arena *arena;

static int setup(void **state)
{
	gate = (struct sk_gate){.db = open_store(where)};
	arena = sk_arena_new((size_t)64 << 20);
	return arena == NULL;
}

static int teardown(void **state)
{
	sk_arena_free(arena);
	sk_db_close(gate.db);
	return 0;
}

static const uint8_t hash[32] = "0123456789abcdef0123456789abcde";

static struct sk_transfer arrival(void)
{
	struct sk_transfer t;

	sk_transfer_init(&t);
	t.route = "file-in";
	t.zone_from = "internet";
	t.zone_to = "lgwan";
	t.requester = "shimin-1";
	t.file_name = "予定表.xlsx";
	t.original = "00112233445566778899aabbccddeeff";
	t.original_hash = sk_slice(hash, 32);
	t.original_size = 77;
	return t;
}

/* One deed, in a transaction of its own. */
struct doing {
	const char *id; /* NULL: it begins */
	const struct sk_step_of *step;
	struct sk_transfer *t;
	bool output;     /* something came out */
	int run, status; /* run: what it ends with after it has written */
};

static int run_doing(struct sk_gate *g, struct sk_arena *a, void *ctx)
{
	static const struct sk_step_of receive = {.what = {SK_DO_RECEIVE, SK_BY_REQUESTER, 0}};
	struct doing *w = ctx;
	int rc = w->id ? sk_transfer_load(g->db, a, w->id, w->t)
		       : sk_gate_begin(g, w->t, SK_AT_RECEIVED, &receive);

	if (w->output) {
		w->t->output = sk_slice(hash, 32);
		w->t->output_size = 70;
		w->t->output_type = "xlsx";
	}
	if (rc == 0)
		rc = sk_gate_step(g, w->t, w->step);
	return rc ? rc : w->run;
}

static void done_doing(void *ctx, int status)
{
	((struct doing *)ctx)->status = status;
}

static int carry_out(struct doing w)
{
	struct sk_deed deed = {run_doing, done_doing, &w};

	sk_gate_do(&gate, &deed, 1);
	if (w.status == 0)
		assert_int_equal(sk_transfer_load(gate.db, arena, w.t->id, w.t), 0);
	return w.status;
}

static struct sk_transfer received(void)
{
	static const struct sk_step_of clean = {.what = {SK_DO_CLEAN, SK_BY_GATE, 0}};
	struct sk_transfer t = arrival();

	int status = carry_out((struct doing){.step = &clean, .t = &t});
	if (status)
		fail_msg("%d %s", status, sk_db_why(gate.db));
	return t;
}

static struct sk_step_of step(enum sk_transfer_event event, enum sk_actor actor)
{
	return (struct sk_step_of){.what = {.event = event, .actor = actor}};
}

/* The entries that wait for the scribe, and the last of them. */
static size_t entries(struct sk_leaf *last)
{
	static char number[24];
	static struct sk_outbox_rows rows;

	sk_outbox_rows_free(&rows);
	assert_int_equal(sk_outbox_read(gate.db, SK_CHANNEL_LEDGER, 100, &rows), 0);
	for (size_t i = 0; last && i < rows.n; i++)
		assert_int_equal(
		    sk_gate_entry(rows.row[i].number, rows.row[i].body, number, last), 0);
	return rows.n;
}

static size_t history(const char *id)
{
	struct sk_history *h;
	size_t n = 0;

	assert_int_equal(sk_history_list(gate.db, arena, id, &h, &n), 0);
	return n;
}

static size_t jobs(int64_t kind, struct sk_job **list)
{
	struct sk_queue *q = NULL;
	size_t n = 0;

	assert_int_equal(sk_queue_open(gate.db, &q), 0);
	assert_int_equal(sk_queue_claim(q, arena, kind, "test", 60000, 10, list, &n), 0);
	sk_queue_close(q);
	return n;
}

static int happen(const char *id, struct sk_step_of s, struct sk_transfer *after)
{
	return carry_out((struct doing){
	    .id = id, .step = &s, .t = after, .output = s.what.event == SK_DO_CLEANED});
}

static void test_receive(void **state)
{
	struct sk_transfer t = received();
	struct sk_leaf e;
	struct sk_job *list;

	assert_int_equal(t.state, SK_AT_CLEANING);
	assert_int_equal(history(t.id), 2);
	assert_int_equal(entries(&e), 2);
	assert_true(sk_slice_is(e.field[SK_ENTRY_KIND], "transfer.clean"));
	assert_true(sk_slice_is(e.field[SK_ENTRY_TRANSFER], t.id));
	assert_int_equal(jobs(SK_JOB_CLEAN, &list), 1);
	assert_string_equal(list[0].name, t.id);
}

static void test_to_the_end(void **state)
{
	static const struct {
		enum sk_transfer_event event;
		enum sk_actor actor;
		enum sk_transfer_state state;
	} way[] = {{SK_DO_OFFER, SK_BY_GATE, SK_AT_OFFERED},
	    {SK_DO_FETCH, SK_BY_LINK, SK_AT_CROSSING}, {SK_DO_TAKEN, SK_BY_LINK, SK_AT_CROSSED},
	    {SK_DO_VERIFY, SK_BY_WORKER, SK_AT_VERIFIED},
	    {SK_DO_RELEASE, SK_BY_GATE, SK_AT_RELEASED},
	    {SK_DO_COLLECT, SK_BY_RECIPIENT, SK_AT_COLLECTED}};
	struct sk_transfer t = received();
	struct sk_step_of s = step(SK_DO_CLEANED, SK_BY_WORKER);
	struct sk_job *list;
	struct sk_leaf e;

	assert_int_equal(jobs(SK_JOB_CLEAN, &list), 1);
	s.job = &list[0];
	assert_int_equal(happen(t.id, s, &t), 0);
	assert_int_equal(t.state, SK_AT_CLEANED);
	/* the lease ended with it */
	assert_int_equal(happen(t.id, s, &t), SK_EREFUSED);
	for (size_t i = 0; i < sizeof(way) / sizeof(*way); i++) {
		assert_int_equal(happen(t.id, step(way[i].event, way[i].actor), &t), 0);
		assert_int_equal(t.state, way[i].state);
	}
	assert_string_equal(t.owner, "lgwan");
	assert_int_equal(entries(&e), 9);
	assert_true(sk_slice_is(e.field[SK_ENTRY_BY], "recipient"));
	assert_int_equal(e.field[SK_ENTRY_HASH_OUT].n, 64);
	assert_true(sk_slice_is(e.field[SK_ENTRY_SIZE_OUT], "70"));
	assert_int_equal(history(t.id), 9);
	assert_int_equal(jobs(SK_JOB_VERIFY, &list), 1);
}

/* What cannot happen leaves no trace. */
static void test_refused(void **state)
{
	struct sk_transfer t = received(), after;

	assert_int_equal(happen(t.id, step(SK_DO_RELEASE, SK_BY_GATE), &after), SK_EREFUSED);
	assert_int_equal(happen(t.id, step(SK_DO_CLEANED, SK_BY_REQUESTER), &after), SK_EREFUSED);
	assert_int_equal(
	    happen("ffffffffffffffffffffffffffffffff", step(SK_DO_CANCEL, SK_BY_REQUESTER), &after),
	    SK_ENOENTRY);
	assert_int_equal(entries(NULL), 2);
	assert_int_equal(history(t.id), 2);
}

/* A caller that changes its mind, a value that the ledger would not take: all is as before. */
static void test_all_or_nothing(void **state)
{
	const struct sk_saying bad = {SK_ENTRY_ROLE, SK_SLICE_LIT("not a word")};
	struct sk_transfer t = received(), after;
	struct sk_step_of s = step(SK_DO_CLEANED, SK_BY_WORKER);
	struct sk_job *list;

	assert_int_equal(jobs(SK_JOB_CLEAN, &list), 1);
	s.job = &list[0];
	assert_int_equal(
	    carry_out((struct doing){
		.id = t.id, .step = &s, .t = &after, .output = true, .run = SK_ENOSPACE}),
	    SK_ENOSPACE);
	s.say = &bad;
	s.nsay = 1;
	assert_int_equal(happen(t.id, s, &after), SK_EARG);
	assert_int_equal(entries(NULL), 2);
	assert_int_equal(sk_transfer_load(gate.db, arena, t.id, &after), 0);
	assert_int_equal(after.state, SK_AT_CLEANING);
	assert_null(after.output.p);
	/* and the lease still holds */
	s.nsay = 0;
	assert_int_equal(happen(t.id, s, &after), 0);
}

/* A worker that comes back under an old fence changes nothing. */
static void test_old_fence(void **state)
{
	struct sk_transfer t = received(), after;
	struct sk_step_of s = step(SK_DO_CLEANED, SK_BY_WORKER);
	struct sk_job *list, old;

	assert_int_equal(jobs(SK_JOB_CLEAN, &list), 1);
	old = list[0];
	old.fence--;
	s.job = &old;
	assert_int_equal(happen(t.id, s, &after), SK_ECHANGED);
	assert_int_equal(entries(NULL), 2);
	s.job = &list[0];
	assert_int_equal(happen(t.id, s, &after), 0);
}

static void test_held_and_lifted(void **state)
{
	struct sk_transfer t = received();
	struct sk_step_of s = step(SK_DO_HOLD, SK_BY_GATE);
	struct sk_leaf e;

	assert_int_equal(happen(t.id, step(SK_DO_CLEANED, SK_BY_WORKER), &t), 0);
	s.what.held = SK_HELD_APPROVAL;
	assert_int_equal(happen(t.id, s, &t), 0);
	assert_int_equal(t.holds, 1 << SK_HELD_APPROVAL);
	s = step(SK_DO_LIFT, SK_BY_APPROVER);
	s.what.held = SK_HELD_APPROVAL;
	s.person = "shimin-cho";
	assert_int_equal(happen(t.id, s, &t), 0);
	assert_int_equal(t.state, SK_AT_APPROVED);
	assert_int_equal(t.holds, 0);
	entries(&e);
	assert_true(sk_slice_is(e.field[SK_ENTRY_DECISION], "approval"));
	assert_true(sk_slice_is(e.field[SK_ENTRY_PERSONAL_ACTOR], "shimin-cho"));
}

/*
 * Several at once take the same step: it happens once, whoever is first, and the ledger is told once.
 */
static void test_once_among_many(void **state)
{
	struct sk_transfer t = received(), after;
	pid_t pid[4];
	int won = 0, status;

	assert_int_equal(happen(t.id, step(SK_DO_CLEANED, SK_BY_WORKER), &t), 0);
	for (int i = 0; i < 4; i++) {
		pid[i] = fork();
		if (pid[i] == 0) {
			gate.db = place_open(where);
			status = happen(t.id, step(SK_DO_OFFER, SK_BY_GATE), &after);
			_exit(status == 0 ? 1 : status == SK_EREFUSED ? 0 : 2);
		}
	}
	for (int i = 0; i < 4; i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
		won += WEXITSTATUS(status);
	}
	assert_int_equal(won, 1);
	assert_int_equal(entries(NULL), 4);
}

/* One that is refused harms no other; one that fails is tried alone, and so are the others. */
static void test_batch(void **state)
{
	static const struct sk_step_of clean = {.what = {SK_DO_CLEANED, SK_BY_WORKER, 0}},
				       offer = {.what = {SK_DO_OFFER, SK_BY_GATE, 0}};
	struct sk_transfer a = received(), b = received(), c = received(), out[3];
	struct doing w[3] = {{.id = a.id, .step = &clean, .t = &out[0], .output = true},
	    {.id = b.id, .step = &offer, .t = &out[1]},
	    {.id = c.id, .step = &clean, .t = &out[2], .output = true}};
	struct sk_deed deed[3];

	for (int i = 0; i < 3; i++)
		deed[i] = (struct sk_deed){run_doing, done_doing, &w[i]};
	sk_gate_do(&gate, deed, 3);
	assert_int_equal(w[0].status, 0);
	assert_int_equal(w[1].status, SK_EREFUSED);
	assert_int_equal(w[2].status, 0);
	assert_int_equal(entries(NULL), 8);
	w[0].step = w[1].step = w[2].step = &offer;
	w[1].id = c.id;
	w[2].run = SK_ELIMIT;
	w[0].output = w[2].output = false;
	sk_gate_do(&gate, deed, 3);
	assert_int_equal(w[0].status, 0);
	assert_int_equal(w[1].status, 0);
	assert_int_equal(w[2].status, SK_EREFUSED); /* the one before it was first */
	assert_int_equal(entries(NULL), 10);
	assert_true(gate.now > 0);
	sk_gate_do(&gate, deed, 0);
}

/* What was told of the last transaction that was committed, and how many there were. */
struct told {
	size_t times, n;
	unsigned left;
	struct sk_job job;
	char name[SK_TRANSFER_ID];
};

static void note_claims(const struct sk_gate_claims *c, void *ctx)
{
	struct told *t = ctx;

	t->times++;
	t->n = c->n;
	t->left = c->left;
	t->job = c->job[0];
	snprintf(t->name, sizeof(t->name), "%s", c->n ? c->job[0].name : "");
}

/* As many jobs as there is room for are ours from the beginning, and only what is committed is told. */
static void test_claims(void **state)
{
	static const struct sk_step_of go = {.what = {SK_DO_CLEAN, SK_BY_GATE, 0}};
	struct told told = {0};
	struct sk_gate_claims claims = {
	    .worker = "we", .lease_ms = 60000, .room = 1, .committed = note_claims, .ctx = &told};
	struct sk_transfer a = arrival(), b = arrival(), after;
	struct doing w[2] = {{.step = &go, .t = &a}, {.step = &go, .t = &b}};
	struct sk_deed deed[2] = {{run_doing, done_doing, &w[0]}, {run_doing, done_doing, &w[1]}};

	gate.claims = &claims;
	sk_gate_do(&gate, deed, 2);
	assert_int_equal(w[0].status | w[1].status, 0);
	assert_true(told.times == 1 && told.n == 1 && told.left == 1U << SK_JOB_CLEAN);
	assert_string_equal(told.name, a.id);
	assert_int_equal(carry_out((struct doing){.id = a.id,
			     .step = &(struct sk_step_of){.what = {SK_DO_CLEANED, SK_BY_WORKER, 0},
				 .job = &told.job},
			     .t = &after,
			     .output = true}),
	    0);
	assert_int_equal(told.times, 1); /* it makes no job */
	struct sk_transfer c = arrival();
	assert_int_equal(
	    carry_out((struct doing){.step = &go, .t = &c, .run = SK_ELIMIT}), SK_ELIMIT);
	assert_int_equal(told.times, 1);
	gate.claims = NULL;
}

static const struct CMUnitTest tests[] = {T(test_receive), T(test_to_the_end), T(test_refused),
    T(test_all_or_nothing), T(test_old_fence), T(test_held_and_lifted), T(test_once_among_many),
    T(test_batch), T(test_claims)};

MAIN_ON_BOTH("the gate", NULL, tests, tests)
