/* One job: what is asked of a worker, and what becomes of its answer. bench.h. */
#include "desk/bench.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"
#include "store/peer.h"

#define MILLIS_MOST 600000
#define PIECE 65536

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

static int bytes_of(struct sk_task *t, enum sk_blob_kind kind, const char *name)
{
	struct sk_blobs *blobs = t->act.desk->blobs;

	t->input = sk_memfd("input");
	t->output = sk_memfd("output");
	t->report = sk_memfd("report");
	if (name == NULL || t->input < 0 || t->output < 0 || t->report < 0)
		return name ? SK_EIO : SK_ENOENTRY;
	int status = sk_blob_copy(blobs, kind, name, t->input);
	if (status)
		sk_desk_log("the bytes of %s cannot be read: %s", t->job.name, sk_blobs_why(blobs));
	if (status ==
	    SK_ENOENTRY) /* it will not come back: tried as often as others, then refused */
		return SK_EIO;
	off_t size = status ? -1 : lseek(t->input, 0, SEEK_END);
	t->size = size > 0 ? (size_t)size : 0;
	return status ? status : size < 0 || lseek(t->input, 0, SEEK_SET) < 0 ? SK_EIO : 0;
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
		return bytes_of(t, SK_BLOB_ORIGINAL, row->original);
	}
	if (t->job.kind == SK_JOB_CLEAN) {
		if (row->state != SK_AT_CLEANING)
			return SK_EREFUSED;
		ask_clean(t, row);
		return bytes_of(t, SK_BLOB_ORIGINAL, row->original);
	}
	if (row->state != SK_AT_CROSSED || row->output.n != 32)
		return SK_EREFUSED;
	snprintf(t->ask.type, sizeof(t->ask.type), "%s", row->output_type ? row->output_type : "");
	sk_blob_name(row->output.p, name);
	return bytes_of(t, SK_BLOB_OUTPUT, name);
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
		sk_desk_do(d, &t->act); /* the store comes back */
	} else {
		sk_desk_log("what became of %s cannot be kept: %s", t->job.name,
		    status == SK_ENOSPACE ? "there is no room" : sk_db_why(d->db));
		sk_task_later(t);
	}
}

/* It wrote what it says, and no more than any cleaner makes of such an input: the gate reads all of it, and serves nobody meanwhile. */
static bool is_sane(const struct sk_task *t, struct stat *out)
{
	return fstat(t->output, out) == 0 && (uint64_t)out->st_size == t->done.size_out &&
	       (uint64_t)out->st_size <= sk_limits_for(t->size).output;
}

/* What the worker wrote, as a blob that is not durable yet. */
static int keep(struct sk_task *t)
{
	struct sk_blob_writer *w = NULL;
	uint8_t piece[PIECE];
	struct stat st;
	off_t at = 0;
	ssize_t n = 0;

	if (!is_sane(t, &st)) {
		sk_desk_log("what a worker made of %s is not what it says", t->job.name);
		return SK_EFORMAT;
	}
	int status = sk_blob_begin(t->act.desk->blobs, SK_BLOB_OUTPUT, (uint64_t)st.st_size, &w);
	while (status == 0 && at < st.st_size &&
	       (n = pread(t->output, piece, sizeof(piece), at)) > 0) {
		status = sk_blob_put(w, piece, (size_t)n);
		at += n;
	}
	if (status == 0 && at != st.st_size)
		status = SK_EIO;
	if (status && w)
		sk_blob_drop(w);
	else
		t->act.writer = w;
	return status;
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
