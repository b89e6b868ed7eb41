/* Tests of methods flatten and text with a renderer made of paper. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "format/pdf/flatten.h"
#include "verify/verify.h"

struct fixture {
	struct sk_limits limits;
	struct sk_budget budget;
	struct sk_services services;
	struct sk_report *report;
	struct sk_job job;
	struct sk_output out;
};

/* What the renderer of the test shall do. */
static uint32_t pages, rendered, most_dpi, broken_page;
static struct sk_slice words;
static bool no_text;

static int page_count(struct sk_job *job, struct sk_slice pdf, uint32_t *count)
{
	*count = pages;
	return 0;
}

static int render_page(
    struct sk_job *job, struct sk_slice pdf, uint32_t page, unsigned dpi, struct sk_pixmap *out)
{
	size_t n = (size_t)dpi * dpi * 3;

	if (dpi > most_dpi)
		return SK_ELIMIT;
	if (page == broken_page)
		return SK_EFORMAT;
	*out = (struct sk_pixmap){dpi, dpi, 3, sk_arena_alloc(job->arena, n)};
	if (out->data == NULL)
		return SK_ENOMEM;
	memset(out->data, 255, n);
	out->data[0] = 0;
	rendered++;
	return 0;
}

static const struct sk_page_text *shown;

static int page_text(
    struct sk_job *job, struct sk_slice pdf, uint32_t page, struct sk_page_text *out)
{
	struct sk_text_line *l = sk_arena_array(job->arena, 2, sizeof(*l));

	if (l == NULL)
		return SK_ENOMEM;
	if (shown) {
		*out = *shown;
		return 0;
	}
	l[0] = (struct sk_text_line){1, 1, 50, 10, 10, words};
	l[1] = (struct sk_text_line){1, 20, 50, 10, 10, SK_SLICE_LIT("end")};
	*out = (struct sk_page_text){72, 72, no_text ? 0 : 2, l};
	return 0;
}

static int setup(void **state)
{
	struct fixture *x = calloc(1, sizeof(*x));

	if (x == NULL)
		return -1;
	x->limits = sk_limits_for(1000);
	x->budget = (struct sk_budget){x->limits.expand, x->limits.pixels_total, 100, 100};
	x->services = (struct sk_services){
	    .page_count = page_count, .render_page = render_page, .page_text = page_text};
	x->report = calloc(1, sizeof(*x->report));
	x->job = (struct sk_job){.arena = sk_arena_new((size_t)64 << 20),
	    .report = x->report,
	    .limits = &x->limits,
	    .budget = &x->budget,
	    .services = &x->services,
	    .name = "test.pdf",
	    .method = SK_METHOD_FLATTEN};
	x->out = (struct sk_output){.bytes = SK_BUF((size_t)64 << 20)};
	pages = 2;
	rendered = 0;
	most_dpi = 200;
	broken_page = UINT32_MAX;
	no_text = false;
	shown = NULL;
	words = SK_SLICE_LIT("first\nline");
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *x = *state;

	sk_buf_free(&x->out.bytes);
	sk_arena_free(x->job.arena);
	free(x->report);
	free(x);
	return 0;
}

static int flatten(struct fixture *x)
{
	return sk_pdf_flatten(&x->job, SK_FT_PDF, SK_SLICE_LIT("no document"), &x->out);
}

static bool has(const struct fixture *x, const char *s)
{
	return sk_slice_find(sk_buf_slice(&x->out.bytes), 0, sk_slice_str(s)) != SIZE_MAX;
}

static void pages_become_pictures(void **state)
{
	struct fixture *x = *state;
	struct sk_check c = {.arena = sk_arena_new((size_t)64 << 20),
	    .inflate_left = 100000000,
	    .pixels_left = 100000000};

	assert_int_equal(flatten(x), 0);
	assert_int_equal(x->out.type, SK_FT_PDF);
	assert_int_equal(rendered, 2);
	assert_true(has(x, "/Count 2"));
	assert_true(has(x, "/Width 200/Height 200"));
	assert_true(has(x, "/MediaBox[0 0 72 72]"));
	assert_int_equal(sk_verify_pdf(&c, sk_buf_slice(&x->out.bytes)), 0);
	sk_arena_free(c.arena);
}

static void large_pages_are_rendered_more_coarsely(void **state)
{
	struct fixture *x = *state;

	most_dpi = 60;
	assert_int_equal(flatten(x), 0);
	assert_true(has(x, "/Width 50/Height 50"));
	assert_true(has(x, "/MediaBox[0 0 72 72]"));
	sk_buf_reset(&x->out.bytes);
	most_dpi = 49;
	assert_int_equal(flatten(x), SK_EREFUSED);
	assert_int_equal(x->report->reason, SK_REASON_LIMIT_PIXELS);
}

