/* Rows of transfers, on both back ends alike. */
#include "store/transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "store/logged.h"
#include "store/peer.h"
#include "store/sheet.h"
#include "store/test-both.h"

static char where[256];
static struct sk_db *db;
static struct sk_arena *arena;

static int setup(void **state)
{
	db = open_store(where);
	arena = sk_arena_new(64 << 20);
	return 0;
}

static int teardown(void **state)
{
	sk_arena_free(arena);
	sk_db_close(db);
	return 0;
}

static struct sk_transfer example(void)
{
	static const uint8_t hash[32] = "0123456789abcdef0123456789abcdef";
	struct sk_transfer t;

	sk_transfer_init(&t);
	t.state = 2;
	t.holds = 5;
	t.owner = "lgwan";
	t.route = "file-in";
	t.zone_from = "internet";
	t.zone_to = "lgwan";
	t.class = "3B";
	t.requester = "shimin-1";
	t.requester_name = "市民課 職員1";
	t.file_name = "見積書.docx";
	t.original = "00112233445566778899aabbccddeeff";
	t.output = sk_slice(hash, 32);
	t.output_size = 0;
	return t;
}

static int insert(struct sk_db *d, void *arg)
{
	return sk_transfer_insert(d, arg);
}

/* As the last run of a transaction left it. */
static struct sk_transfer saved;

static int save(struct sk_db *d, void *arg)
{
	saved = *(const struct sk_transfer *)arg;
	return sk_transfer_save(d, &saved);
}

static struct sk_transfer loaded(const char *id)
{
	struct sk_transfer t;

	int rc = sk_transfer_load(db, arena, id, &t);
	if (rc)
		fail_msg("%d %s", rc, sk_db_why(db));
	return t;
}

static void test_round(void **state)
{
	struct sk_transfer t = example(), got;

	assert_int_equal(sk_transfer_load(db, arena, t.id, &got), SK_ENOENTRY);
	int rc = sk_db_transact(db, SK_DB_WRITE, insert, &t);
	if (rc)
		fail_msg("%s", sk_db_why(db));
	got = loaded(t.id);
	assert_string_equal(got.requester_name, "市民課 職員1");
	assert_string_equal(got.class, "3B");
	assert_null(got.recipient);
	assert_true(sk_slice_eq(got.output, t.output));
	assert_null(got.policy.p);
	assert_int_equal(got.state, 2);
	assert_int_equal(got.holds, 5);
	assert_int_equal(got.output_size, 0);
	assert_true(
	    got.original_size == SK_NONE && got.erased == SK_NONE && got.expires == SK_NONE);
	assert_int_equal(got.version, 1);
	assert_true(got.received == t.received && got.received > 1700000000000);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, insert, &t), SK_EEXIST);
	t = example();
	t.owner = NULL;
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, insert, &t), SK_EFORMAT);
}

/* Who has read an older version changes nothing. */
static void test_versions(void **state)
{
	struct sk_transfer t = example();

	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, insert, &t), 0);
	struct sk_transfer a = loaded(t.id), b = loaded(t.id);
	a.state = 3;
	a.recipient = "shimin-2";
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, save, &a), 0);
	assert_int_equal(saved.version, 2);
	b.state = 4;
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, save, &b), SK_ECHANGED);
	b = loaded(t.id);
	assert_int_equal(b.state, 3);
	assert_string_equal(b.recipient, "shimin-2");
	assert_true(b.changed >= b.received);
}

static int put_sheet(struct sk_db *d, void *arg)
{
	return sk_sheet_put(d, arg);
}

static int forget_sheets(struct sk_db *d, void *arg)
{
	return sk_sheet_forget(d);
}

