/* The side of a role: what its supervisor hands to it, its peers, its loop. Every role of a post. */
#ifndef SK_POST_CHILD_H
#define SK_POST_CHILD_H

#include <poll.h>
#include <stdbool.h>

#include "ipc/channel.h"
#include "post/wire.h"

#define SK_CHILD_THINGS 16
#define SK_CHILD_WATCHED 4096 /* descriptors of its own that a role waits for: connections, jobs */

/* What a role listens to from one kind of peer. */
struct sk_child_peer {
	const struct sk_permit *permits;
	size_t npermits;
};

struct sk_child_ops {
	/* By place of the role in the post's table; a peer without permits may send nothing. */
	struct sk_child_peer peers[SK_POST_ROLES];
	/* All things are there: open what is to be opened. 0, or a negative status: the role ends. */
	int (*begin)(void *ctx);
	/* A peer is there anew: what was under way with an older one is void. May be NULL. */
	void (*met)(void *ctx, size_t place);
	/* Its channel ended, or it was denounced; the next one may come, or never. Told in the loop, once for each that was there. May be NULL. */
	void (*lost)(void *ctx, size_t place);
	/* Read the policy in fd (borrowed). 0, or another status with text saying what is wrong. NULL: it reads none. */
	int (*reload)(void *ctx, int fd, char *text, size_t size);
	/* Descriptors of its own: fill p (at most max), return their number. Then what happened to them. May be NULL. */
	size_t (*watch)(void *ctx, struct pollfd *p, size_t max);
	void (*happened)(void *ctx, const struct pollfd *p, size_t n);
	/* Milliseconds until `tick` has something to do, -1: nothing. May be NULL, both. */
	int (*until)(void *ctx);
	void (*tick)(void *ctx);
	/* It is to end: true when there is nothing left to finish. Asked again after each turn. NULL: at once. */
	bool (*finished)(void *ctx);
};

struct sk_child {
	const struct sk_child_ops *ops;
	void *ctx;
	struct sk_channel supervisor;
	struct sk_channel peer[SK_POST_ROLES];
	unsigned state
	    [SK_POST_ROLES]; /* of the talk with each peer, for its permits; the role changes it */
	struct {
		char name[SK_POST_NAME + 1];
		int fd;
	} thing[SK_CHILD_THINGS];
	bool there[SK_POST_ROLES]; /* and nobody was told yet that it is not */
	size_t nthings, now;       /* now: the peer that is being served */
	unsigned phase;            /* being equipped, going, ending */
};

/*
 * Live: the supervisor's channel is descriptor 3. Returns the exit status of the program: 0 when it was asked to end.
 * `ctx` reaches the child through the caller's own struct.
 */
int sk_child_run(struct sk_child *c, const struct sk_child_ops *ops, void *ctx);

/* A thing by its name, which becomes the caller's; -1 when it was not handed over. */
int sk_child_take(struct sk_child *c, const char *name);

/*
 * Send to a peer; a peer that is gone or does not read is told to the supervisor where it is at fault, and what was to be
 * sent is lost: SK_EIO.
 */
int sk_child_send(struct sk_child *c, size_t place, uint32_t kind, uint32_t serial,
    struct sk_slice body, const int *fds, size_t nfds);

/* A peer that is at fault otherwise than by what it sent, such as by silence: it is told, and nothing more is read from it. */
void sk_child_denounce(struct sk_child *c, size_t place);

#endif
