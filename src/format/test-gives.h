/*
 * Tests of a family whose files are compared whole: what goes in, what comes out, what is told. Unit tests only; the one that
 * includes it defines run().
 */
#ifndef SK_FORMAT_TEST_GIVES_H
#define SK_FORMAT_TEST_GIVES_H

#include "format/test-run.h"

static struct sk_report *report;
static struct sk_output out;

/* Clean into `out`, told in `report`. */
static int run(enum sk_filetype type, struct sk_slice in, bool text);

static int setup(void **state)
{
	report = calloc(1, sizeof(*report));
	return report ? 0 : -1;
}

static int teardown(void **state)
{
	sk_buf_free(&out.bytes);
	free(report);
	return 0;
}

static void is_now(struct sk_slice want)
{
	if (!sk_slice_eq(sk_buf_slice(&out.bytes), want))
		fail_msg("got <%.*s>, not <%.*s>", (int)out.bytes.len, (const char *)out.bytes.p,
		    (int)want.n, (const char *)want.p);
}

/* Cleans `in` to `want`, reporting `code` and nothing else (none: nothing); then once more. */
static void gives(
    enum sk_filetype type, struct sk_slice in, struct sk_slice want, enum sk_code code)
{
	assert_int_equal(run(type, in, false), 0);
	is_now(want);
	assert_int_equal(report->nremoved, code != SK_CODE_NONE);
	if (code != SK_CODE_NONE)
		assert_int_equal(report->removed[0].code, code);
	assert_int_equal(run(type, want, false), 0);
	is_now(want);
	assert_int_equal(report->nremoved, 0);
}

#endif
