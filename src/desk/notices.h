/*
 * What changes, told to who watches at a portal (doc/front.md, Notices): hints, not answers. Whoever is told asks, and what he may see is decided then.
 * Nobody watches longer than his session lasts. The gate.
 */
#ifndef SK_DESK_NOTICES_H
#define SK_DESK_NOTICES_H

#include "desk/desk.h"

#define SK_WATCHERS 4096
#define SK_WATCHERS_OF_MEMBER 16
#define SK_NOTICES_TURN \
	256 /* transfers that are told one by one in a turn; more of them as "many" */

struct sk_asked;

int sk_notices_open(struct sk_desk *d);
void sk_notices_close(struct sk_desk *d);
/* A portal is there anew: nobody watches at it. */
void sk_notices_met(struct sk_desk *d, size_t place);
/* What was asked is done: it may have ended somebody's session, or put something before others. */
void sk_notices_asked(struct sk_desk *d, const struct sk_asked *q);
/* Behind the commit of a turn: tell what changed in it. */
void sk_notices_tick(struct sk_desk *d);
int64_t sk_notices_due(const struct sk_desk *d);

/* How far a worker has come with the file of a transfer. */
struct sk_progress {
	const char *id, *requester, *recipient; /* the last two may be NULL */
	int64_t state, changed;                 /* of the transfer */
	const char *part;
	unsigned percent;
};
void sk_notices_progress(struct sk_desk *d, const struct sk_progress *p);

#endif
