/* What the two parts of `sekisho restore` say to each other: one knows people, the other the store. The command. */
#ifndef SK_CMD_RESTORE_H
#define SK_CMD_RESTORE_H

#include <stdint.h>

#include "ledger/ledger.h"

struct restore_asked {
	const char *from, *database; /* backup; as for sk_db_open() */
	const char *folder, *keys;   /* of the post's files, and of their keys */
	const char *keys_from;       /* copy of the keys, or NULL */
	const char *master;          /* file of the key that wraps them */
	int64_t last;                /* number of the last thing that stands in the ledger */
};

/* What may be known of the people of transfers: the numbers of entries, ascending, after what the store knew to be in the ledger. */
struct restore_known {
	int64_t done; /* the greatest number that was in the ledger when the store was copied */
	size_t n;
	int64_t number[];
};

struct restore_told {
	int64_t ms;
	uint64_t transfers, blobs, bytes, missing, unreadable;
	char why[512];
};

/* --- restore-store.c --- */
/* SK_EEXIST: something is there already; others as sk_restore(), with `why`. A struct restore_known is written to `known`. */
int restore_store(const struct restore_asked *what, int known, struct restore_told *told);

struct ledger_state;
/* --- restore-openings.c: what stands behind commitments, from beside the copy of the keys --- */
struct restore_openings {
	bool asked, there; /* keys were named; and beside them lies such a copy */
	uint64_t live, erased;
};
/* `keys`: the copy of the keys (…/keys-N, beside …/openings-N), or NULL; `known`: as restore_store() wrote it. 0, or another status when it was told why not. */
int restore_openings(
    struct ledger_state *state, const char *keys, int known, struct restore_openings *back);

/* --- restore-ledger.c: the ledger of a backup --- */
struct sk_ledger;
struct restore_ledger {
	struct sk_slice bytes; /* of the archive; none: the backup has no ledger */
	uint64_t size;         /* entries of its checkpoint */
	struct sk_hash root;
	uint64_t back; /* entries that came back from it */
};
/* Where the post has no ledger or fewer entries it gets those of the backup. 0, or another status when it was told why not. */
int restore_ledger(struct ledger_state *state, const char *backup, struct restore_ledger *copy);
/* The ledger that is there goes on from the backup's: SK_EFORMAT, it does not. */
int restore_agrees(const struct restore_ledger *copy, struct sk_ledger *l);
void restore_ledger_end(struct restore_ledger *copy);

#endif
