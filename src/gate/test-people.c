/* What people, workers and time bring about at one post, on both back ends. */
#include "store/test-both.h"

#include <time.h>

#include "gate/test-carry.h"
#include "store/absence.h"
#include "store/finding.h"

/* Cleaned, after the worker's words were changed. */
static int clean_with(struct post *p, void (*change)(struct call *c))
{
	struct call c = {0};

	assert_true(claim(p, SK_JOB_CLEAN, &c.job));
	set_clean(p, &c);
	if (change)
		change(&c);
	return call(p, &c);
}

static const char *cleaned(
    struct post *p, const char *route, const char *class, void (*change)(struct call *c))
{
	const char *id = receive(p, route, class);

	assert_int_equal(clean_with(p, change), 0);
	return id;
}

static const char *note_of(struct post *p, const char *id)
{
	struct sk_history *h = NULL;
	size_t n = 0;

	assert_int_equal(sk_history_list(p->gate.db, arena, id, &h, &n), 0);
	return n && h[n - 1].note ? h[n - 1].note : "";
}

/* --- the policy, by itself --- */

static void corporate(struct call *c)
{
	c->done.corporate_numbers[2] = 1;
}

static void weak(struct call *c)
{
	c->done.mynumbers[0] = 3;
}

static void mynumber(struct call *c)
{
	c->done.mynumbers[1] = 1;
}

static void not_looked(struct call *c)
{
	c->done.looked = 0;
}

static void test_found(void **state)
{
	const char *id = cleaned(&lgwan, "file-out", "2", corporate);

	held(&lgwan, id, 1 << SK_HELD_APPROVAL | 1 << SK_HELD_LEAK);
	assert_int_equal(vote(&lgwan, id, "cho", true), 0);
	at(&lgwan, id, SK_AT_OFFERED);
	id = cleaned(&lgwan, "file-out", "2", mynumber);
	at(&lgwan, id, SK_AT_DENIED);
	assert_string_equal(note_of(&lgwan, id), "leak.mynumber");
	id = cleaned(&lgwan, "file-out", "2", weak);
	held(&lgwan, id, 1 << SK_HELD_APPROVAL);
	/* what was not looked through will not be known any more */
	id = cleaned(&lgwan, "file-out", "2", not_looked);
	at(&lgwan, id, SK_AT_DENIED);
	assert_string_equal(note_of(&lgwan, id), "awaited");
}

static void refused(struct call *c)
{
	set_refused(c, "pdf.malformed");
}

static void other_output(struct call *c)
{
	c->blob.sha256[0] ^= 1;
}

static void other_input(struct call *c)
{
	c->done.hash_in[0] ^= 1;
}

static void no_output(struct call *c)
{
	c->has_blob = false;
}

static void test_worker(void **state)
{
	void (*const nonsense[])(struct call *) = {other_output, other_input, no_output};
	const char *id = receive(&inet, "file-in", NULL);
	struct call c = {0};

	assert_true(claim(&inet, SK_JOB_CLEAN, &c.job));
	for (size_t i = 0; i < 3; i++) {
		set_clean(&inet, &c);
		nonsense[i](&c);
		assert_int_equal(call(&inet, &c), SK_EINTERNAL);
	}
	set_clean(&inet, &c);
	c.job.fence--;
	assert_int_equal(call(&inet, &c), SK_ECHANGED);
	c.job.fence++;
	inet.gate.policy = NULL;
	assert_int_equal(call(&inet, &c), SK_EINTERNAL);
	inet.gate.policy = lgwan.gate.policy;
	at(&inet, id, SK_AT_CLEANING);
	assert_int_equal(call(&inet, &c), 0);
	at(&inet, id, SK_AT_OFFERED);
	assert_int_equal(call(&inet, &c), SK_EREFUSED);
	id = cleaned(&inet, "file-in", NULL, refused);
	at(&inet, id, SK_AT_REFUSED);
	assert_string_equal(note_of(&inet, id), "pdf.malformed");
}

