/* The form of a sealed file: libsodium's secretstream in pieces. Only src/bytes and src/store look in here. */
#ifndef SK_BYTES_INSIDE_H
#define SK_BYTES_INSIDE_H

#include <sodium.h>

#include "bytes/bytes.h"

#define SK_SEAL_MAGIC "SKORIG1\n"
#define SK_SEAL_CHUNK SK_BYTES_PIECE
#define SK_SEAL_HEAD (8 + crypto_secretstream_xchacha20poly1305_HEADERBYTES)
#define SK_SEAL_MORE crypto_secretstream_xchacha20poly1305_ABYTES
#define SK_SEAL_LAST crypto_secretstream_xchacha20poly1305_TAG_FINAL

/* A sealed file as it is read piece by piece. */
struct sk_pieces {
	int fd; /* the caller's */
	char name[SK_BYTES_NAME];
	crypto_secretstream_xchacha20poly1305_state seal;
	uint64_t n;  /* pieces that were opened */
	uint64_t at; /* where the next one begins in the file */
	bool over;   /* the last one was */
	uint8_t sealed[SK_SEAL_CHUNK + SK_SEAL_MORE];
};

/* The head. SK_EFORMAT: it is none of this key. */
int sk_pieces_begin(struct sk_pieces *p, int fd, const struct sk_bytes *what);
/* The next piece; *got is SIZE_MAX behind the last one. SK_EFORMAT with *how saying what is wrong with it, English. */
int sk_pieces_next(
    struct sk_pieces *p, uint8_t plain[SK_SEAL_CHUNK], size_t *got, const char **how);

#endif
