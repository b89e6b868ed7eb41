/* What tests of both families of packages look at: a part of what came out, and a picture to put in. Unit tests only. */
#ifndef SK_FORMAT_OFFICE_TEST_PARTS_H
#define SK_FORMAT_OFFICE_TEST_PARTS_H

#include <stdlib.h>

#include "container/zip.h"

/* The text of a part of a package; empty when it is not there. Freed by the caller. */
static char *part_of(struct sk_slice pkg, const char *name)
{
	struct sk_arena *a = sk_arena_new(64 << 20);
	struct sk_zip zip;
	const char *why;
	char *text = calloc(1, 1);

	assert_int_equal(sk_zip_read(a, pkg, 1000, &zip, &why), 0);
	for (size_t i = 0; i < zip.count; i++) {
		struct sk_slice s;
		if (!sk_slice_is(zip.members[i].raw_name, name))
			continue;
		assert_int_equal(sk_zip_unpack(a, &zip.members[i], 32 << 20, &s), 0);
		free(text);
		text = calloc(1, s.n + 1);
		memcpy(text, s.p, s.n);
	}
	sk_arena_free(a);
	return text;
}

/* What came out, cleaned a second time, is the same, and nothing was removed; then one part of it. Frees both. */
static char *part_of_both(struct sk_output *out, struct sk_output *again,
    const struct sk_report *second, const char *want)
{
	assert_int_equal(second->nremoved, 0);
	assert_true(sk_slice_eq(sk_buf_slice(&out->bytes), sk_buf_slice(&again->bytes)));
	char *text = part_of(sk_buf_slice(&out->bytes), want);
	sk_buf_free(&out->bytes);
	sk_buf_free(&again->bytes);
	return text;
}

static void has(const char *text, const char *want)
{
	if (strstr(text, want) == NULL)
		fail_msg("not found: %s\nin: %s", want, text);
}

static void has_not(const char *text, const char *bad)
{
	if (strstr(text, bad))
		fail_msg("found: %s\nin: %s", bad, text);
}

#endif
