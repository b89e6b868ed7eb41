/* TIFF inside the image family: a page between its reader and its writer. Cleaner's jail. */
#ifndef SK_FORMAT_IMAGE_TIFF_H
#define SK_FORMAT_IMAGE_TIFF_H

#include "format/image/pic.h"

struct sk_tiff_page {
	uint32_t width, height;
	unsigned bits, samples; /* of a sample: 1, 8, 16, 32; samples of a pixel */
	unsigned photometric, orientation, format,
	    extra;                 /* as the tags; extra 3: no extra sample */
	uint32_t xres[2], yres[2]; /* rationals; numerator 0: none */
	unsigned unit;
	uint16_t *palette; /* 768 values, with photometric 3 */
	struct sk_icc icc;
	size_t row;           /* bytes of a row */
	uint8_t *data;        /* height × row; samples in the machine's byte order */
	bool fax;             /* it came as a fax, and stays one */
	bool deflate;         /* of one bit, and smaller by Deflate; the writer decides */
	struct sk_buf jpeg;   /* or the whole page as a JPEG stream, when it has bytes */
	unsigned sampling[2]; /* of its first component, with photometric 6 */
};

/* The header, then page after page; `next` of the page before is filled in as the page starts. */
struct sk_tiff_writer {
	struct sk_buf *out;
	size_t base; /* where the file starts in `out` */
	size_t next; /* where the offset of the next page belongs */
};

int sk_tiff_start(struct sk_tiff_writer *w, struct sk_buf *out);
int sk_tiff_put_page(struct sk_tiff_writer *w, struct sk_tiff_page *page);

/*
 * A page whose strips or tiles are JPEG, with photometric as the file has it: fill in page->jpeg, which the
 * caller frees. SK_EFORMAT when it cannot stay JPEG.
 */
struct tiff;
int sk_tiff_jpeg(const struct sk_pic *p, struct tiff *tif, struct sk_tiff_page *page);

struct sk_tiff_range {
	size_t from, to;
};

/* What the directories of a TIFF name that libtiff does not tell. */
struct sk_tiff_survey {
	uint32_t metadata, thumbnails;
	size_t end;                   /* behind the last byte that a page refers to */
	struct sk_arena *arena;       /* NULL: ranges are not kept */
	struct sk_tiff_range *ranges; /* what directories refer to, and themselves */
	size_t n, cap;
};

/* Read one directory (classic or BigTIFF) at `offset` for the report. */
void sk_tiff_survey(struct sk_slice in, uint64_t offset, struct sk_tiff_survey *s);
/* Bytes other than 0 that no directory refers to, before the last that one does. */
bool sk_tiff_gaps(struct sk_slice in, struct sk_tiff_survey *s);

#endif
