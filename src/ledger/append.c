/*
 * Appending. The order of what becomes durable: bundles, tiles and openings, then the checkpoint. Whatever lies beyond the
 * checkpoint belongs to nobody: it was never acknowledged, and the next append writes over it.
 */
#include "ledger/inside.h"

#include <sodium.h>
#include <unistd.h>

#include "base/err.h"

/* --- leaves --- */

static void put(struct sk_ledger *l, const char *path, struct sk_slice bytes)
{
	if (l->err == 0)
		l->err = sk_files_put(&l->files, path, bytes);
}

/* A hash joins the tile at the edge of its level. */
static void on_hash(void *user, unsigned level, const struct sk_hash *h)
{
	struct sk_ledger *l = user;
	char path[SK_PATH_BYTES];

	if (level >= SK_TILE_LEVELS) {
		l->err = SK_ELIMIT;
		return;
	}
	struct sk_tile *t = &l->tile[level];
	memcpy(t->hashes + (size_t)t->width++ * SK_HASH_BYTES, h->b, SK_HASH_BYTES);
	if (t->width < SK_TILE_WIDTH)
		return;
	sk_tile_path(path, level, (l->edge.size >> 8 * level) / SK_TILE_WIDTH, SK_TILE_WIDTH);
	put(l, path, sk_slice(t->hashes, sizeof(t->hashes)));
	t->width = 0;
}

int sk_ledger_take(struct sk_ledger *l, struct sk_slice entry)
{
	char path[SK_PATH_BYTES];
	uint64_t n = l->edge.size / SK_TILE_WIDTH;

	if (entry.n > SK_ENTRY_BYTES || l->edge.size >= SK_OUTBOX_MAX)
		return SK_ELIMIT;
	sk_buf_put_u16be(&l->bundle, (uint16_t)entry.n);
	if (sk_buf_put_slice(&l->bundle, entry))
		return l->bundle.err;
	sk_edge_append(&l->edge, sk_hash_leaf(entry), on_hash, l);
	if (l->edge.size % SK_TILE_WIDTH == 0) {
		sk_bundle_path(path, n, SK_TILE_WIDTH);
		put(l, path, sk_buf_slice(&l->bundle));
		sk_buf_reset(&l->bundle);
	}
	return l->err;
}

/* --- the checkpoint --- */

/* The partial tiles and the partial bundle at the edge; those that did not change are there already. */
static int put_edge(struct sk_ledger *l)
{
	char path[SK_PATH_BYTES];

	for (unsigned level = 0; level < SK_TILE_LEVELS; level++) {
		uint64_t hashes = l->edge.size >> 8 * level;
		if (l->tile[level].width == 0 || hashes == l->size >> 8 * level)
			continue;
		sk_tile_path(path, level, hashes / SK_TILE_WIDTH, l->tile[level].width);
		put(l, path,
		    sk_slice(l->tile[level].hashes, (size_t)l->tile[level].width * SK_HASH_BYTES));
	}
	if (l->tile[0].width) {
		sk_bundle_path(path, l->edge.size / SK_TILE_WIDTH, l->tile[0].width);
		put(l, path, sk_buf_slice(&l->bundle));
	}
	return l->err;
}

/* Partial forms of what became full between two sizes. */
static void drop_partial(struct sk_ledger *l, uint64_t from, uint64_t to)
{
	char path[SK_PATH_BYTES];

	for (unsigned level = 0; level < SK_TILE_LEVELS; level++) {
		uint64_t n = (from >> 8 * level) / SK_TILE_WIDTH;
		for (; n < (to >> 8 * level) / SK_TILE_WIDTH; n++) {
			sk_tile_path(path, level, n, SK_TILE_WIDTH);
			sk_files_drop_partial(&l->files, path);
			sk_bundle_path(path, n, SK_TILE_WIDTH);
			if (level == 0)
				sk_files_drop_partial(&l->files, path);
		}
	}
}

