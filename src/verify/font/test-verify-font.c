/*
 * The font verifier accepts fonts made to the profile and catches each single deviation put back
 * into them. The fonts are put together here; checksums, offsets and lengths are made right after
 * each change, so that only the rule in question can notice it.
 */
#include "verify/font/sample-font.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static int check(const char *kind, struct sk_slice in, struct sk_fault *why)
{
	struct sk_check c = {.arena = sk_arena_new((size_t)64 << 20)};

	assert_non_null(c.arena);
	int rc = sk_verify_font(&c, kind, in);
	*why = c.fault;
	sk_arena_free(c.arena);
	return rc;
}

/* Bytes of a table to overwrite. */
struct patch {
	const char *what;
	int part;
	size_t at, n;
	const char *bytes;
};

#define P(what, part, at, bytes) \
	{ \
		what, part, at, sizeof(bytes) - 1, bytes \
	}

static const struct patch sfnt_patches[] = {
    P("font revision", S_HEAD, 4, "\0\2"),
    P("magic", S_HEAD, 12, "\0"),
    P("head flags", S_HEAD, 17, "\4"),
    P("creation date", S_HEAD, 27, "\1"),
    P("modification date", S_HEAD, 35, "\1"),
    P("mac style", S_HEAD, 45, "\4"),
    P("lowest size", S_HEAD, 47, "\7"),
    P("direction hint", S_HEAD, 49, "\1"),
    P("loca form", S_HEAD, 51, "\1"),
    P("glyph data format", S_HEAD, 53, "\1"),
    P("units 0", S_HEAD, 18, "\0\0"),
    P("hhea version", S_HHEA, 1, "\2"),
    P("largest advance", S_HHEA, 10, "\0\1"),
    P("caret", S_HHEA, 21, "\1"),
    P("hhea reserved", S_HHEA, 25, "\1"),
    P("number of metrics", S_HHEA, 34, "\0\3"),
    P("needless metric", S_HMTX, 0, "\2\x58"),
    P("max points", S_MAXP, 6, "\0\5"),
    P("max composite points", S_MAXP, 10, "\0\6"),
    P("function definitions", S_MAXP, 21, "\1"),
    P("stack", S_MAXP, 25, "\1"),
    P("instructions allowed for", S_MAXP, 27, "\1"),
    P("components", S_MAXP, 29, "\3"),
    P("component depth", S_MAXP, 31, "\2"),
    P("loca falls", S_LOCA, 4, "\0\x30"),
    P("loca starts late", S_LOCA, 0, "\0\1"),
    P("instructions in a glyph", S_GLYF, 12, "\0\2"),
    P("contour ends beyond", S_GLYF, 10, "\0\x40"),
    P("no contours", S_GLYF, 0, "\0\0"),
    P("contours -2", S_GLYF, 0, "\xff\xfe"),
    P("reserved flag", S_GLYF, 14, "\xb3"),
    P("overlap on the second point", S_GLYF, 15, "\x53"),
    P("step of 0 written out", S_GLYF, 17, "\0"),
    P("step of one byte in two", S_GLYF, 20, "\0\x2c"),
    P("run of two", S_GLYF, 37, "\1"),
    P("component flag", S_GLYF, 56, "\1"),
    P("component of no glyph", S_GLYF, 59, "\4"),
    P("component of itself", S_GLYF, 59, "\3"),
    P("component words not needed", S_GLYF, 57, "\x23"),
    P("more components than there are", S_GLYF, 63, "\x22"),
    P("composite instructions", S_GLYF, 62, "\1"),
    P("cmap version", S_CMAP, 1, "\1"),
    P("cmap order", S_CMAP, 4, "\0\3\0\4"),
    P("cmap platform", S_CMAP, 12, "\0\2"),
    P("cmap offset", S_CMAP, 11, "\x15"),
    P("cmap glyph", S_CMAP, 20 + 6 + 65, "\4"),
    P("cmap language", S_CMAP, 20 + 5, "\1"),
    P("cmap 4 search range", S_CMAP, 282 + 9, "\6"),
    P("cmap 4 padding", S_CMAP, 282 + 21, "\1"),
    P("cmap 4 last segment", S_CMAP, 282 + 33, "\2"),
    P("cmap 4 glyph", S_CMAP, 282 + 41, "\4"),
    P("cmap 4 range offset", S_CMAP, 282 + 37, "\6"),
    P("post version", S_POST, 1, "\4"),
    P("italic angle", S_POST, 5, "\1"),
    P("memory", S_POST, 19, "\1"),
    P("post glyphs", S_POST, 33, "\3"),
    P("name order", S_POST, 36, "\1\3"),
    P("name with parenthesis", S_POST, 43, "("),
    P("name of a script", S_POST, 43, "/"),
};

static void sfnt_one(const struct patch *m)
{
	struct sample_sfnt f;
	struct sk_fault why;

	sample_sfnt(&f);
	memcpy(f.t[m->part].p + m->at, m->bytes, m->n);
	sample_sfnt_build(&f);
	if (check("FontFile2", sk_slice(f.out, f.n), &why) != SK_EFORMAT)
		fail_msg("accepted: %s", m->what);
	assert_true(why.what[0]);
}

