/* The TIFF checker: allowed pictures, and each with one forbidden thing put back. */
#include "verify/image/test-parts.h"

#include <zlib.h>

/*
 * H: the file header. I: a page begins. E: an entry: tag, type, count, then its value, which goes behind the
 * directory when it is longer than four bytes. O and L: the entries of offsets and lengths, made from the
 * strips. Z: a strip to be packed; S: one as it is; Y: packed, with two bytes behind the stream; W: so many
 * zeros (three bytes), packed. G: bytes in between that nothing names. N: what the page gives as the next one. M: an offset is moved by one.
 */
static void patch32(struct sk_buf *b, size_t at, size_t v)
{
	for (unsigned i = 0; i < 4; i++)
		b->p[at + i] = (uint8_t)(v >> 8 * i);
}

static void pad(struct sk_buf *b)
{
	if (b->len & 1)
		sk_buf_putc(b, 0);
}

static void put_strip(struct sk_buf *out, const struct part *p)
{
	uint8_t packed[4096] = {0};
	uLongf n = sizeof(packed) - 2;
	size_t plain =
	    p->kind == 'W' ? (size_t)p->p[0] << 16 | (size_t)p->p[1] << 8 | p->p[2] : p->n;
	uint8_t *zeros = calloc(plain, 1);

	assert_non_null(zeros);
	if (p->kind == 'S')
		sk_buf_put(out, p->p, p->n);
	else
		assert_int_equal(
		    compress2(packed, &n, p->kind == 'W' ? zeros : p->p, (uLong)plain, 9), Z_OK);
	free(zeros);
	if (p->kind == 'S')
		return;
	sk_buf_put(out, packed, n + (p->kind == 'Y' ? 2 : 0));
}

static bool is_entry(char kind)
{
	return kind == 'E' || kind == 'O' || kind == 'L' || kind == 'M';
}

static bool is_strip(char kind)
{
	return kind == 'Z' || kind == 'S' || kind == 'Y' || kind == 'W';
}

/* The page of parts from..to. */
static void write_page(const struct parts *s, unsigned from, unsigned to, struct sk_buf *out)
{
	size_t start = out->len, n = 0, strips = 0, places[8] = {0}, lengths[8] = {0}, k = 0;
	size_t offsets_at = 0, lengths_at = 0;

	for (unsigned i = from; i < to; i++) {
		n += is_entry(s->part[i].kind);
		strips += is_strip(s->part[i].kind);
	}
	assert_true(strips <= 8);
	sk_buf_put_u16le(out, (uint16_t)n);
	sk_buf_fill(out, 0, 12 * n + 4);
	for (unsigned i = from, e = 0; i < to; i++) {
		const struct part *p = &s->part[i];
		size_t at = start + 2 + 12 * e, value = p->n - 8;
		if (!is_entry(p->kind))
			continue;
		e++;
		memcpy(out->p + at, p->p, 8);
		if (p->kind == 'O' || p->kind == 'L') {
			value = 4 * strips;
			*(p->kind == 'O' ? &offsets_at : &lengths_at) =
			    strips > 1 ? out->len : at + 8;
		} else if (value <= 4) {
			memcpy(out->p + at + 8, p->p + 8, value);
		}
		if (value <= 4)
			continue;
		patch32(out, at + 8, out->len + (p->kind == 'M'));
		if (p->kind == 'E' || p->kind == 'M')
			sk_buf_put(out, p->p + 8, value);
		else
			sk_buf_fill(out, 0, value);
		pad(out);
	}
	for (unsigned i = from; i < to; i++) {
		const struct part *p = &s->part[i];
		if (is_strip(p->kind)) {
			places[k] = out->len;
			put_strip(out, p);
			lengths[k] = out->len - places[k];
			k++;
			pad(out);
		} else if (p->kind == 'G') {
			sk_buf_put(out, p->p, p->n);
		}
	}
	for (size_t i = 0; i < strips; i++) {
		if (offsets_at)
			patch32(out, offsets_at + 4 * i, places[i]);
		if (lengths_at)
			patch32(out, lengths_at + 4 * i, lengths[i]);
	}
	patch32(out, start + 2 + 12 * n, to < s->n ? out->len : 0);
	for (unsigned i = from; i < to; i++)
		if (s->part[i].kind == 'N')
			memcpy(out->p + start + 2 + 12 * n, s->part[i].p, 4);
}

static void write_tiff(const struct parts *s, struct sk_buf *out)
{
	unsigned from = 1;

	sk_buf_put(out, s->part[0].p, s->part[0].n);
	while (from < s->n) {
		unsigned to = from + 1;
		while (to < s->n && s->part[to].kind != 'I')
			to++;
		write_page(s, from, to, out);
		from = to;
	}
	assert_int_equal(out->err, 0);
}

