/*
 * A copy of a ledger in one file, for backups: an archive (ustar, POSIX.1-1988) of `checkpoint`, `key.pub`, `witnessed` and the
 * bundles of entries, from which all else follows (sk_ledger_recover). What stands behind commitments is not in it: it may
 * be erased later, and is copied to an archive of its own (`openings/<N>`) that is kept no longer than the wrapped keys of originals.
 * Made by the scribe beside its appends; read by the command that restores, as if it were hostile.
 */
#ifndef SK_LEDGER_COPY_H
#define SK_LEDGER_COPY_H

#include "ledger/ledger.h"

/* As of the checkpoint of now, appended to `fd`; not synced. SK_EIO, SK_ENOSPACE, SK_EFORMAT: a file is not what it should be. */
int sk_ledger_copy(int dir, int fd, uint64_t *entries);

/* What is behind commitments, as of now, appended to `fd`; not synced. *live: values in it; of what was erased it says that alone. */
int sk_ledger_copy_openings(int dir, int fd, uint64_t *live);

/* A file of an archive (at most SK_OPENINGS_BYTES), and its end. SK_EIO, SK_ENOSPACE. */
int sk_ledger_archive_put(int fd, const char *path, struct sk_slice bytes);
int sk_ledger_archive_end(int fd);

/* An archive that is being looked into. It borrows. */
struct sk_ledger_archive {
	struct sk_slice bytes;
	size_t at; /* where the next search begins: files are asked for in their order */
};
/* A file of it; borrows. SK_ENOENTRY: there is none; SK_EFORMAT: this is no such archive. */
int sk_ledger_archived(struct sk_ledger_archive *a, const char *path, struct sk_slice *file);

/* Whether what is behind the commitments of an entry may be known. */
typedef bool sk_openings_keep(void *user, const struct sk_leaf *e);
struct sk_openings_back {
	uint64_t live,
	    erased; /* values that came back, and that did not: erased before the copy, not to be known, or another's */
};
/*
 * Into a ledger that stands still: what is behind commitments of entries of which nothing is there comes back from an archive, when it
 * fits them and may be known; what is erased there stays erased. SK_EFORMAT: the archive is none, or a file of the ledger is damaged.
 */
int sk_ledger_restore_openings(struct sk_ledger *l, struct sk_ledger_archive *a,
    sk_openings_keep *keep, void *user, struct sk_openings_back *back);

#endif
