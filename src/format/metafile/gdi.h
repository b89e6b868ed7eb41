/*
 * A device context as EMF and WMF drive it ([MS-EMF] 2.1, [MS-WMF] 2.1), drawn with cairo. Cleaner's jail.
 * The two readers translate their records into calls of this.
 */
#ifndef SK_FORMAT_METAFILE_GDI_H
#define SK_FORMAT_METAFILE_GDI_H

#include <cairo.h>
#include <stdbool.h>

#include "format/job.h"

#define SK_GDI_SAVES 64     /* nesting of SaveDC: Windows programs use a handful */
#define SK_GDI_POINTS 65536 /* of one figure */

struct sk_point {
	double x, y;
};

/* [MS-EMF] 2.1.31, [MS-WMF] 2.1.1.16 */
enum sk_map_mode {
	SK_MM_TEXT = 1,
	SK_MM_LOMETRIC,
	SK_MM_HIMETRIC,
	SK_MM_LOENGLISH,
	SK_MM_HIENGLISH,
	SK_MM_TWIPS,
	SK_MM_ISOTROPIC,
	SK_MM_ANISOTROPIC
};

enum sk_gdi_kind { SK_GDI_NONE, SK_GDI_PEN, SK_GDI_BRUSH, SK_GDI_FONT, SK_GDI_OTHER };

struct sk_gdi_object {
	enum sk_gdi_kind kind;
	bool null;      /* a pen or brush that draws nothing */
	uint32_t color; /* 0x00BBGGRR */
	/* pen */
	unsigned style, join, cap; /* PS_* */
	double width;
	/* brush */
	int hatch;                /* HS_*, -1: solid */
	cairo_surface_t *pattern; /* owned by the context; NULL: none */
	/* font */
	double height,
	    escapement; /* logical units (negative: character height), tenths of a degree */
	bool bold, italic, serif, mono, underline, strike;
	uint8_t charset;
};

struct sk_gdi_state {
	cairo_matrix_t world;
	enum sk_map_mode map;
	struct sk_point window_org, window_ext, view_org, view_ext;
	struct sk_gdi_object pen, brush, font;
	uint32_t text_color, back_color;
	bool opaque, winding, clockwise;
	unsigned text_align, rop2;
	double miter;
	struct sk_point at; /* current position, logical */
};

struct sk_gdi {
	struct sk_job *job;
	cairo_t *cr;
	cairo_surface_t *surface;
	cairo_matrix_t base;    /* device units to pixels of the picture */
	struct sk_point device; /* device units per millimetre */
	struct sk_gdi_state s, saved[SK_GDI_SAVES];
	unsigned depth;
	bool in_path; /* between BeginPath and EndPath */
	struct sk_gdi_object *table;
	size_t ntable;
	cairo_surface_t **owned; /* patterns, freed with the context */
	size_t nowned, owned_cap;
	bool unknown; /* something met that is not drawn: the caller makes a grey box */
};

/* Start a picture of width × height pixels, white; `objects` slots. 0 or SK_E*. Free with sk_gdi_end(). */
int sk_gdi_begin(
    struct sk_gdi *g, struct sk_job *job, uint32_t width, uint32_t height, size_t objects);
void sk_gdi_end(struct sk_gdi *g);
/* The pixels as RGB, from the arena. */
int sk_gdi_pixels(struct sk_gdi *g, struct sk_pixmap *out);

/* State. */
void sk_gdi_save(struct sk_gdi *g);
void sk_gdi_restore(struct sk_gdi *g, int32_t to); /* negative: relative, -1 the last */
void sk_gdi_modify_world(struct sk_gdi *g, const cairo_matrix_t *m, unsigned mode);
/* Slot i gets an object; selecting an empty or unknown slot does nothing. */
void sk_gdi_set_object(struct sk_gdi *g, size_t i, const struct sk_gdi_object *o);
void sk_gdi_select(struct sk_gdi *g, size_t i);
void sk_gdi_select_stock(struct sk_gdi *g, unsigned stock);
size_t sk_gdi_free_slot(const struct sk_gdi *g);
/* Keep a surface until the end. */
cairo_surface_t *sk_gdi_own(struct sk_gdi *g, cairo_surface_t *s);

