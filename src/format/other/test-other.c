/* Tests of the types that are only named: each is recognised, and what merely looks like it is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "container/zip.h"
#include "format/handler.h"

static struct sk_report *report;

static int setup(void **state)
{
	report = calloc(1, sizeof(*report));
	return report ? 0 : -1;
}

static int teardown(void **state)
{
	free(report);
	return 0;
}

/* The strength with which `type` is claimed, 0 when it is not. */
static int claimed(struct sk_slice in, const char *name, enum sk_filetype type)
{
	*report = (struct sk_report){0};
	sk_other_handler.probe(in, name, report);
	for (uint32_t i = 0; i < report->nclaims; i++)
		if (report->claims[i].type == type)
			return report->claims[i].strength;
	return 0;
}

#define IS(bytes, name, type) assert_true(claimed(SK_SLICE_LIT(bytes), name, SK_FT_##type) > 0)

static void nothing(struct sk_slice in, const char *name)
{
	(void)claimed(in, name, SK_FT_UNKNOWN);
	assert_int_equal(report->nclaims, 0);
}

#define NOTHING(bytes, name) nothing(SK_SLICE_LIT(bytes), name)

/* n zero bytes with some at a place. */
static struct sk_slice at(size_t n, size_t offset, const char *bytes, size_t count)
{
	static uint8_t buf[40000];
	memset(buf, 0, sizeof(buf));
	memcpy(buf + offset, bytes, count);
	return sk_slice(buf, n);
}

static void test_programs(void **state)
{
	static uint8_t pe[0x44 + 4];
	memcpy(pe, "MZ", 2);
	pe[0x3C] = 0x44;
	assert_int_equal(claimed(sk_slice(pe, sizeof(pe)), "a.txt", SK_FT_PE), SK_CLAIM_SIGNATURE);
	memcpy(pe + 0x44, "PE\0", 4);
	assert_int_equal(claimed(sk_slice(pe, sizeof(pe)), "a.txt", SK_FT_PE), SK_CLAIM_STRUCTURE);
	NOTHING(
	    "MZ is a text about programs, and a long one, longer than the header of one", "a.txt");
	IS("\x7F"
	   "ELF\2\1\1",
	    "a", ELF);
	IS("\xCF\xFA\xED\xFE\7\0\0\1", "a", MACHO);
	IS("\xCA\xFE\xBA\xBE\0\0\0\2", "a", MACHO);
	IS("\xCA\xFE\xBA\xBE\0\0\0\x34", "a", CLASS);
	IS("\0asm\1\0\0\0", "a", WASM);
	IS("CWS\x09\1\2\3\4\5", "a", SWF);
}

static void test_media(void **state)
{
	IS("RIFF\0\0\0\0WAVEfmt ", "a", WAV);
	IS("RIFF\0\0\0\0AVI LIST", "a", AVI);
	IS("\0\0\0\x18"
	   "ftypheic\0\0\0\0mif1heic",
	    "a", HEIC);
	IS("\0\0\0\x18"
	   "ftypmif1\0\0\0\0avifmif1",
	    "a", AVIF);
	IS("\0\0\0\x18"
	   "ftypisom\0\0\2\0isommp41",
	    "a", MP4);
	IS("ID3\3\0\0\0\0\0\0\0", "a", MP3);
	NOTHING("RIFF\0\0\0\0WEBPVP8 ", "a");
	static uint8_t frames[417 * 3];
	for (unsigned i = 0; i < 3; i++)
		memcpy(frames + 417 * i, "\xFF\xFB\x90\0", 4);
	assert_int_equal(
	    claimed(sk_slice(frames, sizeof(frames)), "a", SK_FT_MP3), SK_CLAIM_STRUCTURE);
	nothing(sk_slice(frames, 500), "a");
}

