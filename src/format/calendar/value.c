/*
 * Values with a grammar (RFC 5545 section 3.3, RFC 6350 section 4): each is read and written again; what does not
 * fit its grammar is no value. Cleaner's jail.
 */
#include "format/calendar/calendar.h"

#include <ctype.h>
#include <strings.h>

#include "base/utf8.h"
#include "format/text/mailto.h"

/* n digits at *at as a number, -1 where there are none. */
static int digits(struct sk_slice s, size_t *at, unsigned n)
{
	int v = 0;

	for (unsigned i = 0; i < n; i++) {
		if (*at + i >= s.n || !isdigit(s.p[*at + i]))
			return -1;
		v = v * 10 + (s.p[*at + i] - '0');
	}
	*at += n;
	return v;
}

static bool take(struct sk_slice s, size_t *at, uint8_t b)
{
	bool there = *at < s.n && s.p[*at] == b;

	*at += there;
	return there;
}

/* YYYYMMDD or YYYY-MM-DD. */
static bool date_part(struct sk_slice s, size_t *at, struct sk_buf *out)
{
	int y = digits(s, at, 4);
	bool dashes = take(s, at, '-');
	int m = digits(s, at, 2);

	if (dashes && !take(s, at, '-'))
		return false;
	int d = digits(s, at, 2);
	if (y < 0 || m < 1 || m > 12 || d < 1 || d > 31)
		return false;
	sk_buf_printf(out, "%04d%02d%02d", y, m, d);
	return true;
}

/* Thhmmss[Z], also with colons or without seconds. */
static bool time_part(struct sk_slice s, size_t *at, struct sk_buf *out)
{
	int h = digits(s, at, 2);
	bool colons = take(s, at, ':');
	int m = digits(s, at, 2);

	if (colons)
		(void)take(s, at, ':');
	int sec = *at < s.n && isdigit(s.p[*at]) ? digits(s, at, 2) : 0;
	if (h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 60)
		return false;
	sk_buf_printf(out, "T%02d%02d%02d", h, m, sec);
	if (take(s, at, 'Z') || take(s, at, 'z'))
		sk_buf_putc(out, 'Z');
	return true;
}

static enum sk_cal_form moment(struct sk_slice s, struct sk_buf *out)
{
	size_t at = 0;

	if (!date_part(s, &at, out))
		return SK_CAL_NONE;
	if (at == s.n)
		return SK_CAL_DATE;
	if (!take(s, &at, 'T') && !take(s, &at, 't'))
		return SK_CAL_NONE;
	return time_part(s, &at, out) && at == s.n ? SK_CAL_DATE_TIME : SK_CAL_NONE;
}

/* Numbers with these units, each at most once and in this order. Returns how many there are. */
static unsigned units(struct sk_slice s, size_t *at, const char *names, struct sk_buf *out)
{
	unsigned n = 0;

	while (*at < s.n && isdigit(s.p[*at])) {
		size_t from = *at;
		while (*at < s.n && isdigit(s.p[*at]))
			(*at)++;
		const char *unit = *at < s.n ? strchr(names, toupper(s.p[*at])) : NULL;
		if (unit == NULL || *unit == '\0' || *at - from > 8)
			return 0;
		sk_buf_put(out, s.p + from, *at - from);
		sk_buf_putc(out, (uint8_t)*unit);
		(*at)++;
		names = unit + 1;
		n++;
	}
	return n;
}

static enum sk_cal_form duration(struct sk_slice s, struct sk_buf *out)
{
	size_t at = 0;

	if (take(s, &at, '-'))
		sk_buf_putc(out, '-');
	else
		(void)take(s, &at, '+');
	if (!take(s, &at, 'P') && !take(s, &at, 'p'))
		return SK_CAL_NONE;
	sk_buf_putc(out, 'P');
	unsigned n = units(s, &at, "WD", out);
	if (take(s, &at, 'T') || take(s, &at, 't')) {
		size_t here = out->len;
		sk_buf_putc(out, 'T');
		unsigned m = units(s, &at, "HMS", out);
		/* Some programs write P1DT. */
		if (m == 0)
			out->len = out->err ? out->len : here;
		n += m;
	}
	return n && at == s.n ? SK_CAL_DURATION : SK_CAL_NONE;
}

static enum sk_cal_form period(struct sk_slice s, struct sk_buf *out)
{
	struct sk_slice first = sk_cal_split(&s, '/', false);

	if (moment(first, out) != SK_CAL_DATE_TIME)
		return SK_CAL_NONE;
	sk_buf_putc(out, '/');
	if (s.n && isdigit(s.p[0]))
		return moment(s, out) == SK_CAL_DATE_TIME ? SK_CAL_PERIOD : SK_CAL_NONE;
	return duration(s, out) == SK_CAL_DURATION ? SK_CAL_PERIOD : SK_CAL_NONE;
}

enum sk_cal_form sk_cal_time(struct sk_slice s, struct sk_buf *out)
{
	size_t start = out->len;
	enum sk_cal_form form;

	s = sk_cal_trim(s);
	if (s.n == 0)
		return SK_CAL_NONE;
	if (!isdigit(s.p[0]))
		form = duration(s, out);
	else
		form = memchr(s.p, '/', s.n) ? period(s, out) : moment(s, out);
	if (form == SK_CAL_NONE && !out->err)
		out->len = start;
	return form;
}

enum sk_cal_form sk_cal_times(struct sk_slice s, struct sk_buf *out, uint32_t *lost)
{
	enum sk_cal_form form = SK_CAL_NONE;