static void test_denied_at_once(void **state)
{
	struct sk_recorded r = asked("internet", "lgwan", "nothing", NULL);
	struct call c = {.run = run_receive, .facts = &r, .t = arrival()};
	struct sk_job job;

	assert_int_equal(call(&inet, &c), 0);
	at(&inet, c.t.id, SK_AT_DENIED);
	assert_string_equal(note_of(&inet, c.t.id), "route-unknown");
	assert_false(claim(&inet, SK_JOB_CLEAN, &job));
	/* what a sender says of results is not believed */
	r = asked("internet", "lgwan", NULL, NULL);
	r.request.verified = r.request.cleaned[0] = SK_YES;
	r.request.scan = SK_SCAN_CLEAN;
	c.t = arrival();
	assert_int_equal(call(&inet, &c), 0);
	assert_string_equal(row(&inet, c.t.id).route, "file-in");
	assert_null(strstr(row(&inet, c.t.id).facts, "verified"));
	assert_null(strstr(row(&inet, c.t.id).facts, "scan"));
	r = asked("lgwan", "internet", NULL, NULL);
	c.t = arrival();
	assert_int_equal(call(&inet, &c), SK_EREFUSED);
	c.t.original = NULL;
	assert_int_equal(call(&inet, &c), SK_EARG);
}

/* Under another policy all that waits is asked about anew. */
static int run_came(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	return sk_gate_policy_came(g->db, g->policy->hash);
}

static void test_other_policy(void **state)
{
	const char *held_one = cleaned(&lgwan, "file-out", "2", NULL), *offered;
	struct call c = {.run = run_came};

	offered = cleaned(&lgwan, "file-out", "1", NULL);
	assert_int_equal(vote(&lgwan, offered, "cho", true), 0);
	due(&lgwan); /* their originals, which this route keeps not */
	assert_int_equal(call(&lgwan, &c), 0);
	assert_int_equal(due(&lgwan).n, 0); /* it is the same one */
	char *text = sk_arena_str(arena, sk_slice_str(city));
	char *at_approve = strstr(strstr(text, "route file-out"), "approve by superior, deputy");
	memcpy(at_approve, "# prove", 7);
	lgwan.gate.policy = read_policy(text);
	assert_int_equal(call(&lgwan, &c), 0);
	assert_int_equal(due(&lgwan).n, 2);
	at(&lgwan, held_one, SK_AT_OFFERED);
	at(&lgwan, offered, SK_AT_OFFERED);
	assert_int_equal(row(&lgwan, held_one).reminders, 0);
	text = sk_arena_str(arena, sk_slice_str(city));
	memcpy(strstr(strstr(text, "route file-out"), "<= \"2\""), "<= \"1\"", 6);
	lgwan.gate.policy = read_policy(text);
	assert_int_equal(call(&lgwan, &c), 0);
	assert_int_equal(due(&lgwan).n, 2);
	at(&lgwan, held_one, SK_AT_DENIED);
	at(&lgwan, offered, SK_AT_OFFERED);
}

/* --- people --- */

static void test_denied_by_vote(void **state)
{
	const char *id = cleaned(&lgwan, "file-out", "2", NULL);
	struct sk_history *h = NULL;
	size_t n = 0;

	assert_int_equal(vote(&lgwan, id, "cho", false), 0);
	at(&lgwan, id, SK_AT_DENIED);
	assert_int_equal(sk_history_list(lgwan.gate.db, arena, id, &h, &n), 0);
	assert_int_equal(h[n - 1].actor, SK_BY_APPROVER);
	assert_string_equal(h[n - 1].person, "cho");
}

/* Whether an entry of that kind is on its way to the ledger. */
static bool is_told(struct post *p, const char *id, const char *kind)
{
	struct sk_rows r;
	bool found = false;

	assert_int_equal(sk_db_query(p->gate.db, "SELECT body FROM outbox WHERE channel = $1",
			     SK_BINDS(sk_int(SK_CHANNEL_LEDGER)), &r),
	    0);
	for (size_t i = 0; i < r.rows; i++) {
		struct sk_slice body = sk_rows_bytes(&r, i, 0);
		found |= sk_slice_find(body, 0, sk_slice_str(id)) != SIZE_MAX &&
			 sk_slice_find(body, 0, sk_slice_str(kind)) != SIZE_MAX;
	}
	sk_rows_free(&r);
	return found;
}

/* A deputy has his time; the superior's own request goes to the next one above. */
static void test_deputy(void **state)
{
	asker = "ni";
	const char *id = cleaned(&lgwan, "file-out", "2", NULL);

	assert_int_equal(vote(&lgwan, id, "ichi", true), SK_EREFUSED);
	age(&lgwan, 5 * 3600);
	assert_int_equal(due(&lgwan).n, 1);
	assert_int_equal(row(&lgwan, id).reminders, 1);
	assert_true(is_told(&lgwan, id, "transfer.remind"));
	assert_int_equal(vote(&lgwan, id, "ichi", true), 0);
	at(&lgwan, id, SK_AT_OFFERED);
	asker = "cho";
	id = cleaned(&lgwan, "file-out", "2", NULL);
	assert_int_equal(vote(&lgwan, id, "cho", true), SK_EREFUSED);
	assert_int_equal(vote(&lgwan, id, "fuku", true), 0);
	at(&lgwan, id, SK_AT_OFFERED);
}

