/* One file from bytes to bytes. Cleaner's jail. */
#include "clean/clean.h"
#include "format/locked/locked.h"

#include <stdio.h>
#include <stdlib.h>

#include "clean/print.h"

int sk_clean_init(void)
{
	for (const struct sk_handler *const *h = sk_handlers; *h; h++) {
		int rc = (*h)->init ? (*h)->init() : 0;
		if (rc)
			return rc;
		if ((*h)->name == NULL || (*h)->probe == NULL ||
		    ((*h)->methods && (*h)->out_type == NULL))
			return SK_EINTERNAL;
	}
	return 0;
}

const struct sk_handler *sk_handler_for(enum sk_filetype type)
{
	for (const struct sk_handler *const *h = sk_handlers; *h; h++)
		for (const enum sk_filetype *t = (*h)->types; t && *t != SK_FT_UNKNOWN; t++)
			if (*t == type)
				return *h;
	return NULL;
}

static int run_method(struct sk_job *job, const struct sk_handler *h, enum sk_filetype type,
    struct sk_slice in, struct sk_output *out)
{
	if (job->method == SK_METHOD_SHOW && h->show)
		return h->show(job, type, in, out);
	if (job->method == SK_METHOD_SHOW)
		job->method = SK_METHOD_FLATTEN;
	if (!(h->methods & job->method))
		return sk_job_refuse(job, SK_REASON_METHOD, "%s", sk_filetype_name(type));
	switch (job->method) {
	case SK_METHOD_FLATTEN:
		return h->flatten(job, type, in, out);
	case SK_METHOD_TEXT:
		return h->text(job, type, in, out);
	default:
		return h->rebuild(job, type, in, out);
	}
}

int sk_settle(struct sk_report *r, int rc)
{
	switch (rc) {
	case 0:
		return 0;
	case SK_EREFUSED:
		return sk_report_refuse(r, SK_REASON_INTERNAL, "refused without a reason");
	case SK_EFORMAT:
		return sk_report_refuse(r, SK_REASON_DAMAGED, "%s", sk_filetype_name(r->type));
	case SK_ENOMEM:
		return sk_report_refuse(r, SK_REASON_LIMIT_MEMORY, "%s", sk_filetype_name(r->type));
	case SK_ELIMIT:
		return sk_report_refuse(r, SK_REASON_LIMIT_OUTPUT, "%s", sk_filetype_name(r->type));
	case SK_EUNSUPPORTED:
		return sk_report_refuse(
		    r, SK_REASON_UNSUPPORTED_TYPE, "%s", sk_filetype_name(r->type));
	default:
		return sk_report_refuse(r, SK_REASON_INTERNAL, "%s", sk_strerror(rc));
	}
}

/*
 * What was made must be what it is said to be, to its next reader too: a signature of another format may come
 * together when control characters go, or when a text is written in another character set.
 */
static int confirm(struct sk_job *job, struct sk_slice in, const struct sk_output *out)
{
	struct sk_slice made = sk_buf_slice(&out->bytes);
	bool named = sk_filetype_fits(out->type, job->name);
	char plain[24];

	if (named && job->report->type == out->type && sk_slice_eq(in, made))
		return 0;
	struct sk_report *seen = malloc(sizeof(*seen));
	if (seen == NULL)
		return SK_ENOMEM;
	sk_report_clear(seen);
	snprintf(plain, sizeof(plain), "x.%s", sk_filetype_ext(out->type));
	int rc = sk_identify(made, named ? job->name : plain, seen);
	if (rc || seen->type != out->type)
		rc = sk_report_refuse(job->report, SK_REASON_POLYGLOT,
		    "cleaned, this %s would be taken for %s", sk_filetype_name(out->type),
		    sk_filetype_name(seen->type));
	free(seen);
	return rc;
}

/* What lies in an encrypted package must be what such packages are made for; the type is then its own. */
static int identify_inside(struct sk_job *job, struct sk_slice in)
{
	struct sk_report *seen = malloc(sizeof(*seen));

	if (seen == NULL)
		return SK_ENOMEM;
	sk_report_clear(seen);
	int rc = sk_identify(in, job->name, seen);
	if (rc)
		sk_report_refuse(job->report, seen->reason, "%s", seen->detail);
	else if (sk_filetype_family(seen->type) != SK_FAM_OOXML && seen->type != SK_FT_XLSB)
		rc = sk_report_refuse(job->report, SK_REASON_UNSUPPORTED_TYPE, "%s in %s",
		    sk_filetype_name(seen->type), sk_filetype_name(job->report->type));
	else
		job->report->type = seen->type;
	free(seen);
	return rc;
}

