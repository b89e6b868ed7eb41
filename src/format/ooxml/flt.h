/*
 * The state of one part on its way through the schema filter (filter.c), shared with the hooks for
 * elements of special meaning. Cleaner's jail.
 */
#ifndef SK_FORMAT_OOXML_FLT_H
#define SK_FORMAT_OOXML_FLT_H

#include <expat.h>

#include "format/office/office.h"
#include "format/ooxml/ox.h"
#include "format/text/text.h"

enum ox_mc { OX_MC_NONE, OX_MC_ALTERNATE, OX_MC_CHOICE, OX_MC_FALLBACK };

struct ox_frame {
	uint16_t type, name;
	uint8_t hook, flags; /* flags: of the name */
	uint8_t mc;          /* enum ox_mc */
	bool through;        /* nothing of its own is written: children stand in its place */
	bool parent_open;    /* the parent's start tag had no '>' yet */
	bool satisfied;      /* holds what it needs */
	bool doomed;         /* goes at its end, whatever it holds */
	bool fallback;       /* AlternateContent: its fallback was seen */
	bool plain;          /* AlternateContent: its choice holds a picture instead of an object */
	uint8_t fields, floor,
	    story;     /* alternative, text box: fields open around it; floor and story outside */
	uint64_t used; /* namespaces used before it */
	uint32_t bindings; /* height of the namespace stack before this element */
	size_t start;      /* of its start tag in the output */
	uint32_t data;     /* of its hook; AlternateContent: choices kept */
};

struct ox_at {
	uint16_t name; /* 0: dropped by a hook */
	char cls;
	const char *value;
	const struct ox_rel_rule *rule;
	struct ox_rel *rel; /* of a relationship id: written when all are known */
};

/* A place in the output where the id of a relationship will stand. */
struct ox_idref {
	size_t at;
	struct ox_rel *rel;
	bool root; /* in the root element's attributes */
};

struct ox_span {
	size_t from, to;
	bool cut;
	bool code; /* shows nothing by itself: a field character or an instruction */
};

struct ox_field {
	size_t at;            /* where it begins in the output */
	size_t first;         /* of its pieces in flt.pieces */
	bool separated;       /* past the instruction */
	bool cut;             /* only its result stays */
	bool begun;           /* some of its instruction was read */
	bool broken;          /* no way of reading it is sure */
	bool pieces;          /* some of its instruction may go when changes are accepted */
	size_t track;         /* the tracked change in which its instruction begins, or 0 */
	size_t own, own_live; /* bytes in front of what something else contributes, or SIZE_MAX */
	struct sk_buf text,
	    live; /* the instruction, and the same without what is tracked as deleted */
};

struct ox_prefix {
	const char *text;
	uint8_t ns;
};

struct ox_binding {
	uint16_t prefix;
	uint8_t old;
};

struct ox_cached {
	char text[40];
	uint16_t name;
	uint16_t prefix;
	uint8_t ns;
};

#define OX_STYLE_MAX 512   /* bytes of a VML style looked at */
#define OX_PICTURE_REFS 32 /* a picture has one or two */
#define OX_CACHE 256
#define OX_PREFIXES 256

/* A large part is read twice, so that it never stands in memory whole: to see what its root's tag must say, and to
 * write. */
enum ox_pass { OX_WHOLE, OX_LOOK, OX_WRITE };

