/*
 * Which character set is a text in? Certain signs first (byte-order mark, escape sequences,
 * validity as UTF-8), then points for what Japanese texts are made of. Works on a few bytes as well
 * as on many: names of files in archives go through here too. Cleaner's jail.
 */
#include "format/text/charset.h"

#include "base/utf8.h"

/* As much as decides; a longer text is judged by its beginning. */
#define SAMPLE ((size_t)256 << 10)

/* Points by tenths for a character, so that a byte of level 1 kanji weighs more than one of
 * half-width kana. */
enum {
	PT_HIRAGANA = 30,
	PT_KATAKANA = 22,
	PT_SIGN = 20,
	PT_LEVEL1 = 20,
	PT_LEVEL2 = -10,
	PT_HALF = 8,
	PT_OTHER = -10,
	PT_BROKEN = -100
};

static int points_of_row(unsigned row)
{
	if (row == 4)
		return PT_HIRAGANA;
	if (row == 5)
		return PT_KATAKANA;
	if (row == 1 || row == 3 || row == 13)
		return PT_SIGN;
	if (row >= 16 && row <= 47)
		return PT_LEVEL1;
	if (row >= 48 && row <= 84)
		return PT_LEVEL2;
	return PT_OTHER;
}

static long score_cp932(struct sk_slice in)
{
	long points = 0;

	for (size_t at = 0; at < in.n; at++) {
		uint8_t b = in.p[at], t = at + 1 < in.n ? in.p[at + 1] : 0;
		if (b < 0x80)
			continue;
		if (b >= 0xA1 && b <= 0xDF) {
			points += PT_HALF;
		} else if (b == 0x80 || b == 0xA0 || b >= 0xFD || t < 0x40 || t == 0x7F ||
			   t > 0xFC) {
			points += PT_BROKEN;
		} else {
			unsigned half = b < 0xA0 ? b - 0x81U : b - 0xC1U;
			unsigned row = half * 2 + (t >= 0x9F ? 2 : 1);
			/* The extensions of NEC and IBM: 髙 and 﨑 in names. */
			points += b == 0xFA || b == 0xFB || b == 0xED || b == 0xEE ? PT_LEVEL1 / 2
				  : row > 94                                       ? PT_OTHER
					     : points_of_row(row);
			at++;
		}
	}
	return points;
}

static long score_euc(struct sk_slice in)
{
	long points = 0;

	for (size_t at = 0; at < in.n; at++) {
		uint8_t b = in.p[at], t = at + 1 < in.n ? in.p[at + 1] : 0;
		if (b < 0x80)
			continue;
		if (b == 0x8E && t >= 0xA1 && t <= 0xDF) {
			points += PT_HALF;
			at++;
		} else if (b == 0x8F && t >= 0xA1 && at + 2 < in.n && in.p[at + 2] >= 0xA1) {
			at += 2;
		} else if (b < 0xA1 || b == 0xFF || t < 0xA1 || t == 0xFF) {
			points += PT_BROKEN;
		} else {
			points += points_of_row(b - 0xA0U);
			at++;
		}
	}
	return points;
}

/* GB 2312: the signs and kana lie in the rows of JIS, the usual hanzi in rows 16 to 55, the others up to 87. */
static int points_of_gb_row(unsigned row)
{
	if (row == 4 || row == 5)
		return PT_KATAKANA / 2;
	if (row == 1 || row == 3)
		return PT_SIGN;
	if (row >= 16 && row <= 55)
		return PT_LEVEL1;
	return row >= 56 && row <= 87 ? PT_LEVEL2 : PT_OTHER;
}

static long score_gbk(struct sk_slice in)
{
	long points = 0;

	for (size_t at = 0; at < in.n; at++) {
		uint8_t b = in.p[at], t = at + 1 < in.n ? in.p[at + 1] : 0;
		if (b < 0x80)
			continue;
		if (b == 0x80 || b == 0xFF || t < 0x40 || t == 0x7F || t == 0xFF) {
			points += PT_BROKEN;
		} else {
			points += b < 0xA1 || t < 0xA1 ? PT_OTHER : points_of_gb_row(b - 0xA0U);
			at++;
		}
	}
	return points;
}

