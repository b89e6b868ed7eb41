/*
 * Inside of the font family: the drawing pen, the CFF model that CFF and Type 1 fonts are read into, and
 * the parts of the sfnt rebuild. Cleaner's jail.
 */
#ifndef SK_FORMAT_FONT_INTERNAL_H
#define SK_FORMAT_FONT_INTERNAL_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/slice.h"

/* All coordinates of charstrings are 16.16 fixed point, held wider. */
typedef int64_t sk_fixed;
#define SK_FIXED(i) ((sk_fixed)(i)*65536)

/* ---- pen.c: outlines in, canonical Type 2 charstrings out ---- */

struct sk_pen {
	struct sk_buf *out; /* NULL: only check and hash */
	uint64_t *budget;   /* path segments left to the whole font */
	uint64_t hash;      /* of all that was drawn, and of the width */
	sk_fixed x, y;      /* where the font's program is */
	sk_fixed ex, ey;    /* where the written outline is */
	bool open;          /* a contour is under way */
	int err;            /* SK_EFORMAT: a number has no charstring form; SK_ELIMIT: too much */
	uint8_t op;         /* operator that still collects operands; 0: none */
	bool has_width;
	unsigned nargs;
	int32_t width, args[48];
};

/* Start a glyph. `width` is the difference to the nominal width; NULL leaves it out. */
void sk_pen_start(struct sk_pen *pen, struct sk_buf *out, uint64_t *budget);
/* The advance, for the hash, and how it is written; before the first pen_end. */
void sk_pen_width(struct sk_pen *pen, sk_fixed width, int nominal, int standard);
void sk_pen_move(struct sk_pen *pen, sk_fixed dx, sk_fixed dy);
void sk_pen_line(struct sk_pen *pen, sk_fixed dx, sk_fixed dy);
/* Three deltas, each from the point before: dx1 dy1 dx2 dy2 dx3 dy3. */
void sk_pen_curve(struct sk_pen *pen, const sk_fixed d[6]);
/* The contour is complete; the point stays. */
void sk_pen_close(struct sk_pen *pen);
/* Write what is left and endchar. 0 or the pen's error. */
int sk_pen_end(struct sk_pen *pen);

/* ---- cff: the model ---- */

struct sk_index {
	struct sk_slice offsets, data;
	uint32_t count;
	unsigned off_size;
};

/* A number of a DICT in units of 10^-12, so that it has one decimal form. */
#define SK_PICO ((int64_t)1000000000000)

struct sk_font_matrix {
	bool present;
	int64_t v[6];
};

struct sk_cff_fd {
	struct sk_font_matrix matrix;
	sk_fixed read_default, read_nominal; /* as read */
	int standard, nominal;               /* as written */
	struct sk_index subrs;
};

struct sk_cff_sup {
	uint8_t code;
	uint16_t sid;
};

struct sk_cff {
	struct sk_arena *arena;
	bool cid;
	uint32_t nglyphs;
	bool has_bbox;
	int bbox[4];
	struct sk_font_matrix matrix;
	int charset_kind;       /* 0–2: predefined; 3: the array */
	uint16_t *charset;      /* of every glyph; name-keyed: string ids, CID-keyed: CIDs */
	struct sk_slice *names; /* string ids from 391 on */
	size_t nnames;
	int encoding_kind; /* 0: Standard, 1: Expert, 2: own */
	uint8_t codes[255];
	unsigned ncodes;
	struct sk_cff_sup sups[256];
	unsigned nsups;
	uint8_t *fdselect;     /* CID-keyed: of every glyph */
	struct sk_cff_fd *fds; /* at least one; name-keyed: exactly one */
	unsigned nfds;

	/* Source of the outlines when read from CFF. */
	struct sk_index chars, gsubrs;
};

/* The outlines, written: charstring g is data[ends[g-1] .. ends[g]]. */
struct sk_cff_glyphs {
	struct sk_buf data;
	uint32_t *ends;
	uint64_t *hashes;
	uint32_t broken, drawn; /* glyphs that could not be drawn and became empty; the others */
	uint64_t budget;        /* path segments and operators left */
};

int sk_cff_read(struct sk_arena *arena, struct sk_slice in, struct sk_cff *f);
/* The glyphs' arrays for n glyphs, from the arena; free data with sk_buf_free(). */
int sk_cff_glyphs_init(struct sk_arena *arena, struct sk_cff_glyphs *g, uint32_t n, size_t input);
/* Close glyph i: err from drawing it; a broken one becomes empty. 0 or what ends the font. */
int sk_cff_glyph_done(struct sk_cff_glyphs *g, uint32_t i, struct sk_pen *pen, int err,
    const struct sk_cff_fd *fd, sk_fixed width);
