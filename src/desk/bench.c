/* Jobs from the queue, and the workers who do them: desk.h. The gate. */
#include "desk/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"

#define LOOK_MS 1000 /* jobs that nobody announced: another host's, or after a pause */
#define AHEAD 2      /* for each worker, beyond what idle ones take at once */
/* Each method may take ten minutes, and the search behind them: no worker is at one job for longer. */
#define PATIENCE_S 3600
#define LEASE_S 120 /* unless the settings say so; prolonged three times in it */

static void take_over(const struct sk_gate_claims *c, void *ctx);

static const int64_t kinds[] = {SK_JOB_VERIFY, SK_JOB_CLEAN, SK_JOB_SCAN};

int sk_bench_open(struct sk_desk *d)
{
	struct sk_bench *b = d->bench = calloc(1, sizeof(*b));
	int status = b ? 0 : SK_ENOMEM;

	for (size_t i = 0; i < SK_BENCH_KINDS && status == 0; i++) {
		status = sk_queue_open(d->jobs, &b->queue[i]);
		if (status == 0)
			status = sk_queue_release(b->queue[i], d->host);
	}
	if (b) {
		b->more = true;
		b->claims =
		    (struct sk_gate_claims){.worker = d->host, .committed = take_over, .ctx = d};
		d->gate.claims = &b->claims;
		b->ready.last = &b->ready.first;
		b->unscanned.last = &b->unscanned.first;
	}
	return status;
}

void sk_bench_close(struct sk_desk *d)
{
	struct sk_bench *b = d->bench;

	if (b == NULL)
		return;
	sk_bench_undraw_all(d);
	for (size_t i = 0; i < SK_POST_WORKERS; i++)
		sk_task_free(b->seat[i].task);
	for (struct sk_task *t; (t = sk_tasks_take(&b->ready)) != NULL;)
		sk_task_free(t);
	for (struct sk_task *t; (t = sk_tasks_take(&b->unscanned)) != NULL;)
		sk_task_free(t);
	for (size_t i = 0; i < SK_SCANS_AT_ONCE; i++)
		sk_task_free(b->scan[i]);
	for (size_t i = 0; i < SK_BENCH_KINDS; i++)
		sk_queue_close(b->queue[i]);
	d->gate.claims = NULL;
	free(b);
	d->bench = NULL;
}

void sk_bench_look(struct sk_desk *d)
{
	if (d->bench->more || d->gate.own_queue)
		d->bench->look = 0;
}

static size_t have(const struct sk_bench *b)
{
	return b->ready.n + b->nscans + b->unscanned.n;
}

/* Jobs are claimed some at a time, a little before they are needed: a claim is a commit. */
static bool wants_jobs(const struct sk_bench *b)
{
	return b->here && have(b) < b->here;
}

int64_t sk_bench_due(const struct sk_desk *d)
{
	const struct sk_bench *b = d->bench;
	int64_t look = wants_jobs(b) ? b->look : INT64_MAX;

	if (b->here && b->extend_at < look)
		look = b->extend_at;
	return b->here && b->hung_at < look ? b->hung_at : look;
}

/* --- tasks --- */

struct sk_task *sk_tasks_take(struct sk_tasks *q)
{
	struct sk_task *t = q->first;

	if (t == NULL)
		return NULL;
	q->first = t->next;
	if (q->first == NULL)
		q->last = &q->first;
	q->n--;
	return t;
}

void sk_tasks_put(struct sk_tasks *q, struct sk_task *t)
{
	t->next = NULL;
	*q->last = t;
	q->last = &t->next;
	q->n++;
}

void sk_task_free(struct sk_task *t)
{
	if (t == NULL)
		return;
	sk_close(&t->input);
	sk_close(&t->report);
	sk_blob_drop(t->made);
	if (t->act.writer)
		sk_blob_drop(t->act.writer);
	explicit_bzero(&t->ask, sizeof(t->ask));
	free(t->name);
	free(t->body);
	free(t->requester);
	free(t->recipient);
	free(t);
}

