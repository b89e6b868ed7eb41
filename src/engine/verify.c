/* The second opinion, alone or behind the cleaner. Caller's process; it looks into no file. */
#include "engine/task.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"

int sk_task_verify(struct sk_task *t)
{
	static _Thread_local struct sk_report got;
	struct sk_job_fds fds = SK_JOB_FDS(t->output);
	struct sk_job_msg job;
	struct stat st;

	if (fstat(t->output, &st))
		return sk_task_system(t, "size of the output");
	sk_task_fill(t, (uint64_t)st.st_size, &job);
	job.method = t->report.out_type;
	sk_engine_begin(t->engine, SK_PART_CHECK);
	int rc = sk_task_run(t, SK_ROLE_VERIFIER, &job, &fds, &got);
	sk_job_fds_close(&fds);
	if (rc)
		return rc;
	if (got.reason != SK_CODE_NONE || got.out_type != t->report.out_type)
		return sk_report_refuse(&t->report, SK_REASON_VERIFY, "%s: %s",
		    sk_filetype_name(t->report.out_type), got.detail);
	return 0;
}

int sk_engine_verify(
    struct sk_engine *engine, const struct sk_verify_request *request, struct sk_result **result)
{
	static _Thread_local struct sk_task t;
	struct sk_request req = {.input = request->input,
	    .read = request->read,
	    .read_from = request->read_from,
	    .output = -1,
	    .max_millis = request->max_millis};
	int64_t started = sk_now_ms();
	struct sk_result *r;

	sk_task_begin(&t, engine, &req);
	t.report.type = t.report.out_type = sk_filetype_by_name(request->type);
	if (t.report.type == SK_FT_UNKNOWN)
		sk_report_refuse(&t.report, SK_REASON_UNSUPPORTED_TYPE, "%s", request->type);
	else if (sk_task_take(&t) == 0) {
		t.output = t.input;
		sk_task_verify(&t);
	}
	sk_close(&t.input);
	r = sk_result_new(&t.report, NULL, t.failed);
	if (r == NULL)
		return -1;
	r->size_in = r->size_out = t.size_in;
	memcpy(r->sha256_in, t.sha256_in, sizeof(r->sha256_in));
	memcpy(r->sha256_out, t.sha256_in, sizeof(r->sha256_out));
	r->millis = (uint32_t)(sk_now_ms() - started);
	*result = r;
	return 0;
}
