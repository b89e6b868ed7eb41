/* Grammars of values (doc/profiles/calendar.md, sections 3 and 4). Each takes all of its slice. Verifier's jail. */
#include "verify/calendar/calendar.h"
#include "verify/text/mailto.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

/* n digits whose number lies between two. */
static bool num(struct sk_slice s, size_t at, unsigned n, int least, int most)
{
	int v = 0;

	if (at + n > s.n)
		return false;
	for (unsigned i = 0; i < n; i++) {
		if (s.p[at + i] < '0' || s.p[at + i] > '9')
			return false;
		v = v * 10 + s.p[at + i] - '0';
	}
	return v >= least && v <= most;
}

static struct sk_slice part(struct sk_slice s, size_t at, size_t n)
{
	return sk_slice_sub(s, at, n);
}

/* What stands before the first `sep` (all of it without one); *rest what stands behind. */
static struct sk_slice head(struct sk_slice s, char sep, struct sk_slice *rest)
{
	const uint8_t *p = s.n ? memchr(s.p, sep, s.n) : NULL;
	size_t n = p ? (size_t)(p - s.p) : s.n;

	*rest = part(s, n + 1, s.n);
	return part(s, 0, n);
}

bool sk_vc_word(struct sk_slice s)
{
	if (s.n == 0 || s.n > 40)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 0x80 || (!isalnum(s.p[i]) && s.p[i] != '-'))
			return false;
	return true;
}

bool sk_vc_date(struct sk_slice s)
{
	return s.n == 8 && num(s, 0, 4, 0, 9999) && num(s, 4, 2, 1, 12) && num(s, 6, 2, 1, 31);
}

bool sk_vc_moment(struct sk_slice s)
{
	if (s.n == 16 && s.p[15] == 'Z')
		s.n = 15;
	return s.n == 15 && sk_vc_date(part(s, 0, 8)) && s.p[8] == 'T' && num(s, 9, 2, 0, 23) &&
	       num(s, 11, 2, 0, 59) && num(s, 13, 2, 0, 60);
}

/* Numbers with the letters of `order`, in that order; *n counts them. */
static bool amounts(struct sk_slice s, const char *order, unsigned *n)
{
	for (size_t at = 0; at < s.n; at++, ++*n) {
		size_t from = at;
		while (at < s.n && s.p[at] >= '0' && s.p[at] <= '9')
			at++;
		if (at == from || at - from > 8 || at == s.n || s.p[at] == 0)
			return false;
		const char *letter = strchr(order, s.p[at]);
		if (letter == NULL)
			return false;
		order = letter + 1;
	}
	return true;
}

bool sk_vc_duration(struct sk_slice s)
{
	unsigned days = 0, times = 0;
	struct sk_slice time;

	if (s.n && s.p[0] == '-')
		s = part(s, 1, s.n);
	if (s.n < 2 || s.p[0] != 'P')
		return false;
	s = part(s, 1, s.n);
	bool has_time = memchr(s.p, 'T', s.n) != NULL;
	struct sk_slice date = head(s, 'T', &time);
	if (!amounts(date, "WD", &days) || !amounts(time, "HMS", &times))
		return false;
	return has_time ? times > 0 : days > 0;
}

bool sk_vc_period(struct sk_slice s)
{
	struct sk_slice second, first = head(s, '/', &second);

	return sk_vc_moment(first) && (sk_vc_moment(second) || sk_vc_duration(second));
}

bool sk_vc_offset(struct sk_slice s)
{
	return (s.n == 5 || s.n == 7) && (s.p[0] == '+' || s.p[0] == '-') && num(s, 1, 2, 0, 23) &&
	       num(s, 3, 2, 0, 59) && (s.n == 5 || num(s, 5, 2, 1, 59));
}

bool sk_vc_number(struct sk_slice s)
{
	if (s.n && s.p[0] == '-')
		s = part(s, 1, s.n);
	return s.n >= 1 && s.n <= 9 && num(s, 0, (unsigned)s.n, 0, 999999999);
}

