/*
 * Everything that can happen to a transfer, in every order: from each situation that can be reached each step is tried, with
 * the gate's own functions on both posts. Situations that look the same in the stores are the same. What a situation must be
 * says test-truth.h. Each path is gone anew from its beginning, with a transfer of its own.
 */
#include "store/test-both.h"

#include "gate/test-truth.h"

#define PATH 24 /* steps of the longest */
#define SITUATIONS 30000
#define ENOUGH 1500
#define LOOKS 1500 /* bytes of how one looks */

/* --- steps --- */

static struct truth t;
static bool not_possible; /* the step cannot even be tried here */

/* The job of this transfer; those of paths that are over are thrown away. */
static bool own_job(struct post *p, int64_t kind, struct sk_job *job)
{
	while (claim(p, kind, job)) {
		if (strcmp(job->name, t.id) == 0)
			return true;
		assert_int_equal(sk_queue_done(p->queue, job, 1), 0);
	}
	not_possible = true;
	return false;
}

static void clean_as(void (*change)(struct call *c))
{
	struct call c = {0};
	struct truth before = t;

	if (!own_job(t.giver, SK_JOB_CLEAN, &c.job))
		return;
	set_clean(t.giver, &c);
	t.clean = t.scanned = true;
	t.corporate = t.mynumber = 0;
	if (change)
		change(&c);
	memcpy(t.output, c.blob.sha256, 32);
	forget_votes(&t);
	if (call(t.giver, &c)) {
		t = before;
		not_possible = true;
	}
}

static void do_clean(void)
{
	clean_as(NULL);
}

static void corporate(struct call *c)
{
	c->done.corporate_numbers[1] = t.corporate = 1;
}

static void do_corporate(void)
{
	clean_as(corporate);
}

static void mynumber(struct call *c)
{
	c->done.mynumbers[1] = t.mynumber = 1;
}

static void do_mynumber(void)
{
	clean_as(mynumber);
}

static void encrypted(struct call *c)
{
	set_refused(c, "encrypted");
	c->done.encrypted = 1;
	t.clean = false;
}

static void do_encrypted(void)
{
	clean_as(encrypted);
}

static void malformed(struct call *c)
{
	set_refused(c, "malformed");
	t.clean = false;
}

static void do_malformed(void)
{
	clean_as(malformed);
}

static void unscanned(struct call *c)
{
	c->scan = (struct sk_gate_scan){SK_SCAN_FAILED, SK_UNKNOWN};
	t.scanned = false;
}

static void do_unscanned(void)
{
	clean_as(unscanned);
}

static void vote_as(const char *member, bool allow)
{
	if (vote(t.giver, t.id, member, allow)) {
		not_possible = true;
		return;
	}
	assert_true(may_approve(&t, member, false));
	t.yes[0] += allow;
	t.yes[1] += allow;
	t.no += !allow;
}

static void do_yes(void)
{
	vote_as("cho", true);
}

static void do_no(void)
{
	vote_as("cho", false);
}

static void do_own_vote(void)
{
	vote_as("ichi", true);
}

static void do_class(void)
{
	not_possible = classify2(t.giver, t.id, "ichi") != 0;
	if (!not_possible) {
		t.known_class = true;
		t.class = "2";
	}
}

static void do_high_class(void)
{
	not_possible = classify3(t.giver, t.id, "ichi") != 0;
	if (!not_possible) {
		t.known_class = true;
		t.class = "自治体機密性3";
	}
}

static void do_password(void)
{
	not_possible = password(t.giver, t.id, "ichi") != 0;
}

static void do_password_there(void)
{
	not_possible = password(t.giver->other, t.id, "ichi") != 0;
}

static void do_cancel(void)
{
	not_possible = cancel(t.giver, t.id, "ichi") != 0;
}

static void do_advance(void)
{
	assert_int_equal(advance(t.giver, t.id, ""), 0);
}

static void do_collect_here(void)
{
	assert_int_not_equal(collect(t.giver, t.id, "ichi"), 0);
	not_possible = true;
}

static void do_collect(void)
{
	not_possible = collect(t.giver->other, t.id, "ichi") != 0;
}

static void do_post(void)
{
	pump(t.giver);
	deliver(t.giver);
}

static void do_answer(void)
{
	pump(t.giver->other);
	deliver(t.giver->other);
}

static void do_cross(void)
{
	struct call c = {.run = run_arrived, .id = t.id};
	struct sk_transfer r = row(t.giver, t.id);

	/* a link gives nothing else, and only then */
	not_possible = r.state != SK_AT_CROSSING;
	if (not_possible)
		return;
	assert_memory_equal(r.output.p, t.output, 32);
	memcpy(c.blob.sha256, t.output, 32);
	c.blob.size = 900;
	not_possible = call(t.giver->other, &c) != 0;
}

