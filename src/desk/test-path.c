/* Tests of what a post finds out about the connection of a link, whatever the other one says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "desk/links.h"
#include "policy/policy.h"
#include "policy/value.h"

static const char city[] =
    "sekisho policy 1\n"
    "city \"例示市\" { code \"000000\"; timezone \"Asia/Tokyo\"; adopted 2005-04-01 }\n"
    "classes confidentiality {\n\"2\" > \"1\"\n}\n"
    "zone lgwan { name \"LGWAN\"; networks 10.2.0.0/16; holds confidentiality <= \"2\" }\n"
    "zone internet { name \"ネット\"; networks 10.3.0.0/16, 2001:db8:3::/48; holds confidentiality <= \"2\" }\n"
    "protect lgwan > internet\n"
    "role staff { name \"職員\" }\n"
    "department city \"市\"\n";

static struct sk_arena *arena;
static struct sk_desk desk = {.zone = "lgwan"};

static int setup(void **state)
{
	struct sk_diags diags = {0};
	const struct sk_policy *p = NULL;

	arena = sk_arena_new(16 << 20);
	diags.arena = arena;
	if (sk_policy_load(arena, &diags, "p", sk_slice_str(city), NULL, NULL, 20544, &p))
		fail_msg("%u: %s %s", diags.v[0].line, sk_diag_name(diags.v[0].code), diags.v[0].a);
	desk.policy.policy = p;
	return 0;
}

static int teardown(void **state)
{
	sk_arena_free(arena);
	return 0;
}

/* What stands in a request of a giver that says 10.3.9.9 and port 9, when this post has such a link. */
static struct sk_query seen(bool listen, const char *address)
{
	struct sk_way w = {.desk = &desk, .to = {.listen = listen, .port = 8443}};
	struct sk_query q;

	snprintf(w.to.zone, sizeof(w.to.zone), "internet");
	snprintf(w.to.address, sizeof(w.to.address), "%s", address);
	sk_query_init(&q);
	assert_true(sk_net_parse("10.3.9.9", &q.source));
	q.has_source = true;
	q.port = 9;
	q.udp = SK_YES;
	sk_way_seen(&w, &q);
	assert_int_equal(q.port, 8443);
	assert_int_equal(q.udp, SK_NO);
	assert_true(q.has_source);
	return q;
}

static void source_is(struct sk_query q, const char *address)
{
	char text[50], wanted[50];
	struct sk_net net;

	assert_true(sk_net_parse(address, &net));
	sk_net_text(&net, wanted);
	sk_net_text(&q.source, text);
	assert_string_equal(text, wanted);
}

/* Who connects sees where the other one is; who is called, or meets it on a segment between the zones, does not. */
static void test_seen(void **state)
{
	source_is(seen(false, "10.3.0.1"), "10.3.0.1");
	source_is(seen(false, "2001:db8:3::1"), "2001:db8:3::1");
	source_is(seen(false, "192.0.2.2"), "10.3.9.9");
	source_is(seen(false, "fe80::1%eth0"), "10.3.9.9");
	source_is(seen(true, "10.3.0.1"), "10.3.9.9");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_seen)};

	return cmocka_run_group_tests(tests, setup, teardown);
}
