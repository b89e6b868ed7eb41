/*
 * Keys of the crossing: each post has one key of its own for a link, with a certificate that it signed itself, and knows the other post's key
 * by its pin: the SHA-256 of the certificate's SubjectPublicKeyInfo (RFC 7469, section 2.4), in hexadecimal digits. There is no authority; what
 * a certificate says besides its key and its dates counts for nothing. The command (`post init`, `post pin`) and the link roles.
 */
#ifndef SK_CROSSING_KEYS_H
#define SK_CROSSING_KEYS_H

#include <stdint.h>

#include "base/buf.h"

#define SK_PIN_BYTES 32
#define SK_PIN_TEXT 65 /* its digits and NUL */
#define SK_PINS_MOST 4 /* the old one and the new one while a key is changed; room for a mistake */
#define SK_PEM_BYTES ((size_t)16 << 10)
#define SK_CERTIFICATE_YEARS 10

/*
 * A new Ed25519 key and its certificate for `name` (the post's zone, at most 64 bytes), valid from an hour before `now` (seconds) for
 * SK_CERTIFICATE_YEARS. Both as PEM; the key is a secret: wipe the buffer. SK_EARG, SK_ENOMEM, SK_EINTERNAL.
 */
int sk_crossing_key_new(
    const char *name, int64_t now, struct sk_buf *key, struct sk_buf *certificate);

/* The pin of a certificate as PEM (its first one). SK_EFORMAT: it is none. */
int sk_crossing_pin(struct sk_slice certificate, uint8_t pin[SK_PIN_BYTES]);
/* The same of one that was read. */
struct gnutls_x509_crt_int;
int sk_crossing_pin_of(struct gnutls_x509_crt_int *certificate, uint8_t pin[SK_PIN_BYTES]);
void sk_crossing_pin_text(const uint8_t pin[SK_PIN_BYTES], char text[SK_PIN_TEXT]);

struct sk_pins {
	size_t n;
	uint8_t v[SK_PINS_MOST][SK_PIN_BYTES];
};

/* A file of pins: one a line, 64 hexadecimal digits; empty lines and those that begin with # count for nothing. SK_EFORMAT: anything else,
 * more than SK_PINS_MOST, or none at all. */
int sk_crossing_pins_read(struct sk_slice text, struct sk_pins *pins);
bool sk_crossing_pinned(const struct sk_pins *pins, const uint8_t pin[SK_PIN_BYTES]);

#endif
