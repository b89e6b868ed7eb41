/*
 * Entropy-coded segments of JPEG (ITU-T T.81, Annexes F and G): decodes every block of a scan,
 * keeps only which coefficients are not zero. Verifier's jail.
 */
#ifndef SK_VERIFY_IMAGE_JPEGSCAN_H
#define SK_VERIFY_IMAGE_JPEGSCAN_H

#include "verify/verify.h"

#define SK_JPEG_LOOK 10 /* bits of the first lookup */

/* One Huffman table, valid for the next scan. */
struct sk_jpeg_table {
	bool set, used;
	uint8_t count[17]; /* codes of each length 1..16 */
	uint8_t val[256];
	unsigned n;
	uint64_t at;
	/* made by the scan: */
	uint32_t
	    look[1 << SK_JPEG_LOOK]; /* 0: longer; else symbol | bits to take << 8 | step << 16 */
	uint32_t first[17],
	    limit[17]; /* of the codes of a length: first code, first code too large */
	unsigned index[17];
	uint8_t seen[256];
};

struct sk_jpeg_component {
	uint8_t id, h, v, tq;
	uint32_t wide, high; /* blocks, without those that only fill the MCU */
	uint64_t *nonzero;   /* progressive: a bit for each coefficient of each block */
};

struct sk_jpeg {
	unsigned n;
	struct sk_jpeg_component comp[4];
	uint32_t mcu_wide, mcu_high;
	bool progressive;
	struct sk_jpeg_table dc[4], ac[4];
};

struct sk_jpeg_scan {
	unsigned n, comp[4];                 /* indices into sk_jpeg.comp */
	struct sk_jpeg_table *dc[4], *ac[4]; /* NULL when the scan needs none */
	unsigned ss, se, ah, al;
	uint64_t at;
};

/*
 * Decode all of `data`: the bytes of the segment with their stuffing. Each code of the tables must
 * occur, and the last byte must be filled with 1 bits. 0, SK_EFORMAT or SK_ENOMEM.
 */
int sk_jpeg_scan_check(
    struct sk_check *c, struct sk_jpeg *j, struct sk_jpeg_scan *s, struct sk_slice data);

#endif