static int run_away(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	const struct sk_absence absence = {
	    .member = c->member, .ends = g->now * 1000 + 3600000, .said_by = c->member};

	return sk_absence_add(g->db, &absence);
}

/* Whose superior is away need not wait; the other post hears of it and lets it in. */
static void test_away(void **state)
{
	struct call c = {.run = run_away, .member = "fuku"};

	asker = "ni";
	const char *id = cleaned(&lgwan, "file-out", "2", NULL);
	assert_int_equal(call(&lgwan, &c), 0);
	assert_int_equal(vote(&lgwan, id, "ichi", true), SK_EREFUSED);
	c.member = "cho";
	assert_int_equal(call(&lgwan, &c), 0);
	assert_int_equal(vote(&lgwan, id, "ichi", true), 0);
	at(&lgwan, id, SK_AT_OFFERED);
	assert_int_equal(settle(), 0);
	at(&inet, id, SK_AT_CROSSING);
}

static int run_many_away(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	struct sk_absence absence = {.ends = g->now * 1000 + 3600000};
	int status = 0;

	for (int i = 0; i < 600 && status == 0; i++) {
		absence.member = sk_arena_printf(a, "other-%d", i);
		status = sk_absence_add(g->db, &absence);
	}
	absence.member = c->member;
	for (int i = 0; i < 3 && status == 0; i++)
		status = sk_absence_add(g->db, &absence);
	return status;
}

/* However many others are away before him. */
static void test_many_away(void **state)
{
	struct call c = {.run = run_many_away, .member = "cho"};

	asker = "ni";
	const char *id = cleaned(&lgwan, "file-out", "2", NULL);
	assert_int_equal(call(&lgwan, &c), 0);
	struct sk_transfer t = row(&lgwan, id);
	struct sk_recorded r;
	lgwan.gate.now = time(NULL);
	assert_int_equal(sk_gate_facts(&lgwan.gate, arena, &t, &r), 0);
	assert_int_equal(r.request.naway, 1); /* what he said three times is one */
	assert_string_equal(r.request.away[0].member, "cho");
	assert_int_equal(vote(&lgwan, id, "ichi", true), 0);
	at(&lgwan, id, SK_AT_OFFERED);
	assert_int_equal(settle(), 0);
	at(&inet, id, SK_AT_CROSSING);
}

/* The city, in which cho was the superior until yesterday. */
static const struct sk_policy *without_cho(void)
{
	const char *at = strstr(city, "deputy ichi }");
	int y, m, d;

	sk_day_date(sk_day_of(time(NULL)) - 1, &y, &m, &d);
	return read_policy(sk_arena_printf(arena, "%.*sdeputy ichi; until %04d-%02d-%02d }%s",
	    (int)(at - city), city, y, m, d, at + strlen("deputy ichi }")));
}

/* Who was away yesterday was away yesterday, also when somebody else has his place today. */
static void test_away_before(void **state)
{
	struct call c = {.run = run_away, .member = "cho"};

	asker = "ni";
	const char *id = cleaned(&lgwan, "file-out", "2", NULL);
	assert_int_equal(call(&lgwan, &c), 0);
	assert_int_equal(vote(&lgwan, id, "ichi", true), 0);
	age(&lgwan, 86400);
	lgwan.gate.policy = without_cho();
	assert_int_equal(settle(), 0);
	at(&lgwan, id, SK_AT_CROSSING);
}

