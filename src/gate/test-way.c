/* The way of transfers through two posts, on both back ends: what each of the gate's functions does, and what it refuses. */
#include "store/test-both.h"

#include "gate/test-carry.h"

/* To the offer that the other post has answered. */
static const char *offered(struct post *p, const char *route, const char *class)
{
	const char *id = receive(p, route, class);

	assert_int_equal(clean_next(p), 0);
	if (p == &lgwan)
		assert_int_equal(vote(p, id, "cho", true), 0);
	at(p, id, SK_AT_OFFERED);
	assert_int_equal(settle(), 0);
	return id;
}

/* Entries of a kind that wait for the ledger. */
static size_t told(struct post *p, const char *kind)
{
	struct sk_outbox_rows rows;
	char digits[24];
	struct sk_leaf e;
	size_t n = 0;

	assert_int_equal(sk_outbox_read(p->gate.db, SK_CHANNEL_LEDGER, 100, &rows), 0);
	for (size_t i = 0; i < rows.n; i++)
		n += sk_gate_entry(rows.row[i].number, rows.row[i].body, digits, &e) == 0 &&
		     sk_slice_is(e.field[SK_ENTRY_KIND], kind);
	sk_outbox_rows_free(&rows);
	return n;
}

static void test_in(void **state)
{
	const char *id = offered(&inet, "file-in", NULL);
	struct sk_transfer t;

	at(&inet, id, SK_AT_CROSSING);
	at(&lgwan, id, SK_AT_CROSSING);
	t = row(&lgwan, id);
	assert_null(t.original);
	assert_string_equal(t.owner, "lgwan");
	assert_string_equal(t.file_name, "予定表.docx");
	assert_int_equal(cross(&inet, id), 0);
	at(&lgwan, id, SK_AT_CROSSED);
	assert_int_equal(cross(&inet, id), SK_EREFUSED);
	assert_int_equal(check_next(&lgwan, SK_CLEAN), 0);
	at(&lgwan, id, SK_AT_RELEASED);
	assert_int_equal(settle(), 0);
	at(&inet, id, SK_AT_RELEASED);
	assert_null(row(&inet, id).output.p);
	/* a page is looked at by who collects it, which is told and counts for nothing */
	assert_int_equal(look_at(&inet, id, "ichi"), SK_EREFUSED);
	assert_int_equal(look_at(&lgwan, id, "ni"), SK_EREFUSED);
	assert_int_equal(look_at(&lgwan, id, "ichi"), 0);
	assert_int_equal(told(&lgwan, "transfer.look"), 1);
	assert_int_equal(row(&lgwan, id).downloads, 0);
	assert_int_equal(collect(&inet, id, "ichi"), SK_EREFUSED);
	assert_int_equal(collect(&lgwan, id, "ni"), SK_EREFUSED);
	assert_int_equal(collect(&lgwan, id, "ichi"), 0);
	assert_int_equal(settle(), 0);
	at(&inet, id, SK_AT_COLLECTED);
	age(&lgwan, 15 * 86400);
	assert_int_equal(collect(&lgwan, id, "ichi"), SK_EREFUSED);
	assert_int_equal(look_at(&lgwan, id, "ichi"), SK_EREFUSED);
	due(&lgwan);
	at(&lgwan, id, SK_AT_EXPIRED);
	assert_null(row(&lgwan, id).output.p);
	assert_int_equal(settle(), 0);
	at(&inet, id, SK_AT_EXPIRED);
}

