/* Tests of the engine in process: identification, conflicts, names, nesting, limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "clean/clean.h"

#define LIT(s) \
	{ \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

static struct sk_report report;

static int identify(struct sk_slice in, const char *name)
{
	report = (struct sk_report){0};
	return sk_identify(in, name, &report);
}

static void test_empty_is_refused(void **state)
{
	assert_int_equal(identify(sk_slice("", 0), "a.pdf"), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_EMPTY);
}

static void test_one_byte_is_not_passed_as_binary(void **state)
{
	assert_int_equal(identify(SK_SLICE_LIT("\xff"), "a.bin"), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_UNKNOWN_TYPE);
}

static void test_program_is_named(void **state)
{
	struct sk_slice elf =
	    SK_SLICE_LIT("\x7f"
			 "ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0>\0\1\0\0\0\0\0\0\0\0\0\0\0@\0\0\0\0\0\0\0"
			 "\0\0\0\0\0\0\0\0\0\0\0\0@\0008\0\0\0@\0\0\0\0\0");
	assert_int_equal(identify(elf, "letter.pdf"), SK_EREFUSED);
	assert_int_equal(report.type, SK_FT_ELF);
	assert_int_equal(report.reason, SK_REASON_PROGRAM);
}

static void test_text_is_found(void **state)
{
	assert_int_equal(identify(SK_SLICE_LIT("plain words\n"), "a.txt"), 0);
	assert_int_equal(report.type, SK_FT_TXT);
	assert_int_equal(identify(SK_SLICE_LIT("a,b\r\n1,2\r\n"), "a.csv"), 0);
	assert_int_equal(report.type, SK_FT_CSV);
}

static void test_gif_with_pdf_is_a_polyglot(void **state)
{
	static const char both[] =
	    "GIF89a\1\0\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n"
	    "trailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n";
	assert_int_equal(identify(SK_SLICE_LIT(both), "a.gif"), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_POLYGLOT);
	assert_true(report.nclaims >= 2);
}

static void test_names(void **state)
{
	assert_true(sk_filetype_fits(SK_FT_PDF, "a.PDF"));
	assert_true(sk_filetype_fits(SK_FT_JPEG, "a.jpeg"));
	assert_false(sk_filetype_fits(SK_FT_PDF, "a.pdf.exe"));
	assert_false(sk_filetype_fits(SK_FT_PDF, "pdf"));
	assert_false(sk_filetype_fits(SK_FT_PDF, ".pdf"));
}

static void test_wrong_name_is_reported(void **state)
{
	struct sk_output out;
	struct sk_clean_request req = {
	    .in = SK_SLICE_LIT("plain words\n"), .name = "a.exe", .method = SK_METHOD_REBUILD};

	assert_int_equal(sk_clean(&req, &report, &out), 0);
	assert_int_equal(sk_report_count(&report, SK_NAME_CHANGED), 1);
	assert_int_equal(out.type, SK_FT_TXT);
	sk_buf_free(&out.bytes);
}

/* Control characters, or a character set of two bytes, hide a signature that cleaning would bring to light. */
static void test_revealed_type_is_refused(void **state)
{
	static const struct {
		struct sk_slice in;
		const char *name;
	} cases[] = {
	    {LIT("con\1ectix disk of words\n"), "a.txt"},
	    {LIT("\xFF\xFEv\0h\0d\0x\0f\0i\0l\0e\0\n\0"), "a.txt"},
	    {LIT("\xFE\xFF\0%\0P\0D\0F\0-\0001\0.\0004\0\n"), "a.txt"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sk_output out;
		struct sk_clean_request req = {
		    .in = cases[i].in, .name = cases[i].name, .method = SK_METHOD_REBUILD};
		assert_int_equal(sk_clean(&req, &report, &out), SK_EREFUSED);
		assert_int_equal(out.bytes.len, 0);
	}
}

static void test_unavailable_method(void **state)
{
	struct sk_output out;
	struct sk_clean_request req = {
	    .in = SK_SLICE_LIT("plain words\n"), .name = "a.txt", .method = SK_METHOD_FLATTEN};

	assert_int_equal(sk_clean(&req, &report, &out), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_METHOD);
	assert_int_equal(out.bytes.len, 0);
}

static int init(void **state)
{
	return sk_clean_init();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_empty_is_refused),
	    cmocka_unit_test(test_one_byte_is_not_passed_as_binary),
	    cmocka_unit_test(test_program_is_named),
	    cmocka_unit_test(test_text_is_found),
	    cmocka_unit_test(test_gif_with_pdf_is_a_polyglot),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_wrong_name_is_reported),
	    cmocka_unit_test(test_revealed_type_is_refused),
	    cmocka_unit_test(test_unavailable_method),
	};
	return cmocka_run_group_tests(tests, init, NULL);
}
