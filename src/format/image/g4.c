/* ITU-T T.6 encoding: each row by its changes against the row above. Cleaner's jail. */
#include "format/image/g4.h"

#include <stdlib.h>

#include "base/err.h"

/* Tables 2 and 3 of T.4: runs of 0..63, then 64, 128 … 1728; and the codes common to both above. */
const struct sk_fax_code sk_fax_white[SK_FAX_CODES] = {{0x35, 8}, {0x07, 6}, {0x07, 4}, {0x08, 4},
    {0x0B, 4}, {0x0C, 4}, {0x0E, 4}, {0x0F, 4}, {0x13, 5}, {0x14, 5}, {0x07, 5}, {0x08, 5},
    {0x08, 6}, {0x03, 6}, {0x34, 6}, {0x35, 6}, {0x2A, 6}, {0x2B, 6}, {0x27, 7}, {0x0C, 7},
    {0x08, 7}, {0x17, 7}, {0x03, 7}, {0x04, 7}, {0x28, 7}, {0x2B, 7}, {0x13, 7}, {0x24, 7},
    {0x18, 7}, {0x02, 8}, {0x03, 8}, {0x1A, 8}, {0x1B, 8}, {0x12, 8}, {0x13, 8}, {0x14, 8},
    {0x15, 8}, {0x16, 8}, {0x17, 8}, {0x28, 8}, {0x29, 8}, {0x2A, 8}, {0x2B, 8}, {0x2C, 8},
    {0x2D, 8}, {0x04, 8}, {0x05, 8}, {0x0A, 8}, {0x0B, 8}, {0x52, 8}, {0x53, 8}, {0x54, 8},
    {0x55, 8}, {0x24, 8}, {0x25, 8}, {0x58, 8}, {0x59, 8}, {0x5A, 8}, {0x5B, 8}, {0x4A, 8},
    {0x4B, 8}, {0x32, 8}, {0x33, 8}, {0x34, 8}, {0x1B, 5}, {0x12, 5}, {0x17, 6}, {0x37, 7},
    {0x36, 8}, {0x37, 8}, {0x64, 8}, {0x65, 8}, {0x68, 8}, {0x67, 8}, {0xCC, 9}, {0xCD, 9},
    {0xD2, 9}, {0xD3, 9}, {0xD4, 9}, {0xD5, 9}, {0xD6, 9}, {0xD7, 9}, {0xD8, 9}, {0xD9, 9},
    {0xDA, 9}, {0xDB, 9}, {0x98, 9}, {0x99, 9}, {0x9A, 9}, {0x18, 6}, {0x9B, 9}};

const struct sk_fax_code sk_fax_black[SK_FAX_CODES] = {{0x37, 10}, {0x02, 3}, {0x03, 2}, {0x02, 2},
    {0x03, 3}, {0x03, 4}, {0x02, 4}, {0x03, 5}, {0x05, 6}, {0x04, 6}, {0x04, 7}, {0x05, 7},
    {0x07, 7}, {0x04, 8}, {0x07, 8}, {0x18, 9}, {0x17, 10}, {0x18, 10}, {0x08, 10}, {0x67, 11},
    {0x68, 11}, {0x6C, 11}, {0x37, 11}, {0x28, 11}, {0x17, 11}, {0x18, 11}, {0xCA, 12}, {0xCB, 12},
    {0xCC, 12}, {0xCD, 12}, {0x68, 12}, {0x69, 12}, {0x6A, 12}, {0x6B, 12}, {0xD2, 12}, {0xD3, 12},
    {0xD4, 12}, {0xD5, 12}, {0xD6, 12}, {0xD7, 12}, {0x6C, 12}, {0x6D, 12}, {0xDA, 12}, {0xDB, 12},
    {0x54, 12}, {0x55, 12}, {0x56, 12}, {0x57, 12}, {0x64, 12}, {0x65, 12}, {0x52, 12}, {0x53, 12},
    {0x24, 12}, {0x37, 12}, {0x38, 12}, {0x27, 12}, {0x28, 12}, {0x58, 12}, {0x59, 12}, {0x2B, 12},
    {0x2C, 12}, {0x5A, 12}, {0x66, 12}, {0x67, 12}, {0x0F, 10}, {0xC8, 12}, {0xC9, 12}, {0x5B, 12},
    {0x33, 12}, {0x34, 12}, {0x35, 12}, {0x6C, 13}, {0x6D, 13}, {0x4A, 13}, {0x4B, 13}, {0x4C, 13},
    {0x4D, 13}, {0x72, 13}, {0x73, 13}, {0x74, 13}, {0x75, 13}, {0x76, 13}, {0x77, 13}, {0x52, 13},
    {0x53, 13}, {0x54, 13}, {0x55, 13}, {0x5A, 13}, {0x5B, 13}, {0x64, 13}, {0x65, 13}};

