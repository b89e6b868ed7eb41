/*
 * Inside of the PDF cleaner. Input objects are read from qpdf one by one as text and parsed by our own
 * lexer into values (source.c, value.c); builders turn them, type by type and from positive lists, into
 * values of the output (build.c and one file a family); the writer numbers and writes what is reached
 * (write.c). A builder returns false for "this cannot be kept"; errors that end the job stay in `rc`.
 * Cleaner's jail. The output's form: doc/profiles/pdf.md.
 */
#ifndef SK_FORMAT_PDF_PDF_H
#define SK_FORMAT_PDF_PDF_H

#include <qpdf/qpdf-c.h>

#include "format/handler.h"
#include "format/pdf/lex.h"

enum sk_pdf_kind {
	SK_PDF_NULL,
	SK_PDF_BOOL,
	SK_PDF_INT,
	SK_PDF_REAL,
	SK_PDF_NAME,
	SK_PDF_STRING,
	SK_PDF_ARRAY,
	SK_PDF_DICT,
	SK_PDF_REF, /* to an object of the input: i is its number, n its generation */
	SK_PDF_OUT, /* to an object of the output */
};

struct sk_pdf_out;
struct sk_pdf_node;

struct sk_pdf_val {
	uint8_t kind;
	uint16_t room; /* elements that have a place (value.c) */
	uint32_t n;    /* bytes, elements, pairs of a dictionary */
	union {
		int64_t i;            /* BOOL, INT, REF */
		const uint8_t *s;     /* NAME (decoded), STRING (decoded), REAL (canonical text) */
		struct sk_pdf_val *v; /* elements; key, value, key, value … */
		struct sk_pdf_out *out;
	};
};

/* What an object is used as; decides its builder. */
enum sk_pdf_role {
	SK_PDF_ROLE_NONE,
	SK_PDF_ROLE_XOBJECT,
	SK_PDF_ROLE_FORM,
	SK_PDF_ROLE_IMAGE,
	SK_PDF_ROLE_SMASK,
	SK_PDF_ROLE_MASK,
	SK_PDF_ROLE_COLOURSPACE,
	SK_PDF_ROLE_ICC,
	SK_PDF_ROLE_LOOKUP,
	SK_PDF_ROLE_FUNCTION,
	SK_PDF_ROLE_SHADING,
	SK_PDF_ROLE_PATTERN,
	SK_PDF_ROLE_EXTGSTATE,
	SK_PDF_ROLE_FONT,
	SK_PDF_ROLE_CIDFONT,
	SK_PDF_ROLE_DESCRIPTOR,
	SK_PDF_ROLE_CIDTOGID,
	SK_PDF_ROLE_ENCODING_CMAP,
	SK_PDF_ROLE_TOUNICODE,
	SK_PDF_ROLE_OCG,
	SK_PDF_ROLE_ANNOTATION,
	SK_PDF_ROLE_COUNT
};

enum sk_pdf_state { SK_PDF_BUILDING, SK_PDF_FAILED, SK_PDF_BUILT };

/* What drawing content costs. tiled: tiles that fill its box; rate: of them, for an area of 1 (load.c) */
struct sk_pdf_load {
	double fixed, tiled, rate, text;
};

/* An object of the output. */
struct sk_pdf_out {
	struct sk_pdf_val val;
	const uint8_t *data; /* of a stream, packed; NULL: not a stream */
	size_t n;
	uint32_t num; /* 0: not reached yet */
	uint8_t state;
	uint8_t role;
	uint32_t note; /* what users of the object must know: components, inputs and outputs */
	struct sk_pdf_load *load; /* of a form, tiling pattern, Type 3 font */
	struct sk_pdf_out *next;  /* the same input object in another role */
};

/* An object of the input. */
struct sk_pdf_in {
	struct sk_pdf_val val; /* of a stream: its dictionary */
	uint32_t num;
	qpdf_oh oh; /* of a stream */
	bool stream, busy, walked, visited;
	struct sk_pdf_out *outs;
	struct sk_pdf_out *program;               /* a font program, rebuilt */
	struct sk_pdf_out *page, *item, *element; /* what it became in the trees */
	uint8_t layer;                            /* enum sk_pdf_layer */
};

enum sk_pdf_layer_state { SK_PDF_LAYER_NONE, SK_PDF_LAYER_SHOWN, SK_PDF_LAYER_HIDDEN };