static void sfnt_mutations(void **state)
{
	for (size_t i = 0; i < sizeof(sfnt_patches) / sizeof(sfnt_patches[0]); i++)
		sfnt_one(&sfnt_patches[i]);
}

static void sfnt_good(void **state)
{
	struct sample_sfnt f;
	struct sk_fault why;

	sample_sfnt(&f);
	sample_sfnt_build(&f);
	if (check("FontFile2", sk_slice(f.out, f.n), &why))
		fail_msg("%s", why.what);
	assert_int_equal(check("FontFile", sk_slice(f.out, f.n), &why), SK_EFORMAT);
	assert_int_equal(check("OpenType", sk_slice(f.out, f.n), &why), SK_EFORMAT);
}

/* Tables that the profile does not have, and bytes that belong to none. */
static void sfnt_structure(void **state)
{
	struct sample_sfnt f;
	struct sk_fault why;

	for (int i = 0; i < 7; i++) {
		static const char extra[][5] = {
		    "cvt ", "fpgm", "prep", "GSUB", "name", "DSIG", "SVG "};
		sample_sfnt(&f);
		f.extra = extra[i];
		sample_sfnt_build(&f);
		assert_int_equal(check("FontFile2", sk_slice(f.out, f.n), &why), SK_EFORMAT);
	}
	sample_sfnt(&f);
	f.t[S_GLYF].n += 2;
	sample_sfnt_build(&f);
	assert_int_equal(check("FontFile2", sk_slice(f.out, f.n), &why), SK_EFORMAT);
	sample_sfnt(&f);
	f.t[S_POST].n += 1;
	sample_sfnt_build(&f);
	assert_int_equal(check("FontFile2", sk_slice(f.out, f.n), &why), SK_EFORMAT);
	sample_sfnt(&f);
	sample_sfnt_build(&f);
	memset(f.out + f.n, 0, 4);
	assert_int_equal(check("FontFile2", sk_slice(f.out, f.n + 4), &why), SK_EFORMAT);
	for (size_t n = 0; n < f.n; n++)
		assert_int_equal(check("FontFile2", sk_slice(f.out, n), &why), SK_EFORMAT);
}

/* Without the table and post of version 3. */
static void sfnt_variants(void **state)
{
	struct sample_sfnt f;
	struct sk_fault why;

	sample_sfnt(&f);
	f.t[S_CMAP].n = 0;
	memcpy(f.t[S_POST].p, "\0\3", 2);
	f.t[S_POST].n = 32;
	sample_sfnt_build(&f);
	if (check("FontFile2", sk_slice(f.out, f.n), &why))
		fail_msg("%s", why.what);
}

/* Each level of composites repeats the one below 256 times: nothing to see, but a viewer never
 * ends. */
static void sfnt_composite_bomb(void **state)
{
	struct sample_sfnt f;
	struct sk_fault why;

	sample_sfnt_bomb(&f);
	sample_sfnt_build(&f);
	assert_int_equal(check("FontFile2", sk_slice(f.out, f.n), &why), SK_EFORMAT);
	assert_non_null(strstr(why.what, "too many points or levels"));
}

static const struct patch cff_patches[] = {
    P("major version", C_HEADER, 0, "\2"),
    P("header size", C_HEADER, 2, "\5"),
    P("name", C_NAME, 0, "G"),
    P("glyph name", C_STRINGS, 0, "("),
    P("PostScript in the top DICT", C_TOP, 0, "\x8b\x0c\x15"),
    P("synthetic base", C_TOP, 0, "\x8b\x0c\x14"),
    P("notice", C_TOP, 0, "\x8b\x8b\x01"),
    P("real with exponent", C_TOP, 0, "\x1e\xb0\xff\x8b\x8b\x8b\x8b\x8b\x0c\x07"),
    P("charset format", C_CHARSET, 0, "\1"),
    P("charset order", C_CHARSET, 3, "\x01\x88"),
    P("charset string missing", C_CHARSET, 3, "\0\x22"),
    P("encoding format", C_ENCODING, 0, "\1"),
    P("encoding too long", C_ENCODING, 1, "\3"),
    P("private operator", C_PRIVATE, 2, "\x13"),
    P("private order", C_PRIVATE, 2, "\x15"),
    P("two widths", C_PRIVATE, 0, "\x8b\x8b"),
};

