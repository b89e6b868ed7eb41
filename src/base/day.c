/* Days and eras: day.h. Every process. */
#include "base/day.h"

#include <stdio.h>

#include "base/err.h"
#include "base/utf8.h"

#define GREGORIAN_FROM (-35428) /* 1873-01-01 */

static const struct era {
	const char *name;
	char letter;
	uint32_t square; /* one character for both kanji */
	int first_year;
	int32_t from, to; /* both days belong to it */
} eras[] = {
    {"明治", 'M', 0x337E, 1868, -37231, -20974},
    {"大正", 'T', 0x337D, 1912, -20974, -15713},
    {"昭和", 'S', 0x337C, 1926, -15713, 6946},
    {"平成", 'H', 0x337B, 1989, 6947, 18016},
    {"令和", 'R', 0x32FF, 2019, 18017, INT32_MAX},
};

#define NERAS (sizeof(eras) / sizeof(eras[0]))

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Counted in years that begin in March, so that the leap day is their last. */
int32_t sk_day(int year, int month, int day)
{
	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
	    day > days_in(year, month))
		return SK_DAY_NONE;
	int y = month > 2 ? year : year - 1, m = month > 2 ? month - 3 : month + 9;
	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

void sk_day_date(int32_t day, int *year, int *month, int *mday)
{
	int64_t n = (int64_t)day + 719468;
	int64_t era = (n >= 0 ? n : n - 146096) / 146097, of_era = n - era * 146097;
	int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;

	*mday = (int)(of_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = (int)(y + era * 400 + (*month <= 2));
}

/* --- reading --- */

/* The next character, with full-width forms of ASCII folded; -1 for none. */
static int32_t next(struct sk_slice s, size_t *pos)
{
	int32_t c = sk_utf8_next(s, pos);

	return c >= 0xFF01 && c <= 0xFF5E ? c - 0xFF01 + '!' : c < 0 ? -1 : c;
}

static int32_t peek(struct sk_slice s, size_t pos)
{
	return next(s, &pos);
}

static int kanji_digit(int32_t c)
{
	static const int32_t digits[] = {
	    0x3007, 0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D};

	for (int i = 0; i < 10; i++)
		if (digits[i] == c)
			return i;
	return -1;
}

/* 八, 十, 三十一: up to ninety-nine. */
static int kanji_number(struct sk_slice s, size_t *pos)
{
	int n = 0, digit = kanji_digit(peek(s, *pos));

	if (digit >= 0)
		next(s, pos);
	if (peek(s, *pos) != 0x5341)
		return digit;
	next(s, pos);
	n = (digit < 0 ? 1 : digit) * 10;
	digit = kanji_digit(peek(s, *pos));
	if (digit >= 0)
		next(s, pos);
	return n + (digit < 0 ? 0 : digit);
}

/* A number, or -1. 元 counts as one. */
static int number(struct sk_slice s, size_t *pos)
{
	int n = 0, digits = 0;

	if (peek(s, *pos) == 0x5143)
		return next(s, pos), 1;
	for (; digits < 4 && peek(s, *pos) >= '0' && peek(s, *pos) <= '9'; digits++)
		n = n * 10 + (int)(next(s, pos) - '0');
	return digits ? n : kanji_number(s, pos);
}

/* The era that the text begins with, its name passed over; NULL for none. */
static const struct era *era_of(struct sk_slice s, size_t *pos)
{
	int32_t c = peek(s, *pos);

	for (size_t i = 0; i < NERAS; i++) {
		struct sk_slice name = sk_slice_str(eras[i].name);
		if (sk_slice_starts(s, name)) {
			*pos = name.n;
			return &eras[i];
		}
		if (c == eras[i].letter || c == eras[i].letter + 32 ||
		    c == (int32_t)eras[i].square) {
			next(s, pos);
			return &eras[i];
		}
	}
	return NULL;
}

/* One of the two marks between numbers: a kanji, or the same sign both times. */
static bool separator(struct sk_slice s, size_t *pos, int32_t kanji, int32_t *sign)
{
	int32_t c = next(s, pos);

	if (*sign == 0)
		*sign = c == kanji ? -1 : c;
	if (*sign == -1)
		return c == kanji;
	return c == *sign && (c == '-' || c == '.' || c == '/');
}

static int numbers(struct sk_slice s, size_t pos, int v[3])
{
	int32_t sign = 0;

	v[0] = number(s, &pos);
	if (v[0] < 1 || !separator(s, &pos, 0x5E74, &sign))
		return SK_EFORMAT;
	v[1] = number(s, &pos);
	if (v[1] < 1 || !separator(s, &pos, 0x6708, &sign))
		return SK_EFORMAT;
	v[2] = number(s, &pos);
	if (sign == -1 && next(s, &pos) != 0x65E5)
		return SK_EFORMAT;
	return v[2] < 1 || pos != s.n ? SK_EFORMAT : 0;
}

int sk_day_parse(struct sk_slice text, int32_t *day, bool *late)
{
	size_t pos = 0;
	const struct era *era = era_of(text, &pos);
	int v[3];

	if (numbers(text, pos, v) || (era == NULL && v[0] < 1000))
		return SK_EFORMAT;
	int32_t found = sk_day(era ? era->first_year + v[0] - 1 : v[0], v[1], v[2]);
	if (found == SK_DAY_NONE || (era && (found < era->from || found < GREGORIAN_FROM)))
		return SK_EFORMAT;
	*late = era && found > era->to;
	*day = found;
	return 0;
}

/* --- writing --- */

static void write_iso(int32_t day, char text[SK_DAY_TEXT])
{
	int y, m, d;

	sk_day_date(day, &y, &m, &d);
	snprintf(text, SK_DAY_TEXT, "%04d-%02d-%02d", y, m, d);
}

void sk_day_era(int32_t day, char text[SK_DAY_TEXT])
{
	const struct era *era = NULL;
	int y, m, d;

	for (size_t i = 0; i < NERAS; i++)
		if (day >= eras[i].from && day >= GREGORIAN_FROM)
			era = &eras[i];
	if (era == NULL) {
		write_iso(day, text);
		return;
	}
	sk_day_date(day, &y, &m, &d);
	if (y == era->first_year)
		snprintf(text, SK_DAY_TEXT, "%s元年%d月%d日", era->name, m, d);
	else
		snprintf(
		    text, SK_DAY_TEXT, "%s%d年%d月%d日", era->name, y - era->first_year + 1, m, d);
}
