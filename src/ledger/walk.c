/* All of a ledger read and computed again, by the code that wrote it; src/ledgerverify does it by code that did not. */
#include <stdio.h>

#include "base/err.h"
#include "ledger/inside.h"

struct walker {
	struct sk_ledger *l;
	struct sk_walk *w;
	struct sk_edge edge;
	int rc;
};

static int wrong(struct walker *k, uint64_t index, int rc)
{
	k->w->index = index;
	return k->rc = rc;
}

/* A complete subtree of 256^level entries stands in its tile. */
static void on_hash(void *user, unsigned level, const struct sk_hash *h)
{
	struct walker *k = user;
	uint64_t at = k->edge.size >> 8 * level, n = at / SK_TILE_WIDTH;
	const uint8_t *hashes;
	unsigned width;

	if (k->rc)
		return;
	int rc = sk_ledger_tile(k->l, level, n, k->l->size, &hashes, &width);
	if (rc == 0 &&
	    memcmp(hashes + (at % SK_TILE_WIDTH) * SK_HASH_BYTES, h->b, SK_HASH_BYTES) != 0)
		rc = SK_EFORMAT;
	if (rc) {
		uint64_t full = (k->l->size >> 8 * level) - n * SK_TILE_WIDTH;
		sk_tile_path(
		    k->w->path, level, n, full < SK_TILE_WIDTH ? (unsigned)full : SK_TILE_WIDTH);
		wrong(k, k->edge.size, rc);
	}
}

static int walk_bundle(struct walker *k, uint64_t n)
{
	struct sk_slice bundle;
	struct sk_leaf e;
	uint64_t size = k->l->size,
		 end = (n + 1) * SK_TILE_WIDTH < size ? (n + 1) * SK_TILE_WIDTH : size;

	sk_bundle_path(k->w->path, n, (unsigned)(end - n * SK_TILE_WIDTH));
	int rc = sk_ledger_bundle(k->l, n, size, &bundle);
	if (rc)
		return wrong(k, UINT64_MAX, rc);
	struct sk_reader r = sk_reader(bundle);
	for (; k->edge.size < end && k->rc == 0; k->w->entries++) {
		struct sk_slice entry = sk_read_slice(&r, sk_read_u16be(&r));
		if (r.bad || sk_entry_parse(entry, &e))
			return wrong(k, k->edge.size, SK_EFORMAT);
		sk_edge_append(&k->edge, sk_hash_leaf(entry), on_hash, k);
	}
	return k->rc;
}

int sk_ledger_walk(struct sk_ledger *l, struct sk_walk *w)
{
	struct walker k = {.l = l, .w = w};
	int rc = 0;

	*w = (struct sk_walk){.index = UINT64_MAX};
	for (uint64_t n = 0; n * SK_TILE_WIDTH < l->size && rc == 0; n++)
		rc = walk_bundle(&k, n);
	if (rc)
		return rc;
	w->path[0] = '\0';
	struct sk_hash root = sk_edge_root(&k.edge);
	return sk_hash_eq(&root, &l->root) ? 0 : SK_EFORMAT;
}
