/* Rules for values in OpenDocument files (doc/profiles/odf.md, sections 4 to 8). Verifier's jail. */
#ifndef SK_VERIFY_ODF_VALUE_H
#define SK_VERIFY_ODF_VALUE_H

#include "verify/verify.h"

/* Bytes of keywords and numbers, at most `max`. */
bool sk_vo_words(struct sk_slice value, size_t max);

/* One of the classes of charts that the standard names, none of a program's components. */
bool sk_vo_chart(struct sk_slice value);

/* A web or mail address, or a place in the document. */
bool sk_vo_link(struct sk_slice target);

/* A formula or condition that calculates from this document only; ranges of its cells. */
bool sk_vo_formula(struct sk_slice formula);
bool sk_vo_ranges(struct sk_slice ranges);

/* The name of a program in its one form. */
bool sk_vo_generator(struct sk_slice name);

/* The value of a setting of that kind. */
bool sk_vo_setting_value(char kind, struct sk_slice value);

#endif