/* Attributes that a page inherits from the nodes above it. */
enum { SK_PDF_RESOURCES, SK_PDF_MEDIABOX, SK_PDF_CROPBOX, SK_PDF_ROTATE, SK_PDF_INHERITED };

struct sk_pdf_page {
	const struct sk_pdf_val *dict;
	const struct sk_pdf_val *inherited[SK_PDF_INHERITED];
	struct sk_pdf_out *out;
};

/* A named destination. */
struct sk_pdf_named {
	struct sk_slice name;
	const struct sk_pdf_val *val;
};

struct libdeflate_compressor;
struct libdeflate_decompressor;

struct sk_pdf {
	struct sk_job *job;
	struct sk_arena *arena; /* for what stays */
	struct sk_arena *tmp;   /* decoded bytes of the stream at hand */
	struct sk_arena *home;  /* as `arena`, even while that is another for a moment */
	qpdf_data qpdf;
	bool encrypted;
	struct sk_slice bytes; /* the input */
	struct sk_pdf_in **ins;
	struct sk_slice *names;   /* value.c: names met so far */
	struct sk_pdf_val *stack; /* value.c: parts of what is being parsed */
	size_t nstack, capstack;
	struct sk_pdf_node *indexed, **indexes; /* names.c: dictionaries that have a tree */
	size_t nindexes, capindexes;
	uint32_t visits;         /* of nodes of the page tree */
	uint32_t actions;        /* removed.c */
	uint64_t steps;          /* layer.c */
	struct sk_pdf_val rest;  /* structure.c: keys of the element at hand */
	size_t nins;             /* numbers below this have a place */
	uint32_t nloaded;        /* objects read so far */
	int rc;                  /* sticky: ends the job */
	unsigned depth;          /* of builders in builders */
	unsigned function_depth; /* of functions in functions */
	unsigned content_depth;  /* of content in content */
	char where[32];          /* "page 3" */
	struct libdeflate_compressor *packer;
	struct libdeflate_decompressor *unpacker;
	struct sk_buf packed;      /* scratch of the packer */
	struct sk_pdf_page *pages; /* leaves of the page tree, in order */
	size_t npages, cappages;
	struct sk_pdf_val layers;   /* OCGs that are kept */
	struct sk_pdf_named *dests; /* named destinations, sorted */
	size_t ndests, capdests;
	uint32_t lookup; /* bytes of the Indexed lookup that is asked for */
	const struct sk_pdf_val *field_resources;  /* AcroForm's, for appearances of fields */
	bool in_field;                             /* drawing one of those */
	const struct sk_pdf_val *widget_resources; /* the field's own */
	bool need_appearances; /* values count, not the appearances that are there */
	struct sk_pdf_out *gothic;
	struct sk_pdf_out *helvetica; /* for fields without an appearance */
	int64_t size;  /* one more than the largest object number, as the trailer says */
	bool cid;      /* the font at hand is a CID font */
	bool bad_font; /* a font of the page at hand could not be rebuilt */
	const struct sk_pdf_val *page_resources; /* for forms without resources of their own */
};

/* --- value.c: values of the input and of the output --- */

/* The value at the lexer's place; false: not one value, or out of memory (then rc). */
bool sk_pdf_parse(struct sk_pdf *x, struct sk_pdf_lex *l, struct sk_pdf_val *out);

/* Follow references; NULL for null. The stream, if it is one, in *in (may be NULL). */
const struct sk_pdf_val *sk_pdf_resolve(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in **in);

/* The value of a key as written, and resolved and of a kind; NULL when it is not there. */
const struct sk_pdf_val *sk_pdf_raw(const struct sk_pdf_val *dict, const char *key);
const struct sk_pdf_val *sk_pdf_get(
    struct sk_pdf *x, const struct sk_pdf_val *dict, const char *key);
const struct sk_pdf_val *sk_pdf_get_kind(
    struct sk_pdf *x, const struct sk_pdf_val *dict, const char *key, enum sk_pdf_kind kind);
const struct sk_pdf_val *sk_pdf_at(struct sk_pdf *x, const struct sk_pdf_val *array, uint32_t i);

