/*
 * Tests of what the policy says to a request: each fact in its turn, who says yes, originals, flows; and properties that
 * hold for any policy and request, over generated ones (fixed seeds).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "policy/decide.h"
#include "policy/recorded.h"
#include "policy/when.h"

#define N "\n"
/* 2026-06-15 09:00 in Japan */
#define NOW INT64_C(1781481600)
#define HOUR 3600
#define DAY 86400

static struct sk_arena *arena;
static struct sk_diags diags;
static const struct sk_policy *policy;
static struct sk_decision decision;

/* One statement a line, one property a line of a block, so that a generator can move and add them. */
static const char *const places[] = {
    "city \"例示市\" { code \"000000\"; timezone \"Asia/Tokyo\"; adopted 2005-04-01 }",
    "classes confidentiality {" N "\"3A\" > \"3B\" > \"3C\" > \"2\" > \"1\"" N "}",
    "classes integrity {" N "\"2\" > \"1\"" N "}",
    "zone mynumber { name \"個人番号\"; networks 10.1.0.0/16 }",
    "zone lgwan { name \"LGWAN\"; networks 10.2.0.0/16; holds confidentiality <= \"3B\" }",
    "zone internet { name \"ネット\"; networks 10.3.0.0/16; holds confidentiality <= \"2\" }",
    "protect mynumber > lgwan > internet", "clause \"6.3\" \"強靭性\"",
    "control c for clause \"6.3\" { check net.no-path every 1 day }",
    "role boss { name \"課長\"; may approve, release-original }", "role staff { name \"職員\" }",
    "role ciso { name \"CISO\"; may approve, release-original }", "department city \"市\"",
    "department shimin \"市民課\" in city",
    "department old { name \"旧課\"; in city; until 2026-03-31 }",
    "member fuku { name \"副市長\"; department city; role ciso; deputy cho }",
    "member cho { name \"課長\"; department shimin; role boss; deputy ichi }",
    "member ichi { name \"職員1\"; department shimin; role staff }",
    "member ni { name \"職員2\"; department shimin; role staff }",
    "member moto { name \"元職員\"; department shimin; role staff; until 2026-05-31 }",
    "member nokori { name \"残り\"; department old; role staff }"};
#define PLACES (sizeof(places) / sizeof(places[0]))

struct way {
	const char *head;
	const char *words[14];
};

static const struct way ways[] = {
    {"route file-in from internet to lgwan",
	{"carry file", "clean rebuild else flatten else refuse", "encrypted hold for 7 days",
	    "limit size 100M, depth 4, members 2000", "scan virus required",
	    "keep original 30 days", "expire 14 days", "clause \"6.3\""}},
    {"route file-out from lgwan to internet",
	{"carry file", "clean rebuild", "require class confidentiality <= \"2\"", "refuse mynumber",
	    "hold corporate-number", "approve by superior, deputy after 4 hours",
	    "expire 7 days, downloads 3", "clause \"6.3\""}},
    {"route mail-in from internet to lgwan",
	{"carry mail", "clean text", "attachments rebuild else notice", "clause \"6.3\""}},
    {"route plain from internet to lgwan",
	{"carry file", "clean flatten", "for department city", "clause \"6.3\""}},
    {"route browse from lgwan to internet",
	{"carry screen", "clipboard in", "files file-in", "clause \"6.3\""}},
    {"route up from lgwan to mynumber",
	{"carry file", "clean rebuild", "tcp 8443", "source 10.2.0.5 mac 02:00:00:00:00:05",
	    "until 2027-03-31", "approved by \"CISO\" on 2026-04-01",
	    "approve by superior, deputy after 4 hours", "origin internet", "clause \"6.3\""}},
    {"flow eltax from mynumber to host \"eltax.example\" [192.0.2.10]",
	{"tcp 443", "source 10.1.20.5 mac 02:00:00:00:00:05", "until 2027-03-31",
	    "approved by \"CISO\" on 2026-04-01", "clause \"6.3\""}},
    {"flow inner from lgwan to mynumber [10.1.0.9]",
	{"udp 53", "source 10.2.0.5 mac 02:00:00:00:00:05", "from 2026-06-01", "until 2026-06-15",
	    "approved by \"CISO\" on 2026-04-01", "clause \"6.3\""}},
    {"flow inner2 from lgwan to mynumber [10.1.0.9]",
	{"tcp 53", "source 10.2.0.6 mac 02:00:00:00:00:06", "until 2027-03-31",
	    "approved by \"CISO\" on 2026-04-01", "clause \"6.3\""}},
};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

/* --- policies --- */

static uint64_t seed;

/* xorshift64*, the same on every machine. */
static unsigned chance(unsigned n)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (unsigned)(seed * UINT64_C(2685821657736338717) >> 33) % n;
}

static void shuffle(size_t *v, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t k = chance((unsigned)i), t = v[i - 1];
		v[i - 1] = v[k];
		v[k] = t;
	}
}

static void order(size_t *v, size_t n, bool mixed)
{
	for (size_t i = 0; i < n; i++)
		v[i] = i;
	if (mixed)
		shuffle(v, n);
}

/* What is done to the policy before it is read. */
struct change {
	const char *without; /* leave out the route of that name */
	size_t way;          /* put `words` into this block; WAYS: none */
	const char *word;
	const char *drop;      /* leave out its property that begins with this word */
	const char *statement; /* at the end, or NULL */
	bool mixed;
};

static const struct change none = {.way = WAYS};

static bool same_word(const char *a, const char *b)
{
	size_t n = strcspn(a, " ");

	return n == strcspn(b, " ") && strncmp(a, b, n) == 0;
}

static void put_way(struct sk_buf *out, size_t way, const struct change *c)
{
	const struct way *w = &ways[way];
	size_t at[14], n = 0;

	while (n < 14 && w->words[n])
		n++;
	order(at, n, c->mixed);
	sk_buf_printf(out, "%s {" N, w->head);
	for (size_t i = 0; i < n; i++)
		if (way != c->way || c->drop == NULL || !same_word(c->drop, w->words[at[i]]))
			sk_buf_printf(out, "%s" N, w->words[at[i]]);
	if (way == c->way)
		sk_buf_printf(out, "%s" N, c->word);
	sk_buf_puts(out, "}" N);
}

static bool is_without(const char *head, const char *name)
{
	return name && same_word(strchr(head, ' ') + 1, name);
}

static void put_policy(struct sk_buf *out, const struct change *c)
{
	size_t at[PLACES + WAYS];

	order(at, PLACES + WAYS, c->mixed);
	sk_buf_puts(out, "sekisho policy 1" N);
	for (size_t i = 0; i < PLACES + WAYS; i++) {
		if (at[i] < PLACES)
			sk_buf_printf(out, "%s" N, places[at[i]]);
		else if (!is_without(ways[at[i] - PLACES].head, c->without))
			put_way(out, at[i] - PLACES, c);
	}
	if (c->statement)
		sk_buf_printf(out, "%s" N, c->statement);
}

