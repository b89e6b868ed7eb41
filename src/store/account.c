/* Accounts and passkeys: account.h. The gate. */
#include "store/account.h"

#include <sodium.h>
#include <string.h>

#include "base/err.h"

/* What libsodium calls interactive: 64 MiB, two passes (RFC 9106 asks for no less of a server with that memory). */
#define OPS crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE
#define MEMORY crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE

#define ACCOUNT \
	"SELECT member, system_user, uid, password, disabled, created, changed, used, alone FROM account "
#define PASSKEY "SELECT member, credential, key, counter, title, created, used FROM passkey "

static const char *text_at(struct sk_rows *r, struct sk_arena *a, size_t row, size_t column)
{
	return sk_rows_null(r, row, column) ? NULL : sk_arena_str(a, sk_rows_text(r, row, column));
}

static struct sk_slice bytes_at(struct sk_rows *r, struct sk_arena *a, size_t row, size_t column)
{
	struct sk_slice s = sk_rows_bytes(r, row, column);

	return sk_slice(sk_arena_dup(a, s.p, s.n), s.n);
}

/* --- accounts --- */

bool sk_account_password_good(const char *password)
{
	return strlen(password) < crypto_pwhash_argon2id_STRBYTES &&
	       strncmp(password, crypto_pwhash_argon2id_STRPREFIX,
		   strlen(crypto_pwhash_argon2id_STRPREFIX)) == 0 &&
	       crypto_pwhash_argon2id_str_needs_rehash(password, OPS, MEMORY) == 0;
}

/* Root administers and never decides: it stands for nobody. */
static bool can_stand(const char *system_user, int64_t uid)
{
	return (system_user == NULL) == (uid == SK_ACCOUNT_NO_USER) && uid != 0 &&
	       uid < UINT32_MAX && uid >= SK_ACCOUNT_NO_USER;
}

static struct sk_value uid_value(int64_t uid)
{
	return uid == SK_ACCOUNT_NO_USER ? sk_null() : sk_int(uid);
}

/* Whether this system user stands for somebody else: 1, 0 or a failure. */
static int is_taken(struct sk_db *db, const char *member, int64_t uid)
{
	struct sk_rows r;
	int rc = sk_db_query(db, "SELECT member FROM account WHERE uid = $1 AND member <> $2",
	    SK_BINDS(sk_int(uid), sk_text(member)), &r);

	if (rc)
		return rc;
	rc = r.rows > 0;
	sk_rows_free(&r);
	return rc;
}

int sk_account_add(struct sk_db *db, const struct sk_account *a)
{
	struct sk_arena *arena;
	struct sk_account there;
	int rc;

	if (!can_stand(a->system_user, a->uid) ||
	    (a->password && !sk_account_password_good(a->password)))
		return SK_EARG;
	arena = sk_arena_new(1 << 16);
	rc = arena ? sk_account_load(db, arena, a->member, &there) : SK_ENOMEM;
	sk_arena_free(arena);
	/* looked for first: a statement that fails would take the whole transaction with it */
	if (rc != SK_ENOENTRY)
		return rc ? rc : SK_EEXIST;
	rc = is_taken(db, a->member, a->uid);
	if (rc)
		return rc < 0 ? rc : SK_EEXIST;
	return sk_db_exec(db,
	    "INSERT INTO account (member, system_user, uid, password, disabled, created, changed, used, alone)"
	    " VALUES ($1, $2, $3, $4, $5, {now}, {now}, 0, $6)",
	    SK_BINDS(sk_text(a->member), sk_text(a->system_user), uid_value(a->uid),
		sk_text(a->password), sk_int(a->disabled), sk_text(a->alone)),
	    NULL);
}

static int accounts(struct sk_db *db, struct sk_arena *arena, const char *sql,
    struct sk_binds binds, struct sk_account **out, size_t *n)
{
	struct sk_rows r;
	int rc = sk_db_query(db, sql, binds, &r);

