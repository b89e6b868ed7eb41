/* The public result, built from a bounded report. Caller's process. */
#include "engine/engine.h"

#include <stdlib.h>

struct holder {
	struct sk_result result; /* first: the public pointer */
	struct sk_report report;
	struct sk_found found[SK_LIMIT_CLAIMS];
	struct sk_taken taken[SK_LIMIT_REPORT_ENTRIES];
	const char *held[SK_FT_COUNT];
};

enum sk_verdict sk_verdict_of(enum sk_code reason, bool failed)
{
	switch (reason) {
	case SK_CODE_NONE:
		return SK_CLEAN;
	case SK_REASON_INTERNAL:
	case SK_REASON_SYSTEM:
	case SK_REASON_INTERRUPTED:
	case SK_REASON_VERIFY:
		return SK_ERROR;
	default:
		return failed ? SK_ERROR : SK_REFUSED;
	}
}

static void fill_lists(struct holder *h)
{
	const struct sk_report *r = &h->report;

	for (uint32_t i = 0; i < r->nclaims; i++)
		h->found[i] = (struct sk_found){sk_filetype_name(r->claims[i].type),
		    (int)r->claims[i].strength, r->claims[i].offset, r->claims[i].evidence};
	for (uint32_t i = 0; i < r->nremoved; i++)
		h->taken[i] = (struct sk_taken){sk_code_name(r->removed[i].code),
		    sk_code_text(r->removed[i].code), r->removed[i].count, r->removed[i].where};
	h->result.nfound = r->nclaims;
	h->result.ntaken = r->nremoved;
	h->result.found = h->found;
	h->result.taken = h->taken;
}

static void fill_inside(struct holder *h)
{
	const struct sk_report *r = &h->report;
	struct sk_result *res = &h->result;

	res->members = r->inside.members;
	res->depth = r->inside.depth;
	res->pages = r->inside.pages;
	for (int t = 0; t < SK_FT_COUNT; t++)
		if (sk_report_holds_type(r, (enum sk_filetype)t))
			h->held[res->nheld++] = sk_filetype_name((enum sk_filetype)t);
	res->held = h->held;
	res->encrypted = sk_report_locked(r);
	res->opened = res->encrypted && !sk_report_shut(r);
}

struct sk_result *sk_result_new(const struct sk_report *r, const char *name, bool failed)
{
	struct holder *h = malloc(sizeof(*h));

	if (h == NULL)
		return NULL;
	h->result = (struct sk_result){0};
	sk_report_copy(&h->report, r);
	struct sk_result *res = &h->result;
	res->verdict = sk_verdict_of(r->reason, failed);
	res->type = sk_filetype_name(r->type);
	res->name_fits = name == NULL || sk_filetype_fits(r->type, name);
	res->detail = h->report.detail;
	if (r->reason != SK_CODE_NONE) {
		res->reason = sk_code_name(r->reason);
		res->sentence = sk_code_text(r->reason);
	} else {
		res->output_type = sk_filetype_name(r->out_type);
		res->extension = sk_filetype_ext(r->out_type);
	}
	fill_lists(h);
	fill_inside(h);
	return res;
}

void sk_result_free(struct sk_result *result)
{
	free(result);
}
