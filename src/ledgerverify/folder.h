/* What the files that verify a whole ledger share. */
#ifndef SK_LEDGERVERIFY_FOLDER_H
#define SK_LEDGERVERIFY_FOLDER_H

#include "ledgerverify/lv.h"

#define WIDTH 256
#define LEVELS 6
#define PATH_BYTES 96

struct stored { /* a tile as it lies there */
	bool tried, there, judged, good;
	uint64_t n;
	unsigned width;
	struct sk_lv_hash h[WIDTH];
};

struct doubt { /* a hash of an upper tile that its entries do not give */
	bool any;
	uint64_t n;
	unsigned at;
};

struct watched { /* a checkpoint that somebody was shown */
	const char *name;
	uint64_t size;
	struct sk_lv_hash root;
	bool fits;
	struct sk_lv_witnessed seen[SK_LV_KEYS];
};

struct whole {
	sk_lv_get get;
	void *user;
	struct sk_lv_report *r;
	uint64_t size; /* as the checkpoint says */
	struct sk_lv_hash root;
	struct sk_lv_tree tree;
	struct stored tile[LEVELS + 1];
	bool edge_good; /* the tiles at the right edge lead to the root */
	struct doubt doubt[LEVELS + 1];
	struct sk_buf bundle;
	uint64_t (*ids)[2]; /* outbox number, index */
	size_t nids, cap;
	struct watched watched[SK_LV_CHECKPOINTS + 2];
	size_t nwatched;
	unsigned missing; /* bundles */
	bool edge_doubt;  /* the last bundle and its tile differ, and nothing says which is right */
};

/* --- stored.c: tiles and how far they can be believed --- */
void sk_lv_path(char path[PATH_BYTES], const char *kind, uint64_t n, unsigned width);
void sk_lv_tile_path(char path[PATH_BYTES], unsigned level, uint64_t n, unsigned width);
/* How wide a tile of this tree is; 0: it does not belong to it. */
unsigned sk_lv_width(const struct whole *w, unsigned level, uint64_t n);
/* A tile; NULL when it is not there or not of its length, which was told. */
const struct stored *sk_lv_stored(struct whole *w, unsigned level, uint64_t n);
struct sk_lv_hash sk_lv_group(const struct sk_lv_hash *h, unsigned count);
/* Whether a tile leads up to the checkpoint through stored tiles alone. */
bool sk_lv_believed(struct whole *w, unsigned level, uint64_t n);
/* Compute edge_good. */
void sk_lv_judge_edge(struct whole *w);

/* --- diagnose.c --- */
/* Name how the leaves of a bundle differ from the hashes that they must have. `first` is the index of the first. */
void sk_lv_diagnose(struct sk_lv_report *r, const char *where, uint64_t first,
    const struct sk_lv_hash *is, size_t n, const struct sk_lv_hash *must, size_t m);

#endif
