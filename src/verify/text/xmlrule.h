/* Which namespaces and places XML files may name (doc/profiles/text.md, section 5). Pure. Verifier's jail. */
#ifndef SK_VERIFY_TEXT_XMLRULE_H
#define SK_VERIFY_TEXT_XMLRULE_H

#include <stdbool.h>

#include "base/slice.h"

/* A namespace name, decoded, of an attribute `xmlns`, or of `xmlns:…` when `prefixed`. */
bool sk_vt_namespace(struct sk_slice uri, bool prefixed);

/* An attribute and its value, decoded: links are to places that nothing loads, or on the web. */
bool sk_vt_attribute(struct sk_slice name, struct sk_slice value);

#endif
