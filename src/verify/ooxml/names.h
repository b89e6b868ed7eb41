/* The names that may stand in an Office document (names.txt), looked up by hash. Verifier's jail. */
#ifndef SK_VERIFY_OOXML_NAMES_H
#define SK_VERIFY_OOXML_NAMES_H

#include "verify/verify.h"

/* What a value of an attribute may look like. */
enum sk_oo_class {
	SK_OO_TOKEN, /* a number, a keyword, a colour: at most 64 harmless bytes */
	SK_OO_LONG,  /* a list of such: at most 65,536 */
	SK_OO_BASE64,
	SK_OO_TEXT,
	SK_OO_RELATION, /* id of a relationship */
	SK_OO_WORD,     /* letters, digits, "_" and "-" */
	SK_OO_FORMULA,  /* calculates from this workbook only; cell references too */
};

#define SK_OO_NO_SPACE 64 /* element or attribute without a namespace */

struct sk_oo_name {
	uint16_t id;   /* of the element, ON_… in names-ids.h */
	uint8_t space; /* number of its namespace */
	bool text;     /* may hold text */
	bool special;  /* the walker looks closer */
};

struct sk_oo_attr {
	uint8_t space;
	enum sk_oo_class kind;
};

/* False when no such element is listed. Names are as written, with the prefixes of names.txt. */
bool sk_oo_element(struct sk_slice name, uint32_t hash, struct sk_oo_name *out);

/* False when the element must not have that attribute. */
bool sk_oo_attribute(uint16_t element, struct sk_slice name, uint32_t hash, struct sk_oo_attr *out);

/* The name of an element as it is written. */
struct sk_slice sk_oo_element_name(uint16_t element);

/* The namespace declared by the attribute xmlns or xmlns:prefix with that value, or -1. */
int sk_oo_space(struct sk_slice xmlns, struct sk_slice uri);

/* The namespace of that prefix, or -1. Its prefix, its URI, and whether mc:Ignorable must name it. */
int sk_oo_space_by_prefix(struct sk_slice prefix);
const char *sk_oo_space_prefix(int space);
const char *sk_oo_space_uri(int space);
bool sk_oo_space_ignorable(int space);
unsigned sk_oo_space_count(void);

#endif
