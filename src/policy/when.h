/* Moments as text, in the time of Japan. Any process that reads or shows them. */
#ifndef SK_POLICY_WHEN_H
#define SK_POLICY_WHEN_H

#include "base/day.h"

#define SK_TIME_TEXT (SK_DAY_TEXT + 16)

/*
 * 令和8年4月1日 9:00, R8.4.1 09:00:30, 2026-04-01T09:00:00+09:00, 2026-04-01T00:00:00Z; without a time of day its
 * midnight, without an offset that of Japan. Seconds since 1970, in the years 1970 to 9999. 0 or SK_EFORMAT.
 */
int sk_time_parse(struct sk_slice text, int64_t *time);

/* 令和8年4月1日 09:00, cut to the minute. */
void sk_time_era(int64_t time, char text[SK_TIME_TEXT]);
/* 2026-04-01T09:00:00+09:00 */
void sk_time_iso(int64_t time, char text[SK_TIME_TEXT]);

#endif
