/* The names that may stand in an OpenDocument file (names.txt), looked up by hash. Verifier's jail. */
#ifndef SK_VERIFY_ODF_NAMES_H
#define SK_VERIFY_ODF_NAMES_H

#include "verify/odf/names-ids.h"
#include "verify/verify.h"

/* The number of an element (VO_… in names-ids.h), or -1. */
int sk_vo_element(struct sk_slice name, uint32_t hash);
struct sk_slice sk_vo_element_name(unsigned element);
bool sk_vo_has_text(unsigned element);
bool sk_vo_child(unsigned parent, unsigned child);

/* The class of an attribute as in names.txt (k l s f r h i o); 0: the element must not have it. */
char sk_vo_attribute(unsigned element, struct sk_slice name, uint32_t hash);

/* The kind of a setting, or of a container of settings ('s'); 0: not listed. */
char sk_vo_setting(struct sk_slice name);

/* The declarations of namespaces in a root element, and how many they are. */
struct sk_slice sk_vo_declarations(bool math);
unsigned sk_vo_spaces(bool math);

#endif
