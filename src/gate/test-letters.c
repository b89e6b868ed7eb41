/* What another post says, and what it can do by that: letters in order, out of order, false ones, on both back ends. */
#include "store/test-both.h"

#include <time.h>

#include "base/limits.h"
#include "gate/test-carry.h"

static const char *offer_of(struct post *p)
{
	const char *id = receive(p, p == &inet ? "file-in" : "file-out", p == &inet ? NULL : "2");

	assert_int_equal(clean_next(p), 0);
	if (p == &lgwan)
		assert_int_equal(vote(p, id, "cho", true), 0);
	at(p, id, SK_AT_OFFERED);
	pump(p);
	return id;
}

static struct sk_letter letter(uint8_t kind, const char *id)
{
	struct sk_letter l = {.kind = kind};

	snprintf(l.id, sizeof(l.id), "%s", id);
	return l;
}

static struct sk_letter end(const char *id, const char *event)
{
	struct sk_letter l = letter(SK_LETTER_END, id);

	snprintf(l.event, sizeof(l.event), "%s", event);
	return l;
}

static int64_t letters_to(struct post *p, uint8_t kind)
{
	struct sk_rows r;

	assert_int_equal(
	    sk_db_query(p->gate.db, "SELECT count(*) FROM outbox WHERE channel = $1 AND kind = $2",
		SK_BINDS(sk_int(SK_CHANNEL_LINK), sk_int(kind)), &r),
	    0);
	int64_t n = sk_rows_int(&r, 0, 0);
	sk_rows_free(&r);
	return n;
}

/* Taken back before the other post began: it is told. */
static void test_gone(void **state)
{
	const char *id = offer_of(&inet);

	assert_int_equal(deliver(&inet), 0);
	at(&lgwan, id, SK_AT_CROSSING);
	assert_int_equal(cancel(&inet, id, "ichi"), 0);
	assert_int_equal(deliver(&lgwan), 0); /* FETCH */
	at(&inet, id, SK_AT_CANCELLED);
	assert_int_equal(letters_to(&inet, SK_LETTER_GONE), 1);
	assert_int_equal(settle(), 0);
	at(&lgwan, id, SK_AT_REJECTED);
}

/* Its time is over, though nothing has looked at it since. */
static void test_expired(void **state)
{
	const char *id = offer_of(&inet);

	assert_int_equal(deliver(&inet), 0);
	age(&inet, 15 * 86400);
	assert_int_equal(settle(), 0);
	at(&lgwan, id, SK_AT_REJECTED);
	due(&inet);
	at(&inet, id, SK_AT_EXPIRED);
}

/* Too late: the other post has begun. */
static void test_too_late(void **state)
{
	const char *id = offer_of(&inet);

	assert_int_equal(settle(), 0);
	at(&inet, id, SK_AT_CROSSING);
	assert_int_equal(cancel(&inet, id, "ichi"), SK_EREFUSED);
	age(&inet, 14 * 86400);
	due(&inet);
	at(&inet, id, SK_AT_CROSSING);
}

/* Another policy since the offer: it does not go. */
static void test_policy_changed(void **state)
{
	const char *id = offer_of(&lgwan);
	char *text = sk_arena_str(arena, sk_slice_str(city)),
	     *at_route = strstr(text, "route file-out");

	memcpy(strstr(at_route, "\"2\""), "\"1\"", 3);
	lgwan.gate.policy = read_policy(text);
	assert_int_equal(settle(), 0);
	at(&lgwan, id, SK_AT_DENIED);
	at(&inet, id, SK_AT_REJECTED);
}

/* The receiver's own policy decides about what is offered. */
static void test_receiver_decides(void **state)
{
	const char *id = offer_of(&lgwan);
	char *text = sk_arena_str(arena, sk_slice_str(city)),
	     *at_route = strstr(text, "route file-out");

	memcpy(strstr(at_route, "rebuild"), "flatten", 7);
	inet.gate.policy = read_policy(text);
	assert_int_equal(settle(), 0);
	at(&inet, id, SK_AT_REJECTED);
	at(&lgwan, id, SK_AT_REJECTED);
	assert_int_equal(row(&inet, id).output.n, 0);
}