/* Two different persons, each by a passkey; the name of the route is none that a ledger takes. */
static void test_two_persons(void **state)
{
	const char *id = cleaned(&lgwan, "out-1234567890", "自治体機密性3", NULL);
	struct call c = {.run = run_vote,
	    .id = id,
	    .ballot = {.member = "cho", .login = SK_LOGIN_PASSWORD, .allow = true}};
	struct sk_outbox_rows rows;
	char digits[24];
	struct sk_leaf e;

	memcpy(c.ballot.output, row(&lgwan, id).output.p, 32);
	assert_int_equal(call(&lgwan, &c), SK_EREFUSED);
	c.ballot.login = SK_LOGIN_PASSKEY;
	assert_int_equal(call(&lgwan, &c), SK_EREFUSED); /* says passkey and shows none */
	c.ballot.assertion = SK_SLICE_LIT("passkey1 cho");
	assert_int_equal(call(&lgwan, &c), 0);
	held(&lgwan, id, 1 << SK_HELD_APPROVAL);
	assert_int_equal(call(&lgwan, &c), 0); /* the same one again */
	held(&lgwan, id, 1 << SK_HELD_APPROVAL);
	c.ballot.member = "fuku";
	c.ballot.output[0] ^= 1;
	assert_int_equal(call(&lgwan, &c), SK_ECHANGED);
	c.ballot.output[0] ^= 1;
	assert_int_equal(call(&lgwan, &c), 0);
	at(&lgwan, id, SK_AT_OFFERED);
	assert_int_equal(sk_outbox_read(lgwan.gate.db, SK_CHANNEL_LEDGER, 100, &rows), 0);
	assert_int_equal(
	    sk_gate_entry(rows.row[rows.n - 1].number, rows.row[rows.n - 1].body, digits, &e), 0);
	assert_true(is(e.field[SK_ENTRY_KIND], "transfer.offer"));
	assert_true(is(e.field[SK_ENTRY_ROUTE], "route-2"));
	assert_true(is(e.field[SK_ENTRY_CLASS], "confidentiality-0"));
	assert_true(is(e.field[SK_ENTRY_AUTH], "passkey"));
	assert_true(e.field[SK_ENTRY_PERSONAL_ASSERTION].n > 0);
	sk_outbox_rows_free(&rows);
}

/* The city with other words in the place of these, in the route of that name. */
static const struct sk_policy *city_with(const char *route, const char *old, const char *words)
{
	const char *at = strstr(strstr(city, route), old);

	return read_policy(
	    sk_arena_printf(arena, "%.*s%s%s", (int)(at - city), city, words, at + strlen(old)));
}

static int vote_bulk(const char *id, const char *member)
{
	struct call c = {.run = run_vote,
	    .id = id,
	    .ballot = {.member = member,
		.login = SK_LOGIN_PASSWORD,
		.allow = true,
		.holds = 1U << SK_HOLD_APPROVAL,
		.bulk = true}};

	memcpy(c.ballot.output, row(&lgwan, id).output.p, 32);
	return call(&lgwan, &c);
}

static bool may_bulk(const char *id)
{
	struct sk_transfer t = row(&lgwan, id);
	bool bulk = true;

	assert_int_equal(sk_gate_may_bulk(&lgwan.gate, arena, &t, &bulk), 0);
	return bulk;
}

/* One word about several: where the policy allows it, up to its class, and not about what was found. */
static void test_bulk(void **state)
{
	const char *low = cleaned(&lgwan, "file-out", "1", NULL);
	struct sk_outbox_rows rows;
	struct sk_leaf e;
	char digits[24];

	assert_false(may_bulk(low));
	assert_int_equal(vote_bulk(low, "cho"), SK_EREFUSED);
	lgwan.gate.policy = city_with("route file-out", "deputy after 4 hours",
	    "deputy after 4 hours, bulk confidentiality <= \"1\"");
	const char *high = cleaned(&lgwan, "file-out", "2", NULL);
	const char *found = cleaned(&lgwan, "file-out", "1", corporate);
	const char *none = cleaned(&lgwan, "file-out", NULL, NULL);
	assert_int_equal(vote_bulk(high, "cho"), SK_EREFUSED);
	assert_int_equal(vote_bulk(found, "cho"), SK_EREFUSED);
	assert_int_equal(vote_bulk(none, "cho"), SK_EREFUSED);
	assert_false(may_bulk(high) || may_bulk(found) || may_bulk(none));
	assert_true(may_bulk(low));
	assert_int_equal(vote_bulk(low, "ichi"), SK_EREFUSED);
	assert_int_equal(vote_bulk(low, "ni"), SK_EREFUSED);
	assert_int_equal(vote_bulk(low, "cho"), 0);
	at(&lgwan, low, SK_AT_OFFERED);
	held(&lgwan, high, 1 << SK_HELD_APPROVAL);
	assert_int_equal(vote(&lgwan, high, "cho", true), 0); /* by itself */
	assert_int_equal(sk_outbox_read(lgwan.gate.db, SK_CHANNEL_LEDGER, 100, &rows), 0);
	size_t told = 0;
	for (size_t i = 0; i < rows.n; i++) {
		assert_int_equal(
		    sk_gate_entry(rows.row[i].number, rows.row[i].body, digits, &e), 0);
		told += is(e.field[SK_ENTRY_REASON], "approval-bulk");
	}
	assert_int_equal(told, 1);
	sk_outbox_rows_free(&rows);
}

