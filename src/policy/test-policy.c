/* Tests of the policy language: reading, the canonical form, every check, who approves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "policy/people.h"
#include "policy/test-read.h"

/* A policy without faults and warnings, in pieces, so that a test can put in its own. */
#define CITY "city \"例示市\" { code \"000000\"; timezone \"Asia/Tokyo\"; adopted 2005-04-01 }" N
#define CLASSES \
	"classes confidentiality \"R6.10\" {" N "\"3A\" > \"3B\" > \"3C\" > \"2\" > \"1\"" N "}" N
#define MYNUMBER "zone mynumber { name \"個人番号\"; networks 10.1.0.0/16, fd00:1::/32 }" N
#define LGWAN "zone lgwan { name \"LGWAN\"; networks 10.2.0.0/16, fd00:2::/32 }" N
#define INTERNET \
	"zone internet { name \"ネット\"; networks 10.3.0.0/16; holds confidentiality <= \"2\" }" N
#define PROTECT "protect mynumber > lgwan > internet" N
#define CLAUSE \
	"clause \"6.3\" \"強靭性\"" N \
	"control c for clause \"6.3\" { check net.no-path every 1 day }" N
#define PEOPLE \
	"role boss { name \"課長\"; may approve }" N "role staff { name \"職員\" }" N \
	"department city \"市\"" N "department shimin \"市民課\" in city" N \
	"member cho { name \"課長\"; department shimin; role boss; deputy ichi }" N \
	"member ichi { name \"職員1\"; department shimin; role staff }" N
#define PLACES CITY CLASSES MYNUMBER LGWAN INTERNET PROTECT CLAUSE
#define HEAD "sekisho policy 1" N
#define WHOLE HEAD PLACES PEOPLE
#define IN "route in from internet to lgwan { carry file; clean rebuild; clause \"6.3\" }" N
#define OUT(words) \
	"route out from lgwan to internet { carry file; clean rebuild; clause \"6.3\"; " words \
	" }" N

static int load(const char *text)
{
	return load_on(sk_slice_str(text), TODAY);
}

static void print_all(void)
{
	char text[500];

	for (size_t i = 0; i < diags.n; i++) {
		const struct sk_diag *d = &diags.v[i];
		sk_diag_fill(text, sizeof(text), sk_diag_text(d->code), d->a, d->b);
		print_message("%s:%u: %s\n", d->source->name, d->line, text);
	}
}

static void good(const char *text)
{
	if (load(text) || diags.n)
		print_all();
	assert_int_equal(diags.n, 0);
	assert_non_null(policy);
}

/* This one thing is told, at a place whose bytes are `marked`. */
static void tells(const char *text, enum sk_diag_code code, const char *marked)
{
	int rc = load(text);

	if (diags.n != 1 || diags.v[0].code != code)
		print_all();
	assert_int_equal(diags.n, 1);
	assert_int_equal(diags.v[0].code, code);
	assert_int_equal(rc, sk_diag_severity(code) == SK_DIAG_ERROR ? SK_EFORMAT : 0);
	struct sk_slice at = sk_slice_sub(diags.v[0].source->text, diags.v[0].at, diags.v[0].len);
	if (!sk_slice_is(at, marked))
		fail_msg("marked <%.*s>, not <%s>", (int)at.n, (const char *)at.p, marked);
}

static void test_good(void **state)
{
	good(WHOLE IN OUT("require class confidentiality <= \"2\""));
	assert_int_equal(policy->list[SK_KIND_ROUTE].n, 2);
	const struct sk_route *r = sk_policy_find(policy, SK_KIND_ROUTE, "out");
	assert_non_null(r);
	assert_int_equal(r->classes[SK_CONFIDENTIALITY].level, 3);
	assert_int_equal(r->limits.size, 100 << 20);
	assert_int_equal(r->encrypted, SK_DENY);
	assert_int_equal(r->expire, 14 * 86400);
	assert_null(sk_policy_find(policy, SK_KIND_ROUTE, "ou"));
	assert_int_equal(
	    ((const struct sk_zone *)sk_policy_find(policy, SK_KIND_ZONE, "internet"))->rank, 2);
}

