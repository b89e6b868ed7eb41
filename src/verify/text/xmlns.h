/* The namespaces in force at an element of an XML file. Verifier's jail. */
#ifndef SK_VERIFY_TEXT_XMLNS_H
#define SK_VERIFY_TEXT_XMLNS_H

#include "verify/text/xml.h"

struct sk_vxns_entry {
	struct sk_slice prefix, uri; /* uri: as it is written */
	uint32_t depth;
};

/* Declarations, the innermost last. */
struct sk_vxns {
	struct sk_vxns_entry *list;
	size_t n, cap;
};

/* At each start of an element. */
int sk_vxns_start(struct sk_vxns *s, struct sk_vx *x);

#endif
