/* The JPEG checker: allowed pictures, and each with one forbidden thing put back. */
#include "verify/image/test-parts.h"

/* S: bytes as they are; M: a marker segment, whose length is written; D: scan data. */
static void write_jpeg(const struct parts *s, struct sk_buf *out)
{
	for (unsigned i = 0; i < s->n; i++) {
		const struct part *p = &s->part[i];
		if (p->kind == 'M') {
			sk_buf_put(out, p->p, 2);
			sk_buf_put_u16be(out, (uint16_t)p->n);
			sk_buf_put(out, p->p + 2, p->n - 2);
		} else {
			sk_buf_put(out, p->p, p->n);
		}
	}
	assert_int_equal(out->err, 0);
}

#define SOI "S FFD8"
#define EOI "S FFD9"
#define JFIF "M FFE0 'JFIF' 00 0101 01 0048 0048 0000"
#define EXIF "M FFE1 'Exif' 0000 'MM' 002A 00000008 0001 0112 0003 00000001 0006 0000 00000000"
#define DQT0 "M FFDB 00 01*64"
/* One code of one bit each: a DC difference of 0, and the end of the block. */
#define DC0 "M FFC4 00 01 00*15 00"
#define AC0 "M FFC4 10 01 00*15 00"

/* Grey, two blocks: a DC difference, a coefficient, the end; then nothing. */
static const char *const grey[] = {SOI, JFIF, EXIF, DQT0, "M FFC0 08 0008 0010 01 01 11 00",
    "M FFC4 00 01 01 00*14 00 01", "M FFC4 10 01 01 00*14 01 00", "M FFDA 01 01 00 00 3F 00",
    "D ACBF", EOI, NULL};

/* YCbCr 4:2:0 of one unit: six blocks, two tables of a class. */
static const char *const ycc[] = {SOI, JFIF, "M FFE2 'ICC_PROFILE' 00 01 01 @icc", DQT0,
    "M FFDB 01 02*64", "M FFC0 08 0010 0010 03 01 22 00 02 11 01 03 11 01", DC0, AC0,
    "M FFC4 01 01 00*15 00", "M FFC4 11 01 00*15 00", "M FFDA 03 01 00 02 11 03 11 00 3F 00",
    "D 000F", EOI, NULL};

/* CMYK with the marker of Adobe. */
static const char *const cmyk[] = {SOI, "M FFEE 'Adobe' 0064 0000 0000 00", DQT0,
    "M FFC0 08 0008 0008 04 43 11 00 4D 11 00 59 11 00 4B 11 00", DC0, AC0,
    "M FFDA 04 43 00 4D 00 59 00 4B 00 00 3F 00", "D 00", EOI, NULL};

/* RGB, a 16-bit table, so not baseline. */
static const char *const rgb[] = {SOI, "M FFEE 'Adobe' 0064 0000 0000 00", "M FFDB 10 01*128",
    "M FFC1 08 0008 0008 03 52 11 00 47 11 00 42 11 00", DC0, AC0,
    "M FFDA 03 52 00 47 00 42 00 00 3F 00", "D 03", EOI, NULL};

/* Progressive grey: a coefficient that is refined twice. */
static const char *const progressive[] = {SOI, JFIF, DQT0, "M FFC2 08 0008 0008 01 01 11 00", DC0,
    "M FFDA 01 01 00 00 00 01", "D 7F", "M FFC4 10 01 01 00*14 01 00", "M FFDA 01 01 00 01 05 02",
    "D 6F", AC0, "M FFDA 01 01 00 06 3F 02", "D 7F", AC0, "M FFDA 01 01 00 01 3F 21", "D 7F",
    "M FFDA 01 01 00 00 00 10", "D FF00", AC0, "M FFDA 01 01 00 01 3F 10", "D 7F", EOI, NULL};

static const char *const *const bases[] = {grey, ycc, cmyk, rgb, progressive};
enum { GREY, YCC, CMYK, RGB, PROGRESSIVE };

