/*
 * Small fonts made to the profile, in parts that a test can change before they are put together;
 * directory, checksums, INDEXes and offsets are computed afterwards. Test programs only.
 */
#ifndef SK_VERIFY_FONT_SAMPLE_FONT_H
#define SK_VERIFY_FONT_SAMPLE_FONT_H

#include "verify/verify.h"

enum { S_CMAP, S_GLYF, S_HEAD, S_HHEA, S_HMTX, S_LOCA, S_MAXP, S_POST, S_TABLES };

struct sample_part {
	uint8_t p[4096];
	size_t n;
};

struct sample_sfnt {
	struct sample_part t[S_TABLES]; /* one without bytes is left out */
	const char *extra;              /* tag of a table of four bytes to add, or NULL */
	uint8_t out[40000];
	size_t n;
};

void sample_sfnt(struct sample_sfnt *f);
/* The same font with composites that come to nothing in 65,536 steps. */
void sample_sfnt_bomb(struct sample_sfnt *f);
void sample_sfnt_build(struct sample_sfnt *f);

enum {
	C_HEADER,
	C_NAME,
	C_TOP,
	C_STRINGS,
	C_CHARSET,
	C_ENCODING,
	C_SELECT,
	C_FONT,
	C_PRIVATE,
	C_PARTS
};

struct sample_cff {
	bool cid, global; /* global: a subroutine in the Global Subr INDEX */
	struct sample_part part[C_PARTS];
	uint8_t glyph[64];   /* charstring of glyph 1 */
	size_t glyph_n, gap; /* gap: bytes in front of the CharStrings INDEX */
	uint8_t out[4096];
	size_t n;
};

void sample_cff(struct sample_cff *f, bool cid);
void sample_cff_build(struct sample_cff *f);

#endif
