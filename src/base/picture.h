/* How a coded picture is to be decoded, as it travels between jails. Every process. */
#ifndef SK_BASE_PICTURE_H
#define SK_BASE_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

enum sk_codec { SK_CODEC_HEVC = 1, SK_CODEC_AV1 = 2 };

struct sk_coding {
	enum sk_codec codec;
	bool grey; /* only the first plane is wanted: an alpha plane */
	bool
	    has_colour; /* the next two are known from the container, which is right where the stream says otherwise */
	bool full_range;
	uint16_t matrix; /* ISO/IEC 23091-2 (H.273), 8.3 */
};

/* On the wire: one number. */
static inline uint32_t sk_coding_pack(struct sk_coding c)
{
	return (uint32_t)c.codec | (uint32_t)c.grey << 4 | (uint32_t)c.has_colour << 5 |
	       (uint32_t)c.full_range << 6 | (uint32_t)c.matrix << 16;
}

static inline struct sk_coding sk_coding_unpack(uint32_t v)
{
	return (struct sk_coding){.codec = (enum sk_codec)(v & 15),
	    .grey = v >> 4 & 1,
	    .has_colour = v >> 5 & 1,
	    .full_range = v >> 6 & 1,
	    .matrix = (uint16_t)(v >> 16)};
}

#endif
