/* A transfer that waits for a password, as the post of its recipient sees it, on both back ends. */
#include "store/test-both.h"

#include <time.h>

#include "gate/test-carry.h"

static int clean_as(struct post *p, uint8_t encrypted, uint8_t opened)
{
	struct call c = {0};

	assert_true(claim(p, SK_JOB_CLEAN, &c.job));
	set_clean(p, &c);
	c.done.encrypted = encrypted;
	c.done.opened = opened;
	if (encrypted && !opened)
		set_refused(&c, "encrypted");
	return call(p, &c);
}

/* For ni, from ichi: its password is missing. */
static const char *locked(void)
{
	recipient = "ni";
	const char *id = receive(&inet, "file-in", NULL);

	assert_int_equal(clean_as(&inet, 1, 0), 0);
	held(&inet, id, 1 << SK_HELD_PASSWORD);
	return id;
}

static const char *told(void)
{
	const char *id = locked();

	assert_int_equal(settle(), 0);
	held(&lgwan, id, 1 << SK_HELD_PASSWORD);
	return id;
}

static size_t letters(struct post *p, uint8_t kind)
{
	struct sk_rows r;

	assert_int_equal(
	    sk_db_query(p->gate.db, "SELECT count(*) FROM outbox WHERE channel = $1 AND kind = $2",
		SK_BINDS(sk_int(SK_CHANNEL_LINK), sk_int(kind)), &r),
	    0);
	int64_t n = sk_rows_int(&r, 0, 0);
	sk_rows_free(&r);
	return (size_t)n;
}

static size_t boxes(struct post *p, const char *id)
{
	struct sk_slice *v = NULL;
	size_t n = 0;

	assert_int_equal(sk_sealed_list(p->gate.db, arena, id, &v, &n), 0);
	return n;
}

/* --- what is shown --- */

static void test_shown(void **state)
{
	const char *id = told();
	struct sk_transfer t = row(&lgwan, id);

	assert_string_equal(t.owner, "internet");
	assert_string_equal(t.requester, "ichi");
	assert_string_equal(t.recipient, "ni");
	assert_string_equal(t.file_name, "予定表.docx");
	assert_int_equal(t.expires, row(&inet, id).expires);
	assert_null(t.original);
	assert_int_equal(t.output.n, 0);
}

/* Nothing but what he says, and time, changes it there. */
static void test_only_a_mirror(void **state)
{
	const char *id = told();
	struct sk_letter fetch = {.kind = SK_LETTER_FETCH}, end = {.kind = SK_LETTER_END};
	struct call c;

	assert_int_equal(cancel(&lgwan, id, "ichi"), SK_EREFUSED);
	assert_int_equal(collect(&lgwan, id, "ni"), SK_EREFUSED);
	assert_int_not_equal(vote(&lgwan, id, "cho", true), 0);
	assert_int_equal(advance(&lgwan, id, ""), 0);
	assert_int_equal(room(&lgwan, id, ""), SK_EREFUSED);
	memcpy(fetch.id, id, 32);
	memcpy(end.id, id, 32);
	snprintf(end.event, sizeof(end.event), "release");
	assert_int_equal(take_letter(&lgwan, &fetch, 0), SK_EREFUSED);
	assert_int_equal(take_letter(&lgwan, &end, 0), SK_EREFUSED);
	held(&lgwan, id, 1 << SK_HELD_PASSWORD);
	assert_int_equal(password(&lgwan, id, "ni"), 0);
	assert_false(claim(&lgwan, SK_JOB_CLEAN, &c.job));
}

/* --- the way back --- */

static void test_password_from_there(void **state)
{
	const char *id = told();

	assert_int_equal(password(&lgwan, id, "cho"), SK_EREFUSED); /* none of his */
	assert_int_equal(password(&lgwan, id, "ni"), 0);
	at(&lgwan, id, SK_AT_CLEANING);
	assert_int_equal(boxes(&lgwan, id), 0); /* it goes to the workers of the other post alone */
	assert_int_equal(password(&lgwan, id, "ni"), SK_EREFUSED);
	assert_int_equal(settle(), 0);
	at(&inet, id, SK_AT_CLEANING);
	assert_int_equal(boxes(&inet, id), 1);
	assert_int_equal(clean_as(&inet, 1, 1), 0);
	at(&inet, id, SK_AT_OFFERED);
	assert_int_equal(settle(), 0);
	at(&lgwan, id, SK_AT_CROSSING);
	assert_int_equal(cross(&inet, id), 0);
	assert_int_equal(check_next(&lgwan, SK_CLEAN), 0);
	assert_int_equal(settle(), 0);
	at(&lgwan, id, SK_AT_RELEASED);
	at(&inet, id, SK_AT_RELEASED);
	assert_int_equal(collect(&lgwan, id, "ni"), 0);
}

static void test_wrong_password(void **state)
{
	const char *id = told();

	assert_int_equal(password(&lgwan, id, "ni"), 0);
	assert_int_equal(settle(), 0);
	assert_int_equal(clean_as(&inet, 1, 0), 0);
	assert_int_equal(settle(), 0);
	held(&lgwan, id, 1 << SK_HELD_PASSWORD);
	assert_int_equal(password(&lgwan, id, "ni"), 0);
}

