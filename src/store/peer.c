/* Other posts, policies that were taken, sealed passwords: peer.h. Runs in the gate. */
#include "store/peer.h"

#include "base/err.h"
#include "base/limits.h"

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

/* Frees the result. */
static int ended(struct sk_rows *r, const struct sk_arena *a, const void *array)
{
	int rc = array == NULL || sk_arena_failed(a) ? SK_ENOMEM : r->bad ? SK_EFORMAT : 0;

	sk_rows_free(r);
	return rc;
}

/* --- links --- */

static const char HEAR[] = "UPDATE link SET heard = $2 WHERE zone = $1 AND heard < $2";

static struct sk_link_row link_at(struct sk_rows *r, struct sk_arena *a, size_t row)
{
	return (struct sk_link_row){
	    text_at(r, a, row, 0), sk_rows_int(r, row, 1), sk_rows_int(r, row, 2)};
}

int sk_link_find(struct sk_db *db, struct sk_arena *a, const char *zone, struct sk_link_row *out)
{
	struct sk_rows r;
	struct sk_link_row got = {0};
	int rc = sk_db_query(db, "SELECT zone, number, heard FROM link WHERE zone = $1",
	    SK_BINDS(sk_text(zone)), &r);

	if (rc)
		return rc;
	bool there = r.rows > 0;
	if (there)
		got = link_at(&r, a, 0);
	rc = ended(&r, a, &got);
	if (rc || !there)
		return rc ? rc : SK_ENOENTRY;
	*out = got;
	return 0;
}

int sk_link_list(struct sk_db *db, struct sk_arena *a, struct sk_link_row **out, size_t *n)
{
	struct sk_rows r;
	int rc = sk_db_query(
	    db, "SELECT zone, number, heard FROM link ORDER BY number", SK_NO_BINDS, &r);

	if (rc)
		return rc;
	size_t rows = r.rows;
	struct sk_link_row *v = sk_arena_array(a, rows, sizeof(*v));
	for (size_t i = 0; v && i < rows; i++)
		v[i] = link_at(&r, a, i);
	rc = ended(&r, a, v);
	if (rc == 0) {
		*out = v;
		*n = rows;
	}
	return rc;
}

int sk_link_add(struct sk_db *db, struct sk_arena *a, const char *zone, struct sk_link_row *out)
{
	int rc = sk_db_exec(db,
	    "INSERT INTO link (zone, number, heard) SELECT $1, coalesce(max(number) + 1, 0), 0 FROM link"
	    " WHERE NOT EXISTS (SELECT 1 FROM link AS l WHERE l.zone = $1)",
	    SK_BINDS(sk_text(zone)), NULL);

	return rc ? rc : sk_link_find(db, a, zone, out);
}

static int hear_now(struct sk_db *db, const char *zone, int64_t number)
{
	struct sk_rows r;
	int64_t n = 0;
	int rc = sk_db_exec(db, HEAR, SK_BINDS(sk_text(zone), sk_int(number)), &n);

	if (rc || n)
		return rc;
	rc =
	    sk_db_query(db, "SELECT number FROM link WHERE zone = $1", SK_BINDS(sk_text(zone)), &r);
	if (rc)
		return rc;
	rc = r.rows ? SK_ECHANGED : SK_ENOENTRY;
	sk_rows_free(&r);
	return rc;
}

int sk_link_hear(struct sk_db *db, const char *zone, int64_t number)
{
	if (!sk_db_posts(db))
		return hear_now(db, zone, number);
	return sk_db_post(db, HEAR, SK_BINDS(sk_text(zone), sk_int(number)), 1);
}

/* --- policies --- */

