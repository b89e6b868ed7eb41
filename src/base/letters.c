/* Kinds of characters: letters.h. */
#include "base/letters.h"

static const struct sk_letters ideograph[] = {
    {0x2E80, 0x2FDF},
    {0x3005, 0x3007},
    {0x3021, 0x3029},
    {0x3400, 0x4DBF},
    {0x4E00, 0x9FFF},
    {0xF900, 0xFAFF},
    {0x20000, 0x3FFFD},
};

static const struct sk_letters mark[] = {
    {0x300, 0x36F},
    {0x483, 0x489},
    {0x591, 0x5BD},
    {0x610, 0x61A},
    {0x64B, 0x65F},
    {0xE31, 0xE31},
    {0xE34, 0xE3A},
    {0xE47, 0xE4E},
    {0x1AB0, 0x1AFF},
    {0x1DC0, 0x1DFF},
    {0x20D0, 0x20FF},
    {0x3099, 0x309A},
    {0xFE20, 0xFE2F},
};

bool sk_letters_hold(const struct sk_letters *list, size_t n, uint32_t cp)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (cp > list[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && cp >= list[low].first;
}

bool sk_is_ideograph(uint32_t cp)
{
	return SK_LETTERS_HOLD(ideograph, cp);
}

bool sk_is_mark(uint32_t cp)
{
	return SK_LETTERS_HOLD(mark, cp);
}
