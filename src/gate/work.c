/* What workers found out: work.h. The gate. */
#include "gate/work.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "gate/waits.h"
#include "store/finding.h"
#include "store/peer.h"

/* --- facts --- */

static enum sk_known known(uint8_t word)
{
	return word <= SK_YES ? (enum sk_known)word : SK_NOT_KNOWN;
}

/* More types than a request takes: then not all of them are known, and neither are its members. */
static void note_members(const struct sk_work_done *d, struct sk_query *q)
{
	q->ncontains = 0;
	q->members = d->ncontains <= SK_QUERY_TYPES ? (int64_t)d->members : SK_UNKNOWN;
	for (size_t i = 0; i < d->ncontains && i < SK_QUERY_TYPES; i++)
		q->contains[q->ncontains++] = d->contains[i];
}

/* Numbers that something beside them says are something else (weak) do not count: one in ten passes its check digit. */
static int64_t found(const uint32_t count[3])
{
	return (int64_t)count[1] + count[2];
}

static void note_leaks(const struct sk_work_done *d, struct sk_query *q)
{
	if (!d->looked)
		return;
	q->leaks[SK_LEAK_MYNUMBER] = found(d->mynumbers);
	q->leaks[SK_LEAK_CORPORATE] = found(d->corporate_numbers);
	q->leaks[SK_LEAK_DICTIONARY] = found(d->words);
	q->unreadable = (int64_t)d->unread_pages + d->unread_pictures;
	q->ocr = d->ocr ? SK_YES : SK_NO;
}

static void note_scan(const struct sk_gate_scan *scan, struct sk_query *q)
{
	q->scan = scan->verdict;
	q->signatures = scan->signatures < 0 ? SK_UNKNOWN : scan->signatures;
}

static void note_done(const struct sk_work_done *d, struct sk_query *q)
{
	_Static_assert(SK_WORK_METHODS == SK_STEP_NOTICE, "each method is a step");
	q->found = sk_filetype_by_name(d->type);
	note_members(d, q);
	q->depth = d->depth;
	q->pages = d->pages;
	q->encrypted = d->encrypted ? SK_YES : SK_NO;
	q->opened = d->opened ? SK_YES : SK_NO;
	for (size_t i = 0; i < SK_WORK_METHODS; i++)
		q->cleaned[i] = known(d->cleaned[i]);
	q->verified = d->verdict == SK_CLEAN ? SK_YES : SK_NOT_KNOWN;
	q->space = SK_YES;
	note_leaks(d, q);
}

/* --- the row --- */

static const char *method_word(uint8_t method)
{
	return method == SK_REBUILD   ? sk_step_words[SK_STEP_REBUILD]
	       : method == SK_FLATTEN ? sk_step_words[SK_STEP_FLATTEN]
	       : method == SK_TEXT    ? sk_step_words[SK_STEP_TEXT]
				      : NULL;
}

static const char *kept(struct sk_arena *a, const char *s)
{
	return s[0] ? sk_arena_str(a, sk_slice_str(s)) : NULL;
}

static int note_row(struct sk_arena *a, const struct sk_work_done *d, const struct sk_blob *output,
    struct sk_transfer *t)
{
	t->found = kept(a, d->type);
	t->method = method_word(d->method);
	t->cleaner = kept(a, d->cleaner);
	t->removed = kept(a, d->removed);
	t->output_type = output ? kept(a, d->out_type) : NULL;
	t->output =
	    output ? sk_slice(sk_arena_dup(a, output->sha256, 32), 32) : (struct sk_slice){0};
	t->output_size = output ? (int64_t)output->size : SK_NONE;
	return sk_arena_failed(a) ? SK_ENOMEM : 0;
}

/* What a worker says about another file, or of other bytes, counts for nothing. */
static bool fits(
    const struct sk_transfer *t, const struct sk_work_done *d, const struct sk_blob *output)
{
	bool clean = d->verdict == SK_CLEAN;

	if (clean != (output != NULL))
		return false;
	return !clean || (memcmp(d->hash_in, t->original_hash.p, 32) == 0 &&
			     memcmp(d->hash_out, output->sha256, 32) == 0 &&
			     d->size_out == output->size && d->out_type[0]);
}

/* --- where something was found --- */

/* As it is shown to those who decide (doc/front.md); with the row it is forgotten. */
static int note_places(struct sk_gate *g, const struct sk_transfer *t, const struct sk_work_done *d)
{
	static const char *const kinds[] = {"mynumber", "corporate-number", "word"},
				 *const trusts[] = {"weak", "likely", "sure"};
	json_t *list = d->nplaces ? json_array() : NULL;

	if (list == NULL)
		return 0;
	for (unsigned i = 0; i < d->nplaces; i++) {
		const struct sk_work_place *p = &d->places[i];
		json_array_append_new(
		    list, json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I}", "kind", kinds[p->kind],
			      "trust", trusts[p->trust], "where", p->where, "line",
			      (json_int_t)p->line, "column", (json_int_t)p->column, "cell",
			      (json_int_t)p->cell, "word", (json_int_t)p->word));
	}
	char *text = json_dumps(list, JSON_COMPACT);
	json_decref(list);
	int status = text ? sk_finding_set(g->db, t->id, text) : SK_ENOMEM;
	free(text);
	return status;
}

