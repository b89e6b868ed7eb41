/* Sessions and known browsers: session.h. The gate. */
#include "store/session.h"

#include <sodium.h>
#include <string.h>

#include "base/err.h"
#include "store/account.h"

#define COLUMNS \
	"s.number, s.member, s.login, s.factors, s.created, s.seen, s.idle, s.ends, s.address, a.disabled," \
	" CASE WHEN a.alone IS NULL THEN 0 ELSE 1 END" \
	" FROM session s JOIN account a ON a.member = s.member "
#define LIVES "s.ends > {now} AND s.seen + s.idle > {now}"

struct mark {
	uint8_t b[crypto_hash_sha256_BYTES];
};

static struct mark mark_of(const uint8_t token[SK_SESSION_TOKEN])
{
	struct mark m;

	crypto_hash_sha256(m.b, token, SK_SESSION_TOKEN);
	return m;
}

static struct sk_value mark_value(const struct mark *m)
{
	return sk_bytes(m->b, sizeof(m->b));
}

/* --- reading --- */

static struct sk_session session_at(struct sk_rows *r, struct sk_arena *a, size_t i)
{
	struct sk_slice address = sk_rows_bytes(r, i, 8);
	struct sk_session s = {.number = sk_rows_int(r, i, 0),
	    .member = sk_arena_str(a, sk_rows_text(r, i, 1)),
	    .login = sk_rows_int(r, i, 2),
	    .factors = (unsigned)sk_rows_int(r, i, 3),
	    .created = sk_rows_int(r, i, 4),
	    .seen = sk_rows_int(r, i, 5),
	    .idle = sk_rows_int(r, i, 6),
	    .ends = sk_rows_int(r, i, 7),
	    .disabled = sk_rows_int(r, i, 9) != 0,
	    .alone = sk_rows_int(r, i, 10) != 0};

	if (address.n == sizeof(s.address))
		memcpy(s.address, address.p, address.n);
	else
		r->bad = true;
	return s;
}

static int sessions(struct sk_db *db, struct sk_arena *a, const char *sql, struct sk_binds binds,
    struct sk_session **out, size_t *n)
{
	struct sk_rows r;
	int rc = sk_db_query(db, sql, binds, &r);

	if (rc)
		return rc;
	struct sk_session *v = sk_arena_array(a, r.rows, sizeof(*v));
	for (size_t i = 0; v && i < r.rows; i++)
		v[i] = session_at(&r, a, i);
	rc = v == NULL || sk_arena_failed(a) ? SK_ENOMEM : r.bad ? SK_EFORMAT : 0;
	if (rc == 0) {
		*out = v;
		*n = r.rows;
	}
	sk_rows_free(&r);
	return rc;
}

static int one_session(struct sk_db *db, struct sk_arena *a, const char *sql, struct sk_binds binds,
    struct sk_session *out)
{
	struct sk_session *v = NULL;
	size_t n = 0;
	int rc = sessions(db, a, sql, binds, &v, &n);

	if (rc || n == 0)
		return rc ? rc : SK_ENOENTRY;
	*out = *v;
	return 0;
}

int sk_session_find(struct sk_db *db, struct sk_arena *a, const uint8_t token[SK_SESSION_TOKEN],
    struct sk_session *out)
{
	struct mark m = mark_of(token);

	return one_session(
	    db, a, "SELECT " COLUMNS "WHERE s.hash = $1 AND " LIVES, SK_BINDS(mark_value(&m)), out);
}

int sk_session_of(struct sk_db *db, struct sk_arena *a, int64_t number, struct sk_session *out)
{
	return one_session(db, a, "SELECT " COLUMNS "WHERE s.number = $1 AND " LIVES,
	    SK_BINDS(sk_int(number)), out);
}

int sk_session_list(
    struct sk_db *db, struct sk_arena *a, const char *member, struct sk_session **out, size_t *n)
{
	return sessions(db, a,
	    "SELECT " COLUMNS "WHERE s.member = $1 AND " LIVES " ORDER BY s.number DESC",
	    SK_BINDS(sk_text(member)), out, n);
}

/* --- changes --- */

int sk_session_add(
    struct sk_db *db, const uint8_t token[SK_SESSION_TOKEN], const struct sk_session *s)
{
	struct mark m = mark_of(token);
	int rc = sk_account_there(db, s->member);