static void test_out_by_approval(void **state)
{
	const char *id = receive(&lgwan, "file-out", "2");

	assert_int_equal(clean_next(&lgwan), 0);
	held(&lgwan, id, 1 << SK_HELD_APPROVAL);
	assert_int_equal(vote(&lgwan, id, "ichi", true), SK_EREFUSED); /* his own */
	assert_int_equal(vote(&lgwan, id, "ni", true), SK_EREFUSED);   /* may not */
	assert_int_equal(vote(&lgwan, id, "root", true), SK_EREFUSED);
	assert_int_equal(vote(&lgwan, id, "cho", true), 0);
	at(&lgwan, id, SK_AT_OFFERED);
	assert_int_equal(vote(&lgwan, id, "cho", false), SK_EREFUSED);
	assert_int_equal(settle(), 0);
	assert_int_equal(cross(&lgwan, id), 0);
	assert_int_equal(check_next(&inet, SK_CLEAN), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(collect(&inet, id, "ichi"), 0);
	assert_int_equal(collect(&inet, id, "ichi"), SK_EREFUSED);
	assert_int_equal(settle(), 0);
	assert_int_equal(row(&lgwan, id).downloads, 3);
}

/* Handed out counts when it has left; what was interrupted counts for nothing, so often; nobody else's receipt counts. */
static void test_handed(void **state)
{
	const char *id = offered(&lgwan, "file-out", "2");
	bool counted = true;

	assert_int_equal(cross(&lgwan, id), 0);
	assert_int_equal(hand(&inet, id, "ichi", &counted), SK_EREFUSED);
	assert_int_equal(check_next(&inet, SK_CLEAN), 0);
	assert_int_equal(receipt(&inet, id, "ichi"), SK_EREFUSED); /* of nothing */
	assert_int_equal(hand(&inet, id, "ni", &counted), SK_EREFUSED);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(hand(&inet, id, "ichi", &counted), 0);
		assert_false(counted);
		at(&inet, id, SK_AT_RELEASED);
		assert_int_equal(row(&inet, id).downloads, 0);
	}
	assert_int_equal(receipt(&inet, id, "ni"), SK_EREFUSED);
	assert_int_equal(receipt(&inet, id, "ichi"), 0);
	at(&inet, id, SK_AT_COLLECTED);
	assert_int_equal(row(&inet, id).downloads, 1);
	/* two are interrupted: one more, then each counts at once */
	assert_int_equal(hand(&inet, id, "ichi", &counted), 0);
	assert_false(counted);
	for (int64_t n = 2; n <= 3; n++) {
		assert_int_equal(hand(&inet, id, "ichi", &counted), 0);
		assert_true(counted);
		assert_int_equal(row(&inet, id).downloads, n);
	}
	assert_int_equal(row(&inet, id).handed, 6);
	assert_int_equal(hand(&inet, id, "ichi", &counted), SK_EREFUSED);
	assert_int_equal(receipt(&inet, id, "ichi"), SK_EREFUSED);
	assert_int_equal(settle(), 0);
	assert_int_equal(row(&lgwan, id).downloads, 3);
}

/* It is over before all of it has left: that counts no more. */
static void test_handed_too_long(void **state)
{
	const char *id = offered(&inet, "file-in", NULL);
	bool counted;

	assert_int_equal(cross(&inet, id), 0);
	assert_int_equal(check_next(&lgwan, SK_CLEAN), 0);
	assert_int_equal(hand(&lgwan, id, "ichi", &counted), 0);
	age(&lgwan, 15 * 86400);
	due(&lgwan);
	at(&lgwan, id, SK_AT_EXPIRED);
	assert_int_equal(receipt(&lgwan, id, "ichi"), SK_EREFUSED);
	assert_int_equal(row(&lgwan, id).downloads, 0);
}

static void test_recipient(void **state)
{
	struct sk_recorded r = asked("internet", "lgwan", "file-in", NULL);
	struct call c = {.run = run_receive, .facts = &r, .t = arrival()};

	recipient = "ni";
	const char *id = offered(&inet, "file-in", NULL);
	assert_int_equal(cross(&inet, id), 0);
	assert_int_equal(check_next(&lgwan, SK_CLEAN), 0);
	assert_int_equal(collect(&lgwan, id, "ichi"), SK_EREFUSED);
	assert_int_equal(collect(&lgwan, id, "ni"), 0);
	c.t.recipient = "nobody";
	assert_int_equal(call(&inet, &c), 0);
	at(&inet, c.t.id, SK_AT_DENIED);
}

/* What came in and goes on as it is has an origin, whatever is said of it. */
static void test_origin(void **state)
{
	const char *id = offered(&inet, "file-in", NULL);
	struct sk_recorded r = asked("lgwan", "internet", "file-out", "2");
	struct call c = {.run = run_receive, .facts = &r, .t = arrival()};

	assert_int_equal(cross(&inet, id), 0);
	assert_int_equal(check_next(&lgwan, SK_CLEAN), 0);
	c.t.original_hash = row(&lgwan, id).output;
	assert_int_equal(call(&lgwan, &c), 0);
	assert_non_null(strstr(row(&lgwan, c.t.id).facts, "\"origin\":\"internet\""));
	c.t = arrival();
	assert_int_equal(call(&lgwan, &c), 0);
	assert_null(strstr(row(&lgwan, c.t.id).facts, "origin"));
	/* also when what came is over, its bytes are gone, and nothing is known of the people any more */
	for (int i = 0; i < 3; i++) {
		age(&lgwan, 100 * 86400);
		due(&lgwan);
	}
	struct sk_slice came = row(&lgwan, id).brought;
	assert_null(row(&lgwan, id).output.p);
	assert_null(row(&lgwan, id).facts);
	c.t = arrival();
	c.t.original_hash = came;
	assert_int_equal(call(&lgwan, &c), 0);
	assert_non_null(strstr(row(&lgwan, c.t.id).facts, "\"origin\":\"internet\""));
}

static const struct CMUnitTest tests[] = {
#define TWO(f) cmocka_unit_test_setup_teardown(f, open_two, close_two)
    TWO(test_in), TWO(test_out_by_approval), TWO(test_handed), TWO(test_handed_too_long),
    TWO(test_origin), TWO(test_recipient)};

MAIN_ON_BOTH("the way of transfers", IN_MEMORY, tests, tests)
