/* Requests for originals: original.h. Runs in the gate. */
#include "store/original.h"

#include <sodium.h>

#include "base/err.h"
#include "base/hex.h"

#define SELECT \
	"SELECT id, transfer, version, state, login, asked, changed, expires, downloads, requester, reason," \
	" released, downloads_most, handed FROM original "

static struct sk_value number(int64_t v)
{
	return v == SK_NONE ? sk_null() : sk_int(v);
}

int sk_original_insert(struct sk_db *db, struct sk_original *o)
{
	uint8_t raw[16];
	int64_t now = 0;
	int rc = sk_db_now(db, &now);

	if (rc)
		return rc;
	randombytes_buf(raw, sizeof(raw));
	sk_hex_text(o->id, raw, sizeof(raw));
	o->version = 1;
	o->asked = o->changed = now;
	o->released = o->downloads_most = SK_NONE;
	o->downloads = o->handed = 0;
	return sk_db_exec(db,
	    "INSERT INTO original (id, transfer, version, state, login, requester, reason, asked, changed, expires, downloads)"
	    " VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $7, $8, 0)",
	    SK_BINDS(sk_text(o->id), sk_text(o->transfer), sk_int(o->state), sk_int(o->login),
		sk_text(o->requester), sk_text(o->reason), sk_int(now), number(o->expires)),
	    NULL);
}

int sk_original_save(struct sk_db *db, struct sk_original *o)
{
	int64_t n = 0, now = 0;
	int rc = sk_db_now(db, &now);

	if (rc == 0)
		rc = sk_db_exec(db,
		    "UPDATE original SET state = $3, expires = $4, downloads = $5, changed = $6, released = $7, downloads_most = $8,"
		    " handed = $9, version = version + 1 WHERE id = $1 AND version = $2",
		    SK_BINDS(sk_text(o->id), sk_int(o->version), sk_int(o->state),
			number(o->expires), sk_int(o->downloads), sk_int(now), number(o->released),
			number(o->downloads_most), sk_int(o->handed)),
		    &n);
	if (rc || n == 0)
		return rc ? rc : SK_ECHANGED;
	o->version++;
	o->changed = now;
	return 0;
}

static const char *text_at(struct sk_rows *r, struct sk_arena *a, size_t row, size_t column)
{
	struct sk_slice s = sk_rows_text(r, row, column);

	return s.p ? sk_arena_str(a, s) : NULL;
}

static struct sk_slice bytes_at(struct sk_rows *r, struct sk_arena *a, size_t row, size_t column)
{
	struct sk_slice s = sk_rows_bytes(r, row, column);

	return sk_slice(sk_arena_dup(a, s.p, s.n), s.n);
}

static int64_t number_at(struct sk_rows *r, size_t row, size_t column)
{
	return sk_rows_null(r, row, column) ? SK_NONE : sk_rows_int(r, row, column);
}

static void read_row(struct sk_rows *r, struct sk_arena *a, size_t i, struct sk_original *o)
{
	struct sk_slice id = sk_rows_text(r, i, 0);

	r->bad = r->bad || id.n != SK_TRANSFER_ID - 1;
	if (!r->bad)
		memcpy(o->id, id.p, id.n);
	o->transfer = text_at(r, a, i, 1);
	o->version = sk_rows_int(r, i, 2);
	o->state = sk_rows_int(r, i, 3);
	o->login = sk_rows_int(r, i, 4);
	o->asked = sk_rows_int(r, i, 5);
	o->changed = sk_rows_int(r, i, 6);
	o->expires = number_at(r, i, 7);
	o->downloads = sk_rows_int(r, i, 8);
	o->requester = text_at(r, a, i, 9);
	o->reason = text_at(r, a, i, 10);
	o->released = number_at(r, i, 11);
	o->downloads_most = number_at(r, i, 12);
	o->handed = sk_rows_int(r, i, 13);
}

static int read_all(struct sk_rows *r, struct sk_arena *a, struct sk_original **out, size_t *n)
{
	size_t rows = r->rows;
	struct sk_original *v = sk_arena_array(a, rows, sizeof(*v));

	for (size_t i = 0; v && i < rows; i++)
		read_row(r, a, i, &v[i]);
	int rc = v == NULL || sk_arena_failed(a) ? SK_ENOMEM : r->bad ? SK_EFORMAT : 0;
	sk_rows_free(r);
	if (rc == 0) {
		*out = v;
		*n = rows;
	}
	return rc;
}