/* Behind a password lies another file: it is opened here, before its own family sees it. */
static int unlock(struct sk_job *job, struct sk_slice *in)
{
	struct sk_slice plain;
	int rc = sk_locked_open(job, job->report->type, *in, &plain);

	if (rc)
		return rc;
	*in = plain;
	return job->report->type == SK_FT_OFFICE_ENCRYPTED ? identify_inside(job, plain) : 0;
}

static int clean_one(struct sk_job *job, struct sk_slice in, struct sk_output *out)
{
	struct sk_report *r = job->report;
	int rc = sk_identify(in, job->name, r);

	if (rc == 0)
		rc = unlock(job, &in);
	if (rc == 0)
		rc = run_method(job, sk_handler_for(r->type), r->type, in, out);
	if (rc == 0)
		rc = out->bytes.err;
	if (rc == 0 && sk_arena_failed(job->arena))
		rc = SK_ENOMEM;
	if (rc == 0)
		rc = confirm(job, in, out);
	rc = sk_settle(r, rc);
	if (rc)
		sk_buf_free(&out->bytes);
	else
		r->out_type = out->type;
	return rc;
}

static int clean_member(struct sk_job *job, const char *name, struct sk_slice in,
    struct sk_output *out, enum sk_code *why)
{
	if (job->depth + 1 > job->limits->nesting) {
		if (job->file)
			sk_report_holds(
			    job->report, job->file, SK_FT_UNKNOWN, SK_REASON_LIMIT_NESTING);
		*why = SK_REASON_LIMIT_NESTING;
		return SK_EREFUSED;
	}
	struct sk_report *report = malloc(sizeof(*report));
	if (report == NULL)
		return SK_ENOMEM;
	sk_report_clear(report);
	struct sk_job inner = *job;
	inner.report = report;
	inner.name = name;
	inner.depth++;
	inner.file = 0;
	int rc = clean_one(&inner, in, out);
	*why = report->reason;
	if (job->file)
		sk_report_holds_file(job->report, job->file, report);
	if (rc == 0)
		sk_report_merge(job->report, report, name);
	/* The budget is that of the whole job: when a member has used it up, the job is over. */
	else if (*why == SK_REASON_BOMB || *why == SK_REASON_LIMIT_MEMBERS) {
		sk_report_refuse(job->report, *why, "%s: %s", name, report->detail);
		rc = SK_ELIMIT;
	}
	free(report);
	return rc;
}

int sk_clean(const struct sk_clean_request *req, struct sk_report *report, struct sk_output *out)
{
	struct sk_limits limits = sk_limits_for(req->in.n);
	struct sk_budget budget = {limits.expand, limits.pixels_total, limits.members,
	    SK_LIMIT_REQUESTS, SK_LIMIT_KEY_ROUNDS_TOTAL};
	struct sk_services services = {.clean_member = clean_member, .print = sk_clean_print};
	struct sk_job job = {
	    .report = report,
	    .limits = &limits,
	    .budget = &budget,
	    .services = &services,
	    .passwords = req->passwords,
	    .name = req->name,
	    .method = req->method,
	    .mapped = req->mapped ? req->in : sk_slice("", 0),
	};

	sk_report_clear(report);
	*out = (struct sk_output){.bytes = SK_BUF(limits.output)};
	if (req->in.n > limits.input)
		return sk_report_refuse(report, SK_REASON_LIMIT_SIZE, "%zu bytes", req->in.n);
	if (req->services) {
		services = *req->services;
		services.clean_member = clean_member;
		services.print = sk_clean_print;
	}
	job.arena = sk_arena_new(limits.memory);
	if (job.arena == NULL)
		return sk_settle(report, SK_ENOMEM);
	int rc = clean_one(&job, req->in, out);
	if (rc == 0 && req->name[0] && !sk_filetype_fits(report->type, req->name))
		sk_report_removed(report, SK_NAME_CHANGED, 1, "%s", sk_filetype_name(report->type));
	sk_arena_free(job.arena);
	return rc;
}
