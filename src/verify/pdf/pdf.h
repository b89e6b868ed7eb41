/*
 * Inside of the PDF verifier: values, objects, rules for dictionaries. The file is read once into values
 * (layout.c); then every object is checked as what its place demands, starting at the catalog (pdf.c);
 * an object that no rule reaches, or that is two different things, is a fault. Verifier's jail.
 * doc/profiles/pdf.md; ISO 32000-1.
 */
#ifndef SK_VERIFY_PDF_PDF_H
#define SK_VERIFY_PDF_PDF_H

#include "base/buf.h"
#include "verify/pdf/lex.h"
#include "verify/verify.h"

enum sk_pv_kind {
	SK_PV_VNULL,
	SK_PV_VBOOL,
	SK_PV_VINT,
	SK_PV_VREAL,
	SK_PV_VNAME,
	SK_PV_VSTRING,
	SK_PV_VHEX,
	SK_PV_VARRAY,
	SK_PV_VDICT,
	SK_PV_VREF,
};

struct sk_pv_val {
	uint8_t kind;
	uint32_t n; /* bytes of text, elements of an array, pairs of a dictionary */
	union {
		int64_t i; /* BOOL, INT, REF: the object number */
		double r;
		const uint8_t *text;          /* NAME, STRING, HEX: as written */
		const struct sk_pv_val *kids; /* key, value, key, value … in a dictionary */
	};
};

/* What an object is. */
enum sk_pv_type {
	SK_PV_UNSEEN,
	SK_PV_CATALOG,
	SK_PV_INFO,
	SK_PV_PAGES,
	SK_PV_PAGE,
	SK_PV_CONTENTS, /* a content stream of a page or a glyph */
	SK_PV_OUTLINES,
	SK_PV_OUTLINE,
	SK_PV_OCG,
	SK_PV_STRUCTROOT,
	SK_PV_STRUCTELEM,
	SK_PV_PARENTTREE,
	SK_PV_PARENTS, /* an array of the parent tree */
	SK_PV_ANNOT,
	SK_PV_XOBJECT,
	SK_PV_SPACE,
	SK_PV_ICC,
	SK_PV_LOOKUP,
	SK_PV_FUNCTION,
	SK_PV_SHADING,
	SK_PV_PATTERN,
	SK_PV_GSTATE,
	SK_PV_FONT,
	SK_PV_CIDFONT,
	SK_PV_DESCRIPTOR,
	SK_PV_FONTFILE,
	SK_PV_GLYPHMAP, /* CIDToGIDMap */
	SK_PV_CMAP,
	SK_PV_TOUNICODE,
	SK_PV_TYPES,
};

/* How often a form is called or a graphics state set; wide: what of the box at hand the calls make visible in all. */
struct sk_pv_calls {
	double n, wide;
};

/* What drawing a container costs (load.c). */
struct sk_pv_load {
	struct sk_pv_calls *forms, *states; /* by their places in Resources */
	double operators, text;             /* text: bytes shown */
	double fixed, tiled,
	    rate; /* tiled: tiles that fill the box; rate: of them, for an area of 1 */
	bool known;
};

struct sk_pv_obj {
	const struct sk_pv_val *val;
	const uint8_t *data;     /* of a stream, else NULL; its length is in the dictionary */
	struct sk_pv_load *load; /* of a page, form, tiling pattern, Type 3 font */
	uint32_t at;             /* its offset in the file */
	uint32_t note;           /* what the check of its type remembers about it */
	uint8_t type;            /* enum sk_pv_type */
	uint8_t flags;           /* SK_PV_IS_… */
	uint8_t nest;            /* pdf.c: containers inside it, + 1 */
};

enum {
	SK_PV_IS_SMASK = 1, /* an image that masks another */
	SK_PV_HAS_MATTE = 2,
	SK_PV_IN_OCGS = 4,
	SK_PV_DONE = 8, /* colour spaces and functions: note is valid */
};

struct z_stream_s;

struct sk_pv {
	struct sk_check *c;
	struct sk_slice in;
	struct sk_pv_obj *objs; /* index is the number; [0] is not used */
	uint32_t nobjs;         /* highest number + 1 */
	uint32_t next;          /* number that the next new reference must have */
	struct sk_pv_val trailer;
	struct sk_pv_val *stack; /* of the value being parsed */
	size_t nstack, capstack;
	struct sk_buf keys; /* hash table of the dictionary being parsed */
	uint32_t *todo;     /* objects to be checked */
	size_t ntodo, captodo;
	uint32_t cur;          /* object being read or checked, for faults */
	struct sk_buf content; /* decoded content stream being checked */
	struct sk_buf scratch; /* decoded bytes of any other stream */
	struct z_stream_s *z;  /* one decompressor for all streams */
	uint32_t parent_tree;  /* its object, 0: none */
	uint32_t *later;       /* OBJR targets: annotations that a page must have shown */
	size_t nlater, caplater;
};

