/* Opening a ledger, its tiles and bundles, proofs: ledger.h. */
#include "ledger/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

/* --- tiles and bundles --- */

/* The root of 2^depth hashes. */
struct sk_hash sk_tile_node(const uint8_t *hashes, unsigned depth)
{
	struct sk_hash h;

	if (depth == 0) {
		memcpy(h.b, hashes, SK_HASH_BYTES);
		return h;
	}
	struct sk_hash left = sk_tile_node(hashes, depth - 1);
	struct sk_hash right =
	    sk_tile_node(hashes + ((size_t)SK_HASH_BYTES << (depth - 1)), depth - 1);
	return sk_hash_node(&left, &right);
}

/* How many hashes a tile has in a tree of `size` (bundles: level 0); 0: it does not exist. */
static unsigned width_in(uint64_t size, unsigned level, uint64_t n)
{
	uint64_t hashes = size >> 8 * level, from = n * SK_TILE_WIDTH;

	if (hashes <= from)
		return 0;
	return hashes - from < SK_TILE_WIDTH ? (unsigned)(hashes - from) : SK_TILE_WIDTH;
}

typedef void (*path_of)(char path[SK_PATH_BYTES], unsigned level, uint64_t n, unsigned width);

static void bundle_path(char path[SK_PATH_BYTES], unsigned level, uint64_t n, unsigned width)
{
	sk_bundle_path(path, n, width);
}

/* A partial one may have been dropped because the full one is there: it begins the same. */
static int read_tile(struct sk_ledger *l, path_of name, unsigned level, uint64_t n, unsigned width,
    struct sk_buf *out)
{
	char path[SK_PATH_BYTES];

	name(path, level, n, width);
	int rc = sk_file_read(l->dir, path, SK_FILE_BYTES, out);
	if (rc == SK_EIO && errno == ENOENT && width != SK_TILE_WIDTH) {
		name(path, level, n, SK_TILE_WIDTH);
		rc = sk_file_read(l->dir, path, SK_FILE_BYTES, out);
	}
	return rc;
}

int sk_ledger_tile(struct sk_ledger *l, unsigned level, uint64_t n, uint64_t size,
    const uint8_t **hashes, unsigned *width)
{
	struct sk_cached *c = &l->cache[(n * 7 + level) % SK_TILE_CACHE];
	unsigned need = width_in(size, level, n);
	struct sk_buf b = SK_BUF(SK_FILE_BYTES);
	int rc = need ? 0 : SK_EARG;

	if (rc == 0 && !(c->set && c->level == level && c->n == n && c->width >= need)) {
		rc = read_tile(l, sk_tile_path, level, n, need, &b);
		if (rc == 0 && (b.len < (size_t)need * SK_HASH_BYTES || b.len > sizeof(c->hashes)))
			rc = SK_EFORMAT;
		if (rc == 0) {
			*c = (struct sk_cached){.set = true, .level = level, .width = need, .n = n};
			memcpy(c->hashes, b.p, (size_t)need * SK_HASH_BYTES);
		}
	}
	sk_buf_free(&b);
	if (rc == 0) {
		*hashes = c->hashes;
		*width = need;
	}
	return rc;
}

int sk_ledger_bundle(struct sk_ledger *l, uint64_t n, uint64_t size, struct sk_slice *out)
{
	unsigned need = width_in(size, 0, n);

	if (need == 0)
		return SK_EARG;
	l->read_n = UINT64_MAX;
	sk_buf_reset(&l->read);
	int rc = read_tile(l, bundle_path, 0, n, need, &l->read);
	if (rc == 0) {
		l->read_n = n;
		*out = sk_buf_slice(&l->read);
	}
	return rc;
}

int sk_bundle_entry(struct sk_slice bundle, unsigned slot, struct sk_slice *entry)
{
	struct sk_reader r = sk_reader(bundle);

	for (unsigned i = 0; i < slot; i++)
		sk_read_skip(&r, sk_read_u16be(&r));
	struct sk_slice found = sk_read_slice(&r, sk_read_u16be(&r));
	if (r.bad)
		return SK_EFORMAT;
	*entry = found;
	return 0;
}

int sk_ledger_entry(struct sk_ledger *l, uint64_t index, struct sk_buf *out)
{
	struct sk_slice bundle = sk_buf_slice(&l->read), entry;
	uint64_t n = index / SK_TILE_WIDTH;
	int rc = 0;

	if (index >= l->size)
		return SK_EARG;
	if (l->read_n != n || sk_bundle_entry(bundle, index % SK_TILE_WIDTH, &entry))
		rc = sk_ledger_bundle(l, n, l->size, &bundle);
	if (rc == 0)
		rc = sk_bundle_entry(bundle, index % SK_TILE_WIDTH, &entry);
	return rc ? rc : sk_buf_put_slice(out, entry);
}

/* --- proofs --- */