	if (rc)
		return rc;
	struct sk_account *v = sk_arena_array(arena, r.rows, sizeof(*v));
	for (size_t i = 0; v && i < r.rows; i++)
		v[i] = (struct sk_account){text_at(&r, arena, i, 0), text_at(&r, arena, i, 1),
		    sk_rows_null(&r, i, 2) ? SK_ACCOUNT_NO_USER : sk_rows_int(&r, i, 2),
		    text_at(&r, arena, i, 3), sk_rows_int(&r, i, 4) != 0, sk_rows_int(&r, i, 5),
		    sk_rows_int(&r, i, 6), sk_rows_int(&r, i, 7), text_at(&r, arena, i, 8)};
	rc = v == NULL || sk_arena_failed(arena) ? SK_ENOMEM : r.bad ? SK_EFORMAT : 0;
	if (rc == 0) {
		*out = v;
		*n = r.rows;
	}
	sk_rows_free(&r);
	return rc;
}

static int one_account(struct sk_db *db, struct sk_arena *arena, const char *sql,
    struct sk_binds binds, struct sk_account *out)
{
	struct sk_account *v = NULL;
	size_t n = 0;
	int rc = accounts(db, arena, sql, binds, &v, &n);

	if (rc || n == 0)
		return rc ? rc : SK_ENOENTRY;
	*out = *v;
	return 0;
}

int sk_account_load(
    struct sk_db *db, struct sk_arena *arena, const char *member, struct sk_account *out)
{
	return one_account(db, arena, ACCOUNT "WHERE member = $1", SK_BINDS(sk_text(member)), out);
}

int sk_account_of(struct sk_db *db, struct sk_arena *arena, int64_t uid, struct sk_account *out)
{
	return one_account(db, arena, ACCOUNT "WHERE uid = $1", SK_BINDS(sk_int(uid)), out);
}

int sk_account_list(struct sk_db *db, struct sk_arena *arena, const char *after, size_t most,
    struct sk_account **out, size_t *n)
{
	return accounts(db, arena, ACCOUNT "WHERE member > $1 ORDER BY member LIMIT $2",
	    SK_BINDS(sk_text(after ? after : ""), sk_int((int64_t)most)), out, n);
}

/* --- their changes --- */

#define CHANGE(db, column, value, member) \
	change(db, "UPDATE account SET " column " = $1, changed = {now} WHERE member = $2", value, \
	    member)

static int change(struct sk_db *db, const char *sql, struct sk_value value, const char *member)
{
	int64_t n = 0;
	int rc = sk_db_exec(db, sql, SK_BINDS(value, sk_text(member)), &n);

	return rc == 0 && n == 0 ? SK_ENOENTRY : rc;
}

int sk_account_link(struct sk_db *db, const char *member, const char *system_user, int64_t uid)
{
	if (!can_stand(system_user, uid))
		return SK_EARG;
	int rc = is_taken(db, member, uid);
	if (rc)
		return rc < 0 ? rc : SK_EEXIST;
	rc = CHANGE(db, "system_user", sk_text(system_user), member);
	return rc ? rc : CHANGE(db, "uid", uid_value(uid), member);
}

int sk_account_password(struct sk_db *db, const char *member, const char *password)
{
	if (password && !sk_account_password_good(password))
		return SK_EARG;
	return CHANGE(db, "password", sk_text(password), member);
}

int sk_account_disable(struct sk_db *db, const char *member, bool disabled)
{
	return CHANGE(db, "disabled", sk_int(disabled), member);
}

int sk_account_alone(struct sk_db *db, const char *member, const char *by)
{
	return CHANGE(db, "alone", sk_text(by), member);
}

int sk_account_used(struct sk_db *db, const char *member)
{
	return sk_db_exec(db, "UPDATE account SET used = {now} WHERE member = $1 AND used = 0",
	    SK_BINDS(sk_text(member)), NULL);
}

/* --- passkeys --- */

static int passkeys(struct sk_db *db, struct sk_arena *arena, const char *sql,
    struct sk_binds binds, struct sk_passkey **out, size_t *n)
{
	struct sk_rows r;
	int rc = sk_db_query(db, sql, binds, &r);

	if (rc)
		return rc;
	struct sk_passkey *v = sk_arena_array(arena, r.rows, sizeof(*v));
	for (size_t i = 0; v && i < r.rows; i++)
		v[i] = (struct sk_passkey){text_at(&r, arena, i, 0), bytes_at(&r, arena, i, 1),
		    bytes_at(&r, arena, i, 2), sk_rows_int(&r, i, 3), text_at(&r, arena, i, 4),
		    sk_rows_int(&r, i, 5), sk_rows_int(&r, i, 6)};
	rc = v == NULL || sk_arena_failed(arena) ? SK_ENOMEM : r.bad ? SK_EFORMAT : 0;
	if (rc == 0) {
		*out = v;
		*n = r.rows;
	}
	sk_rows_free(&r);
	return rc;
}

