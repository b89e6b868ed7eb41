/*
 * What the files behind PostgreSQL share. In a transaction the connection is in pipeline mode: statements are handed to it
 * without waiting for what they say (sk_pg_send), until somebody wants to know (sk_pg_settle). Only db-pgsql*.c look in here.
 */
#ifndef SK_STORE_DB_PGSQL_H
#define SK_STORE_DB_PGSQL_H

#include <libpq-fe.h>

#include "store/db-backend.h"

#define SK_PG_WAITING 256 /* statements whose answers are still to be read */

enum sk_pg_what { SK_PG_PREPARES, SK_PG_QUIET, SK_PG_POSTED, SK_PG_SAYS_MARK, SK_PG_ASKED };

/* A transaction as the server knows it: its number, empty when it has written nothing, how far the log was, and which. */
struct sk_pg_mark {
	char xid[24], lsn[24], timeline[12];
};

/* A statement that was handed over and has not answered. */
struct sk_pg_sent {
	enum sk_pg_what what;
	struct sk_statement *statement; /* of what is prepared */
	const char *place, *doing;      /* for messages */
	int64_t rows;                   /* that it must change, when it is posted */
};

struct sk_pgsql {
	struct sk_db db;
	char *conninfo;
	PGconn *conn;
	bool gone; /* the server has ended the session, also when the socket does not know it yet */
	uint64_t life; /* counts connections: what was prepared on an older one is gone */
	unsigned numbers;
	char run[24]; /* which run of the server: another one after each crash and start */
	struct sk_pg_mark mark; /* of the transaction that is being committed */
	struct sk_pg_sent sent[SK_PG_WAITING];
	size_t nsent;
};

static inline struct sk_pgsql *sk_pg(struct sk_db *db)
{
	return (struct sk_pgsql *)db;
}

static inline bool sk_pg_alive(struct sk_db *db)
{
	return !sk_pg(db)->gone && PQstatus(sk_pg(db)->conn) == CONNECTION_OK;
}

static inline bool sk_pg_piped(struct sk_db *db)
{
	return PQpipelineStatus(sk_pg(db)->conn) != PQ_PIPELINE_OFF;
}

/* Remembers why, from the answer of the server; returns the status. */
int sk_pg_failed(struct sk_db *db, PGresult *res);

/* --- db-pgsql-pipe.c: in a transaction --- */
/* Hands a statement over: one of ours without values, or a kept one with them. */
int sk_pg_say(struct sk_db *db, enum sk_pg_what what, const char *sql);
int sk_pg_send(
    struct sk_db *db, struct sk_statement *s, struct sk_binds binds, struct sk_pg_sent sent);
/*
 * Reads what all of them say; *last, when wanted, is the answer of the last (clear it). The first failure is returned;
 * nothing behind it was done.
 */
int sk_pg_settle(struct sk_db *db, PGresult **last);
/* Ends pipeline mode; what was not answered is read and passed over. */
void sk_pg_unpipe(struct sk_db *db);

/* The values of a statement, as libpq wants them; one that is too long fails. */
#define SK_PG_VALUES 64
struct sk_pg_values {
	const char *v[SK_PG_VALUES];
	int lengths[SK_PG_VALUES], formats[SK_PG_VALUES];
	char numbers[SK_PG_VALUES][24];
};
int sk_pg_values(struct sk_db *db, struct sk_binds binds, struct sk_pg_values *out);
void sk_pg_name(const struct sk_statement *s, char name[24]);
/* Numbers a statement that is prepared for the first time. */
bool sk_pg_is_prepared(struct sk_db *db, struct sk_statement *s);

#endif
