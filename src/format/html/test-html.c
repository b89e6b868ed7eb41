/* Web pages: what stays and where, what goes and how it is told, what breaks others; the text of a page. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "format/html/html.h"

#include "format/test-run.h"

static struct sk_report report;
static struct sk_output out;

/* A picture is what begins with PIC. */
static int fake_clean(struct sk_job *job, const char *name, struct sk_slice in, struct sk_output *o,
    enum sk_code *why)
{
	*why = SK_REASON_UNKNOWN_TYPE;
	if (!sk_slice_starts(in, SK_SLICE_LIT("PIC")))
		return SK_EREFUSED;
	o->type = SK_FT_PNG;
	return sk_buf_puts(&o->bytes, "PIC");
}

static int run(struct sk_slice in, bool text)
{
	static const struct sk_services services = {.clean_member = fake_clean};
	struct tr_run t = {
	    &sk_html_handler, SK_FT_HTML, .text = text, .name = "x.html", .services = &services};

	sk_buf_free(&out.bytes);
	return tr_clean(&t, in, &report, &out);
}

static void verify(void)
{
	struct sk_check c = {.arena = sk_arena_new((size_t)256 << 20)};

	if (sk_verify_html(&c, sk_buf_slice(&out.bytes)))
		fail_msg("%s at %d: %.*s", c.fault.what, (int)c.fault.offset, (int)out.bytes.len,
		    out.bytes.p);
	sk_arena_free(c.arena);
}

#define HEAD "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">"

static void is_whole(const char *in, const char *want)
{
	assert_int_equal(run(sk_slice_str(in), false), 0);
	struct sk_report first;
	sk_report_copy(&first, &report);
	sk_buf_putc(&out.bytes, 0);
	assert_string_equal((char *)out.bytes.p, want);
	out.bytes.len--;
	if (strstr(want, "base64") == NULL)
		verify();
	assert_int_equal(run(sk_slice_str(want), false), 0);
	assert_int_equal(report.nremoved, 0);
	assert_true(sk_slice_is(sk_buf_slice(&out.bytes), want));
	sk_report_copy(&report, &first);
}

/* The content of the body. */
static void is(const char *in, const char *want)
{
	struct sk_buf b = SK_BUF(100000);

	sk_buf_printf(&b, "%s</head><body>%s</body></html>", HEAD, want);
	sk_buf_putc(&b, 0);
	is_whole(in, (char *)b.p);
	sk_buf_free(&b);
}

#define TOLD(code, n) assert_int_equal(sk_report_count(&report, SK_HTML_##code), n)

static void test_stays(void **state)
{
	is("<p class='a  b' title='&quot;&lt;'>x &amp; y</p>",
	    "<p class=\"a b\" title=\"&quot;&lt;\">x &amp; y</p>");
	is("<a href=' HTTPS://example.com/a b?c=d&amp;e=\"f#g'>x</a>",
	    "<a href=\"https://example.com/a%20b?c=d&amp;e=%22f#g\">x</a>");
	is("<a href='mailto:a@example.jp?Subject=x&amp;body=y'>x</a>",
	    "<a href=\"mailto:a@example.jp?Subject=x&amp;body=y\">x</a>");
	is("<img src='data:image/png,x' alt=y><img src='data:IMAGE/x;base64,UElD'>",
	    "<img alt=\"y\"><img src=\"data:image/png;base64,UElD\">");
	TOLD(IMAGE, 1);
	is("<font color=red size=+1>x<table bgcolor=FFFFFF width=100px>",
	    "<font color=\"red\" size=\"+1\">x<table bgcolor=\"#FFFFFF\" width=\"100\"></table></font>");
	is("<ruby>漢<rp>(<rt>かん<rp>)</ruby>\uE000葛\U000E0100",
	    "<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>\uE000葛\U000E0100");
	is("<pre>\n\n x</pre><pre>\ny</pre><pre><!-- c -->\nz</pre>",
	    "<pre>\n\n x</pre><pre>y</pre><pre>\n\nz</pre>");
	is("<nobr style='color:red'>x</nobr><nobr>y",
	    "<span style=\"white-space:nowrap;color:red\">x</span><span "
	    "style=\"white-space:nowrap\">y</span>");
	is_whole("<html lang=ja dir=ltr><title> a\n b&lt;</title><style>p{color:red}</style>x",
	    "<!DOCTYPE html>\n<html lang=\"ja\" dir=\"ltr\"><head><meta charset=\"utf-8\">"
	    "<title>a b&lt;</title><style>\np{color:red}\n</style></head><body>x</body></html>");
	/* What only looks like a title or a sheet ends no search for those that are. */
	is_whole(
	    "<!-- <title> --><svg><title>s</title><style>q{}</style></svg><p title='<style>'>x</p><STYLE>p{color:red}</STYLE>"
	    "<p>y</p><title>late</title>",
	    "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>late</title><style>\np{color:red}\n</style></head><body>"
	    "<p title=\"&lt;style&gt;\">x</p><p>y</p></body></html>");
	is("", "");
}