static bool is_float(struct sk_slice s)
{
	struct sk_slice after, before;

	if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
		s = part(s, 1, s.n);
	before = head(s, '.', &after);
	if (before.n + after.n == 0 || before.n + after.n > 30)
		return false;
	for (size_t i = 0; i < before.n; i++)
		if (!num(before, i, 1, 0, 9))
			return false;
	for (size_t i = 0; i < after.n; i++)
		if (!num(after, i, 1, 0, 9))
			return false;
	return true;
}

bool sk_vc_geo(struct sk_slice s)
{
	bool uri = sk_slice_starts(s, SK_SLICE_LIT("geo:"));
	struct sk_slice second, first = head(part(s, uri ? 4 : 0, s.n), uri ? ',' : ';', &second);

	return is_float(first) && is_float(second);
}

bool sk_vc_written_date(struct sk_slice s)
{
	unsigned digits = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == 0 || !strchr("0123456789-:TZ+.", s.p[i]))
			return false;
		digits += num(s, i, 1, 0, 9);
	}
	return s.n <= 32 && digits >= 2;
}

static bool uri_bytes(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == 0 || s.p[i] >= 0x80 ||
		    (!isalnum(s.p[i]) && !strchr("-._~:/?#[]@!$&'()*+,;=%", s.p[i])))
			return false;
	return s.n > 0;
}

bool sk_vc_uri(struct sk_slice s)
{
	static const char start[][9] = {"http://", "https://", "mailto:"};

	for (size_t i = 0; i < sizeof(start) / sizeof(start[0]); i++)
		if (sk_slice_starts(s, sk_slice_str(start[i])))
			return uri_bytes(part(s, strlen(start[i]), s.n)) && sk_vt_mailto(s);
	return false;
}

bool sk_vc_address(struct sk_slice s)
{
	if (sk_slice_starts(s, SK_SLICE_LIT("mailto:")))
		return uri_bytes(part(s, 7, s.n)) && sk_vt_mailto(s);
	if (!sk_slice_starts(s, SK_SLICE_LIT("urn:uuid:")) || s.n < 17 || s.n > 49)
		return false;
	for (size_t i = 9; i < s.n; i++)
		if (s.p[i] >= 0x80 || (!isxdigit(s.p[i]) && s.p[i] != '-'))
			return false;
	return true;
}

bool sk_vc_each(struct sk_slice s, bool (*one)(struct sk_slice s))
{
	struct sk_slice rest = s;
	size_t commas = 0, elements = 0;

	for (size_t i = 0; i < s.n; i++)
		commas += s.p[i] == ',';
	for (; elements <= commas; elements++)
		if (!one(head(rest, ',', &rest)))
			return false;
	return true;
}

static bool scheme_char(int b)
{
	return b < 0x80 && (isalnum(b) || b == '+' || b == '-' || b == '.');
}

/* Whether the word that ends before the colon makes a link of it that is none to the web. */
static bool bad_scheme(struct sk_slice text, size_t colon)
{
	static const char bad[][12] = {
	    "file", "javascript", "vbscript", "search-ms", "search", "mhtml", "jar"};
	static const char good[][8] = {"http", "https", "mailto"};
	size_t from = colon;

	while (from > 0 && scheme_char(text.p[from - 1]))
		from--;
	const char *word = (const char *)text.p + from;
	size_t n = colon - from;
	if (n == 0 || !isalpha((unsigned char)*word))
		return false;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (strlen(bad[i]) == n && strncasecmp(word, bad[i], n) == 0)
			return true;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (strlen(good[i]) == n && strncasecmp(word, good[i], n) == 0)
			return false;
	if (n > 3 && strncasecmp(word, "ms-", 3) == 0)
		return true;
	return colon + 2 < text.n && text.p[colon + 1] == '/' && text.p[colon + 2] == '/';
}

bool sk_vc_no_link(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == ':' && bad_scheme(s, i))
			return false;
	return true;
}

/* Undo the escapes into `out`, which has room; false where one is not whole. A bare separator becomes an LF. */
static bool undo(struct sk_slice s, const char *bare, uint8_t *out, size_t *n)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t b = s.p[i];
		if (b == '\\') {
			uint8_t next = i + 1 < s.n ? s.p[i + 1] : 0;
			if (next == 0 || !strchr("\\;,n", next))
				return false;
			out[(*n)++] = next == 'n' ? '\n' : next;
			i++;
		} else if (b == ';' || b == ',') {
			if (!strchr(bare, b))
				return false;
			out[(*n)++] = '\n';
		} else {
			out[(*n)++] = b;
		}
	}
	return true;
}