/* Interpret all glyphs of a font that was read; without `write` only the hashes are made. */
int sk_cff_draw(const struct sk_cff *f, struct sk_cff_glyphs *g, bool write);
int sk_cff_write(const struct sk_cff *f, const struct sk_cff_glyphs *g, struct sk_buf *out);
/* Bare CFF → canonical CFF, CID-keyed or name-keyed as asked. */
int sk_cff_rebuild(struct sk_arena *arena, struct sk_slice in, bool cid, struct sk_buf *out);
/* Give a name-keyed font CIDs: each glyph its number. */
int sk_cff_make_cid(struct sk_cff *f);
/* Draw, write, read the written font again and compare all outlines and widths. */
int sk_cff_finish(const struct sk_cff *f, struct sk_cff_glyphs *g, struct sk_buf *out);
/* Element i of an INDEX; empty when it has none or its offsets are broken. */
struct sk_slice sk_index_get(const struct sk_index *x, uint32_t i);

/* ---- type2.c ---- */

struct sk_type2_font {
	const struct sk_cff *cff;
	const struct sk_cff_fd *fd;
	uint64_t *budget; /* operators left to the whole font */
};

/*
 * Interpret one charstring. *width is its advance. SK_EFORMAT when the program is broken, SK_ELIMIT when the
 * font's budget is used up.
 */
int sk_type2_draw(
    const struct sk_type2_font *font, struct sk_slice code, struct sk_pen *pen, sk_fixed *width);

/* ---- names.c ---- */

#define SK_CFF_NSTRINGS 391
#define SK_SID_BUCKETS 256
/* The standard strings, made ready for looking up. */
struct sk_sid_index {
	struct sk_slice name[SK_CFF_NSTRINGS];
	uint16_t head[SK_SID_BUCKETS], next[SK_CFF_NSTRINGS];
};
void sk_sid_index(struct sk_sid_index *x);
/* The standard string id of a name, or -1. */
int sk_sid_find(const struct sk_sid_index *x, struct sk_slice name);
/* String id of a code of StandardEncoding; 0 (.notdef) when it has none. */
unsigned sk_standard_encoding(unsigned code);
/* Is this a name that may be written (doc/profiles/font.md)? */
bool sk_glyph_name_ok(struct sk_slice name);

/* ---- type1 ---- */

struct sk_type1 {
	struct sk_arena *arena;
	struct sk_font_matrix matrix;
	bool has_bbox;
	int bbox[4];
	bool standard_encoding, has_encoding;
	struct sk_slice encoding[256];
	int lenIV;
	struct sk_slice *subrs; /* decrypted */
	size_t nsubrs;
	struct sk_slice *names, *codes; /* decrypted charstrings */
	size_t nglyphs;
	uint64_t *budget;
	const struct sk_sid_index *sids;
};

int sk_type1_read(struct sk_arena *arena, struct sk_slice in, struct sk_type1 *f);
int sk_type1_draw(
    const struct sk_type1 *f, struct sk_slice code, struct sk_pen *pen, sk_fixed *width);
/* Index of a glyph by name, or -1. */
long sk_type1_find(const struct sk_type1 *f, struct sk_slice name);
/* Type 1 → canonical CFF. */
int sk_type1_rebuild(struct sk_arena *arena, struct sk_slice in, bool cid, struct sk_buf *out);

/* Numbers as PostScript writes them; in 10^-12, saturating. false: not a number. */
bool sk_decimal_parse(struct sk_slice s, int64_t *pico);

/* ---- sfnt ---- */

struct sk_sfnt_table {
	uint32_t tag;
	struct sk_slice data;
};

#define SK_SFNT_TABLES 64
struct sk_sfnt {
	struct sk_sfnt_table tables[SK_SFNT_TABLES];
	unsigned n;
};

#define SK_TAG(a, b, c, d) \
	((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

/* The table directory, also of the first font of a collection. */
int sk_sfnt_read(struct sk_slice in, struct sk_sfnt *s);
/* A table, or an empty slice with p NULL. */
struct sk_slice sk_sfnt_get(const struct sk_sfnt *s, uint32_t tag);
int sk_truetype_rebuild(struct sk_arena *arena, const struct sk_sfnt *s, struct sk_buf *out);

/* Does this font place parts of its glyphs by instructions, so that it is nothing without them? */
bool sk_tricky(const struct sk_sfnt *s);

struct sk_glyf {
	uint32_t nglyphs;
	struct sk_slice glyf, loca;
	bool long_loca;
	uint32_t *ends; /* of each glyph in the written table */
	unsigned points, contours, composite_points, composite_contours, components, depth;
};
int sk_glyf_rebuild(struct sk_arena *arena, struct sk_glyf *g, struct sk_buf *out);

/* The canonical tables; nothing is appended when no subtable can be kept. */
int sk_cmap_rebuild(
    struct sk_arena *arena, struct sk_slice in, uint32_t nglyphs, struct sk_buf *out);
int sk_post_rebuild(
    struct sk_arena *arena, struct sk_slice in, uint32_t nglyphs, struct sk_buf *out);

#endif
