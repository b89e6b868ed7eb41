/* What a policy says about a post's links. The command, sekishod. */
#ifndef SK_CMD_POST_POLICY_H
#define SK_CMD_POST_POLICY_H

#include <stdint.h>

#include "policy/policy.h"
#include "post/settings.h"

/*
 * Whether the post and its links stand in the policy, and each connection is opened from the more protected side.
 * *tolerate: seconds that the other posts may be out of reach as witnesses, the least of what the crossings say.
 * 0, or SK_EREFUSED and `why` (a sentence in the language that is set).
 */
int post_fits(const struct sk_policy *policy, const struct sk_settings *settings,
    uint64_t *tolerate, char *why, size_t size);

#endif