static void check_as(enum sk_verdict verdict)
{
	struct post *p = t.giver->other;
	struct call c = {.run = run_checked, .done = {.verdict = verdict}};

	if (!own_job(p, SK_JOB_VERIFY, &c.job))
		return;
	struct sk_transfer r = row(p, t.id);
	if (r.output.n)
		memcpy(c.done.hash_in, r.output.p, 32);
	not_possible = call(p, &c) != 0;
	t.verified |= !not_possible && verdict == SK_CLEAN;
}

static void do_check(void)
{
	check_as(SK_CLEAN);
}

static void do_check_fails(void)
{
	check_as(SK_REFUSED);
}

static int run_late(struct sk_db *db, void *arg)
{
	return sk_db_exec(db,
	    "UPDATE transfer SET expires = expires - 8640000000, remind = remind - 8640000000 WHERE id = $1",
	    SK_BINDS(sk_text(t.id)), NULL);
}

static void late(struct post *p)
{
	assert_int_equal(sk_db_transact(p->gate.db, SK_DB_WRITE, run_late, NULL), 0);
	due(p);
}

static void do_late(void)
{
	late(t.giver);
}

static void do_late_there(void)
{
	late(t.giver->other);
}

static void lie(struct post *to, uint8_t kind, const char *event)
{
	struct sk_letter l = {.kind = kind};

	snprintf(l.id, sizeof(l.id), "%s", t.id);
	snprintf(l.event, sizeof(l.event), "%s", event);
	not_possible = take_letter(to, &l, 0) != 0;
	t.lied = true;
}

static void do_false_fetch(void)
{
	lie(t.giver, SK_LETTER_FETCH, "");
}

static void do_false_release(void)
{
	lie(t.giver, SK_LETTER_END, "release");
}

static void do_false_gone(void)
{
	lie(t.giver->other, SK_LETTER_GONE, "");
}

typedef void step(void);

/* Steps by the route: what both have, then what one of them has. */
#define BOTH \
	do_clean, do_malformed, do_cancel, do_advance, do_collect_here, do_collect, do_post, \
	    do_answer, do_cross, do_check, do_check_fails, do_late, do_late_there, do_false_fetch, \
	    do_false_release, do_false_gone
static step *const out_steps[] = {
    BOTH, do_corporate, do_mynumber, do_yes, do_no, do_own_vote, do_class, do_high_class};
static step *const in_steps[] = {BOTH, do_encrypted, do_unscanned, do_password, do_password_there};

/* --- how a situation looks --- */

static void cut(char *text, const char *name)
{
	char *from = strstr(text, name), *end;

	if (from == NULL)
		return;
	end = strchr(from + strlen(name), ',');
	if (end == NULL)
		end = strchr(from, '}');
	memmove(from, end, strlen(end) + 1);
}

/* Rows of an outbox about this transfer, by their kinds in order; the same thing said again is the same. */
static void add_outbox(struct post *p, int64_t channel, struct sk_buf *out)
{
	struct sk_rows r;

	assert_int_equal(sk_db_query(p->gate.db,
			     "SELECT kind, body FROM outbox WHERE channel = $1 ORDER BY line",
			     SK_BINDS(sk_int(channel)), &r),
	    0);
	int64_t last = 0;
	for (size_t i = 0; i < r.rows; i++) {
		int64_t kind = sk_rows_int(&r, i, 0);
		bool about =
		    sk_slice_find(sk_rows_bytes(&r, i, 1), 0, sk_slice_str(t.id)) != SIZE_MAX;
		if (about && kind != last)
			sk_buf_printf(out, "%lld,", (long long)kind);
		last = about ? kind : last;
	}
	sk_rows_free(&r);
}

static void add_row(struct post *p, struct sk_buf *out)
{
	struct sk_transfer r;

	if (sk_transfer_load(p->gate.db, arena, t.id, &r) == SK_ENOENTRY)
		return;
	char *facts = r.facts ? sk_arena_str(arena, sk_slice_str(r.facts)) : NULL;
	if (facts) {
		cut(facts, "\"received\":");
		cut(facts, "\"time\":");
		if (strstr(facts, "\"votes\""))
			*strstr(facts, "\"votes\"") = 0;
	}
	sk_buf_printf(out, "%s %lld d%lld e%d r%d %s|", sk_state_word((unsigned)r.state),
	    (long long)r.holds, (long long)r.downloads, r.expires == SK_NONE, r.erased != SK_NONE,
	    facts ? facts : "");
}

