/*
 * The portal's certificate, and the authority that signs it: each post has one of its own, which its zone's terminals import. It can vouch for the
 * host of its portal and for nothing else (RFC 5280, section 4.2.1.10). The command (`post init`, `post certificate`).
 */
#ifndef SK_PORTAL_CERTIFICATE_H
#define SK_PORTAL_CERTIFICATE_H

#include <stdint.h>

#include "base/buf.h"

#define SK_PORTAL_HOST 254 /* bytes of a host with its end */
#define SK_AUTHORITY_YEARS 10
#define SK_CERTIFICATE_DAYS \
	397 /* browsers take no longer ones from authorities that all know; ours keeps to it */

/* The host of an origin (settings.c: `portal`). SK_EARG: it is an address, or too long; browsers want a name for passkeys. */
int sk_portal_host(const char *origin, char host[SK_PORTAL_HOST]);

/* A key on P-256 and a certificate for it, both as PEM, from an hour before `now` (seconds). The key is a secret: wipe the buffer. */
struct sk_portal_pair {
	struct sk_buf key, crt;
};

/* An authority named after the post's zone, for one host. SK_EARG, SK_ENOMEM, SK_EINTERNAL. */
int sk_portal_authority_new(
    const char *zone, const char *host, int64_t now, struct sk_portal_pair *out);
/* A certificate for that host, signed by it. SK_EFORMAT: the authority cannot be read. The same otherwise. */
int sk_portal_certificate_new(const struct sk_portal_pair *authority, const char *host, int64_t now,
    struct sk_portal_pair *out);

/* The SHA-256 of a certificate as browsers show it: 32 pairs of digits with colons between. SK_EFORMAT. */
#define SK_CERTIFICATE_TEXT 96
int sk_portal_fingerprint(struct sk_slice certificate, char text[SK_CERTIFICATE_TEXT]);

void sk_portal_pair_free(struct sk_portal_pair *p);

#endif