#define HEADER "H 'II' 2A00 08000000"
#define SIZE(w, h) "E 0001 0400 01000000 " w "000000", "E 0101 0400 01000000 " h "000000"
#define SHORT1(tag, v) "E " tag " 0300 01000000 " v "00"
#define OFFSETS(n) "O 1101 0400 " n "000000"
#define LENGTHS(n) "L 1701 0400 " n "000000"
#define ROWS(v) "E 1601 0400 01000000 " v "000000"
#define X_DPI "E 1A01 0500 01000000 2C010000 01000000"
#define Y_DPI "E 1B01 0500 01000000 2C010000 01000000"

/* RGB with everything. */
static const char *const rgb[] = {HEADER, "I", SIZE("02", "02"),
    "E 0201 0300 03000000 0800 0800 0800", SHORT1("0301", "08"), SHORT1("0601", "02"),
    OFFSETS("01"), SHORT1("1201", "06"), SHORT1("1501", "03"), ROWS("02"), LENGTHS("01"), X_DPI,
    Y_DPI, SHORT1("1C01", "01"), SHORT1("2801", "02"), SHORT1("3D01", "02"),
    "E 7387 0700 98010000 @icc", "Z 01*12", NULL};
/* parts: 2 3 size, 4 bits, 5 compression, 6 colours, 7 offsets, 8 orientation, 9 samples, 10 rows, 11 lengths,
 * 12 13 resolution, 14 planes, 15 unit, 16 predictor, 17 profile, 18 strip */

/* Bilevel, then a second page: palette. */
static const char *const two[] = {HEADER, "I", SIZE("0A", "03"), SHORT1("0201", "01"),
    SHORT1("0301", "04"), SHORT1("0601", "00"), OFFSETS("01"), SHORT1("1501", "01"), ROWS("03"),
    LENGTHS("01"), SHORT1("1C01", "01"), "S 31DE30010010", "I", SIZE("02", "01"),
    SHORT1("0201", "08"), SHORT1("0301", "08"), SHORT1("0601", "03"), OFFSETS("01"),
    SHORT1("1501", "01"), ROWS("01"), LENGTHS("01"), SHORT1("1C01", "01"),
    "E 4001 0300 00030000 00*1536", "Z 0001", NULL};

/* T.6: runs of 3, 2 and 5; of 4, 1 and 5; a white row; the end twice. */
static const char *const fax[] = {HEADER, "I", SIZE("0A", "03"), SHORT1("0201", "01"),
    SHORT1("0301", "04"), SHORT1("0601", "00"), OFFSETS("01"), SHORT1("1501", "01"), ROWS("03"),
    LENGTHS("01"), SHORT1("1C01", "01"), "S 31DE30010010", NULL};

/* Floating point with an extra sample. */
static const char *const extra[] = {HEADER, "I", SIZE("01", "01"), "E 0201 0300 02000000 2000 2000",
    SHORT1("0301", "08"), SHORT1("0601", "01"), OFFSETS("01"), SHORT1("1501", "02"), ROWS("01"),
    LENGTHS("01"), SHORT1("1C01", "01"), SHORT1("5201", "02"), "E 5301 0300 02000000 0300 0300",
    "Z 00*8", NULL};

/* CMYK with an extra sample, 65535 × 5, so in strips of three rows and of two. */
static const char *const strips[] = {HEADER, "I", "E 0001 0400 01000000 FFFF0000",
    "E 0101 0400 01000000 05000000", "E 0201 0300 05000000 0800 0800 0800 0800 0800",
    SHORT1("0301", "08"), SHORT1("0601", "05"), OFFSETS("02"), SHORT1("1501", "05"), ROWS("03"),
    LENGTHS("02"), SHORT1("1C01", "01"), SHORT1("3D01", "02"), SHORT1("5201", "00"), "W 0EFFF1",
    "W 09FFF6", NULL};

/* One bit by Deflate. */
static const char *const plain[] = {HEADER, "I", SIZE("0A", "03"), SHORT1("0201", "01"),
    SHORT1("0301", "08"), SHORT1("0601", "00"), OFFSETS("01"), SHORT1("1501", "01"), ROWS("03"),
    LENGTHS("01"), SHORT1("1C01", "01"), "Z FFC0 0000 8040", NULL};

#define DHT(id) " FFC4 0014 " id " 01 00*15 00"