static void test_magic(void **state)
{
	IS("7z\xBC\xAF\x27\x1C\0\4", "a", SEVENZIP);
	IS("BZh91AY&SY\0", "a", BZIP2);
	NOTHING("BZh9 is no archive", "a");
	IS("AC1032\0\0", "a", DWG);
	IS("\x20\x0F-lh5-\1\2\3\4\5\6\7\x08\1\2\3\4 \1\1", "a", LZH);
	NOTHING("a -lh5- is a method of packing files", "a");
	assert_int_equal(claimed(at(40000, 32769, "CD001", 5), "a", SK_FT_ISO), SK_CLAIM_STRUCTURE);
	assert_int_equal(
	    claimed(at(2048, 1536, "koly\0\0\0\4", 8), "a", SK_FT_DMG), SK_CLAIM_STRUCTURE);
	IS("\0\1 data", "a.xdw", DOCUWORKS);
	IS("\0\1 data", "a.XBD", DOCUWORKS);
	IS("\0\1 data", "a.jwc", JWC);
	NOTHING("data", "a.jwc");
	IS("JwwData.\1", "a", JWW);
	IS("AC1.40\0", "a", DWG);
	IS("HWP Document File V3.00 \x1A", "a", HWP);
	IS("\0\1\0\0Standard ACE DB\0", "a", ACCESS);
}

static void test_tar(void **state)
{
	uint8_t header[512] = "name.txt";
	unsigned sum = 8 * ' ';
	for (size_t i = 0; i < 512; i++)
		sum += header[i];
	snprintf((char *)header + 148, 8, "%06o", sum);
	assert_int_equal(claimed(sk_slice(header, 512), "a", SK_FT_TAR), SK_CLAIM_STRUCTURE);
	header[0]++;
	nothing(sk_slice(header, 512), "a");
}

