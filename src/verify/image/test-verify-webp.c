/* The WebP checker: allowed pictures, and each with one forbidden thing put back. */
#include "verify/image/test-parts.h"

#include "verify/image/vp8.h"

/* The boolean encoder of RFC 6386, 7.3. */
struct encoder {
	struct sk_buf out;
	uint32_t range, bottom;
	int count;
	uint32_t random;
};

static void carry(struct sk_buf *b)
{
	size_t i = b->len;

	while (i && ++b->p[--i] == 0)
		;
}

static void put_bool(struct encoder *e, unsigned prob, bool bit)
{
	uint32_t split = 1 + ((e->range - 1) * prob >> 8);

	if (bit) {
		e->bottom += split;
		e->range -= split;
	} else {
		e->range = split;
	}
	while (e->range < 128) {
		e->range <<= 1;
		if (e->bottom >> 31)
			carry(&e->out);
		e->bottom <<= 1;
		if (--e->count == 0) {
			sk_buf_putc(&e->out, (uint8_t)(e->bottom >> 24));
			e->bottom &= 0xFFFFFF;
			e->count = 8;
		}
	}
}

static void put_literal(struct encoder *e, unsigned v, unsigned n)
{
	while (n--)
		put_bool(e, 128, v >> n & 1);
}

static void finish(struct encoder *e)
{
	uint32_t v = e->bottom;

	if (v & 1u << (32 - e->count))
		carry(&e->out);
	v <<= e->count & 7;
	for (int c = e->count >> 3; --c >= 0;)
		v <<= 8;
	for (int c = 4; --c >= 0; v <<= 8)
		sk_buf_putc(&e->out, (uint8_t)(v >> 24));
}

static bool chance(struct encoder *e)
{
	e->random = e->random * 1103515245 + 12345;
	return e->random >> 16 & 1;
}

/* A decision by chance, at even odds. */
static bool flip(struct encoder *e)
{
	bool bit = chance(e);

	put_bool(e, 128, bit);
	return bit;
}

/* A value above four, whose extra bits are all 0. */
static void put_large(struct encoder *e)
{
	static const uint8_t extra[6][12] = {{159}, {165, 145}, {173, 148, 140},
	    {176, 155, 140, 135}, {180, 157, 141, 134, 130},
	    {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}};
	unsigned category = flip(e) ? 2 + 2 * flip(e) : 0;

	category += flip(e);
	for (const uint8_t *p = extra[category]; *p; p++)
		put_bool(e, *p, 0);
}

/* The tokens of a block, where every probability is 128. */
static void put_tokens(struct encoder *e, unsigned n)
{
	while (n < 16 && flip(e)) {
		while (!flip(e))
			if (++n == 16)
				return;
		if (flip(e)) {
			if (flip(e))
				put_large(e);
			else if (flip(e))
				flip(e);
		}
		put_literal(e, 0, 1);
		n++;
	}
}

/*
 * The fields of a frame, bytes of a part of kind V behind its name: width, height, low byte of the tag,
 * colour space, log2 of the token partitions, zeros behind the first partition, zeros behind the last one,
 * bytes cut off the last one, scale bits, first byte of the start code, 1: partition sizes one too large.
 */
enum { W, H, TAG, SPACE, PARTS, FIRST_MORE, LAST_MORE, LAST_CUT, SCALE, CODE, SIZE_OFF, FIELDS };

static void put_header(struct encoder *e, const uint8_t *f)
{
	const uint8_t *update = &sk_vp8_update_probs[0][0][0][0];

	put_literal(e, f[SPACE], 1);
	put_literal(e, 0, 1);
	put_literal(e, 3, 2); /* segments, with a map */
	put_literal(e, 1, 1); /* and their data: relative, none but the first */
	put_literal(e, 0, 1);
	put_literal(e, 1, 1);
	put_literal(e, 9, 8);
	put_literal(e, 0, 7);
	for (int i = 0; i < 3; i++) {
		put_literal(e, 1, 1);
		put_literal(e, 128, 8);
	}
	put_literal(e, 0, 10);
	put_literal(e, 3, 2); /* adjustments of the loop filter, the first only */
	put_literal(e, 1, 1);
	put_literal(e, 5, 7);
	put_literal(e, 0, 7);
	put_literal(e, f[PARTS], 2);
	put_literal(e, 40, 7);
	put_literal(e, 0, 5);
	put_literal(e, 1, 1);
	for (size_t i = 0; i < 1056; i++) {
		put_bool(e, update[i], 1);
		put_literal(e, 128, 8);
	}
	put_literal(e, 1, 1);
	put_literal(e, 128, 8);
}