/* A fault in the object at hand. Returns SK_EFORMAT. */
int sk_pv_fail(struct sk_pv *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
uint64_t sk_pv_offset(const struct sk_pv *p);

/* --- layout.c, value.c --- */
int sk_pv_parse(struct sk_pv *p, struct sk_pv_lex *l, struct sk_pv_val *out);
int sk_pv_layout(struct sk_pv *p);

/* --- inflate.c --- */

/* All the data of the stream object `num`, unpacked into `out` (emptied first). */
int sk_pv_inflate(struct sk_pv *p, uint32_t num, struct sk_buf *out);

/* The data must unpack to exactly `rows` × `row` bytes; with `tagged` each row starts with a byte 0–4 more. */
int sk_pv_inflate_rows(
    struct sk_pv *p, struct sk_slice data, uint64_t rows, uint64_t row, bool tagged);

/* --- rule.c --- */

/* The value of a key, or NULL. */
const struct sk_pv_val *sk_pv_get(const struct sk_pv_val *dict, const char *key);
bool sk_pv_is(const struct sk_pv_val *v, const char *name);
bool sk_pv_number(const struct sk_pv_val *v);
double sk_pv_num(const struct sk_pv_val *v);

/* What a reference refers to, else the value itself. */
const struct sk_pv_val *sk_pv_resolve(const struct sk_pv *p, const struct sk_pv_val *v);

/* The object at hand must be a stream, or must not be one. */
struct sk_slice sk_pv_data(const struct sk_pv *p, uint32_t num);

/* One key of a dictionary: what its value must be. */
struct sk_pv_rule {
	const char *key;
	int (*check)(struct sk_pv *p, const struct sk_pv_val *v, const struct sk_pv_rule *r);
	const char *names; /* allowed names, one space between */
	double lo, hi;     /* range of a number, least and largest number of elements */
	int (*call)(struct sk_pv *p, const struct sk_pv_val *v);
	uint8_t type; /* of the object referred to */
	bool must;
};

/* Rows are made of these. A table ends with an empty row. */
#define K(k) .key = k
#define MUST .must = true
#define NAMED(list) .check = sk_pv_is_listed, .names = list
#define NAME .check = sk_pv_is_name
#define STRING .check = sk_pv_is_string
#define BOOL .check = sk_pv_is_bool
#define YES .check = sk_pv_is_true
#define INT(a, b) .check = sk_pv_is_int, .lo = (a), .hi = (b)
#define ANYINT INT(-2147483647, 2147483647)
#define NUM .check = sk_pv_is_num, .lo = -2147483648.0, .hi = 2147483648.0
#define NUMIN(a, b) .check = sk_pv_is_num, .lo = (a), .hi = (b)
#define NUMS(a, b) .check = sk_pv_is_nums, .lo = (a), .hi = (b)
#define ANYNUMS NUMS(0, 4294967295.0)
#define RECT .check = sk_pv_is_rect
#define REF(t) .check = sk_pv_is_ref, .type = (t)
#define CALL(f) .check = sk_pv_is_call, .call = (f)
#define STREAMKEYS \
	{K("Length"), INT(0, 2147483647), MUST}, \
	{ \
		K("Filter"), NAMED("FlateDecode"), MUST \
	}

#define SK_PV_CHECK(f) int f(struct sk_pv *p, const struct sk_pv_val *v, const struct sk_pv_rule *r)
SK_PV_CHECK(sk_pv_is_listed);
SK_PV_CHECK(sk_pv_is_name);
SK_PV_CHECK(sk_pv_is_string);
SK_PV_CHECK(sk_pv_is_bool);
SK_PV_CHECK(sk_pv_is_true);
SK_PV_CHECK(sk_pv_is_int);
SK_PV_CHECK(sk_pv_is_num);
SK_PV_CHECK(sk_pv_is_nums);
SK_PV_CHECK(sk_pv_is_rect);
SK_PV_CHECK(sk_pv_is_ref);
SK_PV_CHECK(sk_pv_is_call);

/* v is a dictionary of these keys only, each good, none missing. `what` names it in faults. */
int sk_pv_dict(
    struct sk_pv *p, const struct sk_pv_val *v, const struct sk_pv_rule *rules, const char *what);

/* Is a name in the list? */
bool sk_pv_in_list(struct sk_slice name, const char *list);

/* v refers to an object of this type; it will be checked. */
int sk_pv_want(struct sk_pv *p, const struct sk_pv_val *v, enum sk_pv_type type);

/* Object `num` is of this type and nothing else. `fresh` unless NULL: this is the first time. */
int sk_pv_claim(struct sk_pv *p, uint32_t num, enum sk_pv_type type, bool *fresh);

/* --- checks of one type each; v is the value of object p->cur, or a direct value in it --- */
int sk_pv_catalog(struct sk_pv *p, const struct sk_pv_val *v);
int sk_pv_info(struct sk_pv *p, const struct sk_pv_val *v);
int sk_pv_page(struct sk_pv *p, const struct sk_pv_val *v);
int sk_pv_group(struct sk_pv *p, const struct sk_pv_val *v);
int sk_pv_ocg(struct sk_pv *p, const struct sk_pv_val *v);
int sk_pv_annot(struct sk_pv *p, const struct sk_pv_val *v);
int sk_pv_structroot(struct sk_pv *p, const struct sk_pv_val *v);
int sk_pv_structelem(struct sk_pv *p, const struct sk_pv_val *v);
int sk_pv_xobject(struct sk_pv *p, const struct sk_pv_val *v);
int sk_pv_font(struct sk_pv *p, const struct sk_pv_val *v);
int sk_pv_cidfont(struct sk_pv *p, const struct sk_pv_val *v);
int sk_pv_descriptor(struct sk_pv *p, const struct sk_pv_val *v);
int sk_pv_glyphmap(struct sk_pv *p, const struct sk_pv_val *v);
int sk_pv_cmap(struct sk_pv *p, const struct sk_pv_val *v);
int sk_pv_tounicode(struct sk_pv *p, const struct sk_pv_val *v);
int sk_pv_gstate(struct sk_pv *p, const struct sk_pv_val *v);
int sk_pv_shading(struct sk_pv *p, const struct sk_pv_val *v);
int sk_pv_pattern(struct sk_pv *p, const struct sk_pv_val *v);

/* Parts that stand in several places. */
int sk_pv_dest(struct sk_pv *p, const struct sk_pv_val *v);
int sk_pv_uri_action(struct sk_pv *p, const struct sk_pv_val *v);
int sk_pv_cidsysteminfo(struct sk_pv *p, const struct sk_pv_val *v);
int sk_pv_any_function(struct sk_pv *p, const struct sk_pv_val *v);
int sk_pv_plain_space(
    struct sk_pv *p, const struct sk_pv_val *v);                /* any colour space but Pattern */
int sk_pv_outlines(struct sk_pv *p, const struct sk_pv_val *v); /* root, and all its items */
int sk_pv_structure_ends(
    struct sk_pv *p); /* after all: what the structure tree points to is there */
bool sk_pv_is_cmap_name(const struct sk_pv_val *v);
int sk_pv_check_icc(struct sk_pv *p, struct sk_slice in, unsigned n);

/* After all: no container lies inside itself, none too deep. */
int sk_pv_nesting(struct sk_pv *p);

/* --- load.c --- */
/* After that: no page asks for too much. */
int sk_pv_loads(struct sk_pv *p);

/* --- colour.c, function.c --- */

struct sk_pv_space {
	unsigned n;                     /* components; of a pattern: of its base, 0 without */
	bool pattern, indexed, special; /* special: Separation or DeviceN */
	unsigned levels;                /* of nesting, itself included */
};
int sk_pv_space(
    struct sk_pv *p, const struct sk_pv_val *v, unsigned depth, struct sk_pv_space *out);

struct sk_pv_function {
	unsigned m, n; /* inputs, outputs */
	unsigned levels;
};
int sk_pv_function(
    struct sk_pv *p, const struct sk_pv_val *v, unsigned depth, struct sk_pv_function *out);

/* --- content.c --- */

/* Resources of one content stream or of all glyphs of a font, and how many of each kind were used. */
enum { SK_PV_RES = 7 };
struct sk_pv_resources {
	const struct sk_pv_val
	    *kind[SK_PV_RES]; /* Font XObject ExtGState ColorSpace Pattern Shading Properties */
	uint32_t used[SK_PV_RES], first[SK_PV_RES]; /* first: entries before R1 */
	struct sk_pv_load *load;                    /* of the container */
};
int sk_pv_resources_open(struct sk_pv *p, const struct sk_pv_val *v, struct sk_pv_resources *out);
int sk_pv_resources_close(struct sk_pv *p, const struct sk_pv_resources *r);

/* The content stream in object `num`. `glyph`: it starts with d0 or d1. */
int sk_pv_content(struct sk_pv *p, uint32_t num, struct sk_pv_resources *res, bool glyph);

/* Content with its own Resources key: open, run, close. `dict` holds Resources. */
int sk_pv_content_of(struct sk_pv *p, uint32_t num, const struct sk_pv_val *dict);

/* The default appearance of a FreeText annotation: a few operators in a string. */
int sk_pv_default_appearance(struct sk_pv *p, const struct sk_pv_val *v);

#endif
