/*
 * Salts and values behind commitments: openings/<N>, one file for the entries of a bundle, apart from the log, so that they can
 * be erased where they lie. Nothing of the log changes by that, and every proof stays.
 *
 * A record: 'L' or 'E' (live, erased), entry's place in the bundle (1 byte), length of the field's name (1), of the value (2,
 * big-endian), name, 32 bytes of salt, value. Erasing overwrites salt and value with zeros, in place.
 */
#include "ledger/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/hex.h"

int sk_openings_next(struct sk_reader *r, struct sk_opening_record *v)
{
	v->at = r->pos;
	uint8_t state = sk_read_u8(r);
	v->slot = sk_read_u8(r);
	size_t name = sk_read_u8(r), value = sk_read_u16be(r);
	v->name = sk_read_slice(r, name);
	v->salt = sk_read_slice(r, SK_SALT_BYTES);
	v->value = sk_read_slice(r, value);
	v->end = r->pos;
	v->live = state == 'L';
	return r->bad || (state != 'L' && state != 'E') ? SK_EFORMAT : 0;
}

/* --- writing --- */

int sk_openings_add(struct sk_ledger *l, uint64_t index, const struct sk_leaf *e,
    uint8_t salt[SK_ENTRY_FIELDS][SK_SALT_BYTES])
{
	struct sk_buf *b = &l->openings;

	for (enum sk_entry_field f = 0; f < SK_ENTRY_FIELDS; f++) {
		struct sk_slice v = e->field[f];
		if (v.p == NULL || sk_entry_field_type(f) != SK_ENTRY_TYPE_PERSONAL)
			continue;
		sk_buf_putc(b, 'L');
		sk_buf_putc(b, (uint8_t)(index % SK_TILE_WIDTH));
		sk_buf_putc(b, (uint8_t)strlen(sk_entry_field_name(f)));
		sk_buf_put_u16be(b, (uint16_t)v.n);
		sk_buf_puts(b, sk_entry_field_name(f));
		sk_buf_put(b, salt[f], SK_SALT_BYTES);
		sk_buf_put_slice(b, v);
	}
	return b->err;
}

static int append_file(struct sk_ledger *l, uint64_t n)
{
	char path[SK_PATH_BYTES];
	/* what lies there when nothing of this bundle is in the log yet is left of an append that came to nothing */
	bool fresh = l->size <= n * SK_TILE_WIDTH;

	sk_openings_path(path, n);
	sk_autoclose int fd =
	    sk_files_open(&l->files, path, O_WRONLY | O_APPEND | (fresh ? O_TRUNC : 0));
	if (l->files.step)
		l->files.step(l->files.user, "openings");
	if (fd < 0 || sk_write_all(fd, l->openings.p, l->openings.len) || fsync(fd))
		return SK_EIO;
	return 0;
}

int sk_openings_flush(struct sk_ledger *l, uint64_t n)
{
	int rc = l->openings.len ? append_file(l, n) : 0;

	if (l->openings.len)
		sodium_memzero(l->openings.p, l->openings.len);
	sk_buf_reset(&l->openings);
	return rc;
}