	while (s.n) {
		struct sk_slice one = sk_cal_split(&s, ',', false);
		size_t start = out->len;
		if (form != SK_CAL_NONE)
			sk_buf_putc(out, ',');
		enum sk_cal_form f = sk_cal_time(one, out);
		if (f != SK_CAL_NONE && (form == SK_CAL_NONE || f == form)) {
			form = f;
			continue;
		}
		*lost += one.n > 0;
		if (!out->err)
			out->len = start;
	}
	return form;
}

bool sk_cal_offset(struct sk_slice s, struct sk_buf *out)
{
	size_t at = 0;

	s = sk_cal_trim(s);
	bool minus = take(s, &at, '-');
	if (!minus && !take(s, &at, '+'))
		return false;
	int h = digits(s, &at, 2);
	(void)take(s, &at, ':');
	int m = digits(s, &at, 2), sec = at < s.n ? digits(s, &at, 2) : 0;
	if (h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 59 || at != s.n)
		return false;
	sk_buf_printf(out, "%c%02d%02d", minus ? '-' : '+', h, m);
	if (sec)
		sk_buf_printf(out, "%02d", sec);
	return true;
}

bool sk_cal_integer(struct sk_slice s, struct sk_buf *out)
{
	s = sk_cal_trim(s);
	size_t at = s.n && s.p[0] == '-';

	if (s.n == at || s.n - at > 9)
		return false;
	for (size_t i = at; i < s.n; i++)
		if (!isdigit(s.p[i]))
			return false;
	sk_buf_put_slice(out, s);
	return true;
}

static bool is_float(struct sk_slice s)
{
	size_t at = s.n && (s.p[0] == '-' || s.p[0] == '+'), n = 0;

	for (; at < s.n && isdigit(s.p[at]); at++)
		n++;
	if (at < s.n && s.p[at] == '.')
		for (at++; at < s.n && isdigit(s.p[at]); at++)
			n++;
	return n > 0 && n <= 30 && at == s.n;
}

bool sk_cal_geo(struct sk_slice s, struct sk_buf *out)
{
	s = sk_cal_trim(s);
	bool uri = s.n > 4 && strncasecmp((const char *)s.p, "geo:", 4) == 0;
	struct sk_slice rest = sk_slice_sub(s, uri ? 4 : 0, s.n);
	uint8_t sep = uri || memchr(rest.p, ';', rest.n) == NULL ? ',' : ';';
	struct sk_slice first = sk_cal_split(&rest, sep, false);

	if (first.n && first.p[first.n - 1] == '\\')
		first.n--;
	if (!is_float(first) || !is_float(rest))
		return false;
	sk_buf_puts(out, uri ? "geo:" : "");
	sk_buf_put_slice(out, first);
	sk_buf_putc(out, uri ? ',' : ';');
	sk_buf_put_slice(out, rest);
	return true;
}

bool sk_cal_partial_date(struct sk_slice s, struct sk_buf *out)
{
	size_t numbers = 0;

	s = sk_cal_trim(s);
	for (size_t i = 0; i < s.n; i++) {
		if (!isdigit(s.p[i]) && strchr("-:TZ+.", s.p[i]) == NULL)
			return false;
		numbers += isdigit(s.p[i]) != 0;
	}
	if (numbers < 2 || s.n > 32)
		return false;
	sk_buf_put_slice(out, s);
	return true;
}

/* RFC 3986: unreserved, reserved and the percent sign; everything else is percent-encoded. */
static void put_uri(struct sk_slice s, struct sk_buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (isalnum(s.p[i]) ||
		    (s.p[i] < 0x80 && s.p[i] && strchr("-._~:/?#[]@!$&'()*+,;=%", s.p[i])))
			sk_buf_putc(out, s.p[i]);
		else
			sk_buf_printf(out, "%%%02X", s.p[i]);
	}
}

bool sk_cal_uri(struct sk_slice s, struct sk_buf *out)
{
	static const char *const schemes[] = {"https://", "http://", "mailto:"};

	s = sk_cal_trim(s);
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t n = strlen(schemes[i]);
		if (s.n <= n || strncasecmp((const char *)s.p, schemes[i], n) != 0)
			continue;
		if (!sk_mailto_ok(s))
			return false;
		sk_buf_puts(out, schemes[i]);
		put_uri(sk_slice_sub(s, n, s.n), out);
		return true;
	}
	return false;
}

static bool is_uuid(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!isxdigit(s.p[i]) && s.p[i] != '-')
			return false;
	return s.n >= 8 && s.n <= 40;
}

bool sk_cal_address(struct sk_slice s, struct sk_buf *out)
{
	s = sk_cal_trim(s);
	if (s.n > 9 && strncasecmp((const char *)s.p, "urn:uuid:", 9) == 0 &&
	    is_uuid(sk_slice_sub(s, 9, s.n))) {
		sk_buf_puts(out, "urn:uuid:");
		sk_buf_put_slice(out, sk_slice_sub(s, 9, s.n));
		return true;
	}
	if (s.n > 7 && strncasecmp((const char *)s.p, "mailto:", 7) == 0)
		return sk_cal_uri(s, out);
	/* Without a scheme, when it is an address. */
	if (s.n == 0 || memchr(s.p, '@', s.n) == NULL || memchr(s.p, ':', s.n) ||
	    memchr(s.p, '/', s.n))
		return false;
	sk_buf_puts(out, "mailto:");
	put_uri(s, out);
	return true;
}
