/* Tests of drawings: what stays, what goes and how it is told, pictures inside, references, svgz. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <zlib.h>

#include "format/svg/svg.h"
#include "format/test-run.h"

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define SVG "<svg xmlns=\"http://www.w3.org/2000/svg\">"
#define LINKED \
	"<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">"
#define END "</svg>\n"

static struct sk_report report;
static enum sk_method method;
static enum sk_filetype seen;

/* A picture is what begins like one; what it becomes is a letter for its kind. */
static int member(struct sk_job *job, const char *name, struct sk_slice in, struct sk_output *out,
    enum sk_code *why)
{
	seen = sk_slice_starts(in, SK_SLICE_LIT("\x89PNG")) ? SK_FT_PNG : SK_FT_PDF;
	if (in.n && in.p[0] == '!')
		return SK_EREFUSED;
	out->type = seen;
	return sk_buf_puts(&out->bytes, "clean");
}

static int run(struct sk_slice in, enum sk_filetype type, struct sk_output *out)
{
	static const struct sk_services services = {.clean_member = member};
	struct tr_run t = {&sk_svg_handler, type, .text = method == SK_METHOD_TEXT, .name = "a.svg",
	    .services = &services};

	return tr_clean(&t, in, &report, out);
}

static int setup(void **state)
{
	method = SK_METHOD_REBUILD;
	return 0;
}

/* What becomes of a drawing, and the code that it is told by (SK_CODE_NONE: nothing goes). */
static void becomes(const char *from, const char *to, enum sk_code code)
{
	struct sk_output out;

	assert_int_equal(run(sk_slice_str(from), SK_FT_SVG, &out), 0);
	sk_buf_putc(&out.bytes, 0);
	assert_string_equal((char *)out.bytes.p, to);
	if (code == SK_CODE_NONE)
		assert_int_equal(report.nremoved, 0);
	else if (sk_report_count(&report, code) == 0)
		fail_msg("%s: not told as %s", from, sk_code_name(code));
	sk_buf_free(&out.bytes);
}

static void test_kept(void **state)
{
	static const char *const same[] = {
	    XML SVG "<rect x=\"1e-3\" fill=\"url(#a) none\" transform=\"rotate(-45 1,2)\"/>" END,
	    XML SVG
	    "<text font-family=\"'ＭＳ 明朝',serif\" writing-mode=\"vertical-rl\">葛\xF3\xA0\x84\x80"
	    "\xEE\x80\x80ｶﾅ</text>" END,
	    XML SVG "<style>.cls-1,g &gt; *{fill:#f00;clip-path:url(#c)}\n</style>" END,
	    XML LINKED "<defs><g id=\"レイヤー\"/></defs><use xlink:href=\"#レイヤー\"/>" END,
	    XML LINKED "<a xlink:href=\"mailto:a@example.jp\"/>" END,
	    XML SVG "<switch><g systemLanguage=\"ja\"/></switch>" END,
	};

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		becomes(same[i], same[i], SK_CODE_NONE);
}

static void test_written_anew(void **state)
{
	becomes("<svg/>", XML "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n", SK_CODE_NONE);
	becomes("<s:svg xmlns:s='http://www.w3.org/2000/svg'><s:g fill='URL( \"#a\" )'/></s:svg>",
	    XML SVG "<g fill=\"url(#a)\"/>" END, SK_CODE_NONE);
	becomes("<svg xmlns='http://www.w3.org/2000/svg'><use href='#a'/></svg>",
	    XML LINKED "<use xlink:href=\"#a\"/>" END, SK_CODE_NONE);
	becomes("<svg style=' Fill : red ;; stroke:blue ! IMPORTANT; /* c */ '/>",
	    XML "<svg xmlns=\"http://www.w3.org/2000/svg\" "
		"style=\"fill:red;stroke:blue!important\"/>\n",
	    SK_CODE_NONE);
	becomes("<svg><style>/*x*/ <![CDATA[ .a{fill:red} ]]></style></svg>",
	    XML SVG "<style>.a{fill:red}\n</style>" END, SK_CODE_NONE);
	becomes("<?xml version='1.0' encoding='Shift_JIS'?><svg><text>\x8b\x8f</text></svg>",
	    XML SVG "<text>居</text>" END, SK_CODE_NONE);
	becomes("<!DOCTYPE svg [<!ENTITY ns 'http://www.w3.org/2000/svg'>]><svg xmlns='&ns;'/>",
	    XML "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n", SK_TEXT_DTD);
}

