/* The PNG checker: allowed pictures, and each with one forbidden thing put back. */
#include "verify/image/test-parts.h"

#include <zlib.h>

static void put_chunk(struct sk_buf *out, const uint8_t *p, size_t n, unsigned long crc_change)
{
	sk_buf_put_u32be(out, (uint32_t)n - 4);
	sk_buf_put(out, p, n);
	sk_buf_put_u32be(out, (uint32_t)(crc32(0, p, (uInt)n) ^ crc_change));
}

/* Bytes of a part that stand before its packed data: the type, and a number or a name. */
static size_t clear_bytes(const struct part *p)
{
	return memcmp(p->p, "fdAT", 4) == 0 ? 8 : memcmp(p->p, "iCCP", 4) == 0 ? 9 : 4;
}

/*
 * S: bytes as they are; C: a chunk; Z: one whose data is packed; X: a chunk with a wrong CRC; Y: packed, with
 * two bytes behind the stream; T: packed without its last byte.
 */
static void write_png(const struct parts *s, struct sk_buf *out)
{
	for (unsigned i = 0; i < s->n; i++) {
		const struct part *p = &s->part[i];
		uint8_t packed[4096];
		uLongf n = sizeof(packed) - 16;
		size_t clear = clear_bytes(p);
		if (p->kind == 'S') {
			sk_buf_put(out, p->p, p->n);
			continue;
		}
		if (p->kind == 'C' || p->kind == 'X') {
			put_chunk(out, p->p, p->n, p->kind == 'X');
			continue;
		}
		memcpy(packed, p->p, clear);
		assert_int_equal(
		    compress2(packed + clear, &n, p->p + clear, (uLong)(p->n - clear), 9), Z_OK);
		packed[clear + n] = packed[clear + n + 1] = 0;
		put_chunk(out, packed, clear + n + (p->kind == 'Y' ? 2 : 0) - (p->kind == 'T'), 0);
	}
	assert_int_equal(out->err, 0);
}

#define SIGNATURE "S 89 'PNG' 0D0A1A0A"
#define IEND "C 'IEND'"

/* Three colours of two bits, 5 × 2. */
static const char *const palette[] = {SIGNATURE, "C 'IHDR' 00000005 00000002 02 03 00 00 00",
    "C 'sRGB' 00", "C 'PLTE' 000000 FF0000 00FF00", "C 'tRNS' 00 80",
    "C 'pHYs' 00000B13 00000B13 01", "Z 'IDAT' 00 1880 02 0000", IEND, NULL};

/* RGB of 16 bits with a gamma. */
static const char *const rgb16[] = {SIGNATURE, "C 'IHDR' 00000001 00000002 10 02 00 00 00",
    "C 'gAMA' 0000B18F",
    "C 'cHRM' 00007A26 00008084 0000FA00 000080E8 00007530 0000EA60 00003A98 00001770",
    "C 'tRNS' 0000 FFFF 1234", "Z 'IDAT' 00 000102030405 04 060708090A0B", IEND, NULL};

/* RGBA of 8 bits with a profile. */
static const char *const rgba[] = {SIGNATURE, "C 'IHDR' 00000002 00000001 08 06 00 00 00",
    "Z 'iCCP' 'RGB' 00 00 @icc", "Z 'IDAT' 01 0102030405060708", IEND, NULL};

/* Grey of one bit, with filters. */
static const char *const grey1[] = {SIGNATURE, "C 'IHDR' 0000000A 00000005 01 00 00 00 00",
    "C 'tRNS' 0001", "Z 'IDAT' 00 FFC0 01 8080 02 0000 03 C040 04 0000", IEND, NULL};

/* Two frames of 2 × 2 and 1 × 1, the first of them IDAT. */
static const char *const animated[] = {SIGNATURE, "C 'IHDR' 00000002 00000002 08 04 00 00 00",
    "C 'acTL' 00000002 00000000",
    "C 'fcTL' 00000000 00000002 00000002 00000000 00000000 0001 000A 00 00",
    "Z 'IDAT' 00 00*4 00 00*4",
    "C 'fcTL' 00000001 00000001 00000001 00000001 00000001 0001 000A 02 01",
    "Z 'fdAT' 00000002 00 00*2", IEND, NULL};

