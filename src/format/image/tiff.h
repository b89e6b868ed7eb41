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
	size_t row;    /* bytes of a row */
	uint8_t *data; /* height × row; samples in the machine's byte order */
};

/* The header, then page after page; `next` of the page before is filled in as the page starts. */
struct sk_tiff_writer {
	struct sk_buf *out;
	size_t base; /* where the file starts in `out` */
	size_t next; /* where the offset of the next page belongs */
};

int sk_tiff_start(struct sk_tiff_writer *w, struct sk_buf *out);
int sk_tiff_put_page(struct sk_tiff_writer *w, struct sk_tiff_page *page);

/* What the directories of a TIFF name that libtiff does not tell. */
struct sk_tiff_survey {
	uint32_t metadata, thumbnails;
	size_t end; /* behind the last byte that a page refers to */
};

/* Read one directory (classic or BigTIFF) at `offset` for the report. */
void sk_tiff_survey(struct sk_slice in, uint64_t offset, struct sk_tiff_survey *s);

#endif