/* The picture of a page is wanted as long as the file that it shows. */
static void test_sheets(void **state)
{
	struct sk_transfer t = example();
	struct sk_sheet s = {.output = t.output,
			    .number = 2,
			    .pages = 3,
			    .image = {0xab},
			    .size = 9},
			got = {.output = t.output, .number = 2};
	char name[SK_BLOB_NAME];

	sk_blob_name(s.image, name);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, insert, &t), 0);
	assert_int_equal(sk_sheet_load(db, &got), SK_ENOENTRY);
	assert_int_equal(sk_transfer_refers(db, SK_BLOB_OUTPUT, name), 0);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, put_sheet, &s), 0);
	s.pages = 4;
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, put_sheet, &s), 0);
	assert_int_equal(sk_sheet_load(db, &got), 0);
	assert_true(got.pages == 4 && got.size == 9 && got.image[0] == 0xab);
	assert_int_equal(sk_transfer_refers(db, SK_BLOB_OUTPUT, name), 1);
	assert_int_equal(sk_db_transact(db, SK_DB_QUEUE, forget_sheets, NULL), 0);
	assert_int_equal(sk_sheet_load(db, &got), 0);
	t.output = (struct sk_slice){0};
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, save, &t), 0);
	assert_int_equal(sk_transfer_refers(db, SK_BLOB_OUTPUT, name), 0);
	assert_int_equal(sk_db_transact(db, SK_DB_QUEUE, forget_sheets, NULL), 0);
	assert_int_equal(sk_sheet_load(db, &got), SK_ENOENTRY);
}

static void test_pages(void **state)
{
	char seen[7][SK_TRANSFER_ID];
	struct sk_transfer_page page = {.state = 2, .most = 3};
	struct sk_transfer *list = NULL;
	size_t n = 0, all = 0;
	int64_t count = 0;

	for (int i = 0; i < 7; i++) {
		struct sk_transfer t = example();
		t.requester = i == 4 ? "shimin-2" : "shimin-1";
		assert_int_equal(sk_db_transact(db, SK_DB_WRITE, insert, &t), 0);
	}
	do {
		assert_int_equal(sk_transfer_list(db, arena, &page, &list, &n), 0);
		for (size_t i = 0; i < n; i++)
			memcpy(seen[all++], list[i].id, SK_TRANSFER_ID);
		if (n) {
			page.after_received = list[n - 1].received;
			page.after_id = list[n - 1].id;
		}
	} while (n);
	assert_int_equal(all, 7);
	for (size_t i = 0; i < 7; i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(seen[i], seen[j]);
	page = (struct sk_transfer_page){.state = 2, .most = 10, .requester = "shimin-2"};
	assert_int_equal(sk_transfer_list(db, arena, &page, &list, &n), 0);
	assert_int_equal(n, 1);
	struct sk_transfer held = example();
	held.holds = 8;
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, insert, &held), 0);
	page = (struct sk_transfer_page){.state = held.state, .most = 10, .holds = 10};
	assert_int_equal(sk_transfer_list(db, arena, &page, &list, &n), 0);
	assert_int_equal(n, 1);
	assert_string_equal(list[0].id, held.id);
	page.holds = 2;
	assert_int_equal(sk_transfer_list(db, arena, &page, &list, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(sk_transfer_count(db, 2, &count), 0);
	assert_int_equal(count, 8);
	assert_int_equal(sk_transfer_count(db, 3, &count), 0);
	assert_int_equal(count, 0);
}

static void test_due(void **state)
{
	struct sk_transfer *list = NULL, t = example();
	size_t n = 0;

	t.expires = 1000;
	t.keep_until = 4000000000000;
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, insert, &t), 0);
	struct sk_transfer other = example();
	other.expires = 500;
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, insert, &other), 0);
	assert_int_equal(sk_transfer_due(db, arena, SK_DUE_EXPIRES, 10, &list, &n), 0);
	assert_int_equal(n, 2);
	assert_string_equal(list[0].id, other.id);
	assert_int_equal(sk_transfer_due(db, arena, SK_DUE_KEEP, 10, &list, &n), 0);
	assert_int_equal(n, 0);
	t.expires = SK_NONE;
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, save, &t), 0);
	assert_int_equal(sk_transfer_due(db, arena, SK_DUE_EXPIRES, 10, &list, &n), 0);
	assert_int_equal(n, 1);
}