static void test_words(void **state)
{
	tells("policy 1" N, SK_DIAG_VERSION, "policy 1");
	tells("", SK_DIAG_VERSION, "");
	tells("sekisho policy 2" N, SK_DIAG_VERSION_NEWER, "sekisho policy 2");
	tells(WHOLE "nonsense" N, SK_DIAG_STATEMENT, "nonsense");
	tells(WHOLE "role x { name \"a\"; nam \"b\" }" N, SK_DIAG_PROPERTY_LIKE, "nam");
	tells(WHOLE "role x { name \"a\"; colour \"b\" }" N, SK_DIAG_PROPERTY, "colour");
	tells(WHOLE "role x { name \"a\"; name \"b\" }" N, SK_DIAG_TWICE, "name");
	tells(WHOLE "role x { }" N, SK_DIAG_MISSING, "role");
	tells(WHOLE "role x" N, SK_DIAG_BLOCK_WANTED, "role");
	tells(WHOLE "role x { name \"a\" \"b\" }" N, SK_DIAG_SURPLUS, "\"b\"");
	tells(WHOLE "role x { name a }" N, SK_DIAG_EXPECTED, "a");
	tells(WHOLE "role x { name }" N, SK_DIAG_EXPECTED, "");
	tells(WHOLE "role x { name \"a\" { } }" N, SK_DIAG_BLOCK_UNWANTED, "name");
	tells(WHOLE "role X { name \"a\" }" N, SK_DIAG_NAME_FORM, "X");
	tells(WHOLE "role staff { name \"a\" }" N, SK_DIAG_DUPLICATE, "staff");
	tells(WHOLE "}" N, SK_DIAG_BLOCK_STRAY, "}");
	tells(WHOLE "role x {" N "name \"a\"" N, SK_DIAG_BLOCK_END, "{");
	tells(WHOLE "role x { name \"a\\n\" }" N, SK_DIAG_STRING_ESCAPE, "\\");
	tells(WHOLE "role x { name \"a\u202E\" }" N, SK_DIAG_CONTROL, "\u202E");
	tells(WHOLE "role x { name \"a\xFF\" }" N, SK_DIAG_UTF8, "\xFF");
	tells(WHOLE "protect lgwan > mynumber > internet" N, SK_DIAG_TWICE, "protect");
	tells(WHOLE "include \"../x\"" N, SK_DIAG_INCLUDE_NAME, "\"../x\"");
	tells(WHOLE "include \"x\"" N, SK_DIAG_INCLUDE, "\"x\"");
	tells(WHOLE "include \"p\"" N, SK_DIAG_INCLUDE_TWICE, "\"p\"");
}

