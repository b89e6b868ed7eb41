/* Web pages in one file: how references are read, which file they find, what becomes of several pages, what goes and is told. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "format/mhtml/mhtml.h"

#include "format/test-run.h"

static struct sk_report report;
static struct sk_output out;
static size_t picture_size; /* of what a picture becomes */

/* A picture is what begins with PIC. */
static int fake_clean(struct sk_job *job, const char *name, struct sk_slice in, struct sk_output *o,
    enum sk_code *why)
{
	*why = SK_REASON_UNKNOWN_TYPE;
	if (!sk_slice_starts(in, SK_SLICE_LIT("PIC")))
		return SK_EREFUSED;
	o->type = SK_FT_PNG;
	sk_buf_puts(&o->bytes, "PIC");
	return sk_buf_fill(&o->bytes, 'x', picture_size);
}

static int run(const char *in, bool text)
{
	static const struct sk_services services = {.clean_member = fake_clean};
	struct tr_run t = {
	    &sk_mhtml_handler, SK_FT_MHTML, .text = text, .name = "x.mht", .services = &services};

	sk_buf_free(&out.bytes);
	return tr_clean(&t, sk_slice_str(in), &report, &out);
}

#define HEAD "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n"
#define PART(kind, place, body) \
	"--b\nContent-Type: " kind "\nContent-Location: " place "\n\n" body "\n"
#define PAGE "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">"
#define SHOWN "data:image/png;base64,UElD"

static void becomes(const char *in, const char *want)
{
	assert_int_equal(run(in, false), 0);
	assert_int_equal(out.type, SK_FT_HTML);
	sk_buf_putc(&out.bytes, 0);
	assert_string_equal((char *)out.bytes.p, want);
	out.bytes.len--;
	struct sk_check c = {.arena = sk_arena_new((size_t)64 << 20)};
	if (strstr(want, SHOWN) == NULL && sk_verify_html(&c, sk_buf_slice(&out.bytes)))
		fail_msg("%s", c.fault.what);
	sk_arena_free(c.arena);
}

static bool told(enum sk_code code)
{
	for (uint32_t i = 0; i < report.nremoved; i++)
		if (report.removed[i].code == code)
			return true;
	return false;
}

static void joins(const char *base, const char *url, const char *want)
{
	struct sk_arena *a = sk_arena_new(1 << 20);

	assert_string_equal(sk_place_join(a, base, sk_slice_str(url)), want);
	sk_arena_free(a);
}

static void test_join(void **state)
{
	joins("http://h.example/a/b.htm", "c.gif", "http://h.example/a/c.gif");
	joins("http://h.example/a/b.htm", "../c.gif", "http://h.example/c.gif");
	joins("http://h.example/a/b.htm", "../../../c.gif", "http://h.example/c.gif");
	joins("http://h.example/a/b.htm", "/c.gif?q#f", "http://h.example/c.gif?q");
	joins("http://h.example/a/b.htm", "//i.example/c", "http://i.example/c");
	joins("http://h.example/a/b.htm?x", "?y", "http://h.example/a/b.htm?y");
	joins("http://h.example", "c", "http://h.example/c");
	joins("file:///C:/A/b.htm", "b.files\\c.gif", "file:///C:/A/b.files/c.gif");
	joins("file:///C:/A/b.htm", "http://x.example/", "http://x.example/");
	joins("", "c.gif", "c.gif");
}

static void key_is(const char *place, const char *want)
{
	struct sk_arena *a = sk_arena_new(1 << 20);

	assert_string_equal(sk_place_key(a, 'l', sk_slice_str(place)), want);
	sk_arena_free(a);
}

static void test_key(void **state)
{
	key_is("FILE:///C:/%41%5c%zz", "lfile:///c:/a/%zz");
	key_is("a%00b%", "la b%");
	assert_true(sk_slice_is(sk_place_name(SK_SLICE_LIT("http://h/a/b.gif?c/d")), "b.gif"));
	assert_false(sk_place_is_absolute(SK_SLICE_LIT("c:\\a")));
	assert_true(sk_place_is_absolute(SK_SLICE_LIT("cid:a")));
}

static void test_one_page(void **state)
{
	becomes(HEAD PART("text/html", "http://h.example/a/b",
		    "<p><img src=\"/P.png\">"
		    "<a href=\"c\">x</a><a href=\"b#d\">y</a>") PART("image/png", "/p.PNG", "PIC")
		    PART("image/png", "http://h.example/q.png", "PIC") "--b--",
	    PAGE "</head><body><p><img src=\"" SHOWN "\"><a href=\"http://h.example/a/c\">x</a>"
		 "<a href=\"#d\">y</a></p></body></html>");
	assert_true(told(SK_HTML_HIDDEN));
	becomes("MIME-Version: 1.0\nContent-Type: text/html\n\nwords",
	    PAGE "</head><body>words</body></html>");
}

