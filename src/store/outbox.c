/* The outbox. Runs in the gate. */
#include "store/outbox.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"
#include "store/db-backend.h"

int sk_outbox_put(
    struct sk_db *db, enum sk_outbox_channel channel, int64_t kind, struct sk_slice body)
{
	if (body.n > SK_LIMIT_JOB_BODY)
		return SK_ELIMIT;
	if ((unsigned)channel < 64)
		db->channels |= UINT64_C(1) << channel;
	return sk_db_post(db,
	    "INSERT INTO outbox (channel, kind, at, body) VALUES ($1, $2, {now}, $3)",
	    SK_BINDS(sk_int(channel), sk_int(kind),
		sk_bytes(body.n ? body.p : (const uint8_t *)"", body.n)),
	    1);
}

/* Of what others put there, at most so much with our own. */
#define AT_ONCE 4096

struct reading {
	enum sk_outbox_channel channel;
	size_t most;
	struct sk_outbox_rows *rows;
	int64_t done;
};

/* Locks the channel: a second one who gives numbers waits. */
static int lock(struct sk_db *db, enum sk_outbox_channel channel)
{
	int rc = sk_db_post(db,
	    "INSERT INTO outbox_channel (channel, numbered, done) VALUES ($1, 0, 0) ON CONFLICT DO NOTHING",
	    SK_BINDS(sk_int(channel)), SK_ANY_ROWS);

	return rc ? rc
		  : sk_db_post(db, "UPDATE outbox_channel SET done = done WHERE channel = $1",
			SK_BINDS(sk_int(channel)), 1);
}

#define HIGHEST "(SELECT max(number) FROM outbox WHERE channel = $1)"

static int give_numbers(struct sk_db *db, enum sk_outbox_channel channel, size_t most)
{
	int rc = lock(db, channel);

	if (rc == 0)
		rc = sk_db_post(db,
		    "UPDATE outbox SET number = (SELECT numbered FROM outbox_channel WHERE channel = $1) + x.place"
		    " FROM (SELECT y.line, row_number() OVER (ORDER BY y.line) AS place"
		    " FROM (SELECT line FROM outbox WHERE channel = $1 AND number IS NULL ORDER BY line LIMIT $2) AS y) AS x"
		    " WHERE outbox.line = x.line",
		    SK_BINDS(sk_int(channel), sk_int((int64_t)most)), SK_ANY_ROWS);
	if (rc == 0)
		rc = sk_db_post(db,
		    "UPDATE outbox_channel SET numbered = " HIGHEST
		    " WHERE channel = $1 AND numbered < " HIGHEST,
		    SK_BINDS(sk_int(channel)), SK_ANY_ROWS);
	return rc;
}

static int number_some(struct sk_db *db, void *arg)
{
	const struct reading *w = arg;

	return give_numbers(db, w->channel, w->most);
}

int sk_outbox_number(struct sk_db *db)
{
	int rc = 0;

	for (unsigned i = 0; i < 64 && rc == 0; i++)
		if (db->channels & UINT64_C(1) << i)
			rc = give_numbers(db, (enum sk_outbox_channel)i, AT_ONCE);
	return rc;
}

/* A look costs no commit: most find nothing new. */
static int some_new(struct sk_db *db, enum sk_outbox_channel channel, bool *yes)
{
	struct sk_rows r;
	int rc =
	    sk_db_query(db, "SELECT line FROM outbox WHERE channel = $1 AND number IS NULL LIMIT 1",
		SK_BINDS(sk_int(channel)), &r);

	if (rc)
		return rc;
	*yes = r.rows > 0;
	sk_rows_free(&r);
	return 0;
}

static int take_rows(struct sk_outbox_rows *rows)
{
	struct sk_rows *r = &rows->result;

	rows->row = calloc(r->rows ? r->rows : 1, sizeof(*rows->row));
	if (rows->row == NULL)
		return SK_ENOMEM;
	for (size_t i = 0; i < r->rows; i++)
		rows->row[i] = (struct sk_outbox_row){sk_rows_int(r, i, 0), sk_rows_int(r, i, 1),
		    sk_rows_int(r, i, 2), sk_rows_bytes(r, i, 3)};
	rows->n = r->rows;
	return r->bad ? SK_EINTERNAL : 0;
}

int sk_outbox_read(
    struct sk_db *db, enum sk_outbox_channel channel, size_t most, struct sk_outbox_rows *out)
{
	struct reading w = {.channel = channel, .most = most};
	struct sk_outbox_rows rows = {0};
	bool yes = false;

	int rc = most ? some_new(db, channel, &yes) : SK_EARG;
	if (rc == 0 && yes)
		rc = sk_db_transact(db, SK_DB_QUEUE, number_some, &w);
	if (rc == 0)
		rc = sk_db_query(db,
		    "SELECT number, kind, at, body FROM outbox WHERE channel = $1 AND number IS NOT NULL ORDER BY number LIMIT $2",
		    SK_BINDS(sk_int(channel), sk_int((int64_t)most)), &rows.result);
	if (rc)
		return rc;
	rc = take_rows(&rows);
	if (rc) {
		sk_outbox_rows_free(&rows);
		return rc;
	}
	*out = rows;
	return 0;
}

void sk_outbox_rows_free(struct sk_outbox_rows *rows)
{
	free(rows->row);
	rows->row = NULL;
	rows->n = 0;
	sk_rows_free(&rows->result);
}

int sk_outbox_mark(struct sk_db *db, enum sk_outbox_channel channel, int64_t number)
{
	int rc = sk_db_post(db, "DELETE FROM outbox WHERE channel = $1 AND number <= $2",
	    SK_BINDS(sk_int(channel), sk_int(number)), SK_ANY_ROWS);

	return rc ? rc
		  : sk_db_post(db,
			"UPDATE outbox_channel SET done = $2 WHERE channel = $1 AND done < $2 AND $2 <= numbered",
			SK_BINDS(sk_int(channel), sk_int(number)), SK_ANY_ROWS);
}

static int mark(struct sk_db *db, void *arg)
{
	const struct reading *w = arg;

	return sk_outbox_mark(db, w->channel, w->done);
}

int sk_outbox_done(struct sk_db *db, enum sk_outbox_channel channel, int64_t number)
{
	struct reading w = {.channel = channel, .done = number};

	return sk_db_transact(db, SK_DB_QUEUE, mark, &w);
}

int sk_outbox_skip(struct sk_db *db, enum sk_outbox_channel channel, int64_t number)
{
	int rc = lock(db, channel);

	return rc ? rc
		  : sk_db_post(db,
			"UPDATE outbox_channel SET numbered = $2 WHERE channel = $1 AND numbered < $2",
			SK_BINDS(sk_int(channel), sk_int(number)), SK_ANY_ROWS);
}