static int node(void *user, unsigned k, uint64_t j, struct sk_hash *h)
{
	struct sk_ledger *l = user;
	unsigned depth = k % 8, width;
	uint64_t first = j << depth;
	const uint8_t *hashes;

	int rc = sk_ledger_tile(l, k / 8, first / SK_TILE_WIDTH, l->size, &hashes, &width);
	if (rc)
		return rc;
	size_t at = first % SK_TILE_WIDTH;
	if (at + ((size_t)1 << depth) > width)
		return SK_EINTERNAL;
	*h = sk_tile_node(hashes + at * SK_HASH_BYTES, depth);
	return 0;
}

int sk_ledger_inclusion(struct sk_ledger *l, uint64_t index, uint64_t size, struct sk_proof *out)
{
	return size > l->size ? SK_EARG : sk_tree_inclusion(node, l, index, size, out);
}

int sk_ledger_consistency(struct sk_ledger *l, uint64_t from, uint64_t size, struct sk_proof *out)
{
	return size > l->size ? SK_EARG : sk_tree_consistency(node, l, from, size, out);
}

int sk_ledger_root_at(struct sk_ledger *l, uint64_t size, struct sk_hash *root)
{
	return size > l->size ? SK_EARG : sk_tree_root(node, l, size, root);
}

/* --- loading --- */

static int load_checkpoint(struct sk_ledger *l)
{
	struct sk_buf in = SK_BUF(SK_NOTE_BYTES);
	struct sk_note note = {.n = 0};
	struct sk_checkpoint c;

	int rc = sk_file_read(l->dir, "checkpoint", SK_NOTE_BYTES, &in);
	if (rc == 0)
		rc = sk_note_parse(sk_buf_slice(&in), &note);
	if (rc == 0)
		rc = sk_checkpoint_parse(note.text, &c);
	if (rc == 0 && (!sk_slice_is(c.origin, l->signer.pub.name) ||
			   sk_note_verify(&note, &l->signer.pub, NULL) <= 0))
		rc = SK_EREFUSED;
	if (rc == 0 && c.size > SK_OUTBOX_MAX)
		rc = SK_ELIMIT;
	if (rc == 0) {
		l->size = c.size;
		l->root = c.root;
		sk_buf_free(&l->note);
		l->note = in;
		return 0;
	}
	sk_buf_free(&in);
	return rc;
}

/* The tile at the right edge of a level, and the subtrees that it holds. */
static int load_level(struct sk_ledger *l, unsigned level)
{
	uint64_t hashes = l->size >> 8 * level;
	struct sk_tile *t = &l->tile[level];
	const uint8_t *p = t->hashes;
	unsigned width;

	t->width = 0;
	if (hashes % SK_TILE_WIDTH == 0)
		return 0;
	const uint8_t *read;
	int rc = sk_ledger_tile(l, level, hashes / SK_TILE_WIDTH, l->size, &read, &width);
	if (rc)
		return rc;
	memcpy(t->hashes, read, (size_t)width * SK_HASH_BYTES);
	t->width = width;
	for (unsigned bit = 8; bit-- > 0;) {
		if (!(width >> bit & 1))
			continue;
		l->edge.node[8 * level + bit] = sk_tile_node(p, bit);
		p += (size_t)SK_HASH_BYTES << bit;
	}
	return 0;
}

/* The bundle at the right edge, whose entries are those of its tile. */
static int load_bundle(struct sk_ledger *l)
{
	struct sk_slice bytes = sk_slice("", 0), entry;
	struct sk_reader r;
	int rc = 0;

	sk_buf_reset(&l->bundle);
	if (l->tile[0].width)
		rc = sk_ledger_bundle(l, l->size / SK_TILE_WIDTH, l->size, &bytes);
	r = sk_reader(bytes);
	for (unsigned i = 0; rc == 0 && i < l->tile[0].width; i++) {
		entry = sk_read_slice(&r, sk_read_u16be(&r));
		struct sk_hash h = sk_hash_leaf(entry);
		if (r.bad ||
		    memcmp(h.b, l->tile[0].hashes + (size_t)i * SK_HASH_BYTES, SK_HASH_BYTES))
			rc = SK_EFORMAT;
	}
	return rc ? rc : sk_buf_put_slice(&l->bundle, sk_slice_sub(bytes, 0, r.pos));
}

int sk_ledger_load(struct sk_ledger *l)
{
	memset(l->cache, 0, sizeof(l->cache));
	l->read_n = UINT64_MAX;
	int rc = load_checkpoint(l);
	l->edge = (struct sk_edge){.size = l->size};
	for (unsigned level = 0; level < SK_TILE_LEVELS && rc == 0; level++)
		rc = load_level(l, level);
	struct sk_hash root = sk_edge_root(&l->edge);
	if (rc == 0 && !sk_hash_eq(&root, &l->root))
		rc = SK_EFORMAT;
	if (rc == 0)
		rc = load_bundle(l);
	sk_buf_reset(&l->openings);
	l->err = 0;
	l->stale = rc != 0;
	return rc;
}

/* --- opening --- */

static struct sk_ledger *new_ledger(int dir)
{
	struct sk_ledger *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->lock = l->outbox = -1;
	l->note = l->ahead = SK_BUF(SK_NOTE_BYTES);
	l->bundle = l->read = SK_BUF(SK_FILE_BYTES);
	l->openings = SK_BUF((size_t)64 << 20);
	l->read_n = UINT64_MAX;
	l->state = SK_LEDGER_READS;
	l->dir = l->files.dir = fcntl(dir, F_DUPFD_CLOEXEC, 3);
	if (l->dir < 0) {
		free(l);
		return NULL;
	}
	return l;
}

