/*
 * Jobs, for several workers on one or more hosts. Who claims a job has it for the time of a lease by the database's clock;
 * each claim raises the job's fence, and only the latest fence may finish it: a worker that comes back late changes nothing.
 * On PostgreSQL the queue has a database of its own (decision 15); with SQLite it lies in the store's.
 *
 * The jobs lie in a ring of tables. One is filled; the oldest is emptied, thrown away whole and filled next, so that what is
 * dead is not carried along. A claim begins at a low-water number and not at the beginning of what is dead.
 */
#ifndef SK_STORE_QUEUE_H
#define SK_STORE_QUEUE_H

#include "base/arena.h"
#include "store/db.h"

#define SK_JOB_NAME 128

struct sk_job {
	int64_t id, fence, kind;
	unsigned tries; /* this one included */
	unsigned part;
	const char *name; /* what it is about: the number of a transfer */
	struct sk_slice body;
};

struct sk_queue;

/* A claimer's view of the queue in `db` (borrowed). Free with sk_queue_close(). */
int sk_queue_open(struct sk_db *db, struct sk_queue **out);
void sk_queue_close(struct sk_queue *q);

/* A new job, in the caller's transaction, to be claimed after `delay_ms`. SK_ELIMIT: name or body are too long. */
int sk_queue_put(
    struct sk_db *db, int64_t kind, const char *name, struct sk_slice body, int64_t delay_ms);

/* The same without a body, claimed at once for lease_ms: *job, but for its name, once that is committed. */
int sk_queue_put_claimed(struct sk_db *db, int64_t kind, const char *name, const char *worker,
    int64_t lease_ms, struct sk_job *job);

/*
 * At most `most` (SK_LIMIT_JOBS_AT_ONCE) jobs of a kind, the oldest first, for lease_ms. `worker` is for people who look.
 * A job that was tried SK_LIMIT_JOB_TRIES times without an end is not given again but set aside and counted (a job that
 * kills its workers). *n = 0 when there is none. The jobs lie in the arena. Own transaction.
 */
int sk_queue_claim(struct sk_queue *q, struct sk_arena *a, int64_t kind, const char *worker,
    int64_t lease_ms, size_t most, struct sk_job **jobs, size_t *n);

/*
 * The end of a job: in the caller's transaction (where the work itself is recorded, when it is the same database), or all
 * in one of their own. SK_ECHANGED: the lease is another's by now; what this worker made must not be used, and with several
 * jobs nothing is changed: ask for each alone then.
 */
int sk_job_finish(struct sk_db *db, const struct sk_job *job);
int sk_queue_done(struct sk_queue *q, const struct sk_job *jobs, size_t n);

/* Longer, from now. Own transaction. SK_ECHANGED as above. */
int sk_queue_extend(struct sk_queue *q, const struct sk_job *job, int64_t lease_ms);

/* It did not work: again after a pause that doubles each time, or, tried often enough, set aside (*dead). Own transaction. */
int sk_queue_later(struct sk_queue *q, const struct sk_job *job, bool *dead);

/* --- queue-dead.c: what the dead leave behind --- */
/* The leases of a claimer that is gone end now: what it had is there for others. Only for a name that nobody bears any more. */
int sk_queue_release(struct sk_queue *q, const char *worker);
/* At most `most` jobs that were set aside, the oldest first; in the arena. Then, when something became of it, it goes. */
int sk_queue_dead(
    struct sk_queue *q, struct sk_arena *a, size_t most, struct sk_job **jobs, size_t *n);
int sk_queue_bury(struct sk_queue *q, const struct sk_job *job);

struct sk_queue_counts {
	int64_t ready, running, dead; /* running: leased, or in a pause */
	int64_t rotations;
};
int sk_queue_counts(struct sk_queue *q, struct sk_queue_counts *out);

/* Fills the next table when the present one is older than age_ms. Not now, when others are at work in it or it still holds
 * more than is quickly moved: *turned tells. Own transaction. */
int sk_queue_rotate(struct sk_queue *q, int64_t age_ms, bool *turned);

/*
 * Where the queue has a database of its own a transition cannot put a job there in its transaction: it puts it into the
 * outbox, and this moves it on, each exactly once, whatever dies in between. sk_queue_post() does what fits.
 */
int sk_queue_post(
    struct sk_db *store, bool own_database, int64_t kind, const char *name, struct sk_slice body);
int sk_queue_feed(struct sk_db *store, struct sk_db *queue, size_t *moved);

#endif
