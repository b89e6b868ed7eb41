/* The leak check: the file goes to a jail with the list of words before it, places and counts come back. Caller's process. */
#include "engine/task.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/hex.h"
#include "leak/wire.h"

struct holder {
	struct sk_leaks_result result; /* first: the public pointer */
	struct sk_report report;
	struct sk_leak_place leaks[SK_LIMIT_FINDINGS];
	struct sk_arena *arena;
};

/* The key and the list go before the file, into the same sealed bytes: the job has no other way to get them. */
static int put_preamble(struct sk_task *t, const struct sk_leaks_request *req)
{
	uint32_t n = (uint32_t)req->words_size;
	uint8_t length[4] = {(uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16), (uint8_t)(n >> 24)};

	if (req->words_size > SK_LIMIT_WORDS_BYTES)
		return sk_report_refuse(&t->report, SK_REASON_LIMIT_SIZE, "list of words");
	t->input = sk_memfd("input");
	if (t->input < 0 || sk_write_all(t->input, req->key, SK_FIND_KEY) ||
	    sk_write_all(t->input, length, sizeof(length)) ||
	    (n && sk_write_all(t->input, req->words, n)))
		return sk_task_system(t, "memory for the input");
	return 0;
}

static int take_content(struct sk_task *t, int output, struct sk_arena *arena, struct sk_content *c)
{
	struct sk_slice wire = {0};
	struct stat st;
	int status =
	    fstat(output, &st) || (size_t)st.st_size > SK_LEAK_WIRE_BYTES || sk_map(output, &wire)
		? SK_EFORMAT
		: sk_content_decode(arena, wire, c);

	sk_unmap(&wire);
	return status ? sk_report_refuse(&t->report, SK_REASON_INTERNAL, "findings of a job: %s",
			    sk_strerror(status))
		      : 0;
}

/* Reading takes its own time, of which a caller in a hurry gives less. */
static void let_read(struct sk_task *t, struct sk_job_msg *job)
{
	uint32_t most = t->req->max_millis, reading = SK_LIMIT_READ_TOTAL_MS;

	if (most && most / 4 * 3 < reading)
		reading = most / 4 * 3;
	job->page = 1;
	job->time_ms += reading;
	if (most && most < job->time_ms)
		job->time_ms = most;
	t->engine->reading_ms = reading;
}

static int look(struct sk_task *t, bool ocr, struct sk_arena *arena, struct sk_content *c)
{
	struct sk_job_fds fds = SK_JOB_FDS(t->input);
	struct sk_job_msg job;
	int status;

	sk_task_fill(t, t->size_in, &job);
	job.what = SK_WHAT_LEAKS;
	if (ocr)
		let_read(t, &job);
	snprintf(job.name, sizeof(job.name), "%s", t->req->name ? t->req->name : "");
	sk_engine_begin(t->engine, SK_PART_LEAKS);
	status = sk_task_run(t, SK_ROLE_CLEANER, &job, &fds, &t->report);
	if (!status && t->report.reason == SK_CODE_NONE)
		status = take_content(t, fds.output, arena, c);
	sk_job_fds_close(&fds);
	return status;
}

static void fill_leaks(struct holder *h, const struct sk_content *c)
{
	static const char *const kinds[] = {"mynumber", "corporate-number", "word"};
	static const char *const trusts[] = {"weak", "likely", "sure"};

	for (size_t i = 0; i < c->n; i++) {
		const struct sk_finding *f = &c->v[i].f;
		h->leaks[i] = (struct sk_leak_place){.kind = kinds[f->kind],
		    .trust = trusts[f->trust],
		    .where = c->v[i].where,
		    .line = f->line,
		    .column = f->column,
		    .cell = f->cell,
		    .word = f->kind == SK_FIND_WORD ? f->word + 1 : 0};
		sk_hex_text(h->leaks[i].hash, f->hash, sizeof(f->hash));
	}
	h->result.n = c->n;
	h->result.leaks = h->leaks;
	memcpy(h->result.mynumbers, c->count[SK_FIND_MYNUMBER], sizeof(h->result.mynumbers));
	memcpy(h->result.corporate_numbers, c->count[SK_FIND_CORPORATE],
	    sizeof(h->result.corporate_numbers));
	memcpy(h->result.words, c->count[SK_FIND_WORD], sizeof(h->result.words));
	h->result.ocr = c->ocr;
	h->result.read = c->read;
	h->result.unread_pages = c->unread[SK_UNREAD_PAGE];
	h->result.unread_pictures = c->unread[SK_UNREAD_PICTURE];
}

static void fill(struct holder *h, const struct sk_task *t)
{
	struct sk_leaks_result *r = &h->result;

	sk_report_copy(&h->report, &t->report);
	r->verdict = sk_verdict_of(t->report.reason, t->failed);
	r->type = sk_filetype_name(t->report.type);
	r->detail = h->report.detail;
	memcpy(r->sha256, t->sha256_in, sizeof(r->sha256));
	if (t->report.reason != SK_CODE_NONE) {
		r->reason = sk_code_name(t->report.reason);
		r->sentence = sk_code_text(t->report.reason);
	}
}

int sk_engine_leaks(struct sk_engine *engine, const struct sk_leaks_request *request,
    struct sk_leaks_result **result)
{
	static _Thread_local struct sk_task t;
	struct sk_request req = {.input = request->input,
	    .output = -1,
	    .name = request->name,
	    .max_millis = request->max_millis};
	struct sk_content content = {0};
	struct holder *h = calloc(1, sizeof(*h));

	if (h == NULL)
		return -1;
	h->arena = sk_arena_new(SK_LEAK_WIRE_BYTES * 2);
	if (h->arena == NULL) {
		free(h);
		return -1;
	}
	sk_task_begin(&t, engine, &req);
	if (put_preamble(&t, request) == 0 && sk_task_take(&t) == 0 &&
	    look(&t, request->ocr != 0, h->arena, &content) == 0)
		fill_leaks(h, &content);
	sk_close(&t.input);
	fill(h, &t);
	*result = &h->result;
	return 0;
}

void sk_leaks_free(struct sk_leaks_result *result)
{
	struct holder *h = (struct holder *)(void *)result;

	if (h)
		sk_arena_free(h->arena);
	free(h);
}
