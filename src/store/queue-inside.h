/* What the files of the queue share. Only queue*.c look in here. */
#ifndef SK_STORE_QUEUE_INSIDE_H
#define SK_STORE_QUEUE_INSIDE_H

#include "store/queue.h"

#define SK_QUEUE_PARTS 4

struct sk_queue {
	struct sk_db *db;
	int64_t low[SK_QUEUE_PARTS], kind,
	    looked;                /* looked: when all was looked at from its beginning */
	bool over[SK_QUEUE_PARTS]; /* there was nothing more to claim in it */
	unsigned part;             /* the one being filled */
};

#endif
