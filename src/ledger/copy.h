/*
 * A copy of a ledger in one file, for backups: an archive (ustar, POSIX.1-1988) of `checkpoint`, `key.pub`, `witnessed` and the
 * bundles of entries, from which all else follows (sk_ledger_recover). What stands behind commitments is not in it: it may
 * be erased later. Made by the scribe beside its appends; read by the command that restores, as if it were hostile.
 */
#ifndef SK_LEDGER_COPY_H
#define SK_LEDGER_COPY_H

#include "ledger/ledger.h"

/* As of the checkpoint of now, appended to `fd`; not synced. SK_EIO, SK_ENOSPACE, SK_EFORMAT: a file is not what it should be. */
int sk_ledger_copy(int dir, int fd, uint64_t *entries);

/* An archive that is being looked into. It borrows. */
struct sk_ledger_archive {
	struct sk_slice bytes;
	size_t at; /* where the next search begins: files are asked for in their order */
};
/* A file of it; borrows. SK_ENOENTRY: there is none; SK_EFORMAT: this is no such archive. */
int sk_ledger_archived(struct sk_ledger_archive *a, const char *path, struct sk_slice *file);

#endif
