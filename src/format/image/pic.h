/*
 * Inside the image family: one picture being cleaned, and what its formats share. Cleaner's jail.
 * What each format may write is fixed in doc/profiles/image.md.
 */
#ifndef SK_FORMAT_IMAGE_PIC_H
#define SK_FORMAT_IMAGE_PIC_H

#include "format/image/image.h"

struct sk_pic {
	struct sk_job *job;
	const char *where; /* NULL: the file itself */
	struct sk_slice in;
	struct sk_buf *out;
};

/* Report a removal: `what` is the place inside the picture. count 0 reports nothing. */
void sk_pic_removed(const struct sk_pic *p, enum sk_code code, uint32_t count, const char *what);

/*
 * Memory for pixels, freed with free(): zeroed, at most what the job may use. NULL after the job
 * was refused or when memory is out; return sk_pic_nomem() then.
 */
void *sk_pic_alloc(const struct sk_pic *p, uint64_t n);
int sk_pic_nomem(const struct sk_pic *p);

/* One cleaner per format. */
int sk_jpeg_clean(const struct sk_pic *p);
int sk_png_clean(const struct sk_pic *p);
int sk_gif_clean(const struct sk_pic *p);
int sk_bmp_clean(const struct sk_pic *p);
int sk_webp_clean(const struct sk_pic *p);
int sk_tiff_clean(const struct sk_pic *p);

/* One decoder per format: the first frame, 8 bits a channel, data from the job's arena. */
int sk_jpeg_decode(const struct sk_pic *p, struct sk_pixmap *out);
int sk_png_decode(const struct sk_pic *p, struct sk_pixmap *out);
int sk_gif_decode(const struct sk_pic *p, struct sk_pixmap *out);
int sk_bmp_decode(const struct sk_pic *p, struct sk_pixmap *out);
int sk_webp_decode(const struct sk_pic *p, struct sk_pixmap *out);
int sk_tiff_decode(const struct sk_pic *p, struct sk_pixmap *out);

/* Page `page` (0-based) of a TIFF, as the decoders above. SK_EARG: there is no such page. */
int sk_tiff_decode_page(const struct sk_pic *p, uint32_t page, struct sk_pixmap *out);

/* How much of each format stands at the start: SK_CLAIM_STRUCTURE when a reader would open it. */
bool sk_jpeg_structure(struct sk_slice in);
bool sk_png_structure(struct sk_slice in);
bool sk_gif_structure(struct sk_slice in);
bool sk_bmp_structure(struct sk_slice in);
/* Whether a BMP header of a known length follows the two letters, which alone prove nothing. */
bool sk_bmp_header(struct sk_slice in);
bool sk_webp_structure(struct sk_slice in);
bool sk_tiff_structure(struct sk_slice in);

/* What is kept of an Exif block ([CIPA DC-008]): how to turn the picture, and its resolution. */
struct sk_exif {
	unsigned orientation;  /* 1..8 */
	unsigned dpi_x, dpi_y; /* 0: none */
	bool canonical;        /* nothing but what sk_exif_write() writes */
};

#define SK_EXIF_BYTES 26

/* Read the TIFF structure `in` (without the "Exif\0\0" before it); what cannot be read is left at
 * its default. */
struct sk_exif sk_exif_read(struct sk_slice in);
void sk_exif_write(unsigned orientation, uint8_t out[SK_EXIF_BYTES]);

/* A colour profile, known by its parameters (ICC.1:2010). */
enum sk_icc_kind { SK_ICC_UNKNOWN, SK_ICC_SRGB, SK_ICC_MATRIX };

struct sk_icc {
	enum sk_icc_kind kind;
	int32_t xyz[9]; /* colorants of red, green, blue: s15Fixed16 */
	int32_t gamma;  /* s15Fixed16; 0: the sRGB curve */
	bool canonical; /* the bytes were those sk_icc_write() writes */
};

#define SK_ICC_BYTES 424

/* Read an RGB profile; kind SK_ICC_UNKNOWN when it is of any other sort. */
struct sk_icc sk_icc_read(struct sk_slice in);

/* Write a SK_ICC_MATRIX profile; returns its length. */
size_t sk_icc_write(const struct sk_icc *icc, uint8_t out[SK_ICC_BYTES]);

/* Report what becomes of a profile of the source. */
void sk_icc_report(const struct sk_pic *p, const struct sk_icc *icc);

#endif