static void test_gone(void **state)
{
	static const struct {
		const char *from;
		enum sk_code code;
	} cases[] = {
	    {"<svg><script>a</script></svg>", SK_SVG_SCRIPT},
	    {"<svg onload='a'/>", SK_SVG_SCRIPT},
	    {"<svg ONLOAD='a'/>", SK_SVG_SCRIPT},
	    {"<svg><foreignObject><b xmlns='http://www.w3.org/1999/xhtml'/></foreignObject></svg>",
		SK_SVG_FOREIGN},
	    {"<svg><b xmlns='http://www.w3.org/1999/xhtml'/></svg>", SK_SVG_FOREIGN},
	    {"<svg><animate attributeName='href'/></svg>", SK_SVG_ANIMATION},
	    {"<svg><set attributeName='onclick'/></svg>", SK_SVG_ANIMATION},
	    {"<svg><use href='http://x.invalid/#a'/></svg>", SK_SVG_EXTERNAL},
	    {"<svg><use href='a.svg#a'/></svg>", SK_SVG_EXTERNAL},
	    {"<svg><image href='http://x.invalid/'/></svg>", SK_SVG_EXTERNAL},
	    {"<svg><image href='\\\\x.invalid\\a'/></svg>", SK_SVG_EXTERNAL},
	    {"<svg><style>@import 'http://x.invalid/';</style></svg>", SK_SVG_EXTERNAL},
	    {"<svg><style>a{fill:url(http://x.invalid/)}</style></svg>", SK_SVG_EXTERNAL},
	    {"<svg><style>@font-face{src:url(a)}</style></svg>", SK_SVG_FONT},
	    {"<svg style='behavior:url(#a)'/>", SK_SVG_STYLES},
	    {"<svg style='fill:u\\72l(a)'/>", SK_SVG_STYLES},
	    {"<svg xml:base='http://x.invalid/'/>", SK_SVG_EXTERNAL},
	    {"<svg fill='url(//x.invalid/)'/>", SK_SVG_EXTERNAL},
	    {"<?xml-stylesheet href='a'?><svg/>", SK_SVG_EXTERNAL},
	    {"<svg><x:include xmlns:x='http://www.w3.org/2001/XInclude' href='a'/></svg>",
		SK_SVG_EXTERNAL},
	    {"<svg><metadata>a</metadata></svg>", SK_SVG_METADATA},
	    {"<svg data-name='a'/>", SK_SVG_METADATA},
	    {"<svg><unknown/></svg>", SK_SVG_UNKNOWN},
	    {"<svg>words</svg>", SK_SVG_UNKNOWN},
	    {"<svg><!-- a --></svg>", SK_TEXT_INSTRUCTION},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sk_output out;
		assert_int_equal(run(sk_slice_str(cases[i].from), SK_FT_SVG, &out), 0);
		if (sk_report_count(&report, cases[i].code) == 0)
			fail_msg("%s: not told", cases[i].from);
		sk_buf_putc(&out.bytes, 0);
		if (strcmp((char *)out.bytes.p,
			XML "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n") != 0 &&
		    strcmp((char *)out.bytes.p, XML SVG "<style/>" END) != 0)
			fail_msg("%s: %s", cases[i].from, (char *)out.bytes.p);
		sk_buf_free(&out.bytes);
	}
}

