/* The checker's own lists of what a style sheet may say. Verifier's jail. */
#ifndef SK_VERIFY_CSS_WORDS_H
#define SK_VERIFY_CSS_WORDS_H

#include "base/slice.h"

/*
 * The kinds of value of a property, as letters: k words, m measures, c colours, s strings, i names, u pictures, a `/`,
 * t transformations, x counters and attributes, z columns of a grid. NULL: no property.
 */
const char *sk_vcss_property(struct sk_slice s);
bool sk_vcss_word(struct sk_slice s);
bool sk_vcss_unit(struct sk_slice s);
/* The kinds of what stands in a function, *of: the kind of what it makes. */
const char *sk_vcss_function(struct sk_slice s, char *of);

#endif
