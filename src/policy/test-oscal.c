/* Tests of the exchange with OSCAL: what goes out comes back, the same bytes each time, and nothing is believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "policy/oscal.h"
#include "policy/test-read.h"

static const char *const statements[] = {
    "city \"例示市\" { code \"000000\"; timezone \"Asia/Tokyo\"; adopted 2005-04-01; amended 2022-07-01 }",
    "classes confidentiality { \"2\" > \"1\" }",
    "zone mynumber { name \"m\"; networks 10.1.0.0/16 }",
    "zone lgwan { name \"a\"; networks 10.2.0.0/16; login two-factors, idle 15 minutes, ends 8 hours }",
    "zone internet { name \"b\"; networks 10.3.0.0/16; holds confidentiality <= \"2\" }",
    "# why ``` so" N "protect mynumber > lgwan > internet", "clause \"6.3\" \"強靭性\"",
    "clause \"7 (1)\" \"a \\\"b\\\" \\\\ c\"",
    "control c for clause \"7 (1)\", \"6.3\" { check ledger.verify every 1 day }",
    "route in from internet to lgwan { carry file; clean rebuild; require login password; keep original 3 days, release passkey; clause \"6.3\" }",
    "route in2 from internet to lgwan { carry mail; clean text; attachments notice; clause \"7 (1)\", \"6.3\" }",
    "deny x from internet to lgwan { types zip; clause \"7 (1)\" }"};
#define STATEMENTS (sizeof(statements) / sizeof(statements[0]))

static struct sk_buf catalog, profile, text;
static struct sk_fault fault;
static bool whole;

static int setup_documents(void **state)
{
	catalog = profile = text = SK_BUF(1 << 20);
	return setup(state);
}

static int teardown_documents(void **state)
{
	sk_buf_free(&catalog);
	sk_buf_free(&profile);
	sk_buf_free(&text);
	return teardown(state);
}

static const struct sk_policy *load(struct sk_slice s)
{
	must_load_on(s, TODAY);
	return policy;
}

/* The statements, every `step`th of them before the others. */
static const struct sk_policy *load_ordered(size_t step)
{
	struct sk_buf b = SK_BUF(1 << 20);

	sk_buf_puts(&b, "sekisho policy 1" N);
	for (size_t first = 0; first < step; first++)
		for (size_t i = first; i < STATEMENTS; i += step)
			sk_buf_printf(&b, "%s" N, statements[i]);
	return load(keep(&b));
}

static void export(const struct sk_policy *p, struct sk_buf *c, struct sk_buf *f)
{
	assert_int_equal(sk_oscal_catalog(p, c), 0);
	assert_int_equal(sk_oscal_profile(p, f), 0);
}

static int import(struct sk_slice one, struct sk_slice other)
{
	struct sk_slice documents[2] = {one, other};

	sk_buf_reset(&text);
	return sk_oscal_import(arena, documents, other.n ? 2 : 1, &text, &whole, &fault);
}

static void same(struct sk_buf *a, struct sk_buf *b)
{
	assert_int_equal(a->len, b->len);
	assert_memory_equal(a->p, b->p, a->len);
}

static void check_back(const struct sk_policy *p, const struct sk_policy *back)
{
	for (unsigned kind = 0; kind < SK_KINDS; kind++)
		assert_int_equal(back->list[kind].n, p->list[kind].n);
	const struct sk_route *r = sk_policy_find(back, SK_KIND_ROUTE, "in2");
	assert_int_equal(r->clauses.n, 2);
	r = sk_policy_find(back, SK_KIND_ROUTE, "in");
	assert_int_equal(r->login, SK_LOGIN_PASSWORD);
	assert_true(r->release_passkey);
	const struct sk_zone *z = sk_policy_find(back, SK_KIND_ZONE, "lgwan");
	assert_int_equal(z->login, SK_LOGIN_TWO_FACTORS);
	assert_int_equal(z->idle, 15 * 60);
	assert_int_equal(z->ends, 8 * 3600);
	const struct sk_clause *c = sk_policy_find(back, SK_KIND_CLAUSE, "7 (1)");
	assert_non_null(c);
	assert_string_equal(c->title, "a \"b\" \\ c");
}

/* In whichever order the statements stand. */
static void test_round_trip(void **state)
{
	struct sk_buf again[2] = {SK_BUF(1 << 20), SK_BUF(1 << 20)};

	for (size_t step = 1; step < 6; step++) {
		const struct sk_policy *p = load_ordered(step);
		export(p, &catalog, &profile);
		assert_int_equal(import(sk_buf_slice(&catalog), sk_buf_slice(&profile)), 0);
		assert_true(whole);
		const struct sk_policy *back = load(sk_buf_slice(&text));
		check_back(p, back);
		export(back, &again[0], &again[1]);
		same(&again[0], &catalog);
		same(&again[1], &profile);
		sk_buf_free(&again[0]);
		sk_buf_free(&again[1]);
		sk_buf_reset(&catalog);
		sk_buf_reset(&profile);
	}
}

