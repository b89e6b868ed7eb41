/* Tests of HEIC and AVIF: which item is shown, grids, alpha, turns, profiles, what is told and refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <time.h>

#include "format/heif/testheif.h"
#include "format/image/image.h"
#include "verify/verify.h"

/* A file as it grows: boxes are opened and closed, and item data lies in idat. */
struct file {
	struct sk_buf b;
	size_t open[8];
	unsigned depth;
};

static struct sk_report report;
static struct sk_arena *arena;
static enum sk_method method;

static void open_box(struct file *f, const char *type)
{
	f->open[f->depth++] = f->b.len;
	sk_buf_put_u32be(&f->b, 0);
	sk_buf_put(&f->b, type, 4);
}

/* A box with a version and flags. */
static void open_full(struct file *f, const char *type, uint32_t version_flags)
{
	open_box(f, type);
	sk_buf_put_u32be(&f->b, version_flags);
}

static void close_box(struct file *f)
{
	size_t at = f->open[--f->depth], n = f->b.len - at;

	for (unsigned i = 0; i < 4; i++)
		f->b.p[at + i] = (uint8_t)(n >> (24 - 8 * i));
}

struct item {
	const char *type;
	const char *data; /* in idat */
	unsigned n;
	uint8_t properties[4];
};

#define HVCC_PROPERTY 1
#define AV1C_PROPERTY 2

/* Properties 1 and 2 are configurations; others follow as given. */
struct property {
	const char *type, *body;
	unsigned n;
};

struct ref {
	const char *type;
	unsigned from, to[4];
};

/* hvcC of one-byte lengths, no parameter sets; av1C of four bytes. */
static void put_properties(struct file *f, const struct property *p, const struct item *items)
{
	open_box(f, "iprp");
	open_box(f, "ipco");
	open_box(f, "hvcC");
	sk_buf_fill(&f->b, 0, 23);
	close_box(f);
	open_box(f, "av1C");
	sk_buf_fill(&f->b, 0, 4);
	close_box(f);
	for (; p && p->type; p++) {
		open_box(f, p->type);
		sk_buf_put(&f->b, p->body, p->n);
		close_box(f);
	}
	close_box(f);
	open_full(f, "ipma", 0);
	size_t n = 0;
	while (items[n].type)
		n++;
	sk_buf_put_u32be(&f->b, (uint32_t)n);
	for (size_t i = 0; i < n; i++) {
		uint8_t count = 0;
		while (count < 4 && items[i].properties[count])
			count++;
		sk_buf_put_u16be(&f->b, (uint16_t)(i + 1));
		sk_buf_putc(&f->b, count);
		sk_buf_put(&f->b, items[i].properties, count);
	}
	close_box(f);
	close_box(f);
}

static void put_items(struct file *f, const struct item *items)
{
	size_t n = 0, at = 0;

	while (items[n].type)
		n++;
	open_full(f, "iinf", 0);
	sk_buf_put_u16be(&f->b, (uint16_t)n);
	for (size_t i = 0; i < n; i++) {
		open_full(f, "infe", 0x02000000);
		sk_buf_put_u16be(&f->b, (uint16_t)(i + 1));
		sk_buf_put_u16be(&f->b, 0);
		sk_buf_put(&f->b, items[i].type, 4);
		sk_buf_putc(&f->b, 0);
		close_box(f);
	}
	close_box(f);
	open_full(f, "iloc", 0x01000000);
	sk_buf_put_u16be(&f->b, 0x4400);
	sk_buf_put_u16be(&f->b, (uint16_t)n);
	for (size_t i = 0; i < n; at += items[i++].n) {
		sk_buf_put_u16be(&f->b, (uint16_t)(i + 1));
		sk_buf_put_u16be(&f->b, 1);
		sk_buf_put_u16be(&f->b, 0);
		sk_buf_put_u16be(&f->b, 1);
		sk_buf_put_u32be(&f->b, (uint32_t)at);
		sk_buf_put_u32be(&f->b, items[i].n);
	}
	close_box(f);
	open_box(f, "idat");
	for (size_t i = 0; i < n; i++)
		sk_buf_put(&f->b, items[i].data, items[i].n);
	close_box(f);
}

