/*
 * Bytes of people that are under way: what front ends bring, and what they were handed. In memory alone: a gate that is started
 * anew knows of none, and the files of those that were brought are swept. Only asks*.c and the desk look in here.
 */
#ifndef SK_DESK_UPLOADS_H
#define SK_DESK_UPLOADS_H

#include "base/limits.h"
#include "desk/asks.h"

/*
 * So many files of one member at once, and of all, where the system gives as many descriptors: two each, besides SK_UPLOADS_OTHER. The last
 * quarter is for those who bring nothing yet, so that nobody is kept out by who brings much. And how long one may take.
 */
#define SK_UPLOADS 1024
#define SK_UPLOADS_OF_MEMBER 16
#define SK_UPLOADS_OTHER 512
/* What one member says that he will bring: so much room is kept for him. */
#define SK_UPLOADS_ROOM (2 * (uint64_t)SK_LIMIT_INPUT)
#define SK_UPLOAD_MS ((int64_t)24 * 3600 * 1000)
/* Bytes that were handed out and of which nothing is said any more are taken for interrupted. */
#define SK_HANDS 1024
#define SK_HAND_MS ((int64_t)2 * 3600 * 1000)

struct sk_upload {
	struct sk_upload *next;
	char id[SK_TRANSFER_ID];
	size_t place; /* of the front end that brings it */
	char *member;
	struct sk_blob_writer *writer;
	uint64_t size; /* as it was said at its beginning */
	int64_t until; /* sk_now_ms */
};

/* Bytes of a transfer on their way to its recipient. */
struct sk_hand {
	struct sk_hand *next;
	char id[SK_TRANSFER_ID];
	size_t place; /* of the front end that was handed them */
	bool counted; /* when it began */
	bool begun;   /* the question that began it is answered */
	int64_t until;
};

struct sk_uploads {
	struct sk_upload *first;
	struct sk_hand *hands;
	size_t n, nhands;
	size_t most; /* of n */
};

int sk_uploads_open(struct sk_desk *d);
void sk_uploads_close(struct sk_desk *d);
void sk_uploads_tick(struct sk_desk *d);

/* The member's own, taken out of the list: its writer is the caller's. NULL: he has none of that number. */
struct sk_blob_writer *sk_upload_take(struct sk_asked *q, const char *id);

/* q->hand: one more, when fewer than `most` of that transfer are under way. SK_EBUSY: there are as many; SK_ENOMEM. */
int sk_hand_add(struct sk_asked *q, const char *id, int64_t most);
void sk_hand_end(struct sk_desk *d, struct sk_hand *h); /* NULL is fine */
/* One of that transfer that is under way, first those that have not counted; NULL. */
struct sk_hand *sk_hand_find(struct sk_desk *d, const char *id);
/* A front end says how one ended (q->ask.whole), and it is over. Whether there is nothing left to count. */
bool sk_hand_over(struct sk_asked *q, const char *id);
/*
 * Another front end at this place: what the one before was handed is interrupted, and what control brought is over; what a portal
 * brought can be gone on with.
 */
void sk_uploads_met(struct sk_desk *d, size_t place);

#endif
