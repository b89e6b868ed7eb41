/*
 * A whole ledger. Its root is computed from the entries; where that is not what the checkpoint says, or a tile is not what the
 * entries give, the tiles that lead up to the checkpoint by themselves tell which of the two was changed.
 */
#include "ledgerverify/folder.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/utf8.h"

/* One entry too many is enough to see that there are too many. */
#define MOST (WIDTH + 1)

struct leaves {
	struct sk_lv_hash h[MOST];
	size_t n;
	bool broken; /* lengths that do not fit, behind these */
};

/* --- outbox numbers --- */

static int note_id(struct whole *w, uint64_t id, uint64_t index)
{
	if (w->nids == w->cap) {
		size_t cap = w->cap ? w->cap * 2 : 4096;
		void *p = reallocarray(w->ids, cap, sizeof(*w->ids));
		if (p == NULL)
			return SK_ENOMEM;
		w->ids = p;
		w->cap = cap;
	}
	w->ids[w->nids][0] = id;
	w->ids[w->nids++][1] = index;
	return 0;
}

static int by_id(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	if (x[0] != y[0])
		return x[0] < y[0] ? -1 : 1;
	return (x[1] > y[1]) - (x[1] < y[1]);
}

static void tell_doubles(struct whole *w)
{
	if (w->nids)
		qsort(w->ids, w->nids, sizeof(*w->ids), by_id);
	for (size_t i = 1; i < w->nids; i++)
		if (w->ids[i][0] == w->ids[i - 1][0])
			sk_lv_tell_range(
			    w->r, SK_LV_ENTRY_DOUBLED, "", w->ids[i - 1][1], w->ids[i][1]);
}

/* --- a bundle --- */

/* Its bytes; `exact`: it must end behind the last entry. */
static bool read_bundle(
    struct whole *w, uint64_t n, unsigned width, bool *exact, char path[PATH_BYTES])
{
	char full[PATH_BYTES];

	sk_lv_path(path, "entries", n, width);
	sk_lv_path(full, "entries", n, WIDTH);
	sk_buf_reset(&w->bundle);
	*exact = true;
	if (w->get(w->user, path, SK_LV_FILE_BYTES, &w->bundle) == 0)
		return true;
	*exact = false;
	sk_buf_reset(&w->bundle);
	return width != WIDTH && w->get(w->user, full, SK_LV_FILE_BYTES, &w->bundle) == 0;
}

static struct sk_slice next_entry(struct sk_reader *r)
{
	return sk_read_slice(r, sk_read_u16be(r));
}

static void hash_bundle(struct whole *w, unsigned width, bool exact, struct leaves *l)
{
	struct sk_reader r = sk_reader(sk_buf_slice(&w->bundle));
	size_t most = exact ? MOST : width;

	for (l->n = 0; l->n < most && !sk_read_at_end(&r); l->n++) {
		struct sk_slice entry = next_entry(&r);
		if (r.bad)
			break;
		l->h[l->n] = sk_lv_leaf(entry);
	}
	l->broken = r.bad;
}

/* The entries of a bundle in which nothing is wrong: their form, their numbers. */
static int read_entries(struct whole *w, const char *path, uint64_t first, unsigned width)
{
	struct sk_reader r = sk_reader(sk_buf_slice(&w->bundle));
	struct sk_lv_entry e;
	int rc = 0;

	for (unsigned i = 0; i < width && rc == 0; i++) {
		if (sk_lv_entry_read(next_entry(&r), &e))
			sk_lv_tell_at(w->r, SK_LV_ENTRY_MALFORMED, path, first + i);
		else
			rc = note_id(w, e.outbox, first + i);
	}
	w->r->read += width;
	return rc;
}

/* --- which of two is right --- */