static void put_refs(struct file *f, const struct ref *refs)
{
	open_full(f, "iref", 0);
	for (; refs && refs->type; refs++) {
		unsigned n = 0;
		while (n < 4 && refs->to[n])
			n++;
		open_box(f, refs->type);
		sk_buf_put_u16be(&f->b, (uint16_t)refs->from);
		sk_buf_put_u16be(&f->b, (uint16_t)n);
		for (unsigned i = 0; i < n; i++)
			sk_buf_put_u16be(&f->b, (uint16_t)refs->to[i]);
		close_box(f);
	}
	close_box(f);
}

static struct file make(
    const struct item *items, const struct property *properties, const struct ref *refs)
{
	struct file f = {.b = SK_BUF(1 << 20)};

	open_box(&f, "ftyp");
	sk_buf_put(&f.b, "heic\0\0\0\0mif1heic", 16);
	close_box(&f);
	open_full(&f, "meta", 0);
	open_full(&f, "pitm", 0);
	sk_buf_put_u16be(&f.b, 1);
	close_box(&f);
	put_items(&f, items);
	put_properties(&f, properties, items);
	put_refs(&f, refs);
	close_box(&f);
	return f;
}

static int run(struct file *f, struct sk_output *out)
{
	struct sk_limits limits = sk_limits_for(f->b.len);
	struct sk_budget budget = {limits.expand, limits.pixels_total, limits.members, 10};
	struct sk_services services = {.decode_picture = th_decode};
	struct sk_job job = {.arena = arena,
	    .report = &report,
	    .limits = &limits,
	    .budget = &budget,
	    .services = &services,
	    .name = "a.heic",
	    .method = method};

	report = (struct sk_report){0};
	*out = (struct sk_output){.bytes = SK_BUF((size_t)64 << 20)};
	int rc = method == SK_METHOD_FLATTEN
		     ? sk_heif_handler.flatten(&job, SK_FT_HEIC, sk_buf_slice(&f->b), out)
		     : sk_heif_handler.rebuild(&job, SK_FT_HEIC, sk_buf_slice(&f->b), out);
	sk_buf_free(&f->b);
	return rc;
}

/* The pixels of what comes out. */
static struct sk_pixmap shown(struct file f, enum sk_filetype type)
{
	struct sk_limits limits = sk_limits_for(1 << 20);
	struct sk_budget budget = {limits.expand, limits.pixels_total, 1, 1};
	static struct sk_report ignored;
	struct sk_job job = {
	    .arena = arena, .report = &ignored, .limits = &limits, .budget = &budget};
	struct sk_pixmap p = {0};
	struct sk_output out;

	assert_int_equal(run(&f, &out), 0);
	assert_int_equal(out.type, type);
	assert_int_equal(sk_image_decode(&job, type, sk_buf_slice(&out.bytes), &p), 0);
	sk_buf_free(&out.bytes);
	return p;
}

static void near(const struct sk_pixmap *p, uint32_t x, uint32_t y, int red, int green)
{
	const uint8_t *at = p->data + ((size_t)y * p->width + x) * p->channels;

	assert_in_range(at[0] + 8, red, red + 16);
	assert_in_range(at[1] + 8, green, green + 16);
}

static int setup(void **state)
{
	method = SK_METHOD_REBUILD;
	arena = sk_arena_new((size_t)256 << 20);
	return arena ? 0 : -1;
}

static int teardown(void **state)
{
	sk_arena_free(arena);
	return 0;
}

/* A unit of HEVC with its length in one byte: a picture of 24 × 16. */
#define CODED "\2\x18\x10", 3

