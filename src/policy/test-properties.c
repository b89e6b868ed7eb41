/* Properties that the answers of any policy have to any request, over generated ones (fixed seeds). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "policy/test-random.h"

#define REQUESTS 1000

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
    {.way = 0, .word = "keep original 30 days, release passkey", .drop = "keep"},
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_stricter_never_allows_more, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_order_does_not_matter, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_every_request_gets_an_answer, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_without_its_route_it_is_denied, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_a_bare_request_never_passes, setup, teardown),
	};

	return cmocka_run_group_tests_name("properties", tests, NULL, NULL);
}
