/* What the files that draw a p21 share. Cleaner's jail. */
#ifndef SK_FORMAT_CAD_P21_DRAW_H
#define SK_FORMAT_CAD_P21_DRAW_H

#include "format/cad/p21-read.h"

struct p21_drawing {
	struct p21_file f;
	size_t sheet; /* its DRAWING_SHEET_REVISION */
	double width, height;
	uint8_t *hidden;  /* of each instance */
	uint8_t *open;    /* figures being drawn */
	uint32_t *seen;   /* the figure it was drawn in last: a text stands in two callouts */
	uint32_t figures; /* drawn so far */
};

struct p21_frame {
	struct p21_drawing *d;
	const struct p21_file *f;
	struct sk_cad_canvas *c;
	unsigned depth;
	uint32_t figure;
	bool against; /* arcs of an angular dimension run against the clock */
};

/* p21_record(), and what it costs: one of many records is looked for from its beginning. */
bool p21_get(const struct p21_frame *x, size_t i, const char *type, struct sk_slice *args);
double p21_real(const struct p21_frame *x, struct sk_slice value, double missing);
struct sk_xy p21_point(const struct p21_frame *x, size_t i);
struct sk_xy p21_vector(const struct p21_frame *x, size_t i);
struct sk_affine p21_placement(const struct p21_frame *x, size_t i);
/* A curve onto the path, as a part of its own or continued, backwards or not; false: it is none that is known. */
bool p21_curve(const struct p21_frame *x, size_t i, bool begin, bool back, unsigned depth);

#endif