static void test_values(void **state)
{
#define LIMITED(words) \
	WHOLE \
	"route in from internet to lgwan { carry file; clean rebuild; clause \"6.3\"; " words " }" N
	good(LIMITED("limit size 2000M, depth 8, members 20000, pages 20000"));
	tells(LIMITED("limit size 2001M"), SK_DIAG_LIMIT, "2001M");
	tells(LIMITED("limit depth 9"), SK_DIAG_LIMIT, "9");
	tells(LIMITED("limit members 20001"), SK_DIAG_LIMIT, "20001");
	tells(LIMITED("limit pages 20001"), SK_DIAG_LIMIT, "20001");
	tells(LIMITED("limit size 0"), SK_DIAG_ZERO, "0");
	tells(LIMITED("limit size 0M"), SK_DIAG_ZERO, "0M");
	tells(LIMITED("limit depth 0"), SK_DIAG_ZERO, "0");
	tells(LIMITED("expire 0 days"), SK_DIAG_ZERO, "0");
	tells(LIMITED("expire 7"), SK_DIAG_DURATION, "7");
	tells(LIMITED("expire 101 years"), SK_DIAG_DURATION, "years");
	tells(LIMITED("expire 99999999999999999999 days"), SK_DIAG_NUMBER, "99999999999999999999");
	tells(LIMITED("limit size 100X"), SK_DIAG_SIZE, "100X");
	tells(LIMITED("until 2026-02-29"), SK_DIAG_DATE, "2026-02-29");
	tells(LIMITED("until 平成40年3月31日"), SK_DIAG_DATE_ERA, "平成40年3月31日");
	tells(LIMITED("from 2027-04-01; until 2027-03-31"), SK_DIAG_DATES, "2027-03-31");
	tells(LIMITED("until 2027-03-31; from 2027-04-01"), SK_DIAG_DATES, "2027-04-01");
	tells(LIMITED("source 10.3.0"), SK_DIAG_ADDRESS, "10.3.0");
	tells(LIMITED("source 10.3.0.5 mac 02:00:00:00:00"), SK_DIAG_MAC, "02:00:00:00:00");
	tells(LIMITED("tcp 65536"), SK_DIAG_PORT, "65536");
	tells(LIMITED("types pdf, exee"), SK_DIAG_UNKNOWN, "exee");
	tells(LIMITED("clean rebuild"), SK_DIAG_TWICE, "clean");
	tells(LIMITED("clipboard none"), SK_DIAG_USELESS, "clipboard");
	tells(LIMITED("until 2026-03-31"), SK_DIAG_EXPIRED, "until");
	good(LIMITED("until 令和8年4月1日"));
	good(LIMITED("keep original 3 days, release passkey"));
	tells(LIMITED("keep original 3 days, release password"), SK_DIAG_EXPECTED, "password");
	tells(LIMITED("keep original 3 days, passkey"), SK_DIAG_EXPECTED, "passkey");
	tells(LIMITED("keep original 3 days, release passkey 2"), SK_DIAG_SURPLUS, "2");
	good(LIMITED("approve by superior, deputy after 1 hour, bulk confidentiality <= \"1\""));
	tells(LIMITED("approve by superior, bulk"), SK_DIAG_EXPECTED, "");
	tells(LIMITED("approve by superior, bulk confidentiality"), SK_DIAG_EXPECTED, "");
	tells(LIMITED("approve by superior, bulk confidentiality <= \"9\""), SK_DIAG_UNKNOWN,
	    "\"9\"");
	tells(LIMITED("approve by superior, passkey, bulk confidentiality <= \"1\""),
	    SK_DIAG_BULK_SIGNED, "\"1\"");
	tells(LIMITED("approve by superior, bulk confidentiality <= \"1\", passkey"),
	    SK_DIAG_BULK_SIGNED, "passkey");
}

static void test_names(void **state)
{
	tells(WHOLE
	    "route in from internett to lgwan { carry file; clean rebuild; clause \"6.3\" }" N,
	    SK_DIAG_UNKNOWN, "internett");
	tells(WHOLE
	    "route in from internet to lgwan { carry file; clean rebuild; clause \"6.4\" }" N,
	    SK_DIAG_UNKNOWN, "\"6.4\"");
	tells(WHOLE OUT("require class confidentiality <= \"9\""), SK_DIAG_UNKNOWN, "\"9\"");
	tells(WHOLE "member x { name \"a\"; department nowhere; role staff }" N, SK_DIAG_UNKNOWN,
	    "nowhere");
	tells(HEAD CLASSES MYNUMBER LGWAN INTERNET PROTECT CLAUSE, SK_DIAG_NO_CITY, "");
	tells(HEAD CITY CLASSES MYNUMBER LGWAN INTERNET CLAUSE, SK_DIAG_NO_PROTECT, "");
	tells(HEAD CITY CLASSES MYNUMBER LGWAN INTERNET CLAUSE "protect mynumber > lgwan" N,
	    SK_DIAG_PROTECT_ZONE, "protect");
}

#define LOGIN(words) \
	HEAD CITY CLASSES MYNUMBER INTERNET \
	    "zone lgwan { name \"a\"; networks 10.2.0.0/16; " words " }" N PROTECT CLAUSE

