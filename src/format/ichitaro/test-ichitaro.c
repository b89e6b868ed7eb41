/* Unit tests of the 一太郎 family: containers, the store of text, lists of sizes, packed documents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "format/handler.h"
#include "format/ichitaro/fixture.h"
#include "verify/verify.h"

static struct sk_report report;
static struct sk_arena *arena;

static int run(enum sk_method method, struct sk_slice in, struct sk_buf *out)
{
	struct sk_limits limits = sk_limits_for(in.n);
	struct sk_budget budget = {limits.expand, limits.pixels_total, limits.members, 10};
	struct sk_job job = {.arena = sk_arena_new((size_t)512 << 20),
	    .report = &report,
	    .limits = &limits,
	    .budget = &budget,
	    .name = "x.jtd",
	    .method = method};
	struct sk_output o = {.bytes = SK_BUF((size_t)64 << 20)};

	sk_report_clear(&report);
	int rc = method == SK_METHOD_TEXT ? sk_ichitaro_handler.text(&job, SK_FT_JTD, in, &o)
					  : sk_ichitaro_handler.rebuild(&job, SK_FT_JTD, in, &o);
	sk_arena_free(job.arena);
	*out = o.bytes;
	return rc;
}

static void assert_verified(struct sk_slice in)
{
	struct sk_check c = {
	    .arena = sk_arena_new((size_t)64 << 20), .inflate_left = 1 << 20, .pixels_left = 1};
	int rc = sk_verify(&c, SK_FT_JTD, in);

	if (rc)
		print_error("%s at %d\n", c.fault.what, (int)c.fault.offset);
	assert_int_equal(rc, 0);
	sk_arena_free(c.arena);
}

struct doc {
	struct sk_cfb_node nodes[64];
	uint32_t n;
	struct sk_buf bytes;
};

static uint32_t put(
    struct doc *d, uint32_t parent, const char *name, bool storage, struct sk_slice data)
{
	struct sk_cfb_node *n = &d->nodes[d->n];

	*n = (struct sk_cfb_node){.storage = storage,
	    .parent = parent,
	    .data = sk_slice(sk_arena_dup(arena, data.p, data.n), data.n)};
	snprintf(n->name, sizeof(n->name), "%s", name);
	return d->n++;
}

static void put_buf(struct doc *d, uint32_t parent, const char *name, struct sk_buf *b)
{
	put(d, parent, name, false, sk_buf_slice(b));
	sk_buf_free(b);
}

/* The words of a page as units: controls by their own code points. */
static void put_text(struct doc *d, uint32_t parent, const char *name, const char *utf8)
{
	struct sk_buf units = SK_BUF(1 << 20), b = SK_BUF(1 << 20);
	struct sk_slice s = sk_slice_str(utf8);

	for (size_t at = 0; at < s.n;) {
		uint32_t c = (uint32_t)sk_utf8_next(s, &at);
		if (c >= 0x10000)
			sk_buf_put_u16be(&units, (uint16_t)(0xD800 + ((c - 0x10000) >> 10)));
		sk_buf_put_u16be(
		    &units, (uint16_t)(c >= 0x10000 ? 0xDC00 + ((c - 0x10000) & 0x3FF) : c));
	}
	fx_text(sk_buf_slice(&units), &b);
	sk_buf_free(&units);
	put_buf(d, parent, name, &b);
}

static void begin(struct doc *d)
{
	*d = (struct doc){.bytes = SK_BUF((size_t)64 << 20)};
	put(d, 0, "Root Entry", true, sk_slice("", 0));
}

static struct sk_slice finish(struct doc *d, bool listed)
{
	struct sk_buf b = SK_BUF(1 << 20);

	if (listed) {
		fx_segments(d->nodes, d->n, 0, &b);
		put_buf(d, 0, "\004JSRV_SegmentInformation", &b);
	}
	assert_int_equal(sk_cfb_write(arena, d->nodes, d->n, &d->bytes), 0);
	return sk_buf_slice(&d->bytes);
}

