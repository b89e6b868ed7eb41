/*
 * PDFs made of pictures: each page one picture, with the words of the page as invisible text behind it.
 * Used by method flatten of the image and the PDF family. Cleaner's jail. Form: doc/profiles/pdf.md.
 */
#ifndef SK_FORMAT_IMAGE_FLAT_H
#define SK_FORMAT_IMAGE_FLAT_H

#include "format/job.h"

/* A picture coded for a PDF. */
enum sk_flat_coding { SK_FLAT_FLATE, SK_FLAT_JPEG, SK_FLAT_G4 };

struct sk_flat_picture {
	enum sk_flat_coding coding;
	uint32_t width, height;
	unsigned bits, channels; /* of a sample; 1: grey or an index, 3: RGB */
	unsigned ncolours;       /* of the palette; 0: none */
	uint8_t palette[768];    /* RGB */
	struct sk_buf data;      /* with a ceiling at the call; the caller frees it */
};

/*
 * Code pixels by their content: line art and text without loss or in few greys, so that a page of
 * text takes at most SK_FLAT_PAGE bytes, photographs as JPEG. 0 or SK_E*.
 */
#define SK_FLAT_PAGE 140000
int sk_flat_picture(const struct sk_pixmap *p, struct sk_flat_picture *out);

struct sk_flat;

/* A document without pages; free with sk_flat_free(), which takes NULL. NULL: out of memory. */
struct sk_flat *sk_flat_new(struct sk_job *job);
void sk_flat_free(struct sk_flat *f);
/* Append a page of this size in points showing the picture; text may be NULL. 0 or SK_E*. */
int sk_flat_page(struct sk_flat *f, const struct sk_pixmap *p, double width, double height,
    const struct sk_page_text *text);
/* Write the file; at least one page. 0 or SK_E*. */
int sk_flat_write(struct sk_flat *f, struct sk_buf *out);

#endif
