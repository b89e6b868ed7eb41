/* Tests of the font rebuild: what stays, what goes, and that broken or hostile fonts end well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "format/font/font.h"
#include "format/font/internal.h"
#include "format/font/sample.h"

#define PUT(b, lit) sk_buf_put(b, lit, sizeof(lit) - 1)

static int rebuild(struct sk_slice in, struct sk_font_out *out)
{
	*out = (struct sk_font_out){.bytes = SK_BUF(SK_LIMIT_FONT_BYTES)};
	return sk_font_rebuild(NULL, SK_FONT_TRUETYPE, in, out);
}

/* Rebuild what must succeed, twice, and look for words that must be gone. */
static struct sk_buf good(struct sk_slice in, enum sk_font_kind kind)
{
	struct sk_font_out a, b;

	assert_int_equal(rebuild(in, &a), 0);
	assert_int_equal(a.kind, kind);
	assert_int_equal(rebuild(sk_buf_slice(&a.bytes), &b), 0);
	assert_int_equal(b.kind, kind);
	assert_int_equal(a.bytes.len, b.bytes.len);
	assert_memory_equal(a.bytes.p, b.bytes.p, a.bytes.len);
	assert_true(sk_slice_find(sk_buf_slice(&a.bytes), 0, sk_slice_str("SECRE")) == SIZE_MAX);
	sk_buf_free(&b.bytes);
	return a.bytes;
}

static struct sk_slice table(const struct sk_buf *font, const char *tag)
{
	struct sk_sfnt s;

	assert_int_equal(sk_sfnt_read(sk_buf_slice(font), &s), 0);
	return sk_sfnt_get(&s, SK_TAG(tag[0], tag[1], tag[2], tag[3]));
}

static void truetype_keeps_outlines_and_codes(void **state)
{
	struct sk_buf in = SK_BUF(65536);

	sample_truetype(NULL, &in);
	struct sk_buf out = good(sk_buf_slice(&in), SK_FONT_TRUETYPE);
	struct sk_slice glyf = table(&out, "glyf"), cmap = table(&out, "cmap"),
			hmtx = table(&out, "hmtx");
	/* The square in its shortest form: no instructions, "same" coordinates without bytes. */
	assert_int_equal(glyf.n, 24 + 18);
	assert_memory_equal(
	    glyf.p, "\0\1\0\0\0\0\3\xe8\3\xe8\0\3\0\0\x31\x21\x11\x21\3\xe8\xfc\x18\3\xe8", 24);
	assert_memory_equal(glyf.p + 24, "\xff\xff\0\0\0\0\1\xf4\1\xf4\0\x0a\0\1\5\7\x20\0", 18);
	assert_int_equal(cmap.n, 20 + 262 + 36);
	assert_int_equal(cmap.p[26 + 'A'], 1);
	assert_int_equal(cmap.p[26 + 'B'], 3);
	/* 0xf041 and 0xf042 follow each other, their glyphs 1 and 3 do not: one segment with an array. */
	assert_memory_equal(cmap.p + 282, "\0\4\0\x24", 4);
	assert_memory_equal(cmap.p + 282 + 32, "\0\1\0\3", 4);
	assert_int_equal(hmtx.n, 12);
	assert_null(table(&out, "fpgm").p);
	assert_null(table(&out, "name").p);
	assert_null(table(&out, "xxxx").p);
	sk_buf_free(&in);
	sk_buf_free(&out);
}

static void truetype_glyph_names(void **state)
{
	struct sk_buf in = SK_BUF(65536);

	sample_truetype(NULL, &in);
	struct sk_buf out = good(sk_buf_slice(&in), SK_FONT_TRUETYPE);
	struct sk_slice post = table(&out, "post");
	/* "four" was number 1 of three and is the first used; "AB C" holds a space and is replaced. */
	assert_memory_equal(post.p + 32, "\0\4\0\0\1\2\0\3\1\3\3.g1\4four", 19);
	sk_buf_free(&in);
	sk_buf_free(&out);
}