static const struct mutation mutations[] = {
    {"comment", GREY, "+ 3 M FFFE 'hello'", "marker FFFE is not allowed"},
    {"comment after the tables", GREY, "+ 7 M FFFE 'hello'", "a scan is missing"},
    {"comment before EOI", GREY, "+ 9 M FFFE 'hello'", "no EOI"},
    {"Exif with a thumbnail directory", GREY, "s 2 30 00000008", "orientation block"},
    {"Exif with GPS", GREY, "s 2 16 02; i 2 30 8825 0004 00000001 00000020", "orientation block"},
    {"Exif with orientation 1", GREY, "s 2 27 01", "orientation block"},
    {"Exif with orientation 9", GREY, "s 2 27 09", "orientation block"},
    {"Exif of another tag", GREY, "s 2 18 010E", "orientation block"},
    {"Exif little endian", GREY, "s 2 8 'II'", "orientation block"},
    {"Exif with a hidden half word", GREY, "s 2 28 4142", "orientation block"},
    {"Exif with bytes behind", GREY, "i 2 34 00", "orientation block"},
    {"Exif twice", GREY, "2 2", "marker FFE1 is not allowed"},
    {"XMP", GREY, "x 2; + 2 M FFE1 'http://ns.adobe.com/xap/1.0/' 00 'x'", "orientation block"},
    {"JFIF thumbnail", GREY, "s 1 14 0101; i 1 16 000000", "JFIF header"},
    {"JFIF without thumbnail but with bytes", GREY, "i 1 16 00", "JFIF header"},
    {"JFIF of another version", GREY, "s 1 8 02", "JFIF header"},
    {"JFIF without density", GREY, "s 1 10 0000", "JFIF header"},
    {"JFIF with unit 3", GREY, "s 1 9 03", "JFIF header"},
    {"JFXX", GREY, "+ 2 M FFE0 'JFXX' 00 10", "marker FFE0 is not allowed"},
    {"no JFIF", GREY, "x 1", "does not fit the components"},
    {"Photoshop", GREY, "+ 3 M FFED 'Photoshop 3.0' 00", "marker FFED is not allowed"},
    {"an application marker", GREY, "+ 3 M FFE5 'x'", "marker FFE5 is not allowed"},
    {"Adobe marker in a grey picture", GREY, "+ 2 M FFEE 'Adobe' 0064 0000 0000 00",
	"does not fit the components"},
    {"fill byte before a marker", GREY, "+ 3 S FF", "marker FFFF is not allowed"},
    {"restart interval", GREY, "+ 5 M FFDD 0001", "a scan is missing"},
    {"restart marker in the data", GREY, "i 8 1 FFD0", "ends too early"},
    {"two tables in a DQT", GREY, "i 3 67 01 01*64", "wrong length"},
    {"DQT entry of zero", GREY, "s 3 10 00", "entry of zero"},
    {"DQT of number 4", GREY, "s 3 2 04", "no such table"},
    {"DQT twice", GREY, "2 3", "no such table, or again"},
    {"DQT that nobody uses", GREY, "+ 4 M FFDB 01 01*64", "table is not used"},
    {"16-bit DQT in a baseline picture", GREY, "x 3; + 3 M FFDB 10 01*128", "16-bit table"},
    {"DQT after SOF", GREY, "w 3", "quantisation table is missing"},
    {"SOF1 without need", GREY, "s 4 0 FFC1", "baseline is enough"},
    {"arithmetic coding", GREY, "s 4 0 FFC9", "marker FFC9 is not allowed"},
    {"lossless JPEG", GREY, "s 4 0 FFC3", "marker FFC3 is not allowed"},
    {"12 bits", GREY, "s 4 2 0C", "precision"},
    {"height of 0 (DNL)", GREY, "s 4 3 0000", "picture of 16 by 0"},
    {"two components", GREY, "s 4 7 02; i 4 11 02 11 00", "number of components"},
    {"component of number 2", GREY, "s 4 8 02; s 7 3 02", "component numbers"},
    {"sampling factor 5", GREY, "s 4 9 51", "sampling factor"},
    {"SOF with bytes behind", GREY, "i 4 11 00", "wrong length"},
    {"two frames", GREY, "2 4", "a scan is missing"},
    {"DHT of number 2 in a baseline picture", GREY, "s 6 2 12; s 7 4 02", "no such table"},
    {"DHT twice", GREY, "2 5", "table twice"},
    {"DHT that the scan does not use", GREY, "+ 5 M FFC4 01 01 00*15 00", "not used by its scan"},
    {"two tables in a DHT", GREY, "i 5 20 11 01 00*15 00", "wrong length"},
    {"DHT with a code that does not occur", GREY, "s 5 3 01 01 01; i 5 21 02", "does not occur"},
    {"DHT that is not complete", GREY, "s 5 3 01 00 01", "not complete"},
    {"DHT with the all-ones code", GREY, "s 5 3 02 00", "not complete"},
    {"DHT with too many codes", GREY, "s 5 3 03 00; i 5 21 02", "too many codes"},
    {"DHT with a symbol twice", GREY, "s 5 20 00", "symbol twice"},
    {"DC size of 12", GREY, "s 5 20 0C", "symbol 0C"},
    {"AC size of 11", GREY, "s 6 19 0B", "symbol 0B"},
    {"end of band in a sequential picture", GREY, "s 6 20 10", "symbol 10"},
    {"spectral selection in a sequential scan", GREY, "s 7 5 00 05", "not the scan expected"},
    {"approximation in a sequential scan", GREY, "s 7 7 01", "not the scan expected"},
    {"SOS with bytes behind", GREY, "i 7 8 00", "not the scan expected"},
    {"data filled with zeros", GREY, "s 8 1 80", "filled with ones"},
    {"a byte of data too many", GREY, "i 8 2 7F", "goes on after the last block"},
    {"a byte of data missing", GREY, "d 8 1 1", "ends too early"},
    {"hidden bytes in stuffing", GREY, "i 8 2 FF00", "goes on after the last block"},
    {"a second scan", GREY, "2 8; 2 7; w 8", "no EOI"},
    {"bytes after EOI", GREY, "+ 10 S 00", "bytes after EOI"},
    {"a second picture after EOI", GREY, "+ 10 S FFD8FFD9", "bytes after EOI"},
    {"no EOI", GREY, "x 9; + 9 S 0000", "goes on after the last block"},
    {"bytes before SOI", GREY, "+ 0 S 00", "SOI"},
    {"profile of another kind", YCC, "s 2 32 'prtr'", "not the known one"},
    {"profile with another tag", YCC, "s 2 148 'A2B0'", "not the known one"},
    {"profile text changed", YCC, "s 2 285 'X'", "not the known one"},
    {"profile with an odd colorant", YCC, "s 2 359 A1", "out of range"},
    {"profile that is not white", YCC, "s 2 358 9F", "add up to white"},
    {"profile with a hidden gamma", YCC, "s 2 423 07", "gamma out of range"},
    {"profile with a table curve", YCC, "s 2 408 'curv'", "unknown curve"},
    {"profile in two pieces", YCC, "s 2 15 02", "not a colour profile"},
    {"profile too long", YCC, "i 2 424 00", "colour profile of 409 bytes"},
    {"multi-picture format", YCC, "x 2; + 2 M FFE2 'MPF' 00", "not a colour profile"},
    {"more than ten blocks a unit", YCC, "s 5 9 44", "ten blocks"},
    {"components in another order", YCC, "s 10 3 02 11 01 00", "components of the scan"},
    {"one scan a component", YCC, "s 10 2 01; d 10 5 4; s 11 0 3F", "components of the scan"},
    {"missing table", YCC, "x 8", "table is missing"},
    {"profile with four components", CMYK, "+ 2 M FFE2 'ICC_PROFILE' 00 01 01 @icc",
	"does not fit the components"},
    {"Adobe marker with flags", CMYK, "s 1 10 01", "Adobe marker"},
    {"Adobe marker with bytes behind", CMYK, "i 1 14 00", "Adobe marker"},
    {"YCCK transform with ids of CMYK", CMYK, "s 1 13 02", "does not fit the components"},
    {"JFIF in a CMYK picture", CMYK, "+ 1 M FFE0 'JFIF' 00 0101 01 0048 0048 0000",
	"does not fit the components"},
    {"RGB without the Adobe marker", RGB, "x 1", "does not fit the components"},
    {"16-bit entry of zero", RGB, "s 2 3 0000", "entry of zero"},
    {"scan left out", PROGRESSIVE, "x 18; x 18; x 18", "a scan is missing"},
    {"scan twice", PROGRESSIVE, "+ 18 D FF00; + 18 M FFDA 01 01 00 00 00 10", "table is missing"},
    {"scan of more bits than expected", PROGRESSIVE, "s 8 7 01", "not the scan expected"},
    {"table for a scan that needs none", PROGRESSIVE, "+ 16 M FFC4 00 01 00*15 00",
	"not used by its scan"},
    {"table named without need", PROGRESSIVE, "s 16 4 10", "does not need"},
    {"table of an earlier scan", PROGRESSIVE, "x 10", "table is missing"},
    {"run of bands past the end", PROGRESSIVE, "s 10 19 10; s 12 0 3F", "past the last block"},
    {"run of zeros past the band", PROGRESSIVE, "s 7 19 51; s 9 0 7F", "after the end of the band"},
    {"refinement by two", PROGRESSIVE, "s 13 3 01 01; i 13 20 02", "symbol 02"},
    {"correction bit missing", PROGRESSIVE, "s 15 0 00", "filled with ones"},
    {"a marker in the data", PROGRESSIVE, "s 17 1 7F", "ends too early"},
};

