/*
 * One page of a cleaned file as a picture: the jail that prints it (converter's for Office files, cleaner's for all others), renderer's jail, then pixels alone.
 * Caller's process.
 */
#include "engine/task.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "engine/png.h"

/* A page of the usual sizes is drawn as it is asked for; a sheet as large as a wall more coarsely. */
#define PIXELS_MOST 12000000U
#define COARSER 3

struct page {
	struct sk_task *t;
	const struct sk_page_request *req;
	struct sk_page_result *out;
	int pdf; /* what is drawn */
};

static int refuse(struct page *p, enum sk_code reason)
{
	return sk_report_refuse(&p->t->report, reason, "%s", p->req->type);
}

/* A job whose output is a head and bytes; they stay in fds->output. */
static int run(struct page *p, enum sk_jail_role role, const struct sk_job_msg *job,
    struct sk_job_fds *fds, struct sk_answer_head *head)
{
	struct sk_done_msg done = {0};
	bool interrupted = false;
	int rc = sk_engine_run(p->t->engine, role, job, fds, &done, &interrupted);

	if (rc || done.end != SK_END_EXIT || done.detail) {
		p->t->failed = true;
		return refuse(p, interrupted ? SK_REASON_INTERRUPTED : SK_REASON_CRASH);
	}
	if (pread(fds->output, head, sizeof(*head), 0) != (ssize_t)sizeof(*head))
		return refuse(p, SK_REASON_INTERNAL);
	return 0;
}

/* What stands behind the head becomes a sealed file of its own. */
static int take_file(struct page *p, int output, uint64_t length, int *to)
{
	struct sk_slice all = {0};
	int rc = 0;

	*to = sk_memfd("page");
	if (*to < 0 || sk_map(output, &all))
		return sk_task_system(p->t, "memory for a page");
	if (all.n - sizeof(struct sk_answer_head) != length)
		rc = refuse(p, SK_REASON_INTERNAL);
	else if (sk_write_all(*to, all.p + sizeof(struct sk_answer_head), length) ||
		 fcntl(*to, F_ADD_SEALS, SK_SEALS))
		rc = sk_task_system(p->t, "memory for a page");
	sk_unmap(&all);
	return rc;
}

/* An Office file is printed to a PDF first. */
static int convert(struct page *p)
{
	struct sk_job_fds fds = SK_JOB_FDS(p->t->input);
	struct sk_answer_head head;
	struct sk_job_msg job;
	int rc;

	sk_task_fill(p->t, p->t->size_in, &job);
	job.method = (uint32_t)p->t->report.type;
	job.page = SK_FT_PDF;
	job.memory += SK_LIMIT_CONVERT_MEMORY;
	rc = run(p, SK_ROLE_CONVERTER, &job, &fds, &head);
	if (rc == 0 && head.status)
		rc = refuse(p, SK_REASON_DAMAGED);
	if (rc == 0)
		rc = take_file(p, fds.output, head.length, &p->pdf);
	sk_job_fds_close(&fds);
	return rc;
}

static int ask(struct page *p, uint32_t what, uint32_t dpi, struct sk_job_fds *fds,
    struct sk_answer_head *head)
{
	struct sk_job_msg job;

	sk_task_fill(p->t, p->t->size_in, &job);
	job.what = what;
	job.page = p->req->page;
	job.dpi = dpi;
	return run(p, SK_ROLE_RENDERER, &job, fds, head);
}

static int count(struct page *p)
{
	struct sk_job_fds fds = SK_JOB_FDS(p->pdf);
	struct sk_answer_head head;
	int rc = ask(p, SK_ASK_COUNT, 0, &fds, &head);

	sk_job_fds_close(&fds);
	if (rc == 0 && (head.status || head.width > SK_LIMIT_PAGES))
		rc = refuse(p, SK_REASON_DAMAGED);
	if (rc == 0)
		p->out->pages = head.width;
	return rc;
}

static int write_png(struct page *p, int output, const struct sk_answer_head *h)
{
	struct sk_slice all = {0}, rgb;
	int rc;

	if (sk_map(output, &all))
		return sk_task_system(p->t, "memory for a page");
	rgb = sk_slice_sub(all, sizeof(*h), all.n);
	rc = h->channels == 3 ? sk_png_write(p->req->output, h->width, h->height, rgb) : SK_EARG;
	sk_unmap(&all);
	p->out->width = h->width;
	p->out->height = h->height;
	return rc == SK_EARG ? refuse(p, SK_REASON_INTERNAL)
	       : rc          ? sk_task_system(p->t, "writing a page")
			     : 0;
}

/* Drawn once more, and coarser, as long as it is too large to be looked at. */
static int draw(struct page *p)
{
	for (uint32_t dpi = p->req->dpi; dpi; dpi /= COARSER) {
		struct sk_job_fds fds = SK_JOB_FDS(p->pdf);
		struct sk_answer_head head;
		int rc = ask(p, SK_ASK_RENDER, dpi, &fds, &head);
		bool large = rc == 0 && (head.status == SK_ELIMIT ||
					    (uint64_t)head.width * head.height > PIXELS_MOST);
		if (rc == 0 && !large)
			rc = head.status ? refuse(p, SK_REASON_DAMAGED)
					 : write_png(p, fds.output, &head);
		sk_job_fds_close(&fds);
		if (!large)
			return rc;
	}
	return refuse(p, SK_REASON_LIMIT_PIXELS);
}