/* Make what was taken durable, then the note that covers it, then forget what is no longer needed. */
int sk_ledger_publish(struct sk_ledger *l, struct sk_slice note)
{
	uint64_t old = l->size;

	int rc = put_edge(l);
	if (rc == 0)
		rc = sk_files_sync(&l->files);
	if (rc == 0)
		rc = sk_files_put(&l->files, "checkpoint", note);
	if (rc == 0)
		rc = sk_files_sync(&l->files);
	if (rc)
		return rc;
	sk_buf_reset(&l->note);
	if (sk_buf_put_slice(&l->note, note))
		return l->note.err;
	l->size = l->edge.size;
	l->root = sk_edge_root(&l->edge);
	drop_partial(l, old, l->size);
	return 0;
}

static int sign(struct sk_ledger *l)
{
	struct sk_buf note = SK_BUF(SK_NOTE_BYTES);
	struct sk_hash root = sk_edge_root(&l->edge);

	int rc = sk_checkpoint_sign(l->edge.size, &root, &l->signer, &note);
	if (rc == 0)
		rc = sk_ledger_publish(l, sk_buf_slice(&note));
	sk_buf_free(&note);
	return rc;
}

/* --- entries --- */

/* Whether a personal value is that of a commitment, as far as that can still be said. */
static bool same_person(struct sk_ledger *l, uint64_t index, enum sk_entry_field f,
    struct sk_slice committed, struct sk_slice value)
{
	struct sk_opening o;

	if (sk_ledger_opening(l, index, f, committed, &o) != SK_OPENING_LIVE)
		return true;
	bool same = sk_slice_eq(sk_buf_slice(&o.value), value);
	sk_buf_free(&o.value);
	return same;
}

/* Whether the entry at an index says the same. */
static bool same(struct sk_ledger *l, uint64_t index, const struct sk_leaf *e)
{
	struct sk_buf b = SK_BUF(SK_ENTRY_BYTES);
	struct sk_leaf old;

	bool same =
	    sk_ledger_entry(l, index, &b) == 0 && sk_entry_parse(sk_buf_slice(&b), &old) == 0;
	for (enum sk_entry_field f = 0; f < SK_ENTRY_FIELDS && same; f++) {
		struct sk_slice was = old.field[f], is = e->field[f];
		if (was.p == NULL || is.p == NULL)
			same = was.p == is.p;
		else if (sk_entry_field_type(f) == SK_ENTRY_TYPE_PERSONAL)
			same = same_person(l, index, f, was, is);
		else
			same = sk_slice_eq(was, is);
	}
	sk_buf_free(&b);
	return same;
}

static void make_salts(const struct sk_leaf *e, uint8_t salt[SK_ENTRY_FIELDS][SK_SALT_BYTES])
{
	for (enum sk_entry_field f = 0; f < SK_ENTRY_FIELDS; f++)
		if (e->field[f].p && sk_entry_field_type(f) == SK_ENTRY_TYPE_PERSONAL)
			randombytes_buf(salt[f], SK_SALT_BYTES);
}

static int add(struct sk_ledger *l, const struct sk_leaf *e)
{
	uint8_t salt[SK_ENTRY_FIELDS][SK_SALT_BYTES];
	struct sk_buf b = SK_BUF(SK_ENTRY_BYTES + 1);
	uint64_t index = l->edge.size;

	make_salts(e, salt);
	int rc = sk_entry_write(e, salt, &b);
	if (rc == 0)
		rc = sk_openings_add(l, index, e, salt);
	if (rc == 0)
		rc = sk_ledger_take(l, sk_buf_slice(&b));
	if (rc == 0 && l->edge.size % SK_TILE_WIDTH == 0)
		rc = sk_openings_flush(l, index / SK_TILE_WIDTH);
	sodium_memzero(salt, sizeof(salt));
	sk_buf_free(&b);
	return rc;
}