/* --- cleaned --- */

static bool wants_password(const struct sk_work_done *d)
{
	return d->verdict == SK_REFUSED &&
	       (strcmp(d->reason, "encrypted") == 0 || strcmp(d->reason, "wrong-password") == 0);
}

static int refuse(struct sk_gate *g, struct sk_transfer *t, const struct sk_job *job,
    enum sk_actor actor, const char *reason)
{
	sk_gate_close(g, t);
	int status = sk_gate_step(g, t,
	    &(struct sk_step_of){
		.what = {.event = SK_DO_REFUSED, .actor = actor}, .reason = reason, .job = job});

	return status || t->sealed == 0 ? status : sk_sealed_forget(g->db, t->id);
}

/* Its password may come: the policy says until when, or that it may not. */
static int await_password(struct sk_gate *g, struct sk_arena *a, struct sk_transfer *t,
    struct sk_recorded *r, const struct sk_job *job, const char *reason)
{
	struct sk_decision d;

	r->request.encrypted = SK_YES;
	r->request.opened = SK_NO;
	int status = sk_gate_note(a, t, r);
	sk_gate_decide(g, r, &d);
	if (status)
		return status;
	if (d.effect == SK_DENY)
		return refuse(g, t, job, SK_BY_GATE, sk_gate_why(&d));
	if (!(d.holds & 1U << SK_HOLD_PASSWORD))
		return refuse(g, t, job, SK_BY_WORKER, reason);
	t->expires =
	    d.duties.password_until == SK_UNKNOWN ? t->expires : d.duties.password_until * 1000;
	struct sk_buf request = SK_BUF(SK_RECORDED_BYTES);
	struct sk_saying v[SK_SAYINGS];
	size_t n = sk_gate_waits_say(g, a, t, r, &request, v);
	status = sk_gate_step(g, t,
	    &(struct sk_step_of){.what = {SK_DO_HOLD, SK_BY_WORKER, SK_HELD_PASSWORD},
		.reason = reason,
		.say = v,
		.nsay = n,
		.job = job});
	sk_buf_free(&request);
	return status;
}

static int clean(struct sk_gate *g, struct sk_arena *a, struct sk_transfer *t,
    const struct sk_recorded *r, const struct sk_job *job)
{
	char text[SK_GATE_FOUND];
	const char *counts = sk_gate_found(&r->request, text);
	const struct sk_saying say = {SK_ENTRY_FOUND, sk_slice_str(counts ? counts : "")};
	const struct sk_step_of step = {.what = {.event = SK_DO_CLEANED, .actor = SK_BY_WORKER},
	    .job = job,
	    .say = &say,
	    .nsay = counts != NULL};
	int status = sk_gate_note(a, t, r);

	if (status == 0)
		status = sk_gate_step(g, t, &step);
	if (status)
		return status;
	status = t->sealed ? sk_sealed_forget(g->db, t->id) : 0;
	return status
		   ? status
		   : sk_gate_firm(sk_gate_go_on(g, a, t, (struct sk_gate_who){SK_BY_GATE, NULL}));
}

int sk_gate_cleaned(struct sk_gate *g, struct sk_arena *a, const struct sk_job *job,
    const struct sk_work_done *done, const struct sk_gate_scan *scan, const struct sk_blob *output,
    struct sk_transfer *after)
{
	struct sk_transfer *t = after;
	struct sk_recorded r;
	int status = g->policy ? sk_transfer_load(g->db, a, job->name, t) : SK_EINTERNAL;

	if (status == 0 && t->state != SK_AT_CLEANING)
		status = SK_EREFUSED;
	if (status == 0)
		status = sk_gate_facts(g, a, t, &r);
	if (status)
		return status;
	if (!fits(t, done, output))
		return SK_EINTERNAL;
	r.request.nvotes = 0; /* they were about another output */
	note_done(done, &r.request);
	if (scan)
		note_scan(scan, &r.request);
	status = note_row(a, done, output, t);
	if (status)
		return status;
	if (wants_password(done))
		return await_password(g, a, t, &r, job, done->reason);
	if (done->verdict == SK_CLEAN) {
		status = clean(g, a, t, &r, job);
		return status ? status : note_places(g, t, done);
	}
	status = sk_gate_note(a, t, &r);
	return status ? status
		      : refuse(g, t, job, SK_BY_WORKER, done->reason[0] ? done->reason : "unknown");
}

/* --- verified at the receiver's --- */