static bool is_office(enum sk_filetype type)
{
	return type == SK_FT_DOCX || type == SK_FT_XLSX || type == SK_FT_PPTX ||
	       type == SK_FT_ODT || type == SK_FT_ODS || type == SK_FT_ODP;
}

static bool is_page_less(enum sk_filetype type)
{
	return type == SK_FT_UNKNOWN || sk_filetype_family(type) == SK_FAM_PROGRAM;
}

/* What is neither has a family that makes pages of it, in the cleaner's jail, and another one that checks them. */
static int show(struct page *p)
{
	char name[32];
	struct sk_request req = {.input = p->t->input,
	    .output = sk_memfd("print"),
	    .name = name,
	    .method = (enum sk_method_name)SK_JOB_SHOW,
	    .max_millis = p->req->max_millis};
	struct sk_result *r = NULL;
	int rc = 0;

	p->pdf = req.output;
	snprintf(name, sizeof(name), "x.%s", sk_filetype_ext(p->t->report.type));
	if (req.output < 0 || lseek(req.input, 0, SEEK_SET) < 0 ||
	    sk_engine_clean(p->t->engine, &req, &r))
		return sk_task_system(p->t, "memory for a page");
	if (r->verdict == SK_ERROR)
		rc = sk_task_system(p->t, "printing");
	else if (r->verdict != SK_CLEAN || strcmp(r->output_type, "pdf") != 0)
		rc = refuse(p, SK_REASON_UNSUPPORTED_TYPE);
	else if (fcntl(req.output, F_ADD_SEALS, SK_SEALS))
		rc = sk_task_system(p->t, "memory for a page");
	sk_result_free(r);
	return rc;
}

/* p->pdf has all of its pages, and they are counted. */
static int print(struct page *p)
{
	enum sk_filetype type = p->t->report.type;
	int rc;

	if (is_page_less(type))
		return refuse(p, SK_REASON_UNSUPPORTED_TYPE);
	rc = sk_task_take(p->t);
	p->pdf = p->t->input;
	if (rc == 0 && type != SK_FT_PDF)
		rc = is_office(type) ? convert(p) : show(p);
	return rc ? rc : count(p);
}

static int look(struct page *p)
{
	int rc = print(p);

	return rc == 0 && p->req->page < p->out->pages ? draw(p) : rc;
}

static int hand_out(struct page *p)
{
	uint64_t size;
	char hex[SK_SHA256_HEX];
	bool over = false;
	int rc = print(p);

	if (rc)
		return rc;
	if (lseek(p->pdf, 0, SEEK_SET) < 0 ||
	    sk_task_copy(&(struct sk_source){.fd = p->pdf}, p->req->output, SK_LIMIT_OUTPUT, &size,
		hex, &over))
		return sk_task_system(p->t, "writing a print");
	return over ? refuse(p, SK_REASON_LIMIT_OUTPUT) : 0;
}

/* Of a thread: what is printed by the cleaner has a task of its own. */
static void begin(
    struct page *p, struct sk_engine *engine, struct sk_task *t, struct sk_request *req)
{
	*req = (struct sk_request){
	    .input = p->req->input, .output = -1, .max_millis = p->req->max_millis};
	*p->out = (struct sk_page_result){.verdict = SK_ERROR};
	sk_task_begin(t, engine, req);
	p->t = t;
	t->report.type = sk_filetype_by_name(p->req->type);
}

static void finish(struct page *p)
{
	struct sk_page_result *r = p->out;
	enum sk_code reason = p->t->report.reason;

	if (p->pdf != p->t->input)
		sk_close(&p->pdf);
	sk_close(&p->t->input);
	memcpy(r->sha256, p->t->sha256_in, sizeof(r->sha256));
	r->verdict = sk_verdict_of(reason, p->t->failed);
	r->reason = reason == SK_CODE_NONE ? NULL : sk_code_name(reason);
}

int sk_engine_page(
    struct sk_engine *engine, const struct sk_page_request *request, struct sk_page_result *result)
{
	static _Thread_local struct sk_task t;
	struct page p = {.req = request, .out = result, .pdf = -1};
	struct sk_request req;

	begin(&p, engine, &t, &req);
	if (request->dpi == 0 || request->dpi > 600)
		return -1;
	look(&p);
	finish(&p);
	return 0;
}

int sk_engine_print(
    struct sk_engine *engine, const struct sk_page_request *request, struct sk_page_result *result)
{
	static _Thread_local struct sk_task t;
	struct page p = {.req = request, .out = result, .pdf = -1};
	struct sk_request req;

	begin(&p, engine, &t, &req);
	hand_out(&p);
	finish(&p);
	return 0;
}
