/* Codes, links, recoveries, wrong tries, challenges: login.h. The gate. */
#include "store/login.h"

#include <sodium.h>

#include "base/err.h"
#include "store/account.h"

#define DAY_MS "86400000"
#define FIRST_WAIT_MS 1000
#define DOUBLINGS 20 /* 2^20 s: longer than any `most` */

static const char *text_at(struct sk_rows *r, struct sk_arena *a, size_t row, size_t column)
{
	return sk_rows_null(r, row, column) ? NULL : sk_arena_str(a, sk_rows_text(r, row, column));
}

static int ended(struct sk_rows *r, const struct sk_arena *a, bool there)
{
	int rc = sk_arena_failed(a) ? SK_ENOMEM : r->bad ? SK_EFORMAT : there ? 0 : SK_ENOENTRY;

	sk_rows_free(r);
	return rc;
}

static int remove_of(struct sk_db *db, const char *sql, const char *member)
{
	return sk_db_exec(db, sql, SK_BINDS(sk_text(member)), NULL);
}

/* --- codes --- */

int sk_code_load(struct sk_db *db, struct sk_arena *a, const char *member, struct sk_code *out)
{
	struct sk_code c = {0};
	struct sk_rows r;
	int rc = sk_db_query(db, "SELECT secret, confirmed, step FROM code WHERE member = $1",
	    SK_BINDS(sk_text(member)), &r);

	if (rc)
		return rc;
	bool there = r.rows > 0;
	if (there) {
		struct sk_slice s = sk_rows_bytes(&r, 0, 0);
		c = (struct sk_code){sk_slice(sk_arena_dup(a, s.p, s.n), s.n),
		    sk_rows_int(&r, 0, 1) != 0, sk_rows_int(&r, 0, 2)};
	}
	rc = ended(&r, a, there);
	if (rc == 0)
		*out = c;
	return rc;
}

int sk_code_begin(struct sk_db *db, const char *member, struct sk_slice secret)
{
	struct sk_rows r;
	int rc = sk_account_there(db, member);

	if (rc == 0)
		rc = remove_of(db, "DELETE FROM code WHERE member = $1 AND confirmed = 0", member);
	if (rc == 0)
		rc = sk_db_query(
		    db, "SELECT step FROM code WHERE member = $1", SK_BINDS(sk_text(member)), &r);
	if (rc)
		return rc;
	bool there = r.rows > 0;
	sk_rows_free(&r);
	if (there)
		return SK_EEXIST;
	return sk_db_exec(db,
	    "INSERT INTO code (member, secret, confirmed, step, created) VALUES ($1, $2, 0, 0, {now})",
	    SK_BINDS(sk_text(member), sk_bytes(secret.p, secret.n)), NULL);
}

int sk_code_taken(struct sk_db *db, const char *member, int64_t step)
{
	int64_t n = 0;
	int rc = sk_db_exec(db,
	    "UPDATE code SET step = $2, confirmed = 1 WHERE member = $1 AND step < $2",
	    SK_BINDS(sk_text(member), sk_int(step)), &n);

	return rc == 0 && n == 0 ? SK_ECHANGED : rc;
}

int sk_code_remove(struct sk_db *db, const char *member, bool *removed)
{
	int64_t n = 0;
	int rc = remove_of(db, "DELETE FROM code WHERE member = $1 AND confirmed = 0", member);

	if (rc == 0)
		rc = sk_db_exec(
		    db, "DELETE FROM code WHERE member = $1", SK_BINDS(sk_text(member)), &n);
	*removed = n > 0;
	return rc;
}

/* --- links --- */

struct mark {
	uint8_t b[crypto_hash_sha256_BYTES];
};

static struct mark mark_of(const uint8_t token[SK_LINK_TOKEN])
{
	struct mark m;

	crypto_hash_sha256(m.b, token, SK_LINK_TOKEN);
	return m;
}

int sk_once_add(struct sk_db *db, const uint8_t token[SK_LINK_TOKEN], const char *member,
    enum sk_link_kind kind, int64_t lives)
{
	struct mark m = mark_of(token);
	int rc = sk_account_there(db, member);

	if (rc == 0)
		rc = remove_of(db, "DELETE FROM once WHERE member = $1", member);
	if (rc)
		return rc;
	return sk_db_exec(db,
	    "INSERT INTO once (hash, member, kind, ends) VALUES ($1, $2, $3, {now} + $4)",
	    SK_BINDS(sk_bytes(m.b, sizeof(m.b)), sk_text(member), sk_int(kind), sk_int(lives)),
	    NULL);
}

