/* The GIF checker: allowed pictures, and each with one forbidden thing put back. */
#include "verify/image/test-parts.h"

/* S: bytes as they are; B: LZW data, written in sub-blocks of 255; E: in sub-blocks of 2. */
static void write_gif(const struct parts *s, struct sk_buf *out)
{
	for (unsigned i = 0; i < s->n; i++) {
		const struct part *p = &s->part[i];
		size_t most = p->kind == 'E' ? 2 : 255;
		if (p->kind == 'S') {
			sk_buf_put(out, p->p, p->n);
			continue;
		}
		for (size_t at = 0; at < p->n; at += most) {
			size_t n = p->n - at < most ? p->n - at : most;
			sk_buf_putc(out, (uint8_t)n);
			sk_buf_put(out, p->p + at, n);
		}
		sk_buf_putc(out, 0);
	}
	assert_int_equal(out->err, 0);
}

#define LOOP "S 21FF0B 'NETSCAPE2.0' 0301 0000 00"
#define CONTROL "S 21F904 05 0A00 03 00"
#define TRAILER "S 3B"
/* 3 × 2 pixels 0 1 2 2 2 0 of four colours, the second 2 2 by a code that is being made. */
#define DATA "B 448450"

static const char *const global[] = {"S 'GIF89a' 0300 0200 F1 01 00 000000 FF0000 00FF00 0000FF",
    LOOP, CONTROL, "S 2C 0000 0000 0300 0200 00 02", DATA, CONTROL,
    "S 2C 0100 0000 0300 0200 00 02", "B 44240205", TRAILER, NULL};

/* A local table of two colours; no table for all. */
static const char *const local[] = {"S 'GIF89a' 0100 0100 70 00 00",
    "S 2C 0000 0000 0100 0100 80 000000 FFFFFF 02", "B 4C 01", TRAILER, NULL};

/* 1024 pixels in more than two sub-blocks. The data is made by make_long(). */
static const char *long_picture[] = {
    "S 'GIF89a' 0100 0100 F1 00 00 00*12", "S 2C 0000 0000 1000 4000 00 02", NULL, TRAILER, NULL};

static const char *const *const bases[] = {global, local, long_picture};
enum { GLOBAL, LOCAL, LONG };

/* 16 × 64 zeros, each as its own code, with a clear code before codes grow. */
static void make_long(char text[4096])
{
	uint8_t data[1024] = {0};
	size_t bit = 0, n;

	for (unsigned i = 0; i < 16 * 64; i++) {
		if (i % 2 == 0) {
			data[(bit + 2) / 8] |= (uint8_t)(1u << (bit + 2) % 8);
			bit += 3;
		}
		bit += 3;
	}
	for (unsigned k = 0; k < 3; k++)
		if (5u >> k & 1)
			data[(bit + k) / 8] |= (uint8_t)(1u << (bit + k) % 8);
	n = (bit + 3 + 7) / 8;
	text[0] = 'B';
	for (size_t i = 0; i < n; i++)
		snprintf(text + 1 + 2 * i, 3, "%02X", data[i]);
	long_picture[2] = text;
}