static void test_logins(void **state)
{
	static const struct {
		const char *text, *at;
		enum sk_diag_code why;
	} bad[] = {{LOGIN("login os-login"), "login", SK_DIAG_ZONE_LOGIN},
	    {LOGIN("login none"), "login", SK_DIAG_ZONE_LOGIN},
	    {LOGIN("login password, idle 59 seconds"), "login", SK_DIAG_ZONE_SESSION},
	    {LOGIN("login password, ends 25 hours"), "login", SK_DIAG_ZONE_SESSION},
	    {LOGIN("login password, idle 2 hours, ends 1 hour"), "login", SK_DIAG_ZONE_SESSION},
	    {LOGIN("login password, idle 2 days"), "login", SK_DIAG_ZONE_SESSION},
	    {LOGIN("login password, idle 0 minutes"), "0", SK_DIAG_ZERO}};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		tells(bad[i].text, bad[i].why, bad[i].at);
	assert_int_equal(
	    load(LOGIN("login two-factors, ends 8 hours, attested, idle 15 minutes") PEOPLE), 0);
	const struct sk_zone *z = sk_policy_find(policy, SK_KIND_ZONE, "lgwan");
	assert_int_equal(z->login, SK_LOGIN_TWO_FACTORS);
	assert_true(z->attested);
	assert_int_equal(z->idle, 15 * 60);
	assert_int_equal(z->ends, 8 * 3600);
	assert_null(((const struct sk_zone *)sk_policy_find(policy, SK_KIND_ZONE, "internet"))
			->login_where);
}

static void test_places(void **state)
{
	tells(HEAD CITY CLASSES MYNUMBER INTERNET
	    "zone lgwan { name \"a\"; networks 10.1.2.0/24 }" N PROTECT CLAUSE,
	    SK_DIAG_OVERLAP, "10.1.2.0/24");
	tells(HEAD CITY CLASSES MYNUMBER INTERNET
	    "zone lgwan { name \"a\"; networks fd00:1:2::/48 }" N PROTECT CLAUSE,
	    SK_DIAG_OVERLAP, "fd00:1:2::/48");
	tells(HEAD CITY CLASSES MYNUMBER INTERNET
	    "zone lgwan { name \"a\"; networks 10.2.0.1/16 }" N PROTECT CLAUSE,
	    SK_DIAG_NETWORK_HOST, "10.2.0.1/16");
	tells(HEAD CITY CLASSES MYNUMBER INTERNET
	    "zone lgwan { name \"a\"; networks 0.0.0.0/0 }" N PROTECT CLAUSE,
	    SK_DIAG_NETWORK, "0.0.0.0/0");
	tells(WHOLE "host h { interface eth0 zone lgwan address 10.3.0.5 }" N, SK_DIAG_HOST_OUTSIDE,
	    "10.3.0.5");
	good(WHOLE
	    "host h { interface eth0 zone lgwan address 10.2.0.5; interface eth1 crossing address 192.0.2.1 }" N);
	tells(WHOLE "route in from lgwan to lgwan { carry file; clean rebuild; clause \"6.3\" }" N,
	    SK_DIAG_SAME_ZONE, "lgwan");
}

/* Whatever touches the most protected zone says from where, until when, and who approved. */
static void test_guards(void **state)
{
#define FLOW(words) \
	WHOLE "flow f from mynumber to host \"x.example\" [192.0.2.10] { clause \"6.3\"; " words \
	      " }" N
#define GUARDED \
	"tcp 443; source 10.1.0.5 mac 02:00:00:00:00:05; until 2027-03-31; approved by \"CISO\" on 2026-04-01"
	good(FLOW(GUARDED));
	tells(
	    FLOW(
		"source 10.1.0.5 mac 02:00:00:00:00:05; until 2027-03-31; approved by \"a\" on 2026-04-01"),
	    SK_DIAG_GUARDED, "f");
	tells(FLOW("tcp 443; source 10.1.0.5; until 2027-03-31; approved by \"a\" on 2026-04-01"),
	    SK_DIAG_GUARDED, "f");
	tells(
	    FLOW("tcp 443; source 10.1.0.5 mac 02:00:00:00:00:05; approved by \"a\" on 2026-04-01"),
	    SK_DIAG_GUARDED, "f");
	tells(FLOW("tcp 443; source 10.1.0.5 mac 02:00:00:00:00:05; until 2027-03-31"),
	    SK_DIAG_GUARDED, "f");
	tells(
	    FLOW(
		"tcp 443; source 10.2.0.5 mac 02:00:00:00:00:05; until 2027-03-31; approved by \"a\" on 2026-04-01"),
	    SK_DIAG_HOST_OUTSIDE, "10.2.0.5");
	tells(WHOLE
	    "route r from lgwan to mynumber { carry file; clean rebuild; clause \"6.3\"; tcp 8443;"
	    "source 10.2.0.5 mac 02:00:00:00:00:05; until 2027-03-31; approved by \"a\" on 2026-04-01 }" N,
	    SK_DIAG_GUARDED, "r");
}