static void truetype_without_cmap_and_post(void **state)
{
	struct sample_glyf how = {.bare = true};
	struct sk_buf in = SK_BUF(65536);

	sample_truetype(&how, &in);
	struct sk_buf out = good(sk_buf_slice(&in), SK_FONT_TRUETYPE);
	assert_null(table(&out, "cmap").p);
	assert_memory_equal(table(&out, "post").p, "\0\3\0\0", 4);
	sk_buf_free(&in);
	sk_buf_free(&out);
}

static void truetype_composite_of_itself_is_empty(void **state)
{
	struct sample_glyf how = {.component = 3};
	struct sk_buf in = SK_BUF(65536);

	sample_truetype(&how, &in);
	struct sk_buf out = good(sk_buf_slice(&in), SK_FONT_TRUETYPE);
	assert_int_equal(table(&out, "glyf").n, 24);
	sk_buf_free(&in);
	sk_buf_free(&out);
}

/* Points that a repeat count promises but the table does not hold. */
static void truetype_truncated_points_are_empty(void **state)
{
	static const char glyph[] = "\0\1\0\0\0\0\0\0\0\0\x7f\xfe\0\0\x09\xff";
	struct sample_glyf how = {.square = glyph, .square_n = sizeof(glyph) - 1};
	struct sk_buf in = SK_BUF(65536);

	sample_truetype(&how, &in);
	struct sk_buf out = good(sk_buf_slice(&in), SK_FONT_TRUETYPE);
	assert_int_equal(table(&out, "glyf").n, 18);
	sk_buf_free(&in);
	sk_buf_free(&out);
}

/* The fpgm of a font that is nothing without its instructions. */
static void truetype_tricky_font_is_not_rebuilt(void **state)
{
	struct sk_sfnt s = {.n = 1};
	uint8_t fpgm[0xe5] = {0x40, 0xc9, 0x25, 0x55};

	s.tables[0] =
	    (struct sk_sfnt_table){SK_TAG('f', 'p', 'g', 'm'), sk_slice(fpgm, sizeof(fpgm))};
	assert_true(sk_tricky(&s));
	fpgm[3]++;
	assert_false(sk_tricky(&s));
	s.n = 0;
	assert_false(sk_tricky(&s));
}

static void read_cff(struct sk_arena *a, const struct sk_buf *b, struct sk_cff *f)
{
	assert_int_equal(sk_cff_read(a, sk_buf_slice(b), f), 0);
}

static void cff_loses_hints_and_subroutines(void **state)
{
	struct sk_arena *a = sk_arena_new(1 << 20);
	struct sk_buf in = SK_BUF(65536);
	struct sk_cff f;

	sample_cff((struct sk_slice){0}, &in);
	struct sk_buf out = good(sk_buf_slice(&in), SK_FONT_CFF);
	read_cff(a, &out, &f);
	assert_int_equal(f.nglyphs, 4);
	assert_int_equal(f.gsubrs.count, 0);
	assert_int_equal(f.fds[0].subrs.count, 0);
	/* Width 100 over nominal, then move, the lines of both subroutines as one operator, the flex as two turning curves. */
	static const char want[] = "\xef\x8b\x16\xef\xef\x06"
				   "\xef\xef\x8b\xef\x8b\xef\x8b\xef\x1f\x0e";
	struct sk_slice code = sk_index_get(&f.chars, 1);
	assert_int_equal(code.n, sizeof(want) - 1);
	assert_memory_equal(code.p, want, code.n);
	assert_int_equal(f.ncodes, 2);
	assert_memory_equal(f.codes, "AB", 2);
	assert_int_equal(f.charset[1], 34);
	assert_int_equal(f.charset[2], 391);
	assert_true(sk_slice_is(f.names[0], "own"));
	assert_true(sk_slice_is(f.names[1], ".g3"));
	sk_buf_free(&in);
	sk_buf_free(&out);
	sk_arena_free(a);
}