int sk_passkey_list(struct sk_db *db, struct sk_arena *arena, const char *member,
    struct sk_passkey **out, size_t *n)
{
	return passkeys(db, arena, PASSKEY "WHERE member = $1 ORDER BY created, credential",
	    SK_BINDS(sk_text(member)), out, n);
}

int sk_passkey_find(
    struct sk_db *db, struct sk_arena *arena, struct sk_slice credential, struct sk_passkey *out)
{
	struct sk_passkey *v = NULL;
	size_t n = 0;
	int rc = passkeys(db, arena, PASSKEY "WHERE credential = $1",
	    SK_BINDS(sk_bytes(credential.p, credential.n)), &v, &n);

	if (rc || n == 0)
		return rc ? rc : SK_ENOENTRY;
	*out = *v;
	return 0;
}

/* 0: it can have one more. */
static int has_room(struct sk_db *db, struct sk_arena *arena, const struct sk_passkey *k)
{
	struct sk_account account;
	struct sk_passkey *v = NULL, same;
	size_t n = 0;
	int rc = sk_account_load(db, arena, k->member, &account);

	if (rc == 0)
		rc = sk_passkey_list(db, arena, k->member, &v, &n);
	if (rc)
		return rc;
	if (n >= SK_PASSKEYS_OF_ONE)
		return SK_ELIMIT;
	rc = sk_passkey_find(db, arena, k->credential, &same);
	return rc == SK_ENOENTRY ? 0 : rc ? rc : SK_EEXIST;
}

int sk_passkey_add(struct sk_db *db, const struct sk_passkey *k)
{
	struct sk_arena *arena = sk_arena_new(1 << 18);
	int rc = arena ? has_room(db, arena, k) : SK_ENOMEM;

	sk_arena_free(arena);
	if (rc)
		return rc;
	return sk_db_exec(db,
	    "INSERT INTO passkey (credential, member, key, counter, title, created, used)"
	    " VALUES ($1, $2, $3, $4, $5, {now}, 0)",
	    SK_BINDS(sk_bytes(k->credential.p, k->credential.n), sk_text(k->member),
		sk_bytes(k->key.p, k->key.n), sk_int(k->counter), sk_text(k->title)),
	    NULL);
}

int sk_passkey_used(struct sk_db *db, struct sk_slice credential, int64_t counter)
{
	struct sk_rows r;
	struct sk_value id = sk_bytes(credential.p, credential.n);
	int rc =
	    sk_db_query(db, "SELECT counter FROM passkey WHERE credential = $1", SK_BINDS(id), &r);

	if (rc)
		return rc;
	int64_t last = r.rows ? sk_rows_int(&r, 0, 0) : 0;
	rc = r.rows == 0 ? SK_ENOENTRY : (last || counter) && counter <= last ? SK_ECHANGED : 0;
	sk_rows_free(&r);
	if (rc)
		return rc;
	return sk_db_exec(db, "UPDATE passkey SET counter = $2, used = {now} WHERE credential = $1",
	    SK_BINDS(id, sk_int(counter)), NULL);
}

int sk_passkey_remove(struct sk_db *db, const char *member, struct sk_slice credential)
{
	int64_t n = 0;
	int rc = sk_db_exec(db, "DELETE FROM passkey WHERE credential = $1 AND member = $2",
	    SK_BINDS(sk_bytes(credential.p, credential.n), sk_text(member)), &n);

	return rc == 0 && n == 0 ? SK_ENOENTRY : rc;
}

int sk_account_there(struct sk_db *db, const char *member)
{
	struct sk_rows r;
	int rc = sk_db_query(
	    db, "SELECT member FROM account WHERE member = $1", SK_BINDS(sk_text(member)), &r);

	if (rc)
		return rc;
	rc = r.rows ? 0 : SK_ENOENTRY;
	sk_rows_free(&r);
	return rc;
}