struct ox_flt {
	enum ox_pass pass;
	bool begun;                 /* OX_WRITE: the root's tag is written */
	uint64_t ns_gone, ns_final; /* used by what was let go; OX_WRITE: by all of it */
	struct ox_pkg *pkg;
	struct sk_job *job;
	struct sk_arena *arena; /* of this part only */
	struct ox_out *out;
	struct ox_idref *refs; /* in the order of their places */
	size_t nrefs, refs_cap;
	XML_Parser parser;
	int rc;
	struct sk_buf buf, root; /* content of the root element; its attributes */
	bool open;               /* the last start tag has no '>' yet */
	struct ox_frame *frames;
	size_t depth, frames_cap;
	uint32_t skip; /* depth inside an element that is dropped */
	uint64_t elements;
	uint64_t ns_used, ns_root; /* by what stands so far; by the root's tag */
	struct ox_at at[SK_LIMIT_XML_ATTRIBUTES];
	size_t nat;
	bool collecting;
	struct sk_buf text; /* of the element being collected, unescaped */
	uint32_t removed[SK_CODE_COUNT];
	/* namespaces */
	struct ox_prefix prefixes[OX_PREFIXES];
	size_t nprefixes;
	struct ox_binding *bindings;
	size_t nbindings, bindings_cap;
	struct ox_cached elements_seen[OX_CACHE], attributes_seen[OX_CACHE];
	/* fields */
	struct ox_field *fields;
	size_t nfields, fields_cap;
	size_t floor, story; /* fields begun outside this alternative; outside this text box */
	struct ox_span *pieces, *cuts;
	size_t npieces, pieces_cap, ncuts, cuts_cap;
	/* shared formulas: 0 unknown, 1 kept, 2 replaced */
	uint8_t *shared;
	size_t nshared, shared_cap;
	/* an OLE object in a slide: its picture, and the names of the frame around it */
	struct sk_buf picture;
	struct ox_idref picture_refs[OX_PICTURE_REFS]; /* places within the picture */
	size_t npicture_refs;
	bool ole;
	char spid[64]; /* shape id of an object whose picture is looked for */
	bool timing;   /* something in p:timing had to go */
	bool doctype;
	bool sheets; /* the list of sheets was seen */
};

enum ox_verdict { OX_KEEP, OX_SKIP, OX_THROUGH };

static inline void ox_count(struct ox_flt *f, enum sk_code code)
{
	f->removed[code]++;
}

static inline struct ox_frame *ox_top(struct ox_flt *f)
{
	return &f->frames[f->depth - 1];
}

/* hooks.c: before the start tag is written, with the attributes in f->at; frame is the new one. */
enum ox_verdict ox_hook_start(struct ox_flt *f, struct ox_frame *frame);
/* Before the end tag is written, the frame still on the stack. False: the element goes (rolled
 * back). */
bool ox_hook_end(struct ox_flt *f, struct ox_frame *frame);
/* After a child of any kind has been written: [start, end) in the output. */
void ox_hook_child(struct ox_flt *f, struct ox_frame *child, size_t end);

struct ox_at *ox_at_find(struct ox_flt *f, uint16_t name);

/* wml.c */
enum ox_verdict ox_field_char(struct ox_flt *f);
void ox_field_piece(struct ox_flt *f, struct ox_frame *child, size_t end);
/* Whether an instruction may stand here, and whether text does not touch a field of outside an alternative. */
bool ox_field_code_ok(struct ox_flt *f);
bool ox_field_text_ok(struct ox_flt *f);
void ox_field_text(struct ox_flt *f, const char *s, size_t n, uint16_t element);
/* Something else than text of its own stands in the instruction being written. */
void ox_field_foreign(struct ox_flt *f);
/* A text box is a story of its own: its fields are whole, and its text is part of none outside. */
void ox_story_begin(struct ox_flt *f, struct ox_frame *frame);
void ox_story_end(struct ox_flt *f, const struct ox_frame *frame);
/* What was begun since `open` fields were open and has not ended is no field. */
void ox_fields_close(struct ox_flt *f, size_t open);
/* sml.c */
enum ox_verdict ox_sml_start(struct ox_flt *f, struct ox_frame *frame);
bool ox_sml_end(struct ox_flt *f, struct ox_frame *frame);
/* Read the sheets of the workbook ahead, so that references to dropped ones are known. */
int ox_sml_sheets(struct ox_pkg *pkg);
/* Whether a pivot cache draws on the workbook itself. */
bool ox_pivot_cache_ok(struct ox_pkg *pkg, struct ox_member *m);

/*
 * olepic.c: the picture of the object with this shape id, by the VML drawing among `rels`; NULL when there is
 * none (or pkg->rc is set). `style`, when not NULL, gets the style of its shape.
 */
struct ox_rel *ox_object_picture(
    struct ox_pkg *pkg, const struct ox_rels *rels, const char *spid, char style[OX_STYLE_MAX]);