/* Whether it can be used; all that was read before is forgotten. */
static bool load(const struct change *c)
{
	struct sk_buf text = SK_BUF(1 << 20);

	sk_arena_free(arena);
	arena = sk_arena_new((size_t)64 << 20);
	diags = (struct sk_diags){.arena = arena};
	policy = NULL;
	put_policy(&text, c);
	struct sk_slice kept = sk_slice(sk_arena_dup(arena, text.p, text.len), text.len);
	sk_buf_free(&text);
	return sk_policy_load(arena, &diags, "p", kept, NULL, NULL, sk_day_of(NOW), &policy) == 0;
}

static void must_load(const struct change *c)
{
	if (load(c))
		return;
	fail_msg("%u: %s %s %s", diags.v[0].line, sk_diag_name(diags.v[0].code), diags.v[0].a,
	    diags.v[0].b);
}

static int teardown(void **state)
{
	sk_arena_free(arena);
	arena = NULL;
	return 0;
}

/* --- requests --- */

/* All that a file from the internet needs to pass. */
static struct sk_query file_in(void)
{
	struct sk_query q;

	sk_query_init(&q);
	q.ask = SK_ASK_FILE;
	q.from = "internet";
	q.to = "lgwan";
	q.route = "file-in";
	q.requester = "ichi";
	q.login = SK_LOGIN_PASSWORD;
	q.claimed = q.found = SK_FT_DOCX;
	q.size = 1000;
	q.depth = q.members = q.pages = 1;
	q.encrypted = SK_NO;
	q.cleaned[SK_STEP_REBUILD] = q.verified = q.space = SK_YES;
	q.unreadable = 0;
	q.scan = SK_SCAN_CLEAN;
	q.signatures = HOUR;
	q.received = NOW - DAY;
	return q;
}

static struct sk_query file_out(void)
{
	struct sk_query q = file_in();

	q.from = "lgwan";
	q.to = "internet";
	q.route = NULL;
	q.classes[SK_CONFIDENTIALITY] = "2";
	q.leaks[SK_LEAK_MYNUMBER] = q.leaks[SK_LEAK_CORPORATE] = 0;
	q.votes[0] = (struct sk_vote){"cho", SK_HOLD_APPROVAL, SK_YES, SK_NO, NOW - HOUR};
	q.nvotes = 1;
	return q;
}

static struct sk_query flow(const char *from, const char *host)
{
	struct sk_query q;

	sk_query_init(&q);
	q.ask = SK_ASK_FLOW;
	q.from = from;
	q.host = host;
	q.has_source = q.has_mac = q.has_destination = true;
	q.source = (struct sk_net){4, 32, {10, 1, 20, 5}};
	q.destination = (struct sk_net){4, 32, {192, 0, 2, 10}};
	q.mac = (struct sk_mac){{2, 0, 0, 0, 0, 5}};
	q.port = 443;
	q.udp = SK_NO;
	return q;
}

static const struct sk_reason *find(enum sk_why why)
{
	for (size_t i = 0; i < decision.nreasons; i++)
		if (decision.reasons[i].why == why)
			return &decision.reasons[i];
	return NULL;
}

static void print_all(void)
{
	for (size_t i = 0; i < decision.nreasons; i++) {
		const struct sk_reason *r = &decision.reasons[i];
		print_message("%s %s %s %s %s\n", sk_effect_words[r->effect], sk_why_name(r->why),
		    sk_fact_name(r->fact), r->a, r->b);
	}
}

/* Every answer can be followed to the lines that gave it. */
static void check_answer(void)
{
	enum sk_effect most = SK_PASS;

	assert_in_range(decision.nreasons, 1, SK_DECISION_REASONS);
	for (size_t i = 0; i < decision.nreasons; i++) {
		const struct sk_reason *r = &decision.reasons[i];
		most = r->effect > most ? r->effect : most;
		assert_non_null(r->where);
		assert_string_equal(r->where->source->name, "p");
		assert_true(r->where->tokens[0].line >= 1);
		assert_int_equal(r->effect == SK_HOLD, r->hold != SK_HOLD_NONE);
	}
	assert_int_equal(most, decision.effect);
}

static bool is_zone(const struct sk_ref *ref, const char *name)
{
	return name && ref->to && strcmp(((const struct sk_zone *)ref->to)->named.name, name) == 0;
}

/* Nothing passes but along a route or a flow, from where it begins to where it leads; an original stays. */
static void check_way(const struct sk_query *q)
{
	const struct sk_route *r = decision.duties.route;
	const struct sk_flow *f = decision.duties.flow;

	assert_true((r != NULL) != (f != NULL));
	if (f) {
		assert_true(is_zone(&f->from, q->from));
		assert_true(q->host ? f->host != NULL : is_zone(&f->to, q->to));
		return;
	}
	assert_int_equal((int)r->carry, q->ask);
	assert_true(is_zone(&r->from, q->from));
	assert_true(is_zone(q->original == SK_YES ? &r->from : &r->to, q->to));
	assert_non_null(q->requester);
}

static enum sk_effect decide_at(const struct sk_query *q, int64_t now)
{
	struct sk_decision again;

	sk_decide(policy, q, now, &decision);
	sk_decide(policy, q, now, &again);
	assert_memory_equal(&again, &decision, sizeof(again));
	check_answer();
	if (decision.effect == SK_PASS)
		check_way(q);
	return decision.effect;
}

static void passes(const struct sk_query *q)
{
	if (decide_at(q, NOW) != SK_PASS)
		print_all();
	assert_int_equal(decision.effect, SK_PASS);
}

/* This is the answer, for this reason, and the line that decided begins with these words. */
static void says(const struct sk_query *q, enum sk_effect effect, enum sk_why why, const char *word)
{
	decide_at(q, NOW);
	if (decision.effect != effect || find(why) == NULL)
		print_all();
	assert_int_equal(decision.effect, effect);
	assert_non_null(find(why));
	assert_string_equal(find(why)->where->tokens[0].value, word);
}

static void denies(const struct sk_query *q, enum sk_why why, const char *word)
{
	says(q, SK_DENY, why, word);
}

static void awaits(const struct sk_query *q, enum sk_fact fact)
{
	decide_at(q, NOW);
	if (decision.effect != SK_HOLD || !(decision.awaits >> fact & 1))
		print_all();
	assert_int_equal(decision.effect, SK_HOLD);
	assert_int_equal(decision.awaits, UINT32_C(1) << fact);
}

/* The same request but for one fact. */
#define WITH(request, field, value, call) \
	do { \
		struct sk_query q_ = request; \
		q_.field = (value); \
		call; \
	} while (0)
