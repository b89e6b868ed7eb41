/* Style sheets and data: pictures: what stays, what goes, what comes out of broken ones. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "format/css/css.h"

static int picture(void *ctx, struct sk_slice url, struct sk_buf *out)
{
	if (!sk_slice_starts(url, SK_SLICE_LIT("data:")))
		return SK_EREFUSED;
	return sk_buf_puts(out, "data:image/png;base64,AAAA");
}

static struct sk_css last;

static void check(const char *in, const char *want, bool sheet)
{
	struct sk_buf out = SK_BUF(100000);

	sk_css_init(&last);
	last.picture = picture;
	struct sk_slice s = sk_slice_str(in);
	int rc = sheet ? sk_css_sheet(&last, s, &out) : sk_css_declarations(&last, s, &out);
	assert_int_equal(rc, 0);
	sk_buf_putc(&out, 0);
	assert_string_equal((char *)out.p, want);
	sk_css_free(&last);
	sk_buf_free(&out);
}

static void is(const char *in, const char *want)
{
	check(in, want, false);
	uint32_t dropped = last.dropped, remote = last.remote;
	check(want, want, false);
	assert_int_equal(last.dropped + last.remote, 0);
	last.dropped = dropped;
	last.remote = remote;
}

static void sheet_is(const char *in, const char *want)
{
	check(in, want, true);
	uint32_t dropped = last.dropped, remote = last.remote;
	check(want, want, true);
	assert_int_equal(last.dropped + last.remote, 0);
	last.dropped = dropped;
	last.remote = remote;
}

static void test_declarations(void **state)
{
	is("", "");
	is("color:red", "color:red");
	is(" COLOR : Red ; ; margin:0 AUTO 1.5em -2px;", "color:red;margin:0 auto 1.5em -2px");
	is("color:#FFF;background:#aAbBcC url(data:ok) no-repeat",
	    "color:#fff;background:#aabbcc url(data:image/png;base64,AAAA) no-repeat");
	is("font:bold 12px/1.5 'MS PGothic',Meiryo,sans-serif",
	    "font:bold 12px / 1.5 'MS PGothic',Meiryo,sans-serif");
	is("font-family:ＭＳ Ｐゴシック", "font-family:ＭＳ Ｐゴシック");
	is("color:rgba(0, 0, 0, .5)!IMPORTANT", "color:rgba(0,0,0,.5)!important");
	is("width:calc(100% - (2 * 3px))", "width:calc(100% - (2 * 3px))");
	is("writing-mode:vertical-rl;text-combine-upright:all",
	    "writing-mode:vertical-rl;text-combine-upright:all");
	is("content:attr( title ) counter(a,decimal)", "content:attr(title) counter(a,decimal)");
	is("content:attr(href url);top:1px", "top:1px");
	is("content:attr(href,url);top:1px", "top:1px");
	is("content:'\\201C a\\'b\\\\ \\3c/style>'", "content:'“a\\27 b\\5c  \\3c /style>'");
	is("background:linear-gradient(to right, red 10%, #000)",
	    "background:linear-gradient(to right,red 10%,#000)");
	assert_int_equal(last.dropped, 0);
}

static void test_dropped(void **state)
{
	is("behavior:url(x.htc);color:red", "color:red");
	assert_int_equal(last.dropped, 1);
	is("width:expression(alert(1));height:1px", "height:1px");
	is("background:u\\72l(http://x.example.com/a)", "");
	assert_int_equal(last.remote, 1);
	is("background:url( 'http://x.example.com/a' );color:red", "color:red");
	assert_int_equal(last.remote, 1);
	is("-moz-binding:url(x)", "");
	is("color:red;*zoom:1;_height:2px;top:0", "color:red;top:0");
	is("position:fixed;left:0", "left:0");
	is("position:absolute", "position:absolute");
	is("color:var(--x);--x:1", "");
	is("color:red/**/;/* a:b */top:1px", "color:red;top:1px");
	assert_int_equal(last.dropped, 2);
	is("color:red}b{color:blue", "color:red");
	is("color:red;x{y:z};top:1px", "color:red;top:1px");
	is("color:\"red", "");
	is("color:(", "");
	is("content:\"a\nb\";top:1px", ""); /* the second mark opens a string anew */
	is("background:url(data:ok", "background:url(data:image/png;base64,AAAA)");
	is("margin:1e9px;padding:12345678901234567890px", "");
	is("fill:red", "");
	is("background:url(#a)", "");
	is("font-family:\\31 a", "");
	is("font-family:'a\\202e b'", "font-family:'ab'");
	is("font-family:a\\202e b", "");
}

static void test_sheet(void **state)
{
	sheet_is("", "");
	sheet_is("p { color : red }", "p{color:red}\n");
	sheet_is("<!-- h1,.a  .b > #c + d ~ e { top:0 } -->", "h1,.a .b>#c+d~e{top:0}\n");
	sheet_is("a:hover:before,li:nth-child( 2N + 1 )::after{top:0}",
	    "a:hover::before,li:nth-child(2n+1)::after{top:0}\n");
	sheet_is("p:not( .a ),:not(){top:0}", "p:not(.a){top:0}\n");
	sheet_is("a[href^=http],a[ title ]{top:0}", "a[href^='http'],a[title]{top:0}\n");
	sheet_is("@media only screen and (max-width: 600px),print{p{top:0}}",
	    "@media only screen and (max-width:600px),print{\np{top:0}\n}\n");
	sheet_is("@page{size:A4 portrait;margin:1cm}", "@page{size:a4 portrait;margin:1cm}\n");
	assert_int_equal(last.dropped, 0);
}

static void test_sheet_dropped(void **state)
{
	sheet_is("@import url(http://x.example.com/a);p{top:0}", "p{top:0}\n");
	assert_int_equal(last.remote, 1);
	sheet_is("@import 'a';@font-face{font-family:x;src:url(a)}p{top:0}", "p{top:0}\n");
	assert_int_equal(last.remote, 2);
	sheet_is("v\\:*{behavior:url(#default#VML)}p{top:0}", "p{top:0}\n");
	sheet_is("p:unknown,q{top:0}", "q{top:0}\n");
	sheet_is("p::after b,>c,d>,e f{top:0}", "p::after b,e f{top:0}\n");
	sheet_is("p{}q{x:y}", "");
	sheet_is("@supports(x){p{top:0}}q{top:0}", "q{top:0}\n");
	sheet_is("@media (x){p{top:0}}q{top:0}", "q{top:0}\n");
	sheet_is("p{top:0", "p{top:0}\n");
	sheet_is("p{top:0}}q{top:1px}", "p{top:0}\nq{top:1px}\n");
	sheet_is("@media print{p{top:0}", "@media print{\np{top:0}\n}\n");
	sheet_is("@media all{@media all{@media all{@media all{p{top:0}}q{top:0}}}}",
	    "@media all{\n@media all{\n@media all{\nq{top:0}\n}\n}\n}\n");
	sheet_is("</style><script>x</script>p{top:0}", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_declarations),
	    cmocka_unit_test(test_dropped),
	    cmocka_unit_test(test_sheet),
	    cmocka_unit_test(test_sheet_dropped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