/* YCbCr 4:2:0 as a JPEG stream of one unit. */
static const char *const jpeg[] = {HEADER, "I", SIZE("10", "10"),
    "E 0201 0300 03000000 0800 0800 0800", SHORT1("0301", "07"), SHORT1("0601", "06"),
    OFFSETS("01"), SHORT1("1501", "03"), ROWS("10"), LENGTHS("01"), SHORT1("1C01", "01"),
    "E 1202 0300 02000000 0200 0200",
    "S FFD8 FFDB 0043 00 01*64 FFDB 0043 01 02*64 FFC0 0011 08 0010 0010 03 01 22 00 02 11 01 03 11 01" DHT(
	"00") DHT("10") DHT("01") DHT("11") " FFDA 000C 03 01 00 02 11 03 11 00 3F 00 000F FFD9",
    NULL};
/* parts: 2 3 size, 4 bits, 5 compression, 6 colours, 7 offsets, 8 samples, 9 rows, 10 lengths, 11 planes,
 * 12 sampling, 13 stream: tables from 2, frame at 140, scan at 247, its data at 261 */

static const char *const *const bases[] = {rgb, two, fax, extra, strips, plain, jpeg};
enum { RGB, TWO, FAX, EXTRA, STRIPS, PLAIN, JPEG };