int sk_once_open(struct sk_db *db, struct sk_arena *a, const uint8_t token[SK_LINK_TOKEN],
    const char **member, enum sk_link_kind *kind)
{
	struct mark m = mark_of(token);
	struct sk_value hash = sk_bytes(m.b, sizeof(m.b));
	struct sk_rows r;
	int rc = sk_db_query(db, "SELECT member, kind FROM once WHERE hash = $1 AND ends > {now}",
	    SK_BINDS(hash), &r);

	if (rc)
		return rc;
	bool there = r.rows > 0;
	const char *whose = there ? text_at(&r, a, 0, 0) : NULL;
	int64_t what = there ? sk_rows_int(&r, 0, 1) : 0;
	rc = ended(&r, a, there);
	if (rc == 0)
		rc = sk_db_exec(db, "DELETE FROM once WHERE hash = $1", SK_BINDS(hash), NULL);
	if (rc)
		return rc;
	*member = whose;
	*kind = what == SK_LINK_RECOVERY ? SK_LINK_RECOVERY : SK_LINK_INVITE;
	return 0;
}

/* --- recoveries --- */

#define RECOVERY \
	"SELECT member, asked, ends, said_by, comment, system_user, uid FROM recovery WHERE ends > {now} "

static int recoveries(struct sk_db *db, struct sk_arena *a, const char *sql, struct sk_binds binds,
    struct sk_recovery **out, size_t *n)
{
	struct sk_rows r;
	int rc = sk_db_query(db, sql, binds, &r);

	if (rc)
		return rc;
	size_t rows = r.rows;
	struct sk_recovery *v = sk_arena_array(a, rows, sizeof(*v));
	for (size_t i = 0; v && i < rows; i++)
		v[i] = (struct sk_recovery){text_at(&r, a, i, 0), sk_rows_int(&r, i, 1),
		    sk_rows_int(&r, i, 2), text_at(&r, a, i, 3), text_at(&r, a, i, 4),
		    text_at(&r, a, i, 5),
		    sk_rows_null(&r, i, 6) ? SK_ACCOUNT_NO_USER : sk_rows_int(&r, i, 6)};
	rc = ended(&r, a, true);
	if (rc == 0) {
		*out = v;
		*n = rows;
	}
	return rc;
}

int sk_recovery_load(
    struct sk_db *db, struct sk_arena *a, const char *member, struct sk_recovery *out)
{
	struct sk_recovery *v = NULL;
	size_t n = 0;
	int rc = recoveries(db, a, RECOVERY "AND member = $1", SK_BINDS(sk_text(member)), &v, &n);

	if (rc || n == 0)
		return rc ? rc : SK_ENOENTRY;
	*out = *v;
	return 0;
}

int sk_recovery_list(
    struct sk_db *db, struct sk_arena *a, size_t most, struct sk_recovery **out, size_t *n)
{
	return recoveries(db, a, RECOVERY "ORDER BY asked, member LIMIT $1",
	    SK_BINDS(sk_int((int64_t)most)), out, n);
}

int sk_recovery_add(struct sk_db *db, const struct sk_recovery *r, int64_t lives)
{
	struct sk_arena *a = sk_arena_new(1 << 16);
	struct sk_recovery there;
	int rc = a ? sk_recovery_load(db, a, r->member, &there) : SK_ENOMEM;

	sk_arena_free(a);
	if (rc != SK_ENOENTRY)
		return rc ? rc : SK_EEXIST;
	rc = sk_account_there(db, r->member);
	if (rc == 0)
		rc = sk_recovery_remove(db, r->member);
	if (rc)
		return rc;
	return sk_db_exec(db,
	    "INSERT INTO recovery (member, asked, ends, said_by, comment, system_user, uid)"
	    " VALUES ($1, {now}, {now} + $2, $3, $4, $5, $6)",
	    SK_BINDS(sk_text(r->member), sk_int(lives), sk_text(r->by), sk_text(r->comment),
		sk_text(r->system_user), r->uid == SK_ACCOUNT_NO_USER ? sk_null() : sk_int(r->uid)),
	    NULL);
}

int sk_recovery_by(struct sk_db *db, const char *member, const char *by)
{
	return sk_db_exec(db, "UPDATE recovery SET said_by = $2 WHERE member = $1",
	    SK_BINDS(sk_text(member), sk_text(by)), NULL);
}

int sk_recovery_remove(struct sk_db *db, const char *member)
{
	return remove_of(db, "DELETE FROM recovery WHERE member = $1", member);
}

/* --- wrong tries --- */

