/* Tests of archives: names, notes, limits, and that a cleaned archive is cleaned to itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libdeflate.h>

#include "container/zip.h"
#include "format/archive/names.h"
#include "format/handler.h"

static struct sk_report *report;
static struct sk_arena *arena;
static struct sk_limits limits;

/* Stands for the engine: BAD is refused, PNG is a picture, the rest is text. */
static int fake_clean(struct sk_job *job, const char *name, struct sk_slice in,
    struct sk_output *out, enum sk_code *why)
{
	if (sk_slice_starts(in, SK_SLICE_LIT("BAD"))) {
		*why = SK_REASON_PROGRAM;
		return SK_EREFUSED;
	}
	out->type = sk_slice_starts(in, SK_SLICE_LIT("PNG"))   ? SK_FT_PNG
		    : sk_slice_starts(in, SK_SLICE_LIT("DOC")) ? SK_FT_DOCX
							       : SK_FT_TXT;
	return sk_buf_put_slice(&out->bytes, in);
}

static int setup(void **state)
{
	report = calloc(1, sizeof(*report));
	arena = sk_arena_new((size_t)256 << 20);
	limits = sk_limits_for(1000);
	return report && arena ? 0 : -1;
}

static int teardown(void **state)
{
	free(report);
	sk_arena_free(arena);
	return 0;
}

static int run(struct sk_slice in, struct sk_output *out)
{
	struct sk_budget budget = {limits.expand, limits.pixels_total, limits.members, 10};
	struct sk_services services = {.clean_member = fake_clean};
	struct sk_job job = {.report = report,
	    .limits = &limits,
	    .budget = &budget,
	    .services = &services,
	    .name = "x.zip",
	    .method = SK_METHOD_REBUILD,
	    .arena = arena};

	*report = (struct sk_report){.type = SK_FT_ZIP};
	*out = (struct sk_output){.bytes = SK_BUF(limits.output)};
	return sk_archive_handler.rebuild(&job, SK_FT_ZIP, in, out);
}

struct row {
	const char *name, *data;
};

static struct sk_buf make(const struct row *rows, size_t n)
{
	struct sk_buf b = SK_BUF((size_t)16 << 20);
	struct sk_zip_writer *w = sk_zip_writer_new(&b);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(
		    sk_zip_writer_add(w, rows[i].name, sk_slice_str(rows[i].data), 6), 0);
	assert_int_equal(sk_zip_writer_end(w), 0);
	sk_zip_writer_free(w);
	return b;
}

/* Clear the UTF-8 flags, as writers do that store names in the character set of the machine. */
static void drop_flags(struct sk_buf *b)
{
	for (size_t i = 0; i + 10 < b->len; i++)
		if (memcmp(b->p + i, "PK\3\4", 4) == 0)
			b->p[i + 7] = 0;
		else if (memcmp(b->p + i, "PK\1\2", 4) == 0)
			b->p[i + 9] = 0;
}

/* Cleans the rows; the output's names are `want`, separated by spaces turned into '|'. Then cleans that again. */
static void gives(const struct row *rows, size_t n, const char *want)
{
	struct sk_output out, again;
	struct sk_zip zip;
	struct sk_buf in = make(rows, n), names = SK_BUF(100000);

	drop_flags(&in);
	assert_int_equal(run(sk_buf_slice(&in), &out), 0);
	assert_int_equal(sk_zip_read(arena, sk_buf_slice(&out.bytes), 1000, &zip, NULL), 0);
	for (size_t i = 0; i < zip.count; i++) {
		sk_buf_puts(&names, i ? "|" : "");
		sk_buf_put_slice(&names, zip.members[i].raw_name);
	}
	sk_buf_putc(&names, 0);
	assert_string_equal((const char *)names.p, want);
	struct sk_report first = *report;
	assert_int_equal(run(sk_buf_slice(&out.bytes), &again), 0);
	assert_true(sk_slice_eq(sk_buf_slice(&out.bytes), sk_buf_slice(&again.bytes)));
	assert_int_equal(report->nremoved, 0);
	*report = first;
	sk_buf_free(&names);
	sk_buf_free(&in);
	sk_buf_free(&out.bytes);
	sk_buf_free(&again.bytes);
}

