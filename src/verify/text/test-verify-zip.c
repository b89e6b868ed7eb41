/* Tests of the verifier of archives: each way to hide something in a zip is found, an honest one passes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "verify/text/testzip.h"
#include "verify/text/zip.h"

/* What members are checked with: text and archives for real, pictures by one word. */
int sk_verify(struct sk_check *c, enum sk_filetype type, struct sk_slice in)
{
	if (type == SK_FT_ZIP)
		return sk_verify_zip(c, in);
	if (type == SK_FT_TXT || type == SK_FT_CSV || type == SK_FT_JSON)
		return sk_verify_text(c, type, in);
	return sk_slice_is(in, "good picture") ? 0 : sk_fail(c, 0, "picture");
}

/* "aaaa…" (100 times) as raw deflate. */
static const uint8_t packed[] = {0x4b, 0x4c, 0xa4, 0x3d, 0x00, 0x00};
static const char a100[] =
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

static struct tz_member text_member(const char *name, const char *text)
{
	return (struct tz_member){.name = name, .data = sk_slice_str(text)};
}

static struct tz_member packed_member(const char *name)
{
	return (struct tz_member){.name = name,
	    .data = sk_slice(packed, sizeof(packed)),
	    .method = 8,
	    .size = 100,
	    .crc = tz_crc(sk_slice_str(a100))};
}

static int run(struct sk_slice in)
{
	struct sk_check c = tz_check();
	int rc = sk_verify_zip(&c, in);

	if (rc == SK_EFORMAT)
		assert_true(c.fault.what[0] != '\0');
	sk_arena_free(c.arena);
	return rc;
}

static int run_members(const struct tz_member *m, size_t n)
{
	struct sk_buf b = SK_BUF((size_t)1 << 20);

	tz_write(&b, m, n);
	int rc = run(sk_buf_slice(&b));
	sk_buf_free(&b);
	return rc;
}

/* The sample: a folder, a text in it, a deflated text, a picture with a Japanese name. */
#define SAMPLE_COUNT 4
static void sample(struct tz_member m[SAMPLE_COUNT])
{
	m[0] = text_member("dir/", "");
	m[1] = text_member("dir/readme.txt", "hello\n");
	m[2] = packed_member("a.log");
	m[3] = text_member("\xe8\xa1\xa8.PNG", "good picture");
}

static void test_accepts(void **state)
{
	struct tz_member m[SAMPLE_COUNT];

	(void)state;
	sample(m);
	assert_int_equal(run_members(m, SAMPLE_COUNT), 0);
	assert_int_equal(run_members(m, 0), 0); /* empty: the end record alone */
}

/* One byte of the sample set to another value, counted from the first occurrence of a signature. */
static const struct {
	const char *sig;
	size_t at;
	uint8_t value;
	const char *what;
} bytes[] = {
    {"PK\3\4", 0, 'Q', "bytes before the first member"},
    {"PK\3\4", 4, 45, "version needed of zip64"},
    {"PK\3\4", 6, 1, "encrypted"},
    {"PK\3\4", 6, 8, "data descriptor"},
    {"PK\3\4", 7, 8, "UTF-8 flag on an ASCII name"},
    {"PK\3\4", 8, 9, "deflate64"},
    {"PK\3\4", 8, 14, "LZMA"},
    {"PK\3\4", 10, 1, "time"},
    {"PK\3\4", 12, 0x22, "date"},
    {"PK\3\4", 14, 1, "CRC of a folder"},
    {"PK\3\4", 18, 1, "packed size differs"},
    {"PK\3\4", 22, 1, "size of a folder"},
    {"PK\3\4", 26, 3, "name length"},
    {"PK\3\4", 28, 1, "extra field"},
    {"PK\1\2", 4, 30, "made by another version"},
    {"PK\1\2", 5, 3, "made on Unix: links and modes"},
    {"PK\1\2", 6, 10, "directory differs: version"},
    {"PK\1\2", 8, 1, "directory differs: flags"},
    {"PK\1\2", 10, 8, "directory differs: method"},
    {"PK\1\2", 16, 1, "directory differs: CRC"},
    {"PK\1\2", 20, 1, "directory differs: packed size"},
    {"PK\1\2", 24, 1, "directory differs: size"},
    {"PK\1\2", 30, 1, "extra field in the directory"},
    {"PK\1\2", 32, 1, "comment of a member"},
    {"PK\1\2", 34, 1, "disk number"},
    {"PK\1\2", 36, 1, "internal attributes"},
    {"PK\1\2", 38, 0x20, "attributes"},
    {"PK\1\2", 41, 0xa1, "symbolic link"},
    {"PK\1\2", 42, 1, "offset"},
    {"PK\1\2", 46, 'D', "directory differs: name"},
    {"PK\5\6", 4, 1, "number of this disk"},
    {"PK\5\6", 8, 3, "count on this disk"},
    {"PK\5\6", 10, 5, "count"},
    {"PK\5\6", 12, 9, "size of the directory"},
    {"PK\5\6", 16, 9, "offset of the directory"},
    {"PK\5\6", 20, 1, "comment of the archive"},
};