long sk_charset_score(enum sk_charset cs, struct sk_slice in)
{
	return cs == SK_CS_GBK     ? score_gbk(in)
	       : cs == SK_CS_EUCJP ? score_euc(in)
				   : score_cp932(in);
}

/*
 * Sequences of UTF-8 that are whole, against bytes that fit nowhere. In the other character sets those of
 * three bytes hardly occur by chance, those of two now and then.
 */
static bool mostly_utf8(struct sk_slice in)
{
	size_t two = 0, more = 0, odd = 0;

	for (size_t pos = 0, at = 0; pos < in.n; at = pos) {
		int32_t cp = sk_utf8_next(in, &pos);
		two += pos - at == 2;
		more += pos - at >= 3;
		odd += cp == -1;
	}
	return more > 2 * odd || two > 10 * odd;
}

/* As sk_utf8_valid(), which is too slow for whole files: ASCII and the three bytes of kana and kanji go fast. */
static bool is_utf8(struct sk_slice in, bool cut)
{
	size_t pos = 0;

	while (pos < in.n) {
		const uint8_t *p = in.p + pos;
		uint64_t eight;
		if (in.n - pos >= 8 && (memcpy(&eight, p, 8), (eight & 0x8080808080808080U) == 0))
			pos += 8;
		else if (*p < 0x80)
			pos++;
		else if (*p >= 0xE1 && *p <= 0xEC && in.n - pos >= 3 && (p[1] & 0xC0) == 0x80 &&
			 (p[2] & 0xC0) == 0x80)
			pos += 3;
		else if (sk_utf8_next(in, &pos) < 0)
			return cut && pos > 1 && in.n - pos < 3;
	}
	return true;
}

static bool has_escape(struct sk_slice in, const char *seq)
{
	return sk_slice_find(in, 0, sk_slice_str(seq)) != SIZE_MAX;
}

/* The sets of ISO-2022-JP are announced, and all else is seven bits. */
static bool is_iso2022jp(struct sk_slice in)
{
	if (!has_escape(in, "\033$B") && !has_escape(in, "\033$@") && !has_escape(in, "\033(I") &&
	    !has_escape(in, "\033$(D") && !has_escape(in, "\033(J"))
		return false;
	for (size_t i = 0; i < in.n; i++)
		if (in.p[i] >= 0x80 && (in.p[i] < 0xA1 || in.p[i] > 0xDF))
			return false;
	return true;
}

/* What occurs in office texts: ASCII, Latin letters with accents, kana, kanji, full-width forms. */
static bool common_unit(unsigned u)
{
	return (u >= 0x20 && u < 0x7F) || u == 9 || u == 10 || u == 13 ||
	       (u >= 0xA0 && u < 0x180) || (u >= 0x2010 && u < 0x2600) ||
	       (u >= 0x3000 && u < 0x3100) || (u >= 0x4E00 && u < 0xA000) ||
	       (u >= 0xFF00 && u < 0xFFF0);
}

static bool all_utf32(struct sk_slice in, bool be)
{
	struct sk_reader r = sk_reader(in);
	size_t ascii = 0;

	if (in.n % 4 || in.n < 8)
		return false;
	while (sk_read_left(&r)) {
		uint32_t cp = be ? sk_read_u32be(&r) : sk_read_u32le(&r);
		if (cp == 0 || cp > 0x10FFFF)
			return false;
		ascii += cp < 0x80;
	}
	return ascii > 0;
}

