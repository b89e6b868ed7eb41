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
	SK_FONT_OPENTYPE, /* sfnt with CFF: PDF FontFile3 /OpenType; input only, comes out as CFF */
	SK_FONT_CFF,      /* bare CFF: FontFile3 /Type1C (simple font), /CIDFontType0C (CID font) */
	SK_FONT_TYPE1,    /* FontFile; input only, comes out as CFF */
};

struct sk_font_out {
	struct sk_buf bytes; /* empty with a ceiling at the call */
	bool cid;            /* at the call: does the program belong to a CID font (Type0)? */
	/* SK_FONT_TRUETYPE or SK_FONT_CFF: what the bytes say, not what was given. */
	enum sk_font_kind kind;
};

/*
 * Rebuild a font. `kind` is what the caller believes; the bytes decide. The same glyph ids (Type 1 has
 * names instead, which are kept), the same codes (cmap, encoding and charset kept), the same advance
 * widths and outlines, compared before it is accepted. Type 1 and OpenType with CFF outlines become bare
 * CFF: the caller writes FontFile3 with /Type1C for a simple font, /CIDFontType0C for a CID font. CFF without
 * CIDs becomes CID-keyed for a CID font (CID = glyph id); CFF with CIDs cannot serve a simple font. Rebuilding
 * the result gives the same bytes. SK_EFORMAT when it cannot be rebuilt or the comparison fails: the
 * caller flattens the pages. Profile of the output: doc/profiles/font.md.
 */
int sk_font_rebuild(
    struct sk_job *job, enum sk_font_kind kind, struct sk_slice in, struct sk_font_out *out);

#endif