/* The picture itself is no frame. */
static const char *const still[] = {SIGNATURE, "C 'IHDR' 00000002 00000002 08 00 00 00 00",
    "C 'acTL' 00000001 00000005", "Z 'IDAT' 00 00*2 00 00*2",
    "C 'fcTL' 00000000 00000002 00000001 00000000 00000001 0001 000A 00 00",
    "Z 'fdAT' 00000001 00 00*2", IEND, NULL};

static const char *const *const bases[] = {palette, rgb16, rgba, grey1, animated, still};
enum { PALETTE, RGB16, RGBA, GREY1, ANIMATED, STILL };

static const struct mutation mutations[] = {
    {"text", PALETTE, "+ 6 C 'tEXt' 'Comment' 00 'x'", "IDAT expected"},
    {"packed text", PALETTE, "+ 6 Z 'zTXt' 'Comment' 00 00", "IDAT expected"},
    {"international text", PALETTE, "+ 2 C 'iTXt' 'XML:com.adobe.xmp' 00*5", "PLTE expected"},
    {"text behind the data", PALETTE, "+ 7 C 'tEXt' 'Comment' 00 'x'", "IEND expected"},
    {"Exif", PALETTE, "+ 6 C 'eXIf' 'MM'", "IDAT expected"},
    {"time", PALETTE, "+ 6 C 'tIME' 07E8 01 01 00 00 00", "IDAT expected"},
    {"background", PALETTE, "+ 5 C 'bKGD' 00", "IDAT expected"},
    {"significant bits", PALETTE, "+ 3 C 'sBIT' 080808", "PLTE expected"},
    {"histogram", PALETTE, "+ 5 C 'hIST' 0001 0001 0001", "IDAT expected"},
    {"suggested palette", PALETTE, "+ 4 C 'sPLT' 'x' 00 08", "IDAT expected"},
    {"private chunk", PALETTE, "+ 6 C 'prVt' 'x'", "IDAT expected"},
    {"private chunk in front", PALETTE, "+ 1 C 'CgBI' 50002002", "IHDR expected"},
    {"coding-independent code points", PALETTE, "+ 2 C 'cICP' 01 0D 00 01", "PLTE expected"},
    {"two IDAT", PALETTE, "+ 7 C 'IDAT'", "IEND expected"},
    {"bytes behind the stream", PALETTE, "k 6 Y", "bytes after the end of compressed rows"},
    {"stream cut off", PALETTE, "k 6 T", "compressed rows"},
    {"bytes behind IEND", PALETTE, "+ 8 S 00", "bytes after IEND"},
    {"bytes in IEND", PALETTE, "i 7 4 00", "not empty"},
    {"bytes before the signature", PALETTE, "+ 0 S 00", "signature"},
    {"wrong CRC", PALETTE, "k 5 X", "CRC"},
    {"wrong CRC of IEND", PALETTE, "k 7 X", "CRC"},
    {"interlace", PALETTE, "s 1 16 01", "chunk IHDR: values"},
    {"another compression", PALETTE, "s 1 14 01", "chunk IHDR: values"},
    {"another filter method", PALETTE, "s 1 15 01", "chunk IHDR: values"},
    {"palette of 16 bits", PALETTE, "s 1 12 10", "chunk IHDR: values"},
    {"colour type 1", PALETTE, "s 1 13 01", "chunk IHDR: values"},
    {"colour type 7", PALETTE, "s 1 13 07", "chunk IHDR: values"},
    {"width of 0", PALETTE, "s 1 4 00000000", "chunk IHDR: size"},
    {"width of 65536", PALETTE, "s 1 4 00010000", "chunk IHDR: size"},
    {"IHDR with bytes behind", PALETTE, "i 1 17 00", "chunk IHDR: values"},
    {"another intent", PALETTE, "s 2 4 01", "chunk sRGB: intent"},
    {"sRGB and gamma", PALETTE, "+ 3 C 'gAMA' 0000B18F", "PLTE expected"},
    {"palette missing", PALETTE, "x 3", "PLTE expected"},
    {"palette too long", PALETTE, "i 3 4 00*6", "chunk PLTE: length"},
    {"palette of a part of a colour", PALETTE, "i 3 4 00", "chunk PLTE: length"},
    {"palette twice", PALETTE, "2 3", "IDAT expected"},
    {"transparency of more colours", PALETTE, "i 4 4 00*2", "chunk tRNS: values"},
    {"transparency that ends in 255", PALETTE, "s 4 5 FF", "chunk tRNS: values"},
    {"transparency twice", PALETTE, "2 4", "IDAT expected"},
    {"transparency before the palette", PALETTE, "w 3", "PLTE expected"},
    {"resolution of 0", PALETTE, "s 5 4 00000000", "chunk pHYs: values"},
    {"resolution too large", PALETTE, "s 5 8 000F4241", "chunk pHYs: values"},
    {"resolution in unit 2", PALETTE, "s 5 12 02", "chunk pHYs: values"},
    {"index without a colour", PALETTE, "s 6 5 1C", "palette index out of range"},
    {"index without a colour through a filter", PALETTE, "s 6 8 C0", "palette index out of range"},
    {"data in the unused bits", PALETTE, "s 6 6 81", "unused bits"},
    {"data in the unused bits by a filter", GREY1, "s 3 15 01", "unused bits"},
    {"filter 5", PALETTE, "s 6 7 05", "filter type 5"},
    {"filter 255", RGB16, "s 5 4 FF", "filter type 255"},
    {"a row too many", PALETTE, "i 6 4 00*3", "go on after the picture"},
    {"a byte too many", RGB16, "i 5 18 00", "more than the picture"},
    {"a row missing", PALETTE, "d 6 4 3", "too early"},
    {"gamma of 0", RGB16, "s 2 4 00000000", "chunk gAMA: value"},
    {"gamma too large", RGB16, "s 2 4 000F4241", "chunk gAMA: value"},
    {"gamma with bytes behind", RGB16, "i 2 8 00", "chunk gAMA: value"},
    {"chromaticity too large", RGB16, "s 3 4 000186A1", "chunk cHRM: value"},
    {"chromaticity with bytes behind", RGB16, "i 3 36 00", "chunk cHRM: length"},
    {"chromaticity before gamma", RGB16, "w 2", "IDAT expected"},
    {"palette with RGB", RGB16, "+ 4 C 'PLTE' 000000", "IDAT expected"},
    {"transparency beyond the depth", GREY1, "s 2 5 02", "chunk tRNS: value"},
    {"transparency of three in grey", GREY1, "i 2 6 0000 0000", "not with this colour type"},
    {"transparency with alpha", RGBA, "+ 3 C 'tRNS' 0000", "not with this colour type"},
    {"profile of another name", RGBA, "s 2 4 'sRG'", "chunk iCCP: name"},
    {"profile by another method", RGBA, "s 2 8 01", "chunk iCCP: name"},
    {"profile with another tag", RGBA, "s 2 249 'X'", "not the known one"},
    {"profile with bytes behind", RGBA, "i 2 417 00", "colour profile of 409 bytes"},
    {"profile with hidden bytes packed behind", RGBA, "k 2 Y",
	"bytes after the end of compressed data"},
    {"profile in a grey picture", GREY1, "+ 2 Z 'iCCP' 'RGB' 00 00 @icc",
	"not with this colour type"},
    {"profile and sRGB", RGBA, "+ 3 C 'sRGB' 00", "IDAT expected"},
    {"frames without acTL", ANIMATED, "x 2", "IDAT expected"},
    {"more frames than stated", ANIMATED, "s 2 7 01", "more frames than stated"},
    {"fewer frames than stated", ANIMATED, "s 2 7 03", "not as many frames"},
    {"no frames", ANIMATED, "s 2 7 00", "chunk acTL: values"},
    {"too many frames", ANIMATED, "s 2 4 00001389", "chunk acTL: values"},
    {"plays beyond the range", ANIMATED, "s 2 8 80", "chunk acTL: values"},
    {"acTL behind the data", STILL, "w 2", "IEND expected"},
    {"sequence number of fcTL", ANIMATED, "s 5 7 02", "chunk fcTL: sequence number"},
    {"sequence number of fdAT", ANIMATED, "s 6 7 03", "chunk fdAT: sequence number"},
    {"first frame smaller than the canvas", ANIMATED, "s 3 11 01", "does not cover the canvas"},
    {"frame beside the canvas", ANIMATED, "s 5 19 02", "outside the canvas"},
    {"frame with a wrapped offset", ANIMATED, "s 5 16 FFFFFFFF", "outside the canvas"},
    {"frame of no size", ANIMATED, "s 5 11 00", "outside the canvas"},
    {"dispose 3", ANIMATED, "s 5 28 03", "chunk fcTL: values"},
    {"blend 2", ANIMATED, "s 5 29 02", "chunk fcTL: values"},
    {"fcTL with bytes behind", ANIMATED, "i 5 30 00", "chunk fcTL: values"},
    {"fdAT without fcTL", ANIMATED, "x 5", "not as many frames"},
    {"fcTL without fdAT", ANIMATED, "x 6", "fdAT expected"},
    {"two fdAT", ANIMATED, "+ 7 Z 'fdAT' 00000003 00 00*2", "IEND expected"},
    {"frame with a row too many", ANIMATED, "i 6 8 00*3", "go on after the picture"},
    {"bytes behind the rows of a frame", ANIMATED, "k 6 Y",
	"bytes after the end of compressed rows"},
    {"text between frames", ANIMATED, "+ 5 C 'tEXt' 'x' 00", "not as many frames"},
};