static void test_class(void **state)
{
	const int64_t both = 1 << SK_HELD_APPROVAL | 1 << SK_HELD_CLASS;
	const char *id = cleaned(&lgwan, "file-out", NULL, NULL);

	held(&lgwan, id, both);
	assert_string_equal(note_of(&lgwan, id), "awaited");
	assert_int_equal(vote(&lgwan, id, "cho", true), SK_EREFUSED);
	assert_int_equal(classify2(&lgwan, id, "ni"), SK_EREFUSED);
	assert_int_equal(classify2(&lgwan, id, "ichi"), 0);
	held(&lgwan, id, 1 << SK_HELD_APPROVAL);
	assert_string_equal(row(&lgwan, id).class, "2");
	assert_int_equal(classify3(&lgwan, id, "ichi"), SK_EREFUSED);
	assert_int_equal(vote(&lgwan, id, "cho", true), 0);
	at(&lgwan, id, SK_AT_OFFERED);
	id = cleaned(&lgwan, "file-out", NULL, NULL);
	assert_int_equal(classify3(&lgwan, id, "cho"), 0);
	at(&lgwan, id, SK_AT_DENIED);
	assert_string_equal(note_of(&lgwan, id), "class");
}

static void encrypted(struct call *c)
{
	set_refused(c, "encrypted");
	c->done.encrypted = 1;
}

static void opened(struct call *c)
{
	c->done.encrypted = c->done.opened = 1;
}

static size_t sealed(struct post *p, const char *id)
{
	struct sk_slice *v = NULL;
	size_t n = 0;

	assert_int_equal(sk_sealed_list(p->gate.db, arena, id, &v, &n), 0);
	return n;
}

static void test_password(void **state)
{
	const char *id = cleaned(&inet, "file-in", NULL, encrypted);

	held(&inet, id, 1 << SK_HELD_PASSWORD);
	assert_int_equal(advance(&inet, id, ""), 0);
	held(&inet, id, 1 << SK_HELD_PASSWORD);
	assert_int_equal(password(&inet, id, "ni"), SK_EREFUSED);
	assert_int_equal(password(&inet, id, "ichi"), 0);
	at(&inet, id, SK_AT_CLEANING);
	assert_int_equal(sealed(&inet, id), 1);
	assert_int_equal(clean_with(&inet, encrypted), 0);
	assert_int_equal(sealed(&inet, id), 1); /* one of several, maybe */
	assert_int_equal(password(&inet, id, "ichi"), 0);
	assert_int_equal(clean_with(&inet, opened), 0);
	at(&inet, id, SK_AT_OFFERED);
	assert_int_equal(sealed(&inet, id), 0);
	id = cleaned(&inet, "file-in", NULL, encrypted);
	age(&inet, 8 * 86400);
	due(&inet);
	at(&inet, id, SK_AT_EXPIRED);
	/* a route that takes nothing of the kind */
	id = cleaned(&lgwan, "file-out", "2", encrypted);
	at(&lgwan, id, SK_AT_REFUSED);
	assert_string_equal(note_of(&lgwan, id), "encrypted");
}

/* --- the scanner, room --- */

static void scan_failed(struct call *c)
{
	c->scan = (struct sk_gate_scan){SK_SCAN_FAILED, SK_UNKNOWN};
}

static void virus(struct call *c)
{
	c->scan.verdict = SK_SCAN_FOUND;
}

static int run_scanned(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	struct sk_transfer after;

	return sk_gate_scanned(g, a, &c->job, &c->scan, &after);
}

static void test_scan(void **state)
{
	const char *id = cleaned(&inet, "file-in", NULL, scan_failed);
	struct call c = {.run = run_scanned, .scan = {SK_SCAN_FAILED, SK_UNKNOWN}};

	held(&inet, id, 1 << SK_HELD_SCAN);
	assert_false(claim(&inet, SK_JOB_SCAN, &c.job));
	for (int i = 0; i < 2; i++) {
		age(&inet, SK_GATE_SCAN_AGAIN + 1);
		due(&inet);
		assert_true(claim(&inet, SK_JOB_SCAN, &c.job));
		assert_int_equal(call(&inet, &c), 0);
		held(&inet, id, 1 << SK_HELD_SCAN);
	}
	age(&inet, SK_GATE_SCAN_AGAIN + 1);
	due(&inet);
	assert_true(claim(&inet, SK_JOB_SCAN, &c.job));
	c.scan = (struct sk_gate_scan){SK_SCAN_CLEAN, 60};
	assert_int_equal(call(&inet, &c), 0);
	at(&inet, id, SK_AT_OFFERED);
	id = cleaned(&inet, "file-in", NULL, virus);
	at(&inet, id, SK_AT_DENIED);
	assert_string_equal(note_of(&inet, id), "virus");
}

static int run_lapse(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	struct sk_transfer after;

	return sk_gate_lapse(g, a, &c->job, c->text, &after);
}

