/* What the files that draw a DXF share. Its reader takes what the cleaner writes: pairs of lines, sections, records. Cleaner's jail. */
#ifndef SK_FORMAT_CAD_DXF_DRAW_H
#define SK_FORMAT_CAD_DXF_DRAW_H

#include "format/cad/draw.h"

struct dxf_pair {
	int code;
	struct sk_slice v;
};

struct dxf_record {
	const struct dxf_pair *p; /* behind its name */
	size_t n;
	struct sk_slice name;
};

struct dxf_layer {
	bool off, frozen;
	int64_t colour; /* AutoCAD's number, or 1 << 24 | RGB */
	int weight;     /* hundredths of a millimetre; -3: the default */
	struct sk_slice ltype;
};

struct dxf_style {
	struct sk_cad_look look;
	double width, oblique; /* oblique in degrees */
};

/* A range of records; blocks also have their base. */
struct dxf_block {
	size_t from, to;
	struct sk_xy base;
	bool open; /* being drawn: a block that holds itself is drawn once */
};

struct dxf_name {
	struct sk_slice name;
	size_t i; /* of its array */
};

struct dxf_names {
	struct dxf_name *v;
	size_t n, cap;
};

struct dxf_drawing {
	struct sk_job *job;
	enum sk_charset charset;
	struct dxf_pair *pairs;
	size_t npairs, pairs_cap;
	struct dxf_record *records;
	size_t nrecords, records_cap;
	struct dxf_layer *layers;
	struct dxf_style *styles;
	struct sk_cad_dashes *ltypes;
	struct dxf_block *blocks;
	size_t nlayers, layers_cap, nstyles, styles_cap, nltypes, ltypes_cap, nblocks, blocks_cap;
	struct dxf_names layer_names, style_names, ltype_names, block_names;
	size_t from, to; /* of the entities */
	size_t *pages;   /* blocks of further layouts */
	size_t npages, pages_cap;
	bool paper; /* entities of the layout that was open */
	double unit_mm, ltscale, point_size;
	int point_mode;
};

/* What is inherited: in blocks, and for a record the values that are its own. */
struct dxf_frame {
	struct dxf_drawing *d;
	struct sk_cad_canvas *c;
	unsigned depth;
	bool hidden; /* a frozen layer around it */
	bool in_block;
	int64_t colour; /* BYBLOCK */
	int weight;
	struct sk_cad_dashes dashes;
	const struct dxf_layer
	    *layer; /* of the block reference: what is on layer 0 takes its look */
	int space;  /* 0 model, 1 paper, -1 any */
};

struct dxf_look {
	struct sk_cad_pen pen; /* its colour no lighter than can be seen on paper */
	uint32_t rgb;          /* as it is, for areas */
	int64_t colour;
	int weight;
	const struct dxf_layer *layer;
};

/* --- dxf-read.c --- */
int dxf_load(struct dxf_drawing *d, struct sk_slice in);
struct sk_slice dxf_string(const struct dxf_record *r, int code);
bool dxf_has(const struct dxf_record *r, int code);
double dxf_real(const struct dxf_record *r, int code, double missing);
int64_t dxf_int(const struct dxf_record *r, int code, int64_t missing);
/* Groups code and code + 10. */
struct sk_xy dxf_point(const struct dxf_record *r, int code);
/* Index of a name, SIZE_MAX: not there. Names differ by their letters' case only in programs that are wrong. */
size_t dxf_find(const struct dxf_names *names, struct sk_slice name);
/* Object coordinates of the record (210, 220, 230; 30, 38) seen from above. */
struct sk_affine dxf_ocs(const struct dxf_record *r);
uint32_t dxf_aci(int64_t number);

/* --- dxf-draw.c --- */
/* Points of the groups `code` and `code` + 10, in the order they stand in; *n: how many. From the arena. */
struct sk_xy *dxf_points(
    const struct dxf_frame *f, const struct dxf_record *r, int code, size_t *n);
/* Values of a group that stands several times. */
double *dxf_reals(const struct dxf_frame *f, const struct dxf_record *r, int code, size_t *n);
/* Lines through the points, as the path and drawn. */
void dxf_lines(const struct dxf_frame *f, const struct sk_xy *p, size_t n, bool closed,
    const struct dxf_look *look);
/* A filled tip at p of a line that comes from `from`; its length in millimetres on paper at most. */
void dxf_arrow(const struct dxf_frame *f, struct sk_xy p, struct sk_xy from, double mm,
    const struct dxf_look *look);
uint32_t dxf_colour(int64_t colour);

/* --- dxf-text.c --- */
void dxf_text(const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look);
void dxf_mtext(const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look);
void dxf_multileader(
    const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look);
void dxf_tolerance(
    const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look);

/* --- dxf-hatch.c --- */
void dxf_hatch(const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look);

/* --- dxf-mesh.c --- */
void dxf_lwpolyline(
    const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look);
/* A POLYLINE with its vertices, the records from..to behind it. */
void dxf_polyline(const struct dxf_frame *f, const struct dxf_record *r, size_t from, size_t to,
    const struct dxf_look *look);
void dxf_mesh(const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look);
void dxf_mline(const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look);

#endif
