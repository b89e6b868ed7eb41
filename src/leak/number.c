/* Check digits: number.h. Jailed processes. Sources: the two ordinances named in leak.h; GS1 General Specifications. */
#include "leak/number.h"

static bool all_the_same(const uint8_t *d, unsigned n)
{
	for (unsigned i = 1; i < n; i++)
		if (d[i] != d[0])
			return false;
	return true;
}

bool sk_mynumber_valid(const uint8_t d[SK_MYNUMBER_DIGITS])
{
	unsigned sum = 0, rest;

	/* Pn is the n-th digit from the right of the first eleven */
	for (unsigned n = 1; n <= 11; n++)
		sum += d[11 - n] * (n <= 6 ? n + 1 : n - 5);
	rest = sum % 11;
	/* it is the remainder that may not be 0 or 1, not the result */
	return d[11] == (rest <= 1 ? 0 : 11 - rest) && !all_the_same(d, SK_MYNUMBER_DIGITS);
}

bool sk_corporate_valid(const uint8_t d[SK_CORPORATE_DIGITS])
{
	unsigned sum = 0;

	for (unsigned n = 1; n <= 12; n++)
		sum += d[13 - n] * (n % 2 ? 1 : 2);
	return d[0] == 9 - sum % 9 && !all_the_same(d, SK_CORPORATE_DIGITS);
}

bool sk_goods_valid(const uint8_t *d, unsigned n)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += d[n - 1 - i] * (i % 2 ? 3 : 1);
	return sum % 10 == 0;
}

bool sk_minute_valid(const uint8_t d[12])
{
	unsigned year = d[0] * 1000U + d[1] * 100U + d[2] * 10U + d[3];
	unsigned month = d[4] * 10U + d[5], day = d[6] * 10U + d[7];
	unsigned hour = d[8] * 10U + d[9], minute = d[10] * 10U + d[11];

	return year >= 1990 && year <= 2059 && month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
	       hour < 24 && minute < 60;
}