static void test_room(void **state)
{
	struct sk_recorded r = asked("internet", "lgwan", "file-in", NULL);
	struct call c = {.run = run_receive, .facts = &r, .t = arrival()}, l = {.run = run_lapse};

	r.request.space = SK_NO;
	assert_int_equal(call(&inet, &c), 0);
	held(&inet, c.t.id, 1 << SK_HELD_SPACE);
	assert_int_equal(advance(&inet, c.t.id, ""), 0);
	held(&inet, c.t.id, 1 << SK_HELD_SPACE);
	assert_int_equal(room(&inet, c.t.id, ""), 0);
	at(&inet, c.t.id, SK_AT_CLEANING);
	assert_int_equal(room(&inet, c.t.id, ""), SK_EREFUSED);
	assert_true(claim(&inet, SK_JOB_CLEAN, &l.job));
	l.text = "space";
	assert_int_equal(call(&inet, &l), 0);
	held(&inet, c.t.id, 1 << SK_HELD_SPACE);
	age(&inet, SK_GATE_ROOM_AGAIN + 1);
	due(&inet);
	at(&inet, c.t.id, SK_AT_CLEANING);
	assert_true(claim(&inet, SK_JOB_CLEAN, &l.job));
	l.text = "worker-failed";
	assert_int_equal(call(&inet, &l), 0);
	at(&inet, c.t.id, SK_AT_REFUSED);
	assert_int_equal(call(&inet, &l), SK_EREFUSED);
}

/* With a queue of its own the job goes there through the outbox, and its end is the caller's. */
static void test_own_queue(void **state)
{
	inet.gate.own_queue = true;
	const char *id = receive(&inet, "file-in", NULL);
	struct call c = {0};
	size_t moved = 0;

	assert_false(claim(&inet, SK_JOB_CLEAN, &c.job));
	assert_int_equal(sk_queue_feed(inet.gate.db, lgwan.gate.db, &moved), 0);
	assert_int_equal(moved, 1);
	assert_true(claim(&lgwan, SK_JOB_CLEAN, &c.job));
	set_clean(&inet, &c);
	assert_int_equal(call(&inet, &c), 0);
	at(&inet, id, SK_AT_OFFERED);
	assert_int_equal(call(&inet, &c), SK_EREFUSED);
	assert_int_equal(sk_queue_done(lgwan.queue, &c.job, 1), 0);
}

/* --- time --- */

static void one_place(struct call *c)
{
	c->done.words[0] = 1;
	c->done.nplaces = 1;
	c->done.places[0] =
	    (struct sk_work_place){SK_WORK_WORD, 1, 2, 3, 4, 5, "a\".zip"}; /* as names may be */
}

static const char *places_of(struct post *p, const char *id)
{
	const char *places = NULL;

	assert_int_equal(sk_finding_load(p->gate.db, arena, id, &places), 0);
	return places;
}

static void test_keep_and_forget(void **state)
{
	const char *id = cleaned(&inet, "file-in", NULL, one_place);
	const char *original = row(&inet, id).original;
	struct sk_gate_due d;

	assert_string_equal(places_of(&inet, id),
	    "[{\"kind\":\"word\",\"trust\":\"likely\",\"where\":\"a\\\".zip\",\"line\":2,\"column\":3,"
	    "\"cell\":4,\"word\":5}]");
	assert_int_equal(due(&inet).nerase, 0);
	assert_int_equal(cancel(&inet, id, "ni"), SK_EREFUSED);
	assert_int_equal(cancel(&inet, id, "ichi"), 0);
	at(&inet, id, SK_AT_CANCELLED);
	age(&inet, 31 * 86400);
	d = due(&inet);
	assert_int_equal(d.nerase, 1);
	assert_string_equal(d.erase[0], original);
	assert_null(row(&inet, id).original);
	assert_string_equal(row(&inet, id).requester, "ichi");
	age(&inet, 60 * 86400);
	assert_int_equal(due(&inet).n, 1);
	assert_null(row(&inet, id).requester);
	assert_null(row(&inet, id).facts);
	assert_null(places_of(&inet, id));
	assert_int_equal(due(&inet).n, 0);
}

/* A route that keeps none lets it go when it is cleaned, and not before. */
static void test_keeps_none(void **state)
{
	const char *id = receive(&lgwan, "file-out", "2");

	age(&lgwan, 1);
	assert_int_equal(due(&lgwan).nerase, 0);
	assert_non_null(row(&lgwan, id).original);
	assert_int_equal(clean_with(&lgwan, NULL), 0);
	age(&lgwan, 3601);
	assert_int_equal(due(&lgwan).nerase, 1);
	assert_null(row(&lgwan, id).original);
}

