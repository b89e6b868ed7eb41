/* What the files of passkeys share. */
#ifndef SK_PASSKEY_INSIDE_H
#define SK_PASSKEY_INSIDE_H

#include "passkey/passkey.h"

/* clientDataJSON of type webauthn.TYPE, for this origin and challenge; GOOD, or what is wrong. */
enum sk_passkey_why sk_passkey_client(struct sk_slice client, const char *type, const char *origin,
    const uint8_t challenge[SK_PASSKEY_CHALLENGE]);

#endif
