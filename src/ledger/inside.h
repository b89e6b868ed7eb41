/* What the files of the ledger share. Nobody else includes this. */
#ifndef SK_LEDGER_INSIDE_H
#define SK_LEDGER_INSIDE_H

#include "ledger/files.h"
#include "ledger/ledger.h"

#define SK_TILE_CACHE 16

struct sk_tile { /* of the right edge, being filled */
	unsigned width;
	uint8_t hashes[SK_TILE_WIDTH * SK_HASH_BYTES];
};

struct sk_cached {
	bool set;
	unsigned level, width;
	uint64_t n;
	uint8_t hashes[SK_TILE_WIDTH * SK_HASH_BYTES];
};

struct sk_contact {             /* of a witness */
	uint64_t size, contact; /* contact 0: never reached */
	bool missed;            /* not reached when it was last asked */
};

struct sk_ledger {
	int dir, lock, outbox;
	struct sk_note_signer signer; /* of a reader: the verifying part alone */
	struct sk_ledger_params params;
	struct sk_files files;
	enum sk_ledger_state state;
	bool stale; /* what is in memory is not what is on the disk: read it again */
	struct sk_buf note, ahead;
	uint64_t size;
	struct sk_hash root;
	uint64_t created;
	struct sk_contact seen[SK_LEDGER_WITNESSES];

	/* the right edge; size and width run ahead of the checkpoint during an append */
	struct sk_edge edge;
	struct sk_tile tile[SK_TILE_LEVELS];
	struct sk_buf bundle, openings;
	int err;

	struct sk_cached cache[SK_TILE_CACHE];
	struct sk_buf read; /* the bundle read last */
	uint64_t read_n;
	uint64_t indexed; /* entries whose outbox numbers are durably in the index */
};

/* ledger.c */
struct sk_hash sk_tile_node(const uint8_t *hashes, unsigned depth);
/* One entry of a bundle's bytes; SK_EFORMAT. */
int sk_bundle_entry(struct sk_slice bundle, unsigned slot, struct sk_slice *entry);
/* Entries n·256 … of a bundle, as it stands in a tree of `size`. Borrowed until the next one. */
int sk_ledger_bundle(struct sk_ledger *l, uint64_t n, uint64_t size, struct sk_slice *out);
/* Hashes of a tile in the tree of `size`; *width of them. Borrowed until the next call. */
int sk_ledger_tile(struct sk_ledger *l, unsigned level, uint64_t n, uint64_t size,
    const uint8_t **hashes, unsigned *width);
int sk_ledger_load(struct sk_ledger *l);
/* append.c: take over leaves that were written elsewhere, then the checkpoint that covers them. */
int sk_ledger_take(struct sk_ledger *l, struct sk_slice entry);
int sk_ledger_publish(struct sk_ledger *l, struct sk_slice note);

/* openings.c */
int sk_openings_add(struct sk_ledger *l, uint64_t index, const struct sk_leaf *e,
    uint8_t salt[SK_ENTRY_FIELDS][SK_SALT_BYTES]);
struct sk_opening_record {
	bool live;
	unsigned slot; /* of its entry in the bundle */
	struct sk_slice name, salt, value;
	size_t at, end; /* of the record in the file */
};
/* The next one of openings/<N>; borrows. SK_EFORMAT. */
int sk_openings_next(struct sk_reader *r, struct sk_opening_record *v);
/* Write what was added for bundle n. */
int sk_openings_flush(struct sk_ledger *l, uint64_t n);
/* Drop what belongs to no entry. */
int sk_openings_trim(struct sk_ledger *l);
/* At which places of bundle n a live record holds this value (slots is all false before); false: at none. What it is for, and whether it fits its commitment, is for sk_ledger_opened() to see. */
bool sk_openings_name(
    struct sk_ledger *l, uint64_t n, struct sk_slice value, bool slots[SK_TILE_WIDTH]);

/* outbox.c */
int sk_ids_open(struct sk_ledger *l);
int sk_ids_find(struct sk_ledger *l, uint64_t id, uint64_t *index);
int sk_ids_add(struct sk_ledger *l, uint64_t id, uint64_t index);
int sk_ids_mark(struct sk_ledger *l);

/* seen.c */
int sk_seen_load(struct sk_ledger *l);
int sk_seen_save(struct sk_ledger *l, size_t i);
/* Keep a checkpoint with its cosignatures beside those that are there. */
int sk_witnessed_add(struct sk_ledger *l, struct sk_slice note);

#endif