static void test_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
		struct sk_buf b = SK_BUF((size_t)1 << 20);
		struct tz_member m[SAMPLE_COUNT];
		sample(m);
		tz_write(&b, m, SAMPLE_COUNT);
		size_t at = sk_slice_find(sk_buf_slice(&b), 0, sk_slice(bytes[i].sig, 4));
		assert_true(at != SIZE_MAX && b.p[at + bytes[i].at] != bytes[i].value);
		b.p[at + bytes[i].at] = bytes[i].value;
		if (run(sk_buf_slice(&b)) != SK_EFORMAT)
			fail_msg("not found: %s", bytes[i].what);
		sk_buf_free(&b);
	}
}

static void test_surroundings(void **state)
{
	struct sk_buf b = SK_BUF((size_t)1 << 20), more = SK_BUF((size_t)1 << 20);
	struct tz_member m[SAMPLE_COUNT];

	(void)state;
	sample(m);
	tz_write(&b, m, SAMPLE_COUNT);
	sk_buf_puts(&more, "MZ");
	sk_buf_put_slice(&more, sk_buf_slice(&b));
	assert_int_equal(run(sk_buf_slice(&more)), SK_EFORMAT); /* a stub before it */
	size_t dir = sk_slice_find(sk_buf_slice(&b), 0, SK_SLICE_LIT("PK\1\2"));
	sk_buf_reset(&more);
	sk_buf_put(&more, b.p, dir);
	sk_buf_puts(&more, "hidden");
	sk_buf_put(&more, b.p + dir, b.len - dir);
	assert_int_equal(run(sk_buf_slice(&more)), SK_EFORMAT); /* a gap before the directory */
	for (size_t n = 0; n < b.len; n++)                      /* truncated anywhere */
		assert_int_equal(run(sk_slice(b.p, n)), SK_EFORMAT);
	sk_buf_puts(&b, "\n");
	assert_int_equal(run(sk_buf_slice(&b)), SK_EFORMAT); /* something after it */
	sk_buf_free(&b);
	sk_buf_free(&more);
}

