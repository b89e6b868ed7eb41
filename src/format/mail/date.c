/* Dates (RFC 5322, 3.3): read in the forms that programs have written, written in the one that the standard has. Cleaner's jail. */
#include "format/mail/mail.h"

#include <strings.h>

struct when {
	int year, month, day, hour, minute, second,
	    zone; /* month 1 to 12, 0: not seen; zone as hhmm */
	bool time, zoned;
};

static const char months[12][4] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char days[7][4] = {
    "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"}; /* 1970-01-01 was a Thursday */

/* Days since 1970-01-01 of the Gregorian calendar, counted in eras of 400 years from March. */
static int64_t day_number(int year, int month, int day)
{
	int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void put(const struct when *w, struct sk_buf *out)
{
	int64_t n = day_number(w->year, w->month, w->day) % 7;

	sk_buf_printf(out, "%s, %02d %s %04d %02d:%02d:%02d %c%04d", days[n < 0 ? n + 7 : n],
	    w->day, months[w->month - 1], w->year, w->hour, w->minute, w->second,
	    w->zone < 0 || !w->zoned ? '-' : '+', w->zone < 0 ? -w->zone : w->zone);
}

static bool number(struct sk_slice s, int *out)
{
	int v = 0;

	if (s.n == 0 || s.n > 5)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (s.p[i] - '0');
	}
	*out = v;
	return true;
}

/* hh:mm or hh:mm:ss; a fraction of a second is left out */
static bool clock_time(struct sk_slice s, struct when *w)
{
	size_t one = sk_slice_find(s, 0, SK_SLICE_LIT(":"));
	size_t two = one == SIZE_MAX ? one : sk_slice_find(s, one + 1, SK_SLICE_LIT(":"));

	if (one == SIZE_MAX || !number(sk_slice_sub(s, 0, one), &w->hour))
		return false;
	if (two == SIZE_MAX)
		return number(sk_slice_sub(s, one + 1, s.n), &w->minute);
	size_t end = sk_slice_find(s, two, SK_SLICE_LIT("."));
	return number(sk_slice_sub(s, one + 1, two - one - 1), &w->minute) &&
	       number(
		   sk_slice_sub(s, two + 1, (end == SIZE_MAX ? s.n : end) - two - 1), &w->second);
}

static bool zone(struct sk_slice s, struct when *w)
{
	static const struct {
		const char *name;
		int zone;
	} names[] = {{"GMT", 0}, {"UT", 0}, {"UTC", 0}, {"Z", 0}, {"JST", 900}, {"EST", -500},
	    {"EDT", -400}, {"CST", -600}, {"CDT", -500}, {"MST", -700}, {"MDT", -600},
	    {"PST", -800}, {"PDT", -700}, {"CET", 100}, {"CEST", 200}, {"BST", 100}, {"KST", 900}};
	int v;

	if (s.n == 5 && (s.p[0] == '+' || s.p[0] == '-') && number(sk_slice_sub(s, 1, 4), &v)) {
		w->zone = s.p[0] == '-' ? -v : v;
		w->zoned = v != 0 || s.p[0] == '+';
		return true;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (sk_name_eq(s, names[i].name)) {
			w->zone = names[i].zone;
			w->zoned = true;
			return true;
		}
	return false;
}

static bool month(struct sk_slice s, struct when *w)
{
	for (int i = 0; i < 12; i++)
		if (s.n >= 3 && strncasecmp((const char *)s.p, months[i], 3) == 0) {
			w->month = i + 1;
			return true;
		}
	return false;
}

static void token(struct sk_slice s, struct when *w)
{
	int v;

	if (memchr(s.p, ':', s.n)) {
		w->time = clock_time(s, w);
	} else if (number(s, &v)) {
		if (s.n <= 2 && w->day == 0)
			w->day = v;
		else if (w->year == 0)
			w->year = s.n > 2 ? v : v + (v < 50 ? 2000 : 1900);
	} else if (!(w->time && zone(s, w)) && w->month == 0) {
		(void)month(s, w);
	}
}

static bool is_right(const struct when *w)
{
	static const int longest[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int y = w->year, z = w->zone < 0 ? -w->zone : w->zone;
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

	return w->month && w->day >= 1 && w->day <= longest[w->month - 1] &&
	       (w->month != 2 || w->day < 29 || leap) && y >= 1900 && y <= 9999 && w->time &&
	       w->hour < 24 && w->minute < 60 && w->second <= 60 && z <= 1400 && z % 100 < 60;
}

bool sk_put_date(struct sk_slice s, struct sk_buf *out)
{
	struct when w = {0};

	for (size_t at = 0; at < s.n;) {
		size_t from = at;
		if (s.p[at] == '(')
			break; /* the name of the zone, or another comment */
		while (at < s.n && s.p[at] > ' ' && s.p[at] != ',' && s.p[at] != '(')
			at++;
		if (at > from)
			token(sk_slice_sub(s, from, at - from), &w);
		else
			at++;
	}
	if (!is_right(&w))
		return false;
	put(&w, out);
	return true;
}

void sk_put_time(int64_t seconds, struct sk_buf *out)
{
	int64_t day = seconds / 86400, rest = seconds % 86400;
	struct when w = {.year = 1970, .month = 1, .day = 1, .time = true, .zoned = true};

	if (rest < 0) {
		rest += 86400;
		day--;
	}
	if (day < 0 || day > 2932896) /* the end of the year 9999 */
		return;
	w.year += (int)(day / 366);
	while (day_number(w.year + 1, 1, 1) <= day)
		w.year++;
	while (w.month < 12 && day_number(w.year, w.month + 1, 1) <= day)
		w.month++;
	w.day = (int)(day - day_number(w.year, w.month, 1)) + 1;
	w.hour = (int)(rest / 3600);
	w.minute = (int)(rest / 60 % 60);
	w.second = (int)(rest % 60);
	put(&w, out);
}
