/* How tests and fuzzers run a handler in process, and what must be true of all that comes out. Test programs only. */
#ifndef SK_FORMAT_TEST_RUN_H
#define SK_FORMAT_TEST_RUN_H

#include <stdio.h>
#include <stdlib.h>

#include "format/handler.h"
#include "verify/verify.h"

/* A picture of one dot (PNG). */
static const unsigned char tr_dot[] = {0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13, 'I', 'H',
    'D', 'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1F, 0x15, 0xC4, 0x89, 0, 0, 0, 13, 'I', 'D',
    'A', 'T', 0x78, 0x9C, 0x63, 0xF8, 0xFF, 0xFF, 0xFF, 0x7F, 0, 9, 0xFB, 3, 0xFD, 0x05, 0x43, 0x45,
    0xCA, 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xAE, 0x42, 0x60, 0x82};

struct tr_run {
	const struct sk_handler *family;
	enum sk_filetype type;
	bool text, converted;
	const char *name;
	const struct sk_services *services; /* NULL: no member passes */
	/* Less than the limits for this input, where it is not 0: what is large is slow and shows nothing new. */
	uint64_t expand, pixels;
	size_t memory;
	uint32_t members;
};

static inline int tr_no_member(struct sk_job *job, const char *name, struct sk_slice in,
    struct sk_output *out, enum sk_code *why)
{
	*why = SK_REASON_UNKNOWN_TYPE;
	return SK_EREFUSED;
}

static inline struct sk_limits tr_limits(const struct tr_run *t, size_t n)
{
	struct sk_limits l = sk_limits_for(n);

	l.expand = t->expand ? t->expand : l.expand;
	l.pixels = t->pixels && t->pixels < l.pixels ? t->pixels : l.pixels;
	l.memory = t->memory ? t->memory : l.memory;
	l.members = t->members ? t->members : l.members;
	return l;
}

/* As the engine does it; out->bytes are the caller's to free. */
static inline int tr_clean(
    const struct tr_run *t, struct sk_slice in, struct sk_report *report, struct sk_output *out)
{
	static const struct sk_services none = {.clean_member = tr_no_member};
	struct sk_limits limits = tr_limits(t, in.n);
	struct sk_budget budget = {limits.expand, limits.pixels_total, limits.members, 10};
	struct sk_job job = {.report = report,
	    .limits = &limits,
	    .budget = &budget,
	    .services = t->services ? t->services : &none,
	    .name = t->name,
	    .method = t->text ? SK_METHOD_TEXT : SK_METHOD_REBUILD,
	    .converted = t->converted};

	sk_report_clear(report);
	report->type = t->type;
	*out = (struct sk_output){.bytes = SK_BUF(limits.output)};
	job.arena = sk_arena_new(limits.memory);
	int rc = job.arena == NULL ? SK_ENOMEM
		 : t->text         ? t->family->text(&job, t->type, in, out)
				   : t->family->rebuild(&job, t->type, in, out);
	if (rc == 0 && sk_arena_failed(job.arena))
		rc = SK_ENOMEM;
	sk_arena_free(job.arena);
	return rc ? rc : out->bytes.err;
}

typedef int tr_checker(struct sk_check *c, enum sk_filetype type, struct sk_slice in);

/* A checker of the other side takes it. */
static inline void tr_passes(tr_checker *check, const struct sk_output *out)
{
	struct sk_limits limits = sk_limits_for(out->bytes.len);
	struct sk_check c = {.arena = sk_arena_new(limits.memory),
	    .inflate_left = limits.expand,
	    .pixels_left = limits.pixels_total};

	if (c.arena == NULL || check(&c, out->type, sk_buf_slice(&out->bytes))) {
		fprintf(stderr, "%s at %llu\n", c.fault.what, (unsigned long long)c.fault.offset);
		abort();
	}
	sk_arena_free(c.arena);
}

/* Cleaned again by the family of what it is now, it is the same bytes, with nothing removed. */
static inline void tr_stays(const struct tr_run *t, const struct sk_handler *family,
    struct sk_report *report, const struct sk_output *out)
{
	struct tr_run again = *t;
	struct sk_output two;

	again.family = family;
	again.type = out->type;
	again.text = false;
	if (tr_clean(&again, sk_buf_slice(&out->bytes), report, &two) || report->nremoved ||
	    !sk_slice_eq(sk_buf_slice(&out->bytes), sk_buf_slice(&two.bytes)))
		abort();
	sk_buf_free(&two.bytes);
}

/* One input of a fuzzer: checked where there is a checker, cleaned again where there is a family for what it is then. */
static inline void tr_fuzz(
    const struct tr_run *t, struct sk_slice in, tr_checker *check, const struct sk_handler *family)
{
	static struct sk_report report;
	struct sk_output out;

	if (tr_clean(t, in, &report, &out) == 0) {
		if (check)
			tr_passes(check, &out);
		if (family)
			tr_stays(t, family, &report, &out);
	}
	sk_buf_free(&out.bytes);
}

#endif
