/* The queue. Runs in the gate. */
#include "store/queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "store/db-backend.h"
#include "store/queue-inside.h"

#define RESCAN_MS \
	1000 /* what lies below the low water (given back, committed late, moved) waits no longer */
#define MOVED_MOST 2000

#define EACH(before, after) \
	{ \
		before "job_0" after, before "job_1" after, before "job_2" after, \
		    before "job_3" after \
	}
#define EACH3(a, b, c) \
	{ \
		a "job_0" b "job_0" c, a "job_1" b "job_1" c, a "job_2" b "job_2" c, \
		    a "job_3" b "job_3" c \
	}

int sk_queue_open(struct sk_db *db, struct sk_queue **out)
{
	struct sk_queue *q = calloc(1, sizeof(*q));

	if (q == NULL)
		return SK_ENOMEM;
	q->db = db;
	q->looked = INT64_MIN / 2;
	*out = q;
	return 0;
}

void sk_queue_close(struct sk_queue *q)
{
	free(q);
}

static int ring(struct sk_db *db, unsigned *part)
{
	struct sk_rows r;
	int rc = sk_db_query(db, "SELECT part FROM job_ring WHERE one = 1", SK_NO_BINDS, &r);

	if (rc)
		return rc;
	*part = (unsigned)sk_rows_int(&r, 0, 0) % SK_QUEUE_PARTS;
	rc = r.bad ? SK_EFORMAT : 0;
	sk_rows_free(&r);
	return rc;
}

/* A transaction that sees one picture of all asks once. */
static int ring_once(struct sk_db *db, unsigned *part)
{
	uint64_t run = sk_db_run_number(db);
	int rc = run && run == db->ring_run ? 0 : ring(db, &db->ring_part);

	if (rc)
		return rc;
	db->ring_run = run;
	*part = db->ring_part;
	return 0;
}

int sk_queue_put(
    struct sk_db *db, int64_t kind, const char *name, struct sk_slice body, int64_t delay_ms)
{
	static const char *const SQL[] = EACH("INSERT INTO ",
	    " (id, kind, name, body, ready) VALUES ({next}, $1, $2, $3, {now} + $4)");
	unsigned part = 0;

	if (body.n > SK_LIMIT_JOB_BODY || strlen(name) >= SK_JOB_NAME)
		return SK_ELIMIT;
	int rc = ring_once(db, &part);
	return rc ? rc
		  : sk_db_post(db, SQL[part],
			SK_BINDS(sk_int(kind), sk_text(name), sk_bytes(body.p, body.n),
			    sk_int(delay_ms)),
			1);
}

int sk_queue_put_claimed(struct sk_db *db, int64_t kind, const char *name, const char *worker,
    int64_t lease_ms, struct sk_job *job)
{
	static const char *const SQL[] = EACH("INSERT INTO ",
	    " (id, kind, name, body, ready, tries, fence, worker)"
	    " VALUES ({next}, $1, $2, NULL, {now} + $3, 1, 1, $4) RETURNING id");
	struct sk_rows r;

	*job = (struct sk_job){.fence = 1, .kind = kind, .tries = 1};
	if (lease_ms <= 0 || strlen(name) >= SK_JOB_NAME)
		return SK_ELIMIT;
	int rc = ring_once(db, &job->part);
	if (rc == 0)
		rc = sk_db_query(db, SQL[job->part],
		    SK_BINDS(sk_int(kind), sk_text(name), sk_int(lease_ms), sk_text(worker)), &r);
	if (rc)
		return rc;
	job->id = sk_rows_int(&r, 0, 0);
	rc = r.bad ? SK_EFORMAT : 0;
	sk_rows_free(&r);
	return rc;
}

