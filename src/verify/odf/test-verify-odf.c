/* Formulas and links that a cleaned OpenDocument file must not hold, one each (doc/profiles/odf.md, sections 5 and 6). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "verify/odf/value.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void check(const char *const *list, size_t n, bool (*ok)(struct sk_slice s), bool want)
{
	for (size_t i = 0; i < n; i++)
		if (ok(sk_slice_str(list[i])) != want)
			fail_msg("%s: %s", want ? "refused" : "passed", list[i]);
}

static void formulas(void **state)
{
	static const char *const good[] = {"of:=[.A1]+[$'a[1]'.B2]", "of:=[.A1:.B2]!Name",
	    "msoxl:=SUM(Table1[[#This Row],[x]])+'a b'!A1+Sheet1!B2", "msoxl:=\"[a.xlsx]\"&A1",
	    "msoxl:=1.5+A1"};
	static const char *const bad[] = {"msoxl:=[a.xlsx]Sheet1!A1", "msoxl:=1+[1]Sheet1!A1",
	    "msoxl:='[a.xlsx]S'!A1", "msoxl:=a.xlsx!Name", "msoxl:[1]!x", "msoxl:=cmd|'/c x'!A1",
	    "of:=['file:///a.ods'#$S.A1]", "of:=WEBSERVICE(\"http://a.example/\")", "x:=1"};

	(void)state;
	check(good, COUNT(good), sk_vo_formula, true);
	check(bad, COUNT(bad), sk_vo_formula, false);
}

static void links(void **state)
{
	static const char *const good[] = {"http://a.example/?attach=1", "mailto:a@example.jp",
	    "mailto:a@example.jp?", "MAILTO:a@example.jp?Subject=Q&A&cc=b@example.jp",
	    "#Sheet1.A1"};
	static const char *const bad[] = {"mailto:a@example.jp?attach=/etc/passwd",
	    "mailto:?subject=x&attachment=x", "MailTo:?to=a&%61ttach=x",
	    "mailto:?subject=x&amp;attach=x", "mailto:a?b?attach=x", "file:///x", "#file:///x"};

	(void)state;
	check(good, COUNT(good), sk_vo_link, true);
	check(bad, COUNT(bad), sk_vo_link, false);
}

/* LibreOffice makes a component of what is named in other ones. */
static void charts(void **state)
{
	static const char *const good[] = {"chart:bar", "chart:filled-radar", "line"};
	static const char *const bad[] = {"",
	    "chart:", "ooo:com.sun.star.script.provider.ScriptProvider", "com.sun.star.a",
	    "chart:Bar", "chart:a:b"};

	(void)state;
	check(good, COUNT(good), sk_vo_chart, true);
	check(bad, COUNT(bad), sk_vo_chart, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(formulas), cmocka_unit_test(links), cmocka_unit_test(charts)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