/* Figures, points logical. `closed` fills and strokes, open only strokes; inside a path they only add to it. */
void sk_gdi_poly(struct sk_gdi *g, const struct sk_point *p, size_t n, bool closed);
void sk_gdi_polypoly(
    struct sk_gdi *g, const struct sk_point *p, const uint32_t *counts, size_t n, bool closed);
void sk_gdi_poly_to(struct sk_gdi *g, const struct sk_point *p, size_t n);
void sk_gdi_bezier(struct sk_gdi *g, const struct sk_point *p, size_t n, bool from_current);
void sk_gdi_rect(struct sk_gdi *g, double l, double t, double r, double b, double rx, double ry);
void sk_gdi_ellipse(struct sk_gdi *g, double l, double t, double r, double b);
enum sk_arc { SK_ARC_OPEN, SK_ARC_TO, SK_ARC_CHORD, SK_ARC_PIE };
void sk_gdi_arc(struct sk_gdi *g, double l, double t, double r, double b, struct sk_point from,
    struct sk_point to, enum sk_arc how);
void sk_gdi_angle_arc(
    struct sk_gdi *g, struct sk_point c, double radius, double start, double sweep);
void sk_gdi_pixel(struct sk_gdi *g, struct sk_point p, uint32_t color);
void sk_gdi_move(struct sk_gdi *g, struct sk_point p);

/* Paths and clipping. */
void sk_gdi_begin_path(struct sk_gdi *g);
void sk_gdi_paint_path(struct sk_gdi *g, bool fill, bool stroke);
void sk_gdi_clip_path(struct sk_gdi *g, unsigned mode);
void sk_gdi_clip_rect(struct sk_gdi *g, double l, double t, double r, double b, bool exclude);
/* Rectangles in device units; n = 0 with mode RGN_COPY resets the clip. */
void sk_gdi_clip_region(struct sk_gdi *g, const struct sk_point *corners, size_t n, unsigned mode);
void sk_gdi_fill_region(
    struct sk_gdi *g, const struct sk_point *corners, size_t n, const struct sk_gdi_object *brush);

/* Pictures. A NULL surface paints the destination by the raster operation alone (PATCOPY, BLACKNESS …). */
void sk_gdi_blit(struct sk_gdi *g, cairo_surface_t *src, double x, double y, double w, double h,
    double sx, double sy, double sw, double sh, uint32_t rop, double alpha);
/* Vertex colours over rectangles (mode 0, 1) or triangles (2). */
struct sk_vertex {
	struct sk_point p;
	double r, g, b;
};
void sk_gdi_gradient(struct sk_gdi *g, const struct sk_vertex v[3], unsigned mode);

/* Text: UTF-8, dx logical advances per character or NULL. `rect` (NULL: none) for opaque and clipped text. */
void sk_gdi_text(struct sk_gdi *g, struct sk_point p, struct sk_slice utf8, const double *dx,
    size_t ndx, unsigned options, const double rect[4]);
/* Fonts, loaded before the jail closes (fonts.c). */
int sk_gdi_fonts_init(void);
cairo_font_face_t *sk_gdi_font(const struct sk_gdi_object *font, uint32_t cp);
/* FreeType's face of the one that draws a letter, for who takes its outline; NULL: no font has it. */
struct FT_FaceRec_ *sk_gdi_face(bool mono, bool serif, bool bold, uint32_t cp);

/* A device-independent bitmap: its header and its bits. NULL when it is broken or not sensible (dib.c). */
cairo_surface_t *sk_gdi_dib(
    struct sk_job *job, struct sk_slice header, struct sk_slice bits, bool alpha);

/* Logical to device to pixel. */
void sk_gdi_to_pixels(const struct sk_gdi *g, double *x, double *y);

#endif