bool sk_vc_text(struct sk_slice s, const char *bare)
{
	uint8_t *plain = malloc(s.n + 1);
	size_t n = 0;
	bool ok = plain && undo(s, bare, plain, &n) && sk_vc_no_link(sk_slice(plain, n));

	free(plain);
	return ok;
}

/* --- repetitions --- */

static bool day_name(struct sk_slice s)
{
	static const char days[] = "MOTUWETHFRSASU";

	for (size_t i = 0; s.n == 2 && i < 14; i += 2)
		if (memcmp(s.p, days + i, 2) == 0)
			return true;
	return false;
}

static bool bounded(struct sk_slice s, int least, int most)
{
	if (least > 0 && s.n && (s.p[0] == '-' || s.p[0] == '+'))
		s = part(s, 1, s.n);
	return s.n >= 1 && s.n <= 9 && num(s, 0, (unsigned)s.n, least, most);
}

static bool by_day(struct sk_slice s)
{
	return s.n >= 2 && day_name(part(s, s.n - 2, 2)) &&
	       (s.n == 2 || bounded(part(s, 0, s.n - 2), 1, 53));
}

static bool by_number(struct sk_slice list, int least, int most)
{
	size_t elements = 1;

	for (size_t i = 0; i < list.n; i++)
		elements += list.p[i] == ',';
	for (size_t i = 0; i < elements; i++)
		if (!bounded(head(list, ',', &list), least, most))
			return false;
	return elements <= 400;
}

struct rule {
	char freq;
	bool often, until, count;
	unsigned of_day; /* times on one day */
};

static unsigned elements_of(struct sk_slice list)
{
	unsigned n = 1;

	for (size_t i = 0; i < list.n; i++)
		n += list.p[i] == ',';
	return n;
}

static bool frequency(struct sk_slice v, struct rule *r)
{
	static const char all[][9] = {"YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY"};

	if (r->freq)
		return false;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (sk_vc_is(v, all[i])) {
			r->freq = all[i][0];
			r->often = i >= 4;
			return true;
		}
	return false;
}

static bool rule_part(struct sk_slice name, struct sk_slice v, struct rule *r)
{
	static const struct {
		const char *name;
		int least, most;
		bool of_day;
	} by[] = {{"BYSECOND", 0, 60, true}, {"BYMINUTE", 0, 59, true}, {"BYHOUR", 0, 23, true},
	    {"BYMONTHDAY", 1, 31, false}, {"BYYEARDAY", 1, 366, false}, {"BYWEEKNO", 1, 53, false},
	    {"BYMONTH", 1, 12, false}, {"BYSETPOS", 1, 366, false}};

	for (size_t i = 0; i < sizeof(by) / sizeof(by[0]); i++)
		if (sk_vc_is(name, by[i].name)) {
			r->of_day *= by[i].of_day ? elements_of(v) : 1;
			return by_number(v, by[i].least, by[i].most) && r->of_day <= 24;
		}
	if (sk_vc_is(name, "FREQ"))
		return frequency(v, r);
	if (sk_vc_is(name, "BYDAY"))
		return elements_of(v) <= 400 && sk_vc_each(v, by_day);
	if (sk_vc_is(name, "WKST"))
		return day_name(v);
	if (sk_vc_is(name, "INTERVAL"))
		return bounded(v, 0, 9999) && !bounded(v, 0, 0);
	if (sk_vc_is(name, "COUNT"))
		return r->count = bounded(v, 0, 3660) && !bounded(v, 0, 0);
	if (sk_vc_is(name, "UNTIL"))
		return r->until = (sk_vc_date(v) || sk_vc_moment(v)) && num(v, 0, 4, 0, 2099);
	return false;
}

bool sk_vc_recur(struct sk_slice s, bool zone)
{
	struct rule r = {.of_day = 1};

	while (s.n) {
		struct sk_slice value, name = head(head(s, ';', &s), '=', &value);
		if (!rule_part(name, value, &r))
			return false;
	}
	if (r.freq == 0 || (r.until && r.count) || (r.often && !r.count))
		return false;
	return r.until || r.count || (zone && r.freq == 'Y');
}