/* The order of RETURNING is nobody's promise. */
static int by_id(const void *a, const void *b)
{
	const struct sk_job *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

struct claim {
	struct sk_queue *q;
	struct sk_arena *arena;
	const char *worker;
	int64_t lease_ms;
	struct sk_job *jobs;
	size_t most, n;
	bool some; /* something was claimed, be it to set it aside */
};

static const char *const DELETE[] = EACH("DELETE FROM ", " WHERE id = $1 AND fence = $2");

/* In the table where it was claimed, or in the one it was moved to meanwhile. */
static int remove_job(struct sk_db *db, const struct sk_job *job)
{
	int64_t n = 0;
	int rc = 0;

	for (unsigned i = 0; i < SK_QUEUE_PARTS && rc == 0 && n == 0; i++)
		rc = sk_db_exec(db, DELETE[(job->part + i) % SK_QUEUE_PARTS],
		    SK_BINDS(sk_int(job->id), sk_int(job->fence)), &n);
	return rc ? rc : n ? 0 : SK_ECHANGED;
}

static int set_aside(struct sk_db *db, const struct sk_job *job)
{
	int rc = remove_job(db, job);

	return rc ? rc
		  : sk_db_exec(db,
			"INSERT INTO job_dead (id, kind, name, body, tries, at) VALUES ($1, $2, $3, $4, $5, {now})",
			SK_BINDS(sk_int(job->id), sk_int(job->kind), sk_text(job->name),
			    sk_bytes(job->body.p, job->body.n), sk_int(job->tries)),
			NULL);
}

static int take_job(
    struct claim *c, struct sk_rows *r, size_t row, unsigned part, struct sk_job *job)
{
	struct sk_slice body = sk_rows_bytes(r, row, 4);

	*job = (struct sk_job){
	    .id = sk_rows_int(r, row, 0),
	    .fence = sk_rows_int(r, row, 1),
	    .kind = c->q->kind,
	    .tries = (unsigned)sk_rows_int(r, row, 2),
	    .part = part,
	    .name = sk_arena_str(c->arena, sk_rows_text(r, row, 3)),
	    .body = {body.p ? sk_arena_dup(c->arena, body.p, body.n) : NULL, body.n},
	};
	return r->bad ? SK_EFORMAT : sk_arena_failed(c->arena) ? SK_ENOMEM : 0;
}

static int take_jobs(struct claim *c, struct sk_db *db, struct sk_rows *r, unsigned part)
{
	size_t first = c->n;
	struct sk_job job;
	int rc = 0;

	for (size_t i = 0; i < r->rows && rc == 0; i++) {
		rc = take_job(c, r, i, part, &job);
		if (rc == 0 && job.tries > SK_LIMIT_JOB_TRIES)
			rc = set_aside(db, &job);
		else if (rc == 0)
			c->jobs[c->n++] = job;
	}
	qsort(c->jobs + first, c->n - first, sizeof(*c->jobs), by_id);
	c->some = c->some || r->rows;
	c->q->over[part] = c->q->over[part] || r->rows < c->most - first;
	if (c->n > first)
		c->q->low[part] = c->jobs[first].id;
	return rc;
}

static int claim_in(struct claim *c, struct sk_db *db, unsigned part)
{
	/* MATERIALIZED: the rows are locked once, before the limit could be applied a second time. */
	static const char *const SQL[] = EACH3("WITH c AS MATERIALIZED (SELECT id AS found FROM ",
	    " WHERE id >= $2 AND kind = $1 AND ready <= {now} ORDER BY id LIMIT $3 {skip})"
	    " UPDATE ",
	    " SET ready = {now} + $4, tries = tries + 1, fence = fence + 1, worker = $5 FROM c WHERE id = c.found"
	    " RETURNING id, fence, tries, name, body");
	struct sk_rows r;

	int rc = sk_db_query(db, SQL[part],
	    SK_BINDS(sk_int(c->q->kind), sk_int(c->q->low[part]), sk_int((int64_t)(c->most - c->n)),
		sk_int(c->lease_ms), sk_text(c->worker)),
	    &r);
	if (rc)
		return rc;
	rc = take_jobs(c, db, &r, part);
	sk_rows_free(&r);
	return rc;
}

/* All from the beginning. */
static int look_again(struct sk_queue *q, int64_t kind)
{
	memset(q->low, 0, sizeof(q->low));
	memset(q->over, 0, sizeof(q->over));
	q->kind = kind;
	q->looked = sk_db_ticks();
	return ring(q->db, &q->part);
}

/* The oldest table first; the one being filled last, and always. */
static int claim_work(struct sk_db *db, void *arg)
{
	struct claim *c = arg;
	int rc = 0;

	c->n = 0;
	c->some = false;
	for (unsigned i = 1; i <= SK_QUEUE_PARTS && rc == 0 && c->n < c->most; i++) {
		unsigned part = (c->q->part + i) % SK_QUEUE_PARTS;
		if (!c->q->over[part] || i == SK_QUEUE_PARTS)
			rc = claim_in(c, db, part);
	}
	return rc;
}

/* It is not said to be empty without a look from the beginning; what was only set aside is no answer either. */
static int claim_some(struct claim *c, int64_t kind)
{
	bool all = c->q->kind != kind || sk_db_ticks() - c->q->looked >= RESCAN_MS;

	for (;;) {
		int rc = all ? look_again(c->q, kind) : 0;
		if (rc == 0)
			rc = sk_db_transact(c->q->db, SK_DB_QUEUE, claim_work, c);
		if (rc || c->n || (all && !c->some))
			return rc;
		all = true;
	}
}

int sk_queue_claim(struct sk_queue *q, struct sk_arena *a, int64_t kind, const char *worker,
    int64_t lease_ms, size_t most, struct sk_job **jobs, size_t *n)
{
	struct claim c = {q, a, worker, lease_ms, NULL,
	    most < SK_LIMIT_JOBS_AT_ONCE ? most : SK_LIMIT_JOBS_AT_ONCE, 0, false};

	if (most == 0 || lease_ms <= 0)
		return SK_EARG;
	c.jobs = sk_arena_array(a, c.most, sizeof(*c.jobs));
	int rc = c.jobs ? claim_some(&c, kind) : SK_ENOMEM;
	if (rc)
		return rc;
	*jobs = c.jobs;
	*n = c.n;
	return 0;
}

/* Nearly always it lies where it was claimed: only when it does not, all is done once more, and it is looked for. */
int sk_job_finish(struct sk_db *db, const struct sk_job *job)
{
	if (!sk_db_posts(db))
		return remove_job(db, job);
	return sk_db_post(db, DELETE[job->part % SK_QUEUE_PARTS],
	    SK_BINDS(sk_int(job->id), sk_int(job->fence)), 1);
}

struct ending {
	const struct sk_job *jobs;
	size_t n;
	int64_t lease_ms;
	bool dead;
};

static int finish_all(struct sk_db *db, void *arg)
{
	const struct ending *e = arg;
	int rc = 0;

	for (size_t i = 0; i < e->n && rc == 0; i++)
		rc = remove_job(db, &e->jobs[i]);
	return rc;
}

int sk_queue_done(struct sk_queue *q, const struct sk_job *jobs, size_t n)
{
	struct ending e = {.jobs = jobs, .n = n};

	return sk_db_transact(q->db, SK_DB_QUEUE, finish_all, &e);
}

/* `raise` = 1 ends the lease: whoever held it finds another fence. */
static int set_ready(struct sk_db *db, const struct sk_job *job, int64_t ms, int raise)
{
	static const char *const SQL[] = EACH(
	    "UPDATE ", " SET ready = {now} + $3, fence = fence + $4 WHERE id = $1 AND fence = $2");
	int64_t n = 0;
	int rc = 0;

	for (unsigned i = 0; i < SK_QUEUE_PARTS && rc == 0 && n == 0; i++)
		rc = sk_db_exec(db, SQL[(job->part + i) % SK_QUEUE_PARTS],
		    SK_BINDS(sk_int(job->id), sk_int(job->fence), sk_int(ms), sk_int(raise)), &n);
	return rc ? rc : n ? 0 : SK_ECHANGED;
}

static int extend(struct sk_db *db, void *arg)
{
	const struct ending *e = arg;

	return set_ready(db, e->jobs, e->lease_ms, 0);
}

int sk_queue_extend(struct sk_queue *q, const struct sk_job *job, int64_t lease_ms)
{
	struct ending e = {.jobs = job, .lease_ms = lease_ms};

	return lease_ms > 0 ? sk_db_transact(q->db, SK_DB_QUEUE, extend, &e) : SK_EARG;
}

static int64_t pause_after(unsigned tries)
{
	int64_t ms = SK_LIMIT_JOB_PAUSE_MS;

	for (unsigned i = 1; i < tries && ms < SK_LIMIT_JOB_PAUSE_MAX_MS; i++)
		ms *= 2;
	return ms < SK_LIMIT_JOB_PAUSE_MAX_MS ? ms : SK_LIMIT_JOB_PAUSE_MAX_MS;
}

static int later(struct sk_db *db, void *arg)
{
	struct ending *e = arg;

	e->dead = e->jobs->tries >= SK_LIMIT_JOB_TRIES;
	return e->dead ? set_aside(db, e->jobs)
		       : set_ready(db, e->jobs, pause_after(e->jobs->tries), 1);
}

int sk_queue_later(struct sk_queue *q, const struct sk_job *job, bool *dead)
{
	struct ending e = {.jobs = job};
	int rc = sk_db_transact(q->db, SK_DB_QUEUE, later, &e);

	if (rc == 0)
		*dead = e.dead;
	return rc;
}

#define OF_ALL(what) \
	"(SELECT count(*) FROM job_0" what ") + (SELECT count(*) FROM job_1" what \
	") + (SELECT count(*) FROM job_2" what ") + (SELECT count(*) FROM job_3" what ")"

int sk_queue_counts(struct sk_queue *q, struct sk_queue_counts *out)
{
	struct sk_rows r;
	int rc = sk_db_query(q->db,
	    "SELECT " OF_ALL(" WHERE ready <= {now}") ", " OF_ALL(
		" WHERE ready > {now}") ", (SELECT count(*) FROM job_dead), (SELECT rotations FROM job_ring)",
	    SK_NO_BINDS, &r);

	if (rc)
		return rc;
	struct sk_queue_counts c = {sk_rows_int(&r, 0, 0), sk_rows_int(&r, 0, 1),
	    sk_rows_int(&r, 0, 2), sk_rows_int(&r, 0, 3)};
	rc = r.bad ? SK_EFORMAT : 0;
	sk_rows_free(&r);
	if (rc == 0)
		*out = c;
	return rc;
}

struct turn {
	int64_t age_ms;
	bool turned;
};

/* Locks the ring: two that would turn it, one after the other, and the second finds it young. */
static int due(struct sk_db *db, int64_t age_ms, unsigned *part, bool *yes)
{
	struct sk_rows r;
	int rc = sk_db_query(db,
	    "UPDATE job_ring SET one = 1 WHERE one = 1 RETURNING part, {now} - since", SK_NO_BINDS,
	    &r);

	if (rc)
		return rc;
	*part = (unsigned)sk_rows_int(&r, 0, 0) % SK_QUEUE_PARTS;
	*yes = sk_rows_int(&r, 0, 1) >= age_ms;
	rc = r.bad ? SK_EFORMAT : 0;
	sk_rows_free(&r);
	return rc;
}

/* The few jobs that are left in the oldest table (in a pause, or leased for long) go on in the present one. */
static int move_rest(struct sk_db *db, unsigned from, unsigned to, bool *many)
{
	static const char *const COUNT[] = EACH("SELECT count(*) FROM ", "");
	static const char *const NAME[] = EACH("", "");
	char sql[256];
	struct sk_rows r;

	int rc = sk_db_query(db, COUNT[from], SK_NO_BINDS, &r);
	if (rc)
		return rc;
	int64_t n = sk_rows_int(&r, 0, 0);
	sk_rows_free(&r);
	*many = n > MOVED_MOST;
	if (n == 0 || *many)
		return 0;
	snprintf(sql, sizeof(sql),
	    "INSERT INTO %s (id, kind, name, body, ready, tries, fence, worker)"
	    " SELECT id, kind, name, body, ready, tries, fence, worker FROM %s",
	    NAME[to], NAME[from]);
	return sk_db_exec(db, sql, SK_NO_BINDS, NULL);
}

/* Nobody is in the table while it is emptied: who waits for that is not waited for. */
static int turn(struct sk_db *db, void *arg)
{
	static const char *const LOCK[] =
	    EACH("{pg}LOCK TABLE ", " IN ACCESS EXCLUSIVE MODE NOWAIT;\n");
	static const char *const EMPTY[] = EACH3("{pg}TRUNCATE ", ";\n{lite}DELETE FROM ", ";\n");
	struct turn *t = arg;
	unsigned part = 0;
	bool yes = false, many = false;

	t->turned = false;
	int rc = due(db, t->age_ms, &part, &yes);
	unsigned next = (part + 1) % SK_QUEUE_PARTS;
	if (rc || !yes)
		return rc;
	rc = sk_db_script(db, "queue.c", LOCK[next]);
	if (rc)
		return rc == SK_EBUSY ? SK_ECHANGED : rc;
	rc = move_rest(db, next, part, &many);
	if (rc || many)
		return rc;
	rc = sk_db_script(db, "queue.c", EMPTY[next]);
	if (rc == 0)
		rc = sk_db_exec(db,
		    "UPDATE job_ring SET part = $1, since = {now}, rotations = rotations + 1 WHERE one = 1",
		    SK_BINDS(sk_int(next)), NULL);
	t->turned = rc == 0;
	return rc;
}

int sk_queue_rotate(struct sk_queue *q, int64_t age_ms, bool *turned)
{
	struct turn t = {.age_ms = age_ms};
	int rc = sk_db_transact(q->db, SK_DB_QUEUE, turn, &t);

	if (rc && rc != SK_ECHANGED)
		return rc;
	*turned = rc == 0 && t.turned;
	return 0;
}