/* And once more before it is released. */
static void test_decided_again(void **state)
{
	const char *id = offer_of(&inet);

	assert_int_equal(settle(), 0);
	assert_int_equal(cross(&inet, id), 0);
	char *text = sk_arena_str(arena, sk_slice_str(city));
	for (char *p = text; (p = strstr(p, "ichi")) != NULL;)
		memcpy(p, "ichx", 4);
	lgwan.gate.policy = read_policy(text);
	assert_int_equal(check_next(&lgwan, SK_CLEAN), 0);
	at(&lgwan, id, SK_AT_REJECTED);
	assert_int_equal(settle(), 0);
	at(&inet, id, SK_AT_REJECTED);
}

static void test_not_clean_there(void **state)
{
	const char *id = offer_of(&inet);

	assert_int_equal(settle(), 0);
	assert_int_equal(cross(&inet, id), 0);
	assert_int_equal(check_next(&lgwan, SK_REFUSED), 0);
	at(&lgwan, id, SK_AT_REJECTED);
	assert_int_equal(settle(), 0);
	at(&inet, id, SK_AT_REJECTED);
}

static int run_other_bytes(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	struct sk_transfer after;

	return sk_gate_other_bytes(g, a, c->id, &after);
}

static void test_other_bytes(void **state)
{
	const char *id = offer_of(&inet);
	struct call c = {.run = run_arrived, .id = id};

	assert_int_equal(settle(), 0);
	memcpy(c.blob.sha256, row(&inet, id).output.p, 32);
	c.blob.size = 901;
	assert_int_equal(call(&lgwan, &c), SK_EINTERNAL);
	c.blob.size = 900;
	c.blob.sha256[31] ^= 1;
	assert_int_equal(call(&lgwan, &c), SK_EINTERNAL);
	c.run = run_other_bytes;
	assert_int_equal(call(&lgwan, &c), 0);
	at(&lgwan, id, SK_AT_REJECTED);
	/* at the giver's nothing arrives */
	assert_int_equal(call(&inet, &c), SK_EREFUSED);
}

/* A manifest that is not right ends the offer; one of a transfer that is known changes nothing. */
static void test_bad_offers(void **state)
{
	const char *id = offer_of(&inet);
	struct sk_outbox_rows rows;
	struct sk_letter l, bad;
	struct sk_buf bytes = SK_BUF(1 << 20);

	assert_int_equal(
	    sk_outbox_read(inet.gate.db, (enum sk_outbox_channel)SK_CHANNEL_LINK, 10, &rows), 0);
	assert_int_equal(sk_letter_get((uint8_t)rows.row[0].kind, rows.row[0].body, &l), 0);
	bad = l;
	sk_buf_put_slice(&bytes, l.body);
	bytes.p[0] ^= 1;
	bad.body = sk_buf_slice(&bytes);
	assert_int_equal(take_letter(&lgwan, &bad, 0), 0);
	assert_int_equal(letters_to(&lgwan, SK_LETTER_END), 0); /* it follows with its proof */
	assert_int_equal(take_letter(&lgwan, &l, 0), 0);
	at(&lgwan, id, SK_AT_CROSSING);
	assert_int_equal(take_letter(&lgwan, &l, 0), SK_EREFUSED);
	assert_int_equal(take_letter(&lgwan, &bad, 0), SK_EREFUSED);
	at(&lgwan, id, SK_AT_CROSSING);
	assert_int_equal(letters_to(&lgwan, SK_LETTER_FETCH), 1);
	sk_buf_free(&bytes);
	sk_outbox_rows_free(&rows);
}

static int run_vast(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	struct sk_transfer after;

	c->manifest.size_out = c->id ? SK_LIMIT_OUTPUT : (uint64_t)SK_LIMIT_OUTPUT + 1;
	return sk_gate_offered(g, a, &c->manifest, &after);
}

/* What no cleaner makes is not fetched. */
static void test_vast(void **state)
{
	for (int fits = 0; fits < 2; fits++) {
		const char *id = offer_of(&inet);
		struct call c = {.run = run_vast, .id = fits ? id : NULL};
		struct sk_outbox_rows rows;
		struct sk_letter l;

		assert_int_equal(sk_outbox_read(inet.gate.db,
				     (enum sk_outbox_channel)SK_CHANNEL_LINK, 10, &rows),
		    0);
		assert_int_equal(
		    sk_letter_get((uint8_t)rows.row[fits].kind, rows.row[fits].body, &l), 0);
		lgwan.keys.now = time(NULL);
		assert_int_equal(
		    sk_manifest_check(l.body, &lgwan.keys, arena, &c.manifest, manifest_why), 0);
		assert_int_equal(call(&lgwan, &c), 0);
		at(&lgwan, id, fits ? SK_AT_CROSSING : SK_AT_REJECTED);
		assert_int_equal(letters_to(&lgwan, SK_LETTER_FETCH), fits);
		sk_outbox_rows_free(&rows);
	}
}