#define GIVES(want, ...) \
	do { \
		const struct row rows[] = {__VA_ARGS__}; \
		gives(rows, sizeof(rows) / sizeof(rows[0]), want); \
	} while (0)

static void test_plain(void **state)
{
	GIVES("a.txt|d/|d/b.png", {"a.txt", "x"}, {"d/", ""}, {"d/b.png", "PNG"});
	assert_int_equal(report->nremoved, 0);
}

static void test_cp932_names(void **state)
{
	GIVES("表示.txt|ソフト/能力.txt", {"\x95\x5C\x8E\xA6.txt", "x"},
	    {"\x83\x5C\x83\x74\x83\x67/\x94\x5C\x97\xCD.txt", "y"});
	assert_int_equal(report->nremoved, 0);
}

/* All names without a sign of their own are read alike; sequences of three bytes are such a sign. */
static void test_names_together(void **state)
{
	GIVES("ﾃｽ.txt|住民票一覧.txt|予定表.txt", {"\xC3\xBD.txt", "x"},
	    {"\x8F\x5A\x96\xAF\x95\x5B\x88\xEA\x97\x97.txt", "x"}, {"予定表.txt", "x"});
	GIVES("议事.txt|审计报告.txt", {"\xD2\xE9\xCA\xC2.txt", "x"},
	    {"\xC9\xF3\xBC\xC6\xB1\xA8\xB8\xE6.txt", "x"});
	GIVES("Köln.txt|café.txt", {"K\x94ln.txt", "x"}, {"caf\x82.txt", "x"});
	GIVES("é.txt", {"\xC3\xA9.txt", "x"});
	GIVES("葛\U000E0100城.txt|a.txt", {"葛\U000E0100城.txt", "x"}, {"a\U000E0100.txt", "x"});
}

/* A Unicode Path field (APPNOTE 4.6.9) in the directory entry of the only member. */
static void add_unicode_path(struct sk_buf *b, uint32_t crc, const char *path)
{
	struct sk_buf field = SK_BUF(1000), whole = SK_BUF(10000);
	size_t n = strlen(path), end = b->len - 22;

	sk_buf_put(&field, "\x75\x70", 2);
	sk_buf_put_u16le(&field, (uint16_t)(n + 5));
	sk_buf_putc(&field, 1);
	sk_buf_put_u32le(&field, crc);
	sk_buf_puts(&field, path);
	size_t directory = sk_slice_rfind(sk_buf_slice(b), b->len, SK_SLICE_LIT("PK\1\2"));
	b->p[directory + 30] = (uint8_t)field.len;
	b->p[end + 12] = (uint8_t)(b->p[end + 12] + field.len);
	sk_buf_put(&whole, b->p, end);
	sk_buf_put_slice(&whole, sk_buf_slice(&field));
	sk_buf_put(&whole, b->p + end, 22);
	sk_buf_free(&field);
	sk_buf_free(b);
	*b = whole;
}

/* The field counts before all else, but only while its CRC is that of the stored name. */
static void test_unicode_path(void **state)
{
	static const struct row rows[] = {{"\x95\x5C.txt", "x"}};
	const uint32_t crc = libdeflate_crc32(0, rows[0].name, strlen(rows[0].name));
	struct sk_zip zip;

	for (unsigned wrong = 0; wrong < 2; wrong++) {
		struct sk_buf b = make(rows, 1);
		add_unicode_path(&b, crc + wrong, "示.txt");
		assert_int_equal(sk_zip_read(arena, sk_buf_slice(&b), 10, &zip, NULL), 0);
		struct sk_slice name =
		    sk_name_decode(arena, &zip.members[0], sk_names_charset(&zip));
		assert_true(sk_slice_is(name, wrong ? "表.txt" : "示.txt"));
		sk_buf_free(&b);
	}
}