/* --- originals --- */

static int run_ask(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	return sk_gate_ask_original(g, a, c->id, c->member, SK_LOGIN_PASSWORD, "reason", &c->o);
}

static int run_vote_original(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	struct sk_original after;

	return sk_gate_vote_original(g, a, c->o.id, &c->ballot, &after);
}

static int run_collect_original(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	struct sk_original after;
	bool counted = false;
	int status = sk_gate_hand_original(g, a, c->o.id, c->member, &counted, &after, &c->t);

	if (status == 0)
		status = sk_gate_collect_original(g, a, c->o.id, c->member, &after);
	if (status == 0)
		c->t.original = sk_arena_str(arena, sk_slice_str(c->t.original));
	return status;
}

static int64_t state_of_request(struct post *p, const char *id)
{
	struct sk_original o;

	assert_int_equal(sk_original_load(p->gate.db, arena, id, &o), 0);
	return o.state;
}

static void test_original(void **state)
{
	const char *id = cleaned(&inet, "file-in", NULL, NULL);
	struct call c = {.run = run_ask, .id = id, .member = "ni"};

	assert_int_equal(call(&inet, &c), SK_EREFUSED);
	c.member = "ichi";
	assert_int_equal(call(&inet, &c), 0);
	assert_int_equal(state_of_request(&inet, c.o.id), SK_AT_HELD);
	c.run = run_collect_original;
	assert_int_equal(call(&inet, &c), SK_EREFUSED);
	c.run = run_vote_original;
	c.ballot = (struct sk_ballot){.member = "ichi", .login = SK_LOGIN_PASSWORD, .allow = true};
	assert_int_equal(call(&inet, &c), SK_EREFUSED);
	c.ballot.member = "ni";
	assert_int_equal(call(&inet, &c), SK_EREFUSED);
	c.ballot.member = "cho";
	assert_int_equal(call(&inet, &c), 0);
	assert_int_equal(state_of_request(&inet, c.o.id), SK_AT_RELEASED);
	c.run = run_collect_original;
	c.member = "cho";
	assert_int_equal(call(&inet, &c), SK_EREFUSED);
	c.member = "ichi";
	assert_int_equal(call(&inet, &c), 0);
	assert_string_equal(row(&inet, id).original, c.t.original);
	assert_int_equal(settle(), 0);
	assert_null(row(&lgwan, id).original);
	age(&inet, 31 * 86400);
	due(&inet);
	assert_int_equal(state_of_request(&inet, c.o.id), SK_AT_EXPIRED);
	assert_int_equal(call(&inet, &c), SK_EREFUSED);
}

static int run_hand_original(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	bool counted = false;

	return sk_gate_hand_original(g, a, c->o.id, c->member, &counted, &c->o, &c->t);
}

static int run_collected(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	struct sk_original after;

	return sk_gate_collect_original(g, a, c->o.id, c->member, &after);
}

/* A request that cho has released; it is about what came in by file-in, downloads 2, expire 14 days. */
static struct call released_original(const char *id)
{
	struct call c = {.run = run_ask, .id = id, .member = "ichi"};

	assert_int_equal(call(&inet, &c), 0);
	c.run = run_vote_original;
	c.ballot = (struct sk_ballot){.member = "cho", .login = SK_LOGIN_PASSWORD, .allow = true};
	assert_int_equal(call(&inet, &c), 0);
	assert_int_equal(state_of_request(&inet, c.o.id), SK_AT_RELEASED);
	return c;
}

static int times_handed(struct call *c, int most)
{
	int n = 0;

	c->run = run_hand_original;
	while (n < most && call(&inet, c) == 0)
		n++;
	return n;
}

/* Its bytes leave as often as those of what crosses: so often as the route says, and three times that were interrupted. */
static void test_original_counts(void **state)
{
	const char *id = cleaned(&inet, "file-in", NULL, NULL);
	struct call c = released_original(id);
	char first[SK_TRANSFER_ID];
	struct sk_original o;

	c.run = run_collected;
	assert_int_equal(call(&inet, &c), SK_EREFUSED); /* nothing was handed out */
	assert_int_equal(times_handed(&c, 40), 5);
	assert_int_equal(sk_original_load(inet.gate.db, arena, c.o.id, &o), 0);
	assert_int_equal(o.downloads, 2);
	assert_int_equal(o.downloads_most, 2);
	assert_int_equal(o.handed, 5);
	c.run = run_collected;
	assert_int_equal(call(&inet, &c), SK_EREFUSED);
	/* who needs it again asks again, and somebody decides again */
	memcpy(first, c.o.id, sizeof(first));
	c = released_original(id);
	assert_string_not_equal(c.o.id, first);
	for (int i = 0; i < 2; i++) {
		c.run = run_collect_original;
		assert_int_equal(call(&inet, &c), 0);
	}
	assert_int_equal(call(&inet, &c), SK_EREFUSED);
}