static const struct {
	const char *what, *code;
	size_t n;
} charstrings[] = {
#define C(what, code) \
	{ \
		what, code, sizeof(code) - 1 \
	}
    C("no end", "\x8b"),
    C("empty", ""),
    C("bytes after the end", "\x0e\x0e"),
    C("hint", "\x8b\x8c\x01\x0e"),
    C("hint mask", "\x8b\x8c\x12\x13\x80\x0e"),
    C("call", "\x8b\x0a\x0e"),
    C("global call", "\x8b\x1d\x0e"),
    C("return", "\x0b"),
    C("line before move", "\x8b\x8b\x05\x0e"),
    C("move without drawing", "\x8b\x8b\x15\x0e"),
    C("odd operands", "\x8b\x8b\x15\x8b\x8b\x8b\x05\x0e"),
    C("flex", "\x8b\x8b\x15\x8b\x8b\x8b\x8b\x8b\x8b\x8b\x0c\x22\x0e"),
    C("arithmetic", "\x8b\x8b\x0c\x0a\x0e"),
    C("random", "\x0c\x17\x0e"),
    C("accent form", "\x8b\x8b\xcc\xcd\x0e"),
    C("standard width written", "\xf8\x88\x0e"),
    C("long number", "\x1c\x00\x01\x0e"),
    C("whole number as fraction", "\xff\x00\x01\x00\x00\x0e"),
    C("too far", "\x1c\x7f\xff\x8b\x15\x8c\x06\x0e"),
    C("second width", "\x8c\x8b\x8b\x15\x8c\x06\x8c\x8c\x8c\x15\x8c\x06\x0e"),
    C("reserved operator", "\x8b\x02\x0e"),
    C("cut number", "\x0e\x1c"),
#undef C
};

static void cff_one(const struct patch *m, bool cid)
{
	struct sample_cff f;
	struct sk_fault why;

	sample_cff(&f, cid);
	memcpy(f.part[m->part].p + m->at, m->bytes, m->n);
	if (m->part == C_TOP || m->part == C_FONT)
		f.part[m->part].n = m->n;
	sample_cff_build(&f);
	if (check(cid ? "CIDFontType0C" : "Type1C", sk_slice(f.out, f.n), &why) != SK_EFORMAT)
		fail_msg("accepted: %s", m->what);
	assert_true(why.what[0]);
}

static void cff_mutations(void **state)
{
	for (size_t i = 0; i < sizeof(cff_patches) / sizeof(cff_patches[0]); i++)
		cff_one(&cff_patches[i], false);
}

static void cff_charstrings(void **state)
{
	struct sample_cff f;
	struct sk_fault why;

	for (size_t i = 0; i < sizeof(charstrings) / sizeof(charstrings[0]); i++) {
		sample_cff(&f, false);
		memcpy(f.glyph, charstrings[i].code, charstrings[i].n);
		f.glyph_n = charstrings[i].n;
		sample_cff_build(&f);
		if (check("Type1C", sk_slice(f.out, f.n), &why) != SK_EFORMAT)
			fail_msg("accepted: %s", charstrings[i].what);
		assert_non_null(strstr(why.what, "charstring of glyph 1"));
	}
}

static void cff_good(void **state)
{
	struct sample_cff f;
	struct sk_fault why;

	for (int cid = 0; cid <= 1; cid++) {
		sample_cff(&f, cid);
		sample_cff_build(&f);
		if (check(cid ? "CIDFontType0C" : "Type1C", sk_slice(f.out, f.n), &why))
			fail_msg("%s", why.what);
		assert_int_equal(
		    check(cid ? "Type1C" : "CIDFontType0C", sk_slice(f.out, f.n), &why),
		    SK_EFORMAT);
		for (size_t n = 0; n < f.n; n++)
			assert_int_equal(
			    check(cid ? "CIDFontType0C" : "Type1C", sk_slice(f.out, n), &why),
			    SK_EFORMAT);
		f.out[f.n] = 0;
		assert_int_equal(
		    check(cid ? "CIDFontType0C" : "Type1C", sk_slice(f.out, f.n + 1), &why),
		    SK_EFORMAT);
	}
}

static void cff_structure(void **state)
{
	struct sample_cff f;
	struct sk_fault why;

	sample_cff(&f, false);
	f.global = true;
	sample_cff_build(&f);
	assert_int_equal(check("Type1C", sk_slice(f.out, f.n), &why), SK_EFORMAT);
	assert_non_null(strstr(why.what, "Global Subr"));
	sample_cff(&f, false);
	f.gap = 1;
	sample_cff_build(&f);
	assert_int_equal(check("Type1C", sk_slice(f.out, f.n), &why), SK_EFORMAT);
	assert_non_null(strstr(why.what, "offset"));
}

static const struct patch cid_patches[] = {
    P("ordering", C_STRINGS, 5, "Japan1xx"),
    P("select format", C_SELECT, 0, "\0"),
    P("select of no font", C_SELECT, 5, "\2"),
    P("select start", C_SELECT, 4, "\1"),
    P("select end", C_SELECT, 7, "\4"),
    P("character id", C_CHARSET, 4, "\x0b"),
    P("matrix", C_FONT, 0, "\x8b\x8b\x05"),
};

static void cid_mutations(void **state)
{
	for (size_t i = 0; i < sizeof(cid_patches) / sizeof(cid_patches[0]); i++)
		cff_one(&cid_patches[i], true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sfnt_good),
	    cmocka_unit_test(sfnt_mutations),
	    cmocka_unit_test(sfnt_structure),
	    cmocka_unit_test(sfnt_variants),
	    cmocka_unit_test(sfnt_composite_bomb),
	    cmocka_unit_test(cff_good),
	    cmocka_unit_test(cff_mutations),
	    cmocka_unit_test(cff_charstrings),
	    cmocka_unit_test(cff_structure),
	    cmocka_unit_test(cid_mutations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
