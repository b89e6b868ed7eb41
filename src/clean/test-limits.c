/*
 * The limits that text and archives meet (base/limits.h): one below, at and above each; what passes also passes the
 * verifier. Real handlers, in process.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clean/clean.h"
#include "container/zip.h"
#include "verify/verify.h"

#define ROOM ((size_t)64 << 20)

static struct sk_report report;

/* Cleans and verifies; the reason, or SK_CODE_NONE. */
static enum sk_code reason_for(const char *name, struct sk_slice in, struct sk_buf *kept)
{
	struct sk_clean_request req = {.in = in, .name = name, .method = SK_METHOD_REBUILD};
	struct sk_output out;

	if (sk_clean(&req, &report, &out) == 0) {
		struct sk_limits l = sk_limits_for(out.bytes.len);
		struct sk_check c = {
		    .arena = sk_arena_new(l.memory), .inflate_left = l.expand, .pixels_left = 1};
		if (sk_verify(&c, out.type, sk_buf_slice(&out.bytes)))
			fail_msg("verifier: %s", c.fault.what);
		sk_arena_free(c.arena);
	}
	if (kept)
		*kept = out.bytes;
	else
		sk_buf_free(&out.bytes);
	return report.reason;
}

static void repeat(struct sk_buf *b, size_t n, const char *s)
{
	while (n--)
		sk_buf_puts(b, s);
}

/* `n` levels, values of the given beginnings and ends in each other. */
static enum sk_code nested(
    const char *name, size_t n, const char *open, const char *middle, const char *close)
{
	struct sk_buf b = SK_BUF(ROOM);

	repeat(&b, n, open);
	sk_buf_puts(&b, middle);
	repeat(&b, n, close);
	enum sk_code code = reason_for(name, sk_buf_slice(&b), NULL);
	sk_buf_free(&b);
	return code;
}

static void test_depth(void **state)
{
	for (size_t n = SK_LIMIT_JSON_DEPTH - 1; n <= SK_LIMIT_JSON_DEPTH + 1; n++) {
		enum sk_code want =
		    n > SK_LIMIT_JSON_DEPTH ? SK_REASON_LIMIT_NESTING : SK_CODE_NONE;
		assert_int_equal(nested("a.json", n, "[", "1", "]"), want);
		assert_int_equal(nested("a.json", n, "{\"a\":", "1", "}"), want);
	}
	for (size_t n = SK_LIMIT_XML_DEPTH - 1; n <= SK_LIMIT_XML_DEPTH + 1; n++)
		assert_int_equal(nested("a.xml", n, "<a>", "x", "</a>"),
		    n > SK_LIMIT_XML_DEPTH ? SK_REASON_LIMIT_NESTING : SK_CODE_NONE);
}

static void test_attributes(void **state)
{
	for (unsigned n = SK_LIMIT_XML_ATTRIBUTES - 1; n <= SK_LIMIT_XML_ATTRIBUTES + 1; n++) {
		struct sk_buf b = SK_BUF(ROOM);
		sk_buf_puts(&b, "<a");
		for (unsigned i = 0; i < n; i++)
			sk_buf_printf(&b, " b%u='c'", i);
		sk_buf_puts(&b, "/>");
		assert_int_equal(reason_for("a.xml", sk_buf_slice(&b), NULL),
		    n > SK_LIMIT_XML_ATTRIBUTES ? SK_REASON_LIMIT_OBJECTS : SK_CODE_NONE);
		sk_buf_free(&b);
	}
}

/* A value of n bytes as it is written, `unit` being written as `bytes` bytes. */
static enum sk_code value_of(size_t n, const char *unit, size_t bytes)
{
	struct sk_buf b = SK_BUF(ROOM);

	sk_buf_puts(&b, "<a b='");
	repeat(&b, n / bytes, unit);
	repeat(&b, n % bytes, "x");
	sk_buf_puts(&b, "'/>");
	enum sk_code code = reason_for("a.xml", sk_buf_slice(&b), NULL);
	sk_buf_free(&b);
	return code;
}

static void test_values(void **state)
{
	for (size_t n = SK_LIMIT_XML_VALUE - 1; n <= SK_LIMIT_XML_VALUE + 1; n++) {
		enum sk_code want = n > SK_LIMIT_XML_VALUE ? SK_REASON_LIMIT_OBJECTS : SK_CODE_NONE;
		assert_int_equal(value_of(n, "x", 1), want);
		assert_int_equal(value_of(n, "\"", 6), want); /* &quot; */
	}
}

/* n folders are n members. */
static struct sk_buf folders(unsigned n, const struct sk_slice *inner)
{
	struct sk_buf b = SK_BUF(ROOM);
	struct sk_zip_writer *w = sk_zip_writer_new(&b);
	char name[16];

	for (unsigned i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%u/", i);
		assert_int_equal(sk_zip_writer_add(w, name, sk_slice("", 0), 0), 0);
	}
	if (inner)
		assert_int_equal(sk_zip_writer_add(w, "inner.zip", *inner, 0), 0);
	assert_int_equal(sk_zip_writer_end(w), 0);
	sk_zip_writer_free(w);
	return b;
}