static int run_lives_for_ever(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	struct sk_transfer after;

	c->manifest.expires = INT64_C(253402300799000);
	return sk_gate_offered(g, a, &c->manifest, &after);
}

/* A giver that says it lives until the year 9999, and gives nothing, keeps no row here for ever. */
static void test_life_at_receiver(void **state)
{
	const char *id = offer_of(&inet);
	struct call c = {.run = run_lives_for_ever};
	struct sk_outbox_rows rows;
	struct sk_letter l;

	assert_int_equal(
	    sk_outbox_read(inet.gate.db, (enum sk_outbox_channel)SK_CHANNEL_LINK, 10, &rows), 0);
	assert_int_equal(sk_letter_get((uint8_t)rows.row[0].kind, rows.row[0].body, &l), 0);
	lgwan.keys.now = time(NULL);
	assert_int_equal(
	    sk_manifest_check(l.body, &lgwan.keys, arena, &c.manifest, manifest_why), 0);
	assert_int_equal(call(&lgwan, &c), 0);
	sk_outbox_rows_free(&rows);
	at(&lgwan, id, SK_AT_CROSSING);
	age(&lgwan, SK_GATE_LIFE - 60);
	due(&lgwan);
	at(&lgwan, id, SK_AT_CROSSING);
	age(&lgwan, 61);
	due(&lgwan);
	at(&lgwan, id, SK_AT_REJECTED);
}

/* Each letter counts once, and none before those before it. */
static void test_order(void **state)
{
	const char *id = offer_of(&inet);
	struct call c = {.run = run_letter, .text = "lgwan", .letter = letter(SK_LETTER_FETCH, id)};

	c.number = 2;
	assert_int_equal(call(&inet, &c), SK_ECHANGED);
	c.number = 1;
	assert_int_equal(call(&inet, &c), 0);
	at(&inet, id, SK_AT_CROSSING);
	assert_int_equal(call(&inet, &c), SK_EREFUSED);
	c.number = 2;
	c.letter = end(id, "reject");
	assert_int_equal(call(&inet, &c), 0);
	at(&inet, id, SK_AT_REJECTED);
	c.number = 3;
	c.text = "elsewhere";
	assert_int_equal(call(&inet, &c), SK_ECHANGED);
}

/* What a letter may make of a giver's row: all kinds and words in all states, against a list by hand. */
static const char *const may[] = {"offered FETCH crossing", "offered reject rejected",
    "crossing reject rejected", "crossing expire expired", "crossing release released",
    "released collect collected", "released expire expired", "collected collect collected",
    "collected expire expired", "unanswered reject rejected", "unanswered expire expired",
    "unanswered release released", "held PASSWORD cleaning"};

static int run_put(struct sk_db *db, void *arg)
{
	struct sk_transfer *t = arg;

	return sk_transfer_save(db, t);
}

static void put_state(struct post *p, const char *id, int64_t state, int64_t holds)
{
	struct sk_transfer t = row(p, id);

	t.state = state;
	t.holds = holds;
	t.owner = sk_state_owner((enum sk_transfer_state)state) == SK_OWNER_RECEIVER ? t.zone_to
										     : t.zone_from;
	assert_int_equal(sk_db_transact(p->gate.db, SK_DB_WRITE, run_put, &t), 0);
}

static bool is_allowed(int64_t from, const char *what, int64_t to)
{
	char line[80];

	snprintf(line, sizeof(line), "%s %s %s", sk_state_word((unsigned)from), what,
	    sk_state_word((unsigned)to));
	for (size_t i = 0; i < sizeof(may) / sizeof(*may); i++)
		if (strcmp(may[i], line) == 0)
			return true;
	return false;
}