int sk_try_wait(struct sk_db *db, const uint8_t key[SK_TRY_KEY], int64_t *ms)
{
	struct sk_rows r;
	int rc = sk_db_query(db, "SELECT next - {now} FROM tries WHERE hash = $1 AND next > {now}",
	    SK_BINDS(sk_bytes(key, SK_TRY_KEY)), &r);

	if (rc)
		return rc;
	int64_t wait = r.rows ? sk_rows_int(&r, 0, 0) : 0;
	rc = r.bad ? SK_EFORMAT : 0;
	sk_rows_free(&r);
	if (rc == 0)
		*ms = wait > 0 ? wait : 0;
	return rc;
}

/* The wait after so many wrong ones. */
static int64_t wait_after(int64_t wrong, int64_t free, int64_t most)
{
	int64_t over = wrong - free, ms;

	if (over < 0)
		return 0;
	ms = FIRST_WAIT_MS * (INT64_C(1) << (over > DOUBLINGS ? DOUBLINGS : over));
	return ms > most ? most : ms;
}

static int wrong_of(struct sk_db *db, struct sk_value hash, int64_t *wrong)
{
	struct sk_rows r;
	int rc =
	    sk_db_query(db, "SELECT wrong FROM tries WHERE hash = $1 AND last > {now} - " DAY_MS,
		SK_BINDS(hash), &r);

	if (rc)
		return rc;
	*wrong = r.rows ? sk_rows_int(&r, 0, 0) : 0;
	rc = r.bad ? SK_EFORMAT : 0;
	sk_rows_free(&r);
	return rc;
}

int sk_try_wrong(struct sk_db *db, const uint8_t key[SK_TRY_KEY], int64_t free, int64_t most)
{
	struct sk_value hash = sk_bytes(key, SK_TRY_KEY);
	int64_t wrong = 0;
	int rc = wrong_of(db, hash, &wrong);

	wrong++;
	if (rc == 0)
		rc = sk_db_exec(db, "DELETE FROM tries WHERE hash = $1", SK_BINDS(hash), NULL);
	if (rc)
		return rc;
	return sk_db_exec(db,
	    "INSERT INTO tries (hash, wrong, last, next) VALUES ($1, $2, {now}, {now} + $3)",
	    SK_BINDS(hash, sk_int(wrong), sk_int(wait_after(wrong, free, most))), NULL);
}

int sk_try_right(struct sk_db *db, const uint8_t key[SK_TRY_KEY], int64_t *wrong)
{
	struct sk_value hash = sk_bytes(key, SK_TRY_KEY);
	int rc = wrong_of(db, hash, wrong);

	return rc ? rc : sk_db_exec(db, "DELETE FROM tries WHERE hash = $1", SK_BINDS(hash), NULL);
}

int sk_try_less(struct sk_db *db, const uint8_t key[SK_TRY_KEY], int64_t n)
{
	return sk_db_exec(db,
	    "UPDATE tries SET wrong = CASE WHEN wrong > $2 THEN wrong - $2 ELSE 0 END WHERE hash = $1",
	    SK_BINDS(sk_bytes(key, SK_TRY_KEY), sk_int(n)), NULL);
}

/* --- challenges --- */

int sk_challenge_fresh(struct sk_db *db, const uint8_t challenge[SK_CHALLENGE])
{
	struct sk_rows r;
	int rc = sk_db_query(db, "SELECT ends FROM answered WHERE challenge = $1",
	    SK_BINDS(sk_bytes(challenge, SK_CHALLENGE)), &r);

	if (rc)
		return rc;
	rc = r.rows ? SK_EEXIST : 0;
	sk_rows_free(&r);
	return rc;
}

int sk_challenge_take(struct sk_db *db, const uint8_t challenge[SK_CHALLENGE], int64_t lives)
{
	int rc = sk_challenge_fresh(db, challenge);

	if (rc)
		return rc;
	return sk_db_exec(db, "INSERT INTO answered (challenge, ends) VALUES ($1, {now} + $2)",
	    SK_BINDS(sk_bytes(challenge, SK_CHALLENGE), sk_int(lives)), NULL);
}

int sk_login_sweep(struct sk_db *db)
{
	static const char *const over[] = {"DELETE FROM once WHERE ends <= {now}",
	    "DELETE FROM recovery WHERE ends <= {now}", "DELETE FROM answered WHERE ends <= {now}",
	    "DELETE FROM tries WHERE last <= {now} - " DAY_MS};
	int rc = 0;

	for (size_t i = 0; i < sizeof(over) / sizeof(*over) && rc == 0; i++)
		rc = sk_db_exec(db, over[i], SK_NO_BINDS, NULL);
	return rc;
}
