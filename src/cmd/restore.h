/* What the two parts of `sekisho restore` say to each other: one knows people, the other the store. The command. */
#ifndef SK_CMD_RESTORE_H
#define SK_CMD_RESTORE_H

#include <stdint.h>

struct restore_asked {
	const char *from, *database; /* backup; as for sk_db_open() */
	const char *folder, *keys;   /* of the post's files, and of their keys */
	const char *keys_from;       /* copy of the keys, or NULL */
	const char *master;          /* file of the key that wraps them */
	int64_t last;                /* number of the last thing that stands in the ledger */
};

struct restore_told {
	int64_t ms;
	uint64_t transfers, blobs, bytes, missing, unreadable;
	char why[512];
};

/* --- restore-store.c --- */
/* SK_EEXIST: something is there already; others as sk_restore(), with `why`. */
int restore_store(const struct restore_asked *what, struct restore_told *told);

#endif
