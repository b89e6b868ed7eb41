/*
 * The supervisor of a post: starts each role as a program of its own with only the descriptors it needs, under a system
 * user of its own, connects those that may talk to each other, starts them anew when they end or talk nonsense, and ends
 * them all. It opens no store, reads no content and speaks to no network. sekishod.
 */
#ifndef SK_POST_SUPERVISOR_H
#define SK_POST_SUPERVISOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "post/wire.h"

/* A descriptor that a role gets at its start: a folder, a file, a listening socket. */
struct sk_post_thing {
	const char *name;
	/* Open it anew for each start of the role at that place. The descriptor, or -1 and errno. */
	int (*open)(void *ctx, size_t place, const char *name);
	bool
	    watched; /* a small file: the role is started anew when it holds something else after a reload */
};

struct sk_post_role {
	const char *name;    /* "gate" */
	const char *program; /* path; NULL: nobody sits at this place of the table */
	const char *user;    /* system user it becomes when we are root; NULL: it stays as we are */
	unsigned peers; /* bits of the places of roles it may talk to; one side's word is enough */
	bool reloads;   /* it reads the policy */
	const struct sk_post_thing *things; /* ended by a NULL name */
	/*
	 * Its word counts when it says that a peer talks nonsense: that one is dropped. Where another says so it is dropped
	 * itself: whoever is taken over could have the gate killed else, again and again.
	 */
	bool judges;
};

enum sk_post_event {
	SK_POST_STARTED,
	SK_POST_IS_READY,
	SK_POST_ENDED,       /* text: how */
	SK_POST_DROPPED,     /* text: why */
	SK_POST_NOT_STARTED, /* text: why */
	SK_POST_POLICY_TAKEN,
	SK_POST_CHANGED, /* what it was handed holds something else by now: it is started anew */
	SK_POST_POLICY_KEPT, /* the new one is not taken; text: what is wrong with it */
};

struct sk_post_setup {
	const struct sk_post_role *roles;
	size_t nroles;
	void *ctx; /* for `open` and `policy` and `tell` */
	/* Open the policy file for a reload. The descriptor, or -1 and errno. */
	int (*policy)(void *ctx);
	/* Something happened; role: place in the table. English, for the log. */
	void (*tell)(void *ctx, size_t role, enum sk_post_event event, const char *text);
};

/*
 * Run until SIGTERM or SIGINT: then every role is asked to end, in the reverse order of the table. SIGHUP: the policy is
 * read anew, and whoever was handed what holds something else by now is started anew. 0 when all ended well; SK_EIO, SK_ENOMEM when it cannot begin. Signals are blocked meanwhile and as before
 * afterwards.
 */
int sk_post_run(const struct sk_post_setup *setup);

#endif
