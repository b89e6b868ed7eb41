/* What plain XML data may name: namespaces and places (doc/profiles/text.md, section 5). Pure. Cleaner's jail. */
#ifndef SK_FORMAT_TEXT_XMLRULE_H
#define SK_FORMAT_TEXT_XMLRULE_H

#include <stdbool.h>

#include "base/slice.h"

/* Whether a file with this namespace name may pass; `is_default`: declared by `xmlns`. */
bool sk_text_namespace(struct sk_slice uri, bool is_default);

/* Whether the attribute of that name may have this value; it is left out otherwise. */
bool sk_text_attribute(const char *name, struct sk_slice value);

#endif
