/*
 * Merkle trees of RFC 6962, section 2.1: hashes, roots, proofs. A tree is seen as its complete subtrees: node(k, j) is
 * the hash of the entries j·2^k … (j+1)·2^k − 1. The scribe's process and the command; no input or output here.
 */
#ifndef SK_LEDGER_TREE_H
#define SK_LEDGER_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define SK_HASH_BYTES 32
/* Hashes in a proof: one a level. */
#define SK_PROOF_MAX 64

struct sk_hash {
	uint8_t b[SK_HASH_BYTES];
};

struct sk_hash sk_hash_of(struct sk_slice bytes);
struct sk_hash sk_hash_leaf(struct sk_slice entry);
struct sk_hash sk_hash_node(const struct sk_hash *left, const struct sk_hash *right);

static inline bool sk_hash_eq(const struct sk_hash *a, const struct sk_hash *b)
{
	return memcmp(a->b, b->b, SK_HASH_BYTES) == 0;
}

/* The right edge of a tree: node[k] is the complete subtree of 2^k entries for each bit k of the size. */
struct sk_edge {
	uint64_t size;
	struct sk_hash node[64];
};

/*
 * Append a leaf. Where it completes a subtree of 256^l entries, full(user, l, hash) is called, l = 0 for the leaf itself;
 * full may be NULL.
 */
typedef void (*sk_edge_full)(void *user, unsigned level, const struct sk_hash *h);
void sk_edge_append(struct sk_edge *e, struct sk_hash leaf, sk_edge_full full, void *user);
struct sk_hash sk_edge_root(const struct sk_edge *e);

/* Where the nodes of a tree come from: *h is node(k, j). 0 or a status. */
typedef int (*sk_node_get)(void *user, unsigned k, uint64_t j, struct sk_hash *h);

struct sk_proof {
	size_t n;
	struct sk_hash h[SK_PROOF_MAX];
};

/* The root of the first `size` entries. */
int sk_tree_root(sk_node_get get, void *user, uint64_t size, struct sk_hash *root);
/* The audit path of entry `index` (section 2.1.1), and the proof that `from` entries are the beginning of `size` (2.1.2). */
int sk_tree_inclusion(
    sk_node_get get, void *user, uint64_t index, uint64_t size, struct sk_proof *out);
int sk_tree_consistency(
    sk_node_get get, void *user, uint64_t from, uint64_t size, struct sk_proof *out);

/* Whether a proof proves. Nothing is assumed about it. */
bool sk_proof_includes(const struct sk_proof *p, uint64_t index, uint64_t size,
    const struct sk_hash *leaf, const struct sk_hash *root);
bool sk_proof_consistent(const struct sk_proof *p, uint64_t from, const struct sk_hash *old_root,
    uint64_t size, const struct sk_hash *root);

#endif
