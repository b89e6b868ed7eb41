/* Whether the other end of a connection is the other post. Link roles. */
#ifndef SK_CROSSING_PEER_H
#define SK_CROSSING_PEER_H

#include <gnutls/gnutls.h>

#include "crossing/keys.h"

#define SK_PEER_WHY 160

/*
 * Behind (or in) the handshake: TLS 1.3, not resumed, a certificate that is valid at `now` (seconds) and whose key is pinned. 0, or SK_EREFUSED
 * with the reason in English.
 */
int sk_crossing_peer(
    gnutls_session_t session, const struct sk_pins *pins, int64_t now, char why[SK_PEER_WHY]);

#endif