static void test_goes(void **state)
{
	is("a<script>x</script><p onclick=x ONFOO=y>b<svg onload=x><script>y</script></svg>",
	    "a<p>b</p>");
	TOLD(SCRIPT, 1);
	TOLD(EVENT, 2);
	TOLD(DRAWING, 1);
	is("<a href='java\tscript:x'>a</a><a href='//example.com/'>b</a><a href=x.exe>c</a>"
	   "<a href='http://a@example.com'>d</a><a href='http:\\\\example.com'>e</a>"
	   "<a href='mailto:a?attach=/x'>f</a><a href='data:text/html,x'>g</a>",
	    "<a>a</a><a>b</a><a>c</a><a>d</a><a>e</a><a>f</a><a>g</a>");
	TOLD(LINK, 7);
	is("<iframe src=x></iframe><object data=x>y</object><embed src=x><img src=http://x.invalid/a "
	   "srcset=b><body background=x><video poster=x></video><link rel=stylesheet href=x>",
	    "<img>");
	TOLD(FRAME, 3);
	TOLD(REMOTE, 4);
	TOLD(MEDIA, 1);
	is("<meta http-equiv=refresh content='0;url=x'><base href=x><meta name=a content=b>x", "x");
	TOLD(REFRESH, 1);
	TOLD(METADATA, 1);
	is("<!-- a --><!--[if mso]>x<![endif]--><![if !mso]>y<![endif]>", "y");
	TOLD(COMMENT, 4);
	is("<xml><o:x>a</o:x></xml><v:shape><p>b</p></v:shape><o:p>c</o:p>", "c");
	is("x<template>a</template><noscript>b</noscript>", "x");
	TOLD(HIDDEN, 2);
	is("<form action=x><input value=a><input type=checkbox checked><select><option>b<option "
	   "selected>c</select></form>",
	    "<div><span style=\"border:1px solid #767676\">a</span>☑<span style=\"border:1px "
	    "solid #767676\">b / ▶c</span></div>");
	is("a\u202Eb&#x202E;c&#0;&#27;[31md", "abc\uFFFDd");
	is("<p style='background:url(//x.invalid/)'>a", "<p>a</p>");
	is("<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 "
	   "onerror=x&gt;\">",
	    "");
}

/* What a parser would end, move or repeat is written so that it does not. */
static void test_places(void **state)
{
	is("<p>a<table><tr><td>b</table>c",
	    "<div>a<table><tbody><tr><td>b</td></tr></tbody></table>c</div>");
	is("<p><button><p>b</button>", "<div><span style=\"border:1px solid "
				       "#767676\"><p>b</p></span></div>");
	is("<!DOCTYPE html><a href=#x><marquee><a id=y>b",
	    "<a href=\"#x\"><span id=\"y\">b</span></a>");
}

static void test_nested(void **state)
{
	is("<ul><li><button><li>a</button></ul>",
	    "<ul><li><span style=\"border:1px solid #767676\"><div>a</div></span></li></ul>");
	is("<h1><marquee><h2>a", "<h1><div>a</div></h1>");
	is("<p><b><div>a</b>b</div>", "<p><b></b></p><div><b>a</b>b</div>");
	is("<table>x<tr><p>y<td>z</table>",
	    "x<p>y</p><table><tbody><tr><td>z</td></tr></tbody></table>");
}