static void test_classes(void **state)
{
	tells(WHOLE OUT("expire 7 days"), SK_DIAG_CLASS_MISSING, "out");
	tells(WHOLE OUT("require class confidentiality <= \"3C\""), SK_DIAG_CLASS_HIGHER, "\"3C\"");
	good(WHOLE OUT("require class confidentiality <= \"1\""));
	tells(HEAD CITY CLASSES MYNUMBER LGWAN
	    "zone internet { name \"a\"; networks 10.3.0.0/16 }" N PROTECT CLAUSE PEOPLE OUT(
		"require class confidentiality <= \"2\""),
	    SK_DIAG_CLASS_CEILING, "internet");
}

#define ON(words) \
	"route on from lgwan to mynumber { carry file; clean rebuild; clause \"6.3\"; tcp 8443;" \
	"source 10.2.0.5 mac 02:00:00:00:00:05; until 2027-03-31; approved by \"a\" on 2026-04-01;" \
	"approve by superior, deputy after 1 hour; " words " }" N

static void test_laundering(void **state)
{
	good(WHOLE ON("expire 1 day"));
	tells(WHOLE IN ON("expire 1 day"), SK_DIAG_LAUNDER, "on");
	good(WHOLE IN ON("origin internet"));
	tells(
	    WHOLE IN ON("origin internet") "deny d from internet to mynumber { clause \"6.3\" }" N,
	    SK_DIAG_ORIGIN_DENIED, "internet");
}

#define APPROVED(words) OUT("require class confidentiality <= \"2\"; approve by " words)
#define ALONE \
	"role boss { name \"課長\"; may approve }" N "department city \"市\"" N \
	"member cho { name \"課長\"; department city; role boss }" N

static void test_people(void **state)
{
	good(WHOLE APPROVED("superior, deputy after 4 hours"));
	tells(WHOLE APPROVED("superior"), SK_DIAG_SELF_APPROVAL, "cho");
	tells(WHOLE APPROVED("role boss"), SK_DIAG_SELF_APPROVAL, "cho");
	tells(HEAD PLACES ALONE, SK_DIAG_NO_DEPUTY, "cho");
	tells(WHOLE "member x { name \"a\"; department city; role staff }" N APPROVED(
		  "superior, deputy after 4 hours"),
	    SK_DIAG_NO_APPROVER, "x");
	tells(WHOLE "clause \"7\" \"a\"" N, SK_DIAG_NO_CONTROL, "\"7\"");
	tells(WHOLE "department a { name \"a\"; in a }" N, SK_DIAG_CIRCLE, "a");
}

static void test_approvers(void **state)
{
	const struct sk_member *found[8];
	size_t first;

	good(WHOLE APPROVED("superior, deputy after 4 hours"));
	const struct sk_route *r = sk_policy_find(policy, SK_KIND_ROUTE, "out");
	const struct sk_member *cho = sk_policy_find(policy, SK_KIND_MEMBER, "cho");
	const struct sk_member *ichi = sk_policy_find(policy, SK_KIND_MEMBER, "ichi");
	assert_int_equal(
	    sk_policy_approvers(policy, &r->approve, ichi, TODAY, found, 8, &first), 1);
	assert_int_equal(first, 1);
	assert_ptr_equal(found[0], cho);
	/* Nobody approves his own: the deputy does. */
	assert_int_equal(sk_policy_approvers(policy, &r->approve, cho, TODAY, found, 8, &first), 1);
	assert_int_equal(first, 0);
	assert_ptr_equal(found[0], ichi);
}