#define AWAITS(request, field, value, fact) WITH(request, field, value, awaits(&q_, SK_FACT_##fact))
#define DENIES(request, field, value, why, word) \
	WITH(request, field, value, denies(&q_, SK_WHY_##why, word))
#define HOLDS(request, field, value, why, word) \
	WITH(request, field, value, says(&q_, SK_HOLD, SK_WHY_##why, word))

/* --- one fact after the other --- */

static void test_file_in(void **state)
{
	struct sk_query q = file_in(), nothing;

	must_load(&none);
	passes(&q);
	assert_string_equal(find(SK_WHY_PERMITTED)->a, "file-in");
	assert_int_equal(decision.duties.method, SK_STEP_REBUILD);
	assert_true(decision.duties.scan);
	AWAITS(q, ask, -1, ASK);
	AWAITS(q, from, NULL, FROM);
	AWAITS(q, to, NULL, TO);
	AWAITS(q, requester, NULL, REQUESTER);
	AWAITS(q, login, -1, LOGIN);
	AWAITS(q, found, SK_FT_UNKNOWN, FOUND);
	AWAITS(q, size, SK_UNKNOWN, SIZE);
	AWAITS(q, depth, SK_UNKNOWN, DEPTH);
	AWAITS(q, members, SK_UNKNOWN, MEMBERS);
	AWAITS(q, pages, SK_UNKNOWN, PAGES);
	AWAITS(q, encrypted, SK_NOT_KNOWN, ENCRYPTED);
	AWAITS(q, cleaned[SK_STEP_REBUILD], SK_NOT_KNOWN, CLEANED);
	AWAITS(q, verified, SK_NOT_KNOWN, VERIFIED);
	AWAITS(q, scan, SK_SCAN_UNKNOWN, SCAN);
	AWAITS(q, signatures, SK_UNKNOWN, SIGNATURES);
	AWAITS(q, space, SK_NOT_KNOWN, SPACE);
	sk_query_init(&nothing);
	assert_int_equal(decide_at(&nothing, NOW), SK_HOLD);
	DENIES(q, route, NULL, AMBIGUOUS, "route");
	assert_int_equal(decision.nreasons, 2);
	DENIES(q, route, "nowhere", ROUTE_UNKNOWN, "sekisho");
	DENIES(q, route, "file-out", ROUTE_OTHER, "route");
	DENIES(q, from, "mars", ZONE_UNKNOWN, "protect");
	DENIES(q, from, "mynumber", ROUTE_OTHER, "route");
	DENIES(q, size, 100 << 20 | 1, SIZE, "limit");
	DENIES(q, depth, 5, DEPTH, "limit");
	DENIES(q, members, 2001, MEMBERS, "limit");
	DENIES(q, pages, 2001, PAGES, "limit");
	DENIES(q, verified, SK_NO, NOT_VERIFIED, "clean");
	DENIES(q, scan, SK_SCAN_FOUND, VIRUS, "scan");
	HOLDS(q, scan, SK_SCAN_FAILED, SCAN_FAILED, "scan");
	HOLDS(q, signatures, 3 * DAY + 1, SIGNATURES, "scan");
	HOLDS(q, space, SK_NO, SPACE, "route");
	DENIES(q, requester, "nobody", REQUESTER, "route");
	DENIES(q, requester, "moto", AWAY, "member");
	DENIES(q, requester, "nokori", DEPARTMENT, "department");
	DENIES(q, login, SK_LOGIN_NONE, LOGIN, "route");
	DENIES(q, origin, "mars", ZONE_UNKNOWN, "protect");
	q.size = 100 << 20, q.depth = 4, q.members = 2000, q.pages = 2000, q.signatures = 3 * DAY;
	passes(&q);
	assert_int_equal(decide_at(&q, -1), SK_DENY);
	assert_int_equal(decide_at(&q, INT64_MAX), SK_DENY);
	assert_int_equal(decide_at(&q, INT64_MIN), SK_DENY);
}

static void test_methods(void **state)
{
	struct sk_query q = file_in();

	must_load(&none);
	q.cleaned[SK_STEP_REBUILD] = SK_NO;
	awaits(&q, SK_FACT_CLEANED);
	assert_int_equal(decision.duties.method, SK_STEP_FLATTEN);
	q.cleaned[SK_STEP_FLATTEN] = SK_YES;
	passes(&q);
	q.cleaned[SK_STEP_FLATTEN] = SK_NO;
	q.cleaned[SK_STEP_TEXT] = SK_YES; /* the route does not allow it */
	denies(&q, SK_WHY_NOT_CLEANED, "clean");
	q = file_in();
	q.ask = SK_ASK_MAIL;
	q.route = NULL;
	q.login = SK_LOGIN_NONE;
	q.cleaned[SK_STEP_TEXT] = SK_YES;
	awaits(&q, SK_FACT_ATTACHED);
	q.attached = 0;
	passes(&q);
	q.attached = 2;
	awaits(&q, SK_FACT_ATTACHED_CLEANED);
	q.attached_cleaned[SK_STEP_REBUILD] = SK_NO;
	passes(&q);
	assert_true(decision.duties.notice);
}

static void test_password(void **state)
{
	struct sk_query q = file_in(), out = file_out();

	must_load(&none);
	q.encrypted = SK_YES;
	says(&q, SK_HOLD, SK_WHY_PASSWORD, "encrypted");
	assert_string_equal(find(SK_WHY_PASSWORD)->a, "令和8年6月21日 09:00");
	assert_int_equal(decision.holds, 1 << SK_HOLD_PASSWORD);
	q.received = NOW - 7 * DAY;
	says(&q, SK_HOLD, SK_WHY_PASSWORD, "encrypted");
	q.received = NOW - 7 * DAY - 1;
	denies(&q, SK_WHY_PASSWORD_LATE, "encrypted");
	q.opened = SK_YES;
	passes(&q);
	q.opened = SK_NO;
	AWAITS(q, received, SK_UNKNOWN, RECEIVED);
	AWAITS(q, received, NOW + 1, RECEIVED);
	out.encrypted = SK_YES;
	denies(&out, SK_WHY_ENCRYPTED, "route");
}

static void test_file_out(void **state)
{
	struct sk_query q = file_out();

	must_load(&none);
	passes(&q);
	AWAITS(q, classes[SK_CONFIDENTIALITY], NULL, CLASS);
	assert_int_equal(decision.holds, 1 << SK_HOLD_CLASS);
	AWAITS(q, leaks[SK_LEAK_MYNUMBER], SK_UNKNOWN, LEAKS);
	AWAITS(q, unreadable, SK_UNKNOWN, UNREADABLE);
	DENIES(q, classes[SK_CONFIDENTIALITY], "3C", CLASS, "require");
	assert_non_null(find(SK_WHY_CLASS_ZONE));
	assert_string_equal(find(SK_WHY_CLASS_ZONE)->where->tokens[0].value, "holds");
	DENIES(q, classes[SK_CONFIDENTIALITY], "9", CLASS_UNKNOWN, "require");
	DENIES(q, leaks[SK_LEAK_MYNUMBER], 1, LEAK_MYNUMBER, "refuse");
	HOLDS(q, leaks[SK_LEAK_CORPORATE], 2, LEAK_CORPORATE, "hold");
	HOLDS(q, unreadable, 1, UNREADABLE, "route");
	q.leaks[SK_LEAK_CORPORATE] = 2;
	q.votes[q.nvotes++] = (struct sk_vote){"cho", SK_HOLD_LEAK, SK_YES, SK_NO, NOW - HOUR};
	passes(&q);
	q.votes[1].allow = SK_NO;
	denies(&q, SK_WHY_DISAPPROVED, "hold");
	q.votes[1].member = "ni";
	says(&q, SK_HOLD, SK_WHY_LEAK_CORPORATE, "hold");
}

static void test_collection(void **state)
{
	struct sk_query q = file_out();

	must_load(&none);
	q.released = NOW - HOUR;
	awaits(&q, SK_FACT_DOWNLOADS);
	q.downloads = 2;
	passes(&q);
	assert_int_equal(decision.duties.expire_at, NOW - HOUR + 7 * DAY);
	DENIES(q, downloads, 3, DOWNLOADS, "expire");
	AWAITS(q, released, NOW + 1, RELEASED);
	q.released = NOW - 7 * DAY;
	q.votes[0].at = q.received = q.released - HOUR;
	passes(&q);
	DENIES(q, released, NOW - 7 * DAY - 1, EXPIRED, "expire");
	assert_string_equal(find(SK_WHY_EXPIRED)->a, "令和8年6月15日 08:59");
}

static void test_approval(void **state)
{
	struct sk_query q = file_out();

	must_load(&none);
	HOLDS(q, nvotes, 0, APPROVAL, "approve");
	assert_string_equal(find(SK_WHY_APPROVAL)->a, "0");
	/* The deputy of the superior is the one who asks. */
	assert_int_equal(decision.duties.napprovers, 1);
	assert_string_equal(decision.duties.approvers[0].member->named.name, "cho");
	assert_int_equal(decision.duties.approvers[0].after, NOW - DAY);
	q.votes[0].member = "ichi";
	says(&q, SK_HOLD, SK_WHY_APPROVAL, "approve");
	q.votes[0].member = "fuku";
	says(&q, SK_HOLD, SK_WHY_APPROVAL, "approve");
	q.votes[0] = (struct sk_vote){"cho", SK_HOLD_APPROVAL, SK_NO, SK_NO, NOW};
	denies(&q, SK_WHY_DISAPPROVED, "approve");
	q.votes[0].allow = SK_YES;
	q.votes[0].at = NOW + 1;
	says(&q, SK_HOLD, SK_WHY_APPROVAL, "approve");
	q.votes[0].at = q.received - 1;
	says(&q, SK_HOLD, SK_WHY_APPROVAL, "approve");
	q.votes[0].at = q.received;
	passes(&q);
	AWAITS(q, received, SK_UNKNOWN, RECEIVED);
}

/* Deputies wait for their time, and the last word of a person counts. */
static void test_deputies(void **state)
{
	struct sk_query q = file_out();

	must_load(&none);
	q.requester = "ni";
	assert_int_equal(decide_at(&q, NOW), SK_PASS);
	assert_int_equal(decision.duties.napprovers, 2);
	assert_string_equal(decision.duties.approvers[1].member->named.name, "ichi");
	assert_int_equal(decision.duties.approvers[1].after, NOW - DAY + 4 * HOUR);
	q.votes[0] =
	    (struct sk_vote){"ichi", SK_HOLD_APPROVAL, SK_YES, SK_NO, q.received + 4 * HOUR - 1};
	says(&q, SK_HOLD, SK_WHY_APPROVAL, "approve");
	q.votes[0].at++;
	passes(&q);
	q.votes[q.nvotes++] = (struct sk_vote){"ichi", SK_HOLD_APPROVAL, SK_NO, SK_NO, NOW - HOUR};
	denies(&q, SK_WHY_DISAPPROVED, "approve");
	q.votes[1].at = q.votes[0].at - 1;
	passes(&q);
	q.received = SK_UNKNOWN;
	says(&q, SK_HOLD, SK_WHY_APPROVAL, "approve");
	/* A superior's own file is approved by his deputy. */
	q = file_out();
	q.requester = "cho";
	q.votes[0].member = "ichi";
	passes(&q);
	q.votes[0].member = "fuku";
	passes(&q);
	q.votes[0].member = "ni";
	says(&q, SK_HOLD, SK_WHY_APPROVAL, "approve");
}

static void test_passkey(void **state)
{
	struct change c = {.way = 1,
	    .word = "approve by superior, deputy after 1 hour, persons 2, passkey",
	    .drop = "approve"};
	struct sk_query q = file_out();

	must_load(&c);
	q.requester = "ni";
	q.votes[0].passkey = SK_YES;
	says(&q, SK_HOLD, SK_WHY_APPROVAL, "approve");
	assert_string_equal(find(SK_WHY_APPROVAL)->a, "1");
	q.votes[1] = q.votes[0];
	q.nvotes = 2;
	says(&q, SK_HOLD, SK_WHY_APPROVAL, "approve");
	q.votes[1].member = "ichi";
	passes(&q);
	q.votes[1].passkey = SK_NO;
	says(&q, SK_HOLD, SK_WHY_APPROVAL, "approve");
	c.word = "approve by superior, deputy after 4 hours, above confidentiality \"2\"";
	must_load(&c);
	q.nvotes = 0;
	passes(&q);
	q.classes[SK_CONFIDENTIALITY] = NULL;
	assert_int_equal(decide_at(&q, NOW), SK_HOLD);
	assert_int_equal(decision.holds, 1 << SK_HOLD_CLASS | 1 << SK_HOLD_APPROVAL);
}

static void test_original(void **state)
{
	struct sk_query q = file_in();

	must_load(&none);
	q.original = SK_YES;
	q.cleaned[SK_STEP_REBUILD] = q.verified = SK_NO;
	q.votes[0] = (struct sk_vote){"cho", SK_HOLD_ORIGINAL, SK_YES, SK_NO, NOW};
	q.nvotes = 1;
	denies(&q, SK_WHY_ORIGINAL_ZONE, "keep");
	q.to = "internet";
	passes(&q);
	HOLDS(q, nvotes, 0, ORIGINAL, "keep");
	DENIES(q, votes[0].allow, SK_NO, DISAPPROVED, "keep");
	HOLDS(q, votes[0].member, "ichi", ORIGINAL, "keep");
	HOLDS(q, votes[0].member, "ni", ORIGINAL, "keep");
	DENIES(q, received, NOW - 30 * DAY - 1, KEPT_UNTIL, "keep");
	AWAITS(q, received, SK_UNKNOWN, RECEIVED);
	DENIES(q, scan, SK_SCAN_FOUND, VIRUS, "scan");
	DENIES(q, origin, "mynumber", ORIGINAL_ZONE, "keep");
	q.requester = "cho";
	says(&q, SK_HOLD, SK_WHY_ORIGINAL, "keep");
	q.route = "plain";
	denies(&q, SK_WHY_NOT_KEPT, "route");
}

static void test_guarded(void **state)
{
	struct sk_query q = file_out();

	must_load(&none);
	q.from = "lgwan";
	q.to = "mynumber";
	q.origin = "internet";
	q.has_source = q.has_mac = true;
	q.source = (struct sk_net){4, 32, {10, 2, 0, 5}};
	q.mac = (struct sk_mac){{2, 0, 0, 0, 0, 5}};
	q.port = 8443;
	q.udp = SK_NO;
	passes(&q);
	AWAITS(q, has_source, false, SOURCE);
	AWAITS(q, has_mac, false, MAC);
	AWAITS(q, port, SK_UNKNOWN, PORT);
	AWAITS(q, udp, SK_NOT_KNOWN, PORT);
	DENIES(q, source.addr[3], 6, SOURCE, "source");
	DENIES(q, mac.b[5], 6, MAC, "source");
	DENIES(q, port, 8444, PORT, "tcp");
	DENIES(q, udp, SK_YES, PORT, "tcp");
	assert_int_equal(decide_at(&q, NOW + 365 * INT64_C(86400)), SK_DENY);
	assert_non_null(find(SK_WHY_ENDED));
	assert_string_equal(find(SK_WHY_ENDED)->b, "令和9年3月31日");
	assert_int_equal(decide_at(&q, NOW - 90 * INT64_C(86400)), SK_DENY);
	assert_non_null(find(SK_WHY_APPROVED_LATER));
}

static void test_laundered(void **state)
{
	struct sk_query q = file_in();

	must_load(&none);
	q.origin = "mynumber";
	denies(&q, SK_WHY_LAUNDERED, "route");
	q.origin = "lgwan"; /* it comes back */
	passes(&q);
}

static void test_screen(void **state)
{
	struct sk_query q;

	must_load(&none);
	sk_query_init(&q);
	q.ask = SK_ASK_SCREEN;
	q.from = "lgwan";
	q.to = "internet";
	q.requester = "ichi";
	q.login = SK_LOGIN_SYSTEM;
	passes(&q);
	DENIES(q, clipboard, SK_CLIP_OUT, CLIPBOARD, "clipboard");
	q.clipboard = SK_CLIP_IN;
	passes(&q);
	AWAITS(q, login, -1, LOGIN);
	q.original = SK_YES;
	q.to = "mynumber";
	denies(&q, SK_WHY_NOT_KEPT, "route");
}

static void test_flow(void **state)
{
	struct sk_query q = flow("mynumber", "eltax.example");

	must_load(&none);
	passes(&q);
	assert_non_null(find(SK_WHY_FLOW_PERMITTED));
	DENIES(q, host, "other.example", NO_FLOW, "sekisho");
	DENIES(q, route, "inner", NO_FLOW, "sekisho");
	DENIES(q, from, "lgwan", NO_FLOW, "sekisho");
	DENIES(q, source.addr[3], 6, SOURCE, "source");
	DENIES(q, destination.addr[3], 6, DESTINATION, "flow");
	DENIES(q, port, 80, PORT, "tcp");
	AWAITS(q, from, NULL, FROM);
	AWAITS(q, host, NULL, TO);
	AWAITS(q, has_destination, false, DESTINATION);
	assert_int_equal(decide_at(&q, NOW + 365 * INT64_C(86400)), SK_DENY);
	assert_string_equal(find(SK_WHY_ENDED)->where->tokens[0].value, "until");
	/* Two flows lead there: either may permit it. */
	q.from = "lgwan";
	q.host = NULL;
	q.to = "mynumber";
	q.source = (struct sk_net){4, 32, {10, 2, 0, 5}};
	q.destination = (struct sk_net){4, 32, {10, 1, 0, 9}};
	q.port = 53;
	q.udp = SK_YES;
	passes(&q);
	assert_int_equal(decide_at(&q, NOW + DAY), SK_DENY);
	assert_int_equal(decide_at(&q, NOW - 15 * INT64_C(86400)), SK_DENY);
	assert_non_null(find(SK_WHY_NOT_YET));
	q.udp = SK_NO;
	q.source.addr[3] = q.mac.b[5] = 6;
	passes(&q);
}

static void test_denials(void **state)
{
	struct change c = {.way = WAYS,
	    .statement =
		"deny d from internet to lgwan { carry file; types xlsm, zip; for role staff; "
		"from 2026-06-01; until 2026-06-15; clause \"6.3\" }"};
	struct sk_query q = file_in();

	must_load(&c);
	passes(&q);
	DENIES(q, claimed, SK_FT_XLSM, DENIED, "deny");
	DENIES(q, found, SK_FT_ZIP, DENIED, "deny");
	q.contains[q.ncontains++] = SK_FT_XLSM;
	denies(&q, SK_WHY_DENIED, "deny");
	AWAITS(q, requester, NULL, REQUESTER);
	assert_int_equal(decide_at(&q, NOW + DAY), SK_PASS);
	assert_int_equal(decide_at(&q, NOW - 15 * DAY), SK_PASS);
	q.requester = "fuku";
	passes(&q);
	q.requester = "ichi";
	q.ncontains = 0;
	q.found = SK_FT_UNKNOWN;
	awaits(&q, SK_FACT_FOUND);
}

static void test_login_and_types(void **state)
{
	struct change c = {.way = 0, .word = "require login two-factors"};
	struct sk_query q = file_in();

	must_load(&c);
	denies(&q, SK_WHY_LOGIN, "require");
	q.login = SK_LOGIN_TWO_FACTORS;
	passes(&q);
	c.word = "types docx, zip";
	must_load(&c);
	passes(&q);
	DENIES(q, found, SK_FT_XLSX, TYPE, "types");
	q.contains[q.ncontains++] = SK_FT_XLSX;
	denies(&q, SK_WHY_TYPE, "types");
	c.word = "for role boss";
	must_load(&c);
	denies(&q, SK_WHY_NOT_FOR, "for");
	q.requester = "cho";
	passes(&q);
}

static void test_times(void **state)
{
	static const struct {
		const char *text;
		int64_t time;
	} rows[] = {{"2026-06-15T09:00:00+09:00", NOW}, {"2026-06-15T00:00Z", NOW},
	    {"令和8年6月15日 9:00", NOW}, {"R8.6.15 09:00:01", NOW + 1},
	    {"2026-06-15", NOW - 9 * HOUR}, {"2026-06-14T23:30:00-00:30", NOW}, {"T15.1.1", -1},
	    {"2026-06-15T24:00", -1}, {"2026-06-15 9", -1}, {"9:00", -1}, {"", -1},
	    {"2026-06-15T09:00:00+9", -1}, {"2026-06-15T09:00x", -1}, {"1969-12-31", -1}};
	char text[SK_TIME_TEXT];
	int64_t time;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		time = -1;
		int rc = sk_time_parse(sk_slice_str(rows[i].text), &time);
		if (time != rows[i].time || (rc == 0) != (time >= 0))
			fail_msg("%s: %lld", rows[i].text, (long long)time);
	}
	sk_time_iso(NOW, text);
	assert_string_equal(text, "2026-06-15T09:00:00+09:00");
	sk_time_era(NOW + 59, text);
	assert_string_equal(text, "令和8年6月15日 09:00");
}

/* --- properties --- */

#define REQUESTS 1000

static const char *one_of(const char *const *names, size_t n)
{
	return names[chance((unsigned)n)];
}

#define ONE_OF(...) \
	one_of((const char *const[]){__VA_ARGS__}, \
	    sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static int64_t number(void)
{
	static const int64_t numbers[] = {-1, 0, 1, 2, 3, 5, 600, 2001, 104857601, INT64_MAX};

	return numbers[chance(10)];
}

static int64_t moment(void)
{
	static const int64_t moments[] = {-1, 0, NOW - 40 * DAY, NOW - 8 * DAY, NOW - 2 * DAY,
	    NOW - 5 * HOUR, NOW - HOUR, NOW, NOW + HOUR, INT64_MAX, INT64_MIN};

	return moments[chance(11)];
}

static enum sk_filetype type(void)
{
	static const enum sk_filetype types[] = {
	    SK_FT_UNKNOWN, SK_FT_DOCX, SK_FT_ZIP, SK_FT_XLSM, SK_FT_PDF};

	return types[chance(5)];
}

static enum sk_known known(void)
{
	return (enum sk_known)chance(3);
}

static void vote(struct sk_query *q)
{
	if (q->nvotes < SK_QUERY_VOTES)
		q->votes[q->nvotes++] =
		    (struct sk_vote){ONE_OF("cho", "ichi", "fuku", "ni", "moto", "x", NULL),
			(int)chance(SK_HOLDS + 1) - 1, known(), known(), moment()};
}

static void change_way(struct sk_query *q)
{
	switch (chance(8)) {
	case 0:
		q->from = ONE_OF(NULL, "internet", "lgwan", "mynumber", "mars");
		break;
	case 1:
		q->to = ONE_OF(NULL, "internet", "lgwan", "mynumber", "mars");
		break;
	case 2:
		q->route = ONE_OF(NULL, "file-in", "file-out", "plain", "up", "eltax", "x");
		break;
	case 3:
		q->origin = ONE_OF(NULL, "internet", "lgwan", "mynumber", "mars");
		break;
	case 4:
		q->requester = ONE_OF(NULL, "cho", "ichi", "ni", "fuku", "moto", "nokori", "x");
		break;
	case 5:
		q->login = (int)chance(SK_LOGINS + 2) - 1;
		break;
	case 6:
		q->ask = (int)chance(SK_ASKS + 2) - 1;
		break;
	default:
		q->original = known();
	}
}

static void change_object(struct sk_query *q)
{
	static const char *const levels[] = {NULL, "3A", "3C", "2", "1", "x"};

	switch (chance(10)) {
	case 0:
		q->found = type();
		break;
	case 1:
		q->claimed = type();
		break;
	case 2:
		q->contains[q->ncontains++ % SK_QUERY_TYPES] = type();
		break;
	case 3:
		q->classes[chance(SK_DIMENSIONS)] = one_of(levels, 6);
		break;
	case 4:
		*(int64_t *[]){&q->size, &q->depth, &q->members, &q->pages}[chance(4)] = number();
		break;
	case 5:
		q->encrypted = known();
		break;
	case 6:
		q->opened = known();
		break;
	case 7:
		q->received = moment();
		break;
	case 8:
		q->released = moment();
		break;
	default:
		q->downloads = number();
	}
}

static void change_result(struct sk_query *q)
{
	switch (chance(10)) {
	case 0:
		q->cleaned[chance(SK_STEP_NOTICE)] = known();
		break;
	case 1:
		q->attached_cleaned[chance(SK_STEP_NOTICE)] = known();
		break;
	case 2:
		q->attached = number();
		break;
	case 3:
		q->verified = known();
		break;
	case 4:
		q->leaks[chance(SK_LEAKS)] = number();
		break;
	case 5:
		q->unreadable = number();
		break;
	case 6:
		q->ocr = known();
		break;
	case 7:
		q->scan = (enum sk_scan)chance(SK_SCANS);
		break;
	case 8:
		q->signatures = number();
		break;
	default:
		q->space = known();
	}
}

static void change_place(struct sk_query *q)
{
	static const uint8_t places_of[][4] = {{10, 2, 0, 5}, {10, 1, 20, 5}, {192, 0, 2, 10}, {0}};

	q->source.family = q->destination.family = 4;
	q->source.prefix = q->destination.prefix = 32;
	switch (chance(6)) {
	case 0:
		memcpy(q->source.addr, places_of[chance(4)], 4);
		break;
	case 1:
		q->has_source = chance(2);
		break;
	case 2:
		q->has_mac = chance(2);
		break;
	case 3:
		q->port = ((const int64_t[]){-1, 443, 53, 8443, 70000})[chance(5)];
		break;
	case 4:
		q->udp = known();
		break;
	default:
		q->host = ONE_OF(NULL, "eltax.example", "x.example");
	}
}

static struct sk_query upwards(void)
{
	struct sk_query q = file_out();

	q.from = "lgwan";
	q.to = "mynumber";
	q.origin = "internet";
	q.has_source = q.has_mac = true;
	q.source = (struct sk_net){4, 32, {10, 2, 0, 5}};
	q.mac = (struct sk_mac){{2, 0, 0, 0, 0, 5}};
	q.port = 8443;
	q.udp = SK_NO;
	return q;
}

static struct sk_query mail_in(void)
{
	struct sk_query q = file_in();

	q.ask = SK_ASK_MAIL;
	q.route = NULL;
	q.cleaned[SK_STEP_TEXT] = SK_YES;
	q.attached = 0;
	return q;
}

static struct sk_query original(void)
{
	struct sk_query q = file_in();

	q.to = "internet";
	q.original = SK_YES;
	q.votes[q.nvotes++] = (struct sk_vote){"fuku", SK_HOLD_ORIGINAL, SK_YES, SK_YES, NOW};
	return q;
}

static struct sk_query screen(void)
{
	struct sk_query q;

	sk_query_init(&q);
	q.ask = SK_ASK_SCREEN;
	q.from = "lgwan";
	q.to = "internet";
	q.requester = "ichi";
	q.login = SK_LOGIN_SYSTEM;
	q.clipboard = (enum sk_clip)chance(SK_CLIPS);
	return q;
}

static struct sk_query plain(void)
{
	struct sk_query q = file_in();

	q.route = "plain";
	q.requester = ONE_OF("fuku", "cho", "ichi");
	q.cleaned[SK_STEP_FLATTEN] = SK_YES;
	return q;
}

static struct sk_query released(void)
{
	struct sk_query q = file_out();

	q.released = NOW - 2 * DAY;
	q.downloads = 1;
	return q;
}

static struct sk_query inner(void)
{
	struct sk_query q = flow("lgwan", NULL);

	q.to = "mynumber";
	q.source = (struct sk_net){4, 32, {10, 2, 0, 5}};
	q.destination = (struct sk_net){4, 32, {10, 1, 0, 9}};
	q.port = 53;
	q.udp = SK_YES;
	return q;
}

static struct sk_query start(void)
{
	static struct sk_query (*const starts[])(void) = {
	    file_in, file_out, mail_in, original, screen, plain, upwards, inner, released};
	unsigned n = chance(10);

	return n < 9 ? starts[n]() : flow("mynumber", "eltax.example");
}

/* Near to what passes, so that every part of an answer is met, not only the first. */
static struct sk_query random_request(void)
{
	static void (*const changes[])(struct sk_query *) = {
	    change_way, change_object, change_result, change_place, vote};
	struct sk_query q = start();

	for (unsigned n = chance(5); n > 0; n--)
		changes[chance(5)](&q);
	if (q.ncontains > SK_QUERY_TYPES)
		q.ncontains = SK_QUERY_TYPES;
	return q;
}

/* Answers to the same requests under a policy; how many pass. */
static unsigned answer_all(uint64_t from, struct sk_decision *answers)
{
	unsigned passed = 0;

	seed = from;
	for (unsigned i = 0; i < REQUESTS; i++) {
		struct sk_query q = random_request();
		passed += decide_at(&q, NOW) == SK_PASS;
		answers[i] = decision;
	}
	return passed;
}

static struct sk_decision before[REQUESTS], after[REQUESTS];

/* Each forbids more, or asks for more. */
static const struct change stricter[] = {
    {.way = WAYS, .statement = "deny d from internet to lgwan { clause \"6.3\" }"},
    {.way = WAYS, .statement = "deny d from internet to mynumber { types docx; clause \"6.3\" }"},
    {.way = WAYS, .statement = "deny d from lgwan to mynumber { clause \"6.3\" }"},
    {.way = WAYS, .statement = "deny d from lgwan to internet { types docx; clause \"6.3\" }"},
    {.way = WAYS, .statement = "deny d from internet to lgwan { for role boss; clause \"6.3\" }"},
    {.way = 0, .word = "refuse mynumber"}, {.way = 0, .word = "hold mynumber, dictionary"},
    {.way = 0, .word = "require class confidentiality <= \"3C\""},
    {.way = 0, .word = "require class integrity <= \"1\""},
    {.way = 0, .word = "require login passkey"}, {.way = 2, .word = "require login password"},
    {.way = 4, .word = "require login two-factors"}, {.way = 0, .word = "types docx, pdf"},
    {.way = 0, .word = "for role boss"}, {.way = 0, .word = "for department shimin"},
    {.way = 3, .word = "for role staff"},
    {.way = 0, .word = "approve by superior, deputy after 1 hour"},
    {.way = 0, .word = "approve by role boss, deputy after 9 hours, persons 2, passkey"},
    {.way = 1, .word = "approve by superior, deputy after 4 hours, persons 2", .drop = "approve"},
    {.way = 1, .word = "approve by superior, deputy after 9 hours, passkey", .drop = "approve"},
    {.way = 0, .word = "until 2026-06-14"}, {.way = 0, .word = "from 2026-06-16"},
    {.way = 3, .word = "until 2026-06-14"}, {.way = 6, .word = "from 2026-06-16"},
    {.way = 0, .word = "limit size 500K, depth 2, members 1, pages 1", .drop = "limit"},
    {.way = 0, .word = "encrypted refuse", .drop = "encrypted"},
    {.way = 0, .word = "clean rebuild", .drop = "clean"},
    {.way = 1, .word = "refuse corporate-number, dictionary", .drop = "hold"},
    {.way = 1, .word = "unreadable refuse"},
    {.way = 1, .word = "scan virus required, signatures 59 minutes"},
    {.way = 0, .word = "scan virus required, signatures 59 minutes", .drop = "scan"},
    {.way = 0, .word = "keep original 23 hours", .drop = "keep"},
    {.way = 1, .word = "expire 1 day, downloads 1", .drop = "expire"},
    {.way = 4, .word = "clipboard none", .drop = "clipboard"},
    {.way = 6, .word = "until 2026-06-14", .drop = "until"}};

#define STRICTER (sizeof(stricter) / sizeof(stricter[0]))

/* Whether any answer changed; none may have become milder. */
static bool compare_all(size_t i, uint64_t s)
{
	bool changed = false;

	for (unsigned k = 0; k < REQUESTS; k++) {
		if (after[k].effect < before[k].effect)
			fail_msg("%zu: request %u of seed %u", i, k, (unsigned)s);
		changed |= after[k].effect > before[k].effect;
	}
	return changed;
}

static void test_stricter_never_allows_more(void **state)
{
	bool mattered[STRICTER] = {false};

	for (uint64_t s = 1; s <= 8; s++) {
		must_load(&none);
		assert_true(answer_all(s, before) > REQUESTS / 10);
		for (size_t i = 0; i < STRICTER; i++) {
			must_load(&stricter[i]);
			answer_all(s, after);
			mattered[i] |= compare_all(i, s);
		}
	}
	/* Each of them changed some answer, else nothing was shown. */
	for (size_t i = 0; i < STRICTER; i++)
		if (!mattered[i])
			fail_msg("%zu changed nothing", i);
}

static int by_text(const void *a, const void *b)
{
	const struct sk_reason *x = a, *y = b;
	int order = x->why != y->why ? (int)x->why - (int)y->why : (int)x->fact - (int)y->fact;

	order = order ? order : strcmp(x->a, y->a);
	return order ? order : strcmp(x->b, y->b);
}

static void same_answer(struct sk_decision *x, struct sk_decision *y)
{
	assert_int_equal(x->effect, y->effect);
	assert_int_equal(x->awaits, y->awaits);
	assert_int_equal(x->holds, y->holds);
	assert_int_equal(x->nreasons, y->nreasons);
	assert_int_equal(x->duties.napprovers, y->duties.napprovers);
	qsort(x->reasons, x->nreasons, sizeof(x->reasons[0]), by_text);
	qsort(y->reasons, y->nreasons, sizeof(y->reasons[0]), by_text);
	for (size_t i = 0; i < x->nreasons; i++)
		assert_int_equal(by_text(&x->reasons[i], &y->reasons[i]), 0);
}

static void test_order_does_not_matter(void **state)
{
	struct change c = {.way = WAYS, .mixed = true};

	for (uint64_t s = 11; s <= 20; s++) {
		must_load(&none);
		answer_all(s, before);
		seed = s * 7919;
		must_load(&c);
		answer_all(s, after);
		for (unsigned k = 0; k < REQUESTS; k++)
			same_answer(&before[k], &after[k]);
	}
}

/* Whatever is asked, also of what no policy knows, there is an answer that leads to lines (check_answer). */
static void test_every_request_gets_an_answer(void **state)
{
	unsigned effects[3] = {0, 0, 0};

	must_load(&none);
	for (uint64_t s = 100; s < 120; s++) {
		answer_all(s, before);
		for (unsigned k = 0; k < REQUESTS; k++)
			effects[before[k].effect]++;
	}
	for (unsigned i = 0; i < 3; i++)
		assert_true(effects[i] > 100);
}

/* What passed by a route or a flow is denied once that is gone: nothing else let it pass. */
static void test_without_its_route_it_is_denied(void **state)
{
	struct change c = {.way = WAYS};
	unsigned tried = 0;

	for (size_t i = 0; i < WAYS; i++) {
		char name[64];
		const char *from = strchr(ways[i].head, ' ') + 1;
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(from, " "), from);
		must_load(&none);
		answer_all(31, before);
		c.without = name;
		if (!load(&c)) /* the route of a screen's files cannot go */
			continue;
		answer_all(31, after);
		for (unsigned k = 0; k < REQUESTS; k++) {
			const struct sk_reason *last = &before[k].reasons[before[k].nreasons - 1];
			if (before[k].effect != SK_PASS || strcmp(last->a, name))
				continue;
			tried++;
			assert_int_equal(after[k].effect, SK_DENY);
		}
	}
	assert_true(tried > 20);
}

/* A request of which nothing but its way is known never passes. */
static void test_a_bare_request_never_passes(void **state)
{
	struct sk_query q, bare;

	must_load(&none);
	seed = 41;
	for (unsigned i = 0; i < 4000; i++) {
		q = random_request();
		sk_query_init(&bare);
		bare.ask = q.ask;
		bare.from = q.from;
		bare.to = q.to;
		bare.host = q.host;
		bare.route = q.route;
		assert_int_not_equal(decide_at(&bare, NOW), SK_PASS);
	}
}

/* --- requests as they are written down --- */

static int set(struct sk_recorded *r, const char *field, const char *value)
{
	struct sk_fault fault;

	return sk_recorded_set(arena, r, field, value, &fault);
}

static void test_recorded_fields(void **state)
{
	static const char *const good[][2] = {{"size", "3M"}, {"signatures", "2 days"},
	    {"received", "令和8年6月15日 9:00"}, {"corporate-number", "1"}, {"found", "docx"},
	    {"contains", "pdf,zip"}, {"source", "fd00::1"}, {"mac", "02:00:00:00:00:05"},
	    {"protocol", "udp"}, {"votes", "member=cho,hold=leak,allow=no,at=R8.6.15"}};
	static const char *const bad[][2] = {{"size", "-1"}, {"size", ""},
	    {"size", "99999999999999999999"}, {"size", "3X"}, {"signatures", "2 moons"},
	    {"received", "now"}, {"found", "exee"}, {"source", "10.0.0.0/8"}, {"mac", "02"},
	    {"protocol", "sctp"}, {"votes", "cho"}, {"votes", "member=cho,hold=x"},
	    {"contains", "pdf,,zip"}, {"nothing", "1"}, {"from", "\xFF"}};
	struct sk_recorded r;

	must_load(&none);
	sk_recorded_init(&r);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(set(&r, good[i][0], good[i][1]), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(set(&r, bad[i][0], bad[i][1]), SK_EFORMAT);
	assert_int_equal(r.request.size, 3 << 20);
	assert_int_equal(r.request.signatures, 2 * DAY);
	assert_int_equal(r.request.received, NOW);
	assert_int_equal(r.request.leaks[SK_LEAK_CORPORATE], 1);
	assert_int_equal(r.request.udp, SK_YES);
	assert_int_equal(r.request.source.family, 6);
	assert_int_equal(r.request.votes[0].hold, SK_HOLD_LEAK);
	assert_int_equal(r.request.votes[0].allow, SK_NO);
}

/* What a policy answers is the same when the request was written down in between. */
static void test_recorded_keeps_every_fact(void **state)
{
	struct sk_buf text = SK_BUF(1 << 20);
	struct sk_fault fault;
	size_t used;

	must_load(&none);
	seed = 77;
	for (unsigned i = 0; i < 2000; i++) {
		struct sk_recorded r = {.request = random_request(), .time = NOW}, back;
		for (size_t k = 0; k < r.request.nvotes; k++)
			if (r.request.votes[k].hold < 0)
				r.request.votes[k].hold = SK_HOLD_NONE;
		sk_buf_reset(&text);
		if (r.request.released < 0 || r.request.released > SK_TIME_MOST)
			r.request.released = SK_UNKNOWN;
		if (r.request.login >= SK_LOGINS || r.request.ask >= SK_ASKS)
			continue;
		assert_int_equal(sk_recorded_write(&r, &text), 0);
		if (sk_recorded_read(arena, sk_buf_slice(&text), &back, &used, &fault))
			fail_msg("%s: %s in %.*s", fault.field, fault.why, (int)text.len,
			    (const char *)text.p);
		assert_int_equal(used, text.len);
		decide_at(&r.request, NOW);
		before[0] = decision;
		decide_at(&back.request, back.time);
		assert_memory_equal(&before[0], &decision, sizeof(decision));
	}
	sk_buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(test_file_in, teardown),
	    cmocka_unit_test_teardown(test_methods, teardown),
	    cmocka_unit_test_teardown(test_password, teardown),
	    cmocka_unit_test_teardown(test_file_out, teardown),
	    cmocka_unit_test_teardown(test_collection, teardown),
	    cmocka_unit_test_teardown(test_approval, teardown),
	    cmocka_unit_test_teardown(test_deputies, teardown),
	    cmocka_unit_test_teardown(test_passkey, teardown),
	    cmocka_unit_test_teardown(test_original, teardown),
	    cmocka_unit_test_teardown(test_guarded, teardown),
	    cmocka_unit_test_teardown(test_laundered, teardown),
	    cmocka_unit_test_teardown(test_screen, teardown),
	    cmocka_unit_test_teardown(test_flow, teardown),
	    cmocka_unit_test_teardown(test_denials, teardown),
	    cmocka_unit_test_teardown(test_login_and_types, teardown),
	    cmocka_unit_test_teardown(test_times, teardown),
	    cmocka_unit_test_teardown(test_stricter_never_allows_more, teardown),
	    cmocka_unit_test_teardown(test_order_does_not_matter, teardown),
	    cmocka_unit_test_teardown(test_every_request_gets_an_answer, teardown),
	    cmocka_unit_test_teardown(test_without_its_route_it_is_denied, teardown),
	    cmocka_unit_test_teardown(test_recorded_fields, teardown),
	    cmocka_unit_test_teardown(test_recorded_keeps_every_fact, teardown),
	    cmocka_unit_test_teardown(test_a_bare_request_never_passes, teardown),
	};

	return cmocka_run_group_tests_name("decide", tests, NULL, NULL);
}
