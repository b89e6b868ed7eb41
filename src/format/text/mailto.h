/* Links to mail addresses. Pure. Cleaner's jail. */
#ifndef SK_FORMAT_TEXT_MAILTO_H
#define SK_FORMAT_TEXT_MAILTO_H

#include <stdbool.h>

#include "base/slice.h"

/*
 * Whether a link may be followed as far as this rule goes: false for a mailto: with fields that are none of what the reader sees in the mail
 * (doc/profiles/text.md, section 7). Some programs attach files of the reader for others.
 */
bool sk_mailto_ok(struct sk_slice link);

#endif
