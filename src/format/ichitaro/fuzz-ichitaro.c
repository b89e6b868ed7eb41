/*
 * Fuzz target: the first byte says whether the rest is a file, the text or the list of segments of one, or packed data. What is
 * rebuilt passes the checker and comes out again unchanged and unreported.
 */
#include <stdlib.h>

#include "format/handler.h"
#include "format/ichitaro/fixture.h"
#include "verify/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int clean(struct sk_slice in, struct sk_output *out, struct sk_report *report, bool text)
{
	struct sk_limits limits = sk_limits_for(in.n);
	struct sk_budget budget = {(uint64_t)16 << 20, limits.pixels_total, limits.members, 10};
	struct sk_job job = {
	    .report = report, .limits = &limits, .budget = &budget, .name = "x.jtd"};

	sk_report_clear(report);
	*out = (struct sk_output){.bytes = SK_BUF((size_t)64 << 20)};
	job.arena = sk_arena_new((size_t)256 << 20);
	if (job.arena == NULL)
		return SK_ENOMEM;
	int rc = text ? sk_ichitaro_handler.text(&job, SK_FT_JTD, in, out)
		      : sk_ichitaro_handler.rebuild(&job, SK_FT_JTD, in, out);
	if (rc == 0 && sk_arena_failed(job.arena))
		rc = SK_ENOMEM;
	sk_arena_free(job.arena);
	return rc;
}

static void must_pass(enum sk_filetype type, struct sk_slice in)
{
	struct sk_check c = {
	    .arena = sk_arena_new((size_t)256 << 20), .inflate_left = 1, .pixels_left = 1};

	if (c.arena && sk_verify(&c, type, in))
		abort();
	sk_arena_free(c.arena);
}

static void try_file(struct sk_slice in)
{
	static struct sk_report report;
	struct sk_output one, two;

	if (clean(in, &one, &report, false) == 0) {
		must_pass(SK_FT_JTD, sk_buf_slice(&one.bytes));
		if (clean(sk_buf_slice(&one.bytes), &two, &report, false) || report.nremoved ||
		    !sk_slice_eq(sk_buf_slice(&one.bytes), sk_buf_slice(&two.bytes)))
			abort();
		sk_buf_free(&two.bytes);
	}
	sk_buf_free(&one.bytes);
	if (clean(in, &one, &report, true) == 0)
		must_pass(SK_FT_TXT, sk_buf_slice(&one.bytes));
	sk_buf_free(&one.bytes);
}

/* A document with these bytes at one place. */
static void try_stream(const char *name, struct sk_slice in)
{
	struct sk_arena *arena = sk_arena_new((size_t)64 << 20);
	struct sk_cfb_node nodes[3] = {
	    {.name = "Root Entry", .storage = true}, {.name = "DocumentText"}, {.data = in}};
	struct sk_buf text = SK_BUF(1 << 20), file = SK_BUF((size_t)32 << 20);
	uint32_t n = strcmp(name, "DocumentText") == 0 ? 2 : 3;

	snprintf(nodes[2].name, sizeof(nodes[2].name), "%s", name);
	fx_text(SK_SLICE_LIT("\0a\0\n"), &text);
	nodes[1].data = n == 2 ? in : sk_buf_slice(&text);
	if (strcmp(name, "JSCompDocument") == 0)
		nodes[1] = nodes[--n];
	if (arena && sk_cfb_write(arena, nodes, n, &file) == 0)
		try_file(sk_buf_slice(&file));
	sk_buf_free(&text);
	sk_buf_free(&file);
	sk_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {
	    "DocumentText", "\004JSRV_SegmentInformation", "JSCompDocument"};

	if (size < 1)
		return 0;
	struct sk_slice in = sk_slice(data + 1, size - 1);
	if (data[0] % 4 == 0)
		try_file(in);
	else
		try_stream(names[data[0] % 4 - 1], in);
	return 0;
}