#define WORDS "\x1F\xE4\xBD\x8F\xE6\xB0\x91 \xEE\x80\x80\xF0\xA0\xAE\xB7\xEF\xBD\xB1\n"

/* What an office sends: text and settings, and all that must not pass. */
static void make(struct doc *d)
{
	begin(d);
	put_text(d, 0, "DocumentText", WORDS);
	put(d, 0, "Font", false, sk_slice_str("font table"));
	put(d, 0, "DocumentViewStyles", false,
	    sk_slice(memset(sk_arena_alloc(arena, 5000), 7, 5000), 5000));
	put(d, 0, "LineMark", false, sk_slice_str("cache"));
	put(d, 0, "\005SummaryInformation", false, sk_slice_str("C:\\Users\\LOST"));
	put(d, 0, "RelatedDocuments", false, sk_slice_str("LOST"));
	put(d, 0, "FigureData", false, sk_slice_str("LOST"));
	put(d, 0, "Unheard", false, sk_slice_str("LOST"));
	put(d, put(d, 0, "DocumentMacro", true, sk_slice("", 0)), "MacrosStream", false,
	    sk_slice_str("LOST"));
	put(d, put(d, 0, "Embedding 1", true, sk_slice("", 0)), "\001Ole10Native", false,
	    sk_slice_str("LOST"));
}

static void assert_stable(struct sk_slice in)
{
	struct sk_buf again;

	assert_verified(in);
	assert_int_equal(run(SK_METHOD_REBUILD, in, &again), 0);
	assert_int_equal(report.nremoved, 0);
	assert_true(sk_slice_eq(in, sk_buf_slice(&again)));
	sk_buf_free(&again);
}

static void test_rebuilt(void **state)
{
	static const enum sk_code codes[] = {SK_OOXML_MACRO, SK_OOXML_OLE, SK_OOXML_EXTERNAL,
	    SK_OOXML_METADATA, SK_OOXML_IMAGE, SK_OOXML_UNKNOWN_PART};
	struct sk_buf out;
	struct doc d;

	(void)state;
	make(&d);
	assert_int_equal(run(SK_METHOD_REBUILD, finish(&d, true), &out), 0);
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		assert_int_equal(sk_report_count(&report, codes[i]), 1);
	assert_int_equal(report.nremoved, 6);
	assert_true(sk_slice_find(sk_buf_slice(&out), 0, SK_SLICE_LIT("LOST")) == SIZE_MAX);
	assert_true(sk_slice_find(sk_buf_slice(&out), 0, SK_SLICE_LIT("cache")) == SIZE_MAX);
	assert_true(sk_slice_find(sk_buf_slice(&out), 0, SK_SLICE_LIT("ZZZZ")) == SIZE_MAX);
	assert_true(sk_slice_find(sk_buf_slice(&out), 0, SK_SLICE_LIT("font table")) != SIZE_MAX);
	assert_stable(sk_buf_slice(&out));
	sk_buf_free(&out);
	sk_buf_free(&d.bytes);
}

static void test_sizes(void **state)
{
	struct sk_buf out;
	struct sk_slice list;
	struct sk_cfb c;
	struct doc d;

	(void)state;
	make(&d);
	assert_int_equal(run(SK_METHOD_REBUILD, finish(&d, true), &out), 0);
	assert_int_equal(sk_cfb_open(arena, sk_buf_slice(&out), &c), 0);
	uint32_t i = sk_cfb_find(&c, SK_CFB_ROOT, "\004JSRV_SegmentInformation");
	assert_int_equal(sk_cfb_read(&c, i, 1 << 20, &list), 0);
	/* Three of the ten children are left: text, fonts, styles. */
	assert_int_equal(list.n, 0x90 + 3 * 0x60);
	assert_int_equal(list.p[18], 3);
	assert_int_equal(list.p[0x90 + 2 * 0x60 + 68] | list.p[0x90 + 2 * 0x60 + 69] << 8, 5000);
	sk_buf_free(&out);
	sk_buf_free(&d.bytes);
}