static size_t try_letter(struct post *p, const char *id, int64_t state, struct sk_letter l)
{
	const char *what = l.kind == SK_LETTER_END        ? l.event
			   : l.kind == SK_LETTER_FETCH    ? "FETCH"
			   : l.kind == SK_LETTER_PASSWORD ? "PASSWORD"
							  : "OTHER";

	put_state(p, id, state, state == SK_AT_HELD ? 1 << SK_HELD_PASSWORD : 0);
	int effect = take_letter(p, &l, 0);
	int64_t after = state_of(p, id);
	bool allowed = is_allowed(state, what, after);
	if (after != state && !allowed)
		fail_msg("%s %s %s", sk_state_word((unsigned)state), what,
		    sk_state_word((unsigned)after));
	if (effect && after != state)
		fail_msg("%s %s: refused, and done", sk_state_word((unsigned)state), what);
	return allowed && effect == 0;
}

static void test_every_letter_in_every_state(void **state)
{
	const char *id = offer_of(&inet);
	size_t moves = 0;

	for (int64_t s = 0; s < SK_AT_COUNT; s++) {
		struct sk_letter sealed = letter(SK_LETTER_PASSWORD, id);
		sealed.body = SK_SLICE_LIT("sealed");
		for (unsigned e = 0; e < SK_DO_COUNT; e++)
			moves += try_letter(&inet, id, s, end(id, sk_event_word(e)));
		try_letter(&inet, id, s, end(id, "nonsense"));
		moves += try_letter(&inet, id, s, letter(SK_LETTER_FETCH, id));
		try_letter(&inet, id, s, letter(SK_LETTER_GONE, id));
		moves += try_letter(&inet, id, s, sealed);
	}
	assert_int_equal(moves, sizeof(may) / sizeof(*may));
}

/* A receiver's own row hears GONE alone, and that while it waits; another zone's letters move nothing at all. */
static void test_letters_to_a_receiver(void **state)
{
	const char *id = offer_of(&inet);
	const char *theirs = offer_of(&inet);

	assert_int_equal(settle(), 0);
	for (int64_t s = 0; s < SK_AT_COUNT; s++) {
		for (unsigned e = 0; e < SK_DO_COUNT; e++) {
			put_state(&lgwan, id, s, 0);
			struct sk_letter l = end(id, sk_event_word(e));
			assert_int_equal(take_letter(&lgwan, &l, 0), SK_EREFUSED);
			assert_int_equal(state_of(&lgwan, id), s);
		}
		put_state(&lgwan, id, s, 0);
		struct sk_letter gone = letter(SK_LETTER_GONE, id),
				 fetch = letter(SK_LETTER_FETCH, id);
		take_letter(&lgwan, &fetch, 0);
		assert_int_equal(state_of(&lgwan, id), s);
		take_letter(&lgwan, &gone, 0);
		assert_int_equal(state_of(&lgwan, id), s == SK_AT_CROSSING ? SK_AT_REJECTED : s);
	}
	put_state(&lgwan, theirs, SK_AT_CROSSING, 0);
	struct call c = {
	    .run = run_letter, .text = "mynumber", .letter = letter(SK_LETTER_GONE, theirs)};
	assert_int_equal(call(&lgwan, &c), 0);
	assert_int_equal(c.effect, SK_EREFUSED);
	at(&lgwan, theirs, SK_AT_CROSSING);
}

/* After a restore a post does not know what it offered: whoever asks for it is told. */
static void test_unknown(void **state)
{
	const char *id = "ffffffffffffffffffffffffffffffff";
	struct sk_letter fetch = letter(SK_LETTER_FETCH, id), told = end(id, "reject"),
			 gone = letter(SK_LETTER_GONE, id), sealed = letter(SK_LETTER_PASSWORD, id);

	sealed.body = SK_SLICE_LIT("sealed");
	assert_int_equal(take_letter(&inet, &fetch, 0), 0);
	assert_int_equal(letters_to(&inet, SK_LETTER_GONE), 1);
	assert_int_equal(take_letter(&inet, &told, 0), SK_ENOENTRY);
	assert_int_equal(take_letter(&inet, &gone, 0), SK_ENOENTRY);
	assert_int_equal(take_letter(&inet, &sealed, 0), SK_ENOENTRY);
}

/* --- silence --- */