static void test_members(void **state)
{
	for (unsigned n = SK_LIMIT_MEMBERS - 1; n <= SK_LIMIT_MEMBERS + 1; n++) {
		enum sk_code want = n > SK_LIMIT_MEMBERS ? SK_REASON_LIMIT_MEMBERS : SK_CODE_NONE;
		struct sk_buf one = folders(n, NULL), in = folders(10, NULL);
		struct sk_slice inner = sk_buf_slice(&in);
		struct sk_buf two = folders(n - 11, &inner);
		assert_int_equal(reason_for("a.zip", sk_buf_slice(&one), NULL), want);
		assert_int_equal(reason_for("a.zip", sk_buf_slice(&two), NULL), want);
		sk_buf_free(&one);
		sk_buf_free(&in);
		sk_buf_free(&two);
	}
}

/* Archives in each other, `levels` in all. */
static struct sk_buf archives(unsigned levels)
{
	struct sk_buf b = folders(1, NULL);

	for (unsigned i = 1; i < levels; i++) {
		struct sk_slice inner = sk_buf_slice(&b);
		struct sk_buf outer = folders(0, &inner);
		sk_buf_free(&b);
		b = outer;
	}
	return b;
}

/* The one that is too deep is replaced by a note, what is around it stays. */
static void test_nesting(void **state)
{
	for (unsigned n = SK_LIMIT_NESTING - 1; n <= SK_LIMIT_NESTING + 1; n++) {
		struct sk_buf b = archives(n), out;
		assert_int_equal(reason_for("a.zip", sk_buf_slice(&b), &out), SK_CODE_NONE);
		assert_int_equal(sk_report_count(&report, SK_ARCHIVE_MEMBER), n > SK_LIMIT_NESTING);
		if (n <= SK_LIMIT_NESTING)
			assert_true(sk_slice_eq(sk_buf_slice(&b), sk_buf_slice(&out)));
		sk_buf_free(&b);
		sk_buf_free(&out);
	}
}

/* Only the size is looked at: nothing is read before. */
static void test_input(void **state)
{
	assert_int_equal(
	    reason_for("a.txt", (struct sk_slice){(const uint8_t *)"", SK_LIMIT_INPUT + 1}, NULL),
	    SK_REASON_LIMIT_SIZE);
}

/* Room for the output: one byte less than it has, exactly that, one more. */
static void room_for(enum sk_filetype type, struct sk_slice in)
{
	const struct sk_handler *h = sk_handler_for(type);

	for (size_t max = in.n - 1; max <= in.n + 1; max++) {
		struct sk_limits limits = sk_limits_for(in.n);
		struct sk_budget budget = {limits.expand, limits.pixels_total, limits.members, 10};
		struct sk_job job = {.report = &report,
		    .limits = &limits,
		    .budget = &budget,
		    .name = "x",
		    .method = SK_METHOD_REBUILD,
		    .arena = sk_arena_new(limits.memory)};
		struct sk_output out = {.bytes = SK_BUF(max)};
		sk_report_clear(&report);
		assert_int_equal(h->rebuild(&job, type, in, &out), max < in.n ? SK_ELIMIT : 0);
		sk_arena_free(job.arena);
		sk_buf_free(&out.bytes);
	}
}

static void test_output(void **state)
{
	struct sk_buf b = folders(5, NULL);

	room_for(SK_FT_TXT, SK_SLICE_LIT("plain words\nin lines\n"));
	room_for(SK_FT_CSV, SK_SLICE_LIT("\xEF\xBB\xBF"
					 "a,b\n1,2\n"));
	room_for(SK_FT_TSV, SK_SLICE_LIT("\xEF\xBB\xBF"
					 "a\tb\n1\t2\n"));
	room_for(SK_FT_JSON, SK_SLICE_LIT("{\"a\": [1, \"b\"]}\n"));
	room_for(SK_FT_XML,
	    SK_SLICE_LIT("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b=\"c\">d</a>\n"));
	room_for(SK_FT_ZIP, sk_buf_slice(&b));
	sk_buf_free(&b);
}

/* How far the limits grow with the input, and where they stop. */
static void test_growth(void **state)
{
	const size_t most = (SK_LIMIT_OUTPUT - SK_LIMIT_OUTPUT_FLOOR) / SK_LIMIT_OUTPUT_RATIO;
	const size_t far = (SK_LIMIT_EXPAND_TOTAL - SK_LIMIT_EXPAND_FLOOR) / SK_LIMIT_EXPAND_RATIO;

	assert_int_equal(sk_limits_for(0).output, SK_LIMIT_OUTPUT_FLOOR);
	assert_int_equal(sk_limits_for(0).expand, SK_LIMIT_EXPAND_FLOOR);
	assert_true(sk_limits_for(most).output <= SK_LIMIT_OUTPUT);
	assert_int_equal(sk_limits_for(most + 1).output, SK_LIMIT_OUTPUT);
	assert_true(sk_limits_for(far).expand <= SK_LIMIT_EXPAND_TOTAL);
	assert_int_equal(sk_limits_for(far + 1).expand, SK_LIMIT_EXPAND_TOTAL);
	assert_int_equal(sk_limits_for(SIZE_MAX).expand, SK_LIMIT_EXPAND_TOTAL);
}

static int init(void **state)
{
	return sk_clean_init();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_depth),
	    cmocka_unit_test(test_attributes),
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_members),
	    cmocka_unit_test(test_nesting),
	    cmocka_unit_test(test_input),
	    cmocka_unit_test(test_output),
	    cmocka_unit_test(test_growth),
	};
	return cmocka_run_group_tests(tests, init, NULL);
}