/* The same number earlier in this batch: it must say the same, too. */
static int in_batch(const struct sk_leaf *e, size_t i, const uint64_t *index, uint64_t *found)
{
	for (size_t k = 0; k < i; k++) {
		if (!sk_slice_eq(e[k].field[SK_ENTRY_OUTBOX], e[i].field[SK_ENTRY_OUTBOX]))
			continue;
		for (enum sk_entry_field f = 0; f < SK_ENTRY_FIELDS; f++)
			if ((e[k].field[f].p == NULL) != (e[i].field[f].p == NULL) ||
			    !sk_slice_eq(e[k].field[f], e[i].field[f]))
				return SK_EREFUSED;
		*found = index[k];
		return 0;
	}
	return SK_EARG;
}

/* The index of entry i of a batch: an old one, or that of its place behind the edge. `most`: the highest number before it. */
static int place(
    struct sk_ledger *l, const struct sk_leaf *e, size_t i, uint64_t *index, uint64_t *most)
{
	uint64_t id;

	if (e[i].field[SK_ENTRY_OUTBOX].p == NULL ||
	    sk_decimal_parse(e[i].field[SK_ENTRY_OUTBOX], &id) || id > SK_OUTBOX_MAX ||
	    (id == 0 && l->edge.size > 0))
		return SK_EARG;
	int rc = sk_ids_find(l, id, &index[i]);
	if (rc == 0)
		return same(l, index[i], &e[i]) ? 0 : SK_EREFUSED;
	if (rc == SK_EARG && id <= *most)
		rc = in_batch(e, i, index, &index[i]);
	if (rc != SK_EARG)
		return rc;
	*most = id > *most ? id : *most;
	index[i] = l->edge.size;
	return add(l, &e[i]);
}

/* The index of outbox numbers follows; a crash before it is made up for at the next opening. */
static int remember(
    struct sk_ledger *l, const struct sk_leaf *e, size_t n, uint64_t old, const uint64_t *index)
{
	int rc = 0;

	if (l->files.step)
		l->files.step(l->files.user, "index");
	for (size_t i = 0; i < n && rc == 0; i++)
		if (index[i] >= old)
			rc = sk_ids_add(l, sk_entry_outbox(&e[i]), index[i]);
	if (rc == 0 && l->size - l->indexed >= 65536)
		rc = sk_ids_mark(l);
	return rc;
}

static int append(struct sk_ledger *l, const struct sk_leaf *e, size_t n, uint64_t *index)
{
	uint64_t old = l->size, most = 0;
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = place(l, e, i, index, &most);
	if (rc || l->edge.size == old)
		return rc;
	rc = sk_openings_flush(l, (l->edge.size - 1) / SK_TILE_WIDTH);
	if (rc == 0)
		rc = sign(l);
	if (rc == 0)
		rc = remember(l, e, n, old, index);
	return rc;
}

/* After a failure the disk is asked what there is, durably; what is on it beyond the checkpoint goes. */
static int reload(struct sk_ledger *l)
{
	l->files.n = 0;
	int rc = syncfs(l->dir) ? SK_EIO : sk_ledger_load(l);

	if (rc == 0)
		rc = sk_openings_trim(l);
	if (rc == 0)
		rc = sk_ids_open(l);
	l->stale = rc != 0;
	return rc;
}

int sk_ledger_append(
    struct sk_ledger *l, const struct sk_leaf *e, size_t n, uint64_t now, uint64_t *index)
{
	uint64_t found[SK_LEDGER_BATCH];

	if (n > SK_LEDGER_BATCH)
		return SK_ELIMIT;
	if (sk_ledger_state(l, now) != SK_LEDGER_SIGNS)
		return SK_EREFUSED;
	int rc = l->stale ? reload(l) : 0;
	if (rc)
		return rc;
	l->stale = true;
	rc = append(l, e, n, found);
	l->stale = rc != 0;
	if (rc == 0)
		memcpy(index, found, n * sizeof(*index));
	return rc;
}

int sk_ledger_find(struct sk_ledger *l, uint64_t outbox, uint64_t *index)
{
	return sk_ids_find(l, outbox, index);
}