/* Who runs the posts as well is no approver: the next one above is, and it is said. */
static void test_no_approver_runs_the_posts(void **state)
{
	static const char *const asks[] = {"san", "joho-cho"};
	const struct sk_member *found[8];
	size_t first;

	tells(WHOLE
	    "role runs { name \"管理\"; may administer }" N
	    "department joho \"情報政策課\" in city" N
	    "member joho-cho { name \"情報課長\"; department joho; role boss, runs; deputy ichi }" N
	    "member fuku { name \"副市長\"; department city; role boss; deputy cho }" N
	    "member san { name \"職員3\"; department joho; role staff }" N APPROVED(
		"superior, deputy after 4 hours"),
	    SK_DIAG_RUNS_AND_APPROVES, "joho-cho");
	const struct sk_route *r = sk_policy_find(policy, SK_KIND_ROUTE, "out");
	const struct sk_member *fuku = sk_policy_find(policy, SK_KIND_MEMBER, "fuku");
	for (size_t i = 0; i < 2; i++) {
		const struct sk_member *who = sk_policy_find(policy, SK_KIND_MEMBER, asks[i]);
		size_t n = sk_policy_approvers(policy, &r->approve, who, TODAY, found, 8, &first);
		assert_int_equal(n, 2); /* and his deputy */
		assert_int_equal(first, 1);
		assert_ptr_equal(found[0], fuku);
	}
}

/* Whose login one person alone does not say. */
static void test_trusted(void **state)
{
	good(WHOLE
	    "role seal { name \"公印\" }" N
	    "member kagi { name \"鍵\"; department city; role seal; deputy san }" N
	    "member san { name \"職員3\"; department city; role staff }" N
	    "member shi { name \"職員4\"; department city; role staff }" N
	    "member moto { name \"元課長\"; department city; role boss; deputy shi; until 2020-03-31 }" N
		APPROVED("role seal, deputy after 4 hours"));
	static const struct {
		const char *name;
		bool trusted;
	} rows[] = {{"cho", true}, {"kagi", true}, {"san", true}, {"shi", false}, {"ichi", true}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct sk_member *m = sk_policy_find(policy, SK_KIND_MEMBER, rows[i].name);
		assert_non_null(m);
		assert_int_equal(sk_policy_trusts(policy, m, TODAY), rows[i].trusted);
	}
}

#define MOVED(last, first) \
	WHOLE "department zei \"税務課\" in city" N \
	      "member zei-cho { name \"税務課長\"; department zei; role boss; deputy cho }" N \
	      "member ni { name \"職員2\"; department zei; role staff; from " first " }" N \
	      "member ni { name \"職員2\"; department shimin; role staff; until " last \
	      " }" N APPROVED("superior, deputy after 4 hours")

static const char *superior_of(const struct sk_member *m, int32_t day)
{
	const struct sk_route *r = sk_policy_find(policy, SK_KIND_ROUTE, "out");
	const struct sk_member *found[8];
	size_t first;

	assert_true(sk_policy_approvers(policy, &r->approve, m, day, found, 8, &first) > 0);
	assert_int_equal(first, 1);
	return found[0]->named.name;
}

/* One person, two departments, one after the other; which, the day alone says, not the order of the text. */
static void test_moved(void **state)
{
	good(MOVED("2026-04-01", "2026-04-02"));
	const struct sk_member *ni = sk_policy_find(policy, SK_KIND_MEMBER, "ni");
	assert_ptr_equal(sk_member_on(ni, TODAY), ni);
	assert_ptr_equal(sk_member_on(ni, TODAY + 1), ni->next);
	assert_true(sk_member_same(ni, ni->next));
	assert_string_equal(superior_of(ni, TODAY), "cho");
	assert_string_equal(superior_of(ni, TODAY + 1), "zei-cho");
	assert_string_equal(superior_of(ni->next, TODAY), "cho");
	good(MOVED("2026-04-01", "2026-04-03"));
	ni = sk_policy_find(policy, SK_KIND_MEMBER, "ni");
	assert_false(sk_span_holds(&sk_member_on(ni, TODAY + 1)->span, TODAY + 1));
	tells(MOVED("2026-04-02", "2026-04-02"), SK_DIAG_PARTS, "ni");
	tells(WHOLE "member ichi { name \"職員1\"; department city; role staff }" N, SK_DIAG_PARTS,
	    "ichi");
}

