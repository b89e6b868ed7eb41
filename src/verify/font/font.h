/*
 * Inside of the font verifier. Every byte of a font must belong to a structure of the profile
 * (doc/profiles/font.md), in its one spelling, and every outline is read to its end. Verifier's
 * jail.
 */
#ifndef SK_VERIFY_FONT_FONT_H
#define SK_VERIFY_FONT_FONT_H

#include "verify/verify.h"

/* TrueType in sfnt (ISO/IEC 14496-22). */
int sk_vf_sfnt(struct sk_check *c, struct sk_slice in);

/* The cmap and post tables alone. */
int sk_vf_cmap(struct sk_check *c, struct sk_slice in, uint32_t nglyphs);
int sk_vf_post(struct sk_check *c, struct sk_slice in, uint32_t nglyphs);

/* loca and glyf: every glyph, composites resolved, and the largest values met, for maxp. */
struct sk_vf_glyf {
	struct sk_slice loca, glyf;
	bool long_loca;
	uint32_t nglyphs;
	uint32_t points, contours, composite_points, composite_contours, elements, depth;
};
int sk_vf_glyf(struct sk_check *c, struct sk_vf_glyf *g);

/* A CFF font set (Adobe TN 5176) of one font, name-keyed or CID-keyed. */
int sk_vf_cff(struct sk_check *c, struct sk_slice in, bool cid);

/* One DICT: its operators in order, each with its numbers. */
#define SK_VF_DICT_OPERATORS 12
#define SK_VF_DICT_OPERANDS 6
struct sk_vf_number {
	int64_t i; /* integers */
	double r;  /* all */
	bool integer;
	bool wide; /* written in five bytes */
};
struct sk_vf_operator {
	uint16_t op; /* 12 x is 0x0c00 | x */
	uint8_t n;
	struct sk_vf_number v[SK_VF_DICT_OPERANDS];
};
struct sk_vf_dict {
	uint8_t n;
	struct sk_vf_operator o[SK_VF_DICT_OPERATORS];
};
int sk_vf_dict(struct sk_check *c, struct sk_slice in, struct sk_vf_dict *d);

/* One Type 2 charstring (Adobe TN 5177), of the subset that holds outlines only. */
int sk_vf_type2(
    struct sk_check *c, struct sk_slice code, uint32_t glyph, int64_t nominal, int64_t standard);

/* Is this a glyph name of the profile? */
bool sk_vf_glyph_name(struct sk_slice s);

#endif