bool sk_pdf_is(const struct sk_pdf_val *v, const char *name); /* is it this name? v may be NULL */
bool sk_pdf_number(const struct sk_pdf_val *v, double *d);    /* v may be NULL */
int64_t sk_pdf_int(
    struct sk_pdf *x, const struct sk_pdf_val *dict, const char *key, int64_t otherwise);
bool sk_pdf_numbers(struct sk_pdf *x, const struct sk_pdf_val *v, double *d, uint32_t n);

struct sk_pdf_val sk_pdf_vname(const char *s);
struct sk_pdf_val sk_pdf_vint(int64_t i);
struct sk_pdf_val sk_pdf_vbool(bool b);
struct sk_pdf_val sk_pdf_vout(struct sk_pdf_out *o);
struct sk_pdf_val sk_pdf_vdict(void);
struct sk_pdf_val sk_pdf_varray(void);
void sk_pdf_put(struct sk_pdf *x, struct sk_pdf_val *dict, const char *key, struct sk_pdf_val v);
void sk_pdf_put_name(
    struct sk_pdf *x, struct sk_pdf_val *dict, struct sk_pdf_val key, struct sk_pdf_val v);
void sk_pdf_push(struct sk_pdf *x, struct sk_pdf_val *array, struct sk_pdf_val v);
/* Places for so many more elements or pairs, and none to spare. */
void sk_pdf_reserve(struct sk_pdf *x, struct sk_pdf_val *v, uint32_t more);

/* --- names.c --- */
const uint32_t *sk_pdf_name_find(const struct sk_pdf_node *t, struct sk_slice name);
/* The name's bytes must stay. A name that is there keeps its number. */
bool sk_pdf_name_add(
    struct sk_pdf *x, struct sk_pdf_node **t, struct sk_slice name, uint32_t value);
/* The value of a key of an object of the input that may have very many; NULL when it is not there. */
const struct sk_pdf_val *sk_pdf_find(
    struct sk_pdf *x, const struct sk_pdf_val *dict, struct sk_slice name);

/* --- source.c: the input through qpdf --- */
int sk_pdf_open(struct sk_pdf *x);
void sk_pdf_close(struct sk_pdf *x);
struct sk_pdf_in *sk_pdf_object(struct sk_pdf *x, int64_t num, uint32_t gen);
/* Bytes of a stream as stored (decrypted); into x->tmp. */
bool sk_pdf_stored(struct sk_pdf *x, struct sk_pdf_in *in, struct sk_slice *out);
/* A new x->tmp until the matching end; NULL: out of memory (rc is set). */
struct sk_arena *sk_pdf_scratch(struct sk_pdf *x);
void sk_pdf_scratch_end(struct sk_pdf *x, struct sk_arena *was);
/* Record a fatal status; returns false. */
bool sk_pdf_fatal(struct sk_pdf *x, int rc);

/* --- filter.c: decoders --- */
enum sk_pdf_coding {
	SK_PDF_PLAIN,
	SK_PDF_DCT,
	SK_PDF_JPX,
	SK_PDF_JBIG2,
	SK_PDF_CCITT,
	SK_PDF_UNKNOWN_CODING
};

struct sk_pdf_data {
	struct sk_slice bytes;
	enum sk_pdf_coding coding;      /* what is left to decode */
	const struct sk_pdf_val *parms; /* of that coding, or NULL */
	bool png;                       /* rows still have their PNG predictor bytes */
	bool damaged; /* the data ended early or was broken; what could be read is there */
};

/*
 * Undo all filters up to the first picture coding. keep_png: leave PNG predictor bytes where the last
 * filter has one. `in` has the stream, `dict` its dictionary (inline images: abbreviated keys).
 */
bool sk_pdf_decode(struct sk_pdf *x, struct sk_pdf_in *in, bool keep_png, struct sk_pdf_data *out);
bool sk_pdf_decode_bytes(struct sk_pdf *x, const struct sk_pdf_val *dict, struct sk_slice bytes,
    bool keep_png, struct sk_pdf_data *out);
/* As sk_pdf_decode(), for streams that may only have plain data. */
bool sk_pdf_plain(struct sk_pdf *x, struct sk_pdf_in *in, struct sk_slice *out);
bool sk_pdf_lzw(struct sk_slice in, bool early, struct sk_buf *out);
bool sk_pdf_runlength(struct sk_slice in, struct sk_buf *out);
bool sk_pdf_ascii85(struct sk_slice in, struct sk_buf *out);
bool sk_pdf_asciihex(struct sk_slice in, struct sk_buf *out);
/* Flate as far as it goes. Too much of it is fatal. */
bool sk_pdf_inflate(struct sk_pdf *x, struct sk_slice in, struct sk_slice *out, bool *damaged);