/* The same each time; another word makes another document, and a profile that does not go with the old catalog. */
static void test_bytes(void **state)
{
	struct sk_buf again[2] = {SK_BUF(1 << 20), SK_BUF(1 << 20)};

	export(load_ordered(1), &catalog, &profile);
	export(load_ordered(1), &again[0], &again[1]);
	same(&again[0], &catalog);
	same(&again[1], &profile);
	sk_buf_reset(&again[0]);
	sk_buf_reset(&again[1]);
	export(load(sk_slice_str(
		   "sekisho policy 1" N
		   "city \"市\" { code \"0\"; timezone \"Asia/Tokyo\"; adopted 2005-04-01 }" N
		   "zone a { name \"a\"; networks 10.2.0.0/16 }" N
		   "zone b { name \"b\"; networks 10.3.0.0/16 }" N "protect a > b" N)),
	    &again[0], &again[1]);
	assert_int_equal(import(sk_buf_slice(&again[0]), sk_buf_slice(&again[1])), 0);
	load(sk_buf_slice(&text));
	assert_int_equal(import(sk_buf_slice(&catalog), sk_buf_slice(&again[1])), SK_EFORMAT);
	assert_string_equal(fault.why, "The profile was made with another catalog.");
	sk_buf_free(&again[0]);
	sk_buf_free(&again[1]);
}

/* Version 5 of the text in our namespace, as other programs compute it. */
static void test_uuid(void **state)
{
	char uuid[SK_UUID_TEXT];

	sk_oscal_uuid(SK_SLICE_LIT("catalog"), uuid);
	assert_string_equal(uuid, "c7ad895c-956a-5e54-8e94-aa21769fe560");
}

#define CONTROL(more) \
	"{\"catalog\":{\"uuid\":\"u\",\"controls\":[{\"id\":\"a-1\",\"title\":\"t\"" more "}]}}"
#define PART(prose) \
	CONTROL( \
	    ",\"parts\":[{\"id\":\"p\",\"name\":\"x\",\"props\":[{\"name\":\"statement\"," \
	    "\"ns\":\"urn:sekisho:policy:1\",\"value\":\"control\"}],\"prose\":\"" prose "\"}]")

static void imports(const char *document, const char *want)
{
	if (import(sk_slice_str(document), sk_slice_str("")))
		fail_msg("%s %s", fault.field, fault.why);
	assert_false(whole);
	if (!sk_slice_is(sk_buf_slice(&text), want))
		fail_msg("%.*s", (int)text.len, (const char *)text.p);
}

static void test_foreign(void **state)
{
	imports(CONTROL(""), "sekisho policy 1" N N "clause \"a-1\" \"t\"" N);
	imports(CONTROL(",\"props\":[{\"name\":\"label\",\"value\":\"A \\\" 1\"}]"),
	    "sekisho policy 1" N N "clause \"A \\\" 1\" \"t\"" N);
	imports(CONTROL(",\"controls\":[{\"id\":\"a-1.1\",\"title\":\"u\"}]"),
	    "sekisho policy 1" N N "clause \"a-1\" \"t\"" N "clause \"a-1.1\" \"u\"" N);
	imports(CONTROL(",\"parts\":[{\"name\":\"statement\",\"prose\":\"```\\nroute x\\n```\"}]"),
	    "sekisho policy 1" N N "clause \"a-1\" \"t\"" N);
	imports(PART("```\\ncontrol c for clause \\\"a-1\\\" { check x every 1 day }\\n```"),
	    "sekisho policy 1" N N "clause \"a-1\" \"t\"" N N "control c for clause \"a-1\" {" N
	    "\tcheck x every 1 day" N "}" N);
}

static void refuses(const char *document)
{
	if (import(sk_slice_str(document), sk_slice_str("")) != SK_EFORMAT)
		fail_msg("%s", document);
	assert_true(fault.why[0] != 0);
}

static void test_refused(void **state)
{
	struct sk_buf deep = SK_BUF(1 << 20);

	refuses("");
	refuses("[]");
	refuses("{\"component-definition\":{}}");
	refuses("{\"catalog\":{},\"catalog\":{}}");
	refuses("{\"profile\":{}}");
	refuses("{\"catalog\":{\"controls\":[{\"id\":\"a\"}]}}");
	refuses("{\"catalog\":{\"controls\":[{\"id\":\"a\",\"title\":\"x\\u202Ey\"}]}}");
	refuses("{\"catalog\":{\"controls\":[{\"id\":\"a\",\"title\":\"x\\ny\"}]}}");
	refuses(PART("control c"));
	refuses(PART("```\\ninclude \\\"x\\\"\\n```"));
	refuses(PART("```\\nroute c\\n```"));
	refuses(PART("```\\ncontrol c\\ncontrol d\\n```"));
	refuses(PART("```\\ncontrol c\\n# x\\n```"));
	refuses(PART("```\\n```"));
	refuses(PART("```"));
	sk_buf_puts(&deep, "{\"catalog\":{");
	for (unsigned i = 0; i < 20; i++)
		sk_buf_puts(&deep, "\"groups\":[{");
	for (unsigned i = 0; i < 20; i++)
		sk_buf_puts(&deep, "}]");
	sk_buf_puts(&deep, "}}");
	sk_buf_putc(&deep, 0);
	refuses((const char *)deep.p);
	sk_buf_free(&deep);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_round_trip, setup_documents, teardown_documents),
	    cmocka_unit_test_setup_teardown(test_bytes, setup_documents, teardown_documents),
	    cmocka_unit_test_setup_teardown(test_uuid, setup_documents, teardown_documents),
	    cmocka_unit_test_setup_teardown(test_foreign, setup_documents, teardown_documents),
	    cmocka_unit_test_setup_teardown(test_refused, setup_documents, teardown_documents),
	};

	return cmocka_run_group_tests_name("oscal", tests, NULL, NULL);
}
