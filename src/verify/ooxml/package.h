/*
 * An Office document as the verifier sees it: parts of known kinds and the relationships between them
 * (doc/profiles/ooxml.md, sections 2 and 3; ISO/IEC 29500-2). Verifier's jail.
 */
#ifndef SK_VERIFY_OOXML_PACKAGE_H
#define SK_VERIFY_OOXML_PACKAGE_H

#include "verify/text/xml.h"
#include "verify/text/zip.h"

enum sk_oo_kind {
#define OO_KIND(id, name, type, rel, root, targets) OO_##id,
#include "verify/ooxml/kinds.def"
#undef OO_KIND
	OO_KINDS,
	OO_LINK = OO_KINDS, /* not a part: a relationship that leads outside */
};

/* A set of kinds. */
#define OO_BIT(kind) (UINT64_C(1) << (kind))

struct sk_oo_rel {
	enum sk_oo_kind kind;
	bool used;       /* its id stands in the part */
	uint32_t target; /* number of the part; OO_LINK has none */
};

struct sk_oo_part {
	const struct sk_vz_member *member;
	const struct sk_vz_member *rels_member; /* or NULL */
	enum sk_oo_kind kind;
	unsigned number;        /* N of the name, 0 when it has none */
	struct sk_oo_rel *rels; /* rels[i] has the id rId(i+1) */
	size_t nrels;
	bool reached;
	unsigned
	    drawing; /* diagramData: the number in dsp:dataModelExt/@relId, 0 when there is none */
};

struct sk_oo_pkg {
	struct sk_check *c;
	enum sk_oo_kind main_kind;
	struct sk_vz zip;
	struct sk_oo_part *parts; /* in the order of their names */
	size_t nparts;
	uint64_t present;         /* kinds that occur */
	struct sk_vz_space space; /* the member that is looked at */
	struct sk_buf scratch;    /* a decoded value */
	struct sk_vx *xml;
};

/* --- kinds.c --- */
const char *sk_oo_kind_root(enum sk_oo_kind kind);
uint64_t sk_oo_kind_targets(enum sk_oo_kind kind);
/* Whether a relationship from one kind to the other need not be named by an id in the part. */
bool sk_oo_kind_implied(enum sk_oo_kind from, enum sk_oo_kind to);
/* The content type of a part of that kind and name. */
void sk_oo_kind_type(enum sk_oo_kind kind, struct sk_slice name, char out[128]);
/* Whether relationships to that kind (OO_LINK too) have that Type. */
bool sk_oo_kind_has_rel(enum sk_oo_kind kind, struct sk_slice type);
/* The kind of a part of that name and its number, or OO_KINDS. `top`: "word", "xl" or "ppt". */
enum sk_oo_kind sk_oo_kind_by_name(struct sk_slice name, const char *top, unsigned *number);
/* A picture's extension tells its type; SK_FT_UNKNOWN when it is none of those allowed. */
enum sk_filetype sk_oo_picture_type(struct sk_slice name, const char **mime);

/* --- rels.c: fill in parts[].rels and check that they fit, and that every part is reached --- */
int sk_oo_read_rels(struct sk_oo_pkg *k);
/* Afterwards: ids that stand in no part. */
int sk_oo_check_used(struct sk_oo_pkg *k);
/* The number of the part of that name, or -1. */
int sk_oo_find_part(const struct sk_oo_pkg *k, struct sk_slice name);
/* rIdN → N, or 0. */
unsigned sk_oo_rel_number(struct sk_slice id);

/* --- part.c: walk the XML of a part --- */
struct sk_oo_stream;

/* `more` gives what follows `bytes` of a large part, or is NULL. */
int sk_oo_check_part(
    struct sk_oo_pkg *k, struct sk_oo_part *part, struct sk_slice bytes, struct sk_oo_stream *more);

/* Record a fault in the part or member of that name. */
int sk_oo_fail(
    struct sk_check *c, struct sk_slice part, uint64_t at, const char *what, struct sk_slice name);

#endif