/* It did not work: another time, until that was tried often enough. */
void sk_task_later(struct sk_task *t)
{
	struct sk_desk *d = t->act.desk;
	bool dead = false;

	if (sk_queue_later(d->bench->queue[t->which], &t->job, &dead) == 0 && dead)
		d->round_at = 0;
	sk_task_free(t);
}

/* Nothing is to be done any more. */
void sk_task_drop(struct sk_task *t)
{
	sk_queue_done(t->act.desk->bench->queue[t->which], &t->job, 1);
	sk_task_free(t);
}

static struct sk_task *new_task(struct sk_desk *d, size_t which, const struct sk_job *job)
{
	struct sk_task *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	*t = (struct sk_task){.act.desk = d,
	    .job = *job,
	    .which = which,
	    .input = -1,
	    .output = -1,
	    .report = -1,
	    .name = strdup(job->name),
	    .body = malloc(job->body.n ? job->body.n : 1)};
	if (t->name == NULL || t->body == NULL) {
		sk_task_free(t);
		return NULL;
	}
	if (job->body.n)
		memcpy(t->body, job->body.p, job->body.n);
	t->job.name = t->name;
	t->job.body = sk_slice(t->body, job->body.n);
	return t;
}

/* --- leases --- */

static int64_t lease_ms(const struct sk_desk *d)
{
	return (int64_t)sk_settings_number(d->settings, "lease", LEASE_S) * 1000;
}

/* One that cannot be prolonged is another's, or soon will be: what became of it is then refused. */
static void extend(struct sk_desk *d, struct sk_task *t)
{
	if (t)
		sk_queue_extend(d->bench->queue[t->which], &t->job, lease_ms(d));
}

static void extend_all(struct sk_desk *d)
{
	struct sk_bench *b = d->bench;

	b->extend_at = sk_now_ms() + lease_ms(d) / 3;
	for (size_t i = 0; i < SK_POST_WORKERS; i++)
		extend(d, b->seat[i].task);
	for (size_t i = 0; i < SK_SCANS_AT_ONCE; i++)
		extend(d, b->scan[i]);
	for (struct sk_task *t = b->ready.first; t; t = t->next)
		extend(d, t);
	for (struct sk_task *t = b->unscanned.first; t; t = t->next)
		extend(d, t);
}

/* --- whoever does not answer --- */

static int64_t patience_ms(const struct sk_desk *d)
{
	return (int64_t)sk_settings_number(d->settings, "patience", PATIENCE_S) * 1000;
}

/* It is started anew, and its task is given to another, until that was tried often enough. */
static void look_at_hung(struct sk_desk *d)
{
	struct sk_bench *b = d->bench;
	int64_t now = sk_now_ms(), before = now - patience_ms(d);

	b->hung_at = now + (patience_ms(d) < 20000 ? patience_ms(d) / 2 : 10000);
	for (size_t i = 0; i < SK_POST_WORKERS; i++)
		if (b->seat[i].task && b->seat[i].since < before) {
			sk_desk_log("%s: its worker does not answer", b->seat[i].task->job.name);
			b->seat[i].since = now;
			sk_child_denounce(&d->child, SK_PLACE_WORKER + i);
		}
	sk_bench_hung_drawings(d, now);
	for (size_t i = 0; i < SK_SCANS_AT_ONCE; i++)
		if (b->scan[i] && b->scan_since[i] < before) {
			sk_desk_log("%s: the scanner does not answer", b->scan[i]->job.name);
			b->scan_since[i] = now;
			sk_child_denounce(&d->child, SK_PLACE_SCANNER);
			break;
		}
}

/* --- claiming --- */

static void begin(struct sk_desk *d, size_t which, const struct sk_job *job)
{
	struct sk_task *t = new_task(d, which, job);
	int status = t ? sk_task_prepare(t) : SK_ENOMEM;

	if (t == NULL)
		return; /* its lease runs out */
	if (status == SK_ENOENTRY || status == SK_EREFUSED)
		sk_task_drop(t);
	else if (status)
		sk_task_later(t);
	else
		sk_scan_or_go(t);
}