static int rebuild_cid(struct sk_slice in, struct sk_font_out *out)
{
	*out = (struct sk_font_out){.bytes = SK_BUF(SK_LIMIT_FONT_BYTES), .cid = true};
	return sk_font_rebuild(NULL, SK_FONT_CFF, in, out);
}

/* A CID font shows glyph n of a name-keyed program for CID n: the rebuilt one says so. */
static void cff_for_a_cid_font(void **state)
{
	struct sk_arena *a = sk_arena_new(1 << 20);
	struct sk_buf in = SK_BUF(65536);
	struct sk_font_out out, again;
	struct sk_cff f;

	sample_cff((struct sk_slice){0}, &in);
	assert_int_equal(rebuild_cid(sk_buf_slice(&in), &out), 0);
	read_cff(a, &out.bytes, &f);
	assert_true(f.cid);
	assert_int_equal(f.nglyphs, 4);
	for (uint32_t g = 0; g < 4; g++)
		assert_int_equal(f.charset[g], g);
	assert_int_equal(rebuild_cid(sk_buf_slice(&out.bytes), &again), 0);
	assert_int_equal(out.bytes.len, again.bytes.len);
	assert_memory_equal(out.bytes.p, again.bytes.p, out.bytes.len);
	sk_buf_free(&again.bytes);
	/* The other way round there are no names that a simple font could use. */
	assert_int_equal(rebuild(sk_buf_slice(&out.bytes), &again), SK_EFORMAT);
	sk_buf_free(&again.bytes);
	sk_buf_free(&out.bytes);
	sk_buf_free(&in);
	sk_arena_free(a);
}

/* One glyph of the sample in other words; the result's charstring. */
static struct sk_slice cff_glyph(struct sk_arena *a, struct sk_slice glyph)
{
	struct sk_buf in = SK_BUF(1 << 20);
	struct sk_cff f;

	sample_cff(glyph, &in);
	struct sk_buf out = good(sk_buf_slice(&in), SK_FONT_CFF);
	read_cff(a, &out, &f);
	struct sk_slice code = sk_index_get(&f.chars, 1);
	code.p = sk_arena_dup(a, code.p, code.n);
	sk_buf_free(&in);
	sk_buf_free(&out);
	return code;
}

static void assert_glyph(const char *name, struct sk_slice glyph, struct sk_slice want)
{
	struct sk_arena *a = sk_arena_new(1 << 20);
	struct sk_slice got = cff_glyph(a, glyph);

	if (!sk_slice_eq(got, want))
		fail_msg("%s: %zu bytes, wanted %zu", name, got.n, want.n);
	sk_arena_free(a);
}
#define GLYPH(name, in, want) assert_glyph(name, SK_SLICE_LIT(in), SK_SLICE_LIT(want))