static void test_mutations(void **state)
{
	run_mutations(bases, COUNT(bases), mutations, COUNT(mutations), write_png, sk_verify_png);
}

/* Every legal pair of colour type and depth passes, every other fails. */
static void test_depths(void **state)
{
	static const char legal[] =
	    " 0/1 0/2 0/4 0/8 0/16 2/8 2/16 3/1 3/2 3/4 3/8 4/8 4/16 6/8 6/16 ";

	for (unsigned colour = 0; colour < 9; colour++)
		for (unsigned depth = 0; depth < 33; depth++) {
			static const unsigned channels[9] = {1, 1, 3, 1, 2, 1, 4, 1, 1};
			char key[12], ihdr[80], idat[40], what[256];
			snprintf(key, sizeof(key), " %u/%u ", colour, depth);
			snprintf(ihdr, sizeof(ihdr),
			    "C 'IHDR' 00000001 00000001 %02x %02x 00 00 00", depth, colour);
			snprintf(idat, sizeof(idat), "Z 'IDAT' 00 00*%u",
			    (channels[colour] * depth + 7) / 8);
			const char *with[] = {SIGNATURE, ihdr, "C 'PLTE' 000000", idat, IEND, NULL};
			const char *without[] = {SIGNATURE, ihdr, idat, IEND, NULL};
			struct sk_buf out =
			    make_file(colour == 3 ? with : without, NULL, write_png);
			int rc = run_checker(sk_verify_png, sk_buf_slice(&out), what);
			assert_int_equal(rc, strstr(legal, key) ? 0 : SK_EFORMAT);
			sk_buf_free(&out);
		}
}