static void test_one_picture(void **state)
{
	const struct item items[] = {{"hvc1", CODED, {HVCC_PROPERTY}}, {NULL}};
	struct sk_pixmap p = shown(make(items, NULL, NULL), SK_FT_JPEG);

	assert_int_equal(p.width, 24);
	assert_int_equal(p.height, 16);
	near(&p, 20, 3, 160, 24);
	assert_int_equal(report.nremoved, 0);
}

static void test_turned_mirrored_cut(void **state)
{
	static const struct {
		struct property p;
		uint32_t width, height, x, y;
		int red, green;
	} cases[] = {
	    {{"irot", "\1", 1}, 16, 24, 3, 4, (23 - 4) * 8, 3 * 8},
	    {{"irot", "\2", 1}, 24, 16, 3, 4, (23 - 3) * 8, (15 - 4) * 8},
	    {{"irot", "\3", 1}, 16, 24, 3, 4, 4 * 8, (15 - 3) * 8},
	    {{"imir", "\0", 1}, 24, 16, 3, 4, 3 * 8, (15 - 4) * 8},
	    {{"imir", "\1", 1}, 24, 16, 3, 4, (23 - 3) * 8, 4 * 8},
	    /* 8 × 6, four to the right and one up from the middle */
	    {{"clap", "\0\0\0\x8\0\0\0\1\0\0\0\6\0\0\0\1\0\0\0\4\0\0\0\1\xff\xff\xff\xff\0\0\0\1",
		 32},
		8, 6, 3, 4, (3 + 12) * 8, (4 + 4) * 8},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct item items[] = {{"hvc1", CODED, {HVCC_PROPERTY, 3}}, {NULL}};
		const struct property properties[] = {cases[i].p, {NULL}};
		struct sk_pixmap p = shown(make(items, properties, NULL), SK_FT_JPEG);
		assert_int_equal(p.width, cases[i].width);
		assert_int_equal(p.height, cases[i].height);
		near(&p, cases[i].x, cases[i].y, cases[i].red, cases[i].green);
	}
}

static void test_grid(void **state)
{
	const struct item items[] = {{"grid", "\0\0\0\1\0\x28\0\xc", 8, {0}},
	    {"hvc1", CODED, {HVCC_PROPERTY}}, {"hvc1", CODED, {HVCC_PROPERTY}}, {NULL}};
	const struct ref refs[] = {{"dimg", 1, {2, 3}}, {NULL}};
	struct sk_pixmap p = shown(make(items, NULL, refs), SK_FT_JPEG);

	assert_int_equal(p.width, 40);
	assert_int_equal(p.height, 12);
	near(&p, 24 + 10, 3, 80, 24);
	assert_int_equal(report.nremoved, 0);
}

static void test_alpha(void **state)
{
	const struct item items[] = {
	    {"hvc1", CODED, {HVCC_PROPERTY}}, {"hvc1", CODED, {HVCC_PROPERTY, 3}}, {NULL}};
	const struct property properties[] = {
	    {"auxC", "\0\0\0\0urn:mpeg:hevc:2015:auxid:1", 31}, {NULL}};
	const struct ref refs[] = {{"auxl", 2, {1}}, {NULL}};
	struct sk_pixmap p = shown(make(items, properties, refs), SK_FT_PNG);

	assert_int_equal(p.channels, 4);
	assert_int_equal(p.data[3], 0);
	assert_int_equal(p.data[2], 0); /* what is not seen has no colour */
	assert_int_equal(p.data[5 * 4 + 3], 40);
	assert_int_equal(p.data[5 * 4 + 2], 200);
}

