/*
 * Writes codepages.inc while sekisho is built: what the bytes of code pages mean, as the C library of the building
 * machine knows it. So no process loads converters when it starts, and the tables are memory that all of them share.
 */
#include <iconv.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* By the numbers Windows gives them (10000: the Macintosh's first one). */
static const char *const singles[][2] = {{"437", "CP437"}, {"850", "CP850"}, {"852", "CP852"},
    {"866", "CP866"}, {"874", "CP874"}, {"1250", "CP1250"}, {"1251", "CP1251"}, {"1252", "CP1252"},
    {"1253", "CP1253"}, {"1254", "CP1254"}, {"1255", "CP1255"}, {"1256", "CP1256"},
    {"1257", "CP1257"}, {"1258", "CP1258"}, {"10000", "MACINTOSH"}, {"20866", "KOI8-R"},
    {"21866", "KOI8-U"}, {"28591", "ISO-8859-1"}, {"28592", "ISO-8859-2"}, {"28593", "ISO-8859-3"},
    {"28594", "ISO-8859-4"}, {"28595", "ISO-8859-5"}, {"28596", "ISO-8859-6"},
    {"28597", "ISO-8859-7"}, {"28598", "ISO-8859-8"}, {"28599", "ISO-8859-9"},
    {"28600", "ISO-8859-10"}, {"28603", "ISO-8859-13"}, {"28604", "ISO-8859-14"},
    {"28605", "ISO-8859-15"}, {"28606", "ISO-8859-16"}};

/* Whether others look at it, the name of the table, of the character set, and a byte in front of each pair. */
static const struct {
	const char *scope, *table, *charset;
	uint8_t prefix;
} doubles[] = {{"", "sk_codepage_932", "CP932", 0}, {"", "sk_codepage_euc", "EUC-JP-MS", 0},
    {"", "sk_codepage_jisx0212", "EUC-JP-MS", 0x8F}, {"static ", "codepage_936", "GBK", 0},
    {"static ", "codepage_949", "CP949", 0}, {"static ", "codepage_950", "BIG5-HKSCS", 0}};

/* The one BMP character that these bytes mean, or 0. */
static unsigned ask(iconv_t cd, const uint8_t *bytes, size_t n)
{
	char in[4];
	uint8_t out[8];
	char *from = in, *to = (char *)out;
	size_t left = n, room = sizeof(out);

	memcpy(in, bytes, n);
	iconv(cd, NULL, NULL, NULL, NULL);
	if (iconv(cd, &from, &left, &to, &room) == (size_t)-1 || left || room != sizeof(out) - 2)
		return 0;
	return (unsigned)(out[0] | out[1] << 8);
}

static int one_byte(const char *number, const char *charset)
{
	iconv_t cd = iconv_open("UTF-16LE", charset);

	if (cd == (iconv_t)-1)
		return 1;
	printf("static const uint16_t single_%s[128] = {", number);
	for (unsigned i = 0x80; i < 0x100; i++)
		printf("%u,", ask(cd, (const uint8_t[]){(uint8_t)i}, 1));
	printf("};\n");
	return iconv_close(cd);
}

static int two_bytes(const char *scope, const char *table, const char *charset, uint8_t prefix)
{
	iconv_t cd = iconv_open("UTF-16LE", charset);
	size_t n = prefix ? 3 : 2;

	if (cd == (iconv_t)-1)
		return 1;
	printf("%sconst uint16_t %s[SK_CODEPAGE_LEADS][SK_CODEPAGE_TRAILS] = {\n", scope, table);
	for (unsigned lead = 0x80; lead < 0x100; lead++) {
		printf("{");
		for (unsigned trail = 0x40; trail < 0x100; trail++) {
			uint8_t b[3] = {prefix, (uint8_t)lead, (uint8_t)trail};
			printf("%u,", ask(cd, b + 3 - n, n));
		}
		printf("},\n");
	}
	printf("};\n");
	return iconv_close(cd);
}

int main(void)
{
	int bad = 0;

	for (size_t i = 0; i < sizeof(singles) / sizeof(singles[0]); i++)
		bad |= one_byte(singles[i][0], singles[i][1]);
	for (size_t i = 0; i < sizeof(doubles) / sizeof(doubles[0]); i++)
		bad |= two_bytes(
		    doubles[i].scope, doubles[i].table, doubles[i].charset, doubles[i].prefix);
	printf(
	    "static const struct {\n\tunsigned number;\n\tconst uint16_t *high;\n} singles[] = {");
	for (size_t i = 0; i < sizeof(singles) / sizeof(singles[0]); i++)
		printf("{%s, single_%s},", singles[i][0], singles[i][0]);
	printf("};\n");
	return bad || fflush(stdout);
}