static void how_it_looks(char text[LOOKS])
{
	struct sk_buf b = SK_BUF(1 << 16);

	add_row(t.giver, &b);
	add_row(t.giver->other, &b);
	add_outbox(t.giver, SK_CHANNEL_LINK, &b);
	sk_buf_putc(&b, '/');
	add_outbox(t.giver->other, SK_CHANNEL_LINK, &b);
	sk_buf_printf(&b, "/%u %u %d", t.yes[0] > 0, t.no, t.verified);
	assert_true(b.len < LOOKS);
	memcpy(text, b.p, b.len);
	text[b.len] = 0;
	sk_buf_free(&b);
}

/* --- all of them --- */

struct situation {
	uint8_t path[PATH];
	size_t n;
	char looks[LOOKS];
};

static struct situation all[SITUATIONS];
static size_t nall;

static bool is_new(const char *looks)
{
	for (size_t i = 0; i < nall; i++)
		if (strcmp(all[i].looks, looks) == 0)
			return false;
	return true;
}

static void begin(struct post *giver)
{
	asker = "ichi";
	t = (struct truth){.giver = giver, .asker = asker};
	t.id = receive(giver, giver == &inet ? "file-in" : "file-out", NULL);
}

/* What must hold, and with it that ledgers take everything and letters are read. */
static void look(void)
{
	look_at_giver(&t);
	look_at_receiver(&t);
}

static bool worked[UINT8_MAX]; /* a step that was possible somewhere */

/* From a situation one step further. */
static void go(struct post *giver, step *const *steps, const struct situation *from, uint8_t next)
{
	struct situation s = *from;

	begin(giver);
	for (size_t i = 0; i < from->n; i++)
		steps[from->path[i]]();
	not_possible = false;
	steps[next]();
	look();
	if (not_possible)
		return;
	worked[next] = true;
	if (s.n == PATH)
		return;
	how_it_looks(s.looks);
	if (!is_new(s.looks))
		return;
	assert_true(nall < SITUATIONS);
	s.path[s.n++] = next;
	all[nall++] = s;
}

static void drop(struct post *p, int64_t channel)
{
	struct sk_outbox_rows rows;

	assert_int_equal(
	    sk_outbox_read(p->gate.db, (enum sk_outbox_channel)channel, 200, &rows), 0);
	if (rows.n)
		assert_int_equal(sk_outbox_done(p->gate.db, (enum sk_outbox_channel)channel,
				     rows.row[rows.n - 1].number),
		    0);
	sk_outbox_rows_free(&rows);
}

/* What a path leaves behind is not carried along. */
static void clear(void)
{
	struct post *both[] = {&inet, &lgwan};

	for (int i = 0; i < 2; i++) {
		drop(both[i], SK_CHANNEL_LEDGER);
		drop(both[i], SK_CHANNEL_LINK);
	}
}

/* Collecting where it was given, and a yes to what oneself asks for. */
static bool never(step *s)
{
	return s == do_collect_here || s == do_own_vote;
}

static void explore(struct post *giver, step *const *steps, uint8_t nsteps, size_t most)
{
	char *text = sk_arena_str(arena, sk_slice_str(city));

	/* to have it once is as good as thrice here */
	memcpy(strstr(text, "downloads 3"), "downloads 1", 11);
	memcpy(strstr(text, "downloads 2"), "downloads 1", 11);
	inet.gate.policy = lgwan.gate.policy = read_policy(text);
	no_traces = true;
	nall = 1;
	memset(worked, 0, sizeof(worked));
	all[0].n = 0;
	begin(giver);
	how_it_looks(all[0].looks);
	for (size_t i = 0; i < nall && i < most; i++)
		for (uint8_t k = 0; k < nsteps; k++) {
			go(giver, steps, &all[i], k);
			clear();
		}
	print_message("%zu situations\n", nall);
	no_traces = false;
	/* a short look leaves some out; whoever looks at that many has seen every step that may be possible */
	if (nall > most && most < ENOUGH)
		return;
	for (uint8_t k = 0; k < nsteps; k++)
		if (worked[k] == never(steps[k]))
			fail_msg("step %u is possible %s", k, worked[k] ? "somewhere" : "nowhere");
}

/*
 * The nearest situations, in a long run many more of them: all there are of what goes out (853). What comes in has no end, since
 * another post may lie in ever new orders.
 */
static size_t how_many(void)
{
	const char *is_long = getenv("SEKISHO_TEST_LONG");

	if (is_long && *is_long)
		return postgres ? 200 : ENOUGH;
	return postgres ? 6 : 60;
}

static void test_out(void **state)
{
	explore(&lgwan, out_steps, sizeof(out_steps) / sizeof(*out_steps), how_many());
}

static void test_in(void **state)
{
	explore(&inet, in_steps, sizeof(in_steps) / sizeof(*in_steps), how_many());
}

static const struct CMUnitTest tests[] = {
#define TWO(f) cmocka_unit_test_setup_teardown(f, open_two, close_two)
    TWO(test_out), TWO(test_in)};

MAIN_ON_BOTH("every step in every situation", IN_MEMORY, tests, tests)
