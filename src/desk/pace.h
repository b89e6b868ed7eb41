/*
 * How fast another post may go on: what it says costs, and what was said in vain costs more. Who has spent all of it waits, by
 * being told later how far his letters have come: he sends no more than some ahead of that (doc/crossing.md). The gate.
 */
#ifndef SK_DESK_PACE_H
#define SK_DESK_PACE_H

#include <stdint.h>

#define SK_PACE_RATE 4000   /* a second; more than a post can keep durably */
#define SK_PACE_BURST 16000 /* saved up at most */
#define SK_PACE_LETTER 1
#define SK_PACE_VAIN 40 /* a letter that had no effect: a hundred a second */

struct sk_pace {
	int64_t left, at; /* at: milliseconds, when `left` was right */
};

/* Nothing is spent yet. */
void sk_pace_begin(struct sk_pace *p, int64_t now);
/* Something was said. */
void sk_pace_spend(struct sk_pace *p, int64_t cost, int64_t now);
/* When he may go on: now, or later. */
int64_t sk_pace_due(struct sk_pace *p, int64_t now);

#endif