static const struct mutation mutations[] = {
    {"description", RGB, "+ 7 E 0E01 0200 04000000 'hi' 0000", "tag 270 of type 2 is not allowed"},
    {"maker", RGB, "+ 7 E 0F01 0200 0A000000 'Camera' 00*4", "tag 271 of type 2 is not allowed"},
    {"software", RGB, "+ 14 E 3101 0200 04000000 'abc' 00", "tag 305 of type 2 is not allowed"},
    {"date", RGB, "+ 14 E 3201 0200 14000000 '2026:01:01 00:00:00' 00",
	"tag 306 of type 2 is not allowed"},
    {"artist", RGB, "+ 14 E 3B01 0200 04000000 'abc' 00", "tag 315 of type 2 is not allowed"},
    {"page name", RGB, "+ 14 E 1D01 0200 04000000 'abc' 00", "tag 285 of type 2 is not allowed"},
    {"XMP", RGB, "+ 17 E BC02 0100 04000000 '<x/>'", "tag 700 of type 1 is not allowed"},
    {"IPTC", RGB, "+ 17 E BB83 0700 04000000 1C020000", "tag 33723 of type 7 is not allowed"},
    {"Photoshop", RGB, "+ 17 E 4986 0100 08000000 '8BIMxxxx'",
	"tag 34377 of type 1 is not allowed"},
    {"Exif", RGB, "+ 17 E 6987 0400 01000000 08000000", "tag 34665 of type 4 is not allowed"},
    {"GPS", RGB, "+ 17 E 2588 0400 01000000 08000000", "tag 34853 of type 4 is not allowed"},
    {"SubIFD", RGB, "+ 15 E 4A01 0400 01000000 08000000", "tag 330 of type 4 is not allowed"},
    {"private tag", RGB, "+ 17 E E8FD 0200 04000000 'abc' 00",
	"tag 65000 of type 2 is not allowed"},
    {"new subfile type", RGB, "+ 2 E FE00 0400 01000000 00000000",
	"tag 254 of type 4 is not allowed"},
    {"fill order", RGB, "+ 7 E 0A01 0300 01000000 0100", "tag 266 of type 3 is not allowed"},
    {"ink set", STRIPS, "+ 13 E 4C01 0300 01000000 0100", "tag 332 of type 3 is not allowed"},
    {"JPEG tables", RGB, "+ 17 E 5B01 0700 04000000 FFD8FFD9", "tag 347 of type 7 is not allowed"},
    {"tiles", RGB, "+ 15 E 4201 0300 01000000 1000", "tag 322 of type 3 is not allowed"},
    {"tag twice", RGB, "2 5", "tag 259 of type 3 is not allowed"},
    {"tags out of order", RGB, "w 5", "tag 259 of type 3 is not allowed"},
    {"width as SHORT", RGB, "s 2 2 0300; d 2 10 2", "tag 256 of type 3 is not allowed"},
    {"old Deflate", RGB, "s 5 8 B280", "tag 259: value"},
    {"LZW", RGB, "s 5 8 0500", "tag 259: value"},
    {"no compression", TWO, "s 5 8 0100", "tag 259: value"},
    {"T.4", FAX, "s 5 8 0300", "tag 259: value"},
    {"T.6 in eight bits", EXTRA, "s 5 8 0400", "tag 259: value"},
    {"old JPEG", EXTRA, "s 5 8 0600", "tag 259: value"},
    {"bytes in an entry that is not full", RGB, "i 5 10 4142", "is not filled with 0"},
    {"hidden values behind the directory", RGB, "s 5 4 04000000; i 5 10 0000 0000 0000",
	"another number of values"},
    {"offset into the header", RGB, "k 4 M", "leaves a gap or overlaps"},
    {"profile at another offset", RGB, "k 17 M", "leaves a gap or overlaps"},
    {"gap before the strips", RGB, "+ 18 G 4142", "leaves a gap or overlaps"},
    {"bytes behind the strips", RGB, "+ 19 G 4142", "bytes after the last page"},
    {"gap between strips", STRIPS, "+ 15 G 4142", "leaves a gap or overlaps"},
    {"bytes behind a page", TWO, "+ 13 G 4142", "next page does not stand"},
    {"loop of directories", TWO, "+ 25 N 08000000", "next page does not stand"},
    {"next page beyond the end", RGB, "+ 19 N FFFF0000", "next page does not stand"},
    {"a page that is not linked", TWO, "+ 13 N 00000000", "bytes after the last page"},
    {"big endian", RGB, "s 0 0 'MM002A'; s 0 2 002A", "file header"},
    {"BigTIFF", RGB, "s 0 2 2B00", "file header"},
    {"first directory elsewhere", RGB, "s 0 4 0A000000; + 1 G 0000", "file header"},
    {"height of 0", RGB, "s 3 8 00", "picture of 2 by 0"},
    {"width missing", RGB, "x 2", "picture of 0"},
    {"4 bits", EXTRA, "s 4 8 0400 0400", "tag 258: value"},
    {"64 bits", EXTRA, "s 4 8 4000 4000", "tag 258: value"},
    {"depths that differ", RGB, "s 4 12 1000", "tag 258: value"},
    {"fewer depths than samples", RGB, "s 4 4 02000000; d 4 12 2", "tag 258: missing"},
    {"bilevel of two samples", TWO, "s 8 8 02", "does not fit the colours"},
    {"palette of one bit", TWO, "s 6 8 03", "does not fit the colours"},
    {"YCbCr", RGB, "s 6 8 06", "tag 530: missing"},
    {"YCbCr by Deflate", JPEG, "s 5 8 08; + 12 E 3D01 0300 01000000 0200; k 14 Z",
	"tag 262: value"},
    {"sampling missing", JPEG, "x 12", "tag 530: missing"},
    {"sampling in RGB", RGB, "+ 17 E 1202 0300 02000000 0200 0200",
	"tag 530: missing, not allowed"},
    {"sampling across that is not the stream's", JPEG, "s 12 8 01", "tag 530: value"},
    {"sampling down that is not the stream's", JPEG, "s 12 10 01", "tag 530: value"},
    {"JPEG with JFIF", JPEG, "i 13 2 FFE0 0010 'JFIF' 00 0101 01 0048 0048 0000",
	"marker FFE0 is not allowed"},
    {"JPEG with Adobe's marker", JPEG, "i 13 2 FFEE 000E 'Adobe' 0064 0000 0000 01",
	"marker FFEE is not allowed"},
    {"JPEG with Exif", JPEG, "i 13 2 FFE1 0008 'Exif' 0000", "marker FFE1 is not allowed"},
    {"JPEG with a comment", JPEG, "i 13 140 FFFE 0007 'hello'", "marker FFFE is not allowed"},
    {"JPEG with bytes in its data", JPEG, "i 13 263 0000", "scan data"},
    {"JPEG with bytes behind it", JPEG, "i 13 265 0000", "bytes after EOI"},
    {"JPEG without its end", JPEG, "d 13 263 2", "no EOI"},
    {"JPEG with a table that is not used", JPEG, "i 13 140 FFDB 0043 02 02*64",
	"table is not used"},
    {"JPEG with its tables elsewhere", JPEG, "d 13 2 69", "quantisation table is missing"},
    {"progressive JPEG", JPEG, "s 13 140 FFC2", "marker FFC2 is not allowed"},
    {"JPEG of another size", JPEG, "s 2 8 11", "is not that of the JPEG stream"},
    {"JPEG of other colours", JPEG, "s 6 8 02; x 12", "does not fit the JPEG stream"},
    {"JPEG with its colours sampled", JPEG, "s 13 154 21; s 13 261 0003",
	"does not fit the JPEG stream"},
    {"JPEG with a predictor", JPEG, "+ 12 E 3D01 0300 01000000 0200",
	"tag 317: missing, not allowed"},
    {"JPEG in two strips", JPEG, "s 7 4 02; s 10 4 02; + 14 S FFD8FFD9", "tag 273: missing"},
    {"JPEG of 16 bits", JPEG, "s 4 8 1000 1000 1000", "tag 259: value"},
    {"JPEG of indices", TWO, "s 17 8 07", "tag 259: value"},
    {"transparency mask", TWO, "s 6 8 04", "tag 262: value"},
    {"colours missing", RGB, "x 6", "tag 262: value"},
    {"orientation 1", RGB, "s 8 8 01", "tag 274: value"},
    {"orientation 9", RGB, "s 8 8 09", "tag 274: value"},
    {"two extra samples", EXTRA, "s 8 8 03", "tag 277: value"},
    {"extra sample not described", EXTRA, "x 12", "tag 338: missing"},
    {"extra sample described that is not there", RGB, "+ 17 E 5201 0300 01000000 0000",
	"tag 338: missing, not allowed"},
    {"extra sample of kind 3", EXTRA, "s 12 8 03", "tag 338: value"},
    {"other rows per strip", RGB, "s 10 8 01", "tag 278: value"},
    {"rows per strip beyond the height", RGB, "s 10 8 FFFFFFFF", "tag 278: value"},
    {"more strips than rows", RGB, "s 7 4 02; s 11 4 02; + 19 Z 00*6", "tag 273: missing"},
    {"separate planes", RGB, "s 14 8 02", "tag 284: value"},
    {"planes not given", RGB, "x 14", "tag 284: missing"},
    {"resolution of 0", RGB, "s 12 8 00000000", "tag 282: value"},
    {"resolution over 0", RGB, "s 13 12 00000000", "tag 283: value"},
    {"resolution of X only", RGB, "x 13", "tag 283: missing"},
    {"resolution without its unit", RGB, "x 15", "tag 296: missing"},
    {"unit without a resolution", TWO, "+ 12 E 2801 0300 01000000 0200",
	"tag 296: missing, not allowed"},
    {"unit 4", RGB, "s 15 8 04", "tag 296: value"},
    {"predictor missing", RGB, "x 16", "tag 317: missing"},
    {"predictor 3", RGB, "s 16 8 03", "tag 317: value"},
    {"predictor where there is none", TWO, "+ 12 E 3D01 0300 01000000 0200",
	"tag 317: missing, not allowed"},
    {"palette missing", TWO, "x 24", "tag 320: missing"},
    {"palette too short", TWO, "s 24 4 FF02; d 24 8 2", "tag 320: missing"},
    {"palette in RGB", RGB, "+ 17 E 4001 0300 00030000 00*1536", "tag 320: missing, not allowed"},
    {"sample format 1", EXTRA, "s 13 8 0100 0100", "tag 339: value"},
    {"sample formats that differ", EXTRA, "s 13 10 0200", "tag 339: value"},
    {"floating point of eight bits", RGB, "+ 17 E 5301 0300 03000000 0300 0300 0300",
	"tag 339: value"},
    {"profile in grey", EXTRA, "+ 14 E 7387 0700 98010000 @icc", "tag 34675: does not fit"},
    {"profile with another tag", RGB, "s 17 268 'X'", "not the known one"},
    {"profile of another length", RGB, "i 17 8 0000; s 17 4 9A01", "colour profile of 410 bytes"},
    {"strip with a row too many", RGB, "i 18 0 00*6", "go on after the picture"},
    {"strip with a byte too many", RGB, "i 18 0 00", "more than the picture"},
    {"strip with a byte missing", RGB, "d 18 0 1", "compressed rows"},
    {"strip with bytes behind the stream", RGB, "k 18 Y", "bytes after the end of compressed rows"},
    {"bits behind a row", PLAIN, "s 12 3 20", "bits behind the end of a row"},
    {"bilevel with black as 0", FAX, "s 6 8 01", "does not fit the colours"},
    {"T.6 with a row too many", FAX, "i 12 6 00; s 12 0 31DE3800800800", "no end code"},
    {"T.6 without the end code", FAX, "d 12 3 3; s 12 2 30", "no end code"},
    {"T.6 with one end code", FAX, "d 12 4 2; s 12 2 3001", "no end code"},
    {"T.6 with bits behind the end code", FAX, "s 12 5 11", "bits after the end code"},
    {"T.6 with bytes behind the end code", FAX, "i 12 6 0000", "bytes after the end code"},
    {"T.6 with an extension code", FAX, "s 12 0 0200", "no such mode"},
    {"T.6 with a run past the row", FAX, "s 12 0 27C0", "run goes past the row"},
};

static void test_mutations(void **state)
{
	run_mutations(bases, COUNT(bases), mutations, COUNT(mutations), write_tiff, sk_verify_tiff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_mutations)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