/* --- write.c --- */
struct sk_pdf_out *sk_pdf_new(struct sk_pdf *x, struct sk_pdf_val v);
/* Make o a stream of these bytes, Flate packed. */
bool sk_pdf_pack(struct sk_pdf *x, struct sk_pdf_out *o, struct sk_slice bytes);
/* Write a value in canonical form. */
void sk_pdf_print(struct sk_buf *b, const struct sk_pdf_val *v);
void sk_pdf_print_name(struct sk_buf *b, struct sk_slice name);
void sk_pdf_print_string(struct sk_buf *b, struct sk_slice s);
void sk_pdf_print_real(struct sk_buf *b, double d);
int sk_pdf_write(
    struct sk_pdf *x, struct sk_pdf_out *root, struct sk_pdf_out *info, struct sk_buf *out);

/* --- build.c: dictionaries by table --- */
enum sk_pdf_rule_type {
	SK_PDF_R_BOOL,
	SK_PDF_R_INT, /* min … max */
	SK_PDF_R_NUM,
	SK_PDF_R_NAMES, /* one of `arg`, names separated by spaces */
	SK_PDF_R_NAME,  /* any */
	SK_PDF_R_STRING,
	SK_PDF_R_RECT,
	SK_PDF_R_NUMS,  /* array of min … max numbers */
	SK_PDF_R_ROLE,  /* min: the role */
	SK_PDF_R_LAYER, /* an optional content group */
	SK_PDF_R_FN,    /* fn: a builder */
};

typedef bool sk_pdf_fn(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out);

struct sk_pdf_rule {
	const char *key;
	uint8_t type;
	bool needed;
	int32_t min, max;
	const char *arg;
	sk_pdf_fn *fn;
};

/* Copy the listed keys of `in` to `out`; others are counted as removed. false: a needed one is missing. */
bool sk_pdf_dict(struct sk_pdf *x, const struct sk_pdf_val *in, const struct sk_pdf_rule *rules,
    struct sk_pdf_val *out);
/* One value by a rule. */
bool sk_pdf_value(struct sk_pdf *x, const struct sk_pdf_val *in, const struct sk_pdf_rule *r,
    struct sk_pdf_val *out);
/* What `v` refers to (or is), as `role`. */
bool sk_pdf_role(
    struct sk_pdf *x, const struct sk_pdf_val *v, enum sk_pdf_role role, struct sk_pdf_val *out);
bool sk_pdf_listed(const struct sk_pdf_val *name, const char *names);
bool sk_pdf_free_name(const struct sk_pdf_val *v);
sk_pdf_fn sk_pdf_build_rect, sk_pdf_build_numbers;

/* Each role's builder: fills o->val (and data). `in` is NULL for a direct value. */
typedef bool sk_pdf_role_fn(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o);
sk_pdf_role_fn sk_pdf_xobject, sk_pdf_form, sk_pdf_image, sk_pdf_smask, sk_pdf_mask,
    sk_pdf_colourspace, sk_pdf_icc, sk_pdf_lookup, sk_pdf_function, sk_pdf_shading, sk_pdf_pattern,
    sk_pdf_extgstate, sk_pdf_font, sk_pdf_cidfont, sk_pdf_descriptor, sk_pdf_cidtogid,
    sk_pdf_encoding_cmap, sk_pdf_tounicode, sk_pdf_ocg, sk_pdf_annotation;

/* --- removed.c: what to call the things that are dropped --- */
void sk_pdf_removed(struct sk_pdf *x, enum sk_code code);
void sk_pdf_unknown(struct sk_pdf *x, const struct sk_pdf_val *key, const struct sk_pdf_val *v);
void sk_pdf_action_removed(struct sk_pdf *x, const struct sk_pdf_val *action);

