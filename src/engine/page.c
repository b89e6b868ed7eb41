/* One page of a cleaned file as a picture: converter's jail for Office files, renderer's jail, then pixels alone. Caller's process. */
#include "engine/task.h"

#include <fcntl.h>
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

static int look(struct page *p)
{
	enum sk_filetype type = p->t->report.type;
	int rc;

	if (type != SK_FT_PDF && !is_office(type))
		return refuse(p, SK_REASON_UNSUPPORTED_TYPE);
	rc = sk_task_take(p->t);
	p->pdf = p->t->input;
	if (rc == 0 && type != SK_FT_PDF)
		rc = convert(p);
	if (rc == 0)
		rc = count(p);
	if (rc == 0 && p->req->page < p->out->pages)
		rc = draw(p);
	return rc;
}

int sk_engine_page(
    struct sk_engine *engine, const struct sk_page_request *request, struct sk_page_result *result)
{
	static _Thread_local struct sk_task t;
	struct sk_request req = {
	    .input = request->input, .output = -1, .max_millis = request->max_millis};
	struct page p = {.t = &t, .req = request, .out = result, .pdf = -1};

	*result = (struct sk_page_result){.verdict = SK_ERROR};
	sk_task_begin(&t, engine, &req);
	t.report.type = sk_filetype_by_name(request->type);
	if (request->dpi == 0 || request->dpi > 600)
		return -1;
	look(&p);
	if (p.pdf != t.input)
		sk_close(&p.pdf);
	sk_close(&t.input);
	memcpy(result->sha256, t.sha256_in, sizeof(result->sha256));
	result->verdict = sk_verdict_of(t.report.reason, t.failed);
	result->reason = t.report.reason == SK_CODE_NONE ? NULL : sk_code_name(t.report.reason);
	return 0;
}
