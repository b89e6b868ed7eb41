/*
 * Statements that are handed to PostgreSQL without waiting for each: db-pgsql.h.
 * https://www.postgresql.org/docs/15/libpq-pipeline-mode.html. Runs in the gate.
 */
#include "store/db-pgsql.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"

void sk_pg_name(const struct sk_statement *s, char name[24])
{
	snprintf(name, 24, "s%u", s->number);
}

bool sk_pg_is_prepared(struct sk_db *db, struct sk_statement *s)
{
	struct sk_pgsql *q = sk_pg(db);

	if (s->number == 0)
		s->number = ++q->numbers;
	return s->handle && s->life == q->life;
}

/* Numbers go as text, which fits every width of column; text and bytes as they are. */
int sk_pg_values(struct sk_db *db, struct sk_binds binds, struct sk_pg_values *out)
{
	if (binds.n > SK_PG_VALUES)
		return sk_db_fail(db, SK_EINTERNAL, "too many values");
	for (size_t i = 0; i < binds.n; i++) {
		const struct sk_value *v = &binds.v[i];
		if (v->s.n > SK_LIMIT_STORE_RESULT)
			return sk_db_fail(db, SK_ELIMIT, "a value that is too long");
		out->formats[i] = v->kind == SK_VALUE_TEXT || v->kind == SK_VALUE_BYTES;
		out->lengths[i] = (int)v->s.n;
		out->v[i] = v->kind == SK_VALUE_NULL ? NULL : v->s.n ? (const char *)v->s.p : "";
		if (v->kind == SK_VALUE_INT) {
			snprintf(out->numbers[i], sizeof(out->numbers[i]), "%" PRId64, v->i);
			out->v[i] = out->numbers[i];
		}
	}
	return 0;
}

/* --- what was handed over answers --- */

/* What is prepared counts as such from the moment in which it is handed over: what follows goes the same way. */
static void unprepared(const struct sk_pg_sent *p)
{
	if (p->what == SK_PG_PREPARES)
		p->statement->handle = NULL;
}

static void take_mark(struct sk_pg_mark *m, const PGresult *res)
{
	snprintf(m->xid, sizeof(m->xid), "%s", PQgetvalue(res, 0, 0));
	snprintf(m->lsn, sizeof(m->lsn), "%s", PQgetvalue(res, 0, 1));
	snprintf(m->timeline, sizeof(m->timeline), "%s", PQgetvalue(res, 0, 2));
}

static int judge(struct sk_db *db, const struct sk_pg_sent *p, PGresult *res)
{
	ExecStatusType status = PQresultStatus(res);

	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
		return sk_pg_failed(db, res);
	if (p->what == SK_PG_SAYS_MARK)
		take_mark(&sk_pg(db)->mark, res);
	if (p->what == SK_PG_POSTED && p->rows != SK_ANY_ROWS &&
	    strtoll(PQcmdTuples(res), NULL, 10) != p->rows)
		return sk_db_fail(db, SK_ECHANGED, "it changes another number of rows");
	return 0;
}

/* The answer of one; *res is for whoever wants it. */
static int answer(struct sk_db *db, const struct sk_pg_sent *p, PGresult **res)
{
	struct sk_pgsql *q = sk_pg(db);
	PGresult *more;

	db->place = p->place;
	db->doing = p->doing;
	*res = PQgetResult(q->conn);
	int rc = judge(db, p, *res);
	if (rc)
		unprepared(p);
	while (sk_pg_alive(db) && (more = PQgetResult(q->conn)) != NULL)
		PQclear(more);
	if (rc && p->what == SK_PG_POSTED && rc != SK_EBUSY && !db->lost)
		db->missed = true;
	return rc;
}

/*
 * Behind what the server refused it did nothing, and there is nothing to be judged. Behind what only we refuse (another number
 * of rows) it did all: what it has prepared it keeps, also when the transaction is taken back.
 */
