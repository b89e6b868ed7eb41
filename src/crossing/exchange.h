/*
 * What one post says to the other in one request for letters, and the answer: the same form. doc/crossing.md. Link roles.
 */
#ifndef SK_CROSSING_EXCHANGE_H
#define SK_CROSSING_EXCHANGE_H

#include "link/letter.h"

#define SK_EXCHANGE_HEAD 34
#define SK_EXCHANGE_BYTES (SK_EXCHANGE_HEAD + SK_LETTERS_BYTES)
#define SK_EXCHANGE_WAIT \
	20 /* seconds that an answer may be held back until there is something to say */

struct sk_exchange {
	uint64_t
	    came; /* the number of the last letter of yours that came here; the next one goes on behind it */
	uint64_t heard; /* yours are durable here up to this; at most `came` */
	uint64_t
	    known; /* what you have told me to have heard of mine: answer at once when it is more by now */
	uint64_t
	    after; /* my letters here are all that I have above this number, as far as they fit: whoever has not come so far takes none */
	uint16_t wait;             /* seconds you may hold the answer back; in an answer 0 */
	struct sk_letters letters; /* mine; borrowed from the bytes */
};

/* `batch`: letters as sk_letters_put() wrote them. */
int sk_exchange_put(const struct sk_exchange *e, struct sk_slice batch, struct sk_buf *out);
/* SK_EFORMAT. */
int sk_exchange_get(struct sk_slice in, struct sk_exchange *e);

#endif