/* A header that claims much, over nothing, costs nothing. */
static void test_bomb(void **state)
{
	static const char *const bomb[] = {
	    SIGNATURE, "C 'IHDR' 0000FFFF 0000FFFF 10 06 00 00 00", "Z 'IDAT' 00", IEND, NULL};
	struct sk_buf out = make_file(bomb, NULL, write_png);
	char what[256];

	assert_int_equal(run_checker(sk_verify_png, sk_buf_slice(&out), what), SK_EFORMAT);
	assert_non_null(strstr(what, "too many pixels"));
	sk_buf_free(&out);
}

/* A stream that was flushed in its midst has an empty block there; without it, it passes. */
static void test_empty_block(void **state)
{
	static const char *const flushed[] = {SIGNATURE,
	    "C 'IHDR' 00000001 00000001 08 00 00 00 00",
	    "C 'IDAT' 78da626000000000ffff030000020001", IEND, NULL};
	static const char *const plain[] = {
	    SIGNATURE, "C 'IHDR' 00000001 00000001 08 00 00 00 00", "Z 'IDAT' 00 00", IEND, NULL};
	struct sk_buf out = make_file(plain, NULL, write_png);
	char what[256];

	assert_int_equal(run_checker(sk_verify_png, sk_buf_slice(&out), what), 0);
	sk_buf_free(&out);
	out = make_file(flushed, NULL, write_png);
	assert_int_equal(run_checker(sk_verify_png, sk_buf_slice(&out), what), SK_EFORMAT);
	assert_non_null(strstr(what, "compressed rows"));
	sk_buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_mutations),
	    cmocka_unit_test(test_depths),
	    cmocka_unit_test(test_bomb),
	    cmocka_unit_test(test_empty_block),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
