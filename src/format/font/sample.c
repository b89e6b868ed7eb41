/* The sample fonts. Test programs only. */
#include "format/font/sample.h"

#define PUT(b, lit) sk_buf_put(b, lit, sizeof(lit) - 1)

/* ---- TrueType ---- */

static void put_glyphs(const struct sample_glyf *how, struct sk_buf *glyf, struct sk_buf *loca)
{
	static const char square[] = "\0\1\0\0\0\0\3\xe8\3\xe8" /* one contour, box 0 0 1000 1000 */
				     "\0\3\0\6SECRET"           /* four points, instructions */
				     "\1\1\1\1"                 /* long coordinates */
				     "\0\0\3\xe8\0\0\xfc\x18\0\0\0\0\3\xe8\0\0";
	const char *p = how->square ? how->square : square;
	size_t n = how->square ? how->square_n : sizeof(square) - 1;

	sk_buf_put_u16be(loca, 0);
	sk_buf_put_u16be(loca, 0);
	sk_buf_put(glyf, p, n);
	if (glyf->len % 2)
		sk_buf_putc(glyf, 0);
	sk_buf_put_u16be(loca, (uint16_t)(glyf->len / 2));
	sk_buf_put_u16be(loca, (uint16_t)(glyf->len / 2));
	PUT(glyf, "\xff\xff\0\0\0\0\1\xf4\1\xf4");
	sk_buf_put_u16be(glyf, 0x010b); /* words, xy, scale, instructions */
	sk_buf_put_u16be(glyf, (uint16_t)(how->component ? how->component : 1));
	PUT(glyf, "\0\x05\0\x07\x20\0\0\6SECRET");
	sk_buf_put_u16be(loca, (uint16_t)(glyf->len / 2));
}

static void put_cmap(struct sk_buf *b)
{
	PUT(b, "\0\0\0\2\0\1\0\0\0\0\0\x14\0\3\0\0\0\0\1\x1a");
	PUT(b, "\0\0\1\6\0\0");
	for (unsigned c = 0; c < 256; c++)
		sk_buf_putc(b, c == 'A' ? 1 : c == 'B' ? 3 : 0);
	PUT(b, "\0\4\0\x20\0\0\0\4\0\4\0\1\0\0\xf0\x42\xff\xff\0\0\xf0\x41\xff\xff"
	       "\0\0\0\1\0\4\0\0\0\1\0\3");
}

static void put_post(struct sk_buf *b)
{
	PUT(b,
	    "\0\2\0\0SECRETSECRETSECRETSECRETSECR\0\4\0\0\1\3\0\3\1\2\4four\4\x41\x42 \x43\6unused");
}

struct table {
	const char *tag;
	struct sk_buf b;
};

static void put_tables(struct table *t, size_t n, struct sk_buf *out)
{
	size_t at = 12 + 16 * n;

	PUT(out, "\0\1\0\0");
	sk_buf_put_u16be(out, (uint16_t)n);
	PUT(out, "\0\0\0\0\0\0");
	for (size_t i = 0; i < n; i++) {
		sk_buf_put(out, t[i].tag, 4);
		PUT(out, "\0\0\0\0");
		sk_buf_put_u32be(out, (uint32_t)at);
		sk_buf_put_u32be(out, (uint32_t)t[i].b.len);
		at += t[i].b.len;
	}
	for (size_t i = 0; i < n; i++) {
		sk_buf_put_slice(out, sk_buf_slice(&t[i].b));
		sk_buf_free(&t[i].b);
	}
}

void sample_truetype(const struct sample_glyf *how, struct sk_buf *out)
{
	enum { GLYF, LOCA, HEAD, HHEA, HMTX, MAXP, FPGM, NAME, ODD, CMAP, POST, N };
	static const char *const tags[N] = {
	    "glyf", "loca", "head", "hhea", "hmtx", "maxp", "fpgm", "name", "xxxx", "cmap", "post"};
	struct table t[N];
	static const struct sample_glyf usual = {0};

	how = how ? how : &usual;
	for (size_t i = 0; i < N; i++)
		t[i] = (struct table){tags[i], SK_BUF(65536)};
	put_glyphs(how, &t[GLYF].b, &t[LOCA].b);
	PUT(&t[HEAD].b, "\0\1\0\0SECRETSECRET\xff\xff\3\xe8SECRETSECRETSECR"
			"\0\0\0\0\3\xe8\3\xe8\0\7\0\1\0\2\0\0\0\0");
	PUT(&t[HHEA].b, "\0\1\0\0\3\x20\xff\x38\0\0SECRETSECRETSECRETSECRET\0\2");
	PUT(&t[HMTX].b, "\2\x58\0\0\3\xe8\0\0\0\1\0\2");
	PUT(&t[MAXP].b, "\0\1\0\0\0\4SECRETSECRETSECRETSECRETSE");
	PUT(&t[FPGM].b, "SECRET");
	PUT(&t[NAME].b, "SECRET");
	PUT(&t[ODD].b, "SECRET");
	if (!how->bare) {
		put_cmap(&t[CMAP].b);
		put_post(&t[POST].b);
	}
	put_tables(t, how->bare ? CMAP : N, out);
}