/* The hash that the tile above has for a full tile, when it can be believed. */
static bool believed_above(struct whole *w, uint64_t n, struct sk_lv_hash *h)
{
	const struct stored *up = sk_lv_stored(w, 1, n / WIDTH);

	if (sk_lv_width(w, 0, n) != WIDTH || up == NULL || !sk_lv_believed(w, 1, n / WIDTH))
		return false;
	*h = up->h[n % WIDTH];
	return true;
}

static void tell_tile(struct whole *w, uint64_t n, const struct leaves *l, const struct stored *t)
{
	char path[PATH_BYTES];

	sk_lv_tile_path(path, 0, n, t->width);
	for (unsigned i = 0; i < t->width; i++)
		if (!sk_lv_same(&l->h[i], &t->h[i]))
			sk_lv_tell_at(w->r, SK_LV_TILE_CHANGED, path, n * WIDTH + i);
}

/* Entries and hashes differ. True: the entries are to be gone on with, else the hashes. */
static bool settle(
    struct whole *w, const char *path, uint64_t n, const struct leaves *l, const struct stored *t)
{
	struct sk_lv_hash above;

	if (!sk_lv_believed(w, 0, n)) {
		struct sk_lv_hash h = sk_lv_group(l->h, l->n == WIDTH ? WIDTH : 1);
		if (l->n == WIDTH && believed_above(w, n, &above) && sk_lv_same(&h, &above)) {
			tell_tile(w, n, l, t);
			return true;
		}
		if (t->width < WIDTH && l->n == t->width) {
			w->edge_doubt = true; /* the root will tell */
			return true;
		}
	}
	size_t same = 0;
	while (same < l->n && same < t->width && sk_lv_same(&l->h[same], &t->h[same]))
		same++;
	if (l->broken)
		sk_lv_tell_at(w->r, SK_LV_BUNDLE_MALFORMED, path, n * WIDTH + same);
	else
		sk_lv_diagnose(w->r, path, n * WIDTH, l->h, l->n, t->h, t->width);
	return false;
}

/* Entries and hashes are the same: then the tile above must know them, or both were rewritten. */
static void check_above(struct whole *w, const char *path, uint64_t n, const struct leaves *l)
{
	struct sk_lv_hash above;

	if (sk_lv_believed(w, 0, n) || !believed_above(w, n, &above))
		return;
	struct sk_lv_hash h = sk_lv_group(l->h, WIDTH);
	if (!sk_lv_same(&h, &above))
		sk_lv_tell_range(
		    w->r, SK_LV_ENTRY_REWRITTEN, path, n * WIDTH, n * WIDTH + l->n - 1);
}

static bool equal(const struct leaves *l, const struct stored *t)
{
	return !l->broken && l->n == t->width && memcmp(l->h, t->h, l->n * sizeof(l->h[0])) == 0;
}

/* --- the tree --- */

static void on_full(void *user, unsigned level, uint64_t index, const struct sk_lv_hash *h)
{
	struct whole *w = user;
	const struct stored *s;

	if (level == 0 || level > LEVELS)
		return;
	s = sk_lv_stored(w, level, index / WIDTH);
	if (s && !sk_lv_same(&s->h[index % WIDTH], h) && !w->doubt[level].any)
		w->doubt[level] = (struct doubt){true, index / WIDTH, (unsigned)(index % WIDTH)};
}

static void add_leaf(struct whole *w, struct sk_lv_hash h)
{
	sk_lv_tree_add(&w->tree, h, on_full, w);
	for (size_t i = 0; i < w->nwatched; i++) {
		if (w->watched[i].size != w->tree.size)
			continue;
		struct sk_lv_hash root = sk_lv_tree_root(&w->tree);
		w->watched[i].fits = sk_lv_same(&root, &w->watched[i].root);
	}
}