void sk_ledger_free(struct sk_ledger *l)
{
	if (l == NULL)
		return;
	if (l->outbox >= 0)
		sk_ids_mark(l);
	sk_close(&l->outbox);
	sk_close(&l->lock);
	sk_close(&l->dir);
	sk_buf_free(&l->note);
	sk_buf_free(&l->ahead);
	sk_buf_free(&l->bundle);
	sk_buf_free(&l->openings);
	sk_buf_free(&l->read);
	sk_note_signer_wipe(&l->signer);
	free(l);
}

static int take_lock(struct sk_ledger *l)
{
	l->lock = openat(l->dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (l->lock < 0)
		return SK_EIO;
	if (flock(l->lock, LOCK_EX | LOCK_NB))
		return errno == EWOULDBLOCK ? SK_EREFUSED : SK_EIO;
	return 0;
}

static int open_to_write(struct sk_ledger *l)
{
	int rc = take_lock(l);

	if (rc ==
	    0) /* what is seen now was written and renamed before a crash, perhaps not durably */
		rc = syncfs(l->dir) ? SK_EIO : sk_ledger_load(l);
	if (rc == 0)
		rc = sk_openings_trim(l);
	if (rc == 0)
		rc = sk_ids_open(l);
	if (rc == 0)
		rc = sk_seen_load(l);
	return rc;
}

int sk_ledger_open(int dir, const struct sk_note_signer *key, const struct sk_ledger_params *params,
    struct sk_ledger **out)
{
	if (key->pub.type != SK_NOTE_ED25519 || params->witnesses > SK_LEDGER_WITNESSES ||
	    sodium_init() < 0)
		return SK_EARG;
	struct sk_ledger *l = new_ledger(dir);
	if (l == NULL)
		return SK_ENOMEM;
	l->signer = *key;
	l->params = *params;
	l->files.step = params->step;
	l->files.user = params->user;
	l->state = params->witnesses ? SK_LEDGER_UNASKED : SK_LEDGER_SIGNS;
	int rc = open_to_write(l);
	if (rc)
		sk_ledger_free(l);
	else
		*out = l;
	return rc;
}

int sk_ledger_read(int dir, struct sk_ledger **out)
{
	struct sk_buf b = SK_BUF(1024);
	struct sk_ledger *l = sodium_init() < 0 ? NULL : new_ledger(dir);

	if (l == NULL)
		return SK_ENOMEM;
	int rc = sk_file_read(dir, "key.pub", 1000, &b);
	if (rc == 0)
		rc = sk_note_key_parse(sk_buf_slice(&b), &l->signer.pub);
	if (rc == 0)
		rc = load_checkpoint(l);
	sk_buf_free(&b);
	if (rc)
		sk_ledger_free(l);
	else
		*out = l;
	return rc;
}

/* The first checkpoint is written last: without it there is no ledger. */
static int found_ledger(struct sk_files *f, const struct sk_note_signer *key, uint64_t now)
{
	struct sk_buf b = SK_BUF(SK_NOTE_BYTES);
	struct sk_hash none = sk_hash_of(sk_slice("", 0));

	sk_note_key_write(&key->pub, &b);
	int rc = b.err ? b.err : sk_files_put(f, "key.pub", sk_buf_slice(&b));
	sk_buf_reset(&b);
	sk_buf_printf(&b, "%llu\n", (unsigned long long)now);
	if (rc == 0)
		rc = sk_files_put(f, "created", sk_buf_slice(&b));
	if (rc == 0)
		rc = sk_files_sync(f);
	sk_buf_reset(&b);
	if (rc == 0)
		rc = sk_checkpoint_sign(0, &none, key, &b);
	if (rc == 0)
		rc = sk_files_put(f, "checkpoint", sk_buf_slice(&b));
	if (rc == 0)
		rc = sk_files_sync(f);
	sk_buf_free(&b);
	return rc;
}

int sk_ledger_create(int dir, const struct sk_note_signer *key, uint64_t now)
{
	struct sk_files f = {.dir = dir};

	if (key->pub.type != SK_NOTE_ED25519 || sodium_init() < 0)
		return SK_EARG;
	if (faccessat(dir, "checkpoint", F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return SK_EREFUSED;
	if (faccessat(dir, "tile", F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return SK_EREFUSED; /* a ledger that lost its checkpoint is no empty folder */
	return found_ledger(&f, key, now);
}

uint64_t sk_ledger_size(const struct sk_ledger *l)
{
	return l->size;
}

struct sk_hash sk_ledger_root(const struct sk_ledger *l)
{
	return l->root;
}

const struct sk_note_key *sk_ledger_key(const struct sk_ledger *l)
{
	return &l->signer.pub;
}

struct sk_slice sk_ledger_checkpoint(const struct sk_ledger *l)
{
	return sk_buf_slice(&l->note);
}