/* Write a picture in place of an object, from what was written of it; where its relationship id stands. */
size_t ox_object_compose(struct sk_buf *b, struct sk_slice old, bool sheet);

/* controls.c: at the end of p:spTree, the pictures of the controls that follow it. */
void ox_control_pictures(struct ox_flt *f);

/* refs.c: an id in an attribute; sets at->rel, or answers false. */
bool ox_ref(struct ox_flt *f, struct ox_at *at);
/* Give ids to what is referred to in the final output, and to what the part's kind implies. */
int ox_refs_settle(struct ox_flt *f);
/* Give ids to what the output so far refers to. */
int ox_refs_relate(struct ox_flt *f);

/* spaces.c: the namespaces that a piece of output uses. */
uint64_t ox_spaces_in(struct sk_slice s);

/* compose.c: put the finished part together and pack it. */
int ox_finish(struct ox_flt *f);
/* The root's start tag without its '>'; the content so far, with ids in their places and without what was cut. */
void ox_put_root(struct ox_flt *f, struct sk_buf *b);
void ox_put_body(struct ox_flt *f, struct sk_buf *b);

/* stream.c: large parts. */

/* After an element has ended: let go of what can no longer change. */
void ox_let_go(struct ox_flt *f);
/* At the end: let go of the rest. */
int ox_stream_end(struct ox_flt *f);

/* part.c */
int ox_filter_part(struct ox_pkg *pkg, struct ox_out *out);

/* filter.c: what expat tells */
void XMLCALL ox_on_start(void *user, const XML_Char *q, const XML_Char **atts);
void XMLCALL ox_on_end(void *user, const XML_Char *q);
/* An element that goes with a formula in it that must go. */
bool ox_is_rule(uint16_t name);
/* The rule or check around this place goes. */
void ox_doom_rule(struct ox_flt *f);
void XMLCALL ox_on_text(void *user, const XML_Char *s, int n);

/* alternate.c: mc:AlternateContent, Choice and Fallback. */
void ox_start_alternative(
    struct ox_flt *f, uint16_t name, struct ox_frame *parent, const char **atts);
void ox_end_alternative(struct ox_flt *f, const struct ox_frame *frame);
/* When AlternateContent has ended: what needs no alternative stands for itself. */
void ox_unwrap_alternative(struct ox_flt *f, const struct ox_frame *frame);

/* elements.c */
void ox_stop(struct ox_flt *f, int rc);
void ox_close_start_tag(struct ox_flt *f);
/* A frame for the element that begins; NULL when the job is over. */
struct ox_frame *ox_push(struct ox_flt *f);
/* Cut the output back to where this frame began. */
void ox_roll_back(struct ox_flt *f, const struct ox_frame *frame);
void ox_put_start(struct ox_flt *f, struct ox_frame *frame);
void ox_put_end(struct ox_flt *f, const struct ox_frame *frame);
/* The innermost open element that is written. */
struct ox_frame *ox_holder(struct ox_flt *f);

/* attributes.c */

/* Take the allowed attributes of a start tag into f->at. */
void ox_take_attributes(struct ox_flt *f, uint16_t type, uint16_t element, const char **atts);
/* Relationship ids become those of the output. False: the element goes with what it refers to. */
bool ox_resolve_attributes(struct ox_flt *f, uint16_t element);
void ox_put_attributes(struct ox_flt *f, struct sk_buf *b);
bool ox_add_ref(struct ox_flt *f, size_t at, struct ox_rel *rel, bool root);

/* prefixes.c */
uint16_t ox_prefix_slot(struct ox_flt *f, const char *s, size_t n);
uint8_t ox_prefix_ns(struct ox_flt *f, const char *prefix, size_t n);
void ox_bind(struct ox_flt *f, const char *prefix, const char *uri);
void ox_unbind(struct ox_flt *f, uint32_t height);
/* The name of an element or attribute as it stands in the input; *ns tells what an unknown one is. */
uint16_t ox_intern(struct ox_flt *f, const char *q, bool attribute, uint8_t *ns);

#endif
