/* The checker of web pages against what the cleaner never writes: doc/profiles/html.md, rule by rule. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "verify/verify.h"

#define HEAD "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">"
#define BODY HEAD "</head><body>"
#define END "</body></html>"

static int check(const char *page, bool mail)
{
	struct sk_check c = {.arena = sk_arena_new((size_t)16 << 20)};
	struct sk_slice in = sk_slice_str(page);
	int rc = mail ? sk_verify_html_in_mail(&c, in) : sk_verify_html(&c, in);

	if (rc == SK_EFORMAT)
		assert_true(c.fault.what[0] != 0);
	sk_arena_free(c.arena);
	return rc;
}

#define GOOD(page) assert_int_equal(check(page, false), 0)
#define BAD(page) assert_int_equal(check(page, false), SK_EFORMAT)
#define FITS(content) GOOD(BODY content END)
#define FAILS(content) BAD(BODY content END)

static void test_page(void **state)
{
	GOOD(BODY END);
	GOOD("<!DOCTYPE html>\n<html lang=\"ja\" dir=\"rtl\"><head><meta "
	     "charset=\"utf-8\"><title>a &amp; b</title><style>\np{top:0}\n</style></head><body "
	     "class=\"a\">x" END);
	BAD("");
	BAD(HEAD);
	BAD(BODY);
	BAD(BODY END "\n");
	BAD(" " BODY END);
	BAD("<!DOCTYPE html>\n<html dir=\"rtl\" lang=\"ja\"><head><meta charset=\"utf-8\"></head><body>" END);
	BAD("<!DOCTYPE html>\n<html class=\"a\"><head><meta charset=\"utf-8\"></head><body>" END);
	BAD(HEAD "<title></title></head><body>" END);
	BAD(HEAD "<title>a\n</title></head><body>" END);
	BAD(HEAD "<style>\n</style></head><body>" END);
	BAD(HEAD "<script>x</script></head><body>" END);
}

static void test_elements(void **state)
{
	FITS("<p>a<br>b<img alt=\"\"></p><div><p>x</p></div>");
	FAILS("<script>x</script>");
	FAILS("<P>x</P>");
	FAILS("<p>x");
	FAILS("<b><i>x</b></i>");
	FAILS("<br></br>");
	FAILS("<br/>");
	FAILS("<p >x</p>");
	FAILS("<!-- x -->");
	FAILS("<svg></svg>");
	FAILS("a > b");
	FAILS("&nbsp;");
	FAILS("&#60;");
	FAILS("a & b");
	FAILS("&quot;");
	FAILS("a\rb");
	FAILS("a\xE2\x80\xAE");
	FAILS("\xFF");
}

static void test_places(void **state)
{
	FAILS("<p><div>x</div></p>");
	FAILS("<p><b><table></table></b></p>");
	FITS("<div><table><tbody><tr><td><p>x</p></td></tr></tbody></table></div>");
	FITS("<a><table><tbody><tr><td><a>x</a></td></tr></tbody></table></a>");
	FAILS("<a><b><a>x</a></b></a>");
	FAILS("<table><tr></tr></table>");
	FAILS("<table><tbody><td></td></tbody></table>");
	FAILS("<table>x</table>");
	FAILS("<table><p>x</p></table>");
	FITS("<table>\n<caption>x</caption> <colgroup><col></colgroup></table>");
	FAILS("<td>x</td>");
	FAILS("<ul><li><li>x</li></li></ul>");
	FAILS("<ul><li><div><li>x</li></div></li></ul>");
	FITS("<ul><li><ul><li>x</li></ul></li></ul>");
	FAILS("<dl><dt><dd>x</dd></dt></dl>");
	FAILS("<h1><h2>x</h2></h1>");
	FITS("<h1><b><h2>x</h2></b></h1>");
	FITS("<ruby>a<rt>b</rt></ruby>");
	FAILS("<ruby><rt><rt>b</rt></rt></ruby>");
	FAILS("<p><rt>b</rt></p>");
	FITS("<pre>\n\nx</pre>");
	FAILS("<pre>\nx</pre>");
	FITS("<pre>x\ny</pre>");
}

static void test_attributes(void **state)
{
	FITS("<p id=\"a\" class=\"b c\" title=\"&quot;&lt;&gt;&amp;\n\">x</p>");
	FAILS("<p onclick=\"x\">x</p>");
	FAILS("<p id=\"a\" id=\"b\">x</p>");
	FAILS("<p id='a'>x</p>");
	FAILS("<p id=a>x</p>");
	FAILS("<p title=\"<\">x</p>");
	FAILS("<p title=\"&apos;\">x</p>");
	FAILS("<p id=\"a b\">x</p>");
	FAILS("<p class=\"a  b\">x</p>");
	FAILS("<p href=\"#x\">x</p>");
	FAILS("<p width=\"1px\">x</p>");
	FAILS("<p bgcolor=\"#12\">x</p>");
	FAILS("<p style=\"\">x</p>");
	FAILS("<p align=\"a b\">x</p>");
}

static void test_links(void **state)
{
	FITS("<a href=\"https://example.com:8080/a?b&amp;c#d\">x</a>");
	FITS("<a href=\"mailto:a@example.jp?subject=b&amp;body=c\">x</a>");
	FITS("<a href=\"#a\">x</a>");
	FAILS("<a href=\"\">x</a>");
	FAILS("<a href=\"javascript:x\">x</a>");
	FAILS("<a href=\"HTTP://example.com\">x</a>");
	FAILS("<a href=\"//example.com\">x</a>");
	FAILS("<a href=\"http://a@example.com\">x</a>");
	FAILS("<a href=\"http://\">x</a>");
	FAILS("<a href=\"http://example.com\\a\">x</a>");
	FAILS("<a href=\"http://example.com/a b\">x</a>");
	FAILS("<a href=\"a.html\">x</a>");
	FAILS("<a href=\"mailto:a?attach=b\">x</a>");
	FAILS("<a href=\"mailto:a?subject=b&amp;attach=b\">x</a>");
}

static void test_pictures(void **state)
{
	FAILS("<img src=\"http://example.com/\">");
	FAILS("<img src=\"data:text/html;base64,AAAA\">");
	FAILS("<img src=\"data:image/png;base64,AAAA\">");
	FAILS("<img src=\"data:image/png;base64,AAA\">");
	FAILS("<img src=\"cid:a@example.jp\">");
	assert_int_equal(check(BODY "<img src=\"cid:a@example.jp\">" END, true), 0);
	assert_int_equal(check(BODY "<img src=\"cid:a b\">" END, true), SK_EFORMAT);
}

static void test_styles(void **state)
{
	FITS("<p style=\"color:red;margin:0 auto!important\">x</p>");
	FITS("<p style=\"font-family:'a\\27 b',x;width:calc(1px + (2% * 3))\">x</p>");
	FAILS("<p style=\"color:red;\">x</p>");
	FAILS("<p style=\"Color:red\">x</p>");
	FAILS("<p style=\"behavior:x\">x</p>");
	FAILS("<p style=\"width:expression(1)\">x</p>");
	FAILS("<p style=\"background:url(http://x.invalid)\">x</p>");
	FAILS("<p style=\"color:r\\65 d\">x</p>");
	FAILS("<p style=\"color:/**/red\">x</p>");
	FAILS("<p style=\"position:fixed\">x</p>");
	FAILS("<p style=\"color:unknown\">x</p>");
	FAILS("<p style=\"width:1xx\">x</p>");
	FAILS("<p style=\"width:calc(1px\">x</p>");
}

