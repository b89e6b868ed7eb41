/*
 * Passwords that somebody gives for a transfer: sealed for the workers of a post (X25519, libsodium's sealed box), so that
 * the gates and everything between see none. A box opens for one transfer alone: its number lies in it. What lies in it is
 * padded, so that the box does not tell how long the password is. Who seals and the worker.
 */
#ifndef SK_JOBS_SEAL_H
#define SK_JOBS_SEAL_H

#include "base/buf.h"
#include "base/password.h"
#include "jobs/work.h"

#define SK_SEAL_KEY 32
#define SK_SEAL_TEXT 832 /* bytes of the longest password that can be sealed */

struct sk_seal_pair {
	uint8_t public[SK_SEAL_KEY], secret[SK_SEAL_KEY];
};

/* A new pair. SK_EINTERNAL: no randomness. */
int sk_seal_pair_new(struct sk_seal_pair *p);
/* The pair of a secret key. SK_EFORMAT: it is none. */
int sk_seal_pair_of(const uint8_t secret[SK_SEAL_KEY], struct sk_seal_pair *p);
void sk_seal_pair_wipe(struct sk_seal_pair *p);
/* A key as it stands in a file: 64 hexadecimal digits, and an end of line or none. SK_EFORMAT. */
int sk_seal_key_read(struct sk_slice text, uint8_t key[SK_SEAL_KEY]);
int sk_seal_key_write(const uint8_t key[SK_SEAL_KEY], struct sk_buf *out);

/*
 * Seal a password in UTF-8 for the holder of a key. `transfer`: 32 hexadecimal digits. SK_EARG: it is not; SK_EFORMAT: empty,
 * or no UTF-8, or with a NUL; SK_ELIMIT: too long.
 */
int sk_seal(const uint8_t public[SK_SEAL_KEY], const char *transfer, struct sk_slice password,
    struct sk_work_sealed *out);
/* Open one and add what lies in it. SK_EREFUSED: not for this key, or for another transfer; SK_ELIMIT: too many. */
int sk_unseal(const struct sk_seal_pair *p, const char *transfer, const struct sk_work_sealed *in,
    struct sk_passwords *out);

#endif
