/*
 * Messages between the roles of a post, over SOCK_SEQPACKET: kind, serial, body, descriptors. Neither side waits for the
 * other, and each treats the other as hostile: what a peer may send stands in a table by kind and state, with the
 * lengths and descriptors it must have; whoever sends anything else is dropped. Every role.
 */
#ifndef SK_IPC_CHANNEL_H
#define SK_IPC_CHANNEL_H

#include <stdbool.h>

#include "base/slice.h"
#include "ipc/fds.h"

#define SK_CHANNEL_BODY \
	65536 /* bytes of one body: names, hashes, reports' summaries; never content */
#define SK_CHANNEL_FDS SK_FDS_MAX
#define SK_CHANNEL_WAITING \
	256 /* messages that wait for a peer that does not read; one more, and it is dropped */
#define SK_CHANNEL_TURN 64 /* messages that are served before other peers have their turn */

struct sk_message {
	uint32_t kind, serial; /* an answer has the serial of its question */
	struct sk_slice body;  /* borrowed until the next one is received */
	int fds
	    [SK_CHANNEL_FDS]; /* the receiver's; set one to -1 to keep it, the others are closed after serving */
	size_t nfds;
};

struct sk_waiting;

struct sk_channel {
	int sock; /* owned, non-blocking; -1: closed */
	uint8_t *buf;
	struct sk_waiting *first, *last; /* to be sent */
	size_t nwaiting;
};

/* One kind of message that a peer may send. */
struct sk_permit {
	uint32_t kind;
	uint32_t states;   /* bits of the states in which it may come */
	uint32_t min, max; /* bytes of its body */
	uint8_t nfds;
	/* 0, or a negative status: the peer is to be dropped */
	int (*serve)(void *ctx, struct sk_message *m);
};

/* Takes the socket over, also when it fails. SK_ENOMEM, SK_EIO. */
int sk_channel_open(struct sk_channel *ch, int sock);
/* Closed ones are fine. What still waits is dropped. */
void sk_channel_close(struct sk_channel *ch);

/*
 * Send, or have it wait until the peer reads; descriptors stay the caller's. SK_EARG: too large. SK_ELIMIT: too many wait.
 * SK_EIO: the peer is gone.
 */
int sk_channel_send(struct sk_channel *ch, uint32_t kind, uint32_t serial, struct sk_slice body,
    const int *fds, size_t nfds);
/* Whether POLLOUT is to be waited for; then flush: 0 or SK_EIO. */
bool sk_channel_waits(const struct sk_channel *ch);
int sk_channel_flush(struct sk_channel *ch);

/*
 * Serve what has come, at most SK_CHANNEL_TURN messages. *state is read before each one, as serving may change it.
 * 0: nothing more for now. SK_EIO: the peer is gone. SK_EFORMAT: it sent what it may not. Others: as a server said.
 */
int sk_channel_serve(struct sk_channel *ch, const struct sk_permit *table, size_t n,
    const unsigned *state, void *ctx);

#endif
