/* Codes that a device counts from a shared secret and the time (TOTP, RFC 6238: SHA-1, 30 seconds, 6 digits), by liboath. The gate. */
#ifndef SK_DESK_TOTP_H
#define SK_DESK_TOTP_H

#include <stdint.h>

#define SK_TOTP_SECRET 20 /* bytes: the length of the hash (RFC 4226, section 4) */
#define SK_TOTP_TEXT 33   /* of it in base32 */
#define SK_TOTP_URI 1024

/* What a device reads: the secret in base32, and an otpauth:// address with it. SK_ELIMIT: a name is too long. */
int sk_totp_uri(const uint8_t secret[SK_TOTP_SECRET], const char *zone, const char *member,
    char text[SK_TOTP_TEXT], char uri[SK_TOTP_URI]);
/* The step (of 30 seconds since 1970) of a code shown at `now`, seconds: that of now, the one before or the one after. SK_EREFUSED. */
int sk_totp_check(
    const uint8_t secret[SK_TOTP_SECRET], const char *code, int64_t now, int64_t *step);

#endif