/* The other post begins and is never heard of again: what is the giver's ends, and its bytes and names are not kept for ever. */
static void test_never_answered(void **state)
{
	const char *id = offer_of(&inet);

	assert_int_equal(deliver(&inet), 0);
	assert_int_equal(deliver(&lgwan), 0); /* FETCH */
	at(&inet, id, SK_AT_CROSSING);
	age(&inet, 14 * 86400);
	due(&inet);
	at(&inet, id, SK_AT_CROSSING); /* there it may be released until now */
	age(&inet, SK_GATE_SILENCE + 1);
	due(&inet);
	at(&inet, id, SK_AT_UNANSWERED);
	assert_int_equal(row(&inet, id).output.n, 0);
	age(&inet, 91 * 86400);
	due(&inet);
	assert_null(row(&inet, id).requester);
}

/* It was only away: what it has not begun to release it throws away, and what it has is told late. */
static void test_back_again(void **state)
{
	const char *id = offer_of(&inet);
	struct sk_letter gone = end(id, "reject");

	assert_int_equal(settle(), 0);
	age(&inet, 15 * 86400 + 1);
	due(&inet);
	at(&inet, id, SK_AT_UNANSWERED);
	assert_int_equal(settle(), 0); /* GONE */
	at(&lgwan, id, SK_AT_REJECTED);
	assert_int_equal(take_letter(&inet, &gone, 0), 0);
	at(&inet, id, SK_AT_REJECTED);
	id = offer_of(&inet);
	assert_int_equal(settle(), 0);
	assert_int_equal(cross(&inet, id), 0);
	assert_int_equal(check_next(&lgwan, SK_CLEAN), 0);
	at(&lgwan, id, SK_AT_RELEASED);
	age(&inet, 15 * 86400 + 1);
	due(&inet);
	at(&inet, id, SK_AT_UNANSWERED);
	settle();
	at(&lgwan, id, SK_AT_RELEASED);
	at(&inet, id, SK_AT_RELEASED);
}

/* It said that it was released, and then nothing more. */
static void test_released_and_silent(void **state)
{
	const char *id = offer_of(&inet);

	assert_int_equal(settle(), 0);
	assert_int_equal(cross(&inet, id), 0);
	assert_int_equal(check_next(&lgwan, SK_CLEAN), 0);
	assert_int_equal(settle(), 0);
	at(&inet, id, SK_AT_RELEASED);
	age(&inet, 14 * 86400);
	due(&inet);
	at(&inet, id, SK_AT_RELEASED);
	age(&inet, SK_GATE_SILENCE + 1);
	due(&inet);
	at(&inet, id, SK_AT_EXPIRED);
	age(&inet, 91 * 86400);
	due(&inet);
	assert_null(row(&inet, id).requester);
}

/* Somebody at the other post asks for an original: it is released where it lies, or not at all. */
static void test_original_wanted(void **state)
{
	const char *id = offer_of(&inet);
	struct sk_letter l = letter(SK_LETTER_ORIGINAL, id);
	struct sk_original *v = NULL;
	size_t n = 0;

	snprintf(l.person, sizeof(l.person), "ni");
	snprintf(l.text, sizeof(l.text), "署名を確かめる");
	assert_int_equal(take_letter(&inet, &l, 0), SK_EREFUSED);
	snprintf(l.person, sizeof(l.person), "ichi");
	assert_int_equal(take_letter(&inet, &l, 0), 0);
	assert_int_equal(sk_original_list(inet.gate.db, arena, id, 0, 10, &v, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(v[0].state, SK_AT_HELD);
	assert_string_equal(v[0].reason, "署名を確かめる");
	assert_int_equal(settle(), 0);
	/* the other way round it is none of its own */
	assert_int_equal(take_letter(&lgwan, &l, 0), SK_EREFUSED);
}

static const struct CMUnitTest tests[] = {
#define TWO(f) cmocka_unit_test_setup_teardown(f, open_two, close_two)
    TWO(test_gone), TWO(test_expired), TWO(test_too_late), TWO(test_policy_changed),
    TWO(test_receiver_decides), TWO(test_decided_again), TWO(test_not_clean_there),
    TWO(test_other_bytes), TWO(test_bad_offers), TWO(test_vast), TWO(test_life_at_receiver),
    TWO(test_order), TWO(test_every_letter_in_every_state), TWO(test_letters_to_a_receiver),
    TWO(test_unknown), TWO(test_never_answered), TWO(test_back_again),
    TWO(test_released_and_silent), TWO(test_original_wanted)};

MAIN_ON_BOTH("letters of another post", IN_MEMORY, tests, tests)