static void test_traversal(void **state)
{
	GIVES("file-1.txt|file-2.txt|file-3.txt|file-4.txt|file-5.txt|g/h.txt|i/j.txt",
	    {"../../a.txt", ""}, {"/etc/b.txt", ""}, {"..\\..\\c.txt", ""}, {"C:\\e.txt", ""},
	    {"\\\\host\\s\\f.txt", ""}, {"./g/./h.txt", ""}, {"i\\j.txt", ""});
	assert_int_equal(sk_report_count(report, SK_ARCHIVE_MEMBER_NAME), 7);
}

static void test_bad_characters(void **state)
{
	GIVES("10_30.txt|a_b.txt|_nul.txt|_LPT1 .txt|fdp.exe.txt|q.txt", {"10:30.txt", ""},
	    {"a?b.txt", ""}, {"nul.txt", ""}, {"LPT1 .txt", ""},
	    {"f\xE2\x80\xAE"
	     "dp.exe.txt",
		""},
	    {" q.txt. ", ""});
	GIVES("file.txt|file (2).txt", {"\x02", "x"}, {"\x01", "y"});
	/* Marks that stand in a row only once what parted them has gone. */
	GIVES("e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301.txt",
	    {"e\u0301\u0301\u0301\u0301\u0301\u2028\u0301\u0301\u0301\u0301\u0301.txt", "x"});
}

static void test_misused_names(void **state)
{
	GIVES(
	    "x.txt_ads.txt|_CON.txt|d/_aux.txt", {"x.txt:ads", "x"}, {"CON", "x"}, {"d/aux", "x"});
	assert_int_equal(sk_report_count(report, SK_ARCHIVE_MEMBER), 3);
	GIVES("x.txt", {"x.txt", "x"});
}

static void test_collisions(void **state)
{
	GIVES("a.txt|A (2).TXT|b.txt|B.txt (2)/c.txt|B.txt (2)/d.txt", {"a.txt", ""}, {"A.TXT", ""},
	    {"b.txt", ""}, {"B.txt/c.txt", ""}, {"b.txt/d.txt", ""});
	assert_int_equal(sk_report_count(report, SK_ARCHIVE_DUPLICATE), 3);
	GIVES("d/a.txt|d/b.txt|d.txt", {"d/a.txt", ""}, {"D/b.txt", ""}, {"d.txt", ""});
	GIVES("Ａ.txt|ａ (2).txt|Ä.txt|ä (2).txt|Σ.txt|σ (2).txt|Ж.txt|ж (2).txt|Ё.txt|ё (2).txt",
	    {"Ａ.txt", ""}, {"ａ.txt", ""}, {"Ä.txt", ""}, {"ä.txt", ""}, {"Σ.txt", ""},
	    {"σ.txt", ""}, {"Ж.txt", ""}, {"ж.txt", ""}, {"Ё.txt", ""}, {"ё.txt", ""});
	GIVES("×.txt|÷.txt", {"×.txt", ""}, {"÷.txt", ""});
}

/* Hundreds of names that become the same safe one. */
static void test_many_collisions(void **state)
{
	static struct row rows[500];
	static char names[500][8];
	struct sk_output out;
	struct sk_zip zip;

	for (unsigned i = 0; i < 500; i++) {
		snprintf(
		    names[i], sizeof(names[i]), "%c%c%cx", 1 + i % 8, 1 + i / 8 % 8, 1 + i / 64);
		rows[i] = (struct row){names[i], "y"};
	}
	struct sk_buf in = make(rows, 500);
	assert_int_equal(run(sk_buf_slice(&in), &out), 0);
	assert_int_equal(sk_zip_read(arena, sk_buf_slice(&out.bytes), 1000, &zip, NULL), 0);
	assert_true(sk_slice_is(zip.members[499].raw_name, "x (500).txt"));
	sk_buf_free(&in);
	sk_buf_free(&out.bytes);
}