static void test_what_is_not_shown_is_told(void **state)
{
	const struct item items[] = {{"hvc1", CODED, {HVCC_PROPERTY}},
	    {"hvc1", CODED, {HVCC_PROPERTY}}, {"hvc1", CODED, {HVCC_PROPERTY}},
	    {"Exif", "secret", 6, {0}}, {"mime", "secret", 6, {0}}, {"abcd", "x", 1, {0}},
	    {"hvc1", CODED, {HVCC_PROPERTY, 3}}, {NULL}};
	const struct property properties[] = {{"auxC", "\0\0\0\0urn:depth", 14}, {NULL}};
	const struct ref refs[] = {{"thmb", 2, {1}}, {"cdsc", 4, {1}}, {"auxl", 7, {1}}, {NULL}};
	struct file f = make(items, properties, refs);
	struct sk_output out;

	open_box(&f, "mdat");
	sk_buf_fill(&f.b, 'x', 100);
	close_box(&f);
	open_box(&f, "uuid");
	sk_buf_fill(&f.b, 'x', 30);
	close_box(&f);
	sk_buf_puts(&f.b, "end");
	assert_int_equal(run(&f, &out), 0);
	assert_int_equal(sk_report_count(&report, SK_IMAGE_THUMBNAIL), 1);
	assert_int_equal(sk_report_count(&report, SK_IMAGE_OTHERS), 1);
	assert_int_equal(sk_report_count(&report, SK_IMAGE_METADATA), 2);
	assert_int_equal(sk_report_count(&report, SK_IMAGE_UNKNOWN_PART), 3);
	assert_int_equal(sk_report_count(&report, SK_GENERIC_HIDDEN), 1);
	assert_int_equal(sk_report_count(&report, SK_GENERIC_TRAILING), 1);
	sk_buf_free(&out.bytes);
}

/* Display P3 by its number becomes a profile, sRGB none. */
static void test_profile(void **state)
{
	static const struct {
		const char *body;
		bool profile;
	} cases[] = {{"nclx\0\1\0\x0d\0\6\x80", false}, {"nclx\0\x0c\0\x0d\0\6\x80", true}};

	for (size_t i = 0; i < 2; i++) {
		const struct item items[] = {{"av01", "\0\x18\x10", 3, {AV1C_PROPERTY, 3}}, {NULL}};
		const struct property properties[] = {{"colr", cases[i].body, 11}, {NULL}};
		struct file f = make(items, properties, NULL);
		struct sk_output out;
		assert_int_equal(run(&f, &out), 0);
		size_t at = sk_slice_find(sk_buf_slice(&out.bytes), 0, SK_SLICE_LIT("ICC_PROFILE"));
		assert_int_equal(at != SIZE_MAX, cases[i].profile);
		assert_int_equal(report.nremoved, 0);
		struct sk_check c = {.arena = arena, .pixels_left = 1 << 20};
		assert_int_equal(sk_verify_jpeg(&c, sk_buf_slice(&out.bytes)), 0);
		sk_buf_free(&out.bytes);
	}
}

static void test_flatten(void **state)
{
	const struct item items[] = {{"hvc1", CODED, {HVCC_PROPERTY}}, {NULL}};
	struct file f = make(items, NULL, NULL);
	struct sk_output out;

	method = SK_METHOD_FLATTEN;
	assert_int_equal(run(&f, &out), 0);
	assert_int_equal(out.type, SK_FT_PDF);
	sk_buf_free(&out.bytes);
}

static void ends(struct file f, int rc, enum sk_code reason)
{
	struct sk_output out;

	assert_int_equal(run(&f, &out), rc);
	assert_int_equal(report.reason, reason);
	sk_buf_free(&out.bytes);
}

