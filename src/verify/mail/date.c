/* Dates as the profile writes them: "Wed, 01 Apr 2026 09:00:00 +0900". Verifier's jail. */
#include "verify/mail/mail.h"

static int two(const uint8_t *p)
{
	return p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9'
		   ? -1
		   : (p[0] - '0') * 10 + (p[1] - '0');
}

static int name_index(const uint8_t *p, const char *names)
{
	for (int i = 0; names[i * 3]; i++)
		if (memcmp(p, names + i * 3, 3) == 0)
			return i;
	return -1;
}

/* The day of the week, 0 being Sunday (Sakamoto's method). */
static int weekday(int y, int m, int d)
{
	static const int shift[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};

	y -= m < 3;
	return (y + y / 4 - y / 100 + y / 400 + shift[m - 1] + d) % 7;
}

static bool is_day(int y, int m, int d)
{
	static const int longest[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

	return d >= 1 && d <= longest[m - 1] + (m == 2 && leap);
}

int sk_vm_date(struct sk_check *c, struct sk_vm_text date)
{
	static const char form[] = "aaa, 00 aaa 0000 00:00:00 s0000";
	const uint8_t *p = date.s.p;

	if (date.s.n != sizeof(form) - 1)
		return sk_fail(c, date.at, "mail: date has not the form of the profile");
	for (size_t i = 0; i < date.s.n; i++)
		if (strchr(", :", form[i]) && p[i] != (uint8_t)form[i])
			return sk_fail(
			    c, date.at + i, "mail: date has not the form of the profile");
	int dow = name_index(p, "SunMonTueWedThuFriSat"), d = two(p + 5);
	int m = name_index(p + 8, "JanFebMarAprMayJunJulAugSepOctNovDec") + 1;
	int century = two(p + 12), years = two(p + 14), h = two(p + 17), min = two(p + 20),
	    s = two(p + 23);
	int zh = two(p + 27), zm = two(p + 29);

	if (dow < 0 || m < 1 || century < 19 || years < 0 || h < 0 || h > 23 || min < 0 ||
	    min > 59 || s < 0 || s > 60 || zh < 0 || zh * 100 + zm > 1400 || zm < 0 || zm > 59 ||
	    (p[26] != '+' && p[26] != '-'))
		return sk_fail(c, date.at, "mail: date is not one");
	int y = century * 100 + years;
	if (!is_day(y, m, d) || weekday(y, m, d) != dow)
		return sk_fail(c, date.at, "mail: date is not a day of the calendar");
	return 0;
}