int sk_original_load(struct sk_db *db, struct sk_arena *a, const char *id, struct sk_original *out)
{
	struct sk_original *v = NULL;
	struct sk_rows r;
	size_t n = 0;
	int rc = sk_db_query(db, SELECT "WHERE id = $1", SK_BINDS(sk_text(id)), &r);

	if (rc == 0)
		rc = read_all(&r, a, &v, &n);
	if (rc || n == 0)
		return rc ? rc : SK_ENOENTRY;
	*out = *v;
	return 0;
}

int sk_original_list(struct sk_db *db, struct sk_arena *a, const char *transfer, int64_t state,
    size_t most, struct sk_original **out, size_t *n)
{
	struct sk_rows r;
	int rc = transfer
		     ? sk_db_query(db, SELECT "WHERE transfer = $1 ORDER BY asked, id LIMIT $2",
			   SK_BINDS(sk_text(transfer), sk_int((int64_t)most)), &r)
		     : sk_db_query(db, SELECT "WHERE state = $1 ORDER BY asked, id LIMIT $2",
			   SK_BINDS(sk_int(state), sk_int((int64_t)most)), &r);

	return rc ? rc : read_all(&r, a, out, n);
}

int sk_original_due(
    struct sk_db *db, struct sk_arena *a, size_t most, struct sk_original **out, size_t *n)
{
	struct sk_rows r;
	int rc = sk_db_query(db, SELECT "WHERE expires <= {now} ORDER BY expires, id LIMIT $1",
	    SK_BINDS(sk_int((int64_t)most)), &r);

	return rc ? rc : read_all(&r, a, out, n);
}

int sk_original_forget(struct sk_db *db, const char *transfer)
{
	int rc = sk_db_exec(db,
	    "UPDATE original_vote SET person = NULL, comment = NULL, proof = NULL WHERE original IN"
	    " (SELECT id FROM original WHERE transfer = $1)",
	    SK_BINDS(sk_text(transfer)), NULL);

	return rc ? rc
		  : sk_db_exec(db,
			"UPDATE original SET requester = NULL, reason = NULL, version = version + 1 WHERE transfer = $1",
			SK_BINDS(sk_text(transfer)), NULL);
}

int sk_original_vote_add(struct sk_db *db, const char *original, const struct sk_original_vote *v)
{
	return sk_db_exec(db,
	    "INSERT INTO original_vote (original, at, allow, person, method, comment, proof) VALUES ($1, {now}, $2, $3, $4, $5, $6)",
	    SK_BINDS(sk_text(original), sk_int(v->allow), sk_text(v->person), sk_text(v->method),
		sk_text(v->comment), v->proof.n ? sk_bytes(v->proof.p, v->proof.n) : sk_null()),
	    NULL);
}

int sk_original_vote_list(struct sk_db *db, struct sk_arena *a, const char *original,
    struct sk_original_vote **out, size_t *n)
{
	struct sk_rows r;
	int rc = sk_db_query(db,
	    "SELECT at, allow, person, method, comment, proof,"
	    " (SELECT count(*) FROM account WHERE member = person AND disabled = 1) FROM original_vote WHERE original = $1 ORDER BY id",
	    SK_BINDS(sk_text(original)), &r);

	if (rc)
		return rc;
	size_t rows = r.rows;
	struct sk_original_vote *v = sk_arena_array(a, rows, sizeof(*v));
	for (size_t i = 0; v && i < rows; i++)
		v[i] = (struct sk_original_vote){sk_rows_int(&r, i, 0), sk_rows_int(&r, i, 1),
		    text_at(&r, a, i, 2), text_at(&r, a, i, 3), text_at(&r, a, i, 4),
		    bytes_at(&r, a, i, 5), sk_rows_int(&r, i, 6) > 0};
	rc = v == NULL || sk_arena_failed(a) ? SK_ENOMEM : r.bad ? SK_EFORMAT : 0;
	sk_rows_free(&r);
	if (rc == 0) {
		*out = v;
		*n = rows;
	}
	return rc;
}