/* --- resource.c: names in content, given anew --- */
enum sk_pdf_category {
	SK_PDF_RES_FONT,
	SK_PDF_RES_XOBJECT,
	SK_PDF_RES_EXTGSTATE,
	SK_PDF_RES_COLOURSPACE,
	SK_PDF_RES_PATTERN,
	SK_PDF_RES_SHADING,
	SK_PDF_RES_PROPERTIES,
	SK_PDF_RES_COUNT
};

struct sk_pdf_used {
	uint32_t index; /* 0: cannot be kept */
	struct sk_pdf_val val;
	double calls, wide; /* how often; what they make visible of it in all, to the box at hand */
};

struct sk_pdf_resources {
	const struct sk_pdf_val *dict; /* the input's; may be NULL */
	struct {
		struct sk_pdf_used *used;
		size_t n, cap;
		struct sk_pdf_node *names; /* places in `used` */
		uint32_t *kept;            /* the same, by new name */
		size_t capkept;
		uint32_t last; /* names given so far */
		const struct sk_pdf_val *in;
	} cat[SK_PDF_RES_COUNT];
	double operators, text;     /* written with these; bytes shown */
	struct sk_pdf_val defaults; /* DefaultGray … of ColorSpace, in output form */
};

void sk_pdf_resources_init(
    struct sk_pdf *x, struct sk_pdf_resources *r, const struct sk_pdf_val *dict);
/* The new name's number, 0 when there is no such thing or it cannot be kept. */
uint32_t sk_pdf_resource(
    struct sk_pdf *x, struct sk_pdf_resources *r, enum sk_pdf_category c, struct sk_slice name);
/* What a new name stands for. */
const struct sk_pdf_val *sk_pdf_resource_kept(
    const struct sk_pdf_resources *r, enum sk_pdf_category c, uint32_t index);
/* The resource as the input has it, or NULL. */
const struct sk_pdf_val *sk_pdf_resource_raw(
    struct sk_pdf *x, struct sk_pdf_resources *r, enum sk_pdf_category c, struct sk_slice name);
/* Add something of the output under a new name (XObjects made here). */
uint32_t sk_pdf_resource_add(
    struct sk_pdf *x, struct sk_pdf_resources *r, enum sk_pdf_category c, struct sk_pdf_val v);
struct sk_pdf_val sk_pdf_resources_out(struct sk_pdf *x, struct sk_pdf_resources *r);

/* --- load.c --- */
/* A resource is used where areas are `scale` times as large as in the box at hand. */
void sk_pdf_called(
    struct sk_pdf_resources *r, enum sk_pdf_category c, uint32_t index, double scale);
/* Of content in a box, once it is written. NULL: out of memory. */
struct sk_pdf_load *sk_pdf_load(
    struct sk_pdf *x, const struct sk_pdf_resources *r, const struct sk_pdf_val *box);
/* A page that asks for too much ends the job. */
void sk_pdf_check_load(struct sk_pdf *x, const struct sk_pdf_resources *r,
    const struct sk_pdf_val *box, const struct sk_pdf_val *annots);

/* --- content.c --- */
enum sk_pdf_content_kind { SK_PDF_STREAM, SK_PDF_GLYPH };

/* Tokens of `in` filtered by the operator table into `out`. */
bool sk_pdf_content(struct sk_pdf *x, struct sk_slice in, struct sk_pdf_resources *r,
    enum sk_pdf_content_kind kind, struct sk_buf *out);
/* The inline image behind BI; writes it to out or drops it. */
void sk_pdf_inline(struct sk_pdf *x, struct sk_pdf_lex *l, struct sk_pdf_resources *r, bool draw,
    struct sk_buf *out);
/* Property list of marked content in direct form. */
void sk_pdf_properties(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_buf *out);

/* --- colour.c --- */
/* Components of a colour space of the output; 0 for Pattern. */
unsigned sk_pdf_components(const struct sk_pdf_val *cs);
struct sk_pdf_val sk_pdf_device(unsigned n);
/* Has the function (of the output) these many inputs and outputs? */
bool sk_pdf_function_fits(const struct sk_pdf_val *f, unsigned inputs, unsigned outputs);

/* --- image.c --- */
/* An image from its dictionary (full keys) and stored bytes. */
bool sk_pdf_image_bytes(
    struct sk_pdf *x, const struct sk_pdf_val *dict, struct sk_slice stored, struct sk_pdf_out *o);
