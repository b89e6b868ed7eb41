/*
 * What stands behind commitments, copied apart from the ledger and brought back: copy.h. Of what was erased a copy holds no more than
 * that it was. Copying: the scribe, beside its appends and erasures; bringing back: the command that restores.
 */
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hex.h"
#include "ledger/copy.h"
#include "ledger/inside.h"

static const uint8_t zeros[SK_SALT_BYTES];

static int put_record(struct sk_buf *out, const struct sk_opening_record *v, bool live)
{
	sk_buf_putc(out, live ? 'L' : 'E');
	sk_buf_putc(out, (uint8_t)v->slot);
	sk_buf_putc(out, (uint8_t)v->name.n);
	sk_buf_put_u16be(out, live ? (uint16_t)v->value.n : 0);
	sk_buf_put_slice(out, v->name);
	sk_buf_put(out, live ? v->salt.p : zeros, SK_SALT_BYTES);
	return live ? sk_buf_put_slice(out, v->value) : out->err;
}

static void wipe(struct sk_buf *b)
{
	if (b->p)
		sodium_memzero(b->p, b->cap);
	sk_buf_free(b);
}

/* SK_ENOENTRY: of none of these entries is anything behind a commitment. */
static int read_openings(int dir, uint64_t n, struct sk_buf *out)
{
	char path[SK_PATH_BYTES];

	sk_openings_path(path, n);
	int rc = sk_file_read(dir, path, SK_OPENINGS_BYTES, out);
	return rc == SK_EIO && errno == ENOENT ? SK_ENOENTRY : rc;
}

/* --- copying --- */

/* Records of `slots` entries; behind them an append may be under way. */
static int filter(struct sk_slice from, unsigned slots, struct sk_buf *to, uint64_t *live)
{
	struct sk_reader r = sk_reader(from);
	struct sk_opening_record v;
	int rc = 0;

	while (rc == 0 && !sk_read_at_end(&r)) {
		rc = sk_openings_next(&r, &v);
		if (rc || v.slot >= slots)
			return slots < SK_TILE_WIDTH ? 0 : rc;
		rc = put_record(to, &v, v.live);
		*live += v.live;
	}
	return rc;
}

static int copy_bundle(int dir, int fd, uint64_t n, uint64_t size, uint64_t *live)
{
	struct sk_buf all = SK_BUF(SK_OPENINGS_BYTES), kept = SK_BUF(SK_OPENINGS_BYTES);
	uint64_t left = size - n * SK_TILE_WIDTH, there = 0;
	char path[SK_PATH_BYTES];
	int rc = read_openings(dir, n, &all);

	if (rc == 0)
		rc = filter(sk_buf_slice(&all),
		    left < SK_TILE_WIDTH ? (unsigned)left : SK_TILE_WIDTH, &kept, &there);
	sk_openings_path(path, n);
	if (rc == 0 && there)
		rc = sk_ledger_archive_put(fd, path, sk_buf_slice(&kept));
	*live += there;
	wipe(&all);
	wipe(&kept);
	return rc == SK_ENOENTRY ? 0 : rc;
}

int sk_ledger_copy_openings(int dir, int fd, uint64_t *live)
{
	struct sk_ledger *l = NULL;
	uint64_t n = 0;
	int rc = sk_ledger_read(dir, &l);

	if (rc)
		return rc;
	uint64_t size = sk_ledger_size(l);
	sk_ledger_free(l);
	for (uint64_t i = 0; rc == 0 && i * SK_TILE_WIDTH < size; i++)
		rc = copy_bundle(dir, fd, i, size, &n);
	if (rc == 0)
		rc = sk_ledger_archive_end(fd);
	if (rc == 0)
		*live = n;
	return rc;
}

/* --- bringing back --- */

struct bringing {
	struct sk_ledger *l;
	struct sk_ledger_archive *a;
	sk_openings_keep *keep;
	void *user;
	struct sk_openings_back *back;
	struct sk_files files;
};

/* The records of a bundle by their places; none where the pointer into the file is NULL. */
struct bundle {
	struct sk_opening_record at[SK_TILE_WIDTH][SK_ENTRY_FIELDS];
};

static int index_records(struct sk_slice from, struct bundle *b)
{
	struct sk_reader r = sk_reader(from);
	struct sk_opening_record v;

	memset(b, 0, sizeof(*b));
	while (!sk_read_at_end(&r)) {
		if (sk_openings_next(&r, &v))
			return SK_EFORMAT;
		enum sk_entry_field f = sk_entry_field_find(v.name);
		if (f == SK_ENTRY_FIELDS)
			return SK_EFORMAT;
		if (b->at[v.slot][f].name.p == NULL)
			b->at[v.slot][f] = v;
	}
	return 0;
}

