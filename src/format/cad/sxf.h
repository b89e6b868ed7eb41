/*
 * What SXF has in both of its forms, as features (sfc) and as entities of AP202 (p21): colours, line types and widths by their
 * place in the tables of the specification 3.1, words in their box, arrows and markers. Cleaner's jail.
 */
#ifndef SK_FORMAT_CAD_SXF_H
#define SK_FORMAT_CAD_SXF_H

#include "format/cad/draw.h"

/* Words: a box of this size, of which one of nine points lies at x, y. 1 to 9 from the lower left to the upper right. */
struct sxf_words {
	struct sk_slice utf8;
	double x, y, height, width; /* width 0: as wide as it is */
	double spacing;
	double angle, slant; /* degrees */
	unsigned base;
	bool vertical;
	struct sk_slice
	    font; /* its name; without one: of a fixed width, as Japanese drawings have them */
	uint32_t rgb;
};

void sxf_words(struct sk_cad_canvas *c, const struct sxf_words *w);

/* Predefined ones by their code, from 1 on; false: not one of those. */
bool sxf_colour(int64_t code, uint32_t *rgb);
bool sxf_line_type(int64_t code, struct sk_cad_dashes *d);
bool sxf_width(int64_t code, double *mm);
/* The same by their names; 0: none. */
int64_t sxf_colour_named(struct sk_slice name);
int64_t sxf_line_type_named(struct sk_slice name);
int64_t sxf_arrow_named(struct sk_slice name);
int64_t sxf_marker_named(struct sk_slice name);

/* Lines and words: white ones are black on paper, light ones darker. */
uint32_t sxf_visible(uint32_t rgb);

/* An arrow whose tip is at x, y and that points along dx, dy; a scale of 1 is 10 mm on paper. */
void sxf_arrow(struct sk_cad_canvas *c, int64_t code, struct sk_xy at, struct sk_xy along,
    double scale, const struct sk_cad_pen *pen);
void sxf_marker(struct sk_cad_canvas *c, int64_t code, struct sk_xy at, double angle, double scale,
    const struct sk_cad_pen *pen);

/* The paper: 0 to 4 are A0 to A4, others as given; turned: upright. */
void sxf_paper(struct sk_cad_paper *p, int64_t type, bool upright, double w, double h);

/* The part of a clothoid from one length to another, from where it begins on. */
void sxf_clothoid(
    struct sk_cad_canvas *c, double parameter, bool clockwise, double from, double to);

#endif