static void test_long_names(void **state)
{
	char name[400], deep[3000];
	memset(name, 'a', sizeof(name));
	memcpy(name + sizeof(name) - 5, ".txt", 5);
	for (size_t i = 0; i < sizeof(deep); i += 2)
		memcpy(deep + i, i + 2 < sizeof(deep) ? "d/" : "d", 2);
	struct row rows[] = {{name, ""}, {deep, ""}};
	struct sk_buf in = make(rows, 2);
	struct sk_output out;
	struct sk_zip zip;
	assert_int_equal(run(sk_buf_slice(&in), &out), 0);
	assert_int_equal(sk_zip_read(arena, sk_buf_slice(&out.bytes), 10, &zip, NULL), 0);
	assert_int_equal(zip.members[0].raw_name.n, 255);
	assert_memory_equal(zip.members[0].raw_name.p + 251, ".txt", 4);
	assert_true(zip.members[1].raw_name.n <= 1024);
	sk_buf_free(&in);
	sk_buf_free(&out.bytes);
}

/* The bytes of the only name of the output. */
static size_t length_of(const char *name)
{
	const struct row rows[] = {{name, ""}};
	struct sk_buf in = make(rows, 1);
	struct sk_output out;
	struct sk_zip zip;

	assert_int_equal(run(sk_buf_slice(&in), &out), 0);
	assert_int_equal(sk_zip_read(arena, sk_buf_slice(&out.bytes), 10, &zip, NULL), 0);
	size_t n = zip.members[0].raw_name.n;
	sk_buf_free(&in);
	sk_buf_free(&out.bytes);
	return n;
}

static void test_name_lengths(void **state)
{
	char name[1100];

	for (size_t n = 254; n <= 256; n++) {
		snprintf(name, sizeof(name), "%0*d.txt", (int)n - 4, 0);
		assert_int_equal(length_of(name), n > 255 ? 255 : n);
	}
	for (size_t n = 1023; n <= 1025; n++) {
		snprintf(name, sizeof(name), "%0250d/%0250d/%0250d/%0250d/%0*d.txt", 0, 0, 0, 0,
		    (int)n - 1008, 0);
		assert_true(length_of(name) <= 1024);
	}
}

static void test_names_follow_types(void **state)
{
	GIVES("note.png|README.txt|a.docx|b.v2x.txt|c.log", {"note.txt", "PNG"}, {"README", "x"},
	    {"a.docm", "DOC"}, {"b.v2x", "x"}, {"c.log", "x"});
	assert_int_equal(sk_report_count(report, SK_NAME_CHANGED), 3);
}

static void test_notes(void **state)
{
	struct row rows[] = {{"d/run.exe", "BAD"}, {"run.txt", "x"}};
	struct sk_buf in = make(rows, 2);
	struct sk_output out;
	struct sk_zip zip;
	struct sk_slice note;
	assert_int_equal(run(sk_buf_slice(&in), &out), 0);
	assert_int_equal(sk_report_count(report, SK_ARCHIVE_MEMBER), 1);
	assert_int_equal(sk_zip_read(arena, sk_buf_slice(&out.bytes), 10, &zip, NULL), 0);
	assert_true(sk_slice_is(zip.members[0].raw_name, "d/run.txt"));
	assert_int_equal(sk_zip_unpack(arena, &zip.members[0], 10000, &note), 0);
	assert_true(sk_slice_find(note, 0, sk_slice_str("「run.exe」")) != SIZE_MAX);
	assert_true(sk_slice_find(note, 0, sk_slice_str("ショートカット")) != SIZE_MAX);
	assert_true(
	    sk_slice_find(note, 0, sk_slice_str(sk_code_text(SK_REASON_PROGRAM))) != SIZE_MAX);
	sk_buf_free(&in);
	sk_buf_free(&out.bytes);
}

/* Each reason has its sentence: the switch in archive.c would otherwise leave a note without one. */
static void test_all_reasons_in_japanese(void **state)
{
	bool known[SK_CODE_COUNT] = {false};
#define SK_NOTE(id, text) known[SK_##id] = true;
#include "format/archive/notes.def"
#undef SK_NOTE
	for (int c = SK_REASON_UNKNOWN_TYPE; c < SK_CODE_COUNT; c++)
		assert_true(known[c]);
}