/* Nineteen of twenty units are common ones. */
static bool mostly_common(struct sk_slice in, unsigned be)
{
	size_t units = in.n / 2, odd = 0;

	for (size_t i = 0; i < units && odd * 20 <= units; i++)
		odd += !common_unit(in.p[2 * i + !be] << 8U | in.p[2 * i + be]);
	return odd * 20 <= units;
}

/* Texts without a byte-order mark, known by the zero halves of their line ends, spaces and digits. */
static enum sk_charset detect_unmarked(struct sk_slice in)
{
	size_t zero[2] = {0, 0}, units = in.n / 2;

	if (all_utf32(in, false))
		return SK_CS_UTF32LE;
	if (all_utf32(in, true))
		return SK_CS_UTF32BE;
	for (size_t i = 0; i < units; i++) {
		uint8_t a = in.p[2 * i], b = in.p[2 * i + 1];
		zero[0] += (b == 0) & (a != 0);
		zero[1] += (a == 0) & (b != 0);
	}
	unsigned be = zero[1] > zero[0];
	bool latin = zero[be] * 10 >= units * 3 && zero[!be] * 10 <= zero[be];
	if (units == 0 || zero[be] == zero[!be])
		return SK_CS_COUNT;
	if (latin || (mostly_common(in, be) && !sk_utf8_valid(in)))
		return be ? SK_CS_UTF16BE : SK_CS_UTF16LE;
	return SK_CS_COUNT;
}

static enum sk_charset detect_bytes(struct sk_slice in)
{
	long sj = score_cp932(in), euc = score_euc(in);

	if (mostly_utf8(in))
		return SK_CS_UTF8;
	if (sj <= 0 && euc <= 0)
		return SK_CS_LATIN1;
	return sj > euc ? SK_CS_CP932 : SK_CS_EUCJP;
}

/* The first part of a long text, cut where a line ends. */
static struct sk_slice sample_of(struct sk_slice in)
{
	size_t n = in.n;

	if (n > SAMPLE)
		for (n = SAMPLE; n > SAMPLE / 2 && in.p[n - 1] != '\n'; n--)
			continue;
	return sk_slice(in.p, n);
}

enum sk_charset sk_charset_detect_wide(struct sk_slice in)
{
	struct sk_slice sample = sk_slice_sub(in, 0, SAMPLE);

	if (sk_slice_starts(in, SK_SLICE_LIT("\xEF\xBB\xBF")))
		return SK_CS_COUNT;
	if (sk_slice_starts(in, SK_SLICE_LIT("\xFF\xFE\0\0")) && in.n % 4 == 0)
		return SK_CS_UTF32LE;
	if (sk_slice_starts(in, SK_SLICE_LIT("\0\0\xFE\xFF")) && in.n % 4 == 0)
		return SK_CS_UTF32BE;
	if (sk_slice_starts(in, SK_SLICE_LIT("\xFF\xFE")))
		return SK_CS_UTF16LE;
	if (sk_slice_starts(in, SK_SLICE_LIT("\xFE\xFF")))
		return SK_CS_UTF16BE;
	return in.n && memchr(sample.p, 0, sample.n) ? detect_unmarked(sample) : SK_CS_COUNT;
}

static enum sk_charset detect(struct sk_slice in, bool cut)
{
	struct sk_slice sample = sample_of(in);
	enum sk_charset wide = sk_charset_detect_wide(in);

	if (wide != SK_CS_COUNT)
		return wide;
	if (sk_slice_starts(in, SK_SLICE_LIT("\xEF\xBB\xBF")))
		return SK_CS_UTF8;
	if (in.n && memchr(sample.p, 0x1B, sample.n) && is_iso2022jp(sample))
		return SK_CS_ISO2022JP;
	if (is_utf8(in, cut))
		return SK_CS_UTF8;
	return detect_bytes(sample);
}

enum sk_charset sk_charset_detect(struct sk_slice in)
{
	return detect(in, false);
}

enum sk_charset sk_charset_detect_head(struct sk_slice head)
{
	return detect(head, true);
}
