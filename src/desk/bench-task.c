/* One job: what is asked of a worker, and what becomes of its answer. bench.h. */
#include "desk/bench.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"
#include "store/peer.h"

#define MILLIS_MOST 600000

/* --- before --- */

static uint8_t method_of(enum sk_step step)
{
	static const uint8_t method[] = {[SK_STEP_REBUILD] = SK_REBUILD,
	    [SK_STEP_FLATTEN] = SK_FLATTEN,
	    [SK_STEP_TEXT] = SK_TEXT};

	return step <= SK_STEP_TEXT ? method[step] : 0;
}

static bool searches(const struct sk_route *r)
{
	for (size_t i = 0; i < SK_LEAKS; i++)
		if (r->leaks[i] != SK_PASS)
			return true;
	return false;
}

static void ask_by_route(struct sk_task *t, const struct sk_route *r)
{
	struct sk_work_job *j = &t->ask;

	for (unsigned i = 0; i < r->clean.n && j->nsteps < SK_WORK_STEPS; i++)
		if (method_of(r->clean.v[i]))
			j->steps[j->nsteps++] = method_of(r->clean.v[i]);
	j->leaks = searches(r);
	j->ocr = r->unreadable == SK_UNREADABLE_OCR;
	j->max_input = r->limits.size;
	t->wants_scan = r->scan;
	randombytes_buf(j->key, sizeof(j->key));
}

static void ask_clean(struct sk_task *t, const struct sk_transfer *row)
{
	const struct sk_route *r =
	    sk_policy_find(t->act.desk->policy.policy, SK_KIND_ROUTE, row->route);

	if (r)
		ask_by_route(t, r);
	snprintf(t->ask.name, sizeof(t->ask.name), "%s", row->file_name ? row->file_name : "");
}

/* What the worker, or the scanner, is to read; it opens it, and finds out whether it is that. */
static int bytes_of(
    struct sk_task *t, enum sk_blob_kind kind, const char *name, struct sk_slice hash, int64_t size)
{
	struct sk_blobs *blobs = t->act.desk->blobs;
	struct sk_bytes *what = &t->ask.input;

	if (name == NULL || hash.n != sizeof(what->sha256) || size < 0)
		return SK_ENOENTRY;
	t->report = sk_memfd("report");
	if (t->report < 0)
		return SK_EIO;
	memcpy(what->sha256, hash.p, hash.n);
	what->size = (uint64_t)size;
	int status = sk_blob_lend(blobs, kind, name, what, &t->input);
	if (status)
		sk_desk_log("the bytes of %s cannot be read: %s", t->job.name, sk_blobs_why(blobs));
	/* it will not come back: tried as often as others, then refused */
	return status == SK_ENOENTRY ? SK_EIO : status;
}

static int original_of(struct sk_task *t, const struct sk_transfer *row)
{
	return bytes_of(t, SK_BLOB_ORIGINAL, row->original, row->original_hash, row->original_size);
}

/* Where what comes of it will stay. */
static int room_for(struct sk_task *t)
{
	struct sk_bytes plain;
	int status = sk_blob_begin(t->act.desk->blobs, SK_BLOB_OUTPUT, t->ask.input.size, &t->made);

	if (status == 0)
		t->output = sk_blob_hand(t->made, &plain);
	return status;
}

/* Passwords that were given for it, sealed: only a worker reads them. */
static int add_sealed(struct sk_task *t, struct sk_arena *a, bool any)
{
	struct sk_work_job *j = &t->ask;
	struct sk_slice *v;
	size_t n = 0;
	int status = any ? sk_sealed_list(t->act.desk->db, a, t->job.name, &v, &n) : 0;

	memcpy(j->transfer, t->job.name, SK_WORK_TRANSFER);
	for (size_t i = n > SK_WORK_SEALED ? n - SK_WORK_SEALED : 0; status == 0 && i < n; i++)
		if (v[i].n <= SK_WORK_SEAL) {
			struct sk_work_sealed *s = &j->sealed[j->nsealed++];
			s->n = (uint16_t)v[i].n;
			memcpy(s->b, v[i].p, v[i].n);
		}
	return status;
}

static int prepare(struct sk_task *t, const struct sk_transfer *row)
{
	char name[SK_BLOB_NAME];

	t->ask.job = (uint64_t)t->job.id;
	t->ask.fence = (uint64_t)t->job.fence;
	t->ask.max_millis = MILLIS_MOST;
	if (t->job.kind == SK_JOB_SCAN) {
		t->wants_scan = true;
		return original_of(t, row);
	}
	if (t->job.kind == SK_JOB_CLEAN) {
		if (row->state != SK_AT_CLEANING)
			return SK_EREFUSED;
		ask_clean(t, row);
		int status = original_of(t, row);
		return status ? status : room_for(t);
	}
	if (row->state != SK_AT_CROSSED || row->output.n != 32)
		return SK_EREFUSED;
	snprintf(t->ask.type, sizeof(t->ask.type), "%s", row->output_type ? row->output_type : "");
	sk_blob_name(row->output.p, name);
	return bytes_of(t, SK_BLOB_OUTPUT, name, row->output, row->output_size);
}

