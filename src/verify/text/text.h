/* The checkers behind sk_verify_text(), one a type (doc/profiles/text.md). Verifier's jail. */
#ifndef SK_VERIFY_TEXT_TEXT_H
#define SK_VERIFY_TEXT_TEXT_H

#include "verify/verify.h"

int sk_vt_table(struct sk_check *c, struct sk_slice in, bool tabs_only);
int sk_vt_json(struct sk_check *c, struct sk_slice in);
int sk_vt_xml(struct sk_check *c, struct sk_slice in);

/* txt, csv and tsv do not begin like a file of another kind. */
int sk_vt_begin(struct sk_check *c, struct sk_slice in);

/* CR stands only before LF. `at` is the offset of the first byte, for the fault. */
int sk_vt_check_cr(struct sk_check *c, struct sk_slice in, uint64_t at);

#endif