/* The name alone, where it is clear which file is meant. */
static void test_name_alone(void **state)
{
	becomes(
	    HEAD PART("text/html", "file:///C:/a.htm", "<img src=\"f/p.png\"><img src=\"q.png\">")
		PART("image/png", "file:///C:/%66%82/p.png", "PIC")
		    PART("image/png", "file:///C:/x/q.png", "PIC")
			PART("image/png", "file:///C:/y/q.png", "PIC") "--b--",
	    PAGE "</head><body><img src=\"" SHOWN "\"><img></body></html>");
	assert_true(told(SK_HTML_REMOTE));
}

static void test_pages(void **state)
{
	becomes(
	    HEAD PART("text/html", "file:///C:/a.htm",
		"<title>t</title><body class=c><style>html{color:red}html body p,p{color:blue}"
		"body .x>body{color:red}html~div,html.x + *,body~p{color:red}</style>\n<iframe src=b.htm title=w></iframe>"
		"<a href=b.htm>z<iframe src=b.htm></iframe></a>")
		PART("text/html", "file:///C:/b.htm", "<i style=position:absolute>b</i>")
		    PART("text/html", "file:///C:/c.htm", "<p>&nbsp;</p>") "--b--",
	    PAGE
	    "<title>t</title><style>\n#sekisho-1{color:red}\n"
	    "#sekisho-1>div p,#sekisho-1 p{color:blue}\n#sekisho-1>div .x>div{color:red}\n"
	    "</style></head><body><div id=\"sekisho-1\"><div class=\"c\">\n"
	    "<a href=\"#sekisho-2\">\xE2\x96\xBC w</a><a href=\"#sekisho-2\">z</a></div></div><hr>"
	    "<div id=\"sekisho-2\" style=\"min-height:100vh;overflow:auto;position:relative\"><div>"
	    "<i style=\"position:absolute\">b</i></div></div></body></html>");
	assert_false(told(SK_HTML_FRAME));
}

static void test_text(void **state)
{
	assert_int_equal(run(HEAD PART("text/html", "a", "<title>t</title><p>one")
				 PART("text/html", "b", "<title>no</title><p>two") "--b--",
			     true),
	    0);
	sk_buf_putc(&out.bytes, 0);
	assert_string_equal(
	    (char *)out.bytes.p + 3 * (out.bytes.p[0] == 0xEF), "t\n\none\n\ntwo\n");
}

static void test_told(void **state)
{
	assert_int_equal(
	    run(HEAD PART("text/html", "a", "x") PART("text/javascript", "b", "x")
		    PART("application/x-mso", "f/editdata.mso", "x")
			PART("application/x-mso", "f/oledata.mso", "x") PART("audio/mpeg", "c", "x")
			    PART("font/woff", "d", "x") PART("text/css", "e", "x") "--b--",
		false),
	    0);
	assert_true(told(SK_HTML_SCRIPT) && told(SK_OOXML_MACRO) && told(SK_HTML_FRAME));
	assert_true(told(SK_HTML_MEDIA) && told(SK_HTML_UNKNOWN) && told(SK_HTML_STYLE));
}

static void test_refused(void **state)
{
	assert_int_equal(run(HEAD PART("image/png", "a", "PIC") "--b--", false), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_DAMAGED);
	assert_int_equal(run("Content-Type: multipart/related\n\nx", false), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_POLYGLOT);
}

/* A picture that is shown again and again must not make the page too large to be written. */
static void test_picture_again_and_again(void **state)
{
	struct sk_buf in = SK_BUF(64 << 20);
	size_t shown = 0, size = 4 << 20;

	sk_buf_puts(&in, HEAD "--b\nContent-Type: text/html\nContent-Location: http://h/a\n\n");
	for (size_t i = 0; i < 40; i++)
		sk_buf_puts(&in, "<img src=p.png alt=w>");
	sk_buf_puts(&in, "\n--b\nContent-Type: image/png\nContent-Location: http://h/p.png\n\nPIC");
	picture_size = size;
	sk_buf_puts(&in, "\n--b--\n");
	sk_buf_putc(&in, 0);
	assert_int_equal(run((const char *)in.p, false), 0);
	picture_size = 0;
	struct sk_slice all = sk_buf_slice(&out.bytes);
	for (size_t at = 0; (at = sk_slice_find(all, at, SK_SLICE_LIT("data:"))) < all.n; at++)
		shown++;
	/* Half of 64 MiB, and 20 times the little that went in, hold six beside the first. */
	assert_int_equal(shown, 7);
	assert_true(told(SK_HTML_IMAGE));
	sk_buf_free(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_join),
	    cmocka_unit_test(test_key),
	    cmocka_unit_test(test_one_page),
	    cmocka_unit_test(test_name_alone),
	    cmocka_unit_test(test_pages),
	    cmocka_unit_test(test_text),
	    cmocka_unit_test(test_told),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_picture_again_and_again),
	};
	int rc = cmocka_run_group_tests(tests, NULL, NULL);
	sk_buf_free(&out.bytes);
	return rc;
}
