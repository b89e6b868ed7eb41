/*
 * Which characters cleaned text may hold: section 1 of doc/profiles/text.md, with its conditions on the
 * neighbours. Verifier's jail.
 */
#ifndef SK_VERIFY_TEXT_CHARS_H
#define SK_VERIFY_TEXT_CHARS_H

#include "verify/verify.h"

/* Bits for the controls that a place allows: SK_VT_CTL('\n') | … */
#define SK_VT_CTL(ch) (1U << (ch))

/*
 * Check one text as a whole (its begin and end have no neighbour): UTF-8, allowed code points, each in an
 * allowed place. `at` is the offset of its first byte, for the fault.
 */
int sk_vt_check(struct sk_check *c, struct sk_slice s, uint64_t at, uint32_t controls);

/* The same for one component of a file name: no joiners, variation selectors or line separators either. */
int sk_vt_check_name(struct sk_check *c, struct sk_slice s, uint64_t at);

#endif
