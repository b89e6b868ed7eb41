/*
 * The two uses of RC4 in Word, Excel and PowerPoint files of 1997-2003 ([MS-OFFCRYPTO] 2.3.5 with CryptoAPI, 2.3.6 of 40 bits), and the
 * obfuscation before them (2.3.7). Cleaner's jail.
 */
#ifndef SK_FORMAT_LOCKED_RC4_H
#define SK_FORMAT_LOCKED_RC4_H

#include <nettle/arcfour.h>
#include <nettle/sha1.h>

#include "format/locked/locked.h"

struct sk_rc4 {
	bool api;           /* CryptoAPI */
	unsigned key_bytes; /* of CryptoAPI; 5 are filled up to 16 with zeros */
	struct sk_slice salt, verifier, verifier_hash;
	uint8_t base[SHA1_DIGEST_SIZE]; /* what the keys of all blocks are made of */
};

/* A stream under keys that change every `block` bytes; 0: one key for all. */
struct sk_rc4_stream {
	const struct sk_rc4 *key;
	struct arcfour_ctx c;
	size_t block, left;
	uint32_t number; /* of the block that comes next */
};

/* EncryptionVersionInfo and what follows. SK_EFORMAT, SK_EREFUSED for what is not known. */
int sk_rc4_read(struct sk_job *job, struct sk_slice header, struct sk_rc4 *k);
/* An attempt for sk_locked_try(), ctx: struct sk_rc4, whose base is then set. */
int sk_rc4_try(struct sk_job *job, void *ctx, const char *password);
/* From the beginning of block `number`. */
void sk_rc4_begin(struct sk_rc4_stream *s, const struct sk_rc4 *k, size_t block, uint32_t number);
/* In place; p NULL passes over n bytes. */
void sk_rc4_next(struct sk_rc4_stream *s, uint8_t *p, size_t n);

struct sk_xor {
	uint16_t key, verifier; /* as the file has them */
	uint8_t pad[16];
};

/* ctx: struct sk_xor; the pad is set. */
int sk_xor_try(struct sk_job *job, void *ctx, const char *password);

/* A stream at the root, whole and writable in the arena; *entry SK_CFB_NONE and nothing when there is none. */
int sk_locked_stream(struct sk_cfb *c, const char *name, uint32_t *entry, uint8_t **p, size_t *n);
/* A writable copy of the whole file. SK_ENOMEM. */
int sk_locked_copy(struct sk_cfb *c, uint8_t **copy);

#endif