/* A macroblock with DC prediction everywhere, so that the modes around are always the same. */
static void put_macroblock(struct encoder *e, struct encoder *tokens)
{
	flip(e);
	flip(e);
	bool skip = flip(e), blocks = chance(e);

	put_bool(e, 145, !blocks);
	for (int i = 0; blocks && i < 16; i++)
		put_bool(e, sk_vp8_mode_probs[0][0][0], 0);
	if (!blocks) {
		put_bool(e, 156, 0);
		put_bool(e, 163, 0);
	}
	put_bool(e, 142, 0);
	for (int i = blocks; !skip && i < 25; i++)
		put_tokens(tokens, !blocks && i > 0 && i < 17 ? 1 : 0);
}

static void put_frame(struct sk_buf *out, const uint8_t *f)
{
	struct encoder e[9];
	unsigned parts = 1u << f[PARTS];

	for (unsigned i = 0; i < 9; i++)
		e[i] = (struct encoder){
		    .out = SK_BUF((size_t)1 << 16), .range = 255, .count = 24, .random = i};
	put_header(&e[8], f);
	for (unsigned y = 0; y < (f[H] + 15u) / 16; y++)
		for (unsigned x = 0; x < (f[W] + 15u) / 16; x++)
			put_macroblock(&e[8], &e[y % parts]);
	for (unsigned i = 0; i < 9; i++)
		finish(&e[i]);
	sk_buf_fill(&e[8].out, 0, f[FIRST_MORE]);
	sk_buf_fill(&e[parts - 1].out, 0, f[LAST_MORE]);
	e[parts - 1].out.len -= f[LAST_CUT];
	uint32_t tag = (uint32_t)e[8].out.len << 5 | f[TAG];
	const uint8_t head[] = {(uint8_t)tag, (uint8_t)(tag >> 8), (uint8_t)(tag >> 16), f[CODE], 1,
	    0x2A, f[W], f[SCALE], f[H], 0};
	sk_buf_put(out, head, sizeof(head));
	sk_buf_put_slice(out, sk_buf_slice(&e[8].out));
	for (unsigned i = 0; i + 1 < parts; i++) {
		sk_buf_put_u16le(out, (uint16_t)(e[i].out.len + f[SIZE_OFF]));
		sk_buf_putc(out, 0);
	}
	for (unsigned i = 0; i < parts; i++)
		sk_buf_put_slice(out, sk_buf_slice(&e[i].out));
	for (unsigned i = 0; i < 9; i++)
		sk_buf_free(&e[i].out);
}

/* Bits, the lowest first: triples of a number of bits and a value in two bytes. */
static void put_fields(struct sk_buf *out, const uint8_t *p, size_t n)
{
	uint64_t buf = 0;
	unsigned have = 0;

	assert_int_equal(n % 3, 0);
	for (size_t i = 0; i < n; i += 3) {
		buf |= (uint64_t)(p[i + 1] << 8 | p[i + 2]) << have;
		for (have += p[i]; have >= 8; have -= 8, buf >>= 8)
			sk_buf_putc(out, (uint8_t)buf);
	}
	if (have)
		sk_buf_putc(out, (uint8_t)buf);
}

