/*
 * Knows the fonts that cannot do without their instructions: old Chinese and Japanese fonts that keep strokes as
 * components and move them into place by program. They are told by length and sum of their font program, since
 * embedded fonts have lost their names. Facts as FreeType publishes them. Cleaner's jail.
 */
#include "format/font/internal.h"

static const struct {
	uint32_t length, sum;
} programs[] = {
    {0x87c4, 0x28233bf1},  /* MingLiU */
    {0x87a7, 0xb680ee64},  /* DFGothic-EB */
    {0xbc85, 0xce5956e9},  /* DFGyoSho-Lt */
    {0x715f, 0xf699d160},  /* DFHei-Md */
    {0x7940, 0xe86a5d64},  /* DFHSGothic-W5 */
    {0x859b, 0x3d16328a},  /* DFHSMincho-W3 */
    {0x7ee1, 0xa5acc982},  /* DFHSMincho-W7 */
    {0x9063, 0x5a30ca3b},  /* DFKaiShu */
    {0x8998, 0xa6e78c01},  /* DFKaiShu, another edition */
    {0xc06e, 0x9db282b2},  /* DFKaiShu-Md */
    {0x74ad, 0xba0a8c30},  /* DFMing-Bd */
    {0x8e2a, 0x40fe7c90},  /* DLCLiShu */
    {0x676f, 0xd2e4dcd4},  /* DLCHayBold */
    {0xbea2, 0x9c9e48b8},  /* HuaTianKaiTi */
    {0x17c39, 0x0a5a0483}, /* HuaTianSongTi */
    {0x00e5, 0x40c92555},  /* NEC FA fonts from here */
    {0x00e5, 0x33c41652}, {0x019d, 0x6db1651d}, {0x00e5, 0x85e47664}, {0x019d, 0x2d891cfd},
    {0x01cb, 0x40aa774c}, {0x0141, 0x0d3de9cb}, {0x01f0, 0x4a692698}, {0x0166, 0xcd34c604},
    {0x019d, 0x5da75315}, {0x01c2, 0xf055fc48}, /* to here */
    {0x58aa, 0xdbb4306e},                       /* MingLi, 1992 */
    {0x6a4e, 0x5cd5957a},                       /* DFHei-Bd */
    {0x70a9, 0x7f10919a},                       /* DFMing-Md */
};

/* Big-endian words added up; a last part of a word counts as if zeros followed. */
static uint32_t sum_of(struct sk_slice s)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < s.n; i++)
		sum += (uint32_t)s.p[i] << (24 - 8 * (i % 4));
	return sum;
}

bool sk_tricky(const struct sk_sfnt *s)
{
	struct sk_slice fpgm = sk_sfnt_get(s, SK_TAG('f', 'p', 'g', 'm'));
	uint32_t sum = fpgm.n <= 0x20000 ? sum_of(fpgm) : 0;

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		if (fpgm.n == programs[i].length && sum == programs[i].sum)
			return true;
	}
	return false;
}
