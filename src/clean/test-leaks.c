/* Tests of the leak check of whole files: what lies inside them is found, what has no words is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "clean/clean.h"
#include "clean/leaks.h"
#include "clean/xmlwords.h"
#include "container/zip.h"

#define N12 "123456789018" /* a published test value */

static struct sk_arena *arena;
static struct sk_report report;
static struct sk_content content;
static const uint8_t key[SK_FIND_KEY];
static struct sk_buf zip = SK_BUF(1 << 20);
static struct sk_zip_writer *writer;

static int setup_all(void **state)
{
	return sk_clean_init();
}

static int setup(void **state)
{
	arena = sk_arena_new((size_t)512 << 20);
	sk_buf_reset(&zip);
	writer = sk_zip_writer_new(&zip);
	return arena == NULL || writer == NULL;
}

static int teardown(void **state)
{
	sk_zip_writer_free(writer);
	sk_buf_free(&zip);
	sk_arena_free(arena);
	return 0;
}

static int look(const char *name, struct sk_slice in, const char *words)
{
	struct sk_leaks_request req = {
	    .in = in, .name = name, .words = sk_slice_str(words), .key = key};

	return sk_clean_leaks(&req, arena, &report, &content);
}

static void member(const char *name, const char *text)
{
	assert_int_equal(sk_zip_writer_add(writer, name, sk_slice_str(text), 6), 0);
}

static struct sk_slice zipped(void)
{
	assert_int_equal(sk_zip_writer_end(writer), 0);
	return sk_buf_slice(&zip);
}

static uint32_t numbers(void)
{
	const uint32_t *c = content.count[SK_FIND_MYNUMBER];

	return c[0] + c[1] + c[2];
}

static void test_text(void **state)
{
	assert_int_equal(look("a.txt", SK_SLICE_LIT("個人番号 " N12 "\n"), ""), 0);
	assert_int_equal(content.count[SK_FIND_MYNUMBER][SK_TRUST_SURE], 1);
	assert_string_equal(content.v[0].where, "");
	assert_int_equal(report.type, SK_FT_TXT);
}

static void test_name_is_looked_at(void **state)
{
	assert_int_equal(look(N12 ".txt", SK_SLICE_LIT("x\n"), ""), 0);
	assert_int_equal(numbers(), 1);
}

static void test_archive_in_archive(void **state)
{
	struct sk_buf inner = SK_BUF(1 << 20);

	member("b.csv", "番号,名\n" N12 ",職員1\n");
	sk_buf_put_slice(&inner, zipped());
	sk_zip_writer_free(writer);
	sk_buf_reset(&zip);
	writer = sk_zip_writer_new(&zip);
	assert_int_equal(sk_zip_writer_add(writer, "a.zip", sk_buf_slice(&inner), 0), 0);
	member("取扱注意.txt", "x\n");
	assert_int_equal(look("c.zip", zipped(), "取扱注意\n"), 0);
	assert_int_equal(numbers(), 1);
	assert_string_equal(content.v[0].where, "a.zip!b.csv");
	assert_int_equal(content.count[SK_FIND_WORD][SK_TRUST_SURE], 1);
	assert_string_equal(content.v[1].where, "取扱注意.txt");
	sk_buf_free(&inner);
}

static void test_pictures_are_unreadable(void **state)
{
	static const uint8_t gif[] =
	    "GIF89a\1\0\1\0\200\0\0\0\0\0\377\377\377!\371\4\0\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;";

	assert_int_equal(look("a.gif", sk_slice(gif, sizeof(gif) - 1), ""), 0);
	assert_int_equal(content.unread[SK_UNREAD_PICTURE], 1);
}

static void test_mail(void **state)
{
	static const char mail[] =
	    "From: a@example.jp\r\nTo: b@example.jp\r\nSubject: =?UTF-8?B?" /* 個人番号 123456789018 */
	    "5YCL5Lq655Wq5Y+3IDEyMzQ1Njc4OTAxOA==?=\r\nMIME-Version: 1.0\r\n"
	    "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; "
	    "charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" /* 取扱注意 */
	    "5Y+W5omx5rOo5oSP\r\n--x\r\nContent-Type: text/csv; name=t.csv\r\n"
	    "Content-Disposition: attachment; filename=t.csv\r\n\r\nno,a\r\n0,1234-5678-9018\r\n--x--\r\n";

	assert_int_equal(look("a.eml", SK_SLICE_LIT(mail), "取扱注意\n"), 0);
	assert_int_equal(numbers(), 2);
	assert_int_equal(content.count[SK_FIND_WORD][SK_TRUST_SURE], 1);
	assert_string_equal(content.v[content.n - 1].where, "t.csv");
}

