/* Folding: fold.h. Jailed processes. Source: Unicode, Halfwidth and Fullwidth Forms (U+FF00 to U+FFEF). */
#include "leak/fold.h"

#include "base/utf8.h"

/* U+FF66 to U+FF9D in full width. */
static const uint16_t kana[] = {0x30F2, 0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9, 0x30E3, 0x30E5,
    0x30E7, 0x30C3, 0x30FC, 0x30A2, 0x30A4, 0x30A6, 0x30A8, 0x30AA, 0x30AB, 0x30AD, 0x30AF, 0x30B1,
    0x30B3, 0x30B5, 0x30B7, 0x30B9, 0x30BB, 0x30BD, 0x30BF, 0x30C1, 0x30C4, 0x30C6, 0x30C8, 0x30CA,
    0x30CB, 0x30CC, 0x30CD, 0x30CE, 0x30CF, 0x30D2, 0x30D5, 0x30D8, 0x30DB, 0x30DE, 0x30DF, 0x30E0,
    0x30E1, 0x30E2, 0x30E4, 0x30E6, 0x30E8, 0x30E9, 0x30EA, 0x30EB, 0x30EC, 0x30ED, 0x30EF, 0x30F3};

/* The voiced (1) or half-voiced (2) form, or the character itself. */
static int32_t voiced(int32_t cp, int mark)
{
	bool h_row = cp >= 0x30CF && cp <= 0x30DB && (cp - 0x30CF) % 3 == 0;

	if (mark == 2)
		return h_row ? cp + 2 : cp;
	if (cp == 0x30A6)
		return 0x30F4;
	if (h_row || (cp >= 0x30AB && cp <= 0x30C1 && (cp - 0x30AB) % 2 == 0) || cp == 0x30C4 ||
	    cp == 0x30C6 || cp == 0x30C8)
		return cp + 1;
	return cp;
}

static int32_t half_kana(int32_t cp, struct sk_slice s, size_t *pos)
{
	size_t next = *pos;
	int32_t full = kana[cp - 0xFF66], mark = sk_utf8_next(s, &next);
	int32_t with = mark == 0xFF9E || mark == 0x3099   ? voiced(full, 1)
		       : mark == 0xFF9F || mark == 0x309A ? voiced(full, 2)
							  : full;

	if (with != full)
		*pos = next;
	return with;
}

static bool is_space(int32_t cp)
{
	return cp == 0x3000 || cp == 0xA0 || (cp >= 0x2000 && cp <= 0x200B) || cp == 0x202F;
}

int32_t sk_fold_next(struct sk_slice s, size_t *pos)
{
	int32_t cp = sk_utf8_next(s, pos);

	if (cp == -1)
		return 0xFFFD;
	if (cp >= 0xFF01 && cp <= 0xFF5E)
		cp -= 0xFF01 - 0x21;
	else if (cp >= 0xFF66 && cp <= 0xFF9D)
		return half_kana(cp, s, pos);
	if (is_space(cp))
		return ' ';
	return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
}

int sk_fold_digit(int32_t cp)
{
	if (cp >= '0' && cp <= '9')
		return cp - '0';
	if (cp == 0xB2 || cp == 0xB3)
		return cp - 0xB0;
	if (cp == 0xB9)
		return 1;
	if (cp == 0x2070 || (cp >= 0x2074 && cp <= 0x2079))
		return cp - 0x2070;
	if (cp >= 0x2080 && cp <= 0x2089)
		return cp - 0x2080;
	if (cp >= 0x2460 && cp <= 0x2468)
		return cp - 0x245F;
	if (cp == 0x24EA)
		return 0;
	return cp >= 0x1D7CE && cp <= 0x1D7FF ? (cp - 0x1D7CE) % 10 : -1;
}

int sk_fold_hyphen(int32_t cp)
{
	return cp == '-' || (cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212 || cp == 0x30FC ||
	       cp == 0x2500 || cp == 0x00AD;
}
