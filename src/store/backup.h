/*
 * Copies of a store that is at work, and what proves that they are good: restoring them. A backup holds the database and
 * every blob it refers to, but never the wrapped keys of originals: those are backed up apart and kept no longer than the
 * shortest time for which the policy keeps originals, so that an old backup cannot bring back what has expired. With them lies what
 * the ledger holds behind commitments (made by its scribe), which may have to be erased as well.
 *
 *   BACKUP/store.sqlite or store.dump   BACKUP/output/…  BACKUP/original/…   BACKUP/ledger.tar   BACKUP/list (hash, size and
 *   name of each)
 *   KEYS/keys-SECONDS   KEYS/openings-SECONDS
 */
#ifndef SK_STORE_BACKUP_H
#define SK_STORE_BACKUP_H

#include "store/blob.h"
#include "store/db.h"

struct sk_backup_report {
	int64_t ms; /* from the first step to the last */
	uint64_t transfers, blobs, bytes;
	uint64_t missing; /* blobs that the database refers to and that are not there */
	uint64_t
	    unreadable; /* restore: originals without a key (expired, or their keys are not restored) */
	char why[512]; /* of a failure */
};

/* One file more of a backup, that somebody else makes (the ledger's, by its scribe). */
struct sk_backup_more {
	const char *name;
	int (*make)(void *arg, int fd); /* writes it; not synced, not closed */
	void *arg;
};

/* Makes the folder `to`, which must not be there (SK_EEXIST); it has this name only when all of it is there and on disk.
 * After a failure nothing of it is left; a blob of the store that is damaged is one (SK_EFORMAT), one that is missing is counted. */
/* `more` is made last: it may know of what happened since (NULL: nothing). */
int sk_backup(struct sk_db *store, struct sk_blobs *blobs, const char *to,
    const struct sk_backup_more *more, struct sk_backup_report *report);

/*
 * Copies the wrapped keys to one new file in `folder`, and `more` (or NULL) to another that bears its name, durably, and removes copies
 * of either that are older than `keep_s` then (0 is an error: SK_EARG). `now` in seconds.
 */
int sk_backup_keys(struct sk_blobs *blobs, const char *folder, const struct sk_backup_more *more,
    int64_t now, int64_t keep_s);

/*
 * Puts a backup where there is nothing yet: an empty database, folders without blobs (SK_EEXIST otherwise). `keys`: a file
 * that sk_backup_keys() made, or NULL. Every file is proved by its hash, the database by its check and its version, every
 * reference by reading the blob behind it, the ledger by `ledger` (NULL: not asked). SK_EFORMAT: something is not what it
 * was; why names it. After a failure what was put there stays, for whoever looks into it: remove it before the next try.
 */
struct sk_restore {
	const char *from;
	const char *database; /* as for sk_db_open() */
	struct sk_blobs_options blobs;
	const char *keys;
	int (*ledger)(void *arg, struct sk_db *db);
	void *arg;
};
int sk_restore(const struct sk_restore *what, struct sk_backup_report *report);

#endif