static void a_broken_page_ends_the_job(void **state)
{
	broken_page = 1;
	assert_int_equal(flatten(*state), SK_EFORMAT);
}

static void pages_are_limited(void **state)
{
	struct fixture *x = *state;

	pages = SK_LIMIT_PAGES_FLATTEN + 1;
	assert_int_equal(flatten(x), SK_EREFUSED);
	assert_int_equal(x->report->reason, SK_REASON_LIMIT_PAGES);
	assert_int_equal(rendered, 0);
	pages = 0;
	assert_int_equal(flatten(x), SK_EFORMAT);
}

static void without_a_renderer_it_is_refused(void **state)
{
	struct fixture *x = *state;

	x->services.page_text = NULL;
	assert_int_equal(flatten(x), SK_EREFUSED);
	assert_int_equal(x->report->reason, SK_REASON_METHOD);
}

static void text_of_all_pages(void **state)
{
	struct fixture *x = *state;

	words = SK_SLICE_LIT("first\nline\x02 \xe2\x80\xae\xff");
	assert_int_equal(sk_pdf_text(&x->job, SK_FT_PDF, SK_SLICE_LIT("no document"), &x->out), 0);
	assert_int_equal(x->out.type, SK_FT_TXT);
	static const char want[] = "first line \xef\xbf\xbd\nend\n\nfirst line \xef\xbf\xbd\nend\n";
	assert_int_equal(x->out.bytes.len, sizeof(want) - 1);
	assert_memory_equal(x->out.bytes.p, want, sizeof(want) - 1);
}

static void text_of_nothing_is_one_line_end(void **state)
{
	struct fixture *x = *state;

	pages = 1;
	no_text = true;
	assert_int_equal(sk_pdf_text(&x->job, SK_FT_PDF, SK_SLICE_LIT("no document"), &x->out), 0);
	assert_int_equal(x->out.bytes.len, 1);
	assert_memory_equal(x->out.bytes.p, "\n", 1);
}

static void rows_and_columns(void **state)
{
	struct fixture *x = *state;
	struct sk_text_line lines[] = {{10, 10, 30, 30, 10, SK_SLICE_LIT("name")},
	    {100, 10, 40, 30, 10, SK_SLICE_LIT("day")}, {143, 10, 40, 30, 10, SK_SLICE_LIT("x")},
	    {183, 11, 40, 29, 10, SK_SLICE_LIT("y")}, {10, 25, 30, 30, 10, SK_SLICE_LIT("next")},
	    {200, 60, 10, 30, 10, SK_SLICE_LIT("平")}, {200, 70, 10, 30, 10, SK_SLICE_LIT("成")},
	    {198, 69, 14, 12, 10, SK_SLICE_LIT("12")}, {200, 80, 10, 30, 10, SK_SLICE_LIT("年")},
	    {185, 60, 10, 30, 10, SK_SLICE_LIT("春")}, {10, 200, 5, 30, 10, SK_SLICE_LIT("1")},
	    {10, 210, 5, 30, 10, SK_SLICE_LIT("2")}, {10, 300, 10, 30, 10, SK_SLICE_LIT("上")},
	    {10, 315, 10, 30, 10, SK_SLICE_LIT("下")}};
	const struct sk_page_text t = {300, 400, sizeof(lines) / sizeof(*lines), lines};

	shown = &t;
	pages = 1;
	x->job.method = SK_METHOD_TEXT;
	assert_int_equal(sk_pdf_text(&x->job, SK_FT_PDF, SK_SLICE_LIT("no document"), &x->out), 0);
	assert_true(
	    sk_slice_is(sk_buf_slice(&x->out.bytes), "name\tday x"
						     "y\nnext\n平成12年\n春\n1\n2\n上\n下\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(rows_and_columns, setup, teardown),
	    cmocka_unit_test_setup_teardown(pages_become_pictures, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		large_pages_are_rendered_more_coarsely, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_broken_page_ends_the_job, setup, teardown),
	    cmocka_unit_test_setup_teardown(pages_are_limited, setup, teardown),
	    cmocka_unit_test_setup_teardown(without_a_renderer_it_is_refused, setup, teardown),
	    cmocka_unit_test_setup_teardown(text_of_all_pages, setup, teardown),
	    cmocka_unit_test_setup_teardown(text_of_nothing_is_one_line_end, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