	if (rc)
		return rc;
	rc = sk_db_exec(db,
	    "DELETE FROM session WHERE member = $1 AND number NOT IN"
	    " (SELECT number FROM session WHERE member = $1 ORDER BY seen DESC, number DESC LIMIT $2)",
	    SK_BINDS(sk_text(s->member), sk_int(SK_SESSIONS_OF_ONE - 1)), NULL);
	if (rc)
		return rc;
	return sk_db_exec(db,
	    "INSERT INTO session (hash, member, login, factors, created, seen, idle, ends, address)"
	    " VALUES ($1, $2, $3, $4, {now}, {now}, $5, {now} + $6, $7)",
	    SK_BINDS(mark_value(&m), sk_text(s->member), sk_int(s->login), sk_int(s->factors),
		sk_int(s->idle), sk_int(s->ends), sk_bytes(s->address, sizeof(s->address))),
	    NULL);
}

int sk_session_seen(struct sk_db *db, int64_t number)
{
	return sk_db_exec(db, "UPDATE session SET seen = {now} WHERE number = $1",
	    SK_BINDS(sk_int(number)), NULL);
}

int sk_session_raise(struct sk_db *db, int64_t number, const uint8_t token[SK_SESSION_TOKEN],
    int64_t login, unsigned factors)
{
	struct mark m = mark_of(token);
	int64_t n = 0;
	int rc = sk_db_exec(db,
	    "UPDATE session SET hash = $2, login = $3, factors = $4, seen = {now} WHERE number = $1",
	    SK_BINDS(sk_int(number), mark_value(&m), sk_int(login), sk_int(factors)), &n);

	return rc == 0 && n == 0 ? SK_ENOENTRY : rc;
}

int sk_session_end(struct sk_db *db, const char *member, int64_t number, int64_t *ended)
{
	return sk_db_exec(db, "DELETE FROM session WHERE member = $1 AND number = $2",
	    SK_BINDS(sk_text(member), sk_int(number)), ended);
}

int sk_session_end_all(struct sk_db *db, const char *member, int64_t but, int64_t *ended)
{
	return sk_db_exec(db, "DELETE FROM session WHERE member = $1 AND number <> $2",
	    SK_BINDS(sk_text(member), sk_int(but)), ended);
}

int sk_session_end_everybody(struct sk_db *db)
{
	static const char *const all[] = {"DELETE FROM session", "DELETE FROM once"};
	int rc = 0;

	for (size_t i = 0; i < 2 && rc == 0; i++)
		rc = sk_db_exec(db, all[i], SK_NO_BINDS, NULL);
	return rc;
}

int sk_session_sweep(struct sk_db *db)
{
	return sk_db_exec(db, "DELETE FROM session WHERE ends <= {now} OR seen + idle <= {now}",
	    SK_NO_BINDS, NULL);
}

/* --- known browsers --- */

int sk_device_add(struct sk_db *db, const uint8_t token[SK_SESSION_TOKEN], const char *member)
{
	struct mark m = mark_of(token);
	int64_t n = 0;
	int rc = sk_db_exec(db, "UPDATE device SET seen = {now} WHERE hash = $1 AND member = $2",
	    SK_BINDS(mark_value(&m), sk_text(member)), &n);

	if (rc || n)
		return rc;
	rc = sk_db_exec(db,
	    "DELETE FROM device WHERE member = $1 AND hash NOT IN"
	    " (SELECT hash FROM device WHERE member = $1 ORDER BY seen DESC, hash LIMIT $2)",
	    SK_BINDS(sk_text(member), sk_int(SK_DEVICES_OF_ONE - 1)), NULL);
	if (rc)
		return rc;
	return sk_db_exec(db,
	    "INSERT INTO device (hash, member, created, seen) VALUES ($1, $2, {now}, {now})",
	    SK_BINDS(mark_value(&m), sk_text(member)), NULL);
}

int sk_device_is(
    struct sk_db *db, const uint8_t token[SK_SESSION_TOKEN], const char *member, bool *is)
{
	struct mark m = mark_of(token);
	struct sk_rows r;
	int rc;

	*is = false;
	if (sodium_is_zero(token, SK_SESSION_TOKEN))
		return 0;
	rc = sk_db_query(db, "SELECT seen FROM device WHERE hash = $1 AND member = $2",
	    SK_BINDS(mark_value(&m), sk_text(member)), &r);
	if (rc)
		return rc;
	*is = r.rows > 0;
	sk_rows_free(&r);
	return 0;
}

int sk_device_forget(struct sk_db *db, const char *member)
{
	return sk_db_exec(
	    db, "DELETE FROM device WHERE member = $1", SK_BINDS(sk_text(member)), NULL);
}