/* As long, too, whether the clock's round came or not; and never longer than it is kept. */
static void test_original_in_time(void **state)
{
	struct call c = released_original(cleaned(&inet, "file-in", NULL, NULL));

	age(&inet, 14 * 86400 - 60);
	assert_int_equal(times_handed(&c, 1), 1);
	age(&inet, 61);
	assert_int_equal(times_handed(&c, 1), 0);
	due(&inet);
	assert_int_equal(state_of_request(&inet, c.o.id), SK_AT_EXPIRED);
	c.id = cleaned(&inet, "file-in", NULL, NULL);
	age(&inet, 29 * 86400);
	c = released_original(c.id);
	assert_int_equal(times_handed(&c, 1), 1);
	age(&inet, 86401);
	assert_int_equal(times_handed(&c, 1), 0);
}

/* Where the route wants it, only a signed yes releases an original. */
static void test_original_signed(void **state)
{
	struct call c = {.run = run_ask, .member = "ichi"};

	inet.gate.policy = city_with(
	    "route file-in", "keep original 30 days", "keep original 30 days, release passkey");
	c.id = cleaned(&inet, "file-in", NULL, NULL);
	assert_int_equal(call(&inet, &c), 0);
	c.run = run_vote_original;
	c.ballot =
	    (struct sk_ballot){.member = "cho", .login = SK_LOGIN_TWO_FACTORS, .allow = true};
	assert_int_equal(call(&inet, &c), SK_EREFUSED);
	assert_int_equal(state_of_request(&inet, c.o.id), SK_AT_HELD);
	c.ballot.login = SK_LOGIN_PASSKEY;
	assert_int_equal(call(&inet, &c), SK_EREFUSED); /* says passkey and shows none */
	c.ballot.assertion = SK_SLICE_LIT("passkey1 cho");
	assert_int_equal(call(&inet, &c), 0);
	assert_int_equal(state_of_request(&inet, c.o.id), SK_AT_RELEASED);
	/* a no needs none */
	c.id = cleaned(&inet, "file-in", NULL, NULL);
	c.run = run_ask;
	assert_int_equal(call(&inet, &c), 0);
	c.run = run_vote_original;
	c.ballot = (struct sk_ballot){.member = "cho", .login = SK_LOGIN_PASSWORD};
	assert_int_equal(call(&inet, &c), 0);
	assert_int_equal(state_of_request(&inet, c.o.id), SK_AT_DENIED);
}

static void test_original_denied(void **state)
{
	const char *id = cleaned(&inet, "file-in", NULL, NULL);
	struct call c = {.run = run_ask, .id = id, .member = "ichi"};

	assert_int_equal(call(&inet, &c), 0);
	c.run = run_vote_original;
	c.ballot = (struct sk_ballot){.member = "cho", .login = SK_LOGIN_PASSWORD};
	assert_int_equal(call(&inet, &c), 0);
	assert_int_equal(state_of_request(&inet, c.o.id), SK_AT_DENIED);
	/* where it arrived as something clean there is no original, and a route that keeps none gives none */
	assert_int_equal(settle(), 0);
	c.run = run_ask;
	assert_int_equal(call(&lgwan, &c), SK_EREFUSED);
	c.id = cleaned(&lgwan, "file-out", "2", NULL);
	assert_int_equal(call(&lgwan, &c), SK_EREFUSED);
}

static const struct CMUnitTest tests[] = {
#define TWO(f) cmocka_unit_test_setup_teardown(f, open_two, close_two)
    TWO(test_found), TWO(test_worker), TWO(test_denied_at_once), TWO(test_other_policy),
    TWO(test_denied_by_vote), TWO(test_deputy), TWO(test_away), TWO(test_many_away),
    TWO(test_away_before), TWO(test_two_persons), TWO(test_bulk), TWO(test_class),
    TWO(test_password), TWO(test_scan), TWO(test_room), TWO(test_own_queue),
    TWO(test_keep_and_forget), TWO(test_keeps_none), TWO(test_original), TWO(test_original_counts),
    TWO(test_original_in_time), TWO(test_original_denied), TWO(test_original_signed)};

MAIN_ON_BOTH("what happens to transfers", IN_MEMORY, tests, tests)
