/* Tests of changes of the organisation: what they make of a policy's text, and what cannot be taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "policy/moves.h"
#include "policy/people.h"
#include "policy/test-read.h"

#define FIRST "sekisho policy 1" N N "# 例示市" N
#define PLACES \
	"city \"例示市\" { code \"000000\"; timezone \"Asia/Tokyo\"; adopted 2005-04-01 }" N \
	"classes confidentiality { \"2\" > \"1\" }" N \
	"zone lgwan { name \"LGWAN\"; networks 10.2.0.0/16 }" N \
	"zone internet { name \"ネット\"; networks 10.3.0.0/16 }" N "protect lgwan > internet" N \
	"role boss { name \"課長\"; may approve }" N "role staff { name \"職員\" }" N \
	"department city \"市\"" N "department shimin \"市民課\" in city" N \
	"department zei \"税務課\" in city" N
#define CHO \
	"member cho {" N "\tname \"課長\"" N "\tdepartment shimin" N "\trole boss, staff" N \
	"\tdeputy ichi" N "}" N
#define ICHI \
	"# 一人目" N "member ichi {" N "\tname \"職員1\"" N "\tdepartment shimin" N \
	"\trole staff" N "}" N
#define CITY FIRST PLACES N CHO N ICHI N "# 終わり" N

static struct sk_move_fault fault;

static int move(const char *lines)
{
	struct sk_buf out = SK_BUF(1 << 20);
	struct sk_move *v = NULL;
	size_t n = 0;

	int status = sk_moves_read(arena, sk_slice_str(lines), &v, &n, &fault);
	if (status == 0)
		status = sk_moves_apply(arena, policy, policy->sources[0], v, n, &out, &fault);
	struct sk_slice text = keep(&out);
	if (status == 0)
		must_load_on(text, TODAY);
	return status;
}

static void good(const char *lines)
{
	if (move(lines))
		fail_msg("line %u: %s (%s)", fault.line, fault.why, fault.what);
}

static void bad(const char *lines, unsigned line, const char *what)
{
	const struct sk_policy *before = policy;

	assert_int_equal(move(lines), SK_EFORMAT);
	assert_int_equal(fault.line, line);
	assert_string_equal(fault.what, what);
	policy = before;
}

static const struct sk_member *on(const char *name, int32_t day)
{
	const struct sk_member *m = sk_member_on(sk_policy_find(policy, SK_KIND_MEMBER, name), day);

	return m && sk_span_holds(&m->span, day) ? m : NULL;
}

static const char *department(const char *name, int32_t day)
{
	const struct sk_member *m = on(name, day);

	return m ? m->department.token->value : "";
}

static bool says(const char *text)
{
	struct sk_slice s = policy->sources[0]->text;

	return memmem(s.p, s.n, text, strlen(text)) != NULL;
}

static void test_transfer(void **state)
{
	must_load_on(sk_slice_str(CITY), TODAY);
	good("ichi\t\tzei\t\t\t2026-05-01\t\n");
	assert_string_equal(department("ichi", TODAY), "shimin");
	assert_string_equal(department("ichi", TODAY + 29), "shimin");
	assert_string_equal(department("ichi", TODAY + 30), "zei");
	assert_string_equal(on("ichi", TODAY + 30)->title, "職員1");
	/* all else is as it was */
	assert_true(says("# 例示市"));
	assert_true(says(CHO));
	assert_true(says("# 一人目\nmember ichi {"));
	assert_true(says("# 終わり"));
	/* on the same day once more: that alone holds */
	good("ichi\t係長\t\tboss,staff\tcho\t令和8年5月1日");
	assert_string_equal(department("ichi", TODAY + 30), "zei");
	assert_string_equal(on("ichi", TODAY + 30)->title, "係長");
	assert_int_equal(on("ichi", TODAY + 30)->roles.n, 2);
	assert_ptr_equal(on("ichi", TODAY + 30)->next, NULL);
	/* before what is known to follow */
	good("ichi\t\tcity\t\t\tR8.4.11");
	assert_string_equal(department("ichi", TODAY + 10), "city");
	assert_string_equal(department("ichi", TODAY + 29), "city");
	assert_string_equal(department("ichi", TODAY + 30), "zei");
}

static void test_come_and_go(void **state)
{
	must_load_on(sk_slice_str(CITY), TODAY);
	good("ni\t職員2\tzei\tstaff\t\t2026-04-01\n\ncho\t\t\t\t\t\t2026-04-30\n");
	assert_string_equal(department("ni", TODAY), "zei");
	assert_null(on("ni", TODAY - 1));
	assert_non_null(on("cho", TODAY + 29));
	assert_null(on("cho", TODAY + 30));
	/* somebody comes back as he was */
	good("cho\t\t\t\t\t2026-06-01\t2026-06-30");
	assert_null(on("cho", TODAY + 60));
	assert_string_equal(department("cho", TODAY + 61), "shimin");
	assert_null(on("cho", TODAY + 91));
	/* who leaves has nothing before him */
	good("cho\t\t\t\t\t\t2026-04-10");
	assert_non_null(on("cho", TODAY + 9));
	assert_null(on("cho", TODAY + 10));
	assert_null(on("cho", TODAY + 61));
}