static size_t find(const struct sk_buf *b, const char *sig)
{
	return sk_slice_find(sk_buf_slice(b), 0, sk_slice(sig, 4));
}

static void refused(struct sk_buf *in, enum sk_code reason)
{
	struct sk_output out;
	assert_int_equal(run(sk_buf_slice(in), &out), SK_EREFUSED);
	assert_int_equal(report->reason, reason);
	sk_buf_free(in);
	sk_buf_free(&out.bytes);
}

static void test_encrypted(void **state)
{
	struct row rows[] = {{"a.txt", "x"}};
	struct sk_buf in = make(rows, 1);
	in.p[find(&in, "PK\3\4") + 6] = 1;
	in.p[find(&in, "PK\1\2") + 8] = 1;
	refused(&in, SK_REASON_ENCRYPTED);
}

static void test_damaged_member_becomes_note(void **state)
{
	struct row rows[] = {{"a.txt", "xyz"}, {"b.txt", "y"}};
	struct sk_buf in = make(rows, 2);
	struct sk_output out;
	in.p[30 + 5] ^= 1; /* the stored data */
	assert_int_equal(run(sk_buf_slice(&in), &out), 0);
	assert_int_equal(sk_report_count(report, SK_ARCHIVE_MEMBER), 1);
	sk_buf_free(&in);
	sk_buf_free(&out.bytes);
}

static void test_link_becomes_note(void **state)
{
	struct row rows[] = {{"link", "/etc/passwd"}, {"b.txt", "y"}};
	struct sk_buf in = make(rows, 2);
	struct sk_output out;
	struct sk_zip zip;
	in.p[find(&in, "PK\1\2") + 41] = 0xA1;
	assert_int_equal(run(sk_buf_slice(&in), &out), 0);
	assert_int_equal(sk_report_count(report, SK_ARCHIVE_LINK), 1);
	assert_int_equal(sk_zip_read(arena, sk_buf_slice(&out.bytes), 10, &zip, NULL), 0);
	assert_int_equal(zip.count, 2);
	assert_true(sk_slice_is(zip.members[0].raw_name, "link.txt"));
	sk_buf_free(&in);
	sk_buf_free(&out.bytes);
}

static enum sk_code reason_with(const struct row *rows, size_t n)
{
	struct sk_buf in = make(rows, n);
	struct sk_output out;
	int rc = run(sk_buf_slice(&in), &out);

	assert_int_equal(rc, report->reason ? SK_EREFUSED : 0);
	sk_buf_free(&in);
	sk_buf_free(&out.bytes);
	limits = sk_limits_for(1000);
	return report->reason;
}

/* One below, at and above what two members of ten bytes need. */
static void test_limits(void **state)
{
	static const struct row rows[] = {{"a.txt", "xxxxxxxxxx"}, {"b.txt", "yyyyyyyyyy"}};

	for (size_t expand = 19; expand <= 21; expand++) {
		limits.expand = expand;
		assert_int_equal(reason_with(rows, 2), expand < 20 ? SK_REASON_BOMB : SK_CODE_NONE);
	}
	for (uint32_t members = 1; members <= 3; members++) {
		limits.members = members;
		assert_int_equal(
		    reason_with(rows, 2), members < 2 ? SK_REASON_LIMIT_MEMBERS : SK_CODE_NONE);
	}
	struct sk_buf in = SK_BUF(1000);
	sk_buf_puts(&in, "PK\3\4 cut off");
	refused(&in, SK_REASON_DAMAGED);
}

static void set_size(struct sk_buf *b, uint32_t size)
{
	for (unsigned i = 0; i < 4; i++) {
		b->p[find(b, "PK\3\4") + 22 + i] = (uint8_t)(size >> 8 * i);
		b->p[find(b, "PK\1\2") + 24 + i] = (uint8_t)(size >> 8 * i);
	}
}