/* Exact bytes of W × H samples: padded or cut. */
struct sk_slice sk_pdf_fit(struct sk_pdf *x, struct sk_slice in, uint64_t n);
/* A decoded JPEG 2000 picture: 8 bits a sample, interleaved; alpha is a plane of its own or NULL. */
struct sk_pdf_jpx {
	uint32_t w, h;
	unsigned n;
	bool lossy; /* by its wavelet */
	uint8_t *samples, *alpha;
};

bool sk_pdf_jpx(struct sk_pdf *x, struct sk_slice in, bool indexed, struct sk_pdf_jpx *out);
/* Bilevel decoders: rows of (w + 7) / 8 bytes, a set bit is what T.6 calls black, in x->tmp. */
bool sk_pdf_jbig2(struct sk_pdf *x, struct sk_slice in, struct sk_slice globals, uint32_t w,
    uint32_t h, struct sk_slice *bits);
bool sk_pdf_ccitt(struct sk_pdf *x, struct sk_slice in, const struct sk_pdf_val *parms, uint32_t w,
    uint32_t h, struct sk_slice *bits);

/* --- cmap.c, font.c --- */
bool sk_pdf_cmap_known(const struct sk_pdf_val *name); /* a predefined one */
sk_pdf_fn sk_pdf_build_system_info;
struct sk_pdf_val sk_pdf_identity_info(struct sk_pdf *x); /* of CIDs that are glyph numbers */

/* --- page.c, annotation.c, widget.c, outline.c, structure.c, layer.c --- */
bool sk_pdf_find_pages(struct sk_pdf *x, const struct sk_pdf_val *root);
bool sk_pdf_build_pages(struct sk_pdf *x, struct sk_pdf_val *catalog);
/* Annotations of a page: those of the list into `out`, fields and the like as drawing into `content`. */
void sk_pdf_build_annotations(struct sk_pdf *x, const struct sk_pdf_val *page,
    struct sk_pdf_val *out, struct sk_pdf_resources *r, struct sk_buf *content);
/* Leaves of a name or number tree in order: `leaf` is "Names" or "Nums". */
typedef void sk_pdf_tree_fn(
    struct sk_pdf *x, const struct sk_pdf_val *key, const struct sk_pdf_val *v, void *ctx);
void sk_pdf_tree(struct sk_pdf *x, const struct sk_pdf_val *root, const char *leaf,
    sk_pdf_tree_fn *fn, void *ctx);
/* A stream of the normal appearance, or NULL. */
struct sk_pdf_in *sk_pdf_appearance(struct sk_pdf *x, const struct sk_pdf_val *annot);
/* A field's appearance drawn as page content. */
void sk_pdf_widget(struct sk_pdf *x, const struct sk_pdf_val *annot, struct sk_pdf_resources *r,
    struct sk_buf *content);
bool sk_pdf_hidden(struct sk_pdf *x, const struct sk_pdf_val *oc);
void sk_pdf_read_layers(struct sk_pdf *x, const struct sk_pdf_val *root);
void sk_pdf_build_layers(
    struct sk_pdf *x, const struct sk_pdf_val *root, struct sk_pdf_val *catalog);
/* The one OCG that an OC entry comes down to, in output form; false: always shown. */
bool sk_pdf_layer(struct sk_pdf *x, const struct sk_pdf_val *oc, struct sk_pdf_val *out);
sk_pdf_fn sk_pdf_build_group, sk_pdf_build_dest, sk_pdf_build_uri;
void sk_pdf_read_dests(struct sk_pdf *x, const struct sk_pdf_val *root);
/* An action as Dest (GoTo) or A (URI) of `out`; false: removed and counted. */
bool sk_pdf_put_action(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out);
void sk_pdf_build_outlines(
    struct sk_pdf *x, const struct sk_pdf_val *root, struct sk_pdf_val *catalog);
void sk_pdf_build_dests(
    struct sk_pdf *x, const struct sk_pdf_val *root, struct sk_pdf_val *catalog);
void sk_pdf_build_labels(
    struct sk_pdf *x, const struct sk_pdf_val *root, struct sk_pdf_val *catalog);
void sk_pdf_build_structure(
    struct sk_pdf *x, const struct sk_pdf_val *root, struct sk_pdf_val *catalog);

int sk_pdf_rebuild(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out);
void sk_pdf_probe(struct sk_slice in, const char *name, struct sk_report *claims);

#endif