static void test_charsets(void **state)
{
	is("<meta charset=shift_jis><p>\x95\x5C\x83\x5C", "<p>表ソ</p>");
	is("<meta http-equiv=Content-Type content='text/html; charset=EUC-JP'>\xC9\xBD", "表");
	is("<meta charset=iso-2022-jp>\033$B-!\033(B", "①");
	is("\xEF\xBB\xBF<meta charset=shift_jis>表", "表");
	is("<meta charset=utf-8>\x95\x5C\x8E\xA6\x94\x5C\x97\xCD", "表示能力");
	is("<meta charset=utf-7>+ADw-script+AD4-", "+ADw-script+AD4-");
	is("<meta charset=utf-8>a\033$Bb\033(Bc", "abc");
}

static void refused(struct sk_buf *b, enum sk_code reason)
{
	assert_int_equal(run(sk_buf_slice(b), false), SK_EREFUSED);
	assert_int_equal(report.reason, reason);
	sk_buf_free(b);
}

/* `what` with a number behind it, and `behind`, many times. */
static struct sk_buf repeated(const char *before, const char *what, const char *behind, unsigned n)
{
	struct sk_buf b = SK_BUF((size_t)64 << 20);

	sk_buf_puts(&b, before);
	for (unsigned i = 0; i < n; i++)
		sk_buf_printf(&b, "%s%u%s", what, i, behind);
	return b;
}

static void test_limits(void **state)
{
	struct sk_buf b = repeated("", "<div a=", ">", SK_LIMIT_HTML_DEPTH);
	refused(&b, SK_REASON_LIMIT_NESTING);
	b = repeated("", "<div a=", ">", SK_LIMIT_HTML_DEPTH - 1);
	assert_int_equal(run(sk_buf_slice(&b), false), 0);
	verify();
	sk_buf_free(&b);
	b = repeated("", "<div a=", ">", SK_LIMIT_HTML_OPEN + 1);
	refused(&b, SK_REASON_LIMIT_NESTING);
	b = repeated("<p", " a", "=b", SK_LIMIT_HTML_ATTRIBUTES + 1);
	sk_buf_putc(&b, '>');
	refused(&b, SK_REASON_LIMIT_OBJECTS);
	b = repeated("<p", " a", "=b", SK_LIMIT_HTML_ATTRIBUTES);
	sk_buf_putc(&b, '>');
	assert_int_equal(run(sk_buf_slice(&b), false), 0);
	sk_buf_free(&b);
	b = repeated("<p>", "<b a", ">", 400);
	for (unsigned i = 0; i < 20000; i++)
		sk_buf_puts(&b, "<p>x");
	refused(&b, SK_REASON_LIMIT_OBJECTS);
}

static void text_is(const char *in, const char *want)
{
	assert_int_equal(run(sk_slice_str(in), true), 0);
	sk_buf_putc(&out.bytes, 0);
	assert_string_equal((char *)out.bytes.p, want);
	assert_int_equal(out.type, SK_FT_TXT);
}

static void test_text(void **state)
{
	text_is("<title>t</title><p>a\n b</p><p>漢\n字 x", "t\n\na b\n\n漢字 x\n");
	text_is("<table><tr><th>a<th>b<tr><td>1<br>2<td><p>3</p><p>4</p></table>z",
	    "a\tb\n1 2\t3 4\nz\n");
	text_is("<table><tr><td><table><tr><td>a<td>b</table><td>c</table>", "a\tb\nc\n");
	text_is(
	    "<ul><li>a<ol start=3><li>b<li>c</ol><li>d</ul>e", "* a\n  3. b\n  4. c\n* d\n\ne\n");
	text_is("<a href='https://example.com/x'>a</a> <a href='http://b.example.com'>"
		"http://b.example.com</a> <a href='javascript:x'>c</a>",
	    "a [https://example.com/x] http://b.example.com c\n");
	text_is(
	    "x<blockquote>a<blockquote>b</blockquote></blockquote>y", "x\n\n> a\n\n> > b\n\ny\n");
	text_is("<ruby>漢字<rp>(<rt>かな<rp>)</ruby>", "漢字(かな)\n");
	text_is("a<br>b<hr><img alt='c d'><pre>  e\n\tf</pre>",
	    "a\nb\n----------------------------------------\n[c d]\n\n  e\n\tf\n");
	text_is("<script>x</script><p hidden>a&lt;b", "a<b\n");
	text_is("&lt;html>", "'<html>\n");
	text_is("", "\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_stays),
	    cmocka_unit_test(test_goes),
	    cmocka_unit_test(test_places),
	    cmocka_unit_test(test_nested),
	    cmocka_unit_test(test_charsets),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
