/*
 * Challenges that a passkey answers at a login or when it is registered: made here, for one purpose, for five minutes, answered once.
 * Nothing is kept of one that nobody answers, so that no stranger can fill the store with them. The gate.
 */
#ifndef SK_DESK_CHALLENGE_H
#define SK_DESK_CHALLENGE_H

#include "desk/desk.h"
#include "store/login.h"

/* `member`: whom it is for; NULL: whoever answers. */
void sk_desk_challenge(
    const struct sk_desk *d, const char *type, const char *member, uint8_t challenge[SK_CHALLENGE]);
/* The one that clientDataJSON answers; `type`: "get" or "create". SK_EREFUSED: it is none of ours for that, or too late. */
int sk_desk_challenge_of(const struct sk_desk *d, struct sk_slice client, const char *type,
    const char *member, uint8_t challenge[SK_CHALLENGE]);
/* It is answered now. In a transaction; SK_EEXIST: it was before. */
int sk_desk_challenge_take(struct sk_gate *g, const uint8_t challenge[SK_CHALLENGE]);

#endif