static void pass_over(struct sk_db *db, const struct sk_pg_sent *p)
{
	PGresult *res;
	bool done = false;

	while (sk_pg_alive(db) && (res = PQgetResult(sk_pg(db)->conn)) != NULL) {
		done |= PQresultStatus(res) == PGRES_COMMAND_OK;
		PQclear(res);
	}
	if (!done)
		unprepared(p);
}

static int take_all(struct sk_db *db, PGresult **last)
{
	struct sk_pgsql *q = sk_pg(db);
	PGresult *res = NULL;
	int rc = 0;

	for (size_t i = 0; i < q->nsent; i++) {
		if (rc) {
			pass_over(db, &q->sent[i]);
			continue;
		}
		PQclear(res);
		res = NULL;
		rc = answer(db, &q->sent[i], &res);
	}
	q->nsent = 0;
	if (rc == 0 && last)
		*last = res;
	else
		PQclear(res);
	return rc;
}

int sk_pg_settle(struct sk_db *db, PGresult **last)
{
	struct sk_pgsql *q = sk_pg(db);

	if (last)
		*last = NULL;
	if (q->nsent == 0)
		return 0;
	if (!PQpipelineSync(q->conn))
		sk_pg_failed(db, NULL);
	int rc = take_all(db, last);
	if (sk_pg_alive(db)) { /* the mark behind them */
		PGresult *mark = PQgetResult(q->conn);
		if (PQresultStatus(mark) != PGRES_PIPELINE_SYNC && rc == 0)
			rc = sk_pg_failed(db, mark);
		PQclear(mark);
	}
	if (rc && last) {
		PQclear(*last);
		*last = NULL;
	}
	return rc;
}

void sk_pg_unpipe(struct sk_db *db)
{
	const char *place = db->place, *doing = db->doing;

	if (sk_pg_alive(db))
		(void)sk_pg_settle(db, NULL);
	sk_pg(db)->nsent = 0;
	if (!PQexitPipelineMode(sk_pg(db)->conn))
		sk_pg(db)->gone = true; /* somebody still has to say something: never again */
	db->place = place;
	db->doing = doing;
}

/* --- handing over --- */

static int note(struct sk_db *db, int sent, struct sk_pg_sent what)
{
	struct sk_pgsql *q = sk_pg(db);

	if (!sent)
		return sk_pg_failed(db, NULL);
	q->sent[q->nsent++] = what;
	return 0;
}

int sk_pg_say(struct sk_db *db, enum sk_pg_what what, const char *sql)
{
	const struct sk_pg_sent sent = {.what = what, .place = db->place, .doing = sql};
	int rc = sk_pg(db)->nsent < SK_PG_WAITING ? 0 : sk_pg_settle(db, NULL);

	return rc ? rc
		  : note(db, PQsendQueryParams(sk_pg(db)->conn, sql, 0, NULL, NULL, NULL, NULL, 0),
			sent);
}

static int prepare(struct sk_db *db, struct sk_statement *s, struct sk_pg_sent sent)
{
	char name[24];

	if (sk_pg_is_prepared(db, s))
		return 0;
	sk_pg_name(s, name);
	sent.what = SK_PG_PREPARES;
	sent.statement = s;
	int rc = note(db, PQsendPrepare(sk_pg(db)->conn, name, s->text, 0, NULL), sent);
	if (rc == 0) {
		s->handle = s;
		s->life = sk_pg(db)->life;
	}
	return rc;
}

int sk_pg_send(
    struct sk_db *db, struct sk_statement *s, struct sk_binds binds, struct sk_pg_sent sent)
{
	struct sk_pg_values v;
	char name[24];
	int rc = sk_pg_values(db, binds, &v);

	if (rc == 0 && sk_pg(db)->nsent + 2 > SK_PG_WAITING)
		rc = sk_pg_settle(db, NULL);
	if (rc == 0)
		rc = prepare(db, s, sent);
	if (rc)
		return rc;
	sk_pg_name(s, name);
	return note(db,
	    PQsendQueryPrepared(sk_pg(db)->conn, name, (int)binds.n, v.v, v.lengths, v.formats, 1),
	    sent);
}
