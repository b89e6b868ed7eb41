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

/* A frame of an animation; the first may be the picture itself. */
struct sk_png_frame {
	uint32_t width, height, x, y;
	uint8_t rest[6]; /* delay numerator and denominator, dispose, blend */
	bool is_picture;
	size_t first, count; /* its pieces of data */
};

struct sk_png {
	struct sk_arena *arena;
	uint32_t width, height;
	unsigned depth, type, channels;
	bool interlaced;
	uint8_t palette[768];
	unsigned entries; /* of the palette */
	uint8_t trans[256];
	unsigned ntrans;
	bool has_trans, srgb, has_gamma, has_chroma, has_phys, has_icc;
	uint8_t gamma[4], chroma[32], phys[9];
	struct sk_icc icc;
	struct sk_slice *pieces; /* of IDAT, then of each frame's fdAT */
	size_t npieces, cap, nidat;
	bool still; /* given: leave the animation out, it is broken */
	bool animated, ended;
	uint32_t declared; /* frames by acTL */
	uint32_t plays;
	struct sk_png_frame *frames;
	size_t nframes, frame_cap;
	uint32_t metadata, unknown, thumbnails;
	unsigned orientation;
	size_t end;
};

/* All chunks up to IEND; a file that ends early keeps what it has. The pixels are taken from the budget. */
int sk_png_read(const struct sk_pic *p, struct sk_png *m);

/*
 * Decode `count` pieces from `first` on into r (width and height given): filtered as in the source, or
 * unfiltered when it was interlaced. r->data is the caller's to free, on failure too.
 */
int sk_png_read_rows(
    const struct sk_pic *p, struct sk_png *m, size_t first, size_t count, struct sk_png_rows *r);

/* Bytes of a row of that many pixels. */
size_t sk_png_row_bytes(uint64_t width, unsigned bits);

#endif
