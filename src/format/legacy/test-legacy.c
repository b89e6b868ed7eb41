/* Tests of old Office files before they go to the converter: kinds, encryption, what is reported, words of fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/err.h"
#include "container/zip.h"
#include "format/legacy/survey.h"

#define NONE 0xFFFFFFFFU
#define END 0xFFFFFFFEU
#define TEXT_AT 1024 /* in the stream WordDocument */
#define MAIN 2       /* its first sector, and that of the table stream: nine each */
#define TABLE 11

static uint8_t file[512 * 21];
static struct sk_report report;
static struct sk_slides_found found;
static struct sk_limits limits;
static struct sk_job job;

static void put(uint8_t *p, size_t n, uint32_t v)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static uint8_t *sector(unsigned i)
{
	return file + 512 * ((size_t)i + 1);
}

static void entry(unsigned i, const char *name, uint8_t kind, uint32_t start, uint32_t size)
{
	uint8_t *e = sector(1) + 128 * (size_t)i;

	for (size_t k = 0; name[k]; k++)
		e[2 * k] = (uint8_t)name[k];
	e[64] = (uint8_t)(2 * strlen(name) + 2);
	e[66] = kind;
	put(e + 68, 4, NONE);
	put(e + 72, 4, i == 0 || i == 3 ? NONE : i + 1);
	put(e + 76, 4, i == 0 ? 1 : NONE);
	put(e + 116, 4, start);
	put(e + 120, 4, size);
}

