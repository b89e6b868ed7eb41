/* The BMP checker: allowed pictures, and each with one forbidden thing put back. */
#include "verify/image/test-parts.h"

/*
 * H: the file header's size and offset are written in front, then the info header; P: palette; R: rows.
 * Part 0 is the signature and the reserved bytes.
 */
static void write_bmp(const struct parts *s, struct sk_buf *out)
{
	size_t total = 8, offset = 8;

	for (unsigned i = 0; i < s->n; i++) {
		total += s->part[i].n;
		if (s->part[i].kind != 'R' && s->part[i].kind != 'X')
			offset += s->part[i].n;
	}
	sk_buf_put(out, s->part[0].p, 2);
	sk_buf_put_u32le(out, (uint32_t)total);
	sk_buf_put(out, s->part[0].p + 2, s->part[0].n - 2);
	sk_buf_put_u32le(out, (uint32_t)offset);
	for (unsigned i = 1; i < s->n; i++)
		sk_buf_put(out, s->part[i].p, s->part[i].n);
	assert_int_equal(out->err, 0);
}

#define FILE_HEADER "F 'BM' 00000000"
#define RESOLUTION " 130B0000 130B0000 "

static const char *const bits1[] = {FILE_HEADER,
    "H 28000000 03000000 02000000 0100 0100 00000000 08000000" RESOLUTION "02000000 00000000",
    "P 00000000 FFFFFF00", "R 20000000 E0000000", NULL};
static const char *const bits4[] = {FILE_HEADER,
    "H 28000000 03000000 01000000 0100 0400 00000000 04000000" RESOLUTION "03000000 00000000",
    "P 00000000 FFFFFF00 FF000000", "R 01200000", NULL};
static const char *const bits8[] = {FILE_HEADER,
    "H 28000000 03000000 01000000 0100 0800 00000000 04000000" RESOLUTION "02000000 00000000",
    "P 00000000 FFFFFF00", "R 01000100", NULL};
static const char *const bits24[] = {FILE_HEADER,
    "H 28000000 01000000 02000000 0100 1800 00000000 08000000" RESOLUTION "00000000 00000000",
    "R 01020300 04050600", NULL};
static const char *const bits32[] = {FILE_HEADER,
    "H 6C000000 01000000 01000000 0100 2000 03000000 04000000" RESOLUTION "00000000 00000000"
    "0000FF00 00FF0000 FF000000 000000FF 'BGRs' 00*48",
    "R 01020380", NULL};

static const char *const *const bases[] = {bits1, bits4, bits8, bits24, bits32};
enum { BITS1, BITS4, BITS8, BITS24, BITS32 };