const struct sk_fax_code sk_fax_long[SK_FAX_LONG] = {/* 1792, 1856 … 2560 */
    {0x08, 11}, {0x0C, 11}, {0x0D, 11}, {0x12, 12}, {0x13, 12}, {0x14, 12}, {0x15, 12}, {0x16, 12},
    {0x17, 12}, {0x1C, 12}, {0x1D, 12}, {0x1E, 12}, {0x1F, 12}};

/* V(-3) … V(3), Table 1 of T.6. */
static const struct sk_fax_code vertical[7] = {
    {0x02, 7}, {0x02, 6}, {0x02, 3}, {0x01, 1}, {0x03, 3}, {0x03, 6}, {0x03, 7}};

struct writer {
	struct sk_buf *out;
	uint32_t bits;
	unsigned have;
};

static void put(struct writer *w, struct sk_fax_code c)
{
	w->bits = w->bits << c.length | c.bits;
	w->have += c.length;
	while (w->have >= 8) {
		w->have -= 8;
		sk_buf_putc(w->out, (uint8_t)(w->bits >> w->have));
	}
}

static void put_run(struct writer *w, uint32_t run, bool black)
{
	const struct sk_fax_code *codes = black ? sk_fax_black : sk_fax_white;

	for (; run >= 2560; run -= 2560)
		put(w, sk_fax_long[12]);
	if (run >= 1792)
		put(w, sk_fax_long[(run - 1792) / 64]);
	else if (run >= 64)
		put(w, codes[63 + run / 64]);
	put(w, codes[run % 64]);
}

/* The positions where the colour changes, ended by three times the width. Rows start white. */
static void changes(const uint8_t *row, uint32_t width, uint32_t *out)
{
	unsigned colour = 0;
	size_t n = 0;

	for (uint32_t x = 0; x < width;) {
		uint8_t byte = row[x / 8];
		if (x % 8 == 0 && x + 8 <= width && byte == (colour ? 0xFF : 0)) {
			x += 8;
			continue;
		}
		unsigned bit = byte >> (7 - x % 8) & 1U;
		if (bit != colour) {
			out[n++] = x;
			colour = bit;
		}
		x++;
	}
	out[n] = out[n + 1] = out[n + 2] = width;
}

/* One row: `cur` and `ref` are changes; even ones turn to black. */
static void put_row(struct writer *w, const uint32_t *cur, const uint32_t *ref, uint32_t width)
{
	uint32_t a0 = 0;
	size_t c = 0, r = 0; /* next change of each */
	bool black = false, first = true;

	while (a0 < width) {
		/* b1: the first change of the reference right of a0, to the opposite colour. */
		while (r > 0 && ref[r - 1] > a0)
			r--;
		while (ref[r] < width &&
		       ((ref[r] <= a0 && !(first && ref[r] == 0)) || (r & 1) != (black ? 1U : 0U)))
			r++;
		uint32_t a1 = cur[c], b1 = ref[r], b2 = b1 < width ? ref[r + 1] : width;
		if (b2 < a1) {
			put(w, (struct sk_fax_code){1, 4});
			a0 = b2;
		} else if (a1 + 3 >= b1 && b1 + 3 >= a1) {
			put(w, vertical[a1 - b1 + 3]);
			a0 = a1;
			black = !black;
			c++;
		} else {
			uint32_t a2 = cur[c + 1];
			put(w, (struct sk_fax_code){1, 3});
			put_run(w, a1 - a0, black);
			put_run(w, a2 - a1, !black);
			a0 = a2;
			c += 2;
		}
		first = false;
	}
}

int sk_g4_encode(const uint8_t *rows, uint32_t width, uint32_t height, struct sk_buf *out)
{
	size_t row = ((size_t)width + 7) / 8;
	uint32_t *cur = calloc((size_t)width + 4, sizeof(*cur)),
		 *ref = calloc((size_t)width + 4, sizeof(*ref));
	struct writer w = {.out = out};

	for (uint32_t y = 0; cur && ref && y < height; y++) {
		uint32_t *swap = ref;
		if (y == 0)
			ref[0] = ref[1] = ref[2] = width;
		changes(rows + y * row, width, cur);
		put_row(&w, cur, ref, width);
		ref = cur;
		cur = swap;
	}
	bool ok = cur && ref;
	put(&w, (struct sk_fax_code){1, 12});
	put(&w, (struct sk_fax_code){1, 12});
	if (w.have)
		put(&w, (struct sk_fax_code){0, (uint8_t)(8 - w.have)});
	free(cur);
	free(ref);
	return ok ? out->err : SK_ENOMEM;
}