/* A workbook whose number stands in a sheet that its text may leave out, and in an attribute. */
static void test_hidden_parts_of_packages(void **state)
{
	member("mimetype", "application/vnd.oasis.opendocument.spreadsheet");
	member("META-INF/manifest.xml",
	    "<?xml version=\"1.0\"?><manifest:manifest "
	    "xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"><manifest:file-entry "
	    "manifest:full-path=\"/\" "
	    "manifest:media-type=\"application/vnd.oasis.opendocument.spreadsheet\"/></manifest:manifest>");
	member("content.xml",
	    "<?xml version=\"1.0\"?><office:document-content "
	    "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" "
	    "xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" "
	    "xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body>"
	    "<office:spreadsheet><table:table table:name=\"a\"><table:table-row><table:table-cell "
	    "office:value-type=\"float\" office:value=\"" N12
	    "\"><text:p>1.23E+11</text:p></table:table-cell></table:table-row></table:table>"
	    "</office:spreadsheet></office:body></office:document-content>");
	member("Pictures/1.png", "x");
	assert_int_equal(look("a.ods", zipped(), ""), 0);
	assert_int_equal(numbers(), 1);
	assert_int_equal(content.unread[SK_UNREAD_PICTURE], 1);
}

static void test_what_cannot_be_looked_through(void **state)
{
	assert_int_equal(look("a.exe", SK_SLICE_LIT("MZ\220\0"), ""), SK_EREFUSED);
	assert_int_not_equal(report.reason, SK_CODE_NONE);
	assert_int_equal(look("a.txt", SK_SLICE_LIT("x\n"), "\\q\n"), SK_EREFUSED);
	assert_int_equal(look("a.pdf", SK_SLICE_LIT("%PDF-1.4\n"), ""), SK_EREFUSED);
}

static void words_are(const char *xml, const char *want)
{
	struct sk_buf b = SK_BUF(1 << 16);

	assert_int_equal(sk_xml_words(sk_slice_str(xml), &b), 0);
	sk_buf_putc(&b, 0);
	assert_string_equal(b.p, want);
	sk_buf_free(&b);
}

static void test_words_of_xml(void **state)
{
	words_are("<a><b>x</b> <c>y</c></a>", "x\ny\n");
	words_are("<p descr=\"a&amp;b\" id=\"1\" w:name='q>r'/>t", "a&b\nq>r\nt\n");
	words_are("&#x5024;&#49;&bad;&", "値1&bad;&\n");
	words_are("<a title=\"x", "");
	words_are("<a =\"\" value=3", "");
}

/* What leaves the jail is read as if it were hostile. */
static void test_wire(void **state)
{
	struct sk_buf b = SK_BUF(SK_LEAK_WIRE_BYTES);
	struct sk_content got;

	assert_int_equal(look("a.txt", SK_SLICE_LIT("個人番号 " N12 "\n注意"), "注意\n"), 0);
	assert_int_equal(sk_content_encode(&content, &b), 0);
	assert_int_equal(sk_content_decode(arena, sk_buf_slice(&b), &got), 0);
	assert_int_equal(got.n, 2);
	assert_memory_equal(&got.v[0].f, &content.v[0].f, sizeof(got.v[0].f));
	assert_memory_equal(got.count, content.count, sizeof(got.count));
	for (size_t n = 0; n < b.len; n++)
		assert_int_equal(sk_content_decode(arena, sk_slice(b.p, n), &got), SK_EFORMAT);
	sk_buf_putc(&b, 0);
	assert_int_equal(sk_content_decode(arena, sk_buf_slice(&b), &got), SK_EFORMAT);
	b.p[54] = 9; /* the kind of the first finding */
	assert_int_equal(sk_content_decode(arena, sk_slice(b.p, b.len - 1), &got), SK_EFORMAT);
	sk_buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	    T(test_text), T(test_name_is_looked_at), T(test_archive_in_archive),
	    T(test_pictures_are_unreadable), T(test_mail), T(test_hidden_parts_of_packages),
	    T(test_what_cannot_be_looked_through), T(test_words_of_xml), T(test_wire)};

	return cmocka_run_group_tests(tests, setup_all, NULL);
}
