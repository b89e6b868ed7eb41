/* Moments as text: when.h. Any process that reads or shows them. */
#include "policy/when.h"

#include <stdio.h>

#include "base/err.h"
#include "policy/decide.h"

#define DAY 86400
#define JAPAN 32400

int32_t sk_day_of(int64_t time)
{
	return (int32_t)((time + JAPAN) / DAY);
}

/* One or two digits below `most`, behind a sign when one is given. */
static bool take_two(struct sk_slice s, size_t *pos, char sign, int64_t most, int64_t *n)
{
	size_t at = *pos, from;

	if (sign && (at >= s.n || s.p[at++] != (uint8_t)sign))
		return false;
	*n = 0;
	for (from = at; at < s.n && at < from + 2 && s.p[at] >= '0' && s.p[at] <= '9'; at++)
		*n = *n * 10 + (s.p[at] - '0');
	if (at == from || *n >= most)
		return false;
	*pos = at;
	return true;
}

/* Z, +09:00 or nothing, which is Japan. */
static bool take_offset(struct sk_slice s, size_t *pos, int64_t *offset)
{
	int64_t hours, minutes;

	*offset = JAPAN;
	if (*pos == s.n)
		return true;
	int c = s.p[(*pos)++];
	if (c == 'Z')
		*offset = 0;
	if (c == 'Z')
		return true;
	if ((c != '+' && c != '-') || !take_two(s, pos, 0, 24, &hours) ||
	    !take_two(s, pos, ':', 60, &minutes))
		return false;
	*offset = (c == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
	return true;
}

static bool take_clock(struct sk_slice s, int64_t *seconds, int64_t *offset)
{
	size_t pos = 0;
	int64_t h, m, sec = 0;

	if (!take_two(s, &pos, 0, 24, &h) || !take_two(s, &pos, ':', 60, &m))
		return false;
	if (pos < s.n && s.p[pos] == ':' && !take_two(s, &pos, ':', 60, &sec))
		return false;
	*seconds = h * 3600 + m * 60 + sec;
	return take_offset(s, &pos, offset) && pos == s.n;
}

static size_t end_of_day(struct sk_slice s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != 'T' && s.p[n] != ' ')
		n++;
	/* T begins the eras of 大正, and a time of day behind a date. */
	return n == 0 && s.n ? s.n : n;
}

int sk_time_parse(struct sk_slice text, int64_t *time)
{
	size_t n = end_of_day(text);
	int64_t seconds = 0, offset = JAPAN;
	int32_t day;
	bool late;

	if (sk_day_parse(sk_slice_sub(text, 0, n), &day, &late))
		return SK_EFORMAT;
	if (n < text.n && !take_clock(sk_slice_sub(text, n + 1, text.n), &seconds, &offset))
		return SK_EFORMAT;
	int64_t t = (int64_t)day * DAY + seconds - offset;
	if (t < 0 || t > SK_TIME_MOST)
		return SK_EFORMAT;
	*time = t;
	return 0;
}

void sk_time_era(int64_t time, char text[SK_TIME_TEXT])
{
	char day[SK_DAY_TEXT];
	int64_t left = (time + JAPAN) % DAY;

	sk_day_era(sk_day_of(time), day);
	snprintf(
	    text, SK_TIME_TEXT, "%s %02d:%02d", day, (int)(left / 3600), (int)(left / 60 % 60));
}

void sk_time_iso(int64_t time, char text[SK_TIME_TEXT])
{
	int year, month, day;
	int64_t left = (time + JAPAN) % DAY;

	sk_day_date(sk_day_of(time), &year, &month, &day);
	snprintf(text, SK_TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d+09:00", year, month, day,
	    (int)(left / 3600), (int)(left / 60 % 60), (int)(left % 60));
}
