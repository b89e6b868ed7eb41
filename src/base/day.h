/*
 * Days and the Japanese calendar of eras (和暦). A day is counted from 1970-01-01 in the Gregorian calendar. Every
 * process; no locale, no time zone, no clock.
 * Eras: 明治 from 1868-01-25 (元号ヲ一世一元ト為ス詔, 1868), 大正 1912-07-30, 昭和 1926-12-25, 平成 1989-01-08
 * (昭和64年政令第1号), 令和 2019-05-01 (平成31年政令第143号). The Gregorian calendar holds in Japan from 1873-01-01
 * (明治5年太政官布告第337号): days before it are not converted.
 */
#ifndef SK_BASE_DAY_H
#define SK_BASE_DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define SK_DAY_NONE INT32_MIN
/* Room for the longest text of sk_day_era() and its NUL. */
#define SK_DAY_TEXT 40

/* The day of a date, years 1 to 9999; SK_DAY_NONE when there is no such date. */
int32_t sk_day(int year, int month, int day);

/* The date of a day in those years. */
void sk_day_date(int32_t day, int *year, int *month, int *mday);

/*
 * A whole text as a date: 2026-04-01, 2026年4月1日, 令和8年4月1日, 令和元年5月1日, R8.4.1, with digits and letters of
 * either width, numbers in kanji, and the squared eras (㋿). *late: the era had ended by then (平成31年5月1日): the day is
 * right, the name is not. 0, or SK_EFORMAT: no date, before the era began, or before 1873.
 */
int sk_day_parse(struct sk_slice text, int32_t *day, bool *late);

/* Written with its era (令和8年4月1日, 令和元年5月1日), or as ISO 8601 before 1873. */
void sk_day_era(int32_t day, char text[SK_DAY_TEXT]);

#endif