/* The content of a part as a chunk. */
static void put_chunk(struct sk_buf *out, const struct part *p)
{
	struct sk_buf body = SK_BUF((size_t)1 << 16);

	if (p->kind == 'V' || p->kind == 'v')
		put_frame(&body, p->p + 4);
	else if (p->kind == 'B' || p->kind == 'b')
		put_fields(&body, p->p + 4, p->n - 4);
	else
		sk_buf_put(&body, p->p + 4, p->n - 4);
	sk_buf_put(out, p->p, 4);
	sk_buf_put_u32le(out, (uint32_t)body.len);
	sk_buf_put_slice(out, sk_buf_slice(&body));
	if (body.len & 1)
		sk_buf_putc(out, 0);
	sk_buf_free(&body);
}

/*
 * S: bytes as they are; C: a chunk; V: a lossy one from its fields; B: a lossless one, or its like, from bits.
 * A: a chunk that the small letters c, v, b, s behind it lie in. RIFF and its size are written in front.
 */
static void write_webp(const struct parts *s, struct sk_buf *out)
{
	size_t frame = 0;

	sk_buf_put(out, "RIFF\0\0\0\0WEBP", 12);
	for (unsigned i = 0; i < s->n; i++) {
		const struct part *p = &s->part[i];
		if (p->kind == 'A')
			frame = out->len;
		if (p->kind == 'S' || p->kind == 's')
			sk_buf_put(out, p->p, p->n);
		else
			put_chunk(out, p);
		if (p->kind >= 'a' && frame) {
			size_t n = out->len - frame - 8;
			out->p[frame + 4] = (uint8_t)n;
			out->p[frame + 5] = (uint8_t)(n >> 8);
		}
	}
	for (unsigned i = 0; i < 4; i++)
		out->p[4 + i] = (uint8_t)((out->len - 8) >> 8 * i);
	assert_int_equal(out->err, 0);
}

#define FRAME(parts) "'VP8 ' 28 22 10 00 " parts " 00 00 00 00 9D 00"
/* A code of one symbol, 0. */
#define CODE0 " 01 0001 03 0000 "
#define CODE255 " 01 0001 02 0002 08 00FF "
#define FIVE CODE0 CODE0 CODE0 CODE0 CODE0
/* The codes of a plane whose alpha is 255 and which is 0 otherwise. */
#define OPAQUE CODE0 CODE0 CODE0 CODE255 CODE0
/* Signature, 1 × 1, no alpha, version 0; then no transform, no cache, no groups. */
#define PIXEL "'VP8L' 08 002F 0E 0000 0E 0000 01 0000 03 0000 "
#define NOTHING " 01 0000 01 0000 01 0000 "

static const char *const lossy[] = {"V " FRAME("00"), NULL};
static const char *const four[] = {"V " FRAME("02"), NULL};
static const char *const lossless[] = {"B " PIXEL NOTHING FIVE, NULL};

/*
 * 8 × 8 with each transform (predictor, colour, green, a table of two colours, which packs a row into one
 * pixel), a cache of two colours, and two groups of codes, one for each half.
 */
static const char *const rich[] = {
    "B 'VP8L' 08 002F 0E 0007 0E 0007 01 0000 03 0000"
    " 01 0001 02 0000 03 0000 01 0000 " OPAQUE " 01 0001 02 0001 03 0000 01 0000 " OPAQUE
    " 01 0001 02 0002"
    " 01 0001 02 0003 08 0001 01 0000 " FIVE " 01 0000 01 0001 04 0001 01 0001 03 0000"
    /* the choice: greens 0 and 1; then the first group */
    " 01 0000 01 0001 03 0001 08 0001" CODE0 CODE0 CODE0 CODE0 " 01 0000 01 0001" FIVE
    /* green by lengths: 1 for the symbols 0 and 280, the first of the cache */
    " 01 0000 04 0000 03 0002 03 0002 03 0000 03 0001 01 0001 03 0000 02 0003"
    " 01 0000 02 0003 07 007F 02 0003 07 007F 02 0001 03 0000 01 0000" CODE0 CODE0 CODE0 CODE0
    /* the pixels 0, 280, 280, 0 of the second half */
    " 01 0000 01 0001 01 0001 01 0000",
    NULL};

