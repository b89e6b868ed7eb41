/* Tests of the checker of drawings: what it accepts, and one fault for each rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "verify/verify.h"

#define DECL "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define SVG "<svg xmlns=\"http://www.w3.org/2000/svg\">"
#define LINKED \
	"<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">"
#define END "</svg>\n"

static int check(const char *text, struct sk_fault *fault)
{
	struct sk_check c = {.arena = sk_arena_new((size_t)256 << 20),
	    .inflate_left = 1 << 20,
	    .pixels_left = 1 << 20};
	int rc = sk_verify_svg(&c, sk_slice_str(text));

	*fault = c.fault;
	sk_arena_free(c.arena);
	return rc;
}

static const char *const good[] = {
    DECL "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n",
    DECL SVG "<rect width=\"1\" height=\"1\" fill=\"url(#a)\" class=\"b c\" id=\"&lt;\"/>" END,
    DECL SVG "<style>.a &gt; rect,#b{fill:url(#c);stroke:#123!important}\n</style>" END,
    DECL SVG
    "<text x=\"1\" font-family=\"'ＭＳ 明朝',serif\">縦書き<tspan>&amp;</tspan></text>" END,
    DECL LINKED "<a xlink:href=\"https://example.jp/?a=1&amp;b\"><g id=\"x\"/></a>"
		"<use xlink:href=\"#x\"/>" END,
    DECL LINKED "<image xlink:href=\"data:image/gif;base64,"
		"R0lGODlhAQABAPAAAAAAAP///ywAAAAAAQABAAACAkQBADs=\"/>" END,
    DECL SVG "<g style=\"fill:rgb(1,2,3);font:12px 'a b'\"/>" END,
};

/* A text and a word of the fault that it must be. */
static const char *const bad[][2] = {
    {DECL "<g/>\n", "namespace"},
    {DECL "<g xmlns=\"http://www.w3.org/2000/svg\"/>\n", "root"},
    {DECL "<svg/>\n", "namespace"},
    {DECL "<svg xmlns=\"http://www.w3.org/1999/xhtml\"/>\n", "namespace"},
    {DECL SVG "<script/>" END, "element"},
    {DECL SVG "<foreignObject/>" END, "element"},
    {DECL SVG "<animate/>" END, "element"},
    {DECL SVG "<set/>" END, "element"},
    {DECL SVG "<x:rect/>" END, "element"},
    {DECL SVG "<g onload=\"a\"/>" END, "attribute"},
    {DECL SVG "<g href=\"#a\"/>" END, "attribute"},
    {DECL SVG "<g xlink:href=\"#a\"/>" END, "undeclared"},
    {DECL LINKED "<g/>" END, "not used"},
    {DECL SVG "<g xmlns:a=\"b\"/>" END, "attribute"},
    {DECL LINKED "<use xlink:href=\"http://x.invalid/\"/>" END, "reference"},
    {DECL LINKED "<a xlink:href=\"mailto:a?attach=x\"/>" END, "reference"},
    {DECL LINKED "<a xlink:href=\"javascript:a\"/>" END, "reference"},
    {DECL LINKED "<a xlink:href=\"https://a b\"/>" END, "reference"},
    {DECL LINKED "<a xlink:href=\"data:image/gif;base64,AAAA\"/>" END, "reference"},
    {DECL LINKED "<image xlink:href=\"http://x.invalid/a.png\"/>" END, "not inside"},
    {DECL LINKED "<image xlink:href=\"data:image/svg+xml;base64,AAAA\"/>" END, "not inside"},
    {DECL LINKED "<image xlink:href=\"data:image/gif;base64,AAA\"/>" END, "length"},
    {DECL LINKED "<image xlink:href=\"data:image/gif;base64,AA A\"/>" END, "base64"},
    {DECL LINKED "<image xlink:href=\"data:image/gif;base64,AAB=\"/>" END, "base64"},
    {DECL LINKED "<image xlink:href=\"data:image/gif;base64,AAAA\"/>" END, "GIF"},
    {DECL SVG "<g fill=\"url(http://x.invalid/)\"/>" END, "value"},
    {DECL SVG "<g fill=\"url('#a')\"/>" END, "value"},
    {DECL SVG "<g fill=\"URL(#a)\"/>" END, "value"},
    {DECL SVG "<g fill=\"u\\72l(#a)\"/>" END, "value"},
    {DECL SVG "<g fill=\"expression(a)\"/>" END, "value"},
    {DECL SVG "<g fill=\"rgb(1\"/>" END, "value"},
    {DECL SVG "<g fill=\"a)\"/>" END, "value"},
    {DECL SVG "<g fill=\"a:b\"/>" END, "value"},
    {DECL SVG "<g font-family=\"'a\"/>" END, "value"},
    {DECL SVG "<feTurbulence numOctaves=\"17\"/>" END, "value"},
    {DECL SVG "<feTurbulence numOctaves=\"1e3\"/>" END, "value"},
    {DECL SVG "<feMorphology radius=\"1 1001\"/>" END, "value"},
    {DECL SVG "<g style=\"behavior:a\"/>" END, "value"},
    {DECL SVG "<g style=\"fill:a;\"/>" END, "value"},
    {DECL SVG "<g style=\"fill: a\"/>" END, "value"},
    {DECL SVG "<g style=\"\"/>" END, "value"},
    {DECL SVG "<style>@import 'a';</style>" END, "style sheet"},
    {DECL SVG "<style>a{fill:b}</style>" END, "style sheet"},
    {DECL SVG "<style>a[b]{fill:b}\n</style>" END, "style sheet"},
    {DECL SVG "<style>a{}\n</style>" END, "style sheet"},
    {DECL SVG "<g>words</g>" END, "characters"},
    {DECL SVG "<!-- a --><g/>" END, "comment"},
    {DECL SVG "<g>\xE2\x80\xAE</g>" END, ""},
    {DECL LINKED "<g id=\"a\"><use xlink:href=\"#a\"/></g>" END, "circle"},
    {DECL SVG "<mask id=\"a\" mask=\"url(#b)\"/><mask id=\"b\" mask=\"url(#a)\"/>" END, "circle"},
    {DECL SVG "<style>.c{mask:url(#a)}\n</style><mask id=\"a\"><g class=\"b c\"/></mask>" END,
	"circle"},
    {DECL SVG "<g/>" END "\n", ""},
    {DECL SVG "<g/></svg>", "line end"},
    {SVG END, ""},
    {"", "line end"},
};

