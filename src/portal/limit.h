/*
 * How often somebody may ask: a bucket for each session and each address, that fills as time goes. Nobody is charged for another: where there is no
 * room for more buckets, the fullest of a few goes, which has least to remember. The portal.
 */
#ifndef SK_PORTAL_LIMIT_H
#define SK_PORTAL_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#define SK_LIMIT_KEY 32

struct sk_rate {
	uint32_t second, burst; /* asks a second that last; asks at once */
};

struct sk_limits;

/* Made once; NULL: no memory. `seed` is not known to who asks. */
struct sk_limits *sk_limits_new(uint64_t seed);
void sk_limits_free(struct sk_limits *l);

/* Whether one more is allowed; it is counted when it is. `now` in milliseconds. */
bool sk_limits_take(
    struct sk_limits *l, const uint8_t key[SK_LIMIT_KEY], struct sk_rate rate, int64_t now);
/* Whether a key has a bucket. */
bool sk_limits_knows(const struct sk_limits *l, const uint8_t key[SK_LIMIT_KEY]);
/* Where whole seconds pass until the next one is allowed; at least 1. */
unsigned sk_limits_wait(struct sk_rate rate);

/* The key of an address: IPv4 each, IPv6 by its network of 64 bits, which one person has all of. */
void sk_limit_address(const uint8_t address[16], uint8_t key[SK_LIMIT_KEY]);

#endif