static int check_bundle(struct whole *w, uint64_t n)
{
	struct leaves l = {.n = 0};
	unsigned width = sk_lv_width(w, 0, n);
	const struct stored *t = sk_lv_stored(w, 0, n);
	char path[PATH_BYTES];
	bool exact, entries = true;
	int rc = 0;

	if (!read_bundle(w, n, width, &exact, path)) {
		sk_lv_tell_range(
		    w->r, SK_LV_BUNDLE_MISSING, path, n * WIDTH, n * WIDTH + width - 1);
		entries = false;
		w->missing++;
	} else {
		hash_bundle(w, width, exact, &l);
		if (t && !equal(&l, t))
			entries = settle(w, path, n, &l, t);
		else if (t)
			check_above(w, path, n, &l);
		else if (l.broken || l.n != width)
			sk_lv_tell_at(w->r, SK_LV_BUNDLE_MALFORMED, path, n * WIDTH + l.n);
		if (entries && l.n >= width)
			rc = read_entries(w, path, n * WIDTH, width);
	}
	t = sk_lv_stored(w, 0, n);
	for (unsigned i = 0; i < width; i++)
		add_leaf(w, entries && i < l.n ? l.h[i] : t ? t->h[i] : (struct sk_lv_hash){{0}});
	return rc;
}

/* The bundle at the edge again, now that the root has told that its tile was right. */
static void settle_edge(struct whole *w)
{
	uint64_t n = w->size / WIDTH;
	unsigned width = sk_lv_width(w, 0, n);
	const struct stored *t = sk_lv_stored(w, 0, n);
	struct leaves l = {.n = 0};
	char path[PATH_BYTES];
	bool exact;

	if (t == NULL || !read_bundle(w, n, width, &exact, path))
		return;
	hash_bundle(w, width, exact, &l);
	struct sk_lv_hash root = sk_lv_tree_root(&w->tree);
	if (sk_lv_same(&root, &w->root))
		tell_tile(w, n, &l, t);
	else
		sk_lv_diagnose(w->r, path, n * WIDTH, l.h, l.n, t->h, width);
}

/* What only the computed root can tell. */
static void conclude(struct whole *w)
{
	struct sk_lv_hash root = sk_lv_tree_root(&w->tree);
	char path[PATH_BYTES];

	if (w->edge_doubt)
		settle_edge(w);
	for (unsigned level = 1; level <= LEVELS && sk_lv_same(&root, &w->root); level++) {
		const struct doubt *d = &w->doubt[level];
		if (!d->any)
			continue;
		sk_lv_tile_path(path, level, d->n, sk_lv_width(w, level, d->n));
		sk_lv_tell_at(w->r, SK_LV_TILE_CHANGED, path, (d->n * WIDTH + d->at) << 8 * level);
	}
	if (!sk_lv_same(&root, &w->root) && sk_lv_report_worst(w->r) != SK_LV_WRONG)
		sk_lv_tell(w->r, SK_LV_LOG_REWRITTEN, "");
	tell_doubles(w);
}

/* --- checkpoints --- */

/* One that the log signed is to be compared with the tree when its size is reached. */
static void watch(
    struct whole *w, const struct sk_lv_trust *t, const char *name, struct sk_slice note)
{
	struct watched *v = &w->watched[w->nwatched];
	struct sk_lv_checkpoint c;

	*v = (struct watched){.name = name};
	if (sk_lv_checkpoint_read(note, &c)) {
		sk_lv_tell(w->r, SK_LV_CHECKPOINT_MALFORMED, name);
		return;
	}
	if (!sk_lv_judge(t, &c, name, w->r, v->seen))
		return;
	v->size = c.size;
	v->root = c.root;
	struct sk_lv_hash none = sk_lv_hash(sk_slice("", 0));
	v->fits = c.size == 0 && sk_lv_same(&none, &c.root);
	w->nwatched++;
}