/* A compound file: FAT, directory, two streams of nine sectors each, an empty storage. */
static void compound(const char *main, const char *table, const char *storage)
{
	memset(file, 0, sizeof(file));
	memcpy(file, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
	memcpy(file + 0x1C, "\xFE\xFF\x09\0", 4);
	put(file + 0x30, 4, 1);
	put(file + 0x44, 4, END);
	memset(file + 0x50, 0xFF, 512 - 0x50);
	memset(sector(0), 0xFF, 512);
	put(sector(0) + 4, 4, END);
	for (uint32_t i = MAIN; i < 20; i++)
		put(sector(0) + 4 * (size_t)i, 4, i == TABLE - 1 || i == 19 ? END : i + 1);
	entry(0, "Root Entry", 5, END, 0);
	entry(1, main, 2, MAIN, 4608);
	entry(2, table, 2, TABLE, 4608);
	entry(3, storage, 1, 0, 0);
}

/* A document whose one piece holds `text`, in bytes or in UTF-16; the table of fields has three marks from `known`. */
static void document(const char *text, uint32_t known, bool wide)
{
	uint8_t *fib, *t;
	uint32_t n = (uint32_t)strlen(text);

	compound("WordDocument", "1Table", "Macros");
	fib = sector(MAIN);
	t = sector(TABLE);
	put(fib, 4, 0x00C1A5EC);
	put(fib + 10, 2, 0x0200);
	put(fib + 32, 2, 14);
	put(fib + 62, 2, 22);
	put(fib + 64 + 4 * 3, 4, n);
	put(fib + 152, 2, 93);
	put(fib + 154 + 8 * 33 + 4, 4, 21); /* Clx at 0 */
	put(fib + 154 + 8 * 16, 4, 64);     /* PlcfFldMom */
	put(fib + 154 + 8 * 16 + 4, 4, known ? 4 * 4 + 3 * 2 : 0);
	t[0] = 2;
	put(t + 1, 4, 16);
	put(t + 9, 4, n);
	put(t + 15, 4, wide ? TEXT_AT : (TEXT_AT * 2) | 0x40000000U);
	for (size_t i = 0, mark = 0; known && text[i] && mark < 3; i++)
		if (i >= known && text[i] >= 0x13 && text[i] <= 0x15)
			put(t + 64 + 4 * mark++, 4, (uint32_t)i);
	put(t + 64 + 12, 4, n + 1);
	for (size_t i = 0; text[i]; i++)
		put(fib + TEXT_AT + i * (wide ? 2 : 1), wide ? 2 : 1, (uint8_t)text[i]);
}

static int setup(void **state)
{
	limits = sk_limits_for(sizeof(file));
	job = (struct sk_job){.report = &report, .limits = &limits, .name = "x.doc"};
	job.arena = sk_arena_new(16 << 20);
	report = (struct sk_report){0};
	return job.arena ? 0 : -1;
}

static int teardown(void **state)
{
	sk_arena_free(job.arena);
	return 0;
}

static uint32_t count(enum sk_code code)
{
	for (uint32_t i = 0; i < report.nremoved; i++)
		if (report.removed[i].code == code)
			return report.removed[i].count;
	return 0;
}

static struct sk_slice surveyed(enum sk_filetype type)
{
	struct sk_slice in = sk_slice(file, sizeof(file));

	found = (struct sk_slides_found){0};
	assert_int_equal(sk_legacy_survey(&job, type, &in, &found), 0);
	return in;
}

#define FIELDS \
	"A\x13 DDEAUTO x\x14r\x15.\r\x13 PAGE \x14" \
	"1\x15\r"
#define BLANK \
	"A            r .\r\x13 PAGE \x14" \
	"1\x15\r"

static void test_words_of_unknown_fields(void **state)
{
	document(FIELDS, 16, false);
	struct sk_slice out = surveyed(SK_FT_DOC);
	assert_ptr_not_equal(out.p, file);
	assert_memory_equal(out.p + 512 * (MAIN + 1) + TEXT_AT, BLANK, sizeof(BLANK) - 1);
	assert_int_equal(count(SK_OOXML_FIELD), 1);
	assert_int_equal(count(SK_OOXML_MACRO), 1);
}

static void test_words_of_unknown_fields_wide(void **state)
{
	document(FIELDS, 16, true);
	const uint8_t *p = surveyed(SK_FT_DOC).p + 512 * (MAIN + 1) + TEXT_AT;
	for (size_t i = 0; i < sizeof(BLANK) - 1; i++)
		assert_int_equal(p[2 * i], (uint8_t)BLANK[i]);
}

static void test_known_fields_stay(void **state)
{
	document("x\x13 PAGE \x14"
		 "1\x15 and a line\r",
	    1, false);
	assert_ptr_equal(surveyed(SK_FT_DOC).p, file);
	assert_int_equal(count(SK_OOXML_FIELD), 0);
}

/* A field that never ends takes no more than its paragraph; lengths that lie take nothing. */
static void test_field_without_end(void **state)
{
	document("x\x13 DDE y\rnext\r", 0, false);
	assert_memory_equal(
	    surveyed(SK_FT_DOC).p + 512 * (MAIN + 1) + TEXT_AT, "x       \rnext\r", 14);
	document("x\x13 DDE y\rnext\r", 0, false);
	put(sector(MAIN) + 64 + 4 * 3, 4, 0x7FFFFFFF);
	put(sector(TABLE) + 9, 4, 0x7FFFFFFF);
	(void)surveyed(SK_FT_DOC);
	put(sector(TABLE) + 15, 4, 0x3FFFFFFF);
	(void)surveyed(SK_FT_DOC);
	put(sector(MAIN) + 32, 2, 0xFFFF);
	(void)surveyed(SK_FT_DOC);
}

/* Many pieces over the same bytes would be walked again and again. */
static void test_pieces_over_each_other(void **state)
{
	uint32_t pieces = 300;
	struct sk_slice in = sk_slice(file, sizeof(file));

	document("x", 0, false);
	put(sector(MAIN) + 64 + 4 * 3, 4, 0x7FFFFFFF);
	put(sector(MAIN) + 154 + 8 * 33 + 4, 4, 5 + 4 + 12 * pieces);
	put(sector(TABLE) + 1, 4, 4 + 12 * pieces);
	for (uint32_t i = 0; i <= pieces; i++)
		put(sector(TABLE) + 5 + 4 * i, 4, i % 2 ? 0x7FFFFFFF : 0);
	for (uint32_t i = 0; i < pieces; i++)
		put(sector(TABLE) + 5 + 4 * (pieces + 1) + 8 * i + 2, 4,
		    (TEXT_AT * 2) | 0x40000000U);
	assert_int_equal(sk_legacy_survey(&job, SK_FT_DOC, &in, &found), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_DAMAGED);
}

static void refused(struct sk_slice in, enum sk_filetype type)
{
	report = (struct sk_report){0};
	assert_int_equal(sk_legacy_survey(&job, type, &in, &found), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_ENCRYPTED);
}

static void test_encryption(void **state)
{
	document("x", 0, false);
	sector(MAIN)[11] |= 1;
	refused(sk_slice(file, sizeof(file)), SK_FT_DOC);
	compound("Workbook", "x", "y");
	memcpy(sector(MAIN), "\x09\x08\x02\0\0\6\x2F\0\2\0", 10);
	refused(sk_slice(file, sizeof(file)), SK_FT_XLS);
	compound("PowerPoint Document", "Current User", "y");
	memcpy(sector(TABLE) + 12, "\xDF\xC4\xD1\xF3", 4);
	refused(sk_slice(file, sizeof(file)), SK_FT_PPT);
	refused(SK_SLICE_LIT("\xFFWPC\x10\0\0\0\1\x0A\0\1\5\5\0\0text"), SK_FT_WORDPERFECT);
	refused(SK_SLICE_LIT("\x09\2\6\0\0\0\x10\0\0\0\x2F\0\2\0\1\1\x0A\0\0\0"), SK_FT_XLS);
}

static enum sk_filetype kind(struct sk_slice in)
{
	report = (struct sk_report){0};
	sk_legacy_probe(in, "x", &report);
	assert_true(report.nclaims <= 1);
	return report.nclaims ? report.claims[0].type : SK_FT_UNKNOWN;
}

#define WORDML "\"http://schemas.microsoft.com/office/word/2003/wordml\""

static void test_kinds(void **state)
{
	uint8_t word[64] = "\xDB\xA5\x2D";
	put(word + 24, 4, 40);
	put(word + 28, 4, 64);
	assert_int_equal(kind(sk_slice(word, 64)), SK_FT_DOC);
	put(word + 28, 4, 65);
	assert_int_equal(kind(sk_slice(word, 64)), SK_FT_UNKNOWN);
	assert_int_equal(kind(SK_SLICE_LIT("\x09\2\6\0\0\0\x10\0\0\0\x0A\0\0\0")), SK_FT_XLS);
	assert_int_equal(
	    kind(SK_SLICE_LIT("\x09\2\6\0\0\0\x10\0\0\0not an end at all")), SK_FT_UNKNOWN);
	assert_int_equal(
	    kind(SK_SLICE_LIT("\xFFWPC\x10\0\0\0\1\x0A\0\1\0\0\0\0text")), SK_FT_WORDPERFECT);
	assert_int_equal(
	    kind(SK_SLICE_LIT("\xFFWPC\x10\0\0\0\1\x0B\0\1\0\0\0\0text")), SK_FT_UNKNOWN);
	assert_int_equal(
	    kind(SK_SLICE_LIT("<?xml?><!-- > --><?p?><w:wordDocument xmlns:w=" WORDML ">")),
	    SK_FT_WORD_XML);
	assert_int_equal(
	    kind(SK_SLICE_LIT(
		"<?xml?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"/>")),
	    SK_FT_EXCEL_XML);
	assert_int_equal(
	    kind(SK_SLICE_LIT("<?xml?><!DOCTYPE x><w:wordDocument xmlns:w=" WORDML ">")),
	    SK_FT_UNKNOWN);
	assert_int_equal(
	    kind(SK_SLICE_LIT("<?xml?><a><w:wordDocument xmlns:w=" WORDML ">")), SK_FT_UNKNOWN);
	assert_int_equal(kind(SK_SLICE_LIT("<?xml?><!-- ")), SK_FT_UNKNOWN);
}

static void test_xml_is_surveyed(void **state)
{
	struct sk_slice in = SK_SLICE_LIT("<?xml?><w:wordDocument xmlns:w=" WORDML
					  "><w:docSuppData></w:docSuppData></w:wordDocument>");

	assert_int_equal(sk_legacy_survey(&job, SK_FT_WORD_XML, &in, &found), 0);
	assert_int_equal(count(SK_OOXML_MACRO), 1);
}

/* A header of a record; the length of what follows. */
static uint8_t *record(uint8_t *p, unsigned version, unsigned type, uint32_t n)
{
	put(p, 2, version);
	put(p + 2, 2, type);
	put(p + 4, 4, n);
	return p + 8;
}

/* A document in a stream of PowerPoint: macros, or their place only, and an object, a control, a sound. */
static uint8_t *presentation(uint8_t *p, bool macros)
{
	p = record(p, 0xF, 0x03E8, 8 + 8 + 12 + 8 + 3 * 8);
	p = record(p, 0x1F, 0x03FF, 8 + 12);
	p = record(p, 2, 0x0400, 12);
	put(p + 4, 4, macros);
	p = record(p + 12, 0xF, 0x0409, 3 * 8);
	p = record(p, 0xF, 0x0FCC, 0);
	p = record(p, 0xF, 0x0FEE, 0);
	return record(p, 0xF, 0x100D, 0);
}

static void test_slides(void **state)
{
	compound("PowerPoint Document", "Current User", "y");
	uint8_t *end = presentation(sector(MAIN), true);
	(void)surveyed(SK_FT_PPT);
	assert_int_equal(count(SK_OOXML_MACRO), 1);
	assert_int_equal(count(SK_OOXML_OLE), 1);
	assert_int_equal(count(SK_OOXML_ACTIVEX), 1);
	assert_int_equal(count(SK_OOXML_MEDIA), 1);
	/* What was saved later is in force; a length that lies is as long as there is. */
	report = (struct sk_report){0};
	presentation(end, false);
	put(end + 4, 4, 0xFFFFFFFF);
	(void)surveyed(SK_FT_PPT);
	assert_int_equal(count(SK_OOXML_MACRO), 0);
	assert_int_equal(count(SK_OOXML_OLE), 1);
}

#define WORDS 256 /* of the stream: a slide */

static uint8_t *link_of_words(uint8_t *p, unsigned action)
{
	p = record(p, 0xF, 0x0FF2, 8 + 16);
	p = record(p, 0, 0x0FF3, 16);
	p[8] = (uint8_t)action;
	p = record(p + 16, 0, 0x0FDF, 8);
	put(p + 4, 4, 4);
	return p + 8;
}

/* A document with a master of handouts, and a slide with links of words: one to an address, one to a slide, a program. */
static void linked_slides(void)
{
	uint8_t *s, *p;

	compound("PowerPoint Document", "Current User", "y");
	s = sector(MAIN);
	p = record(s, 0xF, 0x03E8, 8 + 40);
	p = record(p, 1, 0x03E9, 40);
	put(p + 28, 4, 3);
	p = record(s + WORDS, 0xF, 0x03EE, 8 + 3 * 48);
	p = record(p, 0xF, 0xF00D, 3 * 48);
	p = link_of_words(link_of_words(link_of_words(p, 4), 3), 2);
	put(sector(TABLE) + 16, 4, (uint32_t)(p - s));
	uint32_t directory = (uint32_t)(p - s) + 8 + 28;
	p = record(p, 0, 0x0FF5, 28);
	put(p + 12, 4, directory);
	p = record(p + 28, 0, 0x1772, 12);
	put(p, 4, 2U << 20 | 1);
	put(p + 8, 4, WORDS);
}

static void test_what_slides_should_have(void **state)
{
	linked_slides();
	(void)surveyed(SK_FT_PPT);
	assert_int_equal(found.links, 2);
	assert_true(found.handout);
	assert_int_equal(count(SK_OOXML_ACTION), 1);
	/* An edit that leads to itself. */
	uint8_t *edit = sector(MAIN) + WORDS + 16 + 3 * 48;
	put(edit + 8 + 8, 4, (uint32_t)(edit - sector(MAIN)));
	(void)surveyed(SK_FT_PPT);
	assert_int_equal(found.links, 2);
	/* Without the last edit nothing is known. */
	put(sector(TABLE) + 16, 4, 0x7FFFFFFF);
	(void)surveyed(SK_FT_PPT);
	assert_int_equal(found.links, 0);
}

/* Two runs of one link, another one, and one of a shape, which does not count. */
#define SLIDE \
	"<p:cNvPr><a:hlinkClick/></p:cNvPr><a:p><a:r><a:rPr/><a:t>x</a:t></a:r>" \
	"<a:r><a:rPr><a:hlinkClick/></a:rPr><a:t>y</a:t></a:r>" \
	"<a:r><a:rPr b=\"1\"><a:hlinkClick/></a:rPr><a:t>z</a:t></a:r></a:p>" \
	"<a:p><a:r><a:rPr><a:hlinkClick/></a:rPr></a:r></a:p>"

static uint32_t lost(uint32_t links, bool handout, const char *name)
{
	struct sk_buf out = SK_BUF(1 << 20);
	struct sk_zip_writer *w = sk_zip_writer_new(&out);

	assert_int_equal(sk_zip_writer_add(w, "ppt/slides/slide1.xml", SK_SLICE_LIT(SLIDE), 6), 0);
	assert_int_equal(sk_zip_writer_add(w, name, SK_SLICE_LIT(SLIDE), 6), 0);
	assert_int_equal(sk_zip_writer_end(w), 0);
	sk_zip_writer_free(w);
	report = (struct sk_report){0};
	sk_slides_tell_lost(&job, &(struct sk_slides_found){.links = links, .handout = handout},
	    sk_buf_slice(&out));
	sk_buf_free(&out);
	return count(SK_OOXML_CONVERSION);
}

static void test_what_slides_have_lost(void **state)
{
	assert_int_equal(lost(2, false, "ppt/slideLayouts/slideLayout1.xml"), 0);
	assert_int_equal(lost(5, false, "ppt/slideLayouts/slideLayout1.xml"), 3);
	assert_int_equal(lost(5, false, "ppt/notesSlides/notesSlide1.xml"), 1);
	assert_int_equal(lost(0, true, "ppt/slides/slide2.xml"), 1);
	assert_int_equal(lost(0, true, "ppt/handoutMasters/handoutMaster1.xml"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_words_of_unknown_fields, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_words_of_unknown_fields_wide, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_known_fields_stay, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_field_without_end, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_pieces_over_each_other, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_encryption, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_slides, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_what_slides_should_have, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_what_slides_have_lost, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_kinds, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_xml_is_surveyed, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
