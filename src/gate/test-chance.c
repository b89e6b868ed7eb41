/*
 * Two posts in which everything happens in any order, from given seeds: what people, workers, time, the other post and
 * somebody who writes false letters do. After each step it is looked whether anything passed that must not, by a list of
 * what really happened that the gate does not see. At the end everything must have ended.
 */
#include "store/test-both.h"

#include "gate/test-truth.h"

#define MOST 40

static struct truth truths[MOST];
static size_t ntruths;
static uint64_t seed;

/* xorshift64*, the same on every machine. */
static unsigned chance(unsigned n)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (unsigned)(seed * UINT64_C(2685821657736338717) >> 33) % n;
}

static const char *const people[] = {"ichi", "ni", "cho", "fuku", "root", ""};

static const char *anybody(void)
{
	return people[chance(6)];
}

/* Often who asked for it: he may most. */
static const char *somebody(const struct truth *t)
{
	return chance(2) ? t->asker : anybody();
}

static struct post *any_post(void)
{
	return chance(2) ? &inet : &lgwan;
}

static struct truth *any_truth(void)
{
	return ntruths ? &truths[chance((unsigned)ntruths)] : NULL;
}

static struct truth *truth_of(const char *id)
{
	for (size_t i = 0; i < ntruths; i++)
		if (strcmp(truths[i].id, id) == 0)
			return &truths[i];
	return NULL;
}

/* --- steps --- */

static void step_receive(void)
{
	static const char *const classes[] = {"自治体機密性3", "2", "1", NULL};
	struct truth *t = &truths[ntruths];

	if (ntruths == MOST)
		return;
	asker = people[chance(4)];
	*t = (struct truth){.giver = any_post(), .asker = asker, .class = classes[chance(4)]};
	recipient = chance(3) ? NULL : people[chance(4)];
	t->known_class = t->class != NULL;
	t->id = receive(t->giver, t->giver == &inet ? "file-in" : "file-out", t->class);
	ntruths++;
}

static void set_outcome(struct call *c, struct truth *t)
{
	bool was_scanned = t->scanned; /* the original is the same */

	t->corporate = t->mynumber = 0;
	t->clean = t->scanned = true;
	switch (chance(10)) {
	case 0:
		set_refused(c, "malformed");
		t->clean = false;
		break;
	case 1:
		set_refused(c, "encrypted");
		c->done.encrypted = 1;
		t->clean = false;
		break;
	case 2:
		c->done.corporate_numbers[1] = t->corporate = 1;
		break;
	case 3:
		c->done.mynumbers[2] = t->mynumber = 1;
		break;
	case 4:
		c->scan = (struct sk_gate_scan){SK_SCAN_FAILED, SK_UNKNOWN};
		t->scanned = false;
		break;
	case 5:
		c->scanned = chance(2);
		t->scanned = c->scanned || was_scanned;
		break;
	default:
		break;
	}
}

static void step_clean(void)
{
	struct call c = {0};
	struct post *p = any_post();
	struct truth before, *t;

	if (!claim(p, SK_JOB_CLEAN, &c.job))
		return;
	t = truth_of(c.job.name);
	before = *t;
	set_clean(p, &c);
	set_outcome(&c, t);
	if (call(p, &c)) {
		*t = before;
		return;
	}
	memcpy(t->output, c.blob.sha256, 32);
	forget_votes(t);
}

static void step_lapse(void)
{
	struct call c = {.run = NULL};
	struct post *p = any_post();

	if (chance(4) == 0 && claim(p, SK_JOB_CLEAN, &c.job))
		room(p, c.job.name, ""); /* refused, or nothing: the job stays with who has it */
}

static int run_scanned(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	struct sk_transfer after;

	return sk_gate_scanned(g, a, &c->job, &c->scan, &after);
}

static void step_scan(void)
{
	struct call c = {.run = run_scanned, .scan = {SK_SCAN_CLEAN, 60}};
	struct post *p = any_post();

	if (!claim(p, SK_JOB_SCAN, &c.job))
		return;
	if (chance(2))
		c.scan = (struct sk_gate_scan){SK_SCAN_FAILED, SK_UNKNOWN};
	struct truth *t = truth_of(c.job.name);
	bool was = t->scanned;
	t->scanned = c.scan.verdict == SK_SCAN_CLEAN;
	if (call(p, &c))
		t->scanned = was;
}

