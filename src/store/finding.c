/* Where something was found: finding.h. Runs in the gate. */
#include "store/finding.h"

#include "base/err.h"

int sk_finding_set(struct sk_db *db, const char *transfer, const char *places)
{
	return sk_db_exec(db,
	    "INSERT INTO finding (transfer, places) VALUES ($1, $2)"
	    " ON CONFLICT (transfer) DO UPDATE SET places = excluded.places",
	    SK_BINDS(sk_text(transfer), sk_text(places)), NULL);
}

int sk_finding_load(struct sk_db *db, struct sk_arena *a, const char *transfer, const char **places)
{
	struct sk_rows r;
	int rc = sk_db_query(
	    db, "SELECT places FROM finding WHERE transfer = $1", SK_BINDS(sk_text(transfer)), &r);

	*places = NULL;
	if (rc)
		return rc;
	if (r.rows)
		*places = sk_arena_str(a, sk_rows_text(&r, 0, 0));
	rc = r.bad ? SK_EFORMAT : r.rows && *places == NULL ? SK_ENOMEM : 0;
	sk_rows_free(&r);
	return rc;
}

int sk_finding_forget(struct sk_db *db, const char *transfer)
{
	return sk_db_exec(
	    db, "DELETE FROM finding WHERE transfer = $1", SK_BINDS(sk_text(transfer)), NULL);
}
