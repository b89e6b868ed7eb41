/*
 * Repetitions (RFC 5545 section 3.3.10). Programs write all dates of one into their calendar, so that every rule gets
 * an end that is near enough. Cleaner's jail.
 */
#include "format/calendar/calendar.h"

#include <ctype.h>
#include <strings.h>

#define LIST_MAX 400
#define FAR "2100" /* years from here on end nothing */

static const struct part {
	const char *name;
	int max;     /* of the numbers, 0: days of the week */
	bool from_0; /* else from 1, with a sign */
} parts[] = {
    {"BYSECOND", 60, true},
    {"BYMINUTE", 59, true},
    {"BYHOUR", 23, true},
    {"BYDAY", 0, false},
    {"BYMONTHDAY", 31, false},
    {"BYYEARDAY", 366, false},
    {"BYWEEKNO", 53, false},
    {"BYMONTH", 12, false},
    {"BYSETPOS", 366, false},
};
#define NPARTS (sizeof(parts) / sizeof(parts[0]))

struct rule {
	struct sk_slice by[NPARTS], freq, until, week;
	unsigned interval, count;
	unsigned times[NPARTS]; /* elements of each list */
};

static bool number(struct sk_slice s, unsigned max, unsigned *out)
{
	unsigned v = 0;

	if (s.n == 0 || s.n > 9)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!isdigit(s.p[i]))
			return false;
		v = v * 10 + (s.p[i] - '0');
	}
	*out = v;
	return v <= max;
}

static bool is_day(struct sk_slice s)
{
	static const char days[7][3] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

	for (size_t i = 0; i < 7; i++)
		if (sk_cal_is(s, days[i]))
			return true;
	return false;
}

static bool element(const struct part *p, struct sk_slice s)
{
	unsigned v = 0;
	bool sign = !p->from_0 && s.n && (s.p[0] == '-' || s.p[0] == '+');

	if (p->max == 0) {
		if (s.n < 2 || !is_day(sk_slice_sub(s, s.n - 2, 2)))
			return false;
		s.n -= 2;
		if (s.n == 0)
			return true;
	}
	s = sk_slice_sub(s, sign ? 1 : 0, s.n);
	return number(s, p->max ? (unsigned)p->max : 53, &v) && (v > 0 || p->from_0);
}

static bool list(const struct part *p, struct sk_slice s, unsigned *n)
{
	for (*n = 0; s.n; (*n)++)
		if (*n == LIST_MAX || !element(p, sk_cal_trim(sk_cal_split(&s, ',', false))))
			return false;
	return *n > 0;
}

static bool take_part(struct rule *r, struct sk_slice name, struct sk_slice value)
{
	for (size_t i = 0; i < NPARTS; i++)
		if (sk_cal_is(name, parts[i].name)) {
			r->by[i] = value;
			return list(&parts[i], value, &r->times[i]);
		}
	if (sk_cal_is(name, "FREQ"))
		r->freq = value;
	else if (sk_cal_is(name, "UNTIL"))
		r->until = value;
	else if (sk_cal_is(name, "WKST"))
		r->week = value;
	else if (sk_cal_is(name, "INTERVAL"))
		return number(value, 9999, &r->interval) && r->interval > 0;
	else if (sk_cal_is(name, "COUNT"))
		return number(value, 999999999, &r->count);
	else
		return false;
	return !sk_cal_is(name, "WKST") || is_day(value);
}

static bool parse(struct sk_slice s, struct rule *r)
{
	*r = (struct rule){0};
	while (s.n) {
		struct sk_slice value = sk_cal_trim(sk_cal_split(&s, ';', false));
		if (value.n == 0)
			continue;
		struct sk_slice name = sk_cal_split(&value, '=', false);
		if (!take_part(r, name, sk_cal_trim(value)))
			return false;
	}
	return true;
}

static void put_capitals(struct sk_buf *out, const char *name, struct sk_slice s)
{
	if (s.n == 0)
		return;
	sk_buf_printf(out, ";%s=", name);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ' && s.p[i] != '\t')
			sk_buf_putc(out, (uint8_t)toupper(s.p[i]));
}

/* The day or moment it ends, when that is one and not too far away. */
static bool near_end(struct sk_slice until, struct sk_buf *tmp)
{
	enum sk_cal_form form = sk_cal_time(until, tmp);

	return (form == SK_CAL_DATE || form == SK_CAL_DATE_TIME) && memcmp(tmp->p, FAR, 4) < 0;
}

static const char *frequency(struct sk_slice s)
{
	static const char *const all[] = {
	    "YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY"};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (sk_cal_is(s, all[i]))
			return all[i];
	return NULL;
}

/* What ends the rule: UNTIL, or COUNT. false: nothing sensible does. */
static bool put_end(
    const struct rule *r, const char *freq, bool zone, struct sk_buf *out, bool *bounded)
{
	struct sk_buf until = SK_BUF(64);
	bool often = freq[0] == 'H' || freq[1] == 'I', ok = true;
	bool ends = r->until.n && !often && near_end(r->until, &until);

	if (ends) {
		sk_buf_puts(out, ";UNTIL=");
		sk_buf_put_slice(out, sk_buf_slice(&until));
	} else if (!zone || freq[0] != 'Y' || r->until.n || r->count) {
		unsigned count = r->count ? r->count : SK_CAL_OCCURRENCES;
		ok = !often || r->count;
		*bounded = r->count == 0 || r->until.n || count > SK_CAL_OCCURRENCES;
		sk_buf_printf(
		    out, ";COUNT=%u", count > SK_CAL_OCCURRENCES ? SK_CAL_OCCURRENCES : count);
	}
	if (ends && r->count)
		*bounded = true;
	sk_buf_free(&until);
	return ok;
}

bool sk_cal_recur(struct sk_slice s, bool zone, struct sk_buf *out, bool *bounded)
{
	struct rule r;
	const char *freq;

	*bounded = false;
	if (!parse(s, &r) || (freq = frequency(r.freq)) == NULL)
		return false;
	unsigned day = 1;
	for (size_t i = 0; i < 3; i++)
		day *= r.times[i] ? r.times[i] : 1;
	if (day > 24)
		return false;
	sk_buf_printf(out, "FREQ=%s", freq);
	if (!put_end(&r, freq, zone, out, bounded))
		return false;
	if (r.interval)
		sk_buf_printf(out, ";INTERVAL=%u", r.interval);
	for (size_t i = 0; i < NPARTS; i++)
		put_capitals(out, parts[i].name, r.by[i]);
	put_capitals(out, "WKST", r.week);
	return true;
}
