/* The character rules of cleaned text (doc/profiles/text.md, section 1). Verifier's jail. */
#include "verify/text/chars.h"

#include "base/utf8.h"

#define MAX_MARKS 8 /* in a row: Vietnamese and Thai need 3, a flood hides lines */
#define NOBODY (-1) /* the neighbour at both ends of a text */

struct range {
	int32_t first, last;
};

/* Never allowed, ascending: direction, invisible, specials. */
static const struct range never[] = {
    {0x7f, 0x9f},
    {0xad, 0xad},
    {0x34f, 0x34f},
    {0x61c, 0x61c},
    {0x115f, 0x1160},
    {0x17b4, 0x17b5},
    {0x180b, 0x180e},
    {0x200b, 0x200b},
    {0x200e, 0x200f},
    {0x202a, 0x202e},
    {0x2060, 0x206f},
    {0x3164, 0x3164},
    {0xd800, 0xdfff},
    {0xfdd0, 0xfdef},
    {0xfeff, 0xfeff},
    {0xffa0, 0xffa0},
    {0xfff9, 0xfffb},
    {0x1bca0, 0x1bca3},
    {0x1d173, 0x1d17a},
    {0xe0000, 0xe00ff},
    {0xe01f0, 0xe0fff},
};

static const struct range joining[] = {
    {0x600, 0x8ff},
    {0x900, 0xdff},
    {0x1000, 0x109f},
    {0x1780, 0x17ff},
    {0x1800, 0x180a},
    {0x1810, 0x18af},
    {0xa840, 0xa87f},
    {0x10d00, 0x10d3f},
    {0x11000, 0x114ff},
};

static const struct range pictures[] = {{0x2190, 0x2bff}, {0x1f000, 0x1faff}};

static const struct range ideographs[] = {
    {0x2e80, 0x2fdf},
    {0x3005, 0x3007},
    {0x3021, 0x3029},
    {0x3400, 0x4dbf},
    {0x4e00, 0x9fff},
    {0xf900, 0xfaff},
    {0x20000, 0x3fffd},
};

static const struct range marks[] = {
    {0x300, 0x36f},
    {0x483, 0x489},
    {0x591, 0x5bd},
    {0x610, 0x61a},
    {0x64b, 0x65f},
    {0xe31, 0xe31},
    {0xe34, 0xe3a},
    {0xe47, 0xe4e},
    {0x1ab0, 0x1aff},
    {0x1dc0, 0x1dff},
    {0x20d0, 0x20ff},
    {0x3099, 0x309a},
    {0xfe20, 0xfe2f},
};

#define IN(table, cp) in_ranges(table, sizeof(table) / sizeof((table)[0]), cp)

static bool in_ranges(const struct range *r, size_t n, int32_t cp)
{
	for (size_t i = 0; i < n && r[i].first <= cp; i++)
		if (cp <= r[i].last)
			return true;
	return false;
}

static bool selector(int32_t cp)
{
	return (cp >= 0xfe00 && cp <= 0xfe0f) || (cp >= 0xe0100 && cp <= 0xe01ef);
}

/* May an FE00–FE0F follow this one? */
static bool takes_selector(int32_t cp)
{
	return cp > 0x20 && cp != 0x7f && cp != 0xa0 && cp != 0x3000 && !selector(cp);
}

static bool picture_part(int32_t cp)
{
	return IN(pictures, cp) || cp == 0xfe0f;
}

static int32_t peek(struct sk_slice s, size_t pos)
{
	return pos < s.n ? sk_utf8_next(s, &pos) : NOBODY;
}

/* The bulk of Japanese text, allowed wherever it stands; marks are counted by the caller. */
static bool japanese(int32_t cp)
{
	return cp >= 0x3041 && cp <= 0x9fff && cp != 0x3164;
}

/* Of the ranges of marks none lies where most of a Japanese text does. */
static bool is_mark(int32_t cp)
{
	return cp >= 0x300 && (cp < 0x309b || cp > 0x9fff) && IN(marks, cp);
}

/* Is a code point beyond ASCII allowed between these neighbours? */
static bool allowed(int32_t cp, int32_t before, int32_t after)
{
	if (cp < 0 || IN(never, cp) || (cp & 0xfffe) == 0xfffe)
		return false;
	if (cp == 0x200c)
		return IN(joining, before) && IN(joining, after);
	if (cp == 0x200d)
		return (IN(joining, before) && IN(joining, after)) ||
		       (picture_part(before) && IN(pictures, after));
	if (cp >= 0xfe00 && cp <= 0xfe0f)
		return takes_selector(before);
	if (cp >= 0xe0100 && cp <= 0xe01ef)
		return IN(ideographs, before);
	return true;
}

/* Bytes from `pos` that are printable ASCII, eight at a time. */
static size_t plain_run(struct sk_slice s, size_t pos)
{
	const uint64_t ones = 0x0101010101010101U, tops = ones * 0x80;
	size_t from = pos;

	while (s.n - pos >= 8) {
		uint64_t w;
		memcpy(&w, s.p + pos, 8);
		uint64_t low = (w - ones * 0x20) & ~w, del = (w ^ ones * 0x7f) - ones;
		if ((w | low | del) & tops)
			break;
		pos += 8;
	}
	return pos - from;
}

int sk_vt_check(struct sk_check *c, struct sk_slice s, uint64_t at, uint32_t controls)
{
	int32_t before = NOBODY;
	unsigned run = 0;

	for (size_t pos = 0; pos < s.n;) {
		size_t plain = plain_run(s, pos), here;
		if (plain) {
			pos += plain;
			before = s.p[pos - 1];
			run = 0;
			continue;
		}
		here = pos;
		int32_t cp = s.p[pos] < 0x80 ? s.p[pos++] : sk_utf8_next(s, &pos);
		if (cp < 0)
			return sk_fail(c, at + here, "text is not UTF-8");
		if (cp < 0x20 ? !(controls >> cp & 1)
			      : cp >= 0x7f && !japanese(cp) && !allowed(cp, before, peek(s, pos)))
			return sk_fail(
			    c, at + here, "character U+%04X is not allowed here", (unsigned)cp);
		run = is_mark(cp) ? run + 1 : 0;
		if (run > MAX_MARKS)
			return sk_fail(
			    c, at + here, "more than %d combining marks in a row", MAX_MARKS);
		before = cp;
	}
	return 0;
}

int sk_vt_check_name(struct sk_check *c, struct sk_slice s, uint64_t at)
{
	for (size_t pos = 0; pos < s.n;) {
		size_t here = pos;
		int32_t cp = sk_utf8_next(s, &pos);
		/* E0100 to E01EF choose between the forms of kanji in names of people and places. */
		if (cp == 0x200c || cp == 0x200d || cp == 0x2028 || cp == 0x2029 ||
		    (cp >= 0xfe00 && cp <= 0xfe0f))
			return sk_fail(c, at + here, "name holds the invisible character U+%04X",
			    (unsigned)cp);
	}
	return sk_vt_check(c, s, at, 0);
}