static void test_names(void **state)
{
	static const char *const bad[] = {
	    "../up.txt",
	    "/root.txt",
	    "a//b.txt",
	    "a/./b.txt",
	    "c:a.txt",
	    "a\\b.txt",
	    "a.txt:s.txt",
	    "nul.txt",
	    "COM1.log",
	    "d/aux .x.txt",
	    "lpt\xc2\xb9.txt",
	    "conin$.txt",
	    "a?.txt",
	    "a*.txt",
	    "a\".txt",
	    "a<.txt",
	    "a|.txt",
	    " a.txt",
	    "dir./b.txt",
	    "dir /b.txt",
	    "a\n.txt",
	    "a\x7f.txt",
	    "a\xc2\x80.txt",
	    "a\xe2\x80\xaetxt.txt",
	    "a\xe2\x80\x8b.txt",
	    "a\xef\xbb\xbf.txt",
	    "a\xe2\x80\x8d.txt",
	    "a\xef\xb8\x8f.txt",
	    "\xff.txt",
	    "\xc0\xaf.txt",
	    "a.exe",
	    "a.js",
	    "a.lnk",
	    "a.vbs",
	    "a.docm",
	    "a.html",
	    "txt",
	    ".txt",
	    "a.txt.",
	    "a.tar.gz",
	    "run.txt.exe",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct tz_member m = text_member(bad[i], "x");
		if (run_members(&m, 1) != SK_EFORMAT)
			fail_msg("name passed: %s", bad[i]);
	}
	struct tz_member good = text_member("a b/\xe5\xb1\xb1.tar.txt", "x");
	assert_int_equal(run_members(&good, 1), 0);
	good.name = "\xe8\x91\x9b\xf3\xa0\x84\x80.txt"; /* a chosen form of a kanji */
	assert_int_equal(run_members(&good, 1), 0);
	good.name = "a\xf3\xa0\x84\x80.txt";
	assert_int_equal(run_members(&good, 1), SK_EFORMAT);
}

static void test_pairs(void **state)
{
	struct tz_member m[2] = {text_member("a.txt", "x"), text_member("A.TXT", "x")};

	(void)state;
	assert_int_equal(run_members(m, 2), SK_EFORMAT); /* one file on Windows */
	m[1] = text_member("a.txt", "y");
	assert_int_equal(run_members(m, 2), SK_EFORMAT);
	m[1] = text_member("A.txt/b.txt", "y");
	assert_int_equal(run_members(m, 2), SK_EFORMAT); /* a file as a folder */
	m[1] = text_member("a.txt/", "");
	assert_int_equal(run_members(m, 2), SK_EFORMAT);
	m[1] = text_member("b.txt", "y");
	assert_int_equal(run_members(m, 2), 0);
	static const char *const same[][2] = {{"\xef\xbc\xa1.txt", "\xef\xbd\x81.txt"},
	    {"\xc3\x84.txt", "\xc3\xa4.txt"}, {"\xce\xa3.txt", "\xcf\x83.txt"},
	    {"\xd0\x96.txt", "\xd0\xb6.txt"}, {"\xd0\x81.txt", "\xd1\x91.txt"},
	    {"\xef\xbd\x81.txt", "\xef\xbc\xa1.txt/b.txt"}};
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		m[0] = text_member(same[i][0], "x");
		m[1] = text_member(same[i][1], "y");
		assert_int_equal(run_members(m, 2), SK_EFORMAT);
	}
	m[0] = text_member("\xc3\x97.txt", "x");
	m[1] = text_member("\xc3\xb7.txt", "y");
	assert_int_equal(run_members(m, 2), 0); /* no letters */
}

static void test_members(void **state)
{
	struct tz_member m = packed_member("a.txt");

	(void)state;
	m.size = 99;
	assert_int_equal(run_members(&m, 1), SK_EFORMAT); /* more than it says */
	m.size = 101;
	assert_int_equal(run_members(&m, 1), SK_EFORMAT); /* less than it says */
	m.size = (uint32_t)1 << 30;
	assert_int_equal(run_members(&m, 1), SK_EFORMAT); /* a bomb by its claim */
	m = packed_member("a.txt");
	m.crc = 1;
	assert_int_equal(run_members(&m, 1), SK_EFORMAT);
	m = packed_member("a.txt");
	uint8_t longer[sizeof(packed) + 1];
	memcpy(longer, packed, sizeof(packed));
	longer[sizeof(packed)] = 0;
	m.data = sk_slice(longer, sizeof(longer));
	assert_int_equal(run_members(&m, 1), SK_EFORMAT); /* bytes behind the stream */
	m.data = sk_slice(packed, sizeof(packed) - 1);
	assert_int_equal(run_members(&m, 1), SK_EFORMAT);
	m = text_member("a.png", "bad picture");
	assert_int_equal(run_members(&m, 1), SK_EFORMAT);
	m = text_member("a.csv", "=1");
	assert_int_equal(run_members(&m, 1), SK_EFORMAT);
	m = text_member("a/", "data of a folder");
	assert_int_equal(run_members(&m, 1), SK_EFORMAT);
}

