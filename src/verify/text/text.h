/* The checkers behind sk_verify_text(), one a type (doc/profiles/text.md). Verifier's jail. */
#ifndef SK_VERIFY_TEXT_TEXT_H
#define SK_VERIFY_TEXT_TEXT_H

#include "verify/verify.h"

int sk_vt_table(struct sk_check *c, struct sk_slice in, bool tabs_only);
int sk_vt_json(struct sk_check *c, struct sk_slice in);
int sk_vt_xml(struct sk_check *c, struct sk_slice in);

/* Line ends: CR only before LF; *crlf tells that they are CR LF, and then no LF stands alone. */
int sk_vt_line_ends(struct sk_check *c, struct sk_slice in, bool *crlf);

#endif
