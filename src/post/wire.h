/* What the supervisor and a role say to each other, over descriptor 3 of the role. Both sides. */
#ifndef SK_POST_WIRE_H
#define SK_POST_WIRE_H

#define SK_POST_FD 3
#define SK_POST_ROLES 32
#define SK_POST_NAME 32 /* bytes of the name of a thing that is handed over */
#define SK_POST_TEXT 1024

enum sk_post_kind {
	/* supervisor → role */
	SK_POST_THING = 1, /* its name; one descriptor. All things come before SK_POST_GO */
	SK_POST_PEER, /* u8: place of a role; one descriptor: the channel to it, in place of an older one */
	SK_POST_GO,     /* begin; answered by SK_POST_READY */
	SK_POST_RELOAD, /* one descriptor: the new policy; answered by SK_POST_RELOADED */
	SK_POST_STOP,   /* end what you are at, then yourself */
	/* role → supervisor */
	SK_POST_READY,
	SK_POST_RELOADED, /* u8: 0 taken, 1 not taken; text: what is wrong with it, UTF-8 */
	SK_POST_BAD_PEER, /* u8: place of a role that talked nonsense */
};

#endif