static int happen(struct sk_db *d, void *arg)
{
	struct sk_transfer *t = arg;
	struct sk_history h = {.event = 1,
	    .state_from = 2,
	    .state_to = 3,
	    .actor = 4,
	    .person = "shimin-1",
	    .note = "ok"};
	struct sk_approval_row a = {.decision = 1,
	    .output = t->output,
	    .person = "kacho",
	    .method = "passkey",
	    .proof = SK_SLICE_LIT("sig")};

	int rc = sk_history_add(d, t->id, &h);
	h = (struct sk_history){.event = 2, .state_from = 3, .state_to = 4, .actor = 1};
	if (rc == 0)
		rc = sk_history_add(d, t->id, &h);
	return rc ? rc : sk_approval_add(d, t, &a);
}

static int forget(struct sk_db *d, void *arg)
{
	return sk_transfer_forget(d, arg);
}

/* What is known about people goes, everywhere; what happened stays. */
static void test_forget(void **state)
{
	struct sk_transfer t = example();
	struct sk_history *h = NULL;
	struct sk_approval_row *a = NULL;
	size_t n = 0;

	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, insert, &t), 0);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, happen, &t), 0);
	assert_int_equal(sk_history_list(db, arena, t.id, &h, &n), 0);
	assert_int_equal(n, 2);
	assert_string_equal(h[0].person, "shimin-1");
	assert_int_equal(h[1].state_to, 4);
	assert_null(h[1].person);
	assert_int_equal(sk_approval_list(db, arena, t.id, &a, &n), 0);
	assert_int_equal(n, 1);
	assert_string_equal(a->method, "passkey");
	assert_true(sk_slice_is(a->proof, "sig"));
	assert_true(sk_slice_eq(a->output, t.output));
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, forget, t.id), 0);
	struct sk_transfer got = loaded(t.id);
	assert_null(got.requester);
	assert_null(got.requester_name);
	assert_null(got.file_name);
	assert_string_equal(got.route, "file-in");
	assert_true(got.erased > 0);
	assert_int_equal(got.version, 2);
	assert_int_equal(sk_history_list(db, arena, t.id, &h, &n), 0);
	assert_int_equal(n, 2);
	assert_null(h[0].person);
	assert_int_equal(sk_approval_list(db, arena, t.id, &a, &n), 0);
	assert_null(a->person);
	assert_null(a->proof.p);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, forget, (char[]){"x"}), SK_ENOENTRY);
	struct sk_transfer nobody = example();
	assert_int_equal(
	    sk_db_transact(db, SK_DB_WRITE, happen, &nobody), SK_EEXIST); /* no such transfer */
}

static int log_three(struct sk_db *d, void *arg)
{
	int rc = sk_logged_add(d, "a", 7, 0);

	for (int64_t number = 8; number <= 9 && rc == 0; number++)
		rc = sk_logged_add(d, number == 9 ? "b" : "a", number, 0);
	return rc ? rc : sk_logged_add(d, "a", 7, 0); /* once more, after a restart */
}

static int forget_a(struct sk_db *d, void *arg)
{
	return sk_logged_forget(d, "a");
}

static int erased_7(struct sk_db *d, void *arg)
{
	return sk_logged_done(d, 7);
}

