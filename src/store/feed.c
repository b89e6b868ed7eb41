/*
 * From the outbox of the store into a queue of another database. The queue remembers in the same transaction up to which
 * number it was fed; what was put there and not yet marked in the outbox is not put there again. Runs in the gate.
 */
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "store/outbox.h"
#include "store/queue.h"

#define BATCH 200

int sk_queue_post(
    struct sk_db *store, bool own_database, int64_t kind, const char *name, struct sk_slice body)
{
	struct sk_buf b = SK_BUF(SK_LIMIT_JOB_BODY + SK_JOB_NAME);
	size_t n = strlen(name);

	if (!own_database)
		return sk_queue_put(store, kind, name, body, 0);
	if (n >= SK_JOB_NAME)
		return SK_ELIMIT;
	sk_buf_putc(&b, (uint8_t)n);
	sk_buf_put(&b, name, n);
	sk_buf_put_slice(&b, body);
	int rc = b.err ? b.err : sk_outbox_put(store, SK_CHANNEL_JOBS, kind, sk_buf_slice(&b));
	sk_buf_free(&b);
	return rc;
}

struct feed {
	const struct sk_outbox_rows *rows;
	size_t moved;
};

static int feed_one(struct sk_db *db, const struct sk_outbox_row *row)
{
	struct sk_reader r = sk_reader(row->body);
	char name[SK_JOB_NAME];

	struct sk_slice s = sk_read_slice(&r, sk_read_u8(&r));
	if (r.bad || s.n >= sizeof(name))
		return SK_EFORMAT;
	memcpy(name, s.p, s.n);
	name[s.n] = 0;
	return sk_queue_put(db, row->kind, name, sk_read_slice(&r, sk_read_left(&r)), 0);
}

static int feed_all(struct sk_db *db, void *arg)
{
	struct feed *f = arg;
	struct sk_rows r;

	f->moved = 0;
	int rc = sk_db_query(
	    db, "UPDATE job_ring SET one = 1 WHERE one = 1 RETURNING fed", SK_NO_BINDS, &r);
	if (rc)
		return rc;
	int64_t fed = sk_rows_int(&r, 0, 0);
	sk_rows_free(&r);
	for (size_t i = 0; i < f->rows->n && rc == 0; i++)
		if (f->rows->row[i].number > fed) {
			rc = feed_one(db, &f->rows->row[i]);
			f->moved++;
		}
	return rc ? rc
		  : sk_db_exec(db, "UPDATE job_ring SET fed = $1 WHERE one = 1 AND fed < $1",
			SK_BINDS(sk_int(f->rows->row[f->rows->n - 1].number)), NULL);
}

int sk_queue_feed(struct sk_db *store, struct sk_db *queue, size_t *moved)
{
	struct sk_outbox_rows rows;
	struct feed f = {&rows, 0};

	int rc = sk_outbox_read(store, SK_CHANNEL_JOBS, BATCH, &rows);
	if (rc)
		return rc;
	if (rows.n) {
		rc = sk_db_transact(queue, SK_DB_QUEUE, feed_all, &f);
		if (rc == 0)
			rc = sk_outbox_done(store, SK_CHANNEL_JOBS, rows.row[rows.n - 1].number);
	}
	sk_outbox_rows_free(&rows);
	if (rc == 0)
		*moved = f.moved;
	return rc;
}
