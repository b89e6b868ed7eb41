/* Whether a post stands in a policy as its settings say: the gate, sekishod, the command. */
#ifndef SK_DESK_FITS_H
#define SK_DESK_FITS_H

#include <stdint.h>

#include "policy/policy.h"
#include "post/settings.h"

/*
 * Whether the post and its links stand in the policy, each connection is opened from the more protected side, and at the
 * port that the policy names.
 * *tolerate: seconds that the other posts may be out of reach as witnesses, the least of what the crossings say.
 * 0, or SK_EREFUSED and `why` (a sentence in the language that is set).
 */
int sk_desk_fits(const struct sk_policy *policy, const struct sk_settings *settings,
    uint64_t *tolerate, char *why, size_t size);

#endif
