/*
 * Signed notes, their keys (c2sp.org/signed-note), timestamped cosignatures (c2sp.org/tlog-cosignature) and checkpoints
 * (c2sp.org/tlog-checkpoint). Ed25519 alone. The scribe's process, a witness, the command.
 */
#ifndef SK_LEDGER_NOTE_H
#define SK_LEDGER_NOTE_H

#include "base/buf.h"
#include "ledger/tree.h"

/* Names are origins of logs too: address-like words. */
#define SK_NOTE_NAME 128
/* A note with the 16 signatures that everybody must take, also those of other kinds, of up to 5 kB each. */
#define SK_NOTE_BYTES ((size_t)128 << 10)
#define SK_NOTE_SIGNATURES 32

enum sk_note_type { SK_NOTE_ED25519 = 1, SK_NOTE_COSIGNATURE = 4 };

struct sk_note_key { /* what verifies */
	char name[SK_NOTE_NAME];
	uint32_t id;
	enum sk_note_type type;
	uint8_t key[32];
};

struct sk_note_signer { /* what signs; wipe it with sk_note_signer_wipe() */
	struct sk_note_key pub;
	uint8_t secret[64];
};

/* A new key pair, or that of a seed of 32 bytes. 0, SK_EARG: not a name of a key. */
int sk_note_signer_new(struct sk_note_signer *s, const char *name, enum sk_note_type type);
int sk_note_signer_seed(
    struct sk_note_signer *s, const char *name, enum sk_note_type type, const uint8_t seed[32]);
void sk_note_signer_wipe(struct sk_note_signer *s);

/* name+id+key of verifier keys; PRIVATE+KEY+name+id+key of signing keys. Reading takes one line, with or without its end. */
int sk_note_key_parse(struct sk_slice text, struct sk_note_key *k);
int sk_note_key_write(const struct sk_note_key *k, struct sk_buf *out);
int sk_note_signer_parse(struct sk_slice text, struct sk_note_signer *s);
int sk_note_signer_write(const struct sk_note_signer *s, struct sk_buf *out);

struct sk_signature {
	struct sk_slice line; /* whole, with its end */
	struct sk_slice name;
	uint32_t id;
	uint8_t bytes[72]; /* a cosignature: 8 of time, 64 of signature; empty for other lengths */
	size_t n;
};

struct sk_note { /* borrows from what was parsed */
	struct sk_slice text;
	size_t n;
	struct sk_signature sig[SK_NOTE_SIGNATURES];
};

/* 0, or SK_EFORMAT; SK_ELIMIT: too long, too many signatures. */
int sk_note_parse(struct sk_slice in, struct sk_note *note);

/*
 * How many signatures of this key the note bears; SK_EREFUSED when one that claims to be of it is not. `time`, which may be
 * NULL: of the newest of its cosignatures.
 */
int sk_note_verify(const struct sk_note *note, const struct sk_note_key *k, uint64_t *time);

/* Append a signature line over the text; a cosigner's is timestamped, `time` > 0. */
int sk_note_sign(
    struct sk_slice text, const struct sk_note_signer *s, uint64_t time, struct sk_buf *out);

struct sk_checkpoint {
	struct sk_slice origin; /* borrowed */
	uint64_t size;
	struct sk_hash root;
};

/* The text of a note as a checkpoint, and the other way round. */
int sk_checkpoint_parse(struct sk_slice text, struct sk_checkpoint *c);
int sk_checkpoint_write(const struct sk_checkpoint *c, struct sk_buf *out);
/* The note of a log's own checkpoint: its key's name is its origin. */
int sk_checkpoint_sign(
    uint64_t size, const struct sk_hash *root, const struct sk_note_signer *s, struct sk_buf *out);

/* Standard base 64 of hashes, a line each; what is not canonical is no hash. */
int sk_hash_write(const struct sk_hash *h, struct sk_buf *out);
int sk_hash_parse(struct sk_slice text, struct sk_hash *h);
/* base64 of any bytes, appended. */
int sk_base64_write(struct sk_slice bytes, struct sk_buf *out);
int sk_base64_parse(struct sk_slice text, uint8_t *p, size_t cap, size_t *n);

/* A decimal number without leading zeros. */
int sk_decimal_parse(struct sk_slice text, uint64_t *n);
/* The next line without its end, the rest moved past it; SK_EFORMAT when no end is there. */
int sk_line_take(struct sk_slice *rest, struct sk_slice *line);

#endif
