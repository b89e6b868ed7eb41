/* What devices that count codes share with the post, under its master key: login.h. The gate. */
#include <sodium.h>
#include <stdio.h>

#include "base/err.h"
#include "store/login.h"

#define MEMORY ((size_t)64 << 20) /* of all codes of a post: 100,000 take less than a third */

struct name {
	char text[128];
};

static struct name name_of(const char *member)
{
	struct name n;

	snprintf(n.text, sizeof(n.text), "code:%s", member);
	return n;
}

int sk_code_wrap(const struct sk_master *m, const char *member, const uint8_t secret[SK_DATA_KEY],
    uint8_t wrapped[SK_WRAPPED])
{
	struct name n = name_of(member);

	return sk_master_wrap(m, n.text, secret, wrapped);
}

int sk_code_unwrap(const struct sk_master *m, const char *member, struct sk_slice wrapped,
    uint8_t secret[SK_DATA_KEY])
{
	struct name n = name_of(member);

	return wrapped.n == SK_WRAPPED ? sk_master_unwrap(m, n.text, wrapped.p, secret)
				       : SK_EFORMAT;
}

static int renew(
    struct sk_db *db, const struct sk_master *m, const char *member, struct sk_slice old)
{
	uint8_t secret[SK_DATA_KEY], wrapped[SK_WRAPPED];
	int rc = sk_code_unwrap(m, member, old, secret);

	if (rc)
		return SK_EREFUSED;
	rc = sk_code_wrap(m, member, secret, wrapped);
	sodium_memzero(secret, sizeof(secret));
	return rc ? rc
		  : sk_db_exec(db, "UPDATE code SET secret = $2 WHERE member = $1",
			SK_BINDS(sk_text(member), sk_bytes(wrapped, sizeof(wrapped))), NULL);
}

/* One that cannot be opened stays as it is: its master key may come back. */
static int renew_row(struct sk_db *db, const struct sk_master *m, struct sk_arena *a,
    struct sk_rows *r, size_t i, size_t *renewed, size_t *lost)
{
	const char *member = sk_arena_str(a, sk_rows_text(r, i, 0));
	struct sk_slice wrapped = sk_rows_bytes(r, i, 1);
	int rc = 0;

	if (wrapped.n == SK_WRAPPED && sk_master_is_first(m, wrapped.p))
		return 0;
	rc = member ? renew(db, m, member, wrapped) : SK_ENOMEM;
	*renewed += rc == 0;
	*lost += rc == SK_EREFUSED;
	return rc == SK_EREFUSED ? 0 : rc;
}

int sk_code_renew(struct sk_db *db, const struct sk_master *m, size_t *renewed, size_t *lost)
{
	struct sk_arena *a = sk_arena_new(MEMORY);
	struct sk_rows r;
	int rc =
	    a ? sk_db_query(db, "SELECT member, secret FROM code ORDER BY member", SK_NO_BINDS, &r)
	      : SK_ENOMEM;

	*renewed = *lost = 0;
	if (rc) {
		sk_arena_free(a);
		return rc;
	}
	for (size_t i = 0; i < r.rows && rc == 0; i++)
		rc = renew_row(db, m, a, &r, i, renewed, lost);
	rc = rc ? rc : r.bad ? SK_EFORMAT : 0;
	sk_rows_free(&r);
	sk_arena_free(a);
	return rc;
}