static size_t claim(struct sk_desk *d, size_t which, size_t most)
{
	struct sk_arena *a = sk_arena_new((size_t)64 << 20);
	struct sk_job *jobs = NULL;
	size_t n = 0;
	int status = a ? sk_queue_claim(d->bench->queue[which], a, kinds[which], d->host,
			     lease_ms(d), most, &jobs, &n)
		       : SK_ENOMEM;

	if (status) {
		sk_desk_log("jobs cannot be claimed: %s", sk_db_why(d->jobs));
		n = 0;
	}
	for (size_t i = 0; i < n; i++)
		begin(d, which, &jobs[i]);
	sk_arena_free(a);
	return n;
}

/* So many more than there are: some for each worker, and what idle ones take at once. */
static size_t room(const struct sk_bench *b)
{
	size_t most = b->idle + AHEAD * b->here;

	return b->here && have(b) < most ? most - have(b) : 0;
}

/* Those who wait already have their turn first. */
void sk_bench_ready(struct sk_desk *d)
{
	struct sk_bench *b = d->bench;

	b->claims.lease_ms = lease_ms(d);
	b->claims.room = b->more ? 0 : room(b);
}

static size_t kind_of(const struct sk_job *job)
{
	size_t i = 0;

	while (i + 1 < SK_BENCH_KINDS && kinds[i] != job->kind)
		i++;
	return i;
}

static void take_over(const struct sk_gate_claims *c, void *ctx)
{
	struct sk_desk *d = ctx;

	for (size_t i = 0; i < c->n; i++)
		begin(d, kind_of(&c->job[i]), &c->job[i]);
	d->bench->more = d->bench->more || c->left;
	for (size_t i = 0; i < SK_BENCH_KINDS; i++)
		if (c->left & 1U << kinds[i])
			d->bench->none_until[i] = 0;
	if (c->left)
		sk_bench_look(d);
}

/*
 * Whatever comes in has its turn first: it is nearest to its end. A search for a kind of which there is nothing goes through
 * all that waits, so there is one a second.
 */
static void claim_some(struct sk_desk *d)
{
	struct sk_bench *b = d->bench;
	size_t most = room(b);
	bool all = true;
	for (size_t i = 0; i < SK_BENCH_KINDS && most; i++) {
		if (b->none_until[i] > sk_now_ms())
			continue;
		size_t n = claim(d, i, most);
		b->none_until[i] = n || d->gate.own_queue ? 0 : sk_now_ms() + LOOK_MS;
		all = all && n < most;
		most -= n;
	}
	b->more = !all;
	b->look = all ? sk_now_ms() + LOOK_MS : 0;
}

/* --- giving --- */

/* The city's list of words that must not leave, as it is now; an empty one when there is none, or nothing is searched. */
static int words_for(const struct sk_task *t)
{
	const char *path = sk_settings_get(t->act.desk->settings, "dictionary");
	int fd = t->ask.leaks && path ? open(path, O_RDONLY | O_CLOEXEC) : sk_memfd("words");

	if (fd < 0)
		sk_desk_log("%s: %s", path ? path : "words", strerror(errno));
	return fd;
}

static void give_to(struct sk_desk *d, size_t seat, struct sk_task *t)
{
	struct sk_bench *b = d->bench;
	struct sk_buf body = SK_BUF(SK_CHANNEL_BODY);
	int words = words_for(t);
	const int clean[] = {t->input, t->output, t->report, words},
		  verify[] = {t->input, t->report};
	bool cleans = kinds[t->which] == SK_JOB_CLEAN;
	int status = words < 0 ? SK_EIO : sk_work_put_job(&t->ask, &body);

	if (status == 0)
		status = sk_child_send(&d->child, SK_PLACE_WORKER + seat,
		    cleans ? SK_WORK_CLEAN : SK_WORK_VERIFY, ++b->serial, sk_buf_slice(&body),
		    cleans ? clean : verify, cleans ? 4 : 2);
	sk_close(&words);
	explicit_bzero(body.p, body.len);
	sk_buf_free(&body);
	if (status) {
		sk_task_later(t);
		return;
	}
	b->seat[seat].task = t;
	b->seat[seat].serial = b->serial;
	b->seat[seat].told = (struct sk_work_progress){0};
	b->seat[seat].since = sk_now_ms();
	b->seat[seat].idle = false;
	b->idle--;
}

