/*
 * Drawing for method flatten: a canvas in millimetres or drawing units that first measures and then draws with cairo, and the
 * readers that draw on it (doc/profiles/cad.md, section 7). They read what the cleaner has written, nothing else. Cleaner's jail.
 */
#ifndef SK_FORMAT_CAD_DRAW_H
#define SK_FORMAT_CAD_DRAW_H

#include <cairo.h>

#include "format/cad/cad.h"
#include "format/image/flat.h"

struct sk_xy {
	double x, y;
};

/* x' = a x + c y + e, y' = b x + d y + f */
struct sk_affine {
	double a, b, c, d, e, f;
};

#define SK_AFFINE_ONE ((struct sk_affine){1, 0, 0, 1, 0, 0})

/* First `inner`, then `outer`. */
struct sk_affine sk_affine_mul(struct sk_affine outer, struct sk_affine inner);
struct sk_xy sk_affine_of(const struct sk_affine *m, double x, double y);
/* Length of a unit, the geometric mean of its directions. */
double sk_affine_scale(const struct sk_affine *m);
/* Turned by `angle` (radians), scaled before that, moved after it. */
struct sk_affine sk_affine_place(double x, double y, double angle, double sx, double sy);

#define SK_CAD_DASHES 32 /* of one line type: AutoCAD's own limit is 12, SXF's 8 */
#define SK_CAD_COLOUR_FRONT UINT32_C(0x1000000) /* black on paper, white on a screen */

struct sk_cad_dashes {
	unsigned n;
	double v[SK_CAD_DASHES]; /* units of the canvas; drawn and left out in turn; 0: a dot */
};

struct sk_cad_pen {
	uint32_t rgb;
	double mm; /* width on paper */
	struct sk_cad_dashes dashes;
};

/* Words, in a space where the height of the letters is 1, the base line is y = 0 and x runs along it. */
struct sk_cad_look {
	bool serif, mono, bold, vertical;
	double latin, wide; /* size of the em of letters and of kanji, of the height */
	double tracking;    /* added behind each character */
	uint32_t rgb;
};

struct sk_cad_canvas {
	struct sk_job *job;
	cairo_t *cr;           /* NULL: only measures */
	struct sk_affine m;    /* what is drawn to units of the canvas */
	struct sk_affine page; /* units of the canvas to pixels */
	double scale, px_mm;   /* pixels of a unit, of a millimetre on paper */
	double clip[4];        /* pixels: left, top, right, bottom */
	double bounds[4];      /* measured, units of the canvas: left, bottom, right, top */
	bool inked;            /* bounds are set */
	uint64_t drawn;        /* of SK_LIMIT_CAD_DRAWN */
	uint32_t odd, left_out, hidden, simplified, missing; /* told as cad.* */
	struct sk_xy *points;                                /* of the path, units of the canvas */
	size_t npoints, points_cap;
	size_t *starts; /* of its parts */
	size_t nstarts, starts_cap;
	double *cuts; /* of a hatch line with the path */
	size_t cuts_cap;
	struct sk_text_line *lines;
	size_t nlines, lines_cap;
	uint32_t seen; /* colour cairo has */
	int err;       /* sticky; SK_EREFUSED where a limit is reached */
};

/* Count what is drawn; false when it is enough, or when something failed. */
bool sk_cad_spend(struct sk_cad_canvas *c, uint64_t n);

/* --- the path: kept until the next sk_cad_begin() --- */
void sk_cad_begin(struct sk_cad_canvas *c);
void sk_cad_move(struct sk_cad_canvas *c, double x, double y);
void sk_cad_to(struct sk_cad_canvas *c, double x, double y);
/* Back to where the part began. */
void sk_cad_close(struct sk_cad_canvas *c);
/*
 * Part of an ellipse from parameter t0 to t1 (radians, t1 < t0: clockwise), from the last point on, which is where it begins;
 * `major` and `minor` are its half axes.
 */
void sk_cad_ellipse(struct sk_cad_canvas *c, struct sk_xy centre, struct sk_xy major,
    struct sk_xy minor, double t0, double t1);