/* When the entries do not give the root, that was told; what others were shown can only be compared with entries that do. */
static void compare_watched(struct whole *w, const struct sk_lv_trust *t)
{
	struct sk_lv_hash root = sk_lv_tree_root(&w->tree);
	bool comparable = sk_lv_same(&root, &w->root) && w->tree.size == w->size;

	for (size_t i = 0; i < w->nwatched; i++) {
		const struct watched *v = &w->watched[i];
		if (v->fits)
			sk_lv_keep_newest(w->r, v->seen);
		else if (v->size > w->size)
			sk_lv_tell_at(w->r, SK_LV_LOG_SHORTER, v->name, v->size);
		else if (comparable)
			sk_lv_tell_at(w->r, SK_LV_LOG_FORK, v->name, v->size);
	}
	if (comparable)
		sk_lv_judge_witnesses(t, w->r);
}

/* The checkpoint of the ledger itself; false: there is nothing to go by. */
static bool begin(struct whole *w, const struct sk_lv_trust *t, struct sk_slice note)
{
	struct sk_lv_checkpoint c;

	if (sk_lv_checkpoint_read(note, &c) || c.size > SK_LV_SIZE_MAX) {
		sk_lv_tell(w->r, SK_LV_CHECKPOINT_MALFORMED, "checkpoint");
		return false;
	}
	w->size = w->r->size = c.size;
	w->root = w->r->root = c.root;
	w->r->has_root = true;
	sk_utf8_display(w->r->origin, sizeof(w->r->origin), c.origin);
	watch(w, t, "checkpoint", note);
	return true;
}

/* Where bundle after bundle is missing, enough was told. */
static int walk(struct whole *w)
{
	int rc = 0;

	sk_lv_judge_edge(w);
	for (uint64_t n = 0; n * WIDTH < w->size && rc == 0; n++) {
		if (w->missing == SK_LV_FINDINGS)
			return 0;
		rc = check_bundle(w, n);
	}
	if (rc == 0)
		conclude(w);
	return rc;
}

static int verify(struct whole *w, const struct sk_lv_trust *t, struct sk_slice note,
    struct sk_slice witnessed, const struct sk_lv_given *given, size_t n)
{
	if (!begin(w, t, note))
		return 0;
	if (witnessed.n)
		watch(w, t, "witnessed", witnessed);
	for (size_t i = 0; i < n && i < SK_LV_CHECKPOINTS; i++)
		watch(w, t, given[i].name, given[i].note);
	int rc = walk(w);
	compare_watched(w, t);
	return rc;
}

int sk_lv_folder(sk_lv_get get, void *user, const struct sk_lv_trust *t,
    const struct sk_lv_given *given, size_t n, struct sk_lv_report *r)
{
	struct sk_buf note = SK_BUF(SK_LV_NOTE_BYTES + 1), witnessed = SK_BUF(SK_LV_NOTE_BYTES + 1);
	struct sk_buf key = SK_BUF(4096), keys = SK_BUF(65536);
	struct whole *w = calloc(1, sizeof(*w));
	struct sk_lv_trust trust;
	int rc = SK_ENOMEM;

	*r = (struct sk_lv_report){.n = 0};
	if (w) {
		*w = (struct whole){
		    .get = get, .user = user, .r = r, .bundle = SK_BUF(SK_LV_FILE_BYTES + 1)};
		(void)get(
		    user, "key.pub", 4000, &key); /* those that are not there are not believed */
		(void)get(user, "witness.pub", 65000, &keys);
		(void)get(user, "witnessed", SK_LV_NOTE_BYTES, &witnessed);
		sk_lv_trust_with(t, sk_buf_slice(&key), sk_buf_slice(&keys), r, &trust);
		rc = 0;
		if (get(user, "checkpoint", SK_LV_NOTE_BYTES, &note))
			sk_lv_tell(r, SK_LV_CHECKPOINT_MISSING, "checkpoint");
		else
			rc = verify(
			    w, &trust, sk_buf_slice(&note), sk_buf_slice(&witnessed), given, n);
		sk_buf_free(&w->bundle);
		free(w->ids);
	}
	free(w);
	sk_buf_free(&note);
	sk_buf_free(&witnessed);
	sk_buf_free(&key);
	sk_buf_free(&keys);
	return rc;
}