static bool fits(const struct sk_opening_record *v, struct sk_slice committed)
{
	uint8_t want[SK_HASH_BYTES];
	struct sk_hash h = sk_commit(v->salt.p, v->value);

	return committed.p && sk_hex_parse(committed, want, sizeof(want)) == 0 &&
	       memcmp(want, h.b, SK_HASH_BYTES) == 0;
}

/* What is there stays as it is, erased or not; what is not there comes back when it is what was logged and may be known. */
static int merge_entry(struct bringing *m, uint64_t index, const struct sk_opening_record *there,
    const struct sk_opening_record *copied, struct sk_buf *out, bool *changed)
{
	struct sk_buf text = SK_BUF(SK_ENTRY_BYTES);
	struct sk_leaf e;
	int rc = sk_ledger_entry(m->l, index, &text);

	if (rc == 0)
		rc = sk_entry_parse(sk_buf_slice(&text), &e);
	for (unsigned f = 0; rc == 0 && f < SK_ENTRY_FIELDS; f++) {
		const struct sk_opening_record *v = there[f].name.p ? &there[f] : &copied[f];
		if (v->name.p == NULL)
			continue;
		bool live = v->live;
		if (v == &copied[f]) {
			live = live && fits(v, e.field[f]) && m->keep(m->user, &e);
			m->back->live += live;
			m->back->erased += !live;
			*changed = true;
		}
		rc = put_record(out, v, live);
	}
	sk_buf_free(&text);
	return rc;
}

static bool has_any(const struct sk_opening_record *v)
{
	for (unsigned f = 0; f < SK_ENTRY_FIELDS; f++)
		if (v[f].name.p)
			return true;
	return false;
}

static int merge(struct bringing *m, uint64_t n, const struct bundle *there,
    const struct bundle *copied, struct sk_buf *out, bool *changed)
{
	int rc = 0;

	for (unsigned s = 0; s < SK_TILE_WIDTH && rc == 0; s++) {
		uint64_t index = n * SK_TILE_WIDTH + s;
		if (index < sk_ledger_size(m->l) &&
		    (has_any(there->at[s]) || has_any(copied->at[s])))
			rc = merge_entry(m, index, there->at[s], copied->at[s], out, changed);
	}
	return rc;
}

static int bring_bundle(struct bringing *m, uint64_t n, struct sk_slice copy, struct bundle *of[2])
{
	struct sk_buf there = SK_BUF(SK_OPENINGS_BYTES), out = SK_BUF(SK_OPENINGS_BYTES);
	char path[SK_PATH_BYTES];
	bool changed = false;
	int rc = read_openings(m->l->dir, n, &there);

	rc = rc == SK_ENOENTRY ? 0 : rc;
	if (rc == 0)
		rc = index_records(sk_buf_slice(&there), of[0]);
	if (rc == 0)
		rc = index_records(copy, of[1]);
	if (rc == 0)
		rc = merge(m, n, of[0], of[1], &out, &changed);
	sk_openings_path(path, n);
	if (rc == 0 && changed)
		rc = sk_files_put(&m->files, path, sk_buf_slice(&out));
	wipe(&there);
	wipe(&out);
	return rc;
}

static int bring_all(struct bringing *m, struct bundle *of[2])
{
	char path[SK_PATH_BYTES];
	struct sk_slice copy;
	int rc = 0;

	for (uint64_t n = 0; rc == 0 && n * SK_TILE_WIDTH < sk_ledger_size(m->l); n++) {
		sk_openings_path(path, n);
		rc = sk_ledger_archived(m->a, path, &copy);
		rc = rc == SK_ENOENTRY ? 0 : rc ? rc : bring_bundle(m, n, copy, of);
	}
	return rc ? rc : sk_files_sync(&m->files);
}

int sk_ledger_restore_openings(struct sk_ledger *l, struct sk_ledger_archive *a,
    sk_openings_keep *keep, void *user, struct sk_openings_back *back)
{
	struct bringing m = {.l = l, .a = a, .keep = keep, .user = user, .back = back};
	struct bundle *of[2] = {malloc(sizeof(struct bundle)), malloc(sizeof(struct bundle))};

	m.files.dir = l->dir;
	*back = (struct sk_openings_back){0};
	int rc = of[0] && of[1] ? bring_all(&m, of) : SK_ENOMEM;
	free(of[0]);
	free(of[1]);
	return rc;
}