static int reject(struct sk_gate *g, struct sk_transfer *t, const struct sk_job *job,
    enum sk_actor actor, const char *reason)
{
	sk_gate_close(g, t);
	return sk_gate_step(g, t,
	    &(struct sk_step_of){
		.what = {.event = SK_DO_REJECT, .actor = actor}, .reason = reason, .job = job});
}

static int release(struct sk_gate *g, struct sk_transfer *t, const struct sk_decision *d)
{
	const struct sk_route *r = d->duties.route;

	t->released = g->now * 1000;
	t->expires = (g->now + r->expire) * 1000;
	t->downloads_most = r->downloads;
	return sk_gate_step(
	    g, t, &(struct sk_step_of){.what = {.event = SK_DO_RELEASE, .actor = SK_BY_GATE}});
}

static int verified(
    struct sk_gate *g, struct sk_arena *a, struct sk_transfer *t, const struct sk_job *job)
{
	const struct sk_step_of step = {
	    .what = {.event = SK_DO_VERIFY, .actor = SK_BY_WORKER}, .job = job};
	struct sk_recorded r;
	struct sk_decision d;
	int status = sk_gate_ask(g, a, t, &r, &d);

	if (status)
		return status;
	r.request.verified = r.request.space = SK_YES;
	sk_gate_decide(g, &r, &d);
	status = sk_gate_note(a, t, &r);
	if (status == 0)
		status = sk_gate_step(g, t, &step);
	if (status)
		return status;
	return sk_gate_firm(d.effect == SK_PASS ? release(g, t, &d)
						: reject(g, t, NULL, SK_BY_GATE, sk_gate_why(&d)));
}

int sk_gate_checked(struct sk_gate *g, struct sk_arena *a, const struct sk_job *job,
    const struct sk_work_done *done, struct sk_transfer *after)
{
	int status = g->policy ? sk_transfer_load(g->db, a, job->name, after) : SK_EINTERNAL;

	if (status == 0 && after->state != SK_AT_CROSSED)
		status = SK_EREFUSED;
	if (status)
		return status;
	if (done->verdict != SK_CLEAN)
		return reject(
		    g, after, job, SK_BY_WORKER, done->reason[0] ? done->reason : "unknown");
	if (after->output.n != 32 || memcmp(done->hash_in, after->output.p, 32) != 0)
		return SK_EINTERNAL;
	return verified(g, a, after, job);
}

/* --- scanned once more --- */

static int end_job(struct sk_gate *g, const struct sk_job *job)
{
	return g->own_queue ? 0 : sk_job_finish(g->db, job);
}

int sk_gate_scanned(struct sk_gate *g, struct sk_arena *a, const struct sk_job *job,
    const struct sk_gate_scan *scan, struct sk_transfer *after)
{
	struct sk_recorded r;
	int status = sk_transfer_load(g->db, a, job->name, after);

	if (status == 0 && !(after->holds & 1 << SK_HELD_SCAN))
		status = SK_EREFUSED;
	if (status == 0)
		status = sk_gate_facts(g, a, after, &r);
	if (status == 0)
		status = end_job(g, job);
	if (status)
		return status;
	note_scan(scan, &r.request);
	r.request.nvotes = 0;
	after->remind = (g->now + SK_GATE_SCAN_AGAIN) * 1000;
	status = sk_gate_note(a, after, &r);
	if (status == 0)
		status = sk_gate_save(g, after);
	return sk_gate_firm(
	    status ? status : sk_gate_go_on(g, a, after, (struct sk_gate_who){SK_BY_GATE, NULL}));
}

/* --- jobs that nobody could end --- */

static int wait_for_room(struct sk_gate *g, struct sk_arena *a, struct sk_transfer *t)
{
	struct sk_recorded r;
	int status = sk_gate_facts(g, a, t, &r);

	if (status)
		return status;
	r.request.space = SK_NO;
	t->remind = (g->now + SK_GATE_ROOM_AGAIN) * 1000;
	status = sk_gate_note(a, t, &r);
	return status ? status
		      : sk_gate_step(g, t,
			    &(struct sk_step_of){.what = {SK_DO_HOLD, SK_BY_GATE, SK_HELD_SPACE}});
}

int sk_gate_lapse(struct sk_gate *g, struct sk_arena *a, const struct sk_job *job, const char *word,
    struct sk_transfer *after)
{
	int status = sk_transfer_load(g->db, a, job->name, after);

	if (status)
		return status;
	if (job->kind == SK_JOB_CLEAN && after->state == SK_AT_CLEANING)
		return strcmp(word, "space") == 0 ? wait_for_room(g, a, after)
						  : refuse(g, after, NULL, SK_BY_GATE, word);
	if (job->kind == SK_JOB_VERIFY && after->state == SK_AT_CROSSED)
		return reject(g, after, NULL, SK_BY_GATE, word);
	return SK_EREFUSED;
}
