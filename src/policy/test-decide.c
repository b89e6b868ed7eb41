/* Tests of what the policy says to a request: each fact in its turn, who says yes, originals, flows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "policy/test-asked.h"

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
	q = mail_in();
	q.login = SK_LOGIN_NONE;
	passes(&q);
	AWAITS(q, attached, SK_UNKNOWN, ATTACHED);
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
	HOLDS(q, votes[0].member, "ichi", APPROVAL, "approve");
	HOLDS(q, votes[0].member, "fuku", APPROVAL, "approve");
	q.votes[0] = (struct sk_vote){"cho", SK_HOLD_APPROVAL, SK_NO, SK_NO, NOW};
	denies(&q, SK_WHY_DISAPPROVED, "approve");
	q.votes[0].allow = SK_YES;
	HOLDS(q, votes[0].at, NOW + 1, APPROVAL, "approve");
	HOLDS(q, votes[0].at, q.received - 1, APPROVAL, "approve");
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

/* Whoever stands in for somebody who is away need not wait; the time of the vote counts, and who it is that is away. */
static void test_away(void **state)
{
	struct sk_query q = file_out();

	must_load(&none);
	q.requester = "ni";
	q.votes[0] = (struct sk_vote){"ichi", SK_HOLD_APPROVAL, SK_YES, SK_NO, q.received + HOUR};
	q.away[0] = (struct sk_away){"cho", q.received - DAY, q.received + DAY};
	q.naway = 1;
	passes(&q);
	q.nvotes = 0;
	assert_int_equal(decide_at(&q, q.received), SK_HOLD);
	assert_int_equal(decision.duties.approvers[1].after, q.received);
	q.nvotes = 1;
	HOLDS(q, naway, 0, APPROVAL, "approve");
	HOLDS(q, away[0].member, "fuku", APPROVAL, "approve");
	HOLDS(q, away[0].member, NULL, APPROVAL, "approve");
	HOLDS(q, away[0].until, q.received + HOUR, APPROVAL, "approve");
	HOLDS(q, away[0].from, q.received + HOUR + 1, APPROVAL, "approve");
	HOLDS(q, away[0].from, SK_UNKNOWN, APPROVAL, "approve");
	HOLDS(q, votes[0].member, "moto", APPROVAL, "approve");
	HOLDS(q, requester, "ichi", APPROVAL, "approve");
	q.away[0].from = q.received + HOUR;
	passes(&q);
	/* He who is away may decide all the same. */
	q.votes[0].member = "cho";
	passes(&q);
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
	assert_true(decision.duties.passkey);
	c.word = "approve by superior, deputy after 4 hours, above confidentiality \"2\"";
	must_load(&c);
	q.nvotes = 0;
	passes(&q);
	q.classes[SK_CONFIDENTIALITY] = NULL;
	assert_int_equal(decide_at(&q, NOW), SK_HOLD);
	assert_int_equal(decision.holds, 1 << SK_HOLD_CLASS | 1 << SK_HOLD_APPROVAL);
}

/* One word for several: up to the class that the route says, and where nobody has said one, not. */
static void test_bulk(void **state)
{
	struct change c = {.way = 1,
	    .word = "approve by superior, deputy after 4 hours, bulk confidentiality <= \"1\"",
	    .drop = "approve"};
	struct sk_query q = file_out();

	must_load(&none);
	q.classes[SK_CONFIDENTIALITY] = "1";
	q.nvotes = 0;
	assert_int_equal(decide_at(&q, NOW), SK_HOLD);
	assert_false(decision.duties.bulk);
	must_load(&c);
	assert_int_equal(decide_at(&q, NOW), SK_HOLD);
	assert_true(decision.duties.bulk);
	q.classes[SK_CONFIDENTIALITY] = "2";
	assert_int_equal(decide_at(&q, NOW), SK_HOLD);
	assert_false(decision.duties.bulk);
	q.classes[SK_CONFIDENTIALITY] = NULL;
	assert_int_equal(decide_at(&q, NOW), SK_HOLD);
	assert_false(decision.duties.bulk);
	q.classes[SK_CONFIDENTIALITY] = "0";
	decide_at(&q, NOW);
	assert_false(decision.duties.bulk);
	c.word = "approve by superior, bulk integrity <= \"2\"";
	must_load(&c);
	q.classes[SK_CONFIDENTIALITY] = "2";
	q.classes[SK_INTEGRITY] = "2";
	decide_at(&q, NOW);
	assert_true(decision.duties.bulk);
}

/* An original is released by a signed yes alone, where the route says so; a no needs no signature. */
static void test_original_signed(void **state)
{
	struct change c = {
	    .way = 0, .word = "keep original 30 days, release passkey", .drop = "keep"};
	struct sk_query q = file_in();

	must_load(&c);
	q.original = SK_YES;
	q.to = "internet";
	q.votes[0] = (struct sk_vote){"cho", SK_HOLD_ORIGINAL, SK_YES, SK_YES, NOW};
	q.nvotes = 1;
	passes(&q);
	assert_true(decision.duties.passkey);
	HOLDS(q, votes[0].passkey, SK_NO, ORIGINAL, "keep");
	HOLDS(q, votes[0].passkey, SK_NOT_KNOWN, ORIGINAL, "keep");
	q.votes[0].passkey = SK_NO;
	DENIES(q, votes[0].allow, SK_NO, DISAPPROVED, "keep");
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
	struct sk_query q = upwards();

	must_load(&none);
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
	struct sk_query q = screen();

	must_load(&none);
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
	q = inner();
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_file_in, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_methods, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_password, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_file_out, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_collection, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_approval, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_deputies, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_away, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_passkey, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_original, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_original_signed, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_bulk, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_guarded, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_laundered, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_screen, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_flow, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_denials, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_login_and_types, setup, teardown),
	};

	return cmocka_run_group_tests_name("decide", tests, NULL, NULL);
}