/* Entries of the ledger are erased when their transfer is forgotten, each until it is said that it was. */
static void test_logged(void **state)
{
	int64_t *numbers;
	size_t n = 9;

	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, log_three, NULL), 0);
	assert_int_equal(sk_logged_list(db, arena, 8, &numbers, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, forget_a, NULL), 0);
	assert_int_equal(sk_logged_list(db, arena, 8, &numbers, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(numbers[0], 7);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, erased_7, NULL), 0);
	assert_int_equal(sk_logged_list(db, arena, 8, &numbers, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(numbers[0], 8);
}

#define DAY INT64_C(86400000)

static int64_t now_of(struct sk_db *d)
{
	int64_t now = 0;

	assert_int_equal(sk_db_now(d, &now), 0);
	return now;
}

/* About no transfer, one with a past and one with a later date; and two about a key, of which one has no date. */
static int log_dated(struct sk_db *d, void *arg)
{
	int64_t now = now_of(d);
	int rc = sk_logged_add(d, "", 7, now - 1);

	if (rc == 0)
		rc = sk_logged_add(d, "", 8, now + DAY);
	if (rc == 0)
		rc = sk_logged_add(d, "key:a", 9, 0);
	return rc ? rc : sk_logged_add(d, "key:b", 10, 0);
}

static int due_now(struct sk_db *d, void *arg)
{
	return sk_logged_due(d);
}

static int key_is_gone(struct sk_db *d, void *arg)
{
	return sk_logged_until(d, "key:a", now_of(d) - 1);
}

static void test_logged_dates(void **state)
{
	int64_t *numbers;
	size_t n = 9;

	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, log_dated, NULL), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(sk_db_transact(db, SK_DB_WRITE, due_now, NULL), 0);
		assert_int_equal(sk_logged_list(db, arena, 8, &numbers, &n), 0);
		assert_int_equal(n, 1);
		assert_int_equal(numbers[0], 7);
	}
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, key_is_gone, NULL), 0);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, due_now, NULL), 0);
	assert_int_equal(sk_logged_list(db, arena, 8, &numbers, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(numbers[1], 9);
}

/* --- policies that nothing names any more --- */

static uint8_t policy_of_row[32];

static int keep_policy(struct sk_db *d, void *arg)
{
	const struct sk_policy_text text = {"city.policy", SK_SLICE_LIT("text")};
	uint8_t hash[32];

	memset(hash, *(const char *)arg, sizeof(hash));
	return sk_policy_keep(d, hash, &text, 1);
}

static int back_a_year(struct sk_db *d, void *arg)
{
	return sk_db_exec(
	    d, "UPDATE policy SET taken = taken - $1", SK_BINDS(sk_int(400 * DAY)), NULL);
}

static int forget_policies(struct sk_db *d, void *arg)
{
	return sk_policy_forget(d, 366 * DAY);
}

static bool is_kept(char which)
{
	struct sk_policy_text *v;
	uint8_t hash[32];
	size_t n = 0;

	memset(hash, which, sizeof(hash));
	int rc = sk_policy_kept(db, arena, hash, &v, &n);
	assert_true(rc == 0 || rc == SK_ENOENTRY);
	return rc == 0;
}

static int erase_people(struct sk_db *d, void *arg)
{
	return sk_transfer_forget(d, arg);
}

static void sweep_policies(void)
{
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, forget_policies, NULL), 0);
}

static void take_policy(char which)
{
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, keep_policy, &which), 0);
}

/* One goes when another has been in its place long enough, however often that was taken again, and nothing that knows people names it. */
static void test_policies(void **state)
{
	struct sk_transfer t = example();

	memset(policy_of_row, 'a', sizeof(policy_of_row));
	t.policy = sk_slice(policy_of_row, sizeof(policy_of_row));
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, insert, &t), 0);
	take_policy('a');
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, back_a_year, NULL), 0);
	take_policy('b');
	sweep_policies();
	assert_true(is_kept('a') && is_kept('b'));
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, back_a_year, NULL), 0);
	take_policy('b'); /* the post is started anew */
	sweep_policies();
	assert_true(is_kept('a')); /* the row knows who asked for it */
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, erase_people, t.id), 0);
	sweep_policies();
	assert_false(is_kept('a'));
	assert_true(is_kept('b')); /* the one in force stays, however old */
}

static void test_refers(void **state)
{
	struct sk_transfer t = example();
	char name[SK_BLOB_NAME];

	sk_blob_name(t.output.p, name);
	assert_int_equal(sk_transfer_refers(db, SK_BLOB_OUTPUT, name), 0);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, insert, &t), 0);
	assert_int_equal(sk_transfer_refers(db, SK_BLOB_OUTPUT, name), 1);
	assert_int_equal(sk_transfer_refers(db, SK_BLOB_ORIGINAL, t.original), 1);
	assert_int_equal(
	    sk_transfer_refers(db, SK_BLOB_ORIGINAL, "ff112233445566778899aabbccddeeff"), 0);
}

static const struct CMUnitTest tests[] = {T(test_round), T(test_versions), T(test_sheets),
    T(test_pages), T(test_due), T(test_forget), T(test_logged), T(test_logged_dates),
    T(test_policies), T(test_refers)};

MAIN_ON_BOTH("transfers", NULL, tests, tests)