static void type2_operators(void **state)
{
	/* 0x8b is 0, 0x8c is 1, and so on; every charstring here has its width left out. */
	GLYPH(
	    "moves merge", "\x8c\x8c\x15\x8c\x16\x8c\x04\x8c\x06\x0e", "\x8d\x8d\x15\x8c\x06\x0e");
	GLYPH("last move without outline", "\x8c\x16\x8c\x06\x8c\x04\x0e", "\x8c\x16\x8c\x06\x0e");
	GLYPH("no endchar", "\x8c\x16\x8c\x06", "\x8c\x16\x8c\x06\x0e");
	GLYPH("return instead", "\x8c\x16\x8c\x06\x0b", "\x8c\x16\x8c\x06\x0e");
	GLYPH("lines alternate", "\x8c\x16\x8c\x8c\x8c\x07\x0e", "\x8c\x16\x8c\x8c\x8c\x07\x0e");
	GLYPH("straight rlineto", "\x8c\x16\x8c\x8b\x8b\x8c\x05\x0e", "\x8c\x16\x8c\x8c\x06\x0e");
	GLYPH("rcurveline", "\x8c\x16\x8c\x8c\x8c\x8c\x8c\x8c\x8d\x8d\x18\x0e",
	    "\x8c\x16\x8c\x8c\x8c\x8c\x8c\x8c\x08\x8d\x8d\x05\x0e");
	GLYPH("rlinecurve", "\x8c\x16\x8d\x8d\x8c\x8c\x8c\x8c\x8c\x8c\x19\x0e",
	    "\x8c\x16\x8d\x8d\x05\x8c\x8c\x8c\x8c\x8c\x8c\x08\x0e");
	GLYPH("hhcurveto with dy1", "\x8c\x16\x8d\x8c\x8c\x8c\x8c\x1b\x0e",
	    "\x8c\x16\x8c\x8d\x8c\x8c\x8c\x8b\x08\x0e");
	GLYPH("hvcurveto with last", "\x8c\x16\x8c\x8c\x8c\x8c\x8d\x1f\x0e",
	    "\x8c\x16\x8c\x8b\x8c\x8c\x8d\x8c\x08\x0e");
	GLYPH("hflex", "\x8c\x16\x8c\x8c\x8d\x8c\x8c\x8c\x8c\x0c\x22\x0e",
	    "\x8c\x16\x8c\x8c\x8d\x8c\x8c\x8c\x89\x8c\x1b\x0e");
	GLYPH("arithmetic", "\x8d\x8e\x0c\x18\x8c\x0c\x0a\x16\x8c\x06\x0e", "\x92\x16\x8c\x06\x0e");
	GLYPH("div", "\x8c\x8d\x0c\x0c\x16\x8c\x06\x0e", "\xff\0\0\x80\0\x16\x8c\x06\x0e");
	GLYPH("reserved operators", "\x8c\x02\x8c\x16\x8c\x06\x0e", "\x8c\x16\x8c\x06\x0e");
	GLYPH("accent form", "\x8b\x8b\xcc\xcc\x0e", "\x0e");
}

/* Hostile charstrings: the glyph becomes empty, the font stays. */
static void type2_broken_glyphs_are_empty(void **state)
{
	GLYPH("too few operands", "\x8c\x15\x0e", "\x0e");
	GLYPH("call of nothing", "\x8c\x16\x8c\x06\x0a\x0e", "\x0e");
	GLYPH("call out of range", "\x8c\x16\x8c\x06\xef\x0a\x0e", "\x0e");
	GLYPH("number cut off", "\x8c\x16\x8c\x06\x1c\x01", "\x0e");
	GLYPH("mask cut off", "\x8b\x8c\x01\x13", "\x0e");
	GLYPH("point out of reach", "\x1c\x7f\xff\x16\x1c\x7f\xff\x06\x0e", "\x0e");
	GLYPH("roll of more than there is", "\x8c\xef\x8c\x0c\x1e\x0e", "\x0e");
	GLYPH("storage outside", "\x8c\xef\x0c\x14\x0e", "\x0e");
}

static void type2_stack_overflow(void **state)
{
	struct sk_buf glyph = SK_BUF(4096);

	sk_buf_fill(&glyph, 0x8b, 3000);
	sk_buf_putc(&glyph, 14);
	assert_glyph("overflow", sk_buf_slice(&glyph), SK_SLICE_LIT("\x0e"));
	sk_buf_free(&glyph);
}