/* Archives in archives, `levels` in all, a bad text in the innermost. */
static int run_nested(unsigned levels, const char *text)
{
	struct tz_member m = text_member("t.txt", text);
	struct sk_buf b[2] = {SK_BUF((size_t)1 << 20), SK_BUF((size_t)1 << 20)};

	for (unsigned i = 0; i < levels; i++) {
		sk_buf_reset(&b[i & 1]);
		tz_write(&b[i & 1], &m, 1);
		m = (struct tz_member){.name = "z.zip", .data = sk_buf_slice(&b[i & 1])};
	}
	int rc = run(m.data);
	sk_buf_free(&b[0]);
	sk_buf_free(&b[1]);
	return rc;
}

static void test_nesting(void **state)
{
	(void)state;
	assert_int_equal(run_nested(SK_LIMIT_NESTING - 1, "x"), 0);
	assert_int_equal(run_nested(SK_LIMIT_NESTING, "x"), 0);
	assert_int_equal(run_nested(SK_LIMIT_NESTING + 1, "x"), SK_EFORMAT);
	assert_int_equal(run_nested(3, "\x1b[0m"), SK_EFORMAT);
}

/* --- limits: one below, at, above --- */

static void test_member_count(void **state)
{
	struct tz_member *m = calloc(SK_LIMIT_MEMBERS + 1, sizeof(*m));
	char(*names)[8] = calloc(SK_LIMIT_MEMBERS + 1, sizeof(*names));
	struct sk_buf b = SK_BUF((size_t)64 << 20);

	(void)state;
	assert_true(m && names);
	for (unsigned i = 0; i <= SK_LIMIT_MEMBERS; i++) {
		snprintf(names[i], sizeof(names[i]), "%u/", i);
		m[i] = text_member(names[i], "");
	}
	for (unsigned n = SK_LIMIT_MEMBERS - 1; n <= SK_LIMIT_MEMBERS + 1; n++) {
		sk_buf_reset(&b);
		tz_write(&b, m, n);
		assert_int_equal(run(sk_buf_slice(&b)), n > SK_LIMIT_MEMBERS ? SK_EFORMAT : 0);
	}
	sk_buf_free(&b);
	free(names);
	free(m);
}

static void test_name_lengths(void **state)
{
	char name[1100];
	struct tz_member m;

	(void)state;
	for (int n = 254; n <= 256; n++) {
		snprintf(name, sizeof(name), "%0*d.txt", n - 4, 0);
		m = text_member(name, "x");
		assert_int_equal(run_members(&m, 1), n > 255 ? SK_EFORMAT : 0);
	}
	for (int n = 1023; n <= 1025; n++) {
		snprintf(name, sizeof(name), "%0250d/%0250d/%0250d/%0250d/%0*d.txt", 0, 0, 0, 0,
		    n - 1008, 0);
		m = text_member(name, "x");
		assert_int_equal(run_members(&m, 1), n > 1024 ? SK_EFORMAT : 0);
	}
}

/* What one member unpacks to, against what may be unpacked in all. */
static void test_unpacked(void **state)
{
	struct tz_member m = packed_member("a.txt");
	struct sk_buf b = SK_BUF(1000);

	(void)state;
	tz_write(&b, &m, 1);
	for (unsigned left = 99; left <= 101; left++) {
		struct sk_check c = tz_check();
		c.inflate_left = left;
		assert_int_equal(sk_verify_zip(&c, sk_buf_slice(&b)), left < 100 ? SK_EFORMAT : 0);
		sk_arena_free(c.arena);
	}
	sk_buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_accepts),
	    cmocka_unit_test(test_bytes),
	    cmocka_unit_test(test_surroundings),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_pairs),
	    cmocka_unit_test(test_members),
	    cmocka_unit_test(test_nesting),
	    cmocka_unit_test(test_member_count),
	    cmocka_unit_test(test_name_lengths),
	    cmocka_unit_test(test_unpacked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
