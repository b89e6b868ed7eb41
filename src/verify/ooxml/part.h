/* State of the walk through one part (part.c), shared with fields.c. Verifier's jail. */
#ifndef SK_VERIFY_OOXML_PART_H
#define SK_VERIFY_OOXML_PART_H

#include "verify/ooxml/names.h"
#include "verify/ooxml/package.h"
#include "verify/ooxml/stream.h"

/* Fields in fields: Word itself stops at 20. */
#define SK_OO_MAX_FIELDS 32

struct sk_oo_field {
	bool result;          /* behind its separator */
	bool begun;           /* some of its instruction was read */
	bool pieces;          /* some of it belongs to tracked changes, some not */
	uint32_t change;      /* the tracked change it begins in, or 0 */
	const char *unsure;   /* why it cannot be told what it says */
	size_t all, live;     /* where its instruction begins in the two buffers */
	size_t own, own_live; /* bytes in front of what something else contributes, or SIZE_MAX */
};

/* Fields of Word that are open at this place; instructions as stored, and without what is tracked as deleted. */
struct sk_oo_fields {
	struct sk_oo_field open[SK_OO_MAX_FIELDS];
	unsigned depth;
	unsigned
	    floor; /* fields below were begun outside this alternative: not to be touched here */
	unsigned story; /* fields below are those around this text box */
	struct sk_buf all, live;
};

struct sk_oo_walk {
	struct sk_oo_pkg *k;
	struct sk_oo_part *part;
	struct sk_vx *x;
	struct sk_oo_stream *more; /* what follows the piece that is read, or NULL */
	uint64_t declared, used;   /* namespaces */
	struct sk_oo_name open[SK_LIMIT_XML_DEPTH];
	/* Of mc:AlternateContent, by depth: choices seen, fallback seen; fields when it began, floor outside. */
	uint8_t choices[SK_LIMIT_XML_DEPTH];
	uint8_t fields_at[SK_LIMIT_XML_DEPTH], floor_at[SK_LIMIT_XML_DEPTH];
	uint8_t story_at[SK_LIMIT_XML_DEPTH];
	uint32_t change[SK_LIMIT_XML_DEPTH]; /* numbers of the tracked changes that are open */
	uint32_t changes;
	bool sheets; /* the list of sheets was seen */
	int graphic; /* namespace that the child of a:graphicData must have, or -1 */
	struct sk_oo_fields fields;
};

int sk_oo_walk_fail(const struct sk_oo_walk *w, const char *what, struct sk_slice name);

/* --- fields.c --- */
int sk_oo_fields_char(struct sk_oo_walk *w);
int sk_oo_fields_text(struct sk_oo_walk *w, uint16_t element, struct sk_slice text);
int sk_oo_fields_simple(struct sk_oo_walk *w);
int sk_oo_fields_change(struct sk_oo_walk *w);
/* A text box is a story of its own: it holds fields as wholes. */
void sk_oo_fields_box(struct sk_oo_walk *w);
int sk_oo_fields_box_end(struct sk_oo_walk *w);
int sk_oo_fields_end(struct sk_oo_walk *w);

/* --- special.c: elements whose values matter --- */
int sk_oo_special_start(struct sk_oo_walk *w, const struct sk_oo_name *e);
int sk_oo_special_text(struct sk_oo_walk *w, uint16_t element);
/* A formula as it is written in the XML. */
int sk_oo_special_formula(struct sk_oo_walk *w, struct sk_slice raw);
/* The value of a relationship attribute. */
int sk_oo_special_relation(
    struct sk_oo_walk *w, const struct sk_oo_name *e, const struct sk_vx_attr *a);

#endif