static void type1_becomes_cff(void **state)
{
	struct sk_arena *a = sk_arena_new(1 << 20);
	struct sk_cff f;

	for (int hex = 0; hex < 2; hex++) {
		struct sk_buf in = SK_BUF(65536);
		sample_type1(hex, (struct sk_slice){0}, &in);
		struct sk_buf out = good(sk_buf_slice(&in), SK_FONT_CFF);
		read_cff(a, &out, &f);
		assert_int_equal(f.nglyphs, 4);
		assert_true(f.matrix.present);
		assert_int_equal(f.matrix.v[0], SK_PICO / 1000);
		assert_int_equal(f.matrix.v[2], SK_PICO / 10000);
		assert_int_equal(f.bbox[1], -21);
		/* A by 65 and 67, B by octal 102. */
		assert_int_equal(f.ncodes, 2);
		assert_memory_equal(f.codes, "AB", 2);
		assert_int_equal(f.nsups, 1);
		assert_int_equal(f.sups[0].code, 67);
		assert_int_equal(f.sups[0].sid, 34);
		/* Flex is two curves, hint replacement nothing, 51 2 div a line of 25.5. */
		static const char want[] = "\xf8\x88\xef\x16\xef\xef\xef\x8b\x8b\xef\x08"
					   "\xef\x8b\xef\xef\x1b\xff\0\x19\x80\0\x06\x0e";
		struct sk_slice code = sk_index_get(&f.chars, 1);
		assert_int_equal(code.n, sizeof(want) - 1);
		assert_memory_equal(code.p, want, code.n);
		sk_buf_free(&in);
		sk_buf_free(&out);
	}
	sk_arena_free(a);
}

static void type1_wrapped_as_pfb(void **state)
{
	struct sk_buf in = SK_BUF(65536), pfb = SK_BUF(65536);

	sample_type1(false, (struct sk_slice){0}, &in);
	PUT(&pfb, "\x80\x01");
	sk_buf_put_u32le(&pfb, 100);
	sk_buf_put(&pfb, in.p, 100);
	PUT(&pfb, "\x80\x02");
	sk_buf_put_u32le(&pfb, (uint32_t)in.len - 100);
	sk_buf_put(&pfb, in.p + 100, in.len - 100);
	PUT(&pfb, "\x80\x03");
	struct sk_buf a = good(sk_buf_slice(&in), SK_FONT_CFF),
		      b = good(sk_buf_slice(&pfb), SK_FONT_CFF);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.p, b.p, a.len);
	sk_buf_free(&in);
	sk_buf_free(&pfb);
	sk_buf_free(&a);
	sk_buf_free(&b);
}

/* Each of eight subroutines calls the next 100 times: 10^16 lines, were nobody counting. */
static void subroutine_bomb_ends(void **state)
{
	struct sk_buf in = SK_BUF(1 << 20), body[9];
	struct sk_slice subrs[9];
	struct sk_font_out out;

	for (unsigned i = 0; i < 9; i++) {
		body[i] = SK_BUF(4096);
		for (unsigned k = 0; k < 100; k++) {
			sk_buf_putc(&body[i], (uint8_t)(i < 8 ? 0x20 + i + 1 : 0x8c));
			sk_buf_putc(&body[i], i < 8 ? 10 : 6);
		}
		subrs[i] = sk_buf_slice(&body[i]);
	}
	sample_cff_subrs(SK_SLICE_LIT("\x8c\x16\x20\x0a\x0e"), subrs, 9, &in);
	assert_int_equal(rebuild(sk_buf_slice(&in), &out), SK_EFORMAT);
	sk_buf_free(&out.bytes);
	sk_buf_free(&in);
	/* The same programs with one call in place of a hundred are a font. */
	for (unsigned i = 0; i < 9; i++)
		subrs[i].n = 2;
	sample_cff_subrs(SK_SLICE_LIT("\x8c\x16\x20\x0a\x0e"), subrs, 9, &in);
	assert_int_equal(rebuild(sk_buf_slice(&in), &out), 0);
	sk_buf_free(&out.bytes);
	sk_buf_free(&in);
	for (unsigned i = 0; i < 9; i++)
		sk_buf_free(&body[i]);
}

typedef void make_fn(struct sk_buf *out);
static void make_truetype(struct sk_buf *out)
{
	sample_truetype(NULL, out);
}
static void make_cff(struct sk_buf *out)
{
	sample_cff((struct sk_slice){0}, out);
}
static void make_type1(struct sk_buf *out)
{
	sample_type1(false, (struct sk_slice){0}, out);
}
static make_fn *const makers[] = {make_truetype, make_cff, make_type1};