static void step_vote(void)
{
	struct truth *t = any_truth();
	struct call c = {.run = run_vote};

	if (t == NULL)
		return;
	c.id = t->id;
	c.ballot = (struct sk_ballot){
	    .member = anybody(), .login = (int)chance(4), .allow = chance(4) != 0};
	c.ballot.holds = chance(2) ? 0 : chance(16);
	memcpy(c.ballot.output, t->output, 32);
	if (chance(8) == 0)
		c.ballot.output[0] ^= 1;
	struct sk_transfer row_before = row(t->giver, t->id);
	bool late = t->giver->gate.now * 1000 - row_before.received >= 4 * 3600 * 1000;
	if (call(t->giver, &c))
		return;
	/* what was counted was his to say, about what he saw */
	if (!may_approve(t, c.ballot.member, late) || memcmp(c.ballot.output, t->output, 32) != 0 ||
	    c.ballot.login == SK_LOGIN_NONE)
		fail_msg("%s voted about what %s asked", c.ballot.member, t->asker);
	unsigned about =
	    c.ballot.holds ? c.ballot.holds : 1U << SK_HOLD_APPROVAL | 1U << SK_HOLD_LEAK;
	t->yes[0] += c.ballot.allow && about & 1U << SK_HOLD_APPROVAL;
	t->yes[1] += c.ballot.allow && about & 1U << SK_HOLD_LEAK;
	t->no += !c.ballot.allow;
}

static void step_people(void)
{
	struct truth *t = any_truth();
	struct post *p = any_post();

	if (t == NULL)
		return;
	switch (chance(6)) {
	case 0:
		if (cancel(p, t->id, anybody()) == 0)
			assert_ptr_equal(p, t->giver);
		break;
	case 1:
		password(p, t->id, somebody(t));
		break;
	case 2:
		if (classify2(p, t->id, somebody(t)) == 0) {
			assert_false(t->known_class);
			t->known_class = true;
			t->class = "2";
		}
		break;
	case 3:
		advance(p, t->id, "");
		break;
	case 4:
		room(p, t->id, "");
		break;
	default:
		if (collect(p, t->id, somebody(t)) == 0)
			assert_ptr_equal(p, t->giver->other);
	}
}

static void step_check(void)
{
	struct call c = {.run = run_checked};
	struct post *p = any_post();

	if (!claim(p, SK_JOB_VERIFY, &c.job))
		return;
	c.done.verdict = chance(5) ? SK_CLEAN : SK_REFUSED;
	struct sk_transfer r = row(p, c.job.name);
	if (r.output.n == 32)
		memcpy(c.done.hash_in, r.output.p, 32);
	snprintf(c.done.reason, sizeof(c.done.reason), "%s", c.done.verdict ? "not-clean" : "");
	if (call(p, &c) == 0 && c.done.verdict == SK_CLEAN)
		truth_of(c.job.name)->verified = true;
}

static void step_cross(void)
{
	struct truth *t = any_truth();

	if (t && state_of(t->giver, t->id) == SK_AT_CROSSING) {
		struct sk_transfer other;
		if (sk_transfer_load(t->giver->other->gate.db, arena, t->id, &other) == 0)
			cross(t->giver, t->id);
	}
}

static void step_time(void)
{
	static const int64_t ages[] = {60, 400, 3600, 5 * 3600, 86400, 3 * 86400};
	int64_t s = ages[chance(6)];

	age(&inet, s);
	age(&lgwan, s);
	due(any_post());
}

/* What a broken, or a hostile, post may write: it has a link, and knows numbers of transfers. */
static void step_lie(void)
{
	struct truth *t = any_truth();
	struct sk_letter l = {.kind = SK_LETTER_FETCH};

	if (t == NULL || chance(3))
		return;
	t->lied = true;
	snprintf(l.id, sizeof(l.id), "%s", t->id);
	switch (chance(4)) {
	case 0:
		l.kind = SK_LETTER_GONE;
		break;
	case 1:
		l.kind = SK_LETTER_END;
		snprintf(l.event, sizeof(l.event), "%s", sk_event_word(chance(SK_DO_COUNT)));
		break;
	case 2:
		l.kind = SK_LETTER_ORIGINAL;
		snprintf(l.person, sizeof(l.person), "%s", people[chance(4)]);
		snprintf(l.text, sizeof(l.text), "x");
		break;
	default:
		break;
	}
	take_letter(any_post(), &l, 0);
}

