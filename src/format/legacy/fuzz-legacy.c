/*
 * Fuzz target: what the cleaner itself reads of old Office files before it hands them to the converter. What is handed
 * on must be as long as the input.
 */
#include <stdlib.h>

#include "format/legacy/survey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum sk_filetype types[] = {SK_FT_DOC, SK_FT_XLS, SK_FT_PPT};
	static struct sk_report report;
	struct sk_limits limits = sk_limits_for(size);
	struct sk_job job = {.report = &report, .limits = &limits, .name = "x.doc"};
	struct sk_slice in = sk_slice(data, size);

	report = (struct sk_report){0};
	sk_legacy_probe(in, "x.doc", &report);
	job.arena = sk_arena_new((size_t)64 << 20);
	if (job.arena == NULL)
		return 0;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct sk_slice out = in;
		struct sk_slides_found found = {0};
		report = (struct sk_report){0};
		if (sk_legacy_survey(&job, types[i], &out, &found) == 0 && out.n != in.n)
			abort();
	}
	sk_slides_tell_lost(&job, &(struct sk_slides_found){.links = 9, .handout = true}, in);
	sk_arena_free(job.arena);
	return 0;
}