/* Full circle or arc as a part of its own. Degrees, against the clock; equal ends: all of it. */
void sk_cad_arc(struct sk_cad_canvas *c, double x, double y, double r, double from, double to);
/* From the last point on, by the tangent of a quarter of its angle. */
void sk_cad_bulge(struct sk_cad_canvas *c, double x, double y, double bulge);
/* p[0] is where the path is. */
void sk_cad_bezier(struct sk_cad_canvas *c, const struct sk_xy p[4]);
/* Cubics through points (Catmull and Rom). */
void sk_cad_through(struct sk_cad_canvas *c, const struct sk_xy *p, size_t n);

struct sk_cad_nurbs {
	unsigned degree;
	const struct sk_xy *p;
	const double *weights; /* NULL: all alike */
	size_t n;
	const double *knots; /* NULL: uniform */
	size_t nknots;
};

/* false: it is none, or of too high a degree. */
bool sk_cad_nurbs(struct sk_cad_canvas *c, const struct sk_cad_nurbs *s);

void sk_cad_stroke(struct sk_cad_canvas *c, const struct sk_cad_pen *pen);
void sk_cad_fill(struct sk_cad_canvas *c, uint32_t rgb);
/* Parallel lines inside the path: through `base`, next line at `offset`; false: too many for its edges. */
bool sk_cad_hatch(struct sk_cad_canvas *c, const struct sk_cad_pen *pen, struct sk_xy base,
    double angle, struct sk_xy offset);
/* The colour of lines and words on paper. */
uint32_t sk_cad_visible(uint32_t rgb);
/* Black instead of what stands out from the paper by being white. */
void sk_cad_colour(struct sk_cad_canvas *c, uint32_t rgb);
/* A round dot of this diameter on paper. */
void sk_cad_dot(struct sk_cad_canvas *c, double x, double y, double mm, uint32_t rgb);

/* --- words (words.c) --- */
double sk_cad_words_width(
    const struct sk_cad_canvas *c, struct sk_slice utf8, const struct sk_cad_look *look);
/* In the space of `look`, mapped by `m` to what is drawn. */
void sk_cad_words_draw(struct sk_cad_canvas *c, struct sk_slice utf8,
    const struct sk_cad_look *look, const struct sk_affine *m);

/* A number of a drawing; not finite or beyond all measure: 0 and counted. */
double sk_cad_real(struct sk_cad_canvas *c, struct sk_slice s);
int64_t sk_cad_integer(struct sk_slice s);
/* The line at *at, without its end; *at moves behind it. */
struct sk_slice sk_cad_line(struct sk_slice in, size_t *at);

/* Strings of the file as UTF-8, codes of characters undone, from the arena. */
struct sk_slice sk_cad_utf8(struct sk_job *job, enum sk_charset cs, struct sk_slice s);

/* --- readers: what they return lies in the arena --- */

/* The paper of a page. Not given: what is measured decides, `unit_mm` says what a unit is (0: unknown). */
struct sk_cad_paper {
	bool given; /* units of the canvas are millimetres of the paper, from x and y on */
	double x, y, width, height;
	double unit_mm;
};

struct sk_cad_drawing {
	void *data;
	unsigned pages;
	/* Draw page i, twice: once to measure. */
	void (*draw)(void *data, unsigned i, struct sk_cad_canvas *c);
	void (*paper)(void *data, unsigned i, struct sk_cad_paper *p);
};

int sk_cad_read_dxf(struct sk_cad *c, struct sk_slice in, struct sk_cad_drawing *out);
int sk_cad_read_sfc(struct sk_cad *c, struct sk_slice in, struct sk_cad_drawing *out);
int sk_cad_read_p21(struct sk_cad *c, struct sk_slice in, struct sk_cad_drawing *out);

/* Pages of a drawing as pictures, with their words. 0 or SK_E*. */
int sk_cad_print(struct sk_job *job, const struct sk_cad_drawing *d, struct sk_buf *out);

#endif