static int run_ask(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	return sk_gate_ask_original(g, a, c->id, c->member, SK_LOGIN_PASSWORD, NULL, &c->o);
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

	return status || counted ? status
				 : sk_gate_collect_original(g, a, c->o.id, c->member, &after);
}

/* An original is only ever had where it came in, by who asked for the transfer or is its recipient, after somebody else said yes. */
static void step_original(void)
{
	struct truth *t = any_truth();
	struct call c = {.run = run_ask};
	struct post *p = any_post();
	bool yes = false;

	if (t == NULL)
		return;
	c.id = t->id;
	c.member = somebody(t);
	if (call(p, &c))
		return;
	assert_ptr_equal(p, t->giver);
	assert_ptr_equal(p, &inet); /* the other route keeps none */
	c.run = run_vote_original;
	for (int i = 0; i < 3; i++) {
		c.ballot = (struct sk_ballot){
		    .member = anybody(), .login = SK_LOGIN_PASSWORD, .allow = chance(3) != 0};
		if (call(p, &c) == 0) {
			assert_string_not_equal(c.ballot.member, c.member);
			yes = yes || c.ballot.allow;
		}
	}
	c.run = run_collect_original;
	if (call(p, &c) == 0)
		assert_true(yes);
}

static void step_letters(void)
{
	struct post *p = any_post();

	pump(p);
	if (chance(2))
		deliver(p);
}

static void look(void)
{
	for (size_t i = 0; i < ntruths; i++) {
		look_at_giver(&truths[i]);
		look_at_receiver(&truths[i]);
	}
}

/* Time goes by, and nobody does anything any more: all of it ends, and nobody is remembered. */
static void end_all(void)
{
	settle();
	for (int i = 0; i < 6; i++) {
		age(&inet, 60 * 86400);
		age(&lgwan, 60 * 86400);
		due(&inet);
		due(&lgwan);
		settle();
	}
	for (size_t i = 0; i < ntruths; i++) {
		struct sk_transfer r = row(truths[i].giver, truths[i].id);
		bool over = sk_state_owner((enum sk_transfer_state)r.state) == SK_OWNER_NONE;
		if (!over && !truths[i].lied)
			fail_msg("%s stays %s", r.route, sk_state_word((unsigned)r.state));
		assert_true(!over || r.requester == NULL);
		assert_null(r.original);
	}
	assert_int_equal(number_of(inet.gate.db, "SELECT count(*) FROM sealed"), 0);
	assert_int_equal(number_of(lgwan.gate.db, "SELECT count(*) FROM sealed"), 0);
}

static void run_seed(uint64_t s, int steps)
{
	static void (*const what[])(void) = {step_receive, step_clean, step_clean, step_clean,
	    step_lapse, step_scan, step_vote, step_vote, step_vote, step_people, step_people,
	    step_check, step_cross, step_time, step_lie, step_original, step_letters, step_letters};

	seed = s * UINT64_C(0x9E3779B97F4A7C15) + 1;
	ntruths = 0;
	for (int i = 0; i < steps; i++) {
		what[chance(sizeof(what) / sizeof(*what))]();
		look();
	}
	end_all();
}

#define SEED(n, steps) \
	static void test_seed_##n(void **state) \
	{ \
		run_seed(n, steps); \
	}

SEED(1, 400)
SEED(2, 400)
SEED(9, 400)
SEED(22, 400)
SEED(28, 400)
SEED(101, 200)
SEED(102, 200)

#define TWO(f) cmocka_unit_test_setup_teardown(f, open_two, close_two)
static const struct CMUnitTest tests[] = {
    TWO(test_seed_1), TWO(test_seed_2), TWO(test_seed_9), TWO(test_seed_22), TWO(test_seed_28)};
static const struct CMUnitTest slower[] = {TWO(test_seed_101), TWO(test_seed_102)};

MAIN_ON_BOTH("two posts by chance", IN_MEMORY, tests, slower)
