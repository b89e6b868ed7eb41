/* Inside lossless WebP: a plane of pixels as symbols of one group of codes. Cleaner's jail. RFC 9649. */
#ifndef SK_FORMAT_IMAGE_VP8LPLANE_H
#define SK_FORMAT_IMAGE_VP8LPLANE_H

#include "format/image/vp8lcode.h"

/* Symbols of a group of codes: how often they occur, later their codes. */
struct sk_vp8l_group {
	uint32_t green[SK_VP8L_SYMBOLS], red[256], blue[256], alpha[256],
	    distance[SK_VP8L_DISTANCES];
};

/*
 * Read a plane that serves the picture (3.5, 3.7.2.2): no groups to choose from, all pixels wanted.
 * The pixels lie in the arena.
 */
int sk_vp8l_read_plane(
    struct sk_arena *a, struct sk_vp8l_in *in, uint32_t width, uint32_t height, uint32_t **out);

/* Write the codes and the pixels of such a plane; `main`: of the picture itself. */
int sk_vp8l_put_plane(struct sk_arena *a, struct sk_vp8l_out *o, const uint32_t *pixels,
    uint32_t width, uint32_t height, bool main);

/* The five codes of a group; counts become codes. `cache`: symbols of the colour cache. */
void sk_vp8l_put_group(struct sk_vp8l_out *o, struct sk_vp8l_group *g, unsigned cache);

/* How many symbols each code of a group has. */
static inline unsigned sk_vp8l_alphabet(unsigned code, unsigned cache)
{
	return code == SK_VP8L_GREEN      ? 256 + SK_VP8L_LENGTHS + cache
	       : code == SK_VP8L_DISTANCE ? SK_VP8L_DISTANCES
					  : 256;
}

/* 3.6.2: the number that a prefix and its extra bits stand for. */
static inline unsigned sk_vp8l_extra(unsigned prefix)
{
	return prefix < 4 ? 0 : (prefix - 2) >> 1;
}

static inline uint32_t sk_vp8l_number(unsigned prefix, uint32_t bits)
{
	return prefix < 4 ? prefix + 1 : ((2 + (prefix & 1)) << sk_vp8l_extra(prefix)) + bits + 1;
}

/* How many pixels back a distance goes: the first 120 name neighbours (3.6.2.2). */
uint64_t sk_vp8l_back(uint32_t distance, uint32_t width);

#endif