#define SHEET_FITS(css) GOOD(HEAD "<style>\n" css "</style></head><body>" END)
#define SHEET_FAILS(css) BAD(HEAD "<style>\n" css "</style></head><body>" END)

static void test_sheets(void **state)
{
	SHEET_FITS("a.b #c>d:hover::before,*{top:0}\n@page{size:a4}\n");
	SHEET_FITS(
	    "@media only screen and (max-width:6px),print{\np:not(.a):nth-child(2n+1){top:0}\n}\n");
	SHEET_FITS("[a='b'],[a],[a~='b']{top:0}\n");
	SHEET_FAILS("@import 'x';\n");
	SHEET_FAILS("@font-face{src:x}\n");
	SHEET_FAILS("p{}\n");
	SHEET_FAILS("p{top:0}");
	SHEET_FAILS("p{top:0}\n\n");
	SHEET_FAILS("p,{top:0}\n");
	SHEET_FAILS("p:unknown{top:0}\n");
	SHEET_FAILS("@media x{\np{top:0}\n}\n");
	SHEET_FAILS("@media all{\n}\n");
	SHEET_FAILS("@media all{\n@media all{\n@media all{\n@media all{\np{top:0}\n}\n}\n}\n}\n");
	SHEET_FAILS("p{content:'<'}\n");
	SHEET_FAILS("p{content:attr(href url)}\n");
	SHEET_FAILS("p{content:attr(href,url)}\n");
	SHEET_FAILS("p{content:attr(href,)}\n");
	SHEET_FITS("p{content:attr(title) counter(a,decimal)}\n");
	SHEET_FAILS("p{content:'\\9 '}\n");
}

static void test_depth(void **state)
{
	static char page[20000];
	size_t n = 0;

	for (unsigned levels = 500; levels <= 501; levels++) {
		n = (size_t)snprintf(page, sizeof(page), "%s", BODY);
		for (unsigned i = 0; i < levels; i++)
			n += (size_t)snprintf(page + n, sizeof(page) - n, "<b>");
		for (unsigned i = 0; i < levels; i++)
			n += (size_t)snprintf(page + n, sizeof(page) - n, "</b>");
		snprintf(page + n, sizeof(page) - n, "%s", END);
		assert_int_equal(check(page, false), levels == 500 ? 0 : SK_EFORMAT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_page),
	    cmocka_unit_test(test_elements),
	    cmocka_unit_test(test_places),
	    cmocka_unit_test(test_attributes),
	    cmocka_unit_test(test_links),
	    cmocka_unit_test(test_pictures),
	    cmocka_unit_test(test_styles),
	    cmocka_unit_test(test_sheets),
	    cmocka_unit_test(test_depth),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
