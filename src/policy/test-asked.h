/*
 * Requests that pass under the policy of test-city.h, and what a test says about the answers. Include it behind cmocka.h.
 * Tests alone.
 */
#ifndef SK_POLICY_TEST_ASKED_H
#define SK_POLICY_TEST_ASKED_H

#include "policy/decide.h"
#include "policy/test-city.h"

#define HOUR 3600
#define DAY 86400

static struct sk_decision decision;

/* All that a file from the internet needs to pass. */
static inline struct sk_query file_in(void)
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

static inline struct sk_query file_out(void)
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

static inline struct sk_query flow(const char *from, const char *host)
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

static inline struct sk_query upwards(void)
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

static inline struct sk_query mail_in(void)
{
	struct sk_query q = file_in();

	q.ask = SK_ASK_MAIL;
	q.route = NULL;
	q.cleaned[SK_STEP_TEXT] = SK_YES;
	q.attached = 0;
	return q;
}

static inline struct sk_query original(void)
{
	struct sk_query q = file_in();

	q.to = "internet";
	q.original = SK_YES;
	q.votes[q.nvotes++] =
	    (struct sk_vote){"fuku", SK_HOLD_ORIGINAL, SK_YES, chance(2) ? SK_YES : SK_NO, NOW};
	return q;
}

static inline struct sk_query screen(void)
{
	struct sk_query q;

	sk_query_init(&q);
	q.ask = SK_ASK_SCREEN;
	q.from = "lgwan";
	q.to = "internet";
	q.requester = "ichi";
	q.login = SK_LOGIN_SYSTEM;
	return q;
}

static inline struct sk_query released(void)
{
	struct sk_query q = file_out();

	q.released = NOW - 2 * DAY;
	q.downloads = 1;
	return q;
}

static inline struct sk_query inner(void)
{
	struct sk_query q = flow("lgwan", NULL);

	q.to = "mynumber";
	q.source = (struct sk_net){4, 32, {10, 2, 0, 5}};
	q.destination = (struct sk_net){4, 32, {10, 1, 0, 9}};
	q.port = 53;
	q.udp = SK_YES;
	return q;
}

static inline const struct sk_reason *find(enum sk_why why)
{
	for (size_t i = 0; i < decision.nreasons; i++)
		if (decision.reasons[i].why == why)
			return &decision.reasons[i];
	return NULL;
}

static inline void print_all(void)
{
	for (size_t i = 0; i < decision.nreasons; i++) {
		const struct sk_reason *r = &decision.reasons[i];
		print_message("%s %s %s %s %s\n", sk_effect_words[r->effect], sk_why_name(r->why),
		    sk_fact_name(r->fact), r->a, r->b);
	}
}

/* Every answer can be followed to the lines that gave it. */
static inline void check_answer(void)
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

static inline bool is_zone(const struct sk_ref *ref, const char *name)
{
	return name && ref->to && strcmp(((const struct sk_zone *)ref->to)->named.name, name) == 0;
}

/* Nothing passes but along a route or a flow, from where it begins to where it leads; an original stays. */
static inline void check_way(const struct sk_query *q)
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

static inline enum sk_effect decide_at(const struct sk_query *q, int64_t now)
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

static inline void passes(const struct sk_query *q)
{
	if (decide_at(q, NOW) != SK_PASS)
		print_all();
	assert_int_equal(decision.effect, SK_PASS);
}

/* This is the answer, for this reason, and the line that decided begins with these words. */
static inline void says(
    const struct sk_query *q, enum sk_effect effect, enum sk_why why, const char *word)
{
	decide_at(q, NOW);
	if (decision.effect != effect || find(why) == NULL)
		print_all();
	assert_int_equal(decision.effect, effect);
	assert_non_null(find(why));
	assert_string_equal(find(why)->where->tokens[0].value, word);
}

static inline void denies(const struct sk_query *q, enum sk_why why, const char *word)
{
	says(q, SK_DENY, why, word);
}

static inline void awaits(const struct sk_query *q, enum sk_fact fact)
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

#endif