static const char *const extended[] = {"C 'VP8X' 30 000000 270000 210000", "C 'ICCP' @icc",
    "B 'ALPH' 08 0001 01 0000 01 0000 01 0000" FIVE, "V " FRAME("01"), NULL};

static const char *const animated[] = {"C 'VP8X' 12 000000 270000 210000", "C 'ANIM' FFFFFFFF 0000",
    "A 'ANMF' 000000 000000 270000 210000 640000 00",
    "b 'ALPH' 08 0009 01 0000 01 0000 01 0000" FIVE, "v " FRAME("00"),
    "A 'ANMF' 010000 020000 000000 000000 640000 03", "b " PIXEL NOTHING FIVE, NULL};

static const char *const *const bases[] = {lossy, four, lossless, rich, extended, animated};
enum { LOSSY, FOUR, LOSSLESS, RICH, EXTENDED, ANIMATED };

/* Fields of a V part start behind its name. */
static const struct mutation mutations[] = {
    {"Exif", EXTENDED, "+ 4 C 'EXIF' 'MM'", "after the last chunk"},
    {"Exif with its flag", EXTENDED, "s 0 4 38; + 4 C 'EXIF' 'MM'", "flags of VP8X"},
    {"XMP", EXTENDED, "+ 4 C 'XMP ' '<x/>'", "after the last chunk"},
    {"XMP with its flag", EXTENDED, "s 0 4 34; + 4 C 'XMP ' '<x/>'", "flags of VP8X"},
    {"unknown chunk", EXTENDED, "+ 4 C 'abcd' 'x'", "after the last chunk"},
    {"unknown chunk in front", EXTENDED, "+ 1 C 'abcd' 'x'", "ICCP expected"},
    {"unknown chunk before a simple picture", LOSSY, "+ 0 C 'abcd' 'x'", "VP8  expected"},
    {"a second picture", LOSSY, "2 0", "after the last chunk"},
    {"both kinds", LOSSY, "+ 1 B " PIXEL NOTHING FIVE, "after the last chunk"},
    {"chunk in a frame", ANIMATED, "+ 5 c 'EXIF' 'MM'", "after the picture of a frame"},
    {"chunk before the picture of a frame", ANIMATED, "+ 3 c 'abcd' 'MM'", "VP8  expected"},
    {"chunk behind the frames", ANIMATED, "+ 7 C 'XMP ' 'xx'", "ANMF expected"},
    {"bytes in a frame", ANIMATED, "+ 5 s 00000000", "after the picture of a frame"},
    {"bytes behind the chunks", LOSSY, "+ 1 S 0000", "after the last chunk"},
    {"data in the padding", EXTENDED, "x 2; x 1; + 1 S 'ALPH' 05000000 0100000000 41; s 0 4 10",
	"not filled with 0"},
    {"profile without its flag", EXTENDED, "s 0 4 10", "without need"},
    {"flag without its profile", EXTENDED, "x 1", "ICCP expected"},
    {"profile with another tag", EXTENDED, "s 1 264 'X'", "not the known one"},
    {"profile too long", EXTENDED, "i 1 412 0000", "colour profile of 410 bytes"},
    {"alpha without its flag", EXTENDED, "s 0 4 20", "alpha flag"},
    {"flag without alpha", EXTENDED, "x 2", "alpha flag"},
    {"reserved flag", EXTENDED, "s 0 4 31", "flags of VP8X"},
    {"reserved flag 80", EXTENDED, "s 0 4 B0", "flags of VP8X"},
    {"reserved bytes", EXTENDED, "s 0 5 41", "flags of VP8X"},
    {"VP8X with bytes behind", EXTENDED, "i 0 14 0000", "flags of VP8X"},
    {"canvas larger than the picture", EXTENDED, "s 0 8 28", "in a frame of 41 by 34"},
    {"canvas beyond the limit", EXTENDED, "s 0 8 FFFFFF FFFFFF", "canvas of"},
    {"extended form without need", EXTENDED, "s 0 4 00; x 1; x 1", "without need"},
    {"animation flag without frames", EXTENDED, "s 0 4 32", "ANIM expected"},
    {"frames without the flag", ANIMATED, "s 0 4 10", "without need"},
    {"no frames", ANIMATED, "x 2; x 2; x 2; x 2; x 2", "ANMF expected"},
    {"ANIM with bytes behind", ANIMATED, "i 1 10 0000", "length of ANIM"},
    {"ANIM twice", ANIMATED, "2 1", "ANMF expected"},
    {"frame flags", ANIMATED, "s 2 19 04", "frame header"},
    {"frame beside the canvas", ANIMATED, "s 5 4 14", "outside the canvas"},
    {"frame below the canvas", ANIMATED, "s 5 7 11", "outside the canvas"},
    {"frame larger than its picture", ANIMATED, "s 5 10 010000", "in a frame of 2 by 1"},
    {"ALPH before VP8L", ANIMATED, "+ 6 b 'ALPH' 08 0001 01 0000 01 0000 01 0000" FIVE,
	"VP8  expected"},
    {"ALPH twice", EXTENDED, "2 2", "VP8  expected"},
    {"ALPH behind the picture", EXTENDED, "w 2", "alpha flag"},
    {"ALPH uncompressed", EXTENDED, "x 2; + 2 C 'ALPH' 00 00*1360", "kind of alpha plane"},
    {"ALPH of a later kind", EXTENDED, "s 2 6 02", "kind of alpha plane"},
    {"ALPH with preprocessing", EXTENDED, "s 2 6 11", "kind of alpha plane"},
    {"ALPH with reserved bits", EXTENDED, "s 2 6 41", "kind of alpha plane"},
    {"empty ALPH", EXTENDED, "x 2; + 2 C 'ALPH'", "kind of alpha plane"},
    {"ALPH with bytes behind", EXTENDED, "i 2 46 080000 080041", "after the last pixel"},
    {"no key frame", LOSSY, "s 0 6 11", "not a key frame"},
    {"hidden frame", LOSSY, "s 0 6 00", "not a key frame that is shown"},
    {"version 4", LOSSY, "s 0 6 18", "not a key frame"},
    {"start code", LOSSY, "s 0 13 9E", "start code"},
    {"scaling", LOSSY, "s 0 12 40", "is to be scaled"},
    {"colour space 1", LOSSY, "s 0 7 01", "colour space"},
    {"width of 0", LOSSY, "s 0 4 00", "picture of 0"},
    {"bytes behind the first partition", LOSSY, "s 0 9 05", "the first partition has bytes"},
    {"bytes behind the tokens", LOSSY, "s 0 10 05", "a partition has bytes"},
    {"tokens cut off", LOSSY, "s 0 11 08", "ends too early"},
    {"bytes behind the tokens of four", FOUR, "s 0 10 05", "a partition has bytes"},
    {"sizes of partitions too large", FOUR, "s 0 14 FF", "partition"},
    {"VP8L signature", LOSSLESS, "s 0 6 2E", "signature"},
    {"VP8L version", LOSSLESS, "s 0 18 01", "version"},
    {"VP8L with bytes behind", LOSSLESS, "i 0 58 080000 080000", "after the last pixel"},
    {"VP8L with bits behind", LOSSLESS, "i 0 58 010001", "bits after the last pixel"},
    {"transform twice", RICH, "i 0 64 01 0001 02 0000 03 0000 01 0000" FIVE, "transform twice"},
    {"predictor 14", LOSSLESS,
	"i 0 19 01 0001 02 0000 03 0000 01 0000 01 0001 02 0002 08 000E" CODE0 CODE0 CODE255 CODE0,
	"predictor mode"},
    {"predictor with bits beside its mode", RICH, "s 0 40 03 0004", "predictor mode"},
    {"predictor with an alpha", RICH, "s 0 55 08 00FE", "predictor mode"},
    {"factors with an alpha", RICH, "s 0 100 08 00FE", "factors of the colour"},
    {"table of three colours", RICH, "s 0 121 08 0002", "index can miss"},
    {"table of one colour", RICH, "s 0 121 08 0000", "index can miss"},
    {"groups out of order", RICH, "s 0 208 01 0001; s 0 211 01 0000", "choice of a group"},
    {"choice with bits beside the number", RICH, "s 0 193 03 0004", "choice of a group"},
    {"choice of one group", RICH, "d 0 208 6; d 0 175 9; i 0 175 01 0001 03 0000", "of one group"},
    {"code that does not occur", RICH, "s 0 319 01 0001; s 0 328 01 0001", "does not occur"},
    {"distance that does not occur", LOSSLESS, "s 0 52 01 0001 03 0004", "does not occur"},
    {"cache that is not used", RICH, "s 0 322 01 0000; s 0 325 01 0000", "not used"},
    {"cache of no bits", LOSSLESS, "s 0 22 01 0001 04 0000", "size of the colour cache"},
    {"cache of twelve bits", LOSSLESS, "s 0 22 01 0001 04 000C", "size of the colour cache"},
    {"more groups than there is room for", LOSSLESS,
	"s 0 7 0E 001F; d 0 25 33; s 0 25 01 0001 03 0000 01 0000 01 0000 04 0002 03 0000 03 0000"
	" 03 0000 03 0000 03 0000 03 0001 01 0001 03 0001 04 0006" CODE0 CODE0 CODE0 CODE0
	"03 0000 03 0004 03 0002 03 0006 03 0001 03 0005 03 0003 03 0007",
	"more groups"},
    {"symbol outside of its alphabet", LOSSLESS, "s 0 52 01 0001 02 0002 08 0028",
	"outside of its alphabet"},
    {"symbol twice", LOSSLESS, "s 0 28 01 0001 03 0001 08 0000 " CODE0 CODE0 CODE0 CODE0,
	"or twice"},
    {"code without symbols", LOSSLESS,
	"s 0 28 01 0000 04 0000 03 0000 03 0000 03 0001 03 0001 01 0001 03 0000 02 0000 "
	"01 0000 01 0000 " FIVE,
	"without symbols"},
    {"code that is not complete", LOSSLESS,
	"s 0 28 01 0000 04 0000 03 0000 03 0000 03 0002 03 0001 01 0000 " FIVE FIVE,
	"not complete"},
    {"code with too many codes", LOSSLESS,
	"s 0 28 01 0000 04 0000 03 0001 03 0001 03 0001 03 0000 01 0000 " FIVE FIVE,
	"too many codes"},
    {"lengths beyond the alphabet", LOSSLESS,
	"s 0 28 01 0000 04 0000 03 0000 03 0001 03 0000 03 0001 01 0000 "
	"01 0001 07 007F 01 0001 07 007F 01 0001 07 007F " FIVE,
	"after the alphabet"},
    {"more lengths than symbols", LOSSLESS,
	"s 0 28 01 0000 04 0000 03 0000 03 0000 03 0001 03 0001 01 0001 03 0007 "
	"10 FFFF " FIVE,
	"more code lengths than symbols"},
    {"copy from before the start", LOSSLESS,
	"s 0 28 01 0000 04 0000 03 0000 03 0001 03 0000 03 0001 01 0000 "
	"01 0001 07 007F 01 0001 07 006B 01 0000 01 0001 07 000C " CODE0 CODE0 CODE0 CODE0,
	"not there"},
};

static void test_mutations(void **state)
{
	run_mutations(bases, COUNT(bases), mutations, COUNT(mutations), write_webp, sk_verify_webp);
}

/* The size in the RIFF header is that of the file. */
static void test_size(void **state)
{
	struct sk_buf out = make_file(lossy, NULL, write_webp);
	char what[256];

	for (int d = -2; d <= 2; d++) {
		out.p[4] = (uint8_t)(out.p[4] + d);
		assert_int_equal(
		    run_checker(sk_verify_webp, sk_buf_slice(&out), what), d ? SK_EFORMAT : 0);
		out.p[4] = (uint8_t)(out.p[4] - d);
	}
	sk_buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_mutations),
	    cmocka_unit_test(test_size),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
