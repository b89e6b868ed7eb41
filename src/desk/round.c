/* What time brings: dates that have come, jobs that killed their workers, files that nothing refers to. desk.h. The gate. */
#include "desk/pump.h"
#include "desk/uploads.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "gate/due.h"
#include "gate/work.h"
#include "store/login.h"
#include "store/peer.h"
#include "store/proposal.h"
#include "store/queue.h"
#include "store/session.h"
#include "store/sheet.h"

#define ROUND_MS 5000
#define SWEEP_MS (15 * 60 * 1000)
#define TURN_MS (10 * 60 * 1000)
#define LOGINS_MS (10 * 60 * 1000)
#define PEOPLE_MS (60 * 60 * 1000)
#define DAY_MS ((int64_t)86400 * 1000)
#define MOST 64

int64_t sk_round_due(const struct sk_desk *d)
{
	return d->round_at;
}

/* --- dates --- */

struct dates {
	struct sk_act act;
	struct sk_gate_due due;
};

static int run_dates(struct sk_gate *g, struct sk_arena *a, struct sk_act *act)
{
	return sk_gate_due(g, a, MOST, &((struct dates *)act)->due);
}

/* Their keys go when it is committed. No row names one that stays because we die here; it goes with the next sweep of files. */
static void dates_done(struct sk_act *act, int status)
{
	struct dates *w = (struct dates *)act;

	for (size_t i = 0; status == 0 && i < w->due.nerase; i++)
		if (sk_blob_erase(act->desk->blobs, w->due.erase[i]))
			sk_desk_log("the key of an original cannot be erased");
	if (status == 0 && w->due.n) {
		sk_pump_look(act->desk);
		sk_links_look(act->desk);
	}
	if (status == 0 && w->due.n >= MOST)
		act->desk->round_at = 0;
	free(w);
}

static void look_at_dates(struct sk_desk *d)
{
	struct dates *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return;
	w->act.run = run_dates;
	w->act.done = dates_done;
	sk_desk_do(d, &w->act);
}

/* --- logins that are over --- */

static int run_logins(struct sk_gate *g, struct sk_arena *a, struct sk_act *act)
{
	int status = sk_session_sweep(g->db);

	return status ? status : sk_login_sweep(g->db);
}

static void logins_done(struct sk_act *act, int status)
{
	free(act);
}

static void look_at_logins(struct sk_desk *d)
{
	struct sk_act *act;

	if (d->logins_at > sk_now_ms())
		return;
	d->logins_at = sk_now_ms() + LOGINS_MS;
	act = calloc(1, sizeof(*act));
	if (act == NULL)
		return;
	act->run = run_logins;
	act->done = logins_done;
	sk_desk_do(d, act);
}

/* --- people of whom nothing that is remembered speaks any more --- */

int64_t sk_desk_remembers(const struct sk_desk *d)
{
	return (int64_t)sk_settings_number(d->settings, "remember-days", SK_LIMIT_REMEMBER_DAYS) *
	       DAY_MS;
}

static int run_people(struct sk_gate *g, struct sk_arena *a, struct sk_act *act)
{
	int64_t ms = sk_desk_remembers(act->desk);
	int status = sk_logged_due(g->db);

	if (status == 0)
		status = sk_proposal_forget(g->db, ms);
	return status ? status : sk_policy_forget(g->db, ms);
}

static void people_done(struct sk_act *act, int status)
{
	if (status)
		sk_desk_log(
		    "what is past its date cannot be forgotten: %s", sk_db_why(act->desk->db));
	free(act);
}

static void look_at_people(struct sk_desk *d)
{
	struct sk_act *act;

	if (d->people_at > sk_now_ms())
		return;
	d->people_at = sk_now_ms() + PEOPLE_MS;
	act = calloc(1, sizeof(*act));
	if (act == NULL)
		return;
	act->run = run_people;
	act->done = people_done;
	sk_desk_do(d, act);
}

/* --- jobs that nobody finished --- */

struct lapse {
	struct sk_act act;
	struct sk_job job;
	char name[SK_JOB_NAME];
};

static int run_lapse(struct sk_gate *g, struct sk_arena *a, struct sk_act *act)
{
	struct lapse *w = (struct lapse *)act;
	struct sk_transfer after;

	return sk_gate_lapse(g, a, &w->job, "worker-failed", &after);
}

static void lapse_done(struct sk_act *act, int status)
{
	struct lapse *w = (struct lapse *)act;
	struct sk_queue *q = NULL;

	if ((status == 0 || status == SK_EREFUSED || status == SK_ENOENTRY) &&
	    sk_queue_open(act->desk->jobs, &q) == 0)
		sk_queue_bury(q, &w->job);
	sk_queue_close(q);
	sk_pump_look(act->desk);
	free(w);
}

static void lapse(struct sk_desk *d, const struct sk_job *job)
{
	struct lapse *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return;
	w->act.run = run_lapse;
	w->act.done = lapse_done;
	w->job = *job;
	snprintf(w->name, sizeof(w->name), "%s", job->name);
	w->job.name = w->name;
	sk_desk_log("%s: its workers failed too often", w->name);
	sk_desk_do(d, &w->act);
}

static void look_at_dead(struct sk_desk *d)
{
	struct sk_arena *a = sk_arena_new((size_t)1 << 20);
	struct sk_queue *q = NULL;
	struct sk_job *jobs = NULL;
	size_t n = 0;

	if (a && sk_queue_open(d->jobs, &q) == 0 && sk_queue_dead(q, a, MOST, &jobs, &n) == 0)
		for (size_t i = 0; i < n; i++)
			lapse(d, &jobs[i]);
	sk_queue_close(q);
	sk_arena_free(a);
}

/* --- files --- */

static int forget_sheets(struct sk_db *db, void *arg)
{
	return sk_sheet_forget(db);
}

static void sweep(struct sk_desk *d)
{
	struct sk_sweep s = {.wanted = sk_transfer_wants, .arg = d->db};
	int status = sk_blobs_sweep(d->blobs, &s);

	if (sk_db_transact(d->db, SK_DB_QUEUE, forget_sheets, NULL))
		sk_desk_log("pages cannot be forgotten: %s", sk_db_why(d->db));
	if (status && status != SK_EBUSY)
		sk_desk_log("files cannot be swept: %s", sk_blobs_why(d->blobs));
	else if (s.removed)
		sk_desk_log(
		    "%llu files that nothing refers to are removed", (unsigned long long)s.removed);
}

/* What is dead in a table of the queue goes with all of it, so that claims stay as fast as they were. */
static void turn_queue(struct sk_desk *d)
{
	struct sk_queue *q = NULL;
	bool turned;

	if (sk_queue_open(d->jobs, &q) == 0 && sk_queue_rotate(q, TURN_MS, &turned))
		sk_desk_log("the queue cannot be turned: %s", sk_db_why(d->jobs));
	sk_queue_close(q);
}

void sk_round_tick(struct sk_desk *d)
{
	int64_t now = sk_now_ms();

	if (d->round_at > now || d->failed_until > now)
		return;
	d->round_at = now + ROUND_MS;
	look_at_dates(d);
	sk_uploads_tick(d);
	sk_forget_tick(d);
	look_at_logins(d);
	look_at_people(d);
	look_at_dead(d);
	if (d->turn_at <= now) {
		turn_queue(d);
		d->turn_at = now + TURN_MS / 2;
	}
	if (d->sweep_at <= now) {
		if (d->sweep_at)
			sweep(d);
		d->sweep_at = now + SWEEP_MS;
	}
}