/* Records of entries that the checkpoint does not cover. */
static int trim_edge(struct sk_ledger *l, const char *path)
{
	struct sk_buf b = SK_BUF(SK_OPENINGS_BYTES);
	struct sk_opening_record v = {0};

	int rc = sk_file_read(l->dir, path, SK_OPENINGS_BYTES, &b);
	struct sk_reader r = sk_reader(sk_buf_slice(&b));
	size_t keep = 0;
	while (rc == 0 && !sk_read_at_end(&r) && sk_openings_next(&r, &v) == 0 &&
	       v.slot < l->size % SK_TILE_WIDTH)
		keep = v.end;
	if (rc == 0 && keep < b.len) {
		sk_autoclose int fd = openat(l->dir, path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
		rc = fd < 0 || ftruncate(fd, (off_t)keep) || fsync(fd) ? SK_EIO : 0;
	} else if (rc == SK_EIO && errno == ENOENT) {
		rc = 0;
	}
	sk_buf_free(&b);
	return rc;
}

int sk_openings_trim(struct sk_ledger *l)
{
	uint64_t n = l->size / SK_TILE_WIDTH;
	char path[SK_PATH_BYTES];
	int rc = 0;

	sk_openings_path(path, n);
	if (l->size % SK_TILE_WIDTH) {
		rc = trim_edge(l, path);
		sk_openings_path(path, ++n);
	}
	while (rc == 0 && unlinkat(l->dir, path, 0) == 0)
		sk_openings_path(path, ++n);
	return rc;
}

/* --- reading and erasing --- */

static bool is_meant(const struct sk_opening_record *v, uint64_t index, enum sk_entry_field f)
{
	if (v->slot != index % SK_TILE_WIDTH)
		return false;
	return f == SK_ENTRY_FIELDS || sk_slice_is(v->name, sk_entry_field_name(f));
}

static enum sk_opening_state judge(
    const struct sk_opening_record *v, struct sk_slice committed, struct sk_opening *o)
{
	uint8_t want[SK_HASH_BYTES];

	if (!v->live)
		return SK_OPENING_ERASED;
	struct sk_hash h = sk_commit(v->salt.p, v->value);
	if (sk_hex_parse(committed, want, sizeof(want)) || memcmp(want, h.b, SK_HASH_BYTES) != 0)
		return SK_OPENING_WRONG;
	memcpy(o->salt, v->salt.p, SK_SALT_BYTES);
	o->value = SK_BUF(SK_ENTRY_PERSONAL + 1);
	return sk_buf_put_slice(&o->value, v->value) ? SK_OPENING_WRONG : SK_OPENING_LIVE;
}

enum sk_opening_state sk_ledger_opening(struct sk_ledger *l, uint64_t index, enum sk_entry_field f,
    struct sk_slice committed, struct sk_opening *o)
{
	struct sk_buf b = SK_BUF(SK_OPENINGS_BYTES);
	enum sk_opening_state state = SK_OPENING_NONE;
	char path[SK_PATH_BYTES];
	struct sk_opening_record v = {0};

	sk_openings_path(path, index / SK_TILE_WIDTH);
	if (sk_file_read(l->dir, path, SK_OPENINGS_BYTES, &b) == 0) {
		struct sk_reader r = sk_reader(sk_buf_slice(&b));
		while (state == SK_OPENING_NONE && !sk_read_at_end(&r) &&
		       sk_openings_next(&r, &v) == 0)
			if (is_meant(&v, index, f))
				state = judge(&v, committed, o);
	}
	if (b.len)
		sodium_memzero(b.p, b.len);
	sk_buf_free(&b);
	return state;
}

static enum sk_entry_field field_of(const struct sk_opening_record *v, const struct sk_leaf *e)
{
	enum sk_entry_field f = sk_entry_field_find(v->name);
	uint8_t want[SK_HASH_BYTES];

	if (!v->live || f == SK_ENTRY_FIELDS || e->field[f].p == NULL)
		return SK_ENTRY_FIELDS;
	struct sk_hash h = sk_commit(v->salt.p, v->value);
	return sk_hex_parse(e->field[f], want, sizeof(want)) == 0 &&
		       memcmp(want, h.b, SK_HASH_BYTES) == 0
		   ? f
		   : SK_ENTRY_FIELDS;
}

void sk_ledger_opened(struct sk_ledger *l, uint64_t index, const struct sk_leaf *e,
    void (*take)(void *user, enum sk_entry_field f, struct sk_slice salt, struct sk_slice value),
    void *user)
{
	struct sk_buf b = SK_BUF(SK_OPENINGS_BYTES);
	char path[SK_PATH_BYTES];
	struct sk_opening_record v = {0};
	int last = -1;

	sk_openings_path(path, index / SK_TILE_WIDTH);
	if (sk_file_read(l->dir, path, SK_OPENINGS_BYTES, &b) == 0) {
		struct sk_reader r = sk_reader(sk_buf_slice(&b));
		while (!sk_read_at_end(&r) && sk_openings_next(&r, &v) == 0) {
			enum sk_entry_field f =
			    v.slot == index % SK_TILE_WIDTH ? field_of(&v, e) : SK_ENTRY_FIELDS;
			if (f == SK_ENTRY_FIELDS || (int)f <= last)
				continue;
			take(user, f, v.salt, v.value);
			last = (int)f;
		}
	}
	if (b.len)
		sodium_memzero(b.p, b.len);
	sk_buf_free(&b);
}

bool sk_openings_name(
    struct sk_ledger *l, uint64_t n, struct sk_slice value, bool slots[SK_TILE_WIDTH])
{
	struct sk_buf b = SK_BUF(SK_OPENINGS_BYTES);
	char path[SK_PATH_BYTES];
	struct sk_opening_record v = {0};
	bool there = false;

	sk_openings_path(path, n);
	if (sk_file_read(l->dir, path, SK_OPENINGS_BYTES, &b) == 0) {
		struct sk_reader r = sk_reader(sk_buf_slice(&b));
		while (!sk_read_at_end(&r) && sk_openings_next(&r, &v) == 0)
			if (v.live && sk_slice_eq(v.value, value))
				there = slots[v.slot] = true;
	}
	if (b.len)
		sodium_memzero(b.p, b.len);
	sk_buf_free(&b);
	return there;
}

/* The state goes first, then salt and value: a crash between the two is finished by erasing again. */
static int overwrite(int fd, const struct sk_opening_record *v)
{
	static const uint8_t zeros[SK_SALT_BYTES + SK_ENTRY_PERSONAL];
	size_t n = SK_SALT_BYTES + v->value.n;
	off_t at = (off_t)(v->end - n);

	if (n > sizeof(zeros) || pwrite(fd, "E", 1, (off_t)v->at) != 1 ||
	    pwrite(fd, zeros, n, at) != (ssize_t)n)
		return SK_EIO;
	return 0;
}

int sk_ledger_erase(struct sk_ledger *l, uint64_t index, enum sk_entry_field f)
{
	struct sk_buf b = SK_BUF(SK_OPENINGS_BYTES);
	char path[SK_PATH_BYTES];
	struct sk_opening_record v = {0};

	if (l->lock < 0 || index >= l->size)
		return SK_EARG;
	sk_openings_path(path, index / SK_TILE_WIDTH);
	sk_autoclose int fd = openat(l->dir, path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT)
		return 0; /* of none of its neighbours was anything behind a commitment */
	int rc = sk_file_read(l->dir, path, SK_OPENINGS_BYTES, &b);
	struct sk_reader r = sk_reader(sk_buf_slice(&b));
	while (rc == 0 && !sk_read_at_end(&r)) {
		rc = sk_openings_next(&r, &v);
		if (rc == 0 && is_meant(&v, index, f))
			rc = overwrite(fd, &v);
	}
	if (rc == 0 && fsync(fd))
		rc = SK_EIO;
	if (b.len)
		sodium_memzero(b.p, b.len);
	sk_buf_free(&b);
	return rc;
}
