/* Leases of claimers that died, and jobs that were set aside: queue.h. Runs in the gate. */
#include "store/queue.h"

#include "base/err.h"
#include "base/limits.h"
#include "store/queue-inside.h"

#define RELEASE(n) \
	"UPDATE job_" n " SET ready = {now}, fence = fence + 1 WHERE worker = $1 AND ready > {now}"

static int release(struct sk_db *db, void *arg)
{
	static const char *const SQL[] = {RELEASE("0"), RELEASE("1"), RELEASE("2"), RELEASE("3")};
	int rc = 0;

	for (size_t i = 0; i < sizeof(SQL) / sizeof(*SQL) && rc == 0; i++)
		rc = sk_db_exec(db, SQL[i], SK_BINDS(sk_text(arg)), NULL);
	return rc;
}

int sk_queue_release(struct sk_queue *q, const char *worker)
{
	return sk_db_transact(q->db, SK_DB_QUEUE, release, (void *)(uintptr_t)worker);
}

static int take(struct sk_arena *a, struct sk_rows *r, struct sk_job *jobs)
{
	for (size_t i = 0; i < r->rows; i++)
		jobs[i] = (struct sk_job){
		    .id = sk_rows_int(r, i, 0),
		    .kind = sk_rows_int(r, i, 1),
		    .tries = (unsigned)sk_rows_int(r, i, 2),
		    .name = sk_arena_str(a, sk_rows_text(r, i, 3)),
		};
	return r->bad ? SK_EFORMAT : sk_arena_failed(a) ? SK_ENOMEM : 0;
}

int sk_queue_dead(
    struct sk_queue *q, struct sk_arena *a, size_t most, struct sk_job **jobs, size_t *n)
{
	struct sk_rows r;

	if (most == 0 || most > SK_LIMIT_JOBS_AT_ONCE)
		return SK_EARG;
	*jobs = sk_arena_array(a, most, sizeof(**jobs));
	int rc = *jobs ? sk_db_query(q->db,
			     "SELECT id, kind, tries, name FROM job_dead ORDER BY id LIMIT $1",
			     SK_BINDS(sk_int((int64_t)most)), &r)
		       : SK_ENOMEM;
	if (rc)
		return rc;
	rc = take(a, &r, *jobs);
	*n = r.rows;
	sk_rows_free(&r);
	return rc;
}

static int bury(struct sk_db *db, void *arg)
{
	const struct sk_job *job = arg;

	return sk_db_exec(
	    db, "DELETE FROM job_dead WHERE id = $1", SK_BINDS(sk_int(job->id)), NULL);
}

int sk_queue_bury(struct sk_queue *q, const struct sk_job *job)
{
	return sk_db_transact(q->db, SK_DB_QUEUE, bury, (void *)(uintptr_t)job);
}
