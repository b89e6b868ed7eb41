/* State of the walk through one part (part.c), shared with fields.c. Verifier's jail. */
#ifndef SK_VERIFY_OOXML_PART_H
#define SK_VERIFY_OOXML_PART_H

#include "verify/ooxml/names.h"
#include "verify/ooxml/package.h"
#include "verify/ooxml/stream.h"

/* Fields in fields: Word itself stops at 20. */
#define SK_OO_MAX_FIELDS 32

struct sk_oo_field {
	bool result;         /* behind its separator */
	bool nested, pieces; /* another field, or deleted text, stood in its instruction */
	size_t all, live;    /* where its instruction begins in the two buffers */
};

/* Fields of Word that are open at this place; instructions as stored, and without what is tracked as deleted. */
struct sk_oo_fields {
	struct sk_oo_field open[SK_OO_MAX_FIELDS];
	unsigned depth;
	unsigned
	    floor; /* fields below were begun outside this alternative: not to be touched here */
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
	int graphic; /* namespace that the child of a:graphicData must have, or -1 */
	struct sk_oo_fields fields;
};

int sk_oo_walk_fail(const struct sk_oo_walk *w, const char *what, struct sk_slice name);

/* --- fields.c --- */
int sk_oo_fields_char(struct sk_oo_walk *w);
int sk_oo_fields_text(struct sk_oo_walk *w, uint16_t element, struct sk_slice text);
int sk_oo_fields_simple(struct sk_oo_walk *w);
int sk_oo_fields_end(struct sk_oo_walk *w);

/* --- special.c: elements whose values matter --- */
int sk_oo_special_start(struct sk_oo_walk *w, const struct sk_oo_name *e);
int sk_oo_special_text(struct sk_oo_walk *w, uint16_t element);
/* The value of a relationship attribute. */
int sk_oo_special_relation(
    struct sk_oo_walk *w, const struct sk_oo_name *e, const struct sk_vx_attr *a);

#endif
