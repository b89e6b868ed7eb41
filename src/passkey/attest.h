/*
 * Which kind of authenticator made a passkey, as its maker has signed it (WebAuthn, section 8): asked for only where the policy wants it. The gate.
 */
#ifndef SK_PASSKEY_ATTEST_H
#define SK_PASSKEY_ATTEST_H

#include "passkey/passkey.h"

#define SK_PASSKEY_ANCHORS ((size_t)1 << 20) /* bytes of a file of certificates */

/*
 * `object`: attestationObject; formats packed, fido-u2f and tpm, with a certificate. Its authData must be `answer->authenticator`, signed
 * together with `answer->client`; one of `anchors` (certificates as PEM: those that have issued authenticators' own) must have
 * issued the certificate, and it must be good today. 0; SK_EREFUSED; SK_EFORMAT: there are no anchors in it; SK_ENOMEM.
 */
int sk_passkey_attested(const struct sk_passkey_party *party,
    const struct sk_passkey_answer *answer, struct sk_slice object, struct sk_slice anchors);

#endif
