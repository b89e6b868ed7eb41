/*
 * What a gate says to a link role of its post (sekisho-crossing-server, sekisho-crossing-client), and what it hears from it: bodies of
 * messages (ipc/channel.h). The role carries letters and bytes to the other post and back; it decides nothing and keeps nothing. Both
 * sides read what the other wrote as if it were hostile. Gate and link roles.
 *
 * The talk. The gate begins by SK_LINK_HEARD: until then the role neither gives nor takes anything. Then the letters that were not SENT
 * yet, and FETCH and GIVE of everything under way: after a restart of either side all of it is said again, and saying it twice is fine.
 *
 * Letters go in the order of their numbers, each until the other post has it durably. Numbers ascend from 1; they may jump, as when a post
 * comes back from a backup, but a number is never used for another letter. What CAME is taken in one transaction with its number (`heard`),
 * and HEARD is said after the commit; a letter whose number is not above `heard` has been taken already and counts for nothing.
 */
#ifndef SK_LINK_LINK_H
#define SK_LINK_LINK_H

#include "link/letter.h"

enum sk_link_kind {
	/* gate → role */
	SK_LINK_LETTERS =
	    1, /* a batch (letter.h) for the other post; what it has said already is passed over */
	SK_LINK_HEARD, /* number: letters of the other post up to here are durable here; 0: none yet */
	SK_LINK_FETCH, /* object; 1 descriptor: a file, empty or with what came of it before: bring the bytes into it */
	SK_LINK_GIVE, /* object; 1 descriptor: the bytes, to be read, for the other post to have until DROP */
	SK_LINK_DROP, /* id: neither FETCH nor GIVE of it any more; what is not known counts for nothing */
	/* role → gate */
	SK_LINK_CAME, /* a batch of the other post's letters, not empty */
	SK_LINK_SENT, /* number: the other post has ours up to here durably; never above what was given in this talk */
	SK_LINK_GOT,    /* what became of a FETCH; it is then no longer known to the role */
	SK_LINK_STATE,  /* how the link is; after each change */
	SK_LINK_SPOILT, /* id: what was given has not the hash that was said; nothing of it has left, and it is known no longer */
};

/* Letters that a gate may have given without SENT, and that a role has brought without HEARD; objects under way. More: it is at fault. */
#define SK_LINK_AHEAD 128
#define SK_LINK_OBJECTS 64

#define SK_LINK_NUMBER_BYTES 8
int sk_link_put_number(uint64_t number, struct sk_buf *out);
int sk_link_get_number(struct sk_slice in, uint64_t *number);

/* Bytes that cross: the output of a transfer, under the transfer's id. */
struct sk_link_object {
	char id[SK_LETTER_ID + 1];
	uint8_t sha256[32];
	uint64_t size; /* at most SK_LIMIT_OUTPUT */
};

#define SK_LINK_OBJECT_BYTES (SK_LETTER_ID + 32 + 8)
/* SK_EARG, SK_EFORMAT. */
int sk_link_put_object(const struct sk_link_object *o, struct sk_buf *out);
int sk_link_get_object(struct sk_slice in, struct sk_link_object *o);

#define SK_LINK_ID_BYTES SK_LETTER_ID
int sk_link_put_id(const char *id, struct sk_buf *out);
int sk_link_get_id(struct sk_slice in, char id[SK_LETTER_ID + 1]);

struct sk_link_got {
	char id[SK_LETTER_ID + 1];
	/* 0: complete, its size and hash are those of the FETCH, and it is in the file (written, not synced). SK_EREFUSED: the other post
	 * gave other bytes. SK_ENOSPACE, SK_EIO: the file could not be written. While the other post does not answer nothing is said. */
	int32_t status;
};

#define SK_LINK_GOT_BYTES (SK_LETTER_ID + 4)
int sk_link_put_got(const struct sk_link_got *g, struct sk_buf *out);
int sk_link_get_got(struct sk_slice in, struct sk_link_got *g);

/* How the link is. Words for interfaces: sk_link_state_word(). */
enum sk_link_state {
	SK_LINK_IS_DOWN, /* not connected yet, or the other post did not ask for long */
	SK_LINK_IS_UP,
	SK_LINK_UNREACHABLE, /* nobody answers there */
	SK_LINK_NOT_PINNED, /* who answers, or asks, has a key that is not pinned here, or a certificate that is not valid now */
	SK_LINK_NOT_WANTED, /* the other post does not accept our key */
	SK_LINK_NOT_READY,  /* the other post's gate is not there */
	SK_LINK_NONSENSE,   /* what was said is none of the protocol */
	SK_LINK_STATES
};

#define SK_LINK_TEXT 256
struct sk_link_status {
	uint8_t state; /* enum sk_link_state */
	char text[SK_LINK_TEXT +
		  1]; /* English, for the log: what the TLS library or the system said; "" */
};

#define SK_LINK_STATUS_BYTES (1 + SK_LINK_TEXT) /* at most */
int sk_link_put_status(const struct sk_link_status *s, struct sk_buf *out);
int sk_link_get_status(struct sk_slice in, struct sk_link_status *s);
/* "up"; NULL for a number that is none. */
const char *sk_link_state_word(unsigned state);

#endif
