/*
 * Bytes of transfers as they lie on disk, for whoever has a descriptor and, where they are sealed, the one key of it: no
 * folder, no master key, no other blob. An original is sealed in pieces with a key of its own (doc/store.md tells the form);
 * an output lies as it is. Gate, control, portal, worker, scanner.
 */
#ifndef SK_BYTES_BYTES_H
#define SK_BYTES_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define SK_BYTES_KEY 32
#define SK_BYTES_NAME 33 /* 32 hexadecimal digits of a sealed blob; NUL */
#define SK_BYTES_PIECE ((size_t)64 << 10)

/* What lies behind a descriptor. Wiped by whoever had it: it holds a key. */
struct sk_bytes {
	bool sealed;
	uint8_t key[SK_BYTES_KEY]; /* sealed: with this key, bound to this name */
	char name[SK_BYTES_NAME];
	uint8_t sha256[32]; /* of the plain bytes; of a new one nothing */
	uint64_t size;      /* of the plain bytes; of a new one what was said before */
};

/* On the wire: sealed, key, name, sha256, size. SK_EFORMAT on anything unexpected; then *b is wiped. */
#define SK_BYTES_WIRE (1 + SK_BYTES_KEY + 32 + 32 + 8)
int sk_bytes_put(const struct sk_bytes *b, struct sk_buf *out);
int sk_bytes_get(struct sk_slice in, struct sk_bytes *b);
void sk_bytes_wipe(struct sk_bytes *b);

/* Bytes of a file in which so many are sealed. */
uint64_t sk_bytes_sealed_size(uint64_t size);

/*
 * Sealing into a file, from its beginning, while hashing; the descriptor stays the caller's. What has been put is not read
 * again. Memory: one piece. SK_EIO, SK_ENOSPACE: the file could not be written; SK_ENOMEM.
 */
struct sk_sealing;
int sk_sealing_new(int fd, const struct sk_bytes *what, struct sk_sealing **out);
/*
 * Go on where an earlier one was cut, whoever it was: all whole pieces that are there count, and what is behind them is thrown
 * away. sk_sealing_taken() tells where to go on; one that was ended is whole, and takes no more (SK_EREFUSED).
 */
int sk_sealing_resume(int fd, const struct sk_bytes *what, struct sk_sealing **out);
/* Plain bytes that were taken. */
uint64_t sk_sealing_taken(const struct sk_sealing *s);
int sk_sealing_put(struct sk_sealing *s, const void *p, size_t n);
/* The last piece; size and hash are what is to be said to the gate. Large ones are synced, so that the gate need not wait. */
int sk_sealing_end(struct sk_sealing *s, uint8_t sha256[32], uint64_t *size);
void sk_sealing_free(struct sk_sealing *s); /* wipes its key; NULL is fine */

/*
 * Reading, from the beginning, whatever the position of the descriptor; it stays the caller's. *got = 0 at the end. The last
 * bytes are given only when all of them are proved by hash and size: whoever has passed on as many as there should be has passed on
 * the right ones. SK_EFORMAT: damaged, cut, in another order, or other bytes than were said. SK_EIO, SK_ENOMEM.
 */
struct sk_unsealing;
int sk_unsealing_new(int fd, const struct sk_bytes *what, struct sk_unsealing **out);
int sk_unsealing_get(struct sk_unsealing *u, void *p, size_t n, size_t *got);
void sk_unsealing_free(struct sk_unsealing *u); /* wipes its key and its bytes; NULL is fine */
/* All of it, to a file at its position; what was written stays on failure, and lacks its end. */
int sk_unsealing_copy(int fd, const struct sk_bytes *what, int to);

#endif
