/*
 * Fuzzer of the picture cleaners: any bytes. What comes out clean must pass its verifier, and a
 * second cleaning must change nothing and report nothing. Test program.
 */
#include <stdlib.h>

#include "format/handler.h"
#include "format/image/ico.h"
#include "format/image/image.h"
#include "verify/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct sk_report report;

static struct sk_limits small_limits(size_t n)
{
	struct sk_limits l = sk_limits_for(n);

	/* Large pictures are slow under the sanitizers and show nothing new. */
	l.pixels = l.pixels_total = 1 << 20;
	l.memory = (size_t)256 << 20;
	return l;
}

static int clean(struct sk_slice in, enum sk_filetype type, struct sk_buf *out)
{
	struct sk_limits l = small_limits(in.n);
	struct sk_budget b = {l.expand, l.pixels_total, l.members, 1};
	struct sk_job job = {.arena = sk_arena_new(l.memory),
	    .report = &report,
	    .limits = &l,
	    .budget = &b,
	    .name = "x"};

	report = (struct sk_report){0};
	*out = SK_BUF(l.output);
	if (job.arena == NULL)
		abort();
	int rc = sk_image_clean(&job, type, in, NULL, out);
	sk_arena_free(job.arena);
	return rc;
}

static void decode(struct sk_slice in, enum sk_filetype type)
{
	struct sk_limits l = small_limits(in.n);
	struct sk_budget b = {l.expand, l.pixels_total, l.members, 1};
	struct sk_job job = {.arena = sk_arena_new(l.memory),
	    .report = &report,
	    .limits = &l,
	    .budget = &b,
	    .name = "x"};
	struct sk_pixmap pixels;

	report = (struct sk_report){0};
	if (job.arena == NULL)
		abort();
	(void)sk_image_decode(&job, type, in, &pixels);
	sk_arena_free(job.arena);
}

static int verify(enum sk_filetype type, struct sk_slice in)
{
	static int (*const checks[])(struct sk_check *, struct sk_slice) = {
	    [SK_FT_JPEG] = sk_verify_jpeg,
	    [SK_FT_PNG] = sk_verify_png,
	    [SK_FT_GIF] = sk_verify_gif,
	    [SK_FT_BMP] = sk_verify_bmp,
	    [SK_FT_WEBP] = sk_verify_webp,
	    [SK_FT_TIFF] = sk_verify_tiff};
	struct sk_limits l = sk_limits_for(in.n);
	struct sk_check c = {.arena = sk_arena_new(l.memory),
	    .inflate_left = l.expand,
	    .pixels_left = l.pixels_total};
	int rc = c.arena ? checks[type](&c, in) : SK_ENOMEM;

	if (rc)
		fprintf(stderr, "verifier: %s at %llu\n", c.fault.what,
		    (unsigned long long)c.fault.offset);
	sk_arena_free(c.arena);
	return rc;
}

/* Icons become another kind: what comes of them passes its verifier, and stays as it is. */
static void convert(struct sk_slice in)
{
	struct sk_limits l = small_limits(in.n);
	struct sk_budget b = {l.expand, l.pixels_total, l.members, 1};
	struct sk_job job = {.arena = sk_arena_new(l.memory),
	    .report = &report,
	    .limits = &l,
	    .budget = &b,
	    .name = "x"};
	struct sk_output out = {.bytes = SK_BUF(l.output)};
	struct sk_buf again = SK_BUF(l.output);

	report = (struct sk_report){0};
	if (job.arena == NULL)
		abort();
	if (sk_ico_convert(&job, in, &out) == 0) {
		if (verify(out.type, sk_buf_slice(&out.bytes)))
			abort();
		if (clean(sk_buf_slice(&out.bytes), out.type, &again) || report.nremoved)
			abort();
		if (!sk_slice_eq(sk_buf_slice(&out.bytes), sk_buf_slice(&again)))
			abort();
	}
	sk_buf_free(&again);
	sk_buf_free(&out.bytes);
	sk_arena_free(job.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_slice in = sk_slice(data, size);
	struct sk_report claims = {0};
	struct sk_buf first, second;
	enum sk_filetype type = sk_image_type(in);

	sk_image_handler.probe(in, "x", &claims);
	if (type == SK_FT_UNKNOWN) {
		convert(in);
		return 0;
	}
	decode(in, type);
	if (clean(in, type, &first) == 0) {
		if (verify(type, sk_buf_slice(&first)))
			abort();
		if (clean(sk_buf_slice(&first), type, &second) || report.nremoved)
			abort();
		if (!sk_slice_eq(sk_buf_slice(&first), sk_buf_slice(&second)))
			abort();
		sk_buf_free(&second);
	}
	sk_buf_free(&first);
	return 0;
}
