/*
 * What must be told to others when a transaction is committed, and only then: rows that are written in it and handed on
 * afterwards, in an order that never changes. The numbers are given when rows are read, not when they are written: of two
 * transactions the one that began first may be committed last, and a reader that had passed its number would never see it.
 * So numbers have no gaps and only go up, and who hands on may count by them (the ledger does). One reader a channel. A reader
 * that writes, too, numbers what is there at the end of its own transactions: what it put itself then needs no other.
 */
#ifndef SK_STORE_OUTBOX_H
#define SK_STORE_OUTBOX_H

#include "store/db.h"

enum sk_outbox_channel {
	SK_CHANNEL_LEDGER = 1,
	SK_CHANNEL_JOBS = 2,
	SK_CHANNEL_NOTICES = 3,
	SK_CHANNEL_LINK =
	    8 /* letters to another post: this and the number of its link (store/peer.h) */
};

struct sk_outbox_row {
	int64_t number, kind, at; /* at: milliseconds of the database's clock */
	struct sk_slice body;
};

struct sk_outbox_rows {
	size_t n;
	struct sk_outbox_row *row;
	struct sk_rows result;
};

/* In the caller's transaction. SK_ELIMIT: more than SK_LIMIT_JOB_BODY. */
int sk_outbox_put(
    struct sk_db *db, enum sk_outbox_channel channel, int64_t kind, struct sk_slice body);

/*
 * What lies in the channels to which this transaction has put something gets its numbers in it. For the process that reads
 * them: others would wait for each other.
 */
int sk_outbox_number(struct sk_db *db);

/* At most `most` rows that are not done, the lowest numbers first; the same again until they are. Own transaction. */
int sk_outbox_read(
    struct sk_db *db, enum sk_outbox_channel channel, size_t most, struct sk_outbox_rows *out);
void sk_outbox_rows_free(struct sk_outbox_rows *rows);

/* All up to this number have been handed on: they are removed, since names of people are among them. */
int sk_outbox_mark(struct sk_db *db, enum sk_outbox_channel channel,
    int64_t number); /* in the caller's transaction */
/* The same in a transaction of its own. */
int sk_outbox_done(struct sk_db *db, enum sk_outbox_channel channel, int64_t number);

/* The numbers up to this one are used elsewhere already (a restored store is older than its ledger): the next ones come behind. In
 * the caller's transaction. */
int sk_outbox_skip(struct sk_db *db, enum sk_outbox_channel channel, int64_t number);

#endif
