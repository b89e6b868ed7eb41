/* Tests of jobs on the wire: they come back as they went, and nothing else is taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "jobs/work.h"

static const struct sk_work_job job = {.job = 7,
    .fence = 1ULL << 40,
    .input = {.sealed = true,
	.key = {4},
	.name = "00112233445566778899aabbccddeeff",
	.sha256 = {5},
	.size = 6},
    .steps = {1, 2},
    .nsteps = 2,
    .leaks = true,
    .key = {9},
    .max_input = 5,
    .max_millis = 6,
    .name = "\x83\x5C.docx",
    .type = "docx",
    .transfer = "00112233445566778899aabbccddeeff",
    .nsealed = 1,
    .sealed = {{3, {1, 2, 3}}}};
static const struct sk_work_done done = {.job = 7,
    .fence = 8,
    .verdict = 1,
    .type = "docm",
    .reason = "type.unknown",
    .detail = "何か",
    .hash_in = {1},
    .size_in = 3,
    .cleaned = {SK_WORK_NO, SK_WORK_YES},
    .pages = 3,
    .members = 2,
    .depth = 1,
    .encrypted = 1,
    .ncontains = 2,
    .contains = {SK_FT_DOCX, SK_FT_PE},
    .cleaner = "sekisho-1",
    .removed = "office.macro=1,pdf.link=20",
    .looked = 1,
    .ocr = 1,
    .mynumbers = {1, 2, 3},
    .unread_pages = 4,
    .nplaces = 2,
    .places = {{SK_WORK_MYNUMBER, 2, 3, 4, 0, 0, "3ページ"}, {SK_WORK_WORD, 0, 1, 2, 3, 4, ""}}};
static struct sk_buf b = SK_BUF(65536);

static int setup(void **state)
{
	sk_buf_reset(&b);
	return 0;
}

static int teardown_all(void **state)
{
	sk_buf_free(&b);
	return 0;
}

static void test_job(void **state)
{
	struct sk_work_job in = job, out;

	assert_int_equal(sk_passwords_add(&in.passwords, SK_SLICE_LIT("合言葉")), 0);
	assert_int_equal(sk_work_put_job(&in, &b), 0);
	assert_int_equal(sk_work_get_job(sk_buf_slice(&b), &out), 0);
	assert_memory_equal(&in, &out, sizeof(in));
	for (size_t n = 0; n < b.len; n++) {
		assert_int_equal(sk_work_get_job(sk_slice(b.p, n), &out), SK_EFORMAT);
		assert_int_equal(out.job, 0);
	}
	sk_buf_putc(&b, 0);
	assert_int_equal(sk_work_get_job(sk_buf_slice(&b), &out), SK_EFORMAT);
}

static void test_page(void **state)
{
	const struct sk_work_page asked = {.page = 3, .type = "pdf"};
	struct sk_work_page page;
	struct sk_work_paged out,
	    answer = {.reason = "", .pages = 4, .size = 5, .hash_in = {6}, .hash_out = {7}};

	assert_int_equal(sk_work_put_page(&asked, &b), 0);
	assert_int_equal(sk_work_get_page(sk_buf_slice(&b), &page), 0);
	assert_memory_equal(&asked, &page, sizeof(page));
	for (size_t n = 0; n < b.len; n++)
		assert_int_equal(sk_work_get_page(sk_slice(b.p, n), &page), SK_EFORMAT);
	sk_buf_reset(&b);
	assert_int_equal(sk_work_put_paged(&answer, &b), 0);
	assert_int_equal(sk_work_get_paged(sk_buf_slice(&b), &out), 0);
	assert_true(out.pages == 4 && out.size == 5 && out.hash_in[0] == 6 && out.hash_out[0] == 7);
	for (size_t n = 0; n < b.len; n++)
		assert_int_equal(sk_work_get_paged(sk_slice(b.p, n), &out), SK_EFORMAT);
	b.p[0] = 1; /* refused, without a reason and with a picture */
	assert_int_equal(sk_work_get_paged(sk_buf_slice(&b), &out), SK_EFORMAT);
	assert_int_equal(out.size, 0);
}

static void refused_with(size_t at, uint8_t byte)
{
	struct sk_work_job out;
	uint8_t was = b.p[at];

	b.p[at] = byte;
	assert_int_equal(sk_work_get_job(sk_buf_slice(&b), &out), SK_EFORMAT);
	b.p[at] = was;
}

static void test_job_with_nonsense(void **state)
{
	assert_int_equal(sk_work_put_job(&job, &b), 0);
	refused_with(16, 2);                 /* neither sealed nor not */
	refused_with(16, 0);                 /* a key where nothing is sealed */
	refused_with(50, 'G');               /* no name */
	refused_with(16 + SK_BYTES_WIRE, 5); /* too many steps */
	refused_with(17 + SK_BYTES_WIRE, 0); /* no method */
	refused_with(17 + SK_BYTES_WIRE, 3); /* two at once */
	refused_with(17 + SK_BYTES_WIRE, 8); /* none that there is */
	refused_with(19 + SK_BYTES_WIRE, 2); /* neither yes nor no */
	refused_with(67 + SK_BYTES_WIRE, 0); /* a NUL in the name */
}

static void test_done(void **state)
{
	struct sk_work_done out;

	assert_int_equal(sk_work_put_done(&done, &b), 0);
	assert_int_equal(sk_work_get_done(sk_buf_slice(&b), &out), 0);
	assert_memory_equal(&done, &out, sizeof(done));
	for (size_t n = 0; n < b.len; n++)
		assert_int_equal(sk_work_get_done(sk_slice(b.p, n), &out), SK_EFORMAT);
	b.p[16] = 0; /* clean, with a reason */
	assert_int_equal(sk_work_get_done(sk_buf_slice(&b), &out), SK_EFORMAT);
	b.p[16] = 3;
	assert_int_equal(sk_work_get_done(sk_buf_slice(&b), &out), SK_EFORMAT);
}

static void is_no_end(const struct sk_work_done *d)
{
	struct sk_work_done out;

	sk_buf_reset(&b);
	assert_int_equal(sk_work_put_done(d, &b), 0);
	assert_int_equal(sk_work_get_done(sk_buf_slice(&b), &out), SK_EFORMAT);
}

static void test_counts_are_in_one_form(void **state)
{
	static const char *const bad[] = {
	    "a", "a=", "=1", "a=01", "a=1,", "a=1,a=2", "b=1,a=1", "A=1", "a=1 ", ",a=1", "a=-1"};
	struct sk_work_done d = done;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(d.removed, sizeof(d.removed), "%s", bad[i]);
		is_no_end(&d);
	}
}

static void test_members_are_known_types(void **state)
{
	struct sk_work_done d = done;

	d.contains[1] = SK_FT_UNKNOWN;
	is_no_end(&d);
	d.contains[1] = SK_FT_DOCX;
	is_no_end(&d);
	d = done;
	d.opened = 2;
	is_no_end(&d);
	d = done;
	d.cleaned[2] = 3;
	is_no_end(&d);
}

static void test_not_clean_needs_a_reason(void **state)
{
	struct sk_work_done d = done, out;

	d.reason[0] = '\0';
	assert_int_equal(sk_work_put_done(&d, &b), 0);
	assert_int_equal(sk_work_get_done(sk_buf_slice(&b), &out), SK_EFORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup(f, setup)
	    T(test_job), T(test_page), T(test_job_with_nonsense), T(test_done),
	    T(test_not_clean_needs_a_reason), T(test_counts_are_in_one_form),
	    T(test_members_are_known_types)};

	return cmocka_run_group_tests(tests, NULL, teardown_all);
}