int sk_policy_keep(
    struct sk_db *db, const uint8_t hash[32], const struct sk_policy_text *v, size_t n)
{
	int64_t now = 0;
	int rc = sk_db_now(db, &now);

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = sk_db_exec(db,
		    "INSERT INTO policy (hash, part, name, text, taken) VALUES ($1, $2, $3, $4, $5)"
		    " ON CONFLICT (hash, part) DO UPDATE SET taken = excluded.taken"
		    " WHERE policy.taken < (SELECT max(p.taken) FROM policy p)",
		    SK_BINDS(sk_bytes(hash, 32), sk_int((int64_t)i), sk_text(v[i].name),
			sk_bytes(v[i].text.n ? v[i].text.p : (const uint8_t *)"", v[i].text.n),
			sk_int(now)),
		    NULL);
	return rc;
}

int sk_policy_forget(struct sk_db *db, int64_t ms)
{
	return sk_db_exec(db,
	    "DELETE FROM policy WHERE"
	    " (SELECT min(n.taken) FROM policy n WHERE n.taken > policy.taken) <= {now} - $1"
	    " AND NOT EXISTS (SELECT 1 FROM proposal p WHERE p.policy = policy.hash)"
	    " AND NOT EXISTS (SELECT 1 FROM transfer t WHERE t.policy = policy.hash AND t.erased IS NULL)"
	    " AND NOT EXISTS (SELECT 1 FROM approval a JOIN transfer t ON t.id = a.transfer"
	    " WHERE a.policy = policy.hash AND t.erased IS NULL)",
	    SK_BINDS(sk_int(ms)), NULL);
}

static int query_policy(struct sk_db *db, const uint8_t *hash, struct sk_rows *r)
{
	if (hash)
		return sk_db_query(db,
		    "SELECT name, text FROM policy WHERE hash = $1 ORDER BY part",
		    SK_BINDS(sk_bytes(hash, 32)), r);
	return sk_db_query(db,
	    "SELECT name, text FROM policy WHERE hash = (SELECT hash FROM policy ORDER BY taken DESC, hash LIMIT 1)"
	    " ORDER BY part",
	    SK_NO_BINDS, r);
}

int sk_policy_kept(struct sk_db *db, struct sk_arena *a, const uint8_t *hash,
    struct sk_policy_text **out, size_t *n)
{
	struct sk_rows r;
	int rc = query_policy(db, hash, &r);

	if (rc)
		return rc;
	size_t rows = r.rows;
	struct sk_policy_text *v = sk_arena_array(a, rows, sizeof(*v));
	for (size_t i = 0; v && i < rows; i++)
		v[i] = (struct sk_policy_text){text_at(&r, a, i, 0), bytes_at(&r, a, i, 1)};
	rc = ended(&r, a, v);
	if (rc || rows == 0)
		return rc ? rc : SK_ENOENTRY;
	*out = v;
	*n = rows;
	return 0;
}

/* --- passwords --- */

int sk_sealed_add(struct sk_db *db, const char *transfer, struct sk_slice box)
{
	return sk_db_exec(db, "INSERT INTO sealed (transfer, box) VALUES ($1, $2)",
	    SK_BINDS(sk_text(transfer), sk_bytes(box.p, box.n)), NULL);
}

int sk_sealed_list(
    struct sk_db *db, struct sk_arena *a, const char *transfer, struct sk_slice **out, size_t *n)
{
	struct sk_rows r;
	int rc =
	    sk_db_query(db, "SELECT box FROM sealed WHERE transfer = $1 ORDER BY id DESC LIMIT $2",
		SK_BINDS(sk_text(transfer), sk_int(SK_LIMIT_PASSWORDS)), &r);

	if (rc)
		return rc;
	size_t rows = r.rows;
	struct sk_slice *v = sk_arena_array(a, rows, sizeof(*v));
	for (size_t i = 0; v && i < rows; i++)
		v[i] = bytes_at(&r, a, i, 0);
	rc = ended(&r, a, v);
	if (rc == 0) {
		*out = v;
		*n = rows;
	}
	return rc;
}

int sk_sealed_forget(struct sk_db *db, const char *transfer)
{
	return sk_db_post(
	    db, "DELETE FROM sealed WHERE transfer = $1", SK_BINDS(sk_text(transfer)), SK_ANY_ROWS);
}
