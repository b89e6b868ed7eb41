/* PNG inside the image family: the model between its reader and its writer. Cleaner's jail. */
#ifndef SK_FORMAT_IMAGE_PNG_H
#define SK_FORMAT_IMAGE_PNG_H

#include "format/image/pic.h"

/* The rows of one picture or frame as PNG stores them before compression: a filter byte, then the
 * row. */
struct sk_png_rows {
	uint32_t width, height;
	unsigned bits; /* of a pixel: depth × channels */
	size_t row;    /* bytes of a row without its filter byte */
	uint8_t *data; /* height × (1 + row), from sk_pic_alloc() */
	size_t source; /* bytes the source took for them; 0: not compressed before */
};

/* Bytes between a sample and the one it is predicted from. */
static inline size_t sk_png_step(const struct sk_png_rows *r)
{
	return r->bits < 8 ? 1 : r->bits / 8;
}

/*
 * Undo or choose the filters in place. choose: row filters by the least sum of absolute values, the
 * usual heuristic; all rows must have filter 0 before, and undo leaves them so. undo: false on an
 * unknown filter.
 */
bool sk_png_undo_filters(struct sk_png_rows *r);
void sk_png_choose_filters(struct sk_png_rows *r);

/* One chunk: length, type, data, CRC. */
int sk_png_chunk(struct sk_buf *out, const char type[4], struct sk_slice data);

/* A chunk whose data is `head` and then the compressed rows (IDAT, fdAT with its sequence number).
 */
int sk_png_rows_chunk(
    struct sk_buf *out, const char type[4], struct sk_slice head, const struct sk_png_rows *r);

#endif