/* A superior on both days, in two departments, approves nothing of his own; his deputy of the day does. */
static void test_moved_superior(void **state)
{
	const struct sk_member *found[8];
	size_t first;

	good(WHOLE
	    "department zei \"税務課\" in city" N
	    "member saki { name \"次長\"; department zei; role boss; deputy ichi; until 2026-04-01 }" N
	    "member saki { name \"次長\"; department zei; role boss; deputy cho; from 2026-04-02 }" N
		APPROVED("superior, deputy after 4 hours"));
	const struct sk_route *r = sk_policy_find(policy, SK_KIND_ROUTE, "out");
	const struct sk_member *saki = sk_policy_find(policy, SK_KIND_MEMBER, "saki");
	for (int32_t day = TODAY; day < TODAY + 2; day++) {
		assert_int_equal(
		    sk_policy_approvers(policy, &r->approve, saki, day, found, 8, &first), 1);
		assert_int_equal(first, 0);
		assert_string_equal(found[0]->named.name, day == TODAY ? "ichi" : "cho");
	}
}

static void formats(const char *in, const char *want)
{
	struct sk_buf out = SK_BUF(1 << 20);
	struct sk_source *source = NULL;

	diags = (struct sk_diags){.arena = arena};
	assert_int_equal(sk_policy_read(arena, &diags, "p", sk_slice_str(in), &source), 0);
	assert_int_equal(sk_policy_format(source, &out), 0);
	if (!sk_slice_is(sk_buf_slice(&out), want))
		fail_msg("got <%.*s>, not <%s>", (int)out.len, (const char *)out.p, want);
	sk_buf_free(&out);
}

static void test_format(void **state)
{
	formats("sekisho policy 1" N "a  b,c ;d", "sekisho policy 1" N N "a b, c" N "d" N);
	formats("\xEF\xBB\xBFsekisho policy 1\r\na { # x\r\n  b\u3000\"c\" }\r\n",
	    "sekisho policy 1" N N "a {  # x" N "\tb \"c\"" N "}" N);
	formats("sekisho policy 1" N "# one" N N "# two" N "a # three" N N N "b" N "# last" N,
	    "sekisho policy 1" N N "# one" N N "# two" N "a  # three" N N "b" N N "# last" N);
	formats("sekisho policy 1" N "f to [ 192.0.2.1,192.0.2.2 ] {" N "x <= \"2\"" N "# end" N
		"}",
	    "sekisho policy 1" N N "f to [192.0.2.1, 192.0.2.2] {" N "\tx <= \"2\"" N "\t# end" N
	    "}" N);
	formats("sekisho policy 1" N "a b," N "  c" N "p x >" N "y" N,
	    "sekisho policy 1" N N "a b, c" N "p x > y" N);
}

/* The hash is that of the meaning: spaces do not change it, a word does. */
static void test_hash(void **state)
{
	uint8_t hash[32];

	good(WHOLE IN);
	memcpy(hash, policy->hash, sizeof(hash));
	good(WHOLE "\n\n   " IN);
	assert_memory_equal(policy->hash, hash, sizeof(hash));
	good(WHOLE
	    "route inn from internet to lgwan { carry file; clean rebuild; clause \"6.3\" }" N);
	assert_memory_not_equal(policy->hash, hash, sizeof(hash));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_good, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_words, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_values, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_names, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_logins, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_places, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_guards, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_classes, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_laundering, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_people, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_approvers, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_no_approver_runs_the_posts, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_trusted, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_moved, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_moved_superior, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_format, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_hash, setup, teardown),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