static const struct mutation mutations[] = {
    {"bytes behind the rows", BITS24, "+ 3 R 00*4", "size of the rows"},
    {"bytes behind the rows, counted as rows", BITS24, "+ 3 R 00*4; s 1 20 0C", "size of the rows"},
    {"a gap before the rows", BITS24, "+ 2 X 00*4", "size of the rows"},
    {"a gap that the offset skips", BITS24, "+ 2 P 00*4", "rows do not start"},
    {"palette in 24 bits", BITS24, "+ 2 P 00*8; s 1 32 02", "number of colours"},
    {"row data in the padding", BITS24, "s 2 3 41", "not filled with 0"},
    {"bits in the padding", BITS1, "s 3 0 30", "not filled with 0"},
    {"bytes in the padding", BITS1, "s 3 2 01", "not filled with 0"},
    {"half a byte in the padding", BITS4, "s 3 1 21", "not filled with 0"},
    {"a byte in the padding of 8 bits", BITS8, "s 3 3 01", "not filled with 0"},
    {"index without a colour in 8 bits", BITS8, "s 3 0 02", "has no colour"},
    {"index without a colour in 4 bits", BITS4, "s 3 0 31", "has no colour"},
    {"index without a colour in 1 bit", BITS1, "s 1 32 01; d 2 4 4", "has no colour"},
    {"RLE8", BITS8, "s 1 16 01", "compression"},
    {"RLE4", BITS4, "s 1 16 02", "compression"},
    {"bit fields in 24 bits", BITS24, "s 1 16 03", "compression"},
    {"a JPEG inside", BITS24, "s 1 16 04", "compression"},
    {"a PNG inside", BITS24, "s 1 16 05", "compression"},
    {"alpha bit fields", BITS32, "s 1 16 06", "compression"},
    {"plain 32 bits", BITS32, "s 1 16 00", "compression"},
    {"linked profile", BITS32, "s 1 56 'KNIL'", "colour space"},
    {"embedded profile", BITS32, "s 1 56 'DEBM'", "colour space"},
    {"calibrated colour space", BITS32, "s 1 56 00000000", "colour space"},
    {"V5 header", BITS32, "s 1 0 7C; i 1 108 00*16", "header kind"},
    {"V5 header of 24 bits", BITS24, "s 1 0 7C; i 1 40 00*84", "header kind"},
    {"V4 header of 24 bits", BITS24, "s 1 0 6C; i 1 40 00*68", "header kind"},
    {"OS/2 header", BITS24, "s 1 0 0C", "header kind"},
    {"OS/2 2 header", BITS24, "s 1 0 40; i 1 40 00*24", "header kind"},
    {"other masks", BITS32, "s 1 40 000000FF", "masks"},
    {"no alpha mask", BITS32, "s 1 52 00000000", "masks"},
    {"end points", BITS32, "s 1 60 01", "end points"},
    {"gamma", BITS32, "s 1 107 01", "end points"},
    {"top-down", BITS24, "s 1 8 FEFFFFFF", "picture of 1 by"},
    {"width of 0", BITS24, "s 1 4 00000000", "picture of 0"},
    {"two planes", BITS24, "s 1 12 0200", "header values"},
    {"16 bits", BITS24, "s 1 14 1000", "bits a pixel"},
    {"2 bits", BITS4, "s 1 14 0200", "bits a pixel"},
    {"64 bits", BITS32, "s 1 14 4000", "bits a pixel"},
    {"size of the picture left out", BITS24, "s 1 20 00000000", "size of the rows"},
    {"resolution too large", BITS24, "s 1 24 41420F00", "header values"},
    {"negative resolution", BITS24, "s 1 28 FFFFFFFF", "header values"},
    {"important colours", BITS8, "s 1 36 01", "header values"},
    {"number of colours left out", BITS8, "s 1 32 00000000", "number of colours"},
    {"too many colours", BITS1, "s 1 32 03; i 2 8 00*4", "number of colours"},
    {"reserved byte of a colour", BITS8, "s 2 7 01", "reserved byte"},
    {"colours that are not counted", BITS8, "i 2 8 00*4", "rows do not start"},
    {"reserved bytes of the file header", BITS24, "s 0 2 4142", "file header"},
    {"array of bitmaps", BITS24, "s 0 0 'BA'", "file header"},
    {"bytes before the signature", BITS24, "i 0 0 00", "file header"},
    {"a row missing", BITS24, "d 2 4 4", "size of the rows"},
};

static void test_mutations(void **state)
{
	run_mutations(bases, COUNT(bases), mutations, COUNT(mutations), write_bmp, sk_verify_bmp);
}

/* The file's size in its header is its length. */
static void test_length(void **state)
{
	struct sk_buf out = make_file(bits24, NULL, write_bmp);
	char what[256];

	out.p[2]++;
	assert_int_equal(run_checker(sk_verify_bmp, sk_buf_slice(&out), what), SK_EFORMAT);
	out.p[2]--;
	out.p[10]++;
	assert_int_equal(run_checker(sk_verify_bmp, sk_buf_slice(&out), what), SK_EFORMAT);
	sk_buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_mutations),
	    cmocka_unit_test(test_length),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