/* A compound file of one FAT sector, one directory sector: the root and one stream. */
static struct sk_slice compound(const char *stream)
{
	static uint8_t f[512 * 3];
	memset(f, 0, sizeof(f));
	memcpy(f, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
	memcpy(f + 0x1C, "\xFE\xFF\x09\0", 4);
	f[0x30] = 1;                        /* directory in sector 1 */
	memset(f + 0x50, 0xFF, 512 - 0x50); /* FAT in sector 0 */
	memcpy(f + 512, "\xFD\xFF\xFF\xFF\xFE\xFF\xFF\xFF", 8);
	uint8_t *root = f + 1024, *child = root + 128;
	root[66] = 5;
	root[76] = 1;
	memset(child + 68, 0xFF, 12);
	child[64] = (uint8_t)(2 * strlen(stream) + 2);
	for (size_t i = 0; stream[i]; i++)
		child[2 * i] = (uint8_t)stream[i];
	return sk_slice(f, sizeof(f));
}

static void test_compound_files(void **state)
{
	assert_int_equal(claimed(compound("WordDocument"), "a", SK_FT_DOC), SK_CLAIM_STRUCTURE);
	assert_int_equal(claimed(compound("WordDocument"), "a", SK_FT_CFB), SK_CLAIM_STRUCTURE);
	assert_int_equal(claimed(compound("Workbook"), "a", SK_FT_XLS), SK_CLAIM_STRUCTURE);
	assert_int_equal(claimed(compound("WORKBOOK"), "a", SK_FT_XLS), SK_CLAIM_STRUCTURE);
	assert_int_equal(claimed(compound("VisioDocument"), "a", SK_FT_VSD), SK_CLAIM_STRUCTURE);
	assert_int_equal(claimed(compound("BodyText"), "a", SK_FT_HWP), SK_CLAIM_STRUCTURE);
	assert_int_equal(claimed(compound("PP40"), "a", SK_FT_PPT4), SK_CLAIM_STRUCTURE);
	assert_int_equal(
	    claimed(compound("EncryptedPackage"), "a", SK_FT_OFFICE_ENCRYPTED), SK_CLAIM_STRUCTURE);
	assert_int_equal(claimed(compound("Other"), "a", SK_FT_CFB), SK_CLAIM_STRUCTURE);
	assert_int_equal(report->nclaims, 1);
	struct sk_slice cut = compound("WordDocument");
	assert_int_equal(claimed(sk_slice(cut.p, 600), "a", SK_FT_CFB), SK_CLAIM_SIGNATURE);
}

static void test_compound_file_loops(void **state)
{
	uint8_t f[1536];
	memcpy(f, compound("Other").p, sizeof(f));
	memcpy(f + 512 + 4, "\1\0\0\0", 4); /* the directory's chain leads back to itself */
	memcpy(f + 1024 + 128 + 68, "\1\0\0\0\1\0\0\0", 8); /* and so do the entry's siblings */
	assert_int_equal(claimed(sk_slice(f, sizeof(f)), "a", SK_FT_CFB), SK_CLAIM_STRUCTURE);
}

static struct sk_buf zip_of(const char *name, const char *data)
{
	struct sk_buf b = SK_BUF(10000);
	struct sk_zip_writer *w = sk_zip_writer_new(&b);
	sk_zip_writer_add(w, name, sk_slice_str(data), 0);
	sk_zip_writer_end(w);
	sk_zip_writer_free(w);
	return b;
}

static void test_zip_kinds(void **state)
{
	struct sk_buf b = zip_of("mimetype", "application/vnd.oasis.opendocument.text");
	assert_int_equal(claimed(sk_buf_slice(&b), "a", SK_FT_ODT), SK_CLAIM_STRUCTURE);
	sk_buf_free(&b);
	b = zip_of("META-INF/MANIFEST.MF", "Main-Class: x");
	assert_int_equal(claimed(sk_buf_slice(&b), "a", SK_FT_JAR), SK_CLAIM_STRUCTURE);
	sk_buf_free(&b);
	b = zip_of("mimetype", "application/hwp+zip");
	assert_int_equal(claimed(sk_buf_slice(&b), "a", SK_FT_HWPX), SK_CLAIM_STRUCTURE);
	sk_buf_free(&b);
	b = zip_of("mimetype", "text/plain");
	nothing(sk_buf_slice(&b), "a");
	sk_buf_free(&b);
}

static void test_text_kinds(void **state)
{
	IS("<!DOCTYPE html><p>", "a.txt", HTML);
	IS("\xEF\xBB\xBF <!-- c --> <html lang='ja'>", "photo.jpg", HTML);
	IS("<\0h\0t\0m\0l\0>\0", "a", HTML);
	IS("<script>x</script>", "a", HTML);
	IS("<?xml version='1.0'?><!DOCTYPE svg PUBLIC 'x' 'y'><svg width='1'>", "a.xml", SVG);
	IS("Received: from x\r\nSubject: y\r\n\r\nbody", "a", EML);
	IS("From a@b Mon\nFrom: a\nTo: b\n\n", "a", EML); /* one alone is no folder */
	IS("BEGIN:VCALENDAR\r\n", "a", ICS);
	IS("BEGIN:VCARD\r\n", "a", VCF);
	IS("  0\r\nSECTION\r\n", "a", DXF);
	IS("{\\rtf1 x}", "a", RTF);
	IS("\1 {\2\\rtf1 x}", "a.txt", RTF); /* as it will be when it is cleaned */
	IS("%P\2DF-1.7 text", "a.txt", PDF);
	IS("#!/bin/sh\n", "a", SCRIPT);
	IS("x", "a.VBS", SCRIPT);
	IS("x", "d/Desktop.ini", SCRIPT);
	IS("x", "a.lnk", LNK);
	IS("[InternetShortcut]\r\nURL=x", "a", URL);
	IS("\xFF\xFEW\0i\0n\0d\0o\0w\0s\0 \0R\0e\0g\0i\0s\0t\0r\0y\0 \0E\0d\0i\0t\0o\0r\0 \0V\0e\0r\0s\0i\0o\0n\0",
	    "a", REG);
	NOTHING("From: a\nTo: b\n\nThis is a note about a mail.", "a.txt");
	NOTHING("<p>a &lt; b</p>", "a.txt");
	NOTHING("<table><row/></table>", "a.xml");
	NOTHING("Subject: only one field\n\n", "a");
	NOTHING("", "a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_programs),
	    cmocka_unit_test(test_media),
	    cmocka_unit_test(test_magic),
	    cmocka_unit_test(test_tar),
	    cmocka_unit_test(test_compound_files),
	    cmocka_unit_test(test_compound_file_loops),
	    cmocka_unit_test(test_zip_kinds),
	    cmocka_unit_test(test_text_kinds),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