static void test_sheets(void **state)
{
	struct sk_buf out;
	struct doc d;

	(void)state;
	begin(&d);
	put_text(&d, 0, "DocumentText", "a\n");
	uint32_t sheet = put(&d, put(&d, 0, "ObjectSheets", true, sk_slice("", 0)), "DocSheet",
	    true, sk_slice("", 0));
	put_text(&d, put(&d, sheet, "DOCS_0001", true, sk_slice("", 0)), "DocumentText", "b\n");
	put(&d, put(&d, sheet, "Other", true, sk_slice("", 0)), "x", false, sk_slice_str("LOST"));
	struct sk_slice in = finish(&d, false);
	assert_int_equal(run(SK_METHOD_REBUILD, in, &out), 0);
	assert_int_equal(report.nremoved, 1);
	assert_stable(sk_buf_slice(&out));
	sk_buf_free(&out);
	assert_int_equal(run(SK_METHOD_TEXT, in, &out), 0);
	assert_int_equal(out.len, 4);
	assert_memory_equal(out.p, "a\nb\n", 4);
	sk_buf_free(&out);
	sk_buf_free(&d.bytes);
}

static void says(const char *units, const char *want)
{
	struct sk_buf out;
	struct doc d;

	begin(&d);
	put_text(&d, 0, "DocumentText", units);
	assert_int_equal(run(SK_METHOD_TEXT, finish(&d, false), &out), 0);
	assert_int_equal(out.len, strlen(want));
	assert_memory_equal(out.p, want, out.len);
	sk_buf_free(&out);
	sk_buf_free(&d.bytes);
}

static void test_units(void **state)
{
	(void)state;
	says("\x1F"
	     "a\tb\nc\x0C"
	     "d",
	    "a\tb\nc\nd\n");
	says(WORDS, "\xE4\xBD\x8F\xE6\xB0\x91 \xEE\x80\x80\xF0\xA0\xAE\xB7\xEF\xBD\xB1\n");
	says("x\x0E\ny", "x\ny\n");
}

static void says_units(const uint16_t *units, size_t n, const char *want)
{
	struct sk_buf bytes = SK_BUF(1 << 16), out = SK_BUF(1 << 16);

	for (size_t i = 0; i < n; i++)
		sk_buf_put_u16be(&bytes, units[i]);
	ich_text(sk_buf_slice(&bytes), &out);
	assert_int_equal(out.len, strlen(want));
	assert_memory_equal(out.p, want, out.len);
	sk_buf_free(&bytes);
	sk_buf_free(&out);
}

#define SAYS(want, ...) \
	says_units( \
	    (const uint16_t[]){__VA_ARGS__}, sizeof((const uint16_t[]){__VA_ARGS__}) / 2, want)

static void test_records(void **state)
{
	(void)state;
	/* A paragraph's header, two cells, the end of the row. */
	SAYS("a\tb\n", 0x1C, 0x10, 10, 0, 0xFFFF, 0, 10, 0, 0x10, 0x1F, 0x1C, 0x30, 12, 0, 0, 9, 0,
	    0, 12, 0, 0x30, 0x1F, 'a', 0x1C, 0x30, 12, 0, 9, 20, 0, 0, 12, 0, 0x30, 0x1F, 'b', 0x0E,
	    0x0A);
	/* A word with its reading: the reading is not told. */
	SAYS("k.\n", 0x1C, 1, 7, 0, 0, 3, 0x1D, 'k', 0x1E, 5, 0, 1, 0x1F, 0x1C, 1, 7, 0, 1, 0x82,
	    0x1D, 'r', 0x1E, 5, 0, 1, 0x1F, '.');
	/* Instructions of templates are hidden, placeholders are not. */
	SAYS("p\n", 0x1C, 1, 7, 0, 1, 0, 0x1D, 'h', 0x1E, 5, 0, 1, 0x1F, 0x1C, 1, 7, 0, 0, 1, 0x1D,
	    'p', 0x1E, 5, 0, 1, 0x1F);
	/* A record that lies about its length is none. */
	SAYS("z\n", 0x1C, 0x10, 0xFFFF, 0, 'z');
	SAYS("", 0x1C);
}