static void test_links(void **state)
{
	becomes(
	    "<svg><a href='javascript:a'><g/></a></svg>", XML SVG "<a><g/></a>" END, SK_SVG_LINKS);
	becomes("<svg><a href='mailto:a@example.jp?attach=x'><g/></a></svg>",
	    XML SVG "<a><g/></a>" END, SK_SVG_LINKS);
	becomes("<svg><linearGradient href='http://x.invalid/'/></svg>",
	    XML SVG "<linearGradient/>" END, SK_SVG_EXTERNAL);
}

static void test_pictures(void **state)
{
	becomes("<svg><image href='data:image/x;base64,iVBORw0KGgo='/></svg>",
	    XML LINKED "<image xlink:href=\"data:image/png;base64,Y2xlYW4=\"/>" END, SK_CODE_NONE);
	assert_int_equal(seen, SK_FT_PNG);
	becomes("<svg><image href='data:;base64,IQ=='/></svg>",
	    XML "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n", SK_SVG_PICTURE);
	becomes("<svg><image href='data:text/html;base64,AAAA'/></svg>",
	    XML "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n", SK_SVG_PICTURE);
	becomes("<svg><image href='data:image/svg+xml,%3Csvg/%3E'/></svg>",
	    XML "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n", SK_SVG_PICTURE);
	becomes("<svg><use href='data:image/png;base64,iVBORw0KGgo='/></svg>",
	    XML "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n", SK_SVG_EXTERNAL);
}

static void test_circles_are_cut(void **state)
{
	becomes("<svg><g id='a'><use href='#a'/></g></svg>", XML SVG "<g id=\"a\"><use/></g>" END,
	    SK_SVG_CIRCLE);
	becomes("<svg><mask id='a' mask='url(#b)'/><mask id='b' mask='url(#a)'/></svg>",
	    XML SVG "<mask id=\"a\"/><mask id=\"b\" mask=\"url(#a)\"/>" END, SK_SVG_CIRCLE);
}

static void refused(const char *in, enum sk_code reason)
{
	struct sk_output out;

	assert_int_equal(run(sk_slice_str(in), SK_FT_SVG, &out), SK_EREFUSED);
	assert_int_equal(report.reason, reason);
	sk_buf_free(&out.bytes);
}

static void test_refused(void **state)
{
	refused("<g/>", SK_REASON_DAMAGED);
	refused("<svg>", SK_REASON_DAMAGED);
	refused("<svg>&a;</svg>", SK_REASON_DAMAGED);
	refused("<!DOCTYPE svg [<!ENTITY a 'b'><!ENTITY c '&a;&a;'>]><svg/>",
	    SK_REASON_UNSUPPORTED_TYPE);
	refused("<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///a'>]><svg>&a;</svg>",
	    SK_REASON_UNSUPPORTED_TYPE);
	refused("<!DOCTYPE svg [<!ENTITY a '<g/>'>]><svg>&a;</svg>", SK_REASON_UNSUPPORTED_TYPE);
	refused("<?xml version='1.0' encoding='IBM037'?><svg/>", SK_REASON_UNSUPPORTED_TYPE);
	refused("<svg><style>.c{mask:url(#a)}</style><mask id='a'><g class='c'/></mask></svg>",
	    SK_REASON_LIMIT_OBJECTS);
}

static int bomb(unsigned levels, unsigned times)
{
	struct sk_buf b = SK_BUF(1 << 20);
	struct sk_output out;

	sk_buf_puts(&b, "<svg><g id='l0'/>");
	for (unsigned i = 1; i <= levels; i++) {
		sk_buf_printf(&b, "<g id='l%u'>", i);
		for (unsigned k = 0; k < times; k++)
			sk_buf_printf(&b, "<use href='#l%u'/>", i - 1);
		sk_buf_puts(&b, "</g>");
	}
	sk_buf_puts(&b, "</svg>");
	int rc = run(sk_buf_slice(&b), SK_FT_SVG, &out);
	sk_buf_free(&b);
	sk_buf_free(&out.bytes);
	return rc;
}