static void test_broken(void **state)
{
	const struct item cut_unit[] = {{"hvc1", "\5\x18\x10", 3, {HVCC_PROPERTY}}, {NULL}};
	const struct item no_config[] = {{"hvc1", CODED, {0}}, {NULL}};
	const struct item other[] = {{"jpeg", CODED, {0}}, {NULL}};
	const struct item essential[] = {{"hvc1", CODED, {HVCC_PROPERTY, 0x83}}, {NULL}};
	const struct item self[] = {{"iden", "", 0, {0}}, {NULL}};
	const struct item grid[] = {
	    {"grid", "\0\0\0\1\0\x28\0\xc", 8, {0}}, {"hvc1", CODED, {HVCC_PROPERTY}}, {NULL}};
	const struct item huge[] = {{"grid", "\0\1\xff\xff\0\1\0\0\0\1\0\0", 12, {0}},
	    {"hvc1", CODED, {HVCC_PROPERTY}}, {NULL}};
	const struct item clap[] = {{"hvc1", CODED, {HVCC_PROPERTY, 3}}, {NULL}};
	const struct property unknown[] = {{"abcd", "", 0}, {NULL}};
	const struct property wide[] = {
	    {"clap", "\0\0\0\x30\0\0\0\1\0\0\0\6\0\0\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\1", 32},
	    {NULL}};
	const struct ref to_self[] = {{"dimg", 1, {1}}, {NULL}};
	const struct ref one[] = {{"dimg", 1, {2}}, {NULL}};

	ends(make(cut_unit, NULL, NULL), SK_EFORMAT, SK_CODE_NONE);
	ends(make(no_config, NULL, NULL), SK_EFORMAT, SK_CODE_NONE);
	ends(make(other, NULL, NULL), SK_EREFUSED, SK_REASON_UNSUPPORTED_TYPE);
	ends(make(essential, unknown, NULL), SK_EREFUSED, SK_REASON_UNSUPPORTED_TYPE);
	ends(make(self, NULL, to_self), SK_EFORMAT, SK_CODE_NONE);
	ends(make(grid, NULL, one), SK_EFORMAT, SK_CODE_NONE);
	ends(make(huge, NULL, one), SK_EFORMAT, SK_CODE_NONE);
	ends(make(clap, wide, NULL), SK_EFORMAT, SK_CODE_NONE);
}

/* Time grows with the size of a file, not with its square: as many items as there may be, and many times more places of them. */
static void test_many_items(void **state)
{
	struct sk_buf b = SK_BUF((size_t)64 << 20);
	struct sk_arena *a = sk_arena_new((size_t)256 << 20);
	struct sk_heif h;
	size_t items = SK_LIMIT_HEIF_ITEMS, places = 400000;

	sk_buf_put(&b, "\0\0\0\20ftypheic\0\0\0\0", 16);
	sk_buf_put_u32be(&b, (uint32_t)(12 + 14 + items * 22 + 18 + places * 10));
	sk_buf_put(&b, "meta\0\0\0\0", 8);
	sk_buf_put_u32be(&b, (uint32_t)(14 + items * 22));
	sk_buf_put(&b, "iinf\0\0\0\0\0\0", 10);
	for (size_t i = 0; i < items; i++) {
		sk_buf_put(&b, "\0\0\0\26infe\3\0\0\0", 12);
		sk_buf_put_u32be(&b, (uint32_t)i + 1);
		sk_buf_put(&b, "\0\0hvc1", 6);
	}
	sk_buf_put_u32be(&b, (uint32_t)(18 + places * 10));
	sk_buf_put(&b, "iloc\2\0\0\0\0\0", 10);
	sk_buf_put_u32be(&b, (uint32_t)places);
	for (size_t i = 0; i < places; i++) {
		sk_buf_put_u32be(&b, (uint32_t)(i % items) + 1);
		sk_buf_fill(&b, 0, 6);
	}
	clock_t start = clock();
	(void)sk_heif_read(a, sk_buf_slice(&b), &h);
	assert_true(clock() - start < 3 * CLOCKS_PER_SEC);
	sk_arena_free(a);
	sk_buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_one_picture, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_turned_mirrored_cut, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_grid, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_alpha, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_what_is_not_shown_is_told, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_profile, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_flatten, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_broken, setup, teardown),
	    cmocka_unit_test(test_many_items),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
