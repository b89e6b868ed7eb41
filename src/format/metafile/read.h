/* What the two readers share. Cleaner's jail. */
#ifndef SK_FORMAT_METAFILE_READ_H
#define SK_FORMAT_METAFILE_READ_H

#include "format/metafile/gdi.h"

/* Size of the picture, from the header alone. */
struct sk_metafile_size {
	double width_mm, height_mm;
	double left, top, right,
	    bottom; /* bounds in device units (EMF) or logical units (placeable WMF) */
	double device_x, device_y; /* EMF: device units per millimetre */
	bool placeable;            /* WMF: bounds came from its own header */
};

int sk_emf_size(struct sk_slice in, struct sk_metafile_size *size);
int sk_wmf_size(struct sk_slice in, struct sk_metafile_size *size);

/* Play all records into g, which is started and mapped. g->unknown is set by what is not listed. */
int sk_emf_play(struct sk_gdi *g, struct sk_slice in);
int sk_wmf_play(struct sk_gdi *g, struct sk_slice in);
/* Draw what an EMF record of a line, a curve, an area or a gradient says. False when its type is none of them. */
bool sk_emf_figure(struct sk_gdi *g, struct sk_reader *r, uint32_t type);

/* Number of object slots a file wants, for sk_gdi_begin(). */
size_t sk_emf_objects(struct sk_slice in);
size_t sk_wmf_objects(struct sk_slice in);

/* Point arrays into the arena: 32- or 16-bit signed. NULL when they are not there or too many. */
struct sk_point *sk_read_points(struct sk_gdi *g, struct sk_reader *r, size_t n, bool wide);

/* Signed numbers, and points as EMF states them: x before y. */
double sk_read_i16(struct sk_reader *r);
double sk_read_i32(struct sk_reader *r);
/* A float as EMF has them; 0 for what is no number. */
double sk_read_f32(struct sk_reader *r);
struct sk_point sk_read_point16(struct sk_reader *r);
struct sk_point sk_read_point32(struct sk_reader *r);

/* The bytes of a LOGFONT from lfItalic to lfPitchAndFamily: to the kind of font that is at hand. */
void sk_read_face(struct sk_reader *r, struct sk_gdi_object *f);

/* A LOGBRUSH: solid, hatched or none ([MS-WMF] 2.1.1.4). */
struct sk_gdi_object sk_brush(uint32_t style, uint32_t color, uint32_t hatch);

#endif
