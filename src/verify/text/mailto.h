/* Links to mail addresses. Verifier's jail. */
#ifndef SK_VERIFY_TEXT_MAILTO_H
#define SK_VERIFY_TEXT_MAILTO_H

#include <stdbool.h>

#include "base/slice.h"

/* Whether the fields of a mailto: are those of doc/profiles/text.md, section 7; true for any other link. */
bool sk_vt_mailto(struct sk_slice link);

#endif