static const struct mutation mutations[] = {
    {"comment", GLOBAL, "+ 2 S 21FE 02 'hi' 00", "GIF: extension"},
    {"comment before the trailer", GLOBAL, "+ 8 S 21FE 02 'hi' 00", "GIF: extension"},
    {"plain text", GLOBAL, "+ 2 S 2101 0C 00*12 00", "GIF: extension"},
    {"XMP", GLOBAL, "+ 2 S 21FF0B 'XMP DataXMP' 01 00 00", "GIF: extension"},
    {"XMP in place of the loop", GLOBAL, "s 1 3 'XMP DataXMP'", "application extension"},
    {"ANIMEXTS1.0", GLOBAL, "s 1 3 'ANIMEXTS1.0'", "application extension"},
    {"loop twice", GLOBAL, "2 1", "GIF: extension"},
    {"loop behind a frame", GLOBAL, "x 1; + 4 S 21FF0B 'NETSCAPE2.0' 0301 0000 00",
	"GIF: extension"},
    {"loop of another kind", GLOBAL, "s 1 15 02", "application extension"},
    {"loop with another sub-block", GLOBAL, "i 1 18 01 41", "application extension goes on"},
    {"control without a frame", GLOBAL, "+ 8 S 21F904 04 0A00 00 00", "no picture"},
    {"control twice", GLOBAL, "2 2", "no picture"},
    {"control of another size", GLOBAL, "s 2 2 05; i 2 6 00", "GIF: extension"},
    {"control with another sub-block", GLOBAL, "s 2 7 01; i 2 8 41 00", "graphic control"},
    {"control with reserved bits", GLOBAL, "s 2 3 25", "graphic control"},
    {"control that waits for the user", GLOBAL, "s 2 3 07", "graphic control"},
    {"disposal 4", GLOBAL, "s 2 3 11", "graphic control"},
    {"transparent index without its flag", GLOBAL, "s 2 3 04", "transparent index"},
    {"unknown extension", GLOBAL, "+ 2 S 2142 00", "GIF: extension"},
    {"version 87a", GLOBAL, "s 0 4 '7'", "signature"},
    {"screen of no width", GLOBAL, "s 0 6 0000", "no size"},
    {"screen resolution", GLOBAL, "s 0 10 81", "screen descriptor"},
    {"sorted table", GLOBAL, "s 0 10 F9", "screen descriptor"},
    {"aspect", GLOBAL, "s 0 12 31", "screen descriptor"},
    {"background without a colour", GLOBAL, "s 0 11 04", "background index"},
    {"background without a table", LOCAL, "s 0 11 01", "background index"},
    {"size of a table that is not there", LOCAL, "s 0 10 71", "size of a table"},
    {"local size of a table that is not there", GLOBAL, "s 3 9 01", "picture descriptor"},
    {"no table", LOCAL, "s 1 9 00; d 1 10 6", "without a colour table"},
    {"interlace", GLOBAL, "s 3 9 40", "picture descriptor"},
    {"sorted local table", LOCAL, "s 1 9 A0", "picture descriptor"},
    {"reserved bits of a frame", GLOBAL, "s 3 9 10", "picture descriptor"},
    {"frame beyond any screen", GLOBAL, "s 3 1 FEFF", "outside of any screen"},
    {"frame of no width", GLOBAL, "s 3 5 0000", "picture of 0"},
    {"frame of no height", GLOBAL, "s 3 7 0000", "by 0"},
    {"another code size", GLOBAL, "s 3 10 03", "LZW code size"},
    {"code size 1", LOCAL, "s 1 16 01", "LZW code size"},
    {"data without a clear code", GLOBAL, "x 4; + 4 B 8844A000", "start with a clear code"},
    {"data without an end code", GLOBAL, "x 4; + 4 B 442402", "ends too early"},
    {"more pixels", GLOBAL, "x 4; + 4 B 44240250", "more pixels"},
    {"fewer pixels", GLOBAL, "x 4; + 4 B 442452", "fewer pixels"},
    {"pixels without a colour", LOCAL, "s 2 0 5C", "has no colour"},
    {"clear code twice", GLOBAL, "x 4; + 4 B 24221128", "clear code twice"},
    {"code of the future", GLOBAL, "x 4; + 4 B 449450", "without a string"},
    {"string after a clear code", GLOBAL, "x 4; + 4 B 340005", "without a string"},
    {"bits behind the end code", GLOBAL, "s 7 3 15", "bits after the end code"},
    {"bytes behind the end code", GLOBAL, "i 4 3 00", "bits after the end code"},
    {"hidden sub-block", GLOBAL, "+ 5 S 02 'hi' 00", "no picture"},
    {"short sub-blocks", GLOBAL, "k 7 E", "sub-block after"},
    {"sub-blocks of two", GLOBAL, "k 4 E", "sub-block after"},
    {"sub-block behind a full one", LONG, "k 2 E", "sub-block after a short one"},
    {"no frame", LOCAL, "x 1; x 1", "no picture"},
    {"no trailer", LOCAL, "x 3", "no picture"},
    {"bytes behind the trailer", GLOBAL, "+ 9 S 00", "after the trailer"},
    {"a second picture behind the trailer", GLOBAL, "+ 9 S 'GIF89a'", "after the trailer"},
    {"bytes before the signature", GLOBAL, "+ 0 S 00", "signature"},
    {"stray byte between frames", GLOBAL, "+ 5 S 00", "no picture"},
};

static void test_mutations(void **state)
{
	char text[4096];

	make_long(text);
	run_mutations(bases, COUNT(bases), mutations, COUNT(mutations), write_gif, sk_verify_gif);
}

/* Many frames of nothing: counted, and refused at the limit. */
static void test_frames(void **state)
{
	struct sk_buf out = SK_BUF((size_t)1 << 20);
	char what[256];

	sk_buf_put(&out, "GIF89a\1\0\1\0\xF0\0\0\0\0\0\xFF\xFF\xFF", 19);
	for (unsigned i = 0; i < SK_LIMIT_FRAMES; i++)
		sk_buf_put(&out, "\x2C\0\0\0\0\1\0\1\0\0\2\2\x4C\1\0", 15);
	sk_buf_put(&out, "\x3B", 1);
	assert_int_equal(run_checker(sk_verify_gif, sk_buf_slice(&out), what), 0);
	out.len--;
	sk_buf_put(&out, "\x2C\0\0\0\0\1\0\1\0\0\2\2\x4C\1\0\x3B", 16);
	assert_int_equal(run_checker(sk_verify_gif, sk_buf_slice(&out), what), SK_EFORMAT);
	assert_non_null(strstr(what, "too many frames"));
	sk_buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_mutations),
	    cmocka_unit_test(test_frames),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