static void test_packed(void **state)
{
	struct sk_buf packed = SK_BUF((size_t)64 << 20), out;
	struct doc inner, outer;

	(void)state;
	make(&inner);
	struct sk_slice document = finish(&inner, true);
	fx_packed(document, (uint32_t)document.n, &packed);
	begin(&outer);
	put_buf(&outer, 0, "JSCompDocument", &packed);
	struct sk_slice in = finish(&outer, false);
	assert_int_equal(run(SK_METHOD_REBUILD, in, &out), 0);
	assert_stable(sk_buf_slice(&out));
	sk_buf_free(&out);
	assert_int_equal(run(SK_METHOD_TEXT, in, &out), 0);
	assert_memory_equal(out.p, &(WORDS)[1], out.len);
	sk_buf_free(&out);
	sk_buf_free(&outer.bytes);
	/* One that unpacks to more than there may be. */
	fx_packed(sk_slice_sub(document, 0, 64), 0xFFFFFFF0U, &packed);
	begin(&outer);
	put_buf(&outer, 0, "JSCompDocument", &packed);
	assert_int_equal(run(SK_METHOD_REBUILD, finish(&outer, false), &out), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_BOMB);
	sk_buf_free(&out);
	sk_buf_free(&outer.bytes);
	sk_buf_free(&inner.bytes);
}

static void test_refused(void **state)
{
	struct sk_buf out;
	struct doc d;

	(void)state;
	/* No text, a text that is none, a list of sizes that is none. */
	for (int i = 0; i < 3; i++) {
		begin(&d);
		if (i == 1)
			put(&d, 0, "DocumentText", false,
			    sk_slice_str("SsmgV.01 and nothing more"));
		if (i == 2) {
			put_text(&d, 0, "DocumentText", "a\n");
			put(&d, 0, "\004JSRV_SegmentInformation", false, sk_slice_str("VDA"));
		}
		assert_int_equal(run(SK_METHOD_REBUILD, finish(&d, false), &out), SK_EFORMAT);
		sk_buf_free(&out);
		sk_buf_free(&d.bytes);
	}
	/* Another file in a setting goes, in the text it is the end. */
	begin(&d);
	put_text(&d, 0, "DocumentText", "a\n");
	put(&d, 0, "Font", false, SK_SLICE_LIT("x\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"));
	assert_int_equal(run(SK_METHOD_REBUILD, finish(&d, false), &out), 0);
	assert_int_equal(sk_report_count(&report, SK_GENERIC_HIDDEN), 1);
	assert_stable(sk_buf_slice(&out));
	sk_buf_free(&out);
	sk_buf_free(&d.bytes);
}

/* Two streams in the same sectors are one stream twice: a small file must not become a large one. */
static void test_streams_in_one_place(void **state)
{
	struct sk_buf out;
	struct sk_cfb cfb;
	struct doc d;

	(void)state;
	begin(&d);
	put_text(&d, 0, "DocumentText", "a\n");
	put(&d, 0, "Font", false, sk_slice(sk_arena_alloc(arena, 20000), 20000));
	put(&d, 0, "Header", false, sk_slice_str("x"));
	struct sk_slice file = finish(&d, false);
	assert_int_equal(sk_cfb_open(arena, file, &cfb), 0);
	memcpy(d.bytes.p + sk_cfb_entry_at(&cfb, sk_cfb_find(&cfb, SK_CFB_ROOT, "Header")) + 116,
	    d.bytes.p + sk_cfb_entry_at(&cfb, sk_cfb_find(&cfb, SK_CFB_ROOT, "Font")) + 116, 8);
	assert_int_equal(run(SK_METHOD_REBUILD, file, &out), SK_EREFUSED);
	assert_int_equal(report.reason, SK_REASON_DAMAGED);
	sk_buf_free(&out);
	sk_buf_free(&d.bytes);
}

