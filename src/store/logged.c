/* Entries about people: logged.h. Runs in the gate. */
#include "store/logged.h"

#include "base/err.h"

int sk_logged_add(struct sk_db *db, const char *about, int64_t number, int64_t until)
{
	return sk_db_post(db,
	    "INSERT INTO logged (number, transfer, erase, until) VALUES ($1, $2, 0, $3) ON CONFLICT DO NOTHING",
	    SK_BINDS(sk_int(number), sk_text(about), until ? sk_int(until) : sk_null()),
	    SK_ANY_ROWS);
}

int sk_logged_until(struct sk_db *db, const char *about, int64_t until)
{
	return sk_db_post(db, "UPDATE logged SET until = $2 WHERE transfer = $1 AND until IS NULL",
	    SK_BINDS(sk_text(about), sk_int(until)), SK_ANY_ROWS);
}

int sk_logged_due(struct sk_db *db)
{
	return sk_db_exec(db,
	    "UPDATE logged SET erase = 1 WHERE until <= {now} AND until IS NOT NULL AND erase = 0",
	    SK_NO_BINDS, NULL);
}

int sk_logged_last(struct sk_db *db, const char *transfer, int64_t *number)
{
	struct sk_rows r;
	int rc = sk_db_query(db,
	    "SELECT number FROM logged WHERE transfer = $1 AND erase = 0 ORDER BY number DESC LIMIT 1",
	    SK_BINDS(sk_text(transfer)), &r);

	if (rc)
		return rc;
	*number = r.rows ? sk_rows_int(&r, 0, 0) : 0;
	rc = r.bad ? SK_EFORMAT : 0;
	sk_rows_free(&r);
	return rc;
}

int sk_logged_forget(struct sk_db *db, const char *transfer)
{
	return sk_db_post(db, "UPDATE logged SET erase = 1 WHERE transfer = $1",
	    SK_BINDS(sk_text(transfer)), SK_ANY_ROWS);
}

int sk_logged_list(struct sk_db *db, struct sk_arena *a, size_t most, int64_t **numbers, size_t *n)
{
	struct sk_rows r;
	int rc =
	    sk_db_query(db, "SELECT number FROM logged WHERE erase = 1 ORDER BY number LIMIT $1",
		SK_BINDS(sk_int((int64_t)most)), &r);

	if (rc)
		return rc;
	*n = r.rows;
	*numbers = sk_arena_array(a, r.rows, sizeof(**numbers));
	for (size_t i = 0; *numbers && i < r.rows; i++)
		(*numbers)[i] = sk_rows_int(&r, i, 0);
	rc = *numbers == NULL ? SK_ENOMEM : r.bad ? SK_EFORMAT : 0;
	sk_rows_free(&r);
	return rc;
}

int sk_logged_done(struct sk_db *db, int64_t number)
{
	return sk_db_exec(
	    db, "DELETE FROM logged WHERE number = $1", SK_BINDS(sk_int(number)), NULL);
}
