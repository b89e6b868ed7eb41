/*
 * Who has connected, and is not known yet as the other post: such guests get a part of the room alone, and little time, so
 * that whoever comes in numbers keeps the other post out no longer than its handshake takes. sekisho-crossing-server.
 */
#ifndef SK_CROSSING_GUESTS_H
#define SK_CROSSING_GUESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SK_GUESTS 64         /* connections */
#define SK_GUESTS_STRANGE 24 /* of them, of those who are not known yet */
#define SK_GUEST_MS 10000    /* for a handshake */

struct sk_guest {
	const void *who; /* what the connection is called by; NULL: free */
	int fd;
	int64_t since;
	bool known;
};

struct sk_guests {
	struct sk_guest v[SK_GUESTS];
};

/* One more connection. Returns a descriptor that is to be shut down to make room: of the stranger who has been there for longest; -1: none. */
int sk_guests_add(struct sk_guests *g, const void *who, int fd, int64_t now);
/* He has shown who he is. */
void sk_guests_know(struct sk_guests *g, const void *who);
void sk_guests_remove(struct sk_guests *g, const void *who);
/* A stranger whose time is over, once; -1: there is none. */
int sk_guests_late(struct sk_guests *g, int64_t now);
/* When the next one's is; INT64_MAX: never. */
int64_t sk_guests_due(const struct sk_guests *g);

#endif
