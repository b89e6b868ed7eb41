/* Tests of requests as they are written down, and of the times in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "policy/recorded.h"
#include "policy/test-random.h"

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
	    {"protocol", "udp"}, {"away", "member=cho,from=R8.6.14,until=R8.6.16"},
	    {"votes", "member=cho,hold=leak,allow=no,at=R8.6.15"}};
	static const char *const bad[][2] = {{"size", "-1"}, {"size", ""},
	    {"size", "99999999999999999999"}, {"size", "3X"}, {"signatures", "2 moons"},
	    {"received", "now"}, {"found", "exee"}, {"source", "10.0.0.0/8"}, {"mac", "02"},
	    {"protocol", "sctp"}, {"votes", "cho"}, {"away", "cho"},
	    {"away", "member=cho,hold=leak"}, {"votes", "member=cho,hold=x"},
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
	assert_string_equal(r.request.away[0].member, "cho");
	assert_int_equal(r.request.away[0].until - r.request.away[0].from, 2 * DAY);
}

static void bound(int64_t *time)
{
	if (*time < 0 || *time > SK_TIME_MOST)
		*time = SK_UNKNOWN;
}

/* What no clock says and no field holds comes back as unknown: a request that is written down has none of it. */
static void make_writable(struct sk_query *q)
{
	bound(&q->released);
	for (size_t i = 0; i < q->nvotes; i++) {
		bound(&q->votes[i].at);
		if (q->votes[i].hold < 0)
			q->votes[i].hold = SK_HOLD_NONE;
	}
	for (size_t i = 0; i < q->naway; i++) {
		bound(&q->away[i].from);
		bound(&q->away[i].until);
	}
}

/* What a policy answers is the same when the request was written down in between. */
static void test_recorded_keeps_every_fact(void **state)
{
	struct sk_buf text = SK_BUF(1 << 20);
	struct sk_decision asked;
	struct sk_fault fault;
	size_t used;

	must_load(&none);
	seed = 77;
	for (unsigned i = 0; i < 2000; i++) {
		struct sk_recorded r = {.request = random_request(), .time = NOW}, back;
		make_writable(&r.request);
		sk_buf_reset(&text);
		if (r.request.login >= SK_LOGINS || r.request.ask >= SK_ASKS)
			continue;
		assert_int_equal(sk_recorded_write(&r, &text), 0);
		if (sk_recorded_read(arena, sk_buf_slice(&text), &back, &used, &fault))
			fail_msg("%s: %s in %.*s", fault.field, fault.why, (int)text.len,
			    (const char *)text.p);
		assert_int_equal(used, text.len);
		decide_at(&r.request, NOW);
		asked = decision;
		decide_at(&back.request, back.time);
		assert_memory_equal(&asked, &decision, sizeof(decision));
	}
	sk_buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_times, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_recorded_fields, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_recorded_keeps_every_fact, setup, teardown),
	};

	return cmocka_run_group_tests_name("recorded", tests, NULL, NULL);
}