/* ---- CFF ---- */

static void put_index(struct sk_buf *out, const struct sk_slice *v, unsigned n)
{
	size_t at = 1;

	sk_buf_put_u16be(out, (uint16_t)n);
	if (n == 0)
		return;
	sk_buf_putc(out, 2);
	sk_buf_put_u16be(out, 1);
	for (unsigned i = 0; i < n; i++)
		sk_buf_put_u16be(out, (uint16_t)(at += v[i].n));
	for (unsigned i = 0; i < n; i++)
		sk_buf_put_slice(out, v[i]);
}

static void put_offset(struct sk_buf *out, size_t v)
{
	sk_buf_putc(out, 29);
	sk_buf_put_u32be(out, (uint32_t)v);
}

/* Numbers of charstrings are byte - 139: \x8b is 0, \xef is 100, \x27 is -100. */
static const char hinted[] =
    "\xef\x8b\xef\x12" /* width +100; hstemhm */
    "\x8b\xef\x13\xe0" /* stems of hintmask, one byte of mask */
    "\x8b\x16"         /* 0 hmoveto */
    "\x20\x0a"         /* callsubr 0: a line right */
    "\x20\x1d"         /* callgsubr 0: a line up */
    "\xef\x8b\xef\x8b\x8b\xef\x8b\x8b\xef\x8b\xef\x8b\xef\x0c\x23" /* flex */
    "\x0e";

/* FontBBox, then where charset, Encoding, CharStrings and Private stand. */
static void put_top(struct sk_buf *top, const size_t at[4])
{
	static const unsigned char op[] = {15, 16, 17, 18};

	PUT(top, "\xf8\x1b\1\x8b\x8b\xef\xef\5"); /* Notice (string id 391) and FontBBox */
	for (unsigned i = 0; i < 4; i++) {
		if (i == 3)
			put_offset(top, 6);
		put_offset(top, at[i]);
		sk_buf_putc(top, op[i]);
	}
}

void sample_cff(struct sk_slice glyph, struct sk_buf *out)
{
	static const struct sk_slice local[] = {SK_SLICE_LIT("\xef\x06\x0b")};

	sample_cff_subrs(glyph, local, 1, out);
}

void sample_cff_subrs(
    struct sk_slice glyph, const struct sk_slice *subrs, unsigned n, struct sk_buf *out)
{
	static const struct sk_slice name[] = {SK_SLICE_LIT("SECRET")};
	static const struct sk_slice strings[] = {
	    SK_SLICE_LIT("SECRET unused"), SK_SLICE_LIT("own"), SK_SLICE_LIT("a b")};
	static const struct sk_slice global[] = {SK_SLICE_LIT("\xef\x07\x0b")};
	struct sk_slice chars[] = {SK_SLICE_LIT("\x0e"), glyph.p ? glyph : SK_SLICE_LIT(hinted),
	    SK_SLICE_LIT("\xef\x8b\x15\xef\xef\x05\x0e"), SK_SLICE_LIT("\x0e")};
	struct sk_buf top = SK_BUF(256);
	size_t at[4] = {0};

	for (int pass = 0; pass < 2; pass++) {
		sk_buf_reset(out);
		sk_buf_reset(&top);
		PUT(out, "\1\0\4\2");
		put_index(out, name, 1);
		put_top(&top, at);
		put_index(out, &(struct sk_slice){top.p, top.len}, 1);
		put_index(out, strings, 3);
		put_index(out, global, 1);
		at[0] = out->len;
		PUT(out, "\0\0\x22\1\x88\1\x89"); /* A, own, "a b" */
		at[1] = out->len;
		PUT(out, "\0\2\x41\x42");
		at[3] = out->len;
		PUT(out, "\xef\x15\x95\x0a\x91\x13"); /* nominalWidthX 100, StdHW, Subrs */
		put_index(out, subrs, n);
		at[2] = out->len;
		put_index(out, chars, 4);
	}
	sk_buf_free(&top);
}

/* ---- Type 1 ---- */

