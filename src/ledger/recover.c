/* After a loss: bringing back what a witness proves to have been there, or beginning anew in the open. */
#include <stdio.h>

#include "base/err.h"
#include "base/hex.h"
#include "ledger/inside.h"

/* --- bringing back --- */

static int get_bundle(uint64_t n, uint64_t size, sk_copy_get get, void *user, struct sk_buf *out)
{
	char path[SK_PATH_BYTES];
	uint64_t left = size - n * SK_TILE_WIDTH;
	unsigned width = left < SK_TILE_WIDTH ? (unsigned)left : SK_TILE_WIDTH;

	sk_bundle_path(path, n, width);
	int rc = get(user, path, out);
	if (rc == 0 || width == SK_TILE_WIDTH)
		return rc;
	sk_buf_reset(out);
	sk_bundle_path(path, n, SK_TILE_WIDTH);
	return get(user, path, out);
}

static int take_bundle(struct sk_ledger *l, struct sk_slice bundle, uint64_t size)
{
	struct sk_reader r = sk_reader(bundle);
	uint64_t i = l->edge.size - l->edge.size % SK_TILE_WIDTH, end = i + SK_TILE_WIDTH;
	int rc = 0;

	for (; i < end && i < size && rc == 0; i++) {
		struct sk_slice entry = sk_read_slice(&r, sk_read_u16be(&r));
		if (r.bad)
			return SK_EFORMAT;
		if (i >= l->edge.size)
			rc = sk_ledger_take(l, entry);
	}
	return rc;
}

static int take_all(struct sk_ledger *l, const struct sk_checkpoint *c, sk_copy_get get, void *user)
{
	struct sk_buf b = SK_BUF(SK_FILE_BYTES);
	int rc = 0;

	while (l->edge.size < c->size && rc == 0) {
		sk_buf_reset(&b);
		rc = get_bundle(l->edge.size / SK_TILE_WIDTH, c->size, get, user, &b);
		if (rc == 0)
			rc = take_bundle(l, sk_buf_slice(&b), c->size);
	}
	sk_buf_free(&b);
	struct sk_hash root = sk_edge_root(&l->edge);
	return rc ? rc : sk_hash_eq(&root, &c->root) ? 0 : SK_EFORMAT;
}

int sk_ledger_recover(struct sk_ledger *l, struct sk_slice text, sk_copy_get get, void *user)
{
	struct sk_note note = {.n = 0};
	struct sk_checkpoint c;

	if (l->lock < 0 || sk_note_parse(text, &note) || sk_checkpoint_parse(note.text, &c))
		return SK_EARG;
	if (!sk_slice_is(c.origin, l->signer.pub.name) || c.size <= l->size ||
	    c.size > SK_OUTBOX_MAX || sk_note_verify(&note, &l->signer.pub, NULL) <= 0)
		return SK_EREFUSED;
	int rc = sk_ledger_load(l);
	l->stale = true;
	if (rc == 0)
		rc = take_all(l, &c, get, user);
	if (rc == 0)
		rc = sk_ledger_publish(l, text);
	l->stale = rc != 0;
	if (rc == 0)
		rc = sk_ids_open(l);
	if (rc == 0 && l->params.witnesses)
		l->state = SK_LEDGER_UNASKED; /* another witness may know still more */
	return rc;
}

/* --- a successor --- */

struct words { /* what a field of the first entry points at */
	char time[24], size[24], root[2 * SK_HASH_BYTES + 1];
};

static void first_entry(const struct sk_checkpoint *old, const struct sk_opener opener[2],
    uint64_t now, struct words *w, struct sk_leaf *e)
{
	snprintf(w->time, sizeof(w->time), "%llu000", (unsigned long long)now);
	snprintf(w->size, sizeof(w->size), "%llu", (unsigned long long)old->size);
	sk_hex_text(w->root, old->root.b, SK_HASH_BYTES);
	*e = (struct sk_leaf){{{NULL, 0}}};
	e->field[SK_ENTRY_KIND] = SK_SLICE_LIT(SK_KIND_SUCCESSOR);
	e->field[SK_ENTRY_OUTBOX] = SK_SLICE_LIT("0");
	e->field[SK_ENTRY_TIME] = sk_slice_str(w->time);
	e->field[SK_ENTRY_PREVIOUS_ORIGIN] = old->origin;
	e->field[SK_ENTRY_PREVIOUS_SIZE] = sk_slice_str(w->size);
	e->field[SK_ENTRY_PREVIOUS_ROOT] = sk_slice_str(w->root);
	e->field[SK_ENTRY_ROLE] = sk_slice_str(opener[0].role);
	e->field[SK_ENTRY_ROLE_SECOND] = sk_slice_str(opener[1].role);
	e->field[SK_ENTRY_PERSONAL_ACTOR] = opener[0].person;
	e->field[SK_ENTRY_PERSONAL_SECOND] = opener[1].person;
}

/* An earlier try may have ended between the empty ledger and its first entry. */
static int open_new(int dir, const struct sk_note_signer *key, uint64_t now, struct sk_ledger **l)
{
	static const struct sk_ledger_params alone;
	int rc = sk_ledger_create(dir, key, now);

	if (rc == 0 || rc == SK_EREFUSED)
		rc = sk_ledger_open(dir, key, &alone, l);
	if (rc == 0 && sk_ledger_size(*l)) {
		sk_ledger_free(*l);
		rc = SK_EREFUSED;
	}
	return rc;
}

int sk_ledger_succeed(int dir, const struct sk_note_signer *key, struct sk_slice old_note,
    const struct sk_note_key *old_key, const struct sk_opener opener[2], uint64_t now)
{
	struct sk_note note = {.n = 0};
	struct sk_checkpoint old;
	struct sk_ledger *l = NULL;
	struct sk_leaf e;
	struct words w;
	uint64_t index;

	if (sk_note_parse(old_note, &note) || sk_checkpoint_parse(note.text, &old))
		return SK_EARG;
	if (sk_note_verify(&note, old_key, NULL) <= 0 || sk_slice_is(old.origin, key->pub.name) ||
	    strcmp(opener[0].role, opener[1].role) == 0 || opener[0].person.n == 0 ||
	    opener[1].person.n == 0 || sk_slice_eq(opener[0].person, opener[1].person))
		return SK_EREFUSED;
	first_entry(&old, opener, now, &w, &e);
	int rc = open_new(dir, key, now, &l);
	if (rc == 0) {
		rc = sk_ledger_append(l, &e, 1, now, &index);
		sk_ledger_free(l);
	}
	return rc;
}