int sk_task_prepare(struct sk_task *t)
{
	struct sk_desk *d = t->act.desk;
	struct sk_arena *a = sk_arena_new((size_t)4 << 20);
	struct sk_transfer row;
	int status = a ? sk_transfer_load(d->db, a, t->job.name, &row) : SK_ENOMEM;

	if (status == 0 && strlen(t->job.name) != SK_WORK_TRANSFER)
		status = SK_EREFUSED;
	if (status == 0)
		status = add_sealed(t, a, row.sealed > 0);
	if (status == 0)
		status = prepare(t, &row);
	if (status == 0) {
		t->requester = row.requester ? strdup(row.requester) : NULL;
		t->recipient = row.recipient ? strdup(row.recipient) : NULL;
		t->state = row.state;
		t->changed = row.changed;
	}
	sk_arena_free(a);
	return status;
}

/* --- after --- */

static int run_cleaned(struct sk_gate *g, struct sk_arena *a, struct sk_act *act)
{
	struct sk_task *t = (struct sk_task *)act;
	struct sk_transfer after;

	t->kept = true;
	return sk_gate_cleaned(g, a, &t->job, &t->done, t->scanned ? &t->scan : NULL,
	    t->done.verdict == SK_CLEAN ? &act->blob : NULL, &after);
}

static int run_checked(struct sk_gate *g, struct sk_arena *a, struct sk_act *act)
{
	struct sk_task *t = (struct sk_task *)act;
	struct sk_transfer after;

	t->kept = true;
	return sk_gate_checked(g, a, &t->job, &t->done, &after);
}

static int run_scanned(struct sk_gate *g, struct sk_arena *a, struct sk_act *act)
{
	struct sk_task *t = (struct sk_task *)act;
	struct sk_transfer after;

	t->kept = true;
	return sk_gate_scanned(g, a, &t->job, &t->scan, &after);
}

static void ended(struct sk_act *act, int status)
{
	struct sk_task *t = (struct sk_task *)act;
	struct sk_desk *d = act->desk;

	if (status == 0) {
		if (d->gate.own_queue)
			sk_queue_done(d->bench->queue[t->which], &t->job, 1);
		sk_task_free(t);
		sk_pump_look(d);
		sk_links_look(d);
	} else if (status == SK_ECHANGED) {
		sk_task_free(t); /* another has the lease: it tells */
	} else if (status == SK_EREFUSED || status == SK_ENOENTRY) {
		sk_task_drop(t);
	} else if (t->kept && !d->closing && (status == SK_EIO || status == SK_EBUSY)) {
		sk_desk_again(&t->act); /* the store comes back */
	} else {
		sk_desk_log("what became of %s cannot be kept: %s", t->job.name,
		    status == SK_ENOSPACE ? "there is no room" : sk_db_why(d->db));
		sk_task_later(t);
	}
}

/*
 * What the worker wrote, as a blob that is not durable yet. Nobody reads it here: whether it has the hash that he says
 * finds out whoever reads it next, and with other bytes it goes nowhere. It is no more than any cleaner makes of such an input.
 */
static int keep(struct sk_task *t)
{
	uint64_t most = sk_limits_for((size_t)t->ask.input.size).output;
	int status = t->done.size_out > most
			 ? SK_EFORMAT
			 : sk_blob_said(t->made, t->done.hash_out, t->done.size_out);

	if (status == SK_EFORMAT)
		sk_desk_log("what a worker made of %s is not what it says", t->job.name);
	else if (status)
		sk_desk_log("what came of %s cannot be kept: %s", t->job.name,
		    sk_blobs_why(t->act.desk->blobs));
	if (status)
		return status;
	t->act.writer = t->made;
	t->made = NULL;
	t->output = -1;
	return 0;
}

/* The machine failed, not the file. */
static bool is_worth_another_try(const struct sk_work_done *done)
{
	return done->verdict == SK_ERROR &&
	       (strcmp(done->reason, "system") == 0 || strcmp(done->reason, "interrupted") == 0);
}

void sk_task_scanned(struct sk_task *t)
{
	t->act.run = run_scanned;
	t->act.done = ended;
	sk_desk_do(t->act.desk, &t->act);
}

void sk_task_end(struct sk_task *t)
{
	bool clean = t->job.kind == SK_JOB_CLEAN;

	if (is_worth_another_try(&t->done)) {
		sk_task_later(t);
		return;
	}
	if (clean && t->done.verdict == SK_CLEAN && keep(t)) {
		sk_task_later(t);
		return;
	}
	t->act.run = clean ? run_cleaned : run_checked;
	t->act.done = ended;
	sk_desk_do(t->act.desk, &t->act);
}
