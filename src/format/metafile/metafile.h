/*
 * EMF and WMF drawings ([MS-EMF], [MS-WMF]): own reader of a listed record set, drawn with cairo.
 * Cleaner's jail.
 */
#ifndef SK_FORMAT_METAFILE_METAFILE_H
#define SK_FORMAT_METAFILE_METAFILE_H

#include "format/job.h"

/* SK_FT_EMF, SK_FT_WMF (placeable or bare) or SK_FT_UNKNOWN by signature and first record. */
enum sk_filetype sk_metafile_type(struct sk_slice in);

/*
 * Draw a metafile to a PNG in `out`. An unknown record or a broken file gives a grey box of the same size
 * and the removal image.metafile under `where`; so 0 is returned whenever a size could be told.
 * SK_EFORMAT when not even that.
 */
int sk_metafile_to_png(
    struct sk_job *job, struct sk_slice in, const char *where, struct sk_buf *out);

/*
 * Draw a metafile that is a file of its own to a PNG in `out`. A grey box would be no picture of anything:
 * SK_EREFUSED when there is a record that is not listed. SK_EFORMAT when no size can be told.
 */
int sk_metafile_draw(struct sk_job *job, struct sk_slice in, struct sk_buf *out);

/* What of a metafile its picture does not hold, and whether the picture would be one at all. */
struct sk_metafile_survey {
	uint32_t comments; /* records for other programs */
	bool description;  /* a text about the drawing in its header */
	bool plus_only;    /* EMF+ without plain records of the same drawing */
	bool cut;          /* no end record */
	size_t end;        /* behind the end record */
};

struct sk_metafile_survey sk_metafile_survey(struct sk_slice in);

/* Cleaner zygote, before the jail: loads fonts for text records. */
int sk_metafile_init(void);

#endif