/* From memory of its exact size, so that the sanitizer sees a read past the end. */
static void survives(const uint8_t *p, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);
	struct sk_font_out a, b;

	assert_non_null(copy);
	memcpy(copy, p, n);
	int r = rebuild(sk_slice(copy, n), &a);
	assert_true(r == 0 || r == SK_EFORMAT);
	if (r == 0) {
		assert_int_equal(rebuild(sk_buf_slice(&a.bytes), &b), 0);
		assert_int_equal(a.bytes.len, b.bytes.len);
		assert_memory_equal(a.bytes.p, b.bytes.p, a.bytes.len);
		sk_buf_free(&b.bytes);
	}
	sk_buf_free(&a.bytes);
	free(copy);
}

static void truncated_anywhere(void **state)
{
	for (size_t k = 0; k < 3; k++) {
		struct sk_buf in = SK_BUF(65536);
		makers[k](&in);
		for (size_t n = 0; n < in.len; n++)
			survives(in.p, n);
		sk_buf_free(&in);
	}
}

static void flipped_anywhere(void **state)
{
	static const uint8_t masks[] = {0x01, 0x80, 0xff};

	for (size_t k = 0; k < 3; k++) {
		struct sk_buf in = SK_BUF(65536);
		makers[k](&in);
		for (size_t i = 0; i < in.len * 3; i++) {
			in.p[i / 3] ^= masks[i % 3];
			survives(in.p, in.len);
			in.p[i / 3] ^= masks[i % 3];
		}
		sk_buf_free(&in);
	}
}

static void nothing_is_no_font(void **state)
{
	struct sk_font_out out;

	assert_int_equal(rebuild((struct sk_slice){0}, &out), SK_EFORMAT);
	assert_int_equal(rebuild(SK_SLICE_LIT("%!PS-AdobeFont-1.0 eexec "), &out), SK_EFORMAT);
	assert_int_equal(rebuild(SK_SLICE_LIT("\0\1\0\0\xff\xff"), &out), SK_EFORMAT);
	assert_int_equal(rebuild(SK_SLICE_LIT("ttcf\0\1\0\0\0\0\0\1\0\0\0\x0c"), &out), SK_EFORMAT);
}

static void decimals(void **state)
{
	int64_t v = 0;

	assert_true(sk_decimal_parse(sk_slice_str("-1.5e-2"), &v));
	assert_int_equal(v, -SK_PICO / 1000 * 15);
	assert_true(sk_decimal_parse(sk_slice_str(".001"), &v));
	assert_int_equal(v, SK_PICO / 1000);
	assert_true(sk_decimal_parse(sk_slice_str("9e999"), &v));
	assert_int_equal(v, INT64_MAX);
	assert_false(sk_decimal_parse(sk_slice_str("1-2"), &v));
	assert_false(sk_decimal_parse(sk_slice_str(""), &v));
	assert_false(sk_decimal_parse(sk_slice_str("e5"), &v));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(truetype_keeps_outlines_and_codes),
	    cmocka_unit_test(truetype_glyph_names),
	    cmocka_unit_test(truetype_without_cmap_and_post),
	    cmocka_unit_test(truetype_composite_of_itself_is_empty),
	    cmocka_unit_test(truetype_truncated_points_are_empty),
	    cmocka_unit_test(truetype_tricky_font_is_not_rebuilt),
	    cmocka_unit_test(cff_loses_hints_and_subroutines),
	    cmocka_unit_test(cff_for_a_cid_font),
	    cmocka_unit_test(type2_operators),
	    cmocka_unit_test(type2_broken_glyphs_are_empty),
	    cmocka_unit_test(type2_stack_overflow),
	    cmocka_unit_test(type1_becomes_cff),
	    cmocka_unit_test(type1_wrapped_as_pfb),
	    cmocka_unit_test(subroutine_bomb_ends),
	    cmocka_unit_test(truncated_anywhere),
	    cmocka_unit_test(flipped_anywhere),
	    cmocka_unit_test(nothing_is_no_font),
	    cmocka_unit_test(decimals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