/* Members whose packed bytes could be that large are not unpacked; smaller ones turn out broken. */
static void test_member_size(void **state)
{
	const size_t packed = SK_LIMIT_MEMBER / 1032 + 1000;
	char *data = malloc(packed + 1);

	assert_non_null(data);
	for (size_t i = 0, x = 1; i < packed; i++, x = x * 1103515245 + 12345)
		data[i] = (char)(1 + x / 65536 % 255);
	data[packed] = '\0';
	for (unsigned i = 0; i < 3; i++) {
		struct row rows[] = {{"a.txt", data}};
		struct sk_buf in = make(rows, 1);
		struct sk_output out;
		set_size(&in, (uint32_t)(SK_LIMIT_MEMBER - 1 + i));
		in.p[find(&in, "PK\3\4") + 8] = 8;
		in.p[find(&in, "PK\1\2") + 10] = 8;
		limits.expand = SK_LIMIT_EXPAND_TOTAL;
		assert_int_equal(run(sk_buf_slice(&in), &out), 0);
		assert_int_equal(sk_report_count(report, SK_ARCHIVE_MEMBER), 1);
		assert_non_null(
		    strstr(report->removed[0].where, i == 2 ? "limit.size" : "damaged"));
		sk_buf_free(&in);
		sk_buf_free(&out.bytes);
	}
	free(data);
	limits = sk_limits_for(1000);
}

static void test_system_debris(void **state)
{
	struct row rows[] = {{"__MACOSX/._a.txt", "BAD"}, {"d/.DS_Store", "BAD"}, {"a.txt", "x"}};
	struct sk_buf in = make(rows, 3);
	struct sk_output out;
	assert_int_equal(run(sk_buf_slice(&in), &out), 0);
	assert_int_equal(sk_report_count(report, SK_ARCHIVE_EXTRA), 2);
	assert_int_equal(sk_report_count(report, SK_ARCHIVE_MEMBER), 0);
	sk_buf_free(&in);
	sk_buf_free(&out.bytes);
}

static void test_probe(void **state)
{
	struct row rows[] = {{"a.txt", "x"}};
	struct sk_buf in = make(rows, 1), behind = SK_BUF(1000);
	*report = (struct sk_report){0};
	sk_archive_handler.probe(sk_buf_slice(&in), "x", report);
	assert_int_equal(report->claims[0].strength, SK_CLAIM_STRUCTURE);
	sk_buf_puts(&behind, "GIF89a and so on");
	sk_buf_put_slice(&behind, sk_buf_slice(&in));
	*report = (struct sk_report){0};
	sk_archive_handler.probe(sk_buf_slice(&behind), "x", report);
	assert_int_equal(report->nclaims, 1);
	assert_int_equal(report->claims[0].strength, SK_CLAIM_STRUCTURE);
	assert_true(report->claims[0].offset > 0);
	*report = (struct sk_report){0};
	sk_archive_handler.probe(sk_slice(in.p, in.len - 1), "x", report);
	assert_int_equal(report->claims[0].strength, SK_CLAIM_SIGNATURE);
	sk_buf_free(&in);
	sk_buf_free(&behind);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_plain),
	    cmocka_unit_test(test_cp932_names),
	    cmocka_unit_test(test_names_together),
	    cmocka_unit_test(test_unicode_path),
	    cmocka_unit_test(test_traversal),
	    cmocka_unit_test(test_bad_characters),
	    cmocka_unit_test(test_misused_names),
	    cmocka_unit_test(test_collisions),
	    cmocka_unit_test(test_many_collisions),
	    cmocka_unit_test(test_long_names),
	    cmocka_unit_test(test_names_follow_types),
	    cmocka_unit_test(test_notes),
	    cmocka_unit_test(test_all_reasons_in_japanese),
	    cmocka_unit_test(test_encrypted),
	    cmocka_unit_test(test_damaged_member_becomes_note),
	    cmocka_unit_test(test_link_becomes_note),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_member_size),
	    cmocka_unit_test(test_name_lengths),
	    cmocka_unit_test(test_system_debris),
	    cmocka_unit_test(test_probe),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