/* Jobs and pages take turns: neither keeps the other waiting. */
static void give_out(struct sk_desk *d)
{
	struct sk_bench *b = d->bench;

	for (size_t i = 0; i < SK_POST_WORKERS; i++) {
		if (!b->seat[i].idle)
			continue;
		bool page = b->ndrawings && (b->ready.first == NULL || !b->drew);
		if (page)
			sk_bench_give_drawing(d, i);
		else if (b->ready.first)
			give_to(d, i, sk_tasks_take(&b->ready));
		b->drew = page;
	}
}

/* A queue with a database of its own gets its jobs by the outbox. */
static void feed(struct sk_desk *d)
{
	size_t moved;

	if (d->gate.own_queue && sk_queue_feed(d->db, d->jobs, &moved))
		sk_desk_log("jobs do not reach their queue: %s", sk_db_why(d->jobs));
}

void sk_bench_give(struct sk_desk *d)
{
	if ((d->bench->ready.first || d->bench->ndrawings) && d->bench->idle)
		give_out(d);
}

void sk_bench_tick(struct sk_desk *d)
{
	struct sk_bench *b = d->bench;

	if (d->failed_until > sk_now_ms())
		return;
	if (b->extend_at <= sk_now_ms())
		extend_all(d);
	if (b->hung_at <= sk_now_ms())
		look_at_hung(d);
	if (wants_jobs(b) && b->look <= sk_now_ms()) {
		feed(d);
		claim_some(d);
	}
	sk_bench_give(d);
}

/* --- the workers --- */

static void empty_seat(struct sk_desk *d, struct sk_seat *s)
{
	struct sk_task *t = s->task;

	if (s->idle)
		d->bench->idle--;
	sk_bench_undraw(s);
	*s = (struct sk_seat){.here = true};
	if (t)
		sk_task_later(t);
}

void sk_bench_met(struct sk_desk *d, size_t place)
{
	struct sk_bench *b = d->bench;

	if (place == SK_PLACE_SCANNER) {
		sk_scan_met(d);
		return;
	}
	struct sk_seat *s = &b->seat[place - SK_PLACE_WORKER];
	if (!s->here)
		b->here++;
	empty_seat(d, s);
}

static struct sk_seat *seat_of(struct sk_desk *d)
{
	return &d->bench->seat[d->child.now - SK_PLACE_WORKER];
}

static int serve_idle(void *ctx, struct sk_message *m)
{
	struct sk_desk *d = ctx;
	struct sk_seat *s = seat_of(d);

	if (s->idle || s->task || s->drawing.q)
		return SK_EFORMAT;
	s->idle = true;
	d->bench->idle++;
	if (d->bench->ready.n == 0)
		sk_bench_look(d);
	return 0;
}

static int serve_done(void *ctx, struct sk_message *m)
{
	struct sk_desk *d = ctx;
	struct sk_seat *s = seat_of(d);
	struct sk_task *t = s->task;

	if (t == NULL || m->serial != s->serial)
		return SK_EFORMAT;
	int status = sk_work_get_done(m->body, &t->done);
	if (status == 0 &&
	    (t->done.job != (uint64_t)t->job.id || t->done.fence != (uint64_t)t->job.fence))
		status = SK_EFORMAT;
	if (status)
		return status;
	s->task = NULL;
	sk_task_end(t);
	return 0;
}

const struct sk_permit sk_bench_permits[] = {
    {SK_WORK_IDLE, 1, 0, 0, 0, serve_idle},
    {SK_WORK_DONE, 1, 1, SK_CHANNEL_BODY, 0, serve_done},
    {SK_WORK_PAGED, 1, 1, SK_WORK_PAGE_BYTES, 0, sk_bench_paged},
    {SK_WORK_PROGRESS, 1, 1, SK_WORK_PROGRESS_BYTES, 0, sk_bench_progress},
};
const size_t sk_bench_npermits = sizeof(sk_bench_permits) / sizeof(*sk_bench_permits);