/* A text of pieces: the same one `n` times. */
static void put_pieces(struct doc *d, uint32_t n)
{
	struct sk_buf head = SK_BUF(1024), b = SK_BUF(4096);
	struct sk_slice streams[2] = {{0}, SK_SLICE_LIT("\0a\0b")};

	sk_buf_puts(&head, "QLSTV.01");
	sk_buf_put_u32be(&head, n);
	for (uint32_t i = 0; i < n; i++) {
		sk_buf_put_u32be(&head, 2);
		sk_buf_put_u32be(&head, 1);
	}
	streams[0] = sk_buf_slice(&head);
	assert_int_equal(ich_store_write(&(struct ich_store){streams, 2}, &b), 0);
	put_buf(d, 0, "DocumentText", &b);
	sk_buf_free(&head);
}

static void test_pieces(void **state)
{
	(void)state;
	for (uint32_t n = 1; n < 3; n++) {
		struct sk_check c = {
		    .arena = sk_arena_new((size_t)16 << 20), .inflate_left = 1, .pixels_left = 1};
		struct sk_buf out;
		struct doc d;
		begin(&d);
		put_pieces(&d, n);
		struct sk_slice file = finish(&d, false);
		int want = n == 1 ? 0 : SK_EFORMAT;
		assert_int_equal(run(SK_METHOD_REBUILD, file, &out), want);
		assert_int_equal(sk_verify_ichitaro(&c, file), want);
		sk_buf_free(&out);
		sk_buf_free(&d.bytes);
		sk_arena_free(c.arena);
	}
}

/* More FAT sectors than the header has room for. */
static void test_large(void **state)
{
	struct sk_buf out;
	struct doc d;
	size_t n = (size_t)8 << 20;

	(void)state;
	begin(&d);
	put_text(&d, 0, "DocumentText", "a\n");
	put(&d, 0, "Header", false, sk_slice(memset(sk_arena_alloc(arena, n), 1, n), n));
	assert_int_equal(run(SK_METHOD_REBUILD, finish(&d, true), &out), 0);
	assert_stable(sk_buf_slice(&out));
	sk_buf_free(&out);
	sk_buf_free(&d.bytes);
}

/* Any byte changed: refused by the checker, or read as something just as harmless. */
static void test_checked(void **state)
{
	struct sk_buf out;
	struct doc d;
	unsigned passed = 0;

	(void)state;
	begin(&d);
	put_text(&d, 0, "DocumentText", "a\n");
	assert_int_equal(run(SK_METHOD_REBUILD, finish(&d, true), &out), 0);
	for (size_t i = 0; i < out.len; i++) {
		struct sk_check c = {
		    .arena = sk_arena_new((size_t)16 << 20), .inflate_left = 1, .pixels_left = 1};
		out.p[i] ^= 0x41;
		passed += sk_verify_ichitaro(&c, sk_buf_slice(&out)) == 0;
		out.p[i] ^= 0x41;
		sk_arena_free(c.arena);
	}
	/* Units and their formatting (12), colour of one entry may differ; the header and kinds of segments are opaque. */
	assert_in_range(passed, 1, 200);
	sk_buf_free(&out);
	sk_buf_free(&d.bytes);
}

static int setup(void **state)
{
	(void)state;
	arena = sk_arena_new((size_t)256 << 20);
	return arena == NULL;
}

static int teardown(void **state)
{
	(void)state;
	sk_arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rebuilt),
	    cmocka_unit_test(test_sizes),
	    cmocka_unit_test(test_sheets),
	    cmocka_unit_test(test_units),
	    cmocka_unit_test(test_records),
	    cmocka_unit_test(test_packed),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_streams_in_one_place),
	    cmocka_unit_test(test_pieces),
	    cmocka_unit_test(test_large),
	    cmocka_unit_test(test_checked),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