/* Said where it lies: he is not asked any more. */
static void test_password_from_here(void **state)
{
	const char *id = told();

	assert_int_equal(password(&inet, id, "ichi"), 0);
	assert_int_equal(settle(), 0);
	at(&lgwan, id, SK_AT_CLEANING);
	assert_int_equal(clean_as(&inet, 1, 1), 0);
	assert_int_equal(settle(), 0);
	at(&lgwan, id, SK_AT_CROSSING);
	/* both at once: the one that comes second counts for nothing */
	id = told();
	assert_int_equal(password(&inet, id, "ichi"), 0);
	assert_int_equal(password(&lgwan, id, "ni"), 0);
	assert_int_equal(settle(), 2);
	assert_int_equal(boxes(&inet, id), 1);
	at(&lgwan, id, SK_AT_CLEANING);
}

/* --- the end --- */

static void test_taken_back(void **state)
{
	const char *id = told();

	assert_int_equal(cancel(&inet, id, "ichi"), 0);
	assert_int_equal(letters(&inet, SK_LETTER_GONE), 1);
	assert_int_equal(settle(), 0);
	at(&lgwan, id, SK_AT_REJECTED);
	assert_int_equal(password(&lgwan, id, "ni"), SK_EREFUSED);
	/* before it was told: it is not told at all */
	id = locked();
	assert_int_equal(cancel(&inet, id, "ichi"), 0);
	pump(&inet);
	assert_int_equal(letters(&inet, SK_LETTER_WAITS), 0);
	assert_int_equal(letters(&inet, SK_LETTER_GONE), 0);
}

static void test_expired(void **state)
{
	const char *id = told();

	age(&lgwan, 8 * 86400);
	due(&lgwan);
	at(&lgwan, id, SK_AT_EXPIRED);
	pump(&lgwan);
	assert_int_equal(letters(&lgwan, SK_LETTER_END), 0); /* it was never this post's */
	age(&inet, 8 * 86400);
	due(&inet);
	assert_int_equal(settle(), 1); /* GONE */
	at(&inet, id, SK_AT_EXPIRED);
	at(&lgwan, id, SK_AT_EXPIRED);
	age(&lgwan, 91 * 86400);
	due(&lgwan);
	assert_null(row(&lgwan, id).requester);
}

/* --- what is not believed --- */

/* The letter that waits to be sent, with its body. */
static struct sk_letter waiting(void)
{
	struct sk_outbox_rows rows;
	struct sk_letter l = {0};

	pump(&inet);
	assert_int_equal(
	    sk_outbox_read(inet.gate.db, (enum sk_outbox_channel)SK_CHANNEL_LINK, 200, &rows), 0);
	assert_int_equal(rows.n, 1);
	assert_int_equal(rows.row[0].kind, SK_LETTER_WAITS);
	const void *body = sk_arena_dup(arena, rows.row[0].body.p, rows.row[0].body.n);
	assert_int_equal(sk_letter_get(SK_LETTER_WAITS, sk_slice(body, rows.row[0].body.n), &l), 0);
	sk_outbox_rows_free(&rows);
	return l;
}

static void test_not_believed(void **state)
{
	const char *id = locked();
	struct sk_letter l = waiting(), offer = l, empty = l;
	struct sk_transfer t;
	uint8_t *bad = sk_arena_dup(arena, l.body.p, l.body.n);

	bad[l.body.n / 2] ^= 1;
	offer.kind = SK_LETTER_OFFER; /* as if it were clean */
	take_letter(&lgwan, &offer, 0);
	assert_string_equal(manifest_why, "manifest.kind");
	empty.body = (struct sk_slice){0};
	assert_int_equal(take_letter(&lgwan, &empty, 0), SK_EREFUSED);
	l.body.p = bad;
	assert_int_equal(take_letter(&lgwan, &l, 0), SK_EREFUSED);
	assert_int_equal(sk_transfer_load(lgwan.gate.db, arena, id, &t), SK_ENOENTRY);
}

/* A second telling of what has gone on, or has ended, changes nothing. */
static void test_told_again(void **state)
{
	const char *id = locked();
	struct sk_letter l = waiting();

	assert_int_equal(settle(), 0);
	assert_int_equal(take_letter(&lgwan, &l, 0), SK_EREFUSED);
	assert_int_equal(cancel(&inet, id, "ichi"), 0);
	assert_int_equal(settle(), 0);
	assert_int_equal(take_letter(&lgwan, &l, 0), SK_EREFUSED);
	at(&lgwan, id, SK_AT_REJECTED);
}

static void test_policy_there(void **state)
{
	static const char hold[] = "encrypted hold for 7 days", refuse[] = "encrypted refuse";
	char *other = sk_arena_str(arena, sk_slice_str(city)), *at = strstr(other, hold);
	struct sk_transfer t;

	memset(at, ' ', sizeof(hold) - 1);
	memcpy(at, refuse, sizeof(refuse) - 1);
	lgwan.gate.policy = read_policy(other);
	const char *id = locked();
	assert_int_equal(settle(), 1);
	assert_int_equal(sk_transfer_load(lgwan.gate.db, arena, id, &t), SK_ENOENTRY);
}

static const struct CMUnitTest tests[] = {
#define TWO(f) cmocka_unit_test_setup_teardown(f, open_two, close_two)
    TWO(test_shown), TWO(test_only_a_mirror), TWO(test_password_from_there),
    TWO(test_wrong_password), TWO(test_password_from_here), TWO(test_taken_back), TWO(test_expired),
    TWO(test_not_believed), TWO(test_told_again), TWO(test_policy_there)};

MAIN_ON_BOTH("passwords that are waited for", IN_MEMORY, tests, tests)