static void test_mutations(void **state)
{
	run_mutations(bases, COUNT(bases), mutations, COUNT(mutations), write_jpeg, sk_verify_jpeg);
}

static int in_pdf(struct sk_check *c, struct sk_slice in)
{
	uint32_t w = 0, h = 0;
	unsigned n = 0;
	int rc = sk_verify_jpeg_in_pdf(c, in, &w, &h, &n);

	if (rc == 0) {
		assert_true(w == 8 || w == 16);
		assert_true(h == 8 || h == 16);
		assert_true(n == 1 || n == 3 || n == 4);
	}
	return rc;
}

/* Inside a PDF there is no profile and no orientation, and Adobe's marker is allowed more widely. */
static void test_in_pdf(void **state)
{
	static const struct mutation bad[] = {
	    {"orientation", GREY, "s 1 9 01", "marker FFE1 is not allowed"},
	    {"profile", YCC, "s 1 9 01", "marker FFE2 is not allowed"},
	    {"transform 0 with ids of YCbCr", YCC, "x 2; + 2 M FFEE 'Adobe' 0064 0000 0000 00",
		"does not fit"},
	};
	static const struct {
		unsigned base;
		const char *ops;
	} good[] = {{YCC, "x 2; x 1"}, {YCC, "x 2; x 1; + 1 M FFEE 'Adobe' 0064 0000 0000 01"},
	    {RGB, "x 1"}, {CMYK, "x 1"}, {CMYK, ""}, {PROGRESSIVE, ""}};

	unsigned wrong = 0;

	for (size_t i = 0; i < COUNT(bad); i++)
		wrong += wrong_fault(bases[bad[i].base], &bad[i], write_jpeg, in_pdf);
	for (size_t i = 0; i < COUNT(good); i++)
		wrong += wrong_pass(bases[good[i].base], good[i].ops, write_jpeg, in_pdf);
	assert_int_equal(wrong, 0);
}

/* The pixels of all pictures of a job come from one budget. */
static void test_budget(void **state)
{
	struct sk_buf out = make_file(grey, NULL, write_jpeg);
	struct sk_check c = {.arena = sk_arena_new((size_t)1 << 20), .pixels_left = 2 * 128 + 127};

	assert_int_equal(sk_verify_jpeg(&c, sk_buf_slice(&out)), 0);
	assert_int_equal(sk_verify_jpeg(&c, sk_buf_slice(&out)), 0);
	assert_int_equal(sk_verify_jpeg(&c, sk_buf_slice(&out)), SK_EFORMAT);
	assert_non_null(strstr(c.fault.what, "too many pixels"));
	sk_arena_free(c.arena);
	sk_buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_mutations),
	    cmocka_unit_test(test_in_pdf),
	    cmocka_unit_test(test_budget),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
