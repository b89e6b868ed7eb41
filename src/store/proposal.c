/* Proposed changes of the organisation: proposal.h. Runs in the gate. */
#include "store/proposal.h"

#include "base/err.h"

#define COLUMNS "id, said, said_by, comment, policy, state, decided, decided_by"

const char *const sk_proposal_words[] = {"open", "approved", "done", "denied", NULL};

static int open_ones(struct sk_db *db, int64_t *n)
{
	struct sk_rows r;
	int rc = sk_db_query(db, "SELECT count(*) FROM proposal WHERE state = 0", SK_NO_BINDS, &r);

	if (rc)
		return rc;
	*n = sk_rows_int(&r, 0, 0);
	sk_rows_free(&r);
	return 0;
}

int sk_proposal_add(struct sk_db *db, const struct sk_proposal *p, int64_t *number)
{
	int64_t n = 0, now = 0;
	struct sk_rows r;
	int rc = open_ones(db, &n);

	if (rc == 0)
		rc = n >= SK_PROPOSALS_OPEN ? SK_ELIMIT : sk_db_now(db, &now);
	if (rc)
		return rc;
	rc = sk_db_query(db,
	    "INSERT INTO proposal (said, said_by, moves, comment, policy, state, decided)"
	    " VALUES ($1, $2, $3, $4, $5, 0, 0) RETURNING id",
	    SK_BINDS(sk_int(now), sk_text(p->said_by), sk_text(p->moves), sk_text(p->comment),
		sk_bytes(p->policy.p, p->policy.n)),
	    &r);
	if (rc)
		return rc;
	*number = sk_rows_int(&r, 0, 0);
	sk_rows_free(&r);
	return 0;
}

static const char *text(struct sk_rows *r, size_t row, size_t column, struct sk_arena *a)
{
	struct sk_slice s = sk_rows_text(r, row, column);

	return s.p ? sk_arena_str(a, s) : NULL;
}

static void take(struct sk_rows *r, size_t row, struct sk_arena *a, struct sk_proposal *p)
{
	struct sk_slice policy = sk_rows_bytes(r, row, 4);
	int64_t state = sk_rows_int(r, row, 5);

	*p = (struct sk_proposal){
	    .number = sk_rows_int(r, row, 0),
	    .said = sk_rows_int(r, row, 1),
	    .said_by = text(r, row, 2, a),
	    .comment = text(r, row, 3, a),
	    .policy = {sk_arena_dup(a, policy.p, policy.n), policy.n},
	    .state = (enum sk_proposal_state)state,
	    .decided = sk_rows_int(r, row, 6),
	    .decided_by = text(r, row, 7, a),
	};
	r->bad = r->bad || state < 0 || state >= SK_PROPOSAL_STATES;
}

int sk_proposal_load(struct sk_db *db, struct sk_arena *a, int64_t number, struct sk_proposal *out)
{
	struct sk_rows r;
	int rc = sk_db_query(db, "SELECT " COLUMNS ", moves FROM proposal WHERE id = $1",
	    SK_BINDS(sk_int(number)), &r);

	if (rc)
		return rc;
	if (r.rows) {
		take(&r, 0, a, out);
		out->moves = text(&r, 0, 8, a);
	}
	rc = r.rows == 0 ? SK_ENOENTRY : r.bad ? SK_EFORMAT : sk_arena_failed(a) ? SK_ENOMEM : 0;
	sk_rows_free(&r);
	return rc;
}

int sk_proposal_list(struct sk_db *db, struct sk_arena *a, enum sk_proposal_state state,
    int64_t before, size_t most, struct sk_proposal **out, size_t *n)
{
	struct sk_rows r;
	int64_t below = before > 0 ? before : INT64_MAX;
	int rc = sk_db_query(db,
	    "SELECT " COLUMNS " FROM proposal WHERE id < $1 AND (state = $2 OR $2 = 4)"
	    " ORDER BY id DESC LIMIT $3",
	    SK_BINDS(sk_int(below), sk_int(state), sk_int((int64_t)most)), &r);

	if (rc)
		return rc;
	*n = r.rows;
	*out = sk_arena_array(a, r.rows, sizeof(**out));
	for (size_t i = 0; *out && i < r.rows; i++)
		take(&r, i, a, &(*out)[i]);
	rc = *out == NULL || sk_arena_failed(a) ? SK_ENOMEM : r.bad ? SK_EFORMAT : 0;
	sk_rows_free(&r);
	return rc;
}

int sk_proposal_decide(struct sk_db *db, int64_t number, enum sk_proposal_state to, const char *by,
    struct sk_slice policy)
{
	int64_t now = 0, n = 0;
	int rc = sk_db_now(db, &now);

	if (rc == 0)
		rc = sk_db_exec(db,
		    "UPDATE proposal SET state = $2, decided = $3, decided_by = $4, policy = coalesce($5, policy)"
		    " WHERE id = $1 AND state = 0",
		    SK_BINDS(sk_int(number), sk_int(to), sk_int(now), sk_text(by),
			sk_bytes(policy.p, policy.n)),
		    &n);
	return rc ? rc : n ? 0 : SK_ECHANGED;
}

int sk_proposal_reopen(struct sk_db *db, int64_t number)
{
	return sk_db_exec(db,
	    "UPDATE proposal SET state = 0, decided = 0, decided_by = NULL WHERE id = $1 AND state = 1",
	    SK_BINDS(sk_int(number)), NULL);
}

int sk_proposal_done(struct sk_db *db, int64_t number)
{
	return sk_db_exec(db, "UPDATE proposal SET state = 2 WHERE id = $1 AND state = 1",
	    SK_BINDS(sk_int(number)), NULL);
}

int sk_proposal_forget(struct sk_db *db, int64_t ms)
{
	return sk_db_exec(db,
	    "DELETE FROM proposal WHERE state IN ($1, $2) AND decided <= {now} - $3",
	    SK_BINDS(sk_int(SK_PROPOSAL_DONE), sk_int(SK_PROPOSAL_DENIED), sk_int(ms)), NULL);
}
