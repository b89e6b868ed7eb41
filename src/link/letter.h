/*
 * What two posts say to each other: letters. A closed list; each kind has its parts, its sizes and one form on the wire. A gate writes
 * them as rows of its outbox (kind and body), its link role carries them in order and never looks inside, the other gate reads them as
 * if they were hostile. No letter carries bytes of a file, and none that asks for an original is ever answered with bytes.
 * Gates; the form of a batch also link roles.
 */
#ifndef SK_LINK_LETTER_H
#define SK_LINK_LETTER_H

#include "base/buf.h"

/* Numbers that are stored and sent: new ones at the end only. */
enum sk_letter_kind {
	SK_LETTER_OFFER =
	    1, /* giver: id, body: the manifest (a receipt of the giver's ledger with openings) */
	SK_LETTER_FETCH, /* receiver: id. It will take it: the bytes may come */
	SK_LETTER_GONE,  /* giver: id. It was taken back before the receiver began */
	SK_LETTER_END, /* receiver: id, event, reason ("" where there is none), body: receipt of its entry, or empty */
	SK_LETTER_CHECKPOINT, /* body: a request add-checkpoint to the other post as witness */
	SK_LETTER_COSIGNED,   /* http, body: the witness's answer */
	SK_LETTER_PASSWORD, /* receiver or giver: id, body: a password, sealed for the other post's worker */
	SK_LETTER_ORIGINAL, /* receiver: id, person, text. Somebody asks the giver's post to release an original there */
	SK_LETTER_POLICY, /* hash: of the policy that is in force at the sender's post; shown, not followed */
	SK_LETTER_LAST, /* nothing: which checkpoint of the sender's ledger did the other post last sign as its witness? */
	SK_LETTER_SEEN,  /* http, body: that checkpoint, or none (404) */
	SK_LETTER_WAITS, /* giver: id, event, body. `hold`: it waits for a password; body: the receipt of that entry. `password`: no more */
	SK_LETTER_KINDS  /* one more than the last */
};

#define SK_LETTER_ID 32      /* hexadecimal digits, lower case */
#define SK_LETTER_WORD 64    /* bytes of a stable word: a-z 0-9 . - _ */
#define SK_LETTER_PERSON 255 /* bytes of a login */
#define SK_LETTER_TEXT 1024  /* bytes of a reason that a person gave */
#define SK_LETTER_MANIFEST ((size_t)48 << 10)
#define SK_LETTER_RECEIPT ((size_t)16 << 10)
#define SK_LETTER_CHECKPOINT_BYTES ((size_t)16 << 10) /* 63 hashes of a proof, and a note */
#define SK_LETTER_COSIGNED_BYTES ((size_t)8 << 10)
#define SK_LETTER_SEALED ((size_t)1 << 10)
/* Bytes of the longest letter's body: a manifest, an id, a word, and their lengths. */
#define SK_LETTER_BYTES (SK_LETTER_MANIFEST + SK_LETTER_ID + SK_LETTER_WORD + 6)

struct sk_letter {
	uint8_t kind; /* enum sk_letter_kind: says which of these there are; the others are empty */
	char id[SK_LETTER_ID + 1];
	char event[SK_LETTER_WORD + 1], reason[SK_LETTER_WORD + 1];
	char person[SK_LETTER_PERSON + 1],
	    text[SK_LETTER_TEXT + 1]; /* UTF-8 without control characters */
	uint16_t http;                /* 100 to 599 */
	uint8_t hash[32];
	struct sk_slice body; /* borrowed */
};

/* Append a letter's body, without its kind. SK_EARG: not of its kind's parts and sizes; nothing was appended. */
int sk_letter_put(const struct sk_letter *l, struct sk_buf *out);
/* Read it; borrows from `in`. SK_EFORMAT: unknown kind, or anything unexpected; *l is then empty. */
int sk_letter_get(uint8_t kind, struct sk_slice in, struct sk_letter *l);

/* "offer"; NULL for a number that is none. */
const char *sk_letter_word(unsigned kind);

/* --- batches: how letters travel, gate to role, post to post, role to gate --- */

/* Bytes of a batch: it goes into one message (ipc/channel.h) and into one request, with some numbers before it. */
#define SK_LETTERS_BYTES ((size_t)65000)
#define SK_LETTERS_MOST 256 /* in one batch */

/* A letter as it is carried: numbered by its sender's outbox from 1 on, its body unread. */
struct sk_carried {
	uint64_t number;
	uint8_t kind;
	struct sk_slice body; /* borrowed */
};

struct sk_letters {
	size_t n;
	struct sk_carried v[SK_LETTERS_MOST];
};

/* Append one to a batch. SK_ELIMIT: the batch would exceed SK_LETTERS_BYTES; nothing was appended: send it, begin anew. SK_EARG. */
int sk_letters_put(const struct sk_carried *c, struct sk_buf *out);
/* Read a batch; none in it is fine. Numbers ascend and are not 0, kinds are those of the list, bodies at most SK_LETTER_BYTES. SK_EFORMAT. */
int sk_letters_get(struct sk_slice in, struct sk_letters *l);

#endif