static void test_deputies(void **state)
{
	must_load_on(sk_slice_str(CITY), TODAY);
	good("cho\t\t\t\t-\t2026-05-01\ncho\t\t\t\tichi\t2026-06-01");
	assert_int_equal(on("cho", TODAY)->deputies.n, 1);
	assert_int_equal(on("cho", TODAY + 30)->deputies.n, 0);
	assert_int_equal(on("cho", TODAY + 61)->deputies.n, 1);
	good("cho\t\t\t\t\t2026-05-01");
	assert_int_equal(on("cho", TODAY + 30)->deputies.n, 0);
}

/* The largest day of the year: everybody at once, and again the same makes no difference. */
static void test_april(void **state)
{
	struct sk_buf lines = SK_BUF(1 << 20), back = SK_BUF(1 << 20);

	must_load_on(sk_slice_str(CITY), TODAY);
	for (int i = 0; i < 300; i++) {
		sk_buf_printf(&lines, "m%d\t職員%d\tshimin\tstaff\t\t2025-04-01\n", i, i);
		sk_buf_printf(&back, "m%d\t\tzei\t\t\t2026-04-01\n", i);
	}
	sk_buf_putc(&lines, 0);
	sk_buf_putc(&back, 0);
	good((const char *)lines.p);
	assert_int_equal(policy->list[SK_KIND_MEMBER].n, 302);
	good((const char *)back.p);
	assert_int_equal(policy->list[SK_KIND_MEMBER].n, 602);
	struct sk_slice once = policy->sources[0]->text;
	good((const char *)back.p);
	assert_true(sk_slice_eq(policy->sources[0]->text, once));
	assert_string_equal(department("m299", TODAY - 1), "shimin");
	assert_string_equal(department("m299", TODAY), "zei");
	sk_buf_free(&lines);
	sk_buf_free(&back);
}

static void test_what_cannot_be(void **state)
{
	must_load_on(sk_slice_str(CITY), TODAY);
	bad("ni\t職員2\tzei\t\t\t2026-04-01", 1, "ni");
	bad("ichi\t\tzei", 1, "ichi");
	bad("ichi", 1, "ichi");
	bad("ni\t\t\t\t\t\t2026-04-01", 1, "ni");
	bad("\n\nichi\t\tzei\t\t\t2026-04-31", 3, "2026-04-31");
	bad("ichi\t\tzei\t\t\t2026-05-01\t2026-04-30", 1, "ichi");
	bad("ichi\t\tZei\t\t\t2026-04-01", 1, "Zei");
	bad("ichi\ta\"; role boss\t\t\t\t2026-04-01", 1, "a\"; role boss");
	bad("ichi\t\t\tstaff } x\t\t2026-04-01", 1, "}");
	bad("ichi\t\t\t\t\t2026-04-01\t\t1", 1, "7");
	bad("ichi\t\t\t-\t\t2026-04-01", 1, "-");
	bad("\tx\tzei\tstaff\t\t2026-04-01", 1, "");
	/* what the whole means is the policy's to say */
	struct sk_buf out = SK_BUF(1 << 20);
	struct sk_move nowhere = {
	    .member = "ichi", .department = "nowhere", .from = TODAY, .until = SK_DAY_NONE};
	assert_int_equal(
	    sk_moves_apply(arena, policy, policy->sources[0], &nowhere, 1, &out, &fault), 0);
	assert_int_equal(load_on(keep(&out), TODAY), SK_EFORMAT);
	assert_int_equal(diags.v[0].code, SK_DIAG_UNKNOWN);
}

static int include(void *user, const char *name, struct sk_slice *text, const char **why)
{
	*text = sk_slice_str("sekisho policy 1" N ICHI);
	return 0;
}

static void test_another_file(void **state)
{
	diags = (struct sk_diags){.arena = arena};
	assert_int_equal(sk_policy_load(arena, &diags, "p",
			     sk_slice_str(FIRST "include \"people\"" N PLACES CHO), include, NULL,
			     TODAY, &policy),
	    0);
	bad("cho\t\tzei\t\t\t2026-04-01\nichi\t\tzei\t\t\t2026-04-01", 2, "ichi");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_transfer, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_come_and_go, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_deputies, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_april, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_what_cannot_be, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_another_file, setup, teardown),
	};

	return cmocka_run_group_tests_name("moves", tests, NULL, NULL);
}