static void encrypt(struct sk_buf *out, struct sk_slice in, unsigned key, bool hex)
{
	static const struct sk_slice lead = SK_SLICE_LIT("\0\0\0\0");
	struct sk_slice part[2] = {lead, in};

	for (unsigned k = 0; k < 2; k++) {
		for (size_t i = 0; i < part[k].n; i++) {
			unsigned c = (part[k].p[i] ^ key >> 8) & 0xff;
			key = ((c + key) * 52845 + 22719) & 0xffff;
			if (hex)
				sk_buf_printf(out, i % 32 == 31 ? "%02x\n" : "%02X", c);
			else
				sk_buf_putc(out, (uint8_t)c);
		}
	}
}

static void put_code(struct sk_buf *b, const char *before, struct sk_slice code, const char *after)
{
	sk_buf_printf(b, "%s %zu RD ", before, code.n + 4);
	encrypt(b, code, 4330, false);
	sk_buf_puts(b, after);
}

/* 0 500 hsbw, 100 0 rmoveto, a flex as five points, hint replacement, 25.5 by div, closepath. */
static const char flexed[] =
    "\x8b\xf8\x88\x0d\xef\x8b\x15"
    "\x8c\x0a" /* subr 1: flex begins */
    "\xef\x8b\x15\x8d\x0a\x8b\xef\x15\x8d\x0a\xef\x8b\x15\x8d\x0a\x8b\xef\x15\x8d\x0a"
    "\xef\x8b\x15\x8d\x0a\x8b\xef\x15\x8d\x0a\xef\x8b\x15\x8d\x0a"
    "\xbd\x8b\x8b\x8b\x0a"             /* subr 0: flex ends */
    "\x8f\x8c\x8e\x0c\x10\x0c\x11\x0a" /* 4 1 3 callothersubr pop callsubr */
    "\xbe\x8d\x0c\x0c\x06"             /* 51 2 div hlineto */
    "\x09\x0e";

void sample_type1(bool hex, struct sk_slice a, struct sk_buf *out)
{
	struct sk_buf p = SK_BUF(65536);

	sk_buf_puts(out, "%!PS-AdobeFont-1.0: SECRET\n% SECRET /FontMatrix [9 9 9 9 9 9]\n"
			 "/FontInfo 1 dict dup begin /Notice (SECRET \\) /Encoding) def end def\n"
			 "/FontName /SECRET def /FontMatrix [0.001 0 1e-4 .001 0 0] readonly def\n"
			 "/FontBBox {-10 -20.5 1000 900} readonly def /Encoding 256 array\n"
			 "0 1 255 {1 index exch /.notdef put} for dup 65 /A put dup 8#102 /B put\n"
			 "dup 67 /A put dup 68 /gone put readonly def\ncurrentfile eexec\n");
	sk_buf_puts(&p,
	    "dup /Private 8 dict dup begin /RD {string currentfile exch readstring pop} def\n"
	    "/lenIV 4 def (SECRET) pop /Subrs 5 array\n");
	put_code(
	    &p, "dup 0", SK_SLICE_LIT("\x8e\x8b\x0c\x10\x0c\x11\x0c\x11\x0c\x21\x0b"), " NP\n");
	put_code(&p, "dup 1", SK_SLICE_LIT("\x8b\x8c\x0c\x10\x0b"), " NP\n");
	put_code(&p, "dup 2", SK_SLICE_LIT("\x8b\x8d\x0c\x10\x0b"), " NP\n");
	put_code(&p, "dup 3", SK_SLICE_LIT("\x0b"), " NP\n");
	put_code(&p, "dup 4", SK_SLICE_LIT("\x8b\xef\x01\x0b"), " NP\n");
	sk_buf_puts(&p, "ND\n2 index /CharStrings 4 dict dup begin\n");
	put_code(&p, "/A", a.p ? a : SK_SLICE_LIT(flexed), " ND\n");
	put_code(
	    &p, "/B", SK_SLICE_LIT("\x8b\xef\x0d\xef\xef\x15\xef\x06\xef\x07\x09\x0e"), " ND\n");
	put_code(&p, "/.notdef", SK_SLICE_LIT("\x8b\xef\x0d\x0e"), " ND\n");
	put_code(&p, "/both", SK_SLICE_LIT("\x95\xf8\x88\x0d\x8b\x9f\x8b\xcc\xcd\x0c\x06"),
	    " ND\n"); /* seac A B */
	sk_buf_puts(&p, "end end readonly put noaccess put mark currentfile closefile\n");
	encrypt(out, sk_buf_slice(&p), 55665, hex);
	sk_buf_puts(out, "\n0000000000000000\ncleartomark\n(SECRET) print\n");
	sk_buf_free(&p);
}