static void test_good(void **state)
{
	struct sk_fault fault;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (check(good[i], &fault))
			fail_msg("%s: %s", good[i], fault.what);
}

static void test_bad(void **state)
{
	struct sk_fault fault;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (check(bad[i][0], &fault) != SK_EFORMAT)
			fail_msg("passes: %s", bad[i][0]);
		if (strstr(fault.what, bad[i][1]) == NULL)
			fail_msg("%s: %s", bad[i][0], fault.what);
	}
}

/* Each level uses the one before ten times. */
static void bomb(struct sk_buf *b, unsigned levels, unsigned times)
{
	sk_buf_puts(b, DECL LINKED "<g id=\"l0\"/>");
	for (unsigned i = 1; i <= levels; i++) {
		sk_buf_printf(b, "<g id=\"l%u\">", i);
		for (unsigned k = 0; k < times; k++)
			sk_buf_printf(b, "<use xlink:href=\"#l%u\"/>", i - 1);
		sk_buf_puts(b, "</g>");
	}
	sk_buf_puts(b, END);
	sk_buf_putc(b, 0);
}

static void test_bombs(void **state)
{
	static const struct {
		unsigned levels, times;
		int rc;
	} cases[] = {{6, 10, 0}, {7, 10, SK_EFORMAT}, {SK_LIMIT_SVG_REFERENCES, 1, 0},
	    {SK_LIMIT_SVG_REFERENCES + 1, 1, SK_EFORMAT}};
	struct sk_fault fault;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sk_buf b = SK_BUF(1 << 20);
		bomb(&b, cases[i].levels, cases[i].times);
		assert_int_equal(check((char *)b.p, &fault), cases[i].rc);
		sk_buf_free(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_good),
	    cmocka_unit_test(test_bad),
	    cmocka_unit_test(test_bombs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