static void test_bombs(void **state)
{
	assert_int_equal(bomb(6, 10), 0);
	assert_int_equal(bomb(7, 10), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_LIMIT_PAINTINGS);
	assert_int_equal(bomb(SK_LIMIT_SVG_REFERENCES, 1), 0);
	assert_int_equal(bomb(SK_LIMIT_SVG_REFERENCES + 1, 1), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_LIMIT_NESTING);
}

static size_t pack(const char *text, uint8_t *out, size_t max)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)text,
	    .avail_in = (uInt)strlen(text),
	    .next_out = out,
	    .avail_out = (uInt)max};

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return z.total_out;
}

static void test_packed(void **state)
{
	uint8_t gz[300];
	size_t n = pack("<svg/>", gz, sizeof(gz));
	struct sk_output out;
	static struct sk_report claims;

	claims = (struct sk_report){0};
	sk_svg_handler.probe(sk_slice(gz, n), "a.svgz", &claims);
	assert_int_equal(claims.nclaims, 1);
	sk_svg_handler.probe(sk_slice(gz, n), "a.gz", &claims);
	assert_int_equal(claims.nclaims, 1);
	gz[n] = 'x';
	assert_int_equal(run(sk_slice(gz, n + 1), SK_FT_SVGZ, &out), 0);
	assert_int_equal(out.type, SK_FT_SVG);
	assert_int_equal(sk_report_count(&report, SK_GENERIC_TRAILING), 1);
	sk_buf_free(&out.bytes);
	assert_int_equal(run(sk_slice(gz, n / 2), SK_FT_SVGZ, &out), SK_EFORMAT);
	sk_buf_free(&out.bytes);
}

static void test_text(void **state)
{
	struct sk_output out;

	method = SK_METHOD_TEXT;
	const char *in = "<svg><title>題</title><g>\n<text>一 <tspan>\n二</tspan> </text></g>"
			 "<style>a{fill:b}</style><text>三</text></svg>";
	assert_int_equal(run(sk_slice_str(in), SK_FT_SVG, &out), 0);
	assert_true(sk_slice_is(sk_buf_slice(&out.bytes), "題\n一 二\n三\n"));
	assert_int_equal(out.type, SK_FT_TXT);
	sk_buf_free(&out.bytes);
}

/* Lists are searched by halves: each must be in order, or a name is not found. */
static void test_lists_are_sorted(void **state)
{
	static const char *const names[] = {"amplitude", "baseFrequency", "clipPathUnits", "d",
	    "fill", "gradientTransform", "in2", "k4", "lengthAdjust", "markerWidth", "maskUnits",
	    "offset", "pointsAtZ", "preserveAspectRatio", "r", "refX", "stop-color",
	    "stroke-dasharray", "textLength", "viewBox", "width", "x", "x1", "xChannelSelector",
	    "y2", "z", "zoomAndPan", "writing-mode", "font-size-adjust", "xml:space", "class"};
	static const char *const parts[] = {"a", "circle", "clipPath", "feBlend", "feDistantLight",
	    "feFuncA", "feFuncR", "feMergeNode", "feTurbulence", "filter", "g", "image",
	    "linearGradient", "marker", "mask", "path", "pattern", "radialGradient", "stop",
	    "style", "svg", "switch", "symbol", "text", "textPath", "title", "tspan", "use"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_not_equal(sk_svg_attribute(names[i]), SK_SVG_NONE);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		assert_non_null(sk_svg_element(parts[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_kept, setup),
	    cmocka_unit_test_setup(test_written_anew, setup),
	    cmocka_unit_test_setup(test_gone, setup),
	    cmocka_unit_test_setup(test_links, setup),
	    cmocka_unit_test_setup(test_pictures, setup),
	    cmocka_unit_test_setup(test_circles_are_cut, setup),
	    cmocka_unit_test_setup(test_refused, setup),
	    cmocka_unit_test_setup(test_bombs, setup),
	    cmocka_unit_test_setup(test_packed, setup),
	    cmocka_unit_test_setup(test_text, setup),
	    cmocka_unit_test_setup(test_lists_are_sorted, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
