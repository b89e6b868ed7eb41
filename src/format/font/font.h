/*
 * Embedded fonts rebuilt: outlines, metrics and what shaping by code needs; no hinting programs, no
 * tables of unknown purpose. Cleaner's jail. Formats: ISO/IEC 14496-22 (sfnt), Adobe TN 5176 (CFF),
 * Adobe Type 1 Font Format.
 */
#ifndef SK_FORMAT_FONT_FONT_H
#define SK_FORMAT_FONT_FONT_H

#include "format/job.h"

enum sk_font_kind {
	SK_FONT_TRUETYPE, /* sfnt with glyf: PDF FontFile2 */
	SK_FONT_OPENTYPE, /* sfnt with CFF: PDF FontFile3 /OpenType */
	SK_FONT_CFF,      /* bare CFF, name-keyed or CID-keyed: FontFile3 /Type1C, /CIDFontType0C */
	SK_FONT_TYPE1,    /* FontFile: clear text, eexec part, trailer */
};

struct sk_font_out {
	struct sk_buf bytes;     /* empty with a ceiling at the call */
	enum sk_font_kind kind;  /* usually as given; what the bytes say wins over what the caller believes */
	size_t length1, length2, length3; /* Type 1 only: PDF Length1..3 */
};

/*
 * Rebuild a font. The same glyph ids, the same codes (cmap (1,0) and (3,0) kept, encoding and charset kept),
 * the same advance widths and outline boxes, compared before it is accepted. Rebuilding the result gives the
 * same bytes. SK_EFORMAT when it cannot be rebuilt or the comparison fails: the caller flattens its pages.
 */
int sk_font_rebuild(struct sk_job *job, enum sk_font_kind kind, struct sk_slice in, struct sk_font_out *out);

#endif
